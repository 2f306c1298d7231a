/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* collect.c: search, certify, sort into orbits; see collect.h. */
#include "collect.h"

#include "objective.h"

#include <math.h>
#include <string.h>

#define SEARCH_SECONDS 10.0 /* that the default number of starts should take at most */
#define MAX_STARTS 20000
#define MIN_STARTS 8
#define MAX_UNPROVED 20
#define SEARCH_SHARE 0.5   /* of the time that is left */
#define ALL_INDICES_WEIGHTS 400 /* above, a start costs too much for points of all indices */
#define CERTIFY_SECONDS 20.0    /* that certificates should take at most above that */
#define MIN_CERTIFICATES 2
#define PRECISION_FACTOR 2 /* a candidate that needs more bits is near a singular one */

void ncf__collect_options_init(ncf_collect_options_t *options, const ncf_network_t network,
                               const struct ncf_problem *problem)
{
    /* Seconds a start, roughly: some tens of Hessians, or of products with them. */
    double n = (double) network->unknowns, points = (double) problem->points;
    int few = network->unknowns > ALL_INDICES_WEIGHTS;
    double start = few ? 1e-6 * n * points : 5e-5 + 1e-7 * n * n * points + 1e-9 * n * n * n;
    double certificate = 5e-9 * n * n * n;
    double certificates = fmax(CERTIFY_SECONDS / certificate, MIN_CERTIFICATES);
    double starts = fmin(fmax(SEARCH_SECONDS / start, MIN_STARTS), MAX_STARTS);
    *options = (ncf_collect_options_t){.seed = 1,
                                       .threads = 1,
                                       .precision = 128,
                                       .max_precision = 8192,
                                       .max_starts = (slong) starts,
                                       .min_starts = (slong) (few ? starts : starts / 5),
                                       .max_points = 2000,
                                       .only_ascents = few,
                                       .max_certificates = few ? (slong) certificates : 2000};
}

typedef struct {
    const struct ncf_problem *problem;
    const ncf_network_struct *network;
    const ncf_collect_options_t *options;
    const ncf_multi_start_t *found;
    const ncf_symmetry_group_struct *symmetry;
    const ncf_limits_t *limits;
    ncf_point_orbit_t *points; /* one for each candidate */
    slong *chosen;             /* candidates to examine */
    char *examined;
    ncf_orbit_member_t *members; /* of the certified ones */
} certify_t;

/* ---- Search ---------------------------------------------------------------------- */

static const char *end_text(const ncf_multi_start_t *found)
{
    switch (found->end) {
    case NCF_SEARCH_NOTHING_NEW:
        return "the second half of the starts found nothing new";
    case NCF_SEARCH_LIMIT:
        return found->limit == NCF_LIMIT_STOP ? "it was stopped" : "the time was up";
    default:
        return "all starts were made";
    }
}

static void search(ncf_multi_start_t *found, const struct ncf_problem *problem,
                   const ncf_network_struct *network, const ncf_collect_options_t *options,
                   const ncf_limits_t *limits)
{
    ncf_network_objective_t objective;
    ncf_multi_start_options_t start_options;
    ncf_limits_t search_limits = {0, NULL, NULL, NULL};
    if (limits != NULL)
        search_limits = *limits;
    if (search_limits.deadline > 0) {
        double now = ncf__clock();
        search_limits.deadline = now + SEARCH_SHARE * (search_limits.deadline - now);
    }
    ncf__network_objective_init(&objective, problem, network);
    objective.no_copies = options->only_ascents;
    ncf__multi_start_options_init(&start_options);
    start_options.seed = options->seed;
    start_options.threads = options->threads;
    start_options.max_starts = options->max_starts;
    start_options.min_starts = options->min_starts;
    start_options.max_points = options->max_points;
    start_options.only_ascents = options->only_ascents;
    if (options->lambda_min != NULL)
        start_options.lambda_min = fmpq_get_d(options->lambda_min) / objective.scale;
    ncf__multi_start_init(found, &objective.objective, &start_options, &search_limits);
    ncf__network_objective_clear(&objective);
}

/* ---- Certification --------------------------------------------------------------- */

/* The candidates to examine, in decreasing order of lambda; returns how many they are. */
static slong choose(ncf_collection_t *out, const certify_t *work)
{
    const ncf_collect_options_t *options = work->options;
    slong count = 0;
    for (slong i = 0; i < work->found->count; i++) {
        const double *u = work->found->points[i].u;
        if (options->is_known != NULL && options->is_known(u, options->known_context))
            out->known++;
        else if (count < options->max_certificates)
            work->chosen[count++] = i;
        else
            out->untried++;
    }
    return count;
}

static void certify_job(void *context, slong k, int worker)
{
    certify_t *work = context;
    (void) worker;
    slong n = work->network->unknowns, index = work->chosen[k];
    ncf_point_orbit_t *orbit = work->points + index;
    slong prec = work->options->precision;
    ncf_point_options_t options = {prec, FLINT_MIN(work->options->max_precision,
                                                   PRECISION_FACTOR * FLINT_MAX(prec, 128)),
                                   work->limits};
    options.max_precision = FLINT_MAX(options.max_precision, prec);
    arb_ptr candidate = _arb_vec_init(n);
    for (slong i = 0; i < n; i++)
        arb_set_d(candidate + i, work->found->points[index].u[i]);
    ncf__certify_point(&orbit->point, candidate, work->problem, work->network, &options);
    _arb_vec_clear(candidate, n);
    orbit->origin = NCF_ORIGIN_SEARCH;
    orbit->hits = work->found->points[index].hits;
    work->examined[index] =
        !orbit->point.unfinished || ncf_is_proved(orbit->point.exists);
}

static void size_job(void *context, slong index, int worker)
{
    certify_t *work = context;
    (void) worker;
    ncf_point_orbit_t *orbit = work->points + index;
    ncf__point_orbit_set_active(orbit, work->network);
    orbit->dimension = orbit->point.slice_dimension;
    orbit->size_known = ncf_is_proved(
        ncf__symmetry_orbit_size(orbit->size, work->symmetry, work->members + index));
}

static void count_reason(ncf_collection_t *out, const char *reason)
{
    for (int i = 0; i < NCF_COLLECT_REASONS; i++) {
        if (out->reasons[i].reason == NULL)
            out->reasons[i].reason = reason;
        if (strcmp(out->reasons[i].reason, reason) == 0) {
            out->reasons[i].count++;
            return;
        }
    }
}

typedef enum { KEPT, BELOW, UNPROVED } class_t;

/* Is the point listed? Only with a proof of lambda > 0; not when it is proved to be too low.
 */
static class_t classify(const char **reason, const ncf_point_orbit_t *orbit,
                        const ncf_collect_options_t *options)
{
    const ncf_certified_point_t *point = &orbit->point;
    *reason = point->reason;
    if (!ncf_is_proved(point->exists))
        return UNPROVED;
    *reason = point->lambda_reason;
    if (ncf_is_refuted(point->lambda_positive))
        return BELOW;
    if (!ncf_is_proved(point->lambda_positive))
        return UNPROVED;
    if (options->lambda_min == NULL)
        return KEPT;
    arb_t bound;
    arb_init(bound);
    arb_set_fmpq(bound, options->lambda_min, options->precision);
    int below = arb_lt(ncf__point_orbit_lambda(orbit), bound);
    arb_clear(bound);
    return below ? BELOW : KEPT;
}

/* Moves the points that are kept to the front, in their order; returns their number. */
static slong keep_certified(ncf_collection_t *out, certify_t *work, slong *hits)
{
    slong kept = 0;
    for (slong i = 0; i < work->found->count; i++) {
        ncf_point_orbit_t orbit = work->points[i];
        const char *reason = NULL;
        class_t class = work->examined[i] ? classify(&reason, &orbit, work->options) : BELOW;
        if (class == KEPT) {
            hits[kept] = work->found->points[i].random_hits;
            work->points[kept++] = orbit;
            continue;
        }
        out->below += class == BELOW && work->examined[i];
        out->uncertified += class == UNPROVED;
        if (class == UNPROVED)
            count_reason(out, reason != NULL ? reason : "the sign of lambda is not decided");
        if (class == UNPROVED && out->unproved.count < MAX_UNPROVED)
            ncf__point_orbit_list_append(&out->unproved, &orbit);
        else
            ncf__point_orbit_clear(&orbit);
    }
    return kept;
}

/* ---- Orbits ---------------------------------------------------------------------- */

/* Good and Turing's estimate from the random starts that ended in each orbit. */
static void estimate_unseen(ncf_collection_t *out, const slong *orbit, const slong *hits,
                            slong count)
{
    slong total = 0;
    for (slong i = 0; i < count; i++) {
        slong sum = 0;
        for (slong j = i; orbit[i] == i && j < count; j++)
            sum += orbit[j] == i ? hits[j] : 0;
        total += sum;
        out->singletons += sum == 1;
    }
    out->unseen = total > 0 ? (double) out->singletons / (double) total : -1;
}

/* Lists the first point of every orbit, with the hits of all of them. */
static void list_orbits(ncf_collection_t *out, certify_t *work, const slong *orbit,
                        const ncf_verdict_t *different, slong count)
{
    for (slong i = 0; i < count; i++) {
        if (orbit[i] != i)
            work->points[orbit[i]].hits += work->points[i].hits;
    }
    for (slong i = 0; i < count; i++) {
        if (orbit[i] != i) {
            ncf__point_orbit_clear(work->points + i);
            continue;
        }
        work->points[i].not_separated = !ncf_is_proved(different[i]);
        out->not_separated += work->points[i].not_separated;
        ncf__point_orbit_list_append(&out->orbits, work->points + i);
    }
    ncf__point_orbit_list_sort(&out->orbits);
}

static void sort_into_orbits(ncf_collection_t *out, certify_t *work, const slong *hits,
                             slong count, const ncf_limits_t *limits)
{
    slong *orbit = ncf__malloc((size_t) count, sizeof(*orbit));
    ncf_verdict_t *different = ncf__malloc((size_t) count, sizeof(*different));
    work->members = ncf__malloc((size_t) count, sizeof(*work->members));
    for (slong i = 0; i < count; i++) {
        const ncf_certified_point_t *point = &work->points[i].point;
        work->members[i] =
            (ncf_orbit_member_t){point->point, point->box, point->slice_dimension};
    }
    ncf__orbits_partition(orbit, different, work->symmetry, work->members, count);
    ncf_limits_t grace = ncf__limits_grace(limits, 0.5);
    ncf__parallel_for(count, work->options->threads, size_job, work, &grace, NULL);
    estimate_unseen(out, orbit, hits, count);
    list_orbits(out, work, orbit, different, count);
    ncf__free(work->members);
    ncf__free(different);
    ncf__free(orbit);
}

/* ---- All ------------------------------------------------------------------------- */

static void certify_and_sort(ncf_collection_t *out, certify_t *work,
                             const ncf_limits_t *limits)
{
    slong count = work->found->count;
    slong *hits = ncf__malloc((size_t) count, sizeof(*hits));
    work->chosen = ncf__malloc((size_t) count, sizeof(*work->chosen));
    work->points = ncf__malloc((size_t) count, sizeof(*work->points));
    work->examined = ncf__calloc((size_t) count, 1);
    for (slong i = 0; i < count; i++)
        ncf__point_orbit_init(work->points + i, work->network);
    slong chosen = choose(out, work), examined = 0;
    ncf_limit_t limit = ncf__parallel_for(chosen, work->options->threads, certify_job, work,
                                          limits, "certifying the points that were found");
    for (slong i = 0; i < count; i++)
        examined += work->examined[i];
    out->skipped = chosen - examined;
    if (out->limit == NCF_LIMIT_NONE || limit == NCF_LIMIT_STOP)
        out->limit = limit;
    for (slong i = 0; i < count && out->limit == NCF_LIMIT_NONE; i++) {
        if (work->points[i].point.unfinished)
            out->limit = ncf__limit_reached(limits);
    }
    out->certified = keep_certified(out, work, hits);
    sort_into_orbits(out, work, hits, out->certified, limits);
    ncf__free(work->examined);
    ncf__free(work->chosen);
    ncf__free(work->points);
    ncf__free(hits);
}

void ncf__collect_init(ncf_collection_t *out, const struct ncf_problem *problem,
                       const ncf_network_t network, const ncf_collect_options_t *options,
                       const ncf_limits_t *limits)
{
    ncf_multi_start_t found;
    ncf_symmetry_group_t symmetry;
    *out = (ncf_collection_t){.unseen = -1, .only_ascents = options->only_ascents};
    ncf__point_orbit_list_init(&out->orbits);
    ncf__point_orbit_list_init(&out->unproved);
    ncf__symmetry_init(symmetry, network);
    search(&found, problem, network, options, limits);
    out->starts = found.starts;
    out->converged = found.converged;
    out->flat = found.flat;
    out->lost = found.lost;
    out->crowded = found.crowded;
    out->candidates = found.count;
    out->end = end_text(&found);
    out->limit = found.limit;
    certify_t work = {.problem = problem,
                      .network = network,
                      .options = options,
                      .found = &found,
                      .symmetry = symmetry,
                      .limits = limits};
    certify_and_sort(out, &work, limits);
    ncf__multi_start_clear(&found);
    ncf__symmetry_clear(symmetry);
}

void ncf__collect_clear(ncf_collection_t *collection)
{
    ncf__point_orbit_list_clear(&collection->orbits);
    ncf__point_orbit_list_clear(&collection->unproved);
}
