/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * validated_tape.c: the system of T-VALIDATEDFLOW as sums of products. For each point, with
 * a_0 = x, b_l = W_l a_{l-1}, a_l = s_l(b_l), H = b_K and s_l(t) = c t^p,
 *
 *     delta_K = r,  v_l = W_{l+1}^T delta_{l+1},  delta_l = s_l'(b_l) v_l,
 *     g = sum over points of delta_l a_{l-1}^T,  r = z (sphere flow) or y - kappa H.
 */
#include "validated_internal.h"

#include "interval_matrix.h"

#include <string.h>

#define MAX_POWER 64      /* degree of an activation */
#define MAX_NODES 2000000 /* a bound on memory only */

static slong constant_new(ncf_tube_t *flow, ncf_midrad_t value)
{
    if (flow->constant_count == flow->constant_room) {
        flow->constant_room = 2 * flow->constant_room + 16;
        flow->constants = ncf__realloc(flow->constants, (size_t) flow->constant_room,
                                       sizeof(*flow->constants));
    }
    flow->constants[flow->constant_count] = value;
    return -1 - flow->constant_count++;
}

static slong constant_fmpq(ncf_tube_t *flow, const fmpq_t value)
{
    return constant_new(flow, ncf__midrad_from_fmpq(value, 0));
}

static slong constant_si(ncf_tube_t *flow, slong value)
{
    fmpq_t exact;
    fmpq_init(exact);
    fmpq_set_si(exact, value, 1);
    slong out = constant_fmpq(flow, exact);
    fmpq_clear(exact);
    return out;
}

/* Opens a node; terms are added to it until the next one is opened. */
static slong node_new(ncf_tube_t *flow)
{
    if (flow->count + 1 >= flow->room) {
        flow->room = 2 * flow->room + 64;
        flow->starts = ncf__realloc(flow->starts, (size_t) flow->room + 1,
                                    sizeof(*flow->starts));
    }
    flow->count++;
    flow->starts[flow->count] = flow->term_count;
    return flow->count - 1;
}

static void term_add(ncf_tube_t *flow, slong left, slong right)
{
    if (flow->term_count == flow->term_room) {
        flow->term_room = 2 * flow->term_room + 64;
        flow->terms = ncf__realloc(flow->terms, (size_t) flow->term_room,
                                   sizeof(*flow->terms));
    }
    flow->terms[flow->term_count].left = left;
    flow->terms[flow->term_count].right = right;
    flow->starts[flow->count] = ++flow->term_count;
}

static slong node_product(ncf_tube_t *flow, slong left, slong right)
{
    slong node = node_new(flow);
    term_add(flow, left, right);
    return node;
}

/* ---- The network ----------------------------------------------------------------- */

/* What one point needs of the layers; all arrays are of the flow's nodes. */
typedef struct {
    const ncf_layers_t *layers;
    slong **a;     /* a_l, l = 0..K-1; those of a_0 are constants */
    slong **slope; /* s_l'(b_l), l = 1..K-1 */
    slong *back, *delta;
    slong *powers; /* K - 1: p */
    slong *factors, *slope_factors; /* K - 1: the constants c and p c */
    slong pair_count, pair_room;
    struct gradient_pair {
        slong weight, left, right;
    } *pairs;
} build_t;

static slong widest(const ncf_layers_t *layers)
{
    slong most = 1;
    for (slong l = 0; l <= layers->depth; l++)
        most = FLINT_MAX(most, layers->widths[l]);
    return most;
}

/* The weight at an entry of W_l, or NCF_TIE_ZERO, NCF_TIE_ONE. */
static slong entry_weight(const ncf_layers_t *layers, slong l, slong row, slong column)
{
    slong place = row * layers->widths[l - 1] + column;
    return layers->ties[l - 1] == NULL ? layers->offsets[l - 1] + place
                                       : layers->ties[l - 1][place];
}

/* Adds W_l[row, column] times a node or a constant to the open node. */
static void term_entry(ncf_tube_t *flow, const ncf_layers_t *layers, slong l, slong row,
                       slong column, slong factor)
{
    slong weight = entry_weight(layers, l, row, column);
    if (weight == NCF_TIE_ZERO)
        return;
    slong node = weight == NCF_TIE_ONE ? 0 : 1 + weight;
    if (factor < 0)
        term_add(flow, factor, node);
    else
        term_add(flow, node, factor);
}

static void build_init(build_t *build, ncf_tube_t *flow, const ncf_layers_t *layers)
{
    slong depth = layers->depth, most = widest(layers);
    memset(build, 0, sizeof(*build));
    build->layers = layers;
    build->a = ncf__calloc((size_t) depth, sizeof(*build->a));
    build->slope = ncf__calloc((size_t) depth, sizeof(*build->slope));
    for (slong l = 0; l < depth; l++) {
        build->a[l] = ncf__calloc((size_t) layers->widths[l], sizeof(slong));
        build->slope[l] = ncf__calloc((size_t) layers->widths[l], sizeof(slong));
    }
    build->back = ncf__calloc((size_t) most, sizeof(slong));
    build->delta = ncf__calloc((size_t) most, sizeof(slong));
    build->powers = ncf__calloc((size_t) depth, sizeof(slong));
    build->factors = ncf__calloc((size_t) depth, sizeof(slong));
    build->slope_factors = ncf__calloc((size_t) depth, sizeof(slong));
    fmpq_t c;
    fmpq_init(c);
    for (slong l = 0; l + 1 < depth; l++) {
        slong p = ncf__activation_monomial(layers->activations + l);
        if (layers->activations[l].kind == NCF_ACTIVATION_POLYNOMIAL)
            fmpq_set(c, layers->constants[l].exact + p);
        else
            fmpq_one(c);
        build->powers[l] = p;
        build->factors[l] = constant_fmpq(flow, c);
        fmpq_mul_si(c, c, p);
        build->slope_factors[l] = constant_fmpq(flow, c);
    }
    fmpq_clear(c);
}

static void build_clear(build_t *build)
{
    for (slong l = 0; l < build->layers->depth; l++) {
        ncf__free(build->a[l]);
        ncf__free(build->slope[l]);
    }
    ncf__free(build->a);
    ncf__free(build->slope);
    ncf__free(build->back);
    ncf__free(build->delta);
    ncf__free(build->powers);
    ncf__free(build->factors);
    ncf__free(build->slope_factors);
    ncf__free(build->pairs);
}

/* a = c b^p and s' = p c b^{p-1}. */
static void activate(build_t *build, ncf_tube_t *flow, slong l, slong unit, slong b)
{
    slong p = build->powers[l - 1], power = 0;
    for (slong k = 1; k < p; k++)
        power = k == 1 ? b : node_product(flow, power, b);
    build->slope[l][unit] = node_product(flow, build->slope_factors[l - 1], power);
    slong full = p == 1 ? b : node_product(flow, power, b);
    build->a[l][unit] = node_product(flow, build->factors[l - 1], full);
}

/* b_K = H of one point; x holds its inputs. */
static slong forward(build_t *build, ncf_tube_t *flow, const fmpq_mat_t x, slong point)
{
    const ncf_layers_t *layers = build->layers;
    slong output = 0;
    for (slong j = 0; j < layers->widths[0]; j++)
        build->a[0][j] = constant_fmpq(flow, fmpq_mat_entry(x, point, j));
    for (slong l = 1; l <= layers->depth; l++) {
        for (slong r = 0; r < layers->widths[l]; r++) {
            output = node_new(flow);
            for (slong c = 0; c < layers->widths[l - 1]; c++)
                term_entry(flow, layers, l, r, c, build->a[l - 1][c]);
            if (l < layers->depth)
                activate(build, flow, l, r, output);
        }
    }
    return output;
}

static void pair_add(build_t *build, slong weight, slong left, slong right)
{
    if (build->pair_count == build->pair_room) {
        build->pair_room = 2 * build->pair_room + 64;
        build->pairs = ncf__realloc(build->pairs, (size_t) build->pair_room,
                                    sizeof(*build->pairs));
    }
    struct gradient_pair pair = {weight, left, right};
    build->pairs[build->pair_count++] = pair;
}

/* The parts of g of one point with the residual r. */
static void backward(build_t *build, ncf_tube_t *flow, slong residual)
{
    const ncf_layers_t *layers = build->layers;
    build->delta[0] = residual;
    for (slong l = layers->depth; l >= 1; l--) {
        for (slong r = 0; r < layers->widths[l]; r++) {
            for (slong c = 0; c < layers->widths[l - 1]; c++) {
                slong weight = entry_weight(layers, l, r, c), a = build->a[l - 1][c];
                if (weight >= 0)
                    pair_add(build, weight, a < 0 ? a : build->delta[r],
                             a < 0 ? build->delta[r] : a);
            }
        }
        for (slong c = 0; l > 1 && c < layers->widths[l - 1]; c++) {
            build->back[c] = node_new(flow);
            for (slong r = 0; r < layers->widths[l]; r++)
                term_entry(flow, layers, l, r, c, build->delta[r]);
        }
        for (slong c = 0; l > 1 && c < layers->widths[l - 1]; c++)
            build->delta[c] = node_product(flow, build->slope[l - 1][c], build->back[c]);
    }
}

/* r = z, or y - 2^exponent k H, for which z = y; the state k follows q. */
static slong residual_node(ncf_tube_t *flow, const fmpq_t z, slong output)
{
    fmpq_t scale;
    fmpq_init(scale);
    slong negative = -1;
    if (flow->scaled) {
        fmpq_set_si(scale, -1, 1);
        fmpq_mul_2exp(scale, scale, (ulong) FLINT_MAX(flow->exponent, 0));
        fmpq_div_2exp(scale, scale, (ulong) FLINT_MAX(-flow->exponent, 0));
        negative = node_product(flow, constant_fmpq(flow, scale), 1 + flow->unknowns);
    }
    slong residual = node_new(flow);
    term_add(flow, constant_fmpq(flow, z), 0);
    if (flow->scaled)
        term_add(flow, negative, output);
    fmpq_clear(scale);
    return residual;
}

/* g from the pairs, then dq = g - mu q and dk = L k mu. */
static void rates(build_t *build, ncf_tube_t *flow)
{
    slong n = flow->unknowns, one = constant_si(flow, 1);
    slong *g = flow->rates;
    slong *first = ncf__calloc((size_t) n + 2, sizeof(*first));
    slong *order = ncf__malloc((size_t) build->pair_count, sizeof(*order));
    for (slong k = 0; k < build->pair_count; k++)
        first[build->pairs[k].weight + 2]++;
    for (slong j = 2; j <= n; j++)
        first[j] += first[j - 1];
    for (slong k = 0; k < build->pair_count; k++)
        order[first[build->pairs[k].weight + 1]++] = k;
    for (slong j = 0; j < n; j++) {
        g[j] = node_new(flow);
        for (slong k = first[j]; k < first[j + 1]; k++)
            term_add(flow, build->pairs[order[k]].left, build->pairs[order[k]].right);
    }
    ncf__free(order);
    ncf__free(first);
    flow->mu = node_new(flow);
    for (slong j = 0; j < n; j++)
        term_add(flow, g[j], 1 + j);
    slong negative = node_product(flow, constant_si(flow, -1), flow->mu);
    for (slong j = 0; j < n; j++) {
        slong rate = node_new(flow);
        term_add(flow, one, g[j]);
        term_add(flow, negative, 1 + j);
        flow->rates[j] = rate;
    }
    if (flow->scaled)
        flow->rates[n] = node_product(
            flow, node_product(flow, constant_si(flow, flow->degree), flow->mu), 1 + n);
}

/* Why the flow of this problem is not treated, or NULL; degree becomes L. */
static const char *not_treated(slong *degree, const struct ncf_problem *problem,
                               const ncf_network_t network, int scaled)
{
    const char *reason = NULL;
    fmpz_t exact;
    fmpz_init(exact);
    if (network->kind != NCF_NETWORK_FEEDFORWARD && network->kind != NCF_NETWORK_CONVOLUTION)
        reason = "validated flows are made for layered networks";
    else if (scaled && problem->loss != NCF_LOSS_SQUARE)
        reason = "the training flow is validated for the square loss only";
    else if (!ncf__problem_homogeneous(exact, problem))
        reason = "the network is not homogeneous";
    else if (fmpz_cmp_ui(exact, 2) < 0 || fmpz_cmp_ui(exact, 10000) > 0)
        reason = "the degree of the network is below 2 or above 10000";
    else
        *degree = fmpz_get_si(exact);
    for (slong l = 0; reason == NULL && l + 1 < network->layers.depth; l++) {
        slong p = ncf__activation_monomial(network->layers.activations + l);
        if (p < 1 || p > MAX_POWER)
            reason = "an activation is not a monomial of degree 1 to 64";
    }
    double entries = 0;
    for (slong l = 1; l <= network->layers.depth; l++)
        entries += (double) network->layers.widths[l] * (double) network->layers.widths[l - 1];
    if (reason == NULL && entries * (double) problem->points > MAX_NODES)
        reason = "the network is too large for a validated flow";
    fmpz_clear(exact);
    return reason;
}

const char *ncf__tube_init(ncf_tube_t *flow, const struct ncf_problem *problem,
                           const ncf_network_t network, int scaled, slong exponent)
{
    slong degree = 0;
    const char *reason = not_treated(&degree, problem, network, scaled);
    if (reason != NULL)
        return reason;
    memset(flow, 0, sizeof(*flow));
    flow->unknowns = network->unknowns;
    flow->state = network->unknowns + (scaled ? 1 : 0);
    flow->degree = degree;
    flow->scaled = scaled;
    flow->exponent = exponent;
    flow->rates = ncf__malloc((size_t) flow->state, sizeof(*flow->rates));
    for (slong j = 0; j <= flow->state; j++)
        node_new(flow);
    flow->starts[0] = 0;
    fmpq_mat_t z;
    build_t build;
    fmpq_mat_init(z, problem->points, 1);
    ncf__problem_weights(z, problem);
    build_init(&build, flow, &network->layers);
    for (slong i = 0; i < problem->points; i++) {
        slong output = forward(&build, flow, problem->x, i);
        backward(&build, flow, residual_node(flow, fmpq_mat_entry(z, i, 0), output));
    }
    rates(&build, flow);
    build_clear(&build);
    fmpq_mat_clear(z);
    return NULL;
}

void ncf__tube_clear(ncf_tube_t *flow)
{
    ncf__free(flow->constants);
    ncf__free(flow->starts);
    ncf__free(flow->terms);
    ncf__free(flow->rates);
}
