/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * t-point.c: the record of one KKT point. Points are known in closed form or by number;
 * candidates that are wrong, singular or far away must not change what is claimed.
 */
#include "../harness.h"
#include "../problems.h"

#include "../../src/certify/point_internal.h"

#include <math.h>
#include <string.h>

/* theory.md sections 2 and 5 */
static const slong plane_x[] = {1, 2, 3, -1, -1, 1, 2, 2}, plane_y[] = {1, -1, 2, 1};

static const ncf_point_options_t options = {80, 1024, NULL};

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

/*
 * From random starts, the first one from `first` if not NULL; each point found is followed
 * by its images under the group.
 */
static void search(found_t *found, const model_t *m, const double *first, int starts)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 40);
    memset(found, 0, sizeof(*found));
    for (int k = 0; k < starts; k++) {
        double u[64], image[64];
        slong before = found->count;
        random_start(u, m, &random, k % 2 == 0 ? 0 : 5);
        collect(found, m, k == 0 && first != NULL ? first : u);
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
                 ncf_is_proved(p->inertia_known) && p->index == index;
    }
    return count;
}

/* theory.md (2b): 24 positive points for p = 2, 48 for p = 3; 48 for (2,2,1,1), section 5. */
static void test_all_points(void)
{
    static const slong two[] = {2, 2, 1}, deep[] = {2, 2, 1, 1}, square[] = {2, 2}, cubic[] = {3};
    /* few random starts reach the orbit of rank two */
    static const double rare[] = {0.4389, 0.1392, 0.1812, -0.5715, -0.3255, 0.4239, 0.3780};
    found_t found;
    model_t m;
    model_init(&m, 2, two, square);
    search(&found, &m, NULL, 300);
    /* lambda = sqrt 2 (2/3)^{1/2} |mu| with one unit; p = 2 and mu = 12.4022, -5.4022 */
    slong total = found.count, clashes = found.clashes, silent = found.no_reason;
    slong one = count_like(&found, 14.3208812, 1, 1, 3, 0), low = count_like(&found, 6.2379774, 1, 1, 3, 0);
    found_clear(&found);
    model_clear(&m);
    CHECK_MSG(total == 24, "%ld points", (long) total);
    CHECK(one == 4 && low == 4);
    CHECK(clashes == 0 && silent == 0);
    model_init(&m, 2, two, cubic);
    search(&found, &m, NULL, 300);
    total = found.count;
    found_clear(&found);
    model_clear(&m);
    CHECK_MSG(total == 48, "%ld points", (long) total);
    model_init(&m, 3, deep, square);
    search(&found, &m, rare, 150);
    total = found.count;
    clashes = found.clashes;
    slong first = count_like(&found, 22.812018397, 1, 1, 3, 0);
    slong second = count_like(&found, 20.718533210, 1, 1, 3, 0);
    slong third = count_like(&found, 11.406009199, 1, 1, 0, 1);
    slong fourth = count_like(&found, 10.359266605, 1, 1, 0, 1);
    slong last = count_like(&found, 0.436555, 2, 2, 0, 1);
    found_clear(&found);
    model_clear(&m);
    CHECK_MSG(total == 48, "%ld points", (long) total);
    CHECK(clashes == 0);
    CHECK(first == 8 && second == 8 && third == 8 && fourth == 8);
    CHECK_MSG(last == 16, "%ld", (long) last);
}

/* ---- Units that are copies ------------------------------------------------------- */

/* The bounds of all ranks as digits: lower and upper of W_1, of W_2, ... */
static long rank_digits(const model_t *m, const double *u, ncf_verdict_t *rank_one)
{
    ncf_certified_point_t record;
    long digits = 0;
    ncf__certified_point_init(&record, m->network);
    certify(&record, m, u);
    for (slong l = 0; l < record.block_count; l++)
        digits = 100 * digits + 10 * record.ranks[l].lower + record.ranks[l].upper;
    *rank_one = record.rank_one;
    ncf__certified_point_clear(&record);
    return digits;
}

/*
 * Widths (2,2,2,1): W_2 has two rows that are equal up to sign and no zero (lambda =
 * 0.30869134); flipping one of them and exchanging the units leaves that so. Beside it a
 * point (lambda = 0.40701591) whose rows are not on one line.
 */
static void test_copies(void)
{
    static const slong widths[] = {2, 2, 2, 1}, degrees[] = {2, 2};
    double equal[] = {-0.181224, 0.571509, 0.43886, 0.139162, 0.299777, -0.230198,
        0.299777, -0.230198, 0.267261, 0.267261};
    static const double different[] = {-0.143905, 0.577611, 0.421176, 0.199239, 0.412791,
        -0.31079, 0.082312, 0.109327, 0.365367, 0.0967667};
    ncf_verdict_t rank_one[3];
    model_t m;
    model_init(&m, 3, widths, degrees);
    long first = rank_digits(&m, equal, &rank_one[0]);
    for (int j = 4; j < 6; j++)
        equal[j] = -equal[j];
    long flipped = rank_digits(&m, equal, &rank_one[1]);
    long other = rank_digits(&m, different, &rank_one[2]);
    model_clear(&m);
    CHECK_MSG(first == 221111, "%ld", first);
    CHECK_MSG(flipped == 221111, "%ld", flipped);
    CHECK_MSG(other == 222211, "%ld", other);
    CHECK(ncf_is_refuted(rank_one[0]) && ncf_is_refuted(rank_one[1]) &&
          ncf_is_refuted(rank_one[2]));
}

/* ---- Zeros ----------------------------------------------------------------------- */

/* Certifies u; returns the record's verdict on existence and keeps the record. */
static int certifies(ncf_certified_point_t *record, const model_t *m, const double *u)
{
    ncf__certified_point_init(record, m->network);
    certify(record, m, u);
    return ncf_is_proved(record->exists);
}

static void model_of(model_t *m, slong depth, const slong *widths, const slong *degrees,
                     slong points, const slong *x, const slong *y)
{
    ncf_test_problem_init(&m->problem, depth, widths, degrees, points, x, y);
    CHECK(ncf__network_init(m->network, &m->problem));
    m->n = m->network->unknowns;
}

static int zeros_are(const ncf_certified_point_t *record, const char *expected)
{
    int equal = 1;
    for (slong j = 0; j < record->unknowns; j++) {
        char sign = record->zero[j] == 1 ? '0' : record->zero[j] == -1 ? 'x' : '?';
        equal = equal && sign == expected[j];
        equal = equal && (record->zero[j] != 1 || arb_is_zero(record->point + j));
    }
    return equal;
}

/* Units that are off, near the eigenline of mu = 12.4022. */
static void test_dead_units(void)
{
    static const slong widths[] = {2, 3, 1}, square[] = {2}, cubic[] = {3};
    static const double one[] = {0, 0, 0.8, 0.5, 1e-9, 0, 1e-9, 0.6, 0};
    model_t m;
    ncf_certified_point_t record;
    model_init(&m, 2, widths, square);
    int proved = certifies(&record, &m, one), right = zeros_are(&record, "00xx000x0");
    int strict = record.second_order == NCF_SECOND_ORDER_STRICT && record.index == 0;
    int ranks = record.ranks[0].lower == 1 && record.ranks[0].upper == 1 &&
                ncf_is_proved(record.rank_one);
    ncf__certified_point_clear(&record);
    model_clear(&m);
    CHECK(proved && right && strict && ranks);
    model_init(&m, 2, widths, cubic);
    proved = certifies(&record, &m, one);
    right = zeros_are(&record, "00xx000x0");
    ncf__certified_point_clear(&record);
    model_clear(&m);
    CHECK(proved && right);
}

/*
 * T = diag(a, b) only because terms of two data points cancel: w = (r, 0). With a label
 * changed by one part in 10^18 the same weight is not zero, and must not be called so.
 */
static void test_zeros_of_the_data(void)
{
    static const slong widths[] = {2, 1, 1}, degrees[] = {2};
    static const slong x[] = {1, 1, 1, -1, 1, 0}, y[] = {1, 1, 1};
    static const slong near_y[] = {1000000000000000000, 999999999999999999, 1000000000000000000};
    static const double u[] = {0.8, 0, 0.6};
    model_t m;
    ncf_certified_point_t record;
    model_of(&m, 2, widths, degrees, 3, x, y);
    int proved = certifies(&record, &m, u), right = zeros_are(&record, "x0x");
    ncf__certified_point_clear(&record);
    model_clear(&m);
    CHECK(proved);
    CHECK(right);
    model_of(&m, 2, widths, degrees, 3, x, near_y);
    proved = certifies(&record, &m, u);
    right = zeros_are(&record, "xxx");
    ncf__certified_point_clear(&record);
    model_clear(&m);
    CHECK(proved);
    CHECK(right);
}

/* Marks that the gradient does not keep at zero are taken away, whatever the candidate. */
static void test_wrong_marks(void)
{
    static const slong widths[] = {2, 2, 1}, square[] = {2}, linear[] = {1};
    /* v_1; w_1 (p = 2 keeps it at zero, p = 1 does not); unit 1; unit 1 and half of unit 2 */
    static const char *const marks[] = {"....0.", "00....", "00..0.", "0000.."};
    static const char *const kept_square[] = {"......", "00....", "00..0.", "0000.."};
    static const char *const kept_linear[] = {"......", "......", "00..0.", "......"};
    int wrong = 0;
    for (int k = 0; k < 8; k++) {
        model_t m;
        signed char zero[6];
        fmpq_mat_t weights;
        arb_ptr box = _arb_vec_init(6);
        model_init(&m, 2, widths, k < 4 ? square : linear);
        fmpq_mat_init(weights, 4, 1);
        ncf__problem_weights(weights, &m.problem);
        for (slong j = 0; j < 6; j++) {
            zero[j] = marks[k % 4][j] == '0' ? 1 : -1;
            arb_set_d(box + j, zero[j] == 1 ? 0 : 0.5);
            arb_add_error_2exp_si(box + j, -10);
        }
        ncf__zero_invariant(zero, box, m.network, &m.problem, weights, 64);
        const char *kept = k < 4 ? kept_square[k % 4] : kept_linear[k % 4];
        for (slong j = 0; j < 6; j++)
            wrong += (zero[j] == 1) != (kept[j] == '0');
        fmpq_mat_clear(weights);
        _arb_vec_clear(box, 6);
        model_clear(&m);
    }
    CHECK_MSG(wrong == 0, "%d", wrong);
}

/* A ball matrix that holds a singular one is never called invertible. */
static void test_invertible(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 45);
    int wrong = 0, proved = 0;
    for (int k = 0; k < 200; k++) {
        slong size = 1 + k % 5;
        arb_mat_t m;
        arb_mat_init(m, size, size);
        /* the last row is a combination of the others, or zero, but for its radius */
        for (slong i = 0; i < size * size; i++) {
            arb_ptr entry = arb_mat_entry(m, i / size, i % size);
            if (i / size + 1 < size)
                arb_set_si(entry, (slong) ncf__random_below(&random, 19) - 9);
            if (i / size + 1 < size)
                arb_add(arb_mat_entry(m, size - 1, i % size), arb_mat_entry(m, size - 1, i % size),
                        entry, 64);
        }
        wrong += ncf__matrix_is_invertible(m, 64);
        for (slong j = 0; j < size; j++)
            arb_add_ui(arb_mat_entry(m, j, j), arb_mat_entry(m, j, j), 100, 64);
        proved += ncf__matrix_is_invertible(m, 64);
        arb_add_error_2exp_si(arb_mat_entry(m, size - 1, size - 1), 8);
        wrong += ncf__matrix_is_invertible(m, 64);
        arb_mat_clear(m);
    }
    CHECK_MSG(wrong == 0, "%d", wrong);
    CHECK_MSG(proved == 200, "%d", proved);
}

/* ---- lambda ---------------------------------------------------------------------- */

static void test_lambda(void)
{
    static const slong one_unit[] = {2, 1, 1}, two_units[] = {2, 2, 1}, degrees[] = {2};
    static const double at_zero[] = {0, 0, 1}, at_zeros[] = {0, 0, 0, 0, 0.6, 0.8};
    static const double falling[] = {0.8, 0.5, -0.6};
    model_t m;
    ncf_certified_point_t record;
    model_init(&m, 2, one_unit, degrees);
    int isolated = certifies(&record, &m, at_zero), zeros = zeros_are(&record, "00x");
    int neither = ncf_is_refuted(record.lambda_positive) &&
                  ncf_is_refuted(record.lambda_negative) && arb_is_zero(record.ncf);
    ncf__certified_point_clear(&record);
    int negative = certifies(&record, &m, falling) && ncf_is_proved(record.lambda_negative) &&
                   ncf_is_refuted(record.lambda_positive) && arb_is_negative(record.ncf);
    ncf__certified_point_clear(&record);
    model_clear(&m);
    CHECK(isolated && zeros && neither);
    CHECK(negative);
    model_init(&m, 2, two_units, degrees);
    int proved = certifies(&record, &m, at_zeros);
    int singular = record.reason != NULL && strstr(record.reason, "lambda may be zero") != NULL;
    ncf__certified_point_clear(&record);
    model_clear(&m);
    CHECK(!proved);
    CHECK(singular);
}

/* ---- What must not be proved ------------------------------------------------------ */

static void test_bad_candidates(void)
{
    static const slong widths[] = {2, 1, 1}, degrees[] = {2};
    static const slong circle_x[] = {1, 0, 0, 1}, circle_y[] = {1, 1};
    double nan[] = {NAN, 0, 1}, infinite[] = {1, 0, -INFINITY}, zero[] = {0, 0, 0};
    double circle[] = {0.6, 0.5, 0.6};
    const double *bad[] = {nan, infinite, zero};
    model_t m;
    ncf_certified_point_t record;
    model_init(&m, 2, widths, degrees);
    int refused = 0;
    for (int k = 0; k < 3; k++) {
        refused += !certifies(&record, &m, bad[k]) && record.reason != NULL &&
                   ncf_is_undecided(record.inertia_known) && record.zero[0] == 0;
        ncf__certified_point_clear(&record);
    }
    model_clear(&m);
    CHECK(refused == 3);
    /* T = I: the eigenlines fill a circle, which is no orbit of the network. */
    model_of(&m, 2, widths, degrees, 2, circle_x, circle_y);
    int proved = certifies(&record, &m, circle);
    int singular = record.reason != NULL && strstr(record.reason, "singular") != NULL;
    ncf__certified_point_clear(&record);
    model_clear(&m);
    CHECK(!proved);
    CHECK(singular);
}

/*
 * Whatever is proved on random networks is a KKT point: grad N - lambda u at the exact
 * midpoint, in rational arithmetic, is small against lambda.
 */
static int exact_residual_is_small(const ncf_certified_point_t *record, const model_t *m)
{
    slong n = m->n;
    fmpq *u = ncf__malloc((size_t) n + 1, sizeof(fmpq));
    fmpq *gradient = ncf__malloc((size_t) n, sizeof(fmpq));
    fmpq_mat_t weights;
    fmpq_t sum;
    int is_small = 1;
    fmpq_mat_init(weights, m->problem.points, 1);
    fmpq_init(sum);
    ncf__problem_weights(weights, &m->problem);
    for (slong j = 0; j <= n; j++) {
        fmpq_init(u + j);
        arf_get_fmpq(u + j, arb_midref(record->point + j));
    }
    for (slong j = 0; j < n; j++)
        fmpq_init(gradient + j);
    ncf__network_eval_fmpq(NULL, gradient, NULL, u, m->network, m->problem.x, weights);
    for (slong j = 0; j < n; j++) {
        fmpq_submul(gradient + j, u + n, u + j);
        fmpq_addmul(sum, u + j, u + j);
        double r = fmpq_get_d(gradient + j);
        is_small = is_small && fabs(r) <= 1e-18 * (1 + fabs(fmpq_get_d(u + n)));
        fmpq_clear(gradient + j);
    }
    fmpq_sub_si(sum, sum, 1);
    is_small = is_small && fabs(fmpq_get_d(sum)) < 1e-18;
    for (slong j = 0; j <= n; j++)
        fmpq_clear(u + j);
    fmpq_clear(sum);
    fmpq_mat_clear(weights);
    ncf__free(gradient);
    ncf__free(u);
    return is_small;
}

/*
 * T = diag(a, a + 1): as isolated as any other, but the Jacobian has a condition number of
 * about a. For a = 10^18 doubles cannot tell it from a circle of points.
 */
static void test_near_circle(void)
{
    static const slong widths[] = {2, 1, 1}, degrees[] = {2}, x[] = {1, 0, 0, 1};
    static const slong sizes[] = {1000000, 1000000000000, 1000000000000000000};
    static const double near[] = {0.8, 1e-9, 0.6}, aside[] = {1e-4, 0.8, 0.6};
    for (int k = 0; k < 3; k++) {
        slong y[] = {sizes[k], sizes[k] + 1};
        model_t m;
        ncf_certified_point_t first, second;
        model_of(&m, 2, widths, degrees, 2, x, y);
        int both = certifies(&first, &m, near) + certifies(&second, &m, aside);
        int zeros = zeros_are(&first, "x0x") + zeros_are(&second, "0xx");
        slong index = first.index - second.index;
        const char *reason = first.reason;
        ncf__certified_point_clear(&first);
        ncf__certified_point_clear(&second);
        model_clear(&m);
        CHECK_MSG(both == 2, "%d of 10^%d: %s", both, 6 * (k + 1), reason);
        CHECK(zeros == 2);
        CHECK_MSG(index == 1, "%ld", (long) index);
    }
}

/* What one record says must not contradict itself. */
static int is_consistent(const ncf_certified_point_t *record)
{
    int consistent = record->reason == NULL && record->nullity == record->slice_dimension;
    for (slong j = 0; j <= record->unknowns; j++)
        consistent = consistent && arb_contains(record->box + j, record->point + j);
    for (slong l = 0; l < record->block_count; l++)
        consistent = consistent && record->ranks[l].lower <= record->ranks[l].upper;
    for (slong j = 0; j < record->unknowns; j++)
        consistent = consistent && (record->zero[j] == -1) == !arb_contains_zero(record->point + j);
    return consistent;
}

/* s = c_0 + c_1 t + ... in place of each activation; no homogeneity then. */
static void set_polynomials(model_t *m, slong degree, ncf_random_t *random)
{
    ncf__network_clear(m->network);
    for (slong l = 0; l + 1 < m->problem.network.depth; l++) {
        ncf_activation_t *activation = m->problem.network.activations + l;
        activation->kind = NCF_ACTIVATION_POLYNOMIAL;
        activation->degree = degree;
        activation->coefficients = _fmpq_vec_init(degree + 1);
        for (slong k = 0; k <= degree; k++)
            ncf_test_random_fmpq(activation->coefficients + k, random);
        fmpq_one(activation->coefficients + degree);
    }
    CHECK(ncf__network_init(m->network, &m->problem));
}

static void test_random_networks(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 41);
    long count = ncf_test_count(300), proved = 0, wrong = 0, inconsistent = 0, sliced = 0;
    for (long k = 0; k < count; k++) {
        slong widths[5], degrees[3], depth = 1 + (slong) ncf__random_below(&random, 4);
        for (slong l = 0; l < depth; l++)
            widths[l] = 1 + (slong) ncf__random_below(&random, 3);
        for (slong l = 0; l + 1 < depth; l++)
            degrees[l] = 1 + (slong) ncf__random_below(&random, 3);
        widths[depth] = 1;
        model_t m;
        ncf_certified_point_t record;
        double u[64];
        slong points = 1 + (slong) ncf__random_below(&random, 5);
        ncf_test_problem_random(&m.problem, depth, widths, degrees, points, &random);
        CHECK(ncf__network_init(m.network, &m.problem));
        m.n = m.network->unknowns;
        if (k % 3 == 0)
            set_polynomials(&m, 1 + (slong) ncf__random_below(&random, 4), &random);
        for (slong j = 0; j < m.n; j++)
            u[j] = 2 * ncf__random_unit(&random) - 1;
        if (certifies(&record, &m, u)) {
            proved++;
            sliced += record.slice_dimension > 0;
            wrong += !exact_residual_is_small(&record, &m);
            inconsistent += !is_consistent(&record);
        }
        ncf__certified_point_clear(&record);
        model_clear(&m);
    }
    CHECK_MSG(proved > count / 4 && sliced > count / 100, "%ld proved, %ld sliced of %ld", proved,
              sliced, count);
    CHECK_MSG(wrong == 0, "%ld wrong", wrong);
    CHECK_MSG(inconsistent == 0, "%ld inconsistent", inconsistent);
}

/*
 * A curve of KKT points that no symmetry explains, near lambda = 0.557367 (algorithms.md E):
 * candidates that reach it stay undecided, all else may be proved.
 */
static void test_curve(void)
{
    static const slong widths[] = {2, 3, 1, 1}, degrees[] = {2, 2};
    static const slong x[] = {1, 0, 0, 1, 1, 1, 1, -1, 2, 1}, y[] = {2, 3, 1, 2, 1};
    ncf_random_t random;
    model_t m;
    int reached = 0, proved = 0, elsewhere = 0;
    ncf__random_init(&random, ncf_test_seed(), 44);
    model_of(&m, 3, widths, degrees, 5, x, y);
    for (int k = 0; k < 2000 && (reached < 1 || elsewhere <= 10); k++) {
        double u[16];
        ncf_certified_point_t record;
        for (slong j = 0; j < m.n; j++)
            u[j] = 2 * ncf__random_unit(&random) - 1;
        int exists = certifies(&record, &m, u);
        double lambda = fabs(arf_get_d(arb_midref(record.point + m.n), ARF_RND_NEAR));
        int on_curve = fabs(lambda - 0.557367) < 1e-5;
        reached += on_curve;
        proved += on_curve && exists;
        elsewhere += !on_curve && exists;
        ncf__certified_point_clear(&record);
    }
    model_clear(&m);
    CHECK_MSG(reached > 0 && elsewhere > 10, "%d and %d", reached, elsewhere);
    CHECK_MSG(proved == 0, "%d", proved);
}

/* ---- Limits ----------------------------------------------------------------------- */

/* A stop that is asked for leaves nothing proved; one that is not changes nothing. */
static void test_limits(void)
{
    static const slong widths[] = {2, 3, 1}, degrees[] = {2};
    static const double u[] = {0, 0, 0.8, 0.5, 1e-9, 0, 1e-9, 0.6, 0};
    volatile sig_atomic_t stop = 0;
    const ncf_limits_t limits = {.stop = &stop};
    const ncf_point_options_t limited = {80, 1024, &limits};
    model_t m;
    ncf_certified_point_t free_record, record;
    model_init(&m, 2, widths, degrees);
    int proved = certifies(&free_record, &m, u), same = 1;
    arb_ptr candidate = _arb_vec_init(m.n);
    for (slong j = 0; j < m.n; j++)
        arb_set_d(candidate + j, u[j]);
    ncf__certified_point_init(&record, m.network);
    ncf__certify_point(&record, candidate, &m.problem, m.network, &limited);
    for (slong j = 0; j <= m.n; j++)
        same = same && arb_equal(record.point + j, free_record.point + j);
    int finished = !record.unfinished && record.index == free_record.index;
    stop = 1;
    ncf__certify_point(&record, candidate, &m.problem, m.network, &limited);
    int nothing = record.unfinished && ncf_is_undecided(record.exists) &&
                  strcmp(record.reason, NCF_POINT_UNFINISHED) == 0 &&
                  ncf_is_undecided(record.inertia_known) && record.index == -1;
    _arb_vec_clear(candidate, m.n);
    ncf__certified_point_clear(&record);
    ncf__certified_point_clear(&free_record);
    model_clear(&m);
    CHECK(proved && same && finished);
    CHECK(nothing);
}

/* ---- Other types of networks ------------------------------------------------------ */

#define SQUARE "'activation':{'type':'power','degree':2}"
#define LINEAR "'activation':{'type':'linear'}"

/* With ' for the quotation mark; `sliced`: points lie in families. */
static const struct {
    const char *network;
    int sliced;
} types[] = {
    {"{'type':'feedforward','widths':[4,3,1],'activation':{'type':'polynomial',"
     "'coefficients':[0,3]}}",
     1},
    {"{'type':'polynomial','weights':['a','b','c'],'inputs':['x','y','z','t'],"
     "'output':'a*b*x + b^2*c*y*z - 2*c^3*t + a^2*c*t'}",
     0},
    {"{'type':'sum','parts':[{'type':'feedforward','widths':[4,2,1]," SQUARE "},"
     "{'type':'feedforward','widths':[4,2,1]," LINEAR "}]}",
     1},
    {"{'type':'convolution','length':4,'layers':[{'channels':2,'kernel':2}]," SQUARE "}", 0},
    {"{'type':'convolution','length':4,'layers':[{'channels':2,'kernel':2,'pooling':2}]," LINEAR
     "}",
     1},
};

static ncf_problem_t *parse_network(const char *network)
{
    char *text = ncf__format("{'ncf':1,'network':%s,'data':{'x':[[1,2,-1,0],[3,-1,2,1],"
                             "[-1,1,1,2],[2,2,0,-3],[1,0,-2,1]],'y':[1,-1,2,1,-2]},"
                             "'loss':'square'}",
                             network);
    for (char *c = text; *c != '\0'; c++)
        *c = *c == '\'' ? '"' : *c;
    ncf_problem_t *problem = NULL;
    ncf_error_t err;
    ncf_error_init(&err);
    CHECK_MSG(ncf_problem_parse(&problem, text, strlen(text), "p", "", &err) == NCF_OK, "%s",
              err.text);
    ncf__free(text);
    return problem;
}

/* Steps of fixed length along the gradient, on the sphere: away from lambda = 0. */
static void ascend(double *u, const model_t *m, int rounds)
{
    double x[64], y[16], gradient[64];
    slong points = m->problem.points, inputs = fmpq_mat_ncols(m->problem.x);
    for (slong i = 0; i < points * inputs; i++)
        x[i] = fmpq_get_d(fmpq_mat_entry(m->problem.x, i / inputs, i % inputs));
    for (slong i = 0; i < points; i++)
        y[i] = fmpq_get_d(fmpq_mat_entry(m->problem.y, i, 0));
    for (int k = 0; k <= rounds; k++) {
        double norm = 0, slope = 0;
        for (slong j = 0; j < m->n; j++)
            norm += u[j] * u[j];
        for (slong j = 0; j < m->n; j++)
            u[j] /= sqrt(norm);
        ncf__network_eval_double(NULL, gradient, NULL, u, m->network, x, y, points);
        for (slong j = 0; j < m->n; j++)
            slope += gradient[j] * gradient[j];
        for (slong j = 0; j < m->n && k < rounds; j++)
            u[j] += 0.1 * gradient[j] / sqrt(slope);
    }
}

static void test_types(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 43);
    for (size_t type = 0; type < sizeof(types) / sizeof(*types); type++) {
        ncf_problem_t *problem = parse_network(types[type].network);
        if (problem == NULL)
            continue;
        model_t m = {.problem = *problem};
        CHECK(ncf__network_init(m.network, problem));
        m.n = m.network->unknowns;
        int proved = 0, wrong = 0, sliced = 0;
        for (int k = 0; k < 40; k++) {
            double u[64];
            ncf_certified_point_t record;
            for (slong j = 0; j < m.n; j++)
                u[j] = 2 * ncf__random_unit(&random) - 1;
            ascend(u, &m, k);
            if (certifies(&record, &m, u)) {
                proved++;
                sliced += record.slice_dimension > 0;
                wrong += !exact_residual_is_small(&record, &m) || !is_consistent(&record);
            }
            ncf__certified_point_clear(&record);
        }
        ncf__network_clear(m.network);
        ncf_problem_free(problem);
        CHECK_MSG(proved >= 4, "%d of type %d", proved, (int) type);
        CHECK_MSG((sliced > 0) == types[type].sliced, "%d of type %d", sliced, (int) type);
        CHECK_MSG(wrong == 0, "%d of type %d", wrong, (int) type);
    }
}

/* ---- Slices ---------------------------------------------------------------------- */

/*
 * Deep linear networks: one family of dimension sum (k_l - 1), lambda = K^{1-K/2} |m| with
 * m = sum z_i x_i = (4, 8): 3^{-1/2} sqrt 80 (theory.md section 4). All W_l have rank one.
 */
static void test_deep_linear(void)
{
    static const slong widths[] = {2, 3, 2, 1}, degrees[] = {1, 1};
    /* one unit a layer: exact zeros, and normals that move only them */
    double axis[] = {0.26, 0.52, 0, 0, 0, 0, 0.57, 0, 0, 0, 0, 0, 0.57, 0}, u[64];
    ncf_random_t random;
    model_t m;
    ncf_certified_point_t record;
    arb_t lambda;
    int family = 0, proofs = 0;
    arb_init(lambda);
    ncf__random_init(&random, ncf_test_seed(), 42);
    model_init(&m, 3, widths, degrees);
    slong moment[] = {0, 0};
    for (int i = 0; i < 8; i++)
        moment[i % 2] += plane_x[i] * plane_y[i / 2];
    arb_set_si(lambda, moment[0] * moment[0] + moment[1] * moment[1]);
    arb_div_ui(lambda, lambda, 3, 100);
    arb_sqrt(lambda, lambda, 100);
    /* Newton's method may also end at lambda = 0, where nothing is isolated. */
    for (int k = 0; k < 40 && proofs < 8; k++) {
        random_start(u, &m, &random, 20);
        int found = certifies(&record, &m, u);
        if (arb_is_negative(record.point + m.n))
            arb_neg(record.point + m.n, record.point + m.n);
        proofs += found;
        family += found && record.slice_dimension == 3 && record.nullity == 3 &&
                  ncf_is_proved(record.rank_one) &&
                  record.second_order != NCF_SECOND_ORDER_STRICT &&
                  arb_overlaps(record.point + m.n, lambda);
        ncf__certified_point_clear(&record);
    }
    CHECK_MSG(family == 8 && proofs == 8, "%d of %d", family, proofs);
    axis[0] = (double) moment[0];
    axis[1] = (double) moment[1];
    axis[6] = axis[12] = sqrt(axis[0] * axis[0] + axis[1] * axis[1]);
    int proved = certifies(&record, &m, axis);
    int zeros = zeros_are(&record, "xx0000x00000x0");
    int maximum = record.index == 0 && record.second_order == NCF_SECOND_ORDER_DEGENERATE;
    ncf__certified_point_clear(&record);
    model_clear(&m);
    arb_clear(lambda);
    CHECK(proved && maximum);
    CHECK(zeros);
}

/* All data cancel: every u is a KKT point with lambda = 0, in any slice. */
static void test_no_signal(void)
{
    static const slong widths[] = {2, 3, 1}, degrees[] = {1}, x[] = {1, 2, 1, 2}, y[] = {1, -1};
    static const double u[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    model_t m;
    ncf_certified_point_t record;
    model_of(&m, 2, widths, degrees, 2, x, y);
    int proved = certifies(&record, &m, u);
    ncf__certified_point_clear(&record);
    model_clear(&m);
    CHECK(!proved);
}

int main(void)
{
    static const ncf_test_t tests[] = {
        {"all points of small networks", test_all_points},
        {"units that are copies of each other", test_copies},
        {"units that are off are exactly zero", test_dead_units},
        {"zeros that come from the data, and near zeros", test_zeros_of_the_data},
        {"marks that are wrong are taken away", test_wrong_marks},
        {"singular matrices are not invertible", test_invertible},
        {"lambda zero and negative", test_lambda},
        {"bad candidates, a circle of points", test_bad_candidates},
        {"a curve of points", test_curve},
        {"points that are nearly a circle", test_near_circle},
        {"random networks: what is proved is a KKT point", test_random_networks},
        {"limits", test_limits},
        {"all types of networks", test_types},
        {"deep linear networks in a slice", test_deep_linear},
        {"data that cancel: nothing is proved", test_no_signal},
        {NULL, NULL},
    };
    return ncf_test_main("point", tests);
}
