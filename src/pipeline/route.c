/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* route.c: the choice of a method from network and data, see route.h. */
#include "route.h"

#include "../certify/prune.h"
#include "../kkt/rank_one.h"

/*
 * W_1 acts through the essential subspace of the data only (T-RANKONE (6)); its rank and
 * that of W_l is at most the smaller side.
 */
static int widths_force_rank_one(const ncf_rank_one_shape_t *shape, slong dimension)
{
    for (slong l = 0; l + 1 < shape->depth; l++) {
        slong columns = l == 0 ? dimension : shape->widths[l];
        if (shape->widths[l + 1] > 1 && columns > 1)
            return 0;
    }
    return 1;
}

static int is_two_layer_power(const ncf_network_spec_t *network)
{
    return network->kind == NCF_NETWORK_FEEDFORWARD && network->depth == 2 &&
           network->activations[0].kind == NCF_ACTIVATION_POWER;
}

void ncf__route_init(ncf_route_t *route, const struct ncf_problem *problem, slong dimension)
{
    ncf_rank_one_shape_t shape;
    fmpz_t unknowns;
    fmpz_init(unknowns);
    ncf__problem_unknowns(unknowns, problem);
    *route = (ncf_route_t){.two_layers = is_two_layer_power(&problem->network)};
    route->families = ncf__rank_one_shape_init(&shape, problem);
    if (route->families) {
        route->linear = ncf__rank_one_is_linear(&shape);
        route->only_rank_one =
            route->linear || dimension == 0 || widths_force_rank_one(&shape, dimension);
        ncf__rank_one_shape_clear(&shape);
    }
    route->may_prune = route->families && ncf__prune_unsupported(problem) == NULL;
    route->may_search = fmpz_cmp_si(unknowns, NCF_MAX_SEARCHED_WEIGHTS) <= 0;
    fmpz_clear(unknowns);
}

const char *ncf__route_method(const ncf_route_t *route, ncf_others_t others)
{
    if (route->two_layers)
        return "symmetric-tensor";
    if (route->linear)
        return "closed-form";
    if (!route->families)
        return others == NCF_OTHERS_SEARCH && route->may_search ? "search" : "none";
    if (others == NCF_OTHERS_NOTHING || route->only_rank_one)
        return "rank-one";
    if (others == NCF_OTHERS_PRUNE && route->may_prune)
        return "rank-one+branch-and-prune";
    return route->may_search ? "rank-one+search" : "rank-one";
}
