/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * interval_matrix.h: matrices of proved double intervals, and what proofs in many unknowns
 * need from their products: bounds of row sums and Gershgorin intervals (T-INTERVALMATRIX).
 * One product of midpoints is computed with a bound of its rounding errors; radii and
 * errors go through products of matrices with vectors.
 *
 * Every bound fails closed: where an entry is not a number, not finite or above
 * 2^100, where a dimension is above 2^20, and where a computation overflows, it is infinite or
 * a NaN, which is below nothing.
 */
#ifndef NCF_INTERVAL_MATRIX_H
#define NCF_INTERVAL_MATRIX_H

#include "../base/midrad.h"

/* The real matrices with |A_ij - mid_ij| <= radius_ij; both are row-major. */
typedef struct {
    slong rows, columns;
    double *mid;
    double *radius; /* >= 0, infinite or a NaN where nothing is known */
} ncf_interval_matrix_t;

/* All entries are exactly zero. */
void ncf__interval_matrix_init(ncf_interval_matrix_t *a, slong rows, slong columns);
void ncf__interval_matrix_clear(ncf_interval_matrix_t *a);

/*
 * Contains 2^exponent x for every number in x; an exact zero stays one, and so does a double
 * of modest size. The radius is infinite where x is not finite or not below 2^100.
 */
ncf_midrad_t ncf__midrad_from_arb(const arb_t x, slong exponent);
ncf_midrad_t ncf__midrad_from_fmpq(const fmpq_t x, slong exponent);

/* rows x columns intervals, row-major: the caller frees them with ncf__free. */
ncf_midrad_t *ncf__midrads_from_fmpq_mat(const fmpq_mat_t x, slong exponent);

/* Entry by entry; a has the shape of x. */
void ncf__interval_matrix_set_arb(ncf_interval_matrix_t *a, const arb_mat_t x, slong exponent);

/* Row i of a; x has `columns` entries. */
void ncf__interval_matrix_set_row(ncf_interval_matrix_t *a, slong i, const ncf_midrad_t *x);

/* bound[i] >= |sum_k Y_ik f_k| for every f in its intervals; Y is n x n. */
void ncf__interval_image(double *bound, const double *y, const ncf_midrad_t *f, slong n);

/* defect[i] >= sum_k |(I - Y A)_ik| for every A in a; Y and a are n x n. */
void ncf__interval_defect(double *defect, const double *y, const ncf_interval_matrix_t *a);

/* 1 proves step[i] + rho defect[i] < rho for every i; all of them >= 0 or not finite. */
int ncf__interval_contracts(const double *step, const double *defect, double rho, slong n);

/*
 * For every symmetric M in m: |T_ii - diagonal[i]| + sum_{j != i} |T_ij| <= radius[i],
 * T = V M V^T; V and m are n x n. The midpoints of m are used as they are, so that m need
 * not be symmetric to the last bit.
 */
void ncf__interval_congruence(double *diagonal, double *radius, const double *v,
                              const ncf_interval_matrix_t *m);

/* A bound of the largest row sum of |I - V V^T|; V is n x n. */
double ncf__interval_gram_defect(const double *v, slong n);

/*
 * A bound of the largest row sum of |M - shift I - V V^T| for every symmetric M in m, for finite
 * shift: then every eigenvalue of M is at least shift - bound. V and m are n x n.
 */
double ncf__interval_factor_defect(const double *v, const ncf_interval_matrix_t *m, double shift);

/*
 * The product that the bounds rest on: c (rows x columns) = about a b, where a is rows x
 * inner, row-major, and b_kj = b[k * row_step + j * column_step]. Each entry is a sum
 * of `inner` rounded or fused products in some order, with at most one more addition for
 * each 256 terms. c must not overlap a or b.
 */
typedef void (*ncf_product_fn)(double *c, const double *a, const double *b, slong row_step,
                               slong column_step, slong rows, slong inner, slong columns);

/* The products of this machine, fastest first; NULL past the last. */
ncf_product_fn ncf__product(int index);

void ncf__product_avx2(double *c, const double *a, const double *b, slong row_step,
                       slong column_step, slong rows, slong inner, slong columns);
void ncf__product_avx512(double *c, const double *a, const double *b, slong row_step,
                         slong column_step, slong rows, slong inner, slong columns);
void ncf__product_portable(double *c, const double *a, const double *b, slong row_step,
                           slong column_step, slong rows, slong inner, slong columns);

#endif
