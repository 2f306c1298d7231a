/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * interval_matrix.c: T-INTERVALMATRIX. Products of nonnegative bounds are computed in
 * doubles and then raised: `raised` covers the roundings of up to 2^24 operations.
 */
#include "interval_matrix.h"

#include <float.h>
#include <math.h>

#if FLT_EVAL_METHOD != 0 || DBL_MANT_DIG != 53 || FLT_RADIX != 2
#error "the error bounds need doubles that are IEEE binary64 and evaluated as such"
#endif

#define UNIT 0x1p-52        /* twice the unit roundoff: valid in every rounding mode */
#define LARGEST 0x1p100     /* of an operand */
#define MAX_SIZE (1L << 20) /* of a dimension */
#define SLACK 0x1p-20
#define UNDERFLOW_SHARE 0x1p-400

/* ---- Products -------------------------------------------------------------------- */

ncf_product_fn ncf__product(int index)
{
    ncf_product_fn product[4] = {NULL};
    int count = 0;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        product[count++] = ncf__product_avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        product[count++] = ncf__product_avx2;
#endif
    product[count++] = ncf__product_portable;
    return index >= 0 && index < count ? product[index] : NULL;
}

/* ---- Bounds ---------------------------------------------------------------------- */

/* At least the exact value of what was computed as x from numbers that are not negative. */
static double raised(double x)
{
    return x * (1 + SLACK) + UNDERFLOW_SHARE;
}

/* At least gamma_k, for an entry of a product with `inner` terms. */
static double product_error(slong inner)
{
    return raised((double) (inner + inner / 256 + 2) * UNIT);
}

/* Every product with these entries obeys the bounds of the page. */
static int is_operand(const double *a, slong count)
{
    int fits = 1;
    for (slong i = 0; i < count; i++)
        fits &= fabs(a[i]) <= LARGEST;
    return fits;
}

static int is_interval_operand(const ncf_interval_matrix_t *a)
{
    slong count = a->rows * a->columns;
    return is_operand(a->mid, count) && is_operand(a->radius, count);
}

static void fill_infinite(double *out, slong count)
{
    for (slong i = 0; i < count; i++)
        out[i] = INFINITY;
}

/* out >= |A| v, v >= 0; out must not be v. */
static void absolute_image(double *out, const double *a, slong rows, slong columns,
                           const double *v)
{
    for (slong i = 0; i < rows; i++) {
        double sum = 0;
        for (slong j = 0; j < columns; j++)
            sum += fabs(a[i * columns + j]) * v[j];
        out[i] = raised(sum);
    }
}

/* out >= |A|^T e, e = (1, .., 1). */
static void column_sums(double *out, const double *a, slong rows, slong columns)
{
    for (slong j = 0; j < columns; j++)
        out[j] = 0;
    for (slong i = 0; i < rows; i++) {
        for (slong j = 0; j < columns; j++)
            out[j] += fabs(a[i * columns + j]);
    }
    for (slong j = 0; j < columns; j++)
        out[j] = raised(out[j]);
}

/* out >= (error |mid| + radius) v. */
static void spread_image(double *out, const ncf_interval_matrix_t *a, double error,
                         const double *v)
{
    for (slong i = 0; i < a->rows; i++) {
        const double *mid = a->mid + i * a->columns, *radius = a->radius + i * a->columns;
        double sum = 0, spread = 0;
        for (slong j = 0; j < a->columns; j++) {
            sum += fabs(mid[j]) * v[j];
            spread += radius[j] * v[j];
        }
        out[i] = raised(error * sum + spread);
    }
}

/* ---- Matrices -------------------------------------------------------------------- */

void ncf__interval_matrix_init(ncf_interval_matrix_t *a, slong rows, slong columns)
{
    a->rows = rows;
    a->columns = columns;
    a->mid = ncf__calloc((size_t) rows, 2 * (size_t) columns * sizeof(double));
    a->radius = a->mid + rows * columns;
}

void ncf__interval_matrix_clear(ncf_interval_matrix_t *a)
{
    ncf__free(a->mid);
}

/* The ball with an exact midpoint below 2^100 and a radius below it. */
static ncf_midrad_t narrow_ball(const arb_t x)
{
    double mid = arf_get_d(arb_midref(x), ARF_RND_NEAR);
    if (arb_is_exact(x) && arf_bits(arb_midref(x)) <= 53 && fabs(mid) >= NCF_MIDRAD_TINY)
        return ncf__midrad_point(mid);
    return ncf__midrad(mid, mag_get_d(arb_radref(x)) + UNIT * fabs(mid));
}

ncf_midrad_t ncf__midrad_from_arb(const arb_t x, slong exponent)
{
    ncf_midrad_t out = {0, INFINITY};
    if (arb_is_zero(x))
        return ncf__midrad_zero();
    if (!arb_is_finite(x))
        return out;
    arb_t scaled;
    arb_init(scaled);
    arb_mul_2exp_si(scaled, x, exponent);
    if (arf_cmpabs_2exp_si(arb_midref(scaled), 100) < 0 &&
        mag_cmp_2exp_si(arb_radref(scaled), 100) < 0)
        out = narrow_ball(scaled);
    arb_clear(scaled);
    return out;
}

ncf_midrad_t ncf__midrad_from_fmpq(const fmpq_t x, slong exponent)
{
    arb_t ball;
    arb_init(ball);
    arb_set_fmpq(ball, x, 64);
    ncf_midrad_t out = ncf__midrad_from_arb(ball, exponent);
    arb_clear(ball);
    return out;
}

ncf_midrad_t *ncf__midrads_from_fmpq_mat(const fmpq_mat_t x, slong exponent)
{
    slong rows = fmpq_mat_nrows(x), columns = fmpq_mat_ncols(x);
    ncf_midrad_t *out = ncf__malloc((size_t) (rows * columns), sizeof(*out));
    for (slong k = 0; k < rows * columns; k++)
        out[k] = ncf__midrad_from_fmpq(fmpq_mat_entry(x, k / columns, k % columns), exponent);
    return out;
}

void ncf__interval_matrix_set_row(ncf_interval_matrix_t *a, slong i, const ncf_midrad_t *x)
{
    for (slong j = 0; j < a->columns; j++) {
        a->mid[i * a->columns + j] = x[j].mid;
        a->radius[i * a->columns + j] = x[j].radius;
    }
}

void ncf__interval_matrix_set_arb(ncf_interval_matrix_t *a, const arb_mat_t x, slong exponent)
{
    for (slong i = 0; i < a->rows; i++) {
        for (slong j = 0; j < a->columns; j++) {
            ncf_midrad_t entry = ncf__midrad_from_arb(arb_mat_entry(x, i, j), exponent);
            a->mid[i * a->columns + j] = entry.mid;
            a->radius[i * a->columns + j] = entry.radius;
        }
    }
}

void ncf__interval_image(double *bound, const double *y, const ncf_midrad_t *f, slong n)
{
    int fits = n <= MAX_SIZE && is_operand(y, n * n);
    for (slong k = 0; k < n; k++)
        fits = fits && is_operand(&f[k].mid, 1) && is_operand(&f[k].radius, 1);
    if (!fits) {
        fill_infinite(bound, n);
        return;
    }
    double error = product_error(n);
    for (slong i = 0; i < n; i++) {
        double sum = 0, size = 0, spread = 0;
        for (slong k = 0; k < n; k++) {
            double factor = y[i * n + k];
            sum += factor * f[k].mid;
            size += fabs(factor) * fabs(f[k].mid);
            spread += fabs(factor) * f[k].radius;
        }
        bound[i] = raised(fabs(sum) + error * size + spread);
    }
}

void ncf__interval_defect(double *defect, const double *y, const ncf_interval_matrix_t *a)
{
    slong n = a->rows;
    if (n > MAX_SIZE || !is_operand(y, n * n) || !is_interval_operand(a)) {
        fill_infinite(defect, n);
        return;
    }
    double *product = ncf__malloc((size_t) n + 2, (size_t) n * sizeof(double));
    double *ones = product + n * n, *spread = ones + n;
    for (slong k = 0; k < n; k++)
        ones[k] = 1;
    spread_image(spread, a, product_error(n), ones);
    absolute_image(defect, y, n, n, spread);
    ncf__product(0)(product, y, a->mid, n, 1, n, n, n);
    for (slong i = 0; i < n; i++) {
        double sum = 0;
        for (slong k = 0; k < n; k++)
            sum += fabs((i == k ? 1.0 : 0.0) - product[i * n + k]);
        defect[i] = raised(sum + defect[i]);
    }
    ncf__free(product);
}

void ncf__interval_congruence(double *diagonal, double *radius, const double *v,
                              const ncf_interval_matrix_t *m)
{
    slong n = m->rows;
    double *half = ncf__malloc(2 * (size_t) n + 3, (size_t) n * sizeof(double));
    double *product = half + n * n, *columns = product + n * n;
    double *spread = columns + n, *outer = spread + n;
    double error = product_error(n);
    int fits = n <= MAX_SIZE && is_operand(v, n * n) && is_interval_operand(m);
    if (fits) {
        ncf__product(0)(half, v, m->mid, n, 1, n, n, n);
        fits = is_operand(half, n * n);
    }
    if (!fits) {
        fill_infinite(diagonal, n);
        fill_infinite(radius, n);
        ncf__free(half);
        return;
    }
    ncf__product(0)(product, half, v, 1, n, n, n, n);
    column_sums(columns, v, n, n);
    spread_image(spread, m, error, columns);
    absolute_image(radius, v, n, n, spread);
    absolute_image(outer, half, n, n, columns);
    for (slong i = 0; i < n; i++) {
        double sum = 0;
        for (slong j = 0; j < n; j++)
            sum += i == j ? 0 : fabs(product[i * n + j]);
        diagonal[i] = product[i * n + i];
        radius[i] = raised(sum + radius[i] + error * outer[i]);
    }
    ncf__free(half);
}

double ncf__interval_gram_defect(const double *v, slong n)
{
    if (n > MAX_SIZE || !is_operand(v, n * n))
        return INFINITY;
    double *product = ncf__malloc((size_t) n + 2, (size_t) n * sizeof(double));
    double *columns = product + n * n, *errors = columns + n;
    column_sums(columns, v, n, n);
    absolute_image(errors, v, n, n, columns);
    ncf__product(0)(product, v, v, 1, n, n, n, n);
    double largest = 0, error = product_error(n);
    for (slong i = 0; i < n; i++) {
        double sum = 0;
        for (slong k = 0; k < n; k++)
            sum += fabs((i == k ? 1.0 : 0.0) - product[i * n + k]);
        sum = raised(sum + error * errors[i]);
        largest = isnan(sum) ? INFINITY : fmax(largest, sum);
    }
    ncf__free(product);
    return largest;
}

/* At least the sum over k of |M_ik - shift delta_ik - product_ik|; two roundings on the diagonal. */
static double factor_row(const ncf_interval_matrix_t *m, const double *product, slong i,
                         double shift)
{
    slong n = m->rows;
    const double *mid = m->mid + i * n, *radius = m->radius + i * n;
    double sum = UNIT * (fabs(mid[i]) + fabs(shift));
    for (slong k = 0; k < n; k++)
        sum += fabs(mid[k] - (i == k ? shift : 0.0) - product[i * n + k]) + radius[k];
    return sum;
}

double ncf__interval_factor_defect(const double *v, const ncf_interval_matrix_t *m, double shift)
{
    slong n = m->rows;
    if (n > MAX_SIZE || !is_operand(v, n * n) || !is_operand(&shift, 1) || !is_interval_operand(m))
        return INFINITY;
    double *product = ncf__malloc((size_t) n + 2, (size_t) n * sizeof(double));
    double *columns = product + n * n, *errors = columns + n;
    column_sums(columns, v, n, n);
    absolute_image(errors, v, n, n, columns);
    ncf__product(0)(product, v, v, 1, n, n, n, n);
    double largest = 0, error = product_error(n);
    for (slong i = 0; i < n; i++) {
        double sum = raised(factor_row(m, product, i, shift) + error * errors[i]);
        largest = isnan(sum) ? INFINITY : fmax(largest, sum);
    }
    ncf__free(product);
    return largest;
}

int ncf__interval_contracts(const double *step, const double *defect, double rho, slong n)
{
    int inside = 1;
    for (slong i = 0; i < n; i++)
        inside = inside && raised(step[i] + rho * defect[i]) < rho;
    return inside;
}
