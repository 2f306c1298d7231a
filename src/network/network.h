/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * network/: one description of a layered network, evaluated in exact rational, ball
 * and double arithmetic: value, gradient and Hessian of N(u) = sum_i z_i H(x_i; u)
 * with respect to the weights u. May include: base/, problem/.
 */
#ifndef NCF_NETWORK_H
#define NCF_NETWORK_H

#include "../problem/problem.h"

typedef struct {
    slong depth;                  /* K */
    slong *widths;                /* K + 1 */
    ncf_activation_t *activations; /* K - 1 */
    slong unknowns;               /* n = sum of k_l k_{l-1}; fits, see init */
    slong *offsets;               /* K + 1: W_l starts at offsets[l-1], row-major */
} ncf_network_struct;
typedef ncf_network_struct ncf_network_t[1];

/* Fails (returns 0, nothing to clear) when the unknowns do not fit in a slong / 64. */
int ncf__network_init(ncf_network_t network, const struct ncf_problem *problem);
void ncf__network_clear(ncf_network_t network);

/*
 * N(u) = sum_i weights_i H(x_i; u). gradient has n entries, hessian is n x n; each of
 * value, gradient, hessian may be NULL. u has n entries.
 * The three agree: the exact value lies in the ball value, for every u in the ball.
 */
void ncf__network_eval_fmpq(fmpq_t value, fmpq *gradient, fmpq_mat_struct *hessian,
                            const fmpq *u, const ncf_network_t network,
                            const fmpq_mat_t x, const fmpq_mat_t weights);
void ncf__network_eval_arb(arb_t value, arb_ptr gradient, arb_mat_struct *hessian,
                           arb_srcptr u, const ncf_network_t network, const arb_mat_t x,
                           const arb_mat_t weights, slong prec);
void ncf__network_eval_double(double *value, double *gradient, double *hessian,
                              const double *u, const ncf_network_t network, const double *x,
                              const double *weights, slong points);

#endif
