/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* study_table.c: what `ncf flow --runs` says, as text for people, in 80 columns. */
#include "cap_report.h"
#include "match_report.h"
#include "report.h"
#include "study_report.h"

#include <math.h>

#define ORBITS_SHOWN 30

double ncf__study_plain_time(const struct ncf_flow_study *study, double tau)
{
    return tau * pow(study->plan.delta, (double) (2 - study->degree));
}

char *ncf__listed_text(const ncf_result_t *result, slong listed)
{
    if (result->catalogue == NULL)
        return NULL;
    const char *name = result->catalogue->certification->name;
    if (listed > 0)
        return ncf__format("orbit %ld of %s", (long) listed, name);
    return ncf__format(listed == NCF_LISTED_NOWHERE ? "proved to be on no orbit of %s"
                                                    : "not decided whether on an orbit of %s",
                       name);
}

static void write_heading(FILE *stream, const ncf_result_t *result)
{
    const struct ncf_flow_study *study = result->study;
    const ncf_study_plan_t *plan = &study->plan;
    char *unknowns = fmpz_get_str(NULL, 10, result->unknowns);
    char *network = ncf__format("%s, %s weights, H is %ld-homogeneous", result->network_text,
                                unknowns, (long) study->degree);
    fprintf(stream, "Problem     %s\n", result->problem_name);
    ncf__write_paragraph(stream, "Network     ", network);
    fprintf(stream, "Data        %ld point%s in R^%ld\n", (long) result->points,
            result->points == 1 ? "" : "s", (long) result->inputs);
    fprintf(stream, "Runs        %ld random starts, seed %llu", (long) plan->runs,
            (unsigned long long) plan->seed);
    if (plan->kind != NCF_FLOW_SPHERE)
        fprintf(stream, ", |w(0)| = %s", study->delta_text);
    fprintf(stream, "; flow: %s\n", ncf__flow_kind_text(plan->kind));
    fprintf(stream, "Settings    %ld bits, %d thread%s, integrators adams and rk, tolerance %g\n",
            result->options.precision, plan->threads, plan->threads == 1 ? "" : "s",
            plan->tolerance);
    if (result->catalogue != NULL)
        fprintf(stream, "List        %ld orbits from %s, %ld certified\n",
                (long) result->catalogue->count, result->catalogue->certification->name,
                (long) result->catalogue->certified);
    fputc('\n', stream);
    ncf__free(network);
    flint_free(unknowns);
}

static void write_reasons(FILE *stream, const struct ncf_flow_study *study)
{
    for (int r = NCF_RUN_NO_REASON + 1; r < NCF_RUN_REASONS; r++) {
        if (study->reasons[r] == 0)
            continue;
        char *text = ncf__format("%ld run%s: %s", (long) study->reasons[r],
                                 study->reasons[r] == 1 ? "" : "s",
                                 ncf__run_reason_text((ncf_run_reason_t) r));
        ncf__write_paragraph(stream, r == NCF_RUN_LIMIT ? "Unfinished  " : "Not matched ", text);
        ncf__free(text);
    }
}

static void write_verdict(FILE *stream, const ncf_result_t *result)
{
    const struct ncf_flow_study *study = result->study;
    if (result->limit != NCF_LIMIT_NONE)
        fprintf(stream, "PARTIAL RESULT: stopped early (%s), %ld of %ld runs are finished.\n",
                ncf__limit_text(result->limit), (long) study->finished, (long) study->plan.runs);
    fprintf(stream, "MATCHED     %ld of %ld runs, to %ld orbit%s\n",
            (long) study->words[NCF_MATCH_MATCHED], (long) study->finished,
            (long) study->orbit_count, study->orbit_count == 1 ? "" : "s");
    if (study->words[NCF_MATCH_ZERO] > 0)
        fprintf(stream, "ZERO        %ld run%s: the weights shrink to zero (measured)\n",
                (long) study->words[NCF_MATCH_ZERO], study->words[NCF_MATCH_ZERO] == 1 ? "" : "s");
    if (study->words[NCF_MATCH_AMBIGUOUS] > 0)
        fprintf(stream, "AMBIGUOUS   %ld of those below had been in the cap before and left it\n",
                (long) study->words[NCF_MATCH_AMBIGUOUS]);
    write_reasons(stream, study);
    if (study->words[NCF_MATCH_MATCHED] > 0)
        ncf__write_paragraph(stream, "Proof       ",
                             "the points (T-KRAWCZYK), their caps, and that the early phase of a "
                             "matched run ends in the cap, as both integrators computed it: the "
                             "flow of N from there converges in direction to the point (T-CAP). "
                             "Runs, times and angles are measured, shares are estimated.");
    fputc('\n', stream);
}

static void write_number(FILE *stream, double x, int width)
{
    if (isfinite(x))
        fprintf(stream, " %*.3g", width, x);
    else
        fprintf(stream, " %*s", width, "-");
}

static void write_orbit(FILE *stream, const ncf_result_t *result, const ncf_study_orbit_t *orbit,
                        slong number, long digits)
{
    const ncf_point_orbit_t *found = &orbit->known->found;
    char *lambda = ncf__decimal_short(ncf__point_orbit_lambda(found), digits);
    char *cap = ncf__cap_text(&orbit->known->cap), *listed = NULL;
    char *size = found->size_known ? fmpz_get_str(NULL, 10, found->size) : NULL;
    int wide = size != NULL && fmpz_sizeinbase(found->size, 10) > 7;
    fprintf(stream, "%5ld %14s %7s %6s %7ld %6.4f %6.4f..%6.4f", (long) number, lambda,
            size == NULL ? "?" : wide ? "many" : size, cap, (long) orbit->runs, orbit->share,
            floor(1e4 * orbit->share_low) / 1e4, ceil(1e4 * orbit->share_high) / 1e4);
    write_number(stream, orbit->entry_mean, 9);
    if (result->catalogue != NULL)
        listed = orbit->listed > 0                    ? ncf__format("%ld", (long) orbit->listed)
                 : orbit->listed == NCF_LISTED_NOWHERE ? ncf__strdup("no")
                                                       : ncf__strdup("?");
    fprintf(stream, "%s%s\n", listed != NULL ? " " : "", listed != NULL ? listed : "");
    flint_free(size);
    ncf__free(listed);
    ncf__free(cap);
    ncf__free(lambda);
}

static void write_orbits(FILE *stream, const ncf_result_t *result, long digits, int verbose)
{
    const struct ncf_flow_study *study = result->study;
    slong count = study->orbit_count;
    slong shown = verbose || count <= ORBITS_SHOWN ? count : ORBITS_SHOWN;
    fprintf(stream, "Orbits that attracted runs, largest lambda first\n"
                    "%5s %14s %7s %6s %7s %6s %14s %9s%s\n",
            "orbit", "lambda", "size", "cap", "runs", "share", "95 % interval", "entry",
            result->catalogue != NULL ? " list" : "");
    for (slong k = 0; k < shown; k++)
        write_orbit(stream, result, &study->orbits[k], k + 1, digits);
    if (shown < count)
        fprintf(stream, "      ... %ld more (--verbose or --json lists them)\n",
                (long) (count - shown));
    slong others = study->finished - study->words[NCF_MATCH_MATCHED];
    double low, high;
    ncf__wilson(&low, &high, others, study->finished, NCF_STUDY_QUANTILE);
    if (study->finished > 0)
        fprintf(stream, "%5s %14s %7s %6s %7ld %6.4f %6.4f..%6.4f %9s\n", "-", "none", "-", "-",
                (long) others, (double) others / (double) study->finished, floor(1e4 * low) / 1e4,
                ceil(1e4 * high) / 1e4, "-");
    fputc('\n', stream);
    for (slong k = 0; verbose && k < shown; k++) {
        fprintf(stream, "  weights of a point of orbit %ld\n", (long) k + 1);
        ncf__write_point_weights(stream, &study->orbits[k].known->found, study->network, digits);
    }
    if (verbose && shown > 0)
        fputc('\n', stream);
}

void ncf__write_study_table(FILE *stream, const ncf_result_t *result, long digits, int verbose)
{
    const struct ncf_flow_study *study = result->study;
    write_heading(stream, result);
    write_verdict(stream, result);
    write_orbits(stream, result, digits, verbose);
    if (study->words[NCF_MATCH_MATCHED] > 0) {
        char *text = ncf__format("%ld runs were integrated twice; the ends of matched ones differ "
                                 "by at most %.2g radians",
                                 (long) study->compared, study->difference);
        ncf__write_paragraph(stream, "Integrators ", text);
        ncf__free(text);
    }
    fputs("share: of the starts, an estimate of that of the sphere; Wilson's interval;\n"
          "entry: mean rescaled time t |w(0)|^(L-2) at which runs enter the cap for good.\n",
          stream);
}
