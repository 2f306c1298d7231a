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

void ncf__cap_monomials_init(ncf_cap_monomials_t *set, slong variables, slong order)
{
    NCF_REQUIRE(variables >= 1 && variables < INT16_MAX && order >= 1);
    set->variables = variables;
    set->order = order;
    set->count = ncf__cap_monomials_count(variables, order, INT32_MAX - 1);
    slong below = ncf__cap_monomials_count(variables, order - 1, INT32_MAX - 1);
    NCF_REQUIRE(set->count < INT32_MAX);
    set->first = ncf__malloc((size_t) order + 2, sizeof(*set->first));
    set->next = ncf__malloc((size_t) below * (size_t) variables, sizeof(*set->next));
    set->parent = ncf__malloc((size_t) set->count, sizeof(*set->parent));
    set->last = ncf__malloc((size_t) set->count, sizeof(*set->last));
    set->parent[0] = 0;
    set->last[0] = 0;
    set->first[0] = 0;
    set->first[1] = 1;
    for (slong j = 1; j <= order; j++)
        add_degree(set, j);
    NCF_REQUIRE(set->first[order + 1] == set->count);
}

void ncf__cap_monomials_clear(ncf_cap_monomials_t *set)
{
    ncf__free(set->first);
    ncf__free(set->next);
    ncf__free(set->parent);
    ncf__free(set->last);
}

slong ncf__cap_monomial_degree(const ncf_cap_monomials_t *set, slong k)
{
    slong j = 0;
    while (k >= set->first[j + 1])
        j++;
    return j;
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

void ncf__cap_sums_init(ncf_cap_sums_t *sums, const ncf_cap_monomials_t *set)
{
    sums->mid = ncf__calloc(3 * (size_t) set->count, sizeof(double));
    sums->size = sums->mid + set->count;
    sums->reach = sums->size + set->count;
    sums->terms = 0;
}

void ncf__cap_sums_clear(ncf_cap_sums_t *sums)
{
    ncf__free(sums->mid);
}

void ncf__cap_sums_zero(ncf_cap_sums_t *sums, const ncf_cap_monomials_t *set)
{
    for (slong k = 0; k < 3 * set->count; k++)
        sums->mid[k] = 0;
    sums->terms = 0;
}

static inline void add_term(ncf_cap_sums_t *sums, slong at, ncf_midrad_t a, ncf_midrad_t b)
{
    double product = a.mid * b.mid;
    sums->mid[at] += product;
    sums->size[at] += fabs(product);
    sums->reach[at] += ncf__midrad_reach(a) * ncf__midrad_reach(b);
}

void ncf__cap_add_affine(ncf_cap_sums_t *sums, const ncf_cap_monomials_t *set,
                         const ncf_midrad_t *a, const ncf_midrad_t *g, slong d)
{
    slong m = set->variables, top = FLINT_MIN(d, set->order);
    for (slong k = 0; k < set->first[top + 1]; k++) {
        if (ncf__midrad_is_zero(g[k]))
            continue;
        add_term(sums, k, a[0], g[k]);
        for (slong i = 0; i < m && k < set->first[set->order]; i++)
            add_term(sums, set->next[k * m + i], a[i + 1], g[k]);
    }
    sums->terms += m + 1;
}

void ncf__cap_add_product(ncf_cap_sums_t *sums, const ncf_cap_monomials_t *set, int32_t *shift,
                          const ncf_midrad_t *f, slong df, const ncf_midrad_t *g, slong dg)
{
    slong m = set->variables, order = set->order;
    for (slong j = 0; j <= FLINT_MIN(df, order); j++) {
        slong end = set->first[FLINT_MIN(dg, order - j) + 1];
        for (slong k = set->first[j]; k < set->first[j + 1]; k++) {
            if (ncf__midrad_is_zero(f[k]))
                continue;
            shift[0] = (int32_t) k;
            add_term(sums, k, f[k], g[0]);
            for (slong l = 1; l < end; l++) {
                shift[l] = set->next[shift[set->parent[l]] * m + set->last[l]];
                add_term(sums, shift[l], f[k], g[l]);
            }
            sums->terms++;
        }
    }
}

void ncf__cap_sums_get(ncf_midrad_t *out, const ncf_cap_sums_t *sums,
                       const ncf_cap_monomials_t *set)
{
    for (slong k = 0; k < set->count; k++)
        out[k] = ncf__midrad_sum(sums->mid[k], sums->size[k], sums->reach[k], sums->terms);
}

/* sum over |alpha| = j of f_alpha^2 alpha! / j! */
ncf_midrad_t ncf__cap_square_norm(const ncf_midrad_t *f, const ncf_cap_monomials_t *set, slong j)
{
    slong terms = set->first[j + 1] - set->first[j];
    double reach = 0;
    for (slong k = set->first[j]; k < set->first[j + 1]; k++) {
        if (ncf__midrad_is_zero(f[k]))
            continue;
        /* j! / alpha! is the product over the factors of (degree so far) / (exponent so far) */
        double weight = 1, run = 0, degree = (double) j;
        for (slong l = k, last = -1; l > 0; l = set->parent[l], degree--) {
            run = set->last[l] == last ? run + 1 : 1;
            last = set->last[l];
            weight *= run / degree;
        }
        double size = ncf__midrad_reach(f[k]);
        reach += size * size * weight;
    }
    /* each term has up to 3 j + 6 roundings, and the sum `terms` of them */
    return ncf__midrad_sum(0, 0, reach * (1 + 4 * (double) (3 * j + terms) * NCF_MIDRAD_UNIT), 1);
}
