/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* homotopy.c: runs the path tracker on threads with the best kernel of the machine. */
#include "path_system.h"

#include <math.h>
#include <string.h>

/* A thread is worth its start when it gets this many paths. */
#define PATHS_A_THREAD 64

/* Multiply-adds between two looks at the limits: less than some milliseconds. */
#define CHECK_COST 3e6

const ncf_kernel_t *ncf__kernel(int index)
{
    const ncf_kernel_t *kernel[5] = {NULL};
    int count = 0;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        kernel[count++] = &ncf__kernel_avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        kernel[count++] = &ncf__kernel_avx2;
#endif
    kernel[count++] = &ncf__kernel_portable;
    kernel[count++] = &ncf__kernel_scalar;
    return index >= 0 && index < count ? kernel[index] : NULL;
}

void ncf__endpoints_init(ncf_endpoints_t *out, slong dimension, slong paths)
{
    out->dimension = dimension;
    out->paths = paths;
    out->z = ncf__calloc((size_t) paths, (size_t) dimension * 2 * sizeof(double));
    out->mu = ncf__calloc((size_t) paths, 2 * sizeof(double));
    out->status = ncf__malloc((size_t) paths, 1);
    memset(out->status, NCF_PATH_UNTRACKED, (size_t) paths);
}

void ncf__endpoints_clear(ncf_endpoints_t *endpoints)
{
    ncf__free(endpoints->z);
    ncf__free(endpoints->mu);
    ncf__free(endpoints->status);
    memset(endpoints, 0, sizeof(*endpoints));
}

/* Multiply-adds of one lane in one round: two Newton steps and the series. */
static double round_cost(const ncf_path_system_t *system, const ncf_homotopy_tensor_t *tensor)
{
    double n = (double) system->dimension, orders = 5;
    double triangle = 4 * n * n, factorisation = 4 * n * n * n / 6 + 4 * n * n;
    double newton =
        ncf__form_slope_cost(system->slope.kind, tensor) + 3 * triangle + factorisation;
    double order = ncf__form_series_cost(system->series.kind, tensor) + 2 * triangle;
    return 2 * newton + orders * order;
}

/*
 * Paths to simple end points take about 2.5 n rounds, and half as many again at a
 * tightness of 30; the longest of 30,000 paths took less than a third of this.
 */
static slong max_rounds(slong dimension, double tightness)
{
    return (slong) ((double) (200 + 20 * dimension) * fmax(1, sqrt(sqrt(tightness))));
}

typedef struct {
    ncf_track_t track;
    const ncf_kernel_t *kernel;
} job_t;

static void track_job(void *context, slong index, int worker)
{
    (void) index;
    job_t *job = context;
    job->kernel->run(&job->track, worker);
}

void ncf__homotopy_track_with(ncf_endpoints_t *out, const ncf_homotopy_tensor_t *tensor,
                              const slong *which, slong count,
                              const ncf_homotopy_options_t *options,
                              const ncf_kernel_t *kernel, ncf_track_stats_t *stats)
{
    ncf_path_system_t system;
    ncf__path_system_init(&system, tensor, options->seed);
    ncf__endpoints_init(out, tensor->dimension, count);
    slong threads = (count + PATHS_A_THREAD - 1) / PATHS_A_THREAD;
    if (threads > options->threads)
        threads = options->threads;
    if (threads < 1)
        threads = 1;
    job_t job = {.track = {.system = &system,
                           .which = which,
                           .count = count,
                           .options = options,
                           .out = out},
                 .kernel = kernel};
    double cost = round_cost(&system, tensor) * kernel->lanes;
    job.track.check_rounds = 1 + (slong) (CHECK_COST / cost);
    job.track.max_rounds = max_rounds(tensor->dimension, options->tightness);
    job.track.stats = ncf__calloc((size_t) threads, sizeof(ncf_track_stats_t));
    ncf__parallel_for(threads, (int) threads, track_job, &job, options->limits, NULL);
    if (stats != NULL) {
        memset(stats, 0, sizeof(*stats));
        for (slong i = 0; i < threads; i++) {
            stats->steps += job.track.stats[i].steps;
            stats->rejected += job.track.stats[i].rejected;
            stats->rounds += job.track.stats[i].rounds;
        }
        stats->flops = 2 * cost * (double) stats->rounds;
    }
    ncf__free(job.track.stats);
    ncf__path_system_clear(&system);
}

void ncf__homotopy_track(ncf_endpoints_t *out, const ncf_homotopy_tensor_t *tensor,
                         const slong *which, slong count,
                         const ncf_homotopy_options_t *options)
{
    ncf__homotopy_track_with(out, tensor, which, count, options, ncf__kernel(0), NULL);
}
