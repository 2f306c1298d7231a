/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * patch.h: the eigenpair equations near a rational point, in the patch c_chart = 1 and with
 * mu eliminated. In v = n - 1 variables x, the other coordinates being c_j + x_j,
 *   P_j(x) = D_k G_j(c + x) - D_j (c_j + x_j) G_k(c + x),     j != k = chart.
 */
#ifndef NCF_PATCH_H
#define NCF_PATCH_H

#include "../corr/tensor.h"

/* All monomials of degree 0..degree, graded; each but the first is parent times x_last. */
typedef struct {
    slong variables, degree, count;
    slong *start;  /* start[r]: the first of degree r; start[degree + 1] = count */
    slong *parent; /* parent < index */
    slong *last;   /* not smaller than the last variable of the parent */
    slong *run;    /* exponent of x_last */
    slong *next;   /* count x variables: index of the product with a variable, or -1 */
} ncf_monomials_t;

/* C(variables + degree, degree), or WORD_MAX when it exceeds `most`. */
slong ncf__monomials_count(slong variables, slong degree, slong most);
void ncf__monomials_init(ncf_monomials_t *out, slong variables, slong degree);
void ncf__monomials_clear(ncf_monomials_t *monomials);

/*
 * rows: v x count, initialised: the coefficients of integer multiples of the P_j, each with a
 * factor of its own, up to the degree of the monomials; c: n entries with c_chart = 1.
 * P_j has degree at most m. Cost: O(N' n count) exact operations.
 */
void ncf__patch_expand(fmpz_mat_t rows, const fmpq *c, slong chart, const ncf_tensor_t tensor,
                       const ncf_monomials_t *monomials);

#endif
