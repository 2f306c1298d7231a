/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * normal.c: normal deviates that do not depend on the machine. The mathematics library
 * of the system rounds differently from version to version; MPFR rounds correctly, so a
 * fixed sequence of its operations has one result.
 */
#include "reader.h"

void ncf__normal_init(ncf_normal_t *normal, uint64_t seed, uint64_t stream, slong prec)
{
    ncf__random_init(&normal->random, seed, stream);
    mpfr_inits2(prec, normal->radius, normal->angle, normal->spare, normal->two_pi,
                (mpfr_ptr) NULL);
    mpfr_const_pi(normal->two_pi, MPFR_RNDN);
    mpfr_mul_2ui(normal->two_pi, normal->two_pi, 1, MPFR_RNDN);
    normal->has_spare = 0;
}

void ncf__normal_clear(ncf_normal_t *normal)
{
    mpfr_clears(normal->radius, normal->angle, normal->spare, normal->two_pi, (mpfr_ptr) NULL);
}

/* x = bits / 2^64 in [0, 1). */
static void set_unit(mpfr_t x, uint64_t bits)
{
    mpfr_set_ui_2exp(x, bits, -64, MPFR_RNDN);
}

/*
 * With u in (0, 1] and v in [0, 1) uniform, sqrt(-2 ln u) (cos 2 pi v, sin 2 pi v) is a
 * pair of independent normal deviates; the second one is kept for the next call.
 */
void ncf__normal_draw(mpfr_t out, ncf_normal_t *normal)
{
    if (normal->has_spare) {
        mpfr_set(out, normal->spare, MPFR_RNDN);
        normal->has_spare = 0;
        return;
    }
    mpfr_ptr radius = normal->radius, angle = normal->angle;
    set_unit(radius, ncf__random_bits(&normal->random));
    mpfr_ui_sub(radius, 1, radius, MPFR_RNDN);
    mpfr_log(radius, radius, MPFR_RNDN);
    mpfr_mul_si(radius, radius, -2, MPFR_RNDN);
    mpfr_sqrt(radius, radius, MPFR_RNDN);
    set_unit(angle, ncf__random_bits(&normal->random));
    mpfr_mul(angle, angle, normal->two_pi, MPFR_RNDN);
    mpfr_sin_cos(normal->spare, out, angle, MPFR_RNDN);
    mpfr_mul(out, out, radius, MPFR_RNDN);
    mpfr_mul(normal->spare, normal->spare, radius, MPFR_RNDN);
    normal->has_spare = 1;
}

void ncf__scaled_round(fmpz_t out, const mpfr_t x, slong bits)
{
    mpfr_t scaled;
    mpz_t integer;
    mpfr_init2(scaled, mpfr_get_prec(x));
    mpz_init(integer);
    mpfr_mul_2si(scaled, x, bits, MPFR_RNDN);
    mpfr_get_z(integer, scaled, MPFR_RNDN);
    fmpz_set_mpz(out, integer);
    mpz_clear(integer);
    mpfr_clear(scaled);
}
