/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * orbit.h: the positive KKT points of a two-layer power network in closed form from the
 * eigenlines of its data tensor (theory.md section 2, T-DECOUPLE). Points are reported
 * by orbits of the symmetry group: permutations of the h hidden units and the sign
 * flip of each. An orbit is a multiset of at most h lines, one for each active unit.
 */
#ifndef NCF_ORBIT_H
#define NCF_ORBIT_H

#include "line.h"

typedef enum {
    NCF_SECOND_ORDER_NO,         /* an ascent direction is proved */
    NCF_SECOND_ORDER_STRICT,     /* negative definite on the tangent space, with a gap */
    NCF_SECOND_ORDER_DEGENERATE, /* no ascent direction at second order, but a null one */
    NCF_SECOND_ORDER_UNDECIDED   /* the inertia of a line was not decided */
} ncf_second_order_t;

typedef enum {
    NCF_CHECK_NONE,     /* not checked in the full network */
    NCF_CHECK_KRAWCZYK, /* Krawczyk's test in the full unknowns: exists, is unique, nondegenerate */
    NCF_CHECK_ACTIVE,   /* the same in the network of the active units; the idle ones are zero */
    NCF_CHECK_RESIDUAL, /* grad N - lambda u encloses 0 (a set of points, or a degenerate one) */
    NCF_CHECK_LIFT,     /* by the closed form alone (too many unknowns) */
    NCF_CHECK_FAILED,   /* the check in the full network did not succeed */
    NCF_CHECK_REFUTED   /* grad N - lambda u excludes 0: the program is wrong */
} ncf_check_t;

/*
 * A multiset of lines; for lines that are sets (dimension > 0) a whole family of KKT
 * points, each unit's line being anywhere in its set.
 */
typedef struct {
    slong *members; /* `active` line numbers, not decreasing */
    slong active;   /* >= 1 */
    arb_t lambda;   /* = (p + 1) N */
    fmpz_t size;    /* points in the orbit: 2^active h! / prod(multiplicities!) */
    slong dimension;
    slong index, nullity; /* -1 when not known */
    ncf_second_order_t second_order;
    arb_t gap;      /* smallest eigenvalue of lambda I - Hess N on the tangent space; strict only */
    slong rank;     /* of W_1; -1 when not known or not constant */
    int rank_one;
    ncf_check_t check; /* set by the pipeline */
} ncf_orbit_struct;

typedef struct {
    ncf_orbit_struct *orbits; /* decreasing lambda (midpoints) */
    slong count;
    int all;                  /* there are no further orbits */
    ncf_limit_t limit;
} ncf_orbit_list_t;

/*
 * The `top` orbits of largest lambda, best first, without enumerating the others.
 * h >= 1 hidden units; p >= 2 is the order of the tensor. Cost: O(top * m) ball operations.
 */
void ncf__orbit_list_init(ncf_orbit_list_t *out, const ncf_line_list_t *lines, slong order,
                          const fmpz_t hidden, slong top, slong prec, const ncf_limits_t *limits);
void ncf__orbit_list_clear(ncf_orbit_list_t *list);

/* lambda / |mu| of a point with one active unit: sqrt(p) (p/(p+1))^((p-1)/2), (2a). */
void ncf__single_unit_factor(arb_t out, slong order, slong prec);

/*
 * The representative of an orbit: row k of `rows` (active x d) is the incoming row of the
 * k-th active unit, outgoing[k] its outgoing weight; all other units are zero.
 */
void ncf__orbit_weights(arb_mat_t rows, arb_ptr outgoing, const ncf_orbit_struct *orbit,
                        const ncf_line_list_t *lines, slong order, slong prec);

/* Exact numbers of KKT points with lambda > 0; `known` is 0 where a set is infinite or
   where an undecided line would change the number. */
typedef struct {
    fmpz_t value;
    int known;
} ncf_count_struct;

typedef struct {
    ncf_count_struct positive;            /* (2m+1)^h - 1, (2b) */
    ncf_count_struct strict_second_order; /* 2h (lines with index = nullity = 0), (2c) */
    ncf_count_struct rank_one;            /* m (3^h - 1), (2d) */
    ncf_count_struct orbits;              /* C(h+m, m) - 1, (2e) */
} ncf_census_t;

void ncf__census_init(ncf_census_t *out, const ncf_line_list_t *lines, const fmpz_t hidden);

/*
 * The same, counting only points with lambda >= lambda_min (a positive ball that holds
 * the exact bound): the lines then need to be complete for |mu| >= lambda_min / factor
 * only. Counts stay unknown when more than a million orbits qualify, or when some lambda
 * is not separated from the bound.
 */
void ncf__census_init_above(ncf_census_t *out, const ncf_line_list_t *lines, slong order,
                            const fmpz_t hidden, const arb_t lambda_min, slong prec);
void ncf__census_clear(ncf_census_t *census);

#endif
