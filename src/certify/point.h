/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * point.h: everything that is proved about ONE KKT point of the NCF on the unit sphere, a
 * zero of F(u, lambda) = (grad N(u) - lambda u, (|u|^2 - 1)/2), for any network. The
 * candidate is data: verdicts do not depend on where it came from.
 */
#ifndef NCF_POINT_H
#define NCF_POINT_H

#include "../kkt/orbit.h"
#include "../network/network.h"

/* Bounds that are proved for the rank of one weight matrix. */
typedef struct {
    slong lower, upper;
} ncf_rank_bounds_t;

/*
 * The record of verdicts of one point. Storage: initialise, clear; a record may be moved by
 * assignment. While `exists` is not proved, all else is as after the initialisation
 * (verdicts UNDECIDED, zero[] = 0, balls indeterminate, rank bounds trivial), except for
 * `point`, which then holds the last iterate, a proposal that proves nothing.
 *
 * "The point" is the zero of F in `box` when slice_dimension is 0. When it is s > 0, the KKT
 * points near it are a manifold of dimension s, a piece of the orbit of a continuous
 * symmetry (T-SLICE), and "the point" is the only KKT point of the box in the slice
 * slice_normals[k] . (u - slice_origin) = 0, k = 0..s-1.
 */
typedef struct {
    ncf_verdict_t exists;      /* exactly one KKT point in `box` (and in the slice); never REFUTED */
    const char *reason;        /* why it is not proved; NULL when it is; static text */
    slong unknowns;            /* n */
    arb_ptr box;               /* n + 1: (u, lambda), as large as was proved: to identify others */
    arb_ptr point;             /* n + 1: a tight enclosure of the point, inside `box` */
    slong slice_dimension;     /* s: 0 for an isolated point */
    double *slice_normals;     /* s x n, row-major, exact as written; NULL for s = 0 */
    double *slice_origin;      /* n, exact as written; NULL for s = 0 */
    arb_t ncf;                 /* N(u) */
    arf_t residual;            /* |grad N - lambda u| <= residual for every (u, lambda) in `point` */
    ncf_verdict_t lambda_positive, lambda_negative; /* both REFUTED: lambda = 0 exactly */
    const char *lambda_reason; /* why a sign is UNDECIDED, or NULL */
    ncf_verdict_t inertia_known;
    const char *inertia_reason; /* why it is not known, or NULL */
    slong index, nullity;      /* of P (Hess N - lambda I) P on u^perp; -1 when not known. nullity
                                  = s: the Jacobian of the test is regular (T-SLICE) */
    arb_t gap;                 /* index 0: smallest eigenvalue of lambda I - Hess N on u^perp, for
                                  s > 0 on the complement of the orbit; else indeterminate */
    ncf_second_order_t second_order; /* by the inertia alone; that lambda > 0 is a matter of its own */
    slong block_count;         /* weight matrices, W_1 first */
    ncf_rank_bounds_t *ranks;  /* block_count */
    ncf_verdict_t rank_one;    /* W_1, .., W_{K-1} all have rank one: PROVED by the bounds or by a
                                  lift and uniqueness, REFUTED by a minor */
    signed char *zero;         /* n: 1 exactly zero, -1 not zero, 0 undecided (T-ZEROS) */
    int unfinished;            /* a limit was reached before all of this was examined */
} ncf_certified_point_t;

/* The reason of what is UNDECIDED because a limit was reached. */
#define NCF_POINT_UNFINISHED "unfinished: a limit was reached"

typedef struct {
    slong precision;     /* bits that `point` should have, >= 24; best effort */
    slong max_precision; /* bits of working precision at most, >= precision */
    const ncf_limits_t *limits; /* NULL: none */
} ncf_point_options_t;

void ncf__certified_point_init(ncf_certified_point_t *record, const ncf_network_t network);
/* Back to what the initialisation left. */
void ncf__certified_point_reset(ncf_certified_point_t *record, const ncf_network_t network);
void ncf__certified_point_clear(ncf_certified_point_t *record);

/*
 * Certifies the KKT point that Newton's method reaches from the candidate.
 *
 * Out:      record     initialised for this network; whatever it held is replaced
 * In:       candidate  n balls, of which the midpoints are read; any length but 0
 *           network    of the problem
 *           options    both precisions
 * The point may be far from the candidate; the distance is the caller's matter. A zero of
 * N's gradient (lambda = 0), negative lambda and networks that are not homogeneous are
 * certified like all else. A singular point stays UNDECIDED, with the reason. Limits are
 * looked at between steps that take well under a second for a thousand weights; what was
 * proved before one was reached stays.
 * Claim:    T-KRAWCZYK, T-SLICE, T-ZEROS, T-RANKS, T-EULER, T-INERTIA
 * Threads:  reentrant
 */
void ncf__certify_point(ncf_certified_point_t *record, arb_srcptr candidate,
                        const struct ncf_problem *problem, const ncf_network_t network,
                        const ncf_point_options_t *options);

#endif
