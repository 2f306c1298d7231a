/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* patch.c: exact Taylor expansion of the eigenpair equations at a rational point. */
#include "patch.h"

/* ---- Monomials ------------------------------------------------------------------- */

slong ncf__monomials_count(slong variables, slong degree, slong most)
{
    fmpz_t count;
    fmpz_init(count);
    fmpz_bin_uiui(count, (ulong) (variables + degree), (ulong) FLINT_MIN(variables, degree));
    slong small = fmpz_cmp_si(count, most) <= 0 ? fmpz_get_si(count) : WORD_MAX;
    fmpz_clear(count);
    return small;
}

static slong *index_array(slong count)
{
    return ncf__calloc((size_t) count, sizeof(slong));
}

/* Products with an earlier variable: x_v (parent x_last) = (x_v parent) x_last. */
static void fill_products(ncf_monomials_t *m, slong index)
{
    slong v = m->variables;
    for (slong k = 0; k < m->last[index]; k++)
        m->next[index * v + k] =
            m->next[m->next[m->parent[index] * v + k] * v + m->last[index]];
}

void ncf__monomials_init(ncf_monomials_t *out, slong variables, slong degree)
{
    slong v = variables, count = ncf__monomials_count(variables, degree, WORD_MAX - 1),
          made = 1;
    *out = (ncf_monomials_t){v,
                             degree,
                             count,
                             index_array(degree + 2),
                             index_array(count),
                             index_array(count),
                             index_array(count),
                             index_array(count * v)};
    for (slong r = 0; r < degree; r++) {
        out->start[r + 1] = made;
        for (slong a = out->start[r]; a < out->start[r + 1]; a++) {
            for (slong k = out->last[a]; k < v; k++, made++) {
                out->next[a * v + k] = made;
                out->parent[made] = a;
                out->last[made] = k;
                out->run[made] = k == out->last[a] ? out->run[a] + 1 : 1;
            }
        }
        for (slong a = out->start[r]; a < out->start[r + 1]; a++)
            fill_products(out, a);
    }
    NCF_REQUIRE(made == count);
    out->start[degree + 1] = count;
    for (slong i = out->start[degree] * v; i < count * v; i++)
        out->next[i] = -1;
}

void ncf__monomials_clear(ncf_monomials_t *monomials)
{
    ncf__free(monomials->next);
    ncf__free(monomials->run);
    ncf__free(monomials->last);
    ncf__free(monomials->parent);
    ncf__free(monomials->start);
}

/* ---- The gradient ---------------------------------------------------------------- */

/* factor_alpha = (m-1)! / ((m-1-|alpha|)! alpha!), an integer; zero beyond the degree m - 1.
 */
static void set_factors(fmpz *factor, const ncf_monomials_t *m, slong order)
{
    fmpz_one(factor);
    for (slong r = 1; r <= m->degree; r++) {
        for (slong a = m->start[r]; a < m->start[r + 1]; a++) {
            fmpz_mul_si(factor + a, factor + m->parent[a], FLINT_MAX(order - r, 0));
            fmpz_divexact_si(factor + a, factor + a, m->run[a]);
        }
    }
}

/* values_alpha = weight s^{m-1-|alpha|} p^alpha, p without its coordinate `chart`. */
static void point_monomials(fmpq *values, const fmpq *p, slong chart, const fmpq_t weight,
                            const fmpq_t s, slong order, const ncf_monomials_t *m)
{
    slong top = FLINT_MIN(m->degree, order - 1);
    fmpq_t power;
    fmpq_init(power);
    fmpq_one(values);
    for (slong a = 1; a < m->start[top + 1]; a++) {
        slong j = m->last[a] < chart ? m->last[a] : m->last[a] + 1;
        fmpq_mul(values + a, values + m->parent[a], p + j);
    }
    for (slong r = 0; r <= top; r++) {
        fmpq_pow_si(power, s, order - 1 - r);
        fmpq_mul(power, power, weight);
        for (slong a = m->start[r]; a < m->start[r + 1]; a++)
            fmpq_mul(values + a, values + a, power);
    }
    fmpq_clear(power);
}

/* gradient: n x count, the expansions of G_1, .., G_n at c. */
static void expand_gradient(fmpq_mat_t gradient, const fmpq *c, slong chart,
                            const ncf_tensor_t tensor, const ncf_monomials_t *m)
{
    slong n = tensor->dimension, count = m->count;
    fmpq *values = _fmpq_vec_init(count);
    fmpz *factor = _fmpz_vec_init(count);
    fmpq_t s;
    fmpq_init(s);
    for (slong i = 0; i < tensor->points; i++) {
        const fmpq *p = fmpq_mat_entry(tensor->coords, i, 0);
        fmpq_zero(s);
        for (slong j = 0; j < n; j++)
            fmpq_addmul(s, p + j, c + j);
        point_monomials(values, p, chart, fmpq_mat_entry(tensor->weights, i, 0), s,
                        tensor->order, m);
        slong used = m->start[FLINT_MIN(m->degree, tensor->order - 1) + 1];
        for (slong j = 0; j < n; j++) {
            for (slong a = 0; a < used && !fmpq_is_zero(p + j); a++)
                fmpq_addmul(fmpq_mat_entry(gradient, j, a), values + a, p + j);
        }
    }
    set_factors(factor, m, tensor->order);
    for (slong j = 0; j < n; j++)
        for (slong a = 0; a < count; a++)
            fmpq_mul_fmpz(fmpq_mat_entry(gradient, j, a), fmpq_mat_entry(gradient, j, a),
                          factor + a);
    fmpq_clear(s);
    _fmpz_vec_clear(factor, count);
    _fmpq_vec_clear(values, count);
}

/* ---- The eliminated equations ---------------------------------------------------- */

/* row = D_k G_j - D_j (c_j + x_j) G_k for the coordinate j of variable v. */
static void eliminated_row(fmpq *row, const fmpq_mat_t gradient, slong v, const fmpq *c,
                           slong chart, const ncf_tensor_t tensor, const ncf_monomials_t *m)
{
    slong j = v < chart ? v : v + 1;
    fmpq_t t;
    fmpq_init(t);
    for (slong a = 0; a < m->count; a++)
        fmpq_mul(row + a, fmpq_mat_entry(tensor->gram, chart, 0),
                 fmpq_mat_entry(gradient, j, a));
    for (slong a = 0; a < m->count; a++) {
        fmpq_mul(t, fmpq_mat_entry(tensor->gram, j, 0), fmpq_mat_entry(gradient, chart, a));
        fmpq_submul(row + a, t, c + j);
        slong up = m->next[a * m->variables + v];
        if (up >= 0)
            fmpq_sub(row + up, row + up, t);
    }
    fmpq_clear(t);
}

void ncf__patch_expand(fmpz_mat_t rows, const fmpq *c, slong chart, const ncf_tensor_t tensor,
                       const ncf_monomials_t *monomials)
{
    fmpq_mat_t gradient, eliminated;
    fmpq_mat_init(gradient, tensor->dimension, monomials->count);
    fmpq_mat_init(eliminated, monomials->variables, monomials->count);
    fmpz *multiples = _fmpz_vec_init(monomials->variables);
    expand_gradient(gradient, c, chart, tensor, monomials);
    for (slong v = 0; v < monomials->variables; v++)
        eliminated_row(fmpq_mat_entry(eliminated, v, 0), gradient, v, c, chart, tensor,
                       monomials);
    fmpq_mat_get_fmpz_mat_rowwise(rows, multiples, eliminated);
    _fmpz_vec_clear(multiples, monomials->variables);
    fmpq_mat_clear(eliminated);
    fmpq_mat_clear(gradient);
}
