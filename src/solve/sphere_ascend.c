/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * sphere_ascend.c: local maxima of N on the unit sphere. At u the model is
 *     N(u) + r . d + d . A d / 2,    d perpendicular to u,    A = P Hess N P - lambda P,
 * and the next point is u + d, divided by its norm.
 */
#include "sphere_search.h"

#include <math.h>
#include <string.h>

#define MAX_STEPS 300
#define MAX_INNER 60 /* conjugate gradient steps for one step */
#define MAX_RADIUS 0.7
#define NEAR 1e-6 /* |r| / |lambda| from which Newton's method takes over */

/* out = A v, v perpendicular to u. */
static void curvature(double *out, ncf_sphere_search_t *s, const double *v)
{
    ncf__sphere_search_product(out, s, v);
    ncf__sphere_search_project(out, s);
    for (slong i = 0; i < s->n; i++)
        out[i] -= s->lambda * v[i];
}

/* The t >= 0 with |d + t p| = radius. */
static double to_boundary(const double *d, const double *p, slong n, double radius)
{
    double pp = ncf__dot_double(p, p, n), dp = ncf__dot_double(d, p, n);
    double dd = ncf__dot_double(d, d, n);
    double root = sqrt(fmax(dp * dp + pp * (radius * radius - dd), 0));
    return (root - dp) / pp;
}

static void add_multiple(double *y, double a, const double *x, slong n)
{
    for (slong i = 0; i < n; i++)
        y[i] += a * x[i];
}

/*
 * step = about the maximum of the model within the radius, by conjugate gradients that
 * stop at the boundary and at directions of positive curvature. Returns the model's gain.
 */
static double model_step(ncf_sphere_search_t *s, double radius)
{
    slong n = s->n;
    double *d = s->step, *p = s->direction, *q = s->rest;
    double scale = fabs(s->lambda) + s->norm, start = s->norm;
    double goal = start * fmin(0.1, start / scale);
    double gain = 0, qq = start * start;
    memset(d, 0, (size_t) n * sizeof(double));
    memcpy(p, s->residual, (size_t) n * sizeof(double));
    memcpy(q, s->residual, (size_t) n * sizeof(double));
    for (slong k = 0; k < FLINT_MIN(n, MAX_INNER); k++) {
        curvature(s->image, s, p);
        double bend = -ncf__dot_double(p, s->image, n);
        double slope = ncf__dot_double(q, p, n);
        double t = bend > 0 ? slope / bend : HUGE_VAL;
        double limit = to_boundary(d, p, n, radius);
        int cut = !(t < limit);
        if (cut)
            t = limit;
        gain += t * slope - t * t * bend / 2;
        add_multiple(d, t, p, n);
        add_multiple(q, t, s->image, n);
        double next = ncf__dot_double(q, q, n);
        if (cut || sqrt(next) <= goal)
            break;
        for (slong i = 0; i < n; i++)
            p[i] = q[i] + next / qq * p[i];
        qq = next;
    }
    return gain;
}

/* Tries u + step; the gain of N over that of the model. Moves only when it is an ascent. */
static double try_step(ncf_sphere_search_t *s, double gain)
{
    slong n = s->n;
    double before = s->value;
    memcpy(s->trial, s->u, (size_t) n * sizeof(double));
    add_multiple(s->u, 1, s->step, n);
    if (ncf__sphere_search_evaluate(s) && s->value > before)
        return (s->value - before) / gain;
    memcpy(s->u, s->trial, (size_t) n * sizeof(double));
    return ncf__sphere_search_evaluate(s) ? 0 : -1;
}

ncf_start_end_t ncf__sphere_ascend(ncf_sphere_search_t *s)
{
    double radius = 0.3;
    int moved = 1;
    for (int k = 0; k < MAX_STEPS; k++) {
        if (s->norm <= NEAR * s->lambda)
            break;
        if (ncf__limit_reached(s->limits) != NCF_LIMIT_NONE)
            return NCF_START_STOPPED;
        if (moved)
            ncf__sphere_search_second(s);
        double gain = model_step(s, radius);
        double length = sqrt(ncf__dot_double(s->step, s->step, s->n));
        double ratio = gain > 0 ? try_step(s, gain) : 0;
        if (!(ratio >= 0))
            return NCF_START_LOST;
        moved = ratio > 0;
        if (ratio < 0.25)
            radius = length / 4;
        else if (ratio > 0.75 && length > 0.9 * radius)
            radius = fmin(2 * radius, MAX_RADIUS);
        if (radius < 1e-13)
            break;
    }
    if (!(s->lambda > s->floor))
        return NCF_START_FLAT;
    return ncf__sphere_polish(s);
}
