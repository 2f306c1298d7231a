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

lib_LTLIBRARIES += libncf.la
libncf_la_SOURCES =
libncf_la_LIBADD = libncf-core.la
libncf_la_LDFLAGS = $(AM_LDFLAGS) -version-info 0:0:0 -no-undefined \
	-export-symbols-regex '^ncf_[^_]'

include src/cli/local.mk
