/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * t-midrad.c: proved double intervals contain exact results, for single operations on
 * numbers of all sizes and for networks of every type at random members of their boxes.
 */
#include "../harness.h"
#include "../problems.h"

#include "../../src/certify/interval_matrix.h"
#include "../../src/network/network.h"

#include <string.h>

/* ---- Containment ------------------------------------------------------------------ */

static int contains(ncf_midrad_t a, const fmpq_t x)
{
    if (!isfinite(a.radius))
        return isinf(a.radius) && a.radius > 0;
    fmpq_t mid, radius;
    fmpq_init(mid);
    fmpq_init(radius);
    ncf__rational_set_double(mid, a.mid);
    ncf__rational_set_double(radius, a.radius);
    fmpq_sub(mid, mid, x);
    fmpq_abs(mid, mid);
    int inside = fmpq_cmp(mid, radius) <= 0;
    fmpq_clear(radius);
    fmpq_clear(mid);
    return inside;
}

/* mid + s radius for s = -1, 0, 1 or between. */
static void member(fmpq_t x, ncf_midrad_t a, ncf_random_t *random)
{
    fmpq_t radius;
    fmpq_init(radius);
    ncf__rational_set_double(x, a.mid);
    ncf__rational_set_double(radius, a.radius);
    fmpq_mul_si(radius, radius, (slong) ncf__random_below(random, 9) - 4);
    fmpq_div_2exp(radius, radius, 2);
    fmpq_add(x, x, radius);
    fmpq_clear(radius);
}

static ncf_midrad_t random_interval(ncf_random_t *random)
{
    static const int ranges[] = {2, 60, 250, 390};
    int range = ranges[ncf__random_below(random, 4)];
    int exponent = (int) ncf__random_below(random, 2 * (uint64_t) range) - range;
    double mid = ldexp(2 * ncf__random_unit(random) - 1, exponent < 250 ? exponent : 0);
    switch (ncf__random_below(random, 5)) {
    case 0:
        return ncf__midrad_zero();
    case 1:
        return ncf__midrad_point(mid);
    case 2:
        return ncf__midrad(mid, fabs(mid) * 4);
    default:
        return ncf__midrad(mid, fabs(mid) * ldexp(1, -(int) ncf__random_below(random, 60)));
    }
}

static int is_valid(ncf_midrad_t a)
{
    return ncf__midrad_is_zero(a) || isinf(a.radius) ||
           (fabs(a.mid) + a.radius >= NCF_MIDRAD_TINY && a.radius <= NCF_MIDRAD_HUGE);
}

static void test_operations(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 51);
    int contained = 1, valid = 1, narrow = 1;
    for (long k = 0; k < ncf_test_count(20000); k++) {
        ncf_midrad_t a = random_interval(&random), b = random_interval(&random);
        ncf_midrad_t sum = ncf__midrad_add(a, b), product = ncf__midrad_mul(a, b);
        fmpq_t x, y, z;
        fmpq_init(x);
        fmpq_init(y);
        fmpq_init(z);
        if (isfinite(a.radius) && isfinite(b.radius)) {
            member(x, a, &random);
            member(y, b, &random);
            fmpq_add(z, x, y);
            contained = contained && contains(sum, z);
            fmpq_mul(z, x, y);
            contained = contained && contains(product, z);
        }
        fmpq_clear(z);
        fmpq_clear(y);
        fmpq_clear(x);
        valid = valid && is_valid(sum) && is_valid(product) && is_valid(a);
        if (a.radius == 0 && b.radius == 0 && isfinite(product.radius))
            narrow = narrow && product.radius <= ldexp(fabs(product.mid), -46) + ldexp(1, -399);
    }
    CHECK(contained);
    CHECK(valid);
    CHECK(narrow);
}

static void test_extremes(void)
{
    ncf_midrad_t huge = ncf__midrad_point(0x1p259), one = ncf__midrad_point(1);
    ncf_midrad_t unknown = {0, INFINITY}, odd = {NAN, 1};
    CHECK(isinf(ncf__midrad_mul(huge, ncf__midrad_point(0x1p200)).radius));
    CHECK(isinf(ncf__midrad_point(0x1p261).radius) && isinf(ncf__midrad_point(NAN).radius));
    CHECK(isinf(ncf__midrad_point(INFINITY).radius) && isinf(ncf__midrad(1, NAN).radius));
    CHECK(isinf(ncf__midrad_add(unknown, one).radius));
    CHECK(isinf(ncf__midrad_mul(unknown, one).radius));
    CHECK(isinf(ncf__midrad_mul(odd, one).radius) && isinf(ncf__midrad_add(odd, one).radius));
    /* Products of tiny numbers are not zero, products with zero are. */
    ncf_midrad_t tiny = ncf__midrad_point(0x1p-399);
    CHECK(ncf__midrad_mul(tiny, tiny).radius > 0);
    CHECK(ncf__midrad_point(0x1p-1060).radius > 0);
    CHECK(ncf__midrad_is_zero(ncf__midrad_mul(tiny, ncf__midrad_zero())));
}

/* ---- Networks of every type -------------------------------------------------------- */

static void activation(ncf_activation_t *out, slong degree, slong constant)
{
    out->kind = degree == 1 ? NCF_ACTIVATION_LINEAR : NCF_ACTIVATION_POWER;
    out->degree = degree;
    if (constant == 0)
        return;
    out->kind = NCF_ACTIVATION_POLYNOMIAL;
    out->coefficients = _fmpq_vec_init(degree + 1);
    for (slong k = 0; k <= degree; k++)
        fmpq_set_si(out->coefficients + k, k % 2 == 0 ? constant - k : k + 1, 3);
}

static void feedforward(ncf_network_spec_t *spec, const slong *widths, slong degree,
                        slong constant)
{
    memset(spec, 0, sizeof(*spec));
    spec->inputs = widths[0];
    spec->depth = 3;
    spec->widths = ncf__malloc(4, sizeof(slong));
    memcpy(spec->widths, widths, 4 * sizeof(slong));
    spec->activations = ncf__calloc(3, sizeof(*spec->activations));
    activation(&spec->activations[0], degree, constant);
    activation(&spec->activations[1], 2, 0);
}

static void convolution(ncf_network_spec_t *spec)
{
    memset(spec, 0, sizeof(*spec));
    spec->kind = NCF_NETWORK_CONVOLUTION;
    spec->inputs = 10;
    spec->channels = 2;
    spec->length = 5;
    spec->stages = 1;
    spec->convolutions = ncf__calloc(1, sizeof(*spec->convolutions));
    spec->convolutions[0] = (ncf_convolution_t) {2, 2, 1, 2};
    spec->activations = ncf__calloc(1, sizeof(*spec->activations));
    activation(&spec->activations[0], 3, 0);
}

/* H = 2/3 w_0^3 w_1 x_0^2 - w_1 + 5 w_2^2 x_0 x_1 */
static void formula(ncf_network_spec_t *spec)
{
    static const slong starts[] = {0, 3, 4, 7}, inputs[] = {2, 4, 5};
    static const ncf_factor_t factors[] = {{0, 3}, {1, 1}, {0, 2}, {1, 1}, {2, 2}, {0, 1}, {1, 1}};
    memset(spec, 0, sizeof(*spec));
    spec->kind = NCF_NETWORK_POLYNOMIAL;
    spec->inputs = 2;
    spec->weight_count = 3;
    spec->weight_names = ncf__calloc(3, sizeof(char *));
    spec->input_names = ncf__calloc(2, sizeof(char *));
    for (int k = 0; k < 3; k++)
        spec->weight_names[k] = ncf__strdup("w");
    for (int k = 0; k < 2; k++)
        spec->input_names[k] = ncf__strdup("x");
    spec->formula.count = 3;
    spec->formula.coefficients = _fmpq_vec_init(3);
    fmpq_set_si(spec->formula.coefficients, 2, 3);
    fmpq_set_si(spec->formula.coefficients + 1, -1, 1);
    fmpq_set_si(spec->formula.coefficients + 2, 5, 1);
    spec->formula.starts = ncf__malloc(4, sizeof(slong));
    memcpy(spec->formula.starts, starts, sizeof(starts));
    spec->formula.inputs = ncf__malloc(3, sizeof(slong));
    memcpy(spec->formula.inputs, inputs, sizeof(inputs));
    spec->formula.factors = ncf__malloc(7, sizeof(*factors));
    memcpy(spec->formula.factors, factors, sizeof(factors));
}

static void sum_of_two(ncf_network_spec_t *spec)
{
    static const slong widths[] = {2, 2, 1, 1};
    memset(spec, 0, sizeof(*spec));
    spec->kind = NCF_NETWORK_SUM;
    spec->inputs = 2;
    spec->part_count = 2;
    spec->parts = ncf__calloc(2, sizeof(*spec->parts));
    feedforward(&spec->parts[0], widths, 2, 0);
    formula(&spec->parts[1]);
}

enum { TYPES = 7 };

static void set_type(ncf_network_spec_t *spec, int type)
{
    static const slong narrow[] = {2, 2, 1, 1}, wide[] = {3, 3, 2, 1};
    switch (type) {
    case 0:
        feedforward(spec, wide, 2, 0);
        return;
    case 1:
        feedforward(spec, narrow, 5, 0);
        return;
    case 2:
        feedforward(spec, wide, 1, 0);
        return;
    case 3:
        feedforward(spec, narrow, 6, 4);
        return;
    case 4:
        convolution(spec);
        return;
    case 5:
        formula(spec);
        return;
    default:
        sum_of_two(spec);
    }
}

typedef struct {
    struct ncf_problem problem;
    ncf_network_t network;
    slong n, points, inputs;
    ncf_midrad_t *u, *v, *x, *weights;      /* n, n, N x d, N */
    ncf_midrad_t *value, *gradient, *hessian, *product;
    fmpq *exact_u, *exact_v, *exact_gradient, *exact_product;
    fmpq_mat_t exact_x, exact_weights, exact_hessian;
    fmpq_t exact_value;
} case_t;

static void case_init(case_t *c, int type, ncf_random_t *random)
{
    static const slong widths[] = {2, 1};
    ncf_test_problem_random(&c->problem, 1, widths, NULL, 5, random);
    ncf__network_spec_clear(&c->problem.network);
    set_type(&c->problem.network, type);
    CHECK(ncf__network_init(c->network, &c->problem));
    c->n = c->network->unknowns;
    c->points = 5;
    c->inputs = c->problem.network.inputs;
    slong inputs = c->points * c->inputs;
    c->u = ncf__calloc((size_t) (4 * c->n + inputs + c->points + 1 + c->n * c->n),
                       sizeof(ncf_midrad_t));
    c->v = c->u + c->n;
    c->gradient = c->v + c->n;
    c->product = c->gradient + c->n;
    c->x = c->product + c->n;
    c->weights = c->x + inputs;
    c->value = c->weights + c->points;
    c->hessian = c->value + 1;
    c->exact_u = _fmpq_vec_init(c->n);
    c->exact_v = _fmpq_vec_init(c->n);
    c->exact_gradient = _fmpq_vec_init(c->n);
    c->exact_product = _fmpq_vec_init(c->n);
    fmpq_mat_init(c->exact_x, c->points, c->inputs);
    fmpq_mat_init(c->exact_weights, c->points, 1);
    fmpq_mat_init(c->exact_hessian, c->n, c->n);
    fmpq_init(c->exact_value);
}

static void case_clear(case_t *c)
{
    fmpq_clear(c->exact_value);
    fmpq_mat_clear(c->exact_hessian);
    fmpq_mat_clear(c->exact_weights);
    fmpq_mat_clear(c->exact_x);
    _fmpq_vec_clear(c->exact_product, c->n);
    _fmpq_vec_clear(c->exact_gradient, c->n);
    _fmpq_vec_clear(c->exact_v, c->n);
    _fmpq_vec_clear(c->exact_u, c->n);
    ncf__free(c->u);
    ncf__network_clear(c->network);
    ncf_test_problem_clear(&c->problem);
}

/* An interval and a member of it; one in six is exactly zero. */
static void draw(ncf_midrad_t *a, fmpq_t x, int exponent, ncf_random_t *random)
{
    double mid = 4 * ncf__random_unit(random) - 2;
    if (ncf__random_below(random, 6) == 0)
        *a = ncf__midrad_zero();
    else
        *a = exponent == 0 ? ncf__midrad_point(mid) : ncf__midrad(mid, ldexp(1, exponent));
    member(x, *a, random);
}

static void draw_all(case_t *c, ncf_random_t *random)
{
    static const int exponents[] = {0, -40, -20, -4, 1};
    int exponent = exponents[ncf__random_below(random, 5)];
    for (slong j = 0; j < c->n; j++) {
        draw(c->u + j, c->exact_u + j, exponent, random);
        draw(c->v + j, c->exact_v + j, exponent, random);
    }
    for (slong k = 0; k < c->points * c->inputs; k++)
        draw(c->x + k, fmpq_mat_entry(c->exact_x, k / c->inputs, k % c->inputs), exponent, random);
    for (slong i = 0; i < c->points; i++)
        draw(c->weights + i, fmpq_mat_entry(c->exact_weights, i, 0), exponent, random);
}

static int all_contained(const case_t *c)
{
    int contained = contains(*c->value, c->exact_value);
    for (slong j = 0; j < c->n; j++) {
        contained = contained && contains(c->gradient[j], c->exact_gradient + j) &&
                    contains(c->product[j], c->exact_product + j);
        for (slong k = 0; k < c->n; k++)
            contained = contained && contains(c->hessian[j * c->n + k],
                                              fmpq_mat_entry(c->exact_hessian, j, k));
    }
    return contained;
}

static int all_narrow(const case_t *c)
{
    double widest = 0, largest = 1;
    for (slong k = 0; k < c->n * c->n; k++) {
        widest = fmax(widest, c->hessian[k].radius);
        largest = fmax(largest, fabs(c->hessian[k].mid));
    }
    return widest < ldexp(largest, -30);
}

static void test_networks(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 52);
    for (int type = 0; type < TYPES; type++) {
        for (long k = 0; k < ncf_test_count(30); k++) {
            case_t c;
            case_init(&c, type, &random);
            draw_all(&c, &random);
            ncf__network_eval_midrad(c.value, c.gradient, c.hessian, c.u, c.network, c.x,
                                       c.weights, c.points);
            ncf__network_hvp_midrad(c.product, c.u, c.v, c.network, c.x, c.weights, c.points);
            ncf__network_eval_fmpq(c.exact_value, c.exact_gradient, c.exact_hessian, c.exact_u,
                                   c.network, c.exact_x, c.exact_weights);
            ncf__network_hvp_fmpq(c.exact_product, c.exact_u, c.exact_v, c.network, c.exact_x,
                                  c.exact_weights);
            int contained = all_contained(&c), narrow = all_narrow(&c), points = 1;
            for (slong j = 0; j < c.n; j++)
                points = points && c.u[j].radius == 0;
            c.u[0].radius = INFINITY;
            ncf__network_eval_midrad(NULL, c.gradient, NULL, c.u, c.network, c.x, c.weights,
                                       c.points);
            int spoilt = 1;
            for (slong j = 0; j < c.n; j++)
                spoilt = spoilt && !isnan(c.gradient[j].radius);
            case_clear(&c);
            CHECK_MSG(contained, "type %d, case %ld", type, k);
            CHECK_MSG(!points || narrow, "type %d, case %ld", type, k);
            CHECK_MSG(spoilt, "type %d, case %ld", type, k);
        }
    }
}

int main(void)
{
    static const ncf_test_t tests[] = {
        {"sums and products contain exact ones", test_operations},
        {"extreme numbers", test_extremes},
        {"networks of every type contain exact values", test_networks},
        {NULL, NULL},
    };
    return ncf_test_main("midrad", tests);
}
