/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * deep_prune.c: all KKT points of a small network by branch and prune (T-PRUNE), which
 * knows nothing of the rank-one families: what both know is compared.
 */
#include "deep.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define PILOT_SECONDS 2.0
#define BUDGET_SECONDS 60.0    /* of the whole search, as estimated */
#define CAUTION 2.0            /* boxes that stay long are the hard ones */
#define PATIENCE_SECONDS 120.0 /* then the estimate was wrong: the search is given up */

/* ---- Is it worth trying? --------------------------------------------------------- */

/* The power of ten below a thousandth of the largest lambda; NULL: none is known. */
static char *default_bound(const struct ncf_result *result)
{
    const ncf_rank_one_list_t *families = &result->deep->families;
    if (families->count == 0)
        return NULL;
    return ncf__format("1e%ld",
                       (long) ncf__decimal_exponent(families->families[0].lambda) - 3);
}

/* Seconds that the whole search may take. */
static double budget(const ncf_limits_t *limits)
{
    if (limits == NULL || limits->deadline <= 0)
        return BUDGET_SECONDS;
    double left = 0.8 * (limits->deadline - ncf__clock());
    return left < BUDGET_SECONDS ? left : BUDGET_SECONDS;
}

/*
 * Runs the search for a moment: it is done, or the share of the volume that is decided
 * says how long the rest may take. A guess, on which nothing but the choice rests.
 */
static int pilot_is_quick(ncf_prune_search_t *search, const struct ncf_result *result,
                          const ncf_limits_t *limits)
{
    double seconds = budget(limits), start = ncf__clock();
    double pilot = FLINT_MIN(PILOT_SECONDS, seconds / 4);
    if (pilot <= 0)
        return 0;
    ncf_limits_t short_limits = {start + pilot, NULL, NULL, NULL};
    if (limits != NULL) {
        short_limits = *limits;
        short_limits.deadline = start + pilot;
    }
    if (ncf__prune_run(search, 0, result->options.threads, &short_limits) == NCF_LIMIT_NONE)
        return 1;
    double rest = ncf__prune_remaining(search, ncf__clock() - start);
    return ncf__limit_reached(limits) == NCF_LIMIT_NONE && CAUTION * rest <= seconds;
}

/* Families that are certainly below the bound are no longer asked for. */
static void apply_bound(struct ncf_result *result, const char *text)
{
    ncf_deep_t *deep = result->deep;
    slong prec = result->search.precision + 30;
    arb_t bound;
    arb_init(bound);
    ncf__line_search_set_bound(&result->search, text);
    arb_set_fmpq(bound, result->search.lambda_min, prec);
    ncf__rank_one_list_trim(&deep->families, bound);
    ncf__census_clear(&deep->rank_one);
    ncf__rank_one_census_init(&deep->rank_one, &deep->shape, &result->search.lines, bound,
                              prec);
    arb_clear(bound);
}

/* The file of a checkpoint, if it exists; status NCF_OK with *out NULL if it does not. */
ncf_status_t ncf__deep_resume(ncf_prune_search_t **out, const struct ncf_problem *problem,
                              const ncf_solve_options_t *options, ncf_error_t *err)
{
    *out = NULL;
    const char *fact = ncf__prune_unsupported(problem);
    if (fact != NULL)
        return ncf__fail(err, NCF_EARG, "checkpoint: %s", fact);
    FILE *file = fopen(options->checkpoint, "r");
    if (file == NULL)
        return errno == ENOENT ? NCF_OK
                               : ncf__fail_at(err, NCF_EIO, options->checkpoint, 0, 0, "%s",
                                              strerror(errno));
    fmpq_t bound;
    fmpq_init(bound);
    NCF_REQUIRE(ncf__rational_parse(bound, options->lambda_min, strlen(options->lambda_min)) ==
                NULL);
    ncf_error_t cause;
    ncf_error_init(&cause);
    ncf_status_t status = ncf__prune_load(out, file, problem, bound, &cause);
    fmpq_clear(bound);
    fclose(file);
    return status == NCF_OK
               ? NCF_OK
               : ncf__fail_at(err, status, options->checkpoint, 0, 0, "%s", cause.text);
}

/* Writes the state beside the file and renames it. */
static void save(struct ncf_result *result)
{
    const char *path = result->options.checkpoint;
    char *name = ncf__format("%s.new", path);
    FILE *file = fopen(name, "w");
    int good = file != NULL &&
               ncf__prune_save(file, result->deep->prune_search, NULL) == NCF_OK &&
               fsync(fileno(file)) == 0;
    if (file != NULL)
        good = fclose(file) == 0 && good;
    good = good && rename(name, path) == 0;
    if (!good) {
        result->search.unresolved++;
        ncf__line_search_note(
            &result->search,
            ncf__format("the checkpoint %s could not be written: %s", path, strerror(errno)));
    }
    ncf__free(name);
}

int ncf__deep_choose_prune(struct ncf_result *result, const struct ncf_problem *problem,
                           const ncf_limits_t *limits)
{
    if (!result->deep->route.may_prune)
        return 0;
    const char *given = result->search.bounded ? result->search.bound_text : NULL;
    char *text = given != NULL ? ncf__strdup(given) : default_bound(result);
    if (text == NULL)
        return 0;
    fmpq_t bound;
    fmpq_init(bound);
    NCF_REQUIRE(ncf__rational_parse(bound, text, strlen(text)) == NULL);
    ncf_deep_t *deep = result->deep;
    deep->prune_search =
        result->resumed != NULL ? result->resumed : ncf__prune_new(problem, bound);
    result->resumed = NULL;
    int chosen =
        deep->prune_search != NULL && (result->options.checkpoint != NULL ||
                                       pilot_is_quick(deep->prune_search, result, limits));
    if (chosen && given == NULL)
        apply_bound(result, text);
    if (!chosen) {
        ncf__prune_free(deep->prune_search);
        deep->prune_search = NULL;
    }
    fmpq_clear(bound);
    ncf__free(text);
    return chosen;
}

/* ---- Points ---------------------------------------------------------------------- */

/* Takes the record over: what is left in its place can be cleared. */
static void make_orbit(ncf_point_orbit_t *orbit, const ncf_deep_t *deep,
                       ncf_prune_point_t *found)
{
    ncf__point_orbit_init(orbit, deep->network);
    ncf_certified_point_t empty = orbit->point;
    orbit->point = found->point;
    found->point = empty;
    fmpz_set(orbit->size, found->orbit_size);
    orbit->size_known = found->size_known;
    orbit->dimension = 0;
    orbit->origin = NCF_ORIGIN_PRUNE;
    for (slong l = 0; l < orbit->hidden_layers; l++)
        orbit->active[l] = found->active[l];
    orbit->not_separated = !ncf_is_proved(deep->prune.distinct);
}

/* ---- Two routes to the rank-one points ------------------------------------------- */

typedef struct {
    slong rank_one;  /* of rank one, with lambda certainly above the bound */
    slong undecided; /* rank or side of the bound not decided */
} tally_t;

static void tally_orbit(tally_t *tally, const ncf_point_orbit_t *orbit, const arb_t bound)
{
    if (ncf_is_refuted(orbit->point.rank_one))
        return;
    int above = arb_gt(ncf__point_orbit_lambda(orbit), bound);
    if (above && ncf_is_proved(orbit->point.rank_one))
        tally->rank_one++;
    else
        tally->undecided++;
}

/*
 * Isolated families above the bound are as many as orbits of rank one that the search
 * found, where both are complete and all is decided.
 */
static void compare_routes(struct ncf_result *result, const tally_t *tally, const arb_t bound)
{
    const ncf_deep_t *deep = result->deep;
    slong families = 0;
    int decided = deep->families.all && ncf_is_proved(result->search.lines.complete) &&
                  ncf_is_proved(deep->prune.complete) && deep->prune.component_count == 0 &&
                  tally->undecided == 0;
    for (slong k = 0; k < deep->families.count; k++) {
        decided = decided && arb_gt(deep->families.families[k].lambda, bound);
        families++;
    }
    if (decided && families != tally->rank_one)
        result->network_check = ncf_refuted();
}

/* ---- The search ------------------------------------------------------------------ */

static void note_open(struct ncf_result *result)
{
    const ncf_prune_t *prune = &result->deep->prune;
    if (prune->region_count > 0) {
        result->search.unresolved += prune->region_count;
        ncf__line_search_note(
            &result->search,
            ncf__format("branch and prune left %ld region%s undecided (%ld boxes)",
                        (long) prune->region_count, prune->region_count == 1 ? "" : "s",
                        (long) prune->open_boxes));
    }
    if (!ncf_is_proved(prune->distinct) || result->deep->not_separated > 0) {
        result->search.unresolved++;
        ncf__line_search_note(
            &result->search, ncf__strdup("some listed orbits are not proved to be different"));
    }
    slong open = 0;
    for (slong k = 0; k < prune->component_count; k++)
        open += !ncf_is_proved(prune->components[k].holds) ||
                !ncf_is_proved(prune->components[k].dimension_proved);
    if (open > 0) {
        result->search.unresolved += open;
        ncf__line_search_note(
            &result->search,
            ncf__format("%ld set%s of KKT points that are not isolated: not all is "
                        "proved there",
                        (long) open, open == 1 ? "" : "s"));
    }
}

static void take_points(struct ncf_result *result)
{
    ncf_prune_t *prune = &result->deep->prune;
    tally_t tally = {0, 0};
    arb_t bound;
    arb_init(bound);
    arb_set_fmpq(bound, result->search.lambda_min, result->search.precision + 30);
    for (slong k = 0; k < prune->count; k++) {
        ncf_point_orbit_t orbit;
        make_orbit(&orbit, result->deep, &prune->points[k]);
        tally_orbit(&tally, &orbit, bound);
        ncf__deep_take_orbit(result, &orbit);
    }
    compare_routes(result, &tally, bound);
    arb_clear(bound);
}

int ncf__deep_prune(struct ncf_result *result, const ncf_limits_t *limits)
{
    ncf_deep_t *deep = result->deep;
    ncf_limits_t patience = {0, NULL, NULL, NULL};
    if (limits != NULL)
        patience = *limits;
    double end = ncf__clock() + PATIENCE_SECONDS;
    int patient = result->options.checkpoint != NULL;
    if (!patient && (patience.deadline <= 0 || patience.deadline > end))
        patience.deadline = end;
    ncf_limit_t limit =
        ncf__prune_run(deep->prune_search, 0, result->options.threads, &patience);
    int given_up = limit == NCF_LIMIT_TIME && ncf__limit_reached(limits) == NCF_LIMIT_NONE;
    if (patient)
        save(result);
    if (!given_up) {
        ncf__prune_conclude(&deep->prune, deep->prune_search, result->options.precision,
                            result->options.max_precision);
        deep->uses_prune = 1;
        result->limit = result->limit == NCF_LIMIT_NONE ? limit : result->limit;
        take_points(result);
        note_open(result);
    }
    ncf__prune_free(deep->prune_search);
    deep->prune_search = NULL;
    return !given_up;
}
