/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * harness.h: CUnit behind a wall. CUnit's runner returns 0 when assertions fail and
 * when nothing was asserted; ncf_test_main turns the counts into an exit status:
 * 0 all passed, 1 a failure or no assertion at all, 99 the set-up failed.
 *
 * Rule: compute, clear, then check plain ints; no _FATAL macros with live objects.
 */
#ifndef NCF_HARNESS_H
#define NCF_HARNESS_H

#include "../src/base/base.h"

typedef struct {
    const char *name;
    void (*run)(void);
} ncf_test_t;

/* Runs the tests of one module; the list ends with a NULL name. */
int ncf_test_main(const char *suite, const ncf_test_t *tests);

/* Checks a condition; on failure prints a formatted account of the values. */
#define CHECK(condition) ncf_test_check((condition) != 0, #condition, __FILE__, __LINE__)
#define CHECK_MSG(condition, ...)                                        \
    do {                                                                 \
        if (!ncf_test_check((condition) != 0, #condition, __FILE__, __LINE__)) \
            ncf_test_note(__VA_ARGS__);                                  \
    } while (0)
int ncf_test_check(int holds, const char *condition, const char *file, int line);
void ncf_test_note(const char *format, ...) NCF_PRINTF(1, 2);

#define CHECK_STR_EQ(actual, expected) \
    ncf_test_check_str((actual), (expected), __FILE__, __LINE__)
void ncf_test_check_str(const char *actual, const char *expected, const char *file, int line);

#define CHECK_BALL_CONTAINS(ball, rational) \
    ncf_test_check_contains((ball), (rational), __FILE__, __LINE__)
void ncf_test_check_contains(const arb_t ball, const fmpq_t rational, const char *file,
                             int line);

/* NCF_TEST_SEED (default 1) and NCF_TEST_MULT (default 1) steer the random tests. */
uint64_t ncf_test_seed(void);
long ncf_test_count(long normal);

/* A file below the source tree (srcdir); the text is allocated. */
char *ncf_test_path(const char *relative);

#endif
