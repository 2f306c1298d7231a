/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * eigen_kernel.c: the inner loops of the floating-point certificate, on four doubles at a
 * time. Built for AVX2 as well and chosen at load time; both give the same bits, because
 * no operation is contracted. T-FASTCERT does not depend on the order of any sum.
 */
#include "eigen_internal.h"

#include <math.h>

#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) && !defined(__clang__)
#define VECTOR_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define VECTOR_CLONES
#endif
#define INLINE static inline __attribute__((always_inline))

typedef double v4 __attribute__((vector_size(32), aligned(8), may_alias));

/* `blocks` vectors of sum_a c_a rows_a; blocks is a constant after inlining. */
INLINE void combine_block(double *re, double *im, const double *rows, slong width,
                          const double *c_re, const double *c_im, slong count,
                          const int blocks)
{
    v4 sum_re[4] = {{0}}, sum_im[4] = {{0}};
    for (slong a = 0; a < count; a++) {
        const v4 *row = (const v4 *) (rows + a * width);
        for (int b = 0; b < blocks; b++) {
            sum_re[b] += row[b] * c_re[a];
            sum_im[b] += row[b] * c_im[a];
        }
    }
    for (int b = 0; b < blocks; b++) {
        ((v4 *) re)[b] = sum_re[b];
        ((v4 *) im)[b] = sum_im[b];
    }
}

VECTOR_CLONES
void ncf__kernel_combine(double *re, double *im, const double *rows, slong width,
                         const double *c_re, const double *c_im, slong count)
{
    slong column = 0;
    for (; column + 16 <= width; column += 16)
        combine_block(re + column, im + column, rows + column, width, c_re, c_im, count, 4);
    for (; column < width; column += 4)
        combine_block(re + column, im + column, rows + column, width, c_re, c_im, count, 1);
}

INLINE void complex_block(double *re, double *im, const double *rows_re, const double *rows_im,
                          slong width, const double *c_re, const double *c_im, slong count,
                          const int blocks)
{
    v4 sum_re[4] = {{0}}, sum_im[4] = {{0}};
    for (slong a = 0; a < count; a++) {
        const v4 *row_re = (const v4 *) (rows_re + a * width);
        const v4 *row_im = (const v4 *) (rows_im + a * width);
        for (int b = 0; b < blocks; b++) {
            sum_re[b] += row_re[b] * c_re[a] - row_im[b] * c_im[a];
            sum_im[b] += row_im[b] * c_re[a] + row_re[b] * c_im[a];
        }
    }
    for (int b = 0; b < blocks; b++) {
        ((v4 *) re)[b] = sum_re[b];
        ((v4 *) im)[b] = sum_im[b];
    }
}

INLINE void complex_rows(double *re, double *im, const double *rows_re, const double *rows_im,
                         slong width, const double *c_re, const double *c_im, slong count)
{
    slong column = 0;
    for (; column + 16 <= width; column += 16)
        complex_block(re + column, im + column, rows_re + column, rows_im + column, width,
                      c_re, c_im, count, 4);
    for (; column < width; column += 4)
        complex_block(re + column, im + column, rows_re + column, rows_im + column, width,
                      c_re, c_im, count, 1);
}

VECTOR_CLONES
void ncf__kernel_combine_complex(double *re, double *im, const double *rows_re,
                                 const double *rows_im, slong width, const double *c_re,
                                 const double *c_im, slong count)
{
    complex_rows(re, im, rows_re, rows_im, width, c_re, c_im, count);
}

INLINE double square_sum(const double *x, slong count)
{
    v4 sum = {0};
    for (slong i = 0; i < count; i += 4) {
        v4 part = *(const v4 *) (x + i);
        sum += part * part;
    }
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

VECTOR_CLONES
double ncf__kernel_square_sum(const double *x, slong count)
{
    return square_sum(x, count);
}

VECTOR_CLONES
double ncf__kernel_defect(const double *y_re, const double *y_im, const double *j_re,
                          const double *j_im, slong size, slong width, double *row)
{
    double sum = 0;
    for (slong i = 0; i < size; i++) {
        complex_rows(row, row + width, j_re, j_im, width, y_re + i * width, y_im + i * width,
                     size);
        row[i] -= 1;
        sum += square_sum(row, 2 * width);
    }
    return sum;
}

/* row -= c other */
INLINE void subtract_row(double *re, double *im, const double *other_re,
                         const double *other_im, slong width, double c_re, double c_im)
{
    for (slong j = 0; j < width; j += 4) {
        v4 a = *(const v4 *) (other_re + j), b = *(const v4 *) (other_im + j);
        *(v4 *) (re + j) -= a * c_re - b * c_im;
        *(v4 *) (im + j) -= b * c_re + a * c_im;
    }
}

/* row *= c */
INLINE void scale_row(double *re, double *im, slong width, double c_re, double c_im)
{
    for (slong j = 0; j < width; j += 4) {
        v4 a = *(const v4 *) (re + j), b = *(const v4 *) (im + j);
        *(v4 *) (re + j) = a * c_re - b * c_im;
        *(v4 *) (im + j) = b * c_re + a * c_im;
    }
}

static void swap_doubles(double *a, double *b, slong count, slong stride)
{
    for (slong j = 0; j < count * stride; j += stride) {
        double t = a[j];
        a[j] = b[j];
        b[j] = t;
    }
}

static slong find_pivot(const double *re, const double *im, slong k, slong size, slong width)
{
    slong best = k;
    double largest = -1;
    for (slong i = k; i < size; i++) {
        double a = re[i * width + k], b = im[i * width + k], square = a * a + b * b;
        if (square > largest) {
            largest = square;
            best = i;
        }
    }
    return best;
}

/* Gauss-Jordan elimination in place with row exchanges. */
VECTOR_CLONES
int ncf__kernel_invert(double *re, double *im, slong size, slong width, slong *swaps)
{
    for (slong k = 0; k < size; k++) {
        double *row_re = re + k * width, *row_im = im + k * width;
        swaps[k] = find_pivot(re, im, k, size, width);
        if (swaps[k] != k) {
            swap_doubles(row_re, re + swaps[k] * width, size, 1);
            swap_doubles(row_im, im + swaps[k] * width, size, 1);
        }
        double a = row_re[k], b = row_im[k], square = a * a + b * b;
        if (!(square > 0 && square <= 0x1p1000))
            return 0;
        row_re[k] = 1;
        row_im[k] = 0;
        scale_row(row_re, row_im, width, a / square, -b / square);
        for (slong i = 0; i < size; i++) {
            if (i == k)
                continue;
            double c_re = re[i * width + k], c_im = im[i * width + k];
            re[i * width + k] = 0;
            im[i * width + k] = 0;
            subtract_row(re + i * width, im + i * width, row_re, row_im, width, c_re, c_im);
        }
    }
    for (slong k = size - 1; k >= 0; k--) {
        if (swaps[k] != k) {
            swap_doubles(re + k, re + swaps[k], size, width);
            swap_doubles(im + k, im + swaps[k], size, width);
        }
    }
    return 1;
}
