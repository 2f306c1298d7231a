/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * t-interval_matrix.c: the bounds hold for exact rational products at the midpoints and at
 * corners of the intervals, are not absurdly wide, and fail closed.
 */
#include "../harness.h"

#include "../../src/certify/interval_matrix.h"

#include <math.h>
#include <string.h>

/* ---- Entries that hurt ------------------------------------------------------------ */

typedef enum { ENTRIES_PLAIN, ENTRIES_CANCEL, ENTRIES_TINY, ENTRIES_WILD, ENTRIES_KINDS } kind_t;

static double random_entry(kind_t kind, ncf_random_t *random)
{
    double x = 2 * ncf__random_unit(random) - 1;
    switch (kind) {
    case ENTRIES_CANCEL: /* 1 and about -1 */
        return (x < 0 ? -1 : 1) * (1 + ldexp((double) ncf__random_below(random, 4), -52));
    case ENTRIES_TINY:
        return ldexp(x, -1022 - (int) ncf__random_below(random, 60));
    case ENTRIES_WILD:
        return ncf__random_below(random, 5) == 0 ? 0 : ldexp(x, (int) ncf__random_below(random, 180) - 90);
    default:
        return x;
    }
}

static void fill(double *a, slong count, kind_t kind, ncf_random_t *random)
{
    for (slong k = 0; k < count; k++)
        a[k] = random_entry(kind, random);
}

static void set_exact(fmpq_mat_t out, const double *a)
{
    for (slong i = 0; i < fmpq_mat_nrows(out); i++) {
        for (slong j = 0; j < fmpq_mat_ncols(out); j++)
            ncf__rational_set_double(fmpq_mat_entry(out, i, j), a[i * fmpq_mat_ncols(out) + j]);
    }
}

/* mid + s radius, s = -1, 0, 1 at random; symmetric where asked. */
static void random_member(fmpq_mat_t out, const ncf_interval_matrix_t *a, int symmetric,
                          ncf_random_t *random)
{
    fmpq_t radius;
    fmpq_init(radius);
    set_exact(out, a->mid);
    for (slong i = 0; i < a->rows; i++) {
        for (slong j = 0; j < a->columns; j++) {
            fmpq *entry = fmpq_mat_entry(out, i, j);
            ncf__rational_set_double(radius, a->radius[i * a->columns + j]);
            slong sign = (slong) ncf__random_below(random, 3) - 1;
            fmpq_mul_si(radius, radius, sign);
            if (symmetric && j < i)
                fmpq_set(entry, fmpq_mat_entry(out, j, i));
            else
                fmpq_add(entry, entry, radius);
        }
    }
    fmpq_clear(radius);
}

/* sum_j |a_ij - (i == j) diagonal| <= bound? */
static int row_sum_is_below(const fmpq_mat_t a, slong i, const fmpq_t diagonal, double bound)
{
    fmpq_t sum, term;
    fmpq_init(sum);
    fmpq_init(term);
    for (slong j = 0; j < fmpq_mat_ncols(a); j++) {
        fmpq_set(term, fmpq_mat_entry(a, i, j));
        if (i == j)
            fmpq_sub(term, term, diagonal);
        fmpq_abs(term, term);
        fmpq_add(sum, sum, term);
    }
    int below = isinf(bound) && bound > 0;
    if (isfinite(bound)) {
        ncf__rational_set_double(term, bound);
        below = fmpq_cmp(sum, term) <= 0;
    }
    fmpq_clear(term);
    fmpq_clear(sum);
    return below;
}

static void random_intervals(ncf_interval_matrix_t *a, kind_t kind, int symmetric,
                             ncf_random_t *random)
{
    slong n = a->rows;
    fill(a->mid, n * n, kind, random);
    for (slong k = 0; k < n * n; k++)
        a->radius[k] = ncf__random_below(random, 3) == 0
                           ? 0
                           : fabs(a->mid[k]) * ldexp(ncf__random_unit(random), -30);
    for (slong i = 0; i < n && symmetric; i++) {
        for (slong j = 0; j < i; j++) {
            a->mid[i * n + j] = a->mid[j * n + i];
            a->radius[i * n + j] = a->radius[j * n + i];
        }
    }
}

/* ---- The kernels ------------------------------------------------------------------ */

/* |c - a b| <= (k + 8) 2^-52 |a||b| + 2^-600, entry by entry and exactly. */
static int product_is_close(const double *c, const double *a, const double *b, slong row_step,
                            slong column_step, slong rows, slong inner, slong columns)
{
    int close = 1;
    fmpq_t sum, size, x, y;
    fmpq_init(sum);
    fmpq_init(size);
    fmpq_init(x);
    fmpq_init(y);
    for (slong at = 0; at < rows * columns && close; at++) {
        ncf__rational_set_double(sum, c[at]);
        fmpq_neg(sum, sum);
        fmpq_zero(size);
        for (slong k = 0; k < inner; k++) {
            ncf__rational_set_double(x, a[at / columns * inner + k]);
            ncf__rational_set_double(y, b[k * row_step + at % columns * column_step]);
            fmpq_mul(x, x, y);
            fmpq_add(sum, sum, x);
            fmpq_abs(x, x);
            fmpq_add(size, size, x);
        }
        fmpq_abs(sum, sum);
        fmpq_mul_si(size, size, inner + 8);
        fmpq_div_2exp(size, size, 52);
        ncf__rational_set_double(x, ldexp(1, -600));
        fmpq_add(size, size, x);
        close = fmpq_cmp(sum, size) <= 0;
    }
    fmpq_clear(y);
    fmpq_clear(x);
    fmpq_clear(size);
    fmpq_clear(sum);
    return close;
}

static void test_kernels(void)
{
    static const slong shapes[][3] = {{1, 1, 1},  {2, 3, 1},   {7, 1, 5},    {6, 5, 16},
                                      {13, 9, 33}, {3, 600, 4}, {100, 2, 18}, {5, 257, 17}};
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 41);
    for (size_t s = 0; s < sizeof(shapes) / sizeof(shapes[0]); s++) {
        slong rows = shapes[s][0], inner = shapes[s][1], columns = shapes[s][2];
        double *a = ncf__malloc((size_t) (rows * inner), sizeof(double));
        double *b = ncf__malloc((size_t) (inner * columns), sizeof(double));
        double *c = ncf__malloc((size_t) (rows * columns), sizeof(double));
        for (int kind = 0; kind < ENTRIES_KINDS; kind++) {
            fill(a, rows * inner, kind, &random);
            fill(b, inner * columns, kind, &random);
            for (int which = 0; ncf__product(which) != NULL; which++) {
                ncf__product(which)(c, a, b, columns, 1, rows, inner, columns);
                CHECK_MSG(product_is_close(c, a, b, columns, 1, rows, inner, columns),
                          "kernel %d, %ld x %ld x %ld, kind %d", which, rows, inner, columns, kind);
                ncf__product(which)(c, a, b, 1, inner, rows, inner, columns);
                CHECK_MSG(product_is_close(c, a, b, 1, inner, rows, inner, columns),
                          "kernel %d, transposed, kind %d", which, kind);
            }
        }
        ncf__free(a);
        ncf__free(b);
        ncf__free(c);
    }
    CHECK(ncf__product(0) != NULL && ncf__product(-1) == NULL && ncf__product(9) == NULL);
}

/* ---- The bounds ------------------------------------------------------------------- */

static int defect_holds(const double *defect, const double *y, const ncf_interval_matrix_t *a,
                        ncf_random_t *random)
{
    slong n = a->rows;
    fmpq_mat_t left, right, product;
    fmpq_t one;
    fmpq_mat_init(left, n, n);
    fmpq_mat_init(right, n, n);
    fmpq_mat_init(product, n, n);
    fmpq_init(one);
    fmpq_one(one);
    set_exact(left, y);
    random_member(right, a, 0, random);
    fmpq_mat_mul(product, left, right);
    int holds = 1;
    for (slong i = 0; i < n; i++)
        holds = holds && row_sum_is_below(product, i, one, defect[i]);
    fmpq_clear(one);
    fmpq_mat_clear(product);
    fmpq_mat_clear(right);
    fmpq_mat_clear(left);
    return holds;
}

static int image_holds(const double *bound, const double *y, const ncf_interval_matrix_t *f,
                       ncf_random_t *random)
{
    slong n = f->rows;
    fmpq_mat_t left, right, product;
    fmpq_t zero;
    fmpq_mat_init(left, n, n);
    fmpq_mat_init(right, n, 1);
    fmpq_mat_init(product, n, 1);
    fmpq_init(zero);
    set_exact(left, y);
    random_member(right, f, 0, random);
    fmpq_mat_mul(product, left, right);
    int holds = 1;
    for (slong i = 0; i < n; i++)
        holds = holds && row_sum_is_below(product, i, zero, bound[i]);
    fmpq_clear(zero);
    fmpq_mat_clear(product);
    fmpq_mat_clear(right);
    fmpq_mat_clear(left);
    return holds;
}

static void test_defect(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 42);
    for (long round = 0; round < ncf_test_count(40); round++) {
        slong n = 1 + (slong) ncf__random_below(&random, 12);
        kind_t kind = (kind_t) (round % ENTRIES_KINDS);
        ncf_interval_matrix_t a, f;
        ncf__interval_matrix_init(&a, n, n);
        ncf__interval_matrix_init(&f, n, 1);
        random_intervals(&a, kind, 0, &random);
        fill(f.mid, n, kind, &random);
        fill(f.radius, n, kind, &random);
        double *y = ncf__malloc((size_t) (n * n + 2 * n), sizeof(double));
        double *defect = y + n * n, *bound = defect + n;
        for (slong k = 0; k < n * n; k++)
            y[k] = a.mid[k];
        /* An inverse where there is one, else any matrix. */
        if (kind != ENTRIES_PLAIN || !ncf__dense_invert(y, n))
            fill(y, n * n, kind, &random);
        for (slong k = 0; k < n; k++)
            f.radius[k] = fabs(f.radius[k]);
        ncf__interval_defect(defect, y, &a);
        ncf_midrad_t *intervals = ncf__malloc((size_t) n, sizeof(*intervals));
        for (slong k = 0; k < n; k++)
            intervals[k] = (ncf_midrad_t) {f.mid[k], f.radius[k]};
        ncf__interval_image(bound, y, intervals, n);
        ncf__free(intervals);
        int holds = defect_holds(defect, y, &a, &random) && image_holds(bound, y, &f, &random);
        double first = defect[0];
        ncf__free(y);
        ncf__interval_matrix_clear(&f);
        ncf__interval_matrix_clear(&a);
        CHECK_MSG(holds, "%ld unknowns, kind %d", n, (int) kind);
        CHECK_MSG(kind != ENTRIES_PLAIN || first < 1, "defect %g", first);
    }
}

static int congruence_holds(const double *diagonal, const double *radius, const double *v,
                            const ncf_interval_matrix_t *m, ncf_random_t *random)
{
    slong n = m->rows;
    fmpq_mat_t left, middle, right, product;
    fmpq_t centre;
    fmpq_mat_init(left, n, n);
    fmpq_mat_init(middle, n, n);
    fmpq_mat_init(right, n, n);
    fmpq_mat_init(product, n, n);
    fmpq_init(centre);
    set_exact(left, v);
    random_member(middle, m, 1, random);
    fmpq_mat_transpose(right, left);
    fmpq_mat_mul(product, left, middle);
    fmpq_mat_mul(product, product, right);
    int holds = 1;
    for (slong i = 0; i < n; i++) {
        if (!isfinite(radius[i]))
            continue;
        ncf__rational_set_double(centre, diagonal[i]);
        holds = holds && row_sum_is_below(product, i, centre, radius[i]);
    }
    fmpq_clear(centre);
    fmpq_mat_clear(product);
    fmpq_mat_clear(right);
    fmpq_mat_clear(middle);
    fmpq_mat_clear(left);
    return holds;
}

static int gram_holds(double bound, const double *v, slong n)
{
    fmpq_mat_t left, right, product;
    fmpq_t one;
    fmpq_mat_init(left, n, n);
    fmpq_mat_init(right, n, n);
    fmpq_mat_init(product, n, n);
    fmpq_init(one);
    fmpq_one(one);
    set_exact(left, v);
    fmpq_mat_transpose(right, left);
    fmpq_mat_mul(product, left, right);
    int holds = 1;
    for (slong i = 0; i < n; i++)
        holds = holds && row_sum_is_below(product, i, one, bound);
    fmpq_clear(one);
    fmpq_mat_clear(product);
    fmpq_mat_clear(right);
    fmpq_mat_clear(left);
    return holds;
}

/* The bound of M - shift I - V V^T for a member M of m. */
static int factor_holds(double bound, const double *v, const ncf_interval_matrix_t *m,
                        double shift, ncf_random_t *random)
{
    slong n = m->rows;
    fmpq_mat_t left, right, product, member;
    fmpq_t exact;
    fmpq_mat_init(left, n, n);
    fmpq_mat_init(right, n, n);
    fmpq_mat_init(product, n, n);
    fmpq_mat_init(member, n, n);
    fmpq_init(exact);
    set_exact(left, v);
    random_member(member, m, 1, random);
    fmpq_mat_transpose(right, left);
    fmpq_mat_mul(product, left, right);
    fmpq_mat_sub(product, member, product);
    ncf__rational_set_double(exact, shift);
    int holds = 1;
    for (slong i = 0; i < n; i++)
        holds = holds && (isinf(bound) || row_sum_is_below(product, i, exact, bound));
    fmpq_clear(exact);
    fmpq_mat_clear(member);
    fmpq_mat_clear(product);
    fmpq_mat_clear(right);
    fmpq_mat_clear(left);
    return holds;
}

/* Cholesky factors where there are some, else any matrix. */
static void test_factor(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 48);
    int wrong = 0, wide = 0, factors = 0;
    for (long round = 0; round < ncf_test_count(60); round++) {
        slong n = 1 + (slong) ncf__random_below(&random, 30);
        kind_t kind = (kind_t) (round % ENTRIES_KINDS);
        ncf_interval_matrix_t m;
        double shift = -0.5 - (double) n;
        ncf__interval_matrix_init(&m, n, n);
        random_intervals(&m, kind, 1, &random);
        double *v = ncf__malloc((size_t) (n * n), sizeof(double));
        memcpy(v, m.mid, (size_t) (n * n) * sizeof(double));
        for (slong i = 0; i < n; i++)
            v[i * n + i] -= shift;
        int factor = ncf__dense_factor(v, n);
        if (!factor)
            fill(v, n * n, kind, &random);
        double bound = ncf__interval_factor_defect(v, &m, shift);
        factors += kind == ENTRIES_PLAIN && factor;
        wide += kind == ENTRIES_PLAIN && factor && !(bound < ldexp(1, -20));
        wrong += !factor_holds(bound, v, &m, shift, &random);
        ncf__free(v);
        ncf__interval_matrix_clear(&m);
    }
    CHECK_MSG(factors > 0 && wide == 0 && wrong == 0, "%d %d %d", factors, wide, wrong);
}

static void test_congruence(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 43);
    for (long round = 0; round < ncf_test_count(40); round++) {
        slong n = 1 + (slong) ncf__random_below(&random, 10);
        kind_t kind = (kind_t) (round % ENTRIES_KINDS);
        ncf_interval_matrix_t m;
        ncf__interval_matrix_init(&m, n, n);
        random_intervals(&m, kind, 1, &random);
        double *v = ncf__malloc((size_t) (2 * n * n + 2 * n), sizeof(double));
        double *copy = v + n * n, *diagonal = copy + n * n, *radius = diagonal + n;
        for (slong k = 0; k < n * n; k++)
            copy[k] = m.mid[k];
        if (kind == ENTRIES_WILD || !ncf__dense_eigenvectors(v, copy, n))
            fill(v, n * n, kind, &random);
        ncf__interval_congruence(diagonal, radius, v, &m);
        double defect = ncf__interval_gram_defect(v, n);
        int holds = congruence_holds(diagonal, radius, v, &m, &random) && gram_holds(defect, v, n);
        double first = radius[0];
        ncf__free(v);
        ncf__interval_matrix_clear(&m);
        CHECK_MSG(holds, "%ld unknowns, kind %d", n, (int) kind);
        CHECK_MSG(kind != ENTRIES_PLAIN || first < ldexp(1, -20), "radius %g", first);
        CHECK_MSG(kind != ENTRIES_PLAIN || defect < ldexp(1, -40), "defect %g", defect);
    }
}

/* ---- Fail closed ------------------------------------------------------------------ */

static int is_below(double x, double limit)
{
    return x < limit;
}

/* One bad entry in Y, the midpoints or the radii makes every bound useless. */
static void check_bad_entry(double bad, int place)
{
    double y[4] = {1, 0, 0, 1}, defect[2], diagonal[2], radius[2];
    ncf_interval_matrix_t a;
    ncf__interval_matrix_init(&a, 2, 2);
    a.mid[0] = a.mid[3] = 1;
    if (place == 0)
        y[1] = bad;
    else if (place == 1)
        a.mid[1] = a.mid[2] = bad;
    else
        a.radius[1] = a.radius[2] = bad;
    ncf__interval_defect(defect, y, &a);
    ncf__interval_congruence(diagonal, radius, y, &a);
    double gram = place == 0 ? ncf__interval_gram_defect(y, 2) : INFINITY, image[2];
    double factor = ncf__interval_factor_defect(y, &a, 0);
    ncf_midrad_t f[2] = {{a.mid[0], a.radius[0]}, {a.mid[1], a.radius[1]}};
    ncf__interval_image(image, y, f, 2);
    int useless = !is_below(defect[0], INFINITY) && !is_below(defect[1], INFINITY) &&
                  !is_below(radius[0], INFINITY) && !is_below(gram, INFINITY) &&
                  !is_below(image[0], INFINITY) && !is_below(factor, INFINITY) &&
                  !ncf__interval_contracts(defect, defect, 1, 2);
    ncf__interval_matrix_clear(&a);
    CHECK_MSG(useless, "%g at %d", bad, place);
}

static void test_fail_closed(void)
{
    static const double bad[] = {INFINITY, -INFINITY, NAN, 0x1p101, -0x1p1000};
    for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++) {
        for (int place = 0; place < 3; place++)
            check_bad_entry(place == 2 ? fabs(bad[k]) : bad[k], place);
    }
    ncf_interval_matrix_t none;
    double one = 1;
    ncf__interval_matrix_init(&none, 1, 1);
    CHECK(ncf__interval_factor_defect(&one, &none, -1) < 0x1p-40);
    CHECK(!is_below(ncf__interval_factor_defect(&one, &none, NAN), INFINITY));
    ncf__interval_matrix_clear(&none);
    double zero[] = {0, 0}, half[] = {0.5, 0.5}, not_number[] = {0.25, NAN};
    CHECK(ncf__interval_contracts(zero, half, 1, 2));
    CHECK(!ncf__interval_contracts(half, half, 1, 2));
    CHECK(!ncf__interval_contracts(not_number, zero, 1, 2));
    CHECK(!ncf__interval_contracts(zero, half, NAN, 2));
    CHECK(!ncf__interval_contracts(zero, half, 0, 2));
}

static void check_conversion(const arb_t x, slong exponent)
{
    ncf_midrad_t found = ncf__midrad_from_arb(x, exponent);
    arb_t scaled, interval;
    arb_init(scaled);
    arb_init(interval);
    arb_mul_2exp_si(scaled, x, exponent);
    arf_set_d(arb_midref(interval), found.mid);
    mag_set_d(arb_radref(interval), found.radius);
    int contained = !arb_is_finite(x) || arb_contains(interval, scaled);
    int exact = !arb_is_zero(x) || ncf__midrad_is_zero(found);
    int closed = arb_is_finite(x) || isinf(found.radius);
    arb_clear(interval);
    arb_clear(scaled);
    CHECK(contained && exact && closed);
}

static void test_conversion(void)
{
    static const slong exponents[] = {0, -1100, 1100, -5000, 5000, 60};
    arb_t x;
    arb_init(x);
    for (size_t k = 0; k < sizeof(exponents) / sizeof(exponents[0]); k++) {
        arb_zero(x);
        check_conversion(x, exponents[k]);
        arb_const_pi(x, 300);
        check_conversion(x, exponents[k]);
        mag_set_ui_2exp_si(arb_radref(x), 3, -70);
        check_conversion(x, exponents[k]);
        arb_zero(x);
        mag_set_ui_2exp_si(arb_radref(x), 3, -1090);
        check_conversion(x, exponents[k]);
        arb_pos_inf(x);
        check_conversion(x, exponents[k]);
        arb_indeterminate(x);
        check_conversion(x, exponents[k]);
        arb_zero_pm_inf(x);
        check_conversion(x, exponents[k]);
    }
    arb_clear(x);
}

int main(void)
{
    static const ncf_test_t tests[] = {
        {"products of all kernels against exact ones", test_kernels},
        {"defects and images against exact ones", test_defect},
        {"congruences against exact ones", test_congruence},
        {"factors against exact ones", test_factor},
        {"bad entries fail closed", test_fail_closed},
        {"conversion of balls", test_conversion},
        {NULL, NULL},
    };
    return ncf_test_main("interval_matrix", tests);
}
