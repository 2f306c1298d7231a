/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* info_text.c: the facts of `ncf info` in 80 columns. */
#include "info.h"

#include <string.h>

#define COLUMNS 80
#define MARGIN 14

/* Up to the next space; the sign of a term stays with the term. */
static size_t word_length(const char *text)
{
    size_t length = strcspn(text, " ");
    if (length == 1 && (text[0] == '+' || text[0] == '-') && text[1] == ' ')
        length += 1 + strcspn(text + 2, " ");
    return length;
}

/*
 * Writes `label` and `text` beside it, broken at spaces; a word that is longer than a
 * line gets a line of its own.
 */
static void write_field(FILE *stream, const char *label, const char *text)
{
    int column = fprintf(stream, "%-*s", MARGIN - 1, label);
    while (*text != '\0') {
        size_t length = word_length(text);
        if (column >= MARGIN && column + 1 + (int) length > COLUMNS)
            column = fprintf(stream, "\n%*s", MARGIN - 1, "") - 1;
        fprintf(stream, " %.*s", (int) length, text);
        column += 1 + (int) length;
        text += length;
        text += strspn(text, " ");
    }
    fputc('\n', stream);
}

/* The same; frees the text. */
static void write_owned(FILE *stream, const char *label, char *text)
{
    write_field(stream, label, text);
    ncf__free(text);
}

/* File names may hold anything: a control character could forge output. */
static void write_name(FILE *stream, const char *name)
{
    fprintf(stream, "%-*s ", MARGIN - 1, "problem");
    for (; *name != '\0'; name++)
        fputc((unsigned char) *name < 32 || *name == 127 ? '?' : *name, stream);
    fputc('\n', stream);
}

static char *digits(const fmpz_t x)
{
    char *flint_text = fmpz_get_str(NULL, 10, x);
    char *text = ncf__strdup(flint_text);
    flint_free(flint_text);
    return text;
}

/* Joins `count` pieces, each made by piece(context, l), with spaces. */
typedef char *(*piece_fn)(const ncf_info_t *info, slong l);
static char *join(const ncf_info_t *info, slong first, slong last, piece_fn piece)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    NCF_REQUIRE(stream != NULL);
    for (slong l = first; l <= last; l++) {
        char *part = piece(info, l);
        fprintf(stream, "%s%s", l > first ? " " : "", part);
        ncf__free(part);
    }
    NCF_REQUIRE(fclose(stream) == 0);
    return text;
}

static char *block_piece(const ncf_info_t *info, slong l)
{
    return ncf__format("%ldx%ld", (long) info->rows[l], (long) info->columns[l]);
}

static char *degree_piece(const ncf_info_t *info, slong l)
{
    if (fmpz_sgn(info->degrees + l) < 0)
        return ncf__format("e_%ld=none", (long) l + 1);
    char *degree = digits(info->degrees + l);
    char *text = ncf__format("e_%ld=%s", (long) l + 1, degree);
    ncf__free(degree);
    return text;
}

static void say_field(void *stream, const char *label, const char *text)
{
    write_field(stream, label, text);
}

static void write_network(FILE *stream, const ncf_info_t *info)
{
    static const char *const labels[] = {"z_i = y_i", "z_i = y_i/2", "z_i = y_i"};
    const struct ncf_problem *problem = info->problem;
    ncf__network_say(&problem->network, say_field, stream);
    write_owned(stream, "loss",
                ncf__format("%s: %s", ncf__loss_name(problem->loss), labels[problem->loss]));
}

static void write_data(FILE *stream, const ncf_info_t *info)
{
    long points = (long) info->problem->points, inputs = (long) info->problem->network.inputs;
    write_owned(stream, "data",
                ncf__format("%ld point%s, %ld input%s", points, points == 1 ? "" : "s", inputs,
                            inputs == 1 ? "" : "s"));
    if (info->active_points == 0)
        write_field(stream, "essential", "every weight z_i is 0, so N = 0");
    else if (info->span == 0 && info->span_exact)
        write_field(stream, "essential", "every point with z_i != 0 is 0, so N = 0");
    else
        write_owned(stream, "essential",
                    ncf__format("%ld point%s with z_i != 0 span%s %s%ld of %ld dimension%s",
                                (long) info->active_points,
                                info->active_points == 1 ? "" : "s",
                                info->active_points == 1 ? "s" : "",
                                info->span_exact ? "" : "at least ", (long) info->span, inputs,
                                inputs == 1 ? "" : "s"));
}

static void write_degrees(FILE *stream, const ncf_info_t *info)
{
    write_owned(stream, "unknowns", digits(info->unknowns));
    if (info->problem->network.kind != NCF_NETWORK_FEEDFORWARD && info->blocks > 0)
        write_owned(stream, "blocks", join(info, 0, info->blocks - 1, block_piece));
    char *homogeneity = digits(info->homogeneity);
    if (info->homogeneous)
        write_owned(stream, "homogeneity", ncf__format("L = %s", homogeneity));
    else
        write_field(stream, "homogeneity",
                    "not homogeneous: the homogeneous theory (lambda = L N, flows from the "
                    "origin) does not apply");
    ncf__free(homogeneity);
    if (info->problem->network.kind != NCF_NETWORK_POLYNOMIAL)
        write_owned(stream, "by layer", join(info, 0, info->blocks - 1, degree_piece));
}

/* The symmetries of one hidden layer. Allocated text. */
static char *layer_text(const ncf_info_layer_t *layer)
{
    long l = (long) layer->layer, units = (long) layer->units;
    char *text = NULL;
    const char *unit = layer->channels ? "channel" : "unit", *many = units == 1 ? "" : "s";
    switch (layer->symmetry) {
    case NCF_SYMMETRY_ROTATIONS:
        text = ncf__format("layer %ld: orthogonal maps O(%ld) of the %ss", l, units, unit);
        break;
    case NCF_SYMMETRY_FIXED_ROTATIONS:
        text = ncf__format("layer %ld: those orthogonal maps O(%ld) of the %ss that fix "
                           "(1, ..., 1)",
                           l, units, unit);
        break;
    case NCF_SYMMETRY_ROW_FLIPS:
        text = ncf__format("layer %ld: permutations of %ld %s%s; sign of each row of W_%ld", l,
                           units, unit, many, l);
        break;
    case NCF_SYMMETRY_PAIRED_FLIPS:
        text = ncf__format("layer %ld: permutations of %ld %s%s; sign of each row of W_%ld "
                           "with that of the column%s of W_%ld",
                           l, units, unit, many, l, layer->channels ? "s" : "", l + 1);
        break;
    case NCF_SYMMETRY_PERMUTATIONS:
        text = ncf__format("layer %ld: permutations of %ld %s%s", l, units, unit, many);
        break;
    }
    if (layer->part == 0)
        return text;
    char *longer = ncf__format("part %ld, %s", (long) layer->part, text);
    ncf__free(text);
    return longer;
}

static void write_symmetry(FILE *stream, const ncf_info_t *info)
{
    if (info->problem->network.kind == NCF_NETWORK_POLYNOMIAL) {
        write_field(stream, "symmetries", "not looked for in a formula");
        return;
    }
    /* Longer numbers are left to the formula. */
    if (info->order_kind == NCF_ORDER_FINITE && fmpz_bits(info->order) <= 180) {
        char *order = digits(info->order);
        int same = strcmp(order, info->order_formula) == 0;
        write_owned(stream, "symmetries",
                    ncf__format("group of order %s%s%s", order, same ? "" : " = ",
                                same ? "" : info->order_formula));
        ncf__free(order);
    } else if (info->order_kind == NCF_ORDER_INFINITE) {
        write_field(stream, "symmetries", "infinite group");
    } else {
        write_owned(stream, "symmetries",
                    ncf__format("group of order %s", info->order_formula));
    }
    for (slong l = 0; l < info->layer_count; l++)
        write_owned(stream, "", layer_text(info->layers + l));
    if (info->formulas > 0)
        write_field(stream, "", "not looked for in parts that are formulas");
}

static void write_polynomial(FILE *stream, const ncf_info_t *info)
{
    char *terms = digits(info->terms);
    const char *plural = fmpz_is_one(info->terms) ? "" : "s";
    if (info->terms_known)
        write_owned(stream, "polynomial", ncf__format("N(u) has %s term%s", terms, plural));
    else if (info->terms_bounded)
        write_owned(stream, "polynomial",
                    ncf__format("not built: N(u) has at most %s term%s", terms, plural));
    else
        write_field(stream, "polynomial", "not built: N(u) may have more than 2^4096 terms");
    ncf__free(terms);
    if (info->polynomial != NULL)
        write_owned(stream, "", ncf__format("N = %s", info->polynomial));
}

int ncf__info_write_text(FILE *stream, const ncf_info_t *info)
{
    write_name(stream, info->problem->name);
    write_field(stream, "sha256", info->problem->sha256);
    write_network(stream, info);
    write_data(stream, info);
    write_degrees(stream, info);
    write_symmetry(stream, info);
    if (info->otherwise != NULL)
        write_owned(stream, "method", ncf__format("%s where it takes about a minute, else %s",
                                                  info->method, info->otherwise));
    else
        write_field(stream, "method", info->method);
    write_polynomial(stream, info);
    return !ferror(stream);
}
