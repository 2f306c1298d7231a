/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* info_network.c: a network in words, one line for each thing to say about it. */
#include "info.h"

#include <string.h>

#define LONGEST_POLYNOMIAL 6 /* terms that are written out */

static const char *plural(slong count)
{
    return count == 1 ? "" : "s";
}

/* "3/2 t^2" with its sign, which is left out of the first term if it is +. */
static void write_term(FILE *stream, const fmpq_t c, slong k, int first)
{
    fmpq_t size;
    fmpq_init(size);
    fmpq_abs(size, c);
    char *digits = fmpq_get_str(NULL, 10, size);
    int one = fmpq_is_one(size) && k > 0;
    fputs(fmpq_sgn(c) < 0 ? (first ? "-" : " - ") : (first ? "" : " + "), stream);
    fprintf(stream, "%s%s", one ? "" : digits, one || k == 0 ? "" : " ");
    if (k > 1)
        fprintf(stream, "t^%ld", (long) k);
    else if (k == 1)
        fputc('t', stream);
    flint_free(digits);
    fmpq_clear(size);
}

static void write_polynomial(FILE *stream, const ncf_activation_t *s)
{
    slong terms = 0;
    size_t bits = 0;
    for (slong k = 0; k <= s->degree; k++) {
        terms += !fmpq_is_zero(s->coefficients + k);
        bits += (size_t) (fmpz_bits(fmpq_numref(s->coefficients + k)) +
                          fmpz_bits(fmpq_denref(s->coefficients + k)));
    }
    if (terms > LONGEST_POLYNOMIAL || bits > 400) {
        fprintf(stream, "polynomial of degree %ld", (long) s->degree);
        return;
    }
    for (slong k = 0, first = 1; k <= s->degree; k++) {
        if (fmpq_is_zero(s->coefficients + k))
            continue;
        write_term(stream, s->coefficients + k, k, (int) first);
        first = 0;
    }
}

char *ncf__activation_text(const ncf_activation_t *s)
{
    if (s->kind == NCF_ACTIVATION_LINEAR)
        return ncf__strdup("linear");
    if (s->kind == NCF_ACTIVATION_POWER)
        return ncf__format("t^%ld", (long) s->degree);
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    NCF_REQUIRE(stream != NULL);
    write_polynomial(stream, s);
    NCF_REQUIRE(fclose(stream) == 0);
    return text;
}

static char *activation_list(const ncf_network_spec_t *spec, slong count)
{
    char *list = ncf__strdup("");
    for (slong l = 0; l < count; l++) {
        char *text = ncf__activation_text(spec->activations + l);
        char *longer = ncf__format("%s%s%s", list, l > 0 ? ", " : "", text);
        ncf__free(list);
        ncf__free(text);
        list = longer;
    }
    return list;
}

static void say_owned(ncf_say_fn say, void *context, const char *label, char *text)
{
    say(context, label, text);
    ncf__free(text);
}

static void say_feedforward(const ncf_network_spec_t *spec, ncf_say_fn say, void *context)
{
    char *widths = ncf__strdup("");
    for (slong l = 0; l <= spec->depth; l++) {
        char *longer = ncf__format("%s%s%ld", widths, l > 0 ? " " : "", (long) spec->widths[l]);
        ncf__free(widths);
        widths = longer;
    }
    say_owned(say, context, "widths", widths);
    if (spec->depth > 1)
        say_owned(say, context, "activations", activation_list(spec, spec->depth - 1));
}

static void say_convolution(const ncf_network_spec_t *spec, ncf_say_fn say, void *context)
{
    slong length = spec->length;
    say_owned(say, context, "input",
              ncf__format("%ld channel%s of length %ld", (long) spec->channels,
                          plural(spec->channels), (long) length));
    for (slong l = 0; l < spec->stages; l++) {
        const ncf_convolution_t *stage = spec->convolutions + l;
        length = ncf__stage_shape(length, stage).windows;
        char *label = ncf__format("layer %ld", (long) l + 1);
        say_owned(say, context, label,
                  ncf__format("kernel %ld, stride %ld, pooling %ld: %ld channel%s of length %ld",
                              (long) stage->kernel, (long) stage->stride, (long) stage->pooling,
                              (long) stage->channels, plural(stage->channels), (long) length));
        ncf__free(label);
    }
    say(context, "head", spec->sum_head ? "sum" : "dense");
    say_owned(say, context, "activations", activation_list(spec, spec->stages));
}

static void say_formula(const ncf_network_spec_t *spec, ncf_say_fn say, void *context)
{
    slong terms = spec->formula.count;
    say_owned(say, context, "formula",
              ncf__format("%ld weight%s, %ld input%s, %ld term%s", (long) spec->weight_count,
                          plural(spec->weight_count), (long) spec->inputs, plural(spec->inputs),
                          (long) terms, plural(terms)));
}

static const char *const kind_names[] = {"feedforward", "polynomial", "sum", "convolution"};

const char *ncf__network_kind_name(ncf_network_kind_t kind)
{
    return kind_names[kind];
}

void ncf__network_say(const ncf_network_spec_t *spec, ncf_say_fn say, void *context)
{
    say(context, "type", kind_names[spec->kind]);
    switch (spec->kind) {
    case NCF_NETWORK_FEEDFORWARD:
        say_feedforward(spec, say, context);
        break;
    case NCF_NETWORK_POLYNOMIAL:
        say_formula(spec, say, context);
        break;
    case NCF_NETWORK_CONVOLUTION:
        say_convolution(spec, say, context);
        break;
    case NCF_NETWORK_SUM:
        break;
    }
    for (slong i = 0; i < spec->part_count; i++) {
        say_owned(say, context, "", ncf__format("part %ld:", (long) i + 1));
        ncf__network_say(spec->parts + i, say, context);
    }
}
