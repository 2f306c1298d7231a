/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * point_exists.c: that a KKT point exists and is the only one in a box, in a large box for its
 * symmetries and in a small one for its numbers (T-KRAWCZYK), which weights are exactly zero
 * (T-ZEROS), and the sign of lambda.
 */
#include "certificate.h"

#include <string.h>

#define MAX_UNKNOWNS                                                                          \
    200 /* free weights of a claim: its matrix, and its check, grow with n^2, n^3 */
#define MAX_EVALUATED 1e7 /* n^2 times the points of data: a Hessian in exact arithmetic */
#define ZERO_PREC 64
#define TIGHTNESS 56 /* radius 2^-56 of the small box: 16 decimals */
#define LEAST_TIGHTNESS 4
#define MOST_TIGHTNESS 90 /* of the large box; centres have about twice that */

/* The KKT system of the weights that are not zero. */
typedef struct {
    ncf_witness_system_t base;
    const ncf_certificate_t *certificate;
    const slong *free_weights; /* base.size - 1 */
} kkt_t;

/* u (n) and lambda from the unknowns, zeros elsewhere. */
static void place(arb_ptr point, acb_srcptr unknowns, const kkt_t *kkt)
{
    slong n = kkt->certificate->network->unknowns, free_count = kkt->base.size - 1;
    _arb_vec_zero(point, n);
    for (slong k = 0; k < free_count; k++)
        arb_set(point + kkt->free_weights[k], acb_realref(unknowns + k));
    arb_set(point + n, acb_realref(unknowns + free_count));
}

static void set_function(acb_ptr f, arb_srcptr point, arb_srcptr gradient, const kkt_t *kkt,
                         slong prec)
{
    slong n = kkt->certificate->network->unknowns, free_count = kkt->base.size - 1;
    arb_ptr last = acb_realref(f + free_count);
    arb_set_si(last, -1);
    for (slong k = 0; k < free_count; k++) {
        slong j = kkt->free_weights[k];
        arb_set(acb_realref(f + k), gradient + j);
        arb_submul(acb_realref(f + k), point + n, point + j, prec);
        arb_addmul(last, point + j, point + j, prec);
    }
    arb_mul_2exp_si(last, last, -1);
}

static void set_jacobian(acb_mat_struct *jacobian, arb_srcptr point, const arb_mat_t hessian,
                         const kkt_t *kkt, slong prec)
{
    slong n = kkt->certificate->network->unknowns, free_count = kkt->base.size - 1;
    for (slong k = 0; k < free_count; k++) {
        slong j = kkt->free_weights[k];
        for (slong l = 0; l < free_count; l++)
            arb_set(acb_realref(acb_mat_entry(jacobian, k, l)),
                    arb_mat_entry(hessian, j, kkt->free_weights[l]));
        arb_ptr diagonal = acb_realref(acb_mat_entry(jacobian, k, k));
        arb_sub(diagonal, diagonal, point + n, prec);
        arb_neg(acb_realref(acb_mat_entry(jacobian, k, free_count)), point + j);
        arb_set(acb_realref(acb_mat_entry(jacobian, free_count, k)), point + j);
    }
}

static void evaluate_kkt(acb_ptr f, acb_mat_struct *jacobian, acb_srcptr unknowns,
                         const ncf_witness_system_t *system, slong prec)
{
    const kkt_t *kkt = (const kkt_t *) system;
    const struct ncf_problem *problem = kkt->certificate->problem;
    slong n = kkt->certificate->network->unknowns;
    arb_mat_t x, weights, hessian;
    arb_ptr point = _arb_vec_init(n + 1), gradient = _arb_vec_init(n);
    arb_mat_init(x, problem->points, problem->network.inputs);
    arb_mat_init(weights, problem->points, 1);
    arb_mat_init(hessian, n, n);
    arb_mat_set_fmpq_mat(x, problem->x, prec);
    arb_mat_set_fmpq_mat(weights, kkt->certificate->weights, prec);
    place(point, unknowns, kkt);
    ncf__network_eval_arb(NULL, f != NULL ? gradient : NULL, jacobian != NULL ? hessian : NULL,
                          point, kkt->certificate->network, x, weights, prec);
    if (f != NULL)
        set_function(f, point, gradient, kkt, prec);
    if (jacobian != NULL)
        set_jacobian(jacobian, point, hessian, kkt, prec);
    arb_mat_clear(hessian);
    arb_mat_clear(weights);
    arb_mat_clear(x);
    _arb_vec_clear(gradient, n);
    _arb_vec_clear(point, n + 1);
}

/*
 * Marks those weights that are exactly zero for the reason that a claim can give: the
 * components of the gradient are sums of products that hold a zero each (T-ZEROS (i) in
 * balls). The record may know of further ones, from cancellation between data points. Returns
 * how many are lost.
 */
static slong claimable_zeros(signed char *zero, const ncf_certificate_t *certificate,
                             const ncf_certified_point_t *record)
{
    const struct ncf_problem *problem = certificate->problem;
    slong n = record->unknowns, lost = 0;
    arb_mat_t x, weights;
    arb_ptr point = _arb_vec_init(n), gradient = _arb_vec_init(n);
    arb_mat_init(x, problem->points, problem->network.inputs);
    arb_mat_init(weights, problem->points, 1);
    arb_mat_set_fmpq_mat(x, problem->x, ZERO_PREC);
    arb_mat_set_fmpq_mat(weights, certificate->weights, ZERO_PREC);
    for (slong j = 0; j < n; j++)
        zero[j] = record->zero[j] == 1;
    for (int changed = 1; changed;) {
        changed = 0;
        for (slong j = 0; j < n; j++) {
            arb_set(point + j, record->point + j);
            arb_add_error_2exp_si(point + j, -ZERO_PREC);
            if (zero[j])
                arb_zero(point + j);
        }
        ncf__network_eval_arb(NULL, gradient, NULL, point, certificate->network, x, weights,
                              ZERO_PREC);
        for (slong j = 0; j < n; j++) {
            if (zero[j] && !arb_is_zero(gradient + j)) {
                zero[j] = 0;
                lost++;
                changed = 1;
            }
        }
    }
    arb_mat_clear(weights);
    arb_mat_clear(x);
    _arb_vec_clear(gradient, n);
    _arb_vec_clear(point, n);
    return lost;
}

/* One claim exists-unique that is tried. */
typedef struct {
    kkt_t kkt;
    slong *free_weights, *zeros, *scales;
    slong zero_count;
    acb_ptr point;
    acb_mat_t inverse;
    int has_inverse;
} attempt_t;

/* lambda is measured by its own size, weights by 1. */
static slong lambda_scale(const ncf_certified_point_t *record)
{
    slong size = arf_abs_bound_lt_2exp_si(arb_midref(record->point + record->unknowns));
    return size > -1000 && size < 1000 ? size : 0;
}

static void attempt_init(attempt_t *attempt, const ncf_certificate_t *certificate,
                         const ncf_certified_point_t *record, const signed char *zero,
                         int without_zeros)
{
    slong n = record->unknowns, count = 0;
    *attempt = (attempt_t){.free_weights = ncf__malloc((size_t) n, sizeof(slong)),
                           .zeros = ncf__malloc((size_t) n, sizeof(slong)),
                           .scales = ncf__calloc((size_t) n + 1, sizeof(slong)),
                           .point = _acb_vec_init(n + 1)};
    for (slong j = 0; j < n; j++) {
        if (without_zeros && zero[j]) {
            attempt->zeros[attempt->zero_count++] = j;
            continue;
        }
        if (!zero[j])
            arb_get_mid_arb(acb_realref(attempt->point + count), record->point + j);
        attempt->free_weights[count++] = j;
    }
    arb_get_mid_arb(acb_realref(attempt->point + count), record->point + n);
    attempt->scales[count] = lambda_scale(record);
    attempt->kkt = (kkt_t){{.size = count + 1,
                            .evaluate = evaluate_kkt,
                            .scales = attempt->scales,
                            .magnitude = certificate->magnitude},
                           certificate,
                           attempt->free_weights};
    acb_mat_init(attempt->inverse, count + 1, count + 1);
    attempt->has_inverse =
        count <= MAX_UNKNOWNS &&
        ncf__witness_inverse(attempt->inverse, &attempt->kkt.base, attempt->point);
}

static void attempt_clear(attempt_t *attempt, slong n)
{
    acb_mat_clear(attempt->inverse);
    _acb_vec_clear(attempt->point, n + 1);
    ncf__free(attempt->scales);
    ncf__free(attempt->zeros);
    ncf__free(attempt->free_weights);
}

static int try_box(ncf_witness_t *witness, const attempt_t *attempt, slong tightness)
{
    return attempt->has_inverse &&
           ncf__witness_init(witness, &attempt->kkt.base, attempt->point, attempt->inverse,
                             tightness);
}

/* Writes the claim, and clears the witness. */
static slong write_exists(ncf_certificate_t *certificate, const attempt_t *attempt,
                          ncf_witness_t *witness)
{
    slong id = ncf__claim_open(certificate, "exists-unique", "T-KRAWCZYK", NULL, 0);
    ncf__claim_text(certificate, "system", "kkt");
    if (attempt->zero_count > 0)
        ncf__claim_indices(certificate, "zeros", attempt->zeros, attempt->zero_count);
    ncf__witness_write(certificate, witness);
    ncf__claim_close(certificate);
    ncf__witness_clear(witness);
    return id;
}

/* The box of a witness: what its claim says of (u, lambda). */
static void set_box(arb_ptr box, const attempt_t *attempt, const ncf_witness_t *witness,
                    slong n)
{
    arb_t radius;
    arb_init(radius);
    _arb_vec_zero(box, n + 1);
    for (slong k = 0; k < attempt->kkt.base.size; k++) {
        slong j = k < attempt->kkt.base.size - 1 ? attempt->free_weights[k] : n;
        ncf__dyadic_get(box + j, &witness->centre, k);
        ncf__dyadic_get(radius, &witness->radius, k);
        arb_add_error(box + j, radius);
    }
    arb_clear(radius);
}

/* A large box in which the full system has one zero: its tightness, or -1. */
static slong find_outer(ncf_witness_t *witness, const attempt_t *attempt)
{
    for (slong tightness = LEAST_TIGHTNESS; tightness <= MOST_TIGHTNESS; tightness += 4)
        if (try_box(witness, attempt, tightness))
            return tightness;
    return -1;
}

/* Are the enclosures of the record and of the claim about one point? */
static int agrees_with_record(arb_srcptr box, const ncf_certified_point_t *record)
{
    for (slong j = 0; j <= record->unknowns; j++)
        if (!arb_overlaps(box + j, record->point + j))
            return 0;
    return 1;
}

static void claim_one(ncf_certificate_t *certificate, const char *kind, const char *theorem,
                      slong *id, slong first, slong second)
{
    slong premises[2] = {first, second};
    *id = first == 0 ? ncf__claim_open(certificate, kind, theorem, premises + 1, 1)
                     : ncf__claim_open(certificate, kind, theorem, premises, 2);
    ncf__claim_close(certificate);
}

/* The claims about existence; the reason is returned where there are none. */
static const char *claim_exists(ncf_claimed_point_t *out, ncf_certificate_t *certificate,
                                const ncf_certified_point_t *record, const signed char *zero)
{
    ncf_witness_t outer, inner;
    attempt_t full, small;
    attempt_init(&full, certificate, record, zero, 0);
    attempt_init(&small, certificate, record, zero, 1);
    slong large = find_outer(&outer, &full), tightness = TIGHTNESS;
    if (tightness < large + 16)
        tightness = large + 16;
    int found = try_box(&inner, &small, tightness);
    slong first = 0, second = 0;
    if (found) {
        set_box(out->box, &small, &inner, record->unknowns);
        found = agrees_with_record(out->box, record);
        if (!found)
            ncf__witness_clear(&inner);
    }
    if (found) {
        if (large >= 0)
            first = write_exists(certificate, &full, &outer);
        second = write_exists(certificate, &small, &inner);
        if (small.zero_count == 0 && first != 0)
            claim_one(certificate, "refine", "T-KRAWCZYK", &out->id, first, second);
        else if (first != 0)
            claim_one(certificate, "zero-pattern", "T-ZEROS", &out->id, first, second);
        else if (small.zero_count > 0)
            claim_one(certificate, "extend", "T-ZEROS", &out->id, 0, second);
        else
            out->id = second;
        out->is_unique = first != 0 || small.zero_count == 0;
    } else if (large >= 0) {
        ncf__witness_clear(&outer);
    }
    slong free_count = small.kkt.base.size - 1;
    attempt_clear(&small, record->unknowns);
    attempt_clear(&full, record->unknowns);
    if (found)
        return NULL;
    return free_count > MAX_UNKNOWNS
               ? "ncf proves it; the matrix of a claim would be too large"
               : ncf__reason_not_passed;
}

static void claim_sign(const ncf_claimed_point_t *point, ncf_certificate_t *certificate,
                       const ncf_certified_point_t *record, const char *name)
{
    slong n = record->unknowns;
    int sign = arb_is_positive(point->box + n) - arb_is_negative(point->box + n);
    if (sign == 0) {
        int zero =
            ncf_is_refuted(record->lambda_positive) && ncf_is_refuted(record->lambda_negative);
        ncf__unproved(certificate, zero ? ncf__reason_no_claim : record->lambda_reason,
                      "%s: the sign of lambda%s", name, zero ? ", which is exactly 0" : "");
        return;
    }
    ncf__claim_open(certificate, "lambda-sign", "T-KRAWCZYK", &point->id, 1);
    ncf__claim_integer(certificate, "sign", sign);
    ncf__claim_close(certificate);
}

void ncf__claim_point(ncf_claimed_point_t *out, ncf_certificate_t *certificate,
                      const ncf_certified_point_t *record, const char *name)
{
    const char *reason;
    slong lost = 0;
    *out = (ncf_claimed_point_t){.n = record->unknowns,
                                 .box = _arb_vec_init(record->unknowns + 1)};
    arf_init(out->gap);
    if (!ncf_is_proved(record->exists))
        reason = record->reason;
    else if (record->slice_dimension > 0)
        reason = ncf__reason_no_claim;
    else if ((double) record->unknowns * (double) record->unknowns *
                 (double) certificate->problem->points >
             MAX_EVALUATED)
        reason = "ncf proves it; there are too many weights for a certificate";
    else {
        signed char *zero = ncf__calloc((size_t) record->unknowns, 1);
        lost = claimable_zeros(zero, certificate, record);
        reason = claim_exists(out, certificate, record, zero);
        ncf__free(zero);
    }
    if (out->id == 0)
        ncf__unproved(certificate, reason, "%s: a KKT point, and all that is said of it",
                      name);
    else
        claim_sign(out, certificate, record, name);
    if (out->id != 0 && lost > 0)
        ncf__unproved(certificate, ncf__reason_no_claim,
                      "%s: %ld further weights are exactly zero, by cancellation in the data",
                      name, (long) lost);
}

void ncf__claimed_point_clear(ncf_claimed_point_t *point)
{
    arf_clear(point->gap);
    _arb_vec_clear(point->box, point->n + 1);
}
