/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* evaluate_arb.c: networks in ball arithmetic. */
#include "network.h"

#include <string.h>

typedef arb_struct scalar_t;
typedef const arb_mat_struct *data_t;
typedef arb_mat_struct *hessian_t;

#define input(x, i, j, columns) arb_mat_entry((x), (i), (j))
#define entry(hessian, n, i, j) ((void) (n), arb_mat_entry((hessian), (i), (j)))

static void scalar_power(scalar_t *r, const scalar_t *a, ulong c, ulong e, slong prec)
{
    arb_pow_ui(r, a, e, prec);
    if (c != 1)
        arb_mul_ui(r, r, c, prec);
}

/* By Horner's rule; the value of the k-th derivative is r[k]. */
static void horner(scalar_t r[3], arb_srcptr c, slong degree, const scalar_t *t, slong prec)
{
    for (int k = 0; k < 3; k++)
        arb_zero(r + k);
    for (slong k = degree; k >= 0; k--) {
        arb_mul(r + 2, r + 2, t, prec);
        arb_add(r + 2, r + 2, r + 1, prec);
        arb_mul(r + 1, r + 1, t, prec);
        arb_add(r + 1, r + 1, r, prec);
        arb_mul(r, r, t, prec);
        arb_add(r, r, c + k, prec);
    }
    arb_mul_2exp_si(r + 2, r + 2, 1);
}

/*
 * Over a ball m + [-r, r] the polynomial is first expanded about m: then Horner's rule
 * in h = [-r, r] gives c_0 + [-1, 1] sum |c_k| r^k, with c_k the Taylor coefficients at
 * m, where it would multiply its radii up with the alternating signs of the original
 * coefficients. Every step is a ball operation, so the result is an enclosure.
 */
static void scalar_polynomial(scalar_t r[3], arb_srcptr c, slong degree, const scalar_t *t,
                              slong prec)
{
    if (arb_is_exact(t) || !arb_is_finite(t)) {
        horner(r, c, degree, t, prec);
        return;
    }
    arb_t middle, offset;
    arb_init(middle);
    arb_init(offset);
    arb_ptr taylor = _arb_vec_init(degree + 1);
    arb_get_mid_arb(middle, t);
    mag_set(arb_radref(offset), arb_radref(t));
    _arb_vec_set(taylor, c, degree + 1);
    _arb_poly_taylor_shift(taylor, middle, degree + 1, prec);
    horner(r, taylor, degree, offset, prec);
    _arb_vec_clear(taylor, degree + 1);
    arb_clear(middle);
    arb_clear(offset);
}

#define scalar_new(count, prec) _arb_vec_init(count)
#define scalar_delete(v, count) _arb_vec_clear((v), (count))
#define scalar_zero(r) arb_zero(r)
#define scalar_one(r) arb_one(r)
#define scalar_set(r, a) arb_set((r), (a))
#define scalar_constant(r, constants, k, prec)                                                \
    arb_set_fmpq((r), (constants)->exact + (k), (prec))
#define scalar_is_zero(a) arb_is_zero(a)
#define scalar_mul(r, a, b, prec) arb_mul((r), (a), (b), (prec))
#define scalar_add(r, a, b, prec) arb_add((r), (a), (b), (prec))
#define scalar_dot(r, initial, x, xstep, y, ystep, count, prec)                               \
    arb_dot((r), (initial), 0, (x), (xstep), (y), (ystep), (count), (prec))

static void scalar_mix(scalar_t *r, const scalar_t *w, slong wstep, const scalar_t *a,
                       slong astep, slong count, slong batch, slong prec)
{
    for (slong i = 0; i < batch; i++)
        arb_dot(r + i, NULL, 0, w, wstep, a + i, astep, count, prec);
}

#include "evaluate_template.h"

void ncf__network_eval_arb(arb_t value, arb_ptr gradient, arb_mat_struct *hessian,
                           arb_srcptr u, const ncf_network_t network, const arb_mat_t x,
                           const arb_mat_t weights, slong prec)
{
    NCF_REQUIRE(arb_mat_ncols(x) == network->inputs);
    NCF_REQUIRE(arb_mat_nrows(weights) == arb_mat_nrows(x));
    evaluate(value, gradient, hessian, u, network, x, weights, arb_mat_nrows(x), prec);
}

void ncf__network_hvp_arb(arb_ptr out, arb_srcptr u, arb_srcptr v,
                          const ncf_network_t network, const arb_mat_t x,
                          const arb_mat_t weights, slong prec)
{
    NCF_REQUIRE(arb_mat_ncols(x) == network->inputs);
    NCF_REQUIRE(arb_mat_nrows(weights) == arb_mat_nrows(x));
    multiply_hessian(out, u, v, network, x, weights, arb_mat_nrows(x), prec);
}
