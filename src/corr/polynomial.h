/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * polynomial.h: the NCF as an exact polynomial in the weights, when it is small.
 * Variable W_l_r_c (1-based) is the weight of layer l from input c to unit r, for a
 * convolution from input c of a window; a formula keeps its own names. Those of the i-th
 * part of a sum begin with "pi_". The variables are in the order of u.
 */
#ifndef NCF_POLYNOMIAL_H
#define NCF_POLYNOMIAL_H

#include "../problem/problem.h"

#define NCF_POLYNOMIAL_MAX_TERMS 20000 /* predicted terms of a polynomial that is built */
#define NCF_POLYNOMIAL_MAX_DEGREE 1000 /* its degree */

typedef struct {
    slong unknowns;
    char **names;             /* one a variable */
    fmpq_mpoly_ctx_t context; /* lexicographic order, W_1_1_1 first */
    fmpq_mpoly_t value;       /* N(u), canonical */
} ncf_polynomial_struct;
typedef ncf_polynomial_struct ncf_polynomial_t[1];

/*
 * A bound of the number of terms of N for any data, exactly computed from the shape of
 * the network alone; sharp for generic data and a feed-forward network with K <= 2. Returns 0, with out undefined, when
 * the bound has more than 4096 bits.
 */
int ncf__polynomial_terms_bound(fmpz_t out, const struct ncf_problem *problem);

/*
 * Decides from widths, degrees and the size of the data whether N will be built: at
 * most NCF_POLYNOMIAL_MAX_TERMS terms are predicted, the degree is at most
 * NCF_POLYNOMIAL_MAX_DEGREE, and the predicted memory (below 128 megabytes) and time
 * (a second or two) are moderate. No polynomial is allocated for the decision.
 */
int ncf__polynomial_is_small(const struct ncf_problem *problem, const fmpq_mat_t weights);

/*
 * N(u) = sum_i weights_i H(x_i; u). weights is N x 1, from ncf__problem_weights.
 * Returns 0 (nothing to clear) when ncf__polynomial_is_small says no. The result is
 * compared with the exact evaluator at a random integer point before it is returned.
 */
int ncf__polynomial_init(ncf_polynomial_t polynomial, const struct ncf_problem *problem,
                         const fmpq_mat_t weights);
/*
 * N as text, "2*W_1_1_1^2*W_2_1_1 - 1/3*W_1_1_2^2*W_2_1_1": terms in the order of the
 * polynomial with spaces around the signs between them only; "0" for zero. To be freed
 * with ncf__free.
 */
char *ncf__polynomial_text(const ncf_polynomial_t polynomial);

void ncf__polynomial_clear(ncf_polynomial_t polynomial);

#endif
