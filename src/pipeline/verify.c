/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * verify.c: each listed orbit in the network itself, an independent route: the layered
 * evaluator knows nothing of tensors. Up to KRAWCZYK_UNKNOWNS weights, Krawczyk's test
 * proves that the closed form is the one KKT point of its box; points that belong to a
 * set, or are degenerate, have grad N - lambda u = 0 checked within its enclosure.
 *
 * Larger networks are cut down to the active units first: a unit whose weights are all
 * zero adds nothing to N, its gradient there is zero since s(0) = s'(0) = 0, and its
 * block of Hess N - lambda I is -lambda I (T-DECOUPLE, the lift).
 */
#include "../certify/kkt_point.h"
#include "pipeline.h"

#define KRAWCZYK_UNKNOWNS 200
#define KRAWCZYK_PRECISION 64 /* to begin with; the test doubles it as it needs */

typedef struct {
    struct ncf_result *result;
    const struct ncf_problem *problem;
    const fmpq_mat_struct *weights;
    ncf_verdict_t *euler, *layers;
} verify_job_t;

/* One orbit in one network: the full one, or the one of its active units. */
typedef struct {
    const verify_job_t *job;
    ncf_orbit_struct *orbit;
    ncf_network_t network;
    int full;
    arb_ptr u;        /* the representative, active units first */
    arb_mat_t rows;
    arb_ptr outgoing;
    slong prec;
} orbit_check_t;

/* u = (vec W_1, W_2), all other units exactly zero. */
static void set_weights(orbit_check_t *check)
{
    slong d = check->network->inputs, h = check->network->widths[1];
    const struct ncf_result *result = check->job->result;
    ncf__orbit_weights(check->rows, check->outgoing, check->orbit, &result->search.lines,
                       result->order, check->prec);
    for (slong k = 0; k < check->orbit->active; k++) {
        for (slong j = 0; j < d; j++)
            arb_set(check->u + k * d + j, arb_mat_entry(check->rows, k, j));
        arb_set(check->u + h * d + k, check->outgoing + k);
    }
}

/* The widths are the problem's, with the hidden one cut down when the network is large. */
static void orbit_check_init(orbit_check_t *check, const verify_job_t *job, ncf_orbit_struct *orbit)
{
    struct ncf_problem cut = *job->problem;
    slong widths[3] = {cut.network.widths[0], cut.network.widths[1], 1};
    check->job = job;
    check->orbit = orbit;
    check->full = fmpz_cmp_si(job->result->unknowns, KRAWCZYK_UNKNOWNS) <= 0;
    if (!check->full)
        widths[1] = orbit->active;
    cut.network.widths = widths;
    NCF_REQUIRE(ncf__network_init(check->network, &cut));
    check->prec = job->result->search.precision + 30;
    check->u = _arb_vec_init(check->network->unknowns);
    check->outgoing = _arb_vec_init(orbit->active);
    arb_mat_init(check->rows, orbit->active, widths[0]);
    set_weights(check);
}

static void orbit_check_clear(orbit_check_t *check)
{
    arb_mat_clear(check->rows);
    _arb_vec_clear(check->outgoing, check->orbit->active);
    _arb_vec_clear(check->u, check->network->unknowns);
    ncf__network_clear(check->network);
}

static ncf_verdict_t overlap(const arb_t a, const arb_t b)
{
    if (!arb_is_finite(a) || !arb_is_finite(b))
        return ncf_undecided();
    return arb_overlaps(a, b) ? ncf_proved() : ncf_refuted();
}

/* lambda = L N(u), Euler; the layered evaluator against the closed form. */
static ncf_verdict_t check_euler(const orbit_check_t *check)
{
    const fmpq_mat_struct *exact = check->job->problem->x, *z = check->job->weights;
    arb_mat_t x, weights;
    arb_t value;
    arb_init(value);
    arb_mat_init(x, fmpq_mat_nrows(exact), fmpq_mat_ncols(exact));
    arb_mat_init(weights, fmpq_mat_nrows(z), 1);
    arb_mat_set_fmpq_mat(x, exact, check->prec);
    arb_mat_set_fmpq_mat(weights, z, check->prec);
    ncf__network_eval_arb(value, NULL, NULL, check->u, check->network, x, weights, check->prec);
    arb_mul_si(value, value, check->job->result->order + 1, check->prec);
    ncf_verdict_t verdict = overlap(value, check->orbit->lambda);
    arb_mat_clear(weights);
    arb_mat_clear(x);
    arb_clear(value);
    return verdict;
}

/* (1a): |W_1|^2 = p/(p+1), |W_2|^2 = 1/(p+1); (1b): |row|^2 = p |outgoing|^2. */
static ncf_verdict_t check_layers(const orbit_check_t *check)
{
    const arb_mat_struct *rows = check->rows;
    arb_srcptr outgoing = check->outgoing;
    slong active = check->orbit->active, order = check->job->result->order, prec = check->prec;
    ncf_verdict_t verdict = ncf_proved();
    arb_t first, second, s, t;
    arb_init(first);
    arb_init(second);
    arb_init(s);
    arb_init(t);
    for (slong k = 0; k < active; k++) {
        slong d = arb_mat_ncols(rows);
        arb_dot(s, NULL, 0, arb_mat_entry(rows, k, 0), 1, arb_mat_entry(rows, k, 0), 1, d, prec);
        arb_sqr(t, outgoing + k, prec);
        arb_add(first, first, s, prec);
        arb_add(second, second, t, prec);
        arb_mul_si(t, t, order, prec);
        verdict = ncf_verdict_and(verdict, overlap(s, t));
    }
    arb_set_si(s, order);
    arb_div_si(s, s, order + 1, prec);
    verdict = ncf_verdict_and(verdict, overlap(first, s));
    arb_one(s);
    arb_div_si(s, s, order + 1, prec);
    verdict = ncf_verdict_and(verdict, overlap(second, s));
    arb_clear(t);
    arb_clear(s);
    arb_clear(second);
    arb_clear(first);
    return verdict;
}

static ncf_check_t check_point(const orbit_check_t *check)
{
    const verify_job_t *job = check->job;
    const ncf_orbit_struct *orbit = check->orbit;
    if (check->network->unknowns > KRAWCZYK_UNKNOWNS)
        return NCF_CHECK_LIFT;
    if (orbit->nullity == 0 &&
        ncf_is_proved(ncf__kkt_point_certify(NULL, NULL, check->u, orbit->lambda, check->network,
                                             job->problem->x, job->weights, KRAWCZYK_PRECISION,
                                             job->result->options.max_precision)))
        return check->full ? NCF_CHECK_KRAWCZYK : NCF_CHECK_ACTIVE;
    arf_t bound;
    arf_init(bound);
    int consistent = ncf__kkt_residual(bound, check->u, orbit->lambda, check->network,
                                       job->problem->x, job->weights, check->prec) &&
                     arf_is_finite(bound);
    arf_clear(bound);
    if (!consistent)
        return NCF_CHECK_REFUTED;
    return orbit->nullity != 0 ? NCF_CHECK_RESIDUAL : NCF_CHECK_FAILED;
}

static void verify_one(void *context, slong k, int worker)
{
    (void) worker;
    verify_job_t *job = context;
    orbit_check_t check;
    orbit_check_init(&check, job, &job->result->orbits.orbits[k]);
    job->euler[k] = check_euler(&check);
    job->layers[k] = check_layers(&check);
    check.orbit->check = check_point(&check);
    orbit_check_clear(&check);
}

static void sum_up(struct ncf_result *result, const verify_job_t *job)
{
    result->euler_identity = result->layer_norms = result->network_check = ncf_proved();
    for (slong k = 0; k < result->orbits.count; k++) {
        ncf_check_t check = result->orbits.orbits[k].check;
        if (check == NCF_CHECK_NONE)
            continue;
        result->orbits_checked++;
        result->euler_identity = ncf_verdict_and(result->euler_identity, job->euler[k]);
        result->layer_norms = ncf_verdict_and(result->layer_norms, job->layers[k]);
        if (check == NCF_CHECK_FAILED)
            result->network_check = ncf_verdict_and(result->network_check, ncf_undecided());
        if (check == NCF_CHECK_REFUTED)
            result->network_check = ncf_refuted();
    }
    /* Nothing holds because nothing was looked at. */
    if (result->orbits_checked == 0)
        result->euler_identity = result->layer_norms = result->network_check = ncf_undecided();
}

void ncf__verify_orbits(struct ncf_result *result, const struct ncf_problem *problem,
                        const ncf_limits_t *limits)
{
    slong count = result->orbits.count;
    result->euler_identity = result->layer_norms = result->network_check = ncf_undecided();
    if (count == 0)
        return;
    fmpq_mat_t weights;
    fmpq_mat_init(weights, problem->points, 1);
    ncf__problem_weights(weights, problem);
    verify_job_t job = {result, problem, weights,
                        ncf__calloc((size_t) count, sizeof(ncf_verdict_t)),
                        ncf__calloc((size_t) count, sizeof(ncf_verdict_t))};
    ncf_limit_t limit = ncf__parallel_for(count, result->options.threads, verify_one, &job, limits,
                                          "checking in the network");
    if (result->limit == NCF_LIMIT_NONE)
        result->limit = limit;
    sum_up(result, &job);
    ncf__free(job.layers);
    ncf__free(job.euler);
    fmpq_mat_clear(weights);
}
