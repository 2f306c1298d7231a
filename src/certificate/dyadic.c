/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* dyadic.c: vectors of dyadic numbers with one exponent, as short as they can be. */
#include "certificate.h"

#include <math.h>

void ncf__dyadic_init(ncf_dyadic_t *v, slong count)
{
    *v = (ncf_dyadic_t){count, _fmpz_vec_init(count), 0};
}

void ncf__dyadic_clear(ncf_dyadic_t *v)
{
    _fmpz_vec_clear(v->mantissas, v->count);
}

/* Divides by the power of two that all mantissas have in common. */
static void shorten(ncf_dyadic_t *v)
{
    ulong common = UWORD_MAX;
    for (slong i = 0; i < v->count; i++) {
        if (!fmpz_is_zero(v->mantissas + i)) {
            ulong twos = fmpz_val2(v->mantissas + i);
            common = twos < common ? twos : common;
        }
    }
    if (common == UWORD_MAX) {
        v->exponent = 0;
        return;
    }
    for (slong i = 0; i < v->count; i++)
        fmpz_fdiv_q_2exp(v->mantissas + i, v->mantissas + i, common);
    v->exponent += (slong) common;
}

/* The multiple of 2^exponent nearest to x. */
static void set_entry(fmpz_t out, const arf_t x, slong exponent)
{
    arf_t t;
    arf_init(t);
    arf_mul_2exp_si(t, x, -exponent);
    arf_get_fmpz(out, t, ARF_RND_NEAR);
    arf_clear(t);
}

void ncf__dyadic_set_mid(ncf_dyadic_t *v, arb_srcptr x, slong exponent)
{
    v->exponent = exponent;
    for (slong i = 0; i < v->count; i++)
        set_entry(v->mantissas + i, arb_midref(x + i), exponent);
    shorten(v);
}

void ncf__dyadic_set_acb(ncf_dyadic_t *v, acb_srcptr x, int parts, slong bits)
{
    slong largest = -WORD_MAX;
    for (slong i = 0; i < v->count; i++) {
        const arb_struct *part =
            parts == 2 && i % 2 == 1 ? acb_imagref(x + i / 2) : acb_realref(x + i / parts);
        slong size = arf_abs_bound_lt_2exp_si(arb_midref(part));
        largest = size > largest ? size : largest;
    }
    v->exponent = largest > -ARF_PREC_EXACT / 2 ? largest - bits : 0;
    for (slong i = 0; i < v->count; i++) {
        const arb_struct *part =
            parts == 2 && i % 2 == 1 ? acb_imagref(x + i / 2) : acb_realref(x + i / parts);
        set_entry(v->mantissas + i, arb_midref(part), v->exponent);
    }
    shorten(v);
}

void ncf__dyadic_set_double(ncf_dyadic_t *v, const double *x, slong bits)
{
    double largest = 0;
    int exponent;
    for (slong i = 0; i < v->count; i++)
        largest = fmax(largest, fabs(x[i]));
    frexp(largest, &exponent);
    v->exponent = exponent - bits;
    for (slong i = 0; i < v->count; i++)
        fmpz_set_d(v->mantissas + i, nearbyint(ldexp(x[i], (int) -v->exponent)));
    shorten(v);
}

void ncf__dyadic_get(arb_t out, const ncf_dyadic_t *v, slong i)
{
    arb_set_fmpz(out, v->mantissas + i);
    arb_mul_2exp_si(out, out, v->exponent);
}

void ncf__dyadic_get_acb(acb_ptr out, const ncf_dyadic_t *v, int parts)
{
    for (slong i = 0; i < v->count; i++)
        ncf__dyadic_get(parts == 2 && i % 2 == 1 ? acb_imagref(out + i / 2)
                                                 : acb_realref(out + i / parts),
                        v, i);
}

slong ncf__dyadic_log2(const ncf_dyadic_t *v)
{
    slong largest = 0;
    for (slong i = 0; i < v->count; i++) {
        slong bits = (slong) fmpz_bits(v->mantissas + i);
        largest = bits > largest ? bits : largest;
    }
    return largest == 0 ? 0 : largest + v->exponent;
}
