/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * t-lines.c: eigenlines by exact algebra. Second routes: the eigenpair equation itself in
 * balls, the published values of theory.md (2b), forms whose lines are known by hand.
 */
#include "../harness.h"
#include "tensor_samples.h"

#include "../../src/certify/lines.h"

static const ncf_proof_options_t proof = {128, 8192, 1, NULL};

static void find_lines(ncf_line_list_t *lines, const ncf_tensor_t tensor)
{
    ncf__line_list_init(lines);
    if (tensor->order == 2)
        ncf__matrix_lines(lines, tensor, &proof);
    else
        ncf__binary_lines(lines, tensor, &proof);
}

/* |q| = 1 and sum_i z_i (x_i . q)^{m-1} x_i = mu q for every basis row, in R^d. */
static int eigenpairs_hold(const ncf_line_list_t *lines, slong order, slong points, slong d,
                           const slong *rows, const slong *z, slong z_den)
{
    int holds = 1;
    slong prec = 128;
    arb_t s, t;
    arb_init(s);
    arb_init(t);
    arb_ptr g = _arb_vec_init(d);
    for (slong k = 0; k < lines->count; k++) {
        const ncf_line_struct *line = &lines->lines[k];
        for (slong r = 0; r <= line->dimension; r++) {
            arb_srcptr q = arb_mat_entry(line->basis, r, 0);
            _arb_vec_zero(g, d);
            for (slong i = 0; i < points; i++) {
                arb_zero(s);
                for (slong j = 0; j < d; j++)
                    arb_addmul_si(s, q + j, rows[i * d + j], prec);
                arb_pow_ui(s, s, (ulong) order - 1, prec);
                arb_mul_si(s, s, z[i], prec);
                for (slong j = 0; j < d; j++)
                    arb_addmul_si(g + j, s, rows[i * d + j], prec);
            }
            arb_dot(t, NULL, 0, q, 1, q, 1, d, prec);
            holds = holds && arb_contains_si(t, 1) && arb_rel_accuracy_bits(t) > 90;
            for (slong j = 0; j < d; j++) {
                arb_div_si(g + j, g + j, z_den, prec);
                arb_submul(g + j, line->mu, q + j, prec);
                holds = holds && arb_contains_zero(g + j);
            }
        }
        holds = holds && !arb_contains_zero(line->mu);
    }
    _arb_vec_clear(g, d);
    arb_clear(t);
    arb_clear(s);
    return holds;
}

typedef struct {
    double mu;
    slong dimension, multiplicity, index, nullity;
} expected_line_t;

static void check_lines(slong order, slong points, slong d, const slong *rows, const slong *z,
                        slong z_den, const expected_line_t *expected, slong count, slong zero_lines)
{
    ncf_tensor_t tensor;
    ncf_line_list_t lines;
    sample_tensor(tensor, order, points, d, rows, z, z_den);
    find_lines(&lines, tensor);
    CHECK(ncf_is_proved(lines.complete));
    CHECK_MSG(lines.count == count, "order %ld: %ld lines", (long) order, (long) lines.count);
    CHECK(lines.zero_lines == zero_lines);
    CHECK(eigenpairs_hold(&lines, order, points, d, rows, z, z_den));
    CHECK(!lines.euler_known || lines.euler_sum == lines.euler_expected);
    for (slong k = 0; k < count && k < lines.count; k++) {
        const ncf_line_struct *line = &lines.lines[k];
        double mu = arf_get_d(arb_midref(line->mu), ARF_RND_NEAR);
        CHECK_MSG(mu > expected[k].mu - 1e-4 && mu < expected[k].mu + 1e-4, "mu %g", mu);
        CHECK(line->dimension == expected[k].dimension);
        CHECK(line->multiplicity == expected[k].multiplicity);
        CHECK(line->inertia_known && line->index == expected[k].index);
        CHECK(line->nullity == expected[k].nullity);
    }
    ncf__line_list_clear(&lines);
    ncf__tensor_clear(tensor);
}

static void test_theory_values(void)
{
    static const expected_line_t p2[] = {{12.4022, 0, 1, 0, 0}, {-5.4022, 0, 1, 0, 0}};
    static const expected_line_t p4[] = {{-92.4185, 0, 1, 0, 0}, {83.9371, 0, 1, 0, 0}};
    check_lines(2, 4, 2, theory_x, theory_y, 1, p2, 2, 0);
    check_lines(4, 4, 2, theory_x, theory_y, 1, p4, 2, 0);
    ncf_tensor_t tensor;
    ncf_line_list_t lines;
    sample_tensor(tensor, 3, 4, 2, theory_x, theory_y, 1);
    find_lines(&lines, tensor);
    static const double p3[] = {34.8061, 31.7361, 16.4245};
    CHECK(lines.count == 3);
    for (slong k = 0; k < lines.count && k < 3; k++) {
        double mu = arf_get_d(arb_midref(lines.lines[k].mu), ARF_RND_NEAR);
        CHECK_MSG((mu < 0 ? -mu : mu) > p3[k] - 1e-4 && (mu < 0 ? -mu : mu) < p3[k] + 1e-4, "mu %g", mu);
    }
    CHECK(eigenpairs_hold(&lines, 3, 4, 2, theory_x, theory_y, 1));
    CHECK(lines.euler_known && lines.euler_sum == 0);
    ncf__line_list_clear(&lines);
    ncf__tensor_clear(tensor);
}

static void test_matrices(void)
{
    static const slong unit[] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    static const slong twice[] = {5, 2, 2}, definite[] = {3, 2, 1}, indefinite[] = {3, -2, 0};
    /* A double eigenvalue is a plane of lines: index 1 (5/2 > 1), nullity 1. */
    static const expected_line_t a[] = {{5, 0, 1, 0, 0}, {2, 1, 2, 1, 1}};
    static const expected_line_t b[] = {{3, 0, 1, 0, 0}, {2, 0, 1, 1, 0}, {1, 0, 1, 2, 0}};
    static const expected_line_t c[] = {{3, 0, 1, 0, 0}, {-2, 0, 1, 0, 0}};
    check_lines(2, 3, 3, unit, twice, 1, a, 2, 0);
    check_lines(2, 3, 3, unit, definite, 1, b, 3, 0);
    check_lines(2, 3, 3, unit, indefinite, 1, c, 2, 0);
    /* The identity: every line, one family. */
    static const slong same[] = {7, 7, 7};
    static const expected_line_t e[] = {{7, 2, 3, 0, 2}};
    check_lines(2, 3, 3, unit, same, 1, e, 1, 0);
    /* A skew plane in R^3: the metric of the basis is not the identity. */
    static const slong plane[] = {1, 1, 0, 0, 1, 2};
    static const slong one[] = {1, 1};
    static const expected_line_t f[] = {{5.302776, 0, 1, 0, 0}, {1.697224, 0, 1, 1, 0}};
    check_lines(2, 2, 3, plane, one, 1, f, 2, 0);
}

static void test_single_line(void)
{
    static const slong row[] = {3, 4}, z[] = {2}, minus[] = {-2};
    static const expected_line_t p2[] = {{50, 0, 1, 0, 0}}, p3[] = {{250, 0, 1, 0, 0}};
    static const expected_line_t m3[] = {{-250, 0, 1, 0, 0}};
    check_lines(2, 1, 2, row, z, 1, p2, 1, 0);
    check_lines(3, 1, 2, row, z, 1, p3, 1, 0);
    check_lines(3, 1, 2, row, minus, 1, m3, 1, 0);
    static const slong scalar[] = {-2};
    static const expected_line_t s3[] = {{-16, 0, 1, 0, 0}};
    check_lines(3, 1, 1, scalar, z, 1, s3, 1, 0);
}

/* 6 x^2 y: critical at (0, 1) with mu = 0, and where x^2 = 2 y^2. */
static void test_zero_value(void)
{
    static const slong rows[] = {1, 1, 1, -1, 0, 1}, z[] = {1, -1, -2};
    static const expected_line_t lines[] = {{2.309401, 0, 1, 0, 0}, {-2.309401, 0, 1, 0, 0}};
    check_lines(3, 3, 2, rows, z, 1, lines, 2, 1);
}

/* (x^2 + y^2)^2 + y^4 has a triple line (1, 0) with mu = 1, and (0, 1) with mu = 2. */
static void test_multiple_line(void)
{
    static const slong rows[] = {1, 0, 0, 1, 1, 1, 1, -1}, z[] = {4, 10, 1, 1};
    static const expected_line_t lines[] = {{2, 0, 1, 0, 0}, {1, 0, 3, 0, 1}};
    check_lines(4, 4, 2, rows, z, 6, lines, 2, 0);
}

/* (x^2 + y^2)^2: the whole circle. */
static void test_whole_circle(void)
{
    static const slong rows[] = {1, 0, 0, 1, 1, 1, 1, -1}, z[] = {4, 4, 1, 1};
    static const expected_line_t lines[] = {{1, 1, 2, 0, 1}};
    check_lines(4, 4, 2, rows, z, 6, lines, 1, 0);
}

/* m (a.x)(1.x)^{m-1} in R^5: a plane of data; two isolated lines, complete. */
static void test_plane_family(void)
{
    /* (1 + t a)^3 combinations of points with parameters t: a = (1, 2, 3, 4, 5). */
    slong rows[4 * 5];
    static const slong parameters[] = {0, 1, -1, 2};
    /* sum z_t = 0, sum t z_t = 6, sum t^2 z_t = 0, sum t^3 z_t = 0 (times 6) */
    static const slong z[] = {-3, 6, -2, -1};
    for (slong i = 0; i < 4; i++)
        for (slong j = 0; j < 5; j++)
            rows[5 * i + j] = 1 + parameters[i] * (j + 1);
    ncf_tensor_t tensor;
    ncf_line_list_t lines;
    sample_tensor(tensor, 3, 4, 5, rows, z, 6);
    CHECK(tensor->dimension == 2);
    find_lines(&lines, tensor);
    CHECK(ncf_is_proved(lines.complete));
    CHECK_MSG(lines.count == 2, "%ld lines", (long) lines.count);
    CHECK(lines.zero_lines == 1);
    CHECK(eigenpairs_hold(&lines, 3, 4, 5, rows, z, 6));
    ncf__line_list_clear(&lines);
    ncf__tensor_clear(tensor);
}

/* Random planes against the general inertia, which knows nothing of binary forms. */
static void test_inertia_routes(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 20);
    long count = ncf_test_count(40);
    for (long trial = 0; trial < count; trial++) {
        slong order = 2 + trial % 4, rows[10], z[5];
        for (slong i = 0; i < 10; i++)
            rows[i] = (slong) ncf__random_below(&random, 11) - 5;
        for (slong i = 0; i < 5; i++)
            z[i] = (slong) ncf__random_below(&random, 11) - 5;
        ncf_tensor_t tensor;
        ncf_line_list_t lines;
        sample_tensor(tensor, order, 5, 2, rows, z, 1);
        if (tensor->dimension == 2) {
            find_lines(&lines, tensor);
            arb_mat_t points;
            arb_mat_init(points, tensor->points, 2);
            ncf__tensor_isometric(points, tensor, 158);
            CHECK(eigenpairs_hold(&lines, order, 5, 2, rows, z, 1));
            CHECK(!lines.euler_known || lines.euler_sum == lines.euler_expected);
            for (slong k = 0; k < lines.count; k++) {
                ncf_line_t other;
                if (lines.lines[k].nullity > 0)
                    continue;
                ncf__line_init(other, 0, 2);
                arb_set(other->mu, lines.lines[k].mu);
                ncf__line_inertia(other, arb_mat_entry(lines.lines[k].basis, 0, 0), tensor, points, 158);
                CHECK(other->inertia_known && other->index == lines.lines[k].index);
                CHECK(arb_overlaps(other->curvature, lines.lines[k].curvature));
                ncf__line_clear(other);
            }
            arb_mat_clear(points);
            ncf__line_list_clear(&lines);
        }
        ncf__tensor_clear(tensor);
    }
}

int main(void)
{
    static const ncf_test_t tests[] = {{"values of theory (2b)", test_theory_values},
                                       {"matrices", test_matrices},
                                       {"one line", test_single_line},
                                       {"mu = 0 is told apart", test_zero_value},
                                       {"a multiple line", test_multiple_line},
                                       {"a circle of lines", test_whole_circle},
                                       {"a plane of data in R^5", test_plane_family},
                                       {"inertia by two routes", test_inertia_routes},
                                       {NULL, NULL}};
    return ncf_test_main("lines", tests);
}
