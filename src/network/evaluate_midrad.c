/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* evaluate_midrad.c: networks in proved double intervals (T-MIDRAD); prec is not used. */
#include "network.h"

#include <string.h>

typedef ncf_midrad_t scalar_t;
typedef const ncf_midrad_t *data_t;
typedef ncf_midrad_t *hessian_t;

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
    double mid = 0, size = 0, reach = 0;
    for (slong i = 0; i < count; i++) {
        scalar_t a = x[i * xstep], b = y[i * ystep];
        double product = a.mid * b.mid;
        mid += product;
        size += fabs(product);
        reach += ncf__midrad_reach(a) * ncf__midrad_reach(b);
    }
    scalar_t sum = ncf__midrad_sum(mid, size, reach, count);
    *r = initial == NULL ? sum : ncf__midrad_add(*initial, sum);
}

#define STRIP 32 /* sums kept at a time */

/* The inner loops run over neighbours, which the compiler can take several at a time. */
static void scalar_mix(scalar_t *restrict r, const scalar_t *w, slong wstep,
                       const scalar_t *a, slong astep, slong count, slong batch, slong prec)
{
    (void) prec;
    double mid[STRIP], size[STRIP], reach[STRIP];
    for (slong first = 0; first < batch; first += STRIP) {
        slong width = FLINT_MIN(STRIP, batch - first);
        for (slong i = 0; i < width; i++)
            mid[i] = size[i] = reach[i] = 0;
        for (slong k = 0; k < count; k++) {
            scalar_t factor = w[k * wstep];
            const scalar_t *from = a + k * astep + first;
            double outer = ncf__midrad_reach(factor);
            for (slong i = 0; i < width; i++) {
                double product = factor.mid * from[i].mid;
                mid[i] += product;
                size[i] += fabs(product);
                reach[i] += outer * ncf__midrad_reach(from[i]);
            }
        }
        for (slong i = 0; i < width; i++)
            r[first + i] = ncf__midrad_sum(mid[i], size[i], reach[i], count);
    }
}

/* c a^e by repeated squaring. */
static void scalar_power(scalar_t *r, const scalar_t *a, ulong c, ulong e, slong prec)
{
    (void) prec;
    scalar_t power = ncf__midrad_point(1), square = *a;
    for (; e > 0; e >>= 1) {
        if (e & 1)
            power = ncf__midrad_mul(power, square);
        if (e > 1)
            square = ncf__midrad_mul(square, square);
    }
    double factor = (double) c;
    scalar_t coefficient = c <= UWORD(1) << 53
                               ? ncf__midrad_point(factor)
                               : ncf__midrad(factor, factor * NCF_MIDRAD_UNIT);
    *r = c == 1 ? power : ncf__midrad_mul(power, coefficient);
}

static void horner(scalar_t r[3], const scalar_t *c, slong degree, scalar_t t)
{
    for (int k = 0; k < 3; k++)
        r[k] = ncf__midrad_zero();
    for (slong k = degree; k >= 0; k--) {
        r[2] = ncf__midrad_add(ncf__midrad_mul(r[2], t), r[1]);
        r[1] = ncf__midrad_add(ncf__midrad_mul(r[1], t), r[0]);
        r[0] = ncf__midrad_add(ncf__midrad_mul(r[0], t), c[k]);
    }
    r[2] = ncf__midrad_mul(r[2], ncf__midrad_point(2));
}

/*
 * As for balls: the coefficients of s(mid + h) first, then Horner's rule in h = [-radius,
 * radius], which does not multiply radii up with alternating signs.
 */
static void scalar_polynomial(scalar_t r[3], const scalar_t *c, slong degree,
                              const scalar_t *t, slong prec)
{
    (void) prec;
    if (t->radius == 0 || !isfinite(t->radius)) {
        horner(r, c, degree, *t);
        return;
    }
    scalar_t *shifted = ncf__malloc((size_t) degree + 1, sizeof(*shifted));
    scalar_t centre = ncf__midrad_point(t->mid), offset = {0, t->radius};
    memcpy(shifted, c, ((size_t) degree + 1) * sizeof(*shifted));
    for (slong low = 0; low < degree; low++) {
        for (slong k = degree - 1; k >= low; k--)
            shifted[k] = ncf__midrad_add(shifted[k], ncf__midrad_mul(centre, shifted[k + 1]));
    }
    horner(r, shifted, degree, offset);
    ncf__free(shifted);
}

/* The double nearby has a relative error below 2^-51, or underflowed, or overflowed. */
static void scalar_constant(scalar_t *r, const ncf_constants_t *constants, slong k, slong prec)
{
    (void) prec;
    double approx = constants->approx[k];
    *r = fmpq_is_zero(constants->exact + k)
             ? ncf__midrad_zero()
             : ncf__midrad(approx, fabs(approx) * 2 * NCF_MIDRAD_UNIT);
}

#define scalar_new(count, prec) \
    ((scalar_t *) ncf__malloc((size_t) (count), sizeof(scalar_t)))
#define scalar_zero(r) (*(r) = ncf__midrad_zero())
#define scalar_one(r) (*(r) = ncf__midrad_point(1))
#define scalar_set(r, a) (*(r) = *(a))
#define scalar_is_zero(a) ncf__midrad_is_zero(*(a))
#define scalar_mul(r, a, b, prec) (*(r) = ncf__midrad_mul(*(a), *(b)))
#define scalar_add(r, a, b, prec) (*(r) = ncf__midrad_add(*(a), *(b)))

#include "evaluate_template.h"

void ncf__network_eval_midrad(ncf_midrad_t *value, ncf_midrad_t *gradient,
                                ncf_midrad_t *hessian, const ncf_midrad_t *u,
                                const ncf_network_t network, const ncf_midrad_t *x,
                                const ncf_midrad_t *weights, slong points)
{
    evaluate(value, gradient, hessian, u, network, x, weights, points, 0);
}

void ncf__network_hvp_midrad(ncf_midrad_t *out, const ncf_midrad_t *u,
                               const ncf_midrad_t *v, const ncf_network_t network,
                               const ncf_midrad_t *x, const ncf_midrad_t *weights,
                               slong points)
{
    multiply_hessian(out, u, v, network, x, weights, points, 0);
}
