/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * t-validated_runs.c: what is proved for all small scales, T-VALIDATEDFLOW, against runs of
 * the multiprecision engine at single scales, 1e-30 among them.
 */
#include "../harness.h"

#include "../../src/flow/taylor.h"
#include "../../src/pipeline/flow_proof.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static ncf_problem_t *random_problem(const char *widths, slong degree, slong seed)
{
    ncf_problem_t *problem = NULL;
    char *text = ncf__format(
        "{\"ncf\": 1, \"network\": {\"type\": \"feedforward\", \"widths\": [%s], "
        "\"activation\": "
        "{\"type\": \"power\", \"degree\": %ld}}, \"data\": {\"random\": {\"points\": 6, "
        "\"inputs\": %ld, \"distribution\": \"sphere\", \"seed\": %ld, \"bits\": 30}}, "
        "\"loss\": "
        "\"square\"}",
        widths, (long) degree, strtol(widths, NULL, 10), (long) seed);
    ncf_status_t status = ncf_problem_parse(&problem, text, strlen(text), "test", "", NULL);
    ncf__free(text);
    return status == NCF_OK ? problem : NULL;
}

/* A rational point of the unit sphere, by the inverse of a projection. */
static void unit_start(fmpq *start, slong n, ncf_random_t *random)
{
    fmpq_t square, factor;
    fmpq_init(square);
    fmpq_init(factor);
    for (slong j = 1; j < n; j++) {
        fmpq_set_si(start + j, (slong) ncf__random_below(random, 41) - 20, 16);
        fmpq_addmul(square, start + j, start + j);
    }
    fmpq_add_si(factor, square, 1);
    fmpq_inv(factor, factor);
    fmpq_set_si(start, 1, 1);
    fmpq_sub(start, start, square);
    fmpq_mul(start, start, factor);
    for (slong j = 1; j < n; j++) {
        fmpq_mul(start + j, start + j, factor);
        fmpq_mul_si(start + j, start + j, 2);
    }
    fmpq_clear(factor);
    fmpq_clear(square);
}

static double bound(const arb_t ball, int upper)
{
    arf_t end;
    arf_init(end);
    (upper ? arb_get_ubound_arf : arb_get_lbound_arf)(end, ball, 53);
    double out = arf_get_d(end, upper ? ARF_RND_UP : ARF_RND_DOWN);
    arf_clear(end);
    return out;
}

typedef struct {
    const ncf_problem_t *problem;
    const struct ncf_flow_proof *proof;
} claim_t;

/* How far inside of the cone, as a cosine, w is. */
static double inside(const claim_t *claim, arb_srcptr w)
{
    slong n = claim->proof->network->unknowns;
    arb_t norm, along;
    arb_init(norm);
    arb_init(along);
    arb_dot(norm, NULL, 0, w, 1, w, 1, n, 200);
    arb_sqrt(norm, norm, 200);
    arb_dot(along, NULL, 0, w, 1, claim->proof->found.point.point, 1, n, 200);
    arb_div(along, along, norm, 200);
    arb_cos(norm, claim->proof->angle, 200);
    arb_sub(along, along, norm, 200);
    double out = arf_get_d(arb_midref(along), ARF_RND_NEAR);
    arb_clear(along);
    arb_clear(norm);
    return out;
}

/* The same for the start, which counts where the time 0 is claimed; else -1. */
static double start_inside(const claim_t *claim)
{
    slong n = claim->proof->network->unknowns;
    arb_ptr start = _arb_vec_init(n);
    for (slong j = 0; j < n; j++)
        arb_set_fmpq(start + j, claim->proof->start + j, 200);
    double out =
        arb_contains_zero(claim->proof->flow.uniform_time) ? inside(claim, start) : -1;
    _arb_vec_clear(start, n);
    return out;
}

/*
 * How far inside of the cone the flow from delta is when |w| = growth delta; -1 where that is
 * at no claimed time and `timely` is set, and -2 where it is not reached.
 */
static double inside_at(const claim_t *claim, const fmpq_t delta, double growth, int timely)
{
    ncf_taylor_options_t options;
    ncf_taylor_t result;
    double out = -2;
    ncf__taylor_options_init(&options);
    options.digits = 20;
    options.max_steps = 500;
    fmpq_set(options.delta, delta);
    ncf__rational_set_double(options.norm, growth);
    fmpq_mul(options.norm, options.norm, delta);
    ncf__rational_set_double(options.until, 1.001 * bound(claim->proof->flow.uniform_time, 1));
    if (ncf__taylor_run(&result, claim->problem, claim->proof->start, &options, NULL, NULL) ==
        NCF_OK) {
        arb_add_error_2exp_si(result.tau, -40);
        int claimed = arb_overlaps(result.tau, claim->proof->flow.uniform_time);
        if (result.end == NCF_FLOW_END_EVENT)
            out = claimed || !timely ? inside(claim, result.weights) : -1;
        ncf__taylor_clear(&result);
    }
    ncf__taylor_options_clear(&options);
    return out;
}

/* The same at its best among the claimed growths: on a grid, and on finer ones around the
 * best. */
static double best_inside(const claim_t *claim, const fmpq_t delta)
{
    double low = fmax(bound(claim->proof->flow.uniform_growth, 0), 1 + 1e-9);
    double high = bound(claim->proof->flow.uniform_growth, 1), best = start_inside(claim);
    for (int level = 0; level < 4 && best < 0; level++) {
        double middle = low, step = (high - low) / 8;
        for (int k = 0; k <= 8; k++) {
            double now = inside_at(claim, delta, low + k * step, 1);
            if (now >= best) {
                best = now;
                middle = low + k * step;
            }
        }
        low = fmax(low, middle - step);
        high = fmin(high, middle + step);
    }
    return best;
}

typedef struct {
    int proofs, checks, missing, elsewhere;
} counts_t;

/* delta_0 itself, 1e-30, and three scales between them. */
static void check_scales(counts_t *counts, const claim_t *claim, ncf_random_t *random)
{
    static const double parts[3] = {1, 0.5, 1e-3};
    fmpq_t delta;
    fmpq_init(delta);
    for (int k = 0; k < 5; k++) {
        double part = k == 0 ? 1 : parts[k % 3] * (1 - 0.4 * ncf__random_unit(random));
        ncf__rational_set_double(delta, claim->proof->flow.delta * part);
        if (k == 4)
            ncf__rational_parse(delta, "1e-30", 5);
        counts->checks++;
        counts->missing += !(best_inside(claim, delta) >= -1e-6);
    }
    /* Long before, the flow is outside: such a claim would be refuted. */
    double early = 0.5 * (1 + bound(claim->proof->flow.uniform_growth, 0));
    double far = early > 1.01 ? inside_at(claim, delta, early, 0) : 0;
    counts->elsewhere += far < -1e-6 && far > -2;
    fmpq_clear(delta);
}

static void check_start(counts_t *counts, const char *widths, slong degree, slong seed,
                        ncf_random_t *random)
{
    ncf_problem_t *problem = random_problem(widths, degree, seed);
    ncf_network_t network;
    fmpz_t exact;
    fmpz_init(exact);
    NCF_REQUIRE(problem != NULL && ncf__network_init(network, problem));
    NCF_REQUIRE(ncf__problem_homogeneous(exact, problem));
    slong n = network->unknowns;
    fmpq *start = _fmpq_vec_init(n);
    unit_start(start, n, random);
    ncf_flow_proof_settings_t settings = {seed % 2 == 0 ? 0.125 : INFINITY, 0.25, 128, 8192,
                                          1};
    struct ncf_flow_proof *proof =
        ncf__prove_flow(problem, network[0], fmpz_get_si(exact), start, &settings, NULL);
    if (ncf_is_proved(proof->flow.uniform)) {
        claim_t claim = {problem, proof};
        counts->proofs++;
        check_scales(counts, &claim, random);
    }
    ncf__flow_proof_free(proof);
    _fmpq_vec_clear(start, n);
    fmpz_clear(exact);
    ncf_problem_free(problem);
}

static void test_runs(void)
{
    static const char *const widths[6] = {"2,1,1", "2,2,1", "2,1,1,1",
                                          "2,1,1", "2,2,1", "3,2,1"};
    static const slong degrees[6] = {2, 2, 2, 3, 3, 2};
    counts_t counts = {0, 0, 0, 0};
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 90);
    long starts = ncf_test_count(6);
    for (long k = 0; k < starts; k++)
        check_start(&counts, widths[k % 6], degrees[k % 6],
                    (slong) ncf__random_below(&random, 1000), &random);
    CHECK_MSG(counts.missing == 0, "%d of %d scales are not where they should be",
              counts.missing, counts.checks);
    CHECK_MSG(counts.proofs >= starts / 2, "only %d of %ld starts are proved", counts.proofs,
              starts);
    CHECK(counts.elsewhere > 0);
}

int main(void)
{
    static const ncf_test_t tests[] = {{"runs", test_runs}, {NULL, NULL}};
    return ncf_test_main("validated_runs", tests);
}
