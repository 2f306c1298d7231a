/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * points_csv.c: candidates as comma-separated rows. A header is optional: the first line
 * is one when none of its cells looks like a number, so a first row with one bad cell is
 * refused, not skipped. Lines that start with # are comments, as numpy.savetxt writes them.
 */
#include "reader.h"

#include <string.h>
#include <strings.h>

static int is_comment(const ncf_csv_t *csv)
{
    return csv->at < csv->length && csv->bytes[csv->at] == '#';
}

void ncf__csv_skip_comments(ncf_csv_t *csv)
{
    while (is_comment(csv)) {
        const char *start = csv->bytes + csv->at;
        const char *end = memchr(start, '\n', csv->length - csv->at);
        csv->at = end != NULL ? (size_t) (end - csv->bytes) + 1 : csv->length;
        csv->line_start = csv->at;
        csv->line++;
    }
}

/* A digit, a sign or a point first; or not a number, or an infinity, by name. */
static int looks_like_number(const ncf_csv_cell_t *cell)
{
    static const char *const names[] = {"nan", "inf", "infinity"};
    if (cell->length > 0 && strchr("0123456789+-.", cell->text[0]) != NULL)
        return 1;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strlen(names[i]) == cell->length && strncasecmp(names[i], cell->text, cell->length) == 0)
            return 1;
    }
    return 0;
}

/*
 * Cells that hold numbers are read twice, which is harmless: unquoting changes only cells
 * with doubled quotes.
 */
ncf_status_t ncf__csv_skip_header(ncf_csv_t *csv)
{
    ncf_csv_t start = *csv;
    ncf_csv_cell_t cell;
    do {
        NCF_TRY(ncf__csv_cell(&cell, csv));
        if (looks_like_number(&cell)) {
            *csv = start;
            return NCF_OK;
        }
    } while (!cell.is_last);
    return NCF_OK;
}

uint64_t ncf__csv_count_rows(ncf_csv_t csv)
{
    uint64_t rows = 0;
    for (ncf__csv_skip_comments(&csv); csv.at < csv.length; ncf__csv_skip_comments(&csv)) {
        const char *end = memchr(csv.bytes + csv.at, '\n', csv.length - csv.at);
        csv.at = end != NULL ? (size_t) (end - csv.bytes) + 1 : csv.length;
        rows++;
    }
    return rows;
}

static ncf_status_t cell_fail(const ncf_csv_t *csv, const ncf_csv_cell_t *cell, const char *fact)
{
    return ncf__fail_at(csv->err, NCF_ESPEC, csv->name, cell->line, cell->column, "%s", fact);
}

static ncf_status_t length_fail(const ncf_csv_t *csv, const ncf_csv_cell_t *cell, slong unknowns)
{
    return ncf__fail_at(csv->err, NCF_ESPEC, csv->name, cell->line, cell->column,
                        "the row has %s numbers, the network has %ld weight%s",
                        cell->is_last ? "fewer" : "more", (long) unknowns,
                        unknowns == 1 ? "" : "s");
}

static ncf_status_t read_row(fmpq *row, ncf_csv_t *csv, ncf_document_t *document, slong unknowns)
{
    ncf_csv_cell_t cell;
    for (slong j = 0; j < unknowns; j++) {
        NCF_TRY(ncf__csv_cell(&cell, csv));
        if (j == 0 && cell.is_last && cell.length == 0)
            return cell_fail(csv, &cell, "the row is empty");
        const char *fact = ncf__rational_parse(row + j, cell.text, cell.length);
        if (fact == NULL)
            fact = ncf__document_charge(document, row + j);
        if (fact != NULL)
            return cell_fail(csv, &cell, fact);
        if (cell.is_last != (j + 1 == unknowns))
            return length_fail(csv, &cell, unknowns);
    }
    if (ncf__candidate_is_zero(row, unknowns)) {
        cell.column = 1;
        return cell_fail(csv, &cell, "the row is zero: a direction needs a weight that is not");
    }
    return NCF_OK;
}

ncf_status_t ncf__points_csv(struct ncf_points *points, ncf_document_t *document, char *bytes,
                             size_t length, slong unknowns)
{
    ncf_csv_t csv;
    ncf__csv_init(&csv, points->name, bytes, length, document->err);
    ncf__csv_skip_comments(&csv);
    if (csv.at < csv.length)
        NCF_TRY(ncf__csv_skip_header(&csv));
    const char *fact = ncf__points_shape(points, ncf__csv_count_rows(csv), unknowns);
    if (fact != NULL)
        return ncf__fail_at(csv.err, NCF_ESPEC, csv.name, 1, 1, "%s", fact);
    for (slong k = 0; k < fmpq_mat_nrows(points->rows); k++) {
        ncf__csv_skip_comments(&csv);
        NCF_TRY(read_row(fmpq_mat_entry(points->rows, k, 0), &csv, document, unknowns));
    }
    return NCF_OK;
}
