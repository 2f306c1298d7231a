/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * t-point.c: the record of one KKT point. Points are known in closed form or by number;
 * candidates that are wrong, singular or far away must not change what is claimed.
 */
#include "../harness.h"
#include "../problems.h"

#include "../../src/certify/point.h"

#include <math.h>
#include <stdio.h>

/* theory.md sections 2 and 5 */
static const slong plane_x[] = {1, 2, 3, -1, -1, 1, 2, 2}, plane_y[] = {1, -1, 2, 1};

static const ncf_point_options_t options = {80, 1024};

typedef struct {
    struct ncf_problem problem;
    ncf_network_t network;
    slong n;
} model_t;

static void model_init(model_t *m, slong depth, const slong *widths, const slong *degrees)
{
    ncf_test_problem_init(&m->problem, depth, widths, degrees, 4, plane_x, plane_y);
    CHECK(ncf__network_init(m->network, &m->problem));
    m->n = m->network->unknowns;
}

static void model_clear(model_t *m)
{
    ncf__network_clear(m->network);
    ncf_test_problem_clear(&m->problem);
}

static void certify(ncf_certified_point_t *record, const model_t *m, const double *u)
{
    arb_ptr candidate = _arb_vec_init(m->n);
    for (slong j = 0; j < m->n; j++)
        arb_set_d(candidate + j, u[j]);
    ncf__certify_point(record, candidate, &m->problem, m->network, &options);
    _arb_vec_clear(candidate, m->n);
}

/* A random unit vector, followed by gradient ascent for a while. */
static void random_start(double *u, const model_t *m, ncf_random_t *random, int rounds)
{
    slong n = m->n;
    double x[8], y[4], gradient[64];
    for (int i = 0; i < 8; i++)
        x[i] = (double) plane_x[i];
    for (int i = 0; i < 4; i++)
        y[i] = (double) plane_y[i];
    for (slong j = 0; j < n; j++)
        u[j] = 2 * ncf__random_unit(random) - 1;
    for (int k = 0; k <= rounds; k++) {
        double norm = 0;
        for (slong j = 0; j < n; j++)
            norm += u[j] * u[j];
        for (slong j = 0; j < n; j++)
            u[j] /= sqrt(norm);
        ncf__network_eval_double(NULL, gradient, NULL, u, m->network, x, y, 4);
        for (slong j = 0; j < n && k < rounds; j++)
            u[j] += 0.02 * gradient[j];
    }
}

static void show(const ncf_certified_point_t *r)
{
    printf("%s %s lambda ", ncf_is_proved(r->exists) ? "PROVED" : "-", r->reason ? r->reason : "");
    arb_printn(r->point + r->unknowns, 20, 0);
    printf(" box %g slice %ld ranks", mag_get_d(arb_radref(r->box)), (long) r->slice_dimension);
    for (slong l = 0; l < r->block_count; l++)
        printf(" %ld..%ld", (long) r->ranks[l].lower, (long) r->ranks[l].upper);
    printf(" r1 %d pos %d index %ld nullity %ld zero ", r->rank_one.value, r->lambda_positive.value,
           (long) r->index, (long) r->nullity);
    for (slong j = 0; j < r->unknowns; j++)
        printf("%c", "-?0"[r->zero[j] + 1]);
    printf(" res %g\n", arf_get_d(r->residual, ARF_RND_UP));
}

static void explore(slong depth, const slong *widths, const slong *degrees, int count)
{
    model_t m;
    ncf_random_t random;
    ncf_certified_point_t record;
    ncf__random_init(&random, ncf_test_seed(), 40);
    model_init(&m, depth, widths, degrees);
    ncf__certified_point_init(&record, m.network);
    for (int k = 0; k < count; k++) {
        double u[64];
        random_start(u, &m, &random, (int) ncf__random_below(&random, 200));
        certify(&record, &m, u);
        show(&record);
    }
    ncf__certified_point_clear(&record);
    model_clear(&m);
}

static void test_explore(void)
{
    static const slong w1[] = {2, 2, 1, 1}, d1[] = {2, 2}, w2[] = {2, 3, 1}, d2[] = {2};
    static const slong w3[] = {2, 3, 2, 1}, d3[] = {1, 1}, d4[] = {1, 2}, d5[]={2,1};
    static const slong w6[] = {2, 2, 1}, d6[] = {3};
    explore(3, w1, d1, 30);
    explore(2, w2, d2, 20);
    explore(3, w3, d3, 10);
    explore(3, w3, d4, 10);
    explore(3, w3, d5, 10);
    explore(2, w6, d6, 10);
    CHECK(1);
}

int main(void)
{
    static const ncf_test_t tests[] = {
        {"explore", test_explore},
        {NULL, NULL},
    };
    return ncf_test_main("point", tests);
}
