# SPDX-License-Identifier: LGPL-3.0-or-later
# All objects are in one convenience library: the shared library exports only the
# public names, and the unit tests reach the rest.
noinst_LTLIBRARIES += libncf-core.la
libncf_core_la_SOURCES =
libncf_core_la_LIBADD = $(JANSSON_LIBS) $(SUNDIALS_LIBS)

include src/base/local.mk
include src/problem/local.mk
include src/network/local.mk
include src/flow/local.mk
include src/corr/local.mk
include src/export/local.mk
include src/kkt/local.mk
include src/solve/local.mk
include src/certify/local.mk
include src/pipeline/local.mk
include src/report/local.mk
include src/certificate/local.mk
include src/plot/local.mk
include src/api/local.mk
include src/study/local.mk

# What computes: stored results are addressed by this digest of the sources of the library, so
# that no build takes those of another one for its own. It is looked at in every build, and
# written when it is another one.
src/base/source_digest.c: always
	@$(MKDIR_P) src/base
	@digest=`cd $(srcdir) && find src include -name '*.[ch]' ! -path 'src/cli/*' \
		! -name source_digest.c -exec sha256sum {} + | LC_ALL=C sort -k 2 | sha256sum | \
		cut -c 1-64` && \
	test $${#digest} -eq 64 && \
	{ echo '/* Made by make. */'; \
	  echo 'const char *ncf__source_digest(void);'; \
	  echo 'const char *ncf__source_digest(void)'; \
	  echo "{ return \"$$digest\"; }"; } >$@.tmp && \
	if cmp -s $@.tmp $@; then rm -f $@.tmp; else mv $@.tmp $@; fi
always:
.PHONY: always
nodist_libncf_core_la_SOURCES = src/base/source_digest.c
CLEANFILES += src/base/source_digest.c src/base/source_digest.c.tmp

lib_LTLIBRARIES += libncf.la
libncf_la_SOURCES =
libncf_la_LIBADD = libncf-core.la
libncf_la_LDFLAGS = $(AM_LDFLAGS) -version-info 0:0:0 -no-undefined \
	-export-symbols-regex '^ncf_[^_]'

include src/cli/local.mk
