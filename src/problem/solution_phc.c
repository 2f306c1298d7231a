/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * solution_phc.c: the solutions in a file of PHCpack. Its output holds several lists (of the
 * start system, before and after a refinement); the last one under "THE SOLUTIONS" counts.
 *     the solution for t :
 *      z1 :  5.77350269189626E-01   1.15555796663234E-33
 *     == err :  2.657E-16 = rco :  4.646E-02 = res :  2.220E-16 = real regular ==
 * Coordinates have names, because phc orders the unknowns in its own way.
 */
#include "solution_reader.h"

#include <ctype.h>
#include <string.h>

/* To the end of the last line "THE SOLUTIONS", or to the start of the text. */
static void find_list(ncf_solution_cursor_t *cursor)
{
    ncf_solution_cursor_t seek = *cursor;
    while (seek.at < seek.length) {
        if (ncf__solution_take(&seek, "THE SOLUTIONS"))
            *cursor = seek;
        ncf__solution_skip_line(&seek);
    }
}

/* Does the line at `at` hold this text? */
static int line_has(const ncf_solution_cursor_t *cursor, const char *text)
{
    const char *line = cursor->text + cursor->at;
    const char *end = memchr(line, '\n', cursor->length - cursor->at);
    size_t length = end != NULL ? (size_t) (end - line) : cursor->length - cursor->at;
    return memmem(line, length, text, strlen(text)) != NULL;
}

/*
 * The name at `at` must be that of the coordinate that comes next; the first solution gives
 * the names. `known`: they are complete.
 */
static ncf_status_t take_name(ncf_solution_cursor_t *cursor, int known)
{
    ncf_solution_list_t *list = cursor->list;
    size_t length = 0;
    ncf__solution_peek(cursor);
    const char *name = cursor->text + cursor->at;
    while (cursor->at + length < cursor->length &&
           (isalnum((unsigned char) name[length]) || name[length] == '_'))
        length++;
    if (length == 0)
        return ncf__solution_fail(cursor, NCF_EPARSE, "the name of an unknown is expected here");
    if (!known) {
        list->names = ncf__realloc(list->names, (size_t) list->dimension + 1, sizeof(char *));
        list->names[list->dimension++] = ncf__format("%.*s", (int) length, name);
    } else if (cursor->used >= list->dimension ||
               strlen(list->names[cursor->used]) != length ||
               memcmp(list->names[cursor->used], name, length) != 0) {
        return ncf__solution_fail(cursor, NCF_EPARSE,
                                  "'%.*s' is not the coordinate that comes next",
                                  (int) FLINT_MIN(length, 60), name);
    }
    cursor->at += length;
    return NCF_OK;
}

/* " z1 :  5.7E-01   1.1E-33" */
static ncf_status_t read_coordinate(ncf_solution_cursor_t *cursor, int known, fmpq_t re,
                                    fmpq_t im)
{
    NCF_TRY(take_name(cursor, known));
    NCF_TRY(ncf__solution_expect(cursor, ":"));
    NCF_TRY(ncf__solution_decimal(re, cursor));
    NCF_TRY(ncf__solution_decimal(im, cursor));
    return ncf__solution_push(cursor, re, im);
}

/* Up to the line "==", which says when the solution does not count. */
static ncf_status_t read_solution(ncf_solution_cursor_t *cursor, fmpq_t re, fmpq_t im)
{
    ncf_solution_list_t *list = cursor->list;
    int known = list->dimension > 0;
    while (!ncf__solution_take(cursor, "==")) {
        if (ncf__solution_peek(cursor) == '\0')
            return ncf__solution_fail(cursor, NCF_EPARSE, "the file ends inside a solution");
        NCF_TRY(read_coordinate(cursor, known, re, im));
    }
    if (cursor->used != list->dimension || cursor->used == 0)
        return ncf__solution_fail(cursor, NCF_EPARSE,
                                  "the solution has %ld coordinates, the first has %ld",
                                  (long) cursor->used, (long) list->dimension);
    if (!line_has(cursor, "infinity") && !line_has(cursor, "fail") &&
        !line_has(cursor, "no solution"))
        return ncf__solution_end(cursor);
    list->failed++;
    cursor->used = 0;
    return NCF_OK;
}

static ncf_status_t read_solutions(ncf_solution_cursor_t *cursor, fmpq_t re, fmpq_t im)
{
    while (ncf__solution_peek(cursor) != '\0') {
        int starts = ncf__solution_take(cursor, "the solution for t");
        if (starts) {
            NCF_TRY(ncf__solution_expect(cursor, ":"));
            NCF_TRY(read_solution(cursor, re, im));
        }
        ncf__solution_skip_line(cursor);
    }
    return NCF_OK;
}

ncf_status_t ncf__solutions_phcpack(ncf_solution_cursor_t *cursor)
{
    fmpq_t re, im;
    fmpq_init(re);
    fmpq_init(im);
    find_list(cursor);
    ncf_status_t status = read_solutions(cursor, re, im);
    fmpq_clear(re);
    fmpq_clear(im);
    return status;
}
