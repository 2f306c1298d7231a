/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * cap_norm.c: caps for networks of any size, from three numbers: lambda, the gap of the point
 * and a bound of |N| on the sphere (T-CAP F, G). No derivative is expanded.
 */
#include "cap_internal.h"

#include <math.h>

#define PRECISION 128
#define LARGE 400 /* rows of a matrix beyond which fewer squarings are made */

/* ---- Norms of flattenings (T-CAP G) ------------------------------------------------ */

/* out = the matrix of the z_i (x_i . x_j)^a. */
static void weighted_gram(arb_mat_t out, const arb_mat_t x, const arb_mat_t z, slong a)
{
    slong points = arb_mat_nrows(x);
    arb_mat_t transposed;
    arb_mat_init(transposed, arb_mat_ncols(x), points);
    arb_mat_transpose(transposed, x);
    arb_mat_mul(out, x, transposed, PRECISION);
    for (slong i = 0; i < points; i++) {
        for (slong j = 0; j < points; j++) {
            arb_ptr entry = arb_mat_entry(out, i, j);
            arb_pow_ui(entry, entry, (ulong) a, PRECISION);
            arb_mul(entry, entry, arb_mat_entry(z, i, 0), PRECISION);
        }
    }
    arb_mat_clear(transposed);
}

/* out = the monomials of degree a of all points, one row a point; times z_i when given. */
static void monomial_rows(arb_mat_t out, const ncf_cap_monomials_t *set, slong a,
                          const arb_mat_t x, const arb_mat_struct *z)
{
    arb_ptr value = _arb_vec_init(set->first[a + 1]);
    for (slong i = 0; i < arb_mat_nrows(x); i++) {
        arb_one(value);
        for (slong k = 1; k < set->first[a + 1]; k++)
            arb_mul(value + k, value + set->parent[k], arb_mat_entry(x, i, set->last[k]),
                    PRECISION);
        for (slong k = set->first[a]; k < set->first[a + 1]; k++) {
            arb_ptr entry = arb_mat_entry(out, i, k - set->first[a]);
            arb_set(entry, value + k);
            if (z != NULL)
                arb_mul(entry, entry, arb_mat_entry(z, i, 0), PRECISION);
        }
    }
    _arb_vec_clear(value, set->first[a + 1]);
}

/* Row k of the matrix times a! / beta!, beta the exponents of monomial k of degree a. */
static void scale_rows(arb_mat_t matrix, const ncf_cap_monomials_t *set, slong a)
{
    slong *exponents = ncf__malloc((size_t) set->variables, sizeof(*exponents));
    fmpz_t weight, factorial;
    fmpz_init(weight);
    fmpz_init(factorial);
    for (slong k = 0; k < arb_mat_nrows(matrix); k++) {
        ncf__cap_monomial_exponents(exponents, set, set->first[a] + k);
        fmpz_fac_ui(weight, (ulong) a);
        for (slong i = 0; i < set->variables; i++) {
            fmpz_fac_ui(factorial, (ulong) exponents[i]);
            fmpz_divexact(weight, weight, factorial);
        }
        for (slong j = 0; j < arb_mat_ncols(matrix); j++)
            arb_mul_fmpz(arb_mat_entry(matrix, k, j), arb_mat_entry(matrix, k, j), weight,
                         PRECISION);
    }
    fmpz_clear(factorial);
    fmpz_clear(weight);
    ncf__free(exponents);
}

/* out = the weighted sums of x_i^(beta + gamma), |beta| = a, |gamma| = b, weights a! / beta!. */
static void weighted_moments(arb_mat_t out, const ncf_cap_monomials_t *set, slong a, slong b,
                             const arb_mat_t x, const arb_mat_t z)
{
    slong points = arb_mat_nrows(x);
    arb_mat_t left, right, transposed;
    arb_mat_init(left, points, set->first[a + 1] - set->first[a]);
    arb_mat_init(transposed, arb_mat_ncols(left), points);
    arb_mat_init(right, points, set->first[b + 1] - set->first[b]);
    monomial_rows(left, set, a, x, z);
    monomial_rows(right, set, b, x, NULL);
    arb_mat_transpose(transposed, left);
    arb_mat_mul(out, transposed, right, PRECISION);
    scale_rows(out, set, a);
    arb_mat_clear(right);
    arb_mat_clear(transposed);
    arb_mat_clear(left);
}

/*
 * A bound of the largest modulus of an eigenvalue of the matrix, all of which are real: the
 * trace of an even power is the sum of theirs.
 */
static void spectral_radius(arb_t bound, arb_mat_t matrix)
{
    int squarings = arb_mat_nrows(matrix) > LARGE ? 5 : 8;
    arf_t upper;
    arf_init(upper);
    for (int k = 0; k < squarings; k++)
        arb_mat_sqr(matrix, matrix, PRECISION);
    arb_mat_trace(bound, matrix, PRECISION);
    arb_get_abs_ubound_arf(upper, bound, PRECISION);
    arb_set_arf(bound, upper);
    arb_root_ui(bound, bound, (ulong) 1 << squarings, PRECISION);
    arf_clear(upper);
}

void ncf__cap_flattening(arb_t bound, const arb_mat_t x, const arb_mat_t z, slong a, slong b,
                         int by_points)
{
    ncf_cap_monomials_t set;
    slong size = arb_mat_nrows(x), other = size;
    if (!by_points) {
        ncf__cap_monomials_init(&set, arb_mat_ncols(x), FLINT_MAX(FLINT_MAX(a, b), 1));
        size = set.first[a + 1] - set.first[a];
        other = set.first[b + 1] - set.first[b];
    }
    arb_mat_t product, left, right;
    arb_mat_init(product, size, size);
    arb_mat_init(left, size, other);
    arb_mat_init(right, other, size);
    if (by_points) {
        weighted_gram(left, x, z, a);
        weighted_gram(right, x, z, b);
    } else {
        weighted_moments(left, &set, a, b, x, z);
        weighted_moments(right, &set, b, a, x, z);
        ncf__cap_monomials_clear(&set);
    }
    if (a == b)
        arb_mat_set(product, left);
    else
        arb_mat_mul(product, left, right, PRECISION);
    spectral_radius(bound, product);
    if (a != b)
        arb_sqrt(bound, bound, PRECISION);
    arb_mat_clear(right);
    arb_mat_clear(left);
    arb_mat_clear(product);
}

/* ---- A bound of |N| on the sphere (T-CAP G) ---------------------------------------- */

/* bound *= |c_l|^(e_{l+1}) for activations c_l t^p, and (e_l / L)^(e_l / 2) for every layer. */
static void multiply_layers(arb_t bound, const ncf_layers_t *layers, const fmpz *degrees,
                            slong degree)
{
    arb_t factor;
    arb_init(factor);
    for (slong l = 1; l <= layers->depth; l++) {
        ulong e = fmpz_get_ui(degrees + l - 1);
        arb_set_ui(factor, e);
        arb_div_si(factor, factor, degree, PRECISION);
        arb_sqrt(factor, factor, PRECISION);
        arb_pow_ui(factor, factor, e, PRECISION);
        arb_mul(bound, bound, factor, PRECISION);
        if (l == layers->depth || layers->constants[l - 1].count == 0)
            continue;
        slong p = ncf__activation_monomial(layers->activations + l - 1);
        arb_set_fmpq(factor, layers->constants[l - 1].exact + p, PRECISION);
        arb_abs(factor, factor);
        arb_pow_fmpz(factor, factor, degrees + l, PRECISION);
        arb_mul(bound, bound, factor, PRECISION);
    }
    arb_clear(factor);
}

/* Half the last activation on either side, and the smaller of points and monomials. */
static void bound_tensor(arb_t bound, const struct ncf_problem *problem, slong a, slong b)
{
    fmpq_mat_t weights;
    arb_mat_t x, z;
    slong points = problem->points, inputs = fmpq_mat_ncols(problem->x);
    fmpq_mat_init(weights, points, 1);
    arb_mat_init(x, points, inputs);
    arb_mat_init(z, points, 1);
    ncf__problem_weights(weights, problem);
    arb_mat_set_fmpq_mat(x, problem->x, PRECISION);
    arb_mat_set_fmpq_mat(z, weights, PRECISION);
    int by_points = inputs >= INT16_MAX ||
                    ncf__cap_monomials_count(inputs, FLINT_MAX(b, 1), points) > points;
    ncf__cap_flattening(bound, x, z, a, b, by_points);
    arb_mat_clear(z);
    arb_mat_clear(x);
    fmpq_mat_clear(weights);
}

int ncf__cap_sphere_norm(arb_t bound, const struct ncf_problem *problem,
                         const ncf_network_struct *network, slong degree)
{
    const ncf_layers_t *layers = &network->layers;
    if (network->depth == 0 || degree > NCF_CAP_MAX_DEGREE)
        return 0;
    fmpz *degrees = _fmpz_vec_init(network->depth);
    ncf__layer_degrees(degrees, problem);
    slong total = fmpz_get_si(degrees), p = 1, bounded = 1;
    for (slong l = 1; l < network->depth; l++) {
        p = ncf__activation_monomial(layers->activations + l - 1);
        bounded = bounded && p >= 1;
    }
    if (bounded) {
        slong part = total / p;
        bound_tensor(bound, problem, part * (p / 2), part * (p - p / 2));
        multiply_layers(bound, layers, degrees, degree);
    }
    _fmpz_vec_clear(degrees, network->depth);
    return bounded && arb_is_finite(bound);
}

/* ---- The cap (T-CAP F) ------------------------------------------------------------- */

/* least - size * sum_{j = 3}^L j C(L, j) t^(j - 2), a lower bound of P up to t */
static void margin_at(arb_t margin, const arb_t least, const arb_t size, slong degree, double t)
{
    arb_t sum, term, x;
    arb_init(sum);
    arb_init(term);
    arb_init(x);
    arb_set_d(x, t);
    for (slong j = degree; j >= 3; j--) {
        arb_bin_uiui(term, (ulong) degree, (ulong) j, PRECISION);
        arb_mul_si(term, term, j, PRECISION);
        arb_add(sum, sum, term, PRECISION);
        arb_mul(sum, sum, x, PRECISION);
    }
    arb_mul(sum, sum, size, PRECISION);
    arb_sub(margin, least, sum, PRECISION);
    arb_clear(x);
    arb_clear(term);
    arb_clear(sum);
}

static int is_inside(const arb_t least, const arb_t size, slong degree, double t)
{
    arb_t margin;
    arb_init(margin);
    margin_at(margin, least, size, degree, t);
    int positive = arb_is_finite(margin) && arb_is_positive(margin);
    arb_clear(margin);
    return positive;
}

#define SMALLEST 0x1p-100
#define HALVINGS 12 /* of the interval in which the largest tangent lies */

static double largest_tangent(const arb_t least, const arb_t size, slong degree, double last)
{
    double low = last, high = last;
    /* (L - 2) t^2 <= 2, below 1/2 of it: rounding does not matter */
    if (degree > 2)
        low = high = fmin(last, sqrt(1 / (double) (degree - 2)));
    while (low > SMALLEST && !is_inside(least, size, degree, low)) {
        high = low;
        low /= 2;
    }
    for (int k = 0; k < HALVINGS && low < high; k++) {
        double middle = low + (high - low) / 2;
        if (is_inside(least, size, degree, middle))
            low = middle;
        else
            high = middle;
    }
    return low > SMALLEST ? low : 0;
}

double ncf__cap_tangent_by_gap(double *bound, const ncf_certified_point_t *point,
                               const struct ncf_problem *problem,
                               const ncf_network_struct *network, slong degree, double last)
{
    const arb_struct *lambda = point->point + point->unknowns;
    double tangent = 0;
    arb_t least, size;
    arb_init(least);
    arb_init(size);
    *bound = 0;
    if (arb_is_finite(lambda) && arb_is_finite(point->gap) &&
        (degree <= 2 || ncf__cap_sphere_norm(size, problem, network, degree))) {
        arb_min(least, lambda, point->gap, PRECISION);
        tangent = largest_tangent(least, size, degree, last);
        if (tangent > 0) {
            arf_t low;
            arf_init(low);
            margin_at(least, least, size, degree, tangent);
            arb_get_lbound_arf(low, least, 53);
            *bound = arf_get_d(low, ARF_RND_DOWN);
            arf_clear(low);
        }
    }
    arb_clear(size);
    arb_clear(least);
    return tangent;
}
