/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* prune_search.h: the state of a search; internal to the search (T-PRUNE). */
#ifndef NCF_PRUNE_SEARCH_H
#define NCF_PRUNE_SEARCH_H

#include "prune_strata.h"

#include <stdatomic.h>

typedef struct {
    ncf_prune_box_t *boxes;
    slong count, allocated;
} ncf_prune_list_t;

/* A part of one chart. Everything that a job finds is its own. */
typedef struct {
    slong stratum, chart;
    ncf_prune_list_t open;   /* a stack */
    ncf_prune_list_t small;  /* open too, but below the floor of this phase */
    ncf_prune_zero_t *zeros; /* one zero may be there several times */
    slong zero_count, zero_allocated;
    ncf_prune_tube_t *tubes;
    slong tube_count, tube_allocated;
    slong zeros_inherited, tubes_inherited; /* the first ones are another job's too */
    slong done;                             /* boxes examined */
    slong budget;                           /* in this round */
} ncf_prune_job_t;

struct ncf_prune_search {
    const struct ncf_problem *problem;
    fmpq_t lambda_min;
    ncf_prune_strata_t strata;
    ncf_prune_job_t *jobs;
    slong job_count;
    double floor;     /* boxes below this width wait for the next phase */
    slong last_small; /* boxes that waited at the end of the phase before */
    int finished;     /* no box is open, or those that are will not be halved further */
    double seconds;
    ncf_limit_t limit; /* that ended the last run */
    /* of one run */
    const ncf_limits_t *limits;
    ncf_prune_job_t **active;
    double chart_share;    /* of one chart among all */
    atomic_long undecided; /* share in units of 2^-60 */
};

void ncf__prune_append(ncf_prune_list_t *list, const ncf_prune_box_t *box);
ncf_prune_job_t *ncf__prune_add_job(ncf_prune_search_t *search, slong stratum, slong chart);
void ncf__prune_add_zero(ncf_prune_job_t *job, const ncf_prune_zero_t *zero);

void ncf__prune_add_tube(ncf_prune_job_t *job, const ncf_prune_tube_t *tube);

/* The volume of a box by that of its chart. */
double ncf__prune_share(const ncf_prune_box_t *box, slong n);

/* Without jobs. */
ncf_prune_search_t *ncf__prune_new_empty(const struct ncf_problem *problem,
                                         const fmpq_t lambda_min);

#endif
