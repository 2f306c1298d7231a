/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * kkt_point.c: Krawczyk's test in the full network (T-KRAWCZYK). All boxes are cubes
 * B = m + [-rho, rho]^{n+1}: |u| = 1, and N is divided by a power of two that brings
 * lambda near 1, so one radius fits every component, and K(B) strictly inside B reads
 *     |(Y F(m))_j| + rho sum_k |(I - Y JF(B))_jk| < rho     for every j.
 * Y is data: any real matrix is allowed, so it comes from doubles when they suffice.
 */
#include "kkt_point.h"

#include "interval_matrix.h"

#include <math.h>
#include <string.h>

typedef struct {
    const ncf_network_struct *network;
    slong size;  /* n + 1 */
    slong scale; /* N and lambda are divided by 2^scale */
    slong prec;
    arb_ptr given;      /* the enclosure, scaled */
    mag_t given_radius; /* of its widest component */
    arb_mat_t x, weights;
    arb_ptr centre;    /* m, exact */
    arb_ptr box;       /* B */
    mag_t radius;      /* rho */
} system_t;

#define BALL_UNKNOWNS 256 /* beyond, Y comes from doubles only */
#define DOUBLE_FLOOR 300  /* bits: rho stays far above what bounds in doubles add */

/* ---- The system ------------------------------------------------------------------ */

static slong scale_exponent(const arb_t lambda)
{
    slong bound = arf_abs_bound_lt_2exp_si(arb_midref(lambda));
    /* Zero and absurd exponents are left as they are: the scale is a convenience. */
    return bound > -(WORD(1) << 40) && bound < (WORD(1) << 40) ? bound : 0;
}

static void system_init(system_t *s, arb_srcptr u, const arb_t lambda,
                        const ncf_network_struct *network, slong points)
{
    slong n = network->unknowns;
    s->network = network;
    s->size = n + 1;
    s->scale = scale_exponent(lambda);
    s->given = _arb_vec_init(n + 1);
    _arb_vec_set(s->given, u, n);
    arb_mul_2exp_si(s->given + n, lambda, -s->scale);
    mag_init(s->given_radius);
    for (slong j = 0; j <= n; j++)
        mag_max(s->given_radius, s->given_radius, arb_radref(s->given + j));
    arb_mat_init(s->x, points, network->inputs);
    arb_mat_init(s->weights, points, 1);
    s->centre = _arb_vec_init(n + 1);
    s->box = _arb_vec_init(n + 1);
    mag_init(s->radius);
}

static void system_clear(system_t *s)
{
    _arb_vec_clear(s->given, s->size);
    mag_clear(s->given_radius);
    arb_mat_clear(s->x);
    arb_mat_clear(s->weights);
    _arb_vec_clear(s->centre, s->size);
    _arb_vec_clear(s->box, s->size);
    mag_clear(s->radius);
}

/* Data and centre at the working precision. */
static void set_precision(system_t *s, const fmpq_mat_t x, const fmpq_mat_t weights,
                          slong prec)
{
    s->prec = prec;
    arb_mat_set_fmpq_mat(s->x, x, prec);
    arb_mat_set_fmpq_mat(s->weights, weights, prec);
    arb_mat_scalar_mul_2exp_si(s->weights, s->weights, -s->scale);
    for (slong j = 0; j < s->size; j++) {
        mag_zero(arb_radref(s->centre + j));
        arf_set_round(arb_midref(s->centre + j), arb_midref(s->given + j), prec, ARF_RND_NEAR);
    }
}

/* r_j = (grad N)_j - lambda u_j, n entries. */
static void kkt_residual(arb_ptr r, arb_srcptr u, const arb_t lambda,
                         const ncf_network_struct *network, const arb_mat_t x,
                         const arb_mat_t weights, slong prec)
{
    ncf__network_eval_arb(NULL, r, NULL, u, network, x, weights, prec);
    for (slong j = 0; j < network->unknowns; j++)
        arb_submul(r + j, lambda, u + j, prec);
}

void ncf__kkt_function(arb_ptr f, arb_srcptr point, const ncf_network_t network,
                       const arb_mat_t x, const arb_mat_t weights, slong prec)
{
    slong n = network->unknowns;
    kkt_residual(f, point, point + n, network, x, weights, prec);
    arb_zero(f + n);
    for (slong j = 0; j < n; j++)
        arb_addmul(f + n, point + j, point + j, prec);
    arb_sub_ui(f + n, f + n, 1, prec);
    arb_mul_2exp_si(f + n, f + n, -1);
}

void ncf__kkt_jacobian(arb_mat_t jacobian, arb_srcptr point, const ncf_network_t network,
                       const arb_mat_t x, const arb_mat_t weights, slong prec)
{
    slong n = network->unknowns;
    arb_mat_t hessian;
    arb_mat_init(hessian, n, n);
    ncf__network_eval_arb(NULL, NULL, hessian, point, network, x, weights, prec);
    for (slong i = 0; i < n; i++) {
        for (slong j = 0; j < n; j++)
            arb_swap(arb_mat_entry(jacobian, i, j), arb_mat_entry(hessian, i, j));
        arb_ptr diagonal = arb_mat_entry(jacobian, i, i);
        arb_sub(diagonal, diagonal, point + n, prec);
        arb_neg(arb_mat_entry(jacobian, i, n), point + i);
        arb_set(arb_mat_entry(jacobian, n, i), point + i);
    }
    arb_zero(arb_mat_entry(jacobian, n, n));
    arb_mat_clear(hessian);
}

/* ---- The box --------------------------------------------------------------------- */

/*
 * rho is twice the largest step, or 5/4 of the given radius, with an absolute floor of
 * 2^-floor: a component that is exactly 0 with radius 0 is inflated too. The box is
 * a proper one only when it is finite and contains the given enclosure.
 */
static int inflate_box(system_t *s, const mag_t step, slong floor)
{
    mag_t given;
    mag_init(given);
    mag_mul_2exp_si(s->radius, step, 1);
    mag_mul_ui(given, s->given_radius, 5);
    mag_mul_2exp_si(given, given, -2);
    mag_max(s->radius, s->radius, given);
    mag_set_ui_2exp_si(given, 1, -floor);
    mag_add(s->radius, s->radius, given);
    mag_clear(given);
    int proper = 1;
    for (slong j = 0; j < s->size; j++) {
        arb_set(s->box + j, s->centre + j);
        mag_set(arb_radref(s->box + j), s->radius);
        proper = proper && arb_is_finite(s->box + j) && arb_contains(s->box + j, s->given + j);
    }
    return proper;
}

/* ---- In doubles ------------------------------------------------------------------- */

/* The system in proved intervals, T-MIDRAD. */
typedef struct {
    system_t *s;
    ncf_midrad_t *x, *weights; /* N x d, N */
    ncf_midrad_t *point;       /* size: where F and JF are evaluated */
    ncf_midrad_t *f;           /* size */
    ncf_interval_matrix_t slope; /* JF(B) */
    double *y;                   /* size x size; data */
    double *step, *defect;       /* size */
} doubles_t;

static void doubles_init(doubles_t *d, system_t *s, const fmpq_mat_t x, const fmpq_mat_t weights)
{
    size_t size = (size_t) s->size;
    d->s = s;
    d->x = ncf__midrads_from_fmpq_mat(x, 0);
    d->weights = ncf__midrads_from_fmpq_mat(weights, -s->scale);
    d->point = ncf__malloc(2 * size, sizeof(ncf_midrad_t));
    d->f = d->point + size;
    ncf__interval_matrix_init(&d->slope, s->size, s->size);
    d->y = ncf__malloc(size + 2, size * sizeof(double));
    d->step = d->y + size * size;
    d->defect = d->step + size;
}

static void doubles_clear(doubles_t *d)
{
    ncf__free(d->x);
    ncf__free(d->weights);
    ncf__free(d->point);
    ncf__interval_matrix_clear(&d->slope);
    ncf__free(d->y);
}

static void load_point(doubles_t *d, arb_srcptr point)
{
    for (slong j = 0; j < d->s->size; j++)
        d->point[j] = ncf__midrad_from_arb(point + j, 0);
}

/* f = F(m) */
static void function_in_doubles(doubles_t *d)
{
    const system_t *s = d->s;
    slong n = s->size - 1;
    load_point(d, s->centre);
    ncf__network_eval_midrad(NULL, d->f, NULL, d->point, s->network, d->x, d->weights,
                               arb_mat_nrows(s->x));
    ncf_midrad_t lambda = d->point[n], norm = ncf__midrad_point(-1);
    lambda.mid = -lambda.mid;
    for (slong j = 0; j < n; j++) {
        d->f[j] = ncf__midrad_add(d->f[j], ncf__midrad_mul(lambda, d->point[j]));
        norm = ncf__midrad_add(norm, ncf__midrad_mul(d->point[j], d->point[j]));
    }
    d->f[n] = ncf__midrad_mul(norm, ncf__midrad_point(0.5));
}

/* The same in balls, where rounding errors stand in the way. */
static void function_in_balls(doubles_t *d)
{
    const system_t *s = d->s;
    arb_ptr f = _arb_vec_init(s->size);
    ncf__kkt_function(f, s->centre, s->network, s->x, s->weights, s->prec);
    for (slong j = 0; j < s->size; j++)
        d->f[j] = ncf__midrad_from_arb(f + j, 0);
    _arb_vec_clear(f, s->size);
}

/* slope = JF(B) */
static void slope_in_doubles(doubles_t *d)
{
    const system_t *s = d->s;
    slong n = s->size - 1, size = s->size;
    ncf_midrad_t *hessian = ncf__malloc((size_t) (n * n), sizeof(*hessian));
    load_point(d, s->box);
    ncf__network_eval_midrad(NULL, NULL, hessian, d->point, s->network, d->x, d->weights,
                               arb_mat_nrows(s->x));
    ncf_midrad_t minus = d->point[n];
    minus.mid = -minus.mid;
    for (slong i = 0; i < n; i++) {
        ncf_midrad_t *diagonal = hessian + i * n + i, u = d->point[i];
        *diagonal = ncf__midrad_add(*diagonal, minus);
        for (slong j = 0; j < n; j++) {
            d->slope.mid[i * size + j] = hessian[i * n + j].mid;
            d->slope.radius[i * size + j] = hessian[i * n + j].radius;
        }
        d->slope.mid[i * size + n] = -u.mid;
        d->slope.mid[n * size + i] = u.mid;
        d->slope.radius[i * size + n] = d->slope.radius[n * size + i] = u.radius;
    }
    ncf__free(hessian);
}

static void slope_in_balls(doubles_t *d)
{
    const system_t *s = d->s;
    arb_mat_t balls;
    arb_mat_init(balls, s->size, s->size);
    ncf__kkt_jacobian(balls, s->box, s->network, s->x, s->weights, FLINT_MIN(s->prec, 64));
    ncf__interval_matrix_set_arb(&d->slope, balls, 0);
    arb_mat_clear(balls);
}

static int all_finite(const double *v, slong count)
{
    for (slong i = 0; i < count; i++) {
        if (!isfinite(v[i]))
            return 0;
    }
    return 1;
}

/* About the inverse of the midpoints: nothing here needs to be right. */
static int propose_inverse(doubles_t *d)
{
    slong size = d->s->size;
    memcpy(d->y, d->slope.mid, (size_t) (size * size) * sizeof(double));
    return all_finite(d->y, size * size) && ncf__dense_invert(d->y, size) &&
           all_finite(d->y, size * size);
}

/* |Y F(m)| in the maximum norm, as a bound; infinite when there is none. */
static void largest_step(mag_t bound, const doubles_t *d)
{
    double largest = 0;
    for (slong j = 0; j < d->s->size; j++)
        largest = isnan(d->step[j]) ? INFINITY : fmax(largest, d->step[j]);
    mag_set_d(bound, largest);
}

/* T-INTERVALMATRIX (C): K(B) strictly inside B. rho has 30 bits: it is a double exactly. */
static int contracts(doubles_t *d, int balls)
{
    (balls ? slope_in_balls : slope_in_doubles)(d);
    ncf__interval_defect(d->defect, d->y, &d->slope);
    return ncf__interval_contracts(d->step, d->defect, mag_get_d(d->s->radius), d->s->size);
}

/*
 * First in a box that does not depend on the step, with Y from its Jacobian; then, when the
 * step is too long for that box, in one that fits.
 */
static int prove_in_doubles(doubles_t *d, int balls)
{
    system_t *s = d->s;
    slong floor = FLINT_MIN(s->prec / 2, DOUBLE_FLOOR);
    mag_t bound;
    mag_init(bound);
    int proved = 0, proper = inflate_box(s, bound, floor);
    if (proper) {
        (balls ? slope_in_balls : slope_in_doubles)(d);
        proper = propose_inverse(d);
    }
    if (proper) {
        (balls ? function_in_balls : function_in_doubles)(d);
        ncf__interval_image(d->step, d->y, d->f, s->size);
        ncf__interval_defect(d->defect, d->y, &d->slope);
        proved = ncf__interval_contracts(d->step, d->defect, mag_get_d(s->radius), s->size);
        largest_step(bound, d);
        mag_mul_2exp_si(bound, bound, 1);
        int too_long = mag_is_finite(bound) && mag_cmp(bound, s->radius) > 0;
        mag_mul_2exp_si(bound, bound, -1);
        if (!proved && too_long && inflate_box(s, bound, floor))
            proved = contracts(d, balls);
    }
    mag_clear(bound);
    return proved;
}

/* ---- Y in balls ------------------------------------------------------------------- */

/* Y at the working precision, exact. */
static int approx_inverse_ball(arb_mat_t y, const system_t *s)
{
    arb_mat_t matrix;
    arb_mat_init(matrix, s->size, s->size);
    ncf__kkt_jacobian(matrix, s->centre, s->network, s->x, s->weights, s->prec);
    int good = arb_mat_approx_inv(y, matrix, s->prec);
    for (slong i = 0; good && i < s->size; i++) {
        for (slong j = 0; j < s->size; j++) {
            mag_zero(arb_radref(arb_mat_entry(y, i, j)));
            good = good && arb_is_finite(arb_mat_entry(y, i, j));
        }
    }
    arb_mat_clear(matrix);
    return good;
}

/* step = Y F(m), and the box that follows from it. */
static int step_in_balls(system_t *s, arb_ptr step, const arb_mat_t y)
{
    mag_t entry, largest;
    mag_init(entry);
    mag_init(largest);
    arb_ptr f = _arb_vec_init(s->size);
    ncf__kkt_function(f, s->centre, s->network, s->x, s->weights, s->prec);
    for (slong j = 0; j < s->size; j++) {
        arb_dot(step + j, NULL, 0, arb_mat_entry(y, j, 0), 1, f, 1, s->size, s->prec);
        arb_get_mag(entry, step + j);
        mag_max(largest, largest, entry);
    }
    _arb_vec_clear(f, s->size);
    int proper = inflate_box(s, largest, s->prec / 2);
    mag_clear(largest);
    mag_clear(entry);
    return proper;
}

/* |(Y F(m))_j| + rho sum_k |C_jk| < rho with C = I - product; infinite bounds fail. */
static int row_is_inside(const system_t *s, arb_srcptr step, arb_mat_t product, slong j)
{
    mag_t sum, entry;
    mag_init(sum);
    mag_init(entry);
    arb_ptr diagonal = arb_mat_entry(product, j, j);
    arb_sub_ui(diagonal, diagonal, 1, s->prec);
    for (slong k = 0; k < s->size; k++) {
        arb_get_mag(entry, arb_mat_entry(product, j, k));
        mag_add(sum, sum, entry);
    }
    mag_mul(sum, sum, s->radius);
    arb_get_mag(entry, step + j);
    mag_add(sum, sum, entry);
    int inside = mag_is_finite(sum) && mag_cmp(sum, s->radius) < 0;
    mag_clear(sum);
    mag_clear(entry);
    return inside;
}

static int prove_in_balls(system_t *s)
{
    arb_mat_t y, slope;
    arb_mat_init(y, s->size, s->size);
    arb_mat_init(slope, s->size, s->size);
    arb_ptr step = _arb_vec_init(s->size);
    int inside = approx_inverse_ball(y, s) && step_in_balls(s, step, y);
    if (inside) {
        ncf__kkt_jacobian(slope, s->box, s->network, s->x, s->weights, s->prec);
        arb_mat_mul(slope, y, slope, s->prec);
    }
    for (slong j = 0; j < s->size && inside; j++)
        inside = row_is_inside(s, step, slope, j);
    _arb_vec_clear(step, s->size);
    arb_mat_clear(slope);
    arb_mat_clear(y);
    return inside;
}

/*
 * When the width of the enclosure stands in the way, more bits do not help: a proof
 * needs a condition number below 1/radius, and then the rounding errors are far below
 * the radius already.
 */
static int width_dominates(const system_t *s)
{
    slong bits = s->prec > 128 ? (s->prec - 64) / 2 : 32;
    return mag_cmp_2exp_si(s->given_radius, -bits) > 0;
}

static int prove(system_t *s, const fmpq_mat_t x, const fmpq_mat_t weights, slong prec,
                 slong max_precision)
{
    doubles_t d;
    set_precision(s, x, weights, prec);
    doubles_init(&d, s, x, weights);
    int proved = prove_in_doubles(&d, 0) || prove_in_doubles(&d, 1);
    doubles_clear(&d);
    for (; !proved && s->size <= BALL_UNKNOWNS; prec = FLINT_MIN(2 * prec, max_precision)) {
        set_precision(s, x, weights, prec);
        proved = prove_in_balls(s);
        if (prec >= max_precision || width_dominates(s))
            break;
    }
    return proved;
}

ncf_verdict_t ncf__kkt_point_certify(arb_ptr u_out, arb_t lambda_out, arb_srcptr u,
                                     const arb_t lambda, const ncf_network_t network,
                                     const fmpq_mat_t x, const fmpq_mat_t weights, slong prec,
                                     slong max_precision)
{
    NCF_REQUIRE(prec >= 2 && max_precision >= 2);
    slong n = network->unknowns;
    if (!_arb_vec_is_finite(u, n) || !arb_is_finite(lambda))
        return ncf_undecided();
    system_t s;
    system_init(&s, u, lambda, network, fmpq_mat_nrows(x));
    int proved = prove(&s, x, weights, FLINT_MIN(prec, max_precision), max_precision);
    if (proved && u_out != NULL)
        _arb_vec_set(u_out, s.box, n);
    if (proved && lambda_out != NULL)
        arb_mul_2exp_si(lambda_out, s.box + n, s.scale);
    system_clear(&s);
    return proved ? ncf_proved() : ncf_undecided();
}

int ncf__kkt_residual(arf_t bound, arb_srcptr u, const arb_t lambda,
                      const ncf_network_t network, const fmpq_mat_t x,
                      const fmpq_mat_t weights, slong prec)
{
    slong n = network->unknowns;
    arb_mat_t x_balls, z_balls;
    mag_t sum, entry;
    arb_ptr r = _arb_vec_init(n);
    arb_mat_init(x_balls, fmpq_mat_nrows(x), fmpq_mat_ncols(x));
    arb_mat_init(z_balls, fmpq_mat_nrows(x), 1);
    mag_init(sum);
    mag_init(entry);
    arb_mat_set_fmpq_mat(x_balls, x, prec);
    arb_mat_set_fmpq_mat(z_balls, weights, prec);
    kkt_residual(r, u, lambda, network, x_balls, z_balls, prec);
    int consistent = 1;
    for (slong j = 0; j < n; j++) {
        /* A ball that is not finite separates nothing. */
        consistent = consistent && (!arb_is_finite(r + j) || arb_contains_zero(r + j));
        arb_get_mag(entry, r + j);
        mag_addmul(sum, entry, entry);
    }
    mag_sqrt(sum, sum);
    arf_set_mag(bound, sum);
    mag_clear(sum);
    mag_clear(entry);
    arb_mat_clear(x_balls);
    arb_mat_clear(z_balls);
    _arb_vec_clear(r, n);
    return consistent;
}
