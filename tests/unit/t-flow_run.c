/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* t-flow_run.c: runs of flows against closed forms, their files, and what contradicts them. */
#include "../../src/pipeline/flow_run_internal.h"
#include "../../src/pipeline/pipeline.h"
#include "../harness.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* N = 3 v w, lambda = 3 at (1, 1) / sqrt 2; v + w grows like e^(3 t), v - w falls as fast. */
static const char linear[] = "{\"ncf\": 1, \"network\": {\"type\": \"feedforward\", \"widths\": [1, 1, 1],"
                             " \"activation\": {\"type\": \"linear\"}},"
                             " \"data\": {\"x\": [[1], [2]], \"y\": [1, 1]}}";

/* N = 5 v w^2: lambda = 10 / sqrt 3 at w^2 = 2/3, v^2 = 1/3. */
static const char unit[] = "{\"ncf\": 1, \"network\": {\"type\": \"feedforward\", \"widths\": [1, 1, 1],"
                           " \"activation\": {\"type\": \"power\", \"degree\": 2}},"
                           " \"data\": {\"x\": [[1], [2]], \"y\": [1, 1]}}";

/* The data of the first example. */
static const char plane[] = "{\"ncf\": 1, \"network\": {\"type\": \"feedforward\", \"widths\": [2, 3, 1],"
                            " \"activation\": {\"type\": \"power\", \"degree\": 2}},"
                            " \"data\": {\"x\": [[1, 2], [3, -1], [-1, 1], [2, 2]],"
                            " \"y\": [1, -1, 2, 1]}}";

static const char inhomogeneous[] =
    "{\"ncf\": 1, \"network\": {\"type\": \"feedforward\", \"widths\": [1, 1, 1],"
    " \"activation\": {\"type\": \"polynomial\", \"coefficients\": [0, 1, 1]}},"
    " \"data\": {\"x\": [[1], [2]], \"y\": [1, 1]}}";

static ncf_problem_t *parse(const char *text)
{
    ncf_problem_t *problem;
    NCF_REQUIRE(ncf_problem_parse(&problem, text, strlen(text), "p", "", NULL) == NCF_OK);
    return problem;
}

/* The options with the initial weights (CSV; NULL: random) of a run; NULL after a failure. */
static ncf_result_t *run(const char *text, const char *initial, ncf_flow_options_t options,
                         ncf_error_t *err)
{
    ncf_problem_t *problem = parse(text);
    ncf_points_t *points = NULL;
    ncf_result_t *result;
    if (initial != NULL)
        NCF_REQUIRE(ncf_points_parse(&points, initial, strlen(initial), "i", problem, NULL) ==
                    NCF_OK);
    options.initial = points;
    ncf_status_t status = ncf_flow(&result, problem, &options, err);
    CHECK((status == NCF_OK) == (result != NULL));
    ncf_points_free(points);
    ncf_problem_free(problem);
    return result;
}

static ncf_flow_options_t options_of(ncf_flow_kind_t kind, const char *delta, const char *until)
{
    ncf_flow_options_t options;
    ncf_flow_options_init(&options);
    options.kind = kind;
    options.delta = delta;
    options.until = until;
    return options;
}

/* ---- Closed forms --------------------------------------------------------------------- */

static void test_linear(void)
{
    ncf_result_t *result =
        run(linear, "1,0.2\n", options_of(NCF_FLOW_CORRELATION, "1e-3", "tau=2"), NULL);
    CHECK(result != NULL);
    if (result == NULL)
        return;
    const struct ncf_flow_run *flow = result->flow;
    const struct ncf_matching *m = flow->matching;
    double scale = 1e-3 / sqrt(1.04), worst = 0;
    for (slong k = 0; k < flow->count; k++) {
        const double *row = flow->table + k * 6;
        double sum = 1.2 * exp(3 * row[0]), difference = 0.8 * exp(-3 * row[0]);
        worst = fmax(worst, fabs(row[1] / ((sum + difference) / 2 * scale) - 1));
        worst = fmax(worst, fabs(row[2] / ((sum - difference) / 2 * scale) - 1));
        worst = fmax(worst, fabs(row[5] / (3 * row[1] * row[2]) - 1));
        worst = fmax(worst, fabs(row[4] / hypot(row[1], row[2]) - 1));
    }
    CHECK_MSG(worst < 1e-7, "%g", worst);
    CHECK(m->word == NCF_MATCH_MATCHED && ncf_result_exit(result) == 0);
    CHECK_MSG(fabs(m->rate / 3 - 1) < 1e-3, "%g", m->rate);
    /* The angle to (1, 1) has the tangent (v - w) / (v + w). */
    double cap = arf_get_d(m->cap.angle, ARF_RND_DOWN);
    double entry = fmax(0, log(0.8 / 1.2 / tan(cap)) / 6);
    CHECK_MSG(fabs(flow->entry_tau - entry) < 1e-7 && fabs(flow->second.entry_tau - entry) < 1e-4,
              "%g %g %g", entry, flow->entry_tau, flow->second.entry_tau);
    CHECK(flow->second.in_cap && flow->second.difference < 1e-6);
    ncf_result_free(result);
}

/* On the ray |s| = 1 / (1 - lambda tau). */
static void test_unit(void)
{
    ncf_result_t *result = run(unit, "0.81649658092772603,0.57735026918962576\n",
                               options_of(NCF_FLOW_CORRELATION, "1e-6", NULL), NULL);
    CHECK(result != NULL);
    if (result == NULL)
        return;
    const struct ncf_flow_run *flow = result->flow;
    double lambda = 10 / sqrt(3.0), worst = 0;
    CHECK_MSG(fabs(flow->blow_up_tau * lambda - 1) < 1e-7, "%g", flow->blow_up_tau * lambda);
    for (slong k = 0; k < flow->count; k++) {
        double left = 1 - lambda * flow->taus[k], norm = flow->table[k * 6 + 4] * 1e6;
        if (left > 1e-3)
            worst = fmax(worst, fabs(norm * left - 1));
        CHECK(k == 0 || flow->table[k * 6] > flow->table[(k - 1) * 6]);
    }
    CHECK_MSG(worst < 1e-5, "%g", worst);
    CHECK(flow->matching->word == NCF_MATCH_MATCHED && flow->matching->entry == 0);
    CHECK_MSG(fabs(flow->matching->rate / lambda - 1) < 1e-5, "%g", flow->matching->rate);
    ncf_result_free(result);
}

/* Against the ray of the point the weights shrink: |s| = 1 / (1 + lambda tau). */
static void test_zero(void)
{
    ncf_result_t *result = run(unit, "0.81649658092772603,-0.57735026918962576\n",
                               options_of(NCF_FLOW_TRAINING, "1e-2", NULL), NULL);
    CHECK(result != NULL && result->flow->matching->word == NCF_MATCH_ZERO);
    CHECK(ncf_result_exit(result) == 1);
    const struct ncf_flow_run *flow = result->flow;
    CHECK(fabs(flow->table[(flow->count - 1) * 6 + 4] / 1e-5 - 1) < 1e-6);
    CHECK(fabs(flow->taus[flow->count - 1] / (999 * sqrt(3.0) / 10) - 1) < 1e-3);
    ncf_result_free(result);
}

/* ---- Matching ------------------------------------------------------------------------- */

/* In tau the early phase is the same for every small delta, and the digits are kept. */
static void test_tiny(void)
{
    static const char *const deltas[] = {"1e-8", "1e-30", "1e-100"};
    double entry[3] = {0};
    for (int k = 0; k < 3; k++) {
        ncf_flow_options_t options = options_of(NCF_FLOW_TRAINING, deltas[k], "norm=1e-4");
        options.reference = k == 1;
        ncf_result_t *result = run(plane, NULL, options, NULL);
        CHECK(result != NULL);
        if (result == NULL)
            continue;
        const struct ncf_flow_run *flow = result->flow;
        CHECK_MSG(flow->matching->word == NCF_MATCH_MATCHED, "%s: %s", deltas[k],
                  flow->matching->reason);
        CHECK(k != 1 || (flow->reference_rows >= 2 && flow->reference_angle < 1e-7));
        CHECK(fabs(flow->matching->rate / 14.32088118 - 1) < 1e-3);
        entry[k] = flow->entry_tau;
        ncf_result_free(result);
    }
    CHECK_MSG(fabs(entry[1] / entry[0] - 1) < 1e-8 && fabs(entry[2] / entry[0] - 1) < 1e-8,
              "%.12g %.12g %.12g", entry[0], entry[1], entry[2]);
}

static void check_unmatched(const char *text, ncf_flow_options_t options, const char *reason)
{
    ncf_result_t *result = run(text, NULL, options, NULL);
    CHECK(result != NULL);
    if (result == NULL)
        return;
    const char *given = ncf__flow_run_reason(result->flow);
    CHECK(ncf__flow_run_word(result->flow) == NCF_MATCH_NONE && ncf_result_exit(result) == 1);
    CHECK_MSG(given != NULL && strstr(given, reason) != NULL, "%s", given);
    ncf_result_free(result);
}

static void test_unmatched(void)
{
    /* The hypothesis fails: the weights are not small. */
    check_unmatched(plane, options_of(NCF_FLOW_TRAINING, "1", "time=1"), "the start is not small");
    check_unmatched(plane, options_of(NCF_FLOW_TRAINING, "10", "time=0.01"),
                    "the start is not small");
    check_unmatched(inhomogeneous, options_of(NCF_FLOW_TRAINING, "1e-3", "time=1"),
                    "not homogeneous");
    /* Before it is anywhere. */
    check_unmatched(plane, options_of(NCF_FLOW_TRAINING, "1e-3", "tau=0.01"), "cap");
    ncf_flow_options_t large = options_of(NCF_FLOW_DESCENT, "1e-2", "time=40");
    large.step = "1/2";
    check_unmatched(plane, large, "the step is too large");
}

/* Steps that are small do what the flow does; the cap ends a run inside of it. */
static void test_descent(void)
{
    ncf_flow_options_t options = options_of(NCF_FLOW_DESCENT, "1e-2", "cap");
    options.step = "0.01";
    ncf_result_t *descent = run(plane, NULL, options, NULL);
    options.kind = NCF_FLOW_TRAINING;
    ncf_result_t *training = run(plane, NULL, options, NULL);
    CHECK(descent != NULL && training != NULL);
    if (descent != NULL && training != NULL) {
        const struct ncf_flow_run *a = descent->flow, *b = training->flow;
        CHECK(a->matching->word == NCF_MATCH_MATCHED && b->matching->word == NCF_MATCH_MATCHED);
        CHECK(a->matching->entry >= 0 && b->matching->moments[b->count - 1].in_cap);
        CHECK_MSG(fabs(a->taus[a->count - 1] / b->taus[b->count - 1] - 1) < 1e-2, "%g %g",
                  a->taus[a->count - 1], b->taus[b->count - 1]);
    }
    ncf_result_free(descent);
    ncf_result_free(training);
}

/* The second integrator started elsewhere must take the match back. */
static void test_disagreement(void)
{
    ncf_problem_t *problem = parse(plane);
    ncf_result_t *result =
        run(plane, NULL, options_of(NCF_FLOW_TRAINING, "1e-3", "norm=1e-1"), NULL);
    CHECK(result != NULL && result->flow->second.in_cap);
    if (result != NULL) {
        struct ncf_flow_run *flow = result->flow;
        for (slong j = 0; j < 3; j++) { /* the units change places */
            double first = flow->start[2 * j % 6];
            flow->start[2 * j % 6] = flow->start[(2 * j + 2) % 6];
            flow->start[(2 * j + 2) % 6] = first;
        }
        for (slong j = 6; j < 9; j++)
            flow->start[j] = -flow->start[j];
        ncf__flow_run_judge(flow, problem, NULL);
        CHECK(flow->matching->word == NCF_MATCH_NONE && !flow->second.in_cap);
        CHECK_MSG(flow->matching->reason != NULL &&
                      strstr(flow->matching->reason, "integrator") != NULL,
                  "%s", flow->matching->reason);
    }
    ncf_result_free(result);
    ncf_problem_free(problem);
}

/* ---- Files ---------------------------------------------------------------------------- */

/* ncf_match of what was written; NULL after a failure. */
static ncf_result_t *read_back(const ncf_result_t *result, const char *text,
                               ncf_trajectory_format_t format, ncf_flow_kind_t kind,
                               const char *delta)
{
    char *bytes = NULL;
    size_t size = 0;
    ncf_trajectory_t *trajectory;
    ncf_match_options_t options;
    ncf_result_t *matched = NULL;
    ncf_problem_t *problem = parse(text);
    FILE *stream = open_memstream(&bytes, &size);
    CHECK(ncf_result_write_trajectory(stream, result, format, NULL) == NCF_OK);
    fclose(stream);
    ncf_match_options_init(&options);
    options.kind = kind;
    options.delta = delta;
    if (ncf_trajectory_parse(&trajectory, bytes, size, "t", problem, NULL) == NCF_OK) {
        CHECK(ncf_trajectory_count(trajectory) == ncf_result_rows(result));
        if (ncf_match(&matched, problem, trajectory, &options, NULL) != NCF_OK)
            matched = NULL;
        ncf_trajectory_free(trajectory);
    }
    free(bytes);
    ncf_problem_free(problem);
    return matched;
}

static void check_round_trip(ncf_flow_options_t options, const char *text)
{
    ncf_result_t *result = run(text, NULL, options, NULL);
    CHECK(result != NULL);
    if (result == NULL)
        return;
    const struct ncf_matching *a = result->flow->matching;
    for (int format = NCF_TRAJECTORY_CSV; format <= NCF_TRAJECTORY_NPY; format++) {
        ncf_result_t *matched =
            read_back(result, text, (ncf_trajectory_format_t) format, options.kind,
                      options.rescaled ? options.delta : NULL);
        CHECK(matched != NULL);
        if (matched == NULL)
            continue;
        const struct ncf_matching *b = matched->matching;
        CHECK(a->word == b->word && a->early == b->early && a->entry == b->entry &&
              a->count == b->count && a->rate_first == b->rate_first);
        /* Decimals of 17 digits are not the doubles themselves. */
        double slack = format == NCF_TRAJECTORY_CSV ? 1e-9 : 0;
        CHECK((isnan(a->rate) && isnan(b->rate)) || fabs(a->rate / b->rate - 1) <= slack);
        CHECK(slack > 0 || arb_equal(a->last_angle, b->last_angle));
        ncf_result_free(matched);
    }
    ncf_result_free(result);
}

static void test_round_trip(void)
{
    for (int rescaled = 0; rescaled <= 1; rescaled++) {
        ncf_flow_options_t options = options_of(NCF_FLOW_TRAINING, "1e-3", "norm=0.5");
        options.rescaled = rescaled;
        check_round_trip(options, plane);
        options = options_of(NCF_FLOW_CORRELATION, "1e-20", NULL);
        options.rescaled = rescaled;
        check_round_trip(options, plane);
        options = options_of(NCF_FLOW_TRAINING, "1", "time=0.1");
        options.rescaled = rescaled;
        check_round_trip(options, plane);
    }
    check_round_trip(options_of(NCF_FLOW_SPHERE, "1", "tau=3"), plane);
}

static void test_rows(void)
{
    ncf_flow_options_t options = options_of(NCF_FLOW_DESCENT, "1e-2", "time=20");
    options.step = "0.01";
    options.rows = 16;
    ncf_result_t *result = run(plane, NULL, options, NULL);
    CHECK(result != NULL && labs(result->flow->steps - 2000) <= 1);
    CHECK_MSG(result != NULL && result->flow->count >= 8 && result->flow->count <= 18, "%ld",
              result != NULL ? (long) result->flow->count : 0);
    CHECK(result != NULL && result->flow->taus[0] == 0);
    ncf_result_free(result);
}

/* ---- Options -------------------------------------------------------------------------- */

static void test_options(void)
{
    static const struct {
        ncf_flow_kind_t kind;
        const char *delta, *until, *text;
    } samples[] = {
        {NCF_FLOW_TRAINING, NULL, "tau", "tau takes a number"},
        {NCF_FLOW_TRAINING, NULL, "escape=1", "escape takes no number"},
        {NCF_FLOW_TRAINING, NULL, "tau=x", "not a number"},
        {NCF_FLOW_TRAINING, NULL, "tau=-1", "must be a positive number"},
        {NCF_FLOW_TRAINING, NULL, "tau=1e400", "must be a positive number"},
        {NCF_FLOW_TRAINING, NULL, "tau=1,,", "\"\" is no condition"},
        {NCF_FLOW_TRAINING, NULL, "dawn", "\"dawn\" is no condition"},
        {NCF_FLOW_CORRELATION, NULL, "loss=1", "loss needs a flow of the loss"},
        {NCF_FLOW_SPHERE, NULL, "norm=1", "on the sphere there is no norm"},
        {NCF_FLOW_TRAINING, "0", NULL, "delta must be between"},
        {NCF_FLOW_TRAINING, "-1", NULL, "delta must be between"},
        {NCF_FLOW_TRAINING, "1e-101", NULL, "delta must be between"},
        {NCF_FLOW_TRAINING, "nan", NULL, "delta \"nan\""},
        {NCF_FLOW_TRAINING, "initial", NULL, "no initial weights"},
        {NCF_FLOW_TRAINING, "1e-3", "norm=1e-4", "the run ends where it starts"},
    };
    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        ncf_error_t err;
        ncf_error_init(&err);
        ncf_result_t *result = run(
            unit, NULL, options_of(samples[i].kind, samples[i].delta, samples[i].until), &err);
        CHECK_MSG(result == NULL && err.status == NCF_EARG &&
                      strstr(err.text, samples[i].text) != NULL,
                  "%d: %s", (int) i, err.text);
        ncf_result_free(result);
    }
    ncf_error_t err;
    ncf_error_init(&err);
    CHECK(run(unit, "1,2\n3,4\n", options_of(NCF_FLOW_TRAINING, NULL, NULL), &err) == NULL &&
          strstr(err.text, "one row") != NULL);
}

/* delta = initial: the weights as they are. */
static void test_initial(void)
{
    ncf_result_t *result = run(unit, "0.003,0.004\n",
                               options_of(NCF_FLOW_TRAINING, "initial", "tau=0.01"), NULL);
    CHECK(result != NULL && fabs(result->flow->table[1] / 0.003 - 1) < 1e-15 &&
          fabs(result->flow->table[2] / 0.004 - 1) < 1e-15);
    ncf_result_free(result);
}

static void test_stop(void)
{
    static const volatile sig_atomic_t stop = 1;
    ncf_flow_options_t options = options_of(NCF_FLOW_TRAINING, NULL, NULL);
    options.stop = &stop;
    ncf_result_t *result = run(plane, NULL, options, NULL);
    CHECK(result != NULL && ncf_result_exit(result) == 4 && ncf_result_rows(result) < 2);
    CHECK(result != NULL && ncf_result_write_trajectory(stdout, result, NCF_TRAJECTORY_CSV, NULL) ==
                                NCF_EARG);
    ncf_result_free(result);
}

int main(void)
{
    static const ncf_test_t tests[] = {{"linear network", test_linear},
                                       {"one unit", test_unit},
                                       {"shrinking weights", test_zero},
                                       {"tiny delta", test_tiny},
                                       {"unmatched", test_unmatched},
                                       {"gradient descent", test_descent},
                                       {"disagreement", test_disagreement},
                                       {"files", test_round_trip},
                                       {"rows", test_rows},
                                       {"options", test_options},
                                       {"initial weights", test_initial},
                                       {"stop", test_stop},
                                       {NULL, NULL}};
    return ncf_test_main("flow_run", tests);
}
