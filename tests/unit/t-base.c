/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* t-base.c: number text, random streams, decimals, digests, threads, errors. */
#include "../harness.h"

#include <stdlib.h>
#include <string.h>

static void check_number(const char *text, const char *expected)
{
    fmpq_t x;
    fmpq_init(x);
    const char *fact = ncf__rational_parse(x, text, strlen(text));
    char *got = fact == NULL ? fmpq_get_str(NULL, 10, x) : NULL;
    CHECK_STR_EQ(got != NULL ? got : "refused", expected);
    flint_free(got);
    fmpq_clear(x);
}

static void test_rational_parse(void)
{
    check_number("0", "0");
    check_number("-12", "-12");
    check_number("+7", "7");
    check_number("6/4", "3/2");
    check_number("-6/4", "-3/2");
    check_number("0.1", "1/10");
    check_number("-1.50e-3", "-3/2000");
    check_number("1.5E2", "150");
    check_number("12345678901234567890123456789012345678901/3",
                 "12345678901234567890123456789012345678901/3");
    static const char *const bad[] = {"",     " 1",  "1 ",   "1/0",  "1/-2", "1/",   "/2",
                                      ".5",   "5.",  "1e",   "1e+",  "e5",   "0x10", "nan",
                                      "--1",  "+-1", "1.5/2", "1/2.5", "inf", "1e20001",
                                      "1e99999999999999999999", "1_000", "1,5"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        check_number(bad[i], "refused");
}

static void test_rational_extremes(void)
{
    fmpq_t x, y;
    fmpq_init(x);
    fmpq_init(y);
    CHECK(ncf__rational_parse(x, "1e-300", 6) == NULL);
    CHECK(ncf__rational_parse(y, "1e300", 5) == NULL);
    fmpq_mul(x, x, y);
    CHECK(fmpq_is_one(x));
    ncf__rational_set_double(x, 0.1);
    CHECK(fmpq_cmp_si(x, 1) < 0 && fmpz_bits(fmpq_denref(x)) > 50);
    ncf__rational_set_double(x, -0x1p-1074);
    CHECK(fmpz_bits(fmpq_denref(x)) == 1075 && fmpq_sgn(x) < 0);
    fmpq_clear(x);
    fmpq_clear(y);
}

static void test_random(void)
{
    ncf_random_t a, b, c;
    ncf__random_init(&a, 1, 0);
    ncf__random_init(&b, 1, 0);
    ncf__random_init(&c, 1, 1);
    int same = 1, other = 0, in_range = 1;
    for (int i = 0; i < 100; i++) {
        uint64_t x = ncf__random_bits(&a);
        same = same && x == ncf__random_bits(&b);
        other = other || x != ncf__random_bits(&c);
    }
    for (int i = 0; i < 1000; i++) {
        in_range = in_range && ncf__random_below(&a, 7) < 7;
        double unit = ncf__random_unit(&a);
        in_range = in_range && unit >= 0 && unit < 1;
    }
    CHECK(same);
    CHECK(other);
    CHECK(in_range);
    /* The stream names data sets: it must never change. */
    ncf__random_init(&a, 1, 0);
    CHECK(ncf__random_bits(&a) == UINT64_C(0xee127fe613436e33));
}

/* The decimals written must enclose the ball, whatever its size and the digits. */
static void test_decimal_enclosure(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 2);
    long count = ncf_test_count(2000);
    int enclosed = 1;
    for (long i = 0; i < count; i++) {
        arb_t x, back, rad;
        arb_init(x);
        arb_init(back);
        arb_init(rad);
        arb_set_d(x, ncf__random_unit(&random) - 0.5);
        mag_set_d(arb_radref(x), ncf__random_unit(&random));
        mag_mul_2exp_si(arb_radref(x), arb_radref(x), -(slong) ncf__random_below(&random, 60));
        arb_mul_2exp_si(x, x, (slong) ncf__random_below(&random, 200) - 100);
        char *mid, *radius;
        ncf__decimal_enclosure(&mid, &radius, x, 1 + (slong) ncf__random_below(&random, 30));
        int parsed = arb_set_str(back, mid, 400) == 0 && arb_set_str(rad, radius, 400) == 0;
        arb_add_error(back, rad);
        enclosed = enclosed && parsed && arb_contains(back, x);
        ncf__free(mid);
        ncf__free(radius);
        arb_clear(x);
        arb_clear(back);
        arb_clear(rad);
    }
    CHECK(enclosed);
}

static void test_decimal_special(void)
{
    arb_t x;
    arb_init(x);
    char *mid, *radius;
    ncf__decimal_enclosure(&mid, &radius, x, 10);
    CHECK_STR_EQ(mid, "0");
    CHECK_STR_EQ(radius, "0");
    ncf__free(mid);
    ncf__free(radius);
    arb_indeterminate(x);
    ncf__decimal_enclosure(&mid, &radius, x, 10);
    CHECK_STR_EQ(mid, "nan");
    ncf__free(mid);
    ncf__free(radius);
    char *text = ncf__decimal_short(x, 8);
    CHECK_STR_EQ(text, "?");
    ncf__free(text);
    arb_zero(x);
    mag_set_d(arb_radref(x), 0.25);
    text = ncf__decimal_short(x, 8);
    CHECK_STR_EQ(text, "?");
    ncf__free(text);
    arb_set_d(x, 12.40224);
    text = ncf__decimal_short(x, 6);
    CHECK_STR_EQ(text, "12.4022");
    ncf__free(text);
    arb_clear(x);
}

static void check_fixed(double x, double radius, slong places, const char *expected)
{
    arb_t ball;
    arb_init(ball);
    arb_set_d(ball, x);
    mag_set_d(arb_radref(ball), radius);
    char *text = ncf__decimal_fixed(ball, places);
    CHECK_STR_EQ(text, expected);
    ncf__free(text);
    arb_clear(ball);
}

static void test_decimal_fixed(void)
{
    check_fixed(0.5, 0, 1, "0.5");
    check_fixed(-0.0625, 0, 4, "-0.0625");
    check_fixed(12.25, 0, 3, "12.250");
    check_fixed(-1e-30, 1e-30, 5, "0.00000");
    check_fixed(0.99999999, 0, 4, "1.0000");
    check_fixed(-3.999, 0.001, 2, "-4.00");
    check_fixed(0.5, 0.1, 3, "?");
    check_fixed(0.05, 0, 1, "0.1");
}

static void test_digest(void)
{
    char hex[65];
    ncf__sha256(hex, "abc", 3);
    CHECK_STR_EQ(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void square_job(void *context, slong index, int worker)
{
    (void) worker;
    ((slong *) context)[index] = index * index;
}

static void test_parallel(void)
{
    slong squares[1000];
    for (int threads = 1; threads <= 4; threads += 3) {
        memset(squares, -1, sizeof(squares));
        ncf_limit_t limit = ncf__parallel_for(1000, threads, square_job, squares, NULL, NULL);
        int right = 1;
        for (slong i = 0; i < 1000; i++)
            right = right && squares[i] == i * i;
        CHECK(limit == NCF_LIMIT_NONE);
        CHECK(right);
    }
    volatile sig_atomic_t stop = 1;
    ncf_limits_t limits = {0, &stop, NULL, NULL};
    memset(squares, -1, sizeof(squares));
    CHECK(ncf__parallel_for(1000, 2, square_job, squares, &limits, NULL) == NCF_LIMIT_STOP);
    CHECK(squares[0] == -1);
    CHECK(ncf__parallel_for(0, 2, square_job, squares, NULL, NULL) == NCF_LIMIT_NONE);
}

static void test_errors(void)
{
    ncf_error_t err;
    ncf_error_init(&err);
    CHECK(ncf__fail_at(&err, NCF_ESPEC, "p.json", 3, 7, "width must be at least %d", 1) == NCF_ESPEC);
    CHECK(ncf__fail(&err, NCF_EIO, "a later failure") == NCF_EIO);
    CHECK(err.status == NCF_ESPEC && err.line == 3 && err.column == 7);
    CHECK_STR_EQ(err.text, "width must be at least 1");
    ncf_error_init(&err);
    ncf__fail_at(&err, NCF_ESPEC, "a\nb", 1, 1, "x%cy", 27);
    CHECK_STR_EQ(err.source, "a?b");
    CHECK_STR_EQ(err.text, "x?y");
    CHECK(ncf__fail(NULL, NCF_EARG, "no record wanted") == NCF_EARG);
    for (int i = 0; i < NCF_STATUS_COUNT; i++) {
        CHECK(ncf_status_text((ncf_status_t) i)[0] != '\0');
        CHECK(ncf_status_exit((ncf_status_t) i) >= 0 && ncf_status_exit((ncf_status_t) i) <= 5);
    }
    CHECK_STR_EQ(ncf_status_text((ncf_status_t) 99), "unknown status");
}

static void test_verdicts(void)
{
    CHECK(ncf_is_undecided(ncf_verdict_and(ncf_proved(), ncf_undecided())));
    CHECK(ncf_is_refuted(ncf_verdict_and(ncf_refuted(), ncf_undecided())));
    CHECK(ncf_is_proved(ncf_verdict_or(ncf_proved(), ncf_undecided())));
    CHECK(ncf_is_undecided(ncf_verdict_not(ncf_undecided())));
}

int main(void)
{
    static const ncf_test_t tests[] = {
        {"rational numbers from text", test_rational_parse},
        {"huge and tiny rationals", test_rational_extremes},
        {"random streams", test_random},
        {"decimals enclose", test_decimal_enclosure},
        {"special decimals", test_decimal_special},
        {"fixed decimals", test_decimal_fixed},
        {"SHA-256", test_digest},
        {"worker threads", test_parallel},
        {"errors keep the first failure", test_errors},
        {"verdicts are three-valued", test_verdicts},
        {NULL, NULL}};
    return ncf_test_main("base", tests);
}
