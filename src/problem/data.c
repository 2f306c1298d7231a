/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* data.c: the section "data": inline numbers, a CSV file, NPY files, or drawn data. */
#include "reader.h"

#include <string.h>

const char *ncf__problem_shape(struct ncf_problem *problem, uint64_t points)
{
    uint64_t inputs = (uint64_t) problem->network.inputs;
    if (points == 0)
        return "at least one data point is needed";
    if (points > NCF_PROBLEM_MAX_NUMBERS / (inputs + 1))
        return "too many data: points times (inputs + 1) must be at most 10000000";
    fmpq_mat_clear(problem->x);
    fmpq_mat_clear(problem->y);
    fmpq_mat_init(problem->x, (slong) points, (slong) inputs);
    fmpq_mat_init(problem->y, (slong) points, 1);
    problem->points = (slong) points;
    return NULL;
}

static ncf_status_t read_row(struct ncf_problem *problem, slong i, ncf_document_t *document,
                             const ncf_node_t *row)
{
    size_t length, inputs = (size_t) problem->network.inputs;
    NCF_TRY(ncf__node_list(&length, document, row, "a list of inputs"));
    if (length != inputs)
        return ncf__node_fail(document, row, NCF_ESPEC,
                              "this point has %zu inputs, the network %zu", length, inputs);
    for (size_t j = 0; j < length; j++) {
        ncf_node_t entry = ncf__node_entry(row, j);
        NCF_TRY(ncf__node_number(fmpq_mat_entry(problem->x, i, (slong) j), document, &entry));
    }
    return NCF_OK;
}

static ncf_status_t read_inline(struct ncf_problem *problem, ncf_document_t *document,
                                const ncf_node_t *node)
{
    ncf_node_t x, y;
    size_t points, labels;
    NCF_TRY(ncf__node_object(document, node, "x, y"));
    NCF_TRY(ncf__node_member(&x, document, node, "x"));
    NCF_TRY(ncf__node_member(&y, document, node, "y"));
    NCF_TRY(ncf__node_list(&points, document, &x, "a list of points"));
    NCF_TRY(ncf__node_list(&labels, document, &y, "a list of labels"));
    if (labels != points)
        return ncf__node_fail(document, &y, NCF_ESPEC, "%zu labels for %zu points", labels,
                              points);
    const char *fact = ncf__problem_shape(problem, points);
    if (fact != NULL)
        return ncf__node_fail(document, &x, NCF_ESPEC, "%s", fact);
    for (slong i = 0; i < problem->points; i++) {
        ncf_node_t row = ncf__node_entry(&x, (size_t) i);
        ncf_node_t label = ncf__node_entry(&y, (size_t) i);
        NCF_TRY(read_row(problem, i, document, &row));
        NCF_TRY(ncf__node_number(fmpq_mat_entry(problem->y, i, 0), document, &label));
    }
    return NCF_OK;
}

/* Reads the file that a node names: *name and *bytes are the caller's to free. */
static ncf_status_t read_named(char **name, char **bytes, size_t *length,
                               const ncf_document_t *document, const ncf_node_t *node)
{
    const char *path;
    char fact[NCF_FACT_SIZE];
    NCF_TRY(ncf__node_string(&path, document, node));
    if (path[0] == '\0' || strcmp(path, "-") == 0)
        return ncf__node_fail(document, node, NCF_ESPEC, "expected the name of a file");
    *name = ncf__file_resolve(document->directory, path);
    ncf_status_t status = ncf__file_read(bytes, length, fact, *name);
    if (status != NCF_OK) {
        ncf__node_fail(document, node, status, "%.200s: %s", path, fact);
        ncf__free(*name);
    }
    return status;
}

static ncf_status_t read_csv(struct ncf_problem *problem, ncf_document_t *document,
                             const ncf_node_t *node)
{
    ncf_node_t file, column;
    const char *label;
    char *name, *bytes;
    size_t length;
    NCF_TRY(ncf__node_object(document, node, "csv, label"));
    NCF_TRY(ncf__node_member(&file, document, node, "csv"));
    NCF_TRY(ncf__node_member(&column, document, node, "label"));
    NCF_TRY(ncf__node_string(&label, document, &column));
    NCF_TRY(read_named(&name, &bytes, &length, document, &file));
    ncf_status_t status = ncf__csv_parse(problem, document, name, bytes, length, label);
    ncf__free(name);
    ncf__free(bytes);
    return status;
}

/* Checks the shape of the inputs (rows = 0) or of the labels (rows = N). */
static ncf_status_t check_shape(struct ncf_problem *problem, const ncf_npy_t *npy,
                                const char *name, int labels, ncf_error_t *err)
{
    if (labels) {
        if (npy->shape[1] != 1 || npy->shape[0] != (uint64_t) problem->points)
            return ncf__fail_at(err, NCF_ESPEC, name, 0, 0,
                                "the labels must have shape (%ld,) or (%ld, 1)",
                                (long) problem->points, (long) problem->points);
        return NCF_OK;
    }
    if (npy->dimensions != 2 || npy->shape[1] != (uint64_t) problem->network.inputs)
        return ncf__fail_at(err, NCF_ESPEC, name, 0, 0,
                            "the inputs must have shape (points, %ld)",
                            (long) problem->network.inputs);
    const char *fact = ncf__problem_shape(problem, npy->shape[0]);
    return fact == NULL ? NCF_OK : ncf__fail_at(err, NCF_ESPEC, name, 0, 0, "%s", fact);
}

static ncf_status_t read_array(struct ncf_problem *problem, int labels,
                               ncf_document_t *document, const ncf_node_t *node)
{
    char *name, *bytes;
    size_t length;
    ncf_npy_t npy;
    NCF_TRY(read_named(&name, &bytes, &length, document, node));
    ncf_status_t status = ncf__npy_header(&npy, name, bytes, length, document->err);
    if (status == NCF_OK)
        status = check_shape(problem, &npy, name, labels, document->err);
    if (status == NCF_OK)
        status =
            ncf__npy_entries(labels ? problem->y : problem->x, document, &npy, name, bytes);
    ncf__free(name);
    ncf__free(bytes);
    return status;
}

static ncf_status_t read_npy(struct ncf_problem *problem, ncf_document_t *document,
                             const ncf_node_t *node)
{
    ncf_node_t npy, x, y;
    NCF_TRY(ncf__node_object(document, node, "npy"));
    NCF_TRY(ncf__node_member(&npy, document, node, "npy"));
    NCF_TRY(ncf__node_object(document, &npy, "x, y"));
    NCF_TRY(ncf__node_member(&x, document, &npy, "x"));
    NCF_TRY(ncf__node_member(&y, document, &npy, "y"));
    NCF_TRY(read_array(problem, 0, document, &x));
    return read_array(problem, 1, document, &y);
}

static ncf_status_t read_random(struct ncf_problem *problem, ncf_document_t *document,
                                const ncf_node_t *node)
{
    ncf_node_t random;
    NCF_TRY(ncf__node_object(document, node, "random"));
    NCF_TRY(ncf__node_member(&random, document, node, "random"));
    return ncf__read_random(problem, document, &random);
}

ncf_status_t ncf__read_data(struct ncf_problem *problem, ncf_document_t *document,
                            const ncf_node_t *node)
{
    NCF_TRY(ncf__node_object(document, node, "x, y, csv, label, npy, random"));
    if (ncf__node_has(node, "csv"))
        return read_csv(problem, document, node);
    if (ncf__node_has(node, "npy"))
        return read_npy(problem, document, node);
    if (ncf__node_has(node, "random"))
        return read_random(problem, document, node);
    if (ncf__node_has(node, "x") || ncf__node_has(node, "y"))
        return read_inline(problem, document, node);
    return ncf__node_fail(document, node, NCF_ESPEC,
                          "expected x and y, csv and label, npy, or random");
}
