/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * inertia.c: the signs of a quadratic form on the complement of a vector, by a congruence with a
 * matrix V and diagonal dominance (T-CONGRUENCE).
 */
#include "check.h"

/*
 * c = f_i . A f_j with f_j = p e_j - g_j e_k, j != k: p^2 A_ij - p g_j A_ik - p g_i A_kj + g_i g_j A_kk.
 */
static ball_t *restrict_form(const ball_t *form, const ball_t *p, const ball_t *g, size_t k,
                             size_t n)
{
    size_t m = n - 1;
    ball_t *out = new_balls(m * m + 1), *t = new_balls(n + 2);
    ball_t *mixed = t, *a = &t[n], *b = &t[n + 1];
    /* mixed_j = p A_kj - g_j A_kk, so that c = p (p A_ij - g_j A_ik) - g_i mixed_j */
    for (size_t j = 0; j < n; j++) {
        ball_mul(a, p, &form[k * n + j]);
        ball_mul(b, &g[j], &form[k * n + k]);
        ball_sub(&mixed[j], a, b);
    }
    size_t next = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            if (i == k || j == k)
                continue;
            ball_mul(a, p, &form[i * n + j]);
            ball_mul(b, &g[j], &form[i * n + k]);
            ball_sub(a, a, b);
            ball_mul(a, a, p);
            ball_mul(b, &g[i], &mixed[j]);
            ball_sub(&out[next++], a, b);
        }
    }
    return out;
}

/* a b^T for m x m matrices */
static ball_t *product(const ball_t *a, const ball_t *b, size_t m)
{
    ball_t *out = new_balls(m * m + 1);
    for (size_t i = 0; i < m * m; i++) {
        for (size_t k = 0; k < m; k++)
            ball_accumulate(&out[i], &a[i / m * m + k], &b[i % m * m + k], 1);
        ball_round(&out[i], &out[i]);
    }
    return out;
}

/* The number of positive eigenvalues of the form; all others are proved to be negative. */
static long count_positive(const claim_t *claim, const ball_t *c, const vector_t *transform,
                           size_t m)
{
    ball_t *v = new_balls(transform->count);
    mpz_t *t = new_integers(2);
    long positive = 0;
    for (size_t i = 0; i < transform->count; i++)
        ball_set_dyadic(&v[i], transform->mantissas[i], transform->exponent);
    /* V (V C)^T is the transpose of V C V^T, since C is symmetric */
    const ball_t *matrix = product(v, product(v, c, m), m);
    for (size_t i = 0; i < m; i++) {
        mpz_set_ui(t[0], 0);
        for (size_t j = 0; j < m; j++) {
            ball_upper(t[1], &matrix[i * m + j]);
            if (j != i)
                mpz_add(t[0], t[0], t[1]);
        }
        ball_lower(t[1], &matrix[i * m + i]);
        if (mpz_cmp(t[1], t[0]) <= 0)
            rejected(claim,
                     "row %zu of the transformed matrix is not dominated by its diagonal", i);
        positive += ball_sign(&matrix[i * m + i]) > 0;
    }
    return positive;
}

/* The form Hess N - (lambda + shift) I. */
static ball_t *point_form(const certificate_t *certificate, const claim_t *point,
                          const mpq_t shift, ball_t *u)
{
    size_t n = certificate->problem->weights;
    ball_t *form = new_balls(n * n), *t = new_balls(1);
    for (size_t k = 0; k <= n; k++)
        ball_set_entry(&u[k], &point->box, k);
    evaluate(NULL, NULL, form, certificate->tape, certificate->problem, u);
    ball_set_rational(t, shift);
    ball_add(t, t, &u[n]);
    for (size_t k = 0; k < n; k++)
        ball_sub(&form[k * n + k], &form[k * n + k], t);
    return form;
}

/* The form (m-1) G c^(m-2) - nu D, and g_j = D_j c_j / D_k. */
static ball_t *line_form(const claim_t *line, ball_t *g)
{
    const tensor_t *tensor = line->tensor->form;
    size_t r = tensor->dimension;
    complex_t *c = new_complexes(r + 1), *hessian = new_complexes(r * r);
    ball_t *form = new_balls(r * r), *t = new_balls(1);
    mpq_t *quotient = new_rationals(1);
    for (size_t j = 0; j <= r; j++)
        ball_set_entry(&c[j].re, &line->box, j);
    tensor_evaluate(NULL, hessian, tensor, c);
    for (size_t j = 0; j < r * r; j++)
        ball_set(&form[j], &hessian[j].re);
    for (size_t j = 0; j < r; j++) {
        ball_set_rational(t, tensor->metric[j]);
        ball_mul(t, t, &c[r].re);
        ball_sub(&form[j * r + j], &form[j * r + j], t);
        mpq_div(quotient[0], tensor->metric[j], tensor->metric[line->chart]);
        ball_set_rational(t, quotient[0]);
        ball_mul(&g[j], &c[j].re, t);
    }
    return form;
}

static void prove_point(const certificate_t *certificate, const claim_t *claim, size_t pivot,
                        const vector_t *transform)
{
    size_t n = certificate->problem->weights;
    ball_t *u = new_balls(n + 1);
    ball_t *form = point_form(certificate, claim->premises[0], claim->shift, u);
    if (ball_sign(&u[pivot]) == 0)
        rejected(claim, "the pivot may be zero");
    ball_t *c = restrict_form(form, &u[pivot], u, pivot, n);
    long index = count_positive(claim, c, transform, n - 1);
    if (index != claim->index)
        rejected(claim, "the index is another one: %ld", index);
}

static void prove_line(const claim_t *claim, size_t pivot, const vector_t *transform)
{
    const claim_t *line = claim->premises[0];
    size_t r = line->tensor->form->dimension;
    ball_t *g = new_balls(r), *one = new_balls(1);
    ball_set_int(one, 1);
    int sign = entry_sign(&line->box, r);
    if (pivot != line->chart || sign == 0)
        rejected(claim, "the pivot is not the chart, or mu may be zero");
    ball_t *c = restrict_form(line_form(line, g), one, g, pivot, r);
    long positive = count_positive(claim, c, transform, r - 1);
    long index = sign > 0 ? positive : (long) r - 1 - positive;
    if (index != claim->index)
        rejected(claim, "the index is another one: %ld", index);
}

void check_inertia(const certificate_t *certificate, claim_t *claim)
{
    const node_t *node = claim->node;
    check_keys(node, "id kind theorem premises index ?shift pivot transform bits");
    if (claim->premise_count != 1)
        rejected(claim, "there is not one premise");
    int is_point = claim->premises[0]->is_point;
    size_t n = is_point ? certificate->problem->weights
                        : premise(claim, 0, "line")->tensor->form->dimension;
    claim->index = integer(member(node, "index"), 0, (long) n - 1);
    size_t pivot = (size_t) integer(member(node, "pivot"), 0, (long) n - 1);
    mpq_init(claim->shift);
    if (find(node, "shift") != NULL) {
        read_rational(claim->shift, find(node, "shift"));
        if (!is_point)
            rejected(claim, "a shift is for points");
    }
    vector_t transform = read_vector(member(node, "transform"), (n - 1) * (n - 1));
    mark_t mark = memory_mark();
    use_bits(claim);
    if (is_point)
        prove_point(certificate, claim, pivot, &transform);
    else
        prove_line(claim, pivot, &transform);
    memory_release(mark);
}
