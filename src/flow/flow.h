/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * flow/: gradient flows of a problem from small weights, numerically (theory section 9). Takes
 * a problem and initial weights, gives trajectories and events. It proposes and proves nothing.
 * May include: base/, problem/, network/.
 *
 * Flows. With r_i(h) = -(d/dh) loss(h, y_i), so that r_i(0) = z_i:
 *
 *   training     dw/dt = sum_i r_i(H_i(w)) grad H_i(w)
 *   correlation  du/dt = sum_i z_i grad H_i(u) = grad N(u)
 *   sphere       dq/dt = grad N(q) - (q . grad N(q)) q,  |q| = 1
 *   descent      w <- w + step sum_i r_i(H_i(w)) grad H_i(w),  t grows by the step
 *
 * Scale. w = delta s, and for a network of degree L the rescaled time is tau = t delta^(L-2):
 * ds/dtau = sum_i r_i(delta^L H_i(s)) grad H_i(s). Everything below is in tau and s; delta = 1
 * gives plain weights and time. A network that is not homogeneous has tau = t.
 *
 * Coordinates. Polar: s = e^rho q, |q| = 1, with a time sigma of its own, dtau = e^((2-L) rho)
 * dsigma, g = sum_i r_i(kappa H_i(q)) grad H_i(q), kappa = (delta e^rho)^L, mu = q . g:
 *
 *   dq/dsigma = g - mu q,  drho/dsigma = mu,  dtau/dsigma = e^((2-L) rho),
 *
 * which has no blow-up, and in which delta = 1e-30 costs no more than a few time constants.
 * Cartesian: s itself, in tau. Sphere flow: q and rho, tau = sigma.
 */
#ifndef NCF_FLOW_H
#define NCF_FLOW_H

#include "../network/batch.h"

/* Default: polar where the network is homogeneous, else Cartesian. */
typedef enum {
    NCF_FLOW_DEFAULT_COORDINATES,
    NCF_FLOW_POLAR,
    NCF_FLOW_CARTESIAN
} ncf_flow_coordinates_t;

/* ---- Events ----------------------------------------------------------------------- */

typedef enum {
    NCF_EVENT_NORM_ABOVE,    /* |w| >= value: escape */
    NCF_EVENT_NORM_BELOW,    /* |w| <= value: converging to zero */
    NCF_EVENT_LOSS_BELOW,    /* Loss(w) <= value; training and descent */
    NCF_EVENT_PLATEAU,       /* |gradient of the loss| <= value; sphere: |dq/dt| <= value */
    NCF_EVENT_CAP,           /* angle between w and `point` <= value, in radians */
    NCF_EVENT_CALLBACK       /* function(context, q) >= 0 for the direction q */
} ncf_event_kind_t;

typedef double (*ncf_event_fn)(void *context, const double *q);

/* Is this to be the end? Asked after each step, with the direction and ln |s|. */
typedef int (*ncf_watch_fn)(void *context, const double *q, double log_norm);

/*
 * Met where its condition becomes true; one that holds at the start is met there. A plateau
 * has to be entered: at the start of a run from small weights the gradient is small too.
 */
typedef struct {
    ncf_event_kind_t kind;
    double value;
    const double *point;   /* of a cap: n entries, not zero */
    ncf_event_fn function; /* of a callback: smooth, negative before */
    void *context;
    int stops; /* the run ends when it is met */
} ncf_event_t;

/* ---- Runs ------------------------------------------------------------------------- */

typedef struct {
    ncf_flow_kind_t kind;
    ncf_flow_method_t method;
    ncf_flow_coordinates_t coordinates;
    double delta;     /* > 0 */
    double tolerance; /* of the local error, relative to |s|; 1e-14 .. 1e-1 */
    double step;      /* gradient descent: of t, in plain weights */
    double until;     /* tau where the run ends; INFINITY: none */
    double blow_up;   /* correlation flow: stop where |s| reaches this; 0: 1e30 */
    slong max_steps;  /* 0: 1,000,000 */
    slong every;      /* records every so manieth step, 0: none but start, events and end */
    slong most_rows;  /* > 0: at so many samples those that moved least since the one before
                         are dropped, half of all, but never the start and events */
    const double *times; /* records at these tau as well, increasing; dense output */
    slong time_count;
    const ncf_event_t *events;
    slong event_count;
    ncf_watch_fn watch; /* NULL: none; gradient descent does not ask it */
    void *watch_context;
} ncf_flow_settings_t;

/* Defaults: training, Adams, tolerance 1e-10, delta 1e-3, every step. */
void ncf__flow_settings_default(ncf_flow_settings_t *options);

typedef enum {
    NCF_FLOW_END_TIME,    /* `until` was reached */
    NCF_FLOW_END_EVENT,   /* a stopping event was met */
    NCF_FLOW_END_BLOW_UP, /* correlation flow */
    NCF_FLOW_END_WATCH,   /* the watch said so */
    NCF_FLOW_END_REST,    /* the flow does not move any more, to the last bit */
    NCF_FLOW_END_STEPS,   /* max_steps */
    NCF_FLOW_END_LIMIT,   /* time limit or stop signal */
    NCF_FLOW_END_FAILED   /* the integrator gave up; `message` says why */
} ncf_flow_end_t;

typedef struct {
    double tau;      /* rescaled time; plain time is tau delta^(2 - L) */
    double log_norm; /* ln |s| = ln(|w| / delta) */
    double loss;     /* Loss(w), 0 for correlation and sphere flow */
    double value;    /* N(q), q = w / |w|; for other networks N(w) */
    double speed;    /* |dw/dt|: of the plain gradient; sphere: |dq/dt| */
    slong event;     /* index of the event met here, else -1 */
} ncf_flow_sample_t;

typedef struct {
    slong unknowns;
    double delta;
    double degree; /* L; 2 where the network is not homogeneous */
    slong count, capacity;
    ncf_flow_sample_t *samples;
    double *directions; /* count x n: q */
    double *event_taus; /* one an event, NAN where it was not met */
    ncf_flow_end_t end;
    slong end_event;     /* for NCF_FLOW_END_EVENT */
    double blow_up_tau;  /* correlation flow, L > 2, growing at the end; else INFINITY */
    double energy_rise;  /* largest rise of the energy (loss, -N) above its minimum so far */
    double least_energy, energy_scale;
    int energy_falls;    /* no rise above 10 tolerance times the largest energy met */
    slong steps, evaluations;
    slong switches; /* from the method to an implicit one and back, where the flow is stiff */
    char message[160];
} ncf_flow_t;

/*
 * Integrates from s(0) = start (n entries, finite, not all zero; it is not normalised).
 * Deterministic. NCF_OK: a flow to clear, and `end` says how it ended, failures of the
 * integrator included. Else: an option out of its domain, polar coordinates, correlation or
 * sphere flow in polar form for a network that is not homogeneous, which needs Cartesian ones
 * (the sphere flow has no other): err says what. limits may be NULL.
 */
ncf_status_t ncf__flow_run(ncf_flow_t *flow, const struct ncf_problem *problem,
                           const double *start, const ncf_flow_settings_t *options,
                           const ncf_limits_t *limits, ncf_error_t *err);
void ncf__flow_clear(ncf_flow_t *flow);

/* out = w of a sample, n entries; rescaled: s = w / delta. May overflow where w does. */
void ncf__flow_weights(double *out, const ncf_flow_t *flow, slong sample, int rescaled);

/* The release of SUNDIALS, static text: "6.4.1". */
const char *ncf__flow_version(void);

/*
 * A random direction, n entries of unit norm, the same for a seed and a run on every machine.
 */
void ncf__flow_random_start(double *out, slong n, uint64_t seed, uint64_t run);

#endif
