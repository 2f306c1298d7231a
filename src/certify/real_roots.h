/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* real_roots.h: the real roots of an integer polynomial with exact multiplicities. */
#ifndef NCF_REAL_ROOTS_H
#define NCF_REAL_ROOTS_H

#include "../base/base.h"

typedef struct {
    arb_t value;        /* isolates the root; exactly 0 when the root is 0 */
    slong multiplicity;
    slong factor;       /* index of the squarefree factor it belongs to */
} ncf_real_root_struct;

typedef struct {
    ncf_real_root_struct *roots; /* increasing, enclosures pairwise disjoint */
    slong count;
    fmpz_poly_factor_t factors;  /* squarefree, pairwise coprime */
    int all_real;                /* every complex root is real */
} ncf_real_roots_t;

/*
 * ncf__real_roots_init(out, f, prec):
 * Isolates the real roots of f; radii are below 2^-prec |root|.
 *
 * In:       f     not zero; prec >= 2
 * Claim:    T-REALROOTS; `count`, `all_real` and the multiplicities are proved
 * Owns:     clear with ncf__real_roots_clear
 * Cost:     about one Taylor shift of f per root and bit of their separation
 */
void ncf__real_roots_init(ncf_real_roots_t *out, const fmpz_poly_t f, slong prec);
void ncf__real_roots_clear(ncf_real_roots_t *roots);

#endif
