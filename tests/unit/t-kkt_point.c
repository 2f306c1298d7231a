/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * t-kkt_point.c: Krawczyk's test proves points that are known in closed form and never
 * proves where there is no zero, where there are two, or where the zero is degenerate.
 */
#include "../harness.h"
#include "../problems.h"

#include "../../src/certify/kkt_point.h"

#include <string.h>

typedef struct {
    struct ncf_problem problem;
    ncf_network_t network;
    slong n;
    arb_ptr u;
    arb_t lambda;
    arb_ptr u_out;
    arb_t lambda_out;
} point_t;

static void point_init(point_t *t, slong depth, const slong *widths, const slong *degrees,
                       slong points, const slong *x, const slong *y)
{
    ncf_test_problem_init(&t->problem, depth, widths, degrees, points, x, y);
    CHECK(ncf__network_init(t->network, &t->problem));
    t->n = t->network->unknowns;
    t->u = _arb_vec_init(t->n);
    t->u_out = _arb_vec_init(t->n);
    arb_init(t->lambda);
    arb_init(t->lambda_out);
}

static void point_clear(point_t *t)
{
    _arb_vec_clear(t->u, t->n);
    _arb_vec_clear(t->u_out, t->n);
    arb_clear(t->lambda);
    arb_clear(t->lambda_out);
    ncf__network_clear(t->network);
    ncf_test_problem_clear(&t->problem);
}

static int proves(point_t *t, slong prec, slong max_precision)
{
    return ncf_is_proved(ncf__kkt_point_certify(t->u_out, t->lambda_out, t->u, t->lambda,
                                                t->network, t->problem.x, t->problem.y, prec,
                                                max_precision));
}

/* The box written contains the enclosure given, strictly where it was inflated. */
static int box_contains_given(const point_t *t)
{
    int contains = arb_is_finite(t->lambda_out) && arb_contains(t->lambda_out, t->lambda);
    for (slong j = 0; j < t->n; j++)
        contains = contains && arb_is_finite(t->u_out + j) &&
                   arb_contains_interior(t->u_out + j, t->u + j);
    return contains;
}

static void shift(arb_t x, double by)
{
    arb_t step;
    arb_init(step);
    arb_set_d(step, by);
    arb_add(x, x, step, 128);
    arb_clear(step);
}

static slong residual(arf_t bound, const point_t *t, slong prec)
{
    return ncf__kkt_residual(bound, t->u, t->lambda, t->network, t->problem.x, t->problem.y,
                             prec);
}

/* ---- Two layers, p = 2, T = [[-2, 7], [7, 9]] ------------------------------------ */

static const slong data_x[] = {1, 2, 3, -1, -1, 1, 2, 2};
static const slong data_y[] = {1, -1, 2, 1};

static void planar_init(point_t *t, slong units)
{
    slong widths[] = {2, units, 1};
    static const slong degrees[] = {2};
    point_init(t, 2, widths, degrees, 4, data_x, data_y);
}

/* mu = (7 +- sqrt 317)/2 and its unit eigenvector (7, mu + 2)/norm. */
static void planar_line(arb_t mu, arb_ptr q, int which, slong prec)
{
    arb_t norm;
    arb_init(norm);
    arb_sqrt_ui(mu, 317, prec);
    if (which != 0)
        arb_neg(mu, mu);
    arb_add_ui(mu, mu, 7, prec);
    arb_mul_2exp_si(mu, mu, -1);
    arb_set_si(q, 7);
    arb_add_ui(q + 1, mu, 2, prec);
    arb_hypot(norm, q, q + 1, prec);
    arb_div(q, q, norm, prec);
    arb_div(q + 1, q + 1, norm, prec);
    arb_clear(norm);
}

/*
 * One active unit: w = sign r q, v = sign(mu) /sqrt 3, r^2 = 2/3, lambda = 2 |mu| / sqrt 3;
 * `descent` negates v and lambda. The other units are exactly zero.
 */
static void planar_point(point_t *t, int which, int sign, int descent, slong units, slong prec)
{
    arb_t mu, r;
    arb_ptr q = _arb_vec_init(2);
    arb_init(mu);
    arb_init(r);
    planar_line(mu, q, which, prec);
    arb_set_ui(r, 6);
    arb_sqrt(r, r, prec);
    arb_div_si(r, r, 3 * sign, prec);
    _arb_vec_zero(t->u, t->n);
    arb_mul(t->u, q, r, prec);
    arb_mul(t->u + 1, q + 1, r, prec);
    arb_ptr v = t->u + 2 * units;
    arb_sqrt_ui(v, 3, prec);
    arb_inv(v, v, prec);
    arb_mul(t->lambda, mu, v, prec);
    arb_mul_2exp_si(t->lambda, t->lambda, 1);
    if (arb_is_negative(mu) != descent)
        arb_neg(v, v);
    if (arb_is_negative(t->lambda) != descent)
        arb_neg(t->lambda, t->lambda);
    arb_clear(mu);
    arb_clear(r);
    _arb_vec_clear(q, 2);
}

static void check_planar(slong units, slong prec)
{
    double lambda[4];
    for (int k = 0; k < 8; k++) {
        point_t t;
        planar_init(&t, units);
        planar_point(&t, k & 1, k & 2 ? 1 : -1, k >= 4, units, prec);
        int proved = proves(&t, prec, 4 * prec), contains = box_contains_given(&t);
        arf_t bound;
        arf_init(bound);
        int consistent =
            residual(bound, &t, prec) == 1 && arf_cmpabs_2exp_si(bound, 12 - prec) < 0;
        if (k < 4)
            lambda[k] = arf_get_d(arb_midref(t.lambda_out), ARF_RND_NEAR);
        arf_clear(bound);
        point_clear(&t);
        CHECK_MSG(proved, "%ld units, point %d, %ld bits", units, k, prec);
        CHECK_MSG(contains, "%ld units, point %d, %ld bits", units, k, prec);
        CHECK_MSG(consistent, "%ld units, point %d, %ld bits", units, k, prec);
    }
    CHECK(lambda[0] > 14.32 && lambda[0] < 14.33 && lambda[0] == lambda[2]);
    CHECK(lambda[1] > 6.23 && lambda[1] < 6.24 && lambda[1] == lambda[3]);
}

static void test_known_points(void)
{
    check_planar(1, 53);
    check_planar(1, 128);
    check_planar(1, 1000);
    check_planar(2, 128);
    check_planar(5, 256);
}

/* The boxes of different points do not meet: each is unique in its box. */
static void test_boxes_are_disjoint(void)
{
    point_t t[4];
    int proved = 1, disjoint = 1;
    for (int k = 0; k < 4; k++) {
        planar_init(&t[k], 2);
        planar_point(&t[k], k & 1, k & 2 ? 1 : -1, 0, 2, 128);
        proved = proved && proves(&t[k], 128, 128);
    }
    for (int k = 0; k < 4; k++) {
        for (int m = 0; m < k; m++) {
            int meet = 1;
            for (slong j = 0; j < t[k].n; j++)
                meet = meet && arb_overlaps(t[k].u_out + j, t[m].u_out + j);
            disjoint = disjoint && !meet;
        }
    }
    for (int k = 0; k < 4; k++)
        point_clear(&t[k]);
    CHECK(proved);
    CHECK(disjoint);
}

/* Two active units on both lines: (2a) gives lambda from |mu_1|^-2 + |mu_2|^-2. */
static void test_two_active_units(void)
{
    slong prec = 128;
    point_t t;
    planar_init(&t, 2);
    arb_t mu, r;
    arb_ptr q = _arb_vec_init(2);
    arb_init(mu);
    arb_init(r);
    for (int which = 0; which < 2; which++) {
        planar_line(mu, q, which, prec);
        arb_sqr(mu, mu, prec);
        arb_inv(mu, mu, prec);
        arb_add(t.lambda, t.lambda, mu, prec);
    }
    arb_rsqrt(t.lambda, t.lambda, prec);
    arb_set_ui(r, 3);
    arb_sqrt(r, r, prec);
    arb_div(t.lambda, t.lambda, r, prec);
    arb_mul_2exp_si(t.lambda, t.lambda, 1);
    for (int which = 0; which < 2; which++) {
        planar_line(mu, q, which, prec);
        /* r = lambda / (sqrt 2 |mu|), v = sign(mu) r / sqrt 2 */
        arb_div(r, t.lambda, mu, prec);
        arb_mul_2exp_si(t.u + 4 + which, r, -1);
        arb_sqrt_ui(mu, 2, prec);
        arb_div(r, r, mu, prec);
        arb_mul(t.u + 2 * which, q, r, prec);
        arb_mul(t.u + 2 * which + 1, q + 1, r, prec);
    }
    int proved = proves(&t, prec, prec), contains = box_contains_given(&t);
    arb_clear(mu);
    arb_clear(r);
    _arb_vec_clear(q, 2);
    point_clear(&t);
    CHECK(proved);
    CHECK(contains);
}

/* ---- Other networks -------------------------------------------------------------- */

/* K = 1: N = m . u, u = m/|m|, lambda = |m|. */
static void test_single_layer(void)
{
    static const slong widths[] = {2, 1}, x[] = {3, 4}, y[] = {1};
    point_t t;
    point_init(&t, 1, widths, NULL, 1, x, y);
    arb_set_d(t.u, 0.5);
    arb_set_d(t.u + 1, 0.5);
    arb_set_si(t.lambda, 5);
    int wrong = proves(&t, 64, 256);
    for (slong j = 0; j < 2; j++) {
        arb_set_si(t.u + j, 3 + j);
        arb_div_ui(t.u + j, t.u + j, 5, 64);
    }
    int proved = proves(&t, 64, 64), contains = box_contains_given(&t);
    arf_t bound;
    arf_init(bound);
    arb_set_si(t.u, 1);
    arb_zero(t.u + 1);
    arb_set_si(t.lambda, 3);
    /* r = (3, 4) - 3 (1, 0) = (0, 4) */
    slong consistent = residual(bound, &t, 64);
    int sharp = arf_cmp_si(bound, 4) >= 0 && arf_cmp_d(bound, 4.0001) < 0;
    /* Exact zeros and radius 0: the inflation needs its absolute floor. */
    fmpq_zero(fmpq_mat_entry(t.problem.x, 0, 1));
    int exact = proves(&t, 64, 64) && box_contains_given(&t);
    arf_clear(bound);
    point_clear(&t);
    CHECK(!wrong);
    CHECK(exact);
    CHECK(proved);
    CHECK(contains);
    CHECK(consistent == 0);
    CHECK(sharp);
}

/* widths (1,1,1,1), p = 2, x = 1, y = 1: N = a^4 b^2 c, so a^2, b^2, c^2 = 4/7, 2/7, 1/7. */
static void test_deep_chain(void)
{
    static const slong widths[] = {1, 1, 1, 1}, degrees[] = {2, 2}, one[] = {1};
    point_t t;
    point_init(&t, 3, widths, degrees, 1, one, one);
    arb_set_si(t.lambda, 7);
    for (slong j = 0; j < 3; j++) {
        arb_set_si(t.u + j, 4 >> j);
        arb_div_ui(t.u + j, t.u + j, 7, 200);
        for (slong k = 0; k < 4 >> (j + 1); k++)
            arb_mul(t.lambda, t.lambda, t.u + j, 200);
        arb_sqrt(t.u + j, t.u + j, 200);
    }
    arb_mul(t.lambda, t.lambda, t.u + 2, 200);
    int proved = proves(&t, 128, 128), contains = box_contains_given(&t);
    arb_neg(t.u + 1, t.u + 1);
    int mirrored = proves(&t, 128, 128);
    arb_neg(t.u + 2, t.u + 2);
    int wrong_sign = proves(&t, 128, 128);
    point_clear(&t);
    CHECK(proved);
    CHECK(contains);
    CHECK(mirrored);
    CHECK(!wrong_sign);
}

/* 189 unknowns: T = diag(1..20), the line e_3 on one of nine units, mu = 3. */
static void test_many_unknowns(void)
{
    static const slong widths[] = {20, 9, 1}, degrees[] = {2};
    slong x[400], y[20];
    memset(x, 0, sizeof(x));
    for (slong i = 0; i < 20; i++) {
        x[20 * i + i] = 1;
        y[i] = i + 1;
    }
    point_t t;
    point_init(&t, 2, widths, degrees, 20, x, y);
    arb_set_ui(t.u + 2, 6);
    arb_sqrt(t.u + 2, t.u + 2, 128);
    arb_div_ui(t.u + 2, t.u + 2, 3, 128);
    arb_sqrt_ui(t.u + 180, 3, 128);
    arb_mul_2exp_si(t.lambda, t.u + 180, 1);
    arb_inv(t.u + 180, t.u + 180, 128);
    int proved = proves(&t, 128, 128), contains = box_contains_given(&t);
    point_clear(&t);
    CHECK(proved);
    CHECK(contains);
}

/* N times 2^k: doubles overflow or vanish, the proof must not depend on them. */
static void test_extreme_scales(void)
{
    static const slong exponents[] = {-4000, -1100, 1100, 4000};
    for (int k = 0; k < 4; k++) {
        point_t t;
        planar_init(&t, 1);
        planar_point(&t, 0, 1, 0, 1, 128);
        for (slong i = 0; i < 4; i++) {
            fmpq *y = fmpq_mat_entry(t.problem.y, i, 0);
            if (exponents[k] > 0)
                fmpq_mul_2exp(y, y, (ulong) exponents[k]);
            else
                fmpq_div_2exp(y, y, (ulong) -exponents[k]);
        }
        arb_mul_2exp_si(t.lambda, t.lambda, exponents[k]);
        int proved = proves(&t, 128, 128), contains = box_contains_given(&t);
        point_clear(&t);
        CHECK_MSG(proved, "scale 2^%ld", exponents[k]);
        CHECK_MSG(contains, "scale 2^%ld", exponents[k]);
    }
}

/* The data are huge and the labels tiny: the doubles of the preconditioner fail. */
static void test_fallback_preconditioner(void)
{
    point_t t;
    planar_init(&t, 1);
    planar_point(&t, 1, 1, 0, 1, 128);
    for (slong i = 0; i < 4; i++) {
        fmpq_div_2exp(fmpq_mat_entry(t.problem.y, i, 0), fmpq_mat_entry(t.problem.y, i, 0),
                      4000);
        for (slong j = 0; j < 2; j++)
            fmpq_mul_2exp(fmpq_mat_entry(t.problem.x, i, j), fmpq_mat_entry(t.problem.x, i, j),
                          2000);
    }
    int proved = proves(&t, 128, 128), contains = box_contains_given(&t);
    point_clear(&t);
    CHECK(proved);
    CHECK(contains);
}

/* ---- F and its Jacobian ---------------------------------------------------------- */

/*
 * Along a random line the central difference (F(p + t v) - F(p - t v)) / (2 t) differs from
 * J(p) v by O(t^2); with t = 2^-100 that is far below 2^-150 times the size of the data.
 */
static int jacobian_agrees(point_t *t, ncf_random_t *random)
{
    slong size = t->n + 1, prec = 600;
    arb_ptr p = _arb_vec_init(size), v = _arb_vec_init(size), f = _arb_vec_init(size);
    arb_ptr difference = _arb_vec_init(size), slope = _arb_vec_init(size);
    arb_mat_t jacobian, x, y;
    arb_mat_init(jacobian, size, size);
    arb_mat_init(x, t->problem.points, t->network->inputs);
    arb_mat_init(y, t->problem.points, 1);
    arb_mat_set_fmpq_mat(x, t->problem.x, prec);
    arb_mat_set_fmpq_mat(y, t->problem.y, prec);
    for (slong j = 0; j < size; j++) {
        arb_set_d(p + j, ncf__random_unit(random) - 0.5);
        arb_set_d(v + j, ncf__random_unit(random) - 0.5);
    }
    ncf__kkt_jacobian(jacobian, p, t->network, x, y, prec);
    _arb_vec_scalar_mul_2exp_si(slope, v, size, -100);
    _arb_vec_add(p, p, slope, size, prec);
    ncf__kkt_function(difference, p, t->network, x, y, prec);
    _arb_vec_scalar_mul_2exp_si(slope, v, size, -99);
    _arb_vec_sub(p, p, slope, size, prec);
    ncf__kkt_function(f, p, t->network, x, y, prec);
    _arb_vec_sub(difference, difference, f, size, prec);
    _arb_vec_scalar_mul_2exp_si(difference, difference, size, 99);
    int agrees = 1;
    for (slong j = 0; j < size; j++) {
        arb_dot(slope + j, difference + j, 1, arb_mat_entry(jacobian, j, 0), 1, v, 1, size,
                prec);
        arb_get_mag(arb_radref(slope + j), slope + j);
        agrees = agrees && mag_cmp_2exp_si(arb_radref(slope + j), -150) < 0;
    }
    _arb_vec_clear(p, size);
    _arb_vec_clear(v, size);
    _arb_vec_clear(f, size);
    _arb_vec_clear(difference, size);
    _arb_vec_clear(slope, size);
    arb_mat_clear(jacobian);
    arb_mat_clear(x);
    arb_mat_clear(y);
    return agrees;
}

static void test_jacobian(void)
{
    static const slong deep[] = {2, 2, 2, 1}, one[] = {2, 1}, degrees[] = {3, 2};
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 21);
    for (int k = 0; k < 6; k++) {
        point_t t;
        if (k % 3 == 0)
            planar_init(&t, 2);
        else if (k % 3 == 1)
            point_init(&t, 3, deep, degrees, 4, data_x, data_y);
        else
            point_init(&t, 1, one, NULL, 4, data_x, data_y);
        int agrees = jacobian_agrees(&t, &random);
        point_clear(&t);
        CHECK_MSG(agrees, "case %d", k);
    }
}

/* ---- All zeros of one system are known ------------------------------------------- */

/*
 * The 14 zeros of F for one unit: four with lambda > 0, four with lambda < 0; with
 * lambda = 0 the two w = 0, v = +-1 and the four v = 0, T(w, w) = 0, where
 * w is proportional to (9, -7 +- sqrt 67).
 */
static void known_zero(point_t *t, int k, slong prec)
{
    if (k < 8) {
        planar_point(t, k & 1, k & 2 ? 1 : -1, k >= 4, 1, prec);
        return;
    }
    _arb_vec_zero(t->u, 3);
    arb_zero(t->lambda);
    if (k < 10) {
        arb_set_si(t->u + 2, k == 8 ? 1 : -1);
        return;
    }
    arb_t norm;
    arb_init(norm);
    arb_sqrt_ui(t->u, 67, prec);
    if (k & 1)
        arb_neg(t->u, t->u);
    arb_sub_ui(t->u, t->u, 7, prec);
    arb_set_si(t->u + 1, 9);
    /* -2 a^2 + 14 a b + 9 b^2 = 0 has a/b = (7 -+ sqrt 67)/2; b/a = (-7 +- sqrt 67)/9. */
    arb_swap(t->u, t->u + 1);
    arb_hypot(norm, t->u, t->u + 1, prec);
    if (k & 2)
        arb_neg(norm, norm);
    arb_div(t->u, t->u, norm, prec);
    arb_div(t->u + 1, t->u + 1, norm, prec);
    arb_clear(norm);
}

/* How many of the known zeros meet the box of t. */
static int zeros_in_box(const point_t *t)
{
    int count = 0;
    point_t zero;
    planar_init(&zero, 1);
    for (int k = 0; k < 14; k++) {
        known_zero(&zero, k, 200);
        int meets = arb_overlaps(zero.lambda, t->lambda_out);
        for (slong j = 0; j < 3; j++)
            meets = meets && arb_overlaps(zero.u + j, t->u_out + j);
        count += meets;
    }
    point_clear(&zero);
    return count;
}

/* Random boxes of all sizes: whatever is proved holds exactly one of the known zeros. */
static void test_proved_boxes_hold_one_zero(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 22);
    long count = ncf_test_count(4000), proved = 0, wrong = 0, outside = 0;
    point_t t;
    planar_init(&t, 1);
    for (long k = 0; k < count; k++) {
        known_zero(&t, (int) ncf__random_below(&random, 14), 128);
        slong away = (slong) ncf__random_below(&random, 12);
        slong width = (slong) ncf__random_below(&random, 12);
        for (slong j = 0; j < 4; j++) {
            arb_ptr x = j < 3 ? t.u + j : t.lambda;
            shift(x, (ncf__random_unit(&random) - 0.5) * 4 / (double) (1 << away));
            if (width < 11)
                arb_add_error_2exp_si(x, -width);
        }
        if (!proves(&t, 64, 256))
            continue;
        proved++;
        wrong += zeros_in_box(&t) != 1;
        outside += !box_contains_given(&t);
    }
    point_clear(&t);
    CHECK(proved > count / 20 && proved < count - count / 20);
    CHECK_MSG(wrong == 0, "%ld of %ld boxes", wrong, proved);
    CHECK(outside == 0);
}

/* Each known zero is a zero: F contains 0 there, and it is proved. */
static void test_known_zeros(void)
{
    for (int k = 0; k < 14; k++) {
        point_t t;
        arf_t bound;
        arf_init(bound);
        planar_init(&t, 1);
        known_zero(&t, k, 200);
        int zero = residual(bound, &t, 200) == 1 && arf_cmpabs_2exp_si(bound, -180) < 0;
        int proved = proves(&t, 128, 256) && zeros_in_box(&t) == 1;
        arf_clear(bound);
        point_clear(&t);
        CHECK_MSG(zero, "zero %d", k);
        CHECK_MSG(proved, "zero %d", k);
    }
}

/* ---- What must not be proved ----------------------------------------------------- */

static void test_no_zero(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 20);
    arf_t bound;
    arf_init(bound);
    int proved_far = 0, separated = 1;
    for (int k = 0; k < 20; k++) {
        point_t t;
        planar_init(&t, 1);
        planar_point(&t, k & 1, 1, 0, 1, 128);
        /* lambda is off by 1/2 or more; the other KKT points are further away still. */
        shift(t.lambda, 0.5 + ncf__random_unit(&random));
        proved_far += proves(&t, 128, 1024);
        separated = separated && residual(bound, &t, 128) == 0;
        planar_point(&t, k & 1, 1, 0, 1, 128);
        shift(t.u, 0.3 + 0.1 * ncf__random_unit(&random));
        shift(t.u + 1, -0.3);
        proved_far += proves(&t, 128, 1024);
        separated = separated && residual(bound, &t, 128) == 0;
        point_clear(&t);
    }
    arf_clear(bound);
    CHECK(proved_far == 0);
    CHECK(separated);
}

/* A wide enclosure that holds one zero is proved, the hull of two zeros never is. */
static void test_wide_and_two_zeros(void)
{
    point_t t, other;
    planar_init(&t, 1);
    planar_init(&other, 1);
    planar_point(&t, 0, 1, 0, 1, 128);
    for (slong j = 0; j < t.n; j++) {
        shift(t.u + j, j % 2 == 0 ? 0x1p-21 : -0x1p-22);
        arb_add_error_2exp_si(t.u + j, -20);
    }
    arb_add_error_2exp_si(t.lambda, -20);
    int wide = proves(&t, 128, 1024) && box_contains_given(&t);
    planar_point(&other, 0, 1, 0, 1, 128);
    int holds = 1;
    for (slong j = 0; j < t.n; j++)
        holds = holds && arb_contains(t.u_out + j, other.u + j);
    planar_point(&t, 0, -1, 0, 1, 128);
    for (slong j = 0; j < t.n; j++)
        arb_union(t.u + j, t.u + j, other.u + j, 128);
    int two = proves(&t, 128, 1024);
    /* The same two zeros, with the centre of the hull moved next to one of them. */
    planar_point(&t, 0, -1, 0, 1, 128);
    for (slong j = 0; j < t.n; j++)
        arb_add_error_2exp_si(t.u + j, 1);
    int two_again = proves(&t, 128, 1024);
    point_clear(&t);
    point_clear(&other);
    CHECK(wide);
    CHECK(holds);
    CHECK(!two);
    CHECK(!two_again);
}

/* T = I: every unit vector is an eigenvector, the KKT points fill circles. */
static void test_multiple_eigenvalue(void)
{
    static const slong widths[] = {2, 1, 1}, degrees[] = {2}, x[] = {1, 0, 0, 1}, y[] = {1, 1};
    point_t t;
    point_init(&t, 2, widths, degrees, 2, x, y);
    arb_set_ui(t.u, 6);
    arb_sqrt(t.u, t.u, 128);
    arb_div_ui(t.u, t.u, 3, 128);
    arb_sqrt_ui(t.u + 2, 3, 128);
    arb_mul_2exp_si(t.lambda, t.u + 2, 1);
    arb_inv(t.u + 2, t.u + 2, 128);
    arb_div_ui(t.lambda, t.lambda, 3, 128);
    int axis = proves(&t, 128, 2048);
    arb_mul_ui(t.u + 1, t.u, 4, 128);
    arb_div_ui(t.u + 1, t.u + 1, 5, 128);
    arb_mul_ui(t.u, t.u, 3, 128);
    arb_div_ui(t.u, t.u, 5, 128);
    arf_t bound;
    arf_init(bound);
    slong consistent = residual(bound, &t, 128);
    int general = proves(&t, 128, 2048);
    arf_clear(bound);
    point_clear(&t);
    CHECK(!axis);
    CHECK(!general);
    CHECK(consistent == 1);
}

/*
 * lambda = 0 (T-EULER 5): with W_1 = 0 and two units the zeros fill a circle; with one
 * unit W_2 = 1 is isolated, and the ball of lambda must say that lambda may be 0.
 */
static void test_lambda_zero(void)
{
    point_t t;
    planar_init(&t, 2);
    arb_one(t.u + 4);
    int proved = proves(&t, 128, 1024);
    arb_set_d(t.u + 4, 0.6);
    arb_set_d(t.u + 5, -0.8);
    arb_add_error_2exp_si(t.u + 4, -52);
    arb_add_error_2exp_si(t.u + 5, -52);
    int other = proves(&t, 128, 1024);
    point_clear(&t);
    planar_init(&t, 1);
    arb_one(t.u + 2);
    int isolated = proves(&t, 128, 1024) && arb_contains_zero(t.lambda_out);
    point_clear(&t);
    CHECK(!proved);
    CHECK(!other);
    CHECK(isolated);
}

static void test_not_finite(void)
{
    point_t t;
    planar_init(&t, 1);
    planar_point(&t, 0, 1, 0, 1, 128);
    arb_set_si(t.u_out, 17);
    arb_indeterminate(t.u + 1);
    int nan = proves(&t, 128, 256);
    arf_t bound;
    arf_init(bound);
    slong consistent = residual(bound, &t, 128);
    int unbounded = arf_is_pos_inf(bound);
    planar_point(&t, 0, 1, 0, 1, 128);
    arb_zero_pm_inf(t.lambda);
    int infinite = proves(&t, 128, 256);
    planar_point(&t, 0, 1, 0, 1, 128);
    arb_pos_inf(t.u);
    int at_infinity = proves(&t, 128, 256);
    int untouched = arb_equal_si(t.u_out, 17);
    arf_clear(bound);
    point_clear(&t);
    CHECK(!nan && !infinite && !at_infinity);
    CHECK(consistent == 1);
    CHECK(unbounded);
    CHECK(untouched);
}

int main(void)
{
    static const ncf_test_t tests[] = {
        {"four points with lambda > 0, four with lambda < 0, unused units", test_known_points},
        {"boxes of different points are disjoint", test_boxes_are_disjoint},
        {"two active units", test_two_active_units},
        {"one layer, exact input", test_single_layer},
        {"a deep chain", test_deep_chain},
        {"189 unknowns", test_many_unknowns},
        {"extreme scales of the labels", test_extreme_scales},
        {"preconditioner outside the range of doubles", test_fallback_preconditioner},
        {"the Jacobian against differences of F", test_jacobian},
        {"all 14 zeros of one system", test_known_zeros},
        {"random boxes: what is proved holds one zero", test_proved_boxes_hold_one_zero},
        {"no zero nearby: not proved", test_no_zero},
        {"wide enclosure: proved; two zeros: not proved", test_wide_and_two_zeros},
        {"multiple eigenvalue: not proved", test_multiple_eigenvalue},
        {"lambda = 0: proved only where it is isolated", test_lambda_zero},
        {"not finite: not proved", test_not_finite},
        {NULL, NULL},
    };
    return ncf_test_main("kkt_point", tests);
}
