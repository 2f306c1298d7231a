/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * vector.c: the sums and norms of SUNDIALS through the vector kernels of the data set. For a
 * thousand weights and a hundred points its own loops take longer than the gradients.
 */
#include "flow_internal.h"
#include "sundials.h"

#include <math.h>
#include <string.h>

#define MOST_TERMS 24 /* of a sum at once */

static slong length_of(N_Vector v)
{
    return (slong) N_VGetLength(v);
}

static int combine(int count, sunrealtype *c, N_Vector *x, N_Vector out)
{
    const double *from[MOST_TERMS + 1];
    double factors[MOST_TERMS + 1];
    double *sum = N_VGetArrayPointer(out);
    for (int first = 0; first < count; first += MOST_TERMS) {
        slong terms = FLINT_MIN(count - first, MOST_TERMS);
        for (slong t = 0; t < terms; t++) {
            from[t] = N_VGetArrayPointer(x[first + t]);
            factors[t] = c[first + t];
        }
        if (first > 0) {
            from[terms] = sum;
            factors[terms++] = 1;
        }
        ncf__batch_kernel()->combine(sum, factors, from, terms, length_of(out));
    }
    return 0;
}

static void linear_sum(sunrealtype a, N_Vector x, sunrealtype b, N_Vector y, N_Vector out)
{
    const double *from[2] = {N_VGetArrayPointer(x), N_VGetArrayPointer(y)};
    double factors[2] = {a, b};
    ncf__batch_kernel()->combine(N_VGetArrayPointer(out), factors, from, 2, length_of(out));
}

static void scale(sunrealtype c, N_Vector x, N_Vector out)
{
    const double *from = N_VGetArrayPointer(x);
    ncf__batch_kernel()->combine(N_VGetArrayPointer(out), &c, &from, 1, length_of(out));
}

static void set_constant(sunrealtype c, N_Vector v)
{
    double *out = N_VGetArrayPointer(v);
    slong n = length_of(v);
    if (c == 0)
        memset(out, 0, (size_t) n * sizeof(double));
    for (slong i = 0; i < n && c != 0; i++)
        out[i] = c;
}

static sunrealtype weighted_norm(N_Vector x, N_Vector w)
{
    slong n = length_of(x);
    return sqrt(ncf__batch_kernel()->weighted_square(N_VGetArrayPointer(x),
                                                     N_VGetArrayPointer(w), n) /
                (double) n);
}

static sunrealtype dot(N_Vector x, N_Vector y)
{
    return ncf__batch_kernel()->dot(N_VGetArrayPointer(x), N_VGetArrayPointer(y), length_of(x));
}

void ncf__flow_vector_kernels(void *vector)
{
    N_Vector v = vector;
    v->ops->nvlinearsum = linear_sum;
    v->ops->nvscale = scale;
    v->ops->nvconst = set_constant;
    v->ops->nvwrmsnorm = weighted_norm;
    v->ops->nvdotprod = dot;
    v->ops->nvlinearcombination = combine;
}
