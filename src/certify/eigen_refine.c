/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * eigen_refine.c: the zero of a certified class at higher precision. The patch of the class
 * is kept, so that a smaller ball inside the class's own holds the same zero (T-KRAWCZYK,
 * part C).
 */
#include "eigen_internal.h"

void ncf__class_centre(acb_ptr x, const ncf_class_t *class, slong dimension)
{
    for (slong j = 0; j <= dimension; j++) {
        const double *pair = j < dimension ? class->z + 2 * j : class->mu;
        if (class->fine != NULL)
            acb_set(x + j, class->fine + j);
        else
            acb_set_d_d(x + j, pair[0], pair[1]);
    }
}

/* |x - centre| + radius <= the radius of the class */
static int lies_inside(acb_srcptr x, acb_srcptr centre, const mag_t radius,
                       const ncf_class_t *class, slong prec)
{
    slong size = class->dimension + 1;
    acb_ptr difference = _acb_vec_init(size);
    mag_t reach, outer;
    mag_init(reach);
    mag_init(outer);
    _acb_vec_sub(difference, x, centre, size, prec);
    ncf__acb_vec_norm_mag(reach, difference, size);
    mag_add(reach, reach, radius);
    mag_set_d_lower(outer, class->radius);
    int inside = mag_cmp(reach, outer) <= 0;
    mag_clear(outer);
    mag_clear(reach);
    _acb_vec_clear(difference, size);
    return inside;
}

int ncf__class_refine(acb_ptr x, mag_t radius, mag_t isolation, const ncf_class_t *class,
                      const ncf_eigen_system_t *system, slong prec, slong proof_prec)
{
    slong n = system->dimension;
    acb_ptr centre = _acb_vec_init(n + 1);
    ncf__class_centre(centre, class, n);
    _acb_vec_set(x, centre, n + 1);
    int refined = 0;
    if (ncf__ball_polish(x, centre, class->real == 1, NCF_EIGEN_MAX_RADIUS_EXP, system,
                         prec) == NCF_POLISH_CONVERGED) {
        mag_zero(radius);
        refined = ncf__ball_test(radius, isolation, x, centre, system, prec, proof_prec) &&
                  lies_inside(x, centre, radius, class, prec);
    }
    _acb_vec_clear(centre, n + 1);
    return refined;
}

/* e = z/|z| and mu |z|^{2-m} 2^exponent for every real (z, mu) in the ball. */
static void normalise(arb_ptr e, arb_t mu, acb_srcptr x, const mag_t radius,
                      const ncf_eigen_system_t *system, slong prec)
{
    slong n = system->dimension;
    arb_t norm, power;
    arb_init(norm);
    arb_init(power);
    for (slong j = 0; j < n; j++) {
        arb_set(e + j, acb_realref(x + j));
        arb_add_error_mag(e + j, radius);
    }
    arb_set(mu, acb_realref(x + n));
    arb_add_error_mag(mu, radius);
    arb_dot(norm, NULL, 0, e, 1, e, 1, n, prec);
    arb_sqrt(norm, norm, prec);
    for (slong j = 0; j < n; j++)
        arb_div(e + j, e + j, norm, prec);
    arb_pow_ui(power, norm, (ulong) (system->order - 2), prec);
    arb_div(mu, mu, power, prec);
    arb_mul_2exp_si(mu, mu, system->scale_exponent);
    arb_clear(power);
    arb_clear(norm);
}

ncf_verdict_t ncf__eigen_refine_real(arb_ptr e, arb_t mu, const ncf_class_t *class,
                                     const ncf_eigen_system_t *system, slong prec,
                                     slong max_precision)
{
    if (!class->certified || class->real != 1)
        return ncf_undecided();
    slong n = system->dimension, work = prec + 64;
    slong proof_prec = 2 * class->precision < 256 ? 256 : 2 * class->precision;
    acb_ptr x = _acb_vec_init(n + 1);
    mag_t radius, isolation;
    mag_init(radius);
    mag_init(isolation);
    int refined = 0;
    max_precision = FLINT_MIN(FLINT_MAX(max_precision, work), NCF_EIGEN_MAX_PRECISION);
    while (!refined && work <= max_precision) {
        refined = ncf__class_refine(x, radius, isolation, class, system, work,
                                    work < proof_prec ? work : proof_prec) &&
                  mag_cmp_2exp_si(radius, -prec) <= 0;
        if (!refined)
            work *= 2;
    }
    if (refined)
        normalise(e, mu, x, radius, system, work + 64);
    mag_clear(isolation);
    mag_clear(radius);
    _acb_vec_clear(x, n + 1);
    return refined ? ncf_proved() : ncf_undecided();
}
