/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* info.c: gathers the facts of `ncf info`. */
#include "info.h"

#include "../corr/polynomial.h"
#include "../pipeline/route.h"

const char *ncf__activation_name(const ncf_activation_t *activation)
{
    static const char *const names[] = {"linear", "power", "polynomial"};
    return names[activation->kind];
}

const char *ncf__loss_name(ncf_loss_t loss)
{
    static const char *const names[] = {"square", "logistic", "exponential"};
    return names[loss];
}

static void gather_data(ncf_info_t *info, const fmpq_mat_t weights)
{
    const struct ncf_problem *problem = info->problem;
    slong inputs = problem->network.inputs, active = 0;
    fmpq_mat_t points;
    fmpq_mat_init(points, problem->points, inputs);
    for (slong i = 0; i < problem->points; i++) {
        if (fmpq_is_zero(fmpq_mat_entry(weights, i, 0)))
            continue;
        for (slong j = 0; j < inputs; j++)
            fmpq_set(fmpq_mat_entry(points, active, j), fmpq_mat_entry(problem->x, i, j));
        active++;
    }
    info->active_points = active;
    /* The rows that are left are zero. */
    info->span = ncf__rational_rank(&info->span_exact, points);
    fmpq_mat_clear(points);
}

/* The essential dimension of the tensor is at most that of the span of the points. */
static void gather_method(ncf_info_t *info)
{
    ncf_route_t route;
    slong inputs = info->problem->network.inputs;
    ncf__route_init(&route, info->problem, info->span_exact ? info->span : inputs);
    info->method = ncf__route_method(&route, NCF_OTHERS_PRUNE);
    if (route.may_prune && !route.only_rank_one && !route.two_layers)
        info->otherwise = ncf__route_method(&route, NCF_OTHERS_SEARCH);
    else
        info->method = ncf__route_method(&route, NCF_OTHERS_SEARCH);
}

static void gather_blocks(ncf_info_t *info)
{
    const ncf_network_spec_t *spec = &info->problem->network;
    info->blocks = ncf__spec_block_count(spec);
    info->rows = ncf__calloc((size_t) info->blocks, sizeof(slong));
    info->columns = ncf__calloc((size_t) info->blocks, sizeof(slong));
    info->degrees = _fmpz_vec_init(info->blocks);
    ncf__spec_blocks(info->rows, info->columns, info->degrees, spec);
    info->homogeneous = ncf__spec_homogeneous(info->homogeneity, spec);
}

static void gather_polynomial(ncf_info_t *info, const fmpq_mat_t weights)
{
    ncf_polynomial_t polynomial;
    if (!ncf__polynomial_init(polynomial, info->problem, weights)) {
        info->terms_bounded = ncf__polynomial_terms_bound(info->terms, info->problem);
        return;
    }
    slong terms = fmpq_mpoly_length(polynomial->value, polynomial->context);
    info->terms_known = 1;
    fmpz_set_si(info->terms, terms);
    if (terms <= NCF_INFO_MAX_PRINTED_TERMS)
        info->polynomial = ncf__polynomial_text(polynomial);
    ncf__polynomial_clear(polynomial);
}

void ncf__info_init(ncf_info_t *info, const struct ncf_problem *problem)
{
    *info = (ncf_info_t){.problem = problem};
    fmpz_init(info->unknowns);
    fmpz_init(info->homogeneity);
    fmpz_init_set_ui(info->order, 1);
    fmpz_init(info->terms);
    gather_blocks(info);
    ncf__problem_unknowns(info->unknowns, problem);
    fmpq_mat_t weights;
    fmpq_mat_init(weights, problem->points, 1);
    ncf__problem_weights(weights, problem);
    gather_data(info, weights);
    gather_method(info);
    ncf__info_symmetry(info);
    gather_polynomial(info, weights);
    fmpq_mat_clear(weights);
}

void ncf__info_clear(ncf_info_t *info)
{
    fmpz_clear(info->unknowns);
    fmpz_clear(info->homogeneity);
    fmpz_clear(info->order);
    fmpz_clear(info->terms);
    _fmpz_vec_clear(info->degrees, info->blocks);
    ncf__free(info->rows);
    ncf__free(info->columns);
    ncf__free(info->layers);
    ncf__free(info->order_formula);
    ncf__free(info->polynomial);
}

ncf_status_t ncf_info_write(FILE *stream, const ncf_problem_t *problem, int json,
                            ncf_error_t *err)
{
    ncf_info_t info;
    ncf__info_init(&info, problem);
    int written =
        json ? ncf__info_write_json(stream, &info) : ncf__info_write_text(stream, &info);
    ncf__info_clear(&info);
    if (!written || fflush(stream) != 0 || ferror(stream))
        return ncf__fail(err, NCF_EIO, "the output cannot be written");
    return NCF_OK;
}
