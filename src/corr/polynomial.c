/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * polynomial.c: N(u) as an exact polynomial. H is built once, by polynomial arithmetic
 * through the network, in the weights and the inputs together:
 *     H(x; u) = sum c_{alpha,beta} u^alpha x^beta;
 * then x^beta is replaced by the moment sum_i z_i x_i^beta.
 */
#include "polynomial.h"

#include "../network/network.h"

#include <stdlib.h>
#include <string.h>

/* ---- H in weights and inputs ----------------------------------------------------- */

/* One row of a matrix of layers, times the units a of the layer before. */
typedef struct {
    const fmpq_mpoly_struct *a;
    const slong *ties;  /* NULL: the weights from `weight` on */
    slong weight;       /* variable of the first weight of the row, or of the layers */
    const fmpq_mpoly_ctx_struct *context;
} row_t;

static void row_term(fmpq_mpoly_t out, const row_t *row, slong c)
{
    slong tie = row->ties == NULL ? c : row->ties[c];
    if (tie == NCF_TIE_ZERO) {
        fmpq_mpoly_zero(out, row->context);
    } else if (tie == NCF_TIE_ONE) {
        fmpq_mpoly_set(out, row->a + c, row->context);
    } else {
        fmpq_mpoly_gen(out, row->weight + tie, row->context);
        fmpq_mpoly_mul(out, out, row->a + c, row->context);
    }
}

/* The columns lo <= c < hi; halving keeps sums short. */
static void row_sum(fmpq_mpoly_t out, const row_t *row, slong lo, slong hi)
{
    if (hi - lo == 1) {
        row_term(out, row, lo);
        return;
    }
    slong middle = lo + (hi - lo) / 2;
    fmpq_mpoly_t right;
    fmpq_mpoly_init(right, row->context);
    row_sum(out, row, lo, middle);
    row_sum(right, row, middle, hi);
    fmpq_mpoly_add(out, out, right, row->context);
    fmpq_mpoly_clear(right, row->context);
}

static fmpq_mpoly_struct *units_new(slong width, const fmpq_mpoly_ctx_t context)
{
    fmpq_mpoly_struct *units = ncf__malloc((size_t) width, sizeof(*units));
    for (slong j = 0; j < width; j++)
        fmpq_mpoly_init(units + j, context);
    return units;
}

/* Not inline: gcc 12 otherwise takes a polynomial for its first member and warns. */
__attribute__((noinline)) static void units_free(fmpq_mpoly_struct *units, slong width,
                                                 const fmpq_mpoly_ctx_t context)
{
    for (slong j = 0; j < width; j++)
        fmpq_mpoly_clear(units + j, context);
    ncf__free(units);
}

/* b becomes s(b). */
static void apply_activation(fmpq_mpoly_t b, const ncf_activation_t *s,
                             const fmpq_mpoly_ctx_t context)
{
    slong p = ncf__activation_monomial(s);
    if (p >= 0) {
        NCF_REQUIRE(fmpq_mpoly_pow_ui(b, b, (ulong) p, context));
        if (s->coefficients != NULL)
            fmpq_mpoly_scalar_mul_fmpq(b, b, s->coefficients + p, context);
        return;
    }
    fmpq_mpoly_t sum;
    fmpq_mpoly_init(sum, context);
    for (slong k = s->degree; k >= 0; k--) {
        fmpq_mpoly_mul(sum, sum, b, context);
        fmpq_mpoly_add_fmpq(sum, sum, s->coefficients + k, context);
    }
    fmpq_mpoly_swap(b, sum, context);
    fmpq_mpoly_clear(sum, context);
}

/* The variables are all n weights, then the inputs. */
static void layers_output(fmpq_mpoly_t out, const ncf_network_struct *part, slong n,
                          const fmpq_mpoly_ctx_t context)
{
    const ncf_layers_t *layers = &part->layers;
    const slong *k = layers->widths;
    fmpq_mpoly_struct *a = units_new(k[0], context);
    for (slong j = 0; j < k[0]; j++)
        fmpq_mpoly_gen(a + j, n + j, context);
    for (slong l = 1; l <= layers->depth; l++) {
        fmpq_mpoly_struct *b = units_new(k[l], context);
        const slong *ties = layers->ties[l - 1];
        for (slong j = 0; j < k[l]; j++) {
            row_t row = {a, NULL, part->first + layers->offsets[l - 1] + j * k[l - 1], context};
            if (ties != NULL) {
                row.ties = ties + j * k[l - 1];
                row.weight = part->first;
            }
            row_sum(b + j, &row, 0, k[l - 1]);
            if (l < layers->depth)
                apply_activation(b + j, layers->activations + l - 1, context);
        }
        units_free(a, k[l - 1], context);
        a = b;
    }
    fmpq_mpoly_swap(out, a, context);
    units_free(a, 1, context);
}

/* out = sum of coefficients[t] times the monomial with exponents + t * variables. */
static void set_terms(fmpq_mpoly_t out, const fmpq *coefficients, const ulong *exponents,
                      slong count, const fmpq_mpoly_ctx_t context)
{
    slong variables = fmpq_mpoly_ctx_nvars(context);
    fmpq_t scale;
    fmpz *numerators = _fmpz_vec_init(count);
    fmpq_init(scale);
    _fmpq_vec_get_fmpz_vec_fmpz(numerators, fmpq_denref(scale), coefficients, count);
    fmpz_one(fmpq_numref(scale));
    /* An fmpq_mpoly is a rational content times an integer polynomial. */
    fmpq_mpoly_set_fmpq(out, scale, context);
    fmpz_mpoly_zero(out->zpoly, context->zctx);
    for (slong t = 0; t < count; t++)
        fmpz_mpoly_push_term_fmpz_ui(out->zpoly, numerators + t, exponents + t * variables,
                                     context->zctx);
    fmpz_mpoly_sort_terms(out->zpoly, context->zctx);
    fmpz_mpoly_combine_like_terms(out->zpoly, context->zctx);
    fmpq_mpoly_reduce(out, context);
    fmpq_clear(scale);
    _fmpz_vec_clear(numerators, count);
}

static void add_exponents(ulong *exponents, const ncf_factor_t *factors, slong count)
{
    for (slong f = 0; f < count; f++)
        exponents[factors[f].variable] += factors[f].exponent;
}

static void terms_output(fmpq_mpoly_t out, const ncf_network_struct *part, slong n,
                         const fmpq_mpoly_ctx_t context)
{
    const ncf_terms_t *terms = &part->terms;
    slong variables = fmpq_mpoly_ctx_nvars(context);
    ulong *exponents = ncf__calloc((size_t) (terms->terms * variables), sizeof(ulong));
    for (slong k = 0; k < terms->monomials; k++) {
        slong start = terms->monomial_starts[k];
        for (slong t = terms->monomial_terms[k]; t < terms->monomial_terms[k + 1]; t++) {
            slong m = terms->term_products[t], first = terms->product_starts[m];
            add_exponents(exponents + t * variables + part->first,
                          terms->monomial_factors + start,
                          terms->monomial_starts[k + 1] - start);
            add_exponents(exponents + t * variables + n, terms->product_factors + first,
                          terms->product_starts[m + 1] - first);
        }
    }
    set_terms(out, terms->coefficients.exact, exponents, terms->terms, context);
    ncf__free(exponents);
}

static void network_output(fmpq_mpoly_t out, const ncf_network_struct *network,
                           const fmpq_mpoly_ctx_t context)
{
    const ncf_network_struct *parts = network->part_count > 0 ? network->parts : network;
    fmpq_mpoly_t part;
    fmpq_mpoly_init(part, context);
    fmpq_mpoly_zero(out, context);
    for (slong i = 0; i < FLINT_MAX(network->part_count, 1); i++) {
        if (parts[i].layers.depth > 0)
            layers_output(part, parts + i, network->unknowns, context);
        else
            terms_output(part, parts + i, network->unknowns, context);
        fmpq_mpoly_add(out, out, part, context);
    }
    fmpq_mpoly_clear(part, context);
}

/* ---- Moments --------------------------------------------------------------------- */

/* The data over common denominators: x = X / x_scale, z = Z / z_scale. */
typedef struct {
    fmpz_mat_t x, z;
    fmpz_t x_scale, z_scale;
} integer_data_t;

static void integer_data_init(integer_data_t *data, const fmpq_mat_t x, const fmpq_mat_t z)
{
    fmpz_mat_init(data->x, fmpq_mat_nrows(x), fmpq_mat_ncols(x));
    fmpz_mat_init(data->z, fmpq_mat_nrows(z), 1);
    fmpz_init(data->x_scale);
    fmpz_init(data->z_scale);
    fmpq_mat_get_fmpz_mat_matwise(data->x, data->x_scale, x);
    fmpq_mat_get_fmpz_mat_matwise(data->z, data->z_scale, z);
}

static void integer_data_clear(integer_data_t *data)
{
    fmpz_mat_clear(data->x);
    fmpz_mat_clear(data->z);
    fmpz_clear(data->x_scale);
    fmpz_clear(data->z_scale);
}

/* sum_i Z_i X_i^beta */
static void integer_moment(fmpz_t out, const integer_data_t *data, const ulong *beta)
{
    fmpz_t product, power;
    fmpz_init(product);
    fmpz_init(power);
    fmpz_zero(out);
    for (slong i = 0; i < fmpz_mat_nrows(data->x); i++) {
        fmpz_set(product, fmpz_mat_entry(data->z, i, 0));
        for (slong k = 0; k < fmpz_mat_ncols(data->x) && !fmpz_is_zero(product); k++) {
            if (beta[k] == 0)
                continue;
            fmpz_pow_ui(power, fmpz_mat_entry(data->x, i, k), beta[k]);
            fmpz_mul(product, product, power);
        }
        fmpz_add(out, out, product);
    }
    fmpz_clear(product);
    fmpz_clear(power);
}

/* sum_i z_i x_i^beta */
static void moment(fmpq_t out, const integer_data_t *data, const ulong *beta)
{
    ulong degree = 0;
    for (slong k = 0; k < fmpz_mat_ncols(data->x); k++)
        degree += beta[k];
    integer_moment(fmpq_numref(out), data, beta);
    fmpz_pow_ui(fmpq_denref(out), data->x_scale, degree);
    fmpz_mul(fmpq_denref(out), fmpq_denref(out), data->z_scale);
    fmpq_canonicalise(out);
}

/* A term of H and its exponents in x. */
typedef struct {
    slong term;
    slong inputs;
    const ulong *beta;
} term_t;

static int compare_beta(const void *left, const void *right)
{
    const term_t *a = left, *b = right;
    return memcmp(a->beta, b->beta, (size_t) a->inputs * sizeof(ulong));
}

/* The terms of H ordered so that equal beta are neighbours. */
static term_t *terms_by_beta(const ulong *exponents, slong count, slong n, slong inputs)
{
    term_t *terms = ncf__malloc((size_t) count, sizeof(*terms));
    for (slong t = 0; t < count; t++)
        terms[t] = (term_t){t, inputs, exponents + t * (n + inputs) + n};
    qsort(terms, (size_t) count, sizeof(*terms), compare_beta);
    return terms;
}

/* out, in the weights alone, is H with the moments in the place of the inputs. */
static void take_moments(fmpq_mpoly_t out, const fmpq_mpoly_ctx_t context,
                         const fmpq_mpoly_t h, const fmpq_mpoly_ctx_t h_context,
                         const integer_data_t *data)
{
    slong count = fmpq_mpoly_length(h, h_context), n = fmpq_mpoly_ctx_nvars(context);
    slong inputs = fmpq_mpoly_ctx_nvars(h_context) - n;
    ulong *exponents = ncf__malloc((size_t) (count * (n + inputs)), sizeof(ulong));
    fmpq *coefficients = _fmpq_vec_init(count);
    for (slong t = 0; t < count; t++) {
        fmpq_mpoly_get_term_exp_ui(exponents + t * (n + inputs), h, t, h_context);
        fmpq_mpoly_get_term_coeff_fmpq(coefficients + t, h, t, h_context);
    }
    term_t *terms = terms_by_beta(exponents, count, n, inputs);
    fmpq_t value;
    fmpq_init(value);
    for (slong t = 0; t < count; t++) {
        if (t == 0 || compare_beta(&terms[t - 1], &terms[t]) != 0)
            moment(value, data, terms[t].beta);
        fmpq_mul(coefficients + terms[t].term, coefficients + terms[t].term, value);
    }
    for (slong t = 0; t < count; t++)
        memmove(exponents + t * n, exponents + t * (n + inputs), (size_t) n * sizeof(ulong));
    set_terms(out, coefficients, exponents, count, context);
    fmpq_clear(value);
    _fmpq_vec_clear(coefficients, count);
    ncf__free(terms);
    ncf__free(exponents);
}

/* ---- The whole ------------------------------------------------------------------- */

/*
 * Compares with the exact evaluator at a random integer point: a wrong polynomial of
 * degree L passes with probability at most L / 2^31 (Schwartz and Zippel).
 */
static int agrees_at_random_point(const ncf_polynomial_struct *polynomial,
                                  const ncf_network_struct *network, const fmpq_mat_t x,
                                  const fmpq_mat_t weights)
{
    slong n = polynomial->unknowns;
    ncf_random_t random;
    ncf__random_init(&random, 1, (uint64_t) n);
    fmpq *u = ncf__malloc((size_t) n, sizeof(*u));
    fmpq **pointers = ncf__malloc((size_t) n, sizeof(*pointers));
    fmpq_t by_layers, by_terms;
    fmpq_init(by_layers);
    fmpq_init(by_terms);
    for (slong j = 0; j < n; j++) {
        fmpq_init(u + j);
        fmpq_set_si(u + j, (slong) (ncf__random_bits(&random) >> 33) - (WORD(1) << 30), 1);
        pointers[j] = u + j;
    }
    ncf__network_eval_fmpq(by_layers, NULL, NULL, u, network, x, weights);
    int agrees = fmpq_mpoly_evaluate_all_fmpq(by_terms, polynomial->value, pointers,
                                              polynomial->context) &&
                 fmpq_equal(by_layers, by_terms);
    for (slong j = 0; j < n; j++)
        fmpq_clear(u + j);
    ncf__free(u);
    ncf__free(pointers);
    fmpq_clear(by_layers);
    fmpq_clear(by_terms);
    return agrees;
}

/* The names of a formula, and W_l_r_c for matrices, l counted within the part. */
static void part_names(char **names, const ncf_network_struct *part,
                       const ncf_network_spec_t *spec, const char *prefix)
{
    for (slong v = 0; v < spec->weight_count; v++)
        names[v] = ncf__format("%s%s", prefix, spec->weight_names[v]);
    for (slong l = 0; l < part->block_count && spec->weight_count == 0; l++) {
        const ncf_network_block_t *block = part->blocks + l;
        for (slong k = 0; k < block->rows * block->columns; k++)
            names[block->offset + k] =
                ncf__format("%sW_%ld_%ld_%ld", prefix, (long) l + 1,
                            (long) (k / block->columns) + 1, (long) (k % block->columns) + 1);
    }
}

static char **variable_names(const ncf_network_struct *network, const ncf_network_spec_t *spec)
{
    char **names = ncf__malloc((size_t) network->unknowns, sizeof(*names));
    if (network->part_count == 0)
        part_names(names, network, spec, "");
    for (slong i = 0; i < network->part_count; i++) {
        char *prefix = ncf__format("p%ld_", (long) i + 1);
        part_names(names + network->parts[i].first, network->parts + i, spec->parts + i,
                   prefix);
        ncf__free(prefix);
    }
    return names;
}

/* Not inline, as above. */
__attribute__((noinline)) static void set_zero(ncf_polynomial_struct *out,
                                               const ncf_network_struct *network,
                                               const ncf_network_spec_t *spec)
{
    out->unknowns = network->unknowns;
    out->names = variable_names(network, spec);
    fmpq_mpoly_ctx_init(out->context, network->unknowns, ORD_LEX);
    fmpq_mpoly_init(out->value, out->context);
}

int ncf__polynomial_init(ncf_polynomial_t polynomial, const struct ncf_problem *problem,
                         const fmpq_mat_t weights)
{
    if (!ncf__polynomial_is_small(problem, weights))
        return 0;
    ncf_network_t network;
    integer_data_t data;
    fmpq_mpoly_ctx_t context;
    fmpq_mpoly_t h;
    NCF_REQUIRE(ncf__network_init(network, problem));
    set_zero(polynomial, network, &problem->network);
    integer_data_init(&data, problem->x, weights);
    fmpq_mpoly_ctx_init(context, network->unknowns + network->inputs, ORD_LEX);
    fmpq_mpoly_init(h, context);
    network_output(h, network, context);
    take_moments(polynomial->value, polynomial->context, h, context, &data);
    fmpq_mpoly_clear(h, context);
    fmpq_mpoly_ctx_clear(context);
    integer_data_clear(&data);
    NCF_REQUIRE(agrees_at_random_point(polynomial, network, problem->x, weights));
    ncf__network_clear(network);
    return 1;
}

/* ---- Text ------------------------------------------------------------------------ */

/* Appends and frees `tail`; returns the longer text. */
static char *append(char *text, char *tail)
{
    size_t length = strlen(text), added = strlen(tail) + 1;
    text = ncf__realloc(text, length + added, 1);
    memcpy(text + length, tail, added);
    ncf__free(tail);
    return text;
}

/* "3/2*W_1_1_1^2", without the sign. */
static char *append_term(char *text, const ncf_polynomial_struct *polynomial, slong t)
{
    slong n = polynomial->unknowns;
    ulong *exponents = ncf__malloc((size_t) n, sizeof(ulong));
    fmpq_t coefficient;
    fmpq_init(coefficient);
    fmpq_mpoly_get_term_exp_ui(exponents, polynomial->value, t, polynomial->context);
    fmpq_mpoly_get_term_coeff_fmpq(coefficient, polynomial->value, t, polynomial->context);
    fmpq_abs(coefficient, coefficient);
    const char *separator = "";
    if (!fmpq_is_one(coefficient)) {
        char *digits = fmpq_get_str(NULL, 10, coefficient);
        text = append(text, ncf__strdup(digits));
        flint_free(digits);
        separator = "*";
    }
    for (slong j = 0; j < n; j++) {
        if (exponents[j] == 0)
            continue;
        text = append(text, ncf__format("%s%s", separator, polynomial->names[j]));
        if (exponents[j] > 1)
            text = append(text, ncf__format("^%lu", (unsigned long) exponents[j]));
        separator = "*";
    }
    ncf__free(exponents);
    fmpq_clear(coefficient);
    return text;
}

char *ncf__polynomial_text(const ncf_polynomial_t polynomial)
{
    slong count = fmpq_mpoly_length(polynomial->value, polynomial->context);
    char *text = ncf__strdup(count == 0 ? "0" : "");
    fmpq_t coefficient;
    fmpq_init(coefficient);
    for (slong t = 0; t < count; t++) {
        fmpq_mpoly_get_term_coeff_fmpq(coefficient, polynomial->value, t, polynomial->context);
        int negative = fmpq_sgn(coefficient) < 0;
        const char *sign = t == 0 ? (negative ? "-" : "") : (negative ? " - " : " + ");
        text = append(text, ncf__strdup(sign));
        text = append_term(text, polynomial, t);
    }
    fmpq_clear(coefficient);
    return text;
}

void ncf__polynomial_clear(ncf_polynomial_t polynomial)
{
    for (slong j = 0; j < polynomial->unknowns; j++)
        ncf__free(polynomial->names[j]);
    ncf__free(polynomial->names);
    fmpq_mpoly_clear(polynomial->value, polynomial->context);
    fmpq_mpoly_ctx_clear(polynomial->context);
}
