/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* objective.c: the callbacks of a search for one network; see objective.h. */
#include "objective.h"

#include <math.h>
#include <string.h>

static void eval(double *value, double *gradient, double *hessian, const double *u,
                 void *context)
{
    const ncf_network_objective_t *o = context;
    ncf__network_eval_double(value, gradient, hessian, u, o->network, o->x, o->weights,
                             o->points);
}

static void hvp(double *out, const double *u, const double *v, void *context)
{
    const ncf_network_objective_t *o = context;
    ncf__network_hvp_double(out, u, v, o->network, o->x, o->weights, o->points);
}

/* ---- Starts ---------------------------------------------------------------------- */

static double random_normal(ncf_random_t *random)
{
    double radius = sqrt(-2 * log(1 - ncf__random_unit(random)));
    return radius * cos(2 * M_PI * ncf__random_unit(random));
}

/* Unit j gets the weights of unit `from` times `in` and `out`; from = -1: zeros. */
static void copy_unit(double *u, const ncf_unit_class_t *class, slong j, slong from,
                      double out)
{
    double *in_weights = u + class->in_offset, *out_weights = u + class->out_offset;
    for (slong s = 0; s < class->in_count; s++)
        in_weights[j * class->in_count + s] =
            from < 0 ? 0 : in_weights[from * class->in_count + s];
    for (slong r = 0; r < class->out_rows; r++) {
        double *row = out_weights + r * class->units * class->out_taps;
        for (slong t = 0; t < class->out_taps; t++)
            row[j * class->out_taps + t] =
                from < 0 ? 0 : out * row[from * class->out_taps + t];
    }
}

/*
 * A normal vector. In every second one some units are switched off or made alike: the set
 * of such vectors is kept by the gradient and by Newton's steps when activations are
 * powers, so that KKT points with idle and with equal units are met, whatever their index.
 * Those with equal units are hardly ever maxima.
 */
static void random_start(double *u, ncf_random_t *random, void *context)
{
    const ncf_network_objective_t *o = context;
    for (slong i = 0; i < o->network->unknowns; i++)
        u[i] = random_normal(random);
    if (ncf__random_below(random, 2) == 0)
        return;
    for (slong c = 0; c < o->symmetry->class_count; c++) {
        const ncf_unit_class_t *class = o->symmetry->classes + c;
        slong kept = (slong) ncf__random_below(random, (uint64_t) class->units);
        for (slong j = 0; j < class->units; j++) {
            uint64_t kind = ncf__random_below(random, 8);
            if (j != kept && kind < (o->no_copies ? 2 : 4))
                copy_unit(u, class, j, kind < 2 ? -1 : kept, kind == 2 ? 1 : -1);
        }
    }
}

/* ---- Symmetry -------------------------------------------------------------------- */

static void canonical_key(double *out, const double *u, void *context)
{
    const ncf_network_objective_t *o = context;
    ncf__symmetry_canonical(out, NULL, o->symmetry, u);
}

/*
 * For layers that can be rotated: the norms of the weight matrices, and values of the
 * network at some of the points, over their norm.
 */
static void rotation_key(double *out, const double *u, void *context)
{
    const ncf_network_objective_t *o = context;
    slong n = o->network->unknowns, filled = 0;
    memset(out, 0, (size_t) n * sizeof(double));
    for (slong l = 0; l < ncf__network_block_count(o->network) && filled < n; l++) {
        ncf_network_block_t block = ncf__network_block(o->network, l);
        double sum = 0;
        for (slong i = 0; i < block.rows * block.columns; i++)
            sum += u[block.offset + i] * u[block.offset + i];
        out[filled++] = sqrt(sum);
    }
    slong first = filled;
    double one = 1, norm = 0;
    for (slong i = 0; i < o->points && filled < n; i++, filled++) {
        ncf__network_eval_double(out + filled, NULL, NULL, u, o->network,
                                 o->x + i * o->network->inputs, &one, 1);
        norm += out[filled] * out[filled];
    }
    for (slong i = first; norm > 0 && i < filled; i++)
        out[i] /= sqrt(norm);
}

/* H is linear in its last matrix, whose rows are one. */
static void mirror_last(double *u, void *context)
{
    const ncf_network_objective_t *o = context;
    ncf_network_block_t last =
        ncf__network_block(o->network, ncf__network_block_count(o->network) - 1);
    for (slong i = 0; i < last.rows * last.columns; i++)
        u[last.offset + i] = -u[last.offset + i];
}

static void mirror_all(double *u, void *context)
{
    const ncf_network_objective_t *o = context;
    for (slong i = 0; i < o->network->unknowns; i++)
        u[i] = -u[i];
}

/* Does the map change the sign of N, at two points? */
static int is_mirror(const ncf_network_objective_t *o, void (*mirror)(double *, void *))
{
    slong n = o->network->unknowns;
    double *u = ncf__malloc((size_t) n, sizeof(double));
    ncf_random_t random;
    int good = 1;
    ncf__random_init(&random, 1, 0);
    for (int k = 0; k < 2; k++) {
        double value, image;
        for (slong i = 0; i < n; i++)
            u[i] = random_normal(&random);
        eval(&value, NULL, NULL, u, (void *) o);
        mirror(u, (void *) o);
        eval(&image, NULL, NULL, u, (void *) o);
        good = good && fabs(value + image) <= 1e-9 * fabs(value);
    }
    ncf__free(u);
    return good;
}

/* ---- Data ------------------------------------------------------------------------ */

/* The weights over the largest of them, which is returned; 1 when all are 0. */
static double scaled_weights(double *out, const struct ncf_problem *problem)
{
    fmpq_mat_t weights;
    fmpq_t largest, entry;
    fmpq_init(largest);
    fmpq_init(entry);
    fmpq_mat_init(weights, problem->points, 1);
    ncf__problem_weights(weights, problem);
    for (slong i = 0; i < problem->points; i++) {
        fmpq_abs(entry, fmpq_mat_entry(weights, i, 0));
        if (fmpq_cmp(entry, largest) > 0)
            fmpq_set(largest, entry);
    }
    if (fmpq_is_zero(largest))
        fmpq_one(largest);
    for (slong i = 0; i < problem->points; i++) {
        fmpq_div(entry, fmpq_mat_entry(weights, i, 0), largest);
        out[i] = fmpq_get_d(entry);
    }
    double scale = fmpq_get_d(largest);
    fmpq_mat_clear(weights);
    fmpq_clear(largest);
    fmpq_clear(entry);
    return scale;
}

void ncf__network_objective_init(ncf_network_objective_t *out,
                                 const struct ncf_problem *problem,
                                 const ncf_network_t network)
{
    slong inputs = network->inputs, points = problem->points;
    out->network = network;
    out->no_copies = 0;
    out->points = points;
    ncf__symmetry_init(out->symmetry, network);
    out->x = ncf__malloc((size_t) (points * inputs), sizeof(double));
    out->weights = ncf__malloc((size_t) points, sizeof(double));
    for (slong i = 0; i < points; i++) {
        for (slong j = 0; j < inputs; j++)
            out->x[i * inputs + j] = fmpq_get_d(fmpq_mat_entry(problem->x, i, j));
    }
    out->scale = scaled_weights(out->weights, problem);
    out->objective = (ncf_objective_t){.n = network->unknowns,
                                       .context = out,
                                       .eval = eval,
                                       .hvp = hvp,
                                       .start = random_start,
                                       .key = canonical_key};
    if (ncf__symmetry_is_infinite(out->symmetry))
        out->objective.key = rotation_key;
    if (is_mirror(out, mirror_last))
        out->objective.mirror = mirror_last;
    else if (is_mirror(out, mirror_all))
        out->objective.mirror = mirror_all;
}

void ncf__network_objective_clear(ncf_network_objective_t *objective)
{
    ncf__symmetry_clear(objective->symmetry);
    ncf__free(objective->x);
    ncf__free(objective->weights);
}
