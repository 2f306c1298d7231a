/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * task_enumerate.c: the points of a case by routes that know no closed form: a search, and
 * branch and prune, both in all weights of the network. They are what a census is compared
 * with.
 */
#include "study.h"

#include "../certify/prune.h"
#include "../pipeline/collect.h"

#include <string.h>

static char *integer_text(const fmpz_t value)
{
    char *digits = fmpz_get_str(NULL, 10, value);
    char *text = ncf__strdup(digits);
    flint_free(digits);
    return text;
}

static void set_integer(json_t *object, const char *key, const fmpz_t value)
{
    char *text = integer_text(value);
    json_object_set_new(object, key, json_string(text));
    ncf__free(text);
}

static void set_long(json_t *object, const char *key, slong value)
{
    fmpz_t integer;
    fmpz_init_set_si(integer, value);
    set_integer(object, key, integer);
    fmpz_clear(integer);
}

/* lambda_min as a number; 0 when there is none. */
static int read_bound(fmpq_t out, const ncf_case_options_t *options)
{
    const char *text = options->lambda_min;
    return text != NULL && ncf__rational_parse(out, text, strlen(text)) == NULL;
}

static void set_bound(json_t *answer, const ncf_case_options_t *options)
{
    const char *text = options->lambda_min;
    json_object_set_new(answer, "lambda_min", text != NULL ? json_string(text) : json_null());
}

/*
 * Points in the orbits that are proved to be different, and have a proved size; null when
 * some size is not known.
 */
static json_t *search_answer(const ncf_collection_t *found)
{
    fmpz_t points;
    fmpz_init(points);
    int known = 1;
    slong orbits = 0;
    for (slong i = 0; i < found->orbits.count; i++) {
        const ncf_point_orbit_t *orbit = &found->orbits.orbits[i];
        if (orbit->not_separated)
            continue;
        orbits++;
        known = known && orbit->size_known && orbit->dimension == 0;
        fmpz_add(points, points, orbit->size);
    }
    json_t *answer = json_object();
    set_long(answer, "orbits", orbits);
    set_long(answer, "starts", found->starts);
    set_long(answer, "candidates", found->candidates);
    set_long(answer, "not_certified", found->uncertified);
    set_long(answer, "not_separated", found->not_separated);
    if (known)
        set_integer(answer, "points", points);
    else
        json_object_set_new(answer, "points", json_null());
    json_object_set_new(answer, "unseen_estimate",
                        found->unseen < 0 ? json_null() : json_real(found->unseen));
    json_object_set_new(answer, "end", json_string(found->end));
    fmpz_clear(points);
    return answer;
}

ncf_status_t ncf__task_search(json_t **out, int *exit_status, const ncf_problem_t *problem,
                              const ncf_case_options_t *case_options,
                              const ncf_limits_t *limits, ncf_error_t *err)
{
    ncf_network_t network;
    ncf_collection_t found;
    ncf_collect_options_t options;
    fmpq_t bound;
    NCF_TRY(ncf__arithmetic_check(err));
    if (!ncf__network_init(network, problem))
        return ncf__fail(err, NCF_EUNSUPPORTED, "the network is too large for a search");
    fmpq_init(bound);
    ncf__collect_options_init(&options, network, problem);
    options.seed = case_options->seed;
    options.precision = case_options->precision;
    options.max_precision = case_options->max_precision;
    options.max_starts = FLINT_MIN(options.max_starts, case_options->starts);
    options.min_starts = FLINT_MIN(options.min_starts, options.max_starts);
    options.lambda_min = read_bound(bound, case_options) ? bound : NULL;
    ncf__collect_init(&found, problem, network, &options, limits);
    *exit_status = found.limit != NCF_LIMIT_NONE ? 4 : 0;
    *out = search_answer(&found);
    set_bound(*out, case_options);
    ncf__collect_clear(&found);
    ncf__network_clear(network);
    fmpq_clear(bound);
    return NCF_OK;
}

static json_t *prune_answer(const ncf_prune_t *result)
{
    fmpz_t points;
    fmpz_init(points);
    int known = ncf_is_proved(result->distinct) && result->component_count == 0;
    for (slong i = 0; i < result->count; i++) {
        known = known && result->points[i].size_known;
        fmpz_add(points, points, result->points[i].orbit_size);
    }
    json_t *answer = json_object();
    set_long(answer, "orbits", result->count);
    set_long(answer, "boxes", result->boxes);
    set_long(answer, "open_boxes", result->open_boxes);
    if (known)
        set_integer(answer, "points", points);
    else
        json_object_set_new(answer, "points", json_null());
    json_object_set_new(answer, "complete",
                        json_boolean(known && ncf_is_proved(result->complete)));
    fmpz_clear(points);
    return answer;
}

ncf_status_t ncf__task_prune(json_t **out, int *exit_status, const ncf_problem_t *problem,
                             const ncf_case_options_t *options, const ncf_limits_t *limits,
                             ncf_error_t *err)
{
    fmpq_t bound;
    ncf_prune_t result;
    NCF_TRY(ncf__arithmetic_check(err));
    const char *fact = ncf__prune_unsupported(problem);
    if (fact != NULL)
        return ncf__fail(err, NCF_EUNSUPPORTED, "branch and prune: %s", fact);
    fmpq_init(bound);
    if (!read_bound(bound, options)) {
        fmpq_clear(bound);
        return ncf__fail(err, NCF_EARG, "branch and prune needs lambda-min");
    }
    ncf_prune_search_t *search = ncf__prune_new(problem, bound);
    NCF_REQUIRE(search != NULL);
    ncf_limit_t limit = ncf__prune_run(search, 0, 1, limits);
    ncf__prune_conclude(&result, search, options->precision, options->max_precision);
    *out = prune_answer(&result);
    set_bound(*out, options);
    *exit_status = limit != NCF_LIMIT_NONE ? 4 : ncf_is_proved(result.complete) ? 0 : 1;
    ncf__prune_clear(&result);
    ncf__prune_free(search);
    fmpq_clear(bound);
    return NCF_OK;
}
