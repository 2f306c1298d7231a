/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* prune_lift.h: from directions to all weights (T-PRUNE, lemma 1); internal to the search. */
#ifndef NCF_PRUNE_LIFT_H
#define NCF_PRUNE_LIFT_H

#include "prune_internal.h"

/* What lifting needs of a problem, at one precision. */
typedef struct {
    const struct ncf_problem *problem;
    ncf_network_t network;
    arb_mat_t x, weights;
    fmpz *degrees; /* e_l */
    fmpz_t degree; /* L */
    slong prec;
} ncf_prune_lift_t;

void ncf__prune_lift_init(ncf_prune_lift_t *lift, const struct ncf_problem *problem,
                          slong prec);
void ncf__prune_lift_clear(ncf_prune_lift_t *lift);

/*
 * (u, lambda), n + 1 balls, of the balanced representative of every point of the box, with
 * lambda = L N(u). The last layer is negated where that makes lambda positive on the whole
 * box. Returns the sign of lambda then: 1, or 0 when it is not decided.
 */
int ncf__prune_lift(arb_ptr out, const ncf_prune_box_t *box, const ncf_prune_stratum_t *s,
                    const ncf_prune_chart_t *chart, const ncf_prune_lift_t *lift);

#endif
