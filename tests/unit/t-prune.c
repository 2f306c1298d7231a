/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * t-prune.c: the complete search of small deep networks (T-PRUNE) finds what theory.md and
 * the exact census of two layers say, and no KKT point that a search from many starts meets is
 * missing.
 */
#include "../harness.h"
#include "../problems.h"

#include "../../src/certify/prune.h"
#include "../../src/kkt/symmetry.h"
#include "../../src/pipeline/collect.h"

#include <string.h>

static const slong planar_x[] = {1, 2, 3, -1, -1, 1, 2, 2};
static const slong planar_y[] = {1, -1, 2, 1};

/* A search on two threads, of so many seconds at most; 0: to the end. */
static void solve_within(ncf_prune_t *out, const struct ncf_problem *problem,
                         slong denominator, double seconds)
{
    ncf_limits_t limits = {.deadline = seconds > 0 ? ncf__clock() + seconds : 0};
    fmpq_t bound;
    fmpq_init(bound);
    fmpq_set_si(bound, 1, (ulong) denominator);
    ncf_prune_search_t *search = ncf__prune_new(problem, bound);
    ncf__prune_run(search, 0, 2, &limits);
    ncf__prune_conclude(out, search, 128, 4096);
    ncf__prune_free(search);
    fmpq_clear(bound);
}

static void solve(ncf_prune_t *out, const struct ncf_problem *problem, slong denominator)
{
    solve_within(out, problem, denominator, 0);
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

/*
 * A curve of KKT points, for an open set of data: the matrix B of T-PRUNE, lemma 10, is a
 * multiple of the identity. lambda is constant on it.
 */
static void test_curve(void)
{
    static const slong x[] = {1, 0, 0, 1, 1, 1, 1, -1, 2, 1}, y[] = {2, 3, 1, 2, 1};
    static const slong widths[] = {2, 3, 1, 1}, degrees[] = {2, 2};
    struct ncf_problem problem;
    ncf_prune_t result;
    double lambda = 0;
    slong dimension = -1;
    ncf_test_problem_init(&problem, 3, widths, degrees, 5, x, y);
    solve(&result, &problem, 2);
    slong components = result.component_count, points = result.count;
    if (components == 1) {
        lambda = arf_get_d(arb_midref(result.components[0].lambda), ARF_RND_NEAR);
        dimension = result.components[0].dimension;
    }
    int proved = ncf_is_proved(result.complete) && ncf_is_proved(result.distinct);
    ncf__prune_clear(&result);
    ncf_test_problem_clear(&problem);
    CHECK(proved && points == 13);
    CHECK(components == 1 && dimension == 1 && fabs(lambda - 0.557367) < 1e-6);
}

/* ---- Stopping and going on -------------------------------------------------------- */

/* Runs in pieces of a few hundred boxes; after each one the state goes through a file. */
static void solve_in_pieces(ncf_prune_t *out, const struct ncf_problem *problem,
                            const fmpq_t bound, int *right)
{
    ncf_prune_search_t *search = ncf__prune_new(problem, bound);
    for (int piece = 0; piece < 50; piece++) {
        FILE *file = tmpfile();
        ncf__prune_run(search, 500, 2, NULL);
        *right = *right && file != NULL && ncf__prune_save(file, search, NULL) == NCF_OK;
        ncf__prune_free(search);
        rewind(file);
        *right = *right && ncf__prune_load(&search, file, problem, bound, NULL) == NCF_OK;
        fclose(file);
        if (!*right)
            return;
    }
    ncf__prune_run(search, 0, 1, NULL);
    ncf__prune_conclude(out, search, 128, 4096);
    ncf__prune_free(search);
}

static void test_pieces(void)
{
    static const slong widths[] = {2, 3, 1, 1}, degrees[] = {2, 2};
    struct ncf_problem problem;
    ncf_prune_t whole, pieces;
    fmpq_t bound;
    int right = 1, same = 0;
    fmpq_init(bound);
    fmpq_set_si(bound, 1, 1000);
    ncf_test_problem_init(&problem, 3, widths, degrees, 4, planar_x, planar_y);
    solve(&whole, &problem, 1000);
    solve_in_pieces(&pieces, &problem, bound, &right);
    if (right) {
        same = whole.count == pieces.count && whole.boxes == pieces.boxes &&
               ncf_is_proved(pieces.complete);
        for (slong k = 0; k < whole.count && same; k++)
            same = arb_equal(whole.points[k].point.point, pieces.points[k].point.point);
        ncf__prune_clear(&pieces);
    }
    ncf__prune_clear(&whole);
    ncf_test_problem_clear(&problem);
    fmpq_clear(bound);
    CHECK(right);
    CHECK(same);
}

/* A text that was cut, changed, or made for something else is refused. */
static void test_bad_states(void)
{
    static const slong widths[] = {2, 2, 1, 1}, degrees[] = {2, 2};
    struct ncf_problem problem;
    char text[20000];
    fmpq_t bound, other;
    int refused = 0;
    fmpq_init(bound);
    fmpq_init(other);
    fmpq_set_si(bound, 1, 10);
    fmpq_set_si(other, 1, 11);
    ncf_test_problem_init(&problem, 3, widths, degrees, 4, planar_x, planar_y);
    ncf_prune_search_t *search = ncf__prune_new(&problem, bound), *read = NULL;
    FILE *file = tmpfile();
    int saved = ncf__prune_save(file, search, NULL) == NCF_OK;
    rewind(file);
    refused += ncf__prune_load(&read, file, &problem, other, NULL) == NCF_EARG && read == NULL;
    rewind(file);
    size_t length = fread(text, 1, sizeof(text), file);
    fclose(file);
    for (int k = 0; k < 2; k++) {
        file = tmpfile();
        if (k == 1)
            text[length / 2] ^= 1;
        fwrite(text, 1, k == 0 ? length - 5 : length, file);
        rewind(file);
        refused +=
            ncf__prune_load(&read, file, &problem, bound, NULL) == NCF_EPARSE && read == NULL;
        fclose(file);
    }
    ncf__prune_free(search);
    ncf_test_problem_clear(&problem);
    fmpq_clear(other);
    fmpq_clear(bound);
    CHECK(saved && length < sizeof(text));
    CHECK(refused == 3);
}

/* ---- Against a search from many starts -------------------------------------------- */

static int is_listed(const ncf_prune_t *result, const ncf_certified_point_t *point,
                     const ncf_symmetry_group_t group)
{
    ncf_orbit_member_t found = {point->point, point->box, 0};
    for (slong k = 0; k < result->count; k++) {
        ncf_orbit_member_t listed = {result->points[k].point.point,
                                     result->points[k].point.box, 0};
        if (ncf_is_proved(ncf__symmetry_same_orbit(NULL, group, &listed, &found)))
            return 1;
    }
    return 0;
}

/* Isolated points that a short search certifies above the bound and that are not listed. */
static slong count_missing(const ncf_prune_t *result, const struct ncf_problem *problem,
                           slong *met)
{
    ncf_network_t network;
    ncf_symmetry_group_t group;
    ncf_collect_options_t options;
    ncf_collection_t found;
    slong missing = 0;
    if (!ncf__network_init(network, problem))
        return 1;
    ncf__symmetry_init(group, network);
    ncf__collect_options_init(&options, network, problem);
    options.seed = ncf_test_seed();
    options.max_starts = 60;
    options.lambda_min = result->lambda_min;
    ncf__collect_init(&found, problem, network, &options, NULL);
    for (slong k = 0; k < found.orbits.count; k++) {
        missing += !is_listed(result, &found.orbits.orbits[k].point, group);
        ++*met;
    }
    ncf__collect_clear(&found);
    ncf__symmetry_clear(group);
    ncf__network_clear(network);
    return missing;
}

/* Small integers, with parallel, equal and zero points now and then. */
static void random_problem(struct ncf_problem *problem, const slong *widths,
                           const slong *degrees, ncf_random_t *random)
{
    slong x[6 * 3], y[6], points = 2 + (slong) ncf__random_below(random, 4);
    for (slong i = 0; i < points * widths[0]; i++)
        x[i] = (slong) ncf__random_below(random, 7) - 3;
    for (slong i = 0; i < points; i++)
        y[i] = (slong) ncf__random_below(random, 7) - 3;
    ncf_test_problem_init(problem, 3, widths, degrees, points, x, y);
}

static void test_random(void)
{
    static const slong widths[][4] = {{2, 2, 1, 1}, {2, 2, 1, 1}, {2, 1, 2, 1},
                                      {2, 2, 2, 1}, {2, 3, 1, 1}, {3, 2, 1, 1}};
    static const slong degrees[][2] = {{2, 2}, {3, 2}, {2, 3}, {2, 2}, {2, 2}, {2, 2}};
    ncf_random_t random;
    slong missing = 0, met = 0, complete = 0;
    ncf__random_init(&random, ncf_test_seed(), 4);
    for (long k = 0; k < ncf_test_count(18); k++) {
        struct ncf_problem problem;
        ncf_prune_t result;
        random_problem(&problem, widths[k % 6], degrees[k % 6], &random);
        solve_within(&result, &problem, 20, 0.5);
        if (ncf_is_proved(result.complete)) {
            complete++;
            missing += count_missing(&result, &problem, &met);
        }
        ncf__prune_clear(&result);
        ncf_test_problem_clear(&problem);
    }
    CHECK_MSG(missing == 0, "%ld of %ld points are missing", (long) missing, (long) met);
    CHECK(complete > 0 && met > 0);
}

static const ncf_test_t tests[] = {
    {"networks of too high a degree are refused", test_degree},
    {"two layers: the exact census", test_two_layers},
    {"2-2-1-1, square: five orbits", test_square_planar},
    {"one unit a layer", test_chains},
    {"a curve of KKT points", test_curve},
    {"stopping and going on", test_pieces},
    {"states that are refused", test_bad_states},
    {"random data against a search", test_random},
    {NULL, NULL},
};

int main(void)
{
    return ncf_test_main("prune", tests);
}
