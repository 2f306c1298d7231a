/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* text.c: UTF-8 text: what is valid, how wide it is, numbers for people. */
#include "text.h"

#include "script.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void ncf__locale_enter(ncf_locale_t *locale)
{
    locale->plain = newlocale(LC_ALL_MASK, "C", (locale_t) 0);
    locale->before = uselocale(locale->plain);
}

void ncf__locale_leave(ncf_locale_t *locale)
{
    uselocale(locale->before);
    if (locale->plain != (locale_t) 0)
        freelocale(locale->plain);
}

/*
 * The bytes of the character at text, 0 if it is none that XML and gnuplot can hold: no
 * overlong form, no surrogate, no control character of either block, no noncharacter.
 */
static size_t character_length(const char *text)
{
    const unsigned char *c = (const unsigned char *) text;
    if (c[0] < 0x80)
        return c[0] >= 0x20 && c[0] != 0x7F;
    size_t length = c[0] >= 0xF0 ? 4 : c[0] >= 0xE0 ? 3 : 2;
    unsigned long code = c[0] & (0xFFU >> (length + 1));
    if (c[0] < 0xC2 || c[0] > 0xF4)
        return 0;
    for (size_t k = 1; k < length; k++) {
        if ((c[k] & 0xC0) != 0x80)
            return 0;
        code = code << 6 | (c[k] & 0x3F);
    }
    int overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
    int odd = code < 0xA0 || (code >= 0xD800 && code < 0xE000) || (code & 0xFFFE) == 0xFFFE ||
              (code >= 0xFDD0 && code <= 0xFDEF) || code > 0x10FFFF;
    return overlong || odd ? 0 : length;
}

char *ncf__text_clean(const char *text)
{
    char *clean = ncf__strdup(text);
    char *out = clean;
    for (const char *in = text; *in != '\0';) {
        size_t length = character_length(in);
        if (length > 0) {
            memcpy(out, in, length);
            out += length;
            in += length;
        } else {
            *out++ = (unsigned char) *in < 0x80 ? ' ' : '?';
            in++;
        }
    }
    *out = '\0';
    return clean;
}

static int is_continuation(char c)
{
    return ((unsigned char) c & 0xC0) == 0x80;
}

/* About the widths of Arial, in units of its size. */
static double character_width(char c)
{
    if (strchr("iljI.,;:'|! /()[]ft-", c) != NULL)
        return 0.3;
    if (strchr("mwMW@%", c) != NULL)
        return 0.88;
    if ((c >= 'A' && c <= 'Z') || (unsigned char) c >= 0x80 || strchr("<>=+~", c) != NULL)
        return 0.66;
    return 0.55;
}

double ncf__text_width(const char *text, double size)
{
    double width = 0;
    for (const char *c = text; *c != '\0'; c++) {
        if (!is_continuation(*c))
            width += character_width(*c);
    }
    return width * size;
}

char *ncf__text_short(const char *text, size_t count)
{
    size_t seen = 0, end = 0;
    for (size_t k = 0; text[k] != '\0'; k++) {
        if (is_continuation(text[k]))
            continue;
        if (seen + 3 <= count)
            end = k;
        if (++seen > count)
            return ncf__format("%.*s...", (int) end, text);
    }
    return ncf__strdup(text);
}

/* The bytes of the longest beginning, up to a space or the end, that fits; at least a word. */
static size_t fitting(const char *text, double size, double width)
{
    size_t best = 0;
    double used = 0;
    for (size_t k = 0;; k++) {
        if (text[k] == ' ' || text[k] == '\0')
            best = best == 0 || used <= width ? k : best;
        if (text[k] == '\0' || (used > width && best > 0))
            return best;
        if (!is_continuation(text[k]))
            used += character_width(text[k]) * size;
    }
}

int ncf__text_wrap(char **lines, int room, const char *text, double size, double width)
{
    int count = 0;
    /* A word alone may be wider than the line. */
    size_t most = (size_t) (3 * width / size);
    text += strspn(text, " ");
    while (*text != '\0' && count < room) {
        size_t length = fitting(text, size, width);
        int cut = count + 1 == room && text[length] != '\0';
        char *line = ncf__format("%.*s%s", (int) length, text, cut ? " ..." : "");
        lines[count++] = ncf__text_short(line, most);
        ncf__free(line);
        text += length;
        text += strspn(text, " ");
    }
    return count;
}

/* The number in raised or lowered digits. */
static char *shifted(long number, const char *const digits[10], const char *minus)
{
    char plain[32], out[128] = "";
    snprintf(plain, sizeof(plain), "%ld", number);
    for (const char *c = plain; *c != '\0'; c++)
        strcat(out, *c == '-' ? minus : digits[*c - '0']);
    return ncf__strdup(out);
}

char *ncf__text_superscript(long number)
{
    static const char *const digits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    return shifted(number, digits, "⁻");
}

char *ncf__text_subscript(long number)
{
    static const char *const digits[] = {"₀", "₁", "₂", "₃", "₄", "₅", "₆", "₇", "₈", "₉"};
    return shifted(number, digits, "₋");
}

char *ncf__text_number(double x, int digits)
{
    char plain[64];
    if (!isfinite(x))
        return ncf__strdup("?");
    snprintf(plain, sizeof(plain), "%.*g", digits, x);
    const char *sign = plain[0] == '-' ? "−" : "";
    const char *body = plain + (plain[0] == '-');
    char *mark = strchr(plain, 'e');
    if (mark == NULL)
        return ncf__format("%s%s", sign, body);
    *mark = '\0';
    char *power = ncf__text_superscript(strtol(mark + 1, NULL, 10));
    char *text = ncf__format("%s%s × 10%s", sign, body, power);
    ncf__free(power);
    return text;
}

char *ncf__text_enclosed(double mid, double rad, int digits)
{
    for (; digits > 0 && isfinite(mid) && isfinite(rad); digits--) {
        char plain[64];
        snprintf(plain, sizeof(plain), "%.*e", digits - 1, mid);
        double unit = pow(10, strtod(strchr(plain, 'e') + 1, NULL) - (digits - 1));
        /* The 0.99 covers the rounding of these lines. */
        if (fabs(strtod(plain, NULL) - mid) + rad < 0.99 * unit)
            return ncf__text_number(mid, digits);
    }
    return ncf__strdup("?");
}

char *ncf__text_floor(double x)
{
    return ncf__format("%.2f", floor(x * 100 * (1 - 1e-12)) / 100);
}
