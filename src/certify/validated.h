/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * validated.h: proved integration of the flow of the direction, T-VALIDATEDFLOW. With q = w/|w|
 * and kappa = |w|^L the training flow of the square loss is a polynomial system in which the
 * initial scale delta is only the initial value kappa = delta^L; kappa = 0 is the sphere flow
 * of N. Both are integrated with interval Taylor series until q is proved to lie in a cap
 *
 *     { q : |q| = 1, q . u* >= 1 / sqrt(1 + tangent^2) }.
 *
 * That a cap attracts (T-CAP) is not proved here and not needed for what is said here.
 */
#ifndef NCF_VALIDATED_H
#define NCF_VALIDATED_H

#include "../network/network.h"

/*
 * Storage: initialise, clear. The direction starts in w_0/|w_0|; rho = log(|w(t)|/|w(0)|).
 * The rescaled time is t delta^(L-2) for the training flow from delta w_0/|w_0|, and t for the
 * NCF flow from w_0/|w_0|. Bounds hold for what is PROVED beside them; else they are
 * indeterminate.
 */
typedef struct {
    /* The sphere flow is in the cap at the time sphere_time exactly. */
    ncf_verdict_t enters;
    const char *reason; /* why it is UNDECIDED; NULL when PROVED; static text */
    double sphere_time; /* exact as written */
    arb_t growth;       /* contains exp(rho) of the NCF flow at that moment */
    arb_t time;         /* contains the rescaled time of that moment */
    arb_t along;        /* contains q . u* then */
    slong steps;

    /* For EVERY delta in (0, delta] the training flow is in the cone over the cap at some
       rescaled time in uniform_time, with |w| = exp(rho) delta, exp(rho) in uniform_growth. */
    ncf_verdict_t uniform;
    const char *uniform_reason; /* why it is UNDECIDED; why delta is not larger; or NULL */
    double delta;               /* exact as written, > 0; 0 while UNDECIDED */
    double delta_guess;         /* where double arithmetic sees the flow miss the cap; no proof */
    arb_t uniform_growth, uniform_time;
    slong pieces;               /* of [0, delta^L], each one proved in one run */
    slong attempts;             /* runs, those that failed included */
    slong uniform_steps;        /* of all runs */
} ncf_validated_flow_t;

typedef struct {
    int uniform;                /* search for delta too; needs the square loss */
    double max_delta;           /* delta is not searched beyond; <= 0: 1 */
    double max_time;            /* of the sphere flow; <= 0: chosen from N */
    slong max_steps;            /* of one run; <= 0: 2000 */
    slong max_pieces;           /* <= 0: 1000 */
    int threads;                /* <= 0: 1; no result depends on it */
    const ncf_limits_t *limits; /* may be NULL; reached: what is proved so far */
} ncf_validated_options_t;

void ncf__validated_flow_init(ncf_validated_flow_t *flow);
void ncf__validated_flow_clear(ncf_validated_flow_t *flow);

/*
 * Out:      flow     initialised; whatever it held is replaced
 * In:       network  of the problem
 *           start    w_0, n numbers, not all 0
 *           centre   n balls that contain a unit vector u*
 *           tangent  of the angle of the cap, > 0; an exact double
 *           options  may be NULL: the sphere flow alone
 * UNDECIDED with the reason: networks that are not feed-forward or convolutions, activations
 * that are not monomials, losses but the square for `uniform`, flows that are not seen to enter.
 * Deterministic, but for the moment at which a limit is reached.
 * Cost:     a step takes about 50 n products an operation of the network on all data, and n^3
 * Claim:    T-VALIDATEDFLOW
 */
void ncf__validated_flow(ncf_validated_flow_t *flow, const struct ncf_problem *problem,
                         const ncf_network_t network, const fmpq *start, arb_srcptr centre,
                         double tangent, const ncf_validated_options_t *options);

#endif
