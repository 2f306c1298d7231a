/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* flow_runs.c: ncf_flow_runs. */
#include "result.h"

#include "../pipeline/flow_study.h"
#include "../report/study_report.h"

void ncf_flow_runs_options_init(ncf_flow_runs_options_t *options)
{
    *options = (ncf_flow_runs_options_t) {.size = sizeof(*options),
                                          .kind = NCF_FLOW_TRAINING,
                                          .runs = 1000,
                                          .seed = 1,
                                          .tolerance = 1e-10,
                                          .max_steps = 100000,
                                          .threads = 1,
                                          .precision = 128,
                                          .max_precision = 8192};
}

static ncf_status_t check_options(const ncf_flow_runs_options_t *options, ncf_error_t *err)
{
    if (options->size != sizeof(*options))
        return ncf__fail(err, NCF_EARG,
                         "the options were not set by ncf_flow_runs_options_init");
    if (options->kind == NCF_FLOW_DESCENT)
        return ncf__fail(err, NCF_EARG, "there are no runs of gradient descent, only of flows");
    if (options->kind < NCF_FLOW_TRAINING || options->kind > NCF_FLOW_DESCENT)
        return ncf__fail(err, NCF_EARG, "there is no such kind of flow");
    if (options->runs < 1 || options->runs > NCF_STUDY_MAX_RUNS)
        return ncf__fail(err, NCF_EARG, "runs must be between 1 and %d", NCF_STUDY_MAX_RUNS);
    if (!(options->tolerance >= 1e-14 && options->tolerance <= 0.1))
        return ncf__fail(err, NCF_EARG, "the tolerance must be between 1e-14 and 0.1");
    if (options->max_steps < 1 || options->max_steps > 1000000)
        return ncf__fail(err, NCF_EARG, "max-steps must be between 1 and 1000000");
    return ncf__check_effort(options->precision, options->max_precision, options->threads, err);
}

static ncf_status_t read_delta(double *delta, const char *text, ncf_error_t *err)
{
    fmpq_t exact;
    fmpq_init(exact);
    ncf_status_t status = ncf__read_number(exact, "delta", text, 1e-100, 1e10, err);
    *delta = fmpq_get_d(exact);
    fmpq_clear(exact);
    return status;
}

/* Whether what was asked is there: each run is matched, or shrinks to zero. */
static int exit_status(const struct ncf_flow_study *study)
{
    if (study->limit != NCF_LIMIT_NONE)
        return 4;
    slong good = study->words[NCF_MATCH_MATCHED] + study->words[NCF_MATCH_ZERO];
    return good == study->plan.runs ? 0 : 1;
}

static ncf_study_plan_t plan_of(const ncf_flow_runs_options_t *options, double delta)
{
    return (ncf_study_plan_t) {.kind = options->kind,
                               .runs = (slong) options->runs,
                               .seed = options->seed,
                               .delta = options->kind == NCF_FLOW_SPHERE ? 1 : delta,
                               .tolerance = options->tolerance,
                               .max_steps = options->max_steps,
                               .threads = options->threads,
                               .precision = options->precision,
                               .max_precision = options->max_precision};
}

/* Takes over the network. */
static ncf_status_t run(ncf_result_t **out, const ncf_problem_t *problem,
                        ncf_network_struct network, slong degree, double delta,
                        const ncf_flow_runs_options_t *options, ncf_error_t *err)
{
    double start = ncf__clock();
    ncf_limits_t limits = {options->time_limit > 0 ? start + options->time_limit : 0,
                           options->stop, options->progress, options->progress_context};
    ncf_study_plan_t plan = plan_of(options, delta);
    ncf_catalogue_t *catalogue;
    ncf_status_t status =
        ncf__match_catalogue(&catalogue, problem, options->orbits, options->precision,
                             options->max_precision, options->threads, &limits, err);
    if (status != NCF_OK) {
        ncf__network_clear(&network);
        return status;
    }
    ncf_solve_options_t shown;
    ncf_solve_options_init(&shown);
    shown.precision = options->precision;
    shown.max_precision = options->max_precision;
    shown.threads = options->threads;
    struct ncf_result *result = ncf__result_new(problem, &shown);
    struct ncf_flow_study *study = ncf__flow_study(problem, network, degree, &plan, &limits);
    study->delta_text = ncf__strdup(options->delta != NULL ? options->delta : "1/1000");
    for (slong k = 0; catalogue != NULL && k < study->orbit_count; k++)
        study->orbits[k].listed =
            ncf__catalogue_number(catalogue, &study->orbits[k].known->found.point);
    result->study = study;
    result->catalogue = catalogue;
    result->limit = study->limit;
    result->exit_status = exit_status(study);
    result->seconds = ncf__clock() - start;
    *out = result;
    return NCF_OK;
}

ncf_status_t ncf_flow_runs(ncf_result_t **out, const ncf_problem_t *problem,
                           const ncf_flow_runs_options_t *options, ncf_error_t *err)
{
    ncf_flow_runs_options_t defaults;
    ncf_network_t network;
    slong degree;
    double delta = 0;
    *out = NULL;
    if (options == NULL) {
        ncf_flow_runs_options_init(&defaults);
        options = &defaults;
    }
    ncf_status_t status = check_options(options, err);
    if (status == NCF_OK)
        status = read_delta(&delta, options->delta != NULL ? options->delta : "1/1000", err);
    if (status == NCF_OK)
        status = ncf__arithmetic_check(err);
    if (status == NCF_OK)
        status = ncf__match_degree(&degree, problem, err);
    if (status == NCF_OK)
        status = ncf__match_network(network, problem, err);
    return status == NCF_OK ? run(out, problem, network[0], degree, delta, options, err) : status;
}

ncf_status_t ncf_result_write_runs(FILE *stream, const ncf_result_t *result, ncf_error_t *err)
{
    if (result->study == NULL)
        return ncf__fail(err, NCF_EARG, "the result is not one of many runs");
    ncf__write_study_runs(stream, result->study);
    if (fflush(stream) != 0 || ferror(stream))
        return ncf__fail(err, NCF_EIO, "the table of runs could not be written");
    return NCF_OK;
}
