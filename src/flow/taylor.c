/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* taylor.c: steps of the multiprecision engine, see taylor.h. */
#include "taylor.h"

#include <math.h>
#include <string.h>

void ncf__taylor_options_init(ncf_taylor_options_t *options)
{
    options->kind = NCF_FLOW_TRAINING;
    options->digits = 30;
    options->max_steps = 0;
    fmpq_init(options->delta);
    fmpq_init(options->until);
    fmpq_init(options->norm);
    fmpq_set_si(options->delta, 1, 1000);
}

void ncf__taylor_options_clear(ncf_taylor_options_t *options)
{
    fmpq_clear(options->delta);
    fmpq_clear(options->until);
    fmpq_clear(options->norm);
}

void ncf__taylor_clear(ncf_taylor_t *result)
{
    _arb_vec_clear(result->weights, result->unknowns);
    arb_clear(result->tau);
}

static const char *wrong_option(const ncf_taylor_options_t *options)
{
    if (options->kind != NCF_FLOW_TRAINING && options->kind != NCF_FLOW_CORRELATION)
        return "only training and correlation flows have a Taylor engine";
    if (options->digits < 10 || options->digits > 1000)
        return "the number of digits is not between 10 and 1000";
    if (fmpq_sgn(options->delta) <= 0)
        return "delta is not positive";
    if (fmpq_sgn(options->until) < 0 || fmpq_sgn(options->norm) < 0)
        return "an end is negative";
    return fmpq_is_zero(options->until) && fmpq_is_zero(options->norm) ? "the run has no end"
                                                                       : NULL;
}

/* ---- Steps -------------------------------------------------------------------------- */

typedef struct {
    ncf_program_t program[1];
    slong n, order, prec;
    arb_ptr square;  /* order + 1: the series of |s|^2 */
    arb_t bound;     /* where |s|^2 ends the run, 0: nowhere */
    arb_t left;      /* tau still to go */
    int has_bound, has_end;
} engine_t;

static arb_ptr coefficients(const engine_t *engine, slong i)
{
    return engine->program->coefficients + i * (engine->order + 1);
}

/* log2 of the largest coefficient k of all weights; -inf where all are zero. */
static double log_size(const engine_t *engine, slong k)
{
    double largest = -INFINITY;
    for (slong i = 0; i < engine->n; i++) {
        arf_srcptr c = arb_midref(coefficients(engine, i) + k);
        if (arf_is_zero(c))
            continue;
        if (!arf_is_finite(c))
            return NAN;
        double mantissa;
        fmpz_t exponent;
        fmpz_init(exponent);
        arf_t m;
        arf_init(m);
        arf_frexp(m, exponent, c);
        mantissa = arf_get_d(m, ARF_RND_NEAR);
        largest = fmax(largest, fmpz_get_d(exponent) + log2(fabs(mantissa)));
        arf_clear(m);
        fmpz_clear(exponent);
    }
    return largest;
}

/*
 * log2 of the step at which the last two terms are as small as the tolerance asks: the radius
 * of convergence from their roots, over e^2, for an order of -ln(tolerance) / 2 + 1.
 */
static double log_step(const engine_t *engine)
{
    double size = log_size(engine, 0), step = INFINITY;
    for (slong k = engine->order - 1; k <= engine->order; k++) {
        double term = log_size(engine, k);
        if (isnan(term))
            return NAN;
        step = fmin(step, (size - term) / (double) k);
    }
    return step - (2 + 0.7 / (double) (engine->order - 1)) / M_LN2;
}

/* out = sum c_k h^k */
static void horner(arb_t out, arb_srcptr c, slong order, const arb_t h, slong prec)
{
    arb_t sum;
    arb_init(sum);
    arf_srcptr t = arb_midref(h);
    for (slong k = order; k >= 0; k--) {
        arf_mul(arb_midref(sum), arb_midref(sum), t, prec, ARF_RND_NEAR);
        arf_add(arb_midref(sum), arb_midref(sum), arb_midref(c + k), prec, ARF_RND_NEAR);
    }
    arb_swap(out, sum);
    arb_clear(sum);
}

static void expand_square(engine_t *engine)
{
    for (slong k = 0; k <= engine->order; k++) {
        arb_zero(engine->square + k);
        for (slong i = 0; i < engine->n; i++)
            arb_approx_dot(engine->square + k, engine->square + k, 0, coefficients(engine, i), 1,
                           coefficients(engine, i) + k, -1, k + 1, engine->prec);
    }
}

static int passes_bound(const engine_t *engine, const arb_t h)
{
    arb_t value;
    arb_init(value);
    horner(value, engine->square, engine->order, h, engine->prec);
    int passes = arf_cmp(arb_midref(value), arb_midref(engine->bound)) >= 0;
    arb_clear(value);
    return passes;
}

/* Shortens h to where |s|^2 meets the bound, by bisection. */
static void cut_at_bound(engine_t *engine, arb_t h)
{
    arb_t low, middle;
    arb_init(low);
    arb_init(middle);
    for (slong k = 0; k < engine->prec; k++) {
        arf_add(arb_midref(middle), arb_midref(low), arb_midref(h), engine->prec, ARF_RND_NEAR);
        arf_mul_2exp_si(arb_midref(middle), arb_midref(middle), -1);
        if (passes_bound(engine, middle))
            arb_set(h, middle);
        else
            arb_set(low, middle);
    }
    arb_clear(low);
    arb_clear(middle);
}

static void advance_weights(engine_t *engine, const arb_t h)
{
    for (slong i = 0; i < engine->n; i++) {
        arb_ptr c = coefficients(engine, i);
        horner(c, c, engine->order, h, engine->prec);
    }
}

/* One step; returns 1 when the run ends with it. */
static int step(ncf_taylor_t *result, engine_t *engine)
{
    ncf__program_expand(engine->program, engine->n);
    double size = log_step(engine);
    if (isnan(size)) {
        result->end = NCF_FLOW_END_FAILED;
        return 1;
    }
    int ends = 0;
    arb_t h;
    arb_init(h);
    if (isfinite(size) && fabs(size) < 1e15) {
        arb_set_d(h, exp2(size - floor(size)));
        arb_mul_2exp_si(h, h, (slong) floor(size));
    }
    if (engine->has_end && (!isfinite(size) ||
                            arf_cmp(arb_midref(h), arb_midref(engine->left)) >= 0)) {
        arb_set(h, engine->left);
        ends = 1;
        result->end = NCF_FLOW_END_TIME;
    } else if (!isfinite(size)) {
        ends = 1;
        result->end = NCF_FLOW_END_REST;
    }
    if (engine->has_bound) {
        expand_square(engine);
        if (passes_bound(engine, h)) {
            cut_at_bound(engine, h);
            ends = 1;
            result->end = NCF_FLOW_END_EVENT;
        }
    }
    advance_weights(engine, h);
    arb_add(result->tau, result->tau, h, result->prec);
    arb_sub(engine->left, engine->left, h, result->prec);
    mag_zero(arb_radref(result->tau));
    mag_zero(arb_radref(engine->left));
    arb_clear(h);
    result->steps++;
    return ends;
}

/* ---- Runs --------------------------------------------------------------------------- */

static void run_engine(ncf_taylor_t *result, engine_t *engine,
                       const ncf_taylor_options_t *options, const ncf_limits_t *limits)
{
    slong most = options->max_steps > 0 ? options->max_steps : 100000;
    int ends = 0;
    result->end = NCF_FLOW_END_STEPS;
    while (!ends && result->steps < most) {
        if (ncf__limit_reached(limits) != NCF_LIMIT_NONE) {
            result->end = NCF_FLOW_END_LIMIT;
            break;
        }
        ends = step(result, engine);
    }
    for (slong i = 0; i < engine->n; i++)
        arb_set(result->weights + i, coefficients(engine, i));
}

static void engine_init(engine_t *engine, ncf_taylor_t *result, const fmpq *start,
                        const ncf_taylor_options_t *options)
{
    engine->square = _arb_vec_init(engine->order + 1);
    engine->has_end = !fmpq_is_zero(options->until);
    engine->has_bound = !fmpq_is_zero(options->norm);
    arb_init(engine->bound);
    arb_init(engine->left);
    arb_set_fmpq(engine->left, options->until, result->prec);
    arb_set_fmpq(engine->bound, options->norm, engine->prec);
    arb_div_fmpz(engine->bound, engine->bound, fmpq_numref(options->delta), engine->prec);
    arb_mul_fmpz(engine->bound, engine->bound, fmpq_denref(options->delta), engine->prec);
    arb_sqr(engine->bound, engine->bound, engine->prec);
    mag_zero(arb_radref(engine->left));
    mag_zero(arb_radref(engine->bound));
    for (slong i = 0; i < engine->n; i++) {
        arb_set_fmpq(coefficients(engine, i), start + i, engine->prec);
        mag_zero(arb_radref(coefficients(engine, i)));
    }
}

static int all_zero(const fmpq *start, slong n)
{
    for (slong i = 0; i < n; i++) {
        if (!fmpq_is_zero(start + i))
            return 0;
    }
    return 1;
}

/*
 * tau stands still to the digits of the state when the weights escape from a tiny delta, but
 * what is added to it then is needed: it has more digits.
 */
static slong tau_precision(slong prec, const fmpq_t delta, double degree)
{
    double bits = (double) fmpz_bits(fmpq_denref(delta));
    return prec + (slong) fmin(degree * bits, 1e6);
}

ncf_status_t ncf__taylor_run(ncf_taylor_t *result, const struct ncf_problem *problem,
                             const fmpq *start, const ncf_taylor_options_t *options,
                             const ncf_limits_t *limits, ncf_error_t *err)
{
    const char *wrong = wrong_option(options);
    if (wrong != NULL)
        return ncf__fail(err, NCF_EARG, "%s", wrong);
    ncf_network_t network;
    if (!ncf__network_init(network, problem))
        return ncf__fail(err, NCF_ESPEC, "the network is too large to integrate");
    if (all_zero(start, network->unknowns)) {
        ncf__network_clear(network);
        return ncf__fail(err, NCF_EARG, "the initial weights are all zero");
    }
    fmpz_t degree;
    fmpz_init_set_ui(degree, 2);
    int homogeneous = ncf__problem_homogeneous(degree, problem);
    ulong power = homogeneous ? fmpz_get_ui(degree) : 2;
    fmpz_clear(degree);
    memset(result, 0, sizeof(*result));
    engine_t engine = {.n = network->unknowns};
    engine.prec = (slong) (3.33 * (double) options->digits) + 40;
    engine.order = (slong) (M_LN10 / 2 * (double) options->digits) + 2;
    result->unknowns = engine.n;
    result->order = engine.order;
    result->prec = tau_precision(engine.prec, options->delta, (double) power);
    result->weights = _arb_vec_init(engine.n);
    arb_init(result->tau);
    ncf__program_init(engine.program, network, problem, options->kind, options->delta,
                      homogeneous, power, engine.order, engine.prec);
    engine_init(&engine, result, start, options);
    run_engine(result, &engine, options, limits);
    _arb_vec_clear(engine.square, engine.order + 1);
    arb_clear(engine.bound);
    arb_clear(engine.left);
    ncf__program_clear(engine.program);
    ncf__network_clear(network);
    return NCF_OK;
}
