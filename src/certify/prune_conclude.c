/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * prune_conclude.c: what a search has proved (T-PRUNE, lemmas 8 and 9). Every zero is
 * lifted to all weights; the lifted zero is a KKT point, so it is THE point that is
 * certified in a box of the full network that contains the lift. Zeros of several charts
 * and strata are sorted into orbits (T-ORBIT).
 */
#include "prune_lift.h"
#include "prune_search.h"

#include "../kkt/symmetry.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    ncf_prune_t *out;
    const ncf_prune_search_t *search;
    ncf_prune_lift_t lift;
    ncf_symmetry_group_t symmetry;
    ncf_point_options_t options;
    ncf_prune_point_t *found; /* certified, orbits perhaps repeated */
    slong count;
} conclusion_t;

static slong *copy_active(const ncf_prune_stratum_t *s, slong depth)
{
    slong *active = ncf__malloc((size_t) (depth - 1), sizeof(slong));
    memcpy(active, s->active, (size_t) (depth - 1) * sizeof(slong));
    return active;
}

/* ---- Regions --------------------------------------------------------------------- */

/* Appends a region with the lifted box; the ball of lambda is made positive. */
static void add_region(conclusion_t *c, const ncf_prune_box_t *box, const ncf_prune_job_t *job,
                       slong boxes, const char *reason)
{
    ncf_prune_t *out = c->out;
    const ncf_prune_stratum_t *s = &c->search->strata.strata[job->stratum];
    slong n = out->unknowns;
    ncf_prune_chart_t chart;
    arb_ptr lifted = _arb_vec_init(n + 1);
    ncf__prune_chart(&chart, s, job->chart);
    ncf__prune_lift(lifted, box, s, &chart, &c->lift);
    out->regions =
        ncf__realloc(out->regions, (size_t) (out->region_count + 1), sizeof(*out->regions));
    ncf_prune_region_t *region = &out->regions[out->region_count++];
    region->hull = _arb_vec_init(n);
    _arb_vec_set(region->hull, lifted, n);
    arb_init(region->lambda);
    arb_abs(region->lambda, lifted + n);
    region->boxes = boxes;
    region->active = copy_active(s, out->depth);
    region->reason = reason;
    _arb_vec_clear(lifted, n + 1);
}

static void extend_hull(ncf_prune_box_t *hull, const ncf_prune_box_t *box, int first)
{
    if (first) {
        *hull = *box;
        return;
    }
    for (slong j = 0; j < PRUNE_VARIABLES; j++) {
        hull->low[j] = box->low[j] < hull->low[j] ? box->low[j] : hull->low[j];
        hull->high[j] = box->high[j] > hull->high[j] ? box->high[j] : hull->high[j];
    }
}

/* One region for all boxes of a job that are not decided. */
static void add_open_boxes(conclusion_t *c, const ncf_prune_job_t *job)
{
    ncf_prune_box_t hull;
    slong count = job->open.count + job->small.count;
    if (count == 0)
        return;
    for (slong k = 0; k < job->open.count; k++)
        extend_hull(&hull, &job->open.boxes[k], k == 0);
    for (slong k = 0; k < job->small.count; k++)
        extend_hull(&hull, &job->small.boxes[k], k == 0 && job->open.count == 0);
    c->out->open_boxes += count;
    add_region(c, &hull, job, count,
               c->search->finished ? "the boxes do not shrink to isolated points"
                                   : "the search was ended early");
}

static int is_below(const conclusion_t *c, const arb_t lambda)
{
    arb_t bound;
    arb_init(bound);
    arb_set_fmpq(bound, c->out->lambda_min, c->lift.prec);
    int below = arb_lt(lambda, bound);
    arb_clear(bound);
    return below;
}

/* ---- Components (lemma 10) -------------------------------------------------------- */

static int same_active(const slong *a, const slong *b, slong depth)
{
    return memcmp(a, b, (size_t) (depth - 1) * sizeof(*a)) == 0;
}

/* Appends a component, or adds the piece to one that has the same lambda as far as is known.
 */
static void add_piece(conclusion_t *c, arb_srcptr point, arb_srcptr hull, slong dimension,
                      const ncf_prune_stratum_t *s)
{
    ncf_prune_t *out = c->out;
    slong n = out->unknowns, prec = c->lift.prec;
    for (slong k = 0; k < out->component_count; k++) {
        ncf_prune_component_t *known = &out->components[k];
        if (!arb_overlaps(known->lambda, point + n) || known->dimension != dimension ||
            !same_active(known->active, s->active, out->depth))
            continue;
        for (slong j = 0; j < n; j++)
            arb_union(known->hull + j, known->hull + j, hull + j, prec);
        arb_union(known->lambda, known->lambda, point + n, prec);
        known->boxes++;
        return;
    }
    out->components = ncf__realloc(out->components, (size_t) (out->component_count + 1),
                                   sizeof(*out->components));
    ncf_prune_component_t *component = &out->components[out->component_count++];
    component->dimension = dimension;
    component->point = _arb_vec_init(n + 1);
    component->hull = _arb_vec_init(n);
    _arb_vec_set(component->point, point, n + 1);
    _arb_vec_set(component->hull, hull, n);
    arb_init(component->lambda);
    arb_set(component->lambda, point + n);
    component->boxes = 1;
    component->holds = component->dimension_proved = ncf_proved();
    component->reason = "one matrix is a multiple of the identity on it";
    component->active = copy_active(s, out->depth);
}

static void add_tube(conclusion_t *c, const ncf_prune_tube_t *tube, const ncf_prune_job_t *job)
{
    slong n = c->out->unknowns, dimension = 0;
    const ncf_prune_stratum_t *s = &c->search->strata.strata[job->stratum];
    ncf_prune_chart_t chart;
    arb_ptr point = _arb_vec_init(n + 1), hull = _arb_vec_init(n + 1);
    ncf__prune_chart(&chart, s, job->chart);
    int sign = ncf__prune_lift(point, &tube->at, s, &chart, &c->lift);
    ncf__prune_lift(hull, &tube->box, s, &chart, &c->lift);
    for (slong j = 0; j < s->variables; j++)
        dimension += tube->box.low[j] < tube->box.high[j] && !tube->solved[j];
    if (!sign)
        add_region(c, &tube->box, job, 1, "the sign of lambda is not known on a tube");
    else if (!is_below(c, point + n))
        add_piece(c, point, hull, dimension, s);
    _arb_vec_clear(hull, n + 1);
    _arb_vec_clear(point, n + 1);
}

/* ---- Points ---------------------------------------------------------------------- */

static void doubles(double *out, arb_srcptr u, slong n)
{
    for (slong j = 0; j < n; j++)
        out[j] = arf_get_d(arb_midref(u + j), ARF_RND_NEAR);
}

/*
 * Is the lifted zero g times a point that was certified before, for the g that brings both
 * to canonical form? Then it lies, moved by g, in a box with only one zero.
 */
static int is_image_of(const conclusion_t *c, arb_srcptr lifted,
                       const ncf_prune_point_t *known)
{
    slong n = c->out->unknowns;
    ncf_symmetry_element_t to, from, back, g;
    double *u = ncf__malloc((size_t) (2 * n), sizeof(double));
    arb_ptr moved = _arb_vec_init(n);
    ncf__symmetry_element_init(&to, c->symmetry);
    ncf__symmetry_element_init(&from, c->symmetry);
    ncf__symmetry_element_init(&back, c->symmetry);
    ncf__symmetry_element_init(&g, c->symmetry);
    doubles(u, lifted, n);
    ncf__symmetry_canonical(u + n, &from, c->symmetry, u);
    doubles(u, known->point.point, n);
    ncf__symmetry_canonical(u + n, &to, c->symmetry, u);
    ncf__symmetry_inverse(&back, &to, c->symmetry);
    ncf__symmetry_compose(&g, &back, &from, c->symmetry);
    ncf__symmetry_apply_arb(moved, c->symmetry, &g, lifted);
    int inside = arb_contains(known->point.box + n, lifted + n);
    for (slong j = 0; j < n && inside; j++)
        inside = arb_contains(known->point.box + j, moved + j);
    ncf__symmetry_element_clear(&g);
    ncf__symmetry_element_clear(&back);
    ncf__symmetry_element_clear(&from);
    ncf__symmetry_element_clear(&to);
    _arb_vec_clear(moved, n);
    ncf__free(u);
    return inside;
}

/* Certifies the KKT point that is the lifted zero; 0: it stays undecided. */
static int certify_lift(ncf_certified_point_t *record, arb_srcptr lifted,
                        const conclusion_t *c)
{
    slong n = c->out->unknowns;
    ncf__certify_point(record, lifted, c->search->problem, c->lift.network, &c->options);
    int proved = ncf_is_proved(record->exists) && record->slice_dimension == 0 &&
                 ncf_is_proved(record->lambda_positive);
    for (slong j = 0; j <= n && proved; j++)
        proved = arb_is_finite(record->box + j) && arb_contains(record->box + j, lifted + j);
    return proved;
}

static void add_zero(conclusion_t *c, const ncf_prune_zero_t *zero, const ncf_prune_job_t *job)
{
    slong n = c->out->unknowns;
    const ncf_prune_stratum_t *s = &c->search->strata.strata[job->stratum];
    ncf_prune_chart_t chart;
    arb_ptr lifted = _arb_vec_init(n + 1);
    ncf__prune_chart(&chart, s, job->chart);
    int known = 0, sign = ncf__prune_lift(lifted, &zero->at, s, &chart, &c->lift);
    int below = arb_is_finite(lifted + n) && is_below(c, lifted + n);
    if (sign && below)
        known = 1;
    for (slong k = 0; k < c->count && sign && !known; k++)
        known = arb_overlaps(c->found[k].point.box + n, lifted + n) &&
                is_image_of(c, lifted, &c->found[k]);
    ncf_prune_point_t point;
    if (!known) {
        ncf__certified_point_init(&point.point, c->lift.network);
        if (sign && certify_lift(&point.point, lifted, c)) {
            fmpz_init(point.orbit_size);
            point.size_known = 0;
            point.active = copy_active(s, c->out->depth);
            c->found = ncf__realloc(c->found, (size_t) (c->count + 1), sizeof(point));
            c->found[c->count++] = point;
        } else {
            ncf__certified_point_clear(&point.point);
            add_region(c, &zero->at, job, 1,
                       "a point was found that the full network does not prove");
        }
    }
    _arb_vec_clear(lifted, n + 1);
}

static void point_clear(ncf_prune_point_t *point)
{
    ncf__certified_point_clear(&point->point);
    fmpz_clear(point->orbit_size);
    ncf__free(point->active);
}

/* Keeps one point of each orbit, with the size of the orbit. */
static void keep_orbits(conclusion_t *c)
{
    ncf_prune_t *out = c->out;
    ncf_orbit_member_t *members = ncf__malloc((size_t) c->count, sizeof(*members));
    slong *orbit = ncf__malloc((size_t) c->count, sizeof(*orbit));
    ncf_verdict_t *different = ncf__malloc((size_t) c->count, sizeof(*different));
    for (slong k = 0; k < c->count; k++)
        members[k] = (ncf_orbit_member_t){c->found[k].point.point, c->found[k].point.box, 0};
    ncf__orbits_partition(orbit, different, c->symmetry, members, c->count);
    out->points = ncf__malloc((size_t) c->count, sizeof(*out->points));
    out->distinct = ncf_proved();
    for (slong k = 0; k < c->count; k++) {
        if (orbit[k] != k) {
            point_clear(&c->found[k]);
            continue;
        }
        ncf_prune_point_t *point = &c->found[k];
        out->distinct = ncf_verdict_and(out->distinct, different[k]);
        point->size_known = ncf_is_proved(
            ncf__symmetry_orbit_size(point->orbit_size, c->symmetry, &members[k]));
        out->points[out->count++] = *point;
    }
    ncf__free(different);
    ncf__free(orbit);
    ncf__free(members);
    ncf__free(c->found);
}

static int by_lambda(const void *left, const void *right)
{
    const ncf_prune_point_t *a = left, *b = right;
    slong n = a->point.unknowns;
    int order = arf_cmp(arb_midref(b->point.point + n), arb_midref(a->point.point + n));
    for (slong j = 0; j < n && order == 0; j++)
        order = arf_cmp(arb_midref(b->point.point + j), arb_midref(a->point.point + j));
    return order;
}

/* ---- The whole ------------------------------------------------------------------- */

static double open_share(const ncf_prune_search_t *search)
{
    double share = 0, charts = 0;
    for (slong k = 0; k < search->strata.count; k++)
        charts += (double) search->strata.strata[k].charts;
    for (slong i = 0; i < search->job_count; i++) {
        const ncf_prune_job_t *job = &search->jobs[i];
        slong n = search->strata.strata[job->stratum].variables;
        for (slong k = 0; k < job->open.count; k++)
            share += ncf__prune_share(&job->open.boxes[k], n);
        for (slong k = 0; k < job->small.count; k++)
            share += ncf__prune_share(&job->small.boxes[k], n);
    }
    return share / charts;
}

void ncf__prune_conclude(ncf_prune_t *out, const ncf_prune_search_t *search, slong prec,
                         slong max_precision)
{
    conclusion_t c = {.out = out, .search = search, .options = {prec, max_precision}};
    memset(out, 0, sizeof(*out));
    ncf__prune_lift_init(&c.lift, search->problem, 2 * prec);
    ncf__symmetry_init(c.symmetry, c.lift.network);
    out->unknowns = c.lift.network->unknowns;
    out->depth = search->problem->network.depth;
    fmpq_init(out->lambda_min);
    fmpq_set(out->lambda_min, search->lambda_min);
    out->strata = search->strata.count;
    out->seconds = search->seconds;
    out->limit = search->limit;
    for (slong i = 0; i < search->job_count; i++) {
        const ncf_prune_job_t *job = &search->jobs[i];
        out->boxes += job->done;
        for (slong k = job->zeros_inherited; k < job->zero_count; k++)
            add_zero(&c, &job->zeros[k], job);
        for (slong k = job->tubes_inherited; k < job->tube_count; k++)
            add_tube(&c, &job->tubes[k], job);
        add_open_boxes(&c, job);
    }
    keep_orbits(&c);
    if (out->count > 1)
        qsort(out->points, (size_t) out->count, sizeof(*out->points), by_lambda);
    out->share_decided = 1 - open_share(search);
    out->complete =
        search->finished && out->region_count == 0 ? ncf_proved() : ncf_undecided();
    ncf__symmetry_clear(c.symmetry);
    ncf__prune_lift_clear(&c.lift);
}

void ncf__prune_clear(ncf_prune_t *result)
{
    slong n = result->unknowns;
    for (slong k = 0; k < result->count; k++)
        point_clear(&result->points[k]);
    for (slong k = 0; k < result->component_count; k++) {
        _arb_vec_clear(result->components[k].hull, n);
        _arb_vec_clear(result->components[k].point, n + 1);
        arb_clear(result->components[k].lambda);
        ncf__free(result->components[k].active);
    }
    for (slong k = 0; k < result->region_count; k++) {
        _arb_vec_clear(result->regions[k].hull, n);
        arb_clear(result->regions[k].lambda);
        ncf__free(result->regions[k].active);
    }
    ncf__free(result->points);
    ncf__free(result->components);
    ncf__free(result->regions);
    fmpq_clear(result->lambda_min);
}
