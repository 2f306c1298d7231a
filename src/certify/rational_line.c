/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* rational_line.c: eigenlines with rational coordinates: found by continued fractions, then
   checked, and their inertia decided, in exact arithmetic. */
#include "rational_line.h"

#include <math.h>

#define MAX_WORK 1000000 /* points times dimension times order */

void ncf__rational_line_init(ncf_rational_line_t line, slong dimension)
{
    *line = (ncf_rational_line_struct){.dimension = dimension, .c = _fmpq_vec_init(dimension)};
    fmpq_init(line->value);
}

void ncf__rational_line_clear(ncf_rational_line_t line)
{
    fmpq_clear(line->value);
    _fmpq_vec_clear(line->c, line->dimension);
}

void ncf__rational_line_swap(ncf_rational_line_t a, ncf_rational_line_t b)
{
    ncf_rational_line_struct swap = *a;
    *a = *b;
    *b = swap;
}

/* ---- Candidates ------------------------------------------------------------------ */

/* The rational of smallest denominator in a finite ball. */
static void simplest_rational(fmpq_t out, const arb_t ball)
{
    arf_t end;
    fmpq_t low, high;
    arf_init(end);
    fmpq_init(low);
    fmpq_init(high);
    arb_get_lbound_arf(end, ball, ARF_PREC_EXACT);
    arf_get_fmpq(low, end);
    arb_get_ubound_arf(end, ball, ARF_PREC_EXACT);
    arf_get_fmpq(high, end);
    fmpq_simplest_between(out, low, high);
    fmpq_clear(high);
    fmpq_clear(low);
    arf_clear(end);
}

/* Exact ends and denominators of a reasonable size. */
static int is_workable(const arb_t ball)
{
    return arb_is_finite(ball) && arf_cmpabs_2exp_si(arb_midref(ball), 3) < 0 &&
           (mag_is_zero(arb_radref(ball)) || mag_cmp_2exp_si(arb_radref(ball), -4096) > 0) &&
           arf_bits(arb_midref(ball)) <= 8192 &&
           (arf_is_zero(arb_midref(ball)) || arf_cmpabs_2exp_si(arb_midref(ball), -8192) > 0);
}

/* ratio = c_j / c_chart in the basis of the tensor, from isometric coordinates. */
static void basis_ratio(arb_t ratio, arb_srcptr e, slong j, slong chart,
                        const ncf_tensor_t tensor, slong prec)
{
    arb_t scale;
    fmpq_t square;
    arb_init(scale);
    fmpq_init(square);
    arb_div(ratio, e + j, e + chart, prec);
    fmpq_div(square, fmpq_mat_entry(tensor->gram, chart, 0),
             fmpq_mat_entry(tensor->gram, j, 0));
    if (!fmpq_is_one(square)) {
        arb_set_fmpq(scale, square, prec);
        arb_sqrt(scale, scale, prec);
        arb_mul(ratio, ratio, scale, prec);
    }
    fmpq_clear(square);
    arb_clear(scale);
}

/* The coordinate with the largest |c_j| = |e_j| / D_j^{1/2}, about, by midpoints. */
static slong largest_coordinate(arb_srcptr e, const ncf_tensor_t tensor)
{
    slong chart = 0;
    arb_t size, best, gram;
    arb_init(size);
    arb_init(best);
    arb_init(gram);
    for (slong j = 0; j < tensor->dimension; j++) {
        arb_set_arf(size, arb_midref(e + j));
        arb_mul(size, size, size, 64);
        arb_set_fmpq(gram, fmpq_mat_entry(tensor->gram, j, 0), 64);
        arb_div(size, size, gram, 64);
        if (arf_cmp(arb_midref(size), arb_midref(best)) > 0) {
            arb_swap(size, best);
            chart = j;
        }
    }
    arb_clear(gram);
    arb_clear(best);
    arb_clear(size);
    return chart;
}

static int set_candidate(ncf_rational_line_t out, arb_srcptr e, const ncf_tensor_t tensor)
{
    slong prec = 64;
    for (slong j = 0; j < tensor->dimension; j++)
        prec = FLINT_MAX(prec, arf_bits(arb_midref(e + j)) + 64);
    out->chart = largest_coordinate(e, tensor);
    arb_t ratio;
    arb_init(ratio);
    int workable = 1;
    for (slong j = 0; j < tensor->dimension && workable; j++) {
        basis_ratio(ratio, e, j, out->chart, tensor, prec);
        workable = is_workable(ratio);
        if (workable && j != out->chart)
            simplest_rational(out->c + j, ratio);
    }
    fmpq_one(out->c + out->chart);
    arb_clear(ratio);
    return workable;
}

/* ---- The exact equation ---------------------------------------------------------- */

/* out = weight_i (p_i . c)^power */
static void point_power(fmpq_t out, slong i, const fmpq *c, slong power,
                        const ncf_tensor_t tensor)
{
    fmpq_zero(out);
    for (slong j = 0; j < tensor->dimension; j++)
        fmpq_addmul(out, fmpq_mat_entry(tensor->coords, i, j), c + j);
    fmpq_pow_si(out, out, power);
    fmpq_mul(out, out, fmpq_mat_entry(tensor->weights, i, 0));
}

static void exact_gradient(fmpq *g, const fmpq *c, const ncf_tensor_t tensor)
{
    fmpq_t s;
    fmpq_init(s);
    for (slong j = 0; j < tensor->dimension; j++)
        fmpq_zero(g + j);
    for (slong i = 0; i < tensor->points; i++) {
        point_power(s, i, c, tensor->order - 1, tensor);
        for (slong j = 0; j < tensor->dimension; j++)
            fmpq_addmul(g + j, s, fmpq_mat_entry(tensor->coords, i, j));
    }
    fmpq_clear(s);
}

/* G(c) = value D c? Sets the value from the coordinate where c is 1. */
static int is_eigenvector(ncf_rational_line_t line, const ncf_tensor_t tensor)
{
    slong n = tensor->dimension;
    fmpq *g = _fmpq_vec_init(n);
    fmpq_t t;
    fmpq_init(t);
    exact_gradient(g, line->c, tensor);
    fmpq_div(line->value, g + line->chart, fmpq_mat_entry(tensor->gram, line->chart, 0));
    int holds = 1;
    for (slong j = 0; j < n && holds; j++) {
        fmpq_mul(t, line->value, fmpq_mat_entry(tensor->gram, j, 0));
        fmpq_mul(t, t, line->c + j);
        holds = fmpq_equal(t, g + j);
    }
    fmpq_clear(t);
    _fmpq_vec_clear(g, n);
    return holds;
}

/* ---- Exact inertia --------------------------------------------------------------- */

/* a = (m-1) sum_i weight_i (p_i . c)^{m-2} p_i p_i^T - value D */
static void exact_hessian(fmpq_mat_t a, const ncf_rational_line_t line,
                          const ncf_tensor_t tensor)
{
    slong n = tensor->dimension;
    fmpq_t s, t;
    fmpq_init(s);
    fmpq_init(t);
    for (slong i = 0; i < tensor->points; i++) {
        point_power(s, i, line->c, tensor->order - 2, tensor);
        fmpq_mul_si(s, s, tensor->order - 1);
        for (slong j = 0; j < n; j++) {
            fmpq_mul(t, s, fmpq_mat_entry(tensor->coords, i, j));
            for (slong k = 0; k < n; k++)
                fmpq_addmul(fmpq_mat_entry(a, j, k), t, fmpq_mat_entry(tensor->coords, i, k));
        }
    }
    for (slong j = 0; j < n; j++)
        fmpq_submul(fmpq_mat_entry(a, j, j), line->value, fmpq_mat_entry(tensor->gram, j, 0));
    fmpq_clear(t);
    fmpq_clear(s);
}

/* Columns u_j - (D_j c_j / D_k) u_k, j != k = chart: they span { v : c^T D v = 0 }. */
static void complement_basis(fmpq_mat_t v, const ncf_rational_line_t line,
                             const ncf_tensor_t tensor)
{
    for (slong column = 0; column < line->dimension - 1; column++) {
        slong j = column < line->chart ? column : column + 1;
        fmpq *entry = fmpq_mat_entry(v, line->chart, column);
        fmpq_one(fmpq_mat_entry(v, j, column));
        fmpq_mul(entry, fmpq_mat_entry(tensor->gram, j, 0), line->c + j);
        fmpq_div(entry, entry, fmpq_mat_entry(tensor->gram, line->chart, 0));
        fmpq_neg(entry, entry);
    }
}

/* Row and column i += t times row and column j. */
static void add_symmetric(fmpq_mat_t a, slong i, slong j, const fmpq_t t)
{
    for (slong k = 0; k < fmpq_mat_ncols(a); k++)
        fmpq_addmul(fmpq_mat_entry(a, i, k), t, fmpq_mat_entry(a, j, k));
    for (slong k = 0; k < fmpq_mat_nrows(a); k++)
        fmpq_addmul(fmpq_mat_entry(a, k, i), t, fmpq_mat_entry(a, k, j));
}

/*
 * An index >= 0 with a non-zero diagonal entry among those not done, made by a congruence if
 * need be (both diagonal entries being zero, the new one is twice a_jk); -1: all is zero.
 */
static slong find_pivot(fmpq_mat_t a, const unsigned char *done)
{
    slong n = fmpq_mat_nrows(a);
    for (slong i = 0; i < n; i++)
        if (!done[i] && !fmpq_is_zero(fmpq_mat_entry(a, i, i)))
            return i;
    for (slong i = 0; i < n; i++) {
        for (slong j = 0; j < n; j++) {
            if (done[i] || done[j] || fmpq_is_zero(fmpq_mat_entry(a, i, j)))
                continue;
            fmpq_t one;
            fmpq_init(one);
            fmpq_one(one);
            add_symmetric(a, i, j, one);
            fmpq_clear(one);
            return i;
        }
    }
    return -1;
}

/* Sylvester's law of inertia: diagonalisation by rational congruences; a is destroyed. */
static void symmetric_inertia(slong *positive, slong *negative, slong *nullity, fmpq_mat_t a)
{
    slong n = fmpq_mat_nrows(a), pivot;
    unsigned char *done = ncf__calloc((size_t) n, 1);
    fmpq_t t;
    fmpq_init(t);
    *positive = *negative = 0;
    while ((pivot = find_pivot(a, done)) >= 0) {
        int sign = fmpq_sgn(fmpq_mat_entry(a, pivot, pivot));
        *positive += sign > 0;
        *negative += sign < 0;
        for (slong i = 0; i < n; i++) {
            if (done[i] || i == pivot || fmpq_is_zero(fmpq_mat_entry(a, i, pivot)))
                continue;
            fmpq_div(t, fmpq_mat_entry(a, i, pivot), fmpq_mat_entry(a, pivot, pivot));
            fmpq_neg(t, t);
            add_symmetric(a, i, pivot, t);
        }
        done[pivot] = 1;
    }
    *nullity = n - *positive - *negative;
    fmpq_clear(t);
    ncf__free(done);
}

static void set_inertia(ncf_rational_line_t line, const ncf_tensor_t tensor)
{
    slong n = line->dimension;
    fmpq_mat_t a, v, transposed, product, restricted;
    fmpq_mat_init(a, n, n);
    fmpq_mat_init(v, n, n - 1);
    fmpq_mat_init(transposed, n - 1, n);
    fmpq_mat_init(product, n, n - 1);
    fmpq_mat_init(restricted, n - 1, n - 1);
    exact_hessian(a, line, tensor);
    complement_basis(v, line, tensor);
    fmpq_mat_transpose(transposed, v);
    fmpq_mat_mul(product, a, v);
    fmpq_mat_mul(restricted, transposed, product);
    symmetric_inertia(&line->positive, &line->negative, &line->nullity, restricted);
    fmpq_mat_clear(restricted);
    fmpq_mat_clear(product);
    fmpq_mat_clear(transposed);
    fmpq_mat_clear(v);
    fmpq_mat_clear(a);
}

/* ---- The public functions -------------------------------------------------------- */

int ncf__rational_line_find(ncf_rational_line_t out, arb_srcptr e, const ncf_tensor_t tensor)
{
    NCF_REQUIRE(tensor->order >= 3 && tensor->dimension >= 2 &&
                out->dimension == tensor->dimension);
    out->multiplicity = 0;
    if (tensor->points > MAX_WORK / tensor->dimension / tensor->order)
        return 0;
    if (!set_candidate(out, e, tensor) || !is_eigenvector(out, tensor))
        return 0;
    set_inertia(out, tensor);
    return 1;
}

/*
 * Real parts of z / z_largest as balls of radius 0; returns 0 for a vector that is far from
 * every real one.
 */
static int real_direction(arb_ptr e, const double *z, slong n)
{
    slong largest = 0;
    double best = 0;
    for (slong j = 0; j < n; j++) {
        double size = z[2 * j] * z[2 * j] + z[2 * j + 1] * z[2 * j + 1];
        if (!isfinite(size))
            return 0;
        if (size > best) {
            best = size;
            largest = j;
        }
    }
    if (best < 0x1p-40)
        return 0;
    double a = z[2 * largest], b = z[2 * largest + 1];
    for (slong j = 0; j < n; j++) {
        double re = (z[2 * j] * a + z[2 * j + 1] * b) / best;
        double im = (z[2 * j + 1] * a - z[2 * j] * b) / best;
        if (fabs(im) > 0x1p-3)
            return 0;
        arb_set_d(e + j, re);
    }
    return 1;
}

int ncf__rational_line_near(ncf_rational_line_t out, arb_srcptr e, slong finest,
                            const ncf_tensor_t tensor)
{
    slong n = tensor->dimension;
    arb_ptr ball = _arb_vec_init(n);
    int found = 0;
    for (slong bits = finest; !found && bits >= 3; bits--) {
        for (slong j = 0; j < n; j++) {
            arb_get_mid_arb(ball + j, e + j);
            arb_add_error_2exp_si(ball + j, -bits);
        }
        found = ncf__rational_line_find(out, ball, tensor);
    }
    _arb_vec_clear(ball, n);
    return found;
}

int ncf__rational_line_guess(ncf_rational_line_t out, const double *z,
                             const ncf_tensor_t tensor)
{
    slong n = tensor->dimension;
    arb_ptr e = _arb_vec_init(n);
    int found = real_direction(e, z, n) && ncf__rational_line_near(out, e, 40, tensor);
    _arb_vec_clear(e, n);
    return found;
}

int ncf__rational_line_equal(const ncf_rational_line_t a, const ncf_rational_line_t b)
{
    fmpq_t t;
    fmpq_init(t);
    int equal = a->dimension == b->dimension;
    /* a spans the line of b when a = a_chart(b) b. */
    for (slong j = 0; equal && j < a->dimension; j++) {
        fmpq_mul(t, a->c + b->chart, b->c + j);
        equal = fmpq_equal(t, a->c + j);
    }
    fmpq_clear(t);
    return equal;
}

void ncf__rational_line_enclose(arb_ptr e, arb_t mu, const ncf_rational_line_t line,
                                const ncf_tensor_t tensor, slong prec)
{
    arb_t length, scale;
    fmpq_t square, term;
    arb_init(length);
    arb_init(scale);
    fmpq_init(square);
    fmpq_init(term);
    for (slong j = 0; j < line->dimension; j++) {
        fmpq_mul(term, line->c + j, line->c + j);
        fmpq_addmul(square, term, fmpq_mat_entry(tensor->gram, j, 0));
    }
    arb_set_fmpq(length, square, prec + 10);
    arb_sqrt(length, length, prec + 10);
    for (slong j = 0; j < line->dimension; j++) {
        arb_set_fmpq(scale, fmpq_mat_entry(tensor->gram, j, 0), prec + 10);
        arb_sqrt(scale, scale, prec + 10);
        arb_set_fmpq(e + j, line->c + j, prec + 10);
        arb_mul(e + j, e + j, scale, prec + 10);
        arb_div(e + j, e + j, length, prec);
    }
    arb_pow_ui(length, length, (ulong) tensor->order - 2, prec + 10);
    arb_set_fmpq(mu, line->value, prec + 10);
    arb_div(mu, mu, length, prec);
    fmpq_clear(term);
    fmpq_clear(square);
    arb_clear(scale);
    arb_clear(length);
}
