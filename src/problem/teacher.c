/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * teacher.c: labels that are the exact outputs of a network with drawn dyadic weights.
 * Everything is an integer times a power of two that the whole layer shares, so the
 * evaluation is integer arithmetic: W v adds the scales, t^p multiplies them by p.
 */
#include "reader.h"

#define MAX_WEIGHTS 1000000
#define MAX_LABEL_BITS 1000000
#define MAX_WORK 2e9        /* limb products, some seconds */
#define MAX_LAYER_LIMBS 2e7 /* of the values of one layer at one point */

/* Entry (i, j) of W_l is a normal deviate over sqrt(inputs), in units of 2^-bits. */
static void draw_weights(fmpz_mat_t weights, ncf_normal_t *normal, slong bits)
{
    mpfr_t deviate, root;
    mpfr_inits2(mpfr_get_prec(normal->radius), deviate, root, (mpfr_ptr) NULL);
    mpfr_sqrt_ui(root, (ulong) fmpz_mat_ncols(weights), MPFR_RNDN);
    for (slong i = 0; i < fmpz_mat_nrows(weights); i++) {
        for (slong j = 0; j < fmpz_mat_ncols(weights); j++) {
            ncf__normal_draw(deviate, normal);
            mpfr_div(deviate, deviate, root, MPFR_RNDN);
            ncf__scaled_round(fmpz_mat_entry(weights, i, j), deviate, bits);
        }
    }
    mpfr_clears(deviate, root, (mpfr_ptr) NULL);
}

/* Bounds the weights, the bits of a label and the work before anything is drawn. */
static const char *predict_cost(const ncf_network_spec_t *layers, const fmpz_mat_t x, slong bits)
{
    double weights = 0, work = 0;
    /* |deviate| < sqrt(128 ln 2) < 2^4 before the division by sqrt(inputs) */
    slong weight_bits = bits + 4, value_bits = FLINT_ABS(fmpz_mat_max_bits(x));
    for (slong l = 1; l <= layers->depth; l++) {
        double entries = (double) layers->widths[l] * (double) layers->widths[l - 1];
        double product_bits = (double) (weight_bits + value_bits);
        weights += entries;
        work += entries * (1 + product_bits / 64);
        value_bits += weight_bits + (slong) FLINT_BIT_COUNT((ulong) layers->widths[l - 1]);
        if (l < layers->depth)
            value_bits *= layers->activations[l - 1].degree;
        if (value_bits > MAX_LABEL_BITS)
            return "a label of the teacher could have more than 1000000 bits";
        if ((double) layers->widths[l] * ((double) value_bits / 64 + 4) > MAX_LAYER_LIMBS)
            return "a layer of the teacher would need too much memory";
        if (l < layers->depth) /* the powers, by schoolbook squarings at most */
            work += (double) layers->widths[l] * ((double) value_bits / 64 + 1) *
                    ((double) value_bits / 64 + 1);
    }
    if (weights > MAX_WEIGHTS)
        return "the teacher has more than 1000000 weights";
    if (work * (double) fmpz_mat_nrows(x) > MAX_WORK ||
        (double) value_bits * (double) fmpz_mat_nrows(x) > (double) NCF_PROBLEM_MAX_BITS)
        return "the labels of the teacher would cost too much work or memory";
    return NULL;
}

/* The common exponent of the outputs of the last layer. */
static slong label_scale(const ncf_network_spec_t *layers, slong input_scale, slong bits)
{
    slong scale = input_scale;
    for (slong l = 1; l <= layers->depth; l++) {
        scale += bits;
        if (l < layers->depth)
            scale *= layers->activations[l - 1].degree;
    }
    return scale;
}

/* H(x_i; W) in units of 2^-scale for a row of x. */
static void evaluate(fmpz_t out, const fmpz *row, const ncf_network_spec_t *layers,
                     const fmpz_mat_struct *weights)
{
    fmpz_mat_t values, product;
    fmpz_mat_init(values, layers->widths[0], 1);
    for (slong j = 0; j < layers->widths[0]; j++)
        fmpz_set(fmpz_mat_entry(values, j, 0), row + j);
    for (slong l = 1; l <= layers->depth; l++) {
        fmpz_mat_init(product, layers->widths[l], 1);
        fmpz_mat_mul(product, &weights[l - 1], values);
        for (slong j = 0; j < layers->widths[l] && l < layers->depth; j++)
            fmpz_pow_ui(fmpz_mat_entry(product, j, 0), fmpz_mat_entry(product, j, 0),
                        (ulong) layers->activations[l - 1].degree);
        fmpz_mat_swap(values, product);
        fmpz_mat_clear(product);
    }
    fmpz_set(out, fmpz_mat_entry(values, 0, 0));
    fmpz_mat_clear(values);
}

const char *ncf__teacher_labels(fmpz *labels, slong *scale, const ncf_network_spec_t *layers,
                                const fmpz_mat_t x, slong input_scale, slong bits,
                                uint64_t seed)
{
    const char *fact = predict_cost(layers, x, bits);
    if (fact != NULL)
        return fact;
    ncf_normal_t normal;
    fmpz_mat_struct *weights = ncf__malloc((size_t) layers->depth, sizeof(*weights));
    ncf__normal_init(&normal, seed, NCF_STREAM_TEACHER, bits + NCF_NORMAL_GUARD_BITS);
    for (slong l = 1; l <= layers->depth; l++) {
        fmpz_mat_init(&weights[l - 1], layers->widths[l], layers->widths[l - 1]);
        draw_weights(&weights[l - 1], &normal, bits);
    }
    for (slong i = 0; i < fmpz_mat_nrows(x); i++)
        evaluate(labels + i, fmpz_mat_entry(x, i, 0), layers, weights);
    *scale = label_scale(layers, input_scale, bits);
    for (slong l = 0; l < layers->depth; l++)
        fmpz_mat_clear(&weights[l]);
    ncf__free(weights);
    ncf__normal_clear(&normal);
    return NULL;
}
