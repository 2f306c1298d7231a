/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* run_flow.c: ncf_flow. */
#include "result.h"

#include "../flow/flow.h"
#include "../pipeline/flow_run.h"
#include "../problem/points.h"
#include "../report/flow_report.h"

#include <math.h>
#include <string.h>

void ncf_flow_options_init(ncf_flow_options_t *options)
{
    *options = (ncf_flow_options_t) {.size = sizeof(*options),
                                     .kind = NCF_FLOW_TRAINING,
                                     .method = NCF_FLOW_ADAMS,
                                     .seed = 1,
                                     .tolerance = 1e-10,
                                     .max_steps = 1000000,
                                     .rows = 2000,
                                     .threads = 1,
                                     .precision = 128,
                                     .max_precision = 8192};
}

/* ---- Options ------------------------------------------------------------------------ */

static ncf_status_t check_options(const ncf_flow_options_t *options, ncf_error_t *err)
{
    if (options->size != sizeof(*options))
        return ncf__fail(err, NCF_EARG, "the options were not set by ncf_flow_options_init");
    if (options->kind < NCF_FLOW_TRAINING || options->kind > NCF_FLOW_DESCENT)
        return ncf__fail(err, NCF_EARG, "there is no such kind of flow");
    if (options->method < NCF_FLOW_ADAMS || options->method > NCF_FLOW_KRYLOV)
        return ncf__fail(err, NCF_EARG, "there is no such method");
    if (!(options->tolerance >= 1e-14 && options->tolerance <= 0.1))
        return ncf__fail(err, NCF_EARG, "the tolerance must be between 1e-14 and 0.1");
    if (options->max_steps < 1 || options->max_steps > 1000000000)
        return ncf__fail(err, NCF_EARG, "max-steps must be between 1 and 1000000000");
    if (options->rows < 16 || options->rows > NCF_POINTS_MAX_COUNT)
        return ncf__fail(err, NCF_EARG, "rows must be between 16 and %d", NCF_POINTS_MAX_COUNT);
    if (options->reference && options->kind != NCF_FLOW_TRAINING &&
        options->kind != NCF_FLOW_CORRELATION)
        return ncf__fail(err, NCF_EARG, "a reference is there for the flows of the loss and of N");
    return ncf__check_effort(options->precision, options->max_precision, options->threads, err);
}

/* ---- The start ---------------------------------------------------------------------- */

/* w_0, n doubles of about unit length, and in `norm` the length of the candidate. */
static ncf_status_t read_start(double *start, double *norm, slong n,
                               const ncf_flow_options_t *options, ncf_error_t *err)
{
    const ncf_points_t *initial = options->initial;
    *norm = 1;
    if (initial == NULL) {
        ncf__flow_random_start(start, n, options->seed, options->run);
        return NCF_OK;
    }
    if (fmpq_mat_ncols(initial->rows) != n)
        return ncf__fail(err, NCF_EARG, "the initial weights were read for a network of %ld weights",
                         (long) fmpq_mat_ncols(initial->rows));
    if (fmpq_mat_nrows(initial->rows) != 1)
        return ncf__fail_at(err, NCF_ESPEC, initial->name, 0, 0,
                            "initial weights are one row, not %ld",
                            (long) fmpq_mat_nrows(initial->rows));
    arb_ptr v = _arb_vec_init(n);
    arb_t length;
    arb_init(length);
    ncf__match_direction(v, length, fmpq_mat_entry(initial->rows, 0, 0), n, 128);
    for (slong j = 0; j < n; j++)
        start[j] = arf_get_d(arb_midref(v + j), ARF_RND_NEAR);
    *norm = arf_get_d(arb_midref(length), ARF_RND_NEAR);
    arb_clear(length);
    _arb_vec_clear(v, n);
    return NCF_OK;
}

static ncf_status_t read_delta(fmpq_t delta, double norm, const ncf_flow_options_t *options,
                               ncf_error_t *err)
{
    int sphere = options->kind == NCF_FLOW_SPHERE;
    const char *text = options->delta != NULL ? options->delta : sphere ? "1" : "1/1000";
    if (sphere && strcmp(text, "1") != 0)
        return ncf__fail(err, NCF_EARG, "on the sphere delta is 1");
    if (strcmp(text, "initial") != 0)
        return ncf__read_number(delta, "delta", text, 1e-100, 1e10, err);
    if (options->initial == NULL)
        return ncf__fail(err, NCF_EARG, "delta: there are no initial weights to take it from");
    if (!(norm >= 1e-100 && norm <= 1e10))
        return ncf__fail(err, NCF_EARG, "the length of the initial weights is not between 1e-100 "
                                        "and 1e10");
    ncf__rational_set_double(delta, norm);
    return NCF_OK;
}

static char *origin_text(const ncf_flow_options_t *options)
{
    if (options->initial != NULL)
        return ncf__format("the direction of %s", options->initial->name);
    return ncf__format("a random direction, seed %llu, run %llu",
                       (unsigned long long) options->seed, (unsigned long long) options->run);
}

/* The number of weights; a failure when there are too many to be rows. */
static ncf_status_t count_weights(slong *n, const ncf_problem_t *problem, ncf_error_t *err)
{
    fmpz_t unknowns;
    fmpz_init(unknowns);
    ncf__problem_unknowns(unknowns, problem);
    int fits = fmpz_cmp_si(unknowns, NCF_POINTS_MAX_NUMBERS / 16 - 4) <= 0;
    *n = fits ? fmpz_get_si(unknowns) : 0;
    fmpz_clear(unknowns);
    return fits ? NCF_OK
                : ncf__fail_at(err, NCF_EUNSUPPORTED, problem->name, 0, 0,
                               "flows of a network with more than %d weights are not supported",
                               NCF_POINTS_MAX_NUMBERS / 16 - 4);
}

/* ---- The run ------------------------------------------------------------------------ */

static int exit_status(const struct ncf_flow_run *run)
{
    if (run->limit != NCF_LIMIT_NONE)
        return 4;
    return ncf__flow_run_word(run) == NCF_MATCH_MATCHED ? 0 : 1;
}

static ncf_status_t run(ncf_result_t **out, const ncf_problem_t *problem,
                        const ncf_run_plan_t *plan, const ncf_flow_options_t *options,
                        ncf_error_t *err)
{
    double start = ncf__clock();
    ncf_limits_t limits = {options->time_limit > 0 ? start + options->time_limit : 0,
                           options->stop, options->progress, options->progress_context};
    struct ncf_flow_run *made;
    ncf_catalogue_t *catalogue;
    ncf_solve_options_t shown;
    ncf_status_t status =
        ncf__match_catalogue(&catalogue, problem, options->orbits, options->precision,
                             options->max_precision, options->threads, &limits, err);
    if (status != NCF_OK)
        return status;
    status = ncf__flow_run_new(&made, problem, plan, &limits, err);
    if (status != NCF_OK) {
        ncf__catalogue_free(catalogue);
        return status;
    }
    ncf_solve_options_init(&shown);
    shown.precision = options->precision;
    shown.max_precision = options->max_precision;
    struct ncf_result *result = ncf__result_new(problem, &shown);
    made->origin = origin_text(options);
    result->flow = made;
    result->catalogue = catalogue;
    result->listed = catalogue != NULL && made->matching != NULL
                         ? ncf__catalogue_number(catalogue, &made->matching->found.point)
                         : NCF_LISTED_UNDECIDED;
    result->limit = made->limit;
    result->exit_status = exit_status(made);
    result->seconds = ncf__clock() - start;
    *out = result;
    return NCF_OK;
}

/* All that is text or a file in the options. */
static ncf_status_t read_plan(ncf_run_plan_t *plan, fmpq_t delta, double *start, slong n,
                              const ncf_flow_options_t *options, ncf_error_t *err)
{
    double norm;
    fmpq_t step;
    slong fit = NCF_POINTS_MAX_NUMBERS / (n + 4);
    *plan = (ncf_run_plan_t) {.kind = options->kind,
                              .method = options->method,
                              .tolerance = options->tolerance,
                              .max_steps = options->max_steps,
                              .rows = options->rows < fit ? options->rows : fit,
                              .rescaled = options->rescaled,
                              .reference = options->reference,
                              .threads = options->threads,
                              .precision = options->precision,
                              .max_precision = options->max_precision,
                              .delta = delta,
                              .start = start};
    fmpq_init(step);
    ncf_status_t status = ncf__run_events_parse(&plan->until, options->until, options->kind, err);
    if (status == NCF_OK)
        status = ncf__read_number(step, "step", options->step != NULL ? options->step : "1/10", 1e-300,
                             1e300, err);
    if (status == NCF_OK)
        status = read_start(start, &norm, n, options, err);
    if (status == NCF_OK)
        status = read_delta(delta, norm, options, err);
    plan->step = fmpq_get_d(step);
    fmpq_clear(step);
    return status;
}

ncf_status_t ncf_flow(ncf_result_t **out, const ncf_problem_t *problem,
                      const ncf_flow_options_t *options, ncf_error_t *err)
{
    ncf_flow_options_t defaults;
    ncf_run_plan_t plan;
    fmpq_t delta;
    slong n = 0;
    *out = NULL;
    if (options == NULL) {
        ncf_flow_options_init(&defaults);
        options = &defaults;
    }
    ncf_status_t status = check_options(options, err);
    if (status == NCF_OK)
        status = ncf__arithmetic_check(err);
    if (status == NCF_OK)
        status = count_weights(&n, problem, err);
    if (status != NCF_OK)
        return status;
    double *start = ncf__malloc((size_t) n, sizeof(double));
    fmpq_init(delta);
    status = read_plan(&plan, delta, start, n, options, err);
    if (status == NCF_OK)
        status = run(out, problem, &plan, options, err);
    fmpq_clear(delta);
    ncf__free(start);
    return status;
}

/* ---- The trajectory ----------------------------------------------------------------- */

size_t ncf_result_rows(const ncf_result_t *result)
{
    return result->flow != NULL ? (size_t) result->flow->count : 0;
}

ncf_status_t ncf_result_write_trajectory(FILE *stream, const ncf_result_t *result,
                                         ncf_trajectory_format_t format, ncf_error_t *err)
{
    if (ncf_result_rows(result) < 2)
        return ncf__fail(err, NCF_EARG, "the result has no trajectory");
    if (format == NCF_TRAJECTORY_NPY)
        ncf__write_flow_npy(stream, result->flow);
    else
        ncf__write_flow_csv(stream, result->flow);
    return ferror(stream) ? ncf__fail(err, NCF_EIO, "the trajectory could not be written")
                          : NCF_OK;
}
