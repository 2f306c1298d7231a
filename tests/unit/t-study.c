/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* t-study.c: cells and quantities against direct computation, keys, places, the store. */
#include "../harness.h"

#include "../../src/study/table.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define BASE                                                                                  \
    "\"base\": {\"ncf\": 1, \"network\": {\"type\": \"feedforward\", \"widths\": [2,2,1], "   \
    "\"activation\": {\"type\": \"power\", \"degree\": 2}}, \"data\": {\"x\": "               \
    "[[1,2],[3,-1],[-1,1],[2,2]], \"y\": [1,-1,2,1]}}"
#define DRAWN                                                                                 \
    "\"base\": {\"ncf\": 1, \"network\": {\"type\": \"feedforward\", \"widths\": [2,2,1], "   \
    "\"activation\": {\"type\": \"power\", \"degree\": 2}}, \"data\": {\"random\": "          \
    "{\"points\": 5, \"inputs\": 2, \"distribution\": \"integers\", \"bound\": 4, "           \
    "\"seed\": 1}}}"

static ncf_study_t *parse(const char *text, ncf_error_t *err)
{
    ncf_study_t *study;
    ncf_error_init(err);
    if (ncf_study_parse(&study, text, strlen(text), "study", "", err) != NCF_OK)
        return NULL;
    return study;
}

static ncf_study_t *parse_good(const char *text)
{
    ncf_error_t err;
    ncf_study_t *study = parse(text, &err);
    CHECK_MSG(study != NULL, "%d:%d: %s", err.line, err.column, err.text);
    return study;
}

/* ---- Cells ---------------------------------------------------------------------- */

static char *count_text(ncf_summary_t summary, const long *values, int count, int at_least,
                        int infinite, int open)
{
    ncf_cell_t cell;
    fmpz_t value;
    ncf__cell_init(&cell, NCF_CELL_COUNT);
    fmpz_init(value);
    for (int i = 0; i < count; i++) {
        fmpz_set_si(value, values[i]);
        ncf__cell_add_count(&cell, value, at_least && i == 0);
    }
    for (int i = 0; i < infinite; i++)
        ncf__cell_add_infinite(&cell);
    for (int i = 0; i < open; i++)
        ncf__cell_add_open(&cell);
    char *text = ncf__cell_text(&cell, summary, 10, NCF_STYLE_PLAIN);
    fmpz_clear(value);
    ncf__cell_clear(&cell);
    return text;
}

static void check_count(const char *expected, ncf_summary_t summary, const long *values,
                        int count, int at_least, int infinite, int open)
{
    char *text = count_text(summary, values, count, at_least, infinite, open);
    CHECK_STR_EQ(text, expected);
    ncf__free(text);
}

static void test_counts(void)
{
    static const long some[] = {7, 0, 12}, one[] = {5}, equal[] = {4, 4};
    check_count("-", NCF_SUMMARY_RANGE, some, 0, 0, 0, 0);
    check_count("0..12", NCF_SUMMARY_RANGE, some, 3, 0, 0, 0);
    check_count("19", NCF_SUMMARY_SUM, some, 3, 0, 0, 0);
    check_count("6.333333333", NCF_SUMMARY_MEAN, some, 3, 0, 0, 0);
    check_count("0", NCF_SUMMARY_LEAST, some, 3, 0, 0, 0);
    check_count("12", NCF_SUMMARY_GREATEST, some, 3, 0, 0, 0);
    check_count("4", NCF_SUMMARY_RANGE, equal, 2, 0, 0, 0);
    check_count(">= 5", NCF_SUMMARY_RANGE, one, 1, 1, 0, 0);
    check_count("infinite", NCF_SUMMARY_RANGE, one, 0, 0, 1, 0);
    check_count("5..infinite", NCF_SUMMARY_RANGE, one, 1, 0, 1, 0);
    check_count("infinite", NCF_SUMMARY_SUM, one, 1, 0, 1, 0);
    check_count("?", NCF_SUMMARY_RANGE, one, 0, 0, 0, 1);
    check_count("5 (2 open)", NCF_SUMMARY_SUM, one, 1, 0, 0, 2);
    check_count("? (2 open)", NCF_SUMMARY_SUM, one, 0, 0, 0, 2);
}

static void test_verdicts(void)
{
    ncf_cell_t cell;
    ncf__cell_init(&cell, NCF_CELL_VERDICT);
    ncf__cell_add_verdict(&cell, ncf_undecided());
    char *alone = ncf__cell_text(&cell, NCF_SUMMARY_RANGE, 5, NCF_STYLE_PLAIN);
    ncf__cell_add_verdict(&cell, ncf_proved());
    ncf__cell_add_verdict(&cell, ncf_refuted());
    char *three = ncf__cell_text(&cell, NCF_SUMMARY_RANGE, 5, NCF_STYLE_PLAIN);
    ncf__cell_clear(&cell);
    CHECK_STR_EQ(alone, "open");
    CHECK_STR_EQ(three, "1/3 (1 open)");
    ncf__free(alone);
    ncf__free(three);
}

/* A printed bound is never below the ball. */
static void test_bounds(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 5);
    int wrong = 0, loose = 0;
    for (long i = 0; i < ncf_test_count(2000); i++) {
        ncf_cell_t cell;
        arb_t value;
        arb_init(value);
        arb_set_d(value, ncf__random_unit(&random));
        arb_mul_2exp_si(value, value, (slong) ncf__random_below(&random, 600) - 400);
        ncf__cell_init(&cell, NCF_CELL_BOUND);
        ncf__cell_add_real(&cell, value);
        char *text = ncf__cell_low(&cell, NCF_SUMMARY_GREATEST, 10);
        double printed = strtod(text, NULL),
               exact = arf_get_d(arb_midref(value), ARF_RND_NEAR);
        wrong += printed < exact;
        loose += printed > 1.11 * exact && exact > 0;
        ncf__free(text);
        ncf__cell_clear(&cell);
        arb_clear(value);
    }
    CHECK(wrong == 0);
    CHECK(loose == 0);
}

/* ---- Quantities ----------------------------------------------------------------- */

/* The text of a quantity for one solved case. */
static char *quantity_text(const char *name, const ncf_facts_t *facts)
{
    const ncf_quantity_kind_t *kind = ncf__quantity_kind(0);
    for (int i = 0; strcmp(kind->name, name) != 0;)
        kind = ncf__quantity_kind(++i);
    ncf_cell_t cell;
    ncf__cell_init(&cell, kind->type);
    ncf__quantity_add(&cell, kind, facts);
    char *text = ncf__cell_text(&cell, kind->summary, 10, NCF_STYLE_PLAIN);
    ncf__cell_clear(&cell);
    return text;
}

static json_t *solve_case(const ncf_study_t *study, slong index)
{
    ncf_case_t item;
    json_t *answer = NULL;
    int exit_status = -1;
    ncf_limits_t limits = {0, NULL, NULL, NULL};
    CHECK(ncf__case_init(&item, study, index, NULL) == NCF_OK);
    CHECK(ncf__task_run(&answer, &exit_status, &item, NCF_TASK_SOLVE, &limits, NULL) ==
          NCF_OK);
    CHECK(exit_status == 0);
    ncf__case_clear(&item);
    return answer;
}

/*
 * The histogram from the indices of the lines, and from the list of all orbits. The second
 * route is taken when the method is not that of two layers.
 */
static void test_histogram(void)
{
    ncf_study_t *study =
        parse_good("{\"ncf-study\": 1, " DRAWN ", \"grid\": {\"degree\": [2,3,4], "
                   "\"dimension\": [2,3], \"hidden\": [1,2,3], \"seed\": [1,2]}, "
                   "\"quantities\": [\"points\"]}");
    int several = 0;
    for (slong k = 0; study != NULL && k < study->cases; k++) {
        json_t *answer = solve_case(study, k);
        ncf_facts_t facts = {.answers = {answer}};
        char *lines = quantity_text("index_histogram", &facts);
        json_object_set_new(answer, "method", json_string("by orbits"));
        char *orbits = quantity_text("index_histogram", &facts);
        CHECK_STR_EQ(lines, orbits);
        several += strchr(lines, ' ') != NULL && lines[0] != '>';
        ncf__free(lines);
        ncf__free(orbits);
        json_decref(answer);
    }
    CHECK(several > 10);
    ncf_study_free(study);
}

/* What README.md says of widths (2,2,1,1) and theory.md (2b) of two layers. */
static void test_values(void)
{
    static const char *const names[] = {"points",
                                        "orbits",
                                        "second_order",
                                        "rank_one",
                                        "second_order_rank_one",
                                        "other_rank_exists",
                                        "rank_one_share",
                                        "complete",
                                        "lines"};
    static const char *const shallow[] = {"24", "5", "8", "16", "8", "no", "8/8", "yes", "2"};
    static const char *const deep[] = {"48", "5", "16", "32", "16", "no", "16/16", "yes", "2"};
    ncf_study_t *study =
        parse_good("{\"ncf-study\": 1, " BASE ", \"grid\": {\"hidden\": [2, [2,1]]}, "
                   "\"quantities\": [\"points\"]}");
    for (slong k = 0; study != NULL && k < 2; k++) {
        json_t *answer = solve_case(study, k);
        ncf_facts_t facts = {.answers = {answer}};
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
            char *text = quantity_text(names[i], &facts);
            CHECK_STR_EQ(text, (k == 0 ? shallow : deep)[i]);
            ncf__free(text);
        }
        json_decref(answer);
    }
    ncf_study_free(study);
}

static json_t *load(const char *text)
{
    json_t *value = json_loads(text, 0, NULL);
    CHECK(value != NULL);
    return value;
}

/* `agrees` for a census of 24 points and another count. */
static void check_agreement(const char *expected, const char *quantity, ncf_task_t task,
                            const char *exact, const char *scope, const char *other)
{
    char *text = ncf__format("{\"counts_are\": \"%s\", \"counts\": {\"positive\": \"24\"}, "
                             "\"complete\": {\"scope\": \"%s\"}}",
                             exact, scope);
    json_t *census = load(text), *found = load(other);
    ncf_facts_t facts = {.answers = {census}};
    facts.answers[task] = found;
    char *verdict = quantity_text(quantity, &facts);
    CHECK_STR_EQ(verdict, expected);
    ncf__free(verdict);
    ncf__free(text);
    json_decref(census);
    json_decref(found);
}

/* A search may miss points; it must not find more than there are, in the same scope. */
static void test_agreement(void)
{
    const char *all = "all KKT points with lambda != 0";
    const char *bounded = "all KKT points with lambda >= 0.5";
    const char *name = "search_agrees";
    ncf_task_t task = NCF_TASK_SEARCH;
    check_agreement("yes", name, task, "exact", all, "{\"points\": \"24\"}");
    check_agreement("open", name, task, "exact", all, "{\"points\": \"20\"}");
    check_agreement("no", name, task, "exact", all, "{\"points\": \"26\"}");
    check_agreement("open", name, task, "lower bounds", all, "{\"points\": \"24\"}");
    check_agreement("open", name, task, "lower bounds", all, "{\"points\": \"26\"}");
    check_agreement("open", name, task, "exact", all, "{\"points\": null}");
    check_agreement("open", name, task, "exact", bounded, "{\"points\": \"26\"}");
    check_agreement("no", name, task, "exact", bounded,
                    "{\"points\": \"26\", \"lambda_min\": \"0.5\"}");
    check_agreement("open", name, task, "exact", all,
                    "{\"points\": \"26\", \"lambda_min\": \"0.5\"}");
    name = "prune_agrees";
    task = NCF_TASK_PRUNE;
    check_agreement("no", name, task, "exact", bounded,
                    "{\"points\": \"20\", \"lambda_min\": \"0.5\", \"complete\": true}");
    check_agreement("open", name, task, "exact", bounded,
                    "{\"points\": \"20\", \"lambda_min\": \"0.5\", \"complete\": false}");
    check_agreement("no", name, task, "lower bounds", bounded,
                    "{\"points\": \"20\", \"lambda_min\": \"0.5\", \"complete\": true}");
}

static void check_runs(const char *expected, const char *quantity, const char *answer)
{
    json_t *runs = load(answer);
    ncf_facts_t facts = {.seconds = 0};
    facts.answers[NCF_TASK_RUNS] = runs;
    char *text = quantity_text(quantity, &facts);
    CHECK_STR_EQ(text, expected);
    ncf__free(text);
    json_decref(runs);
}

/* A strict limit that is proved to be none of a whole list contradicts the list. */
static void test_limits(void)
{
    const char *name = "limits_listed";
    check_runs("yes", name, "{\"orbits\": [{\"listed\": true}], \"strict_orbits\": 2}");
    check_runs("open", name, "{\"orbits\": [{\"listed\": null}], \"strict_orbits\": 2}");
    check_runs("open", name,
               "{\"orbits\": [{\"listed\": false, \"second_order\": \"strict\"}], "
               "\"strict_orbits\": null}");
#define FOREIGN(scope)                                                                        \
    "{\"orbits\": [{\"listed\": true}, {\"listed\": false, \"lambda\": {\"mid\": \"2\", "        \
    "\"rad\": \"0.1\"}, \"second_order\": \"strict\"}], \"strict_orbits\": 2, \"list_scope\": "      \
    "\"all KKT points with lambda " scope "\"}"
    check_runs("no", name, FOREIGN("!= 0"));
    check_runs("no", name, FOREIGN(">= 1e0"));
    check_runs("open", name, FOREIGN(">= 2.1"));
    check_runs("open", name, FOREIGN(">= x"));
    check_runs("open", name, "{\"orbits\": [], \"strict_orbits\": 2}");
    name = "strict_reached";
    check_runs("1/2", name,
               "{\"orbits\": [{\"second_order\": \"strict\"}, {\"second_order\": "
               "\"no\"}], \"strict_orbits\": 2}");
    check_runs("?", name, "{\"orbits\": [], \"strict_orbits\": null}");
    check_runs("3/8", "runs_matched", "{\"runs\": {\"matched\": 3, \"finished\": 8}}");
}

static void check_proof(const char *expected, const char *quantity, const char *delta,
                        const char *uniform)
{
    char *text = ncf__format("{\"validated\": {\"angle\": {\"mid\": \"0.7\", \"rad\": "
                             "\"0.001\"}, \"uniform\": {%s}}}",
                             uniform);
    json_t *answer = load(text);
    ncf_facts_t facts = {.delta = (char *) delta};
    facts.answers[NCF_TASK_PROVE] = answer;
    char *value = quantity_text(quantity, &facts);
    CHECK_STR_EQ(value, expected);
    ncf__free(value);
    ncf__free(text);
    json_decref(answer);
}

/* The theorem is about all delta up to its own one, that one included, and no other. */
static void test_proofs(void)
{
    const char *third = "\"proved\": true, \"delta\": \"2/3\"";
    const char *open = "\"proved\": null, \"delta\": \"2/3\", \"reason\": \"x\"";
    check_proof("yes", "flow_proved", "2/3", third);
    check_proof("yes", "flow_proved", "1e-9", third);
    check_proof("yes", "flow_proved", NULL, third);
    check_proof("open", "flow_proved", "0.66666666666666666666666666666666666667", third);
    check_proof("open", "flow_proved", "1e-9", open);
    check_proof("open", "flow_proved", "1e-9", "\"proved\": true, \"delta\": null");
    check_proof("0.6666", "proved_delta", NULL, third);
    check_proof("?", "proved_delta", NULL, open);
    check_proof("0.71", "proved_angle", NULL, third);
    check_proof("?", "proved_angle", NULL, open);
}

/* One point, another one, and none: by lambda and by weights. */
static void test_same_point(void)
{
    static const struct {
        const char *verdict, *lambda, *weight, *expected;
    } cases[] = {{"matched", "2", "3", "yes"},
                 {"matched", "5", "3", "no"},
                 {"matched", "2", "9", "open"},
                 {"unmatched", "2", "3", "open"}};
    static const char *const point =
        "\"orbits\": [{\"lambda\": {\"mid\": \"%s\", \"rad\": \"0.1\"}, \"weights\": "
        "[[{\"mid\": \"%s\", \"rad\": \"0.1\"}]]}]";
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *own = ncf__format(point, cases[i].lambda, cases[i].weight);
        char *other = ncf__format(point, "2", "3");
        char *run = ncf__format("{\"match\": {\"verdict\": \"%s\"}, %s}", cases[i].verdict, own);
        char *theorem = ncf__format("{\"validated\": {\"uniform\": {\"proved\": true}}, %s}", other);
        json_t *first = load(run), *second = load(theorem);
        ncf_facts_t facts = {.seconds = 0};
        facts.answers[NCF_TASK_FLOW] = first;
        facts.answers[NCF_TASK_PROVE] = second;
        char *text = quantity_text("flow_agrees", &facts);
        CHECK_STR_EQ(text, cases[i].expected);
        json_decref(first);
        json_decref(second);
        ncf__free(text);
        ncf__free(theorem);
        ncf__free(run);
        ncf__free(other);
        ncf__free(own);
    }
}

/* ---- Keys ----------------------------------------------------------------------- */

static void digest_of(char hex[65], const char *study_text, slong index, ncf_task_t task)
{
    ncf_case_t item;
    ncf_study_t *study = parse_good(study_text);
    hex[0] = '\0';
    if (study == NULL || ncf__case_init(&item, study, index, NULL) != NCF_OK)
        return;
    json_t *key = ncf__case_key(&item, task);
    ncf__case_digest(hex, key);
    json_decref(key);
    ncf__case_clear(&item);
    ncf_study_free(study);
}

#define STUDY(grid, rest)                                                                     \
    "{\"ncf-study\": 1, " BASE ", \"grid\": {" grid "}, \"quantities\": [\"points\"]" rest "}"

/* What the answer depends on changes the digest; nothing else does. */
static void test_digests(void)
{
    static const char *const different[] = {
        STUDY("\"degree\": [3]", ""),
        STUDY("\"degree\": [2]", ", \"options\": {\"lambda-min\": \"1/3\"}"),
        STUDY("\"degree\": [2]", ", \"options\": {\"top\": 3}"),
        STUDY("\"degree\": [2]", ", \"options\": {\"precision\": 200}"),
        STUDY("\"lambda-min\": [\"1/2\"]", ""),
        STUDY("\"loss\": [\"logistic\"]", ""),
        STUDY("\"hidden\": [3]", "")};
    static const char *const same[] = {
        STUDY("\"degree\": [3, 2]", ", \"title\": \"x\", \"group\": []"),
        STUDY("\"widths\": [[2,1,1],[2,2,1]]", ", \"options\": {\"time-limit\": 5}"),
        "{\"quantities\": [\"orbits\"], \"grid\": {\"hidden\": [1, 2]},\n \"ncf-study\": 1, "
        "\"base\": {\"data\": {\"y\": [1,-1,2,1], \"x\": [[1,2],[3,-1],[-1,1],[2,2]]}, "
        "\"ncf\": 1, "
        "\"network\": {\"widths\": [2,1,1], \"type\": \"feedforward\", \"activation\": "
        "{\"degree\": 2, \"type\": \"power\"}}}}"};
    char first[65], other[65];
    digest_of(first, STUDY("\"degree\": [2]", ""), 0, NCF_TASK_SOLVE);
    for (size_t i = 0; i < sizeof(different) / sizeof(different[0]); i++) {
        digest_of(other, different[i], 0, NCF_TASK_SOLVE);
        CHECK_MSG(strcmp(first, other) != 0, "study %d", (int) i);
    }
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        digest_of(other, same[i], 1, NCF_TASK_SOLVE);
        CHECK_STR_EQ(other, first);
    }
    digest_of(other, STUDY("\"degree\": [2]", ""), 0, NCF_TASK_SEARCH);
    CHECK(strcmp(first, other) != 0);
}

/* ---- The grid ------------------------------------------------------------------- */

static void test_grid(void)
{
    ncf_study_t *study =
        parse_good("{\"ncf-study\": 1, " DRAWN ", \"grid\": {\"degree\": [2,3], "
                   "\"dimension\": [3], \"seed\": {\"from\": 5, \"to\": 7}}, "
                   "\"quantities\": [\"points\"]}");
    if (study == NULL)
        return;
    size_t count = ncf_study_case_count(study);
    char *label = ncf__study_case_label(study, 4);
    ncf_case_t item;
    ncf_status_t status = ncf__case_init(&item, study, 4, NULL);
    json_t *problem = status == NCF_OK ? json_loads(item.text, 0, NULL) : NULL;
    json_t *random = json_object_get(json_object_get(problem, "data"), "random");
    json_t *network = json_object_get(problem, "network");
    json_t *degree = json_object_get(json_object_get(network, "activation"), "degree");
    CHECK(count == 6);
    CHECK_STR_EQ(label, "p 3, seed 6");
    CHECK(json_integer_value(json_object_get(random, "seed")) == 6);
    CHECK(json_integer_value(json_object_get(random, "inputs")) == 3);
    CHECK(json_integer_value(json_array_get(json_object_get(network, "widths"), 0)) == 3);
    CHECK(json_integer_value(degree) == 3);
    json_decref(problem);
    ncf__case_clear(&item);
    ncf__free(label);
    ncf_study_free(study);
}

/* A number that is longer than 64 bits stays what it is. */
static void test_long_numbers(void)
{
    ncf_study_t *study = parse_good(
        "{\"ncf-study\": 1, \"base\": {\"ncf\": 1, \"network\": {\"type\": \"feedforward\", "
        "\"widths\": [1,1]}, \"data\": {\"x\": [[123456789012345678901234567890]], \"y\": "
        "[1]}}, "
        "\"grid\": {\"loss\": [\"square\"]}, \"quantities\": [\"points\"]}");
    ncf_case_t item;
    if (study == NULL || ncf__case_init(&item, study, 0, NULL) != NCF_OK)
        return;
    int kept = strstr(item.text, "\"123456789012345678901234567890\"") != NULL;
    CHECK(kept);
    ncf__case_clear(&item);
    ncf_study_free(study);
}

/* Facts and their places: line 1, and the text that stands at the column. */
static void test_places(void)
{
    static const struct {
        const char *text, *at, *fact;
    } cases[] = {
        {STUDY("\"degree\": [2, 0]", ""), "0]", "expected an integer from 1 to 1000"},
        {STUDY("\"width\": [2]", ""), "\"width\":", "is not an axis"},
        {STUDY("\"widths\": [[2,1,1],[2,2]]", ""), "2]]", "the last width must be 1"},
        {STUDY("\"widths\": [[3,1,1]]", ""), "[1,2]",
         "this point has 2 inputs, the network 3"},
        {STUDY("\"seed\": [1]", ""), "1]}", "the axis \"seed\" needs drawn data"},
        {STUDY("\"loss\": [\"square\", \"hinge\"]", ""), "\"hinge\"", "unknown \"hinge\""},
        {STUDY("\"degree\": [2], \"activation\": [{\"type\": \"linear\"}]", ""),
         "\"degree\": [2],", "exclude each other"},
        {STUDY("\"activation\": [{\"type\": \"tanh\"}]", ""), "\"tanh\"", "unknown \"tanh\""},
        {STUDY("\"degree\": []", ""), "[]", "an axis has 1 to"},
        {STUDY("\"degree\": [2]", ", \"group\": [\"seed\"]"), "\"seed\"", "expected an axis"},
        {STUDY("\"degree\": [2]", ", \"groups\": []"), "\"groups\"", "unknown key"},
        {STUDY("\"lambda-min\": [\"-1\"]", ""), "\"-1\"", "above 0"},
        {STUDY("\"seed\": {\"from\": 3, \"to\": 1}", ""), "1}}", "expected an integer from 3"},
        {"{\"ncf-study\": 1, " DRAWN ", \"grid\": {}, \"quantities\": [\"point\"]}",
         "\"point\"]", "unknown \"point\""},
        {"{\"ncf-study\": 2}", "2}", "version 2"},
        {"[]", "[]", "expected an object"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ncf_error_t err;
        ncf_study_t *study = parse(cases[i].text, &err);
        CHECK_MSG(study == NULL, "%s", cases[i].text);
        CHECK_MSG(strstr(err.text, cases[i].fact) != NULL, "%s: %s", cases[i].fact, err.text);
        const char *at = cases[i].text + (err.column > 0 ? err.column - 1 : 0);
        CHECK_MSG(err.line == 1 && strncmp(at, cases[i].at, strlen(cases[i].at)) == 0,
                  "%s: %d:%d %.20s", err.text, err.line, err.column, at);
        ncf_study_free(study);
    }
}

/* ---- The store ------------------------------------------------------------------ */

/* Can another process claim the record? */
static int other_can_claim(const char *folder, const char *digest)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        ncf_store_t store;
        const char *const folders[] = {folder};
        int opened = ncf__store_open(&store, folders, 1, 1, NULL) == NCF_OK;
        _exit(opened && ncf__store_claim(&store, digest) ? 0 : 1);
    }
    int status = -1;
    waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void test_store(void)
{
    char folder[] = "/tmp/ncf-store-XXXXXX";
    const char *digest = "00ff00000000000000000000000000000000000000000000000000000000ffff";
    const char *near = "00ff10000000000000000000000000000000000000000000000000000000ffff";
    if (mkdtemp(folder) == NULL)
        return;
    ncf_store_t store;
    const char *const folders[] = {folder};
    int opened = ncf__store_open(&store, folders, 1, 1, NULL) == NCF_OK;
    json_t *key = json_string("a key"), *other = json_string("another key");
    json_t *record = load("{\"format\": \"ncf-case\", \"key\": \"a key\", \"exit\": 0}");
    json_t *before = ncf__store_find(&store, digest, key);
    ncf_status_t put = ncf__store_put(&store, digest, record, NULL);
    json_t *found = ncf__store_find(&store, digest, key);
    json_t *foreign = ncf__store_find(&store, digest, other);
    int claimed = ncf__store_claim(&store, digest);
    int held = !other_can_claim(folder, digest), free_one = other_can_claim(folder, near);
    ncf__store_release(&store, digest);
    int released = other_can_claim(folder, digest);
    char *path = ncf__format("%s/%s.json", folder, digest);
    int cut = truncate(path, 30) == 0;
    json_t *damaged = ncf__store_find(&store, digest, key);
    CHECK(opened && put == NCF_OK && claimed && cut);
    CHECK(before == NULL && foreign == NULL && damaged == NULL);
    CHECK(json_equal(found, record));
    CHECK(held && free_one && released);
    unlink(path);
    ncf__free(path);
    path = ncf__format("%s/lock", folder);
    unlink(path);
    ncf__free(path);
    CHECK(rmdir(folder) == 0); /* no temporary file is left */
    json_decref(found);
    json_decref(record);
    json_decref(key);
    json_decref(other);
    ncf__store_close(&store);
}

int main(void)
{
    static const ncf_test_t tests[] = {{"counts", test_counts},
                                       {"verdicts", test_verdicts},
                                       {"bounds", test_bounds},
                                       {"histogram", test_histogram},
                                       {"values", test_values},
                                       {"agreement", test_agreement},
                                       {"limits", test_limits},
                                       {"proofs", test_proofs},
                                       {"same point", test_same_point},
                                       {"digests", test_digests},
                                       {"grid", test_grid},
                                       {"long numbers", test_long_numbers},
                                       {"places", test_places},
                                       {"store", test_store},
                                       {NULL, NULL}};
    return ncf_test_main("study", tests);
}
