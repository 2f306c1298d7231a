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
    int8_t *degree;     /* count */
    double *ways;       /* count: j! / alpha! of degree j <= 100, with at most 2 j roundings */
} ncf_cap_monomials_t;

/* The number of monomials, or `most` + 1 when it is larger than most. */
slong ncf__cap_monomials_count(slong variables, slong order, slong most);
void ncf__cap_monomials_init(ncf_cap_monomials_t *set, slong variables, slong order);
void ncf__cap_monomials_clear(ncf_cap_monomials_t *set);
/* exponents has m entries. */
void ncf__cap_monomial_exponents(slong *exponents, const ncf_cap_monomials_t *set, slong k);
slong ncf__cap_monomial_product(const ncf_cap_monomials_t *set, slong k, slong l);

/* A polynomial: the monomials at[k], each at most once and in no order, with coefficients x[k]. */
typedef struct {
    slong count, room;
    int32_t *at;
    ncf_midrad_t *x;
} ncf_cap_poly_t;

/* An empty polynomial is all zeros. */
void ncf__cap_poly_clear(ncf_cap_poly_t *f);
/* f = the constant x */
void ncf__cap_poly_set(ncf_cap_poly_t *f, ncf_midrad_t x);

/* A polynomial that is being added up; terms above set->order are left out everywhere. */
typedef struct {
    const ncf_cap_monomials_t *set;
    double *mid, *size, *reach; /* set->count: as in ncf__midrad_sum; 0 but for the touched ones */
    int32_t *touched, *sorted;  /* set->count */
    slong touched_count;
    slong terms;                /* products in one coefficient, at most */
    double work;                /* products so far; above max_work nothing in `mid` means
                                   anything */
    double max_work;
} ncf_cap_sums_t;

void ncf__cap_sums_init(ncf_cap_sums_t *sums, const ncf_cap_monomials_t *set, double max_work);
void ncf__cap_sums_clear(ncf_cap_sums_t *sums);
/* sums += (a_0 + sum_i a_i y_i) g; a has m + 1 entries. */
void ncf__cap_add_affine(ncf_cap_sums_t *sums, const ncf_midrad_t *a, const ncf_cap_poly_t *g);
/* sums += f g */
void ncf__cap_add_product(ncf_cap_sums_t *sums, const ncf_cap_poly_t *f, const ncf_cap_poly_t *g);
/* out = the sums, which become zero; out may have been a factor in them. */
void ncf__cap_sums_get(ncf_cap_poly_t *out, ncf_cap_sums_t *sums);
/* A bound of |f_j(y)|^2 over |y| = 1 by the norm of Bombieri, f_j the part of degree j. */
ncf_midrad_t ncf__cap_square_norm(const ncf_cap_poly_t *f, const ncf_cap_monomials_t *set, slong j);

/* ---- The expansion of N at u (cap_expand.c) -------------------------------------- */

typedef struct {
    ncf_cap_monomials_t set;  /* of degree up to min(L, what is affordable) */
    slong degree;         /* L */
    slong exponent;       /* everything is of 2^exponent N */
    ncf_midrad_t lambda;
    ncf_cap_poly_t sum;   /* N(u + y), of which degrees 0 and 1 are not used */
    ncf_midrad_t *form;   /* set.count: the same, by number of the monomial */
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

/* The power of two that brings lambda to about 1. */
slong ncf__cap_scale(const arb_t lambda);
/* The least power of two above all inputs of point i, or 0; and the degree of H in x. */
slong ncf__cap_point_exponent(const struct ncf_problem *problem, slong i);
slong ncf__cap_input_degree(const ncf_layers_t *layers);

/* ---- Lower bounds of P(t, .) (cap_gram.c, cap_bound.c) --------------------------- */

/* A symmetric matrix: the entries on and below the diagonal that are not exactly zero. */
typedef struct {
    int32_t row, column;
    ncf_midrad_t x;
} ncf_cap_entry_t;

typedef struct {
    slong count, room;
    ncf_cap_entry_t *entries; /* several with one place are summands */
} ncf_cap_part_t;

/*
 * z' G z = P(t, v) + tail with z = (z_1, .., z_half), z_a the orthonormal monomials of degree a
 * in v, and G = sum of the parts with coefficients, in this order: lambda; N_2, ..,
 * N_signed; matrices with z' B z = 0 for unit v, whose coefficients are free; and M_j M_j' for
 * signed < j <= squared, N_j(v) = z_half' M_j z_{j - half}. All parts have the same blocks.
 */
typedef struct {
    slong half, size;
    slong signed_order, squared_order;
    slong part_count, free_first, square_first;
    slong block_count;            /* different ones */
    slong *block_size;            /* block_count */
    ncf_interval_matrix_t *parts; /* part_count x block_count; without rows: zero */
    slong component_count;        /* of the monomials; each is a block, several may be the same */
    int32_t *block;               /* component_count */
    int32_t *component, *place;   /* size: where monomial k + 1 is */
    double *free;                 /* part_count - free_first, a proposal: coefficients of the free
                                     parts, then of the squares as multiples of the usual ones */
    double *norm;                 /* part_count: of squares about the 2-norm of M_j */
    double accuracy;              /* of the proposals: a share of the bound at t = 0 */
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

/* ---- Shells (cap_shell.c, cap_idle.c, cap_search.c) --------------------------------- */

/*
 * What the proofs beyond the first cap have in common: N and its data in intervals, scaled as the jet
 * is, and the unit vector u. Weights that are proved to be zero are exact zeros of u, and idle.
 */
typedef struct {
    const ncf_network_struct *network;
    slong degree, points;
    ncf_midrad_t *x, *z; /* points x d, points */
    ncf_midrad_t *u;     /* n */
    slong active_count;
    slong *active;       /* active_count: the weights that are not idle */
} ncf_cap_model_t;

void ncf__cap_model_init(ncf_cap_model_t *model, const ncf_certified_point_t *point,
                         const struct ncf_problem *problem,
                         const ncf_network_struct *network, slong degree);
void ncf__cap_model_clear(ncf_cap_model_t *model);

/* The units of a layer as polynomials in the idle weights, and their derivatives along u. */
typedef struct {
    slong widest;
    ncf_cap_poly_t *b, *db, *a, *da; /* widest */
    ncf_cap_poly_t power, one, factor;
    ncf_cap_poly_t value, slope, f;  /* N, u . grad N, and what Phi is made of */
    ncf_midrad_t *weight;            /* 1 + idle weights: an affine form */
} ncf_cap_pass_t;

/* The part of Phi with idle weights: what T-CAP I needs of it. */
typedef struct {
    const ncf_cap_model_t *model;
    slong count;              /* idle weights */
    slong *variable;          /* n: 1 .. count for an idle weight, else 0 */
    ncf_cap_monomials_t set;  /* in the idle weights, of degree up to L */
    ncf_cap_sums_t sums, total[2];
    ncf_cap_pass_t pass;
    slong class_count;
    int32_t *class_of;        /* set.count */
    double *share;            /* set.count: of its squared coefficient in the square of its class */
    double *squares;          /* class_count: of a bound that is being added up */
} ncf_cap_idle_t;

/* 0: not for this network, nothing to clear. After max_work products no bound is found any more. */
int ncf__cap_idle_init(ncf_cap_idle_t *idle, const ncf_cap_model_t *model, double max_work);
void ncf__cap_idle_clear(ncf_cap_idle_t *idle);

/*
 * b such that Phi(q + p) >= Phi(q) + |p|^2 b for every q in the n intervals and every p of idle weights
 * alone with |p| <= reach; -inf: none. square contains |q|^2, along contains q . u.
 */
double ncf__cap_idle_slope(ncf_cap_idle_t *idle, const ncf_midrad_t *q, ncf_midrad_t square,
                           ncf_midrad_t along, double reach);

/*
 * P > 0 for inner < t <= outer and all unit v, given that it is for 0 < t <= inner. *work: what
 * may be spent, what is spent is taken off. 0: not proved.
 */
int ncf__cap_shell(const ncf_cap_model_t *model, ncf_cap_idle_t *idle, double inner,
                   double outer, double *work, const ncf_limits_t *limits);

/*
 * One box of it: c_j, r_j for each active weight. 1: P > 0 wherever (q + p) / |q + p| lies in the shell, for all
 * q in the box and p of idle weights, given that P > 0 up to `inner`. For tests.
 */
int ncf__cap_box_is_settled(const ncf_cap_model_t *model, ncf_cap_idle_t *idle, double inner,
                            double outer, const double *box);

/*
 * About the least t in [low, high] with P(t, v) <= 0 for some v, from above; high: none found. When a
 * limit is reached, what was found so far.
 */
double ncf__cap_search(const ncf_cap_model_t *model, double low, double high,
                       const ncf_limits_t *limits);

/* ---- Proposals (cap_propose.c) ---------------------------------------------------- */

/* What the free coefficients are to maximise, in doubles. */
typedef struct {
    const ncf_cap_gram_t *gram;
    double **base;   /* block_count: the sum of the parts with known coefficients */
    double *scale;   /* part_count: coefficient of a part per unit of its free variable */
    double *penalty; /* part_count: of squares the loss times the variable */
    double accuracy; /* of the bound; 0: the coefficients are right as they are */
} ncf_cap_proposal_t;

/* gram->free is improved for them; *shift is about the least eigenvalue of G. */
void ncf__cap_propose_free(double *free, double *shift, const ncf_cap_proposal_t *proposal);

#endif
