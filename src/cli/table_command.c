/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* table_command.c: ncf table. */
#include "cli.h"

#include <string.h>

static int ends_with(const char *name, const char *ending)
{
    size_t length = strlen(name), end = strlen(ending);
    return length > end && strcmp(name + length - end, ending) == 0;
}

static ncf_table_format_t format_of(const cli_options_t *options, const char *name)
{
    if (options->json)
        return NCF_TABLE_JSON;
    if (options->format >= 0)
        return (ncf_table_format_t) options->format;
    if (name == NULL)
        return NCF_TABLE_TEXT;
    return ends_with(name, ".csv")    ? NCF_TABLE_CSV
           : ends_with(name, ".md")   ? NCF_TABLE_MARKDOWN
           : ends_with(name, ".tex")  ? NCF_TABLE_LATEX
           : ends_with(name, ".json") ? NCF_TABLE_JSON
                                      : NCF_TABLE_TEXT;
}

/* name NULL: standard output. Returns 0 or an exit status after a message. */
static int write_table(const cli_options_t *options, const ncf_table_t *table,
                       const char *name)
{
    ncf_error_t err;
    cli_output_t output;
    ncf_error_init(&err);
    int status = cli_output_open(&output, name);
    if (status != 0)
        return status;
    ncf_status_t written =
        ncf_table_write(output.stream, table, format_of(options, name), options->digits, &err);
    return cli_output_close(&output, written != NCF_OK);
}

static int write_tables(const cli_options_t *options, const ncf_table_t *table)
{
    int status = 0;
    if (options->output_count == 0)
        return write_table(options, table, NULL);
    for (size_t i = 0; i < options->output_count && status == 0; i++)
        status = write_table(options, table, options->outputs[i]);
    return status;
}

static void set_options(ncf_table_options_t *out, const cli_options_t *options, double start)
{
    double left = options->solve.time_limit - (cli_clock() - start);
    ncf_table_options_init(out);
    out->threads = options->solve.threads;
    out->time_limit = options->solve.time_limit <= 0 ? 0 : left > 1e-3 ? left : 1e-3;
    out->case_limit = options->case_limit;
    out->stores = options->stores;
    out->store_count = options->store_count;
    out->shard = options->shard;
    out->shards = options->shards;
    out->merge = options->merge;
    out->stop = &cli_stop;
    out->progress = cli_progress;
}

int cli_table(const cli_options_t *options)
{
    ncf_error_t err;
    ncf_study_t *study;
    ncf_table_t *table;
    ncf_table_options_t table_options;
    if (options->merge && options->shards > 0)
        return cli_fail(EXIT_USAGE, "--shard runs a part, --merge runs nothing: choose one");
    cli_progress_start(options);
    cli_stop_arm(options->solve.time_limit);
    double start = cli_clock();
    ncf_error_init(&err);
    if (ncf_study_read(&study, options->problem, &err) != NCF_OK)
        return cli_fail_with(&err);
    set_options(&table_options, options, start);
    cli_stop_answering();
    ncf_status_t done = ncf_table_run(&table, study, &table_options, &err);
    cli_stop_answered();
    cli_progress_end();
    ncf_study_free(study);
    if (done != NCF_OK)
        return cli_fail_with(&err);
    int status = write_tables(options, table);
    if (status == 0)
        status = ncf_table_exit(table);
    ncf_table_free(table);
    return status;
}
