/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * point_orbit.h: one orbit of KKT points in a result: a representative with all that is
 * proved of it, and what is known of the orbit. Used where points are found one by one
 * (`ncf certify`, a search, branch and prune) and for rank-one families.
 */
#ifndef NCF_POINT_ORBIT_H
#define NCF_POINT_ORBIT_H

#include "../certify/point.h"

/* Where a proved point came from; it proves nothing and is printed. Static texts. */
#define NCF_ORIGIN_RANK_ONE "rank-one family"
#define NCF_ORIGIN_CLOSED_FORM "closed form"
#define NCF_ORIGIN_SEARCH "search"
#define NCF_ORIGIN_PRUNE "branch and prune"
#define NCF_ORIGIN_CANDIDATE "candidate"

/*
 * Storage: initialise, clear; may be moved by assignment. The orbit is that of the
 * permutations of hidden units and of their sign flips, and of the rotations of linear
 * layers: of all of the symmetry group that is known.
 */
typedef struct {
    ncf_certified_point_t point; /* the representative; exists is proved for listed orbits */
    int has_weights;             /* 0: too many weights; point.point holds only lambda, last */
    fmpz_t size;                 /* points in the orbit, when it is finite */
    int size_known;              /* size is proved */
    slong dimension;             /* of the orbit, or of the family; 0: finite; -1: not known */
    const char *origin;          /* one of the texts above */
    slong line;                  /* rank-one family: the number of its line, from 0; else -1 */
    slong hidden_layers;         /* of a feed-forward network, else 0 */
    slong *active;     /* hidden_layers: units with a non-zero row, -1: not decided */
    ncf_check_t check; /* how a closed form was checked in the full network */
    int not_separated; /* not proved to differ from every other listed orbit */
    slong hits;        /* starts of a search that ended in this orbit, 0: no search */
} ncf_point_orbit_t;

typedef struct {
    ncf_point_orbit_t *orbits;
    slong count, allocated;
} ncf_point_orbit_list_t;

/* An orbit without a point: nothing is proved, the origin is "". */
void ncf__point_orbit_init(ncf_point_orbit_t *orbit, const ncf_network_t network);
void ncf__point_orbit_clear(ncf_point_orbit_t *orbit);

/*
 * Counts the active units of each hidden layer from the zero pattern of the point: a unit
 * is active when an incoming weight is proved non-zero, idle when all are proved zero.
 */
void ncf__point_orbit_set_active(ncf_point_orbit_t *orbit, const ncf_network_t network);

/*
 * Active units, dimension and size of the orbit of a point that is proved to exist, under the
 * symmetry group that is known of the network.
 */
void ncf__point_orbit_describe(ncf_point_orbit_t *orbit, const ncf_network_t network);

void ncf__point_orbit_list_init(ncf_point_orbit_list_t *list);
void ncf__point_orbit_list_clear(ncf_point_orbit_list_t *list);

/* Appends the orbit, which the list then owns: the caller must not clear it. */
void ncf__point_orbit_list_append(ncf_point_orbit_list_t *list,
                                  const ncf_point_orbit_t *orbit);

/* Decreasing midpoint of lambda; ties stay in their order. */
void ncf__point_orbit_list_sort(ncf_point_orbit_list_t *list);

/* lambda of the representative. */
arb_srcptr ncf__point_orbit_lambda(const ncf_point_orbit_t *orbit);

#endif
