/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * kkt_inertia.h: the inertia of A = P (Hess N(u) - lambda I) P on the complement of u,
 * P = I - u u^T, at a KKT point that an enclosure holds (T-KKTINERTIA).
 */
#ifndef NCF_KKT_INERTIA_H
#define NCF_KKT_INERTIA_H

#include "../network/network.h"

/*
 * In:   point            u and then lambda, n + 1 balls around an exact point with |u| = 1;
 *                        the narrower, the smaller the eigenvalues that are resolved
 *       x, weights       as in ncf__kkt_point_certify
 *       slice_dimension  0 <= s <= n - 1: A is KNOWN to have at least s eigenvalues that
 *                        are exactly zero at the exact point (a continuous symmetry);
 *                        0 where nothing is known
 *       prec             the Hessian is evaluated with this many bits, doubled up to
 *                        max_precision; both >= 2
 *
 * PROVED:    *index is the number of positive eigenvalues of A, *nullity = s the number of
 *            its zero eigenvalues; the n - 1 - s others are at least as far from zero as
 *            the lower end of gap, and one of them lies in +-gap: gap encloses the least
 *            modulus of an eigenvalue that is not zero. Where *index = 0 and s = 0, A is
 *            negative definite and gap encloses the least eigenvalue of -A. gap is
 *            infinite where there is no such eigenvalue (n - 1 = s).
 * UNDECIDED: an eigenvalue is not separated from zero, or the enclosure is too wide or
 *            not finite: *index = *nullity = -1, gap is indeterminate.
 * Cost: one Hessian, one eigenvalue problem in doubles (a proposal) and three products of
 * n x n matrices in doubles; the same again for each precision that is tried in balls,
 * where double intervals do not decide.
 */
ncf_verdict_t ncf__kkt_inertia(slong *index, slong *nullity, arb_t gap, arb_srcptr point,
                               const ncf_network_t network, const fmpq_mat_t x,
                               const fmpq_mat_t weights, slong slice_dimension, slong prec,
                               slong max_precision);

#endif
