/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * solution_reader.h: what the readers of lists of solutions share: a place in the text, and
 * numbers in the ways of all programs. Private to problem/.
 */
#ifndef NCF_SOLUTION_READER_H
#define NCF_SOLUTION_READER_H

#include "reader.h"
#include "solution_list.h"

typedef struct {
    ncf_solution_list_t *list;
    const char *text;
    size_t length, at;
    const char *name; /* of the file */
    slong used;       /* coordinates of the solution that is being read */
    ncf_error_t *err;
} ncf_solution_cursor_t;

/* A failure at `at`. */
ncf_status_t ncf__solution_fail(const ncf_solution_cursor_t *cursor, ncf_status_t status,
                                const char *format, ...) NCF_PRINTF(3, 4);

/* Past spaces and line ends; the byte there, or 0 at the end. */
char ncf__solution_peek(ncf_solution_cursor_t *cursor);

/* Past spaces to this text and behind it, or 0, where nothing moves. */
int ncf__solution_take(ncf_solution_cursor_t *cursor, const char *text);

/* The same, or a failure. */
ncf_status_t ncf__solution_expect(ncf_solution_cursor_t *cursor, const char *text);

/* An unsigned or signed decimal; ".5", "1.e-3" and Macaulay2's "1.5p53e2" are taken. */
ncf_status_t ncf__solution_decimal(fmpq_t out, ncf_solution_cursor_t *cursor);

/*
 * A complex number as a sum: "1.5", "(0.5-i*0.2)", ".5+1.2*ii", "0.5 - 1.2im", "-i",
 * "toCC(.5p53,.1p53)".
 */
ncf_status_t ncf__solution_complex(fmpq_t re, fmpq_t im, ncf_solution_cursor_t *cursor);

/* Appends a coordinate; re and im are taken over (left as 0). */
ncf_status_t ncf__solution_push(ncf_solution_cursor_t *cursor, fmpq_t re, fmpq_t im);

/* Ends a solution: all must have as many coordinates as the first. */
ncf_status_t ncf__solution_end(ncf_solution_cursor_t *cursor);

/* Past the rest of the line. */
void ncf__solution_skip_line(ncf_solution_cursor_t *cursor);

/* solution_lists.c and solution_phc.c: from the start of the text. */
ncf_status_t ncf__solutions_msolve(ncf_solution_cursor_t *cursor);
ncf_status_t ncf__solutions_singular(ncf_solution_cursor_t *cursor);
ncf_status_t ncf__solutions_macaulay2(ncf_solution_cursor_t *cursor);
ncf_status_t ncf__solutions_bertini(ncf_solution_cursor_t *cursor);
ncf_status_t ncf__solutions_phcpack(ncf_solution_cursor_t *cursor);

#endif
