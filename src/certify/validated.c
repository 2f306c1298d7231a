/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * validated.c: the flow from w_0 into a cap, for the sphere flow and for all small initial
 * scales at once, T-VALIDATEDFLOW.
 */
#include "validated.h"

#include "interval_matrix.h"
#include "validated_internal.h"

#include <stdatomic.h>

#define PREC 128
#define WIDEST 0.5         /* of a set that is still followed */
#define FINEST 0x1p-12     /* of a piece of [0, kappa], relative to its end */
#define FINEST_NEAR 0x1p-8 /* the same near the numerical limit */
#define NEAR 0.97          /* of the limit of delta */
#define BATCH 4            /* pieces at a time */
#define MOST_GROWTH 2      /* of a piece over the one before */
#define LEAST_GROWTH 0.8
#define GOOD_ERROR 2e-4   /* to aim at, at the end of a piece */
#define SMALLEST 0x1p-200 /* kappa at the end of the first piece */

void ncf__validated_flow_init(ncf_validated_flow_t *flow)
{
    arb_init(flow->growth);
    arb_init(flow->time);
    arb_init(flow->along);
    arb_init(flow->uniform_growth);
    arb_init(flow->uniform_time);
    arb_indeterminate(flow->growth);
    arb_indeterminate(flow->time);
    arb_indeterminate(flow->along);
    arb_indeterminate(flow->uniform_growth);
    arb_indeterminate(flow->uniform_time);
    flow->enters = flow->uniform = ncf_undecided();
    flow->reason = flow->uniform_reason = "not examined";
    flow->sphere_time = flow->delta = flow->delta_guess = 0;
    flow->steps = flow->pieces = flow->attempts = flow->uniform_steps = 0;
}

void ncf__validated_flow_clear(ncf_validated_flow_t *flow)
{
    arb_clear(flow->growth);
    arb_clear(flow->time);
    arb_clear(flow->along);
    arb_clear(flow->uniform_growth);
    arb_clear(flow->uniform_time);
}

/* ---- One run ---------------------------------------------------------------------- */

typedef struct {
    const struct ncf_problem *problem;
    const ncf_network_struct *network;
    arb_srcptr centre; /* u* */
    arb_ptr start;     /* q(0) = w_0/|w_0| */
    arb_t edge;        /* 1/sqrt(1 + tangent^2) */
    double max_time;
    slong max_steps, max_pieces;
    int threads;
    const ncf_limits_t *limits;
} ask_t;

/* |q| = 1 at all times, so q . u* alone decides: 1 proves that q is in the cap. */
static int in_cap(arb_t along, const ncf_tube_set_t *set, const ask_t *ask)
{
    ncf__tube_set_along(along, set, ask->centre, ask->network->unknowns, PREC);
    return arb_is_finite(along) && arb_ge(along, ask->edge);
}

static double width(const ncf_tube_set_t *set, slong n)
{
    double most = 0;
    for (slong j = 0; j < n; j++) {
        double radius = set->box[j].radius;
        for (int r = 0; r < FLOW_TURNS; r++)
            radius += fabs(set->column[r * set->m + j]);
        most = radius <= most ? most : radius;
    }
    return most;
}

/* q(0), and all k in [low, high] where the state has it. */
static void set_start(ncf_tube_set_t *set, const ncf_tube_t *flow, const ask_t *ask,
                      double low, double high)
{
    slong n = flow->unknowns;
    for (slong j = 0; j < n; j++) {
        ncf_midrad_t q = ncf__midrad_from_arb(ask->start + j, 0);
        set->centre[j] = q.mid;
        set->box[j] = set->tilted[j] = ncf__midrad(0, q.radius);
    }
    if (!flow->scaled)
        return;
    ncf__tube_set_scales(set, low, high);
}

/* Follows the set into the cap: NULL, or why it is not proved to get there. */
static const char *run(ncf_tube_set_t *set, arb_t along, slong *steps, const ncf_tube_t *flow,
                       const ask_t *ask, double max_time)
{
    const char *reason = NULL;
    ncf_tube_work_t work;
    ncf__tube_work_init(&work, flow);
    while (reason == NULL && !in_cap(along, set, ask)) {
        if (ncf__limit_reached(ask->limits) != NCF_LIMIT_NONE)
            reason = "a limit was reached";
        else if (!(set->time < max_time))
            reason = "the flow is not proved to enter in the time that is allowed";
        else if (*steps >= ask->max_steps)
            reason = "too many steps";
        else if (!(width(set, flow->unknowns) < WIDEST))
            reason = "the enclosure became too wide";
        else if (!ncf__tube_step(set, &work, flow, max_time))
            reason = "no step is proved";
        else
            ++*steps;
    }
    ncf__tube_work_clear(&work);
    return reason;
}

/* ---- Double arithmetic: what might be provable ------------------------------------ */

static double approx_along(const double *x, const ask_t *ask)
{
    double sum = 0;
    for (slong j = 0; j < ask->network->unknowns; j++)
        sum += x[j] * arf_get_d(arb_midref(ask->centre + j), ARF_RND_NEAR);
    return sum;
}

/* When the flow seems to enter the cap from k, or -1. */
static double guess_entry(const ncf_tube_t *flow, const ask_t *ask, double k)
{
    double edge = arf_get_d(arb_midref(ask->edge), ARF_RND_NEAR), time = 0;
    double *x = ncf__malloc((size_t) flow->state, sizeof(*x));
    ncf_tube_work_t work;
    ncf__tube_work_init(&work, flow);
    for (slong j = 0; j < flow->unknowns; j++)
        x[j] = arf_get_d(arb_midref(ask->start + j), ARF_RND_NEAR);
    if (flow->scaled)
        x[flow->unknowns] = k;
    slong steps = 0;
    double along = approx_along(x, ask);
    while (along < edge && time < ask->max_time && steps++ < ask->max_steps &&
           ncf__limit_reached(ask->limits) == NCF_LIMIT_NONE) {
        time += ncf__tube_approx_step(x, &work, flow, ask->max_time);
        along = approx_along(x, ask);
    }
    ncf__tube_work_clear(&work);
    ncf__free(x);
    return along >= edge ? time : -1;
}

/* About the largest delta up to `most` from which the training flow seems to enter. */
static double guess_delta(const ncf_tube_t *flow, const ask_t *ask, double most)
{
    double degree = (double) flow->degree, low = most, high = most;
    while (guess_entry(flow, ask, ldexp(pow(low, degree), -(int) flow->exponent)) < 0) {
        high = low;
        low *= 0.5;
        if (!(pow(low, degree) > SMALLEST))
            return 0;
    }
    for (int k = 0; k < 12 && low < high; k++) {
        double middle = sqrt(low * high);
        if (guess_entry(flow, ask, ldexp(pow(middle, degree), -(int) flow->exponent)) < 0)
            high = middle;
        else
            low = middle;
    }
    return low;
}

/* ---- The sphere flow -------------------------------------------------------------- */

/* 200 e-foldings of the norm at u*. */
static double default_time(const ncf_tube_t *flow, const ask_t *ask)
{
    ncf_tube_work_t work;
    ncf__tube_work_init(&work, flow);
    for (slong j = 0; j < flow->unknowns; j++)
        work.point[j] =
            ncf__midrad_point(arf_get_d(arb_midref(ask->centre + j), ARF_RND_NEAR));
    ncf__tube_expand(&work.remainder, flow, work.point, 0);
    double mu = fabs(ncf__tube_value(&work.remainder, flow->mu)[0].mid);
    ncf__tube_work_clear(&work);
    return mu > 0 ? 200 / mu : 1;
}

static void sphere_flow(ncf_validated_flow_t *out, ask_t *ask)
{
    ncf_tube_t flow;
    ncf_tube_set_t set;
    out->reason = ncf__tube_init(&flow, ask->problem, ask->network, 0, 0);
    if (out->reason != NULL)
        return;
    if (!(ask->max_time > 0))
        ask->max_time = default_time(&flow, ask);
    ncf__tube_set_init(&set, &flow);
    set_start(&set, &flow, ask, 0, 0);
    double entry = guess_entry(&flow, ask, 0);
    out->reason = entry < 0 ? "the flow is not seen to enter the cap"
                            : run(&set, out->along, &out->steps, &flow, ask,
                                  2 * entry + 0.01 * ask->max_time);
    if (out->reason == NULL) {
        out->enters = ncf_proved();
        out->sphere_time = set.time;
        ncf__tube_set_growth(out->growth, out->time, &set);
        arb_exp(out->growth, out->growth, PREC);
    } else
        arb_indeterminate(out->along);
    ncf__tube_set_clear(&set);
    ncf__tube_clear(&flow);
}

/* ---- All small scales ------------------------------------------------------------- */

/* All k in [low, high]: proved to enter, with the growth and the rescaled times then. */
typedef struct {
    double low, high;
    int proved;
    slong steps;
    double error; /* of the directions at the end, beside their polynomial in k */
    arb_t growth, time;
} piece_t;

static void prove_piece(piece_t *piece, const ncf_tube_t *flow, const ask_t *ask)
{
    ncf_tube_set_t set;
    double entry = guess_entry(flow, ask, piece->high);
    piece->proved = 0;
    piece->steps = 0;
    if (entry < 0)
        return;
    ncf__tube_set_init(&set, flow);
    set_start(&set, flow, ask, piece->low, piece->high);
    piece->proved = run(&set, piece->growth, &piece->steps, flow, ask,
                        1.5 * entry + 0.01 * ask->max_time) == NULL;
    piece->error = 0;
    for (slong j = 0; j < flow->unknowns; j++)
        piece->error = fmax(piece->error, set.box[j].radius);
    ncf__tube_set_growth(piece->growth, piece->time, &set);
    arb_exp(piece->growth, piece->growth, PREC);
    ncf__tube_set_clear(&set);
}

/* Consecutive pieces, which threads share; none counts beyond the first that is not proved. */
typedef struct {
    const ncf_tube_t *flow;
    const ask_t *ask;
    piece_t pieces[BATCH];
    slong count;
    atomic_long failed; /* the first one that is known not to be proved */
} batch_t;

static void batch_job(void *context, slong index, int worker)
{
    batch_t *batch = context;
    (void) worker;
    if (index > atomic_load(&batch->failed))
        return;
    prove_piece(batch->pieces + index, batch->flow, batch->ask);
    long failed = atomic_load(&batch->failed);
    while (!batch->pieces[index].proved && index < failed &&
           !atomic_compare_exchange_weak(&batch->failed, &failed, (long) index))
        continue;
}

/* Pieces of one length from `low` on. */
static void plan_batch(batch_t *batch, double low, double step, double target, slong most)
{
    batch->count = 0;
    while (batch->count < BATCH && batch->count < most && low < target) {
        piece_t *piece = batch->pieces + batch->count;
        piece->low = low;
        piece->high = fmin(low + step, target);
        piece->proved = 0;
        if (!(piece->high > low))
            break;
        batch->count++;
        low = piece->high;
    }
    atomic_store(&batch->failed, (long) batch->count);
}

static void count_piece(ncf_validated_flow_t *out, const piece_t *piece)
{
    out->attempts++;
    out->uniform_steps += piece->steps;
    if (!piece->proved)
        return;
    if (out->pieces++ == 0) {
        arb_set(out->uniform_growth, piece->growth);
        arb_set(out->uniform_time, piece->time);
    }
    arb_union(out->uniform_growth, out->uniform_growth, piece->growth, PREC);
    arb_union(out->uniform_time, out->uniform_time, piece->time, PREC);
}

/* How much longer pieces may be: the errors of wide pieces grow like a high power of the
 * length. */
static double growth_of(double error)
{
    double growth = pow(GOOD_ERROR / error, 0.125);
    return growth > MOST_GROWTH ? MOST_GROWTH : growth > LEAST_GROWTH ? growth : LEAST_GROWTH;
}

/*
 * The end of the interval [0, k] that is proved, piece by piece, at most `target`. The pieces
 * depend on what was proved before, and not on the threads.
 */
static double advance(ncf_validated_flow_t *out, batch_t *batch, double target)
{
    double proved = 0, step = target;
    double near = target * pow(NEAR, (double) batch->flow->degree);
    while (proved < target && out->pieces < batch->ask->max_pieces) {
        plan_batch(batch, proved, step, target, batch->ask->max_pieces - out->pieces);
        ncf__parallel_for(batch->count, batch->ask->threads, batch_job, batch,
                          batch->ask->limits, NULL);
        slong k = 0;
        for (; k < batch->count && batch->pieces[k].proved && batch->pieces[k].low <= proved;
             k++) {
            count_piece(out, batch->pieces + k);
            proved = batch->pieces[k].high;
        }
        if (k == batch->count && k > 0) {
            step *= growth_of(batch->pieces[k - 1].error);
            continue;
        }
        if (ncf__limit_reached(batch->ask->limits) != NCF_LIMIT_NONE || k == batch->count)
            break;
        count_piece(out, batch->pieces + k);
        step = 0.5 * (batch->pieces[k].high - proved);
        double finest = proved < near ? FINEST : FINEST_NEAR;
        if (!(step > finest * proved) || !(step > SMALLEST))
            break;
    }
    return proved;
}

static double prove_pieces(ncf_validated_flow_t *out, const ncf_tube_t *flow, const ask_t *ask,
                           double target)
{
    batch_t batch = {.flow = flow, .ask = ask};
    for (int k = 0; k < BATCH; k++) {
        arb_init(batch.pieces[k].growth);
        arb_init(batch.pieces[k].time);
    }
    double proved = advance(out, &batch, target);
    for (int k = 0; k < BATCH; k++) {
        arb_clear(batch.pieces[k].growth);
        arb_clear(batch.pieces[k].time);
    }
    return proved;
}

/* A double above 0 with delta^L <= 2^exponent k, or 0. */
static double scale_below(const ncf_tube_t *flow, double k)
{
    double delta = pow(ldexp(k, (int) flow->exponent), 1.0 / (double) flow->degree);
    int found = 0;
    arb_t power, bound;
    arb_init(power);
    arb_init(bound);
    arb_set_d(bound, k);
    arb_mul_2exp_si(bound, bound, flow->exponent);
    for (int tries = 0; tries < 60 && !found && delta > 0; tries++) {
        arb_set_d(power, delta);
        arb_pow_ui(power, power, (ulong) flow->degree, PREC);
        found = arb_le(power, bound);
        if (!found)
            delta *= 1 - ldexp(1, tries - 52);
    }
    arb_clear(bound);
    arb_clear(power);
    return found ? delta : 0;
}

/*
 * Where double arithmetic sees the flow miss the cap first, between what is proved and k:
 * scales beyond the first miss may enter again.
 */
static double refined_guess(const ncf_tube_t *flow, const ask_t *ask, double proved, double k)
{
    const int samples = 32;
    double low = proved, high = k;
    for (int i = 1; i < samples && high == k; i++) {
        double sample = proved * pow(k / proved, (double) i / samples);
        if (guess_entry(flow, ask, sample) < 0)
            high = sample;
        else
            low = sample;
    }
    for (int i = 0; i < 12 && high < k; i++) {
        double middle = sqrt(low * high);
        if (guess_entry(flow, ask, middle) < 0)
            high = middle;
        else
            low = middle;
    }
    return high < k ? low : k;
}

static void training_flow(ncf_validated_flow_t *out, const ask_t *ask, double max_delta)
{
    ncf_tube_t flow;
    int exponent = 0;
    out->uniform_reason = ncf__tube_init(&flow, ask->problem, ask->network, 1, 0);
    if (out->uniform_reason != NULL)
        return;
    out->delta_guess = guess_delta(&flow, ask, max_delta);
    double kappa = pow(out->delta_guess, (double) flow.degree);
    ncf__tube_clear(&flow);
    out->uniform_reason = "the training flow is not seen to enter the cap";
    if (!(kappa > 0))
        return;
    /* k = 2^-exponent kappa is about sqrt(kappa), which keeps the frame well conditioned. */
    frexp(kappa, &exponent);
    exponent /= 2;
    if (ncf__tube_init(&flow, ask->problem, ask->network, 1, exponent) != NULL)
        return;
    double target = ldexp(kappa, -exponent);
    double proved = prove_pieces(out, &flow, ask, target);
    out->delta = proved > 0 ? scale_below(&flow, proved) : 0;
    double seen = target;
    if (out->delta > 0 && proved < target)
        seen = refined_guess(&flow, ask, proved, target);
    if (seen < target)
        out->delta_guess =
            fmax(out->delta, pow(ldexp(seen, exponent), 1.0 / (double) flow.degree));
    if (out->delta > 0) {
        out->uniform = ncf_proved();
        out->uniform_reason = proved < seen ? "beyond, no piece of the scales was proved"
                              : out->delta_guess < max_delta
                                  ? "beyond, the flow is not seen to enter the cap"
                                  : NULL;
    } else
        out->uniform_reason = "no interval of scales was proved";
    ncf__tube_clear(&flow);
}

/* ---- The question ----------------------------------------------------------------- */

/* q(0) and the edge of the cap; returns NULL, or what is wrong with the question. */
static const char *prepare(ask_t *ask, const fmpq *start, double tangent)
{
    slong n = ask->network->unknowns;
    arb_t norm;
    arb_init(norm);
    for (slong j = 0; j < n; j++)
        arb_set_fmpq(ask->start + j, start + j, PREC);
    arb_dot(norm, NULL, 0, ask->start, 1, ask->start, 1, n, PREC);
    arb_sqrt(norm, norm, PREC);
    int positive = arb_is_positive(norm);
    _arb_vec_scalar_div(ask->start, ask->start, n, norm, PREC);
    arb_set_d(norm, tangent);
    arb_mul(norm, norm, norm, PREC);
    arb_add_ui(norm, norm, 1, PREC);
    arb_rsqrt(ask->edge, norm, PREC);
    arb_clear(norm);
    if (!positive)
        return "the initial weights are zero";
    if (!(tangent > 0) || !isfinite(tangent))
        return "the cap has no angle";
    return _arb_vec_is_finite(ask->centre, n) ? NULL : "the centre of the cap is not known";
}

void ncf__validated_flow(ncf_validated_flow_t *flow, const struct ncf_problem *problem,
                         const ncf_network_t network, const fmpq *start, arb_srcptr centre,
                         double tangent, const ncf_validated_options_t *options)
{
    static const ncf_validated_options_t usual = {0, 0, 0, 0, 0, 0, NULL};
    const ncf_validated_options_t *asked = options != NULL ? options : &usual;
    slong n = network->unknowns;
    ask_t ask;
    ask.problem = problem;
    ask.network = network;
    ask.centre = centre;
    ask.start = _arb_vec_init(n);
    arb_init(ask.edge);
    ask.max_time = asked->max_time;
    ask.max_steps = asked->max_steps > 0 ? asked->max_steps : 2000;
    ask.max_pieces = asked->max_pieces > 0 ? asked->max_pieces : 1000;
    ask.threads = asked->threads;
    ask.limits = asked->limits;
    ncf__validated_flow_clear(flow);
    ncf__validated_flow_init(flow);
    flow->reason = flow->uniform_reason = prepare(&ask, start, tangent);
    if (flow->reason == NULL) {
        sphere_flow(flow, &ask);
        flow->uniform_reason = !asked->uniform               ? "not asked for"
                               : ncf_is_proved(flow->enters) ? NULL
                                                             : flow->reason;
        if (flow->uniform_reason == NULL)
            training_flow(flow, &ask, asked->max_delta > 0 ? asked->max_delta : 1);
    }
    arb_clear(ask.edge);
    _arb_vec_clear(ask.start, n);
}
