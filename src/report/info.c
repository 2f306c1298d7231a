/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* info.c: gathers the facts of `ncf info`. */
#include "info.h"

#include "../corr/polynomial.h"
#include "../network/network.h"

const char *ncf__activation_name(const ncf_activation_t *activation)
{
    return activation->kind == NCF_ACTIVATION_LINEAR ? "linear" : "power";
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

/* Multiplies the order of the group by that of hidden layer l; returns its formula. */
static char *count_layer(ncf_info_t *info, slong l)
{
    slong width = info->problem->network.widths[l];
    if (info->symmetries[l - 1] == NCF_SYMMETRY_ROTATIONS) {
        /* O(1) = {1, -1} */
        if (width == 1)
            fmpz_mul_ui(info->order, info->order, 2);
        else
            info->order_kind = NCF_ORDER_INFINITE;
        return ncf__strdup("2");
    }
    if (width > NCF_INFO_MAX_ORDER_WIDTH) {
        if (info->order_kind == NCF_ORDER_FINITE)
            info->order_kind = NCF_ORDER_LONG;
    } else {
        fmpz_t factor;
        fmpz_init(factor);
        fmpz_fac_ui(factor, (ulong) width);
        fmpz_mul_2exp(factor, factor, (ulong) width);
        fmpz_mul(info->order, info->order, factor);
        fmpz_clear(factor);
    }
    return width == 1 ? ncf__strdup("2")
                      : ncf__format("2^%ld %ld!", (long) width, (long) width);
}

/* The units of a power layer: signed permutations, 2^k k! of them, p even or odd. */
static void gather_symmetry(ncf_info_t *info)
{
    const struct ncf_problem *problem = info->problem;
    char *formula = ncf__strdup(problem->network.depth == 1 ? "1" : "");
    for (slong l = 1; l < problem->network.depth; l++) {
        const ncf_activation_t *activation = problem->network.activations + l - 1;
        info->symmetries[l - 1] = activation->degree == 1       ? NCF_SYMMETRY_ROTATIONS
                                  : activation->degree % 2 == 0 ? NCF_SYMMETRY_ROW_FLIPS
                                                                : NCF_SYMMETRY_PAIRED_FLIPS;
        char *layer = count_layer(info, l);
        char *longer = ncf__format("%s%s%s", formula, l > 1 ? " * " : "", layer);
        ncf__free(formula);
        ncf__free(layer);
        formula = longer;
    }
    /* Four thousand digits at most: several wide layers multiply up. */
    if (info->order_kind == NCF_ORDER_FINITE && fmpz_bits(info->order) > 40000)
        info->order_kind = NCF_ORDER_LONG;
    if (info->order_kind == NCF_ORDER_INFINITE) {
        ncf__free(formula);
        formula = ncf__strdup("infinite");
    }
    info->order_formula = formula;
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
    info->degrees = _fmpz_vec_init(problem->network.depth);
    info->symmetries = ncf__calloc((size_t) problem->network.depth, sizeof(*info->symmetries));
    ncf__problem_unknowns(info->unknowns, problem);
    NCF_REQUIRE(ncf__problem_homogeneous(info->homogeneity, problem));
    ncf__layer_degrees(info->degrees, problem);
    if (problem->network.depth == 2 && problem->network.activations[0].degree >= 2)
        info->method = "symmetric-tensor";
    fmpq_mat_t weights;
    fmpq_mat_init(weights, problem->points, 1);
    ncf__problem_weights(weights, problem);
    gather_data(info, weights);
    gather_symmetry(info);
    gather_polynomial(info, weights);
    fmpq_mat_clear(weights);
}

void ncf__info_clear(ncf_info_t *info)
{
    fmpz_clear(info->unknowns);
    fmpz_clear(info->homogeneity);
    fmpz_clear(info->order);
    fmpz_clear(info->terms);
    _fmpz_vec_clear(info->degrees, info->problem->network.depth);
    ncf__free(info->symmetries);
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
