/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * orbit_catalogue.h: a list of KKT points that the user gives, such as a result of `ncf solve`,
 * to number other points by. A list is data: each of its points is certified again.
 */
#ifndef NCF_ORBIT_CATALOGUE_H
#define NCF_ORBIT_CATALOGUE_H

#include "../kkt/symmetry.h"
#include "certify_points.h"

typedef struct {
    struct ncf_certification *certification;
    ncf_symmetry_group_t symmetry;
    slong count;     /* entries of the list */
    slong certified; /* of these, for which a point is proved next to them */
} ncf_catalogue_t;

#define NCF_LISTED_UNDECIDED (-1)
#define NCF_LISTED_NOWHERE 0

/* NULL when the network has too many weights. Owns: free; NULL is accepted. Claim: T-KRAWCZYK. */
ncf_catalogue_t *ncf__catalogue_new(const struct ncf_problem *problem,
                                    const struct ncf_points *points, slong precision,
                                    slong max_precision, int threads,
                                    const ncf_limits_t *limits);
void ncf__catalogue_free(ncf_catalogue_t *catalogue);

/*
 * k >= 1: it is proved that the point lies on the orbit of entry k of the list, the first such;
 * NCF_LISTED_NOWHERE: that it lies on none of their orbits; NCF_LISTED_UNDECIDED: neither, so
 * when an entry is not certified. Claim: T-ORBIT.
 */
slong ncf__catalogue_number(const ncf_catalogue_t *catalogue,
                            const ncf_certified_point_t *point);

#endif
