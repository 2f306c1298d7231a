/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * real_internal.h: isolation of positive roots by Descartes' rule of signs, and their
 * refinement by signs at dyadic points (T-REALROOTS). Every number of type arf_t here is
 * an exact dyadic.
 */
#ifndef NCF_REAL_INTERNAL_H
#define NCF_REAL_INTERNAL_H

#include "../base/base.h"

/* ---- Signs and variations (descartes.c) ------------------------------------------ */

/* The sign of g(x), exactly. prec is a first guess of the bits that it takes. */
int ncf__descartes_sign(const fmpz_poly_t g, const arf_t x, slong prec);

/*
 * The variations v of (1 + t)^n g((a + b t)/(1 + t)) for 0 < a < b with g(a), g(b) not 0:
 * returns 0, 1, or 2 for "2 or more". 0 and 1 are the number of roots in (a, b).
 * prec is a first guess of the bits, and is raised to what it took.
 */
int ncf__descartes_variations(const fmpz_poly_t g, const arf_t a, const arf_t b, slong *prec);

/* ---- Isolation (real_isolate.c) -------------------------------------------------- */

typedef struct {
    arf_t lo, hi; /* one root in the open interval, or lo = hi, the root itself */
} ncf_bracket_struct;

typedef struct {
    ncf_bracket_struct *items;
    slong count, allocated;
} ncf_bracket_list_t;

typedef struct {
    fmpz_poly_t poly;         /* g without the dyadic roots that were met */
    ncf_bracket_list_t roots; /* the positive roots of g, in no order */
    slong prec;               /* bits that the signs took */
} ncf_isolation_t;

/* g squarefree, of degree at least 1, g(0) != 0. */
void ncf__isolate_positive(ncf_isolation_t *out, const fmpz_poly_t g);
void ncf__isolation_clear(ncf_isolation_t *isolation);

/* ---- Refinement (real_refine.c) -------------------------------------------------- */

/* Encloses root i with a radius below 2^-prec times the root. */
void ncf__isolation_refine(arb_t out, const ncf_isolation_t *isolation, slong i, slong prec);

#endif
