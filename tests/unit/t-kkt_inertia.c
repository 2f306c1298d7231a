/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * t-kkt_inertia.c: the inertia of the projected Hessian against exact characteristic
 * polynomials at rational unit vectors, and against closed forms.
 */
#include "../harness.h"
#include "../problems.h"

#include "../../src/certify/kkt_inertia.h"

/* ---- Exact: the eigenvalues of P (Hess N - lambda I) P, u and lambda rational ------- */

/* A rational point of the unit sphere: (2 t, |t|^2 - 1) / (|t|^2 + 1). */
static void random_unit(fmpq *u, slong n, ncf_random_t *random)
{
    fmpq_t square, one;
    fmpq_init(square);
    fmpq_init(one);
    fmpq_one(one);
    for (slong j = 0; j + 1 < n; j++) {
        ncf_test_random_fmpq(u + j, random);
        fmpq_addmul(square, u + j, u + j);
        fmpq_mul_2exp(u + j, u + j, 1);
    }
    fmpq_sub(u + n - 1, square, one);
    fmpq_add(square, square, one);
    for (slong j = 0; j < n; j++)
        fmpq_div(u + j, u + j, square);
    fmpq_clear(one);
    fmpq_clear(square);
}

/* The characteristic polynomial of P (h - lambda I) P - shift I; h is overwritten. */
static void projected_polynomial(fmpq_poly_t out, fmpq_mat_t h, const fmpq *u,
                                 const fmpq_t lambda, const fmpq_t shift)
{
    slong n = fmpq_mat_nrows(h);
    fmpq_mat_t projector, product;
    fmpq_mat_init(projector, n, n);
    fmpq_mat_init(product, n, n);
    fmpq_mat_one(projector);
    for (slong i = 0; i < n; i++) {
        fmpq_sub(fmpq_mat_entry(h, i, i), fmpq_mat_entry(h, i, i), lambda);
        for (slong j = 0; j < n; j++)
            fmpq_submul(fmpq_mat_entry(projector, i, j), u + i, u + j);
    }
    fmpq_mat_mul(product, projector, h);
    fmpq_mat_mul(h, product, projector);
    for (slong i = 0; i < n; i++)
        fmpq_sub(fmpq_mat_entry(h, i, i), fmpq_mat_entry(h, i, i), shift);
    fmpq_mat_charpoly(out, h);
    fmpq_mat_clear(product);
    fmpq_mat_clear(projector);
}

/* Positive roots of a polynomial whose roots are all real: Descartes. */
static slong positive_roots(const fmpq_poly_t p)
{
    slong changes = 0;
    int last = 0;
    for (slong k = 0; k <= fmpq_poly_degree(p); k++) {
        int sign = fmpz_sgn(p->coeffs + k);
        changes += sign != 0 && last != 0 && sign != last;
        last = sign != 0 ? sign : last;
    }
    return changes;
}

/* Eigenvalues above `shift`; that of u is 0. */
static slong eigenvalues_above(const struct ncf_problem *problem, const ncf_network_t network,
                               const fmpq *u, const fmpq_t lambda, const fmpq_t shift)
{
    fmpq_mat_t h;
    fmpq_poly_t p;
    fmpq_mat_init(h, network->unknowns, network->unknowns);
    fmpq_poly_init(p);
    ncf__network_eval_fmpq(NULL, NULL, h, u, network, problem->x, problem->y);
    projected_polynomial(p, h, u, lambda, shift);
    slong count = positive_roots(p);
    fmpq_poly_clear(p);
    fmpq_mat_clear(h);
    return count;
}

typedef struct {
    slong index, zero;   /* exact, the direction of u left out */
    slong inside, up_to; /* eigenvalues within the ends of gap: |e| < low, |e| <= high, zero out */
} exact_t;

static void count_exactly(exact_t *out, const arb_t gap, const struct ncf_problem *problem,
                          const ncf_network_t network, const fmpq *u, const fmpq_t lambda)
{
    slong n = network->unknowns;
    fmpq_t shift;
    fmpq_init(shift);
    out->index = eigenvalues_above(problem, network, u, lambda, shift);
    fmpq_set_si(shift, -1, 1);
    fmpq_div_2exp(shift, shift, 4000);
    out->zero = eigenvalues_above(problem, network, u, lambda, shift) - out->index - 1;
    arf_t end;
    arf_init(end);
    for (int side = 0; side < 2 && arb_is_finite(gap); side++) {
        if (side == 0)
            arb_get_lbound_arf(end, gap, 64);
        else
            arb_get_ubound_arf(end, gap, 64);
        arf_get_fmpq(shift, end);
        slong above = eigenvalues_above(problem, network, u, lambda, shift);
        fmpq_neg(shift, shift);
        slong within = eigenvalues_above(problem, network, u, lambda, shift) - above;
        *(side == 0 ? &out->inside : &out->up_to) = within - out->zero - 1;
    }
    arf_clear(end);
    fmpq_clear(shift);
    NCF_REQUIRE(out->index <= n);
}

static void check_random(slong depth, const slong *widths, const slong *degrees, slong points,
                         ncf_random_t *random, slong *proved)
{
    struct ncf_problem problem;
    ncf_network_t network;
    ncf_test_problem_random(&problem, depth, widths, degrees, points, random);
    CHECK(ncf__network_init(network, &problem));
    slong n = network->unknowns, index, nullity;
    fmpq *u = _fmpq_vec_init(n);
    arb_ptr point = _arb_vec_init(n + 1);
    fmpq_t lambda;
    arb_t gap;
    fmpq_init(lambda);
    arb_init(gap);
    random_unit(u, n, random);
    ncf_test_random_fmpq(lambda, random);
    for (slong j = 0; j < n; j++)
        arb_set_fmpq(point + j, u + j, 128);
    arb_set_fmpq(point + n, lambda, 128);
    exact_t exact = {0};
    int decided = ncf_is_proved(ncf__kkt_inertia(&index, &nullity, gap, point, network, problem.x,
                                                 problem.y, 0, 64, 256));
    count_exactly(&exact, gap, &problem, network, u, lambda);
    int strict = arb_is_finite(gap) && n > 1;
    _fmpq_vec_clear(u, n);
    _arb_vec_clear(point, n + 1);
    fmpq_clear(lambda);
    arb_clear(gap);
    ncf__network_clear(network);
    ncf_test_problem_clear(&problem);
    *proved += decided;
    CHECK_MSG(decided || exact.zero > 0, "%ld unknowns, no zero eigenvalue, undecided", n);
    CHECK(!decided || (index == exact.index && nullity == 0 && exact.zero == 0));
    CHECK_MSG(!decided || !strict || (exact.inside == 0 && exact.up_to > 0),
              "%ld unknowns: %ld inside, %ld up to", n, exact.inside, exact.up_to);
}

static void test_exact(void)
{
    static const slong two[] = {2, 3, 1}, deep[] = {2, 2, 2, 1}, single[] = {4, 1};
    static const slong square[] = {2, 2}, cubic[] = {3, 2}, mixed[] = {1, 3};
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 31);
    slong proved = 0, count = ncf_test_count(6);
    for (long k = 0; k < count; k++) {
        check_random(2, two, square, 5, &random, &proved);
        check_random(3, deep, square, 6, &random, &proved);
        check_random(3, deep, cubic, 6, &random, &proved);
        check_random(3, deep, mixed, 6, &random, &proved);
        check_random(1, single, NULL, 3, &random, &proved);
    }
    CHECK_MSG(proved >= 4 * count, "only %ld of %ld proved", proved, 5 * count);
}

/* ---- Closed forms ---------------------------------------------------------------- */

typedef struct {
    struct ncf_problem problem;
    ncf_network_t network;
    arb_ptr point;
    slong index, nullity;
    arb_t gap;
} setting_t;

static void setting_init(setting_t *t, slong depth, const slong *widths, const slong *degrees,
                         slong points, const slong *x, const slong *y)
{
    ncf_test_problem_init(&t->problem, depth, widths, degrees, points, x, y);
    CHECK(ncf__network_init(t->network, &t->problem));
    t->point = _arb_vec_init(t->network->unknowns + 1);
    arb_init(t->gap);
}

static void setting_clear(setting_t *t)
{
    arb_clear(t->gap);
    _arb_vec_clear(t->point, t->network->unknowns + 1);
    ncf__network_clear(t->network);
    ncf_test_problem_clear(&t->problem);
}

static int decides(setting_t *t, slong slice_dimension)
{
    return ncf_is_proved(ncf__kkt_inertia(&t->index, &t->nullity, t->gap, t->point, t->network,
                                          t->problem.x, t->problem.y, slice_dimension, 64, 256));
}

/* T = diag(1..20), e_{k+1} on the first of nine units: (2c) gives index 19 - k. */
static void test_two_layers(void)
{
    static const slong widths[] = {20, 9, 1}, degrees[] = {2};
    slong x[400] = {0}, y[20];
    for (slong i = 0; i < 20; i++) {
        x[20 * i + i] = 1;
        y[i] = i + 1;
    }
    for (slong k = 0; k < 20; k += 19 - (k == 0)) {
        setting_t t;
        setting_init(&t, 2, widths, degrees, 20, x, y);
        slong n = t.network->unknowns;
        arb_set_ui(t.point + k, 6);
        arb_sqrt(t.point + k, t.point + k, 128);
        arb_div_ui(t.point + k, t.point + k, 3, 128);
        arb_sqrt_ui(t.point + 180, 3, 128);
        arb_inv(t.point + 180, t.point + 180, 128);
        arb_mul_ui(t.point + n, t.point + 180, 2 * (ulong) (k + 1), 128);
        int decided = decides(&t, 0);
        /* tangential lambda (mu_j / mu - 1); idle units -lambda; radial -2 lambda */
        arb_div_ui(t.point, t.point + n, (ulong) k + 1, 128);
        arb_sub(t.gap, t.gap, k == 0 ? t.point + n : t.point, 128);
        int right = arb_contains_zero(t.gap) && mag_cmp_2exp_si(arb_radref(t.gap), -20) < 0;
        slong index = t.index, nullity = t.nullity;
        setting_clear(&t);
        CHECK(decided && nullity == 0);
        CHECK_MSG(index == 19 - k, "line %ld: index %ld", k, index);
        CHECK(right);
    }
}

/*
 * Linear, widths (1, 2, 1), x = y = 1: N = w_2 . w_1, the maxima w_1 = w_2 on a circle:
 * u = (1, 0, 1, 0)/sqrt 2, lambda = 1; A has the eigenvalues -2, -2, 0.
 */
static void test_slice(void)
{
    static const slong widths[] = {1, 2, 1}, degrees[] = {1}, one[] = {1};
    setting_t t;
    setting_init(&t, 2, widths, degrees, 1, one, one);
    arb_set_d(t.point, 0.5);
    arb_sqrt(t.point, t.point, 128);
    arb_set(t.point + 2, t.point);
    arb_one(t.point + 4);
    int without = decides(&t, 0), too_many = decides(&t, 2), most = decides(&t, 3);
    int decided = decides(&t, 1);
    slong index = t.index, nullity = t.nullity;
    arb_sub_ui(t.gap, t.gap, 2, 128);
    int right = arb_contains_zero(t.gap) && mag_cmp_2exp_si(arb_radref(t.gap), -20) < 0;
    setting_clear(&t);
    CHECK(!without && !too_many && !most);
    CHECK(decided && index == 0 && nullity == 1);
    CHECK(right);
}

/* Enclosures that are wide, infinite or not numbers decide nothing. */
static void test_refusals(void)
{
    static const slong widths[] = {2, 2, 1}, degrees[] = {2}, x[] = {1, 2, 3, -1}, y[] = {1, -1};
    setting_t t;
    setting_init(&t, 2, widths, degrees, 2, x, y);
    arb_one(t.point);
    arb_set_ui(t.point + 6, 3);
    int narrow = decides(&t, 0);
    mag_one(arb_radref(t.point + 2));
    int wide = decides(&t, 0);
    slong index = t.index;
    int finite = arb_is_finite(t.gap);
    arb_zero(t.point + 2);
    arb_pos_inf(t.point + 6);
    int infinite = decides(&t, 0);
    arb_indeterminate(t.point + 6);
    int unknown = decides(&t, 0);
    setting_clear(&t);
    CHECK(narrow);
    CHECK(!wide && !finite && index == -1);
    CHECK(!infinite && !unknown);
}

int main(void)
{
    static const ncf_test_t tests[] = {
        {"against exact characteristic polynomials", test_exact},
        {"two layers in closed form", test_two_layers},
        {"a circle of points", test_slice},
        {"what must stay undecided", test_refusals},
        {NULL, NULL},
    };
    return ncf_test_main("kkt_inertia", tests);
}
