/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* rank_one.c: shapes, values and weights of rank-one KKT points (T-RANKONE). */
#include "rank_one.h"

#include <math.h>
#include <string.h>

/* ---- Shape ----------------------------------------------------------------------- */

/* e_l from the last layer on; 0 when e_1 exceeds the limit. */
static int set_exponents(ncf_rank_one_shape_t *shape)
{
    shape->exponents[shape->depth - 1] = 1;
    shape->homogeneity = 1;
    for (slong l = shape->depth - 2; l >= 0; l--) {
        slong p = shape->degrees[l];
        if (p > NCF_RANK_ONE_MAX_ORDER / shape->exponents[l + 1])
            return 0;
        shape->exponents[l] = p * shape->exponents[l + 1];
        shape->homogeneity += shape->exponents[l];
    }
    shape->order = shape->exponents[0];
    return 1;
}

int ncf__rank_one_shape_init(ncf_rank_one_shape_t *shape, const struct ncf_problem *problem)
{
    const ncf_network_spec_t *network = &problem->network;
    slong depth = network->depth;
    if (network->kind != NCF_NETWORK_FEEDFORWARD)
        return 0;
    shape->depth = depth;
    shape->widths = ncf__malloc((size_t) depth + 1, sizeof(slong));
    shape->degrees = ncf__malloc((size_t) depth, sizeof(slong));
    shape->exponents = ncf__malloc((size_t) depth, sizeof(slong));
    memcpy(shape->widths, network->widths, ((size_t) depth + 1) * sizeof(slong));
    int monomial = 1;
    for (slong l = 0; l + 1 < depth; l++) {
        shape->degrees[l] = network->activations[l].degree;
        monomial = monomial && network->activations[l].kind != NCF_ACTIVATION_POLYNOMIAL;
    }
    if (monomial && set_exponents(shape))
        return 1;
    ncf__rank_one_shape_clear(shape);
    return 0;
}

void ncf__rank_one_shape_clear(ncf_rank_one_shape_t *shape)
{
    ncf__free(shape->exponents);
    ncf__free(shape->degrees);
    ncf__free(shape->widths);
}

int ncf__rank_one_is_linear(const ncf_rank_one_shape_t *shape)
{
    return shape->order == 1;
}

/* ---- Values ---------------------------------------------------------------------- */

void ncf__rank_one_factor(arb_t out, const ncf_rank_one_shape_t *shape, const slong *supports,
                          slong prec)
{
    arb_t power;
    arb_init(power);
    arb_one(out);
    for (slong l = 0; l + 1 < shape->depth; l++) {
        if (supports[l] == 1)
            continue;
        arb_set_si(power, supports[l]);
        arb_pow_ui(power, power, (ulong) ((shape->degrees[l] - 1) * shape->exponents[l + 1]),
                   prec);
        arb_mul(out, out, power, prec);
    }
    arb_rsqrt(out, out, prec);
    arb_clear(power);
}

/* prod_l c_l^{e_l} = sqrt(prod_l (e_l / L)^{e_l}) */
void ncf__rank_one_top_factor(arb_t out, const ncf_rank_one_shape_t *shape, slong prec)
{
    arb_t ratio;
    arb_init(ratio);
    arb_one(out);
    for (slong l = 0; l < shape->depth; l++) {
        arb_set_si(ratio, shape->exponents[l]);
        arb_div_si(ratio, ratio, shape->homogeneity, prec);
        arb_pow_ui(ratio, ratio, (ulong) shape->exponents[l], prec);
        arb_mul(out, out, ratio, prec);
    }
    arb_sqrt(out, out, prec);
    arb_mul_si(out, out, shape->homogeneity, prec);
    arb_clear(ratio);
}

void ncf__rank_one_lambda(arb_t out, const ncf_rank_one_shape_t *shape, const arb_t mu,
                          const slong *supports, slong prec)
{
    arb_t factor;
    arb_init(factor);
    ncf__rank_one_factor(factor, shape, supports, prec);
    ncf__rank_one_top_factor(out, shape, prec);
    arb_mul(out, out, factor, prec);
    arb_abs(factor, mu);
    arb_mul(out, out, factor, prec);
    arb_clear(factor);
}

/* ---- Weights --------------------------------------------------------------------- */

/* signs of hidden layer l (0-based) */
static slong layer_offset(const ncf_rank_one_shape_t *shape, slong l)
{
    slong offset = 0;
    for (slong k = 0; k < l; k++)
        offset += shape->widths[k + 1];
    return offset;
}

void ncf__rank_one_first_units(signed char *signs, const ncf_rank_one_shape_t *shape,
                               const slong *supports)
{
    for (slong l = 0, at = 0; l + 1 < shape->depth; l++) {
        for (slong j = 0; j < shape->widths[l + 1]; j++)
            signs[at++] = j < supports[l];
    }
}

void ncf__rank_one_reduced(arb_ptr reduced, const ncf_rank_one_shape_t *shape,
                           const ncf_line_struct *line, slong prec)
{
    slong d = shape->widths[0];
    arb_t c;
    arb_init(c);
    for (slong l = 0; l < shape->depth; l++) {
        arb_set_si(c, shape->exponents[l]);
        arb_div_si(c, c, shape->homogeneity, prec);
        arb_sqrt(c, c, prec);
        if (l + 1 == shape->depth && arb_is_negative(line->mu))
            arb_neg(c, c);
        if (l > 0)
            arb_set(reduced + d + l - 1, c);
        for (slong i = 0; l == 0 && i < d; i++)
            arb_mul(reduced + i, arb_mat_entry(line->basis, 0, i), c, prec);
    }
    arb_clear(c);
}

/* The non-zero entries of a_l have this magnitude; the last layer has the one "unit". */
static void unit_length(arb_t out, const ncf_rank_one_shape_t *shape, const signed char *signs,
                        slong l, slong prec)
{
    slong support = l + 1 == shape->depth;
    const signed char *layer = support ? NULL : signs + layer_offset(shape, l);
    for (slong j = 0; layer != NULL && j < shape->widths[l + 1]; j++)
        support += layer[j] != 0;
    arb_rsqrt_ui(out, (ulong) support, prec);
}

/* Sign of unit j of layer l in a_l; sign of the same unit in b_{l+1}, for l < K - 1. */
static int row_sign(const ncf_rank_one_shape_t *shape, const signed char *signs, slong l,
                    slong j)
{
    return l + 1 == shape->depth ? 1 : signs[layer_offset(shape, l) + j];
}

static int column_sign(const ncf_rank_one_shape_t *shape, const signed char *signs, slong l,
                       slong i)
{
    int sign = signs[layer_offset(shape, l) + i];
    return shape->degrees[l] % 2 == 0 ? sign * sign : sign;
}

/*
 * Walks through W_{l+1} (0-based l) of the lift: u = sign * length * (reduced number), or
 * the reduced numbers gather the products back.
 */
static void walk_layer(arb_ptr u, arb_ptr reduced, const ncf_rank_one_shape_t *shape,
                       const signed char *signs, slong l, int gather, slong prec)
{
    slong rows = shape->widths[l + 1], columns = shape->widths[l], d = shape->widths[0];
    arb_t length, before;
    arb_init(length);
    arb_init(before);
    unit_length(length, shape, signs, l, prec);
    if (l > 0) {
        unit_length(before, shape, signs, l - 1, prec);
        arb_mul(length, length, before, prec);
    }
    for (slong j = 0; j < rows; j++) {
        for (slong i = 0; i < columns; i++) {
            int sign = row_sign(shape, signs, l, j);
            if (l > 0)
                sign *= column_sign(shape, signs, l - 1, i);
            arb_ptr weight = u + j * columns + i, number = reduced + (l == 0 ? i : d + l - 1);
            if (gather && sign != 0) {
                arb_mul_si(before, length, sign, prec);
                arb_addmul(number, before, weight, prec);
            } else if (!gather) {
                arb_mul(weight, number, length, prec);
                arb_mul_si(weight, weight, sign, prec);
            }
        }
    }
    arb_clear(before);
    arb_clear(length);
}

void ncf__rank_one_lift(arb_ptr u, const ncf_rank_one_shape_t *shape, arb_srcptr reduced,
                        const signed char *signs, slong prec)
{
    slong count = shape->widths[0] + shape->depth - 1, offset = 0;
    arb_ptr copy = _arb_vec_init(count);
    _arb_vec_set(copy, reduced, count);
    for (slong l = 0; l < shape->depth; l++) {
        walk_layer(u + offset, copy, shape, signs, l, 0, prec);
        offset += shape->widths[l] * shape->widths[l + 1];
    }
    _arb_vec_clear(copy, count);
}

void ncf__rank_one_project(arb_ptr reduced, const ncf_rank_one_shape_t *shape, arb_srcptr u,
                           const signed char *signs, slong prec)
{
    slong count = shape->widths[0] + shape->depth - 1, offset = 0;
    for (slong l = 0; l < shape->depth; l++)
        offset += shape->widths[l] * shape->widths[l + 1];
    arb_ptr copy = _arb_vec_init(offset);
    _arb_vec_set(copy, u, offset);
    _arb_vec_zero(reduced, count);
    offset = 0;
    for (slong l = 0; l < shape->depth; l++) {
        walk_layer(copy + offset, reduced, shape, signs, l, 1, prec);
        offset += shape->widths[l] * shape->widths[l + 1];
    }
    _arb_vec_clear(copy, offset);
}

/* ---- The pattern that weights are nearest to ------------------------------------- */

/* Signs of the components of `along` that are at least half as large as the largest. */
static slong large_signs(signed char *signs, const double *along, slong count)
{
    double largest = 0;
    slong support = 0;
    for (slong j = 0; j < count; j++)
        largest = fmax(largest, fabs(along[j]));
    for (slong j = 0; j < count; j++) {
        int active = largest > 0 && fabs(along[j]) >= largest / 2;
        signs[j] = (signed char) (!active ? 0 : along[j] < 0 ? -1 : 1);
        support += active;
    }
    return support;
}

/* along = W b, W given by rows */
static void apply(double *along, const double *w, slong rows, slong columns, const double *b)
{
    for (slong j = 0; j < rows; j++) {
        along[j] = 0;
        for (slong i = 0; i < columns; i++)
            along[j] += w[j * columns + i] * b[i];
    }
}

/* The row of largest norm: up to its length the right singular vector of rank one. */
static const double *largest_row(const double *w, slong rows, slong columns)
{
    const double *best = w;
    double most = -1;
    for (slong j = 0; j < rows; j++) {
        double square = 0;
        for (slong i = 0; i < columns; i++)
            square += w[j * columns + i] * w[j * columns + i];
        if (square > most) {
            most = square;
            best = w + j * columns;
        }
    }
    return best;
}

int ncf__rank_one_propose(signed char *signs, slong *supports,
                          const ncf_rank_one_shape_t *shape, const double *u)
{
    slong widest = 0;
    for (slong l = 0; l <= shape->depth; l++)
        widest = FLINT_MAX(widest, shape->widths[l]);
    double *along = ncf__malloc((size_t) widest, sizeof(*along));
    double *b = ncf__malloc((size_t) widest, sizeof(*b));
    memcpy(b, largest_row(u, shape->widths[1], shape->widths[0]),
           (size_t) shape->widths[0] * sizeof(*b));
    int found = 1;
    for (slong l = 0; l + 1 < shape->depth && found; l++) {
        slong rows = shape->widths[l + 1], columns = shape->widths[l];
        signed char *layer = signs + layer_offset(shape, l);
        apply(along, u, rows, columns, b);
        supports[l] = large_signs(layer, along, rows);
        found = supports[l] > 0;
        for (slong j = 0; j < rows; j++)
            b[j] = column_sign(shape, signs, l, j);
        u += rows * columns;
    }
    ncf__free(b);
    ncf__free(along);
    return found;
}
