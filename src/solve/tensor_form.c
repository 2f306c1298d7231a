/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* tensor_form.c: a tensor as products followed by real tables; see path_system.h. */
#include "path_system.h"

#include <math.h>
#include <string.h>

#define MAX_TABLE 4e7 /* entries of one table: 320 MB */

/* ---- Costs ------------------------------------------------------------------- */

/* C(n + d - 1, d), the number of monomials of degree d in n variables. */
static double monomials(slong n, slong d)
{
    double count = 1;
    for (slong k = 1; k <= d && count < 1e300; k++)
        count = count * (double) (n + k - 1) / (double) k;
    return count;
}

static int form_in_range(ncf_form_kind_t kind, const ncf_homotopy_tensor_t *tensor)
{
    double n = (double) tensor->dimension, m = (double) tensor->order;
    if (kind == NCF_FORM_RANK)
        return (double) tensor->count * (n * n + m) < MAX_TABLE;
    /* Multinomial coefficients are at most n^m; the tower has monomials of degree m. */
    return m * log10(n) < 200 && monomials(tensor->dimension, tensor->order) * m < MAX_TABLE &&
           monomials(tensor->dimension, tensor->order - 1) * n * n < MAX_TABLE;
}

double ncf__form_slope_cost(ncf_form_kind_t kind, const ncf_homotopy_tensor_t *tensor)
{
    slong n = tensor->dimension, m = tensor->order;
    double count = (double) tensor->count, pairs = 0.5 * (double) n * (double) (n + 1);
    if (!form_in_range(kind, tensor))
        return HUGE_VAL;
    if (kind == NCF_FORM_RANK)
        return count * (2 * (double) n + 4 * (double) (m - 3) + 2 * pairs);
    double products = 0;
    for (slong d = 2; d <= m - 2; d++)
        products += monomials(n, d);
    return 4 * products + 2 * pairs * monomials(n, m - 2);
}

double ncf__form_series_cost(ncf_form_kind_t kind, const ncf_homotopy_tensor_t *tensor)
{
    slong n = tensor->dimension, m = tensor->order;
    double count = (double) tensor->count;
    if (!form_in_range(kind, tensor))
        return HUGE_VAL;
    /* A product takes about 3 complex multiplications an order, 2 more below the top. */
    if (kind == NCF_FORM_RANK)
        return count * (4 * (double) n + 12 + 20 * (double) (m - 3));
    double products = 12 * monomials(n, m - 1);
    for (slong d = 2; d <= m - 2; d++)
        products += 20 * monomials(n, d);
    return products + 2 * (double) n * monomials(n, m - 1);
}

/* ---- Parts common to both forms --------------------------------------------------- */

static void table_init(ncf_table_t *table, slong rows, slong cols)
{
    table->rows = rows;
    table->cols = cols;
    table->data = ncf__calloc((size_t) ncf__table_padded(rows) * (size_t) cols, sizeof(double));
}

static void allocate_features(ncf_form_t *form, slong features)
{
    form->parent = ncf__calloc((size_t) features, sizeof(slong));
    form->factor = ncf__calloc((size_t) features, sizeof(slong));
}

/* ---- Rank form: powers of <x_i, z> and of the coordinates -------------------------- */

static void rank_program(ncf_form_t *form)
{
    slong n = form->dimension, inputs = form->inputs;
    allocate_features(form, inputs * (form->order - 1));
    for (slong d = 1; d <= form->order - 1; d++) {
        form->first[d - 1] = (d - 1) * inputs;
        for (slong k = 0; k < inputs; k++) {
            form->parent[(d - 1) * inputs + k] = d > 1 ? (d - 2) * inputs + k : 0;
            form->factor[(d - 1) * inputs + k] = k;
        }
        for (slong i = 0; i < n; i++)
            form->power[(d - 1) * n + i] = (d - 1) * inputs + form->linear + i;
    }
    form->first[form->order - 1] = (form->order - 1) * inputs;
}

static void rank_slope(ncf_form_t *form, const ncf_homotopy_tensor_t *tensor)
{
    slong n = form->dimension;
    for (slong k = 0; k < tensor->count; k++) {
        const double *x = tensor->points + k * n;
        double weight = (double) (form->order - 1) * tensor->weights[k];
        for (slong a = 0, row = 0; a < n; a++) {
            for (slong b = 0; b <= a; b++, row++)
                *ncf__table_entry(&form->slope, row, k) = weight * x[a] * x[b];
        }
    }
}

static void rank_tables(ncf_form_t *form, ncf_form_use_t use,
                        const ncf_homotopy_tensor_t *tensor)
{
    slong n = form->dimension, count = tensor->count;
    table_init(&form->inputs_table, count, n);
    for (slong k = 0; k < count; k++) {
        for (slong i = 0; i < n; i++)
            *ncf__table_entry(&form->inputs_table, k, i) = tensor->points[k * n + i];
    }
    table_init(&form->slope, n * (n + 1) / 2, count);
    rank_slope(form, tensor);
    if (use == NCF_FORM_SLOPE)
        return;
    table_init(&form->gradient, n, count);
    for (slong k = 0; k < count; k++) {
        for (slong i = 0; i < n; i++)
            *ncf__table_entry(&form->gradient, i, k) =
                tensor->weights[k] * tensor->points[k * n + i];
    }
}

static void rank_init(ncf_form_t *form, ncf_form_use_t use, const ncf_homotopy_tensor_t *tensor)
{
    form->linear = tensor->count;
    form->inputs = form->linear + form->dimension;
    form->low = tensor->count;
    form->high = tensor->count;
    rank_program(form);
    rank_tables(form, use, tensor);
}

/* ---- Monomial form ------------------------------------------------------------------ */

/*
 * The monomials of degrees 1..m, degree by degree. The children of a monomial are its
 * products with the variables from its last one on, stored next to each other: a sorted
 * list of variables is found by walking down.
 */
typedef struct {
    slong count;
    slong *parent;
    slong *last;
    slong *child; /* the first child; only below degree m */
    slong *first; /* m + 1 entries, as ncf_form_t.first */
} tower_t;

static void tower_init(tower_t *tower, slong n, slong order)
{
    tower->first = ncf__malloc((size_t) order + 1, sizeof(slong));
    tower->count = 0;
    for (slong d = 1; d <= order; d++)
        tower->count += (slong) (monomials(n, d) + 0.5);
    tower->parent = ncf__calloc((size_t) tower->count, sizeof(slong));
    tower->last = ncf__calloc((size_t) tower->count, sizeof(slong));
    tower->child = ncf__calloc((size_t) tower->count, sizeof(slong));
    for (slong i = 0; i < n; i++)
        tower->last[i] = i;
    tower->first[0] = 0;
    slong next = n;
    for (slong d = 2; d <= order; d++) {
        tower->first[d - 1] = next;
        for (slong k = tower->first[d - 2]; k < tower->first[d - 1]; k++) {
            tower->child[k] = next;
            for (slong v = tower->last[k]; v < n; v++, next++) {
                tower->parent[next] = k;
                tower->last[next] = v;
            }
        }
    }
    tower->first[order] = next;
    NCF_REQUIRE(next == tower->count);
}

static void tower_clear(tower_t *tower)
{
    ncf__free(tower->first);
    ncf__free(tower->parent);
    ncf__free(tower->last);
    ncf__free(tower->child);
}

/* The variables of a monomial of degree d, sorted, with up to two more merged in. */
static void tower_variables(slong *out, const tower_t *tower, slong node, slong d)
{
    for (; d > 0; d--) {
        out[d - 1] = tower->last[node];
        node = tower->parent[node];
    }
}

static void insert_sorted(slong *variables, slong length, slong v)
{
    for (; length > 0 && variables[length - 1] > v; length--)
        variables[length] = variables[length - 1];
    variables[length] = v;
}

static slong tower_find(const tower_t *tower, const slong *variables, slong d)
{
    slong node = variables[0];
    for (slong k = 1; k < d; k++)
        node = tower->child[node] + variables[k] - tower->last[node];
    return node;
}

/* The number of orders of a sorted list of variables. */
static double multinomial(const slong *variables, slong d)
{
    double count = 1, run = 1;
    for (slong k = 1; k < d; k++) {
        run = variables[k] == variables[k - 1] ? run + 1 : 1;
        count = count * (double) (k + 1) / run;
    }
    return count;
}

/* The coefficients sum_i weight_i x_i^gamma for all monomials gamma of degree m. */
static double *tensor_coefficients(const tower_t *tower, const ncf_homotopy_tensor_t *tensor)
{
    slong n = tensor->dimension, start = tower->first[tensor->order - 1];
    double *value = ncf__malloc((size_t) tower->count, sizeof(double));
    double *sum = ncf__calloc((size_t) (tower->count - start), sizeof(double));
    for (slong k = 0; k < tensor->count; k++) {
        const double *x = tensor->points + k * n;
        memcpy(value, x, (size_t) n * sizeof(double));
        for (slong j = n; j < start; j++)
            value[j] = value[tower->parent[j]] * x[tower->last[j]];
        for (slong j = start; j < tower->count; j++)
            sum[j - start] += tensor->weights[k] * value[tower->parent[j]] * x[tower->last[j]];
    }
    ncf__free(value);
    return sum;
}

static void monomial_program(ncf_form_t *form, const tower_t *tower)
{
    slong n = form->dimension, features = tower->first[form->order - 1];
    allocate_features(form, features);
    memcpy(form->parent, tower->parent, (size_t) features * sizeof(slong));
    memcpy(form->factor, tower->last, (size_t) features * sizeof(slong));
    memcpy(form->first, tower->first, (size_t) form->order * sizeof(slong));
    for (slong i = 0; i < n; i++) {
        form->power[i] = i;
        for (slong d = 2; d <= form->order - 1; d++)
            form->power[(d - 1) * n + i] = tower->child[form->power[(d - 2) * n + i]];
    }
}

/* Fills the column of one feature of degree d = m - 2: rows are the pairs b <= a. */
static void monomial_slope(ncf_form_t *form, const tower_t *tower, const double *coefficient,
                           slong *variables)
{
    slong m = form->order, start = form->first[m - 3];
    for (slong k = 0; k < form->low; k++) {
        for (slong a = 0, row = 0; a < form->dimension; a++) {
            for (slong b = 0; b <= a; b++, row++) {
                tower_variables(variables, tower, start + k, m - 2);
                double scale = (double) (m - 1) * multinomial(variables, m - 2);
                insert_sorted(variables, m - 2, a);
                insert_sorted(variables, m - 1, b);
                slong index = tower_find(tower, variables, m) - tower->first[m - 1];
                *ncf__table_entry(&form->slope, row, k) = scale * coefficient[index];
            }
        }
    }
}

static void monomial_gradient(ncf_form_t *form, const tower_t *tower, const double *coefficient,
                              slong *variables)
{
    slong m = form->order, start = form->first[m - 2];
    for (slong k = 0; k < form->high; k++) {
        for (slong i = 0; i < form->dimension; i++) {
            tower_variables(variables, tower, start + k, m - 1);
            double scale = multinomial(variables, m - 1);
            insert_sorted(variables, m - 1, i);
            slong index = tower_find(tower, variables, m) - tower->first[m - 1];
            *ncf__table_entry(&form->gradient, i, k) = scale * coefficient[index];
        }
    }
}

static void monomial_init(ncf_form_t *form, ncf_form_use_t use,
                          const ncf_homotopy_tensor_t *tensor)
{
    slong n = form->dimension, m = form->order;
    tower_t tower;
    tower_init(&tower, n, m);
    double *coefficient = tensor_coefficients(&tower, tensor);
    slong *variables = ncf__malloc((size_t) m + 1, sizeof(slong));
    form->linear = 0;
    form->inputs = n;
    monomial_program(form, &tower);
    form->low = form->first[m - 2] - form->first[m - 3];
    form->high = form->first[m - 1] - form->first[m - 2];
    table_init(&form->slope, n * (n + 1) / 2, form->low);
    monomial_slope(form, &tower, coefficient, variables);
    if (use == NCF_FORM_BOTH) {
        table_init(&form->gradient, n, form->high);
        monomial_gradient(form, &tower, coefficient, variables);
    }
    ncf__free(variables);
    ncf__free(coefficient);
    tower_clear(&tower);
}

void ncf__form_init(ncf_form_t *form, ncf_form_kind_t kind, ncf_form_use_t use,
                    const ncf_homotopy_tensor_t *tensor)
{
    memset(form, 0, sizeof(*form));
    form->kind = kind;
    form->order = tensor->order;
    form->dimension = tensor->dimension;
    form->first = ncf__malloc((size_t) form->order, sizeof(slong));
    form->power = ncf__malloc((size_t) ((form->order - 1) * form->dimension), sizeof(slong));
    if (kind == NCF_FORM_RANK)
        rank_init(form, use, tensor);
    else
        monomial_init(form, use, tensor);
}

void ncf__form_clear(ncf_form_t *form)
{
    ncf__free(form->first);
    ncf__free(form->parent);
    ncf__free(form->factor);
    ncf__free(form->power);
    ncf__free(form->inputs_table.data);
    ncf__free(form->slope.data);
    ncf__free(form->gradient.data);
}
