/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * t-symmetry.c: the group leaves N alone, exactly; and what the search and the chain of
 * stabilisers say about orbits is what all elements of the group, one by one, say.
 */
#include "../harness.h"
#include "../problems.h"

#include "../../src/certify/kkt_point.h"
#include "../../src/kkt/symmetry.h"

#include <math.h>
#include <string.h>

typedef struct {
    struct ncf_problem problem;
    ncf_network_t network;
    ncf_symmetry_group_t sym;
    slong n;
} case_t;

static void case_start(case_t *c)
{
    CHECK(ncf__network_init(c->network, &c->problem));
    ncf__symmetry_init(c->sym, c->network);
    c->n = c->network->unknowns;
}

static void case_init(case_t *c, slong depth, const slong *widths, const slong *degrees)
{
    ncf_random_t random;
    ncf__random_init(&random, 3, 1);
    ncf_test_problem_random(&c->problem, depth, widths, degrees, 4, &random);
    case_start(c);
}

static void case_clear(case_t *c)
{
    ncf__symmetry_clear(c->sym);
    ncf__network_clear(c->network);
    ncf_test_problem_clear(&c->problem);
}

typedef struct {
    slong depth;
    slong widths[6];
    slong degrees[4];
} shape_t;

static const shape_t shapes[] = {
    {1, {3, 1}, {0}},
    {2, {2, 2, 1}, {2}},
    {2, {2, 2, 1}, {3}},
    {2, {2, 3, 1}, {1}},
    {3, {2, 2, 2, 1}, {2, 3}},
    {3, {2, 2, 2, 1}, {3, 2}},
    {3, {2, 3, 2, 1}, {3, 3}},
    {4, {2, 2, 2, 2, 1}, {2, 3, 2}},
    {4, {1, 2, 1, 2, 1}, {3, 1, 2}},
};
#define SHAPES ((slong) (sizeof(shapes) / sizeof(shapes[0])))

/* ---- Networks of other types ----------------------------------------------------- */

static void power(ncf_activation_t *activation, slong degree)
{
    activation->kind = degree == 1 ? NCF_ACTIVATION_LINEAR : NCF_ACTIVATION_POWER;
    activation->degree = degree;
}

/* c_0 + c_1 t + .. with c_i != 0 only for those i whose bit is set. */
static void polynomial(ncf_activation_t *activation, slong degree, ulong bits)
{
    activation->kind = NCF_ACTIVATION_POLYNOMIAL;
    activation->degree = degree;
    activation->coefficients = _fmpq_vec_init(degree + 1);
    for (slong i = 0; i <= degree; i++)
        fmpq_set_si(activation->coefficients + i, (slong) (bits >> i & 1) * (i + 2), 3);
}

/* 2 channels of 5 places; 3 channels, kernel 2, then 2 channels, kernel 2, pooling 2. */
static void convolution(ncf_network_spec_t *spec, slong p, slong q, int sum_head)
{
    memset(spec, 0, sizeof(*spec));
    spec->kind = NCF_NETWORK_CONVOLUTION;
    spec->inputs = 10;
    spec->channels = 2;
    spec->length = 5;
    spec->stages = 2;
    spec->sum_head = sum_head;
    spec->convolutions = ncf__calloc(2, sizeof(*spec->convolutions));
    spec->convolutions[0] = (ncf_convolution_t){3, 2, 1, 1};
    spec->convolutions[1] = (ncf_convolution_t){2, 2, 1, 2};
    spec->activations = ncf__calloc(2, sizeof(*spec->activations));
    power(&spec->activations[0], p);
    power(&spec->activations[1], q);
}

static void two_layers(ncf_network_spec_t *spec, slong units, slong degree, ulong bits)
{
    memset(spec, 0, sizeof(*spec));
    spec->kind = NCF_NETWORK_FEEDFORWARD;
    spec->inputs = 2;
    spec->depth = 2;
    spec->widths = ncf__calloc(3, sizeof(slong));
    spec->widths[0] = 2;
    spec->widths[1] = units;
    spec->widths[2] = 1;
    spec->activations = ncf__calloc(2, sizeof(*spec->activations));
    polynomial(&spec->activations[0], degree, bits);
}

static void sum(ncf_network_spec_t *spec)
{
    memset(spec, 0, sizeof(*spec));
    spec->kind = NCF_NETWORK_SUM;
    spec->inputs = 2;
    spec->part_count = 2;
    spec->parts = ncf__calloc(2, sizeof(*spec->parts));
    two_layers(&spec->parts[0], 2, 4, 0x15);
    two_layers(&spec->parts[1], 3, 3, 0xa);
}

enum { OTHERS = 8 };

/* A problem with random data for the i-th of the other networks. */
static void other_init(case_t *c, slong i)
{
    static const slong widths[] = {2, 1};
    ncf_random_t random;
    ncf__random_init(&random, 3, 2);
    ncf_test_problem_random(&c->problem, 1, widths, NULL, 4, &random);
    ncf_network_spec_t *spec = &c->problem.network;
    ncf__network_spec_clear(spec);
    if (i < 4)
        convolution(spec, i % 2 == 0 ? 2 : 3, i % 2 == 0 ? 3 : 2, i >= 2);
    else if (i == 4)
        sum(spec);
    else
        two_layers(spec, 3, 3, i == 5 ? 0xb : i == 6 ? 0xa : 0xe);
    fmpq_mat_clear(c->problem.x);
    fmpq_mat_init(c->problem.x, 4, spec->inputs);
    for (slong k = 0; k < 4 * spec->inputs; k++)
        ncf_test_random_fmpq(c->problem.x->entries + k, &random);
}

static void shape_init(case_t *c, slong i)
{
    if (i < SHAPES) {
        case_init(c, shapes[i].depth, shapes[i].widths, shapes[i].degrees);
        return;
    }
    other_init(c, i - SHAPES);
    case_start(c);
}

/* Entries from -2..2; small ones make units that are zero or equal. */
static void draw(double *u, slong n, ncf_random_t *random, uint64_t choices)
{
    for (slong j = 0; j < n; j++)
        u[j] = (double) ncf__random_below(random, choices) - (double) (choices / 2);
}

/* ---- The action ------------------------------------------------------------------ */

static void evaluate(fmpq_t value, fmpq *gradient, const case_t *c, const double *u)
{
    fmpq *exact = _fmpq_vec_init(c->n);
    for (slong j = 0; j < c->n; j++)
        ncf__rational_set_double(exact + j, u[j]);
    ncf__network_eval_fmpq(value, gradient, NULL, exact, c->network, c->problem.x,
                           c->problem.y);
    _fmpq_vec_clear(exact, c->n);
}

/* (g grad)_k = +-(grad)_j where (g e_j) = +- e_k. */
static int gradient_moves(const case_t *c, const ncf_symmetry_element_t *g, const fmpq *before,
                          const fmpq *after)
{
    double *index = ncf__malloc((size_t) c->n, sizeof(double));
    double *moved = ncf__malloc((size_t) c->n, sizeof(double));
    fmpq_t expected;
    fmpq_init(expected);
    for (slong j = 0; j < c->n; j++)
        index[j] = (double) (j + 1);
    ncf__symmetry_apply_double(moved, c->sym, g, index);
    int holds = 1;
    for (slong k = 0; k < c->n; k++) {
        slong j = (slong) fabs(moved[k]) - 1;
        fmpq_set(expected, before + j);
        if (moved[k] < 0)
            fmpq_neg(expected, expected);
        holds = holds && fmpq_equal(expected, after + k);
    }
    fmpq_clear(expected);
    ncf__free(moved);
    ncf__free(index);
    return holds;
}

static int check_invariance(const case_t *c, ncf_random_t *random)
{
    double *u = ncf__malloc((size_t) c->n, sizeof(double));
    double *v = ncf__malloc((size_t) c->n, sizeof(double));
    fmpq *gradient_u = _fmpq_vec_init(c->n), *gradient_v = _fmpq_vec_init(c->n);
    fmpq_t value_u, value_v;
    ncf_symmetry_element_t g;
    fmpq_init(value_u);
    fmpq_init(value_v);
    ncf__symmetry_element_init(&g, c->sym);
    ncf__symmetry_element_random(&g, c->sym, random);
    draw(u, c->n, random, 9);
    ncf__symmetry_apply_double(v, c->sym, &g, u);
    evaluate(value_u, gradient_u, c, u);
    evaluate(value_v, gradient_v, c, v);
    int holds = fmpq_equal(value_u, value_v) && gradient_moves(c, &g, gradient_u, gradient_v);
    ncf__symmetry_element_clear(&g);
    fmpq_clear(value_v);
    fmpq_clear(value_u);
    _fmpq_vec_clear(gradient_v, c->n);
    _fmpq_vec_clear(gradient_u, c->n);
    ncf__free(v);
    ncf__free(u);
    return holds;
}

static void test_invariance(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 21);
    for (slong i = 0; i < SHAPES + OTHERS; i++) {
        case_t c;
        shape_init(&c, i);
        long failures = 0, count = ncf_test_count(20);
        for (long k = 0; k < count; k++)
            failures += !check_invariance(&c, &random);
        CHECK_MSG(failures == 0, "shape %ld: %ld of %ld", (long) i, failures, count);
        case_clear(&c);
    }
}

/* (g h) u = g (h u) and g^-1 (g u) = u. */
static void test_group_laws(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 22);
    case_t c;
    shape_init(&c, 6);
    double u[64], v[64], w[64];
    int holds = 1;
    for (int k = 0; k < 50; k++) {
        ncf_symmetry_element_t g, h, product;
        ncf__symmetry_element_init(&g, c.sym);
        ncf__symmetry_element_init(&h, c.sym);
        ncf__symmetry_element_init(&product, c.sym);
        ncf__symmetry_element_random(&g, c.sym, &random);
        ncf__symmetry_element_random(&h, c.sym, &random);
        draw(u, c.n, &random, 50);
        ncf__symmetry_apply_double(v, c.sym, &h, u);
        ncf__symmetry_apply_double(w, c.sym, &g, v);
        ncf__symmetry_compose(&product, &g, &h, c.sym);
        ncf__symmetry_apply_double(v, c.sym, &product, u);
        for (slong j = 0; j < c.n; j++)
            holds = holds && v[j] == w[j];
        ncf__symmetry_inverse(&h, &product, c.sym);
        ncf__symmetry_apply_double(w, c.sym, &h, v);
        for (slong j = 0; j < c.n; j++)
            holds = holds && w[j] == u[j];
        ncf__symmetry_element_clear(&product);
        ncf__symmetry_element_clear(&h);
        ncf__symmetry_element_clear(&g);
    }
    case_clear(&c);
    CHECK(holds);
}

/* The signs that each class has, in order: n, i or b. */
static void test_signs(void)
{
    static const char *const expected[] = {"ib", "bi", "in", "bi", "ib", "n", "b", "n"};
    for (slong i = 0; i < OTHERS; i++) {
        case_t c;
        shape_init(&c, SHAPES + i);
        char signs[8] = "";
        for (slong k = 0; k < c.sym->class_count && k < 7; k++)
            signs[k] = "nib"[c.sym->classes[k].sign];
        CHECK_STR_EQ(signs, expected[i]);
        case_clear(&c);
    }
}

/*
 * That no sign is left out where one would be a symmetry is not needed; that one is used where
 * it is none would be wrong: flips of a class without signs change N.
 */
static void test_false_signs(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 29);
    for (slong i = 0; i < OTHERS; i++) {
        case_t c;
        shape_init(&c, SHAPES + i);
        int tried = 0;
        for (slong k = 0; k < c.sym->class_count; k++) {
            if (c.sym->classes[k].sign != NCF_SIGN_NONE)
                continue;
            for (int kind = NCF_SIGN_IN; kind <= NCF_SIGN_BOTH; kind++) {
                c.sym->classes[k].sign = (ncf_unit_sign_t) kind;
                long failures = 0;
                for (int j = 0; j < 20; j++)
                    failures += !check_invariance(&c, &random);
                CHECK_MSG(failures > 0, "network %ld, class %ld", (long) i, (long) k);
            }
            c.sym->classes[k].sign = NCF_SIGN_NONE;
            tried++;
        }
        CHECK(tried == (i == 2 || i == 5 || i == 7));
        case_clear(&c);
    }
}

/* ---- All elements, one by one ---------------------------------------------------- */

/* The next permutation of image[0..k-1] in lexicographic order; 0 after the last one. */
static int next_permutation(slong *image, slong k)
{
    slong i = k - 2, j = k - 1;
    while (i >= 0 && image[i] > image[i + 1])
        i--;
    for (slong a = i + 1, b = k - 1; a < b; a++, b--) {
        slong kept = image[a];
        image[a] = image[b];
        image[b] = kept;
    }
    if (i < 0)
        return 0;
    for (j = i + 1; image[j] < image[i];)
        j++;
    slong kept = image[i];
    image[i] = image[j];
    image[j] = kept;
    return 1;
}

static int next_signs(signed char *sign, slong k)
{
    for (slong j = 0; j < k; j++) {
        sign[j] = (signed char) -sign[j];
        if (sign[j] < 0)
            return 1;
    }
    return 0;
}

/* The next element, from the identity; 0 after the last one. */
static int next_element(ncf_symmetry_element_t *g, const ncf_symmetry_group_t sym)
{
    for (slong c = 0; c < sym->class_count; c++) {
        const ncf_unit_class_t *class = &sym->classes[c];
        if ((class->sign != NCF_SIGN_NONE &&
             next_signs(g->sign + class->first, class->units)) ||
            next_permutation(g->image + class->first, class->units))
            return 1;
    }
    return 0;
}

static int equal(const double *u, const double *v, slong n)
{
    for (slong j = 0; j < n; j++) {
        if (u[j] != v[j])
            return 0;
    }
    return 1;
}

typedef struct {
    slong order, fixing, reaching;
} tally_t;

/* Elements in all, with g u = u, with g u = v. */
static tally_t tally(const case_t *c, const double *u, const double *v)
{
    tally_t t = {0, 0, 0};
    double *image = ncf__malloc((size_t) c->n, sizeof(double));
    ncf_symmetry_element_t g;
    ncf__symmetry_element_init(&g, c->sym);
    do {
        ncf__symmetry_apply_double(image, c->sym, &g, u);
        t.order++;
        t.fixing += equal(image, u, c->n);
        t.reaching += equal(image, v, c->n);
    } while (next_element(&g, c->sym));
    ncf__symmetry_element_clear(&g);
    ncf__free(image);
    return t;
}

/* A point with balls: those of `point` have radius `tight`, those of `box` radius `wide`. */
typedef struct {
    arb_ptr point, box;
    ncf_orbit_member_t member;
} sample_t;

static void sample_init(sample_t *s, const case_t *c, const double *u, double tight,
                        double wide)
{
    s->point = _arb_vec_init(c->n + 1);
    s->box = _arb_vec_init(c->n + 1);
    for (slong j = 0; j <= c->n; j++) {
        arb_set_d(s->point + j, j < c->n ? u[j] : 1);
        arb_set(s->box + j, s->point + j);
        mag_set_d(arb_radref(s->point + j), tight);
        mag_set_d(arb_radref(s->box + j), wide);
    }
    s->member = (ncf_orbit_member_t){s->point, s->box, 0};
}

static void sample_clear(sample_t *s, const case_t *c)
{
    _arb_vec_clear(s->point, c->n + 1);
    _arb_vec_clear(s->box, c->n + 1);
}

/* Does exchanging units v and w, with one sign for both, leave u alone? */
static int exchange_fixes(const case_t *c, const double *u, slong v, slong w, int sign)
{
    double *image = ncf__malloc((size_t) c->n, sizeof(double));
    ncf_symmetry_element_t g;
    ncf__symmetry_element_init(&g, c->sym);
    g.image[v] = w;
    g.image[w] = v;
    g.sign[v] = g.sign[w] = (signed char) sign;
    ncf__symmetry_apply_double(image, c->sym, &g, u);
    int fixes = equal(image, u, c->n);
    ncf__symmetry_element_clear(&g);
    ncf__free(image);
    return fixes;
}

/* Copies of units by the group's action; counts those that are not their own first copy. */
static int check_equal_units(slong *copies, const case_t *c, const double *u,
                             const ncf_orbit_member_t *z)
{
    slong *first = ncf__malloc((size_t) c->sym->units, sizeof(slong));
    int agree = 1;
    ncf__symmetry_equal_units(first, c->sym, z);
    for (slong i = 0; i < c->sym->class_count; i++) {
        const ncf_unit_class_t *class = &c->sym->classes[i];
        for (slong v = class->first; v < class->first + class->units; v++) {
            slong expected = v;
            for (slong w = v - 1; w >= class->first; w--) {
                if (exchange_fixes(c, u, v, w, 1) ||
                    (class->sign != NCF_SIGN_NONE && exchange_fixes(c, u, v, w, -1)))
                    expected = w;
            }
            agree = agree && first[v] == expected;
            *copies += expected != v;
        }
    }
    ncf__free(first);
    return agree;
}

static void test_equal_units(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 29);
    slong copies = 0;
    for (slong i = 0; i < SHAPES + OTHERS; i++) {
        case_t c;
        shape_init(&c, i);
        long failures = 0, count = ncf_test_count(100);
        double u[64];
        for (long k = 0; k < count; k++) {
            sample_t a;
            draw(u, c.n, &random, k % 2 == 0 ? 1 : 3);
            sample_init(&a, &c, u, 0x1p-20, 0x1p-4);
            failures += !check_equal_units(&copies, &c, u, &a.member);
            sample_clear(&a, &c);
        }
        CHECK_MSG(failures == 0, "shape %ld: %ld of %ld", (long) i, failures, count);
        case_clear(&c);
    }
    CHECK_MSG(copies > 100, "%ld copies", (long) copies);
}

/* Rows that differ by 2^-10, of which only the width of the enclosures is changed. */
static slong copies_of_near_units(double tight, double wide, int damage)
{
    static const slong widths[] = {2, 2, 1}, degrees[] = {3};
    case_t c;
    case_init(&c, 2, widths, degrees);
    double u[] = {0.5, 0.25, -0.5, -0.25 + 0x1p-10, 0.125, -0.125};
    sample_t a;
    slong first[2];
    sample_init(&a, &c, u, tight, wide);
    if (damage == 1)
        arb_indeterminate(a.box + 6);
    a.member.slice_dimension = damage == 2;
    ncf__symmetry_equal_units(first, c.sym, &a.member);
    sample_clear(&a, &c);
    case_clear(&c);
    return (first[0] == 0) + 2 * (first[1] == 0);
}

static void test_near_units(void)
{
    CHECK(copies_of_near_units(0x1p-30, 0x1p-8, 0) == 3);
    CHECK(copies_of_near_units(0x1p-30, 0x1p-12, 0) == 1);
    /* A point as wide as the difference is not inside of a box that holds it tightly. */
    CHECK(copies_of_near_units(0x1p-10, 0x1p-10, 0) == 1);
    CHECK(copies_of_near_units(0x1p-30, 0x1p-8, 1) == 1);
    CHECK(copies_of_near_units(0x1p-30, 0x1p-8, 2) == 1);
}

/* Size, and equality with v, by both routes; 1: they agree and are decided. */
static int check_brute_force(const case_t *c, const double *u, const double *v)
{
    tally_t t = tally(c, u, v);
    sample_t a, b;
    fmpz_t size, order;
    fmpz_init(size);
    fmpz_init(order);
    sample_init(&a, c, u, 0x1p-20, 0x1p-4);
    sample_init(&b, c, v, 0x1p-20, 0x1p-4);
    ncf__symmetry_order(order, c->sym);
    ncf_verdict_t known = ncf__symmetry_orbit_size(size, c->sym, &a.member);
    ncf_verdict_t same = ncf__symmetry_same_orbit(NULL, c->sym, &a.member, &b.member);
    int agree = fmpz_equal_si(order, t.order) && ncf_is_proved(known) &&
                t.order % t.fixing == 0 && fmpz_equal_si(size, t.order / t.fixing) &&
                (t.reaching > 0 ? ncf_is_proved(same) : ncf_is_refuted(same));
    sample_clear(&b, c);
    sample_clear(&a, c);
    fmpz_clear(order);
    fmpz_clear(size);
    return agree;
}

static void test_brute_force(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 23);
    for (slong i = 0; i < SHAPES + OTHERS; i++) {
        case_t c;
        shape_init(&c, i);
        c.sym->all_linear = 0; /* T-SYMMETRY f is about KKT points, which these are not */
        long failures = 0, count = ncf_test_count(60);
        double u[64], v[64];
        ncf_symmetry_element_t g;
        ncf__symmetry_element_init(&g, c.sym);
        for (long k = 0; k < count; k++) {
            draw(u, c.n, &random, k % 4 == 0 ? 1 + 2 * (uint64_t) (k % 3) : 3);
            ncf__symmetry_element_random(&g, c.sym, &random);
            ncf__symmetry_apply_double(v, c.sym, &g, u);
            if (k % 2 == 1 && c.n > 0) {
                slong j = (slong) ncf__random_below(&random, (uint64_t) c.n);
                v[j] = -v[j];
            }
            failures += !check_brute_force(&c, u, v);
        }
        CHECK_MSG(failures == 0, "shape %ld: %ld of %ld", (long) i, failures, count);
        ncf__symmetry_element_clear(&g);
        case_clear(&c);
    }
}

/* ---- Hard cases ------------------------------------------------------------------ */

/* Random weights in two rows that are nearly the same; the shift decides. */
static ncf_verdict_t compare_shifted(double shift, double tight, double wide)
{
    static const slong widths[] = {3, 2, 1}, degrees[] = {3};
    case_t c;
    case_init(&c, 2, widths, degrees);
    double u[] = {0.3, 0.2, 0.5, 0.3, 0.2, 0.5, 0.4, 0.1}, v[8];
    memcpy(v, u, sizeof(u));
    v[0] += shift;
    v[1] -= shift;
    sample_t a, b;
    sample_init(&a, &c, u, tight, wide);
    sample_init(&b, &c, v, tight, wide);
    ncf_verdict_t same = ncf__symmetry_same_orbit(NULL, c.sym, &a.member, &b.member);
    sample_clear(&b, &c);
    sample_clear(&a, &c);
    case_clear(&c);
    return same;
}

static void test_near_points(void)
{
    CHECK(ncf_is_refuted(compare_shifted(1e-12, 1e-14, 1e-13)));
    CHECK(ncf_is_undecided(compare_shifted(1e-12, 1e-11, 1e-11)));
    CHECK(ncf_is_proved(compare_shifted(0, 1e-14, 1e-13)));
    /* A point that is as wide as its box is not mapped inside it by rounding luck. */
    CHECK(!ncf_is_proved(compare_shifted(1e-15, 1e-12, 1e-12)));
    /* Doubles do not see the difference; the balls do. */
    CHECK(ncf_is_refuted(compare_shifted(0x1p-54, 0x1p-80, 0x1p-70)));
}

static void test_not_finite(void)
{
    static const slong widths[] = {2, 2, 1}, degrees[] = {2};
    case_t c;
    case_init(&c, 2, widths, degrees);
    double u[] = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6};
    sample_t a, b;
    sample_init(&a, &c, u, 1e-12, 1e-6);
    sample_init(&b, &c, u, 1e-12, 1e-6);
    arb_indeterminate(b.box + 3);
    fmpz_t size;
    fmpz_init_set_si(size, -7);
    ncf_verdict_t same = ncf__symmetry_same_orbit(NULL, c.sym, &a.member, &b.member);
    ncf_verdict_t known = ncf__symmetry_orbit_size(size, c.sym, &b.member);
    ncf_orbit_member_t points[] = {a.member, b.member, a.member};
    slong orbit[3];
    ncf_verdict_t different[3];
    slong orbits = ncf__orbits_partition(orbit, different, c.sym, points, 3);
    /* In a slice nothing is told by boxes. */
    a.member.slice_dimension = 1;
    ncf_verdict_t slice = ncf__symmetry_same_orbit(NULL, c.sym, &a.member, &a.member);
    CHECK(ncf_is_undecided(same) && ncf_is_undecided(known) && fmpz_equal_si(size, -7));
    CHECK(orbits == 2 && orbit[1] == 1 && orbit[2] == 0);
    CHECK(ncf_is_undecided(different[0]) && ncf_is_undecided(different[1]));
    CHECK(ncf_is_undecided(slice));
    CHECK(ncf_is_undecided(ncf__symmetry_orbit_size(size, c.sym, &a.member)));
    fmpz_clear(size);
    sample_clear(&b, &c);
    sample_clear(&a, &c);
    case_clear(&c);
}

/* Overlapping enclosures of different units decide no size. */
static void test_wide_stabiliser(void)
{
    static const slong widths[] = {2, 2, 1}, degrees[] = {3};
    case_t c;
    case_init(&c, 2, widths, degrees);
    double u[] = {0.5, 0.5, 0.5, 0.5 + 1e-10, 0.3, 0.3};
    sample_t a;
    fmpz_t size;
    fmpz_init(size);
    sample_init(&a, &c, u, 1e-9, 1e-9);
    ncf_verdict_t wide = ncf__symmetry_orbit_size(size, c.sym, &a.member);
    sample_clear(&a, &c);
    sample_init(&a, &c, u, 1e-12, 1e-11);
    ncf_verdict_t tight = ncf__symmetry_orbit_size(size, c.sym, &a.member);
    CHECK(ncf_is_undecided(wide));
    CHECK(ncf_is_proved(tight) && fmpz_equal_si(size, 8));
    sample_clear(&a, &c);
    fmpz_clear(size);
    case_clear(&c);
}

/* 20-50-1: `active` different units, the other ones zero. */
static void large_size(fmpz_t size, slong active, slong degree)
{
    slong widths[] = {20, 50, 1}, degrees[] = {degree};
    case_t c;
    case_init(&c, 2, widths, degrees);
    double *u = ncf__calloc((size_t) c.n, sizeof(double));
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 25);
    for (slong j = 0; j < active; j++) {
        for (slong s = 0; s < 20; s++)
            u[j * 20 + s] = ncf__random_unit(&random);
        u[1000 + j] = ncf__random_unit(&random);
    }
    sample_t a;
    sample_init(&a, &c, u, 1e-15, 1e-10);
    ncf_verdict_t known = ncf__symmetry_orbit_size(size, c.sym, &a.member);
    CHECK(ncf_is_proved(known));
    sample_clear(&a, &c);
    ncf__free(u);
    case_clear(&c);
}

static void test_large_orbits(void)
{
    fmpz_t size, expected;
    fmpz_init(size);
    fmpz_init(expected);
    for (slong degree = 2; degree <= 3; degree++) {
        large_size(size, 0, degree);
        CHECK(fmpz_is_one(size));
        large_size(size, 3, degree);
        CHECK(fmpz_equal_si(size, 8 * 50 * 49 * 48));
        large_size(size, 50, degree);
        fmpz_fac_ui(expected, 50);
        fmpz_mul_2exp(expected, expected, 50);
        CHECK(fmpz_equal(size, expected));
    }
    fmpz_clear(expected);
    fmpz_clear(size);
}

/* More units than the search has room for: no answer, and no memory used. */
static void test_too_many_units(void)
{
    static const slong widths[] = {1, 100000, 1}, degrees[] = {2};
    case_t c;
    case_init(&c, 2, widths, degrees);
    double *u = ncf__calloc((size_t) c.n, sizeof(double));
    sample_t a;
    fmpz_t size;
    fmpz_init(size);
    sample_init(&a, &c, u, 1e-15, 1e-10);
    CHECK(ncf_is_undecided(ncf__symmetry_orbit_size(size, c.sym, &a.member)));
    CHECK(ncf_is_undecided(ncf__symmetry_same_orbit(NULL, c.sym, &a.member, &a.member)));
    sample_clear(&a, &c);
    fmpz_clear(size);
    ncf__free(u);
    case_clear(&c);
}

/* 20-20-20-1, all units different: images are found, other points are refuted. */
static void test_large_deep(void)
{
    static const slong widths[] = {20, 20, 20, 1}, degrees[] = {2, 3};
    case_t c;
    case_init(&c, 3, widths, degrees);
    double *u = ncf__malloc((size_t) c.n, sizeof(double));
    double *v = ncf__malloc((size_t) c.n, sizeof(double));
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 26);
    for (slong j = 0; j < c.n; j++)
        u[j] = ncf__random_unit(&random) - 0.5;
    ncf_symmetry_element_t g, found, inverse, product;
    ncf__symmetry_element_init(&g, c.sym);
    ncf__symmetry_element_init(&found, c.sym);
    ncf__symmetry_element_init(&inverse, c.sym);
    ncf__symmetry_element_init(&product, c.sym);
    ncf__symmetry_element_random(&g, c.sym, &random);
    ncf__symmetry_apply_double(v, c.sym, &g, u);
    sample_t a, b, far;
    sample_init(&a, &c, u, 1e-15, 1e-10);
    sample_init(&b, &c, v, 1e-15, 1e-10);
    v[500] += 1e-9; /* between two hidden layers */
    v[501] -= 1e-9;
    sample_init(&far, &c, v, 1e-15, 1e-10);
    ncf_verdict_t same = ncf__symmetry_same_orbit(&found, c.sym, &a.member, &b.member);
    ncf_verdict_t other = ncf__symmetry_same_orbit(NULL, c.sym, &a.member, &far.member);
    ncf__symmetry_inverse(&inverse, &g, c.sym);
    ncf__symmetry_compose(&product, &inverse, &found, c.sym);
    int identity = 1;
    for (slong unit = 0; unit < c.sym->units; unit++)
        identity = identity && product.image[unit] == unit && product.sign[unit] == 1;
    CHECK(ncf_is_proved(same));
    CHECK(identity);
    CHECK(ncf_is_refuted(other));
    sample_clear(&far, &c);
    sample_clear(&b, &c);
    sample_clear(&a, &c);
    ncf__symmetry_element_clear(&product);
    ncf__symmetry_element_clear(&inverse);
    ncf__symmetry_element_clear(&found);
    ncf__symmetry_element_clear(&g);
    ncf__free(v);
    ncf__free(u);
    case_clear(&c);
}

/*
 * Equal norms, 13 units of the first kind against 12: no permutation, which trying them one
 * by one would take 12! steps to see.
 */
static void test_pigeonhole(void)
{
    static const slong widths[] = {2, 30, 2, 1}, degrees[] = {2, 2};
    case_t c;
    case_init(&c, 3, widths, degrees);
    double *u = ncf__calloc((size_t) c.n, sizeof(double));
    double *v = ncf__calloc((size_t) c.n, sizeof(double));
    for (slong j = 0; j < 30; j++) {
        u[2 * j + (j < 13)] = 1;
        v[2 * j + (j < 12)] = 1;
        u[60 + j] = v[60 + j] = 1;
        u[90 + j] = v[90 + j] = 1;
    }
    sample_t a, b;
    sample_init(&a, &c, u, 1e-12, 1e-6);
    sample_init(&b, &c, v, 1e-12, 1e-6);
    CHECK(ncf_is_refuted(ncf__symmetry_same_orbit(NULL, c.sym, &a.member, &b.member)));
    CHECK(ncf_is_proved(ncf__symmetry_same_orbit(NULL, c.sym, &a.member, &a.member)));
    sample_clear(&b, &c);
    sample_clear(&a, &c);
    ncf__free(v);
    ncf__free(u);
    case_clear(&c);
}

/* ---- Linear networks ------------------------------------------------------------- */

static void test_linear(void)
{
    static const slong widths[] = {2, 3, 2, 1}, degrees[] = {1, 1};
    case_t c;
    case_init(&c, 3, widths, degrees);
    double u[14] = {1}, v[14] = {0, 1};
    sample_t a, b;
    sample_init(&a, &c, u, 1e-12, 1e-6);
    sample_init(&b, &c, v, 1e-12, 1e-6);
    a.member.slice_dimension = b.member.slice_dimension = 3;
    ncf_verdict_t same = ncf__symmetry_same_orbit(NULL, c.sym, &a.member, &b.member);
    arb_neg(b.point + c.n, b.point + c.n);
    ncf_verdict_t other = ncf__symmetry_same_orbit(NULL, c.sym, &a.member, &b.member);
    arb_zero(b.point + c.n);
    arb_zero(a.point + c.n);
    ncf_verdict_t zero = ncf__symmetry_same_orbit(NULL, c.sym, &a.member, &b.member);
    CHECK(ncf_is_proved(same) && ncf_is_refuted(other) && ncf_is_undecided(zero));
    CHECK(c.sym->all_linear && ncf__symmetry_is_infinite(c.sym));
    sample_clear(&b, &c);
    sample_clear(&a, &c);
    case_clear(&c);
}

/* ---- Proposals ------------------------------------------------------------------- */

static void test_canonical(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 27);
    long failures[2] = {0, 0}, invariants = 0, buckets = 0, count = 0;
    for (slong i = 0; i < SHAPES + OTHERS; i++) {
        case_t c;
        shape_init(&c, i);
        ncf_symmetry_element_t g;
        ncf__symmetry_element_init(&g, c.sym);
        for (int k = 0; k < 50; k++, count++) {
            double u[64], v[64], from_u[64], from_v[64];
            for (slong j = 0; j < c.n; j++)
                u[j] = k % 2 == 0 ? ncf__random_unit(&random) - 0.5
                                  : 0.3 * ((double) ncf__random_below(&random, 3) - 1);
            ncf__symmetry_element_random(&g, c.sym, &random);
            ncf__symmetry_apply_double(v, c.sym, &g, u);
            for (slong j = 0; j < c.n; j++)
                v[j] += 1e-9 * (ncf__random_unit(&random) - 0.5);
            ncf__symmetry_canonical(from_u, &g, c.sym, u);
            ncf__symmetry_canonical(from_v, NULL, c.sym, v);
            double far = 0;
            for (slong j = 0; j < c.n; j++)
                far = fmax(far, fabs(from_u[j] - from_v[j]));
            ncf__symmetry_apply_double(from_v, c.sym, &g, u);
            failures[k % 2] += far > 1e-8 || !equal(from_u, from_v, c.n);
            invariants +=
                fabs(ncf__symmetry_invariant(c.sym, u) / ncf__symmetry_invariant(c.sym, v) -
                     1) > 1e-7;
            int64_t apart = ncf__symmetry_key(c.sym, u) - ncf__symmetry_key(c.sym, v);
            buckets += apart < -1 || apart > 1;
        }
        ncf__symmetry_element_clear(&g);
        case_clear(&c);
    }
    /* Entries that are all equal or zero leave ties that only the search resolves. */
    CHECK_MSG(failures[0] == 0, "%ld of %ld", failures[0], count / 2);
    CHECK_MSG(failures[1] <= count / 20, "%ld of %ld", failures[1], count / 2);
    CHECK_MSG(invariants == 0, "%ld of %ld", invariants, count);
    CHECK_MSG(buckets == 0, "%ld of %ld", buckets, count);
}

/* ---- Points of a real problem ---------------------------------------------------- */

typedef struct {
    sample_t samples[512];
    ncf_orbit_member_t members[512];
    slong count;
} found_t;

/* Newton's method in doubles on the KKT system from u; 1 when it settles at lambda > 1/10. */
static int newton(double *u, const case_t *c, const double *x, const double *z)
{
    slong n = c->n, size = n + 1;
    double gradient[64], hessian[4096], matrix[4096], value, change = 1;
    ncf__network_eval_double(&value, gradient, NULL, u, c->network, x, z, c->problem.points);
    u[n] = 0;
    for (slong j = 0; j < n; j++)
        u[n] += gradient[j] * u[j];
    for (int step = 0; step < 60 && change > 1e-15; step++) {
        ncf__network_eval_double(&value, gradient, hessian, u, c->network, x, z,
                                 c->problem.points);
        double norm = -1;
        for (slong i = 0; i < n; i++) {
            for (slong j = 0; j < n; j++)
                matrix[i * size + j] = hessian[i * n + j] - (i == j ? u[n] : 0);
            matrix[i * size + n] = -u[i];
            matrix[n * size + i] = u[i];
            norm += u[i] * u[i];
            gradient[i] -= u[n] * u[i];
        }
        matrix[n * size + n] = 0;
        gradient[n] = norm / 2;
        if (!ncf__dense_invert(matrix, size))
            return 0;
        change = 0;
        for (slong i = 0; i < size; i++) {
            double d = 0;
            for (slong j = 0; j < size; j++)
                d += matrix[i * size + j] * gradient[j];
            u[i] -= d;
            change = fmax(change, fabs(d));
        }
        if (!(change < 1e6))
            return 0;
    }
    return change < 1e-10 && u[n] > 0.1;
}

/* A tight box with a proof, and a wide one around it with another: the same zero. */
static int certify(sample_t *s, const case_t *c, const double *u)
{
    sample_init(s, c, u, 0, 0);
    arb_set_d(s->point + c->n, u[c->n]);
    int proved = ncf_is_proved(ncf__kkt_point_certify(s->point, s->point + c->n, s->point,
                                                      s->point + c->n, c->network,
                                                      c->problem.x, c->problem.y, 128, 256));
    for (slong j = 0; j <= c->n; j++) {
        arb_set(s->box + j, s->point + j);
        mag_set_ui_2exp_si(arb_radref(s->box + j), 1, -24);
    }
    proved = proved && ncf_is_proved(ncf__kkt_point_certify(
                           s->box, s->box + c->n, s->box, s->box + c->n, c->network,
                           c->problem.x, c->problem.y, 128, 256));
    for (slong j = 0; j <= c->n; j++)
        proved = proved && arb_contains(s->box + j, s->point + j);
    if (!proved)
        sample_clear(s, c);
    return proved;
}

static void find_points(found_t *found, const case_t *c, long starts)
{
    double x[16], z[16], u[64];
    ncf_random_t random;
    ncf__random_init(&random, 5, 28);
    for (slong i = 0; i < c->problem.points; i++) {
        for (slong j = 0; j < 2; j++)
            x[2 * i + j] = fmpq_get_d(fmpq_mat_entry(c->problem.x, i, j));
        z[i] = fmpq_get_d(fmpq_mat_entry(c->problem.y, i, 0));
    }
    found->count = 0;
    for (long k = 0; k < starts && found->count < 512; k++) {
        double norm = 0;
        for (slong j = 0; j < c->n; j++) {
            u[j] = ncf__random_below(&random, 5) == 0 ? 0 : 2 * ncf__random_unit(&random) - 1;
            norm += u[j] * u[j];
        }
        for (slong j = 0; j < c->n; j++)
            u[j] /= sqrt(norm);
        sample_t *sample = &found->samples[found->count];
        if (!newton(u, c, x, z) || !certify(sample, c, u))
            continue;
        sample->member = (ncf_orbit_member_t){sample->point, sample->box, 0};
        found->members[found->count++] = sample->member;
    }
}

/* The number of points on the orbits that are found, all proved; -1 when one is not. */
static slong census(slong *orbits, slong depth, const slong *widths, slong degree, long starts)
{
    static const slong data_x[] = {1, 2, 3, -1, -1, 1, 2, 2}, data_y[] = {1, -1, 2, 1};
    slong degrees[] = {degree, degree};
    case_t c;
    ncf_test_problem_init(&c.problem, depth, widths, degrees, 4, data_x, data_y);
    case_start(&c);
    found_t *found = ncf__malloc(1, sizeof(*found));
    slong orbit[512], total = 0;
    ncf_verdict_t different[512];
    find_points(found, &c, starts);
    *orbits = ncf__orbits_partition(orbit, different, c.sym, found->members, found->count);
    fmpz_t size;
    fmpz_init(size);
    for (slong i = 0; i < found->count; i++) {
        int known = ncf_is_proved(different[i]) &&
                    ncf_is_proved(ncf__symmetry_orbit_size(size, c.sym, &found->members[i]));
        if (!known)
            total = -1000000;
        else if (orbit[i] == i)
            total += fmpz_get_si(size);
        sample_clear(&found->samples[i], &c);
    }
    fmpz_clear(size);
    ncf__free(found);
    case_clear(&c);
    return total;
}

/* Numbers of points and orbits from the closed form (two layers) and an exact solver. */
static void test_census(void)
{
    static const slong two[] = {2, 2, 1}, three[] = {2, 2, 1, 1};
    slong orbits, points;
    points = census(&orbits, 2, two, 2, 400);
    CHECK_MSG(points == 24 && orbits == 5, "%ld in %ld orbits", (long) points, (long) orbits);
    points = census(&orbits, 2, two, 3, 600);
    CHECK_MSG(points == 48 && orbits == 9, "%ld in %ld orbits", (long) points, (long) orbits);
    points = census(&orbits, 3, three, 2, 1500);
    CHECK_MSG(points == 48 && orbits == 5, "%ld in %ld orbits", (long) points, (long) orbits);
}

int main(void)
{
    static const ncf_test_t tests[] = {
        {"N and its gradient under random elements, exactly", test_invariance},
        {"signs of classes", test_signs},
        {"flips that are no symmetry", test_false_signs},
        {"products and inverses", test_group_laws},
        {"orbits and sizes against all elements", test_brute_force},
        {"units that are copies of each other", test_equal_units},
        {"units that are nearly copies", test_near_units},
        {"points that are nearly equal", test_near_points},
        {"enclosures that are not finite, slices", test_not_finite},
        {"enclosures that are too wide for a size", test_wide_stabiliser},
        {"sizes in a network of 50 units", test_large_orbits},
        {"more units than there is room for", test_too_many_units},
        {"three layers of 20 units", test_large_deep},
        {"no permutation of 30 units", test_pigeonhole},
        {"linear networks", test_linear},
        {"canonical vectors under noise", test_canonical},
        {"all points of small problems", test_census},
        {NULL, NULL},
    };
    return ncf_test_main("symmetry", tests);
}
