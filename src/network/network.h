/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * network/: one description of a layered network, evaluated in exact rational, ball
 * and double arithmetic: value, gradient and Hessian of N(u) = sum_i z_i H(x_i; u)
 * with respect to the weights u. May include: base/, problem/.
 */
#ifndef NCF_NETWORK_H
#define NCF_NETWORK_H

#include "../problem/problem.h"

/* A weight matrix: rows x columns numbers of u from `offset` on, row-major. */
typedef struct {
    slong rows, columns, offset;
} ncf_network_block_t;

typedef struct {
    ncf_network_kind_t kind;
    slong inputs;                 /* d */
    slong depth;                  /* K */
    slong *widths;                /* K + 1 */
    ncf_activation_t *activations; /* K - 1 */
    slong unknowns;               /* n = sum of k_l k_{l-1}; fits, see init */
    slong *offsets;               /* K + 1: W_l starts at offsets[l-1], row-major */
} ncf_network_struct;
typedef ncf_network_struct ncf_network_t[1];

/*
 * Fails (returns 0, nothing to clear) when the unknowns do not fit in a slong / 64 or
 * an activation has a degree above 2^30.
 */
int ncf__network_init(ncf_network_t network, const struct ncf_problem *problem);
void ncf__network_clear(ncf_network_t network);

/*
 * The weight matrices in the order of u, which they fill without a gap; index from 0 to
 * block_count - 1. Feed-forward: W_1, ..., W_K.
 */
slong ncf__network_block_count(const ncf_network_t network);
ncf_network_block_t ncf__network_block(const ncf_network_t network, slong index);

/*
 * e_l, the degree of H in W_l (T-EULER): out has K entries, e_1 first;
 * e_K = 1 and e_l = p_l e_{l+1} with p_l the degree of the activation after layer l.
 */
void ncf__layer_degrees(fmpz *out, const struct ncf_problem *problem);

/*
 * N(u) = sum_i weights_i H(x_i; u). gradient has n entries, hessian is n x n (doubles:
 * row-major) and symmetric to the last bit; each of value, gradient, hessian may be
 * NULL. u has n entries, x is N x d, weights N x 1; no output may alias an input.
 * The three agree: the exact value lies in the ball value, for every u in the ball.
 * A ball that is not finite says nothing. The double evaluator claims nothing.
 * Cost: O(n N) for the gradient. Hessian: n^2 N products where units of one layer
 * interact, k_1 d (d + k_1) N for two layers.
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
