/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * t-rational_line.c: exact rational eigenlines. Second routes: multiplicities known from
 * Milnor numbers, inertia and eigenpair equation in balls, counts that must be D(m, n).
 */
#include "../harness.h"

#include "../../src/certify/eigen.h"
#include "../../src/certify/rational_line.h"
#include "../../src/pipeline/pipeline.h"

#include <math.h>
#include <string.h>

/* ---- Forms given by their coefficients ------------------------------------------- */

typedef struct {
    slong exponent[3];
    slong coefficient;
} term_t;

#define MAX_POINTS 28

/* The points a in N^3 with |a| = m, whose m-th powers span the forms of order m. */
static slong lattice_points(slong points[MAX_POINTS][3], slong order)
{
    slong count = 0;
    for (slong i = 0; i <= order; i++) {
        for (slong j = 0; i + j <= order; j++, count++) {
            points[count][0] = i;
            points[count][1] = j;
            points[count][2] = order - i - j;
        }
    }
    return count;
}

/* m!/(a! b! c!) times the value of the monomial at a point. */
static void monomial_weight(fmpq_t out, const slong *exponent, const slong *point, slong order)
{
    fmpz_t part;
    fmpz_init(part);
    fmpz_fac_ui(fmpq_numref(out), (ulong) order);
    for (slong j = 0; j < 3; j++) {
        fmpz_fac_ui(part, (ulong) exponent[j]);
        fmpz_divexact(fmpq_numref(out), fmpq_numref(out), part);
        fmpz_set_si(part, point[j]);
        fmpz_pow_ui(part, part, (ulong) exponent[j]);
        fmpz_mul(fmpq_numref(out), fmpq_numref(out), part);
    }
    fmpz_one(fmpq_denref(out));
    fmpz_clear(part);
}

/* x and weights with sum_i weights_i (x_i . w)^order = the sum of the terms. */
static void form_data(fmpq_mat_t x, fmpq_mat_t weights, slong order, const term_t *terms,
                      slong count)
{
    slong points[MAX_POINTS][3], total = lattice_points(points, order);
    fmpq_mat_t a, b;
    fmpq_mat_init(x, total, 3);
    fmpq_mat_init(weights, total, 1);
    fmpq_mat_init(a, total, total);
    fmpq_mat_init(b, total, 1);
    for (slong row = 0; row < total; row++) {
        for (slong i = 0; i < total; i++)
            monomial_weight(fmpq_mat_entry(a, row, i), points[row], points[i], order);
        for (slong k = 0; k < count; k++) {
            if (memcmp(terms[k].exponent, points[row], sizeof(points[row])) == 0)
                fmpq_set_si(fmpq_mat_entry(b, row, 0), terms[k].coefficient, 1);
        }
        for (slong j = 0; j < 3; j++)
            fmpq_set_si(fmpq_mat_entry(x, row, j), points[row][j], 1);
    }
    int solved = fmpq_mat_solve(weights, a, b);
    NCF_REQUIRE(solved);
    fmpq_mat_clear(b);
    fmpq_mat_clear(a);
}

static void form_tensor(ncf_tensor_t tensor, slong order, const term_t *terms, slong count)
{
    fmpq_mat_t x, weights;
    form_data(x, weights, order, terms, count);
    ncf__tensor_init(tensor, order, x, weights);
    fmpq_mat_clear(weights);
    fmpq_mat_clear(x);
}

/* The rational line near a real vector, through a guess with an error. */
static int find_near(ncf_rational_line_t line, const ncf_tensor_t tensor, const double *v,
                     double error)
{
    double z[6] = {0};
    for (slong j = 0; j < 3; j++) {
        z[2 * j] = v[j] + (j % 2 == 0 ? error : -error);
        z[2 * j + 1] = error / 3;
    }
    return ncf__rational_line_guess(line, z, tensor);
}

/* (x^2 + y^2 + z^2)^2 + further terms */
#define QUARTIC                                                                               \
    {{4, 0, 0}, 1}, {{0, 4, 0}, 1}, {{0, 0, 4}, 1}, {{2, 2, 0}, 2}, {{2, 0, 2}, 2},           \
    {                                                                                         \
        {0, 2, 2}, 2                                                                          \
    }

static const term_t cubic[] = {{{3, 0, 0}, 3}, {{1, 1, 1}, -6}, {{0, 0, 3}, 2}};
/* + y^4 + x^2 z^2: at (0, 0, 1) the equations are x/2 + .. and y^3 + ..: triple. */
static const term_t triple[] = {{{4, 0, 0}, 1}, {{0, 4, 0}, 2}, {{0, 0, 4}, 1},
                                {{2, 2, 0}, 2}, {{2, 0, 2}, 3}, {{0, 2, 2}, 2}};
/* + x^4 + y^4: the gradient of g(x, y), of Milnor number 3 * 3. */
static const term_t nine[] = {{{4, 0, 0}, 2}, {{0, 4, 0}, 2}, {{0, 0, 4}, 1},
                              {{2, 2, 0}, 2}, {{2, 0, 2}, 2}, {{0, 2, 2}, 2}};
/* + x^4: a curve of eigenlines through (0, 0, 1). */
static const term_t curve[] = {{{4, 0, 0}, 2}, {{0, 4, 0}, 1}, {{0, 0, 4}, 1},
                               {{2, 2, 0}, 2}, {{2, 0, 2}, 2}, {{0, 2, 2}, 2}};
/* + x^2 y^2: two curves. */
static const term_t cross[] = {{{4, 0, 0}, 1}, {{0, 4, 0}, 1}, {{0, 0, 4}, 1},
                               {{2, 2, 0}, 3}, {{2, 0, 2}, 2}, {{0, 2, 2}, 2}};
static const term_t norm4[] = {QUARTIC};
static const term_t motzkin[] = {
    {{4, 2, 0}, 1}, {{2, 4, 0}, 1}, {{0, 0, 6}, 1}, {{2, 2, 2}, -3}};
/* 3 x^2 y + z^3 + 3 x z^2: (0, 1, 0) has mu = 0 and is double, (1, 0, 0) is no line. */
static const term_t zero_value[] = {{{2, 1, 0}, 3}, {{0, 0, 3}, 1}, {{1, 0, 2}, 3}};

/* (x^2 - y^2)^2 + (y^2 - z^2)^2: simple minima with mu = 0 at (1, +-1, +-1). */
static const term_t four_zeros[] = {
    {{4, 0, 0}, 1}, {{2, 2, 0}, -2}, {{0, 4, 0}, 2}, {{0, 2, 2}, -2}, {{0, 0, 4}, 1}};

typedef struct {
    const char *name;
    slong order;
    const term_t *terms;
    slong count;
    double at[3];
    double error; /* of the guess */
    slong multiplicity;
    slong positive, negative, nullity;
} known_t;

#define FORM(t) t, (slong) (sizeof(t) / sizeof((t)[0]))

static const known_t known[] = {
    {"cubic, double", 3, FORM(cubic), {0, 0, 1}, 1e-2, 2, 0, 1, 1},
    {"cubic, simple", 3, FORM(cubic), {1, 0, 0}, 1e-9, 1, 0, 2, 0},
    {"triple", 4, FORM(triple), {0, 0, 1}, 3e-2, 3, 1, 0, 1},
    {"nine", 4, FORM(nine), {0, 0, 1}, 5e-2, 9, 0, 0, 2},
    {"nine, simple", 4, FORM(nine), {1, 1, 0}, 1e-3, 1, 0, 0, 0},
    {"Motzkin, five", 6, FORM(motzkin), {1, 0, 0}, 2e-2, 5, 1, 0, 1},
    {"Motzkin, minimum", 6, FORM(motzkin), {1, -1, 1}, 1e-2, 1, 2, 0, 0},
    {"Motzkin, maximum", 6, FORM(motzkin), {0, 0, 1}, 1e-2, 1, 0, 2, 0},
    {"curve", 4, FORM(curve), {0, 0, 1}, 1e-3, 0, 0, 0, 2},
    {"curve, general point", 4, FORM(curve), {0, 3, 4}, 1e-3, 0, 0, 0, 2},
    {"cross", 4, FORM(cross), {0, 0, 1}, 1e-3, 0, 0, 0, 2},
    {"sphere", 4, FORM(norm4), {1, 2, 3}, 1e-3, 0, 0, 0, 2},
};

static void test_known_multiplicities(void)
{
    for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++) {
        const known_t *point = &known[k];
        ncf_tensor_t tensor;
        ncf_rational_line_t line;
        fmpz_t bound;
        fmpz_init(bound);
        form_tensor(tensor, point->order, point->terms, point->count);
        ncf__rational_line_init(line, 3);
        int found = find_near(line, tensor, point->at, point->error);
        CHECK_MSG(found, "%s", point->name);
        if (found) {
            ncf__eigen_class_bound(bound, point->order, 3);
            ncf__rational_line_multiplicity(line, tensor, bound);
            CHECK_MSG(line->multiplicity == point->multiplicity, "%s: %ld", point->name,
                      (long) line->multiplicity);
            if (point->positive + point->negative + point->nullity == 2)
                CHECK_MSG(line->positive == point->positive &&
                              line->negative == point->negative &&
                              line->nullity == point->nullity,
                          "%s: %ld %ld %ld", point->name, (long) line->positive,
                          (long) line->negative, (long) line->nullity);
            CHECK((line->multiplicity == 1) == (line->nullity == 0));
            /* One less is not enough. */
            fmpz_set_si(bound, point->multiplicity - 1);
            ncf__rational_line_multiplicity(line, tensor, bound);
            CHECK_MSG(line->multiplicity == 0, "%s: beyond the bound", point->name);
        }
        ncf__rational_line_clear(line);
        ncf__tensor_clear(tensor);
        fmpz_clear(bound);
    }
}

/* Vectors that are not on an eigenline, or hopeless ones, are refused. */
static void test_no_line(void)
{
    static const double vectors[][6] = {{0.3, 0, 0.5, 0, 1, 0},
                                        {0, 1, 1, 0, 0, 0},
                                        {0, 0, 0, 0, 0, 0},
                                        {1e300, 1e300, 1e300, 0, 0, 0},
                                        {0.0 / 1.0, 0, 1e-300, 0, 1e-301, 0}};
    ncf_tensor_t tensor;
    ncf_rational_line_t line;
    form_tensor(tensor, 4, FORM(triple));
    ncf__rational_line_init(line, 3);
    for (size_t k = 0; k < sizeof(vectors) / sizeof(vectors[0]); k++)
        CHECK_MSG(!ncf__rational_line_guess(line, vectors[k], tensor), "vector %zu", k);
    arb_ptr e = _arb_vec_init(3);
    arb_indeterminate(e);
    CHECK(!ncf__rational_line_find(line, e, tensor));
    arb_zero(e);
    CHECK(!ncf__rational_line_find(line, e, tensor));
    _arb_vec_clear(e, 3);
    ncf__rational_line_clear(line);
    ncf__tensor_clear(tensor);
}

/* ---- Orthogonal vectors of different lengths in R^4 ------------------------------ */

/* T = sum a_i v_i^{(3)}, n = 3: in every scaling of the v_i an odeco tensor. */
static void skew_tensor(ncf_tensor_t tensor, const slong *a)
{
    static const slong rows[3][4] = {{1, 1, 0, 0}, {1, -1, 1, 0}, {-1, 1, 2, 0}};
    fmpq_mat_t x, weights;
    fmpq_mat_init(x, 3, 4);
    fmpq_mat_init(weights, 3, 1);
    for (slong i = 0; i < 3; i++) {
        fmpq_set_si(fmpq_mat_entry(weights, i, 0), a[i], 1);
        for (slong j = 0; j < 4; j++)
            fmpq_set_si(fmpq_mat_entry(x, i, j), rows[i][j], 1);
    }
    ncf__tensor_init(tensor, 3, x, weights);
    fmpq_mat_clear(weights);
    fmpq_mat_clear(x);
}

/* T e^{m-1} = mu e, |e| = 1, and the inertia of the balls. */
static int balls_agree(const ncf_rational_line_t line, const ncf_tensor_t tensor)
{
    slong n = tensor->dimension, prec = 128;
    arb_ptr e = _arb_vec_init(n), g = _arb_vec_init(n);
    arb_mat_t points;
    arb_t norm;
    ncf_line_t ball;
    arb_mat_init(points, tensor->points, n);
    arb_init(norm);
    ncf__line_init(ball, 0, tensor->ambient);
    ncf__tensor_isometric(points, tensor, prec);
    ncf__rational_line_enclose(e, ball->mu, line, tensor, prec);
    ncf__tensor_eval(NULL, g, NULL, e, tensor, points, prec);
    arb_dot(norm, NULL, 0, e, 1, e, 1, n, prec);
    int agree = arb_contains_si(norm, 1) && arb_rel_accuracy_bits(norm) > 90;
    for (slong j = 0; j < n; j++) {
        arb_submul(g + j, ball->mu, e + j, prec);
        agree = agree && arb_contains_zero(g + j);
    }
    ncf__line_inertia(ball, e, tensor, points, prec);
    slong index = fmpq_sgn(line->value) > 0 ? line->positive : line->negative;
    agree = agree && ball->inertia_known && ball->index == index && line->nullity == 0 &&
            ncf__morse_index(e, ball->mu, tensor, points, prec) == line->negative;
    ncf__line_clear(ball);
    arb_clear(norm);
    arb_mat_clear(points);
    _arb_vec_clear(g, n);
    _arb_vec_clear(e, n);
    return agree;
}

/*
 * The class of sum_{i in mask} v_i / (a_i |v_i|^4), for which T v^2 = v: its unit vector in
 * isometric coordinates and its mu, in doubles.
 */
static double skew_candidate(double *z, const ncf_tensor_t tensor, slong mask)
{
    double length = 0;
    for (slong j = 0; j < 3; j++) {
        double gram = fmpq_get_d(fmpq_mat_entry(tensor->gram, j, 0)), sum = 0;
        for (slong i = 0; i < 3; i++) {
            const fmpq *p = fmpq_mat_entry(tensor->coords, i, 0);
            double square = 0, weight = fmpq_get_d(fmpq_mat_entry(tensor->weights, i, 0));
            for (slong k = 0; k < 3; k++)
                square += fmpq_get_d(p + k) * fmpq_get_d(p + k) /
                          fmpq_get_d(fmpq_mat_entry(tensor->gram, k, 0));
            sum += (mask >> i & 1) ? fmpq_get_d(p + j) / (weight * square * square) : 0;
        }
        z[2 * j] = sum / sqrt(gram);
        z[2 * j + 1] = 0;
        length += z[2 * j] * z[2 * j];
    }
    for (slong j = 0; j < 3; j++)
        z[2 * j] /= sqrt(length);
    return 1 / sqrt(length);
}

/* Right decisions on which of the 7 classes is on which of the 7 lines. */
static slong right_places(const ncf_rational_line_struct *line, const ncf_class_t *classes,
                          const ncf_eigen_system_t *system, const ncf_tensor_t tensor)
{
    slong right = 0;
    arb_ptr e = _arb_vec_init(3);
    arb_t mu;
    arb_init(mu);
    for (slong i = 0; i < 7; i++) {
        ncf__rational_line_enclose(e, mu, &line[i], tensor, 128);
        for (slong k = 0; k < 7; k++) {
            ncf_verdict_t verdict = ncf__eigen_locate(&classes[k], e, mu, system, 128);
            right += i == k ? ncf_is_proved(verdict) : ncf_is_refuted(verdict);
        }
    }
    arb_clear(mu);
    _arb_vec_clear(e, 3);
    return right;
}

/* All seven classes are rational, and each line is one class and no other. */
static void check_skew_classes(const ncf_tensor_t tensor)
{
    ncf_eigen_system_t *system = ncf__eigen_system_new(tensor);
    ncf_class_t classes[7] = {{0}};
    ncf_rational_line_struct line[7];
    slong found = 0, agreeing = 0, certified = 0;
    for (slong k = 0; k < 7; k++) {
        double z[6], mu[2] = {0, 0};
        mu[0] = ldexp(skew_candidate(z, tensor, k + 1),
                      (int) -ncf__eigen_system_scale_exponent(system));
        ncf__rational_line_init(&line[k], 3);
        found += ncf__rational_line_guess(&line[k], z, tensor);
        agreeing += balls_agree(&line[k], tensor);
        certified += ncf_is_proved(ncf__eigen_certify(&classes[k], system, z, mu, 1024));
    }
    slong right = certified == 7 ? right_places(line, classes, system, tensor) : 0;
    for (slong k = 0; k < 7; k++) {
        ncf__rational_line_clear(&line[k]);
        ncf__class_clear(&classes[k]);
    }
    ncf__eigen_system_free(system);
    CHECK_MSG(found == 7 && agreeing == 7, "%ld lines, %ld agree", (long) found,
              (long) agreeing);
    CHECK_MSG(right == 49, "%ld of 49 decisions", (long) right);
}

static void test_skew_metric(void)
{
    static const slong weights[][3] = {{1, 1, 1}, {1, -2, 3}, {5, 1, -7}};
    for (size_t k = 0; k < 3; k++) {
        ncf_tensor_t tensor;
        skew_tensor(tensor, weights[k]);
        CHECK(tensor->dimension == 3 && !tensor->standard);
        check_skew_classes(tensor);
        ncf__tensor_clear(tensor);
    }
}

/* ---- The whole program ----------------------------------------------------------- */

static char *append(char *text, const char *separator, const fmpq_t number)
{
    char *digits = fmpq_get_str(NULL, 10, number);
    char *longer = ncf__format("%s%s\"%s\"", text, separator, digits);
    flint_free(digits);
    ncf__free(text);
    return longer;
}

static char *append_text(char *text, const char *more)
{
    char *longer = ncf__format("%s%s", text, more);
    ncf__free(text);
    return longer;
}

static char *problem_text(slong order, const fmpq_mat_t x, const fmpq_mat_t weights)
{
    char *text =
        ncf__format("{\"ncf\":1,\"network\":{\"type\":\"feedforward\",\"widths\":[3,2,1],"
                    "\"activation\":{\"type\":\"power\",\"degree\":%ld}},\"loss\":\"square\","
                    "\"data\":{\"x\":[",
                    (long) order);
    for (slong i = 0; i < fmpq_mat_nrows(x); i++) {
        text = append_text(text, i > 0 ? ",[" : "[");
        for (slong j = 0; j < 3; j++)
            text = append(text, j > 0 ? "," : "", fmpq_mat_entry(x, i, j));
        text = append_text(text, "]");
    }
    text = append_text(text, "],\"y\":[");
    for (slong i = 0; i < fmpq_mat_nrows(x); i++)
        text = append(text, i > 0 ? "," : "", fmpq_mat_entry(weights, i, 0));
    return append_text(text, "]}}");
}

/* x -> x Q^T with an orthogonal Q: lines turn, and their coordinates get four digits. */
static void turn(fmpq_mat_t x)
{
    static const slong q[3][3] = {{631, -420, 1140}, {1020, 881, -240}, {-660, 960, 719}};
    fmpq_mat_t qt, turned;
    fmpq_mat_init(qt, 3, 3);
    fmpq_mat_init(turned, fmpq_mat_nrows(x), 3);
    for (slong i = 0; i < 3; i++)
        for (slong j = 0; j < 3; j++)
            fmpq_set_si(fmpq_mat_entry(qt, j, i), q[i][j], 1369);
    fmpq_mat_mul(turned, x, qt);
    fmpq_mat_swap(turned, x);
    fmpq_mat_clear(turned);
    fmpq_mat_clear(qt);
}

static ncf_result_t *solve_form(slong order, const term_t *terms, slong count, int turned)
{
    fmpq_mat_t x, weights;
    form_data(x, weights, order, terms, count);
    if (turned)
        turn(x);
    char *text = problem_text(order, x, weights);
    ncf_problem_t *problem = NULL;
    ncf_result_t *result = NULL;
    int solved = ncf_problem_parse(&problem, text, strlen(text), "form", "", NULL) == NCF_OK &&
                 ncf_solve(&result, problem, NULL, NULL) == NCF_OK;
    CHECK_MSG(solved, "%s", text);
    ncf_problem_free(problem);
    ncf__free(text);
    fmpq_mat_clear(weights);
    fmpq_mat_clear(x);
    return result;
}

typedef struct {
    const char *name;
    slong order;
    const term_t *terms;
    slong count;
    slong lines, zero_lines, multiplicities, null_lines;
    int complete, audited, turned;
} whole_t;

static const whole_t wholes[] = {
    {"cubic", 3, FORM(cubic), 3, 1, 4, 1, 1, 0, 0},
    {"cubic, turned", 3, FORM(cubic), 3, 1, 4, 1, 1, 0, 1},
    {"triple", 4, FORM(triple), 9, 0, 13, 2, 1, 0, 0},
    {"triple, turned", 4, FORM(triple), 9, 0, 13, 2, 1, 0, 1},
    {"nine", 4, FORM(nine), 5, 0, 13, 1, 1, 0, 0},
    {"Motzkin", 6, FORM(motzkin), 11, 6, 11, 0, 1, 0, 0},
    {"Motzkin, turned", 6, FORM(motzkin), 11, 6, 11, 0, 1, 0, 1},
    {"four zeros", 4, FORM(four_zeros), 9, 4, 9, 0, 1, 1, 0},
    {"four zeros, turned", 4, FORM(four_zeros), 9, 4, 9, 0, 1, 1, 1},
    {"sphere", 4, FORM(norm4), 1, 0, 3, 1, 1, 1, 0},
    {"sphere, turned", 4, FORM(norm4), 1, 0, 3, 1, 1, 1, 1},
    {"zero value", 3, FORM(zero_value), 5, 1, 5, 0, 1, 0, 0},
    {"curve", 4, FORM(curve), 1, 0, 1, 0, 0, 0, 0},
};

static void test_whole_program(void)
{
    for (size_t k = 0; k < sizeof(wholes) / sizeof(wholes[0]); k++) {
        const whole_t *whole = &wholes[k];
        ncf_result_t *result =
            solve_form(whole->order, whole->terms, whole->count, whole->turned);
        if (result == NULL)
            continue;
        const ncf_line_list_t *lines = &result->search.lines;
        slong multiplicities = 0, null_lines = 0;
        for (slong i = 0; i < lines->count; i++) {
            multiplicities += lines->lines[i].multiplicity;
            null_lines += lines->lines[i].nullity > 0;
        }
        CHECK_MSG(ncf_is_proved(ncf_result_complete(result)) == whole->complete, "%s",
                  whole->name);
        CHECK_MSG(ncf_result_exit(result) == !whole->complete, "%s", whole->name);
        CHECK_MSG(lines->count == whole->lines, "%s: %ld lines", whole->name,
                  (long) lines->count);
        CHECK_MSG(lines->zero_lines == whole->zero_lines, "%s: %ld zero lines", whole->name,
                  (long) lines->zero_lines);
        CHECK_MSG(multiplicities == whole->multiplicities, "%s: %ld", whole->name,
                  (long) multiplicities);
        CHECK_MSG(null_lines == whole->null_lines, "%s: %ld singular", whole->name,
                  (long) null_lines);
        CHECK_MSG(lines->euler_known == whole->audited, "%s", whole->name);
        CHECK(!lines->euler_known || lines->euler_sum == lines->euler_expected);
        ncf_result_free(result);
    }
}

/*
 * (x^2 + y^2 + z^2)^3 + x^2 (x^2 - 2 z^2)^2 + y^3 z^3: double at (0, 0, 1), of multiplicity 10
 * at (0, 1, 0), and double at two irrational lines, so that the count stops at 27 of 31.
 */
static const term_t irrational[] = {{{6, 0, 0}, 2}, {{0, 6, 0}, 1}, {{0, 0, 6}, 1},
                                    {{4, 2, 0}, 3}, {{2, 4, 0}, 3}, {{4, 0, 2}, -1},
                                    {{2, 0, 4}, 7}, {{0, 4, 2}, 3}, {{0, 2, 4}, 3},
                                    {{2, 2, 2}, 6}, {{0, 3, 3}, 1}};

/* The exact lines are listed beside those of the cover, once each, and one is named. */
static void test_exact_lines_in_regions(void)
{
    ncf_result_t *result = solve_form(6, FORM(irrational), 0);
    if (result == NULL)
        return;
    const ncf_line_list_t *lines = &result->search.lines;
    slong doubles = 0, tens = 0, named = 0;
    for (slong i = 0; i < lines->count; i++) {
        doubles += lines->lines[i].multiplicity == 2;
        tens += lines->lines[i].multiplicity == 10;
    }
    for (int i = 0; i < result->search.note_count; i++)
        named += strstr(result->search.notes[i], "exact line (0, 0, 1)") != NULL;
    CHECK(ncf_is_undecided(ncf_result_complete(result)) && ncf_result_exit(result) == 1);
    CHECK_MSG(lines->count == 9 && doubles == 1 && tens == 1,
              "%ld lines, %ld double, %ld tenfold", (long) lines->count, (long) doubles,
              (long) tens);
    CHECK_MSG(named == 1, "%ld notes", (long) named);
    ncf_result_free(result);
}

int main(void)
{
    static const ncf_test_t tests[] = {
        {"known multiplicities", test_known_multiplicities},
        {"no line", test_no_line},
        {"an oblique basis, three routes", test_skew_metric},
        {"the whole program", test_whole_program},
        {"exact lines in undecided regions", test_exact_lines_in_regions},
        {NULL, NULL}};
    return ncf_test_main("rational lines", tests);
}
