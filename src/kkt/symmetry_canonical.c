/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * symmetry_canonical.c: proposals in doubles: a representative of an orbit, and a number
 * to sort by. Linear functionals with generic coefficients decide signs and orders, so that
 * equal or opposite entries, which are common, do not; ties go to invariants of the
 * unit's neighbourhood.
 */
#include "symmetry_internal.h"

#include <math.h>
#include <stdlib.h>

/* Entries of unit vectors that are closer than this count as tied. */
#define TIE 1e-6

/* In (1/2, 3/2), without small integer relations between neighbours. */
static double generic(slong i)
{
    return 0.5 +
           fmod(0.6180339887498949 * (double) (i + 1) + 0.1415926535 * sqrt((double) i), 1);
}

/* ---- Invariants of units --------------------------------------------------------- */

/* Adds what the incoming weights of unit j say, given the invariants of the class below. */
static double incoming_term(const ncf_symmetry_group_struct *sym,
                            const ncf_unit_class_t *class, slong j, const double *u,
                            const double *value)
{
    const ncf_unit_class_t *below = class->below >= 0 ? &sym->classes[class->below] : NULL;
    const double *row = u + class->in_offset + j * class->in_count;
    double sum = 0;
    for (slong s = 0; s < class->in_count; s++) {
        double factor = below == NULL ? generic(s)
                                      : value[below->first + s / below->out_taps] *
                                            generic(s % below->out_taps);
        sum += row[s] * row[s] * factor;
    }
    return sum;
}

static double outgoing_term(const ncf_symmetry_group_struct *sym,
                            const ncf_unit_class_t *class, slong j, const double *u,
                            const double *value)
{
    const ncf_unit_class_t *above = class->above >= 0 ? &sym->classes[class->above] : NULL;
    double sum = 0;
    for (slong o = 0; o < class->out_rows; o++) {
        double factor = above == NULL ? generic(o) : value[above->first + o];
        for (slong t = 0; t < class->out_taps; t++) {
            double w = u[ncf__unit_out(class, j, o, t)];
            sum += w * w * factor * generic(t);
        }
    }
    return sum;
}

/* value[v]: unchanged by permutations of the other units and by all signs. */
static void unit_invariants(double *value, const ncf_symmetry_group_struct *sym,
                            const double *u)
{
    double *next = ncf__malloc((size_t) sym->units, sizeof(*next));
    for (slong v = 0; v < sym->units; v++)
        value[v] = 1;
    for (slong round = 0; round < 2 * sym->class_count; round++) {
        for (slong c = 0; c < sym->class_count; c++) {
            const ncf_unit_class_t *class = &sym->classes[c];
            for (slong j = 0; j < class->units; j++)
                next[class->first + j] = 1 +
                                         sqrt(2.0) * incoming_term(sym, class, j, u, value) +
                                         sqrt(3.0) * outgoing_term(sym, class, j, u, value);
        }
        for (slong v = 0; v < sym->units; v++)
            value[v] = next[v];
    }
    ncf__free(next);
}

double ncf__symmetry_invariant(const ncf_symmetry_group_t sym, const double *u)
{
    double *value = ncf__malloc((size_t) sym->units, sizeof(*value));
    unit_invariants(value, sym, u);
    double sum = 0;
    for (slong c = 0; c < sym->class_count; c++) {
        const ncf_unit_class_t *class = &sym->classes[c];
        double part = 0;
        for (slong j = 0; j < class->units; j++)
            part += value[class->first + j] * value[class->first + j];
        sum += generic(c) * part / (double) class->units;
    }
    ncf__free(value);
    return sum;
}

int64_t ncf__symmetry_key(const ncf_symmetry_group_t sym, const double *u)
{
    double bucket = floor(ncf__symmetry_invariant(sym, u) / TIE);
    return fabs(bucket) < 0x1p62 ? (int64_t) bucket : INT64_MIN;
}

/* ---- The canonical vector -------------------------------------------------------- */

typedef struct {
    double primary, secondary;
    slong unit;
    slong tie; /* number of the group of tied primaries */
} unit_rank_t;

static int compare_primary(const void *a, const void *b)
{
    const unit_rank_t *x = a, *y = b;
    if (x->primary != y->primary)
        return x->primary > y->primary ? -1 : 1;
    return (x->unit > y->unit) - (x->unit < y->unit);
}

static int compare_tied(const void *a, const void *b)
{
    const unit_rank_t *x = a, *y = b;
    if (x->tie != y->tie)
        return x->tie < y->tie ? -1 : 1;
    if (x->secondary != y->secondary)
        return x->secondary > y->secondary ? -1 : 1;
    return (x->unit > y->unit) - (x->unit < y->unit);
}

/* The functional of the incoming weights, their places as g moves the class below. */
static double row_functional(const ncf_symmetry_group_struct *sym,
                             const ncf_unit_class_t *class, slong j, const double *u,
                             const ncf_symmetry_element_t *g)
{
    const ncf_unit_class_t *below = class->below >= 0 ? &sym->classes[class->below] : NULL;
    const double *row = u + class->in_offset + j * class->in_count;
    double sum = 0;
    for (slong s = 0; s < class->in_count; s++) {
        if (below == NULL) {
            sum += generic(s) * row[s];
            continue;
        }
        slong unit = below->first + s / below->out_taps;
        slong place = (g->image[unit] - below->first) * below->out_taps + s % below->out_taps;
        double w = below->sign == NCF_SIGN_BOTH ? g->sign[unit] * row[s] : row[s];
        sum += generic(place) * w;
    }
    return sum;
}

/* The outgoing weights where nothing above moves them; they break ties with their signs. */
static double outgoing_functional(const ncf_unit_class_t *class, slong j, const double *u,
                                  const double *value, int sign)
{
    double sum = value[class->first + j];
    for (slong i = 0; class->above < 0 && i < class->out_rows * class->out_taps; i++) {
        double w = u[ncf__unit_out(class, j, i / class->out_taps, i % class->out_taps)];
        sum += generic(i) * (class->sign == NCF_SIGN_BOTH ? sign * w : w);
    }
    return sum;
}

static void order_class(ncf_symmetry_element_t *g, const ncf_symmetry_group_struct *sym,
                        const ncf_unit_class_t *class, const double *u, const double *value)
{
    unit_rank_t *ranks = ncf__malloc((size_t) class->units, sizeof(*ranks));
    for (slong j = 0; j < class->units; j++) {
        double f = row_functional(sym, class, j, u, g);
        int sign = class->sign != NCF_SIGN_NONE && f < 0 ? -1 : 1;
        g->sign[class->first + j] = (signed char) sign;
        ranks[j] = (unit_rank_t){sign * f, outgoing_functional(class, j, u, value, sign),
                                 class->first + j, 0};
    }
    qsort(ranks, (size_t) class->units, sizeof(*ranks), compare_primary);
    for (slong j = 1; j < class->units; j++)
        ranks[j].tie = ranks[j - 1].tie + (ranks[j - 1].primary - ranks[j].primary > TIE);
    qsort(ranks, (size_t) class->units, sizeof(*ranks), compare_tied);
    for (slong j = 0; j < class->units; j++)
        g->image[ranks[j].unit] = class->first + j;
    ncf__free(ranks);
}

void ncf__symmetry_canonical(double *out, ncf_symmetry_element_t *g,
                             const ncf_symmetry_group_t sym, const double *u)
{
    double *value = ncf__malloc((size_t) sym->units, sizeof(*value));
    ncf_symmetry_element_t found;
    ncf__symmetry_element_init(&found, sym);
    unit_invariants(value, sym, u);
    for (slong c = 0; c < sym->class_count; c++)
        order_class(&found, sym, &sym->classes[c], u, value);
    ncf__symmetry_apply_double(out, sym, &found, u);
    if (g != NULL)
        ncf__symmetry_element_set(g, &found, sym);
    ncf__symmetry_element_clear(&found);
    ncf__free(value);
}
