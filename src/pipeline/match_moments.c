/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * match_moments.c: measures a trajectory in doubles. Gradients are taken at the direction
 * v = w / |w| and N, H are scaled by |w|^L, so that weights of 1e-30 lose nothing.
 */
#include "match.h"

#include <math.h>
#include <string.h>

#define DIRECTION_PRECISION 64
#define RISE_TOLERANCE 1e-9 /* relative: less than that is rounding */

typedef struct {
    const ncf_network_struct *network;
    ncf_loss_t loss;
    slong points, degree, n;
    double delta;
    double *x, *y, *z;        /* data, labels, weights of N */
    double *outputs, *shifts; /* H(x_i; v); what training has in the place of z_i, less z_i */
    double *v, *gradient, *other;
} gauge_t;

static void gauge_init(gauge_t *g, const struct ncf_matching *matching,
                       const struct ncf_problem *problem)
{
    slong points = problem->points, inputs = fmpq_mat_ncols(problem->x);
    fmpq_mat_t weights;
    *g = (gauge_t) {.network = matching->network,
                    .loss = problem->loss,
                    .points = points,
                    .degree = matching->degree,
                    .delta = matching->delta,
                    .n = matching->network->unknowns};
    double **rooms[] = {&g->y, &g->z, &g->outputs, &g->shifts};
    for (size_t i = 0; i < sizeof(rooms) / sizeof(rooms[0]); i++)
        *rooms[i] = ncf__malloc((size_t) points, sizeof(double));
    double **vectors[] = {&g->v, &g->gradient, &g->other};
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++)
        *vectors[i] = ncf__malloc((size_t) g->n, sizeof(double));
    g->x = ncf__malloc((size_t) (points * inputs), sizeof(double));
    fmpq_mat_init(weights, points, 1);
    ncf__problem_weights(weights, problem);
    for (slong i = 0; i < points; i++) {
        g->y[i] = fmpq_get_d(fmpq_mat_entry(problem->y, i, 0));
        g->z[i] = fmpq_get_d(fmpq_mat_entry(weights, i, 0));
        for (slong j = 0; j < inputs; j++)
            g->x[i * inputs + j] = fmpq_get_d(fmpq_mat_entry(problem->x, i, j));
    }
    fmpq_mat_clear(weights);
}

static void gauge_clear(gauge_t *g)
{
    ncf__free(g->x);
    ncf__free(g->y);
    ncf__free(g->z);
    ncf__free(g->outputs);
    ncf__free(g->shifts);
    ncf__free(g->v);
    ncf__free(g->gradient);
    ncf__free(g->other);
}

double ncf__match_loss(double *shift, double h, double y, ncf_loss_t loss)
{
    switch (loss) {
    case NCF_LOSS_SQUARE:
        *shift = -h;
        return (h - y) * (h - y) / 2;
    case NCF_LOSS_LOGISTIC:
        *shift = -y / 2 * tanh(y * h / 2);
        return y * h > 0 ? log1p(exp(-y * h)) : -y * h + log1p(exp(y * h));
    default:
        *shift = y * expm1(-y * h);
        return exp(-y * h);
    }
}

static double length(const double *a, slong n)
{
    double sum = 0;
    for (slong i = 0; i < n; i++)
        sum += a[i] * a[i];
    return sqrt(sum);
}

int ncf__match_is_training(ncf_flow_kind_t kind)
{
    return kind == NCF_FLOW_TRAINING || kind == NCF_FLOW_DESCENT;
}

/* From the direction in g->v and the norm in the moment. */
static void measure(ncf_moment_t *moment, gauge_t *g, ncf_flow_kind_t kind)
{
    static const double one = 1;
    slong inputs = g->network->inputs;
    double value, scale = pow(moment->norm, (double) g->degree);
    ncf__network_eval_double(&value, g->gradient, NULL, g->v, g->network, g->x, g->z, g->points);
    double norm = length(g->gradient, g->n), along = 0;
    for (slong j = 0; j < g->n; j++)
        along += g->gradient[j] * g->v[j];
    moment->ncf = scale * value;
    moment->multiplier = along;
    moment->loss = 0;
    for (slong i = 0; i < g->points; i++) {
        ncf__network_eval_double(&g->outputs[i], NULL, NULL, g->v, g->network,
                                 g->x + i * inputs, &one, 1);
        moment->loss += ncf__match_loss(&g->shifts[i], scale * g->outputs[i], g->y[i], g->loss);
    }
    if (ncf__match_is_training(kind)) {
        ncf__network_eval_double(NULL, g->other, NULL, g->v, g->network, g->x, g->shifts,
                                 g->points);
        moment->deviation = length(g->other, g->n) / norm;
    } else {
        moment->deviation = 0;
    }
    for (slong j = 0; j < g->n; j++)
        g->other[j] = g->gradient[j] - along * g->v[j];
    moment->residual = length(g->other, g->n) / norm;
}

void ncf__match_direction(arb_ptr v, arb_t norm, const fmpq *c, slong n, slong prec)
{
    for (slong j = 0; j < n; j++)
        arb_set_fmpq(v + j, c + j, prec);
    arb_dot(norm, NULL, 0, v, 1, v, 1, n, prec);
    arb_sqrtpos(norm, norm, prec);
    for (slong j = 0; j < n; j++)
        arb_div(v + j, v + j, norm, prec);
}

static void measure_row(ncf_moment_t *moment, gauge_t *g, const fmpq *row, ncf_flow_kind_t kind)
{
    arb_ptr v = _arb_vec_init(g->n);
    arb_t norm;
    arb_init(norm);
    *moment = (ncf_moment_t) {0, 0, NAN, NAN, NAN, NAN, NAN, NAN, 0};
    int zero = 1;
    for (slong j = 0; zero && j < g->n; j++)
        zero = fmpq_is_zero(row + j);
    if (!zero) {
        ncf__match_direction(v, norm, row, g->n, DIRECTION_PRECISION);
        moment->norm = g->delta * arf_get_d(arb_midref(norm), ARF_RND_NEAR);
        for (slong j = 0; j < g->n; j++)
            g->v[j] = arf_get_d(arb_midref(v + j), ARF_RND_NEAR);
        measure(moment, g, kind);
    }
    arb_clear(norm);
    _arb_vec_clear(v, g->n);
}

/* The rows from the first one on that belong to the early phase: NaN does not. */
static slong early_rows(const struct ncf_matching *matching)
{
    slong k = 0;
    while (k < matching->count && matching->moments[k].norm > 0 &&
           matching->moments[k].deviation <= NCF_EARLY_DEVIATION)
        k++;
    return k;
}

/* Along the flows the loss falls, or N rises. */
static void count_rises(struct ncf_matching *matching)
{
    int training = ncf__match_is_training(matching->kind);
    matching->first_rise = -1;
    for (slong k = 1; k < matching->count; k++) {
        const ncf_moment_t *a = &matching->moments[k - 1], *b = &matching->moments[k];
        double before = training ? a->loss : -a->ncf, after = training ? b->loss : -b->ncf;
        if (after - before > RISE_TOLERANCE * fabs(before)) {
            matching->rises++;
            if (matching->first_rise < 0)
                matching->first_rise = k;
        }
    }
}

void ncf__match_measure(struct ncf_matching *matching, const struct ncf_problem *problem,
                        const struct ncf_trajectory *trajectory, const ncf_limits_t *limits)
{
    gauge_t gauge;
    gauge_init(&gauge, matching, problem);
    for (slong k = 0; k < matching->count && matching->limit == NCF_LIMIT_NONE; k++) {
        ncf_moment_t *moment = &matching->moments[k];
        measure_row(moment, &gauge, fmpq_mat_entry(trajectory->rows, k, 0), matching->kind);
        moment->time = trajectory->has_times ? fmpq_get_d(trajectory->times + k) : (double) k;
        matching->limit = ncf__limit_reached(limits);
        ncf__progress(limits, "measuring rows", (double) k, (double) matching->count);
    }
    gauge_clear(&gauge);
    matching->early = early_rows(matching);
    count_rises(matching);
}
