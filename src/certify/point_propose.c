/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * point_propose.c: Newton's method on the sphere in doubles. What comes out is a candidate:
 * the proof starts anew from it.
 */
#include "point_internal.h"

#include <math.h>
#include <string.h>

#define MAX_ROUNDS 100
#define SPECTRAL_UNKNOWNS 120    /* beyond, eigenvectors only where orbits are expected */
#define LONGEST_STEP 0.25        /* |u| = 1 */
#define NULL_THRESHOLD 0x1p-30   /* of the largest eigenvalue: taken as 0 */
#define CONVERGED 0x1p-40        /* a step that counts as the last one */
#define SIDE_STEP 0x1p-6         /* along a null vector */
#define SAME_LAMBDA 0x1p-30      /* of the scaled N */
#define SETTLED 0x1p-16          /* one that does when the steps no longer shrink fast */

typedef struct {
    const ncf_point_system_t *system;
    slong n;
    double *x, *weights;
    double *gradient, *hessian; /* n, n x n */
    double *border;             /* (n + 1) x (n + 1): [[H - lambda I, u], [u^T, 0]] */
    double *vectors;            /* its eigenvectors by rows, or its inverse */
    double *step, *image;       /* n + 1 */
    int spectral;               /* steps by the pseudo-inverse, else by the inverse */
} newton_t;

static double *midpoints(const arb_mat_t m)
{
    slong count = arb_mat_nrows(m) * arb_mat_ncols(m), columns = arb_mat_ncols(m);
    double *out = ncf__malloc((size_t) count, sizeof(double));
    for (slong i = 0; i < count; i++)
        out[i] = arf_get_d(arb_midref(arb_mat_entry(m, i / columns, i % columns)), ARF_RND_NEAR);
    return out;
}

static void newton_init(newton_t *t, const ncf_point_system_t *system, int families)
{
    size_t n = (size_t) system->network->unknowns, size = n + 1;
    t->system = system;
    t->n = (slong) n;
    t->x = midpoints(system->x);
    t->weights = midpoints(system->weights);
    t->gradient = ncf__malloc(n, sizeof(double));
    t->hessian = ncf__malloc(n * n, sizeof(double));
    t->border = ncf__malloc(size * size, sizeof(double));
    t->vectors = ncf__malloc(size * size, sizeof(double));
    t->step = ncf__malloc(size, sizeof(double));
    t->image = ncf__malloc(size, sizeof(double));
    t->spectral = t->n <= SPECTRAL_UNKNOWNS || families;
}

static void newton_clear(newton_t *t)
{
    ncf__free(t->x);
    ncf__free(t->weights);
    ncf__free(t->gradient);
    ncf__free(t->hessian);
    ncf__free(t->border);
    ncf__free(t->vectors);
    ncf__free(t->step);
    ncf__free(t->image);
}

static double dot(const double *a, const double *b, slong n)
{
    double sum = 0;
    for (slong j = 0; j < n; j++)
        sum += a[j] * b[j];
    return sum;
}

static void normalise(double *u, slong n)
{
    double norm = sqrt(dot(u, u, n));
    for (slong j = 0; j < n; j++)
        u[j] /= norm;
}

/* The symmetric matrix of the step and its right-hand side -(grad N - lambda u, 0). */
static void linearise(newton_t *t, double *lambda, const double *u)
{
    slong n = t->n, size = n + 1;
    ncf__network_eval_double(NULL, t->gradient, t->hessian, u, t->system->network, t->x,
                             t->weights, arb_mat_nrows(t->system->x));
    *lambda = dot(u, t->gradient, n);
    for (slong i = 0; i < n; i++) {
        for (slong j = 0; j < n; j++)
            t->border[i * size + j] = t->hessian[i * n + j];
        t->border[i * size + i] -= *lambda;
        t->border[i * size + n] = t->border[n * size + i] = u[i];
        t->image[i] = *lambda * u[i] - t->gradient[i];
    }
    t->border[size * size - 1] = 0;
    t->image[n] = 0;
}

/* step = inverse of border * image; 0 when there is none. */
static int solve_by_inverse(newton_t *t)
{
    slong size = t->n + 1;
    memcpy(t->vectors, t->border, (size_t) (size * size) * sizeof(double));
    if (!ncf__dense_invert(t->vectors, size))
        return 0;
    for (slong i = 0; i < size; i++)
        t->step[i] = dot(t->vectors + i * size, t->image, size);
    return isfinite(dot(t->step, t->step, size));
}

/* The eigenvalues of the border, with `vectors`, and the largest modulus; -1: there are none. */
static double spectrum(double *eigenvalues, newton_t *t)
{
    slong size = t->n + 1;
    double *copy = ncf__malloc((size_t) (size * size), sizeof(double)), largest = 0;
    memcpy(copy, t->border, (size_t) (size * size) * sizeof(double));
    int good = ncf__dense_eigenvectors(t->vectors, copy, size);
    for (slong k = 0; good && k < size; k++) {
        const double *v = t->vectors + k * size;
        double value = 0;
        for (slong i = 0; i < size; i++)
            value += v[i] * dot(t->border + i * size, v, size);
        eigenvalues[k] = value;
        largest = fmax(largest, fabs(value));
    }
    ncf__free(copy);
    return good ? largest : -1;
}

/* step = pseudo-inverse of border * image; 0 when something is not finite. */
static int solve_by_spectrum(newton_t *t)
{
    slong size = t->n + 1;
    double *eigenvalues = ncf__malloc((size_t) size, sizeof(double));
    double largest = spectrum(eigenvalues, t);
    int good = largest >= 0;
    memset(t->step, 0, (size_t) size * sizeof(double));
    for (slong k = 0; good && k < size; k++) {
        const double *v = t->vectors + k * size;
        if (!(fabs(eigenvalues[k]) > NULL_THRESHOLD * largest))
            continue;
        double factor = dot(v, t->image, size) / eigenvalues[k];
        for (slong i = 0; i < size; i++)
            t->step[i] += factor * v[i];
    }
    ncf__free(eigenvalues);
    return good && isfinite(dot(t->step, t->step, size));
}

int ncf__point_propose(double *u, double *lambda, const ncf_point_system_t *system,
                       int families)
{
    newton_t t;
    newton_init(&t, system, families);
    slong n = t.n;
    double previous = 1;
    int converged = 0, good = 1;
    for (int round = 0; round < MAX_ROUNDS && good && !converged; round++) {
        if (ncf__limit_reached(system->limits) != NCF_LIMIT_NONE)
            break;
        linearise(&t, lambda, u);
        good = t.spectral ? solve_by_spectrum(&t) : solve_by_inverse(&t);
        if (!good)
            break;
        double length = sqrt(dot(t.step, t.step, n));
        double factor = length > LONGEST_STEP ? LONGEST_STEP / length : 1;
        for (slong j = 0; j < n; j++)
            u[j] += factor * t.step[j];
        normalise(u, n);
        converged = length < CONVERGED || (length < SETTLED && length > previous / 4);
        previous = length;
    }
    if (converged)
        linearise(&t, lambda, u);
    newton_clear(&t);
    return converged;
}

/* ---- Sets of positive dimension -------------------------------------------------- */

/* The unit vector that the border at u shrinks most, without its last entry; 0: none. */
static int null_vector(double *v, double *lambda, newton_t *t, const double *u)
{
    slong size = t->n + 1, least = 0;
    double *eigenvalues = ncf__malloc((size_t) size, sizeof(double));
    linearise(t, lambda, u);
    double largest = spectrum(eigenvalues, t);
    for (slong k = 1; largest >= 0 && k < size; k++)
        least = fabs(eigenvalues[k]) < fabs(eigenvalues[least]) ? k : least;
    int found = largest > 0 && fabs(eigenvalues[least]) < sqrt(NULL_THRESHOLD) * largest;
    ncf__free(eigenvalues);
    if (!found)
        return 0;
    memcpy(v, t->vectors + least * size, (size_t) t->n * sizeof(double));
    normalise(v, t->n);
    return 1;
}

int ncf__point_guess_family(const double *u, const ncf_point_system_t *system, int families)
{
    newton_t t;
    newton_init(&t, system, families);
    slong n = t.n;
    double *v = ncf__malloc(2 * (size_t) n, sizeof(double)), *other = v + n, lambda = 0;
    int moves = n <= SPECTRAL_UNKNOWNS && null_vector(v, &lambda, &t, u);
    for (int side = -1; moves && side <= 1; side += 2) {
        double found = 0, along = 0;
        for (slong j = 0; j < n; j++)
            other[j] = u[j] + side * SIDE_STEP * v[j];
        normalise(other, n);
        moves = ncf__point_propose(other, &found, system, families);
        for (slong j = 0; j < n; j++)
            along += side * v[j] * (other[j] - u[j]);
        moves = moves && along > SIDE_STEP / 2 && fabs(found - lambda) < SAME_LAMBDA;
    }
    ncf__free(v);
    newton_clear(&t);
    return moves;
}
