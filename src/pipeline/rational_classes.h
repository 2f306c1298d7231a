/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * rational_classes.h: exact eigenlines with rational coordinates beside the certified classes:
 * those of multiplicity above 1 (T-MULTIPLE) and those with mu = 0.
 */
#ifndef NCF_RATIONAL_CLASSES_H
#define NCF_RATIONAL_CLASSES_H

#include "../certify/eigen.h"
#include "../certify/rational_line.h"
#include "line_search.h"

/* Pairwise different lines. */
typedef struct {
    ncf_rational_line_struct *lines;
    slong count, allocated;
} ncf_rational_list_t;

void ncf__rational_list_clear(ncf_rational_list_t *list);

/*
 * Looks for a rational eigenline near the complex vector z (2n doubles, isometric) and adds it
 * with its multiplicity, which is at most `most` or stays 0.
 */
void ncf__rational_list_propose(ncf_rational_list_t *list, const double *z,
                                const ncf_tensor_t tensor, const fmpz_t most);

/*
 * The same after Newton's method from (z, mu), the candidate of a class of the scaled tensor,
 * which brings it closer to a singular zero.
 */
void ncf__rational_list_approach(ncf_rational_list_t *list, const double *z, const double *mu,
                                 const ncf_eigen_system_t *system, const ncf_tensor_t tensor,
                                 const fmpz_t most);

/* Is the line proved to be none of the classes with group[k] = k? */
int ncf__rational_is_new(const ncf_rational_line_t line, const ncf_class_t *classes,
                         const slong *group, slong count, const ncf_eigen_system_t *system,
                         const ncf_tensor_t tensor);

/*
 * Is mu = 0 exactly for a certified class whose real unit vector is enclosed by e? Then `out`
 * is its line in rational coordinates. 0: nothing is claimed.
 */
int ncf__rational_zero_class(ncf_rational_line_t out, const ncf_class_t *class, arb_srcptr e,
                             const ncf_eigen_system_t *system, const ncf_tensor_t tensor);

/* "(1, 0, 1/2)": a vector of R^d on the line. Allocated. */
char *ncf__rational_line_text(const ncf_rational_line_t line, const ncf_tensor_t tensor);

#endif
