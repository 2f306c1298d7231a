/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * kkt_point.h: Krawczyk's test (T-KRAWCZYK A) for one KKT point in the full network, a
 * zero of F(u, lambda) = (grad N(u) - lambda u, (|u|^2 - 1)/2).
 */
#ifndef NCF_KKT_POINT_H
#define NCF_KKT_POINT_H

#include "../network/network.h"

/*
 * F and its Jacobian [[Hess N - lambda I, -u], [u^T, 0]] over a box; point holds u and
 * then lambda, n + 1 balls. f has n + 1 entries, jacobian is (n + 1) x (n + 1); x and
 * weights are as in ncf__network_eval_arb. No output may alias an input.
 */
void ncf__kkt_function(arb_ptr f, arb_srcptr point, const ncf_network_t network,
                       const arb_mat_t x, const arb_mat_t weights, slong prec);
void ncf__kkt_jacobian(arb_mat_t jacobian, arb_srcptr point, const ncf_network_t network,
                       const arb_mat_t x, const arb_mat_t weights, slong prec);

/*
 * Looks for a proof that one KKT point lies at the enclosure (u, lambda) (n entries, one
 * ball): the enclosure is inflated to a box B, and K(B) strictly inside B proves that F
 * has exactly one zero in B.
 *
 * PROVED:    F has exactly one zero in the box B that is written to (u_out, lambda_out)
 *            (n entries, one ball; may be NULL), and B contains the given enclosure. So
 *            a zero that is known to lie in the enclosure IS the zero in B. Nothing is
 *            said about whether the zero lies in the enclosure itself.
 *            A zero with lambda = 0 can be isolated (T-EULER, remark): a caller that needs
 *            lambda != 0 must see lambda_out exclude 0.
 * UNDECIDED: nothing is claimed, the outputs are not written. So end an enclosure that
 *            is not finite or too wide, a singular Jacobian (an orbit of positive
 *            dimension, most points with lambda = 0) and a point that is not near a zero.
 * Precision doubles from prec up to max_precision (both >= 2 bits), and less far when
 * the width of the enclosure is what stands in the way. With more than 256 unknowns only
 * an approximate inverse in doubles is tried, whatever the precision.
 * Cost: mostly one Hessian in balls and one product of matrices of doubles.
 * Aliasing: u_out may be u, lambda_out may be lambda.
 */
ncf_verdict_t ncf__kkt_point_certify(arb_ptr u_out, arb_t lambda_out, arb_srcptr u,
                                     const arb_t lambda, const ncf_network_t network,
                                     const fmpq_mat_t x, const fmpq_mat_t weights,
                                     slong prec, slong max_precision);

/*
 * The residual r = grad N(u) - lambda u over an enclosure (u, lambda).
 *
 * Out:     bound  a number with |r| <= bound for every (u, lambda) in the enclosure;
 *                 infinite when the enclosure or an intermediate ball is not finite
 * Returns: 0      proves that no (u, lambda) in the enclosure has r = 0;
 *          1      some component was not separated from 0: consistent, proves nothing
 */
int ncf__kkt_residual(arf_t bound, arb_srcptr u, const arb_t lambda,
                      const ncf_network_t network, const fmpq_mat_t x,
                      const fmpq_mat_t weights, slong prec);

#endif
