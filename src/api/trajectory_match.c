/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* trajectory_match.c: ncf_match. */
#include "result.h"

#include "../pipeline/certify_points.h"
#include "../pipeline/match.h"

#define MAX_DEGREE 1000000 /* of H in the weights; powers of norms are taken in doubles */

void ncf_match_options_init(ncf_match_options_t *options)
{
    *options = (ncf_match_options_t) {.size = sizeof(*options),
                                      .kind = NCF_FLOW_TRAINING,
                                      .precision = 128,
                                      .max_precision = 8192};
}

static ncf_status_t check_options(const ncf_match_options_t *options, ncf_error_t *err)
{
    if (options->size != sizeof(*options))
        return ncf__fail(err, NCF_EARG, "the options were not set by ncf_match_options_init");
    if (options->kind < NCF_FLOW_TRAINING || options->kind > NCF_FLOW_DESCENT)
        return ncf__fail(err, NCF_EARG, "there is no such kind of flow");
    return ncf__check_effort(options->precision, options->max_precision, 1, err);
}

/* The scale of the rows: 1 for plain ones. */
static ncf_status_t read_delta(double *delta, const char *text, ncf_error_t *err)
{
    fmpq_t exact;
    *delta = 1;
    if (text == NULL)
        return NCF_OK;
    fmpq_init(exact);
    ncf_status_t status = ncf__read_number(exact, "delta", text, 1e-100, 1e10, err);
    *delta = fmpq_get_d(exact);
    fmpq_clear(exact);
    return status;
}

ncf_status_t ncf__match_degree(slong *degree, const ncf_problem_t *problem, ncf_error_t *err)
{
    fmpz_t exact;
    fmpz_init(exact);
    int homogeneous = ncf__problem_homogeneous(exact, problem);
    int fits = homogeneous && fmpz_sgn(exact) > 0 && fmpz_cmp_si(exact, MAX_DEGREE) <= 0;
    *degree = fits ? fmpz_get_si(exact) : 0;
    fmpz_clear(exact);
    if (!fits)
        return ncf__fail_at(err, NCF_EUNSUPPORTED, problem->name, 0, 0,
                            homogeneous ? "matching a network of this degree is not supported yet"
                                        : "a trajectory is matched only for a homogeneous network: "
                                          "for others small weights have no limit direction");
    return NCF_OK;
}

ncf_status_t ncf__match_network(ncf_network_t network, const ncf_problem_t *problem,
                                ncf_error_t *err)
{
    int made = ncf__network_init(network, problem);
    if (made && network->unknowns <= NCF_CERTIFY_MAX_UNKNOWNS)
        return NCF_OK;
    if (made)
        ncf__network_clear(network);
    return ncf__fail_at(err, NCF_EUNSUPPORTED, problem->name, 0, 0,
                        "matching trajectories of a network with more than %d weights is not "
                        "supported yet",
                        NCF_CERTIFY_MAX_UNKNOWNS);
}

ncf_status_t ncf__match_catalogue(ncf_catalogue_t **out, const ncf_problem_t *problem,
                                  const ncf_points_t *points, long precision,
                                  long max_precision, int threads, const ncf_limits_t *limits,
                                  ncf_error_t *err)
{
    fmpz_t unknowns;
    *out = NULL;
    if (points == NULL)
        return NCF_OK;
    fmpz_init(unknowns);
    ncf__problem_unknowns(unknowns, problem);
    int same = fmpz_equal_si(unknowns, fmpq_mat_ncols(points->rows));
    fmpz_clear(unknowns);
    if (!same)
        return ncf__fail(err, NCF_EARG, "the list of orbits was read for a network of %ld weights",
                         (long) fmpq_mat_ncols(points->rows));
    *out = ncf__catalogue_new(problem, points, precision, max_precision, threads, limits);
    return *out != NULL ? NCF_OK
                        : ncf__fail_at(err, NCF_EUNSUPPORTED, problem->name, 0, 0,
                                       "a list of orbits of a network with more than %d weights is "
                                       "not supported yet",
                                       NCF_CERTIFY_MAX_UNKNOWNS);
}

/* Does a row have as many weights as the network? */
static ncf_status_t check_columns(const ncf_network_t network, const ncf_trajectory_t *trajectory,
                                  ncf_error_t *err)
{
    if (network->unknowns == fmpq_mat_ncols(trajectory->rows))
        return NCF_OK;
    return ncf__fail(err, NCF_EARG, "the trajectory was read for a network of %ld weights",
                     (long) fmpq_mat_ncols(trajectory->rows));
}

static int exit_status(const struct ncf_matching *matching)
{
    if (matching->limit != NCF_LIMIT_NONE)
        return 4;
    return matching->word == NCF_MATCH_MATCHED ? 0 : 1;
}

static ncf_status_t run(ncf_result_t **out, const ncf_problem_t *problem,
                        ncf_network_struct network, slong degree, double delta,
                        const ncf_trajectory_t *trajectory, const ncf_match_options_t *options,
                        ncf_error_t *err)
{
    double start = ncf__clock();
    ncf_limits_t limits = {options->time_limit > 0 ? start + options->time_limit : 0,
                           options->stop, options->progress, options->progress_context};
    ncf_match_settings_t settings = {options->kind, options->precision, options->max_precision,
                                     delta};
    ncf_catalogue_t *catalogue;
    ncf_status_t status =
        ncf__match_catalogue(&catalogue, problem, options->orbits, options->precision,
                             options->max_precision, 1, &limits, err);
    if (status != NCF_OK) {
        ncf__network_clear(&network);
        return status;
    }
    ncf_solve_options_t shown;
    ncf_solve_options_init(&shown);
    shown.precision = options->precision;
    shown.max_precision = options->max_precision;
    struct ncf_result *result = ncf__result_new(problem, &shown);
    result->matching =
        ncf__match_trajectory(problem, network, degree, trajectory, &settings, &limits);
    result->catalogue = catalogue;
    if (catalogue != NULL)
        result->listed = ncf__catalogue_number(catalogue, &result->matching->found.point);
    result->limit = result->matching->limit;
    result->exit_status = exit_status(result->matching);
    result->seconds = ncf__clock() - start;
    *out = result;
    return NCF_OK;
}

ncf_status_t ncf_match(ncf_result_t **out, const ncf_problem_t *problem,
                       const ncf_trajectory_t *trajectory, const ncf_match_options_t *options,
                       ncf_error_t *err)
{
    ncf_match_options_t defaults;
    ncf_network_t network;
    slong degree;
    double delta;
    *out = NULL;
    if (options == NULL) {
        ncf_match_options_init(&defaults);
        options = &defaults;
    }
    ncf_status_t status = check_options(options, err);
    if (status == NCF_OK)
        status = read_delta(&delta, options->delta, err);
    if (status == NCF_OK)
        status = ncf__arithmetic_check(err);
    if (status == NCF_OK)
        status = ncf__match_degree(&degree, problem, err);
    if (status == NCF_OK)
        status = ncf__match_network(network, problem, err);
    if (status != NCF_OK)
        return status;
    status = check_columns(network, trajectory, err);
    if (status == NCF_OK)
        return run(out, problem, network[0], degree, delta, trajectory, options, err);
    ncf__network_clear(network);
    return status;
}
