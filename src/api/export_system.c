/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* export_system.c: ncf_export_write, and lists of solutions as candidates. */
#include "../export/export.h"
#include "../export/solutions.h"
#include "../problem/file.h"

#include <string.h>

void ncf_export_options_init(ncf_export_options_t *options)
{
    *options = (ncf_export_options_t) {
        .size = sizeof(*options), .format = NCF_FORMAT_MSOLVE, .system = NCF_SYSTEM_AUTO};
}

static ncf_status_t check_options(const ncf_export_options_t *options, ncf_error_t *err)
{
    if (options->size != sizeof(*options))
        return ncf__fail(err, NCF_EARG, "the options were not set by ncf_export_options_init");
    if (options->format < NCF_FORMAT_MSOLVE || options->format > NCF_FORMAT_JULIA)
        return ncf__fail(err, NCF_EARG, "the format must be that of a program");
    if (options->system < NCF_SYSTEM_AUTO || options->system > NCF_SYSTEM_EIGEN)
        return ncf__fail(err, NCF_EARG, "there is no such system");
    return NCF_OK;
}

ncf_status_t ncf_export_write(FILE *stream, const ncf_problem_t *problem,
                              const ncf_export_options_t *options, ncf_error_t *err)
{
    ncf_export_options_t defaults;
    if (options == NULL) {
        ncf_export_options_init(&defaults);
        options = &defaults;
    }
    ncf_status_t status = check_options(options, err);
    return status == NCF_OK ? ncf__export_write(stream, problem, options, err) : status;
}

static struct ncf_points *points_new(const char *bytes, size_t length, const char *name)
{
    struct ncf_points *points = ncf__calloc(1, sizeof(*points));
    points->name = ncf__strdup(name);
    ncf__sha256(points->sha256, bytes, length);
    fmpq_mat_init(points->rows, 0, 0);
    return points;
}

ncf_status_t ncf_solutions_parse(ncf_points_t **out, const char *bytes, size_t length,
                                 const char *name, const ncf_problem_t *problem,
                                 ncf_format_t format, ncf_error_t *err)
{
    ncf_solution_list_t list;
    *out = NULL;
    if (format < NCF_FORMAT_AUTO || format > NCF_FORMAT_JULIA)
        return ncf__fail(err, NCF_EARG, "there is no such format");
    if (format == NCF_FORMAT_AUTO)
        format = ncf__solution_format(bytes, length);
    if (format == NCF_FORMAT_AUTO)
        return ncf_points_parse(out, bytes, length, name, problem, err);
    if (length > NCF_FILE_MAX_BYTES)
        return ncf__fail_at(err, NCF_ESPEC, name, 0, 0, "the file is larger than 256 MiB");
    struct ncf_points *points = points_new(bytes, length, name);
    ncf_status_t status = ncf__solution_list_parse(&list, bytes, length, name, format, err);
    if (status == NCF_OK)
        status = ncf__solutions_to_points(points, &list, problem, err);
    ncf__solution_list_clear(&list);
    if (status == NCF_OK)
        *out = points;
    else
        ncf_points_free(points);
    return status;
}

ncf_status_t ncf_solutions_read(ncf_points_t **out, const char *path,
                                const ncf_problem_t *problem, ncf_format_t format,
                                ncf_error_t *err)
{
    char *bytes, fact[NCF_FACT_SIZE];
    size_t length;
    const char *name = strcmp(path, "-") == 0 ? "<stdin>" : path;
    *out = NULL;
    ncf_status_t status = ncf__file_read(&bytes, &length, fact, path);
    if (status != NCF_OK)
        return ncf__fail_at(err, status, name, 0, 0, "%s", fact);
    status = ncf_solutions_parse(out, bytes, length, name, problem, format, err);
    ncf__free(bytes);
    return status;
}
