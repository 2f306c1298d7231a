/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* orbit_catalogue.c: see orbit_catalogue.h. */
#include "orbit_catalogue.h"

/* How far an entry may be from the point that is proved for it: lists have at least that many
   digits, and a point farther away might be another one. */
#define DISTANCE "1/10000"

static int is_certified(const ncf_candidate_t *entry)
{
    return ncf_is_proved(entry->found.point.exists) && ncf_is_proved(entry->near);
}

ncf_catalogue_t *ncf__catalogue_new(const struct ncf_problem *problem,
                                    const struct ncf_points *points, slong precision,
                                    slong max_precision, int threads,
                                    const ncf_limits_t *limits)
{
    ncf_certify_settings_t settings = {precision, max_precision, threads, DISTANCE};
    struct ncf_certification *certification =
        ncf__certify_points(problem, points, &settings, limits);
    if (certification == NULL)
        return NULL;
    ncf_catalogue_t *catalogue = ncf__calloc(1, sizeof(*catalogue));
    catalogue->certification = certification;
    catalogue->count = certification->count;
    for (slong k = 0; k < certification->count; k++)
        catalogue->certified += is_certified(&certification->candidates[k]);
    ncf__symmetry_init(catalogue->symmetry, certification->network);
    return catalogue;
}

void ncf__catalogue_free(ncf_catalogue_t *catalogue)
{
    if (catalogue == NULL)
        return;
    ncf__symmetry_clear(catalogue->symmetry);
    ncf__certification_free(catalogue->certification);
    ncf__free(catalogue);
}

slong ncf__catalogue_number(const ncf_catalogue_t *catalogue, const ncf_certified_point_t *point)
{
    ncf_orbit_member_t a = {point->point, point->box, point->slice_dimension};
    slong number = NCF_LISTED_NOWHERE;
    if (!ncf_is_proved(point->exists))
        return NCF_LISTED_UNDECIDED;
    for (slong k = 0; k < catalogue->count; k++) {
        const ncf_candidate_t *entry = &catalogue->certification->candidates[k];
        const ncf_certified_point_t *other = &entry->found.point;
        ncf_orbit_member_t b = {other->point, other->box, other->slice_dimension};
        ncf_verdict_t same = is_certified(entry) ? ncf__symmetry_same_orbit(
                                                       NULL, catalogue->symmetry, &a, &b)
                                                 : ncf_undecided();
        if (ncf_is_proved(same))
            return k + 1;
        if (!ncf_is_refuted(same))
            number = NCF_LISTED_UNDECIDED;
    }
    return number;
}
