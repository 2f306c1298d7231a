/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * csv.c: comma-separated data: a header, then one row a point. The label column is found
 * by its name, the other columns are the inputs in order. Cells may be quoted (a quote
 * inside is doubled), lines may end in CR LF, a byte order mark is skipped. A line feed
 * inside quotes is refused, so lines can be counted before they are read.
 */
#include "reader.h"

#include <string.h>

static ncf_status_t cell_fail(const ncf_csv_t *csv, const ncf_csv_cell_t *cell, ncf_status_t status,
                              const char *fact)
{
    return ncf__fail_at(csv->err, status, csv->name, cell->line, cell->column, "%s", fact);
}

static int is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Is there a line end at the next byte: LF, CR LF, or the end of the file? */
static int at_line_end(const ncf_csv_t *csv)
{
    size_t i = csv->at;
    if (i < csv->length && csv->bytes[i] == '\r')
        i++;
    return i >= csv->length || csv->bytes[i] == '\n';
}

/* From after the opening quote to after the closing one, unquoting in place. */
static ncf_status_t read_quoted(ncf_csv_cell_t *cell, ncf_csv_t *csv)
{
    char *out = csv->bytes + csv->at;
    cell->text = out;
    for (;;) {
        if (csv->at >= csv->length || csv->bytes[csv->at] == '\n')
            return cell_fail(csv, cell, NCF_EPARSE, "the quote is not closed on this line");
        char c = csv->bytes[csv->at++];
        if (c == '"') {
            if (csv->at >= csv->length || csv->bytes[csv->at] != '"')
                break;
            csv->at++;
        }
        *out++ = c;
    }
    cell->length = (size_t) (out - cell->text);
    return NCF_OK;
}

static void read_plain(ncf_csv_cell_t *cell, ncf_csv_t *csv)
{
    cell->text = csv->bytes + csv->at;
    while (!at_line_end(csv) && csv->bytes[csv->at] != ',')
        csv->at++;
    cell->length = (size_t) (csv->bytes + csv->at - cell->text);
    while (cell->length > 0 && is_blank(cell->text[cell->length - 1]))
        cell->length--;
}

static void skip_blanks(ncf_csv_t *csv)
{
    while (csv->at < csv->length && is_blank(csv->bytes[csv->at]))
        csv->at++;
}

ncf_status_t ncf__csv_cell(ncf_csv_cell_t *cell, ncf_csv_t *csv)
{
    skip_blanks(csv);
    cell->line = csv->line;
    cell->column = (int) (csv->at - csv->line_start) + 1;
    if (csv->at < csv->length && csv->bytes[csv->at] == '"') {
        csv->at++;
        NCF_TRY(read_quoted(cell, csv));
        skip_blanks(csv);
    } else {
        read_plain(cell, csv);
    }
    cell->is_last = at_line_end(csv);
    if (!cell->is_last && csv->bytes[csv->at] != ',')
        return cell_fail(csv, cell, NCF_EPARSE, "a comma is missing after the closing quote");
    if (cell->is_last && csv->at < csv->length && csv->bytes[csv->at] == '\r')
        csv->at++;
    if (csv->at < csv->length)
        csv->at++;
    if (cell->is_last) {
        csv->line++;
        csv->line_start = csv->at;
    }
    return NCF_OK;
}

void ncf__csv_init(ncf_csv_t *csv, const char *name, char *bytes, size_t length, ncf_error_t *err)
{
    *csv = (ncf_csv_t) {name, bytes, length, 0, 0, 1, err};
    if (length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0)
        csv->at = csv->line_start = 3;
}

/* Reads the header: the number of columns and the index of the label. */
static ncf_status_t read_header(slong *columns, slong *label_column, ncf_csv_t *csv,
                                const char *label)
{
    ncf_csv_cell_t cell;
    *columns = 0;
    *label_column = -1;
    do {
        NCF_TRY(ncf__csv_cell(&cell, csv));
        if (cell.length == strlen(label) && memcmp(cell.text, label, cell.length) == 0) {
            if (*label_column >= 0)
                return cell_fail(csv, &cell, NCF_ESPEC, "the label column appears twice");
            *label_column = *columns;
        }
        (*columns)++;
    } while (!cell.is_last);
    if (*label_column < 0)
        return ncf__fail_at(csv->err, NCF_ESPEC, csv->name, 1, 1,
                            "the header has no column \"%.60s\" for the label", label);
    return NCF_OK;
}

/* The rows after the header, if the file is well formed. */
static uint64_t count_rows(const ncf_csv_t *csv)
{
    uint64_t rows = 0;
    for (size_t i = csv->at; i < csv->length; i++)
        rows += csv->bytes[i] == '\n';
    return rows + (csv->at < csv->length && csv->bytes[csv->length - 1] != '\n');
}

/* Reads one number into out, and checks that the row ends with the header's. */
static ncf_status_t read_number(fmpq_t out, ncf_csv_t *csv, ncf_document_t *document,
                                slong column, slong columns)
{
    ncf_csv_cell_t cell;
    NCF_TRY(ncf__csv_cell(&cell, csv));
    if (column == 0 && cell.is_last && cell.length == 0)
        return cell_fail(csv, &cell, NCF_EPARSE, "the row is empty");
    if (cell.is_last != (column + 1 == columns))
        return ncf__fail_at(csv->err, NCF_EPARSE, csv->name, cell.line, cell.column,
                            "the row has %s than the header, which has %ld",
                            cell.is_last ? "fewer cells" : "more cells", (long) columns);
    if (cell.length == 0)
        return cell_fail(csv, &cell, NCF_EPARSE, "the cell is empty");
    const char *fact = ncf__rational_parse(out, cell.text, cell.length);
    if (fact == NULL)
        fact = ncf__document_charge(document, out);
    return fact == NULL ? NCF_OK : cell_fail(csv, &cell, NCF_ESPEC, fact);
}

static ncf_status_t read_row(struct ncf_problem *problem, slong i, ncf_csv_t *csv,
                             ncf_document_t *document, slong label_column)
{
    slong columns = problem->network.inputs + 1;
    for (slong c = 0; c < columns; c++) {
        fmpq *out = c == label_column
                        ? fmpq_mat_entry(problem->y, i, 0)
                        : fmpq_mat_entry(problem->x, i, c < label_column ? c : c - 1);
        NCF_TRY(read_number(out, csv, document, c, columns));
    }
    return NCF_OK;
}

ncf_status_t ncf__csv_parse(struct ncf_problem *problem, ncf_document_t *document,
                            const char *name, char *bytes, size_t length, const char *label)
{
    ncf_csv_t csv;
    slong columns, label_column;
    ncf__csv_init(&csv, name, bytes, length, document->err);
    if (csv.at == length)
        return ncf__fail_at(csv.err, NCF_EPARSE, name, 1, 1, "the file is empty");
    NCF_TRY(read_header(&columns, &label_column, &csv, label));
    if (columns - 1 != problem->network.inputs)
        return ncf__fail_at(csv.err, NCF_ESPEC, name, 1, 1,
                            "the file has %ld input columns, the network %ld inputs",
                            (long) columns - 1, (long) problem->network.inputs);
    const char *fact = ncf__problem_shape(problem, count_rows(&csv));
    if (fact != NULL)
        return ncf__fail_at(csv.err, NCF_ESPEC, name, 1, 1, "%s", fact);
    for (slong i = 0; i < problem->points; i++)
        NCF_TRY(read_row(problem, i, &csv, document, label_column));
    return NCF_OK;
}
