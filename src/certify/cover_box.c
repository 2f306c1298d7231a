/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * cover_box.c: what can be concluded on one box in doubles (T-COVER, lemmas 1 to 4).
 * Polynomials are expanded about the centre by Horner's scheme together with their
 * majorants, whose sum times theta bounds every rounding error. Default rounding is
 * assumed; anything not finite proves nothing.
 */
#include "cover_internal.h"

#include <math.h>
#include <string.h>

#define COVER_TINY 0x1p-900         /* absorbs the underflows of a whole lane */
#define COVER_LEAST_RADIUS 0x1p-60  /* keeps the linear part of flat boxes regular */
#define COVER_LEAST_WEIGHT 0x1p-300 /* keeps products of radii from underflow */

void ncf__cover_expansion_init(ncf_cover_expansion_t *t, const ncf_cover_shape_t *shape)
{
    t->shape = shape;
    t->term = ncf__malloc((size_t) shape->terms, sizeof(ncf_cover_term_t));
    t->weight = ncf__malloc((size_t) shape->terms, sizeof(double));
}

void ncf__cover_expansion_clear(ncf_cover_expansion_t *t)
{
    ncf__free(t->weight);
    ncf__free(t->term);
}

/* p(x) -> p(x + c) along one row of coefficients, all lanes at once. */
static void shift_row(ncf_cover_term_t *term, const slong *row, slong degree,
                      const double *factor)
{
    for (slong pass = 0; pass < degree; pass++) {
        for (slong i = degree - 1; i >= pass; i--) {
            double *low = term[row[i]];
            const double *high = term[row[i + 1]];
            for (int lane = 0; lane < COVER_LANES; lane++)
                low[lane] += factor[lane] * high[lane];
        }
    }
}

/* p(x) -> p(center + x); majorants are shifted by |center|. */
static void shift(ncf_cover_expansion_t *t)
{
    const ncf_cover_shape_t *shape = t->shape;
    for (slong l = 0; l < shape->variables; l++) {
        double factor[COVER_LANES];
        for (int lane = 0; lane < COVER_LANES; lane++)
            factor[lane] = lane < COVER_MAJORANT ? t->center[l] : fabs(t->center[l]);
        const slong *row = shape->row[l];
        for (slong k = 0; k < shape->rows; k++) {
            shift_row(t->term, row, shape->row_degree[l][k], factor);
            row += shape->row_degree[l][k] + 1;
        }
    }
}

/*
 * Multiplies by weights, which are at least radius^a and equal to it for |a| = 1, and
 * collects the ranges of the lanes over [-1, 1]^v.
 */
static void scale_and_bound(ncf_cover_expansion_t *t)
{
    const ncf_cover_shape_t *shape = t->shape;
    t->weight[0] = 1;
    for (int q = 0; q < COVER_MAJORANT; q++) {
        t->low[q] = t->high[q] = 0;
        t->noise[q] = t->term[0][COVER_MAJORANT + q];
    }
    for (slong i = 1; i < shape->terms; i++) {
        double weight = t->weight[shape->parent[i]] * t->radius[shape->parent_variable[i]];
        weight = weight > COVER_LEAST_WEIGHT ? weight : COVER_LEAST_WEIGHT;
        t->weight[i] = weight;
        for (int q = 0; q < COVER_MAJORANT; q++) {
            double z = t->term[i][q] * weight, size = fabs(z);
            t->term[i][q] = z;
            t->high[q] += shape->even[i] && z < 0 ? 0 : size;
            t->low[q] -= shape->even[i] && z > 0 ? 0 : size;
            t->noise[q] += t->term[i][COVER_MAJORANT + q] * weight;
        }
    }
    t->finite = 1;
    for (int q = 0; q < COVER_MAJORANT; q++) {
        t->slack[q] = shape->rounding * t->noise[q] + COVER_TINY;
        t->finite = t->finite && isfinite(t->noise[q]);
    }
}

void ncf__cover_expand(ncf_cover_expansion_t *t, const ncf_cover_term_t *table,
                       const ncf_cover_box_t *box)
{
    int small = 1;
    for (slong l = 0; l < t->shape->variables; l++) {
        double center = 0.5 * (box->low[l] + box->high[l]);
        double below = center - box->low[l], above = box->high[l] - center;
        double half = (below > above ? below : above) * (1 + 0x1p-51);
        t->center[l] = center;
        t->radius[l] = half > COVER_LEAST_RADIUS ? half : COVER_LEAST_RADIUS;
        small = small && half <= 1;
    }
    memcpy(t->term, table, (size_t) t->shape->terms * sizeof(*table));
    shift(t);
    scale_and_bound(t);
    t->finite = t->finite && small;
}

/* A lower bound of |e|^m on the box; |e|^2 = 1 + |x|^2. */
static double norm_power_low(const ncf_cover_box_t *box, const ncf_cover_shape_t *shape)
{
    double square = 1, power = 1;
    for (slong l = 0; l < shape->variables; l++) {
        double least = box->low[l] > 0 ? box->low[l] : box->high[l] < 0 ? box->high[l] : 0;
        square += least * least;
    }
    for (slong i = 0; i < shape->degree / 2; i++)
        power *= square;
    if (shape->degree % 2 == 1)
        power *= sqrt(square);
    return power * (1 - shape->rounding);
}

int ncf__cover_excluded(const ncf_cover_expansion_t *t, const ncf_cover_box_t *box,
                        double mu_min)
{
    if (!t->finite)
        return 0;
    for (slong j = 0; j < t->shape->variables; j++) {
        double value = t->term[0][j];
        if (value + t->low[j] > t->slack[j] || value + t->high[j] < -t->slack[j])
            return 1;
    }
    double value = t->term[0][COVER_FORM], slack = t->slack[COVER_FORM];
    double upper = value + t->high[COVER_FORM] + slack;
    double lower = value + t->low[COVER_FORM] - slack;
    double bound = mu_min * norm_power_low(box, t->shape);
    return isfinite(bound) && upper < bound && lower > -bound;
}

int ncf__cover_drowned(const ncf_cover_expansion_t *t)
{
    for (slong j = 0; j < t->shape->variables; j++)
        if (!(t->high[j] - t->low[j] <= 8 * t->slack[j]))
            return 0;
    return 1;
}

/* Gauss-Jordan on [A | Y], Y the identity at first; no claim rests on the result. */
static int approximate_inverse(double y[COVER_VARIABLES][COVER_VARIABLES],
                               const ncf_cover_expansion_t *t)
{
    slong v = t->shape->variables;
    double a[COVER_VARIABLES][2 * COVER_VARIABLES] = {{0}};
    for (slong j = 0; j < v; j++) {
        for (slong l = 0; l < v; l++)
            a[j][l] = t->term[1 + l][j];
        a[j][v + j] = 1;
    }
    for (slong k = 0; k < v; k++) {
        slong pivot = k;
        for (slong j = k + 1; j < v; j++)
            if (fabs(a[j][k]) > fabs(a[pivot][k]))
                pivot = j;
        for (slong l = 0; l < 2 * v; l++) {
            double swap = a[k][l];
            a[k][l] = a[pivot][l];
            a[pivot][l] = swap;
        }
        double inverse = 1 / a[k][k];
        if (!isfinite(inverse))
            return 0;
        for (slong l = 0; l < 2 * v; l++)
            a[k][l] *= inverse;
        for (slong j = 0; j < v; j++) {
            double factor = a[j][k];
            for (slong l = 0; j != k && l < 2 * v; l++)
                a[j][l] -= factor * a[k][l];
        }
    }
    for (slong j = 0; j < v; j++)
        for (slong l = 0; l < v; l++)
            y[j][l] = a[j][v + l];
    return 1;
}

/* Row i of H = Y G; returns whether everything is finite. */
static int newton_row(ncf_cover_newton_t *newton, slong i, const double *y,
                      const ncf_cover_expansion_t *t)
{
    const ncf_cover_shape_t *shape = t->shape;
    slong v = shape->variables;
    double offset = 0, low = 0, high = 0, deviation = 0, slope = 0, slack = COVER_TINY;
    for (slong j = 0; j < v; j++) {
        offset += y[j] * t->term[0][j];
        slack += fabs(y[j]) * (t->noise[j] * shape->rounding);
    }
    for (slong a = 1; a < shape->terms; a++) {
        double h = 0;
        for (slong j = 0; j < v; j++)
            h += y[j] * t->term[a][j];
        double size = fabs(h);
        if (a <= v) {
            deviation += fabs(h - (a == i + 1));
            continue;
        }
        high += shape->even[a] && h < 0 ? 0 : size;
        low -= shape->even[a] && h > 0 ? 0 : size;
        slope += (double) shape->total[a] * size;
    }
    deviation += 8 * 0x1p-53 + slack;
    newton->offset[i] = offset;
    newton->low[i] = low;
    newton->high[i] = high;
    newton->deviation[i] = deviation;
    newton->contraction[i] =
        (deviation + slope + (double) shape->degree * slack) * (1 + shape->rounding);
    return isfinite(offset) && isfinite(newton->contraction[i]);
}

int ncf__cover_precondition(ncf_cover_newton_t *newton, const ncf_cover_expansion_t *t)
{
    double y[COVER_VARIABLES][COVER_VARIABLES];
    if (!t->finite || !approximate_inverse(y, t))
        return 0;
    int finite = 1;
    for (slong i = 0; i < t->shape->variables; i++)
        finite = newton_row(newton, i, y[i], t) && finite;
    return finite;
}

/* A zero has s_i = -offset_i - (deviation) s - (higher terms), see T-COVER lemma 3. */
int ncf__cover_contract(ncf_cover_box_t *box, const ncf_cover_newton_t *newton,
                        const ncf_cover_expansion_t *t)
{
    for (slong i = 0; i < t->shape->variables; i++) {
        double offset = newton->offset[i], deviation = newton->deviation[i];
        double pad = 0x1p-48 * (fabs(offset) + newton->high[i] - newton->low[i] + deviation);
        double low = -offset - newton->high[i] - deviation - pad;
        double high = -offset - newton->low[i] + deviation + pad;
        if (low > 1 || high < -1)
            return 0;
        double c = t->center[i], r = t->radius[i], outward = 0x1p-50 * (fabs(c) + r);
        if (low > -1) {
            double bound = c + r * low - outward;
            box->low[i] = bound > box->low[i] ? bound : box->low[i];
        }
        if (high < 1) {
            double bound = c + r * high + outward;
            box->high[i] = bound < box->high[i] ? bound : box->high[i];
        }
        if (box->low[i] > box->high[i])
            return 0;
    }
    return 1;
}

int ncf__cover_isolates(const ncf_cover_newton_t *newton, slong variables)
{
    int isolates = 1;
    for (slong i = 0; i < variables; i++)
        isolates = isolates && fabs(newton->offset[i]) + newton->contraction[i] < 1;
    return isolates;
}

int ncf__cover_inside(const ncf_cover_box_t *inner, const ncf_cover_box_t *outer,
                      slong variables)
{
    int inside = 1;
    for (slong l = 0; l < variables; l++)
        inside = inside && inner->low[l] >= outer->low[l] && inner->high[l] <= outer->high[l];
    return inside;
}
