/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * points.h: candidate weight vectors of the user's own, read exactly from a JSON document,
 * a CSV file or an NPY array. Immutable once read.
 */
#ifndef NCF_POINTS_H
#define NCF_POINTS_H

#include "problem.h"

#define NCF_POINTS_MAX_COUNT 1000000  /* candidates */
#define NCF_POINTS_MAX_NUMBERS 10000000 /* candidates times weights */

/*
 * A list of solutions of another program: how many it holds, and how many of them are no
 * candidates: not real, the origin, marked as failed by the program. All 0 for other files.
 */
typedef struct {
    slong listed, complex, origin, failed;
} ncf_solution_counts_t;

/*
 * Row k of `rows` (count x unknowns, count >= 1) is the k-th candidate: all weights of the
 * network, layer by layer, each matrix row-major. No row is zero.
 */
struct ncf_points {
    char *name;         /* of the file, as it is printed */
    char sha256[65];    /* of its bytes */
    const char *format; /* "json", "csv", "npy" or of a program, "phcpack"; static */
    ncf_solution_counts_t solutions;
    fmpq_mat_t rows;
};

#endif
