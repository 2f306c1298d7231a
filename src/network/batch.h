/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * batch.h: the outputs H(x_i; u) of a network at all points of a data set, and the gradient of
 * sum_i r_i H(x_i; u) with residual weights r_i that depend on the outputs: what a gradient
 * flow evaluates over and over. In doubles, with vector kernels chosen at run time; it claims
 * nothing. May include: base/, problem/.
 */
#ifndef NCF_BATCH_H
#define NCF_BATCH_H

#include "network.h"

/* A network with its data in the layout of the kernels, and room for the passes. */
typedef struct ncf_batch ncf_batch_t;

/*
 * x is points x d, row-major, points >= 1. Keeps a pointer to the network, copies x. One
 * object serves one thread at a time.
 */
ncf_batch_t *ncf__batch_new(const ncf_network_struct *network, const double *x, slong points);

/*
 * The same for sum_i (kappa H(x_i; u) - labels_i)^2 and its gradient alone, whatever kappa is:
 * where that is cheaper the rows of features.h take the place of the points in what follows,
 * each with an output and a label. Then labels (points entries) becomes that of the rows, and
 * the sum over the rows is less by *rest than over the points; else *rest is 0.
 */
ncf_batch_t *ncf__batch_new_square(const ncf_network_struct *network, const double *x,
                                   slong points, double *labels, double *rest);

/* Points, or the rows in their place. */
slong ncf__batch_rows(const ncf_batch_t *batch);
void ncf__batch_free(ncf_batch_t *batch); /* NULL is allowed */

/* h[i] = H(x_i; u), `points` entries. Cost: O(n N). */
void ncf__batch_outputs(double *h, ncf_batch_t *batch, const double *u);

/* The same, and slope[i] = grad H(x_i; u) . v. */
void ncf__batch_directional(double *h, double *slope, ncf_batch_t *batch, const double *u,
                            const double *v);

/* Sets r[i], first <= i < first + count, from h[i]; r and h start with the entry `first`. */
typedef void (*ncf_residual_fn)(double *r, const double *h, slong first, slong count,
                                void *context);

/*
 * gradient (n entries) = sum_i r_i grad H(x_i; u). `residual` is called once for every point,
 * in blocks in order; each network output is computed once, and kept in h when that is not
 * NULL. Cost: O(n N), about twice that of the outputs.
 */
void ncf__batch_gradient(double *gradient, double *h, ncf_batch_t *batch, const double *u,
                         ncf_residual_fn residual, void *context);

/* out (n entries) = sum_i r_i Hess H(x_i; u) v. Cost: O(n N). */
void ncf__batch_hvp(double *out, ncf_batch_t *batch, const double *u, const double *v,
                    const double *r);

/*
 * For fixed z (`points` entries): returns N(u) = sum_i z_i H(x_i; u) and sets its gradient, by
 * the moment matrix sum_i z_i x_i x_i^T where the network has two layers with square
 * activation and that is cheaper, from `moments`; else by the points.
 * `moments` belongs to the batch and to z: NULL where there is none. Not for rows in the
 * place of points.
 */
double *ncf__batch_moments(const ncf_batch_t *batch, const double *z);
double ncf__batch_correlation(double *gradient, ncf_batch_t *batch, const double *u,
                              const double *z, const double *moments);

/* Multiplications and additions of one gradient, for speed figures. */
double ncf__batch_operations(const ncf_batch_t *batch);

/* ---- Kernels (batch_kernel.inc), one set an instruction set ----------------------- */

/* Lengths `batch` and strides are multiples of NCF_BATCH_GRAIN; pads hold zeros. */
#define NCF_BATCH_GRAIN 8

typedef struct {
    const char *name;
    /* out[r][i] = sum_{k < count} w[r wrow + k wcol] a[k][i], times scale[r][i] if any, which
       may be out itself */
    void (*mix)(double *out, const double *scale, const double *w, slong wrow, slong wcol,
                const double *a, slong rows, slong count, slong stride, slong batch);
    /* out = b^p and slope = p b^(p-1), b[r][i] = sum_k w[r count + k] a[k][i], p > 0 */
    void (*layer)(double *out, double *slope, const double *w, const double *a, slong rows,
                  slong count, slong stride, slong batch, ulong p);
    /* h += sum_r v[r] b[r]^p and slope, b as above */
    void (*last_layers)(double *h, double *slope, const double *w, const double *v,
                        const double *a, slong rows, slong count, slong stride, slong batch,
                        ulong p);
    /* g[r columns + c] += sum_i left[r][i] right[c][i] */
    void (*outer)(double *g, const double *left, const double *right, slong rows,
                  slong columns, slong left_stride, slong right_stride, slong batch);
    /* Eight rows of a, as blocks of 8 x 8 one after the other: h[r] = a[r] . q, g += r^T a;
       `width`, of a row, is a multiple of 8 */
    void (*panel_dot)(double *h, const double *a, const double *q, slong width);
    void (*panel_add)(double *g, const double *r, const double *a, slong width);
    /* rows[s][c] = w[s d + c], scaled[s][c] = v[s] w[s d + c] in rows of `row` numbers */
    void (*scale_rows)(double *rows, double *scaled, const double *w, const double *v,
                       slong units, slong d, slong row);
    /* gw[s d + c] = v[s] p[s][c], gv[s] = w[s] . p[s] / 2; rows of w and p hold `row` numbers,
       d and zeros; gw and gv may have any alignment */
    void (*contract)(double *gw, double *gv, const double *v, const double *w, const double *p,
                     slong units, slong d, slong row);
    /* The last four take arrays of any length and alignment. out = sum_t c[t] x[t]; an x may be out */
    void (*combine)(double *out, const double *c, const double *const *x, slong terms,
                    slong count);
    double (*dot)(const double *x, const double *y, slong count);
    double (*distance)(const double *x, const double *y, slong count); /* sum (x - y)^2 */
    double (*weighted_square)(const double *x, const double *w, slong count); /* sum (x w)^2 */
} ncf_batch_kernel_t;

extern const ncf_batch_kernel_t ncf__batch_portable;
#if defined(__x86_64__)
extern const ncf_batch_kernel_t ncf__batch_avx2, ncf__batch_avx512;
#endif

/* The set for this machine. */
const ncf_batch_kernel_t *ncf__batch_kernel(void);

#endif
