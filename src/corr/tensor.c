/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * tensor.c: builds the data tensor exactly. Points are brought to a canonical multiple
 * of their direction, so that parallel ones (duplicates, opposites) merge; what
 * cancels is dropped; the rest is expressed in the essential subspace (T-ESSENTIAL).
 */
#include "tensor_internal.h"

#include <stdlib.h>

/* One point: its row in x and the weight of its canonical direction. */
typedef struct {
    fmpq *direction; /* d entries, the first non-zero one is 1 */
    fmpq_t weight;
    slong length;
} ray_struct;

static int compare_rays(const void *a, const void *b)
{
    const ray_struct *s = a, *t = b;
    for (slong j = 0; j < s->length; j++) {
        int order = fmpq_cmp(s->direction + j, t->direction + j);
        if (order != 0)
            return order;
    }
    return 0;
}

/* direction = row / c, weight = z c^m with c the first non-zero entry; 0 if none. */
static int ray_init(ray_struct *ray, const fmpq_mat_t x, slong row, const fmpq_t z, slong order)
{
    slong d = fmpq_mat_ncols(x), first = 0;
    while (first < d && fmpq_is_zero(fmpq_mat_entry(x, row, first)))
        first++;
    if (first == d || fmpq_is_zero(z))
        return 0;
    const fmpq *c = fmpq_mat_entry(x, row, first);
    ray->length = d;
    ray->direction = _fmpq_vec_init(d);
    for (slong j = 0; j < d; j++)
        fmpq_div(ray->direction + j, fmpq_mat_entry(x, row, j), c);
    fmpq_init(ray->weight);
    fmpq_pow_si(ray->weight, c, order);
    fmpq_mul(ray->weight, ray->weight, z);
    return 1;
}

static void ray_clear(ray_struct *ray)
{
    _fmpq_vec_clear(ray->direction, ray->length);
    fmpq_clear(ray->weight);
}

/* Adds the weights of equal rays; keeps the non-zero sums at the front. */
static slong merge_rays(ray_struct *rays, slong count)
{
    qsort(rays, (size_t) count, sizeof(*rays), compare_rays);
    slong kept = 0;
    for (slong i = 0; i < count;) {
        slong end = i + 1;
        while (end < count && compare_rays(&rays[i], &rays[end]) == 0) {
            fmpq_add(rays[i].weight, rays[i].weight, rays[end].weight);
            ray_clear(&rays[end]);
            end++;
        }
        if (fmpq_is_zero(rays[i].weight))
            ray_clear(&rays[i]);
        else
            rays[kept++] = rays[i];
        i = end;
    }
    return kept;
}

/* Canonical points and weights; both matrices are initialised here. */
static void canonical_points(fmpq_mat_t points, fmpq_mat_t merged, slong order,
                             const fmpq_mat_t x, const fmpq_mat_t weights)
{
    slong count = 0, d = fmpq_mat_ncols(x);
    ray_struct *rays = ncf__malloc((size_t) fmpq_mat_nrows(x), sizeof(*rays));
    for (slong i = 0; i < fmpq_mat_nrows(x); i++)
        count += ray_init(&rays[count], x, i, fmpq_mat_entry(weights, i, 0), order);
    count = merge_rays(rays, count);
    fmpq_mat_init(points, count, d);
    fmpq_mat_init(merged, count, 1);
    for (slong i = 0; i < count; i++) {
        for (slong j = 0; j < d; j++)
            fmpq_set(fmpq_mat_entry(points, i, j), rays[i].direction + j);
        fmpq_set(fmpq_mat_entry(merged, i, 0), rays[i].weight);
        ray_clear(&rays[i]);
    }
    ncf__free(rays);
}

/* The squared lengths of the columns of the basis. */
static void column_lengths(fmpq_mat_t gram, const fmpq_mat_t basis)
{
    for (slong j = 0; j < fmpq_mat_ncols(basis); j++) {
        fmpq *sum = fmpq_mat_entry(gram, j, 0);
        fmpq_zero(sum);
        for (slong i = 0; i < fmpq_mat_nrows(basis); i++)
            fmpq_addmul(sum, fmpq_mat_entry(basis, i, j), fmpq_mat_entry(basis, i, j));
    }
}

void ncf__tensor_init(ncf_tensor_t tensor, slong order, const fmpq_mat_t x,
                      const fmpq_mat_t weights)
{
    NCF_REQUIRE(order >= 2 && fmpq_mat_nrows(x) == fmpq_mat_nrows(weights));
    fmpq_mat_t points;
    canonical_points(points, tensor->weights, order, x, weights);
    tensor->order = order;
    tensor->ambient = fmpq_mat_ncols(x);
    tensor->points = fmpq_mat_nrows(points);
    ncf__essential_basis(tensor->basis, order, points, tensor->weights);
    tensor->dimension = fmpq_mat_ncols(tensor->basis);
    tensor->standard = tensor->dimension == tensor->ambient;
    fmpq_mat_init(tensor->gram, tensor->dimension, 1);
    column_lengths(tensor->gram, tensor->basis);
    fmpq_mat_init(tensor->coords, tensor->points, tensor->dimension);
    fmpq_mat_mul(tensor->coords, points, tensor->basis);
    fmpq_mat_clear(points);
}

void ncf__tensor_clear(ncf_tensor_t tensor)
{
    fmpq_mat_clear(tensor->coords);
    fmpq_mat_clear(tensor->gram);
    fmpq_mat_clear(tensor->basis);
    fmpq_mat_clear(tensor->weights);
}

void ncf__eigen_class_bound(fmpz_t out, slong order, slong dimension)
{
    if (order == 2) {
        fmpz_set_si(out, dimension);
        return;
    }
    fmpz_set_si(out, order - 1);
    fmpz_pow_ui(out, out, (ulong) dimension);
    fmpz_sub_ui(out, out, 1);
    fmpz_divexact_si(out, out, order - 2);
}
