/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* evaluate_arb.c: the network in ball arithmetic. */
#include "network.h"

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

#define scalar_new(count) _arb_vec_init(count)
#define scalar_delete(v, count) _arb_vec_clear((v), (count))
#define scalar_zero(r) arb_zero(r)
#define scalar_set(r, a) arb_set((r), (a))
#define scalar_is_zero(a) arb_is_zero(a)
#define scalar_mul(r, a, b, prec) arb_mul((r), (a), (b), (prec))
#define scalar_add(r, a, b, prec) arb_add((r), (a), (b), (prec))
#define scalar_dot(r, initial, x, xstep, y, ystep, count, prec)                               \
    arb_dot((r), (initial), 0, (x), (xstep), (y), (ystep), (count), (prec))

#include "evaluate_template.h"

void ncf__network_eval_arb(arb_t value, arb_ptr gradient, arb_mat_struct *hessian,
                           arb_srcptr u, const ncf_network_t network, const arb_mat_t x,
                           const arb_mat_t weights, slong prec)
{
    NCF_REQUIRE(arb_mat_ncols(x) == network->inputs);
    NCF_REQUIRE(arb_mat_nrows(weights) == arb_mat_nrows(x));
    evaluate(value, gradient, hessian, u, network, x, weights, arb_mat_nrows(x), prec);
}
