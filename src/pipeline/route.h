/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * route.h: which method `ncf solve` takes for a problem, and its name; for `ncf solve`
 * itself and for `ncf info`, which says it without solving.
 */
#ifndef NCF_ROUTE_H
#define NCF_ROUTE_H

#include "../problem/problem.h"

/* More weights than that are not searched: a certificate then takes ten seconds and more. */
#define NCF_MAX_SEARCHED_WEIGHTS 1200

/* What is done about points that are in no closed form. */
typedef enum { NCF_OTHERS_NOTHING, NCF_OTHERS_PRUNE, NCF_OTHERS_SEARCH } ncf_others_t;

typedef struct {
    int two_layers;    /* two layers with a power activation: T-DECOUPLE */
    int families;      /* monomials throughout: closed forms T-RANKONE, T-DEEPLINEAR */
    int linear;        /* of degree one throughout */
    int only_rank_one; /* of the families: there are no other points with lambda != 0 */
    int may_prune;     /* small enough for T-PRUNE; how long it takes decides */
    int may_search;
} ncf_route_t;

/*
 * dimension: the essential dimension of the data tensor (T-ESSENTIAL), or a bound for it,
 * at most the number of inputs: with a bound that is too large only_rank_one may be missed.
 */
void ncf__route_init(ncf_route_t *route, const struct ncf_problem *problem, slong dimension);

/*
 * The name of the method; static: "symmetric-tensor", "closed-form", "rank-one",
 * "rank-one+branch-and-prune", "rank-one+search", "search" or "none". Of `others` only what
 * the route needs and allows is named.
 */
const char *ncf__route_method(const ncf_route_t *route, ncf_others_t others);

#endif
