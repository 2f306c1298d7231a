/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * prune.c: the search through all charts of all strata (T-PRUNE). Jobs are parts of
 * charts, each a stack of boxes. They run in rounds of a fixed number of boxes, between
 * which long jobs are cut in two, so that nothing depends on the number of threads. Boxes
 * that become small wait, and are halved further in the next phase; when they multiply
 * from phase to phase they cover a set of KKT points that is not isolated.
 */
#include "prune_search.h"

#include <math.h>
#include <string.h>

#define ROUND_BOXES 4096
#define ROUND_JOBS 64      /* jobs in a round at least, if there are boxes enough */
#define FIRST_FLOOR 0x1p-8 /* width */
#define LAST_FLOOR 0x1p-26
#define FLOOR_STEP 4
#define CROWD 2000
#define BOXES_BETWEEN_CHECKS 16

/* ---- Lists ----------------------------------------------------------------------- */

void ncf__prune_append(ncf_prune_list_t *list, const ncf_prune_box_t *box)
{
    if (list->count == list->allocated) {
        list->allocated = 2 * list->allocated + 16;
        list->boxes = ncf__realloc(list->boxes, (size_t) list->allocated, sizeof(*box));
    }
    list->boxes[list->count++] = *box;
}

ncf_prune_job_t *ncf__prune_add_job(ncf_prune_search_t *search, slong stratum, slong chart)
{
    if ((search->job_count & (search->job_count - 1)) == 0) {
        size_t room = search->job_count == 0 ? 1 : 2 * (size_t) search->job_count;
        search->jobs = ncf__realloc(search->jobs, room, sizeof(*search->jobs));
    }
    ncf_prune_job_t *job = &search->jobs[search->job_count++];
    memset(job, 0, sizeof(*job));
    job->stratum = stratum;
    job->chart = chart;
    return job;
}

void ncf__prune_add_zero(ncf_prune_job_t *job, const ncf_prune_zero_t *zero)
{
    if (job->zero_count == job->zero_allocated) {
        job->zero_allocated = 2 * job->zero_allocated + 4;
        job->zeros = ncf__realloc(job->zeros, (size_t) job->zero_allocated, sizeof(*zero));
    }
    job->zeros[job->zero_count++] = *zero;
}

void ncf__prune_add_tube(ncf_prune_job_t *job, const ncf_prune_tube_t *tube)
{
    if (job->tube_count == job->tube_allocated) {
        job->tube_allocated = 2 * job->tube_allocated + 4;
        job->tubes = ncf__realloc(job->tubes, (size_t) job->tube_allocated, sizeof(*tube));
    }
    job->tubes[job->tube_count++] = *tube;
}

double ncf__prune_share(const ncf_prune_box_t *box, slong n)
{
    double product = 1;
    for (slong j = 0; j < n; j++)
        product *= box->high[j] > box->low[j] ? 0.5 * (box->high[j] - box->low[j]) : 1;
    return product;
}

/* ---- One job --------------------------------------------------------------------- */

static int is_known(const ncf_prune_box_t *box, const ncf_prune_job_t *job, slong n)
{
    for (slong k = 0; k < job->zero_count; k++)
        if (ncf__prune_inside(box, &job->zeros[k].unique, n))
            return 1;
    for (slong k = 0; k < job->tube_count; k++)
        if (ncf__prune_inside(box, &job->tubes[k].box, n))
            return 1;
    return 0;
}

static double width(const ncf_prune_box_t *box, slong n)
{
    double widest = 0;
    for (slong j = 0; j < n; j++)
        widest = fmax(widest, box->high[j] - box->low[j]);
    return widest;
}

/* Both halves, cut off the middle, where symmetric data has its KKT points. */
static void halve(ncf_prune_list_t *open, const ncf_prune_box_t *box, slong split)
{
    double low = box->low[split], high = box->high[split];
    double cut = low + 0.515625 * (high - low);
    ncf_prune_box_t half = *box;
    half.high[split] = cut;
    ncf__prune_append(open, &half);
    half = *box;
    half.low[split] = cut;
    ncf__prune_append(open, &half);
}

static void decide_share(ncf_prune_search_t *search, double share)
{
    atomic_fetch_sub_explicit(&search->undecided,
                              (long) (share * search->chart_share * 0x1p60),
                              memory_order_relaxed);
}

static void process(ncf_prune_search_t *search, ncf_prune_job_t *job,
                    const ncf_prune_view_t *view)
{
    slong n = view->stratum->variables, split = 0, effort = 0;
    ncf_prune_box_t box = job->open.boxes[--job->open.count];
    ncf_prune_zero_t zero;
    ncf_prune_tube_t tube;
    double share = ncf__prune_share(&box, n);
    ncf_prune_state_t state = PRUNE_EMPTY;
    job->done++;
    if (!is_known(&box, job, n))
        state = ncf__prune_examine(&box, &zero, &tube, &split, &effort, view);
    if (state == PRUNE_ISOLATED)
        ncf__prune_add_zero(job, &zero);
    if (state == PRUNE_TUBE)
        ncf__prune_add_tube(job, &tube);
    if (state == PRUNE_OPEN) {
        share -= ncf__prune_share(&box, n);
        if (width(&box, n) < search->floor)
            ncf__prune_append(&job->small, &box);
        else
            halve(&job->open, &box, split);
    }
    decide_share(search, share);
}

static void run_job(void *context, slong index, int worker)
{
    ncf_prune_search_t *search = context;
    ncf_prune_job_t *job = search->active[index];
    const ncf_prune_stratum_t *stratum = &search->strata.strata[job->stratum];
    ncf_prune_values_t values;
    ncf_prune_view_t view = {
        .stratum = stratum, .kernel = ncf__prune_kernel(), .values = &values};
    ncf__prune_chart(&view.chart, stratum, job->chart);
    slong last = job->done + job->budget;
    while (job->open.count > 0 && job->done < last) {
        process(search, job, &view);
        if (job->done % BOXES_BETWEEN_CHECKS != 0)
            continue;
        if (worker == 0)
            ncf__progress(search->limits, "searching for KKT points",
                          1 - (double) atomic_load(&search->undecided) * 0x1p-60, 1);
        if (ncf__limit_reached(search->limits) != NCF_LIMIT_NONE)
            break;
    }
}

/* ---- Rounds and phases ----------------------------------------------------------- */

/* Moves every second open box of the job to a new one. */
static void cut_in_two(ncf_prune_search_t *search, slong index)
{
    ncf_prune_job_t *half =
        ncf__prune_add_job(search, search->jobs[index].stratum, search->jobs[index].chart);
    ncf_prune_job_t *job = &search->jobs[index];
    slong kept = 0;
    for (slong k = 0; k < job->open.count; k++) {
        if (k % 2 == 0)
            job->open.boxes[kept++] = job->open.boxes[k];
        else
            ncf__prune_append(&half->open, &job->open.boxes[k]);
    }
    job->open.count = kept;
    for (slong k = 0; k < job->zero_count; k++)
        ncf__prune_add_zero(half, &job->zeros[k]);
    for (slong k = 0; k < job->tube_count; k++)
        ncf__prune_add_tube(half, &job->tubes[k]);
    half->zeros_inherited = half->zero_count;
    half->tubes_inherited = half->tube_count;
}

static slong count_active(const ncf_prune_search_t *search)
{
    slong count = 0;
    for (slong i = 0; i < search->job_count; i++)
        count += search->jobs[i].open.count > 0;
    return count;
}

/* Lists the jobs with open boxes, after cutting some of them while they are few. */
static slong collect_active(ncf_prune_search_t *search)
{
    slong count = count_active(search), last = search->job_count;
    for (slong i = 0; i < last && count < ROUND_JOBS; i++) {
        if (search->jobs[i].open.count > 1) {
            cut_in_two(search, i);
            count++;
        }
    }
    ncf__free(search->active);
    search->active = ncf__malloc((size_t) count, sizeof(*search->active));
    count = 0;
    for (slong i = 0; i < search->job_count; i++)
        if (search->jobs[i].open.count > 0)
            search->active[count++] = &search->jobs[i];
    return count;
}

static slong boxes_done(const ncf_prune_search_t *search)
{
    slong done = 0;
    for (slong i = 0; i < search->job_count; i++)
        done += search->jobs[i].done;
    return done;
}

/*
 * At the end of a phase: are the boxes that wait to be halved further? Isolated points
 * have a number of boxes around them that does not grow; on a curve it grows as the
 * floor sinks.
 */
static int next_phase(ncf_prune_search_t *search)
{
    slong waiting = 0;
    for (slong i = 0; i < search->job_count; i++)
        waiting += search->jobs[i].small.count;
    if (waiting == 0 || search->floor <= LAST_FLOOR ||
        (waiting > CROWD && search->last_small > 0 && waiting > 2 * search->last_small))
        return 0;
    search->floor /= FLOOR_STEP;
    search->last_small = waiting;
    for (slong i = 0; i < search->job_count; i++) {
        ncf_prune_job_t *job = &search->jobs[i];
        ncf_prune_list_t empty = job->open;
        job->open = job->small;
        job->small = empty;
    }
    return 1;
}

static void set_undecided(ncf_prune_search_t *search)
{
    double share = 0, charts = 0;
    for (slong k = 0; k < search->strata.count; k++)
        charts += (double) search->strata.strata[k].charts;
    search->chart_share = 1 / charts;
    for (slong i = 0; i < search->job_count; i++) {
        const ncf_prune_job_t *job = &search->jobs[i];
        slong n = search->strata.strata[job->stratum].variables;
        for (slong k = 0; k < job->open.count; k++)
            share += ncf__prune_share(&job->open.boxes[k], n);
        for (slong k = 0; k < job->small.count; k++)
            share += ncf__prune_share(&job->small.boxes[k], n);
    }
    atomic_store(&search->undecided, (long) (share * search->chart_share * 0x1p60));
}

ncf_limit_t ncf__prune_run(ncf_prune_search_t *search, slong max_boxes, int threads,
                           const ncf_limits_t *limits)
{
    double start = ncf__clock();
    slong last = boxes_done(search) + max_boxes;
    ncf_limit_t limit = NCF_LIMIT_NONE;
    search->limits = limits;
    set_undecided(search);
    while (!search->finished) {
        slong count = collect_active(search), rest = last - boxes_done(search);
        if (count == 0) {
            search->finished = !next_phase(search);
            continue;
        }
        if (max_boxes > 0 && rest <= 0)
            break;
        for (slong i = 0; i < count; i++)
            search->active[i]->budget = ROUND_BOXES;
        limit = ncf__parallel_for(count, threads, run_job, search, limits, NULL);
        if (limit == NCF_LIMIT_NONE)
            limit = ncf__limit_reached(limits);
        if (limit != NCF_LIMIT_NONE)
            break;
    }
    search->limits = NULL;
    search->seconds += ncf__clock() - start;
    search->limit = limit;
    return limit;
}

double ncf__prune_remaining(const ncf_prune_search_t *search, double spent)
{
    double open = (double) atomic_load(&search->undecided) * 0x1p-60;
    if (search->finished)
        return 0;
    if (open >= 1)
        return INFINITY;
    return spent * open / (1 - open);
}

double ncf__prune_estimate(const struct ncf_problem *problem, const fmpq_t lambda_min,
                           double seconds, int threads, const ncf_limits_t *limits)
{
    ncf_limits_t pilot = {.stop = limits != NULL ? limits->stop : NULL};
    double start = ncf__clock();
    pilot.deadline = start + seconds;
    ncf_prune_search_t *search = ncf__prune_new(problem, lambda_min);
    if (search == NULL)
        return INFINITY;
    ncf__prune_run(search, 0, threads, &pilot);
    double spent = ncf__clock() - start;
    double guess = search->finished ? 0 : spent + ncf__prune_remaining(search, spent);
    ncf__prune_free(search);
    return guess;
}

/* ---- Beginning and end ----------------------------------------------------------- */

ncf_prune_search_t *ncf__prune_new_empty(const struct ncf_problem *problem,
                                         const fmpq_t lambda_min)
{
    ncf_prune_search_t *search = ncf__calloc(1, sizeof(*search));
    search->problem = problem;
    fmpq_init(search->lambda_min);
    fmpq_set(search->lambda_min, lambda_min);
    ncf__prune_strata_init(&search->strata, problem, lambda_min);
    search->floor = FIRST_FLOOR;
    return search;
}

ncf_prune_search_t *ncf__prune_new(const struct ncf_problem *problem, const fmpq_t lambda_min)
{
    NCF_REQUIRE(fmpq_sgn(lambda_min) > 0);
    if (ncf__prune_unsupported(problem) != NULL)
        return NULL;
    ncf_prune_search_t *search = ncf__prune_new_empty(problem, lambda_min);
    for (slong k = 0; k < search->strata.count; k++) {
        slong n = search->strata.strata[k].variables;
        ncf_prune_box_t whole = {{0}, {0}};
        for (slong j = 0; j < n; j++) {
            whole.low[j] = -1;
            whole.high[j] = 1;
        }
        for (slong chart = 0; chart < search->strata.strata[k].charts; chart++)
            ncf__prune_append(&ncf__prune_add_job(search, k, chart)->open, &whole);
    }
    return search;
}

void ncf__prune_free(ncf_prune_search_t *search)
{
    if (search == NULL)
        return;
    for (slong i = 0; i < search->job_count; i++) {
        ncf__free(search->jobs[i].open.boxes);
        ncf__free(search->jobs[i].small.boxes);
        ncf__free(search->jobs[i].zeros);
        ncf__free(search->jobs[i].tubes);
    }
    ncf__free(search->jobs);
    ncf__free(search->active);
    ncf__prune_strata_clear(&search->strata);
    fmpq_clear(search->lambda_min);
    ncf__free(search);
}
