/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* number.c: exact numbers as text, vectors of dyadic numbers, and boxes. */
#include "check.h"

#include <string.h>

enum { MAX_EXPONENT = 100000, MAX_DECIMAL_EXPONENT = 20000 };

static size_t digits(const char *text)
{
    return strspn(text, "0123456789");
}

/* [-]digits without leading zeros and without -0; the rest is set to what follows. */
static int scan_integer(mpz_t out, const char *text, size_t size)
{
    const char *start = text + (*text == '-');
    size_t count = digits(start);
    if (count == 0 || (*start == '0' && (count > 1 || start != text)) ||
        (size_t) (start - text) + count != size)
        return 0;
    char *copy = allocate(size + 1, 1);
    memcpy(copy, text, size);
    spend(size);
    int valid = mpz_set_str(out, copy, 10) == 0;
    discard(copy);
    return valid;
}

void read_integer(mpz_t out, const node_t *node)
{
    const char *text = string(node);
    if (!scan_integer(out, text, strlen(text)))
        malformed(node, "an integer is expected");
}

static int scan_exponent(long *out, const char *text)
{
    mpz_t value;
    mpz_init(value);
    if (!scan_integer(value, text, strlen(text)) || mpz_cmpabs_ui(value, MAX_EXPONENT) > 0)
        return 0;
    *out = mpz_get_si(value);
    return *out != 0;
}

void read_rational(mpq_t out, const node_t *node)
{
    const char *text = string(node), *mark = strpbrk(text, "/*");
    size_t size = mark != NULL ? (size_t) (mark - text) : strlen(text);
    mpz_t numerator, other;
    mpz_init(numerator);
    mpz_init(other);
    int valid = scan_integer(numerator, text, size);
    mpq_set_z(out, numerator);
    if (valid && mark != NULL && *mark == '/') {
        valid = scan_integer(other, mark + 1, strlen(mark + 1)) && mpz_cmp_ui(other, 1) > 0;
        if (valid) {
            mpq_set_den(out, other);
            mpz_gcd(other, other, numerator);
            valid = mpz_cmp_ui(other, 1) == 0;
        }
    } else if (valid && mark != NULL) {
        long exponent;
        valid = strncmp(mark, "*2^", 3) == 0 && scan_exponent(&exponent, mark + 3) &&
                mpz_odd_p(numerator);
        if (valid && exponent < 0)
            mpq_div_2exp(out, out, (mp_bitcnt_t) -exponent);
        else if (valid)
            mpq_mul_2exp(out, out, (mp_bitcnt_t) exponent);
    }
    if (!valid)
        malformed(node, "an integer, a reduced fraction or m*2^e with odd m is expected");
}

/* mantissa digits [. digits] [e exponent]: shifts counts the decimal places to the left */
static int scan_decimal(mpq_t out, const char *text)
{
    size_t before = digits(text), after = 0;
    const char *next = text + before;
    if (*next == '.')
        after = digits(next + 1);
    if (before == 0 || (*next == '.' && after == 0))
        return 0;
    char *copy = allocate(before + after + 1, 1);
    memcpy(copy, text, before);
    memcpy(copy + before, next + 1, after);
    mpz_set_str(mpq_numref(out), copy, 10);
    discard(copy);
    mpz_set_ui(mpq_denref(out), 1);
    next += after != 0 ? after + 1 : 0;
    long exponent = -(long) after;
    if (*next == 'e' || *next == 'E') {
        int negative = next[1] == '-';
        next += 1 + (next[1] == '-' || next[1] == '+');
        long value = 0;
        if (digits(next) == 0)
            return 0;
        for (; *next >= '0' && *next <= '9' && value <= MAX_DECIMAL_EXPONENT; next++)
            value = 10 * value + (*next - '0');
        if (value > MAX_DECIMAL_EXPONENT)
            return 0;
        exponent += negative ? -value : value;
    }
    mpz_t power;
    mpz_init(power);
    mpz_ui_pow_ui(power, 10, (unsigned long) (exponent < 0 ? -exponent : exponent));
    if (exponent < 0)
        mpz_set(mpq_denref(out), power);
    else
        mpz_mul(mpq_numref(out), mpq_numref(out), power);
    return *next == '\0';
}

/* The numbers of problem files: integers, fractions and decimals, with a sign or none. */
void read_decimal(mpq_t out, const node_t *node)
{
    const char *text = node->text;
    if (node->type != NODE_INTEGER)
        text = string(node);
    if (node->length > 100000)
        malformed(node, "a number has at most 100000 characters");
    spend(node->length);
    int negative = *text == '-';
    text += *text == '-' || *text == '+';
    const char *slash = strchr(text, '/');
    int valid;
    if (slash != NULL) {
        char *copy = allocate((size_t) (slash - text) + 1, 1);
        memcpy(copy, text, (size_t) (slash - text));
        valid = digits(text) == strlen(copy) && *copy != '\0' && slash[1] != '\0' &&
                digits(slash + 1) == strlen(slash + 1) &&
                mpz_set_str(mpq_numref(out), copy, 10) == 0 &&
                mpz_set_str(mpq_denref(out), slash + 1, 10) == 0 &&
                mpz_sgn(mpq_denref(out)) != 0;
        discard(copy);
    } else {
        valid = scan_decimal(out, text);
    }
    if (!valid)
        malformed(node, "an integer, a fraction or a decimal is expected");
    mpq_canonicalize(out);
    if (negative)
        mpq_neg(out, out);
}

vector_t read_vector(const node_t *node, size_t count)
{
    check_keys(node, "exponent mantissas");
    const node_t *mantissas = member(node, "mantissas");
    const char *text = string(mantissas);
    if (count > mantissas->length)
        malformed(mantissas, "%zu integers are expected", count);
    vector_t out = {count, new_integers(count),
                    integer(member(node, "exponent"), -MAX_EXPONENT, MAX_EXPONENT)};
    for (size_t i = 0; i < count; i++) {
        size_t size = strcspn(text, " ");
        if (!scan_integer(out.mantissas[i], text, size))
            malformed(mantissas, "entry %zu is no integer; %zu integers are expected", i,
                      count);
        text += size;
        if (i + 1 < count && *text == ' ')
            text++;
    }
    if (*text != '\0')
        malformed(mantissas, "%zu integers with single blanks are expected", count);
    return out;
}

box_t new_box(size_t count, long exponent)
{
    box_t box = {count, new_integers(count), new_integers(count), exponent};
    return box;
}

int compare_dyadic(const mpz_t a, long e, const mpz_t b, long f)
{
    spend(1);
    if (e == f)
        return mpz_cmp(a, b);
    spend((uint64_t) (e > f ? e - f : f - e) / 64);
    mpz_t shifted;
    mpz_init(shifted);
    mpz_mul_2exp(shifted, e > f ? a : b, (mp_bitcnt_t) (e > f ? e - f : f - e));
    int sign = e > f ? mpz_cmp(shifted, b) : mpz_cmp(a, shifted);
    mpz_clear(shifted);
    return sign;
}

/* The lower end of entry i times the sign. */
static void get_low(mpz_t out, const box_t *box, size_t i, int sign)
{
    if (sign > 0)
        mpz_set(out, box->low[i]);
    else
        mpz_neg(out, box->high[i]);
}

static void get_high(mpz_t out, const box_t *box, size_t i, int sign)
{
    if (sign > 0)
        mpz_set(out, box->high[i]);
    else
        mpz_neg(out, box->low[i]);
}

int entry_inside(const box_t *inner, size_t i, int sign, const box_t *outer, size_t j)
{
    mpz_t low, high;
    mpz_init(low);
    mpz_init(high);
    get_low(low, inner, i, sign);
    get_high(high, inner, i, sign);
    int inside = compare_dyadic(low, inner->exponent, outer->low[j], outer->exponent) >= 0 &&
                 compare_dyadic(high, inner->exponent, outer->high[j], outer->exponent) <= 0;
    mpz_clear(low);
    mpz_clear(high);
    return inside;
}

int entry_disjoint(const box_t *a, size_t i, int sign, const box_t *b, size_t j)
{
    mpz_t low, high;
    mpz_init(low);
    mpz_init(high);
    get_low(low, a, i, sign);
    get_high(high, a, i, sign);
    int disjoint = compare_dyadic(low, a->exponent, b->high[j], b->exponent) > 0 ||
                   compare_dyadic(high, a->exponent, b->low[j], b->exponent) < 0;
    mpz_clear(low);
    mpz_clear(high);
    return disjoint;
}

int entry_sign(const box_t *box, size_t i)
{
    return mpz_sgn(box->low[i]) > 0 ? 1 : mpz_sgn(box->high[i]) < 0 ? -1 : 0;
}

int entry_is_zero(const box_t *box, size_t i)
{
    return mpz_sgn(box->low[i]) == 0 && mpz_sgn(box->high[i]) == 0;
}
