/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * binary_lines.c: essential dimension 1 and 2 (T-BINARY). In coordinates c with metric
 * D = diag(D_1, D_2) the lines are the zeros in P^1 of the form
 *     J(a, b) = D_2 b F_a - D_1 a F_b,
 * F(a, b) = T c^m: isolated exactly, with exact multiplicities; a simple zero is a
 * nondegenerate line. J = 0 identically exactly when F is a power of the metric.
 */
#include "lines.h"
#include "real_roots.h"

typedef struct {
    const ncf_tensor_struct *tensor;
    const ncf_proof_options_t *options;
    fmpz_poly_t form;     /* F(1, t), up to a positive rational factor */
    fmpz_poly_t jacobian; /* J(1, t), up to a positive rational factor */
    slong infinity;       /* multiplicity of the zero (0 : 1) of J */
} binary_t;

/* F(1, t) = sum_i z_i (c_i1 + c_i2 t)^m */
static void binary_form(fmpq_poly_t form, const ncf_tensor_t tensor)
{
    fmpq_poly_t linear, power;
    fmpq_poly_init(linear);
    fmpq_poly_init(power);
    fmpq_poly_zero(form);
    for (slong i = 0; i < tensor->points; i++) {
        fmpq_poly_set_coeff_fmpq(linear, 0, fmpq_mat_entry(tensor->coords, i, 0));
        fmpq_poly_set_coeff_fmpq(linear, 1, fmpq_mat_entry(tensor->coords, i, 1));
        fmpq_poly_pow(power, linear, (ulong) tensor->order);
        fmpq_poly_scalar_mul_fmpq(power, power, fmpq_mat_entry(tensor->weights, i, 0));
        fmpq_poly_add(form, form, power);
    }
    fmpq_poly_clear(power);
    fmpq_poly_clear(linear);
}

/* The coefficient of a^{m-k} b^k in J is D_2 (m-k+1) f_{k-1} - D_1 (k+1) f_{k+1}. */
static void binary_jacobian(fmpq_poly_t jacobian, const fmpq_poly_t form, const ncf_tensor_t tensor)
{
    slong m = tensor->order;
    fmpq_t f, sum;
    fmpq_init(f);
    fmpq_init(sum);
    fmpq_poly_zero(jacobian);
    for (slong k = 0; k <= m; k++) {
        fmpq_zero(sum);
        if (k > 0) {
            fmpq_poly_get_coeff_fmpq(f, form, k - 1);
            fmpq_mul_si(f, f, m - k + 1);
            fmpq_addmul(sum, f, fmpq_mat_entry(tensor->gram, 1, 0));
        }
        if (k < m) {
            fmpq_poly_get_coeff_fmpq(f, form, k + 1);
            fmpq_mul_si(f, f, k + 1);
            fmpq_submul(sum, f, fmpq_mat_entry(tensor->gram, 0, 0));
        }
        fmpq_poly_set_coeff_fmpq(jacobian, k, sum);
    }
    fmpq_clear(sum);
    fmpq_clear(f);
}

static void binary_init(binary_t *binary, const ncf_tensor_t tensor,
                        const ncf_proof_options_t *options)
{
    fmpq_poly_t form, jacobian;
    fmpq_poly_init(form);
    fmpq_poly_init(jacobian);
    binary->tensor = tensor;
    binary->options = options;
    fmpz_poly_init(binary->form);
    fmpz_poly_init(binary->jacobian);
    binary_form(form, tensor);
    binary_jacobian(jacobian, form, tensor);
    fmpq_poly_get_numerator(binary->form, form);
    fmpq_poly_get_numerator(binary->jacobian, jacobian);
    binary->infinity = tensor->order - fmpz_poly_degree(binary->jacobian);
    fmpq_poly_clear(jacobian);
    fmpq_poly_clear(form);
}

static void binary_clear(binary_t *binary)
{
    fmpz_poly_clear(binary->jacobian);
    fmpz_poly_clear(binary->form);
}

/* e = D^{1/2} c / |D^{1/2} c|, and the unit vector normal to it. */
static void unit_vectors(arb_ptr e, arb_ptr normal, const arb_t a, const arb_t b,
                         const ncf_tensor_t tensor, slong prec)
{
    arb_t s;
    arb_init(s);
    for (slong j = 0; j < 2; j++) {
        arb_set_fmpq(s, fmpq_mat_entry(tensor->gram, j, 0), prec);
        arb_sqrt(s, s, prec);
        arb_mul(e + j, s, j == 0 ? a : b, prec);
    }
    arb_dot(s, NULL, 0, e, 1, e, 1, 2, prec);
    arb_rsqrt(s, s, prec);
    arb_mul(e, e, s, prec);
    arb_mul(e + 1, e + 1, s, prec);
    arb_neg(normal, e + 1);
    arb_set(normal + 1, e);
    arb_clear(s);
}

/* What one precision says of the line through (a, b). */
typedef struct {
    arb_ptr e, normal;  /* unit vectors */
    arb_t mu;
    arb_t second;       /* (m-1) T e^{m-2} n^2 */
    arb_t bend;         /* second - mu: the second derivative along the circle over m */
} circle_point_t;

static void circle_point_init(circle_point_t *at)
{
    at->e = _arb_vec_init(2);
    at->normal = _arb_vec_init(2);
    arb_init(at->mu);
    arb_init(at->second);
    arb_init(at->bend);
}

static void circle_point_clear(circle_point_t *at)
{
    arb_clear(at->bend);
    arb_clear(at->second);
    arb_clear(at->mu);
    _arb_vec_clear(at->normal, 2);
    _arb_vec_clear(at->e, 2);
}

static void circle_point_eval(circle_point_t *at, const arb_t a, const arb_t b,
                              const ncf_tensor_t tensor, slong prec)
{
    arb_mat_t points, h;
    arb_t term;
    arb_mat_init(points, tensor->points, 2);
    arb_mat_init(h, 2, 2);
    arb_init(term);
    ncf__tensor_isometric(points, tensor, prec);
    unit_vectors(at->e, at->normal, a, b, tensor, prec);
    ncf__tensor_eval(at->mu, NULL, h, at->e, tensor, points, prec);
    arb_zero(at->second);
    for (slong j = 0; j < 2; j++) {
        for (slong k = 0; k < 2; k++) {
            arb_mul(term, at->normal + j, at->normal + k, prec);
            arb_addmul(at->second, term, arb_mat_entry(h, j, k), prec);
        }
    }
    arb_mul_si(at->second, at->second, tensor->order - 1, prec);
    arb_sub(at->bend, at->second, at->mu, prec);
    arb_clear(term);
    arb_mat_clear(h);
    arb_mat_clear(points);
}

/* Is everything decided that T-BINARY says can be? */
static int circle_point_decided(const circle_point_t *at, int zero_mu, slong multiplicity, slong prec)
{
    int tight = arb_is_finite(at->e) && mag_cmp_2exp_si(arb_radref(at->e), -prec) <= 0 &&
                mag_cmp_2exp_si(arb_radref(at->e + 1), -prec) <= 0;
    int value = zero_mu || (arb_is_finite(at->mu) && arb_rel_accuracy_bits(at->mu) >= prec / 2);
    int bend = multiplicity > 1 || !arb_contains_zero(at->bend);
    return tight && value && bend;
}

/* Fills a line from a decided point. */
static void set_line(ncf_line_list_t *out, circle_point_t *at, slong multiplicity,
                     const ncf_tensor_t tensor, slong prec)
{
    ncf_line_struct *line = ncf__line_list_append(out, 0, tensor->ambient);
    arb_t zero;
    arb_init(zero);
    arb_set_round(line->mu, at->mu, prec);
    ncf__line_set_row(line, 0, at->e, tensor, prec);
    line->multiplicity = multiplicity;
    line->inertia_known = 1;
    line->nullity = multiplicity > 1;
    arb_div(line->curvature, at->second, at->mu, prec);
    if (multiplicity > 1)
        arb_one(line->curvature); /* a multiple zero is degenerate, exactly */
    line->index = multiplicity == 1 && arb_is_positive(at->bend) == arb_is_positive(at->mu);
    if (tensor->ambient > 2)
        arb_max(line->curvature, line->curvature, zero, prec);
    if (ncf__line_normalise_sign(line) && tensor->order % 2 == 1)
        arb_neg(line->mu, line->mu);
    arb_clear(zero);
}

/* One zero (a : b) of J; returns 0 when the precision did not decide. */
static int add_zero(ncf_line_list_t *out, const binary_t *binary, const arb_t a, const arb_t b,
                    int zero_mu, slong multiplicity, slong prec)
{
    const ncf_tensor_struct *tensor = binary->tensor;
    slong wanted = binary->options->precision;
    circle_point_t at;
    circle_point_init(&at);
    circle_point_eval(&at, a, b, tensor, prec);
    int decided = circle_point_decided(&at, zero_mu, multiplicity, wanted);
    if (decided && multiplicity > 1)
        out->euler_known = 0;
    if (decided && multiplicity == 1)
        ncf__euler_add(out, tensor->order, 2, arb_is_negative(at.bend));
    if (decided && zero_mu)
        out->zero_lines++;
    else if (decided)
        set_line(out, &at, multiplicity, tensor, wanted + 30);
    circle_point_clear(&at);
    return decided;
}

/* Does F vanish at the root? Decided exactly by the gcd with the squarefree factor. */
static int form_vanishes(const binary_t *binary, const ncf_real_roots_t *roots, slong i, slong prec)
{
    fmpz_poly_t common, rest;
    fmpz_poly_init(common);
    fmpz_poly_init(rest);
    const fmpz_poly_struct *factor = roots->factors->p + roots->roots[i].factor;
    fmpz_poly_gcd(common, factor, binary->form);
    int vanishes = 0;
    if (fmpz_poly_degree(common) > 0) {
        /* The factor is squarefree: the root is one of `common` or of the rest, not both. */
        fmpz_poly_div(rest, factor, common);
        arb_t value;
        arb_init(value);
        arb_fmpz_poly_evaluate_arb(value, rest, roots->roots[i].value, prec);
        vanishes = !arb_contains_zero(value);
        arb_clear(value);
    }
    fmpz_poly_clear(rest);
    fmpz_poly_clear(common);
    return vanishes;
}

/* All lines at one working precision; 0 when something stayed undecided. */
static int lines_at_precision(ncf_line_list_t *out, const binary_t *binary, slong prec)
{
    ncf_real_roots_t roots;
    arb_t one, zero;
    arb_init(one);
    arb_init(zero);
    arb_one(one);
    ncf__real_roots_init(&roots, binary->jacobian, prec);
    out->euler_known = 1;
    int decided = 1;
    for (slong i = 0; i < roots.count && decided; i++) {
        int zero_mu = form_vanishes(binary, &roots, i, prec);
        decided = add_zero(out, binary, one, roots.roots[i].value, zero_mu,
                           roots.roots[i].multiplicity, prec);
    }
    if (binary->infinity > 0 && decided) {
        int zero_mu = fmpz_poly_degree(binary->form) < binary->tensor->order;
        decided = add_zero(out, binary, zero, one, zero_mu, binary->infinity, prec);
    }
    ncf__real_roots_clear(&roots);
    arb_clear(zero);
    arb_clear(one);
    return decided;
}

/* J = 0: every line of the plane is an eigenline, and T q^m is constant on the circle. */
static void whole_circle(ncf_line_list_t *out, const binary_t *binary)
{
    const ncf_tensor_struct *tensor = binary->tensor;
    slong prec = binary->options->precision + 30;
    ncf_line_struct *line = ncf__line_list_append(out, 1, tensor->ambient);
    circle_point_t at;
    arb_t one, zero;
    circle_point_init(&at);
    arb_init(one);
    arb_init(zero);
    arb_one(one);
    circle_point_eval(&at, one, zero, tensor, prec);
    arb_set(line->mu, at.mu);
    ncf__line_set_row(line, 0, at.e, tensor, prec);
    ncf__line_set_row(line, 1, at.normal, tensor, prec);
    ncf__line_normalise_sign(line);
    line->multiplicity = 2;
    line->inertia_known = 1;
    line->nullity = 1;
    arb_one(line->curvature);
    out->euler_known = 1; /* one critical circle: 0 = Euler characteristic of S^1 */
    arb_clear(zero);
    arb_clear(one);
    circle_point_clear(&at);
}

/* n = 1: the form is z c^m, and its one line is the whole space. */
static void single_line(ncf_line_list_t *out, const ncf_tensor_t tensor, slong prec)
{
    ncf_line_struct *line = ncf__line_list_append(out, 0, tensor->ambient);
    arb_mat_t points;
    arb_t one;
    arb_init(one);
    arb_one(one);
    arb_mat_init(points, tensor->points, 1);
    ncf__tensor_isometric(points, tensor, prec);
    ncf__tensor_eval(line->mu, NULL, NULL, one, tensor, points, prec);
    ncf__line_set_row(line, 0, one, tensor, prec);
    if (ncf__line_normalise_sign(line) && tensor->order % 2 == 1)
        arb_neg(line->mu, line->mu);
    line->multiplicity = 1;
    line->inertia_known = 1;
    if (tensor->ambient > 1)
        arb_zero(line->curvature);
    ncf__euler_add(out, tensor->order, 1, 0);
    out->euler_known = 1;
    arb_mat_clear(points);
    arb_clear(one);
}

void ncf__binary_lines(ncf_line_list_t *out, const ncf_tensor_t tensor,
                       const ncf_proof_options_t *options)
{
    slong n = tensor->dimension;
    NCF_REQUIRE(n == 1 || n == 2);
    out->complete = ncf_proved();
    out->euler_expected = ncf__euler_sphere(n);
    if (n == 1) {
        single_line(out, tensor, options->precision + 30);
        return;
    }
    binary_t binary;
    binary_init(&binary, tensor, options);
    if (fmpz_poly_is_zero(binary.form)) {
        out->euler_known = 0; /* T = 0: no line has mu != 0, every point is critical */
    } else if (fmpz_poly_is_zero(binary.jacobian)) {
        whole_circle(out, &binary);
    } else {
        slong prec = 2 * options->precision + 20 * tensor->order;
        while (!lines_at_precision(out, &binary, prec)) {
            ncf__line_list_clear(out);
            out->euler_expected = ncf__euler_sphere(n);
            out->complete = ncf_proved();
            prec *= 2;
            /* T-BINARY: every decision asked for is true, so that enough bits settle it. */
            if (ncf__limit_reached(options->limits) != NCF_LIMIT_NONE ||
                prec > 16 * options->max_precision) {
                out->complete = ncf_undecided();
                break;
            }
        }
        ncf__line_list_sort(out);
    }
    binary_clear(&binary);
}
