/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* t-flow.c: gradient flows against closed forms, against each other, and their events. */
#include "../harness.h"

#include "../../src/flow/flow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SQUARE "\"activation\": {\"type\": \"power\", \"degree\": 2}"
#define LINEAR "\"activation\": {\"type\": \"linear\"}"

static const ncf_flow_method_t methods[] = {NCF_FLOW_ADAMS, NCF_FLOW_RUNGE_KUTTA, NCF_FLOW_BDF,
                                            NCF_FLOW_KRYLOV};
#define METHODS 4

/* A feed-forward problem; x and y as JSON lists. */
static ncf_problem_t *read_problem(const char *network, const char *x, const char *y,
                                   const char *loss)
{
    ncf_problem_t *problem = NULL;
    ncf_error_t err;
    char *text = ncf__format("{\"ncf\": 1, \"network\": {%s}, \"data\": {\"x\": %s, \"y\": %s}, "
                             "\"loss\": \"%s\"}",
                             network, x, y, loss);
    if (ncf_problem_parse(&problem, text, strlen(text), "test", "", &err) != NCF_OK)
        ncf_test_note("%s: %s", network, err.text);
    ncf__free(text);
    return problem;
}

/* Two inputs, four points: the data of theory (2b). */
static ncf_problem_t *sample_problem(const char *widths, const char *loss)
{
    char *network = ncf__format("\"type\": \"feedforward\", \"widths\": %s, " SQUARE, widths);
    ncf_problem_t *problem =
        read_problem(network, "[[\"1\", \"2\"], [\"3\", \"-1\"], [\"-1\", \"1\"], [\"2\", \"2\"]]",
                     "[\"1\", \"-1\", \"2\", \"1\"]", loss);
    ncf__free(network);
    return problem;
}

static ncf_flow_settings_t options_of(ncf_flow_kind_t kind, ncf_flow_method_t method,
                                     double delta, double until)
{
    ncf_flow_settings_t options;
    ncf__flow_settings_default(&options);
    options.kind = kind;
    options.method = method;
    options.delta = delta;
    options.until = until;
    return options;
}

static void run_flow(ncf_flow_t *flow, const ncf_problem_t *problem, const double *start,
                     const ncf_flow_settings_t *options)
{
    ncf_error_t err = {0};
    ncf_status_t status = ncf__flow_run(flow, problem, start, options, NULL, &err);
    CHECK_MSG(status == NCF_OK, "%s", err.text);
}

static const ncf_flow_sample_t *last_sample(const ncf_flow_t *flow)
{
    return flow->samples + flow->count - 1;
}

/* The last weights, rescaled. */
static void last_weights(double *out, const ncf_flow_t *flow)
{
    ncf__flow_weights(out, flow, flow->count - 1, 1);
}

static double largest_difference(const double *a, const double *b, slong n)
{
    double largest = 0;
    for (slong i = 0; i < n; i++)
        largest = fmax(largest, fabs(a[i] - b[i]));
    return largest;
}

/* ---- Closed forms ------------------------------------------------------------------ */

/* H = w x, x = 2, y = 3: w(t) = 3/2 + (w_0 - 3/2) e^{-4 t}; L = 1, t = tau delta. */
static void test_one_weight(void)
{
    ncf_problem_t *problem = read_problem("\"type\": \"feedforward\", \"widths\": [1, 1], " LINEAR,
                                          "[[\"2\"]]", "[\"3\"]", "square");
    double start = 1, delta = 0.25, errors[METHODS][2];
    for (int m = 0; m < METHODS; m++) {
        for (int c = 0; c < 2; c++) {
            ncf_flow_settings_t options =
                options_of(NCF_FLOW_TRAINING, methods[m], delta, 1 / delta);
            options.coordinates = c == 0 ? NCF_FLOW_POLAR : NCF_FLOW_CARTESIAN;
            ncf_flow_t flow;
            run_flow(&flow, problem, &start, &options);
            double w, expected = 1.5 + (delta - 1.5) * exp(-4);
            ncf__flow_weights(&w, &flow, flow.count - 1, 0);
            errors[m][c] = fabs(w - expected);
            CHECK(flow.end == NCF_FLOW_END_TIME);
            CHECK(flow.energy_falls);
            CHECK(fabs(last_sample(&flow)->tau - 1 / delta) < 1e-9);
            CHECK(fabs(last_sample(&flow)->loss - pow(2 * w - 3, 2) / 2) < 1e-12);
            CHECK(fabs(last_sample(&flow)->speed - fabs(2 * (2 * w - 3))) < 1e-12);
            ncf__flow_clear(&flow);
            CHECK_MSG(errors[m][c] < 1e-8, "method %d, coordinates %d: %g", m, c, errors[m][c]);
        }
    }
    ncf_problem_free(problem);
}

/* N = v w m, m = 6: (v + w)/sqrt 2 grows as e^{6 t}, the difference decays. */
static void test_exponential_growth(void)
{
    ncf_problem_t *problem = read_problem(
        "\"type\": \"feedforward\", \"widths\": [1, 1, 1], " LINEAR, "[[\"2\"]]", "[\"3\"]",
        "square");
    double start[2] = {1, 0.25}, tau = 1.5, centre[2] = {1, 1};
    double sum = 1.25 / 2 * exp(6 * tau), difference = 0.75 / 2 * exp(-6 * tau);
    double expected[2] = {sum + difference, sum - difference};
    ncf_event_t cap = {.kind = NCF_EVENT_CAP, .value = 1e-3, .point = centre};
    /* tan(angle) = (0.75 / 1.25) e^{-12 t} */
    double entry = log(0.6 / tan(1e-3)) / 12;
    for (int m = 0; m < METHODS; m++) {
        ncf_flow_settings_t options = options_of(NCF_FLOW_CORRELATION, methods[m], 1, tau);
        options.events = &cap;
        options.event_count = 1;
        ncf_flow_t flow;
        run_flow(&flow, problem, start, &options);
        double s[2];
        last_weights(s, &flow);
        double error = largest_difference(s, expected, 2) / expected[0];
        CHECK_MSG(error < 1e-8, "method %d: %g", m, error);
        double late = fabs(flow.event_taus[0] - entry);
        CHECK_MSG(late < 1e-7, "method %d, cap: %g", m, late);
        CHECK(isinf(flow.blow_up_tau));
        CHECK(flow.energy_falls);
        ncf__flow_clear(&flow);
    }
    ncf_problem_free(problem);
}

/* N = m v w^2, w = sqrt 2 v: v = v_0 / (1 - 2 m v_0 t), |s| = sqrt 3 v. */
static void test_blow_up(void)
{
    ncf_problem_t *problem = read_problem(
        "\"type\": \"feedforward\", \"widths\": [1, 1, 1], " SQUARE, "[[\"1\"]]", "[\"3\"]",
        "square");
    double v = 1 / sqrt(3), start[2] = {sqrt(2) * v, v}, blow_up = 1 / (6 * v);
    ncf_event_t large = {.kind = NCF_EVENT_NORM_ABOVE, .value = 100, .stops = 0};
    for (int m = 0; m < METHODS; m++) {
        ncf_flow_settings_t options =
            options_of(NCF_FLOW_CORRELATION, methods[m], 1, INFINITY);
        options.events = &large;
        options.event_count = 1;
        ncf_flow_t flow;
        run_flow(&flow, problem, start, &options);
        CHECK_MSG(flow.end == NCF_FLOW_END_BLOW_UP, "method %d, end %d: %s", m, (int) flow.end,
                  flow.message);
        CHECK_MSG(fabs(flow.blow_up_tau - blow_up) < 1e-8, "method %d: %.15g", m,
                  flow.blow_up_tau);
        CHECK(fabs(last_sample(&flow)->log_norm - log(1e30)) < 1e-8);
        double expected = blow_up * (1 - 1 / 100.0);
        CHECK_MSG(fabs(flow.event_taus[0] - expected) < 1e-8,
                  "method %d, norm: %.15g", m, flow.event_taus[0]);
        ncf__flow_clear(&flow);
    }
    ncf_problem_free(problem);
}

/* Errors at a fixed time fall with the tolerance, as the last but one part of it. */
static void test_convergence(void)
{
    ncf_problem_t *problem = read_problem(
        "\"type\": \"feedforward\", \"widths\": [1, 1, 1], " SQUARE, "[[\"1\"]]", "[\"3\"]",
        "square");
    double v = 1 / sqrt(3), start[2] = {sqrt(2) * v, v}, tau = 0.9 / (6 * v);
    double expected[2] = {10 * start[0], 10 * start[1]};
    for (int m = 0; m < METHODS; m++) {
        double errors[3];
        for (int k = 0; k < 3; k++) {
            ncf_flow_settings_t options = options_of(NCF_FLOW_CORRELATION, methods[m], 1, tau);
            options.coordinates = NCF_FLOW_CARTESIAN;
            options.tolerance = pow(10, -4 - 4 * k);
            ncf_flow_t flow;
            run_flow(&flow, problem, start, &options);
            double s[2];
            last_weights(s, &flow);
            errors[k] = largest_difference(s, expected, 2);
            ncf__flow_clear(&flow);
        }
        /* The end lies between two steps, where dense output of order 5 counts. */
        double fall = methods[m] == NCF_FLOW_RUNGE_KUTTA ? 0.1 : 0.02;
        CHECK_MSG(errors[1] < fall * errors[0] && errors[2] < fall * errors[1],
                  "method %d: %g %g %g", m, errors[0], errors[1], errors[2]);
    }
    ncf_problem_free(problem);
}

/* ---- Routes that must agree --------------------------------------------------------- */

static const double sample_start[9] = {0.5, -0.3, 0.2, 0.4, -0.1, 0.3, 0.4, 0.2, -0.3};

/* Polar and Cartesian, all methods, all losses: one solution, and its energy falls. */
static void test_coordinates_agree(void)
{
    static const char *const losses[] = {"square", "logistic", "exponential"};
    for (int loss = 0; loss < 3; loss++) {
        ncf_problem_t *problem = sample_problem("[2, 3, 1]", losses[loss]);
        double first[9], s[9];
        for (int m = 0; m < METHODS; m++) {
            for (int c = 0; c < 2; c++) {
                ncf_flow_settings_t options =
                    options_of(NCF_FLOW_TRAINING, methods[m], 0.1, 0.6);
                options.coordinates = c == 0 ? NCF_FLOW_POLAR : NCF_FLOW_CARTESIAN;
                ncf_flow_t flow;
                run_flow(&flow, problem, sample_start, &options);
                last_weights(m + c == 0 ? first : s, &flow);
                double error = m + c == 0 ? 0 : largest_difference(s, first, 9);
                CHECK_MSG(error < 1e-6, "loss %d, method %d, coordinates %d: %g", loss, m, c,
                          error);
                CHECK(flow.end == NCF_FLOW_END_TIME);
                CHECK(flow.energy_falls);
                ncf__flow_clear(&flow);
            }
        }
        ncf_problem_free(problem);
    }
}

/* The rescaled flow is the flow of N up to delta^L: a tenth of delta, a thousandth of it. */
static void test_scaling_law(void)
{
    ncf_problem_t *problem = sample_problem("[2, 3, 1]", "square");
    double limit[9], s[9], distance[2];
    ncf_flow_settings_t options =
        options_of(NCF_FLOW_CORRELATION, NCF_FLOW_ADAMS, 1, 0.1);
    options.tolerance = 1e-13;
    ncf_flow_t flow;
    run_flow(&flow, problem, sample_start, &options);
    last_weights(limit, &flow);
    ncf__flow_clear(&flow);
    for (int k = 0; k < 2; k++) {
        options.kind = NCF_FLOW_TRAINING;
        options.delta = k == 0 ? 1e-1 : 1e-2;
        run_flow(&flow, problem, sample_start, &options);
        last_weights(s, &flow);
        distance[k] = largest_difference(s, limit, 9);
        ncf__flow_clear(&flow);
    }
    CHECK_MSG(fabs(distance[0] / distance[1] - 1000) < 20, "%g %g", distance[0], distance[1]);
    ncf_problem_free(problem);
}

/* The direction of the flow of N is that of the sphere flow. */
static void test_sphere(void)
{
    ncf_problem_t *problem = sample_problem("[2, 3, 1]", "square");
    ncf_flow_settings_t options =
        options_of(NCF_FLOW_CORRELATION, NCF_FLOW_ADAMS, 1, INFINITY);
    ncf_flow_t grown, direction;
    run_flow(&grown, problem, sample_start, &options);
    options.kind = NCF_FLOW_SPHERE;
    options.until = 60;
    run_flow(&direction, problem, sample_start, &options);
    const double *a = grown.directions + (grown.count - 1) * 9;
    const double *b = direction.directions + (direction.count - 1) * 9;
    CHECK_MSG(largest_difference(a, b, 9) < 1e-7, "%g", largest_difference(a, b, 9));
    /* lambda = 3 N is one of the two of theory (2a) for one active unit. */
    double lambda = sqrt(2) * sqrt(2.0 / 3) * 12.40220064;
    CHECK_MSG(fabs(3 * last_sample(&direction)->value - lambda) < 1e-4 ||
                  fabs(3 * last_sample(&direction)->value - lambda * 5.402200 / 12.402200) < 1e-4,
              "%.10g", 3 * last_sample(&direction)->value);
    CHECK_MSG(last_sample(&direction)->speed < 1e-6, "%g", last_sample(&direction)->speed);
    CHECK(direction.energy_falls);
    ncf__flow_clear(&grown);
    ncf__flow_clear(&direction);
    ncf_problem_free(problem);
}

/* Small steps of gradient descent follow the flow, to first order in the step. */
static void test_descent(void)
{
    ncf_problem_t *problem = sample_problem("[2, 3, 1]", "square");
    double delta = 0.2, s[9], d[9], errors[2];
    ncf_flow_settings_t options = options_of(NCF_FLOW_TRAINING, NCF_FLOW_ADAMS, delta, 0.4);
    ncf_flow_t flow;
    run_flow(&flow, problem, sample_start, &options);
    last_weights(s, &flow);
    ncf__flow_clear(&flow);
    for (int k = 0; k < 2; k++) {
        options.kind = NCF_FLOW_DESCENT;
        options.step = (k == 0 ? 1e-3 : 1e-4) / delta;
        run_flow(&flow, problem, sample_start, &options);
        last_weights(d, &flow);
        errors[k] = largest_difference(d, s, 9);
        CHECK(flow.end == NCF_FLOW_END_TIME);
        CHECK(flow.energy_falls);
        ncf__flow_clear(&flow);
    }
    CHECK_MSG(errors[0] < 0.05 && errors[1] < 0.15 * errors[0], "%g %g", errors[0], errors[1]);
    /* Far too large a step: the loss rises and this is said. */
    options.step = 3;
    options.until = INFINITY;
    options.delta = 1;
    options.max_steps = 50;
    run_flow(&flow, problem, sample_start, &options);
    CHECK(!flow.energy_falls);
    ncf__flow_clear(&flow);
    ncf_problem_free(problem);
}

/* A network that is not homogeneous has Cartesian coordinates only. */
static void test_not_homogeneous(void)
{
    ncf_problem_t *problem = read_problem(
        "\"type\": \"feedforward\", \"widths\": [1, 2, 1], \"activation\": {\"type\": "
        "\"polynomial\", \"coefficients\": [\"1\", \"1\", \"1/2\"]}",
        "[[\"1\"], [\"-1\"]]", "[\"1\", \"2\"]", "square");
    double start[4] = {0.3, -0.2, 0.5, 0.1}, s[4], d[4];
    ncf_flow_settings_t options = options_of(NCF_FLOW_TRAINING, NCF_FLOW_BDF, 0.5, 1);
    ncf_flow_t flow;
    run_flow(&flow, problem, start, &options);
    last_weights(s, &flow);
    CHECK(flow.energy_falls);
    ncf__flow_clear(&flow);
    options.kind = NCF_FLOW_DESCENT;
    options.step = 1e-4;
    run_flow(&flow, problem, start, &options);
    last_weights(d, &flow);
    ncf__flow_clear(&flow);
    CHECK_MSG(largest_difference(s, d, 4) < 1e-3, "%g", largest_difference(s, d, 4));
    ncf_error_t err;
    options.kind = NCF_FLOW_SPHERE;
    CHECK(ncf__flow_run(&flow, problem, start, &options, NULL, &err) == NCF_ESPEC);
    options.kind = NCF_FLOW_TRAINING;
    options.coordinates = NCF_FLOW_POLAR;
    CHECK(ncf__flow_run(&flow, problem, start, &options, NULL, &err) == NCF_ESPEC);
    ncf_problem_free(problem);
}

/* ---- Events ------------------------------------------------------------------------- */

static double above_diagonal(void *context, const double *q)
{
    ++*(int *) context;
    return q[0] - q[1];
}

/* w(t) = 3/2 + (w_0 - 3/2) e^{-4 t} in plain weights: every kind of event has its time. */
static void test_events(void)
{
    ncf_problem_t *problem = read_problem("\"type\": \"feedforward\", \"widths\": [1, 1], " LINEAR,
                                          "[[\"2\"]]", "[\"3\"]", "square");
    double start = 1, centre = 1, delta = 0.25;
    ncf_event_t events[] = {
        {.kind = NCF_EVENT_NORM_ABOVE, .value = 1},
        {.kind = NCF_EVENT_LOSS_BELOW, .value = 0.5},
        {.kind = NCF_EVENT_PLATEAU, .value = 0.01, .stops = 1},
        {.kind = NCF_EVENT_CAP, .value = 0.1, .point = &centre},
        {.kind = NCF_EVENT_NORM_BELOW, .value = 0.1},
    };
    /* 1.25 e^{-4 t} is the distance from 3/2; loss 2 distance^2, speed 4 distance. */
    double expected[] = {log(1.25 / 0.5) / 4, log(1.25 / 0.5) / 4, log(1.25 / 0.0025) / 4, 0};
    for (int c = 0; c < 2; c++) {
        ncf_flow_settings_t options =
            options_of(NCF_FLOW_TRAINING, NCF_FLOW_ADAMS, delta, INFINITY);
        options.coordinates = c == 0 ? NCF_FLOW_POLAR : NCF_FLOW_CARTESIAN;
        options.events = events;
        options.event_count = 5;
        ncf_flow_t flow;
        run_flow(&flow, problem, &start, &options);
        for (int k = 0; k < 4; k++) /* errors of w count 400 times in the third */
            CHECK_MSG(fabs(flow.event_taus[k] * delta - expected[k]) < (k == 2 ? 1e-6 : 1e-8),
                      "coordinates %d, event %d: %g", c, k, flow.event_taus[k] * delta);
        CHECK(isnan(flow.event_taus[4]));
        CHECK(flow.end == NCF_FLOW_END_EVENT && flow.end_event == 2);
        CHECK(last_sample(&flow)->event == 2);
        ncf__flow_clear(&flow);
    }
    ncf_problem_free(problem);
}

static void test_callback_and_start(void)
{
    ncf_problem_t *problem = read_problem(
        "\"type\": \"feedforward\", \"widths\": [1, 1, 1], " SQUARE, "[[\"1\"]]", "[\"3\"]",
        "square");
    double start[2] = {0.1, 1};
    int calls = 0;
    ncf_event_t events[] = {
        {.kind = NCF_EVENT_CALLBACK, .function = above_diagonal, .context = &calls, .stops = 1},
        {.kind = NCF_EVENT_NORM_BELOW, .value = 2},
    };
    ncf_flow_settings_t options =
        options_of(NCF_FLOW_CORRELATION, NCF_FLOW_ADAMS, 1, INFINITY);
    options.events = events;
    options.event_count = 2;
    ncf_flow_t flow;
    run_flow(&flow, problem, start, &options);
    const double *q = flow.directions + (flow.count - 1) * 2;
    CHECK(flow.end == NCF_FLOW_END_EVENT && flow.end_event == 0);
    CHECK_MSG(fabs(q[0] - q[1]) < 1e-9, "%g", q[0] - q[1]);
    CHECK(calls > 0);
    CHECK(flow.event_taus[1] == 0); /* held at the start */
    ncf__flow_clear(&flow);
    /* Met at the start and stopping: one sample more than the start. */
    events[1].stops = 1;
    run_flow(&flow, problem, start, &options);
    CHECK(flow.end == NCF_FLOW_END_EVENT && flow.end_event == 1 && flow.steps == 0);
    ncf__flow_clear(&flow);
    ncf_problem_free(problem);
}

/* Samples at given times, between steps, in both coordinates. */
static void test_times(void)
{
    ncf_problem_t *problem = read_problem(
        "\"type\": \"feedforward\", \"widths\": [1, 1, 1], " SQUARE, "[[\"1\"]]", "[\"3\"]",
        "square");
    double v = 1 / sqrt(3), start[2] = {sqrt(2) * v, v}, blow_up = 1 / (6 * v), times[20];
    for (int k = 0; k < 20; k++)
        times[k] = blow_up * (k + 0.5) / 21;
    for (int c = 0; c < 2; c++) {
        ncf_flow_settings_t options =
            options_of(NCF_FLOW_CORRELATION, NCF_FLOW_ADAMS, 1, blow_up * 0.99);
        options.coordinates = c == 0 ? NCF_FLOW_POLAR : NCF_FLOW_CARTESIAN;
        options.every = 0;
        options.times = times;
        options.time_count = 20;
        ncf_flow_t flow;
        run_flow(&flow, problem, start, &options);
        CHECK_MSG(flow.count == 22, "%ld samples", (long) flow.count);
        double largest = 0;
        for (slong k = 0; k + 2 < flow.count; k++) {
            double tau = flow.samples[k + 1].tau;
            double norm = -log(1 - tau / blow_up);
            largest = fmax(largest, fabs(tau - times[k]));
            largest = fmax(largest, fabs(flow.samples[k + 1].log_norm - norm));
        }
        CHECK_MSG(largest < 1e-7, "coordinates %d: %g", c, largest);
        ncf__flow_clear(&flow);
    }
    ncf_problem_free(problem);
}

/* ---- Small scales, options ---------------------------------------------------------- */

/* delta = 1e-30: escape is found, with its time, although t passes 1e30. */
static void test_tiny_start(void)
{
    ncf_problem_t *problem = sample_problem("[2, 3, 1]", "square");
    ncf_event_t events[] = {{.kind = NCF_EVENT_NORM_ABOVE, .value = 0.1},
                            {.kind = NCF_EVENT_PLATEAU, .value = 1e-6, .stops = 1}};
    ncf_flow_settings_t options =
        options_of(NCF_FLOW_TRAINING, NCF_FLOW_ADAMS, 1e-30, INFINITY);
    options.events = events;
    options.event_count = 2;
    ncf_flow_t flow, again;
    run_flow(&flow, problem, sample_start, &options);
    run_flow(&again, problem, sample_start, &options);
    CHECK(flow.end == NCF_FLOW_END_EVENT && flow.end_event == 1);
    CHECK(isfinite(flow.event_taus[0]) && flow.event_taus[0] < 10);
    CHECK(flow.energy_falls);
    CHECK_MSG(flow.steps < 3000, "%ld steps", (long) flow.steps);
    /* Deterministic to the last bit. */
    CHECK(flow.count == again.count);
    CHECK(memcmp(flow.directions + (flow.count - 1) * 9,
                 again.directions + (again.count - 1) * 9, 9 * sizeof(double)) == 0);
    ncf__flow_clear(&flow);
    ncf__flow_clear(&again);
    ncf_problem_free(problem);
}

static void test_bad_options(void)
{
    ncf_problem_t *problem = sample_problem("[2, 3, 1]", "square");
    double start[9], times[2] = {2, 1};
    memcpy(start, sample_start, sizeof(start));
    ncf_event_t event = {.kind = NCF_EVENT_CAP, .value = 0.1};
    for (int k = 0; k < 9; k++) {
        ncf_flow_settings_t options = options_of(NCF_FLOW_TRAINING, NCF_FLOW_ADAMS, 0.1, 1);
        ncf_flow_t flow;
        ncf_error_t err;
        options.delta = k == 0 ? 0 : k == 1 ? NAN : 0.1;
        options.tolerance = k == 2 ? 1e-20 : 1e-8;
        options.until = k == 3 ? NAN : 1;
        start[4] = k == 4 ? INFINITY : 0.1;
        options.times = times;
        options.time_count = k == 5 ? 2 : 0;
        options.events = &event;
        options.event_count = k == 6 ? 1 : 0;
        options.kind = k == 7 ? NCF_FLOW_DESCENT : NCF_FLOW_TRAINING;
        options.step = k == 7 ? -1 : 1;
        if (k == 8)
            memset(start, 0, sizeof(start));
        CHECK_MSG(ncf__flow_run(&flow, problem, start, &options, NULL, &err) == NCF_EARG,
                  "case %d", k);
    }
    ncf_problem_free(problem);
}

static void test_random_start(void)
{
    double a[5], b[5], c[5], square = 0;
    ncf__flow_random_start(a, 5, 1, 7);
    ncf__flow_random_start(b, 5, 1, 7);
    ncf__flow_random_start(c, 5, 1, 8);
    for (int i = 0; i < 5; i++)
        square += a[i] * a[i];
    CHECK(fabs(square - 1) < 1e-14);
    CHECK(memcmp(a, b, sizeof(a)) == 0);
    CHECK(memcmp(a, c, sizeof(a)) != 0);
    CHECK(atoi(ncf__flow_version()) >= 6);
}

/* ---- Accuracy for the work, energy --------------------------------------------------- */

/* A method of order 6 or more: evaluations grow by at most 10^(1/6) a digit, and some. */
static void test_order(void)
{
    ncf_problem_t *problem = sample_problem("[2, 3, 1]", "square");
    double reference[9], s[9], errors[2];
    slong evaluations[2];
    ncf_flow_settings_t options =
        options_of(NCF_FLOW_CORRELATION, NCF_FLOW_RUNGE_KUTTA, 1, 0.1);
    options.every = 0;
    options.tolerance = 1e-14;
    ncf_flow_t flow;
    run_flow(&flow, problem, sample_start, &options);
    last_weights(reference, &flow);
    ncf__flow_clear(&flow);
    for (int k = 0; k < 2; k++) {
        options.tolerance = k == 0 ? 1e-6 : 1e-11;
        run_flow(&flow, problem, sample_start, &options);
        last_weights(s, &flow);
        errors[k] = largest_difference(s, reference, 9);
        evaluations[k] = flow.evaluations;
        ncf__flow_clear(&flow);
    }
    CHECK_MSG(errors[0] < 1e-5 && errors[1] < 1e-10, "%g %g", errors[0], errors[1]);
    CHECK_MSG(evaluations[1] < 8 * evaluations[0], "%ld %ld", (long) evaluations[0],
              (long) evaluations[1]);
    ncf_problem_free(problem);
}

/* The loss at every accepted step, each method and loss; records are evaluated in full. */
static void test_energy_of_steps(void)
{
    static const char *const losses[] = {"square", "logistic", "exponential"};
    for (int k = 0; k < 3 * METHODS; k++) {
        ncf_problem_t *problem = sample_problem("[2, 3, 1]", losses[k / METHODS]);
        double rises[2], least = INFINITY, rise = 0;
        for (int every = 0; every < 2; every++) {
            ncf_flow_settings_t options =
                options_of(NCF_FLOW_TRAINING, methods[k % METHODS], 0.1, 2);
            options.tolerance = 1e-7;
            options.every = every;
            ncf_flow_t flow;
            run_flow(&flow, problem, sample_start, &options);
            CHECK_MSG(flow.energy_falls, "case %d", k);
            rises[every] = flow.energy_rise / flow.energy_scale;
            for (slong i = 0; i < flow.count && every; i++) {
                rise = fmax(rise, flow.samples[i].loss - least);
                least = fmin(least, flow.samples[i].loss);
            }
            CHECK_MSG(!every || fabs(flow.least_energy - least) <= 1e-6 * flow.energy_scale,
                      "case %d: %g and %g", k, flow.least_energy, least);
            ncf__flow_clear(&flow);
        }
        CHECK_MSG(rises[0] <= 1e-6 && rises[1] <= 1e-6 && rise <= 1e-5, "case %d: %g %g %g", k,
                  rises[0], rises[1], rise);
        ncf_problem_free(problem);
    }
}

/* A step of descent that is too long: the loss rises, and it is said. */
static void test_energy_that_rises(void)
{
    ncf_problem_t *problem = sample_problem("[2, 3, 1]", "square");
    ncf_flow_settings_t options = options_of(NCF_FLOW_DESCENT, NCF_FLOW_ADAMS, 1, 10);
    options.step = 0.5;
    options.max_steps = 3;
    ncf_flow_t flow;
    run_flow(&flow, problem, sample_start, &options);
    CHECK(!flow.energy_falls && flow.energy_rise > 0);
    ncf__flow_clear(&flow);
    ncf_problem_free(problem);
}

int main(void)
{
    static const ncf_test_t tests[] = {
        {"one weight", test_one_weight},
        {"exponential growth", test_exponential_growth},
        {"blow-up", test_blow_up},
        {"convergence", test_convergence},
        {"coordinates, methods and losses agree", test_coordinates_agree},
        {"scaling law", test_scaling_law},
        {"sphere flow", test_sphere},
        {"gradient descent", test_descent},
        {"not homogeneous", test_not_homogeneous},
        {"events", test_events},
        {"callback, events at the start", test_callback_and_start},
        {"samples at given times", test_times},
        {"delta 1e-30", test_tiny_start},
        {"bad options", test_bad_options},
        {"random start", test_random_start},
        {"order of the Runge-Kutta method", test_order},
        {"the loss at every step", test_energy_of_steps},
        {"a loss that rises", test_energy_that_rises},
        {NULL, NULL},
    };
    return ncf_test_main("flow", tests);
}
