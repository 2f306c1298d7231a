/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * cap_internal.h: shared by the files of the caps (T-CAP). The complement of u has the
 * coordinates y in R^m, m = n - 1, by an exact orthonormal basis that is known in intervals.
 */
#ifndef NCF_CAP_INTERNAL_H
#define NCF_CAP_INTERNAL_H

#include "cap.h"
#include "interval_matrix.h"

#define NCF_CAP_MAX_DEGREE 100 /* L: its factorial is a finite double */

/* ---- Polynomials in y (cap_form.c) ----------------------------------------------- */

/*
 * The monomials in m variables of degree at most `order`, by degree: those of degree j have the
 * numbers first[j] .. first[j + 1] - 1, and 1 has number 0. Monomial k > 0 is
 * monomial parent[k] times y_last[k]; monomial k below first[order] times y_i has number
 * next[k m + i].
 */
typedef struct {
    slong variables, order, count;
    slong *first;       /* order + 2 */
    int32_t *next;      /* first[order] x m */
    int32_t *parent;    /* count */
    int16_t *last;      /* count */
} ncf_cap_monomials_t;

/* The number of monomials, or `most` + 1 when it is larger than most. */
slong ncf__cap_monomials_count(slong variables, slong order, slong most);
void ncf__cap_monomials_init(ncf_cap_monomials_t *set, slong variables, slong order);
void ncf__cap_monomials_clear(ncf_cap_monomials_t *set);
slong ncf__cap_monomial_degree(const ncf_cap_monomials_t *set, slong k);
/* exponents has m entries. */
void ncf__cap_monomial_exponents(slong *exponents, const ncf_cap_monomials_t *set, slong k);
slong ncf__cap_monomial_product(const ncf_cap_monomials_t *set, slong k, slong l);

/*
 * A polynomial is an array of set->count intervals; that of degree d uses the monomials up to
 * degree d, and all terms above set->order are left out everywhere.
 */
typedef struct {
    double *mid, *size, *reach; /* count: as in ncf__midrad_sum */
    slong terms;                /* products in one coefficient, at most */
} ncf_cap_sums_t;

void ncf__cap_sums_init(ncf_cap_sums_t *sums, const ncf_cap_monomials_t *set);
void ncf__cap_sums_clear(ncf_cap_sums_t *sums);
void ncf__cap_sums_zero(ncf_cap_sums_t *sums, const ncf_cap_monomials_t *set);
/* sums += (a_0 + sum_i a_i y_i) g, g of degree d; a has m + 1 entries. */
void ncf__cap_add_affine(ncf_cap_sums_t *sums, const ncf_cap_monomials_t *set,
                         const ncf_midrad_t *a, const ncf_midrad_t *g, slong d);
/* sums += f g, of degrees df and dg; shift has set->count entries of scratch. */
void ncf__cap_add_product(ncf_cap_sums_t *sums, const ncf_cap_monomials_t *set, int32_t *shift,
                          const ncf_midrad_t *f, slong df, const ncf_midrad_t *g, slong dg);
/* out = the sums. */
void ncf__cap_sums_get(ncf_midrad_t *out, const ncf_cap_sums_t *sums,
                       const ncf_cap_monomials_t *set);
/* A bound of |f_j(y)|^2 over |y| = 1 by the norm of Bombieri, f_j the part of degree j. */
ncf_midrad_t ncf__cap_square_norm(const ncf_midrad_t *f, const ncf_cap_monomials_t *set, slong j);

/* ---- The expansion of N at u (cap_expand.c) -------------------------------------- */

typedef struct {
    ncf_cap_monomials_t set;  /* of degree up to min(L, what is affordable) */
    slong degree;         /* L */
    slong exponent;       /* everything is of 2^exponent N */
    ncf_midrad_t lambda;
    ncf_midrad_t *form;   /* set.count: N(u + y), of which degrees 0 and 1 are not used */
    double *norm;         /* L + 1: |N_j(v)| <= norm[j] for unit v; infinite: nothing known */
} ncf_cap_jet_t;

/*
 * Returns NULL or why there is no expansion; to be cleared in both cases. The set has at most
 * the order max_order >= 2.
 */
const char *ncf__cap_jet_init(ncf_cap_jet_t *jet, const ncf_certified_point_t *point,
                              const struct ncf_problem *problem,
                              const ncf_network_struct *network, slong degree,
                              slong max_order, const ncf_limits_t *limits);
void ncf__cap_jet_clear(ncf_cap_jet_t *jet);

/* ---- Lower bounds of P(t, .) (cap_gram.c, cap_bound.c) --------------------------- */

/*
 * z' G z = P(t, v) + tail with z = (z_1, .., z_half), z_a the orthonormal monomials of degree a
 * in v, and G = sum of the parts with coefficients: those of lambda, N_2, .., N_signed, and of
 * matrices with z' B z = 0 for unit v, whose coefficients are free.
 */
typedef struct {
    slong half, size;             /* half = 1: N_3 by its square, see T-CAP D */
    slong signed_order;           /* the largest j of N_j in the parts */
    slong part_count, free_first; /* parts from free_first on are free */
    ncf_interval_matrix_t *parts; /* [0] is lambda on z_1, [j - 1] is N_j */
    ncf_interval_matrix_t square; /* half = 1: M M', N_3(v) = v' M z_2; else empty */
    double *free;                 /* coefficients that were best at the last t */
} ncf_cap_gram_t;

void ncf__cap_gram_init(ncf_cap_gram_t *gram, const ncf_cap_jet_t *jet);
void ncf__cap_gram_clear(ncf_cap_gram_t *gram);

/* c_j(t) for exact t. */
ncf_midrad_t ncf__cap_coefficient(slong degree, slong j, double t);

/* A lower bound of P(t, v) over all unit v; -inf where none is found. */
double ncf__cap_bound(ncf_cap_gram_t *gram, const ncf_cap_jet_t *jet, double t);

/* ---- Caps from the gap alone (cap_norm.c) ----------------------------------------- */

/*
 * A bound of the spectral norm of sum_i z_i x_i^(a) (x_i^(b))', x^(a) the a-fold tensor power:
 * through the Gram matrices of the points or through the moments of degree a + b, which is
 * the same number but for the width of the bound. x is points x d, z is points x 1. T-CAP G.
 */
void ncf__cap_flattening(arb_t bound, const arb_mat_t x, const arb_mat_t z, slong a, slong b,
                         int by_points);

/*
 * |N(u)| <= bound for all |u| = 1 (T-CAP G); degree is L. Returns 0 where there is no bound: for
 * networks that are not feed-forward.
 */
int ncf__cap_sphere_norm(arb_t bound, const struct ncf_problem *problem,
                         const ncf_network_struct *network, slong degree);

/*
 * A tangent <= last > 0 of a cap (T-CAP F) around a point whose index and nullity are 0, and
 * P(t, v) >= bound > 0 for all unit v and 0 <= t <= tangent; 0 where there is none.
 */
double ncf__cap_tangent_by_gap(double *bound, const ncf_certified_point_t *point,
                               const struct ncf_problem *problem,
                               const ncf_network_struct *network, slong degree, double last);

/* ---- Proposals (cap_propose.c) ---------------------------------------------------- */

/* The free coefficients for the symmetric G = base + sum_i free_i parts: a proposal. */
void ncf__cap_propose_free(double *free, const double *base, const ncf_interval_matrix_t *parts,
                           slong count, slong size, slong half);

#endif
