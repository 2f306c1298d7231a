/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* evaluate_double.c: networks in doubles, for proposals; prec is not used. */
#include "network.h"

#include <math.h>
#include <string.h>

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

/* The inner loop runs over neighbours, which the compiler can take several at a time. */
static inline void scalar_mix(scalar_t *restrict r, const scalar_t *w, slong wstep,
                              const scalar_t *a, slong astep, slong count, slong batch,
                              slong prec)
{
    (void) prec;
    for (slong i = 0; i < batch; i++)
        r[i] = 0;
    for (slong k = 0; k < count; k++) {
        double factor = w[k * wstep];
        const double *from = a + k * astep;
        for (slong i = 0; i < batch; i++)
            r[i] += factor * from[i];
    }
}

/* Small powers are the rule, and pow is slow. */
static inline void scalar_power(scalar_t *r, const scalar_t *a, ulong c, ulong e, slong prec)
{
    (void) prec;
    double t = *a, power;
    switch (e) {
    case 0:
        power = 1;
        break;
    case 1:
        power = t;
        break;
    case 2:
        power = t * t;
        break;
    case 3:
        power = t * t * t;
        break;
    case 4:
        power = (t * t) * (t * t);
        break;
    default:
        power = pow(t, (double) e);
    }
    *r = (double) c * power;
}

static inline void scalar_polynomial(scalar_t r[3], const double *c, slong degree,
                                     const scalar_t *t, slong prec)
{
    (void) prec;
    double value = 0, first = 0, second = 0;
    for (slong k = degree; k >= 0; k--) {
        second = second * *t + first;
        first = first * *t + value;
        value = value * *t + c[k];
    }
    r[0] = value;
    r[1] = first;
    r[2] = 2 * second;
}

#define scalar_new(count, prec) ((double *) ncf__malloc((size_t) (count), sizeof(double)))
#define scalar_zero(r) (*(r) = 0)
#define scalar_one(r) (*(r) = 1)
#define scalar_set(r, a) (*(r) = *(a))
#define scalar_constant(r, constants, k, prec) (*(r) = (constants)->approx[k])
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

void ncf__network_hvp_double(double *out, const double *u, const double *v,
                             const ncf_network_t network, const double *x,
                             const double *weights, slong points)
{
    multiply_hessian(out, u, v, network, x, weights, points, 0);
}
