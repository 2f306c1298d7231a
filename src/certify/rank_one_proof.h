/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* rank_one_proof.h: proves that a KKT point known by a uniqueness box has rank one exactly. */
#ifndef NCF_RANK_ONE_PROOF_H
#define NCF_RANK_ONE_PROOF_H

#include "../network/network.h"

/*
 * Do W_1, .., W_{K-1} of a KKT point all have rank one?
 *
 * In:   box      n + 1 balls (u, lambda) that hold exactly one KKT point
 *       point    n + 1 balls inside of the box that hold it
 * PROVED:    they do: the zero in the box is the lift of a KKT point of the reduced network
 *            (T-RANKONE (3)), or the network is linear with lambda != 0 (T-DEEPLINEAR),
 *            or K = 1
 * REFUTED:   a 2 x 2 minor of one of them is not zero
 * UNDECIDED: all else: other activations than t^p, linear layers of more than one unit
 *            beside others, enclosures that are too wide
 * Cost: one certificate in d + K - 1 unknowns.
 */
ncf_verdict_t ncf__rank_one_prove(arb_srcptr box, arb_srcptr point,
                                  const struct ncf_problem *problem,
                                  const ncf_network_t network, slong max_precision);

#endif
