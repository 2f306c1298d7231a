/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * cap_search.c: about how far the cap can be extended, by descent in the direction v in doubles.
 * A proposal: it says where a proof is worth trying.
 */
#include "cap_internal.h"

#include <math.h>
#include <string.h>

#define STARTS 10
#define STEPS 80
#define GROWTH 1.15
#define BISECTIONS 10

typedef struct {
    const ncf_cap_model_t *model;
    slong n;
    double *x, *z, *u;                   /* midpoints */
    double *w, *g, *h;                   /* n each: of an evaluation */
    double *v, *slope, *trial, *next;    /* n each: of a descent */
} search_t;

static double dot(const double *a, const double *b, slong n)
{
    double sum = 0;
    for (slong i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* P(t, v), and its gradient with respect to v. */
static double evaluate(double *out, const search_t *s, double t, const double *v)
{
    const ncf_cap_model_t *m = s->model;
    double value, l = (double) m->degree;
    for (slong i = 0; i < s->n; i++)
        s->w[i] = s->u[i] + t * v[i];
    ncf__network_eval_double(&value, s->g, NULL, s->w, m->network, s->x, s->z, m->points);
    ncf__network_hvp_double(s->h, s->w, v, m->network, s->x, s->z, m->points);
    for (slong i = 0; i < s->n; i++)
        out[i] = l * t * s->g[i] - (1 + t * t) * (s->g[i] / t + s->h[i]);
    return l * value - (1 + t * t) * dot(s->g, v, s->n) / t;
}

/* v becomes a unit vector orthogonal to u. */
static void project(double *v, const search_t *s)
{
    double along = dot(v, s->u, s->n), norm;
    for (slong i = 0; i < s->n; i++)
        v[i] -= along * s->u[i];
    norm = sqrt(dot(v, v, s->n));
    for (slong i = 0; i < s->n; i++)
        v[i] /= norm;
}

/* The least P(t, .) that descent from v finds; v becomes the place. */
static double descend(search_t *s, double t)
{
    slong n = s->n;
    double step = 0.3, value = evaluate(s->slope, s, t, s->v);
    for (int k = 0; k < STEPS && step > 0x1p-10 && value > 0; k++) {
        double along = dot(s->slope, s->v, n), radial = dot(s->slope, s->u, n), norm = 0;
        for (slong i = 0; i < n; i++) {
            s->trial[i] = s->slope[i] - along * s->v[i] - radial * s->u[i];
            norm += s->trial[i] * s->trial[i];
        }
        if (!(norm > 0))
            break;
        norm = sqrt(norm);
        for (slong i = 0; i < n; i++)
            s->trial[i] = s->v[i] - step * s->trial[i] / norm;
        project(s->trial, s);
        double lower = evaluate(s->next, s, t, s->trial);
        if (lower < value) {
            memcpy(s->v, s->trial, (size_t) n * sizeof(double));
            memcpy(s->slope, s->next, (size_t) n * sizeof(double));
            value = lower;
            step *= 1.3;
        } else {
            step /= 3;
        }
    }
    return value;
}

static double from_one_start(search_t *s, double low, double best)
{
    double high = low;
    while (high < best && descend(s, high) > 0) {
        low = high;
        high *= GROWTH;
    }
    for (int k = 0; k < BISECTIONS && high < best; k++) {
        double middle = low + (high - low) / 2;
        if (descend(s, middle) > 0)
            low = middle;
        else
            high = middle;
    }
    return fmin(high, best);
}

static double *midpoints(const ncf_midrad_t *x, slong count)
{
    double *out = ncf__malloc((size_t) count, sizeof(double));
    for (slong k = 0; k < count; k++)
        out[k] = x[k].mid;
    return out;
}

double ncf__cap_search(const ncf_cap_model_t *model, double low, double high,
                       const ncf_limits_t *limits)
{
    slong n = model->network->unknowns;
    search_t s = {.model = model, .n = n};
    ncf_random_t random;
    ncf__random_init(&random, 1, 0);
    s.x = midpoints(model->x, model->points * model->network->inputs);
    s.z = midpoints(model->z, model->points);
    s.u = midpoints(model->u, n);
    s.w = ncf__malloc(7 * (size_t) n, sizeof(double));
    s.g = s.w + n;
    s.h = s.g + n;
    s.v = s.h + n;
    s.slope = s.v + n;
    s.trial = s.slope + n;
    s.next = s.trial + n;
    for (int k = 0; k < STARTS && ncf__limit_reached(limits) == NCF_LIMIT_NONE; k++) {
        for (slong i = 0; i < n; i++)
            s.v[i] = ncf__random_unit(&random) + ncf__random_unit(&random) - 1;
        project(s.v, &s);
        high = from_one_start(&s, low, high);
    }
    ncf__free(s.w);
    ncf__free(s.u);
    ncf__free(s.z);
    ncf__free(s.x);
    return high;
}
