/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * real_roots.c: squarefree factorisation over Q gives the multiplicities exactly, and
 * Arb isolates the complex roots of each factor rigorously, marking the real ones by an
 * imaginary part that is exactly zero.
 */
#include "real_roots.h"

#include <stdlib.h>

/* f = content * prod factor^exponent, checked at a random point modulo a 62-bit prime. */
static int factorisation_agrees(const fmpz_poly_t f, const fmpz_poly_factor_t factors)
{
    ncf_random_t random;
    ncf__random_init(&random, 1, 3);
    ulong p = n_nextprime((UINT64_C(1) << 61) + ncf__random_below(&random, UINT64_C(1) << 60), 1);
    nmod_t mod;
    nmod_init(&mod, p);
    ulong x = ncf__random_below(&random, p), product = fmpz_fdiv_ui(&factors->c, p);
    nmod_poly_t reduced;
    nmod_poly_init(reduced, p);
    for (slong i = 0; i < factors->num; i++) {
        fmpz_poly_get_nmod_poly(reduced, factors->p + i);
        ulong value = n_powmod2_preinv(nmod_poly_evaluate_nmod(reduced, x), factors->exp[i], p,
                                       mod.ninv);
        product = n_mulmod2_preinv(product, value, p, mod.ninv);
    }
    fmpz_poly_get_nmod_poly(reduced, f);
    int agrees = nmod_poly_evaluate_nmod(reduced, x) == product;
    nmod_poly_clear(reduced);
    return agrees;
}

static void append_root(ncf_real_roots_t *out, const arb_t value, slong multiplicity, slong factor)
{
    ncf_real_root_struct *root = &out->roots[out->count++];
    arb_init(root->value);
    arb_set(root->value, value);
    root->multiplicity = multiplicity;
    root->factor = factor;
}

/* The real roots of one squarefree factor; a root at 0 is split off to be exact. */
static void add_factor(ncf_real_roots_t *out, slong index, slong prec)
{
    const fmpz_poly_struct *g = out->factors->p + index;
    slong multiplicity = out->factors->exp[index];
    fmpz_poly_t rest;
    fmpz_poly_init(rest);
    fmpz_poly_set(rest, g);
    if (fmpz_is_zero(fmpz_poly_get_coeff_ptr(g, 0))) {
        arb_t zero;
        arb_init(zero);
        append_root(out, zero, multiplicity, index);
        arb_clear(zero);
        fmpz_poly_shift_right(rest, g, 1);
    }
    slong degree = fmpz_poly_degree(rest), real = 0;
    acb_ptr roots = _acb_vec_init(degree);
    if (degree > 0)
        arb_fmpz_poly_complex_roots(roots, rest, 0, prec);
    for (slong i = 0; i < degree; i++) {
        if (!arb_is_zero(acb_imagref(roots + i)))
            continue;
        append_root(out, acb_realref(roots + i), multiplicity, index);
        real++;
    }
    out->all_real = out->all_real && real == degree;
    _acb_vec_clear(roots, degree);
    fmpz_poly_clear(rest);
}

static int compare_roots(const void *a, const void *b)
{
    const ncf_real_root_struct *s = a, *t = b;
    return arf_cmp(arb_midref(s->value), arb_midref(t->value));
}

static void drop_roots(ncf_real_roots_t *out)
{
    for (slong i = 0; i < out->count; i++)
        arb_clear(out->roots[i].value);
    out->count = 0;
}

static int roots_are_disjoint(const ncf_real_roots_t *out)
{
    for (slong i = 1; i < out->count; i++) {
        if (!arb_lt(out->roots[i - 1].value, out->roots[i].value))
            return 0;
    }
    return 1;
}

void ncf__real_roots_init(ncf_real_roots_t *out, const fmpz_poly_t f, slong prec)
{
    NCF_REQUIRE(!fmpz_poly_is_zero(f));
    fmpz_poly_factor_init(out->factors);
    fmpz_poly_factor_squarefree(out->factors, f);
    NCF_REQUIRE(factorisation_agrees(f, out->factors));
    out->roots = ncf__malloc((size_t) fmpz_poly_length(f), sizeof(*out->roots));
    out->count = 0;
    /* Coprime factors have no common root, so that this loop ends. */
    for (;; prec *= 2) {
        out->all_real = 1;
        for (slong i = 0; i < out->factors->num; i++)
            add_factor(out, i, prec);
        if (out->count > 1)
            qsort(out->roots, (size_t) out->count, sizeof(*out->roots), compare_roots);
        if (roots_are_disjoint(out))
            break;
        drop_roots(out);
    }
}

void ncf__real_roots_clear(ncf_real_roots_t *roots)
{
    drop_roots(roots);
    ncf__free(roots->roots);
    fmpz_poly_factor_clear(roots->factors);
}
