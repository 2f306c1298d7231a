/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * polish.h: Newton's method on the sphere in doubles, from a candidate to what may be the
 * KKT point near it. It proposes and proves nothing.
 */
#ifndef NCF_POLISH_H
#define NCF_POLISH_H

#include "../network/network.h"

/* The data in doubles, for as many candidates as there are. */
typedef struct {
    const ncf_network_struct *network;
    slong points;
    double *x, *weights; /* N x d, N */
    const ncf_limits_t *limits; /* NULL: none; looked at between the steps */
} ncf_polisher_t;

/* Keeps `limits`, which may be NULL. */
void ncf__polisher_init(ncf_polisher_t *out, const ncf_network_t network, const fmpq_mat_t x,
                        const fmpq_mat_t weights, const ncf_limits_t *limits);
void ncf__polisher_clear(ncf_polisher_t *polisher);

/*
 * Moves the unit vector u (n doubles) as long as |grad N(u) - (u . grad N(u)) u| falls: by
 * damped Newton steps orthogonal to u, none longer than a quarter; where the system is
 * singular, by the shortest step that solves it best. u stays a unit vector of finite
 * doubles; it is left alone when numbers overflow. Cost: about ten factorisations of size
 * n + 1. Threads: reentrant.
 */
void ncf__polish(double *u, const ncf_polisher_t *polisher);

#endif
