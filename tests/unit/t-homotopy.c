/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * t-homotopy.c: path tracking and real search. Residuals are recomputed here from the
 * points and weights, whatever form the tracker chose.
 */
#include "../../src/solve/path_system.h"
#include "../harness.h"

#include <complex.h>
#include <math.h>
#include <string.h>

typedef double complex complex_t;

/* ---- Tensors --------------------------------------------------------------------- */

/* A tensor that owns its arrays; `count` points are used by `tensor`. */
typedef struct {
    ncf_homotopy_tensor_t tensor;
    double *points;
    double *weights;
} sample_t;

static sample_t sample_new(slong order, slong dimension, slong count)
{
    sample_t s;
    s.points = ncf__calloc((size_t) (count * dimension), sizeof(double));
    s.weights = ncf__calloc((size_t) count, sizeof(double));
    s.tensor = (ncf_homotopy_tensor_t) {order, dimension, count, s.points, s.weights};
    return s;
}

static void sample_free(sample_t *s)
{
    ncf__free(s->points);
    ncf__free(s->weights);
}

static double dot(const double *a, const double *b, slong n)
{
    double sum = 0;
    for (slong i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Scales as homotopy.h asks: the longest point to length 1, the Bombieri norm to 1. */
static void sample_scale(sample_t *s)
{
    const ncf_homotopy_tensor_t *t = &s->tensor;
    slong n = t->dimension;
    double longest = 0, norm2 = 0;
    for (slong k = 0; k < t->count; k++)
        longest = fmax(longest, dot(s->points + k * n, s->points + k * n, n));
    for (slong i = 0; i < t->count * n; i++)
        s->points[i] /= sqrt(longest);
    for (slong a = 0; a < t->count; a++) {
        for (slong b = 0; b < t->count; b++)
            norm2 += s->weights[a] * s->weights[b] *
                     pow(dot(s->points + a * n, s->points + b * n, n), (double) t->order);
    }
    for (slong k = 0; k < t->count; k++)
        s->weights[k] /= sqrt(norm2);
}

static double normal(ncf_random_t *random)
{
    double u = 1 - ncf__random_unit(random);
    double v = ncf__random_unit(random);
    return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

static sample_t random_sample(slong order, slong dimension, slong count, uint64_t stream)
{
    sample_t s = sample_new(order, dimension, count);
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), stream);
    for (slong i = 0; i < count * dimension; i++)
        s.points[i] = normal(&random);
    for (slong k = 0; k < count; k++)
        s.weights[k] = ncf__random_unit(&random) < 0.5 ? -1 : 1;
    sample_scale(&s);
    return s;
}

static slong class_count(slong order, slong dimension)
{
    slong count = 0;
    for (slong i = 0; i < dimension; i++)
        count = count * (order - 1) + 1;
    return count;
}

/* ---- End points ------------------------------------------------------------------ */

static complex_t entry(const ncf_endpoints_t *e, slong path, slong i)
{
    const double *z = e->z + 2 * (path * e->dimension + i);
    return z[0] + z[1] * I;
}

static complex_t multiplier(const ncf_endpoints_t *e, slong path)
{
    return e->mu[2 * path] + e->mu[2 * path + 1] * I;
}

/* max |T z^{m-1} - mu z| and | |z| - 1 |, from the points */
static double residual(const ncf_endpoints_t *e, slong path, const ncf_homotopy_tensor_t *t)
{
    double worst = 0, length2 = 0;
    for (slong i = 0; i < t->dimension; i++) {
        complex_t sum = -multiplier(e, path) * entry(e, path, i);
        for (slong k = 0; k < t->count; k++) {
            complex_t s = 0, power = 1;
            for (slong j = 0; j < t->dimension; j++)
                s += t->points[k * t->dimension + j] * entry(e, path, j);
            for (slong d = 1; d < t->order; d++)
                power *= s;
            sum += t->weights[k] * power * t->points[k * t->dimension + i];
        }
        worst = fmax(worst, cabs(sum));
        length2 += pow(cabs(entry(e, path, i)), 2);
    }
    return fmax(worst, fabs(length2 - 1));
}

/* One minus the cosine of the angle between two complex lines: 0 for the same class. */
static double separation(const ncf_endpoints_t *a, slong i, const ncf_endpoints_t *b, slong j)
{
    complex_t product = 0;
    for (slong k = 0; k < a->dimension; k++)
        product += conj(entry(a, i, k)) * entry(b, j, k);
    return 1 - cabs(product);
}

static slong finished(const ncf_endpoints_t *e)
{
    slong count = 0;
    for (slong k = 0; k < e->paths; k++)
        count += e->status[k] == NCF_PATH_FINISHED;
    return count;
}

/* Marks failed paths and both paths of every coincidence; returns their number. */
static slong find_suspects(slong *which, const ncf_endpoints_t *e)
{
    char *suspect = ncf__calloc((size_t) e->paths, 1);
    slong count = 0;
    for (slong i = 0; i < e->paths; i++) {
        if (e->status[i] != NCF_PATH_FINISHED)
            suspect[i] = 1;
        for (slong j = 0; j < i; j++) {
            if (separation(e, i, e, j) < 1e-9)
                suspect[i] = suspect[j] = 1;
        }
    }
    for (slong i = 0; i < e->paths; i++) {
        if (suspect[i])
            which[count++] = i;
    }
    ncf__free(suspect);
    return count;
}

static ncf_homotopy_options_t options(int threads, double tightness)
{
    return (ncf_homotopy_options_t) {ncf_test_seed(), threads, tightness, NULL};
}

/* Tracks all classes, the suspects a second time; returns the suspects of the first pass. */
static slong track_all(ncf_endpoints_t *e, const ncf_homotopy_tensor_t *t)
{
    slong paths = class_count(t->order, t->dimension);
    slong *which = ncf__malloc((size_t) paths, sizeof(slong));
    ncf_homotopy_options_t first = options(1, 1), second = options(1, 30);
    ncf__homotopy_track(e, t, NULL, paths, &first);
    slong suspects = find_suspects(which, e);
    ncf_endpoints_t again;
    ncf__homotopy_track(&again, t, which, suspects, &second);
    for (slong k = 0; k < suspects; k++) {
        memcpy(e->z + 2 * which[k] * e->dimension, again.z + 2 * k * e->dimension,
               (size_t) e->dimension * 2 * sizeof(double));
        memcpy(e->mu + 2 * which[k], again.mu + 2 * k, 2 * sizeof(double));
        e->status[which[k]] = again.status[k];
    }
    ncf__endpoints_clear(&again);
    ncf__free(which);
    return suspects;
}

static void check_complete(const ncf_endpoints_t *e, const ncf_homotopy_tensor_t *t)
{
    double worst = 0, closest = 1;
    for (slong i = 0; i < e->paths; i++) {
        worst = fmax(worst, residual(e, i, t));
        for (slong j = 0; j < i; j++)
            closest = fmin(closest, separation(e, i, e, j));
    }
    CHECK_MSG(finished(e) == e->paths, "order %ld, dimension %ld: %ld of %ld paths finished",
              t->order, t->dimension, finished(e), e->paths);
    CHECK_MSG(worst < 1e-12, "order %ld, dimension %ld: residual %g", t->order, t->dimension,
              worst);
    CHECK_MSG(closest > 1e-9, "order %ld, dimension %ld: two end points within %g", t->order,
              t->dimension, closest);
}

/* ---- Tests ----------------------------------------------------------------------- */

/*
 * T = sum_i b_i e_i^{(m)}: at every end point each coordinate is 0, or b_i z_i^{m-2} =
 * mu; a path keeps the support of its start.
 */
static void check_diagonal(slong order, slong dimension)
{
    sample_t s = sample_new(order, dimension, dimension);
    for (slong i = 0; i < dimension; i++) {
        s.points[i * dimension + i] = 1;
        s.weights[i] = (i % 2 ? -1 : 1) * (0.3 + 0.2 * (double) i);
    }
    ncf_endpoints_t e;
    slong suspects = track_all(&e, &s.tensor);
    CHECK(suspects == 0);
    check_complete(&e, &s.tensor);
    double worst = 0;
    for (slong path = 0; path < e.paths; path++) {
        for (slong i = 0; i < dimension; i++) {
            complex_t z = entry(&e, path, i);
            complex_t power = s.weights[i];
            for (slong d = 2; d < order; d++)
                power *= z;
            worst = fmax(worst, fmin(cabs(z), cabs(power - multiplier(&e, path))));
        }
    }
    CHECK_MSG(worst < 1e-12, "closed form missed by %g", worst);
    ncf__endpoints_clear(&e);
    sample_free(&s);
}

static void test_diagonal(void)
{
    check_diagonal(3, 6);
    check_diagonal(4, 4);
    check_diagonal(5, 3);
    check_diagonal(8, 2);
}

static void test_shapes(void)
{
    static const slong shapes[][3] = {
        {3, 2, 5},  {3, 3, 4}, {3, 5, 15}, {3, 8, 20}, {4, 2, 4},   {4, 3, 100}, {4, 4, 11},
        {4, 5, 40}, {5, 3, 9}, {5, 4, 12}, {6, 3, 8},  {7, 3, 200}, {9, 2, 6},   {12, 2, 30}};
    slong suspects = 0, paths = 0;
    for (size_t k = 0; k < sizeof(shapes) / sizeof(shapes[0]); k++) {
        sample_t s = random_sample(shapes[k][0], shapes[k][1], shapes[k][2], 100 + k);
        ncf_endpoints_t e;
        suspects += track_all(&e, &s.tensor);
        check_complete(&e, &s.tensor);
        paths += e.paths;
        ncf__endpoints_clear(&e);
        sample_free(&s);
    }
    CHECK_MSG(suspects * 200 < paths, "%ld of %ld paths were tracked twice", suspects, paths);
}

static int same_bits(const ncf_endpoints_t *a, slong i, const ncf_endpoints_t *b, slong j)
{
    size_t size = (size_t) a->dimension * 2 * sizeof(double);
    return a->status[i] == b->status[j] &&
           memcmp(a->z + 2 * i * a->dimension, b->z + 2 * j * b->dimension, size) == 0 &&
           memcmp(a->mu + 2 * i, b->mu + 2 * j, 2 * sizeof(double)) == 0;
}

/* An end point depends neither on threads nor on the other paths of the run. */
static void test_invariance(void)
{
    sample_t s = random_sample(3, 8, 20, 200);
    slong paths = class_count(3, 8), count = 0;
    slong which[128];
    for (slong k = paths - 1; k >= 0; k -= 3)
        which[count++] = k;
    ncf_endpoints_t one, three, part;
    ncf_homotopy_options_t single = options(1, 1), many = options(3, 1);
    ncf__homotopy_track(&one, &s.tensor, NULL, paths, &single);
    ncf__homotopy_track(&three, &s.tensor, NULL, paths, &many);
    ncf__homotopy_track(&part, &s.tensor, which, count, &single);
    int by_threads = 1, by_subset = 1;
    for (slong k = 0; k < paths; k++)
        by_threads = by_threads && same_bits(&one, k, &three, k);
    for (slong k = 0; k < count; k++)
        by_subset = by_subset && same_bits(&part, k, &one, which[k]);
    CHECK(by_threads);
    CHECK(by_subset);
    CHECK(!same_bits(&one, 0, &one, 1));
    ncf__endpoints_clear(&one);
    ncf__endpoints_clear(&three);
    ncf__endpoints_clear(&part);
    sample_free(&s);
}

/* Smaller steps take more rounds and end in the same classes. */
static void test_tightness(void)
{
    sample_t s = random_sample(3, 7, 21, 250);
    slong paths = class_count(3, 7), differ = 0;
    ncf_homotopy_options_t loose = options(1, 1), tight = options(1, 30);
    ncf_endpoints_t a, b;
    ncf_track_stats_t few, many;
    ncf__homotopy_track_with(&a, &s.tensor, NULL, paths, &loose, ncf__kernel(0), &few);
    ncf__homotopy_track_with(&b, &s.tensor, NULL, paths, &tight, ncf__kernel(0), &many);
    for (slong k = 0; k < paths; k++)
        differ += !(separation(&a, k, &b, k) < 1e-10);
    CHECK(finished(&a) == paths && finished(&b) == paths);
    CHECK_MSG(differ <= 2, "%ld of %ld end points differ", differ, paths);
    CHECK(many.steps > few.steps && few.steps > paths);
    ncf__endpoints_clear(&a);
    ncf__endpoints_clear(&b);
    sample_free(&s);
}

/* The same paths must end in the same classes whatever the kernel. */
static void test_kernels(void)
{
    static const slong shapes[][3] = {{3, 7, 21}, {5, 4, 12}};
    for (int shape = 0; shape < 2; shape++) {
        sample_t s = random_sample(shapes[shape][0], shapes[shape][1], shapes[shape][2], 300);
        slong paths = class_count(shapes[shape][0], shapes[shape][1]);
        ncf_homotopy_options_t once = options(1, 1);
        ncf_endpoints_t scalar, other;
        ncf__homotopy_track_with(&scalar, &s.tensor, NULL, paths, &once, &ncf__kernel_scalar,
                                 NULL);
        CHECK(finished(&scalar) == paths);
        for (int k = 0; ncf__kernel(k) != NULL; k++) {
            ncf__homotopy_track_with(&other, &s.tensor, NULL, paths, &once, ncf__kernel(k),
                                     NULL);
            slong differ = 0;
            for (slong path = 0; path < paths; path++)
                differ += !(separation(&scalar, path, &other, path) < 1e-10);
            CHECK_MSG(differ == 0, "%s: %ld of %ld end points differ", ncf__kernel(k)->name,
                      differ, paths);
            ncf__endpoints_clear(&other);
        }
        ncf__endpoints_clear(&scalar);
        sample_free(&s);
    }
}

/* Few points are summed one by one, many are collected in tables: the same tensor. */
static void check_forms(slong order, slong dimension, slong count, slong copies)
{
    sample_t few = random_sample(order, dimension, count, 400);
    sample_t many = sample_new(order, dimension, count * copies);
    for (slong k = 0; k < count * copies; k++) {
        memcpy(many.points + k * dimension, few.points + k % count * dimension,
               (size_t) dimension * sizeof(double));
        many.weights[k] = few.weights[k % count] / (double) copies;
    }
    double rank = ncf__form_series_cost(NCF_FORM_RANK, &few.tensor);
    double table = ncf__form_series_cost(NCF_FORM_MONOMIAL, &few.tensor);
    CHECK(rank < table && rank * (double) copies > table);
    slong paths = class_count(order, dimension), differ = 0;
    ncf_homotopy_options_t once = options(1, 1);
    ncf_endpoints_t a, b;
    ncf__homotopy_track(&a, &few.tensor, NULL, paths, &once);
    ncf__homotopy_track(&b, &many.tensor, NULL, paths, &once);
    for (slong k = 0; k < paths; k++)
        differ += !(separation(&a, k, &b, k) < 1e-10);
    CHECK_MSG(differ == 0, "%ld of %ld end points depend on the form", differ, paths);
    ncf__endpoints_clear(&a);
    ncf__endpoints_clear(&b);
    sample_free(&few);
    sample_free(&many);
}

/* Newton's method and the power series may each use a form of their own. */
static void check_mixed_forms(void)
{
    sample_t s = random_sample(3, 8, 12, 401);
    ncf_path_system_t system;
    ncf__path_system_init(&system, &s.tensor, 1);
    CHECK(!system.shared);
    CHECK(system.slope.kind == NCF_FORM_MONOMIAL && system.series.kind == NCF_FORM_RANK);
    ncf__path_system_clear(&system);
    ncf_endpoints_t e;
    track_all(&e, &s.tensor);
    check_complete(&e, &s.tensor);
    ncf__endpoints_clear(&e);
    sample_free(&s);
}

static void test_forms(void)
{
    check_mixed_forms();
    check_forms(3, 6, 7, 40);
    check_forms(4, 4, 9, 40);
    check_forms(6, 3, 8, 100);
}

/* Motzkin's form x^4 y^2 + x^2 y^4 + z^6 - 3 x^2 y^2 z^2 as 12 sixth powers, points
   scaled by 1/sqrt 3. */
static sample_t motzkin(void)
{
    static const double points[12][4] = {
        {1, 1, 0, 1. / 20},    {1, -1, 0, 1. / 20},   {1, 0, 1, 1. / 60},
        {1, 0, -1, 1. / 60},   {0, 1, 1, 1. / 60},    {0, 1, -1, 1. / 60},
        {1, 1, 1, -1. / 120},  {1, 1, -1, -1. / 120}, {1, -1, 1, -1. / 120},
        {-1, 1, 1, -1. / 120}, {1, 0, 0, -1. / 10},   {0, 1, 0, -1. / 10}};
    sample_t s = sample_new(6, 3, 13);
    for (int k = 0; k < 12; k++) {
        for (int i = 0; i < 3; i++)
            s.points[3 * k + i] = points[k][i] / sqrt(3);
        s.weights[k] = 27 * points[k][3];
    }
    s.points[3 * 12 + 2] = 1 / sqrt(3);
    s.weights[12] = 27 * (29. / 30);
    return s;
}

/*
 * 31 classes with multiplicity, 23 distinct: the tracker must come to an end with every
 * path either at a true eigenpair or reported as failed.
 */
static void test_motzkin(void)
{
    sample_t s = motzkin();
    double x[3] = {0.3, -0.7, 0.4}, value = 0;
    for (slong k = 0; k < 13; k++)
        value += s.weights[k] * pow(dot(s.points + 3 * k, x, 3), 6);
    double a = x[0] * x[0], b = x[1] * x[1], c = x[2] * x[2];
    CHECK(fabs(value - (a * a * b + a * b * b + c * c * c - 3 * a * b * c)) < 1e-14);
    ncf_endpoints_t e;
    ncf_homotopy_options_t once = options(1, 1);
    ncf__homotopy_track(&e, &s.tensor, NULL, 31, &once);
    double worst = 0;
    slong done = 0, untracked = 0;
    for (slong k = 0; k < e.paths; k++) {
        untracked += e.status[k] == NCF_PATH_UNTRACKED;
        if (e.status[k] != NCF_PATH_FINISHED)
            continue;
        done++;
        worst = fmax(worst, residual(&e, k, &s.tensor));
    }
    CHECK(untracked == 0);
    CHECK_MSG(done >= 10, "only %ld paths finished", done);
    CHECK_MSG(worst < 1e-10, "residual %g", worst);
    ncf__endpoints_clear(&e);
    sample_free(&s);
}

/* Degenerate and senseless input: the run ends and nothing non-finite is "finished". */
static void check_survives(const ncf_homotopy_tensor_t *t)
{
    slong paths = class_count(t->order, t->dimension), untracked = 0, bad = 0;
    ncf_endpoints_t e;
    ncf_homotopy_options_t once = options(1, 1);
    ncf__homotopy_track(&e, t, NULL, paths, &once);
    for (slong k = 0; k < paths; k++) {
        untracked += e.status[k] == NCF_PATH_UNTRACKED;
        bad += e.status[k] == NCF_PATH_FINISHED && !(residual(&e, k, t) < 1e-9);
    }
    CHECK(untracked == 0);
    CHECK(bad == 0);
    ncf__endpoints_clear(&e);
    ncf__real_search(&e, t, 12, &once);
    bad = 0;
    for (slong k = 0; k < e.paths; k++)
        bad += !(residual(&e, k, t) < 1e-9);
    CHECK(bad == 0);
    ncf__endpoints_clear(&e);
}

static void test_degenerate(void)
{
    sample_t few = random_sample(3, 5, 2, 500);
    check_survives(&few.tensor);
    sample_t zero = random_sample(4, 3, 6, 501);
    memset(zero.weights, 0, 6 * sizeof(double));
    check_survives(&zero.tensor);
    sample_t wrong = random_sample(3, 4, 9, 502);
    wrong.weights[3] = NAN;
    check_survives(&wrong.tensor);
    wrong.weights[3] = HUGE_VAL;
    check_survives(&wrong.tensor);
    wrong.weights[3] = 1e300;
    check_survives(&wrong.tensor);
    sample_free(&few);
    sample_free(&zero);
    sample_free(&wrong);
}

typedef struct {
    int calls;
    int in_order;
    double last;
} progress_t;

static void record_progress(void *context, const char *stage, double done, double total)
{
    progress_t *p = context;
    p->calls++;
    p->in_order = p->in_order && done >= p->last && done <= total && stage[0] != '\0';
    p->last = done;
}

static void test_limits(void)
{
    sample_t s = random_sample(3, 9, 20, 600);
    volatile sig_atomic_t stop = 1;
    progress_t progress = {0, 1, 0};
    ncf_limits_t limits = {0, &stop, record_progress, &progress};
    ncf_homotopy_options_t stopped = options(2, 1);
    stopped.limits = &limits;
    ncf_endpoints_t e;
    ncf__homotopy_track(&e, &s.tensor, NULL, 511, &stopped);
    CHECK(finished(&e) == 0 && e.status[0] == NCF_PATH_UNTRACKED);
    ncf__endpoints_clear(&e);
    ncf__real_search(&e, &s.tensor, 50, &stopped);
    CHECK(e.paths == 0);
    ncf__endpoints_clear(&e);
    stop = 0;
    ncf__homotopy_track(&e, &s.tensor, NULL, 511, &stopped);
    CHECK(finished(&e) == 511);
    CHECK(progress.calls > 0 && progress.in_order);
    ncf__endpoints_clear(&e);
    ncf__homotopy_track(&e, &s.tensor, NULL, 0, &stopped);
    CHECK(e.paths == 0);
    ncf__endpoints_clear(&e);
    sample_free(&s);
}

/* |z^T z| = 1 exactly for the real classes, whose phase can be turned to real. */
static int is_real(const ncf_endpoints_t *e, slong path)
{
    complex_t sum = 0;
    for (slong i = 0; i < e->dimension; i++)
        sum += entry(e, path, i) * entry(e, path, i);
    return 1 - cabs(sum) < 1e-9;
}

/* The search must find the real ones among all complex classes, and nothing else. */
static void check_search(slong order, slong dimension, slong count, uint64_t stream)
{
    sample_t s = random_sample(order, dimension, count, stream);
    ncf_endpoints_t all, found;
    track_all(&all, &s.tensor);
    ncf_homotopy_options_t two = options(2, 1);
    ncf__real_search(&found, &s.tensor, 400, &two);
    slong real = 0, matched = 0;
    double worst = 0;
    for (slong k = 0; k < all.paths; k++) {
        if (!is_real(&all, k))
            continue;
        real++;
        for (slong j = 0; j < found.paths; j++)
            matched += separation(&all, k, &found, j) < 1e-10;
    }
    for (slong j = 0; j < found.paths; j++)
        worst = fmax(worst, residual(&found, j, &s.tensor));
    CHECK_MSG(real > 0 && real == matched && real == found.paths,
              "%ld real classes, %ld lines found, %ld agree", real, found.paths, matched);
    CHECK(worst < 1e-12);
    ncf__endpoints_clear(&all);
    ncf__endpoints_clear(&found);
    sample_free(&s);
}

static void test_search(void)
{
    check_search(3, 3, 8, 700);
    check_search(3, 5, 200, 701);
    check_search(4, 3, 10, 702);
    check_search(4, 4, 400, 703);
    check_search(5, 3, 10, 704);
}

static void test_search_invariance(void)
{
    sample_t s = random_sample(4, 5, 12, 800);
    ncf_endpoints_t one, three;
    ncf_homotopy_options_t single = options(1, 1), many = options(3, 1);
    ncf__real_search(&one, &s.tensor, 60, &single);
    ncf__real_search(&three, &s.tensor, 60, &many);
    int same = one.paths == three.paths;
    for (slong k = 0; k < one.paths && same; k++)
        same = same_bits(&one, k, &three, k);
    CHECK(same && one.paths > 1);
    ncf__endpoints_clear(&one);
    ncf__endpoints_clear(&three);
    sample_free(&s);
}

int main(void)
{
    static const ncf_test_t tests[] = {
        {"diagonal tensors in closed form", test_diagonal},
        {"random tensors of many shapes", test_shapes},
        {"end points do not depend on threads or company", test_invariance},
        {"tighter steps end in the same classes", test_tightness},
        {"all kernels agree", test_kernels},
        {"sums over points and tables agree", test_forms},
        {"Motzkin's form", test_motzkin},
        {"degenerate input", test_degenerate},
        {"limits and progress", test_limits},
        {"real search against all classes", test_search},
        {"real search does not depend on threads", test_search_invariance},
        {NULL, NULL}};
    return ncf_test_main("homotopy", tests);
}
