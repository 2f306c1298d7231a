/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* symmetry_internal.h: shared by the files of the symmetry group. */
#ifndef NCF_SYMMETRY_INTERNAL_H
#define NCF_SYMMETRY_INTERNAL_H

#include "symmetry.h"

/* The index in u of an outgoing weight of unit j of a class. */
static inline slong ncf__unit_out(const ncf_unit_class_t *class, slong j, slong o, slong t)
{
    return class->out_offset + (o * class->units + j) * class->out_taps + t;
}

/* (g u)[target[w]] = sign[w] u[w]; n entries each. */
void ncf__symmetry_map(slong *target, signed char *sign, const ncf_symmetry_group_t sym,
                       const ncf_symmetry_element_t *g);

/* ---- Search for an element that maps one enclosure into, or onto, another -------- */

typedef enum {
    NCF_MATCH_INSIDE, /* g(source) inside of target, entry by entry */
    NCF_MATCH_OVERLAP /* g(source) and target have a point in common in every entry */
} ncf_match_mode_t;

typedef enum {
    NCF_MATCH_FOUND,
    NCF_MATCH_NONE,   /* proved: there is no such element */
    NCF_MATCH_GAVE_UP /* the search was too long */
} ncf_match_result_t;

/* One search problem; opaque but for its own file. */
typedef struct ncf_match ncf_match_t;

/*
 * source, target: n + 1 finite balls, which must stay; the last entry of one is matched to
 * the last entry of the other. Elements that send a unit to one with disjoint norms of its
 * incoming or outgoing weights are not looked at: they are of neither mode.
 */
ncf_match_t *ncf__match_new(const ncf_symmetry_group_t sym, arb_srcptr source,
                            arb_srcptr target, ncf_match_mode_t mode);
void ncf__match_free(ncf_match_t *match);

/* Units are mapped to signed units: number 2 v for +v, 2 v + 1 for -v. */
int ncf__match_allows(const ncf_match_t *match, slong unit, slong image);

/*
 * Looks for an element with unit v -> +v for v < fixed and, when image >= 0, with unit
 * `fixed` -> image. g (initialised) is set when it is found.
 */
ncf_match_result_t ncf__match_search(ncf_symmetry_element_t *g, ncf_match_t *match,
                                     slong fixed, slong image);

#endif
