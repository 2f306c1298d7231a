/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * polynomial.c: N(u) as an exact polynomial. x_k enters H only beside the weights
 * W_1_j_k, so the monomial u^alpha of H carries x^beta, beta_k = sum_j alpha(W_1_j_k):
 *     H(x; u) = sum_alpha c_alpha x^{beta(alpha)} u^alpha,
 * with integers c_alpha that are those of H at x = (1, ..., 1). So H is built once, for
 * all-ones data, by polynomial arithmetic through the layers, and its coefficients are
 * multiplied by the moments sum_i z_i x_i^beta.
 */
#include "polynomial.h"

#include "../network/network.h"

#include <stdlib.h>
#include <string.h>

/* ---- H for x = (1, ..., 1) ------------------------------------------------------- */

/* out = sum over lo <= k < hi of variable (first + k) times a_k; halving keeps sums short. */
static void weighted_sum(fmpz_mpoly_t out, const fmpz_mpoly_struct *a, slong first, slong lo,
                         slong hi, const fmpz_mpoly_ctx_t context)
{
    fmpz_mpoly_t right;
    fmpz_mpoly_init(right, context);
    if (hi - lo == 1) {
        fmpz_mpoly_gen(right, first + lo, context);
        fmpz_mpoly_mul(out, right, a + lo, context);
    } else {
        slong middle = lo + (hi - lo) / 2;
        weighted_sum(out, a, first, lo, middle, context);
        weighted_sum(right, a, first, middle, hi, context);
        fmpz_mpoly_add(out, out, right, context);
    }
    fmpz_mpoly_clear(right, context);
}

static fmpz_mpoly_struct *layer_new(slong width, const fmpz_mpoly_ctx_t context)
{
    fmpz_mpoly_struct *layer = ncf__malloc((size_t) width, sizeof(*layer));
    for (slong j = 0; j < width; j++)
        fmpz_mpoly_init(layer + j, context);
    return layer;
}

static void layer_free(fmpz_mpoly_struct *layer, slong width, const fmpz_mpoly_ctx_t context)
{
    for (slong j = 0; j < width; j++)
        fmpz_mpoly_clear(layer + j, context);
    ncf__free(layer);
}

/* sum_alpha c_alpha u^alpha */
static void all_ones_output(fmpz_mpoly_t out, const ncf_network_struct *network,
                            const fmpz_mpoly_ctx_t context)
{
    const slong *k = network->widths;
    fmpz_mpoly_struct *a = layer_new(k[0], context);
    for (slong j = 0; j < k[0]; j++)
        fmpz_mpoly_one(a + j, context);
    for (slong l = 1; l <= network->depth; l++) {
        fmpz_mpoly_struct *b = layer_new(k[l], context);
        for (slong j = 0; j < k[l]; j++) {
            weighted_sum(b + j, a, network->offsets[l - 1] + j * k[l - 1], 0, k[l - 1],
                         context);
            if (l < network->depth)
                NCF_REQUIRE(fmpz_mpoly_pow_ui(
                    b + j, b + j, (ulong) network->activations[l - 1].degree, context));
        }
        layer_free(a, k[l - 1], context);
        a = b;
    }
    fmpz_mpoly_swap(out, a, context);
    layer_free(a, 1, context);
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

/* The terms ordered so that equal beta are neighbours; *storage holds the exponents. */
static term_t *terms_by_beta(ulong **storage, const fmpz_mpoly_t h,
                             const ncf_network_struct *network, const fmpz_mpoly_ctx_t context)
{
    slong count = fmpz_mpoly_length(h, context), inputs = network->inputs;
    term_t *terms = ncf__malloc((size_t) count, sizeof(*terms));
    ulong *all = ncf__calloc((size_t) (count * inputs), sizeof(ulong));
    ulong *alpha = ncf__malloc((size_t) network->unknowns, sizeof(ulong));
    for (slong t = 0; t < count; t++) {
        ulong *beta = all + t * inputs;
        fmpz_mpoly_get_term_exp_ui(alpha, h, t, context);
        for (slong j = 0; j < network->offsets[1]; j++)
            beta[j % inputs] += alpha[j];
        terms[t] = (term_t){t, inputs, beta};
    }
    ncf__free(alpha);
    qsort(terms, (size_t) count, sizeof(*terms), compare_beta);
    *storage = all;
    return terms;
}

/* c_alpha becomes c_alpha sum_i Z_i X_i^beta. */
static void multiply_moments(fmpz_mpoly_t h, const ncf_network_struct *network,
                             const integer_data_t *data, const fmpz_mpoly_ctx_t context)
{
    ulong *storage;
    slong count = fmpz_mpoly_length(h, context);
    term_t *terms = terms_by_beta(&storage, h, network, context);
    fmpz_t moment, coefficient;
    fmpz_init(moment);
    fmpz_init(coefficient);
    for (slong t = 0; t < count; t++) {
        if (t == 0 || compare_beta(&terms[t - 1], &terms[t]) != 0)
            integer_moment(moment, data, terms[t].beta);
        fmpz_mpoly_get_term_coeff_fmpz(coefficient, h, terms[t].term, context);
        fmpz_mul(coefficient, coefficient, moment);
        fmpz_mpoly_set_term_coeff_fmpz(h, terms[t].term, coefficient, context);
    }
    /* Terms whose moment is 0 go away here. */
    fmpz_mpoly_combine_like_terms(h, context);
    fmpz_clear(moment);
    fmpz_clear(coefficient);
    ncf__free(terms);
    ncf__free(storage);
}

/* ---- The whole ------------------------------------------------------------------- */

/* value = numerator / (x_scale^D z_scale), D = e_1 the degree of H in x. */
static void set_value(ncf_polynomial_t out, const fmpz_mpoly_t numerator,
                      const integer_data_t *data, const ncf_network_struct *network)
{
    ulong degree = 1;
    for (slong l = 0; l + 1 < network->depth; l++)
        degree *= (ulong) network->activations[l].degree;
    fmpq_t factor;
    fmpq_init(factor);
    fmpz_pow_ui(fmpq_denref(factor), data->x_scale, degree);
    fmpz_mul(fmpq_denref(factor), fmpq_denref(factor), data->z_scale);
    fmpz_one(fmpq_numref(factor));
    /* An fmpq_mpoly is a rational content times an integer polynomial. */
    fmpq_mpoly_set_fmpq(out->value, factor, out->context);
    fmpz_mpoly_set(out->value->zpoly, numerator, out->context->zctx);
    fmpq_mpoly_reduce(out->value, out->context);
    fmpq_clear(factor);
}

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

static char **variable_names(const ncf_network_struct *network)
{
    char **names = ncf__malloc((size_t) network->unknowns, sizeof(*names));
    char **next = names;
    for (slong l = 1; l <= network->depth; l++) {
        for (slong r = 1; r <= network->widths[l]; r++) {
            for (slong c = 1; c <= network->widths[l - 1]; c++)
                *next++ = ncf__format("W_%ld_%ld_%ld", (long) l, (long) r, (long) c);
        }
    }
    return names;
}

/* Not inline: gcc 12 otherwise takes the polynomial for its first member and warns. */
__attribute__((noinline)) static void set_zero(ncf_polynomial_struct *out,
                                               const ncf_network_struct *network)
{
    out->unknowns = network->unknowns;
    out->names = variable_names(network);
    fmpq_mpoly_ctx_init(out->context, network->unknowns, ORD_LEX);
    fmpq_mpoly_init(out->value, out->context);
}

int ncf__polynomial_init(ncf_polynomial_t polynomial, const struct ncf_problem *problem,
                         const fmpq_mat_t weights)
{
    if (!ncf__polynomial_is_small(problem, weights))
        return 0;
    ncf_network_t network;
    NCF_REQUIRE(ncf__network_init(network, problem));
    set_zero(polynomial, network);
    integer_data_t data;
    integer_data_init(&data, problem->x, weights);
    fmpz_mpoly_t h;
    fmpz_mpoly_init(h, polynomial->context->zctx);
    all_ones_output(h, network, polynomial->context->zctx);
    multiply_moments(h, network, &data, polynomial->context->zctx);
    set_value(polynomial, h, &data, network);
    fmpz_mpoly_clear(h, polynomial->context->zctx);
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
