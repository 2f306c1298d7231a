/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* prove.c: ncf_prove_flow. */
#include "result.h"

#include "../flow/flow.h"
#include "../pipeline/certify_points.h"
#include "../pipeline/flow_proof.h"
#include "../problem/points.h"

#include <math.h>
#include <string.h>

#define MAX_DEGREE 10000 /* of H in the weights */

void ncf_prove_options_init(ncf_prove_options_t *options)
{
    *options = (ncf_prove_options_t) {.size = sizeof(*options),
                                      .seed = 1,
                                      .precision = 128,
                                      .max_precision = 8192,
                                      .threads = 1};
}

static ncf_status_t check_options(const ncf_prove_options_t *options, ncf_error_t *err)
{
    if (options->size != sizeof(*options))
        return ncf__fail(err, NCF_EARG, "the options were not set by ncf_prove_options_init");
    if (options->angle != NULL && ncf__check_positive("angle", options->angle, err) != NCF_OK)
        return NCF_EARG;
    return ncf__check_effort(options->precision, options->max_precision, options->threads, err);
}

static ncf_status_t find_degree(slong *degree, const ncf_problem_t *problem, ncf_error_t *err)
{
    fmpz_t exact;
    fmpz_init(exact);
    int fits = ncf__problem_homogeneous(exact, problem) && fmpz_sgn(exact) > 0 &&
               fmpz_cmp_si(exact, MAX_DEGREE) <= 0;
    *degree = fits ? fmpz_get_si(exact) : 0;
    fmpz_clear(exact);
    return fits ? NCF_OK
                : ncf__fail_at(err, NCF_EUNSUPPORTED, problem->name, 0, 0,
                               "proofs about flows need a homogeneous network of a degree of at "
                               "most %d",
                               MAX_DEGREE);
}

/* The network, which the caller clears. */
static ncf_status_t find_network(ncf_network_t network, const ncf_problem_t *problem,
                                 ncf_error_t *err)
{
    int made = ncf__network_init(network, problem);
    if (made && network->unknowns <= NCF_CERTIFY_MAX_UNKNOWNS)
        return NCF_OK;
    if (made)
        ncf__network_clear(network);
    return ncf__fail_at(err, NCF_EUNSUPPORTED, problem->name, 0, 0,
                        "proofs about flows of a network with more than %d weights are not "
                        "supported yet",
                        NCF_CERTIFY_MAX_UNKNOWNS);
}

/* w_0, n exact numbers, which the caller clears with what it has initialised. */
static ncf_status_t read_start(fmpq *start, slong n, const ncf_prove_options_t *options,
                               ncf_error_t *err)
{
    const ncf_points_t *initial = options->initial;
    if (initial == NULL) {
        double *random = ncf__malloc((size_t) n, sizeof(double));
        ncf__flow_random_start(random, n, options->seed, options->run);
        for (slong j = 0; j < n; j++)
            ncf__rational_set_double(start + j, random[j]);
        ncf__free(random);
        return NCF_OK;
    }
    if (fmpq_mat_ncols(initial->rows) != n)
        return ncf__fail(err, NCF_EARG, "the initial weights were read for a network of %ld weights",
                         (long) fmpq_mat_ncols(initial->rows));
    if (fmpq_mat_nrows(initial->rows) != 1)
        return ncf__fail_at(err, NCF_ESPEC, initial->name, 0, 0,
                            "initial weights are one row, not %ld",
                            (long) fmpq_mat_nrows(initial->rows));
    int zero = 1;
    for (slong j = 0; j < n; j++) {
        fmpq_set(start + j, fmpq_mat_entry(initial->rows, 0, j));
        zero = zero && fmpq_is_zero(start + j);
    }
    return zero ? ncf__fail_at(err, NCF_ESPEC, initial->name, 0, 0, "the initial weights are zero")
                : NCF_OK;
}

static char *origin_text(const ncf_prove_options_t *options)
{
    if (options->initial != NULL)
        return ncf__format("the row of %s", options->initial->name);
    return ncf__format("a random direction, seed %llu, run %llu",
                       (unsigned long long) options->seed, (unsigned long long) options->run);
}

static double max_tangent(const ncf_prove_options_t *options)
{
    if (options->angle == NULL)
        return INFINITY;
    fmpq_t angle;
    fmpq_init(angle);
    ncf__rational_parse(angle, options->angle, strlen(options->angle));
    double tangent = ncf__flow_proof_tangent(angle);
    fmpq_clear(angle);
    return tangent;
}

static void run(ncf_result_t **out, const ncf_problem_t *problem, ncf_network_struct network,
                slong degree, const fmpq *start, const ncf_prove_options_t *options)
{
    double begin = ncf__clock();
    ncf_limits_t limits = {options->time_limit > 0 ? begin + options->time_limit : 0,
                           options->stop, options->progress, options->progress_context};
    ncf_flow_proof_settings_t settings = {max_tangent(options), 0, options->precision,
                                          options->max_precision, options->threads};
    ncf_solve_options_t shown;
    ncf_solve_options_init(&shown);
    shown.precision = options->precision;
    shown.max_precision = options->max_precision;
    shown.seed = options->seed;
    struct ncf_result *result = ncf__result_new(problem, &shown);
    struct ncf_flow_proof *proof =
        ncf__prove_flow(problem, network, degree, start, &settings, &limits);
    int proved = ncf_is_proved(proof->converges) && ncf_is_proved(proof->flow.uniform);
    proof->origin = origin_text(options);
    result->proof = proof;
    result->limit = proof->limit;
    result->exit_status = proof->limit != NCF_LIMIT_NONE ? 4 : proved ? 0 : 1;
    result->seconds = ncf__clock() - begin;
    *out = result;
}

ncf_status_t ncf_prove_flow(ncf_result_t **out, const ncf_problem_t *problem,
                            const ncf_prove_options_t *options, ncf_error_t *err)
{
    ncf_prove_options_t defaults;
    ncf_network_t network;
    slong degree;
    *out = NULL;
    if (options == NULL) {
        ncf_prove_options_init(&defaults);
        options = &defaults;
    }
    ncf_status_t status = ncf__arithmetic_check(err);
    if (status == NCF_OK)
        status = check_options(options, err);
    if (status == NCF_OK)
        status = find_degree(&degree, problem, err);
    if (status == NCF_OK)
        status = find_network(network, problem, err);
    if (status != NCF_OK)
        return status;
    slong n = network->unknowns;
    fmpq *start = _fmpq_vec_init(n);
    status = read_start(start, n, options, err);
    if (status == NCF_OK)
        run(out, problem, network[0], degree, start, options);
    else
        ncf__network_clear(network);
    _fmpq_vec_clear(start, n);
    return status;
}
