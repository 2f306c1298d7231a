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
 * The weights that a rotation exchanges: `pairs` pairs. Row `unit` of W_l against row
 * `other`, column `unit` of W_{l+1} against column `other`.
 */
typedef struct {
    slong rows, columns; /* pairs of either kind */
    slong first_row, second_row, first_column, second_column, stride;
} exchange_t;

static exchange_t exchange_of(const ncf_rotation_t *rotation, const ncf_network_struct *network)
{
    const slong *k = network->widths, *offsets = network->offsets;
    slong l = rotation->layer;
    exchange_t e = {k[l - 1],
                    k[l + 1],
                    offsets[l - 1] + rotation->unit * k[l - 1],
                    offsets[l - 1] + rotation->other * k[l - 1],
                    offsets[l] + rotation->unit,
                    offsets[l] + rotation->other,
                    k[l]};
    return e;
}

/* The i-th pair of indices of weights. */
static void exchange_pair(slong *first, slong *second, const exchange_t *e, slong i)
{
    if (i < e->rows) {
        *first = e->first_row + i;
        *second = e->second_row + i;
    } else {
        *first = e->first_column + (i - e->rows) * e->stride;
        *second = e->second_column + (i - e->rows) * e->stride;
    }
}

/* out = A u in doubles */
static void rotate_double(double *out, const ncf_rotation_t *rotation, const double *u,
                          const ncf_network_struct *network)
{
    exchange_t e = exchange_of(rotation, network);
    memset(out, 0, (size_t) network->unknowns * sizeof(double));
    for (slong i = 0; i < e.rows + e.columns; i++) {
        slong first, second;
        exchange_pair(&first, &second, &e, i);
        out[first] = u[second];
        out[second] = -u[first];
    }
}

/* c . A u in balls, c in doubles that are exact */
static void rotate_dot(arb_t out, const double *normal, const ncf_rotation_t *rotation,
                       arb_srcptr u, const ncf_network_struct *network, slong prec)
{
    exchange_t e = exchange_of(rotation, network);
    arb_t c;
    arb_init(c);
    arb_zero(out);
    for (slong i = 0; i < e.rows + e.columns; i++) {
        slong first, second;
        exchange_pair(&first, &second, &e, i);
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

int ncf__slice_is_expected(const ncf_network_t network)
{
    if (network->kind != NCF_NETWORK_FEEDFORWARD)
        return 0;
    for (slong l = 1; l < network->depth; l++) {
        if (ncf__activation_monomial(network->activations + l - 1) == 1 && network->widths[l] > 1)
            return 1;
    }
    return 0;
}

void ncf__slice_propose(ncf_slice_t *slice, const double *u, const ncf_network_t network)
{
    slong n = network->unknowns;
    slice->count = 0;
    slice->rotations = NULL;
    slice->normals = NULL;
    if (!ncf__slice_is_expected(network))
        return;
    double *v = ncf__malloc((size_t) n, sizeof(double));
    for (slong l = 1; l < network->depth; l++) {
        if (ncf__activation_monomial(network->activations + l - 1) != 1)
            continue;
        for (slong a = 0; a < network->widths[l]; a++) {
            for (slong b = a + 1; b < network->widths[l]; b++) {
                ncf_rotation_t rotation = {l, a, b};
                rotate_double(v, &rotation, u, network);
                double norm = orthogonalise(v, slice->normals, slice->count, n);
                if (norm > INDEPENDENT)
                    slice_append(slice, &rotation, v, norm, n);
            }
        }
    }
    ncf__free(v);
}

void ncf__slice_clear(ncf_slice_t *slice)
{
    ncf__free(slice->rotations);
    ncf__free(slice->normals);
}

ncf_verdict_t ncf__slice_is_transverse(const ncf_slice_t *slice, arb_srcptr u,
                                       const ncf_network_t network, slong prec)
{
    slong s = slice->count, n = network->unknowns;
    arb_mat_t m;
    arb_mat_init(m, s, s);
    for (slong k = 0; k < s; k++) {
        for (slong j = 0; j < s; j++)
            rotate_dot(arb_mat_entry(m, j, k), slice->normals + k * n, slice->rotations + j, u,
                       network, prec);
    }
    int transverse = ncf__matrix_is_invertible(m, prec);
    arb_mat_clear(m);
    return transverse ? ncf_proved() : ncf_undecided();
}
