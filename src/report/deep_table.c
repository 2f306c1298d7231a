/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* deep_table.c: what the table of a deep network has besides. */
#include "report.h"

#define ORBITS_SHOWN 20
#define WEIGHTS_SHOWN 40 /* of one point, unless all is asked for */

void ncf__write_deep_parts(FILE *stream, const ncf_deep_t *deep)
{
    for (int i = 0; i < deep->part_count; i++) {
        const ncf_part_t *part = &deep->parts[i];
        int proved = ncf_is_proved(part->proved);
        char *text = proved ? ncf__format("%s are known: %s", part->scope, part->argument)
                            : ncf__strdup(part->scope);
        ncf__write_paragraph(stream, proved ? "Proved    " : "Unproved  ", text);
        ncf__free(text);
    }
}

static void write_components(FILE *stream, const ncf_deep_t *deep, long digits)
{
    if (!deep->uses_prune)
        return;
    for (slong k = 0; k < deep->prune.component_count; k++) {
        const ncf_prune_component_t *component = &deep->prune.components[k];
        char *lambda = ncf__decimal_short(component->lambda, digits < 8 ? digits : 8);
        char *dimension = component->dimension < 0
                              ? ncf__strdup("of unknown dimension")
                              : ncf__format("of dimension %ld", (long) component->dimension);
        char *text = ncf__format(
            "KKT points that are not isolated near lambda = %s, %s (%ld boxes): %s", lambda,
            dimension, (long) component->boxes,
            component->reason != NULL ? component->reason : "");
        ncf__write_paragraph(stream, "Set       ", text);
        ncf__free(text);
        ncf__free(dimension);
        ncf__free(lambda);
    }
}

void ncf__write_deep_orbits(FILE *stream, const ncf_deep_t *deep, const ncf_cap_list_t *caps,
                            long digits, int verbose)
{
    const ncf_point_orbit_list_t *list = &deep->orbits;
    slong shown = verbose || list->count <= ORBITS_SHOWN ? list->count : ORBITS_SHOWN;
    write_components(stream, deep, digits);
    if (list->count == 0)
        return;
    fprintf(stream, "Orbits of positive KKT points, largest lambda first\n");
    ncf__write_point_orbits(stream, list, caps, shown, digits);
    if (shown == list->count && !deep->all_orbits)
        fprintf(stream, "      ... further orbits exist (--top=N lists more)\n");
    if (deep->has_network && (verbose || deep->network->unknowns <= WEIGHTS_SHOWN)) {
        for (slong k = 0; k < (verbose ? shown : 1); k++) {
            fprintf(stream, "  weights of a point of orbit %ld\n", (long) k + 1);
            ncf__write_point_weights(stream, &list->orbits[k], deep->network, digits);
        }
    }
    fputc('\n', stream);
}

void ncf__write_deep_effort(FILE *stream, const ncf_deep_t *deep)
{
    const ncf_collection_t *found = &deep->collection;
    if (deep->uses_prune)
        fprintf(stream, "  branch and prune: %ld boxes, %ld open, %.3g seconds\n",
                (long) deep->prune.boxes, (long) deep->prune.open_boxes, deep->prune.seconds);
    if (!deep->uses_search)
        return;
    char *text =
        ncf__format("%ld starts (%s), %ld candidates, %ld certified", (long) found->starts,
                    found->end, (long) found->candidates, (long) found->certified);
    ncf__write_paragraph(stream, "  search: ", text);
    ncf__free(text);
    if (found->known > 0)
        fprintf(stream,
                "  %ld candidate%s seem%s to be rank-one points on the lines above: left out\n",
                (long) found->known, found->known == 1 ? "" : "s",
                found->known == 1 ? "s" : "");
    if (found->unseen >= 0)
        fprintf(stream, "  estimated share of starts that lead elsewhere: %.2g (no proof)\n",
                found->unseen);
}
