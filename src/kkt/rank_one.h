/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * rank_one.h: the rank-one KKT points of a deep network with monomial activations t^p, in
 * closed form from the eigenlines of one tensor (T-RANKONE). Notation of that page: K
 * weight matrices, p_l the degree of the activation after W_l, e_l = p_l ... p_{K-1} the
 * degree of H in W_l, D = e_1, L = sum of e_l, G = sum_i z_i x_i^{(D)}; a family is an
 * eigenline +-b of G with G(b) != 0 together with support sizes s_1, .., s_{K-1}:
 *     W_l = c_l a_l b_l^T,  a_l = signs on s_l units / sqrt(s_l),  c_l = sqrt(e_l / L).
 * The *reduced network* has all hidden widths 1; its weights (w, w_2, .., w_K), d + K - 1
 * numbers, lift isometrically to W_1 = a_1 w^T, W_l = w_l a_l b_l^T.
 */
#ifndef NCF_RANK_ONE_H
#define NCF_RANK_ONE_H

#include "../network/network.h"
#include "orbit.h"

#define NCF_RANK_ONE_MAX_ORDER 512 /* D of the tensors that are built */

typedef struct {
    slong depth;       /* K >= 1 */
    slong *widths;     /* K + 1 */
    slong *degrees;    /* K - 1: p_l >= 1 */
    slong *exponents;  /* K: e_l */
    slong order;       /* D = e_1 */
    slong homogeneity; /* L */
} ncf_rank_one_shape_t;

/*
 * Returns 0, with nothing to clear, when the network is not feed-forward with activations
 * t^p, or when D > NCF_RANK_ONE_MAX_ORDER.
 */
int ncf__rank_one_shape_init(ncf_rank_one_shape_t *shape, const struct ncf_problem *problem);
void ncf__rank_one_shape_clear(ncf_rank_one_shape_t *shape);

/* Is every activation linear? Then D = 1 and T-DEEPLINEAR takes the place of T-RANKONE. */
int ncf__rank_one_is_linear(const ncf_rank_one_shape_t *shape);

/* lambda / |mu| where all s_l = 1, the largest value: L prod_l c_l^{e_l}. */
void ncf__rank_one_top_factor(arb_t out, const ncf_rank_one_shape_t *shape, slong prec);

/* lambda / (lambda of the reduced network) = prod_l s_l^{(1 - p_l) e_{l+1} / 2}; K - 1 sizes.
 */
void ncf__rank_one_factor(arb_t out, const ncf_rank_one_shape_t *shape, const slong *supports,
                          slong prec);

/* lambda = |mu| times both factors, for lambda > 0. */
void ncf__rank_one_lambda(arb_t out, const ncf_rank_one_shape_t *shape, const arb_t mu,
                          const slong *supports, slong prec);

/* ---- Families -------------------------------------------------------------------- */

/* One orbit of rank-one KKT points with lambda > 0. */
typedef struct {
    slong line;           /* number of the line */
    slong *supports;      /* K - 1: s_l; 1 for a linear layer */
    arb_t lambda;         /* = L N */
    fmpz_t size;          /* points, when dimension is 0 */
    slong dimension;      /* of the line's set, and k_l - 1 for each linear layer */
    slong index, nullity; /* -1 when not known */
    ncf_second_order_t second_order;
    arb_t gap; /* smallest non-zero |eigenvalue| when index is 0; else indeterminate */
} ncf_rank_one_family_t;

typedef struct {
    ncf_rank_one_family_t *families; /* decreasing lambda (midpoints) */
    slong count;
    int all; /* there are no further families */
    ncf_limit_t limit;
} ncf_rank_one_list_t;

/*
 * How many eigenvalues of S = ((D-1)/G(b)) G b^{D-2} on b^perp lie above and at the bound
 * (D-1)/(p_1-1), for each line: they count once for each further unit of the first layer.
 * above[i] = -1: not known. Not read when p_1 = 1.
 */
typedef struct {
    const slong *above, *equal; /* one entry a line */
} ncf_first_layer_t;

/*
 * The `top` families of largest lambda, best first, without enumerating the others. When
 * lambda_min is not NULL, families with lambda certainly below it are left out. For D = 1
 * the one line is that of T-DEEPLINEAR, with curvature 0 and multiplier |m|.
 * Cost: O(top * K) ball operations.
 */
void ncf__rank_one_list_init(ncf_rank_one_list_t *out, const ncf_rank_one_shape_t *shape,
                             const ncf_line_list_t *lines, const ncf_first_layer_t *first,
                             slong top, const arb_struct *lambda_min, slong prec,
                             const ncf_limits_t *limits);
void ncf__rank_one_list_clear(ncf_rank_one_list_t *list);

/* Drops families with lambda certainly below the bound; so are all that are not listed. */
void ncf__rank_one_list_trim(ncf_rank_one_list_t *list, const arb_t lambda_min);

/*
 * Exact numbers of rank-one KKT points with lambda > 0 on these lines (T-RANKONE (5)); all
 * unknown where a family is infinite. rank_one equals positive: other points are not
 * counted. With lambda_min: only points with lambda >= lambda_min; unknown when more than
 * a million families qualify or a lambda is not separated from the bound.
 */
void ncf__rank_one_census_init(ncf_census_t *out, const ncf_rank_one_shape_t *shape,
                               const ncf_line_list_t *lines, const arb_struct *lambda_min,
                               slong prec);

/* ---- Weights --------------------------------------------------------------------- */

/*
 * signs holds -1, 0, 1 for each hidden unit, layer by layer: a_l without its length.
 * The first s_l units of each layer, all positive:
 */
void ncf__rank_one_first_units(signed char *signs, const ncf_rank_one_shape_t *shape,
                               const slong *supports);

/* The reduced weights (c_1 b, c_2, .., c_{K-1}, sign(mu) c_K): lambda > 0. */
void ncf__rank_one_reduced(arb_ptr reduced, const ncf_rank_one_shape_t *shape,
                           const ncf_line_struct *line, slong prec);

/* u (n entries) from reduced weights; an isometry. No aliasing. */
void ncf__rank_one_lift(arb_ptr u, const ncf_rank_one_shape_t *shape, arb_srcptr reduced,
                        const signed char *signs, slong prec);

/* Its adjoint: the reduced weights of the projection of u to the image of the lift. */
void ncf__rank_one_project(arb_ptr reduced, const ncf_rank_one_shape_t *shape, arb_srcptr u,
                           const signed char *signs, slong prec);

/*
 * A proposal, nothing is claimed: the signs of the pattern that u (n doubles) is nearest
 * to, and its support sizes (K - 1). Returns 0 when W_l has no row to go by.
 */
int ncf__rank_one_propose(signed char *signs, slong *supports,
                          const ncf_rank_one_shape_t *shape, const double *u);

#endif
