/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* certify.c: ncf_certify. */
#include "result.h"

#include "../pipeline/certify_points.h"

#define DEFAULT_DISTANCE "1/100"

void ncf_certify_options_init(ncf_certify_options_t *options)
{
    *options = (ncf_certify_options_t) {
        .size = sizeof(*options), .precision = 128, .max_precision = 8192, .threads = 1};
}

static ncf_status_t check_options(const ncf_certify_options_t *options, ncf_error_t *err)
{
    if (options->size != sizeof(*options))
        return ncf__fail(err, NCF_EARG, "the options were not set by ncf_certify_options_init");
    ncf_status_t status = ncf__check_effort(options->precision, options->max_precision,
                                            options->threads, err);
    if (status != NCF_OK)
        return status;
    return options->distance == NULL ? NCF_OK
                                     : ncf__check_positive("distance", options->distance, err);
}

static ncf_status_t check_length(const ncf_problem_t *problem, const ncf_points_t *points,
                                 ncf_error_t *err)
{
    fmpz_t unknowns;
    fmpz_init(unknowns);
    ncf__problem_unknowns(unknowns, problem);
    int same = fmpz_equal_si(unknowns, fmpq_mat_ncols(points->rows));
    fmpz_clear(unknowns);
    if (!same)
        return ncf__fail(err, NCF_EARG, "the candidates were read for a network of %ld weights",
                         (long) fmpq_mat_ncols(points->rows));
    return NCF_OK;
}

static int exit_status(const struct ncf_result *result)
{
    if (result->limit != NCF_LIMIT_NONE)
        return 4;
    return ncf__certification_is_settled(result->certification) && ncf__caps_are_proved(result)
               ? 0
               : 1;
}

static ncf_status_t run(ncf_result_t **out, const ncf_problem_t *problem,
                        const ncf_points_t *points, const ncf_certify_options_t *options,
                        ncf_error_t *err)
{
    double start = ncf__clock();
    ncf_limits_t limits = {options->time_limit > 0 ? start + options->time_limit : 0,
                           options->stop, options->progress, options->progress_context};
    ncf_certify_settings_t settings = {options->precision, options->max_precision,
                                       options->threads,
                                       options->distance != NULL ? options->distance
                                                                 : DEFAULT_DISTANCE};
    struct ncf_certification *certification =
        ncf__certify_points(problem, points, &settings, &limits);
    if (certification == NULL)
        return ncf__fail_at(err, NCF_EUNSUPPORTED, problem->name, 0, 0,
                            "certifying points of a network with more than %d weights is not "
                            "supported yet",
                            NCF_CERTIFY_MAX_UNKNOWNS);
    ncf_solve_options_t shown;
    ncf_solve_options_init(&shown);
    shown.precision = options->precision;
    shown.max_precision = options->max_precision;
    shown.threads = options->threads;
    struct ncf_result *result = ncf__result_new(problem, &shown);
    result->certification = certification;
    result->limit = certification->limit;
    if (options->caps && result->limit == NCF_LIMIT_NONE)
        ncf__orbit_caps(result, problem, &limits);
    result->exit_status = exit_status(result);
    result->seconds = ncf__clock() - start;
    *out = result;
    return NCF_OK;
}

ncf_status_t ncf_certify(ncf_result_t **out, const ncf_problem_t *problem,
                         const ncf_points_t *points, const ncf_certify_options_t *options,
                         ncf_error_t *err)
{
    ncf_certify_options_t defaults;
    *out = NULL;
    if (options == NULL) {
        ncf_certify_options_init(&defaults);
        options = &defaults;
    }
    ncf_status_t status = check_options(options, err);
    if (status == NCF_OK)
        status = check_length(problem, points, err);
    if (status == NCF_OK)
        status = ncf__arithmetic_check(err);
    return status == NCF_OK ? run(out, problem, points, options, err) : status;
}
