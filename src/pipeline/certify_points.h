/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * certify_points.h: what `ncf certify` says about candidate weights: for each of them the
 * KKT point that was proved near it and the distance, and the orbits of these points.
 */
#ifndef NCF_CERTIFY_POINTS_H
#define NCF_CERTIFY_POINTS_H

#include "../problem/points.h"
#include "point_orbit.h"

/* Hessians and inverses are dense: beyond this the memory for one candidate is a gigabyte. */
#define NCF_CERTIFY_MAX_UNKNOWNS 3000

/* A candidate c, or rather the unit vector v = c / |c|. */
typedef struct {
    int finished;            /* 0: a limit came first, and no point is proved */
    arb_t multiplier;        /* v . grad N(v) */
    arb_t residual;          /* |grad N(v) - multiplier v|: 0 at a KKT point */
    ncf_point_orbit_t found; /* .point.exists: a KKT point was proved */
    arb_t distance;          /* |v - u| to the proved point u; else indeterminate */
    ncf_verdict_t near;      /* distance <= threshold; UNDECIDED when no point is proved */
    slong orbit;             /* of the proved point, from 0; -1: none */
    slong first;             /* the first candidate that is proved to be in this orbit */
    int orbit_open;          /* it was not told from another orbit that is listed */
} ncf_candidate_t;

struct ncf_certification {
    char *name, sha256[65]; /* of the file of candidates */
    const char *format;
    ncf_solution_counts_t solutions; /* of a list of another program */
    fmpq_t threshold;
    char *threshold_text; /* as the user wrote it */
    ncf_network_t network;
    ncf_candidate_t *candidates;
    slong count;
    slong *orbits; /* for each orbit the candidate that stands for it; largest lambda first */
    slong orbit_count;
    ncf_limit_t limit;
};

/* What steers it; texts and pointers must live during the call only. */
typedef struct {
    slong precision, max_precision;
    int threads;
    const char *threshold; /* exact number > 0 */
} ncf_certify_settings_t;

/*
 * Certifies every candidate, in parallel, then sorts the points into orbits. Returns NULL
 * when the network cannot be set up or has more than NCF_CERTIFY_MAX_UNKNOWNS weights.
 * Verdicts depend neither on the number of threads nor on other candidates. Owns: free
 * with ncf__certification_free, which accepts NULL.
 */
struct ncf_certification *ncf__certify_points(const struct ncf_problem *problem,
                                              const struct ncf_points *points,
                                              const ncf_certify_settings_t *settings,
                                              const ncf_limits_t *limits);
void ncf__certification_free(struct ncf_certification *certification);

/* Is all proved that was asked: a point near each candidate, its second order, its orbit? */
int ncf__certification_is_settled(const struct ncf_certification *certification);

#endif
