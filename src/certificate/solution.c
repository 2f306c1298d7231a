/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* solution.c: what ncf_solve proves. */
#include "certificate.h"

#include "../pipeline/deep.h"

#define NAME_SIZE 64
#define MAX_NUMBERS 3e6 /* of the matrices of all points; further ones are left out */

/* The listed orbits whose points were certified one by one. */
static void claim_orbits(ncf_certificate_t *certificate)
{
    const ncf_point_orbit_list_t *list = &certificate->result->deep->orbits;
    slong *ids = ncf__malloc((size_t) list->count + 1, sizeof(*ids)), count = 0;
    double numbers = 0;
    for (slong k = 0; k < list->count; k++) {
        const ncf_point_orbit_t *orbit = &list->orbits[k];
        ncf_claimed_point_t point;
        char name[NAME_SIZE];
        double n = (double) orbit->point.unknowns;
        snprintf(name, sizeof(name), "orbit %ld", (long) k + 1);
        numbers += 3 * n * n;
        if (!orbit->has_weights || numbers > MAX_NUMBERS) {
            ncf__unproved(certificate,
                          "its weights are not listed, or would fill the certificate",
                          "%s: its point, beyond the closed form", name);
            continue;
        }
        ncf__claim_point_orbit(&point, certificate, orbit, name,
                               certificate->result->caps.count > 0);
        if (point.id != 0 && !orbit->not_separated)
            ids[count++] = point.id;
        ncf__claimed_point_clear(&point);
    }
    ncf__claim_distinct_points(certificate, ids, count);
    ncf__free(ids);
}

/* Eigenpairs, their number, and the orbits that come from them. */
static void claim_tensor(ncf_certificate_t *certificate, slong order)
{
    const struct ncf_result *result = certificate->result;
    ncf_claimed_tensor_t tensor;
    const char *missing;
    if (!ncf__claim_tensor(&tensor, certificate, order)) {
        ncf__unproved(certificate,
                      "the tensor is zero, or its essential subspace is smaller than "
                      "the span of the data: the format has no claim for that",
                      "the eigenlines, their orbits, and that they are all");
        return;
    }
    ncf__claim_classes(&tensor, certificate, &missing);
    if (missing != NULL)
        ncf__unproved(certificate,
                      ncf_is_proved(result->search.lines.complete) ? missing : NULL,
                      "complete, and the numbers of points: %s", result->search.scope);
    if (result->deep == NULL)
        ncf__claim_decoupled(&tensor, certificate);
    else
        ncf__claim_families(&tensor, certificate);
    ncf__claimed_tensor_clear(&tensor);
}

static void claim_deep(ncf_certificate_t *certificate)
{
    const ncf_deep_t *deep = certificate->result->deep;
    int linear = deep->has_shape && ncf__rank_one_is_linear(&deep->shape);
    if (linear)
        ncf__claim_deep_linear(certificate);
    else if (deep->has_shape)
        claim_tensor(certificate, deep->shape.order);
    if (!linear)
        claim_orbits(certificate);
    for (int i = deep->has_shape; i < deep->part_count; i++)
        ncf__unproved(certificate,
                      ncf_is_proved(deep->parts[i].proved) ? ncf__reason_no_claim : NULL,
                      "complete: %s", deep->parts[i].scope);
}

void ncf__claim_solution(ncf_certificate_t *certificate)
{
    const struct ncf_result *result = certificate->result;
    if (result->limit != NCF_LIMIT_NONE)
        ncf__unproved(certificate, "a limit was reached", "all that was not finished");
    if (result->deep != NULL)
        claim_deep(certificate);
    else
        claim_tensor(certificate, result->order);
    if (result->caps.count > 0 && result->deep == NULL)
        ncf__unproved(certificate, ncf__reason_no_claim, "the caps of attraction");
}
