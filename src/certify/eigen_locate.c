/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * eigen_locate.c: is a known eigenvector the zero of a certified class? The class's ball holds
 * exactly one zero of f in the patch of the class (T-KRAWCZYK, part B), so that an exact zero
 * of f in that patch is the class's own if it lies in the ball, and another one if not. Also
 * proposals for such vectors, near singular zeros.
 */
#include "eigen_internal.h"

/* x = (t e, t^{m-2} mu / scale), t = q^H q / q^H e: the eigenvector in the patch of q. */
static void enter_patch(acb_ptr x, acb_srcptr q, arb_srcptr e, const arb_t mu,
                        const ncf_eigen_system_t *system, slong prec)
{
    slong n = system->dimension;
    acb_t t, square, term;
    acb_init(t);
    acb_init(square);
    acb_init(term);
    for (slong j = 0; j < n; j++) {
        acb_conj(term, q + j);
        acb_addmul_arb(t, term, e + j, prec);
        acb_addmul(square, term, q + j, prec);
    }
    acb_div(t, square, t, prec);
    for (slong j = 0; j < n; j++)
        acb_mul_arb(x + j, t, e + j, prec);
    acb_pow_ui(t, t, (ulong) (system->order - 2), prec);
    acb_mul_arb(x + n, t, mu, prec);
    acb_mul_2exp_si(x + n, x + n, -system->scale_exponent);
    acb_clear(term);
    acb_clear(square);
    acb_clear(t);
}

/*
 * Is the line of e far away? If the zero z of the class is s e, then |s| |q^H e| = |q|^2 and
 * |s| |e| = |z| <= |q| + r, so that |q^H e| (|q| + r) >= |q|^2 |e|.
 */
static int is_far(acb_srcptr q, arb_srcptr e, const arb_t reach, slong n, slong prec)
{
    acb_t product, term;
    arb_t square, length, bound;
    acb_init(product);
    acb_init(term);
    arb_init(square);
    arb_init(length);
    arb_init(bound);
    for (slong j = 0; j < n; j++) {
        acb_conj(term, q + j);
        acb_addmul_arb(product, term, e + j, prec);
        arb_addmul(square, acb_realref(q + j), acb_realref(q + j), prec);
        arb_addmul(square, acb_imagref(q + j), acb_imagref(q + j), prec);
        arb_addmul(length, e + j, e + j, prec);
    }
    arb_sqrt(bound, square, prec);
    arb_add(bound, bound, reach, prec);
    arb_sqrt(length, length, prec);
    arb_mul(length, length, square, prec);
    acb_abs(square, product, prec);
    arb_mul(bound, bound, square, prec);
    int far = arb_is_finite(bound) && arb_is_finite(length) && arb_lt(bound, length);
    arb_clear(bound);
    arb_clear(length);
    arb_clear(square);
    acb_clear(term);
    acb_clear(product);
    return far;
}

/* |x - y|^2 */
static void square_distance(arb_t out, acb_srcptr x, acb_srcptr y, slong size, slong prec)
{
    acb_t difference;
    acb_init(difference);
    arb_zero(out);
    for (slong j = 0; j < size; j++) {
        acb_sub(difference, x + j, y + j, prec);
        arb_addmul(out, acb_realref(difference), acb_realref(difference), prec);
        arb_addmul(out, acb_imagref(difference), acb_imagref(difference), prec);
    }
    acb_clear(difference);
}

ncf_verdict_t ncf__eigen_locate(const ncf_class_t *class, arb_srcptr e, const arb_t mu,
                                const ncf_eigen_system_t *system, slong prec)
{
    if (!class->certified)
        return ncf_undecided();
    slong n = system->dimension;
    acb_ptr centre = _acb_vec_init(n + 1), x = _acb_vec_init(n + 1);
    arb_t distance, reach;
    arb_init(distance);
    arb_init(reach);
    ncf__class_centre(centre, class, n);
    arb_set_d(reach, class->radius);
    ncf_verdict_t verdict = ncf_undecided();
    if (is_far(centre, e, reach, n, prec)) {
        verdict = ncf_refuted();
    } else {
        enter_patch(x, centre, e, mu, system, prec);
        square_distance(distance, x, centre, n + 1, prec);
        arb_mul(reach, reach, reach, ARF_PREC_EXACT);
        if (arb_is_finite(distance) && arb_le(distance, reach))
            verdict = ncf_proved();
        else if (arb_is_finite(distance) && arb_gt(distance, reach))
            verdict = ncf_refuted();
    }
    arb_clear(reach);
    arb_clear(distance);
    _acb_vec_clear(x, n + 1);
    _acb_vec_clear(centre, n + 1);
    return verdict;
}

/* ---- Proposals ------------------------------------------------------------------- */

#define APPROX_PRECISION 320
#define APPROX_ROUNDS 3 /* a singular zero attracts linearly: more steps than a simple one */

/* e_j = Re (x_j / x_largest), exact; 0 when an imaginary part is above 1/8 or all is lost. */
static int approx_real_ratios(arb_ptr e, acb_srcptr x, slong n)
{
    slong largest = 0;
    arb_t size, best;
    acb_t ratio;
    arb_init(size);
    arb_init(best);
    acb_init(ratio);
    for (slong j = 0; j < n; j++) {
        acb_abs(size, x + j, 64);
        if (arf_cmp(arb_midref(size), arb_midref(best)) > 0) {
            arb_swap(size, best);
            largest = j;
        }
    }
    int real = 1;
    for (slong j = 0; j < n && real; j++) {
        acb_div(ratio, x + j, x + largest, APPROX_PRECISION);
        real = acb_is_finite(ratio) &&
               arf_cmpabs_2exp_si(arb_midref(acb_imagref(ratio)), -3) <= 0;
        arb_get_mid_arb(e + j, acb_realref(ratio));
    }
    acb_clear(ratio);
    arb_clear(best);
    arb_clear(size);
    return real;
}

int ncf__eigen_approx_real(arb_ptr e, const double *z, const double *mu,
                           const ncf_eigen_system_t *system)
{
    slong n = system->dimension;
    acb_ptr x = _acb_vec_init(n + 1);
    for (slong j = 0; j < n; j++)
        acb_set_d_d(x + j, z[2 * j], z[2 * j + 1]);
    acb_set_d_d(x + n, mu[0], mu[1]);
    int real = approx_real_ratios(e, x, n);
    ncf_polish_t state = NCF_POLISH_SLOW;
    for (int round = 0; round < APPROX_ROUNDS && real && state == NCF_POLISH_SLOW; round++)
        state = ncf__ball_polish(x, NULL, 0, 0, system, APPROX_PRECISION);
    real = real && approx_real_ratios(e, x, n);
    _acb_vec_clear(x, n + 1);
    return real;
}
