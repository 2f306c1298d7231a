/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * info_symmetry.c: the symmetries that hidden layers have for every data set, and the
 * order of their group. With sum_head nothing follows the last stage of a convolution
 * that could compensate a sign or a rotation.
 */
#include "info.h"

/* Is s(-t) = sign s(t)? */
static int has_parity(const ncf_activation_t *s, int sign)
{
    int odd = sign < 0;
    if (s->coefficients == NULL)
        return s->degree % 2 == odd;
    for (slong k = 0; k <= s->degree; k++) {
        if (k % 2 != odd && !fmpq_is_zero(s->coefficients + k))
            return 0;
    }
    return 1;
}

static ncf_symmetry_t layer_symmetry(const ncf_activation_t *s, int compensated)
{
    if (s->degree == 1 && compensated && ncf__activation_vanishes(s))
        return NCF_SYMMETRY_ROTATIONS;
    if (s->degree == 1)
        return NCF_SYMMETRY_FIXED_ROTATIONS;
    if (has_parity(s, 1))
        return NCF_SYMMETRY_ROW_FLIPS;
    return compensated && has_parity(s, -1) ? NCF_SYMMETRY_PAIRED_FLIPS
                                            : NCF_SYMMETRY_PERMUTATIONS;
}

/* Multiplies the order by that of permutations of `units`, with signs or without. */
static char *count_permutations(ncf_info_t *info, slong units, int signs)
{
    if (units > NCF_INFO_MAX_ORDER_WIDTH) {
        if (info->order_kind == NCF_ORDER_FINITE)
            info->order_kind = NCF_ORDER_LONG;
    } else {
        fmpz_t factor;
        fmpz_init(factor);
        fmpz_fac_ui(factor, (ulong) units);
        fmpz_mul_2exp(factor, factor, signs ? (ulong) units : 0);
        fmpz_mul(info->order, info->order, factor);
        fmpz_clear(factor);
    }
    if (units == 1)
        return ncf__strdup(signs ? "2" : "1");
    return signs ? ncf__format("2^%ld %ld!", (long) units, (long) units)
                 : ncf__format("%ld!", (long) units);
}

/* Multiplies the order of the group by that of a hidden layer; returns its formula. */
static char *count_layer(ncf_info_t *info, const ncf_info_layer_t *layer)
{
    int rotations = layer->symmetry == NCF_SYMMETRY_ROTATIONS;
    if (!rotations && layer->symmetry != NCF_SYMMETRY_FIXED_ROTATIONS)
        return count_permutations(info, layer->units,
                                  layer->symmetry != NCF_SYMMETRY_PERMUTATIONS);
    /* O(k), or O(k - 1): O(0) = {1}, O(1) = {1, -1} */
    slong k = layer->units - !rotations;
    if (k > 1)
        info->order_kind = NCF_ORDER_INFINITE;
    else if (k == 1)
        fmpz_mul_ui(info->order, info->order, 2);
    return ncf__strdup(k == 1 ? "2" : "1");
}

static void add_part(ncf_info_t *info, const ncf_network_spec_t *spec, slong part)
{
    slong hidden = spec->depth > 0 ? spec->depth - 1 : spec->stages;
    if (spec->kind == NCF_NETWORK_POLYNOMIAL)
        info->formulas++;
    info->layers = ncf__realloc(info->layers, (size_t) (info->layer_count + hidden),
                                sizeof(*info->layers));
    for (slong l = 0; l < hidden; l++) {
        int compensated = !spec->sum_head || l + 1 < hidden;
        info->layers[info->layer_count++] = (ncf_info_layer_t){
            part, l + 1, spec->depth > 0 ? spec->widths[l + 1] : spec->convolutions[l].channels,
            spec->stages > 0, layer_symmetry(spec->activations + l, compensated)};
    }
}

void ncf__info_symmetry(ncf_info_t *info)
{
    const ncf_network_spec_t *spec = &info->problem->network;
    if (spec->kind != NCF_NETWORK_SUM)
        add_part(info, spec, 0);
    for (slong i = 0; i < spec->part_count; i++)
        add_part(info, spec->parts + i, i + 1);
    char *formula = ncf__strdup(info->layer_count == 0 ? "1" : "");
    for (slong l = 0; l < info->layer_count; l++) {
        char *layer = count_layer(info, info->layers + l);
        char *longer = ncf__format("%s%s%s", formula, l > 0 ? " * " : "", layer);
        ncf__free(formula);
        ncf__free(layer);
        formula = longer;
    }
    /* Four thousand digits at most: several wide layers multiply up. */
    if (info->order_kind == NCF_ORDER_FINITE && fmpz_bits(info->order) > 40000)
        info->order_kind = NCF_ORDER_LONG;
    if (info->order_kind == NCF_ORDER_INFINITE) {
        ncf__free(formula);
        formula = ncf__strdup("infinite");
    }
    info->order_formula = formula;
}
