/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* deep_search.c: what a search from many starts finds besides the rank-one families. */
#include "deep.h"

/* "others by search of 2000 starts: 3 more orbits found, not proved complete" */
static char *search_scope(const ncf_deep_t *deep)
{
    const ncf_collection_t *found = &deep->collection;
    const char *what = deep->has_shape ? "others" : "KKT points with lambda > 0";
    const char *more = deep->has_shape ? " more" : "";
    slong count = deep->others - deep->not_separated;
    return ncf__format(
        "%s by a search from %ld starts: %ld%s orbit%s found, not proved complete", what,
        (long) found->starts, (long) count, more, count == 1 ? "" : "s");
}

static void set_options(ncf_collect_options_t *options, const struct ncf_result *result,
                        const struct ncf_problem *problem)
{
    ncf__collect_options_init(options, result->deep->network, problem);
    options->seed = result->options.seed;
    options->threads = result->options.threads;
    options->precision = result->options.precision;
    options->max_precision = result->options.max_precision;
    options->lambda_min = result->search.bounded ? result->search.lambda_min : NULL;
}

void ncf__deep_search(struct ncf_result *result, const struct ncf_problem *problem,
                      const ncf_limits_t *limits)
{
    ncf_deep_t *deep = result->deep;
    ncf_collection_t *found = &deep->collection;
    ncf_collect_options_t options;
    set_options(&options, result, problem);
    ncf__collect_init(found, problem, deep->network, &options, limits);
    deep->uses_search = 1;
    for (slong k = 0; k < found->orbits.count; k++)
        ncf__deep_take_orbit(result, &found->orbits.orbits[k]);
    found->orbits.count = 0;
    if (result->limit == NCF_LIMIT_NONE)
        result->limit = found->limit;
    ncf__deep_add_part(deep, search_scope(deep), ncf__strdup(""), ncf_undecided());
    if (found->uncertified > 0)
        ncf__line_search_note(
            &result->search,
            ncf__format("%ld candidate%s of the search could not be certified",
                        (long) found->uncertified, found->uncertified == 1 ? "" : "s"));
    if (deep->not_separated > 0)
        ncf__line_search_note(
            &result->search,
            ncf__format("%ld listed orbit%s not proved to differ from the others and "
                        "not counted",
                        (long) deep->not_separated,
                        deep->not_separated == 1 ? " is" : "s are"));
}
