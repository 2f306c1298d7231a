# SPDX-License-Identifier: LGPL-3.0-or-later
# Benchmarks are built by `make bench` and never run by `make check`.
bench_programs =

bench_programs += bench/p-certify
bench_p_certify_SOURCES = bench/p-certify.c
bench_p_certify_LDADD = libncf-core.la

bench_programs += bench/p-cover
bench_p_cover_SOURCES = bench/p-cover.c
bench_p_cover_LDADD = libncf-core.la

# The measured peak needs fused multiply-adds, as the kernels do.
bench_programs += bench/p-homotopy
bench_p_homotopy_SOURCES = bench/p-homotopy.c
bench_p_homotopy_CFLAGS = $(AM_CFLAGS) -ffp-contract=fast
bench_p_homotopy_LDADD = libncf-core.la

bench_programs += bench/p-real_roots
bench_p_real_roots_SOURCES = bench/p-real_roots.c
bench_p_real_roots_LDADD = libncf-core.la

EXTRA_PROGRAMS += $(bench_programs)
bench: $(bench_programs)
.PHONY: bench
