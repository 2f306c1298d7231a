/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * kkt_point.h: Krawczyk's test for one KKT point in the full network (theory.md
 * section 7): F(u, lambda) = (grad N(u) - lambda u, (|u|^2 - 1)/2). Theorem T-KRAWCZYK.
 */
#ifndef NCF_KKT_POINT_H
#define NCF_KKT_POINT_H

#include "../network/network.h"

/*
 * Decides whether the enclosure (u, lambda) (n entries, one ball) holds a KKT point:
 * it is inflated to a box B, and K(B) strictly inside B proves that F has exactly one
 * zero in B.
 *
 * PROVED:    F has exactly one zero in the box B that is written to (u_out, lambda_out)
 *            (n entries, one ball; may be NULL), and B contains the given enclosure.
 * UNDECIDED: nothing is claimed.
 * Precision doubles from prec up to max_precision; u, lambda must then be tight enough.
 */
ncf_verdict_t ncf__kkt_point_certify(arb_ptr u_out, arb_t lambda_out, arb_srcptr u,
                                     const arb_t lambda, const ncf_network_t network,
                                     const fmpq_mat_t x, const fmpq_mat_t weights,
                                     slong prec, slong max_precision);

#endif
