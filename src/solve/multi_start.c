/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * multi_start.c: batches of independent searches, and the list of what they found. A search
 * depends on the seed, on its number and on the list as it was before its batch; the list
 * is changed between batches only and in the order of the numbers: so nothing depends on
 * the number of threads.
 */
#include "multi_start.h"

#include "sphere_search.h"

#include <math.h>
#include <string.h>

#define BATCH 64
#define SAME_LAMBDA 1e-7 /* relative */
#define SAME_POINT 1e-5  /* of keys, whose size is about 1 */
#define FLOOR 1e-9       /* of the largest |grad N| seen: a smaller lambda counts as 0 */
#define FLOOR_SAMPLES 16
#define FLOOR_STREAM (UINT64_C(1) << 62)

void ncf__multi_start_options_init(ncf_multi_start_options_t *options)
{
    *options = (ncf_multi_start_options_t){.seed = 1,
                                           .threads = 1,
                                           .max_starts = 20000,
                                           .min_starts = 2000,
                                           .max_points = 10000,
                                           .max_singular = 4};
}

/* What one search left. */
typedef struct {
    int made;
    ncf_start_end_t end;
    int singular;
    double lambda;
    double *u, *key; /* n each */
} slot_t;

typedef struct {
    const ncf_objective_t *objective;
    const ncf_multi_start_options_t *options;
    const ncf_limits_t *limits;
    const ncf_multi_start_t *found;
    double floor;
    slong first; /* start of the batch */
    slot_t *slots;
    ncf_sphere_search_t *searches; /* one a thread; u is NULL where none was needed yet */
} batch_t;

/* ---- Starts ---------------------------------------------------------------------- */

/* Is the start near a point of the list, so not independent of the others? */
static int is_perturbed(slong number, const ncf_multi_start_options_t *options)
{
    return !options->only_ascents && number % 4 == 3;
}

/* A standard normal number, by Box and Muller. */
static double random_normal(ncf_random_t *random)
{
    double radius = sqrt(-2 * log(1 - ncf__random_unit(random)));
    return radius * cos(2 * M_PI * ncf__random_unit(random));
}

static void random_start(double *u, const ncf_objective_t *objective, ncf_random_t *random)
{
    if (objective->start != NULL) {
        objective->start(u, random, objective->context);
        return;
    }
    for (slong i = 0; i < objective->n; i++)
        u[i] = random_normal(random);
}

/* A point of the list, moved by a random vector whose length is between 0.01 and 1. */
static void perturbed_start(double *u, const ncf_multi_start_t *found, ncf_random_t *random)
{
    slong n = found->n;
    const double *point = found->points[ncf__random_below(random, (uint64_t) found->count)].u;
    double length = pow(10, -2 * ncf__random_unit(random)), norm = 0;
    for (slong i = 0; i < n; i++) {
        u[i] = random_normal(random);
        norm += u[i] * u[i];
    }
    for (slong i = 0; i < n; i++)
        u[i] = point[i] + length / sqrt(norm) * u[i];
}

/* The larger |grad N| at random points: what lambda is compared with. */
static double lambda_floor(const ncf_objective_t *objective,
                           const ncf_multi_start_options_t *options)
{
    ncf_sphere_search_t search;
    double largest = 0;
    ncf__sphere_search_init(&search, objective, NULL);
    for (slong k = 0; k < FLOOR_SAMPLES; k++) {
        ncf_random_t random;
        ncf__random_init(&random, options->seed, FLOOR_STREAM + (uint64_t) k);
        random_start(search.u, objective, &random);
        if (ncf__sphere_search_evaluate(&search))
            largest = fmax(largest, fmax(search.norm, fabs(search.lambda)));
    }
    ncf__sphere_search_clear(&search);
    return fmax(options->lambda_min * (1 - 1e-6), FLOOR * largest);
}

/* ---- One search ------------------------------------------------------------------ */

/* Evaluates the start; where N < 0, its mirror image. */
static int enter(ncf_sphere_search_t *search)
{
    const ncf_objective_t *objective = search->objective;
    if (!ncf__sphere_search_evaluate(search))
        return 0;
    if (search->value >= 0 || objective->mirror == NULL)
        return 1;
    objective->mirror(search->u, objective->context);
    return ncf__sphere_search_evaluate(search);
}

/* Even starts ascend; every fourth one begins near a point that is known. */
static ncf_start_end_t run_start(ncf_sphere_search_t *search, const batch_t *batch,
                                 slong number)
{
    ncf_random_t random;
    ncf__random_init(&random, batch->options->seed, (uint64_t) number);
    if (is_perturbed(number, batch->options) && batch->found->count > 0)
        perturbed_start(search->u, batch->found, &random);
    else
        random_start(search->u, batch->objective, &random);
    if (!enter(search))
        return NCF_START_LOST;
    if (number % 2 == 0 || batch->options->only_ascents)
        return ncf__sphere_ascend(search);
    return search->lambda > 0 ? ncf__sphere_descend(search) : NCF_START_FLAT;
}

static void search_job(void *context, slong index, int worker)
{
    batch_t *batch = context;
    const ncf_objective_t *objective = batch->objective;
    slot_t *slot = batch->slots + index;
    ncf_sphere_search_t *search = batch->searches + worker;
    if (search->u == NULL)
        ncf__sphere_search_init(search, objective, batch->limits);
    search->floor = batch->floor;
    slot->end = run_start(search, batch, batch->first + index);
    slot->made = slot->end != NCF_START_STOPPED;
    slot->lambda = search->lambda;
    slot->singular = search->singular;
    if (slot->end != NCF_START_CONVERGED)
        return;
    memcpy(slot->u, search->u, (size_t) objective->n * sizeof(double));
    if (objective->key != NULL)
        objective->key(slot->key, search->u, objective->context);
    else
        memcpy(slot->key, search->u, (size_t) objective->n * sizeof(double));
}

/* ---- The list -------------------------------------------------------------------- */

static double distance(const double *a, const double *b, slong n)
{
    double sum = 0;
    for (slong i = 0; i < n; i++)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sqrt(sum);
}

static void add_hit(ncf_proposal_t *point, slong number,
                    const ncf_multi_start_options_t *options)
{
    point->hits++;
    point->random_hits += !is_perturbed(number, options);
}

/* The first position whose lambda is not above the bound. */
static slong position_below(const ncf_multi_start_t *out, double bound)
{
    slong low = 0, high = out->count;
    while (low < high) {
        slong middle = (low + high) / 2;
        if (out->points[middle].lambda > bound)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Adds a point, or a hit to the one that it is; returns 1 when it is new. */
static int add_point(ncf_multi_start_t *out, const slot_t *slot, slong number,
                     const ncf_multi_start_options_t *options)
{
    slong n = out->n, singular = 0;
    for (slong i = position_below(out, slot->lambda * (1 + SAME_LAMBDA));
         i < out->count && out->points[i].lambda >= slot->lambda * (1 - SAME_LAMBDA); i++) {
        singular += out->points[i].singular;
        if (distance(out->points[i].key, slot->key, n) > SAME_POINT)
            continue;
        add_hit(out->points + i, number, options);
        out->converged++;
        return 0;
    }
    if (out->count >= options->max_points ||
        (slot->singular && singular >= options->max_singular)) {
        out->crowded++;
        return 0;
    }
    slong at = position_below(out, slot->lambda);
    if ((out->count & (out->count - 1)) == 0)
        out->points = ncf__realloc(out->points, (size_t) FLINT_MAX(2 * out->count, 1),
                                   sizeof(*out->points));
    memmove(out->points + at + 1, out->points + at,
            (size_t) (out->count - at) * sizeof(*out->points));
    ncf_proposal_t *point = out->points + at;
    double *room = ncf__malloc((size_t) (2 * n), sizeof(double));
    memcpy(room, slot->u, (size_t) n * sizeof(double));
    memcpy(room + n, slot->key, (size_t) n * sizeof(double));
    *point = (ncf_proposal_t){.u = room,
                              .key = room + n,
                              .lambda = slot->lambda,
                              .first = number,
                              .singular = slot->singular};
    add_hit(point, number, options);
    out->count++;
    out->converged++;
    return 1;
}

/* Returns the number of the last start that found something new, or -1. */
static slong add_batch(ncf_multi_start_t *out, const batch_t *batch, slong count)
{
    slong last_new = -1;
    for (slong i = 0; i < count; i++) {
        const slot_t *slot = batch->slots + i;
        out->starts += slot->made;
        if (!slot->made)
            continue;
        if (slot->end == NCF_START_FLAT)
            out->flat++;
        else if (slot->end == NCF_START_LOST)
            out->lost++;
        else if (add_point(out, slot, batch->first + i, batch->options))
            last_new = batch->first + i;
    }
    return last_new;
}

/* ---- The search ------------------------------------------------------------------ */

static void run_batches(ncf_multi_start_t *out, batch_t *batch, slong size)
{
    const ncf_multi_start_options_t *options = batch->options;
    slong last_new = -1;
    while (batch->first < options->max_starts) {
        slong count = FLINT_MIN(size, options->max_starts - batch->first);
        for (slong i = 0; i < count; i++)
            batch->slots[i].made = 0;
        out->limit =
            ncf__parallel_for(count, options->threads, search_job, batch, batch->limits, NULL);
        slong newest = add_batch(out, batch, count);
        if (newest >= 0)
            last_new = newest;
        if (out->limit == NCF_LIMIT_NONE)
            out->limit = ncf__limit_reached(batch->limits);
        batch->first += count;
        ncf__progress(batch->limits, "searching from many starts", (double) batch->first,
                      (double) options->max_starts);
        if (out->limit != NCF_LIMIT_NONE) {
            out->end = NCF_SEARCH_LIMIT;
            return;
        }
        if (batch->first >= options->min_starts && batch->first >= 2 * (last_new + 1)) {
            out->end = NCF_SEARCH_NOTHING_NEW;
            return;
        }
    }
}

void ncf__multi_start_init(ncf_multi_start_t *out, const ncf_objective_t *objective,
                           const ncf_multi_start_options_t *options,
                           const ncf_limits_t *limits)
{
    slong n = objective->n, size = FLINT_MIN(BATCH, FLINT_MAX(1, options->max_starts / 8));
    *out = (ncf_multi_start_t){.n = n, .end = NCF_SEARCH_ALL_STARTS, .limit = NCF_LIMIT_NONE};
    batch_t batch = {objective, options, limits, out, 0, 0, NULL, NULL};
    double *room = ncf__malloc((size_t) (2 * size * n), sizeof(double));
    batch.slots = ncf__calloc((size_t) size, sizeof(*batch.slots));
    batch.searches = ncf__calloc((size_t) options->threads, sizeof(*batch.searches));
    for (slong i = 0; i < size; i++) {
        batch.slots[i].u = room + 2 * i * n;
        batch.slots[i].key = room + (2 * i + 1) * n;
    }
    batch.floor = lambda_floor(objective, options);
    run_batches(out, &batch, size);
    for (int i = 0; i < options->threads; i++)
        ncf__sphere_search_clear(batch.searches + i);
    ncf__free(batch.searches);
    ncf__free(batch.slots);
    ncf__free(room);
}

void ncf__multi_start_clear(ncf_multi_start_t *search)
{
    for (slong i = 0; i < search->count; i++)
        ncf__free(search->points[i].u);
    ncf__free(search->points);
}
