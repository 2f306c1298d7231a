/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * t-eigen.c: certificates of classes of eigenpairs. The second routes are closed forms
 * (diagonal tensors, binary cubics), the bound D(m, n), and ball arithmetic through the
 * rank form of the tensor for every bound of the floating-point certificate.
 */
#include "../harness.h"

#include "../../src/certify/eigen_internal.h"

#include <math.h>
#include <string.h>

/* ---- Tensors --------------------------------------------------------------------- */

/* F = sum_i weights_i (points_i . x)^m from text; the list is weight, point, weight, ... */
static void tensor_from_text(ncf_tensor_t tensor, slong order, slong n, slong count,
                             const char *const *numbers)
{
    fmpq_mat_t x, w;
    fmpq_mat_init(x, count, n);
    fmpq_mat_init(w, count, 1);
    for (slong i = 0; i < count; i++) {
        const char *const *row = numbers + i * (n + 1);
        int good =
            ncf__rational_parse(fmpq_mat_entry(w, i, 0), row[0], strlen(row[0])) == NULL;
        for (slong j = 0; j < n; j++)
            good = good && ncf__rational_parse(fmpq_mat_entry(x, i, j), row[j + 1],
                                               strlen(row[j + 1])) == NULL;
        NCF_REQUIRE(good);
    }
    ncf__tensor_init(tensor, order, x, w);
    fmpq_mat_clear(w);
    fmpq_mat_clear(x);
}

static void random_tensor(ncf_tensor_t tensor, slong order, slong n, slong count,
                          ncf_random_t *random)
{
    fmpq_mat_t x, w;
    fmpq_mat_init(x, count, n);
    fmpq_mat_init(w, count, 1);
    for (slong i = 0; i < count; i++) {
        fmpq_set_si(fmpq_mat_entry(w, i, 0),
                    1 + 2 * (slong) ncf__random_below(random, 50) - 50, 7);
        for (slong j = 0; j < n; j++)
            fmpq_set_si(fmpq_mat_entry(x, i, j),
                        (slong) ncf__random_below(random, 2001) - 1000, 997);
    }
    ncf__tensor_init(tensor, order, x, w);
    fmpq_mat_clear(w);
    fmpq_mat_clear(x);
}

/* sum_i a_i e_i^(m) */
static void diagonal_tensor(ncf_tensor_t tensor, slong order, slong n, const slong *a)
{
    fmpq_mat_t x, w;
    fmpq_mat_init(x, n, n);
    fmpq_mat_init(w, n, 1);
    for (slong i = 0; i < n; i++) {
        fmpq_one(fmpq_mat_entry(x, i, i));
        fmpq_set_si(fmpq_mat_entry(w, i, 0), a[i], 1);
    }
    ncf__tensor_init(tensor, order, x, w);
    fmpq_mat_clear(w);
    fmpq_mat_clear(x);
}

static slong class_bound(slong order, slong n)
{
    fmpz_t bound;
    fmpz_init(bound);
    ncf__eigen_class_bound(bound, order, n);
    slong out = fmpz_get_si(bound);
    fmpz_clear(bound);
    return out;
}

static void clear_classes(ncf_class_t *classes, slong count)
{
    for (slong k = 0; k < count; k++)
        ncf__class_clear(classes + k);
}

/* ---- Closed form: diagonal tensors ----------------------------------------------- */

/*
 * Class number `index` of a diagonal tensor: leading non-zero digit 1, digit 0 an absent
 * coordinate, digit d the (d-1)-th root of z_i^{m-2} = mu/a_i with mu = 1 up to scale.
 * Returns 0 for a number that is not a class; *real: is it real up to scaling?
 */
static int diagonal_class(double *z, int *real, slong index, slong order, slong n,
                          const slong *a, double scale)
{
    slong degree = order - 2, first = -1, digit[16];
    for (slong j = 0; j < n; j++, index /= order - 1)
        digit[j] = index % (order - 1);
    *real = 1;
    for (slong j = 0; j < n; j++) {
        z[2 * j] = z[2 * j + 1] = 0;
        if (digit[j] == 0)
            continue;
        if (first < 0 && digit[j] != 1)
            return 0;
        slong turns = 2 * (digit[j] - 1) + (a[j] < 0);
        double size = pow(fabs((double) a[j]) / scale, -1 / (double) degree);
        double angle = (double) turns * acos(-1.0) / (double) degree;
        z[2 * j] = size * cos(angle);
        z[2 * j + 1] = size * sin(angle);
        slong base = first < 0 ? turns : 2 * (digit[first] - 1) + (a[first] < 0);
        *real = *real && (turns - base) % degree == 0;
        if (first < 0)
            first = j;
    }
    return first >= 0;
}

/* noise: makes the candidates of real classes visibly complex. */
static void check_diagonal(slong order, slong n, const slong *a, int with_fast, double noise)
{
    ncf_tensor_t tensor;
    diagonal_tensor(tensor, order, n, a);
    ncf_eigen_system_t *system = ncf__eigen_system_new(tensor);
    double *table = system->table;
    if (!with_fast)
        system->table = NULL;
    slong bound = class_bound(order, n), count = 0, wrong_real = 0, codes = 1;
    ncf_class_t *classes = ncf__calloc((size_t) bound, sizeof(*classes));
    slong *group = ncf__malloc((size_t) bound, sizeof(slong));
    for (slong j = 0; j < n; j++)
        codes *= order - 1;
    double z[32], mu[2] = {1, 0};
    for (slong index = 1; index < codes; index++) {
        int real;
        double scale = ldexp(1, (int) ncf__eigen_system_scale_exponent(system));
        if (!diagonal_class(z, &real, index, order, n, a, scale))
            continue;
        if (noise != 0)
            z[2 * (index % n) + 1] += noise;
        ncf_verdict_t verdict = ncf__eigen_certify(classes + count, system, z, mu, 1024);
        wrong_real += ncf_is_proved(verdict) && classes[count].real != (real ? 1 : -1);
        count++;
    }
    slong distinct = ncf__eigen_distinct(group, classes, count, system);
    CHECK_MSG(count == bound && distinct == bound, "order %ld, dimension %ld: %ld of %ld",
              (long) order, (long) n, (long) distinct, (long) bound);
    CHECK_MSG(wrong_real == 0, "order %ld: %ld classes with the wrong realness", (long) order,
              (long) wrong_real);
    clear_classes(classes, count);
    ncf__free(group);
    ncf__free(classes);
    system->table = table;
    ncf__eigen_system_free(system);
    ncf__tensor_clear(tensor);
}

static void test_diagonal(void)
{
    static const slong a[] = {3, -5, 7, 2, -11, 13, 17};
    check_diagonal(3, 7, a, 1, 0);
    check_diagonal(4, 4, a, 1, 0);
    check_diagonal(5, 3, a, 1, 0);
    check_diagonal(6, 3, a, 1, 0);
    check_diagonal(8, 2, a, 1, 0);
    check_diagonal(3, 1, a, 1, 0);
    check_diagonal(3, 4, a, 0, 0);
    check_diagonal(5, 3, a, 0, 0);
    check_diagonal(3, 4, a, 1, 1e-5);
    check_diagonal(4, 3, a, 0, 1e-5);
    static const slong ones[] = {1, 1, 1, 1};
    check_diagonal(4, 3, ones, 1, 0);
    check_diagonal(6, 2, ones, 1, 0);
}

/* Order 2: the eigenvectors of a symmetric matrix. */
static void test_matrix(void)
{
    static const char *const numbers[] = {"2", "1", "1", "-3", "1", "-1"};
    static const double candidates[2][4] = {{1, 0, 1, 0}, {1, 0, -1, 0}};
    ncf_tensor_t tensor;
    tensor_from_text(tensor, 2, 2, 2, numbers);
    ncf_eigen_system_t *system = ncf__eigen_system_new(tensor);
    ncf_class_t classes[2];
    slong group[2];
    int real = 1;
    for (int k = 0; k < 2; k++) {
        double mu[2] = {
            ldexp(k == 0 ? 4 : -6, -(int) ncf__eigen_system_scale_exponent(system)), 0};
        ncf_verdict_t verdict =
            ncf__eigen_certify(classes + k, system, candidates[k], mu, 256);
        real = real && ncf_is_proved(verdict) && classes[k].real == 1;
    }
    slong distinct = ncf__eigen_distinct(group, classes, 2, system);
    CHECK(real);
    CHECK(distinct == 2);
    clear_classes(classes, 2);
    ncf__eigen_system_free(system);
    ncf__tensor_clear(tensor);
}

/* ---- Random tensors -------------------------------------------------------------- */

/* Newton's method from a random start; returns 0 when it does not converge. */
static int random_candidate(double *z, double *mu, const ncf_eigen_system_t *system,
                            ncf_random_t *random)
{
    slong n = system->dimension;
    acb_ptr x = _acb_vec_init(n + 1);
    double norm = 0;
    for (slong i = 0; i < 2 * n; i++) {
        z[i] = ncf__random_unit(random) + ncf__random_unit(random) - 1;
        norm = hypot(norm, z[i]);
    }
    for (slong j = 0; j < n; j++)
        acb_set_d_d(x + j, z[2 * j] / norm, z[2 * j + 1] / norm);
    acb_set_d_d(x + n, ncf__random_unit(random) - 0.5, ncf__random_unit(random) - 0.5);
    int converged = ncf__ball_polish(x, NULL, 0, 3, system, 128) == NCF_POLISH_CONVERGED;
    for (slong j = 0; j <= n; j++) {
        double *pair = j < n ? z + 2 * j : mu;
        pair[0] = arf_get_d(arb_midref(acb_realref(x + j)), ARF_RND_NEAR);
        pair[1] = arf_get_d(arb_midref(acb_imagref(x + j)), ARF_RND_NEAR);
    }
    _acb_vec_clear(x, n + 1);
    return converged;
}

/*
 * Many starts: the certified classes reach the bound D(m, n), and never exceed it. A wrong
 * "exists" or a wrong "distinct" would show here as one class too many.
 */
static void check_count(slong order, slong n, slong starts, ncf_random_t *random)
{
    ncf_tensor_t tensor;
    random_tensor(tensor, order, n, 3 * n, random);
    ncf_eigen_system_t *system = ncf__eigen_system_new(tensor);
    ncf_class_t *classes = ncf__calloc((size_t) (2 * starts), sizeof(*classes));
    slong *group = ncf__malloc((size_t) (2 * starts), sizeof(slong));
    slong bound = class_bound(order, n), count = 0, far = 0;
    double z[32], mu[2];
    for (slong i = 0; i < starts; i++) {
        if (random_candidate(z, mu, system, random))
            (void) ncf__eigen_certify(classes + count++, system, z, mu, 1024);
        for (slong j = 0; j < 2 * n; j++)
            z[j] = ncf__random_unit(random) - 0.5;
        ncf_verdict_t verdict = ncf__eigen_certify(classes + count++, system, z, mu, 256);
        far += ncf_is_undecided(verdict);
    }
    slong distinct = ncf__eigen_distinct(group, classes, count, system);
    CHECK_MSG(distinct == bound, "order %ld, dimension %ld: %ld distinct, the bound is %ld",
              (long) order, (long) n, (long) distinct, (long) bound);
    CHECK_MSG(far > starts / 4, "%ld of %ld random points were not certified", (long) far,
              (long) starts);
    clear_classes(classes, count);
    ncf__free(group);
    ncf__free(classes);
    ncf__eigen_system_free(system);
    ncf__tensor_clear(tensor);
}

static void test_count(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 10);
    for (long i = 0; i < ncf_test_count(3); i++) {
        check_count(3, 2, 60, &random);
        check_count(3, 3, 250, &random);
        check_count(4, 2, 150, &random);
    }
}

/* The rank form at a complex point: T e^m, T e^{m-1}, T e^{m-2}; a route of the tests' own. */
static void weigh_acb(acb_ptr scaled, acb_srcptr s, slong power, const ncf_tensor_t tensor,
                      slong prec)
{
    arb_t weight;
    arb_init(weight);
    for (slong i = 0; i < tensor->points; i++) {
        arb_set_fmpq(weight, fmpq_mat_entry(tensor->weights, i, 0), prec + 10);
        acb_pow_ui(scaled + i, s + i, (ulong) power, prec);
        acb_mul_arb(scaled + i, scaled + i, weight, prec);
    }
    arb_clear(weight);
}

/* sum_i scaled_i y_i y_i^T; one dot product for each entry of the upper triangle. */
static void weighted_gram_acb(acb_mat_struct *out, acb_srcptr scaled, const arb_mat_t points,
                              slong prec)
{
    slong count = arb_mat_nrows(points), n = arb_mat_ncols(points);
    acb_t term;
    acb_init(term);
    for (slong j = 0; j < n; j++) {
        for (slong k = j; k < n; k++) {
            acb_ptr entry = acb_mat_entry(out, j, k);
            acb_zero(entry);
            for (slong i = 0; i < count; i++) {
                acb_mul_arb(term, scaled + i, arb_mat_entry(points, i, j), prec);
                acb_mul_arb(term, term, arb_mat_entry(points, i, k), prec);
                acb_add(entry, entry, term, prec);
            }
            acb_set(acb_mat_entry(out, k, j), entry);
        }
    }
    acb_clear(term);
}

static void eval_tensor_acb(acb_t value, acb_ptr gradient, acb_mat_struct *hessian, acb_srcptr e,
                          const ncf_tensor_t tensor, const arb_mat_t points, slong prec)
{
    slong count = tensor->points, n = tensor->dimension;
    acb_ptr s = _acb_vec_init(count), scaled = _acb_vec_init(count);
    for (slong i = 0; i < count; i++)
        for (slong j = 0; j < n; j++)
            acb_addmul_arb(s + i, e + j, arb_mat_entry(points, i, j), prec);
    if (value != NULL) {
        weigh_acb(scaled, s, tensor->order, tensor, prec);
        acb_zero(value);
        for (slong i = 0; i < count; i++)
            acb_add(value, value, scaled + i, prec);
    }
    if (gradient != NULL) {
        weigh_acb(scaled, s, tensor->order - 1, tensor, prec);
        for (slong j = 0; j < n; j++) {
            acb_zero(gradient + j);
            for (slong i = 0; i < count; i++)
                acb_addmul_arb(gradient + j, scaled + i, arb_mat_entry(points, i, j), prec);
        }
    }
    if (hessian != NULL) {
        weigh_acb(scaled, s, tensor->order - 2, tensor, prec);
        weighted_gram_acb(hessian, scaled, points, prec);
    }
    _acb_vec_clear(scaled, count);
    _acb_vec_clear(s, count);
}

/* ---- The bounds of the floating-point certificate -------------------------------- */

/* f, J at the centre of `fast` in balls, through the rank form of the unscaled tensor. */
static void exact_system(acb_ptr f, acb_mat_t jacobian, const double *z, const double *mu,
                         const ncf_tensor_t tensor, const ncf_eigen_system_t *system,
                         slong prec)
{
    slong n = tensor->dimension, exponent = ncf__eigen_system_scale_exponent(system);
    arb_mat_t points;
    acb_mat_t h;
    acb_ptr x = _acb_vec_init(n);
    acb_t m, t;
    arb_mat_init(points, tensor->points, n);
    acb_mat_init(h, n, n);
    acb_init(m);
    acb_init(t);
    for (slong j = 0; j < n; j++)
        acb_set_d_d(x + j, z[2 * j], z[2 * j + 1]);
    acb_set_d_d(m, mu[0], mu[1]);
    ncf__tensor_isometric(points, tensor, prec);
    acb_mat_zero(jacobian);
    eval_tensor_acb(t, f, h, x, tensor, points, prec);
    for (slong j = 0; j < n; j++) {
        acb_mul_2exp_si(f + j, f + j, -exponent);
        acb_submul(f + j, m, x + j, prec);
        for (slong k = 0; k < n; k++) {
            acb_mul_2exp_si(t, acb_mat_entry(h, j, k), -exponent);
            acb_mul_si(acb_mat_entry(jacobian, j, k), t, tensor->order - 1, prec);
        }
        acb_sub(acb_mat_entry(jacobian, j, j), acb_mat_entry(jacobian, j, j), m, prec);
        acb_neg(acb_mat_entry(jacobian, j, n), x + j);
        acb_conj(acb_mat_entry(jacobian, n, j), x + j);
    }
    acb_zero(f + n);
    acb_clear(t);
    acb_clear(m);
    acb_mat_clear(h);
    arb_mat_clear(points);
    _acb_vec_clear(x, n);
}

static void get_centre(double *z, const ncf_fast_t *fast)
{
    for (slong j = 0; j < fast->size - 1; j++) {
        z[2 * j] = fast->z_re[j];
        z[2 * j + 1] = fast->z_im[j];
    }
}

static void get_inverse(acb_mat_t inverse, const ncf_fast_t *fast)
{
    for (slong i = 0; i < fast->size; i++)
        for (slong j = 0; j < fast->size; j++)
            acb_set_d_d(acb_mat_entry(inverse, i, j), fast->inv_re[i * fast->width + j],
                        fast->inv_im[i * fast->width + j]);
}

/* bound >= value, where value is a lower bound of the true quantity. */
static int covers(double bound, const mag_t upper)
{
    return bound >= mag_get_d(upper) * (1 - 0x1p-25);
}

/* The bounds at the centre of `fast` against balls of 300 bits. */
static int bounds_hold(ncf_fast_t *fast, const ncf_tensor_t tensor, slong prec)
{
    slong size = fast->size;
    acb_ptr f = _acb_vec_init(size);
    acb_mat_t jacobian, inverse;
    mag_t norm;
    mag_init(norm);
    acb_mat_init(jacobian, size, size);
    acb_mat_init(inverse, size, size);
    double *z = ncf__malloc((size_t) size, 2 * sizeof(double));
    get_centre(z, fast);
    exact_system(f, jacobian, z, fast->mu, tensor, fast->system, prec);
    get_inverse(inverse, fast);
    (void) ncf__fast_test(fast);
    ncf__acb_vec_norm_mag(norm, f, size);
    int hold = covers(fast->residual, norm);
    acb_mat_bound_frobenius_norm(norm, inverse);
    hold = hold && covers(fast->beta, norm);
    acb_mat_mul(jacobian, inverse, jacobian, prec);
    for (slong i = 0; i < size; i++)
        acb_sub_ui(acb_mat_entry(jacobian, i, i), acb_mat_entry(jacobian, i, i), 1, prec);
    acb_mat_bound_frobenius_norm(norm, jacobian);
    hold = hold && covers(fast->delta, norm);
    ncf__free(z);
    acb_mat_clear(inverse);
    acb_mat_clear(jacobian);
    mag_clear(norm);
    _acb_vec_clear(f, size);
    return hold;
}

/* |J(x) - J(x0)|_F <= sqrt(2) C |x - x0| is weaker than the claim, but tests its size. */
static int lipschitz_holds(const ncf_fast_t *fast, const ncf_tensor_t tensor,
                           ncf_random_t *random)
{
    slong size = fast->size, n = size - 1, prec = 200;
    acb_ptr f = _acb_vec_init(size);
    acb_mat_t near, far;
    mag_t norm;
    mag_init(norm);
    acb_mat_init(near, size, size);
    acb_mat_init(far, size, size);
    double z[32], mu[2], distance = 0;
    get_centre(z, fast);
    exact_system(f, near, z, fast->mu, tensor, fast->system, prec);
    for (slong i = 0; i < 2 * n; i++) {
        double step = ldexp(ncf__random_unit(random) - 0.5, -14);
        distance = hypot(distance, (z[i] + step) - z[i]);
        z[i] += step;
    }
    mu[0] = fast->mu[0] + 0x1p-15;
    mu[1] = fast->mu[1];
    distance = hypot(distance, 0x1p-15);
    exact_system(f, far, z, mu, tensor, fast->system, prec);
    for (slong j = 0; j < n; j++) /* the patch stays */
        acb_set(acb_mat_entry(far, n, j), acb_mat_entry(near, n, j));
    acb_mat_sub(far, far, near, prec);
    /* The multiple of the identity has a Frobenius norm of sqrt(n) times its own. */
    for (slong j = 0; j < n; j++)
        arb_add(acb_realref(acb_mat_entry(far, j, j)), acb_realref(acb_mat_entry(far, j, j)),
                acb_realref(acb_mat_entry(near, n, n)), prec);
    acb_mat_bound_frobenius_norm(norm, far);
    int holds = covers(fast->lipschitz * distance * sqrt((double) size), norm);
    acb_mat_clear(far);
    acb_mat_clear(near);
    mag_clear(norm);
    _acb_vec_clear(f, size);
    return holds;
}

static void set_random_centre(ncf_fast_t *fast, ncf_random_t *random, int real)
{
    slong n = fast->size - 1;
    double norm = 0;
    for (slong j = 0; j < n; j++) {
        fast->z_re[j] = ncf__random_unit(random) - 0.5;
        fast->z_im[j] = real ? 0 : ncf__random_unit(random) - 0.5;
        norm = hypot(norm, hypot(fast->z_re[j], fast->z_im[j]));
    }
    for (slong j = 0; j < n; j++) {
        fast->z_re[j] /= norm;
        fast->z_im[j] /= norm;
    }
    fast->mu[0] = ncf__random_unit(random) - 0.5;
    fast->mu[1] = real ? 0 : ncf__random_unit(random) - 0.5;
}

/*
 * Moves the double table away from the tensor by a known distance: the bounds must hold
 * through their share for the table alone.
 */
static void disturb_table(ncf_eigen_system_t *system, ncf_random_t *random)
{
    const ncf_eigen_index_t *index = &system->index;
    double square = 0;
    for (slong a = 0; a < index->count; a++) {
        double orderings = fmpz_get_d(index->orderings + a);
        for (slong pair = 0; pair < index->pairs; pair++) {
            double *entry = system->table + a * system->stride + pair, before = *entry;
            *entry += ldexp(ncf__random_unit(random) - 0.5, -20);
            square += 2 * (*entry - before) * (*entry - before) / orderings;
        }
    }
    system->table_error += 1.0001 * sqrt(square);
    system->table_norm += system->table_error;
}

/* The stated distance of the double table from T, against a table of 512 bits. */
static int table_error_holds(const ncf_eigen_system_t *system)
{
    const ncf_eigen_index_t *index = &system->index;
    arb_srcptr exact = ncf__eigen_level(system, 512)->table;
    arb_t sum, term;
    arb_init(sum);
    arb_init(term);
    for (slong j = 0, pair = 0; j < system->dimension; j++) {
        for (slong k = j; k < system->dimension; k++, pair++) {
            for (slong a = 0; a < index->count; a++) {
                arb_set_d(term, system->table[a * system->stride + pair]);
                arb_sub(term, term, exact + pair * index->count + a, 512);
                arb_sqr(term, term, 512);
                arb_div_fmpz(term, term, index->orderings + a, 512);
                arb_mul_2exp_si(term, term, j < k);
                arb_add(sum, sum, term, 512);
            }
        }
    }
    arb_sqrt(sum, sum, 512);
    arb_set_d(term, system->table_error);
    int holds = arb_le(sum, term);
    arb_clear(term);
    arb_clear(sum);
    return holds;
}

/* A centre near a zero, from Newton's method; 0 when a few starts do not converge. */
static int set_zero_centre(ncf_fast_t *fast, ncf_random_t *random)
{
    double z[32];
    int converged = 0;
    for (int start = 0; start < 8 && !converged; start++)
        converged = random_candidate(z, fast->mu, fast->system, random);
    for (slong j = 0; j < fast->size - 1; j++) {
        fast->z_re[j] = z[2 * j];
        fast->z_im[j] = z[2 * j + 1];
    }
    return converged;
}

/* disturbed: with a table that is known to be wrong by about 2^-20. */
static void check_bounds(slong order, slong n, slong points, int disturbed,
                         ncf_random_t *random)
{
    ncf_tensor_t tensor;
    random_tensor(tensor, order, n, points, random);
    ncf_eigen_system_t *system = ncf__eigen_system_new(tensor);
    CHECK(table_error_holds(system));
    if (disturbed)
        disturb_table(system, random);
    ncf_fast_t fast;
    ncf__fast_init(&fast, system);
    slong broken = 0, steep = 0, proved = 0;
    for (int i = 0; i < 12; i++) {
        set_random_centre(&fast, random, i % 4 == 3);
        ncf__fast_evaluate(&fast);
        if (!ncf__fast_invert(&fast))
            continue;
        broken += !bounds_hold(&fast, tensor, 300);
        steep += !lipschitz_holds(&fast, tensor, random);
        /* At a zero the rounding errors are all there is. */
        if (!set_zero_centre(&fast, random))
            continue;
        proved += ncf__fast_prove(&fast);
        broken += !bounds_hold(&fast, tensor, 300);
    }
    CHECK_MSG(broken == 0, "order %ld, dimension %ld: %ld bounds broken", (long) order,
              (long) n, (long) broken);
    CHECK_MSG(steep == 0, "order %ld, dimension %ld: Lipschitz bound broken", (long) order,
              (long) n);
    /* Newton's method from random starts rarely ends in high dimension. */
    CHECK_MSG(proved > 0 || n > 8 || disturbed, "order %ld, dimension %ld: nothing was proved",
              (long) order, (long) n);
    ncf__fast_clear(&fast);
    ncf__eigen_system_free(system);
    ncf__tensor_clear(tensor);
}

static void test_fast_bounds(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 11);
    for (long i = 0; i < ncf_test_count(2); i++) {
        check_bounds(2, 4, 5, 0, &random);
        check_bounds(3, 2, 3, 0, &random);
        check_bounds(3, 5, 9, 0, &random);
        check_bounds(3, 12, 30, 0, &random);
        check_bounds(4, 4, 30, 0, &random);
        check_bounds(5, 4, 12, 0, &random);
        check_bounds(7, 3, 9, 0, &random);
        check_bounds(3, 5, 9, 1, &random);
        check_bounds(5, 3, 9, 1, &random);
    }
}

/* The kernels against the definition: the inverse of a matrix that needs exchanges. */
static void test_kernels(void)
{
    enum { SIZE = 5, WIDTH = 8 };
    double re[SIZE * WIDTH] = {0}, im[SIZE * WIDTH] = {0}, y_re[SIZE * WIDTH],
                     y_im[SIZE * WIDTH];
    double row[2 * WIDTH];
    slong swaps[SIZE];
    for (int i = 0; i < SIZE; i++) {
        re[i * WIDTH + (i + 2) % SIZE] = i + 1;
        im[i * WIDTH + (i + 3) % SIZE] = 0.5;
    }
    memcpy(y_re, re, sizeof(re));
    memcpy(y_im, im, sizeof(im));
    CHECK(ncf__kernel_invert(y_re, y_im, SIZE, WIDTH, swaps));
    CHECK(ncf__kernel_defect(y_re, y_im, re, im, SIZE, WIDTH, row) < 0x1p-90);
    y_re[2 * WIDTH + 1] += 0x1p-10;
    CHECK(ncf__kernel_defect(y_re, y_im, re, im, SIZE, WIDTH, row) > 0x1p-22);
    memset(re, 0, sizeof(re));
    CHECK(!ncf__kernel_invert(re, re, SIZE, WIDTH, swaps));
}

/* ---- Binary cubics: multiple and nearly multiple classes ------------------------- */

/*
 * F = x^3 + 3 b x y^2 + c y^3 has the classes y = 0 and y/x = t with
 * (2b - 1) + c t - b t^2 = 0: a double one for b = 1/2.
 */
static void binary_cubic(ncf_tensor_t tensor, const char *weight_x, const char *half_b,
                         const char *c)
{
    const char *const numbers[] = {weight_x, "1", "0",  half_b, "1", "1",
                                   half_b,   "1", "-1", c,      "0", "1"};
    tensor_from_text(tensor, 3, 2, 4, numbers);
}

typedef struct {
    double y_re, y_im;
} ratio_t;

/* Certifies the candidates (1, y) and counts the distinct ones. */
static slong certify_ratios(ncf_class_t *classes, const ncf_tensor_t tensor,
                            const ratio_t *ratio, slong count, slong max_precision,
                            int *proved)
{
    ncf_eigen_system_t *system = ncf__eigen_system_new(tensor);
    slong group[8];
    *proved = 0;
    for (slong k = 0; k < count; k++) {
        double z[4] = {1, 0, ratio[k].y_re, ratio[k].y_im};
        double scale = ldexp(1, -(int) ncf__eigen_system_scale_exponent(system));
        double mu[2] = {scale * (1 + ratio[k].y_re * ratio[k].y_re / 2), 0};
        *proved +=
            ncf_is_proved(ncf__eigen_certify(classes + k, system, z, mu, max_precision));
    }
    slong distinct = ncf__eigen_distinct(group, classes, count, system);
    ncf__eigen_system_free(system);
    return distinct;
}

static void test_double_zero(void)
{
    ncf_tensor_t tensor;
    ncf_class_t classes[4];
    int proved;
    static const ratio_t near[] = {{0, 0}, {1e-9, 0}, {1e-6, 1e-7}, {1e-4, 0}};
    binary_cubic(tensor, "1/2", "1/4", "1");
    slong distinct = certify_ratios(classes, tensor, near, 4, 2048, &proved);
    CHECK(proved == 0 && distinct == 0);
    clear_classes(classes, 4);
    /* The third class is simple, and is proved. */
    static const ratio_t simple[] = {{2, 0}};
    distinct = certify_ratios(classes, tensor, simple, 1, 128, &proved);
    CHECK_MSG(proved == 1 && distinct == 1 && classes[0].real == 1, "proved %d", proved);
    clear_classes(classes, 1);
    ncf__tensor_clear(tensor);
}

/* Two real classes at the distance 2e/c, b = 1/2 + e. */
static void check_pair(const char *weight_x, const char *half_b, double e, slong precision)
{
    ncf_tensor_t tensor;
    ncf_class_t classes[3];
    int proved;
    ratio_t pair[] = {{0, 0}, {-2 * e, 0}, {2, 0}};
    binary_cubic(tensor, weight_x, half_b, "1");
    slong distinct = certify_ratios(classes, tensor, pair, 3, precision, &proved);
    CHECK_MSG(proved == 3 && distinct == 3, "gap %g: %d proved, %ld distinct", 2 * e, proved,
              (long) distinct);
    int small = 1, real = 1;
    for (int k = 0; k < 2 && proved == 3; k++) {
        small = small && classes[k].radius < 2 * e;
        real = real && classes[k].real == 1;
    }
    CHECK(small);
    CHECK(real);
    clear_classes(classes, 3);
    ncf__tensor_clear(tensor);
}

static void test_close_pairs(void)
{
    check_pair("0.4999", "0.25005", 1e-4, 1024);
    check_pair("0.49999999", "0.250000005", 1e-8, 1024);
    check_pair("0.49999999999999999999", "0.250000000000000000005", 1e-20, 1024);
}

/* A real class between two conjugate ones at the distance 2e-10: c = 0, b = 1/2 - e. */
static void test_nearly_real(void)
{
    ncf_tensor_t tensor;
    ncf_class_t classes[3];
    int proved;
    static const ratio_t cluster[] = {{0, 0}, {0, 2e-10}, {0, -2e-10}};
    static const char *const numbers[] = {"0.50000000000000000001",  "1", "0",
                                          "0.249999999999999999995", "1", "1",
                                          "0.249999999999999999995", "1", "-1"};
    tensor_from_text(tensor, 3, 2, 3, numbers);
    slong distinct = certify_ratios(classes, tensor, cluster, 3, 2048, &proved);
    CHECK_MSG(proved == 3 && distinct == 3, "%d proved, %ld distinct", proved,
              (long) distinct);
    CHECK_MSG(classes[0].real == 1 && classes[1].real == -1 && classes[2].real == -1,
              "real: %d %d %d", classes[0].real, classes[1].real, classes[2].real);
    clear_classes(classes, 3);
    ncf__tensor_clear(tensor);
}

/* A ball that reaches over a second zero proves nothing, whatever its centre. */
static void test_two_zeros(void)
{
    ncf_tensor_t tensor;
    binary_cubic(tensor, "0.49999999", "0.250000005", "1");
    ncf_eigen_system_t *system = ncf__eigen_system_new(tensor);
    acb_ptr x = _acb_vec_init(3);
    mag_t radius, isolation;
    mag_init(radius);
    mag_init(isolation);
    acb_one(x);
    acb_one(x + 2);
    acb_mul_2exp_si(x + 2, x + 2, -ncf__eigen_system_scale_exponent(system));
    int alone = ncf__ball_test(radius, isolation, x, x, system, 128, 128);
    mag_set_d(radius, 4e-8);
    int both = ncf__ball_test(radius, isolation, x, x, system, 128, 128);
    acb_set_d(x + 1, -1e-8);
    mag_zero(radius);
    int between = ncf__ball_test(radius, isolation, x, x, system, 128, 128);
    CHECK(alone);
    CHECK(!both);
    CHECK(!between);
    mag_clear(isolation);
    mag_clear(radius);
    _acb_vec_clear(x, 3);
    ncf__eigen_system_free(system);
    ncf__tensor_clear(tensor);
}

/* (3 + 4i)(1, 2) is real up to scaling; (1, 2 + ci) is not when c exceeds the radius. */
static void test_realness_in_balls(void)
{
    acb_ptr z = _acb_vec_init(2);
    mag_t radius;
    mag_init(radius);
    acb_set_d_d(z, 3, 4);
    acb_set_d_d(z + 1, 6, 8);
    int exact = ncf__ball_is_not_real(z, 2, radius, 64);
    acb_set_d_d(z, 1, 0);
    acb_set_d_d(z + 1, 2, 0x1p-20);
    int separate = ncf__ball_is_not_real(z, 2, radius, 64);
    mag_set_ui_2exp_si(radius, 1, -22);
    int near = ncf__ball_is_not_real(z, 2, radius, 64);
    mag_set_ui_2exp_si(radius, 1, -21); /* 2^-21 sqrt 5 > 2^-20 */
    int undecided = !ncf__ball_is_not_real(z, 2, radius, 64);
    CHECK(!exact);
    CHECK(separate);
    CHECK(near);
    CHECK(undecided);
    mag_clear(radius);
    _acb_vec_clear(z, 2);
}

/* x^2 y: the classes (0, 1) with mu = 0, simple, and (sqrt 2, +-1). */
static void test_zero_eigenvalue(void)
{
    static const char *const numbers[] = {"1/6", "1",    "1", "-1/6", "1",
                                          "-1",  "-1/3", "0", "1"};
    ncf_tensor_t tensor;
    tensor_from_text(tensor, 3, 2, 3, numbers);
    ncf_eigen_system_t *system = ncf__eigen_system_new(tensor);
    double scale = ldexp(1, -(int) ncf__eigen_system_scale_exponent(system));
    double candidates[3][6] = {{0, 0, 1, 0, 0, 0},
                               {1, 0, 0.70710678, 0, 0.47140452 * scale, 0},
                               {1, 0, -0.70710678, 0, -0.47140452 * scale, 0}};
    ncf_class_t classes[3];
    slong group[3];
    int real = 1;
    for (int k = 0; k < 3; k++) {
        ncf_verdict_t verdict =
            ncf__eigen_certify(classes + k, system, candidates[k], candidates[k] + 4, 256);
        real = real && ncf_is_proved(verdict) && classes[k].real == 1;
    }
    slong distinct = ncf__eigen_distinct(group, classes, 3, system);
    CHECK(distinct == 3);
    CHECK(real);
    arb_t mu;
    arb_ptr e = _arb_vec_init(2);
    arb_init(mu);
    ncf_verdict_t refined = ncf__eigen_refine_real(e, mu, classes, system, 128, 1024);
    int right = ncf_is_proved(refined) && arb_contains_zero(mu) && arb_contains_zero(e) &&
                arb_contains_si(e + 1, 1);
    CHECK(right);
    arb_clear(mu);
    _arb_vec_clear(e, 2);
    clear_classes(classes, 3);
    ncf__eigen_system_free(system);
    ncf__tensor_clear(tensor);
}

/* ---- Grouping -------------------------------------------------------------------- */

/* The same class under complex factors is one group; class and conjugate are two. */
static void test_groups(void)
{
    static const slong a[] = {3, -5, 7};
    ncf_tensor_t tensor;
    diagonal_tensor(tensor, 4, 3, a);
    ncf_eigen_system_t *system = ncf__eigen_system_new(tensor);
    ncf_class_t classes[7];
    slong group[7];
    double base = ldexp(1, -(int) ncf__eigen_system_scale_exponent(system));
    double size = 1 / sqrt(3), other = 1 / sqrt(5);
    int proved = 1;
    for (int k = 0; k < 6; k++) {
        double angle = 0.7 * k, c = (1 + k) * cos(angle), s = (1 + k) * sin(angle);
        double sign = k < 3 ? 1 : -1; /* z = (1/sqrt 3, +-i/sqrt 5, 0), mu = 1; t^2 mu */
        double z[6] = {c * size, s * size, -sign * s * other, sign * c * other, 0, 0};
        double mu[2] = {base * (c * c - s * s), base * 2 * c * s};
        proved = proved && ncf_is_proved(ncf__eigen_certify(classes + k, system, z, mu, 256));
        proved = proved && classes[k].real == -1;
    }
    double nowhere[6] = {1, 0.3, 0.2, 0, 0.5, -0.4}, mu[2] = {0.3, 0.1};
    ncf_verdict_t verdict = ncf__eigen_certify(classes + 6, system, nowhere, mu, 256);
    slong distinct = ncf__eigen_distinct(group, classes, 7, system);
    static const slong expected[] = {0, 0, 0, 3, 3, 3, -1};
    CHECK(proved);
    CHECK(ncf_is_undecided(verdict));
    CHECK(distinct == 2);
    CHECK(memcmp(group, expected, sizeof(expected)) == 0);
    clear_classes(classes, 7);
    double broken[6] = {NAN, 0, 0, 0, 0, 0}, zero[6] = {0};
    verdict = ncf__eigen_certify(classes, system, broken, mu, 256);
    CHECK(ncf_is_undecided(verdict));
    clear_classes(classes, 1);
    verdict = ncf__eigen_certify(classes, system, zero, mu, 256);
    CHECK(ncf_is_undecided(verdict));
    clear_classes(classes, 1);
    CHECK(ncf__eigen_distinct(group, classes, 0, system) == 0);
    ncf__eigen_system_free(system);
    ncf__tensor_clear(tensor);
}

/*
 * Wide true statements about one zero, from centres all around it, are never told apart;
 * and a false one, whose ball misses the zero, is not refined to it.
 */
static void test_wide_balls(void)
{
    static const slong a[] = {3, -5, 7};
    ncf_tensor_t tensor;
    diagonal_tensor(tensor, 3, 3, a);
    ncf_eigen_system_t *system = ncf__eigen_system_new(tensor);
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 13);
    enum { COUNT = 60 };
    ncf_class_t classes[COUNT];
    slong group[COUNT];
    double z[6] = {1, 0, 0, 0, 0, 0};
    double mu[2] = {ldexp(3, -(int) ncf__eigen_system_scale_exponent(system)), 0};
    for (int k = 0; k < COUNT; k++) {
        (void) ncf__eigen_certify(classes + k, system, z, mu, 256);
        double offset = 0;
        for (int i = 0; i < 6; i++) {
            double step = ldexp(ncf__random_unit(&random) - 0.5, -16 - k % 6);
            classes[k].z[i] += step;
            offset += step * step;
        }
        classes[k].real = 0;
        classes[k].radius = 1.1 * sqrt(offset) + 0x1p-40;
    }
    CHECK(ncf__eigen_distinct(group, classes, COUNT, system) == 1);
    arb_t refined_mu;
    arb_ptr e = _arb_vec_init(3);
    arb_init(refined_mu);
    ncf__class_clear(classes);
    (void) ncf__eigen_certify(classes, system, z, mu, 256);
    ncf_verdict_t good = ncf__eigen_refine_real(e, refined_mu, classes, system, 128, 1024);
    classes[0].z[2] += 4 * classes[0].radius;
    ncf_verdict_t bad = ncf__eigen_refine_real(e, refined_mu, classes, system, 128, 1024);
    CHECK(ncf_is_proved(good));
    CHECK(ncf_is_undecided(bad));
    arb_clear(refined_mu);
    _arb_vec_clear(e, 3);
    clear_classes(classes, COUNT);
    ncf__eigen_system_free(system);
    ncf__tensor_clear(tensor);
}

/* ---- Refinement and scaling ------------------------------------------------------ */

/*
 * a (s x)^3 + b (s y)^3 for s = the scale: the class z = (1/A, 1/B) has the unit vector
 * (B, A)/|.| and mu = A B/|(A, B)| with A = a s^3, B = b s^3.
 */
static void check_refinement(const char *scale, slong prec)
{
    const char *const numbers[] = {"3", scale, "0", "-4", "0", scale};
    ncf_tensor_t tensor;
    tensor_from_text(tensor, 3, 2, 2, numbers);
    ncf_eigen_system_t *system = ncf__eigen_system_new(tensor);
    ncf_class_t class;
    fmpq_t factor, expected;
    fmpq_init(factor);
    fmpq_init(expected);
    ncf__rational_parse(factor, scale, strlen(scale));
    fmpq_pow_si(factor, factor, 3);
    arb_t mu;
    arb_ptr e = _arb_vec_init(2);
    arb_init(mu);
    /* The scaled tensor is c (3 x^3 - 4 y^3) with 1/10 <= c <= 1/5. */
    arb_set_fmpq(mu, factor, 100);
    arb_mul_2exp_si(mu, mu, -ncf__eigen_system_scale_exponent(system));
    double c = arf_get_d(arb_midref(mu), ARF_RND_NEAR);
    double z[4] = {0.8, 0, -0.6, 0}, start[2] = {2.4 * c, 0};
    ncf_verdict_t verdict = ncf__eigen_certify(&class, system, z, start, 1024);
    CHECK(ncf_is_proved(verdict) && class.real == 1);
    verdict = ncf__eigen_refine_real(e, mu, &class, system, prec, 2 * prec + 1000);
    CHECK(ncf_is_proved(verdict));
    double sign = class.z[0] > 0 ? 1 : -1;
    fmpq_set_si(expected, (slong) sign * 4, 5);
    CHECK_BALL_CONTAINS(e, expected);
    fmpq_set_si(expected, (slong) sign * -3, 5);
    CHECK_BALL_CONTAINS(e + 1, expected);
    fmpq_set_si(expected, (slong) sign * 12, 5);
    fmpq_mul(expected, expected, factor);
    CHECK_BALL_CONTAINS(mu, expected);
    CHECK(arb_rel_accuracy_bits(mu) > prec - 20 && arb_rel_accuracy_bits(e) > prec - 20);
    arb_clear(mu);
    _arb_vec_clear(e, 2);
    fmpq_clear(expected);
    fmpq_clear(factor);
    ncf__class_clear(&class);
    ncf__eigen_system_free(system);
    ncf__tensor_clear(tensor);
}

static void test_refinement(void)
{
    check_refinement("1", 128);
    check_refinement("1", 20000);
    check_refinement("1e300", 200);
    check_refinement("1e-300", 200);
    check_refinement("7/3", 1000);
}

/* Weights and points of very different sizes, and sums that cancel almost entirely. */
static void test_extreme_data(void)
{
    static const char *const cancelling[] = {
        "1", "1", "0", "-1", "1.000000000000000000000000000000000000000000000000001",
        "1", "1", "1", "1",  "1e-40",
        "0", "1"};
    static const char *const unbalanced[] = {"1e300", "1e-100", "0", "1e-300", "0", "1e100"};
    ncf_tensor_t tensor;
    for (int k = 0; k < 2; k++) {
        tensor_from_text(tensor, 3, 2, k == 0 ? 4 : 2, k == 0 ? cancelling : unbalanced);
        ncf_eigen_system_t *system = ncf__eigen_system_new(tensor);
        const double *points, *weights;
        ncf__eigen_system_approx(system, &points, &weights);
        int in_range = system->norm_bound > 0.49 && system->norm_bound <= 1.01;
        for (slong i = 0; i < tensor->points; i++)
            in_range = in_range && hypot(points[2 * i], points[2 * i + 1]) <= 1;
        CHECK_MSG(in_range, "norm %g", system->norm_bound);
        CHECK(system->table_error <= 0x1p-50 * system->norm_bound);
        ncf__eigen_system_free(system);
        ncf__tensor_clear(tensor);
    }
}

/* A tensor that is too large for a table is evaluated through its points. */
static void test_rank_form(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 12);
    ncf_tensor_t tensor;
    random_tensor(tensor, 4, 5, 12, &random);
    ncf_eigen_system_t *system = ncf__eigen_system_new(tensor);
    acb_mat_t by_table, by_points;
    acb_mat_init(by_table, 5, 5);
    acb_mat_init(by_points, 5, 5);
    acb_ptr z = _acb_vec_init(5);
    for (slong j = 0; j < 5; j++)
        acb_set_d_d(z + j, ncf__random_unit(&random), 0.25 * (double) j);
    ncf__eigen_hessian(by_table, z, system, 128);
    arb_ptr table = system->cache->level[0]->table;
    system->cache->level[0]->table = NULL;
    ncf__eigen_hessian(by_points, z, system, 128);
    system->cache->level[0]->table = table;
    int agree = acb_mat_overlaps(by_table, by_points);
    acb_mat_sub(by_table, by_table, by_points, 128);
    mag_t gap;
    mag_init(gap);
    acb_mat_bound_frobenius_norm(gap, by_table);
    CHECK(agree);
    CHECK(mag_cmp_2exp_si(gap, -100) < 0);
    mag_clear(gap);
    _acb_vec_clear(z, 5);
    acb_mat_clear(by_points);
    acb_mat_clear(by_table);
    ncf__eigen_system_free(system);
    ncf__tensor_clear(tensor);
}

int main(void)
{
    static const ncf_test_t tests[] = {
        {"diagonal tensors have their known classes", test_diagonal},
        {"order 2 is a matrix", test_matrix},
        {"never more classes than the bound", test_count},
        {"vector kernels", test_kernels},
        {"floating-point bounds hold against balls", test_fast_bounds},
        {"a double zero is undecided", test_double_zero},
        {"close pairs are told apart", test_close_pairs},
        {"a ball over two zeros", test_two_zeros},
        {"realness in balls", test_realness_in_balls},
        {"a real class between conjugate ones", test_nearly_real},
        {"a simple class with mu = 0", test_zero_eigenvalue},
        {"groups under complex scaling", test_groups},
        {"wide balls around one zero", test_wide_balls},
        {"refinement of real classes", test_refinement},
        {"huge, tiny and cancelling data", test_extreme_data},
        {"rank form and table agree", test_rank_form},
        {NULL, NULL}};
    return ncf_test_main("eigen", tests);
}
