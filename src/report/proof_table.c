/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* proof_table.c: what `ncf flow --prove` says, as text for people, in 80 columns. */
#include "proof_report.h"
#include "report.h"

#include <math.h>

char *ncf__proof_bound(const arb_t x, int above)
{
    char *buffer = NULL;
    arf_t bound;
    mpfr_t number;
    if (!arb_is_finite(x))
        return ncf__strdup("?");
    arf_init(bound);
    mpfr_init2(number, 64);
    if (above)
        arb_get_ubound_arf(bound, x, 64);
    else
        arb_get_lbound_arf(bound, x, 64);
    arf_get_mpfr(number, bound, above ? MPFR_RNDU : MPFR_RNDD);
    mpfr_asprintf(&buffer, above ? "%.5RUg" : "%.5RDg", number);
    char *text = ncf__strdup(buffer);
    mpfr_free_str(buffer);
    mpfr_clear(number);
    arf_clear(bound);
    return text;
}

static char *double_bound(double x, int above)
{
    arb_t exact;
    arb_init(exact);
    arb_set_d(exact, x);
    char *text = ncf__proof_bound(exact, above);
    arb_clear(exact);
    return text;
}

static void write_heading(FILE *stream, const ncf_result_t *result)
{
    const struct ncf_flow_proof *proof = result->proof;
    char *unknowns = fmpz_get_str(NULL, 10, result->unknowns);
    char *network = ncf__format("%s, %s weights, H is %ld-homogeneous", result->network_text,
                                unknowns, (long) proof->degree);
    fprintf(stream, "Problem     %s\n", result->problem_name);
    ncf__write_paragraph(stream, "Network     ", network);
    fprintf(stream, "Data        %ld point%s in R^%ld\n", (long) result->points,
            result->points == 1 ? "" : "s", (long) result->inputs);
    fprintf(stream, "Start       w_0 = %s\n\n", proof->origin != NULL ? proof->origin : "as given");
    ncf__free(network);
    flint_free(unknowns);
}

static void write_convergence(FILE *stream, const struct ncf_flow_proof *proof)
{
    char *text;
    if (ncf_is_proved(proof->converges)) {
        char *early = ncf__proof_bound(proof->flow.time, 0);
        char *late = ncf__proof_bound(proof->flow.time, 1);
        char *small = ncf__proof_bound(proof->flow.growth, 0);
        char *large = ncf__proof_bound(proof->flow.growth, 1);
        char *angle = ncf__proof_bound(proof->angle, 1);
        text = ncf__format("the flow of N from w_0/|w_0| converges in direction to the point u* "
                           "below. It is within %s rad of u* at a time in [%s, %s], when its "
                           "length is in [%s, %s] (T-VALIDATEDFLOW, T-CAP).",
                           angle, early, late, small, large);
        ncf__free(angle);
        ncf__free(large);
        ncf__free(small);
        ncf__free(late);
        ncf__free(early);
    } else
        text = ncf__format("where the flow of N from w_0/|w_0| converges to: %s.",
                           proof->reason != NULL ? proof->reason : "not proved");
    ncf__write_paragraph(stream, ncf_is_proved(proof->converges) ? "PROVED      " : "UNDECIDED   ",
                         text);
    ncf__free(text);
}

/* For every delta .. */
static char *uniform_text(const struct ncf_flow_proof *proof)
{
    const ncf_validated_flow_t *flow = &proof->flow;
    char *delta = double_bound(flow->delta, 0), *angle = ncf__proof_bound(proof->angle, 1);
    char *early = ncf__proof_bound(flow->uniform_time, 0);
    char *late = ncf__proof_bound(flow->uniform_time, 1);
    char *large = ncf__proof_bound(flow->uniform_growth, 1);
    char *time = proof->degree == 2   ? ncf__strdup("time t")
                 : proof->degree == 3 ? ncf__strdup("rescaled time t delta")
                                      : ncf__format("rescaled time t delta^%ld",
                                                    (long) proof->degree - 2);
    char *text = ncf__format("for every delta in (0, %s] the training flow from delta w_0/|w_0| is "
                             "within %s rad of u* at a %s in [%s, %s], with |w| <= %s delta "
                             "(T-VALIDATEDFLOW).",
                             delta, angle, time, early, late, large);
    ncf__free(time);
    ncf__free(large);
    ncf__free(late);
    ncf__free(early);
    ncf__free(angle);
    ncf__free(delta);
    return text;
}

static void write_uniform(FILE *stream, const struct ncf_flow_proof *proof)
{
    const ncf_validated_flow_t *flow = &proof->flow;
    int proved = ncf_is_proved(flow->uniform);
    char *text = proved ? uniform_text(proof)
                        : ncf__format("the training flow for all small delta: %s.",
                                      flow->uniform_reason != NULL ? flow->uniform_reason
                                                                   : "not proved");
    ncf__write_paragraph(stream, proved ? "PROVED      " : "UNDECIDED   ", text);
    ncf__free(text);
    if (proved && flow->uniform_reason != NULL) {
        text = ncf__format("%s; in double arithmetic the flow misses the cone from delta = %.4g on "
                           "(no proof).",
                           flow->uniform_reason, flow->delta_guess);
        ncf__write_paragraph(stream, "Limit       ", text);
        ncf__free(text);
    }
    fputc('\n', stream);
}

static void write_point(FILE *stream, const struct ncf_flow_proof *proof, long digits,
                        int verbose)
{
    if (!ncf_is_proved(proof->found.point.exists))
        return;
    ncf_point_orbit_t found = proof->found; /* borrowed */
    ncf_point_orbit_list_t list = {&found, 1, 1};
    fprintf(stream, "The KKT point u*\n");
    ncf__write_point_orbits(stream, &list, NULL, 1, digits);
    if (ncf_is_proved(proof->cap.verdict)) {
        char *angle = ncf__format("%.4f", floor(1e4 * arf_get_d(proof->cap.angle, ARF_RND_DOWN)) / 1e4);
        fprintf(stream, "  certified cap: all directions at an angle of at most %s\n", angle);
        ncf__free(angle);
    } else
        fprintf(stream, "  certified cap: none (%s)\n",
                proof->cap.reason != NULL ? proof->cap.reason : "not proved");
    if (!ncf_is_proved(proof->found.point.lambda_positive))
        fputs("  lambda is not proved positive: near the point the weights need not grow\n", stream);
    if (verbose)
        ncf__write_point_weights(stream, &found, proof->network, digits);
    fputc('\n', stream);
}

void ncf__write_proof_table(FILE *stream, const ncf_result_t *result, long digits, int verbose)
{
    const struct ncf_flow_proof *proof = result->proof;
    const ncf_validated_flow_t *flow = &proof->flow;
    write_heading(stream, result);
    if (result->limit != NCF_LIMIT_NONE)
        fprintf(stream, "PARTIAL RESULT: stopped early (%s).\n", ncf__limit_text(result->limit));
    write_convergence(stream, proof);
    write_uniform(stream, proof);
    write_point(stream, proof, digits, verbose);
    fprintf(stream, "Effort      %ld steps for one scale; %ld pieces of scales, %ld steps\n",
            (long) flow->steps, (long) flow->pieces, (long) flow->uniform_steps);
    if (verbose) {
        fprintf(stream, "Start w_0, exactly\n");
        for (slong j = 0; j < proof->network->unknowns; j++) {
            char *text = fmpq_get_str(NULL, 10, proof->start + j);
            fprintf(stream, "  %s\n", text);
            flint_free(text);
        }
    }
}
