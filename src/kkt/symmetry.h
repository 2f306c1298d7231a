/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * symmetry.h: the symmetry group that a network's architecture gives to N(u)
 * (T-SYMMETRY), and what it does to certified KKT points: equal orbits, different orbits,
 * sizes of orbits (T-ORBIT). Nothing here searches for KKT points or certifies them.
 *
 * A hidden layer is a class of interchangeable units (channels of a convolution). A group
 * element permutes the units of each class and gives each unit a sign. The acting group is
 * the product over the classes of all permutations and all allowed signs; elements that
 * act alike on weights, for lack of a column or of a unit, count separately in it.
 * Layers with a linear activation have all of O(k); the finite part used here is that of
 * the signed permutations, and `linear` says that there is more.
 */
#ifndef NCF_SYMMETRY_H
#define NCF_SYMMETRY_H

#include "../network/network.h"

typedef enum {
    NCF_SIGN_NONE, /* s(-t) is neither s(t) nor -s(t): no sign */
    NCF_SIGN_IN,   /* s even: the incoming weights change their sign */
    NCF_SIGN_BOTH  /* s odd: incoming and outgoing weights together */
} ncf_unit_sign_t;

/*
 * The units 0..units-1 of one hidden layer. Unit j has the incoming weights
 *     u[in_offset + j * in_count + s],                    0 <= s < in_count,
 * and the outgoing weights
 *     u[out_offset + (o * units + j) * out_taps + t],     0 <= o < out_rows, 0 <= t <
 * out_taps.
 */
typedef struct {
    slong units;
    ncf_unit_sign_t sign;
    int linear; /* s(t) = c t: O(units) acts, not only signed permutations */
    slong in_offset, in_count;
    slong out_offset, out_rows, out_taps;
    slong below, above; /* the class that gives its input, or takes its output; -1: none.
                           Below has out_rows = units and out_offset = in_offset */
    slong first;        /* number of the class's first unit among all units */
} ncf_unit_class_t;

typedef struct {
    slong unknowns; /* n */
    slong class_count;
    ncf_unit_class_t *classes; /* below before above */
    slong units;               /* of all classes together */
    int all_linear;            /* a feed-forward network whose activations are all t */
} ncf_symmetry_group_struct;
typedef ncf_symmetry_group_struct ncf_symmetry_group_t[1];

/*
 * The group of the network: the hidden layers of feed-forward networks and convolutions,
 * those of all parts of a sum (equal parts are not exchanged), and none for a user's formula.
 */
void ncf__symmetry_init(ncf_symmetry_group_t sym, const ncf_network_t network);
void ncf__symmetry_clear(ncf_symmetry_group_t sym);

/* The order of the finite group: the product over the classes of k! or k! 2^k. */
void ncf__symmetry_order(fmpz_t order, const ncf_symmetry_group_t sym);

/* Is some class of more than one unit linear? Then the group is not finite. */
int ncf__symmetry_is_infinite(const ncf_symmetry_group_t sym);

/* In words, one clause a class, allocated: "layer 1: 3 units, permutations and ...". */
char *ncf__symmetry_text(const ncf_symmetry_group_t sym);

/* ---- Elements -------------------------------------------------------------------- */

/*
 * The weights of unit v become those of unit image[v], times sign[v] as the class says;
 * units are numbered through all classes. sign is 1 in a class without signs.
 */
typedef struct {
    slong *image;
    signed char *sign; /* 1 or -1 */
} ncf_symmetry_element_t;

/* The identity. */
void ncf__symmetry_element_init(ncf_symmetry_element_t *g, const ncf_symmetry_group_t sym);
void ncf__symmetry_element_clear(ncf_symmetry_element_t *g);
void ncf__symmetry_element_set(ncf_symmetry_element_t *out, const ncf_symmetry_element_t *g,
                               const ncf_symmetry_group_t sym);
/* A random element; uniform over the group up to the bias of the stream. */
void ncf__symmetry_element_random(ncf_symmetry_element_t *g, const ncf_symmetry_group_t sym,
                                  ncf_random_t *random);
/* out = g h (first h, then g); out may be neither. */
void ncf__symmetry_compose(ncf_symmetry_element_t *out, const ncf_symmetry_element_t *g,
                           const ncf_symmetry_element_t *h, const ncf_symmetry_group_t sym);
/* out = g^-1; out may not be g. */
void ncf__symmetry_inverse(ncf_symmetry_element_t *out, const ncf_symmetry_element_t *g,
                           const ncf_symmetry_group_t sym);

/* out = g u, n entries; exact (a signed permutation of the entries). out may not be u. */
void ncf__symmetry_apply_double(double *out, const ncf_symmetry_group_t sym,
                                const ncf_symmetry_element_t *g, const double *u);
void ncf__symmetry_apply_arb(arb_ptr out, const ncf_symmetry_group_t sym,
                             const ncf_symmetry_element_t *g, arb_srcptr u);

/* ---- Proposals ------------------------------------------------------------------- */

/*
 * A vector of the orbit of u that is nearly always the same one, up to the noise of u, for
 * all u of the orbit: out = g u. Claims nothing. g may be NULL; out may not be u. In
 * linear layers only signed permutations are used. Cost: O(n) and sorting.
 */
void ncf__symmetry_canonical(double *out, ncf_symmetry_element_t *g,
                             const ncf_symmetry_group_t sym, const double *u);

/*
 * A number that is constant on orbits up to rounding and nearly always different on
 * different ones: to sort by it. Claims nothing.
 */
double ncf__symmetry_invariant(const ncf_symmetry_group_t sym, const double *u);

/* A bucket for u by its rounded invariant: points of one orbit are nearly always in the
   same or in neighbouring buckets. Claims nothing. */
int64_t ncf__symmetry_key(const ncf_symmetry_group_t sym, const double *u);

/* ---- Proofs (T-ORBIT) ------------------------------------------------------------ */

/*
 * A KKT point z, as certified: `box` (n + 1 balls: u, lambda) holds exactly one zero of the
 * KKT system, z, and z lies in `point`, which is inside of box. For slice_dimension > 0
 * only that z is a KKT point in `point`.
 */
typedef struct {
    arb_srcptr point, box;
    slong slice_dimension;
} ncf_orbit_member_t;

/*
 * Do two KKT points of N lie on one orbit?
 *
 * PROVED:    some g in the group has g z_a = z_b
 * REFUTED:   no g in the group has
 * The box of `a` may be NULL where `point` is known to hold a KKT point that need not be
 * isolated: then REFUTED is about the signed permutations of the group alone.
 * UNDECIDED: enclosures too wide or not finite, too many ways to match the units, or more
 *            than 2048 units; always for points with slice_dimension > 0 that no invariant
 *            separates, unless the network is linear throughout
 * g (may be NULL) is set when the proof shows one, else it is left alone.
 * Cost: near-linear in n where units differ or are zero.
 */
ncf_verdict_t ncf__symmetry_same_orbit(ncf_symmetry_element_t *g,
                                       const ncf_symmetry_group_t sym,
                                       const ncf_orbit_member_t *a,
                                       const ncf_orbit_member_t *b);

/*
 * The number of points in the orbit of z, by orbit and stabiliser: exact even where the
 * group is astronomically large.
 *
 * PROVED:    size is the number of different g z
 * UNDECIDED: size is not changed; for the same reasons, and when slice_dimension > 0: then
 *            the orbit is a manifold of this dimension (T-SLICE)
 */
ncf_verdict_t ncf__symmetry_orbit_size(fmpz_t size, const ncf_symmetry_group_t sym,
                                       const ncf_orbit_member_t *z);

/*
 * The hidden units that are copies of each other at z, exactly: first[v] (units entries) is
 * the smallest unit of the class of v for which it is proved that exchanging the two, with
 * some sign for both, leaves z alone; v itself when there is none. Then the incoming weights
 * of the two are equal up to one sign, and so are the outgoing ones (T-RANKS 3). Decides
 * nothing, first[v] = v, when slice_dimension > 0 or a ball is not finite.
 * Cost: pairs of units of a class, nearly all of which differ in the first weight.
 */
void ncf__symmetry_equal_units(slong *first, const ncf_symmetry_group_t sym,
                               const ncf_orbit_member_t *z);

/*
 * Sorts points into orbits: orbit[i] is the smallest index whose point is proved to be on
 * the orbit of point i. different[i], at indices with orbit[i] = i, is PROVED when the
 * orbit is proved to be none of the other ones, else UNDECIDED; at the other indices it is
 * that of orbit[i]. Returns the number of indices with orbit[i] = i.
 * Cost: sorting, and comparisons inside groups that no invariant separates.
 */
slong ncf__orbits_partition(slong *orbit, ncf_verdict_t *different,
                            const ncf_symmetry_group_t sym, const ncf_orbit_member_t *points,
                            slong count);

#endif
