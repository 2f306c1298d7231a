/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * info.h: the facts about a problem that `ncf info` prints, gathered once for the two
 * writers. report/ turns results into text and JSON; it computes nothing that is claimed.
 */
#ifndef NCF_INFO_H
#define NCF_INFO_H

#include "../problem/problem.h"

#define NCF_INFO_MAX_PRINTED_TERMS 60 /* a longer polynomial is counted, not printed */
#define NCF_INFO_MAX_ORDER_WIDTH 2000 /* k! is written out for k up to that */

/* The symmetries of one hidden layer of the architecture. */
typedef enum {
    NCF_SYMMETRY_ROTATIONS,   /* linear: O(k) */
    NCF_SYMMETRY_ROW_FLIPS,   /* p even: permutations, sign of each incoming row */
    NCF_SYMMETRY_PAIRED_FLIPS /* p odd: permutations, sign of row and column together */
} ncf_symmetry_t;

typedef enum { NCF_ORDER_FINITE, NCF_ORDER_INFINITE, NCF_ORDER_LONG } ncf_order_t;

typedef struct {
    const struct ncf_problem *problem;
    fmpz_t unknowns;
    fmpz_t homogeneity;          /* L */
    fmpz *degrees;               /* e_1 .. e_K */
    slong active_points;         /* points with z_i != 0 */
    slong span;                  /* dimension of the span of these points */
    int span_exact;              /* else the dimension is at least that */
    ncf_symmetry_t *symmetries;  /* one a hidden layer */
    fmpz_t order;                /* of the symmetry group when order_kind says finite */
    ncf_order_t order_kind;      /* LONG: finite, given by the formula only */
    char *order_formula;         /* "2^3 3!", "infinite" */
    const char *method;          /* of `ncf solve`, NULL when there is none yet */
    int terms_known;             /* the polynomial was built and `terms` is exact */
    int terms_bounded;           /* else: `terms` is a bound; else it has over 4096 bits */
    fmpz_t terms;
    char *polynomial;            /* text, NULL when it is not printed */
} ncf_info_t;

void ncf__info_init(ncf_info_t *info, const struct ncf_problem *problem);
void ncf__info_clear(ncf_info_t *info);

/* "linear" or "power". */
const char *ncf__activation_name(const ncf_activation_t *activation);
/* "square", "logistic", "exponential". */
const char *ncf__loss_name(ncf_loss_t loss);

/*
 * rank.c: the rank of m over Q; *exact is 0 when it is only a lower bound, because the
 * exact one would take long.
 */
slong ncf__rational_rank(int *exact, const fmpq_mat_t m);

/* Return 0 when the stream fails. */
int ncf__info_write_text(FILE *stream, const ncf_info_t *info);
int ncf__info_write_json(FILE *stream, const ncf_info_t *info);

#endif
