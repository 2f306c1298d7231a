/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * cap_propose.c: free coefficients x and a shift mu that make the bound of P large, by Newton's
 * method on the barrier
 *     kappa mu + sum over the blocks of log det(G(x) - mu I) - kappa / half sum_i penalty_i / x_i,
 * which is concave: at its maximum half mu - sum_i penalty_i / x_i is within size half / kappa
 * of the best value. A proposal: whatever comes out, the bound that uses it is proved afterwards.
 */
#include "cap_internal.h"

#include <math.h>
#include <string.h>

#define MAX_STEPS 60
#define MAX_TRIALS 5

typedef struct {
    const ncf_cap_proposal_t *p;
    const ncf_cap_gram_t *gram;
    slong count;               /* variables; mu is the last one */
    double kappa;
    double **inverse;          /* of G - mu I, of each block, at the last evaluation */
    double *product, *flipped; /* count x the entries of the largest block */
    double *gradient, *hessian, *step, *trial;
} barrier_t;

static const double *part_of(const barrier_t *b, slong variable, slong block)
{
    slong part = b->gram->free_first + variable;
    return b->gram->parts[part * b->gram->block_count + block].mid;
}

static double scale_of(const barrier_t *b, slong variable)
{
    return b->p->scale[b->gram->free_first + variable];
}

/* The factor of G(x) - mu I of one block and the logarithm of its determinant; -inf: none. */
static double factor_block(const barrier_t *b, const double *x, slong block)
{
    slong n = b->gram->block_size[block];
    double *a = b->inverse[block], sum = 0;
    memcpy(a, b->p->base[block], (size_t) (n * n) * sizeof(double));
    for (slong i = 0; i < b->count - 1; i++) {
        const double *part = part_of(b, i, block);
        double c = x[i] * scale_of(b, i);
        for (slong k = 0; part != NULL && c != 0 && k < n * n; k++)
            a[k] += c * part[k];
    }
    for (slong i = 0; i < n; i++)
        a[i * n + i] -= x[b->count - 1];
    if (!ncf__dense_factor(a, n))
        return -INFINITY;
    for (slong i = 0; i < n; i++)
        sum += 2 * log(a[i * n + i]);
    return sum;
}

/* The barrier at (x, mu), -inf outside; the inverses are factors afterwards. */
static double evaluate(const barrier_t *b, const double *x)
{
    double sum = b->kappa * x[b->count - 1];
    for (slong i = 0; i < b->count - 1; i++) {
        double penalty = b->p->penalty[b->gram->free_first + i];
        if (penalty > 0 && !(x[i] > 0))
            return -INFINITY;
        if (penalty > 0)
            sum -= b->kappa / (double) b->gram->half * penalty / x[i];
    }
    for (slong k = 0; k < b->gram->block_count && sum > -INFINITY; k++)
        sum += factor_block(b, x, k);
    return isfinite(sum) ? sum : -INFINITY;
}

/* product_i = W B_i of the block with its transpose, W the inverse; for mu B = -I. */
static void multiply(const barrier_t *b, slong block)
{
    slong n = b->gram->block_size[block];
    const double *w = b->inverse[block];
    for (slong i = 0; i < b->count; i++) {
        double *product = b->product + i * n * n, *flipped = b->flipped + i * n * n;
        const double *part = i < b->count - 1 ? part_of(b, i, block) : NULL;
        if (i == b->count - 1) {
            for (slong k = 0; k < n * n; k++)
                product[k] = flipped[k] = -w[k];
        } else if (part != NULL) {
            double scale = scale_of(b, i);
            ncf__product(0)(product, w, part, n, 1, n, n, n);
            for (slong k = 0; k < n; k++) {
                for (slong l = 0; l < n; l++) {
                    product[k * n + l] *= scale;
                    flipped[l * n + k] = product[k * n + l];
                }
            }
        }
    }
}

/* The share of one block in gradient and minus the Hessian. */
static void add_derivatives(const barrier_t *b, slong block)
{
    slong n = b->gram->block_size[block], last = b->count - 1;
    multiply(b, block);
    for (slong i = 0; i < b->count; i++) {
        if (i < last && part_of(b, i, block) == NULL)
            continue;
        const double *left = b->product + i * n * n;
        for (slong k = 0; k < n; k++)
            b->gradient[i] += left[k * n + k];
        for (slong j = 0; j <= i; j++) {
            if (j < last && part_of(b, j, block) == NULL)
                continue;
            const double *right = b->flipped + j * n * n;
            double sum[4] = {0};
            slong k = 0;
            for (; k + 4 <= n * n; k += 4) {
                for (int l = 0; l < 4; l++)
                    sum[l] += left[k + l] * right[k + l];
            }
            for (; k < n * n; k++)
                sum[0] += left[k] * right[k];
            b->hessian[i * b->count + j] += sum[0] + sum[1] + sum[2] + sum[3];
        }
    }
}

static int differentiate(const barrier_t *b, const double *x)
{
    slong count = b->count;
    memset(b->hessian, 0, (size_t) (count * count) * sizeof(double));
    memset(b->gradient, 0, (size_t) count * sizeof(double));
    b->gradient[count - 1] = b->kappa;
    for (slong i = 0; i < count - 1; i++) {
        double penalty = b->p->penalty[b->gram->free_first + i];
        double loss = b->kappa / (double) b->gram->half * penalty;
        if (penalty > 0) {
            b->gradient[i] += loss / (x[i] * x[i]);
            b->hessian[i * count + i] += 2 * loss / (x[i] * x[i] * x[i]);
        }
    }
    for (slong k = 0; k < b->gram->block_count; k++) {
        if (!ncf__dense_factor_inverse(b->inverse[k], b->gram->block_size[k]))
            return 0;
        add_derivatives(b, k);
    }
    for (slong i = 0; i < count; i++) {
        for (slong j = 0; j < i; j++)
            b->hessian[j * count + i] = b->hessian[i * count + j];
    }
    return 1;
}

/* step = hessian^-1 gradient; returns half the gain that is expected of it, 0 for none. */
static double newton_step(const barrier_t *b)
{
    slong count = b->count;
    double gain = 0;
    for (slong i = 0; i < count; i++) {
        b->step[i] = b->gradient[i];
        b->hessian[i * count + i] += b->hessian[i * count + i] * 0x1p-36 + 0x1p-60;
    }
    for (slong i = 0; i < count * count; i++) {
        if (!isfinite(b->hessian[i]))
            return 0;
    }
    if (!ncf__dense_solve(b->step, b->hessian, count))
        return 0;
    for (slong i = 0; i < count; i++)
        gain += b->step[i] * b->gradient[i];
    return isfinite(gain) && gain > 0 ? gain / 2 : 0;
}

/* One step along b->step, damped as far as it takes; 0 when nothing is gained. */
static int advance(const barrier_t *b, double *x, double *value, double gain)
{
    double scale = 1, next = -INFINITY;
    for (int trial = 0; trial < MAX_TRIALS && !(next > *value); trial++) {
        if (trial == MAX_TRIALS - 1) /* the damped step of a self-concordant barrier */
            scale = 1 / (1 + sqrt(2 * gain));
        for (slong i = 0; i < b->count; i++)
            b->trial[i] = x[i] + scale * b->step[i];
        next = evaluate(b, b->trial);
        scale /= 3;
    }
    if (!(next > *value))
        return 0;
    memcpy(x, b->trial, (size_t) b->count * sizeof(double));
    *value = next;
    return 1;
}

/* What is to be as large as possible: within the loss of the best value where kappa's middle is. */
static double objective(const barrier_t *b, const double *x)
{
    double value = (double) b->gram->half * x[b->count - 1];
    for (slong i = 0; i < b->count - 1; i++) {
        double penalty = b->p->penalty[b->gram->free_first + i];
        if (penalty > 0)
            value -= penalty / x[i];
    }
    return value;
}

/*
 * Newton's method, while the loss that kappa stands for goes down to `least`, or until the
 * best value is known up to a factor, or not to be positive. It starts where the decrement says that
 * x is not far from the middle. x is feasible and improved in place.
 */
static void ascend(barrier_t *b, double *x, double least)
{
    double size = (double) (b->gram->size * b->gram->half), loss = fmax(0x1p-3, least);
    b->kappa = size / loss;
    double value = evaluate(b, x);
    for (int k = 0; k < MAX_STEPS && value > -INFINITY && differentiate(b, x); k++) {
        double gain = newton_step(b);
        if (k < 6 && gain > (double) b->gram->size && loss < 1024) {
            loss *= 4;
        } else if (gain < 0.5 || !advance(b, x, &value, gain)) {
            double reached = objective(b, x);
            if (loss <= least || reached > 4 * loss || reached < -2 * loss)
                return;
            loss = fmax(loss / 8, least);
        }
        b->kappa = size / loss;
        value = evaluate(b, x);
    }
}

/* mu below all eigenvalues of G(x). */
static int find_shift(const barrier_t *b, double *x)
{
    double *mu = x + b->count - 1, step = 0x1p-4;
    *mu = 1;
    for (int k = 0; k < 40; k++, step *= 1.5) {
        if (evaluate(b, x) > -INFINITY)
            return 1;
        *mu -= step;
    }
    return 0;
}

/* mu almost as large as the least eigenvalue of G(x), by bisection from below. */
static void raise_shift(const barrier_t *b, double *x)
{
    double *mu = x + b->count - 1, low = *mu, step = 0x1p-10;
    for (*mu += step; evaluate(b, x) > -INFINITY && step < 4; *mu += step) {
        low = *mu;
        step *= 2;
    }
    for (int k = 0; k < 60 && step > 0x1p-6 * fabs(low); k++) {
        step /= 2;
        *mu = low + step;
        if (evaluate(b, x) > -INFINITY)
            low = *mu;
    }
    *mu = low;
}

static void barrier_init(barrier_t *b, const ncf_cap_proposal_t *proposal)
{
    const ncf_cap_gram_t *gram = proposal->gram;
    slong count = gram->part_count - gram->free_first + 1, largest = 0;
    for (slong k = 0; k < gram->block_count; k++)
        largest = FLINT_MAX(largest, gram->block_size[k]);
    b->p = proposal;
    b->gram = gram;
    b->kappa = 0; /* until the ascent only the domain matters */
    b->count = count;
    b->inverse = ncf__malloc((size_t) gram->block_count, sizeof(*b->inverse));
    for (slong k = 0; k < gram->block_count; k++)
        b->inverse[k] = ncf__malloc((size_t) (gram->block_size[k] * gram->block_size[k]),
                                    sizeof(double));
    b->product = ncf__malloc(2 * (size_t) (count * largest * largest), sizeof(double));
    b->flipped = b->product + count * largest * largest;
    b->gradient = ncf__malloc((size_t) count + 3, (size_t) count * sizeof(double));
    b->step = b->gradient + count;
    b->trial = b->step + count;
    b->hessian = b->trial + count;
}

static void barrier_clear(barrier_t *b)
{
    for (slong k = 0; k < b->gram->block_count; k++)
        ncf__free(b->inverse[k]);
    ncf__free(b->inverse);
    ncf__free(b->product);
    ncf__free(b->gradient);
}

void ncf__cap_propose_free(double *free, double *shift, const ncf_cap_proposal_t *proposal)
{
    barrier_t b;
    barrier_init(&b, proposal);
    size_t size = (size_t) (b.count - 1) * sizeof(double);
    double *x = ncf__malloc((size_t) b.count, sizeof(double));
    memcpy(x, free, size);
    if (find_shift(&b, x)) {
        if (proposal->accuracy > 0 && b.count > 1)
            ascend(&b, x, proposal->accuracy);
        raise_shift(&b, x);
    }
    memcpy(free, x, size);
    *shift = x[b.count - 1];
    ncf__free(x);
    barrier_clear(&b);
}
