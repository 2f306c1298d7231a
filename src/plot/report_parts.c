/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* report_parts.c: what one document says, in tables. */
#include "report.h"

#include <string.h>

#define MAX_ROWS 200    /* of a table */
#define MAX_MOMENTS 40  /* of a trajectory */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const ncf_html_column_t line_columns[] = {
    {"mu", "mu"},           {"index", "index"},
    {"nullity", "null"},    {"multiplicity", "mult"},
    {"dimension", "dim"},   {"direction", "unit direction"},
};

static const ncf_html_column_t orbit_columns[] = {
    {"lambda", "lambda"},   {"size", "points"},        {"dimension", "dim"},
    {"index", "index"},     {"nullity", "null"},       {"second_order", "second order"},
    {"gap", "gap"},         {"ranks", "ranks"},        {"rank_one", "rank one"},
    {"active_units", "active units"}, {"origin", "origin"}, {"check", "check"},
    {"cap", "certified cap"},
};

static const ncf_html_column_t candidate_columns[] = {
    {"verdict", "verdict"}, {"distance", "distance"},  {"residual", "residual"},
    {"lambda", "lambda"},   {"index", "index"},        {"second_order", "second order"},
    {"ranks", "ranks"},     {"orbit", "orbit"},        {"reason", "what is open"},
};

static const ncf_html_column_t moment_columns[] = {
    {"row", "row"},         {"time", "time"},          {"norm", "|w|"},
    {"loss", "loss"},       {"ncf", "N(w)"},           {"deviation", "deviation"},
    {"angle", "angle"},     {"in_cap", "in cap (proved)"},
};

static const ncf_html_column_t part_columns[] = {
    {"scope", "scope"}, {"proved", "proved"}, {"argument", "argument"}};

static const ncf_html_column_t open_columns[] = {
    {"candidate", "candidate"}, {"reason", "what is open"}, {"lambda", "lambda"},
    {"mu", "mu"}, {"direction", "direction"}, {"boxes", "boxes"}};

static const ncf_html_column_t set_columns[] = {
    {"lambda", "lambda"}, {"dimension", "dim"}, {"dimension_proved", "dim proved"},
    {"holds_points", "holds points"}, {"boxes", "boxes"}, {"reason", "reason"}};

static const ncf_html_column_t event_columns[] = {
    {"condition", "condition"}, {"value", "value"}, {"met", "met"}, {"tau", "tau"},
    {"time", "time"}, {"ends_the_run", "ends the run"}};

/* ---- Verdict --------------------------------------------------------------------- */

static void put_banner(FILE *out, const char *class, const char *word, const char *text)
{
    fprintf(out, "<p class=\"verdict %s\"><strong>%s</strong> ", class, word);
    ncf__html_text(out, text);
    fputs("</p>\n", out);
}

static const char *member_text(const json_t *object, const char *key, const char *otherwise)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : otherwise;
}

static void match_verdict(FILE *out, const json_t *match)
{
    const char *word = member_text(match, "verdict", "?");
    if (strcmp(word, "matched") == 0)
        put_banner(out, "proved", "MATCHED",
                   "The early phase ends in the certified cap of the KKT point below: proved are "
                   "the point, its cap, and that the rows marked lie in it. That training follows "
                   "the flow of N is measured.");
    else
        put_banner(out, "open", "NOT MATCHED", member_text(match, "reason", word));
}

static void certify_verdict(FILE *out, const json_t *certified)
{
    json_int_t all = json_integer_value(json_object_get(certified, "candidates"));
    json_int_t proved = json_integer_value(json_object_get(certified, "proved"));
    char *text = ncf__format("of %lld candidates a KKT point is proved within the distance %s",
                             (long long) all, member_text(certified, "distance", "?"));
    char *word = ncf__format("PROVED %lld", (long long) proved);
    put_banner(out, proved == all ? "proved" : "open", word, text);
    ncf__free(word);
    ncf__free(text);
}

void ncf__report_verdict(FILE *out, const struct ncf_saved *saved)
{
    const json_t *complete = json_object_get(saved->root, "complete");
    const char *limit = member_text(saved->root, "limit", "none");
    if (strcmp(limit, "none") != 0)
        put_banner(out, "open", "PARTIAL RESULT",
                   "The work was stopped early; what is listed is certified.");
    if (json_is_object(json_object_get(saved->root, "match"))) {
        match_verdict(out, json_object_get(saved->root, "match"));
    } else if (json_is_object(json_object_get(saved->root, "certified"))) {
        certify_verdict(out, json_object_get(saved->root, "certified"));
    } else if (json_is_true(json_object_get(complete, "proved"))) {
        char *text = ncf__format("%s are known.", member_text(complete, "scope", "all points"));
        put_banner(out, "proved", "COMPLETE", text);
        ncf__free(text);
    } else {
        put_banner(out, "open", "UNDECIDED",
                   "Whether more points exist is not known; what is listed is certified.");
    }
    const char *argument = member_text(complete, "argument", "");
    if (argument[0] != '\0') {
        fputs("<p class=\"proof\">Proof: ", out);
        ncf__html_text(out, argument);
        fputs("</p>\n", out);
    }
}

/* ---- Tables ---------------------------------------------------------------------- */

/* A table with a heading, when the list is there and has entries. */
static void put_section(FILE *out, const json_t *root, const char *key, const char *heading,
                        const ncf_html_column_t *columns, size_t count)
{
    const json_t *list = json_object_get(root, key);
    if (json_array_size(list) == 0 || !json_is_object(json_array_get(list, 0)))
        return;
    fputs("<h3>", out);
    ncf__html_text(out, heading);
    fputs("</h3>\n", out);
    ncf__html_table(out, list, columns, count, MAX_ROWS, 1);
}

static void put_object(FILE *out, const json_t *root, const char *key, const char *heading,
                       const char *without)
{
    const json_t *object = json_object_get(root, key);
    if (!json_is_object(object))
        return;
    fputs("<h3>", out);
    ncf__html_text(out, heading);
    fputs("</h3>\n", out);
    ncf__html_members(out, object, without);
}

/* Moments spread over the trajectory, with the numbers of their rows. */
static void put_moments(FILE *out, const json_t *root)
{
    const json_t *moments = json_object_get(root, "moments");
    size_t count = json_array_size(moments);
    if (count == 0)
        return;
    json_t *chosen = json_array();
    size_t step = 1 + (count - 1) / MAX_MOMENTS;
    for (size_t k = 0; k < count; k++) {
        if (k % step != 0 && k + 1 != count)
            continue;
        json_t *moment = json_copy(json_array_get(moments, k));
        json_object_set_new(moment, "row", json_integer((json_int_t) k));
        json_array_append_new(chosen, moment);
    }
    fputs("<h3>Moments</h3>\n", out);
    ncf__html_table(out, chosen, moment_columns, COUNT(moment_columns), MAX_ROWS, -1);
    if (step > 1)
        fprintf(out, "<p class=\"note\">%zu of %zu rows; the document has all.</p>\n",
                json_array_size(chosen), count);
    json_decref(chosen);
}

/* What the tables above do not know: members of later versions. */
static void put_others(FILE *out, const json_t *root)
{
    static const char known[] =
        " format version problem trajectory method route options limit complete counts counts_are "
        "lines orbits components undecided audit effort timing software flow match moments certified "
        "candidates candidates_file ";
    const char *key;
    json_t *value;
    json_object_foreach((json_t *) root, key, value)
    {
        char *word = ncf__format(" %s ", key);
        if (strstr(known, word) == NULL && json_is_object(value))
            put_object(out, root, key, key, NULL);
        ncf__free(word);
    }
}

void ncf__report_tables(FILE *out, const struct ncf_saved *saved)
{
    const json_t *root = saved->root;
    put_object(out, root, "problem", "Problem", "sha256");
    put_section(out, json_object_get(root, "complete"), "parts", "What is known of which points",
                part_columns, COUNT(part_columns));
    const json_t *counts = json_object_get(root, "counts");
    const char *are = member_text(root, "counts_are", NULL);
    if (json_is_object(counts) && are != NULL)
        put_object(out, root, "counts",
                   strcmp(are, "exact") == 0 ? "KKT points with lambda > 0, exact numbers"
                                             : "KKT points with lambda > 0, lower bounds",
                   NULL);
    put_object(out, root, "flow", "The run", NULL);
    put_section(out, json_object_get(root, "flow"), "events", "Conditions of the run",
                event_columns, COUNT(event_columns));
    put_object(out, root, "match", "The match", "reason");
    put_section(out, root, "candidates", "Candidates", candidate_columns, COUNT(candidate_columns));
    put_section(out, root, "lines", "Critical lines of one unit", line_columns,
                COUNT(line_columns));
    put_section(out, root, "orbits", "Orbits of KKT points", orbit_columns, COUNT(orbit_columns));
    put_section(out, root, "components", "Sets of points that are not isolated", set_columns,
                COUNT(set_columns));
    put_moments(out, root);
    put_section(out, root, "undecided", "Undecided", open_columns, COUNT(open_columns));
    put_object(out, root, "audit", "Audit: the same facts by a second route", NULL);
    put_others(out, root);
}
