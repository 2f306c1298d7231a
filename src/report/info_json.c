/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* info_json.c: the document "ncf-info" version 1. Large integers are decimal strings. */
#include "info.h"

#include <jansson.h>

static json_t *integer_text(const fmpz_t x)
{
    char *text = fmpz_get_str(NULL, 10, x);
    json_t *value = json_string(text);
    flint_free(text);
    return value;
}

static json_t *activations(const struct ncf_problem *problem)
{
    json_t *list = json_array();
    for (slong l = 0; l + 1 < problem->network.depth; l++) {
        json_t *entry = json_object();
        json_object_set_new(entry, "type",
                            json_string(ncf__activation_name(problem->network.activations + l)));
        json_object_set_new(entry, "degree", json_integer(problem->network.activations[l].degree));
        json_array_append_new(list, entry);
    }
    return list;
}

static json_t *network(const struct ncf_problem *problem)
{
    json_t *object = json_object(), *widths = json_array();
    for (slong l = 0; l <= problem->network.depth; l++)
        json_array_append_new(widths, json_integer(problem->network.widths[l]));
    json_object_set_new(object, "type", json_string("feedforward"));
    json_object_set_new(object, "widths", widths);
    json_object_set_new(object, "activations", activations(problem));
    return object;
}

static json_t *data(const ncf_info_t *info)
{
    json_t *object = json_object();
    json_object_set_new(object, "points", json_integer(info->problem->points));
    json_object_set_new(object, "inputs", json_integer(info->problem->network.inputs));
    json_object_set_new(object, "weighted_points", json_integer(info->active_points));
    json_object_set_new(object, "span",
                        info->span_exact ? json_integer(info->span) : json_null());
    json_object_set_new(object, "span_at_least", json_integer(info->span));
    return object;
}

static json_t *symmetry(const ncf_info_t *info)
{
    static const char *const groups[] = {"orthogonal", "signed permutations, row signs",
                                         "signed permutations, row and column signs"};
    json_t *object = json_object(), *layers = json_array();
    for (slong l = 1; l < info->problem->network.depth; l++) {
        json_t *layer = json_object();
        json_object_set_new(layer, "layer", json_integer(l));
        json_object_set_new(layer, "units", json_integer(info->problem->network.widths[l]));
        json_object_set_new(layer, "group", json_string(groups[info->symmetries[l - 1]]));
        json_array_append_new(layers, layer);
    }
    json_t *order = info->order_kind == NCF_ORDER_FINITE     ? integer_text(info->order)
                    : info->order_kind == NCF_ORDER_INFINITE ? json_string("infinite")
                                                             : json_null();
    json_object_set_new(object, "order", order);
    json_object_set_new(object, "formula", json_string(info->order_formula));
    json_object_set_new(object, "layers", layers);
    return object;
}

static json_t *polynomial(const ncf_info_t *info)
{
    json_t *object = json_object();
    int bounded = info->terms_known || info->terms_bounded;
    json_object_set_new(object, "terms",
                        info->terms_known ? integer_text(info->terms) : json_null());
    json_object_set_new(object, "terms_at_most",
                        bounded ? integer_text(info->terms) : json_null());
    json_object_set_new(object, "text",
                        info->polynomial != NULL ? json_string(info->polynomial)
                                                 : json_null());
    return object;
}

static json_t *degrees(const ncf_info_t *info)
{
    json_t *list = json_array();
    for (slong l = 0; l < info->problem->network.depth; l++)
        json_array_append_new(list, integer_text(info->degrees + l));
    return list;
}

/* A file name need not be UTF-8; JSON text must be. */
static json_t *name(const struct ncf_problem *problem)
{
    json_t *text = json_string(problem->name);
    return text != NULL ? text : json_null();
}

int ncf__info_write_json(FILE *stream, const ncf_info_t *info)
{
    const struct ncf_problem *problem = info->problem;
    json_t *root = json_object();
    json_object_set_new(root, "format", json_string("ncf-info"));
    json_object_set_new(root, "version", json_integer(1));
    json_object_set_new(root, "name", name(problem));
    json_object_set_new(root, "sha256", json_string(problem->sha256));
    json_object_set_new(root, "network", network(problem));
    json_object_set_new(root, "loss", json_string(ncf__loss_name(problem->loss)));
    json_object_set_new(root, "data", data(info));
    json_object_set_new(root, "unknowns", integer_text(info->unknowns));
    json_object_set_new(root, "homogeneity", integer_text(info->homogeneity));
    json_object_set_new(root, "layer_degrees", degrees(info));
    json_object_set_new(root, "symmetry", symmetry(info));
    json_object_set_new(root, "method",
                        info->method != NULL ? json_string(info->method) : json_null());
    json_object_set_new(root, "polynomial", polynomial(info));
    int written = json_dumpf(root, stream, JSON_INDENT(2)) == 0 && fputc('\n', stream) != EOF;
    json_decref(root);
    return written;
}
