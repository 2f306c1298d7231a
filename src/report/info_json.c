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

static json_t *rational_text(const fmpq_t x)
{
    char *text = fmpq_get_str(NULL, 10, x);
    json_t *value = json_string(text);
    flint_free(text);
    return value;
}

static json_t *activations(const ncf_network_spec_t *spec, slong count)
{
    json_t *list = json_array();
    for (slong l = 0; l < count; l++) {
        const ncf_activation_t *s = spec->activations + l;
        json_t *entry = json_object(), *coefficients = json_array();
        json_object_set_new(entry, "type", json_string(ncf__activation_name(s)));
        json_object_set_new(entry, "degree", json_integer(s->degree));
        for (slong k = 0; s->coefficients != NULL && k <= s->degree; k++)
            json_array_append_new(coefficients, rational_text(s->coefficients + k));
        if (s->coefficients != NULL)
            json_object_set(entry, "coefficients", coefficients);
        json_decref(coefficients);
        json_array_append_new(list, entry);
    }
    return list;
}

static void set_convolution(json_t *object, const ncf_network_spec_t *spec)
{
    json_t *layers = json_array();
    for (slong l = 0; l < spec->stages; l++) {
        const ncf_convolution_t *stage = spec->convolutions + l;
        json_t *layer = json_object();
        json_object_set_new(layer, "channels", json_integer(stage->channels));
        json_object_set_new(layer, "kernel", json_integer(stage->kernel));
        json_object_set_new(layer, "stride", json_integer(stage->stride));
        json_object_set_new(layer, "pooling", json_integer(stage->pooling));
        json_array_append_new(layers, layer);
    }
    json_object_set_new(object, "length", json_integer(spec->length));
    json_object_set_new(object, "channels", json_integer(spec->channels));
    json_object_set_new(object, "layers", layers);
    json_object_set_new(object, "activations", activations(spec, spec->stages));
    json_object_set_new(object, "head", json_string(spec->sum_head ? "sum" : "dense"));
}

static json_t *names(char *const *list, slong count)
{
    json_t *array = json_array();
    for (slong i = 0; i < count; i++)
        json_array_append_new(array, json_string(list[i]));
    return array;
}

static json_t *network(const ncf_network_spec_t *spec)
{
    json_t *object = json_object(), *list = json_array();
    json_object_set_new(object, "type", json_string(ncf__network_kind_name(spec->kind)));
    if (spec->kind == NCF_NETWORK_FEEDFORWARD) {
        for (slong l = 0; l <= spec->depth; l++)
            json_array_append_new(list, json_integer(spec->widths[l]));
        json_object_set(object, "widths", list);
        json_object_set_new(object, "activations", activations(spec, spec->depth - 1));
    } else if (spec->kind == NCF_NETWORK_CONVOLUTION) {
        set_convolution(object, spec);
    } else if (spec->kind == NCF_NETWORK_POLYNOMIAL) {
        json_object_set_new(object, "weights", names(spec->weight_names, spec->weight_count));
        json_object_set_new(object, "inputs", names(spec->input_names, spec->inputs));
        json_object_set_new(object, "terms", json_integer(spec->formula.count));
    } else {
        for (slong i = 0; i < spec->part_count; i++)
            json_array_append_new(list, network(spec->parts + i));
        json_object_set(object, "parts", list);
    }
    json_decref(list);
    return object;
}

static json_t *blocks(const ncf_info_t *info)
{
    json_t *list = json_array();
    for (slong l = 0; l < info->blocks; l++) {
        json_t *block = json_object();
        json_object_set_new(block, "rows", json_integer(info->rows[l]));
        json_object_set_new(block, "columns", json_integer(info->columns[l]));
        json_array_append_new(list, block);
    }
    return list;
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
                                         "signed permutations, row and column signs",
                                         "permutations", "orthogonal, (1, ..., 1) fixed"};
    json_t *object = json_object(), *layers = json_array();
    for (slong l = 0; l < info->layer_count; l++) {
        json_t *layer = json_object();
        if (info->layers[l].part > 0)
            json_object_set_new(layer, "part", json_integer(info->layers[l].part));
        json_object_set_new(layer, "layer", json_integer(info->layers[l].layer));
        json_object_set_new(layer, "units", json_integer(info->layers[l].units));
        json_object_set_new(layer, "group", json_string(groups[info->layers[l].symmetry]));
        json_array_append_new(layers, layer);
    }
    json_t *order = info->formulas > 0                       ? json_null()
                    : info->order_kind == NCF_ORDER_FINITE   ? integer_text(info->order)
                    : info->order_kind == NCF_ORDER_INFINITE ? json_string("infinite")
                                                             : json_null();
    json_object_set_new(object, "order", order);
    json_object_set_new(object, "formula", json_string(info->order_formula));
    json_object_set_new(object, "not_examined", json_integer(info->formulas));
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
    for (slong l = 0; l < info->blocks; l++)
        json_array_append_new(list, fmpz_sgn(info->degrees + l) < 0
                                        ? json_null()
                                        : integer_text(info->degrees + l));
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
    json_object_set_new(root, "network", network(&problem->network));
    json_object_set_new(root, "loss", json_string(ncf__loss_name(problem->loss)));
    json_object_set_new(root, "data", data(info));
    json_object_set_new(root, "unknowns", integer_text(info->unknowns));
    json_object_set_new(root, "blocks", blocks(info));
    json_object_set_new(root, "homogeneity",
                        info->homogeneous ? integer_text(info->homogeneity) : json_null());
    json_object_set_new(root, "layer_degrees", degrees(info));
    json_object_set_new(root, "symmetry", symmetry(info));
    json_object_set_new(root, "method", json_string(info->method));
    json_object_set_new(root, "method_otherwise",
                        info->otherwise != NULL ? json_string(info->otherwise) : json_null());
    json_object_set_new(root, "polynomial", polynomial(info));
    int written = json_dumpf(root, stream, JSON_INDENT(2)) == 0 && fputc('\n', stream) != EOF;
    json_decref(root);
    return written;
}
