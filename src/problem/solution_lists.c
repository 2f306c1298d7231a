/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* solution_lists.c: lists of solutions of msolve, Singular, Macaulay2, Bertini and Julia. */
#include "solution_reader.h"

#include <ctype.h>
#include <string.h>

/* ---- msolve ---------------------------------------------------------------------- */

/*
 * [0, [1,
 * [[[a / 2^k, b / 2^l], ...], ...]
 * ]]:
 * The real solutions, a pair of bounds for each coordinate, in no particular order.
 */

/* "-5", "0" or "-5 / 2^3" */
static ncf_status_t read_dyadic(fmpq_t out, ncf_solution_cursor_t *cursor)
{
    fmpq_t power;
    NCF_TRY(ncf__solution_decimal(out, cursor));
    if (!ncf__solution_take(cursor, "/"))
        return NCF_OK;
    NCF_TRY(ncf__solution_expect(cursor, "2"));
    NCF_TRY(ncf__solution_expect(cursor, "^"));
    fmpq_init(power);
    ncf_status_t status = ncf__solution_decimal(power, cursor);
    int good = status == NCF_OK && fmpz_is_one(fmpq_denref(power)) &&
               fmpz_sgn(fmpq_numref(power)) >= 0 &&
               fmpz_cmp_si(fmpq_numref(power), NCF_PROBLEM_MAX_BITS / 64) <= 0;
    if (good)
        fmpq_div_2exp(out, out, (flint_bitcnt_t) fmpz_get_si(fmpq_numref(power)));
    fmpq_clear(power);
    if (status == NCF_OK && !good)
        status = ncf__solution_fail(cursor, NCF_EPARSE, "the power of 2 is out of range");
    return status;
}

/* The midpoint of "[a, b]". */
static ncf_status_t read_bounds(fmpq_t re, fmpq_t im, ncf_solution_cursor_t *cursor)
{
    NCF_TRY(ncf__solution_expect(cursor, "["));
    NCF_TRY(read_dyadic(re, cursor));
    NCF_TRY(ncf__solution_expect(cursor, ","));
    NCF_TRY(read_dyadic(im, cursor));
    NCF_TRY(ncf__solution_expect(cursor, "]"));
    fmpq_add(re, re, im);
    fmpq_div_2exp(re, re, 1);
    fmpq_zero(im);
    return NCF_OK;
}

typedef ncf_status_t (*coordinate_fn)(fmpq_t re, fmpq_t im, ncf_solution_cursor_t *cursor);

/* "[c, c, ...]" or with braces; the opening one has been taken. */
static ncf_status_t read_row(ncf_solution_cursor_t *cursor, coordinate_fn coordinate,
                             const char *close, fmpq_t re, fmpq_t im)
{
    do {
        NCF_TRY(coordinate(re, im, cursor));
        NCF_TRY(ncf__solution_push(cursor, re, im));
    } while (ncf__solution_take(cursor, ","));
    NCF_TRY(ncf__solution_expect(cursor, close));
    return ncf__solution_end(cursor);
}

/* "[row, row, ...]" or "[]", likewise. */
static ncf_status_t read_rows(ncf_solution_cursor_t *cursor, coordinate_fn coordinate,
                              const char *open, const char *close)
{
    fmpq_t re, im;
    NCF_TRY(ncf__solution_expect(cursor, open));
    if (ncf__solution_take(cursor, close))
        return NCF_OK;
    ncf_status_t status;
    fmpq_init(re);
    fmpq_init(im);
    do {
        status = ncf__solution_expect(cursor, open);
        if (status == NCF_OK)
            status = read_row(cursor, coordinate, close, re, im);
    } while (status == NCF_OK && ncf__solution_take(cursor, ","));
    fmpq_clear(re);
    fmpq_clear(im);
    return status == NCF_OK ? ncf__solution_expect(cursor, close) : status;
}

/* Nothing but spaces may follow. */
static ncf_status_t expect_end(ncf_solution_cursor_t *cursor)
{
    if (ncf__solution_peek(cursor) == '\0')
        return NCF_OK;
    return ncf__solution_fail(cursor, NCF_EPARSE, "nothing is expected after the list");
}

ncf_status_t ncf__solutions_msolve(ncf_solution_cursor_t *cursor)
{
    NCF_TRY(ncf__solution_expect(cursor, "["));
    if (ncf__solution_take(cursor, "-1"))
        return ncf__solution_fail(cursor, NCF_ESPEC, "msolve says that there is no solution");
    if (ncf__solution_take(cursor, "1"))
        return ncf__solution_fail(cursor, NCF_ESPEC,
                                  "msolve says that there are infinitely many solutions");
    NCF_TRY(ncf__solution_expect(cursor, "0"));
    NCF_TRY(ncf__solution_expect(cursor, ","));
    NCF_TRY(ncf__solution_expect(cursor, "["));
    if (ncf__solution_take(cursor, "0"))
        return ncf__solution_fail(cursor, NCF_ESPEC,
                                  "this is a parametrization: run msolve without -P");
    NCF_TRY(ncf__solution_expect(cursor, "1"));
    NCF_TRY(ncf__solution_expect(cursor, ","));
    NCF_TRY(read_rows(cursor, read_bounds, "[", "]"));
    NCF_TRY(ncf__solution_expect(cursor, "]"));
    NCF_TRY(ncf__solution_expect(cursor, "]"));
    NCF_TRY(ncf__solution_expect(cursor, ":"));
    return expect_end(cursor);
}

/* ---- Macaulay2 ------------------------------------------------------------------- */

/* {{.5, 1.5-.2*ii}, ...} */
ncf_status_t ncf__solutions_macaulay2(ncf_solution_cursor_t *cursor)
{
    NCF_TRY(read_rows(cursor, ncf__solution_complex, "{", "}"));
    return expect_end(cursor);
}

/* ---- Singular -------------------------------------------------------------------- */

/* "[17]:", the index that must come next. */
static ncf_status_t take_index(ncf_solution_cursor_t *cursor, slong index)
{
    char text[40];
    snprintf(text, sizeof(text), "[%ld]:", (long) index);
    return ncf__solution_expect(cursor, text);
}

/* At "[1]:": another coordinate, and not the next solution? */
static int coordinate_follows(ncf_solution_cursor_t *cursor)
{
    size_t start = cursor->at;
    char text[40];
    snprintf(text, sizeof(text), "[%ld]:", (long) cursor->used + 1);
    int follows = ncf__solution_take(cursor, text) && ncf__solution_peek(cursor) != '[';
    cursor->at = start;
    return follows;
}

/* An index, and below it a list of indices, each with a number on the next line. */
static ncf_status_t read_entry(ncf_solution_cursor_t *cursor, fmpq_t re, fmpq_t im)
{
    NCF_TRY(take_index(cursor, cursor->list->count + 1));
    do {
        NCF_TRY(take_index(cursor, cursor->used + 1));
        NCF_TRY(ncf__solution_complex(re, im, cursor));
        NCF_TRY(ncf__solution_push(cursor, re, im));
    } while (coordinate_follows(cursor));
    return ncf__solution_end(cursor);
}

/* What Singular says before the list: to the first line that begins with "[1]:". */
static ncf_status_t skip_to_list(ncf_solution_cursor_t *cursor)
{
    while (ncf__solution_peek(cursor) != '\0') {
        if (cursor->length - cursor->at >= 4 && memcmp(cursor->text + cursor->at, "[1]:", 4) == 0)
            return NCF_OK;
        ncf__solution_skip_line(cursor);
    }
    return ncf__solution_fail(cursor, NCF_EPARSE, "there is no list of solutions, \"[1]:\"");
}

ncf_status_t ncf__solutions_singular(ncf_solution_cursor_t *cursor)
{
    fmpq_t re, im;
    NCF_TRY(skip_to_list(cursor));
    ncf_status_t status = NCF_OK;
    fmpq_init(re);
    fmpq_init(im);
    while (status == NCF_OK && ncf__solution_peek(cursor) == '[')
        status = read_entry(cursor, re, im);
    fmpq_clear(re);
    fmpq_clear(im);
    return status == NCF_OK ? expect_end(cursor) : status;
}

/* ---- Bertini and Julia ----------------------------------------------------------- */

/*
 * The number of solutions, and for each of them, after an empty line, a line for each
 * coordinate with its real and imaginary part.
 */

/* Is the rest of the line empty? Moves past its end. */
static int end_of_line(ncf_solution_cursor_t *cursor)
{
    size_t i = cursor->at;
    while (i < cursor->length && strchr(" \t\r", cursor->text[i]) != NULL)
        i++;
    if (i < cursor->length && cursor->text[i] != '\n')
        return 0;
    cursor->at = i < cursor->length ? i + 1 : i;
    return 1;
}

static ncf_status_t read_block(ncf_solution_cursor_t *cursor, fmpq_t re, fmpq_t im)
{
    ncf__solution_peek(cursor);
    do {
        NCF_TRY(ncf__solution_decimal(re, cursor));
        NCF_TRY(ncf__solution_decimal(im, cursor));
        if (!end_of_line(cursor))
            return ncf__solution_fail(cursor, NCF_EPARSE,
                                      "a line must hold two numbers, real and imaginary part");
        NCF_TRY(ncf__solution_push(cursor, re, im));
    } while (cursor->at < cursor->length && !end_of_line(cursor));
    return ncf__solution_end(cursor);
}

static ncf_status_t read_blocks(ncf_solution_cursor_t *cursor, fmpq_t re, fmpq_t im)
{
    NCF_TRY(ncf__solution_decimal(re, cursor));
    if (!fmpz_is_one(fmpq_denref(re)) || fmpq_sgn(re) < 0 ||
        fmpz_cmp_si(fmpq_numref(re), NCF_POINTS_MAX_NUMBERS) > 0 || !end_of_line(cursor))
        return ncf__solution_fail(cursor, NCF_EPARSE,
                                  "the first line must be the number of solutions");
    slong count = fmpz_get_si(fmpq_numref(re));
    while (cursor->list->count < count) {
        if (ncf__solution_peek(cursor) == '\0')
            return ncf__solution_fail(cursor, NCF_EPARSE,
                                      "the file ends after %ld of %ld solutions",
                                      (long) cursor->list->count, (long) count);
        NCF_TRY(read_block(cursor, re, im));
    }
    return expect_end(cursor);
}

ncf_status_t ncf__solutions_bertini(ncf_solution_cursor_t *cursor)
{
    fmpq_t re, im;
    fmpq_init(re);
    fmpq_init(im);
    ncf_status_t status = read_blocks(cursor, re, im);
    fmpq_clear(re);
    fmpq_clear(im);
    return status;
}
