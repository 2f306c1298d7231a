/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * closed_form.c: orbits of KKT points that eigenlines give, with lambda between two numbers
 * (T-DECOUPLE, T-RANKONE), and all points of a linear network (T-DEEPLINEAR).
 */
#include "certificate.h"

#include "../pipeline/deep.h"

#include <stdlib.h>

#define PREC 256
#define BOUND_BITS 53

/*
 * lambda_low and lambda_high, a little outside of the ball of the result: a checker computes
 * lambda anew, from mu with the relative error `error`, so that a claim that it verifies agrees
 * with the result. `power`: lambda is at most of this degree in |mu|.
 */
static void write_bounds(ncf_certificate_t *certificate, const arb_t lambda, const mag_t error,
                         slong power)
{
    arb_t wide;
    arf_t bound;
    arb_init(wide);
    arf_init(bound);
    mag_t room, relative;
    mag_init(room);
    mag_init(relative);
    mag_mul_ui(relative, error, 2 * (ulong) power);
    mag_set_ui_2exp_si(room, 1, -48);
    mag_add(relative, relative, room);
    arb_get_mag(room, lambda);
    mag_mul(room, room, relative);
    arb_set(wide, lambda);
    arb_add_error_mag(wide, room);
    arb_get_lbound_arf(bound, wide, BOUND_BITS);
    ncf__claim_rational(certificate, "lambda_low", bound);
    arb_get_ubound_arf(bound, wide, BOUND_BITS);
    ncf__claim_rational(certificate, "lambda_high", bound);
    mag_clear(relative);
    mag_clear(room);
    arf_clear(bound);
    arb_clear(wide);
}

/* mu^2 = nu^2 / (c . D c)^{m-2} (T-CHART 5) */
static void square_of_mu(arb_t out, const ncf_claimed_tensor_t *tensor, const ncf_pair_t *pair)
{
    arb_t t, sum;
    arb_init(t);
    arb_init(sum);
    for (slong j = 0; j < tensor->dimension; j++) {
        arb_sqr(out, pair->box + j, PREC);
        arb_set_fmpq(t, fmpq_mat_entry(tensor->tensor->gram, j, 0), PREC);
        arb_addmul(sum, out, t, PREC);
    }
    arb_pow_ui(sum, sum, (ulong) tensor->order - 2, PREC);
    arb_sqr(out, pair->box + tensor->dimension, PREC);
    arb_div(out, out, sum, PREC);
    arb_clear(sum);
    arb_clear(t);
}

/* Does the claim say of mu what the result says? Its box and the line came about separately.
 */
static int agrees_with_line(const ncf_claimed_tensor_t *tensor, const ncf_pair_t *pair,
                            const ncf_certificate_t *certificate)
{
    arb_t claimed, square;
    arb_init(claimed);
    arb_init(square);
    square_of_mu(claimed, tensor, pair);
    arb_sqr(square, certificate->result->search.lines.lines[pair->line].mu, PREC);
    int agrees = arb_overlaps(claimed, square);
    arb_clear(square);
    arb_clear(claimed);
    return agrees;
}

/* The relative error of |mu| when the boxes of the pairs are all that is known of it. */
static void error_of_mu(mag_t out, const ncf_claimed_tensor_t *tensor, const slong *pairs,
                        slong count)
{
    arb_t square;
    mag_t least;
    arb_init(square);
    mag_init(least);
    mag_zero(out);
    for (slong i = 0; i < count; i++) {
        square_of_mu(square, tensor, &tensor->pairs[pairs[i]]);
        arb_get_mag_lower(least, square);
        mag_div(least, arb_radref(square), least);
        mag_max(out, out, least);
    }
    mag_clear(least);
    arb_clear(square);
}

/* Bits with which a checker tells lambda to about 2^-50, from the lines of the pairs. */
static slong choose_bits(const ncf_claimed_tensor_t *tensor, const slong *pairs, slong count)
{
    slong most = 0;
    arb_t square;
    arb_init(square);
    for (slong i = 0; i < count; i++) {
        square_of_mu(square, tensor, &tensor->pairs[pairs[i]]);
        slong bits = 160 + 2 * tensor->magnitude +
                     2 * labs(arf_abs_bound_lt_2exp_si(arb_midref(square)));
        most = bits > most ? bits : most;
    }
    arb_clear(square);
    return most;
}

/* ---- Two layers ----------------------------------------------------------------------- */

/* The lines of an orbit and how many units are on each: pairs and numbers. */
static slong group_members(slong *pairs, slong *units, const ncf_claimed_tensor_t *tensor,
                           const ncf_certificate_t *certificate, const ncf_orbit_struct *orbit)
{
    slong count = 0;
    for (slong k = 0; k < orbit->active; k++) {
        slong pair = tensor->of_line[orbit->members[k]];
        if (pair < 0 || tensor->pairs[pair].id == 0 ||
            !agrees_with_line(tensor, &tensor->pairs[pair], certificate))
            return 0;
        if (count > 0 && pairs[count - 1] == pair)
            units[count - 1]++;
        else {
            pairs[count] = pair;
            units[count++] = 1;
        }
    }
    return count;
}

/* Premises: the lines, then their inertias; returns whether the index follows. */
static int list_premises(slong *out, slong *used, const ncf_claimed_tensor_t *tensor,
                         const slong *pairs, slong count)
{
    int known = 1;
    *used = 0;
    for (slong i = 0; i < count; i++)
        out[(*used)++] = tensor->pairs[pairs[i]].id;
    for (slong i = 0; i < count; i++) {
        slong inertia = tensor->pairs[pairs[i]].inertia;
        if (inertia != 0)
            out[(*used)++] = inertia;
        known = known && inertia != 0;
    }
    return known;
}

static int claim_decoupled(const ncf_claimed_tensor_t *tensor, ncf_certificate_t *certificate,
                           const ncf_orbit_struct *orbit)
{
    size_t size = (size_t) orbit->active;
    slong *pairs = ncf__malloc(size, sizeof(*pairs)),
          *units = ncf__malloc(size, sizeof(*units));
    slong *premises = ncf__malloc(2 * size, sizeof(*premises)), used;
    mag_t error;
    mag_init(error);
    slong count = group_members(pairs, units, tensor, certificate, orbit);
    if (count > 0) {
        slong bits = choose_bits(tensor, pairs, count);
        int known = list_premises(premises, &used, tensor, pairs, count);
        ncf__claim_open(certificate, "closed-form", "T-DECOUPLE", premises, used);
        ncf__claim_indices(certificate, "units", units, count);
        ncf__claim_number(certificate, "size", orbit->size);
        error_of_mu(error, tensor, pairs, count);
        write_bounds(certificate, orbit->lambda, error, 1);
        if (known && orbit->index >= 0)
            ncf__claim_integer(certificate, "index", orbit->index);
        ncf__claim_integer(certificate, "bits", bits);
        ncf__claim_close(certificate);
    }
    mag_clear(error);
    ncf__free(premises);
    ncf__free(units);
    ncf__free(pairs);
    return count > 0;
}

void ncf__claim_decoupled(const ncf_claimed_tensor_t *tensor, ncf_certificate_t *certificate)
{
    const ncf_orbit_list_t *list = &certificate->result->orbits;
    slong lost = 0, gaps = 0;
    for (slong k = 0; k < list->count; k++) {
        lost += list->orbits[k].dimension > 0 ||
                !claim_decoupled(tensor, certificate, &list->orbits[k]);
        gaps += list->orbits[k].second_order == NCF_SECOND_ORDER_STRICT;
    }
    if (lost > 0)
        ncf__unproved(certificate, "their lines are not isolated, or not in the certificate",
                      "%ld of the orbits that are listed", (long) lost);
    if (gaps > 0)
        ncf__unproved(certificate, ncf__reason_no_claim,
                      "the gaps of the orbits that are strict to second order");
}

/* ---- Rank one ------------------------------------------------------------------------------
 */

static int claim_family(const ncf_claimed_tensor_t *tensor, ncf_certificate_t *certificate,
                        const ncf_rank_one_family_t *family)
{
    slong number = tensor->of_line[family->line];
    slong layers = certificate->result->deep->shape.depth - 1;
    if (family->dimension > 0 || number < 0 || tensor->pairs[number].id == 0 ||
        !agrees_with_line(tensor, &tensor->pairs[number], certificate))
        return 0;
    const ncf_pair_t *pair = &tensor->pairs[number];
    int single = pair->inertia != 0 && family->index >= 0;
    for (slong l = 0; l < layers; l++)
        single = single && family->supports[l] == 1;
    slong premises[2] = {pair->id, pair->inertia};
    slong bits = choose_bits(tensor, &number, 1), power = 1;
    for (slong l = 1; l < layers; l++)
        power *= certificate->result->deep->shape.degrees[l];
    mag_t error;
    ncf__claim_open(certificate, "closed-form", "T-RANKONE", premises, single ? 2 : 1);
    ncf__claim_indices(certificate, "supports", family->supports, layers);
    ncf__claim_number(certificate, "size", family->size);
    mag_init(error);
    error_of_mu(error, tensor, &number, 1);
    write_bounds(certificate, family->lambda, error, power);
    mag_clear(error);
    if (single)
        ncf__claim_integer(certificate, "index", family->index);
    ncf__claim_integer(certificate, "bits", bits);
    ncf__claim_close(certificate);
    return 1;
}

void ncf__claim_families(const ncf_claimed_tensor_t *tensor, ncf_certificate_t *certificate)
{
    const ncf_deep_t *deep = certificate->result->deep;
    slong lost = 0;
    for (slong l = 0; l < deep->shape.depth - 1; l++) {
        /* T-RANKONE is stated for these networks only. */
        if (deep->shape.degrees[l] == 1 && deep->shape.widths[l + 1] > 1) {
            ncf__unproved(certificate, ncf__reason_no_claim, "the rank-one families");
            return;
        }
    }
    for (slong k = 0; k < deep->families.count; k++)
        lost += !claim_family(tensor, certificate, &deep->families.families[k]);
    if (lost > 0)
        ncf__unproved(certificate, "their lines are not isolated, or not in the certificate",
                      "%ld of the rank-one families that are listed", (long) lost);
}

/* ---- Linear networks
 * ------------------------------------------------------------------------ */

void ncf__claim_deep_linear(ncf_certificate_t *certificate)
{
    const ncf_rank_one_list_t *list = &certificate->result->deep->families;
    if (list->count != 1) {
        ncf__unproved(certificate, ncf__reason_no_claim,
                      "all points: N is zero, or its family is not listed");
        return;
    }
    mag_t error;
    ncf__claim_open(certificate, "closed-form", "T-DEEPLINEAR", NULL, 0);
    mag_init(error);
    write_bounds(certificate, list->families[0].lambda, error, 1);
    mag_clear(error);
    ncf__claim_integer(certificate, "dimension", list->families[0].dimension);
    ncf__claim_close(certificate);
}
