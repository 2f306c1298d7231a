/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* match_table.c: what `ncf match` says, as text for people, in 80 columns. */
#include "certify_report.h"
#include "match_report.h"
#include "report.h"
#include "study_report.h"

#include <math.h>

#define ROWS_SHOWN 12

const char *const ncf__match_words[NCF_MATCH_WORDS] = {"matched", "zero", "unmatched", "ambiguous",
                                                       "unfinished"};

const char *ncf__flow_kind_text(ncf_flow_kind_t kind)
{
    static const char *const texts[] = {"training", "ncf", "sphere", "descent"};
    return texts[kind];
}

void ncf__write_problem_lines(FILE *stream, const ncf_result_t *result, slong degree)
{
    char *unknowns = fmpz_get_str(NULL, 10, result->unknowns);
    char *homogeneous = degree > 0 ? ncf__format("H is %ld-homogeneous", (long) degree)
                                   : ncf__strdup("H is not homogeneous");
    char *network = ncf__format("%s, %s weights, %s", result->network_text, unknowns, homogeneous);
    fprintf(stream, "Problem     %s\n", result->problem_name);
    ncf__write_paragraph(stream, "Network     ", network);
    fprintf(stream, "Data        %ld point%s in R^%ld\n", (long) result->points,
            result->points == 1 ? "" : "s", (long) result->inputs);
    ncf__free(network);
    ncf__free(homogeneous);
    flint_free(unknowns);
}

static void write_heading(FILE *stream, const ncf_result_t *result)
{
    const struct ncf_matching *matching = result->matching;
    ncf__write_problem_lines(stream, result, matching->degree);
    fprintf(stream, "Trajectory  %ld rows from %s (%s), %s\n", (long) matching->count,
            matching->name, matching->format, matching->has_times ? "with times" : "without times");
    fprintf(stream, "Settings    %ld bits, flow: %s\n\n", result->options.precision,
            ncf__flow_kind_text(matching->kind));
}

static void write_verdict(FILE *stream, const struct ncf_matching *matching)
{
    static const char *const leads[NCF_MATCH_WORDS] = {
        "MATCHED     ", "ZERO        ", "UNMATCHED   ", "AMBIGUOUS   ", "UNFINISHED  "};
    char *text;
    if (matching->word == NCF_MATCH_MATCHED)
        text = ncf__format("from row %ld to the end of the early phase, row %ld, the direction is "
                           "in the certified cap of the point below.",
                           (long) matching->entry, (long) matching->early - 1);
    else
        text = ncf__format("%s.", matching->reason != NULL ? matching->reason : "");
    ncf__write_paragraph(stream, leads[matching->word], text);
    ncf__free(text);
    if (matching->word == NCF_MATCH_MATCHED)
        ncf__write_paragraph(stream, "Proof       ",
                             "the point (T-KRAWCZYK), its cap, and that these rows lie in the cap: "
                             "the flow of N from each of them converges in direction to the point "
                             "(T-CAP). That training follows the flow of N is measured.");
    if (matching->word == NCF_MATCH_ZERO)
        ncf__write_paragraph(stream, "Proof       ", "none: this is measured.");
    fputc('\n', stream);
}

static void write_point(FILE *stream, const ncf_result_t *result,
                        const struct ncf_matching *matching, long digits, int verbose)
{
    if (!ncf_is_proved(matching->found.point.exists))
        return;
    ncf_point_orbit_t found = matching->found; /* borrowed */
    ncf_point_orbit_list_t list = {&found, 1, 1};
    fprintf(stream, "The KKT point\n");
    ncf__write_point_orbits(stream, &list, NULL, 1, digits);
    if (ncf_is_proved(matching->cap.verdict))
        fprintf(stream, "  certified cap: all directions at an angle of at most %.4g\n",
                floor(1e4 * arf_get_d(matching->cap.angle, ARF_RND_DOWN)) / 1e4);
    else
        fprintf(stream, "  certified cap: none (%s)\n",
                matching->cap.reason != NULL ? matching->cap.reason : "not proved");
    char *listed = ncf__listed_text(result, result->listed);
    if (listed != NULL)
        ncf__write_paragraph(stream, "  listed: ", listed);
    ncf__free(listed);
    if (verbose)
        ncf__write_point_weights(stream, &found, matching->network, digits);
    fputc('\n', stream);
}

static void write_entry(FILE *stream, const struct ncf_matching *matching)
{
    if (matching->entry < 0)
        return;
    char *entry = ncf__bound_text(matching->entry_angle);
    char *last = ncf__bound_text(matching->last_angle);
    double lambda = arf_get_d(arb_midref(ncf__point_orbit_lambda(&matching->found)), ARF_RND_NEAR);
    fprintf(stream, "Angles      at most %s at row %ld, at most %s at row %ld\n", entry,
            (long) matching->entry, last, (long) matching->early - 1);
    if (matching->has_times)
        fprintf(stream, "Entry       at time %.6g\n", matching->moments[matching->entry].time);
    if (matching->kind != NCF_FLOW_SPHERE)
        fprintf(stream, "Norm        %.4g times that at the start when it enters\n",
                matching->growth);
    if (!isnan(matching->rate))
        fprintf(stream, "Growth      at the rate %.6g = %.4g lambda, rows %ld to %ld\n", matching->rate,
                matching->rate / lambda, (long) matching->rate_first, (long) matching->rate_last);
    if (matching->exit >= 0)
        fprintf(stream, "Afterwards  the direction leaves the cap at row %ld\n",
                (long) matching->exit);
    if (matching->crossings > 0)
        fprintf(stream, "Note        before that the early phase left the cap %ld time%s\n",
                (long) matching->crossings, matching->crossings == 1 ? "" : "s");
    fputc('\n', stream);
    ncf__free(last);
    ncf__free(entry);
}

/* Right-aligned, "-" for what is not known. */
static void write_number(FILE *stream, double x, int width, int digits)
{
    if (isnan(x))
        fprintf(stream, " %*s", width, "-");
    else
        fprintf(stream, " %*.*g", width, digits, x);
}

static void write_row(FILE *stream, const struct ncf_matching *matching, slong k)
{
    const ncf_moment_t *m = &matching->moments[k];
    fprintf(stream, "%7ld", (long) k);
    if (matching->has_times)
        write_number(stream, m->time, 11, 5);
    write_number(stream, m->norm, 10, 3);
    write_number(stream, m->loss, 11, 5);
    write_number(stream, m->ncf, 10, 3);
    write_number(stream, m->deviation, 9, 2);
    write_number(stream, m->angle, 9, 3);
    fprintf(stream, "%s\n", m->in_cap ? " in" : "");
}

/* All rows, or about a dozen evenly spaced ones with those where something happens. */
static void write_rows(FILE *stream, const struct ncf_matching *matching, int verbose)
{
    slong step = verbose ? 1 : (matching->count + ROWS_SHOWN - 1) / ROWS_SHOWN;
    fprintf(stream, "%7s", "row");
    if (matching->has_times)
        fprintf(stream, " %11s", "time");
    fprintf(stream, " %10s %11s %10s %9s %9s cap\n", "|w|", "loss", "N(w)", "deviation", "angle");
    for (slong k = 0; k < matching->count; k++) {
        if (k % step == 0 || k == matching->count - 1 || k == matching->entry ||
            k == matching->early - 1 || k == matching->exit)
            write_row(stream, matching, k);
    }
    fputc('\n', stream);
}

void ncf__write_match_verdict(FILE *stream, const ncf_result_t *result,
                              const struct ncf_matching *matching, long digits, int verbose)
{
    write_verdict(stream, matching);
    write_point(stream, result, matching, digits, verbose);
    write_entry(stream, matching);
}

void ncf__write_match_rows(FILE *stream, const struct ncf_matching *matching, int verbose)
{
    write_rows(stream, matching, verbose);
    if (matching->rises > 0) {
        char *text = ncf__format("%s at %ld row%s, first at row %ld: this is not a gradient flow of "
                                 "the problem, or its steps are large.",
                                 ncf__match_is_training(matching->kind) ? "the loss rises" : "N falls",
                                 (long) matching->rises, matching->rises == 1 ? "" : "s",
                                 (long) matching->first_rise);
        ncf__write_paragraph(stream, "Note        ", text);
        ncf__free(text);
    }
    fputs("deviation: |grad N(w) + grad Loss(w)| / |grad N(w)|, at most 0.1 in the early\n"
          "phase; angle: between w and the point; cap: \"in\" is proved. All other columns\n"
          "are measured.\n",
          stream);
}

void ncf__write_match_table(FILE *stream, const ncf_result_t *result, long digits, int verbose)
{
    const struct ncf_matching *matching = result->matching;
    write_heading(stream, result);
    if (result->limit != NCF_LIMIT_NONE)
        fprintf(stream, "PARTIAL RESULT: stopped early (%s).\n", ncf__limit_text(result->limit));
    ncf__write_match_verdict(stream, result, matching, digits, verbose);
    ncf__write_match_rows(stream, matching, verbose);
}
