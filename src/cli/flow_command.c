/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* flow_command.c: ncf flow. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

/* PREFIX + suffix; NULL without memory. */
static char *join(const char *prefix, size_t length, const char *suffix)
{
    char *name = malloc(length + strlen(suffix) + 1);
    if (name != NULL) {
        memcpy(name, prefix, length);
        strcpy(name + length, suffix);
    }
    return name;
}

/* "folder/plane.json" gives "plane-flow", in the current folder. */
static char *default_prefix(const char *problem)
{
    const char *slash = strrchr(problem, '/'), *base = slash != NULL ? slash + 1 : problem;
    const char *dot = strrchr(base, '.');
    if (strcmp(problem, "-") == 0 || *base == '\0')
        return join("stdin", 5, "-flow");
    return join(base, dot != NULL && dot != base ? (size_t) (dot - base) : strlen(base), "-flow");
}

static int write_file(const char *prefix, const char *suffix, const ncf_result_t *result,
                      ncf_trajectory_format_t format)
{
    ncf_error_t err;
    cli_output_t output;
    char *name = join(prefix, strlen(prefix), suffix);
    if (name == NULL)
        return cli_fail(EXIT_SYSTEM, "out of memory");
    ncf_error_init(&err);
    int status = cli_output_open(&output, name);
    if (status == 0) {
        ncf_status_t written = ncf_result_write_trajectory(output.stream, result, format, &err);
        status = cli_output_close(&output, written != NCF_OK);
    }
    free(name);
    return status;
}

/* Both files, and a line that names them. */
static int write_trajectory(const cli_options_t *options, const ncf_result_t *result)
{
    const char *given = options->trajectory_prefix;
    if ((given != NULL && strcmp(given, "none") == 0) || ncf_result_rows(result) < 2)
        return 0;
    char *prefix = given != NULL ? join(given, strlen(given), "") : default_prefix(options->problem);
    if (prefix == NULL)
        return cli_fail(EXIT_SYSTEM, "out of memory");
    int status = write_file(prefix, ".npy", result, NCF_TRAJECTORY_NPY);
    if (status == 0)
        status = write_file(prefix, ".csv", result, NCF_TRAJECTORY_CSV);
    if (status == 0 && !options->quiet)
        fprintf(stderr, "ncf: the trajectory is in %s.npy and %s.csv\n", prefix, prefix);
    free(prefix);
    return status;
}

static int is_stdin(const char *name)
{
    return name != NULL && strcmp(name, "-") == 0;
}

/* Problem, initial weights and list; 0, or the exit status after a message. */
static int read_files(ncf_problem_t **problem, ncf_points_t **initial, ncf_points_t **orbits,
                      const cli_options_t *options)
{
    int status = 0;
    ncf_error_t err;
    *problem = NULL;
    *initial = *orbits = NULL;
    if (is_stdin(options->initial) + is_stdin(options->orbits) + is_stdin(options->problem) > 1)
        return cli_fail(EXIT_USAGE, "only one of the files can be standard input");
    *problem = cli_read_problem(options, &status);
    if (*problem == NULL)
        return status;
    ncf_error_init(&err);
    if (options->initial != NULL &&
        ncf_points_read(initial, options->initial, *problem, &err) != NCF_OK)
        status = cli_fail_with(&err);
    if (status == 0)
        status = cli_read_orbits(orbits, options, *problem);
    if (status == 0)
        return 0;
    ncf_points_free(*initial);
    ncf_problem_free(*problem);
    return status;
}

/* What a proof does not have: it follows no single run. NULL, or the first option. */
static const char *option_of_runs(const cli_options_t *options)
{
    const ncf_flow_options_t *flow = &options->flow;
    return options->kind != NCF_FLOW_TRAINING ? "kind"
           : options->delta != NULL           ? "delta"
           : options->trajectory_prefix != NULL ? "trajectory"
           : flow->until != NULL              ? "until"
           : flow->step != NULL               ? "step"
           : flow->rescaled                   ? "rescaled"
           : flow->reference                  ? "reference"
           : options->runs > 0                ? "runs"
           : options->runs_csv != NULL        ? "runs-csv"
           : options->orbits != NULL          ? "orbits"
                                              : NULL;
}

static int prove(const cli_options_t *options)
{
    ncf_error_t err;
    ncf_result_t *result;
    ncf_problem_t *problem;
    ncf_points_t *initial, *orbits;
    ncf_prove_options_t prove;
    cli_progress_start(options);
    cli_stop_arm(options->solve.time_limit);
    double start = cli_clock();
    int status = read_files(&problem, &initial, &orbits, options);
    if (status != 0)
        return status;
    ncf_prove_options_init(&prove);
    prove.initial = initial;
    prove.seed = options->solve.seed;
    prove.run = options->flow.run;
    prove.angle = options->angle;
    prove.threads = options->solve.threads;
    prove.precision = options->solve.precision;
    prove.max_precision = options->solve.max_precision;
    prove.time_limit = cli_time_left(options->solve.time_limit, start);
    prove.stop = &cli_stop;
    prove.progress = cli_progress;
    ncf_error_init(&err);
    cli_stop_answering();
    ncf_status_t done = ncf_prove_flow(&result, problem, &prove, &err);
    cli_stop_answered();
    cli_progress_end();
    ncf_points_free(initial);
    ncf_points_free(orbits);
    if (done == NCF_OK)
        return cli_finish(options, problem, result);
    ncf_problem_free(problem);
    return cli_fail_with(&err);
}

int cli_flow(const cli_options_t *options)
{
    ncf_error_t err;
    ncf_result_t *result;
    ncf_problem_t *problem;
    ncf_points_t *initial, *orbits;
    ncf_flow_options_t flow = options->flow;
    if (options->prove && option_of_runs(options) != NULL)
        return cli_fail(EXIT_USAGE, "--prove is for all small delta at once: --%s has no meaning",
                        option_of_runs(options));
    if (options->prove)
        return prove(options);
    if (options->angle != NULL)
        return cli_fail(EXIT_USAGE, "--angle is an option of --prove");
    if (options->runs > 0)
        return cli_flow_runs(options);
    if (options->runs_csv != NULL)
        return cli_fail(EXIT_USAGE, "--runs-csv needs --runs");
    cli_progress_start(options);
    cli_stop_arm(options->solve.time_limit);
    double start = cli_clock();
    int status = read_files(&problem, &initial, &orbits, options);
    if (status != 0)
        return status;
    flow.kind = options->kind;
    flow.delta = options->delta;
    flow.initial = initial;
    flow.orbits = orbits;
    flow.seed = options->solve.seed;
    flow.threads = options->solve.threads;
    flow.precision = options->solve.precision;
    flow.max_precision = options->solve.max_precision;
    flow.time_limit = cli_time_left(options->solve.time_limit, start);
    flow.stop = &cli_stop;
    flow.progress = cli_progress;
    ncf_error_init(&err);
    cli_stop_answering();
    ncf_status_t done = ncf_flow(&result, problem, &flow, &err);
    cli_stop_answered();
    cli_progress_end();
    ncf_points_free(orbits);
    ncf_points_free(initial);
    if (done != NCF_OK)
        status = cli_fail_with(&err);
    else
        status = write_trajectory(options, result);
    if (status == 0)
        return cli_finish(options, problem, result);
    ncf_result_free(result);
    ncf_problem_free(problem);
    return status;
}
