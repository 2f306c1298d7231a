/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * point_slice.c: T-SLICE. Layers with linear activation make whole orbits of KKT points;
 * a slice across the orbit makes them isolated. Which rotations are used is a proposal in
 * doubles; that the slice is transverse is proved in balls.
 */
#include "point_internal.h"

#include <math.h>
#include <string.h>

#define INDEPENDENT 0x1p-20 /* of the length of the direction: what is new in it */

/*
 * The i-th pair of weights that a rotation exchanges: the incoming weights of the two units,
 * then the outgoing ones.
 */
static slong exchange_count(const ncf_rotation_t *rotation, const ncf_slice_t *slice)
{
    const ncf_unit_class_t *layer = slice->group->classes + rotation->layer;
    return layer->in_count + layer->out_rows * layer->out_taps;
}

static slong weight_of(const ncf_unit_class_t *layer, slong unit, slong i)
{
    if (i < layer->in_count)
        return layer->in_offset + unit * layer->in_count + i;
    slong row = (i - layer->in_count) / layer->out_taps;
    slong tap = (i - layer->in_count) % layer->out_taps;
    return layer->out_offset + (row * layer->units + unit) * layer->out_taps + tap;
}

static void exchange_pair(slong *first, slong *second, const ncf_rotation_t *rotation,
                          const ncf_slice_t *slice, slong i)
{
    const ncf_unit_class_t *layer = slice->group->classes + rotation->layer;
    *first = weight_of(layer, rotation->unit, i);
    *second = weight_of(layer, rotation->other, i);
}

/* out = A u in doubles */
static void rotate_double(double *out, const ncf_rotation_t *rotation, const double *u,
                          const ncf_slice_t *slice)
{
    slong count = exchange_count(rotation, slice);
    memset(out, 0, (size_t) slice->group->unknowns * sizeof(double));
    for (slong i = 0; i < count; i++) {
        slong first, second;
        exchange_pair(&first, &second, rotation, slice, i);
        out[first] = u[second];
        out[second] = -u[first];
    }
}

/* c . A u in balls, c in doubles that are exact */
static void rotate_dot(arb_t out, const double *normal, const ncf_rotation_t *rotation,
                       arb_srcptr u, const ncf_slice_t *slice, slong prec)
{
    slong count = exchange_count(rotation, slice);
    arb_t c;
    arb_init(c);
    arb_zero(out);
    for (slong i = 0; i < count; i++) {
        slong first, second;
        exchange_pair(&first, &second, rotation, slice, i);
        arb_set_d(c, normal[first]);
        arb_addmul(out, c, u + second, prec);
        arb_set_d(c, normal[second]);
        arb_submul(out, c, u + first, prec);
    }
    arb_clear(c);
}

/* Removes from v what lies along the `count` rows of basis, twice for accuracy. */
static double orthogonalise(double *v, const double *basis, slong count, slong n)
{
    double norm = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (slong k = 0; k < count; k++) {
            double s = 0;
            for (slong j = 0; j < n; j++)
                s += v[j] * basis[k * n + j];
            for (slong j = 0; j < n; j++)
                v[j] -= s * basis[k * n + j];
        }
    }
    for (slong j = 0; j < n; j++)
        norm += v[j] * v[j];
    return sqrt(norm);
}

static void slice_append(ncf_slice_t *slice, const ncf_rotation_t *rotation, const double *v,
                         double norm, slong n)
{
    size_t count = (size_t) slice->count + 1;
    slice->rotations = ncf__realloc(slice->rotations, count, sizeof(*slice->rotations));
    slice->normals = ncf__realloc(slice->normals, count * (size_t) n, sizeof(double));
    slice->rotations[slice->count] = *rotation;
    for (slong j = 0; j < n; j++)
        slice->normals[slice->count * n + j] = v[j] / norm;
    slice->count++;
}

void ncf__slice_init(ncf_slice_t *slice, const ncf_network_t network)
{
    ncf__symmetry_init(slice->group, network);
    slice->count = 0;
    slice->rotations = NULL;
    slice->normals = NULL;
}

void ncf__slice_clear(ncf_slice_t *slice)
{
    ncf__symmetry_clear(slice->group);
    ncf__free(slice->rotations);
    ncf__free(slice->normals);
}

void ncf__slice_propose(ncf_slice_t *slice, const double *u)
{
    slong n = slice->group->unknowns;
    double *v = ncf__malloc((size_t) n, sizeof(double));
    for (slong l = 0; l < slice->group->class_count; l++) {
        if (!slice->group->classes[l].linear)
            continue;
        for (slong a = 0; a < slice->group->classes[l].units; a++) {
            for (slong b = a + 1; b < slice->group->classes[l].units; b++) {
                ncf_rotation_t rotation = {l, a, b};
                rotate_double(v, &rotation, u, slice);
                double norm = orthogonalise(v, slice->normals, slice->count, n);
                if (norm > INDEPENDENT)
                    slice_append(slice, &rotation, v, norm, n);
            }
        }
    }
    ncf__free(v);
}

ncf_verdict_t ncf__slice_is_transverse(const ncf_slice_t *slice, arb_srcptr u, slong prec)
{
    slong s = slice->count, n = slice->group->unknowns;
    arb_mat_t m;
    arb_mat_init(m, s, s);
    for (slong k = 0; k < s; k++) {
        for (slong j = 0; j < s; j++)
            rotate_dot(arb_mat_entry(m, j, k), slice->normals + k * n, slice->rotations + j, u,
                       slice, prec);
    }
    int transverse = ncf__matrix_is_invertible(m, prec);
    arb_mat_clear(m);
    return transverse ? ncf_proved() : ncf_undecided();
}
