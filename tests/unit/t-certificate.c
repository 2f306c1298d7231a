/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* t-certificate.c: the parts of the writer of certificates; tests/cli has the whole. */
#include "../harness.h"
#include "../problems.h"

#include "../../src/certificate/certificate.h"

#include <math.h>
#include <string.h>

/* The example of ncf-certificate(5). */
static void test_canonical(void)
{
    static const slong widths[] = {1, 1, 1}, degrees[] = {2}, x[] = {1}, y[] = {1};
    struct ncf_problem problem;
    char hex[65];
    ncf_test_problem_init(&problem, 2, widths, degrees, 1, x, y);
    fmpq_set_si(fmpq_mat_entry(problem.y, 0, 0), 1, 2);
    char *text = ncf__problem_canonical(&problem);
    ncf__sha256(hex, text, strlen(text));
    CHECK_STR_EQ(text,
                 "{\"data\":{\"x\":[[\"1\"]],\"y\":[\"1/2\"]},\"loss\":\"square\",\"network\":"
                 "{\"activation\":[{\"degree\":2,\"type\":\"power\"}],\"type\":"
                 "\"feedforward\",\"widths\":[1,1,1]}}");
    CHECK_STR_EQ(hex, "c93192c74ffe8df14d8ce9d74cc9c394333b1001f4b53a670f98a7d0517561b2");
    ncf__free(text);
    ncf_test_problem_clear(&problem);
}

/* A vector and its rounding differ by at most half a unit; common powers of two are taken out.
 */
static void test_dyadic(void)
{
    static const double values[] = {0.75, -1e-3, 12, 0, 1e-30};
    ncf_dyadic_t v;
    arb_t t;
    int near = 1;
    arb_init(t);
    ncf__dyadic_init(&v, 5);
    for (slong bits = 4; bits <= 60; bits += 7) {
        ncf__dyadic_set_double(&v, values, bits);
        for (slong i = 0; i < 5; i++) {
            ncf__dyadic_get(t, &v, i);
            double difference = arf_get_d(arb_midref(t), ARF_RND_NEAR) - values[i];
            near = near && difference <= 16 * exp2((double) -bits) &&
                   difference >= -16 * exp2((double) -bits);
        }
    }
    CHECK(near);
    static const double even[] = {4, 8, 0, 0, -4};
    ncf__dyadic_set_double(&v, even, 30);
    CHECK(v.exponent == 2 && fmpz_is_one(v.mantissas) && fmpz_equal_si(v.mantissas + 4, -1));
    ncf__dyadic_clear(&v);
    arb_clear(t);
}

/* A^T S A for a random A and signs S has as many positive eigenvalues as S, by Sylvester's
 * law. */
static void random_form(arb_mat_t c, const int *signs, ncf_random_t *random)
{
    slong m = arb_mat_nrows(c);
    arb_mat_t a, t;
    arb_mat_init(a, m, m);
    arb_mat_init(t, m, m);
    for (slong k = 0; k < m * m; k++)
        arb_set_si(arb_mat_entry(a, k / m, k % m), (slong) ncf__random_below(random, 19) - 9);
    for (slong i = 0; i < m; i++)
        arb_add_si(arb_mat_entry(a, i, i), arb_mat_entry(a, i, i), 30 * m, 64);
    arb_mat_transpose(t, a);
    for (slong k = 0; k < m * m; k++)
        arb_mul_si(arb_mat_entry(a, k / m, k % m), arb_mat_entry(a, k / m, k % m),
                   signs[k / m], 64);
    arb_mat_mul(c, t, a, 200);
    arb_mat_clear(t);
    arb_mat_clear(a);
}

static void test_congruence(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 71);
    for (long k = 0; k < ncf_test_count(30); k++) {
        slong m = 1 + (slong) ncf__random_below(&random, 7), positive = 0, bits;
        int signs[8];
        arb_mat_t c;
        ncf_dyadic_t v;
        arb_mat_init(c, m, m);
        ncf__dyadic_init(&v, m * m);
        for (slong i = 0; i < m; i++) {
            signs[i] = ncf__random_below(&random, 2) == 0 ? 1 : -1;
            positive += signs[i] > 0;
        }
        random_form(c, signs, &random);
        slong found = ncf__congruence(&v, &bits, c, 20, 200);
        CHECK_MSG(found == positive, "%ld, not %ld, of %ld", (long) found, (long) positive,
                  (long) m);
        ncf__dyadic_clear(&v);
        arb_mat_clear(c);
    }
}

/* A form that is singular, or has an entry that is no number, has no index. */
static void test_singular(void)
{
    arb_mat_t c;
    ncf_dyadic_t v;
    slong bits;
    arb_mat_init(c, 2, 2);
    ncf__dyadic_init(&v, 4);
    for (slong k = 0; k < 4; k++)
        arb_one(arb_mat_entry(c, k / 2, k % 2));
    CHECK(ncf__congruence(&v, &bits, c, 0, 128) == -1);
    arb_indeterminate(arb_mat_entry(c, 0, 0));
    CHECK(ncf__congruence(&v, &bits, c, 0, 128) == -1);
    ncf__dyadic_clear(&v);
    arb_mat_clear(c);
}

/* f = x^2 - a: a box around sqrt 2 has a witness, one around the double zero of x^2 has none.
 */
typedef struct {
    ncf_witness_system_t base;
    slong a;
} square_t;

static void evaluate_square(acb_ptr f, acb_mat_struct *jacobian, acb_srcptr x,
                            const ncf_witness_system_t *system, slong prec)
{
    if (f != NULL) {
        acb_mul(f, x, x, prec);
        acb_sub_si(f, f, ((const square_t *) system)->a, prec);
    }
    if (jacobian != NULL)
        acb_mul_2exp_si(acb_mat_entry(jacobian, 0, 0), x, 1);
}

static int has_witness(slong a, double start, slong tightness)
{
    static const slong scale = 0;
    square_t square = {{.size = 1, .evaluate = evaluate_square, .scales = &scale}, a};
    ncf_witness_t witness;
    acb_mat_t inverse;
    acb_t x;
    acb_init(x);
    acb_mat_init(inverse, 1, 1);
    acb_set_d(x, start);
    int found = ncf__witness_inverse(inverse, &square.base, x) &&
                ncf__witness_init(&witness, &square.base, x, inverse, tightness);
    if (found)
        ncf__witness_clear(&witness);
    acb_mat_clear(inverse);
    acb_clear(x);
    return found;
}

static void test_witness(void)
{
    CHECK(has_witness(2, 1.4142135623730951, 20));
    CHECK(has_witness(2, 1.4142135623730951, 40));
    CHECK(!has_witness(2, 1.4142135623730951, 60)); /* the centre is farther off than that */
    CHECK(!has_witness(2, 1.5, 20));                /* no zero in the box */
    CHECK(!has_witness(1, 0, 0));                   /* singular */
    CHECK(!has_witness(0, 0x1p-30, 20));            /* a double zero */
    CHECK(!has_witness(1, 1, -2));                  /* two zeros */
}

int main(void)
{
    static const ncf_test_t tests[] = {{"canonical form of a problem", test_canonical},
                                       {"dyadic vectors", test_dyadic},
                                       {"inertia by congruence", test_congruence},
                                       {"singular forms", test_singular},
                                       {"witnesses", test_witness},
                                       {NULL, NULL}};
    return ncf_test_main("certificate", tests);
}
