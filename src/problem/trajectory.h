/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * trajectory.h: the weights of a network at successive moments of its training, read exactly
 * from an NPY array or a CSV file. Immutable once read.
 */
#ifndef NCF_TRAJECTORY_H
#define NCF_TRAJECTORY_H

#include "problem.h"

/*
 * Row k of `rows` (count x unknowns, count >= 2) holds all weights of the network at moment
 * k, layer by layer, each matrix row-major. Row 0 is not zero; later ones may be.
 */
struct ncf_trajectory {
    char *name;         /* of the file, as it is printed */
    char sha256[65];    /* of its bytes */
    const char *format; /* "csv" or "npy"; static */
    slong count;
    fmpq_mat_t rows;
    int has_times;
    fmpq *times; /* count, strictly increasing; NULL without times */
};

#endif
