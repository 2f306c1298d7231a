/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* t-batch.c: outputs and gradients over a data set, against the evaluator of one weight vector. */
#include "../harness.h"

#include "../../src/network/features.h"

#include <math.h>
#include <string.h>

#define MAX_POINTS 520

static const char *const networks[] = {
    "{\"type\": \"feedforward\", \"widths\": [3, 4, 1], \"activation\": {\"type\": \"power\", "
    "\"degree\": 2}}",
    "{\"type\": \"feedforward\", \"widths\": [3, 7, 5, 1], \"activation\": {\"type\": \"power\", "
    "\"degree\": 3}}",
    "{\"type\": \"feedforward\", \"widths\": [3, 1], \"activation\": {\"type\": \"linear\"}}",
    "{\"type\": \"feedforward\", \"widths\": [3, 13, 6, 2, 1], \"activation\": [{\"type\": "
    "\"linear\"}, {\"type\": \"polynomial\", \"coefficients\": [\"1/2\", \"-1\", \"0\", \"2\"]}, "
    "{\"type\": \"power\", \"degree\": 5}]}",
    "{\"type\": \"polynomial\", \"weights\": [\"a\", \"b\"], \"inputs\": [\"x1\", \"x2\", \"x3\"], "
    "\"output\": \"a*x1^2*b + 3*a^3*x2 - b^2*x3 + x1*x2 - 2*a^3*x1*x3^2\"}",
    "{\"type\": \"convolution\", \"length\": 3, \"layers\": [{\"channels\": 2, "
    "\"kernel\": 2}], \"activation\": {\"type\": \"power\", \"degree\": 2}}",
    "{\"type\": \"convolution\", \"length\": 3, \"layers\": [{\"channels\": 3, "
    "\"kernel\": 1, \"pooling\": 3}], \"activation\": {\"type\": \"power\", "
    "\"degree\": 3}, \"head\": \"sum\"}",
    "{\"type\": \"sum\", \"parts\": [{\"type\": \"feedforward\", \"widths\": [3, 2, 1], "
    "\"activation\": {\"type\": \"power\", \"degree\": 2}}, {\"type\": \"polynomial\", "
    "\"weights\": [\"a\"], \"inputs\": [\"x1\", \"x2\", \"x3\"], \"output\": \"a^2*x1*x2\"}]}",
};
#define NETWORKS ((slong) (sizeof(networks) / sizeof(networks[0])))

static ncf_problem_t *read_problem(const char *network)
{
    ncf_problem_t *problem = NULL;
    ncf_error_t err;
    char *text = ncf__format("{\"ncf\": 1, \"network\": %s, \"data\": {\"x\": [[\"1\", \"2\", "
                             "\"3\"]], \"y\": [\"1\"]}, \"loss\": \"square\"}",
                             network);
    if (ncf_problem_parse(&problem, text, strlen(text), "test", "", &err) != NCF_OK)
        ncf_test_note("%s: %s", network, err.text);
    ncf__free(text);
    return problem;
}

static void fill(double *v, slong count, ncf_random_t *random)
{
    for (slong i = 0; i < count; i++)
        v[i] = 2 * ncf__random_unit(random) - 1;
}

static double distance(const double *a, const double *b, slong n)
{
    double largest = 0;
    for (slong i = 0; i < n; i++)
        largest = fmax(largest, fabs(a[i] - b[i]) / (1 + fabs(b[i])));
    return largest;
}

/* r_i = c_i + h_i: depends on the output. */
static void shift(double *r, const double *h, slong first, slong count, void *context)
{
    const double *c = context;
    for (slong i = 0; i < count; i++)
        r[i] = c[first + i] + h[i];
}

/* Every route for one network with some points: the largest relative differences. */
static void compare(double errors[4], const ncf_network_struct *network, slong points,
                    ncf_random_t *random)
{
    slong n = network->unknowns, d = network->inputs;
    double *memory = ncf__malloc((size_t) (5 * n + points * (d + 6)), sizeof(double));
    double *u = memory, *v = u + n, *g = v + n, *expected = g + n, *one = expected + n;
    double *x = one + n, *c = x + points * d, *r = c + points, *h = r + points, *dh = h + points;
    double *direct = dh + points, *kept = direct + points;
    fill(u, 2 * n, random);
    fill(x, points * (d + 1), random);
    ncf_batch_t *batch = ncf__batch_new(network, x, points);
    double slope_error = 0;
    ncf__batch_directional(h, dh, batch, u, v);
    for (slong i = 0; i < points; i++) {
        double unit = 1, along = 0;
        ncf__network_eval_double(direct + i, one, NULL, u, network, x + i * d, &unit, 1);
        for (slong k = 0; k < n; k++)
            along += one[k] * v[k];
        slope_error = fmax(slope_error, distance(dh + i, &along, 1));
        r[i] = c[i] + direct[i];
    }
    errors[0] = distance(h, direct, points);
    ncf__batch_outputs(h, batch, u);
    errors[0] = fmax(errors[0], distance(h, direct, points));
    errors[1] = slope_error;
    ncf__batch_gradient(g, kept, batch, u, shift, c);
    ncf__network_eval_double(NULL, expected, NULL, u, network, x, r, points);
    errors[2] = fmax(distance(g, expected, n), distance(kept, direct, points));
    double value, *moments = ncf__batch_moments(batch, c);
    ncf__network_eval_double(&value, expected, NULL, u, network, x, c, points);
    double found = ncf__batch_correlation(g, batch, u, c, moments);
    errors[3] = fmax(distance(g, expected, n), distance(&found, &value, 1));
    found = ncf__batch_correlation(g, batch, u, c, NULL);
    errors[3] = fmax(errors[3], fmax(distance(g, expected, n), distance(&found, &value, 1)));
    ncf__free(moments);
    ncf__batch_free(batch);
    ncf__free(memory);
}

/* Blocks that are not full, of one point, and several blocks. */
static void test_every_network(void)
{
    static const slong counts[] = {1, 5, 8, 256, 257, MAX_POINTS};
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 1);
    for (slong k = 0; k < NETWORKS; k++) {
        ncf_problem_t *problem = read_problem(networks[k]);
        CHECK(problem != NULL);
        ncf_network_t network;
        if (problem == NULL || !ncf__network_init(network, problem))
            continue;
        for (size_t c = 0; c < sizeof(counts) / sizeof(counts[0]); c++) {
            double errors[4];
            compare(errors, network, counts[c], &random);
            for (int e = 0; e < 4; e++)
                CHECK_MSG(errors[e] < 1e-11, "network %ld, %ld points, route %d: %g", (long) k,
                          (long) counts[c], e, errors[e]);
        }
        ncf__network_clear(network);
        ncf_problem_free(problem);
    }
}

/* Arrays of `count` numbers with 1 .. 14 terms; the sum may take the place of one of them. */
static void compare_vectors(double *error, const ncf_batch_kernel_t *kernel, const double *a,
                            const double *b, const double *c, slong terms, slong count)
{
    enum { MOST = 14 * 48 };
    double sum[MOST], dot = 0, square = 0;
    const double *from[14];
    count = count - 7 * terms % 48; /* any length */
    if (count < 16)
        return;
    memcpy(sum, a, (size_t) count * sizeof(double));
    for (slong t = 0; t < terms; t++)
        from[t] = t == 0 ? sum : t % 2 == 0 ? a + t : b;
    count -= 14;
    kernel->combine(sum, c, from, terms, count);
    for (slong i = 0; i < count; i++) {
        double expected = c[0] * a[i];
        for (slong t = 1; t < terms; t++)
            expected += c[t] * from[t][i];
        *error = fmax(*error, distance(sum + i, &expected, 1));
        dot += a[i] * b[i];
        square += a[i] * b[i] * (a[i] * b[i]);
    }
    double found[2] = {kernel->dot(a, b, count), kernel->weighted_square(a, b, count)};
    *error = fmax(*error, fmax(distance(found, &dot, 1), distance(found + 1, &square, 1)));
}

/* One kernel against plain loops, for shapes around the tile sizes. */
static void compare_kernel(double errors[4], const ncf_batch_kernel_t *kernel, slong rows,
                           slong columns, slong batch, ncf_random_t *random)
{
    enum { STRIDE = 48, MOST = 14 };
    double a[MOST * STRIDE], w[MOST * MOST], out[MOST * STRIDE], scale[MOST * STRIDE];
    double slope[MOST * STRIDE], g[MOST * MOST];
    fill(a, MOST * STRIDE, random);
    fill(w, MOST * MOST, random);
    fill(scale, MOST * STRIDE, random);
    memset(g, 0, sizeof(g));
    memset(errors, 0, 4 * sizeof(double));
    kernel->mix(out, scale, w, 1, rows, a, rows, columns, STRIDE, batch);
    for (slong r = 0; r < rows; r++) {
        for (slong i = 0; i < batch; i++) {
            double sum = 0;
            for (slong k = 0; k < columns; k++)
                sum += w[r + k * rows] * a[k * STRIDE + i];
            sum *= scale[r * STRIDE + i];
            errors[0] = fmax(errors[0], distance(out + r * STRIDE + i, &sum, 1));
        }
    }
    kernel->outer(g, scale, a, rows, columns, STRIDE, STRIDE, batch);
    for (slong k = 0; k < rows * columns; k++) {
        double sum = 0;
        for (slong i = 0; i < batch; i++)
            sum += scale[k / columns * STRIDE + i] * a[k % columns * STRIDE + i];
        errors[1] = fmax(errors[1], distance(g + k, &sum, 1));
    }
    ulong p = (ulong) (1 + columns % 5);
    kernel->layer(out, slope, w, a, rows, columns, STRIDE, batch, p);
    for (slong r = 0; r < rows; r++) {
        for (slong i = 0; i < batch; i++) {
            double b = 0;
            for (slong k = 0; k < columns; k++)
                b += w[r * columns + k] * a[k * STRIDE + i];
            double value = pow(b, (double) p), first = (double) p * pow(b, (double) p - 1);
            errors[2] = fmax(errors[2], fmax(distance(out + r * STRIDE + i, &value, 1),
                                             distance(slope + r * STRIDE + i, &first, 1)));
        }
    }
    compare_vectors(errors + 3, kernel, a, scale, w, rows, (columns - 1) * STRIDE + batch);
}

/* Panels of eight rows in blocks of 8 x 8, and rows of units, against plain loops. */
static double compare_panels(const ncf_batch_kernel_t *kernel, ncf_random_t *random)
{
    enum { MOST = 40, UNITS = 19 };
    double a[8 * MOST], q[MOST], r[8], g[MOST], h[8], error = 0;
    double w[UNITS * MOST], v[UNITS], rows[UNITS * MOST], scaled[UNITS * MOST];
    double gw[UNITS * MOST], gv[UNITS];
    for (slong width = 8; width <= MOST; width += 8) {
        fill(a, 8 * MOST, random);
        fill(q, MOST, random);
        fill(r, 8, random);
        memset(g, 0, sizeof(g));
        kernel->panel_dot(h, a, q, width);
        kernel->panel_add(g, r, a, width);
        for (slong c = 0; c < width; c++) {
            double sum = 0;
            for (slong k = 0; k < 8; k++)
                sum += r[k] * a[c / 8 * 64 + k * 8 + c % 8];
            error = fmax(error, distance(g + c, &sum, 1));
        }
        for (slong k = 0; k < 8; k++) {
            double sum = 0;
            for (slong c = 0; c < width; c++)
                sum += a[c / 8 * 64 + k * 8 + c % 8] * q[c];
            error = fmax(error, distance(h + k, &sum, 1));
        }
    }
    for (slong d = 1; d <= 17; d++) {
        slong row = (d + 7) / 8 * 8, units = 1 + d % UNITS;
        memset(rows, 0, sizeof(rows));
        memset(scaled, 0, sizeof(scaled));
        fill(w, units * d, random);
        fill(v, units, random);
        kernel->scale_rows(rows, scaled, w, v, units, d, row);
        kernel->contract(gw, gv, v, rows, scaled, units, d, row);
        for (slong s = 0; s < units; s++) {
            double sum = 0;
            for (slong c = 0; c < d; c++) {
                double p = v[s] * w[s * d + c], expected = v[s] * p;
                sum += w[s * d + c] * p / 2;
                error = fmax(error, distance(gw + s * d + c, &expected, 1));
            }
            error = fmax(error, distance(gv + s, &sum, 1));
        }
    }
    double apart = 0;
    for (slong i = 0; i < UNITS * MOST; i++)
        apart += (rows[i] - scaled[i]) * (rows[i] - scaled[i]);
    double found = kernel->distance(rows, scaled, UNITS * MOST);
    return fmax(error, distance(&found, &apart, 1));
}

static void check_kernel(const ncf_batch_kernel_t *kernel)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 2);
    for (slong rows = 1; rows <= 14; rows++) {
        for (slong columns = 1; columns <= 14; columns++) {
            for (slong batch = 8; batch <= 48; batch += 8) {
                double errors[4];
                compare_kernel(errors, kernel, rows, columns, batch, &random);
                if (errors[0] < 1e-13 && errors[1] < 1e-13 && errors[2] < 1e-11 &&
                    errors[3] < 1e-13)
                    continue;
                CHECK_MSG(0, "%s, %ld x %ld x %ld: %g %g %g %g", kernel->name, (long) rows,
                          (long) columns, (long) batch, errors[0], errors[1], errors[2],
                          errors[3]);
            }
        }
    }
    double error = compare_panels(kernel, &random);
    CHECK_MSG(error < 1e-13, "%s, panels: %g", kernel->name, error);
    CHECK(kernel->name != NULL);
}

static void test_kernels(void)
{
    check_kernel(&ncf__batch_portable);
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        check_kernel(&ncf__batch_avx2);
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        check_kernel(&ncf__batch_avx512);
#endif
}

/* ---- Products of coordinates (features.c) --------------------------------------------- */

static int square_network(ncf_network_struct *network, ncf_problem_t **problem, slong d,
                          slong units)
{
    ncf_error_t err;
    char *row = ncf__format("[%s\"1\"]", "");
    for (slong k = 1; k < d; k++) {
        char *longer = ncf__format("[\"1\", %s", row + 1);
        ncf__free(row);
        row = longer;
    }
    char *text = ncf__format("{\"ncf\": 1, \"network\": {\"type\": \"feedforward\", \"widths\": "
                             "[%ld, %ld, 1], \"activation\": {\"type\": \"power\", \"degree\": "
                             "2}}, \"data\": {\"x\": [%s], \"y\": [\"1\"]}, \"loss\": \"square\"}",
                             (long) d, (long) units, row);
    int made = ncf_problem_parse(problem, text, strlen(text), "test", "", &err) == NCF_OK &&
               ncf__network_init(network, *problem);
    CHECK_MSG(made, "%ld inputs, %ld units", (long) d, (long) units);
    ncf__free(row);
    ncf__free(text);
    return made;
}

/* The residuals of the square loss with kappa = 1/2. */
static void square_residual(double *r, const double *h, slong first, slong count, void *context)
{
    const double *labels = context;
    for (slong i = 0; i < count; i++)
        r[i] = labels[first + i] - h[i] / 2;
}

/* sum (h/2 - y)^2 and sum y h */
static void sums_of_rows(double sums[2], const double *h, const double *y, slong count)
{
    sums[0] = sums[1] = 0;
    for (slong i = 0; i < count; i++) {
        sums[0] += (h[i] / 2 - y[i]) * (h[i] / 2 - y[i]);
        sums[1] += y[i] * h[i];
    }
}

typedef struct {
    slong n, d, points;
    double *u, *v, *x, *y, *h, *slope, *r, *gradient, *hessian;
} sample_t;

static void sample_init(sample_t *s, const ncf_network_struct *network, slong points,
                        ncf_random_t *random)
{
    slong n = s->n = network->unknowns, d = s->d = network->inputs;
    slong rows = FLINT_MAX(points, d * (d + 1) / 2);
    s->points = points;
    s->u = ncf__calloc((size_t) (4 * n + rows * (d + 4)), sizeof(double));
    s->v = s->u + n;
    s->gradient = s->v + n;
    s->hessian = s->gradient + n;
    s->x = s->hessian + n;
    s->y = s->x + rows * d;
    s->h = s->y + rows;
    s->slope = s->h + rows;
    s->r = s->slope + rows;
    fill(s->u, 2 * n, random);
    fill(s->x, points * d, random);
    fill(s->y, points, random);
}

/* What the points say one by one. */
static void evaluate_directly(double sums[2], sample_t *s, const ncf_network_struct *network)
{
    double *one = ncf__malloc((size_t) s->n, sizeof(double));
    for (slong i = 0; i < s->points; i++) {
        double unit = 1;
        ncf__network_eval_double(s->h + i, one, NULL, s->u, network, s->x + i * s->d, &unit, 1);
        s->slope[i] = 0;
        for (slong k = 0; k < s->n; k++)
            s->slope[i] += one[k] * s->v[k];
    }
    square_residual(s->r, s->h, 0, s->points, s->y);
    sums_of_rows(sums, s->h, s->y, s->points);
    ncf__network_eval_double(NULL, s->gradient, NULL, s->u, network, s->x, s->r, s->points);
    ncf__network_hvp_double(s->hessian, s->u, s->v, network, s->x, s->r, s->points);
    ncf__free(one);
}

/* The largest difference between the rows of the kind and the points; -1: no such rows. */
static double compare_rows(sample_t *s, const ncf_network_struct *network,
                           ncf_features_gain_t gain)
{
    double sums[2], found[2], rest = 0, error = 0, room = 4;
    evaluate_directly(sums, s, network);
    double *labels = ncf__malloc((size_t) s->points, sizeof(double));
    memcpy(labels, s->y, (size_t) s->points * sizeof(double));
    ncf_features_t *f = ncf__features_new(network, s->x, s->points, gain, labels, &rest);
    if (f == NULL) {
        int kept = memcmp(labels, s->y, (size_t) s->points * sizeof(double)) == 0;
        ncf__free(labels);
        return kept ? -1 : INFINITY;
    }
    slong rows = ncf__features_rows(f), n = s->n;
    double *h = ncf__malloc((size_t) (3 * rows + 2 * n), sizeof(double));
    double *slope = h + rows, *r = slope + rows, *g = r + rows, *hessian = g + n;
    ncf__features_directional(h, slope, f, s->u, s->v);
    sums_of_rows(found, h, labels, rows);
    found[0] += rest;
    error = distance(found, sums, 2) / room;
    if (gain == NCF_FEATURES_POINTS)
        error = fmax(error, fmax(distance(h, s->h, rows), distance(slope, s->slope, rows)));
    square_residual(r, h, 0, rows, labels);
    ncf__features_hvp(hessian, f, s->u, s->v, r);
    ncf__features_gradient(g, h, f, s->u, square_residual, labels);
    error = fmax(error, fmax(distance(g, s->gradient, n), distance(hessian, s->hessian, n)));
    ncf__features_outputs(slope, f, s->u);
    error = fmax(error, distance(slope, h, rows));
    ncf__free(h);
    ncf__free(labels);
    ncf__features_free(f);
    return error;
}

/* All kinds of rows against the points: more points than products, fewer, and as many. */
static void test_rows(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 3);
    for (slong d = 1; d <= 9; d += d == 3 ? 2 : 1) {
        slong m = d * (d + 1) / 2, counts[] = {1, m, m + 1, m + 30};
        for (slong k = 0; k < 8; k++) {
            ncf_network_t network;
            ncf_problem_t *problem = NULL;
            if (!square_network(network, &problem, d, 1 + k % 2 * 9))
                continue;
            sample_t s;
            sample_init(&s, network, counts[k / 2], &random);
            double all = compare_rows(&s, network, NCF_FEATURES_POINTS);
            CHECK_MSG(all >= 0 && all < 1e-12, "%ld inputs, %ld points: %g", (long) d,
                      (long) s.points, all);
            double few = s.points <= m ? 0 : compare_rows(&s, network, NCF_FEATURES_TRIANGLE);
            CHECK_MSG(few >= 0 && few < 1e-11, "%ld inputs, %ld points, fewer rows: %g",
                      (long) d, (long) s.points, few);
            ncf__free(s.u);
            ncf__network_clear(network);
            ncf_problem_free(problem);
        }
    }
}

typedef enum { EQUAL, ON_A_LINE, ZERO, ZERO_COLUMN, NO_LABELS, HUGE_ONE, TINY_ONE, INFINITE,
               NOT_A_NUMBER, UNEVEN, HARD_CASES } hard_t;

static void make_hard(sample_t *s, hard_t kind)
{
    for (slong i = 0; i < s->points; i++) {
        for (slong c = 0; c < s->d; c++) {
            double *x = s->x + i * s->d + c;
            if (kind == EQUAL)
                *x = (double) (c + 1);
            else if (kind == ON_A_LINE)
                *x = (double) ((i % 7 - 3) * (c + 1));
            else if (kind == ZERO || (kind == ZERO_COLUMN && c == 1))
                *x = 0;
            else if (kind == UNEVEN)
                *x *= c == 0 ? 1e4 : 1;
        }
        if (kind == NO_LABELS)
            s->y[i] = 0;
    }
    static const double odd[] = {[HUGE_ONE] = 1e160, [TINY_ONE] = 1e-160, [INFINITE] = INFINITY,
                                 [NOT_A_NUMBER] = NAN};
    if (kind >= HUGE_ONE && kind <= NOT_A_NUMBER)
        s->x[4] = odd[kind];
}

/* Data that are no good, and data without full rank; then weights that are no numbers. */
static void test_hard_rows(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 4);
    ncf_network_t network;
    ncf_problem_t *problem = NULL;
    if (!square_network(network, &problem, 3, 5))
        return;
    for (hard_t kind = EQUAL; kind < HARD_CASES; kind++) {
        sample_t s;
        sample_init(&s, network, 24, &random);
        make_hard(&s, kind);
        int refused = kind >= HUGE_ONE && kind <= NOT_A_NUMBER;
        double all = compare_rows(&s, network, NCF_FEATURES_POINTS);
        double few = compare_rows(&s, network, NCF_FEATURES_TRIANGLE);
        double limit = kind == UNEVEN ? 1e-3 : 1e-10; /* against 1 + the value itself */
        CHECK_MSG(refused ? all == -1 : all >= 0 && all < limit, "case %d: %g", (int) kind, all);
        CHECK_MSG(refused || kind == UNEVEN ? few == -1 : few >= 0 && few < 1e-10,
                  "case %d, fewer rows: %g", (int) kind, few);
        ncf__free(s.u);
    }
    sample_t s;
    sample_init(&s, network, 24, &random);
    double good[2][20], rest;
    ncf_batch_t *batch = ncf__batch_new_square(network, s.x, s.points, s.y, &rest);
    CHECK(ncf__batch_rows(batch) == 6);
    ncf__batch_gradient(good[0], NULL, batch, s.u, square_residual, s.y);
    double kept = s.u[1];
    s.u[1] = NAN;
    ncf__batch_gradient(good[1], NULL, batch, s.u, square_residual, s.y);
    CHECK(isnan(good[1][0]) && isnan(good[1][19]));
    ncf__batch_hvp(good[1], batch, s.u, s.u, s.y);
    s.u[1] = kept;
    ncf__batch_gradient(good[1], NULL, batch, s.u, square_residual, s.y);
    CHECK(memcmp(good[0], good[1], sizeof(good[0])) == 0);
    ncf__batch_free(batch);
    ncf__free(s.u);
    ncf__network_clear(network);
    ncf_problem_free(problem);
}

/* The rounding errors of the rows, against rational arithmetic, are those of the points. */
static void test_rows_exactly(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 5);
    ncf_network_t network;
    ncf_problem_t *problem = NULL;
    if (!square_network(network, &problem, 3, 4))
        return;
    slong points = 12, n = network->unknowns;
    sample_t s;
    sample_init(&s, network, points, &random);
    double rest, g[3][16], errors[2] = {0, 0}, *labels = s.slope;
    memcpy(labels, s.y, (size_t) points * sizeof(double));
    ncf_features_t *few = ncf__features_new(network, s.x, points, NCF_FEATURES_TRIANGLE, labels,
                                            &rest);
    ncf__features_gradient(g[0], NULL, few, s.u, square_residual, labels);
    ncf_features_t *all = ncf__features_new(network, s.x, points, NCF_FEATURES_POINTS, NULL,
                                            NULL);
    ncf__features_gradient(g[1], NULL, all, s.u, square_residual, s.y);
    fmpq_mat_t x, r, unit;
    fmpq_mat_init(x, points, 3);
    fmpq_mat_init(r, points, 1);
    fmpq_mat_init(unit, 1, 1);
    fmpq_one(fmpq_mat_entry(unit, 0, 0));
    fmpq *u = _fmpq_vec_init(n), *exact = _fmpq_vec_init(n);
    fmpq_t h, half;
    fmpq_init(h);
    fmpq_init(half);
    fmpq_set_si(half, 1, 2);
    for (slong k = 0; k < n; k++)
        ncf__rational_set_double(u + k, s.u[k]);
    for (slong i = 0; i < points; i++) {
        fmpq_mat_t row;
        fmpq_mat_init(row, 1, 3);
        for (slong c = 0; c < 3; c++) {
            ncf__rational_set_double(fmpq_mat_entry(x, i, c), s.x[3 * i + c]);
            fmpq_set(fmpq_mat_entry(row, 0, c), fmpq_mat_entry(x, i, c));
        }
        ncf__network_eval_fmpq(h, NULL, NULL, u, network, row, unit);
        fmpq_mul(h, h, half);
        ncf__rational_set_double(fmpq_mat_entry(r, i, 0), s.y[i]);
        fmpq_sub(fmpq_mat_entry(r, i, 0), fmpq_mat_entry(r, i, 0), h);
        fmpq_mat_clear(row);
    }
    ncf__network_eval_fmpq(NULL, exact, NULL, u, network, x, r);
    for (slong k = 0; k < n; k++) {
        g[2][k] = fmpq_get_d(exact + k);
        for (int route = 0; route < 2; route++)
            errors[route] = fmax(errors[route], distance(g[route] + k, g[2] + k, 1));
    }
    /* A few hundred operations on numbers of size 1. */
    CHECK_MSG(errors[0] < 3e-14 && errors[1] < 3e-14, "%g %g", errors[0], errors[1]);
    fmpq_clear(h);
    fmpq_clear(half);
    _fmpq_vec_clear(u, n);
    _fmpq_vec_clear(exact, n);
    fmpq_mat_clear(x);
    fmpq_mat_clear(r);
    fmpq_mat_clear(unit);
    ncf__features_free(few);
    ncf__features_free(all);
    ncf__free(s.u);
    ncf__network_clear(network);
    ncf_problem_free(problem);
}

int main(void)
{
    static const ncf_test_t tests[] = {
        {"every network by two routes", test_every_network},
        {"kernels against plain loops", test_kernels},
        {"products of coordinates against points", test_rows},
        {"products of coordinates of hard data", test_hard_rows},
        {"products of coordinates against exact numbers", test_rows_exactly},
        {NULL, NULL},
    };
    return ncf_test_main("batch", tests);
}
