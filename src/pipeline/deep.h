/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * deep.h: `ncf solve` for all networks but two layers with a power activation: closed
 * forms where there are some (T-DEEPLINEAR, T-RANKONE), branch and prune for what is small
 * (T-PRUNE), a search for all else. Each part says what it proves.
 */
#ifndef NCF_DEEP_H
#define NCF_DEEP_H

#include "../certify/prune.h"
#include "../kkt/rank_one.h"
#include "collect.h"
#include "line_search.h"
#include "point_orbit.h"
#include "route.h"

#define NCF_DEEP_MAX_WEIGHTS                                                                  \
    2000 /* points of larger networks are given by line and supports */
#define NCF_DEEP_MAX_PARTS 3

/* A statement about all points of some kind. */
typedef struct {
    char *scope;    /* "all rank-one KKT points with lambda != 0" */
    char *argument; /* why; "" when it is not proved */
    ncf_verdict_t proved;
} ncf_part_t;

struct ncf_deep {
    ncf_network_t network;
    int has_network; /* the weights can be numbered */
    ncf_rank_one_shape_t shape;
    int has_shape; /* monomials t^p, D within the limit */
    int homogeneous;
    ncf_route_t route;
    const char *method; /* of ncf__route_method */
    ncf_rank_one_list_t families;
    ncf_census_t rank_one;         /* rank-one points in the scope of parts[0] */
    ncf_point_orbit_list_t orbits; /* families and other orbits, decreasing lambda */
    int all_orbits;                /* none was left out for --top */
    slong others;                  /* listed orbits that are not rank-one families */
    slong not_separated; /* of these: not proved to differ from a family or another one */
    ncf_part_t parts[NCF_DEEP_MAX_PARTS];
    int part_count;
    ncf_verdict_t complete;           /* all KKT points in result->search.scope */
    ncf_prune_search_t *prune_search; /* between the choice of it and its run, else NULL */
    int uses_prune, uses_search;
    ncf_prune_t prune;           /* when uses_prune; its points are in `orbits` */
    ncf_collection_t collection; /* when uses_search; its orbits are in `orbits` */
};

/* Everything but the handling of options; result->deep is set here. */
void ncf__solve_deep(struct ncf_result *result, const struct ncf_problem *problem,
                     const ncf_limits_t *limits);
void ncf__deep_free(ncf_deep_t *deep);

/* After a contradiction between two routes nothing is called complete. */
void ncf__deep_withdraw(ncf_deep_t *deep);

/* ---- Parts ----------------------------------------------------------------------- */

/* Takes over both texts. */
void ncf__deep_add_part(ncf_deep_t *deep, char *scope, char *argument, ncf_verdict_t proved);

/* Lines, families and census of rank-one points; result->search is initialised. */
void ncf__deep_families(struct ncf_result *result, const struct ncf_problem *problem,
                        const ncf_limits_t *limits);

/*
 * Is every KKT point with lambda != 0 of rank one in W_1, .., W_{K-1}? Then the argument,
 * static; else NULL (T-RANKONE (6), T-DEEPLINEAR).
 */
const char *ncf__deep_only_rank_one(const struct ncf_result *result);

/*
 * Appends the families to the orbits, with their check in the full network: the audit of
 * the result is set from these.
 */
void ncf__deep_list_families(struct ncf_result *result, const struct ncf_problem *problem,
                             const ncf_limits_t *limits);

/*
 * The search whose state options->checkpoint holds, for options->lambda_min, both not NULL;
 * NCF_OK and NULL when there is no such file. NCF_EARG, NCF_EPARSE or NCF_EIO with the name of the
 * file when it cannot be used.
 */
ncf_status_t ncf__deep_resume(ncf_prune_search_t **out, const struct ncf_problem *problem,
                              const ncf_solve_options_t *options, ncf_error_t *err);

/*
 * Is branch and prune estimated to finish within a minute, and within the time limit? Then
 * a bound for lambda is set, if none was given, and families below it are dropped: call
 * it before they are listed.
 */
int ncf__deep_choose_prune(struct ncf_result *result, const struct ncf_problem *problem,
                           const ncf_limits_t *limits);

/*
 * All points with lambda above the bound that is set; after that choice. Returns 0, with
 * nothing added, when it takes far longer than was estimated.
 */
int ncf__deep_prune(struct ncf_result *result, const ncf_limits_t *limits);

/* Points that are not rank-one families, by a search: nothing is complete. */
void ncf__deep_search(struct ncf_result *result, const struct ncf_problem *problem,
                      const ncf_limits_t *limits);

/*
 * Takes over an orbit that another route found: drops it (returns 0) when it is proved to
 * belong to the rank-one families, which are complete; else appends it (returns 1), with
 * a mark when it is not proved to be none of them.
 */
int ncf__deep_take_orbit(struct ncf_result *result, ncf_point_orbit_t *orbit);

#endif
