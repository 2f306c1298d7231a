/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * witness.c: data with which Krawczyk's test passes (T-KRAWCZYK A, A'), as ncf-certificate(5)
 * states it: |(Y F(m))_j| + sum_k |(I - Y J)_jk| r_k < r_j, here with a margin, so that a
 * checker that encloses F and J a little less tightly comes to the same end.
 */
#include "certificate.h"

#include <stdlib.h>

#define INVERSE_PREC 128
#define SLACK_BITS 40 /* of the checker's balls below the radii */

int ncf__witness_inverse(acb_mat_t inverse, const ncf_witness_system_t *system,
                         acb_srcptr point)
{
    slong n = system->size;
    acb_mat_t jacobian;
    acb_mat_init(jacobian, n, n);
    system->evaluate(NULL, jacobian, point, system, INVERSE_PREC);
    acb_mat_get_mid(jacobian, jacobian);
    int found = acb_mat_is_finite(jacobian);
    if (found && system->is_complex) {
        found = acb_mat_approx_inv(inverse, jacobian, INVERSE_PREC);
    } else if (found) {
        arb_mat_t real, out;
        arb_mat_init(real, n, n);
        arb_mat_init(out, n, n);
        for (slong k = 0; k < n * n; k++)
            arb_set(arb_mat_entry(real, k / n, k % n),
                    acb_realref(acb_mat_entry(jacobian, k / n, k % n)));
        found = arb_mat_approx_inv(out, real, INVERSE_PREC);
        acb_mat_set_arb_mat(inverse, out);
        arb_mat_clear(out);
        arb_mat_clear(real);
    }
    found = found && acb_mat_is_finite(inverse);
    acb_mat_clear(jacobian);
    return found;
}

static int is_above(const mag_t a, const mag_t b)
{
    return mag_cmp(a, b) >= 0;
}

/* max(|re|, |im|), or |re| + |im|. */
static void part_bound(mag_t out, const acb_t x, int add)
{
    mag_t t;
    mag_init(t);
    arb_get_mag(out, acb_realref(x));
    arb_get_mag(t, acb_imagref(x));
    if (add)
        mag_add(out, out, t);
    else
        mag_max(out, out, t);
    mag_clear(t);
}

/* Is the sum of the test at most half of the radius in each row? */
static int contracts(const acb_mat_t residual, const acb_mat_t matrix, const slong *scales,
                     slong tightness)
{
    mag_t sum, t;
    int passed = 1;
    mag_init(sum);
    mag_init(t);
    for (slong j = 0; j < acb_mat_nrows(matrix) && passed; j++) {
        part_bound(sum, acb_mat_entry(residual, j, 0), 0);
        for (slong k = 0; k < acb_mat_ncols(matrix); k++) {
            part_bound(t, acb_mat_entry(matrix, j, k), 1);
            mag_mul_2exp_si(t, t, scales[k] - tightness);
            mag_add(sum, sum, t);
        }
        mag_set_ui_2exp_si(t, 1, scales[j] - tightness - 1);
        passed = !is_above(sum, t);
    }
    mag_clear(t);
    mag_clear(sum);
    return passed;
}

/* Y F(m) and I - Y J(B). */
typedef struct {
    acb_mat_t inverse, function, residual, jacobian, matrix;
    acb_ptr centre, box;
    slong prec;
} trial_t;

static void trial_init(trial_t *trial, const ncf_witness_system_t *system, slong prec)
{
    slong n = system->size;
    acb_mat_init(trial->inverse, n, n);
    acb_mat_init(trial->function, n, 1);
    acb_mat_init(trial->residual, n, 1);
    acb_mat_init(trial->jacobian, n, n);
    acb_mat_init(trial->matrix, n, n);
    trial->centre = _acb_vec_init(n);
    trial->box = _acb_vec_init(n);
    trial->prec = prec;
}

static void trial_clear(trial_t *trial, const ncf_witness_system_t *system)
{
    _acb_vec_clear(trial->box, system->size);
    _acb_vec_clear(trial->centre, system->size);
    acb_mat_clear(trial->matrix);
    acb_mat_clear(trial->jacobian);
    acb_mat_clear(trial->residual);
    acb_mat_clear(trial->function);
    acb_mat_clear(trial->inverse);
}

static void add_radius(acb_t x, int is_complex, slong exponent)
{
    mag_t radius;
    mag_init(radius);
    mag_set_ui_2exp_si(radius, 1, exponent);
    arb_add_error_mag(acb_realref(x), radius);
    if (is_complex)
        arb_add_error_mag(acb_imagref(x), radius);
    mag_clear(radius);
}

/* The system at the centre and over the box, which do not depend on the inverse. */
static void evaluate_trial(trial_t *trial, const ncf_witness_t *witness,
                           const ncf_witness_system_t *system, slong tightness)
{
    slong n = system->size;
    acb_ptr f = _acb_vec_init(n);
    ncf__dyadic_get_acb(trial->centre, &witness->centre, system->is_complex ? 2 : 1);
    _acb_vec_set(trial->box, trial->centre, n);
    for (slong j = 0; j < n; j++)
        add_radius(trial->box + j, system->is_complex, system->scales[j] - tightness);
    system->evaluate(f, NULL, trial->centre, system, trial->prec);
    system->evaluate(NULL, trial->jacobian, trial->box, system, trial->prec);
    for (slong j = 0; j < n; j++)
        acb_swap(acb_mat_entry(trial->function, j, 0), f + j);
    _acb_vec_clear(f, n);
}

static int passes(trial_t *trial, const ncf_witness_t *witness,
                  const ncf_witness_system_t *system, slong tightness)
{
    acb_ptr entries = _acb_vec_init(system->size * system->size);
    ncf__dyadic_get_acb(entries, &witness->inverse, system->is_complex ? 2 : 1);
    for (slong k = 0; k < system->size * system->size; k++)
        acb_swap(acb_mat_entry(trial->inverse, k / system->size, k % system->size),
                 entries + k);
    _acb_vec_clear(entries, system->size * system->size);
    acb_mat_mul(trial->residual, trial->inverse, trial->function, trial->prec);
    acb_mat_mul(trial->matrix, trial->inverse, trial->jacobian, trial->prec);
    for (slong j = 0; j < system->size; j++)
        acb_sub_ui(acb_mat_entry(trial->matrix, j, j), acb_mat_entry(trial->matrix, j, j), 1,
                   trial->prec);
    return acb_mat_is_finite(trial->residual) && acb_mat_is_finite(trial->matrix) &&
           contracts(trial->residual, trial->matrix, system->scales, tightness);
}

/* The smallest scale, and 2^(scales - tightness) as one dyadic vector. */
static slong set_radii(ncf_dyadic_t *radius, const ncf_witness_system_t *system,
                       slong tightness)
{
    slong least = system->scales[0];
    for (slong j = 1; j < system->size; j++)
        least = system->scales[j] < least ? system->scales[j] : least;
    for (slong j = 0; j < system->size; j++) {
        fmpz_one(radius->mantissas + j);
        fmpz_mul_2exp(radius->mantissas + j, radius->mantissas + j,
                      (ulong) (system->scales[j] - least));
    }
    radius->exponent = least - tightness;
    return least;
}

static void set_centre(ncf_dyadic_t *centre, const ncf_witness_system_t *system,
                       acb_srcptr point, slong exponent)
{
    slong parts = system->is_complex ? 2 : 1;
    arb_ptr flat = _arb_vec_init(system->size * parts);
    for (slong j = 0; j < system->size; j++) {
        arb_set(flat + parts * j, acb_realref(point + j));
        if (parts == 2)
            arb_set(flat + 2 * j + 1, acb_imagref(point + j));
    }
    ncf__dyadic_set_mid(centre, flat, exponent);
    _arb_vec_clear(flat, system->size * parts);
}

int ncf__witness_init(ncf_witness_t *out, const ncf_witness_system_t *system, acb_srcptr point,
                      const acb_mat_t inverse, slong tightness)
{
    static const slong lengths[] = {12, 20, 32, 64, 110};
    slong n = system->size, parts = system->is_complex ? 2 : 1;
    trial_t trial;
    ncf__dyadic_init(&out->centre, parts * n);
    ncf__dyadic_init(&out->radius, n);
    ncf__dyadic_init(&out->inverse, parts * n * n);
    slong least = set_radii(&out->radius, system, tightness);
    /* Rounding the centre costs a small part of the radius only. */
    set_centre(&out->centre, system, point, least - tightness - 8);
    trial_init(&trial, system, tightness + labs(least) + 64 + system->magnitude);
    evaluate_trial(&trial, out, system, tightness);
    acb_ptr entries = _acb_vec_init(n * n);
    for (slong k = 0; k < n * n; k++)
        acb_set(entries + k, acb_mat_entry(inverse, k / n, k % n));
    int found = 0;
    for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths) && !found; i++) {
        ncf__dyadic_set_acb(&out->inverse, entries, (int) parts, lengths[i]);
        found = passes(&trial, out, system, tightness);
    }
    slong size = ncf__dyadic_log2(&out->inverse);
    out->bits = tightness - least + SLACK_BITS + system->magnitude + (size > 0 ? size : 0) +
                (slong) FLINT_BIT_COUNT((ulong) n);
    out->bits = out->bits < 64 ? 64 : out->bits;
    _acb_vec_clear(entries, n * n);
    trial_clear(&trial, system);
    if (!found)
        ncf__witness_clear(out);
    return found;
}

void ncf__witness_clear(ncf_witness_t *witness)
{
    ncf__dyadic_clear(&witness->inverse);
    ncf__dyadic_clear(&witness->radius);
    ncf__dyadic_clear(&witness->centre);
}

void ncf__witness_write(ncf_certificate_t *certificate, const ncf_witness_t *witness)
{
    ncf__claim_integer(certificate, "bits", witness->bits);
    ncf__claim_vector(certificate, "centre", &witness->centre);
    ncf__claim_vector(certificate, "radius", &witness->radius);
    ncf__claim_vector(certificate, "inverse", &witness->inverse);
}
