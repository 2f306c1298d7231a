/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * rational_line.h: eigenlines with rational coordinates, decided by exact arithmetic. They
 * may be singular, where no interval method can prove them, and their mu may be exactly 0.
 * Coordinates: c in the basis of the tensor, D = diag(gram); with F(c) = T(basis c),
 *   G = (1/m) grad F,   G(c) = value D c,
 * is the eigenpair equation (T-ESSENTIAL), and e = D^{1/2} c the isometric vector.
 */
#ifndef NCF_RATIONAL_LINE_H
#define NCF_RATIONAL_LINE_H

#include "../kkt/line.h"
#include "lines.h"

typedef struct {
    slong dimension;    /* n >= 2 */
    slong chart;        /* c_chart = 1 */
    fmpq *c;            /* n entries, |c_j| <= 1 */
    fmpq_t value;       /* G(c) = value D c, exactly; mu of the unit vector is
                           value (c^T D c)^{(2-m)/2} */
    slong multiplicity; /* of the complex class, exact (T-MULTIPLE); 0: not decided, the class
                           may then not be isolated */
    slong positive, negative, nullity; /* exact inertia of (m-1) T c^{m-2} - value D on the
                                          D-orthogonal complement of c, m >= 3 */
} ncf_rational_line_struct;
typedef ncf_rational_line_struct ncf_rational_line_t[1];

void ncf__rational_line_init(ncf_rational_line_t line, slong dimension);
void ncf__rational_line_clear(ncf_rational_line_t line);
void ncf__rational_line_swap(ncf_rational_line_t a, ncf_rational_line_t b);

/*
 * Takes the rational of smallest denominator in the enclosure of each ratio of coordinates
 * and checks exactly whether the result is an eigenvector.
 *
 * Out:      out   initialised; c, chart, value and the inertia; multiplicity 0
 * In:       e     n finite balls (isometric); radii say how far to look for a simple ratio
 * Returns:  1 when G(c) = value D c is proved; 0: nothing is claimed
 * Cost:     O(N' n) exact operations; data beyond a size limit are not attempted
 */
int ncf__rational_line_find(ncf_rational_line_t out, arb_srcptr e, const ncf_tensor_t tensor);

/*
 * Tries ever larger radii around the midpoints of e, from 2^-finest to 1/8, so that the
 * nearest line comes first. The largest |e_j| is about 1.
 */
int ncf__rational_line_near(ncf_rational_line_t out, arb_srcptr e, slong finest,
                            const ncf_tensor_t tensor);

/*
 * The same around a complex vector in doubles (2n of them, isometric, any scaling) that may
 * be a poor approximation, as end points near a singular class are.
 */
int ncf__rational_line_guess(ncf_rational_line_t out, const double *z,
                             const ncf_tensor_t tensor);

/* The same line? Exact. */
int ncf__rational_line_equal(const ncf_rational_line_t a, const ncf_rational_line_t b);

/* The unit vector e (n balls, isometric, e_chart > 0) and its mu. */
void ncf__rational_line_enclose(arb_ptr e, arb_t mu, const ncf_rational_line_t line,
                                const ncf_tensor_t tensor, slong prec);

/*
 * Sets line->multiplicity: the dimension of the local ring of the eigenpair equations at the
 * class, when the class is proved to be isolated among the complex ones (T-MULTIPLE).
 * Gives up (0) beyond `most`, or when the linear algebra would have more than 500 columns.
 */
void ncf__rational_line_multiplicity(ncf_rational_line_t line, const ncf_tensor_t tensor,
                                     const fmpz_t most);

/*
 * Is T exactly C |x|^m on its essential subspace, so that every line there is an eigenline
 * (T-SPHERE)? Then appends the one set of all lines, which is a complete list, fills in the
 * audit and returns 1. Returns 0 when it is not, or when the expansion would be too large.
 * n >= 2, m >= 3.
 */
int ncf__sphere_line(ncf_line_list_t *out, const ncf_tensor_t tensor, slong prec);

#endif
