/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* problem.c: the exact problem, and the digest of its canonical form. */
#include "check.h"

#include <stdio.h>
#include <string.h>

enum {
    MAX_WEIGHTS = 10000,
    MAX_WIDTH = 1000000,
    MAX_DEGREE = 1000,
    MAX_LAYERS = 1000,
    MAX_PARTS = 1000
};

/* ---- Canonical form --------------------------------------------------------------- */

static void write_number(sha256_t *hash, size_t number)
{
    char text[32];
    snprintf(text, sizeof text, "%zu", number);
    sha256_add(hash, text);
}

static void write_key(sha256_t *hash, const char *key, size_t number)
{
    sha256_add(hash, key);
    write_number(hash, number);
}

static void write_rational(sha256_t *hash, const mpq_t value)
{
    char *text = mpq_get_str(NULL, 10, value);
    sha256_add(hash, "\"");
    sha256_add(hash, text);
    sha256_add(hash, "\"");
    discard(text);
}

static void write_rationals(sha256_t *hash, mpq_t *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        sha256_add(hash, i == 0 ? "[" : ",");
        write_rational(hash, values[i]);
    }
    sha256_add(hash, count == 0 ? "[]" : "]");
}

static void write_activations(sha256_t *hash, const part_t *part)
{
    sha256_add(hash, "{\"activation\":[");
    for (size_t l = 0; l < part->activation_count; l++) {
        const activation_t *activation = &part->activations[l];
        sha256_add(hash, l == 0 ? "{" : ",{");
        if (activation->monomial && activation->degree == 1) {
            sha256_add(hash, "\"type\":\"linear\"}");
        } else if (activation->monomial) {
            write_key(hash, "\"degree\":", activation->degree);
            sha256_add(hash, ",\"type\":\"power\"}");
        } else {
            sha256_add(hash, "\"coefficients\":");
            write_rationals(hash, activation->coefficients, activation->degree + 1);
            sha256_add(hash, ",\"type\":\"polynomial\"}");
        }
    }
    sha256_add(hash, "]");
}

static void write_convolution(sha256_t *hash, const part_t *part)
{
    write_key(hash, ",\"channels\":", part->channels);
    sha256_add(hash, part->dense ? ",\"head\":\"dense\"" : ",\"head\":\"sum\"");
    sha256_add(hash, ",\"layers\":[");
    for (size_t l = 0; l < part->activation_count; l++) {
        const stage_t *stage = &part->stages[l];
        write_key(hash, l == 0 ? "{\"channels\":" : ",{\"channels\":", stage->channels);
        write_key(hash, ",\"kernel\":", stage->kernel);
        write_key(hash, ",\"pooling\":", stage->pooling);
        write_key(hash, ",\"stride\":", stage->stride);
        sha256_add(hash, "}");
    }
    write_key(hash, "],\"length\":", part->length);
    sha256_add(hash, ",\"type\":\"convolution\"}");
}

static void write_factors(sha256_t *hash, size_t (*factors)[2], size_t count)
{
    sha256_add(hash, ",[");
    for (size_t i = 0; i < count; i++) {
        write_key(hash, i == 0 ? "[" : ",[", factors[i][0]);
        write_key(hash, ",", factors[i][1]);
        sha256_add(hash, "]");
    }
    sha256_add(hash, "]");
}

static void write_terms(sha256_t *hash, const part_t *part)
{
    write_key(hash, "{\"inputs\":", part->inputs);
    sha256_add(hash, ",\"terms\":[");
    for (size_t t = 0; t < part->term_count; t++) {
        const term_t *term = &part->terms[t];
        sha256_add(hash, t == 0 ? "[" : ",[");
        write_rational(hash, term->coefficient);
        write_factors(hash, term->weights, term->weight_factors);
        write_factors(hash, term->inputs, term->input_factors);
        sha256_add(hash, "]");
    }
    write_key(hash, "],\"type\":\"terms\",\"weights\":", part->weights);
    sha256_add(hash, "}");
}

static void write_part(sha256_t *hash, const part_t *part)
{
    if (part->type == TERMS) {
        write_terms(hash, part);
        return;
    }
    write_activations(hash, part);
    if (part->type == CONVOLUTION) {
        write_convolution(hash, part);
        return;
    }
    sha256_add(hash, ",\"type\":\"feedforward\",\"widths\":[");
    for (size_t l = 0; l <= part->depth; l++)
        write_key(hash, l == 0 ? "" : ",", part->widths[l]);
    sha256_add(hash, "]}");
}

static void compute_digest(problem_t *problem, mpq_t *labels, const char *loss)
{
    sha256_t hash;
    sha256_start(&hash);
    sha256_add(&hash, "{\"data\":{\"x\":[");
    for (size_t i = 0; i < problem->points; i++) {
        sha256_add(&hash, i == 0 ? "" : ",");
        write_rationals(&hash, problem->x + i * problem->inputs, problem->inputs);
    }
    sha256_add(&hash, "],\"y\":");
    write_rationals(&hash, labels, problem->points);
    sha256_add(&hash, "},\"loss\":\"");
    sha256_add(&hash, loss);
    sha256_add(&hash, "\",\"network\":");
    sha256_add(&hash, problem->is_sum ? "{\"parts\":[" : "");
    for (size_t k = 0; k < problem->part_count; k++) {
        sha256_add(&hash, k == 0 ? "" : ",");
        write_part(&hash, &problem->parts[k]);
    }
    sha256_add(&hash, problem->is_sum ? "],\"type\":\"sum\"}}" : "}");
    sha256_finish(&hash, problem->digest);
}

/* ---- Networks --------------------------------------------------------------------- */

/* a b, or an error beyond the largest number of weights or inputs. */
static size_t product(const node_t *node, size_t a, size_t b)
{
    if (a != 0 && b > MAX_WIDTH / a)
        stop(LIMIT, "%s:%zu:%zu: the network is too large", node->file, node->line,
             node->column);
    return a * b;
}

static void read_polynomial(activation_t *out, const node_t *node)
{
    check_keys(node, "type coefficients");
    const node_t *list_node = list(member(node, "coefficients"));
    if (list_node->length < 2 || list_node->length > MAX_DEGREE + 1)
        malformed(list_node, "2 to %d coefficients are expected", MAX_DEGREE + 1);
    out->coefficients = new_rationals(list_node->length);
    size_t k = 0;
    for (const node_t *entry = list_node->first; entry != NULL; entry = entry->next, k++)
        read_decimal(out->coefficients[k], entry);
    out->degree = list_node->length - 1;
    if (mpq_sgn(out->coefficients[out->degree]) == 0)
        malformed(list_node, "the last coefficient is 0");
}

static void read_activation(activation_t *out, const node_t *node)
{
    if (node->type != NODE_OBJECT)
        malformed(node, "an activation is expected");
    const node_t *type = member(node, "type");
    if (is_string(type, "polynomial")) {
        read_polynomial(out, node);
        return;
    }
    out->monomial = 1;
    out->degree = 1;
    if (is_string(type, "power")) {
        check_keys(node, "type degree");
        out->degree = (size_t) integer(member(node, "degree"), 1, MAX_DEGREE);
    } else if (is_string(type, "linear")) {
        check_keys(node, "type");
    } else {
        malformed(type, "this activation is not known");
    }
    out->coefficients = new_rationals(out->degree + 1);
    mpq_set_ui(out->coefficients[out->degree], 1, 1);
}

/* One activation for all layers, or a list. */
static void read_activations(part_t *part, const node_t *node, const node_t *network)
{
    if (node == NULL && part->activation_count > 0)
        malformed(network, "the key \"activation\" is missing");
    int is_list = node != NULL && node->type == NODE_LIST;
    if (is_list && node->length != part->activation_count)
        malformed(node, "%zu activations are expected", part->activation_count);
    part->activations = allocate(part->activation_count, sizeof *part->activations);
    const node_t *entry = is_list ? node->first : node;
    for (size_t l = 0; l < part->activation_count; l++) {
        read_activation(&part->activations[l], entry);
        entry = is_list ? entry->next : entry;
    }
}

static void read_feedforward(part_t *part, const node_t *node)
{
    check_keys(node, "type widths ?activation");
    const node_t *widths = list(member(node, "widths"));
    if (widths->length < 2 || widths->length > MAX_LAYERS)
        malformed(widths, "2 to %d widths are expected", MAX_LAYERS);
    part->type = FEEDFORWARD;
    part->depth = widths->length - 1;
    part->widths = allocate(widths->length, sizeof *part->widths);
    part->activation_count = part->depth - 1;
    size_t l = 0;
    for (const node_t *entry = widths->first; entry != NULL; entry = entry->next, l++) {
        part->widths[l] = (size_t) integer(entry, 1, MAX_WIDTH);
        if (l > 0)
            part->weights += product(entry, part->widths[l - 1], part->widths[l]);
    }
    if (part->widths[part->depth] != 1)
        malformed(widths, "the last width must be 1");
    part->inputs = part->widths[0];
    read_activations(part, find(node, "activation"), node);
}

static size_t optional(const node_t *object, const char *key, size_t otherwise)
{
    const node_t *node = find(object, key);
    return node == NULL ? otherwise : (size_t) integer(node, 1, MAX_WIDTH);
}

static void read_stage(stage_t *stage, const node_t *node)
{
    check_keys(node, "channels kernel ?stride ?pooling");
    stage->channels = (size_t) integer(member(node, "channels"), 1, MAX_WIDTH);
    stage->kernel = (size_t) integer(member(node, "kernel"), 1, MAX_WIDTH);
    stage->stride = optional(node, "stride", 1);
    stage->pooling = optional(node, "pooling", 1);
}

static void read_convolution(part_t *part, const node_t *node)
{
    check_keys(node, "type length layers activation ?channels ?head");
    const node_t *layers = list(member(node, "layers"));
    if (layers->length < 1 || layers->length > MAX_LAYERS)
        malformed(layers, "1 to %d layers are expected", MAX_LAYERS);
    part->type = CONVOLUTION;
    part->length = optional(node, "length", 0);
    part->channels = optional(node, "channels", 1);
    part->inputs = product(node, part->length, part->channels);
    part->activation_count = layers->length;
    part->stages = allocate(layers->length, sizeof *part->stages);
    const node_t *head = find(node, "head");
    part->dense = head == NULL || is_string(head, "dense");
    if (!part->dense && !is_string(head, "sum"))
        malformed(head, "\"dense\" or \"sum\" is expected");
    size_t length = part->length, channels = part->channels;
    stage_t *stage = part->stages;
    for (const node_t *entry = layers->first; entry != NULL; entry = entry->next, stage++) {
        read_stage(stage, entry);
        if (stage->kernel > length)
            malformed(entry, "the kernel is longer than its input");
        part->weights +=
            product(entry, product(entry, stage->channels, channels), stage->kernel);
        length = ((length - stage->kernel) / stage->stride + 1) / stage->pooling;
        channels = stage->channels;
        if (length == 0)
            malformed(entry, "the pooling is longer than its input");
        product(entry, length, channels);
    }
    part->weights += part->dense ? length * channels : 0;
    read_activations(part, member(node, "activation"), node);
}

static size_t (*read_factors(size_t *count, const node_t *node, size_t variables))[2]
{
    *count = list(node)->length;
    size_t(*out)[2] = allocate(*count, sizeof *out), i = 0;
    for (const node_t *entry = node->first; entry != NULL; entry = entry->next, i++) {
        if (list(entry)->length != 2)
            malformed(entry, "a pair of an index and an exponent is expected");
        out[i][0] = (size_t) integer(entry->first, 0, (long) variables - 1);
        out[i][1] = (size_t) integer(entry->first->next, 1, MAX_DEGREE);
        if (i > 0 && out[i][0] <= out[i - 1][0])
            malformed(entry, "the indices must increase");
    }
    return out;
}

static void read_terms(part_t *part, const node_t *node)
{
    check_keys(node, "type inputs weights terms");
    part->type = TERMS;
    part->inputs = (size_t) integer(member(node, "inputs"), 1, MAX_WIDTH);
    part->weights = (size_t) integer(member(node, "weights"), 1, MAX_WEIGHTS);
    const node_t *terms = list(member(node, "terms"));
    part->term_count = terms->length;
    part->terms = allocate(terms->length, sizeof *part->terms);
    term_t *term = part->terms;
    for (const node_t *entry = terms->first; entry != NULL; entry = entry->next, term++) {
        if (list(entry)->length != 3)
            malformed(entry, "a term has a coefficient, weights and inputs");
        mpq_init(term->coefficient);
        read_decimal(term->coefficient, entry->first);
        const node_t *weights = entry->first->next;
        term->weights = read_factors(&term->weight_factors, weights, part->weights);
        term->inputs = read_factors(&term->input_factors, weights->next, part->inputs);
    }
}

static void read_part(part_t *part, const node_t *node)
{
    if (node->type != NODE_OBJECT)
        malformed(node, "a network is expected");
    const node_t *type = member(node, "type");
    if (is_string(type, "feedforward"))
        read_feedforward(part, node);
    else if (is_string(type, "convolution"))
        read_convolution(part, node);
    else if (is_string(type, "terms"))
        read_terms(part, node);
    else
        malformed(type, "this type of network is not known here");
}

static void read_network(problem_t *out, const node_t *node)
{
    const node_t *first = node;
    if (node->type != NODE_OBJECT)
        malformed(node, "a network is expected");
    out->part_count = 1;
    out->is_sum = is_string(member(node, "type"), "sum");
    if (out->is_sum) {
        check_keys(node, "type parts");
        out->part_count = list(member(node, "parts"))->length;
        first = member(node, "parts")->first;
        if (out->part_count < 1 || out->part_count > MAX_PARTS)
            malformed(node, "1 to %d parts are expected", MAX_PARTS);
    }
    out->parts = allocate(out->part_count, sizeof *out->parts);
    for (size_t k = 0; k < out->part_count; k++, first = first->next) {
        read_part(&out->parts[k], first);
        out->weights += out->parts[k].weights;
        if (out->weights > MAX_WEIGHTS)
            stop(LIMIT, "%s:%zu:%zu: more than %d weights", first->file, first->line,
                 first->column, MAX_WEIGHTS);
        if (out->parts[k].inputs != out->parts[0].inputs)
            malformed(first, "the parts have different numbers of inputs");
    }
    out->inputs = out->parts[0].inputs;
}

const part_t *feedforward(const problem_t *problem)
{
    return !problem->is_sum && problem->parts->type == FEEDFORWARD ? problem->parts : NULL;
}

/* ---- Problem ---------------------------------------------------------------------- */

static mpq_t *read_data(problem_t *out, const node_t *node)
{
    if (node->type == NODE_OBJECT && find(node, "x") == NULL)
        malformed(node, "data that are not inline cannot be compared");
    check_keys(node, "x y");
    const node_t *x = list(member(node, "x")), *y = list(member(node, "y"));
    if (x->length == 0 || x->length != y->length)
        malformed(y, "as many labels as points are expected, and at least one");
    out->points = x->length;
    out->x = new_rationals(out->points * out->inputs);
    size_t next = 0;
    for (const node_t *row = x->first; row != NULL; row = row->next) {
        if (list(row)->length != out->inputs)
            malformed(row, "%zu inputs are expected", out->inputs);
        for (const node_t *entry = row->first; entry != NULL; entry = entry->next)
            read_decimal(out->x[next++], entry);
    }
    mpq_t *labels = new_rationals(out->points);
    next = 0;
    for (const node_t *entry = y->first; entry != NULL; entry = entry->next)
        read_decimal(labels[next++], entry);
    return labels;
}

/* z_i = -(d/dh) loss(h, y_i) at h = 0: y_i, but y_i / 2 for the logistic loss */
void problem_read(problem_t *out, const node_t *node)
{
    check_keys(node, "?ncf network data ?loss");
    if (find(node, "ncf") != NULL)
        integer(find(node, "ncf"), 1, 1);
    const node_t *loss_node = find(node, "loss");
    const char *loss = loss_node == NULL ? "square" : string(loss_node);
    int logistic = strcmp(loss, "logistic") == 0;
    if (!logistic && strcmp(loss, "square") != 0 && strcmp(loss, "exponential") != 0)
        malformed(loss_node, "this loss is not known");
    read_network(out, member(node, "network"));
    mpq_t *labels = read_data(out, member(node, "data"));
    compute_digest(out, labels, loss);
    out->z = new_rationals(out->points);
    for (size_t i = 0; i < out->points; i++) {
        if (logistic)
            mpq_div_2exp(out->z[i], labels[i], 1);
        else
            mpq_set(out->z[i], labels[i]);
    }
}
