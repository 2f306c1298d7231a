/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* problem.c: the validated problem: reading it, freeing it, and its exact figures. */
#include "reader.h"

#include <inttypes.h>
#include <string.h>

/* The version comes first: another version may have other keys. */
static ncf_status_t check_version(const ncf_document_t *document, const ncf_node_t *root)
{
    ncf_node_t version;
    uint64_t number;
    if (!json_is_object(root->value))
        return ncf__node_object(document, root, "ncf");
    NCF_TRY(ncf__node_member(&version, document, root, "ncf"));
    NCF_TRY(ncf__node_integer(&number, document, &version, 1, 1000000));
    if (number != 1)
        return ncf__node_fail(document, &version, NCF_EUNSUPPORTED,
                              "problem files of version %" PRIu64 " are not supported yet",
                              number);
    return NCF_OK;
}

static ncf_status_t read_loss(struct ncf_problem *problem, const ncf_document_t *document,
                              const ncf_node_t *root)
{
    int loss = NCF_LOSS_SQUARE;
    if (ncf__node_has(root, "loss")) {
        ncf_node_t node;
        NCF_TRY(ncf__node_member(&node, document, root, "loss"));
        NCF_TRY(ncf__node_choice(&loss, document, &node, "square, logistic, exponential"));
    }
    problem->loss = (ncf_loss_t) loss;
    return NCF_OK;
}

static ncf_status_t read_sections(struct ncf_problem *problem, ncf_document_t *document)
{
    ncf_node_t root = {NULL, NULL, 0, document->root}, network, data;
    NCF_TRY(check_version(document, &root));
    NCF_TRY(ncf__node_object(document, &root, "ncf, network, data, loss"));
    NCF_TRY(ncf__node_member(&network, document, &root, "network"));
    NCF_TRY(ncf__node_member(&data, document, &root, "data"));
    NCF_TRY(read_loss(problem, document, &root));
    NCF_TRY(ncf__read_network(&problem->network, document, &network));
    return ncf__read_data(problem, document, &data);
}

ncf_status_t ncf_problem_parse(ncf_problem_t **out, const char *text, size_t length,
                               const char *name, const char *directory, ncf_error_t *err)
{
    ncf_document_t document;
    *out = NULL;
    ncf_status_t status = ncf__document_init(&document, text, length, name, directory, err);
    if (status != NCF_OK)
        return status;
    struct ncf_problem *problem = ncf__calloc(1, sizeof(*problem));
    problem->name = ncf__strdup(name);
    ncf__sha256(problem->sha256, text, length);
    fmpq_mat_init(problem->x, 0, 0);
    fmpq_mat_init(problem->y, 0, 0);
    status = read_sections(problem, &document);
    ncf__document_clear(&document);
    if (status == NCF_OK)
        *out = problem;
    else
        ncf_problem_free(problem);
    return status;
}

ncf_status_t ncf_problem_read(ncf_problem_t **out, const char *path, ncf_error_t *err)
{
    char *text, fact[NCF_FACT_SIZE];
    size_t length;
    const char *name = strcmp(path, "-") == 0 ? "<stdin>" : path;
    *out = NULL;
    ncf_status_t status = ncf__file_read(&text, &length, fact, path);
    if (status != NCF_OK)
        return ncf__fail_at(err, status, name, 0, 0, "%s", fact);
    char *directory = ncf__file_directory(path);
    status = ncf_problem_parse(out, text, length, name, directory, err);
    ncf__free(directory);
    ncf__free(text);
    return status;
}

void ncf_problem_free(ncf_problem_t *problem)
{
    if (problem == NULL)
        return;
    fmpq_mat_clear(problem->y);
    fmpq_mat_clear(problem->x);
    ncf__network_spec_clear(&problem->network);
    ncf__free(problem->name);
    ncf__free(problem);
}

/*
 * -(d/dh) at h = 0: of (h - y)^2/2 it is y, of ln(1 + exp(-y h)) it is y/2, and of
 * exp(-y h) it is y.
 */
void ncf__problem_weights(fmpq_mat_t out, const struct ncf_problem *problem)
{
    fmpq_mat_set(out, problem->y);
    if (problem->loss != NCF_LOSS_LOGISTIC)
        return;
    for (slong i = 0; i < problem->points; i++)
        fmpq_div_2exp(fmpq_mat_entry(out, i, 0), fmpq_mat_entry(out, i, 0), 1);
}
