/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * points.c: candidate weight vectors from a file. The bytes tell the format, so that
 * standard input needs no name: the magic of NPY, a bracket for JSON, else CSV.
 */
#include "reader.h"

#include <string.h>

const char *ncf__points_shape(struct ncf_points *points, uint64_t count, slong unknowns)
{
    if (count == 0)
        return "there is no candidate";
    if (count > NCF_POINTS_MAX_COUNT)
        return "too many candidates (at most 1000000)";
    if (count > NCF_POINTS_MAX_NUMBERS / (uint64_t) unknowns)
        return "too many numbers: candidates times weights must be at most 10000000";
    fmpq_mat_clear(points->rows);
    fmpq_mat_init(points->rows, (slong) count, unknowns);
    return NULL;
}

int ncf__candidate_is_zero(const fmpq *row, slong unknowns)
{
    for (slong j = 0; j < unknowns; j++) {
        if (!fmpq_is_zero(row + j))
            return 0;
    }
    return 1;
}

static ncf_status_t read_npy(struct ncf_points *points, ncf_document_t *document,
                             const char *bytes, size_t length, slong unknowns)
{
    ncf_npy_t npy;
    NCF_TRY(ncf__npy_header(&npy, points->name, bytes, length, document->err));
    if (npy.dimensions == 1) {
        npy.shape[1] = npy.shape[0];
        npy.shape[0] = 1;
    }
    if (npy.shape[1] != (uint64_t) unknowns)
        return ncf__fail_at(document->err, NCF_ESPEC, points->name, 0, 0,
                            "the array must have shape (%ld,) or (candidates, %ld): the "
                            "network has %ld weight%s",
                            (long) unknowns, (long) unknowns, (long) unknowns,
                            unknowns == 1 ? "" : "s");
    const char *fact = ncf__points_shape(points, npy.shape[0], unknowns);
    if (fact != NULL)
        return ncf__fail_at(document->err, NCF_ESPEC, points->name, 0, 0, "%s", fact);
    NCF_TRY(ncf__npy_entries(points->rows, document, &npy, points->name, bytes));
    for (slong k = 0; k < fmpq_mat_nrows(points->rows); k++) {
        if (ncf__candidate_is_zero(fmpq_mat_entry(points->rows, k, 0), unknowns))
            return ncf__fail_at(document->err, NCF_ESPEC, points->name, 0, 0,
                                "row %ld is zero: a direction needs a weight that is not",
                                (long) k);
    }
    return NCF_OK;
}

/* The first byte that is not a space, after a byte order mark; 0 if there is none. */
static char first_byte(const char *bytes, size_t length)
{
    size_t i = length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    while (i < length && bytes[i] != '\0' && strchr(" \t\r\n", bytes[i]) != NULL)
        i++;
    return i < length ? bytes[i] : '\0';
}

static ncf_status_t read_json(struct ncf_points *points, ncf_document_t *document,
                              const char *bytes, size_t length, slong unknowns)
{
    ncf_error_t *err = document->err;
    NCF_TRY(ncf__document_init(document, bytes, length, points->name, "", err));
    ncf_status_t status = ncf__points_json(points, document, unknowns);
    ncf__document_clear(document);
    return status;
}

static ncf_status_t read_csv(struct ncf_points *points, ncf_document_t *document,
                             const char *bytes, size_t length, slong unknowns)
{
    char *copy = ncf__malloc(length, 1);
    memcpy(copy, bytes, length);
    ncf_status_t status = ncf__points_csv(points, document, copy, length, unknowns);
    ncf__free(copy);
    return status;
}

static ncf_status_t read_format(struct ncf_points *points, const char *bytes, size_t length,
                                slong unknowns, ncf_error_t *err)
{
    ncf_document_t document;
    memset(&document, 0, sizeof(document));
    document.name = points->name;
    document.err = err;
    if (length == 0)
        return ncf__fail_at(err, NCF_EPARSE, points->name, 1, 1, "the file is empty");
    if (length >= 6 && memcmp(bytes, "\x93NUMPY", 6) == 0) {
        points->format = "npy";
        return read_npy(points, &document, bytes, length, unknowns);
    }
    if (length >= 4 && memcmp(bytes, "PK\x03\x04", 4) == 0)
        return ncf__fail_at(err, NCF_ESPEC, points->name, 0, 0,
                            "this is an archive (NPZ, or saved by PyTorch): write one array "
                            "of weights with numpy.save");
    char first = first_byte(bytes, length);
    if (first == '[' || first == '{') {
        points->format = "json";
        return read_json(points, &document, bytes, length, unknowns);
    }
    points->format = "csv";
    return read_csv(points, &document, bytes, length, unknowns);
}

ncf_status_t ncf_points_parse(ncf_points_t **out, const char *bytes, size_t length,
                              const char *name, const ncf_problem_t *problem, ncf_error_t *err)
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
                            "the network has more than 10000000 weights: no candidate is read");
    if (length > NCF_FILE_MAX_BYTES)
        return ncf__fail_at(err, NCF_ESPEC, name, 0, 0, "the file is larger than 256 MiB");
    struct ncf_points *points = ncf__calloc(1, sizeof(*points));
    points->name = ncf__strdup(name);
    ncf__sha256(points->sha256, bytes, length);
    fmpq_mat_init(points->rows, 0, 0);
    ncf_status_t status = read_format(points, bytes, length, n, err);
    if (status == NCF_OK)
        *out = points;
    else
        ncf_points_free(points);
    return status;
}

ncf_status_t ncf_points_read(ncf_points_t **out, const char *path, const ncf_problem_t *problem,
                             ncf_error_t *err)
{
    char *bytes, fact[NCF_FACT_SIZE];
    size_t length;
    const char *name = strcmp(path, "-") == 0 ? "<stdin>" : path;
    *out = NULL;
    ncf_status_t status = ncf__file_read(&bytes, &length, fact, path);
    if (status != NCF_OK)
        return ncf__fail_at(err, status, name, 0, 0, "%s", fact);
    status = ncf_points_parse(out, bytes, length, name, problem, err);
    ncf__free(bytes);
    return status;
}

void ncf_points_free(ncf_points_t *points)
{
    if (points == NULL)
        return;
    fmpq_mat_clear(points->rows);
    ncf__free(points->name);
    ncf__free(points);
}

size_t ncf_points_count(const ncf_points_t *points)
{
    return (size_t) fmpq_mat_nrows(points->rows);
}
