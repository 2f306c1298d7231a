/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * p-cap: how large are the certified caps (T-CAP), and how long do they take? Random problems of
 * many shapes; the strict point is found by ascent on the sphere. The angle up to which q . u*
 * increases is searched for by descent in the direction, from above: an upper bound of it.
 *
 * Usage: p-cap [PROBLEMS [SHAPE]]. Writes TSV: shape, unknowns, L, caps, proved ones, median angle,
 * median and least ratio of the angle to the one that was searched for, caps with a ratio below
 * 0.6, median and largest milliseconds of a cap, median number of nodes. With a shape, one line a cap.
 */
#include "../src/certify/cap.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST 64 /* unknowns */
#define MAX_CAPS 4096

typedef struct {
    const char *name, *network;
    int inputs, points;
} shape_t;

#define LAYERS(widths, degrees) \
    "{\"type\":\"feedforward\",\"widths\":[" widths ",1],\"activation\":" degrees "}"
#define POWER(p) "{\"type\":\"power\",\"degree\":" #p "}"
#define CONVOLUTION(length, stages) \
    "{\"type\":\"convolution\",\"length\":" #length ",\"layers\":[" stages "],\"activation\":" \
    POWER(2) ",\"head\":\"dense\"}"
#define STAGE(channels, kernel, pooling) \
    "{\"channels\":" #channels ",\"kernel\":" #kernel ",\"pooling\":" #pooling "}"
#define FORMULA(names, text) \
    "{\"type\":\"polynomial\",\"weights\":[" names "],\"inputs\":[\"x\",\"y\"],\"output\":\"" text "\"}"

static const shape_t shapes[] = {
    {"2-1-1 p2", LAYERS("2,1", POWER(2)), 2, 4},
    {"2-1-1 p3", LAYERS("2,1", POWER(3)), 2, 4},
    {"2-1-1 p6", LAYERS("2,1", POWER(6)), 2, 6},
    {"2-2-1 p2", LAYERS("2,2", POWER(2)), 2, 4},
    {"2-2-1 p3", LAYERS("2,2", POWER(3)), 2, 4},
    {"2-2-1 p4", LAYERS("2,2", POWER(4)), 2, 5},
    {"2-4-1 p2", LAYERS("2,4", POWER(2)), 2, 5},
    {"2-4-1 p3", LAYERS("2,4", POWER(3)), 2, 5},
    {"3-3-1 p2", LAYERS("3,3", POWER(2)), 3, 6},
    {"3-3-1 p3", LAYERS("3,3", POWER(3)), 3, 6},
    {"3-3-1 p4", LAYERS("3,3", POWER(4)), 3, 6},
    {"5-2-1 p2", LAYERS("5,2", POWER(2)), 5, 9},
    {"5-2-1 p3", LAYERS("5,2", POWER(3)), 5, 9},
    {"2-1-1-1 p2", LAYERS("2,1,1", POWER(2)), 2, 4},
    {"2-1-1-1 p3", LAYERS("2,1,1", POWER(3)), 2, 4},
    {"2-2-1-1 p2", LAYERS("2,2,1", POWER(2)), 2, 4},
    {"2-2-1-1 p3", LAYERS("2,2,1", POWER(3)), 2, 4},
    {"2-2-1-1 p2,3", LAYERS("2,2,1", "[" POWER(2) "," POWER(3) "]"), 2, 4},
    {"2-2-1-1 p3,2", LAYERS("2,2,1", "[" POWER(3) "," POWER(2) "]"), 2, 4},
    {"2-2-2-1 p2", LAYERS("2,2,2", POWER(2)), 2, 4},
    {"2-2-2-1 p2,3", LAYERS("2,2,2", "[" POWER(2) "," POWER(3) "]"), 2, 4},
    {"3-2-2-1 p2", LAYERS("3,2,2", POWER(2)), 3, 6},
    {"3-2-1-1 p2", LAYERS("3,2,1", POWER(2)), 3, 6},
    {"2-1-1-1-1 p2", LAYERS("2,1,1,1", POWER(2)), 2, 4},
    {"conv 4, 1x2", CONVOLUTION(4, STAGE(1, 2, 1)), 4, 6},
    {"conv 5, 2x2", CONVOLUTION(5, STAGE(2, 2, 2)), 5, 6},
    {"conv 6, 2x3", CONVOLUTION(6, STAGE(2, 3, 2)), 6, 6},
    {"conv 5, deep", CONVOLUTION(5, STAGE(2, 2, 1) "," STAGE(1, 2, 1)), 5, 5},
    {"formula a2b", FORMULA("\"a\",\"b\",\"c\"", "a^2*b*x + b^2*c*y + a*c^2*(x-y)"), 2, 4},
    {"formula 4", FORMULA("\"a\",\"b\",\"c\",\"d\"", "(a*x+b*y)^2*c^2+(a*y-c*x)*(b-d)^3*x+a*b*c*d*x*y"), 2, 4},
    {"3-5-1 p2", LAYERS("3,5", POWER(2)), 3, 8},
    {"3-3-3-1 p2", LAYERS("3,3,3", POWER(2)), 3, 8},
    {"5-10-1 p2", LAYERS("5,10", POWER(2)), 5, 15},
    {"5-10-1 p3", LAYERS("5,10", POWER(3)), 5, 15},
    {"5-5-5-1 p2", LAYERS("5,5,5", POWER(2)), 5, 15},
    {NULL, NULL, 0, 0}};

typedef struct {
    ncf_problem_t *problem;
    ncf_network_t network;
    slong n, degree, points;
    double *x, *z, u[MOST];
    ncf_certified_point_t point;
    ncf_cap_t cap;
    double seconds;
} model_t;

static double *doubles(const fmpq_mat_t m)
{
    slong columns = fmpq_mat_ncols(m), count = fmpq_mat_nrows(m) * columns;
    double *out = ncf__malloc((size_t) count, sizeof(double));
    for (slong k = 0; k < count; k++)
        out[k] = fmpq_get_d(fmpq_mat_entry(m, k / columns, k % columns));
    return out;
}

static void model_init(model_t *m, const shape_t *shape, int seed)
{
    char text[4096];
    fmpq_mat_t z;
    fmpz_t degree;
    ncf_error_t err = {0};
    int length = snprintf(text, sizeof(text),
                          "{\"ncf\":1,\"network\":%s,\"data\":{\"random\":{\"points\":%d,\"inputs\":%d,"
                          "\"seed\":%d,\"bits\":12,\"distribution\":\"sphere\"}}}",
                          shape->network, shape->points, shape->inputs, seed);
    if (ncf_problem_parse(&m->problem, text, (size_t) length, "bench", ".", &err) != NCF_OK) {
        fprintf(stderr, "%s: %s\n", text, err.text);
        exit(1);
    }
    NCF_REQUIRE(ncf__network_init(m->network, m->problem));
    fmpz_init(degree);
    NCF_REQUIRE(ncf__problem_homogeneous(degree, m->problem));
    m->degree = fmpz_get_si(degree);
    m->n = m->network->unknowns;
    NCF_REQUIRE(m->n <= MOST);
    m->points = m->problem->points;
    fmpq_mat_init(z, m->points, 1);
    ncf__problem_weights(z, m->problem);
    m->x = doubles(m->problem->x);
    m->z = doubles(z);
    fmpq_mat_clear(z);
    fmpz_clear(degree);
    ncf__certified_point_init(&m->point, m->network);
    ncf__cap_init(&m->cap);
}

static void model_clear(model_t *m)
{
    ncf__cap_clear(&m->cap);
    ncf__certified_point_clear(&m->point);
    ncf__free(m->x);
    ncf__free(m->z);
    ncf__network_clear(m->network);
    ncf_problem_free(m->problem);
}

static double dot(const double *a, const double *b, slong n)
{
    double sum = 0;
    for (slong i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static double normalise(double *a, slong n)
{
    double norm = sqrt(dot(a, a, n));
    for (slong i = 0; i < n; i++)
        a[i] /= norm;
    return norm;
}

static void random_unit(double *q, slong n, ncf_random_t *random)
{
    for (slong i = 0; i < n; i++)
        q[i] = ncf__random_unit(random) + ncf__random_unit(random) - 1;
    normalise(q, n);
}

/* A strict point with lambda > 0 by ascent; 0 when none is found. */
static int find_point(model_t *m, ncf_random_t *random)
{
    static const ncf_point_options_t options = {64, 256, NULL};
    double g[MOST];
    arb_ptr candidate = _arb_vec_init(m->n);
    int found = 0;
    for (int trial = 0; trial < 10 && !found; trial++) {
        random_unit(m->u, m->n, random);
        for (int k = 0; k < 4000; k++) {
            ncf__network_eval_double(NULL, g, NULL, m->u, m->network, m->x, m->z, m->points);
            if (!(normalise(g, m->n) > 0))
                break;
            for (slong j = 0; j < m->n; j++)
                m->u[j] += (k < 1000 ? 0.1 : 2) * g[j];
            normalise(m->u, m->n);
        }
        for (slong j = 0; j < m->n; j++)
            arb_set_d(candidate + j, m->u[j]);
        ncf__certify_point(&m->point, candidate, m->problem, m->network, &options);
        found = ncf_is_proved(m->point.exists) && m->point.slice_dimension == 0 &&
                ncf_is_proved(m->point.lambda_positive) &&
                m->point.second_order == NCF_SECOND_ORDER_STRICT;
    }
    for (slong j = 0; j < m->n; j++)
        m->u[j] = arf_get_d(arb_midref(m->point.point + j), ARF_RND_NEAR);
    _arb_vec_clear(candidate, m->n);
    return found;
}

/* P(t, v), and its gradient with respect to v. */
static double evaluate(double *out, const model_t *m, double t, const double *v)
{
    double w[MOST], g[MOST], h[MOST], value, l = (double) m->degree;
    for (slong i = 0; i < m->n; i++)
        w[i] = m->u[i] + t * v[i];
    ncf__network_eval_double(&value, g, NULL, w, m->network, m->x, m->z, m->points);
    ncf__network_hvp_double(h, w, v, m->network, m->x, m->z, m->points);
    for (slong i = 0; i < m->n; i++)
        out[i] = l * t * g[i] - (1 + t * t) * (g[i] / t + h[i]);
    return l * value - (1 + t * t) * dot(g, v, m->n) / t;
}

static void project(double *v, const model_t *m)
{
    double along = dot(v, m->u, m->n);
    for (slong i = 0; i < m->n; i++)
        v[i] -= along * m->u[i];
    normalise(v, m->n);
}

/* The least P(t, .) that descent from v finds; v becomes the place. */
static double descend(double *v, const model_t *m, double t)
{
    double g[MOST], trial[MOST], next[MOST], step = 0.3, value = evaluate(g, m, t, v);
    for (int k = 0; k < 100 && step > 0x1p-12 && value > 0; k++) {
        double along = dot(g, v, m->n), along_u = dot(g, m->u, m->n), norm = 0;
        for (slong i = 0; i < m->n; i++) {
            trial[i] = g[i] - along * v[i] - along_u * m->u[i];
            norm += trial[i] * trial[i];
        }
        norm = sqrt(norm);
        for (slong i = 0; i < m->n; i++)
            trial[i] = v[i] - step * trial[i] / norm;
        project(trial, m);
        double lower = evaluate(next, m, t, trial);
        if (lower < value) {
            memcpy(v, trial, sizeof(trial));
            memcpy(g, next, sizeof(next));
            value = lower;
            step *= 1.3;
        } else {
            step /= 3;
        }
    }
    return value;
}

/*
 * The least tangent at which descent finds P <= 0. Half of the starts go outwards from the certified
 * tangent: descent that begins far inside follows one local minimum and may miss a lower one.
 */
static double monotone_tangent(const model_t *m, int starts, ncf_random_t *random)
{
    double v[MOST], best = 1024;
    for (int k = 0; k < starts; k++) {
        double low = k == 0 ? 1e-3 : best / 4, high;
        if (k % 2 == 1 && m->cap.tangent > 0)
            low = fmin(m->cap.tangent, best);
        random_unit(v, m->n, random);
        project(v, m);
        for (high = low; high < best && descend(v, m, high) > 0; high *= 1.15)
            low = high;
        for (int i = 0; i < 12 && high < best; i++) {
            double middle = (low + high) / 2;
            if (descend(v, m, middle) > 0)
                low = middle;
            else
                high = middle;
        }
        best = fmin(best, high);
    }
    return best;
}

static int increasing(const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

typedef struct {
    double angle[MAX_CAPS], ratio[MAX_CAPS], seconds[MAX_CAPS], nodes[MAX_CAPS];
    slong n, degree, count, proved, below;
} table_t;

static void measure(table_t *table, const shape_t *shape, int seed, int verbose)
{
    model_t m;
    ncf_random_t random;
    ncf__random_init(&random, (uint64_t) seed, 5);
    model_init(&m, shape, seed);
    table->n = m.n;
    table->degree = m.degree;
    if (find_point(&m, &random)) {
        clock_t start = clock();
        ncf__certify_cap(&m.cap, &m.point, m.problem, m.network, NULL);
        double seconds = (double) (clock() - start) / CLOCKS_PER_SEC;
        double truth = atan(monotone_tangent(&m, m.n > 20 ? 12 : 40, &random));
        double angle = arf_get_d(m.cap.angle, ARF_RND_DOWN), ratio = angle / truth;
        if (ratio > 1)
            printf("%s seed %d: the cap is too large: %.9f, %.9f\n", shape->name, seed, angle, truth);
        table->angle[table->count] = angle;
        table->ratio[table->count] = ratio;
        table->seconds[table->count] = 1000 * seconds;
        table->nodes[table->count] = (double) m.cap.node_count;
        table->count++;
        table->proved += ncf_is_proved(m.cap.verdict);
        table->below += ratio < 0.6;
        if (verbose)
            printf("%s\tseed %d\torder %ld\tangle %.4f\tof %.4f\tratio %.3f\t%.1f ms\tnodes %ld\tgap/lambda %.3g\t%s\n",
                   shape->name, seed, (long) m.cap.order, angle, truth, ratio, 1000 * seconds,
                   (long) m.cap.node_count,
                   arf_get_d(arb_midref(m.point.gap), ARF_RND_NEAR) /
                       arf_get_d(arb_midref(m.point.point + m.n), ARF_RND_NEAR),
                   m.cap.reason != NULL ? m.cap.reason : "");
    }
    model_clear(&m);
}

static void run(const shape_t *shape, int problems, int verbose)
{
    table_t *t = ncf__calloc(1, sizeof(*t));
    for (int seed = 1; seed <= problems; seed++)
        measure(t, shape, seed, verbose);
    slong count = t->count;
    qsort(t->angle, (size_t) count, sizeof(double), increasing);
    qsort(t->ratio, (size_t) count, sizeof(double), increasing);
    qsort(t->seconds, (size_t) count, sizeof(double), increasing);
    qsort(t->nodes, (size_t) count, sizeof(double), increasing);
    if (count > 0)
        printf("%-13s\t%ld\t%ld\t%ld\t%ld\t%.3f\t%.2f\t%.2f\t%ld\t%.1f\t%.1f\t%.0f\n", shape->name,
               (long) t->n, (long) t->degree, (long) count, (long) t->proved, t->angle[count / 2],
               t->ratio[count / 2], t->ratio[0], (long) t->below, t->seconds[count / 2],
               t->seconds[count - 1], t->nodes[count / 2]);
    else
        printf("%s\tno strict point was found\n", shape->name);
    fflush(stdout);
    ncf__free(t);
}

int main(int argc, char **argv)
{
    int problems = argc > 1 ? atoi(argv[1]) : 10;
    NCF_REQUIRE(problems > 0 && problems <= MAX_CAPS);
    printf("# caps: shape, unknowns, L, caps, proved, median angle, median ratio, least ratio, "
           "ratios below 0.6, median ms, largest ms, median nodes\n");
    for (const shape_t *shape = shapes; shape->name != NULL; shape++) {
        if (argc <= 2 || strcmp(argv[2], shape->name) == 0)
            run(shape, problems, argc > 2);
    }
    flint_cleanup();
    return 0;
}
