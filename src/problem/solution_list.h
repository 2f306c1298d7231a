/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * solution_list.h: lists of complex solutions as other programs write them, read exactly;
 * what their coordinates mean is not known here.
 */
#ifndef NCF_SOLUTION_LIST_H
#define NCF_SOLUTION_LIST_H

#include "../base/base.h"

/*
 * Coordinate j of solution k is real[k * dimension + j] + i imaginary[k * dimension + j]. A
 * list in which coordinates have names (PHCpack) has them in its own order. `failed` counts
 * those that the program itself marks as failed or at infinity, which are not in the list.
 */
typedef struct {
    ncf_format_t format; /* never NCF_FORMAT_AUTO; Julia's is that of Bertini */
    slong count, dimension, failed;
    char **names; /* dimension, or NULL */
    fmpq *real, *imaginary;
    slong room; /* numbers that fit in each */
    slong bits; /* of all numbers */
} ncf_solution_list_t;

/*
 * Which program wrote the bytes; NCF_FORMAT_AUTO when they are no list of solutions. Files
 * of candidates (NPY, JSON, CSV) are never taken for one.
 */
ncf_format_t ncf__solution_format(const char *bytes, size_t length);

/*
 * Reads a list in a format that is not NCF_FORMAT_AUTO. Returns NCF_OK, or NCF_EPARSE,
 * NCF_ESPEC (no or infinitely many solutions, too many numbers) with the place and one fact
 * in err. Clear in either case.
 */
ncf_status_t ncf__solution_list_parse(ncf_solution_list_t *list, const char *bytes,
                                      size_t length, const char *name, ncf_format_t format,
                                      ncf_error_t *err);
void ncf__solution_list_clear(ncf_solution_list_t *list);

#endif
