/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* prune_strata.h: the list of strata of a problem; internal to the search (T-PRUNE). */
#ifndef NCF_PRUNE_STRATA_H
#define NCF_PRUNE_STRATA_H

#include "prune_internal.h"

typedef struct {
    ncf_prune_stratum_t *strata;
    slong count;
    ncf_interval_t *x, *y; /* shared by the strata */
} ncf_prune_strata_t;

/* The problem is one that ncf__prune_unsupported lets pass. */
void ncf__prune_strata_init(ncf_prune_strata_t *out, const struct ncf_problem *problem,
                            const fmpq_t lambda_min);
void ncf__prune_strata_clear(ncf_prune_strata_t *strata);

int ncf__prune_sorted(const ncf_prune_stratum_t *s, slong row);

#endif
