/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* export_command.c: ncf export. */
#include "cli.h"

#include <string.h>

int cli_export(const cli_options_t *options)
{
    int status = 0;
    ncf_error_t err;
    cli_output_t output;
    ncf_export_options_t export;
    if (options->program == NCF_FORMAT_AUTO)
        return cli_fail(EXIT_USAGE, "ncf export needs --format; see ncf export --help");
    cli_stop_arm(0);
    ncf_problem_t *problem = cli_read_problem(options, &status);
    if (problem == NULL)
        return status;
    ncf_export_options_init(&export);
    export.format = options->program;
    export.system = options->system;
    if (options->output != NULL && strcmp(options->output, "-") != 0)
        export.file = options->output;
    export.notes = options->quiet ? NULL : stderr;
    ncf_error_init(&err);
    status = cli_output_open(&output, options->output);
    if (status == 0) {
        ncf_status_t written = ncf_export_write(output.stream, problem, &export, &err);
        if (written == NCF_OK || written == NCF_EIO) {
            status = cli_output_close(&output, written != NCF_OK);
        } else {
            cli_output_drop(&output);
            status = cli_fail_with(&err);
        }
    }
    ncf_problem_free(problem);
    return status;
}
