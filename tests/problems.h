/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* problems.h: small problems for the unit tests, without a file. */
#ifndef NCF_TEST_PROBLEMS_H
#define NCF_TEST_PROBLEMS_H

#include "../src/problem/problem.h"

/*
 * A feed-forward problem with square loss: widths has depth + 1 entries, degrees
 * depth - 1 (1: linear), x is points x widths[0] and y has `points` entries, in
 * row-major order. Clear with ncf_test_problem_clear.
 */
void ncf_test_problem_init(struct ncf_problem *problem, slong depth, const slong *widths,
                           const slong *degrees, slong points, const slong *x,
                           const slong *y);

/* The same with small random rationals in the data; some are 0. */
void ncf_test_problem_random(struct ncf_problem *problem, slong depth, const slong *widths,
                             const slong *degrees, slong points, ncf_random_t *random);

void ncf_test_problem_clear(struct ncf_problem *problem);

/* A random fraction: 0 in one case of four, else |numerator| <= 9, denominator <= 5. */
void ncf_test_random_fmpq(fmpq_t out, ncf_random_t *random);

#endif
