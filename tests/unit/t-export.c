/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * t-export.c: exported systems, read again by an evaluator of their syntax, against the exact
 * gradient of the network at random rational points; and lists of solutions of each program.
 */
#include "../harness.h"
#include "../problems.h"

#include "../../src/export/export.h"
#include "../../src/network/network.h"
#include "../../src/problem/points.h"
#include "../../src/problem/solution_list.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const ncf_format_t programs[] = {NCF_FORMAT_MSOLVE,    NCF_FORMAT_SINGULAR,
                                        NCF_FORMAT_PHCPACK,   NCF_FORMAT_MACAULAY2,
                                        NCF_FORMAT_BERTINI,   NCF_FORMAT_JULIA};

static void small_problem(struct ncf_problem *problem, slong width, slong degree)
{
    const slong widths[] = {2, width, 1}, x[] = {1, 2, 3, -1, -1, 1, 2, 2}, y[] = {1, -1, 2, 1};
    ncf_test_problem_init(problem, 2, widths, &degree, 4, x, y);
}

/* What is exported, without notes; NULL on failure. */
static char *exported(const struct ncf_problem *problem, ncf_format_t format, ncf_system_t system)
{
    char *text = NULL;
    size_t length;
    ncf_export_options_t options;
    FILE *stream = open_memstream(&text, &length);
    ncf_export_options_init(&options);
    options.format = format;
    options.system = system;
    ncf_status_t status = ncf_export_write(stream, problem, &options, NULL);
    fclose(stream);
    if (status == NCF_OK)
        return text;
    free(text);
    return NULL;
}

/* ---- An evaluator of the syntax --------------------------------------------------- */

typedef struct {
    const char *at;
    slong count;
    char **names;
    const fmpq *values;
    int failed;
} reading_t;

/* A decimal, an integer, or Julia's big"..". */
static void read_number(fmpq_t out, reading_t *reading)
{
    const char *start = reading->at;
    int big = strncmp(start, "big\"", 4) == 0;
    if (big)
        start += 4;
    const char *end = start + strspn(start, "0123456789.");
    if (*end == 'E')
        end += 1 + strspn(end + 1, "-0123456789");
    if (ncf__rational_parse(out, start, (size_t) (end - start)) != NULL)
        reading->failed = 1;
    reading->at = end + big;
}

/* A number or a variable, with its exponent. */
static void read_factor(fmpq_t out, reading_t *reading)
{
    if (isdigit((unsigned char) *reading->at) || strncmp(reading->at, "big\"", 4) == 0) {
        read_number(out, reading);
        return;
    }
    size_t length = strspn(reading->at, "abcdefghijklmnopqrstuvwxyz0123456789");
    slong found = -1;
    for (slong j = 0; j < reading->count; j++) {
        if (strlen(reading->names[j]) == length && strncmp(reading->names[j], reading->at, length) == 0)
            found = j;
    }
    if (found < 0) {
        reading->failed = 1;
        return;
    }
    reading->at += length;
    long power = 1;
    if (*reading->at == '^')
        power = strtol(reading->at + 1, (char **) &reading->at, 10);
    fmpq_pow_si(out, reading->values + found, power);
}

/* A sum of products, up to a byte that ends it. */
static void read_polynomial(fmpq_t out, reading_t *reading)
{
    fmpq_t product, factor;
    fmpq_init(product);
    fmpq_init(factor);
    fmpq_zero(out);
    do {
        reading->at += strspn(reading->at, " ");
        int negative = *reading->at == '-';
        reading->at += negative || *reading->at == '+';
        read_factor(product, reading);
        while (!reading->failed && *reading->at == '*') {
            reading->at++;
            read_factor(factor, reading);
            fmpq_mul(product, product, factor);
        }
        if (negative)
            fmpq_neg(product, product);
        fmpq_add(out, out, product);
    } while (!reading->failed && (*reading->at == '+' || *reading->at == '-'));
    fmpq_clear(product);
    fmpq_clear(factor);
}

/* Where the equations begin, and what stands before each one after the first. */
static const char *first_equation(const char *text, ncf_format_t format)
{
    static const char *const marks[] = {[NCF_FORMAT_MSOLVE] = "\n0\n",
                                        [NCF_FORMAT_SINGULAR] = "ideal I =\n",
                                        [NCF_FORMAT_PHCPACK] = "\n",
                                        [NCF_FORMAT_MACAULAY2] = "F = {\n",
                                        [NCF_FORMAT_BERTINI] = "f1 = ",
                                        [NCF_FORMAT_JULIA] = "System([\n"};
    const char *mark = strstr(text, marks[format]);
    return mark == NULL ? "" : mark + strlen(marks[format]);
}

/* All equations of a file; returns how many. */
static slong read_equations(fmpq *out, reading_t *reading, const char *text, ncf_format_t format)
{
    slong count = 0;
    reading->at = first_equation(text, format);
    while (!reading->failed && count < reading->count) {
        read_polynomial(out + count++, reading);
        const char *end = reading->at;
        reading->at += strspn(reading->at, ",;}\n");
        if (format == NCF_FORMAT_BERTINI && *reading->at == 'f')
            reading->at = strchr(reading->at, '=') + 2;
        else if (format == NCF_FORMAT_BERTINI || *end == '}' || *end == '\n' ||
                 (*end == ';' && format == NCF_FORMAT_SINGULAR))
            break;
    }
    return count;
}

/* ---- The equations against the gradient ------------------------------------------- */

typedef struct {
    struct ncf_problem *problem;
    ncf_exact_system_t system;
    ncf_network_t network;
    fmpq *values, *gradient;
    fmpq_mat_t z;
} case_t;

static void case_init(case_t *c, struct ncf_problem *problem, ncf_system_t kind,
                      ncf_random_t *random)
{
    c->problem = problem;
    CHECK(ncf__system_init(&c->system, problem, kind, NULL) == NCF_OK);
    CHECK(ncf__network_init(c->network, problem));
    c->values = _fmpq_vec_init(c->system.unknowns);
    c->gradient = _fmpq_vec_init(FLINT_MAX(c->network->unknowns, c->system.unknowns));
    fmpq_mat_init(c->z, problem->points, 1);
    ncf__problem_weights(c->z, problem);
    for (slong j = 0; j < c->system.unknowns; j++)
        ncf_test_random_fmpq(c->values + j, random);
}

static void case_clear(case_t *c)
{
    _fmpq_vec_clear(c->values, c->system.unknowns);
    _fmpq_vec_clear(c->gradient, FLINT_MAX(c->network->unknowns, c->system.unknowns));
    fmpq_mat_clear(c->z);
    ncf__network_clear(c->network);
    ncf__system_clear(&c->system);
}

/* T q^(p-1) from the data: sum_i z_i (x_i . q)^(p-1) x_i. */
static void tensor_gradient(case_t *c)
{
    fmpq_t dot, term;
    fmpq_init(dot);
    fmpq_init(term);
    for (slong i = 0; i < c->problem->points; i++) {
        const fmpq *x = fmpq_mat_entry(c->problem->x, i, 0);
        fmpq_zero(dot);
        for (slong j = 0; j < c->system.weights; j++)
            fmpq_addmul(dot, x + j, c->values + j);
        fmpq_pow_si(dot, dot, c->system.degree - 1);
        fmpq_mul(dot, dot, fmpq_mat_entry(c->z, i, 0));
        for (slong j = 0; j < c->system.weights; j++)
            fmpq_addmul(c->gradient + j, dot, x + j);
    }
    fmpq_clear(dot);
    fmpq_clear(term);
}

/* What equation k must be, up to a constant. */
static void expected(fmpq_t out, const case_t *c, slong k)
{
    slong n = c->system.weights;
    fmpq_set_si(out, -1, 1);
    if (k < n) {
        fmpq_set(out, c->values + k);
        if (c->system.unknowns > n)
            fmpq_mul(out, out, c->values + n);
        fmpq_sub(out, c->gradient + k, out);
    } else if (k == n) {
        for (slong j = 0; j < n; j++)
            fmpq_addmul(out, c->values + j, c->values + j);
    } else {
        fmpq_addmul(out, c->values + n, c->values + n + 1);
    }
}

/*
 * The constant of each equation must not depend on the point: it is found at the first
 * point at which the equation does not vanish, and holds at the others. scales: zeros.
 */
static int system_agrees(case_t *c, const fmpq *found, fmpq *scales)
{
    int agrees = 1;
    fmpq_t wanted;
    fmpq_init(wanted);
    for (slong j = 0; j < FLINT_MAX(c->network->unknowns, c->system.unknowns); j++)
        fmpq_zero(c->gradient + j);
    if (c->system.kind == NCF_SYSTEM_EIGEN)
        tensor_gradient(c);
    else
        ncf__network_eval_fmpq(NULL, c->gradient, NULL, c->values, c->network, c->problem->x, c->z);
    for (slong k = 0; k < c->system.unknowns; k++) {
        expected(wanted, c, k);
        if (fmpq_is_zero(scales + k) && !fmpq_is_zero(wanted))
            fmpq_div(scales + k, found + k, wanted);
        fmpq_mul(wanted, wanted, scales + k);
        agrees = agrees && fmpq_equal(wanted, found + k);
        if (!fmpq_is_zero(found + k))
            agrees = agrees && !fmpq_is_zero(scales + k);
    }
    fmpq_clear(wanted);
    return agrees;
}

static void check_export(struct ncf_problem *problem, ncf_system_t kind, ncf_random_t *random)
{
    case_t c;
    case_init(&c, problem, kind, random);
    fmpq *found = _fmpq_vec_init(c.system.unknowns);
    for (size_t f = 0; f < COUNT(programs); f++) {
        char *text = exported(problem, programs[f], kind);
        fmpq *scales = _fmpq_vec_init(c.system.unknowns);
        slong count = -1;
        int agree = text != NULL;
        for (int point = 0; point < 3 && agree; point++) {
            for (slong j = 0; j < c.system.unknowns; j++)
                ncf_test_random_fmpq(c.values + j, random);
            reading_t reading = {NULL, c.system.unknowns, c.system.names, c.values, 0};
            count = read_equations(found, &reading, text, programs[f]);
            agree = !reading.failed && count == c.system.unknowns && system_agrees(&c, found, scales);
        }
        CHECK_MSG(agree, "%s, %s: %ld of %ld equations", ncf__format_name(programs[f]),
                  ncf__system_name(kind), (long) count, (long) c.system.unknowns);
        _fmpq_vec_clear(scales, c.system.unknowns);
        free(text);
    }
    _fmpq_vec_clear(found, c.system.unknowns);
    case_clear(&c);
}

static void test_equations(void)
{
    const slong shapes[][5] = {{2, 2, 1, 0, 0}, {3, 1, 1, 0, 0}, {2, 2, 1, 1, 0}, {1, 1, 1, 0, 0},
                               {2, 1, 0, 0, 0}};
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 41);
    for (long k = 0; k < ncf_test_count(10); k++) {
        const slong *widths = shapes[k % 5];
        slong depth = 0, degrees[3];
        while (depth < 4 && widths[depth + 1] > 0)
            depth++;
        for (slong l = 0; l < 3; l++)
            degrees[l] = 1 + (slong) ncf__random_below(&random, 3);
        struct ncf_problem problem;
        ncf_test_problem_random(&problem, depth, widths, degrees, 3, &random);
        ncf_system_t kind = NCF_SYSTEM_FIXED_POINT;
        if (ncf__system_choose(&kind, &problem, NULL) == NCF_OK)
            check_export(&problem, kind, &random);
        check_export(&problem, NCF_SYSTEM_KKT, &random);
        kind = NCF_SYSTEM_EIGEN;
        if (ncf__system_choose(&kind, &problem, NULL) == NCF_OK)
            check_export(&problem, kind, &random);
        ncf_test_problem_clear(&problem);
    }
}

/* Coefficients of up to a hundred digits, which become decimals for two of the programs. */
static void test_long_coefficients(void)
{
    struct ncf_problem problem;
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 42);
    small_problem(&problem, 1, 3);
    fmpz_ui_pow_ui(fmpq_numref(fmpq_mat_entry(problem.x, 0, 0)), 7, 40);
    fmpz_ui_pow_ui(fmpq_denref(fmpq_mat_entry(problem.x, 1, 1)), 2, 30);
    check_export(&problem, NCF_SYSTEM_FIXED_POINT, &random);
    check_export(&problem, NCF_SYSTEM_EIGEN, &random);
    char *phc = exported(&problem, NCF_FORMAT_PHCPACK, NCF_SYSTEM_AUTO);
    char *julia = exported(&problem, NCF_FORMAT_JULIA, NCF_SYSTEM_AUTO);
    CHECK(phc != NULL && strstr(phc, "E-") != NULL);
    CHECK(julia != NULL && strstr(julia, "big\"") != NULL);
    free(phc);
    free(julia);
    ncf_test_problem_clear(&problem);
}

/* Every equation is primitive. */
static void test_primitive(void)
{
    struct ncf_problem problem;
    small_problem(&problem, 2, 2);
    fmpq_set_si(fmpq_mat_entry(problem.y, 0, 0), 6, 35);
    for (ncf_system_t kind = NCF_SYSTEM_FIXED_POINT; kind <= NCF_SYSTEM_EIGEN; kind++) {
        ncf_exact_system_t system;
        int primitive = ncf__system_init(&system, &problem, kind, NULL) == NCF_OK;
        for (slong k = 0; k < system.unknowns; k++) {
            fmpz_t content, c;
            fmpz_init(content);
            fmpz_init(c);
            for (slong t = 0; t < fmpz_mpoly_length(system.equations + k, system.context); t++) {
                fmpz_mpoly_get_term_coeff_fmpz(c, system.equations + k, t, system.context);
                fmpz_gcd(content, content, c);
            }
            primitive = primitive && fmpz_is_one(content);
            fmpz_clear(content);
            fmpz_clear(c);
        }
        CHECK_MSG(primitive, "%s", ncf__system_name(kind));
        ncf__system_clear(&system);
    }
    ncf_test_problem_clear(&problem);
}

static void test_refusals(void)
{
    struct ncf_problem problem;
    ncf_export_options_t options;
    ncf_error_t err;
    const slong wide[] = {30, 200, 1}, square = 2, linear = 1, small[] = {2, 2, 1};
    slong x[30], y = 1;
    for (slong j = 0; j < 30; j++)
        x[j] = j + 1;
    ncf_export_options_init(&options);
    ncf_test_problem_init(&problem, 2, wide, &square, 1, x, &y);
    ncf_error_init(&err);
    CHECK(ncf_export_write(stdout, &problem, &options, &err) == NCF_EUNSUPPORTED);
    CHECK(strstr(err.text, "too large") != NULL);
    ncf_test_problem_clear(&problem);
    ncf_test_problem_init(&problem, 2, small, &linear, 1, x, &y);
    options.system = NCF_SYSTEM_EIGEN;
    ncf_error_init(&err);
    CHECK(ncf_export_write(stdout, &problem, &options, &err) == NCF_EUNSUPPORTED);
    options.system = NCF_SYSTEM_FIXED_POINT;
    CHECK(ncf_export_write(stdout, &problem, &options, &err) == NCF_EUNSUPPORTED);
    options.system = NCF_SYSTEM_KKT;
    options.format = NCF_FORMAT_AUTO;
    CHECK(ncf_export_write(stdout, &problem, &options, &err) == NCF_EARG);
    options.size = 0;
    CHECK(ncf_export_write(stdout, &problem, &options, &err) == NCF_EARG);
    char *text = exported(&problem, NCF_FORMAT_SINGULAR, NCF_SYSTEM_AUTO);
    CHECK(text != NULL && strstr(text, "s*lam") == NULL && strstr(text, "lam*s-1") != NULL);
    CHECK(text != NULL && strstr(text, "form families") != NULL);
    free(text);
    ncf_test_problem_clear(&problem);
}

/* ---- Lists of solutions ------------------------------------------------------------ */

/* z = (3/4, -1/2, 1/4) as each program writes it, and one that is not real. */
static const char *const lists[] = {
    [NCF_FORMAT_MSOLVE] = "[0, [1,\n[[[5 / 2^3, 7 / 2^3], [-1 / 2^1, -1 / 2^1], [0, 1 / 2^1]]]\n]]:\n",
    [NCF_FORMAT_SINGULAR] = "// x\n[1]:\n   [1]:\n0.75\n   [2]:\n(-0.5)\n   [3]:\n.25\n"
                            "[2]:\n   [1]:\n(0.5-i*2)\n   [2]:\ni\n   [3]:\n(-i*3.5)\n",
    [NCF_FORMAT_PHCPACK] =
        "START SOLUTIONS :\n1 1\n===\nsolution 1 :\nt : 0 0\nm : 1\nthe solution for t :\n"
        " z2 : 9.0E+00 0.0E+00\n== err : 1 ==\n"
        "THE SOLUTIONS :\n3 3\n===\nsolution 1 :\nt :  1.0E+00   0.0E+00\nm : 1\n"
        "the solution for t :\n z3 :  2.5E-01   1.0E-33\n z1 :  7.5E-01   0.0E+00\n"
        " z2 : -5.0E-01   0.0E+00\n== err :  4.8E-16 = rco :  1.1E-01 = res :  2.2E-16 ==\n"
        "solution 2 :\nt :  1.0E+00   0.0E+00\nm : 1\nthe solution for t :\n"
        " z3 :  1.0E+00   1.0E+00\n z1 :  7.5E-01   0.0E+00\n z2 : -5.0E-01   0.0E+00\n"
        "== err :  4.8E-16 = rco :  1.1E-01 = res :  2.2E-16 = complex regular ==\n"
        "solution 3 :\nt :  1.0E+00   0.0E+00\nm : 1\nthe solution for t :\n"
        " z3 :  1.0E+40   0.0E+00\n z1 :  7.5E-01   0.0E+00\n z2 : -5.0E-01   0.0E+00\n"
        "== err :  4.8E-16 = rco :  1.1E-40 = res :  2.2E-16 = at infinity ==\n",
    [NCF_FORMAT_MACAULAY2] = "{{.75, -.5, 2.5p53e-1}, {.5-1.5*ii, toCC(1p53,.25p53e1), ii}}\n",
    [NCF_FORMAT_BERTINI] = "2\n\n7.5e-01 1e-20\n-5.0e-01 0\n2.5e-01 0.0\n\n1 1\n2 2\n3 3\n\n",
    [NCF_FORMAT_JULIA] = "2\n\n0.75 1.0e-20\n-0.5 0.0\n0.25 0.0\n\n1.0 1.0\n2 2\n3 3\n",
};

static void test_lists(void)
{
    struct ncf_problem problem;
    small_problem(&problem, 1, 2);
    for (size_t f = 0; f < COUNT(programs); f++) {
        const char *text = lists[programs[f]];
        ncf_points_t *points;
        ncf_error_t err;
        ncf_error_init(&err);
        ncf_status_t status = ncf_solutions_parse(&points, text, strlen(text), "list", &problem,
                                                  programs[f], &err);
        CHECK_MSG(status == NCF_OK, "%s: %d:%d %s", ncf__format_name(programs[f]), err.line,
                  err.column, err.text);
        if (status != NCF_OK)
            continue;
        const fmpq *row = fmpq_mat_entry(points->rows, 0, 0);
        int right = ncf_points_count(points) == 1;
        fmpq_t part;
        fmpq_init(part);
        for (slong j = 0; j < 3; j++) {
            fmpq_set_si(part, j == 0 ? 3 : j == 1 ? -2 : 1, 4);
            right = right && fmpq_equal(row + j, part);
        }
        fmpq_clear(part);
        slong others = programs[f] == NCF_FORMAT_MSOLVE ? 0 : 1;
        right = right && points->solutions.complex == others &&
                points->solutions.failed == (programs[f] == NCF_FORMAT_PHCPACK) &&
                points->solutions.listed == 1 + others + points->solutions.failed;
        CHECK_MSG(right, "%s", ncf__format_name(programs[f]));
        ncf_points_free(points);
        ncf_format_t seen = ncf__solution_format(text, strlen(text));
        CHECK(seen == (programs[f] == NCF_FORMAT_JULIA ? NCF_FORMAT_BERTINI : programs[f]));
    }
    ncf_test_problem_clear(&problem);
}

/* Files of candidates are not taken for lists. */
static void test_not_lists(void)
{
    static const char *const texts[] = {"[[1, 2, 3]]",  "{\"points\": [[1, 2, 3]]}", "1,2,3\n4,5,6\n",
                                        "a,b,c\n1,2,3", "3\n1\n2\n",                 "3\n1 x\n",
                                        "",             "{ \"a\": 1}",               "\n[1,\n2]\n"};
    for (size_t k = 0; k < COUNT(texts); k++)
        CHECK_MSG(ncf__solution_format(texts[k], strlen(texts[k])) == NCF_FORMAT_AUTO, "%s", texts[k]);
}

/* kkt, eigen and the origin: N = sum of y_i v (w . x_i)^2. */
static void test_systems_of_lists(void)
{
    struct ncf_problem problem;
    ncf_points_t *points;
    small_problem(&problem, 2, 2);
    const char *kkt = "1\n\n1 0\n2 0\n3 0\n4 0\n5 0\n6 0\n7 0\n8 0\n";
    CHECK(ncf_solutions_parse(&points, kkt, strlen(kkt), "list", &problem, NCF_FORMAT_AUTO, NULL) == NCF_OK);
    CHECK(points != NULL && fmpq_equal_si(fmpq_mat_entry(points->rows, 0, 5), 6));
    ncf_points_free(points);
    const char *eigen = "1\n\n3 0\n4 0\n-2 0\n5 0\n";
    CHECK(ncf_solutions_parse(&points, eigen, strlen(eigen), "list", &problem, NCF_FORMAT_AUTO, NULL) == NCF_OK);
    CHECK(points != NULL && fmpq_mat_ncols(points->rows) == 6 &&
          fmpq_is_zero(fmpq_mat_entry(points->rows, 0, 2)) &&
          fmpq_equal_si(fmpq_mat_entry(points->rows, 0, 4), -1) &&
          fmpq_sgn(fmpq_mat_entry(points->rows, 0, 1)) > 0);
    ncf_points_free(points);
    const char *zero = "2\n\n1e-40 1e-41\n0 0\n0 0\n1e-30 0\n0 0\n0 0\n\n1 0\n1 0\n1 0\n1 0\n1 0\n1 0\n";
    CHECK(ncf_solutions_parse(&points, zero, strlen(zero), "list", &problem, NCF_FORMAT_AUTO, NULL) == NCF_OK);
    CHECK(points != NULL && ncf_points_count(points) == 1 && points->solutions.origin == 1);
    ncf_points_free(points);
    ncf_test_problem_clear(&problem);
}

typedef struct {
    ncf_format_t format;
    const char *text;
    ncf_status_t status;
    int line, column;
} bad_t;

static const bad_t bad_lists[] = {
    {NCF_FORMAT_MSOLVE, "", NCF_EPARSE, 1, 1},
    {NCF_FORMAT_MSOLVE, "[-1]:", NCF_ESPEC, 1, 4},
    {NCF_FORMAT_MSOLVE, "[1, 3, -1, []]:", NCF_ESPEC, 1, 3},
    {NCF_FORMAT_MSOLVE, "[0, [1,\n[]\n]]:", NCF_ESPEC, 0, 0},
    {NCF_FORMAT_MSOLVE, "[0, [1,\n[[[0, 0], [0, 1 / 3^2], [0, 0]]]\n]]:", NCF_EPARSE, 2, 19},
    {NCF_FORMAT_MSOLVE, "[0, [1,\n[[[0, 0], [0, 1 / 2^-1], [0, 0]]]\n]]:", NCF_EPARSE, 2, 23},
    {NCF_FORMAT_MSOLVE, "[0, [1,\n[[[0, 1], [0, 1]]]\n]]:", NCF_ESPEC, 0, 0},
    {NCF_FORMAT_MSOLVE, "[0, [1,\n[[[0, 1], [0, 1], [0, 1]]]\n]]: x", NCF_EPARSE, 3, 5},
    {NCF_FORMAT_SINGULAR, "nothing\n", NCF_EPARSE, 2, 1},
    {NCF_FORMAT_SINGULAR, "[1]:\n   [1]:\nx\n", NCF_EPARSE, 3, 1},
    {NCF_FORMAT_SINGULAR, "[1]:\n [1]:\n1\n [2]:\n1\n[2]:\n [1]:\n(1+*2)\n", NCF_EPARSE, 8, 4},
    {NCF_FORMAT_SINGULAR, "[1]:\n [1]:\n1\n [2]:\n1\n[2]:\n [1]:\n1\n", NCF_EPARSE, 9, 1},
    {NCF_FORMAT_PHCPACK, "THE SOLUTIONS :\nthe solution for t :\n z1 : 1\n", NCF_EPARSE, 4, 1},
    {NCF_FORMAT_PHCPACK, "the solution for t :\n z1 : 1 0\n", NCF_EPARSE, 3, 1},
    {NCF_FORMAT_PHCPACK, "the solution for t :\n a : 1 0\n b : 1 0\n c : 1 0\n== e ==\n", NCF_ESPEC, 0, 0},
    {NCF_FORMAT_PHCPACK,
     "the solution for t :\n z1 : 1 0\n== e ==\nthe solution for t :\n z2 : 1 0\n== e ==\n",
     NCF_EPARSE, 5, 2},
    {NCF_FORMAT_MACAULAY2, "{}", NCF_ESPEC, 0, 0},
    {NCF_FORMAT_MACAULAY2, "{{1, 2, 3}, {1, 2}}", NCF_EPARSE, 1, 19},
    {NCF_FORMAT_MACAULAY2, "{{1, 2, 3}, {1, 2, 3, 4}}", NCF_EPARSE, 1, 24},
    {NCF_FORMAT_MACAULAY2, "{{1, 2, *ii}}", NCF_EPARSE, 1, 9},
    {NCF_FORMAT_MACAULAY2, "{{1, 2, 3}", NCF_EPARSE, 1, 11},
    {NCF_FORMAT_BERTINI, "1\n\n1 0\n1 0\n1 0\n\n1 0\n", NCF_EPARSE, 7, 1},
    {NCF_FORMAT_BERTINI, "2\n\n1 0\n1 0\n1 0\n", NCF_EPARSE, 6, 1},
    {NCF_FORMAT_BERTINI, "1\n\n1 0 0\n1 0\n1 0\n", NCF_EPARSE, 3, 4},
    {NCF_FORMAT_BERTINI, "1\n\n1 1\n1 0\n1 1\n", NCF_ESPEC, 0, 0},
    {NCF_FORMAT_BERTINI, "0\n", NCF_ESPEC, 0, 0},
    {NCF_FORMAT_BERTINI, "1\n\n1e99999 0\n1 0\n1 0\n", NCF_EPARSE, 3, 1},
};

static void test_bad_lists(void)
{
    struct ncf_problem problem;
    small_problem(&problem, 1, 2);
    for (size_t k = 0; k < COUNT(bad_lists); k++) {
        const bad_t *bad = &bad_lists[k];
        ncf_points_t *points;
        ncf_error_t err;
        ncf_error_init(&err);
        ncf_status_t status = ncf_solutions_parse(&points, bad->text, strlen(bad->text), "list",
                                                  &problem, bad->format, &err);
        CHECK_MSG(status == bad->status && points == NULL && err.line == bad->line &&
                      err.column == bad->column,
                  "%s: status %d at %d:%d: %s", bad->text, (int) status, err.line, err.column,
                  err.text);
        ncf_points_free(points);
    }
    ncf_test_problem_clear(&problem);
}

/* Every file that is cut or has a byte changed is read or refused, and nothing else. */
static void test_mutations(void)
{
    struct ncf_problem problem;
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 43);
    small_problem(&problem, 1, 2);
    int sound = 1;
    for (long k = 0; k < ncf_test_count(3000); k++) {
        ncf_format_t format = programs[ncf__random_below(&random, COUNT(programs))];
        char *text = ncf__strdup(lists[format]);
        size_t length = strlen(text);
        if (ncf__random_below(&random, 2) == 0)
            length = (size_t) ncf__random_below(&random, length + 1);
        for (uint64_t i = ncf__random_below(&random, 3); i > 0 && length > 0; i--)
            text[ncf__random_below(&random, length)] =
                "0123456789 .-+eE[]{}(),:*i^/\n"[ncf__random_below(&random, 29)];
        char *exact = ncf__malloc(length + 1, 1); /* so that a read beyond the end shows */
        memcpy(exact, text, length);
        exact = ncf__realloc(exact, FLINT_MAX(length, 1), 1);
        ncf_points_t *points;
        ncf_status_t status = ncf_solutions_parse(&points, exact, length, "list", &problem,
                                                  k % 3 == 0 ? NCF_FORMAT_AUTO : format, NULL);
        sound = sound && (status == NCF_OK) == (points != NULL);
        ncf_points_free(points);
        ncf__free(exact);
        ncf__free(text);
    }
    CHECK(sound);
    ncf_test_problem_clear(&problem);
}

int main(void)
{
    static const ncf_test_t tests[] = {
        {"exported equations are the gradient", test_equations},
        {"long coefficients", test_long_coefficients},
        {"equations are primitive", test_primitive},
        {"refusals", test_refusals},
        {"lists of all programs", test_lists},
        {"candidates are no lists", test_not_lists},
        {"systems of lists", test_systems_of_lists},
        {"bad lists", test_bad_lists},
        {"changed lists", test_mutations},
        {NULL, NULL},
    };
    return ncf_test_main("export", tests);
}
