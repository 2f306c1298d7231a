/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * t-cover.c: all real eigenlines by branch and prune. Second routes: closed forms of
 * diagonal tensors, exact real root counts of binary forms, multi-start Newton, and
 * the Euler characteristic of the sphere.
 */
#include "../harness.h"

#include "../../src/certify/cover_internal.h"

#include <math.h>
#include <string.h>

/* sum_i weights_i (points_i . x)^order, points row-major */
static void build(ncf_tensor_t tensor, slong order, slong dimension, slong count,
                  const slong *points, const slong *weights)
{
    fmpq_mat_t x, z;
    fmpq_mat_init(x, count, dimension);
    fmpq_mat_init(z, count, 1);
    for (slong i = 0; i < count; i++) {
        fmpq_set_si(fmpq_mat_entry(z, i, 0), weights[i], 1);
        for (slong j = 0; j < dimension; j++)
            fmpq_set_si(fmpq_mat_entry(x, i, j), points[i * dimension + j], 1);
    }
    ncf__tensor_init(tensor, order, x, z);
    fmpq_mat_clear(z);
    fmpq_mat_clear(x);
}

static void build_diagonal(ncf_tensor_t tensor, slong order, slong dimension, const slong *a)
{
    slong points[16] = {0};
    for (slong i = 0; i < dimension; i++)
        points[i * dimension + i] = 1;
    build(tensor, order, dimension, dimension, points, a);
}

static void build_random(ncf_tensor_t tensor, slong order, slong dimension, uint64_t stream)
{
    enum { COUNT = 12 };
    slong points[COUNT * 4], weights[COUNT];
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), stream);
    for (slong i = 0; i < COUNT * dimension; i++)
        points[i] = (slong) ncf__random_below(&random, 2001) - 1000;
    for (slong i = 0; i < COUNT; i++)
        weights[i] = (slong) ncf__random_below(&random, 2001) - 1000;
    build(tensor, order, dimension, COUNT, points, weights);
}

static void cover(ncf_cover_t *out, const ncf_tensor_t tensor, double mu_min, int threads)
{
    arf_t bound;
    arf_init(bound);
    arf_set_d(bound, mu_min);
    ncf__cover_lines(out, tensor, bound, 2000000, threads, NULL);
    arf_clear(bound);
}

static int is_complete(const ncf_cover_t *cover)
{
    return cover->undecided_count == 0 && cover->limit == NCF_LIMIT_NONE;
}

/* ---- Closed forms ---------------------------------------------------------------- */

/*
 * Lines of sum a_i x_i^m with support S: x_i^{m-2} = mu/a_i, so that
 * |mu| = (sum_S |a_i|^{-2/(m-2)})^{-(m-2)/2}; one line for odd m, 2^{|S|-1} for even m
 * when the a_i of S have one sign, else none.
 */
static slong diagonal_count(slong order, slong dimension, const slong *a, double mu_min)
{
    slong count = 0;
    for (int set = 1; set < 1 << dimension; set++) {
        slong size = 0, positive = 0;
        double sum = 0, power = -2.0 / (double) (order - 2);
        for (slong i = 0; i < dimension; i++) {
            if (!(set >> i & 1))
                continue;
            size++;
            positive += a[i] > 0;
            sum += pow(fabs((double) a[i]), power);
        }
        if (pow(sum, 1 / power) < mu_min || (order % 2 == 0 && positive % size != 0))
            continue;
        count += order % 2 == 1 ? 1 : 1 << (size - 1);
    }
    return count;
}

static slong large_lines(const ncf_cover_t *cover, double mu_min)
{
    slong count = 0;
    arb_t size;
    arb_init(size);
    for (slong i = 0; i < cover->count; i++) {
        arb_abs(size, cover->lines[i].mu);
        count += arf_cmp_d(arb_midref(size), mu_min) >= 0;
    }
    arb_clear(size);
    return count;
}

static void test_diagonal(void)
{
    static const slong forms[][4] = {
        {1, 1, 1, 1}, {1, 2, 3, 4}, {1, -2, 3, -4}, {-1, -1, 5, 7}, {1, 100, 10000, 3}};
    static const double bounds[] = {1e-3, 0.51, 1.1};
    for (size_t k = 0; k < sizeof(forms) / sizeof(forms[0]); k++) {
        for (slong n = 2; n <= 4; n++) {
            for (slong m = 3; m <= 6; m++) {
                ncf_tensor_t tensor;
                build_diagonal(tensor, m, n, forms[k]);
                for (int b = 0; b < 3; b++) {
                    ncf_cover_t found;
                    cover(&found, tensor, bounds[b], 1);
                    slong expected = diagonal_count(m, n, forms[k], bounds[b]);
                    slong count = large_lines(&found, bounds[b]);
                    int complete = is_complete(&found);
                    ncf__cover_clear(&found, n);
                    CHECK_MSG(complete && count == expected,
                              "form %d, n %ld, m %ld, mu >= %g: %ld lines, not %ld", (int) k,
                              (long) n, (long) m, bounds[b], (long) count, (long) expected);
                }
                ncf__tensor_clear(tensor);
            }
        }
    }
}

/* a_i = 1: lines (1, 1, 1), (1, -1, 0) lie on the borders of several charts. */
static void test_borders(void)
{
    static const slong ones[] = {1, 1, 1};
    ncf_tensor_t tensor;
    ncf_cover_t found;
    build_diagonal(tensor, 4, 3, ones);
    cover(&found, tensor, 0.01, 1);
    slong border[3] = {0}, wrong = 0;
    for (slong i = 0; i < found.count; i++) {
        slong support = 0;
        for (slong j = 0; j < 3; j++) {
            arb_srcptr x = found.lines[i].e + j;
            int unit = arb_contains_si(x, 1) || arb_contains_si(x, -1);
            wrong += !unit && !arb_contains_zero(x);
            support += unit;
        }
        border[support - 1]++;
        fmpq_t mu;
        fmpq_init(mu);
        fmpq_set_si(mu, 1, (ulong) support);
        wrong += !arb_contains_fmpq(found.lines[i].mu, mu);
        wrong += arb_rel_accuracy_bits(found.lines[i].mu) < 150;
        fmpq_clear(mu);
    }
    CHECK(is_complete(&found) && wrong == 0);
    CHECK(border[0] == 3 && border[1] == 6 && border[2] == 4);
    ncf__cover_clear(&found, 3);
    ncf__tensor_clear(tensor);
}

/* ---- Binary forms: exact real root counts ---------------------------------------- */

/* dF/db - b dF/da at a = 1 has the roots b/a of the lines; infinity when the degree drops. */
static slong binary_count(const slong *points, const slong *weights, slong count, slong order)
{
    fmpz_poly_t sum, line, power, factor;
    fmpz_poly_init(sum);
    fmpz_poly_init(line);
    fmpz_poly_init(power);
    fmpz_poly_init(factor);
    for (slong i = 0; i < count; i++) {
        slong p = points[2 * i], q = points[2 * i + 1];
        fmpz_poly_set_coeff_si(line, 0, p);
        fmpz_poly_set_coeff_si(line, 1, q);
        fmpz_poly_pow(power, line, (ulong) order - 1);
        fmpz_poly_zero(factor);
        fmpz_poly_set_coeff_si(factor, 0, q * weights[i]);
        fmpz_poly_set_coeff_si(factor, 1, -p * weights[i]);
        fmpz_poly_mul(power, power, factor);
        fmpz_poly_add(sum, sum, power);
    }
    slong roots = fmpz_poly_num_real_roots(sum) + (fmpz_poly_degree(sum) < order);
    fmpz_poly_clear(factor);
    fmpz_poly_clear(power);
    fmpz_poly_clear(line);
    fmpz_poly_clear(sum);
    return roots;
}

static void test_binary(void)
{
    enum { COUNT = 5 };
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 31);
    long trials = ncf_test_count(60);
    for (long trial = 0; trial < trials; trial++) {
        slong points[2 * COUNT], weights[COUNT], order = 3 + trial % 6;
        for (slong i = 0; i < COUNT; i++) {
            points[2 * i] = 1 + (slong) ncf__random_below(&random, 9);
            points[2 * i + 1] = (slong) ncf__random_below(&random, 19) - 9;
            weights[i] = (slong) ncf__random_below(&random, 18) - 9;
            weights[i] += weights[i] >= 0;
        }
        ncf_tensor_t tensor;
        ncf_cover_t found;
        build(tensor, order, 2, COUNT, points, weights);
        if (tensor->dimension == 2) {
            cover(&found, tensor, 1e-9, 1);
            slong expected = binary_count(points, weights, COUNT, order);
            slong count = found.count;
            int complete = is_complete(&found);
            ncf__cover_clear(&found, 2);
            CHECK_MSG(complete && count == expected, "trial %ld: %ld lines, not %ld", trial,
                      (long) count, (long) expected);
        }
        ncf__tensor_clear(tensor);
    }
}

/* ---- Random tensors: Euler characteristic and multi-start ------------------------ */

/* sign of det of the tangent Hessian (m-1) T q^{m-2} - mu I on q^perp; 0: not known */
static int tangent_sign(const ncf_cover_line_t *line, const ncf_tensor_t tensor,
                        const arb_mat_t points)
{
    slong n = tensor->dimension, prec = 256;
    arb_mat_t second, bordered;
    arb_ptr q = _arb_vec_init(n);
    arb_t norm;
    arb_mat_init(second, n, n);
    arb_mat_init(bordered, n + 1, n + 1);
    arb_init(norm);
    arb_dot(norm, NULL, 0, line->e, 1, line->e, 1, n, prec);
    arb_rsqrt(norm, norm, prec);
    for (slong j = 0; j < n; j++)
        arb_mul(q + j, line->e + j, norm, prec);
    ncf__tensor_eval(NULL, NULL, second, q, tensor, points, prec);
    for (slong j = 0; j < n; j++) {
        for (slong k = 0; k < n; k++) {
            arb_ptr entry = arb_mat_entry(bordered, j, k);
            arb_mul_si(entry, arb_mat_entry(second, j, k), tensor->order - 1, prec);
            if (j == k)
                arb_sub(entry, entry, line->mu, prec);
        }
        arb_set(arb_mat_entry(bordered, j, n), q + j);
        arb_set(arb_mat_entry(bordered, n, j), q + j);
    }
    arb_mat_det(norm, bordered, prec);
    int sign = arb_is_positive(norm) ? -1 : arb_is_negative(norm) ? 1 : 0;
    arb_clear(norm);
    arb_mat_clear(bordered);
    arb_mat_clear(second);
    _arb_vec_clear(q, n);
    return sign;
}

/* The sum of (-1)^index over both ends of all lines. */
static int euler_sum(const ncf_cover_t *found, const ncf_tensor_t tensor)
{
    slong n = tensor->dimension;
    arb_mat_t points;
    arb_mat_init(points, tensor->points, n);
    ncf__tensor_isometric(points, tensor, 256);
    int sum = 0, opposite = tensor->order % 2 == 1 && n % 2 == 0 ? -1 : 1;
    for (slong i = 0; i < found->count; i++) {
        int sign = tangent_sign(&found->lines[i], tensor, points);
        sum += sign == 0 ? 1000 : sign * (1 + opposite);
    }
    arb_mat_clear(points);
    return sum;
}

static void test_euler(void)
{
    long trials = ncf_test_count(8);
    for (long trial = 0; trial < trials; trial++) {
        for (slong n = 2; n <= 4; n++) {
            for (slong m = 2; m <= 6; m++) {
                ncf_tensor_t tensor;
                ncf_cover_t found;
                build_random(tensor, m, n, (uint64_t) (100 * trial + 10 * n + m));
                cover(&found, tensor, 1e-2, 1);
                int complete = is_complete(&found);
                int sum = euler_sum(&found, tensor);
                ncf__cover_clear(&found, n);
                ncf__tensor_clear(tensor);
                CHECK_MSG(complete && sum == (n % 2 == 1 ? 2 : 0),
                          "trial %ld, n %ld, m %ld: complete %d, sum %d", trial, (long) n,
                          (long) m, complete, sum);
            }
        }
    }
}

/* One Newton iteration for T q^{m-1} = mu q, |q| = 1 at a midpoint vector; 0: singular. */
static int newton_on_sphere(arb_ptr q, arb_t mu, const ncf_tensor_t tensor,
                            const arb_mat_t points, slong prec)
{
    slong n = tensor->dimension;
    arb_ptr g = _arb_vec_init(n);
    arb_mat_t second, a, b;
    arb_mat_init(second, n, n);
    arb_mat_init(a, n + 1, n + 1);
    arb_mat_init(b, n + 1, 1);
    ncf__tensor_eval(NULL, g, second, q, tensor, points, prec);
    for (slong j = 0; j < n; j++) {
        for (slong k = 0; k < n; k++)
            arb_mul_si(arb_mat_entry(a, j, k), arb_mat_entry(second, j, k), tensor->order - 1,
                       prec);
        arb_sub(arb_mat_entry(a, j, j), arb_mat_entry(a, j, j), mu, prec);
        arb_neg(arb_mat_entry(a, j, n), q + j);
        arb_set(arb_mat_entry(a, n, j), q + j);
        arb_mul(arb_mat_entry(b, j, 0), mu, q + j, prec);
        arb_sub(arb_mat_entry(b, j, 0), arb_mat_entry(b, j, 0), g + j, prec);
    }
    arb_dot(arb_mat_entry(b, n, 0), NULL, 0, q, 1, q, 1, n, prec);
    arb_sub_si(arb_mat_entry(b, n, 0), arb_mat_entry(b, n, 0), 1, prec);
    arb_mul_2exp_si(arb_mat_entry(b, n, 0), arb_mat_entry(b, n, 0), -1);
    arb_neg(arb_mat_entry(b, n, 0), arb_mat_entry(b, n, 0));
    int solved = arb_mat_solve(b, a, b, prec);
    for (slong j = 0; j < n && solved; j++) {
        arb_add(q + j, q + j, arb_mat_entry(b, j, 0), prec);
        arb_get_mid_arb(q + j, q + j);
    }
    arb_add(mu, mu, arb_mat_entry(b, n, 0), prec);
    arb_get_mid_arb(mu, mu);
    arb_mat_clear(b);
    arb_mat_clear(a);
    arb_mat_clear(second);
    _arb_vec_clear(g, n);
    return solved && arb_is_finite(mu);
}

/* Is q (close to an eigenvector) within 1e-12 of the direction of a listed line? */
static int is_listed(arb_srcptr q, const ncf_cover_t *found, slong n)
{
    for (slong i = 0; i < found->count; i++) {
        slong k = found->lines[i].chart;
        int close = 1;
        for (slong j = 0; j < n; j++) {
            double x = arf_get_d(arb_midref(q + j), ARF_RND_NEAR);
            double scale = arf_get_d(arb_midref(q + k), ARF_RND_NEAR);
            double e = arf_get_d(arb_midref(found->lines[i].e + j), ARF_RND_NEAR);
            close = close && fabs(x - scale * e) < 1e-12;
        }
        if (close)
            return 1;
    }
    return 0;
}

/* Starts Newton's method and returns how many limits with |mu| >= mu_min are missing. */
static slong count_missing(const ncf_cover_t *found, const ncf_tensor_t tensor, double mu_min,
                           long starts)
{
    slong n = tensor->dimension, missing = 0;
    ncf_random_t random;
    arb_ptr q = _arb_vec_init(n);
    arb_t mu;
    arb_mat_t points;
    arb_init(mu);
    arb_mat_init(points, tensor->points, n);
    ncf__tensor_isometric(points, tensor, 64);
    ncf__random_init(&random, ncf_test_seed(), 77);
    for (long start = 0; start < starts; start++) {
        double norm = 0, x[4];
        for (slong j = 0; j < n; j++) {
            x[j] = ncf__random_unit(&random) - 0.5;
            norm += x[j] * x[j];
        }
        for (slong j = 0; j < n; j++)
            arb_set_d(q + j, x[j] / sqrt(norm));
        ncf__tensor_eval(mu, NULL, NULL, q, tensor, points, 64);
        arb_get_mid_arb(mu, mu);
        int going = 1;
        double last = 0, value = 1;
        for (int i = 0; i < 40 && going; i++) {
            last = value;
            going = newton_on_sphere(q, mu, tensor, points, 64);
            value = arf_get_d(arb_midref(mu), ARF_RND_NEAR);
        }
        if (going && fabs(value) >= mu_min && fabs(value - last) <= 1e-14 * fabs(value))
            missing += !is_listed(q, found, n);
    }
    arb_mat_clear(points);
    arb_clear(mu);
    _arb_vec_clear(q, n);
    return missing;
}

static void test_multistart(void)
{
    for (slong n = 2; n <= 4; n++) {
        for (slong m = 3; m <= 5; m++) {
            ncf_tensor_t tensor;
            ncf_cover_t found;
            build_random(tensor, m, n, (uint64_t) (1000 + 10 * n + m));
            cover(&found, tensor, 1e-2, 1);
            int complete = is_complete(&found);
            slong missing = count_missing(&found, tensor, 1e-2, ncf_test_count(40));
            ncf__cover_clear(&found, n);
            ncf__tensor_clear(tensor);
            CHECK_MSG(complete && missing == 0, "n %ld, m %ld: complete %d, %ld missing",
                      (long) n, (long) m, complete, (long) missing);
        }
    }
}

/* ---- Degenerate sets ------------------------------------------------------------- */

/* 12 x^2 y^2 = (x+y)^4 + (x-y)^4 - 2 x^4 - 2 y^4 */
static void test_curves(void)
{
    /* 6 (x^2+y^2)^2 + 6 z^4: the line z, and the circles z = 0 and z^2 = x^2 + y^2. */
    static const slong points[] = {1, 1, 0, 1, -1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1};
    static const slong weights[] = {1, 1, 4, 4, 6};
    ncf_tensor_t tensor;
    ncf_cover_t found;
    build(tensor, 4, 3, 5, points, weights);
    arf_t bound;
    arf_init(bound);
    arf_set_d(bound, 0.1);
    ncf__cover_lines(&found, tensor, bound, 20000, 1, NULL);
    int only_z = found.count == 1 && found.lines[0].chart == 2 &&
                 arb_contains_zero(found.lines[0].e) && arb_contains_si(found.lines[0].mu, 6);
    slong undecided = found.undecided_count;
    CHECK(only_z);
    CHECK(found.limit == NCF_LIMIT_NONE);
    CHECK_MSG(undecided > 0 && undecided < 200, "%ld undecided hulls", (long) undecided);
    ncf__cover_clear(&found, 3);
    /* A curve is given up well before a large budget is spent. */
    ncf__cover_lines(&found, tensor, bound, 10000000, 1, NULL);
    CHECK(found.count == 1 && found.undecided_count > 0 && found.boxes < 1000000);
    ncf__cover_clear(&found, 3);
    ncf__tensor_clear(tensor);
    /* 6 |x|^4 in the plane: every line. */
    static const slong all[] = {1, 1, 1, -1, 1, 0, 0, 1};
    build(tensor, 4, 2, 4, all, weights);
    ncf__cover_lines(&found, tensor, bound, 2000, 1, NULL);
    CHECK(found.count == 0 && found.undecided_count > 0 && found.undecided_share > 0.9);
    ncf__cover_clear(&found, 2);
    arf_clear(bound);
    ncf__tensor_clear(tensor);
}

/* 12 x^2 y^2: the lines with mu = 0 are isolated, and left out since |mu| < mu_min. */
static void test_below_bound(void)
{
    static const slong points[] = {1, 1, 1, -1, 1, 0, 0, 1};
    static const slong weights[] = {1, 1, -2, -2};
    ncf_tensor_t tensor;
    ncf_cover_t found;
    build(tensor, 4, 2, 4, points, weights);
    cover(&found, tensor, 1e-3, 1);
    CHECK(is_complete(&found) && found.count == 2);
    for (slong i = 0; i < found.count; i++)
        CHECK(arb_contains_si(found.lines[i].mu, 3));
    ncf__cover_clear(&found, 2);
    cover(&found, tensor, 3.001, 1);
    CHECK(is_complete(&found) && found.count == 0);
    ncf__cover_clear(&found, 2);
    ncf__tensor_clear(tensor);
}

/* Is the point with the given coordinates (e_chart = 1) in one of the undecided boxes? */
static int is_undecided(const ncf_cover_t *found, const slong *e, slong n)
{
    for (slong i = 0; i < found->undecided_count; i++) {
        int inside = e[found->undecided_chart[i]] == 1;
        for (slong j = 0; j < n; j++)
            inside = inside && arb_contains_si(found->undecided + i * n + j, e[j]);
        if (inside)
            return 1;
    }
    return 0;
}

/* 6 (x^2+y^2)^2 + 6 y^4 + 5 z^4: x is isolated and singular, in every plane it is in. */
static void test_singular_point(void)
{
    static const slong points[] = {1, 1, 0, 1, -1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1};
    static const slong weights[] = {1, 1, 4, 10, 5};
    static const slong x_axis[] = {1, 0, 0};
    for (slong n = 2; n <= 3; n++) {
        slong plane[] = {1, 1, 1, -1, 1, 0, 0, 1};
        ncf_tensor_t tensor;
        ncf_cover_t found;
        build(tensor, 4, n, n == 2 ? 4 : 5, n == 2 ? plane : points, weights);
        cover(&found, tensor, 0.1, 1);
        double largest = 0;
        for (slong i = 0; i < found.undecided_count * n; i++)
            largest = fmax(largest, mag_get_d(arb_radref(found.undecided + i)));
        CHECK(!is_complete(&found) && is_undecided(&found, x_axis, n));
        CHECK_MSG(found.undecided_count <= 5 && largest < 1e-2,
                  "n %ld: %ld undecided, radius %g, %ld lines, %ld boxes", (long) n,
                  (long) found.undecided_count, largest, (long) found.count,
                  (long) found.boxes);
        slong count = found.count;
        CHECK_MSG(count == (n == 2 ? 1 : 4), "n %ld: %ld lines", (long) n, (long) count);
        ncf__cover_clear(&found, n);
        ncf__tensor_clear(tensor);
    }
}

/* ---- Limits, threads, sizes ------------------------------------------------------ */

static volatile sig_atomic_t stop_in_work;

static void stop_after_some_jobs(void *context, const char *stage, double done, double total)
{
    (void) context;
    (void) stage;
    stop_in_work = done > total / 2;
}

/* A stop in the middle leaves both lines and undecided boxes, and says so. */
static void test_stop_in_work(void)
{
    static const slong ones[] = {1, 1, 1, 1};
    ncf_tensor_t tensor;
    ncf_cover_t found;
    arf_t bound;
    arf_init(bound);
    arf_set_d(bound, 1e-3);
    build_diagonal(tensor, 4, 4, ones);
    stop_in_work = 0;
    ncf_limits_t limits = {0, &stop_in_work, stop_after_some_jobs, NULL};
    ncf__cover_lines(&found, tensor, bound, 1000000, 1, &limits);
    CHECK(found.limit == NCF_LIMIT_STOP && found.undecided_count > 0);
    CHECK(found.count > 0 && found.count < 40);
    ncf__cover_clear(&found, 4);
    arf_clear(bound);
    ncf__tensor_clear(tensor);
}

static void test_limits(void)
{
    ncf_tensor_t tensor;
    ncf_cover_t found;
    arf_t bound;
    arf_init(bound);
    arf_set_d(bound, 1e-3);
    build_random(tensor, 4, 4, 5);
    volatile sig_atomic_t stop = 1;
    ncf_limits_t limits = {0, &stop, NULL, NULL};
    ncf__cover_lines(&found, tensor, bound, 1000000, 2, &limits);
    CHECK(found.limit == NCF_LIMIT_STOP && found.undecided_count > 0 && found.count == 0);
    CHECK(fabs(found.undecided_share - 1) < 1e-9);
    ncf__cover_clear(&found, 4);
    stop = 0;
    limits.deadline = ncf__clock() - 1;
    ncf__cover_lines(&found, tensor, bound, 1000000, 1, &limits);
    CHECK(found.limit == NCF_LIMIT_TIME && found.undecided_count > 0);
    ncf__cover_clear(&found, 4);
    static const slong budgets[] = {0, 1, 100, 600};
    for (int i = 0; i < 4; i++) {
        ncf__cover_lines(&found, tensor, bound, budgets[i], 2, NULL);
        CHECK(found.limit == NCF_LIMIT_NONE && found.undecided_count > 0);
        CHECK(found.boxes <= budgets[i] + 8 * 500);
        ncf__cover_clear(&found, 4);
    }
    arf_clear(bound);
    ncf__tensor_clear(tensor);
}

static int same_cover(const ncf_cover_t *a, const ncf_cover_t *b, slong n)
{
    int same = a->count == b->count && a->boxes == b->boxes &&
               a->undecided_count == b->undecided_count &&
               a->undecided_share == b->undecided_share;
    for (slong i = 0; i < a->count && same; i++) {
        same = a->lines[i].chart == b->lines[i].chart &&
               arb_equal(a->lines[i].mu, b->lines[i].mu);
        for (slong j = 0; j < n; j++)
            same = same && arb_equal(a->lines[i].e + j, b->lines[i].e + j);
    }
    for (slong i = 0; i < a->undecided_count * n && same; i++)
        same = arb_equal(a->undecided + i, b->undecided + i);
    return same;
}

static void test_threads(void)
{
    static const slong points[] = {1, 1, 0, 1, -1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1};
    static const slong weights[] = {1, 1, 4, 4, 6};
    for (slong n = 3; n <= 4; n++) {
        ncf_tensor_t tensor;
        if (n == 4)
            build_random(tensor, 4, 4, 6);
        else
            build(tensor, 4, 3, 5, points, weights);
        arf_t bound;
        arf_init(bound);
        arf_set_d(bound, 1e-2);
        ncf_cover_t one, two;
        ncf__cover_lines(&one, tensor, bound, 5000, 1, NULL);
        ncf__cover_lines(&two, tensor, bound, 5000, 3, NULL);
        CHECK(one.count > 0 && same_cover(&one, &two, n));
        ncf__cover_clear(&two, n);
        ncf__cover_clear(&one, n);
        arf_clear(bound);
        ncf__tensor_clear(tensor);
    }
}

/* c T has the lines of T and c times its eigenvalues, however large c is. */
static void test_scaling(void)
{
    static const char *const factors[] = {"1e300", "-1e-300", "1e4000"};
    for (int i = 0; i < 3; i++) {
        fmpq_mat_t x, z;
        fmpq_t c;
        fmpq_init(c);
        fmpq_mat_init(x, 3, 3);
        fmpq_mat_init(z, 3, 1);
        ncf__rational_parse(c, factors[i], strlen(factors[i]));
        for (slong j = 0; j < 3; j++) {
            fmpq_one(fmpq_mat_entry(x, j, j));
            fmpq_set(fmpq_mat_entry(z, j, 0), c);
        }
        ncf_tensor_t tensor;
        ncf_cover_t found;
        arb_t bound, third;
        arb_init(bound);
        arb_init(third);
        ncf__tensor_init(tensor, 4, x, z);
        arb_set_fmpq(bound, c, 64);
        arb_abs(bound, bound);
        arb_mul_2exp_si(bound, bound, -2);
        ncf__cover_lines(&found, tensor, arb_midref(bound), 100000, 1, NULL);
        slong thirds = 0;
        fmpq_div_fmpz(c, c, (fmpz[]){3});
        for (slong k = 0; k < found.count; k++)
            thirds += arb_contains_fmpq(found.lines[k].mu, c);
        CHECK_MSG(is_complete(&found) && found.count == 13 && thirds == 4, "factor %s",
                  factors[i]);
        ncf__cover_clear(&found, 3);
        ncf__tensor_clear(tensor);
        arb_clear(third);
        arb_clear(bound);
        fmpq_mat_clear(z);
        fmpq_mat_clear(x);
        fmpq_clear(c);
    }
}

/* Data in a plane of R^3 with an irrational frame; and in a line. */
static void test_reduced(void)
{
    static const slong points[] = {1, 2, 3, 3, 2, 1, 4, 4, 4, 2, 0, -2};
    static const slong weights[] = {3, -5, 2, 7};
    ncf_tensor_t tensor;
    ncf_cover_t found;
    build(tensor, 5, 3, 4, points, weights);
    slong n = tensor->dimension;
    cover(&found, tensor, 1e-3, 1);
    CHECK(n == 2 && is_complete(&found) && euler_sum(&found, tensor) == 0);
    CHECK(found.count % 2 == 1 && count_missing(&found, tensor, 1e-3, 50) == 0);
    ncf__cover_clear(&found, n);
    ncf__tensor_clear(tensor);
    build(tensor, 3, 3, 1, points, weights);
    cover(&found, tensor, 1e-3, 1);
    CHECK(tensor->dimension == 1 && is_complete(&found) && found.count == 1);
    ncf__cover_clear(&found, 1);
    ncf__tensor_clear(tensor);
}

/* ---- Boxes ----------------------------------------------------------------------- */

typedef struct {
    ncf_tensor_t tensor;
    arb_mat_t points;
    ncf_cover_shape_t shape;
    ncf_cover_term_t *tables;
    fmpz_t exponent;
} model_t;

static void model_init(model_t *model, slong order, slong n)
{
    slong prec = 200;
    build_random(model->tensor, order, n, (uint64_t) (50 + order));
    arb_mat_init(model->points, model->tensor->points, n);
    ncf__tensor_isometric(model->points, model->tensor, prec);
    fmpz_init(model->exponent);
    NCF_REQUIRE(ncf__cover_shape_init(&model->shape, n - 1, order));
    model->tables = ncf__cover_tables(model->exponent, &model->shape, model->tensor,
                                      model->points, NULL, prec);
}

static void model_clear(model_t *model)
{
    ncf__free(model->tables);
    ncf__cover_shape_clear(&model->shape);
    fmpz_clear(model->exponent);
    arb_mat_clear(model->points);
    ncf__tensor_clear(model->tensor);
}

/* Does lane q of the expansion enclose the true polynomial at x = center + radius s? */
static int lane_encloses(const ncf_cover_expansion_t *t, slong q, const arb_t truth)
{
    arb_t range, end;
    arb_init(range);
    arb_init(end);
    arb_set_d(range, t->term[0][q]);
    arb_set_d(end, t->low[q]);
    arb_add(end, range, end, 300);
    arb_set_d(range, t->term[0][q]);
    arb_t high;
    arb_init(high);
    arb_set_d(high, t->high[q]);
    arb_add(range, range, high, 300);
    arb_union(range, range, end, 300);
    mag_t slack;
    mag_init(slack);
    mag_set_d(slack, t->slack[q]);
    arb_add_error_mag(range, slack);
    int encloses = arb_contains(range, truth);
    mag_clear(slack);
    arb_clear(high);
    arb_clear(end);
    arb_clear(range);
    return encloses;
}

/* The lanes at a point of the box by the tensor itself, a route of its own. */
static int point_enclosed(const model_t *model, slong chart, const double *x,
                          const ncf_cover_expansion_t *t)
{
    slong n = model->tensor->dimension, prec = 200;
    arb_ptr e = _arb_vec_init(n), g = _arb_vec_init(n);
    arb_t value;
    fmpz_t shift;
    arb_init(value);
    fmpz_init(shift);
    fmpz_neg(shift, model->exponent);
    for (slong j = 0; j < n; j++)
        arb_set_d(e + j, j == chart ? 1 : x[j - (j > chart)]);
    ncf__tensor_eval(value, g, NULL, e, model->tensor, model->points, prec);
    arb_mul_2exp_fmpz(value, value, shift);
    int enclosed = lane_encloses(t, COVER_FORM, value);
    for (slong l = 0; l < n - 1; l++) {
        slong j = l + (l >= chart);
        arb_mul(value, e + j, g + chart, prec);
        arb_sub(value, g + j, value, prec);
        arb_mul_si(value, value, model->tensor->order, prec);
        arb_mul_2exp_fmpz(value, value, shift);
        enclosed = enclosed && lane_encloses(t, l, value);
    }
    fmpz_clear(shift);
    arb_clear(value);
    _arb_vec_clear(g, n);
    _arb_vec_clear(e, n);
    return enclosed;
}

/* Widths from 2 down to far below the rounding errors, points inside and at corners. */
static void test_expansion(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 40);
    for (slong n = 2; n <= 4; n++) {
        for (slong m = 2; m <= 7; m++) {
            model_t model;
            model_init(&model, m, n);
            ncf_cover_expansion_t t;
            ncf__cover_expansion_init(&t, &model.shape);
            int enclosed = 1;
            for (long trial = 0; trial < ncf_test_count(200); trial++) {
                ncf_cover_box_t box = {{0}, {0}};
                double x[3] = {0};
                slong chart = trial % n;
                for (slong l = 0; l < n - 1; l++) {
                    double width = ldexp(1, -(int) ncf__random_below(&random, 60));
                    double s = ncf__random_unit(&random);
                    box.low[l] = 2 * ncf__random_unit(&random) - 1;
                    box.high[l] = box.low[l] + width;
                    x[l] = s < 0.3   ? box.low[l]
                           : s < 0.6 ? box.high[l]
                                     : box.low[l] + s * width;
                    x[l] = fmin(x[l], box.high[l]);
                }
                ncf__cover_expand(&t, model.tables + chart * model.shape.terms, &box);
                enclosed = enclosed && t.finite && point_enclosed(&model, chart, x, &t);
            }
            ncf__cover_expansion_clear(&t);
            model_clear(&model);
            CHECK_MSG(enclosed, "n %ld, m %ld", (long) n, (long) m);
        }
    }
}

/* No box around a proved line may be excluded, and contraction must keep the line. */
static void test_boxes_keep_lines(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 41);
    long lost = 0, contracted = 0;
    for (slong n = 2; n <= 4; n++) {
        model_t model;
        model_init(&model, 4, n);
        ncf_cover_t found;
        cover(&found, model.tensor, 1e-3, 1);
        ncf_cover_expansion_t t;
        ncf__cover_expansion_init(&t, &model.shape);
        for (long trial = 0; trial < ncf_test_count(500) && found.count > 0; trial++) {
            const ncf_cover_line_t *line = &found.lines[trial % found.count];
            ncf_cover_box_t box = {{0}, {0}}, before;
            double x[3];
            for (slong l = 0; l < n - 1; l++) {
                arb_srcptr e = line->e + l + (l >= line->chart);
                x[l] = arf_get_d(arb_midref(e), ARF_RND_NEAR);
                box.low[l] =
                    x[l] - ldexp(ncf__random_unit(&random), -(int) (trial % 45)) - 1e-15;
                box.high[l] =
                    x[l] + ldexp(ncf__random_unit(&random), -(int) (trial % 40)) + 1e-15;
            }
            before = box;
            ncf_cover_newton_t newton;
            ncf__cover_expand(&t, model.tables + line->chart * model.shape.terms, &box);
            lost += ncf__cover_excluded(&t, &box, 0);
            if (ncf__cover_precondition(&newton, &t))
                lost += !ncf__cover_contract(&box, &newton, &t);
            for (slong l = 0; l < n - 1; l++)
                lost += x[l] < box.low[l] - 1e-15 || x[l] > box.high[l] + 1e-15;
            contracted += memcmp(&before, &box, sizeof(box)) != 0;
        }
        ncf__cover_expansion_clear(&t);
        ncf__cover_clear(&found, n);
        model_clear(&model);
    }
    CHECK(lost == 0);
    CHECK(contracted > 0);
}

/* Boxes with two lines, or with a line and its neighbours on a curve, are not isolating. */
static void test_isolation(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 42);
    long wrong = 0, isolating = 0;
    for (slong n = 2; n <= 4; n++) {
        model_t model;
        model_init(&model, 4, n);
        ncf_cover_t found;
        cover(&found, model.tensor, 1e-3, 1);
        ncf_cover_expansion_t t;
        ncf__cover_expansion_init(&t, &model.shape);
        for (long trial = 0; trial < ncf_test_count(3000); trial++) {
            ncf_cover_box_t box = {{0}, {0}};
            slong chart = trial % n, lines = 0;
            for (slong l = 0; l < n - 1; l++) {
                double center = 2 * ncf__random_unit(&random) - 1;
                double half = ncf__random_unit(&random);
                box.low[l] = center - half;
                box.high[l] = center + half;
            }
            for (slong i = 0; i < found.count; i++) {
                int inside = 1;
                for (slong j = 0; j < n; j++) {
                    double e = arf_get_d(arb_midref(found.lines[i].e + j), ARF_RND_NEAR);
                    double scale =
                        arf_get_d(arb_midref(found.lines[i].e + chart), ARF_RND_NEAR);
                    slong l = j - (j > chart);
                    inside = inside && (j == chart ||
                                        (e / scale >= box.low[l] && e / scale <= box.high[l]));
                }
                lines += inside;
            }
            ncf_cover_newton_t newton;
            ncf__cover_expand(&t, model.tables + chart * model.shape.terms, &box);
            int isolates =
                ncf__cover_precondition(&newton, &t) && ncf__cover_isolates(&newton, n - 1);
            isolating += isolates;
            wrong += isolates && lines != 1;
        }
        ncf__cover_expansion_clear(&t);
        ncf__cover_clear(&found, n);
        model_clear(&model);
    }
    CHECK(wrong == 0);
    CHECK(isolating > 0);
    ncf_cover_newton_t flat = {{0}, {0}, {0}, {0}, {1, 0.5, 0}};
    CHECK(!ncf__cover_isolates(&flat, 2));
    flat.contraction[0] = 0.5;
    CHECK(ncf__cover_isolates(&flat, 2));
}

/* ---- Records --------------------------------------------------------------------- */

/* e = (1, x +- r, y +- r) up to the order of the coordinates, unique within +-u of x, y. */
static void set_record(ncf_cover_record_t *record, slong chart, double x, double y, double r,
                       double u)
{
    double mid[2] = {x, y};
    record->chart = chart;
    arb_one(record->e + chart);
    for (slong l = 0; l < 2; l++) {
        arb_ptr e = record->e + l + (l >= chart);
        arb_set_d(e, mid[l]);
        mag_set_d(arb_radref(e), r);
        record->unique.low[l] = mid[l] - u;
        record->unique.high[l] = mid[l] + u;
    }
}

static void test_same(void)
{
    ncf_cover_record_t a, b;
    ncf__cover_record_init(&a, 3);
    ncf__cover_record_init(&b, 3);
    set_record(&a, 0, 0.25, 0.5, 0x1p-20, 0x1p-4);
    set_record(&b, 0, 0.25 + 0x1p-20, 0.5, 0x1p-20, 0x1p-4);
    CHECK(ncf_is_proved(ncf__cover_same(&a, &b, 3, 128)));
    /* Overlapping, but neither in a box where the other is known to be alone. */
    set_record(&a, 0, 0.25, 0.5, 0x1p-20, 0x1.8p-20);
    set_record(&b, 0, 0.25 + 0x1p-20, 0.5, 0x1p-20, 0x1.8p-20);
    CHECK(ncf_is_undecided(ncf__cover_same(&a, &b, 3, 128)));
    set_record(&b, 0, 0.25, 0.5 - 0x1p-20, 0x1p-20, 0x1.8p-20);
    CHECK(ncf_is_undecided(ncf__cover_same(&a, &b, 3, 128)));
    set_record(&b, 0, 0.25, 0.5 + 0x1p-10, 0x1p-20, 0x1p-4);
    CHECK(ncf_is_refuted(ncf__cover_same(&a, &b, 3, 128)));
    /* (1, 1/2, 1/4) is (2, 1, 1/2); opposite representatives are one line as well. */
    set_record(&a, 0, 0.5, 0.25, 0x1p-20, 0x1p-4);
    set_record(&b, 1, 2, 0.5, 0x1p-20, 0x1p-4);
    CHECK(ncf_is_proved(ncf__cover_same(&a, &b, 3, 128)));
    CHECK(ncf_is_proved(ncf__cover_same(&b, &a, 3, 128)));
    set_record(&a, 0, -0.5, 0.25, 0x1p-20, 0x1p-4);
    CHECK(ncf_is_refuted(ncf__cover_same(&a, &b, 3, 128)));
    set_record(&b, 1, -2, -0.5, 0x1p-20, 0x1p-4);
    CHECK(ncf_is_proved(ncf__cover_same(&a, &b, 3, 128)));
    ncf__cover_record_clear(&b, 3);
    ncf__cover_record_clear(&a, 3);
}

static int proves(const ncf_tensor_t tensor, double x)
{
    ncf_cover_record_t record;
    arb_mat_t points;
    ncf__cover_record_init(&record, 2);
    arb_mat_init(points, tensor->points, 2);
    ncf__tensor_isometric(points, tensor, 256);
    int proved = ncf__cover_prove(&record, &x, 0, tensor, points, 256);
    arb_mat_clear(points);
    ncf__cover_record_clear(&record, 2);
    return proved;
}

/* Regular, singular, and no zero at all near the start; not finite. */
static void test_prove(void)
{
    static const slong plane[] = {1, 1, 1, -1, 1, 0, 0, 1};
    static const slong singular[] = {1, 1, 4, 10};
    static const slong everywhere[] = {1, 1, 4, 4};
    static const slong axes[] = {1, 1};
    ncf_tensor_t tensor;
    build_diagonal(tensor, 4, 2, axes);
    CHECK(proves(tensor, 1.01) && proves(tensor, 0.01));
    CHECK(!proves(tensor, NAN) && !proves(tensor, HUGE_VAL));
    ncf__tensor_clear(tensor);
    build(tensor, 4, 2, 4, plane, singular);
    CHECK(!proves(tensor, 0.1) && !proves(tensor, 0.001));
    ncf__tensor_clear(tensor);
    build(tensor, 4, 2, 4, plane, everywhere);
    CHECK(!proves(tensor, 0.1) && !proves(tensor, 1));
    ncf__tensor_clear(tensor);
}

/* Nothing is concluded from tables that are not finite. */
static void test_not_finite(void)
{
    model_t model;
    model_init(&model, 3, 3);
    for (slong i = 0; i < 3 * model.shape.terms; i++)
        for (int lane = 0; lane < COVER_LANES; lane++)
            model.tables[i][lane] = lane < COVER_MAJORANT ? NAN : HUGE_VAL;
    ncf_cover_expansion_t t;
    ncf_cover_newton_t newton;
    ncf_cover_box_t box = {{-1, -1, 0}, {1, 1, 0}};
    ncf__cover_expansion_init(&t, &model.shape);
    ncf__cover_expand(&t, model.tables, &box);
    CHECK(!ncf__cover_excluded(&t, &box, 1e300));
    CHECK(!ncf__cover_precondition(&newton, &t));
    CHECK(!ncf__cover_drowned(&t));
    ncf__cover_expansion_clear(&t);
    model_clear(&model);
}

int main(void)
{
    static const ncf_test_t tests[] = {
        {"diagonal tensors in closed form", test_diagonal},
        {"lines on the borders of charts", test_borders},
        {"binary forms against real roots", test_binary},
        {"Euler characteristic", test_euler},
        {"multi-start finds nothing new", test_multistart},
        {"curves stay undecided", test_curves},
        {"lines below the bound are left out", test_below_bound},
        {"an isolated singular line stays undecided", test_singular_point},
        {"limits and budgets", test_limits},
        {"a stop in the middle", test_stop_in_work},
        {"threads do not matter", test_threads},
        {"scaling", test_scaling},
        {"reduced dimension", test_reduced},
        {"expansions enclose", test_expansion},
        {"boxes keep their lines", test_boxes_keep_lines},
        {"isolating boxes hold one line", test_isolation},
        {"equal and distinct lines", test_same},
        {"proofs of single lines", test_prove},
        {"nothing follows from NaN", test_not_finite},
        {NULL, NULL}};
    return ncf_test_main("cover", tests);
}
