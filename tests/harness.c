/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* harness.c: see harness.h. */
#include <stdio.h>

#include <CUnit/Basic.h>

#include "harness.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

int ncf_test_check(int holds, const char *condition, const char *file, int line)
{
    CU_assertImplementation(holds ? CU_TRUE : CU_FALSE, (unsigned int) line, condition, file, "",
                            CU_FALSE);
    return holds;
}

void ncf_test_note(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "    (seed %llu) ", (unsigned long long) ncf_test_seed());
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

void ncf_test_check_str(const char *actual, const char *expected, const char *file, int line)
{
    int same = actual != NULL && strcmp(actual, expected) == 0;
    if (!ncf_test_check(same, "strings are equal", file, line))
        ncf_test_note("got \"%s\", expected \"%s\"", actual != NULL ? actual : "(null)", expected);
}

void ncf_test_check_contains(const arb_t ball, const fmpq_t rational, const char *file, int line)
{
    int holds = arb_is_finite(ball) && arb_contains_fmpq(ball, rational);
    if (!ncf_test_check(holds, "finite ball contains the rational", file, line)) {
        char *number = fmpq_get_str(NULL, 10, rational);
        char *text = arb_get_str(ball, 30, ARB_STR_MORE);
        ncf_test_note("%s is not in %s", number, text);
        flint_free(number);
        flint_free(text);
    }
}

uint64_t ncf_test_seed(void)
{
    const char *text = getenv("NCF_TEST_SEED");
    return text != NULL ? strtoull(text, NULL, 10) : 1;
}

long ncf_test_count(long normal)
{
    const char *text = getenv("NCF_TEST_MULT");
    double factor = text != NULL ? strtod(text, NULL) : 1;
    long count = (long) ((double) normal * factor);
    return count < 1 ? 1 : count;
}

char *ncf_test_path(const char *relative)
{
    const char *top = getenv("srcdir");
    return ncf__format("%s/%s", top != NULL ? top : ".", relative);
}

/* As in the program: threads of OpenBLAS would spin beside the other tests. */
extern void openblas_set_num_threads(int count) __attribute__((weak));

int ncf_test_main(const char *suite_name, const ncf_test_t *tests)
{
    if (openblas_set_num_threads != NULL)
        openblas_set_num_threads(1);
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 99;
    CU_pSuite suite = CU_add_suite(suite_name, NULL, NULL);
    if (suite == NULL)
        return 99;
    for (const ncf_test_t *test = tests; test->name != NULL; test++) {
        if (CU_add_test(suite, test->name, test->run) == NULL || CU_get_error() != CUE_SUCCESS)
            return 99;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    int broken = CU_get_number_of_suites_failed() > 0;
    int failed = CU_get_number_of_failures() > 0 || CU_get_number_of_tests_failed() > 0 ||
                 CU_get_number_of_asserts() == 0;
    CU_cleanup_registry();
    flint_cleanup_master();
    return broken ? 99 : failed;
}
