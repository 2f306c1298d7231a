/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* network_text.c: a network in a few words. */
#include "report.h"

#include <stdlib.h>

static char *activation_text(const ncf_activation_t *activation)
{
    switch (activation->kind) {
    case NCF_ACTIVATION_LINEAR:
        return ncf__strdup("linear");
    case NCF_ACTIVATION_POWER:
        return ncf__format("t^%ld", (long) activation->degree);
    default:
        return ncf__format("polynomial of degree %ld", (long) activation->degree);
    }
}

static int all_alike(const ncf_network_spec_t *network)
{
    for (slong l = 1; l + 1 < network->depth; l++) {
        const ncf_activation_t *a = &network->activations[0], *b = &network->activations[l];
        if (a->kind != b->kind || a->degree != b->degree ||
            a->kind == NCF_ACTIVATION_POLYNOMIAL)
            return 0;
    }
    return 1;
}

/* "2-3-2-1, activations t^2, linear" */
static void write_layers(FILE *stream, const ncf_network_spec_t *network)
{
    for (slong l = 0; l <= network->depth; l++)
        fprintf(stream, "%s%ld", l == 0 ? "" : "-", (long) network->widths[l]);
    slong listed = all_alike(network) ? FLINT_MIN(network->depth - 1, 1) : network->depth - 1;
    if (listed > 0)
        fputs(listed == 1 ? ", activation" : ", activations", stream);
    for (slong l = 0; l < listed; l++) {
        char *text = activation_text(&network->activations[l]);
        fprintf(stream, "%s %s", l == 0 ? "" : ",", text);
        ncf__free(text);
    }
}

char *ncf__network_text(const ncf_network_spec_t *network)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    NCF_REQUIRE(stream != NULL);
    switch (network->kind) {
    case NCF_NETWORK_FEEDFORWARD:
        write_layers(stream, network);
        break;
    case NCF_NETWORK_POLYNOMIAL:
        fputs("a formula", stream);
        break;
    case NCF_NETWORK_SUM:
        fprintf(stream, "a sum of %ld networks", (long) network->part_count);
        break;
    default:
        fprintf(stream, "%ld convolutional layer%s", (long) network->stages,
                network->stages == 1 ? "" : "s");
    }
    NCF_REQUIRE(fclose(stream) == 0);
    char *copy = ncf__strdup(text);
    free(text);
    return copy;
}
