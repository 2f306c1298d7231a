/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* point_orbit.c: storage and order of orbits in a result. */
#include "point_orbit.h"

#include "../kkt/symmetry.h"

#include <string.h>

void ncf__point_orbit_init(ncf_point_orbit_t *orbit, const ncf_network_t network)
{
    *orbit = (ncf_point_orbit_t){.origin = "", .line = -1, .dimension = -1, .has_weights = 1};
    ncf__certified_point_init(&orbit->point, network);
    fmpz_init(orbit->size);
    orbit->hidden_layers = FLINT_MAX(network->depth - 1, 0);
    orbit->active = ncf__malloc((size_t) orbit->hidden_layers, sizeof(slong));
    for (slong l = 0; l < orbit->hidden_layers; l++)
        orbit->active[l] = -1;
}

void ncf__point_orbit_clear(ncf_point_orbit_t *orbit)
{
    ncf__free(orbit->active);
    fmpz_clear(orbit->size);
    ncf__certified_point_clear(&orbit->point);
}

/* 1 when an entry is proved non-zero, 0 when all are proved zero, -1 when undecided. */
static int row_is_active(const signed char *zero, slong columns)
{
    int idle = 1;
    for (slong j = 0; j < columns; j++) {
        if (zero[j] < 0)
            return 1;
        idle = idle && zero[j] > 0;
    }
    return idle ? 0 : -1;
}

void ncf__point_orbit_set_active(ncf_point_orbit_t *orbit, const ncf_network_t network)
{
    for (slong l = 0; l < orbit->hidden_layers; l++) {
        const signed char *zero = orbit->point.zero + network->offsets[l];
        slong active = 0, columns = network->widths[l];
        for (slong j = 0; j < network->widths[l + 1] && active >= 0; j++) {
            int state = row_is_active(zero + j * columns, columns);
            active = state < 0 ? -1 : active + state;
        }
        orbit->active[l] = active;
    }
}

void ncf__point_orbit_describe(ncf_point_orbit_t *orbit, const ncf_network_t network)
{
    const ncf_certified_point_t *point = &orbit->point;
    ncf_orbit_member_t member = {point->point, point->box, point->slice_dimension};
    ncf_symmetry_group_t symmetry;
    ncf__symmetry_init(symmetry, network);
    ncf__point_orbit_set_active(orbit, network);
    orbit->dimension = point->slice_dimension;
    orbit->size_known = point->slice_dimension == 0 &&
                        ncf_is_proved(ncf__symmetry_orbit_size(orbit->size, symmetry, &member));
    ncf__symmetry_clear(symmetry);
}

void ncf__point_orbit_list_init(ncf_point_orbit_list_t *list)
{
    *list = (ncf_point_orbit_list_t){NULL, 0, 0};
}

void ncf__point_orbit_list_clear(ncf_point_orbit_list_t *list)
{
    for (slong i = 0; i < list->count; i++)
        ncf__point_orbit_clear(&list->orbits[i]);
    ncf__free(list->orbits);
    ncf__point_orbit_list_init(list);
}

void ncf__point_orbit_list_append(ncf_point_orbit_list_t *list, const ncf_point_orbit_t *orbit)
{
    if (list->count == list->allocated) {
        list->allocated = 2 * list->allocated + 8;
        list->orbits =
            ncf__realloc(list->orbits, (size_t) list->allocated, sizeof(*list->orbits));
    }
    list->orbits[list->count++] = *orbit;
}

arb_srcptr ncf__point_orbit_lambda(const ncf_point_orbit_t *orbit)
{
    return orbit->point.point + orbit->point.unknowns;
}

/* Insertion: stable, and lists arrive nearly sorted. */
void ncf__point_orbit_list_sort(ncf_point_orbit_list_t *list)
{
    for (slong i = 1; i < list->count; i++) {
        ncf_point_orbit_t orbit = list->orbits[i];
        slong at = i;
        while (at > 0 && arf_cmp(arb_midref(ncf__point_orbit_lambda(&list->orbits[at - 1])),
                                 arb_midref(ncf__point_orbit_lambda(&orbit))) < 0)
            at--;
        memmove(list->orbits + at + 1, list->orbits + at, (size_t) (i - at) * sizeof(orbit));
        list->orbits[at] = orbit;
    }
}
