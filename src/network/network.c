/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* network.c: the layout of a layered network and its layer degrees. */
#include "network.h"

#include <string.h>

/* Activation degrees above this are refused: p (p - 1) must fit in a limb. */
#define MAX_DEGREE (WORD(1) << 30)

static int degrees_fit(const ncf_activation_t *activations, slong depth)
{
    for (slong l = 0; l + 1 < depth; l++) {
        NCF_REQUIRE(activations[l].degree >= 1);
        if (activations[l].degree > MAX_DEGREE)
            return 0;
    }
    return 1;
}

/* Index arithmetic on n and small multiples of it must not overflow. */
static int offsets_fit(slong *offsets, const slong *widths, slong depth)
{
    fmpz_t sum, limit;
    fmpz_init(sum);
    fmpz_init_set_si(limit, WORD_MAX / 64);
    offsets[0] = 0;
    int fits = 1;
    for (slong l = 1; l <= depth && fits; l++) {
        fmpz_t block;
        fmpz_init_set_si(block, widths[l]);
        fmpz_mul_si(block, block, widths[l - 1]);
        fmpz_add(sum, sum, block);
        fmpz_clear(block);
        fits = fmpz_cmp(sum, limit) <= 0;
        offsets[l] = fits ? fmpz_get_si(sum) : 0;
    }
    fmpz_clear(sum);
    fmpz_clear(limit);
    return fits;
}

int ncf__network_init(ncf_network_t network, const struct ncf_problem *problem)
{
    slong depth = problem->network.depth;
    NCF_REQUIRE(depth >= 1 && problem->network.widths[depth] == 1);
    network->kind = problem->network.kind;
    network->inputs = problem->network.inputs;
    network->depth = depth;
    network->widths = ncf__malloc((size_t) depth + 1, sizeof(slong));
    memcpy(network->widths, problem->network.widths, ((size_t) depth + 1) * sizeof(slong));
    network->activations = ncf__malloc((size_t) depth, sizeof(ncf_activation_t));
    for (slong l = 0; l + 1 < depth; l++)
        network->activations[l] = problem->network.activations[l];
    network->offsets = ncf__malloc((size_t) depth + 1, sizeof(slong));
    if (!offsets_fit(network->offsets, network->widths, depth) ||
        !degrees_fit(network->activations, depth)) {
        ncf__network_clear(network);
        return 0;
    }
    network->unknowns = network->offsets[depth];
    return 1;
}

slong ncf__network_block_count(const ncf_network_t network)
{
    return network->depth;
}

ncf_network_block_t ncf__network_block(const ncf_network_t network, slong index)
{
    NCF_REQUIRE(index >= 0 && index < network->depth);
    return (ncf_network_block_t){network->widths[index + 1], network->widths[index],
                                 network->offsets[index]};
}

void ncf__network_clear(ncf_network_t network)
{
    ncf__free(network->widths);
    ncf__free(network->activations);
    ncf__free(network->offsets);
}

void ncf__layer_degrees(fmpz *out, const struct ncf_problem *problem)
{
    slong depth = problem->network.depth;
    fmpz_one(out + depth - 1);
    for (slong l = depth - 1; l >= 1; l--)
        fmpz_mul_si(out + l - 1, out + l, problem->network.activations[l - 1].degree);
}
