/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * prune_box.c: what can be concluded on one box (T-PRUNE, lemmas 4 to 7). Slopes come from
 * the kernel as proved intervals; the sums made of them here carry their own rounding
 * errors. A NaN fails every comparison, and every comparison that fails keeps the box.
 */
#include "prune_strata.h"

#include <math.h>
#include <string.h>

#define PAD 0x1p-46     /* relative; sums here have at most 40 roundings */
#define TINY 0x1p-400   /* above all underflows */
#define REACH 0x1p-20   /* least half width of a box in which a zero is unique */
#define TIGHT 0x1p-46   /* first half width that is tried for the zero itself */
#define PROMISING 0.125 /* boxes below this width are tried when Newton contracts */
#define INSIST 0x1p-8   /* and below this one in any case */
#define GROWTHS 4       /* doublings of the box with one zero */

typedef struct {
    slong n;
    double center[PRUNE_VARIABLES], radius[PRUNE_VARIABLES];
    double a_m[PRUNE_VARIABLES][PRUNE_VARIABLES]; /* Y S, intervals */
    double a_r[PRUNE_VARIABLES][PRUNE_VARIABLES];
    double h_m[PRUNE_VARIABLES], h_r[PRUNE_VARIABLES]; /* Y f(center) */
} newton_t;

int ncf__prune_inside(const ncf_prune_box_t *inner, const ncf_prune_box_t *outer, slong n)
{
    for (slong j = 0; j < n; j++)
        if (!(inner->low[j] >= outer->low[j] && inner->high[j] <= outer->high[j]))
            return 0;
    return 1;
}

static void set_center(newton_t *w, const ncf_prune_box_t *box)
{
    for (slong j = 0; j < w->n; j++) {
        double c = 0.5 * box->low[j] + 0.5 * box->high[j];
        c = c < box->low[j] ? box->low[j] : c > box->high[j] ? box->high[j] : c;
        double below = c - box->low[j], above = box->high[j] - c;
        w->center[j] = c;
        w->radius[j] = (below > above ? below : above) * (1 + 0x1p-50);
    }
}

/* ---- Exclusion (lemmas 4 and 5) -------------------------------------------------- */

/* No representative of the sorted rows is in the box (lemma 2). */
static int is_out_of_order(const ncf_prune_box_t *box, const ncf_prune_view_t *view)
{
    const ncf_prune_stratum_t *s = view->stratum;
    for (slong row = 0; row < s->rows; row++) {
        if (s->dimension[row] < 3 || !ncf__prune_sorted(s, row))
            continue;
        for (slong j = s->first_variable[row];
             j < s->first_variable[row] + s->dimension[row] - 2; j++) {
            double most = fmax(fabs(box->low[j]), fabs(box->high[j]));
            double next = fmax(box->low[j + 1], -box->high[j + 1]);
            if (most < next)
                return 1;
        }
    }
    return 0;
}

/* The range of a jet over the box by its values and by its slopes. */
static void jet_range(double *low, double *high, const ncf_prune_jet_t *f, const newton_t *w)
{
    double m = f->value_m[PRUNE_LANES - 1], r = f->value_r[PRUNE_LANES - 1];
    double pad = (fabs(m) + r) * PAD + TINY;
    *low = m - r - pad;
    *high = m + r + pad;
    double c = f->value_m[0], spread = f->value_r[0];
    for (slong j = 0; j < w->n; j++)
        spread += (fabs(f->slope_m[j + 1]) + f->slope_r[j + 1]) * w->radius[j];
    pad = (fabs(c) + spread) * PAD + TINY;
    double from = c - spread - pad, to = c + spread + pad;
    if (from > *low || isnan(*low))
        *low = from;
    if (to < *high || isnan(*high))
        *high = to;
}

/* A lower bound of |e|^power of the head. */
static double head_norm_power(const ncf_prune_box_t *box, const ncf_prune_view_t *view)
{
    const ncf_prune_stratum_t *s = view->stratum;
    slong row = s->rows - 1, power = s->twice_mu_power;
    double square = 1, out = 1;
    if (power > 1000)
        return 1;
    for (slong j = s->first_variable[row]; j < s->first_variable[row] + s->dimension[row] - 1;
         j++) {
        double least = box->low[j] > 0 ? box->low[j] : box->high[j] < 0 ? -box->high[j] : 0;
        square += least * least;
    }
    for (slong k = 0; k < power / 2; k++)
        out *= square;
    if (power % 2 == 1)
        out *= sqrt(square);
    return out * (1 - 0x1p-38);
}

/* The enclosures of the one number mu have no common value with |mu| >= mu_min. */
static int mu_excludes(const ncf_prune_values_t *values, const ncf_prune_box_t *box,
                       const newton_t *w, const ncf_prune_view_t *view)
{
    double low = -INFINITY, high = INFINITY;
    for (slong k = 0; k < values->mu_count; k++) {
        double from, to;
        jet_range(&from, &to, &values->mu[k], w);
        low = from > low ? from : low;
        high = to < high ? to : high;
    }
    double bound = view->stratum->mu_min * head_norm_power(box, view);
    return low > high || (low > -bound && high < bound);
}

static int equations_exclude(const ncf_prune_values_t *values, const newton_t *w)
{
    for (slong i = 0; i < w->n; i++) {
        double low, high;
        jet_range(&low, &high, &values->f[i], w);
        if (low > 0 || high < 0)
            return 1;
    }
    return 0;
}

/* ---- Preconditioning ------------------------------------------------------------- */

/* Gauss-Jordan on [slopes | identity]; a proposal. */
static int approx_inverse(double y[PRUNE_VARIABLES][PRUNE_VARIABLES],
                          const ncf_prune_values_t *values, slong n)
{
    double a[PRUNE_VARIABLES][2 * PRUNE_VARIABLES] = {{0}};
    for (slong i = 0; i < n; i++) {
        for (slong j = 0; j < n; j++)
            a[i][j] = values->f[i].slope_m[j + 1];
        a[i][n + i] = 1;
    }
    for (slong k = 0; k < n; k++) {
        slong pivot = k;
        for (slong i = k + 1; i < n; i++)
            if (fabs(a[i][k]) > fabs(a[pivot][k]))
                pivot = i;
        for (slong j = 0; j < 2 * n; j++) {
            double swap = a[k][j];
            a[k][j] = a[pivot][j];
            a[pivot][j] = swap;
        }
        double inverse = 1 / a[k][k];
        if (!isfinite(inverse))
            return 0;
        for (slong j = 0; j < 2 * n; j++)
            a[k][j] *= inverse;
        for (slong i = 0; i < n; i++) {
            double factor = a[i][k];
            for (slong j = 0; i != k && j < 2 * n; j++)
                a[i][j] -= factor * a[k][j];
        }
    }
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            y[i][j] = a[i][n + j];
    return 1;
}

/* a = Y S and h = Y f(center) as intervals; 0 when there is no Y. */
static int precondition(newton_t *w, const ncf_prune_values_t *values)
{
    double y[PRUNE_VARIABLES][PRUNE_VARIABLES];
    slong n = w->n;
    if (!approx_inverse(y, values, n))
        return 0;
    for (slong i = 0; i < n; i++) {
        double m[PRUNE_LANES] = {0}, r[PRUNE_LANES] = {0}, size[PRUNE_LANES] = {0};
        double h = 0, h_r = 0, h_size = 0;
        for (slong k = 0; k < n; k++) {
            const ncf_prune_jet_t *f = &values->f[k];
            double factor = y[i][k], weight = fabs(factor);
            for (slong lane = 0; lane < PRUNE_LANES; lane++) {
                m[lane] += factor * f->slope_m[lane];
                r[lane] += weight * f->slope_r[lane];
                size[lane] += weight * fabs(f->slope_m[lane]);
            }
            h += factor * f->value_m[0];
            h_r += weight * f->value_r[0];
            h_size += weight * fabs(f->value_m[0]);
        }
        for (slong j = 0; j < n; j++) {
            w->a_m[i][j] = m[j + 1];
            w->a_r[i][j] = r[j + 1] + (r[j + 1] + size[j + 1]) * PAD + TINY;
        }
        w->h_m[i] = h;
        w->h_r[i] = h_r + (h_r + h_size) * PAD + TINY;
    }
    return 1;
}

/* ---- Contraction (lemma 6) ------------------------------------------------------- */

typedef struct {
    double low[PRUNE_VARIABLES], high[PRUNE_VARIABLES]; /* of x - center */
} offsets_t;

/* One row: h + sum a_j t_j = 0, solved for t_i. 0: there is no solution. */
static int contract_row(offsets_t *t, const newton_t *w, slong i)
{
    double low = w->h_m[i] - w->h_r[i], high = w->h_m[i] + w->h_r[i];
    double size = fabs(w->h_m[i]) + w->h_r[i];
    for (slong j = 0; j < w->n; j++) {
        if (j == i)
            continue;
        double a = w->a_m[i][j], r = w->a_r[i][j];
        double p = a * t->low[j], q = a * t->high[j];
        double most = fmax(fabs(t->low[j]), fabs(t->high[j]));
        low += (p < q ? p : q) - r * most;
        high += (p < q ? q : p) + r * most;
        size += (fabs(a) + r) * most;
    }
    double pad = size * PAD + TINY;
    low -= pad;
    high += pad;
    /* a_i t_i lies in [-high, -low] */
    double a_low = w->a_m[i][i] - w->a_r[i][i], a_high = w->a_m[i][i] + w->a_r[i][i];
    a_low -= (fabs(w->a_m[i][i]) + w->a_r[i][i]) * PAD;
    a_high += (fabs(w->a_m[i][i]) + w->a_r[i][i]) * PAD;
    if (!(a_low > TINY) || !(a_high < INFINITY))
        return 1;
    double from = -high > 0 ? -high / a_high : -high / a_low;
    double to = -low > 0 ? -low / a_low : -low / a_high;
    from -= fabs(from) * PAD + TINY;
    to += fabs(to) * PAD + TINY;
    if (from > t->low[i])
        t->low[i] = from;
    if (to < t->high[i])
        t->high[i] = to;
    return !(t->low[i] > t->high[i]);
}

/* Cuts the box down to where zeros can be; 0: there are none. */
static int contract(ncf_prune_box_t *box, const newton_t *w)
{
    offsets_t t;
    for (slong j = 0; j < w->n; j++) {
        t.low[j] = -w->radius[j];
        t.high[j] = w->radius[j];
    }
    for (slong i = 0; i < w->n; i++)
        if (!contract_row(&t, w, i))
            return 0;
    for (slong j = 0; j < w->n; j++) {
        double pad = (fabs(w->center[j]) + w->radius[j]) * 0x1p-50;
        double low = w->center[j] + t.low[j] - pad, high = w->center[j] + t.high[j] + pad;
        if (low > box->low[j])
            box->low[j] = low;
        if (high < box->high[j])
            box->high[j] = high;
        if (box->low[j] > box->high[j])
            return 0;
    }
    return 1;
}

/* ---- One zero (lemma 7, T-KRAWCZYK A) -------------------------------------------- */

/* Is |h_i| + sum_j |delta_ij - a_ij| radius_j < radius_i for every i? */
static int krawczyk_holds(const newton_t *w)
{
    for (slong i = 0; i < w->n; i++) {
        double sum = fabs(w->h_m[i]) + w->h_r[i];
        for (slong j = 0; j < w->n; j++)
            sum += (fabs(w->a_m[i][j] - (i == j)) + w->a_r[i][j]) * w->radius[j];
        if (!(sum * (1 + PAD) + TINY < w->radius[i]))
            return 0;
    }
    return 1;
}

/* Derivatives over center + [-radius, radius], preconditioned. */
static int expand(newton_t *w, const ncf_prune_view_t *view)
{
    view->kernel(view->values, view->stratum, &view->chart, w->center, w->radius, 1);
    return precondition(w, view->values);
}

/* The doubles that are certainly inside (sign -1) or around (+1) center +- radius. */
static void rounded_box(ncf_prune_box_t *box, const newton_t *w, double sign)
{
    memset(box, 0, sizeof(*box));
    for (slong j = 0; j < w->n; j++) {
        double reach = w->radius[j] + sign * (fabs(w->center[j]) + w->radius[j]) * 0x1p-50;
        box->low[j] = w->center[j] - reach;
        box->high[j] = w->center[j] + reach;
    }
}

/* Newton's method from the center of w; 0 when it leaves the neighbourhood. A proposal. */
static int approx_newton(newton_t *w, const ncf_prune_view_t *view, slong *effort)
{
    double start[PRUNE_VARIABLES], room[PRUNE_VARIABLES];
    memcpy(start, w->center, sizeof(start));
    memcpy(room, w->radius, sizeof(room));
    memset(w->radius, 0, sizeof(w->radius));
    for (int turn = 0; turn < 8; turn++) {
        double largest = 0;
        ++*effort;
        if (!expand(w, view))
            return 0;
        for (slong j = 0; j < w->n; j++) {
            w->center[j] -= w->h_m[j];
            largest = fmax(largest, fabs(w->h_m[j]));
            if (!(fabs(w->center[j] - start[j]) <= 3 * room[j] + REACH))
                return 0;
        }
        if (largest < 0x1p-40)
            return 1;
    }
    return 0;
}

/* The zero at the center itself: the smallest box of a few that passes the test. */
static int enclose_zero(ncf_prune_zero_t *zero, newton_t *w, const ncf_prune_view_t *view,
                        slong *effort)
{
    for (double radius = TIGHT; radius < REACH; radius *= 64) {
        for (slong j = 0; j < w->n; j++)
            w->radius[j] = radius;
        ++*effort;
        if (expand(w, view) && krawczyk_holds(w)) {
            rounded_box(&zero->at, w, 1);
            return 1;
        }
    }
    return 0;
}

/* Half widths with which center +- radius covers the box. */
static void cover_box(newton_t *w, const ncf_prune_box_t *box)
{
    for (slong j = 0; j < w->n; j++) {
        double reach = fmax(box->high[j] - w->center[j], w->center[j] - box->low[j]);
        w->radius[j] = fmax(reach * 1.015625, REACH);
    }
}

static int is_unique_around(newton_t *w, const ncf_prune_view_t *view, slong *effort)
{
    ++*effort;
    return expand(w, view) && krawczyk_holds(w);
}

/* 1: *zero is the only zero in a box around `box`. */
static int isolate(ncf_prune_zero_t *zero, const ncf_prune_box_t *box, slong *effort,
                   const ncf_prune_view_t *view)
{
    newton_t w = {.n = view->stratum->variables};
    ncf_prune_box_t around;
    double center[PRUNE_VARIABLES];
    set_center(&w, box);
    if (!approx_newton(&w, view, effort))
        return 0;
    memcpy(center, w.center, sizeof(center));
    cover_box(&w, box);
    if (!is_unique_around(&w, view, effort))
        return 0;
    rounded_box(&zero->unique, &w, -1);
    if (!ncf__prune_inside(box, &zero->unique, w.n))
        return 0;
    for (int turn = 0; turn < GROWTHS; turn++) {
        for (slong j = 0; j < w.n; j++)
            w.radius[j] *= 2;
        if (!is_unique_around(&w, view, effort))
            break;
        rounded_box(&around, &w, -1);
        zero->unique = around;
    }
    memcpy(w.center, center, sizeof(center));
    return enclose_zero(zero, &w, view, effort) &&
           ncf__prune_inside(&zero->at, &zero->unique, w.n);
}

/* ---- One box --------------------------------------------------------------------- */

static double width(const ncf_prune_box_t *box, slong n)
{
    double widest = 0;
    for (slong j = 0; j < n; j++)
        widest = fmax(widest, box->high[j] - box->low[j]);
    return widest;
}

/* Is the preconditioned system close enough to the identity for Newton's method? */
static int is_promising(const newton_t *w, const ncf_prune_box_t *box)
{
    double size = width(box, w->n);
    if (size < INSIST)
        return 1;
    if (size > PROMISING)
        return 0;
    for (slong i = 0; i < w->n; i++) {
        double sum = 0;
        for (slong j = 0; j < w->n; j++)
            sum += (fabs(w->a_m[i][j] - (i == j)) + w->a_r[i][j]) * w->radius[j];
        if (!(sum < w->radius[i]))
            return 0;
    }
    return 1;
}

/* The variable whose width makes the equations vary most. */
static slong choose_split(const ncf_prune_box_t *box, const ncf_prune_values_t *values,
                          slong n)
{
    slong best = 0;
    double most = -1;
    for (slong j = 0; j < n; j++) {
        double smear = 0;
        for (slong i = 0; i < n; i++)
            smear += fabs(values->f[i].slope_m[j + 1]) + values->f[i].slope_r[j + 1];
        smear *= box->high[j] - box->low[j];
        if (!isfinite(smear))
            smear = 1e300 * (box->high[j] - box->low[j]);
        if (smear > most) {
            most = smear;
            best = j;
        }
    }
    return best;
}

static double volume(const ncf_prune_box_t *box, slong n)
{
    double product = 1;
    for (slong j = 0; j < n; j++)
        product *= box->high[j] - box->low[j];
    return product;
}

ncf_prune_state_t ncf__prune_examine(ncf_prune_box_t *box, ncf_prune_zero_t *zero,
                                     ncf_prune_tube_t *tube, slong *split, slong *effort,
                                     const ncf_prune_view_t *view)
{
    newton_t w = {.n = view->stratum->variables};
    for (;;) {
        double before = volume(box, w.n);
        if (is_out_of_order(box, view) ||
            !ncf__prune_contract_classes(box, view->stratum, &view->chart))
            return PRUNE_EMPTY;
        set_center(&w, box);
        ++*effort;
        view->kernel(view->values, view->stratum, &view->chart, w.center, w.radius, 0);
        if (mu_excludes(view->values, box, &w, view) || equations_exclude(view->values, &w))
            return PRUNE_EMPTY;
        *split = choose_split(box, view->values, w.n);
        if (!precondition(&w, view->values))
            return PRUNE_OPEN;
        int promising = is_promising(&w, box);
        if (!contract(box, &w))
            return PRUNE_EMPTY;
        if (promising && isolate(zero, box, effort, view))
            return PRUNE_ISOLATED;
        if (ncf__prune_find_tube(tube, box, effort, view))
            return PRUNE_TUBE;
        if (!(volume(box, w.n) < 0.5 * before))
            return PRUNE_OPEN;
    }
}
