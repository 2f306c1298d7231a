/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * validated_internal.h: the flow as a list of sums of products, its Taylor series in proved
 * double intervals (T-MIDRAD), and one step of the integration (T-VALIDATEDFLOW).
 */
#ifndef NCF_VALIDATED_INTERNAL_H
#define NCF_VALIDATED_INTERNAL_H

#include "validated.h"

#define FLOW_DEGREE 14 /* of the Taylor polynomials */

/* The product of two nodes, or of the constant -1 - left with a node. */
typedef struct {
    slong left, right;
} ncf_tube_term_t;

/*
 * Node 0 is the number 1, nodes 1..m are the state, every later one is a sum of terms of
 * earlier ones. The state is q and, where `scaled`, k = 2^-exponent kappa.
 */
typedef struct {
    slong unknowns, state; /* n; m = n or n + 1 */
    slong degree;          /* L */
    int scaled;
    slong exponent;
    ncf_midrad_t *constants;
    slong constant_count, constant_room;
    slong count, room;     /* nodes */
    slong *starts;         /* count + 1, into terms */
    ncf_tube_term_t *terms;
    slong term_count, term_room;
    slong *rates;          /* m: the nodes of the derivatives of the state */
    slong mu;              /* the node of mu = q . g */
} ncf_tube_t;

/*
 * Returns NULL, or why this flow is not treated (static text; nothing to clear). scaled: the
 * training flow of the square loss in (q, k); else the sphere flow of N in q.
 */
const char *ncf__tube_init(ncf_tube_t *flow, const struct ncf_problem *problem,
                           const ncf_network_t network, int scaled, slong exponent);
void ncf__tube_clear(ncf_tube_t *flow);

/*
 * The coefficients of the Taylor series of all nodes and, with tangents, their derivatives by
 * the m initial values.
 */
typedef struct {
    ncf_midrad_t *value;   /* count x (FLOW_DEGREE + 2) */
    ncf_midrad_t *tangent; /* count x (FLOW_DEGREE + 2) x m, or NULL */
    double *sums;          /* 3 m */
} ncf_tube_series_t;

void ncf__tube_series_init(ncf_tube_series_t *series, const ncf_tube_t *flow, int tangents);
void ncf__tube_series_clear(ncf_tube_series_t *series);

/* Coefficients 0..order of the nodes and 0..order + 1 of the state from x; order <= FLOW_DEGREE. */
void ncf__tube_expand(ncf_tube_series_t *series, const ncf_tube_t *flow, const ncf_midrad_t *x,
                      slong order);

static inline ncf_midrad_t *ncf__tube_value(const ncf_tube_series_t *series, slong node)
{
    return series->value + node * (FLOW_DEGREE + 2);
}

/* sum_j x_j y_j, and the factors at distances. */
ncf_midrad_t ncf__tube_dot(const ncf_midrad_t *x, slong xstep, const ncf_midrad_t *y,
                           slong ystep, slong count);

/*
 * Where the state is: for each state x at the time there are s in [-1, 1], the parameter, and
 * e with x = centre + s column + e, |e_j| <= box[j] and |(frame e)_j| <= tilted[j]. s is the
 * same number at all times. Beside it rho and the rescaled time so far.
 */
typedef struct {
    slong m;
    double *centre, *column; /* m */
    double *frame;           /* m x m, about orthogonal */
    ncf_midrad_t *box, *tilted; /* m, with mid = 0 */
    double time, quantum;       /* exact: every step is a multiple of the quantum */
    arb_t log_growth, rescaled; /* rho, the rescaled time */
} ncf_tube_set_t;

void ncf__tube_set_init(ncf_tube_set_t *set, const ncf_tube_t *flow);
void ncf__tube_set_clear(ncf_tube_set_t *set);

/* The smallest box around the set. */
void ncf__tube_set_hull(ncf_midrad_t *hull, const ncf_tube_set_t *set);

typedef struct {
    ncf_tube_series_t thin, wide, remainder;
    double *frame;  /* m x m: the next one */
    double success; /* the last length over its first guess; steers the next one */
    ncf_midrad_t *hull, *range, *around, *point, *image, *moved, *defect, *box; /* m */
    ncf_midrad_t *jacobian, *old, *turned, *turned_jacobian, *product;          /* m x m */
    ncf_midrad_t powers[FLOW_DEGREE + 2]; /* of the length of the step */
} ncf_tube_work_t;

void ncf__tube_work_init(ncf_tube_work_t *work, const ncf_tube_t *flow);
void ncf__tube_work_clear(ncf_tube_work_t *work);

/*
 * Moves the set by one step of the length that it chooses, at most `longest`. Returns 0, and
 * leaves the set as it was, when no step is proved.
 */
int ncf__tube_step(ncf_tube_set_t *set, ncf_tube_work_t *work, const ncf_tube_t *flow,
                   double longest);

/* One approximate step of the state x, m numbers; returns its length. Proves nothing. */
double ncf__tube_approx_step(double *x, ncf_tube_work_t *work, const ncf_tube_t *flow,
                             double longest);

#endif
