/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * t-polynomial.c: the exact polynomial of the NCF against the exact evaluator, Euler's
 * identity (T-EULER) as an identity of polynomials, and the bounds of its size.
 */
#include "../harness.h"
#include "../problems.h"

#include "../../src/corr/polynomial.h"
#include "../../src/network/network.h"

#include <string.h>

typedef struct {
    struct ncf_problem problem;
    ncf_network_t network;
    ncf_polynomial_t polynomial;
    fmpq *u;
    fmpq **pointers;
    int made;
} case_t;

static void case_build(case_t *c, ncf_random_t *random)
{
    c->made = ncf__network_init(c->network, &c->problem) &&
              ncf__polynomial_init(c->polynomial, &c->problem, c->problem.y);
    slong n = c->network->unknowns;
    c->u = ncf__malloc((size_t) n, sizeof(*c->u));
    c->pointers = ncf__malloc((size_t) n, sizeof(*c->pointers));
    for (slong j = 0; j < n; j++) {
        fmpq_init(c->u + j);
        ncf_test_random_fmpq(c->u + j, random);
        c->pointers[j] = c->u + j;
    }
}

static void case_clear(case_t *c)
{
    for (slong j = 0; j < c->network->unknowns; j++)
        fmpq_clear(c->u + j);
    ncf__free(c->u);
    ncf__free(c->pointers);
    if (c->made)
        ncf__polynomial_clear(c->polynomial);
    ncf__network_clear(c->network);
    ncf_test_problem_clear(&c->problem);
}

static void case_random(case_t *c, ncf_random_t *random)
{
    slong widths[5], degrees[3];
    slong depth = 1 + (slong) ncf__random_below(random, 4);
    for (slong l = 0; l < depth; l++)
        widths[l] = 1 + (slong) ncf__random_below(random, depth == 4 ? 2 : 3);
    widths[depth] = 1;
    for (slong l = 0; l + 1 < depth; l++)
        degrees[l] = 1 + (slong) ncf__random_below(random, depth == 4 ? 2 : 3);
    slong points = 1 + (slong) ncf__random_below(random, 4);
    ncf_test_problem_random(&c->problem, depth, widths, degrees, points, random);
    case_build(c, random);
}

/* Value, gradient and Hessian of the polynomial at u against the evaluator. */
static int derivatives_agree(const case_t *c)
{
    slong n = c->network->unknowns;
    const fmpq_mpoly_ctx_struct *context = c->polynomial->context;
    fmpq_t value, other;
    fmpq_mat_t gradient, hessian;
    fmpq_mpoly_t first, second;
    fmpq_init(value);
    fmpq_init(other);
    fmpq_mat_init(gradient, 1, n);
    fmpq_mat_init(hessian, n, n);
    fmpq_mpoly_init(first, context);
    fmpq_mpoly_init(second, context);
    ncf__network_eval_fmpq(value, fmpq_mat_entry(gradient, 0, 0), hessian, c->u, c->network,
                           c->problem.x, c->problem.y);
    int agree =
        fmpq_mpoly_evaluate_all_fmpq(other, c->polynomial->value, c->pointers, context) &&
        fmpq_equal(value, other);
    for (slong i = 0; i < n; i++) {
        fmpq_mpoly_derivative(first, c->polynomial->value, i, context);
        fmpq_mpoly_evaluate_all_fmpq(other, first, c->pointers, context);
        agree = agree && fmpq_equal(other, fmpq_mat_entry(gradient, 0, i));
        for (slong j = 0; j < n; j++) {
            fmpq_mpoly_derivative(second, first, j, context);
            fmpq_mpoly_evaluate_all_fmpq(other, second, c->pointers, context);
            agree = agree && fmpq_equal(other, fmpq_mat_entry(hessian, i, j));
        }
    }
    fmpq_clear(value);
    fmpq_clear(other);
    fmpq_mat_clear(gradient);
    fmpq_mat_clear(hessian);
    fmpq_mpoly_clear(first, context);
    fmpq_mpoly_clear(second, context);
    return agree;
}

/* W_l . dN/dW_l - e_l N = 0 for every layer, as polynomials; the layers add up to L. */
static int euler_holds(const case_t *c)
{
    const fmpq_mpoly_ctx_struct *context = c->polynomial->context;
    slong depth = c->network->depth;
    fmpz *degrees = _fmpz_vec_init(depth);
    fmpq_mpoly_t sum, part, variable;
    fmpq_mpoly_init(sum, context);
    fmpq_mpoly_init(part, context);
    fmpq_mpoly_init(variable, context);
    ncf__layer_degrees(degrees, &c->problem);
    int holds = 1;
    for (slong l = 1; l <= depth; l++) {
        fmpq_mpoly_scalar_mul_fmpz(sum, c->polynomial->value, degrees + l - 1, context);
        for (slong j = c->network->offsets[l - 1]; j < c->network->offsets[l]; j++) {
            fmpq_mpoly_derivative(part, c->polynomial->value, j, context);
            fmpq_mpoly_gen(variable, j, context);
            fmpq_mpoly_mul(part, part, variable, context);
            fmpq_mpoly_sub(sum, sum, part, context);
        }
        holds = holds && fmpq_mpoly_is_zero(sum, context);
    }
    fmpq_mpoly_clear(sum, context);
    fmpq_mpoly_clear(part, context);
    fmpq_mpoly_clear(variable, context);
    _fmpz_vec_clear(degrees, depth);
    return holds;
}

/* Every monomial has degree e_l in the weights of layer l. */
static int exponents_are_homogeneous(const case_t *c)
{
    const fmpq_mpoly_ctx_struct *context = c->polynomial->context;
    slong depth = c->network->depth, n = c->network->unknowns;
    fmpz *degrees = _fmpz_vec_init(depth);
    ulong *exponents = ncf__malloc((size_t) n, sizeof(ulong));
    ncf__layer_degrees(degrees, &c->problem);
    int homogeneous = 1;
    for (slong t = 0; t < fmpq_mpoly_length(c->polynomial->value, context); t++) {
        fmpq_mpoly_get_term_exp_ui(exponents, c->polynomial->value, t, context);
        for (slong l = 1; l <= depth; l++) {
            ulong sum = 0;
            for (slong j = c->network->offsets[l - 1]; j < c->network->offsets[l]; j++)
                sum += exponents[j];
            homogeneous = homogeneous && fmpz_cmp_ui(degrees + l - 1, sum) == 0;
        }
    }
    ncf__free(exponents);
    _fmpz_vec_clear(degrees, depth);
    return homogeneous;
}

/* T-EULER 4: N(-W_K) = -N. */
static int flips_sign(const case_t *c)
{
    const fmpq_mpoly_ctx_struct *context = c->polynomial->context;
    slong n = c->network->unknowns;
    fmpq_mpoly_struct *images = ncf__malloc((size_t) n, sizeof(*images));
    fmpq_mpoly_struct **pointers = ncf__malloc((size_t) n, sizeof(*pointers));
    fmpq_mpoly_t image;
    fmpq_mpoly_init(image, context);
    for (slong j = 0; j < n; j++) {
        pointers[j] = images + j;
        fmpq_mpoly_init(images + j, context);
        fmpq_mpoly_gen(images + j, j, context);
        if (j >= c->network->offsets[c->network->depth - 1])
            fmpq_mpoly_neg(images + j, images + j, context);
    }
    int flips =
        fmpq_mpoly_compose_fmpq_mpoly(image, c->polynomial->value, pointers, context, context);
    fmpq_mpoly_add(image, image, c->polynomial->value, context);
    flips = flips && fmpq_mpoly_is_zero(image, context);
    for (slong j = 0; j < n; j++)
        fmpq_mpoly_clear(images + j, context);
    fmpq_mpoly_clear(image, context);
    ncf__free(images);
    ncf__free(pointers);
    return flips;
}

/* The text, read back by FLINT, is the polynomial. */
static int text_reads_back(const case_t *c)
{
    const fmpq_mpoly_ctx_struct *context = c->polynomial->context;
    fmpq_mpoly_t back;
    fmpq_mpoly_init(back, context);
    char *text = ncf__polynomial_text(c->polynomial);
    int equal = fmpq_mpoly_set_str_pretty(back, text, (const char **) c->polynomial->names,
                                          context) == 0 &&
                fmpq_mpoly_equal(back, c->polynomial->value, context);
    ncf__free(text);
    fmpq_mpoly_clear(back, context);
    return equal;
}

static int bound_holds(const case_t *c)
{
    fmpz_t bound;
    fmpz_init(bound);
    slong terms = fmpq_mpoly_length(c->polynomial->value, c->polynomial->context);
    int holds =
        ncf__polynomial_terms_bound(bound, &c->problem) && fmpz_cmp_si(bound, terms) >= 0;
    fmpz_clear(bound);
    return holds;
}

static void test_random_networks(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 30);
    long count = ncf_test_count(40), built = 0, nonzero = 0;
    for (long k = 0; k < count; k++) {
        case_t c;
        case_random(&c, &random);
        int agree = 1, euler = 1, homogeneous = 1, flips = 1, bounded = 1, readable = 1;
        if (c.made) {
            built++;
            nonzero += !fmpq_mpoly_is_zero(c.polynomial->value, c.polynomial->context);
            agree = derivatives_agree(&c);
            euler = euler_holds(&c);
            homogeneous = exponents_are_homogeneous(&c);
            flips = flips_sign(&c);
            bounded = bound_holds(&c);
            readable = text_reads_back(&c);
        }
        case_clear(&c);
        CHECK_MSG(agree, "derivatives, case %ld", k);
        CHECK_MSG(euler, "Euler, case %ld", k);
        CHECK_MSG(homogeneous, "homogeneity, case %ld", k);
        CHECK_MSG(flips, "sign, case %ld", k);
        CHECK_MSG(bounded, "bound, case %ld", k);
        CHECK_MSG(readable, "text, case %ld", k);
    }
    CHECK(built > count / 2 && nonzero > count / 3);
}

static void check_text(slong depth, const slong *widths, const slong *degrees, slong points,
                       const slong *x, const slong *y, const char *expected)
{
    struct ncf_problem problem;
    ncf_polynomial_t polynomial;
    ncf_test_problem_init(&problem, depth, widths, degrees, points, x, y);
    int made = ncf__polynomial_init(polynomial, &problem, problem.y);
    char *text = made ? ncf__polynomial_text(polynomial) : NULL;
    CHECK_STR_EQ(text, expected);
    ncf__free(text);
    if (made)
        ncf__polynomial_clear(polynomial);
    ncf_test_problem_clear(&problem);
}

/* By hand: sum_i y_i (x_i . w)^2 v with T = [[-2, 7], [7, 9]]. */
static void test_known_polynomials(void)
{
    static const slong x[] = {1, 2, 3, -1, -1, 1, 2, 2}, y[] = {1, -1, 2, 1}, p[] = {2, 3};
    static const slong two[] = {2, 1, 1}, one[] = {2, 1}, deep[] = {1, 1, 1, 1};
    static const slong zero[] = {0, 0, 0, 0}, three[] = {3};
    check_text(2, two, p, 4, x, y,
               "-2*W_1_1_1^2*W_2_1_1 + 14*W_1_1_1*W_1_1_2*W_2_1_1"
               " + 9*W_1_1_2^2*W_2_1_1");
    check_text(2, two, p, 4, x, zero, "0");
    check_text(1, one, NULL, 4, x, y, "-2*W_1_1_1 + 7*W_1_1_2");
    check_text(3, deep, p, 1, three, y, "729*W_1_1_1^6*W_2_1_1^3*W_3_1_1");
}

/* Rational data: N = v (w/2)^2 / 3. */
static void test_rational_coefficients(void)
{
    static const slong widths[] = {1, 1, 1}, degrees[] = {2}, one[] = {1};
    struct ncf_problem problem;
    ncf_polynomial_t polynomial;
    fmpq_t coefficient;
    fmpq_init(coefficient);
    ncf_test_problem_init(&problem, 2, widths, degrees, 1, one, one);
    fmpq_set_si(fmpq_mat_entry(problem.x, 0, 0), 1, 2);
    fmpq_set_si(fmpq_mat_entry(problem.y, 0, 0), 1, 3);
    int made = ncf__polynomial_init(polynomial, &problem, problem.y);
    if (made) {
        fmpq_mpoly_get_term_coeff_fmpq(coefficient, polynomial->value, 0, polynomial->context);
        ncf__polynomial_clear(polynomial);
    }
    int right = made && fmpz_is_one(fmpq_numref(coefficient)) &&
                fmpz_equal_si(fmpq_denref(coefficient), 12);
    fmpq_clear(coefficient);
    ncf_test_problem_clear(&problem);
    CHECK(made);
    CHECK(right);
}

/* A problem without data, for the bounds only. */
static int bound_is(slong depth, slong *widths, const slong *degrees, const char *expected)
{
    struct ncf_problem problem;
    ncf_activation_t activations[4];
    fmpz_t bound, right;
    memset(&problem, 0, sizeof(problem));
    for (slong l = 0; l + 1 < depth; l++)
        activations[l] = (ncf_activation_t){NCF_ACTIVATION_POWER, degrees[l], NULL};
    problem.network.inputs = widths[0];
    problem.network.depth = depth;
    problem.network.widths = widths;
    problem.network.activations = activations;
    fmpz_init(bound);
    fmpz_init(right);
    int fits = ncf__polynomial_terms_bound(bound, &problem);
    int equal = expected == NULL ? !fits
                                 : fits && fmpz_set_str(right, expected, 10) == 0 &&
                                       fmpz_equal(bound, right);
    fmpz_clear(bound);
    fmpz_clear(right);
    return equal;
}

static void test_bounds(void)
{
    /* 50 C(21, 2); 9 C(22, 3); 10^6 C(10^6 + 1, 2); 1; 2 C(3, 2) then C(7, 2) */
    CHECK(bound_is(2, (slong[]){20, 50, 1}, (slong[]){2}, "10500"));
    CHECK(bound_is(2, (slong[]){20, 9, 1}, (slong[]){3}, "13860"));
    CHECK(bound_is(2, (slong[]){1000000, 1000000, 1}, (slong[]){2}, "500000500000000000"));
    CHECK(bound_is(3, (slong[]){1, 1, 1, 1}, (slong[]){1000000, 1000000}, "1"));
    CHECK(bound_is(3, (slong[]){2, 2, 1, 1}, (slong[]){2, 2}, "21"));
    CHECK(bound_is(3, (slong[]){2, 2, 1, 1}, (slong[]){1000000000, 2}, "2000000005000000003"));
    CHECK(bound_is(1, (slong[]){7, 1}, NULL, "7"));
    CHECK(bound_is(2, (slong[]){1000000, 1000000, 1}, (slong[]){1000000}, NULL));
}

/* Refused before anything large is allocated. */
static void test_large_is_refused(void)
{
    static const slong wide[] = {20, 100, 1}, chain[] = {1, 1, 1}, two[] = {2, 1, 1};
    static const slong square[] = {2}, steep[] = {1001}, x[20] = {1, 1}, y[] = {1};
    struct ncf_problem problem;
    ncf_test_problem_init(&problem, 2, wide, square, 1, x, y);
    int many_terms = ncf__polynomial_is_small(&problem, problem.y);
    ncf_test_problem_clear(&problem);
    ncf_test_problem_init(&problem, 2, chain, steep, 1, x, y);
    int high_degree = ncf__polynomial_is_small(&problem, problem.y);
    ncf_test_problem_clear(&problem);
    ncf_test_problem_init(&problem, 2, two, square, 1, x, y);
    int small = ncf__polynomial_is_small(&problem, problem.y);
    fmpq_div_2exp(fmpq_mat_entry(problem.x, 0, 0), fmpq_mat_entry(problem.x, 0, 0), 100000000);
    int huge_data = ncf__polynomial_is_small(&problem, problem.y);
    ncf_test_problem_clear(&problem);
    CHECK(!many_terms);
    CHECK(!high_degree);
    CHECK(small);
    CHECK(!huge_data);
}

int main(void)
{
    static const ncf_test_t tests[] = {
        {"polynomials known by hand", test_known_polynomials},
        {"rational coefficients", test_rational_coefficients},
        {"random networks: derivatives, Euler, homogeneity, sign", test_random_networks},
        {"bounds of the number of terms", test_bounds},
        {"large polynomials are refused", test_large_is_refused},
        {NULL, NULL},
    };
    return ncf_test_main("polynomial", tests);
}
