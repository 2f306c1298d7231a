/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * t-prune_interval.c: the interval operations of T-INTERVAL against exact rational
 * arithmetic, lane by lane; NaN and infinities are never lost; all kernels give the same bits.
 */
#include "../harness.h"
#include "../problems.h"

#include "../../src/certify/prune_strata.h"

#define KERNEL kernel_under_test
void kernel_under_test(ncf_prune_values_t *out, const ncf_prune_stratum_t *s,
                       const ncf_prune_chart_t *chart, const double *center,
                       const double *radius, int derivative);
#include "../../src/certify/prune_kernel.inc"

#include <math.h>
#include <string.h>

/* Numbers of all sizes, with zeros, powers of two and numbers next to them. */
static double random_double(ncf_random_t *random)
{
    double x = 2 * ncf__random_unit(random) - 1;
    switch (ncf__random_below(random, 8)) {
    case 0:
        return 0;
    case 1:
        return ldexp(1, (int) ncf__random_below(random, 200) - 100);
    case 2:
        return nextafter(ldexp(-1, (int) ncf__random_below(random, 20)), 0);
    case 3:
        return ldexp(x, (int) ncf__random_below(random, 600) - 300);
    case 4:
        return ldexp(x, -1060); /* mostly subnormal */
    default:
        return x;
    }
}

static double random_radius(ncf_random_t *random)
{
    return ncf__random_below(random, 3) == 0 ? 0 : fabs(random_double(random));
}

static interval_t random_interval(ncf_random_t *random)
{
    interval_t a;
    for (int lane = 0; lane < PRUNE_LANES; lane++) {
        a.m[lane] = random_double(random);
        a.r[lane] = random_radius(random);
    }
    return a;
}

/* m + t r exactly, t = numerator/4 in [-1, 1]. */
static void sample(fmpq_t out, const interval_t *a, int lane, slong numerator)
{
    fmpq_t t;
    fmpq_init(t);
    ncf__rational_set_double(out, a->r[lane]);
    fmpq_set_si(t, numerator, 4);
    fmpq_mul(out, out, t);
    ncf__rational_set_double(t, a->m[lane]);
    fmpq_add(out, out, t);
    fmpq_clear(t);
}

static int is_everything(const interval_t *a, int lane)
{
    return isnan(a->m[lane]) || isnan(a->r[lane]) || isinf(a->r[lane]);
}

static int holds(const interval_t *a, int lane, const fmpq_t x)
{
    if (is_everything(a, lane))
        return 1;
    fmpq_t m, r;
    fmpq_init(m);
    fmpq_init(r);
    ncf__rational_set_double(m, a->m[lane]);
    ncf__rational_set_double(r, a->r[lane]);
    fmpq_sub(m, m, x);
    fmpq_abs(m, m);
    int inside = fmpq_cmp(m, r) <= 0;
    fmpq_clear(r);
    fmpq_clear(m);
    return inside;
}

/* One lane of every operation at exact points of its arguments. */
static int check_lane(int lane, const interval_t *a, const interval_t *b,
                      const interval_t *results, slong s, slong t)
{
    fmpq_t x, y, z;
    int right = 1;
    fmpq_init(x);
    fmpq_init(y);
    fmpq_init(z);
    sample(x, a, lane, s);
    sample(y, b, lane, t);
    fmpq_add(z, x, y);
    right &= holds(&results[0], lane, z);
    fmpq_mul(z, x, y);
    right &= holds(&results[1], lane, z);
    fmpq_mul(z, x, x);
    right &= holds(&results[2], lane, z);
    fmpq_mul(z, x, y);
    fmpq_addmul(z, x, x);
    right &= holds(&results[3], lane, z); /* dot(a, b, a, a) */
    fmpq_mul(z, x, y);
    fmpq_add(z, z, x);
    right &= holds(&results[4], lane, z); /* add_mul(a, a, b) */
    if (!fmpq_is_zero(x)) {
        fmpq_inv(z, x);
        right &= holds(&results[5], lane, z);
    }
    fmpq_clear(z);
    fmpq_clear(y);
    fmpq_clear(x);
    return right;
}

static void test_rational(void)
{
    ncf_random_t random;
    slong wrong = 0;
    ncf__random_init(&random, ncf_test_seed(), 1);
    for (long k = 0; k < ncf_test_count(3000); k++) {
        interval_t a = random_interval(&random), b = random_interval(&random);
        interval_t results[] = {add(a, b),       mul(a, b),        square(a),
                                dot(a, b, a, a), add_mul(a, a, b), inverse(a)};
        for (int lane = 0; lane < PRUNE_LANES; lane++)
            for (slong s = -4; s <= 4; s += 4)
                for (slong t = -4; t <= 4; t += 4)
                    wrong += !check_lane(lane, &a, &b, results, s, t);
    }
    CHECK_MSG(wrong == 0, "%ld results were lost", (long) wrong);
}

/* sqrt of an end point: the square of the lower end is below it, that of the upper end above.
 */
static void test_root(void)
{
    ncf_random_t random;
    slong wrong = 0;
    ncf__random_init(&random, ncf_test_seed(), 2);
    for (long k = 0; k < ncf_test_count(3000); k++) {
        interval_t a = random_interval(&random);
        interval_t y = root(a);
        for (int lane = 0; lane < PRUNE_LANES; lane++) {
            for (slong s = -4; s <= 4; s += 2) {
                arb_t x, ball;
                fmpq_t exact;
                arb_init(x);
                arb_init(ball);
                fmpq_init(exact);
                sample(exact, &a, lane, s);
                if (fmpq_sgn(exact) >= 0 && !is_everything(&y, lane)) {
                    arb_set_fmpq(x, exact, 400);
                    arb_sqrt(x, x, 300);
                    arb_set_d(ball, y.m[lane]);
                    mag_t radius;
                    mag_init(radius);
                    mag_set_d(radius, y.r[lane]);
                    arb_add_error_mag(ball, radius);
                    mag_clear(radius);
                    wrong += !arb_overlaps(ball, x);
                }
                fmpq_clear(exact);
                arb_clear(ball);
                arb_clear(x);
            }
        }
    }
    CHECK_MSG(wrong == 0, "%ld roots were lost", (long) wrong);
}

/* What is not known stays not known. */
static void test_not_finite(void)
{
    static const double bad[][2] = {
        {NAN, 1}, {1, NAN}, {0, INFINITY}, {INFINITY, INFINITY}, {NAN, NAN}, {1, INFINITY}};
    static const double good[][2] = {{0, 0}, {1, 0}, {-2, 3}, {0x1p-1060, 0}, {1e300, 1e300}};
    slong lost = 0;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        for (size_t j = 0; j < sizeof(good) / sizeof(good[0]); j++) {
            interval_t a = {all(bad[i][0]), all(bad[i][1])};
            interval_t b = {all(good[j][0]), all(good[j][1])};
            interval_t results[] = {add(a, b),        mul(a, b),        mul(b, a),
                                    square(a),        dot(a, b, b, b),  dot(b, b, b, a),
                                    add_mul(a, b, b), add_mul(b, a, b), add_mul(b, b, a),
                                    inverse(a),       root(a),          negative(a)};
            for (size_t k = 0; k < sizeof(results) / sizeof(results[0]); k++)
                lost += !is_everything(&results[k], 3);
            jet_t jet = {a, b}, size;
            jet_magnitude(&size, &jet, 1);
            lost += !is_everything(&size.v, 3);
        }
    }
    interval_t zero = {all(0), all(1)}, huge = {all(1e200), all(1)};
    interval_t over = mul(huge, huge), undefined = inverse(zero);
    CHECK_MSG(lost == 0, "%ld results claim to know something", (long) lost);
    CHECK(is_everything(&over, 0) && is_everything(&undefined, 0));
}

/* ---- The kernels ----------------------------------------------------------------- */

static int same_bits(const ncf_prune_values_t *a, const ncf_prune_values_t *b, slong n)
{
    int same = a->mu_count == b->mu_count;
    for (slong i = 0; i < n; i++)
        same = same && memcmp(&a->f[i], &b->f[i], sizeof(a->f[i])) == 0;
    for (slong i = 0; i < a->mu_count; i++)
        same = same && memcmp(&a->mu[i], &b->mu[i], sizeof(a->mu[i])) == 0;
    return same;
}

static double draw(ncf_random_t *random, double width)
{
    return width * (2 * ncf__random_unit(random) - 1);
}

/* Is the value at a random point of the box what the slopes say, for a smaller box there? */
static int slopes_hold(const ncf_prune_values_t *wide, const ncf_prune_values_t *at, slong n,
                       const double *center, const double *point)
{
    int hold = 1;
    for (slong i = 0; i < n; i++) {
        const ncf_prune_jet_t *f = &wide->f[i], *g = &at->f[i];
        double value = f->value_m[0], spread = f->value_r[0] + g->value_r[0];
        for (slong j = 0; j < n; j++) {
            double step = point[j] - center[j];
            value += f->slope_m[j + 1] * step;
            spread += f->slope_r[j + 1] * fabs(step);
        }
        double room = spread + 0x1p-40;
        hold =
            hold && !(fabs(value - g->value_m[0]) > room) &&
            !(fabs(f->value_m[7] - g->value_m[0]) > f->value_r[7] + g->value_r[0] + 0x1p-40);
    }
    return hold;
}

static void check_kernels(const struct ncf_problem *problem, ncf_random_t *random)
{
    ncf_prune_strata_t strata;
    ncf_prune_values_t ours, fast, at;
    fmpq_t bound;
    int same = 1, hold = 1;
    fmpq_init(bound);
    fmpq_one(bound);
    ncf__prune_strata_init(&strata, problem, bound);
    const ncf_prune_stratum_t *s = &strata.strata[strata.count - 1];
    slong n = s->variables;
    for (long k = 0; k < ncf_test_count(200); k++) {
        double center[PRUNE_VARIABLES], radius[PRUNE_VARIABLES], point[PRUNE_VARIABLES];
        double zero[PRUNE_VARIABLES] = {0},
               width = ldexp(1, -(int) ncf__random_below(random, 12));
        ncf_prune_chart_t chart;
        ncf__prune_chart(&chart, s, (slong) ncf__random_below(random, (uint64_t) s->charts));
        for (slong j = 0; j < n; j++) {
            center[j] = draw(random, 1);
            radius[j] = width * ncf__random_unit(random);
            point[j] = center[j] + draw(random, radius[j]);
        }
        for (int derivative = 0; derivative < 2; derivative++) {
            kernel_under_test(&ours, s, &chart, center, radius, derivative);
            ncf__prune_kernel()(&fast, s, &chart, center, radius, derivative);
            same = same && same_bits(&ours, &fast, n);
            kernel_under_test(&at, s, &chart, point, zero, 0);
            hold = hold && slopes_hold(&ours, &at, n, center, point);
        }
    }
    ncf__prune_strata_clear(&strata);
    fmpq_clear(bound);
    CHECK(same);
    CHECK(hold);
}

static void test_kernels(void)
{
    static const slong x[] = {1, 2, 3, -1, -1, 1, 2, 2}, y[] = {1, -1, 2, 1};
    static const slong widths[][5] = {
        {2, 2, 1, 1}, {2, 2, 2, 1}, {2, 2, 1, 1}, {2, 2, 2, 1}, {2, 1, 2, 1}};
    static const slong degrees[][3] = {{2, 2}, {2, 2}, {3, 3}, {3, 4}, {5, 2}};
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 3);
    for (int k = 0; k < 5; k++) {
        struct ncf_problem problem;
        ncf_test_problem_init(&problem, 3, widths[k], degrees[k], 4, x, y);
        check_kernels(&problem, &random);
        ncf_test_problem_clear(&problem);
    }
}

static const ncf_test_t tests[] = {
    {"operations against rational arithmetic", test_rational},
    {"square roots", test_root},
    {"NaN and infinities", test_not_finite},
    {"slopes, values and instruction sets", test_kernels},
    {NULL, NULL},
};

int main(void)
{
    return ncf_test_main("prune_interval", tests);
}
