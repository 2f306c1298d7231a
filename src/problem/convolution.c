/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* convolution.c: the type "convolution": its stages, whose shapes must fit each other. */
#include "reader.h"

static ncf_status_t read_optional(slong *out, slong standard, const ncf_document_t *document,
                                  const ncf_node_t *node, const char *key)
{
    ncf_node_t member;
    uint64_t value;
    *out = standard;
    if (!ncf__node_has(node, key) && standard > 0)
        return NCF_OK;
    NCF_TRY(ncf__node_member(&member, document, node, key));
    NCF_TRY(ncf__node_integer(&value, document, &member, 1, NCF_PROBLEM_MAX_ENTRIES));
    *out = (slong) value;
    return NCF_OK;
}

/* One stage; *channels and *length are what it reads and then what it gives. */
static ncf_status_t read_stage(ncf_convolution_t *stage, slong *channels, slong *length,
                               const ncf_document_t *document, const ncf_node_t *node)
{
    NCF_TRY(ncf__node_object(document, node, "channels, kernel, stride, pooling"));
    NCF_TRY(read_optional(&stage->channels, 0, document, node, "channels"));
    NCF_TRY(read_optional(&stage->kernel, 0, document, node, "kernel"));
    NCF_TRY(read_optional(&stage->stride, 1, document, node, "stride"));
    NCF_TRY(read_optional(&stage->pooling, 1, document, node, "pooling"));
    if (stage->kernel > *length)
        return ncf__node_fail(document, node, NCF_ESPEC,
                              "the kernel is longer than the %ld places before it",
                              (long) *length);
    ncf_stage_shape_t shape = ncf__stage_shape(*length, stage);
    if (shape.windows == 0)
        return ncf__node_fail(document, node, NCF_ESPEC,
                              "no pooling window of %ld fits the %ld places",
                              (long) stage->pooling,
                              (long) ((*length - stage->kernel) / stage->stride + 1));
    if (stage->channels > NCF_PROBLEM_MAX_ENTRIES / shape.places)
        return ncf__node_fail(document, node, NCF_ESPEC,
                              "more than %d units in a layer", NCF_PROBLEM_MAX_ENTRIES);
    *channels = stage->channels;
    *length = shape.windows;
    return NCF_OK;
}

/* Entries of the matrix of each stage, as layers: memory, known before it is taken. */
static int matrices_fit(const ncf_network_spec_t *network)
{
    double before = (double) network->inputs, entries = 0;
    slong length = network->length;
    for (slong l = 0; l < network->stages; l++) {
        ncf_stage_shape_t shape = ncf__stage_shape(length, network->convolutions + l);
        double units = (double) network->convolutions[l].channels * (double) shape.places;
        entries += before * units;
        before = units;
        length = shape.windows;
    }
    return entries + before <= NCF_PROBLEM_MAX_ENTRIES;
}

static ncf_status_t read_stages(ncf_network_spec_t *network, ncf_document_t *document,
                                const ncf_node_t *node)
{
    ncf_node_t layers, activation;
    size_t count;
    slong channels = network->channels, length = network->length;
    NCF_TRY(ncf__node_member(&layers, document, node, "layers"));
    NCF_TRY(ncf__node_list(&count, document, &layers, "a list of layers"));
    if (count < 1 || count >= NCF_PROBLEM_MAX_DEPTH)
        return ncf__node_fail(document, &layers, NCF_ESPEC,
                              "expected 1 to %d layers, found %zu", NCF_PROBLEM_MAX_DEPTH - 1,
                              count);
    network->stages = (slong) count;
    network->convolutions = ncf__calloc(count, sizeof(*network->convolutions));
    network->activations = ncf__calloc(count, sizeof(*network->activations));
    for (size_t l = 0; l < count; l++) {
        ncf_node_t entry = ncf__node_entry(&layers, l);
        NCF_TRY(read_stage(network->convolutions + l, &channels, &length, document, &entry));
    }
    if (!matrices_fit(network))
        return ncf__node_fail(document, &layers, NCF_ESPEC,
                              "the matrices of the layers have more than %d entries",
                              NCF_PROBLEM_MAX_ENTRIES);
    NCF_TRY(ncf__node_member(&activation, document, node, "activation"));
    return ncf__read_activations(network->activations, network->stages, document, &activation);
}

ncf_status_t ncf__read_convolution(ncf_network_spec_t *network, ncf_document_t *document,
                                   const ncf_node_t *node)
{
    ncf_node_t member;
    NCF_TRY(read_optional(&network->length, 0, document, node, "length"));
    NCF_TRY(read_optional(&network->channels, 1, document, node, "channels"));
    if (network->channels > NCF_PROBLEM_MAX_ENTRIES / network->length)
        return ncf__node_fail(document, node, NCF_ESPEC, "more than %d inputs",
                              NCF_PROBLEM_MAX_ENTRIES);
    network->inputs = network->channels * network->length;
    if (ncf__node_has(node, "head")) {
        NCF_TRY(ncf__node_member(&member, document, node, "head"));
        NCF_TRY(ncf__node_choice(&network->sum_head, document, &member, "dense, sum"));
    }
    return read_stages(network, document, node);
}
