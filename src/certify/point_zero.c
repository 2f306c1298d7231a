/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * point_zero.c: T-ZEROS (i). A set S of weights is kept at zero by the gradient of N when
 * dN/du_j vanishes for j in S wherever u_S = 0. Found by removal: what fails the test for
 * the current S leaves it, until nothing fails; larger S only make more products zero, so
 * what is left is the largest set that this test can find.
 */
#include "point_internal.h"

#include "../corr/polynomial.h"

#include <string.h>

#define MAX_TERMS 2000 /* of N, where it is expanded: that is done anew for every point */

/* Takes the marks of those weights away whose component is not the exact ball 0. */
static int unmark_by_balls(signed char *zero, arb_srcptr u, const ncf_network_struct *network,
                           const arb_mat_t x, const arb_mat_t weights, slong prec)
{
    slong n = network->unknowns;
    arb_ptr point = _arb_vec_init(n), gradient = _arb_vec_init(n);
    int changed = 0;
    for (slong j = 0; j < n; j++) {
        if (zero[j] != 1)
            arb_set(point + j, u + j);
    }
    ncf__network_eval_arb(NULL, gradient, NULL, point, network, x, weights, prec);
    for (slong j = 0; j < n; j++) {
        if (zero[j] == 1 && !arb_is_zero(gradient + j)) {
            zero[j] = 0;
            changed = 1;
        }
    }
    _arb_vec_clear(gradient, n);
    _arb_vec_clear(point, n);
    return changed;
}

/* The one marked variable of degree 1 in the monomial, all other marked ones absent; or -1. */
static slong single_variable(const ulong *exponents, const signed char *zero, slong n)
{
    slong variable = -1;
    for (slong j = 0; j < n; j++) {
        if (zero[j] != 1 || exponents[j] == 0)
            continue;
        if (exponents[j] > 1 || variable >= 0)
            return -1;
        variable = j;
    }
    return variable;
}

/* dN/du_j at u_S = 0 consists of the monomials with u_j once and nothing else of S. */
static int unmark_by_monomials(signed char *zero, const ncf_polynomial_struct *polynomial)
{
    slong n = polynomial->unknowns;
    slong terms = fmpq_mpoly_length(polynomial->value, polynomial->context);
    ulong *exponents = ncf__malloc((size_t) n, sizeof(*exponents));
    signed char *before = ncf__malloc((size_t) n, sizeof(*before));
    int changed = 0;
    for (slong j = 0; j < n; j++)
        before[j] = zero[j];
    for (slong i = 0; i < terms; i++) {
        fmpq_mpoly_get_term_exp_ui(exponents, polynomial->value, i, polynomial->context);
        slong j = single_variable(exponents, before, n);
        if (j >= 0) {
            zero[j] = 0;
            changed = 1;
        }
    }
    ncf__free(before);
    ncf__free(exponents);
    return changed;
}

slong ncf__zero_count(const signed char *zero, slong n)
{
    slong count = 0;
    for (slong j = 0; j < n; j++)
        count += zero[j] == 1;
    return count;
}

/* With the expanded N, when it is small (else 0): sees what cancels in the data as well. */
static int by_polynomial(signed char *zero, const struct ncf_problem *problem,
                         const fmpq_mat_t weights)
{
    ncf_polynomial_t polynomial;
    fmpz_t terms;
    fmpz_init(terms);
    int small = ncf__polynomial_terms_bound(terms, problem) && fmpz_cmp_si(terms, MAX_TERMS) <= 0;
    fmpz_clear(terms);
    if (!small || !ncf__polynomial_init(polynomial, problem, weights))
        return 0;
    while (unmark_by_monomials(zero, polynomial))
        continue;
    ncf__polynomial_clear(polynomial);
    return 1;
}

static void by_balls(signed char *zero, arb_srcptr u, const ncf_network_struct *network,
                     const struct ncf_problem *problem, const fmpq_mat_t weights, slong prec)
{
    arb_mat_t x, z;
    arb_mat_init(x, problem->points, fmpq_mat_ncols(problem->x));
    arb_mat_init(z, problem->points, 1);
    arb_mat_set_fmpq_mat(x, problem->x, prec);
    arb_mat_set_fmpq_mat(z, weights, prec);
    while (unmark_by_balls(zero, u, network, x, z, prec))
        continue;
    arb_mat_clear(z);
    arb_mat_clear(x);
}

void ncf__zero_invariant(signed char *zero, arb_srcptr u, const ncf_network_t network,
                         const struct ncf_problem *problem, const fmpq_mat_t weights, slong prec)
{
    slong n = network->unknowns, wanted = ncf__zero_count(zero, n);
    if (wanted == 0)
        return;
    signed char *all = ncf__malloc((size_t) n, sizeof(*all));
    memcpy(all, zero, (size_t) n);
    by_balls(zero, u, network, problem, weights, prec);
    if (ncf__zero_count(zero, n) < wanted && by_polynomial(all, problem, weights))
        memcpy(zero, all, (size_t) n);
    ncf__free(all);
}
