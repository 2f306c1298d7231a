/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* tensor_internal.h: shared by the files that build the data tensor. */
#ifndef NCF_TENSOR_INTERNAL_H
#define NCF_TENSOR_INTERNAL_H

#include "tensor.h"

/*
 * An orthogonal rational basis (columns) of a subspace that contains the essential
 * subspace of T = sum_i weights_i x_i^{(order)}; it is the essential subspace itself
 * unless the tensor is too large to expand (then it is the span of the points).
 * x is N x d without zero rows and parallel rows, the weights are not zero.
 * `basis` is initialised here, d x n; the identity when n = d.
 */
void ncf__essential_basis(fmpq_mat_t basis, slong order, const fmpq_mat_t x,
                          const fmpq_mat_t weights);

#endif
