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
        "{s:I, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:s}", "starts", (json_int_t) found->starts,
        "only_ascents", found->only_ascents, "converged", (json_int_t) found->converged, "flat", (json_int_t) found->flat, "lost",
        (json_int_t) found->lost, "candidates", (json_int_t) found->candidates, "already_described",
        (json_int_t) found->known, "not_tried", (json_int_t) found->untried, "certified",
        (json_int_t) found->certified, "not_certified", (json_int_t) found->uncertified,
        "not_separated", (json_int_t) found->not_separated, "end", found->end);
    json_object_set_new(object, "unseen_estimate",
                        found->unseen < 0 ? json_null() : json_real(found->unseen));
    return object;
}

static json_t *prune_object(const ncf_prune_t *prune)
{
    return json_pack("{s:I, s:I, s:I, s:f, s:f}", "strata", (json_int_t) prune->strata,
                     "boxes", (json_int_t) prune->boxes, "open_boxes",
                     (json_int_t) prune->open_boxes, "share_decided", prune->share_decided,
                     "seconds", prune->seconds);
}

static json_t *active_array(const slong *active, slong layers)
{
    json_t *array = json_array();
    for (slong l = 0; l < layers; l++)
        json_array_append_new(array, ncf__json_nonnegative(active[l]));
    return array;
}

json_t *ncf__json_deep_components(const ncf_deep_t *deep, slong digits)
{
    json_t *array = json_array();
    for (slong k = 0; deep->uses_prune && k < deep->prune.component_count; k++) {
        const ncf_prune_component_t *component = &deep->prune.components[k];
        json_t *object = json_object();
        json_object_set_new(object, "lambda",
                            ncf__json_ball_or_null(component->lambda, digits));
        json_object_set_new(object, "dimension", ncf__json_nonnegative(component->dimension));
        json_object_set_new(object, "dimension_proved",
                            json_boolean(ncf_is_proved(component->dimension_proved)));
        json_object_set_new(object, "holds_points",
                            json_boolean(ncf_is_proved(component->holds)));
        json_object_set_new(object, "reason",
                            json_string(component->reason != NULL ? component->reason : ""));
        json_object_set_new(object, "boxes", json_integer(component->boxes));
        json_object_set_new(object, "active_units",
                            active_array(component->active, deep->network->depth - 1));
        json_object_set_new(object, "hull",
                            ncf__json_vector(component->hull, deep->prune.unknowns, digits));
        json_array_append_new(array, object);
    }
    return array;
}

void ncf__json_deep_regions(json_t *undecided, const ncf_deep_t *deep, slong digits)
{
    for (slong k = 0; deep->uses_prune && k < deep->prune.region_count; k++) {
        const ncf_prune_region_t *region = &deep->prune.regions[k];
        json_t *object = json_object();
        json_object_set_new(object, "reason",
                            json_string(region->reason != NULL ? region->reason : ""));
        json_object_set_new(object, "lambda", ncf__json_ball_or_null(region->lambda, digits));
        json_object_set_new(object, "boxes", json_integer(region->boxes));
        json_object_set_new(object, "active_units",
                            active_array(region->active, deep->network->depth - 1));
        json_object_set_new(object, "hull",
                            ncf__json_vector(region->hull, deep->prune.unknowns, digits));
        json_array_append_new(undecided, object);
    }
}

void ncf__json_deep_effort(json_t *object, const ncf_deep_t *deep)
{
    if (deep->uses_prune)
        json_object_set_new(object, "prune", prune_object(&deep->prune));
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
