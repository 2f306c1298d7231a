/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* write_data.c: tables for programs: CSV and JSON. */
#include "write.h"

#include <string.h>

/* ---- CSV (RFC 4180) ------------------------------------------------------------- */

typedef struct {
    FILE *stream;
    int started; /* a field of this row was written */
} csv_t;

static void field(csv_t *csv, const char *text)
{
    fputs(csv->started ? "," : "", csv->stream);
    csv->started = 1;
    if (strpbrk(text, ",\"\r\n") == NULL) {
        fputs(text, csv->stream);
        return;
    }
    fputc('"', csv->stream);
    for (; *text != '\0'; text++)
        fprintf(csv->stream, *text == '"' ? "\"%c" : "%c", *text);
    fputc('"', csv->stream);
}

/* The text is freed; NULL makes an empty field. */
static void owned_field(csv_t *csv, char *text)
{
    field(csv, text != NULL ? text : "");
    ncf__free(text);
}

static void end_row(csv_t *csv)
{
    fputs("\r\n", csv->stream);
    csv->started = 0;
}

static void heading(csv_t *csv, const char *name, const char *suffix)
{
    owned_field(csv, ncf__format("%s%s", name, suffix));
}

static int is_range(const struct ncf_table *table, const ncf_column_t *column)
{
    return table->is_grouped && column->summary == NCF_SUMMARY_RANGE;
}

static void quantity_headings(csv_t *csv, const struct ncf_table *table,
                              const ncf_column_t *column)
{
    const char *name = column->kind->name;
    switch (column->kind->type) {
    case NCF_CELL_COUNT:
    case NCF_CELL_REAL:
    case NCF_CELL_BOUND:
    case NCF_CELL_FLOOR:
    case NCF_CELL_MEASURED:
        heading(csv, name, is_range(table, column) ? "_least" : "");
        if (is_range(table, column))
            heading(csv, name, "_greatest");
        heading(csv, name, "_is");
        break;
    case NCF_CELL_VERDICT:
        heading(csv, name, "_yes");
        heading(csv, name, "_no");
        heading(csv, name, "_open");
        break;
    case NCF_CELL_SHARE:
        heading(csv, name, "_part");
        heading(csv, name, "_whole");
        heading(csv, name, "_is");
        break;
    case NCF_CELL_HISTOGRAM:
    case NCF_CELL_TEXT:
        heading(csv, name, "");
        break;
    }
}

static char *integer_text(const fmpz_t value)
{
    char *digits = fmpz_get_str(NULL, 10, value);
    char *text = ncf__strdup(digits);
    flint_free(digits);
    return text;
}

static void quantity_fields(csv_t *csv, const struct ncf_table *table,
                            const ncf_column_t *column, const ncf_cell_t *cell, long digits)
{
    switch (cell->type) {
    case NCF_CELL_COUNT:
    case NCF_CELL_REAL:
    case NCF_CELL_BOUND:
    case NCF_CELL_FLOOR:
    case NCF_CELL_MEASURED:
        owned_field(csv, ncf__cell_low(cell, column->summary, digits));
        if (is_range(table, column))
            owned_field(csv, ncf__cell_high(cell, digits));
        field(csv, ncf__cell_quality(cell));
        break;
    case NCF_CELL_VERDICT:
        owned_field(csv, ncf__format("%ld", (long) cell->yes));
        owned_field(csv, ncf__format("%ld", (long) cell->no));
        owned_field(csv, ncf__format("%ld", (long) cell->open));
        break;
    case NCF_CELL_SHARE:
        owned_field(csv, integer_text(cell->sum));
        owned_field(csv, integer_text(cell->greatest));
        field(csv, ncf__cell_quality(cell));
        break;
    case NCF_CELL_HISTOGRAM:
    case NCF_CELL_TEXT:
        owned_field(csv, ncf__cell_text(cell, column->summary, digits, NCF_STYLE_PLAIN));
        break;
    }
}

void ncf__table_write_csv(FILE *stream, const struct ncf_table *table, long digits)
{
    csv_t csv = {stream, 0};
    for (int i = 0; i < table->label_count; i++)
        field(&csv, table->label_names[i]);
    for (int i = 0; i < table->column_count; i++)
        quantity_headings(&csv, table, &table->columns[i]);
    field(&csv, "cases");
    for (int status = 0; status < NCF_CASE_STATUS_COUNT; status++)
        heading(&csv, "cases_", ncf__case_status_key((ncf_case_status_t) status));
    field(&csv, "command");
    end_row(&csv);
    for (slong k = 0; k < table->row_count; k++) {
        const ncf_row_t *row = &table->rows[k];
        for (int i = 0; i < table->label_count; i++)
            field(&csv, row->labels[i]);
        for (int i = 0; i < table->column_count; i++)
            quantity_fields(&csv, table, &table->columns[i], &row->cells[i], digits);
        owned_field(&csv, ncf__format("%ld", (long) row->cases));
        for (int status = 0; status < NCF_CASE_STATUS_COUNT; status++)
            owned_field(&csv, ncf__format("%ld", (long) row->tallies[status]));
        field(&csv, table->command);
        end_row(&csv);
    }
}

/* ---- JSON ----------------------------------------------------------------------- */

/* The text is freed; NULL makes null. */
static json_t *owned_string(char *text)
{
    json_t *value = text != NULL ? json_string(text) : json_null();
    ncf__free(text);
    return value;
}

static void set(json_t *object, const char *key, json_t *value)
{
    json_object_set_new(object, key, value);
}

static json_t *histogram_object(const ncf_cell_t *cell)
{
    json_t *list = json_array();
    for (slong i = 0; i < cell->bin_count; i++)
        json_array_append_new(list, owned_string(integer_text(cell->bins + i)));
    return list;
}

static json_t *cell_object(const ncf_cell_t *cell, ncf_summary_t summary, long digits)
{
    json_t *object = json_object();
    set(object, "text", owned_string(ncf__cell_text(cell, summary, digits, NCF_STYLE_PLAIN)));
    set(object, "cases", json_integer(cell->cases));
    set(object, "open", json_integer(cell->open));
    set(object, "is", json_string(ncf__cell_quality(cell)));
    switch (cell->type) {
    case NCF_CELL_COUNT:
    case NCF_CELL_REAL:
    case NCF_CELL_BOUND:
    case NCF_CELL_FLOOR:
    case NCF_CELL_MEASURED:
        set(object, "least", owned_string(ncf__cell_low(cell, NCF_SUMMARY_LEAST, digits)));
        set(object, "greatest", owned_string(ncf__cell_high(cell, digits)));
        set(object, "sum", owned_string(ncf__cell_low(cell, NCF_SUMMARY_SUM, digits)));
        break;
    case NCF_CELL_VERDICT:
        set(object, "yes", json_integer(cell->yes));
        set(object, "no", json_integer(cell->no));
        break;
    case NCF_CELL_SHARE:
        set(object, "part", owned_string(integer_text(cell->sum)));
        set(object, "whole", owned_string(integer_text(cell->greatest)));
        break;
    case NCF_CELL_HISTOGRAM:
        set(object, "bins", histogram_object(cell));
        break;
    case NCF_CELL_TEXT:
        break;
    }
    return object;
}

static json_t *tallies_object(const slong *tallies, slong cases)
{
    json_t *object = json_object();
    set(object, "cases", json_integer(cases));
    for (int status = 0; status < NCF_CASE_STATUS_COUNT; status++)
        set(object, ncf__case_status_key((ncf_case_status_t) status),
            json_integer(tallies[status]));
    return object;
}

static json_t *row_object(const struct ncf_table *table, const ncf_row_t *row, long digits)
{
    json_t *object = json_object(), *labels = json_object(), *values = json_object();
    for (int i = 0; i < table->label_count; i++)
        set(labels, table->label_names[i], json_string(row->labels[i]));
    for (int i = 0; i < table->column_count; i++)
        set(values, table->columns[i].kind->name,
            cell_object(&row->cells[i], table->columns[i].summary, digits));
    set(object, "labels", labels);
    set(object, "values", values);
    set(object, "status", tallies_object(row->tallies, row->cases));
    return object;
}

static json_t *columns_array(const struct ncf_table *table)
{
    static const char *const types[] = {"count",    "real",    "upper bound", "lower bound",
                                        "measured", "verdict", "share",       "histogram",
                                        "text"};
    json_t *list = json_array();
    for (int i = 0; i < table->column_count; i++) {
        const ncf_quantity_kind_t *kind = table->columns[i].kind;
        json_t *object = json_object();
        set(object, "name", json_string(kind->name));
        set(object, "heading", json_string(kind->heading));
        set(object, "type", json_string(types[kind->type]));
        json_array_append_new(list, object);
    }
    return list;
}

static json_t *notes_array(const struct ncf_table *table)
{
    slong count;
    json_t *list = json_array();
    ncf_note_t *notes = ncf__table_notes(&count, table);
    for (slong i = 0; i < count; i++) {
        json_t *object = json_object();
        set(object, "about", json_string(notes[i].lead));
        set(object, "text", json_string(notes[i].text));
        json_array_append_new(list, object);
    }
    ncf__table_notes_free(notes, count);
    return list;
}

static json_t *software_object(void)
{
    static const char *const names[] = {"gmp", "mpfr", "flint", "arb", "sundials"};
    json_t *object = json_object();
    set(object, "ncf", json_string(ncf_version()));
    set(object, "source", json_string(ncf__source_digest()));
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        set(object, names[i], json_string(ncf_library_version(names[i])));
    return object;
}

void ncf__table_write_json(FILE *stream, const struct ncf_table *table, long digits)
{
    json_t *document = json_object(), *rows = json_array(), *study = json_object();
    json_t *labels = json_array();
    set(study, "name", json_string(table->study_name));
    set(study, "sha256", json_string(table->study_sha256));
    for (int i = 0; i < table->label_count; i++)
        json_array_append_new(labels, json_string(table->label_names[i]));
    for (slong k = 0; k < table->row_count; k++)
        json_array_append_new(rows, row_object(table, &table->rows[k], digits));
    set(document, "format", json_string("ncf-table"));
    set(document, "version", json_integer(1));
    set(document, "title", json_string(table->title));
    set(document, "study", study);
    set(document, "command", json_string(table->command));
    set(document, "software", software_object());
    set(document, "labels", labels);
    set(document, "columns", columns_array(table));
    set(document, "rows", rows);
    set(document, "status", tallies_object(table->tallies, table->cases));
    set(document, "notes", notes_array(table));
    json_dumpf(document, stream, JSON_INDENT(1));
    fputc('\n', stream);
    json_decref(document);
}

/* ---- All formats ---------------------------------------------------------------- */

ncf_status_t ncf_table_write(FILE *stream, const ncf_table_t *table, ncf_table_format_t format,
                             long digits, ncf_error_t *err)
{
    typedef void (*writer_t)(FILE *, const struct ncf_table *, long);
    static const writer_t writers[] = {ncf__table_write_text, ncf__table_write_csv,
                                       ncf__table_write_markdown, ncf__table_write_latex,
                                       ncf__table_write_json};
    if (digits < 1 || digits > 10000)
        return ncf__fail(err, NCF_EARG, "digits must be between 1 and 10000");
    if ((int) format < 0 || format > NCF_TABLE_JSON)
        return ncf__fail(err, NCF_EARG, "the format is not one of those of ncf.h");
    writers[format](stream, table, digits);
    return ferror(stream) ? ncf__fail(err, NCF_EIO, "the table could not be written") : NCF_OK;
}
