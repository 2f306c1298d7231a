/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * problem/: turns a problem file and its data files into a validated, immutable
 * problem with exact rational data. Takes bytes, gives ncf_problem.
 * May include: base/, jansson.
 */
#ifndef NCF_PROBLEM_H
#define NCF_PROBLEM_H

#include "../base/base.h"

/* Limits of problem files; ncf-problem(5) states them. */
#define NCF_PROBLEM_MAX_WIDTH 1000000000     /* k_l */
#define NCF_PROBLEM_MAX_DEPTH 1000           /* K */
#define NCF_PROBLEM_MAX_DEGREE 1000          /* p of t^p, and of a polynomial */
#define NCF_PROBLEM_MAX_PARTS 1000           /* of a sum, nested ones counted */
#define NCF_PROBLEM_MAX_NAMES 10000          /* weights of a formula, and its inputs */
#define NCF_PROBLEM_MAX_ENTRIES 1000000      /* of the matrices of a convolution */
#define NCF_PROBLEM_MAX_NUMBERS 10000000     /* points * (inputs + 1) */
#define NCF_PROBLEM_MAX_BITS (WORD(1) << 31) /* of all inputs and labels together */

typedef enum {
    NCF_ACTIVATION_LINEAR,
    NCF_ACTIVATION_POWER,
    NCF_ACTIVATION_POLYNOMIAL
} ncf_activation_kind_t;

/* s(t): t, t^p with p >= 2, or c_0 + c_1 t + ... + c_p t^p with c_p != 0, p >= 1. */
typedef struct {
    ncf_activation_kind_t kind;
    slong degree;       /* p; 1 for linear */
    fmpq *coefficients; /* of a polynomial: degree + 1 entries, c_0 first; else NULL */
} ncf_activation_t;

typedef enum {
    NCF_NETWORK_FEEDFORWARD,
    NCF_NETWORK_POLYNOMIAL,
    NCF_NETWORK_SUM,
    NCF_NETWORK_CONVOLUTION
} ncf_network_kind_t;

typedef enum { NCF_LOSS_SQUARE, NCF_LOSS_LOGISTIC, NCF_LOSS_EXPONENTIAL } ncf_loss_t;

/*
 * A 1-D convolution with its activation and sum pooling. With c channels of length n
 * before it, unit (o, t) is s(sum over i < c, r < kernel of W[o, i, r] a[i, t stride + r]),
 * 0 <= t < (n - kernel) / stride + 1, rounded down, and every `pooling` neighbours t are
 * then added up; what does not fill a window is left out.
 */
typedef struct {
    slong channels, kernel, stride, pooling;
} ncf_convolution_t;

typedef struct {
    slong variable; /* a weight, 0-based, or an input */
    ulong exponent; /* >= 1 */
} ncf_factor_t;

/*
 * H(x; w) = sum_t c_t w^alpha(t) x^beta(t), like terms collected, no c_t zero, terms of
 * equal alpha side by side. The factors of term t are those from starts[t] up to
 * inputs[t] (weights, in order) and from there up to starts[t + 1] (inputs, in order).
 */
typedef struct {
    slong count;
    fmpq *coefficients;
    slong *starts; /* count + 1 */
    slong *inputs; /* count */
    ncf_factor_t *factors;
} ncf_formula_t;

/*
 * A network as the problem file describes it. Fields that do not belong to its kind are
 * 0 and NULL, so that depth > 0 means feed-forward.
 *
 * Feed-forward, H(x; W) = W_K s_{K-1}(W_{K-1} ... s_1(W_1 x)): widths has depth + 1
 * entries k_0 = d, ..., k_K = 1; activations has depth - 1, the l-th (0-based) applied
 * to W_{l+1} times its input. A power of degree 1 is stored as linear. Widths are at
 * most NCF_PROBLEM_MAX_WIDTH, so products of two fit in 64 bits.
 *
 * Convolution: `channels` channels of `length` numbers each make the input, channel by
 * channel; then the stages, and a dense layer with one output, or, with sum_head, the
 * sum of all that is left. Weights: W[o, i, r] of each stage in this order, and the
 * dense layer by channel and place.
 *
 * Polynomial: H as a formula in named weights and inputs. Sum: of networks with weights
 * of their own and the same input; no part is itself a sum.
 */
typedef struct ncf_network_spec {
    ncf_network_kind_t kind;
    slong inputs; /* d */
    slong depth;  /* feed-forward: K >= 1, the number of weight matrices */
    slong *widths;
    ncf_activation_t *activations; /* convolution: one a stage */
    slong length, channels, stages;
    ncf_convolution_t *convolutions;
    int sum_head;
    slong weight_count;
    char **weight_names, **input_names;
    ncf_formula_t formula;
    slong part_count;
    struct ncf_network_spec *parts;
} ncf_network_spec_t;

/* A problem: a network with its data. */
struct ncf_problem {
    char *name;      /* as it is printed */
    char sha256[65]; /* of the problem file's bytes */
    ncf_network_spec_t network;
    slong points; /* N >= 1 */
    fmpq_mat_t x; /* N x d */
    fmpq_mat_t y; /* N x 1 */
    ncf_loss_t loss;
};

/* Frees what a network description holds and makes it empty; an empty one is allowed. */
void ncf__network_spec_clear(ncf_network_spec_t *spec);

/* s(t) = c t^p: returns p, else -1. */
slong ncf__activation_monomial(const ncf_activation_t *activation);

/* s(0) = 0; else a hidden unit whose weights are all zero still adds to H. */
int ncf__activation_vanishes(const ncf_activation_t *activation);

/* z_i = -(d/dh) loss(h, y_i) at h = 0, exact: out is N x 1, initialised. */
void ncf__problem_weights(fmpq_mat_t out, const struct ncf_problem *problem);

/* The number of weights, sum of k_l k_{l-1}, exactly. */
void ncf__problem_unknowns(fmpz_t out, const struct ncf_problem *problem);

/*
 * Decides whether H(x; c u) = c^L H(x; u) for all c > 0, exactly. Returns 1 and sets
 * degree to L, or returns 0 and leaves it undefined. Layers: if all activations are
 * monomials, L is the sum of the degrees e_l of H in W_l, and e_l = p_l ... p_{K-1},
 * because each activation multiplies by its degree (e_K = 1). Formula: all terms have
 * degree L in the weights; the zero formula is not called homogeneous. Sum: all parts
 * have the same degree L.
 */
int ncf__problem_homogeneous(fmpz_t degree, const struct ncf_problem *problem);
int ncf__spec_homogeneous(fmpz_t degree, const ncf_network_spec_t *spec);

/*
 * The weight blocks of a network, see ncf__network_block: their number, their shapes
 * (rows and columns, NULL if not wanted) and the degree in the block of the part of H
 * that holds it (T-EULER); -1 where it has none.
 */
slong ncf__spec_block_count(const ncf_network_spec_t *spec);
void ncf__spec_blocks(slong *rows, slong *columns, fmpz *degrees, const ncf_network_spec_t *spec);

/* The outputs of a stage of a convolution per channel, before and after pooling. */
typedef struct {
    slong places; /* those that fill windows: windows * pooling */
    slong windows;
} ncf_stage_shape_t;
ncf_stage_shape_t ncf__stage_shape(slong length, const ncf_convolution_t *convolution);

#endif
