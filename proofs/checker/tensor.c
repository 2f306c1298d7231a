/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * tensor.c: the claim tensor (T-ESSENTIAL). T(w) = sum_i z_i (x_i . w)^m on R^d, restricted to the
 * span of an orthogonal basis B that holds all points: G(c) = sum_i z_i (p_i . c)^m, p_i = B^T x_i.
 */
#include "check.h"

enum { MAX_ORDER = 1000 };

static void check_order(const certificate_t *certificate, const claim_t *claim, size_t order)
{
    const part_t *part = feedforward(certificate->problem);
    size_t degree = 1;
    if (part == NULL || part->depth < 2)
        rejected(claim, "the network is not feed-forward with a hidden layer");
    for (size_t l = 0; l < part->activation_count && degree <= MAX_ORDER; l++) {
        if (!part->activations[l].monomial)
            rejected(claim, "an activation is not a power");
        degree *= part->activations[l].degree;
    }
    if (degree != order)
        rejected(claim, "the order is not the product of the degrees of the activations");
}

/* columns: r x d, one basis vector after the other */
static mpq_t *read_basis(size_t *dimension, const claim_t *claim, size_t d)
{
    const node_t *node = find(claim->node, "basis");
    *dimension = node == NULL ? d : list(node)->length;
    if (*dimension < 1 || *dimension > d)
        malformed(node, "a basis has 1 to %zu vectors", d);
    mpq_t *basis = new_rationals(*dimension * d);
    for (size_t k = 0; k < d && node == NULL; k++)
        mpq_set_ui(basis[k * d + k], 1, 1);
    size_t next = 0;
    for (const node_t *row = node == NULL ? NULL : node->first; row != NULL; row = row->next) {
        if (list(row)->length != d)
            malformed(row, "%zu coordinates are expected", d);
        for (const node_t *entry = row->first; entry != NULL; entry = entry->next)
            read_rational(basis[next++], entry);
    }
    return basis;
}

static void dot(mpq_t out, mpq_t *a, mpq_t *b, size_t count, mpq_t scratch)
{
    mpq_set_ui(out, 0, 1);
    for (size_t i = 0; i < count; i++) {
        mpq_mul(scratch, a[i], b[i]);
        mpq_add(out, out, scratch);
        spend(mpz_size(mpq_numref(out)) + mpz_size(mpq_denref(out)));
    }
}

/* D, and that the vectors are not zero and orthogonal. */
static void set_metric(tensor_t *tensor, const claim_t *claim, mpq_t *basis, size_t d)
{
    mpq_t *t = new_rationals(2);
    for (size_t a = 0; a < tensor->dimension; a++) {
        dot(tensor->metric[a], basis + a * d, basis + a * d, d, t[0]);
        if (mpq_sgn(tensor->metric[a]) == 0)
            rejected(claim, "vector %zu of the basis is zero", a);
        for (size_t b = 0; b < a; b++) {
            dot(t[1], basis + a * d, basis + b * d, d, t[0]);
            if (mpq_sgn(t[1]) != 0)
                rejected(claim, "the vectors %zu and %zu of the basis are not orthogonal", b,
                         a);
        }
    }
}

/* x = B D^-1 B^T x? */
static int is_in_span(const tensor_t *tensor, mpq_t *form, mpq_t *basis, mpq_t *x, size_t d)
{
    mpq_t *t = new_rationals(2);
    for (size_t j = 0; j < d; j++) {
        mpq_set_ui(t[0], 0, 1);
        for (size_t k = 0; k < tensor->dimension; k++) {
            mpq_mul(t[1], basis[k * d + j], form[k]);
            mpq_div(t[1], t[1], tensor->metric[k]);
            mpq_add(t[0], t[0], t[1]);
            spend(8);
        }
        if (!mpq_equal(t[0], x[j]))
            return 0;
    }
    return 1;
}

void check_tensor(const certificate_t *certificate, claim_t *claim)
{
    const problem_t *problem = certificate->problem;
    size_t d = problem->inputs;
    check_keys(claim->node, "id kind theorem premises order ?basis");
    tensor_t *tensor = allocate(1, sizeof *tensor);
    tensor->order = (size_t) integer(member(claim->node, "order"), 2, MAX_ORDER);
    check_order(certificate, claim, tensor->order);
    mpq_t *basis = read_basis(&tensor->dimension, claim, d), *t = new_rationals(1);
    size_t r = tensor->dimension;
    tensor->metric = new_rationals(r);
    set_metric(tensor, claim, basis, d);
    tensor->forms = new_rationals(problem->points * r);
    tensor->weights = new_rationals(problem->points);
    for (size_t i = 0; i < problem->points; i++) {
        mpq_t *x = problem->x + i * d, *form = tensor->forms + tensor->points * r;
        if (mpq_sgn(problem->z[i]) == 0)
            continue;
        for (size_t k = 0; k < r; k++)
            dot(form[k], basis + k * d, x, d, t[0]);
        if (!is_in_span(tensor, form, basis, x, d))
            rejected(claim, "the data point %zu is not in the span of the basis", i);
        mpq_set(tensor->weights[tensor->points++], problem->z[i]);
    }
    claim->form = tensor;
}

/* value^exponent */
static void power(complex_t *out, const complex_t *value, size_t exponent, complex_t *square)
{
    ball_set_int(&out->re, 1);
    ball_set_int(&out->im, 0);
    complex_set(square, value);
    for (; exponent > 0; exponent >>= 1) {
        if (exponent & 1)
            complex_mul(out, out, square);
        if (exponent > 1)
            complex_mul(square, square, square);
    }
}

/* Adds the terms of one data point, scratch: 4 numbers; all sums are not rounded. */
static void add_point(complex_t *gradient, complex_t *hessian, const complex_t *form,
                      const complex_t *weight, size_t order, size_t r, const complex_t *c,
                      complex_t *scratch)
{
    complex_t *inner = &scratch[0], *factor = &scratch[1], *row = &scratch[2];
    ball_set_int(&row->re, 0);
    ball_set_int(&row->im, 0);
    for (size_t k = 0; k < r; k++)
        complex_accumulate(row, &form[k], &c[k]);
    complex_round(inner, row);
    power(factor, inner, order - 2, &scratch[3]);
    complex_mul(factor, factor, weight);
    for (size_t k = 0; k < r && hessian != NULL; k++) {
        complex_mul(row, factor, &form[k]);
        for (size_t j = 0; j <= k; j++)
            complex_accumulate(&hessian[k * r + j], row, &form[j]);
    }
    complex_mul(factor, factor, inner);
    for (size_t k = 0; k < r && gradient != NULL; k++)
        complex_accumulate(&gradient[k], factor, &form[k]);
}

static void set_zero(complex_t *out, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ball_set_int(&out[i].re, 0);
        ball_set_int(&out[i].im, 0);
    }
}

void tensor_evaluate(complex_t *gradient, complex_t *hessian, const tensor_t *tensor,
                     const complex_t *c)
{
    size_t r = tensor->dimension;
    complex_t *form = new_complexes(r), *weight = new_complexes(1),
              *scratch = new_complexes(4);
    set_zero(gradient, gradient != NULL ? r : 0);
    set_zero(hessian, hessian != NULL ? r * r : 0);
    for (size_t i = 0; i < tensor->points; i++) {
        for (size_t k = 0; k < r; k++)
            ball_set_rational(&form[k].re, tensor->forms[i * r + k]);
        ball_set_rational(&weight->re, tensor->weights[i]);
        add_point(gradient, hessian, form, weight, tensor->order, r, c, scratch);
    }
    for (size_t k = 0; k < r && gradient != NULL; k++)
        complex_round(&gradient[k], &gradient[k]);
    for (size_t k = 0; k < r && hessian != NULL; k++) {
        for (size_t j = 0; j <= k; j++) {
            complex_t *entry = &hessian[k * r + j];
            complex_round(entry, entry);
            ball_scale(&entry->re, &entry->re, (long) tensor->order - 1);
            ball_scale(&entry->im, &entry->im, (long) tensor->order - 1);
            complex_set(&hessian[j * r + k], entry);
        }
    }
}
