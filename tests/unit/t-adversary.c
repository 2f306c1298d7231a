/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * t-adversary.c: inputs that are chosen to make the program claim something false, or to
 * make it give up. Each is a regression test of a weakness that was found by reading.
 */
#include "../harness.h"

#include "../../src/certify/eigen.h"
#include "../../src/certify/rational_line.h"
#include "../../src/pipeline/pipeline.h"
#include "tensor_samples.h"

#include <string.h>

/* ---- T = 0 by cancellation ------------------------------------------------------- */

/* (-1)^k C(n, k): differences of order n, which vanish on polynomials of lower degree. */
static slong difference_weight(slong n, slong k)
{
    slong binomial = 1;
    for (slong i = 1; i <= k; i++)
        binomial = binomial * (n - i + 1) / i;
    return k % 2 == 0 ? binomial : -binomial;
}

/*
 * sum over the layers b and k <= m + 1 of (-1)^k C(m + 1, k) ((1, k, b, 0, ..) . w)^m = 0, in
 * R^d: the points span `layers` + 1 dimensions.
 */
static void cancelling_data(fmpq_mat_t x, fmpq_mat_t z, slong order, slong layers, slong d)
{
    slong each = order + 2;
    fmpq_mat_init(x, layers * each, d);
    fmpq_mat_init(z, layers * each, 1);
    for (slong i = 0; i < layers * each; i++) {
        fmpq_one(fmpq_mat_entry(x, i, 0));
        fmpq_set_si(fmpq_mat_entry(x, i, 1), i % each, 1);
        if (layers > 1)
            fmpq_set_si(fmpq_mat_entry(x, i, 2), i / each, 1);
        fmpq_set_si(fmpq_mat_entry(z, i, 0), difference_weight(order + 1, i % each), 3);
    }
}

/* The derivatives have too many monomials in R^d to be expanded there. */
static void test_zero_tensor_is_seen(void)
{
    static const slong cases[][3] = {{4, 1, 60}, {4, 2, 60}, {3, 2, 210}};
    for (size_t i = 0; i < 3; i++) {
        fmpq_mat_t x, z;
        ncf_tensor_t tensor;
        cancelling_data(x, z, cases[i][0], cases[i][1], cases[i][2]);
        ncf__tensor_init(tensor, cases[i][0], x, z);
        slong dimension = tensor->dimension;
        ncf__tensor_clear(tensor);
        fmpq_mat_clear(z);
        fmpq_mat_clear(x);
        CHECK(dimension == 0);
    }
}

/* A tensor that is zero although its dimension says otherwise, as one too large to expand. */
static void hidden_zero(ncf_tensor_t tensor, slong order, slong layers)
{
    fmpq_mat_t x, z, ones;
    cancelling_data(x, z, order, layers, layers + 1);
    fmpq_mat_init(ones, fmpq_mat_nrows(z), 1);
    for (slong i = 0; i < fmpq_mat_nrows(z); i++)
        fmpq_one(fmpq_mat_entry(ones, i, 0));
    ncf__tensor_init(tensor, order, x, ones);
    /* Points are sorted and divided by their first coordinate, 1: layers vary fastest. */
    for (slong i = 0; i < fmpq_mat_nrows(z); i++)
        fmpq_set_si(fmpq_mat_entry(tensor->weights, i, 0),
                    difference_weight(order + 1, i / layers), 3);
    fmpq_mat_clear(ones);
    fmpq_mat_clear(z);
    fmpq_mat_clear(x);
}

static void test_hidden_zero_has_no_lines(void)
{
    ncf_tensor_t plane, space, odd;
    ncf_line_list_t found;
    ncf_proof_options_t options = {128, 1024, 1, NULL};
    hidden_zero(plane, 4, 1);
    hidden_zero(space, 4, 2);
    hidden_zero(odd, 3, 2);
    slong dimensions = plane->dimension + space->dimension + odd->dimension;
    ncf__line_list_init(&found);
    ncf__binary_lines(&found, plane, &options);
    slong binary = found.count;
    ncf__line_list_clear(&found);
    ncf__sphere_line(&found, space, 128);
    slong sphere = found.count;
    ncf__line_list_clear(&found);
    ncf_eigen_system_t *system = ncf__eigen_system_new(odd);
    int refused = system == NULL;
    ncf__eigen_system_free(system);
    ncf__tensor_clear(odd);
    ncf__tensor_clear(space);
    ncf__tensor_clear(plane);
    CHECK(dimensions == 2 + 3 + 3);
    CHECK(binary == 0);
    CHECK(sphere == 0);
    CHECK(refused);
}

/* ---- Inertia without a frame ----------------------------------------------------- */

/* The curvature of a line whose direction is not known must not be a number. */
static void test_curvature_needs_a_frame(void)
{
    static const slong rows[] = {1, 0, 0, 0, 1, 0, 0, 0, 1}, z[] = {1, 2, 3};
    ncf_tensor_t tensor;
    ncf_line_t line;
    arb_mat_t points;
    sample_tensor(tensor, 3, 3, 3, rows, z, 1);
    ncf__line_init(line, 0, 3);
    arb_mat_init(points, 3, 3);
    ncf__tensor_isometric(points, tensor, 128);
    arb_ptr e = _arb_vec_init(3);
    for (slong j = 0; j < 3; j++)
        arb_indeterminate(e + j);
    arb_one(line->mu);
    ncf__line_inertia(line, e, tensor, points, 128);
    int known = line->inertia_known, finite = arb_is_finite(line->curvature);
    _arb_vec_clear(e, 3);
    arb_mat_clear(points);
    ncf__line_clear(line);
    ncf__tensor_clear(tensor);
    CHECK(!known);
    CHECK(!finite);
}

/* ---- Whole problems -------------------------------------------------------------- */

static ncf_result_t *solve_text(const char *text, const char *lambda_min)
{
    ncf_error_t err;
    ncf_problem_t *problem;
    ncf_result_t *result = NULL;
    ncf_solve_options_t options;
    ncf_error_init(&err);
    ncf_solve_options_init(&options);
    options.lambda_min = lambda_min;
    if (ncf_problem_parse(&problem, text, strlen(text), "test.json", "", &err) == NCF_OK &&
        ncf_solve(&result, problem, &options, &err) != NCF_OK)
        result = NULL;
    if (err.status != NCF_OK)
        ncf_test_note("%s", err.text);
    ncf_problem_free(problem);
    return result;
}

/*
 * T(w) = 2 w_1 (w_2 + w_3 + w_4) has mu = sqrt(3), and lambda = 2 mu / sqrt(3) = 2 exactly: no
 * precision tells it from the bound 2, so the points with lambda >= 2 are not counted.
 */
static void test_lambda_on_the_bound(void)
{
    static const char star[] =
        "{\"ncf\": 1, \"network\": {\"type\": \"feedforward\", \"widths\": [4, 2, 1], "
        "\"activation\": {\"type\": \"power\", \"degree\": 2}}, \"data\": {\"x\": "
        "[[1, 1, 0, 0], [1, -1, 0, 0], [1, 0, 1, 0], [1, 0, -1, 0], [1, 0, 0, 1], "
        "[1, 0, 0, -1]], \"y\": [\"1/2\", \"-1/2\", \"1/2\", \"-1/2\", \"1/2\", \"-1/2\"]}}";
    static const char *const bounds[] = {"2", "1.999999999", "2.000000001"};
    static const int exits[] = {1, 0, 0};
    for (int i = 0; i < 3; i++) {
        ncf_result_t *result = solve_text(star, bounds[i]);
        int status = result != NULL ? ncf_result_exit(result) : -1;
        int counted = result != NULL && result->census.positive.known;
        slong listed = result != NULL ? result->orbits.count : -1;
        int all = result != NULL && result->orbits.all;
        ncf_result_free(result);
        CHECK_MSG(status == exits[i], "bound %s: exit %d", bounds[i], status);
        CHECK(counted == (i > 0));
        /* What is left out is below the bound: nothing further exists. */
        CHECK(listed == (i == 2 ? 0 : 2));
        CHECK(all);
    }
}

/* A denominator that a check with a prime chosen beforehand would divide by. */
static void test_denominator_is_a_prime_of_the_program(void)
{
    ncf_random_t random;
    ncf__random_init(&random, 1, 4);
    ulong p = n_nextprime(
        (UINT64_C(1) << 61) + ncf__random_below(&random, UINT64_C(1) << 60), 1);
    char *text = ncf__format(
        "{\"ncf\": 1, \"network\": {\"type\": \"feedforward\", \"widths\": [2, 1, 1], "
        "\"activation\": {\"type\": \"power\", \"degree\": 2}}, \"data\": {\"x\": "
        "[[1, \"1/%lu\"], [\"2/%lu\", 1]], \"y\": [\"3/%lu\", 1]}}", p, p, p);
    ncf_result_t *result = solve_text(text, NULL);
    int status = result != NULL ? ncf_result_exit(result) : -1;
    ncf_result_free(result);
    ncf__free(text);
    CHECK(status == 0);
}

int main(void)
{
    static const ncf_test_t tests[] = {
        {"a tensor that cancels is known to be zero", test_zero_tensor_is_seen},
        {"a zero tensor never has lines", test_hidden_zero_has_no_lines},
        {"no curvature without a frame", test_curvature_needs_a_frame},
        {"a lambda on the bound is not counted", test_lambda_on_the_bound},
        {"denominators divisible by primes", test_denominator_is_a_prime_of_the_program},
        {NULL, NULL},
    };
    return ncf_test_main("adversary", tests);
}
