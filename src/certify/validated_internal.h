/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * validated_internal.h: the flow as a list of sums of products, its Taylor series in proved
 * double intervals (T-MIDRAD), and one step of the integration (T-VALIDATEDFLOW).
 */
#ifndef NCF_VALIDATED_INTERNAL_H
#define NCF_VALIDATED_INTERNAL_H

#include "interval_matrix.h"
#include "validated.h"

#define FLOW_DEGREE 14 /* of the Taylor polynomials */
#define FLOW_STRIDE (FLOW_DEGREE + 2)
#define FLOW_LINEAR 6 /* rows of derivatives are kept for the coefficients up to this one */
#define FLOW_TURNS 3  /* degree in the parameter of the polynomials that follow a set */

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
    slong count, room; /* nodes */
    slong *starts;     /* count + 1, into terms */
    ncf_tube_term_t *terms;
    slong term_count, term_room;
    slong *rates; /* m: the nodes of the derivatives of the state */
    slong mu;     /* the node of mu = q . g */
} ncf_tube_t;

/*
 * Returns NULL, or why this flow is not treated (static text; nothing to clear). scaled: the
 * training flow of the square loss in (q, k); else the sphere flow of N in q.
 */
const char *ncf__tube_init(ncf_tube_t *flow, const struct ncf_problem *problem,
                           const ncf_network_t network, int scaled, slong exponent);
void ncf__tube_clear(ncf_tube_t *flow);

/*
 * out = about sum_t factors[t] rows[t], each entry a sum of rounded or fused products; returns
 * about sum_i |out_i| weights_i. width is a multiple of 8.
 */
typedef double (*ncf_tube_combine_fn)(double *out, const double *weights,
                                      const double *factors, const double *const *rows,
                                      slong terms, slong width);

/* The functions of this machine, fastest first; NULL past the last. */
ncf_tube_combine_fn ncf__tube_combine(int index);
double ncf__tube_combine_avx2(double *out, const double *weights, const double *factors,
                              const double *const *rows, slong terms, slong width);
double ncf__tube_combine_avx512(double *out, const double *weights, const double *factors,
                                const double *const *rows, slong terms, slong width);
double ncf__tube_combine_portable(double *out, const double *weights, const double *factors,
                                  const double *const *rows, slong terms, slong width);

/*
 * The coefficients v_{k,r} of t^k s^r of all nodes, r <= turns, where the initial values are
 * x_0 + s x_1 + .. + s^turns x_turns: for all x_r in their intervals. With `linear` also the
 * derivatives of v_{k,0} by x_0: for all e with |e_i| <= weights_i,
 *
 *     |D v_k(y) e - row . e| <= rest,        sum_i |row_i| weights_i <= norm,
 *
 * with a row of doubles for k <= FLOW_LINEAR, and row = 0, norm = 0 above.
 */
typedef struct {
    slong turns, nodes;
    ncf_midrad_t *value; /* (turns + 1) x nodes x FLOW_STRIDE */
    int linear;
    double *norm, *rest;  /* nodes x FLOW_STRIDE; rest may be infinite or not a number */
    double *rows;         /* nodes x (FLOW_LINEAR + 1) x width */
    slong width;          /* m, rounded up to a multiple of 8; what is beyond m is zero */
    double *weights;      /* width */
    double *factors;      /* of a sum of rows */
    const double **parts; /* their rows */
    ncf_tube_combine_fn combine;
} ncf_tube_series_t;

/* turns: 0, FLOW_TURNS or FLOW_TURNS + 1 */
void ncf__tube_series_init(ncf_tube_series_t *series, const ncf_tube_t *flow, int linear,
                           slong turns);
void ncf__tube_series_clear(ncf_tube_series_t *series);

/*
 * Coefficients 0..order of the nodes and 0..order + 1 of the state; order <= FLOW_DEGREE.
 * x: (turns + 1) x m intervals.
 */
void ncf__tube_expand(ncf_tube_series_t *series, const ncf_tube_t *flow, const ncf_midrad_t *x,
                      slong order);

/* The coefficients of s^turn of a node. */
static inline ncf_midrad_t *ncf__tube_turn(const ncf_tube_series_t *series, slong node,
                                           slong turn)
{
    return series->value + (turn * series->nodes + node) * FLOW_STRIDE;
}

static inline ncf_midrad_t *ncf__tube_value(const ncf_tube_series_t *series, slong node)
{
    return series->value + node * FLOW_STRIDE;
}

/* The weights: a little more than the radii of the m intervals around 0. */
void ncf__tube_set_weights(ncf_tube_series_t *series, const ncf_midrad_t *box, slong m);

/* A sum of linear forms times intervals that is being taken. */
typedef struct {
    double spread, size; /* sum of what is not in the row, and of |factor| norm */
    slong terms;
} ncf_tube_linear_t;

/* Adds a factor times coefficient `place` = node FLOW_STRIDE + k, whose row counts if `kept`.
 */
void ncf__tube_linear_add(ncf_tube_linear_t *sum, ncf_tube_series_t *series,
                          ncf_midrad_t factor, slong place, int kept);

/* The sum as a linear form: row may be NULL where no row was kept. */
void ncf__tube_linear_end(double *row, double *norm, double *rest,
                          const ncf_tube_linear_t *sum, const ncf_tube_series_t *series);

/* sum_j x_j y_j, and the factors at distances. */
ncf_midrad_t ncf__tube_dot(const ncf_midrad_t *x, slong xstep, const ncf_midrad_t *y,
                           slong ystep, slong count);

/*
 * Where the state is: for each state x at the time there are s in [-1, 1], its parameter,
 * which is the same number at all times, and e with x = centre + sum_r s^r column_r + e, |e_j|
 * <= box[j] and |(frame e)_j| <= tilted[j]. Beside it rho and the rescaled time so far, each
 * of them in ball + s slope for the states of the parameter s.
 */
typedef struct {
    slong m;
    double *centre, *column;    /* m; FLOW_TURNS x m, column_1 first */
    double *frame;              /* m x m, about orthogonal */
    ncf_midrad_t *box, *tilted; /* m, with mid = 0 */
    double time, quantum;       /* exact: every step is a multiple of the quantum */
    arb_t log_growth, growth_slope;
    arb_t rescaled, rescaled_slope;
} ncf_tube_set_t;

void ncf__tube_set_init(ncf_tube_set_t *set, const ncf_tube_t *flow);
void ncf__tube_set_clear(ncf_tube_set_t *set);

/* The last unknown, k, of the states: all of [low, high], 0 <= low <= high, by the parameter.
 */
void ncf__tube_set_scales(ncf_tube_set_t *set, double low, double high);

/* rho of all states, and their rescaled times. */
void ncf__tube_set_growth(arb_t log_growth, arb_t rescaled, const ncf_tube_set_t *set);

/* q . u for all states of the set, q their first n unknowns, and all u in their balls. */
void ncf__tube_set_along(arb_t along, const ncf_tube_set_t *set, arb_srcptr u, slong n,
                         slong prec);

/* The smallest box around the set. */
void ncf__tube_set_hull(ncf_midrad_t *hull, const ncf_tube_set_t *set);

typedef struct {
    ncf_tube_series_t thin, wide, remainder;
    double success;             /* the last length over its first guess; steers the next one */
    ncf_midrad_t *hull, *point; /* (FLOW_TURNS + 2) x m: values of all x_r */
    ncf_midrad_t *range, *around; /* m */
    /* The mean-value form: for |e| <= box, |D P e - jacobian e| <= rest. m x m and m. */
    double *jacobian, *frame, *moved_frame, *turned, *turned_frame, *gram;
    double *rest, *offset, *box, *straight, *across, *defect, *bound, *part;
    ncf_product_fn product;
    ncf_midrad_t powers[FLOW_DEGREE + 2]; /* of the length of the step */
} ncf_tube_work_t;

void ncf__tube_work_init(ncf_tube_work_t *work, const ncf_tube_t *flow);
void ncf__tube_work_clear(ncf_tube_work_t *work);

/*
 * Part A of T-VALIDATEDFLOW for a step of length h from work->hull, expanded in work->wide: 1
 * proves that the flow stays in work->around, which is `size` wider than the Taylor
 * polynomials. excess becomes the size of the remainder over `size`.
 */
int ncf__tube_encloses(double *excess, ncf_tube_work_t *work, const ncf_tube_t *flow, double h,
                       double size);

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
