/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * classes.c: that the eigenpairs are different (T-CHART) and all (T-COUNT), the signs of the
 * real ones and their indices (T-CONGRUENCE), and how many KKT points they give (T-DECOUPLE,
 * T-RANKONE).
 */
#include "certificate.h"

#include "../pipeline/deep.h"

#include <math.h>

#define PREC 256
#define FIRST_TIGHTNESS 20 /* of the boxes of classes that are not real */
#define SECOND_TIGHTNESS 60

static int ball_sign(const arb_t x)
{
    return arb_is_positive(x) - arb_is_negative(x);
}

/* ---- Real ones ------------------------------------------------------------------------- */

static void claim_signs(const ncf_claimed_tensor_t *tensor, ncf_certificate_t *certificate)
{
    slong *ids = ncf__malloc((size_t) tensor->count + 1, sizeof(*ids));
    for (int sign = 1; sign >= -1; sign -= 2) {
        slong count = 0;
        for (slong i = 0; i < tensor->count; i++) {
            const ncf_pair_t *pair = &tensor->pairs[i];
            if (pair->id != 0 && pair->real &&
                ball_sign(pair->box + tensor->dimension) == sign)
                ids[count++] = pair->id;
        }
        if (count == 0)
            continue;
        ncf__claim_open(certificate, "lambda-sign", "T-KRAWCZYK", ids, count);
        ncf__claim_integer(certificate, "sign", sign);
        ncf__claim_close(certificate);
    }
    ncf__free(ids);
}

/* (m-1) G c^{m-2} - nu D over the box, restricted to the complement of the line. */
static void line_form(arb_mat_t out, const ncf_claimed_tensor_t *tensor,
                      const ncf_pair_t *pair)
{
    slong r = tensor->dimension;
    acb_ptr c = _acb_vec_init(r);
    arb_ptr g = _arb_vec_init(r);
    acb_mat_t hessian;
    arb_mat_t form;
    arb_t metric, one;
    acb_mat_init(hessian, r, r);
    arb_mat_init(form, r, r);
    arb_init(metric);
    arb_init(one);
    arb_one(one);
    for (slong j = 0; j < r; j++)
        acb_set_arb(c + j, pair->box + j);
    ncf__tensor_forms(NULL, hessian, c, tensor, PREC);
    for (slong k = 0; k < r * r; k++)
        arb_set(arb_mat_entry(form, k / r, k % r),
                acb_realref(acb_mat_entry(hessian, k / r, k % r)));
    for (slong j = 0; j < r; j++) {
        arb_set_fmpq(metric, fmpq_mat_entry(tensor->tensor->gram, j, 0), PREC);
        arb_submul(arb_mat_entry(form, j, j), metric, pair->box + r, PREC);
        arb_mul(g + j, metric, pair->box + j, PREC);
        arb_set_fmpq(metric, fmpq_mat_entry(tensor->tensor->gram, pair->chart, 0), PREC);
        arb_div(g + j, g + j, metric, PREC);
    }
    ncf__restrict_form(out, form, one, g, pair->chart, PREC);
    arb_clear(one);
    arb_clear(metric);
    arb_mat_clear(form);
    acb_mat_clear(hessian);
    _arb_vec_clear(g, r);
    _acb_vec_clear(c, r);
}

/* The index that the result has for the line, if it has one, came about in another way. */
static int agrees_with_line(const ncf_pair_t *pair, const ncf_certificate_t *certificate)
{
    if (pair->line < 0)
        return 1;
    const ncf_line_struct *line = &certificate->result->search.lines.lines[pair->line];
    return !line->inertia_known || (line->index == pair->index && line->nullity == 0);
}

static void claim_line_inertia(const ncf_claimed_tensor_t *tensor, ncf_pair_t *pair,
                               ncf_certificate_t *certificate)
{
    slong r = tensor->dimension, bits;
    int sign = ball_sign(pair->box + r);
    if (sign == 0)
        return;
    arb_mat_t form;
    ncf_dyadic_t transform;
    arb_mat_init(form, r - 1, r - 1);
    ncf__dyadic_init(&transform, (r - 1) * (r - 1));
    line_form(form, tensor, pair);
    slong positive = ncf__congruence(&transform, &bits, form, tensor->magnitude, PREC);
    pair->index = sign > 0 ? positive : r - 1 - positive;
    if (positive >= 0 && agrees_with_line(pair, certificate)) {
        pair->inertia = ncf__claim_open(certificate, "inertia", "T-CONGRUENCE", &pair->id, 1);
        ncf__claim_integer(certificate, "index", pair->index);
        ncf__claim_integer(certificate, "pivot", pair->chart);
        ncf__claim_integer(certificate, "bits", bits);
        ncf__claim_vector(certificate, "transform", &transform);
        ncf__claim_close(certificate);
    }
    ncf__dyadic_clear(&transform);
    arb_mat_clear(form);
}

/* ---- Difference --------------------------------------------------------------------------
 */

static double part(const acb_t x, int imaginary)
{
    return arf_get_d(arb_midref(imaginary ? acb_imagref(x) : acb_realref(x)), ARF_RND_NEAR);
}

/* b and its conjugate have other coordinates than a, beyond the boxes; both with c_k = 1. */
static int differ_in_chart(const ncf_pair_t *a, const ncf_pair_t *b, slong r)
{
    double room = 2 * (a->radius + b->radius) + 0x1p-40;
    int from_b = 0, from_conjugate = 0;
    for (slong j = 0; j < r; j++) {
        double y = part(a->c + j, 1), z = part(b->c + j, 1);
        if (fabs(part(a->c + j, 0) - part(b->c + j, 0)) > room)
            return 1;
        from_b |= fabs(y - z) > room;
        from_conjugate |= fabs(y + z) > room;
    }
    return from_b && from_conjugate;
}

/* Is a minor a_k b_j - a_j away from 0, k the chart of b, for b and for its conjugate? */
static int differ_between_charts(const ncf_pair_t *a, const ncf_pair_t *b, slong r)
{
    double room = 8 * (a->radius + b->radius) + 0x1p-40;
    double x = part(a->c + b->chart, 0), y = part(a->c + b->chart, 1);
    int different[2] = {0, a->real || b->real};
    for (slong j = 0; j < r; j++) {
        double u = part(b->c + j, 0), v = part(b->c + j, 1);
        for (int conjugate = 0; conjugate < 2; conjugate++, v = -v)
            different[conjugate] |= fabs(x * u - y * v - part(a->c + j, 0)) > room ||
                                    fabs(x * v + y * u - part(a->c + j, 1)) > room;
    }
    return different[0] && different[1];
}

static int all_differ(const ncf_claimed_tensor_t *tensor)
{
    for (slong i = 0; i < tensor->count; i++) {
        for (slong j = 0; j < i; j++) {
            const ncf_pair_t *a = &tensor->pairs[i], *b = &tensor->pairs[j];
            if (!(a->chart == b->chart ? differ_in_chart(a, b, tensor->dimension)
                                       : differ_between_charts(a, b, tensor->dimension)))
                return 0;
        }
    }
    return 1;
}

/* Do all complex ones have an imaginary part that is not 0? */
static int none_is_real(const ncf_claimed_tensor_t *tensor)
{
    for (slong i = 0; i < tensor->count; i++) {
        const ncf_pair_t *pair = &tensor->pairs[i];
        double largest = 0;
        for (slong j = 0; j < tensor->dimension && !pair->real; j++)
            largest = fmax(largest, fabs(part(pair->c + j, 1)));
        if (!pair->real && largest < 2 * pair->radius + 0x1p-40)
            return 0;
    }
    return 1;
}

/* ---- All of them ---------------------------------------------------------------------------
 */

static int counts_up(const ncf_claimed_tensor_t *tensor)
{
    fmpz_t bound;
    fmpz_init(bound);
    slong total = 0;
    for (slong i = 0; i < tensor->count; i++)
        total += !tensor->pairs[i].has_witness ? 0 : tensor->pairs[i].real ? 1 : 2;
    ncf__eigen_class_bound(bound, tensor->order, tensor->dimension);
    int equal = fmpz_equal_si(bound, total);
    fmpz_clear(bound);
    return equal;
}

static slong list_pairs(slong *out, const ncf_claimed_tensor_t *tensor, int complex_only)
{
    slong count = 0;
    for (slong i = 0; i < tensor->count; i++)
        if (tensor->pairs[i].id != 0 && !(complex_only && tensor->pairs[i].real))
            out[count++] = tensor->pairs[i].id;
    return count;
}

/* complete-by-count and, if no mu may be 0, lines; the numbers of the last claims are given.
 */
static void claim_count(ncf_claimed_tensor_t *tensor, ncf_certificate_t *certificate,
                        slong distinct, slong first_sign, slong last_sign)
{
    slong *ids = ncf__malloc((size_t) tensor->count + 4, sizeof(*ids));
    slong premises[4], count = list_pairs(ids, tensor, 1), used = 0, real = 0, zeros = 0;
    premises[used++] = distinct;
    if (count > 0) {
        premises[used++] = ncf__claim_open(certificate, "real", "T-CHART", ids, count);
        ncf__claim_word(certificate, "real", "false");
        ncf__claim_close(certificate);
    }
    slong complete =
        ncf__claim_open(certificate, "complete-by-count", "T-COUNT", premises, used);
    ncf__claim_close(certificate);
    for (slong i = 0; i < tensor->count; i++) {
        real += tensor->pairs[i].real;
        zeros +=
            tensor->pairs[i].real && ball_sign(tensor->pairs[i].box + tensor->dimension) == 0;
    }
    if (zeros == 0) {
        used = 0;
        premises[used++] = complete;
        for (slong id = first_sign; id <= last_sign; id++)
            premises[used++] = id;
        tensor->lines = ncf__claim_open(certificate, "lines", "T-CHART", premises, used);
        fprintf(certificate->stream, ", \"count\": \"%ld\"", (long) real);
        ncf__claim_close(certificate);
    }
    ncf__free(ids);
}

/* Does the theorem of the format apply to the network, and are the lines those of the result?
 */
static int has_census(const ncf_claimed_tensor_t *tensor, const struct ncf_result *result)
{
    slong real = 0;
    for (slong i = 0; i < tensor->count; i++)
        real += tensor->pairs[i].real;
    int fits = tensor->lines != 0 && real == result->search.lines.count;
    for (slong l = 0; result->deep != NULL && l < result->deep->shape.depth - 1; l++)
        fits = fits &&
               (result->deep->shape.degrees[l] > 1 || result->deep->shape.widths[l + 1] == 1);
    return fits;
}

/* All numbers of points, without a bound for lambda. */
static void claim_census(const ncf_claimed_tensor_t *tensor, ncf_certificate_t *certificate)
{
    const struct ncf_result *result = certificate->result;
    slong *premises = ncf__malloc((size_t) tensor->count + 1, sizeof(*premises)), count = 1;
    int all_known = 1;
    ncf_census_t census;
    if (result->deep == NULL)
        ncf__census_init(&census, &result->search.lines, result->hidden);
    else
        ncf__rank_one_census_init(&census, &result->deep->shape, &result->search.lines, NULL,
                                  PREC);
    premises[0] = tensor->lines;
    for (slong i = 0; i < tensor->count; i++) {
        if (tensor->pairs[i].inertia != 0)
            premises[count++] = tensor->pairs[i].inertia;
        else if (tensor->pairs[i].real)
            all_known = 0;
    }
    ncf__claim_open(certificate, "census", result->deep == NULL ? "T-DECOUPLE" : "T-RANKONE",
                    premises, count);
    if (result->deep == NULL) {
        ncf__claim_number(certificate, "positive", census.positive.value);
        ncf__claim_number(certificate, "orbits", census.orbits.value);
        if (all_known && census.strict_second_order.known)
            ncf__claim_number(certificate, "strict_second_order",
                              census.strict_second_order.value);
    }
    ncf__claim_number(certificate, "rank_one", census.rank_one.value);
    ncf__claim_close(certificate);
    ncf__census_clear(&census);
    ncf__free(premises);
}

void ncf__claim_classes(ncf_claimed_tensor_t *tensor, ncf_certificate_t *certificate,
                        const char **missing)
{
    *missing = NULL;
    ncf__collect_pairs(tensor, certificate);
    if (tensor->count == 0) {
        *missing = "no isolated line is known";
        return;
    }
    ncf__witness_pairs(tensor, FIRST_TIGHTNESS);
    int different = all_differ(tensor) && none_is_real(tensor);
    if (!different) {
        ncf__witness_pairs(tensor, SECOND_TIGHTNESS);
        different = all_differ(tensor) && none_is_real(tensor);
    }
    ncf__claim_pairs(tensor, certificate);
    slong first_sign = certificate->claims + 1;
    claim_signs(tensor, certificate);
    slong last_sign = certificate->claims;
    if (different) {
        slong *ids = ncf__malloc((size_t) tensor->count, sizeof(*ids));
        slong distinct = ncf__claim_open(certificate, "distinct", "T-CHART", ids,
                                         list_pairs(ids, tensor, 0));
        ncf__claim_close(certificate);
        ncf__free(ids);
        if (counts_up(tensor))
            claim_count(tensor, certificate, distinct, first_sign, last_sign);
    }
    for (slong i = 0; i < tensor->count; i++)
        if (tensor->pairs[i].id != 0 && tensor->pairs[i].real)
            claim_line_inertia(tensor, &tensor->pairs[i], certificate);
    int census = has_census(tensor, certificate->result);
    if (census)
        claim_census(tensor, certificate);
    if (tensor->lines == 0 && ncf__claim_cover(tensor, certificate))
        *missing =
            "all lines with |mu| >= mu_min are claimed by a cover; the format has no claim "
            "of the numbers of their points";
    else if (certificate->result->search.class_count > NCF_CERTIFICATE_MAX_CLASSES)
        *missing = "ncf proves it; there are too many classes for a certificate";
    else if (tensor->lines == 0)
        *missing =
            "ncf proves it, with multiple classes, a mu that is 0, a cover or bounds in "
            "floating point; in the certificate the classes are not as many as there can be";
    else if (!census)
        *missing =
            "ncf proves it; the lines are all in the certificate, but the format has no "
            "numbers of points for a linear layer";
    else if (certificate->result->search.bounded)
        *missing =
            "all lines and the numbers of all their points are claimed; the format has no "
            "claim of those above a bound for lambda";
}
