# SPDX-License-Identifier: LGPL-3.0-or-later
# The checker of certificates: samples, options, changes of single fields.
check_PROGRAMS += tests/checker/mutate
tests_checker_mutate_SOURCES = tests/checker/mutate.c
tests_checker_mutate_LDADD = proofs/checker/libcheck.la $(JANSSON_LIBS) -lgmp

CHECKER_TESTS = \
	tests/checker/options.sh \
	tests/checker/samples.sh

dist_check_SCRIPTS += $(CHECKER_TESTS)
TESTS += $(CHECKER_TESTS) tests/checker/mutate
EXTRA_DIST += tests/checker/attacks.py tests/checker/generate.py

# Fuzzing with libFuzzer, see tests/fuzz/fuzz-check.c; needs clang.
FUZZ_CC = clang -std=gnu11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined
fuzz-check: tests/fuzz/fuzz-check.c $(proofs_checker_libcheck_la_SOURCES)
	$(AM_V_CCLD)cd $(srcdir) && $(FUZZ_CC) -o $(abs_builddir)/$@ tests/fuzz/fuzz-check.c \
		$(filter %.c,$(proofs_checker_libcheck_la_SOURCES)) -lgmp
EXTRA_DIST += tests/fuzz/fuzz-check.c
CLEANFILES += fuzz-check

# The readers of ncf; the library itself must be built for it, see CONTRIBUTING.md.
EXTRA_PROGRAMS += fuzz-read
fuzz_read_SOURCES = tests/fuzz/fuzz-read.c
fuzz_read_LDADD = libncf-core.la
fuzz_read_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
EXTRA_DIST += tests/fuzz/seed-read.sh
CLEANFILES += fuzz-read
