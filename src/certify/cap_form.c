/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* cap_form.c: polynomials in several variables with intervals as coefficients (T-CAP E, T-MIDRAD). */
#include "cap_internal.h"

#include <math.h>

slong ncf__cap_monomials_count(slong variables, slong order, slong most)
{
    slong count = 1;
    for (slong j = 1; j <= order; j++) {
        /* C(m + j, j) = C(m + j - 1, j - 1) (m + j) / j, without overflow */
        double next = (double) count * (double) (variables + j) / (double) j;
        if (next > (double) most + 0.5)
            return most + 1;
        count = count * (variables + j) / j;
    }
    return count;
}

/* The monomials of degree j from those of degree j - 1: each times y_i, i >= its last. */
static void add_degree(ncf_cap_monomials_t *set, slong j)
{
    slong m = set->variables, at = set->first[j];
    for (slong k = set->first[j - 1]; k < set->first[j]; k++) {
        for (slong i = set->last[k]; i < m; i++, at++) {
            set->parent[at] = (int32_t) k;
            set->last[at] = (int16_t) i;
            set->degree[at] = (int8_t) j;
            set->next[k * m + i] = (int32_t) at;
        }
    }
    /* y_i before the last: (parent y_i) y_last, a child of a monomial whose last is smaller */
    for (slong k = set->first[j - 1]; k < set->first[j]; k++) {
        for (slong i = 0; i < set->last[k]; i++) {
            slong sibling = set->next[(slong) set->parent[k] * m + i];
            set->next[k * m + i] = set->next[sibling * m + set->last[k]];
        }
    }
    set->first[j + 1] = at;
}

/* From the parent by the degree over the exponent of the last factor. */
static void set_ways(ncf_cap_monomials_t *set)
{
    int8_t *run = ncf__calloc((size_t) set->count, sizeof(*run)); /* that exponent */
    set->ways = ncf__malloc((size_t) set->count, sizeof(*set->ways));
    set->ways[0] = 1;
    for (slong k = 1; k < set->count; k++) {
        slong parent = set->parent[k];
        int same = parent > 0 && set->last[parent] == set->last[k];
        run[k] = (int8_t) (same ? run[parent] + 1 : 1);
        set->ways[k] = set->ways[parent] * (double) set->degree[k] / (double) run[k];
    }
    ncf__free(run);
}

void ncf__cap_monomials_init(ncf_cap_monomials_t *set, slong variables, slong order)
{
    NCF_REQUIRE(variables >= 1 && variables < INT16_MAX);
    NCF_REQUIRE(order >= 1 && order <= NCF_CAP_MAX_DEGREE);
    set->variables = variables;
    set->order = order;
    set->count = ncf__cap_monomials_count(variables, order, INT32_MAX - 1);
    slong below = ncf__cap_monomials_count(variables, order - 1, INT32_MAX - 1);
    NCF_REQUIRE(set->count < INT32_MAX);
    set->first = ncf__malloc((size_t) order + 2, sizeof(*set->first));
    set->next = ncf__malloc((size_t) below * (size_t) variables, sizeof(*set->next));
    set->parent = ncf__malloc((size_t) set->count, sizeof(*set->parent));
    set->last = ncf__malloc((size_t) set->count, sizeof(*set->last));
    set->degree = ncf__calloc((size_t) set->count, sizeof(*set->degree));
    set->parent[0] = 0;
    set->last[0] = 0;
    set->first[0] = 0;
    set->first[1] = 1;
    for (slong j = 1; j <= order; j++)
        add_degree(set, j);
    NCF_REQUIRE(set->first[order + 1] == set->count);
    set_ways(set);
}

void ncf__cap_monomials_clear(ncf_cap_monomials_t *set)
{
    ncf__free(set->first);
    ncf__free(set->next);
    ncf__free(set->parent);
    ncf__free(set->last);
    ncf__free(set->degree);
    ncf__free(set->ways);
}

void ncf__cap_monomial_exponents(slong *exponents, const ncf_cap_monomials_t *set, slong k)
{
    for (slong i = 0; i < set->variables; i++)
        exponents[i] = 0;
    for (; k > 0; k = set->parent[k])
        exponents[set->last[k]]++;
}

slong ncf__cap_monomial_product(const ncf_cap_monomials_t *set, slong k, slong l)
{
    for (; l > 0; l = set->parent[l])
        k = set->next[k * set->variables + set->last[l]];
    return k;
}

/* ---- Sums of products ------------------------------------------------------------ */

void ncf__cap_poly_clear(ncf_cap_poly_t *f)
{
    ncf__free(f->at);
    ncf__free(f->x);
}

static void reserve(ncf_cap_poly_t *f, slong room)
{
    if (room > f->room) {
        f->room = 2 * room;
        f->at = ncf__realloc(f->at, (size_t) f->room, sizeof(*f->at));
        f->x = ncf__realloc(f->x, (size_t) f->room, sizeof(*f->x));
    }
}

void ncf__cap_poly_set(ncf_cap_poly_t *f, ncf_midrad_t x)
{
    reserve(f, 1);
    f->count = !ncf__midrad_is_zero(x);
    f->at[0] = 0;
    f->x[0] = x;
}

void ncf__cap_sums_init(ncf_cap_sums_t *sums, const ncf_cap_monomials_t *set, double max_work)
{
    sums->max_work = max_work;
    sums->set = set;
    sums->mid = ncf__calloc(3 * (size_t) set->count, sizeof(double));
    sums->size = sums->mid + set->count;
    sums->reach = sums->size + set->count;
    sums->touched = ncf__malloc((size_t) set->count, sizeof(*sums->touched));
    sums->sorted = ncf__malloc((size_t) set->count, sizeof(*sums->sorted));
    sums->touched_count = sums->terms = 0;
    sums->work = 0;
}

void ncf__cap_sums_clear(ncf_cap_sums_t *sums)
{
    ncf__free(sums->mid);
    ncf__free(sums->touched);
    ncf__free(sums->sorted);
}

/* A product of intervals that are not exactly zero has a reach above 0, T-MIDRAD. */
static inline void add_term(ncf_cap_sums_t *sums, slong at, ncf_midrad_t a, ncf_midrad_t b)
{
    double product = a.mid * b.mid;
    if (sums->reach[at] == 0)
        sums->touched[sums->touched_count++] = (int32_t) at;
    sums->mid[at] += product;
    sums->size[at] += fabs(product);
    sums->reach[at] += ncf__midrad_reach(a) * ncf__midrad_reach(b);
}

void ncf__cap_add_affine(ncf_cap_sums_t *sums, const ncf_midrad_t *a, const ncf_cap_poly_t *g)
{
    const ncf_cap_monomials_t *set = sums->set;
    slong m = set->variables;
    for (slong i = 0; i <= m; i++) {
        if (ncf__midrad_is_zero(a[i]))
            continue;
        for (slong k = 0; k < g->count; k++) {
            slong at = g->at[k];
            if (i == 0)
                add_term(sums, at, a[0], g->x[k]);
            else if (at < set->first[set->order])
                add_term(sums, set->next[at * m + i - 1], a[i], g->x[k]);
        }
        sums->terms++;
        sums->work += (double) g->count;
    }
}

/* sums->sorted = the numbers of the terms of g by degree; end[d]: where those of degree <= d end. */
static void sort_terms(ncf_cap_sums_t *sums, slong *end, const ncf_cap_poly_t *g)
{
    const ncf_cap_monomials_t *set = sums->set;
    slong at = 0, count[NCF_CAP_MAX_DEGREE + 2] = {0};
    for (slong l = 0; l < g->count; l++)
        count[set->degree[g->at[l]] + 1]++;
    for (slong d = 0; d <= set->order; d++) {
        count[d + 1] += count[d];
        end[d] = count[d + 1];
    }
    for (; at < g->count; at++)
        sums->sorted[count[set->degree[g->at[at]]]++] = (int32_t) at;
}

void ncf__cap_add_product(ncf_cap_sums_t *sums, const ncf_cap_poly_t *f, const ncf_cap_poly_t *g)
{
    const ncf_cap_monomials_t *set = sums->set;
    slong end[NCF_CAP_MAX_DEGREE + 1];
    sort_terms(sums, end, g);
    for (slong k = 0; k < f->count && sums->work <= sums->max_work; k++) {
        slong last = end[set->order - set->degree[f->at[k]]];
        for (slong s = 0; s < last; s++) {
            slong l = sums->sorted[s];
            add_term(sums, ncf__cap_monomial_product(set, f->at[k], g->at[l]), f->x[k], g->x[l]);
        }
        sums->terms++;
        sums->work += (double) last;
    }
}

void ncf__cap_sums_get(ncf_cap_poly_t *out, ncf_cap_sums_t *sums)
{
    reserve(out, sums->touched_count);
    for (slong k = 0; k < sums->touched_count; k++) {
        slong at = sums->touched[k];
        out->at[k] = (int32_t) at;
        out->x[k] =
            ncf__midrad_sum(sums->mid[at], sums->size[at], sums->reach[at], sums->terms);
        sums->mid[at] = sums->size[at] = sums->reach[at] = 0;
    }
    out->count = sums->touched_count;
    sums->touched_count = sums->terms = 0;
}

ncf_midrad_t ncf__cap_square_norm(const ncf_cap_poly_t *f, const ncf_cap_monomials_t *set, slong j)
{
    double reach = 0;
    slong terms = 0;
    for (slong k = 0; k < f->count; k++) {
        if (set->degree[f->at[k]] != j || ncf__midrad_is_zero(f->x[k]))
            continue;
        double size = ncf__midrad_reach(f->x[k]);
        reach += size * size / set->ways[f->at[k]];
        terms++;
    }
    /* each term has up to 3 j + 6 roundings, and the sum `terms` of them; it may underflow */
    if (terms == 0)
        return ncf__midrad_zero();
    return ncf__midrad(0, reach * (1 + 8 * (double) (3 * j + terms + 8) * NCF_MIDRAD_UNIT));
}
