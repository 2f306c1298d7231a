/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* point_table.c: orbits of points that were found one by one, as text in 80 columns. */
#include "cap_report.h"
#include "report.h"

#include <string.h>

/* "1,2,1": a number for each layer, "?" where it is not known; "-" for no layers. */
static char *numbers_text(const slong *numbers, slong count)
{
    char *text = ncf__strdup(count == 0 ? "-" : "");
    for (slong l = 0; l < count; l++) {
        const char *comma = l > 0 ? "," : "";
        char *longer = numbers[l] < 0 ? ncf__format("%s%s?", text, comma)
                                      : ncf__format("%s%s%ld", text, comma, (long) numbers[l]);
        ncf__free(text);
        text = longer;
    }
    return text;
}

static char *ranks_text(const ncf_certified_point_t *point)
{
    slong *ranks = ncf__malloc((size_t) point->block_count, sizeof(*ranks));
    for (slong l = 0; l < point->block_count; l++)
        ranks[l] = point->ranks[l].lower == point->ranks[l].upper ? point->ranks[l].lower : -1;
    char *text = numbers_text(ranks, point->block_count);
    ncf__free(ranks);
    return text;
}

static char *size_text(const ncf_point_orbit_t *orbit)
{
    if (orbit->dimension > 0)
        return ncf__format("dim %ld", (long) orbit->dimension);
    if (!orbit->size_known)
        return ncf__strdup("?");
    char *digits = fmpz_get_str(NULL, 10, orbit->size);
    char *text = strlen(digits) <= 8 ? ncf__strdup(digits)
                                     : ncf__format("%.3s..e%zu", digits, strlen(digits) - 1);
    flint_free(digits);
    return text;
}

static char *number_text(slong value)
{
    return value < 0 ? ncf__strdup("?") : ncf__format("%ld", (long) value);
}

/* Narrow columns take one word. */
static const char *origin_word(const char *origin)
{
    static const char *const words[][2] = {{NCF_ORIGIN_RANK_ONE, "rank-one"},
                                           {NCF_ORIGIN_CLOSED_FORM, "closed"},
                                           {NCF_ORIGIN_PRUNE, "prune"},
                                           {NCF_ORIGIN_CANDIDATE, "given"}};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(origin, words[i][0]) == 0)
            return words[i][1];
    }
    return origin;
}

/* The last column is the cap, or the origin where cap is NULL. */
static void write_orbit(FILE *stream, const ncf_point_orbit_t *orbit, const ncf_cap_t *cap,
                        slong number, long digits)
{
    const ncf_certified_point_t *point = &orbit->point;
    char *lambda = ncf__decimal_short(ncf__point_orbit_lambda(orbit), digits);
    char *size = size_text(orbit), *index = number_text(point->index);
    char *gap = arb_is_finite(point->gap)
                    ? ncf__decimal_short(point->gap, digits < 5 ? digits : 5)
                    : ncf__strdup("-");
    char *ranks = ranks_text(point),
         *active = numbers_text(orbit->active, orbit->hidden_layers);
    char *last = cap != NULL ? ncf__cap_text(cap) : ncf__strdup(origin_word(orbit->origin));
    fprintf(stream, "%5ld %15s %8s %5s %-10s %8s %-6s %-6s %s\n", (long) number, lambda, size,
            index, ncf__second_order_text(point->second_order), gap, ranks, active, last);
    ncf__free(last);
    ncf__free(active);
    ncf__free(ranks);
    ncf__free(gap);
    ncf__free(index);
    ncf__free(size);
    ncf__free(lambda);
}

void ncf__write_point_orbits(FILE *stream, const ncf_point_orbit_list_t *list,
                             const ncf_cap_list_t *caps, slong shown, long digits)
{
    int with_caps = caps != NULL && caps->count > 0;
    if (shown > list->count)
        shown = list->count;
    if (shown > 0)
        fprintf(stream, "%5s %15s %8s %5s %-10s %8s %-6s %-6s %s\n", "orbit", "lambda", "size",
                "index", "2nd order", "gap", "ranks", "units", with_caps ? "cap" : "origin");
    for (slong i = 0; i < shown; i++)
        write_orbit(stream, &list->orbits[i], with_caps ? &caps->caps[i] : NULL, i + 1, digits);
    if (shown < list->count)
        fprintf(stream, "      ... %ld more (--verbose or --json lists them)\n",
                (long) (list->count - shown));
}

void ncf__write_point_weights(FILE *stream, const ncf_point_orbit_t *orbit,
                              const ncf_network_t network, long digits)
{
    if (!orbit->has_weights)
        return;
    for (slong l = 0; l < ncf__network_block_count(network); l++) {
        ncf_network_block_t block = ncf__network_block(network, l);
        for (slong j = 0; j < block.rows; j++) {
            fprintf(stream, j == 0 ? "      W_%ld  " : "           ", (long) l + 1);
            for (slong i = 0; i < block.columns; i++) {
                char *text = ncf__decimal_fixed(orbit->point.point + block.offset +
                                                    j * block.columns + i,
                                                digits < 8 ? digits : 8);
                fprintf(stream, " %10s", text);
                ncf__free(text);
            }
            fputc('\n', stream);
        }
    }
}
