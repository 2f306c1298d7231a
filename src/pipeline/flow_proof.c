/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * flow_proof.c: from a start to its numerical limit, to a proved point with a cap, to the two
 * statements of T-VALIDATEDFLOW. The limit only says which point to try.
 */
#include "flow_proof.h"

#include "../flow/flow.h"

#include <math.h>
#include <string.h>

#define PREC 128
#define STILL 1e-9 /* |dq/dt| at the numerical limit, relative to the gradient at the start */
#define MAX_STEPS 100000

double ncf__flow_proof_tangent(const fmpq_t angle)
{
    arb_t x, right;
    arf_t bound;
    arb_init(x);
    arb_init(right);
    arf_init(bound);
    arb_set_fmpq(x, angle, PREC);
    arb_const_pi(right, PREC);
    arb_mul_2exp_si(right, right, -1);
    double tangent = INFINITY;
    if (!arb_ge(x, right)) {
        arb_tan(x, x, PREC);
        arb_get_lbound_arf(bound, x, PREC);
        tangent = arb_is_finite(x) && arf_sgn(bound) > 0 ? arf_get_d(bound, ARF_RND_DOWN) : 0;
    }
    arf_clear(bound);
    arb_clear(right);
    arb_clear(x);
    return tangent;
}

/* ---- The numerical limit ---------------------------------------------------------- */

/* |g| and |g - (q . g) q| for g = grad N(q). */
static void speeds(double *gradient_norm, double *speed, const double *q,
                   const struct ncf_problem *problem, const ncf_network_t network)
{
    slong n = network->unknowns, points = problem->points, inputs = network->inputs;
    double *g = ncf__malloc((size_t) n, sizeof(double)), along = 0;
    double *x = ncf__malloc((size_t) (points * inputs), sizeof(double));
    double *z = ncf__malloc((size_t) points, sizeof(double));
    fmpq_mat_t weights;
    fmpq_mat_init(weights, points, 1);
    ncf__problem_weights(weights, problem);
    for (slong i = 0; i < points; i++) {
        z[i] = fmpq_get_d(fmpq_mat_entry(weights, i, 0));
        for (slong j = 0; j < inputs; j++)
            x[i * inputs + j] = fmpq_get_d(fmpq_mat_entry(problem->x, i, j));
    }
    ncf__network_eval_double(NULL, g, NULL, q, network, x, z, points);
    *gradient_norm = *speed = 0;
    for (slong j = 0; j < n; j++) {
        *gradient_norm += g[j] * g[j];
        along += q[j] * g[j];
    }
    for (slong j = 0; j < n; j++)
        *speed += (g[j] - along * q[j]) * (g[j] - along * q[j]);
    *gradient_norm = sqrt(*gradient_norm);
    *speed = sqrt(*speed);
    fmpq_mat_clear(weights);
    ncf__free(z);
    ncf__free(x);
    ncf__free(g);
}

/* q: the unit start; becomes about the limit of its sphere flow. Returns 0 without one. */
static int find_limit(double *q, const struct ncf_problem *problem, const ncf_network_t network,
                      const ncf_limits_t *limits)
{
    ncf_flow_settings_t options;
    ncf_event_t still = {.kind = NCF_EVENT_PLATEAU, .stops = 1};
    ncf_flow_t flow;
    double size, speed;
    speeds(&size, &speed, q, problem, network);
    still.value = STILL * size;
    if (!(still.value > 0) || !isfinite(still.value))
        return 0;
    if (speed <= still.value)
        return 1;
    ncf__flow_settings_default(&options);
    options.kind = NCF_FLOW_SPHERE;
    options.events = &still;
    options.event_count = 1;
    options.every = 0;
    options.max_steps = MAX_STEPS;
    if (ncf__flow_run(&flow, problem, q, &options, limits, NULL) != NCF_OK)
        return 0;
    int found = flow.end != NCF_FLOW_END_FAILED && flow.end != NCF_FLOW_END_LIMIT;
    memcpy(q, flow.directions + (flow.count - 1) * network->unknowns,
           (size_t) network->unknowns * sizeof(double));
    ncf__flow_clear(&flow);
    return found;
}

/* ---- The point and its cap -------------------------------------------------------- */

/* w_0 / |w_0|, nearest doubles. */
static void unit_start(double *q, const struct ncf_flow_proof *proof)
{
    slong n = proof->network->unknowns;
    arb_ptr v = _arb_vec_init(n);
    arb_t norm;
    arb_init(norm);
    for (slong j = 0; j < n; j++)
        arb_set_fmpq(v + j, proof->start + j, PREC);
    arb_dot(norm, NULL, 0, v, 1, v, 1, n, PREC);
    arb_sqrtpos(norm, norm, PREC);
    for (slong j = 0; j < n; j++) {
        arb_div(v + j, v + j, norm, PREC);
        q[j] = arf_get_d(arb_midref(v + j), ARF_RND_NEAR);
    }
    arb_clear(norm);
    _arb_vec_clear(v, n);
}

/* The proved KKT point near q, with its orbit and its cap; returns NULL, or what is missing. */
static const char *find_point(struct ncf_flow_proof *proof, const double *q,
                              const struct ncf_problem *problem,
                              const ncf_flow_proof_settings_t *settings,
                              const ncf_limits_t *limits)
{
    slong n = proof->network->unknowns;
    ncf_point_options_t options = {settings->precision, settings->max_precision, limits};
    ncf_cap_options_t cap_options = {0, limits};
    ncf_certified_point_t *point = &proof->found.point;
    arb_ptr candidate = _arb_vec_init(n);
    double square = 0;
    for (slong j = 0; j < n; j++)
        arb_set_d(candidate + j, q[j]);
    ncf__certify_point(point, candidate, problem, proof->network, &options);
    _arb_vec_clear(candidate, n);
    if (!ncf_is_proved(point->exists))
        return point->reason != NULL ? point->reason : "no KKT point is proved at the limit";
    for (slong j = 0; j < n; j++) {
        double apart = arf_get_d(arb_midref(point->point + j), ARF_RND_NEAR) - q[j];
        square += apart * apart;
    }
    proof->limit_distance = sqrt(square);
    ncf__point_orbit_describe(&proof->found, proof->network);
    ncf__certify_cap(&proof->cap, point, problem, proof->network, &cap_options);
    if (point->slice_dimension > 0)
        return "the limit lies in a continuous family of KKT points";
    return NULL;
}

/* ---- The statements --------------------------------------------------------------- */

static void set_angle(struct ncf_flow_proof *proof, double max_tangent)
{
    proof->tangent = ncf_is_proved(proof->cap.verdict) ? fmin(proof->cap.tangent, max_tangent)
                                                       : max_tangent;
    arb_set_d(proof->angle, proof->tangent);
    arb_atan(proof->angle, proof->angle, PREC);
}

static void set_convergence(struct ncf_flow_proof *proof)
{
    if (!ncf_is_proved(proof->flow.enters))
        proof->reason = proof->flow.reason;
    else if (!ncf_is_proved(proof->cap.verdict))
        proof->reason = proof->cap.reason != NULL ? proof->cap.reason : "no cap is proved";
    else if (!(proof->tangent <= proof->cap.tangent))
        proof->reason = "the cone is wider than the certified cap";
    else {
        proof->reason = NULL;
        proof->converges = ncf_proved();
    }
}

static void prove(struct ncf_flow_proof *proof, const struct ncf_problem *problem,
                  const ncf_flow_proof_settings_t *settings, const ncf_limits_t *limits)
{
    double *q = ncf__malloc((size_t) proof->network->unknowns, sizeof(double));
    const char *missing = "the sphere flow has no numerical limit";
    ncf__progress(limits, "following the flow", 0, 0);
    unit_start(q, proof);
    if (find_limit(q, problem, proof->network, limits)) {
        ncf__progress(limits, "certifying the limit", 0, 0);
        missing = find_point(proof, q, problem, settings, limits);
    }
    ncf__free(q);
    if (missing == NULL)
        set_angle(proof, settings->max_tangent);
    if (missing == NULL && !isfinite(proof->tangent))
        missing = proof->cap.reason != NULL ? proof->cap.reason : "no cap is proved";
    if (missing != NULL) {
        proof->reason = proof->flow.reason = proof->flow.uniform_reason = missing;
        return;
    }
    ncf_validated_options_t options = {.uniform = 1,
                                       .max_delta = settings->max_delta,
                                       .threads = settings->threads,
                                       .limits = limits};
    ncf__progress(limits, "enclosing the flow", 0, 0);
    ncf__validated_flow(&proof->flow, problem, proof->network, proof->start,
                        proof->found.point.point, proof->tangent, &options);
    set_convergence(proof);
}

struct ncf_flow_proof *ncf__prove_flow(const struct ncf_problem *problem,
                                       ncf_network_struct network, slong degree,
                                       const fmpq *start,
                                       const ncf_flow_proof_settings_t *settings,
                                       const ncf_limits_t *limits)
{
    struct ncf_flow_proof *proof = ncf__calloc(1, sizeof(*proof));
    proof->network[0] = network;
    proof->degree = degree;
    proof->start = _fmpq_vec_init(network.unknowns);
    for (slong j = 0; j < network.unknowns; j++)
        fmpq_set(proof->start + j, start + j);
    ncf__point_orbit_init(&proof->found, proof->network);
    proof->found.origin = NCF_ORIGIN_CANDIDATE;
    proof->limit_distance = NAN;
    ncf__cap_init(&proof->cap);
    arb_init(proof->angle);
    arb_indeterminate(proof->angle);
    ncf__validated_flow_init(&proof->flow);
    proof->converges = ncf_undecided();
    prove(proof, problem, settings, limits);
    proof->limit = ncf__limit_reached(limits);
    return proof;
}

void ncf__flow_proof_free(struct ncf_flow_proof *proof)
{
    if (proof == NULL)
        return;
    ncf__validated_flow_clear(&proof->flow);
    arb_clear(proof->angle);
    ncf__cap_clear(&proof->cap);
    ncf__point_orbit_clear(&proof->found);
    _fmpq_vec_clear(proof->start, proof->network->unknowns);
    ncf__network_clear(proof->network);
    ncf__free(proof->origin);
    ncf__free(proof);
}
