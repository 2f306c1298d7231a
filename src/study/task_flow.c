/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * task_flow.c: one run of a flow, a proof for its start, and many runs. What is kept is their
 * result document; the points that many runs turn to are told from the list of ncf_solve.
 */
#include "study.h"

#include <string.h>

#define LIST_DIGITS 40
#define RECORD_DIGITS 20

/* Moments are left out, and what a table does not need of the orbits. */
static void shorten(json_t *document, int keep_weights)
{
    static const char *const keys[] = {"zero_pattern", "units", "weights"};
    size_t count = sizeof(keys) / sizeof(keys[0]) - (keep_weights ? 1 : 0);
    json_t *orbits = json_object_get(document, "orbits");
    for (size_t i = 0; i < json_array_size(orbits); i++) {
        for (size_t k = 0; k < count; k++)
            json_object_del(json_array_get(orbits, i), keys[k]);
    }
    json_object_del(document, "moments");
    json_object_del(document, "timing");
}

/* What is left until the deadline; 0: no limit. */
static double time_left(const ncf_limits_t *limits)
{
    return limits->deadline > 0 ? FLINT_MAX(limits->deadline - ncf__clock(), 1e-3) : 0;
}

ncf_status_t ncf__task_flow(json_t **out, int *exit_status, const ncf_problem_t *problem,
                            const ncf_case_options_t *options, const ncf_limits_t *limits,
                            ncf_error_t *err)
{
    ncf_result_t *result;
    ncf_flow_options_t flow;
    ncf_flow_options_init(&flow);
    flow.kind = options->flow;
    flow.delta = options->delta;
    flow.seed = options->flow_seed;
    flow.run = options->start;
    flow.precision = options->precision;
    flow.max_precision = options->max_precision;
    flow.stop = limits->stop;
    flow.time_limit = time_left(limits);
    NCF_TRY(ncf_flow(&result, problem, &flow, err));
    *exit_status = ncf_result_exit(result);
    *out = ncf__result_json(result, RECORD_DIGITS);
    shorten(*out, 1);
    ncf_result_free(result);
    return NCF_OK;
}

ncf_status_t ncf__task_prove(json_t **out, int *exit_status, const ncf_problem_t *problem,
                             const ncf_case_options_t *options, const ncf_limits_t *limits,
                             ncf_error_t *err)
{
    ncf_result_t *result;
    ncf_prove_options_t prove;
    ncf_prove_options_init(&prove);
    prove.seed = options->flow_seed;
    prove.run = options->start;
    prove.precision = options->precision;
    prove.max_precision = options->max_precision;
    prove.stop = limits->stop;
    prove.time_limit = time_left(limits);
    NCF_TRY(ncf_prove_flow(&result, problem, &prove, err));
    *exit_status = ncf_result_exit(result);
    *out = ncf__result_json(result, RECORD_DIGITS);
    shorten(*out, 1);
    ncf_result_free(result);
    return NCF_OK;
}

/* The strict orbits of a list, or null when it is not proved to hold all of them. */
static json_t *strict_orbits(const json_t *solved)
{
    const json_t *complete = json_object_get(solved, "complete");
    const json_t *list = json_object_get(solved, "orbits");
    const char *orbits =
        json_string_value(json_object_get(json_object_get(solved, "counts"), "orbits"));
    char *listed = ncf__format("%zu", json_array_size(list));
    json_int_t strict = 0;
    int whole = json_is_true(json_object_get(complete, "proved")) && orbits != NULL &&
                strcmp(orbits, listed) == 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *word =
            json_string_value(json_object_get(json_array_get(list, i), "second_order"));
        whole = whole && word != NULL && strcmp(word, "undecided") != 0;
        strict += word != NULL && strcmp(word, "strict") == 0;
    }
    ncf__free(listed);
    return whole ? json_integer(strict) : json_null();
}

/* The list of ncf_solve as candidates; *points is NULL when no weights are listed. */
static ncf_status_t list_orbits(ncf_points_t **points, json_t **strict, json_t **scope,
                                const ncf_problem_t *problem,
                                const ncf_case_options_t *options, const ncf_limits_t *limits,
                                ncf_error_t *err)
{
    ncf_result_t *result;
    ncf_solve_options_t solve;
    ncf__case_solve_options(&solve, options, limits);
    NCF_TRY(ncf_solve(&result, problem, &solve, err));
    json_t *solved = ncf__result_json(result, LIST_DIGITS);
    ncf_result_free(result);
    char *text = json_dumps(solved, JSON_COMPACT);
    if (ncf_points_parse(points, text, strlen(text), "the orbits", problem, NULL) != NCF_OK)
        *points = NULL;
    *strict = strict_orbits(solved);
    *scope = json_deep_copy(json_object_get(json_object_get(solved, "complete"), "scope"));
    free(text);
    json_decref(solved);
    return NCF_OK;
}

ncf_status_t ncf__task_runs(json_t **out, int *exit_status, const ncf_problem_t *problem,
                            const ncf_case_options_t *options, const ncf_limits_t *limits,
                            ncf_error_t *err)
{
    json_t *strict, *scope;
    ncf_result_t *result;
    ncf_points_t *points;
    ncf_flow_runs_options_t runs;
    ncf_flow_runs_options_init(&runs);
    NCF_TRY(list_orbits(&points, &strict, &scope, problem, options, limits, err));
    runs.kind = options->flow;
    runs.delta = options->delta;
    runs.runs = (size_t) options->runs;
    runs.seed = options->flow_seed;
    runs.orbits = points;
    runs.precision = options->precision;
    runs.max_precision = options->max_precision;
    runs.stop = limits->stop;
    runs.time_limit = time_left(limits);
    ncf_status_t status = ncf_flow_runs(&result, problem, &runs, err);
    if (status == NCF_OK) {
        *exit_status = ncf_result_exit(result);
        *out = ncf__result_json(result, RECORD_DIGITS);
        shorten(*out, 0);
        json_object_set(*out, "strict_orbits", strict);
        json_object_set(*out, "list_scope", scope);
        ncf_result_free(result);
    }
    json_decref(strict);
    json_decref(scope);
    ncf_points_free(points);
    return status;
}
