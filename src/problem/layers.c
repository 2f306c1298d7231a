/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* layers.c: widths and activations. */
#include "reader.h"

enum { KIND_LINEAR, KIND_POWER, KIND_POLYNOMIAL };
static const ncf_kind_t activations[] = {
    {"linear", "type", 1},
    {"power", "type, degree", 1},
    {"polynomial", "type, coefficients", 1},
    {"leaky-relu", "type, slope, degree", 0},
};
#define ACTIVATION_TYPES "linear, power, polynomial, leaky-relu"

static ncf_activation_t power_of_degree(slong degree)
{
    return (ncf_activation_t){degree == 1 ? NCF_ACTIVATION_LINEAR : NCF_ACTIVATION_POWER,
                              degree, NULL};
}

/* t and t^p are stored as what they are; other polynomials keep their coefficients. */
static void set_polynomial(ncf_activation_t *out, const fmpq *coefficients, slong degree)
{
    *out = (ncf_activation_t){NCF_ACTIVATION_POLYNOMIAL, degree, _fmpq_vec_init(degree + 1)};
    for (slong k = 0; k <= degree; k++)
        fmpq_set(out->coefficients + k, coefficients + k);
    if (ncf__activation_monomial(out) < 0 || !fmpq_is_one(coefficients + degree))
        return;
    _fmpq_vec_clear(out->coefficients, degree + 1);
    *out = power_of_degree(degree);
}

static ncf_status_t read_numbers(fmpq *out, slong count, ncf_document_t *document,
                                 const ncf_node_t *list)
{
    for (slong k = 0; k < count; k++) {
        ncf_node_t entry = ncf__node_entry(list, (size_t) k);
        NCF_TRY(ncf__node_number(out + k, document, &entry));
    }
    return NCF_OK;
}

static ncf_status_t read_polynomial(ncf_activation_t *out, ncf_document_t *document,
                                    const ncf_node_t *node)
{
    ncf_node_t list;
    size_t length;
    NCF_TRY(ncf__node_member(&list, document, node, "coefficients"));
    NCF_TRY(ncf__node_list(&length, document, &list, "a list of coefficients"));
    if (length < 1 || length > NCF_PROBLEM_MAX_DEGREE + 1)
        return ncf__node_fail(document, &list, NCF_ESPEC,
                              "expected 1 to %d coefficients, found %zu",
                              NCF_PROBLEM_MAX_DEGREE + 1, length);
    fmpq *coefficients = _fmpq_vec_init((slong) length);
    ncf_status_t status = read_numbers(coefficients, (slong) length, document, &list);
    slong degree = (slong) length - 1;
    while (degree > 0 && fmpq_is_zero(coefficients + degree))
        degree--;
    if (status == NCF_OK && degree == 0)
        status = ncf__node_fail(document, &list, NCF_ESPEC, "the polynomial is constant");
    if (status == NCF_OK)
        set_polynomial(out, coefficients, degree);
    _fmpq_vec_clear(coefficients, (slong) length);
    return status;
}

static ncf_status_t read_activation(ncf_activation_t *out, ncf_document_t *document,
                                    const ncf_node_t *node)
{
    int kind;
    ncf_node_t member;
    uint64_t degree = 1;
    NCF_TRY(
        ncf__read_kind(&kind, document, node, activations, ACTIVATION_TYPES, "activations"));
    if (kind == KIND_POLYNOMIAL)
        return read_polynomial(out, document, node);
    if (kind == KIND_POWER) {
        NCF_TRY(ncf__node_member(&member, document, node, "degree"));
        NCF_TRY(ncf__node_integer(&degree, document, &member, 1, NCF_PROBLEM_MAX_DEGREE));
    }
    *out = power_of_degree((slong) degree);
    return NCF_OK;
}

ncf_status_t ncf__read_activations(ncf_activation_t *out, slong count,
                                   ncf_document_t *document, const ncf_node_t *node)
{
    if (json_is_array(node->value)) {
        size_t length = json_array_size(node->value);
        if (length != (size_t) count)
            return ncf__node_fail(document, node, NCF_ESPEC,
                                  "%zu activations for %ld hidden layers", length,
                                  (long) count);
        for (size_t l = 0; l < length; l++) {
            ncf_node_t entry = ncf__node_entry(node, l);
            NCF_TRY(read_activation(&out[l], document, &entry));
        }
        return NCF_OK;
    }
    ncf_activation_t one;
    NCF_TRY(read_activation(&one, document, node));
    for (slong l = 0; l < count; l++) {
        out[l] = one;
        if (one.coefficients != NULL)
            set_polynomial(&out[l], one.coefficients, one.degree);
    }
    if (one.coefficients != NULL)
        _fmpq_vec_clear(one.coefficients, one.degree + 1);
    return NCF_OK;
}

static ncf_status_t read_widths(slong *out, slong depth, const ncf_document_t *document,
                                const ncf_node_t *node)
{
    for (slong l = 0; l <= depth; l++) {
        ncf_node_t entry = ncf__node_entry(node, (size_t) l);
        uint64_t width;
        NCF_TRY(ncf__node_integer(&width, document, &entry, 1, NCF_PROBLEM_MAX_WIDTH));
        out[l] = (slong) width;
        if (l == depth && width != 1)
            return ncf__node_fail(document, &entry, NCF_ESPEC,
                                  "the last width must be 1 (one output)");
    }
    return NCF_OK;
}

ncf_status_t ncf__read_layers(ncf_network_spec_t *layers, ncf_document_t *document,
                              const ncf_node_t *node)
{
    ncf_node_t widths, activation;
    size_t length;
    NCF_TRY(ncf__node_member(&widths, document, node, "widths"));
    NCF_TRY(ncf__node_list(&length, document, &widths, "a list of widths"));
    if (length < 2 || length > NCF_PROBLEM_MAX_DEPTH + 1)
        return ncf__node_fail(document, &widths, NCF_ESPEC,
                              "expected 2 to %d widths, found %zu", NCF_PROBLEM_MAX_DEPTH + 1,
                              length);
    layers->depth = (slong) length - 1;
    layers->widths = ncf__malloc(length, sizeof(*layers->widths));
    layers->activations = ncf__calloc(length, sizeof(*layers->activations));
    NCF_TRY(read_widths(layers->widths, layers->depth, document, &widths));
    layers->inputs = layers->widths[0];
    if (layers->depth == 1 && !ncf__node_has(node, "activation"))
        return NCF_OK;
    NCF_TRY(ncf__node_member(&activation, document, node, "activation"));
    return ncf__read_activations(layers->activations, layers->depth - 1, document, &activation);
}
