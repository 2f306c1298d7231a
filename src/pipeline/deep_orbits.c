/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * deep_orbits.c: rank-one families as orbits of the result, each checked in the network
 * itself, which knows nothing of tensors; and orbits that other routes found.
 */
#include "../certify/kkt_point.h"
#include "../kkt/symmetry.h"
#include "deep.h"

#define KRAWCZYK_UNKNOWNS 200
#define KRAWCZYK_PRECISION 64 /* to begin with; the test doubles it as it needs */

typedef struct {
    struct ncf_result *result;
    const struct ncf_problem *problem;
    const fmpq_mat_struct *weights;
    ncf_point_orbit_t *orbits; /* one a family */
    ncf_verdict_t *euler, *layers;
} family_job_t;

/* ---- The record of a closed form ------------------------------------------------- */

/* The record of points whose weights are too many: that of a network of widths 1. */
static void init_without_weights(ncf_point_orbit_t *orbit, const struct ncf_problem *problem)
{
    struct ncf_problem narrow = *problem;
    ncf_network_t network;
    slong depth = problem->network.depth;
    slong *widths = ncf__malloc((size_t) depth + 1, sizeof(*widths));
    for (slong l = 0; l <= depth; l++)
        widths[l] = 1;
    narrow.network.widths = widths;
    NCF_REQUIRE(ncf__network_init(network, &narrow));
    ncf__point_orbit_init(orbit, network);
    orbit->has_weights = 0;
    ncf__network_clear(network);
    ncf__free(widths);
}

/* The first s_l units of each layer, all signs positive. */
static void set_point(ncf_point_orbit_t *orbit, const ncf_rank_one_family_t *family,
                      const struct ncf_result *result, slong prec)
{
    const ncf_rank_one_shape_t *shape = &result->deep->shape;
    slong units = 0, d = shape->widths[0];
    for (slong l = 0; l + 1 < shape->depth; l++)
        units += shape->widths[l + 1];
    signed char *signs = ncf__malloc((size_t) units, 1);
    arb_ptr reduced = _arb_vec_init(d + shape->depth - 1);
    ncf__rank_one_first_units(signs, shape, family->supports);
    ncf__rank_one_reduced(reduced, shape, &result->search.lines.lines[family->line], prec);
    ncf__rank_one_lift(orbit->point.point, shape, reduced, signs, prec);
    for (slong j = 0; j < orbit->point.unknowns; j++) {
        arb_srcptr weight = orbit->point.point + j;
        orbit->point.zero[j] = arb_is_zero(weight) ? 1 : arb_contains_zero(weight) ? 0 : -1;
    }
    _arb_vec_clear(reduced, d + shape->depth - 1);
    ncf__free(signs);
}

/* T-RANKONE, all of it proved. */
static void set_record(ncf_point_orbit_t *orbit, const ncf_rank_one_family_t *family,
                       const struct ncf_result *result, slong prec)
{
    ncf_certified_point_t *point = &orbit->point;
    const ncf_rank_one_shape_t *shape = &result->deep->shape;
    int known = family->index >= 0;
    point->exists = point->lambda_positive = point->rank_one = ncf_proved();
    point->lambda_negative = ncf_refuted();
    point->reason = point->lambda_reason = NULL;
    arb_set(point->point + point->unknowns, family->lambda);
    arb_div_si(point->ncf, family->lambda, shape->homogeneity, prec);
    point->inertia_known = known ? ncf_proved() : ncf_undecided();
    point->inertia_reason = known ? NULL : "an eigenvalue of the line is not separated";
    point->index = family->index;
    point->nullity = family->nullity;
    point->second_order = family->second_order;
    arb_set(point->gap, family->gap);
    for (slong l = 0; l < point->block_count; l++)
        point->ranks[l].lower = point->ranks[l].upper = 1;
    fmpz_set(orbit->size, family->size);
    orbit->size_known = family->dimension == 0;
    orbit->dimension = family->dimension;
    orbit->line = family->line;
    orbit->origin =
        ncf__rank_one_is_linear(shape) ? NCF_ORIGIN_CLOSED_FORM : NCF_ORIGIN_RANK_ONE;
    for (slong l = 0; l < orbit->hidden_layers; l++) {
        int rotated = shape->degrees[l] == 1 && shape->widths[l + 1] > 1;
        orbit->active[l] = rotated ? -1 : family->supports[l];
    }
}

/* ---- The check in the network ---------------------------------------------------- */

static ncf_verdict_t overlap(const arb_t a, const arb_t b)
{
    if (!arb_is_finite(a) || !arb_is_finite(b))
        return ncf_undecided();
    return arb_overlaps(a, b) ? ncf_proved() : ncf_refuted();
}

/* lambda = L N(u), Euler; the layered evaluator against the closed form. */
static ncf_verdict_t check_euler(const family_job_t *job, const ncf_certified_point_t *point,
                                 slong prec)
{
    arb_mat_t x, weights;
    arb_t value;
    arb_init(value);
    arb_mat_init(x, fmpq_mat_nrows(job->problem->x), fmpq_mat_ncols(job->problem->x));
    arb_mat_init(weights, fmpq_mat_nrows(job->weights), 1);
    arb_mat_set_fmpq_mat(x, job->problem->x, prec);
    arb_mat_set_fmpq_mat(weights, job->weights, prec);
    ncf__network_eval_arb(value, NULL, NULL, point->point, job->result->deep->network, x,
                          weights, prec);
    ncf_verdict_t verdict = overlap(value, point->ncf);
    arb_mat_clear(weights);
    arb_mat_clear(x);
    arb_clear(value);
    return verdict;
}

/* |row j of W_l|^2 or |column j of W_{l+1}|^2 */
static void square_sum(arb_t out, arb_srcptr v, slong step, slong count, slong prec)
{
    arb_dot(out, NULL, 0, v, step, v, step, count, prec);
}

/* (1a): |W_l|^2 = e_l / L; (1b): |row|^2 = p_l |column|^2 for each hidden unit. */
static ncf_verdict_t check_layers(const family_job_t *job, const ncf_certified_point_t *point,
                                  slong prec)
{
    const ncf_rank_one_shape_t *shape = &job->result->deep->shape;
    const slong *k = shape->widths;
    ncf_verdict_t verdict = ncf_proved();
    arb_srcptr w = point->point;
    arb_t s, t;
    arb_init(s);
    arb_init(t);
    for (slong l = 0; l < shape->depth; l++) {
        arb_srcptr next = w + k[l] * k[l + 1];
        square_sum(s, w, 1, k[l] * k[l + 1], prec);
        arb_set_si(t, shape->exponents[l]);
        arb_div_si(t, t, shape->homogeneity, prec);
        verdict = ncf_verdict_and(verdict, overlap(s, t));
        for (slong j = 0; j < k[l + 1] && l + 1 < shape->depth; j++) {
            square_sum(s, w + j * k[l], 1, k[l], prec);
            square_sum(t, next + j, k[l + 1], k[l + 2], prec);
            arb_mul_si(t, t, shape->degrees[l], prec);
            verdict = ncf_verdict_and(verdict, overlap(s, t));
        }
        w = next;
    }
    arb_clear(t);
    arb_clear(s);
    return verdict;
}

static ncf_check_t check_point(const family_job_t *job, ncf_certified_point_t *point,
                               slong prec)
{
    const struct ncf_result *result = job->result;
    const ncf_network_struct *network = result->deep->network;
    slong n = point->unknowns;
    if (n <= KRAWCZYK_UNKNOWNS && point->nullity == 0 &&
        ncf_is_proved(ncf__kkt_point_certify(
            point->box, point->box + n, point->point, point->point + n, network,
            job->problem->x, job->weights, KRAWCZYK_PRECISION, result->options.max_precision)))
        return NCF_CHECK_KRAWCZYK;
    int consistent = ncf__kkt_residual(point->residual, point->point, point->point + n,
                                       network, job->problem->x, job->weights, prec) &&
                     arf_is_finite(point->residual);
    if (!consistent)
        return NCF_CHECK_REFUTED;
    return point->nullity != 0 || n > KRAWCZYK_UNKNOWNS ? NCF_CHECK_RESIDUAL
                                                        : NCF_CHECK_FAILED;
}

/*
 * The size of T-RANKONE (2) against orbit and stabiliser of the certified point in the
 * network's symmetry group (T-ORBIT): two routes to one number.
 */
static int size_contradicts(const ncf_point_orbit_t *orbit, const ncf_network_t network)
{
    ncf_symmetry_group_t group;
    ncf_orbit_member_t member = {orbit->point.point, orbit->point.box, 0};
    fmpz_t size;
    fmpz_init(size);
    ncf__symmetry_init(group, network);
    ncf_verdict_t verdict = ncf__symmetry_orbit_size(size, group, &member);
    int contradicts = ncf_is_proved(verdict) && !fmpz_equal(size, orbit->size);
    ncf__symmetry_clear(group);
    fmpz_clear(size);
    return contradicts;
}

static void make_orbit(void *context, slong k, int worker)
{
    (void) worker;
    family_job_t *job = context;
    const ncf_deep_t *deep = job->result->deep;
    const ncf_rank_one_family_t *family = &deep->families.families[k];
    ncf_point_orbit_t *orbit = &job->orbits[k];
    slong prec = job->result->search.precision + 30;
    int small = deep->has_network && deep->network->unknowns <= NCF_DEEP_MAX_WEIGHTS;
    if (small)
        ncf__point_orbit_init(orbit, deep->network);
    else
        init_without_weights(orbit, job->problem);
    set_record(orbit, family, job->result, prec);
    if (!small) {
        orbit->check = NCF_CHECK_LIFT;
        return;
    }
    set_point(orbit, family, job->result, prec);
    job->euler[k] = check_euler(job, &orbit->point, prec);
    job->layers[k] = check_layers(job, &orbit->point, prec);
    orbit->check = check_point(job, &orbit->point, prec);
    if (orbit->check == NCF_CHECK_KRAWCZYK && orbit->size_known &&
        size_contradicts(orbit, deep->network))
        orbit->check = NCF_CHECK_REFUTED;
}

static ncf_verdict_t check_verdict(ncf_check_t check)
{
    return check == NCF_CHECK_REFUTED  ? ncf_refuted()
           : check == NCF_CHECK_FAILED ? ncf_undecided()
                                       : ncf_proved();
}

/* Families that were not reached before a limit have no origin. */
static void gather(struct ncf_result *result, family_job_t *job)
{
    ncf_deep_t *deep = result->deep;
    ncf_verdict_t euler = ncf_proved(), layers = ncf_proved(), network = ncf_proved();
    for (slong k = 0; k < deep->families.count; k++) {
        ncf_point_orbit_t *orbit = &job->orbits[k];
        if (orbit->origin == NULL)
            continue;
        if (orbit->has_weights) {
            euler = ncf_verdict_and(euler, job->euler[k]);
            layers = ncf_verdict_and(layers, job->layers[k]);
            network = ncf_verdict_and(network, check_verdict(orbit->check));
            result->orbits_checked++;
        }
        ncf__point_orbit_list_append(&deep->orbits, orbit);
    }
    if (result->orbits_checked == 0)
        return;
    result->euler_identity = euler;
    result->layer_norms = layers;
    result->network_check = network;
}

void ncf__deep_list_families(struct ncf_result *result, const struct ncf_problem *problem,
                             const ncf_limits_t *limits)
{
    slong count = result->deep->families.count;
    fmpq_mat_t weights;
    fmpq_mat_init(weights, problem->points, 1);
    ncf__problem_weights(weights, problem);
    family_job_t job = {result,
                        problem,
                        weights,
                        ncf__calloc((size_t) count, sizeof(ncf_point_orbit_t)),
                        ncf__calloc((size_t) count, sizeof(ncf_verdict_t)),
                        ncf__calloc((size_t) count, sizeof(ncf_verdict_t))};
    ncf_limit_t limit = ncf__parallel_for(count, result->options.threads, make_orbit, &job,
                                          limits, "checking in the network");
    if (result->limit == NCF_LIMIT_NONE)
        result->limit = limit;
    gather(result, &job);
    ncf__free(job.layers);
    ncf__free(job.euler);
    ncf__free(job.orbits);
    fmpq_mat_clear(weights);
}

/* ---- Orbits of other routes ------------------------------------------------------ */

/*
 * PROVED: it is the orbit of a listed family; REFUTED: it is in no family at all, because
 * it does not have rank one or because lambda is not that of any.
 */
static ncf_verdict_t is_family(const ncf_deep_t *deep, const ncf_point_orbit_t *orbit)
{
    const ncf_certified_point_t *point = &orbit->point;
    ncf_orbit_member_t found = {point->point, point->box, point->slice_dimension};
    slong listed = deep->orbits.count - deep->others;
    int all = deep->families.all && listed == deep->families.count;
    ncf_verdict_t verdict = all ? ncf_refuted() : ncf_undecided();
    ncf_symmetry_group_t group;
    if (ncf_is_refuted(point->rank_one))
        return ncf_refuted();
    ncf__symmetry_init(group, deep->network);
    for (slong k = 0; k < listed && !ncf_is_proved(verdict); k++) {
        const ncf_point_orbit_t *family = &deep->orbits.orbits[k];
        /* Its point is an exact KKT point by T-RANKONE, with or without a box of its own. */
        int boxed = family->check == NCF_CHECK_KRAWCZYK;
        ncf_orbit_member_t member = {family->point.point, boxed ? family->point.box : NULL, 0};
        if (!arb_overlaps(ncf__point_orbit_lambda(family), ncf__point_orbit_lambda(orbit)))
            continue;
        ncf_verdict_t same = ncf_undecided();
        if (boxed || (family->has_weights && family->dimension == 0))
            same = ncf__symmetry_same_orbit(NULL, group, &member, &found);
        /* A degenerate family may be more than the orbit of its point. */
        if (ncf_is_refuted(same) && family->point.nullity != 0)
            same = ncf_undecided();
        if (!ncf_is_refuted(same))
            verdict = same;
    }
    ncf__symmetry_clear(group);
    return verdict;
}

int ncf__deep_take_orbit(struct ncf_result *result, ncf_point_orbit_t *orbit)
{
    ncf_deep_t *deep = result->deep;
    ncf_verdict_t known = ncf_refuted();
    if (deep->has_shape) {
        int complete = ncf_is_proved(result->search.lines.complete);
        known = complete && ncf_is_proved(orbit->point.rank_one) ? ncf_proved()
                                                                 : is_family(deep, orbit);
        if (!complete && ncf_is_refuted(known) && !ncf_is_refuted(orbit->point.rank_one))
            known = ncf_undecided();
    }
    if (ncf_is_proved(known)) {
        ncf__point_orbit_clear(orbit);
        return 0;
    }
    orbit->not_separated = orbit->not_separated || ncf_is_undecided(known);
    ncf__point_orbit_list_append(&deep->orbits, orbit);
    deep->others++;
    deep->not_separated += orbit->not_separated;
    return 1;
}
