/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* pictures.c: ncf plot and ncf report. */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MAX_FILES 64 /* of one command */

/* The files of the command line, read. */
typedef struct {
    ncf_problem_t *problem;       /* NULL: none was given */
    ncf_trajectory_t *trajectory; /* the only one, else NULL */
    int trajectories;
    ncf_saved_t *saved[MAX_FILES];
    size_t count;
} input_t;

static int ends_with(const char *name, const char *ending)
{
    size_t length = strlen(name), tail = strlen(ending);
    return length > tail && strcasecmp(name + length - tail, ending) == 0;
}

static int is_trajectory(const char *name)
{
    return ends_with(name, ".csv") || ends_with(name, ".npy");
}

static void clear_input(input_t *input)
{
    for (size_t k = 0; k < input->count; k++)
        ncf_saved_free(input->saved[k]);
    ncf_trajectory_free(input->trajectory);
    ncf_problem_free(input->problem);
}

/* The document that `ncf match` would write. */
static ncf_status_t match_document(ncf_saved_t **out, const input_t *input,
                                   const ncf_trajectory_t *trajectory, const char *name,
                                   ncf_error_t *err)
{
    ncf_result_t *result;
    ncf_match_options_t options;
    char *text = NULL;
    size_t length;
    ncf_match_options_init(&options);
    options.stop = &cli_stop;
    options.progress = cli_progress;
    *out = NULL;
    ncf_status_t status = ncf_match(&result, input->problem, trajectory, &options, err);
    if (status != NCF_OK)
        return status;
    FILE *stream = open_memstream(&text, &length);
    if (stream == NULL)
        abort();
    status = ncf_result_write_json(stream, result, 20, err);
    if (fclose(stream) != 0)
        abort();
    if (status == NCF_OK)
        status = ncf_saved_parse(out, text, length, name, err);
    free(text);
    ncf_result_free(result);
    return status;
}

static ncf_status_t read_trajectory(input_t *input, const char *name, int with_documents,
                                    ncf_error_t *err)
{
    ncf_trajectory_t *trajectory;
    ncf_saved_t *matched = NULL;
    ncf_status_t status = ncf_trajectory_read(&trajectory, name, input->problem, err);
    if (status != NCF_OK)
        return status;
    if (!with_documents)
        status = match_document(&matched, input, trajectory, name, err);
    if (matched != NULL)
        input->saved[input->count++] = matched;
    input->trajectories++;
    ncf_trajectory_free(input->trajectory);
    input->trajectory = trajectory;
    return status;
}

/* A trajectory beside documents belongs to one of them; alone it is matched first. */
static ncf_status_t read_files(input_t *input, const cli_options_t *options, ncf_error_t *err)
{
    int documents = 0;
    for (int k = 0; k < options->file_count; k++)
        documents += !is_trajectory(options->files[k]);
    if (options->of_problem != NULL) {
        ncf_status_t status = ncf_problem_read(&input->problem, options->of_problem, err);
        if (status != NCF_OK)
            return status;
    }
    for (int k = 0; k < options->file_count; k++) {
        const char *name = options->files[k];
        ncf_status_t status = is_trajectory(name)
                                  ? read_trajectory(input, name, documents > 0, err)
                                  : ncf_saved_read(&input->saved[input->count], name, err);
        if (status != NCF_OK)
            return status;
        input->count += !is_trajectory(name);
    }
    if (input->trajectories > 1) {
        ncf_trajectory_free(input->trajectory);
        input->trajectory = NULL;
    }
    return NCF_OK;
}

/* Reads everything, or fails with a message; -1 is success. */
static int open_input(input_t *input, const cli_options_t *options)
{
    ncf_error_t err;
    memset(input, 0, sizeof(*input));
    if (options->file_count > MAX_FILES)
        return cli_fail(EXIT_USAGE, "at most %d files", MAX_FILES);
    for (int k = 0; k < options->file_count; k++) {
        if (is_trajectory(options->files[k]) && options->of_problem == NULL)
            return cli_fail(EXIT_USAGE, "%s is a trajectory: --problem=FILE must name its problem",
                            options->files[k]);
    }
    ncf_error_init(&err);
    cli_progress_start(options);
    cli_stop_arm(0);
    cli_stop_answering();
    ncf_status_t status = read_files(input, options, &err);
    cli_progress_end();
    if (status == NCF_OK)
        return -1;
    clear_input(input);
    return cli_fail_with(&err);
}

/* A stream into memory: what fails half-way leaves no file. */
typedef struct {
    char *bytes;
    size_t length;
    FILE *stream;
} memory_t;

static void open_memory(memory_t *memory)
{
    *memory = (memory_t) {NULL, 0, NULL};
    memory->stream = open_memstream(&memory->bytes, &memory->length);
    if (memory->stream == NULL)
        abort();
}

/* Writes what was made, or says why it was not. */
static int finish(memory_t *memory, const cli_options_t *options, ncf_status_t made,
                  const ncf_error_t *err)
{
    cli_output_t output;
    if (fclose(memory->stream) != 0)
        abort();
    int status = made != NCF_OK ? cli_fail_with(err) : cli_output_open(&output, options->output);
    if (status == 0) {
        size_t written = fwrite(memory->bytes, 1, memory->length, output.stream);
        status = cli_output_close(&output, written != memory->length);
    }
    free(memory->bytes);
    return status;
}

/* From --format or the name of the output; -1 after a message. */
static int choose_format(const cli_options_t *options)
{
    static const char *const endings[] = {".svg", ".png", ".pdf"};
    if (options->picture_format >= 0)
        return options->picture_format;
    for (int k = 0; k < 3 && options->output != NULL; k++) {
        if (ends_with(options->output, endings[k]))
            return k;
    }
    if (options->script)
        return NCF_PICTURE_SVG;
    cli_fail(EXIT_USAGE, "ncf plot needs --output=FILE with a name in .svg, .png or .pdf, or "
                         "--format");
    return -1;
}

int cli_plot(const cli_options_t *options)
{
    ncf_error_t err;
    input_t input;
    memory_t memory;
    ncf_picture_options_t picture;
    ncf_picture_options_init(&picture);
    int format = choose_format(options);
    if (format < 0)
        return EXIT_USAGE;
    int status = open_input(&input, options);
    if (status >= 0)
        return status;
    picture.kind = options->picture;
    picture.format = (ncf_picture_format_t) format;
    picture.script = options->script;
    picture.title = options->title;
    picture.problem = input.problem;
    picture.trajectory = input.trajectory;
    picture.quantity = options->quantity;
    picture.axis = options->against;
    picture.stop = &cli_stop;
    ncf_error_init(&err);
    open_memory(&memory);
    ncf_status_t made = ncf_picture_write(
        memory.stream, (const ncf_saved_t *const *) input.saved, input.count, &picture, &err);
    cli_stop_answered();
    status = finish(&memory, options, made, &err);
    clear_input(&input);
    return status;
}

int cli_report(const cli_options_t *options)
{
    ncf_error_t err;
    input_t input;
    memory_t memory;
    ncf_report_options_t report;
    ncf_report_options_init(&report);
    int status = open_input(&input, options);
    if (status >= 0)
        return status;
    report.pictures = !options->no_pictures;
    report.title = options->title;
    report.problem = input.problem;
    report.stop = &cli_stop;
    ncf_error_init(&err);
    open_memory(&memory);
    ncf_status_t made = ncf_report_write(
        memory.stream, (const ncf_saved_t *const *) input.saved, input.count, &report, &err);
    cli_stop_answered();
    status = finish(&memory, options, made, &err);
    clear_input(&input);
    return status;
}
