/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * t-arithmetic.c: a caller that changed the rounding mode, or whose program flushes
 * subnormal numbers to zero, gets no proof but a status.
 */
#include "../harness.h"

#include <fenv.h>
#include <string.h>

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

static const char *const text =
    "{\"ncf\": 1, \"network\": {\"type\": \"feedforward\", \"widths\": [2, 1, 1, 1], \"activation\":"
    " {\"type\": \"power\", \"degree\": 2}}, \"data\": {\"x\": [[1, 2], [3, -1]], \"y\": [1, -1]}}";

typedef struct {
    ncf_status_t base, solve, certify;
    int named; /* the message of the error tells the fault */
} answers_t;

/* What the library answers in the environment as it is now. */
static answers_t ask(const ncf_problem_t *problem, const ncf_points_t *points, const char *fault)
{
    answers_t answers = {NCF_EBUG, NCF_EBUG, NCF_EBUG, 1};
    ncf_result_t *result = NULL;
    ncf_error_t err;
    ncf_error_init(&err);
    answers.base = ncf__arithmetic_check(NULL);
    answers.solve = ncf_solve(&result, problem, NULL, &err);
    ncf_result_free(result);
    answers.named = fault == NULL || strstr(err.text, fault) != NULL;
    result = NULL;
    answers.certify = ncf_certify(&result, problem, points, NULL, NULL);
    ncf_result_free(result);
    return answers;
}

static int all_are(answers_t answers, ncf_status_t status)
{
    return answers.base == status && answers.solve == status && answers.certify == status &&
           answers.named;
}

static int with_rounding(int mode, const ncf_problem_t *problem, const ncf_points_t *points)
{
    int before = fegetround();
    if (fesetround(mode) != 0)
        return 1;
    answers_t answers = ask(problem, points, "rounded to nearest");
    fesetround(before);
    return all_are(answers, NCF_EUNSUPPORTED);
}

/* Bits 15 (results) and 6 (operands) of the control register of the vector unit. */
static int with_flushing(unsigned bits, const ncf_problem_t *problem, const ncf_points_t *points)
{
#if defined(__SSE2__)
    unsigned before = _mm_getcsr();
    _mm_setcsr(before | bits);
    answers_t answers = ask(problem, points, "subnormal");
    _mm_setcsr(before);
    return all_are(answers, NCF_EUNSUPPORTED);
#else
    (void) bits;
    (void) problem;
    (void) points;
    return 1;
#endif
}

static void test_environments(void)
{
    static const char *const row = "1,2,3,4\n";
    ncf_problem_t *problem = NULL;
    ncf_points_t *points = NULL;
    int ready = ncf_problem_parse(&problem, text, strlen(text), "test", "", NULL) == NCF_OK &&
                ncf_points_parse(&points, row, strlen(row), "p.csv", problem, NULL) == NCF_OK;
    CHECK(ready);
    if (ready) {
        int first = all_are(ask(problem, points, NULL), NCF_OK);
        int up = with_rounding(FE_UPWARD, problem, points);
        int down = with_rounding(FE_DOWNWARD, problem, points);
        int chopped = with_rounding(FE_TOWARDZERO, problem, points);
        int results = with_flushing(1U << 15, problem, points);
        int operands = with_flushing(1U << 6, problem, points);
        int last = all_are(ask(problem, points, NULL), NCF_OK);
        CHECK(first);
        CHECK(up);
        CHECK(down);
        CHECK(chopped);
        CHECK(results);
        CHECK(operands);
        CHECK(last);
    }
    ncf_points_free(points);
    ncf_problem_free(problem);
}

int main(void)
{
    static const ncf_test_t tests[] = {
        {"no proof in another arithmetic", test_environments}, {NULL, NULL}};
    return ncf_test_main("arithmetic", tests);
}
