/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * cap.h: certified caps of attraction on the unit sphere (T-CAP). Around a strict second-order
 * KKT point u* of a homogeneous N, the sphere flow dq/dt = grad N(q) - (q . grad N(q)) q
 * increases q . u* on a whole cap: what enters it stays and converges to u*.
 */
#ifndef NCF_CAP_H
#define NCF_CAP_H

#include "point.h"

/* P(t, v) >= bound > 0 for every unit v orthogonal to u*, at this t; see T-CAP. */
typedef struct {
    double t, bound;
} ncf_cap_node_t;

/*
 * The closed cap { q : |q| = 1, q . u* > 0, |q - (q . u*) u*| <= tangent (q . u*) } of angle
 * atan(tangent) < pi/2. Storage: initialise, clear.
 */
typedef struct {
    ncf_verdict_t verdict;
    const char *reason;    /* why it is UNDECIDED; NULL when PROVED; static text */
    double tangent;        /* exact as written, > 0; 0 while UNDECIDED */
    arf_t angle;           /* a lower bound of atan(tangent); 0 while UNDECIDED */
    slong order;           /* N_j is bounded with its signs for j <= order, by norms above */
    slong node_count;      /* proof data: 0 = t_0 < t_1 < ..., the last one is >= inner */
    ncf_cap_node_t *nodes; /* P > 0 between neighbours too, up to t = inner */
    double inner;          /* <= tangent; P > 0 between them by a cover (T-CAP H, I) */
    slong exponent;        /* the bounds are of 2^exponent N */
} ncf_cap_t;

typedef struct {
    double max_tangent;         /* the cap is not made larger; <= 0: no such limit */
    const ncf_limits_t *limits; /* may be NULL; reached: what is proved so far */
} ncf_cap_options_t;

void ncf__cap_init(ncf_cap_t *cap);
void ncf__cap_clear(ncf_cap_t *cap);

/*
 * The largest cap that can be proved around the point of the record.
 *
 * Out:       cap      initialised; whatever it held is replaced
 * In:        point    certified for this problem; its tight enclosure and lambda are used
 *            options  may be NULL
 * PROVED:    for every unit q in the cap other than u* d/dt (q . u*) > 0 along the sphere flow;
 *            every trajectory of it that meets the cap stays in it and converges to u*.
 * UNDECIDED: with the reason; tangent and angle are 0. So end points that are not proved to
 *            exist, lie in a continuous family (slice_dimension > 0) or are not strict
 *            maxima of N to second order, networks that are not homogeneous or whose
 *            activation is not a polynomial.
 * lambda > 0 is not needed. Deterministic, but for the moment at which a limit is reached.
 * Claim:     T-CAP
 */
void ncf__certify_cap(ncf_cap_t *cap, const ncf_certified_point_t *point,
                      const struct ncf_problem *problem, const ncf_network_t network,
                      const ncf_cap_options_t *options);

/*
 * Is every q / |q|, q in the n balls, in the cap around the point of the record? 1 proves it
 * (and that no such q is 0); 0 proves nothing. Always 0 while the cap is UNDECIDED.
 */
int ncf__cap_contains(const ncf_cap_t *cap, const ncf_certified_point_t *point, arb_srcptr q,
                      slong prec);

#endif
