/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * point_internal.h: the system that the test of one point works on, and the steps of
 * ncf__certify_point.
 *
 * With c_k = normals, o = origin (T-SLICE) and u zero outside of the free weights (T-ZEROS),
 *     G(u, lambda, t) = (grad N(u) - lambda u + sum_k t_k c_k, (|u|^2 - 1)/2, c_k . (u - o)),
 * the first part for the free weights only. Unknowns in the order u, lambda, t; without
 * normals and with all weights free G is F of point.h. N, lambda and t are divided by
 * 2^scale, so that lambda is near 1.
 */
#ifndef NCF_POINT_INTERNAL_H
#define NCF_POINT_INTERNAL_H

#include "../kkt/symmetry.h"
#include "point.h"

typedef struct {
    const ncf_network_struct *network;
    const fmpq_mat_struct *exact_x, *exact_weights; /* N x d, N x 1 */
    slong scale;
    slong *free;           /* `count` indices of weights, increasing; the others are exactly 0 */
    slong count;
    slong slice;           /* s */
    const double *normals; /* s x n, exact; zero outside of the free weights */
    const double *origin;  /* n, exact */
    slong size;            /* count + 1 + s */
    slong prec;            /* of the data below */
    arb_mat_t x, weights;  /* weights divided by 2^scale */
    const ncf_limits_t *limits; /* NULL, the first value: none */
} ncf_point_system_t;

/* What the test has proved: exactly one zero of G in centre + [-radius, radius]^size. */
typedef struct {
    arb_ptr centre;    /* size, exact */
    mag_t radius;
    arb_mat_t inverse; /* Y, exact, size x size */
    double *doubles;   /* Y in doubles, row-major; NULL when its entries are no doubles */
    mag_t contraction; /* |I - Y JG| <= this < 1 on the box, in the maximum norm */
    slong size;
} ncf_point_proof_t;

/* All weights free, no slice; the data is not set before a precision is. */
void ncf__point_system_init(ncf_point_system_t *system, const ncf_network_t network,
                            const fmpq_mat_t x, const fmpq_mat_t weights, slong scale);
void ncf__point_system_clear(ncf_point_system_t *system);
void ncf__point_system_slice(ncf_point_system_t *system, slong slice, const double *normals,
                             const double *origin);
/* Keeps those weights free for which zero[j] != 1. */
void ncf__point_system_restrict(ncf_point_system_t *system, const signed char *zero);
void ncf__point_system_precision(ncf_point_system_t *system, slong prec);

/* The n weights at `v` (size balls): exact zeros outside of the free ones. */
void ncf__point_system_weights(arb_ptr u, const ncf_point_system_t *system, arb_srcptr v);

void ncf__point_proof_init(ncf_point_proof_t *proof, slong size);
void ncf__point_proof_clear(ncf_point_proof_t *proof);

/*
 * Starts at `start` (size, midpoints are read) and looks for a box that passes T-KRAWCZYK A,
 * a large one if `wide`, with more precision as long as that helps. Returns NULL when proved,
 * else the reason as static text; then proof->centre is the last iterate. A limit that is
 * reached ends it, unproved.
 */
const char *ncf__point_prove(ncf_point_proof_t *proof, ncf_point_system_t *system,
                             arb_srcptr start, int wide, slong max_precision);

/* The box of the proof. */
void ncf__point_proof_box(arb_ptr box, const ncf_point_proof_t *proof);

/*
 * A tight enclosure of the zero, inside the box: T-KRAWCZYK E. Wanted: radius 2^-bits; the
 * result is an enclosure whether this is reached or not.
 */
void ncf__point_refine(arb_ptr tight, const ncf_point_proof_t *proof,
                       ncf_point_system_t *system, slong bits, slong max_precision);

/* ---- Proposals (point_propose.c) ------------------------------------------------- */

/*
 * Newton's method in doubles from u (n, |u| = 1), which is replaced; N divided by 2^scale.
 * Steps then follow the pseudo-inverse, so that such orbits are no obstacle.
 * `families`: orbits of positive dimension are expected. Returns 1 when it seems to have
 * converged.
 */
int ncf__point_propose(double *u, double *lambda, const ncf_point_system_t *system,
                       int families);

/*
 * Is u, where Newton's method came to rest at a singular point, apparently one of a set of
 * zeros of positive dimension: do starts to both sides along a null vector come to rest
 * there, with the same lambda? A guess. 0 as well where it is too costly to find out.
 */
int ncf__point_guess_family(const double *u, const ncf_point_system_t *system, int families);

/* ---- The slice (point_slice.c, T-SLICE) ------------------------------------------ */

/*
 * A rotation of two units of a layer with linear activation: each weight of `unit` takes the
 * value of that of `other`, which takes the negative; a skew map A with N(exp(tau A) u) = N(u).
 */
typedef struct {
    slong layer, unit, other; /* a class of the group; unit < other */
} ncf_rotation_t;

typedef struct {
    ncf_symmetry_group_t group; /* of the network */
    slong count;                /* s */
    ncf_rotation_t *rotations;
    double *normals; /* count x n, about orthonormal: a basis of the rotations' directions */
} ncf_slice_t;

void ncf__slice_init(ncf_slice_t *slice, const ncf_network_t network);
void ncf__slice_clear(ncf_slice_t *slice);

/* The numerically independent rotations at u, a choice that proves nothing. Once. */
void ncf__slice_propose(ncf_slice_t *slice, const double *u);

/* Proves that (c_k . A_j u)_jk is invertible for every u in the box of n balls. */
ncf_verdict_t ncf__slice_is_transverse(const ncf_slice_t *slice, arb_srcptr u, slong prec);

/* ---- Verdicts about a point that is proved --------------------------------------- */

/* 1 proves that every matrix in the square ball matrix is invertible; so is the empty one. */
int ncf__matrix_is_invertible(const arb_mat_t m, slong prec);

/*
 * Marks in zero[] (n entries, in/out): where it is 1, the largest subset S of these weights is
 * kept at 1 for which T-ZEROS (i) holds on the box u (n balls), the others become 0.
 */
void ncf__zero_invariant(signed char *zero, arb_srcptr u, const ncf_network_t network,
                         const struct ncf_problem *problem, const fmpq_mat_t weights, slong prec);

/* ranks and rank_one from `box`, `point`, `zero` and the sign of lambda, T-RANKS. */
void ncf__point_ranks(ncf_certified_point_t *record, const ncf_network_t network,
                      const struct ncf_problem *problem, slong prec, slong max_precision);

/* How many of the n marks say that a weight is exactly zero. */
slong ncf__zero_count(const signed char *zero, slong n);

#endif
