/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * t-network.c: value, gradient and Hessian in three arithmetics. The other route is the
 * definition of H along a line: N(u + t v) computed with polynomials in t has the
 * coefficients N(u), v . grad N(u), v^T Hess N(u) v / 2.
 */
#include "../harness.h"
#include "../problems.h"

#include "../../src/network/network.h"

#include <math.h>
#include <string.h>

/* One network with a point u, exactly. */
typedef struct {
    struct ncf_problem problem;
    ncf_network_t network;
    slong n;
    fmpq *u;
    fmpq_t value;
    fmpq *gradient;
    fmpq_mat_t hessian;
} case_t;

static fmpq *vector_new(slong n)
{
    fmpq *v = ncf__malloc((size_t) n, sizeof(*v));
    for (slong i = 0; i < n; i++)
        fmpq_init(v + i);
    return v;
}

static void vector_free(fmpq *v, slong n)
{
    for (slong i = 0; i < n; i++)
        fmpq_clear(v + i);
    ncf__free(v);
}

static int case_evaluate(case_t *c, ncf_random_t *random)
{
    int made = ncf__network_init(c->network, &c->problem);
    c->n = c->network->unknowns;
    c->u = vector_new(c->n);
    c->gradient = vector_new(c->n);
    fmpq_init(c->value);
    fmpq_mat_init(c->hessian, c->n, c->n);
    for (slong j = 0; j < c->n; j++)
        ncf_test_random_fmpq(c->u + j, random);
    ncf__network_eval_fmpq(c->value, c->gradient, c->hessian, c->u, c->network, c->problem.x,
                           c->problem.y);
    return made;
}

static void case_clear(case_t *c)
{
    vector_free(c->u, c->n);
    vector_free(c->gradient, c->n);
    fmpq_clear(c->value);
    fmpq_mat_clear(c->hessian);
    ncf__network_clear(c->network);
    ncf_test_problem_clear(&c->problem);
}

/* Depth 1 to 4, widths 1 to 3, activations linear, t^2, t^3 mixed. */
static void case_random(case_t *c, ncf_random_t *random)
{
    slong widths[5], degrees[3];
    slong depth = 1 + (slong) ncf__random_below(random, 4);
    for (slong l = 0; l < depth; l++)
        widths[l] = 1 + (slong) ncf__random_below(random, 3);
    widths[depth] = 1;
    for (slong l = 0; l + 1 < depth; l++)
        degrees[l] = 1 + (slong) ncf__random_below(random, 3);
    slong points = 1 + (slong) ncf__random_below(random, 4);
    ncf_test_problem_random(&c->problem, depth, widths, degrees, points, random);
    CHECK(case_evaluate(c, random));
}

/* H(x_i; u + t v) modulo t^3 by the definition of the network. */
static void line_output(fmpq_poly_t out, const case_t *c, const fmpq *v, slong i)
{
    const slong *k = c->network->widths;
    slong width = 1;
    for (slong l = 0; l <= c->network->depth; l++)
        width = FLINT_MAX(width, k[l]);
    fmpq_poly_struct *a = ncf__malloc(2 * (size_t) width, sizeof(*a)), *b = a + width;
    fmpq_poly_t weight;
    fmpq_poly_init(weight);
    for (slong j = 0; j < 2 * width; j++)
        fmpq_poly_init(a + j);
    for (slong j = 0; j < k[0]; j++)
        fmpq_poly_set_fmpq(a + j, fmpq_mat_entry(c->problem.x, i, j));
    for (slong l = 1, at = 0; l <= c->network->depth; l++) {
        for (slong r = 0; r < k[l]; r++) {
            fmpq_poly_zero(b + r);
            for (slong s = 0; s < k[l - 1]; s++, at++) {
                fmpq_poly_set_fmpq(weight, c->u + at);
                fmpq_poly_set_coeff_fmpq(weight, 1, v + at);
                fmpq_poly_mullow(weight, weight, a + s, 3);
                fmpq_poly_add(b + r, b + r, weight);
            }
        }
        for (slong r = 0; r < k[l]; r++) {
            ulong p =
                l < c->network->depth ? (ulong) c->network->activations[l - 1].degree : 1;
            fmpq_poly_pow(a + r, b + r, p);
            fmpq_poly_truncate(a + r, 3);
        }
    }
    fmpq_poly_set(out, a);
    for (slong j = 0; j < 2 * width; j++)
        fmpq_poly_clear(a + j);
    fmpq_poly_clear(weight);
    ncf__free(a);
}

static void line_expansion(fmpq_poly_t out, const case_t *c, const fmpq *v)
{
    fmpq_poly_t output;
    fmpq_poly_init(output);
    fmpq_poly_zero(out);
    for (slong i = 0; i < c->problem.points; i++) {
        line_output(output, c, v, i);
        fmpq_poly_scalar_mul_fmpq(output, output, fmpq_mat_entry(c->problem.y, i, 0));
        fmpq_poly_add(out, out, output);
    }
    fmpq_poly_clear(output);
}

/* The coefficients that value, gradient and Hessian predict. */
static void predicted_expansion(fmpq_poly_t out, const case_t *c, const fmpq *v)
{
    fmpq_t first, second, row;
    fmpq_init(first);
    fmpq_init(second);
    fmpq_init(row);
    for (slong i = 0; i < c->n; i++) {
        fmpq_addmul(first, v + i, c->gradient + i);
        fmpq_zero(row);
        for (slong j = 0; j < c->n; j++)
            fmpq_addmul(row, fmpq_mat_entry(c->hessian, i, j), v + j);
        fmpq_addmul(second, row, v + i);
    }
    fmpq_div_2exp(second, second, 1);
    fmpq_poly_set_fmpq(out, c->value);
    fmpq_poly_set_coeff_fmpq(out, 1, first);
    fmpq_poly_set_coeff_fmpq(out, 2, second);
    fmpq_clear(first);
    fmpq_clear(second);
    fmpq_clear(row);
}

static int agrees_along(const case_t *c, const fmpq *v)
{
    fmpq_poly_t direct, predicted;
    fmpq_poly_init(direct);
    fmpq_poly_init(predicted);
    line_expansion(direct, c, v);
    predicted_expansion(predicted, c, v);
    int equal = fmpq_poly_equal(direct, predicted);
    fmpq_poly_clear(direct);
    fmpq_poly_clear(predicted);
    return equal;
}

/* All e_i + e_j and e_i determine the Hessian entry by entry. */
static int agrees_everywhere(const case_t *c)
{
    fmpq *v = vector_new(c->n);
    int agrees = fmpq_mat_is_zero(c->hessian) || c->network->depth >= 2;
    for (slong i = 0; i < c->n && agrees; i++) {
        for (slong j = i; j < c->n && agrees; j++) {
            fmpq_one(v + i);
            fmpq_one(v + j);
            agrees = agrees_along(c, v) && fmpq_equal(fmpq_mat_entry(c->hessian, i, j),
                                                      fmpq_mat_entry(c->hessian, j, i));
            fmpq_zero(v + i);
            fmpq_zero(v + j);
        }
    }
    vector_free(v, c->n);
    return agrees;
}

static void test_exact_against_definition(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 10);
    long count = ncf_test_count(60), deep = 0;
    for (long k = 0; k < count; k++) {
        case_t c;
        case_random(&c, &random);
        int agrees = agrees_everywhere(&c);
        deep += c.network->depth >= 3 && !fmpq_is_zero(c.value);
        case_clear(&c);
        CHECK_MSG(agrees, "case %ld", k);
    }
    CHECK(deep > 0);
}

/* The weight matrices fill u without a gap, each with the shape of its layer. */
static void test_blocks(void)
{
    static const slong widths[] = {2, 3, 4, 1}, degrees[] = {2, 1};
    struct ncf_problem problem;
    ncf_network_t network;
    ncf_random_t random;
    ncf__random_init(&random, 1, 1);
    ncf_test_problem_random(&problem, 3, widths, degrees, 1, &random);
    CHECK(ncf__network_init(network, &problem));
    slong at = 0;
    CHECK(ncf__network_block_count(network) == 3);
    for (slong l = 0; l < 3; l++) {
        ncf_network_block_t block = ncf__network_block(network, l);
        CHECK(block.rows == widths[l + 1] && block.columns == widths[l]);
        CHECK(block.offset == at);
        at += block.rows * block.columns;
    }
    CHECK(at == network->unknowns);
    ncf__network_clear(network);
    ncf_test_problem_clear(&problem);
}

/* A hand calculation: widths (1,1,1), p = 2, x = 3, y = 1: N = v (3 w)^2 at (2, 5). */
static void test_known_values(void)
{
    static const slong widths[] = {1, 1, 1}, degrees[] = {2}, x[] = {3}, y[] = {1};
    case_t c;
    ncf_random_t random;
    ncf__random_init(&random, 1, 11);
    ncf_test_problem_init(&c.problem, 2, widths, degrees, 1, x, y);
    case_evaluate(&c, &random);
    fmpq_set_si(c.u, 2, 1);
    fmpq_set_si(c.u + 1, 5, 1);
    ncf__network_eval_fmpq(c.value, c.gradient, c.hessian, c.u, c.network, c.problem.x,
                           c.problem.y);
    int right = fmpq_cmp_si(c.value, 180) == 0 && fmpq_cmp_si(c.gradient, 180) == 0 &&
                fmpq_cmp_si(c.gradient + 1, 36) == 0 &&
                fmpq_cmp_si(fmpq_mat_entry(c.hessian, 0, 0), 90) == 0 &&
                fmpq_cmp_si(fmpq_mat_entry(c.hessian, 0, 1), 36) == 0 &&
                fmpq_is_zero(fmpq_mat_entry(c.hessian, 1, 1));
    case_clear(&c);
    CHECK(right);
}

/* ---- Balls ----------------------------------------------------------------------- */

typedef struct {
    arb_ptr u;
    arb_t value;
    arb_ptr gradient;
    arb_mat_t hessian, x, y;
} balls_t;

static void balls_init(balls_t *b, const case_t *c, slong prec)
{
    b->u = _arb_vec_init(c->n);
    b->gradient = _arb_vec_init(c->n);
    arb_init(b->value);
    arb_mat_init(b->hessian, c->n, c->n);
    arb_mat_init(b->x, c->problem.points, c->network->inputs);
    arb_mat_init(b->y, c->problem.points, 1);
    arb_mat_set_fmpq_mat(b->x, c->problem.x, prec);
    arb_mat_set_fmpq_mat(b->y, c->problem.y, prec);
    for (slong j = 0; j < c->n; j++)
        arb_set_fmpq(b->u + j, c->u + j, prec);
}

static void balls_clear(balls_t *b, slong n)
{
    _arb_vec_clear(b->u, n);
    _arb_vec_clear(b->gradient, n);
    arb_clear(b->value);
    arb_mat_clear(b->hessian);
    arb_mat_clear(b->x);
    arb_mat_clear(b->y);
}

static int balls_contain(const balls_t *b, const case_t *c)
{
    int contain = arb_is_finite(b->value) && arb_contains_fmpq(b->value, c->value);
    for (slong i = 0; i < c->n; i++) {
        contain = contain && arb_is_finite(b->gradient + i) &&
                  arb_contains_fmpq(b->gradient + i, c->gradient + i);
        for (slong j = 0; j < c->n; j++)
            contain = contain && arb_is_finite(arb_mat_entry(b->hessian, i, j)) &&
                      arb_contains_fmpq(arb_mat_entry(b->hessian, i, j),
                                        fmpq_mat_entry(c->hessian, i, j));
    }
    return contain;
}

/* No blow-up: the radii stay near the last bit of the largest number. */
static int balls_narrow(const balls_t *b, slong n, slong prec)
{
    arb_t bound;
    arb_init(bound);
    arb_set(bound, b->value);
    for (slong i = 0; i < n * n; i++) {
        arb_srcptr h = arb_mat_entry(b->hessian, i / n, i % n);
        if (arf_cmpabs(arb_midref(h), arb_midref(bound)) > 0)
            arb_set(bound, h);
    }
    slong size =
        arf_is_zero(arb_midref(bound)) ? 1 : arf_abs_bound_lt_2exp_si(arb_midref(bound));
    int narrow = 1;
    for (slong i = 0; i < n * n; i++)
        narrow = narrow && mag_cmp_2exp_si(arb_radref(arb_mat_entry(b->hessian, i / n, i % n)),
                                           FLINT_MAX(size, 1) + 30 - prec) < 0;
    arb_clear(bound);
    return narrow;
}

/* The exact point lies in a ball of radius 2^-20 around another centre. */
static void widen(balls_t *b, slong n, ncf_random_t *random)
{
    for (slong j = 0; j < n; j++) {
        if (ncf__random_below(random, 3) == 0)
            continue;
        arb_add_si(b->u + j, b->u + j, 0, 64);
        arf_t shift;
        arf_init(shift);
        arf_set_si_2exp_si(shift, (slong) ncf__random_below(random, 100) - 50, -26);
        arf_add(arb_midref(b->u + j), arb_midref(b->u + j), shift, ARF_PREC_EXACT,
                ARF_RND_DOWN);
        arb_add_error_2exp_si(b->u + j, -20);
        arf_clear(shift);
    }
}

static void test_balls_contain_exact(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 12);
    long count = ncf_test_count(200);
    for (long k = 0; k < count; k++) {
        case_t c;
        balls_t b;
        case_random(&c, &random);
        slong prec = 64 + (slong) ncf__random_below(&random, 200);
        balls_init(&b, &c, prec);
        ncf__network_eval_arb(b.value, b.gradient, b.hessian, b.u, c.network, b.x, b.y, prec);
        int contain = balls_contain(&b, &c), narrow = balls_narrow(&b, c.n, prec);
        widen(&b, c.n, &random);
        ncf__network_eval_arb(b.value, b.gradient, b.hessian, b.u, c.network, b.x, b.y, prec);
        int contain_wide = balls_contain(&b, &c);
        balls_clear(&b, c.n);
        case_clear(&c);
        CHECK_MSG(contain, "case %ld", k);
        CHECK_MSG(narrow, "case %ld", k);
        CHECK_MSG(contain_wide, "case %ld, wide", k);
    }
}

/* An indeterminate weight must spoil what depends on it. */
static void test_indeterminate_weight(void)
{
    static const slong widths[] = {2, 2, 1}, degrees[] = {3}, x[] = {1, 2}, y[] = {1};
    case_t c;
    balls_t b;
    ncf_random_t random;
    ncf__random_init(&random, 1, 13);
    ncf_test_problem_init(&c.problem, 2, widths, degrees, 1, x, y);
    case_evaluate(&c, &random);
    balls_init(&b, &c, 64);
    for (slong j = 0; j < c.n; j++)
        arb_set_si(b.u + j, j + 1);
    arb_indeterminate(b.u);
    ncf__network_eval_arb(b.value, b.gradient, b.hessian, b.u, c.network, b.x, b.y, 64);
    int spoilt = !arb_is_finite(b.value) && !arb_is_finite(b.gradient) &&
                 !arb_is_finite(arb_mat_entry(b.hessian, 0, 0));
    int other = arb_is_finite(arb_mat_entry(b.hessian, 2, 2));
    balls_clear(&b, c.n);
    case_clear(&c);
    CHECK(spoilt);
    CHECK(other);
}

/* ---- Doubles and batches --------------------------------------------------------- */

static double to_double(const fmpq_t x)
{
    arf_t y;
    arf_init(y);
    arf_set_fmpq(y, x, 53, ARF_RND_NEAR);
    double d = arf_get_d(y, ARF_RND_NEAR);
    arf_clear(y);
    return d;
}

static double *to_doubles(const fmpq_mat_t m)
{
    slong columns = fmpq_mat_ncols(m), count = fmpq_mat_nrows(m) * columns;
    double *out = ncf__malloc((size_t) count, sizeof(double));
    for (slong i = 0; i < count; i++)
        out[i] = to_double(fmpq_mat_entry(m, i / columns, i % columns));
    return out;
}

static void test_doubles_agree(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 14);
    long count = ncf_test_count(200);
    for (long k = 0; k < count; k++) {
        case_t c;
        case_random(&c, &random);
        double *x = to_doubles(c.problem.x), *y = to_doubles(c.problem.y), value;
        double *u = ncf__malloc((size_t) (c.n * (c.n + 2)), sizeof(double));
        double *gradient = u + c.n, *hessian = gradient + c.n, size = 1, worst;
        for (slong j = 0; j < c.n; j++)
            u[j] = to_double(c.u + j);
        ncf__network_eval_double(&value, gradient, hessian, u, c.network, x, y,
                                 c.problem.points);
        worst = fabs(value - to_double(c.value));
        size = fmax(size, fabs(value));
        for (slong i = 0; i < c.n; i++) {
            worst = fmax(worst, fabs(gradient[i] - to_double(c.gradient + i)));
            size = fmax(size, fabs(gradient[i]));
            for (slong j = 0; j < c.n; j++) {
                double h = to_double(fmpq_mat_entry(c.hessian, i, j));
                worst = fmax(worst, fabs(hessian[i * c.n + j] - h));
                size = fmax(size, fabs(h));
            }
        }
        ncf__free(x);
        ncf__free(y);
        ncf__free(u);
        case_clear(&c);
        CHECK_MSG(worst <= 1e-9 * size, "case %ld: %g of %g", k, worst, size);
    }
}

/* More points than a batch holds: N is the sum over parts of different sizes. */
static void test_batches_add_up(void)
{
    static const slong widths[] = {2, 3, 2, 1}, degrees[] = {2, 3},
                       ends[] = {0, 1, 101, 354, 700};
    case_t c;
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 15);
    ncf_test_problem_random(&c.problem, 3, widths, degrees, 700, &random);
    case_evaluate(&c, &random);
    fmpq_mat_t hessian, sum;
    fmpq_t value, total;
    fmpq_mat_init(hessian, c.n, c.n);
    fmpq_mat_init(sum, c.n, c.n);
    fmpq_init(value);
    fmpq_init(total);
    for (int part = 0; part < 4; part++) {
        fmpq_mat_t x, y;
        fmpq_mat_window_init(x, c.problem.x, ends[part], 0, ends[part + 1], 2);
        fmpq_mat_window_init(y, c.problem.y, ends[part], 0, ends[part + 1], 1);
        ncf__network_eval_fmpq(value, NULL, hessian, c.u, c.network, x, y);
        fmpq_add(total, total, value);
        fmpq_mat_add(sum, sum, hessian);
        fmpq_mat_window_clear(x);
        fmpq_mat_window_clear(y);
    }
    int adds_up = fmpq_equal(total, c.value) && fmpq_mat_equal(sum, c.hessian);
    int content = !fmpq_is_zero(total);
    fmpq_mat_clear(hessian);
    fmpq_mat_clear(sum);
    fmpq_clear(value);
    fmpq_clear(total);
    case_clear(&c);
    CHECK(adds_up);
    CHECK(content);
}

/* T-EULER: W_l . dN/dW_l = e_l N for every layer, and L N = u . grad N by summing. */
static int layers_follow_euler(const case_t *c)
{
    slong depth = c->network->depth;
    fmpz *degrees = _fmpz_vec_init(depth);
    fmpq_t sum, expected;
    fmpq_init(sum);
    fmpq_init(expected);
    ncf__layer_degrees(degrees, &c->problem);
    int holds = 1;
    for (slong l = 1; l <= depth; l++) {
        fmpq_zero(sum);
        for (slong j = c->network->offsets[l - 1]; j < c->network->offsets[l]; j++)
            fmpq_addmul(sum, c->u + j, c->gradient + j);
        fmpq_mul_fmpz(expected, c->value, degrees + l - 1);
        holds = holds && fmpq_equal(sum, expected);
    }
    fmpq_clear(sum);
    fmpq_clear(expected);
    _fmpz_vec_clear(degrees, depth);
    return holds;
}

static void test_euler(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 16);
    long count = ncf_test_count(100);
    for (long k = 0; k < count; k++) {
        case_t c;
        case_random(&c, &random);
        int holds = layers_follow_euler(&c);
        case_clear(&c);
        CHECK_MSG(holds, "case %ld", k);
    }
}

static void test_refused_sizes(void)
{
    slong widths[] = {2, WORD(1) << 57, 1}, degree = 2;
    struct ncf_problem problem;
    memset(&problem, 0, sizeof(problem));
    ncf_activation_t activation = {NCF_ACTIVATION_POWER, degree, NULL};
    problem.network.inputs = widths[0];
    problem.network.depth = 2;
    problem.network.widths = widths;
    problem.network.activations = &activation;
    ncf_network_t network;
    CHECK(!ncf__network_init(network, &problem));
    widths[1] = 3;
    activation.degree = (WORD(1) << 30) + 1;
    CHECK(!ncf__network_init(network, &problem));
    activation.degree = 2;
    int made = ncf__network_init(network, &problem);
    CHECK(made && network->unknowns == 9 && network->offsets[1] == 6);
    ncf__network_clear(network);
}

int main(void)
{
    static const ncf_test_t tests[] = {
        {"weight blocks", test_blocks},
        {"values known by hand", test_known_values},
        {"exact evaluator against the definition along lines", test_exact_against_definition},
        {"balls contain the exact values", test_balls_contain_exact},
        {"an indeterminate weight spoils what depends on it", test_indeterminate_weight},
        {"doubles agree with the exact values", test_doubles_agree},
        {"batches of points add up", test_batches_add_up},
        {"Euler identity layer by layer", test_euler},
        {"sizes that do not fit are refused", test_refused_sizes},
        {NULL, NULL},
    };
    return ncf_test_main("network", tests);
}
