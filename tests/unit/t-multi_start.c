/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* t-multi_start.c: the search from many starts, on functions whose KKT points are known. */
#include "../../src/solve/multi_start.h"
#include "../harness.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* N(u) = sum_i a_i u_i^degree, in `n` unknowns, times scale. */
typedef struct {
    slong n;
    int degree;
    double scale;
    double a[8];
} diagonal_t;

static void diagonal_eval(double *value, double *gradient, double *hessian, const double *u,
                          void *context)
{
    const diagonal_t *f = context;
    int p = f->degree;
    if (value != NULL)
        *value = 0;
    if (hessian != NULL)
        memset(hessian, 0, (size_t) (f->n * f->n) * sizeof(double));
    for (slong i = 0; i < f->n; i++) {
        double a = f->scale * f->a[i];
        if (value != NULL)
            *value += a * pow(u[i], p);
        if (gradient != NULL)
            gradient[i] = a * p * pow(u[i], p - 1);
        if (hessian != NULL)
            hessian[i * f->n + i] = a * p * (p - 1) * pow(u[i], p - 2);
    }
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return x < y ? -1 : x > y;
}

/* All signs, for the even degrees. */
static void absolute(double *out, const double *u, void *context)
{
    const diagonal_t *f = context;
    for (slong i = 0; i < f->n; i++)
        out[i] = fabs(u[i]);
}

/* All signs and permutations. */
static void sorted(double *out, const double *u, void *context)
{
    const diagonal_t *f = context;
    absolute(out, u, context);
    qsort(out, (size_t) f->n, sizeof(double), compare);
}

static ncf_objective_t objective_of(diagonal_t *f,
                                    void (*key)(double *, const double *, void *))
{
    return (ncf_objective_t){.n = f->n, .context = f, .eval = diagonal_eval, .key = key};
}

/* grad N = lambda u at the i-th point, to about rounding. */
static int is_kkt(const ncf_multi_start_t *found, slong i, diagonal_t *f)
{
    double gradient[8], sum = 0;
    const ncf_proposal_t *point = found->points + i;
    diagonal_eval(NULL, gradient, NULL, point->u, f);
    for (slong j = 0; j < f->n; j++)
        sum += fabs(gradient[j] - point->lambda * point->u[j]);
    return sum < 1e-12 * point->lambda;
}

static slong total(const ncf_multi_start_t *found)
{
    return found->converged + found->flat + found->lost + found->crowded;
}

/* The KKT points of u^T diag(3, 2, 1, -1, -2) u / 2 are the axes; only three have lambda > 0.
 */
static void test_quadratic(void)
{
    diagonal_t f = {5, 2, 1e-100, {1.5, 1, 0.5, -0.5, -1}};
    ncf_objective_t objective = objective_of(&f, absolute);
    ncf_multi_start_options_t options;
    ncf_multi_start_t found;
    ncf__multi_start_options_init(&options);
    options.max_starts = 600;
    options.min_starts = 200;
    ncf__multi_start_init(&found, &objective, &options, NULL);
    int good = found.count == 3;
    for (slong i = 0; i < found.count && i < 3; i++)
        good = good && is_kkt(&found, i, &f) && found.points[i].hits > 0 &&
               fabs(found.points[i].lambda * 1e100 - (3 - (double) i)) < 1e-12 &&
               fabs(found.points[i].key[i] - 1) < 1e-12;
    slong starts = found.starts, sum = total(&found), count = found.count;
    ncf__multi_start_clear(&found);
    CHECK_MSG(good, "%ld points", (long) count);
    CHECK(starts == sum);
}

/*
 * KKT points of sum u_i^4 / 4, lambda > 0: s coordinates of one size, lambda = 1/s,
 * and every index from 0 (s = 1) to 5 (s = 6). No two supports of one size are told apart.
 */
static void test_all_indices(void)
{
    diagonal_t f = {6, 4, 0.25, {1, 1, 1, 1, 1, 1}};
    ncf_objective_t objective = objective_of(&f, sorted);
    ncf_multi_start_options_t options;
    ncf_multi_start_t found;
    ncf__multi_start_options_init(&options);
    ncf__multi_start_init(&found, &objective, &options, NULL);
    int good = found.count == 6;
    for (slong i = 0; i < found.count && i < 6; i++)
        good = good && is_kkt(&found, i, &f) &&
               fabs(found.points[i].lambda * (double) (i + 1) - 1) < 1e-12;
    slong count = found.count;
    int ended = found.end == NCF_SEARCH_NOTHING_NEW;
    ncf__multi_start_clear(&found);
    CHECK_MSG(good, "%ld points of 6", (long) count);
    CHECK(ended);
}

/* All supports: 2^6 - 1 points. With a bound for lambda, and with a short list. */
static void test_bounds(void)
{
    diagonal_t f = {6, 4, 0.25, {1, 1, 1, 1, 1, 1}};
    ncf_objective_t objective = objective_of(&f, absolute);
    ncf_multi_start_options_t options;
    ncf_multi_start_t found;
    ncf__multi_start_options_init(&options);
    ncf__multi_start_init(&found, &objective, &options, NULL);
    slong all = found.count;
    ncf__multi_start_clear(&found);
    options.lambda_min = 0.4;
    ncf__multi_start_init(&found, &objective, &options, NULL);
    slong above = found.count, dropped = found.flat;
    ncf__multi_start_clear(&found);
    options.max_points = 7;
    ncf__multi_start_init(&found, &objective, &options, NULL);
    slong few = found.count, crowded = found.crowded, starts = found.starts;
    slong sum = total(&found);
    ncf__multi_start_clear(&found);
    CHECK_MSG(all == 63, "%ld points of 63", (long) all);
    CHECK_MSG(above == 6 + 15, "%ld points of 21", (long) above);
    CHECK(dropped > 0);
    CHECK(few == 7 && crowded > 0 && starts == sum);
}

/* Lists are equal to the last bit. */
static int same_lists(const ncf_multi_start_t *a, const ncf_multi_start_t *b)
{
    int same = a->count == b->count && a->starts == b->starts && a->lost == b->lost &&
               a->flat == b->flat && a->converged == b->converged;
    for (slong i = 0; same && i < a->count; i++)
        same = a->points[i].lambda == b->points[i].lambda &&
               a->points[i].hits == b->points[i].hits &&
               a->points[i].first == b->points[i].first &&
               memcmp(a->points[i].u, b->points[i].u, (size_t) a->n * sizeof(double)) == 0;
    return same;
}

static void test_threads(void)
{
    diagonal_t f = {6, 4, 1, {1, 2, 3, -1, -2, 5}};
    ncf_objective_t objective = objective_of(&f, absolute);
    ncf_multi_start_options_t options;
    ncf_multi_start_t one, three, other;
    ncf__multi_start_options_init(&options);
    options.max_starts = 500;
    ncf__multi_start_init(&one, &objective, &options, NULL);
    options.threads = 3;
    ncf__multi_start_init(&three, &objective, &options, NULL);
    options.seed = 2;
    ncf__multi_start_init(&other, &objective, &options, NULL);
    int same = same_lists(&one, &three), differs = !same_lists(&one, &other);
    slong count = one.count, starts = one.starts;
    ncf__multi_start_clear(&one);
    ncf__multi_start_clear(&three);
    ncf__multi_start_clear(&other);
    CHECK(same);
    CHECK(differs);
    /* Four positive coefficients; negative ones cannot take part when lambda > 0. */
    CHECK_MSG(count == 15, "%ld points of 15", (long) count);
    CHECK(starts == 500);
}

static void nothing_eval(double *value, double *gradient, double *hessian, const double *u,
                         void *context)
{
    const double *constant = context;
    if (value != NULL)
        *value = *constant;
    if (gradient != NULL)
        memset(gradient, 0, 3 * sizeof(double));
    if (hessian != NULL)
        memset(hessian, 0, 9 * sizeof(double));
    if (gradient != NULL)
        gradient[0] = *constant * u[0];
}

/* N = 0, numbers that are not finite, one unknown, no starts, a stop request. */
static void test_odd_cases(void)
{
    const double constants[] = {0, NAN, INFINITY};
    ncf_multi_start_options_t options;
    ncf_multi_start_t found;
    ncf__multi_start_options_init(&options);
    options.max_starts = 200;
    slong counts[3], sums[3];
    for (int k = 0; k < 3; k++) {
        double constant = constants[k];
        ncf_objective_t objective = {.n = 3, .context = &constant, .eval = nothing_eval};
        ncf__multi_start_init(&found, &objective, &options, NULL);
        counts[k] = found.count;
        sums[k] = total(&found);
        ncf__multi_start_clear(&found);
    }
    diagonal_t f = {1, 4, 1, {2}};
    ncf_objective_t objective = objective_of(&f, absolute);
    ncf__multi_start_init(&found, &objective, &options, NULL);
    slong single = found.count;
    double lambda = single == 1 ? found.points[0].lambda : 0;
    ncf__multi_start_clear(&found);
    sig_atomic_t stop = 1;
    ncf_limits_t limits = {0, &stop, NULL, NULL};
    ncf__multi_start_init(&found, &objective, &options, &limits);
    int stopped = found.end == NCF_SEARCH_LIMIT && found.limit == NCF_LIMIT_STOP;
    slong none = found.count + found.starts;
    ncf__multi_start_clear(&found);
    options.max_starts = 0;
    ncf__multi_start_init(&found, &objective, &options, NULL);
    int ended = found.end == NCF_SEARCH_ALL_STARTS && found.count == 0;
    ncf__multi_start_clear(&found);
    CHECK(counts[0] == 0 && counts[1] == 0 && counts[2] == 0);
    CHECK(sums[0] == 200 && sums[1] == 200 && sums[2] == 200);
    CHECK_MSG(single == 1 && fabs(lambda - 8) < 1e-14, "lambda %g", lambda);
    CHECK(stopped && none == 0);
    CHECK(ended);
}

/* N(u) = sum over the ring of u_i^2 u_{i+1}^2 + u_i^4 / 2, without a Hessian on the way. */
static void ring_eval(double *value, double *gradient, double *hessian, const double *u,
                      void *context)
{
    slong n = *(const slong *) context;
    if (value != NULL)
        *value = 0;
    if (hessian != NULL)
        memset(hessian, 0, (size_t) (n * n) * sizeof(double));
    for (slong i = 0; i < n; i++) {
        slong next = (i + 1) % n, last = (i + n - 1) % n;
        double around = u[next] * u[next] + u[last] * u[last];
        if (value != NULL)
            *value += u[i] * u[i] * (u[next] * u[next] + u[i] * u[i] / 2);
        if (gradient != NULL)
            gradient[i] = 2 * u[i] * (around + u[i] * u[i]);
        if (hessian == NULL)
            continue;
        hessian[i * n + i] = 2 * around + 6 * u[i] * u[i];
        hessian[i * n + next] = 4 * u[i] * u[next];
        hessian[i * n + last] = 4 * u[i] * u[last];
    }
}

/* What converges for many unknowns is a KKT point to rounding. */
static void test_many_unknowns(void)
{
    slong n = 400;
    ncf_objective_t objective = {.n = n, .context = &n, .eval = ring_eval};
    ncf_multi_start_options_t options;
    ncf_multi_start_t found;
    ncf__multi_start_options_init(&options);
    options.max_starts = 4;
    ncf__multi_start_init(&found, &objective, &options, NULL);
    double *gradient = ncf__malloc((size_t) n, sizeof(double)), worst = 0;
    for (slong i = 0; i < found.count; i++) {
        ring_eval(NULL, gradient, NULL, found.points[i].u, &n);
        for (slong j = 0; j < n; j++)
            worst =
                fmax(worst, fabs(gradient[j] / found.points[i].lambda - found.points[i].u[j]));
    }
    slong converged = found.converged;
    ncf__free(gradient);
    ncf__multi_start_clear(&found);
    CHECK_MSG(converged >= 1, "%ld of 4 starts converged", (long) converged);
    CHECK_MSG(worst < 1e-8, "residual %g", worst);
}

int main(void)
{
    static const ncf_test_t tests[] = {
        {"eigenvectors of a matrix", test_quadratic},
        {"all indices of a sum of fourth powers", test_all_indices},
        {"bounds for lambda and for the list", test_bounds},
        {"threads and seeds", test_threads},
        {"odd cases", test_odd_cases},
        {"many unknowns", test_many_unknowns},
        {NULL, NULL},
    };
    return ncf_test_main("multi_start", tests);
}
