/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* study.c: reads a study file; every value of its grid is tried in a problem. */
#include "quantity.h"
#include "study_read.h"

#include <inttypes.h>
#include <string.h>

#define STUDY_KEYS "ncf-study, title, base, grid, options, quantities, group"

/* ---- Exact copies --------------------------------------------------------------- */

static json_t *copy_integer(const ncf_document_t *document, const json_t *value)
{
    json_int_t stored = json_integer_value(value);
    if (stored < NCF_LONG_INTEGER_BASE)
        return json_integer(stored);
    const char *token = document->text + (stored - NCF_LONG_INTEGER_BASE);
    int real;
    size_t left = document->length - (size_t) (stored - NCF_LONG_INTEGER_BASE);
    return json_stringn(token, ncf__json_number(&real, token, left));
}

ncf_status_t ncf__study_copy(json_t **out, ncf_document_t *document, const ncf_node_t *node)
{
    ncf_status_t status = NCF_OK;
    const char *key;
    json_t *value, *part;
    *out = NULL;
    if (json_is_real(node->value)) {
        fmpq_t unused;
        fmpq_init(unused);
        status = ncf__node_number(unused, document, node);
        fmpq_clear(unused);
        return status;
    }
    if (json_is_object(node->value)) {
        *out = json_object();
        json_object_foreach((json_t *) node->value, key, value)
        {
            ncf_node_t child = {node, key, 0, value};
            status = status == NCF_OK ? ncf__study_copy(&part, document, &child) : status;
            if (status == NCF_OK)
                json_object_set_new(*out, key, part);
        }
    } else if (json_is_array(node->value)) {
        *out = json_array();
        for (size_t i = 0; i < json_array_size(node->value) && status == NCF_OK; i++) {
            ncf_node_t child = ncf__node_entry(node, i);
            status = ncf__study_copy(&part, document, &child);
            if (status == NCF_OK)
                json_array_append_new(*out, part);
        }
    } else {
        *out = json_is_integer(node->value) ? copy_integer(document, node->value)
                                            : json_deep_copy(node->value);
    }
    if (status != NCF_OK) {
        json_decref(*out);
        *out = NULL;
    }
    return status;
}

/* ---- The grid ------------------------------------------------------------------- */

static ncf_status_t check_integers(const ncf_axis_kind_t *kind, const ncf_document_t *document,
                                   const ncf_node_t *node)
{
    uint64_t unused;
    size_t length;
    if (kind->type == NCF_AXIS_INTEGER ||
        (kind->type == NCF_AXIS_HIDDEN && !json_is_array(node->value)))
        return ncf__node_integer(&unused, document, node, kind->least, kind->most);
    NCF_TRY(ncf__node_list(&length, document, node, "a list of widths"));
    for (size_t i = 0; i < length; i++) {
        ncf_node_t entry = ncf__node_entry(node, i);
        NCF_TRY(ncf__node_integer(&unused, document, &entry, kind->least, kind->most));
    }
    return NCF_OK;
}

/* An exact number above 0, as it is written. */
static ncf_status_t read_positive(char **out, ncf_document_t *document, const ncf_node_t *node)
{
    fmpq_t value;
    fmpq_init(value);
    ncf_status_t status = ncf__node_number(value, document, node);
    if (status == NCF_OK && fmpq_sgn(value) <= 0)
        status = ncf__node_fail(document, node, NCF_ESPEC, "expected a number above 0");
    fmpq_clear(value);
    NCF_TRY(status);
    if (json_is_string(node->value)) {
        *out = ncf__strdup(json_string_value(node->value));
        return NCF_OK;
    }
    json_t *copy = copy_integer(document, node->value);
    *out = json_is_string(copy) ? ncf__strdup(json_string_value(copy))
                                : ncf__format("%lld", (long long) json_integer_value(copy));
    json_decref(copy);
    return NCF_OK;
}

static ncf_status_t check_value(const ncf_axis_kind_t *kind, ncf_document_t *document,
                                const ncf_node_t *node)
{
    const char *word;
    char *number;
    switch (kind->type) {
    case NCF_AXIS_INTEGER:
    case NCF_AXIS_WIDTHS:
    case NCF_AXIS_HIDDEN:
        return check_integers(kind, document, node);
    case NCF_AXIS_WORD:
    case NCF_AXIS_FILE:
        return ncf__node_string(&word, document, node);
    case NCF_AXIS_NUMBER:
        NCF_TRY(read_positive(&number, document, node));
        ncf__free(number);
        return NCF_OK;
    case NCF_AXIS_ACTIVATION:
        break;
    }
    return NCF_OK; /* the problem says what an activation is */
}

/* {"from": a, "to": b}: the integers from a to b. */
static ncf_status_t read_range(ncf_axis_t *axis, const ncf_document_t *document,
                               const ncf_node_t *node)
{
    ncf_node_t from, to;
    uint64_t first, last;
    const ncf_axis_kind_t *kind = axis->kind;
    if (kind->type != NCF_AXIS_INTEGER && kind->type != NCF_AXIS_HIDDEN)
        return ncf__node_fail(document, node, NCF_ESPEC, "this axis takes a list of values");
    NCF_TRY(ncf__node_object(document, node, "from, to"));
    NCF_TRY(ncf__node_member(&from, document, node, "from"));
    NCF_TRY(ncf__node_member(&to, document, node, "to"));
    NCF_TRY(ncf__node_integer(&first, document, &from, kind->least, kind->most));
    NCF_TRY(ncf__node_integer(&last, document, &to, first, kind->most));
    if (last - first >= NCF_STUDY_MAX_VALUES)
        return ncf__node_fail(document, &to, NCF_ESPEC, "an axis has at most %d values",
                              NCF_STUDY_MAX_VALUES);
    axis->is_range = 1;
    axis->values = json_array();
    for (uint64_t value = first; value <= last; value++)
        json_array_append_new(axis->values, json_integer((json_int_t) value));
    return NCF_OK;
}

/* Numbers of a list become text, so that all of them are. */
static void write_out_integers(json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *value = json_array_get(list, i);
        if (!json_is_integer(value))
            continue;
        char *text = ncf__format("%lld", (long long) json_integer_value(value));
        json_array_set_new(list, i, json_string(text));
        ncf__free(text);
    }
}

static ncf_status_t read_axis(ncf_axis_t *axis, ncf_document_t *document,
                              const ncf_node_t *node)
{
    size_t length;
    axis->kind = ncf__axis_find(node->key);
    if (axis->kind == NULL)
        return ncf__key_fail(document, node, NCF_ESPEC, "\"%.60s\" is not an axis (axes: %s)",
                             node->key, ncf__axis_names());
    if (json_is_object(node->value))
        return read_range(axis, document, node);
    NCF_TRY(ncf__node_list(&length, document, node, "a list of values"));
    if (length == 0 || length > NCF_STUDY_MAX_VALUES)
        return ncf__node_fail(document, node, NCF_ESPEC, "an axis has 1 to %d values",
                              NCF_STUDY_MAX_VALUES);
    for (size_t i = 0; i < length; i++) {
        ncf_node_t entry = ncf__node_entry(node, i);
        NCF_TRY(check_value(axis->kind, document, &entry));
    }
    NCF_TRY(ncf__study_copy(&axis->values, document, node));
    if (axis->kind->type == NCF_AXIS_NUMBER)
        write_out_integers(axis->values);
    return NCF_OK;
}

static int find_axis(const struct ncf_study *study, const char *name)
{
    for (int i = 0; i < study->axis_count; i++) {
        if (strcmp(study->axes[i].kind->name, name) == 0)
            return i;
    }
    return -1;
}

/* Two axes that set the same part of a problem. */
static ncf_status_t check_conflicts(const struct ncf_study *study,
                                    const ncf_document_t *document, const ncf_node_t *grid)
{
    static const char *const pairs[][2] = {
        {"widths", "dimension"}, {"widths", "hidden"}, {"activation", "degree"}};
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        if (find_axis(study, pairs[i][0]) >= 0 && find_axis(study, pairs[i][1]) >= 0) {
            ncf_node_t node = {grid, pairs[i][1], 0, NULL};
            return ncf__key_fail(document, &node, NCF_ESPEC,
                                 "the axes \"%s\" and \"%s\" exclude each other", pairs[i][0],
                                 pairs[i][1]);
        }
    }
    return NCF_OK;
}

static ncf_status_t read_grid(struct ncf_study *study, ncf_document_t *document,
                              const ncf_node_t *grid)
{
    const char *key;
    json_t *value;
    study->cases = 1;
    if (!json_is_object(grid->value))
        return ncf__node_object(document, grid, "");
    json_object_foreach((json_t *) grid->value, key, value)
    {
        ncf_node_t node = {grid, key, 0, value};
        if (study->axis_count == NCF_STUDY_MAX_AXES)
            return ncf__key_fail(document, &node, NCF_ESPEC, "a grid has at most %d axes",
                                 NCF_STUDY_MAX_AXES);
        ncf_axis_t *axis = &study->axes[study->axis_count++];
        NCF_TRY(read_axis(axis, document, &node));
        study->cases *= (slong) json_array_size(axis->values);
        if (study->cases > NCF_STUDY_MAX_CASES)
            return ncf__key_fail(document, &node, NCF_ESPEC, "the grid has more than %d cases",
                                 NCF_STUDY_MAX_CASES);
    }
    return check_conflicts(study, document, grid);
}

/* ---- The other sections --------------------------------------------------------- */

typedef struct {
    const char *key;
    uint64_t least, most;
} integer_option_t;

static ncf_status_t read_integer_options(ncf_case_options_t *options,
                                         const ncf_document_t *document,
                                         const ncf_node_t *node)
{
    static const integer_option_t table[] = {
        {"precision", 53, 100000},   {"max-precision", 53, 1000000},
        {"top", 0, 1000000},         {"max-classes", 0, 1000000000},
        {"seed", 0, INT64_MAX},      {"starts", 1, 10000000},
        {"flow-seed", 0, INT64_MAX}, {"runs", 1, 1000000}};
    uint64_t values[] = {(uint64_t) options->precision,
                         (uint64_t) options->max_precision,
                         options->top,
                         options->max_classes,
                         options->seed,
                         (uint64_t) options->starts,
                         options->flow_seed,
                         (uint64_t) options->runs};
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        ncf_node_t member;
        if (!ncf__node_has(node, table[i].key))
            continue;
        NCF_TRY(ncf__node_member(&member, document, node, table[i].key));
        NCF_TRY(
            ncf__node_integer(&values[i], document, &member, table[i].least, table[i].most));
    }
    options->precision = (long) values[0];
    options->max_precision = (long) FLINT_MAX(values[0], values[1]);
    options->top = values[2];
    options->max_classes = values[3];
    options->seed = values[4];
    options->starts = (long) values[5];
    options->flow_seed = values[6];
    options->runs = (long) values[7];
    return NCF_OK;
}

/* The number of a key as text, when it is there. */
static ncf_status_t read_text(char **out, ncf_document_t *document, const ncf_node_t *node,
                              const char *key)
{
    ncf_node_t member;
    if (!ncf__node_has(node, key))
        return NCF_OK;
    NCF_TRY(ncf__node_member(&member, document, node, key));
    return read_positive(out, document, &member);
}

static ncf_status_t read_time_limit(ncf_case_options_t *options, ncf_document_t *document,
                                    const ncf_node_t *node)
{
    char *text = NULL;
    fmpq_t seconds;
    NCF_TRY(read_text(&text, document, node, "time-limit"));
    if (text == NULL)
        return NCF_OK;
    fmpq_init(seconds);
    const char *fact = ncf__rational_parse(seconds, text, strlen(text));
    options->case_limit = fact == NULL ? fmpq_get_d(seconds) : 0;
    fmpq_clear(seconds);
    ncf__free(text);
    if (options->case_limit > 0 && options->case_limit <= 1e9)
        return NCF_OK;
    ncf_node_t member;
    NCF_TRY(ncf__node_member(&member, document, node, "time-limit"));
    return ncf__node_fail(document, &member, NCF_ESPEC, "a time limit is at most 1e9 seconds");
}

static ncf_status_t read_options(ncf_case_options_t *options, ncf_document_t *document,
                                 const ncf_node_t *root)
{
    ncf_node_t node, member;
    if (!ncf__node_has(root, "options"))
        return NCF_OK;
    NCF_TRY(ncf__node_member(&node, document, root, "options"));
    NCF_TRY(ncf__node_object(document, &node,
                             "precision, max-precision, top, max-classes, seed, starts, "
                             "lambda-min, time-limit, flow, flow-seed, delta, runs"));
    NCF_TRY(read_integer_options(options, document, &node));
    NCF_TRY(read_text(&options->lambda_min, document, &node, "lambda-min"));
    NCF_TRY(read_text(&options->delta, document, &node, "delta"));
    if (ncf__node_has(&node, "flow")) {
        int kind;
        NCF_TRY(ncf__node_member(&member, document, &node, "flow"));
        NCF_TRY(ncf__node_choice(&kind, document, &member, "training, ncf, sphere"));
        options->flow = (ncf_flow_kind_t) kind;
    }
    return read_time_limit(options, document, &node);
}
/* "points", or {"name": "points", "of": "sum"}. */
static ncf_status_t read_quantity(ncf_column_t *column, const ncf_document_t *document,
                                  const ncf_node_t *node)
{
    int kind, summary;
    ncf_node_t name = *node, of;
    if (json_is_object(node->value)) {
        NCF_TRY(ncf__node_object(document, node, "name, of"));
        NCF_TRY(ncf__node_member(&name, document, node, "name"));
    }
    NCF_TRY(ncf__node_choice(&kind, document, &name, ncf__quantity_names()));
    column->kind = ncf__quantity_kind(kind);
    column->summary = column->kind->summary;
    if (!json_is_object(node->value) || !ncf__node_has(node, "of"))
        return NCF_OK;
    NCF_TRY(ncf__node_member(&of, document, node, "of"));
    NCF_TRY(ncf__node_choice(&summary, document, &of, NCF_SUMMARY_NAMES));
    column->summary = (ncf_summary_t) summary;
    if (!column->kind->is_number)
        return ncf__node_fail(document, &of, NCF_ESPEC,
                              "\"%s\" is not a number: it has no other summary",
                              column->kind->name);
    return NCF_OK;
}

static ncf_status_t read_quantities(struct ncf_study *study, const ncf_document_t *document,
                                    const ncf_node_t *root)
{
    ncf_node_t list;
    size_t length;
    NCF_TRY(ncf__node_member(&list, document, root, "quantities"));
    NCF_TRY(ncf__node_list(&length, document, &list, "a list of quantities"));
    if (length == 0 || length > NCF_STUDY_MAX_QUANTITIES)
        return ncf__node_fail(document, &list, NCF_ESPEC, "a study has 1 to %d quantities",
                              NCF_STUDY_MAX_QUANTITIES);
    for (size_t i = 0; i < length; i++) {
        ncf_node_t entry = ncf__node_entry(&list, i);
        ncf_column_t *column = &study->columns[study->column_count++];
        NCF_TRY(read_quantity(column, document, &entry));
        for (int task = 0; task < NCF_TASK_COUNT; task++)
            study->needs[task] |= column->kind->tasks >> task & 1;
    }
    return NCF_OK;
}

static ncf_status_t read_group(struct ncf_study *study, const ncf_document_t *document,
                               const ncf_node_t *root)
{
    ncf_node_t list;
    size_t length;
    if (!ncf__node_has(root, "group"))
        return NCF_OK;
    NCF_TRY(ncf__node_member(&list, document, root, "group"));
    NCF_TRY(ncf__node_list(&length, document, &list, "a list of axes"));
    study->is_grouped = 1;
    for (size_t i = 0; i < length; i++) {
        const char *name;
        ncf_node_t entry = ncf__node_entry(&list, i);
        NCF_TRY(ncf__node_string(&name, document, &entry));
        int axis = find_axis(study, name);
        for (int j = 0; j < study->group_count; j++) {
            if (study->group[j] == axis)
                axis = -1;
        }
        if (axis < 0)
            return ncf__node_fail(document, &entry, NCF_ESPEC,
                                  "expected an axis of the grid that is not named twice");
        study->group[study->group_count++] = axis;
    }
    return NCF_OK;
}

static ncf_status_t check_version(const ncf_document_t *document, const ncf_node_t *root)
{
    ncf_node_t version;
    uint64_t number;
    if (!json_is_object(root->value))
        return ncf__node_object(document, root, STUDY_KEYS);
    NCF_TRY(ncf__node_member(&version, document, root, "ncf-study"));
    NCF_TRY(ncf__node_integer(&number, document, &version, 1, 1000000));
    if (number != 1)
        return ncf__node_fail(document, &version, NCF_EUNSUPPORTED,
                              "study files of version %" PRIu64 " are not supported yet",
                              number);
    return NCF_OK;
}

static ncf_status_t read_base(struct ncf_study *study, ncf_document_t *document,
                              const ncf_node_t *root)
{
    ncf_node_t base;
    int has_files = find_axis(study, "problem") >= 0;
    if (has_files && !ncf__node_has(root, "base"))
        return NCF_OK;
    NCF_TRY(ncf__node_member(&base, document, root, "base"));
    if (has_files)
        return ncf__key_fail(document, &base, NCF_ESPEC,
                             "the axis \"problem\" takes the place of a base");
    NCF_TRY(ncf__node_object(document, &base, "ncf, network, data, loss"));
    return ncf__study_copy(&study->base, document, &base);
}

static ncf_status_t read_sections(struct ncf_study *study, ncf_document_t *document)
{
    ncf_node_t root = {NULL, NULL, 0, document->root}, node;
    const char *title;
    NCF_TRY(check_version(document, &root));
    NCF_TRY(ncf__node_object(document, &root, STUDY_KEYS));
    if (ncf__node_has(&root, "title")) {
        NCF_TRY(ncf__node_member(&node, document, &root, "title"));
        NCF_TRY(ncf__node_string(&title, document, &node));
        study->title = ncf__strdup(title);
    }
    NCF_TRY(ncf__node_member(&node, document, &root, "grid"));
    NCF_TRY(read_grid(study, document, &node));
    NCF_TRY(read_base(study, document, &root));
    NCF_TRY(read_options(&study->options, document, &root));
    NCF_TRY(read_quantities(study, document, &root));
    NCF_TRY(read_group(study, document, &root));
    return ncf__study_check_cases(study, document, &root);
}

/* ---- The public functions ------------------------------------------------------- */

ncf_status_t ncf_study_parse(ncf_study_t **out, const char *text, size_t length,
                             const char *name, const char *directory, ncf_error_t *err)
{
    ncf_document_t document;
    *out = NULL;
    NCF_TRY(ncf__document_init(&document, text, length, name, directory, err));
    struct ncf_study *study = ncf__calloc(1, sizeof(*study));
    study->name = ncf__strdup(name);
    study->directory = ncf__strdup(directory);
    ncf__sha256(study->sha256, text, length);
    study->options = (ncf_case_options_t){.precision = 128,
                                          .max_precision = 8192,
                                          .top = 100,
                                          .max_classes = 2000000,
                                          .starts = 2000,
                                          .seed = 1,
                                          .flow_seed = 1,
                                          .runs = 1000};
    ncf_status_t status = read_sections(study, &document);
    ncf__document_clear(&document);
    if (status == NCF_OK)
        *out = study;
    else
        ncf_study_free(study);
    return status;
}

ncf_status_t ncf_study_read(ncf_study_t **out, const char *path, ncf_error_t *err)
{
    char *text, fact[NCF_FACT_SIZE];
    size_t length;
    const char *name = strcmp(path, "-") == 0 ? "<stdin>" : path;
    *out = NULL;
    ncf_status_t status = ncf__file_read(&text, &length, fact, path);
    if (status != NCF_OK)
        return ncf__fail_at(err, status, name, 0, 0, "%s", fact);
    char *directory = ncf__file_directory(path);
    status = ncf_study_parse(out, text, length, name, directory, err);
    ncf__free(directory);
    ncf__free(text);
    return status;
}

void ncf_study_free(ncf_study_t *study)
{
    if (study == NULL)
        return;
    for (int i = 0; i < study->axis_count; i++)
        json_decref(study->axes[i].values);
    json_decref(study->base);
    ncf__free(study->options.lambda_min);
    ncf__free(study->options.delta);
    ncf__free(study->title);
    ncf__free(study->directory);
    ncf__free(study->name);
    ncf__free(study);
}

size_t ncf_study_case_count(const ncf_study_t *study)
{
    return (size_t) study->cases;
}

/* ---- Cases by number ------------------------------------------------------------ */

slong ncf__study_digit(const struct ncf_study *study, slong index, int axis)
{
    for (int i = study->axis_count - 1; i > axis; i--)
        index /= (slong) json_array_size(study->axes[i].values);
    return index % (slong) json_array_size(study->axes[axis].values);
}

char *ncf__study_case_label(const struct ncf_study *study, slong index)
{
    char *text = ncf__strdup("");
    for (int i = 0; i < study->axis_count; i++) {
        const ncf_axis_t *axis = &study->axes[i];
        if (json_array_size(axis->values) < 2)
            continue;
        char *value = ncf__axis_label(
            axis->kind,
            json_array_get(axis->values, (size_t) ncf__study_digit(study, index, i)));
        char *longer = ncf__format("%s%s%s %s", text, *text != '\0' ? ", " : "",
                                   axis->kind->heading, value);
        ncf__free(text);
        ncf__free(value);
        text = longer;
    }
    return text;
}
