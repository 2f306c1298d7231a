/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* line_search.h: the routes for tensors that exact algebra does not settle. */
#ifndef NCF_LINE_SEARCH_H
#define NCF_LINE_SEARCH_H

#include "../certify/rational_line.h"
#include "pipeline.h"

#include <string.h>

/*
 * Counts complex classes against D(m, n): tracks paths, certifies, tells apart, tracks
 * again what is missing; the real classes become lines. Sets search->lines.complete only
 * when the count is D and every class is proved real or not real. When D exceeds
 * options->max_classes, real lines are searched for instead.
 */
void ncf__count_classes(ncf_line_search_t *search, const ncf_tensor_t tensor,
                        const ncf_solve_options_t *options, const ncf_limits_t *limits);

/*
 * Covers the real sphere (n <= 4) for |mu| >= lambda_min / factor and adds what the
 * other route did not find.
 */
void ncf__cover_sphere(ncf_line_search_t *search, const ncf_tensor_t tensor,
                       const ncf_solve_options_t *options, const ncf_limits_t *limits);

/*
 * Appends the line of a proved unit eigenvector e (isometric, n balls) with its mu; when
 * mu is not separated from 0 it is counted as a zero line or as unresolved instead.
 * Sets multiplicity and inertia and feeds the audit.
 */
void ncf__add_proved_line(ncf_line_search_t *search, arb_srcptr e, const arb_t mu,
                          const ncf_tensor_t tensor, const arb_mat_t points, slong prec);

/*
 * The same for an isolated line in rational coordinates, with its exact multiplicity and
 * inertia; one with mu = 0 is counted as a zero line.
 */
void ncf__add_rational_line(ncf_line_search_t *search, const ncf_rational_line_t exact,
                            const ncf_tensor_t tensor, const arb_mat_t points, slong prec);

/* floor(log10(x)), or next to it, within the exponents of exact text; x > 0. */
slong ncf__decimal_exponent(const arb_t x);

/* Restricts the search to lambda >= the exact positive number in the text. */
void ncf__line_search_set_bound(ncf_line_search_t *search, const char *text);

/* Drops what another route left open, because a later one settles or restates it. */
void ncf__line_search_forget_notes(ncf_line_search_t *search);

#endif
