/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* flow_internal.h: what the files of flow/ share. */
#ifndef NCF_FLOW_INTERNAL_H
#define NCF_FLOW_INTERNAL_H

#include "flow.h"

/* ---- The differential equation (flow_system.c) ------------------------------------ */

typedef enum {
    NCF_FORM_POLAR,    /* state: q, rho, tau; time sigma */
    NCF_FORM_SPHERE,   /* state: q, rho; time sigma = tau */
    NCF_FORM_CARTESIAN /* state: s; time tau */
} ncf_form_t;

typedef struct {
    ncf_flow_kind_t kind;
    ncf_form_t form;
    ncf_network_t network;
    ncf_batch_t *batch;
    ncf_loss_t loss;
    slong n, rows, length; /* length of a state */
    int homogeneous;
    double degree; /* L, 2 where there is none */
    double delta, log_delta, tolerance;
    double tau_scale; /* a typical tau, for the error control */
    /* Of the rows of the batch; moments and rows other than points exclude each other. */
    double *y, *z, *moments;
    double rest; /* of the loss, beside that of the rows */
    /* Of the last evaluation; h at the point itself, times kappa it is H(w). */
    double kappa;
    double *u, *g, *h, *r, *dh, *product, *state;
    double correlation; /* sum_i z_i H_i at that point, when `moments` gave it */
    int fresh;          /* state and g belong together */
    slong evaluations;
} ncf_flow_system_t;

/* Fails for options that do not fit the problem, see ncf__flow_run. */
ncf_status_t ncf__flow_system_init(ncf_flow_system_t *system, const struct ncf_problem *problem,
                                   const ncf_flow_settings_t *options, ncf_error_t *err);
void ncf__flow_system_clear(ncf_flow_system_t *system);

/* The state of s(0) = start. */
void ncf__flow_system_start(double *state, ncf_flow_system_t *system, const double *start);

/* The right-hand side; returns 0, or 1 when it is not finite. */
int ncf__flow_system_rate(double *rate, ncf_flow_system_t *system, const double *state);

/* out = the derivative of the right-hand side at the state, in the direction v. */
int ncf__flow_system_jacobian(double *out, ncf_flow_system_t *system, const double *state,
                              const double *v);

double ncf__flow_system_tau(const ncf_flow_system_t *system, double sigma, const double *state);
double ncf__flow_system_log_norm(const ncf_flow_system_t *system, const double *state);

/*
 * The loss of a training flow; to first order, from the last evaluation, where that is near.
 */
double ncf__flow_system_loss(ncf_flow_system_t *system, const double *state);

/* sample but for `event`, and q; evaluates at the state. */
void ncf__flow_system_observe(ncf_flow_sample_t *sample, double *q, ncf_flow_system_t *system,
                              double sigma, const double *state);

/* ---- Events (flow_events.c) -------------------------------------------------------- */

/* Conditions are numbers that are >= 0 where the event is met: the user's, then our own. */
typedef struct {
    ncf_flow_system_t *system;
    const ncf_flow_settings_t *options;
    slong count;     /* event_count + 2 */
    double *targets; /* event_count x n: unit vectors of caps */
    double *q;       /* n */
} ncf_flow_conditions_t;

void ncf__flow_conditions_init(ncf_flow_conditions_t *conditions, ncf_flow_system_t *system,
                               const ncf_flow_settings_t *options);
void ncf__flow_conditions_clear(ncf_flow_conditions_t *conditions);
void ncf__flow_conditions_evaluate(double *out, ncf_flow_conditions_t *conditions,
                                   double sigma, const double *state);

/* ---- The record (record.c) --------------------------------------------------------- */

void ncf__flow_record(ncf_flow_t *flow, ncf_flow_system_t *system, double sigma,
                      const double *state, slong event);

/* Drops half of the samples when there are so many, see most_rows. */
void ncf__flow_thin(ncf_flow_t *flow, slong most);

/* Compares the energy of the state with the least one so far. */
void ncf__flow_check_energy(ncf_flow_t *flow, ncf_flow_system_t *system, double sigma,
                            const double *state);

/* ---- Stiffness (stiffness.c) ---------------------------------------------------------- */

/* What is remembered of the last steps. */
typedef struct {
    slong count, unknowns;   /* components that are looked at */
    double sigma;
    double *state, *rate;    /* count, after the last step */
    double *first;           /* the state before the row */
    double *change;          /* count: the next rate */
    double *memory;          /* of them all */
    double *fast, *moved;    /* length of a state: direction of a fast mode, and its image */
    slong rows_to_wait;      /* before the fast modes are looked at again */
    slong steps, row;        /* since the method began; in a row without much growth */
    slong steady;            /* of the row */
    double first_step, limit; /* of the row; the step at which stability stopped its growth */
    int grown;               /* an implicit method has made much larger steps */
} ncf_stiffness_t;

void ncf__stiffness_init(ncf_stiffness_t *stiffness, const ncf_flow_system_t *system);
void ncf__stiffness_clear(ncf_stiffness_t *stiffness);
/* Another method begins. */
void ncf__stiffness_restart(ncf_stiffness_t *stiffness);
/* After each step: is it time for a method of the other kind? */
int ncf__stiffness_observe(ncf_stiffness_t *stiffness, ncf_flow_system_t *system,
                           ncf_flow_method_t method, double sigma, const double *state);
int ncf__flow_is_explicit(ncf_flow_method_t method);

/* ---- Vectors of SUNDIALS (vector.c) ---------------------------------------------------- */

/* Our kernels for an N_Vector and its clones. */
void ncf__flow_vector_kernels(void *vector);

/* ---- Integrators (integrator.c) ----------------------------------------------------- */

typedef struct ncf_integrator ncf_integrator_t;

typedef enum { NCF_STEP_DONE, NCF_STEP_ROOT, NCF_STEP_FAILED } ncf_step_t;

/* NULL when the library refuses, for want of memory. */
ncf_integrator_t *ncf__integrator_new(ncf_flow_system_t *system,
                                      ncf_flow_conditions_t *conditions,
                                      ncf_flow_method_t method, const double *state);
void ncf__integrator_free(ncf_integrator_t *integrator);

/* One step, or up to where a condition becomes true: roots[k] is 1 for those, else 0. */
ncf_step_t ncf__integrator_step(ncf_integrator_t *integrator, double *sigma, double *state,
                                int *roots);

/*
 * The state at a time within the last step: by dense output, and as exact as the end of a step,
 * which costs a step of Runge-Kutta methods.
 */
void ncf__integrator_state(double *state, ncf_integrator_t *integrator, double sigma);
void ncf__integrator_dense(double *state, ncf_integrator_t *integrator, double sigma);

/* How often the method changed. */
slong ncf__integrator_switches(const ncf_integrator_t *integrator);

/* What the integrator said last, static text. */
const char *ncf__integrator_reason(const ncf_integrator_t *integrator);

/* ---- Gradient descent (descent.c) ---------------------------------------------------- */

void ncf__flow_descend(ncf_flow_t *flow, ncf_flow_system_t *system,
                       ncf_flow_conditions_t *conditions, double *state,
                       const ncf_flow_settings_t *options, const ncf_limits_t *limits);

/* Whether a step, an event or a limit ends the run; sets flow->end when it does. */
int ncf__flow_meets(ncf_flow_t *flow, ncf_flow_conditions_t *conditions, const int *met,
                    double sigma, const double *state);
slong ncf__flow_step_limit(const ncf_flow_settings_t *options);

#endif
