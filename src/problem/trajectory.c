/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * trajectory.c: trajectories from a file. The magic bytes tell NPY, all else is CSV. The
 * number of columns tells what they are, for n weights: n, the weights; n + 1, the time
 * before them; n + 4, the time before them and loss, norm and N(w) after them, which are
 * not read.
 */
#include "trajectory.h"

#include "points.h"
#include "reader.h"

#include <string.h>

#define MIN_ROWS 2
#define DERIVED_COLUMNS 3 /* loss, norm, N(w) */

typedef struct {
    slong unknowns;
    slong columns;
    slong first; /* column of the first weight: 0, or 1 behind the time */
} layout_t;

/* NULL, or one fact, allocated, when no layout has that many columns. */
static char *find_layout(layout_t *layout, slong unknowns, uint64_t columns)
{
    uint64_t n = (uint64_t) unknowns;
    *layout = (layout_t) {unknowns, (slong) columns, columns != n};
    if (columns == n || columns == n + 1 || columns == n + 1 + DERIVED_COLUMNS)
        return NULL;
    return ncf__format("there are %llu columns: the network has %ld weight%s, so there must be "
                       "%ld, or %ld with the time first, or %ld with loss, norm and N at the end",
                       (unsigned long long) columns, (long) unknowns, unknowns == 1 ? "" : "s",
                       (long) unknowns, (long) unknowns + 1, (long) unknowns + 1 + DERIVED_COLUMNS);
}

static ncf_status_t fail_fact(const ncf_document_t *document, int line, int column, char *fact)
{
    ncf_status_t status =
        ncf__fail_at(document->err, NCF_ESPEC, document->name, line, column, "%s", fact);
    ncf__free(fact);
    return status;
}

/* Room for that many rows; NULL, or one fact, static. */
static const char *make_room(struct ncf_trajectory *trajectory, uint64_t count,
                             const layout_t *layout)
{
    if (count < MIN_ROWS)
        return "the trajectory is too short: at least two rows are needed";
    if (count > NCF_POINTS_MAX_COUNT)
        return "too many rows (at most 1000000)";
    if (count > NCF_POINTS_MAX_NUMBERS / (uint64_t) layout->columns)
        return "too many numbers: rows times columns must be at most 10000000";
    trajectory->count = (slong) count;
    trajectory->has_times = layout->first > 0;
    fmpq_mat_clear(trajectory->rows);
    fmpq_mat_init(trajectory->rows, trajectory->count, layout->unknowns);
    if (trajectory->has_times)
        trajectory->times = _fmpq_vec_init(trajectory->count);
    return NULL;
}

/* What must hold of row k when it has been read: NULL, or one fact, static. */
static const char *check_row(const struct ncf_trajectory *trajectory, slong k)
{
    slong n = fmpq_mat_ncols(trajectory->rows);
    if (k == 0 && ncf__candidate_is_zero(fmpq_mat_entry(trajectory->rows, 0, 0), n))
        return "the first row is zero: nothing moves from there";
    if (k > 0 && trajectory->has_times &&
        fmpq_cmp(trajectory->times + k, trajectory->times + k - 1) <= 0)
        return "the time is not greater than the one before";
    return NULL;
}

/* ---- NPY ------------------------------------------------------------------------- */

static ncf_status_t take_npy_rows(struct ncf_trajectory *trajectory, ncf_document_t *document,
                                  const fmpq_mat_t all, const layout_t *layout)
{
    for (slong k = 0; k < trajectory->count; k++) {
        if (trajectory->has_times)
            fmpq_set(trajectory->times + k, fmpq_mat_entry(all, k, 0));
        for (slong j = 0; j < layout->unknowns; j++)
            fmpq_set(fmpq_mat_entry(trajectory->rows, k, j),
                     fmpq_mat_entry(all, k, layout->first + j));
        const char *fact = check_row(trajectory, k);
        if (fact != NULL)
            return ncf__fail_at(document->err, NCF_ESPEC, document->name, 0, 0, "row %ld: %s",
                                (long) k, fact);
    }
    return NCF_OK;
}

static ncf_status_t read_npy(struct ncf_trajectory *trajectory, ncf_document_t *document,
                             const char *bytes, size_t length, slong unknowns)
{
    ncf_npy_t npy;
    layout_t layout;
    fmpq_mat_t all;
    NCF_TRY(ncf__npy_header(&npy, document->name, bytes, length, document->err));
    if (npy.dimensions != 2)
        return ncf__fail_at(document->err, NCF_ESPEC, document->name, 0, 0,
                            "a trajectory is an array of two dimensions, one row a moment");
    char *wrong = find_layout(&layout, unknowns, npy.shape[1]);
    if (wrong != NULL)
        return fail_fact(document, 0, 0, wrong);
    const char *fact = make_room(trajectory, npy.shape[0], &layout);
    if (fact != NULL)
        return ncf__fail_at(document->err, NCF_ESPEC, document->name, 0, 0, "%s", fact);
    fmpq_mat_init(all, trajectory->count, layout.columns);
    ncf_status_t status = ncf__npy_entries(all, document, &npy, document->name, bytes);
    if (status == NCF_OK)
        status = take_npy_rows(trajectory, document, all, &layout);
    fmpq_mat_clear(all);
    return status;
}

/* ---- CSV ------------------------------------------------------------------------- */

/* Where the cell at that column goes; NULL for one that is not kept. */
static fmpq *cell_target(struct ncf_trajectory *trajectory, slong row, slong column,
                         const layout_t *layout)
{
    slong weight = column - layout->first;
    if (weight < 0)
        return trajectory->times + row;
    return weight < layout->unknowns ? fmpq_mat_entry(trajectory->rows, row, weight) : NULL;
}

static ncf_status_t read_csv_row(struct ncf_trajectory *trajectory, ncf_csv_t *csv,
                                 ncf_document_t *document, slong row, const layout_t *layout)
{
    ncf_csv_cell_t cell;
    int line = csv->line;
    for (slong j = 0; j < layout->columns; j++) {
        const char *fact = NULL;
        NCF_TRY(ncf__csv_cell(&cell, csv));
        fmpq *target = cell_target(trajectory, row, j, layout);
        if (target != NULL)
            fact = ncf__rational_parse(target, cell.text, cell.length);
        if (fact == NULL && target != NULL)
            fact = ncf__document_charge(document, target);
        if (fact == NULL && cell.is_last != (j + 1 == layout->columns))
            fact = cell.is_last ? "the row has fewer numbers than the first one"
                                : "the row has more numbers than the first one";
        if (fact != NULL)
            return ncf__fail_at(csv->err, NCF_ESPEC, csv->name, cell.line, cell.column, "%s", fact);
    }
    const char *fact = check_row(trajectory, row);
    if (fact != NULL)
        return ncf__fail_at(csv->err, NCF_ESPEC, csv->name, line, 1, "%s", fact);
    return NCF_OK;
}

/* The cells of the next line; the reader stays where it is. */
static ncf_status_t count_columns(uint64_t *columns, ncf_csv_t csv)
{
    ncf_csv_cell_t cell = {0};
    for (*columns = 0; !cell.is_last; (*columns)++)
        NCF_TRY(ncf__csv_cell(&cell, &csv));
    return NCF_OK;
}

static ncf_status_t read_csv(struct ncf_trajectory *trajectory, ncf_document_t *document,
                             char *bytes, size_t length, slong unknowns)
{
    ncf_csv_t csv;
    layout_t layout;
    uint64_t columns;
    ncf__csv_init(&csv, document->name, bytes, length, document->err);
    ncf__csv_skip_comments(&csv);
    if (csv.at < csv.length)
        NCF_TRY(ncf__csv_skip_header(&csv));
    ncf__csv_skip_comments(&csv);
    uint64_t rows = ncf__csv_count_rows(csv);
    if (rows == 0)
        return ncf__fail_at(csv.err, NCF_ESPEC, csv.name, 1, 1,
                            "the trajectory is too short: at least two rows are needed");
    NCF_TRY(count_columns(&columns, csv));
    char *wrong = find_layout(&layout, unknowns, columns);
    if (wrong != NULL)
        return fail_fact(document, csv.line, 1, wrong);
    const char *fact = make_room(trajectory, rows, &layout);
    if (fact != NULL)
        return ncf__fail_at(csv.err, NCF_ESPEC, csv.name, csv.line, 1, "%s", fact);
    for (slong k = 0; k < trajectory->count; k++) {
        ncf__csv_skip_comments(&csv);
        NCF_TRY(read_csv_row(trajectory, &csv, document, k, &layout));
    }
    return NCF_OK;
}

/* ---- The whole ------------------------------------------------------------------- */

static ncf_status_t read_format(struct ncf_trajectory *trajectory, const char *bytes,
                                size_t length, slong unknowns, ncf_error_t *err)
{
    ncf_document_t document;
    memset(&document, 0, sizeof(document));
    document.name = trajectory->name;
    document.err = err;
    if (length == 0)
        return ncf__fail_at(err, NCF_EPARSE, trajectory->name, 1, 1, "the file is empty");
    if (length >= 6 && memcmp(bytes, "\x93NUMPY", 6) == 0) {
        trajectory->format = "npy";
        return read_npy(trajectory, &document, bytes, length, unknowns);
    }
    if (length >= 4 && memcmp(bytes, "PK\x03\x04", 4) == 0)
        return ncf__fail_at(err, NCF_ESPEC, trajectory->name, 0, 0,
                            "this is an archive (NPZ, or saved by PyTorch): write one array, "
                            "one row a moment, with numpy.save");
    trajectory->format = "csv";
    char *copy = ncf__malloc(length, 1);
    memcpy(copy, bytes, length);
    ncf_status_t status = read_csv(trajectory, &document, copy, length, unknowns);
    ncf__free(copy);
    return status;
}

ncf_status_t ncf_trajectory_parse(ncf_trajectory_t **out, const char *bytes, size_t length,
                                  const char *name, const ncf_problem_t *problem,
                                  ncf_error_t *err)
{
    fmpz_t unknowns;
    *out = NULL;
    fmpz_init(unknowns);
    ncf__problem_unknowns(unknowns, problem);
    int fits = fmpz_cmp_si(unknowns, NCF_POINTS_MAX_NUMBERS) <= 0;
    slong n = fits ? fmpz_get_si(unknowns) : 0;
    fmpz_clear(unknowns);
    if (!fits)
        return ncf__fail_at(err, NCF_ESPEC, problem->name, 0, 0,
                            "the network has more than 10000000 weights: no trajectory is read");
    if (length > NCF_FILE_MAX_BYTES)
        return ncf__fail_at(err, NCF_ESPEC, name, 0, 0, "the file is larger than 256 MiB");
    struct ncf_trajectory *trajectory = ncf__calloc(1, sizeof(*trajectory));
    trajectory->name = ncf__strdup(name);
    ncf__sha256(trajectory->sha256, bytes, length);
    fmpq_mat_init(trajectory->rows, 0, 0);
    ncf_status_t status = read_format(trajectory, bytes, length, n, err);
    if (status == NCF_OK)
        *out = trajectory;
    else
        ncf_trajectory_free(trajectory);
    return status;
}

ncf_status_t ncf_trajectory_read(ncf_trajectory_t **out, const char *path,
                                 const ncf_problem_t *problem, ncf_error_t *err)
{
    char *bytes, fact[NCF_FACT_SIZE];
    size_t length;
    const char *name = strcmp(path, "-") == 0 ? "<stdin>" : path;
    *out = NULL;
    ncf_status_t status = ncf__file_read(&bytes, &length, fact, path);
    if (status != NCF_OK)
        return ncf__fail_at(err, status, name, 0, 0, "%s", fact);
    status = ncf_trajectory_parse(out, bytes, length, name, problem, err);
    ncf__free(bytes);
    return status;
}

void ncf_trajectory_free(ncf_trajectory_t *trajectory)
{
    if (trajectory == NULL)
        return;
    if (trajectory->times != NULL)
        _fmpq_vec_clear(trajectory->times, trajectory->count);
    fmpq_mat_clear(trajectory->rows);
    ncf__free(trajectory->name);
    ncf__free(trajectory);
}

size_t ncf_trajectory_count(const ncf_trajectory_t *trajectory)
{
    return (size_t) trajectory->count;
}
