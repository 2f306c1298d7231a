/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * cover_merge.c: lines from different charts and boxes that are one line (T-COVER,
 * lemma 5), and the clusters of undecided boxes.
 */
#include "cover_internal.h"

#include <math.h>
#include <stdlib.h>

/* A 2 x 2 minor of (e, f) that excludes zero: the lines differ. */
static int distinct(arb_srcptr e, arb_srcptr f, slong dimension, slong prec)
{
    arb_t minor;
    arb_init(minor);
    int found = 0;
    for (slong i = 0; i < dimension && !found; i++) {
        for (slong j = i + 1; j < dimension && !found; j++) {
            arb_mul(minor, e + i, f + j, prec);
            arb_submul(minor, e + j, f + i, prec);
            found = arb_is_finite(minor) && !arb_contains_zero(minor);
        }
    }
    arb_clear(minor);
    return found;
}

/*
 * b, written in the chart of a, lies in the box where a is the only zero: every
 * representative with e_chart = 1 of the line b is a zero of the chart's equations.
 */
static int is_zero_of(const ncf_cover_record_t *a, const ncf_cover_record_t *b,
                      slong dimension, slong prec)
{
    arb_t x;
    arf_t low, high;
    arb_init(x);
    arf_init(low);
    arf_init(high);
    int inside = !arb_contains_zero(b->e + a->chart);
    for (slong i = 0; i < dimension && inside; i++) {
        if (i == a->chart)
            continue;
        slong l = i - (i > a->chart);
        arb_div(x, b->e + i, b->e + a->chart, prec);
        arb_get_lbound_arf(low, x, prec);
        arb_get_ubound_arf(high, x, prec);
        inside = arb_is_finite(x) && arf_cmp_d(low, a->unique.low[l]) >= 0 &&
                 arf_cmp_d(high, a->unique.high[l]) <= 0;
    }
    arf_clear(high);
    arf_clear(low);
    arb_clear(x);
    return inside;
}

ncf_verdict_t ncf__cover_same(const ncf_cover_record_t *a, const ncf_cover_record_t *b,
                              slong dimension, slong prec)
{
    if (distinct(a->e, b->e, dimension, prec))
        return ncf_refuted();
    if (is_zero_of(a, b, dimension, prec) || is_zero_of(b, a, dimension, prec))
        return ncf_proved();
    return ncf_undecided();
}

static double widest(const ncf_cover_box_t *box)
{
    double width = 0;
    for (slong l = 0; l < COVER_VARIABLES; l++)
        width = fmax(width, box->high[l] - box->low[l]);
    return width;
}

/* Boxes around one singular zero can be a little apart: a gap of their size is bridged. */
static int touch(const ncf_cover_box_t *a, const ncf_cover_box_t *b, slong variables)
{
    double gap = fmin(fmax(widest(a), widest(b)), 0x1p-10);
    int meet = 1;
    for (slong l = 0; l < variables; l++)
        meet = meet && a->low[l] <= b->high[l] + gap && b->low[l] <= a->high[l] + gap;
    return meet;
}

static void extend(ncf_cover_box_t *hull, const ncf_cover_box_t *box)
{
    for (slong l = 0; l < COVER_VARIABLES; l++) {
        hull->low[l] = hull->low[l] < box->low[l] ? hull->low[l] : box->low[l];
        hull->high[l] = hull->high[l] > box->high[l] ? hull->high[l] : box->high[l];
    }
}

/* Order by cells of width 1/8, so that the boxes of a cell are neighbours. */
static long cell(const ncf_cover_box_t *box, slong l)
{
    return (long) floor(8 * box->low[l]);
}

static int compare_cells(const void *p, const void *q)
{
    const ncf_cover_box_t *a = p, *b = q;
    for (slong l = 0; l < COVER_VARIABLES; l++)
        if (cell(a, l) != cell(b, l))
            return cell(a, l) < cell(b, l) ? -1 : 1;
    return 0;
}

/* One hull a cell: a first thinning when there are too many boxes to compare all. */
static slong thin_out(ncf_cover_box_t *boxes, slong count)
{
    qsort(boxes, (size_t) count, sizeof(*boxes), compare_cells);
    slong kept = 0;
    for (slong i = 0; i < count; i++) {
        if (kept > 0 && compare_cells(&boxes[kept - 1], &boxes[i]) == 0)
            extend(&boxes[kept - 1], &boxes[i]);
        else
            boxes[kept++] = boxes[i];
    }
    return kept;
}

/* Grows the hull of the cluster of box `first` with all later boxes that reach it. */
static slong absorb(ncf_cover_box_t *boxes, slong first, slong count, slong variables)
{
    for (slong i = first + 1; i < count;) {
        if (!touch(&boxes[first], &boxes[i], variables)) {
            i++;
            continue;
        }
        extend(&boxes[first], &boxes[i]);
        boxes[i] = boxes[--count];
        i = first + 1;
    }
    return count;
}

slong ncf__cover_cluster(ncf_cover_box_t *boxes, slong count, slong variables)
{
    enum { COMPARE_ALL = 2000 };
    if (count > COMPARE_ALL)
        count = thin_out(boxes, count);
    for (slong first = 0; first < count; first++)
        count = absorb(boxes, first, count, variables);
    return count;
}
