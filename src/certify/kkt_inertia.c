/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * kkt_inertia.c: T-KKTINERTIA. M = P (Hess N - lambda I) P + shift u u^T has the
 * eigenvalues of A and the number `shift`, which is chosen negative and large. The
 * congruence T = V M V^T with approximate eigenvectors V is nearly diagonal: Gershgorin
 * encloses its eigenvalues, and Ostrowski's theorem compares them with those of M.
 */
#include "kkt_inertia.h"

#include "interval_matrix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SHIFT (-2.0) /* M is scaled so that A is below 1 */

typedef struct {
    slong n;
    slong zeros;             /* eigenvalues of A that are known to be zero */
    slong exponent;          /* M stands for 2^exponent times itself */
    ncf_interval_matrix_t m; /* over the enclosure */
    double *diagonal;        /* |T_ii - diagonal[i]| + sum_{j != i} |T_ij| <= radius[i] */
    double *radius;
    double defect;           /* bound of the norm of V V^T - I */
} spectrum_t;

static void spectrum_init(spectrum_t *s, slong n, slong zeros)
{
    s->n = n;
    s->zeros = zeros;
    ncf__interval_matrix_init(&s->m, n, n);
    s->diagonal = ncf__malloc(2 * (size_t) n, sizeof(double));
    s->radius = s->diagonal + n;
}

static void spectrum_clear(spectrum_t *s)
{
    ncf__interval_matrix_clear(&s->m);
    ncf__free(s->diagonal);
}

/* m = 2^exponent (Hess N - lambda I), its row sums below 1. */
static void scaled_hessian(arb_mat_t m, slong *exponent, arb_srcptr point,
                           const ncf_network_struct *network, const arb_mat_t x,
                           const arb_mat_t weights, slong prec)
{
    slong n = network->unknowns;
    mag_t norm;
    mag_init(norm);
    ncf__network_eval_arb(NULL, NULL, m, point, network, x, weights, prec);
    for (slong i = 0; i < n; i++)
        arb_sub(arb_mat_entry(m, i, i), arb_mat_entry(m, i, i), point + n, prec);
    arb_mat_bound_inf_norm(norm, m);
    *exponent = mag_is_special(norm) || COEFF_IS_MPZ(MAG_EXP(norm)) ? 0 : -MAG_EXP(norm);
    arb_mat_scalar_mul_2exp_si(m, m, *exponent);
    mag_clear(norm);
}

/*
 * P m P + SHIFT u u^T = m - g u^T - u g^T with g = m u - (u^T m u + SHIFT) u / 2, as |u| = 1
 * for the exact u.
 */
static void project(arb_mat_t m, arb_srcptr u, slong prec)
{
    slong n = arb_mat_nrows(m);
    arb_ptr g = _arb_vec_init(n);
    arb_t s;
    arb_init(s);
    for (slong i = 0; i < n; i++)
        arb_dot(g + i, NULL, 0, arb_mat_entry(m, i, 0), 1, u, 1, n, prec);
    arb_dot(s, NULL, 0, g, 1, u, 1, n, prec);
    arb_sub_ui(s, s, (ulong) -SHIFT, prec);
    arb_mul_2exp_si(s, s, -1);
    for (slong i = 0; i < n; i++)
        arb_submul(g + i, s, u + i, prec);
    for (slong i = 0; i < n; i++) {
        for (slong j = 0; j <= i; j++) {
            arb_ptr entry = arb_mat_entry(m, i, j);
            arb_submul(entry, g + i, u + j, prec);
            arb_submul(entry, u + i, g + j, prec);
            arb_set(arb_mat_entry(m, j, i), entry);
        }
    }
    arb_clear(s);
    _arb_vec_clear(g, n);
}

static double largest_radius(const spectrum_t *s)
{
    double largest = 0;
    for (slong k = 0; k < s->n * s->n; k++)
        largest = fmax(largest, s->m.radius[k]);
    return largest;
}

/* M over the enclosure, by balls; returns its largest radius. */
static double set_matrix_in_balls(spectrum_t *s, arb_srcptr point, const ncf_network_struct *network,
                         const fmpq_mat_t x, const fmpq_mat_t weights, slong prec)
{
    slong n = s->n, points = fmpq_mat_nrows(x);
    arb_mat_t m, x_balls, z_balls;
    arb_mat_init(m, n, n);
    arb_mat_init(x_balls, points, fmpq_mat_ncols(x));
    arb_mat_init(z_balls, points, 1);
    arb_mat_set_fmpq_mat(x_balls, x, prec);
    arb_mat_set_fmpq_mat(z_balls, weights, prec);
    scaled_hessian(m, &s->exponent, point, network, x_balls, z_balls, prec);
    project(m, point, prec);
    ncf__interval_matrix_set_arb(&s->m, m, 0);
    arb_mat_clear(z_balls);
    arb_mat_clear(x_balls);
    arb_mat_clear(m);
    return largest_radius(s);
}

/* A power of two that brings lambda near 1. */
static slong multiplier_exponent(const arb_t lambda)
{
    slong bound = arf_abs_bound_lt_2exp_si(arb_midref(lambda));
    return bound > -(WORD(1) << 40) && bound < (WORD(1) << 40) ? -bound : 0;
}

/* Multiplies h by the power of two that brings its row sums below 1; returns its exponent. */
static slong scale_below_one(ncf_midrad_t *h, slong n)
{
    double norm = 0;
    for (slong i = 0; i < n; i++) {
        double sum = 0;
        for (slong j = 0; j < n; j++)
            sum += ncf__midrad_reach(h[i * n + j]);
        norm = isnan(sum) ? INFINITY : fmax(norm, sum);
    }
    int exponent = 0;
    if (!(norm > 0) || !isfinite(norm))
        return 0;
    frexp(norm * (1 + 0x1p-20), &exponent);
    ncf_midrad_t factor = ncf__midrad_point(ldexp(1, -exponent));
    for (slong k = 0; k < n * n; k++)
        h[k] = ncf__midrad_mul(h[k], factor);
    return -exponent;
}

/* project for intervals: h becomes M. */
static void project_intervals(ncf_midrad_t *h, const ncf_midrad_t *u, slong n)
{
    ncf_midrad_t *g = ncf__malloc((size_t) n, sizeof(*g));
    ncf_midrad_t s = ncf__midrad_point(SHIFT);
    for (slong i = 0; i < n; i++) {
        g[i] = ncf__midrad_zero();
        for (slong j = 0; j < n; j++)
            g[i] = ncf__midrad_add(g[i], ncf__midrad_mul(h[i * n + j], u[j]));
        s = ncf__midrad_add(s, ncf__midrad_mul(g[i], u[i]));
    }
    s = ncf__midrad_mul(s, ncf__midrad_point(-0.5));
    for (slong i = 0; i < n; i++)
        g[i] = ncf__midrad_add(g[i], ncf__midrad_mul(s, u[i]));
    for (slong i = 0; i < n; i++) {
        for (slong j = 0; j <= i; j++) {
            ncf_midrad_t entry = ncf__midrad_add(ncf__midrad_mul(g[i], u[j]),
                                                 ncf__midrad_mul(u[i], g[j]));
            entry.mid = -entry.mid;
            h[i * n + j] = h[j * n + i] = ncf__midrad_add(h[i * n + j], entry);
        }
    }
    ncf__free(g);
}

/* The same in doubles (T-MIDRAD). */
static double set_matrix_in_doubles(spectrum_t *s, arb_srcptr point,
                                    const ncf_network_struct *network, const fmpq_mat_t x,
                                    const fmpq_mat_t weights)
{
    slong n = s->n, exponent = multiplier_exponent(point + n);
    ncf_midrad_t *data = ncf__midrads_from_fmpq_mat(x, 0);
    ncf_midrad_t *z = ncf__midrads_from_fmpq_mat(weights, exponent);
    ncf_midrad_t *h = ncf__malloc((size_t) (n * n + n), sizeof(*h)), *u = h + n * n;
    for (slong j = 0; j < n; j++)
        u[j] = ncf__midrad_from_arb(point + j, 0);
    ncf_midrad_t minus = ncf__midrad_from_arb(point + n, exponent);
    minus.mid = -minus.mid;
    ncf__network_eval_midrad(NULL, NULL, h, u, network, data, z, fmpq_mat_nrows(x));
    for (slong i = 0; i < n; i++)
        h[i * n + i] = ncf__midrad_add(h[i * n + i], minus);
    s->exponent = exponent + scale_below_one(h, n);
    project_intervals(h, u, n);
    for (slong i = 0; i < n; i++)
        ncf__interval_matrix_set_row(&s->m, i, h + i * n);
    ncf__free(h);
    ncf__free(z);
    ncf__free(data);
    return largest_radius(s);
}

/* T for approximate eigenvectors V, which are data; returns 0 when there are none. */
static int diagonalise(spectrum_t *s)
{
    slong n = s->n;
    double *v = ncf__malloc(2 * (size_t) n, (size_t) n * sizeof(double)), *copy = v + n * n;
    memcpy(copy, s->m.mid, (size_t) (n * n) * sizeof(double));
    int found = ncf__dense_eigenvectors(v, copy, n);
    if (found) {
        ncf__interval_congruence(s->diagonal, s->radius, v, &s->m);
        s->defect = ncf__interval_gram_defect(v, n);
    }
    ncf__free(v);
    /* Infinite bounds and NaN end here: no later comparison meets one. */
    for (slong i = 0; found && i < n; i++)
        found = isfinite(s->diagonal[i]) && isfinite(s->radius[i]);
    return found && s->defect < 0.5;
}

/* ---- Conclusions from the intervals ---------------------------------------------- */

static int compare(const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

/* The ends of |T_ii| +- radius_i, rounded outward: 2^-40 is far above two roundings. */
static double far_end(const spectrum_t *s, slong i)
{
    return (fabs(s->diagonal[i]) + s->radius[i]) * (1 + 0x1p-40);
}

static double near_end(const spectrum_t *s, slong i)
{
    return fabs(s->diagonal[i]) - s->radius[i] * (1 + 0x1p-40) -
           fabs(s->diagonal[i]) * 0x1p-40;
}

/* The `zeros` intervals of smallest far end lie in +-inner; 0 when there are none. */
static double inner_bound(const spectrum_t *s)
{
    if (s->zeros == 0)
        return 0;
    double *ends = ncf__malloc((size_t) s->n, sizeof(double));
    for (slong i = 0; i < s->n; i++)
        ends[i] = far_end(s, i);
    qsort(ends, (size_t) s->n, sizeof(double), compare);
    double inner = ends[s->zeros - 1];
    ncf__free(ends);
    return inner;
}

/* gap = [low / (1 + defect), high / (1 - defect)], unscaled. */
static void set_gap(arb_t gap, double low, double high, const spectrum_t *s)
{
    arb_t end, factor;
    arb_init(end);
    arb_init(factor);
    arb_set_d(factor, s->defect);
    arb_add_ui(factor, factor, 1, 64);
    arb_set_d(gap, low);
    arb_div(gap, gap, factor, 64);
    arb_set_d(factor, -s->defect);
    arb_add_ui(factor, factor, 1, 64);
    arb_set_d(end, high);
    arb_div(end, end, factor, 64);
    arb_union(gap, gap, end, 64);
    arb_mul_2exp_si(gap, gap, -s->exponent);
    arb_clear(factor);
    arb_clear(end);
}

/*
 * Counts the intervals outside +-inner. All sums and products are of a few terms, and
 * each comparison keeps a margin of 2^-40 relative: T-KKTINERTIA.
 */
static int conclude(slong *index, arb_t gap, const spectrum_t *s)
{
    double inner = inner_bound(s), low = INFINITY, nearest = INFINITY, widest = 0;
    double shift = fabs(SHIFT) * (1 - s->defect) * (1 - 0x1p-40), central = 0;
    slong above = 0, below = 0;
    for (slong i = 0; i < s->n; i++) {
        widest = fmax(widest, s->radius[i]);
        if (!(near_end(s, i) > inner)) {
            central = fmax(central, fabs(s->diagonal[i]));
            continue;
        }
        above += s->diagonal[i] > 0;
        below += s->diagonal[i] < 0;
        low = fmin(low, near_end(s, i));
        nearest = fmin(nearest, fabs(s->diagonal[i]));
    }
    /* Exact zeros lie within the widest radius of 0: else the caller was wrong about them. */
    if (above + below + s->zeros != s->n || !(shift > inner) || central > widest)
        return 0;
    *index = above;
    if (s->zeros == s->n - 1) {
        arb_pos_inf(gap);
        return above == 0;
    }
    double high = (nearest + widest) * (1 + 0x1p-40);
    if (!(high < shift))
        return 0;
    set_gap(gap, low, high, s);
    return arb_is_positive(gap);
}

ncf_verdict_t ncf__kkt_inertia(slong *index, slong *nullity, arb_t gap, arb_srcptr point,
                               const ncf_network_t network, const fmpq_mat_t x,
                               const fmpq_mat_t weights, slong slice_dimension, slong prec,
                               slong max_precision)
{
    slong n = network->unknowns;
    NCF_REQUIRE(prec >= 2 && max_precision >= 2);
    NCF_REQUIRE(slice_dimension >= 0 && slice_dimension < n);
    *index = *nullity = -1;
    arb_indeterminate(gap);
    if (!_arb_vec_is_finite(point, n + 1))
        return ncf_undecided();
    spectrum_t s;
    spectrum_init(&s, n, slice_dimension);
    int decided = 0;
    prec = FLINT_MIN(prec, max_precision);
    set_matrix_in_doubles(&s, point, network, x, weights);
    decided = diagonalise(&s) && conclude(index, gap, &s);
    for (double width, before = INFINITY; !decided; before = width) {
        width = set_matrix_in_balls(&s, point, network, x, weights, prec);
        decided = diagonalise(&s) && conclude(index, gap, &s);
        /* More bits help only where rounding made the matrix wide. */
        if (decided || prec >= max_precision || !(width > 0x1p-48) || width > before / 2)
            break;
        prec = FLINT_MIN(2 * prec, max_precision);
    }
    spectrum_clear(&s);
    if (!decided) {
        *index = -1;
        arb_indeterminate(gap);
        return ncf_undecided();
    }
    *nullity = slice_dimension;
    return ncf_proved();
}
