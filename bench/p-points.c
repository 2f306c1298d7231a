/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * p-points: how long does the certificate of one KKT point take, against the number of
 * unknowns? Square activation, random points on the sphere, labels of a teacher of two
 * units a layer; candidates come from ascent on the sphere, so most are maxima.
 *
 * Usage: p-points [large]. Writes TSV: widths, unknowns, candidates, proved, milliseconds a
 * point for Krawczyk's test alone (a box around the tight enclosure), for the inertia
 * alone, for the whole record (Newton's method, box, tight enclosure, inertia, ranks,
 * zeros), and the largest resident memory so far in MB. `large` adds 820 and 1,050 unknowns.
 */
#include "../src/certify/kkt_inertia.h"
#include "../src/certify/kkt_point.h"
#include "../src/certify/point.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

typedef struct {
    ncf_problem_t *problem;
    ncf_network_t network;
    fmpq_mat_t weights;
    double *x, *z; /* N x d, N */
    slong n, points;
} setting_t;

static double processor_seconds(void)
{
    return (double) clock() / CLOCKS_PER_SEC;
}

static double megabytes(void)
{
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    return (double) use.ru_maxrss / 1024;
}

static double *doubles(const fmpq_mat_t m)
{
    slong columns = fmpq_mat_ncols(m), count = fmpq_mat_nrows(m) * columns;
    double *out = ncf__malloc((size_t) count, sizeof(double));
    for (slong k = 0; k < count; k++)
        out[k] = fmpq_get_d(fmpq_mat_entry(m, k / columns, k % columns));
    return out;
}

static void setting_init(setting_t *s, const char *widths, const char *teacher, int inputs,
                         int points)
{
    char text[1024];
    const char *square = "\"activation\":{\"type\":\"power\",\"degree\":2}";
    int length = snprintf(text, sizeof(text),
                          "{\"ncf\":1,\"network\":{\"type\":\"feedforward\",\"widths\":[%s],%s},"
                          "\"data\":{\"random\":{\"points\":%d,\"inputs\":%d,\"seed\":1,\"bits\":30,"
                          "\"distribution\":\"sphere\",\"teacher\":{\"widths\":[%s],%s,\"seed\":1}}}}",
                          widths, square, points, inputs, teacher, square);
    NCF_REQUIRE(ncf_problem_parse(&s->problem, text, (size_t) length, "bench", ".", NULL) == NCF_OK);
    NCF_REQUIRE(ncf__network_init(s->network, s->problem));
    s->n = s->network->unknowns;
    s->points = points;
    fmpq_mat_init(s->weights, points, 1);
    ncf__problem_weights(s->weights, s->problem);
    s->x = doubles(s->problem->x);
    s->z = doubles(s->weights);
}

static void setting_clear(setting_t *s)
{
    ncf__free(s->x);
    ncf__free(s->z);
    fmpq_mat_clear(s->weights);
    ncf__network_clear(s->network);
    ncf_problem_free(s->problem);
}

static double normalise(double *u, slong n)
{
    double norm = 0;
    for (slong j = 0; j < n; j++)
        norm += u[j] * u[j];
    norm = sqrt(norm);
    for (slong j = 0; j < n; j++)
        u[j] /= norm;
    return norm;
}

/* u <- (u + 3 grad N/|grad N|)/norm until it moves no more: a candidate. */
static void ascend(arb_ptr candidate, const setting_t *s, ncf_random_t *random)
{
    double *u = ncf__malloc((size_t) s->n, 2 * sizeof(double)), *g = u + s->n;
    for (slong j = 0; j < s->n; j++)
        u[j] = ncf__random_unit(random) - 0.5;
    normalise(u, s->n);
    for (int k = 0; k < 3000; k++) {
        double moved = 0;
        ncf__network_eval_double(NULL, g, NULL, u, s->network, s->x, s->z, s->points);
        normalise(g, s->n);
        for (slong j = 0; j < s->n; j++) {
            moved = fmax(moved, fabs(g[j] - u[j]));
            u[j] += 3 * g[j];
        }
        normalise(u, s->n);
        if (moved < ldexp(1, -30))
            break;
    }
    for (slong j = 0; j < s->n; j++)
        arb_set_d(candidate + j, u[j]);
    ncf__free(u);
}

typedef struct {
    slong proved;
    double krawczyk, inertia, record;
} sum_t;

static void measure(sum_t *sum, const setting_t *s, arb_srcptr candidate)
{
    ncf_point_options_t options = {.precision = 64, .max_precision = 256};
    ncf_certified_point_t record;
    slong index, nullity;
    arb_t gap;
    arb_init(gap);
    ncf__certified_point_init(&record, s->network);
    double start = processor_seconds();
    ncf__certify_point(&record, candidate, s->problem, s->network, &options);
    sum->record += processor_seconds() - start;
    if (ncf_is_proved(record.exists) && record.slice_dimension == 0) {
        start = processor_seconds();
        int proved = ncf_is_proved(ncf__kkt_point_certify(
            NULL, NULL, record.point, record.point + s->n, s->network, s->problem->x, s->weights,
            64, 64));
        sum->krawczyk += processor_seconds() - start;
        start = processor_seconds();
        proved = proved && ncf_is_proved(ncf__kkt_inertia(&index, &nullity, gap, record.point,
                                                          s->network, s->problem->x, s->weights,
                                                          0, 64, 64));
        sum->inertia += processor_seconds() - start;
        sum->proved += proved && ncf_is_proved(record.inertia_known);
    }
    ncf__certified_point_clear(&record);
    arb_clear(gap);
}

static void run(const char *widths, const char *teacher, int inputs, int points, slong count)
{
    setting_t s;
    sum_t sum = {0};
    ncf_random_t random;
    ncf__random_init(&random, 1, 1);
    setting_init(&s, widths, teacher, inputs, points);
    arb_ptr candidate = _arb_vec_init(s.n);
    for (slong k = 0; k < count; k++) {
        ascend(candidate, &s, &random);
        measure(&sum, &s, candidate);
    }
    double scale = 1000.0 / (double) count;
    printf("%s\t%ld\t%ld\t%ld\t%.3f\t%.3f\t%.3f\t%.0f\n", widths, (long) s.n, (long) count,
           (long) sum.proved, scale * sum.krawczyk, scale * sum.inertia, scale * sum.record,
           megabytes());
    fflush(stdout);
    _arb_vec_clear(candidate, s.n);
    setting_clear(&s);
}

int main(int argc, char **argv)
{
    printf("# ncf %s, %s\nwidths\tunknowns\tpoints\tproved\tkrawczyk_ms\tinertia_ms\trecord_ms\tMB\n",
           ncf_version(), ncf_library_version("flint"));
    run("2,2,1,1", "2,2,1", 2, 10, 200);
    run("2,2,2,1", "2,2,1", 2, 10, 200);
    run("3,3,3,1", "3,2,1", 3, 15, 50);
    run("4,4,4,1", "4,2,1", 4, 20, 20);
    run("5,5,5,1", "5,2,2,1", 5, 25, 20);
    run("10,10,10,1", "10,2,2,1", 10, 50, 3);
    if (argc > 1 && strcmp(argv[1], "large") == 0) {
        run("20,50,1", "20,2,1", 20, 100, 1);
        run("20,20,20,1", "20,2,2,1", 20, 100, 1);
    }
    flint_cleanup_master();
    return 0;
}
