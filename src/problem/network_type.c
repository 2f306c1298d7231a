/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* network_type.c: the section "network": its type, and sums of networks. */
#include "reader.h"

#include <string.h>

#define MAX_NESTING 4 /* of sums: the place of a value has at most 16 steps */

static const ncf_kind_t networks[] = {
    {"feedforward", "type, widths, activation", 1},
    {"polynomial", "type, weights, inputs, output", 1},
    {"sum", "type, parts", 1},
    {"convolution", "type, length, channels, layers, activation, head", 1},
};
#define NETWORK_TYPES "feedforward, polynomial, sum, convolution"

ncf_status_t ncf__read_kind(int *kind, const ncf_document_t *document, const ncf_node_t *node,
                            const ncf_kind_t *kinds, const char *types, const char *what)
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

static ncf_status_t read_network(ncf_network_spec_t *network, ncf_document_t *document,
                                 const ncf_node_t *node, int nesting);

/* Moves the parts of a sum within the sum up, or the part itself. */
static void adopt_part(ncf_network_spec_t *sum, ncf_network_spec_t *part)
{
    slong count = part->kind == NCF_NETWORK_SUM ? part->part_count : 1;
    const ncf_network_spec_t *parts = part->kind == NCF_NETWORK_SUM ? part->parts : part;
    sum->parts = ncf__realloc(sum->parts, (size_t) (sum->part_count + count),
                              sizeof(*sum->parts));
    memcpy(sum->parts + sum->part_count, parts, (size_t) count * sizeof(*parts));
    sum->part_count += count;
    if (part->kind == NCF_NETWORK_SUM)
        ncf__free(part->parts);
    memset(part, 0, sizeof(*part));
}

static ncf_status_t read_part(ncf_network_spec_t *sum, ncf_document_t *document,
                              const ncf_node_t *node, int nesting)
{
    ncf_network_spec_t part;
    memset(&part, 0, sizeof(part));
    ncf_status_t status = read_network(&part, document, node, nesting + 1);
    if (status == NCF_OK && sum->part_count > 0 && part.inputs != sum->parts[0].inputs)
        status = ncf__node_fail(document, node, NCF_ESPEC,
                                "this part has %ld inputs, the first one %ld",
                                (long) part.inputs, (long) sum->parts[0].inputs);
    if (status == NCF_OK)
        adopt_part(sum, &part);
    ncf__network_spec_clear(&part);
    return status;
}

static ncf_status_t read_sum(ncf_network_spec_t *network, ncf_document_t *document,
                             const ncf_node_t *node, int nesting)
{
    ncf_node_t parts;
    size_t length;
    NCF_TRY(ncf__node_member(&parts, document, node, "parts"));
    NCF_TRY(ncf__node_list(&length, document, &parts, "a list of networks"));
    if (length < 1)
        return ncf__node_fail(document, &parts, NCF_ESPEC, "a sum needs a part");
    if (nesting >= MAX_NESTING)
        return ncf__node_fail(document, node, NCF_ESPEC, "sums are nested more than %d deep",
                              MAX_NESTING);
    for (size_t i = 0; i < length; i++) {
        ncf_node_t entry = ncf__node_entry(&parts, i);
        NCF_TRY(read_part(network, document, &entry, nesting));
        if (network->part_count > NCF_PROBLEM_MAX_PARTS)
            return ncf__node_fail(document, &entry, NCF_ESPEC, "more than %d parts",
                                  NCF_PROBLEM_MAX_PARTS);
    }
    network->inputs = network->parts[0].inputs;
    return NCF_OK;
}

static ncf_status_t read_network(ncf_network_spec_t *network, ncf_document_t *document,
                                 const ncf_node_t *node, int nesting)
{
    int kind;
    NCF_TRY(ncf__read_kind(&kind, document, node, networks, NETWORK_TYPES, "networks"));
    network->kind = (ncf_network_kind_t) kind;
    switch (network->kind) {
    case NCF_NETWORK_FEEDFORWARD:
        return ncf__read_layers(network, document, node);
    case NCF_NETWORK_POLYNOMIAL:
        return ncf__read_formula(network, document, node);
    case NCF_NETWORK_SUM:
        return read_sum(network, document, node, nesting);
    case NCF_NETWORK_CONVOLUTION:
        return ncf__read_convolution(network, document, node);
    }
    return NCF_OK;
}

ncf_status_t ncf__read_network(ncf_network_spec_t *network, ncf_document_t *document,
                               const ncf_node_t *node)
{
    return read_network(network, document, node, 0);
}
