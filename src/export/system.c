/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* system.c: the systems of ncf.h from the exact polynomial N. */
#include "system.h"

#include "../corr/polynomial.h"

char ncf__system_letter(ncf_system_t kind)
{
    return kind == NCF_SYSTEM_FIXED_POINT ? 'z' : kind == NCF_SYSTEM_KKT ? 'u' : 'q';
}

const char *ncf__system_multiplier(ncf_system_t kind)
{
    return kind == NCF_SYSTEM_FIXED_POINT ? NULL : kind == NCF_SYSTEM_KKT ? "lam" : "mu";
}

const char *ncf__system_name(ncf_system_t kind)
{
    return kind == NCF_SYSTEM_FIXED_POINT ? "fixed-point"
                                          : kind == NCF_SYSTEM_KKT ? "kkt" : "eigen";
}

/* ---- Which system ---------------------------------------------------------------- */

static int has_fixed_point(const struct ncf_problem *problem)
{
    fmpz_t degree;
    fmpz_init(degree);
    int has = ncf__problem_homogeneous(degree, problem) && fmpz_cmp_ui(degree, 3) >= 0;
    fmpz_clear(degree);
    return has;
}

static int has_tensor(const struct ncf_problem *problem)
{
    const ncf_network_spec_t *network = &problem->network;
    return network->depth == 2 && network->activations[0].kind == NCF_ACTIVATION_POWER;
}

ncf_status_t ncf__system_choose(ncf_system_t *kind, const struct ncf_problem *problem,
                                ncf_error_t *err)
{
    int fixed_point = has_fixed_point(problem);
    if (*kind == NCF_SYSTEM_AUTO)
        *kind = fixed_point ? NCF_SYSTEM_FIXED_POINT : NCF_SYSTEM_KKT;
    if (*kind == NCF_SYSTEM_FIXED_POINT && !fixed_point)
        return ncf__fail_at(err, NCF_EUNSUPPORTED, problem->name, 0, 0,
                            "the fixed-point form needs a network that is homogeneous of "
                            "degree 3 or more: export the system kkt");
    if (*kind == NCF_SYSTEM_EIGEN && !has_tensor(problem))
        return ncf__fail_at(err, NCF_EUNSUPPORTED, problem->name, 0, 0,
                            "the system eigen needs two layers with the activation t^p, "
                            "p >= 2");
    return NCF_OK;
}

/* ---- Equations ------------------------------------------------------------------- */

/*
 * The derivative of N with respect to weight j, in the first `weights` unknowns, over the
 * least common denominator, which goes to denominator. An eigenvector q is the first row of
 * one unit v: the derivative p v T q^(p-1) is divided by p, and the factor v left out.
 */
static void set_gradient(fmpz_mpoly_t out, fmpz_t denominator, const ncf_exact_system_t *system,
                         const ncf_polynomial_struct *n, slong j)
{
    fmpq_mpoly_t derivative;
    fmpz_t coefficient;
    ulong *exponents = ncf__calloc((size_t) FLINT_MAX(n->unknowns, system->unknowns), sizeof(ulong));
    fmpq_mpoly_init(derivative, n->context);
    fmpz_init(coefficient);
    fmpq_mpoly_derivative(derivative, n->value, j, n->context);
    if (system->kind == NCF_SYSTEM_EIGEN)
        fmpq_mpoly_scalar_div_ui(derivative, derivative, (ulong) system->degree, n->context);
    /* A rational number times a primitive integer polynomial. */
    const fmpz *numerator = fmpq_numref(derivative->content);
    fmpz_set(denominator, fmpq_denref(derivative->content));
    for (slong t = 0; t < fmpq_mpoly_length(derivative, n->context); t++) {
        fmpq_mpoly_get_term_exp_ui(exponents, derivative, t, n->context);
        for (slong i = system->weights; i < system->unknowns; i++)
            exponents[i] = 0;
        fmpz_mpoly_get_term_coeff_fmpz(coefficient, derivative->zpoly, t, n->context->zctx);
        fmpz_mul(coefficient, coefficient, numerator);
        fmpz_mpoly_push_term_fmpz_ui(out, coefficient, exponents, system->context);
    }
    fmpq_mpoly_clear(derivative, n->context);
    fmpz_clear(coefficient);
    ncf__free(exponents);
}

/* Adds c x_i x_k to the terms of out; an index below 0 is left out. */
static void push_product(fmpz_mpoly_t out, const fmpz_t c, slong i, slong k,
                         const ncf_exact_system_t *system)
{
    ulong *exponents = ncf__calloc((size_t) system->unknowns, sizeof(ulong));
    if (i >= 0)
        exponents[i]++;
    if (k >= 0)
        exponents[k]++;
    fmpz_mpoly_push_term_fmpz_ui(out, c, exponents, system->context);
    ncf__free(exponents);
}

static void finish_equation(fmpz_mpoly_t equation, const ncf_exact_system_t *system)
{
    fmpz_mpoly_sort_terms(equation, system->context);
    fmpz_mpoly_combine_like_terms(equation, system->context);
}

/* dN/du_j = u_j, or lam u_j. */
static void stationarity(ncf_exact_system_t *system, const ncf_polynomial_struct *n, slong j)
{
    fmpz_t factor;
    fmpz_init(factor);
    fmpz_mpoly_struct *equation = system->equations + j;
    set_gradient(equation, factor, system, n, j);
    fmpz_neg(factor, factor);
    push_product(equation, factor, j, system->unknowns > system->weights ? system->weights : -1,
                 system);
    finish_equation(equation, system);
    fmpz_clear(factor);
}

/* |u|^2 = 1 and s lam = 1. */
static void normalisation(ncf_exact_system_t *system)
{
    slong n = system->weights;
    fmpz_t one, minus_one;
    fmpz_init_set_si(one, 1);
    fmpz_init_set_si(minus_one, -1);
    for (slong j = 0; j < n; j++)
        push_product(system->equations + n, one, j, j, system);
    push_product(system->equations + n, minus_one, -1, -1, system);
    finish_equation(system->equations + n, system);
    push_product(system->equations + n + 1, one, n, n + 1, system);
    push_product(system->equations + n + 1, minus_one, -1, -1, system);
    finish_equation(system->equations + n + 1, system);
    fmpz_clear(one);
    fmpz_clear(minus_one);
}

/* ---- The whole ------------------------------------------------------------------- */

static int has_families(const ncf_network_spec_t *network)
{
    for (slong l = 1; l < network->depth; l++) {
        if (network->widths[l] > 1 && network->activations[l - 1].degree == 1)
            return 1;
    }
    return 0;
}

static void set_names(ncf_exact_system_t *system, const ncf_polynomial_struct *n)
{
    char letter = ncf__system_letter(system->kind);
    system->names = ncf__calloc((size_t) system->unknowns, sizeof(char *));
    system->meanings = ncf__calloc((size_t) system->weights, sizeof(char *));
    for (slong j = 0; j < system->weights; j++) {
        system->names[j] = ncf__format("%c%ld", letter, (long) j + 1);
        system->meanings[j] = system->kind == NCF_SYSTEM_EIGEN
                                  ? ncf__format("input %ld", (long) j + 1)
                                  : ncf__strdup(n->names[j]);
    }
    if (system->unknowns > system->weights) {
        system->names[system->weights] = ncf__strdup(ncf__system_multiplier(system->kind));
        system->names[system->weights + 1] = ncf__strdup("s");
    }
}

static void set_degree(ncf_exact_system_t *system, const struct ncf_problem *problem)
{
    fmpz_t degree;
    fmpz_init(degree);
    if (system->kind == NCF_SYSTEM_EIGEN)
        system->degree = problem->network.activations[0].degree;
    else if (system->kind == NCF_SYSTEM_FIXED_POINT && ncf__problem_homogeneous(degree, problem))
        system->degree = fmpz_get_si(degree);
    fmpz_clear(degree);
}

static void build(ncf_exact_system_t *system, const struct ncf_problem *problem,
                  const ncf_polynomial_struct *n)
{
    int eigen = system->kind == NCF_SYSTEM_EIGEN;
    system->weights = eigen ? problem->network.inputs : n->unknowns;
    system->unknowns = system->weights + (system->kind == NCF_SYSTEM_FIXED_POINT ? 0 : 2);
    system->families = !eigen && has_families(&problem->network);
    set_degree(system, problem);
    set_names(system, n);
    fmpz_mpoly_ctx_init(system->context, system->unknowns, ORD_LEX);
    system->equations = ncf__malloc((size_t) system->unknowns, sizeof(*system->equations));
    for (slong k = 0; k < system->unknowns; k++)
        fmpz_mpoly_init(system->equations + k, system->context);
    for (slong j = 0; j < system->weights; j++)
        stationarity(system, n, j);
    if (system->unknowns > system->weights)
        normalisation(system);
}

ncf_status_t ncf__system_init(ncf_exact_system_t *system, const struct ncf_problem *problem,
                              ncf_system_t kind, ncf_error_t *err)
{
    /* The tensor is that of the network with one hidden unit. */
    struct ncf_problem single = *problem;
    slong widths[3] = {problem->network.inputs, 1, 1};
    ncf_polynomial_t n;
    fmpq_mat_t weights;
    *system = (ncf_exact_system_t) {.kind = kind};
    if (kind == NCF_SYSTEM_EIGEN)
        single.network.widths = widths;
    fmpq_mat_init(weights, problem->points, 1);
    ncf__problem_weights(weights, problem);
    int small = ncf__polynomial_init(n, &single, weights);
    fmpq_mat_clear(weights);
    if (!small)
        return ncf__fail_at(err, NCF_EUNSUPPORTED, problem->name, 0, 0,
                            "the polynomial N is too large to be written out (predicted: more "
                            "than %d terms, a degree above %d, or too much memory or time)",
                            NCF_POLYNOMIAL_MAX_TERMS, NCF_POLYNOMIAL_MAX_DEGREE);
    build(system, problem, n);
    ncf__polynomial_clear(n);
    return NCF_OK;
}

void ncf__system_clear(ncf_exact_system_t *system)
{
    for (slong k = 0; k < system->unknowns; k++) {
        fmpz_mpoly_clear(system->equations + k, system->context);
        ncf__free(system->names[k]);
    }
    for (slong j = 0; j < system->weights; j++)
        ncf__free(system->meanings[j]);
    ncf__free(system->names);
    ncf__free(system->meanings);
    ncf__free(system->equations);
    fmpz_mpoly_ctx_clear(system->context);
}
