/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* point_inertia.c: the index of a point, and the gap of a strict one (T-CONGRUENCE). */
#include "certificate.h"

#define PREC 256
#define MAX_UNKNOWNS 200
#define GAP_SHARE 0.99 /* of the gap: a bound below it leaves room for the check */

/* Hess N - (lambda + shift) I over the box, restricted to the complement of u. */
static void set_form(arb_mat_t out, const ncf_claimed_point_t *point,
                     const ncf_certificate_t *certificate, const arf_t shift, slong pivot)
{
    const struct ncf_problem *problem = certificate->problem;
    slong n = point->n;
    arb_mat_t x, weights, hessian;
    arb_t t;
    arb_init(t);
    arb_mat_init(x, problem->points, problem->network.inputs);
    arb_mat_init(weights, problem->points, 1);
    arb_mat_init(hessian, n, n);
    arb_mat_set_fmpq_mat(x, problem->x, PREC);
    arb_mat_set_fmpq_mat(weights, certificate->weights, PREC);
    ncf__network_eval_arb(NULL, NULL, hessian, point->box, certificate->network, x, weights,
                          PREC);
    arb_set_arf(t, shift);
    arb_add(t, t, point->box + n, PREC);
    for (slong j = 0; j < n; j++)
        arb_sub(arb_mat_entry(hessian, j, j), arb_mat_entry(hessian, j, j), t, PREC);
    ncf__restrict_form(out, hessian, point->box + pivot, point->box, pivot, PREC);
    arb_mat_clear(hessian);
    arb_mat_clear(weights);
    arb_mat_clear(x);
    arb_clear(t);
}

/* The weight of largest modulus. */
static slong choose_pivot(const ncf_claimed_point_t *point)
{
    slong pivot = 0;
    for (slong j = 1; j < point->n; j++)
        if (arf_cmpabs(arb_midref(point->box + j), arb_midref(point->box + pivot)) > 0)
            pivot = j;
    return pivot;
}

/* A short dyadic number a little below the gap; 0 where it is not known. */
static void choose_gap(arf_t out, const ncf_certified_point_t *record)
{
    arf_t share;
    arf_init(share);
    arf_zero(out);
    if (record->index == 0 && arb_is_finite(record->gap) && arb_is_positive(record->gap)) {
        arf_set_d(share, GAP_SHARE);
        arb_get_lbound_arf(out, record->gap, 53);
        arf_mul(out, out, share, 24, ARF_RND_DOWN);
    }
    arf_clear(share);
}

/* One attempt, with a shift; 1 when the claim was written. */
static int claim_with_shift(ncf_claimed_point_t *point, ncf_certificate_t *certificate,
                            const ncf_certified_point_t *record, const arf_t shift)
{
    slong n = point->n, bits, pivot = choose_pivot(point);
    arb_mat_t form;
    ncf_dyadic_t transform;
    arb_mat_init(form, n - 1, n - 1);
    ncf__dyadic_init(&transform, (n - 1) * (n - 1));
    set_form(form, point, certificate, shift, pivot);
    slong index = ncf__congruence(&transform, &bits, form, certificate->magnitude, PREC);
    int found = index >= 0 && index == record->index;
    if (found) {
        point->inertia =
            ncf__claim_open(certificate, "inertia", "T-CONGRUENCE", &point->id, 1);
        ncf__claim_integer(certificate, "index", index);
        if (!arf_is_zero(shift))
            ncf__claim_rational(certificate, "shift", shift);
        ncf__claim_integer(certificate, "pivot", pivot);
        ncf__claim_integer(certificate, "bits", bits);
        ncf__claim_vector(certificate, "transform", &transform);
        ncf__claim_close(certificate);
    }
    ncf__dyadic_clear(&transform);
    arb_mat_clear(form);
    return found;
}

void ncf__claim_inertia(ncf_claimed_point_t *point, ncf_certificate_t *certificate,
                        const ncf_certified_point_t *record, const char *name)
{
    arf_t shift;
    if (!ncf_is_proved(record->inertia_known)) {
        ncf__unproved(certificate, record->inertia_reason, "%s: index and second order", name);
        return;
    }
    arf_init(shift);
    choose_gap(point->gap, record);
    arf_neg(shift, point->gap);
    int small = point->n <= MAX_UNKNOWNS;
    point->gap_known =
        small && !arf_is_zero(shift) && claim_with_shift(point, certificate, record, shift);
    arf_zero(shift);
    int known =
        point->gap_known || (small && claim_with_shift(point, certificate, record, shift));
    if (!known)
        ncf__unproved(certificate, ncf__reason_not_passed, "%s: index %ld, nullity %ld", name,
                      (long) record->index, (long) record->nullity);
    else if (!point->gap_known && record->index == 0)
        ncf__unproved(certificate, ncf__reason_not_passed, "%s: the gap", name);
    arf_clear(shift);
}
