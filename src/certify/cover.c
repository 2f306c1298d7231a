/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * cover.c: branch and prune over the charts [-1, 1]^v (T-COVER). A fixed first
 * subdivision gives independent jobs, each with a queue of boxes and a list of lines;
 * the budget is shared out between rounds, so that nothing depends on threads.
 */
#include "cover_internal.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define COVER_PROOF_BITS 256   /* of the balls that hold the lines */
#define COVER_SMALLEST 0x1p-30 /* boxes of this half width are given up */
#define COVER_CROWD 10000      /* open boxes of one job, see is_crowded */
#define COVER_CROWD_WIDTH 0x1p-6
#define COVER_SMALL 0x1p-20 /* below it Newton's method is tried in any case */
#define COVER_REACH 0x1p-26 /* least half width of a box with one zero */

typedef struct {
    slong chart;
    ncf_cover_box_t *queue; /* boxes to do: head..tail-1 */
    slong head, tail, allocated;
    ncf_cover_box_t *failed; /* too small, or drowned in rounding errors */
    slong failed_count, failed_allocated;
    ncf_cover_record_t *records;
    slong record_count;
    slong budget; /* boxes in this round */
    slong done;   /* boxes in all rounds */
} cover_job_t;

typedef struct {
    const ncf_tensor_struct *tensor;
    arb_mat_t points;
    ncf_cover_shape_t shape;
    ncf_cover_term_t *tables;
    const arf_struct *bound; /* mu_min */
    double mu_min;           /* of the scaled tensor, rounded down */
    cover_job_t *jobs;
    slong job_count;
    cover_job_t **active;
    const ncf_limits_t *limits;
} cover_search_t;

/* ---- Boxes and lines of a job ---------------------------------------------------- */

static void append(ncf_cover_box_t **list, slong *count, slong *allocated,
                   const ncf_cover_box_t *box)
{
    if (*count == *allocated) {
        *allocated = 2 * *allocated + 16;
        *list = ncf__realloc(*list, (size_t) *allocated, sizeof(**list));
    }
    (*list)[(*count)++] = *box;
}

static void push(cover_job_t *job, const ncf_cover_box_t *box)
{
    if (job->tail == job->allocated && job->head > job->tail / 2) {
        job->tail -= job->head;
        memmove(job->queue, job->queue + job->head, (size_t) job->tail * sizeof(*box));
        job->head = 0;
    }
    append(&job->queue, &job->tail, &job->allocated, box);
}

static int knows_line_in(const cover_job_t *job, const ncf_cover_box_t *box, slong variables)
{
    for (slong i = 0; i < job->record_count; i++)
        if (ncf__cover_inside(&job->records[i].x, box, variables))
            return 1;
    return 0;
}

/* The line at x, which must lie in the box `unique` that holds at most one zero. */
static int prove_line(cover_job_t *job, const double *x, const ncf_cover_box_t *unique,
                      const cover_search_t *search)
{
    slong n = search->tensor->dimension;
    ncf_cover_record_t record;
    ncf__cover_record_init(&record, n);
    record.unique = *unique;
    if (!ncf__cover_prove(&record, x, job->chart, search->tensor, search->points,
                          COVER_PROOF_BITS) ||
        !ncf__cover_inside(&record.x, unique, n - 1)) {
        ncf__cover_record_clear(&record, n);
        return 0;
    }
    job->records =
        ncf__realloc(job->records, (size_t) (job->record_count + 1), sizeof(*job->records));
    job->records[job->record_count++] = record;
    return 1;
}

/* ---- One box --------------------------------------------------------------------- */

static const ncf_cover_term_t *chart_table(const cover_search_t *search, slong chart)
{
    return search->tables + chart * search->shape.terms;
}

static double width(const ncf_cover_box_t *box, slong variables)
{
    double widest = 0;
    for (slong l = 0; l < variables; l++)
        widest = fmax(widest, box->high[l] - box->low[l]);
    return widest;
}

/*
 * A box around the Newton point of the expansion that covers the box of t, in doubles
 * that are used as they are: what is proved is proved for the box that comes out.
 */
static int newton_box(ncf_cover_box_t *around, double *point, const ncf_cover_newton_t *newton,
                      const ncf_cover_expansion_t *t)
{
    memset(around, 0, sizeof(*around));
    for (slong l = 0; l < t->shape->variables; l++) {
        double step = t->radius[l] * newton->offset[l];
        if (!(fabs(step) <= 2 * t->radius[l]))
            return 0;
        point[l] = t->center[l] - step;
        double reach = (fabs(step) + t->radius[l]) * 1.0009765625 + COVER_REACH;
        around->low[l] = point[l] - reach;
        around->high[l] = point[l] + reach;
    }
    return 1;
}

/* Is it time for Newton's method: is the linear part dominant, or the box small? */
static int is_promising(const ncf_cover_newton_t *newton, const ncf_cover_box_t *box,
                        slong variables)
{
    int dominant = 1;
    for (slong l = 0; l < variables; l++)
        dominant = dominant && newton->contraction[l] < 1;
    return dominant || width(box, variables) <= COVER_SMALL;
}

/*
 * 1: the box is dealt with: a larger box around its Newton point holds exactly one
 * zero, and the job lists it. Overwrites t.
 */
static int isolate(cover_job_t *job, const ncf_cover_box_t *box,
                   const ncf_cover_newton_t *newton, ncf_cover_expansion_t *t,
                   const cover_search_t *search)
{
    slong v = search->shape.variables;
    ncf_cover_box_t around;
    ncf_cover_newton_t at_point;
    double point[COVER_VARIABLES];
    if (!is_promising(newton, box, v) || !newton_box(&around, point, newton, t) ||
        !ncf__cover_inside(box, &around, v))
        return 0;
    ncf__cover_expand(t, chart_table(search, job->chart), &around);
    job->done++;
    if (!ncf__cover_precondition(&at_point, t) || !ncf__cover_isolates(&at_point, v))
        return 0;
    return knows_line_in(job, &around, v) || prove_line(job, point, &around, search);
}

static double volume(const ncf_cover_box_t *box, slong variables)
{
    double product = 1;
    for (slong l = 0; l < variables; l++)
        product *= box->high[l] - box->low[l];
    return product;
}

/* Cuts off the middle, where structured tensors have their eigenvectors. */
static void bisect(cover_job_t *job, const ncf_cover_box_t *box, slong variables)
{
    slong l = 0;
    for (slong k = 1; k < variables; k++)
        if (box->high[k] - box->low[k] > box->high[l] - box->low[l])
            l = k;
    double cut = box->low[l] + 0.515625 * (box->high[l] - box->low[l]);
    ncf_cover_box_t half = *box;
    half.high[l] = cut;
    push(job, &half);
    half = *box;
    half.low[l] = cut;
    push(job, &half);
}

typedef enum { BOX_SETTLED, BOX_OPEN, BOX_HOPELESS } box_state_t;

/* Discards, contracts and isolates; the box may come back smaller. */
static box_state_t settle(cover_job_t *job, ncf_cover_box_t *box, ncf_cover_expansion_t *t,
                          const cover_search_t *search)
{
    slong v = search->shape.variables;
    ncf_cover_newton_t newton;
    for (;;) {
        ncf_cover_box_t expanded = *box;
        ncf__cover_expand(t, chart_table(search, job->chart), box);
        job->done++;
        if (ncf__cover_excluded(t, box, search->mu_min))
            return BOX_SETTLED;
        box_state_t state = width(box, v) < 2 * COVER_SMALLEST || ncf__cover_drowned(t)
                                ? BOX_HOPELESS
                                : BOX_OPEN;
        if (!ncf__cover_precondition(&newton, t))
            return state;
        if (!ncf__cover_contract(box, &newton, t) ||
            isolate(job, &expanded, &newton, t, search))
            return BOX_SETTLED;
        if (state == BOX_HOPELESS || !(volume(box, v) < 0.5 * volume(&expanded, v)))
            return state;
    }
}

static void process(cover_job_t *job, ncf_cover_expansion_t *t, const cover_search_t *search)
{
    ncf_cover_box_t box = job->queue[job->head++];
    switch (settle(job, &box, t, search)) {
    case BOX_SETTLED:
        break;
    case BOX_OPEN:
        bisect(job, &box, search->shape.variables);
        break;
    case BOX_HOPELESS:
        append(&job->failed, &job->failed_count, &job->failed_allocated, &box);
        break;
    }
}

/*
 * A crowd of boxes that are too small for |mu| < mu_min to discard (phi vanishes to the
 * second order where g does): eigenvectors fill a curve or a surface, and halving the
 * boxes further would only draw it more finely.
 */
static int is_crowded(const cover_job_t *job, const cover_search_t *search)
{
    double small = fmin(COVER_CROWD_WIDTH, sqrt(search->mu_min) / 8);
    return job->tail - job->head > COVER_CROWD &&
           width(&job->queue[job->head], search->shape.variables) < small;
}

static void give_up(cover_job_t *job)
{
    for (; job->head < job->tail; job->head++)
        append(&job->failed, &job->failed_count, &job->failed_allocated,
               &job->queue[job->head]);
}

/* ---- Jobs, rounds and the budget ------------------------------------------------- */

static void run_job(void *context, slong index, int worker)
{
    enum { TERMS_BETWEEN_CHECKS = 20000 };
    (void) worker;
    const cover_search_t *search = context;
    cover_job_t *job = search->active[index];
    slong last = job->done + job->budget, turn = 0;
    slong interval = 1 + TERMS_BETWEEN_CHECKS / search->shape.terms;
    ncf_cover_expansion_t t;
    ncf__cover_expansion_init(&t, &search->shape);
    while (job->head < job->tail && job->done < last) {
        process(job, &t, search);
        if (is_crowded(job, search))
            give_up(job);
        if (++turn % interval == 0 && ncf__limit_reached(search->limits) != NCF_LIMIT_NONE)
            break;
    }
    ncf__cover_expansion_clear(&t);
}

/* Lists the jobs with open boxes. */
static slong collect_active(cover_search_t *search)
{
    slong count = 0;
    for (slong i = 0; i < search->job_count; i++)
        if (search->jobs[i].head < search->jobs[i].tail)
            search->active[count++] = &search->jobs[i];
    return count;
}

static slong boxes_done(const cover_search_t *search)
{
    slong done = 0;
    for (slong i = 0; i < search->job_count; i++)
        done += search->jobs[i].done;
    return done;
}

/* Rounds until no box is open, the budget is spent or a limit is reached. */
static ncf_limit_t run_rounds(cover_search_t *search, slong max_boxes, int threads)
{
    for (;;) {
        slong count = collect_active(search), rest = max_boxes - boxes_done(search);
        if (count == 0 || rest <= 0)
            return NCF_LIMIT_NONE;
        if (count > rest)
            count = rest;
        for (slong i = 0; i < count; i++)
            search->active[i]->budget = rest / count;
        ncf_limit_t limit = ncf__parallel_for(count, threads, run_job, search, search->limits,
                                              "covering the sphere");
        if (limit == NCF_LIMIT_NONE)
            limit = ncf__limit_reached(search->limits);
        if (limit != NCF_LIMIT_NONE)
            return collect_active(search) > 0 ? limit : NCF_LIMIT_NONE;
    }
}

/* The first boxes: five unequal pieces of [-1, 1] in each coordinate of each chart. */
static void make_jobs(cover_search_t *search)
{
    enum { PIECES = 5 };
    static const double cuts[PIECES + 1] = {-1, -0.609375, -0.203125, 0.171875, 0.578125, 1};
    slong v = search->shape.variables, pieces = 1;
    for (slong l = 0; l < v; l++)
        pieces *= PIECES;
    search->job_count = (v + 1) * pieces;
    search->jobs = ncf__calloc((size_t) search->job_count, sizeof(*search->jobs));
    search->active = ncf__calloc((size_t) search->job_count, sizeof(*search->active));
    for (slong i = 0; i < search->job_count; i++) {
        cover_job_t *job = &search->jobs[i];
        ncf_cover_box_t box = {{0}, {0}};
        slong rest = i % pieces;
        job->chart = i / pieces;
        for (slong l = 0; l < v; l++, rest /= PIECES) {
            box.low[l] = cuts[rest % PIECES];
            box.high[l] = cuts[rest % PIECES + 1];
        }
        push(job, &box);
    }
}

static void free_jobs(cover_search_t *search)
{
    for (slong i = 0; i < search->job_count; i++) {
        cover_job_t *job = &search->jobs[i];
        ncf__free(job->queue);
        ncf__free(job->failed);
        for (slong k = 0; k < job->record_count; k++)
            ncf__cover_record_clear(&job->records[k], search->tensor->dimension);
        ncf__free(job->records);
    }
    ncf__free(search->active);
    ncf__free(search->jobs);
}

/* ---- The result ------------------------------------------------------------------ */

static void add_undecided(ncf_cover_t *out, const ncf_cover_box_t *box, slong chart,
                          slong dimension)
{
    slong n = dimension, count = out->undecided_count;
    arf_t low, high;
    arf_init(low);
    arf_init(high);
    out->undecided =
        ncf__realloc(out->undecided, (size_t) ((count + 1) * n), sizeof(arb_struct));
    out->undecided_chart =
        ncf__realloc(out->undecided_chart, (size_t) (count + 1), sizeof(slong));
    arb_ptr e = out->undecided + count * n;
    for (slong i = 0; i < n; i++) {
        arb_init(e + i);
        arb_one(e + i);
        if (i == chart)
            continue;
        arf_set_d(low, box->low[i - (i > chart)]);
        arf_set_d(high, box->high[i - (i > chart)]);
        arb_set_interval_arf(e + i, low, high, 64);
    }
    out->undecided_chart[count] = chart;
    out->undecided_count++;
    arf_clear(high);
    arf_clear(low);
}

/* Open and failed boxes of one chart as clusters; adds their volume. */
static double gather_undecided(ncf_cover_t *out, const cover_search_t *search, slong chart)
{
    slong v = search->shape.variables, count = 0, allocated = 0;
    ncf_cover_box_t *boxes = NULL;
    double sum = 0;
    for (slong i = 0; i < search->job_count; i++) {
        const cover_job_t *job = &search->jobs[i];
        if (job->chart != chart)
            continue;
        for (slong k = job->head; k < job->tail; k++)
            append(&boxes, &count, &allocated, &job->queue[k]);
        for (slong k = 0; k < job->failed_count; k++)
            append(&boxes, &count, &allocated, &job->failed[k]);
    }
    for (slong k = 0; k < count; k++)
        sum += volume(&boxes[k], v);
    count = ncf__cover_cluster(boxes, count, v);
    for (slong k = 0; k < count; k++)
        add_undecided(out, &boxes[k], chart, v + 1);
    ncf__free(boxes);
    return sum;
}

static void add_line(ncf_cover_t *out, const ncf_cover_record_t *record, slong dimension)
{
    ncf_cover_line_t *line;
    out->lines = ncf__realloc(out->lines, (size_t) (out->count + 1), sizeof(*out->lines));
    line = &out->lines[out->count++];
    line->chart = record->chart;
    line->e = _arb_vec_init(dimension);
    arb_init(line->mu);
    _arb_vec_set(line->e, record->e, dimension);
    arb_set(line->mu, record->mu);
}

/*
 * Adds the record unless it is one of the kept ones; a record that is neither proved
 * equal to one nor proved distinct from all is not listed but undecided.
 */
static void merge_record(ncf_cover_t *out, const ncf_cover_record_t **kept,
                         const ncf_cover_record_t *record, slong dimension)
{
    ncf_verdict_t known = ncf_refuted();
    for (slong i = 0; i < out->count && !ncf_is_proved(known); i++)
        known = ncf_verdict_or(known,
                               ncf__cover_same(kept[i], record, dimension, COVER_PROOF_BITS));
    if (ncf_is_refuted(known)) {
        kept[out->count] = record;
        add_line(out, record, dimension);
    } else if (ncf_is_undecided(known)) {
        add_undecided(out, &record->x, record->chart, dimension);
    }
}

/* Certainly |mu| < mu_min: proved, but not asked for. */
static int is_below(const ncf_cover_record_t *record, const arf_t bound)
{
    mag_t size;
    mag_init(size);
    arb_get_mag(size, record->mu);
    int below = arf_cmpabs_mag(bound, size) > 0;
    mag_clear(size);
    return below;
}

static void gather(ncf_cover_t *out, const cover_search_t *search)
{
    slong v = search->shape.variables, n = v + 1, total = 0;
    for (slong i = 0; i < search->job_count; i++)
        total += search->jobs[i].record_count;
    const ncf_cover_record_t **kept = ncf__calloc((size_t) total, sizeof(*kept));
    for (slong i = 0; i < search->job_count; i++) {
        for (slong k = 0; k < search->jobs[i].record_count; k++) {
            if (!is_below(&search->jobs[i].records[k], search->bound))
                merge_record(out, kept, &search->jobs[i].records[k], n);
        }
    }
    ncf__free(kept);
    double open = 0;
    for (slong k = 0; k < n; k++)
        open += gather_undecided(out, search, k);
    out->undecided_share = open / (double) n * pow(0.5, (double) v);
    out->boxes = boxes_done(search);
}

/* mu_min / 2^exponent, rounded down. */
static double scaled_bound(const arf_t mu_min, const fmpz_t exponent)
{
    arf_t scaled;
    fmpz_t shift;
    arf_init(scaled);
    fmpz_init(shift);
    fmpz_neg(shift, exponent);
    arf_mul_2exp_fmpz(scaled, mu_min, shift);
    double bound =
        arf_cmpabs_2exp_si(scaled, 1000) >= 0 ? DBL_MAX : arf_get_d(scaled, ARF_RND_DOWN);
    fmpz_clear(shift);
    arf_clear(scaled);
    return bound;
}

/* Polynomials that are not expanded: everything stays undecided. */
static void whole_charts(ncf_cover_t *out, slong dimension)
{
    ncf_cover_box_t box = {{-1, -1, -1}, {1, 1, 1}};
    for (slong k = 0; k < dimension; k++)
        add_undecided(out, &box, k, dimension);
    out->undecided_share = 1;
}

static void cover_charts(ncf_cover_t *out, cover_search_t *search, const arf_t mu_min,
                         slong max_boxes, int threads)
{
    fmpz_t exponent;
    fmpz_init(exponent);
    search->tables = ncf__cover_tables(exponent, &search->shape, search->tensor,
                                       search->points, search->limits, COVER_PROOF_BITS);
    if (search->tables == NULL) {
        out->limit = ncf__limit_reached(search->limits);
        whole_charts(out, search->tensor->dimension);
    } else {
        search->mu_min = scaled_bound(mu_min, exponent);
        make_jobs(search);
        out->limit = run_rounds(search, max_boxes, threads);
        gather(out, search);
        free_jobs(search);
        ncf__free(search->tables);
    }
    fmpz_clear(exponent);
}

/* n = 1: T = c e^m with c != 0, one line. */
static void single_line(ncf_cover_t *out, const cover_search_t *search)
{
    ncf_cover_record_t record;
    ncf__cover_record_init(&record, 1);
    arb_one(record.e);
    ncf__tensor_eval(record.mu, NULL, NULL, record.e, search->tensor, search->points,
                     COVER_PROOF_BITS);
    if (!is_below(&record, search->bound))
        add_line(out, &record, 1);
    ncf__cover_record_clear(&record, 1);
}

void ncf__cover_lines(ncf_cover_t *out, const ncf_tensor_t tensor, const arf_t mu_min,
                      slong max_boxes, int threads, const ncf_limits_t *limits)
{
    slong n = tensor->dimension;
    NCF_REQUIRE(n <= COVER_VARIABLES + 1 && arf_is_finite(mu_min) && arf_sgn(mu_min) > 0);
    memset(out, 0, sizeof(*out));
    if (n == 0)
        return;
    cover_search_t search = {.tensor = tensor, .limits = limits, .bound = mu_min};
    arb_mat_init(search.points, tensor->points, n);
    ncf__tensor_isometric(search.points, tensor, COVER_PROOF_BITS);
    if (n == 1) {
        single_line(out, &search);
    } else if (!ncf__cover_shape_init(&search.shape, n - 1, tensor->order)) {
        whole_charts(out, n);
    } else {
        cover_charts(out, &search, mu_min, max_boxes, threads);
        ncf__cover_shape_clear(&search.shape);
    }
    arb_mat_clear(search.points);
}

void ncf__cover_clear(ncf_cover_t *cover, slong dimension)
{
    for (slong i = 0; i < cover->count; i++) {
        arb_clear(cover->lines[i].mu);
        _arb_vec_clear(cover->lines[i].e, dimension);
    }
    ncf__free(cover->lines);
    for (slong i = 0; i < cover->undecided_count * dimension; i++)
        arb_clear(cover->undecided + i);
    ncf__free(cover->undecided);
    ncf__free(cover->undecided_chart);
}
