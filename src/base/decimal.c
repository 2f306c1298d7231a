/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* decimal.c: balls as decimals that stay enclosures as written. */
#include "base.h"

#include <string.h>

/*
 * arb_get_str writes "m", "[m +/- r]" or "[+/- r]"; the interval as written contains
 * the ball. The parts are copied out.
 */
void ncf__decimal_enclosure(char **mid, char **rad, const arb_t x, slong digits)
{
    if (!arb_is_finite(x)) {
        *mid = ncf__strdup("nan");
        *rad = ncf__strdup("inf");
        return;
    }
    char *text = arb_get_str(x, digits, ARB_STR_MORE);
    char *separator = strstr(text, "+/-");
    if (separator == NULL) {
        *mid = ncf__strdup(text);
        *rad = ncf__strdup("0");
    } else {
        char *bracket = strchr(separator, ']');
        NCF_REQUIRE(text[0] == '[' && bracket != NULL);
        *bracket = '\0';
        *rad = ncf__strdup(separator + 4);
        while (separator > text + 1 && separator[-1] == ' ')
            separator--;
        *separator = '\0';
        *mid = ncf__strdup(separator == text + 1 ? "0" : text + 1);
    }
    flint_free(text);
}

char *ncf__decimal_short(const arb_t x, slong digits)
{
    if (!arb_is_finite(x))
        return ncf__strdup("?");
    if (arb_is_zero(x))
        return ncf__strdup("0");
    char *text = arb_get_str(x, digits, ARB_STR_NO_RADIUS);
    /* No digit is known: arb_get_str writes an order of magnitude such as "0e-30". */
    int unknown = strncmp(text, "0e", 2) == 0 || text[0] == '[' || strcmp(text, "0") == 0;
    char *copy = ncf__strdup(unknown ? "?" : text);
    flint_free(text);
    return copy;
}

/* digits / 10^places with exactly `places` >= 1 decimals. */
static char *format_fixed(const fmpz_t digits, slong places)
{
    char *text = fmpz_get_str(NULL, 10, digits);
    const char *figures = text + (text[0] == '-');
    slong length = (slong) strlen(figures);
    char *padded = ncf__calloc((size_t) (places + length) + 2, 1);
    /* At least one figure stands before the point. */
    slong zeros = length <= places ? places + 1 - length : 0;
    memset(padded, '0', (size_t) zeros);
    strcpy(padded + zeros, figures);
    slong whole = zeros + length - places;
    char *out = ncf__format("%s%.*s.%s", text[0] == '-' ? "-" : "", (int) whole, padded, padded + whole);
    ncf__free(padded);
    flint_free(text);
    return out;
}

char *ncf__decimal_fixed(const arb_t x, slong places)
{
    char *text = NULL;
    arb_t scaled;
    fmpz_t digits;
    arb_init(scaled);
    fmpz_init(digits);
    fmpz_set_ui(digits, 10);
    fmpz_pow_ui(digits, digits, (ulong) places);
    arb_mul_fmpz(scaled, x, digits, ARF_PREC_EXACT);
    /* |x 10^places - digits| <= 1/2 + radius < 1 */
    if (arb_is_finite(scaled) && mag_cmp_2exp_si(arb_radref(scaled), -2) < 0 &&
        arf_cmpabs_2exp_si(arb_midref(scaled), 200) < 0) {
        arf_get_fmpz(digits, arb_midref(scaled), ARF_RND_NEAR);
        text = format_fixed(digits, places);
    }
    fmpz_clear(digits);
    arb_clear(scaled);
    return text != NULL ? text : ncf__strdup("?");
}
