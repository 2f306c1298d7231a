/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* evaluate_fmpq.c: the network in exact rational arithmetic; prec is not used. */
#include "network.h"

typedef fmpq scalar_t;
typedef const fmpq_mat_struct *data_t;
typedef fmpq_mat_struct *hessian_t;

#define input(x, i, j, columns) fmpq_mat_entry((x), (i), (j))
#define entry(hessian, n, i, j) ((void) (n), fmpq_mat_entry((hessian), (i), (j)))

static scalar_t *scalar_new(slong count)
{
    scalar_t *v = ncf__malloc((size_t) count, sizeof(*v));
    for (slong i = 0; i < count; i++)
        fmpq_init(v + i);
    return v;
}

static void scalar_delete(scalar_t *v, slong count)
{
    for (slong i = 0; i < count; i++)
        fmpq_clear(v + i);
    ncf__free(v);
}

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

static void scalar_power(scalar_t *r, const scalar_t *a, ulong c, ulong e, slong prec)
{
    (void) prec;
    fmpz_t factor;
    fmpz_init_set_ui(factor, c);
    fmpq_pow_si(r, a, (slong) e);
    fmpq_mul_fmpz(r, r, factor);
    fmpz_clear(factor);
}

#define scalar_zero(r) fmpq_zero(r)
#define scalar_set(r, a) fmpq_set((r), (a))
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
