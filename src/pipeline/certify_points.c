/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * certify_points.c: candidates to proved points. Each is scaled to length 1, moved by
 * Newton's method in doubles, which proposes, and certified by ncf__certify_point, which
 * reads nothing but the proposal. The distance is then measured between the candidate as
 * it was given, exactly, and the enclosure that was proved.
 */
#include "certify_points.h"

#include "../kkt/symmetry.h"
#include "polish.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    struct ncf_certification *out;
    const struct ncf_problem *problem;
    const struct ncf_points *points;
    const ncf_certify_settings_t *settings;
    ncf_polisher_t polisher;
    fmpq_mat_t weights;
    arb_mat_t x, z; /* data in balls */
    const ncf_limits_t *limits;
    slong prec;
} job_t;

/* v = c / |c| */
static void set_direction(arb_ptr v, const fmpq *c, slong n, slong prec)
{
    arb_t norm;
    arb_init(norm);
    for (slong j = 0; j < n; j++)
        arb_set_fmpq(v + j, c + j, prec);
    arb_dot(norm, NULL, 0, v, 1, v, 1, n, prec);
    arb_sqrt(norm, norm, prec);
    for (slong j = 0; j < n; j++)
        arb_div(v + j, v + j, norm, prec);
    arb_clear(norm);
}

/* How far the candidate itself is from satisfying the equations. */
static void measure_residual(ncf_candidate_t *candidate, arb_srcptr v, const job_t *job)
{
    slong n = job->out->network->unknowns, prec = job->prec;
    arb_ptr r = _arb_vec_init(n);
    ncf__network_eval_arb(NULL, r, NULL, v, job->out->network, job->x, job->z, prec);
    arb_dot(candidate->multiplier, NULL, 0, r, 1, v, 1, n, prec);
    for (slong j = 0; j < n; j++)
        arb_submul(r + j, candidate->multiplier, v + j, prec);
    arb_dot(candidate->residual, NULL, 0, r, 1, r, 1, n, prec);
    arb_sqrtpos(candidate->residual, candidate->residual, prec);
    _arb_vec_clear(r, n);
}

/* The midpoints of the proposal, exactly as doubles; those of v when there is none. */
static void propose(arb_ptr proposal, arb_srcptr v, const job_t *job)
{
    slong n = job->out->network->unknowns;
    double *u = ncf__malloc((size_t) n, sizeof(double));
    for (slong j = 0; j < n; j++)
        u[j] = arf_get_d(arb_midref(v + j), ARF_RND_NEAR);
    ncf__polish(u, &job->polisher);
    for (slong j = 0; j < n; j++)
        arb_set_d(proposal + j, u[j]);
    ncf__free(u);
}

static void measure_distance(ncf_candidate_t *candidate, arb_srcptr v, const job_t *job)
{
    slong n = job->out->network->unknowns, prec = job->prec;
    arb_t difference, threshold;
    arb_init(difference);
    arb_init(threshold);
    arb_zero(candidate->distance);
    for (slong j = 0; j < n; j++) {
        arb_sub(difference, v + j, candidate->found.point.point + j, prec);
        arb_addmul(candidate->distance, difference, difference, prec);
    }
    arb_sqrtpos(candidate->distance, candidate->distance, prec);
    arb_set_fmpq(threshold, job->out->threshold, prec);
    if (arb_is_finite(candidate->distance))
        candidate->near = arb_le(candidate->distance, threshold)   ? ncf_proved()
                          : arb_gt(candidate->distance, threshold) ? ncf_refuted()
                                                                   : ncf_undecided();
    arb_clear(threshold);
    arb_clear(difference);
}

static void certify_one(void *context, slong k, int worker)
{
    job_t *job = context;
    (void) worker;
    slong n = job->out->network->unknowns;
    ncf_candidate_t *candidate = &job->out->candidates[k];
    ncf_point_options_t options = {job->settings->precision, job->settings->max_precision,
                                   job->limits};
    arb_ptr v = _arb_vec_init(n), proposal = _arb_vec_init(n);
    set_direction(v, fmpq_mat_entry(job->points->rows, k, 0), n, job->prec);
    measure_residual(candidate, v, job);
    propose(proposal, v, job);
    ncf__certify_point(&candidate->found.point, proposal, job->problem, job->out->network, &options);
    if (ncf_is_proved(candidate->found.point.exists)) {
        measure_distance(candidate, v, job);
        ncf__point_orbit_set_active(&candidate->found, job->out->network);
    }
    /* What a limit cut short is shown as far as a point was proved. */
    candidate->finished =
        !candidate->found.point.unfinished || ncf_is_proved(candidate->found.point.exists);
    _arb_vec_clear(proposal, n);
    _arb_vec_clear(v, n);
}

/* ---- Orbits ---------------------------------------------------------------------- */

static arb_srcptr lambda_of(const ncf_candidate_t *candidate)
{
    return ncf__point_orbit_lambda(&candidate->found);
}

/* The candidates with a proved point, as the symmetry group wants them. */
static slong proved_members(ncf_orbit_member_t *members, slong *numbers,
                            const struct ncf_certification *out)
{
    slong count = 0;
    for (slong k = 0; k < out->count; k++) {
        const ncf_certified_point_t *point = &out->candidates[k].found.point;
        if (!ncf_is_proved(point->exists))
            continue;
        members[count] = (ncf_orbit_member_t) {point->point, point->box, point->slice_dimension};
        numbers[count++] = k;
    }
    return count;
}

/* The number of points, or the dimension, of the orbit of a candidate that stands for it. */
static void measure_orbit(ncf_candidate_t *first, const ncf_symmetry_group_t sym,
                          const ncf_orbit_member_t *member)
{
    first->found.dimension = member->slice_dimension;
    first->found.size_known =
        member->slice_dimension == 0 &&
        ncf_is_proved(ncf__symmetry_orbit_size(first->found.size, sym, member));
}

/* Numbers the orbits in the order of the candidates that stand for them. */
static void set_orbits(struct ncf_certification *out, const slong *orbit,
                       const ncf_verdict_t *different, const ncf_symmetry_group_t sym,
                       const ncf_orbit_member_t *members, const slong *numbers, slong count)
{
    for (slong i = 0; i < count; i++) {
        ncf_candidate_t *candidate = &out->candidates[numbers[i]];
        ncf_candidate_t *first = &out->candidates[numbers[orbit[i]]];
        if (orbit[i] == i) {
            candidate->orbit = out->orbit_count;
            out->orbits[out->orbit_count++] = numbers[i];
            measure_orbit(candidate, sym, &members[i]);
        }
        candidate->first = numbers[orbit[i]];
        candidate->orbit = first->orbit;
        candidate->orbit_open = !ncf_is_proved(different[i]);
        fmpz_set(candidate->found.size, first->found.size);
        candidate->found.size_known = first->found.size_known;
        candidate->found.dimension = first->found.dimension;
    }
}

/* Decreasing lambda; candidates that stand for equal ones stay in their order. */
static void sort_orbits(struct ncf_certification *out)
{
    slong *place = ncf__malloc((size_t) out->count, sizeof(*place));
    for (slong i = 1; i < out->orbit_count; i++) {
        slong k = out->orbits[i], at = i;
        for (; at > 0; at--) {
            const ncf_candidate_t *before = &out->candidates[out->orbits[at - 1]];
            if (arf_cmp(arb_midref(lambda_of(before)), arb_midref(lambda_of(&out->candidates[k]))) >= 0)
                break;
            out->orbits[at] = out->orbits[at - 1];
        }
        out->orbits[at] = k;
    }
    for (slong i = 0; i < out->orbit_count; i++)
        place[out->orbits[i]] = i;
    for (slong k = 0; k < out->count; k++) {
        if (out->candidates[k].orbit >= 0)
            out->candidates[k].orbit = place[out->candidates[k].first];
    }
    ncf__free(place);
}

static void find_orbits(struct ncf_certification *out)
{
    size_t room = (size_t) out->count;
    ncf_symmetry_group_t sym;
    ncf_orbit_member_t *members = ncf__malloc(room, sizeof(*members));
    slong *numbers = ncf__malloc(room, sizeof(slong)), *orbit = ncf__malloc(room, sizeof(slong));
    ncf_verdict_t *different = ncf__malloc(room, sizeof(*different));
    slong count = proved_members(members, numbers, out);
    ncf__symmetry_init(sym, out->network);
    ncf__orbits_partition(orbit, different, sym, members, count);
    set_orbits(out, orbit, different, sym, members, numbers, count);
    sort_orbits(out);
    ncf__symmetry_clear(sym);
    ncf__free(different);
    ncf__free(orbit);
    ncf__free(numbers);
    ncf__free(members);
}

/* ---- The whole ------------------------------------------------------------------- */

static void candidate_init(ncf_candidate_t *candidate, const ncf_network_t network)
{
    candidate->orbit = candidate->first = -1;
    candidate->near = ncf_undecided();
    arb_init(candidate->multiplier);
    arb_init(candidate->residual);
    arb_init(candidate->distance);
    arb_indeterminate(candidate->multiplier);
    arb_indeterminate(candidate->residual);
    arb_indeterminate(candidate->distance);
    ncf__point_orbit_init(&candidate->found, network);
    candidate->found.origin = NCF_ORIGIN_CANDIDATE;
}

static struct ncf_certification *certification_new(const struct ncf_problem *problem,
                                                   const struct ncf_points *points,
                                                   const ncf_certify_settings_t *settings)
{
    ncf_network_t network;
    if (!ncf__network_init(network, problem))
        return NULL;
    if (network->unknowns > NCF_CERTIFY_MAX_UNKNOWNS) {
        ncf__network_clear(network);
        return NULL;
    }
    struct ncf_certification *out = ncf__calloc(1, sizeof(*out));
    out->network[0] = network[0];
    out->name = ncf__strdup(points->name);
    memcpy(out->sha256, points->sha256, sizeof(out->sha256));
    out->format = points->format;
    out->solutions = points->solutions;
    out->threshold_text = ncf__strdup(settings->threshold);
    fmpq_init(out->threshold);
    NCF_REQUIRE(ncf__rational_parse(out->threshold, settings->threshold,
                                    strlen(settings->threshold)) == NULL);
    out->count = fmpq_mat_nrows(points->rows);
    out->orbits = ncf__malloc((size_t) out->count, sizeof(*out->orbits));
    out->candidates = ncf__calloc((size_t) out->count, sizeof(*out->candidates));
    for (slong k = 0; k < out->count; k++)
        candidate_init(&out->candidates[k], network);
    return out;
}

static void job_init(job_t *job)
{
    const struct ncf_problem *problem = job->problem;
    job->prec = job->settings->precision + 30;
    fmpq_mat_init(job->weights, problem->points, 1);
    ncf__problem_weights(job->weights, problem);
    arb_mat_init(job->x, problem->points, fmpq_mat_ncols(problem->x));
    arb_mat_init(job->z, problem->points, 1);
    arb_mat_set_fmpq_mat(job->x, problem->x, job->prec);
    arb_mat_set_fmpq_mat(job->z, job->weights, job->prec);
    ncf__polisher_init(&job->polisher, job->out->network, problem->x, job->weights,
                       job->limits);
}

static void job_clear(job_t *job)
{
    ncf__polisher_clear(&job->polisher);
    arb_mat_clear(job->z);
    arb_mat_clear(job->x);
    fmpq_mat_clear(job->weights);
}

struct ncf_certification *ncf__certify_points(const struct ncf_problem *problem,
                                              const struct ncf_points *points,
                                              const ncf_certify_settings_t *settings,
                                              const ncf_limits_t *limits)
{
    struct ncf_certification *out = certification_new(problem, points, settings);
    if (out == NULL)
        return NULL;
    job_t job = {.out = out, .problem = problem, .points = points, .settings = settings,
                 .limits = limits};
    job_init(&job);
    out->limit = ncf__parallel_for(out->count, settings->threads, certify_one, &job, limits,
                                   "certifying candidates");
    for (slong k = 0; k < out->count && out->limit == NCF_LIMIT_NONE; k++) {
        if (out->candidates[k].found.point.unfinished)
            out->limit = ncf__limit_reached(limits);
    }
    job_clear(&job);
    find_orbits(out);
    return out;
}

void ncf__certification_free(struct ncf_certification *certification)
{
    if (certification == NULL)
        return;
    for (slong k = 0; k < certification->count; k++) {
        ncf_candidate_t *candidate = &certification->candidates[k];
        ncf__point_orbit_clear(&candidate->found);
        arb_clear(candidate->distance);
        arb_clear(candidate->residual);
        arb_clear(candidate->multiplier);
    }
    ncf__free(certification->candidates);
    ncf__free(certification->orbits);
    fmpq_clear(certification->threshold);
    ncf__free(certification->threshold_text);
    ncf__free(certification->name);
    ncf__network_clear(certification->network);
    ncf__free(certification);
}

int ncf__certification_is_settled(const struct ncf_certification *certification)
{
    for (slong k = 0; k < certification->count; k++) {
        const ncf_candidate_t *candidate = &certification->candidates[k];
        if (!ncf_is_proved(candidate->near) || !ncf_is_proved(candidate->found.point.inertia_known) ||
            candidate->orbit_open)
            return 0;
    }
    return 1;
}
