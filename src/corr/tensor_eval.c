/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* tensor_eval.c: the data tensor and its contractions in ball arithmetic. */
#include "tensor.h"

void ncf__tensor_isometric(arb_mat_t out, const ncf_tensor_t tensor, slong prec)
{
    arb_t scale;
    arb_init(scale);
    for (slong j = 0; j < tensor->dimension; j++) {
        arb_set_fmpq(scale, fmpq_mat_entry(tensor->gram, j, 0), prec + 10);
        arb_rsqrt(scale, scale, prec + 10);
        for (slong i = 0; i < tensor->points; i++) {
            arb_ptr entry = arb_mat_entry(out, i, j);
            arb_set_fmpq(entry, fmpq_mat_entry(tensor->coords, i, j), prec + 10);
            if (!tensor->standard)
                arb_mul(entry, entry, scale, prec);
        }
    }
    arb_clear(scale);
}

void ncf__tensor_lift(arb_ptr out, arb_srcptr e, const ncf_tensor_t tensor, slong prec)
{
    slong n = tensor->dimension;
    arb_ptr c = _arb_vec_init(n);
    arb_t scale;
    arb_init(scale);
    for (slong j = 0; j < n; j++) {
        arb_set_fmpq(scale, fmpq_mat_entry(tensor->gram, j, 0), prec + 10);
        arb_rsqrt(scale, scale, prec + 10);
        arb_mul(c + j, e + j, scale, prec + 10);
    }
    for (slong i = 0; i < tensor->ambient; i++) {
        arb_zero(out + i);
        for (slong j = 0; j < n; j++) {
            arb_set_fmpq(scale, fmpq_mat_entry(tensor->basis, i, j), prec + 10);
            arb_addmul(out + i, scale, c + j, prec);
        }
    }
    arb_clear(scale);
    _arb_vec_clear(c, n);
}

/* scaled_i = weight_i s_i^power */
static void weigh(arb_ptr scaled, arb_srcptr s, slong power, const ncf_tensor_t tensor, slong prec)
{
    arb_t weight;
    arb_init(weight);
    for (slong i = 0; i < tensor->points; i++) {
        arb_set_fmpq(weight, fmpq_mat_entry(tensor->weights, i, 0), prec + 10);
        arb_pow_ui(scaled + i, s + i, (ulong) power, prec);
        arb_mul(scaled + i, scaled + i, weight, prec);
    }
    arb_clear(weight);
}

/* sum_i scaled_i y_i y_i^T, symmetric. */
static void weighted_gram(arb_mat_struct *out, arb_srcptr scaled, const arb_mat_t points, slong prec)
{
    slong count = arb_mat_nrows(points), n = arb_mat_ncols(points);
    arb_mat_t left, right;
    arb_mat_init(left, n, count);
    arb_mat_init(right, count, n);
    for (slong i = 0; i < count; i++) {
        for (slong j = 0; j < n; j++) {
            arb_set(arb_mat_entry(left, j, i), arb_mat_entry(points, i, j));
            arb_mul(arb_mat_entry(right, i, j), arb_mat_entry(points, i, j), scaled + i, prec);
        }
    }
    arb_mat_mul(out, left, right, prec);
    arb_mat_clear(right);
    arb_mat_clear(left);
}

void ncf__tensor_eval(arb_t value, arb_ptr gradient, arb_mat_struct *hessian, arb_srcptr e,
                      const ncf_tensor_t tensor, const arb_mat_t points, slong prec)
{
    slong count = tensor->points, n = tensor->dimension;
    arb_ptr s = _arb_vec_init(count), scaled = _arb_vec_init(count);
    for (slong i = 0; i < count; i++)
        arb_dot(s + i, NULL, 0, arb_mat_entry(points, i, 0), 1, e, 1, n, prec);
    if (value != NULL) {
        weigh(scaled, s, tensor->order, tensor, prec);
        arb_zero(value);
        for (slong i = 0; i < count; i++)
            arb_add(value, value, scaled + i, prec);
    }
    if (gradient != NULL) {
        weigh(scaled, s, tensor->order - 1, tensor, prec);
        for (slong j = 0; j < n; j++) {
            arb_zero(gradient + j);
            for (slong i = 0; i < count; i++)
                arb_addmul(gradient + j, scaled + i, arb_mat_entry(points, i, j), prec);
        }
    }
    if (hessian != NULL) {
        weigh(scaled, s, tensor->order - 2, tensor, prec);
        weighted_gram(hessian, scaled, points, prec);
    }
    _arb_vec_clear(scaled, count);
    _arb_vec_clear(s, count);
}
