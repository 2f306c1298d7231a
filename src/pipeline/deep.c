/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* deep.c: chooses the routes for a network and says what they prove together. */
#include "deep.h"

void ncf__deep_add_part(ncf_deep_t *deep, char *scope, char *argument, ncf_verdict_t proved)
{
    NCF_REQUIRE(deep->part_count < NCF_DEEP_MAX_PARTS);
    deep->parts[deep->part_count++] = (ncf_part_t){scope, argument, proved};
}

/* ---- Are there other points than those of rank one? ------------------------------ */

const char *ncf__deep_only_rank_one(const struct ncf_result *result)
{
    const ncf_deep_t *deep = result->deep;
    if (!deep->has_shape)
        return NULL;
    if (ncf__rank_one_is_linear(&deep->shape))
        return result->search.lines.count > 0
                   ? "the points of a deep linear network in closed form, from the exact "
                     "vector "
                     "m = sum_i z_i x_i (T-DEEPLINEAR)"
                   : "m = sum_i z_i x_i is exactly zero, so that N = 0 and every point of the "
                     "sphere "
                     "is a KKT point with lambda = 0 (T-DEEPLINEAR)";
    if (result->essential_dimension == 0)
        return "the data tensor is exactly zero, so that N = 0 and every point of the sphere "
               "is a "
               "KKT point with lambda = 0 (T-RANKONE)";
    if (deep->route.only_rank_one)
        return "the widths leave W_1, .., W_{K-1} no other rank than one (T-RANKONE)";
    return NULL;
}

/* ---- The whole ------------------------------------------------------------------- */

static void set_scope(struct ncf_result *result)
{
    ncf_line_search_t *search = &result->search;
    ncf__free(search->scope);
    if (search->bounded)
        search->scope = ncf__format("all KKT points with lambda >= %s", search->bound_text);
    else
        search->scope =
            ncf__strdup(result->deep->homogeneous ? "all KKT points with lambda != 0"
                                                  : "all KKT points with lambda > 0");
}

static void set_argument(struct ncf_result *result, const char *text)
{
    const ncf_deep_t *deep = result->deep;
    ncf__free(result->search.argument);
    if (!ncf_is_proved(deep->complete))
        result->search.argument = ncf__strdup("");
    else if (text != NULL)
        result->search.argument = ncf__strdup(text);
    else
        result->search.argument = ncf__format(
            "branch and prune over the directions of all units, %ld boxes, left none "
            "open%s (T-PRUNE)",
            (long) deep->prune.boxes,
            deep->prune.component_count > 0 ? " but those of the sets that are listed" : "");
}

/* No lines: other activations, a formula, a sum. */
static void start_without_lines(struct ncf_result *result)
{
    ncf_line_search_t *search = &result->search;
    ncf__line_list_init(&search->lines);
    search->route = "none";
    search->precision = result->options.precision;
    if (result->options.lambda_min != NULL)
        ncf__line_search_set_bound(search, result->options.lambda_min);
}

static void note_not_searched(struct ncf_result *result)
{
    ncf__line_search_note(
        &result->search,
        ncf__format("other points than these were not searched for: the network has "
                    "more than %d weights",
                    NCF_MAX_SEARCHED_WEIGHTS));
}

static void find_lines(struct ncf_result *result, const struct ncf_problem *problem,
                       const ncf_limits_t *limits)
{
    ncf_deep_t *deep = result->deep;
    if (!deep->has_shape || ncf__rank_one_is_linear(&deep->shape))
        start_without_lines(result);
    if (deep->has_shape)
        ncf__deep_families(result, problem, limits);
    result->limit = result->search.limit;
    ncf__route_init(&deep->route, problem, result->essential_dimension);
}

/* Branch and prune where it is quick, else a search with what time is left. */
static ncf_others_t find_others(struct ncf_result *result, int prunes,
                                const struct ncf_problem *problem, const ncf_limits_t *limits)
{
    ncf_deep_t *deep = result->deep;
    if (prunes && ncf__deep_prune(result, limits)) {
        deep->complete = deep->prune.complete;
        return NCF_OTHERS_PRUNE;
    }
    if (result->limit != NCF_LIMIT_NONE)
        return NCF_OTHERS_NOTHING;
    if (deep->has_network && deep->route.may_search)
        ncf__deep_search(result, problem, limits);
    else
        note_not_searched(result);
    return NCF_OTHERS_SEARCH;
}

static void find_points(struct ncf_result *result, const struct ncf_problem *problem,
                        const ncf_limits_t *limits)
{
    ncf_deep_t *deep = result->deep;
    find_lines(result, problem, limits);
    const char *argument = ncf__deep_only_rank_one(result);
    int prunes = argument == NULL && result->limit == NCF_LIMIT_NONE &&
                 ncf__deep_choose_prune(result, problem, limits);
    if (deep->has_shape)
        ncf__deep_list_families(result, problem, limits);
    ncf_others_t others = NCF_OTHERS_NOTHING;
    deep->complete = ncf_undecided();
    if (argument != NULL)
        deep->complete = result->search.lines.complete;
    else
        others = find_others(result, prunes, problem, limits);
    deep->method = ncf__route_method(&deep->route, others);
    set_scope(result);
    set_argument(result, argument);
}

/* ---- Counts ---------------------------------------------------------------------- */

/*
 * The rank-one points and the others. Without completeness these are lower bounds: an
 * orbit whose size is not known, or which may be another one, then counts as nothing.
 */
static void count_orbit(ncf_census_t *census, const ncf_point_orbit_t *orbit, int complete)
{
    int strict = orbit->point.second_order == NCF_SECOND_ORDER_STRICT;
    fmpz_add_ui(census->orbits.value, census->orbits.value, 1);
    if (orbit->size_known) {
        fmpz_add(census->positive.value, census->positive.value, orbit->size);
        if (strict)
            fmpz_add(census->strict_second_order.value, census->strict_second_order.value,
                     orbit->size);
    } else if (complete) {
        census->positive.known = 0;
        if (strict)
            census->strict_second_order.known = 0;
    }
    if (complete && !ncf_is_proved(orbit->point.inertia_known))
        census->strict_second_order.known = 0;
}

/* 1 lambda >= the bound, 0 below it, -1 not separated. */
static int is_above(const ncf_line_search_t *search, const ncf_point_orbit_t *orbit)
{
    arb_t bound;
    if (!search->bounded)
        return 1;
    arb_init(bound);
    arb_set_fmpq(bound, search->lambda_min, search->precision + 30);
    arb_srcptr lambda = ncf__point_orbit_lambda(orbit);
    int above = arb_ge(lambda, bound) ? 1 : arb_lt(lambda, bound) ? 0 : -1;
    arb_clear(bound);
    return above;
}

static void forget_counts(ncf_census_t *census)
{
    census->positive.known = census->orbits.known = census->strict_second_order.known = 0;
}

static void copy_count(ncf_count_struct *out, const ncf_count_struct *in)
{
    fmpz_init_set(out->value, in->value);
    out->known = in->known;
}

static void start_census(struct ncf_result *result)
{
    ncf_deep_t *deep = result->deep;
    ncf_census_t *census = &result->census, *from = &deep->rank_one;
    copy_count(&census->positive, &from->positive);
    copy_count(&census->strict_second_order, &from->strict_second_order);
    copy_count(&census->rank_one, &from->rank_one);
    copy_count(&census->orbits, &from->orbits);
    if (deep->has_shape)
        return;
    census->positive.known = census->orbits.known = census->strict_second_order.known = 1;
}

static void count_points(struct ncf_result *result)
{
    ncf_deep_t *deep = result->deep;
    ncf_census_t *census = &result->census;
    slong first = deep->orbits.count - deep->others;
    int complete = ncf_is_proved(deep->complete);
    start_census(result);
    for (slong k = first; k < deep->orbits.count; k++) {
        const ncf_point_orbit_t *orbit = &deep->orbits.orbits[k];
        int above = orbit->not_separated ? -1 : is_above(&result->search, orbit);
        if (above > 0)
            count_orbit(census, orbit, complete);
        if (above < 0 && complete)
            forget_counts(census);
    }
    if (deep->uses_prune && deep->prune.component_count > 0)
        forget_counts(census);
}

/* Keeps the `top` orbits of largest lambda. */
static void trim_orbits(struct ncf_result *result)
{
    ncf_deep_t *deep = result->deep;
    ncf_point_orbit_list_t *list = &deep->orbits;
    deep->all_orbits =
        deep->families.all && deep->orbits.count - deep->others == deep->families.count;
    ncf__point_orbit_list_sort(list);
    while (list->count > (slong) result->options.top) {
        ncf__point_orbit_clear(&list->orbits[--list->count]);
        deep->all_orbits = 0;
    }
    deep->others = 0;
    for (slong k = 0; k < list->count; k++)
        deep->others += list->orbits[k].line < 0;
}

/* ---- The result ------------------------------------------------------------------ */

static ncf_deep_t *deep_new(const struct ncf_problem *problem)
{
    ncf_deep_t *deep = ncf__calloc(1, sizeof(*deep));
    fmpz_t degree;
    fmpz_init(degree);
    deep->method = "none";
    deep->homogeneous = ncf__problem_homogeneous(degree, problem);
    deep->has_network = ncf__network_init(deep->network, problem);
    deep->has_shape = ncf__rank_one_shape_init(&deep->shape, problem);
    deep->families.all = 1;
    fmpz_clear(degree);
    return deep;
}

void ncf__deep_free(ncf_deep_t *deep)
{
    if (deep == NULL)
        return;
    if (deep->uses_search)
        ncf__collect_clear(&deep->collection);
    ncf__prune_free(deep->prune_search);
    if (deep->uses_prune)
        ncf__prune_clear(&deep->prune);
    for (int i = 0; i < deep->part_count; i++) {
        ncf__free(deep->parts[i].scope);
        ncf__free(deep->parts[i].argument);
    }
    ncf__point_orbit_list_clear(&deep->orbits);
    ncf__census_clear(&deep->rank_one);
    ncf__rank_one_list_clear(&deep->families);
    if (deep->has_shape)
        ncf__rank_one_shape_clear(&deep->shape);
    if (deep->has_network)
        ncf__network_clear(deep->network);
    ncf__free(deep);
}

void ncf__deep_withdraw(ncf_deep_t *deep)
{
    deep->complete = ncf_undecided();
    for (int i = 0; i < deep->part_count; i++)
        deep->parts[i].proved = ncf_undecided();
}

void ncf__solve_deep(struct ncf_result *result, const struct ncf_problem *problem,
                     const ncf_limits_t *limits)
{
    result->deep = deep_new(problem);
    result->euler_identity = result->layer_norms = result->network_check = ncf_undecided();
    find_points(result, problem, limits);
    count_points(result);
    trim_orbits(result);
}
