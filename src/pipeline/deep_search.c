/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* deep_search.c: what a search from many starts finds besides the rank-one families. */
#include "deep.h"

#include <math.h>

#define NEAR 1e-7 /* of directions, where two guesses count as one */

/* ---- Guesses that are described already ------------------------------------------ */

static double dot(const double *a, const double *b, slong n)
{
    double sum = 0;
    for (slong i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Are two vectors that are not zero about parallel? */
static int are_parallel(const double *a, const double *b, slong n)
{
    double aa = dot(a, a, n), bb = dot(b, b, n), ab = dot(a, b, n), sum = 0;
    for (slong i = 0; i < n; i++) {
        double rest = b[i] - ab / aa * a[i];
        sum += rest * rest;
    }
    return sqrt(sum) <= NEAR * sqrt(bb);
}

static const double *longest_row(const double *matrix, slong rows, slong columns)
{
    const double *best = matrix;
    for (slong i = 1; i < rows; i++) {
        const double *row = matrix + i * columns;
        if (dot(row, row, columns) > dot(best, best, columns))
            best = row;
    }
    return best;
}

/* Rows that are about zero next to the longest one have no direction. */
static int has_about_rank_one(const double *matrix, slong rows, slong columns)
{
    const double *top = longest_row(matrix, rows, columns);
    double size = dot(top, top, columns);
    for (slong i = 0; i < rows; i++) {
        const double *row = matrix + i * columns;
        if (dot(row, row, columns) > NEAR * NEAR * size && !are_parallel(top, row, columns))
            return 0;
    }
    return size > 0;
}

static int is_line(const double *direction, const ncf_line_struct *line, slong d)
{
    double *q = ncf__malloc((size_t) d, sizeof(double));
    for (slong i = 0; i < d; i++)
        q[i] = arf_get_d(arb_midref(arb_mat_entry(line->basis, 0, i)), ARF_RND_NEAR);
    int same = are_parallel(q, direction, d);
    ncf__free(q);
    return same;
}

/* Is u about a rank-one point on one of the lines? Those are described by the lines. */
static int is_known(const double *u, const void *context)
{
    const struct ncf_result *result = context;
    const ncf_network_struct *network = result->deep->network;
    const ncf_line_list_t *lines = &result->search.lines;
    for (slong l = 0; l + 1 < ncf__network_block_count(network); l++) {
        ncf_network_block_t block = ncf__network_block(network, l);
        if (!has_about_rank_one(u + block.offset, block.rows, block.columns))
            return 0;
    }
    ncf_network_block_t first = ncf__network_block(network, 0);
    const double *direction = longest_row(u + first.offset, first.rows, first.columns);
    for (slong i = 0; i < lines->count; i++) {
        if (lines->lines[i].dimension == 0 &&
            is_line(direction, &lines->lines[i], first.columns))
            return 1;
    }
    return 0;
}

/* ---- The search ------------------------------------------------------------------ */

/* "others by search of 2000 starts: 3 more orbits found, not proved complete" */
static char *search_scope(const ncf_deep_t *deep)
{
    const ncf_collection_t *found = &deep->collection;
    const char *what = deep->has_shape ? "others" : "KKT points with lambda > 0";
    const char *more = deep->has_shape ? " more" : "";
    const char *how = found->only_ascents ? "ascents to local maxima from" : "a search from";
    slong count = deep->others - deep->not_separated;
    return ncf__format("%s by %s %ld starts: %ld%s orbit%s found, not proved complete", what,
                       how, (long) found->starts, (long) count, more, count == 1 ? "" : "s");
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
    if (options->only_ascents && result->deep->has_shape) {
        options->is_known = is_known;
        options->known_context = result;
    }
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
    if (found->untried > 0)
        ncf__line_search_note(
            &result->search,
            ncf__format("%ld candidate%s of the search, the last by lambda, not certified: "
                        "each takes long",
                        (long) found->untried, found->untried == 1 ? "" : "s"));
    if (deep->not_separated > 0)
        ncf__line_search_note(
            &result->search,
            ncf__format("%ld listed orbit%s not proved to differ from the others and "
                        "not counted",
                        (long) deep->not_separated,
                        deep->not_separated == 1 ? " is" : "s are"));
}
