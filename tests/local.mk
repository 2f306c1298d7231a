# SPDX-License-Identifier: LGPL-3.0-or-later
# One CUnit program a module; each links the convenience library, so that it
# reaches the internal functions.
AM_TESTS_ENVIRONMENT = srcdir='$(srcdir)'; export srcdir; \
	top_builddir='$(top_builddir)'; export top_builddir;

UNIT_TESTS =
unit_ldadd = tests/libharness.la libncf-core.la $(CUNIT_LIBS)

if HAVE_CUNIT
noinst_LTLIBRARIES += tests/libharness.la
tests_libharness_la_SOURCES = tests/harness.c tests/harness.h

UNIT_TESTS += tests/unit/t-base
tests_unit_t_base_SOURCES = tests/unit/t-base.c
tests_unit_t_base_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-arithmetic
tests_unit_t_arithmetic_SOURCES = tests/unit/t-arithmetic.c
tests_unit_t_arithmetic_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-adversary
tests_unit_t_adversary_SOURCES = tests/unit/t-adversary.c tests/unit/tensor_samples.h
tests_unit_t_adversary_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-checker
tests_unit_t_checker_SOURCES = tests/unit/t-checker.c
tests_unit_t_checker_LDADD = proofs/checker/libcheck.la $(unit_ldadd)

UNIT_TESTS += tests/unit/t-eigen
tests_unit_t_eigen_SOURCES = tests/unit/t-eigen.c
tests_unit_t_eigen_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-lines
tests_unit_t_lines_SOURCES = tests/unit/t-lines.c tests/unit/tensor_samples.h
tests_unit_t_lines_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-multi_start
tests_unit_t_multi_start_SOURCES = tests/unit/t-multi_start.c
tests_unit_t_multi_start_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-collect
tests_unit_t_collect_SOURCES = tests/unit/t-collect.c tests/problems.c tests/problems.h
tests_unit_t_collect_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-orbit
tests_unit_t_orbit_SOURCES = tests/unit/t-orbit.c tests/unit/tensor_samples.h
tests_unit_t_orbit_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-real_roots
tests_unit_t_real_roots_SOURCES = tests/unit/t-real_roots.c
tests_unit_t_real_roots_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-solve
tests_unit_t_solve_SOURCES = tests/unit/t-solve.c
tests_unit_t_solve_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-study
tests_unit_t_study_SOURCES = tests/unit/t-study.c
tests_unit_t_study_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-tensor
tests_unit_t_tensor_SOURCES = tests/unit/t-tensor.c
tests_unit_t_tensor_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-export
tests_unit_t_export_SOURCES = tests/unit/t-export.c tests/problems.c tests/problems.h
tests_unit_t_export_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-network
tests_unit_t_network_SOURCES = tests/unit/t-network.c tests/problems.c tests/problems.h
tests_unit_t_network_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-networks
tests_unit_t_networks_SOURCES = tests/unit/t-networks.c tests/problems.c tests/problems.h
tests_unit_t_networks_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-batch
tests_unit_t_batch_SOURCES = tests/unit/t-batch.c
tests_unit_t_batch_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-flow
tests_unit_t_flow_SOURCES = tests/unit/t-flow.c
tests_unit_t_flow_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-flow_study
tests_unit_t_flow_study_SOURCES = tests/unit/t-flow_study.c
tests_unit_t_flow_study_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-flow_run
tests_unit_t_flow_run_SOURCES = tests/unit/t-flow_run.c
tests_unit_t_flow_run_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-taylor
tests_unit_t_taylor_SOURCES = tests/unit/t-taylor.c
tests_unit_t_taylor_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-kkt_point
tests_unit_t_kkt_point_SOURCES = tests/unit/t-kkt_point.c tests/problems.c tests/problems.h
tests_unit_t_kkt_point_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-midrad
tests_unit_t_midrad_SOURCES = tests/unit/t-midrad.c tests/problems.c tests/problems.h
tests_unit_t_midrad_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-interval_matrix
tests_unit_t_interval_matrix_SOURCES = tests/unit/t-interval_matrix.c
tests_unit_t_interval_matrix_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-kkt_inertia
tests_unit_t_kkt_inertia_SOURCES = tests/unit/t-kkt_inertia.c tests/problems.c tests/problems.h
tests_unit_t_kkt_inertia_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-point
tests_unit_t_point_SOURCES = tests/unit/t-point.c tests/problems.c tests/problems.h
tests_unit_t_point_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-cap
tests_unit_t_cap_SOURCES = tests/unit/t-cap.c tests/problems.c tests/problems.h
tests_unit_t_cap_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-flow_proof
tests_unit_t_flow_proof_SOURCES = tests/unit/t-flow_proof.c tests/problems.c tests/problems.h
tests_unit_t_flow_proof_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-validated_runs
tests_unit_t_validated_runs_SOURCES = tests/unit/t-validated_runs.c
tests_unit_t_validated_runs_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-validated
tests_unit_t_validated_SOURCES = tests/unit/t-validated.c tests/problems.c tests/problems.h
tests_unit_t_validated_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-cover
tests_unit_t_cover_SOURCES = tests/unit/t-cover.c
tests_unit_t_cover_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-certificate
tests_unit_t_certificate_SOURCES = tests/unit/t-certificate.c tests/problems.c tests/problems.h
tests_unit_t_certificate_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-points
tests_unit_t_points_SOURCES = tests/unit/t-points.c
tests_unit_t_points_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-match
tests_unit_t_match_SOURCES = tests/unit/t-match.c
tests_unit_t_match_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-plot
tests_unit_t_plot_SOURCES = tests/unit/t-plot.c
tests_unit_t_plot_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-prune
tests_unit_t_prune_SOURCES = tests/unit/t-prune.c tests/problems.c tests/problems.h
tests_unit_t_prune_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-prune_interval
tests_unit_t_prune_interval_SOURCES = tests/unit/t-prune_interval.c tests/problems.c tests/problems.h
tests_unit_t_prune_interval_CFLAGS = $(AM_CFLAGS) -Wno-psabi
tests_unit_t_prune_interval_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-problem
tests_unit_t_problem_SOURCES = tests/unit/t-problem.c
tests_unit_t_problem_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-homotopy
tests_unit_t_homotopy_SOURCES = tests/unit/t-homotopy.c
tests_unit_t_homotopy_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-polynomial
tests_unit_t_polynomial_SOURCES = tests/unit/t-polynomial.c tests/problems.c tests/problems.h
tests_unit_t_polynomial_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-info
tests_unit_t_info_SOURCES = tests/unit/t-info.c
tests_unit_t_info_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-deep
tests_unit_t_deep_SOURCES = tests/unit/t-deep.c
tests_unit_t_deep_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-rank_one
tests_unit_t_rank_one_SOURCES = tests/unit/t-rank_one.c tests/problems.c tests/problems.h
tests_unit_t_rank_one_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-rational_line
tests_unit_t_rational_line_SOURCES = tests/unit/t-rational_line.c
tests_unit_t_rational_line_LDADD = $(unit_ldadd)

UNIT_TESTS += tests/unit/t-symmetry
tests_unit_t_symmetry_SOURCES = tests/unit/t-symmetry.c tests/problems.c tests/problems.h
tests_unit_t_symmetry_LDADD = $(unit_ldadd)
endif

# Every problem file in tests/invalid has the line with which it is refused beside it.
include tests/good/local.mk
include tests/invalid/local.mk

check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)
