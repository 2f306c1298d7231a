/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * kkt/: what a KKT point of the NCF is: eigenlines of the data tensor, the orbits that
 * they make, their exact census. Takes proved lines, gives KKT points in closed form
 * (theory.md section 2, T-DECOUPLE). May include: base/, problem/, network/, corr/.
 *
 * line.h: real Z-eigenlines of the data tensor with mu != 0, as proved by certify/.
 */
#ifndef NCF_LINE_H
#define NCF_LINE_H

#include "../corr/tensor.h"

/*
 * An isolated eigenline (dimension 0), or a connected set of them: all lines of the
 * linear space spanned by the rows of `basis` (dimension > 0), which share mu.
 */
typedef struct {
    arb_t mu;           /* T q^m for unit q on the line, sign decided; m odd: for the q below */
    arb_mat_t basis;    /* (dimension + 1) x d, enclosure of orthonormal rows in R^d; row 0
                           is q, whose first coordinate that is not enclosed with 0 is > 0 */
    slong dimension;
    slong multiplicity; /* as an eigenvalue (m = 2) or a root (n = 2); 1: simple; 0: not known */
    int inertia_known;  /* index, nullity and curvature are proved */
    slong index;        /* i(q) of theory.md (2c): positive eigenvalues of S - I on q^perp,
                           S = ((m-1)/mu) T q^{m-2}; for a set: normal to it */
    slong nullity;      /* zero eigenvalues of the same */
    arb_t curvature;    /* largest eigenvalue of S on q^perp in R^d; -inf when d = 1 */
} ncf_line_struct;
typedef ncf_line_struct ncf_line_t[1];

/* basis is (dimension + 1) x ambient. */
void ncf__line_init(ncf_line_t line, slong dimension, slong ambient);
void ncf__line_clear(ncf_line_t line);

/*
 * All lines found, sorted by decreasing |mu| (midpoints), and what is known of the
 * list as a whole.
 */
typedef struct {
    ncf_line_struct *lines;
    slong count, allocated;
    ncf_verdict_t complete;     /* PROVED: every real eigenline with mu != 0 is in the list */
    slong zero_lines;           /* isolated real eigenlines with mu = 0, proved; for the audit */
    int euler_known;            /* all real critical points of T on the sphere of the essential
                                   subspace are known and nondegenerate (Morse-Bott) */
    slong euler_sum;            /* sum of (-1)^index over them */
    slong euler_expected;       /* Euler characteristic of that sphere */
} ncf_line_list_t;

void ncf__line_list_init(ncf_line_list_t *list);
void ncf__line_list_clear(ncf_line_list_t *list);

/* Appends an initialised line with these shapes and returns it; valid until the next append. */
ncf_line_struct *ncf__line_list_append(ncf_line_list_t *list, slong dimension, slong ambient);

/* Orders by decreasing midpoint of |mu|, ties by the direction. */
void ncf__line_list_sort(ncf_line_list_t *list);

/*
 * Makes q the first row: flips every row's sign so that its first coordinate that
 * excludes 0 is positive. For odd m the caller flips mu as well when the row-0 flip is
 * reported (returns 1 when row 0 was flipped).
 */
int ncf__line_normalise_sign(ncf_line_t line);

#endif
