/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* flow.c: one run from start to end, see flow.h. */
#include "flow_internal.h"

#include <math.h>
#include <string.h>

#define REST_INTERVAL 10 /* steps between two looks at the speed */

void ncf__flow_settings_default(ncf_flow_settings_t *options)
{
    memset(options, 0, sizeof(*options));
    options->delta = 1e-3;
    options->tolerance = 1e-10;
    options->step = 0.1;
    options->until = INFINITY;
    options->every = 1;
}

void ncf__flow_random_start(double *out, slong n, uint64_t seed, uint64_t run)
{
    ncf_random_t random;
    ncf__random_init(&random, seed, run);
    double square = 0;
    while (!(square > 0)) {
        for (slong i = 0; i < n; i++) {
            double radius = sqrt(-2 * log1p(-ncf__random_unit(&random)));
            out[i] = radius * cos(2 * M_PI * ncf__random_unit(&random));
            square += out[i] * out[i];
        }
    }
    for (slong i = 0; i < n; i++)
        out[i] /= sqrt(square);
}

slong ncf__flow_step_limit(const ncf_flow_settings_t *options)
{
    return options->max_steps > 0 ? options->max_steps : 1000000;
}

/* ---- Options ----------------------------------------------------------------------- */

static const char *wrong_event(const ncf_event_t *event)
{
    if (event->kind == NCF_EVENT_CALLBACK)
        return event->function == NULL ? "an event has no function" : NULL;
    if (!(event->value > 0) || !isfinite(event->value))
        return "the bound of an event is not a positive number";
    return event->kind == NCF_EVENT_CAP && event->point == NULL ? "a cap has no centre" : NULL;
}

static const char *wrong_option(const ncf_flow_settings_t *options)
{
    if (!(options->delta > 0) || !isfinite(options->delta))
        return "delta is not a positive number";
    if (!(options->tolerance >= 1e-14 && options->tolerance <= 0.1))
        return "the tolerance is not between 1e-14 and 0.1";
    if (!(options->until > 0))
        return "the end of the time is not positive";
    if (options->kind == NCF_FLOW_DESCENT && !(options->step > 0 && isfinite(options->step)))
        return "the step is not a positive number";
    for (slong k = 0; k < options->time_count; k++) {
        double before = k == 0 ? 0 : options->times[k - 1];
        if (!(options->times[k] >= before) || !isfinite(options->times[k]))
            return "the times of the record do not increase";
    }
    for (slong k = 0; k < options->event_count; k++) {
        const char *wrong = wrong_event(options->events + k);
        if (wrong != NULL)
            return wrong;
    }
    return NULL;
}

static const char *wrong_start(const double *start, slong n)
{
    double largest = 0;
    for (slong i = 0; i < n; i++) {
        if (!isfinite(start[i]))
            return "an initial weight is not finite";
        largest = fmax(largest, fabs(start[i]));
    }
    return largest > 0 ? NULL : "the initial weights are all zero";
}

/* ---- Events ------------------------------------------------------------------------ */

/* Marks and records an event of the user's; returns 1 when it ends the run. */
static int meet_event(ncf_flow_t *flow, ncf_flow_conditions_t *conditions, slong k,
                      double sigma, const double *state)
{
    if (!isnan(flow->event_taus[k]))
        return 0;
    flow->event_taus[k] = ncf__flow_system_tau(conditions->system, sigma, state);
    ncf__flow_record(flow, conditions->system, sigma, state, k);
    if (!conditions->options->events[k].stops)
        return 0;
    flow->end = NCF_FLOW_END_EVENT;
    flow->end_event = k;
    return 1;
}

int ncf__flow_meets(ncf_flow_t *flow, ncf_flow_conditions_t *conditions, const int *met,
                    double sigma, const double *state)
{
    slong count = conditions->options->event_count;
    for (slong k = 0; k < count; k++) {
        if (met[k] > 0 && meet_event(flow, conditions, k, sigma, state))
            return 1;
    }
    if (met[count] > 0)
        flow->end = NCF_FLOW_END_BLOW_UP;
    else if (met[count + 1] > 0)
        flow->end = NCF_FLOW_END_TIME;
    return met[count] > 0 || met[count + 1] > 0;
}

/* Events that hold at the start; a plateau has to be entered. */
static int meets_at_start(ncf_flow_t *flow, ncf_flow_conditions_t *conditions,
                          const double *state)
{
    const ncf_flow_settings_t *options = conditions->options;
    double *values = ncf__malloc((size_t) conditions->count, sizeof(double));
    int *met = ncf__calloc((size_t) conditions->count, sizeof(int));
    ncf__flow_conditions_evaluate(values, conditions, 0, state);
    for (slong k = 0; k < options->event_count; k++)
        met[k] = values[k] >= 0 && options->events[k].kind != NCF_EVENT_PLATEAU;
    int ends = ncf__flow_meets(flow, conditions, met, 0, state);
    ncf__free(values);
    ncf__free(met);
    return ends;
}

/* ---- Integration ------------------------------------------------------------------- */

typedef struct {
    ncf_flow_t *flow;
    ncf_flow_system_t *system;
    ncf_flow_conditions_t *conditions;
    const ncf_flow_settings_t *options;
    ncf_integrator_t *integrator;
    double sigma, before; /* after this step and the one before */
    double *state, *between;
    int *roots;
    slong next; /* of options->times */
} run_t;

/* The time of the integrator at which tau is wanted, by bisection within the last step. */
static double find_time(run_t *run, double tau)
{
    if (run->system->form != NCF_FORM_POLAR)
        return tau;
    double low = run->before, high = run->sigma;
    for (int k = 0; k < 60; k++) {
        double middle = low + (high - low) / 2;
        ncf__integrator_dense(run->between, run->integrator, middle);
        if (ncf__flow_system_tau(run->system, middle, run->between) < tau)
            low = middle;
        else
            high = middle;
    }
    return high;
}

static void record_times(run_t *run)
{
    double tau = ncf__flow_system_tau(run->system, run->sigma, run->state);
    for (; run->next < run->options->time_count; run->next++) {
        double wanted = run->options->times[run->next];
        if (wanted > tau)
            return;
        double sigma = find_time(run, wanted);
        ncf__integrator_state(run->between, run->integrator, sigma);
        ncf__flow_record(run->flow, run->system, sigma, run->between, -1);
    }
}

/* Nothing moves any more, to the last bit. */
static int at_rest(run_t *run)
{
    if (isfinite(run->options->until) || run->flow->steps % REST_INTERVAL != 0)
        return 0;
    ncf_flow_sample_t sample;
    ncf__flow_system_observe(&sample, run->between, run->system, run->sigma, run->state);
    return sample.speed == 0;
}

static int watch_ends(run_t *run)
{
    const ncf_flow_settings_t *options = run->options;
    ncf_flow_sample_t sample;
    if (options->watch == NULL)
        return 0;
    double *q = run->conditions->q;
    ncf__flow_system_observe(&sample, q, run->system, run->sigma, run->state);
    return options->watch(options->watch_context, q, sample.log_norm);
}

/* Returns 1 at the end of the run. */
static int advance(run_t *run)
{
    ncf_flow_t *flow = run->flow;
    run->before = run->sigma;
    ncf_step_t step = ncf__integrator_step(run->integrator, &run->sigma, run->state, run->roots);
    if (step == NCF_STEP_FAILED) {
        flow->end = NCF_FLOW_END_FAILED;
        snprintf(flow->message, sizeof(flow->message), "%s",
                 ncf__integrator_reason(run->integrator));
        return 1;
    }
    record_times(run);
    flow->steps += step == NCF_STEP_DONE;
    int ends = step == NCF_STEP_ROOT &&
               ncf__flow_meets(flow, run->conditions, run->roots, run->sigma, run->state);
    ncf__flow_check_energy(flow, run->system, run->sigma, run->state);
    if (!ends && step == NCF_STEP_DONE && watch_ends(run)) {
        flow->end = NCF_FLOW_END_WATCH;
        return 1;
    }
    if (!ends && step == NCF_STEP_DONE && run->options->every > 0 &&
        flow->steps % run->options->every == 0) {
        ncf__flow_record(flow, run->system, run->sigma, run->state, -1);
        ncf__flow_thin(flow, run->options->most_rows);
    }
    if (!ends && at_rest(run)) {
        flow->end = NCF_FLOW_END_REST;
        return 1;
    }
    return ends;
}

static void integrate(run_t *run, const ncf_limits_t *limits)
{
    size_t length = (size_t) run->system->length;
    run->between = ncf__malloc(length, sizeof(double));
    run->roots = ncf__malloc((size_t) run->conditions->count, sizeof(int));
    run->integrator = ncf__integrator_new(run->system, run->conditions, run->options->method,
                                          run->state);
    slong most = ncf__flow_step_limit(run->options);
    if (run->integrator == NULL) {
        run->flow->end = NCF_FLOW_END_FAILED;
        snprintf(run->flow->message, sizeof(run->flow->message), "the integrator cannot start");
    } else {
        int ends = 0;
        while (!ends && run->flow->steps < most) {
            if (ncf__limit_reached(limits) != NCF_LIMIT_NONE) {
                run->flow->end = NCF_FLOW_END_LIMIT;
                break;
            }
            ends = advance(run);
        }
        run->flow->switches = ncf__integrator_switches(run->integrator);
    }
    ncf__integrator_free(run->integrator);
    ncf__free(run->between);
    ncf__free(run->roots);
}

/* tau where |s| becomes infinite, if the growth rate stays: d tau = e^((2-L) rho) d rho / mu. */
static double estimate_blow_up(const ncf_flow_t *flow)
{
    const ncf_flow_sample_t *last = flow->samples + flow->count - 1;
    double rate = flow->degree * last->value; /* mu = q . grad N(q) = L N(q) */
    if (!(flow->degree > 2) || !(rate > 0))
        return INFINITY;
    return last->tau + exp((2 - flow->degree) * last->log_norm) / ((flow->degree - 2) * rate);
}

static void flow_init(ncf_flow_t *flow, const ncf_flow_system_t *system,
                      const ncf_flow_settings_t *options)
{
    flow->unknowns = system->n;
    flow->delta = options->delta;
    flow->degree = system->degree;
    flow->end = NCF_FLOW_END_STEPS;
    flow->energy_falls = 1;
    flow->blow_up_tau = INFINITY;
    flow->event_taus = ncf__malloc((size_t) options->event_count, sizeof(double));
    for (slong k = 0; k < options->event_count; k++)
        flow->event_taus[k] = NAN;
}

static void run_system(ncf_flow_t *flow, ncf_flow_system_t *system, const double *start,
                       const ncf_flow_settings_t *options, const ncf_limits_t *limits)
{
    ncf_flow_conditions_t conditions;
    double *state = ncf__malloc((size_t) system->length, sizeof(double));
    flow_init(flow, system, options);
    ncf__flow_system_start(state, system, start);
    ncf__flow_conditions_init(&conditions, system, options);
    ncf__flow_record(flow, system, 0, state, -1);
    ncf__flow_check_energy(flow, system, 0, state);
    run_t run = {.flow = flow, .system = system, .conditions = &conditions,
                 .options = options, .state = state};
    if (!meets_at_start(flow, &conditions, state)) {
        if (options->kind == NCF_FLOW_DESCENT)
            ncf__flow_descend(flow, system, &conditions, state, options, limits);
        else
            integrate(&run, limits);
        /* An event at the end has been recorded already. */
        if (flow->end != NCF_FLOW_END_EVENT)
            ncf__flow_record(flow, system, options->kind == NCF_FLOW_DESCENT
                                               ? (double) flow->steps * options->step *
                                                     exp((system->degree - 2) * system->log_delta)
                                               : run.sigma,
                             state, -1);
    }
    if (options->kind == NCF_FLOW_CORRELATION && system->homogeneous)
        flow->blow_up_tau = estimate_blow_up(flow);
    flow->evaluations = system->evaluations;
    ncf__flow_conditions_clear(&conditions);
    ncf__free(state);
}

ncf_status_t ncf__flow_run(ncf_flow_t *flow, const struct ncf_problem *problem,
                           const double *start, const ncf_flow_settings_t *options,
                           const ncf_limits_t *limits, ncf_error_t *err)
{
    memset(flow, 0, sizeof(*flow));
    const char *wrong = wrong_option(options);
    if (wrong != NULL)
        return ncf__fail(err, NCF_EARG, "%s", wrong);
    ncf_flow_system_t system;
    ncf_status_t status = ncf__flow_system_init(&system, problem, options, err);
    if (status == NCF_OK) {
        wrong = wrong_start(start, system.n);
        if (wrong != NULL)
            status = ncf__fail(err, NCF_EARG, "%s", wrong);
    }
    if (status == NCF_OK)
        run_system(flow, &system, start, options, limits);
    ncf__flow_system_clear(&system);
    return status;
}
