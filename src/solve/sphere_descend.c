/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * sphere_descend.c: KKT points of any index, as the zeros of rho(u) = grad N / lambda - u,
 * lambda = u . grad N > 0. With A = P Hess N P - lambda P its derivative along the sphere is
 *     J = A / lambda - rho w^T,    w = P (grad N + Hess N u) / lambda,
 * and a step solves (J^T J + mu) d = -J^T rho by conjugate gradients.
 */
#include "sphere_search.h"

#include <math.h>
#include <string.h>

#define MAX_STEPS 80
#define MAX_INNER 80
#define MAX_LENGTH 0.5
#define NEAR 1e-6 /* |rho| from which Newton's method takes over */
#define REFINE_STEPS 6
#define EXACT 1e-14 /* |rho| where further steps are idle */
#define PATIENCE 12 /* steps in which |rho| has to halve */

/* out = A v / lambda, v perpendicular to u. */
static void apply_symmetric(double *out, ncf_sphere_search_t *s, const double *v)
{
    ncf__sphere_search_product(out, s, v);
    ncf__sphere_search_project(out, s);
    for (slong i = 0; i < s->n; i++)
        out[i] = out[i] / s->lambda - v[i];
}

/* out = J v = A v / lambda - rho (w . v). */
static void apply(double *out, ncf_sphere_search_t *s, const double *v)
{
    double along = ncf__dot_double(s->slope, v, s->n);
    apply_symmetric(out, s, v);
    for (slong i = 0; i < s->n; i++)
        out[i] -= along * s->residual[i] / s->lambda;
}

/* out = J^T v = A v / lambda - w (rho . v). */
static void apply_transpose(double *out, ncf_sphere_search_t *s, const double *v)
{
    double along = ncf__dot_double(s->residual, v, s->n) / s->lambda;
    apply_symmetric(out, s, v);
    for (slong i = 0; i < s->n; i++)
        out[i] -= along * s->slope[i];
}

/* w at the current point. */
static void set_slope(ncf_sphere_search_t *s)
{
    ncf__sphere_search_product(s->slope, s, s->u);
    for (slong i = 0; i < s->n; i++)
        s->slope[i] = (s->slope[i] + s->gradient[i]) / s->lambda;
    ncf__sphere_search_project(s->slope, s);
}

/* step = about the solution of (J^T J + mu) d = -J^T rho. */
static void damped_step(ncf_sphere_search_t *s, double mu)
{
    slong n = s->n;
    double *d = s->step, *p = s->direction, *q = s->rest, *half = s->half;
    for (slong i = 0; i < n; i++)
        half[i] = -s->residual[i] / s->lambda;
    apply_transpose(q, s, half);
    memset(d, 0, (size_t) n * sizeof(double));
    memcpy(p, q, (size_t) n * sizeof(double));
    double qq = ncf__dot_double(q, q, n), goal = 1e-12 * qq;
    for (slong k = 0; k < FLINT_MIN(2 * n, MAX_INNER) && qq > goal; k++) {
        apply(half, s, p);
        double bend = ncf__dot_double(half, half, n) + mu * ncf__dot_double(p, p, n);
        if (!(bend > 0))
            return;
        apply_transpose(s->image, s, half);
        double t = qq / bend;
        for (slong i = 0; i < n; i++) {
            d[i] += t * p[i];
            q[i] -= t * (s->image[i] + mu * p[i]);
        }
        double next = ncf__dot_double(q, q, n);
        for (slong i = 0; i < n; i++)
            p[i] = q[i] + next / qq * p[i];
        qq = next;
    }
}

/* Moves by the step, cut to MAX_LENGTH, when that makes |rho| smaller; -1: not a number. */
static int try_step(ncf_sphere_search_t *s, double before)
{
    slong n = s->n;
    double length = sqrt(ncf__dot_double(s->step, s->step, n));
    double cut = length > MAX_LENGTH ? MAX_LENGTH / length : 1;
    memcpy(s->trial, s->u, (size_t) n * sizeof(double));
    for (slong i = 0; i < n; i++)
        s->u[i] += cut * s->step[i];
    if (ncf__sphere_search_evaluate(s) && s->lambda > 0 && s->norm < before * s->lambda)
        return 1;
    memcpy(s->u, s->trial, (size_t) n * sizeof(double));
    return ncf__sphere_search_evaluate(s) ? 0 : -1;
}

void ncf__sphere_refine(ncf_sphere_search_t *s)
{
    for (int k = 0; k < REFINE_STEPS && s->norm > EXACT * s->lambda; k++) {
        double size = s->norm / s->lambda;
        if (ncf__limit_reached(s->limits) != NCF_LIMIT_NONE)
            return;
        ncf__sphere_search_second(s);
        set_slope(s);
        damped_step(s, size * size);
        if (try_step(s, size) <= 0)
            return;
    }
}

ncf_start_end_t ncf__sphere_descend(ncf_sphere_search_t *s)
{
    double damping = 0.1, mark = HUGE_VAL;
    ncf_start_end_t end = NCF_START_CONVERGED;
    for (int k = 0, moved = 1; k < MAX_STEPS && end == NCF_START_CONVERGED; k++) {
        double size = s->norm / s->lambda;
        if (size <= NEAR)
            break;
        if (ncf__limit_reached(s->limits) != NCF_LIMIT_NONE)
            end = NCF_START_STOPPED;
        else if (!(s->lambda > s->floor))
            end = NCF_START_FLAT;
        else if (k % PATIENCE == 0 && !(size < mark / 2))
            end = NCF_START_LOST;
        if (k % PATIENCE == 0)
            mark = size;
        if (end != NCF_START_CONVERGED)
            break;
        if (moved) {
            ncf__sphere_search_second(s);
            set_slope(s);
        }
        damped_step(s, damping * fmin(size * size, 1));
        moved = try_step(s, size);
        if (moved < 0)
            end = NCF_START_LOST;
        damping = moved ? fmax(damping / 5, 1e-8) : damping * 6;
    }
    return end == NCF_START_CONVERGED ? ncf__sphere_polish(s) : end;
}
