/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* objective.h: N(u) of a problem as a function that multi_start.h can search. */
#ifndef NCF_OBJECTIVE_H
#define NCF_OBJECTIVE_H

#include "../kkt/symmetry.h"
#include "../solve/multi_start.h"

/* Must stay in its place while `objective` is used. All numbers are rounded. */
typedef struct {
    ncf_objective_t objective;
    const ncf_network_struct *network;
    ncf_symmetry_group_t symmetry;
    slong points;
    double *x, *weights; /* the weights divided by their largest magnitude */
    int no_copies;       /* 0 after the initialisation; 1: no start has equal units */
    double scale;        /* that magnitude: N is scale times the objective; 1 for N = 0 */
} ncf_network_objective_t;

void ncf__network_objective_init(ncf_network_objective_t *out,
                                 const struct ncf_problem *problem,
                                 const ncf_network_t network);
void ncf__network_objective_clear(ncf_network_objective_t *objective);

#endif
