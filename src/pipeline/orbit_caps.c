/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * orbit_caps.c: caps around listed points. A cap belongs to a record of certify/point.h. Points
 * that were certified one by one have theirs; a closed form is certified first, and the record
 * is used only when its box holds the closed form: the box holds one KKT point, so the record is
 * of the point that is listed.
 */
#include "orbit_caps.h"

#include "certify_points.h"
#include "deep.h"
#include "pipeline.h"

typedef struct {
    struct ncf_result *result;
    const struct ncf_problem *problem;
    const ncf_network_struct *network;
    const ncf_limits_t *limits;
} caps_job_t;

/* ---- What is listed -------------------------------------------------------------- */

/* The listed orbit k of a result whose points were found one by one; else NULL. */
static const ncf_point_orbit_t *point_orbit(const struct ncf_result *result, slong k)
{
    if (result->certification != NULL)
        return &result->certification->candidates[result->certification->orbits[k]].found;
    return result->deep != NULL ? &result->deep->orbits.orbits[k] : NULL;
}

static slong orbit_count(const struct ncf_result *result)
{
    if (result->certification != NULL)
        return result->certification->orbit_count;
    return result->deep != NULL ? result->deep->orbits.count : result->orbits.count;
}

int ncf__orbit_is_strict(const struct ncf_result *result, slong k)
{
    const ncf_point_orbit_t *orbit = point_orbit(result, k);
    ncf_second_order_t order = orbit != NULL ? orbit->point.second_order
                                             : result->orbits.orbits[k].second_order;
    return order == NCF_SECOND_ORDER_STRICT;
}

/* ---- The record of a point ------------------------------------------------------- */

/* The closed form of an orbit of two layers as (u, lambda), n + 1 balls. */
static void closed_form(arb_ptr point, const caps_job_t *job, slong k, slong prec)
{
    const struct ncf_result *result = job->result;
    const ncf_orbit_struct *orbit = &result->orbits.orbits[k];
    slong d = result->inputs, h = job->network->widths[1];
    arb_mat_t rows;
    arb_mat_init(rows, orbit->active, d);
    arb_ptr outgoing = _arb_vec_init(orbit->active);
    ncf__orbit_weights(rows, outgoing, orbit, &result->search.lines, result->order, prec);
    for (slong j = 0; j < orbit->active; j++) {
        for (slong i = 0; i < d; i++)
            arb_set(point + j * d + i, arb_mat_entry(rows, j, i));
        arb_set(point + h * d + j, outgoing + j);
    }
    arb_set(point + job->network->unknowns, orbit->lambda);
    _arb_vec_clear(outgoing, orbit->active);
    arb_mat_clear(rows);
}

/* Does the box hold all of these balls? Then it holds the point that they enclose. */
static int holds(arb_srcptr box, arb_srcptr point, slong count)
{
    for (slong j = 0; j < count; j++) {
        if (!arb_is_finite(box + j) || !arb_is_finite(point + j) ||
            !arb_contains(box + j, point + j))
            return 0;
    }
    return 1;
}

static void cap_of_closed_form(ncf_cap_t *cap, const caps_job_t *job, arb_srcptr point)
{
    const ncf_solve_options_t *options = &job->result->options;
    ncf_point_options_t settings = {options->precision, options->max_precision, job->limits};
    ncf_cap_options_t cap_options = {0, job->limits};
    slong n = job->network->unknowns;
    ncf_certified_point_t record;
    ncf__certified_point_init(&record, job->network);
    ncf__certify_point(&record, point, job->problem, job->network, &settings);
    if (ncf_is_proved(record.exists) &&
        (record.slice_dimension > 0 || holds(record.box, point, n + 1)))
        ncf__certify_cap(cap, &record, job->problem, job->network, &cap_options);
    else
        cap->reason = record.unfinished ? NCF_POINT_UNFINISHED
                                        : "the closed form is not proved in the full network";
    ncf__certified_point_clear(&record);
}

/* ---- One orbit ------------------------------------------------------------------- */

/* The record of a closed form lacks what the cap is computed from. */
static int has_full_record(const ncf_point_orbit_t *orbit)
{
    return orbit->has_weights && orbit->line < 0;
}

static void prove_cap(void *context, slong k, int worker)
{
    (void) worker;
    caps_job_t *job = context;
    struct ncf_result *result = job->result;
    ncf_cap_t *cap = &result->caps.caps[k];
    const ncf_point_orbit_t *orbit = point_orbit(result, k);
    ncf_cap_options_t options = {0, job->limits};
    if (!ncf__orbit_is_strict(result, k)) {
        cap->reason = "the point is not a strict maximum of N to second order";
    } else if (job->network->unknowns > NCF_CAP_MAX_UNKNOWNS) {
        cap->reason = "the network has more than 60 weights";
    } else if (orbit != NULL && has_full_record(orbit)) {
        ncf__certify_cap(cap, &orbit->point, job->problem, job->network, &options);
    } else if (orbit != NULL) {
        cap_of_closed_form(cap, job, orbit->point.point);
    } else {
        slong n = job->network->unknowns;
        arb_ptr point = _arb_vec_init(n + 1);
        closed_form(point, job, k, result->options.precision + 30);
        cap_of_closed_form(cap, job, point);
        _arb_vec_clear(point, n + 1);
    }
}

void ncf__orbit_caps(struct ncf_result *result, const struct ncf_problem *problem,
                     const ncf_limits_t *limits)
{
    ncf_network_t network;
    ncf_cap_list_t *list = &result->caps;
    slong count = orbit_count(result);
    if (count == 0)
        return;
    list->caps = ncf__malloc((size_t) count, sizeof(*list->caps));
    list->count = count;
    for (slong k = 0; k < count; k++)
        ncf__cap_init(&list->caps[k]);
    if (!ncf__network_init(network, problem)) {
        for (slong k = 0; k < count; k++)
            list->caps[k].reason = "the network is too large";
        return;
    }
    caps_job_t job = {result, problem, network, limits};
    ncf_limit_t limit = ncf__parallel_for(count, result->options.threads, prove_cap, &job, limits,
                                          "proving caps");
    if (limit == NCF_LIMIT_NONE && !ncf__caps_are_proved(result))
        limit = ncf__limit_reached(limits);
    if (result->limit == NCF_LIMIT_NONE)
        result->limit = limit;
    ncf__network_clear(network);
}

void ncf__cap_list_clear(ncf_cap_list_t *list)
{
    for (slong k = 0; k < list->count; k++)
        ncf__cap_clear(&list->caps[k]);
    ncf__free(list->caps);
}

int ncf__caps_are_proved(const struct ncf_result *result)
{
    for (slong k = 0; k < result->caps.count; k++) {
        if (ncf__orbit_is_strict(result, k) && !ncf_is_proved(result->caps.caps[k].verdict))
            return 0;
    }
    return 1;
}
