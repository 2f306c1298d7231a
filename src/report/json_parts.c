/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* json_parts.c: see json_parts.h. */
#include "json_parts.h"

json_t *ncf__json_ball(const arb_t x, slong digits)
{
    char *mid, *rad;
    ncf__decimal_enclosure(&mid, &rad, x, digits);
    json_t *object = json_pack("{s:s, s:s}", "mid", mid, "rad", rad);
    ncf__free(mid);
    ncf__free(rad);
    return object;
}

json_t *ncf__json_ball_or_null(const arb_t x, slong digits)
{
    return arb_is_finite(x) ? ncf__json_ball(x, digits) : json_null();
}

json_t *ncf__json_integer(const fmpz_t x)
{
    char *text = fmpz_get_str(NULL, 10, x);
    json_t *string = json_string(text);
    flint_free(text);
    return string;
}

json_t *ncf__json_vector(arb_srcptr v, slong length, slong digits)
{
    json_t *array = json_array();
    for (slong j = 0; j < length; j++)
        json_array_append_new(array, ncf__json_ball(v + j, digits));
    return array;
}

json_t *ncf__json_nonnegative(slong value)
{
    return value < 0 ? json_null() : json_integer(value);
}

json_t *ncf__json_verdict(ncf_verdict_t verdict)
{
    return ncf_is_undecided(verdict) ? json_null() : json_boolean(ncf_is_proved(verdict));
}
