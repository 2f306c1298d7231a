/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * p-validated.c: which flows are proved, how near delta_0 comes to its numerical limit, and
 * how long that takes (T-VALIDATEDFLOW, T-CAP), over random data on the sphere and random
 * starts.
 *
 * Usage: p-validated WIDTHS DEGREE POINTS CASES [ANGLE [TIED]]
 *        p-validated 2,2,1 2 6 20
 *
 * CASES: how many seeds from 1, or FIRST-LAST. ANGLE: of the cone; 0 or none: that of the cap.
 * TIED: the first two rows of W_1, and the columns of W_2 that belong to them, start equal up
 * to TIED. TSV on standard output: a line a case (`case`) and one for all of them (`all`).
 */
#include "../src/flow/flow.h"
#include "../src/pipeline/flow_proof.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static ncf_problem_t *make_problem(const char *widths, long degree, long points, long seed)
{
    ncf_problem_t *problem = NULL;
    ncf_error_t err;
    ncf_error_init(&err);
    char *text = ncf__format(
        "{\"ncf\": 1, \"network\": {\"type\": \"feedforward\", \"widths\": [%s], "
        "\"activation\": "
        "{\"type\": \"power\", \"degree\": %ld}}, \"data\": {\"random\": {\"points\": %ld, "
        "\"inputs\": %ld, \"distribution\": \"sphere\", \"seed\": %ld, \"bits\": 30}}, "
        "\"loss\": "
        "\"square\"}",
        widths, degree, points, strtol(widths, NULL, 10), seed);
    if (ncf_problem_parse(&problem, text, strlen(text), "bench", "", &err) != NCF_OK) {
        fprintf(stderr, "p-validated: %s\n", err.text);
        exit(3);
    }
    ncf__free(text);
    return problem;
}

/* Makes the second unit of the first layer nearly a copy of the first one. */
static void tie_units(double *start, const ncf_network_t network, double tied)
{
    slong d = network->widths[0], k = network->widths[1];
    if (k < 2)
        return;
    for (slong j = 0; j < d; j++)
        start[d + j] = start[j] * (1 + tied * (double) (j + 1));
    for (slong r = 0; r < network->widths[2]; r++)
        start[network->offsets[1] + r * k + 1] = start[network->offsets[1] + r * k];
}

typedef struct {
    long cases, converges, uniform, below; /* below: the numerical limit is under 0.5 */
    double worst, sum, seconds, longest;
} totals_t;

static void report_case(totals_t *totals, const struct ncf_flow_proof *proof, long seed,
                        double seconds)
{
    const ncf_validated_flow_t *flow = &proof->flow;
    double ratio = flow->delta_guess > 0 ? flow->delta / flow->delta_guess : 0;
    int converges = ncf_is_proved(proof->converges);
    printf("case\t%ld\t%d\t%d\t%.3f\t%.4g\t%.4g\t%.3f\t%ld\t%ld\t%ld\t%ld\t%.2f\t%s\t%s\n",
           seed, converges, ncf_is_proved(flow->uniform), atan(proof->tangent), flow->delta,
           flow->delta_guess, ratio, (long) flow->steps, (long) flow->pieces,
           (long) flow->attempts, (long) flow->uniform_steps, seconds,
           proof->reason != NULL ? proof->reason : "-",
           flow->uniform_reason != NULL ? flow->uniform_reason : "-");
    totals->cases++;
    totals->converges += converges;
    totals->uniform += ncf_is_proved(flow->uniform);
    if (flow->delta_guess > 0 && flow->delta_guess < 0.5) {
        totals->below++;
        totals->sum += ratio;
        totals->worst = fmin(totals->worst, ratio);
    }
    totals->seconds += seconds;
    totals->longest = fmax(totals->longest, seconds);
    fflush(stdout);
}

static void run_case(totals_t *totals, const char *widths, long degree, long points, long seed,
                     double angle, double tied)
{
    ncf_problem_t *problem = make_problem(widths, degree, points, seed);
    ncf_network_t network;
    fmpz_t exact;
    fmpz_init(exact);
    if (!ncf__network_init(network, problem) || !ncf__problem_homogeneous(exact, problem))
        exit(3);
    slong n = network->unknowns;
    ncf_flow_proof_settings_t settings = {angle > 0 ? tan(angle) : INFINITY, 0, 128, 8192, 1};
    double *start = ncf__malloc((size_t) n, sizeof(double));
    fmpq *w = _fmpq_vec_init(n);
    ncf__flow_random_start(start, n, (uint64_t) seed, 0);
    if (tied > 0)
        tie_units(start, network, tied);
    for (slong j = 0; j < n; j++)
        ncf__rational_set_double(w + j, start[j]);
    double begin = ncf__clock();
    struct ncf_flow_proof *proof =
        ncf__prove_flow(problem, network[0], fmpz_get_si(exact), w, &settings, NULL);
    report_case(totals, proof, seed, ncf__clock() - begin);
    ncf__flow_proof_free(proof);
    _fmpq_vec_clear(w, n);
    ncf__free(start);
    fmpz_clear(exact);
    ncf_problem_free(problem);
}

int main(int argc, char **argv)
{
    if (argc < 5 || argc > 7) {
        fprintf(stderr, "usage: p-validated WIDTHS DEGREE POINTS CASES [ANGLE [TIED]]\n");
        return 2;
    }
    totals_t totals = {.worst = INFINITY};
    double angle = argc > 5 ? strtod(argv[5], NULL) : 0,
           tied = argc > 6 ? strtod(argv[6], NULL) : 0;
    long degree = strtol(argv[2], NULL, 10), points = strtol(argv[3], NULL, 10);
    char *rest;
    long last = strtol(argv[4], &rest, 10), first = *rest == '-' ? last : 1;
    if (*rest == '-')
        last = strtol(rest + 1, NULL, 10);
    printf(
        "#\tseed\tconverges\tuniform\tangle\tdelta_0\tlimit\tratio\tsteps\tpieces\tattempts\t"
        "steps of all\tseconds\treasons\n");
    for (long seed = first; seed <= last; seed++)
        run_case(&totals, argv[1], degree, points, seed, angle, tied);
    printf("all\t%s\t%ld\t%ld\t%ld cases\t%ld converge\t%ld uniform\t%ld below 0.5\t"
           "least ratio %.3f\tmean ratio %.3f\tmean %.2f s\tmost %.2f s\n",
           argv[1], degree, points, totals.cases, totals.converges, totals.uniform,
           totals.below, totals.below > 0 ? totals.worst : 0,
           totals.below > 0 ? totals.sum / (double) totals.below : 0,
           totals.seconds / (double) totals.cases, totals.longest);
    flint_cleanup();
    return 0;
}
