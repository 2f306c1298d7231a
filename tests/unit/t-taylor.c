/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* t-taylor.c: the multiprecision flow against closed forms, and as judge of the double one. */
#include "../harness.h"

#include "../../src/flow/taylor.h"

#include <math.h>
#include <string.h>

static ncf_problem_t *read_problem(const char *network, const char *data, const char *loss)
{
    ncf_problem_t *problem = NULL;
    ncf_error_t err;
    char *text = ncf__format("{\"ncf\": 1, \"network\": %s, \"data\": %s, \"loss\": \"%s\"}",
                             network, data, loss);
    if (ncf_problem_parse(&problem, text, strlen(text), "test", "", &err) != NCF_OK)
        ncf_test_note("%s: %s", network, err.text);
    ncf__free(text);
    return problem;
}

#define ONE_UNIT \
    "{\"type\": \"feedforward\", \"widths\": [1, 1, 1], \"activation\": {\"type\": \"power\", " \
    "\"degree\": 2}}"
#define DATA \
    "{\"x\": [[\"1\", \"2\"], [\"3\", \"-1\"], [\"-1\", \"1\"], [\"2\", \"2\"]], \"y\": [\"1\", " \
    "\"-1\", \"2\", \"1\"]}"

/* log10 of |a - b|, at least -1000 */
static double log_error(const arb_t a, const arb_t b)
{
    arb_t difference;
    arb_init(difference);
    arb_sub(difference, a, b, 4000);
    arb_abs(difference, difference);
    double error = -1000;
    if (!arb_contains_zero(difference)) {
        arb_log(difference, difference, 60);
        error = arf_get_d(arb_midref(difference), ARF_RND_NEAR) / M_LN10;
    }
    arb_clear(difference);
    return error;
}

/* N = 6 v w from (w, v) = (1, 0): cosh and sinh of 6 tau. */
static void test_closed_form(void)
{
    ncf_problem_t *problem = read_problem(
        "{\"type\": \"feedforward\", \"widths\": [1, 1, 1], \"activation\": {\"type\": "
        "\"linear\"}}",
        "{\"x\": [[\"2\"]], \"y\": [\"3\"]}", "square");
    static const slong digits[] = {15, 50, 150};
    fmpq *start = _fmpq_vec_init(2);
    fmpq_set_si(start, 1, 1);
    fmpq_set_si(start + 1, 0, 1);
    arb_t expected;
    arb_init(expected);
    for (int k = 0; k < 3; k++) {
        ncf_taylor_options_t options;
        ncf_taylor_t result;
        ncf_error_t err;
        ncf__taylor_options_init(&options);
        options.kind = NCF_FLOW_CORRELATION;
        options.digits = digits[k];
        fmpq_set_si(options.until, 1, 3);
        ncf_status_t status = ncf__taylor_run(&result, problem, start, &options, NULL, &err);
        double error = 0;
        if (status == NCF_OK) {
            arb_set_ui(expected, 2);
            arb_cosh(expected, expected, 2000);
            error = log_error(result.weights, expected);
            arb_set_ui(expected, 2);
            arb_sinh(expected, expected, 2000);
            error = fmax(error, log_error(result.weights + 1, expected));
            CHECK(result.end == NCF_FLOW_END_TIME);
            ncf__taylor_clear(&result);
        }
        CHECK_MSG(error < 2.0 - (double) digits[k], "%ld digits: error 1e%.1f",
                  (long) digits[k], error);
        ncf__taylor_options_clear(&options);
    }
    arb_clear(expected);
    _fmpq_vec_clear(start, 2);
    ncf_problem_free(problem);
}

/* N = 3 v w^2 from w = 99, v = 70: w^2 - 2 v^2 = 1 is conserved up to |s| = 10^6. */
static void test_near_blow_up(void)
{
    ncf_problem_t *problem =
        read_problem(ONE_UNIT, "{\"x\": [[\"1\"]], \"y\": [\"3\"]}", "square");
    fmpq *start = _fmpq_vec_init(2);
    fmpq_set_si(start, 99, 1);
    fmpq_set_si(start + 1, 70, 1);
    ncf_taylor_options_t options;
    ncf_taylor_t result;
    ncf_error_t err;
    ncf__taylor_options_init(&options);
    options.kind = NCF_FLOW_CORRELATION;
    options.digits = 40;
    fmpq_set_si(options.delta, 1, 1);
    fmpq_set_si(options.norm, 1000000, 1);
    ncf_status_t status = ncf__taylor_run(&result, problem, start, &options, NULL, &err);
    CHECK(status == NCF_OK);
    if (status == NCF_OK) {
        arb_t conserved, norm, part;
        arb_init(conserved);
        arb_init(norm);
        arb_init(part);
        CHECK(result.end == NCF_FLOW_END_EVENT);
        /* w^2 - 2 v^2 = 9801 - 9800 is conserved. */
        arb_sqr(conserved, result.weights, 400);
        arb_sqr(part, result.weights + 1, 400);
        arb_add(norm, conserved, part, 400);
        arb_mul_ui(part, part, 2, 400);
        arb_sub(conserved, conserved, part, 400);
        arb_one(part);
        CHECK_MSG(log_error(conserved, part) < -22, "1e%.1f", log_error(conserved, part));
        arb_set_str(part, "1e12", 100);
        CHECK_MSG(log_error(norm, part) < -24, "1e%.1f", log_error(norm, part));
        arb_clear(conserved);
        arb_clear(norm);
        arb_clear(part);
        ncf__taylor_clear(&result);
    }
    ncf__taylor_options_clear(&options);
    _fmpq_vec_clear(start, 2);
    ncf_problem_free(problem);
}

/* ---- The judge of the double engine --------------------------------------------------- */

typedef struct {
    const char *network, *loss;
    slong unknowns, power; /* delta = 10^-power */
    double until, norm;
} case_t;

static void make_start(fmpq *exact, double *approx, slong n)
{
    for (slong i = 0; i < n; i++) {
        approx[i] = (double) ((i * 37 + 11) % 17 - 8) / 16;
        ncf__rational_set_double(exact + i, approx[i]);
    }
}

static ncf_status_t run_taylor(ncf_taylor_t *result, const ncf_problem_t *problem,
                               const case_t *test, const fmpq *start)
{
    ncf_taylor_options_t options;
    ncf_error_t err;
    ncf__taylor_options_init(&options);
    options.digits = 22;
    fmpq_set_si(options.delta, 1, 10);
    fmpq_pow_si(options.delta, options.delta, test->power);
    ncf__rational_set_double(options.until, test->until);
    ncf__rational_set_double(options.norm, test->norm);
    ncf_status_t status = ncf__taylor_run(result, problem, start, &options, NULL, &err);
    ncf__taylor_options_clear(&options);
    return status;
}

/* The difference of the directions, of ln|s| and of tau; negative where the ends differ. */
static double difference(const ncf_flow_t *flow, const ncf_taylor_t *exact)
{
    slong n = flow->unknowns, last = flow->count - 1;
    double length = 0, *s = ncf__malloc((size_t) n, sizeof(double));
    for (slong i = 0; i < n; i++) {
        s[i] = arf_get_d(arb_midref(exact->weights + i), ARF_RND_NEAR);
        length = hypot(length, s[i]);
    }
    const ncf_flow_sample_t *sample = flow->samples + last;
    double worst = fabs(sample->log_norm - log(length)) / fmax(1, fabs(log(length)));
    for (slong i = 0; i < n; i++)
        worst = fmax(worst, fabs(flow->directions[last * n + i] - s[i] / length));
    worst = fmax(worst, fabs(sample->tau / arf_get_d(arb_midref(exact->tau), ARF_RND_NEAR) - 1));
    ncf__free(s);
    return exact->end == flow->end ? worst : -1;
}

static double run_double(const ncf_problem_t *problem, const case_t *test,
                         const double *start, ncf_flow_method_t method,
                         const ncf_taylor_t *exact)
{
    ncf_event_t event = {.kind = NCF_EVENT_NORM_ABOVE, .value = test->norm, .stops = 1};
    ncf_flow_settings_t options;
    ncf_error_t err;
    ncf__flow_settings_default(&options);
    options.delta = pow(10, -(double) test->power);
    options.method = method;
    options.tolerance = 1e-14;
    options.until = test->until > 0 ? test->until : INFINITY;
    options.events = &event;
    options.event_count = test->norm > 0;
    ncf_flow_t flow;
    if (ncf__flow_run(&flow, problem, start, &options, NULL, &err) != NCF_OK)
        return -1;
    double worst = difference(&flow, exact);
    ncf__flow_clear(&flow);
    return worst;
}

/* Every type of network; the data are those of theory (2b). */
static const case_t cases[] = {
    {"{\"type\": \"feedforward\", \"widths\": [2, 3, 1], \"activation\": {\"type\": \"power\", "
     "\"degree\": 2}}",
     NULL, 9, 1, 0.5, 0},
    {"{\"type\": \"feedforward\", \"widths\": [2, 2, 1, 1], \"activation\": {\"type\": \"power\", "
     "\"degree\": 2}}",
     NULL, 7, 1, 0.3, 0},
    {"{\"type\": \"feedforward\", \"widths\": [2, 2, 1], \"activation\": {\"type\": \"power\", "
     "\"degree\": 3}}",
     NULL, 6, 1, 0.05, 0},
    {"{\"type\": \"feedforward\", \"widths\": [2, 2, 1, 1], \"activation\": {\"type\": "
     "\"linear\"}}",
     NULL, 7, 1, 0.3, 0},
    {"{\"type\": \"feedforward\", \"widths\": [2, 3, 1], \"activation\": {\"type\": "
     "\"polynomial\", \"coefficients\": [\"1/2\", \"1\", \"1/4\"]}}",
     NULL, 9, 1, 0.5, 0},
    {"{\"type\": \"convolution\", \"length\": 2, \"layers\": [{\"channels\": 2, \"kernel\": 1, "
     "\"pooling\": 2}], \"activation\": {\"type\": \"power\", \"degree\": 2}}",
     NULL, 4, 1, 0.3, 0},
    {"{\"type\": \"convolution\", \"length\": 2, \"layers\": [{\"channels\": 2, \"kernel\": 1}, "
     "{\"channels\": 1, \"kernel\": 2}], \"activation\": {\"type\": \"power\", \"degree\": 2}, "
     "\"head\": \"sum\"}",
     NULL, 6, 1, 0.3, 0},
    {"{\"type\": \"polynomial\", \"weights\": [\"a\", \"b\"], \"inputs\": [\"x1\", \"x2\"], "
     "\"output\": \"a^2*x1 + a*b*x2^2 - 1/2*b\"}",
     NULL, 2, 1, 0.3, 0},
    {"{\"type\": \"sum\", \"parts\": [{\"type\": \"feedforward\", \"widths\": [2, 2, 1], "
     "\"activation\": {\"type\": \"power\", \"degree\": 2}}, {\"type\": \"polynomial\", "
     "\"weights\": [\"a\", \"b\"], \"inputs\": [\"x1\", \"x2\"], \"output\": \"a^2*b*x1*x2 - "
     "b^3*x2^2 + 2*a^2*b\"}]}",
     NULL, 8, 1, 0.1, 0},
};

/* To |w| = 0.5 from |w| = 1e-30. */
static const case_t tiny = {"{\"type\": \"feedforward\", \"widths\": [2, 3, 1], \"activation\": "
                            "{\"type\": \"power\", \"degree\": 2}}",
                            "square", 9, 30, 0, 0.5};

static void judge(const case_t *test, const char *loss)
{
    static const ncf_flow_method_t methods[] = {NCF_FLOW_ADAMS, NCF_FLOW_RUNGE_KUTTA};
    ncf_problem_t *problem = read_problem(test->network, DATA, loss);
    fmpq *exact = _fmpq_vec_init(test->unknowns);
    double start[9], errors[2] = {-1, -1};
    ncf_taylor_t result;
    make_start(exact, start, test->unknowns);
    if (problem != NULL && run_taylor(&result, problem, test, exact) == NCF_OK) {
        for (int m = 0; m < 2; m++)
            errors[m] = run_double(problem, test, start, methods[m], &result);
        ncf__taylor_clear(&result);
    }
    for (int m = 0; m < 2; m++)
        CHECK_MSG(errors[m] >= 0 && errors[m] < 1e-12, "%s, %s, method %d: %g", test->network,
                  loss, m, errors[m]);
    _fmpq_vec_clear(exact, test->unknowns);
    ncf_problem_free(problem);
}

static void test_judge(void)
{
    static const char *const losses[] = {"square", "logistic", "exponential"};
    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
        for (int loss = 0; loss < 3; loss++)
            judge(cases + k, losses[loss]);
    }
    judge(&tiny, tiny.loss);
}

/* ---- Stiff flows ---------------------------------------------------------------------- */

/*
 * H = w . x with the points (30, 0) and (0, 1): one weight settles 900 times as fast as the
 * other, and the steps of an explicit method stay held down by it.
 */
static void test_stiff(void)
{
    static const case_t linear = {"{\"type\": \"feedforward\", \"widths\": [2, 1], "
                                  "\"activation\": {\"type\": \"linear\"}}",
                                  "square", 2, 0, 2, 0};
    static const ncf_flow_method_t methods[] = {NCF_FLOW_ADAMS, NCF_FLOW_RUNGE_KUTTA};
    ncf_problem_t *problem = read_problem(
        linear.network, "{\"x\": [[30, 0], [0, 1]], \"y\": [30, 2]}", linear.loss);
    fmpq *exact = _fmpq_vec_init(2);
    ncf_taylor_t result;
    double start[2];
    make_start(exact, start, 2);
    CHECK(run_taylor(&result, problem, &linear, exact) == NCF_OK);
    for (int m = 0; m < 2; m++) {
        ncf_flow_settings_t options;
        ncf_error_t err;
        ncf_flow_t flow;
        ncf__flow_settings_default(&options);
        options.delta = 1;
        options.method = methods[m];
        options.tolerance = 1e-8;
        options.until = linear.until;
        CHECK(ncf__flow_run(&flow, problem, start, &options, NULL, &err) == NCF_OK);
        double error = difference(&flow, &result);
        CHECK_MSG(flow.switches > 0, "method %d stays explicit", m);
        CHECK_MSG(flow.steps < 1200, "method %d: %ld steps", m, (long) flow.steps);
        CHECK_MSG(error >= 0 && error < 1e-6, "method %d: %g", m, error);
        CHECK(flow.energy_falls);
        ncf__flow_clear(&flow);
    }
    ncf__taylor_clear(&result);
    _fmpq_vec_clear(exact, 2);
    ncf_problem_free(problem);
}

/* Short steps of a tight tolerance are not stiffness: up to an escape, against the judge. */
static void test_not_stiff(void)
{
    case_t test = tiny;
    test.power = 3;
    ncf_problem_t *problem = read_problem(tiny.network, DATA, tiny.loss);
    fmpq *exact = _fmpq_vec_init(tiny.unknowns);
    double start[9];
    ncf_taylor_t result;
    make_start(exact, start, tiny.unknowns);
    CHECK(run_taylor(&result, problem, &test, exact) == NCF_OK);
    for (int digits = 8; digits <= 14; digits += 3) {
        ncf_event_t event = {.kind = NCF_EVENT_NORM_ABOVE, .value = tiny.norm, .stops = 1};
        ncf_flow_settings_t options;
        ncf_error_t err;
        ncf_flow_t flow;
        ncf__flow_settings_default(&options);
        options.delta = 1e-3;
        options.tolerance = pow(10, -digits);
        options.events = &event;
        options.event_count = 1;
        CHECK(ncf__flow_run(&flow, problem, start, &options, NULL, &err) == NCF_OK);
        double error = difference(&flow, &result);
        CHECK_MSG(flow.switches == 0, "tolerance 1e-%d: implicit", digits);
        CHECK_MSG(error >= 0 && error < 1e3 * options.tolerance, "tolerance 1e-%d: %g", digits,
                  error);
        ncf__flow_clear(&flow);
    }
    ncf__taylor_clear(&result);
    _fmpq_vec_clear(exact, tiny.unknowns);
    ncf_problem_free(problem);
}

int main(void)
{
    static const ncf_test_t tests[] = {
        {"closed form to any number of digits", test_closed_form},
        {"norm before a blow-up", test_near_blow_up},
        {"the double engine", test_judge},
        {"a stiff flow", test_stiff},
        {"a flow that is not stiff", test_not_stiff},
        {NULL, NULL},
    };
    return ncf_test_main("taylor", tests);
}
