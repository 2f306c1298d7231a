/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * p-homotopy.c: how fast, and how reliably, does the path tracker find all complex
 * eigenpairs of random symmetric tensors?
 *
 * Usage: p-homotopy [speed | survey] [THREADS] [REPEATS]       (speed, 1, 5)
 *
 * speed   the shapes of the reference table, one tensor each, REPEATS runs: median and
 *         smallest seconds, and the share of the peak of the same core in the same run
 *         (processor time of all threads; idle lanes count as work).
 * survey  REPEATS tensors (20 is 200 in all) of each of ten shapes, tracked once.
 * Both print: paths that failed in the first pass, paths that share an end point with
 * another one, the share of all paths tracked a second time with a tighter step rule, and
 * the paths that are failed or coincident even then. TSV on standard output.
 */
#include "../src/solve/path_system.h"

#include <complex.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define STREAM 4711
#define TIGHTER 30

typedef double complex complex_t;

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

/* ---- Peak of one core ------------------------------------------------------------ */

/* Twelve independent chains of multiply-adds hide the latency of the units. */
#define PEAK_CHAINS 12
#define PEAK_TURNS 2000000

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
        /* The sum is used, so that the loop is not removed. */                               \
        return 2.0 * PEAK_CHAINS * PEAK_TURNS * (lanes) / seconds + 1e-300 * sum[0];          \
    }

#if defined(__x86_64__)
DEFINE_PEAK(peak_avx512, 8, __attribute__((target("avx512f"))))
DEFINE_PEAK(peak_avx2, 4, __attribute__((target("avx2,fma"))))
#endif
DEFINE_PEAK(peak_portable, 2, )

/* The best of some runs, in operations a second, with the instructions of the kernel. */
static double peak(const ncf_kernel_t *kernel)
{
    double best = 0;
    for (int run = 0; run < 5; run++) {
#if defined(__x86_64__)
        if (kernel->lanes == 8)
            best = fmax(best, peak_avx512());
        if (kernel->lanes == 4)
            best = fmax(best, peak_avx2());
#endif
        if (kernel->lanes <= 2)
            best = fmax(best, peak_portable());
    }
    return best;
}

/* ---- Random tensors -------------------------------------------------------------- */

static double normal(ncf_random_t *random)
{
    double u = 1 - ncf__random_unit(random);
    double v = ncf__random_unit(random);
    return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

static double dot(const double *a, const double *b, slong n)
{
    double sum = 0;
    for (slong i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Gaussian points, random signs; longest point of length 1, Bombieri norm 1. */
static void random_tensor(ncf_homotopy_tensor_t *t, double *points, double *weights,
                          uint64_t seed)
{
    slong n = t->dimension;
    double longest = 0, norm2 = 0;
    ncf_random_t random;
    ncf__random_init(&random, seed, STREAM);
    for (slong i = 0; i < t->count * n; i++)
        points[i] = normal(&random);
    for (slong k = 0; k < t->count; k++) {
        weights[k] = ncf__random_unit(&random) < 0.5 ? -1 : 1;
        longest = fmax(longest, dot(points + k * n, points + k * n, n));
    }
    for (slong i = 0; i < t->count * n; i++)
        points[i] /= sqrt(longest);
    for (slong a = 0; a < t->count; a++) {
        for (slong b = 0; b < t->count; b++)
            norm2 += weights[a] * weights[b] *
                     pow(dot(points + a * n, points + b * n, n), (double) t->order);
    }
    for (slong k = 0; k < t->count; k++)
        weights[k] /= sqrt(norm2);
    t->points = points;
    t->weights = weights;
}

/* ---- Coincident end points ------------------------------------------------------- */

static complex_t product(const double *a, const double *b, slong n)
{
    complex_t sum = 0;
    for (slong i = 0; i < n; i++)
        sum += (a[2 * i] - a[2 * i + 1] * I) * (b[2 * i] + b[2 * i + 1] * I);
    return sum;
}

typedef struct {
    double key; /* first, for by_value */
    slong path;
} keyed_t;

/*
 * Marks the paths whose line another finished path has too; returns their number. Sorted
 * by |a^H z| for a random a, equal lines are neighbours.
 */
static slong mark_coincident(char *mark, const ncf_endpoints_t *e)
{
    slong n = e->dimension, count = 0, marked = 0;
    keyed_t *sorted = ncf__malloc((size_t) e->paths, sizeof(*sorted));
    double *direction = ncf__malloc((size_t) n, 2 * sizeof(double));
    ncf_random_t random;
    ncf__random_init(&random, 1, STREAM);
    for (slong i = 0; i < 2 * n; i++)
        direction[i] = normal(&random);
    for (slong k = 0; k < e->paths; k++) {
        if (e->status[k] == NCF_PATH_FINISHED)
            sorted[count++] = (keyed_t) {cabs(product(direction, e->z + 2 * k * n, n)), k};
    }
    qsort(sorted, (size_t) count, sizeof(*sorted), by_value);
    memset(mark, 0, (size_t) e->paths);
    for (slong i = 0; i < count; i++) {
        for (slong j = i + 1; j < count && sorted[j].key - sorted[i].key < 1e-8; j++) {
            slong a = sorted[i].path, b = sorted[j].path;
            if (1 - cabs(product(e->z + 2 * a * n, e->z + 2 * b * n, n)) < 1e-12)
                mark[a] = mark[b] = 1;
        }
    }
    for (slong k = 0; k < e->paths; k++)
        marked += mark[k];
    ncf__free(sorted);
    ncf__free(direction);
    return marked;
}

/* ---- Runs ------------------------------------------------------------------------ */

/* Sums over the tensors of one shape. */
typedef struct {
    slong paths, failed, coincident, retracked, unresolved;
} tally_t;

static void retrack(ncf_endpoints_t *e, const ncf_homotopy_tensor_t *tensor,
                    const slong *which, slong count, ncf_homotopy_options_t options)
{
    ncf_endpoints_t again;
    options.tightness = TIGHTER;
    ncf__homotopy_track(&again, tensor, which, count, &options);
    size_t size = (size_t) e->dimension * 2 * sizeof(double);
    for (slong k = 0; k < count; k++) {
        memcpy(e->z + 2 * which[k] * e->dimension, again.z + 2 * k * e->dimension, size);
        e->status[which[k]] = again.status[k];
    }
    ncf__endpoints_clear(&again);
}

static slong collect(slong *which, const char *mark, const ncf_endpoints_t *e)
{
    slong count = 0;
    for (slong k = 0; k < e->paths; k++) {
        if (mark[k] || e->status[k] != NCF_PATH_FINISHED)
            which[count++] = k;
    }
    return count;
}

static void count_path_trouble(tally_t *tally, ncf_endpoints_t *e,
                               const ncf_homotopy_tensor_t *tensor,
                               const ncf_homotopy_options_t *options)
{
    char *mark = ncf__malloc((size_t) e->paths, 1);
    slong *which = ncf__malloc((size_t) e->paths, sizeof(slong));
    slong coincident = mark_coincident(mark, e);
    slong suspects = collect(which, mark, e);
    tally->paths += e->paths;
    tally->coincident += coincident;
    tally->failed += suspects - coincident;
    tally->retracked += suspects;
    retrack(e, tensor, which, suspects, *options);
    mark_coincident(mark, e);
    tally->unresolved += collect(which, mark, e);
    ncf__free(mark);
    ncf__free(which);
}

static void print_tally(const tally_t *tally)
{
    printf("%ld\t%ld\t%.6f\t%ld\n", tally->failed, tally->coincident,
           (double) tally->retracked / (double) tally->paths, tally->unresolved);
}

static slong class_count(slong order, slong dimension)
{
    slong count = 0;
    for (slong i = 0; i < dimension; i++)
        count = count * (order - 1) + 1;
    return count;
}

static void speed_of_shape(const slong *shape, int threads, int repeats,
                           const ncf_kernel_t *kernel)
{
    ncf_homotopy_tensor_t tensor = {
        .order = shape[0], .dimension = shape[1], .count = shape[2]};
    double *points = ncf__malloc((size_t) (shape[2] * shape[1]), sizeof(double));
    double *weights = ncf__malloc((size_t) shape[2], sizeof(double));
    double *seconds = ncf__malloc((size_t) repeats, sizeof(double));
    random_tensor(&tensor, points, weights, 1);
    slong paths = class_count(shape[0], shape[1]);
    ncf_homotopy_options_t options = {1, threads, 1, NULL};
    ncf_endpoints_t e;
    ncf_track_stats_t stats;
    tally_t tally = {0};
    double busy = 0;
    for (int run = 0; run < repeats; run++) {
        double start = ncf__clock(), used = processor_time();
        ncf__homotopy_track_with(&e, &tensor, NULL, paths, &options, kernel, &stats);
        seconds[run] = ncf__clock() - start;
        used = processor_time() - used;
        busy = run == 0 || used < busy ? used : busy;
        if (run == repeats - 1)
            count_path_trouble(&tally, &e, &tensor, &options);
        ncf__endpoints_clear(&e);
    }
    qsort(seconds, (size_t) repeats, sizeof(double), by_value);
    double best = peak(kernel), rate = stats.flops / busy;
    printf("%ld\t%ld\t%ld\t%ld\t%.6f\t%.6f\t%.6f\t%.2f\t%.1f\t%.3f\t%.1f\t%.2f\t", shape[0],
           shape[1], shape[2], paths, seconds[repeats / 2], seconds[0], busy,
           1e6 * busy / (double) paths, (double) stats.steps / (double) paths,
           (double) stats.rejected / (double) (stats.steps + stats.rejected), 1e-9 * rate,
           rate / best);
    print_tally(&tally);
    ncf__free(points);
    ncf__free(weights);
    ncf__free(seconds);
}

static void speed(int threads, int repeats, const ncf_kernel_t *kernel)
{
    static const slong shapes[][3] = {{3, 5, 15}, {3, 8, 24},   {3, 12, 36}, {4, 4, 12},
                                      {4, 5, 15}, {4, 5, 1000}, {4, 10, 30}, {4, 10, 1000},
                                      {5, 6, 18}, {6, 5, 15},   {3, 16, 48}};
    printf("order\tdimension\tpoints\tpaths\tmedian_s\tmin_s\tprocessor_s\tus_a_path\t"
           "steps_a_path\trejected\tgflops\tshare_of_peak\tfailed\tcoincident\tretracked\t"
           "unresolved\n");
    for (size_t k = 0; k < sizeof(shapes) / sizeof(shapes[0]); k++) {
        speed_of_shape(shapes[k], threads, repeats, kernel);
        fflush(stdout);
    }
}

static void survey_shape(const slong *shape, int threads, int tensors)
{
    slong count = 3 * shape[1];
    ncf_homotopy_tensor_t tensor = {.order = shape[0], .dimension = shape[1], .count = count};
    double *points = ncf__malloc((size_t) (count * shape[1]), sizeof(double));
    double *weights = ncf__malloc((size_t) count, sizeof(double));
    tally_t tally = {0};
    for (int k = 0; k < tensors; k++) {
        random_tensor(&tensor, points, weights, 100 + (uint64_t) k);
        ncf_homotopy_options_t options = {1 + (uint64_t) k, threads, 1, NULL};
        ncf_endpoints_t e;
        ncf__homotopy_track(&e, &tensor, NULL, class_count(shape[0], shape[1]), &options);
        count_path_trouble(&tally, &e, &tensor, &options);
        ncf__endpoints_clear(&e);
    }
    printf("%ld\t%ld\t%ld\t%d\t%ld\t", shape[0], shape[1], count, tensors, tally.paths);
    print_tally(&tally);
    ncf__free(points);
    ncf__free(weights);
}

static void survey(int threads, int tensors)
{
    static const slong shapes[][2] = {{3, 3}, {3, 5}, {3, 8}, {3, 10}, {4, 3},
                                      {4, 4}, {4, 6}, {5, 4}, {5, 5},  {6, 4}};
    printf("order\tdimension\tpoints\ttensors\tpaths\tfailed\tcoincident\tretracked\t"
           "unresolved\n");
    for (size_t k = 0; k < sizeof(shapes) / sizeof(shapes[0]); k++)
        survey_shape(shapes[k], threads, tensors);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "speed";
    int threads = argc > 2 ? atoi(argv[2]) : 1, repeats = argc > 3 ? atoi(argv[3]) : 5;
    if (threads < 1 || repeats < 1 || (strcmp(what, "speed") && strcmp(what, "survey"))) {
        fputs("usage: p-homotopy [speed | survey] [THREADS] [REPEATS]\n", stderr);
        return 2;
    }
    const ncf_kernel_t *kernel = ncf__kernel(0);
    printf("# ncf %s, compiler %s, kernel %s, threads %d, repeats %d\n", ncf_version(),
           __VERSION__, kernel->name, threads, repeats);
    if (strcmp(what, "speed") == 0)
        speed(threads, repeats, kernel);
    else
        survey(threads, repeats);
    return 0;
}
