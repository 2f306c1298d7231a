/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * cover.h: real completeness on the sphere by branch and prune (theory.md section 8
 * in the form of section 3): ALL real eigenlines of the data tensor with |mu| >= a
 * bound, for essential dimension n <= 4. Theorem T-COVER.
 */
#ifndef NCF_COVER_H
#define NCF_COVER_H

#include "../corr/tensor.h"

typedef struct {
    slong chart;   /* the coordinate fixed to 1 (isometric coordinates e) */
    arb_ptr e;     /* n entries with e_chart = 1: box with exactly one line in it */
    arb_t mu;      /* of the unit vector e/|e| */
} ncf_cover_line_t;

typedef struct {
    ncf_cover_line_t *lines; /* pairwise distinct, each proved to exist and isolated */
    slong count;
    arb_ptr undecided;       /* boxes that were neither discarded nor proved: each n
                                entries with e_chart = 1 */
    slong *undecided_chart;
    slong undecided_count;
    double undecided_share;  /* of the searched volume, for information */
    slong boxes;             /* processed in all */
    ncf_limit_t limit;       /* why it stopped early, if it did */
} ncf_cover_t;

/*
 * In:  mu_min > 0, finite: exact lower bound of |mu|.
 *      max_boxes: gives up (undecided boxes remain) beyond that many.
 * Complete exactly when undecided_count = 0 and limit = NCF_LIMIT_NONE: then every
 * real unit eigenvector with |mu| >= mu_min spans one of `lines`. A line whose |mu| is
 * proved smaller is not listed; so mu excludes 0 unless mu_min is below its radius.
 * The balls have 256 bits. The result does not depend on `threads`.
 * Memory: up to 100 bytes a box where eigenvectors fill a curve or a surface.
 */
void ncf__cover_lines(ncf_cover_t *out, const ncf_tensor_t tensor, const arf_t mu_min,
                      slong max_boxes, int threads, const ncf_limits_t *limits);
void ncf__cover_clear(ncf_cover_t *cover, slong dimension);

#endif
