/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* tensor_form.c: a tensor as products followed by real tables; see path_system.h. */
#include "path_system.h"

#include <math.h>
#include <string.h>

#define MAX_TABLE 4e7 /* entries of one table: 320 MB */

/* ---- Costs ----------------------------------------------------------------------- */

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
        return count * (2 * (double) n + 4 * log2((double) m) + 2 * pairs);
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
    /* Complex multiplications an order: about 2.5 for a product, 2 to complete it. */
    if (kind == NCF_FORM_RANK)
        return count * (4 * (double) n + 16 * log2((double) (m - 1)));
    double products = 10 * monomials(n, m - 1);
    for (slong d = 2; d <= m - 2; d++)
        products += 20 * monomials(n, d);
    return products + 2 * (double) n * monomials(n, m - 1);
}

/* ---- Parts common to both forms -------------------------------------------------- */

static void table_init(ncf_form_table_t *table, slong rows, slong cols)
{
    table->rows = rows;
    table->cols = cols;
    table->data =
        ncf__calloc((size_t) ncf__table_padded(rows) * (size_t) cols, sizeof(double));
}

/* Room for `features` features, all inputs at first. */
static void allocate_features(ncf_form_t *form, slong features)
{
    form->parent = ncf__calloc((size_t) features, sizeof(slong));
    form->factor = ncf__calloc((size_t) features, sizeof(slong));
    form->features = form->inputs;
}

static ncf_stage_t *add_stage(ncf_form_t *form, slong count, int use)
{
    form->stage = ncf__realloc(form->stage, (size_t) form->stages + 1, sizeof(ncf_stage_t));
    ncf_stage_t *stage = &form->stage[form->stages++];
    slong first = form->features;
    *stage = (ncf_stage_t) {.first = first, .last = first + count, .use = use};
    form->features += count;
    return stage;
}

/* ---- Rank form: powers of <x_i, z> and of the coordinates ------------------------ */

/* The most stages that a chain to m - 1 and one to m - 2 can have. */
#define MAX_POWERS 256

/* The exponents that have features already, and the first feature of each. */
typedef struct {
    slong exponent[MAX_POWERS];
    slong first[MAX_POWERS];
    int count;
} powers_t;

/* The first feature of the powers e of all inputs, by repeated squaring. */
static slong rank_power(ncf_form_t *form, powers_t *known, slong e, int use)
{
    for (int i = 0; i < known->count; i++) {
        if (known->exponent[i] == e)
            return known->first[i];
    }
    int inner = use & NCF_STAGE_SERIES ? use | NCF_STAGE_VALUE | NCF_STAGE_PARENT : use;
    slong half = e % 2 == 0 ? e / 2 : e - 1;
    slong parent = rank_power(form, known, half, inner);
    ncf_stage_t *stage = add_stage(form, form->inputs, use);
    stage->square = e % 2 == 0;
    stage->nested = half > 1;
    for (slong k = 0; k < form->inputs; k++) {
        form->parent[stage->first + k] = parent + k;
        form->factor[stage->first + k] = stage->square ? parent + k : k;
    }
    NCF_REQUIRE(known->count < MAX_POWERS);
    known->exponent[known->count] = e;
    known->first[known->count++] = stage->first;
    return stage->first;
}

static void rank_program(ncf_form_t *form)
{
    powers_t known = {.exponent = {1}, .first = {0}, .count = 1};
    /* Each bit of m - 1 and of m - 2 makes at most two stages. */
    slong bits = 1;
    while (form->order >> bits > 0)
        bits++;
    allocate_features(form, form->inputs * (4 * bits + 1));
    form->high = rank_power(form, &known, form->order - 1, NCF_STAGE_SERIES);
    form->low = rank_power(form, &known, form->order - 2, NCF_STAGE_VALUE);
    for (slong i = 0; i < form->dimension; i++) {
        form->low_power[i] = form->low + form->linear + i;
        form->high_power[i] = form->high + form->linear + i;
    }
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

static void rank_init(ncf_form_t *form, ncf_form_use_t use,
                      const ncf_homotopy_tensor_t *tensor)
{
    form->linear = tensor->count;
    form->inputs = form->linear + form->dimension;
    rank_program(form);
    rank_tables(form, use, tensor);
}

/* ---- Monomial form --------------------------------------------------------------- */

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
    slong *first; /* m + 1 entries: where degree d = index + 1 begins, and the end */
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

/* Degree by degree; a child is its parent times its last variable. */
static void monomial_program(ncf_form_t *form, const tower_t *tower)
{
    slong n = form->dimension, m = form->order, features = tower->first[m - 1];
    allocate_features(form, features);
    memcpy(form->parent, tower->parent, (size_t) features * sizeof(slong));
    memcpy(form->factor, tower->last, (size_t) features * sizeof(slong));
    for (slong d = 2; d <= m - 1; d++) {
        int use = d < m - 1 ? NCF_STAGE_VALUE | NCF_STAGE_SERIES | NCF_STAGE_PARENT
                            : NCF_STAGE_SERIES;
        ncf_stage_t *stage = add_stage(form, tower->first[d] - tower->first[d - 1], use);
        stage->nested = d > 2;
    }
    form->low = tower->first[m - 3];
    form->high = tower->first[m - 2];
    for (slong i = 0; i < n; i++) {
        slong node = i;
        for (slong d = 2; d <= m - 2; d++)
            node = tower->child[node];
        form->low_power[i] = node;
        form->high_power[i] = tower->child[node];
    }
}

/* Fills the column of one feature of degree d = m - 2: rows are the pairs b <= a. */
static void monomial_slope(ncf_form_t *form, const tower_t *tower, const double *coefficient,
                           slong *variables)
{
    slong m = form->order, start = form->low;
    for (slong k = 0; k < form->slope.cols; k++) {
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

static void monomial_gradient(ncf_form_t *form, const tower_t *tower,
                              const double *coefficient, slong *variables)
{
    slong m = form->order, start = form->high;
    for (slong k = 0; k < form->gradient.cols; k++) {
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
    table_init(&form->slope, n * (n + 1) / 2, form->high - form->low);
    monomial_slope(form, &tower, coefficient, variables);
    if (use == NCF_FORM_BOTH) {
        table_init(&form->gradient, n, form->features - form->high);
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
    form->low_power = ncf__malloc((size_t) form->dimension, sizeof(slong));
    form->high_power = ncf__malloc((size_t) form->dimension, sizeof(slong));
    if (kind == NCF_FORM_RANK)
        rank_init(form, use, tensor);
    else
        monomial_init(form, use, tensor);
}

void ncf__form_clear(ncf_form_t *form)
{
    ncf__free(form->parent);
    ncf__free(form->factor);
    ncf__free(form->stage);
    ncf__free(form->low_power);
    ncf__free(form->high_power);
    ncf__free(form->inputs_table.data);
    ncf__free(form->slope.data);
    ncf__free(form->gradient.data);
}
