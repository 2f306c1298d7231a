/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * p-flow.c: how near is the gradient of the data set to what the machine can do?
 *
 * Usage: p-flow gradient [REPEATS]                     (9)
 *
 * Time of one loss gradient, operations a second, and the share of the peak of the same core
 * in the same run: median of REPEATS.
 * TSV on standard output.
 */
#include "../src/flow/flow.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_REPEATS 99

static double processor_time(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double) now.tv_sec + 1e-9 * (double) now.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* ---- Peak of one core -------------------------------------------------------------- */

/* Twelve independent chains of multiply-adds hide the latency of the units. */
#define PEAK_CHAINS 12
#define PEAK_TURNS 1000000

#define DEFINE_PEAK(name, lanes, attribute)                                                   \
    attribute static double name(void)                                                        \
    {                                                                                         \
        typedef double vec_t __attribute__((vector_size(8 * (lanes))));                       \
        vec_t a = {0}, b = a + 1, c = a + 2, d = a + 3, e = a + 4, f = a + 5, g = a + 6,      \
              h = a + 7, i = a + 8, j = a + 9, k = a + 10, l = a + 11;                        \
        vec_t s = a + 0.999, t = a + 1e-3;                                                    \
        double start = processor_time();                                                      \
        for (long turn = 0; turn < PEAK_TURNS; turn++) {                                      \
            a = a * s + t, b = b * s + t, c = c * s + t, d = d * s + t;                       \
            e = e * s + t, f = f * s + t, g = g * s + t, h = h * s + t;                       \
            i = i * s + t, j = j * s + t, k = k * s + t, l = l * s + t;                       \
        }                                                                                     \
        double seconds = processor_time() - start;                                            \
        vec_t sum = a + b + c + d + e + f + g + h + i + j + k + l;                            \
        return 2.0 * PEAK_CHAINS * PEAK_TURNS * (lanes) / seconds + 1e-300 * sum[0];          \
    }

#if defined(__x86_64__)
DEFINE_PEAK(peak_avx512, 8, __attribute__((target("avx512f"))))
DEFINE_PEAK(peak_avx2, 4, __attribute__((target("avx2,fma"))))
#endif
DEFINE_PEAK(peak_portable, 2, )

static double peak(void)
{
    const char *name = ncf__batch_kernel()->name;
#if defined(__x86_64__)
    if (strcmp(name, "avx512") == 0)
        return peak_avx512();
    if (strcmp(name, "avx2") == 0)
        return peak_avx2();
#endif
    return name == NULL ? 0 : peak_portable();
}

/* ---- Problems ---------------------------------------------------------------------- */

static ncf_problem_t *make_problem(const char *widths, long points)
{
    ncf_problem_t *problem = NULL;
    ncf_error_t err;
    char *text = ncf__format(
        "{\"ncf\": 1, \"network\": {\"type\": \"feedforward\", \"widths\": [%s], \"activation\": "
        "{\"type\": \"power\", \"degree\": 2}}, \"data\": {\"random\": {\"points\": %ld, "
        "\"inputs\": %ld, \"distribution\": \"sphere\", \"seed\": 1, \"bits\": 30}}, \"loss\": "
        "\"square\"}",
        widths, points, strtol(widths, NULL, 10));
    if (ncf_problem_parse(&problem, text, strlen(text), "bench", "", &err) != NCF_OK) {
        fprintf(stderr, "p-flow: %s\n", err.text);
        exit(3);
    }
    ncf__free(text);
    return problem;
}

static double *doubles(const fmpq_mat_t matrix)
{
    slong count = fmpq_mat_nrows(matrix) * fmpq_mat_ncols(matrix);
    double *out = ncf__malloc((size_t) count, sizeof(double));
    for (slong k = 0; k < count; k++)
        out[k] = fmpq_get_d(fmpq_mat_entry(matrix, k / fmpq_mat_ncols(matrix),
                                           k % fmpq_mat_ncols(matrix)));
    return out;
}

/* ---- Gradients ---------------------------------------------------------------------- */

static void square_residual(double *r, const double *h, slong first, slong count, void *context)
{
    const double *y = context;
    for (slong i = 0; i < count; i++)
        r[i] = y[first + i] - h[i];
}

static void time_gradient(const char *widths, long points, int repeats)
{
    ncf_problem_t *problem = make_problem(widths, points);
    ncf_network_t network;
    if (!ncf__network_init(network, problem))
        exit(3);
    double *x = doubles(problem->x), *y = doubles(problem->y), best = 0, times[MAX_REPEATS];
    double *u = ncf__malloc((size_t) (2 * network->unknowns), sizeof(double));
    ncf__flow_random_start(u, network->unknowns, 1, 1);
    ncf_batch_t *batch = ncf__batch_new(network, x, points);
    long turns = 1 + (long) (4e8 / ncf__batch_operations(batch));
    for (int k = 0; k < repeats; k++) {
        best = fmax(best, peak());
        double start = processor_time();
        for (long t = 0; t < turns; t++)
            ncf__batch_gradient(u + network->unknowns, NULL, batch, u, square_residual, y);
        times[k] = (processor_time() - start) / (double) turns;
    }
    qsort(times, (size_t) repeats, sizeof(double), by_value);
    double rate = ncf__batch_operations(batch) / times[repeats / 2];
    printf("%s\t%ld\t%s\t%.2f\t%.2f\t%.2f\t%.2f\t%.2f\n", widths, points,
           ncf__batch_kernel()->name, 1e6 * times[repeats / 2], 1e6 * times[0], 1e-9 * rate,
           1e-9 * best, rate / best);
    ncf__batch_free(batch);
    ncf__network_clear(network);
    ncf__free(x);
    ncf__free(y);
    ncf__free(u);
    ncf_problem_free(problem);
}

static int gradients(int repeats)
{
    printf("widths\tpoints\tkernel\tmicroseconds\tsmallest\tgflops\tpeak_gflops\tshare\n");
    time_gradient("20,50,1", 1000, repeats);
    time_gradient("20,50,1", 100, repeats);
    time_gradient("20,20,20,1", 100, repeats);
    time_gradient("20,20,20,1", 1000, repeats);
    time_gradient("2,3,1", 4, repeats);
    return 0;
}

int main(int argc, char **argv)
{
    int repeats = argc > 2 ? atoi(argv[2]) : 9;
    if (argc < 2 || argc > 3 || strcmp(argv[1], "gradient") != 0 || repeats < 1 ||
        repeats > MAX_REPEATS) {
        fputs("usage: p-flow gradient [REPEATS]\n", stderr);
        return 2;
    }
    return gradients(repeats);
}
