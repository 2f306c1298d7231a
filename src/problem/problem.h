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
#define NCF_PROBLEM_MAX_DEGREE 1000          /* p of t^p */
#define NCF_PROBLEM_MAX_NUMBERS 10000000     /* points * (inputs + 1) */
#define NCF_PROBLEM_MAX_BITS (WORD(1) << 31) /* of all inputs and labels together */

typedef enum { NCF_ACTIVATION_LINEAR, NCF_ACTIVATION_POWER } ncf_activation_kind_t;

typedef struct {
    ncf_activation_kind_t kind;
    slong degree; /* p >= 2 of t^p; 1 for linear */
} ncf_activation_t;

typedef enum { NCF_LOSS_SQUARE, NCF_LOSS_LOGISTIC, NCF_LOSS_EXPONENTIAL } ncf_loss_t;

/*
 * A feed-forward network H(x; W) = W_K s_{K-1}(W_{K-1} ... s_1(W_1 x)) with its data.
 * widths has depth + 1 entries k_0 = d, ..., k_K = 1; activations has depth - 1, the
 * l-th (0-based) applied to W_{l+1} times its input. A power of degree 1 is stored as
 * linear. Widths are at most NCF_PROBLEM_MAX_WIDTH, so products of two fit in 64 bits.
 */
struct ncf_problem {
    char *name;      /* as it is printed */
    char sha256[65]; /* of the problem file's bytes */
    slong depth;     /* K >= 1, the number of weight matrices */
    slong *widths;
    ncf_activation_t *activations;
    slong points; /* N >= 1 */
    fmpq_mat_t x; /* N x d */
    fmpq_mat_t y; /* N x 1 */
    ncf_loss_t loss;
};

/* z_i = -(d/dh) loss(h, y_i) at h = 0, exact: out is N x 1, initialised. */
void ncf__problem_weights(fmpq_mat_t out, const struct ncf_problem *problem);

/* The number of weights, sum of k_l k_{l-1}, exactly. */
void ncf__problem_unknowns(fmpz_t out, const struct ncf_problem *problem);

/*
 * The degree L of H in all weights: the sum of the degrees e_l of H in W_l. H has
 * degree 1 in the output of the layer after which no activation follows, and each
 * activation multiplies by its degree, so e_l = p_l p_{l+1} ... p_{K-1} (e_K = 1).
 */
void ncf__problem_homogeneity(fmpz_t out, const struct ncf_problem *problem);

#endif
