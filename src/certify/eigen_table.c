/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * eigen_table.c: the dense symmetric table of the data tensor in balls. Its size does not
 * depend on the number of points, and cancellation between points is paid for once.
 */
#include "eigen_internal.h"

/* ---- Multisets ------------------------------------------------------------------- */

/* C(n + k - 1, k), the number of multisets of k out of n; small by the caller's limit. */
static slong multisets(slong n, slong k)
{
    fmpz_t count;
    fmpz_init(count);
    fmpz_bin_uiui(count, (ulong) (n + k - 1), (ulong) k);
    slong out = fmpz_get_si(count);
    fmpz_clear(count);
    return out;
}

/* All monomials by degree; a child repeats its parent's indices and adds one not smaller. */
static void list_monomials(ncf_eigen_index_t *index, slong degree, slong n)
{
    index->parent[0] = -1;
    index->last[0] = 0;
    slong begin = 0, end = 1;
    for (slong d = 0; d < degree; d++) {
        slong next = end;
        for (slong p = begin; p < end; p++) {
            for (slong j = index->last[p]; j < n; j++, next++) {
                index->parent[next] = p;
                index->last[next] = j;
            }
        }
        begin = end;
        end = next;
    }
    index->count = end - begin;
    NCF_REQUIRE(end == index->total);
}

/* members and orderings: degree! over the factorials of the multiplicities. */
static void list_members(ncf_eigen_index_t *index, slong degree)
{
    fmpz_t factor;
    fmpz_init(factor);
    slong first = index->total - index->count;
    for (slong a = 0; a < index->count; a++) {
        slong *members = index->members + a * degree;
        for (slong d = degree - 1, p = first + a; d >= 0; d--, p = index->parent[p])
            members[d] = index->last[p];
        fmpz_fac_ui(index->orderings + a, (ulong) degree);
        for (slong d = 0, run = 1; d < degree; d++, run++) {
            if (d + 1 < degree && members[d + 1] == members[d])
                continue;
            fmpz_fac_ui(factor, (ulong) run);
            fmpz_divexact(index->orderings + a, index->orderings + a, factor);
            run = 0;
        }
    }
    fmpz_clear(factor);
}

/* Rank of an ascending multiset: sum_i C(b_i + i, i + 1), a bijection to 0..entries-1. */
static slong rank_of(const slong *sorted, slong size)
{
    slong rank = 0;
    for (slong i = 0; i < size; i++)
        rank += sorted[i] == 0 ? 0 : multisets(sorted[i], i + 1);
    return rank;
}

static void insert_sorted(slong *sorted, slong size, slong value)
{
    slong i = size;
    for (; i > 0 && sorted[i - 1] > value; i--)
        sorted[i] = sorted[i - 1];
    sorted[i] = value;
}

static void list_ranks(ncf_eigen_index_t *index, slong order, slong n)
{
    slong *sorted = ncf__malloc((size_t) order, sizeof(slong));
    for (slong a = 0; a < index->count; a++) {
        slong *rank = index->rank + a * index->pairs;
        for (slong j = 0; j < n; j++) {
            for (slong k = j; k < n; k++) {
                for (slong d = 0; d < order - 2; d++)
                    sorted[d] = index->members[a * (order - 2) + d];
                insert_sorted(sorted, order - 2, j);
                insert_sorted(sorted, order - 1, k);
                *rank++ = rank_of(sorted, order);
            }
        }
    }
    ncf__free(sorted);
}

void ncf__eigen_index_init(ncf_eigen_index_t *index, slong order, slong dimension)
{
    slong degree = order - 2;
    index->total = multisets(dimension + 1, degree); /* degrees 0..m-2 together */
    index->entries = multisets(dimension, order);
    index->pairs = dimension * (dimension + 1) / 2;
    index->parent = ncf__malloc((size_t) index->total, sizeof(slong));
    index->last = ncf__malloc((size_t) index->total, sizeof(slong));
    list_monomials(index, degree, dimension);
    index->members = ncf__malloc((size_t) (index->count * degree + 1), sizeof(slong));
    index->orderings = _fmpz_vec_init(index->count);
    list_members(index, degree);
    index->rank = ncf__malloc((size_t) index->count, (size_t) index->pairs * sizeof(slong));
    list_ranks(index, order, dimension);
}

void ncf__eigen_index_clear(ncf_eigen_index_t *index)
{
    ncf__free(index->rank);
    _fmpz_vec_clear(index->orderings, index->count);
    ncf__free(index->members);
    ncf__free(index->last);
    ncf__free(index->parent);
}

/* ---- The table in balls ---------------------------------------------------------- */

typedef struct {
    arb_ptr entries;  /* T by rank */
    arb_ptr products; /* (m - 1) x N': weight times the coordinates chosen so far */
    slong *chosen;
    const ncf_eigen_level_t *level;
    slong order, n, points, prec;
} table_builder_t;

/* Chooses the indices of a multiset in ascending order; the last one is a dot product. */
static void build_entries(table_builder_t *b, slong depth)
{
    arb_srcptr product =
        depth == 0 ? b->level->weights : b->products + (depth - 1) * b->points;
    for (slong j = depth == 0 ? 0 : b->chosen[depth - 1]; j < b->n; j++) {
        arb_srcptr column = b->level->columns + j * b->points;
        b->chosen[depth] = j;
        if (depth == b->order - 1) {
            arb_dot(b->entries + rank_of(b->chosen, b->order), NULL, 0, product, 1, column, 1,
                    b->points, b->prec);
            continue;
        }
        arb_ptr next = b->products + depth * b->points;
        for (slong i = 0; i < b->points; i++)
            arb_mul(next + i, product + i, column + i, b->prec);
        build_entries(b, depth + 1);
    }
}

static void build_table(ncf_eigen_level_t *level, const ncf_eigen_system_t *system, slong prec)
{
    const ncf_eigen_index_t *index = &system->index;
    slong products = (system->order - 1) * system->points;
    table_builder_t builder = {
        .entries = _arb_vec_init(index->entries),
        .products = _arb_vec_init(products),
        .chosen = ncf__malloc((size_t) system->order, sizeof(slong)),
        .level = level,
        .order = system->order,
        .n = system->dimension,
        .points = system->points,
        .prec = prec,
    };
    build_entries(&builder, 0);
    level->table = _arb_vec_init(index->pairs * index->count);
    for (slong a = 0; a < index->count; a++)
        for (slong p = 0; p < index->pairs; p++)
            arb_mul_fmpz(level->table + p * index->count + a,
                         builder.entries + index->rank[a * index->pairs + p],
                         index->orderings + a, prec);
    ncf__free(builder.chosen);
    _arb_vec_clear(builder.products, products);
    _arb_vec_clear(builder.entries, index->entries);
}

ncf_eigen_level_t *ncf__eigen_level_new(const ncf_eigen_system_t *system, slong exponent,
                                        slong prec)
{
    slong n = system->dimension, points = system->points;
    prec += system->guard;
    ncf_eigen_level_t *level = ncf__malloc(1, sizeof(*level));
    level->columns = _arb_vec_init(n * points);
    level->weights = _arb_vec_init(points);
    level->table = NULL;
    arb_mat_t rows;
    arb_mat_init(rows, points, n);
    ncf__tensor_isometric(rows, system->tensor, prec);
    for (slong i = 0; i < points; i++) {
        for (slong j = 0; j < n; j++)
            arb_swap(level->columns + j * points + i, arb_mat_entry(rows, i, j));
        arb_set_fmpq(level->weights + i, fmpq_mat_entry(system->tensor->weights, i, 0), prec);
        arb_mul_2exp_si(level->weights + i, level->weights + i, -exponent);
    }
    arb_mat_clear(rows);
    if (system->has_table)
        build_table(level, system, prec);
    return level;
}

void ncf__eigen_level_free(ncf_eigen_level_t *level, const ncf_eigen_system_t *system)
{
    if (level == NULL)
        return;
    if (level->table != NULL)
        _arb_vec_clear(level->table, system->index.pairs * system->index.count);
    _arb_vec_clear(level->weights, system->points);
    _arb_vec_clear(level->columns, system->dimension * system->points);
    ncf__free(level);
}

const ncf_eigen_level_t *ncf__eigen_level(const ncf_eigen_system_t *system, slong prec)
{
    slong k = 0;
    while (k < NCF_EIGEN_LEVELS - 1 && (WORD(128) << k) < prec)
        k++;
    NCF_REQUIRE((WORD(128) << k) >= prec);
    ncf_eigen_cache_t *cache = system->cache;
    pthread_mutex_lock(&cache->lock);
    if (cache->level[k] == NULL)
        cache->level[k] = ncf__eigen_level_new(system, system->scale_exponent, WORD(128) << k);
    const ncf_eigen_level_t *level = cache->level[k];
    pthread_mutex_unlock(&cache->lock);
    return level;
}
