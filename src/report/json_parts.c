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

json_t *ncf__json_text(const char *text)
{
    json_t *string = text != NULL ? json_string(text) : NULL;
    return string != NULL ? string : json_null();
}

json_t *ncf__json_problem(const ncf_result_t *result)
{
    json_t *object = json_object();
    json_t *widths = result->widths != NULL ? json_array() : json_null();
    for (slong l = 0; result->widths != NULL && l <= result->depth; l++)
        json_array_append_new(widths, json_integer(result->widths[l]));
    json_object_set_new(object, "name", ncf__json_text(result->problem_name));
    json_object_set_new(object, "sha256", json_string(result->problem_sha256));
    json_object_set_new(object, "unknowns",
                        fmpz_fits_si(result->unknowns)
                            ? json_integer(fmpz_get_si(result->unknowns))
                            : ncf__json_integer(result->unknowns));
    json_object_set_new(object, "inputs", json_integer(result->inputs));
    json_object_set_new(object, "points", json_integer(result->points));
    json_object_set_new(object, "network", json_string(result->network_text));
    json_object_set_new(object, "homogeneity",
                        fmpz_is_zero(result->homogeneity)
                            ? json_null()
                            : json_integer(fmpz_get_si(result->homogeneity)));
    json_object_set_new(object, "widths", widths);
    return object;
}
