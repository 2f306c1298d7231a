/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * deep_prune.c: the complete search of a small deep power network (T-PRUNE), where it is
 * expected to end soon. Its list is compared with the rank-one families: two routes.
 */
#include "deep.h"

#include <string.h>

#define PILOT_SECONDS 1.0
#define EXPECTED_SECONDS 60.0 /* the default solve waits that long */

/* Wider networks than one unit a layer: otherwise every point is of rank one. */
static int is_worth_while(const struct ncf_problem *problem)
{
    const ncf_network_spec_t *network = &problem->network;
    int wide = 0;
    if (ncf__prune_unsupported(problem) != NULL)
        return 0;
    for (slong l = 0; l + 1 < network->depth; l++)
        wide = wide || (network->widths[l] > 1 && network->widths[l + 1] > 1);
    return wide;
}

/* The same limits, but at most that many seconds from now. */
static ncf_limits_t at_most(const ncf_limits_t *limits, double seconds)
{
    ncf_limits_t out = *limits;
    double end = ncf__clock() + seconds;
    if (out.deadline <= 0 || end < out.deadline)
        out.deadline = end;
    return out;
}

static int is_expected_to_end(const ncf_prune_search_t *search, double spent)
{
    return ncf__prune_remaining(search, spent) < EXPECTED_SECONDS;
}

/*
 * Runs a while, and to the end if that is near. 1: nothing is open any more that will be
 * searched further, or a limit of the caller ended it.
 */
static int run(ncf_prune_search_t *search, int threads, const ncf_limits_t *limits)
{
    double start = ncf__clock();
    ncf_limits_t pilot = at_most(limits, PILOT_SECONDS);
    ncf_limit_t limit = ncf__prune_run(search, 0, threads, &pilot);
    if (limit == NCF_LIMIT_NONE || ncf__limit_reached(limits) != NCF_LIMIT_NONE)
        return 1;
    if (!is_expected_to_end(search, ncf__clock() - start))
        return 0;
    ncf_limits_t whole = at_most(limits, 2 * EXPECTED_SECONDS);
    limit = ncf__prune_run(search, 0, threads, &whole);
    return limit == NCF_LIMIT_NONE || ncf__limit_reached(limits) != NCF_LIMIT_NONE;
}

void ncf__deep_start_prune(struct ncf_result *result, const struct ncf_problem *problem,
                           const ncf_limits_t *limits)
{
    ncf_deep_t *deep = result->deep;
    if (!is_worth_while(problem))
        return;
    deep->bound_text = result->options.lambda_min != NULL
                           ? ncf__strdup(result->options.lambda_min)
                           : ncf__format("1e%ld", (long) ncf__prune_default_exponent(problem));
    fmpq_t bound;
    fmpq_init(bound);
    NCF_REQUIRE(ncf__rational_parse(bound, deep->bound_text, strlen(deep->bound_text)) ==
                NULL);
    deep->prune = ncf__prune_new(problem, bound);
    fmpq_clear(bound);
    if (run(deep->prune, result->options.threads, limits)) {
        result->options.lambda_min = deep->bound_text;
        return;
    }
    ncf__prune_free(deep->prune);
    deep->prune = NULL;
}

/* ---- What it found --------------------------------------------------------------- */

/* Moves a point into the orbits; 1: it is one of the families. */
static int take_point(struct ncf_result *result, ncf_prune_point_t *point)
{
    const ncf_network_struct *network = result->deep->network;
    ncf_point_orbit_t orbit;
    ncf__point_orbit_init(&orbit, network);
    ncf_certified_point_t empty = orbit.point;
    orbit.point = point->point;
    point->point = empty;
    fmpz_set(orbit.size, point->orbit_size);
    orbit.size_known = point->size_known;
    orbit.dimension = 0;
    orbit.origin = NCF_ORIGIN_PRUNE;
    ncf__point_orbit_set_active(&orbit, network);
    return !ncf__deep_take_orbit(result, &orbit);
}

/* Families that are certainly within the bound; -1: some are sets, or their list is partial.
 */
static slong count_families(const struct ncf_result *result)
{
    const ncf_deep_t *deep = result->deep;
    slong count = 0;
    arb_t bound;
    arb_init(bound);
    arb_set_fmpq(bound, result->search.lambda_min, result->search.precision);
    for (slong k = 0; k < deep->orbits.count; k++) {
        const ncf_point_orbit_t *orbit = &deep->orbits.orbits[k];
        if (orbit->dimension != 0 || arb_overlaps(ncf__point_orbit_lambda(orbit), bound))
            count = WORD_MIN / 2;
        count += arb_gt(ncf__point_orbit_lambda(orbit), bound);
    }
    arb_clear(bound);
    int all = ncf_is_proved(result->search.lines.complete) && deep->families.all;
    return all && count >= 0 ? count : -1;
}

/* Two routes to the rank-one points: each family is one of the orbits that were found. */
static void audit(struct ncf_result *result, slong families, slong taken)
{
    if (families >= 0 && result->deep->not_separated == 0 && families != taken)
        result->network_check = ncf_refuted();
}

static char *prune_argument(const ncf_prune_t *found)
{
    return ncf__format("branch and prune over the directions of all units, %ld box%s in "
                       "%ld strat%s (T-PRUNE)",
                       (long) found->boxes, found->boxes == 1 ? "" : "es",
                       (long) found->strata, found->strata == 1 ? "um" : "a");
}

/* What stays open, for the reader. */
static void add_notes(struct ncf_result *result, const ncf_prune_t *found)
{
    for (slong k = 0; k < found->region_count && k < 3; k++) {
        char *lambda = ncf__decimal_short(found->regions[k].lambda, 6);
        ncf__line_search_note(&result->search,
                              ncf__format("%ld undecided box%s with lambda about %s: %s",
                                          (long) found->regions[k].boxes,
                                          found->regions[k].boxes == 1 ? "" : "es", lambda,
                                          found->regions[k].reason));
        ncf__free(lambda);
    }
    result->search.unresolved += found->region_count;
    if (!ncf_is_proved(found->distinct))
        ncf__line_search_note(&result->search,
                              ncf__strdup("some orbits are not proved to be different"));
}

void ncf__deep_finish_prune(struct ncf_result *result)
{
    ncf_deep_t *deep = result->deep;
    ncf_prune_t found;
    slong families = count_families(result), taken = 0;
    ncf__prune_conclude(&found, deep->prune, result->options.precision,
                        result->options.max_precision);
    for (slong k = 0; k < found.count; k++)
        taken += take_point(result, &found.points[k]);
    add_notes(result, &found);
    int complete = ncf_is_proved(found.complete) && ncf_is_proved(found.distinct) &&
                   deep->not_separated == 0;
    if (complete)
        audit(result, families, taken);
    deep->complete = complete ? ncf_proved() : ncf_undecided();
    deep->method = deep->has_shape ? "rank-one+prune" : "prune";
    if (result->limit == NCF_LIMIT_NONE)
        result->limit = found.limit;
    ncf__deep_add_part(deep, ncf__format("all KKT points with lambda >= %s", deep->bound_text),
                       complete ? prune_argument(&found) : ncf__strdup(""), deep->complete);
    ncf__prune_clear(&found);
}
