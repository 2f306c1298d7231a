/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * lines.h: real eigenlines of the data tensor by exact algebra (order 2; essential
 * dimension 0, 1, 2), where the list is complete by itself, and the inertia of a line.
 */
#ifndef NCF_LINES_H
#define NCF_LINES_H

#include "../kkt/line.h"

/* How tight the enclosures must be, and when to give up. */
typedef struct {
    slong precision;     /* wanted: radii below about 2^-precision relative to 1 */
    slong max_precision; /* working precision at which a decision is given up */
    int threads;
    const ncf_limits_t *limits;
} ncf_proof_options_t;

/*
 * Order 2, any dimension n >= 1 (T-MATRIX): eigenvalues and exact multiplicities from
 * the characteristic polynomial over Q of the pencil t D - T, eigenspaces in balls.
 * Complete unless a limit or max_precision stops it.
 */
void ncf__matrix_lines(ncf_line_list_t *out, const ncf_tensor_t tensor,
                       const ncf_proof_options_t *options);

/*
 * Essential dimension 1 or 2, order >= 2 (T-BINARY): critical points of a form in one
 * or two variables by exact real root isolation, exact multiplicities.
 */
void ncf__binary_lines(ncf_line_list_t *out, const ncf_tensor_t tensor,
                       const ncf_proof_options_t *options);

/*
 * Sets index, nullity = 0, curvature and inertia_known of an isolated line with unit
 * vector e (isometric, n entries) and non-zero line->mu, from balls (T-INERTIA).
 * Leaves inertia_known = 0 when an eigenvalue is not separated from 1.
 */
void ncf__line_inertia(ncf_line_t line, arb_srcptr e, const ncf_tensor_t tensor,
                       const arb_mat_t points, slong prec);

/*
 * How many eigenvalues of S = ((m-1)/mu) T q^{m-2} on q^perp in R^d lie above, and exactly
 * at, the rational bound >= 1, for a line with unit vector q = row 0 of its basis. Sets
 * *above = -1 when that is not decided (T-RANKONE (4), T-INERTIA).
 */
void ncf__line_count_above(slong *above, slong *equal, const ncf_line_t line, const fmpq_t bound,
                           const ncf_tensor_t tensor, slong prec);

/*
 * The real critical point e of T q^m on the unit sphere of R^n, with value mu that may be 0:
 * decides the number of negative eigenvalues of (m-1) T e^{m-2} - mu I on e^perp and
 * returns it, or -1 when an eigenvalue is not separated from 0.
 */
slong ncf__morse_index(arb_srcptr e, const arb_t mu, const ncf_tensor_t tensor,
                       const arb_mat_t points, slong prec);

/*
 * Adds to the audit of the list the two points +-q of an isolated nondegenerate line,
 * where q has `negative` negative eigenvalues out of n - 1 (T-AUDIT).
 */
void ncf__euler_add(ncf_line_list_t *list, slong order, slong dimension, slong negative);

/* Euler characteristic of the sphere S^{n-1}: 2 for n odd, 0 for n even. */
slong ncf__euler_sphere(slong dimension);

/*
 * Sets row `row` of the line's basis to the lift of the isometric vector e to R^d.
 */
void ncf__line_set_row(ncf_line_t line, slong row, arb_srcptr e, const ncf_tensor_t tensor,
                       slong prec);

#endif
