# SPDX-License-Identifier: LGPL-3.0-or-later
# The independent checker of certificates: no header and no object of the library, GMP only.
noinst_LTLIBRARIES += proofs/checker/libcheck.la
proofs_checker_libcheck_la_CPPFLAGS =
proofs_checker_libcheck_la_SOURCES = \
	proofs/checker/check.h \
	proofs/checker/ball.c \
	proofs/checker/cap.c \
	proofs/checker/claims.c \
	proofs/checker/classes.c \
	proofs/checker/closed.c \
	proofs/checker/cover.c \
	proofs/checker/exist.c \
	proofs/checker/inertia.c \
	proofs/checker/json.c \
	proofs/checker/number.c \
	proofs/checker/problem.c \
	proofs/checker/rank.c \
	proofs/checker/run.c \
	proofs/checker/sha256.c \
	proofs/checker/symmetry.c \
	proofs/checker/tape.c \
	proofs/checker/tensor.c

# LIBS holds what the library needs; the linker leaves out what is not used.
bin_PROGRAMS += ncf-check
ncf_check_CPPFLAGS = -DNCF_CHECK_VERSION='"$(PACKAGE_VERSION)"'
ncf_check_SOURCES = proofs/checker/main.c
ncf_check_LDFLAGS = $(AM_LDFLAGS) -Wl,--as-needed
ncf_check_LDADD = proofs/checker/libcheck.la -lgmp
EXTRA_DIST += proofs/checker/samples
