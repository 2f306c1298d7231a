/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * p-flow.c: how near is the gradient of the data set to what the machine can do?
 *
 * Usage: p-flow gradient [REPEATS]                       (99)
 *        p-flow run WIDTHS POINTS DELTA UNTIL FILE
 *
 * gradient: time of one gradient of the square loss by the route that is taken for it, the
 * operations of that route a second, and their share of the peak of the same core. Slices of a
 * millisecond of the peak loop and of gradients take turns, because others use the machine
 * too: the share is that of two neighbours, median and largest.
 * run: whole training runs at several tolerances, with their errors against a run of
 * tolerance 1e-14; what is needed to repeat them elsewhere goes to FILE (flow-scipy.py).
 * TSV on standard output.
 */
#include "../src/flow/flow.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_REPEATS 999
#define SLICE 1e-3 /* seconds, about */

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
#define PEAK_TURNS 100000

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
    double *x = doubles(problem->x), *y = doubles(problem->y);
    double times[MAX_REPEATS], peaks[MAX_REPEATS], shares[MAX_REPEATS];
    double *u = ncf__malloc((size_t) (2 * network->unknowns), sizeof(double));
    ncf__flow_random_start(u, network->unknowns, 1, 1);
    double rest;
    ncf_batch_t *batch = ncf__batch_new_square(network, x, points, y, &rest);
    double operations = ncf__batch_operations(batch);
    long turns = 1 + (long) (3e10 * SLICE / operations);
    for (int k = 0; k < repeats; k++) {
        double before = peak(), start = processor_time();
        for (long t = 0; t < turns; t++)
            ncf__batch_gradient(u + network->unknowns, NULL, batch, u, square_residual, y);
        times[k] = (processor_time() - start) / (double) turns;
        peaks[k] = (before + peak()) / 2;
        shares[k] = operations / times[k] / peaks[k];
    }
    qsort(times, (size_t) repeats, sizeof(double), by_value);
    qsort(peaks, (size_t) repeats, sizeof(double), by_value);
    qsort(shares, (size_t) repeats, sizeof(double), by_value);
    printf("%s\t%ld\t%s\t%.2f\t%.2f\t%.2f\t%.2f\t%.2f\t%.2f\n", widths, points,
           ncf__batch_kernel()->name, 1e6 * times[repeats / 2], 1e6 * times[0],
           1e-9 * operations / times[repeats / 2], 1e-9 * peaks[repeats / 2],
           shares[repeats / 2], shares[repeats - 1 - repeats / 20]);
    ncf__batch_free(batch);
    ncf__network_clear(network);
    ncf__free(x);
    ncf__free(y);
    ncf__free(u);
    ncf_problem_free(problem);
}

static int gradients(int repeats)
{
    printf("widths\tpoints\tkernel\tmicroseconds\tsmallest\tgflops\tpeak_gflops\tshare\t"
           "high_share\n");
    time_gradient("20,50,1", 1000, repeats);
    time_gradient("20,50,1", 100, repeats);
    time_gradient("20,20,1", 100, repeats);
    time_gradient("20,20,20,1", 100, repeats);
    time_gradient("20,20,20,1", 1000, repeats);
    time_gradient("2,3,1", 4, repeats);
    return 0;
}

/* ---- Whole runs ---------------------------------------------------------------------- */

static void write_rows(FILE *file, const double *v, slong count)
{
    for (slong k = 0; k < count; k++)
        fprintf(file, "%.17g\n", v[k]);
}

/* Returns seconds; out = s at the end. */
static double timed_run(double *out, slong *evaluations, const ncf_problem_t *problem,
                        const double *start, const ncf_flow_settings_t *options)
{
    ncf_flow_t flow;
    ncf_error_t err;
    double before = processor_time();
    if (ncf__flow_run(&flow, problem, start, options, NULL, &err) != NCF_OK ||
        flow.end != NCF_FLOW_END_TIME) {
        fprintf(stderr, "p-flow: the run did not reach its end\n");
        exit(4);
    }
    double seconds = processor_time() - before;
    ncf__flow_weights(out, &flow, flow.count - 1, 1);
    *evaluations = flow.evaluations;
    ncf__flow_clear(&flow);
    return seconds;
}

static double relative_error(const double *a, const double *b, slong n)
{
    double error = 0, size = 0;
    for (slong i = 0; i < n; i++) {
        error = hypot(error, a[i] - b[i]);
        size = hypot(size, b[i]);
    }
    return error / size;
}

static int whole_run(char **argv)
{
    ncf_problem_t *problem = make_problem(argv[2], atol(argv[3]));
    fmpz_t unknowns;
    fmpz_init(unknowns);
    ncf__problem_unknowns(unknowns, problem);
    slong n = fmpz_get_si(unknowns), evaluations;
    fmpz_clear(unknowns);
    double *start = ncf__malloc((size_t) (3 * n), sizeof(double)), *reference = start + n;
    double *x = doubles(problem->x), *y = doubles(problem->y);
    ncf_flow_settings_t options;
    ncf__flow_settings_default(&options);
    options.delta = atof(argv[4]);
    options.until = atof(argv[5]);
    options.every = 0;
    options.tolerance = 1e-14;
    ncf__flow_random_start(start, n, 1, 1);
    timed_run(reference, &evaluations, problem, start, &options);
    printf("method\ttolerance\tseconds\tevaluations\terror\n");
    for (int method = 0; method < 2; method++) {
        for (int digits = 4; digits <= 11; digits++) {
            options.method = method == 0 ? NCF_FLOW_ADAMS : NCF_FLOW_RUNGE_KUTTA;
            options.tolerance = pow(10, -digits);
            double seconds = timed_run(start + 2 * n, &evaluations, problem, start, &options);
            printf("%s\t1e-%d\t%.5f\t%ld\t%.2e\n", method == 0 ? "adams" : "runge-kutta", digits,
                   seconds, (long) evaluations, relative_error(start + 2 * n, reference, n));
        }
    }
    FILE *file = fopen(argv[6], "w");
    if (file == NULL)
        return 5;
    fprintf(file, "%s %ld %s %s\n", argv[2], (long) problem->points, argv[4], argv[5]);
    write_rows(file, x, problem->points * problem->network.inputs);
    write_rows(file, y, problem->points);
    write_rows(file, start, n);
    write_rows(file, reference, n);
    ncf__free(start);
    ncf__free(x);
    ncf__free(y);
    ncf_problem_free(problem);
    return fclose(file) == 0 ? 0 : 5;
}

int main(int argc, char **argv)
{
    if (argc == 7 && strcmp(argv[1], "run") == 0)
        return whole_run(argv);
    int repeats = argc > 2 ? atoi(argv[2]) : 99;
    if (argc < 2 || argc > 3 || strcmp(argv[1], "gradient") != 0 || repeats < 1 ||
        repeats > MAX_REPEATS) {
        fputs("usage: p-flow gradient [REPEATS] | run WIDTHS POINTS DELTA UNTIL FILE\n", stderr);
        return 2;
    }
    return gradients(repeats);
}
