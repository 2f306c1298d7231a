/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* orbit_internal.h: shared by the search for orbits and the census. */
#ifndef NCF_ORBIT_INTERNAL_H
#define NCF_ORBIT_INTERNAL_H

#include "orbit.h"

/* |mu_i|^{-2/(p-1)} for each line; lines->count entries, the caller's to clear. */
arb_ptr ncf__line_costs(const ncf_line_list_t *lines, slong order, slong prec);

/* lambda of a multiset of that total cost, (2a). */
void ncf__lambda_of_cost(arb_t lambda, const arb_t cost, slong order, slong prec);

/* Points in the orbit of a multiset (members not decreasing). */
void ncf__orbit_size(fmpz_t size, const slong *members, slong active, const fmpz_t hidden);

#endif
