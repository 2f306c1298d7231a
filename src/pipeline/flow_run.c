/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * flow_run.c: a run, its match, and what may contradict it. The trajectory that is matched is
 * the one that is written, double by double, so that `ncf match` says the same of the file.
 */
#include "flow_run_internal.h"

#include "certify_points.h"

#include <math.h>
#include <string.h>

#define ZERO_SHARE 1e-3    /* of delta: the norm that ends a run */
#define ESCAPE_SHARE 0.5   /* of the loss at the start */
#define PLATEAU_SHARE 1e-3 /* of the gradient at weights of length 1 */
#define SPHERE_SHARE 1e-9  /* the same on the sphere, where the run is to converge */
#define BLOW_UP 1e30       /* of |w / delta| */
#define CAP_SHARE 0.99     /* of the certified angle: a run that stops there ends inside */
#define MAX_DEGREE 1000000

/* ---- What ends the run -------------------------------------------------------------- */

static ncf_run_event_t *find_event(ncf_run_events_t *events, ncf_until_t condition)
{
    for (slong k = 0; k < events->count; k++) {
        if (events->events[k].condition == condition)
            return &events->events[k];
    }
    return NULL;
}

/* Met conditions are worth a line even where they do not end the run. */
static void watch(ncf_run_events_t *events, ncf_until_t condition)
{
    if (find_event(events, condition) == NULL)
        events->events[events->count++] = (ncf_run_event_t) {condition, NAN, 0, NAN};
}

/* The sample at the start alone: its loss and its gradient are what others are measured by. */
static ncf_status_t probe(ncf_flow_sample_t *out, const struct ncf_flow_run *run,
                          const struct ncf_problem *problem, ncf_error_t *err)
{
    ncf_flow_settings_t settings;
    ncf_flow_t flow;
    ncf__flow_run_settings(&settings, run, run->plan.method);
    ncf_event_t here = {.kind = NCF_EVENT_NORM_BELOW, .value = 4 * settings.delta, .stops = 1};
    settings.events = &here;
    settings.event_count = 1;
    ncf_status_t status = ncf__flow_run(&flow, problem, run->start, &settings, NULL, err);
    if (status == NCF_OK) {
        *out = flow.samples[0];
        ncf__flow_clear(&flow);
    }
    return status;
}

/* The values that the run chooses. */
static void complete_events(struct ncf_flow_run *run, const ncf_flow_sample_t *start)
{
    ncf_flow_kind_t kind = run->plan.kind;
    if (ncf__match_is_training(kind)) {
        watch(&run->met, NCF_UNTIL_ESCAPE);
        watch(&run->met, NCF_UNTIL_PLATEAU);
    }
    double delta = fmpq_get_d(run->delta);
    /* From the gradient at w_0 on: at delta w_0 that of the loss is small as it is. */
    double power = kind == NCF_FLOW_SPHERE || run->degree == 0 ? 0 : (double) run->degree - 1;
    double plateau = kind == NCF_FLOW_SPHERE ? SPHERE_SHARE : PLATEAU_SHARE;
    for (slong k = 0; k < run->met.count; k++) {
        ncf_run_event_t *event = &run->met.events[k];
        if (!isnan(event->value))
            continue;
        if (event->condition == NCF_UNTIL_ESCAPE)
            event->value = ESCAPE_SHARE * start->loss;
        if (event->condition == NCF_UNTIL_PLATEAU)
            event->value = plateau * start->speed * exp(-power * log(delta));
        if (event->condition == NCF_UNTIL_ZERO)
            event->value = ZERO_SHARE * delta;
        if (event->condition == NCF_UNTIL_BLOW_UP) /* N = |w|^L N(q) stays a double */
            event->value = pow(10, fmin(log10(BLOW_UP), 250 / (double) (run->degree + 1) -
                                                            fmax(0, log10(delta))));
    }
}

/* ---- The engine --------------------------------------------------------------------- */

void ncf__flow_run_settings(ncf_flow_settings_t *settings, const struct ncf_flow_run *run,
                            ncf_flow_method_t method)
{
    ncf__flow_settings_default(settings);
    settings->kind = run->plan.kind;
    settings->method = method;
    settings->delta = fmpq_get_d(run->delta);
    settings->tolerance = run->plan.tolerance;
    settings->step = run->plan.step;
    settings->max_steps = run->plan.max_steps;
    settings->most_rows = run->plan.rows;
}

/* Rescaled time of a plain one. */
static double rescaled_time(const struct ncf_flow_run *run, double time)
{
    double power = run->degree > 0 ? (double) run->degree - 2 : 0;
    return time * exp(power * log(fmpq_get_d(run->delta)));
}

typedef struct {
    ncf_flow_settings_t settings;
    ncf_event_t events[NCF_RUN_MAX_EVENTS];
    slong of[NCF_RUN_MAX_EVENTS]; /* the event of the run that the engine's event stands for */
    double *centre;               /* n, where there is a cap */
} engine_t;

static void engine_event(engine_t *engine, ncf_event_kind_t kind, const ncf_run_event_t *event,
                         slong k)
{
    if (!(event->value > 0)) /* no loss, or no gradient, to begin with */
        return;
    slong count = engine->settings.event_count++;
    engine->events[count] = (ncf_event_t) {
        .kind = kind, .value = event->value, .point = engine->centre, .stops = event->stops};
    engine->of[count] = k;
}

static void engine_init(engine_t *engine, const struct ncf_flow_run *run, double *centre)
{
    ncf__flow_run_settings(&engine->settings, run, run->plan.method);
    engine->settings.events = engine->events;
    engine->centre = centre;
    for (slong k = 0; k < run->met.count; k++) {
        const ncf_run_event_t *event = &run->met.events[k];
        double *until = &engine->settings.until;
        switch (event->condition) {
        case NCF_UNTIL_TAU:
            *until = fmin(*until, event->value);
            break;
        case NCF_UNTIL_TIME:
            *until = fmin(*until, rescaled_time(run, event->value));
            break;
        case NCF_UNTIL_NORM:
            engine_event(engine, NCF_EVENT_NORM_ABOVE, event, k);
            break;
        case NCF_UNTIL_LOSS:
        case NCF_UNTIL_ESCAPE:
            engine_event(engine, NCF_EVENT_LOSS_BELOW, event, k);
            break;
        case NCF_UNTIL_PLATEAU:
            engine_event(engine, NCF_EVENT_PLATEAU, event, k);
            break;
        case NCF_UNTIL_ZERO:
            engine_event(engine, NCF_EVENT_NORM_BELOW, event, k);
            break;
        case NCF_UNTIL_BLOW_UP:
            engine->settings.blow_up = event->value;
            break;
        default:
            if (centre != NULL)
                engine_event(engine, NCF_EVENT_CAP, event, k);
        }
    }
}

/* ---- Rows --------------------------------------------------------------------------- */

/* Times have to increase: one that doubles do not tell from the one before moves up. */
static void set_times(struct ncf_flow_run *run, const ncf_flow_t *flow)
{
    slong width = run->unknowns + 4;
    double scale = run->plan.rescaled ? 1 : 1 / rescaled_time(run, 1);
    for (slong k = 0; k < run->count; k++) {
        double *time = &run->table[k * width];
        run->taus[k] = flow->samples[k].tau;
        *time = scale * run->taus[k];
        if (k > 0 && !(*time > time[-width])) {
            *time = nextafter(time[-width], INFINITY);
            run->merged_times++;
        }
    }
}

/* An event can coincide with a step: then there are two samples of one moment. */
static void drop_twins(ncf_flow_t *flow)
{
    size_t n = (size_t) flow->unknowns;
    slong kept = flow->count > 0;
    for (slong k = 1; k < flow->count; k++) {
        double *q = flow->directions + (size_t) k * n, *before = flow->directions + (size_t) (kept - 1) * n;
        if (flow->samples[k].tau == flow->samples[kept - 1].tau &&
            flow->samples[k].log_norm == flow->samples[kept - 1].log_norm &&
            memcmp(q, before, n * sizeof(double)) == 0)
            continue;
        flow->samples[kept] = flow->samples[k];
        memmove(before + n, q, n * sizeof(double));
        kept++;
    }
    flow->count = kept;
}

static int is_finite(const double *row, slong width)
{
    for (slong j = 0; j < width; j++) {
        if (!isfinite(row[j]))
            return 0;
    }
    return 1;
}

/* The rows from the first one on that are numbers; the start may be the only one. */
static void cut_rows(struct ncf_flow_run *run)
{
    slong width = run->unknowns + 4, k = 1;
    while (k < run->count && is_finite(run->table + k * width, width))
        k++;
    if (k == run->count)
        return;
    run->count = k;
    ncf__free(run->end);
    run->end = ncf__strdup("where a number leaves the range of doubles");
}

static void fill_table(struct ncf_flow_run *run, const ncf_flow_t *flow)
{
    size_t n = (size_t) run->unknowns, count = (size_t) flow->count;
    run->count = flow->count;
    run->table = ncf__realloc(run->table, count * (n + 4), sizeof(double));
    run->taus = ncf__realloc(run->taus, count, sizeof(double));
    run->merged_times = 0;
    for (slong k = 0; k < flow->count; k++) {
        double *row = run->table + (size_t) k * (n + 4);
        const ncf_flow_sample_t *sample = flow->samples + k;
        double norm = exp(sample->log_norm) * (run->plan.rescaled ? 1 : flow->delta);
        ncf__flow_weights(row + 1, flow, k, run->plan.rescaled);
        row[n + 1] = sample->loss;
        row[n + 2] = norm;
        row[n + 3] = run->degree > 0 ? sample->value * pow(norm, (double) run->degree)
                                     : sample->value;
    }
    set_times(run, flow);
    cut_rows(run);
}

static char *end_text(const ncf_flow_t *flow)
{
    switch (flow->end) {
    case NCF_FLOW_END_TIME:
        return ncf__strdup("at the time that was asked for");
    case NCF_FLOW_END_EVENT:
        return ncf__strdup("where a condition of --until was met");
    case NCF_FLOW_END_BLOW_UP:
        return ncf__strdup("where the weights had grown beyond all bounds");
    case NCF_FLOW_END_REST:
        return ncf__strdup("where nothing moves any more");
    case NCF_FLOW_END_STEPS:
        return ncf__format("after %ld steps, which is the limit", (long) flow->steps);
    case NCF_FLOW_END_LIMIT:
        return ncf__strdup("early: a limit was reached");
    default:
        return ncf__format("early: the integrator gave up: %s", flow->message);
    }
}

static void take_events(struct ncf_flow_run *run, const engine_t *engine, const ncf_flow_t *flow)
{
    for (slong k = 0; k < run->met.count; k++)
        run->met.events[k].tau = NAN;
    for (slong k = 0; k < engine->settings.event_count; k++)
        run->met.events[engine->of[k]].tau = flow->event_taus[k];
    for (slong k = 0; k < run->met.count; k++) {
        ncf_run_event_t *event = &run->met.events[k];
        double last = flow->samples[flow->count - 1].tau;
        int timed = event->condition == NCF_UNTIL_TAU || event->condition == NCF_UNTIL_TIME;
        double at = event->condition == NCF_UNTIL_TAU ? event->value
                                                      : rescaled_time(run, event->value);
        if ((timed && flow->end == NCF_FLOW_END_TIME && at <= engine->settings.until) ||
            (event->condition == NCF_UNTIL_BLOW_UP && flow->end == NCF_FLOW_END_BLOW_UP))
            event->tau = last;
    }
}

/* Integrates; centre: that of the cap for NCF_UNTIL_CAP, or NULL. */
static ncf_status_t integrate(struct ncf_flow_run *run, const struct ncf_problem *problem,
                              double *centre, const ncf_limits_t *limits, ncf_error_t *err)
{
    engine_t engine;
    ncf_flow_t flow;
    memset(&engine, 0, sizeof(engine));
    engine_init(&engine, run, centre);
    ncf_status_t status =
        ncf__flow_run(&flow, problem, run->start, &engine.settings, limits, err);
    if (status != NCF_OK)
        return status;
    take_events(run, &engine, &flow);
    run->steps = flow.steps;
    run->evaluations = flow.evaluations;
    run->blow_up_tau = flow.blow_up_tau;
    run->energy_falls = flow.energy_falls;
    run->energy_rise = flow.energy_rise;
    run->energy_scale = flow.energy_scale;
    run->limit = flow.end == NCF_FLOW_END_LIMIT ? ncf__limit_reached(limits) : NCF_LIMIT_NONE;
    ncf__free(run->end);
    run->end = end_text(&flow);
    drop_twins(&flow);
    fill_table(run, &flow);
    ncf__flow_clear(&flow);
    return NCF_OK;
}

/* ---- The match ---------------------------------------------------------------------- */

static struct ncf_trajectory *trajectory_of(const struct ncf_flow_run *run)
{
    struct ncf_trajectory *out = ncf__calloc(1, sizeof(*out));
    slong width = run->unknowns + 4;
    out->name = ncf__strdup("this run");
    out->format = "flow";
    out->count = run->count;
    out->has_times = 1;
    fmpq_mat_init(out->rows, run->count, run->unknowns);
    out->times = _fmpq_vec_init(run->count);
    for (slong k = 0; k < run->count; k++) {
        ncf__rational_set_double(out->times + k, run->table[k * width]);
        for (slong j = 0; j < run->unknowns; j++)
            ncf__rational_set_double(fmpq_mat_entry(out->rows, k, j),
                                     run->table[k * width + 1 + j]);
    }
    return out;
}

/* NULL, or why runs of this problem are not matched; allocated. */
static char *why_not_matched(const struct ncf_flow_run *run, const ncf_network_t network)
{
    if (run->degree == 0)
        return ncf__strdup("the network is not homogeneous: small weights have no limit direction");
    if (network->unknowns > NCF_CERTIFY_MAX_UNKNOWNS)
        return ncf__format("the network has more than %d weights: its KKT points are not certified",
                           NCF_CERTIFY_MAX_UNKNOWNS);
    return run->count < 2 ? ncf__format("the run is too short: it ends %s", run->end) : NULL;
}

/* Does nothing for a trajectory that is too short to be one. */
static void match_run(struct ncf_flow_run *run, const struct ncf_problem *problem,
                      const ncf_limits_t *limits)
{
    ncf_network_t network;
    ncf__matching_free(run->matching);
    run->matching = NULL;
    if (!ncf__network_init(network, problem)) /* the engine did */
        return;
    ncf__free(run->unmatched);
    run->unmatched = why_not_matched(run, network);
    if (run->unmatched != NULL) {
        ncf__network_clear(network);
        return;
    }
    struct ncf_trajectory *trajectory = trajectory_of(run);
    ncf_match_settings_t settings = {run->plan.kind, run->plan.precision, run->plan.max_precision,
                                     run->plan.rescaled ? fmpq_get_d(run->delta) : 1};
    run->matching =
        ncf__match_trajectory(problem, network[0], run->degree, trajectory, &settings, limits);
    if (run->limit == NCF_LIMIT_NONE)
        run->limit = run->matching->limit;
    ncf_trajectory_free(trajectory);
}

void ncf__flow_run_withdraw(struct ncf_flow_run *run, char *reason)
{
    struct ncf_matching *matching = run->matching;
    int taken_back = matching->word == NCF_MATCH_MATCHED || matching->word == NCF_MATCH_ZERO ||
                     matching->word == NCF_MATCH_AMBIGUOUS;
    if (!taken_back) {
        ncf__free(reason);
        return;
    }
    matching->word = NCF_MATCH_NONE;
    ncf__free(matching->reason);
    matching->reason = reason;
}

static void check_energy(struct ncf_flow_run *run)
{
    if (run->matching == NULL || run->energy_falls)
        return;
    ncf__flow_run_withdraw(
        run, run->plan.kind == NCF_FLOW_DESCENT
                 ? ncf__format("the loss rises by %.3g: the step is too large", run->energy_rise)
                 : ncf__format("the energy rises by %.3g, which a flow does not: the integration "
                               "is not right",
                               run->energy_rise));
}

/* Again, until the cap: the trajectory then ends inside of it. */
static ncf_status_t stop_in_cap(struct ncf_flow_run *run, const struct ncf_problem *problem,
                                const ncf_limits_t *limits, ncf_error_t *err)
{
    ncf_run_event_t *event = find_event(&run->met, NCF_UNTIL_CAP);
    if (event == NULL || run->matching == NULL || run->matching->word != NCF_MATCH_MATCHED ||
        run->limit != NCF_LIMIT_NONE || run->matching->entry == 0)
        return NCF_OK;
    event->value = CAP_SHARE * arf_get_d(run->matching->cap.angle, ARF_RND_DOWN);
    double *centre = ncf__flow_run_centre(run);
    ncf_status_t status = integrate(run, problem, centre, limits, err);
    ncf__free(centre);
    if (status == NCF_OK)
        match_run(run, problem, limits);
    return status;
}

/* ---- The whole ---------------------------------------------------------------------- */

static struct ncf_flow_run *run_new(const struct ncf_problem *problem, const ncf_run_plan_t *plan)
{
    struct ncf_flow_run *run = ncf__calloc(1, sizeof(*run));
    fmpz_t number;
    fmpz_init(number);
    run->plan = *plan;
    run->met = plan->until;
    fmpq_init(run->delta);
    fmpq_set(run->delta, plan->delta);
    ncf__problem_unknowns(number, problem);
    run->unknowns = fmpz_get_si(number);
    if (ncf__problem_homogeneous(number, problem) && fmpz_cmp_si(number, MAX_DEGREE) <= 0)
        run->degree = fmpz_get_si(number);
    fmpz_clear(number);
    run->start = ncf__malloc((size_t) run->unknowns, sizeof(double));
    memcpy(run->start, plan->start, (size_t) run->unknowns * sizeof(double));
    run->plan.delta = run->delta;
    run->plan.start = run->start;
    run->entry_tau = run->reference_angle = NAN;
    run->blow_up_tau = INFINITY;
    return run;
}

static ncf_status_t follow(struct ncf_flow_run *run, const struct ncf_problem *problem,
                           const ncf_limits_t *limits, ncf_error_t *err)
{
    ncf_flow_sample_t start;
    ncf_status_t status = probe(&start, run, problem, err);
    if (status != NCF_OK)
        return status;
    complete_events(run, &start);
    ncf__progress(limits, "integrating", 0, 0);
    status = integrate(run, problem, NULL, limits, err);
    if (status != NCF_OK)
        return status;
    if (run->count < 2 && run->steps == 0 && run->limit == NCF_LIMIT_NONE)
        return ncf__fail(err, NCF_EARG, "the run ends where it starts: a condition of until "
                                        "holds there");
    match_run(run, problem, limits);
    status = stop_in_cap(run, problem, limits, err);
    if (status == NCF_OK && run->matching != NULL && run->limit == NCF_LIMIT_NONE)
        ncf__flow_run_judge(run, problem, limits);
    check_energy(run);
    return status;
}

ncf_status_t ncf__flow_run_new(struct ncf_flow_run **out, const struct ncf_problem *problem,
                               const ncf_run_plan_t *plan, const ncf_limits_t *limits,
                               ncf_error_t *err)
{
    struct ncf_flow_run *run = run_new(problem, plan);
    ncf_status_t status = follow(run, problem, limits, err);
    *out = run;
    if (status != NCF_OK) {
        ncf__flow_run_free(run);
        *out = NULL;
    }
    return status;
}

void ncf__flow_run_free(struct ncf_flow_run *run)
{
    if (run == NULL)
        return;
    ncf__matching_free(run->matching);
    ncf__free(run->second.failure);
    ncf__free(run->reference_failure);
    ncf__free(run->unmatched);
    ncf__free(run->origin);
    ncf__free(run->end);
    ncf__free(run->table);
    ncf__free(run->taus);
    ncf__free(run->start);
    fmpq_clear(run->delta);
    ncf__free(run);
}

ncf_match_word_t ncf__flow_run_word(const struct ncf_flow_run *run)
{
    return run->matching != NULL ? run->matching->word : NCF_MATCH_NONE;
}

const char *ncf__flow_run_reason(const struct ncf_flow_run *run)
{
    return run->matching != NULL ? run->matching->reason : run->unmatched;
}
