/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* evaluate_fmpq.c: networks in exact rational arithmetic; prec is not used. */
#include "network.h"

#include <string.h>

typedef fmpq scalar_t;
typedef const fmpq_mat_struct *data_t;
typedef fmpq_mat_struct *hessian_t;

#define input(x, i, j, columns) fmpq_mat_entry((x), (i), (j))
#define entry(hessian, n, i, j) ((void) (n), fmpq_mat_entry((hessian), (i), (j)))

static void scalar_dot(scalar_t *r, const scalar_t *initial, const scalar_t *x, slong xstep,
                       const scalar_t *y, slong ystep, slong count, slong prec)
{
    (void) prec;
    if (initial == NULL)
        fmpq_zero(r);
    else
        fmpq_set(r, initial);
    for (slong i = 0; i < count; i++)
        fmpq_addmul(r, x + i * xstep, y + i * ystep);
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
    fmpz_t factor;
    fmpz_init_set_ui(factor, c);
    fmpq_pow_si(r, a, (slong) e);
    fmpq_mul_fmpz(r, r, factor);
    fmpz_clear(factor);
}

static void scalar_polynomial(scalar_t r[3], const fmpq *c, slong degree, const scalar_t *t,
                              slong prec)
{
    (void) prec;
    for (int k = 0; k < 3; k++)
        fmpq_zero(r + k);
    for (slong k = degree; k >= 0; k--) {
        for (int j = 2; j > 0; j--) {
            fmpq_mul(r + j, r + j, t);
            fmpq_add(r + j, r + j, r + j - 1);
        }
        fmpq_mul(r, r, t);
        fmpq_add(r, r, c + k);
    }
    fmpq_mul_2exp(r + 2, r + 2, 1);
}

#define scalar_new(count, prec) _fmpq_vec_init(count)
#define scalar_delete(v, count) _fmpq_vec_clear((v), (count))
#define scalar_zero(r) fmpq_zero(r)
#define scalar_one(r) fmpq_one(r)
#define scalar_set(r, a) fmpq_set((r), (a))
#define scalar_constant(r, constants, k, prec) fmpq_set((r), (constants)->exact + (k))
#define scalar_is_zero(a) fmpq_is_zero(a)
#define scalar_mul(r, a, b, prec) fmpq_mul((r), (a), (b))
#define scalar_add(r, a, b, prec) fmpq_add((r), (a), (b))

#include "evaluate_template.h"

void ncf__network_eval_fmpq(fmpq_t value, fmpq *gradient, fmpq_mat_struct *hessian,
                            const fmpq *u, const ncf_network_t network, const fmpq_mat_t x,
                            const fmpq_mat_t weights)
{
    NCF_REQUIRE(fmpq_mat_ncols(x) == network->inputs);
    NCF_REQUIRE(fmpq_mat_nrows(weights) == fmpq_mat_nrows(x));
    evaluate(value, gradient, hessian, u, network, x, weights, fmpq_mat_nrows(x), 0);
}

void ncf__network_hvp_fmpq(fmpq *out, const fmpq *u, const fmpq *v,
                           const ncf_network_t network, const fmpq_mat_t x,
                           const fmpq_mat_t weights)
{
    NCF_REQUIRE(fmpq_mat_ncols(x) == network->inputs);
    NCF_REQUIRE(fmpq_mat_nrows(weights) == fmpq_mat_nrows(x));
    multiply_hessian(out, u, v, network, x, weights, fmpq_mat_nrows(x), 0);
}
