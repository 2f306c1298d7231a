/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * descartes.c: signs of an integer polynomial at dyadic points, and Descartes' rule on an
 * interval (T-REALROOTS). Both are tried in balls with a precision that doubles, and made
 * in integers when that would cost as much.
 */
#include "real_internal.h"

/* x = mantissa * 2^-shift with shift >= 0; the least such shift is at least *shift. */
static void dyadic_raise_shift(slong *shift, const arf_t x)
{
    fmpz_t mantissa, exponent;
    fmpz_init(mantissa);
    fmpz_init(exponent);
    arf_get_fmpz_2exp(mantissa, exponent, x);
    *shift = FLINT_MAX(*shift, -fmpz_get_si(exponent));
    fmpz_clear(exponent);
    fmpz_clear(mantissa);
}

static void dyadic_scale(fmpz_t out, const arf_t x, slong shift)
{
    fmpz_t scale;
    fmpz_init_set_si(scale, shift);
    arf_t scaled;
    arf_init(scaled);
    arf_mul_2exp_fmpz(scaled, x, scale);
    arf_get_fmpz(out, scaled, ARF_RND_DOWN); /* an integer: nothing is rounded */
    arf_clear(scaled);
    fmpz_clear(scale);
}

/* out_i = g_i 2^{shift (n - i)}: 2^{shift n} g(x) is out(2^shift x). */
static void clear_denominators(fmpz_poly_t out, const fmpz_poly_t g, slong shift)
{
    slong n = fmpz_poly_degree(g);
    fmpz_poly_set(out, g);
    for (slong i = 0; i <= n; i++)
        fmpz_mul_2exp(out->coeffs + i, out->coeffs + i, (ulong) (shift * (n - i)));
}

static int exact_sign(const fmpz_poly_t g, const arf_t x)
{
    slong shift = 0;
    fmpz_t point, value;
    fmpz_poly_t scaled;
    fmpz_init(point);
    fmpz_init(value);
    fmpz_poly_init(scaled);
    dyadic_raise_shift(&shift, x);
    dyadic_scale(point, x, shift);
    clear_denominators(scaled, g, shift);
    fmpz_poly_evaluate_fmpz(value, scaled, point);
    int sign = fmpz_sgn(value);
    fmpz_poly_clear(scaled);
    fmpz_clear(value);
    fmpz_clear(point);
    return sign;
}

/* About the bits of the largest number in an exact evaluation on (0, b). */
static slong exact_bits(const fmpz_poly_t g, const arf_t a, const arf_t b)
{
    slong bits = FLINT_ABS(fmpz_poly_max_bits(g)), shift = 0;
    dyadic_raise_shift(&shift, a);
    dyadic_raise_shift(&shift, b);
    slong top = FLINT_MAX(arf_abs_bound_lt_2exp_si(b), 0);
    return bits + fmpz_poly_degree(g) * (shift + top + 1);
}

int ncf__descartes_sign(const fmpz_poly_t g, const arf_t x, slong prec)
{
    int sign = 0;
    slong limit = exact_bits(g, x, x);
    arb_t point, value;
    arb_init(point);
    arb_init(value);
    arb_set_arf(point, x);
    for (; sign == 0 && prec < limit; prec *= 2) {
        arb_fmpz_poly_evaluate_arb(value, g, point, prec);
        sign = arb_is_positive(value) - arb_is_negative(value);
    }
    arb_clear(value);
    arb_clear(point);
    return sign != 0 ? sign : exact_sign(g, x);
}

/* Bounds of the number of variations in a sequence whose signs are not all known. */
typedef struct {
    slong low, high;
    slong unknown; /* length of the run of unknown signs at the end */
    int last;      /* last known sign, 0 before the first */
} variations_t;

/*
 * Between two known signs, u unknown ones leave at most u + 1 changes, in a number that
 * is odd exactly when the two differ.
 */
static void add_sign(variations_t *v, int sign)
{
    int change = v->last != 0 && sign != v->last;
    slong most = v->unknown + (v->last != 0);
    if (v->last != 0 && (most - change) % 2 != 0)
        most--;
    v->low += change;
    v->high += most;
    v->unknown = 0;
    v->last = sign;
}

/* 0, 1, 2 for "2 or more", -1 when the known signs leave it open. */
static int classify(const variations_t *v)
{
    slong high = v->high + (v->last != 0 ? v->unknown : FLINT_MAX(v->unknown - 1, 0));
    if (v->low >= 2)
        return 2;
    return v->low == high ? (int) high : -1;
}

static int classify_balls(const arb_poly_t p)
{
    variations_t v = {0, 0, 0, 0};
    for (slong i = 0; i < arb_poly_length(p); i++) {
        const arb_struct *c = p->coeffs + i;
        int sign = arb_is_positive(c) - arb_is_negative(c);
        if (sign != 0)
            add_sign(&v, sign);
        else if (!arb_is_zero(c))
            v.unknown++;
    }
    return classify(&v);
}

static int classify_integers(const fmpz_poly_t p)
{
    variations_t v = {0, 0, 0, 0};
    for (slong i = 0; i < fmpz_poly_length(p); i++) {
        if (!fmpz_is_zero(p->coeffs + i))
            add_sign(&v, fmpz_sgn(p->coeffs + i));
    }
    return classify(&v);
}

/*
 * (1 + t)^n g((a + b t)/(1 + t)), backwards in t, up to a positive factor: g(a + w y) in
 * y = 1/(1 + t), w = b - a. The unit of length is a power of two near b.
 */
static void moebius_balls(arb_poly_t out, const fmpz_poly_t g, const arf_t a, const arf_t b, slong prec)
{
    slong n = fmpz_poly_degree(g), unit = arf_abs_bound_lt_2exp_si(b);
    arb_t origin, width, power;
    arb_init(origin);
    arb_init(width);
    arb_init(power);
    arb_set_arf(origin, a);
    arf_sub(arb_midref(width), b, a, ARF_PREC_EXACT, ARF_RND_DOWN);
    arb_mul_2exp_si(origin, origin, -unit);
    arb_mul_2exp_si(width, width, -unit);
    arb_poly_set_fmpz_poly(out, g, prec);
    for (slong i = 0; i <= n; i++)
        arb_mul_2exp_si(out->coeffs + i, out->coeffs + i, unit * i);
    arb_poly_taylor_shift(out, out, origin, prec);
    arb_one(power);
    for (slong i = 1; i <= n; i++) {
        arb_mul(power, power, width, prec);
        arb_mul(out->coeffs + i, out->coeffs + i, power, prec);
    }
    _arb_poly_reverse(out->coeffs, out->coeffs, n + 1, n + 1);
    arb_one(power);
    arb_poly_taylor_shift(out, out, power, prec);
    arb_clear(power);
    arb_clear(width);
    arb_clear(origin);
}

/* The same in integers. */
static void moebius_integers(fmpz_poly_t out, const fmpz_poly_t g, const arf_t a, const arf_t b)
{
    slong n = fmpz_poly_degree(g), shift = 0;
    fmpz_t origin, width, power;
    fmpz_init(origin);
    fmpz_init(width);
    fmpz_init(power);
    dyadic_raise_shift(&shift, a);
    dyadic_raise_shift(&shift, b);
    dyadic_scale(origin, a, shift);
    dyadic_scale(width, b, shift);
    fmpz_sub(width, width, origin);
    clear_denominators(out, g, shift);
    fmpz_poly_taylor_shift(out, out, origin);
    fmpz_one(power);
    for (slong i = 1; i <= n; i++) {
        fmpz_mul(power, power, width);
        fmpz_mul(out->coeffs + i, out->coeffs + i, power);
    }
    fmpz_poly_reverse(out, out, n + 1);
    fmpz_one(power);
    fmpz_poly_taylor_shift(out, out, power);
    fmpz_clear(power);
    fmpz_clear(width);
    fmpz_clear(origin);
}

int ncf__descartes_variations(const fmpz_poly_t g, const arf_t a, const arf_t b, slong *prec)
{
    int class = -1;
    slong limit = exact_bits(g, a, b), bits = *prec;
    arb_poly_t balls;
    arb_poly_init(balls);
    for (; class < 0 && bits < limit; bits *= 2) {
        moebius_balls(balls, g, a, b, bits);
        class = classify_balls(balls);
        if (class >= 0)
            *prec = bits;
    }
    arb_poly_clear(balls);
    if (class < 0) {
        fmpz_poly_t integers;
        fmpz_poly_init(integers);
        moebius_integers(integers, g, a, b);
        class = classify_integers(integers);
        fmpz_poly_clear(integers);
    }
    return class;
}
