/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * flow_proof.h: what can be proved of the flow from ONE start w_0, with all constants. The flow
 * is followed numerically to its limit; the KKT point there is certified (T-KRAWCZYK) with its
 * cap of attraction (T-CAP); then the flow itself is enclosed (T-VALIDATEDFLOW). Two
 * statements result, each PROVED or UNDECIDED with the reason:
 *
 *   converges  the sphere flow of N from w_0 / |w_0| converges to the point u*: so the NCF flow
 *              from w_0 converges to it in direction;
 *   uniform    for EVERY delta in (0, delta_0] the training flow of the square loss from
 *              delta w_0 / |w_0| is in the cone of angle theta around u* at a moment whose
 *              rescaled time t delta^(L-2) lies in a known interval, where |w| <= M delta.
 */
#ifndef NCF_FLOW_PROOF_H
#define NCF_FLOW_PROOF_H

#include "../certify/cap.h"
#include "../certify/validated.h"
#include "point_orbit.h"

typedef struct {
    double max_tangent; /* of theta; INFINITY: theta is the angle of the cap */
    double max_delta;   /* delta_0 is not searched beyond; <= 0: 1 */
    slong precision, max_precision; /* of the point, as in ncf_point_options_t */
    int threads;        /* no result depends on it */
} ncf_flow_proof_settings_t;

struct ncf_flow_proof {
    ncf_network_t network;
    slong degree;            /* L */
    fmpq *start;             /* w_0, n numbers, not normalised */
    char *origin;            /* of the start, in words; allocated; NULL: not said */
    ncf_point_orbit_t found; /* .point.exists: u*, a KKT point near the numerical limit */
    double limit_distance;   /* from the numerical limit to it; measured; NAN: no limit */
    ncf_cap_t cap;
    double tangent; /* T = tan(theta): the smaller one of the cap's and what is asked */
    arb_t angle;    /* contains theta = atan(T) */
    ncf_validated_flow_t flow; /* into the cone of tangent T: its two verdicts and constants */
    ncf_verdict_t converges;
    const char *reason; /* why convergence is UNDECIDED; NULL when PROVED; static */
    ncf_limit_t limit;
};

/* A double T > 0 with atan(T) <= angle, INFINITY for pi/2 and more; angle > 0. */
double ncf__flow_proof_tangent(const fmpq_t angle);

/*
 * start: n numbers, not all 0. The problem may have any network and loss: what is not
 * treated is UNDECIDED with the reason. Takes over the network, which is that of the problem;
 * degree is L, 0 where it is not homogeneous. Never NULL. Owns: free with
 * ncf__flow_proof_free, which accepts NULL. Claim: T-VALIDATEDFLOW, T-CAP, T-KRAWCZYK.
 */
struct ncf_flow_proof *ncf__prove_flow(const struct ncf_problem *problem,
                                       ncf_network_struct network, slong degree,
                                       const fmpq *start,
                                       const ncf_flow_proof_settings_t *settings,
                                       const ncf_limits_t *limits);
void ncf__flow_proof_free(struct ncf_flow_proof *proof);

#endif
