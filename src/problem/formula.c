/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * formula.c: the type "polynomial": names, and the formula expanded exactly. The steps of
 * formula_parse.c have been checked for size, so the expansion is moderate.
 */
#include "formula.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- Names ----------------------------------------------------------------------- */

size_t ncf__name_length(const char *text)
{
    size_t n = 0;
    while (isalpha((unsigned char) text[n]) || text[n] == '_' ||
           (n > 0 && isdigit((unsigned char) text[n])))
        n++;
    return n;
}

static int compare_names(const void *left, const void *right)
{
    const ncf_name_t *a = left, *b = right;
    int order = strcmp(a->name, b->name);
    return order != 0 ? order : (a->index > b->index) - (a->index < b->index);
}

slong ncf__name_find(const ncf_names_t *names, const char *text, size_t length)
{
    slong low = 0, high = names->count;
    while (low < high) {
        slong middle = low + (high - low) / 2;
        const char *name = names->sorted[middle].name;
        int order = strncmp(name, text, length);
        if (order == 0 && name[length] == '\0')
            return names->sorted[middle].index;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

/* A list of names, copied. */
static ncf_status_t read_names(char ***out, slong *count, const ncf_document_t *document,
                               const ncf_node_t *node)
{
    size_t length;
    NCF_TRY(ncf__node_list(&length, document, node, "a list of names"));
    if (length < 1 || length > NCF_PROBLEM_MAX_NAMES)
        return ncf__node_fail(document, node, NCF_ESPEC, "expected 1 to %d names, found %zu",
                              NCF_PROBLEM_MAX_NAMES, length);
    *out = ncf__calloc(length, sizeof(**out));
    *count = (slong) length;
    for (size_t i = 0; i < length; i++) {
        const char *name;
        ncf_node_t entry = ncf__node_entry(node, i);
        NCF_TRY(ncf__node_string(&name, document, &entry));
        if (*name == '\0' || ncf__name_length(name) != strlen(name))
            return ncf__node_fail(document, &entry, NCF_ESPEC,
                                  "a name is a letter or _, then letters, digits and _");
        (*out)[i] = ncf__strdup(name);
    }
    return NCF_OK;
}

static void sort_names(ncf_names_t *names, const ncf_network_spec_t *network)
{
    slong weights = network->weight_count;
    names->count = weights + network->inputs;
    names->sorted = ncf__malloc((size_t) names->count, sizeof(*names->sorted));
    for (slong i = 0; i < names->count; i++)
        names->sorted[i] = (ncf_name_t){i < weights ? network->weight_names[i]
                                                    : network->input_names[i - weights],
                                        i};
    qsort(names->sorted, (size_t) names->count, sizeof(*names->sorted), compare_names);
}

/* No name twice; the second one is where it is refused. */
static ncf_status_t check_names(const ncf_names_t *names, slong weight_count,
                                const ncf_document_t *document, const ncf_node_t *weights,
                                const ncf_node_t *inputs)
{
    for (slong i = 1; i < names->count; i++) {
        const ncf_name_t *name = names->sorted + i;
        if (strcmp(name[-1].name, name->name) != 0)
            continue;
        ncf_node_t entry = name->index < weight_count
                               ? ncf__node_entry(weights, (size_t) name->index)
                               : ncf__node_entry(inputs, (size_t) (name->index - weight_count));
        return ncf__node_fail(document, &entry, NCF_ESPEC, "the name \"%.60s\" stands twice",
                              name->name);
    }
    return NCF_OK;
}

/* ---- Expansion ------------------------------------------------------------------- */

/* An operand is used once, and its memory is given back then. */
static void release(fmpq_mpoly_struct *value, const fmpq_mpoly_ctx_t context)
{
    fmpq_mpoly_clear(value, context);
    fmpq_mpoly_init(value, context);
}

static void expand_step(fmpq_mpoly_struct *values, slong index, const ncf_step_t *step,
                        const fmpq_mpoly_ctx_t context)
{
    fmpq_mpoly_struct *out = values + index;
    fmpq_mpoly_init(out, context);
    switch (step->kind) {
    case NCF_STEP_NUMBER:
        fmpq_mpoly_set_fmpq(out, step->number, context);
        return;
    case NCF_STEP_VARIABLE:
        fmpq_mpoly_gen(out, step->a, context);
        return;
    case NCF_STEP_ADD:
        fmpq_mpoly_add(out, values + step->a, values + step->b, context);
        break;
    case NCF_STEP_SUBTRACT:
        fmpq_mpoly_sub(out, values + step->a, values + step->b, context);
        break;
    case NCF_STEP_MULTIPLY:
        fmpq_mpoly_mul(out, values + step->a, values + step->b, context);
        break;
    case NCF_STEP_NEGATE:
        fmpq_mpoly_neg(out, values + step->a, context);
        break;
    case NCF_STEP_POWER:
        NCF_REQUIRE(fmpq_mpoly_pow_ui(out, values + step->a, (ulong) step->b, context));
        break;
    }
    release(values + step->a, context);
    if (step->kind != NCF_STEP_NEGATE && step->kind != NCF_STEP_POWER)
        release(values + step->b, context);
}

/* Appends the factors of one term; returns the number of those that are weights. */
static slong append_factors(ncf_factor_t *factors, slong *count, const ulong *exponents,
                            slong weights, slong variables)
{
    slong start = *count, of_weights = 0;
    for (slong v = 0; v < variables; v++) {
        if (exponents[v] == 0)
            continue;
        factors[(*count)++] = (ncf_factor_t){v < weights ? v : v - weights, exponents[v]};
        if (v < weights)
            of_weights = *count - start;
    }
    return of_weights;
}

/* The terms come in lexicographic order, weights first: equal alpha are neighbours. */
static void store_terms(ncf_formula_t *formula, const fmpq_mpoly_t value, slong weights,
                        slong variables, const fmpq_mpoly_ctx_t context)
{
    slong count = fmpq_mpoly_length(value, context), used = 0, room = 64;
    ulong *exponents = ncf__malloc((size_t) variables, sizeof(ulong));
    formula->count = count;
    formula->coefficients = _fmpq_vec_init(count);
    formula->starts = ncf__calloc((size_t) count + 1, sizeof(slong));
    formula->inputs = ncf__calloc((size_t) count, sizeof(slong));
    for (slong t = 0; t < count; t++) {
        if (formula->factors == NULL || used + variables > room) {
            room = 2 * (room + variables);
            formula->factors =
                ncf__realloc(formula->factors, (size_t) room, sizeof(ncf_factor_t));
        }
        fmpq_mpoly_get_term_coeff_fmpq(formula->coefficients + t, value, t, context);
        fmpq_mpoly_get_term_exp_ui(exponents, value, t, context);
        formula->inputs[t] = formula->starts[t];
        formula->inputs[t] +=
            append_factors(formula->factors, &used, exponents, weights, variables);
        formula->starts[t + 1] = used;
    }
    ncf__free(exponents);
}

static void expand(ncf_formula_t *formula, const ncf_steps_t *steps, slong weights,
                   slong variables)
{
    fmpq_mpoly_ctx_t context;
    fmpq_mpoly_struct *values = ncf__malloc((size_t) steps->count, sizeof(*values));
    fmpq_mpoly_ctx_init(context, variables, ORD_LEX);
    for (slong i = 0; i < steps->count; i++)
        expand_step(values, i, steps->steps + i, context);
    store_terms(formula, values + steps->count - 1, weights, variables, context);
    for (slong i = 0; i < steps->count; i++)
        fmpq_mpoly_clear(values + i, context);
    fmpq_mpoly_ctx_clear(context);
    ncf__free(values);
}

static ncf_status_t read_output(ncf_network_spec_t *network, const ncf_document_t *document,
                                const ncf_node_t *output, const ncf_names_t *names)
{
    ncf_steps_t steps;
    ncf_status_t status = ncf__formula_parse(&steps, document, output, names);
    if (status == NCF_OK)
        expand(&network->formula, &steps, network->weight_count, names->count);
    ncf__formula_clear(&steps);
    NCF_TRY(status);
    for (slong t = 0; t < network->formula.count; t++) {
        if (network->formula.inputs[t] > network->formula.starts[t])
            return NCF_OK;
    }
    return ncf__node_fail(document, output, NCF_ESPEC,
                          "the output does not depend on the weights");
}

ncf_status_t ncf__read_formula(ncf_network_spec_t *network, const ncf_document_t *document,
                               const ncf_node_t *node)
{
    ncf_node_t weights, inputs, output;
    ncf_names_t names;
    NCF_TRY(ncf__node_member(&weights, document, node, "weights"));
    NCF_TRY(ncf__node_member(&inputs, document, node, "inputs"));
    NCF_TRY(ncf__node_member(&output, document, node, "output"));
    NCF_TRY(read_names(&network->weight_names, &network->weight_count, document, &weights));
    NCF_TRY(read_names(&network->input_names, &network->inputs, document, &inputs));
    sort_names(&names, network);
    ncf_status_t status =
        check_names(&names, network->weight_count, document, &weights, &inputs);
    if (status == NCF_OK)
        status = read_output(network, document, &output, &names);
    ncf__free(names.sorted);
    return status;
}
