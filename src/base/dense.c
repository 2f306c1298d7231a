/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * dense.c: two small dense kernels in doubles. They propose and prove nothing: whatever
 * uses their results checks them in balls. They need no LAPACK, whose threads would spin
 * beside ours on matrices of this size.
 */
#include "base.h"

#include <math.h>

#define MAX_SWEEPS 30

static void swap_rows(double *a, double *b, slong n)
{
    for (slong j = 0; j < n; j++) {
        double t = a[j];
        a[j] = b[j];
        b[j] = t;
    }
}

static slong pivot_row(const double *a, slong n, slong column)
{
    slong best = column;
    for (slong i = column + 1; i < n; i++) {
        if (fabs(a[i * n + column]) > fabs(a[best * n + column]))
            best = i;
    }
    return best;
}

/* Turns column k into a unit vector and keeps the inverse's column in its place. */
static void eliminate_column(double *a, slong n, slong k)
{
    double *row = a + k * n, pivot = 1 / row[k];
    row[k] = 1;
    for (slong j = 0; j < n; j++)
        row[j] *= pivot;
    for (slong i = 0; i < n; i++) {
        double *other = a + i * n, factor = other[k];
        if (i == k || factor == 0)
            continue;
        other[k] = 0;
        for (slong j = 0; j < n; j++)
            other[j] -= factor * row[j];
    }
}

int ncf__dense_invert(double *a, slong n)
{
    slong *swaps = ncf__malloc((size_t) n, sizeof(*swaps));
    slong k = 0;
    for (; k < n; k++) {
        swaps[k] = pivot_row(a, n, k);
        if (!(fabs(a[swaps[k] * n + k]) > 0))
            break;
        if (swaps[k] != k)
            swap_rows(a + k * n, a + swaps[k] * n, n);
        eliminate_column(a, n, k);
    }
    int regular = k == n;
    while (k-- > 0) {
        for (slong i = 0; i < n && swaps[k] != k; i++)
            swap_rows(a + i * n + k, a + i * n + swaps[k], 1);
    }
    ncf__free(swaps);
    return regular;
}

/* (x, y) <- (c x - s y, s x + c y) */
static void rotate(double *x, double *y, slong n, slong step, double c, double s)
{
    for (slong j = 0; j < n * step; j += step) {
        double t = x[j];
        x[j] = c * t - s * y[j];
        y[j] = s * t + c * y[j];
    }
}

/* One Jacobi rotation that makes a_pq zero; rows of v are rotated along. */
static void annihilate(double *a, double *v, slong n, slong p, slong q)
{
    double theta = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q]);
    double t = copysign(1, theta) / (fabs(theta) + hypot(theta, 1));
    double c = 1 / hypot(t, 1), s = t * c;
    rotate(a + p * n, a + q * n, n, 1, c, s);
    rotate(a + p, a + q, n, n, c, s);
    rotate(v + p * n, v + q * n, n, 1, c, s);
}

int ncf__dense_eigenvectors(double *v, double *a, slong n)
{
    double largest = 0;
    for (slong i = 0; i < n * n; i++) {
        if (!isfinite(a[i]))
            return 0;
        largest = fmax(largest, fabs(a[i]));
        v[i] = i % (n + 1) == 0;
    }
    for (int sweep = 0; sweep < MAX_SWEEPS; sweep++) {
        int rotated = 0;
        for (slong p = 0; p < n; p++) {
            for (slong q = p + 1; q < n; q++) {
                if (fabs(a[p * n + q]) <= 1e-16 * largest)
                    continue;
                annihilate(a, v, n, p, q);
                rotated = 1;
            }
        }
        if (!rotated)
            break;
    }
    return 1;
}
