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

/* The symmetries of one hidden layer of the architecture, s even or odd for the signs. */
typedef enum {
    NCF_SYMMETRY_ROTATIONS,   /* linear: O(k) */
    NCF_SYMMETRY_ROW_FLIPS,   /* even: permutations, sign of each incoming row */
    NCF_SYMMETRY_PAIRED_FLIPS, /* odd: permutations, sign of row and column together */
    NCF_SYMMETRY_PERMUTATIONS, /* nothing else in general */
    NCF_SYMMETRY_FIXED_ROTATIONS /* c_0 + c_1 t: those of O(k) that fix (1, ..., 1) */
} ncf_symmetry_t;

/* A hidden layer; for a convolution the units are its channels. */
typedef struct {
    slong part; /* of a sum, from 1 on; else 0 */
    slong layer, units;
    int channels;
    ncf_symmetry_t symmetry;
} ncf_info_layer_t;

typedef enum { NCF_ORDER_FINITE, NCF_ORDER_INFINITE, NCF_ORDER_LONG } ncf_order_t;

typedef struct {
    const struct ncf_problem *problem;
    fmpz_t unknowns;
    int homogeneous;
    fmpz_t homogeneity;          /* L, when homogeneous */
    slong blocks;
    slong *rows, *columns;       /* of the blocks */
    fmpz *degrees;               /* e_1 .. e_K of the blocks, -1: none */
    slong active_points;         /* points with z_i != 0 */
    slong span;                  /* dimension of the span of these points */
    int span_exact;              /* else the dimension is at least that */
    slong layer_count;
    ncf_info_layer_t *layers;
    slong formulas;              /* parts whose symmetries are not looked for */
    fmpz_t order;                /* of the symmetry group when order_kind says finite */
    ncf_order_t order_kind;      /* LONG: finite, given by the formula only */
    char *order_formula;         /* "2^3 3!", "infinite" */
    const char *method;          /* of `ncf solve`; "none": it looks for no points */
    const char *otherwise;       /* when that one takes too long; NULL: it is the only one */
    int terms_known;             /* the polynomial was built and `terms` is exact */
    int terms_bounded;           /* else: `terms` is a bound; else it has over 4096 bits */
    fmpz_t terms;
    char *polynomial;            /* text, NULL when it is not printed */
} ncf_info_t;

void ncf__info_init(ncf_info_t *info, const struct ncf_problem *problem);
void ncf__info_clear(ncf_info_t *info);

/* info_symmetry.c: sets layers, formulas and order. */
void ncf__info_symmetry(ncf_info_t *info);

/* "linear", "power", "polynomial". */
const char *ncf__activation_name(const ncf_activation_t *activation);

/* "linear", "t^2", "1/2 + t". Allocated text. */
char *ncf__activation_text(const ncf_activation_t *s);

const char *ncf__network_kind_name(ncf_network_kind_t kind);

/* info_network.c: calls say(context, label, text) for each fact about a network. */
typedef void (*ncf_say_fn)(void *context, const char *label, const char *text);
void ncf__network_say(const ncf_network_spec_t *spec, ncf_say_fn say, void *context);

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
