/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * cli/: the ncf program: options, progress, files and exit statuses; no mathematics.
 * May include: ncf.h and its own headers only.
 */
#ifndef NCF_CLI_H
#define NCF_CLI_H

#include "ncf.h"

#define EXIT_USAGE 2
#define EXIT_LIMIT 4
#define EXIT_SYSTEM 5

/* Everything the options can say; `solve` holds what goes to the library. */
typedef struct {
    const char *problem; /* file name or "-" */
    const char *output;  /* NULL: standard output */
    int json;
    int quiet;
    int verbose;
    long digits;
    ncf_solve_options_t solve;
} cli_options_t;

/* One command: its name, what it does in a line, its help, and its function. */
typedef struct {
    const char *name;
    const char *summary;
    const char *help;
    int (*run)(const cli_options_t *options);
} cli_command_t;

/* NULL for a name that is not a command of this version. */
const cli_command_t *cli_find_command(const char *name);

/*
 * Reads the options of one command from argv (argv[0] is the command's name). Returns
 * -1 to go on, or the exit status when all is done (--help, --version, an error).
 */
int cli_parse_options(cli_options_t *options, const cli_command_t *command, int argc, char **argv);

void cli_print_help(FILE *stream);
void cli_print_command_help(FILE *stream, const cli_command_t *command);
void cli_print_version(FILE *stream);

/* `ncf: message` on standard error, and the status. */
int cli_fail(int status, const char *format, ...) NCF_PRINTF(2, 3);

/* Prints err; returns the exit status of its code. */
int cli_fail_with(const ncf_error_t *err);

/* ---- progress.c ------------------------------------------------------------------- */

/* A progress line on standard error, only when that is a terminal and not quiet. */
void cli_progress_start(const cli_options_t *options);
void cli_progress(void *context, const char *stage, double done, double total);
void cli_progress_end(void);

/* ---- stop.c ------------------------------------------------------------------------ */

/*
 * Ctrl-C (SIGINT) and SIGTERM ask the library to stop; when it has not returned a second
 * later, or two seconds after the time limit, the program ends with EXIT_LIMIT.
 */
extern volatile sig_atomic_t cli_stop;
void cli_stop_arm(double time_limit);
void cli_stop_disarm(void);

/* ---- output.c ------------------------------------------------------------------------ */

/*
 * Where a result goes: standard output, or a temporary file beside its final name that
 * replaces it only when everything was written.
 */
typedef struct {
    FILE *stream;
    const char *path; /* NULL: standard output */
    char *temporary;
} cli_output_t;

/* Return 0, or an exit status after a message. A failed close leaves no file behind. */
int cli_output_open(cli_output_t *output, const char *path);
int cli_output_close(cli_output_t *output, int failed);

/* ---- commands ----------------------------------------------------------------------- */

int cli_solve(const cli_options_t *options);
int cli_info(const cli_options_t *options);

#endif
