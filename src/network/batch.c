/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * batch.c: outputs and gradients over a whole data set, see batch.h.
 *
 * Points are taken in blocks that fit in a near cache, the point index runs fastest in every
 * array (the layout of evaluate_template.h), so that both passes through a layer are products
 * of matrices. The last block is filled up with points x = 0 of residual 0.
 */
#include "features.h"

#include <string.h>

#define BLOCK 256 /* points; a multiple of NCF_BATCH_GRAIN */
#define SKEW 8    /* added to a stride: rows a power of two apart share lines of a cache */

/* The arrays of one layer for one block; k = k_l. */
typedef struct {
    const double *w;      /* W_l, within u or filled in */
    double *filled;       /* W_l when it has ties, then its gradient */
    double *a, *b, *slope; /* a_l, b_l, s_l'(b_l), then the derivatives by b_l: k x stride */
    double *da, *db;      /* derivatives in a direction */
} layer_t;

/* One part of a sum, or the whole network when it is none. */
typedef struct {
    const ncf_network_struct *network;
    layer_t *layer;       /* layers: K + 1 */
    int fused;            /* two layers and a power: see reverse_fused */
    double *coefficients; /* formula: monomials x all points */
    double *monomials;    /* u^alpha, then its derivative in a direction */
} part_t;

struct ncf_batch {
    const ncf_network_struct *network;
    const ncf_batch_kernel_t *kernel;
    slong points, block, stride; /* of all points, of a block, of its rows */
    slong padded;                /* all points, a multiple of the grain */
    double *x, *rows;             /* blocks of d x stride; points x d */
    double *h, *r, *dh;           /* stride */
    double *base;                 /* all arrays, and its unaligned start */
    void *memory;
    slong used;
    part_t *parts;
    slong part_count;
    ncf_features_t *features;     /* NULL: points one by one; with rows or without */
    int has_rows, moments_pay;
};

/* ---- Layout ---------------------------------------------------------------------- */

static slong grains(slong count)
{
    return (count + NCF_BATCH_GRAIN - 1) / NCF_BATCH_GRAIN * NCF_BATCH_GRAIN;
}

/* The next `count` numbers of the memory, which is only measured while it is NULL. */
static double *take(ncf_batch_t *batch, slong count)
{
    double *block = batch->base == NULL ? NULL : batch->base + batch->used;
    batch->used += grains(count);
    return block;
}

static void lay_out_layers(ncf_batch_t *batch, part_t *part)
{
    const ncf_layers_t *layers = &part->network->layers;
    for (slong l = 0; l <= layers->depth; l++) {
        layer_t *layer = part->layer + l;
        slong units = layers->widths[l] * batch->stride;
        if (l > 0) {
            layer->b = take(batch, units);
            layer->slope = take(batch, units);
            layer->a = take(batch, units);
            if (layers->ties[l - 1] != NULL)
                layer->filled = take(batch, layers->widths[l] * layers->widths[l - 1]);
        }
        layer->da = take(batch, units);
        layer->db = take(batch, units);
    }
}

static void lay_out(ncf_batch_t *batch)
{
    batch->used = 0;
    slong blocks = (batch->points + batch->block - 1) / batch->block;
    batch->x = take(batch, blocks * batch->network->inputs * batch->stride);
    batch->rows = take(batch, batch->points * batch->network->inputs);
    batch->h = take(batch, batch->stride);
    batch->r = take(batch, batch->stride);
    batch->dh = take(batch, batch->stride);
    for (slong i = 0; i < batch->part_count; i++) {
        part_t *part = batch->parts + i;
        const ncf_terms_t *terms = &part->network->terms;
        if (part->network->layers.depth > 0) {
            lay_out_layers(batch, part);
        } else {
            part->coefficients = take(batch, terms->monomials * batch->padded);
            part->monomials = take(batch, 2 * terms->monomials);
        }
    }
}

/* coefficients[k][i] = sum of c_j x_i^beta(m_j) over the terms of monomial k. */
static void load_terms(part_t *part, const double *x, slong points, slong padded)
{
    const ncf_terms_t *terms = &part->network->terms;
    for (slong k = 0; k < terms->monomials; k++) {
        for (slong j = terms->monomial_terms[k]; j < terms->monomial_terms[k + 1]; j++) {
            slong m = terms->term_products[j];
            for (slong i = 0; i < points; i++) {
                double product = terms->coefficients.approx[j];
                for (slong f = terms->product_starts[m]; f < terms->product_starts[m + 1]; f++) {
                    ncf_factor_t factor = terms->product_factors[f];
                    double t = x[i * part->network->inputs + factor.variable];
                    for (ulong e = 0; e < factor.exponent; e++)
                        product *= t;
                }
                part->coefficients[k * padded + i] += product;
            }
        }
    }
}

static void load_data(ncf_batch_t *batch, const double *x)
{
    slong d = batch->network->inputs, stride = batch->stride;
    memcpy(batch->rows, x, (size_t) (batch->points * d) * sizeof(double));
    for (slong i = 0; i < batch->points; i++) {
        double *block = batch->x + i / batch->block * (d * stride) + i % batch->block;
        for (slong j = 0; j < d; j++)
            block[j * stride] = x[i * d + j];
    }
    for (slong i = 0; i < batch->part_count; i++) {
        if (batch->parts[i].network->layers.depth == 0)
            load_terms(batch->parts + i, x, batch->points, batch->padded);
    }
}

static int is_fused(const ncf_layers_t *layers)
{
    return layers->depth == 2 && layers->constants[0].count == 0 && layers->ties[0] == NULL &&
           layers->ties[1] == NULL;
}

static ncf_batch_t *new_batch(const ncf_network_struct *network, const double *x, slong points)
{
    ncf_batch_t *batch = ncf__calloc(1, sizeof(*batch));
    batch->network = network;
    batch->kernel = ncf__batch_kernel();
    batch->points = points;
    batch->padded = grains(points);
    batch->block = FLINT_MIN(batch->padded, BLOCK);
    batch->stride = batch->block + SKEW;
    batch->part_count = FLINT_MAX(network->part_count, 1);
    batch->parts = ncf__calloc((size_t) batch->part_count, sizeof(*batch->parts));
    for (slong i = 0; i < batch->part_count; i++) {
        part_t *part = batch->parts + i;
        part->network = network->part_count > 0 ? network->parts + i : network;
        part->layer = ncf__calloc((size_t) part->network->layers.depth + 1, sizeof(layer_t));
        part->fused = is_fused(&part->network->layers);
    }
    lay_out(batch);
    batch->memory = ncf__calloc((size_t) batch->used + NCF_BATCH_GRAIN, sizeof(double));
    batch->base = (double *) (((uintptr_t) batch->memory + 63) / 64 * 64);
    lay_out(batch);
    load_data(batch, x);
    return batch;
}

/* Through the products of the coordinates, where that is cheaper and the data are fit. */
static void add_features(ncf_batch_t *batch, ncf_features_gain_t gain, double *labels,
                         double *rest)
{
    const ncf_network_struct *network = batch->network;
    slong points = batch->points;
    batch->features = ncf__features_new(network, batch->rows, points, gain, labels, rest);
    if (batch->features == NULL && gain == NCF_FEATURES_TRIANGLE) {
        gain = ncf__features_gain(network, points, 0);
        batch->features = ncf__features_new(network, batch->rows, points, gain, NULL, NULL);
    }
    batch->has_rows = batch->features != NULL && gain != NCF_FEATURES_NONE;
    if (batch->features == NULL)
        batch->features = ncf__features_new(network, batch->rows, points, NCF_FEATURES_NONE,
                                            NULL, NULL);
    /* d^2 h instead of 2 d h N operations */
    batch->moments_pay = batch->features != NULL && network->inputs < 2 * points;
}

ncf_batch_t *ncf__batch_new(const ncf_network_struct *network, const double *x, slong points)
{
    ncf_batch_t *batch = new_batch(network, x, points);
    add_features(batch, ncf__features_gain(network, points, 0), NULL, NULL);
    return batch;
}

ncf_batch_t *ncf__batch_new_square(const ncf_network_struct *network, const double *x,
                                   slong points, double *labels, double *rest)
{
    ncf_features_gain_t gain = ncf__features_gain(network, points, 1);
    *rest = 0;
    if (gain != NCF_FEATURES_TRIANGLE)
        return ncf__batch_new(network, x, points);
    ncf_batch_t *batch = new_batch(network, x, points);
    add_features(batch, gain, labels, rest);
    return batch;
}

slong ncf__batch_rows(const ncf_batch_t *batch)
{
    return batch->has_rows ? ncf__features_rows(batch->features) : batch->points;
}

void ncf__batch_free(ncf_batch_t *batch)
{
    if (batch == NULL)
        return;
    for (slong i = 0; i < batch->part_count; i++)
        ncf__free(batch->parts[i].layer);
    ncf__features_free(batch->features);
    ncf__free(batch->parts);
    ncf__free(batch->memory);
    ncf__free(batch);
}

/* The inputs of the block that begins with this point. */
static double *block_of(const ncf_batch_t *batch, slong first)
{
    return batch->x + first / batch->block * (batch->network->inputs * batch->stride);
}

/* ---- Layers ---------------------------------------------------------------------- */

/* Entries of W_l from v, the weights of the part; those that are 1 count in u only. */
static void fill_matrix(double *out, const ncf_layers_t *layers, slong l, const double *v,
                        double one)
{
    for (slong k = 0; k < layers->widths[l] * layers->widths[l - 1]; k++) {
        slong tie = layers->ties[l - 1][k];
        out[k] = tie >= 0 ? v[tie] : tie == NCF_TIE_ONE ? one : 0;
    }
}

static const double *layer_matrix(part_t *part, slong l, const double *v, double one)
{
    const ncf_layers_t *layers = &part->network->layers;
    if (layers->ties[l - 1] == NULL)
        return v + layers->offsets[l - 1];
    fill_matrix(part->layer[l].filled, layers, l, v, one);
    return part->layer[l].filled;
}

static void polynomial(layer_t *layer, const ncf_constants_t *constants, slong count)
{
    const double *c = constants->approx;
    for (slong i = 0; i < count; i++) {
        double t = layer->b[i], value = 0, slope = 0;
        for (slong k = constants->count - 1; k >= 0; k--) {
            slope = slope * t + value;
            value = value * t + c[k];
        }
        layer->a[i] = value;
        layer->slope[i] = slope;
    }
}

static void forward_layer(const ncf_batch_t *batch, part_t *part, slong l, slong count)
{
    const ncf_layers_t *layers = &part->network->layers;
    layer_t *layer = part->layer + l;
    slong stride = batch->stride, below = layers->widths[l - 1];
    if (l < layers->depth && layers->constants[l - 1].count == 0) {
        batch->kernel->layer(layer->a, layer->slope, layer->w, part->layer[l - 1].a,
                             layers->widths[l], below, stride, count,
                             (ulong) layers->activations[l - 1].degree);
        return;
    }
    batch->kernel->mix(layer->b, NULL, layer->w, below, 1, part->layer[l - 1].a,
                       layers->widths[l], below, stride, count);
    if (l < layers->depth)
        polynomial(layer, layers->constants + l - 1, (layers->widths[l] - 1) * stride + count);
}

/* h += the part's outputs at the points of the block. */
static void forward_layers(ncf_batch_t *batch, part_t *part, slong first, slong count)
{
    slong depth = part->network->layers.depth;
    part->layer[0].a = block_of(batch, first);
    for (slong l = 1; l <= depth; l++)
        forward_layer(batch, part, l, count);
    for (slong i = 0; i < count; i++)
        batch->h[i] += part->layer[depth].b[i];
}

/* gradient of the part += sum_i r_i grad H_i over the block; forward_layers has run. */
static void reverse_layers(double *gradient, ncf_batch_t *batch, part_t *part, slong count)
{
    const ncf_layers_t *layers = &part->network->layers;
    slong stride = batch->stride;
    const double *delta = batch->r;
    for (slong l = layers->depth; l >= 1; l--) {
        slong rows = layers->widths[l], columns = layers->widths[l - 1];
        layer_t *layer = part->layer + l, *below = layer - 1;
        const slong *ties = layers->ties[l - 1];
        if (l > 1)
            batch->kernel->mix(below->slope, below->slope, layer->w, 1, columns, delta, columns,
                               rows, stride, count);
        double *out = ties == NULL ? gradient + layers->offsets[l - 1] : layer->filled;
        if (ties != NULL)
            memset(out, 0, (size_t) (rows * columns) * sizeof(double));
        batch->kernel->outer(out, delta, below->a, rows, columns, stride, stride, count);
        for (slong k = 0; ties != NULL && k < rows * columns; k++) {
            if (ties[k] >= 0)
                gradient[ties[k]] += out[k];
        }
        delta = below->slope;
    }
}

/* ---- Two layers and a power ------------------------------------------------------- */

/*
 * H = sum_s v_s (w_s . x)^p: the gradient with respect to w_s is v_s times a sum that does not
 * hold v, and its product with w_s is p times the derivative with respect to v_s. So the
 * outputs of the units are never stored, and nothing is multiplied by v point by point.
 */
static void forward_fused(ncf_batch_t *batch, part_t *part, slong first, slong count)
{
    const ncf_layers_t *layers = &part->network->layers;
    batch->kernel->last_layers(batch->h, part->layer[1].slope, part->layer[1].w,
                               part->layer[2].w, block_of(batch, first), layers->widths[1],
                               layers->widths[0], batch->stride, count,
                               (ulong) layers->activations[0].degree);
}

/* The sums of a block are added in the place of the gradient of W_1. */
static void reverse_fused(double *gradient, ncf_batch_t *batch, part_t *part, slong first,
                          slong count)
{
    const ncf_layers_t *layers = &part->network->layers;
    const double one = 1;
    slong d = layers->widths[0], stride = batch->stride;
    double *scaled = part->layer[0].da;
    batch->kernel->mix(scaled, block_of(batch, first), &one, 0, 0, batch->r, d, 1, stride,
                       count);
    batch->kernel->outer(gradient + layers->offsets[0], part->layer[1].slope, scaled,
                         layers->widths[1], d, stride, stride, count);
}

static void finish_fused(double *gradient, const ncf_batch_t *batch, const part_t *part,
                         const double *u)
{
    const ncf_layers_t *layers = &part->network->layers;
    slong d = layers->widths[0];
    double degree = (double) layers->activations[0].degree;
    for (slong s = 0; s < layers->widths[1]; s++) {
        double *row = gradient + layers->offsets[0] + s * d;
        double v = u[layers->offsets[1] + s];
        gradient[layers->offsets[1] + s] =
            batch->kernel->dot(row, u + layers->offsets[0] + s * d, d) / degree;
        for (slong c = 0; c < d; c++)
            row[c] *= v;
    }
}

/* ---- Derivatives in a direction --------------------------------------------------- */

/* dh += the derivatives of the part's outputs in the direction v; forward_layers has run. */
static void tangent_layers(ncf_batch_t *batch, part_t *part, const double *v, const double *u,
                           slong count)
{
    const ncf_layers_t *layers = &part->network->layers;
    slong stride = batch->stride;
    for (slong l = 1; l <= layers->depth; l++) {
        slong rows = layers->widths[l], columns = layers->widths[l - 1];
        layer_t *layer = part->layer + l, *below = layer - 1;
        const double *w = layer_matrix(part, l, v, 0);
        batch->kernel->mix(layer->da, NULL, w, columns, 1, below->a, rows, columns, stride,
                           count);
        layer->w = layer_matrix(part, l, u, 1);
        if (l > 1) {
            batch->kernel->mix(layer->db, NULL, layer->w, columns, 1, below->da, rows, columns,
                               stride, count);
            for (slong i = 0; i < rows * stride; i++)
                layer->da[i] += layer->db[i];
        }
        for (slong i = 0; l < layers->depth && i < rows * stride; i++)
            layer->da[i] *= layer->slope[i];
    }
    for (slong i = 0; i < count; i++)
        batch->dh[i] += part->layer[layers->depth].da[i];
}

/* ---- Formulas -------------------------------------------------------------------- */

static double factor_power(double t, ulong exponent)
{
    double power = 1;
    for (ulong e = exponent; e > 0; e >>= 1) {
        if (e & 1)
            power *= t;
        t *= t;
    }
    return power;
}

/* The derivative of a monomial by its factor `skip`; -1: the monomial. */
static double monomial(const ncf_terms_t *terms, slong k, const double *u, slong skip)
{
    double product = 1;
    for (slong f = terms->monomial_starts[k]; f < terms->monomial_starts[k + 1]; f++) {
        ncf_factor_t factor = terms->monomial_factors[f];
        double t = u[factor.variable];
        product *= f == skip ? (double) factor.exponent * factor_power(t, factor.exponent - 1)
                             : factor_power(t, factor.exponent);
    }
    return product;
}

static void forward_terms(double *h, const ncf_batch_t *batch, const part_t *part,
                          const double *factors, slong first, slong count)
{
    for (slong k = 0; k < part->network->terms.monomials; k++) {
        const double *c = part->coefficients + k * batch->padded + first;
        for (slong i = 0; i < count; i++)
            h[i] += factors[k] * c[i];
    }
}

static void reverse_terms(double *gradient, const ncf_batch_t *batch, const part_t *part,
                          const double *u, slong first, slong count)
{
    const ncf_terms_t *terms = &part->network->terms;
    for (slong k = 0; k < terms->monomials; k++) {
        double c = 0;
        batch->kernel->outer(&c, part->coefficients + k * batch->padded + first, batch->r, 1, 1,
                             batch->padded, batch->stride, count);
        for (slong f = terms->monomial_starts[k]; f < terms->monomial_starts[k + 1]; f++)
            gradient[terms->monomial_factors[f].variable] += c * monomial(terms, k, u, f);
    }
}

static void load_monomials(part_t *part, const double *u, const double *v)
{
    const ncf_terms_t *terms = &part->network->terms;
    double *slopes = part->monomials + terms->monomials;
    for (slong k = 0; k < terms->monomials; k++) {
        part->monomials[k] = monomial(terms, k, u, -1);
        slopes[k] = 0;
        for (slong f = terms->monomial_starts[k];
             v != NULL && f < terms->monomial_starts[k + 1]; f++)
            slopes[k] += monomial(terms, k, u, f) * v[terms->monomial_factors[f].variable];
    }
}

/* ---- All points ------------------------------------------------------------------ */

static void load_weights(ncf_batch_t *batch, const double *u, const double *v)
{
    for (slong i = 0; i < batch->part_count; i++) {
        part_t *part = batch->parts + i;
        slong depth = part->network->layers.depth, first = part->network->first;
        if (depth == 0)
            load_monomials(part, u + first, v == NULL ? NULL : v + first);
        for (slong l = 1; l <= depth; l++)
            part->layer[l].w = layer_matrix(part, l, u + first, 1);
    }
}

static void forward_part(ncf_batch_t *batch, part_t *part, slong first, slong count)
{
    if (part->network->layers.depth > 0)
        forward_layers(batch, part, first, grains(count));
    else
        forward_terms(batch->h, batch, part, part->monomials, first, count);
}

static void forward(ncf_batch_t *batch, slong first, slong count)
{
    memset(batch->h, 0, (size_t) batch->stride * sizeof(double));
    for (slong i = 0; i < batch->part_count; i++)
        forward_part(batch, batch->parts + i, first, count);
}

void ncf__batch_outputs(double *h, ncf_batch_t *batch, const double *u)
{
    if (batch->has_rows) {
        ncf__features_outputs(h, batch->features, u);
        return;
    }
    load_weights(batch, u, NULL);
    for (slong first = 0; first < batch->points; first += batch->block) {
        slong count = FLINT_MIN(batch->block, batch->points - first);
        forward(batch, first, count);
        memcpy(h + first, batch->h, (size_t) count * sizeof(double));
    }
}

void ncf__batch_directional(double *h, double *slope, ncf_batch_t *batch, const double *u,
                            const double *v)
{
    if (batch->has_rows) {
        ncf__features_directional(h, slope, batch->features, u, v);
        return;
    }
    load_weights(batch, u, v);
    for (slong first = 0; first < batch->points; first += batch->block) {
        slong count = FLINT_MIN(batch->block, batch->points - first);
        forward(batch, first, count);
        memset(batch->dh, 0, (size_t) batch->stride * sizeof(double));
        for (slong i = 0; i < batch->part_count; i++) {
            part_t *part = batch->parts + i;
            const ncf_network_struct *network = part->network;
            if (network->layers.depth > 0)
                tangent_layers(batch, part, v + network->first, u + network->first,
                               grains(count));
            else
                forward_terms(batch->dh, batch, part,
                              part->monomials + network->terms.monomials, first, count);
        }
        memcpy(h + first, batch->h, (size_t) count * sizeof(double));
        memcpy(slope + first, batch->dh, (size_t) count * sizeof(double));
    }
}

/* Outputs of a block, with what their gradient needs. */
static void forward_gradient(ncf_batch_t *batch, const double *u, slong first, slong count)
{
    /* A gradient of tied entries takes the place of the matrix. */
    load_weights(batch, u, NULL);
    memset(batch->h, 0, (size_t) batch->stride * sizeof(double));
    for (slong i = 0; i < batch->part_count; i++) {
        part_t *part = batch->parts + i;
        if (part->fused)
            forward_fused(batch, part, first, grains(count));
        else
            forward_part(batch, part, first, count);
    }
}

static void reverse_part(double *gradient, ncf_batch_t *batch, part_t *part, const double *u,
                         slong first, slong count)
{
    if (part->fused)
        reverse_fused(gradient, batch, part, first, grains(count));
    else if (part->network->layers.depth > 0)
        reverse_layers(gradient, batch, part, grains(count));
    else
        reverse_terms(gradient, batch, part, u, first, count);
}

void ncf__batch_gradient(double *gradient, double *h, ncf_batch_t *batch, const double *u,
                         ncf_residual_fn residual, void *context)
{
    if (batch->has_rows) {
        ncf__features_gradient(gradient, h, batch->features, u, residual, context);
        return;
    }
    memset(gradient, 0, (size_t) batch->network->unknowns * sizeof(double));
    for (slong first = 0; first < batch->points; first += batch->block) {
        slong count = FLINT_MIN(batch->block, batch->points - first);
        forward_gradient(batch, u, first, count);
        if (h != NULL)
            memcpy(h + first, batch->h, (size_t) count * sizeof(double));
        memset(batch->r, 0, (size_t) batch->stride * sizeof(double));
        residual(batch->r, batch->h, first, count, context);
        for (slong i = 0; i < batch->part_count; i++) {
            part_t *part = batch->parts + i;
            slong at = part->network->first;
            reverse_part(gradient + at, batch, part, u + at, first, count);
        }
    }
    for (slong i = 0; i < batch->part_count; i++) {
        part_t *part = batch->parts + i;
        if (part->fused)
            finish_fused(gradient + part->network->first, batch, part, u + part->network->first);
    }
}

void ncf__batch_hvp(double *out, ncf_batch_t *batch, const double *u, const double *v,
                    const double *r)
{
    if (batch->has_rows)
        ncf__features_hvp(out, batch->features, u, v, r);
    else
        ncf__network_hvp_double(out, u, v, batch->network, batch->rows, r, batch->points);
}

/* ---- Fixed residuals -------------------------------------------------------------- */

double *ncf__batch_moments(const ncf_batch_t *batch, const double *z)
{
    return batch->moments_pay
               ? ncf__features_form(batch->features, batch->rows, z, batch->points)
               : NULL;
}

typedef struct {
    const double *z;
    double value;
} fixed_t;

static void fixed_residual(double *r, const double *h, slong first, slong count, void *context)
{
    fixed_t *fixed = context;
    for (slong i = 0; i < count; i++) {
        r[i] = fixed->z[first + i];
        fixed->value += r[i] * h[i];
    }
}

double ncf__batch_correlation(double *gradient, ncf_batch_t *batch, const double *u,
                              const double *z, const double *moments)
{
    if (moments != NULL)
        return ncf__features_correlation(gradient, batch->features, u, moments);
    fixed_t fixed = {z, 0};
    ncf__batch_gradient(gradient, NULL, batch, u, fixed_residual, &fixed);
    return fixed.value;
}

double ncf__batch_operations(const ncf_batch_t *batch)
{
    double operations = 0;
    if (batch->has_rows)
        return ncf__features_operations(batch->features);
    for (slong i = 0; i < batch->part_count; i++) {
        const ncf_network_struct *network = batch->parts[i].network;
        for (slong l = 1; l <= network->layers.depth; l++) {
            double entries = (double) network->layers.widths[l] *
                             (double) network->layers.widths[l - 1];
            operations += (l == 1 ? 4 : 6) * entries;
        }
        operations += 4 * (double) network->terms.monomials;
    }
    return operations * (double) batch->points;
}
