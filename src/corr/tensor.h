/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * corr/: the neural correlation function of a problem. tensor.h: the symmetric
 * data tensor T = sum_i z_i x_i^{(m)} of theory.md section 2, reduced exactly to
 * its essential subspace. May include: base/, problem/, network/.
 *
 * T depends only on the part of w in its essential subspace W (the span of all
 * gradients of T), so T q^{m-1} = mu q with mu != 0 forces q in W (T-ESSENTIAL).
 * The columns of `basis` are an orthogonal rational basis of W; with coordinates
 * c (w = basis c) and D = diag(gram), T is sum_i weight_i (point_i . c)^m and the
 * eigenpair equation reads grad T(c) / m = mu D c, c^T D c = 1.
 * *Isometric* coordinates e = D^{1/2} c turn it into the standard form on R^n.
 */
#ifndef NCF_TENSOR_H
#define NCF_TENSOR_H

#include "../base/base.h"

typedef struct {
    slong order;         /* m >= 2 */
    slong ambient;       /* d >= 1, the dimension of x_i */
    slong dimension;     /* n = dim W, 0 <= n <= d; 0 exactly when T = 0 */
    slong points;        /* N' <= N: no zero weight, no zero or parallel points */
    fmpq_mat_t weights;  /* N' x 1, non-zero */
    fmpq_mat_t coords;   /* N' x n, the rows point_i */
    fmpq_mat_t basis;    /* d x n, orthogonal columns; the identity when n = d */
    fmpq_mat_t gram;     /* n x 1, the squared lengths of the columns, > 0 */
    int standard;        /* basis is the identity, so gram is all ones */
} ncf_tensor_struct;
typedef ncf_tensor_struct ncf_tensor_t[1];

/*
 * Builds T exactly. In: order m >= 2, x (N x d), weights (N x 1).
 * Cost: rational elimination on N x d data. Clear with ncf__tensor_clear.
 */
void ncf__tensor_init(ncf_tensor_t tensor, slong order, const fmpq_mat_t x,
                      const fmpq_mat_t weights);
void ncf__tensor_clear(ncf_tensor_t tensor);

/* Enclosures of the points in isometric coordinates: out is N' x n, initialised. */
void ncf__tensor_isometric(arb_mat_t out, const ncf_tensor_t tensor, slong prec);

/* w = basis D^{-1/2} e: out has d entries, e has n. No aliasing. */
void ncf__tensor_lift(arb_ptr out, arb_srcptr e, const ncf_tensor_t tensor, slong prec);

/*
 * T e^m, (T e^{m-1})_j and (T e^{m-2})_{jk} in isometric coordinates, in balls.
 * points is an enclosure from ncf__tensor_isometric. value, gradient (n) and
 * hessian (n x n) may be NULL when not wanted. No factor m or m(m-1) is applied.
 */
void ncf__tensor_eval(arb_t value, arb_ptr gradient, arb_mat_struct *hessian, arb_srcptr e,
                      const ncf_tensor_t tensor, const arb_mat_t points, slong prec);

/*
 * D(m, n) = ((m-1)^n - 1)/(m-2), n for m = 2: the number of classes of complex
 * E-eigenpairs of a generic tensor, and a bound when it is finite (T-COUNT).
 */
void ncf__eigen_class_bound(fmpz_t out, slong order, slong dimension);

#endif
