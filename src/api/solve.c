/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* solve.c: ncf_solve and the handle of a result. */
#include "result.h"

#include "../pipeline/certify_points.h"
#include "../pipeline/deep.h"
#include "../pipeline/flow_run.h"
#include "../pipeline/flow_study.h"
#include "../pipeline/flow_proof.h"
#include "../pipeline/match.h"
#include "../report/report.h"

#include <string.h>

#define GRACE_SECONDS 0.1 /* to list orbits when a limit has been reached */

void ncf_solve_options_init(ncf_solve_options_t *options)
{
    *options = (ncf_solve_options_t) {.size = sizeof(*options),
                                      .precision = 128,
                                      .max_precision = 8192,
                                      .threads = 1,
                                      .seed = 1,
                                      .top = 100,
                                      .max_classes = 2000000};
}

static ncf_status_t check_options(const ncf_solve_options_t *options, ncf_error_t *err)
{
    if (options->size != sizeof(*options))
        return ncf__fail(err, NCF_EARG, "the options were not set by ncf_solve_options_init");
    ncf_status_t status = ncf__check_effort(options->precision, options->max_precision,
                                            options->threads, err);
    if (status != NCF_OK)
        return status;
    if (options->top > 10000000)
        return ncf__fail(err, NCF_EARG, "top must be at most 10000000");
    if (options->checkpoint != NULL && options->lambda_min == NULL)
        return ncf__fail(err, NCF_EARG, "a checkpoint needs lambda-min");
    return options->lambda_min == NULL
               ? NCF_OK
               : ncf__check_positive("lambda-min", options->lambda_min, err);
}

static void describe_problem(struct ncf_result *result, const ncf_problem_t *problem)
{
    const ncf_network_spec_t *network = &problem->network;
    ncf_route_t route;
    result->problem_name = ncf__strdup(problem->name);
    memcpy(result->problem_sha256, problem->sha256, sizeof(result->problem_sha256));
    result->network_text = ncf__network_text(network);
    ncf__problem_unknowns(result->unknowns, problem);
    if (!ncf__problem_homogeneous(result->homogeneity, problem))
        fmpz_zero(result->homogeneity);
    if (network->kind == NCF_NETWORK_FEEDFORWARD) {
        result->depth = network->depth;
        result->widths = ncf__malloc((size_t) network->depth + 1, sizeof(slong));
        memcpy(result->widths, network->widths, ((size_t) network->depth + 1) * sizeof(slong));
    }
    result->inputs = network->inputs;
    result->points = problem->points;
    ncf__route_init(&route, problem, network->inputs);
    if (route.two_layers) {
        fmpz_set_si(result->hidden, network->widths[1]);
        result->order = network->activations[0].degree;
    }
}

struct ncf_result *ncf__result_new(const ncf_problem_t *problem,
                                   const ncf_solve_options_t *options)
{
    struct ncf_result *result = ncf__calloc(1, sizeof(*result));
    fmpz_init(result->unknowns);
    fmpz_init(result->homogeneity);
    fmpz_init(result->hidden);
    result->options = *options;
    describe_problem(result, problem);
    return result;
}

/* Drops listed orbits that are certainly below the bound; so are all that are not listed. */
static void trim_orbits(struct ncf_result *result, const arb_t bound)
{
    ncf_orbit_list_t *list = &result->orbits;
    while (list->count > 0 && arb_lt(list->orbits[list->count - 1].lambda, bound)) {
        ncf_orbit_struct *last = &list->orbits[--list->count];
        fmpz_clear(last->size);
        arb_clear(last->gap);
        arb_clear(last->lambda);
        ncf__free(last->members);
        list->all = 1;
    }
}

/* A finite number that was asked for and not found leaves something open. */
static void note_open_census(struct ncf_result *result)
{
    for (slong i = 0; i < result->search.lines.count; i++) {
        if (result->search.lines.lines[i].dimension > 0)
            return;
    }
    if (result->census.positive.known)
        return;
    result->search.unresolved++;
    ncf__line_search_note(&result->search,
                          ncf__strdup("the points are not counted: more than a million orbits are "
                                      "above the bound, or some lambda is not told from it"));
}

static void count_points(struct ncf_result *result, const ncf_limits_t *limits)
{
    slong prec = result->search.precision + 30;
    const ncf_line_list_t *lines = &result->search.lines;
    ncf__orbit_list_init(&result->orbits, lines, result->order, result->hidden,
                         (slong) result->options.top, prec, limits);
    if (!result->search.bounded) {
        ncf__census_init(&result->census, lines, result->hidden);
        return;
    }
    arb_t bound;
    arb_init(bound);
    arb_set_fmpq(bound, result->search.lambda_min, prec);
    ncf__census_init_above(&result->census, lines, result->order, result->hidden, bound, prec);
    trim_orbits(result, bound);
    note_open_census(result);
    arb_clear(bound);
}

/* Exit status 0 only when nothing that was asked for is open. */
static int exit_status(const struct ncf_result *result)
{
    if (result->limit != NCF_LIMIT_NONE)
        return 4;
    int proved = ncf_is_proved(ncf__is_complete(result)) && result->search.unresolved == 0;
    for (slong i = 0; i < result->search.lines.count; i++)
        proved = proved && result->search.lines.lines[i].inertia_known;
    if (result->orbits.count > 0 || result->orbits_checked > 0)
        proved = proved && ncf_is_proved(result->network_check) &&
                 !ncf_is_refuted(result->euler_identity) && !ncf_is_refuted(result->layer_norms);
    if (result->search.lines.euler_known)
        proved = proved && result->search.lines.euler_sum == result->search.lines.euler_expected;
    return proved && ncf__caps_are_proved(result) ? 0 : 1;
}

/*
 * A contradiction between two routes means that the program is wrong somewhere: then
 * nothing is called complete.
 */
static void withdraw_if_contradicted(struct ncf_result *result)
{
    ncf_line_list_t *lines = &result->search.lines;
    int contradicted = ncf_is_refuted(result->euler_identity) || ncf_is_refuted(result->layer_norms) ||
                       ncf_is_refuted(result->network_check) ||
                       (lines->euler_known && lines->euler_sum != lines->euler_expected);
    if (!contradicted)
        return;
    lines->complete = ncf_undecided();
    if (result->deep != NULL)
        ncf__deep_withdraw(result->deep);
    ncf__free(result->search.argument);
    result->search.argument = ncf__strdup("");
    ncf__line_search_note(&result->search, ncf__strdup("the audit contradicts the result: this is an "
                                                       "error of the program, please report it"));
}

/* From the lines to the KKT points: "(T-BINARY)" becomes "(T-BINARY, T-DECOUPLE)". */
static void cite_decoupling(ncf_line_search_t *search)
{
    size_t length = strlen(search->argument);
    if (length == 0 || search->argument[length - 1] != ')')
        return;
    char *text = ncf__format("%.*s, T-DECOUPLE)", (int) length - 1, search->argument);
    ncf__free(search->argument);
    search->argument = text;
}

static void solve_two_layers(struct ncf_result *result, const ncf_problem_t *problem,
                       const ncf_limits_t *limits)
{
    ncf_tensor_t tensor;
    fmpq_mat_t weights;
    fmpq_mat_init(weights, problem->points, 1);
    ncf__problem_weights(weights, problem);
    ncf__progress(limits, "building the data tensor", 0, 0);
    ncf__tensor_init(tensor, result->order, problem->x, weights);
    result->essential_dimension = tensor->dimension;
    result->distinct_points = tensor->points;
    arb_t factor;
    arb_init(factor);
    ncf__single_unit_factor(factor, result->order, result->options.precision + 30);
    ncf__line_search_init(&result->search, tensor, factor, &result->options, limits);
    arb_clear(factor);
    cite_decoupling(&result->search);
    result->limit = result->search.limit;
    ncf_limits_t grace = ncf__limits_grace(limits, GRACE_SECONDS);
    count_points(result, &grace);
    if (result->limit == NCF_LIMIT_NONE)
        result->limit = result->orbits.limit;
    ncf__verify_orbits(result, problem, limits);
    ncf__tensor_clear(tensor);
    fmpq_mat_clear(weights);
}

/* The search that a checkpoint holds, if it exists. */
static ncf_status_t resume(ncf_prune_search_t **out, const ncf_problem_t *problem,
                           const ncf_solve_options_t *options, ncf_error_t *err)
{
    *out = NULL;
    if (options->checkpoint == NULL)
        return NCF_OK;
    ncf_route_t route;
    ncf__route_init(&route, problem, problem->network.inputs);
    if (route.two_layers)
        return ncf__fail(err, NCF_EARG, "a checkpoint is for networks of more than two layers");
    return ncf__deep_resume(out, problem, options, err);
}

ncf_status_t ncf_solve(ncf_result_t **out, const ncf_problem_t *problem,
                       const ncf_solve_options_t *options, ncf_error_t *err)
{
    ncf_solve_options_t defaults;
    *out = NULL;
    if (options == NULL) {
        ncf_solve_options_init(&defaults);
        options = &defaults;
    }
    ncf_prune_search_t *resumed = NULL;
    ncf_status_t status = check_options(options, err);
    if (status == NCF_OK)
        status = ncf__arithmetic_check(err);
    if (status == NCF_OK)
        status = resume(&resumed, problem, options, err);
    if (status != NCF_OK)
        return status;
    double start = ncf__clock();
    ncf_limits_t limits = {options->time_limit > 0 ? start + options->time_limit : 0, options->stop,
                           options->progress, options->progress_context};
    struct ncf_result *result = ncf__result_new(problem, options);
    result->resumed = resumed;
    if (result->order > 0)
        solve_two_layers(result, problem, &limits);
    else
        ncf__solve_deep(result, problem, &limits);
    withdraw_if_contradicted(result);
    if (options->caps && result->limit == NCF_LIMIT_NONE)
        ncf__orbit_caps(result, problem, &limits);
    result->exit_status = exit_status(result);
    result->seconds = ncf__clock() - start;
    /* The pointers of the caller's options need not outlive this call. */
    result->options.lambda_min = options->lambda_min != NULL ? result->search.bound_text : NULL;
    result->options.checkpoint = NULL;
    result->options.stop = NULL;
    result->options.progress = NULL;
    result->options.progress_context = NULL;
    *out = result;
    return NCF_OK;
}

void ncf_result_free(ncf_result_t *result)
{
    if (result == NULL)
        return;
    ncf__certification_free(result->certification);
    ncf__prune_free(result->resumed);
    ncf__matching_free(result->matching);
    ncf__flow_run_free(result->flow);
    ncf__flow_study_free(result->study);
    ncf__catalogue_free(result->catalogue);
    ncf__flow_proof_free(result->proof);
    ncf__cap_list_clear(&result->caps);
    ncf__deep_free(result->deep);
    ncf__orbit_list_clear(&result->orbits);
    ncf__census_clear(&result->census);
    ncf__line_search_clear(&result->search, result->inputs);
    fmpz_clear(result->hidden);
    fmpz_clear(result->homogeneity);
    fmpz_clear(result->unknowns);
    ncf__free(result->widths);
    ncf__free(result->network_text);
    ncf__free(result->problem_name);
    ncf__free(result);
}

ncf_verdict_t ncf_result_complete(const ncf_result_t *result)
{
    return ncf__is_complete(result);
}

int ncf_result_exit(const ncf_result_t *result)
{
    return result->exit_status;
}
