/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * ball.c: fixed-point balls (T-DYADIC). A ball holds the numbers x with |x 2^bits - mid| <= rad.
 */
#include "check.h"

/* set_bits gives the scratch numbers memory of the claim that is being checked. */
static struct {
    long bits;
    mpz_t a, b;
    complex_t product;
} scratch;

void set_bits(long bits)
{
    scratch.bits = bits;
    mpz_inits(scratch.a, scratch.b, scratch.product.re.mid, scratch.product.re.rad,
              scratch.product.im.mid, scratch.product.im.rad, NULL);
}

ball_t *new_balls(size_t count)
{
    ball_t *out = allocate(count, sizeof *out);
    for (size_t i = 0; i < count; i++)
        mpz_inits(out[i].mid, out[i].rad, NULL);
    return out;
}

void ball_set(ball_t *out, const ball_t *a)
{
    mpz_set(out->mid, a->mid);
    mpz_set(out->rad, a->rad);
}

void ball_set_int(ball_t *out, long value)
{
    mpz_set_si(out->mid, value);
    mpz_mul_2exp(out->mid, out->mid, (mp_bitcnt_t) scratch.bits);
    mpz_set_ui(out->rad, 0);
}

void ball_set_rational(ball_t *out, const mpq_t value)
{
    mpz_mul_2exp(scratch.a, mpq_numref(value), (mp_bitcnt_t) scratch.bits);
    mpz_fdiv_qr(out->mid, scratch.b, scratch.a, mpq_denref(value));
    mpz_set_ui(out->rad, mpz_sgn(scratch.b) != 0);
}

/* out = floor(a 2^shift); returns whether it was rounded. */
static int shift_floor(mpz_t out, const mpz_t a, long shift)
{
    if (shift >= 0) {
        mpz_mul_2exp(out, a, (mp_bitcnt_t) shift);
        return 0;
    }
    int exact = mpz_divisible_2exp_p(a, (mp_bitcnt_t) -shift);
    mpz_fdiv_q_2exp(out, a, (mp_bitcnt_t) -shift);
    return !exact;
}

static void shift_ceiling(mpz_t out, const mpz_t a, long shift)
{
    if (shift >= 0)
        mpz_mul_2exp(out, a, (mp_bitcnt_t) shift);
    else
        mpz_cdiv_q_2exp(out, a, (mp_bitcnt_t) -shift);
}

void ball_set_dyadic(ball_t *out, const mpz_t mantissa, long exponent)
{
    mpz_set_ui(out->rad,
               (unsigned long) shift_floor(out->mid, mantissa, exponent + scratch.bits));
}

void ball_set_entry(ball_t *out, const box_t *box, size_t i)
{
    long shift = box->exponent - 1 + scratch.bits;
    mpz_add(scratch.a, box->low[i], box->high[i]);
    mpz_sub(scratch.b, box->high[i], box->low[i]);
    int rounded = shift_floor(out->mid, scratch.a, shift);
    shift_ceiling(out->rad, scratch.b, shift);
    mpz_add_ui(out->rad, out->rad, (unsigned long) rounded);
}

void ball_add(ball_t *out, const ball_t *a, const ball_t *b)
{
    mpz_add(out->mid, a->mid, b->mid);
    mpz_add(out->rad, a->rad, b->rad);
}

void ball_sub(ball_t *out, const ball_t *a, const ball_t *b)
{
    mpz_sub(out->mid, a->mid, b->mid);
    mpz_add(out->rad, a->rad, b->rad);
}

void ball_scale(ball_t *out, const ball_t *a, long factor)
{
    mpz_mul_si(out->mid, a->mid, factor);
    mpz_mul_si(out->rad, a->rad, factor < 0 ? -factor : factor);
}

/* |a b - mid_a mid_b| <= |mid_a| rad_b + rad_a (|mid_b| + rad_b) */
void ball_accumulate(ball_t *out, const ball_t *a, const ball_t *b, int sign)
{
    if (ball_is_zero(a) || ball_is_zero(b))
        return;
    size_t words = mpz_size(a->mid) * mpz_size(b->mid);
    spend(words + 1);
    if (sign > 0)
        mpz_addmul(out->mid, a->mid, b->mid);
    else
        mpz_submul(out->mid, a->mid, b->mid);
    if (mpz_sgn(b->rad) != 0) {
        mpz_abs(scratch.a, a->mid);
        mpz_addmul(out->rad, scratch.a, b->rad);
    }
    if (mpz_sgn(a->rad) != 0) {
        mpz_abs(scratch.a, b->mid);
        mpz_add(scratch.a, scratch.a, b->rad);
        mpz_addmul(out->rad, a->rad, scratch.a);
    }
}

void ball_round(ball_t *out, const ball_t *sum)
{
    int rounded = shift_floor(out->mid, sum->mid, -scratch.bits);
    shift_ceiling(out->rad, sum->rad, -scratch.bits);
    mpz_add_ui(out->rad, out->rad, (unsigned long) rounded);
}

void ball_mul(ball_t *out, const ball_t *a, const ball_t *b)
{
    ball_t *sum = &scratch.product.re;
    ball_set_int(sum, 0);
    ball_accumulate(sum, a, b, 1);
    ball_round(out, sum);
}

int ball_is_zero(const ball_t *a)
{
    return mpz_sgn(a->mid) == 0 && mpz_sgn(a->rad) == 0;
}

int ball_sign(const ball_t *a)
{
    return mpz_cmpabs(a->mid, a->rad) > 0 ? mpz_sgn(a->mid) : 0;
}

void ball_upper(mpz_t out, const ball_t *a)
{
    mpz_abs(out, a->mid);
    mpz_add(out, out, a->rad);
}

void ball_lower(mpz_t out, const ball_t *a)
{
    mpz_abs(out, a->mid);
    mpz_sub(out, out, a->rad);
    if (mpz_sgn(out) < 0)
        mpz_set_ui(out, 0);
}

complex_t *new_complexes(size_t count)
{
    return (complex_t *) new_balls(2 * count);
}

void complex_set(complex_t *out, const complex_t *a)
{
    ball_set(&out->re, &a->re);
    ball_set(&out->im, &a->im);
}

void complex_add(complex_t *out, const complex_t *a, const complex_t *b)
{
    ball_add(&out->re, &a->re, &b->re);
    ball_add(&out->im, &a->im, &b->im);
}

void complex_sub(complex_t *out, const complex_t *a, const complex_t *b)
{
    ball_sub(&out->re, &a->re, &b->re);
    ball_sub(&out->im, &a->im, &b->im);
}

void complex_accumulate(complex_t *sum, const complex_t *a, const complex_t *b)
{
    ball_accumulate(&sum->re, &a->re, &b->re, 1);
    ball_accumulate(&sum->re, &a->im, &b->im, -1);
    ball_accumulate(&sum->im, &a->re, &b->im, 1);
    ball_accumulate(&sum->im, &a->im, &b->re, 1);
}

void complex_round(complex_t *out, const complex_t *sum)
{
    ball_round(&out->re, &sum->re);
    ball_round(&out->im, &sum->im);
}

void complex_mul(complex_t *out, const complex_t *a, const complex_t *b)
{
    complex_t *sum = &scratch.product;
    ball_set_int(&sum->re, 0);
    ball_set_int(&sum->im, 0);
    complex_accumulate(sum, a, b);
    complex_round(out, sum);
}

int complex_is_zero(const complex_t *a)
{
    return ball_is_zero(&a->re) && ball_is_zero(&a->im);
}
