/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * features.h: two layers with square activation see a point through the products of its
 * coordinates only,
 *
 *   H(x; u) = sum_s v_s (w_s . x)^2 = <Q, x x^T>,  Q = sum_s v_s w_s w_s^T,
 *
 * so that all outputs are Phi q: q holds the m = d (d + 1) / 2 different entries of Q, a row of
 * Phi those of x x^T, twice where they stand for two. A gradient costs about 4 N m + 4 h d^2
 * operations instead of the 4 N d h of batch.c, for width h and N points.
 *
 * For the square loss |kappa Phi q - y|^2 = |kappa R q - c|^2 + rest, with the orthogonal
 * factorisation (Phi y) = O (R c; 0 rho), rest = rho^2: m rows take the place of the points,
 * with labels c, and a gradient costs 2 m^2 + 4 h d^2 however many points there are. Nothing
 * is squared on the way: errors are those of a change of the columns of Phi by a few units of
 * rounding, as large as those that the sums over the points make. rest is added to the loss,
 * which is a sum of squares still.
 *
 * Used by batch.c where it is cheaper, see ncf__features_gain; where a product of two
 * coordinates may overflow or underflow, or the columns of Phi differ so much in size that
 * errors of the large ones count in the small ones, the points are taken one by one.
 * In doubles; claims nothing.
 */
#ifndef NCF_FEATURES_H
#define NCF_FEATURES_H

#include "batch.h"

typedef struct ncf_features ncf_features_t;

typedef enum { NCF_FEATURES_NONE, NCF_FEATURES_POINTS, NCF_FEATURES_TRIANGLE } ncf_features_gain_t;

/*
 * Which rows are the cheapest for the network and N points, by a count of operations: none of
 * Phi (the points themselves), all, or those of R, which are worth their factorisation when
 * some hundred gradients are wanted.
 */
ncf_features_gain_t ncf__features_gain(const ncf_network_struct *network, slong points,
                                       int square_loss);

/*
 * For a network with two layers of weights and square activation, else NULL. Without rows of
 * Phi, for ncf__features_form alone, when `gain` is NONE; x is points x d. labels (points
 * entries) is read for TRIANGLE only, and becomes c (m entries), and *rest is set.
 * NULL, too, for data that are not fit, see above, and for those that are not finite.
 */
ncf_features_t *ncf__features_new(const ncf_network_struct *network, const double *x,
                                  slong points, ncf_features_gain_t gain, double *labels,
                                  double *rest);
void ncf__features_free(ncf_features_t *features); /* NULL is allowed */

slong ncf__features_rows(const ncf_features_t *features);
double ncf__features_operations(const ncf_features_t *features);

/* As the functions of batch.h of these names, for the rows. */
void ncf__features_outputs(double *h, ncf_features_t *features, const double *u);
void ncf__features_directional(double *h, double *slope, ncf_features_t *features,
                               const double *u, const double *v);
void ncf__features_gradient(double *gradient, double *h, ncf_features_t *features,
                            const double *u, ncf_residual_fn residual, void *context);
void ncf__features_hvp(double *out, ncf_features_t *features, const double *u, const double *v,
                       const double *r);

/*
 * S = 2 sum_i z_i x_i x_i^T, symmetric, d rows of ncf__features_row numbers, to be freed; and
 * N(u) = sum_s v_s w_s S w_s / 2 with its gradient.
 */
double *ncf__features_form(const ncf_features_t *features, const double *x, const double *z,
                           slong points);
double ncf__features_correlation(double *gradient, ncf_features_t *features, const double *u,
                                 const double *form);

#endif
