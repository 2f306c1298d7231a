/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * cover_internal.h: shared by the files of the cover (T-COVER, proofs/theorems/cover.md).
 * Chart k is e_k = 1 with v = n - 1 unknowns x, the other coordinates in their order.
 * The equations of chart k are G_j = m (g_j - e_j g_k), j != k, with g = T e^{m-1};
 * phi = T e^m. Both are polynomials in x of degree at most m.
 */
#ifndef NCF_COVER_INTERNAL_H
#define NCF_COVER_INTERNAL_H

#include "cover.h"

/*
 * A coefficient is eight doubles: lanes 0..v-1 are the equations, lane COVER_FORM is
 * phi, lane 4 + q is the majorant of lane q: it is at least 2^-900, at least the
 * magnitude of the double and 2^53 times its distance from the true coefficient.
 */
enum { COVER_VARIABLES = 3, COVER_FORM = 3, COVER_MAJORANT = 4, COVER_LANES = 8 };
typedef double ncf_cover_term_t[COVER_LANES];

/* The monomials x^a with |a| <= m, by total degree; the first one is 1, then the x_l. */
typedef struct {
    slong variables;
    slong degree;
    slong terms;
    slong (*exponents)[COVER_VARIABLES];
    slong *total;  /* |a| */
    slong *parent; /* index of a - e_l with l = parent_variable */
    slong *parent_variable;
    unsigned char *even;         /* every exponent is even */
    slong *index;                /* term of the exponents, see ncf__cover_term */
    slong *row[COVER_VARIABLES]; /* terms in rows along x_l, exponents rising from 0 */
    slong rows;                  /* number of rows, the same along each x_l */
    slong *row_degree[COVER_VARIABLES];
    double rounding; /* theta of T-COVER */
} ncf_cover_shape_t;

/* 0 when the polynomials are too large for a cover; then there is nothing to clear. */
int ncf__cover_shape_init(ncf_cover_shape_t *shape, slong variables, slong degree);
void ncf__cover_shape_clear(ncf_cover_shape_t *shape);
slong ncf__cover_term(const ncf_cover_shape_t *shape, const slong *exponents);

/*
 * The tables of the n charts of T / 2^exponent, which is at most 1 in Bombieri norm:
 * terms of chart k start at k * shape->terms. NULL when a limit was reached.
 */
ncf_cover_term_t *ncf__cover_tables(fmpz_t exponent, const ncf_cover_shape_t *shape,
                                    const ncf_tensor_t tensor, const arb_mat_t points,
                                    const ncf_limits_t *limits, slong prec);

/* A closed box of x; entries beyond v are zero. */
typedef struct {
    double low[COVER_VARIABLES];
    double high[COVER_VARIABLES];
} ncf_cover_box_t;

/* The polynomials of a chart expanded about a point c, in s with x = c + radius s. */
typedef struct {
    const ncf_cover_shape_t *shape;
    ncf_cover_term_t *term; /* scaled Taylor coefficients */
    double *weight;         /* at least radius^a */
    double center[COVER_VARIABLES];
    double radius[COVER_VARIABLES];
    double low[COVER_MAJORANT];   /* lane q lies in value + [low, high] + slack [-1, 1] */
    double high[COVER_MAJORANT];  /*   for all s in [-1, 1]^v */
    double noise[COVER_MAJORANT]; /* sum of the majorants */
    double slack[COVER_MAJORANT]; /* bounds every rounding error of the lane */
    int finite;                   /* 0: nothing may be concluded */
} ncf_cover_expansion_t;

void ncf__cover_expansion_init(ncf_cover_expansion_t *t, const ncf_cover_shape_t *shape);
void ncf__cover_expansion_clear(ncf_cover_expansion_t *t);

/* Expands about the centre of a box of half widths at most 1; |x - c| <= radius covers it. */
void ncf__cover_expand(ncf_cover_expansion_t *t, const ncf_cover_term_t *table,
                       const ncf_cover_box_t *box);

/* 1: no zero of all equations with |mu| >= mu_min lies in the box that t expands. */
int ncf__cover_excluded(const ncf_cover_expansion_t *t, const ncf_cover_box_t *box,
                        double mu_min);

/* 1: no bisection can help, rounding errors dominate every equation. */
int ncf__cover_drowned(const ncf_cover_expansion_t *t);

/*
 * H = Y G in s, Y an approximate inverse of the linear part: H_i = offset_i + s_i +
 * (deviation from the identity) + (terms of order two and more).
 */
typedef struct {
    double offset[COVER_VARIABLES];
    double low[COVER_VARIABLES]; /* of the terms of order >= 2 */
    double high[COVER_VARIABLES];
    double deviation[COVER_VARIABLES];   /* sum_l |linear coefficient - identity| + slack */
    double contraction[COVER_VARIABLES]; /* bound of sum_l |delta_il - dH_i/ds_l| */
} ncf_cover_newton_t;

/* 0 when the linear part is singular in doubles or something is not finite. */
int ncf__cover_precondition(ncf_cover_newton_t *newton, const ncf_cover_expansion_t *t);

/* Shrinks the box to where zeros can be; 0: there are none. */
int ncf__cover_contract(ncf_cover_box_t *box, const ncf_cover_newton_t *newton,
                        const ncf_cover_expansion_t *t);

/*
 * 1: the box that was expanded holds at most one zero of the equations. (Its Newton
 * image is inside as well, so that a zero is there to be proved; no claim is made.)
 */
int ncf__cover_isolates(const ncf_cover_newton_t *newton, slong variables);

/* A proved line: exactly one zero lies in x, and it is the only one in `unique`. */
typedef struct {
    slong chart;
    ncf_cover_box_t unique;
    ncf_cover_box_t x; /* outward in doubles of the balls e */
    arb_ptr e;         /* n entries, e_chart = 1 */
    arb_t mu;
} ncf_cover_record_t;

void ncf__cover_record_init(ncf_cover_record_t *record, slong dimension);
void ncf__cover_record_clear(ncf_cover_record_t *record, slong dimension);

/*
 * Newton's method and Krawczyk's test (T-KRAWCZYK) in balls from the point x of the
 * chart. 1: record->e, x, mu are set and exactly one zero lies in record->x.
 */
int ncf__cover_prove(ncf_cover_record_t *record, const double *x, slong chart,
                     const ncf_tensor_t tensor, const arb_mat_t points, slong prec);

int ncf__cover_inside(const ncf_cover_box_t *inner, const ncf_cover_box_t *outer,
                      slong variables);

/* Are two records one line? PROVED equal, REFUTED distinct, or UNDECIDED. */
ncf_verdict_t ncf__cover_same(const ncf_cover_record_t *a, const ncf_cover_record_t *b,
                              slong dimension, slong prec);

/* Replaces boxes by the hulls of their clusters; returns the new count. */
slong ncf__cover_cluster(ncf_cover_box_t *boxes, slong count, slong variables);

#endif
