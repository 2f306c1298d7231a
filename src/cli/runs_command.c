/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* runs_command.c: ncf flow --runs. */
#include "cli.h"

#include <string.h>

/* An option of single runs that was given, or NULL. */
static const char *misfit(const cli_options_t *options)
{
    ncf_flow_options_t defaults;
    const ncf_flow_options_t *flow = &options->flow;
    ncf_flow_options_init(&defaults);
    if (options->initial != NULL)
        return "initial";
    if (flow->until != NULL)
        return "until";
    if (options->trajectory_prefix != NULL && strcmp(options->trajectory_prefix, "none") != 0)
        return "trajectory";
    if (flow->rescaled)
        return "rescaled";
    if (flow->rows != defaults.rows)
        return "rows";
    if (flow->method != defaults.method)
        return "method";
    if (flow->step != NULL)
        return "step";
    if (flow->reference)
        return "reference";
    return flow->run != 0 ? "run" : NULL;
}

/* The table of runs; 0, or the exit status after a message. */
static int write_runs(const cli_options_t *options, const ncf_result_t *result)
{
    ncf_error_t err;
    cli_output_t output;
    if (options->runs_csv == NULL)
        return 0;
    ncf_error_init(&err);
    int status = cli_output_open(&output, options->runs_csv);
    if (status != 0)
        return status;
    ncf_status_t written = ncf_result_write_runs(output.stream, result, &err);
    return cli_output_close(&output, written != NCF_OK);
}

static int read_files(ncf_problem_t **problem, ncf_points_t **orbits,
                      const cli_options_t *options)
{
    int status = 0;
    *problem = NULL;
    *orbits = NULL;
    if (options->orbits != NULL && strcmp(options->orbits, "-") == 0 &&
        strcmp(options->problem, "-") == 0)
        return cli_fail(EXIT_USAGE, "only one of the two files can be standard input");
    *problem = cli_read_problem(options, &status);
    if (*problem == NULL)
        return status;
    status = cli_read_orbits(orbits, options, *problem);
    if (status != 0)
        ncf_problem_free(*problem);
    return status;
}

static void set_options(ncf_flow_runs_options_t *runs, const cli_options_t *options)
{
    ncf_flow_runs_options_init(runs);
    runs->kind = options->kind;
    runs->delta = options->delta;
    runs->runs = (size_t) options->runs;
    runs->seed = options->solve.seed;
    runs->tolerance = options->flow.tolerance;
    runs->max_steps = options->flow.max_steps < 1000000 ? options->flow.max_steps : 1000000;
    runs->threads = options->solve.threads;
    runs->precision = options->solve.precision;
    runs->max_precision = options->solve.max_precision;
    runs->stop = &cli_stop;
    runs->progress = cli_progress;
}

int cli_flow_runs(const cli_options_t *options)
{
    ncf_error_t err;
    ncf_result_t *result;
    ncf_problem_t *problem;
    ncf_points_t *orbits;
    ncf_flow_runs_options_t runs;
    const char *wrong = misfit(options);
    if (wrong != NULL)
        return cli_fail(EXIT_USAGE, "--%s is of a single run, not of --runs", wrong);
    cli_progress_start(options);
    cli_stop_arm(options->solve.time_limit);
    double start = cli_clock();
    int status = read_files(&problem, &orbits, options);
    if (status != 0)
        return status;
    set_options(&runs, options);
    runs.orbits = orbits;
    runs.time_limit = cli_time_left(options->solve.time_limit, start);
    ncf_error_init(&err);
    cli_stop_answering();
    ncf_status_t done = ncf_flow_runs(&result, problem, &runs, &err);
    cli_stop_answered();
    cli_progress_end();
    ncf_points_free(orbits);
    status = done != NCF_OK ? cli_fail_with(&err) : write_runs(options, result);
    if (status == 0)
        return cli_finish(options, problem, result);
    ncf_result_free(result);
    ncf_problem_free(problem);
    return status;
}
