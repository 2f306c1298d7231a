/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* task.c: the work of one record, and what is kept of a result document. */
#include "study.h"

#include <string.h>

#define RECORD_DIGITS 20

const char *ncf__task_name(ncf_task_t task)
{
    static const char *const names[NCF_TASK_COUNT] = {"solve", "certify", "search",
                                                      "prune", "flow",    "runs",
                                                      "prove"};
    return names[task];
}

json_t *ncf__result_json(const ncf_result_t *result, long digits)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    NCF_REQUIRE(stream != NULL);
    ncf_status_t status = ncf_result_write_json(stream, result, digits, NULL);
    NCF_REQUIRE(fclose(stream) == 0 && status == NCF_OK);
    json_t *document = json_loadb(text, length, 0, NULL);
    NCF_REQUIRE(document != NULL);
    free(text);
    return document;
}

void ncf__case_solve_options(ncf_solve_options_t *out, const ncf_case_options_t *options,
                             const ncf_limits_t *limits)
{
    ncf_solve_options_init(out);
    out->precision = options->precision;
    out->max_precision = options->max_precision;
    out->top = options->top;
    out->max_classes = options->max_classes;
    out->seed = options->seed;
    out->lambda_min = options->lambda_min;
    out->stop = limits->stop;
    if (limits->deadline > 0) {
        double left = limits->deadline - ncf__clock();
        out->time_limit = left > 1e-3 ? left : 1e-3;
    }
}

/* Removes keys from each object of a list. */
static void strip(json_t *list, const char *const *keys)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        for (int k = 0; keys[k] != NULL; k++)
            json_object_del(json_array_get(list, i), keys[k]);
    }
}

/* Weights and directions are left out: a table needs none, and they may be long. */
static void shorten(json_t *document)
{
    static const char *const orbit[] = {"weights", "units", NULL};
    static const char *const other[] = {"direction", "hull", NULL};
    strip(json_object_get(document, "orbits"), orbit);
    strip(json_object_get(document, "lines"), other);
    strip(json_object_get(document, "components"), other);
    strip(json_object_get(document, "undecided"), other);
    json_object_del(document, "timing");
}

static ncf_status_t solve(json_t **out, int *exit_status, const ncf_problem_t *problem,
                          const ncf_case_options_t *case_options, const ncf_limits_t *limits,
                          ncf_error_t *err)
{
    ncf_result_t *result;
    ncf_solve_options_t options;
    ncf__case_solve_options(&options, case_options, limits);
    NCF_TRY(ncf_solve(&result, problem, &options, err));
    *exit_status = ncf_result_exit(result);
    *out = ncf__result_json(result, RECORD_DIGITS);
    shorten(*out);
    ncf_result_free(result);
    return NCF_OK;
}

ncf_status_t ncf__task_run(json_t **out, int *exit_status, const ncf_case_t *item,
                           ncf_task_t task, const ncf_limits_t *limits, ncf_error_t *err)
{
    ncf_problem_t *problem;
    ncf_status_t status = NCF_EBUG;
    *out = NULL;
    *exit_status = 0;
    NCF_TRY(ncf_problem_parse(&problem, item->text, strlen(item->text), "the problem",
                              item->directory, err));
    switch (task) {
    case NCF_TASK_SOLVE:
        status = solve(out, exit_status, problem, &item->options, limits, err);
        break;
    case NCF_TASK_CERTIFY:
        status = ncf__task_certify(out, exit_status, problem, &item->options, limits, err);
        break;
    case NCF_TASK_SEARCH:
        status = ncf__task_search(out, exit_status, problem, &item->options, limits, err);
        break;
    case NCF_TASK_PRUNE:
        status = ncf__task_prune(out, exit_status, problem, &item->options, limits, err);
        break;
    case NCF_TASK_FLOW:
        status = ncf__task_flow(out, exit_status, problem, &item->options, limits, err);
        break;
    case NCF_TASK_RUNS:
        status = ncf__task_runs(out, exit_status, problem, &item->options, limits, err);
        break;
    case NCF_TASK_PROVE:
        status = ncf__task_prove(out, exit_status, problem, &item->options, limits, err);
        break;
    case NCF_TASK_COUNT:
        break;
    }
    ncf_problem_free(problem);
    return status;
}
