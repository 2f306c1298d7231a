/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * flow_trial.c: one integration of the early phase in doubles, see flow_study.h. It ends where the
 * phase ends, or where nothing more can happen in it.
 */
#include "flow_study.h"

#include "../flow/flow.h"

#include <math.h>
#include <string.h>

#define AT_REST 1e-5     /* |dq/dt| / |grad N(q)| */
#define VANISHED 1e-6    /* |grad N(q)| against the largest one met */
#define SHRUNK 1e-3      /* |w| / |w(0)|, with lambda < 0 */
#define LEAST_ROWS 256      /* of directions are kept, and as many as fit in: */
#define MOST_NUMBERS 4000000

typedef struct {
    const struct ncf_problem *problem;
    const ncf_network_struct *network;
    ncf_flow_kind_t kind;
    double degree, log_delta;
    ncf_batch_t *batch;
    double *x, *y, *z, *moments;
    double *gradient, *other;
    double kappa;   /* |w|^L of what is measured */
    double largest; /* |grad N(q)| so far */
    int ended;
    ncf_trial_end_t end;
} gauge_t;

static void gauge_init(gauge_t *g, const struct ncf_problem *problem,
                       const ncf_network_struct *network, slong degree,
                       const ncf_study_plan_t *plan)
{
    slong points = problem->points, inputs = fmpq_mat_ncols(problem->x);
    size_t n = (size_t) network->unknowns;
    fmpq_mat_t weights;
    *g = (gauge_t) {.problem = problem,
                    .network = network,
                    .kind = plan->kind,
                    .degree = (double) degree,
                    .log_delta = log(plan->delta)};
    g->x = ncf__malloc((size_t) (points * inputs), sizeof(double));
    g->y = ncf__malloc((size_t) points, sizeof(double));
    g->z = ncf__malloc((size_t) points, sizeof(double));
    g->gradient = ncf__malloc(n, sizeof(double));
    g->other = ncf__malloc(n, sizeof(double));
    fmpq_mat_init(weights, points, 1);
    ncf__problem_weights(weights, problem);
    for (slong i = 0; i < points; i++) {
        g->y[i] = fmpq_get_d(fmpq_mat_entry(problem->y, i, 0));
        g->z[i] = fmpq_get_d(fmpq_mat_entry(weights, i, 0));
        for (slong j = 0; j < inputs; j++)
            g->x[i * inputs + j] = fmpq_get_d(fmpq_mat_entry(problem->x, i, j));
    }
    fmpq_mat_clear(weights);
    g->batch = ncf__batch_new(network, g->x, points);
    g->moments = ncf__batch_moments(g->batch, g->z);
}

static void gauge_clear(gauge_t *g)
{
    ncf__batch_free(g->batch);
    ncf__free(g->moments);
    ncf__free(g->x);
    ncf__free(g->y);
    ncf__free(g->z);
    ncf__free(g->gradient);
    ncf__free(g->other);
}

static void shifts(double *r, const double *h, slong first, slong count, void *context)
{
    const gauge_t *g = context;
    for (slong i = 0; i < count; i++)
        ncf__match_loss(&r[i], g->kappa * h[i], g->y[first + i], g->problem->loss);
}

static double length(const double *a, slong n)
{
    double sum = 0;
    for (slong i = 0; i < n; i++)
        sum += a[i] * a[i];
    return sqrt(sum);
}

/* Does the early phase end before the weights e^log_norm delta q? */
static int is_over(gauge_t *g, const double *q, double log_norm, double gradient_norm)
{
    if (g->kind != NCF_FLOW_TRAINING)
        return 0;
    g->kappa = exp(g->degree * (g->log_delta + log_norm));
    ncf__batch_gradient(g->other, NULL, g->batch, q, shifts, g);
    return !(length(g->other, g->network->unknowns) <= NCF_EARLY_DEVIATION * gradient_norm);
}

static int end_here(gauge_t *g, ncf_trial_end_t end)
{
    g->ended = 1;
    g->end = end;
    return 1;
}

static int watch(void *context, const double *q, double log_norm)
{
    gauge_t *g = context;
    slong n = g->network->unknowns;
    ncf__batch_correlation(g->gradient, g->batch, q, g->z, g->moments);
    double size = length(g->gradient, n), multiplier = 0;
    g->largest = fmax(g->largest, size);
    if (is_over(g, q, log_norm, size))
        return end_here(g, NCF_TRIAL_PHASE_OVER);
    if (size <= VANISHED * g->largest)
        return end_here(g, NCF_TRIAL_DIES);
    for (slong i = 0; i < n; i++)
        multiplier += g->gradient[i] * q[i];
    if (g->kind != NCF_FLOW_SPHERE && multiplier < 0 && log_norm <= log(SHRUNK))
        return end_here(g, NCF_TRIAL_ZERO);
    for (slong i = 0; i < n; i++)
        g->gradient[i] -= multiplier * q[i];
    if (length(g->gradient, n) > AT_REST * size || (g->kind == NCF_FLOW_TRAINING && multiplier > 0))
        return 0;
    return end_here(g, multiplier < 0 ? NCF_TRIAL_ZERO : NCF_TRIAL_REST);
}

static ncf_trial_end_t end_of(const ncf_flow_t *flow, const gauge_t *gauge)
{
    if (gauge->ended)
        return gauge->end;
    switch (flow->end) {
    case NCF_FLOW_END_STEPS:
        return NCF_TRIAL_STEPS;
    case NCF_FLOW_END_LIMIT:
        return NCF_TRIAL_LIMIT;
    case NCF_FLOW_END_FAILED:
        return NCF_TRIAL_FAILED;
    default:
        return NCF_TRIAL_REST;
    }
}

static void make_rows(ncf_trial_t *trial, slong early)
{
    trial->early = early;
    trial->directions = ncf__malloc((size_t) early, (size_t) trial->n * sizeof(double));
    trial->taus = ncf__malloc((size_t) early, sizeof(double));
    trial->log_norms = ncf__malloc((size_t) early, sizeof(double));
}

/* The rows but for one that the phase does not hold any more. */
static void take_rows(ncf_trial_t *trial, const ncf_flow_t *flow)
{
    size_t n = (size_t) trial->n;
    make_rows(trial, flow->count - (trial->end == NCF_TRIAL_PHASE_OVER));
    size_t early = (size_t) trial->early;
    memcpy(trial->directions, flow->directions, early * n * sizeof(double));
    for (size_t k = 0; k < early; k++) {
        trial->taus[k] = flow->samples[k].tau;
        trial->log_norms[k] = flow->samples[k].log_norm;
    }
}

static void integrate(ncf_trial_t *trial, gauge_t *gauge, const ncf_study_plan_t *plan,
                      ncf_flow_method_t method, const double *start, const ncf_limits_t *limits)
{
    ncf_flow_settings_t settings;
    ncf_flow_t flow;
    ncf__flow_settings_default(&settings);
    settings.kind = plan->kind;
    settings.method = method;
    settings.delta = plan->delta;
    settings.tolerance = plan->tolerance;
    settings.max_steps = plan->max_steps;
    settings.most_rows = FLINT_MAX(LEAST_ROWS, MOST_NUMBERS / gauge->network->unknowns);
    settings.watch = watch;
    settings.watch_context = gauge;
    trial->end = NCF_TRIAL_FAILED;
    if (ncf__flow_run(&flow, gauge->problem, start, &settings, limits, NULL) != NCF_OK)
        return;
    trial->end = end_of(&flow, gauge);
    trial->steps = flow.steps;
    trial->energy_falls = flow.energy_falls;
    take_rows(trial, &flow);
    ncf__flow_clear(&flow);
}

void ncf__flow_trial(ncf_trial_t *trial, const struct ncf_problem *problem,
                     const ncf_network_struct *network, slong degree,
                     const ncf_study_plan_t *plan, ncf_flow_method_t method,
                     const double *start, const ncf_limits_t *limits)
{
    gauge_t gauge;
    *trial = (ncf_trial_t) {.n = network->unknowns};
    gauge_init(&gauge, problem, network, degree, plan);
    if (watch(&gauge, start, 0)) {
        trial->end = gauge.end;
        trial->energy_falls = 1;
        make_rows(trial, gauge.end != NCF_TRIAL_PHASE_OVER);
        if (trial->early > 0) {
            memcpy(trial->directions, start, (size_t) trial->n * sizeof(double));
            trial->taus[0] = trial->log_norms[0] = 0;
        }
    } else {
        integrate(trial, &gauge, plan, method, start, limits);
    }
    gauge_clear(&gauge);
}

void ncf__flow_trial_clear(ncf_trial_t *trial)
{
    ncf__free(trial->directions);
    ncf__free(trial->taus);
    ncf__free(trial->log_norms);
}
