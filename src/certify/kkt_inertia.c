/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* kkt_inertia.c: the inertia of the projected Hessian; so far it decides nothing. */
#include "kkt_inertia.h"

ncf_verdict_t ncf__kkt_inertia(slong *index, slong *nullity, arb_t gap, arb_srcptr point,
                               const ncf_network_t network, const fmpq_mat_t x,
                               const fmpq_mat_t weights, slong slice_dimension, slong prec,
                               slong max_precision)
{
    NCF_REQUIRE(prec >= 2 && max_precision >= 2 && slice_dimension >= 0);
    NCF_REQUIRE(fmpq_mat_nrows(x) == fmpq_mat_nrows(weights));
    (void) network;
    (void) point;
    *index = *nullity = -1;
    arb_indeterminate(gap);
    return ncf_undecided();
}
