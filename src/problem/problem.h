/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * problem/: turns a problem file and its data files into a validated, immutable
 * problem with exact rational data. Takes bytes, gives ncf_problem.
 * May include: base/, jansson.
 */
#ifndef NCF_PROBLEM_H
#define NCF_PROBLEM_H

#include "../base/base.h"

typedef enum { NCF_ACTIVATION_LINEAR, NCF_ACTIVATION_POWER } ncf_activation_kind_t;

typedef struct {
    ncf_activation_kind_t kind;
    slong degree; /* p >= 2 of t^p; 1 for linear */
} ncf_activation_t;

typedef enum { NCF_LOSS_SQUARE, NCF_LOSS_LOGISTIC, NCF_LOSS_EXPONENTIAL } ncf_loss_t;

/*
 * A feed-forward network H(x; W) = W_K s(... s(W_1 x)), theory.md section 0.
 * widths has depth + 1 entries k_0 = d, ..., k_K = 1; activations has depth - 1.
 */
struct ncf_problem {
    char *name;         /* as it is printed */
    char sha256[65];    /* of the problem file's bytes */
    slong depth;        /* K >= 1, the number of weight matrices */
    slong *widths;
    ncf_activation_t *activations;
    slong points;       /* N >= 1 */
    fmpq_mat_t x;       /* N x d */
    fmpq_mat_t y;       /* N x 1 */
    ncf_loss_t loss;
};

/* z_i = -(d/dh) loss(h, y_i) at h = 0, exact: out is N x 1, initialised. */
void ncf__problem_weights(fmpq_mat_t out, const struct ncf_problem *problem);

/* The number of weights, sum of k_l k_{l-1}, exactly. */
void ncf__problem_unknowns(fmpz_t out, const struct ncf_problem *problem);

/* The degree L of H in the weights: sum over l of the degrees e_l (section 1). */
void ncf__problem_homogeneity(fmpz_t out, const struct ncf_problem *problem);

#endif
