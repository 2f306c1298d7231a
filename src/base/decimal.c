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
