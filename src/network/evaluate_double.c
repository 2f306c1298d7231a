/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* evaluate_double.c: the network in doubles, for proposals; prec is not used. */
#include "network.h"

#include <math.h>

typedef double scalar_t;
typedef const double *data_t;
typedef double *hessian_t;

#define input(x, i, j, columns) ((x) + (i) * (columns) + (j))
#define entry(hessian, n, i, j) ((hessian) + (i) * (n) + (j))

static inline void scalar_delete(scalar_t *v, slong count)
{
    (void) count;
    ncf__free(v);
}

static inline void scalar_dot(scalar_t *r, const scalar_t *initial, const scalar_t *x,
                              slong xstep, const scalar_t *y, slong ystep, slong count,
                              slong prec)
{
    (void) prec;
    double sum = initial == NULL ? 0 : *initial;
    for (slong i = 0; i < count; i++)
        sum += x[i * xstep] * y[i * ystep];
    *r = sum;
}

/* Small powers are the rule, and pow is slow. */
static inline void scalar_power(scalar_t *r, const scalar_t *a, ulong c, ulong e, slong prec)
{
    (void) prec;
    double power = e == 0 ? 1 : e == 1 ? *a : e == 2 ? *a * *a : pow(*a, (double) e);
    *r = (double) c * power;
}

#define scalar_new(count) ((double *) ncf__calloc((size_t) (count), sizeof(double)))
#define scalar_zero(r) (*(r) = 0)
#define scalar_set(r, a) (*(r) = *(a))
#define scalar_is_zero(a) (*(a) == 0)
#define scalar_mul(r, a, b, prec) (*(r) = *(a) * *(b))
#define scalar_add(r, a, b, prec) (*(r) = *(a) + *(b))

#include "evaluate_template.h"

void ncf__network_eval_double(double *value, double *gradient, double *hessian,
                              const double *u, const ncf_network_t network, const double *x,
                              const double *weights, slong points)
{
    evaluate(value, gradient, hessian, u, network, x, weights, points, 0);
}
