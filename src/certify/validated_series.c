/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * validated_series.c: Taylor series of the flow in proved double intervals, and their
 * derivatives as linear forms with one bound of the error each, T-VALIDATEDFLOW.
 */
#include "validated_internal.h"

#include <string.h>

#define STRIDE FLOW_STRIDE
#define MOST_TURNS (FLOW_TURNS + 1)
#define FLOOR 0x1p-64 /* weights are above it, so that a bounded norm bounds the row */

ncf_tube_combine_fn ncf__tube_combine(int index)
{
    ncf_tube_combine_fn combine[4] = {NULL};
    int count = 0;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        combine[count++] = ncf__tube_combine_avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        combine[count++] = ncf__tube_combine_avx2;
#endif
    combine[count++] = ncf__tube_combine_portable;
    return index >= 0 && index < count ? combine[index] : NULL;
}

/* Parts of the sum of the rows of one coefficient, at most. */
static slong most_parts(const ncf_tube_t *flow)
{
    slong most = STRIDE;
    for (slong node = 0; node < flow->count; node++)
        most = FLINT_MAX(most, flow->starts[node + 1] - flow->starts[node]);
    return 2 * (FLOW_LINEAR + 1) * most;
}

void ncf__tube_series_init(ncf_tube_series_t *series, const ncf_tube_t *flow, int linear,
                           slong turns)
{
    size_t numbers = (size_t) flow->count * STRIDE;
    memset(series, 0, sizeof(*series));
    series->nodes = flow->count;
    series->turns = turns;
    series->value = ncf__calloc(numbers * (size_t) (turns + 1), sizeof(*series->value));
    series->linear = linear;
    if (!linear)
        return;
    series->width = (flow->state + 7) / 8 * 8;
    series->combine = ncf__tube_combine(0);
    series->norm = ncf__calloc(2 * numbers, sizeof(double));
    series->rest = series->norm + numbers;
    series->rows = ncf__calloc((size_t) (flow->count * (FLOW_LINEAR + 1)),
                               (size_t) series->width * sizeof(double));
    series->weights = ncf__calloc((size_t) series->width, sizeof(double));
    series->factors = ncf__malloc((size_t) most_parts(flow), sizeof(double));
    series->parts = ncf__malloc((size_t) most_parts(flow), sizeof(*series->parts));
}

void ncf__tube_series_clear(ncf_tube_series_t *series)
{
    ncf__free(series->value);
    ncf__free(series->norm);
    ncf__free(series->rows);
    ncf__free(series->weights);
    ncf__free(series->factors);
    ncf__free(series->parts);
}

/* ---- Values ----------------------------------------------------------------------- */

/* A sum of products that is being taken, as ncf__midrad_sum wants it. */
typedef struct {
    double mid, size, reach;
} sum_t;

static inline void sum_product(sum_t *sum, ncf_midrad_t a, ncf_midrad_t b)
{
    double product = a.mid * b.mid;
    sum->mid += product;
    sum->size += fabs(product);
    sum->reach += ncf__midrad_reach(a) * ncf__midrad_reach(b);
}

ncf_midrad_t ncf__tube_dot(const ncf_midrad_t *x, slong xstep, const ncf_midrad_t *y,
                           slong ystep, slong count)
{
    sum_t sum = {0, 0, 0};
    for (slong k = 0; k < count; k++)
        sum_product(&sum, x[k * xstep], y[k * ystep]);
    return ncf__midrad_sum(sum.mid, sum.size, sum.reach, count);
}

/* Adds the products of coefficients j and l of two nodes, by their powers of s. */
static inline __attribute__((always_inline)) void add_products(sum_t *sums,
                                                               const ncf_tube_series_t *series,
                                                               slong left, slong right,
                                                               slong turns)
{
    const slong next = series->nodes * STRIDE;
    ncf_midrad_t b[MOST_TURNS + 1];
    double reach[MOST_TURNS + 1];
    for (slong r = 0; r <= turns; r++) {
        b[r] = series->value[r * next + right];
        reach[r] = ncf__midrad_reach(b[r]);
    }
    for (slong q = 0; q <= turns; q++) {
        ncf_midrad_t a = series->value[q * next + left];
        double a_reach = ncf__midrad_reach(a);
        for (slong r = 0; q + r <= turns; r++) {
            double product = a.mid * b[r].mid;
            sums[q + r].mid += product;
            sums[q + r].size += fabs(product);
            sums[q + r].reach += a_reach * reach[r];
        }
    }
}

/* Coefficients (k, turn) of a node: the rule of products in t and in s for each of its terms.
 */
static inline __attribute__((always_inline)) void coefficients(ncf_tube_series_t *series,
                                                               const ncf_tube_t *flow,
                                                               slong node, slong k,
                                                               slong turns)
{
    sum_t sums[MOST_TURNS + 1] = {{0, 0, 0}};
    slong constants = 0, pairs = 0;
    for (slong t = flow->starts[node]; t < flow->starts[node + 1]; t++) {
        slong left = flow->terms[t].left, right = flow->terms[t].right;
        if (left < 0) {
            for (slong r = 0; r <= turns; r++)
                sum_product(sums + r, flow->constants[-1 - left],
                            ncf__tube_turn(series, right, r)[k]);
            constants++;
            continue;
        }
        for (slong j = 0; j <= k; j++)
            add_products(sums, series, left * STRIDE + j, right * STRIDE + k - j, turns);
        pairs += k + 1;
    }
    for (slong r = 0; r <= turns; r++)
        ncf__tube_turn(series, node, r)[k] = ncf__midrad_sum(
            sums[r].mid, sums[r].size, sums[r].reach, constants + pairs * (r + 1));
}

/* ---- Derivatives as linear forms -------------------------------------------------- */

static double *row_of(const ncf_tube_series_t *series, slong node, slong k)
{
    return series->rows + (node * (FLOW_LINEAR + 1) + k) * series->width;
}

/* At least the exact value of what was computed as x from numbers that are not negative. */
static double raised(double x)
{
    return ncf__midrad(0, x).radius;
}

void ncf__tube_linear_add(ncf_tube_linear_t *sum, ncf_tube_series_t *series,
                          ncf_midrad_t factor, slong place, int kept)
{
    double norm = series->norm[place], rest = series->rest[place];
    if (norm == 0 && rest == 0) /* the derivative is exactly zero */
        return;
    if (kept) {
        series->factors[sum->terms] = factor.mid;
        series->parts[sum->terms++] = row_of(series, place / STRIDE, place % STRIDE);
        sum->size += fabs(factor.mid) * norm;
        sum->spread += factor.radius * norm + ncf__midrad_reach(factor) * rest;
    } else
        sum->spread += ncf__midrad_reach(factor) * (norm + rest);
}

void ncf__tube_linear_end(double *row, double *norm, double *rest,
                          const ncf_tube_linear_t *sum, const ncf_tube_series_t *series)
{
    if (sum->size == 0 && sum->spread == 0) {
        if (row != NULL)
            memset(row, 0, (size_t) series->width * sizeof(double));
        *norm = *rest = 0;
        return;
    }
    *norm = 0;
    if (row != NULL)
        *norm = raised(series->combine(row, series->weights, series->factors, series->parts,
                                       sum->terms, series->width));
    double error = 4 * ((double) sum->terms + 4) * NCF_MIDRAD_UNIT;
    *rest =
        isfinite(*norm) ? raised(sum->spread + error * (sum->size + sum->spread)) : INFINITY;
}

/* The derivatives of coefficient k of a node, by the rule of products. */
static void coefficient_linear(ncf_tube_series_t *series, const ncf_tube_t *flow, slong node,
                               slong k)
{
    ncf_tube_linear_t sum = {0, 0, 0};
    int kept = k <= FLOW_LINEAR;
    slong place = node * STRIDE + k;
    for (slong t = flow->starts[node]; t < flow->starts[node + 1]; t++) {
        slong left = flow->terms[t].left, right = flow->terms[t].right * STRIDE;
        if (left < 0) {
            ncf__tube_linear_add(&sum, series, flow->constants[-1 - left], right + k, kept);
            continue;
        }
        left *= STRIDE;
        for (slong j = 0; j <= k; j++) {
            ncf__tube_linear_add(&sum, series, series->value[left + j], right + k - j, kept);
            ncf__tube_linear_add(&sum, series, series->value[right + k - j], left + j, kept);
        }
    }
    ncf__tube_linear_end(kept ? row_of(series, node, k) : NULL, series->norm + place,
                         series->rest + place, &sum, series);
}

/* ---- The recursion ---------------------------------------------------------------- */

/* x_{k+1} = f_k / (k + 1); 1/(k + 1) as an interval. */
static void advance(ncf_tube_series_t *series, const ncf_tube_t *flow, slong k)
{
    double inverse = 1.0 / (double) (k + 1);
    ncf_midrad_t factor = ncf__midrad(inverse, inverse * NCF_MIDRAD_UNIT);
    for (slong j = 0; j < flow->state; j++) {
        slong from = flow->rates[j] * STRIDE + k, to = (1 + j) * STRIDE + k + 1;
        for (slong turn = 0; turn <= series->turns; turn++)
            ncf__tube_turn(series, 1 + j, turn)[k + 1] =
                ncf__midrad_mul(factor, ncf__tube_turn(series, flow->rates[j], turn)[k]);
        if (!series->linear)
            continue;
        int kept = k + 1 <= FLOW_LINEAR;
        ncf_tube_linear_t sum = {0, 0, 0};
        ncf__tube_linear_add(&sum, series, factor, from, kept);
        ncf__tube_linear_end(kept ? row_of(series, 1 + j, k + 1) : NULL, series->norm + to,
                             series->rest + to, &sum, series);
    }
}

/* The state itself, and D x_j e = e_j. */
static void start(ncf_tube_series_t *series, const ncf_tube_t *flow, const ncf_midrad_t *x)
{
    ncf__tube_value(series, 0)[0] = ncf__midrad_point(1);
    for (slong j = 0; j < flow->state; j++) {
        slong place = (1 + j) * STRIDE;
        for (slong turn = 0; turn <= series->turns; turn++)
            ncf__tube_turn(series, 1 + j, turn)[0] = x[turn * flow->state + j];
        if (!series->linear)
            continue;
        row_of(series, 1 + j, 0)[j] = 1;
        series->norm[place] = raised(series->weights[j]);
        series->rest[place] = 0;
    }
}

void ncf__tube_expand(ncf_tube_series_t *series, const ncf_tube_t *flow, const ncf_midrad_t *x,
                      slong order)
{
    start(series, flow, x);
    for (slong k = 0; k <= order; k++) {
        for (slong node = 1 + flow->state; node < flow->count; node++) {
            if (series->turns == 0)
                coefficients(series, flow, node, k, 0);
            else if (series->turns == FLOW_TURNS)
                coefficients(series, flow, node, k, FLOW_TURNS);
            else
                coefficients(series, flow, node, k, MOST_TURNS);
            if (series->linear)
                coefficient_linear(series, flow, node, k);
        }
        advance(series, flow, k);
    }
}

void ncf__tube_set_weights(ncf_tube_series_t *series, const ncf_midrad_t *box, slong m)
{
    for (slong i = 0; i < m; i++)
        series->weights[i] =
            ncf__midrad_reach(ncf__midrad_add(box[i], ncf__midrad_point(FLOOR)));
}
