/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* deep_json.c: what the result document of a deep network has besides. */
#include "json_parts.h"

/* Above that many weights in all points, weights are left out. */
#define ALL_WEIGHTS_LIMIT 400000

json_t *ncf__json_deep_parts(const ncf_deep_t *deep)
{
    json_t *array = json_array();
    for (int i = 0; i < deep->part_count; i++) {
        const ncf_part_t *part = &deep->parts[i];
        json_array_append_new(array, json_pack("{s:s, s:b, s:s}", "scope", part->scope,
                                               "proved", ncf_is_proved(part->proved),
                                               "argument", part->argument));
    }
    return array;
}

static json_t *search_object(const ncf_collection_t *found)
{
    json_t *object = json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:s}", "starts", (json_int_t) found->starts,
        "converged", (json_int_t) found->converged, "flat", (json_int_t) found->flat, "lost",
        (json_int_t) found->lost, "candidates", (json_int_t) found->candidates, "certified",
        (json_int_t) found->certified, "not_certified", (json_int_t) found->uncertified,
        "not_separated", (json_int_t) found->not_separated, "end", found->end);
    json_object_set_new(object, "unseen_estimate",
                        found->unseen < 0 ? json_null() : json_real(found->unseen));
    return object;
}

void ncf__json_deep_effort(json_t *object, const ncf_deep_t *deep)
{
    if (deep->uses_search)
        json_object_set_new(object, "search", search_object(&deep->collection));
}

void ncf__json_deep_orbits(json_t *orbits, const ncf_deep_t *deep, slong digits)
{
    slong count = deep->orbits.count;
    int weights = deep->has_network && deep->network->unknowns <= NCF_DEEP_MAX_WEIGHTS &&
                  count <= ALL_WEIGHTS_LIMIT / deep->network->unknowns;
    for (slong k = 0; k < count; k++)
        json_array_append_new(orbits, ncf__json_point_orbit(&deep->orbits.orbits[k],
                                                            deep->network, weights, digits));
}
