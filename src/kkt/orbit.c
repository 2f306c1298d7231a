/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * orbit.c: T-DECOUPLE as code. A multiset of lines has the cost sum_j |mu_j|^{-2/(p-1)},
 * and lambda decreases with the cost, so that the orbits of largest lambda are the
 * multisets of smallest cost: found best first. Each multiset, written as a
 * non-decreasing sequence over lines sorted by cost, has one parent: the sequence with
 * its last entry lowered by one when that leaves it above the entry before, else
 * without its last entry. A child never costs less than its parent.
 */
#include "orbit.h"
#include "orbit_internal.h"

#include <string.h>

void ncf__single_unit_factor(arb_t out, slong order, slong prec)
{
    arb_t base;
    arb_init(base);
    arb_set_si(base, order);
    arb_div_si(base, base, order + 1, prec);
    arb_pow_ui(base, base, (ulong) (order - 1), prec);
    arb_mul_si(base, base, order, prec);
    arb_sqrt(out, base, prec);
    arb_clear(base);
}

/* x^{num/den} for positive x */
static void positive_power(arb_t out, const arb_t x, slong num, slong den, slong prec)
{
    arb_root_ui(out, x, (ulong) den, prec);
    if (num >= 0)
        arb_pow_ui(out, out, (ulong) num, prec);
    else {
        arb_pow_ui(out, out, (ulong) -num, prec);
        arb_inv(out, out, prec);
    }
}

arb_ptr ncf__line_costs(const ncf_line_list_t *lines, slong order, slong prec)
{
    arb_ptr costs = _arb_vec_init(lines->count);
    for (slong i = 0; i < lines->count; i++) {
        arb_abs(costs + i, lines->lines[i].mu);
        positive_power(costs + i, costs + i, -2, order - 1, prec);
    }
    return costs;
}

void ncf__lambda_of_cost(arb_t lambda, const arb_t cost, slong order, slong prec)
{
    arb_t factor;
    arb_init(factor);
    ncf__single_unit_factor(factor, order, prec);
    arb_pow_ui(lambda, cost, (ulong) (order - 1), prec);
    arb_rsqrt(lambda, lambda, prec);
    arb_mul(lambda, lambda, factor, prec);
    arb_clear(factor);
}

/* ---- Best-first search ----------------------------------------------------------- */

typedef struct {
    slong *members;
    slong active;
    arb_t cost;
} node_t;

typedef struct {
    node_t *nodes; /* binary heap, smallest midpoint of the cost first */
    slong count, allocated;
} heap_t;

/* A total order, so that ties come out the same way everywhere. */
static int node_before(const node_t *a, const node_t *b)
{
    int order = arf_cmp(arb_midref(a->cost), arb_midref(b->cost));
    if (order != 0)
        return order < 0;
    if (a->active != b->active)
        return a->active < b->active;
    for (slong i = 0; i < a->active; i++) {
        if (a->members[i] != b->members[i])
            return a->members[i] < b->members[i];
    }
    return 0;
}

static void heap_swap(heap_t *heap, slong i, slong j)
{
    node_t swap = heap->nodes[i];
    heap->nodes[i] = heap->nodes[j];
    heap->nodes[j] = swap;
}

static void heap_push(heap_t *heap, node_t node)
{
    if (heap->count == heap->allocated) {
        heap->allocated = 2 * heap->allocated + 16;
        heap->nodes = ncf__realloc(heap->nodes, (size_t) heap->allocated, sizeof(*heap->nodes));
    }
    slong i = heap->count++;
    heap->nodes[i] = node;
    for (; i > 0 && node_before(&heap->nodes[i], &heap->nodes[(i - 1) / 2]); i = (i - 1) / 2)
        heap_swap(heap, i, (i - 1) / 2);
}

static node_t heap_pop(heap_t *heap)
{
    node_t top = heap->nodes[0];
    heap->nodes[0] = heap->nodes[--heap->count];
    for (slong i = 0;;) {
        slong child = 2 * i + 1;
        if (child >= heap->count)
            break;
        if (child + 1 < heap->count && node_before(&heap->nodes[child + 1], &heap->nodes[child]))
            child++;
        if (!node_before(&heap->nodes[child], &heap->nodes[i]))
            break;
        heap_swap(heap, i, child);
        i = child;
    }
    return top;
}

static void node_clear(node_t *node)
{
    arb_clear(node->cost);
    ncf__free(node->members);
}

/* A copy of the sequence with room for one more entry; the cost is left at 0. */
static node_t node_copy(const slong *members, slong active)
{
    node_t node;
    node.members = ncf__malloc((size_t) active + 1, sizeof(slong));
    memcpy(node.members, members, (size_t) active * sizeof(slong));
    node.active = active;
    arb_init(node.cost);
    return node;
}

/* Sums the costs afresh, so that radii do not grow along the search. */
static void node_set_cost(node_t *node, arb_srcptr costs, slong prec)
{
    arb_zero(node->cost);
    for (slong i = 0; i < node->active; i++)
        arb_add(node->cost, node->cost, costs + node->members[i], prec);
}

static void push_children(heap_t *heap, const node_t *node, arb_srcptr costs, slong line_count,
                          const fmpz_t hidden, slong prec)
{
    slong last = node->members[node->active - 1];
    if (last + 1 < line_count) {
        node_t raised = node_copy(node->members, node->active);
        raised.members[raised.active - 1]++;
        node_set_cost(&raised, costs, prec);
        heap_push(heap, raised);
    }
    if (fmpz_cmp_si(hidden, node->active) > 0) {
        node_t longer = node_copy(node->members, node->active);
        longer.members[longer.active++] = last;
        node_set_cost(&longer, costs, prec);
        heap_push(heap, longer);
    }
}

/* ---- What is proved of one orbit ------------------------------------------------- */

void ncf__orbit_size(fmpz_t size, const slong *members, slong active, const fmpz_t hidden)
{
    /* h (h-1) ... (h-active+1) / prod(multiplicities!) * 2^active */
    fmpz_t factor;
    fmpz_init(factor);
    fmpz_one(size);
    for (slong i = 0, run = 0; i < active; i++) {
        fmpz_sub_si(factor, hidden, i);
        fmpz_mul(size, size, factor);
        run = i > 0 && members[i] == members[i - 1] ? run + 1 : 1;
        fmpz_divexact_si(size, size, run);
    }
    fmpz_mul_2exp(size, size, (ulong) active);
    fmpz_clear(factor);
}

/* Index, nullity and dimension add up over the active units, (2c). */
static void set_inertia(ncf_orbit_struct *orbit, const ncf_line_list_t *lines)
{
    int known = 1;
    orbit->index = orbit->active - 1;
    orbit->nullity = orbit->dimension = 0;
    for (slong i = 0; i < orbit->active; i++) {
        const ncf_line_struct *line = &lines->lines[orbit->members[i]];
        known = known && line->inertia_known;
        orbit->index += line->index;
        orbit->nullity += line->nullity;
        orbit->dimension += line->dimension;
    }
    if (orbit->active > 1)
        orbit->second_order = NCF_SECOND_ORDER_NO;
    else if (!known)
        orbit->second_order = NCF_SECOND_ORDER_UNDECIDED;
    else if (orbit->index > 0)
        orbit->second_order = NCF_SECOND_ORDER_NO;
    else
        orbit->second_order =
            orbit->nullity > 0 ? NCF_SECOND_ORDER_DEGENERATE : NCF_SECOND_ORDER_STRICT;
    if (!known)
        orbit->index = orbit->nullity = -1;
}

/* lambda min(2, 1 if a unit is inactive, 1 - curvature), T-DECOUPLE. */
static void set_gap(ncf_orbit_struct *orbit, const ncf_line_list_t *lines, const fmpz_t hidden,
                    slong prec)
{
    const ncf_line_struct *line = &lines->lines[orbit->members[0]];
    arb_t bound;
    arb_init(bound);
    arb_set_si(orbit->gap, fmpz_is_one(hidden) ? 2 : 1);
    if (arb_is_finite(line->curvature)) {
        arb_sub_si(bound, line->curvature, 1, prec);
        arb_neg(bound, bound);
        arb_min(orbit->gap, orbit->gap, bound, prec);
    }
    arb_mul(orbit->gap, orbit->gap, orbit->lambda, prec);
    arb_clear(bound);
}

/*
 * The rank of W_1 is that of the distinct active lines: at most their number, at least
 * the number of rows that stay non-zero in Gram-Schmidt.
 */
static void set_rank(ncf_orbit_struct *orbit, const ncf_line_list_t *lines, slong prec)
{
    slong d = arb_mat_ncols(lines->lines[0].basis), rows = 0, distinct = 0;
    arb_mat_t frame;
    arb_t s;
    arb_mat_init(frame, orbit->active, d);
    arb_init(s);
    for (slong i = 0; i < orbit->active; i++) {
        if (i > 0 && orbit->members[i] == orbit->members[i - 1])
            continue;
        distinct++;
        arb_ptr v = arb_mat_entry(frame, rows, 0);
        for (slong j = 0; j < d; j++)
            arb_set(v + j, arb_mat_entry(lines->lines[orbit->members[i]].basis, 0, j));
        for (slong k = 0; k < rows; k++) {
            arb_dot(s, NULL, 0, v, 1, arb_mat_entry(frame, k, 0), 1, d, prec);
            for (slong j = 0; j < d; j++)
                arb_submul(v + j, s, arb_mat_entry(frame, k, j), prec);
        }
        arb_dot(s, NULL, 0, v, 1, v, 1, d, prec);
        if (!arb_is_positive(s))
            continue;
        arb_rsqrt(s, s, prec);
        for (slong j = 0; j < d; j++)
            arb_mul(v + j, v + j, s, prec);
        rows++;
    }
    slong most = distinct < d ? distinct : d;
    orbit->rank = rows == most ? rows : -1;
    orbit->rank_one = distinct == 1;
    if (orbit->dimension > 0 && orbit->active > 1) {
        /* Units on one set of lines may or may not share a line. */
        orbit->rank = -1;
        orbit->rank_one = 0;
    }
    arb_clear(s);
    arb_mat_clear(frame);
}

static void orbit_init(ncf_orbit_struct *orbit, node_t *node, const ncf_line_list_t *lines,
                       slong order, const fmpz_t hidden, slong prec)
{
    arb_init(orbit->lambda);
    arb_init(orbit->gap);
    fmpz_init(orbit->size);
    orbit->members = node->members;
    orbit->active = node->active;
    orbit->check = NCF_CHECK_NONE;
    node->members = NULL;
    ncf__lambda_of_cost(orbit->lambda, node->cost, order, prec);
    ncf__orbit_size(orbit->size, orbit->members, orbit->active, hidden);
    set_inertia(orbit, lines);
    set_rank(orbit, lines, prec);
    if (orbit->second_order == NCF_SECOND_ORDER_STRICT)
        set_gap(orbit, lines, hidden, prec);
}

void ncf__orbit_list_init(ncf_orbit_list_t *out, const ncf_line_list_t *lines, slong order,
                          const fmpz_t hidden, slong top, slong prec, const ncf_limits_t *limits)
{
    *out = (ncf_orbit_list_t) {.all = 1};
    if (lines->count == 0 || top == 0) {
        out->all = lines->count == 0;
        return;
    }
    arb_ptr costs = ncf__line_costs(lines, order, prec);
    heap_t heap = {NULL, 0, 0};
    slong allocated = 0, first = 0;
    node_t start = node_copy(&first, 1);
    node_set_cost(&start, costs, prec);
    heap_push(&heap, start);
    while (heap.count > 0 && out->count < top) {
        out->limit = ncf__limit_reached(limits);
        if (out->limit != NCF_LIMIT_NONE)
            break;
        node_t best = heap_pop(&heap);
        push_children(&heap, &best, costs, lines->count, hidden, prec);
        if (out->count == allocated) {
            allocated = 2 * allocated + 16;
            out->orbits = ncf__realloc(out->orbits, (size_t) allocated, sizeof(*out->orbits));
        }
        orbit_init(&out->orbits[out->count++], &best, lines, order, hidden, prec);
        node_clear(&best);
    }
    out->all = heap.count == 0;
    while (heap.count > 0) {
        node_t rest = heap_pop(&heap);
        node_clear(&rest);
    }
    ncf__free(heap.nodes);
    _arb_vec_clear(costs, lines->count);
}

void ncf__orbit_list_clear(ncf_orbit_list_t *list)
{
    for (slong i = 0; i < list->count; i++) {
        fmpz_clear(list->orbits[i].size);
        arb_clear(list->orbits[i].gap);
        arb_clear(list->orbits[i].lambda);
        ncf__free(list->orbits[i].members);
    }
    ncf__free(list->orbits);
    *list = (ncf_orbit_list_t) {.all = 1};
}

void ncf__orbit_weights(arb_mat_t rows, arb_ptr outgoing, const ncf_orbit_struct *orbit,
                        const ncf_line_list_t *lines, slong order, slong prec)
{
    arb_t length, root;
    arb_init(length);
    arb_init(root);
    arb_sqrt_ui(root, (ulong) order, prec);
    for (slong k = 0; k < orbit->active; k++) {
        const ncf_line_struct *line = &lines->lines[orbit->members[k]];
        /* r^{p-1} = lambda / (sqrt(p) |mu|) */
        arb_abs(length, line->mu);
        arb_mul(length, length, root, prec);
        arb_div(length, orbit->lambda, length, prec);
        arb_root_ui(length, length, (ulong) (order - 1), prec);
        for (slong j = 0; j < arb_mat_ncols(rows); j++)
            arb_mul(arb_mat_entry(rows, k, j), arb_mat_entry(line->basis, 0, j), length, prec);
        arb_div(outgoing + k, length, root, prec);
        if (arb_is_negative(line->mu))
            arb_neg(outgoing + k, outgoing + k);
    }
    arb_clear(root);
    arb_clear(length);
}
