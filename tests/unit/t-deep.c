/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * t-deep.c: ncf_solve beyond two-layer power networks: what is listed, counted and called
 * complete, through the handles of the library.
 */
#include "../../src/pipeline/deep.h"
#include "../harness.h"

#include <math.h>
#include <string.h>

/* A problem with the plane data of the theory, or with other data. */
static const char *const plane =
    "{\"x\": [[1, 2], [3, -1], [-1, 1], [2, 2]], \"y\": [1, -1, 2, 1]}";
static const char *const linear = "{\"type\": \"linear\"}";
static const char *const square = "{\"type\": \"power\", \"degree\": 2}";

static ncf_result_t *solve(const char *widths, const char *activation, const char *data,
                           size_t top)
{
    ncf_problem_t *problem;
    ncf_result_t *result = NULL;
    ncf_error_t err;
    ncf_solve_options_t options;
    char *text =
        ncf__format("{\"ncf\": 1, \"network\": {\"type\": \"feedforward\", \"widths\": %s, "
                    "\"activation\": %s}, \"data\": %s}",
                    widths, activation, data);
    ncf_error_init(&err);
    ncf_solve_options_init(&options);
    options.top = top;
    if (ncf_problem_parse(&problem, text, strlen(text), "test", "", &err) == NCF_OK) {
        if (ncf_solve(&result, problem, &options, &err) != NCF_OK)
            result = NULL;
        ncf_problem_free(problem);
    }
    CHECK_MSG(result != NULL, "%s", err.text);
    ncf__free(text);
    return result;
}

static int count_is(const ncf_count_struct *count, slong value)
{
    return count->known && fmpz_equal_si(count->value, value);
}

static double lambda_of(const ncf_result_t *result, slong k)
{
    return arf_get_d(arb_midref(ncf__point_orbit_lambda(&result->deep->orbits.orbits[k])),
                     ARF_RND_NEAR);
}

static int audit_holds(const ncf_result_t *result)
{
    return ncf_is_proved(result->euler_identity) && ncf_is_proved(result->layer_norms) &&
           ncf_is_proved(result->network_check);
}

/* theory.md: 48 points in five orbits, of which one has rank two. */
static void test_plane(void)
{
    static const double lambda[] = {22.812018, 20.718533, 11.406009, 10.359267, 0.436555};
    static const slong size[] = {8, 8, 8, 8, 16};
    ncf_result_t *result = solve("[2, 2, 1, 1]", square, plane, 100);
    if (result == NULL)
        return;
    const ncf_deep_t *deep = result->deep;
    CHECK(ncf_is_proved(ncf_result_complete(result)) && ncf_result_exit(result) == 0);
    CHECK(deep->uses_prune && !deep->uses_search && audit_holds(result));
    CHECK(count_is(&result->census.positive, 48) && count_is(&result->census.orbits, 5));
    CHECK(count_is(&result->census.rank_one, 32));
    CHECK(count_is(&result->census.strict_second_order, 16));
    CHECK(deep->orbits.count == 5 && deep->others == 1 && deep->all_orbits);
    for (slong k = 0; k < deep->orbits.count && k < 5; k++) {
        const ncf_point_orbit_t *orbit = &deep->orbits.orbits[k];
        CHECK(fabs(lambda_of(result, k) - lambda[k]) < 1e-6);
        CHECK(orbit->size_known && fmpz_equal_si(orbit->size, size[k]));
        CHECK(ncf_is_proved(orbit->point.rank_one) == (k < 4));
        CHECK(ncf_is_refuted(orbit->point.rank_one) == (k == 4));
    }
    ncf_result_free(result);
}

/* --top keeps the largest and the counts. */
static void test_top(void)
{
    ncf_result_t *result = solve("[2, 2, 1, 1]", square, plane, 2);
    if (result == NULL)
        return;
    CHECK(result->deep->orbits.count == 2 && !result->deep->all_orbits);
    CHECK(count_is(&result->census.positive, 48));
    CHECK(fabs(lambda_of(result, 1) - 20.718533) < 1e-6);
    ncf_result_free(result);
}

/* Widths that allow rank one only: complete for every lambda, without a bound. */
static void test_forced(void)
{
    static const char *const widths[] = {"[2, 1, 1, 1]", "[2, 1, 3, 1]", "[2, 1, 1, 2, 1]"};
    static const slong points[] = {8, 2 * 2 * 26, 2 * 2 * 2 * 8};
    for (int k = 0; k < 3; k++) {
        ncf_result_t *result = solve(widths[k], square, plane, 100);
        if (result == NULL)
            continue;
        CHECK(ncf_is_proved(ncf_result_complete(result)) && ncf_result_exit(result) == 0);
        CHECK_MSG(count_is(&result->census.positive, points[k]), "%s", widths[k]);
        CHECK(!result->search.bounded && audit_holds(result));
        ncf_result_free(result);
    }
    /* One line of data takes the place of one unit: d = 1, n = 1. */
    ncf_result_t *result =
        solve("[1, 3, 1, 1]", square, "{\"x\": [[2], [-3]], \"y\": [1, 1]}", 100);
    if (result == NULL)
        return;
    CHECK(ncf_is_proved(ncf_result_complete(result)) &&
          count_is(&result->census.positive, 26 * 2));
    ncf_result_free(result);
}

/* The multiplier K^{1 - K/2} |m|, |m|^2 = 53, and the dimension of the family. */
static void test_linear(void)
{
    static const char *const widths[] = {"[2, 1]", "[2, 4, 1]", "[2, 3, 2, 1]",
                                         "[2, 1, 1, 1]"};
    static const slong depth[] = {1, 2, 3, 3}, dimension[] = {0, 3, 3, 0},
                       points[] = {1, 0, 0, 4};
    for (int k = 0; k < 4; k++) {
        ncf_result_t *result = solve(widths[k], linear, plane, 100);
        if (result == NULL)
            continue;
        const ncf_point_orbit_list_t *list = &result->deep->orbits;
        double expected = pow((double) depth[k], 1 - 0.5 * (double) depth[k]) * sqrt(53);
        CHECK(ncf_is_proved(ncf_result_complete(result)) && ncf_result_exit(result) == 0);
        CHECK(list->count == 1 && audit_holds(result));
        if (list->count == 1) {
            CHECK(fabs(lambda_of(result, 0) - expected) < 1e-9);
            CHECK(list->orbits[0].dimension == dimension[k]);
            CHECK(list->orbits[0].point.index == 0);
            CHECK(list->orbits[0].point.nullity == dimension[k]);
            CHECK(ncf_is_proved(list->orbits[0].point.rank_one));
        }
        CHECK(result->census.positive.known == (dimension[k] == 0));
        CHECK(dimension[k] > 0 || count_is(&result->census.positive, points[k]));
        ncf_result_free(result);
    }
}

/* N = 0, exactly: nothing to find, and that is proved. */
static void test_nothing(void)
{
    static const char *const opposite = "{\"x\": [[1, 2], [-1, -2]], \"y\": [1, -1]}";
    static const char *const same = "{\"x\": [[1, 2], [1, 2]], \"y\": [1, -1]}";
    const char *activations[] = {square, linear};
    const char *data[] = {opposite, same};
    for (int k = 0; k < 2; k++) {
        ncf_result_t *result = solve("[2, 2, 2, 1]", activations[k], data[k], 100);
        if (result == NULL)
            continue;
        CHECK(ncf_is_proved(ncf_result_complete(result)) && ncf_result_exit(result) == 0);
        CHECK(count_is(&result->census.positive, 0) && result->deep->orbits.count == 0);
        ncf_result_free(result);
    }
}

/* Linear layers beside others: families are proved, nothing is called complete. */
static void test_mixed(void)
{
    char *activations = ncf__format("[%s, %s]", square, linear);
    ncf_result_t *result = solve("[2, 2, 2, 1]", activations, plane, 100);
    ncf__free(activations);
    if (result == NULL)
        return;
    const ncf_deep_t *deep = result->deep;
    CHECK(ncf_is_undecided(ncf_result_complete(result)) && ncf_result_exit(result) == 1);
    CHECK(deep->part_count == 2 && ncf_is_proved(deep->parts[0].proved) &&
          !ncf_is_proved(deep->parts[1].proved));
    CHECK(deep->families.count == 4 && audit_holds(result));
    for (slong k = 0; k < deep->orbits.count; k++) {
        const ncf_point_orbit_t *orbit = &deep->orbits.orbits[k];
        if (orbit->line >= 0)
            CHECK(orbit->dimension == 1 && !orbit->size_known);
        else /* what may be a family is not counted as another point */
            CHECK(orbit->not_separated || ncf_is_refuted(orbit->point.rank_one) ||
                  lambda_of(result, k) < 4.38);
    }
    ncf_result_free(result);
}

/* More weights than fit in a machine: families by line and supports alone. */
static void test_wide(void)
{
    ncf_result_t *result = solve("[2, 1000000, 500000, 1]", square, plane, 5);
    if (result == NULL)
        return;
    const ncf_deep_t *deep = result->deep;
    CHECK(ncf_is_undecided(ncf_result_complete(result)) && deep->orbits.count == 5);
    CHECK(fabs(lambda_of(result, 0) - 22.812018) < 1e-6);
    for (slong k = 0; k < deep->orbits.count; k++)
        CHECK(!deep->orbits.orbits[k].has_weights);
    fmpz_t strict;
    fmpz_init(strict);
    fmpz_set_str(strict, "4000000000000", 10);
    int right = result->census.strict_second_order.known &&
                fmpz_equal(result->census.strict_second_order.value, strict);
    fmpz_clear(strict);
    CHECK(right);
    ncf_result_free(result);
}

int main(void)
{
    static const ncf_test_t tests[] = {{"the plane data", test_plane},
                                       {"top", test_top},
                                       {"widths that force rank one", test_forced},
                                       {"deep linear", test_linear},
                                       {"N = 0", test_nothing},
                                       {"linear layers between", test_mixed},
                                       {"wide", test_wide},
                                       {NULL, NULL}};
    return ncf_test_main("deep", tests);
}
