/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* rational.c: exact numbers from text and from doubles. */
#include "base.h"

#include <math.h>
#include <string.h>

static size_t count_digits(const char *text, size_t length)
{
    size_t n = 0;
    while (n < length && text[n] >= '0' && text[n] <= '9')
        n++;
    return n;
}

/* The integer whose decimal digits are a then b. */
static void set_digits(fmpz_t out, const char *a, size_t a_length, const char *b,
                       size_t b_length)
{
    char *digits = ncf__malloc(a_length + b_length + 1, 1);
    memcpy(digits, a, a_length);
    memcpy(digits + a_length, b, b_length);
    digits[a_length + b_length] = '\0';
    NCF_REQUIRE(fmpz_set_str(out, digits, 10) == 0);
    ncf__free(digits);
}

/* Multiplies by 10^exponent. */
static void scale_ten(fmpq_t x, slong exponent)
{
    fmpz_t power;
    fmpz_init_set_ui(power, 10);
    fmpz_pow_ui(power, power, (ulong) (exponent < 0 ? -exponent : exponent));
    if (exponent < 0)
        fmpq_div_fmpz(x, x, power);
    else
        fmpq_mul_fmpz(x, x, power);
    fmpz_clear(power);
}

/* Reads [eE][+-]digits at text; *used is 0 when there is no exponent. */
static const char *parse_exponent(slong *exponent, size_t *used, const char *text,
                                  size_t length)
{
    *exponent = 0;
    *used = 0;
    if (length == 0 || (text[0] != 'e' && text[0] != 'E'))
        return NULL;
    size_t i = 1;
    int negative = i < length && text[i] == '-';
    if (i < length && (text[i] == '-' || text[i] == '+'))
        i++;
    size_t digits = count_digits(text + i, length - i);
    if (digits == 0)
        return "the exponent has no digits";
    slong value = 0;
    for (size_t k = 0; k < digits; k++) {
        value = 10 * value + (text[i + k] - '0');
        if (value > NCF_NUMBER_MAX_EXPONENT)
            return "the exponent is too large (at most 20000)";
    }
    *exponent = negative ? -value : value;
    *used = i + digits;
    return NULL;
}

/* The denominator of a fraction, after the slash. */
static const char *parse_denominator(fmpq_t out, const char *text, size_t length)
{
    size_t digits = count_digits(text, length);
    if (digits == 0 || digits != length)
        return "not a fraction p/q of integers";
    fmpz_t q;
    fmpz_init(q);
    set_digits(q, text, digits, "", 0);
    int zero = fmpz_is_zero(q);
    if (!zero)
        fmpq_div_fmpz(out, out, q);
    fmpz_clear(q);
    return zero ? "the denominator is zero" : NULL;
}

/* Unsigned number: digits, then a slash or a decimal part and an exponent. */
static const char *parse_unsigned(fmpq_t out, const char *text, size_t length)
{
    size_t whole = count_digits(text, length), fraction = 0, used = whole;
    const char *decimals = text + used;
    if (used < length && text[used] == '.') {
        decimals = text + used + 1;
        fraction = count_digits(decimals, length - used - 1);
        if (whole == 0 || fraction == 0)
            return "a decimal point needs digits on both sides";
        used += 1 + fraction;
    }
    if (whole == 0)
        return "not a number: expected an integer, a fraction p/q or a decimal";
    set_digits(fmpq_numref(out), text, whole, decimals, fraction);
    fmpz_one(fmpq_denref(out));
    if (fraction == 0 && used < length && text[used] == '/')
        return parse_denominator(out, text + used + 1, length - used - 1);
    slong exponent;
    size_t exponent_used;
    const char *fact = parse_exponent(&exponent, &exponent_used, text + used, length - used);
    if (fact != NULL)
        return fact;
    if (used + exponent_used != length)
        return "not a number: expected an integer, a fraction p/q or a decimal";
    scale_ten(out, exponent - (slong) fraction);
    return NULL;
}

const char *ncf__rational_parse(fmpq_t out, const char *text, size_t length)
{
    if (length == 0)
        return "a number is missing";
    if (length > NCF_NUMBER_MAX_DIGITS)
        return "the number is too long (at most 100000 characters)";
    int negative = text[0] == '-';
    size_t sign = text[0] == '-' || text[0] == '+';
    const char *fact = parse_unsigned(out, text + sign, length - sign);
    if (fact == NULL && negative)
        fmpq_neg(out, out);
    return fact;
}

void ncf__rational_set_double(fmpq_t out, double x)
{
    NCF_REQUIRE(isfinite(x));
    arf_t exact;
    arf_init(exact);
    arf_set_d(exact, x);
    arf_get_fmpq(out, exact);
    arf_clear(exact);
}
