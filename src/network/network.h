/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * network/: one description of a network of any type, evaluated in exact rational, ball,
 * interval, double and MPFR arithmetic: value, gradient, Hessian and Hessian-vector products of
 * N(u) = sum_i z_i H(x_i; u) with respect to the weights u. May include: base/, problem/.
 */
#ifndef NCF_NETWORK_H
#define NCF_NETWORK_H

#include "../base/midrad.h"
#include "../problem/problem.h"

/* A weight matrix: rows x columns numbers of u from `offset` on, row-major. */
typedef struct {
    slong rows, columns, offset;
} ncf_network_block_t;

/* Rational constants, and their nearest doubles. */
typedef struct {
    slong count;
    fmpq *exact;
    double *approx;
} ncf_constants_t;

/*
 * H(x; u) = W_K s_{K-1}(W_{K-1} ... s_1(W_1 x)), where an entry of W_l is a weight, 0 or 1.
 * ties[l - 1] is NULL when W_l is weights alone: entry (r, c) is weight
 * offsets[l - 1] + r k_{l-1} + c. Else ties[l - 1][r k_{l-1} + c] is the weight, or one of
 * the two below.
 */
enum { NCF_TIE_ZERO = -1, NCF_TIE_ONE = -2 };

typedef struct {
    slong depth;                   /* K */
    slong *widths;                 /* K + 1 */
    ncf_activation_t *activations; /* K - 1; coefficients are the constants' */
    ncf_constants_t *constants;    /* K - 1: of polynomials, else empty */
    slong *offsets;                /* K: of weights, within the part */
    slong **ties;                  /* K */
} ncf_layers_t;

/*
 * H(x; u) = sum over monomials u^alpha(k) (sum of c_j x^beta(m_j)): the products
 * x^beta are listed once each, because their sums over the data are.
 */
typedef struct {
    slong products;               /* distinct x^beta */
    slong *product_starts;        /* products + 1, into product_factors */
    ncf_factor_t *product_factors;
    slong terms;
    ncf_constants_t coefficients; /* c_j, terms */
    slong *term_products;         /* m_j, terms */
    slong monomials;              /* distinct u^alpha */
    slong *monomial_terms;        /* monomials + 1, into the terms */
    slong *monomial_starts;       /* monomials + 1, into monomial_factors */
    ncf_factor_t *monomial_factors;
    slong longest;                /* factors of a monomial, at most */
} ncf_terms_t;

typedef struct ncf_network_struct {
    ncf_network_kind_t kind;
    slong inputs;   /* d */
    slong unknowns; /* n */
    slong block_count;
    ncf_network_block_t *blocks;
    /* Feed-forward only, else 0 and NULL; W_l starts at offsets[l - 1]. */
    slong depth;
    slong *widths;
    ncf_activation_t *activations;
    slong *offsets; /* K + 1, the last is n */
    /* What is evaluated: layers (feed-forward, convolution), terms, or parts. */
    ncf_layers_t layers;
    ncf_terms_t terms;
    slong part_count;
    struct ncf_network_struct *parts;
    slong first; /* of a part: its first weight in the u of the whole */
} ncf_network_struct;
typedef ncf_network_struct ncf_network_t[1];

/*
 * Fails (returns 0, nothing to clear) when the unknowns do not fit in a slong / 64, the
 * matrices of a convolution have more than NCF_PROBLEM_MAX_ENTRIES entries, or an
 * activation has a degree above 2^30. Does not keep a pointer to the problem.
 */
int ncf__network_init(ncf_network_t network, const struct ncf_problem *problem);
int ncf__network_init_spec(ncf_network_t network, const ncf_network_spec_t *spec);
void ncf__network_clear(ncf_network_t network);

/*
 * The weight matrices in the order of u, which they fill without a gap; index from 0 to
 * block_count - 1. Feed-forward: W_1, ..., W_K. Convolution: each stage as
 * channels x (channels before it * kernel), then the dense layer with one row.
 * Polynomial: one row. Sum: the blocks of the parts.
 */
slong ncf__network_block_count(const ncf_network_t network);
ncf_network_block_t ncf__network_block(const ncf_network_t network, slong index);

/*
 * e_l, the degree in W_l of the part of H that holds it (T-EULER), -1 where it has none:
 * out has one entry a block, K for a feed-forward network, and there e_K = 1 and
 * e_l = p_l e_{l+1} with p_l the degree of the monomial after layer l.
 */
void ncf__layer_degrees(fmpz *out, const struct ncf_problem *problem);

/*
 * N(u) = sum_i weights_i H(x_i; u). gradient has n entries, hessian is n x n (doubles and
 * MPFR: row-major) and symmetric to the last bit; each of value, gradient, hessian may be
 * NULL. u has n entries, x is N x d, weights N x 1; no output may alias an input.
 * The four agree: the exact value lies in the ball value, for every u in the ball.
 * A ball that is not finite says nothing. The double and MPFR evaluators claim nothing;
 * the outputs of the latter have been initialised, with the precision that is wanted.
 * Exact zeros: a sum of products that each hold a ball that is exactly zero, because
 * weights are, is exactly zero, with radius 0; so a component of the gradient that
 * vanishes for every value of the other weights comes out as an exact zero.
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
void ncf__network_eval_mpfr(mpfr_ptr value, mpfr_ptr gradient, mpfr_ptr hessian, mpfr_srcptr u,
                            const ncf_network_t network, mpfr_srcptr x, mpfr_srcptr weights,
                            slong points, slong prec);

/*
 * The same in proved double intervals (T-MIDRAD): valid for every u, x and weights in
 * theirs; hessian is row-major. Some ten times as fast as balls of 64 bits, and about a
 * hundred times as wide at a point. Exact zeros come out as above.
 */
void ncf__network_eval_midrad(ncf_midrad_t *value, ncf_midrad_t *gradient,
                                ncf_midrad_t *hessian, const ncf_midrad_t *u,
                                const ncf_network_t network, const ncf_midrad_t *x,
                                const ncf_midrad_t *weights, slong points);

/*
 * out = Hess N(u) v, n entries, without forming the Hessian; otherwise as above.
 * Cost: O(n N), for a formula O(f^2) a monomial of f factors.
 */
void ncf__network_hvp_fmpq(fmpq *out, const fmpq *u, const fmpq *v,
                           const ncf_network_t network, const fmpq_mat_t x,
                           const fmpq_mat_t weights);
void ncf__network_hvp_arb(arb_ptr out, arb_srcptr u, arb_srcptr v,
                          const ncf_network_t network, const arb_mat_t x,
                          const arb_mat_t weights, slong prec);
void ncf__network_hvp_double(double *out, const double *u, const double *v,
                             const ncf_network_t network, const double *x,
                             const double *weights, slong points);
void ncf__network_hvp_midrad(ncf_midrad_t *out, const ncf_midrad_t *u,
                               const ncf_midrad_t *v, const ncf_network_t network,
                               const ncf_midrad_t *x, const ncf_midrad_t *weights,
                               slong points);
void ncf__network_hvp_mpfr(mpfr_ptr out, mpfr_srcptr u, mpfr_srcptr v,
                           const ncf_network_t network, mpfr_srcptr x, mpfr_srcptr weights,
                           slong points, slong prec);

#endif
