/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * t-tensor.c: the exact data tensor. The second route is the defining sum
 * sum_i z_i (x_i . w)^m, which must not change under merging and reduction.
 */
#include "../harness.h"

#include "../../src/corr/tensor.h"

/* sum_i z_i (x_i . w)^m */
static void defining_sum(fmpq_t out, slong order, const fmpq_mat_t x, const fmpq_mat_t z,
                         const fmpq *w)
{
    fmpq_t s;
    fmpq_init(s);
    fmpq_zero(out);
    for (slong i = 0; i < fmpq_mat_nrows(x); i++) {
        fmpq_zero(s);
        for (slong j = 0; j < fmpq_mat_ncols(x); j++)
            fmpq_addmul(s, fmpq_mat_entry(x, i, j), w + j);
        fmpq_pow_si(s, s, order);
        fmpq_addmul(out, s, fmpq_mat_entry(z, i, 0));
    }
    fmpq_clear(s);
}

static void set_row(fmpq_mat_t x, slong row, const slong *entries)
{
    for (slong j = 0; j < fmpq_mat_ncols(x); j++)
        fmpq_set_si(fmpq_mat_entry(x, row, j), entries[j], 1);
}

/* T(w) at w = basis D^{-1/2} e must be the defining sum; e rational times sqrt(D). */
static int value_agrees(slong order, const fmpq_mat_t x, const fmpq_mat_t z, ncf_random_t *random)
{
    ncf_tensor_t tensor;
    ncf__tensor_init(tensor, order, x, z);
    slong n = tensor->dimension, d = tensor->ambient, prec = 200;
    fmpq *c = _fmpq_vec_init(n), *w = _fmpq_vec_init(d);
    arb_ptr e = _arb_vec_init(n), lifted = _arb_vec_init(d);
    arb_mat_t points;
    arb_mat_init(points, tensor->points, n);
    arb_t value;
    arb_init(value);
    fmpq_t exact;
    fmpq_init(exact);
    for (slong j = 0; j < n; j++) {
        fmpq_set_si(c + j, (slong) ncf__random_below(random, 19) - 9, 7);
        arb_set_fmpq(e + j, fmpq_mat_entry(tensor->gram, j, 0), prec);
        arb_sqrt(e + j, e + j, prec);
        arb_set_fmpq(value, c + j, prec);
        arb_mul(e + j, e + j, value, prec);
        for (slong i = 0; i < d; i++)
            fmpq_addmul(w + i, fmpq_mat_entry(tensor->basis, i, j), c + j);
    }
    defining_sum(exact, order, x, z, w);
    ncf__tensor_isometric(points, tensor, prec);
    ncf__tensor_eval(value, NULL, NULL, e, tensor, points, prec);
    int agrees = arb_contains_fmpq(value, exact) && arb_rel_accuracy_bits(value) > 100;
    agrees = agrees || (arb_contains_fmpq(value, exact) && fmpq_is_zero(exact));
    ncf__tensor_lift(lifted, e, tensor, prec);
    for (slong i = 0; i < d; i++)
        agrees = agrees && arb_contains_fmpq(lifted + i, w + i);
    fmpq_clear(exact);
    arb_clear(value);
    arb_mat_clear(points);
    _arb_vec_clear(lifted, d);
    _arb_vec_clear(e, n);
    _fmpq_vec_clear(w, d);
    _fmpq_vec_clear(c, n);
    ncf__tensor_clear(tensor);
    return agrees;
}

static void test_value(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 10);
    long count = ncf_test_count(200);
    for (long trial = 0; trial < count; trial++) {
        slong points = 1 + (slong) ncf__random_below(&random, 7);
        slong d = 1 + (slong) ncf__random_below(&random, 4);
        slong order = 2 + (slong) ncf__random_below(&random, 4);
        fmpq_mat_t x, z;
        fmpq_mat_init(x, points, d);
        fmpq_mat_init(z, points, 1);
        for (slong i = 0; i < points; i++) {
            fmpq_set_si(fmpq_mat_entry(z, i, 0), (slong) ncf__random_below(&random, 5) - 2, 3);
            for (slong j = 0; j < d; j++)
                fmpq_set_si(fmpq_mat_entry(x, i, j), (slong) ncf__random_below(&random, 5) - 2, 1);
        }
        int agrees = value_agrees(order, x, z, &random);
        CHECK_MSG(agrees, "trial %ld: order %ld, %ld points in dimension %ld", trial, (long) order,
                  (long) points, (long) d);
        fmpq_mat_clear(z);
        fmpq_mat_clear(x);
    }
}

static void check_dimension(slong order, slong count, slong d, const slong *rows, const slong *z_values,
                            slong expected_points, slong expected_dimension)
{
    fmpq_mat_t x, z;
    fmpq_mat_init(x, count, d);
    fmpq_mat_init(z, count, 1);
    for (slong i = 0; i < count; i++) {
        set_row(x, i, rows + i * d);
        fmpq_set_si(fmpq_mat_entry(z, i, 0), z_values[i], 1);
    }
    ncf_tensor_t tensor;
    ncf__tensor_init(tensor, order, x, z);
    CHECK_MSG(tensor->points == expected_points, "points %ld", (long) tensor->points);
    CHECK_MSG(tensor->dimension == expected_dimension, "dimension %ld", (long) tensor->dimension);
    CHECK(tensor->standard == (expected_dimension == d));
    ncf__tensor_clear(tensor);
    fmpq_mat_clear(z);
    fmpq_mat_clear(x);
}

static void test_reduction(void)
{
    static const slong ones[] = {1, 1, 1, 1, 1, 1};
    static const slong signs[] = {1, -1, 1, -1, 1, -1};
    static const slong zeros[] = {0, 0};
    static const slong pair[] = {1, 2, -2, -4};
    static const slong plane[] = {1, 0, 1, 0, 1, 1, 1, 1, 2, 2, -1, 1};
    /* Parallel points merge: 1 + (-2)^m; with labels 8, 1 and m = 3 they cancel. */
    static const slong cancel[] = {8, 1};
    check_dimension(3, 2, 2, pair, ones, 1, 1);
    check_dimension(3, 2, 2, pair, cancel, 0, 0);
    check_dimension(3, 2, 2, pair, zeros, 0, 0);
    check_dimension(3, 4, 3, plane, ones, 4, 2);
    /* x^2 - y^2 + 2xy type cancellation: (a+b)^2 - (a-b)^2 - ... leaves one direction. */
    static const slong square[] = {1, 0, 0, 1, 1, 1, 1, -1};
    static const slong kill[] = {2, 2, -1, -1};
    check_dimension(2, 4, 2, square, kill, 4, 0);
    /* 2a^2 + 4b^2 - (a+b)^2 - (a-b)^2 = 2 b^2: essential dimension 1 of rank 2 points. */
    static const slong leave[] = {2, 4, -1, -1};
    check_dimension(2, 4, 2, square, leave, 4, 1);
    check_dimension(3, 4, 2, square, signs, 4, 2);
    static const slong with_zero[] = {0, 0, 0, 1, 2, 3};
    check_dimension(4, 2, 3, with_zero, ones, 1, 1);
}

static void test_class_bound(void)
{
    static const struct {
        slong order, dimension;
        const char *bound;
    } cases[] = {{2, 7, "7"},  {3, 5, "31"},    {3, 12, "4095"},  {4, 4, "40"},
                 {4, 10, "29524"}, {5, 6, "1365"}, {6, 5, "781"}, {3, 100, "1267650600228229401496703205375"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fmpz_t bound;
        fmpz_init(bound);
        ncf__eigen_class_bound(bound, cases[i].order, cases[i].dimension);
        char *text = fmpz_get_str(NULL, 10, bound);
        CHECK_STR_EQ(text, cases[i].bound);
        flint_free(text);
        fmpz_clear(bound);
    }
}

int main(void)
{
    static const ncf_test_t tests[] = {{"value against the defining sum", test_value},
                                       {"reduction to the essential subspace", test_reduction},
                                       {"class bound", test_class_bound},
                                       {NULL, NULL}};
    return ncf_test_main("tensor", tests);
}
