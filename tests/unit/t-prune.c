/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * t-prune.c: the complete search of small deep networks (T-PRUNE) finds what theory.md and
 * the exact census of two layers say, and no KKT point that a search from many starts meets is
 * missing.
 */
#include "../harness.h"
#include "../problems.h"

#include "../../src/certify/prune.h"

#include <string.h>

static const slong planar_x[] = {1, 2, 3, -1, -1, 1, 2, 2};
static const slong planar_y[] = {1, -1, 2, 1};

/* A whole search on two threads. */
static void solve(ncf_prune_t *out, const struct ncf_problem *problem, slong denominator)
{
    fmpq_t bound;
    fmpq_init(bound);
    fmpq_set_si(bound, 1, (ulong) denominator);
    ncf_prune_search_t *search = ncf__prune_new(problem, bound);
    ncf__prune_run(search, 0, 2, NULL);
    ncf__prune_conclude(out, search, 128, 4096);
    ncf__prune_free(search);
    fmpq_clear(bound);
}

static slong count_points(const ncf_prune_t *result)
{
    slong total = 0;
    for (slong k = 0; k < result->count; k++)
        total += result->points[k].size_known ? fmpz_get_si(result->points[k].orbit_size)
                                              : -1000000;
    return total;
}

typedef struct {
    slong depth, widths[5], degrees[3], denominator;
    slong orbits, points;
} census_t;

static void check_census(const census_t *expected)
{
    struct ncf_problem problem;
    ncf_prune_t result;
    ncf_test_problem_init(&problem, expected->depth, expected->widths, expected->degrees, 4,
                          planar_x, planar_y);
    solve(&result, &problem, expected->denominator);
    slong orbits = result.count, points = count_points(&result);
    int proved = ncf_is_proved(result.complete) && ncf_is_proved(result.distinct);
    ncf__prune_clear(&result);
    ncf_test_problem_clear(&problem);
    CHECK(proved);
    CHECK_MSG(orbits == expected->orbits && points == expected->points,
              "%ld orbits, %ld points", (long) orbits, (long) points);
}

/* Two layers: (2m+1)^h - 1 points in C(h+m, m) - 1 orbits (T-DECOUPLE). */
static void test_two_layers(void)
{
    static const census_t census[] = {
        {2, {2, 1, 1}, {2}, 1000, 2, 4},   {2, {2, 2, 1}, {2}, 1000, 5, 24},
        {2, {2, 3, 1}, {2}, 1000, 9, 124}, {2, {2, 1, 1}, {3}, 1000, 3, 6},
        {2, {2, 2, 1}, {3}, 1000, 9, 48},  {2, {2, 1, 1}, {4}, 1000, 2, 4},
        {2, {2, 2, 1}, {4}, 1000, 5, 24},
    };
    for (size_t k = 0; k < sizeof(census) / sizeof(census[0]); k++)
        check_census(&census[k]);
}

/* The lambda of theory.md section 5, to the digits given there. */
static void test_square_planar(void)
{
    static const double lambda[] = {22.812018, 20.718533, 11.406009, 10.359267, 0.436555};
    static const slong widths[] = {2, 2, 1, 1}, degrees[] = {2, 2}, sizes[] = {8, 8, 8, 8, 16};
    struct ncf_problem problem;
    ncf_prune_t result;
    int right = 1, ranks = 0;
    ncf_test_problem_init(&problem, 3, widths, degrees, 4, planar_x, planar_y);
    solve(&result, &problem, 1000);
    slong count = result.count;
    for (slong k = 0; k < count && k < 5; k++) {
        const ncf_prune_point_t *point = &result.points[k];
        double value =
            arf_get_d(arb_midref(point->point.point + point->point.unknowns), ARF_RND_NEAR);
        right = right && fabs(value - lambda[k]) < 1e-6 && point->size_known &&
                fmpz_equal_si(point->orbit_size, sizes[k]);
    }
    if (count == 5)
        ranks =
            result.points[4].point.ranks[0].lower == 2 && result.points[4].point.index == 1;
    int proved = ncf_is_proved(result.complete) && ncf_is_proved(result.distinct);
    ncf__prune_clear(&result);
    ncf_test_problem_clear(&problem);
    CHECK(proved && count == 5);
    CHECK(right && ranks);
}

/* One unit a layer: the same lines as two layers of the degree of all activations together. */
static void test_chains(void)
{
    static const slong deep_widths[] = {2, 1, 1, 1, 1}, widths[] = {2, 1, 1};
    static const slong degrees[3][3] = {{2, 2}, {3, 3}, {2, 2, 2}};
    static const slong depths[] = {3, 3, 4}, product[] = {4, 9, 8};
    for (int k = 0; k < 3; k++) {
        struct ncf_problem deep, flat;
        ncf_prune_t deep_result, flat_result;
        ncf_test_problem_init(&deep, depths[k], deep_widths, degrees[k], 4, planar_x,
                              planar_y);
        ncf_test_problem_init(&flat, 2, widths, &product[k], 4, planar_x, planar_y);
        solve(&deep_result, &deep, 1000000);
        solve(&flat_result, &flat, 1000000);
        int proved =
            ncf_is_proved(deep_result.complete) && ncf_is_proved(flat_result.complete);
        slong orbits = deep_result.count, lines = flat_result.count;
        slong points = count_points(&deep_result);
        ncf__prune_clear(&deep_result);
        ncf__prune_clear(&flat_result);
        ncf_test_problem_clear(&deep);
        ncf_test_problem_clear(&flat);
        CHECK(proved);
        CHECK_MSG(orbits == lines && points == orbits << (depths[k] - 1),
                  "%ld orbits, %ld lines, %ld points", (long) orbits, (long) lines,
                  (long) points);
    }
}

/* Few directions, but p_1 p_2 p_3 = 4096 in the stratum with one unit a layer. */
static void test_degree(void)
{
    static const slong widths[] = {1, 2, 2, 2, 1}, degrees[] = {16, 16, 16};
    static const slong x[] = {1, 2}, y[] = {1, -1};
    struct ncf_problem problem;
    fmpq_t lambda_min;
    fmpq_init(lambda_min);
    fmpq_set_si(lambda_min, 1, 2);
    ncf_test_problem_init(&problem, 4, widths, degrees, 2, x, y);
    const char *reason = ncf__prune_unsupported(&problem);
    ncf_prune_search_t *search = ncf__prune_new(&problem, lambda_min);
    CHECK(reason != NULL && search == NULL);
    ncf__prune_free(search);
    ncf_test_problem_clear(&problem);
    fmpq_clear(lambda_min);
}

static const ncf_test_t tests[] = {
    {"networks of too high a degree are refused", test_degree},
    {"two layers: the exact census", test_two_layers},
    {"2-2-1-1, square: five orbits", test_square_planar},
    {"one unit a layer", test_chains},
    {NULL, NULL},
};

int main(void)
{
    return ncf_test_main("prune", tests);
}
