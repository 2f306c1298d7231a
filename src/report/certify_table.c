/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* certify_table.c: what `ncf certify` says, as text for people, in 80 columns. */
#include "cap_report.h"
#include "certify_report.h"
#include "report.h"

#include <string.h>

#define CANDIDATES_SHOWN 50
#define ORBITS_SHOWN 20
#define REASONS_SHOWN 20

const char *const ncf__candidate_words[NCF_CANDIDATE_WORDS] = {"proved", "elsewhere", "undecided",
                                                               "unfinished"};

static int word_index(const ncf_candidate_t *candidate)
{
    if (!candidate->finished)
        return NCF_CANDIDATE_UNFINISHED;
    return ncf_is_proved(candidate->near)    ? NCF_CANDIDATE_PROVED
           : ncf_is_refuted(candidate->near) ? NCF_CANDIDATE_ELSEWHERE
                                             : NCF_CANDIDATE_UNDECIDED;
}

const char *ncf__candidate_word(const ncf_candidate_t *candidate)
{
    return ncf__candidate_words[word_index(candidate)];
}

void ncf__count_candidates(slong counts[NCF_CANDIDATE_WORDS],
                           const struct ncf_certification *certification)
{
    memset(counts, 0, NCF_CANDIDATE_WORDS * sizeof(*counts));
    for (slong k = 0; k < certification->count; k++)
        counts[word_index(&certification->candidates[k])]++;
}

const char *ncf__candidate_reason(const ncf_candidate_t *candidate)
{
    const ncf_certified_point_t *point = &candidate->found.point;
    if (!candidate->finished)
        return "a limit was reached before it was certified";
    if (!ncf_is_proved(point->exists))
        return point->reason != NULL ? point->reason : "no point is proved";
    if (ncf_is_refuted(candidate->near))
        return "Newton's method leads to a point that is farther away";
    if (ncf_is_undecided(candidate->near))
        return "whether the point is near enough is not decided at this precision";
    if (!ncf_is_proved(point->inertia_known))
        return point->inertia_reason != NULL ? point->inertia_reason : "the index is not decided";
    if (candidate->orbit_open)
        return "whether its orbit is one of the others is not decided";
    return NULL;
}

/* What a list of another program holds that is no candidate. */
static void write_solutions(FILE *stream, const ncf_solution_counts_t *counts)
{
    if (counts->listed == 0)
        return;
    char *text = ncf__format("%ld listed; left out: %ld not real, %ld at the origin, %ld failed "
                             "or at infinity",
                             (long) counts->listed, (long) counts->complex,
                             (long) counts->origin, (long) counts->failed);
    ncf__write_paragraph(stream, "Solutions   ", text);
    ncf__free(text);
}

static void write_heading(FILE *stream, const ncf_result_t *result)
{
    const struct ncf_certification *certification = result->certification;
    char *unknowns = fmpz_get_str(NULL, 10, result->unknowns);
    char *network = fmpz_is_zero(result->homogeneity)
                        ? ncf__format("%s, %s weights, not homogeneous: lambda is not a multiple of N",
                                      result->network_text, unknowns)
                        : ncf__format("%s, %s weights, H is %ld-homogeneous", result->network_text,
                                      unknowns, (long) fmpz_get_si(result->homogeneity));
    fprintf(stream, "Problem     %s\n", result->problem_name);
    ncf__write_paragraph(stream, "Network     ", network);
    fprintf(stream, "Data        %ld point%s in R^%ld\n", (long) result->points,
            result->points == 1 ? "" : "s", (long) result->inputs);
    fprintf(stream, "Candidates  %ld from %s (%s)\n", (long) certification->count,
            certification->name, certification->format);
    write_solutions(stream, &certification->solutions);
    fprintf(stream, "Settings    %ld bits, %d thread%s, near: at most %s away\n\n",
            result->options.precision, result->options.threads,
            result->options.threads == 1 ? "" : "s", certification->threshold_text);
    ncf__free(network);
    flint_free(unknowns);
}

static void write_summary(FILE *stream, const ncf_result_t *result)
{
    static const char *const texts[NCF_CANDIDATE_WORDS] = {
        "PROVED      %ld of %ld: there is a KKT point near the candidate\n",
        "ELSEWHERE   %ld of %ld: a KKT point is proved, but it is farther away\n",
        "UNDECIDED   %ld of %ld: nothing is proved near the candidate\n",
        "UNFINISHED  %ld of %ld: the limit came first\n"};
    slong counts[NCF_CANDIDATE_WORDS];
    ncf__count_candidates(counts, result->certification);
    if (result->limit != NCF_LIMIT_NONE)
        fprintf(stream, "PARTIAL RESULT: stopped early (%s).\n", ncf__limit_text(result->limit));
    for (int i = 0; i < NCF_CANDIDATE_WORDS; i++) {
        if (counts[i] > 0)
            fprintf(stream, texts[i], (long) counts[i], (long) result->certification->count);
    }
    fputc('\n', stream);
}

char *ncf__bound_text(const arb_t x)
{
    char buffer[40] = "-";
    arf_t bound;
    mpfr_t upper;
    arf_init(bound);
    mpfr_init2(upper, 64);
    if (arb_is_finite(x)) {
        arb_get_ubound_arf(bound, x, 64);
        arf_get_mpfr(upper, bound, MPFR_RNDU);
        if (mpfr_sgn(upper) == 0)
            snprintf(buffer, sizeof(buffer), "0");
        else
            mpfr_snprintf(buffer, sizeof(buffer), "%.1RUe", upper);
    }
    mpfr_clear(upper);
    arf_clear(bound);
    return ncf__strdup(buffer);
}

/* How many weights are exactly zero, with a question mark when some are undecided. */
static char *zeros_text(const ncf_certified_point_t *point)
{
    slong zeros = 0, open = 0;
    for (slong j = 0; j < point->unknowns; j++) {
        zeros += point->zero[j] > 0;
        open += point->zero[j] == 0;
    }
    return ncf__format("%ld%s", (long) zeros, open > 0 ? "?" : "");
}

static void write_point(FILE *stream, const ncf_candidate_t *candidate, long digits)
{
    const ncf_certified_point_t *point = &candidate->found.point;
    char *lambda = ncf__decimal_short(ncf__point_orbit_lambda(&candidate->found), digits);
    char *zeros = zeros_text(point), index[24] = "?";
    if (point->index >= 0)
        snprintf(index, sizeof(index), "%ld", (long) point->index);
    fprintf(stream, " %15s %5s %-10s %5s %4ld%s\n", lambda, index,
            ncf__second_order_text(point->second_order), zeros, (long) candidate->orbit + 1,
            candidate->orbit_open ? "?" : "");
    ncf__free(zeros);
    ncf__free(lambda);
}

static void write_candidate(FILE *stream, const ncf_candidate_t *candidate, slong number,
                            long digits)
{
    char *distance = ncf__bound_text(candidate->distance), *residual = ncf__bound_text(candidate->residual);
    fprintf(stream, "%6ld %-10s %8s %8s", (long) number, ncf__candidate_word(candidate), distance,
            residual);
    if (ncf_is_proved(candidate->found.point.exists))
        write_point(stream, candidate, digits);
    else
        fprintf(stream, " %15s\n", "-");
    ncf__free(residual);
    ncf__free(distance);
}

static void write_candidates(FILE *stream, const struct ncf_certification *certification,
                             long digits, int verbose)
{
    slong count = certification->count;
    slong shown = verbose || count <= CANDIDATES_SHOWN ? count : CANDIDATES_SHOWN;
    fprintf(stream, "%6s %-10s %8s %8s %15s %5s %-10s %5s %4s\n", "cand", "verdict", "distance",
            "residual", "lambda", "index", "2nd order", "zeros", "orb");
    for (slong k = 0; k < shown; k++)
        write_candidate(stream, &certification->candidates[k], k + 1, digits);
    if (shown < count)
        fprintf(stream, "       ... %ld more (--verbose or --json lists them)\n", (long) (count - shown));
    fputc('\n', stream);
}

static void write_orbits(FILE *stream, const ncf_result_t *result, long digits, int verbose)
{
    const struct ncf_certification *certification = result->certification;
    slong count = certification->orbit_count;
    if (count == 0)
        return;
    /* Borrowed: the candidates own them. */
    ncf_point_orbit_list_t list = {ncf__malloc((size_t) count, sizeof(*list.orbits)), count, count};
    for (slong i = 0; i < count; i++)
        list.orbits[i] = certification->candidates[certification->orbits[i]].found;
    fprintf(stream, "Orbits of the proved points under the symmetries of the network\n");
    ncf__write_point_orbits(stream, &list, &result->caps, verbose ? count : ORBITS_SHOWN, digits);
    for (slong i = 0; verbose && i < count; i++) {
        fprintf(stream, "\nOrbit %ld, weights of candidate %ld\n", (long) i + 1,
                (long) certification->orbits[i] + 1);
        ncf__write_point_weights(stream, &list.orbits[i], certification->network, digits);
    }
    fputc('\n', stream);
    ncf__free(list.orbits);
}

static void write_reasons(FILE *stream, const struct ncf_certification *certification, int verbose)
{
    slong written = 0, left = 0;
    for (slong k = 0; k < certification->count; k++) {
        const char *reason = ncf__candidate_reason(&certification->candidates[k]);
        if (reason == NULL)
            continue;
        if (!verbose && written >= REASONS_SHOWN) {
            left++;
            continue;
        }
        fprintf(stream, "Open        candidate %ld: %s\n", (long) k + 1, reason);
        written++;
    }
    if (left > 0)
        fprintf(stream, "            ... %ld more (--verbose or --json lists them)\n", (long) left);
    if (written > 0)
        fputc('\n', stream);
}

void ncf__write_certify_table(FILE *stream, const ncf_result_t *result, long digits, int verbose)
{
    write_heading(stream, result);
    write_summary(stream, result);
    write_candidates(stream, result->certification, digits, verbose);
    write_orbits(stream, result, digits, verbose);
    write_reasons(stream, result->certification, verbose);
    ncf__write_open_caps(stream, result, verbose);
    fputs("distance: |v - u| for the candidate v, scaled to length 1, and the point u;\n"
          "residual: |grad N(v) - m v| with m = v . grad N(v). Both are rounded up.\n",
          stream);
}
