# SPDX-License-Identifier: LGPL-3.0-or-later
# Never run by `make check`. `make bench-programs` builds, `make bench` runs bench/run.sh too;
# `make bench BENCH=quick` takes about a minute.
bench_programs =

bench_programs += bench/p-certify
bench_p_certify_SOURCES = bench/p-certify.c
bench_p_certify_LDADD = libncf-core.la

bench_programs += bench/p-cap
bench_p_cap_SOURCES = bench/p-cap.c
bench_p_cap_LDADD = libncf-core.la

bench_programs += bench/p-cover
bench_p_cover_SOURCES = bench/p-cover.c
bench_p_cover_LDADD = libncf-core.la

# The measured peak needs fused multiply-adds, as the kernels do.
bench_programs += bench/p-homotopy
bench_p_homotopy_SOURCES = bench/p-homotopy.c
bench_p_homotopy_CFLAGS = $(AM_CFLAGS) -ffp-contract=fast
bench_p_homotopy_LDADD = libncf-core.la

# The same for the peak that gradients are measured by.
bench_programs += bench/p-flow
bench_p_flow_SOURCES = bench/p-flow.c
bench_p_flow_CFLAGS = $(AM_CFLAGS) -ffp-contract=fast
bench_p_flow_LDADD = libncf-core.la

bench_programs += bench/p-rank_two
bench_p_rank_two_SOURCES = bench/p-rank_two.c
bench_p_rank_two_LDADD = libncf-core.la

bench_programs += bench/p-points
bench_p_points_SOURCES = bench/p-points.c
bench_p_points_LDADD = libncf-core.la

bench_programs += bench/p-real_roots
bench_p_real_roots_SOURCES = bench/p-real_roots.c
bench_p_real_roots_LDADD = libncf-core.la

bench_programs += bench/p-validated
bench_p_validated_SOURCES = bench/p-validated.c
bench_p_validated_LDADD = libncf-core.la

# Times other programs; links nothing of ours.
bench_programs += bench/measure
bench_measure_SOURCES = bench/measure.c

EXTRA_PROGRAMS += $(bench_programs)
EXTRA_DIST += bench/run.sh bench/tensor.awk bench/certify.m2 bench/flow-scipy.py bench/README.md
bench-programs: $(bench_programs)
bench: bench-programs ncf
	srcdir='$(srcdir)' NCF=./ncf MEASURE=bench/measure $(SHELL) $(srcdir)/bench/run.sh $(BENCH)
.PHONY: bench bench-programs
