/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* saved_table.c: which marks a table gives, and what tells them apart. */
#include "saved_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int ncf__is_table(const struct ncf_saved *saved)
{
    const char *format = json_string_value(json_object_get(saved->root, "format"));
    return format != NULL && strcmp(format, "ncf-table") == 0;
}

ncf_status_t ncf__table_provenance(char **out, const struct ncf_saved *saved,
                                   ncf_error_t *err)
{
    ncf_document_t view = ncf__saved_view(saved, err);
    ncf_node_t root = ncf__saved_root(saved), study, software;
    const char *name, *digest, *version;
    *out = NULL;
    NCF_TRY(ncf__saved_object(&study, &view, &root, "study"));
    NCF_TRY(ncf__saved_object(&software, &view, &root, "software"));
    NCF_TRY(ncf__saved_text(&name, &view, &study, "name"));
    NCF_TRY(ncf__saved_text(&digest, &view, &study, "sha256"));
    NCF_TRY(ncf__saved_text(&version, &view, &software, "ncf"));
    char *shown = ncf__text_short(name != NULL ? name : "a study", 48);
    *out = ncf__format("%s; sha256 %.16s...; ncf %s", shown, digest != NULL ? digest : "?",
                       version != NULL ? version : "?");
    ncf__free(shown);
    return NCF_OK;
}

/* ---- Columns and labels ----------------------------------------------------------- */

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static int is_drawable(const json_t *column)
{
    const char *type = text_of(column, "type");
    return type != NULL && strcmp(type, "histogram") != 0 && strcmp(type, "text") != 0;
}

/* The column of that name, or the first one that is a number (else any that can be drawn). */
static const json_t *find_column(const json_t *columns, const char *name)
{
    const json_t *found = NULL;
    for (size_t k = 0; k < json_array_size(columns); k++) {
        const json_t *column = json_array_get(columns, k);
        const char *own = text_of(column, "name"), *type = text_of(column, "type");
        if (own == NULL || !is_drawable(column))
            continue;
        if (name != NULL && strcmp(own, name) == 0)
            return column;
        int number = strcmp(type, "verdict") != 0 && strcmp(type, "share") != 0;
        if (name == NULL && number)
            return column;
        if (name == NULL && found == NULL)
            found = column;
    }
    return found;
}

/* A number as labels show it; NAN when it is none. */
static double number_of(const char *label)
{
    fmpq_t exact;
    arb_t ball;
    double value = NAN;
    fmpq_init(exact);
    arb_init(ball);
    if (label != NULL && ncf__rational_parse(exact, label, strlen(label)) == NULL) {
        arb_set_fmpq(ball, exact, 64);
        value = arf_get_d(arb_midref(ball), ARF_RND_NEAR);
    }
    arb_clear(ball);
    fmpq_clear(exact);
    return value;
}

static const char *label_of(const json_t *row, const char *name)
{
    return text_of(json_object_get(row, "labels"), name);
}

static int all_numbers(const json_t *rows, const char *name)
{
    for (size_t k = 0; k < json_array_size(rows); k++) {
        if (!isfinite(number_of(label_of(json_array_get(rows, k), name))))
            return 0;
    }
    return 1;
}

/* Adds a word unless it is there; returns its place. */
static slong place_of(char ***words, slong *count, const char *word)
{
    for (slong k = 0; k < *count; k++) {
        if (strcmp((*words)[k], word) == 0)
            return k;
    }
    *words = ncf__realloc(*words, (size_t) *count + 1, sizeof(**words));
    (*words)[*count] = ncf__strdup(word);
    return (*count)++;
}

static slong count_words(const json_t *rows, const char *name)
{
    char **words = NULL;
    slong count = 0;
    for (size_t k = 0; k < json_array_size(rows); k++) {
        const char *label = label_of(json_array_get(rows, k), name);
        place_of(&words, &count, label != NULL ? label : "");
    }
    for (slong k = 0; k < count; k++)
        ncf__free(words[k]);
    ncf__free(words);
    return count;
}

/* Is a label only a number of a random choice? */
static int is_seed(const char *name)
{
    return strcmp(name, "start") == 0 || strcmp(name, "seed") == 0 ||
           strcmp(name, "teacher-seed") == 0;
}

/* The named label; else numbers with the most values of all, else words; seeds come last. */
static const char *find_axis(const json_t *labels, const json_t *rows, const char *name)
{
    const char *best = NULL;
    slong most = 0;
    for (size_t k = 0; k < json_array_size(labels); k++) {
        const char *own = json_string_value(json_array_get(labels, k));
        if (own == NULL)
            continue;
        if (name != NULL && strcmp(own, name) == 0)
            return own;
        slong count = count_words(rows, own);
        count += is_seed(own) ? 0 : all_numbers(rows, own) ? 4000000 : 2000000;
        if (name == NULL && count > most) {
            best = own;
            most = count;
        }
    }
    return best;
}

char *ncf__table_row_label(const json_t *row, const json_t *labels, const char *axis)
{
    char *text = ncf__strdup("");
    for (size_t k = 0; k < json_array_size(labels); k++) {
        const char *name = json_string_value(json_array_get(labels, k));
        const char *value = name != NULL ? label_of(row, name) : NULL;
        if (value == NULL || (axis != NULL && strcmp(name, axis) == 0))
            continue;
        char *longer =
            ncf__format("%s%s%s %s", text, *text != '\0' ? ", " : "", name, value);
        ncf__free(text);
        text = longer;
    }
    return text;
}

/* ---- Marks ------------------------------------------------------------------------- */

static ncf_status_t read_value(ncf_table_mark_t *mark, const ncf_drawn_table_t *table,
                               const ncf_document_t *view, const ncf_node_t *cell)
{
    ncf_drawn_t low, high;
    slong part, whole;
    mark->low = mark->high = NAN;
    if (strcmp(table->type, "verdict") == 0) {
        NCF_TRY(ncf__saved_count(&part, view, cell, "yes"));
        NCF_TRY(ncf__saved_count(&whole, view, cell, "cases"));
        if (whole > 0)
            mark->low = mark->high = (double) part / (double) whole;
        return NCF_OK;
    }
    int is_share = strcmp(table->type, "share") == 0;
    NCF_TRY(ncf__saved_ball(&low, view, cell, is_share ? "part" : "least"));
    NCF_TRY(ncf__saved_ball(&high, view, cell, is_share ? "whole" : "greatest"));
    if (is_share)
        low.mid = high.mid = high.mid > 0 ? low.mid / high.mid : NAN;
    mark->low = low.mid;
    mark->high = high.mid;
    return NCF_OK;
}

static ncf_status_t read_marker(ncf_table_mark_t *mark, const ncf_drawn_table_t *table,
                                const ncf_document_t *view, const ncf_node_t *row)
{
    ncf_node_t status, values, cell;
    slong cases, proved, matched = 0;
    if (table->marker != NULL) {
        NCF_TRY(ncf__saved_object(&values, view, row, "values"));
        NCF_TRY(ncf__saved_object(&cell, view, &values, table->marker));
        NCF_TRY(ncf__saved_count(&cases, view, &cell, "cases"));
        NCF_TRY(ncf__saved_count(&proved, view, &cell, "yes"));
    } else {
        NCF_TRY(ncf__saved_object(&status, view, row, "status"));
        NCF_TRY(ncf__saved_count(&cases, view, &status, "cases"));
        NCF_TRY(ncf__saved_count(&proved, view, &status, "proved"));
        NCF_TRY(ncf__saved_count(&matched, view, &status, "matched"));
    }
    proved += matched;
    mark->marked = proved <= 0       ? NCF_MARKED_NONE
                   : proved >= cases ? NCF_MARKED_ALL
                                     : NCF_MARKED_SOME;
    return NCF_OK;
}

static ncf_status_t read_row(ncf_drawn_table_t *table, const ncf_document_t *view,
                             const ncf_node_t *row, const json_t *labels)
{
    ncf_node_t values, cell;
    ncf_table_mark_t *mark = &table->marks[table->count];
    const char *label = label_of(row->value, table->axis);
    NCF_TRY(ncf__saved_object(&values, view, row, "values"));
    NCF_TRY(ncf__saved_object(&cell, view, &values, table->quantity));
    NCF_TRY(read_value(mark, table, view, &cell));
    NCF_TRY(read_marker(mark, table, view, row));
    if (label == NULL)
        return ncf__node_fail(view, row, NCF_ESPEC, "this row has no label \"%.60s\"",
                              table->axis);
    mark->x = table->is_numeric
                  ? number_of(label)
                  : (double) place_of(&table->words, &table->word_count, label);
    char *name = ncf__table_row_label(row->value, labels, table->axis);
    mark->series = place_of(&table->series, &table->series_count, name);
    ncf__free(name);
    if (!isfinite(mark->low) || !isfinite(mark->high)) {
        mark->low = mark->high = NAN;
        table->unknown++;
    }
    table->count++;
    return NCF_OK;
}

/* Labels that tell colours apart: as many as there are colours for, the axis apart. */
static json_t *choose_labels(const ncf_drawn_table_t *table, const json_t *labels,
                             const json_t *rows)
{
    json_t *chosen = json_array();
    slong product = 1;
    for (size_t k = 0; k < json_array_size(labels); k++) {
        const char *name = json_string_value(json_array_get(labels, k));
        if (name == NULL || strcmp(name, table->axis) == 0)
            continue;
        slong count = count_words(rows, name);
        if (product * count > NCF_SERIES_COUNT)
            continue;
        product *= count;
        json_array_append_new(chosen, json_string(name));
    }
    return chosen;
}

/* The question that tells marks apart, unless it is the one that is drawn. */
static void find_marker(ncf_drawn_table_t *table, const json_t *columns)
{
    for (size_t k = 0; k < json_array_size(columns) && table->marker == NULL; k++) {
        const json_t *column = json_array_get(columns, k);
        const char *name = text_of(column, "name"), *type = text_of(column, "type");
        if (name == NULL || type == NULL || strcmp(type, "verdict") != 0 ||
            strcmp(name, table->quantity) == 0)
            continue;
        table->marker = name;
        table->marker_heading = text_of(column, "heading");
    }
    if (table->marker_heading == NULL)
        table->marker_heading = table->marker;
}

static ncf_status_t choose(ncf_drawn_table_t *table, const ncf_document_t *view,
                           const ncf_node_t *columns, const ncf_node_t *labels,
                           const ncf_node_t *rows, const char *quantity, const char *axis)
{
    const json_t *column = find_column(columns->value, quantity);
    if (column == NULL)
        return ncf__node_fail(view, columns, NCF_ESPEC,
                              "there is no such quantity with numbers to be drawn");
    table->quantity = text_of(column, "name");
    table->heading = text_of(column, "heading");
    table->type = text_of(column, "type");
    if (table->heading == NULL)
        table->heading = table->quantity;
    table->axis = find_axis(labels->value, rows->value, axis);
    if (table->axis == NULL)
        return ncf__node_fail(view, labels, NCF_ESPEC,
                              "the rows have no such label to be drawn against");
    table->is_numeric = all_numbers(rows->value, table->axis);
    find_marker(table, columns->value);
    return NCF_OK;
}

static ncf_status_t read_marks(ncf_drawn_table_t *table, const ncf_document_t *view,
                               const ncf_node_t *rows, const json_t *labels)
{
    size_t count = json_array_size(rows->value);
    json_t *chosen = choose_labels(table, labels, rows->value);
    ncf_status_t status = NCF_OK;
    table->marks = ncf__calloc(count + 1, sizeof(*table->marks));
    for (size_t k = 0; k < count && status == NCF_OK; k++) {
        ncf_node_t row = ncf__node_entry(rows, k);
        status = read_row(table, view, &row, chosen);
    }
    json_decref(chosen);
    NCF_TRY(status);
    return table->count > table->unknown ? NCF_OK
                            : ncf__node_fail(view, rows, NCF_ESPEC,
                                             "no row has a known value of \"%.60s\"",
                                             table->quantity);
}

ncf_status_t ncf__drawn_table_init(ncf_drawn_table_t *table, const struct ncf_saved *saved,
                                   const char *quantity, const char *axis, ncf_error_t *err)
{
    ncf_document_t view = ncf__saved_view(saved, err);
    ncf_node_t root = ncf__saved_root(saved), columns, labels, rows, status;
    size_t unused;
    slong proved, matched;
    memset(table, 0, sizeof(*table));
    NCF_TRY(ncf__saved_text(&table->title, &view, &root, "title"));
    NCF_TRY(ncf__saved_list(&columns, &unused, &view, &root, "columns"));
    NCF_TRY(ncf__saved_list(&labels, &unused, &view, &root, "labels"));
    NCF_TRY(ncf__saved_list(&rows, &unused, &view, &root, "rows"));
    NCF_TRY(ncf__saved_object(&status, &view, &root, "status"));
    NCF_TRY(ncf__saved_count(&table->cases, &view, &status, "cases"));
    NCF_TRY(ncf__saved_count(&proved, &view, &status, "proved"));
    NCF_TRY(ncf__saved_count(&matched, &view, &status, "matched"));
    table->open = table->cases - proved - FLINT_MAX(matched, 0);
    NCF_TRY(choose(table, &view, &columns, &labels, &rows, quantity, axis));
    NCF_TRY(read_marks(table, &view, &rows, labels.value));
    return ncf__table_provenance(&table->provenance, saved, err);
}

void ncf__drawn_table_clear(ncf_drawn_table_t *table)
{
    for (slong k = 0; k < table->word_count; k++)
        ncf__free(table->words[k]);
    for (slong k = 0; k < table->series_count; k++)
        ncf__free(table->series[k]);
    ncf__free(table->words);
    ncf__free(table->series);
    ncf__free(table->marks);
    ncf__free(table->provenance);
}
