/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * cap_propose.c: free coefficients x that make the least eigenvalue of G(x) = base + sum_i x_i B_i
 * large, by Newton's method on the barrier
 *     g(x) = max over mu of  kappa mu + sum_a log(lambda_a(x) - mu),
 * which is concave; the least eigenvalue is within size / kappa of the best one at its maximum.
 * A proposal: whatever comes out, the bound that uses it is proved afterwards.
 */
#include "cap_internal.h"

#include <math.h>
#include <string.h>

#define MAX_STEPS 4
#define MAX_TRIALS 4

typedef struct {
    slong size, count;
    const double *base;
    const ncf_interval_matrix_t *parts;
    double kappa;
    double *values, *vectors;  /* of G at the last evaluation; vectors are rows */
    double *work, *product;    /* size x size */
    double *rotated;           /* count x size x size: V B_i V' */
    double *weight;            /* 1 / (lambda_a - mu) */
    double *gradient, *hessian, *step, *trial;
} barrier_t;

/* mu with sum_a 1 / (lambda_a - mu) = kappa: between the two bounds by one and by all terms. */
static double find_shift(const barrier_t *b)
{
    double low = b->values[0] - (double) b->size / b->kappa, high = b->values[0] - 1 / b->kappa;
    for (int k = 0; k < 60; k++) {
        double mu = (low + high) / 2, sum = 0;
        for (slong a = 0; a < b->size; a++)
            sum += 1 / (b->values[a] - mu);
        if (sum > b->kappa)
            high = mu;
        else
            low = mu;
    }
    return low;
}

/* g(x), with the spectrum and the weights at x; -inf when it cannot be evaluated. */
static double evaluate(barrier_t *b, const double *x)
{
    slong entries = b->size * b->size;
    memcpy(b->work, b->base, (size_t) entries * sizeof(double));
    for (slong i = 0; i < b->count; i++) {
        for (slong k = 0; k < entries && x[i] != 0; k++)
            b->work[k] += x[i] * b->parts[i].mid[k];
    }
    if (!ncf__dense_spectrum(b->values, b->vectors, b->work, b->size))
        return -INFINITY;
    double mu = find_shift(b), sum = b->kappa * mu;
    for (slong a = 0; a < b->size; a++) {
        b->weight[a] = 1 / (b->values[a] - mu);
        sum -= log(b->weight[a]);
    }
    return isfinite(sum) ? sum : -INFINITY;
}

/* rotated_i = V B_i V'. */
static void rotate(barrier_t *b)
{
    slong n = b->size;
    ncf_product_fn product = ncf__product(0);
    for (slong i = 0; i < b->count; i++) {
        product(b->product, b->vectors, b->parts[i].mid, n, 1, n, n, n);
        product(b->rotated + i * n * n, b->product, b->vectors, 1, n, n, n, n);
    }
}

/* Gradient and minus the Hessian of g, mu eliminated. */
static void differentiate(barrier_t *b)
{
    slong n = b->size, p = b->count;
    double squares = 0;
    double *cross = b->trial; /* sum_a w_a^2 B_aa; trial is free here */
    for (slong a = 0; a < n; a++)
        squares += b->weight[a] * b->weight[a];
    for (slong i = 0; i < p; i++) {
        b->gradient[i] = cross[i] = 0;
        for (slong a = 0; a < n; a++) {
            double entry = b->rotated[i * n * n + a * n + a] * b->weight[a];
            b->gradient[i] += entry;
            cross[i] += entry * b->weight[a];
        }
    }
    for (slong i = 0; i < p; i++) {
        for (slong j = 0; j <= i; j++) {
            const double *left = b->rotated + i * n * n, *right = b->rotated + j * n * n;
            double sum = -cross[i] * cross[j] / squares;
            for (slong a = 0; a < n; a++) {
                double row = 0;
                for (slong c = 0; c < n; c++)
                    row += b->weight[c] * left[a * n + c] * right[a * n + c];
                sum += b->weight[a] * row;
            }
            b->hessian[i * p + j] = b->hessian[j * p + i] = sum;
        }
    }
}

/* step = hessian^-1 gradient; returns half the gain that is expected of it, 0 for none. */
static double newton_step(barrier_t *b)
{
    slong p = b->count;
    double trace = 0, gain = 0;
    for (slong i = 0; i < p; i++)
        trace += b->hessian[i * p + i];
    for (slong i = 0; i < p; i++)
        b->hessian[i * p + i] += trace * 0x1p-40;
    if (!isfinite(trace) || !ncf__dense_invert(b->hessian, p))
        return 0;
    for (slong i = 0; i < p; i++) {
        b->step[i] = 0;
        for (slong j = 0; j < p; j++)
            b->step[i] += b->hessian[i * p + j] * b->gradient[j];
        gain += b->step[i] * b->gradient[i];
    }
    return isfinite(gain) && gain > 0 ? gain / 2 : 0;
}

/* Newton's method for one kappa; x is improved in place. */
static void ascend(barrier_t *b, double *x)
{
    double value = evaluate(b, x);
    for (int k = 0; k < MAX_STEPS && isfinite(value); k++) {
        rotate(b);
        differentiate(b);
        double gain = newton_step(b), scale = 1, next = -INFINITY;
        if (gain < 0.05)
            return;
        for (int trial = 0; trial < MAX_TRIALS; trial++) {
            if (trial == MAX_TRIALS - 1) /* the damped step of a self-concordant barrier */
                scale = 1 / (1 + sqrt(2 * gain));
            for (slong i = 0; i < b->count; i++)
                b->trial[i] = x[i] + scale * b->step[i];
            next = evaluate(b, b->trial);
            if (next > value)
                break;
            scale /= 4;
        }
        if (!(next > value))
            return;
        memcpy(x, b->trial, (size_t) b->count * sizeof(double));
        value = next;
    }
}

void ncf__cap_propose_free(double *free, const double *base, const ncf_interval_matrix_t *parts,
                           slong count, slong size, slong half)
{
    if (count == 0)
        return;
    barrier_t b = {.size = size, .count = count, .base = base, .parts = parts};
    slong entries = size * size;
    double *memory = ncf__malloc((size_t) (entries * (count + 3) + 2 * size +
                                           count * (count + 3)), sizeof(double));
    b.vectors = memory;
    b.work = b.vectors + entries;
    b.product = b.work + entries;
    b.rotated = b.product + entries;
    b.values = b.rotated + count * entries;
    b.weight = b.values + size;
    b.gradient = b.weight + size;
    b.step = b.gradient + count;
    b.trial = b.step + count;
    b.hessian = b.trial + count;
    /* P is about half times the least eigenvalue, lambda about 1 */
    for (double loss = 0x1p-4; loss >= 0x1p-8; loss /= 4) {
        b.kappa = (double) (size * half) / loss;
        ascend(&b, free);
    }
    ncf__free(memory);
}
