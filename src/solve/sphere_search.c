/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* sphere_search.c: what the searches on the sphere share; see sphere_search.h. */
#include "sphere_search.h"

#include <math.h>
#include <string.h>

#define DENSE_MAX 200   /* unknowns up to which the Hessian is formed in every step */
#define NEWTON_MAX 400 /* unknowns up to which Newton's method is used at the end */
#define POLISH_STEPS 8
#define CONVERGED 1e-8       /* |grad N - lambda u| / lambda of a point that is kept */
#define EXACT 2e-15          /* the same, where further steps are idle */
#define SINGULAR 1e4         /* entries of the inverse of a matrix whose entries are about 1 */
#define DIFFERENCE_STEP 1e-5 /* for products with the Hessian by central differences */

double ncf__dot_double(const double *a, const double *b, slong n)
{
    double sum = 0;
    for (slong i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static double *vector_new(slong n)
{
    return ncf__calloc((size_t) n, sizeof(double));
}

void ncf__sphere_search_init(ncf_sphere_search_t *s, const ncf_objective_t *objective,
                             const ncf_limits_t *limits)
{
    slong n = objective->n;
    *s = (ncf_sphere_search_t){.objective = objective, .limits = limits, .n = n};
    s->dense = n <= DENSE_MAX;
    s->u = vector_new(n);
    s->gradient = vector_new(n);
    s->residual = vector_new(n);
    s->trial = vector_new(n);
    s->step = vector_new(n);
    s->direction = vector_new(n);
    s->image = vector_new(n);
    s->rest = vector_new(n);
    s->slope = vector_new(n);
    s->half = vector_new(n);
    s->moved = vector_new(n);
    s->back = vector_new(n);
    if (n <= NEWTON_MAX) {
        s->hessian = vector_new(n * n);
        s->matrix = vector_new((n + 1) * (n + 1));
    }
}

void ncf__sphere_search_clear(ncf_sphere_search_t *s)
{
    double *vectors[] = {s->u,     s->gradient,  s->residual, s->trial, s->step,
                         s->image, s->rest,      s->slope,    s->half,  s->moved,
                         s->back,  s->direction, s->hessian,  s->matrix};
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++)
        ncf__free(vectors[i]);
}

int ncf__sphere_search_evaluate(ncf_sphere_search_t *s)
{
    slong n = s->n;
    double norm = sqrt(ncf__dot_double(s->u, s->u, n));
    if (!isfinite(norm) || norm == 0)
        return 0;
    for (slong i = 0; i < n; i++)
        s->u[i] /= norm;
    s->objective->eval(&s->value, s->gradient, NULL, s->u, s->objective->context);
    s->lambda = ncf__dot_double(s->u, s->gradient, n);
    for (slong i = 0; i < n; i++)
        s->residual[i] = s->gradient[i] - s->lambda * s->u[i];
    s->norm = sqrt(ncf__dot_double(s->residual, s->residual, n));
    return isfinite(s->value) && isfinite(s->lambda) && isfinite(s->norm);
}

void ncf__sphere_search_second(ncf_sphere_search_t *s)
{
    if (s->dense)
        s->objective->eval(NULL, NULL, s->hessian, s->u, s->objective->context);
}

/* By central differences of the gradient. */
static void difference_product(double *out, ncf_sphere_search_t *s, const double *v)
{
    slong n = s->n;
    double size = sqrt(ncf__dot_double(v, v, n));
    double h = size > 0 ? DIFFERENCE_STEP / size : 0;
    double *moved = s->moved, *back = s->back;
    if (h == 0) {
        memset(out, 0, (size_t) n * sizeof(double));
        return;
    }
    for (slong i = 0; i < n; i++)
        moved[i] = s->u[i] - h * v[i];
    s->objective->eval(NULL, back, NULL, moved, s->objective->context);
    for (slong i = 0; i < n; i++)
        moved[i] = s->u[i] + h * v[i];
    s->objective->eval(NULL, out, NULL, moved, s->objective->context);
    for (slong i = 0; i < n; i++)
        out[i] = (out[i] - back[i]) / (2 * h);
}

void ncf__sphere_search_product(double *out, ncf_sphere_search_t *s, const double *v)
{
    slong n = s->n;
    if (s->dense) {
        for (slong i = 0; i < n; i++)
            out[i] = ncf__dot_double(s->hessian + i * n, v, n);
    } else if (s->objective->hvp != NULL) {
        s->objective->hvp(out, s->u, v, s->objective->context);
    } else {
        difference_product(out, s, v);
    }
}

void ncf__sphere_search_project(double *v, const ncf_sphere_search_t *s)
{
    double along = ncf__dot_double(s->u, v, s->n);
    for (slong i = 0; i < s->n; i++)
        v[i] -= along * s->u[i];
}

/* step = the Newton step for (u, lambda), without that of lambda; 0 when it is not to be had.
 */
static int newton_step(ncf_sphere_search_t *s)
{
    slong n = s->n, size = n + 1;
    s->objective->eval(NULL, NULL, s->hessian, s->u, s->objective->context);
    /* The bordered matrix, divided by lambda except for its border. */
    for (slong i = 0; i < n; i++) {
        for (slong j = 0; j < n; j++)
            s->matrix[i * size + j] = s->hessian[i * n + j] / s->lambda;
        s->matrix[i * size + i] -= 1;
        s->matrix[i * size + n] = s->matrix[n * size + i] = s->u[i];
    }
    s->matrix[n * size + n] = 0;
    s->singular = !ncf__dense_invert(s->matrix, size);
    for (slong i = 0; !s->singular && i < size * size; i++)
        s->singular = !(fabs(s->matrix[i]) < SINGULAR);
    if (s->singular)
        return 0;
    for (slong i = 0; i < n; i++)
        s->step[i] = -ncf__dot_double(s->matrix + i * size, s->residual, n) / s->lambda;
    double length = sqrt(ncf__dot_double(s->step, s->step, n));
    return isfinite(length) && length < 0.1;
}

ncf_start_end_t ncf__sphere_polish(ncf_sphere_search_t *s)
{
    slong n = s->n;
    s->singular = 0;
    for (int k = 0; s->hessian != NULL && k < POLISH_STEPS; k++) {
        double before = s->norm / s->lambda;
        int last = before <= EXACT || ncf__limit_reached(s->limits) != NCF_LIMIT_NONE;
        if ((last && k > 0) || !newton_step(s) || last)
            break;
        memcpy(s->trial, s->u, (size_t) n * sizeof(double));
        for (slong i = 0; i < n; i++)
            s->u[i] += s->step[i];
        int good = ncf__sphere_search_evaluate(s) && s->lambda > 0;
        if (good && s->norm / s->lambda < before)
            continue;
        /* No better than it was: rounding, or the matrix is singular. */
        memcpy(s->u, s->trial, (size_t) n * sizeof(double));
        if (!ncf__sphere_search_evaluate(s))
            return NCF_START_LOST;
        break;
    }
    if (s->singular || s->hessian == NULL)
        ncf__sphere_refine(s);
    if (!(s->lambda > s->floor))
        return NCF_START_FLAT;
    return s->norm <= CONVERGED * s->lambda ? NCF_START_CONVERGED : NCF_START_LOST;
}
