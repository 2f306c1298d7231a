/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * multi_start.h: looks for the KKT points with lambda > 0 of a smooth function N on the
 * unit sphere, grad N(u) = lambda u, |u| = 1, from many starts. What it returns are
 * guesses: points may be wrong, missing or there twice.
 */
#ifndef NCF_MULTI_START_H
#define NCF_MULTI_START_H

#include "../base/base.h"

/*
 * The function and what is known of it. All callbacks get `context`, must be reentrant
 * and must not change it. Vectors have n entries; outputs never alias inputs.
 */
typedef struct {
    slong n; /* >= 1 */
    void *context;

    /* N(u), gradient, Hessian (n x n, row-major, symmetric); each output may be NULL. */
    void (*eval)(double *value, double *gradient, double *hessian, const double *u,
                 void *context);

    /* out = Hess N(u) v; NULL: by differences of the gradient. Used where n is large. */
    void (*hvp)(double *out, const double *u, const double *v, void *context);

    /* Changes u to a point of equal norm with N(u') = -N(u); NULL: there is none. */
    void (*mirror)(double *u, void *context);

    /* A random start, of any norm but 0; NULL: uniform on the sphere. */
    void (*start)(double *u, ncf_random_t *random, void *context);

    /*
     * About the same n numbers for all points of one orbit of the symmetries of N, say a
     * canonical form; NULL: the point itself. Points whose keys are close are merged.
     */
    void (*key)(double *out, const double *u, void *context);
} ncf_objective_t;

typedef struct {
    uint64_t seed;
    int threads;        /* >= 1; what is found does not depend on it */
    slong max_starts;   /* >= 0 */
    slong min_starts;   /* before the rule of no new points may stop the search */
    slong max_points;   /* bound for the length of the list, >= 1 */
    slong max_singular; /* singular points of about equal lambda at most, >= 1 */
    double lambda_min;  /* >= 0: points below are dropped */
    int only_ascents;   /* independent ones, for local maxima alone */
} ncf_multi_start_options_t;

/* 2,000 to 20,000 starts, at most 10,000 points, 4 singular ones of
 * equal lambda, seed 1, one thread, lambda_min = 0. */
void ncf__multi_start_options_init(ncf_multi_start_options_t *options);

typedef struct {
    double *u;         /* n: the point as it was found first, |u| = 1 */
    double *key;       /* n */
    double lambda;     /* u . grad N(u) */
    slong hits;        /* starts that ended here */
    slong random_hits; /* those of them that did not begin near a known point */
    slong first;       /* the first of them */
    int singular;      /* perhaps not isolated: the KKT system is about singular */
} ncf_proposal_t;

typedef enum {
    NCF_SEARCH_ALL_STARTS,  /* max_starts were made */
    NCF_SEARCH_NOTHING_NEW, /* after min_starts or more: the last half found nothing new */
    NCF_SEARCH_LIMIT        /* time or a stop request: `limit` */
} ncf_search_end_t;

typedef struct {
    ncf_proposal_t *points; /* decreasing lambda */
    slong count;
    slong n;
    slong starts;    /* that were made; each is counted once below */
    slong converged; /* to a listed point: the sum of all hits */
    slong flat;      /* dropped on the way to lambda = 0 or below lambda_min */
    slong lost;      /* no convergence, or numbers that are not finite */
    slong crowded;   /* converged to no listed point when there was no room for one more */
    ncf_search_end_t end;
    ncf_limit_t limit;
} ncf_multi_start_t;

/*
 * Runs the starts: one half ascends N on the sphere by a trust region method (maxima), the
 * other half reduces |grad N / lambda - u| by damped Gauss-Newton steps (all indices), from
 * random starts and from perturbations of points that were found. All end with Newton's
 * method. For n above about 200 no Hessian is formed on the way, above about 400 none at all.
 *
 * Out: out   initialised; the caller clears it. When a limit was reached it holds what
 *            was found in the batches of starts that were finished.
 * Equal seeds give equal lists for any number of threads, unless the time limit ends it.
 * Memory: O(max_points n), and O(n^2) a thread, O(n) where no Hessian is formed.
 */
void ncf__multi_start_init(ncf_multi_start_t *out, const ncf_objective_t *objective,
                           const ncf_multi_start_options_t *options,
                           const ncf_limits_t *limits);
void ncf__multi_start_clear(ncf_multi_start_t *search);

#endif
