/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * problem_text.c: the canonical form of a problem, of which a certificate gives the digest:
 * all data inline, without white space, keys in alphabetical order. A formula is written as
 * the sum of its terms.
 */
#include "certificate.h"

#include <stdlib.h>

static void write_rational(FILE *stream, const fmpq_t value)
{
    char *text = fmpq_get_str(NULL, 10, value);
    fprintf(stream, "\"%s\"", text);
    flint_free(text);
}

static void write_row(FILE *stream, const fmpq *row, slong count)
{
    fputc('[', stream);
    for (slong i = 0; i < count; i++) {
        if (i > 0)
            fputc(',', stream);
        write_rational(stream, row + i);
    }
    fputc(']', stream);
}

static void write_data(FILE *stream, const struct ncf_problem *problem)
{
    fputs("{\"data\":{\"x\":[", stream);
    for (slong i = 0; i < problem->points; i++) {
        if (i > 0)
            fputc(',', stream);
        write_row(stream, fmpq_mat_entry(problem->x, i, 0), problem->network.inputs);
    }
    fputs("],\"y\":[", stream);
    for (slong i = 0; i < problem->points; i++) {
        if (i > 0)
            fputc(',', stream);
        write_rational(stream, fmpq_mat_entry(problem->y, i, 0));
    }
    fputs("]}", stream);
}

static void write_activations(FILE *stream, const ncf_activation_t *activations, slong count)
{
    fputs("{\"activation\":[", stream);
    for (slong l = 0; l < count; l++) {
        const ncf_activation_t *activation = &activations[l];
        fputs(l == 0 ? "{" : ",{", stream);
        if (activation->kind == NCF_ACTIVATION_LINEAR) {
            fputs("\"type\":\"linear\"}", stream);
        } else if (activation->kind == NCF_ACTIVATION_POWER) {
            fprintf(stream, "\"degree\":%ld,\"type\":\"power\"}", (long) activation->degree);
        } else {
            fputs("\"coefficients\":", stream);
            write_row(stream, activation->coefficients, activation->degree + 1);
            fputs(",\"type\":\"polynomial\"}", stream);
        }
    }
    fputc(']', stream);
}

static void write_feedforward(FILE *stream, const ncf_network_spec_t *spec)
{
    write_activations(stream, spec->activations, spec->depth - 1);
    fputs(",\"type\":\"feedforward\",\"widths\":[", stream);
    for (slong l = 0; l <= spec->depth; l++)
        fprintf(stream, l == 0 ? "%ld" : ",%ld", (long) spec->widths[l]);
    fputs("]}", stream);
}

static void write_convolution(FILE *stream, const ncf_network_spec_t *spec)
{
    write_activations(stream, spec->activations, spec->stages);
    fprintf(stream, ",\"channels\":%ld,\"head\":\"%s\",\"layers\":[", (long) spec->channels,
            spec->sum_head ? "sum" : "dense");
    for (slong l = 0; l < spec->stages; l++) {
        const ncf_convolution_t *stage = &spec->convolutions[l];
        fprintf(stream, "%s{\"channels\":%ld,\"kernel\":%ld,\"pooling\":%ld,\"stride\":%ld}",
                l == 0 ? "" : ",", (long) stage->channels, (long) stage->kernel,
                (long) stage->pooling, (long) stage->stride);
    }
    fprintf(stream, "],\"length\":%ld,\"type\":\"convolution\"}", (long) spec->length);
}

static void write_factors(FILE *stream, const ncf_factor_t *factors, slong count)
{
    fputs(",[", stream);
    for (slong i = 0; i < count; i++)
        fprintf(stream, "%s[%ld,%lu]", i == 0 ? "" : ",", (long) factors[i].variable,
                (unsigned long) factors[i].exponent);
    fputc(']', stream);
}

static void write_formula(FILE *stream, const ncf_network_spec_t *spec)
{
    const ncf_formula_t *formula = &spec->formula;
    fprintf(stream, "{\"inputs\":%ld,\"terms\":[", (long) spec->inputs);
    for (slong t = 0; t < formula->count; t++) {
        const ncf_factor_t *weights = formula->factors + formula->starts[t];
        const ncf_factor_t *inputs = formula->factors + formula->inputs[t];
        fputs(t == 0 ? "[" : ",[", stream);
        write_rational(stream, formula->coefficients + t);
        write_factors(stream, weights, formula->inputs[t] - formula->starts[t]);
        write_factors(stream, inputs, formula->starts[t + 1] - formula->inputs[t]);
        fputc(']', stream);
    }
    fprintf(stream, "],\"type\":\"terms\",\"weights\":%ld}", (long) spec->weight_count);
}

static void write_simple(FILE *stream, const ncf_network_spec_t *spec)
{
    if (spec->kind == NCF_NETWORK_FEEDFORWARD)
        write_feedforward(stream, spec);
    else if (spec->kind == NCF_NETWORK_CONVOLUTION)
        write_convolution(stream, spec);
    else
        write_formula(stream, spec);
}

static void write_network(FILE *stream, const ncf_network_spec_t *spec)
{
    if (spec->kind != NCF_NETWORK_SUM) {
        write_simple(stream, spec);
        return;
    }
    fputs("{\"parts\":[", stream);
    for (slong k = 0; k < spec->part_count; k++) {
        if (k > 0)
            fputc(',', stream);
        write_simple(stream, &spec->parts[k]);
    }
    fputs("],\"type\":\"sum\"}", stream);
}

char *ncf__problem_canonical(const struct ncf_problem *problem)
{
    static const char *const losses[] = {"square", "logistic", "exponential"};
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    NCF_REQUIRE(stream != NULL);
    write_data(stream, problem);
    fprintf(stream, ",\"loss\":\"%s\",\"network\":", losses[problem->loss]);
    write_network(stream, &problem->network);
    fputc('}', stream);
    NCF_REQUIRE(fclose(stream) == 0);
    char *out = ncf__strdup(text);
    free(text);
    return out;
}
