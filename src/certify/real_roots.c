/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * real_roots.c: squarefree factorisation over Q gives the multiplicities exactly, and the
 * real roots of each factor are isolated by Descartes' rule of signs (T-REALROOTS).
 */
#include "real_roots.h"

#include "real_internal.h"

#include <stdlib.h>

static ulong random_prime(ncf_random_t *random)
{
    return n_nextprime((UINT64_C(1) << 61) + ncf__random_below(random, UINT64_C(1) << 60), 1);
}

/* Is the product of the factors, their exponents left out, squarefree modulo p? */
static int squarefree_modulo(const fmpz_poly_factor_t factors, ulong p)
{
    slong degree = 0;
    nmod_poly_t product, reduced;
    nmod_poly_init(product, p);
    nmod_poly_init(reduced, p);
    nmod_poly_one(product);
    for (slong i = 0; i < factors->num; i++) {
        degree += fmpz_poly_degree(factors->p + i);
        fmpz_poly_get_nmod_poly(reduced, factors->p + i);
        nmod_poly_mul(product, product, reduced);
    }
    int squarefree = nmod_poly_degree(product) == degree && nmod_poly_is_squarefree(product);
    nmod_poly_clear(reduced);
    nmod_poly_clear(product);
    return squarefree;
}

/*
 * Proves that the factors are squarefree and pairwise coprime: one prime that keeps the
 * degree and gives no multiple factor is enough, and almost every prime does.
 */
static int factors_are_simple(const fmpz_poly_factor_t factors)
{
    ncf_random_t random;
    ncf__random_init_entropy(&random);
    int simple = 0;
    for (int trial = 0; trial < 10 && !simple; trial++)
        simple = squarefree_modulo(factors, random_prime(&random));
    return simple;
}

/* f = content * prod factor^exponent, checked at a random point modulo a 62-bit prime. */
static int factorisation_agrees(const fmpz_poly_t f, const fmpz_poly_factor_t factors)
{
    ncf_random_t random;
    ncf__random_init_entropy(&random);
    ulong p = random_prime(&random);
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

/* The roots of g of one sign, g(0) != 0; returns their number. */
static slong add_side(ncf_real_roots_t *out, const fmpz_poly_t g, slong index, int sign, slong prec)
{
    fmpz_poly_t mirrored;
    ncf_isolation_t isolation;
    arb_t value;
    fmpz_poly_init(mirrored);
    arb_init(value);
    fmpz_poly_set(mirrored, g);
    for (slong i = 1; i < fmpz_poly_length(g) && sign < 0; i += 2)
        fmpz_neg(mirrored->coeffs + i, mirrored->coeffs + i);
    ncf__isolate_positive(&isolation, mirrored);
    slong count = isolation.roots.count;
    for (slong i = 0; i < count; i++) {
        ncf__isolation_refine(value, &isolation, i, prec);
        arb_mul_si(value, value, sign, ARF_PREC_EXACT);
        append_root(out, value, out->factors->exp[index], index);
    }
    ncf__isolation_clear(&isolation);
    arb_clear(value);
    fmpz_poly_clear(mirrored);
    return count;
}

/* The real roots of one squarefree factor; a root at 0 is split off to be exact. */
static void add_factor(ncf_real_roots_t *out, slong index, slong prec)
{
    const fmpz_poly_struct *g = out->factors->p + index;
    fmpz_poly_t rest;
    fmpz_poly_init(rest);
    fmpz_poly_set(rest, g);
    if (fmpz_is_zero(fmpz_poly_get_coeff_ptr(g, 0))) {
        arb_t zero;
        arb_init(zero);
        append_root(out, zero, out->factors->exp[index], index);
        arb_clear(zero);
        fmpz_poly_shift_right(rest, g, 1);
    }
    slong degree = fmpz_poly_degree(rest), real = 0;
    if (degree > 0)
        real = add_side(out, rest, index, 1, prec) + add_side(out, rest, index, -1, prec);
    /* The factor is squarefree: it has `degree` different complex roots. */
    out->all_real = out->all_real && real == degree;
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
    NCF_REQUIRE(factors_are_simple(out->factors));
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
