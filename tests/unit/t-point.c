/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * t-point.c: the record of one KKT point. Points are known in closed form or by number;
 * candidates that are wrong, singular or far away must not change what is claimed.
 */
#include "../harness.h"
#include "../problems.h"

#include "../../src/certify/point.h"

#include <math.h>
#include <string.h>

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

/* ---- All points of a small network, by many starts -------------------------------- */

#define MOST 64

/* Distinct proved points with lambda > 0; clashes: boxes that meet without being equal. */
typedef struct {
    ncf_certified_point_t points[MOST];
    slong count, proved, undecided, clashes, no_reason;
} found_t;

/* 1: the point of b is the one of a; 0: they are different; -1: neither is proved. */
static int is_same(const ncf_certified_point_t *a, const ncf_certified_point_t *b)
{
    int inside = 1, meets = 1;
    for (slong j = 0; j <= a->unknowns; j++) {
        inside = inside && arb_contains(a->box + j, b->point + j);
        meets = meets && arb_overlaps(a->point + j, b->point + j);
    }
    return inside ? 1 : meets ? -1 : 0;
}

static void collect(found_t *found, const model_t *m, const double *u)
{
    ncf_certified_point_t record;
    ncf__certified_point_init(&record, m->network);
    certify(&record, m, u);
    int keep = ncf_is_proved(record.exists) && ncf_is_proved(record.lambda_positive);
    found->proved += ncf_is_proved(record.exists);
    found->undecided += !ncf_is_proved(record.exists);
    found->no_reason += !ncf_is_proved(record.exists) && record.reason == NULL;
    for (slong k = 0; k < found->count && keep; k++) {
        int same = is_same(found->points + k, &record);
        found->clashes += same < 0;
        keep = same == 0;
    }
    if (keep && found->count < MOST)
        found->points[found->count++] = record;
    else
        ncf__certified_point_clear(&record);
}

/*
 * out = u under an element of the symmetry group: bit j of `element` flips unit j of the first
 * hidden layer (for odd degrees row and column), bit 2 exchanges the two units, bit 3 flips
 * the unit of the second hidden layer where there is one. Two units in the first layer.
 */
static void act(double *out, const double *u, const model_t *m, int element)
{
    int odd = m->problem.network.activations[0].degree % 2;
    slong swap = element >> 2 & 1;
    for (slong j = 0; j < m->n; j++)
        out[j] = u[j];
    for (slong j = 0; j < 2; j++) {
        double sign = element >> j & 1 ? -1 : 1;
        slong from = j ^ swap;
        out[2 * j] = sign * u[2 * from];
        out[2 * j + 1] = sign * u[2 * from + 1];
        out[4 + j] = (odd ? sign : 1) * u[4 + from];
    }
    if (m->n == 7 && element >> 3 & 1) {
        out[4] = -out[4];
        out[5] = -out[5];
    }
}

/* From random starts; each point found is followed by its images under the group. */
static void search(found_t *found, const model_t *m, int starts)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 40);
    memset(found, 0, sizeof(*found));
    for (int k = 0; k < starts; k++) {
        double u[64], image[64];
        slong before = found->count;
        random_start(u, m, &random, k % 2 == 0 ? 0 : 5);
        collect(found, m, u);
        if (found->count == before)
            continue;
        const ncf_certified_point_t *p = found->points + before;
        for (slong j = 0; j < m->n; j++)
            u[j] = arf_get_d(arb_midref(p->point + j), ARF_RND_NEAR);
        for (int element = 1; element < 16; element++) {
            act(image, u, m, element);
            collect(found, m, image);
        }
    }
}

static void found_clear(found_t *found)
{
    for (slong k = 0; k < found->count; k++)
        ncf__certified_point_clear(found->points + k);
}

/* How many points have lambda within 1e-6, these bounds of the rank of W_1, and the rest. */
static slong count_like(const found_t *found, double lambda, slong lower, slong upper,
                        slong zeros, slong index)
{
    slong count = 0;
    for (slong k = 0; k < found->count; k++) {
        const ncf_certified_point_t *p = found->points + k;
        double value = arf_get_d(arb_midref(p->point + p->unknowns), ARF_RND_NEAR);
        slong exact = 0, not_zero = 0;
        for (slong j = 0; j < p->unknowns; j++) {
            exact += p->zero[j] == 1;
            not_zero += p->zero[j] == -1;
        }
        count += fabs(value - lambda) < 1e-6 && p->ranks[0].lower == lower &&
                 p->ranks[0].upper == upper && exact == zeros &&
                 exact + not_zero == p->unknowns && p->slice_dimension == 0 &&
                 p->nullity == 0 &&
                 (!ncf_is_proved(p->inertia_known) || p->index == index);
    }
    return count;
}

/* theory.md (2b): 24 positive points for p = 2, 48 for p = 3; 48 for (2,2,1,1), section 5. */
static void test_all_points(void)
{
    static const slong two[] = {2, 2, 1}, deep[] = {2, 2, 1, 1}, square[] = {2, 2}, cubic[] = {3};
    found_t found;
    model_t m;
    model_init(&m, 2, two, square);
    search(&found, &m, 300);
    /* lambda = sqrt 2 (2/3)^{1/2} |mu| with one unit; p = 2 and mu = 12.4022, -5.4022 */
    slong total = found.count, clashes = found.clashes, silent = found.no_reason;
    slong one = count_like(&found, 14.3208812, 1, 1, 3, 0), low = count_like(&found, 6.2379774, 1, 1, 3, 0);
    found_clear(&found);
    model_clear(&m);
    CHECK_MSG(total == 24, "%ld points", (long) total);
    CHECK(one == 4 && low == 4);
    CHECK(clashes == 0 && silent == 0);
    model_init(&m, 2, two, cubic);
    search(&found, &m, 300);
    total = found.count;
    found_clear(&found);
    model_clear(&m);
    CHECK_MSG(total == 48, "%ld points", (long) total);
    model_init(&m, 3, deep, square);
    search(&found, &m, 150);
    total = found.count;
    clashes = found.clashes;
    slong first = count_like(&found, 22.812018397, 1, 1, 3, 0);
    slong second = count_like(&found, 20.718533210, 1, 1, 3, 0);
    slong third = count_like(&found, 11.406009199, 1, 2, 0, 1);
    slong fourth = count_like(&found, 10.359266605, 1, 2, 0, 1);
    slong last = count_like(&found, 0.436555, 2, 2, 0, 1);
    found_clear(&found);
    model_clear(&m);
    CHECK_MSG(total == 48, "%ld points", (long) total);
    CHECK(clashes == 0);
    CHECK(first == 8 && second == 8 && third == 8 && fourth == 8);
    CHECK_MSG(last == 16, "%ld", (long) last);
}

int main(void)
{
    static const ncf_test_t tests[] = {
        {"all points of small networks", test_all_points},
        {NULL, NULL},
    };
    return ncf_test_main("point", tests);
}
