/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* network.c: the layout of a network of any type, made from its description. */
#include "network.h"

#include <stdlib.h>
#include <string.h>

/* Activation degrees above this are refused: p (p - 1) must fit in a limb. */
#define MAX_DEGREE (WORD(1) << 30)

static void *copy_array(const void *array, slong count, size_t size)
{
    void *copy = ncf__malloc((size_t) count + 1, size);
    if (count > 0)
        memcpy(copy, array, (size_t) count * size);
    return copy;
}

static void constants_init(ncf_constants_t *constants, const fmpq *exact, slong count)
{
    constants->count = count;
    constants->exact = _fmpq_vec_init(count);
    constants->approx = ncf__malloc((size_t) count, sizeof(double));
    for (slong k = 0; k < count; k++) {
        fmpq_set(constants->exact + k, exact + k);
        constants->approx[k] = fmpq_get_d(exact + k);
    }
}

static void constants_clear(ncf_constants_t *constants)
{
    if (constants->exact != NULL)
        _fmpq_vec_clear(constants->exact, constants->count);
    ncf__free(constants->approx);
}

/* ---- Blocks ---------------------------------------------------------------------- */

/* Index arithmetic on n and small multiples of it must not overflow. */
static int blocks_init(ncf_network_struct *network, const ncf_network_spec_t *spec)
{
    slong count = ncf__spec_block_count(spec);
    slong *shapes = ncf__malloc((size_t) (2 * count), sizeof(*shapes));
    fmpz_t sum, block;
    fmpz_init(sum);
    fmpz_init(block);
    network->block_count = count;
    network->blocks = ncf__calloc((size_t) count, sizeof(*network->blocks));
    ncf__spec_blocks(shapes, shapes + count, NULL, spec);
    int fits = 1;
    for (slong l = 0; l < count && fits; l++) {
        network->blocks[l] =
            (ncf_network_block_t){shapes[l], shapes[count + l], fmpz_get_si(sum)};
        fmpz_set_si(block, shapes[l]);
        fmpz_mul_si(block, block, shapes[count + l]);
        fmpz_add(sum, sum, block);
        fits = fmpz_cmp_si(sum, WORD_MAX / 64) <= 0;
    }
    network->unknowns = fits ? fmpz_get_si(sum) : 0;
    fmpz_clear(sum);
    fmpz_clear(block);
    ncf__free(shapes);
    return fits;
}

slong ncf__network_block_count(const ncf_network_t network)
{
    return network->block_count;
}

ncf_network_block_t ncf__network_block(const ncf_network_t network, slong index)
{
    NCF_REQUIRE(index >= 0 && index < network->block_count);
    return network->blocks[index];
}

/* ---- Layers ---------------------------------------------------------------------- */

static int layers_init(ncf_layers_t *layers, const ncf_network_struct *network,
                       const ncf_network_spec_t *spec, slong depth)
{
    layers->depth = depth;
    layers->widths = ncf__calloc((size_t) depth + 1, sizeof(slong));
    layers->activations = copy_array(spec->activations, depth - 1, sizeof(ncf_activation_t));
    layers->constants = ncf__calloc((size_t) depth, sizeof(ncf_constants_t));
    layers->offsets = ncf__calloc((size_t) depth + 1, sizeof(slong));
    layers->ties = ncf__calloc((size_t) depth, sizeof(slong *));
    for (slong l = 0; l < network->block_count; l++)
        layers->offsets[l] = network->blocks[l].offset;
    layers->offsets[depth] = network->unknowns;
    int fits = 1;
    for (slong l = 0; l + 1 < depth; l++) {
        ncf_activation_t *activation = layers->activations + l;
        NCF_REQUIRE(activation->degree >= 1);
        fits = fits && activation->degree <= MAX_DEGREE;
        if (activation->coefficients != NULL)
            constants_init(layers->constants + l, activation->coefficients,
                           activation->degree + 1);
        activation->coefficients = layers->constants[l].exact;
    }
    return fits;
}

static void layers_clear(ncf_layers_t *layers)
{
    for (slong l = 0; l < layers->depth; l++) {
        constants_clear(layers->constants + l);
        ncf__free(layers->ties[l]);
    }
    ncf__free(layers->widths);
    ncf__free(layers->activations);
    ncf__free(layers->constants);
    ncf__free(layers->offsets);
    ncf__free(layers->ties);
}

static int feedforward_init(ncf_network_struct *network, const ncf_network_spec_t *spec)
{
    NCF_REQUIRE(spec->depth >= 1 && spec->widths[spec->depth] == 1);
    int fits = layers_init(&network->layers, network, spec, spec->depth);
    memcpy(network->layers.widths, spec->widths, ((size_t) spec->depth + 1) * sizeof(slong));
    network->depth = network->layers.depth;
    network->widths = network->layers.widths;
    network->activations = network->layers.activations;
    network->offsets = network->layers.offsets;
    return fits;
}

/* ---- Convolutions as layers with tied weights ------------------------------------ */

/* What a stage or the head sees: channels of `windows` sums of `pooling` units each. */
typedef struct {
    slong channels, windows, pooling;
} field_t;

static slong field_width(const field_t *field)
{
    return field->channels * field->windows * field->pooling;
}

/* Room for the ties of a layer, all zero; NULL when it is too large. */
static slong *ties_new(slong *entries, slong rows, slong columns)
{
    if (rows > 0 && columns > (NCF_PROBLEM_MAX_ENTRIES - *entries) / rows)
        return NULL;
    *entries += rows * columns;
    slong *ties = ncf__malloc((size_t) (rows * columns), sizeof(*ties));
    for (slong k = 0; k < rows * columns; k++)
        ties[k] = NCF_TIE_ZERO;
    return ties;
}

/*
 * W[o, i, r] stands in row (o, t) in the columns (i, (t stride + r) pooling + j) for all
 * j < pooling, which adds up the window t stride + r of the layer before. Windows are
 * disjoint, so no entry is met twice.
 */
static void tie_stage(slong *ties, const field_t *before, const ncf_convolution_t *stage,
                      slong places, slong offset)
{
    slong columns = field_width(before), kernel = stage->kernel;
    for (slong row = 0; row < stage->channels * places; row++) {
        slong o = row / places, t = row % places;
        for (slong w = 0; w < before->channels * kernel; w++) {
            slong window = (w / kernel) * before->windows + t * stage->stride + w % kernel;
            for (slong j = 0; j < before->pooling; j++)
                ties[row * columns + window * before->pooling + j] =
                    offset + o * before->channels * kernel + w;
        }
    }
}

static void tie_head(slong *ties, const field_t *before, int sum_head, slong offset)
{
    for (slong c = 0; c < field_width(before); c++)
        ties[c] = sum_head ? NCF_TIE_ONE : offset + c / before->pooling;
}

static int convolution_init(ncf_network_struct *network, const ncf_network_spec_t *spec)
{
    ncf_layers_t *layers = &network->layers;
    slong depth = spec->stages + 1, entries = 0;
    field_t field = {spec->channels, spec->length, 1};
    int fits = layers_init(layers, network, spec, depth);
    layers->widths[0] = spec->inputs;
    for (slong l = 0; l < spec->stages && fits; l++) {
        const ncf_convolution_t *stage = spec->convolutions + l;
        ncf_stage_shape_t shape = ncf__stage_shape(field.windows, stage);
        slong rows = stage->channels * shape.places;
        layers->widths[l + 1] = rows;
        layers->ties[l] = ties_new(&entries, rows, layers->widths[l]);
        fits = layers->ties[l] != NULL;
        if (fits)
            tie_stage(layers->ties[l], &field, stage, shape.places, layers->offsets[l]);
        field = (field_t){stage->channels, shape.windows, stage->pooling};
    }
    layers->widths[depth] = 1;
    if (fits)
        layers->ties[depth - 1] = ties_new(&entries, 1, layers->widths[depth - 1]);
    fits = fits && layers->ties[depth - 1] != NULL;
    if (fits)
        tie_head(layers->ties[depth - 1], &field, spec->sum_head, layers->offsets[depth - 1]);
    return fits;
}

/* ---- Formulas -------------------------------------------------------------------- */

static int same_factors(const ncf_factor_t *a, slong a_count, const ncf_factor_t *b,
                        slong b_count)
{
    return a_count == b_count &&
           (a_count == 0 || memcmp(a, b, (size_t) a_count * sizeof(*a)) == 0);
}

/* A term with its factors x^beta, to bring equal ones together. */
typedef struct {
    slong term, count;
    const ncf_factor_t *factors;
} input_part_t;

static int compare_parts(const void *left, const void *right)
{
    const input_part_t *a = left, *b = right;
    if (a->count != b->count)
        return a->count < b->count ? -1 : 1;
    int order =
        a->count == 0 ? 0 : memcmp(a->factors, b->factors, (size_t) a->count * sizeof(*a->factors));
    return order != 0 ? order : (a->term > b->term) - (a->term < b->term);
}

/* Lists the distinct x^beta, and sets term_products. */
static void find_products(ncf_terms_t *terms, const ncf_formula_t *formula)
{
    input_part_t *parts = ncf__malloc((size_t) terms->terms, sizeof(*parts));
    for (slong t = 0; t < terms->terms; t++)
        parts[t] = (input_part_t){t, formula->starts[t + 1] - formula->inputs[t],
                                  formula->factors + formula->inputs[t]};
    qsort(parts, (size_t) terms->terms, sizeof(*parts), compare_parts);
    for (slong t = 0; t < terms->terms; t++) {
        const input_part_t *part = parts + t;
        if (t == 0 ||
            !same_factors(part[-1].factors, part[-1].count, part->factors, part->count)) {
            slong start = terms->product_starts[terms->products++];
            if (part->count > 0)
                memcpy(terms->product_factors + start, part->factors,
                       (size_t) part->count * sizeof(*part->factors));
            terms->product_starts[terms->products] = start + part->count;
        }
        terms->term_products[part->term] = terms->products - 1;
    }
    ncf__free(parts);
}

/* Is u^alpha of a term that of the monomial before? Terms come sorted by alpha. */
static int continues_monomial(const ncf_terms_t *terms, const ncf_factor_t *factors,
                              slong count)
{
    slong last = terms->monomials - 1;
    if (last < 0)
        return 0;
    slong start = terms->monomial_starts[last];
    return same_factors(terms->monomial_factors + start,
                        terms->monomial_starts[last + 1] - start, factors, count);
}

static void append_monomial(ncf_terms_t *terms, const ncf_factor_t *factors, slong count)
{
    slong start = terms->monomial_starts[terms->monomials++];
    if (count > 0)
        memcpy(terms->monomial_factors + start, factors, (size_t) count * sizeof(*factors));
    terms->monomial_starts[terms->monomials] = start + count;
    terms->longest = FLINT_MAX(terms->longest, count);
}

static void formula_init(ncf_terms_t *terms, const ncf_formula_t *formula)
{
    slong count = formula->count, factors = formula->starts[count];
    size_t marks = (size_t) count + 1;
    terms->terms = count;
    constants_init(&terms->coefficients, formula->coefficients, count);
    terms->product_starts = ncf__calloc(marks, sizeof(slong));
    terms->product_factors = ncf__calloc((size_t) factors, sizeof(ncf_factor_t));
    terms->term_products = ncf__calloc(marks, sizeof(slong));
    terms->monomial_terms = ncf__calloc(marks, sizeof(slong));
    terms->monomial_starts = ncf__calloc(marks, sizeof(slong));
    terms->monomial_factors = ncf__calloc((size_t) factors, sizeof(ncf_factor_t));
    find_products(terms, formula);
    for (slong t = 0; t < count; t++) {
        slong weights = formula->inputs[t] - formula->starts[t];
        const ncf_factor_t *alpha = formula->factors + formula->starts[t];
        if (!continues_monomial(terms, alpha, weights))
            append_monomial(terms, alpha, weights);
        terms->monomial_terms[terms->monomials] = t + 1;
    }
}

static void terms_clear(ncf_terms_t *terms)
{
    constants_clear(&terms->coefficients);
    ncf__free(terms->product_starts);
    ncf__free(terms->product_factors);
    ncf__free(terms->term_products);
    ncf__free(terms->monomial_terms);
    ncf__free(terms->monomial_starts);
    ncf__free(terms->monomial_factors);
}

/* ---- The whole ------------------------------------------------------------------- */

static int sum_init(ncf_network_struct *network, const ncf_network_spec_t *spec)
{
    slong first = 0;
    int fits = 1;
    network->parts = ncf__calloc((size_t) spec->part_count, sizeof(*network->parts));
    for (slong i = 0; i < spec->part_count && fits; i++) {
        ncf_network_struct *part = network->parts + i;
        NCF_REQUIRE(spec->parts[i].kind != NCF_NETWORK_SUM);
        fits = ncf__network_init_spec(part, spec->parts + i);
        if (!fits)
            break;
        network->part_count++;
        part->first = first;
        first += part->unknowns;
    }
    return fits;
}

int ncf__network_init_spec(ncf_network_t network, const ncf_network_spec_t *spec)
{
    memset(network, 0, sizeof(*network));
    network->kind = spec->kind;
    network->inputs = spec->inputs;
    int fits = blocks_init(network, spec);
    if (fits && spec->kind == NCF_NETWORK_FEEDFORWARD)
        fits = feedforward_init(network, spec);
    else if (fits && spec->kind == NCF_NETWORK_CONVOLUTION)
        fits = convolution_init(network, spec);
    else if (fits && spec->kind == NCF_NETWORK_POLYNOMIAL)
        formula_init(&network->terms, &spec->formula);
    else if (fits)
        fits = sum_init(network, spec);
    if (!fits)
        ncf__network_clear(network);
    return fits;
}

int ncf__network_init(ncf_network_t network, const struct ncf_problem *problem)
{
    return ncf__network_init_spec(network, &problem->network);
}

void ncf__network_clear(ncf_network_t network)
{
    for (slong i = 0; i < network->part_count; i++)
        ncf__network_clear(network->parts + i);
    ncf__free(network->parts);
    layers_clear(&network->layers);
    terms_clear(&network->terms);
    ncf__free(network->blocks);
}

void ncf__layer_degrees(fmpz *out, const struct ncf_problem *problem)
{
    ncf__spec_blocks(NULL, NULL, out, &problem->network);
}
