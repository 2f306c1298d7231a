/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * sphere_search.h: one search of multi_start.h, from one start to one KKT point of N on
 * the unit sphere. Everything here is a guess.
 */
#ifndef NCF_SPHERE_SEARCH_H
#define NCF_SPHERE_SEARCH_H

#include "multi_start.h"

typedef enum {
    NCF_START_CONVERGED,
    NCF_START_FLAT,   /* on the way to lambda = 0, below the floor */
    NCF_START_LOST,   /* no convergence */
    NCF_START_STOPPED /* by a limit */
} ncf_start_end_t;

/* The current point of a search and the room that it needs; one for each thread. */
typedef struct {
    const ncf_objective_t *objective;
    const ncf_limits_t *limits; /* may be NULL */
    slong n;
    int dense;        /* Hessian-vector products come from a Hessian that is kept */
    double floor;     /* a smaller lambda ends a search */
    double *u;        /* the point, |u| = 1 */
    double *gradient; /* of N */
    double *residual; /* grad N - lambda u, perpendicular to u */
    double *hessian;  /* n x n; NULL where n is too large for Newton's method */
    double value;     /* N(u) */
    double lambda;    /* u . grad N */
    double norm;      /* of the residual */
    int singular;     /* of the last point: the KKT system is about singular there */
    double *trial, *step, *direction, *image, *rest, *slope, *half; /* n each */
    double *moved, *back; /* n each: of products by differences */
    double *matrix;       /* (n + 1) x (n + 1), or NULL */
} ncf_sphere_search_t;

void ncf__sphere_search_init(ncf_sphere_search_t *search, const ncf_objective_t *objective,
                             const ncf_limits_t *limits);
void ncf__sphere_search_clear(ncf_sphere_search_t *search);

/* Divides u by its norm and evaluates; returns 0 when a number is not finite or u is 0. */
int ncf__sphere_search_evaluate(ncf_sphere_search_t *search);

/*
 * From search->u, which has been evaluated, to a local maximum of N: trust region method
 * with truncated conjugate gradients (Steihaug), then Newton's method.
 */
ncf_start_end_t ncf__sphere_ascend(ncf_sphere_search_t *search);

/*
 * From search->u, which has been evaluated, with lambda > 0, to a KKT point of any index:
 * damped Gauss-Newton steps for |grad N / lambda - u|, which is large near lambda = 0 and
 * so keeps away from the sets of points with lambda = 0, then Newton's method.
 */
ncf_start_end_t ncf__sphere_descend(ncf_sphere_search_t *search);

/* ---- Shared by the two: sphere_search.c ------------------------------------------ */

double ncf__dot_double(const double *a, const double *b, slong n);

/* Prepares products with the Hessian at the current point. */
void ncf__sphere_search_second(ncf_sphere_search_t *search);

/* out = Hess N(u) v. */
void ncf__sphere_search_product(double *out, ncf_sphere_search_t *search, const double *v);

/* v -= (u . v) u. */
void ncf__sphere_search_project(double *v, const ncf_sphere_search_t *search);

/*
 * A few damped steps of ncf__sphere_descend near a zero: they converge to points that are
 * not isolated as well, where Newton's method for the bordered system breaks down.
 */
void ncf__sphere_refine(ncf_sphere_search_t *search);

/* Newton's method for (grad N - lambda u, (|u|^2 - 1)/2) from a point that is near a zero. */
ncf_start_end_t ncf__sphere_polish(ncf_sphere_search_t *search);

#endif
