/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * prune_class.c: where the layer below the head has degree 2, its directions are
 * eigenvectors of one symmetric matrix, with eigenvalues mu / e_a. So the weights e_a and
 * e_b of two units are equal, or their directions are orthogonal (T-PRUNE, lemma 3).
 */
#include "prune_internal.h"

#include <math.h>

#define PAD 0x1p-50
#define TINY 0x1p-400

typedef struct {
    double low, high;
} range_t;

static const range_t one = {1, 1};

static range_t times(range_t a, range_t b)
{
    double p = a.low * b.low, q = a.low * b.high, r = a.high * b.low, s = a.high * b.high;
    double low = fmin(fmin(p, q), fmin(r, s)), high = fmax(fmax(p, q), fmax(r, s));
    return (range_t){low - fabs(low) * PAD - TINY, high + fabs(high) * PAD + TINY};
}

/* a / b where b excludes 0 */
static range_t divided(range_t a, range_t b)
{
    double low = 1 / b.high, high = 1 / b.low;
    return times(a, (range_t){low - fabs(low) * PAD, high + fabs(high) * PAD});
}

/* Variable v of the box, or the fixed coordinate. */
static range_t coordinate(const ncf_prune_box_t *box, slong v)
{
    return v < 0 ? one : (range_t){box->low[v], box->high[v]};
}

/* Keeps of variable v what lies in r; 0: nothing. */
static int keep(ncf_prune_box_t *box, slong v, range_t r)
{
    if (v < 0)
        return r.low <= 1 && r.high >= 1;
    if (r.low > box->low[v])
        box->low[v] = r.low;
    if (r.high < box->high[v])
        box->high[v] = r.high;
    return box->low[v] <= box->high[v];
}

/* e_a = e_b */
static int contract_equal(ncf_prune_box_t *box, slong a, slong b)
{
    range_t r = coordinate(box, a), s = coordinate(box, b);
    return keep(box, a, s) && keep(box, b, r);
}

/* sum_j e_j f_j = 0 for the directions of two rows. */
static int contract_orthogonal(ncf_prune_box_t *box, slong row_e, slong row_f,
                               const ncf_prune_stratum_t *s, const ncf_prune_chart_t *chart)
{
    slong d = s->dimension[row_e], e[PRUNE_WIDTH], f[PRUNE_WIDTH];
    range_t term[PRUNE_WIDTH], sum = {0, 0};
    for (slong j = 0; j < d; j++) {
        e[j] = ncf__prune_variable(s, chart, row_e, j);
        f[j] = ncf__prune_variable(s, chart, row_f, j);
        term[j] = times(coordinate(box, e[j]), coordinate(box, f[j]));
        sum.low += term[j].low;
        sum.high += term[j].high;
    }
    double pad = (double) d * (fabs(sum.low) + fabs(sum.high) + 2) * PAD;
    for (slong j = 0; j < d; j++)
        pad += (fabs(term[j].low) + fabs(term[j].high)) * (double) d * PAD;
    if (sum.low - pad > 0 || sum.high + pad < 0)
        return 0;
    for (slong j = 0; j < d; j++) {
        range_t rest = {-(sum.high - term[j].high) - pad, -(sum.low - term[j].low) + pad};
        range_t x = coordinate(box, e[j]), y = coordinate(box, f[j]);
        if ((y.low > TINY || y.high < -TINY) && !keep(box, e[j], divided(rest, y)))
            return 0;
        if ((x.low > TINY || x.high < -TINY) && !keep(box, f[j], divided(rest, x)))
            return 0;
    }
    return 1;
}

int ncf__prune_contract_classes(ncf_prune_box_t *box, const ncf_prune_stratum_t *s,
                                const ncf_prune_chart_t *chart)
{
    if (!s->has_classes)
        return 1;
    slong head = s->rows - 1, first = s->first_row[s->layers - 1];
    for (slong a = 0; a < s->dimension[head]; a++) {
        for (slong b = a + 1; b < s->dimension[head]; b++) {
            int kept = chart->class_of[a] == chart->class_of[b]
                           ? contract_equal(box, ncf__prune_variable(s, chart, head, a),
                                            ncf__prune_variable(s, chart, head, b))
                           : contract_orthogonal(box, first + a, first + b, s, chart);
            if (!kept)
                return 0;
        }
    }
    return 1;
}
