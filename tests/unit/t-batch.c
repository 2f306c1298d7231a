/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* t-batch.c: outputs and gradients over a data set, against the evaluator of one weight vector. */
#include "../harness.h"

#include "../../src/network/batch.h"

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
    memcpy(sum, a, (size_t) count * sizeof(double));
    for (slong t = 0; t < terms; t++)
        from[t] = t == 0 ? sum : t % 2 == 0 ? a + t : b;
    if (count < 16)
        return;
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

int main(void)
{
    static const ncf_test_t tests[] = {
        {"every network by two routes", test_every_network},
        {"kernels against plain loops", test_kernels},
        {NULL, NULL},
    };
    return ncf_test_main("batch", tests);
}
