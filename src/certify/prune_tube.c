/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * prune_tube.c: sets of KKT points that are not isolated (T-PRUNE, lemma 10). Where all
 * units below the head are of one class and their directions span R^d, the equations say
 * that one symmetric matrix B is a multiple of the identity: fewer equations than
 * variables. A box where they can be solved for some of the variables, for all values of
 * the others, is a piece of a tube.
 */
#include "prune_internal.h"

#include <math.h>
#include <string.h>

#define PAD 0x1p-46
#define TINY 0x1p-400
#define LARGEST 0.25 /* width of boxes that are tried */
#define INFLATE 2.0  /* half widths of the solved variables by those of the others */
#define TIGHT 0x1p-44

typedef struct {
    const ncf_prune_view_t *view;
    slong n, m;
    slong column[PRUNE_VARIABLES]; /* the solved variables */
    unsigned char solved[PRUNE_VARIABLES + 1];
    double y[PRUNE_VARIABLES][PRUNE_VARIABLES]; /* approximate inverse, m x m */
    double center[PRUNE_VARIABLES], radius[PRUNE_VARIABLES];
} tube_t;

/* ---- Do the directions span R^d? ------------------------------------------------- */

typedef struct {
    double low, high;
} range_t;

static range_t product(range_t a, range_t b)
{
    double p = a.low * b.low, q = a.low * b.high, r = a.high * b.low, s = a.high * b.high;
    double low = fmin(fmin(p, q), fmin(r, s)), high = fmax(fmax(p, q), fmax(r, s));
    return (range_t){low - fabs(low) * PAD - TINY, high + fabs(high) * PAD + TINY};
}

static range_t coordinate(const ncf_prune_box_t *box, const ncf_prune_view_t *view, slong row,
                          slong j)
{
    slong v = ncf__prune_variable(view->stratum, &view->chart, row, j);
    return v < 0 ? (range_t){1, 1} : (range_t){box->low[v], box->high[v]};
}

/* d = 2: two rows with a determinant that excludes 0. */
static int directions_span(const ncf_prune_box_t *box, const ncf_prune_view_t *view)
{
    const ncf_prune_stratum_t *s = view->stratum;
    for (slong a = 0; a < s->width[1]; a++) {
        for (slong b = a + 1; b < s->width[1]; b++) {
            range_t p = product(coordinate(box, view, a, 0), coordinate(box, view, b, 1));
            range_t q = product(coordinate(box, view, a, 1), coordinate(box, view, b, 0));
            double pad = (fabs(p.low) + fabs(p.high) + fabs(q.low) + fabs(q.high)) * PAD;
            if (p.low - q.high > pad || q.low - p.high > pad)
                return 1;
        }
    }
    return 0;
}

/* One class, and its weights in the head are exactly 1. */
static int is_one_class(const ncf_prune_box_t *box, const ncf_prune_view_t *view)
{
    const ncf_prune_stratum_t *s = view->stratum;
    slong head = s->rows - 1;
    for (slong a = 0; a < s->width[1]; a++) {
        range_t e = coordinate(box, view, head, a);
        if (view->chart.class_of[a] != 0 || e.low != 1 || e.high != 1)
            return 0;
    }
    return 1;
}

/* ---- The solved variables -------------------------------------------------------- */

/*
 * Gauss-Jordan with complete pivoting on the derivatives of g at the centre: chooses the
 * solved variables and inverts their columns. A proposal; 0 when the rank is too small.
 */
static int approx_solve(tube_t *t)
{
    double a[PRUNE_VARIABLES][2 * PRUNE_VARIABLES] = {{0}};
    slong n = t->n, m = t->m,
          free = t->view->stratum->width[1] * (t->view->stratum->width[0] - 1);
    memset(t->solved, 0, sizeof(t->solved));
    for (slong i = 0; i < m; i++) {
        for (slong j = 0; j < free; j++)
            a[i][j] = t->view->values->g[i].slope_m[j + 1];
        a[i][n + i] = 1;
    }
    for (slong k = 0; k < m; k++) {
        slong row = k, column = -1;
        double most = 0;
        for (slong i = k; i < m; i++)
            for (slong j = 0; j < free; j++)
                if (!t->solved[j] && fabs(a[i][j]) > most) {
                    most = fabs(a[i][j]);
                    row = i;
                    column = j;
                }
        if (column < 0 || !isfinite(1 / most))
            return 0;
        for (slong j = 0; j < n + m; j++) {
            double swap = a[k][j];
            a[k][j] = a[row][j];
            a[row][j] = swap;
        }
        double inverse = 1 / a[k][column];
        for (slong j = 0; j < n + m; j++)
            a[k][j] *= inverse;
        for (slong i = 0; i < m; i++) {
            double factor = a[i][column];
            for (slong j = 0; i != k && j < n + m; j++)
                a[i][j] -= factor * a[k][j];
        }
        t->solved[column] = 1;
        t->column[k] = column;
    }
    for (slong k = 0; k < m; k++)
        for (slong i = 0; i < m; i++)
            t->y[k][i] = a[k][n + i];
    return 1;
}

static void evaluate(tube_t *t)
{
    const ncf_prune_view_t *view = t->view;
    view->kernel(view->values, view->stratum, &view->chart, t->center, t->radius,
                 PRUNE_DERIVATIVE | PRUNE_MATRIX);
}

/* Bound of |(Y J)_kj - delta| for variable j, with j the solved variable k or not. */
static double entry_bound(const tube_t *t, slong k, slong j)
{
    double m = t->column[k] == j ? -1 : 0, r = 0, size = 1;
    for (slong i = 0; i < t->m; i++) {
        const ncf_prune_jet_t *g = &t->view->values->g[i];
        m += t->y[k][i] * g->slope_m[j + 1];
        r += fabs(t->y[k][i]) * g->slope_r[j + 1];
        size += fabs(t->y[k][i] * g->slope_m[j + 1]);
    }
    return fabs(m) + r + (r + size) * PAD + TINY;
}

/*
 * T-KRAWCZYK A with parameters: for all values of the other variables, exactly one value of
 * the solved ones. evaluate() was called for the box.
 */
static int is_graph(const tube_t *t)
{
    for (slong k = 0; k < t->m; k++) {
        double sum = 0, size = 0;
        for (slong i = 0; i < t->m; i++) {
            const ncf_prune_jet_t *g = &t->view->values->g[i];
            sum += t->y[k][i] * g->value_m[0];
            size += fabs(t->y[k][i]) * (fabs(g->value_m[0]) + g->value_r[0]);
        }
        double bound = fabs(sum) + size * PAD;
        for (slong i = 0; i < t->m; i++)
            bound += fabs(t->y[k][i]) * t->view->values->g[i].value_r[0];
        for (slong j = 0; j < t->n; j++)
            bound += entry_bound(t, k, j) * t->radius[j];
        if (!(bound * (1 + PAD) + TINY < t->radius[t->column[k]]))
            return 0;
    }
    return 1;
}

/* Newton's method for the solved variables, the others being at the centre. A proposal. */
static int approx_newton(tube_t *t, const double *room, slong *effort)
{
    double start[PRUNE_VARIABLES];
    memcpy(start, t->center, sizeof(start));
    memset(t->radius, 0, sizeof(t->radius));
    for (int turn = 0; turn < 8; turn++) {
        double largest = 0;
        ++*effort;
        evaluate(t);
        if (turn == 0 && !approx_solve(t))
            return 0;
        for (slong k = 0; k < t->m; k++) {
            double step = 0;
            for (slong i = 0; i < t->m; i++)
                step += t->y[k][i] * t->view->values->g[i].value_m[0];
            slong j = t->column[k];
            t->center[j] -= step;
            largest = fmax(largest, fabs(step));
            if (!(fabs(t->center[j] - start[j]) <= 4 * room[j] + TIGHT))
                return 0;
        }
        if (largest < TIGHT)
            return 1;
    }
    return 1;
}

/* ---- The tube -------------------------------------------------------------------- */

/* The doubles around (sign 1) or inside (-1) center +- radius. */
static void round_box(ncf_prune_box_t *out, const tube_t *t, double sign)
{
    memset(out, 0, sizeof(*out));
    for (slong j = 0; j < t->n; j++) {
        double reach =
            t->radius[j] == 0
                ? 0
                : t->radius[j] + sign * (fabs(t->center[j]) + t->radius[j]) * 0x1p-50;
        out->low[j] = t->center[j] - reach;
        out->high[j] = t->center[j] + reach;
    }
}

/*
 * Half widths that cover the box, larger for the solved variables. A parameter gets one even
 * when the box is flat in it, for the dimension is that of the whole piece.
 */
static void cover_box(tube_t *t, const ncf_prune_box_t *box)
{
    double most = 0;
    slong free = t->view->stratum->width[1] * (t->view->stratum->width[0] - 1);
    for (slong j = 0; j < t->n; j++) {
        double reach = fmax(box->high[j] - t->center[j], t->center[j] - box->low[j]);
        t->radius[j] = j < free ? reach * 1.015625 + 0x1p-30 : 0;
        if (!t->solved[j])
            most = fmax(most, t->radius[j]);
    }
    for (slong j = 0; j < t->n; j++)
        if (t->solved[j])
            t->radius[j] = fmax(t->radius[j], INFLATE * most);
}

/* A small box around one of the zeros, its other variables at the centre. */
static int enclose_one(ncf_prune_tube_t *tube, tube_t *t, slong *effort)
{
    for (double radius = TIGHT; radius < 0x1p-20; radius *= 64) {
        for (slong j = 0; j < t->n; j++)
            t->radius[j] = t->solved[j] ? radius : 0;
        ++*effort;
        evaluate(t);
        if (is_graph(t)) {
            round_box(&tube->at, t, 1);
            return 1;
        }
    }
    return 0;
}

int ncf__prune_find_tube(ncf_prune_tube_t *tube, const ncf_prune_box_t *box, slong *effort,
                         const ncf_prune_view_t *view)
{
    const ncf_prune_stratum_t *s = view->stratum;
    tube_t t = {.view = view, .n = s->variables, .m = s->matrix_equations};
    double room[PRUNE_VARIABLES] = {0}, widest = 0;
    if (t.m == 0 || s->width[0] != 2 || !is_one_class(box, view) ||
        !directions_span(box, view))
        return 0;
    for (slong j = 0; j < t.n; j++) {
        t.center[j] =
            box->low[j] == box->high[j] ? box->low[j] : 0.5 * box->low[j] + 0.5 * box->high[j];
        room[j] = box->high[j] - box->low[j];
        widest = fmax(widest, room[j]);
    }
    if (widest > LARGEST || !approx_newton(&t, room, effort))
        return 0;
    cover_box(&t, box);
    ++*effort;
    evaluate(&t);
    if (!is_graph(&t))
        return 0;
    round_box(&tube->box, &t, -1);
    memcpy(tube->solved, t.solved, sizeof(t.solved));
    return ncf__prune_inside(box, &tube->box, t.n) && enclose_one(tube, &t, effort) &&
           ncf__prune_inside(&tube->at, &tube->box, t.n) && directions_span(&tube->box, view);
}
