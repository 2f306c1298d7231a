/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * congruence.c: data for a claim inertia (T-CONGRUENCE): approximate eigenvectors in doubles,
 * rounded to as few bits as leave V C V^T diagonally dominant.
 */
#include "certificate.h"

void ncf__restrict_form(arb_mat_t out, const arb_mat_t form, const arb_t p, arb_srcptr g,
                        slong k, slong prec)
{
    slong n = arb_mat_nrows(form);
    arb_t t;
    arb_init(t);
    for (slong i = 0, a = 0; i < n; i++) {
        if (i == k)
            continue;
        for (slong j = 0, b = 0; j < n; j++) {
            if (j == k)
                continue;
            arb_ptr entry = arb_mat_entry(out, a, b++);
            arb_mul(entry, p, arb_mat_entry(form, i, j), prec);
            arb_submul(entry, g + j, arb_mat_entry(form, i, k), prec);
            arb_mul(entry, entry, p, prec);
            arb_mul(t, p, arb_mat_entry(form, k, j), prec);
            arb_submul(t, g + j, arb_mat_entry(form, k, k), prec);
            arb_submul(entry, g + i, t, prec);
        }
        a++;
    }
    arb_clear(t);
}

/* About log2 of the smallest diagonal entry of a dominant matrix; 0: it is not dominant. */
static int is_dominant(slong *log2, slong *positive, const arb_mat_t matrix)
{
    slong m = arb_mat_nrows(matrix);
    mag_t sum, t;
    int dominant = 1;
    mag_init(sum);
    mag_init(t);
    *positive = 0;
    *log2 = 0;
    for (slong i = 0; i < m && dominant; i++) {
        mag_zero(sum);
        for (slong j = 0; j < m; j++) {
            if (j == i)
                continue;
            arb_get_mag(t, arb_mat_entry(matrix, i, j));
            mag_add(sum, sum, t);
        }
        arb_srcptr diagonal = arb_mat_entry(matrix, i, i);
        arb_get_mag_lower(t, diagonal);
        mag_mul_2exp_si(sum, sum, 1);
        dominant = mag_cmp(t, sum) > 0 && arb_is_finite(diagonal);
        slong size = arf_abs_bound_lt_2exp_si(arb_midref(diagonal));
        *log2 = i == 0 || size < *log2 ? size : *log2;
        *positive += arb_is_positive(diagonal);
    }
    mag_clear(t);
    mag_clear(sum);
    return dominant;
}

/* Approximate eigenvectors of C as rows; 0 if there are none. */
static int propose_vectors(double *v, const arb_mat_t c)
{
    slong m = arb_mat_nrows(c), exponent = 0;
    double *a = ncf__malloc((size_t) (m * m), sizeof(*a));
    arf_t t;
    arf_init(t);
    for (slong k = 0; k < m * m; k++) {
        slong size = arf_abs_bound_lt_2exp_si(arb_midref(arb_mat_entry(c, k / m, k % m)));
        exponent = k == 0 || size > exponent ? size : exponent;
    }
    for (slong k = 0; k < m * m; k++) {
        arf_mul_2exp_si(t, arb_midref(arb_mat_entry(c, k / m, k % m)), -exponent);
        a[k] = arf_get_d(t, ARF_RND_NEAR);
    }
    int found = ncf__dense_eigenvectors(v, a, m);
    arf_clear(t);
    ncf__free(a);
    return found;
}

/* out = V C V^T */
static void transform_form(arb_mat_t out, const ncf_dyadic_t *transform, const arb_mat_t c,
                           slong prec)
{
    slong m = arb_mat_nrows(c);
    arb_mat_t v, t;
    arb_mat_init(v, m, m);
    arb_mat_init(t, m, m);
    for (slong k = 0; k < m * m; k++)
        ncf__dyadic_get(arb_mat_entry(v, k / m, k % m), transform, k);
    arb_mat_mul(out, v, c, prec);
    arb_mat_transpose(t, v);
    arb_mat_mul(out, out, t, prec);
    arb_mat_clear(t);
    arb_mat_clear(v);
}

slong ncf__congruence(ncf_dyadic_t *transform, slong *bits, const arb_mat_t c, slong magnitude,
                      slong prec)
{
    static const slong lengths[] = {6, 10, 14, 20, 32, 53};
    slong m = arb_mat_nrows(c), positive = -1, size = 0;
    *bits = 64;
    if (m == 0)
        return 0;
    double *v = ncf__malloc((size_t) (m * m), sizeof(*v));
    arb_mat_t matrix;
    arb_mat_init(matrix, m, m);
    int found = 0;
    if (arb_mat_is_finite(c) && propose_vectors(v, c)) {
        for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths) && !found; i++) {
            ncf__dyadic_set_double(transform, v, lengths[i]);
            transform_form(matrix, transform, c, prec);
            found = is_dominant(&size, &positive, matrix);
        }
    }
    /* Rounding in units of 2^-bits must not reach the smallest diagonal entry. */
    *bits = 40 + magnitude + 2 * (slong) FLINT_BIT_COUNT((ulong) m) + (size < 0 ? -size : 0);
    *bits = *bits < 64 ? 64 : *bits;
    arb_mat_clear(matrix);
    ncf__free(v);
    return found ? positive : -1;
}
