/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * kkt_point.c: Krawczyk's test in the full network (T-KRAWCZYK). All boxes are cubes
 * B = m + [-rho, rho]^{n+1}: |u| = 1, and N is divided by a power of two that brings
 * lambda near 1, so one radius fits every component, and K(B) strictly inside B reads
 *     |(Y F(m))_j| + rho sum_k |(I - Y JF(B))_jk| < rho     for every j.
 * Y is data: any real matrix is allowed, so it comes from doubles when they suffice.
 */
#include "kkt_point.h"

#include <math.h>

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
    arb_mat_t inverse; /* Y, exact */
    arb_ptr step;      /* Y F(m) */
} system_t;

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
    arb_mat_init(s->inverse, n + 1, n + 1);
    s->step = _arb_vec_init(n + 1);
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
    arb_mat_clear(s->inverse);
    _arb_vec_clear(s->step, s->size);
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

/* ---- The preconditioner: nothing here needs to be right -------------------------- */

static double approx_double(const arb_t x)
{
    return arf_get_d(arb_midref(x), ARF_RND_NEAR);
}

static double *approx_doubles(const arb_mat_t m)
{
    slong rows = arb_mat_nrows(m), columns = arb_mat_ncols(m);
    double *out = ncf__malloc((size_t) (rows * columns), sizeof(double));
    for (slong i = 0; i < rows; i++) {
        for (slong j = 0; j < columns; j++)
            out[i * columns + j] = approx_double(arb_mat_entry(m, i, j));
    }
    return out;
}

/* The Jacobian at m, row-major, size x size. */
static double *approx_jacobian(const system_t *s)
{
    slong n = s->size - 1, size = s->size;
    double *x = approx_doubles(s->x), *weights = approx_doubles(s->weights);
    double *u = ncf__malloc((size_t) size, sizeof(double));
    double *hessian = ncf__malloc((size_t) (n * n), sizeof(double));
    double *out = ncf__calloc((size_t) (size * size), sizeof(double));
    for (slong j = 0; j < size; j++)
        u[j] = approx_double(s->centre + j);
    ncf__network_eval_double(NULL, NULL, hessian, u, s->network, x, weights,
                             arb_mat_nrows(s->x));
    for (slong i = 0; i < n; i++) {
        for (slong j = 0; j < n; j++)
            out[i * size + j] = hessian[i * n + j];
        out[i * size + i] -= u[n];
        out[i * size + n] = -u[i];
        out[n * size + i] = u[i];
    }
    ncf__free(hessian);
    ncf__free(u);
    ncf__free(weights);
    ncf__free(x);
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

/* Y from doubles; returns 0 when they overflow or meet a zero pivot. */
static int approx_inverse_double(system_t *s)
{
    slong size = s->size;
    double *matrix = approx_jacobian(s);
    int good = all_finite(matrix, size * size) && ncf__dense_invert(matrix, size) &&
               all_finite(matrix, size * size);
    for (slong i = 0; good && i < size; i++) {
        for (slong j = 0; j < size; j++)
            arb_set_d(arb_mat_entry(s->inverse, i, j), matrix[i * size + j]);
    }
    ncf__free(matrix);
    return good;
}

/* Y at the working precision. */
static int approx_inverse_arb(system_t *s)
{
    arb_mat_t matrix;
    arb_mat_init(matrix, s->size, s->size);
    ncf__kkt_jacobian(matrix, s->centre, s->network, s->x, s->weights, s->prec);
    int good = arb_mat_approx_inv(s->inverse, matrix, s->prec);
    for (slong i = 0; good && i < s->size; i++) {
        for (slong j = 0; j < s->size; j++) {
            arb_ptr y = arb_mat_entry(s->inverse, i, j);
            mag_zero(arb_radref(y));
            good = good && arb_is_finite(y);
        }
    }
    arb_mat_clear(matrix);
    return good;
}

/* ---- The test -------------------------------------------------------------------- */

/* step = Y F(m) */
static void newton_step(system_t *s)
{
    arb_ptr f = _arb_vec_init(s->size);
    ncf__kkt_function(f, s->centre, s->network, s->x, s->weights, s->prec);
    for (slong j = 0; j < s->size; j++)
        arb_dot(s->step + j, NULL, 0, arb_mat_entry(s->inverse, j, 0), 1, f, 1, s->size,
                s->prec);
    _arb_vec_clear(f, s->size);
}

/*
 * rho is twice the largest step, or 5/4 of the given radius, with an absolute floor of
 * 2^{-prec/2}: a component that is exactly 0 with radius 0 is inflated too. The box is
 * a proper one only when it is finite and contains the given enclosure.
 */
static int inflate_box(system_t *s)
{
    mag_t given, step;
    mag_init(given);
    mag_init(step);
    for (slong j = 0; j < s->size; j++) {
        arb_get_mag(given, s->step + j);
        mag_max(step, step, given);
    }
    mag_mul_2exp_si(step, step, 1);
    mag_mul_ui(given, s->given_radius, 5);
    mag_mul_2exp_si(given, given, -2);
    mag_max(s->radius, step, given);
    mag_set_ui_2exp_si(step, 1, -s->prec / 2);
    mag_add(s->radius, s->radius, step);
    mag_clear(given);
    mag_clear(step);
    int proper = 1;
    for (slong j = 0; j < s->size; j++) {
        arb_set(s->box + j, s->centre + j);
        mag_set(arb_radref(s->box + j), s->radius);
        proper = proper && arb_is_finite(s->box + j) && arb_contains(s->box + j, s->given + j);
    }
    return proper;
}

/*
 * The part of the system that a block of rows of Y meets: Y_jk = 0 exactly for j in the
 * block and k outside of it. Units of a two-layer network that are zero make such blocks.
 */
typedef struct {
    slong *rows, *columns; /* of the system; columns: those where C may be non-zero */
    slong row_count, column_count;
} block_t;

/* label[j] = the smallest index of the block of j. */
static void label_blocks(slong *label, const arb_mat_t inverse)
{
    slong size = arb_mat_nrows(inverse);
    for (slong j = 0; j < size; j++)
        label[j] = j;
    for (int changed = 1; changed;) {
        changed = 0;
        for (slong j = 0; j < size; j++) {
            for (slong k = 0; k < size; k++) {
                if (label[j] == label[k] || arb_is_zero(arb_mat_entry(inverse, j, k)))
                    continue;
                label[j] = label[k] = FLINT_MIN(label[j], label[k]);
                changed = 1;
            }
        }
    }
}

/* Is C_jk non-zero possible for some j of the block? C = I - Y S. */
static int column_is_met(const block_t *block, const slong *label, const arb_mat_t slope, slong k)
{
    if (label[k] == label[block->rows[0]])
        return 1;
    for (slong r = 0; r < block->row_count; r++) {
        if (!arb_is_zero(arb_mat_entry(slope, block->rows[r], k)))
            return 1;
    }
    return 0;
}

static void find_block(block_t *block, slong first, const slong *label, const arb_mat_t slope)
{
    slong size = arb_mat_nrows(slope);
    block->row_count = block->column_count = 0;
    for (slong j = first; j < size; j++) {
        if (label[j] == first)
            block->rows[block->row_count++] = j;
    }
    for (slong k = 0; k < size; k++) {
        if (column_is_met(block, label, slope, k))
            block->columns[block->column_count++] = k;
    }
}

/* |(Y F(m))_j| + rho sum_k |C_jk| < rho, row r of -C + I = Y S; infinite bounds fail. */
static int row_is_inside(const system_t *s, const block_t *block, arb_mat_t product, slong r,
                         slong prec)
{
    slong j = block->rows[r];
    mag_t sum, entry;
    mag_init(sum);
    mag_init(entry);
    for (slong c = 0; c < block->column_count; c++) {
        arb_ptr value = arb_mat_entry(product, r, c);
        if (block->columns[c] == j)
            arb_sub_ui(value, value, 1, prec);
        arb_get_mag(entry, value);
        mag_add(sum, sum, entry);
    }
    mag_mul(sum, sum, s->radius);
    arb_get_mag(entry, s->step + j);
    mag_add(sum, sum, entry);
    int inside = mag_is_finite(sum) && mag_cmp(sum, s->radius) < 0;
    mag_clear(sum);
    mag_clear(entry);
    return inside;
}

/* The rows of one block; what is left out of the product Y S is exactly zero. */
static int block_is_inside(const system_t *s, const block_t *block, const arb_mat_t slope,
                           slong prec)
{
    slong rows = block->row_count, columns = block->column_count;
    arb_mat_t left, right, product;
    arb_mat_init(left, rows, rows);
    arb_mat_init(right, rows, columns);
    arb_mat_init(product, rows, columns);
    for (slong r = 0; r < rows; r++) {
        for (slong k = 0; k < rows; k++)
            arb_set(arb_mat_entry(left, r, k),
                    arb_mat_entry(s->inverse, block->rows[r], block->rows[k]));
        for (slong c = 0; c < columns; c++)
            arb_set(arb_mat_entry(right, r, c),
                    arb_mat_entry(slope, block->rows[r], block->columns[c]));
    }
    arb_mat_mul(product, left, right, prec);
    int inside = 1;
    for (slong r = 0; r < rows && inside; r++)
        inside = row_is_inside(s, block, product, r, prec);
    arb_mat_clear(product);
    arb_mat_clear(right);
    arb_mat_clear(left);
    return inside;
}

/* K(B) strictly inside B. The Jacobian needs only the accuracy that Y has. */
static int krawczyk_holds(const system_t *s, slong jacobian_prec)
{
    slong *scratch = ncf__malloc((size_t) (3 * s->size), sizeof(*scratch));
    slong *label = scratch + 2 * s->size;
    block_t block = {.rows = scratch, .columns = scratch + s->size};
    arb_mat_t slope;
    arb_mat_init(slope, s->size, s->size);
    ncf__kkt_jacobian(slope, s->box, s->network, s->x, s->weights, jacobian_prec);
    label_blocks(label, s->inverse);
    int holds = 1;
    for (slong j = 0; j < s->size && holds; j++) {
        if (label[j] != j)
            continue;
        find_block(&block, j, label, slope);
        holds = block_is_inside(s, &block, slope, jacobian_prec);
    }
    arb_mat_clear(slope);
    ncf__free(scratch);
    return holds;
}

static int try_inverse(system_t *s, slong jacobian_prec)
{
    newton_step(s);
    return inflate_box(s) && krawczyk_holds(s, jacobian_prec);
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
    set_precision(s, x, weights, prec);
    if (approx_inverse_double(s) && try_inverse(s, FLINT_MIN(prec, 64)))
        return 1;
    for (;; prec = FLINT_MIN(2 * prec, max_precision)) {
        set_precision(s, x, weights, prec);
        if (approx_inverse_arb(s) && try_inverse(s, prec))
            return 1;
        if (prec >= max_precision || width_dominates(s))
            return 0;
    }
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

ncf_verdict_t ncf__kkt_point_enclose(arb_ptr box, arb_ptr point, arb_srcptr candidate,
                                     const ncf_network_t network, const fmpq_mat_t x,
                                     const fmpq_mat_t weights, slong goal, slong max_precision)
{
    slong n = network->unknowns, prec = FLINT_MIN(FLINT_MAX(goal, 64), max_precision);
    arb_ptr start = _arb_vec_init(n + 1);
    for (slong j = 0; j <= n; j++)
        arb_get_mid_arb(start + j, candidate + j);
    ncf_verdict_t verdict = ncf__kkt_point_certify(start, start + n, start, start + n, network,
                                                   x, weights, prec, max_precision);
    if (ncf_is_proved(verdict)) {
        _arb_vec_set(box, start, n + 1);
        _arb_vec_set(point, start, n + 1);
    }
    _arb_vec_clear(start, n + 1);
    return verdict;
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
