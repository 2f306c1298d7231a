/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * t-real_roots.c: isolation of real roots (T-REALROOTS) on polynomials whose roots are
 * known, against Sturm sequences, and against Arb's isolation of the complex roots.
 */
#include "../harness.h"
#include "../../src/certify/real_internal.h"
#include "../../src/certify/real_roots.h"

#include <stdlib.h>

/* poly *= (q x - p)^k */
static void multiply_root(fmpz_poly_t poly, const fmpz_t p, const fmpz_t q, ulong k)
{
    fmpz_poly_t linear;
    fmpz_t negated;
    fmpz_init(negated);
    fmpz_poly_init(linear);
    fmpz_neg(negated, p);
    fmpz_poly_set_coeff_fmpz(linear, 0, negated);
    fmpz_poly_set_coeff_fmpz(linear, 1, q);
    fmpz_poly_pow(linear, linear, k);
    fmpz_poly_mul(poly, poly, linear);
    fmpz_poly_clear(linear);
    fmpz_clear(negated);
}

static void multiply_root_si(fmpz_poly_t poly, slong p, slong q, ulong k)
{
    fmpz_t a, b;
    fmpz_init_set_si(a, p);
    fmpz_init_set_si(b, q);
    multiply_root(poly, a, b, k);
    fmpz_clear(b);
    fmpz_clear(a);
}

/*
 * What every answer must satisfy, decided by exact arithmetic: enclosures increasing and
 * disjoint, radii small, and at the end points of each one the squarefree factor of the
 * root changes sign (or the root is exact). Then each holds a root at least.
 */
static int answer_is_sound(const ncf_real_roots_t *roots, slong prec)
{
    int sound = 1;
    arf_t lo, hi;
    arb_t tolerance;
    arf_init(lo);
    arf_init(hi);
    arb_init(tolerance);
    for (slong i = 0; i < roots->count; i++) {
        const ncf_real_root_struct *root = &roots->roots[i];
        const fmpz_poly_struct *g = roots->factors->p + root->factor;
        arb_get_lbound_arf(lo, root->value, 100000);
        arb_get_ubound_arf(hi, root->value, 100000);
        int left = ncf__descartes_sign(g, lo, 64), right = ncf__descartes_sign(g, hi, 64);
        sound = sound && (arf_equal(lo, hi) ? left == 0 : left * right <= 0);
        arb_abs(tolerance, root->value);
        arb_mul_2exp_si(tolerance, tolerance, -prec);
        arb_sub_arf(tolerance, tolerance, lo, ARF_PREC_EXACT);
        arb_add_arf(tolerance, tolerance, arb_midref(root->value), ARF_PREC_EXACT);
        sound = sound && !arb_is_negative(tolerance);
        sound = sound && root->multiplicity == roots->factors->exp[root->factor];
        sound = sound && (i == 0 || arb_lt(roots->roots[i - 1].value, root->value));
    }
    arb_clear(tolerance);
    arf_clear(hi);
    arf_clear(lo);
    return sound;
}

/* The number of different real roots, by Sturm sequences. */
static slong count_by_sturm(const ncf_real_roots_t *roots)
{
    slong count = 0;
    for (slong i = 0; i < roots->factors->num; i++)
        count += fmpz_poly_num_real_roots(roots->factors->p + i);
    return count;
}

/* Solves and compares count, all_real and soundness; keeps the answer. */
static void solve(ncf_real_roots_t *roots, const char *name, const fmpz_poly_t f, slong prec,
                  slong count, int all_real)
{
    ncf__real_roots_init(roots, f, prec);
    CHECK_MSG(roots->count == count, "%s: %ld roots, not %ld", name, (long) roots->count,
              (long) count);
    CHECK_MSG(roots->all_real == all_real, "%s", name);
    CHECK_MSG(answer_is_sound(roots, prec), "%s", name);
}

static void check_roots(const char *name, const fmpz_poly_t f, slong prec, slong count, int all_real)
{
    ncf_real_roots_t roots;
    solve(&roots, name, f, prec, count, all_real);
    ncf__real_roots_clear(&roots);
}

static void test_small_degrees(void)
{
    fmpz_poly_t f;
    fmpz_poly_init(f);
    fmpz_poly_set_str(f, "1  -7");
    check_roots("constant", f, 64, 0, 1);
    fmpz_poly_set_str(f, "2  0 5");
    check_roots("5x", f, 64, 1, 1);
    fmpz_poly_set_str(f, "2  -1 3");
    check_roots("3x - 1", f, 64, 1, 1);
    fmpz_poly_set_str(f, "3  1 0 1");
    check_roots("x^2 + 1", f, 64, 0, 0);
    fmpz_poly_set_str(f, "3  -2 0 1");
    check_roots("x^2 - 2", f, 64, 2, 1);
    fmpz_poly_set_str(f, "4  0 2 0 1");
    check_roots("x^3 + 2x", f, 64, 1, 0);
    fmpz_poly_set_str(f, "5  4 -4 -3 2 1");
    check_roots("(x^2 + x - 2)^2", f, 64, 2, 1);
    fmpz_poly_clear(f);
}

/* The roots 1..20 of Wilkinson's polynomial are dyadic points of the bisection or not. */
static void test_wilkinson(void)
{
    fmpz_poly_t f;
    fmpz_poly_init(f);
    fmpz_poly_one(f);
    for (slong i = 1; i <= 60; i++)
        multiply_root_si(f, i, 1, 1);
    ncf_real_roots_t roots;
    solve(&roots, "Wilkinson", f, 100, 60, 1);
    int right = roots.count == 60;
    for (slong i = 0; i < 60 && right; i++)
        right = arb_contains_si(roots.roots[i].value, i + 1);
    CHECK(right);
    ncf__real_roots_clear(&roots);
    fmpz_set_ui(fmpz_poly_get_coeff_ptr(f, 59), 1);
    ncf__real_roots_init(&roots, f, 100);
    CHECK(roots.count == count_by_sturm(&roots));
    ncf__real_roots_clear(&roots);
    fmpz_poly_clear(f);
}

/* T_n has the roots cos((2i - 1) pi/(2n)). */
static void test_chebyshev(void)
{
    fmpz_poly_t f;
    arb_t angle;
    fmpz_poly_init(f);
    arb_init(angle);
    for (slong n = 1; n <= 90; n += 29) {
        ncf_real_roots_t roots;
        fmpz_poly_chebyshev_t(f, (ulong) n);
        solve(&roots, "Chebyshev", f, 200, n, 1);
        int right = roots.count == n;
        for (slong i = 0; i < n && right; i++) {
            arb_set_si(angle, 2 * (n - i) - 1);
            arb_div_si(angle, angle, 2 * n, 300);
            arb_cos_pi(angle, angle, 300);
            right = arb_overlaps(angle, roots.roots[i].value);
        }
        CHECK(right);
        ncf__real_roots_clear(&roots);
    }
    arb_clear(angle);
    fmpz_poly_clear(f);
}

/* x^n - 2 (2^k x - 1)^2 has two roots that agree to about k (n + 2)/2 bits. */
static void test_mignotte(void)
{
    fmpz_poly_t f, square;
    fmpz_poly_init(f);
    fmpz_poly_init(square);
    for (slong k = 1; k <= 40; k += 13) {
        slong n = 31;
        fmpz_poly_zero(square);
        fmpz_poly_set_coeff_si(square, 0, -1);
        fmpz_poly_set_coeff_si(square, 1, 1);
        fmpz_mul_2exp(square->coeffs + 1, square->coeffs + 1, (ulong) k);
        fmpz_poly_pow(square, square, 2);
        fmpz_poly_scalar_mul_si(square, square, -2);
        fmpz_poly_zero(f);
        fmpz_poly_set_coeff_si(f, n, 1);
        fmpz_poly_add(f, f, square);
        check_roots("Mignotte", f, 64, 3, 0);
    }
    fmpz_poly_clear(square);
    fmpz_poly_clear(f);
}

/* Roots +-2^{+-2000} with other roots between: each scale is found at little cost. */
static void test_wide_spread(void)
{
    fmpz_poly_t f;
    fmpz_t one, huge;
    fmpz_poly_init(f);
    fmpz_init_set_si(one, 1);
    fmpz_init(huge);
    fmpz_poly_one(f);
    for (ulong k = 2000; k >= 125; k /= 2) {
        fmpz_one(huge);
        fmpz_mul_2exp(huge, huge, k);
        fmpz_add_ui(huge, huge, 1);
        multiply_root(f, huge, one, 1);
        multiply_root(f, one, huge, 1);
        fmpz_neg(huge, huge);
        multiply_root(f, huge, one, 1);
        multiply_root(f, one, huge, 1);
    }
    double start = ncf__clock();
    check_roots("spread", f, 128, 20, 1);
    CHECK_MSG(ncf__clock() - start < 5, "%g seconds", ncf__clock() - start);
    fmpz_clear(huge);
    fmpz_clear(one);
    fmpz_poly_clear(f);
}

static void test_multiplicities(void)
{
    fmpz_poly_t f, pair;
    fmpz_poly_init(f);
    fmpz_poly_init(pair);
    fmpz_poly_one(f);
    multiply_root_si(f, 0, 1, 4);
    multiply_root_si(f, 3, 8, 1);
    multiply_root_si(f, -1, 3, 2);
    multiply_root_si(f, 5, 1, 2);
    multiply_root_si(f, 1, 1, 7);
    ncf_real_roots_t roots;
    solve(&roots, "multiplicities", f, 64, 5, 1);
    static const slong expected[] = {2, 4, 1, 7, 2};
    int right = roots.count == 5;
    for (slong i = 0; i < 5 && right; i++)
        right = roots.roots[i].multiplicity == expected[i];
    CHECK(right);
    CHECK(right && arb_is_zero(roots.roots[1].value));
    ncf__real_roots_clear(&roots);
    /* A pair that is not real, with multiplicity 3. */
    fmpz_poly_set_str(pair, "3  2 1 1");
    fmpz_poly_pow(pair, pair, 3);
    fmpz_poly_mul(f, f, pair);
    check_roots("with a complex pair", f, 64, 5, 0);
    fmpz_poly_clear(pair);
    fmpz_poly_clear(f);
}

/* Dyadic roots next to each other, and next to a root 2^-200 away. */
static void test_dyadic(void)
{
    fmpz_poly_t f;
    fmpz_t p, q;
    fmpz_poly_init(f);
    fmpz_init(p);
    fmpz_init(q);
    fmpz_poly_one(f);
    for (slong i = 1; i <= 17; i += 2)
        multiply_root_si(f, i, 16, 1);
    multiply_root_si(f, -3, 4, 1);
    multiply_root_si(f, 1, 2, 1);
    check_roots("dyadic", f, 64, 11, 1);
    fmpz_one(q);
    fmpz_mul_2exp(q, q, 201);
    fmpz_tdiv_q_2exp(p, q, 1);
    fmpz_add_ui(p, p, 1);
    multiply_root(f, p, q, 1);
    check_roots("dyadic, near 1/2", f, 64, 12, 1);
    fmpz_sub_ui(p, p, 2);
    multiply_root(f, p, q, 1);
    check_roots("dyadic, on both sides of 1/2", f, 64, 13, 1);
    fmpz_clear(q);
    fmpz_clear(p);
    fmpz_poly_clear(f);
}

static void random_polynomial(fmpz_poly_t f, ncf_random_t *random)
{
    slong n = 1 + (slong) ncf__random_below(random, 25), tilt = (slong) ncf__random_below(random, 40);
    int zeros = (int) ncf__random_below(random, 4);
    fmpz_t c;
    fmpz_init(c);
    fmpz_poly_zero(f);
    for (slong i = 0; i <= n; i++) {
        fmpz_set_si(c, (slong) ncf__random_below(random, 2001) - 1000);
        fmpz_mul_2exp(c, c, (ulong) (tilt * ncf__random_below(random, 1 + (uint64_t) i)));
        if (i == n || (int) ncf__random_below(random, 4) >= zeros)
            fmpz_poly_set_coeff_fmpz(f, i, c);
    }
    if (fmpz_poly_is_zero(f))
        fmpz_poly_one(f);
    fmpz_clear(c);
}

static void test_against_sturm(void)
{
    fmpz_poly_t f;
    ncf_random_t random;
    fmpz_poly_init(f);
    ncf__random_init(&random, ncf_test_seed(), 70);
    long count = ncf_test_count(400), wrong = 0;
    for (long i = 0; i < count; i++) {
        ncf_real_roots_t roots;
        random_polynomial(f, &random);
        ncf__real_roots_init(&roots, f, 80);
        wrong += roots.count != count_by_sturm(&roots) || !answer_is_sound(&roots, 80);
        ncf__real_roots_clear(&roots);
    }
    CHECK_MSG(wrong == 0, "%ld of %ld", wrong, count);
    fmpz_poly_clear(f);
}

/* The same roots as Arb: each of ours meets one real root of Arb's, and no two the same. */
static int agrees_with_arb(const fmpz_poly_t f)
{
    slong n = fmpz_poly_degree(f), real = 0, met = 0;
    ncf_real_roots_t roots;
    acb_ptr all = _acb_vec_init(n);
    ncf__real_roots_init(&roots, f, 80);
    arb_fmpz_poly_complex_roots(all, f, 0, 80);
    for (slong i = 0; i < n; i++) {
        if (!arb_is_zero(acb_imagref(all + i)))
            continue;
        real++;
        for (slong j = 0; j < roots.count; j++)
            met += arb_overlaps(roots.roots[j].value, acb_realref(all + i));
    }
    int agrees = roots.count == real && met == real && roots.all_real == (real == n);
    _acb_vec_clear(all, n);
    ncf__real_roots_clear(&roots);
    return agrees;
}

static void test_against_arb(void)
{
    fmpz_poly_t f;
    ncf_random_t random;
    fmpz_poly_init(f);
    ncf__random_init(&random, ncf_test_seed(), 71);
    long count = ncf_test_count(30), wrong = 0;
    for (long i = 0; i < count; i++) {
        slong n = 2 + (slong) ncf__random_below(&random, 9);
        fmpz_poly_zero(f);
        for (slong j = 0; j <= n; j++)
            fmpz_poly_set_coeff_si(f, j, (slong) ncf__random_below(&random, 2001) - 1000);
        if (fmpz_poly_degree(f) > 0 && fmpz_poly_is_squarefree(f))
            wrong += !agrees_with_arb(f);
    }
    CHECK_MSG(wrong == 0, "%ld of %ld", wrong, count);
    fmpz_poly_clear(f);
}

/* Descartes' count on an interval is at least the number of roots, with its parity. */
static void test_variations(void)
{
    fmpz_poly_t f;
    arf_t a, b;
    fmpz_poly_init(f);
    arf_init(a);
    arf_init(b);
    fmpz_poly_one(f);
    multiply_root_si(f, 1, 3, 1);
    multiply_root_si(f, 2, 3, 1);
    multiply_root_si(f, 9, 7, 1);
    static const struct {
        slong a, b; /* in quarters */
        int expected;
    } cases[] = {{1, 2, 1}, {1, 3, 2}, {2, 3, 1}, {3, 5, 0}, {5, 6, 1}, {6, 60, 0}, {1, 60, 2}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        slong prec = 2; /* too little: the precision must rise by itself */
        arf_set_si_2exp_si(a, cases[i].a, -2);
        arf_set_si_2exp_si(b, cases[i].b, -2);
        CHECK(ncf__descartes_variations(f, a, b, &prec) == cases[i].expected);
    }
    arf_clear(b);
    arf_clear(a);
    fmpz_poly_clear(f);
}

int main(void)
{
    static const ncf_test_t tests[] = {
        {"small degrees", test_small_degrees},
        {"Wilkinson", test_wilkinson},
        {"Chebyshev", test_chebyshev},
        {"Mignotte", test_mignotte},
        {"wide spread", test_wide_spread},
        {"multiplicities", test_multiplicities},
        {"dyadic roots", test_dyadic},
        {"variations", test_variations},
        {"random against Sturm", test_against_sturm},
        {"random against Arb", test_against_arb},
        {NULL, NULL},
    };
    return ncf_test_main("real_roots", tests);
}
