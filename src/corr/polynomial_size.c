/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* polynomial_size.c: how large the NCF will be, before anything is allocated. */
#include "polynomial.h"

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

/* Terms of s(b) when b has `terms`: the monomials of every degree that occurs in s. */
static int activation_count(fmpz_t out, const fmpz_t terms, const ncf_activation_t *s)
{
    if (s->coefficients == NULL)
        return monomial_count(out, terms, s->degree);
    fmpz_t count;
    fmpz_init(count);
    fmpz_zero(out);
    int fits = 1;
    for (slong k = 0; k <= s->degree && fits; k++) {
        if (fmpq_is_zero(s->coefficients + k))
            continue;
        fmpz_one(count);
        fits = k == 0 || monomial_count(count, terms, k);
        fmpz_add(out, out, count);
    }
    fmpz_clear(count);
    return fits;
}

/* The units that unit l + 1 of layers sums up, at most; l = 0: inputs. */
static void fan_in(fmpz_t out, const ncf_network_spec_t *spec, slong l)
{
    if (spec->depth > 0) {
        fmpz_set_si(out, spec->widths[l]);
        return;
    }
    slong length = spec->length;
    for (slong k = 0; k < l; k++)
        length = ncf__stage_shape(length, spec->convolutions + k).windows;
    fmpz_set_si(out, l > 0 ? spec->convolutions[l - 1].channels : spec->channels);
    fmpz_mul_si(out, out, l < spec->stages ? spec->convolutions[l].kernel : length);
    if (l > 0)
        fmpz_mul_si(out, out, spec->convolutions[l - 1].pooling);
}

/* t_1 = k_0 terms of a first pre-activation, t_{l+1} = k_l times those of s_l(b_l). */
static int layers_terms(fmpz_t out, const ncf_network_spec_t *spec)
{
    slong hidden = spec->depth > 0 ? spec->depth - 1 : spec->stages;
    fmpz_t terms;
    fmpz_init(terms);
    fan_in(terms, spec, 0);
    int fits = 1;
    for (slong l = 1; l <= hidden && fits; l++) {
        fits = activation_count(out, terms, spec->activations + l - 1);
        fan_in(terms, spec, l);
        fmpz_mul(terms, out, terms);
    }
    fmpz_set(out, terms);
    fmpz_clear(terms);
    return fits && fmpz_bits(out) <= MAX_BOUND_BITS;
}

static int spec_terms(fmpz_t out, const ncf_network_spec_t *spec)
{
    if (spec->kind == NCF_NETWORK_POLYNOMIAL) {
        fmpz_set_si(out, spec->formula.count);
        return 1;
    }
    if (spec->kind != NCF_NETWORK_SUM)
        return layers_terms(out, spec);
    fmpz_t part;
    fmpz_init(part);
    fmpz_zero(out);
    int fits = 1;
    for (slong i = 0; i < spec->part_count && fits; i++) {
        fits = spec_terms(part, spec->parts + i);
        fmpz_add(out, out, part);
    }
    fmpz_clear(part);
    return fits && fmpz_bits(out) <= MAX_BOUND_BITS;
}

int ncf__polynomial_terms_bound(fmpz_t out, const struct ncf_problem *problem)
{
    return spec_terms(out, &problem->network);
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

/* The degree of a formula in the weights or in the inputs. */
static slong formula_degree(const ncf_formula_t *formula, int in_weights)
{
    slong largest = 0;
    for (slong t = 0; t < formula->count; t++) {
        slong from = in_weights ? formula->starts[t] : formula->inputs[t];
        slong to = in_weights ? formula->inputs[t] : formula->starts[t + 1], degree = 0;
        for (slong f = from; f < to; f++)
            degree += (slong) formula->factors[f].exponent;
        largest = FLINT_MAX(largest, degree);
    }
    return largest;
}

/* Bounds of the degrees of H in u and in x; above NCF_POLYNOMIAL_MAX_DEGREE they stop. */
static void spec_degrees(slong *in_u, slong *in_x, const ncf_network_spec_t *spec)
{
    slong hidden = spec->depth > 0 ? spec->depth - 1 : spec->stages;
    *in_u = spec->sum_head ? 0 : 1;
    *in_x = 1;
    for (slong l = hidden - 1; l >= 0 && *in_u <= NCF_POLYNOMIAL_MAX_DEGREE; l--) {
        *in_x *= FLINT_MIN(spec->activations[l].degree, NCF_POLYNOMIAL_MAX_DEGREE + 1);
        *in_u += *in_x;
    }
    if (spec->kind == NCF_NETWORK_POLYNOMIAL) {
        *in_u = formula_degree(&spec->formula, 1);
        *in_x = formula_degree(&spec->formula, 0);
    }
    for (slong i = 0; i < spec->part_count; i++) {
        slong u, x;
        spec_degrees(&u, &x, spec->parts + i);
        *in_u = FLINT_MAX(*in_u, u);
        *in_x = FLINT_MAX(*in_x, x);
    }
}

/* Memory: one coefficient a term. Work: one moment a monomial in x, from all points. */
static int cost_is_small(const struct ncf_problem *problem, const fmpq_mat_t weights,
                         const fmpz_t terms, slong x_degree)
{
    ulong bits = (ulong) x_degree * common_bits(problem->x, MAX_MEMORY_BITS / 16) +
                 common_bits(weights, MAX_MEMORY_BITS / 16) + 64;
    fmpz_t moments, inputs;
    fmpz_init(moments);
    /* Monomials of degree D, or of degree at most D: then 1 is one more symbol. */
    fmpz_init_set_si(inputs, problem->network.inputs + (problem->network.depth == 0));
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
    slong degree, x_degree;
    spec_degrees(&degree, &x_degree, &problem->network);
    if (degree > NCF_POLYNOMIAL_MAX_DEGREE)
        return 0;
    fmpz_init(terms);
    fmpz_init(exponents);
    int small = ncf__polynomial_terms_bound(terms, problem) &&
                fmpz_cmp_si(terms, NCF_POLYNOMIAL_MAX_TERMS) <= 0;
    if (small) {
        ncf__problem_unknowns(exponents, problem);
        fmpz_add_si(exponents, exponents, problem->network.inputs);
        fmpz_mul(exponents, exponents, terms);
        small = fmpz_cmp_ui(exponents, MAX_EXPONENTS) <= 0 &&
                cost_is_small(problem, weights, terms, x_degree);
    }
    fmpz_clear(terms);
    fmpz_clear(exponents);
    return small;
}
