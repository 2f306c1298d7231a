/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * eigen_internal.h: what the files eigen_*.c share. Symbols: T the scaled tensor,
 * m its order, n its dimension, x = (z, mu) in C^{n+1},
 *   f(x) = (T z^{m-1} - mu z, q^H z - q^H q),   H = T z^{m-2},
 *   J(x) = [[(m-1) H - mu I, -z], [q^H, 0]],    q the patch, usually the centre's z.
 * A monomial is a multiset alpha of m - 2 indices, a pair is j <= k; with c_alpha the
 * number of orderings of alpha, H_jk = sum_alpha z^alpha c_alpha T_{alpha j k}.
 */
#ifndef NCF_EIGEN_INTERNAL_H
#define NCF_EIGEN_INTERNAL_H

#include "eigen.h"

#include <pthread.h>

#define NCF_EIGEN_LEVELS 13 /* ball tables of 128, 256, ..., 524288 bits */
#define NCF_EIGEN_MAX_PRECISION (WORD(128) << (NCF_EIGEN_LEVELS - 1))
#define NCF_EIGEN_MAX_RADIUS_EXP (-10)  /* radii are at most 2^-10 */
#define NCF_EIGEN_MIN_RADIUS_EXP (-500) /* a class's radius is at least 2^-500 */

/* ---- The prepared tensor (eigen_system.c, eigen_table.c) ------------------------- */

/* Multisets of m - 2 indices, and the ranks of those of m indices. */
typedef struct {
    slong count;   /* of monomials of degree m - 2 */
    slong total;   /* of monomials of all degrees 0..m-2; the last `count` are alpha */
    slong *parent; /* monomial = parent times z_last, parent < index; root: -1 */
    slong *last;
    slong *members;  /* count x (m - 2), ascending */
    fmpz *orderings; /* c_alpha */
    slong pairs;     /* n (n + 1)/2, row by row of the upper triangle */
    slong entries;   /* multisets of m indices */
    slong *rank;     /* count x pairs: index of T_{alpha j k} among the entries */
} ncf_eigen_index_t;

/* Enclosures at one precision. table is NULL when the tensor is too large for one. */
typedef struct {
    arb_ptr table;   /* pairs x count: c_alpha T_{alpha j k}, scaled */
    arb_ptr columns; /* n x N': the isometric points, transposed */
    arb_ptr weights; /* N', scaled by 2^-scale_exponent */
} ncf_eigen_level_t;

typedef struct {
    pthread_mutex_t lock;
    ncf_eigen_level_t *level[NCF_EIGEN_LEVELS];
} ncf_eigen_cache_t;

struct ncf_eigen_system {
    const ncf_tensor_struct *tensor;
    slong order, dimension, points;
    slong scale_exponent;
    slong guard; /* bits lost to cancellation in the sum over points */
    mag_t norm;  /* >= |T|_F */
    double *approx_points, *approx_weights;
    int has_table; /* the dense table exists */
    ncf_eigen_index_t index;
    slong stride;       /* row length of the double table, a multiple of 4 */
    double *table;      /* count x stride, NULL without a floating-point certificate */
    void *table_block;  /* owns it */
    double table_norm;  /* >= Frobenius norm of the double table as a tensor map */
    double table_error; /* >= Frobenius distance of the double table from T */
    double norm_bound;  /* >= |T|_F */
    ncf_eigen_cache_t *cache;
};

void ncf__eigen_index_init(ncf_eigen_index_t *index, slong order, slong dimension);
void ncf__eigen_index_clear(ncf_eigen_index_t *index);

/* Builds enclosures of the tensor times 2^-exponent at prec + guard bits. */
ncf_eigen_level_t *ncf__eigen_level_new(const ncf_eigen_system_t *system, slong exponent,
                                        slong prec);
void ncf__eigen_level_free(ncf_eigen_level_t *level, const ncf_eigen_system_t *system);

/* The cached level for at least prec bits; made when it is first asked for. */
const ncf_eigen_level_t *ncf__eigen_level(const ncf_eigen_system_t *system, slong prec);

/* x rounded up to a double; infinite when it is too large. */
double ncf__mag_double(const mag_t x);

/* ---- Vector kernels in doubles (eigen_kernel.c) ---------------------------------- */

/*
 * Matrices are split into real and imaginary parts, rows of `width` doubles (a multiple
 * of 4), padding zero; aligned blocks are faster. The order of summation is free: the
 * bounds of T-FASTCERT hold for any.
 */

#define NCF_ALIGN_SPARE 8 /* doubles to allocate beyond what is aligned */
static inline double *ncf__align(void *block)
{
    return (double *) (((uintptr_t) block + 63) & ~(uintptr_t) 63);
}

/* (re, im) = sum_a (c_re, c_im)_a rows_a, rows real; re, im of `width`. */
void ncf__kernel_combine(double *re, double *im, const double *rows, slong width,
                         const double *c_re, const double *c_im, slong count);

/* The same for complex rows. */
void ncf__kernel_combine_complex(double *re, double *im, const double *rows_re,
                                 const double *rows_im, slong width, const double *c_re,
                                 const double *c_im, slong count);

/* In place; returns 0 for a zero or non-finite pivot. swaps: size entries of workspace. */
int ncf__kernel_invert(double *re, double *im, slong size, slong width, slong *swaps);

/* The computed sum of |I - Y J|^2 over all entries; row: 2 width of workspace. */
double ncf__kernel_defect(const double *y_re, const double *y_im, const double *j_re,
                          const double *j_im, slong size, slong width, double *row);

/* The computed sum of squares; count is a multiple of 4. */
double ncf__kernel_square_sum(const double *x, slong count);

/* ---- The floating-point certificate (eigen_fast.c), theorem T-FASTCERT ----------- */

typedef struct {
    const ncf_eigen_system_t *system;
    slong size, width;   /* n + 1 and its padding */
    double *z_re, *z_im; /* width: the centre */
    double mu[2];
    double *mono_re, *mono_im; /* all monomials */
    double *hess_re, *hess_im; /* stride: H by pairs */
    double *jac_re, *jac_im;   /* size x width: J */
    double *inv_re, *inv_im;   /* size x width: Y */
    double *f_re, *f_im;       /* width */
    double *step_re, *step_im; /* width; also the workspace of the defect */
    slong *swaps;
    void *block;                                     /* owns all of the above */
    double residual, delta, beta, lipschitz, radius; /* bounds at the centre */
} ncf_fast_t;

/* Requires system->table. */
void ncf__fast_init(ncf_fast_t *fast, const ncf_eigen_system_t *system);
void ncf__fast_clear(ncf_fast_t *fast);

/* Evaluates f and J at the centre, with the centre's z as the patch. */
void ncf__fast_evaluate(ncf_fast_t *fast);

/* Y = approximate inverse of J. Returns 0 when that breaks down. */
int ncf__fast_invert(ncf_fast_t *fast);

/*
 * Fills the bounds from f, J, Y at the centre. Returns 1 when they prove exactly one zero
 * in the closed ball of the given radius around the centre.
 */
int ncf__fast_test(ncf_fast_t *fast);

/* Newton steps from the centre, then the test. 0: nothing is claimed. */
int ncf__fast_prove(ncf_fast_t *fast);

/* ---- Ball arithmetic (eigen_ball.c), theorem T-KRAWCZYK part B ------------------- */

/*
 * Tests the exact centre x (n + 1 entries, radii zero) with the exact patch q.
 * In/out: radius: in, the smallest radius wanted; out, the proved one (f has exactly one
 * zero in that closed 2-norm ball). isolation: about the largest radius with the same
 * property, for decisions that carry no proof. proof_prec <= prec: precision of Y.
 * Returns 0 when nothing is proved.
 */
int ncf__ball_test(mag_t radius, mag_t isolation, acb_srcptr x, acb_srcptr patch,
                   const ncf_eigen_system_t *system, slong prec, slong proof_prec);

/*
 * Newton's method in place, from an exact x to an exact x; patch NULL: the moving one.
 * real: imaginary parts are kept zero.
 */
typedef enum {
    NCF_POLISH_LOST,     /* singular, or moved by more than 2^drift in all */
    NCF_POLISH_SLOW,     /* too many steps: a cluster, or too little precision */
    NCF_POLISH_CONVERGED /* the last step was below 2^(-2 prec/3) */
} ncf_polish_t;
ncf_polish_t ncf__ball_polish(acb_ptr x, acb_srcptr patch, int real, slong drift,
                              const ncf_eigen_system_t *system, slong prec);

/* T-REAL: no z within the radius of the exact x (n entries) is real up to scaling. */
int ncf__ball_is_not_real(acb_srcptr x, slong n, const mag_t radius, slong prec);

/* H = T z^{m-2} in balls, for z in balls. */
void ncf__eigen_hessian(acb_mat_t h, acb_srcptr z, const ncf_eigen_system_t *system,
                        slong prec);

/* Upper bound of the 2-norm. */
void ncf__acb_vec_norm_mag(mag_t out, acb_srcptr x, slong count);

/* The exact centre of a class, n + 1 entries. */
void ncf__class_centre(acb_ptr x, const ncf_class_t *class, slong dimension);

/*
 * Refines the zero of a class: x gets n + 1 exact entries, and the zero in the ball
 * (x, radius), in the patch of the class, is proved to be the class's own.
 * Returns 0 when that is not proved at this precision.
 */
int ncf__class_refine(acb_ptr x, mag_t radius, mag_t isolation, const ncf_class_t *class,
                      const ncf_eigen_system_t *system, slong prec, slong proof_prec);

#endif
