/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * t-rank_one.c: the closed forms of T-RANKONE against the network itself: gradient, value,
 * and the spectrum of the projected Hessian in doubles; sizes against the orbits listed
 * point by point; the proof of exact rank one.
 */
#include "../../src/certify/kkt_point.h"
#include "../../src/certify/point.h"
#include "../../src/certify/rank_one_proof.h"
#include "../../src/kkt/rank_one.h"
#include "../../src/pipeline/pipeline.h"
#include "../../src/solve/multi_start.h"
#include "../harness.h"
#include "../problems.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PREC 160

/* A problem with its shape, tensor, lines and families. */
typedef struct {
    struct ncf_problem problem;
    ncf_rank_one_shape_t shape;
    ncf_network_t network;
    ncf_tensor_t tensor;
    fmpq_mat_t weights;
    ncf_line_search_t search;
    slong *above, *equal;
    ncf_rank_one_list_t list;
} sample_t;

static void count_first_layer(sample_t *s)
{
    slong count = s->search.lines.count;
    fmpq_t bound;
    fmpq_init(bound);
    s->above = calloc((size_t) count + 1, sizeof(slong));
    s->equal = calloc((size_t) count + 1, sizeof(slong));
    if (s->shape.degrees[0] > 1)
        fmpq_set_si(bound, s->shape.order - 1, (ulong) (s->shape.degrees[0] - 1));
    for (slong i = 0; s->shape.degrees[0] > 1 && i < count; i++)
        ncf__line_count_above(&s->above[i], &s->equal[i], &s->search.lines.lines[i], bound,
                              s->tensor, PREC);
    fmpq_clear(bound);
}

/* The problem is set already. */
static void sample_solve(sample_t *s)
{
    ncf_limits_t limits = {0, NULL, NULL, NULL};
    ncf_solve_options_t options;
    ncf_solve_options_init(&options);
    NCF_REQUIRE(ncf__rank_one_shape_init(&s->shape, &s->problem));
    NCF_REQUIRE(ncf__network_init(s->network, &s->problem));
    fmpq_mat_init(s->weights, s->problem.points, 1);
    ncf__problem_weights(s->weights, &s->problem);
    ncf__tensor_init(s->tensor, s->shape.order, s->problem.x, s->weights);
    arb_t factor;
    arb_init(factor);
    ncf__rank_one_top_factor(factor, &s->shape, PREC);
    ncf__line_search_init(&s->search, s->tensor, factor, &options, &limits);
    arb_clear(factor);
    count_first_layer(s);
    ncf_first_layer_t first = {s->above, s->equal};
    ncf__rank_one_list_init(&s->list, &s->shape, &s->search.lines, &first, 1000, NULL, PREC,
                            NULL);
}

static void sample_clear(sample_t *s)
{
    ncf__rank_one_list_clear(&s->list);
    free(s->above);
    free(s->equal);
    ncf__line_search_clear(&s->search, s->problem.x->c);
    ncf__tensor_clear(s->tensor);
    fmpq_mat_clear(s->weights);
    ncf__network_clear(s->network);
    ncf__rank_one_shape_clear(&s->shape);
    ncf_test_problem_clear(&s->problem);
}

static slong unit_count(const ncf_rank_one_shape_t *shape)
{
    slong units = 0;
    for (slong l = 0; l + 1 < shape->depth; l++)
        units += shape->widths[l + 1];
    return units;
}

/* The representative, n + 1 balls with lambda last. */
static arb_ptr representative(const sample_t *s, const ncf_rank_one_family_t *family,
                              const signed char *pattern)
{
    slong n = s->network->unknowns;
    arb_ptr u = _arb_vec_init(n + 1),
            reduced = _arb_vec_init(s->shape.widths[0] + s->shape.depth);
    signed char *signs = malloc((size_t) unit_count(&s->shape) + 1);
    ncf__rank_one_first_units(signs, &s->shape, family->supports);
    ncf__rank_one_reduced(reduced, &s->shape, &s->search.lines.lines[family->line], PREC);
    ncf__rank_one_lift(u, &s->shape, reduced, pattern != NULL ? pattern : signs, PREC);
    arb_set(u + n, family->lambda);
    free(signs);
    _arb_vec_clear(reduced, s->shape.widths[0] + s->shape.depth);
    return u;
}

/* ---- The spectrum ---------------------------------------------------------------- */

static double *to_doubles(const fmpq_mat_t m)
{
    slong rows = fmpq_mat_nrows(m), columns = fmpq_mat_ncols(m);
    double *out = malloc((size_t) (rows * columns) * sizeof(*out));
    for (slong k = 0; k < rows * columns; k++)
        out[k] = fmpq_get_d(fmpq_mat_entry(m, k / columns, k % columns));
    return out;
}

/* a = P (H - lambda I) P + big u u^T, with P = I - u u^T */
static void project(double *a, const double *u, double lambda, slong n)
{
    double *hu = calloc((size_t) n, sizeof(*hu)), uhu = 0;
    for (slong i = 0; i < n; i++)
        a[i * n + i] -= lambda;
    for (slong i = 0; i < n; i++) {
        for (slong j = 0; j < n; j++)
            hu[i] += a[i * n + j] * u[j];
        uhu += u[i] * hu[i];
    }
    for (slong i = 0; i < n; i++) {
        for (slong j = 0; j < n; j++)
            a[i * n + j] += (uhu - 1000 * lambda) * u[i] * u[j] - u[i] * hu[j] - hu[i] * u[j];
    }
    free(hu);
}

/* Positive and zero eigenvalues and the smallest modulus of a negative one, in doubles. */
static void brute_inertia(slong *positive, slong *zero, double *gap, const sample_t *s,
                          arb_srcptr u)
{
    slong n = s->network->unknowns;
    double *x = to_doubles(s->problem.x), *z = to_doubles(s->weights);
    double *point = malloc((size_t) (n + 1) * sizeof(*point));
    double *h = malloc((size_t) (n * n) * sizeof(*h)),
           *v = malloc((size_t) (n * n) * sizeof(*v));
    double *a = malloc((size_t) (n * n) * sizeof(*a));
    for (slong j = 0; j <= n; j++)
        point[j] = arf_get_d(arb_midref(u + j), ARF_RND_NEAR);
    ncf__network_eval_double(NULL, NULL, h, point, s->network, x, z, s->problem.points);
    project(h, point, point[n], n);
    memcpy(a, h, (size_t) (n * n) * sizeof(*a));
    ncf__dense_eigenvectors(v, a, n);
    *positive = *zero = 0;
    *gap = HUGE_VAL;
    for (slong k = 0; k < n; k++) {
        double value = 0;
        for (slong i = 0; i < n; i++)
            for (slong j = 0; j < n; j++)
                value += v[k * n + i] * h[i * n + j] * v[k * n + j];
        value /= point[n];
        *positive += value > 1e-7;
        *zero += fabs(value) <= 1e-7;
        if (value < -1e-7 && value > -900 && -value * point[n] < *gap)
            *gap = -value * point[n];
    }
    free(a);
    free(v);
    free(h);
    free(point);
    free(z);
    free(x);
}

static void check_family(const sample_t *s, const ncf_rank_one_family_t *family)
{
    slong n = s->network->unknowns, positive, zero;
    double gap;
    arf_t bound;
    arf_init(bound);
    arb_ptr u = representative(s, family, NULL);
    int kkt = ncf__kkt_residual(bound, u, u + n, s->network, s->problem.x, s->weights, PREC);
    int small = arf_cmp_d(bound, 1e-20 * arf_get_d(arb_midref(u + n), ARF_RND_NEAR)) < 0;
    CHECK(kkt && small);
    brute_inertia(&positive, &zero, &gap, s, u);
    CHECK_MSG(positive == family->index, "index %ld, brute force %ld", (long) family->index,
              (long) positive);
    CHECK_MSG(zero == family->nullity, "nullity %ld, brute force %ld", (long) family->nullity,
              (long) zero);
    CHECK(family->nullity >= family->dimension);
    int strict = positive == 0 && zero == 0;
    CHECK(strict == (family->second_order == NCF_SECOND_ORDER_STRICT));
    if (family->index == 0 && zero == family->dimension && arb_is_finite(family->gap)) {
        double proved = arf_get_d(arb_midref(family->gap), ARF_RND_NEAR);
        CHECK_MSG(fabs(proved - gap) < 1e-6 * proved, "gap %g, brute force %g", proved, gap);
    }
    CHECK(!strict || arb_is_finite(family->gap));
    _arb_vec_clear(u, n + 1);
    arf_clear(bound);
}

static const struct {
    slong depth, widths[5], degrees[3], points;
} shapes[] = {
    {3, {2, 2, 2, 1}, {2, 2}, 4},       {3, {2, 2, 1, 1}, {2, 2}, 4},
    {3, {2, 1, 1, 1}, {2, 3}, 4},       {3, {2, 3, 2, 1}, {3, 2}, 5},
    {3, {3, 2, 2, 1}, {2, 2}, 5},       {3, {1, 2, 2, 1}, {2, 2}, 2},
    {4, {2, 2, 2, 2, 1}, {2, 2, 2}, 4}, {3, {2, 2, 3, 1}, {1, 2}, 4},
    {3, {2, 2, 3, 1}, {2, 1}, 4},       {4, {2, 3, 2, 1, 1}, {2, 1, 3}, 4},
    {3, {3, 1, 1, 1}, {2, 1}, 4},       {2, {2, 3, 1}, {3}, 4},
    {3, {2, 2, 2, 1}, {3, 3}, 4},       {3, {3, 2, 2, 1}, {3, 1}, 4},
    {3, {2, 3, 3, 1}, {2, 2}, 1},
};

static void test_spectrum(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 0);
    slong families = 0, ascents = 0;
    for (long round = 0; round < ncf_test_count(3); round++) {
        for (size_t k = 0; k < sizeof(shapes) / sizeof(shapes[0]); k++) {
            sample_t s;
            ncf_test_problem_random(&s.problem, shapes[k].depth, shapes[k].widths,
                                    shapes[k].degrees, shapes[k].points, &random);
            sample_solve(&s);
            CHECK(ncf_is_proved(s.search.lines.complete));
            for (slong f = 0; f < s.list.count; f++) {
                check_family(&s, &s.list.families[f]);
                ascents +=
                    s.above[s.list.families[f].line] > 0 && s.list.families[f].supports[0] > 1;
            }
            families += s.list.count;
            sample_clear(&s);
        }
    }
    CHECK_MSG(families > 100, "%ld families", (long) families);
    /* The second kind of tangential directions of the first layer did occur. */
    CHECK(ascents > 0);
}

/* ---- theory.md's example and sizes ----------------------------------------------- */

static const slong plane_x[] = {1, 2, 3, -1, -1, 1, 2, 2}, plane_y[] = {1, -1, 2, 1};

static void plane_sample(sample_t *s, slong depth, const slong *widths, const slong *degrees)
{
    ncf_test_problem_init(&s->problem, depth, widths, degrees, 4, plane_x, plane_y);
    sample_solve(s);
}

static void test_example(void)
{
    static const double lambda[] = {22.812018, 20.718533, 11.406009, 10.359267};
    sample_t s;
    plane_sample(&s, 3, (slong[]){2, 2, 1, 1}, (slong[]){2, 2});
    CHECK(s.list.count == 4 && s.list.all);
    for (slong f = 0; f < s.list.count && f < 4; f++) {
        double value = arf_get_d(arb_midref(s.list.families[f].lambda), ARF_RND_NEAR);
        CHECK_MSG(fabs(value - lambda[f]) < 1e-6, "lambda %.8f", value);
        CHECK(fmpz_equal_si(s.list.families[f].size, 8));
    }
    ncf_census_t census;
    ncf__rank_one_census_init(&census, &s.shape, &s.search.lines, NULL, PREC);
    CHECK(census.positive.known && fmpz_equal_si(census.positive.value, 32));
    CHECK(census.orbits.known && fmpz_equal_si(census.orbits.value, 4));
    ncf__census_clear(&census);
    sample_clear(&s);
    plane_sample(&s, 3, (slong[]){2, 1, 2, 1}, (slong[]){2, 2});
    double first = arf_get_d(arb_midref(s.list.families[0].lambda), ARF_RND_NEAR);
    double third = arf_get_d(arb_midref(s.list.families[2].lambda), ARF_RND_NEAR);
    CHECK(fabs(first - lambda[0]) < 1e-6 && fabs(third - lambda[0] / sqrt(2)) < 1e-6);
    sample_clear(&s);
}

static int compare_points(const void *a, const void *b)
{
    const double *p = *(double *const *) a, *q = *(double *const *) b;
    for (slong j = 1; j <= (slong) p[0]; j++) {
        if (fabs(p[j] - q[j]) > 1e-9)
            return p[j] < q[j] ? -1 : 1;
    }
    return 0;
}

/* Number of different points of all patterns with these sizes, both signs of b included. */
static slong brute_size(const sample_t *s, const ncf_rank_one_family_t *family)
{
    slong n = s->network->unknowns, units = unit_count(&s->shape), count = 0, patterns = 1;
    signed char *signs = malloc((size_t) units);
    for (slong k = 0; k < units; k++)
        patterns *= 3;
    double **points = malloc((size_t) patterns * sizeof(*points));
    for (slong code = 0; code < patterns; code++) {
        int fits = 1;
        slong rest = code, at = 0;
        for (slong l = 0; l + 1 < s->shape.depth; l++) {
            slong support = 0;
            for (slong j = 0; j < s->shape.widths[l + 1]; j++, rest /= 3) {
                signs[at] = (signed char) (rest % 3 - 1);
                support += signs[at++] != 0;
            }
            fits = fits && support == family->supports[l];
        }
        if (!fits)
            continue;
        arb_ptr u = representative(s, family, signs);
        points[count] = malloc((size_t) (n + 1) * sizeof(double));
        points[count][0] = (double) n;
        for (slong j = 0; j < n; j++)
            points[count][j + 1] = arf_get_d(arb_midref(u + j), ARF_RND_NEAR);
        count++;
        _arb_vec_clear(u, n + 1);
    }
    qsort(points, (size_t) count, sizeof(*points), compare_points);
    slong different = count > 0;
    for (slong k = 1; k < count; k++)
        different += compare_points(&points[k - 1], &points[k]) != 0;
    for (slong k = 0; k < count; k++)
        free(points[k]);
    free(points);
    free(signs);
    return different;
}

static void test_sizes(void)
{
    static const slong widths[][5] = {{2, 2, 2, 1, 0}, {2, 3, 2, 1, 0}, {2, 2, 1, 2, 1}};
    static const slong degrees[][3] = {{2, 3, 0}, {3, 2, 0}, {2, 2, 3}};
    static const slong depth[] = {3, 3, 4};
    for (int k = 0; k < 3; k++) {
        sample_t s;
        slong sum = 0;
        plane_sample(&s, depth[k], widths[k], degrees[k]);
        for (slong f = 0; f < s.list.count; f++) {
            slong size = brute_size(&s, &s.list.families[f]);
            CHECK_MSG(fmpz_equal_si(s.list.families[f].size, size), "%ld points", (long) size);
            sum += size;
        }
        ncf_census_t census;
        ncf__rank_one_census_init(&census, &s.shape, &s.search.lines, NULL, PREC);
        CHECK(fmpz_equal_si(census.positive.value, sum));
        CHECK(fmpz_equal_si(census.orbits.value, s.list.count));
        ncf__census_clear(&census);
        sample_clear(&s);
    }
}

/* With a bound in the middle of the values the census is the sum over the list. */
static void test_bounded_census(void)
{
    sample_t s;
    arb_t bound;
    fmpz_t sum;
    ncf_census_t census;
    arb_init(bound);
    fmpz_init(sum);
    plane_sample(&s, 3, (slong[]){2, 3, 3, 1}, (slong[]){2, 2});
    arb_set_d(bound, 8.0);
    slong orbits = 0;
    for (slong f = 0; f < s.list.count; f++) {
        if (!arb_gt(s.list.families[f].lambda, bound))
            continue;
        fmpz_add(sum, sum, s.list.families[f].size);
        orbits++;
    }
    ncf__rank_one_census_init(&census, &s.shape, &s.search.lines, bound, PREC);
    CHECK(orbits > 2 && orbits < s.list.count);
    CHECK(census.positive.known && fmpz_equal(census.positive.value, sum));
    CHECK(fmpz_equal_si(census.orbits.value, orbits));
    ncf__census_clear(&census);
    sample_clear(&s);
    fmpz_clear(sum);
    arb_clear(bound);
}

/* Data without a point of non-zero weight, one point, parallel points: no or one line. */
static void test_small_data(void)
{
    static const slong x[] = {1, 2, 2, 4, -1, -2}, zero[] = {0, 0, 0}, one[] = {2, 0, 0};
    static const slong cancel[] = {16, -1, 0}, all[] = {1, 1, 1};
    static const slong *labels[] = {zero, one, cancel, all};
    static const slong lines[] = {0, 1, 0, 1};
    for (int k = 0; k < 4; k++) {
        sample_t s;
        ncf_test_problem_init(&s.problem, 3, (slong[]){2, 2, 2, 1}, (slong[]){2, 2}, 3, x,
                              labels[k]);
        sample_solve(&s);
        CHECK(s.search.lines.count == lines[k] && s.list.count == 4 * lines[k]);
        for (slong f = 0; f < s.list.count; f++)
            check_family(&s, &s.list.families[f]);
        sample_clear(&s);
    }
}

/* ---- Exact rank one -------------------------------------------------------------- */

/* Proves the KKT point near (u, lambda), which becomes an enclosure; box: of uniqueness. */
static int enclose(arb_ptr box, arb_ptr u, const sample_t *s, slong max_precision)
{
    slong n = s->network->unknowns;
    ncf_certified_point_t record;
    const ncf_point_options_t options = {100, max_precision, NULL};
    ncf__certified_point_init(&record, s->network);
    ncf__certify_point(&record, u, &s->problem, s->network, &options);
    int proved = ncf_is_proved(record.exists) && record.slice_dimension == 0;
    if (proved) {
        _arb_vec_set(box, record.box, n + 1);
        _arb_vec_set(u, record.point, n + 1);
    }
    ncf__certified_point_clear(&record);
    return proved;
}

/* The verdict for a point of the family with that pattern. */
static ncf_verdict_t prove_point(const sample_t *s, const ncf_rank_one_family_t *family,
                                 const signed char *pattern)
{
    slong n = s->network->unknowns;
    ncf_verdict_t verdict = ncf_undecided();
    arb_ptr u = representative(s, family, pattern), box = _arb_vec_init(n + 1);
    if (enclose(box, u, s, 2000))
        verdict = ncf__rank_one_prove(box, u, &s->problem, s->network, 2000);
    _arb_vec_clear(box, n + 1);
    _arb_vec_clear(u, n + 1);
    return verdict;
}

static void test_proof(void)
{
    static const signed char pattern[] = {-1, 1, 0, -1, 0, 1};
    sample_t s;
    plane_sample(&s, 3, (slong[]){2, 3, 3, 1}, (slong[]){2, 3});
    slong proved = 0, refuted = 0;
    for (slong f = 0; f < s.list.count; f++) {
        ncf_verdict_t verdict = prove_point(&s, &s.list.families[f], NULL);
        proved += ncf_is_proved(verdict);
        refuted += ncf_is_refuted(verdict);
    }
    CHECK_MSG(s.list.count > 10 && proved == s.list.count, "%ld of %ld", (long) proved,
              (long) s.list.count);
    CHECK(refuted == 0);
    for (slong f = 0; f < s.list.count; f++) {
        const slong *supports = s.list.families[f].supports;
        if (supports[0] == 2 && supports[1] == 2)
            CHECK(ncf_is_proved(prove_point(&s, &s.list.families[f], pattern)));
    }
    sample_clear(&s);
}

static void eval(double *value, double *gradient, double *hessian, const double *u,
                 void *context)
{
    const sample_t *s = context;
    double *x = to_doubles(s->problem.x), *z = to_doubles(s->weights);
    ncf__network_eval_double(value, gradient, hessian, u, s->network, x, z, s->problem.points);
    free(z);
    free(x);
}

/* The points that a search finds: one orbit among them has rank two, lambda = 0.436555. */
static void test_refutation(void)
{
    sample_t s;
    ncf_multi_start_t found;
    ncf_multi_start_options_t options;
    plane_sample(&s, 3, (slong[]){2, 2, 1, 1}, (slong[]){2, 2});
    slong n = s.network->unknowns, refuted = 0, proved = 0, wrong = 0;
    ncf_objective_t objective = {.n = n, .context = &s, .eval = eval};
    ncf__multi_start_options_init(&options);
    options.max_starts = 2000;
    options.lambda_min = 0.01;
    ncf__multi_start_init(&found, &objective, &options, NULL);
    arb_ptr u = _arb_vec_init(n + 1), box = _arb_vec_init(n + 1);
    for (slong k = 0; k < found.count; k++) {
        for (slong j = 0; j < n; j++)
            arb_set_d(u + j, found.points[k].u[j]);
        arb_set_d(u + n, found.points[k].lambda);
        if (!enclose(box, u, &s, 512))
            continue;
        double lambda = arf_get_d(arb_midref(u + n), ARF_RND_NEAR);
        ncf_verdict_t verdict = ncf__rank_one_prove(box, u, &s.problem, s.network, 512);
        refuted += ncf_is_refuted(verdict);
        proved += ncf_is_proved(verdict);
        wrong += ncf_is_refuted(verdict) != (fabs(lambda - 0.436555) < 1e-5);
        wrong += ncf_is_proved(verdict) != (lambda > 10);
    }
    CHECK(refuted > 0 && proved > 0 && wrong == 0);
    /* An unbounded box holds the lift, and proves nothing. */
    _arb_vec_indeterminate(box, n + 1);
    arb_ptr lift = representative(&s, &s.list.families[0], NULL);
    ncf_verdict_t verdict = ncf__rank_one_prove(box, lift, &s.problem, s.network, 512);
    CHECK(ncf_is_undecided(verdict));
    _arb_vec_clear(lift, n + 1);
    _arb_vec_clear(box, n + 1);
    _arb_vec_clear(u, n + 1);
    ncf__multi_start_clear(&found);
    sample_clear(&s);
}

static void test_shape(void)
{
    struct ncf_problem problem;
    ncf_rank_one_shape_t shape;
    ncf_test_problem_init(&problem, 3, (slong[]){2, 1, 1, 1}, (slong[]){30, 30}, 4, plane_x,
                          plane_y);
    CHECK(!ncf__rank_one_shape_init(&shape, &problem));
    problem.network.activations[0].degree = 17;
    int fits = ncf__rank_one_shape_init(&shape, &problem);
    CHECK(fits && shape.order == 510 && shape.homogeneity == 541);
    if (fits)
        ncf__rank_one_shape_clear(&shape);
    ncf_test_problem_clear(&problem);
}

int main(void)
{
    static const ncf_test_t tests[] = {{"spectrum", test_spectrum},
                                       {"example", test_example},
                                       {"sizes", test_sizes},
                                       {"bounded census", test_bounded_census},
                                       {"small data", test_small_data},
                                       {"proof of rank one", test_proof},
                                       {"refutation", test_refutation},
                                       {"shape", test_shape},
                                       {NULL, NULL}};
    return ncf_test_main("rank_one", tests);
}
