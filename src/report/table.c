/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* table.c: the result as text for people, in 80 columns. */
#include "cap_report.h"
#include "certify_report.h"
#include "flow_report.h"
#include "match_report.h"
#include "proof_report.h"
#include "report.h"
#include "study_report.h"

#include <string.h>

#define LINES_SHOWN 20
#define ORBITS_SHOWN 20

/* The columns of orbits, without and with caps. */
#define ROW "%5s %18s %9s %5s %-10s %9s %4s  %s\n"
#define CAP_ROW "%5s %14s %8s %5s %-10s %7s %4s %6s %s\n"

void ncf__write_paragraph(FILE *stream, const char *lead, const char *text)
{
    int indent = (int) strlen(lead), column = indent;
    fputs(lead, stream);
    while (*text != '\0') {
        int length = (int) strcspn(text, " ");
        if (column > indent && column + 1 + length > 78) {
            fprintf(stream, "\n%*s", indent, "");
            column = indent;
        } else if (column > indent) {
            fputc(' ', stream);
            column++;
        }
        fprintf(stream, "%.*s", length, text);
        column += length;
        text += length;
        text += strspn(text, " ");
    }
    fputc('\n', stream);
}

static void write_method(FILE *stream, const ncf_result_t *result)
{
    const char *route = result->search.route;
    if (result->deep == NULL)
        fprintf(stream, "Method    symmetric tensor of order %ld: %s\n", (long) result->order, route);
    else if (result->deep->shape.order >= 2)
        fprintf(stream, "Method    %s; tensor of order %ld: %s\n", result->deep->method,
                (long) result->deep->shape.order, route);
    else
        fprintf(stream, "Method    %s\n", result->deep->method);
}

static void write_heading(FILE *stream, const ncf_result_t *result)
{
    const ncf_solve_options_t *options = &result->options;
    char *unknowns = fmpz_get_str(NULL, 10, result->unknowns);
    fprintf(stream, "Problem   %s\n", result->problem_name);
    char *network =
        fmpz_is_zero(result->homogeneity)
            ? ncf__format("%s, %s weights, not homogeneous: lambda is not a multiple of N, and what "
                          "is known of training from small weights does not apply",
                          result->network_text, unknowns)
            : ncf__format("%s, %s weights, H is %ld-homogeneous", result->network_text, unknowns,
                          (long) fmpz_get_si(result->homogeneity));
    ncf__write_paragraph(stream, "Network   ", network);
    ncf__free(network);
    fprintf(stream, "Data      %ld point%s in R^%ld", (long) result->points,
            result->points == 1 ? "" : "s", (long) result->inputs);
    int has_tensor = result->deep == NULL || result->deep->shape.order >= 2;
    if (has_tensor && result->distinct_points < result->points)
        fprintf(stream, ", %ld after merging", (long) result->distinct_points);
    if (has_tensor && result->essential_dimension < result->inputs)
        fprintf(stream, "; essential dimension %ld", (long) result->essential_dimension);
    fputc('\n', stream);
    write_method(stream, result);
    fprintf(stream, "Settings  %ld bits, seed %llu, %d thread%s\n\n", options->precision,
            (unsigned long long) options->seed, options->threads, options->threads == 1 ? "" : "s");
    flint_free(unknowns);
}

static void write_direction(FILE *stream, arb_srcptr q, slong d, long digits, int verbose)
{
    slong shown = verbose || d <= 3 ? d : 2;
    fputc('(', stream);
    for (slong j = 0; j < shown; j++) {
        char *text = ncf__decimal_fixed(q + j, digits < 5 ? digits : 5);
        fprintf(stream, "%s%s", j > 0 ? ", " : "", text);
        ncf__free(text);
    }
    fprintf(stream, "%s)", shown < d ? ", ..." : "");
}

/* Where the sphere stayed undecided: as many digits as the region is small. */
static void write_regions(FILE *stream, const ncf_result_t *result, long digits, int verbose)
{
    for (int i = 0; i < result->search.region_count; i++) {
        const ncf_region_t *region = &result->search.regions[i];
        char *mu = ncf__decimal_short(region->mu, digits < 5 ? digits : 5);
        fprintf(stream, "          near ");
        write_direction(stream, region->direction, result->inputs, digits, verbose);
        fprintf(stream, ", mu = %s\n", mu);
        ncf__free(mu);
    }
}

static void write_completeness(FILE *stream, const ncf_result_t *result, long digits, int verbose)
{
    const ncf_line_search_t *search = &result->search;
    if (result->limit != NCF_LIMIT_NONE)
        fprintf(stream, "PARTIAL RESULT: stopped early (%s).\n", ncf__limit_text(result->limit));
    if (ncf_is_proved(ncf__is_complete(result))) {
        char *text = ncf__format("%s are known.", search->scope);
        ncf__write_paragraph(stream, "COMPLETE  ", text);
        ncf__free(text);
        ncf__write_paragraph(stream, "Proof     ", search->argument);
    } else {
        char *text = ncf__format("whether %s are known. What is listed is certified.", search->scope);
        ncf__write_paragraph(stream, "UNDECIDED ", text);
        ncf__free(text);
    }
    if (result->deep != NULL)
        ncf__write_deep_parts(stream, result->deep);
    for (int i = 0; i < search->note_count; i++)
        ncf__write_paragraph(stream, "Open      ", search->notes[i]);
    write_regions(stream, result, digits, verbose);
    fputc('\n', stream);
}

/* Long integers are shown by their first digits and their length. */
static void write_count(FILE *stream, const char *what, const ncf_count_struct *count, int verbose,
                        const char *unknown)
{
    char *text = ncf__count_text(count);
    size_t length = text != NULL ? strlen(text) : 0;
    if (text == NULL)
        fprintf(stream, "  %-36s %s\n", what, unknown);
    else if (length > 40 && !verbose)
        fprintf(stream, "  %-36s %.20s... (%zu digits)\n", what, text, length);
    else
        fprintf(stream, "  %-36s %s\n", what, text);
    ncf__free(text);
}

/* A set of points with lambda > 0 that is proved to have a positive dimension. */
static int has_infinite_component(const ncf_deep_t *deep)
{
    for (slong k = 0; deep->uses_prune && k < deep->prune.component_count; k++) {
        const ncf_prune_component_t *component = &deep->prune.components[k];
        if (component->dimension > 0 && ncf_is_proved(component->holds) &&
            ncf_is_proved(component->dimension_proved) && arb_is_positive(component->lambda))
            return 1;
    }
    return 0;
}

static int is_infinite(const ncf_result_t *result)
{
    for (slong i = 0; i < result->search.lines.count; i++) {
        if (result->search.lines.lines[i].dimension > 0)
            return 1;
    }
    const ncf_deep_t *deep = result->deep;
    for (slong k = 0; deep != NULL && k < deep->orbits.count; k++) {
        if (deep->orbits.orbits[k].dimension > 0)
            return 1;
    }
    return deep != NULL && has_infinite_component(deep);
}

/* (2m+1)^h - 1 next to its digits, when that is the formula. */
static void write_census(FILE *stream, const ncf_result_t *result, int verbose)
{
    const ncf_census_t *census = &result->census;
    const char *unknown = is_infinite(result) ? "infinitely many" : "not decided";
    int complete = ncf_is_proved(ncf__is_complete(result));
    const char *incomplete = result->deep != NULL ? " that are listed or counted (lower bounds)"
                                                  : " on the lines found (lower bounds)";
    fprintf(stream, "KKT points with lambda > 0%s\n", complete ? "" : incomplete);
    write_count(stream, "all", &census->positive, verbose, unknown);
    if (result->deep == NULL && census->positive.known && !result->search.bounded &&
        !fmpz_is_zero(census->positive.value))
        fprintf(stream, "  %-36s %ld^%ld - 1\n", "  as a formula",
                (long) (2 * result->search.lines.count + 1), (long) fmpz_get_si(result->hidden));
    write_count(stream, "strict second order (attracting)", &census->strict_second_order, verbose,
                "not decided");
    write_count(stream,
                result->deep == NULL ? "W_1 of rank one" : "rank one in W_1, .., W_{K-1}",
                &census->rank_one, verbose, unknown);
    write_count(stream, "orbits of the symmetry group", &census->orbits, verbose, unknown);
    fputc('\n', stream);
}

static void write_line(FILE *stream, const ncf_line_struct *line, slong number, long digits, int verbose)
{
    char *mu = ncf__decimal_short(line->mu, digits);
    fprintf(stream, "%5ld %20s ", (long) number, mu);
    if (line->inertia_known)
        fprintf(stream, "%5ld %4ld ", (long) line->index, (long) line->nullity);
    else
        fprintf(stream, "%5s %4s ", "?", "?");
    if (line->multiplicity > 0)
        fprintf(stream, "%4ld  ", (long) line->multiplicity);
    else
        fprintf(stream, "%4s  ", "?");
    if (line->dimension > 0)
        fprintf(stream, "%ld-dimensional space\n", (long) line->dimension + 1);
    for (slong row = 0; row <= line->dimension; row++) {
        if (line->dimension > 0)
            fprintf(stream, "%44s", "");
        write_direction(stream, arb_mat_entry(line->basis, row, 0), arb_mat_ncols(line->basis), digits,
                        verbose);
        fputc('\n', stream);
    }
    ncf__free(mu);
}

static void write_lines(FILE *stream, const ncf_result_t *result, long digits, int verbose)
{
    const ncf_line_list_t *lines = &result->search.lines;
    slong shown = verbose || lines->count <= LINES_SHOWN ? lines->count : LINES_SHOWN;
    int linear = result->deep != NULL && result->deep->shape.order == 1;
    if (linear)
        fprintf(stream, "The line of m = sum_i z_i x_i, mu = +-|m|\n");
    else
        fprintf(stream, "Z-eigenlines of the data tensor with mu != 0: %ld\n", (long) lines->count);
    if (lines->count > 0)
        fprintf(stream, "%5s %20s %5s %4s %4s  %s\n", "line", "mu", "index", "null", "mult",
                "unit direction");
    for (slong i = 0; i < shown; i++)
        write_line(stream, &lines->lines[i], i + 1, digits, verbose);
    if (shown < lines->count)
        fprintf(stream, "      ... %ld more (--verbose or --json lists them)\n",
                (long) (lines->count - shown));
    fputc('\n', stream);
}

/* The multiset of lines: "1 + 1 + 4", shortened when it is long. */
static char *members_text(const ncf_orbit_struct *orbit)
{
    char *text = ncf__strdup("");
    for (slong k = 0; k < orbit->active; k++) {
        char *longer = ncf__format("%s%s%ld", text, k > 0 ? "+" : "", (long) orbit->members[k] + 1);
        ncf__free(text);
        text = longer;
        if (k + 1 < orbit->active && strlen(text) > 9) {
            longer = ncf__format("%s+..", text);
            ncf__free(text);
            text = longer;
            break;
        }
    }
    return text;
}

static char *size_text(const ncf_orbit_struct *orbit)
{
    if (orbit->dimension > 0)
        return ncf__format("dim %ld", (long) orbit->dimension);
    char *digits = fmpz_get_str(NULL, 10, orbit->size);
    char *text = strlen(digits) <= 9 ? ncf__strdup(digits)
                                     : ncf__format("%.3s..e%zu", digits, strlen(digits) - 1);
    flint_free(digits);
    return text;
}

/* cap is NULL where none were asked for. */
static void write_orbit(FILE *stream, const ncf_orbit_struct *orbit, const ncf_cap_t *cap,
                        slong number, long digits)
{
    char *lambda = ncf__decimal_short(orbit->lambda, digits), *size = size_text(orbit);
    char *members = members_text(orbit);
    char *gap = orbit->second_order == NCF_SECOND_ORDER_STRICT
                    ? ncf__decimal_short(orbit->gap, digits < 5 ? digits : 5)
                    : ncf__strdup("-");
    char index[24] = "?", rank[24] = "?", number_text[24];
    snprintf(number_text, sizeof(number_text), "%ld", (long) number);
    if (orbit->index >= 0)
        snprintf(index, sizeof(index), "%ld", (long) orbit->index);
    if (orbit->rank >= 0)
        snprintf(rank, sizeof(rank), "%ld", (long) orbit->rank);
    const char *order = ncf__second_order_text(orbit->second_order);
    if (cap != NULL) {
        char *angle = ncf__cap_text(cap);
        fprintf(stream, CAP_ROW, number_text, lambda, size, index, order, gap, rank, angle, members);
        ncf__free(angle);
    } else {
        fprintf(stream, ROW, number_text, lambda, size, index, order, gap, rank, members);
    }
    ncf__free(gap);
    ncf__free(members);
    ncf__free(size);
    ncf__free(lambda);
}

static void write_orbits(FILE *stream, const ncf_result_t *result, long digits, int verbose)
{
    const ncf_orbit_list_t *list = &result->orbits;
    slong shown = verbose || list->count <= ORBITS_SHOWN ? list->count : ORBITS_SHOWN;
    if (list->count == 0)
        return;
    fprintf(stream, "Orbits of positive KKT points, largest lambda first\n");
    int caps = result->caps.count > 0;
    if (caps)
        fprintf(stream, CAP_ROW, "orbit", "lambda", "size", "index", "2nd order", "gap", "rank", "cap",
                "lines");
    else
        fprintf(stream, ROW, "orbit", "lambda", "size", "index", "2nd order", "gap", "rank", "lines");
    for (slong i = 0; i < shown; i++)
        write_orbit(stream, &list->orbits[i], caps ? &result->caps.caps[i] : NULL, i + 1, digits);
    if (shown < list->count)
        fprintf(stream, "      ... %ld more (--verbose or --json lists them)\n",
                (long) (list->count - shown));
    else if (!list->all)
        fprintf(stream, "      ... further orbits exist (--top=N lists more)\n");
    fputc('\n', stream);
}

static const char *holds(ncf_verdict_t verdict)
{
    return ncf_is_proved(verdict) ? "holds" : ncf_is_refuted(verdict) ? "FAILS" : "undecided";
}

static slong count_checks(const ncf_result_t *result, ncf_check_t check)
{
    slong count = 0;
    for (slong i = 0; i < result->orbits.count; i++)
        count += result->orbits.orbits[i].check == check;
    const ncf_deep_t *deep = result->deep;
    for (slong i = 0; deep != NULL && i < deep->orbits.count; i++)
        count += deep->orbits.orbits[i].line >= 0 && deep->orbits.orbits[i].check == check;
    return count;
}

static void write_network_check(FILE *stream, const ncf_result_t *result)
{
    static const struct {
        ncf_check_t check;
        const char *text, *deep; /* where it reads differently */
    } kinds[] = {{NCF_CHECK_KRAWCZYK, "proved by Krawczyk in the full network", NULL},
                 {NCF_CHECK_ACTIVE, "proved by Krawczyk in the network of the active units", NULL},
                 {NCF_CHECK_RESIDUAL, "degenerate: grad N = lambda u holds within the enclosures",
                  "in closed form: grad N = lambda u holds within the enclosures"},
                 {NCF_CHECK_LIFT, "by the closed form alone (more than 200 active weights)",
                  "by the closed form alone (more than 2000 weights)"},
                 {NCF_CHECK_FAILED, "UNDECIDED in the full network", NULL},
                 {NCF_CHECK_REFUTED, "REFUTED in the full network", NULL},
                 {NCF_CHECK_NONE, "not checked", NULL}};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        slong count = count_checks(result, kinds[i].check);
        const char *text = result->deep != NULL && kinds[i].deep != NULL ? kinds[i].deep : kinds[i].text;
        if (count > 0)
            fprintf(stream, "  %ld orbit%s %s\n", (long) count, count == 1 ? "" : "s", text);
    }
}

static void write_audit(FILE *stream, const ncf_result_t *result)
{
    const ncf_line_list_t *lines = &result->search.lines;
    fprintf(stream, "Audit\n");
    if (result->orbits_checked > 0) {
        fprintf(stream, "  Euler identity lambda = %ld N(u): %s; norms of the layers and units: %s\n",
                (long) fmpz_get_si(result->homogeneity), holds(result->euler_identity),
                holds(result->layer_norms));
        write_network_check(stream, result);
    }
    if (result->essential_dimension == 0 || (result->deep != NULL && result->deep->shape.order < 2))
        return;
    if (lines->euler_known)
        fprintf(stream, "  sum of (-1)^index over critical points: %ld, Euler characteristic of "
                        "S^%ld: %ld%s\n",
                (long) lines->euler_sum, (long) result->essential_dimension - 1,
                (long) lines->euler_expected,
                lines->euler_sum == lines->euler_expected ? "" : "  CONTRADICTION");
    else
        fprintf(stream, "  sum of (-1)^index: not all critical points are known and nondegenerate\n");
}

static void write_effort(FILE *stream, const ncf_result_t *result)
{
    const ncf_effort_t *effort = &result->search.effort;
    if (result->deep != NULL)
        ncf__write_deep_effort(stream, result->deep);
    if (effort->used_homotopy || effort->used_search) {
        char *bound = fmpz_get_str(NULL, 10, effort->class_bound);
        fprintf(stream, "  complex classes: %ld proved distinct of %s (%ld real, %ld not real)\n",
                (long) effort->classes_proved, bound, (long) effort->classes_real,
                (long) effort->classes_nonreal);
        flint_free(bound);
    }
    if (effort->rounds > 0)
        fprintf(stream, "  first pass missed %ld, retracked in %ld round%s\n",
                (long) effort->paths_first_failed, (long) effort->rounds,
                effort->rounds == 1 ? "" : "s");
    if (effort->used_cover)
        fprintf(stream, "  cover of the sphere: %ld box%s, %ld region%s undecided\n",
                (long) effort->cover_boxes, effort->cover_boxes == 1 ? "" : "es",
                (long) effort->cover_undecided, effort->cover_undecided == 1 ? "" : "s");
}

static void write_solution(FILE *stream, const ncf_result_t *result, long digits, int verbose)
{
    write_heading(stream, result);
    write_completeness(stream, result, digits, verbose);
    write_census(stream, result, verbose);
    if (result->deep == NULL || result->search.lines.count > 0)
        write_lines(stream, result, digits, verbose);
    if (result->deep != NULL)
        ncf__write_deep_orbits(stream, result->deep, &result->caps, digits, verbose);
    else
        write_orbits(stream, result, digits, verbose);
    ncf__write_open_caps(stream, result, verbose);
    write_audit(stream, result);
    write_effort(stream, result);
}

ncf_status_t ncf_result_write_table(FILE *stream, const ncf_result_t *result, long digits, int verbose,
                                    ncf_error_t *err)
{
    if (digits < 1 || digits > 10000)
        return ncf__fail(err, NCF_EARG, "digits must be between 1 and 10000");
    if (result->certification != NULL)
        ncf__write_certify_table(stream, result, digits, verbose);
    else if (result->proof != NULL)
        ncf__write_proof_table(stream, result, digits, verbose);
    else if (result->matching != NULL)
        ncf__write_match_table(stream, result, digits, verbose);
    else if (result->flow != NULL)
        ncf__write_flow_table(stream, result, digits, verbose);
    else if (result->study != NULL)
        ncf__write_study_table(stream, result, digits, verbose);
    else
        write_solution(stream, result, digits, verbose);
    fprintf(stream, "\n%.3g seconds; ncf %s, flint %s, arb %s\n", result->seconds, ncf_version(),
            ncf_library_version("flint"), ncf_library_version("arb"));
    if (fflush(stream) != 0 || ferror(stream))
        return ncf__fail(err, NCF_EIO, "the table could not be written");
    return NCF_OK;
}
