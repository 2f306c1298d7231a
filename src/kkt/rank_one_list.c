/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * rank_one_list.c: the rank-one families best first, and their census (T-RANKONE). The
 * search starts from the families with one unit in each layer. lambda decreases in every
 * support size, and each other family has one parent: the last support above 1 lowered by
 * one.
 */
#include "rank_one.h"

#include <string.h>

#define ENUMERATION_LIMIT 1000000
#define MAX_COUNTED_WIDTH 10000000

/* ---- Best-first search ----------------------------------------------------------- */

typedef struct {
    slong line;
    slong *supports;
    arb_t lambda;
} node_t;

typedef struct {
    const ncf_rank_one_shape_t *shape;
    const ncf_line_list_t *lines;
    slong prec;
    node_t *nodes; /* binary heap, largest midpoint of lambda first */
    slong count, allocated;
} heap_t;

static slong layers(const ncf_rank_one_shape_t *shape)
{
    return shape->depth - 1;
}

/* A total order, so that ties come out the same way everywhere. */
static int node_before(const heap_t *heap, const node_t *a, const node_t *b)
{
    int order = arf_cmp(arb_midref(b->lambda), arb_midref(a->lambda));
    if (order != 0)
        return order < 0;
    if (a->line != b->line)
        return a->line < b->line;
    for (slong l = 0; l < layers(heap->shape); l++) {
        if (a->supports[l] != b->supports[l])
            return a->supports[l] < b->supports[l];
    }
    return 0;
}

static void node_clear(node_t *node)
{
    arb_clear(node->lambda);
    ncf__free(node->supports);
}

static void heap_swap(heap_t *heap, slong i, slong j)
{
    node_t swap = heap->nodes[i];
    heap->nodes[i] = heap->nodes[j];
    heap->nodes[j] = swap;
}

/* The family of `line` and a copy of the supports with entry `raised` (or none, -1) one up. */
static void heap_push(heap_t *heap, slong line, const slong *supports, slong raised)
{
    if (heap->count == heap->allocated) {
        heap->allocated = 2 * heap->allocated + 16;
        heap->nodes =
            ncf__realloc(heap->nodes, (size_t) heap->allocated, sizeof(*heap->nodes));
    }
    slong i = heap->count++, size = layers(heap->shape);
    node_t *node = &heap->nodes[i];
    node->line = line;
    node->supports = ncf__malloc((size_t) size, sizeof(slong));
    memcpy(node->supports, supports, (size_t) size * sizeof(slong));
    if (raised >= 0)
        node->supports[raised]++;
    arb_init(node->lambda);
    ncf__rank_one_lambda(node->lambda, heap->shape, heap->lines->lines[line].mu,
                         node->supports, heap->prec);
    for (; i > 0 && node_before(heap, &heap->nodes[i], &heap->nodes[(i - 1) / 2]);
         i = (i - 1) / 2)
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
        if (child + 1 < heap->count &&
            node_before(heap, &heap->nodes[child + 1], &heap->nodes[child]))
            child++;
        if (!node_before(heap, &heap->nodes[child], &heap->nodes[i]))
            break;
        heap_swap(heap, i, child);
        i = child;
    }
    return top;
}

static void heap_start(heap_t *heap, const ncf_rank_one_shape_t *shape,
                       const ncf_line_list_t *lines, slong prec)
{
    *heap = (heap_t){shape, lines, prec, NULL, 0, 0};
    slong *ones = ncf__malloc((size_t) layers(shape), sizeof(*ones));
    for (slong l = 0; l < layers(shape); l++)
        ones[l] = 1;
    for (slong i = 0; i < lines->count; i++)
        heap_push(heap, i, ones, -1);
    ncf__free(ones);
}

static void heap_clear(heap_t *heap)
{
    for (slong i = 0; i < heap->count; i++)
        node_clear(&heap->nodes[i]);
    ncf__free(heap->nodes);
}

static void push_children(heap_t *heap, const node_t *node)
{
    slong last = 0, size = layers(heap->shape);
    for (slong l = 0; l < size; l++) {
        if (node->supports[l] > 1)
            last = l;
    }
    for (slong l = last; l < size; l++) {
        if (heap->shape->degrees[l] > 1 && node->supports[l] < heap->shape->widths[l + 1])
            heap_push(heap, node->line, node->supports, l);
    }
}

/* ---- What is proved of one family ------------------------------------------------ */

/* prod of C(k_l, s_l) 2^{s_l}; 0 for an infinite family. */
static void family_size(fmpz_t size, const ncf_rank_one_shape_t *shape, const slong *supports,
                        slong dimension)
{
    fmpz_t binomial;
    fmpz_init(binomial);
    fmpz_set_si(size, dimension == 0);
    for (slong l = 0; l < layers(shape) && dimension == 0; l++) {
        fmpz_bin_uiui(binomial, (ulong) shape->widths[l + 1], (ulong) supports[l]);
        fmpz_mul(size, size, binomial);
        fmpz_mul_2exp(size, size, (ulong) supports[l]);
    }
    fmpz_clear(binomial);
}

static slong linear_dimension(const ncf_rank_one_shape_t *shape)
{
    slong dimension = 0;
    for (slong l = 0; l < layers(shape); l++) {
        if (shape->degrees[l] == 1)
            dimension += shape->widths[l + 1] - 1;
    }
    return dimension;
}

/* T-RANKONE (4): the spectrum, added up. */
static void set_inertia(ncf_rank_one_family_t *family, const ncf_rank_one_shape_t *shape,
                        const ncf_line_struct *line, const ncf_first_layer_t *first)
{
    int known = line->inertia_known;
    family->index = line->index;
    family->nullity = line->nullity + linear_dimension(shape);
    for (slong l = 0; l < layers(shape); l++)
        family->index += family->supports[l] - 1;
    slong copies = layers(shape) > 0 ? family->supports[0] - 1 : 0;
    if (copies > 0) {
        known = known && first->above[family->line] >= 0;
        family->index += copies * first->above[family->line];
        family->nullity += copies * first->equal[family->line];
    }
    int more_units = 0;
    for (slong l = 0; l < layers(shape); l++)
        more_units = more_units || family->supports[l] > 1;
    if (more_units || (known && family->index > 0))
        family->second_order = NCF_SECOND_ORDER_NO;
    else if (!known)
        family->second_order = NCF_SECOND_ORDER_UNDECIDED;
    else
        family->second_order =
            family->nullity > 0 ? NCF_SECOND_ORDER_DEGENERATE : NCF_SECOND_ORDER_STRICT;
    if (!known)
        family->index = family->nullity = -1;
}

/* Is -lambda an eigenvalue: are there weights beside those that T-RANKONE (4) names? */
static int has_idle_weights(const ncf_rank_one_shape_t *shape)
{
    fmpz_t count, product;
    fmpz_init(count);
    fmpz_init(product);
    for (slong l = 0; l < shape->depth; l++) {
        fmpz_set_si(product, shape->widths[l]);
        fmpz_mul_si(product, product, shape->widths[l + 1]);
        fmpz_add(count, count, product);
    }
    fmpz_sub_si(count, count, shape->depth + shape->widths[0] - 1);
    fmpz_sub_si(count, count, linear_dimension(shape));
    fmpz_sub_si(count, count, linear_dimension(shape));
    int idle = fmpz_sgn(count) > 0;
    fmpz_clear(product);
    fmpz_clear(count);
    return idle;
}

/* lambda min(2, 1 if there are idle weights, 1 - curvature), where index is 0. */
static void set_gap(ncf_rank_one_family_t *family, const ncf_rank_one_shape_t *shape,
                    const ncf_line_struct *line, slong prec)
{
    arb_indeterminate(family->gap);
    if (family->index != 0 || line->nullity != 0)
        return;
    arb_t bound;
    arb_init(bound);
    arb_set_si(family->gap, has_idle_weights(shape) ? 1 : 2);
    if (shape->widths[0] > 1) {
        arb_sub_si(bound, line->curvature, 1, prec);
        arb_neg(bound, bound);
        arb_min(family->gap, family->gap, bound, prec);
    }
    arb_mul(family->gap, family->gap, family->lambda, prec);
    arb_clear(bound);
}

static void family_init(ncf_rank_one_family_t *family, node_t *node, const heap_t *heap,
                        const ncf_first_layer_t *first)
{
    const ncf_line_struct *line = &heap->lines->lines[node->line];
    family->line = node->line;
    family->supports = node->supports;
    node->supports = NULL;
    arb_init(family->lambda);
    arb_init(family->gap);
    fmpz_init(family->size);
    arb_swap(family->lambda, node->lambda);
    family->dimension = line->dimension + linear_dimension(heap->shape);
    family_size(family->size, heap->shape, family->supports, family->dimension);
    set_inertia(family, heap->shape, line, first);
    set_gap(family, heap->shape, line, heap->prec);
}

void ncf__rank_one_list_init(ncf_rank_one_list_t *out, const ncf_rank_one_shape_t *shape,
                             const ncf_line_list_t *lines, const ncf_first_layer_t *first,
                             slong top, const arb_struct *lambda_min, slong prec,
                             const ncf_limits_t *limits)
{
    heap_t heap;
    slong allocated = 0;
    *out = (ncf_rank_one_list_t){.all = 1};
    heap_start(&heap, shape, lines, prec);
    while (heap.count > 0 && out->count < top) {
        out->limit = ncf__limit_reached(limits);
        if (out->limit != NCF_LIMIT_NONE)
            break;
        node_t best = heap_pop(&heap);
        /* Children have smaller lambda: a branch below the bound ends here. */
        if (lambda_min == NULL || !arb_lt(best.lambda, lambda_min)) {
            push_children(&heap, &best);
            if (out->count == allocated) {
                allocated = 2 * allocated + 16;
                out->families =
                    ncf__realloc(out->families, (size_t) allocated, sizeof(*out->families));
            }
            family_init(&out->families[out->count++], &best, &heap, first);
        }
        node_clear(&best);
    }
    out->all = heap.count == 0;
    heap_clear(&heap);
}

static void family_clear(ncf_rank_one_family_t *family)
{
    fmpz_clear(family->size);
    arb_clear(family->gap);
    arb_clear(family->lambda);
    ncf__free(family->supports);
}

void ncf__rank_one_list_clear(ncf_rank_one_list_t *list)
{
    for (slong i = 0; i < list->count; i++)
        family_clear(&list->families[i]);
    ncf__free(list->families);
    *list = (ncf_rank_one_list_t) {.all = 1};
}

void ncf__rank_one_list_trim(ncf_rank_one_list_t *list, const arb_t lambda_min)
{
    while (list->count > 0 && arb_lt(list->families[list->count - 1].lambda, lambda_min)) {
        family_clear(&list->families[--list->count]);
        list->all = 1;
    }
}

/* ---- Census ---------------------------------------------------------------------- */

static int is_strict(const ncf_line_struct *line)
{
    return line->index == 0 && line->nullity == 0;
}

static int is_infinite(const ncf_rank_one_shape_t *shape, const ncf_line_list_t *lines)
{
    int infinite = lines->count > 0 && linear_dimension(shape) > 0;
    for (slong i = 0; i < lines->count; i++)
        infinite = infinite || lines->lines[i].dimension > 0;
    return infinite;
}

/* A factor for each layer: 3^k - 1 choices of a_l up to its length, k supports. */
static void count_all(ncf_census_t *out, const ncf_rank_one_shape_t *shape,
                      const ncf_line_list_t *lines)
{
    fmpz_t points;
    fmpz_init(points);
    fmpz_set_si(out->positive.value, lines->count);
    fmpz_set_si(out->orbits.value, lines->count);
    for (slong l = 0; l < layers(shape); l++) {
        fmpz_set_ui(points, 2);
        if (shape->degrees[l] > 1) {
            fmpz_mul_si(out->orbits.value, out->orbits.value, shape->widths[l + 1]);
            /* Beyond that the number cannot be written down. */
            out->positive.known =
                out->positive.known && shape->widths[l + 1] <= MAX_COUNTED_WIDTH;
            fmpz_set_ui(points, 3);
            fmpz_pow_ui(points, points,
                        out->positive.known ? (ulong) shape->widths[l + 1] : 1);
            fmpz_sub_ui(points, points, 1);
        }
        fmpz_mul(out->positive.value, out->positive.value, points);
    }
    fmpz_clear(points);
}

/* One unit a layer, in either sign, on a strict line; no linear layer of several units. */
static void count_strict(ncf_count_struct *out, const ncf_rank_one_shape_t *shape,
                         const ncf_line_list_t *lines)
{
    slong strict = 0;
    for (slong i = 0; i < lines->count; i++) {
        out->known = out->known && lines->lines[i].inertia_known;
        strict += is_strict(&lines->lines[i]);
    }
    fmpz_set_si(out->value, linear_dimension(shape) > 0 ? 0 : strict);
    for (slong l = 0; l < layers(shape); l++)
        fmpz_mul_si(out->value, out->value, 2 * shape->widths[l + 1]);
}

static void count_family(ncf_census_t *out, const ncf_rank_one_shape_t *shape,
                         const ncf_line_list_t *lines, const node_t *node)
{
    const ncf_line_struct *line = &lines->lines[node->line];
    fmpz_t size;
    fmpz_init(size);
    family_size(size, shape, node->supports, 0);
    fmpz_add(out->positive.value, out->positive.value, size);
    fmpz_add_ui(out->orbits.value, out->orbits.value, 1);
    int plain = 1;
    for (slong l = 0; l < layers(shape); l++)
        plain = plain && node->supports[l] == 1;
    if (plain && !line->inertia_known)
        out->strict_second_order.known = 0;
    if (plain && is_strict(line))
        fmpz_add(out->strict_second_order.value, out->strict_second_order.value, size);
    fmpz_clear(size);
}

/* Families with lambda >= the bound, one by one. */
static int count_above(ncf_census_t *out, const ncf_rank_one_shape_t *shape,
                       const ncf_line_list_t *lines, const arb_struct *lambda_min, slong prec)
{
    heap_t heap;
    slong visited = 0;
    int decided = 1;
    heap_start(&heap, shape, lines, prec);
    while (heap.count > 0 && decided) {
        node_t best = heap_pop(&heap);
        if (!arb_lt(best.lambda, lambda_min)) {
            decided = arb_ge(best.lambda, lambda_min) && ++visited <= ENUMERATION_LIMIT;
            push_children(&heap, &best);
            count_family(out, shape, lines, &best);
        }
        node_clear(&best);
    }
    heap_clear(&heap);
    return decided;
}

void ncf__rank_one_census_init(ncf_census_t *out, const ncf_rank_one_shape_t *shape,
                               const ncf_line_list_t *lines, const arb_struct *lambda_min,
                               slong prec)
{
    ncf_count_struct *counts[] = {&out->positive, &out->strict_second_order, &out->rank_one,
                                  &out->orbits};
    for (int i = 0; i < 4; i++) {
        fmpz_init(counts[i]->value);
        counts[i]->known = 1;
    }
    int finite = !is_infinite(shape, lines), decided = finite;
    if (lambda_min == NULL || !finite)
        count_strict(&out->strict_second_order, shape, lines);
    if (finite && lambda_min == NULL)
        count_all(out, shape, lines);
    else if (finite)
        decided = count_above(out, shape, lines, lambda_min, prec);
    if (!decided)
        out->positive.known = out->orbits.known = 0;
    if (lambda_min != NULL && !decided)
        out->strict_second_order.known = 0;
    fmpz_set(out->rank_one.value, out->positive.value);
    out->rank_one.known = out->positive.known;
}
