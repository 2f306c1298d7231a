/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * t-networks.c: every type of network. The naive output of each sample is written out
 * below from the definition in ncf-problem(5); the expanded polynomial must agree with it
 * in value, and the evaluators with the derivatives of the polynomial, in exact, ball,
 * double and MPFR arithmetic.
 */
#include "../harness.h"
#include "../problems.h"

#include "../../src/corr/polynomial.h"
#include "../../src/network/network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- Naive outputs --------------------------------------------------------------- */

typedef void (*naive_fn)(fmpq_t out, const fmpq *x, const fmpq *u);

/* out = c_0 + c_1 t + ..., by powers. */
static void polynomial_at(fmpq_t out, const fmpq *c, slong degree, const fmpq_t t)
{
    fmpq_t power;
    fmpq_init(power);
    fmpq_zero(out);
    for (slong k = 0; k <= degree; k++) {
        fmpq_pow_si(power, t, k);
        fmpq_addmul(out, c + k, power);
    }
    fmpq_clear(power);
}

/* widths 2, 2, 1 with s(t) = 1/2 + t - 2 t^3 */
static void naive_affine_cubic(fmpq_t out, const fmpq *x, const fmpq *u)
{
    fmpq *c = _fmpq_vec_init(4);
    fmpq_t t, s;
    fmpq_init(t);
    fmpq_init(s);
    fmpq_set_si(c, 1, 2);
    fmpq_set_si(c + 1, 1, 1);
    fmpq_set_si(c + 3, -2, 1);
    fmpq_zero(out);
    for (slong j = 0; j < 2; j++) {
        fmpq_mul(t, u + 2 * j, x);
        fmpq_addmul(t, u + 2 * j + 1, x + 1);
        polynomial_at(s, c, 3, t);
        fmpq_addmul(out, s, u + 4 + j);
    }
    _fmpq_vec_clear(c, 4);
    fmpq_clear(t);
    fmpq_clear(s);
}

/* widths 1, 2, 1, 1 with s_1(t) = -3 t^2, s_2(t) = t: u = (a, b; c, d; e) */
static void naive_monomial(fmpq_t out, const fmpq *x, const fmpq *u)
{
    fmpq_t t;
    fmpq_init(t);
    fmpq_zero(out);
    for (slong j = 0; j < 2; j++) {
        fmpq_mul(t, u + j, x);
        fmpq_mul(t, t, t);
        fmpq_addmul(out, t, u + 2 + j);
    }
    fmpq_mul(out, out, u + 4);
    fmpq_set_si(t, -3, 1);
    fmpq_mul(out, out, t);
    fmpq_clear(t);
}

/* One stage: c channels of length n, o outputs of kernel k, stride s, pooling q, t^p. */
typedef struct {
    slong c, n, o, k, s, q;
    ulong p;
} naive_stage_t;

static slong naive_stage(fmpq *out, const fmpq *in, const fmpq *w, const naive_stage_t *g)
{
    slong windows = ((g->n - g->k) / g->s + 1) / g->q;
    fmpq_t sum, power;
    fmpq_init(sum);
    fmpq_init(power);
    for (slong o = 0; o < g->o; o++) {
        for (slong m = 0; m < windows; m++) {
            fmpq_zero(out + o * windows + m);
            for (slong t = m * g->q; t < (m + 1) * g->q; t++) {
                fmpq_zero(sum);
                for (slong i = 0; i < g->c; i++) {
                    for (slong r = 0; r < g->k; r++)
                        fmpq_addmul(sum, w + (o * g->c + i) * g->k + r,
                                    in + i * g->n + t * g->s + r);
                }
                fmpq_pow_si(power, sum, (slong) g->p);
                fmpq_add(out + o * windows + m, out + o * windows + m, power);
            }
        }
    }
    fmpq_clear(sum);
    fmpq_clear(power);
    return windows;
}

/* length 5; 2 channels, kernel 2, pooling 2 (4 places); t^2; dense: 4 + 4 weights */
static void naive_convolution(fmpq_t out, const fmpq *x, const fmpq *u)
{
    static const naive_stage_t g = {1, 5, 2, 2, 1, 2, 2};
    fmpq *a = _fmpq_vec_init(4);
    naive_stage(a, x, u, &g);
    fmpq_zero(out);
    for (slong j = 0; j < 4; j++)
        fmpq_addmul(out, a + j, u + 4 + j);
    _fmpq_vec_clear(a, 4);
}

/*
 * 2 channels of length 6; 1 channel, kernel 2, pooling 2 of 5 places (2 windows), t^2;
 * 2 channels, kernel 1, stride 1, t; sum head: 4 + 2 weights
 */
static void naive_two_stages(fmpq_t out, const fmpq *x, const fmpq *u)
{
    static const naive_stage_t first = {2, 6, 1, 2, 1, 2, 2}, second = {1, 2, 2, 1, 1, 1, 1};
    fmpq *a = _fmpq_vec_init(8);
    naive_stage(a, x, u, &first);
    naive_stage(a + 4, a, u + 4, &second);
    fmpq_zero(out);
    for (slong j = 0; j < 4; j++)
        fmpq_add(out, out, a + 4 + j);
    _fmpq_vec_clear(a, 8);
}

/* length 7, kernel 3, stride 2, t^3, sum head: 3 weights */
static void naive_strided(fmpq_t out, const fmpq *x, const fmpq *u)
{
    static const naive_stage_t g = {1, 7, 1, 3, 2, 1, 3};
    fmpq *a = _fmpq_vec_init(3);
    naive_stage(a, x, u, &g);
    fmpq_zero(out);
    for (slong j = 0; j < 3; j++)
        fmpq_add(out, out, a + j);
    _fmpq_vec_clear(a, 3);
}

/* (a x1 + b x2)^3 (c - 1/3) + a x1 x2^2 - 2.5 b^2 + 7: weights a, b, c */
static void naive_formula(fmpq_t out, const fmpq *x, const fmpq *u)
{
    fmpq_t t, q;
    fmpq_init(t);
    fmpq_init(q);
    fmpq_mul(t, u, x);
    fmpq_addmul(t, u + 1, x + 1);
    fmpq_pow_si(t, t, 3);
    fmpq_set_si(q, 1, 3);
    fmpq_sub(q, u + 2, q);
    fmpq_mul(out, t, q);
    fmpq_mul(t, x + 1, x + 1);
    fmpq_mul(t, t, x);
    fmpq_addmul(out, t, u);
    fmpq_set_si(q, -5, 2);
    fmpq_mul(q, q, u + 1);
    fmpq_addmul(out, q, u + 1);
    fmpq_set_si(t, 7, 1);
    fmpq_add(out, out, t);
    fmpq_clear(t);
    fmpq_clear(q);
}

/* The first formula and then the network with a cubic polynomial. */
static void naive_sum(fmpq_t out, const fmpq *x, const fmpq *u)
{
    fmpq_t part;
    fmpq_init(part);
    naive_formula(out, x, u);
    naive_affine_cubic(part, x, u + 3);
    fmpq_add(out, out, part);
    fmpq_clear(part);
}

#define AFFINE_CUBIC "{\"type\":\"feedforward\",\"widths\":[2,2,1],\"activation\":" \
    "{\"type\":\"polynomial\",\"coefficients\":[\"1/2\",1,0,-2,0]}}"
#define FORMULA "{\"type\":\"polynomial\",\"weights\":[\"a\",\"b\",\"c\"],\"inputs\":[\"x1\",\"x2\"]," \
    "\"output\":\"(a*x1 + b*x2)^3 * (c - 1/3) + a*x1*x2^2 - 2.5*b^2 + 7\"}"

static const struct {
    const char *network;
    naive_fn naive;
    slong unknowns, inputs, blocks, degree; /* of homogeneity; -1 none */
} samples[] = {
    {AFFINE_CUBIC, naive_affine_cubic, 6, 2, 2, -1},
    {"{\"type\":\"feedforward\",\"widths\":[1,2,1,1],\"activation\":[{\"type\":\"polynomial\","
     "\"coefficients\":[0,0,-3]},{\"type\":\"polynomial\",\"coefficients\":[0,1]}]}",
     naive_monomial, 5, 1, 3, 4},
    {"{\"type\":\"convolution\",\"length\":5,\"layers\":[{\"channels\":2,\"kernel\":2,"
     "\"pooling\":2}],\"activation\":{\"type\":\"power\",\"degree\":2}}",
     naive_convolution, 8, 5, 2, 3},
    {"{\"type\":\"convolution\",\"channels\":2,\"length\":6,\"layers\":[{\"channels\":1,"
     "\"kernel\":2,\"pooling\":2},{\"channels\":2,\"kernel\":1}],\"activation\":[{\"type\":"
     "\"power\",\"degree\":2},{\"type\":\"linear\"}],\"head\":\"sum\"}",
     naive_two_stages, 6, 12, 2, 3},
    {"{\"type\":\"convolution\",\"length\":7,\"layers\":[{\"channels\":1,\"kernel\":3,"
     "\"stride\":2}],\"activation\":{\"type\":\"power\",\"degree\":3},\"head\":\"sum\"}",
     naive_strided, 3, 7, 1, 3},
    {FORMULA, naive_formula, 3, 2, 1, -1},
    {"{\"type\":\"sum\",\"parts\":[" FORMULA "," AFFINE_CUBIC "]}", naive_sum, 9, 2, 3, -1},
    {"{\"type\":\"sum\",\"parts\":[{\"type\":\"sum\",\"parts\":[" FORMULA "]}," AFFINE_CUBIC
     "]}",
     naive_sum, 9, 2, 3, -1},
};
#define SAMPLES ((slong) (sizeof(samples) / sizeof(samples[0])))

/* ---- One sample with data and weights -------------------------------------------- */

typedef struct {
    ncf_problem_t *problem;
    ncf_network_t network;
    slong n;
    fmpq *u, *v, *gradient, *product;
    fmpq_t value;
    fmpq_mat_t hessian;
} case_t;

static ncf_problem_t *problem_of(const char *network, const char *data)
{
    ncf_problem_t *problem = NULL;
    ncf_error_t err;
    ncf_error_init(&err);
    char *text = ncf__format("{\"ncf\":1,\"network\":%s,\"data\":%s}", network, data);
    if (ncf_problem_parse(&problem, text, strlen(text), "p", "", &err) != NCF_OK)
        ncf_test_note("%s", err.text);
    ncf__free(text);
    return problem;
}

/* N points; the second is a copy of the first, if there are three. */
static ncf_problem_t *random_problem(slong k, slong points, ncf_random_t *random)
{
    slong inputs = samples[k].inputs;
    char *data = ncf__format("{\"random\":{\"points\":%ld,\"inputs\":%ld,\"distribution\":"
                             "\"integers\",\"bound\":4,\"seed\":%lu}}",
                             (long) points, (long) inputs,
                             (unsigned long) ncf__random_below(random, 1000000));
    ncf_problem_t *problem = problem_of(samples[k].network, data);
    ncf__free(data);
    for (slong i = 0; problem != NULL && i < points; i++) {
        for (slong j = 0; j < inputs; j++)
            ncf_test_random_fmpq(fmpq_mat_entry(problem->x, i, j), random);
        ncf_test_random_fmpq(fmpq_mat_entry(problem->y, i, 0), random);
    }
    for (slong j = 0; problem != NULL && points == 3 && j < inputs; j++)
        fmpq_set(fmpq_mat_entry(problem->x, 1, j), fmpq_mat_entry(problem->x, 0, j));
    return problem;
}

static int case_init(case_t *c, slong k, slong points, ncf_random_t *random)
{
    c->problem = random_problem(k, points, random);
    if (c->problem == NULL || !ncf__network_init(c->network, c->problem))
        return 0;
    slong n = c->n = c->network->unknowns;
    c->u = _fmpq_vec_init(n);
    c->v = _fmpq_vec_init(n);
    c->gradient = _fmpq_vec_init(n);
    c->product = _fmpq_vec_init(n);
    fmpq_init(c->value);
    fmpq_mat_init(c->hessian, n, n);
    for (slong j = 0; j < n; j++) {
        ncf_test_random_fmpq(c->u + j, random);
        ncf_test_random_fmpq(c->v + j, random);
    }
    return 1;
}

static void case_evaluate(case_t *c)
{
    ncf__network_eval_fmpq(c->value, c->gradient, c->hessian, c->u, c->network, c->problem->x,
                           c->problem->y);
    ncf__network_hvp_fmpq(c->product, c->u, c->v, c->network, c->problem->x, c->problem->y);
}

static void case_clear(case_t *c)
{
    _fmpq_vec_clear(c->u, c->n);
    _fmpq_vec_clear(c->v, c->n);
    _fmpq_vec_clear(c->gradient, c->n);
    _fmpq_vec_clear(c->product, c->n);
    fmpq_clear(c->value);
    fmpq_mat_clear(c->hessian);
    ncf__network_clear(c->network);
    ncf_problem_free(c->problem);
}

/* ---- Exact ----------------------------------------------------------------------- */

static int value_is_naive(const case_t *c, naive_fn naive)
{
    fmpq_t sum, output;
    fmpq_init(sum);
    fmpq_init(output);
    for (slong i = 0; i < c->problem->points; i++) {
        naive(output, fmpq_mat_entry(c->problem->x, i, 0), c->u);
        fmpq_addmul(sum, output, fmpq_mat_entry(c->problem->y, i, 0));
    }
    int same = fmpq_equal(sum, c->value);
    fmpq_clear(sum);
    fmpq_clear(output);
    return same;
}

static int evaluates_to(const fmpq_mpoly_t p, const case_t *c, const fmpq_t expected,
                        const fmpq_mpoly_ctx_t context)
{
    fmpq **pointers = ncf__malloc((size_t) c->n, sizeof(*pointers));
    fmpq_t value;
    fmpq_init(value);
    for (slong j = 0; j < c->n; j++)
        pointers[j] = c->u + j;
    int same = fmpq_mpoly_evaluate_all_fmpq(value, p, pointers, context) &&
               fmpq_equal(value, expected);
    fmpq_clear(value);
    ncf__free(pointers);
    return same;
}

/* Value, gradient and Hessian are those of the polynomial, differentiated exactly. */
static int polynomial_agrees(const case_t *c)
{
    ncf_polynomial_t p;
    if (!ncf__polynomial_init(p, c->problem, c->problem->y))
        return 0;
    fmpq_mpoly_t first, second;
    fmpq_mpoly_init(first, p->context);
    fmpq_mpoly_init(second, p->context);
    int agrees = evaluates_to(p->value, c, c->value, p->context);
    for (slong i = 0; i < c->n; i++) {
        fmpq_mpoly_derivative(first, p->value, i, p->context);
        agrees = agrees && evaluates_to(first, c, c->gradient + i, p->context);
        for (slong j = 0; j < c->n; j++) {
            fmpq_mpoly_derivative(second, first, j, p->context);
            agrees = agrees &&
                     evaluates_to(second, c, fmpq_mat_entry(c->hessian, i, j), p->context);
        }
    }
    fmpq_mpoly_clear(first, p->context);
    fmpq_mpoly_clear(second, p->context);
    ncf__polynomial_clear(p);
    return agrees;
}

static int product_is_exact(const case_t *c)
{
    fmpq_t sum;
    fmpq_init(sum);
    int same = 1;
    for (slong i = 0; i < c->n; i++) {
        fmpq_zero(sum);
        for (slong j = 0; j < c->n; j++)
            fmpq_addmul(sum, fmpq_mat_entry(c->hessian, i, j), c->v + j);
        same = same && fmpq_equal(sum, c->product + i);
    }
    fmpq_clear(sum);
    return same;
}

static void test_exact(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 51);
    for (long round = 0; round < ncf_test_count(4); round++) {
        for (slong k = 0; k < SAMPLES; k++) {
            case_t c;
            if (!case_init(&c, k, 1 + (round + k) % 4, &random)) {
                CHECK_MSG(0, "sample %ld", (long) k);
                continue;
            }
            case_evaluate(&c);
            int naive = value_is_naive(&c, samples[k].naive);
            int polynomial = polynomial_agrees(&c), product = product_is_exact(&c);
            int shape = c.n == samples[k].unknowns && c.network->inputs == samples[k].inputs;
            case_clear(&c);
            CHECK_MSG(shape, "sample %ld", (long) k);
            CHECK_MSG(naive, "sample %ld", (long) k);
            CHECK_MSG(polynomial, "sample %ld", (long) k);
            CHECK_MSG(product, "sample %ld", (long) k);
        }
    }
}

/* Weights and data of a thousand bits: exact is exact. */
static void test_huge_and_tiny(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 52);
    for (slong k = 0; k < SAMPLES; k++) {
        case_t c;
        if (!case_init(&c, k, 3, &random))
            continue;
        fmpq_mul_2exp(c.u, c.u, 1000);
        fmpq_div_2exp(c.u + 1, c.u + 1, 1000);
        fmpq_div_2exp(fmpq_mat_entry(c.problem->x, 0, 0), fmpq_mat_entry(c.problem->x, 0, 0),
                      900);
        case_evaluate(&c);
        int naive = value_is_naive(&c, samples[k].naive), product = product_is_exact(&c);
        case_clear(&c);
        CHECK_MSG(naive && product, "sample %ld", (long) k);
    }
}

/* ---- Balls ----------------------------------------------------------------------- */

typedef struct {
    arb_ptr u, v, gradient, product;
    arb_t value;
    arb_mat_t hessian, x, y;
} balls_t;

static void balls_init(balls_t *b, const case_t *c, slong prec)
{
    b->u = _arb_vec_init(c->n);
    b->v = _arb_vec_init(c->n);
    b->gradient = _arb_vec_init(c->n);
    b->product = _arb_vec_init(c->n);
    arb_init(b->value);
    arb_mat_init(b->hessian, c->n, c->n);
    arb_mat_init(b->x, c->problem->points, c->network->inputs);
    arb_mat_init(b->y, c->problem->points, 1);
    arb_mat_set_fmpq_mat(b->x, c->problem->x, prec);
    arb_mat_set_fmpq_mat(b->y, c->problem->y, prec);
    for (slong j = 0; j < c->n; j++) {
        arb_set_fmpq(b->u + j, c->u + j, prec);
        arb_set_fmpq(b->v + j, c->v + j, prec);
    }
}

static void balls_evaluate(balls_t *b, const case_t *c, slong prec)
{
    ncf__network_eval_arb(b->value, b->gradient, b->hessian, b->u, c->network, b->x, b->y, prec);
    ncf__network_hvp_arb(b->product, b->u, b->v, c->network, b->x, b->y, prec);
}

static void balls_clear(balls_t *b, slong n)
{
    _arb_vec_clear(b->u, n);
    _arb_vec_clear(b->v, n);
    _arb_vec_clear(b->gradient, n);
    _arb_vec_clear(b->product, n);
    arb_clear(b->value);
    arb_mat_clear(b->hessian);
    arb_mat_clear(b->x);
    arb_mat_clear(b->y);
}

static int holds(const arb_t ball, const fmpq_t exact)
{
    return arb_is_finite(ball) && arb_contains_fmpq(ball, exact);
}

static int balls_contain(const balls_t *b, const case_t *c)
{
    int contain = holds(b->value, c->value);
    for (slong i = 0; i < c->n; i++) {
        contain = contain && holds(b->gradient + i, c->gradient + i) &&
                  holds(b->product + i, c->product + i);
        for (slong j = 0; j < c->n; j++)
            contain = contain && holds(arb_mat_entry(b->hessian, i, j),
                                       fmpq_mat_entry(c->hessian, i, j));
    }
    return contain;
}

/* Radii near the last bit, so that the enclosures say something. */
static int balls_are_narrow(const balls_t *b, slong n, slong prec)
{
    int narrow = mag_cmp_2exp_si(arb_radref(b->value), 40 - prec) < 0;
    for (slong i = 0; i < n; i++)
        narrow = narrow && mag_cmp_2exp_si(arb_radref(b->gradient + i), 40 - prec) < 0 &&
                 mag_cmp_2exp_si(arb_radref(b->product + i), 40 - prec) < 0;
    return narrow;
}

static void test_balls(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 53);
    for (long round = 0; round < ncf_test_count(5); round++) {
        for (slong k = 0; k < SAMPLES; k++) {
            case_t c;
            balls_t b;
            if (!case_init(&c, k, 1 + round % 3, &random))
                continue;
            case_evaluate(&c);
            balls_init(&b, &c, 128);
            balls_evaluate(&b, &c, 128);
            int contain = balls_contain(&b, &c), narrow = balls_are_narrow(&b, c.n, 128);
            /* The exact point, somewhere in wider balls. */
            for (slong j = 0; j < c.n; j++) {
                arb_t shift;
                arb_init(shift);
                arb_set_si(shift, (slong) ncf__random_below(&random, 201) - 100);
                arb_mul_2exp_si(shift, shift, -10);
                arb_add(b.u + j, b.u + j, shift, 128);
                arb_add_error_2exp_si(b.u + j, -3);
                arb_clear(shift);
            }
            balls_evaluate(&b, &c, 128);
            int contain_wide = balls_contain(&b, &c);
            balls_clear(&b, c.n);
            case_clear(&c);
            CHECK_MSG(contain && narrow, "sample %ld: %d %d", (long) k, contain, narrow);
            CHECK_MSG(contain_wide, "sample %ld", (long) k);
        }
    }
}

/*
 * Zero patterns are proved by exact zeros: where the gradient vanishes for all values of
 * the other weights, it must be the ball 0 with radius 0 although those have radii.
 */
static int vanishes_exactly(const char *network, const char *data, const slong *zeros,
                            slong count)
{
    ncf_problem_t *problem = problem_of(network, data);
    ncf_network_t net;
    if (problem == NULL || !ncf__network_init(net, problem))
        return 0;
    slong n = net->unknowns;
    arb_ptr u = _arb_vec_init(2 * n), gradient = u + n;
    arb_mat_t x, y;
    arb_mat_init(x, problem->points, net->inputs);
    arb_mat_init(y, problem->points, 1);
    arb_mat_set_fmpq_mat(x, problem->x, 64);
    arb_mat_set_fmpq_mat(y, problem->y, 64);
    for (slong j = 0; j < n; j++) {
        arb_set_si(u + j, j + 1);
        arb_div_ui(u + j, u + j, 7, 64);
        arb_add_error_2exp_si(u + j, -20);
    }
    for (slong k = 0; k < count; k++)
        arb_zero(u + zeros[k]);
    ncf__network_eval_arb(NULL, gradient, NULL, u, net, x, y, 64);
    int vanish = 1, others = 0;
    for (slong k = 0; k < count; k++)
        vanish = vanish && arb_is_zero(gradient + zeros[k]);
    for (slong j = 0; j < n; j++)
        others += !arb_is_zero(gradient + j);
    _arb_vec_clear(u, 2 * n);
    arb_mat_clear(x);
    arb_mat_clear(y);
    ncf__network_clear(net);
    ncf_problem_free(problem);
    return vanish && others > 0;
}

static void test_exact_zeros(void)
{
    static const char data2[] = "{\"x\":[[1,\"1/3\"],[\"2/7\",-1]],\"y\":[1,\"1/5\"]}";
    static const char data5[] = "{\"x\":[[1,2,3,4,5],[1,\"1/3\",0,2,1]],\"y\":[1,\"1/7\"]}";
    /* A unit with s(0) = 0, s'(0) != 0: row and column. */
    CHECK(vanishes_exactly("{\"type\":\"feedforward\",\"widths\":[2,2,1],\"activation\":{"
                           "\"type\":\"polynomial\",\"coefficients\":[0,\"1/3\",0,1]}}",
                           data2, (slong[]){2, 3, 5}, 3));
    /* s(0) != 0: the same unit does not vanish. */
    CHECK(!vanishes_exactly(AFFINE_CUBIC, data2, (slong[]){2, 3, 5}, 3));
    /* s(0) = s'(0) = 0: the row alone. */
    CHECK(vanishes_exactly("{\"type\":\"feedforward\",\"widths\":[2,2,1],\"activation\":{"
                           "\"type\":\"polynomial\",\"coefficients\":[0,0,\"2/3\",1]}}",
                           data2, (slong[]){2, 3}, 2));
    /* A channel of a convolution with its outputs. */
    CHECK(vanishes_exactly(samples[2].network, data5, (slong[]){2, 3, 6, 7}, 4));
    /* A formula: both factors of a product. */
    CHECK(vanishes_exactly("{\"type\":\"polynomial\",\"weights\":[\"a\",\"b\",\"c\"],\"inputs\":"
                           "[\"x\",\"y\"],\"output\":\"c*(x + a*b/3) + c^3*y + a^2*y\"}",
                           data2, (slong[]){0, 1}, 2));
}

/* ---- Doubles and MPFR ------------------------------------------------------------ */

static double *doubles_of(const fmpq *v, slong count)
{
    double *out = ncf__malloc((size_t) count, sizeof(double));
    for (slong i = 0; i < count; i++)
        out[i] = fmpq_get_d(v + i);
    return out;
}

static double far_off(double approx, const fmpq_t exact)
{
    double value = fmpq_get_d(exact);
    return fabs(approx - value) / (1 + fabs(value));
}

/* The largest error of value, gradient, Hessian and product, beside the size of numbers. */
static double double_error(const case_t *c)
{
    slong n = c->n, points = c->problem->points;
    double *x = doubles_of(c->problem->x->entries, points * c->network->inputs);
    double *y = doubles_of(c->problem->y->entries, points), *u = doubles_of(c->u, n);
    double *v = doubles_of(c->v, n), *h = ncf__malloc((size_t) (n * n + 2 * n), sizeof(double));
    double *gradient = h + n * n, *product = gradient + n, value;
    ncf__network_eval_double(&value, gradient, h, u, c->network, x, y, points);
    ncf__network_hvp_double(product, u, v, c->network, x, y, points);
    double worst = far_off(value, c->value);
    for (slong i = 0; i < n; i++) {
        worst = fmax(worst, far_off(gradient[i], c->gradient + i));
        worst = fmax(worst, far_off(product[i], c->product + i));
        for (slong j = 0; j < n; j++)
            worst = fmax(worst, far_off(h[i * n + j], fmpq_mat_entry(c->hessian, i, j)));
    }
    ncf__free(x);
    ncf__free(y);
    ncf__free(u);
    ncf__free(v);
    ncf__free(h);
    return worst;
}

static mpfr_ptr reals_new(slong count, slong prec)
{
    mpfr_ptr out = ncf__malloc((size_t) count, sizeof(*out));
    for (slong i = 0; i < count; i++)
        mpfr_init2(out + i, (mpfr_prec_t) prec);
    return out;
}

static void reals_free(mpfr_ptr v, slong count)
{
    for (slong i = 0; i < count; i++)
        mpfr_clear(v + i);
    ncf__free(v);
}

static mpfr_ptr reals_of(const fmpq *v, slong count, slong prec)
{
    mpfr_ptr out = reals_new(count, prec);
    for (slong i = 0; i < count; i++)
        fmpq_get_mpfr(out + i, v + i, MPFR_RNDN);
    return out;
}

/* |a - exact| < 2^bound */
static int is_near(mpfr_srcptr a, const fmpq_t exact, long bound)
{
    mpfr_t difference;
    mpfr_init2(difference, 500);
    fmpq_get_mpfr(difference, exact, MPFR_RNDN);
    mpfr_sub(difference, difference, a, MPFR_RNDN);
    int near = mpfr_zero_p(difference) ||
               (mpfr_number_p(difference) && mpfr_get_exp(difference) <= bound);
    mpfr_clear(difference);
    return near;
}

static int mpfr_agrees(const case_t *c, slong prec)
{
    slong n = c->n, points = c->problem->points, numbers = n * n + 2 * n + 1;
    mpfr_ptr x = reals_of(c->problem->x->entries, points * c->network->inputs, prec);
    mpfr_ptr y = reals_of(c->problem->y->entries, points, prec);
    mpfr_ptr u = reals_of(c->u, n, prec), v = reals_of(c->v, n, prec);
    mpfr_ptr out = reals_new(numbers, prec);
    mpfr_ptr gradient = out + n * n, product = gradient + n, value = product + n;
    long bound = 40 - (long) prec;
    ncf__network_eval_mpfr(value, gradient, out, u, c->network, x, y, points, prec);
    ncf__network_hvp_mpfr(product, u, v, c->network, x, y, points, prec);
    int near = is_near(value, c->value, bound);
    for (slong i = 0; i < n; i++) {
        near = near && is_near(gradient + i, c->gradient + i, bound) &&
               is_near(product + i, c->product + i, bound);
        for (slong j = 0; j < n; j++)
            near = near && is_near(out + i * n + j, fmpq_mat_entry(c->hessian, i, j), bound);
    }
    reals_free(x, points * c->network->inputs);
    reals_free(y, points);
    reals_free(u, n);
    reals_free(v, n);
    reals_free(out, numbers);
    return near;
}

static void test_floating(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 54);
    for (long round = 0; round < ncf_test_count(5); round++) {
        for (slong k = 0; k < SAMPLES; k++) {
            case_t c;
            if (!case_init(&c, k, 1 + round % 3, &random))
                continue;
            case_evaluate(&c);
            double worst = double_error(&c);
            int near = mpfr_agrees(&c, 200) && mpfr_agrees(&c, 400);
            case_clear(&c);
            CHECK_MSG(worst < ldexp(1, -30), "sample %ld: %g", (long) k, worst);
            CHECK_MSG(near, "sample %ld", (long) k);
        }
    }
}

/* ---- Degree 30 ------------------------------------------------------------------- */

#define DEGREE 30

/* (t - 1/2)^30, by its coefficients: Horner's rule on a ball is hopeless here. */
static ncf_problem_t *steep_problem(void)
{
    char *list = ncf__strdup("");
    for (slong k = 0; k <= DEGREE; k++) {
        fmpq_t c;
        fmpq_init(c);
        fmpz_bin_uiui(fmpq_numref(c), DEGREE, (ulong) k);
        if (k % 2 == 1)
            fmpz_neg(fmpq_numref(c), fmpq_numref(c));
        fmpz_one_2exp(fmpq_denref(c), (ulong) (DEGREE - k));
        fmpq_canonicalise(c);
        char *digits = fmpq_get_str(NULL, 10, c);
        char *longer = ncf__format("%s%s\"%s\"", list, k > 0 ? "," : "", digits);
        flint_free(digits);
        ncf__free(list);
        list = longer;
        fmpq_clear(c);
    }
    char *network = ncf__format("{\"type\":\"feedforward\",\"widths\":[1,1,1],\"activation\":"
                                "{\"type\":\"polynomial\",\"coefficients\":[%s]}}",
                                list);
    ncf_problem_t *problem = problem_of(network, "{\"x\":[[1]],\"y\":[1]}");
    ncf__free(network);
    ncf__free(list);
    return problem;
}

/* N = v (w - 1/2)^30 at w = 3/4 and 1/2, v = 1; then over w = 3/4 +- 2^-10. */
static void test_degree_30(void)
{
    ncf_problem_t *problem = steep_problem();
    ncf_network_t network;
    CHECK(problem != NULL);
    if (problem == NULL)
        return;
    CHECK(ncf__network_init(network, problem));
    fmpq *u = _fmpq_vec_init(4), *gradient = u + 2;
    fmpq_t value, expected;
    arb_ptr balls = _arb_vec_init(2);
    arb_t ball, wide;
    arb_mat_t one;
    fmpq_init(value);
    fmpq_init(expected);
    arb_init(ball);
    arb_init(wide);
    arb_mat_init(one, 1, 1);
    arb_one(arb_mat_entry(one, 0, 0));
    fmpq_set_si(u, 3, 4);
    fmpq_one(u + 1);
    ncf__network_eval_fmpq(value, gradient, NULL, u, network, problem->x, problem->y);
    fmpq_set_si(expected, 1, 4);
    fmpq_pow_si(expected, expected, DEGREE);
    int exact = fmpq_equal(value, expected) && fmpq_equal(gradient + 1, expected);
    fmpq_mul_si(expected, expected, 4 * DEGREE);
    exact = exact && fmpq_equal(gradient, expected);
    arb_set_fmpq(balls, u, 128);
    arb_add_error_2exp_si(balls, -10);
    arb_one(balls + 1);
    ncf__network_eval_arb(ball, NULL, NULL, balls, network, one, one, 128);
    int contains = arb_contains_fmpq(ball, value);
    /* The range has radius about 30 * 2^-60 * 2^-8; Horner's rule gives about 2^-7. */
    int tight = mag_cmp_2exp_si(arb_radref(ball), -60) < 0;
    arb_clear(ball);
    arb_clear(wide);
    arb_mat_clear(one);
    _arb_vec_clear(balls, 2);
    fmpq_clear(value);
    fmpq_clear(expected);
    _fmpq_vec_clear(u, 4);
    ncf__network_clear(network);
    ncf_problem_free(problem);
    CHECK(exact);
    CHECK(contains);
    CHECK(tight);
}

/* ---- Degrees and blocks ---------------------------------------------------------- */

static int degree_is(const char *network, slong expected)
{
    ncf_problem_t *problem = problem_of(network, "{\"x\":[[1,2]],\"y\":[1]}");
    fmpz_t degree;
    fmpz_init(degree);
    int right = problem != NULL && ncf__problem_homogeneous(degree, problem) == (expected >= 0);
    right = right && (expected < 0 || fmpz_cmp_si(degree, expected) == 0);
    fmpz_clear(degree);
    ncf_problem_free(problem);
    return right;
}

#define POLYNOMIAL(output)                                                                    \
    "{\"type\":\"polynomial\",\"weights\":[\"a\",\"b\"],\"inputs\":[\"x\",\"y\"],\"output\":" \
    "\"" output "\"}"
#define LAYERS(coefficients)                                                                  \
    "{\"type\":\"feedforward\",\"widths\":[2,2,1],\"activation\":{\"type\":\"polynomial\","   \
    "\"coefficients\":[" coefficients "]}}"
#define SUM(a, b) "{\"type\":\"sum\",\"parts\":[" a "," b "]}"

static void test_homogeneity(void)
{
    CHECK(degree_is(POLYNOMIAL("a^2*x + a*b*y"), 2));
    CHECK(degree_is(POLYNOMIAL("a^2*x + b*y"), -1));
    CHECK(degree_is(POLYNOMIAL("a^2*x + b*y - b*y"), 2)); /* what cancels does not count */
    CHECK(degree_is(POLYNOMIAL("(a+b)^2*x - 2*a*b*x + 1 - 1"), 2));
    CHECK(degree_is(POLYNOMIAL("a*x + 1"), -1));
    CHECK(degree_is(POLYNOMIAL("a*x^3*y + b*y"), 1));
    CHECK(degree_is(LAYERS("0,0,\"5/3\""), 3));
    CHECK(degree_is(LAYERS("0,2"), 2));
    CHECK(degree_is(LAYERS("0,1,1"), -1));
    CHECK(degree_is(LAYERS("1,1"), -1));
    CHECK(degree_is(LAYERS("0,0,0,1,0,0"), 4));
    CHECK(degree_is(SUM(LAYERS("0,0,1"), POLYNOMIAL("a^3*x")), 3));
    CHECK(degree_is(SUM(LAYERS("0,0,1"), POLYNOMIAL("a^2*x")), -1));
    CHECK(degree_is(SUM(LAYERS("1,1"), LAYERS("1,1")), -1));
    for (slong k = 0; k < SAMPLES; k++) {
        ncf_random_t random;
        fmpz_t degree;
        ncf__random_init(&random, 1, 55);
        fmpz_init(degree);
        ncf_problem_t *problem = random_problem(k, 1, &random);
        int homogeneous = problem != NULL && ncf__problem_homogeneous(degree, problem);
        slong found = homogeneous ? fmpz_get_si(degree) : -1;
        fmpz_clear(degree);
        ncf_problem_free(problem);
        CHECK_MSG(found == samples[k].degree, "sample %ld: %ld", (long) k, (long) found);
    }
}

/* Blocks fill u; a kind that is not feed-forward has no widths to be misread. */
static void test_blocks(void)
{
    ncf_random_t random;
    ncf__random_init(&random, 1, 56);
    for (slong k = 0; k < SAMPLES; k++) {
        case_t c;
        if (!case_init(&c, k, 1, &random))
            continue;
        slong at = 0, count = ncf__network_block_count(c.network);
        for (slong l = 0; l < count; l++) {
            ncf_network_block_t block = ncf__network_block(c.network, l);
            CHECK_MSG(block.offset == at, "sample %ld", (long) k);
            at += block.rows * block.columns;
        }
        CHECK_MSG(at == c.n && count == samples[k].blocks, "sample %ld", (long) k);
        CHECK((c.network->kind == NCF_NETWORK_FEEDFORWARD) == (c.network->depth > 0));
        case_clear(&c);
    }
}

/* ---- Formulas -------------------------------------------------------------------- */

/* N at a = 2, b = 3 for x = 5, y = 7, z = 1. */
static int formula_is(const char *formula, slong numerator, ulong denominator)
{
    char *network = ncf__format("{\"type\":\"polynomial\",\"weights\":[\"a\",\"b\"],\"inputs\":"
                                "[\"x\",\"y\"],\"output\":\"%s\"}",
                                formula);
    ncf_problem_t *problem = problem_of(network, "{\"x\":[[5,7]],\"y\":[1]}");
    ncf_network_t net;
    ncf__free(network);
    if (problem == NULL || !ncf__network_init(net, problem))
        return 0;
    fmpq *u = _fmpq_vec_init(2);
    fmpq_t value, expected;
    fmpq_init(value);
    fmpq_init(expected);
    fmpq_set_si(u, 2, 1);
    fmpq_set_si(u + 1, 3, 1);
    fmpq_set_si(expected, numerator, denominator);
    ncf__network_eval_fmpq(value, NULL, NULL, u, net, problem->x, problem->y);
    int same = fmpq_equal(value, expected);
    fmpq_clear(value);
    fmpq_clear(expected);
    _fmpq_vec_clear(u, 2);
    ncf__network_clear(net);
    ncf_problem_free(problem);
    return same;
}

static void test_grammar(void)
{
    CHECK(formula_is("a*x + b*y", 31, 1));
    CHECK(formula_is("-a^2", -4, 1)); /* the sign is weaker than ^ */
    CHECK(formula_is("2*-a", -4, 1));
    CHECK(formula_is("a - b - x", -6, 1)); /* from the left */
    CHECK(formula_is("a/2/4", 1, 4));
    CHECK(formula_is("a^2^3", 256, 1)); /* from the right */
    CHECK(formula_is("a*1.5e-1", 3, 10));
    CHECK(formula_is("a * 2^(1+1) / (3 - 1)", 4, 1));
    CHECK(formula_is("(((a)))*+b", 6, 1));
    CHECK(formula_is("\\ta\\n* \\u0062", 6, 1));
    CHECK(formula_is("a*x^0", 2, 1));
    CHECK(formula_is("a*0^0", 2, 1));
    CHECK(formula_is("(a+b)^2 - (a-b)^2", 24, 1));
    CHECK(formula_is("--a", 2, 1));
    CHECK(formula_is("a*1/3 + 2/3*b", 8, 3));
    CHECK(formula_is("a-1", 1, 1));
}

/* A hundred thousand parentheses: nothing recurses. */
static void test_deep_nesting(void)
{
    size_t depth = 100000;
    char *formula = ncf__malloc(2 * depth + 2, 1);
    memset(formula, '(', depth);
    formula[depth] = 'a';
    memset(formula + depth + 1, ')', depth);
    formula[2 * depth + 1] = '\0';
    CHECK(formula_is(formula, 2, 1));
    ncf__free(formula);
}

/* Refused by prediction: a formula that would need more memory than there is. */
static void test_bombs(void)
{
    static const struct {
        const char *formula, *line;
    } bombs[] = {
        {"a*x^1000000000000", "ncf: p:1:93: the degree here may be above 1000\n"},
        {"a*x^1000000000000000000000000000", "ncf: p:1:93: the degree here may be above 1000\n"},
        {"((a+b+x+y)^30)^30", "ncf: p:1:104: the expansion may have more than 20000 terms here\n"},
        {"(a+1/3)^999*(b+1/7)^999", NULL},
        {"a*2^1000000000000", "ncf: p:1:93: the number here may have more than 1000000 bits\n"},
        {"a*2^2^2^2^2^2^2", NULL},
        {"((((a^10)^10)^10)^10)^10", "ncf: p:1:107: the degree here may be above 1000\n"},
        {"a*(2^1000000)^1000000", NULL},
    };
    for (size_t k = 0; k < sizeof(bombs) / sizeof(bombs[0]); k++) {
        ncf_problem_t *problem = NULL;
        ncf_error_t err;
        ncf_error_init(&err);
        char *text = ncf__format("{\"ncf\":1,\"network\":{\"type\":\"polynomial\",\"weights\":"
                                 "[\"a\",\"b\"],\"inputs\":[\"x\",\"y\"],\"output\":\"%s\"},"
                                 "\"data\":{\"x\":[[5,7]],\"y\":[1]}}",
                                 bombs[k].formula);
        ncf_status_t status = ncf_problem_parse(&problem, text, strlen(text), "p", "", &err);
        char *line = NULL;
        size_t size;
        FILE *stream = open_memstream(&line, &size);
        ncf_error_print(stream, "ncf", &err);
        fclose(stream);
        CHECK_MSG(status == NCF_ESPEC && problem == NULL, "%s", bombs[k].formula);
        if (bombs[k].line != NULL)
            CHECK_STR_EQ(line, bombs[k].line);
        free(line);
        ncf__free(text);
        ncf_problem_free(problem);
    }
}

int main(void)
{
    static const ncf_test_t tests[] = {
        {"exact evaluators against definition and polynomial", test_exact},
        {"huge and tiny numbers", test_huge_and_tiny},
        {"balls contain the exact values", test_balls},
        {"exact zeros", test_exact_zeros},
        {"doubles and MPFR", test_floating},
        {"a polynomial activation of degree 30", test_degree_30},
        {"homogeneity", test_homogeneity},
        {"blocks", test_blocks},
        {"grammar of formulas", test_grammar},
        {"deep parentheses", test_deep_nesting},
        {"formulas that are too large", test_bombs},
        {NULL, NULL},
    };
    return ncf_test_main("networks", tests);
}
