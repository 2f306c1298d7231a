/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * real_isolate.c: the positive roots of a squarefree integer polynomial (T-REALROOTS).
 * Radii 2^k at which one term outweighs all others together bound annuli that hold all
 * roots; an annulus is bisected, over the exponents as long as it is wide, until
 * Descartes' rule counts 0 or 1 roots in each part.
 */
#include "real_internal.h"

static void push_bracket(ncf_bracket_list_t *list, const arf_t lo, const arf_t hi)
{
    if (list->count == list->allocated) {
        list->allocated = 2 * list->allocated + 8;
        list->items = ncf__realloc(list->items, (size_t) list->allocated, sizeof(*list->items));
    }
    ncf_bracket_struct *item = &list->items[list->count++];
    arf_init(item->lo);
    arf_init(item->hi);
    arf_set(item->lo, lo);
    arf_set(item->hi, hi);
}

static void drop_bracket(ncf_bracket_list_t *list)
{
    ncf_bracket_struct *item = &list->items[--list->count];
    arf_clear(item->hi);
    arf_clear(item->lo);
}

static void clear_brackets(ncf_bracket_list_t *list)
{
    while (list->count > 0)
        drop_bracket(list);
    ncf__free(list->items);
}

static slong floor_div(slong a, slong b)
{
    return a / b - (a % b < 0);
}

/*
 * The k with |g_j| 2^{kj} < 2^{-1-|i-j|} |g_i| 2^{ki} for all j != i: then term i outweighs
 * the others together at |x| = 2^k. bits[j] is the size of g_j, 0 for g_j = 0. There is no
 * such k when *first > *last.
 */
static void dominance(slong *first, slong *last, const slong *bits, slong n, slong i)
{
    *first = WORD_MIN;
    *last = WORD_MAX;
    for (slong j = 0; j <= n; j++) {
        if (bits[j] == 0 || j == i)
            continue;
        if (j < i)
            *first = FLINT_MAX(*first, 1 - floor_div(bits[i] - bits[j] - 2, i - j));
        else
            *last = FLINT_MIN(*last, floor_div(bits[i] - bits[j] - 2, j - i) - 1);
    }
}

/* Pushes the annuli (2^inner, 2^outer) between the radii where terms dominate. */
static void push_annuli(ncf_bracket_list_t *list, const fmpz_poly_t g)
{
    slong n = fmpz_poly_degree(g), inner = WORD_MIN;
    slong *bits = ncf__malloc((size_t) n + 1, sizeof(*bits));
    arf_t lo, hi;
    arf_init(lo);
    arf_init(hi);
    for (slong i = 0; i <= n; i++)
        bits[i] = (slong) fmpz_bits(g->coeffs + i);
    for (slong i = 0; i <= n; i++) {
        slong first, last;
        dominance(&first, &last, bits, n, i);
        if (bits[i] == 0 || first > last)
            continue;
        if (i > 0) {
            arf_set_si_2exp_si(lo, 1, inner);
            arf_set_si_2exp_si(hi, 1, first);
            push_bracket(list, lo, hi);
        }
        inner = last;
    }
    arf_clear(hi);
    arf_clear(lo);
    ncf__free(bits);
}

/* A point inside: a power of two in the middle of the exponents when hi >= 4 lo. */
static void split_point(arf_t mid, const arf_t lo, const arf_t hi)
{
    slong first = arf_abs_bound_lt_2exp_si(lo), last = arf_abs_bound_lt_2exp_si(hi);
    if (last - first >= 2) {
        /* Only powers of two are so far apart: lo = 2^{first-1}, hi = 2^{last-1}. */
        arf_set_si_2exp_si(mid, 1, floor_div(first + last, 2) - 1);
    } else {
        arf_add(mid, lo, hi, ARF_PREC_EXACT, ARF_RND_DOWN);
        arf_mul_2exp_si(mid, mid, -1);
    }
}

/* g <- g/(2^s x - m) for the root x = m 2^-s, m odd or s = 0: exact by Gauss' lemma. */
static void remove_root(fmpz_poly_t g, const arf_t x)
{
    fmpz_t mantissa, exponent;
    fmpz_poly_t linear, quotient;
    fmpz_init(mantissa);
    fmpz_init(exponent);
    fmpz_poly_init(linear);
    fmpz_poly_init(quotient);
    arf_get_fmpz_2exp(mantissa, exponent, x);
    slong e = fmpz_get_si(exponent);
    if (e > 0)
        fmpz_mul_2exp(mantissa, mantissa, (ulong) e);
    fmpz_neg(mantissa, mantissa);
    fmpz_poly_set_coeff_fmpz(linear, 0, mantissa);
    fmpz_one(mantissa);
    if (e < 0)
        fmpz_mul_2exp(mantissa, mantissa, (ulong) -e);
    fmpz_poly_set_coeff_fmpz(linear, 1, mantissa);
    NCF_REQUIRE(fmpz_poly_divides(quotient, g, linear));
    fmpz_poly_swap(g, quotient);
    fmpz_poly_clear(quotient);
    fmpz_poly_clear(linear);
    fmpz_clear(exponent);
    fmpz_clear(mantissa);
}

/* Replaces the last pending interval by its two parts. */
static void bisect(ncf_isolation_t *out, ncf_bracket_list_t *pending, const arf_t lo, const arf_t hi)
{
    arf_t mid;
    arf_init(mid);
    split_point(mid, lo, hi);
    if (ncf__descartes_sign(out->poly, mid, out->prec) == 0) {
        push_bracket(&out->roots, mid, mid);
        remove_root(out->poly, mid);
    }
    push_bracket(pending, mid, hi);
    push_bracket(pending, lo, mid);
    arf_clear(mid);
}

void ncf__isolate_positive(ncf_isolation_t *out, const fmpz_poly_t g)
{
    NCF_REQUIRE(fmpz_poly_degree(g) > 0 && !fmpz_is_zero(g->coeffs));
    ncf_bracket_list_t pending = {NULL, 0, 0};
    arf_t lo, hi;
    arf_init(lo);
    arf_init(hi);
    fmpz_poly_init(out->poly);
    fmpz_poly_set(out->poly, g);
    out->roots = pending;
    out->prec = 64 + fmpz_poly_degree(g);
    push_annuli(&pending, g);
    while (pending.count > 0) {
        arf_swap(lo, pending.items[pending.count - 1].lo);
        arf_swap(hi, pending.items[pending.count - 1].hi);
        drop_bracket(&pending);
        int count = ncf__descartes_variations(out->poly, lo, hi, &out->prec);
        if (count == 1)
            push_bracket(&out->roots, lo, hi);
        else if (count == 2)
            bisect(out, &pending, lo, hi);
    }
    clear_brackets(&pending);
    arf_clear(hi);
    arf_clear(lo);
}

void ncf__isolation_clear(ncf_isolation_t *isolation)
{
    clear_brackets(&isolation->roots);
    fmpz_poly_clear(isolation->poly);
}
