/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* spec.c: network descriptions: freeing them, and their exact figures. */
#include "problem.h"

#include <string.h>

/* ---- Memory ---------------------------------------------------------------------- */

static void clear_formula(ncf_formula_t *formula)
{
    if (formula->coefficients != NULL)
        _fmpq_vec_clear(formula->coefficients, formula->count);
    ncf__free(formula->starts);
    ncf__free(formula->inputs);
    ncf__free(formula->factors);
}

static void clear_names(char **names, slong count)
{
    for (slong i = 0; names != NULL && i < count; i++)
        ncf__free(names[i]);
    ncf__free(names);
}

void ncf__network_spec_clear(ncf_network_spec_t *spec)
{
    slong activations = spec->depth > 0 ? spec->depth - 1 : spec->stages;
    for (slong l = 0; spec->activations != NULL && l < activations; l++) {
        if (spec->activations[l].coefficients != NULL)
            _fmpq_vec_clear(spec->activations[l].coefficients,
                            spec->activations[l].degree + 1);
    }
    ncf__free(spec->activations);
    ncf__free(spec->widths);
    ncf__free(spec->convolutions);
    clear_names(spec->weight_names, spec->weight_count);
    clear_names(spec->input_names, spec->inputs);
    clear_formula(&spec->formula);
    for (slong i = 0; i < spec->part_count; i++)
        ncf__network_spec_clear(spec->parts + i);
    ncf__free(spec->parts);
    memset(spec, 0, sizeof(*spec));
}

/* ---- Activations ----------------------------------------------------------------- */

slong ncf__activation_monomial(const ncf_activation_t *activation)
{
    for (slong k = 0; activation->coefficients != NULL && k < activation->degree; k++) {
        if (!fmpq_is_zero(activation->coefficients + k))
            return -1;
    }
    return activation->degree;
}

int ncf__activation_vanishes(const ncf_activation_t *activation)
{
    return activation->coefficients == NULL || fmpq_is_zero(activation->coefficients);
}

/* ---- Shapes ---------------------------------------------------------------------- */

ncf_stage_shape_t ncf__stage_shape(slong length, const ncf_convolution_t *convolution)
{
    slong places = length < convolution->kernel
                       ? 0
                       : (length - convolution->kernel) / convolution->stride + 1;
    slong windows = places / convolution->pooling;
    return (ncf_stage_shape_t){windows * convolution->pooling, windows};
}

slong ncf__spec_block_count(const ncf_network_spec_t *spec)
{
    slong count = 0;
    switch (spec->kind) {
    case NCF_NETWORK_FEEDFORWARD:
        return spec->depth;
    case NCF_NETWORK_CONVOLUTION:
        return spec->stages + !spec->sum_head;
    case NCF_NETWORK_POLYNOMIAL:
        return 1;
    case NCF_NETWORK_SUM:
        for (slong i = 0; i < spec->part_count; i++)
            count += ncf__spec_block_count(spec->parts + i);
    }
    return count;
}

/* rows[l] and columns[l] of the blocks of one part. */
static void block_shapes(slong *rows, slong *columns, const ncf_network_spec_t *spec)
{
    if (spec->kind == NCF_NETWORK_POLYNOMIAL) {
        rows[0] = 1;
        columns[0] = spec->weight_count;
        return;
    }
    for (slong l = 0; l < spec->depth; l++) {
        rows[l] = spec->widths[l + 1];
        columns[l] = spec->widths[l];
    }
    slong channels = spec->channels, length = spec->length;
    for (slong l = 0; l < spec->stages; l++) {
        rows[l] = spec->convolutions[l].channels;
        columns[l] = channels * spec->convolutions[l].kernel;
        channels = rows[l];
        length = ncf__stage_shape(length, spec->convolutions + l).windows;
    }
    if (spec->kind == NCF_NETWORK_CONVOLUTION && !spec->sum_head) {
        rows[spec->stages] = 1;
        columns[spec->stages] = channels * length;
    }
}

/* ---- Degrees --------------------------------------------------------------------- */

/* The common degree in the weights of all terms, or -1. */
static slong formula_degree(const ncf_formula_t *formula)
{
    slong common = -1;
    for (slong t = 0; t < formula->count; t++) {
        slong degree = 0;
        for (slong f = formula->starts[t]; f < formula->inputs[t]; f++)
            degree += (slong) formula->factors[f].exponent;
        if (t > 0 && degree != common)
            return -1;
        common = degree;
    }
    return common;
}

/* e_l of layers: 1 for the last matrix, and each activation multiplies by its degree. */
static void layer_degrees(fmpz *degrees, const ncf_network_spec_t *spec)
{
    slong hidden = spec->depth > 0 ? spec->depth - 1 : spec->stages;
    slong blocks = ncf__spec_block_count(spec);
    fmpz_t degree;
    fmpz_init_set_ui(degree, 1);
    if (blocks > hidden)
        fmpz_one(degrees + hidden);
    for (slong l = hidden - 1; l >= 0; l--) {
        slong p = ncf__activation_monomial(spec->activations + l);
        if (p < 0 || fmpz_sgn(degree) < 0)
            fmpz_set_si(degree, -1);
        else
            fmpz_mul_si(degree, degree, p);
        fmpz_set(degrees + l, degree);
    }
    fmpz_clear(degree);
}

void ncf__spec_blocks(slong *rows, slong *columns, fmpz *degrees, const ncf_network_spec_t *spec)
{
    slong count = ncf__spec_block_count(spec), at = 0;
    if (spec->kind != NCF_NETWORK_SUM) {
        slong *shapes = ncf__malloc((size_t) (2 * count), sizeof(*shapes));
        block_shapes(shapes, shapes + count, spec);
        for (slong l = 0; l < count && rows != NULL; l++)
            rows[l] = shapes[l];
        for (slong l = 0; l < count && columns != NULL; l++)
            columns[l] = shapes[count + l];
        ncf__free(shapes);
    }
    if (spec->kind == NCF_NETWORK_POLYNOMIAL && degrees != NULL)
        fmpz_set_si(degrees, formula_degree(&spec->formula));
    else if (spec->kind != NCF_NETWORK_SUM && degrees != NULL)
        layer_degrees(degrees, spec);
    for (slong i = 0; i < spec->part_count; i++) {
        ncf__spec_blocks(rows == NULL ? NULL : rows + at, columns == NULL ? NULL : columns + at,
                         degrees == NULL ? NULL : degrees + at, spec->parts + i);
        at += ncf__spec_block_count(spec->parts + i);
    }
}

static int sum_homogeneous(fmpz_t degree, const ncf_network_spec_t *spec)
{
    fmpz_t other;
    fmpz_init(other);
    int homogeneous = ncf__spec_homogeneous(degree, spec->parts);
    for (slong i = 1; i < spec->part_count && homogeneous; i++)
        homogeneous =
            ncf__spec_homogeneous(other, spec->parts + i) && fmpz_equal(degree, other);
    fmpz_clear(other);
    return homogeneous;
}

int ncf__spec_homogeneous(fmpz_t degree, const ncf_network_spec_t *spec)
{
    if (spec->kind == NCF_NETWORK_SUM)
        return sum_homogeneous(degree, spec);
    slong count = ncf__spec_block_count(spec);
    fmpz *degrees = _fmpz_vec_init(count);
    ncf__spec_blocks(NULL, NULL, degrees, spec);
    int homogeneous = 1;
    fmpz_zero(degree);
    for (slong l = 0; l < count && homogeneous; l++) {
        homogeneous = fmpz_sgn(degrees + l) >= 0;
        fmpz_add(degree, degree, degrees + l);
    }
    _fmpz_vec_clear(degrees, count);
    return homogeneous;
}

int ncf__problem_homogeneous(fmpz_t degree, const struct ncf_problem *problem)
{
    return ncf__spec_homogeneous(degree, &problem->network);
}

void ncf__problem_unknowns(fmpz_t out, const struct ncf_problem *problem)
{
    slong count = ncf__spec_block_count(&problem->network);
    slong *shapes = ncf__malloc((size_t) (2 * count), sizeof(*shapes));
    ncf__spec_blocks(shapes, shapes + count, NULL, &problem->network);
    fmpz_zero(out);
    for (slong l = 0; l < count; l++) {
        fmpz_t columns;
        fmpz_init_set_si(columns, shapes[count + l]);
        fmpz_addmul_ui(out, columns, (ulong) shapes[l]);
        fmpz_clear(columns);
    }
    ncf__free(shapes);
}
