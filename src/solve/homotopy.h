/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * solve/: proposals and nothing else; no claim may rest on what is found here.
 * May include: base/. homotopy.h: approximate complex E-eigenpairs of a real
 * symmetric tensor by path tracking (algorithms.md A), in doubles.
 */
#ifndef NCF_HOMOTOPY_H
#define NCF_HOMOTOPY_H

#include "../base/base.h"

/*
 * T = sum_i weights[i] points[i]^{(order)} on R^dimension, in doubles. The caller
 * has scaled it so that all |points[i]| <= 1 and the Bombieri norm is about 1.
 */
typedef struct {
    slong order;           /* m >= 3 */
    slong dimension;       /* n >= 2 */
    slong count;           /* N */
    const double *points;  /* N x n, row-major */
    const double *weights; /* N */
} ncf_homotopy_tensor_t;

typedef enum {
    NCF_PATH_UNTRACKED, /* a limit came first */
    NCF_PATH_FINISHED,  /* reached t = 1 with a small residual */
    NCF_PATH_FAILED     /* step too small, too many steps or not finite */
} ncf_path_status_t;

/* End points by path; entry k of z is n pairs (re, im) of a unit vector. */
typedef struct {
    slong dimension;
    slong paths;
    double *z;  /* paths x 2n */
    double *mu; /* paths x 2 */
    unsigned char *status;
} ncf_endpoints_t;

typedef struct {
    uint64_t seed;
    int threads;
    double tightness; /* 1 for the first pass; larger: smaller steps (30 for retracking) */
    const ncf_limits_t *limits;
} ncf_homotopy_options_t;

/*
 * Tracks `count` paths; which[k] is the index of the start class of the k-th one
 * (NULL: paths 0..count-1), 0 <= index < D(m, n). The end point of a path depends on
 * the tensor, the seed and the tightness only, not on threads or on the other paths.
 * Memory: O(count * n). Clear `out` with ncf__endpoints_clear.
 */
void ncf__homotopy_track(ncf_endpoints_t *out, const ncf_homotopy_tensor_t *tensor,
                         const slong *which, slong count,
                         const ncf_homotopy_options_t *options);
void ncf__endpoints_clear(ncf_endpoints_t *endpoints);

/*
 * Proposals for real eigenpairs when there are too many classes to track: shifted
 * power iteration and Newton's method from `starts` random unit vectors. Fills out
 * with real end points (imaginary parts 0), near duplicates removed.
 */
void ncf__real_search(ncf_endpoints_t *out, const ncf_homotopy_tensor_t *tensor,
                      slong starts, const ncf_homotopy_options_t *options);

#endif
