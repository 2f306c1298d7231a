/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* tensor_samples.h: small data sets as tensors, shared by the unit tests. */
#ifndef NCF_TENSOR_SAMPLES_H
#define NCF_TENSOR_SAMPLES_H

#include "../../src/corr/tensor.h"

/* T = sum_i z_i x_i^{(order)} from integers; denominators of the z_i in z_den. */
static inline void sample_tensor(ncf_tensor_t tensor, slong order, slong points, slong d,
                                 const slong *rows, const slong *z, slong z_den)
{
    fmpq_mat_t x, weights;
    fmpq_mat_init(x, points, d);
    fmpq_mat_init(weights, points, 1);
    for (slong i = 0; i < points; i++) {
        fmpq_set_si(fmpq_mat_entry(weights, i, 0), z[i], (ulong) z_den);
        for (slong j = 0; j < d; j++)
            fmpq_set_si(fmpq_mat_entry(x, i, j), rows[i * d + j], 1);
    }
    ncf__tensor_init(tensor, order, x, weights);
    fmpq_mat_clear(weights);
    fmpq_mat_clear(x);
}

/* The data of theory.md (2b). */
static const slong theory_x[] = {1, 2, 3, -1, -1, 1, 2, 2};
static const slong theory_y[] = {1, -1, 2, 1};

#endif
