/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* line.c: storage and order of eigenlines. */
#include "line.h"

#include <stdlib.h>

void ncf__line_init(ncf_line_t line, slong dimension, slong ambient)
{
    arb_init(line->mu);
    arb_init(line->curvature);
    arb_neg_inf(line->curvature);
    arb_mat_init(line->basis, dimension + 1, ambient);
    line->dimension = dimension;
    line->multiplicity = 0;
    line->inertia_known = 0;
    line->index = 0;
    line->nullity = 0;
}

void ncf__line_clear(ncf_line_t line)
{
    arb_mat_clear(line->basis);
    arb_clear(line->curvature);
    arb_clear(line->mu);
}

void ncf__line_list_init(ncf_line_list_t *list)
{
    *list = (ncf_line_list_t) {.complete = ncf_undecided()};
}

void ncf__line_list_clear(ncf_line_list_t *list)
{
    for (slong i = 0; i < list->count; i++)
        ncf__line_clear(&list->lines[i]);
    ncf__free(list->lines);
    ncf__line_list_init(list);
}

ncf_line_struct *ncf__line_list_append(ncf_line_list_t *list, slong dimension, slong ambient)
{
    if (list->count == list->allocated) {
        list->allocated = 2 * list->allocated + 8;
        list->lines = ncf__realloc(list->lines, (size_t) list->allocated, sizeof(*list->lines));
    }
    ncf_line_struct *line = &list->lines[list->count++];
    ncf__line_init(line, dimension, ambient);
    return line;
}

static int compare_lines(const void *a, const void *b)
{
    const ncf_line_struct *s = a, *t = b;
    int order = -arf_cmpabs(arb_midref(s->mu), arb_midref(t->mu));
    for (slong j = 0; order == 0 && j < arb_mat_ncols(s->basis); j++)
        order = -arf_cmp(arb_midref(arb_mat_entry(s->basis, 0, j)),
                         arb_midref(arb_mat_entry(t->basis, 0, j)));
    return order;
}

void ncf__line_list_sort(ncf_line_list_t *list)
{
    if (list->count > 1)
        qsort(list->lines, (size_t) list->count, sizeof(*list->lines), compare_lines);
}

static int row_is_negative(const arb_mat_t basis, slong row)
{
    for (slong j = 0; j < arb_mat_ncols(basis); j++) {
        arb_srcptr entry = arb_mat_entry(basis, row, j);
        if (!arb_contains_zero(entry))
            return arb_is_negative(entry);
    }
    return 0;
}

int ncf__line_normalise_sign(ncf_line_t line)
{
    int flipped = 0;
    for (slong i = 0; i <= line->dimension; i++) {
        if (!row_is_negative(line->basis, i))
            continue;
        flipped = flipped || i == 0;
        for (slong j = 0; j < arb_mat_ncols(line->basis); j++)
            arb_neg(arb_mat_entry(line->basis, i, j), arb_mat_entry(line->basis, i, j));
    }
    return flipped;
}
