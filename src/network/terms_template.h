/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * terms_template.h: the part of evaluate_template.h for networks that are given as
 *     H(x; u) = sum over k of u^alpha(k) sum of c_j x^beta(m_j).
 * The data enter through the moments sum_i z_i x_i^beta(m) alone, so that N is a
 * polynomial in u with one coefficient a monomial, and each factor of a monomial is
 * evaluated once: no point of the data widens a ball twice.
 */

/* out = prod of factors; scratch is one number. */
static void monomial_value(scalar_t *out, scalar_t *scratch, const ncf_factor_t *factors,
                           slong count, data_t x, slong point, slong inputs, slong prec)
{
    (void) inputs; /* not needed by every arithmetic */
    for (slong f = 0; f < count; f++) {
        scalar_power(scratch, input(x, point, factors[f].variable, inputs), 1,
                     factors[f].exponent, prec);
        scalar_mul(out, out, scratch, prec);
    }
}

/* moments[m] = sum_i z_i x_i^beta(m); scratch is two numbers. */
static void data_moments(scalar_t *moments, scalar_t *scratch, const ncf_network_struct *network,
                         data_t x, data_t weights, slong points, slong prec)
{
    const ncf_terms_t *terms = &network->terms;
    for (slong m = 0; m < terms->products; m++) {
        slong start = terms->product_starts[m], count = terms->product_starts[m + 1] - start;
        scalar_zero(moments + m);
        for (slong i = 0; i < points; i++) {
            scalar_set(scratch, input(weights, i, 0, 1));
            monomial_value(scratch, scratch + 1, terms->product_factors + start, count, x, i,
                           network->inputs, prec);
            scalar_add(moments + m, moments + m, scratch, prec);
        }
    }
}

/* A monomial c prod_f p_f, p_f = u_f^e_f, with the parts of its derivatives. */
typedef struct {
    slong count;
    const ncf_factor_t *factors;
    scalar_t *power, *first, *second; /* p_f and its two derivatives */
    scalar_t *before;                 /* count + 1: c p_0 ... p_{f-1} */
    scalar_t *after;                  /* count + 1: p_f ... p_{count-1} */
    scalar_t *run, *term;
    slong prec;
} monomial_t;

static void load_monomial(monomial_t *m, const scalar_t *u)
{
    slong prec = m->prec;
    for (slong f = 0; f < m->count; f++) {
        const scalar_t *t = u + m->factors[f].variable;
        ulong e = m->factors[f].exponent;
        scalar_power(m->power + f, t, 1, e, prec);
        scalar_power(m->first + f, t, e, e - 1, prec);
        if (e >= 2)
            scalar_power(m->second + f, t, e * (e - 1), e - 2, prec);
        else
            scalar_zero(m->second + f);
        scalar_mul(m->before + f + 1, m->before + f, m->power + f, prec);
    }
    scalar_one(m->after + m->count);
    for (slong f = m->count - 1; f >= 0; f--)
        scalar_mul(m->after + f, m->after + f + 1, m->power + f, prec);
}

/* term = the derivative by factor f. */
static void first_derivative(monomial_t *m, slong f)
{
    scalar_mul(m->term, m->before + f, m->first + f, m->prec);
    scalar_mul(m->term, m->term, m->after + f + 1, m->prec);
}

/* term = the second derivative by factors f <= g; called for g = f, f + 1, ... in turn. */
static void second_derivative(monomial_t *m, slong f, slong g)
{
    if (g == f) {
        scalar_mul(m->term, m->before + f, m->second + f, m->prec);
        scalar_mul(m->term, m->term, m->after + f + 1, m->prec);
        scalar_mul(m->run, m->before + f, m->first + f, m->prec);
        return;
    }
    scalar_mul(m->term, m->run, m->first + g, m->prec);
    scalar_mul(m->term, m->term, m->after + g + 1, m->prec);
    scalar_mul(m->run, m->run, m->power + g, m->prec);
}

/* Adds the monomial to the upper triangle, from row and column `base` on. */
static void add_monomial_hessian(hessian_t hessian, slong n, slong base, monomial_t *m)
{
    for (slong f = 0; f < m->count; f++) {
        for (slong g = f; g < m->count; g++) {
            second_derivative(m, f, g);
            scalar_t *out = entry(hessian, n, base + m->factors[f].variable,
                                  base + m->factors[g].variable);
            scalar_add(out, out, m->term, m->prec);
        }
    }
}

static void add_monomial_product(scalar_t *product, monomial_t *m, const scalar_t *v)
{
    for (slong f = 0; f < m->count; f++) {
        for (slong g = f; g < m->count; g++) {
            slong i = m->factors[f].variable, j = m->factors[g].variable;
            second_derivative(m, f, g);
            scalar_dot(product + i, product + i, m->term, 1, v + j, 1, 1, m->prec);
            if (f != g)
                scalar_dot(product + j, product + j, m->term, 1, v + i, 1, 1, m->prec);
        }
    }
}

/* before[0] = sum of c_j times the moment of its product, over the terms of monomial k. */
static void load_coefficient(monomial_t *m, const ncf_terms_t *terms, slong k,
                             const scalar_t *moments)
{
    scalar_zero(m->before);
    for (slong j = terms->monomial_terms[k]; j < terms->monomial_terms[k + 1]; j++) {
        scalar_constant(m->term, &terms->coefficients, j, m->prec);
        scalar_dot(m->before, m->before, m->term, 1, moments + terms->term_products[j], 1, 1,
                   m->prec);
    }
}

/* Adds the contribution of a formula; gradient, u and v start with its first weight. */
static void add_terms(scalar_t *value, scalar_t *gradient, hessian_t hessian, slong n,
                      scalar_t *product, const scalar_t *u, const scalar_t *v,
                      const ncf_network_struct *network, data_t x, data_t weights,
                      slong points, slong prec)
{
    const ncf_terms_t *terms = &network->terms;
    slong longest = terms->longest, size = 5 * longest + 4 + terms->products;
    scalar_t *memory = scalar_new(size, prec), *moments = memory + 5 * longest + 4;
    monomial_t m = {.power = memory + 4 + 2 * longest, .first = memory + 4 + 3 * longest,
                    .second = memory + 4 + 4 * longest, .before = memory,
                    .after = memory + longest + 1, .run = memory + 2 * longest + 2,
                    .term = memory + 2 * longest + 3, .prec = prec};
    data_moments(moments, m.run, network, x, weights, points, prec);
    for (slong k = 0; k < terms->monomials; k++) {
        m.factors = terms->monomial_factors + terms->monomial_starts[k];
        m.count = terms->monomial_starts[k + 1] - terms->monomial_starts[k];
        load_coefficient(&m, terms, k, moments);
        load_monomial(&m, u);
        if (value != NULL)
            scalar_add(value, value, m.before + m.count, prec);
        for (slong f = 0; gradient != NULL && f < m.count; f++) {
            scalar_t *out = gradient + m.factors[f].variable;
            first_derivative(&m, f);
            scalar_add(out, out, m.term, prec);
        }
        if (hessian != NULL)
            add_monomial_hessian(hessian, n, network->first, &m);
        if (product != NULL)
            add_monomial_product(product, &m, v);
    }
    scalar_delete(memory, size);
}
