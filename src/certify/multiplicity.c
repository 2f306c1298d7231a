/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * multiplicity.c: the multiplicity of a rational class by T-MULTIPLE. With the Macaulay matrix
 * M_j (rows x^beta P_i with |beta| < j, columns the monomials of degree at most j) and
 *   h(j) = number of columns - rank of M_j,
 * h(j+1) = h(j) proves that the class is isolated and of multiplicity h(j). Over a prime
 * field h can only be larger: h(j) <= h(j+1) <= h_p(j+1), so that h_p(j+1) = h_p(j) = h(j)
 * is enough, and only h(j) needs exact linear algebra, of which the answer is checked.
 */
#include "patch.h"
#include "rational_line.h"

#define MAX_COLUMNS 500
#define MAX_WORK 2000000 /* points times monomials */

typedef struct {
    ncf_monomials_t monomials;
    fmpz_mat_t equations; /* v x count */
} macaulay_t;

/* The rows x^beta P_i, |beta| < degree, cut off beyond `degree` >= 1. */
static void macaulay_matrix(fmpz_mat_t out, const macaulay_t *macaulay, slong degree)
{
    const ncf_monomials_t *m = &macaulay->monomials;
    slong v = m->variables, columns = m->start[degree + 1];
    for (slong i = 0; i < v; i++)
        for (slong a = 0; a < columns; a++)
            fmpz_set(fmpz_mat_entry(out, i, a), fmpz_mat_entry(macaulay->equations, i, a));
    for (slong b = 1; b < m->start[degree]; b++) {
        for (slong i = 0; i < v; i++) {
            for (slong a = 0; a < m->start[degree]; a++)
                fmpz_set(fmpz_mat_entry(out, b * v + i, m->next[a * v + m->last[b]]),
                         fmpz_mat_entry(out, m->parent[b] * v + i, a));
        }
    }
}

static void macaulay_init(fmpz_mat_t out, const macaulay_t *macaulay, slong degree)
{
    const ncf_monomials_t *m = &macaulay->monomials;
    fmpz_mat_init(out, m->variables * m->start[degree], m->start[degree + 1]);
    macaulay_matrix(out, macaulay, degree);
}

static slong modular_rank(const fmpz_mat_t a, ulong prime)
{
    nmod_mat_t reduced;
    nmod_mat_init(reduced, fmpz_mat_nrows(a), fmpz_mat_ncols(a), prime);
    fmpz_mat_get_nmod_mat(reduced, a);
    slong rank = nmod_mat_rank(reduced);
    nmod_mat_clear(reduced);
    return rank;
}

/* h_p(degree) >= h(degree) */
static slong modular_h(const macaulay_t *macaulay, slong degree, ulong prime)
{
    fmpz_mat_t a;
    macaulay_init(a, macaulay, degree);
    slong h = fmpz_mat_ncols(a) - modular_rank(a, prime);
    fmpz_mat_clear(a);
    return h;
}

/*
 * Is h(degree) >= wanted? Proved by as many vectors that the matrix sends to zero and that
 * are independent modulo the prime, hence over Q.
 */
static int has_dual_space(const macaulay_t *macaulay, slong degree, slong wanted, ulong prime)
{
    if (degree == 0)
        return wanted <= 1;
    fmpz_mat_t a, kernel, image;
    macaulay_init(a, macaulay, degree);
    fmpz_mat_init(kernel, fmpz_mat_ncols(a), fmpz_mat_ncols(a));
    fmpz_mat_init(image, fmpz_mat_nrows(a), fmpz_mat_ncols(a));
    (void) fmpz_mat_nullspace(kernel, a);
    fmpz_mat_mul(image, a, kernel);
    int proved = fmpz_mat_is_zero(image) && modular_rank(kernel, prime) >= wanted;
    fmpz_mat_clear(image);
    fmpz_mat_clear(kernel);
    fmpz_mat_clear(a);
    return proved;
}

static slong stable_value(const macaulay_t *macaulay, const fmpz_t most)
{
    /* The prime decides whether the proof is found, not whether it is right. */
    ulong prime = n_nextprime((UINT64_C(1) << 61) + 1234567, 1);
    slong before = 1;
    for (slong degree = 1; degree <= macaulay->monomials.degree; degree++) {
        slong h = modular_h(macaulay, degree, prime);
        if (fmpz_cmp_si(most, h) < 0)
            return 0;
        if (h == before)
            return has_dual_space(macaulay, degree - 1, h, prime) ? h : 0;
        before = h;
    }
    return 0;
}

/* The largest degree with few enough columns and little enough work; 0: none. */
static slong affordable_degree(slong variables, slong points, const fmpz_t most)
{
    slong columns = FLINT_MIN(MAX_COLUMNS, MAX_WORK / points), degree = 0;
    while (ncf__monomials_count(variables, degree + 1, columns) != WORD_MAX &&
           fmpz_cmp_si(most, degree) >= 0)
        degree++;
    return degree;
}

void ncf__rational_line_multiplicity(ncf_rational_line_t line, const ncf_tensor_t tensor,
                                     const fmpz_t most)
{
    slong v = tensor->dimension - 1, degree = affordable_degree(v, tensor->points, most);
    line->multiplicity = 0;
    if (degree == 0)
        return;
    macaulay_t macaulay;
    ncf__monomials_init(&macaulay.monomials, v, degree);
    fmpz_mat_init(macaulay.equations, v, macaulay.monomials.count);
    ncf__patch_expand(macaulay.equations, line->c, line->chart, tensor, &macaulay.monomials);
    for (slong i = 0; i < v; i++)
        NCF_REQUIRE(fmpz_is_zero(fmpz_mat_entry(macaulay.equations, i, 0)));
    line->multiplicity = stable_value(&macaulay, most);
    fmpz_mat_clear(macaulay.equations);
    ncf__monomials_clear(&macaulay.monomials);
}
