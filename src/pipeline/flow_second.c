/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * flow_second.c: the early phase of a run again. The runs are compared where their weights
 * have the same length, not at the same time: for L > 2 the time of escape magnifies every
 * error, the direction does not.
 */
#include "../flow/taylor.h"
#include "flow_run_internal.h"

#include <math.h>
#include <string.h>

#define CHECKPOINTS 6
#define GROWN 1.001 /* a length that is so much greater can be waited for */

typedef struct {
    struct ncf_flow_run *run;
    const struct ncf_problem *problem;
    const ncf_limits_t *limits;
    double *centre;
    ncf_second_run_t first;
} judge_t;

double *ncf__flow_run_centre(const struct ncf_flow_run *run)
{
    double *centre = ncf__malloc((size_t) run->unknowns, sizeof(double));
    arb_srcptr point = run->matching->found.point.point;
    for (slong j = 0; j < run->unknowns; j++)
        centre[j] = arf_get_d(arb_midref(point + j), ARF_RND_NEAR);
    return centre;
}

static const double *row_of(const struct ncf_flow_run *run, slong k)
{
    return run->table + k * (run->unknowns + 4) + 1;
}

static double length(const double *a, slong n)
{
    double scale = 0, sum = 0;
    for (slong i = 0; i < n; i++)
        scale = fmax(scale, fabs(a[i]));
    for (slong i = 0; i < n && scale > 0; i++)
        sum += (a[i] / scale) * (a[i] / scale);
    return scale * sqrt(sum);
}

/* By the chord of the unit vectors: accurate for small angles. */
static double angle_between(const double *a, const double *b, slong n)
{
    double size_a = length(a, n), size_b = length(b, n), square = 0;
    for (slong i = 0; i < n; i++)
        square += (a[i] / size_a - b[i] / size_b) * (a[i] / size_a - b[i] / size_b);
    return 2 * asin(fmin(1, sqrt(square) / 2));
}

/* |w| / delta of a row. */
static double growth(const struct ncf_flow_run *run, slong k)
{
    double norm = row_of(run, k)[run->unknowns + 1];
    return run->plan.rescaled ? norm : norm / fmpq_get_d(run->delta);
}

/* ---- In doubles --------------------------------------------------------------------- */

static int direction_in_cap(const struct ncf_flow_run *run, const double *q)
{
    slong n = run->unknowns, prec = run->plan.precision + 30;
    arb_ptr v = _arb_vec_init(n);
    for (slong j = 0; j < n; j++)
        arb_set_d(v + j, q[j]);
    int inside =
        ncf__cap_contains(&run->matching->cap, &run->matching->found.point, v, prec);
    _arb_vec_clear(v, n);
    return inside;
}

/*
 * Fills `out` but for its method. The run ends at the length of the last early row, or at its
 * time where the weights do not grow.
 */
static void run_again(ncf_second_run_t *out, const judge_t *judge)
{
    const struct ncf_flow_run *run = judge->run;
    slong n = run->unknowns, last = run->matching->early - 1;
    ncf_flow_settings_t settings;
    ncf_flow_t flow;
    ncf_error_t err;
    ncf_error_init(&err);
    ncf__flow_run_settings(&settings, run, out->method);
    double cap = arf_get_d(run->matching->cap.angle, ARF_RND_DOWN), grown = growth(run, last);
    ncf_event_t events[] = {{.kind = NCF_EVENT_CAP, .value = cap, .point = judge->centre},
                            {.kind = NCF_EVENT_NORM_ABOVE, .value = grown * settings.delta,
                             .stops = 1}};
    int grows = run->plan.kind != NCF_FLOW_SPHERE && grown > GROWN;
    settings.every = 0;
    settings.events = events;
    settings.event_count = grows ? 2 : 1;
    settings.until = grows ? INFINITY : run->taus[last];
    if (grows) /* a flow that blows up must not end for that reason just before */
        settings.blow_up = 2 * grown;
    if (ncf__flow_run(&flow, judge->problem, run->start, &settings, judge->limits, &err) !=
        NCF_OK) {
        out->failure = ncf__strdup(err.text);
        return;
    }
    out->done = flow.end == (grows ? NCF_FLOW_END_EVENT : NCF_FLOW_END_TIME);
    out->steps = flow.steps;
    out->entry_tau = flow.event_taus[0];
    const double *q = flow.directions + (flow.count - 1) * n;
    out->difference = angle_between(q, row_of(run, last), n);
    out->in_cap = out->done && direction_in_cap(run, q);
    if (!out->done)
        out->failure = ncf__strdup(flow.message[0] != '\0' ? flow.message
                                                           : "its weights do not grow so far");
    ncf__flow_clear(&flow);
}

/* The partner that judges; where Adams or Runge-Kutta gives up, an implicit method. */
static ncf_flow_method_t partner(ncf_flow_method_t method)
{
    static const ncf_flow_method_t partners[] = {NCF_FLOW_RUNGE_KUTTA, NCF_FLOW_ADAMS,
                                                 NCF_FLOW_KRYLOV, NCF_FLOW_BDF};
    return partners[method];
}

static void run_second(judge_t *judge)
{
    ncf_second_run_t *second = &judge->run->second;
    second->method = partner(judge->run->plan.method);
    run_again(second, judge);
    if (second->done || second->method == NCF_FLOW_BDF || second->method == NCF_FLOW_KRYLOV ||
        ncf__limit_reached(judge->limits) != NCF_LIMIT_NONE)
        return;
    ncf__free(second->failure);
    *second = (ncf_second_run_t) {.method = NCF_FLOW_BDF, .entry_tau = NAN};
    run_again(second, judge);
}

/* ---- In multiprecision -------------------------------------------------------------- */

/* Goes on to the row; compares; 0 after a failure. */
static int reach(struct ncf_flow_run *run, fmpq *state, slong k, double from,
                 ncf_taylor_options_t *options, const judge_t *judge)
{
    slong n = run->unknowns;
    ncf_taylor_t taylor;
    ncf_error_t err;
    ncf_error_init(&err);
    int grows = growth(run, k) > GROWN;
    ncf__rational_set_double(options->norm, grows ? growth(run, k) : 0);
    fmpq_mul(options->norm, options->norm, run->delta);
    ncf__rational_set_double(options->until, grows ? 0 : run->taus[k] - from);
    if (ncf__taylor_run(&taylor, judge->problem, state, options, judge->limits, &err) != NCF_OK) {
        run->reference_failure = ncf__strdup(err.text);
        return 0;
    }
    int done = taylor.end == (grows ? NCF_FLOW_END_EVENT : NCF_FLOW_END_TIME);
    double *w = ncf__malloc((size_t) n, sizeof(double));
    for (slong j = 0; j < n; j++) {
        arf_get_fmpq(state + j, arb_midref(taylor.weights + j));
        w[j] = arf_get_d(arb_midref(taylor.weights + j), ARF_RND_NEAR);
    }
    if (done) {
        run->reference_angle = fmax(run->reference_rows > 0 ? run->reference_angle : 0,
                                    angle_between(w, row_of(run, k), n));
        run->reference_rows++;
    } else {
        run->reference_failure = ncf__strdup("it does not get so far");
    }
    ncf__free(w);
    ncf__taylor_clear(&taylor);
    return done;
}

/* Some rows of the early phase, each from the one before it. */
static void run_reference(judge_t *judge)
{
    struct ncf_flow_run *run = judge->run;
    slong n = run->unknowns, last = run->matching->early - 1, first = last;
    ncf_taylor_options_t options;
    while (first > 1 && growth(run, first - 1) > GROWN)
        first--;
    ncf__taylor_options_init(&options);
    options.kind = run->plan.kind;
    fmpq_set(options.delta, run->delta);
    fmpq *state = _fmpq_vec_init(n);
    for (slong j = 0; j < n; j++)
        ncf__rational_set_double(state + j, run->start[j]);
    slong step = (last - first) / (CHECKPOINTS - 1) + 1;
    double from = 0;
    for (slong k = last - (last - first) / step * step; k <= last; k += step) {
        if (!reach(run, state, k, from, &options, judge))
            break;
        from = run->taus[k];
    }
    _fmpq_vec_clear(state, n);
    ncf__taylor_options_clear(&options);
}

/* ---- Judging ------------------------------------------------------------------------ */

static const char *const method_names[] = {"Adams", "Runge-Kutta", "BDF", "Krylov"};

static void job(void *context, slong index, int worker)
{
    judge_t *judge = context;
    (void) worker;
    if (index == 0)
        run_again(&judge->first, judge);
    else if (index == 1 && judge->run->ran_second)
        run_second(judge);
    else if (index == 2 && judge->run->plan.reference)
        run_reference(judge);
}

static void conclude(struct ncf_flow_run *run)
{
    const ncf_second_run_t *second = &run->second;
    if (!run->ran_second || second->in_cap)
        return;
    const char *name = method_names[second->method];
    ncf__flow_run_withdraw(
        run, second->done
                 ? ncf__format("two integrators disagree: with %s the early phase ends outside of "
                               "the cap, %.2g away in direction",
                               name, second->difference)
                 : ncf__format("a second integrator, %s, does not reach the end of the early "
                               "phase: %s",
                               name, second->failure));
}

void ncf__flow_run_judge(struct ncf_flow_run *run, const struct ncf_problem *problem,
                         const ncf_limits_t *limits)
{
    if (run->matching->word != NCF_MATCH_MATCHED || run->matching->early < 2)
        return;
    judge_t judge = {.run = run, .problem = problem, .limits = limits};
    judge.first = (ncf_second_run_t) {.method = run->plan.method, .entry_tau = NAN};
    judge.centre = ncf__flow_run_centre(run);
    run->second.entry_tau = NAN;
    run->ran_second = run->plan.kind != NCF_FLOW_DESCENT;
    ncf_limit_t limit = ncf__parallel_for(3, run->plan.threads, job, &judge, limits,
                                          "integrating again");
    if (limit == NCF_LIMIT_NONE)
        limit = ncf__limit_reached(limits);
    run->entry_tau = judge.first.entry_tau;
    if (limit == NCF_LIMIT_NONE)
        conclude(run);
    else
        run->limit = limit;
    ncf__free(judge.first.failure);
    ncf__free(judge.centre);
}
