/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* solution.c: what ncf_solve proves. */
#include "certificate.h"

#include "../pipeline/deep.h"

#define NAME_SIZE 64

/* The listed orbits whose points were certified one by one. */
static void claim_orbits(ncf_certificate_t *certificate)
{
    const ncf_point_orbit_list_t *list = &certificate->result->deep->orbits;
    slong *ids = ncf__malloc((size_t) list->count + 1, sizeof(*ids)), count = 0;
    for (slong k = 0; k < list->count; k++) {
        const ncf_point_orbit_t *orbit = &list->orbits[k];
        ncf_claimed_point_t point;
        char name[NAME_SIZE];
        snprintf(name, sizeof(name), "orbit %ld", (long) k + 1);
        ncf__claim_point_orbit(&point, certificate, orbit, name,
                               certificate->result->caps.count > 0);
        if (point.id != 0 && !orbit->not_separated)
            ids[count++] = point.id;
        ncf__claimed_point_clear(&point);
    }
    ncf__claim_distinct_points(certificate, ids, count);
    ncf__free(ids);
}

/* "Complete in this scope", where no claim says so. */
static void list_completeness(ncf_certificate_t *certificate)
{
    const ncf_deep_t *deep = certificate->result->deep;
    for (int i = 0; i < deep->part_count; i++)
        ncf__unproved(certificate,
                      ncf_is_proved(deep->parts[i].proved) ? ncf__reason_no_claim : NULL,
                      "complete: %s", deep->parts[i].scope);
}

void ncf__claim_solution(ncf_certificate_t *certificate)
{
    if (certificate->result->deep != NULL) {
        claim_orbits(certificate);
        list_completeness(certificate);
        return;
    }
    ncf__unproved(certificate, "certificates for two layers are not supported yet",
                  "everything");
}
