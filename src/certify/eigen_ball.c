/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * eigen_ball.c: the certificate of T-KRAWCZYK, part B, in ball arithmetic: Newton's method
 * at any precision, and the proof that a 2-norm ball holds exactly one zero.
 */
#include "eigen_internal.h"

#define MAX_POLISH 40

void ncf__acb_vec_norm_mag(mag_t out, acb_srcptr x, slong count)
{
    mag_t part;
    mag_init(part);
    mag_zero(out);
    for (slong i = 0; i < count; i++) {
        arb_get_mag(part, acb_realref(x + i));
        mag_addmul(out, part, part);
        arb_get_mag(part, acb_imagref(x + i));
        mag_addmul(out, part, part);
    }
    mag_sqrt(out, out);
    mag_clear(part);
}

/* ---- H = T z^{m-2} --------------------------------------------------------------- */

/* Real and imaginary parts apart, so that one real dot product each does the work. */
typedef struct {
    arb_ptr re, im;
    slong count;
} split_t;

static void split_init(split_t *split, slong count)
{
    split->count = count;
    split->re = _arb_vec_init(count);
    split->im = _arb_vec_init(count);
}

static void split_clear(split_t *split)
{
    _arb_vec_clear(split->im, split->count);
    _arb_vec_clear(split->re, split->count);
}

static void split_set(split_t *split, acb_srcptr x)
{
    for (slong i = 0; i < split->count; i++) {
        arb_set(split->re + i, acb_realref(x + i));
        arb_set(split->im + i, acb_imagref(x + i));
    }
}

/* The values z^alpha of the monomials of degree m - 2. */
static void evaluate_monomials(split_t *out, acb_srcptr z, const ncf_eigen_index_t *index,
                               slong prec)
{
    acb_ptr value = _acb_vec_init(index->total);
    acb_one(value);
    for (slong i = 1; i < index->total; i++)
        acb_mul(value + i, value + index->parent[i], z + index->last[i], prec);
    split_set(out, value + (index->total - index->count));
    _acb_vec_clear(value, index->total);
}

static void hessian_by_table(acb_mat_t h, acb_srcptr z, const ncf_eigen_system_t *system,
                             const ncf_eigen_level_t *level, slong prec)
{
    slong n = system->dimension, count = system->index.count;
    split_t monomials;
    split_init(&monomials, count);
    evaluate_monomials(&monomials, z, &system->index, prec);
    arb_srcptr row = level->table;
    for (slong j = 0; j < n; j++) {
        for (slong k = j; k < n; k++, row += count) {
            acb_ptr entry = acb_mat_entry(h, j, k);
            arb_dot(acb_realref(entry), NULL, 0, row, 1, monomials.re, 1, count, prec);
            arb_dot(acb_imagref(entry), NULL, 0, row, 1, monomials.im, 1, count, prec);
            if (k > j)
                acb_set(acb_mat_entry(h, k, j), entry);
        }
    }
    split_clear(&monomials);
}

/* values_i = weight_i (y_i . z)^{m-2} */
static void weigh_points(acb_ptr values, acb_srcptr z, const ncf_eigen_system_t *system,
                         const ncf_eigen_level_t *level, slong prec)
{
    slong n = system->dimension, points = system->points;
    split_t parts;
    split_init(&parts, n);
    split_set(&parts, z);
    for (slong i = 0; i < points; i++) {
        acb_ptr s = values + i;
        arb_dot(acb_realref(s), NULL, 0, level->columns + i, points, parts.re, 1, n, prec);
        arb_dot(acb_imagref(s), NULL, 0, level->columns + i, points, parts.im, 1, n, prec);
        acb_pow_ui(s, s, (ulong) (system->order - 2), prec);
        acb_mul_arb(s, s, level->weights + i, prec);
    }
    split_clear(&parts);
}

/* For tensors too large for a table: sum_i weight_i (y_i . z)^{m-2} y_i y_i^T. */
static void hessian_by_points(acb_mat_t h, acb_srcptr z, const ncf_eigen_system_t *system,
                              const ncf_eigen_level_t *level, slong prec)
{
    slong n = system->dimension, points = system->points;
    acb_ptr values = _acb_vec_init(points), products = _acb_vec_init(points);
    weigh_points(values, z, system, level, prec);
    split_t parts;
    split_init(&parts, points);
    for (slong j = 0; j < n; j++) {
        for (slong i = 0; i < points; i++)
            acb_mul_arb(products + i, values + i, level->columns + j * points + i, prec);
        split_set(&parts, products);
        for (slong k = j; k < n; k++) {
            acb_ptr entry = acb_mat_entry(h, j, k);
            arb_srcptr column = level->columns + k * points;
            arb_dot(acb_realref(entry), NULL, 0, parts.re, 1, column, 1, points, prec);
            arb_dot(acb_imagref(entry), NULL, 0, parts.im, 1, column, 1, points, prec);
            acb_set(acb_mat_entry(h, k, j), entry);
        }
    }
    split_clear(&parts);
    _acb_vec_clear(products, points);
    _acb_vec_clear(values, points);
}

void ncf__eigen_hessian(acb_mat_t h, acb_srcptr z, const ncf_eigen_system_t *system,
                        slong prec)
{
    const ncf_eigen_level_t *level = ncf__eigen_level(system, prec);
    if (level->table != NULL)
        hessian_by_table(h, z, system, level, prec);
    else
        hessian_by_points(h, z, system, level, prec);
}

/* ---- f and J --------------------------------------------------------------------- */

typedef struct {
    slong size; /* n + 1 */
    acb_ptr f;  /* size */
    acb_mat_t jacobian, inverse, product;
    acb_mat_t column;
} newton_t;

static void newton_init(newton_t *newton, slong size)
{
    newton->size = size;
    newton->f = _acb_vec_init(size);
    acb_mat_init(newton->jacobian, size, size);
    acb_mat_init(newton->inverse, size, size);
    acb_mat_init(newton->product, size, size);
    acb_mat_init(newton->column, size, 1);
}

static void newton_clear(newton_t *newton)
{
    acb_mat_clear(newton->column);
    acb_mat_clear(newton->product);
    acb_mat_clear(newton->inverse);
    acb_mat_clear(newton->jacobian);
    _acb_vec_clear(newton->f, newton->size);
}

/* q^H z - q^H q = q^H (z - q); exactly zero when q = z. */
static void patch_residual(acb_t out, acb_srcptr z, acb_srcptr patch, slong n, slong prec)
{
    acb_t difference, conjugate;
    acb_init(difference);
    acb_init(conjugate);
    acb_zero(out);
    for (slong j = 0; j < n; j++) {
        acb_sub(difference, z + j, patch + j, prec);
        acb_conj(conjugate, patch + j);
        acb_addmul(out, conjugate, difference, prec);
    }
    acb_clear(conjugate);
    acb_clear(difference);
}

static void evaluate(newton_t *newton, acb_srcptr x, acb_srcptr patch,
                     const ncf_eigen_system_t *system, slong prec)
{
    slong n = newton->size - 1;
    acb_srcptr mu = x + n;
    acb_mat_t h;
    acb_mat_init(h, n, n);
    ncf__eigen_hessian(h, x, system, prec);
    for (slong j = 0; j < n; j++) {
        acb_ptr row = acb_mat_entry(newton->jacobian, j, 0);
        acb_mul(newton->f + j, mu, x + j, prec);
        acb_neg(newton->f + j, newton->f + j);
        acb_dot(newton->f + j, newton->f + j, 0, acb_mat_entry(h, j, 0), 1, x, 1, n, prec);
        for (slong k = 0; k < n; k++)
            acb_mul_ui(row + k, acb_mat_entry(h, j, k), (ulong) (system->order - 1), prec);
        acb_sub(row + j, row + j, mu, prec);
        acb_neg(row + n, x + j);
        acb_conj(acb_mat_entry(newton->jacobian, n, j), patch + j);
    }
    acb_zero(acb_mat_entry(newton->jacobian, n, n));
    patch_residual(newton->f + n, x, patch, n, prec);
    acb_mat_clear(h);
}

/* ---- The proof ------------------------------------------------------------------- */

/* eta >= |Y f|, delta >= |I - Y J|, beta >= |Y|, from balls of f and J. */
static int bound_operator(mag_t eta, mag_t delta, mag_t beta, newton_t *newton, slong prec,
                          slong proof_prec)
{
    slong size = newton->size;
    acb_mat_get_mid(newton->product, newton->jacobian);
    if (!acb_mat_approx_inv(newton->inverse, newton->product, proof_prec))
        return 0;
    acb_mat_get_mid(newton->inverse, newton->inverse);
    acb_mat_bound_frobenius_norm(beta, newton->inverse);
    acb_mat_mul(newton->product, newton->inverse, newton->jacobian, proof_prec);
    for (slong i = 0; i < size; i++)
        acb_sub_ui(acb_mat_entry(newton->product, i, i), acb_mat_entry(newton->product, i, i),
                   1, proof_prec);
    acb_mat_bound_frobenius_norm(delta, newton->product);
    for (slong i = 0; i < size; i++)
        acb_dot(acb_mat_entry(newton->column, i, 0), NULL, 0,
                acb_mat_entry(newton->inverse, i, 0), 1, newton->f, 1, size, prec);
    acb_mat_bound_frobenius_norm(eta, newton->column);
    return mag_is_finite(beta) && mag_is_finite(delta) && mag_is_finite(eta);
}

/* C = (m-1)(m-2)(|z| + 2^-10)^{m-3} |T|_F + 1 */
static void lipschitz_bound(mag_t out, acb_srcptr x, const ncf_eigen_system_t *system)
{
    slong m = system->order;
    mag_t power, one;
    mag_init(power);
    mag_init(one);
    mag_one(one);
    mag_zero(out);
    if (m > 2) {
        mag_set_ui_2exp_si(power, 1, NCF_EIGEN_MAX_RADIUS_EXP);
        ncf__acb_vec_norm_mag(out, x, system->dimension);
        mag_add(power, power, out);
        mag_pow_ui(out, power, (ulong) (m - 3));
        mag_mul_ui(out, out, (ulong) ((m - 1) * (m - 2)));
        mag_mul(out, out, system->norm);
    }
    mag_add(out, out, one);
    mag_clear(one);
    mag_clear(power);
}

/*
 * The inequalities of T-KRAWCZYK, part B: r >= 2 eta, kappa = delta + beta C r <= 1/2 and
 * r <= 2^-10. slope = beta C.
 */
static int inequalities_hold(mag_t radius, mag_t isolation, const mag_t eta, const mag_t delta,
                             const mag_t slope)
{
    mag_t kappa;
    mag_init(kappa);
    mag_mul_2exp_si(kappa, eta, 1);
    mag_max(radius, radius, kappa);
    mag_mul(kappa, slope, radius);
    mag_add(kappa, kappa, delta);
    int holds = mag_cmp_2exp_si(kappa, -1) <= 0 &&
                mag_cmp_2exp_si(radius, NCF_EIGEN_MAX_RADIUS_EXP) <= 0;
    mag_set_ui_2exp_si(isolation, 1, -2);
    mag_div(isolation, isolation, slope);
    mag_clear(kappa);
    return holds;
}

int ncf__ball_test(mag_t radius, mag_t isolation, acb_srcptr x, acb_srcptr patch,
                   const ncf_eigen_system_t *system, slong prec, slong proof_prec)
{
    newton_t newton;
    mag_t eta, delta, beta, lipschitz;
    newton_init(&newton, system->dimension + 1);
    mag_init(eta);
    mag_init(delta);
    mag_init(beta);
    mag_init(lipschitz);
    evaluate(&newton, x, patch, system, prec);
    int proved = bound_operator(eta, delta, beta, &newton, prec, proof_prec);
    if (proved) {
        lipschitz_bound(lipschitz, x, system);
        mag_mul(lipschitz, lipschitz, beta);
        proved = inequalities_hold(radius, isolation, eta, delta, lipschitz);
    }
    mag_clear(lipschitz);
    mag_clear(beta);
    mag_clear(delta);
    mag_clear(eta);
    newton_clear(&newton);
    return proved;
}

/* ---- Newton's method ------------------------------------------------------------- */

/* One step from x in place; length bounds it. Returns 0 when the matrix is singular. */
static int polish_step(acb_ptr x, mag_t length, newton_t *newton, acb_srcptr patch, int real,
                       const ncf_eigen_system_t *system, slong prec)
{
    slong size = newton->size;
    evaluate(newton, x, patch, system, prec);
    acb_mat_get_mid(newton->jacobian, newton->jacobian);
    for (slong i = 0; i < size; i++)
        acb_get_mid(acb_mat_entry(newton->column, i, 0), newton->f + i);
    if (!acb_mat_approx_solve(newton->column, newton->jacobian, newton->column, prec))
        return 0;
    acb_mat_bound_frobenius_norm(length, newton->column);
    for (slong i = 0; i < size; i++) {
        acb_sub(x + i, x + i, acb_mat_entry(newton->column, i, 0), prec);
        acb_get_mid(x + i, x + i);
        if (real)
            arb_zero(acb_imagref(x + i));
    }
    return mag_is_finite(length);
}

ncf_polish_t ncf__ball_polish(acb_ptr x, acb_srcptr patch, int real, slong drift,
                              const ncf_eigen_system_t *system, slong prec)
{
    slong size = system->dimension + 1;
    newton_t newton;
    mag_t length, travelled;
    acb_ptr moving = _acb_vec_init(size);
    newton_init(&newton, size);
    mag_init(length);
    mag_init(travelled);
    int alive = 1, small = 0;
    for (int step = 0; step < MAX_POLISH && alive && !small; step++) {
        _acb_vec_set(moving, x, size);
        alive = polish_step(x, length, &newton, patch != NULL ? patch : moving, real, system,
                            prec);
        mag_add(travelled, travelled, length);
        alive = alive && mag_cmp_2exp_si(travelled, drift) <= 0;
        small = mag_cmp_2exp_si(length, -2 * prec / 3) <= 0;
    }
    mag_clear(travelled);
    mag_clear(length);
    newton_clear(&newton);
    _acb_vec_clear(moving, size);
    return !alive ? NCF_POLISH_LOST : small ? NCF_POLISH_CONVERGED : NCF_POLISH_SLOW;
}
