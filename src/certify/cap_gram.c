/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* cap_gram.c: the parts of the matrix G with z' G z = P(t, v) (T-CAP C), and its blocks (T-CAP D). */
#include "cap_internal.h"

#include <math.h>
#include <string.h>

#define MAX_SIZE 2500   /* of G */
#define MAX_ENTRIES 4e6 /* of the parts, with several at one place */
#define MAX_STORAGE 4e6
#define MAX_EFFORT 1e7  /* operations of one step of the proposal, about */

/* x, computed with at most 1024 roundings: factorials up to that of NCF_CAP_MAX_DEGREE. */
static ncf_midrad_t rounded(double x)
{
    return ncf__midrad(x, fabs(x) * 1024 * NCF_MIDRAD_UNIT);
}

/*
 * The entry for monomials k and l, of degrees a and b, of the flattening of N_{a+b}: the
 * entry of the symmetric tensor of the form, times the norms of both basis monomials.
 */
static ncf_midrad_t flattening(const ncf_cap_jet_t *jet, slong k, slong l)
{
    const double *ways = jet->set.ways;
    slong at = ncf__cap_monomial_product(&jet->set, k, l);
    if (ncf__midrad_is_zero(jet->form[at]))
        return ncf__midrad_zero();
    return ncf__midrad_mul(jet->form[at], rounded(sqrt(ways[k]) * sqrt(ways[l]) / ways[at]));
}

/* ---- Parts as lists of entries ---------------------------------------------------- */

/* part += x at the places of monomials k and l, on both sides of the diagonal. */
static void add_entry(ncf_cap_part_t *part, slong k, slong l, ncf_midrad_t x)
{
    if (ncf__midrad_is_zero(x))
        return;
    if (part->count == part->room) {
        part->room = 2 * part->room + 64;
        part->entries = ncf__realloc(part->entries, (size_t) part->room, sizeof(*part->entries));
    }
    ncf_cap_entry_t entry = {(int32_t) (FLINT_MAX(k, l) - 1), (int32_t) (FLINT_MIN(k, l) - 1), x};
    part->entries[part->count++] = entry;
}

/*
 * sqrt(C(beta, kappa) / C(a, k)), beta = rest kappa of degree a, kappa of degree k: the numbers of
 * arrangements of rest and of kappa over that of beta.
 */
static double lift_weight(const ncf_cap_monomials_t *set, slong beta, slong rest, slong kappa)
{
    return sqrt(set->ways[rest] / set->ways[beta] * set->ways[kappa]);
}

/*
 * part += sign N_j |v|^{2k}: the flattening of N_j to degrees a and j - a acts on a of the legs
 * of z_{a+k} and j - a of those of z_{j-a+k}, the others are joined (T-CAP C).
 */
static void add_lifted(ncf_cap_part_t *part, const ncf_cap_jet_t *jet, slong j, slong a, slong k,
                       double sign)
{
    const ncf_cap_monomials_t *set = &jet->set;
    const slong *first = set->first;
    slong b = j - a;
    double share = a == b ? sign : sign / 2; /* off the diagonal blocks: at both places */
    for (slong left = first[a]; left < first[a + 1]; left++) {
        for (slong right = a == b ? left : first[b]; right < first[b + 1]; right++) {
            ncf_midrad_t entry = flattening(jet, left, right);
            if (ncf__midrad_is_zero(entry))
                continue;
            for (slong kappa = first[k]; kappa < first[k + 1]; kappa++) {
                slong beta = ncf__cap_monomial_product(set, left, kappa);
                slong gamma = ncf__cap_monomial_product(set, right, kappa);
                double weight = lift_weight(set, beta, left, kappa) *
                                lift_weight(set, gamma, right, kappa);
                add_entry(part, beta, gamma, ncf__midrad_mul(entry, rounded(share * weight)));
            }
        }
    }
}

/* part += x |v|^{2a} on the block of degree a. */
static void add_power(ncf_cap_part_t *part, const ncf_cap_jet_t *jet, slong a, ncf_midrad_t x)
{
    for (slong k = jet->set.first[a]; k < jet->set.first[a + 1]; k++)
        add_entry(part, k, k, x);
}

/* part += sign |v|^4 as the square of |v|^2 = e . z_2, or sign N_2 |v|^2 as a product with it. */
static void add_trace(ncf_cap_part_t *part, const ncf_cap_jet_t *jet, double sign, int with_form)
{
    const ncf_cap_monomials_t *set = &jet->set;
    slong m = set->variables;
    for (slong i = 0; i < m; i++) {
        slong square = set->next[(i + 1) * m + i];
        for (slong k = 0; k < m; k++) {
            slong other = set->next[(k + 1) * m + k];
            if (!with_form && k <= i)
                add_entry(part, square, other, ncf__midrad_point(sign));
            /* N_2 = f . z_2; f e' + e f', halved; on the diagonal both meet */
            for (slong l = 0; with_form && l <= k; l++) {
                slong at = set->next[(k + 1) * m + l];
                double weight = (k == l ? 1 : sqrt(2.0)) * (at == square ? 1 : 0.5) * sign;
                add_entry(part, square, at,
                          ncf__midrad_mul(flattening(jet, k + 1, l + 1), rounded(weight)));
            }
        }
    }
}

/* mid, size and reach += those of the products of the entries of one column; rows with k <= i. */
static void add_column(double *sums, const ncf_midrad_t *column, slong rows)
{
    double *mid = sums, *size = mid + rows * rows, *reach = size + rows * rows;
    for (slong i = 0; i < rows; i++) {
        double x = column[i].mid, most = ncf__midrad_reach(column[i]);
        if (most == 0)
            continue;
        for (slong k = 0; k <= i; k++) {
            double product = x * column[k].mid;
            mid[i * rows + k] += product;
            size[i * rows + k] += fabs(product);
            reach[i * rows + k] += most * ncf__midrad_reach(column[k]);
        }
    }
}

/* part = M M' for N_j(v) = z_a' M z_{j-a}. */
static void set_square(ncf_cap_part_t *part, const ncf_cap_jet_t *jet, slong j, slong a)
{
    const slong *first = jet->set.first;
    slong rows = first[a + 1] - first[a], columns = first[j - a + 1] - first[j - a];
    ncf_midrad_t *column = ncf__malloc((size_t) rows, sizeof(*column));
    double *sums = ncf__calloc(3 * (size_t) (rows * rows), sizeof(*sums));
    for (slong c = 0; c < columns; c++) {
        for (slong i = 0; i < rows; i++)
            column[i] = flattening(jet, first[a] + i, first[j - a] + c);
        add_column(sums, column, rows);
    }
    for (slong i = 0; i < rows; i++) {
        for (slong k = 0; k <= i; k++) {
            const double *sum = sums + i * rows + k;
            add_entry(part, first[a] + i, first[a] + k,
                      ncf__midrad_sum(sum[0], sum[rows * rows], sum[2 * rows * rows], columns));
        }
    }
    ncf__free(sums);
    ncf__free(column);
}

/* ---- The list of parts ------------------------------------------------------------ */

typedef struct {
    ncf_cap_part_t *parts;
    slong count, free_first, square_first;
    double entries;
} list_t;

static ncf_cap_part_t *new_part(list_t *list)
{
    if (list->count > 0)
        list->entries += (double) list->parts[list->count - 1].count;
    list->parts = ncf__realloc(list->parts, (size_t) list->count + 1, sizeof(*list->parts));
    list->parts[list->count] = (ncf_cap_part_t) {0};
    return list->parts + list->count++;
}

#define MAX_TRACE 12 /* variables, for the parts that join all squares */

/* Matrices B with z' B z = 0 on |v| = 1. */
static void add_free_parts(list_t *list, const ncf_cap_gram_t *gram, const ncf_cap_jet_t *jet)
{
    for (slong a = 2; a <= gram->half; a++) {
        ncf_cap_part_t *part = new_part(list);
        add_power(part, jet, a, ncf__midrad_point(1));
        add_power(part, jet, 1, ncf__midrad_point(-1));
    }
    for (slong j = 2; j <= gram->signed_order && list->entries < MAX_ENTRIES; j++) {
        for (slong k = 1; k + (j + 1) / 2 <= gram->half; k++) {
            ncf_cap_part_t *part = new_part(list);
            add_lifted(part, jet, j, j / 2, k, 1);
            add_lifted(part, jet, j, j / 2, 0, -1);
        }
        if (j >= 4 && (j + 1) / 2 + 1 <= gram->half) {
            ncf_cap_part_t *part = new_part(list);
            add_lifted(part, jet, j, j / 2 - 1, 0, 1);
            add_lifted(part, jet, j, j / 2, 0, -1);
        }
    }
    if (gram->half < 2 || jet->set.variables > MAX_TRACE)
        return;
    ncf_cap_part_t *part = new_part(list);
    add_power(part, jet, 2, ncf__midrad_point(1));
    add_trace(part, jet, -1, 0);
    part = new_part(list);
    add_lifted(part, jet, 2, 1, 1, 1);
    add_trace(part, jet, -1, 1);
}

static void list_parts(list_t *list, ncf_cap_gram_t *gram, const ncf_cap_jet_t *jet)
{
    slong top = FLINT_MIN(jet->set.order, FLINT_MAX(jet->degree, 2));
    gram->signed_order = FLINT_MIN(2 * gram->half, top);
    gram->squared_order = gram->signed_order;
    add_power(new_part(list), jet, 1, jet->lambda);
    for (slong j = 2; j <= gram->signed_order; j++)
        add_lifted(new_part(list), jet, j, j / 2, 0, 1);
    list->free_first = list->count;
    add_free_parts(list, gram, jet);
    list->square_first = list->count;
    const slong *first = jet->set.first;
    for (slong j = gram->signed_order + 1; j <= top; j++) {
        double rows = (double) (first[gram->half + 1] - first[gram->half]);
        double columns = (double) (first[j - gram->half + 1] - first[j - gram->half]);
        if (rows * rows * columns > 1e8)
            break;
        set_square(new_part(list), jet, j, gram->half);
        gram->squared_order = j;
    }
}

static void list_clear(list_t *list)
{
    for (slong k = 0; k < list->count; k++)
        ncf__free(list->parts[k].entries);
    ncf__free(list->parts);
}

/* ---- Blocks ----------------------------------------------------------------------- */

static slong find_root(int32_t *parent, slong k)
{
    while (parent[k] != k)
        k = parent[k] = parent[parent[k]];
    return k;
}

/* The monomials that entries connect, directly or not, are the components. */
static void find_components(ncf_cap_gram_t *gram, const list_t *list)
{
    int32_t *parent = gram->place;
    for (slong k = 0; k < gram->size; k++)
        parent[k] = (int32_t) k;
    for (slong p = 0; p < list->count; p++) {
        for (slong e = 0; e < list->parts[p].count; e++) {
            slong row = find_root(parent, list->parts[p].entries[e].row);
            slong column = find_root(parent, list->parts[p].entries[e].column);
            parent[FLINT_MAX(row, column)] = (int32_t) FLINT_MIN(row, column);
        }
    }
    gram->component_count = 0;
    for (slong k = 0; k < gram->size; k++) { /* a root is the first of its component */
        slong root = find_root(parent, k);
        gram->component[k] = root == k ? (int32_t) gram->component_count++ : gram->component[root];
    }
    gram->block_count = gram->component_count;
    gram->block_size = ncf__calloc((size_t) gram->block_count, sizeof(*gram->block_size));
    gram->block = ncf__malloc((size_t) gram->block_count, sizeof(*gram->block));
    for (slong k = 0; k < gram->size; k++)
        gram->place[k] = (int32_t) gram->block_size[gram->component[k]]++;
}

static void set_dense(ncf_cap_gram_t *gram, slong p, const ncf_cap_part_t *part)
{
    ncf_interval_matrix_t *blocks = gram->parts + p * gram->block_count;
    for (slong e = 0; e < part->count; e++) {
        slong row = part->entries[e].row, column = part->entries[e].column;
        slong b = gram->component[row], size = gram->block_size[b];
        slong i = gram->place[row], j = gram->place[column];
        if (blocks[b].rows == 0)
            ncf__interval_matrix_init(blocks + b, size, size);
        double *mid = blocks[b].mid, *radius = blocks[b].radius;
        ncf_midrad_t old = {mid[i * size + j], radius[i * size + j]};
        ncf_midrad_t sum = ncf__midrad_add(old, part->entries[e].x);
        mid[i * size + j] = mid[j * size + i] = sum.mid;
        radius[i * size + j] = radius[j * size + i] = sum.radius;
    }
}

/* The same intervals in all parts. */
static int same_blocks(const ncf_cap_gram_t *gram, slong a, slong b)
{
    int same = gram->block_size[a] == gram->block_size[b];
    for (slong p = 0; p < gram->part_count && same; p++) {
        const ncf_interval_matrix_t *x = gram->parts + p * gram->block_count + a;
        const ncf_interval_matrix_t *y = gram->parts + p * gram->block_count + b;
        size_t bytes = 2 * (size_t) (x->rows * x->rows) * sizeof(double);
        same = x->rows == y->rows && (bytes == 0 || memcmp(x->mid, y->mid, bytes) == 0);
    }
    return same;
}

/* One block for all components with the same intervals. */
static void merge_blocks(ncf_cap_gram_t *gram)
{
    slong old = gram->block_count, kept = 0;
    slong *first = ncf__malloc((size_t) old, sizeof(*first)); /* components that are kept */
    for (slong c = 0; c < old; c++) {
        slong k = 0;
        while (k < kept && !same_blocks(gram, first[k], c))
            k++;
        if (k == kept)
            first[kept++] = c;
        gram->block[c] = (int32_t) k;
    }
    ncf_interval_matrix_t *parts = ncf__calloc((size_t) (gram->part_count * kept), sizeof(*parts));
    for (slong p = 0; p < gram->part_count; p++) {
        for (slong c = 0; c < old; c++) {
            ncf_interval_matrix_t *block = gram->parts + p * old + c;
            if (first[gram->block[c]] == c)
                parts[p * kept + gram->block[c]] = *block;
            else
                ncf__interval_matrix_clear(block);
        }
    }
    for (slong k = 0; k < kept; k++)
        gram->block_size[k] = gram->block_size[first[k]]; /* first[k] >= k */
    ncf__free(gram->parts);
    ncf__free(first);
    gram->parts = parts;
    gram->block_count = kept;
}

/* Operations of a step of the proposal: products with each part, and their traces. */
static double effort(const ncf_cap_gram_t *gram)
{
    double sum = 0;
    for (slong b = 0; b < gram->block_count; b++) {
        double size = (double) gram->block_size[b], parts = (double) gram->part_count;
        sum += size * size * (size + parts) * parts;
    }
    return sum;
}

/* About the largest eigenvalue of M M' is the square of its norm. */
static double square_norm(const ncf_cap_gram_t *gram, slong part)
{
    double largest = 0;
    for (slong b = 0; b < gram->block_count; b++) {
        const ncf_interval_matrix_t *block = gram->parts + part * gram->block_count + b;
        slong n = block->rows;
        if (n == 0)
            continue;
        double *copy = ncf__malloc(2 * (size_t) n + 1, (size_t) n * sizeof(double));
        double *vectors = copy + n * n, *values = vectors + n * n;
        for (slong i = 0; i < n * n; i++)
            copy[i] = block->mid[i];
        if (ncf__dense_spectrum(values, vectors, copy, n))
            largest = fmax(largest, values[n - 1]);
        ncf__free(copy);
    }
    return sqrt(largest);
}

/* Numbers in all blocks before they are merged. */
static double storage(const ncf_cap_gram_t *gram)
{
    double sum = 0;
    for (slong b = 0; b < gram->block_count; b++)
        sum += (double) (gram->block_size[b] * gram->block_size[b]);
    return sum * (double) gram->part_count;
}

/* Everything but the proposal for one half; 0 when it is too large, and nothing to clear. */
static int try_half(ncf_cap_gram_t *gram, const ncf_cap_jet_t *jet, slong half)
{
    list_t list = {0};
    memset(gram, 0, sizeof(*gram));
    gram->half = half;
    gram->size = jet->set.first[half + 1] - 1;
    gram->component = ncf__malloc((size_t) gram->size, sizeof(*gram->component));
    gram->place = ncf__malloc((size_t) gram->size, sizeof(*gram->place));
    list_parts(&list, gram, jet);
    find_components(gram, &list);
    gram->part_count = list.count;
    gram->free_first = list.free_first;
    gram->square_first = list.square_first;
    int fits = half == 1 || (list.entries < MAX_ENTRIES && storage(gram) < MAX_STORAGE);
    if (fits) {
        gram->parts = ncf__calloc((size_t) (list.count * gram->block_count), sizeof(*gram->parts));
        for (slong k = 0; k < list.count; k++)
            set_dense(gram, k, list.parts + k);
        merge_blocks(gram);
        fits = half == 1 || effort(gram) < MAX_EFFORT;
    }
    list_clear(&list);
    if (!fits)
        ncf__cap_gram_clear(gram);
    return fits;
}

void ncf__cap_gram_init(ncf_cap_gram_t *gram, const ncf_cap_jet_t *jet)
{
    slong top = FLINT_MIN(jet->set.order, FLINT_MAX(jet->degree, 2)), half = (top + 1) / 2;
    while (half > 1 && (jet->set.first[half + 1] > MAX_SIZE || !try_half(gram, jet, half)))
        half--;
    if (half == 1)
        try_half(gram, jet, 1);
    gram->norm = ncf__calloc((size_t) gram->part_count, sizeof(double));
    gram->accuracy = 0x1p-7; /* lambda is about 1 */
    gram->free = ncf__calloc((size_t) (gram->part_count - gram->free_first) + 1, sizeof(double));
    for (slong k = gram->square_first; k < gram->part_count; k++) {
        gram->norm[k] = square_norm(gram, k);
        gram->free[k - gram->free_first] = 1;
    }
    /* lambda in equal shares on the degrees: P(0, .) = lambda - 2 N_2 likewise */
    for (slong a = 2; a <= gram->half; a++)
        gram->free[a - 2] = jet->lambda.mid / (double) gram->half;
    for (slong k = 1; k < gram->half; k++)
        gram->free[gram->half - 1 + k - 1] = -2.0 / (double) gram->half;
}

void ncf__cap_gram_clear(ncf_cap_gram_t *gram)
{
    for (slong k = 0; gram->parts != NULL && k < gram->part_count * gram->block_count; k++)
        ncf__interval_matrix_clear(gram->parts + k);
    ncf__free(gram->parts);
    ncf__free(gram->norm);
    ncf__free(gram->free);
    ncf__free(gram->block_size);
    ncf__free(gram->block);
    ncf__free(gram->component);
    ncf__free(gram->place);
}
