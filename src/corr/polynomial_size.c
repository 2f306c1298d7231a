/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* polynomial_size.c: how large the NCF will be, before anything is allocated. */
#include "polynomial.h"

#include "../network/network.h"

#define MAX_BOUND_BITS 4096
#define MAX_EXPONENTS (UWORD(1) << 24) /* terms times variables */
#define MAX_MEMORY_BITS (UWORD(1) << 30)
#define MAX_WORK_BITS (UWORD(1) << 32)

/* C(t + p - 1, p), the number of monomials of degree p >= 1 in t >= 1 symbols. */
static int monomial_count(fmpz_t out, const fmpz_t symbols, slong degree)
{
    fmpz_t top, steps;
    fmpz_init(top);
    fmpz_init_set_si(steps, degree);
    fmpz_add_si(top, symbols, degree - 1);
    /* C(top, steps) with the smaller of p and t - 1: each factor then is at least 2. */
    fmpz_sub(out, top, steps);
    if (fmpz_cmp(out, steps) < 0)
        fmpz_set(steps, out);
    fmpz_one(out);
    for (slong i = 1; fmpz_cmp_si(steps, i) >= 0 && fmpz_bits(out) <= MAX_BOUND_BITS; i++) {
        fmpz_mul(out, out, top);
        fmpz_divexact_si(out, out, i);
        fmpz_sub_ui(top, top, 1);
    }
    fmpz_clear(top);
    fmpz_clear(steps);
    return fmpz_bits(out) <= MAX_BOUND_BITS;
}

/* t_1 = k_0 terms of a first pre-activation, t_{l+1} = k_l C(t_l + p_l - 1, p_l). */
int ncf__polynomial_terms_bound(fmpz_t out, const struct ncf_problem *problem)
{
    fmpz_t terms;
    fmpz_init_set_si(terms, problem->network.inputs);
    int fits = 1;
    for (slong l = 1; l < problem->network.depth && fits; l++) {
        fits = monomial_count(out, terms, problem->network.activations[l - 1].degree);
        fmpz_mul_si(terms, out, problem->network.widths[l]);
    }
    fmpz_set(out, terms);
    fmpz_clear(terms);
    return fits && fmpz_bits(out) <= MAX_BOUND_BITS;
}

/*
 * Bits of the common denominator and of the largest numerator over it; stops growing
 * the denominator soon after `limit` bits.
 */
static ulong common_bits(const fmpq_mat_t m, ulong limit)
{
    fmpz_t denominator;
    fmpz_init_set_ui(denominator, 1);
    ulong numerator = 1;
    for (slong i = 0; i < fmpq_mat_nrows(m); i++) {
        for (slong j = 0; j < fmpq_mat_ncols(m) && fmpz_bits(denominator) <= limit; j++) {
            fmpz_lcm(denominator, denominator, fmpq_mat_entry_den(m, i, j));
            numerator = FLINT_MAX(numerator, fmpz_bits(fmpq_mat_entry_num(m, i, j)));
        }
    }
    ulong bits = 2 * fmpz_bits(denominator) + numerator;
    fmpz_clear(denominator);
    return bits;
}

static int degree_is_small(const struct ncf_problem *problem)
{
    fmpz_t sum;
    fmpz *degrees = _fmpz_vec_init(problem->network.depth);
    fmpz_init(sum);
    ncf__layer_degrees(degrees, problem);
    _fmpz_vec_sum(sum, degrees, problem->network.depth);
    int small = fmpz_cmp_si(sum, NCF_POLYNOMIAL_MAX_DEGREE) <= 0;
    fmpz_clear(sum);
    _fmpz_vec_clear(degrees, problem->network.depth);
    return small;
}

/* Memory: one coefficient a term. Work: one moment a monomial in x, from all points. */
static int cost_is_small(const struct ncf_problem *problem, const fmpq_mat_t weights,
                         const fmpz_t terms, slong x_degree)
{
    ulong bits = (ulong) x_degree * common_bits(problem->x, MAX_MEMORY_BITS / 16) +
                 common_bits(weights, MAX_MEMORY_BITS / 16) + 64;
    fmpz_t moments, inputs;
    fmpz_init(moments);
    fmpz_init_set_si(inputs, problem->network.inputs);
    if (!monomial_count(moments, inputs, x_degree) || fmpz_cmp(moments, terms) > 0)
        fmpz_set(moments, terms);
    fmpz_mul_ui(inputs, terms, bits);
    int small = fmpz_cmp_ui(inputs, MAX_MEMORY_BITS) <= 0;
    fmpz_mul_ui(moments, moments, bits);
    fmpz_mul_si(moments, moments, problem->points);
    small = small && fmpz_cmp_ui(moments, MAX_WORK_BITS) <= 0;
    fmpz_clear(moments);
    fmpz_clear(inputs);
    return small;
}

int ncf__polynomial_is_small(const struct ncf_problem *problem, const fmpq_mat_t weights)
{
    fmpz_t terms, exponents;
    ncf_network_t network;
    if (!degree_is_small(problem) || !ncf__network_init(network, problem))
        return 0;
    fmpz_init(terms);
    fmpz_init(exponents);
    int small = ncf__polynomial_terms_bound(terms, problem) &&
                fmpz_cmp_si(terms, NCF_POLYNOMIAL_MAX_TERMS) <= 0;
    if (small) {
        fmpz_mul_si(exponents, terms, network->unknowns);
        slong x_degree = 1;
        for (slong l = 0; l + 1 < problem->network.depth; l++)
            x_degree *= problem->network.activations[l].degree;
        small = fmpz_cmp_ui(exponents, MAX_EXPONENTS) <= 0 &&
                cost_is_small(problem, weights, terms, x_degree);
    }
    fmpz_clear(terms);
    fmpz_clear(exponents);
    ncf__network_clear(network);
    return small;
}
