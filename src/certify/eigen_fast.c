/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * eigen_fast.c: the floating-point certificate, theorem T-FASTCERT. Every bound below is a
 * line of that page under the same name. Nothing assumes a rounding mode: the unit is twice
 * that of rounding to nearest. A NaN or an overflow reaches a bound and fails its test.
 */
#include "eigen_internal.h"

#include <float.h>
#include <math.h>
#include <string.h>

#if FLT_EVAL_METHOD != 0 || DBL_MANT_DIG != 53 || FLT_RADIX != 2
#error "the floating-point certificate needs doubles that are evaluated as doubles"
#endif

#define UNIT 0x1p-52             /* u: relative error of one operation, any rounding mode */
#define SLACK (1 + 0x1p-20)      /* covers the rounding of every formula for a bound */
#define UNDERFLOW_SHARE 0x1p-400 /* covers every absolute error, see "underflow" */
#define MAX_BETA 0x1p60          /* with MAX_MU and |z|: no number above 2^100 occurs */
#define MAX_MU 0x1p10
#define MAX_FAST_RADIUS 0x1p-20 /* policy: larger balls are left to ball arithmetic */
#define MAX_STEPS 6

/* >= gamma_k = k u / (1 - k u) for k <= 2^30. */
static double gamma_bound(double k)
{
    return k * (UNIT * SLACK);
}

/* From a computed sum of squares to an upper bound of the root of the true sum. */
static double norm_bound(double square_sum)
{
    return sqrt(square_sum) * SLACK + UNDERFLOW_SHARE;
}

static double vector_norm(const double *re, const double *im, slong width)
{
    return norm_bound(ncf__kernel_square_sum(re, width) + ncf__kernel_square_sum(im, width));
}

void ncf__fast_init(ncf_fast_t *fast, const ncf_eigen_system_t *system)
{
    slong size = system->dimension + 1, width = (size + 3) / 4 * 4,
          total = system->index.total;
    slong spaced = (total + 3) / 4 * 4;
    slong doubles = 6 * width + 2 * spaced + 2 * system->stride + 4 * size * width;
    memset(fast, 0, sizeof(*fast));
    fast->system = system;
    fast->size = size;
    fast->width = width;
    fast->block = ncf__calloc((size_t) doubles + NCF_ALIGN_SPARE, sizeof(double));
    fast->swaps = ncf__malloc((size_t) size, sizeof(slong));
    double *next = ncf__align(fast->block);
    double **parts[] = {&fast->jac_re,  &fast->jac_im,  &fast->inv_re,  &fast->inv_im,
                        &fast->hess_re, &fast->hess_im, &fast->mono_re, &fast->mono_im,
                        &fast->z_re,    &fast->z_im,    &fast->f_re,    &fast->f_im,
                        &fast->step_re, &fast->step_im};
    for (int i = 0; i < 14; i++) {
        *parts[i] = next;
        next += i < 4 ? size * width : i < 6 ? system->stride : i < 8 ? spaced : width;
    }
}

void ncf__fast_clear(ncf_fast_t *fast)
{
    ncf__free(fast->swaps);
    ncf__free(fast->block);
}

/* All monomials up to degree m - 2, each by one complex product from its parent. */
static void evaluate_monomials(ncf_fast_t *fast)
{
    const ncf_eigen_index_t *index = &fast->system->index;
    fast->mono_re[0] = 1;
    fast->mono_im[0] = 0;
    for (slong i = 1; i < index->total; i++) {
        double a = fast->mono_re[index->parent[i]], b = fast->mono_im[index->parent[i]];
        double c = fast->z_re[index->last[i]], d = fast->z_im[index->last[i]];
        fast->mono_re[i] = a * c - b * d;
        fast->mono_im[i] = b * c + a * d;
    }
}

/* The full symmetric H in the place of J, from its upper triangle. */
static void unpack_hessian(ncf_fast_t *fast)
{
    slong n = fast->size - 1, width = fast->width;
    for (slong j = 0, pair = 0; j < n; j++) {
        for (slong k = j; k < n; k++, pair++) {
            fast->jac_re[j * width + k] = fast->jac_re[k * width + j] = fast->hess_re[pair];
            fast->jac_im[j * width + k] = fast->jac_im[k * width + j] = fast->hess_im[pair];
        }
        fast->jac_re[j * width + n] = 0;
        fast->jac_im[j * width + n] = 0;
    }
}

/* J from H in its place: (m - 1) H - mu I and the border. */
static void form_jacobian(ncf_fast_t *fast)
{
    slong n = fast->size - 1, width = fast->width;
    double factor = (double) (fast->system->order - 1);
    for (slong i = 0; i < n * width; i++) {
        fast->jac_re[i] *= factor;
        fast->jac_im[i] *= factor;
    }
    for (slong j = 0; j < n; j++) {
        fast->jac_re[j * width + j] -= fast->mu[0];
        fast->jac_im[j * width + j] -= fast->mu[1];
        fast->jac_re[j * width + n] = -fast->z_re[j];
        fast->jac_im[j * width + n] = -fast->z_im[j];
        fast->jac_re[n * width + j] = fast->z_re[j];
        fast->jac_im[n * width + j] = -fast->z_im[j];
    }
    fast->jac_re[n * width + n] = 0;
    fast->jac_im[n * width + n] = 0;
}

void ncf__fast_evaluate(ncf_fast_t *fast)
{
    const ncf_eigen_system_t *system = fast->system;
    slong n = fast->size - 1, first = system->index.total - system->index.count;
    evaluate_monomials(fast);
    ncf__kernel_combine(fast->hess_re, fast->hess_im, system->table, system->stride,
                        fast->mono_re + first, fast->mono_im + first, system->index.count);
    unpack_hessian(fast);
    ncf__kernel_combine_complex(fast->f_re, fast->f_im, fast->jac_re, fast->jac_im,
                                fast->width, fast->z_re, fast->z_im, n);
    for (slong j = 0; j < n; j++) {
        fast->f_re[j] -= fast->mu[0] * fast->z_re[j] - fast->mu[1] * fast->z_im[j];
        fast->f_im[j] -= fast->mu[0] * fast->z_im[j] + fast->mu[1] * fast->z_re[j];
    }
    fast->f_re[n] = 0;
    fast->f_im[n] = 0;
    form_jacobian(fast);
}

int ncf__fast_invert(ncf_fast_t *fast)
{
    size_t bytes = (size_t) (fast->size * fast->width) * sizeof(double);
    memcpy(fast->inv_re, fast->jac_re, bytes);
    memcpy(fast->inv_im, fast->jac_im, bytes);
    return ncf__kernel_invert(fast->inv_re, fast->inv_im, fast->size, fast->width,
                              fast->swaps);
}

/* residual >= |f(x0)|, and the error of H and J that delta needs. */
static double bound_residual(double *jacobian_error, const ncf_fast_t *fast)
{
    const ncf_eigen_system_t *system = fast->system;
    double n = (double) (fast->size - 1), m = (double) system->order;
    double z = vector_norm(fast->z_re, fast->z_im, fast->width);
    double mu = norm_bound(fast->mu[0] * fast->mu[0] + fast->mu[1] * fast->mu[1]);
    double power = 1;
    for (slong i = 0; i < system->order - 2; i++)
        power *= z;
    double sums = (double) system->index.count + 3 * (m > 3 ? m - 3 : 0);
    double hessian_error =
        power * (gamma_bound(sums) * system->table_norm + system->table_error) * SLACK +
        UNDERFLOW_SHARE;
    double hessian = power * system->table_norm * SLACK + hessian_error;
    double f = vector_norm(fast->f_re, fast->f_im, fast->width);
    *jacobian_error =
        ((m - 1) * hessian_error + gamma_bound(2) * ((m - 1) * hessian + mu * sqrt(n))) *
            SLACK +
        UNDERFLOW_SHARE;
    return (f + hessian_error * z + gamma_bound(3 * (n + 1)) * (hessian + mu) * z) * SLACK +
           UNDERFLOW_SHARE;
}

/* C: a Lipschitz constant of J on the ball of radius 2^-10 around the centre. */
static double bound_lipschitz(const ncf_fast_t *fast)
{
    slong m = fast->system->order;
    if (m == 2)
        return 1;
    double reach = vector_norm(fast->z_re, fast->z_im, fast->width) + 0x1p-10, power = 1;
    for (slong i = 0; i < m - 3; i++)
        power *= reach;
    return ((double) ((m - 1) * (m - 2)) * power * fast->system->norm_bound + 1) * SLACK;
}

int ncf__fast_test(ncf_fast_t *fast)
{
    slong all = fast->size * fast->width;
    double size = (double) fast->size, jacobian_error;
    double z = ncf__kernel_square_sum(fast->z_re, fast->width) +
               ncf__kernel_square_sum(fast->z_im, fast->width);
    fast->residual = bound_residual(&jacobian_error, fast);
    fast->beta = vector_norm(fast->inv_re, fast->inv_im, all);
    double jacobian = vector_norm(fast->jac_re, fast->jac_im, all);
    double defect =
        norm_bound(ncf__kernel_defect(fast->inv_re, fast->inv_im, fast->jac_re, fast->jac_im,
                                      fast->size, fast->width, fast->step_re));
    fast->delta = (defect + gamma_bound(3 * size + 2) * (fast->beta * jacobian + sqrt(size)) +
                   fast->beta * jacobian_error) *
                      SLACK +
                  UNDERFLOW_SHARE;
    fast->lipschitz = bound_lipschitz(fast);
    fast->radius = 2 * (fast->beta * fast->residual * SLACK);
    double kappa = (fast->delta + fast->beta * fast->lipschitz * fast->radius) * SLACK;
    int in_range = z >= 0.5 && z <= 2 && fabs(fast->mu[0]) <= MAX_MU &&
                   fabs(fast->mu[1]) <= MAX_MU && fast->beta <= MAX_BETA;
    return in_range && fast->radius <= MAX_FAST_RADIUS && kappa <= 0.5;
}

/* step = Y f and its norm. */
static double newton_step(ncf_fast_t *fast)
{
    slong size = fast->size, width = fast->width;
    for (slong i = 0; i < size; i++) {
        const double *row_re = fast->inv_re + i * width, *row_im = fast->inv_im + i * width;
        double re = 0, im = 0;
        for (slong k = 0; k < size - 1; k++) {
            re += row_re[k] * fast->f_re[k] - row_im[k] * fast->f_im[k];
            im += row_re[k] * fast->f_im[k] + row_im[k] * fast->f_re[k];
        }
        fast->step_re[i] = re;
        fast->step_im[i] = im;
    }
    return vector_norm(fast->step_re, fast->step_im, width);
}

static void apply_step(ncf_fast_t *fast)
{
    slong n = fast->size - 1;
    for (slong j = 0; j < n; j++) {
        fast->z_re[j] -= fast->step_re[j];
        fast->z_im[j] -= fast->step_im[j];
    }
    fast->mu[0] -= fast->step_re[n];
    fast->mu[1] -= fast->step_im[n];
}

/* Y is kept from one step to the next when the step was too small to spoil it. */
int ncf__fast_prove(ncf_fast_t *fast)
{
    double last = 1, travelled = 0;
    ncf__fast_evaluate(fast);
    for (int step = 0; step < MAX_STEPS; step++) {
        if (step == 0 || last * fast->beta > 0x1p-6) {
            if (!ncf__fast_invert(fast))
                return 0;
            fast->beta = vector_norm(fast->inv_re, fast->inv_im, fast->size * fast->width);
        }
        double length = newton_step(fast);
        travelled += length;
        if (!(travelled <= 0x1p-3))
            return 0;
        if (step > 0 && (length <= 0x1p-44 || length > last / 4))
            break;
        apply_step(fast);
        ncf__fast_evaluate(fast);
        last = length;
    }
    return ncf__fast_test(fast);
}
