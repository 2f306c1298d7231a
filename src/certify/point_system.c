/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * point_system.c: Krawczyk's test (T-KRAWCZYK) on the bordered and restricted system of one
 * point. Boxes are cubes; Y is data: from doubles when they suffice, else in balls.
 */
#include "point_internal.h"

#include "interval_matrix.h"

#include <math.h>

#define FIRST_PRECISION 64    /* with Y from doubles */
#define BALL_INVERSE_SIZE 160 /* beyond, Y comes from doubles only */
#define NEWTON_STEPS 10       /* with one inverse, at most */
#define FRESH_INVERSES 3      /* at one precision */
#define GROW_ROUNDS 3         /* attempts to enlarge a box */
#define MANY_UNKNOWNS 200     /* beyond, one such attempt: each costs a Hessian */

/* ---- The system ------------------------------------------------------------------ */

void ncf__point_system_init(ncf_point_system_t *system, const ncf_network_t network,
                            const fmpq_mat_t x, const fmpq_mat_t weights, slong scale)
{
    slong n = network->unknowns;
    system->network = network;
    system->exact_x = x;
    system->exact_weights = weights;
    system->scale = scale;
    system->free = ncf__malloc((size_t) n, sizeof(slong));
    for (slong j = 0; j < n; j++)
        system->free[j] = j;
    system->count = n;
    system->slice = 0;
    system->normals = system->origin = NULL;
    system->size = n + 1;
    system->prec = 0;
    system->limits = NULL;
    arb_mat_init(system->x, fmpq_mat_nrows(x), fmpq_mat_ncols(x));
    arb_mat_init(system->weights, fmpq_mat_nrows(x), 1);
}

void ncf__point_system_clear(ncf_point_system_t *system)
{
    ncf__free(system->free);
    arb_mat_clear(system->x);
    arb_mat_clear(system->weights);
}

void ncf__point_system_slice(ncf_point_system_t *system, slong slice, const double *normals,
                             const double *origin)
{
    system->slice = slice;
    system->normals = normals;
    system->origin = origin;
    system->size = system->count + 1 + slice;
}

void ncf__point_system_restrict(ncf_point_system_t *system, const signed char *zero)
{
    system->count = 0;
    for (slong j = 0; j < system->network->unknowns; j++) {
        if (zero[j] != 1)
            system->free[system->count++] = j;
    }
    system->size = system->count + 1 + system->slice;
}

void ncf__point_system_precision(ncf_point_system_t *system, slong prec)
{
    if (system->prec == prec)
        return;
    system->prec = prec;
    arb_mat_set_fmpq_mat(system->x, system->exact_x, prec);
    arb_mat_set_fmpq_mat(system->weights, system->exact_weights, prec);
    arb_mat_scalar_mul_2exp_si(system->weights, system->weights, -system->scale);
}

void ncf__point_system_weights(arb_ptr u, const ncf_point_system_t *system, arb_srcptr v)
{
    _arb_vec_zero(u, system->network->unknowns);
    for (slong j = 0; j < system->count; j++)
        arb_set(u + system->free[j], v + j);
}

/* c_k . (u - o) */
static void slice_equation(arb_t out, const ncf_point_system_t *s, slong k, arb_srcptr v)
{
    slong n = s->network->unknowns;
    arb_t normal, difference;
    arb_init(normal);
    arb_init(difference);
    arb_zero(out);
    for (slong j = 0; j < s->count; j++) {
        arb_set_d(difference, s->origin[s->free[j]]);
        arb_sub(difference, v + j, difference, s->prec);
        arb_set_d(normal, s->normals[k * n + s->free[j]]);
        arb_addmul(out, normal, difference, s->prec);
    }
    arb_clear(difference);
    arb_clear(normal);
}

/* f = G(v) */
static void system_function(arb_ptr f, const ncf_point_system_t *s, arb_srcptr v)
{
    slong n = s->network->unknowns, count = s->count;
    arb_ptr u = _arb_vec_init(n), gradient = _arb_vec_init(n);
    arb_t normal;
    arb_init(normal);
    ncf__point_system_weights(u, s, v);
    ncf__network_eval_arb(NULL, gradient, NULL, u, s->network, s->x, s->weights, s->prec);
    arb_zero(f + count);
    for (slong j = 0; j < count; j++) {
        arb_swap(f + j, gradient + s->free[j]);
        arb_submul(f + j, v + count, v + j, s->prec);
        for (slong k = 0; k < s->slice; k++) {
            arb_set_d(normal, s->normals[k * n + s->free[j]]);
            arb_addmul(f + j, v + count + 1 + k, normal, s->prec);
        }
        arb_addmul(f + count, v + j, v + j, s->prec);
    }
    arb_sub_ui(f + count, f + count, 1, s->prec);
    arb_mul_2exp_si(f + count, f + count, -1);
    for (slong k = 0; k < s->slice; k++)
        slice_equation(f + count + 1 + k, s, k, v);
    arb_clear(normal);
    _arb_vec_clear(gradient, n);
    _arb_vec_clear(u, n);
}

/* jacobian = JG(v), size x size */
static void system_jacobian(arb_mat_t jacobian, const ncf_point_system_t *s, arb_srcptr v)
{
    slong n = s->network->unknowns, count = s->count;
    arb_ptr u = _arb_vec_init(n);
    arb_mat_t hessian;
    arb_mat_init(hessian, n, n);
    ncf__point_system_weights(u, s, v);
    ncf__network_eval_arb(NULL, NULL, hessian, u, s->network, s->x, s->weights, s->prec);
    arb_mat_zero(jacobian);
    for (slong i = 0; i < count; i++) {
        for (slong j = 0; j < count; j++)
            arb_swap(arb_mat_entry(jacobian, i, j),
                     arb_mat_entry(hessian, s->free[i], s->free[j]));
        arb_ptr diagonal = arb_mat_entry(jacobian, i, i);
        arb_sub(diagonal, diagonal, v + count, s->prec);
        arb_neg(arb_mat_entry(jacobian, i, count), v + i);
        arb_set(arb_mat_entry(jacobian, count, i), v + i);
        for (slong k = 0; k < s->slice; k++) {
            double normal = s->normals[k * n + s->free[i]];
            arb_set_d(arb_mat_entry(jacobian, i, count + 1 + k), normal);
            arb_set_d(arb_mat_entry(jacobian, count + 1 + k, i), normal);
        }
    }
    arb_mat_clear(hessian);
    _arb_vec_clear(u, n);
}

/* ---- The proof ------------------------------------------------------------------- */

void ncf__point_proof_init(ncf_point_proof_t *proof, slong size)
{
    proof->size = size;
    proof->centre = _arb_vec_init(size);
    mag_init(proof->radius);
    arb_mat_init(proof->inverse, size, size);
    proof->doubles = NULL;
    mag_init(proof->contraction);
}

void ncf__point_proof_clear(ncf_point_proof_t *proof)
{
    _arb_vec_clear(proof->centre, proof->size);
    mag_clear(proof->radius);
    arb_mat_clear(proof->inverse);
    ncf__free(proof->doubles);
    mag_clear(proof->contraction);
}

static void set_cube(arb_ptr box, arb_srcptr centre, const mag_t radius, slong size)
{
    for (slong j = 0; j < size; j++) {
        arb_set(box + j, centre + j);
        mag_set(arb_radref(box + j), radius);
    }
}

void ncf__point_proof_box(arb_ptr box, const ncf_point_proof_t *proof)
{
    set_cube(box, proof->centre, proof->radius, proof->size);
}

/* ---- The preconditioner: nothing here needs to be right -------------------------- */

/* The midpoint of a ball matrix as doubles, row-major. */
static double *midpoint_doubles(const arb_mat_t m)
{
    slong rows = arb_mat_nrows(m), columns = arb_mat_ncols(m);
    double *out = ncf__malloc((size_t) (rows * columns), sizeof(double));
    for (slong i = 0; i < rows * columns; i++)
        out[i] = arf_get_d(arb_midref(arb_mat_entry(m, i / columns, i % columns)), ARF_RND_NEAR);
    return out;
}

static int all_finite(const double *v, slong count)
{
    for (slong i = 0; i < count; i++) {
        if (!isfinite(v[i]))
            return 0;
    }
    return 1;
}

/* About JG at the centre, row-major. */
static double *approx_jacobian(const ncf_point_system_t *s, arb_srcptr centre)
{
    slong n = s->network->unknowns, size = s->size, count = s->count;
    double *x = midpoint_doubles(s->x), *weights = midpoint_doubles(s->weights);
    double *u = ncf__calloc((size_t) n, sizeof(double));
    double *hessian = ncf__malloc((size_t) (n * n), sizeof(double));
    double *out = ncf__calloc((size_t) (size * size), sizeof(double));
    double lambda = arf_get_d(arb_midref(centre + count), ARF_RND_NEAR);
    for (slong j = 0; j < count; j++)
        u[s->free[j]] = arf_get_d(arb_midref(centre + j), ARF_RND_NEAR);
    ncf__network_eval_double(NULL, NULL, hessian, u, s->network, x, weights, arb_mat_nrows(s->x));
    for (slong i = 0; i < count; i++) {
        for (slong j = 0; j < count; j++)
            out[i * size + j] = hessian[s->free[i] * n + s->free[j]];
        out[i * size + i] -= lambda;
        out[i * size + count] = -u[s->free[i]];
        out[count * size + i] = u[s->free[i]];
        for (slong k = 0; k < s->slice; k++)
            out[i * size + count + 1 + k] = out[(count + 1 + k) * size + i] =
                s->normals[k * n + s->free[i]];
    }
    ncf__free(hessian);
    ncf__free(u);
    ncf__free(weights);
    ncf__free(x);
    return out;
}

static int approx_inverse_double(ncf_point_proof_t *proof, const ncf_point_system_t *s)
{
    slong size = s->size;
    double *matrix = approx_jacobian(s, proof->centre);
    int good = all_finite(matrix, size * size) && ncf__dense_invert(matrix, size) &&
               all_finite(matrix, size * size);
    for (slong i = 0; good && i < size * size; i++)
        arb_set_d(arb_mat_entry(proof->inverse, i / size, i % size), matrix[i]);
    if (good)
        proof->doubles = matrix;
    else
        ncf__free(matrix);
    return good;
}

static int approx_inverse_ball(ncf_point_proof_t *proof, const ncf_point_system_t *s)
{
    slong size = s->size;
    arb_mat_t matrix;
    ncf__free(proof->doubles);
    proof->doubles = NULL;
    arb_mat_init(matrix, size, size);
    system_jacobian(matrix, s, proof->centre);
    int good = arb_mat_approx_inv(proof->inverse, matrix, s->prec);
    for (slong i = 0; good && i < size * size; i++) {
        arb_ptr y = arb_mat_entry(proof->inverse, i / size, i % size);
        mag_zero(arb_radref(y));
        good = arb_is_finite(y);
    }
    arb_mat_clear(matrix);
    return good;
}

/* ---- The test -------------------------------------------------------------------- */

static int is_stopped(const ncf_point_system_t *s)
{
    return ncf__limit_reached(s->limits) != NCF_LIMIT_NONE;
}

/* step = Y G(centre) as balls; bound >= the largest |step_j|. */
static void newton_step(arb_ptr step, mag_t bound, const ncf_point_proof_t *proof,
                        const ncf_point_system_t *s, arb_srcptr centre)
{
    slong size = s->size;
    arb_ptr f = _arb_vec_init(size);
    mag_t entry;
    mag_init(entry);
    system_function(f, s, centre);
    mag_zero(bound);
    for (slong j = 0; j < size; j++) {
        arb_dot(step + j, NULL, 0, arb_mat_entry(proof->inverse, j, 0), 1, f, 1, size, s->prec);
        arb_get_mag(entry, step + j);
        mag_max(bound, bound, entry);
    }
    mag_clear(entry);
    _arb_vec_clear(f, size);
}

/* centre - step, rounded to a point */
static void take_step(arb_ptr centre, arb_srcptr step, const ncf_point_system_t *s)
{
    for (slong j = 0; j < s->size; j++) {
        arf_sub(arb_midref(centre + j), arb_midref(centre + j), arb_midref(step + j), s->prec,
                ARF_RND_NEAR);
        mag_zero(arb_radref(centre + j));
    }
}

/*
 * Newton's method with the one inverse as long as the steps shrink: a better centre. On
 * return `bound` is a bound of the step at the centre.
 */
static void improve_centre(mag_t bound, ncf_point_proof_t *proof, const ncf_point_system_t *s)
{
    arb_ptr step = _arb_vec_init(s->size), next = _arb_vec_init(s->size);
    mag_t shorter;
    mag_init(shorter);
    newton_step(step, bound, proof, s, proof->centre);
    for (slong k = 0; k < NEWTON_STEPS && mag_is_finite(bound) && !is_stopped(s); k++) {
        _arb_vec_set(next, proof->centre, s->size);
        take_step(next, step, s);
        newton_step(step, shorter, proof, s, next);
        if (mag_cmp(shorter, bound) >= 0)
            break;
        mag_set(bound, shorter);
        _arb_vec_swap(proof->centre, next, s->size);
    }
    mag_clear(shorter);
    _arb_vec_clear(next, s->size);
    _arb_vec_clear(step, s->size);
}

/* sum >= |I - Y S| in the maximum norm, in balls; slope is overwritten. */
static void defect_in_balls(mag_t sum, const ncf_point_proof_t *proof, arb_mat_t slope,
                            slong prec)
{
    mag_t row, entry;
    mag_init(row);
    mag_init(entry);
    arb_mat_mul(slope, proof->inverse, slope, prec);
    mag_zero(sum);
    for (slong i = 0; i < proof->size; i++) {
        mag_zero(row);
        arb_ptr diagonal = arb_mat_entry(slope, i, i);
        arb_sub_ui(diagonal, diagonal, 1, prec);
        for (slong j = 0; j < proof->size; j++) {
            arb_get_mag(entry, arb_mat_entry(slope, i, j));
            mag_add(row, row, entry);
        }
        mag_max(sum, sum, row);
    }
    mag_clear(entry);
    mag_clear(row);
}

static void set_interval(ncf_interval_matrix_t *a, slong i, slong j, ncf_midrad_t value)
{
    a->mid[i * a->columns + j] = value.mid;
    a->radius[i * a->columns + j] = value.radius;
}

static ncf_midrad_t negative(ncf_midrad_t a)
{
    a.mid = -a.mid;
    return a;
}

/* JG over a box in proved doubles, T-MIDRAD; slope is zero before. */
static void jacobian_in_doubles(ncf_interval_matrix_t *slope, const ncf_point_system_t *s,
                                arb_srcptr box)
{
    slong n = s->network->unknowns, count = s->count;
    ncf_midrad_t *x = ncf__midrads_from_fmpq_mat(s->exact_x, 0);
    ncf_midrad_t *weights = ncf__midrads_from_fmpq_mat(s->exact_weights, -s->scale);
    ncf_midrad_t *u = ncf__calloc((size_t) n, sizeof(*u)); /* exact zeros */
    ncf_midrad_t *hessian = ncf__malloc((size_t) n, (size_t) n * sizeof(*hessian));
    ncf_midrad_t minus = negative(ncf__midrad_from_arb(box + count, 0));
    for (slong j = 0; j < count; j++)
        u[s->free[j]] = ncf__midrad_from_arb(box + j, 0);
    ncf__network_eval_midrad(NULL, NULL, hessian, u, s->network, x, weights,
                             fmpq_mat_nrows(s->exact_x));
    for (slong i = 0; i < count; i++) {
        const ncf_midrad_t *row = hessian + s->free[i] * n;
        ncf_midrad_t v = u[s->free[i]];
        for (slong j = 0; j < count; j++)
            set_interval(slope, i, j, row[s->free[j]]);
        set_interval(slope, i, i, ncf__midrad_add(row[s->free[i]], minus));
        set_interval(slope, i, count, negative(v));
        set_interval(slope, count, i, v);
        for (slong k = 0; k < s->slice; k++) {
            ncf_midrad_t normal = ncf__midrad_point(s->normals[k * n + s->free[i]]);
            set_interval(slope, i, count + 1 + k, normal);
            set_interval(slope, count + 1 + k, i, normal);
        }
    }
    ncf__free(hessian);
    ncf__free(u);
    ncf__free(weights);
    ncf__free(x);
}

/* sum >= |I - Y JG(B)| in the maximum norm, Y and JG in doubles: T-INTERVALMATRIX. */
static void bound_in_doubles(mag_t sum, const ncf_point_proof_t *proof,
                             const ncf_point_system_t *s, arb_srcptr box)
{
    double *defect = ncf__malloc((size_t) proof->size, sizeof(double)), largest = 0;
    ncf_interval_matrix_t slope;
    ncf__interval_matrix_init(&slope, proof->size, proof->size);
    jacobian_in_doubles(&slope, s, box);
    ncf__interval_defect(defect, proof->doubles, &slope);
    for (slong i = 0; i < proof->size; i++)
        largest = isnan(defect[i]) ? INFINITY : fmax(largest, defect[i]);
    mag_set_d(sum, largest);
    ncf__interval_matrix_clear(&slope);
    ncf__free(defect);
}

static void bound_in_balls(mag_t sum, const ncf_point_proof_t *proof,
                           const ncf_point_system_t *s, arb_srcptr box)
{
    arb_mat_t slope;
    arb_mat_init(slope, s->size, s->size);
    system_jacobian(slope, s, box);
    defect_in_balls(sum, proof, slope, s->prec);
    arb_mat_clear(slope);
}

/* The same on the cube of this radius. */
static void bound_contraction(mag_t sum, const ncf_point_proof_t *proof,
                              const ncf_point_system_t *s, const mag_t radius)
{
    arb_ptr box = _arb_vec_init(s->size);
    set_cube(box, proof->centre, radius, s->size);
    if (proof->doubles != NULL)
        bound_in_doubles(sum, proof, s, box);
    else
        bound_in_balls(sum, proof, s, box);
    _arb_vec_clear(box, s->size);
}

/*
 * T-KRAWCZYK A for the cube: step + contraction * radius < radius. Sets radius and
 * contraction of the proof when it holds; `found` tells the contraction in any case.
 */
static int test_cube(mag_t found, ncf_point_proof_t *proof, const ncf_point_system_t *s,
                     const mag_t step, const mag_t radius)
{
    mag_t image;
    mag_init(image);
    bound_contraction(found, proof, s, radius);
    mag_mul(image, found, radius);
    mag_add(image, image, step);
    int inside = mag_is_finite(image) && mag_cmp(image, radius) < 0;
    if (inside) {
        mag_set(proof->radius, radius);
        mag_set(proof->contraction, found);
    }
    mag_clear(image);
    return inside;
}

/* The contraction is about linear in the radius: aims at one half. */
static void enlarge(ncf_point_proof_t *proof, const ncf_point_system_t *s, const mag_t step)
{
    mag_t radius, found;
    mag_init(radius);
    mag_init(found);
    int rounds = s->size > MANY_UNKNOWNS ? 1 : GROW_ROUNDS;
    for (int k = 0; k < rounds && !is_stopped(s); k++) {
        double contraction = mag_get_d(proof->contraction);
        double factor = contraction > 0 ? ldexp(0.55 / contraction, -2 * k) : 2;
        if (!(factor > 1.5))
            break;
        mag_set_d(found, fmin(factor, 0x1p40));
        mag_mul(radius, proof->radius, found);
        if (mag_cmp_2exp_si(radius, -2) > 0)
            mag_set_ui_2exp_si(radius, 1, -2);
        if (mag_cmp(radius, proof->radius) > 0)
            test_cube(found, proof, s, step, radius);
    }
    mag_clear(found);
    mag_clear(radius);
}

/*
 * A first box, from wide to narrow, then a larger one. A box much narrower than what the
 * accuracy of Y allows would only repeat the failure.
 */
static int find_box(ncf_point_proof_t *proof, const ncf_point_system_t *s, const mag_t step,
                    int wide)
{
    mag_t radius, floor, found;
    mag_init(radius);
    mag_init(floor);
    mag_init(found);
    mag_mul_2exp_si(floor, step, 1);
    mag_set_ui_2exp_si(found, 1, -s->prec / 2);
    mag_add(floor, floor, found);
    mag_set_ui_2exp_si(radius, 1, s->size > MANY_UNKNOWNS ? -16 : -12);
    int holds = 0, last = 0;
    while (!holds && !last && mag_is_finite(floor) && !is_stopped(s)) {
        last = mag_cmp(radius, floor) <= 0;
        if (last)
            mag_set(radius, floor);
        holds = test_cube(found, proof, s, step, radius);
        mag_mul_2exp_si(radius, radius, -8);
    }
    if (holds && wide)
        enlarge(proof, s, step);
    mag_clear(found);
    mag_clear(floor);
    mag_clear(radius);
    return holds;
}

/* A size of Y that only a matrix has which is singular at this precision; N is scaled to 1. */
static int looks_singular(const ncf_point_proof_t *proof, slong prec)
{
    mag_t size;
    mag_init(size);
    arb_mat_bound_inf_norm(size, proof->inverse);
    int large = mag_cmp_2exp_si(size, prec - prec / 4) > 0;
    mag_clear(size);
    return large;
}

/*
 * A fresh inverse and Newton's method, some times. Where the Jacobian is regular the steps
 * vanish at once; where it is not, they are halved at best. Returns 0 in that case.
 */
static int polish(mag_t step, ncf_point_proof_t *proof, const ncf_point_system_t *s)
{
    for (int round = 0; round < FRESH_INVERSES && !is_stopped(s); round++) {
        if (!approx_inverse_ball(proof, s) || looks_singular(proof, s->prec))
            return 0;
        improve_centre(step, proof, s);
        if (mag_cmp_2exp_si(step, -s->prec / 2) < 0)
            return 1;
    }
    return 0;
}

const char *ncf__point_prove(ncf_point_proof_t *proof, ncf_point_system_t *s, arb_srcptr start,
                             int wide, slong max_precision)
{
    slong prec = FLINT_MIN(FIRST_PRECISION, max_precision);
    mag_t step;
    mag_init(step);
    for (slong j = 0; j < s->size; j++) {
        arf_set(arb_midref(proof->centre + j), arb_midref(start + j));
        mag_zero(arb_radref(proof->centre + j));
    }
    ncf__point_system_precision(s, prec);
    int regular = !is_stopped(s) && approx_inverse_double(proof, s), proved = 0;
    if (regular) {
        improve_centre(step, proof, s);
        proved = find_box(proof, s, step, wide);
        regular = !looks_singular(proof, 40);
    }
    while (!proved && !is_stopped(s) && s->size <= BALL_INVERSE_SIZE && prec < max_precision) {
        prec = FLINT_MIN(2 * prec, max_precision);
        ncf__point_system_precision(s, prec);
        regular = polish(step, proof, s);
        if (!regular)
            break;
        proved = find_box(proof, s, step, wide);
    }
    mag_clear(step);
    if (proved)
        return NULL;
    return is_stopped(s) ? NCF_POINT_UNFINISHED
           : regular     ? "precision limit"
                         : "apparently singular";
}

/* ---- A tight enclosure ----------------------------------------------------------- */

/*
 * T-KRAWCZYK E: a point v of the box is at most |Y G(v)| / (1 - contraction) away from
 * the zero. The enclosure is cut to the box by taking the box when it is not inside.
 */
static void enclose_around(arb_ptr tight, const mag_t step, const ncf_point_proof_t *proof,
                           arb_srcptr centre)
{
    slong size = proof->size;
    mag_t rest;
    arb_ptr box = _arb_vec_init(size);
    mag_init(rest);
    mag_one(rest);
    mag_sub_lower(rest, rest, proof->contraction);
    mag_div(rest, step, rest);
    ncf__point_proof_box(box, proof);
    set_cube(tight, centre, rest, size);
    int inside = mag_is_finite(rest);
    for (slong j = 0; j < size; j++)
        inside = inside && arb_contains(box + j, tight + j);
    if (!inside)
        _arb_vec_set(tight, box, size);
    mag_clear(rest);
    _arb_vec_clear(box, size);
}

void ncf__point_refine(arb_ptr tight, const ncf_point_proof_t *proof, ncf_point_system_t *s,
                       slong bits, slong max_precision)
{
    slong size = s->size, prec = FLINT_MIN(FLINT_MAX(bits + 40, FIRST_PRECISION), max_precision);
    arb_ptr centre = _arb_vec_init(size), next = _arb_vec_init(size), step = _arb_vec_init(size);
    mag_t bound, shorter;
    mag_init(bound);
    mag_init(shorter);
    ncf__point_system_precision(s, prec);
    _arb_vec_set(centre, proof->centre, size);
    newton_step(step, bound, proof, s, centre);
    for (slong k = 0; k < bits && mag_cmp_2exp_si(bound, -bits - 2) > 0 && !is_stopped(s); k++) {
        _arb_vec_set(next, centre, size);
        take_step(next, step, s);
        newton_step(step, shorter, proof, s, next);
        if (!mag_is_finite(shorter) || mag_cmp(shorter, bound) >= 0)
            break;
        mag_set(bound, shorter);
        _arb_vec_swap(centre, next, size);
    }
    enclose_around(tight, bound, proof, centre);
    mag_clear(shorter);
    mag_clear(bound);
    _arb_vec_clear(step, size);
    _arb_vec_clear(next, size);
    _arb_vec_clear(centre, size);
}
