/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* case.c: the problem of a case, and the key that addresses its records. */
#include "study_read.h"

#include <inttypes.h>
#include <string.h>

/* ---- The problem ---------------------------------------------------------------- */

/* The problem of a file, as the base of a case. */
static ncf_status_t load_file(json_t **base, char **directory, const char *path,
                              ncf_error_t *err)
{
    char *text, fact[NCF_FACT_SIZE];
    size_t length;
    ncf_document_t document;
    ncf_status_t status = ncf__file_read(&text, &length, fact, path);
    if (status != NCF_OK)
        return ncf__fail_at(err, status, path, 0, 0, "%s", fact);
    status = ncf__document_init(&document, text, length, path, "", err);
    if (status == NCF_OK) {
        ncf_node_t root = {NULL, NULL, 0, document.root};
        status = ncf__study_copy(base, &document, &root);
        ncf__document_clear(&document);
    }
    ncf__free(text);
    if (status == NCF_OK)
        *directory = ncf__file_directory(path);
    return status;
}

/* Puts the values of all axes in; *unfit is the one for which there is no place. */
static ncf_status_t apply_axes(int *unfit, json_t *problem, const struct ncf_study *study,
                               slong index, ncf_error_t *err)
{
    for (int i = 0; i < study->axis_count; i++) {
        const ncf_axis_t *axis = &study->axes[i];
        if (axis->kind->apply == NULL)
            continue;
        const json_t *value =
            json_array_get(axis->values, (size_t) ncf__study_digit(study, index, i));
        if (!axis->kind->apply(problem, value)) {
            *unfit = i;
            return ncf__fail(err, NCF_ESPEC, "the axis \"%s\" needs %s", axis->kind->name,
                             axis->kind->place);
        }
    }
    return NCF_OK;
}

/* ---- Data files ----------------------------------------------------------------- */

static ncf_status_t digest_file(json_t *files, const char *directory, const json_t *name,
                                ncf_error_t *err)
{
    char *bytes, fact[NCF_FACT_SIZE], hex[65];
    size_t length;
    if (!json_is_string(name))
        return NCF_OK; /* the problem is refused when it is parsed */
    char *path = ncf__file_resolve(directory, json_string_value(name));
    ncf_status_t status = ncf__file_read(&bytes, &length, fact, path);
    if (status == NCF_OK) {
        ncf__sha256(hex, bytes, length);
        json_object_set_new(files, json_string_value(name), json_string(hex));
        ncf__free(bytes);
    } else {
        ncf__fail_at(err, status, path, 0, 0, "%s", fact);
    }
    ncf__free(path);
    return status;
}

static ncf_status_t digest_files(json_t *files, const json_t *problem, const char *directory,
                                 ncf_error_t *err)
{
    const json_t *data = json_object_get(problem, "data");
    const json_t *npy = json_object_get(data, "npy");
    NCF_TRY(digest_file(files, directory, json_object_get(data, "csv"), err));
    NCF_TRY(digest_file(files, directory, json_object_get(npy, "x"), err));
    return digest_file(files, directory, json_object_get(npy, "y"), err);
}

/* ---- The case ------------------------------------------------------------------- */

/* A value of an axis that is an option; texts are borrowed. */
static void set_option(ncf_case_options_t *options, const char *name, const json_t *value)
{
    if (strcmp(name, "lambda-min") == 0)
        options->lambda_min = (char *) json_string_value(value);
    else if (strcmp(name, "delta") == 0)
        options->delta = (char *) json_string_value(value);
    else
        options->start = (uint64_t) json_integer_value(value);
}

static char *copy_text(const char *text)
{
    return text != NULL ? ncf__strdup(text) : NULL;
}

/* The options of the study, and those that are axes. */
static void set_options(ncf_case_t *out, const struct ncf_study *study, slong index)
{
    out->options = study->options;
    for (int i = 0; i < study->axis_count; i++) {
        const ncf_axis_t *axis = &study->axes[i];
        if (axis->kind->option != NULL)
            set_option(
                &out->options, axis->kind->option,
                json_array_get(axis->values, (size_t) ncf__study_digit(study, index, i)));
    }
    out->options.lambda_min = copy_text(out->options.lambda_min);
    out->options.delta = copy_text(out->options.delta);
}

static ncf_status_t load_base(json_t **problem, char **directory,
                              const struct ncf_study *study, slong index, ncf_error_t *err)
{
    for (int i = 0; i < study->axis_count; i++) {
        const ncf_axis_t *axis = &study->axes[i];
        if (axis->kind->type != NCF_AXIS_FILE)
            continue;
        const json_t *name =
            json_array_get(axis->values, (size_t) ncf__study_digit(study, index, i));
        char *path = ncf__file_resolve(study->directory, json_string_value(name));
        ncf_status_t status = load_file(problem, directory, path, err);
        ncf__free(path);
        return status;
    }
    *problem = json_deep_copy(study->base);
    *directory = ncf__strdup(study->directory);
    return NCF_OK;
}

ncf_status_t ncf__case_init(ncf_case_t *out, const struct ncf_study *study, slong index,
                            ncf_error_t *err)
{
    json_t *problem;
    int unfit = -1;
    memset(out, 0, sizeof(*out));
    out->unfit = unfit;
    NCF_TRY(load_base(&problem, &out->directory, study, index, err));
    out->files = json_object();
    ncf_status_t status = apply_axes(&unfit, problem, study, index, err);
    if (status == NCF_OK)
        status = digest_files(out->files, problem, out->directory, err);
    if (status == NCF_OK) {
        char *text = json_dumps(problem, JSON_COMPACT | JSON_SORT_KEYS);
        out->text = ncf__strdup(text);
        free(text);
        set_options(out, study, index);
    } else {
        ncf__case_clear(out);
        out->unfit = unfit;
    }
    json_decref(problem);
    return status;
}

void ncf__case_clear(ncf_case_t *item)
{
    json_decref(item->files);
    ncf__free(item->options.lambda_min);
    ncf__free(item->options.delta);
    ncf__free(item->directory);
    ncf__free(item->text);
    memset(item, 0, sizeof(*item));
}

/* ---- Keys ----------------------------------------------------------------------- */

/* Options of the list that ncf_solve makes. */
static void set_solve_options(json_t *object, const ncf_case_options_t *options)
{
    json_object_set_new(object, "top", json_integer((json_int_t) options->top));
    json_object_set_new(object, "max-classes",
                        json_integer((json_int_t) options->max_classes));
}

static void set_flow_options(json_t *object, const ncf_case_options_t *options)
{
    static const char *const kinds[] = {"training", "ncf", "sphere", "descent"};
    json_object_set_new(object, "flow", json_string(kinds[options->flow]));
    json_object_set_new(object, "flow-seed", json_integer((json_int_t) options->flow_seed));
    if (options->delta != NULL)
        json_object_set_new(object, "delta", json_string(options->delta));
}

/* The options that the answer of a task depends on. */
static json_t *key_options(const ncf_case_options_t *options, ncf_task_t task)
{
    json_t *object = json_object();
    json_object_set_new(object, "precision", json_integer(options->precision));
    json_object_set_new(object, "max-precision", json_integer(options->max_precision));
    int from_start = task == NCF_TASK_FLOW || task == NCF_TASK_PROVE;
    if (options->lambda_min != NULL && !from_start)
        json_object_set_new(object, "lambda-min", json_string(options->lambda_min));
    if (task != NCF_TASK_PRUNE && !from_start)
        json_object_set_new(object, "seed", json_integer((json_int_t) options->seed));
    if (task == NCF_TASK_SEARCH)
        json_object_set_new(object, "starts", json_integer(options->starts));
    if (task == NCF_TASK_SOLVE || task == NCF_TASK_CERTIFY || task == NCF_TASK_RUNS)
        set_solve_options(object, options);
    if (task == NCF_TASK_FLOW || task == NCF_TASK_RUNS)
        set_flow_options(object, options);
    if (task == NCF_TASK_PROVE)
        json_object_set_new(object, "flow-seed", json_integer((json_int_t) options->flow_seed));
    if (from_start)
        json_object_set_new(object, "start", json_integer((json_int_t) options->start));
    if (task == NCF_TASK_RUNS)
        json_object_set_new(object, "runs", json_integer(options->runs));
    return object;
}

/* The libraries that proofs and flows are made with. */
static json_t *key_libraries(void)
{
    static const char *const names[] = {"gmp", "mpfr", "flint", "arb", "sundials"};
    json_t *object = json_object();
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        json_object_set_new(object, names[i], json_string(ncf_library_version(names[i])));
    return object;
}

json_t *ncf__case_key(const ncf_case_t *item, ncf_task_t task)
{
    char problem[65];
    ncf__sha256(problem, item->text, strlen(item->text));
    json_t *key = json_object();
    json_object_set_new(key, "ncf", json_string(ncf_version()));
    json_object_set_new(key, "source", json_string(ncf__source_digest()));
    json_object_set_new(key, "libraries", key_libraries());
    json_object_set_new(key, "record", json_integer(NCF_RECORD_VERSION));
    json_object_set_new(key, "task", json_string(ncf__task_name(task)));
    json_object_set_new(key, "problem", json_string(problem));
    json_object_set(key, "files", item->files);
    json_object_set_new(key, "options", key_options(&item->options, task));
    return key;
}

void ncf__case_digest(char hex[65], const json_t *key)
{
    char *text = json_dumps(key, JSON_COMPACT | JSON_SORT_KEYS);
    ncf__sha256(hex, text, strlen(text));
    free(text);
}
