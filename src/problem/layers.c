/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* layers.c: the section "network": widths and activations, and the types not yet read. */
#include "reader.h"

/* A kind of object that is told apart by its key "type". */
typedef struct {
    const char *name;
    const char *keys; /* all of them, which are required */
    int supported;
} kind_t;

static const kind_t networks[] = {
    {"feedforward", "type, widths, activation", 1},
    {"polynomial", "type, weights, inputs, output", 0},
    {"sum", "type, parts", 0},
    {"convolution", "type, channels, kernel, stride, pooling, activation", 0},
};
#define NETWORK_TYPES "feedforward, polynomial, sum, convolution"

enum { KIND_LINEAR, KIND_POWER };
static const kind_t activations[] = {
    {"linear", "type", 1},
    {"power", "type, degree", 1},
    {"polynomial", "type, coefficients", 0},
    {"leaky-relu", "type, slope, degree", 0},
};
#define ACTIVATION_TYPES "linear, power, polynomial, leaky-relu"

/* Reads "type", checks the keys, and refuses what is known but not supported yet. */
static ncf_status_t read_kind(int *kind, const ncf_document_t *document,
                              const ncf_node_t *node, const kind_t *kinds, const char *types,
                              const char *what)
{
    ncf_node_t type;
    if (!json_is_object(node->value))
        return ncf__node_object(document, node, "type");
    NCF_TRY(ncf__node_member(&type, document, node, "type"));
    NCF_TRY(ncf__node_choice(kind, document, &type, types));
    NCF_TRY(ncf__node_object(document, node, kinds[*kind].keys));
    if (!kinds[*kind].supported)
        return ncf__node_fail(document, &type, NCF_EUNSUPPORTED,
                              "%s of type \"%s\" are not supported yet", what,
                              kinds[*kind].name);
    return NCF_OK;
}

static ncf_status_t read_activation(ncf_activation_t *out, const ncf_document_t *document,
                                    const ncf_node_t *node)
{
    int kind;
    ncf_node_t member;
    uint64_t degree = 1;
    NCF_TRY(read_kind(&kind, document, node, activations, ACTIVATION_TYPES, "activations"));
    if (kind == KIND_POWER) {
        NCF_TRY(ncf__node_member(&member, document, node, "degree"));
        NCF_TRY(ncf__node_integer(&degree, document, &member, 1, NCF_PROBLEM_MAX_DEGREE));
    }
    out->coefficients = NULL;
    out->kind = degree == 1 ? NCF_ACTIVATION_LINEAR : NCF_ACTIVATION_POWER;
    out->degree = (slong) degree;
    return NCF_OK;
}

static ncf_status_t read_activations(ncf_activation_t *out, slong hidden,
                                     const ncf_document_t *document, const ncf_node_t *node)
{
    ncf_activation_t one;
    if (json_is_array(node->value)) {
        size_t length = json_array_size(node->value);
        if (length != (size_t) hidden)
            return ncf__node_fail(document, node, NCF_ESPEC,
                                  "%zu activations for %ld hidden layers", length,
                                  (long) hidden);
        for (size_t l = 0; l < length; l++) {
            ncf_node_t entry = ncf__node_entry(node, l);
            NCF_TRY(read_activation(&out[l], document, &entry));
        }
        return NCF_OK;
    }
    NCF_TRY(read_activation(&one, document, node));
    for (slong l = 0; l < hidden; l++)
        out[l] = one;
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

ncf_status_t ncf__read_layers(ncf_network_spec_t *layers, const ncf_document_t *document,
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
    return read_activations(layers->activations, layers->depth - 1, document, &activation);
}

ncf_status_t ncf__read_network(ncf_network_spec_t *network, const ncf_document_t *document,
                               const ncf_node_t *node)
{
    int kind;
    NCF_TRY(read_kind(&kind, document, node, networks, NETWORK_TYPES, "networks"));
    network->kind = (ncf_network_kind_t) kind;
    return ncf__read_layers(network, document, node);
}
