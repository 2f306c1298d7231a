/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* cap_bound.c: lower bounds of P(t, v) over all unit v at one t (T-CAP C, D). */
#include "cap_internal.h"

#include <math.h>
#include <string.h>

ncf_midrad_t ncf__cap_coefficient(slong degree, slong j, double t)
{
    ncf_midrad_t x = ncf__midrad_point(t), power = ncf__midrad_point(1);
    for (slong k = 2; k < j; k++)
        power = ncf__midrad_mul(power, x);
    ncf_midrad_t bracket = ncf__midrad_mul(ncf__midrad_mul(x, x),
                                           ncf__midrad_point(-(double) (degree - j)));
    return ncf__midrad_mul(power, ncf__midrad_add(ncf__midrad_point((double) j), bracket));
}

/* The coefficient of a part of G at t. */
static ncf_midrad_t part_coefficient(const ncf_cap_gram_t *gram, const ncf_cap_jet_t *jet,
                                     slong part, double t)
{
    if (part == 0)
        return ncf__midrad_point(1);
    if (part >= gram->free_first)
        return ncf__midrad_point(gram->free[part - gram->free_first]);
    return ncf__midrad_mul(ncf__midrad_point(-1),
                           ncf__cap_coefficient(jet->degree, part + 1, t));
}

/* out = the parts first .. last - 1 with their coefficients. */
static void combine(ncf_interval_matrix_t *out, const ncf_cap_gram_t *gram,
                    const ncf_cap_jet_t *jet, slong last, double t)
{
    slong entries = gram->size * gram->size;
    double *size = ncf__calloc(2 * (size_t) entries, sizeof(double)), *reach = size + entries;
    memset(out->mid, 0, (size_t) entries * sizeof(double));
    for (slong k = 0; k < last; k++) {
        const ncf_interval_matrix_t *part = gram->parts + k;
        ncf_midrad_t c = part_coefficient(gram, jet, k, t);
        for (slong i = 0; i < entries; i++) {
            double product = c.mid * part->mid[i];
            out->mid[i] += product;
            size[i] += fabs(product);
            reach[i] += ncf__midrad_reach(c) * (fabs(part->mid[i]) + part->radius[i]);
        }
    }
    for (slong i = 0; i < entries; i++) {
        ncf_midrad_t sum = ncf__midrad_sum(out->mid[i], size[i], reach[i], last);
        out->mid[i] = sum.mid;
        out->radius[i] = sum.radius;
    }
    ncf__free(size);
}

/*
 * A positive lower bound of the eigenvalues of every symmetric matrix in g, or -inf. With
 * T = V G V' >= low > 0 by Gershgorin, x = V' y gives x' G x >= low |y|^2 and |x|^2 <=
 * (1 + defect) |y|^2.
 */
static double least_eigenvalue(const ncf_interval_matrix_t *g)
{
    slong n = g->rows;
    double *v = ncf__malloc(2 * (size_t) n, (size_t) (n + 1) * sizeof(double));
    double *copy = v + n * n, *diagonal = copy + n * n, *radius = diagonal + n;
    double low = INFINITY, defect = INFINITY;
    memcpy(copy, g->mid, (size_t) (n * n) * sizeof(double));
    if (ncf__dense_eigenvectors(v, copy, n)) {
        ncf__interval_congruence(diagonal, radius, v, g);
        defect = ncf__interval_gram_defect(v, n);
    }
    int holds = defect < 0.5; /* V is regular; false for a NaN */
    for (slong i = 0; i < n && holds; i++) {
        double end = diagonal[i] - radius[i];
        holds = isfinite(diagonal[i]) && isfinite(radius[i]) && end > 0;
        low = fmin(low, end);
    }
    ncf__free(v);
    /* the subtraction, the addition and the division: three roundings */
    return holds ? low / (1 + defect) * (1 - 8 * NCF_MIDRAD_UNIT) : -INFINITY;
}

/* An upper bound of sum over j > signed_order of |c_j(t)| norm[j]. */
static double tail(const ncf_cap_gram_t *gram, const ncf_cap_jet_t *jet, double t)
{
    ncf_midrad_t sum = ncf__midrad_zero();
    for (slong j = gram->signed_order + 1; j <= jet->degree; j++) {
        ncf_midrad_t c = ncf__cap_coefficient(jet->degree, j, t);
        ncf_midrad_t size = ncf__midrad(0, ncf__midrad_reach(c));
        sum = ncf__midrad_add(sum, ncf__midrad_mul(size, ncf__midrad(0, jet->norm[j])));
    }
    return ncf__midrad_reach(sum) * (1 + 4 * NCF_MIDRAD_UNIT);
}

/* a - b rounded down, for finite a; -inf otherwise. */
static double below(double a, double b)
{
    double difference = a - b - (fabs(a) + fabs(b)) * 4 * NCF_MIDRAD_UNIT;
    return isfinite(a) && isfinite(difference) ? difference : -INFINITY;
}

/* g -= c_3^2 / (4 kappa) M M', in exact kappa. */
static void subtract_square(ncf_interval_matrix_t *g, const ncf_cap_gram_t *gram,
                            const ncf_cap_jet_t *jet, double t, double kappa)
{
    ncf_midrad_t c = ncf__cap_coefficient(jet->degree, 3, t);
    double inverse = -0.25 / kappa;
    ncf_midrad_t factor = ncf__midrad(inverse, fabs(inverse) * NCF_MIDRAD_UNIT);
    factor = ncf__midrad_mul(factor, ncf__midrad_mul(c, c));
    for (slong i = 0; i < g->rows * g->rows; i++) {
        ncf_midrad_t entry = {g->mid[i], g->radius[i]};
        ncf_midrad_t square = {gram->square.mid[i], gram->square.radius[i]};
        entry = ncf__midrad_add(entry, ncf__midrad_mul(factor, square));
        g->mid[i] = entry.mid;
        g->radius[i] = entry.radius;
    }
}

/* P >= least eigenvalue of A - c_3^2 / (4 kappa) M M', minus kappa, for a given kappa. */
static double bound_with(ncf_interval_matrix_t *g, const ncf_cap_gram_t *gram,
                         const ncf_cap_jet_t *jet, double t, double kappa)
{
    combine(g, gram, jet, gram->free_first, t);
    subtract_square(g, gram, jet, t, kappa);
    return below(least_eigenvalue(g), kappa);
}

#define SEARCH_STEPS 12

/* The best kappa by golden section of its logarithm about the last one. */
static double bound_by_square(ncf_interval_matrix_t *g, ncf_cap_gram_t *gram,
                              const ncf_cap_jet_t *jet, double t)
{
    double centre = gram->free[0] > 0 ? log2(gram->free[0]) : -4, span = 4;
    double best = -INFINITY, golden = 0.61803398874989485;
    double low = centre - span, high = centre + span;
    for (int k = 0; k < SEARCH_STEPS; k++) {
        double a = high - golden * (high - low), b = low + golden * (high - low);
        double at_a = bound_with(g, gram, jet, t, exp2(a));
        double at_b = bound_with(g, gram, jet, t, exp2(b));
        if (fmax(at_a, at_b) > best) {
            best = fmax(at_a, at_b);
            gram->free[0] = exp2(at_a > at_b ? a : b);
        }
        /* where both fail, a smaller kappa fails more often by the matrix */
        if (at_a > at_b)
            high = b;
        else
            low = a;
    }
    return best;
}

double ncf__cap_bound(ncf_cap_gram_t *gram, const ncf_cap_jet_t *jet, double t)
{
    ncf_interval_matrix_t g;
    double bound;
    ncf__interval_matrix_init(&g, gram->size, gram->size);
    if (gram->half == 1 && gram->square.rows > 0 && t > 0) {
        bound = bound_by_square(&g, gram, jet, t);
    } else {
        combine(&g, gram, jet, gram->free_first, t);
        ncf__cap_propose_free(gram->free, g.mid, gram->parts + gram->free_first,
                              gram->part_count - gram->free_first, gram->size, gram->half);
        combine(&g, gram, jet, gram->part_count, t);
        bound = least_eigenvalue(&g) * (double) gram->half * (1 - 4 * NCF_MIDRAD_UNIT);
    }
    ncf__interval_matrix_clear(&g);
    return below(bound, tail(gram, jet, t));
}
