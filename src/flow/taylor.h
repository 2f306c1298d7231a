/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * taylor.h: the training and the correlation flow with as many digits as wanted, by power
 * series in tau through the layers: the reference that judges the double engine, and the way
 * to follow flows from delta = 1e-30 in plain time. Arb's numbers are used without their
 * radii: errors are estimated, not enclosed, and nothing here proves anything.
 */
#ifndef NCF_TAYLOR_H
#define NCF_TAYLOR_H

#include "flow.h"

typedef struct {
    ncf_flow_kind_t kind; /* training or correlation */
    slong digits;         /* of a step, relative to |s|: 10 .. 1000 */
    fmpq_t delta;         /* > 0; to initialise and clear with the functions below */
    fmpq_t until;         /* tau where it ends; 0: none */
    fmpq_t norm;          /* |w| where it ends, above the initial one; 0: none */
    slong max_steps;      /* 0: 100,000 */
} ncf_taylor_options_t;

/* Training, 30 digits, delta 1/1000, no end. */
void ncf__taylor_options_init(ncf_taylor_options_t *options);
void ncf__taylor_options_clear(ncf_taylor_options_t *options);

typedef struct {
    slong unknowns, prec, order, steps;
    arb_ptr weights; /* s = w / delta at the end, radii 0 */
    arb_t tau;
    ncf_flow_end_t end; /* TIME, EVENT (the norm), REST, STEPS, LIMIT or FAILED */
} ncf_taylor_t;

/*
 * From s(0) = start, n entries. Cost: O(n N order^2) products a step, a step goes some way to
 * the nearest singularity. NCF_OK: a result to clear. NCF_EARG: an option out of its domain,
 * no end at all, or a start that is zero. NCF_ESPEC: the network is too large.
 */
ncf_status_t ncf__taylor_run(ncf_taylor_t *result, const struct ncf_problem *problem,
                             const fmpq *start, const ncf_taylor_options_t *options,
                             const ncf_limits_t *limits, ncf_error_t *err);
void ncf__taylor_clear(ncf_taylor_t *result);

/* ---- Straight-line programs on power series (taylor_program.c) --------------------- */

/* out = constant + sum of c x, or sum of x y, or a solution of out' = -c x' y. */
typedef enum { NCF_SERIES_LINEAR, NCF_SERIES_PRODUCTS, NCF_SERIES_CHAIN } ncf_series_kind_t;

typedef struct {
    ncf_series_kind_t kind;
    slong out, first, count; /* terms */
} ncf_series_op_t;

typedef struct {
    slong x, y; /* series */
    slong c;    /* constant */
} ncf_series_term_t;

typedef struct {
    slong series_count, op_count, term_count, constant_count;
    slong series_room, op_room, term_room, constant_room;
    ncf_series_op_t *ops;
    ncf_series_term_t *terms;
    arb_struct *constants;
    arb_ptr coefficients; /* series_count x (order + 1) */
    slong order, prec;
    ncf_loss_t loss;
    slong *rates; /* n: the series of ds/dtau; s itself is series 0 .. n-1 */
} ncf_program_t;

/* The right-hand side for all weights; kappa = delta^L. */
void ncf__program_init(ncf_program_t *program, const ncf_network_struct *network,
                       const struct ncf_problem *problem, ncf_flow_kind_t kind,
                       const fmpq *delta, int homogeneous, ulong degree, slong order,
                       slong prec);
void ncf__program_clear(ncf_program_t *program);

/* From the coefficients 0 of s, all of them up to the order. */
void ncf__program_expand(ncf_program_t *program, slong n);

#endif
