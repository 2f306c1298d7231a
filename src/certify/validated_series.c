/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * validated_series.c: Taylor series of the flow in proved double intervals, and their
 * derivatives by the initial values, T-VALIDATEDFLOW. One sum of products a coefficient.
 */
#include "validated_internal.h"

#include <string.h>

#define STRIDE (FLOW_DEGREE + 2)

void ncf__tube_series_init(ncf_tube_series_t *series, const ncf_tube_t *flow, int tangents)
{
    size_t numbers = (size_t) flow->count * STRIDE, m = (size_t) flow->state;
    series->value = ncf__calloc(numbers, sizeof(*series->value));
    series->tangent = tangents ? ncf__calloc(numbers * m, sizeof(*series->tangent)) : NULL;
    series->sums = ncf__calloc(3 * m, sizeof(*series->sums));
}

void ncf__tube_series_clear(ncf_tube_series_t *series)
{
    ncf__free(series->value);
    ncf__free(series->tangent);
    ncf__free(series->sums);
}

/* A sum of products that is being taken, as ncf__midrad_sum wants it. */
typedef struct {
    double mid, size, reach;
    slong terms;
} sum_t;

static inline void sum_product(sum_t *sum, ncf_midrad_t a, ncf_midrad_t b)
{
    double product = a.mid * b.mid;
    sum->mid += product;
    sum->size += fabs(product);
    sum->reach += ncf__midrad_reach(a) * ncf__midrad_reach(b);
    sum->terms++;
}

ncf_midrad_t ncf__tube_dot(const ncf_midrad_t *x, slong xstep, const ncf_midrad_t *y,
                           slong ystep, slong count)
{
    sum_t sum = {0, 0, 0, 0};
    for (slong k = 0; k < count; k++)
        sum_product(&sum, x[k * xstep], y[k * ystep]);
    return ncf__midrad_sum(sum.mid, sum.size, sum.reach, sum.terms);
}

/* Coefficient k of a node: sum over its terms of sum_j left_j right_{k-j}. */
static ncf_midrad_t coefficient(const ncf_tube_series_t *series, const ncf_tube_t *flow,
                                slong node, slong k)
{
    sum_t sum = {0, 0, 0, 0};
    for (slong t = flow->starts[node]; t < flow->starts[node + 1]; t++) {
        slong left = flow->terms[t].left;
        const ncf_midrad_t *b = series->value + flow->terms[t].right * STRIDE;
        if (left < 0) {
            sum_product(&sum, flow->constants[-1 - left], b[k]);
            continue;
        }
        const ncf_midrad_t *a = series->value + left * STRIDE;
        for (slong j = 0; j <= k; j++)
            sum_product(&sum, a[j], b[k - j]);
    }
    return ncf__midrad_sum(sum.mid, sum.size, sum.reach, sum.terms);
}

/* Adds a factor times a row of m numbers to m sums. */
static void sums_row(double *restrict sums, ncf_midrad_t factor,
                     const ncf_midrad_t *restrict row, slong m)
{
    double outer = ncf__midrad_reach(factor);
    double *restrict mid = sums, *restrict size = sums + m, *restrict reach = sums + 2 * m;
    for (slong i = 0; i < m; i++) {
        double product = factor.mid * row[i].mid;
        mid[i] += product;
        size[i] += fabs(product);
        reach[i] += outer * ncf__midrad_reach(row[i]);
    }
}

/* The derivatives of coefficient k of a node, by the rule of products. */
static void coefficient_tangent(ncf_tube_series_t *series, const ncf_tube_t *flow, slong node,
                                slong k)
{
    slong m = flow->state, terms = 0;
    const slong row = STRIDE * m;
    memset(series->sums, 0, 3 * (size_t) m * sizeof(*series->sums));
    for (slong t = flow->starts[node]; t < flow->starts[node + 1]; t++) {
        slong left = flow->terms[t].left, right = flow->terms[t].right;
        const ncf_midrad_t *db = series->tangent + right * row;
        if (left < 0) {
            sums_row(series->sums, flow->constants[-1 - left], db + k * m, m);
            terms++;
            continue;
        }
        const ncf_midrad_t *a = series->value + left * STRIDE, *da = series->tangent + left * row;
        const ncf_midrad_t *b = series->value + right * STRIDE;
        for (slong j = 0; j <= k; j++) {
            sums_row(series->sums, a[j], db + (k - j) * m, m);
            sums_row(series->sums, b[k - j], da + j * m, m);
            terms += 2;
        }
    }
    ncf_midrad_t *out = series->tangent + node * row + k * m;
    for (slong i = 0; i < m; i++)
        out[i] = ncf__midrad_sum(series->sums[i], series->sums[m + i],
                                 series->sums[2 * m + i], terms);
}

/* x_{k+1} = f_k / (k + 1); 1/(k + 1) as an interval. */
static void advance(ncf_tube_series_t *series, const ncf_tube_t *flow, slong k)
{
    slong m = flow->state;
    double inverse = 1.0 / (double) (k + 1);
    ncf_midrad_t factor = ncf__midrad(inverse, inverse * NCF_MIDRAD_UNIT);
    for (slong j = 0; j < m; j++) {
        slong from = flow->rates[j] * STRIDE + k, to = (1 + j) * STRIDE + k + 1;
        series->value[to] = ncf__midrad_mul(factor, series->value[from]);
        for (slong i = 0; series->tangent != NULL && i < m; i++)
            series->tangent[to * m + i] =
                ncf__midrad_mul(factor, series->tangent[from * m + i]);
    }
}

void ncf__tube_expand(ncf_tube_series_t *series, const ncf_tube_t *flow, const ncf_midrad_t *x,
                      slong order)
{
    slong m = flow->state;
    series->value[0] = ncf__midrad_point(1);
    for (slong j = 0; j < m; j++) {
        series->value[(1 + j) * STRIDE] = x[j];
        if (series->tangent != NULL)
            series->tangent[(1 + j) * STRIDE * m + j] = ncf__midrad_point(1);
    }
    for (slong k = 0; k <= order; k++) {
        for (slong node = 1 + m; node < flow->count; node++) {
            ncf__tube_value(series, node)[k] = coefficient(series, flow, node, k);
            if (series->tangent != NULL)
                coefficient_tangent(series, flow, node, k);
        }
        advance(series, flow, k);
    }
}
