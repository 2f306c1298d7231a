/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* commands.c: ncf solve, ncf certify, ncf match and ncf info. */
#include "cli.h"

ncf_problem_t *cli_read_problem(const cli_options_t *options, int *status)
{
    ncf_error_t err;
    ncf_problem_t *problem;
    ncf_error_init(&err);
    if (ncf_problem_read(&problem, options->problem, &err) == NCF_OK)
        return problem;
    *status = cli_fail_with(&err);
    return NULL;
}

static int write_result(const cli_options_t *options, const ncf_result_t *result)
{
    ncf_error_t err;
    cli_output_t output;
    ncf_error_init(&err);
    int status = cli_output_open(&output, options->output);
    if (status != 0)
        return status;
    ncf_status_t written =
        options->json ? ncf_result_write_json(output.stream, result, options->digits, &err)
                      : ncf_result_write_table(output.stream, result, options->digits,
                                               options->verbose, &err);
    return cli_output_close(&output, written != NCF_OK);
}

static int write_certificate(const cli_options_t *options, const ncf_problem_t *problem,
                             const ncf_result_t *result)
{
    ncf_error_t err;
    cli_output_t output;
    if (options->certificate == NULL)
        return 0;
    ncf_error_init(&err);
    int status = cli_output_open(&output, options->certificate);
    if (status != 0)
        return status;
    ncf_status_t written = ncf_result_write_certificate(output.stream, result, problem, &err);
    int closed = cli_output_close(&output, written != NCF_OK);
    if (written != NCF_OK && written != NCF_EIO)
        return cli_fail_with(&err);
    return closed;
}

int cli_finish(const cli_options_t *options, ncf_problem_t *problem, ncf_result_t *result)
{
    int status = write_result(options, result);
    if (status == 0)
        status = write_certificate(options, problem, result);
    if (status == 0)
        status = ncf_result_exit(result);
    ncf_result_free(result);
    ncf_problem_free(problem);
    return status;
}

double cli_time_left(double limit, double start)
{
    double left = limit - (cli_clock() - start);
    return limit <= 0 ? 0 : left > 1e-3 ? left : 1e-3;
}

int cli_solve(const cli_options_t *options)
{
    int status = 0;
    ncf_error_t err;
    ncf_result_t *result;
    ncf_solve_options_t solve = options->solve;
    cli_progress_start(options);
    cli_stop_arm(solve.time_limit);
    double start = cli_clock();
    ncf_problem_t *problem = cli_read_problem(options, &status);
    if (problem == NULL)
        return status;
    solve.time_limit = cli_time_left(solve.time_limit, start);
    solve.stop = &cli_stop;
    solve.progress = cli_progress;
    ncf_error_init(&err);
    cli_stop_answering();
    ncf_status_t solved = ncf_solve(&result, problem, &solve, &err);
    cli_stop_answered();
    cli_progress_end();
    if (solved == NCF_OK)
        return cli_finish(options, problem, result);
    ncf_problem_free(problem);
    return cli_fail_with(&err);
}

/* Both files; 0, or the exit status after a message. */
static int read_candidates(ncf_problem_t **problem, ncf_points_t **points,
                           const cli_options_t *options)
{
    int status = 0;
    ncf_error_t err;
    *problem = cli_read_problem(options, &status);
    if (*problem == NULL)
        return status;
    ncf_error_init(&err);
    if (ncf_solutions_read(points, options->points, *problem, options->program, &err) == NCF_OK)
        return 0;
    ncf_problem_free(*problem);
    return cli_fail_with(&err);
}

int cli_certify(const cli_options_t *options)
{
    ncf_error_t err;
    ncf_result_t *result;
    ncf_problem_t *problem;
    ncf_points_t *points;
    ncf_certify_options_t certify;
    cli_progress_start(options);
    cli_stop_arm(options->solve.time_limit);
    double start = cli_clock();
    int status = read_candidates(&problem, &points, options);
    if (status != 0)
        return status;
    ncf_certify_options_init(&certify);
    certify.precision = options->solve.precision;
    certify.max_precision = options->solve.max_precision;
    certify.threads = options->solve.threads;
    certify.time_limit = cli_time_left(options->solve.time_limit, start);
    certify.distance = options->distance;
    certify.caps = options->solve.caps;
    certify.stop = &cli_stop;
    certify.progress = cli_progress;
    ncf_error_init(&err);
    cli_stop_answering();
    ncf_status_t done = ncf_certify(&result, problem, points, &certify, &err);
    cli_stop_answered();
    cli_progress_end();
    ncf_points_free(points);
    if (done == NCF_OK)
        return cli_finish(options, problem, result);
    ncf_problem_free(problem);
    return cli_fail_with(&err);
}

/* Both files; 0, or the exit status after a message. */
static int read_trajectory(ncf_problem_t **problem, ncf_trajectory_t **trajectory,
                           const cli_options_t *options)
{
    int status = 0;
    ncf_error_t err;
    *problem = cli_read_problem(options, &status);
    if (*problem == NULL)
        return status;
    ncf_error_init(&err);
    if (ncf_trajectory_read(trajectory, options->trajectory, *problem, &err) == NCF_OK)
        return 0;
    ncf_problem_free(*problem);
    return cli_fail_with(&err);
}

int cli_read_orbits(ncf_points_t **orbits, const cli_options_t *options,
                    const ncf_problem_t *problem)
{
    ncf_error_t err;
    *orbits = NULL;
    ncf_error_init(&err);
    if (options->orbits == NULL ||
        ncf_points_read(orbits, options->orbits, problem, &err) == NCF_OK)
        return 0;
    return cli_fail_with(&err);
}

int cli_match(const cli_options_t *options)
{
    ncf_error_t err;
    ncf_result_t *result;
    ncf_problem_t *problem;
    ncf_trajectory_t *trajectory;
    ncf_points_t *orbits;
    ncf_match_options_t match;
    cli_progress_start(options);
    cli_stop_arm(options->solve.time_limit);
    double start = cli_clock();
    int status = read_trajectory(&problem, &trajectory, options);
    if (status != 0)
        return status;
    status = cli_read_orbits(&orbits, options, problem);
    if (status != 0) {
        ncf_trajectory_free(trajectory);
        ncf_problem_free(problem);
        return status;
    }
    ncf_match_options_init(&match);
    match.orbits = orbits;
    match.kind = options->kind;
    match.delta = options->delta;
    match.precision = options->solve.precision;
    match.max_precision = options->solve.max_precision;
    match.time_limit = cli_time_left(options->solve.time_limit, start);
    match.stop = &cli_stop;
    match.progress = cli_progress;
    ncf_error_init(&err);
    cli_stop_answering();
    ncf_status_t done = ncf_match(&result, problem, trajectory, &match, &err);
    cli_stop_answered();
    cli_progress_end();
    ncf_points_free(orbits);
    ncf_trajectory_free(trajectory);
    if (done == NCF_OK)
        return cli_finish(options, problem, result);
    ncf_problem_free(problem);
    return cli_fail_with(&err);
}

int cli_info(const cli_options_t *options)
{
    int status = 0;
    ncf_error_t err;
    cli_output_t output;
    cli_stop_arm(0);
    ncf_problem_t *problem = cli_read_problem(options, &status);
    if (problem == NULL)
        return status;
    ncf_error_init(&err);
    status = cli_output_open(&output, options->output);
    if (status == 0) {
        ncf_status_t written = ncf_info_write(output.stream, problem, options->json, &err);
        status = cli_output_close(&output, written != NCF_OK);
    }
    ncf_problem_free(problem);
    return status;
}
