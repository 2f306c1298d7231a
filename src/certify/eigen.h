/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * certify/: proofs. It takes candidates as data, never asks where they came from,
 * and never includes solve/. May include: base/, problem/, network/, corr/, kkt/.
 *
 * eigen.h: classes of complex E-eigenpairs of a data tensor. All vectors are in
 * isometric coordinates of the SCALED tensor T / scale, |scale| a power of two, so
 * that it is about 1 in Bombieri norm (see ncf_eigen_system_init).
 */
#ifndef NCF_EIGEN_H
#define NCF_EIGEN_H

#include "../corr/tensor.h"

typedef struct ncf_eigen_system ncf_eigen_system_t;

/*
 * Prepares T for certificates: exact power-of-two scaling, correctly bounded double
 * tables for the floating-point certificate, cached ball enclosures of the points.
 * The tensor must outlive the system. n >= 1, m >= 2 (used for m >= 3, n >= 2).
 * NULL when T is not told from zero at 16384 bits: then nothing can be scaled or proved.
 */
ncf_eigen_system_t *ncf__eigen_system_new(const ncf_tensor_t tensor);
void ncf__eigen_system_free(ncf_eigen_system_t *system);

/* The true mu is 2^scale_exponent times the mu of the scaled tensor. */
slong ncf__eigen_system_scale_exponent(const ncf_eigen_system_t *system);

/* A double model for proposals (no claim): N' x n points with |.| <= 1, N' weights,
 * Bombieri norm about 1; valid as long as the system. */
void ncf__eigen_system_approx(const ncf_eigen_system_t *system, const double **points,
                              const double **weights);

/*
 * A class that is proved to exist: the map (z, mu) -> (T z^{m-1} - mu z, p^H z - 1),
 * p = z0/|z0|^2, has exactly one zero in the closed 2-norm ball of the given radius
 * around (z0, mu0) in C^{n+1}, and that zero is simple (T-KRAWCZYK, T-FASTCERT).
 * When `fine` is set, the centre (z0, mu0) is `fine` exactly and z, mu are its roundings
 * to doubles; else it is z, mu exactly.
 */
typedef struct {
    slong dimension;    /* n */
    double *z;          /* 2n doubles: z0, 0.5 <= |z0| <= 2 */
    double mu[2];
    double radius;
    int certified;      /* 1 when the statement above is proved */
    int real;           /* 1: z0, mu0 are real and the zero is proved real;
                           -1: proved not real up to scaling; 0: not known */
    slong precision;    /* 53: floating-point certificate; else bits of ball arithmetic */
    acb_ptr fine;       /* n + 1 exact numbers (radii zero), or NULL */
} ncf_class_t;

/*
 * Tries to prove one candidate (2n doubles, 2 doubles), polishing it first: the
 * floating-point certificate, then balls of doubling precision up to max_precision.
 * A class that looks real is polished and certified as a real one (T-REAL).
 * max_precision < 128: the floating-point certificate only.
 * Returns PROVED (then out is a class with `real` decided or 0) or UNDECIDED (then
 * nothing is claimed: the candidate may be far from a zero, or near a multiple one).
 * Owns: the caller clears *out with ncf__class_clear in either case.
 * Threads: reentrant; several threads may share one system.
 */
ncf_verdict_t ncf__eigen_certify(ncf_class_t *out, const ncf_eigen_system_t *system,
                                 const double *z, const double *mu, slong max_precision);
void ncf__class_clear(ncf_class_t *class);

/*
 * Which certified classes are pairwise distinct. In: count classes; those not
 * certified are ignored. Out: group[k] = -1 for the ignored, else the smallest index j
 * of a certified class that k is NOT proved distinct from, or k itself when it is
 * proved distinct from every earlier one. Returns the number of k with group[k] = k
 * that are pairwise PROVED distinct (a lower bound for the number of classes).
 * Theorem T-DISTINCT. Cost: O(count log count) plus the pairs whose enclosures of one
 * real number overlap; pairs too close for doubles are refined in balls.
 */
slong ncf__eigen_distinct(slong *group, const ncf_class_t *classes, slong count,
                          const ncf_eigen_system_t *system);

/*
 * Refines a real certified class to balls: e (n entries, |e| = 1 enclosed, the unit
 * vector with z0 . e > 0) and mu of the UNSCALED tensor for that unit vector.
 * The zero enclosed is proved to be the class's own. UNDECIDED leaves outputs undefined.
 */
ncf_verdict_t ncf__eigen_refine_real(arb_ptr e, arb_t mu, const ncf_class_t *class,
                                     const ncf_eigen_system_t *system, slong prec,
                                     slong max_precision);

/*
 * Is the line of an eigenvector of the unscaled tensor the line of this class? In: balls e
 * (n entries, isometric) and mu that hold an exact pair with T e^{m-1} = mu e, e != 0.
 * Returns PROVED (the same line), REFUTED (another line) or UNDECIDED (prec is
 * too small) (T-KRAWCZYK, part B).
 */
ncf_verdict_t ncf__eigen_locate(const ncf_class_t *class, arb_srcptr e, const arb_t mu,
                                const ncf_eigen_system_t *system, slong prec);

/*
 * A proposal, nothing is claimed: Newton's method at high precision from a candidate as in
 * ncf__eigen_certify towards a real zero, which may be singular. e: n exact entries, the
 * largest one 1. Returns 0 when the candidate or the result is far from every real vector.
 */
int ncf__eigen_approx_real(arb_ptr e, const double *z, const double *mu,
                           const ncf_eigen_system_t *system);

#endif
