/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * place.c: the problems of a study are tried before anything is run. A fact about the text
 * of a case is led back to the place in the study file that it comes from: a value of the
 * grid, or a value of the base.
 */
#include "study_read.h"

#include <string.h>

#define MAX_STEPS 64

/* ---- From a byte of a compact JSON text to the way there ------------------------ */

/* Keys and indices, outermost first; all of them text. */
typedef struct {
    char steps[MAX_STEPS][64];
    int count;
} way_t;

static size_t after_string(const char *text, size_t i)
{
    for (i++; text[i] != '"' && text[i] != '\0'; i++) {
        if (text[i] == '\\' && text[i + 1] != '\0')
            i++;
    }
    return text[i] == '"' ? i + 1 : i;
}

/* One step towards the offset, from the value at i; returns the value there, or 0. */
static size_t step(way_t *way, const char *text, size_t length, size_t i, size_t offset)
{
    char open = text[i];
    if ((open != '{' && open != '[') || way->count == MAX_STEPS)
        return 0;
    i++;
    for (size_t index = 0; i < length && text[i] != '}' && text[i] != ']'; index++) {
        size_t start = i, value = i;
        if (open == '{')
            value = after_string(text, i) + 1;
        size_t end = ncf__json_skip_value(text, length, value);
        if (offset < end && offset >= start) {
            char *name = way->steps[way->count++];
            if (open == '{')
                snprintf(name, sizeof(way->steps[0]), "%.*s", (int) (value - start - 3),
                         text + start + 1);
            else
                snprintf(name, sizeof(way->steps[0]), "%zu", index);
            return value;
        }
        i = end < length && text[end] == ',' ? end + 1 : end;
    }
    return 0;
}

static void find_way(way_t *way, const char *text, size_t offset)
{
    size_t length = strlen(text), at = 0;
    way->count = 0;
    do
        at = step(way, text, length, at, offset);
    while (at > 0 && at < offset);
}

/* ---- From the way to a node of the study ---------------------------------------- */

/* Follows the steps from `first` on as far as the values have them, and fails there. */
static ncf_status_t fail_below(const ncf_document_t *document, const ncf_node_t *node,
                               const way_t *way, int first, ncf_status_t status,
                               const char *text)
{
    ncf_node_t child;
    if (first < way->count) {
        const char *name = way->steps[first];
        json_t *value = json_object_get(node->value, name);
        if (value != NULL) {
            child = (ncf_node_t){node, name, 0, value};
            return fail_below(document, &child, way, first + 1, status, text);
        }
        if (json_is_array(node->value)) {
            child = ncf__node_entry(node, strtoul(name, NULL, 10));
            if (child.value != NULL)
                return fail_below(document, &child, way, first + 1, status, text);
        }
    }
    return ncf__node_fail(document, node, status, "%s", text);
}

/* The number of steps of a path such as "network/widths" when the way begins with it, or 0. */
static int path_length(const char *path, const way_t *way)
{
    int count = 0;
    while (*path != '\0') {
        size_t length = strcspn(path, "/");
        if (count == way->count || strlen(way->steps[count]) != length ||
            memcmp(way->steps[count], path, length) != 0)
            return 0;
        count++;
        path += length + (path[length] == '/');
    }
    return count;
}

/* The value of an axis that was tried, in the grid of the study. */
static ncf_status_t fail_at_value(const struct ncf_study *study,
                                  const ncf_document_t *document, const ncf_node_t *grid,
                                  int axis, slong index, const way_t *way, int first,
                                  ncf_status_t status, const char *text)
{
    const ncf_axis_t *which = &study->axes[axis];
    ncf_node_t list = {grid, which->kind->name, 0,
                       json_object_get(grid->value, which->kind->name)};
    if (which->is_range)
        return ncf__node_fail(document, &list, status, "%s", text);
    if (which->kind->type == NCF_AXIS_HIDDEN)
        first = way->count; /* its entries stand at other places of the widths */
    ncf_node_t value = ncf__node_entry(&list, (size_t) ncf__study_digit(study, index, axis));
    return fail_below(document, &value, way, first, status, text);
}

/* Names the value, the base, or the axis that was being tried. */
static ncf_status_t fail_case(const struct ncf_study *study, const ncf_document_t *document,
                              const ncf_node_t *root, slong index, int tried, const way_t *way,
                              const ncf_error_t *fact)
{
    ncf_node_t grid = {root, "grid", 0, json_object_get(root->value, "grid")};
    ncf_node_t base = {root, "base", 0, json_object_get(root->value, "base")};
    for (int i = study->axis_count - 1; i >= 0 && way->count > 0; i--) {
        int first = path_length(study->axes[i].kind->path, way);
        if (first > 0)
            return fail_at_value(study, document, &grid, i, index, way, first, fact->status,
                                 fact->text);
    }
    if (base.value != NULL && way->count > 0)
        return fail_below(document, &base, way, 0, fact->status, fact->text);
    if (tried >= 0)
        return fail_at_value(study, document, &grid, tried, index, way, way->count,
                             fact->status, fact->text);
    return ncf__node_fail(document, base.value != NULL ? &base : root, fact->status, "%s",
                          fact->text);
}

/* ---- Trying --------------------------------------------------------------------- */

/* A problem file is refused at its own place, before the grid changes it. */
static ncf_status_t try_file(const struct ncf_study *study, slong index, ncf_error_t *err)
{
    for (int i = 0; i < study->axis_count; i++) {
        const ncf_axis_t *axis = &study->axes[i];
        ncf_problem_t *problem;
        if (axis->kind->type != NCF_AXIS_FILE)
            continue;
        const json_t *name =
            json_array_get(axis->values, (size_t) ncf__study_digit(study, index, i));
        char *path = ncf__file_resolve(study->directory, json_string_value(name));
        ncf_status_t status = ncf_problem_read(&problem, path, err);
        ncf__free(path);
        NCF_TRY(status);
        ncf_problem_free(problem);
    }
    return NCF_OK;
}

static ncf_status_t try_case(const struct ncf_study *study, ncf_document_t *document,
                             const ncf_node_t *root, slong index, int tried)
{
    static const char *const name = "a case";
    ncf_error_t fact;
    ncf_case_t item;
    way_t way = {.count = 0};
    ncf_problem_t *problem = NULL;
    NCF_TRY(try_file(study, index, document->err));
    ncf_error_init(&fact);
    ncf_status_t status = ncf__case_init(&item, study, index, &fact);
    if (status != NCF_OK && item.unfit >= 0)
        tried = item.unfit;
    if (status == NCF_OK) {
        status = ncf_problem_parse(&problem, item.text, strlen(item.text), name,
                                   item.directory, &fact);
        if (status != NCF_OK && strcmp(fact.source, name) == 0 && fact.column > 0)
            find_way(&way, item.text, (size_t) fact.column - 1);
        ncf_problem_free(problem);
        ncf__case_clear(&item);
    }
    if (status == NCF_OK)
        return NCF_OK;
    if (fact.source[0] != '\0' && strcmp(fact.source, name) != 0)
        return ncf__fail_at(document->err, status, fact.source, fact.line, fact.column, "%s",
                            fact.text);
    return fail_case(study, document, root, index, tried, &way, &fact);
}

ncf_status_t ncf__study_check_cases(const struct ncf_study *study, ncf_document_t *document,
                                    const ncf_node_t *root)
{
    slong stride = study->cases;
    NCF_TRY(try_case(study, document, root, 0, -1));
    for (int i = 0; i < study->axis_count; i++) {
        const ncf_axis_t *axis = &study->axes[i];
        slong count = (slong) json_array_size(axis->values);
        stride /= count;
        /* The values of a range are integers in bounds: the ends stand for all of them. */
        slong jump = axis->is_range && count > 1 ? count - 1 : 1;
        for (slong k = jump; k < count && axis->kind->option == NULL; k += jump)
            NCF_TRY(try_case(study, document, root, k * stride, i));
    }
    return NCF_OK;
}
