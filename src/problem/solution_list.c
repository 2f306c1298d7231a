/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* solution_list.c: lists of solutions: which program wrote them, and their numbers. */
#include "solution_reader.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

/* ---- The place in the text ------------------------------------------------------- */

ncf_status_t ncf__solution_fail(const ncf_solution_cursor_t *cursor, ncf_status_t status,
                                const char *format, ...)
{
    char fact[200];
    int line, column;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(fact, sizeof(fact), format, arguments);
    va_end(arguments);
    ncf__text_place(&line, &column, cursor->text, cursor->at);
    return ncf__fail_at(cursor->err, status, cursor->name, line, column, "%s", fact);
}

char ncf__solution_peek(ncf_solution_cursor_t *cursor)
{
    while (cursor->at < cursor->length && isspace((unsigned char) cursor->text[cursor->at]))
        cursor->at++;
    return cursor->at < cursor->length ? cursor->text[cursor->at] : '\0';
}

/* Does the text go on like that? */
static int follows(const ncf_solution_cursor_t *cursor, const char *text)
{
    size_t length = strlen(text);
    return cursor->length - cursor->at >= length &&
           memcmp(cursor->text + cursor->at, text, length) == 0;
}

int ncf__solution_take(ncf_solution_cursor_t *cursor, const char *text)
{
    size_t start = cursor->at;
    ncf__solution_peek(cursor);
    if (follows(cursor, text)) {
        cursor->at += strlen(text);
        return 1;
    }
    cursor->at = start;
    return 0;
}

ncf_status_t ncf__solution_expect(ncf_solution_cursor_t *cursor, const char *text)
{
    if (ncf__solution_take(cursor, text))
        return NCF_OK;
    ncf__solution_peek(cursor);
    return ncf__solution_fail(cursor, NCF_EPARSE, "'%s' is expected here", text);
}

void ncf__solution_skip_line(ncf_solution_cursor_t *cursor)
{
    const char *start = cursor->text + cursor->at;
    const char *end = memchr(start, '\n', cursor->length - cursor->at);
    cursor->at = end != NULL ? (size_t) (end - cursor->text) + 1 : cursor->length;
}

/* ---- Numbers --------------------------------------------------------------------- */

static size_t digits_at(const ncf_solution_cursor_t *cursor, size_t at)
{
    size_t end = at;
    while (end < cursor->length && isdigit((unsigned char) cursor->text[end]))
        end++;
    return end - at;
}

/* The bytes of an exponent at `at`, 0 when there is none. */
static size_t exponent_at(const ncf_solution_cursor_t *cursor, size_t at)
{
    size_t i = at;
    if (i >= cursor->length || (cursor->text[i] != 'e' && cursor->text[i] != 'E'))
        return 0;
    i++;
    if (i < cursor->length && (cursor->text[i] == '+' || cursor->text[i] == '-'))
        i++;
    size_t digits = digits_at(cursor, i);
    return digits > 0 ? i + digits - at : 0;
}

/* From the parts of a decimal, of which one of the first two has a digit. */
static const char *set_decimal(fmpq_t out, const char *whole, size_t whole_length,
                               const char *fraction, size_t fraction_length,
                               const char *exponent, size_t exponent_length)
{
    char *text = ncf__format("%s%.*s.%.*s%.*s", whole_length > 0 ? "" : "0", (int) whole_length,
                             whole, (int) FLINT_MAX(fraction_length, 1),
                             fraction_length > 0 ? fraction : "0", (int) exponent_length,
                             exponent);
    /* Leading zeros are refused in files of our own formats only. */
    const char *digits = text;
    while (digits[0] == '0' && isdigit((unsigned char) digits[1]))
        digits++;
    const char *fact = ncf__rational_parse(out, digits, strlen(digits));
    ncf__free(text);
    return fact;
}

ncf_status_t ncf__solution_decimal(fmpq_t out, ncf_solution_cursor_t *cursor)
{
    ncf__solution_peek(cursor);
    size_t start = cursor->at, i = start;
    int negative = i < cursor->length && cursor->text[i] == '-';
    if (i < cursor->length && (cursor->text[i] == '-' || cursor->text[i] == '+'))
        i++;
    size_t whole = i, whole_length = digits_at(cursor, i), fraction_length = 0;
    i += whole_length;
    size_t fraction = i;
    if (i < cursor->length && cursor->text[i] == '.') {
        fraction = i + 1;
        fraction_length = digits_at(cursor, fraction);
        i = fraction + fraction_length;
    }
    if (whole_length + fraction_length == 0)
        return ncf__solution_fail(cursor, NCF_EPARSE, "a number is expected here");
    if (whole_length + fraction_length > NCF_NUMBER_MAX_DIGITS)
        return ncf__solution_fail(cursor, NCF_EPARSE, "the number is too long");
    /* Macaulay2 gives the precision between the digits and the exponent. */
    if (i < cursor->length && cursor->text[i] == 'p')
        i += 1 + digits_at(cursor, i + 1);
    size_t exponent_length = exponent_at(cursor, i);
    const char *fact =
        set_decimal(out, cursor->text + whole, whole_length, cursor->text + fraction,
                    fraction_length, cursor->text + i, exponent_length);
    if (fact != NULL)
        return ncf__solution_fail(cursor, NCF_EPARSE, "%s", fact);
    if (negative)
        fmpq_neg(out, out);
    cursor->at = i + exponent_length;
    return NCF_OK;
}

/* An imaginary unit, of any program. */
static int take_unit(ncf_solution_cursor_t *cursor)
{
    return ncf__solution_take(cursor, "im") || ncf__solution_take(cursor, "ii") ||
           ncf__solution_take(cursor, "i") || ncf__solution_take(cursor, "I");
}

/* One term without its sign: a number, a unit, or a product of both. */
static ncf_status_t read_term(fmpq_t out, int *imaginary, ncf_solution_cursor_t *cursor)
{
    fmpq_one(out);
    *imaginary = take_unit(cursor);
    if (*imaginary && !ncf__solution_take(cursor, "*"))
        return NCF_OK;
    char first = ncf__solution_peek(cursor);
    if (first == '+' || first == '-')
        return ncf__solution_fail(cursor, NCF_EPARSE, "a number is expected here");
    NCF_TRY(ncf__solution_decimal(out, cursor));
    if (*imaginary)
        return NCF_OK;
    size_t start = cursor->at;
    int product = ncf__solution_take(cursor, "*");
    *imaginary = take_unit(cursor);
    if (product && !*imaginary)
        cursor->at = start;
    return NCF_OK;
}

/* Terms with signs, up to a byte that is none. */
static ncf_status_t read_sum(fmpq_t re, fmpq_t im, fmpq_t term, ncf_solution_cursor_t *cursor)
{
    int imaginary;
    char sign = ncf__solution_peek(cursor);
    do {
        if (sign == '+' || sign == '-')
            cursor->at++;
        NCF_TRY(read_term(term, &imaginary, cursor));
        if (sign == '-')
            fmpq_neg(term, term);
        fmpq_add(imaginary ? im : re, imaginary ? im : re, term);
        sign = ncf__solution_peek(cursor);
    } while (sign == '+' || sign == '-');
    return NCF_OK;
}

static ncf_status_t read_pair(fmpq_t re, fmpq_t im, ncf_solution_cursor_t *cursor)
{
    NCF_TRY(ncf__solution_decimal(re, cursor));
    NCF_TRY(ncf__solution_expect(cursor, ","));
    NCF_TRY(ncf__solution_decimal(im, cursor));
    return ncf__solution_expect(cursor, ")");
}

ncf_status_t ncf__solution_complex(fmpq_t re, fmpq_t im, ncf_solution_cursor_t *cursor)
{
    fmpq_zero(re);
    fmpq_zero(im);
    if (ncf__solution_take(cursor, "toCC("))
        return read_pair(re, im, cursor);
    int open = ncf__solution_take(cursor, "(");
    fmpq_t term;
    fmpq_init(term);
    ncf_status_t status = read_sum(re, im, term, cursor);
    fmpq_clear(term);
    if (status == NCF_OK && open)
        status = ncf__solution_expect(cursor, ")");
    return status;
}

/* ---- The list -------------------------------------------------------------------- */

static void make_room(ncf_solution_list_t *list, slong numbers)
{
    if (numbers <= list->room)
        return;
    slong room = FLINT_MAX(2 * list->room, FLINT_MAX(numbers, 64));
    list->real = ncf__realloc(list->real, (size_t) room, sizeof(fmpq));
    list->imaginary = ncf__realloc(list->imaginary, (size_t) room, sizeof(fmpq));
    for (slong k = list->room; k < room; k++) {
        fmpq_init(list->real + k);
        fmpq_init(list->imaginary + k);
    }
    list->room = room;
}

ncf_status_t ncf__solution_push(ncf_solution_cursor_t *cursor, fmpq_t re, fmpq_t im)
{
    ncf_solution_list_t *list = cursor->list;
    slong at = list->count * list->dimension + cursor->used;
    if (list->count > 0 && cursor->used >= list->dimension)
        return ncf__solution_fail(cursor, NCF_EPARSE,
                                  "solution %ld has more than the %ld coordinates of the first",
                                  (long) list->count + 1, (long) list->dimension);
    list->bits += fmpz_bits(fmpq_numref(re)) + fmpz_bits(fmpq_denref(re)) +
                  fmpz_bits(fmpq_numref(im)) + fmpz_bits(fmpq_denref(im));
    if (at >= NCF_POINTS_MAX_NUMBERS || list->bits > NCF_PROBLEM_MAX_BITS)
        return ncf__solution_fail(cursor, NCF_ESPEC, "too many numbers (at most 10000000)");
    make_room(list, at + 1);
    fmpq_swap(list->real + at, re);
    fmpq_swap(list->imaginary + at, im);
    fmpq_zero(re);
    fmpq_zero(im);
    cursor->used++;
    return NCF_OK;
}

ncf_status_t ncf__solution_end(ncf_solution_cursor_t *cursor)
{
    ncf_solution_list_t *list = cursor->list;
    if (cursor->used == 0 || (list->count > 0 && cursor->used != list->dimension))
        return ncf__solution_fail(cursor, NCF_EPARSE,
                                  "solution %ld has %ld coordinates, the first has %ld",
                                  (long) list->count + 1, (long) cursor->used,
                                  (long) list->dimension);
    list->dimension = cursor->used;
    list->count++;
    cursor->used = 0;
    return NCF_OK;
}

void ncf__solution_list_clear(ncf_solution_list_t *list)
{
    for (slong k = 0; k < list->room; k++) {
        fmpq_clear(list->real + k);
        fmpq_clear(list->imaginary + k);
    }
    for (slong j = 0; list->names != NULL && j < list->dimension; j++)
        ncf__free(list->names[j]);
    ncf__free(list->names);
    ncf__free(list->real);
    ncf__free(list->imaginary);
}

/* ---- Which program --------------------------------------------------------------- */

/* Is there a line that begins like that, spaces aside? */
static int has_line(const char *bytes, size_t length, const char *text)
{
    ncf_solution_cursor_t cursor = {.text = bytes, .length = length, .name = ""};
    while (cursor.at < length) {
        ncf__solution_peek(&cursor);
        if (follows(&cursor, text))
            return 1;
        ncf__solution_skip_line(&cursor);
    }
    return 0;
}

/* A count alone on its line, and then a line of exactly two numbers. */
static int is_bertini(const char *bytes, size_t length)
{
    ncf_solution_cursor_t cursor = {.text = bytes, .length = length, .name = ""};
    fmpq_t number;
    ncf__solution_peek(&cursor);
    size_t digits = digits_at(&cursor, cursor.at);
    cursor.at += digits;
    while (cursor.at < length && strchr(" \t\r", bytes[cursor.at]) != NULL)
        cursor.at++;
    if (digits == 0 || digits > 9 || cursor.at >= length || bytes[cursor.at] != '\n')
        return 0;
    ncf__solution_peek(&cursor);
    size_t line = cursor.at;
    fmpq_init(number);
    int is = ncf__solution_decimal(number, &cursor) == NCF_OK && cursor.at < length &&
             (bytes[cursor.at] == ' ' || bytes[cursor.at] == '\t') &&
             ncf__solution_decimal(number, &cursor) == NCF_OK &&
             memchr(bytes + line, '\n', cursor.at - line) == NULL;
    fmpq_clear(number);
    while (cursor.at < length && strchr(" \t\r", bytes[cursor.at]) != NULL)
        cursor.at++;
    return is && (cursor.at == length || bytes[cursor.at] == '\n');
}

static char last_byte(const char *bytes, size_t length)
{
    while (length > 0 && isspace((unsigned char) bytes[length - 1]))
        length--;
    return length > 0 ? bytes[length - 1] : '\0';
}

ncf_format_t ncf__solution_format(const char *bytes, size_t length)
{
    ncf_solution_cursor_t cursor = {.text = bytes, .length = length, .name = ""};
    if (length >= 6 && memcmp(bytes, "\x93NUMPY", 6) == 0)
        return NCF_FORMAT_AUTO;
    /* No JSON document ends like that or begins like those. */
    if (ncf__solution_peek(&cursor) == '[' && last_byte(bytes, length) == ':')
        return NCF_FORMAT_MSOLVE;
    if (cursor.at < length && bytes[cursor.at] == '{') {
        cursor.at++;
        return ncf__solution_peek(&cursor) == '{' ? NCF_FORMAT_MACAULAY2 : NCF_FORMAT_AUTO;
    }
    if (has_line(bytes, length, "the solution for t :"))
        return NCF_FORMAT_PHCPACK;
    if (has_line(bytes, length, "[1]:"))
        return NCF_FORMAT_SINGULAR;
    return is_bertini(bytes, length) ? NCF_FORMAT_BERTINI : NCF_FORMAT_AUTO;
}

ncf_status_t ncf__solution_list_parse(ncf_solution_list_t *list, const char *bytes,
                                      size_t length, const char *name, ncf_format_t format,
                                      ncf_error_t *err)
{
    static ncf_status_t (*const readers[])(ncf_solution_cursor_t *) = {
        [NCF_FORMAT_AUTO] = ncf__solutions_bertini,
        [NCF_FORMAT_MSOLVE] = ncf__solutions_msolve,
        [NCF_FORMAT_SINGULAR] = ncf__solutions_singular,
        [NCF_FORMAT_PHCPACK] = ncf__solutions_phcpack,
        [NCF_FORMAT_MACAULAY2] = ncf__solutions_macaulay2,
        [NCF_FORMAT_BERTINI] = ncf__solutions_bertini,
        [NCF_FORMAT_JULIA] = ncf__solutions_bertini,
    };
    ncf_solution_cursor_t cursor = {list, bytes, length, 0, name, 0, err};
    *list = (ncf_solution_list_t) {.format = format};
    const char *zero = memchr(bytes, '\0', length);
    if (zero != NULL) {
        cursor.at = (size_t) (zero - bytes);
        return ncf__solution_fail(&cursor, NCF_EPARSE, "a zero byte");
    }
    return readers[format](&cursor);
}
