/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * dense.c: dense linear algebra in doubles through LAPACK. It proposes and proves nothing:
 * whatever uses these results checks them in balls.
 */
#include "base.h"

#include <lapacke.h>
#include <math.h>

int ncf__dense_invert(double *a, slong n)
{
    lapack_int size = (lapack_int) n;
    lapack_int *pivots = ncf__malloc((size_t) n, sizeof(*pivots));
    /* The inverse of the transpose is the transpose of the inverse: row-major is as good. */
    int regular = LAPACKE_dgetrf(LAPACK_COL_MAJOR, size, size, a, size, pivots) == 0 &&
                  LAPACKE_dgetri(LAPACK_COL_MAJOR, size, a, size, pivots) == 0;
    ncf__free(pivots);
    return regular;
}

int ncf__dense_spectrum(double *values, double *v, double *a, slong n)
{
    lapack_int size = (lapack_int) n;
    /* The columns that LAPACK writes are the rows of a row-major matrix. */
    int found = LAPACKE_dsyevd(LAPACK_COL_MAJOR, 'V', 'U', size, a, size, values) == 0;
    for (slong i = 0; i < n * n; i++)
        v[i] = a[i];
    return found;
}

int ncf__dense_eigenvectors(double *v, double *a, slong n)
{
    double *values = ncf__malloc((size_t) n, sizeof(*values));
    int found = ncf__dense_spectrum(values, v, a, n);
    ncf__free(values);
    return found;
}

#define SMALL 16 /* below it the calls cost more than they save */

static int factor_small(double *a, slong n)
{
    for (slong i = 0; i < n; i++) {
        for (slong j = 0; j <= i; j++) {
            double sum = a[i * n + j];
            for (slong k = 0; k < j; k++)
                sum -= a[i * n + k] * a[j * n + k];
            if (j == i && !(sum > 0 && sum < HUGE_VAL))
                return 0;
            a[i * n + j] = i == j ? sqrt(sum) : sum / a[j * n + j];
        }
    }
    return 1;
}

/* Column-major, the part below the diagonal is the one above it. */
int ncf__dense_factor(double *a, slong n)
{
    lapack_int size = (lapack_int) n;
    int found = n <= SMALL ? factor_small(a, n)
                           : LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'U', size, a, size) == 0;
    for (slong i = 0; i < n; i++) {
        for (slong j = i + 1; j < n; j++)
            a[i * n + j] = 0;
    }
    return found;
}

/* l becomes the inverse K of L, then the part of K^T K below the diagonal. */
static int invert_small(double *l, slong n)
{
    for (slong j = 0; j < n; j++) {
        l[j * n + j] = 1 / l[j * n + j];
        for (slong i = j + 1; i < n; i++) {
            double sum = 0;
            for (slong k = j; k < i; k++)
                sum -= l[i * n + k] * l[k * n + j];
            l[i * n + j] = sum / l[i * n + i];
        }
    }
    for (slong i = 0; i < n; i++) {
        for (slong j = 0; j <= i; j++) {
            double sum = 0;
            for (slong k = i; k < n; k++)
                sum += l[k * n + i] * l[k * n + j];
            l[i * n + j] = sum;
        }
    }
    return 1;
}

int ncf__dense_factor_inverse(double *l, slong n)
{
    lapack_int size = (lapack_int) n;
    int found = n <= SMALL ? invert_small(l, n)
                           : LAPACKE_dpotri(LAPACK_COL_MAJOR, 'U', size, l, size) == 0;
    for (slong i = 0; i < n; i++) {
        for (slong j = i + 1; j < n; j++)
            l[i * n + j] = l[j * n + i];
    }
    return found;
}

int ncf__dense_solve(double *b, double *a, slong n)
{
    lapack_int size = (lapack_int) n;
    lapack_int *pivots = ncf__malloc((size_t) n, sizeof(*pivots));
    /* What LAPACK takes for columns are rows: the transposed system is the one meant. */
    int regular = LAPACKE_dgetrf(LAPACK_COL_MAJOR, size, size, a, size, pivots) == 0 &&
                  LAPACKE_dgetrs(LAPACK_COL_MAJOR, 'T', size, 1, a, size, pivots, b, size) == 0;
    ncf__free(pivots);
    return regular;
}

int ncf__dense_solve_shortest(double *b, double *a, slong n)
{
    lapack_int size = (lapack_int) n, rank;
    lapack_int *pivots = ncf__calloc((size_t) n, sizeof(*pivots));
    for (slong i = 0; i < n; i++) {
        for (slong j = 0; j < i; j++) {
            double entry = a[i * n + j];
            a[i * n + j] = a[j * n + i];
            a[j * n + i] = entry;
        }
    }
    int solved = LAPACKE_dgelsy(LAPACK_COL_MAJOR, size, size, 1, a, size, b, size, pivots, 1e-11,
                                &rank) == 0;
    ncf__free(pivots);
    return solved;
}

int ncf__dense_triangle(double *a, slong rows, slong columns)
{
    for (slong k = 0; k < rows * columns; k++) {
        if (!isfinite(a[k]))
            return 0;
    }
    double *tau = ncf__malloc((size_t) columns, sizeof(*tau));
    int found = LAPACKE_dgeqrf(LAPACK_COL_MAJOR, (lapack_int) rows, (lapack_int) columns, a,
                               (lapack_int) rows, tau) == 0;
    ncf__free(tau);
    return found;
}
