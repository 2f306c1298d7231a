/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * polish.c: Newton's method for grad N(u) = lambda u on the sphere. With lambda =
 * u . grad N(u) the residual r = grad N - lambda u is orthogonal to u, and the step solves
 *     (Hess N - lambda I) s - t u = -r,   u . s = 0.
 */
#include "polish.h"

#include <math.h>
#include <string.h>

#define MAX_STEPS 40
#define LONGEST_STEP 0.25
#define HALVINGS 8
/* Up to this size the shortest solution is cheap; above it, regular systems go by LU. */
#define SMALL_SYSTEM 200

static double *doubles_from(const fmpq_mat_t m)
{
    slong rows = fmpq_mat_nrows(m), columns = fmpq_mat_ncols(m);
    double *out = ncf__malloc((size_t) (rows * columns), sizeof(double));
    arf_t value;
    arf_init(value);
    for (slong i = 0; i < rows; i++) {
        for (slong j = 0; j < columns; j++) {
            arf_fmpz_div_fmpz(value, fmpq_numref(fmpq_mat_entry(m, i, j)),
                              fmpq_denref(fmpq_mat_entry(m, i, j)), 53, ARF_RND_NEAR);
            out[i * columns + j] = arf_get_d(value, ARF_RND_NEAR);
        }
    }
    arf_clear(value);
    return out;
}

void ncf__polisher_init(ncf_polisher_t *out, const ncf_network_t network, const fmpq_mat_t x,
                        const fmpq_mat_t weights, const ncf_limits_t *limits)
{
    out->limits = limits;
    out->network = network;
    out->points = fmpq_mat_nrows(x);
    out->x = doubles_from(x);
    out->weights = doubles_from(weights);
}

void ncf__polisher_clear(ncf_polisher_t *polisher)
{
    ncf__free(polisher->x);
    ncf__free(polisher->weights);
}

static double dot(const double *a, const double *b, slong n)
{
    double sum = 0;
    for (slong j = 0; j < n; j++)
        sum += a[j] * b[j];
    return sum;
}

/* r = grad N(u) - lambda u and lambda; returns |r|. */
static double residual(double *r, double *lambda, const double *u, const ncf_polisher_t *p)
{
    slong n = p->network->unknowns;
    ncf__network_eval_double(NULL, r, NULL, u, p->network, p->x, p->weights, p->points);
    *lambda = dot(r, u, n);
    for (slong j = 0; j < n; j++)
        r[j] -= *lambda * u[j];
    return sqrt(dot(r, r, n));
}

/* The bordered matrix, row-major and not symmetric in the signs of its border. */
static double *bordered_hessian(const double *u, double lambda, const ncf_polisher_t *p)
{
    slong n = p->network->unknowns, size = n + 1;
    double *hessian = ncf__malloc((size_t) (n * n), sizeof(double));
    double *out = ncf__malloc((size_t) (size * size), sizeof(double));
    ncf__network_eval_double(NULL, NULL, hessian, u, p->network, p->x, p->weights, p->points);
    for (slong i = 0; i < n; i++) {
        memcpy(out + i * size, hessian + i * n, (size_t) n * sizeof(double));
        out[i * size + i] -= lambda;
        out[i * size + n] = -u[i];
        out[n * size + i] = u[i];
    }
    out[n * size + n] = 0;
    ncf__free(hessian);
    return out;
}

static int all_finite(const double *v, slong count)
{
    for (slong j = 0; j < count; j++) {
        if (!isfinite(v[j]))
            return 0;
    }
    return 1;
}

/* step has n + 1 entries, of which the last is of no use; 0 when there is none. */
static int newton_step(double *step, const double *u, const double *r, double lambda,
                       int shortest, const ncf_polisher_t *p)
{
    slong n = p->network->unknowns, size = n + 1;
    double *matrix = bordered_hessian(u, lambda, p);
    for (slong j = 0; j < n; j++)
        step[j] = -r[j];
    step[n] = 0;
    int good = all_finite(matrix, size * size) &&
               (shortest ? ncf__dense_solve_shortest(step, matrix, size)
                         : ncf__dense_solve(step, matrix, size)) &&
               all_finite(step, size);
    ncf__free(matrix);
    double length = good ? sqrt(dot(step, step, n)) : 0;
    for (slong j = 0; length > LONGEST_STEP && j < n; j++)
        step[j] *= LONGEST_STEP / length;
    return good;
}

/* u + t step, scaled to length 1. */
static void move(double *out, const double *u, const double *step, double t, slong n)
{
    for (slong j = 0; j < n; j++)
        out[j] = u[j] + t * step[j];
    double length = sqrt(dot(out, out, n));
    for (slong j = 0; j < n; j++)
        out[j] /= length;
}

typedef struct {
    double *r, *step, *trial, *trial_r;
    double size, lambda; /* |r| at u */
} iteration_t;

/* The first of the halved steps that lowers the residual; 0 if none does. */
static int descend(double *u, iteration_t *it, const ncf_polisher_t *p)
{
    slong n = p->network->unknowns;
    double t = 1;
    for (int k = 0; k < HALVINGS; k++, t /= 2) {
        double lambda;
        move(it->trial, u, it->step, t, n);
        double size = residual(it->trial_r, &lambda, it->trial, p);
        if (isfinite(size) && size < (1 - 0.1 * t) * it->size) {
            memcpy(u, it->trial, (size_t) n * sizeof(double));
            memcpy(it->r, it->trial_r, (size_t) n * sizeof(double));
            it->size = size;
            it->lambda = lambda;
            return 1;
        }
    }
    return 0;
}

static int one_step(double *u, iteration_t *it, const ncf_polisher_t *p)
{
    if (p->network->unknowns > SMALL_SYSTEM &&
        newton_step(it->step, u, it->r, it->lambda, 0, p) && descend(u, it, p))
        return 1;
    return newton_step(it->step, u, it->r, it->lambda, 1, p) && descend(u, it, p);
}

void ncf__polish(double *u, const ncf_polisher_t *polisher)
{
    size_t size = (size_t) polisher->network->unknowns + 1;
    iteration_t it = {ncf__malloc(size, sizeof(double)), ncf__malloc(size, sizeof(double)),
                      ncf__malloc(size, sizeof(double)), ncf__malloc(size, sizeof(double)), 0, 0};
    it.size = residual(it.r, &it.lambda, u, polisher);
    for (int k = 0; k < MAX_STEPS && isfinite(it.size) && it.size > 0; k++) {
        if (ncf__limit_reached(polisher->limits) != NCF_LIMIT_NONE ||
            !one_step(u, &it, polisher))
            break;
    }
    ncf__free(it.trial_r);
    ncf__free(it.trial);
    ncf__free(it.step);
    ncf__free(it.r);
}
