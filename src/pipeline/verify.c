/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * verify.c: each listed orbit in the full network, an independent route: the layered
 * evaluator knows nothing of tensors. Up to KRAWCZYK_UNKNOWNS weights, Krawczyk's test
 * proves that the closed form is the one KKT point of its box; points that belong to a
 * set, or are degenerate, have grad N - lambda u = 0 checked within its enclosure.
 */
#include "../certify/kkt_point.h"
#include "pipeline.h"

#define KRAWCZYK_UNKNOWNS 200

typedef struct {
    struct ncf_result *result;
    const ncf_network_struct *network;
    const fmpq_mat_struct *x, *weights;
    ncf_verdict_t *euler, *layers;
} verify_job_t;

/* u = (vec W_1, W_2): active units first, all others exactly zero. */
static void full_weights(arb_ptr u, arb_mat_t rows, arb_ptr outgoing, const verify_job_t *job,
                         const ncf_orbit_struct *orbit, slong prec)
{
    slong d = job->network->widths[0], h = job->network->widths[1];
    ncf__orbit_weights(rows, outgoing, orbit, &job->result->search.lines, job->result->order, prec);
    _arb_vec_zero(u, job->network->unknowns);
    for (slong k = 0; k < orbit->active; k++) {
        for (slong j = 0; j < d; j++)
            arb_set(u + k * d + j, arb_mat_entry(rows, k, j));
        arb_set(u + h * d + k, outgoing + k);
    }
}

static ncf_verdict_t overlap(const arb_t a, const arb_t b)
{
    if (!arb_is_finite(a) || !arb_is_finite(b))
        return ncf_undecided();
    return arb_overlaps(a, b) ? ncf_proved() : ncf_refuted();
}

/* lambda = L N(u), Euler; the layered evaluator against the closed form. */
static ncf_verdict_t check_euler(const verify_job_t *job, const ncf_orbit_struct *orbit,
                                 arb_srcptr u, slong prec)
{
    arb_mat_t x, weights;
    arb_t value;
    arb_init(value);
    arb_mat_init(x, fmpq_mat_nrows(job->x), fmpq_mat_ncols(job->x));
    arb_mat_init(weights, fmpq_mat_nrows(job->weights), 1);
    arb_mat_set_fmpq_mat(x, job->x, prec);
    arb_mat_set_fmpq_mat(weights, job->weights, prec);
    ncf__network_eval_arb(value, NULL, NULL, u, job->network, x, weights, prec);
    arb_mul_si(value, value, job->result->order + 1, prec);
    ncf_verdict_t verdict = overlap(value, orbit->lambda);
    arb_mat_clear(weights);
    arb_mat_clear(x);
    arb_clear(value);
    return verdict;
}

/* (1a): |W_1|^2 = p/(p+1), |W_2|^2 = 1/(p+1); (1b): |row|^2 = p |outgoing|^2. */
static ncf_verdict_t check_layers(const arb_mat_t rows, arb_srcptr outgoing, slong active, slong order,
                                  slong prec)
{
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

static ncf_check_t check_point(const verify_job_t *job, const ncf_orbit_struct *orbit, arb_srcptr u,
                               slong prec)
{
    const ncf_solve_options_t *options = &job->result->options;
    if (job->network->unknowns > KRAWCZYK_UNKNOWNS)
        return NCF_CHECK_LIFT;
    if (orbit->nullity == 0 &&
        ncf_is_proved(ncf__kkt_point_certify(NULL, NULL, u, orbit->lambda, job->network, job->x,
                                             job->weights, prec, options->max_precision)))
        return NCF_CHECK_KRAWCZYK;
    arf_t bound;
    arf_init(bound);
    int consistent = ncf__kkt_residual(bound, u, orbit->lambda, job->network, job->x, job->weights,
                                       prec) &&
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
    ncf_orbit_struct *orbit = &job->result->orbits.orbits[k];
    slong prec = job->result->options.precision + 30;
    arb_ptr u = _arb_vec_init(job->network->unknowns), outgoing = _arb_vec_init(orbit->active);
    arb_mat_t rows;
    arb_mat_init(rows, orbit->active, job->network->widths[0]);
    full_weights(u, rows, outgoing, job, orbit, prec);
    job->euler[k] = check_euler(job, orbit, u, prec);
    job->layers[k] = check_layers(rows, outgoing, orbit->active, job->result->order, prec);
    orbit->check = check_point(job, orbit, u, prec);
    arb_mat_clear(rows);
    _arb_vec_clear(outgoing, orbit->active);
    _arb_vec_clear(u, job->network->unknowns);
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
}

void ncf__verify_orbits(struct ncf_result *result, const struct ncf_problem *problem,
                        const ncf_limits_t *limits)
{
    slong count = result->orbits.count;
    ncf_network_t network;
    result->euler_identity = result->layer_norms = result->network_check = ncf_undecided();
    if (count == 0 || fmpz_cmp_ui(result->unknowns, 100000000) > 0 ||
        !ncf__network_init(network, problem))
        return;
    fmpq_mat_t weights;
    fmpq_mat_init(weights, problem->points, 1);
    ncf__problem_weights(weights, problem);
    verify_job_t job = {result, network, problem->x, weights,
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
    ncf__network_clear(network);
}
