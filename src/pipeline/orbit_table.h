/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * orbit_table.h: the orbits of KKT points that many runs have led to so far, each certified once
 * with its cap. A run proposes a point near its end; the symmetry group carries it to a point
 * that is known, or it is certified and becomes known. What is proved of a run is only that
 * its direction, carried along, lies in the cap of the known point (T-CAP, T-SYMMETRY).
 */
#ifndef NCF_ORBIT_TABLE_H
#define NCF_ORBIT_TABLE_H

#include "../certify/cap.h"
#include "../kkt/symmetry.h"
#include "point_orbit.h"

/* .found.point.exists and .cap.verdict say what is proved; a guess that failed stays too, so
   that it is not tried again. */
typedef struct {
    ncf_point_orbit_t found;
    ncf_cap_t cap;
    double *centre; /* n: the midpoint of the point, for angles that are measured */
} ncf_known_orbit_t;

/* A canonical vector that was met, and the element that carries what is near it to the point. */
typedef struct {
    double *form; /* n */
    double lambda;
    slong orbit;
    ncf_symmetry_element_t to_point;
} ncf_known_form_t;

typedef struct {
    const struct ncf_problem *problem;
    const ncf_network_struct *network;
    ncf_symmetry_group_t symmetry;
    slong precision, max_precision;
    slong count, room;
    ncf_known_orbit_t *orbits;
    slong form_count, form_room;
    ncf_known_form_t *forms;
} ncf_orbit_table_t;

/* A guess: u with |u| = 1, n entries, about a KKT point with this lambda. form and to_form are
   filled by ncf__orbit_table_prepare. Storage: initialise, clear. */
typedef struct {
    int made; /* 0: there is none */
    double *u, *form;
    double lambda;
    ncf_symmetry_element_t to_form; /* form = to_form u */
} ncf_orbit_guess_t;

/* Keeps problem and network. Claim: T-KRAWCZYK, T-CAP, T-ORBIT. */
void ncf__orbit_table_init(ncf_orbit_table_t *table, const struct ncf_problem *problem,
                           const ncf_network_struct *network, slong precision,
                           slong max_precision);
void ncf__orbit_table_clear(ncf_orbit_table_t *table);

void ncf__orbit_guess_init(ncf_orbit_guess_t *guess, const ncf_orbit_table_t *table);
void ncf__orbit_guess_clear(ncf_orbit_guess_t *guess);

/* Sets form and to_form from u; made = 1. Threads: reentrant. */
void ncf__orbit_table_prepare(ncf_orbit_guess_t *guess, const ncf_orbit_table_t *table);

/*
 * Makes every guess known that is not: one of each group of equal forms is certified, with its
 * cap, in parallel. The table depends on the order of the guesses and not on the threads; after
 * a limit nothing is added. Returns the limit.
 */
ncf_limit_t ncf__orbit_table_learn(ncf_orbit_table_t *table, const ncf_orbit_guess_t *guesses,
                                   slong count, int threads, const ncf_limits_t *limits);

/*
 * The number of the form of the guess, -1 when it is not known. Its orbit is what is near the
 * guess; nothing is claimed.
 */
slong ncf__orbit_table_look(const ncf_orbit_table_t *table, const ncf_orbit_guess_t *guess);

/* out = the element that carries what is near the guess to the known point; `form` is known. */
void ncf__orbit_table_carry(ncf_symmetry_element_t *out, const ncf_orbit_table_t *table,
                            slong form, const ncf_orbit_guess_t *guess);

/*
 * 1 proves: the flow of N on the sphere converges from the direction of q to g^-1 z, z the point
 * of the orbit, for q is not 0 and g q lies in the cap of z. q: n doubles, exact as written.
 */
int ncf__orbit_table_attracts(const ncf_orbit_table_t *table, slong orbit,
                              const ncf_symmetry_element_t *g, const double *q);

#endif
