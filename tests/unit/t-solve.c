/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * t-solve.c: whole problems through the public interface, read back from the result
 * document. Second routes: published counts, the cover of the sphere against the count
 * of complex classes, and the layered network at the printed weights.
 */
#include "../harness.h"

#include "../../src/certify/kkt_point.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Solves a problem in memory; NULL when reading or solving fails. */
static ncf_result_t *solve_text(const char *text, const ncf_solve_options_t *options)
{
    ncf_error_t err;
    ncf_problem_t *problem;
    ncf_result_t *result = NULL;
    ncf_error_init(&err);
    if (ncf_problem_parse(&problem, text, strlen(text), "test.json", "", &err) == NCF_OK &&
        ncf_solve(&result, problem, options, &err) != NCF_OK)
        result = NULL;
    if (err.status != NCF_OK)
        ncf_test_note("%s", err.text);
    ncf_problem_free(problem);
    return result;
}

/* The result document without its timing, as a JSON value. */
static json_t *document_of(const ncf_result_t *result)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    ncf_status_t status = ncf_result_write_json(stream, result, 30, NULL);
    fclose(stream);
    json_t *document = status == NCF_OK ? json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL) : NULL;
    free(text);
    if (document != NULL) {
        json_object_del(document, "timing");
        json_object_del(document, "options");
    }
    return document;
}

static json_t *solve_document(const char *text, const ncf_solve_options_t *options, int *exit_status)
{
    ncf_result_t *result = solve_text(text, options);
    json_t *document = result != NULL ? document_of(result) : NULL;
    *exit_status = result != NULL ? ncf_result_exit(result) : -1;
    ncf_result_free(result);
    return document;
}

static const char *count_text(const json_t *document, const char *which)
{
    const char *text = json_string_value(json_object_get(json_object_get(document, "counts"), which));
    return text != NULL ? text : "null";
}

static int is_complete(const json_t *document)
{
    return json_is_true(json_object_get(json_object_get(document, "complete"), "proved"));
}

/* A two-layer problem on generated data. */
static char *random_problem(long degree, long inputs, long points, long hidden, long seed)
{
    return ncf__format("{\"ncf\": 1, \"network\": {\"type\": \"feedforward\", \"widths\": [%ld, %ld, 1], "
                       "\"activation\": {\"type\": \"power\", \"degree\": %ld}}, \"data\": {\"random\": "
                       "{\"points\": %ld, \"inputs\": %ld, \"distribution\": \"normal\", \"seed\": %ld, "
                       "\"bits\": 20}}}",
                       inputs, hidden, degree, points, inputs, seed);
}

static char *theory_problem(long degree, long hidden)
{
    return ncf__format("{\"ncf\": 1, \"network\": {\"type\": \"feedforward\", \"widths\": [2, %ld, 1], "
                       "\"activation\": {\"type\": \"power\", \"degree\": %ld}}, \"data\": {\"x\": "
                       "[[1, 2], [3, -1], [-1, 1], [2, 2]], \"y\": [1, -1, 2, 1]}}",
                       hidden, degree);
}

/* The six counts of theory.md (2b), and the network of the contract's example. */
static void test_published(void)
{
    static const struct {
        long degree, hidden;
        const char *positive;
    } cases[] = {{2, 1, "4"}, {2, 2, "24"}, {3, 1, "6"},  {3, 2, "48"},
                 {4, 1, "4"}, {4, 2, "24"}, {2, 3, "124"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int status;
        char *text = theory_problem(cases[i].degree, cases[i].hidden);
        json_t *document = solve_document(text, NULL, &status);
        CHECK(status == 0 && is_complete(document));
        CHECK_STR_EQ(count_text(document, "positive"), cases[i].positive);
        json_decref(document);
        ncf__free(text);
    }
}

/* mid +- rad as written. */
static void read_ball(arb_t out, const json_t *value)
{
    arb_t rad;
    arb_init(rad);
    arb_set_str(out, json_string_value(json_object_get(value, "mid")), 400);
    arb_set_str(rad, json_string_value(json_object_get(value, "rad")), 400);
    arb_add_error(out, rad);
    arb_clear(rad);
}

/* The weights of one orbit as printed satisfy the KKT equations of the layered network. */
static int orbit_holds(const json_t *orbit, const ncf_network_t network, const ncf_problem_t *problem,
                       const fmpq_mat_t z)
{
    arb_ptr u = _arb_vec_init(network->unknowns);
    arb_t lambda, norm;
    arf_t bound;
    arb_init(lambda);
    arb_init(norm);
    arf_init(bound);
    slong at = 0;
    size_t l, i, j;
    json_t *matrix, *row, *entry;
    json_array_foreach(json_object_get(orbit, "weights"), l, matrix)
        json_array_foreach(matrix, i, row)
            json_array_foreach(row, j, entry)
                read_ball(u + at++, entry);
    read_ball(lambda, json_object_get(orbit, "lambda"));
    arb_dot(norm, NULL, 0, u, 1, u, 1, network->unknowns, 200);
    int holds = at == network->unknowns && arb_contains_si(norm, 1) && arb_is_positive(lambda) &&
                ncf__kkt_residual(bound, u, lambda, network, problem->x, z, 200) &&
                arf_cmp_d(bound, 1e-20) < 0;
    arf_clear(bound);
    arb_clear(norm);
    arb_clear(lambda);
    _arb_vec_clear(u, network->unknowns);
    return holds;
}

static void test_weights(void)
{
    for (long degree = 2; degree <= 4; degree++) {
        int status;
        char *text = random_problem(degree, 3, 7, 2, 10 + degree);
        json_t *document = solve_document(text, NULL, &status), *orbit;
        ncf_problem_t *problem;
        CHECK(ncf_problem_parse(&problem, text, strlen(text), "test.json", "", NULL) == NCF_OK);
        ncf_network_t network;
        fmpq_mat_t z;
        CHECK(ncf__network_init(network, problem));
        fmpq_mat_init(z, problem->points, 1);
        ncf__problem_weights(z, problem);
        size_t k, checked = 0;
        json_array_foreach(json_object_get(document, "orbits"), k, orbit)
        {
            CHECK_MSG(orbit_holds(orbit, network, problem, z), "orbit %zu of degree %ld", k, degree);
            checked++;
        }
        CHECK(checked > 0);
        fmpq_mat_clear(z);
        ncf__network_clear(network);
        ncf_problem_free(problem);
        json_decref(document);
        ncf__free(text);
    }
}

/* Generic tensors: every class certified, and the index sum is the Euler characteristic. */
static void test_generic(void)
{
    static const struct {
        long degree, inputs;
    } shapes[] = {{3, 3}, {3, 4}, {3, 6}, {4, 3}, {4, 4}, {5, 3}, {6, 3}, {2, 7}, {5, 2}, {2, 12}};
    long count = ncf_test_count(1);
    for (long seed = 1; seed <= count; seed++) {
        for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
            int status;
            char *text = random_problem(shapes[i].degree, shapes[i].inputs, 3 * shapes[i].inputs, 4, seed);
            json_t *document = solve_document(text, NULL, &status);
            json_t *audit = json_object_get(document, "audit");
            CHECK_MSG(status == 0 && is_complete(document), "degree %ld, inputs %ld, seed %ld",
                      shapes[i].degree, shapes[i].inputs, seed);
            CHECK(json_equal(json_object_get(audit, "index_sum"),
                             json_object_get(audit, "euler_characteristic")));
            json_decref(document);
            ncf__free(text);
        }
    }
}

/* The same problem on one and on three threads, to the last digit. */
static void test_threads(void)
{
    ncf_solve_options_t options;
    ncf_solve_options_init(&options);
    for (long degree = 2; degree <= 4; degree++) {
        int status;
        char *text = random_problem(degree, 5, 12, 3, 5);
        options.threads = 1;
        json_t *one = solve_document(text, &options, &status);
        options.threads = 3;
        json_t *three = solve_document(text, &options, &status);
        CHECK(one != NULL && json_equal(one, three));
        json_decref(one);
        json_decref(three);
        ncf__free(text);
    }
}

/* Without the homotopy (no class allowed) the cover must find the same lines. */
static void test_cover_route(void)
{
    static const struct {
        long degree, inputs;
    } shapes[] = {{3, 3}, {4, 3}, {5, 3}, {3, 4}};
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        int counted_status, covered_status;
        ncf_solve_options_t options;
        ncf_solve_options_init(&options);
        options.lambda_min = "1e-6";
        char *text = random_problem(shapes[i].degree, shapes[i].inputs, 8, 2, 3);
        json_t *counted = solve_document(text, &options, &counted_status);
        options.max_classes = 0;
        json_t *covered = solve_document(text, &options, &covered_status);
        CHECK(counted_status == 0 && covered_status == 0);
        CHECK(is_complete(counted) && is_complete(covered));
        CHECK_STR_EQ(count_text(covered, "positive"), count_text(counted, "positive"));
        CHECK(json_array_size(json_object_get(counted, "lines")) > 0);
        json_decref(counted);
        json_decref(covered);
        ncf__free(text);
    }
}

/* Too many classes and too many dimensions to cover: listed, and called undecided. */
static void test_search_route(void)
{
    int status;
    ncf_solve_options_t options;
    ncf_solve_options_init(&options);
    options.max_classes = 10;
    char *text = random_problem(3, 6, 12, 2, 1);
    json_t *searched = solve_document(text, &options, &status);
    CHECK(status == 1 && !is_complete(searched));
    CHECK(json_array_size(json_object_get(searched, "lines")) > 0);
    CHECK(json_array_size(json_object_get(searched, "undecided")) > 0);
    ncf__free(text);
    json_decref(searched);
}

static void check_simple(const char *x, const char *y, const char *widths, long degree, int status,
                         const char *positive)
{
    int got;
    char *text = ncf__format("{\"ncf\": 1, \"network\": {\"type\": \"feedforward\", \"widths\": %s, "
                             "\"activation\": {\"type\": \"power\", \"degree\": %ld}}, \"data\": "
                             "{\"x\": %s, \"y\": %s}}",
                             widths, degree, x, y);
    json_t *document = solve_document(text, NULL, &got);
    CHECK_MSG(got == status, "exit %d for %s", got, text);
    CHECK_STR_EQ(count_text(document, "positive"), positive);
    json_decref(document);
    ncf__free(text);
}

/* The inputs that must not break it. */
static void test_special_data(void)
{
    check_simple("[[1,2,3]]", "[1]", "[3,2,1]", 3, 0, "8");
    check_simple("[[1,2],[3,4]]", "[0,0]", "[2,2,1]", 2, 0, "0");
    check_simple("[[0,0],[1,2],[3,1]]", "[5,1,1]", "[2,1,1]", 3, 0, "2");
    check_simple("[[0,0]]", "[1]", "[2,2,1]", 2, 0, "0");
    check_simple("[[1,2],[1,2],[-1,-2]]", "[1,2,3]", "[2,1,1]", 2, 0, "2");
    check_simple("[[1,2],[-1,-2]]", "[1,1]", "[2,2,1]", 3, 0, "0");
    check_simple("[[1,1,0],[2,2,0],[-3,-3,0]]", "[1,1,1]", "[3,2,1]", 3, 0, "8");
    check_simple("[[1,0,0],[0,1,0],[0,0,1]]", "[1,1,2]", "[3,2,1]", 2, 0, "null");
    check_simple("[[1,0,0],[0,1,0]]", "[1,-2]", "[3,2,1]", 2, 0, "24");
    check_simple("[[2],[3]]", "[1,-1]", "[1,3,1]", 3, 0, "26");
    check_simple("[[\"1234567890123456789012345678901234567890/7\",\"1/3\"],"
                 "[\"2\",\"-5/9876543210987654321098765432109876543211\"]]",
                 "[\"1\",\"-1/3\"]", "[2,1,1]", 2, 0, "4");
    check_simple("[[1,0,0],[0,1,0],[0,0,1]]", "[1,1,1]", "[3,1,1]", 3, 0, "14");
}

/* A stop request and a time limit give a labelled, valid, partial result. */
static void test_limits(void)
{
    volatile sig_atomic_t stop = 1;
    int status;
    ncf_solve_options_t options;
    char *text = random_problem(3, 7, 14, 2, 1);
    ncf_solve_options_init(&options);
    options.stop = &stop;
    json_t *document = solve_document(text, &options, &status);
    CHECK(status == 4 && !is_complete(document));
    CHECK_STR_EQ(json_string_value(json_object_get(document, "limit")), "interrupted");
    json_decref(document);
    ncf_solve_options_init(&options);
    options.time_limit = 1e-9;
    document = solve_document(text, &options, &status);
    CHECK(status == 4 && !is_complete(document));
    CHECK_STR_EQ(json_string_value(json_object_get(document, "limit")), "time");
    json_decref(document);
    ncf__free(text);
}

static void check_option_error(const ncf_solve_options_t *options, const char *expected)
{
    ncf_error_t err;
    ncf_problem_t *problem;
    ncf_result_t *result = (ncf_result_t *) &err;
    char *text = theory_problem(2, 1);
    ncf_error_init(&err);
    CHECK(ncf_problem_parse(&problem, text, strlen(text), "test.json", "", &err) == NCF_OK);
    CHECK(ncf_solve(&result, problem, options, &err) == NCF_EARG);
    CHECK(result == NULL);
    CHECK_STR_EQ(err.text, expected);
    ncf_problem_free(problem);
    ncf__free(text);
}

static void test_options(void)
{
    ncf_solve_options_t options;
    ncf_solve_options_init(&options);
    options.threads = 0;
    check_option_error(&options, "threads must be between 1 and 1024");
    ncf_solve_options_init(&options);
    options.lambda_min = "-1";
    check_option_error(&options, "lambda-min must be greater than 0");
    options.lambda_min = "x";
    check_option_error(&options, "lambda-min \"x\": not a number: expected an integer, a fraction p/q or "
                                 "a decimal");
    memset(&options, 0, sizeof(options));
    check_option_error(&options, "the options were not set by ncf_solve_options_init");
}

int main(void)
{
    static const ncf_test_t tests[] = {{"published counts", test_published},
                                       {"printed weights in the layered network", test_weights},
                                       {"generic tensors are complete", test_generic},
                                       {"threads do not matter", test_threads},
                                       {"cover against count", test_cover_route},
                                       {"search only", test_search_route},
                                       {"special data", test_special_data},
                                       {"limits", test_limits},
                                       {"options", test_options},
                                       {NULL, NULL}};
    return ncf_test_main("solve", tests);
}
