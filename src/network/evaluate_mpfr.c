/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* evaluate_mpfr.c: networks in MPFR numbers of any precision, for proposals. */
#include "network.h"

#include <string.h>

typedef __mpfr_struct scalar_t;
typedef mpfr_srcptr data_t;
typedef mpfr_ptr hessian_t;

#define input(x, i, j, columns) ((x) + (i) * (columns) + (j))
#define entry(hessian, n, i, j) ((hessian) + (i) * (n) + (j))

static scalar_t *scalar_new(slong count, slong prec)
{
    scalar_t *v = ncf__malloc((size_t) count, sizeof(*v));
    for (slong i = 0; i < count; i++)
        mpfr_init2(v + i, (mpfr_prec_t) prec);
    return v;
}

static void scalar_delete(scalar_t *v, slong count)
{
    for (slong i = 0; i < count; i++)
        mpfr_clear(v + i);
    ncf__free(v);
}

static void scalar_dot(scalar_t *r, const scalar_t *initial, const scalar_t *x, slong xstep,
                       const scalar_t *y, slong ystep, slong count, slong prec)
{
    (void) prec;
    if (initial == NULL)
        mpfr_set_zero(r, 1);
    else if (r != initial)
        mpfr_set(r, initial, MPFR_RNDN);
    for (slong i = 0; i < count; i++)
        mpfr_fma(r, x + i * xstep, y + i * ystep, r, MPFR_RNDN);
}

static void scalar_mix(scalar_t *r, const scalar_t *w, slong wstep, const scalar_t *a,
                       slong astep, slong count, slong batch, slong prec)
{
    for (slong i = 0; i < batch; i++)
        scalar_dot(r + i, NULL, w, wstep, a + i, astep, count, prec);
}

static void scalar_power(scalar_t *r, const scalar_t *a, ulong c, ulong e, slong prec)
{
    (void) prec;
    mpfr_pow_ui(r, a, e, MPFR_RNDN);
    if (c != 1)
        mpfr_mul_ui(r, r, c, MPFR_RNDN);
}

static void scalar_polynomial(scalar_t r[3], const scalar_t *c, slong degree,
                              const scalar_t *t, slong prec)
{
    (void) prec;
    for (int k = 0; k < 3; k++)
        mpfr_set_zero(r + k, 1);
    for (slong k = degree; k >= 0; k--) {
        mpfr_fma(r + 2, r + 2, t, r + 1, MPFR_RNDN);
        mpfr_fma(r + 1, r + 1, t, r, MPFR_RNDN);
        mpfr_fma(r, r, t, c + k, MPFR_RNDN);
    }
    mpfr_mul_2ui(r + 2, r + 2, 1, MPFR_RNDN);
}

#define scalar_zero(r) mpfr_set_zero((r), 1)
#define scalar_one(r) mpfr_set_ui((r), 1, MPFR_RNDN)
#define scalar_set(r, a) mpfr_set((r), (a), MPFR_RNDN)
#define scalar_constant(r, constants, k, prec)                                                \
    fmpq_get_mpfr((r), (constants)->exact + (k), MPFR_RNDN)
#define scalar_is_zero(a) mpfr_zero_p(a)
#define scalar_mul(r, a, b, prec) mpfr_mul((r), (a), (b), MPFR_RNDN)
#define scalar_add(r, a, b, prec) mpfr_add((r), (a), (b), MPFR_RNDN)

#include "evaluate_template.h"

void ncf__network_eval_mpfr(mpfr_ptr value, mpfr_ptr gradient, mpfr_ptr hessian, mpfr_srcptr u,
                            const ncf_network_t network, mpfr_srcptr x, mpfr_srcptr weights,
                            slong points, slong prec)
{
    evaluate(value, gradient, hessian, u, network, x, weights, points, prec);
}

void ncf__network_hvp_mpfr(mpfr_ptr out, mpfr_srcptr u, mpfr_srcptr v,
                           const ncf_network_t network, mpfr_srcptr x, mpfr_srcptr weights,
                           slong points, slong prec)
{
    multiply_hessian(out, u, v, network, x, weights, points, prec);
}
