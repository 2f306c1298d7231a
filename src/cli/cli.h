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

#define CLI_MAX_NAMES 64 /* of one option that may be repeated */

/* Everything the options can say; `solve` holds what goes to the library. */
typedef struct {
    const char *problem; /* file name or "-" */
    const char *points;  /* of `certify`: file name or "-" */
    const char *trajectory; /* of `match`: file name or "-" */
    const char *distance; /* of `certify`, NULL: the library's default */
    ncf_format_t program; /* of `export`; of `certify`: of a list of solutions */
    ncf_system_t system; /* of `export` */
    ncf_flow_kind_t kind; /* of `match` and `flow` */
    const char *delta;    /* of `match` and `flow`, NULL: the library's default */
    const char *trajectory_prefix; /* of `flow`: NULL: from the problem's name; "none" */
    const char *initial;  /* of `flow`: file name or "-"; NULL: random */
    int prove;            /* of `flow`: theorems in the place of a run */
    const char *angle;    /* of `flow --prove`; NULL: that of the cap */
    ncf_flow_options_t flow;
    long runs;            /* of `flow`: 0: a single one */
    const char *runs_csv; /* of `flow --runs`: NULL: no such file */
    const char *orbits;   /* of `match` and `flow`: a list of points, NULL: none */
    char *const *files;  /* of `plot` and `report` */
    int file_count;
    const char *of_problem; /* of `plot` and `report`, NULL: none */
    const char *title;      /* of `plot`, NULL: its own */
    ncf_picture_kind_t picture;
    const char *quantity, *against; /* of `plot`, NULL: the first ones */
    int picture_format; /* an ncf_picture_format_t, -1: from the name of the output */
    int script;
    int no_pictures; /* of `report` */
    const char *output;  /* NULL: standard output */
    const char *outputs[CLI_MAX_NAMES]; /* all of them; only `table` has several */
    size_t output_count;
    const char *stores[CLI_MAX_NAMES]; /* of `table` */
    size_t store_count;
    long shard, shards; /* of `table`, 0: all */
    int merge;          /* of `table` */
    int format;         /* of `table`: ncf_table_format_t, -1: by the name of the output */
    double case_limit;  /* of `table`, 0: none */
    const char *certificate; /* of solve, certify, match, flow: file name; NULL: none */
    int json;
    int quiet;
    int verbose;
    long digits;
    ncf_solve_options_t solve;
} cli_options_t;

/* One command: its name, its files, what it does in a line, its help around the options, its function. */
typedef struct {
    const char *name;
    const char *files; /* the names of its arguments: one or two words, or one in "..." */
    const char *files_text; /* the same in a sentence */
    const char *summary;
    const char *purpose;
    const char *notes;
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

/* ---- progress.c ------------------------------------------------------------------ */

/* Seconds on a monotonic clock. */
double cli_clock(void);

/* A progress line on standard error, only when that is a terminal and not quiet. */
void cli_progress_start(const cli_options_t *options);
void cli_progress(void *context, const char *stage, double done, double total);
void cli_progress_end(void);

/* Is a line on the terminal that must be cleared first? Safe in a signal handler. */
int cli_progress_is_shown(void);

/* ---- stop.c ---------------------------------------------------------------------- */

/*
 * Ctrl-C (SIGINT), SIGTERM and SIGHUP end the program with EXIT_LIMIT. Between
 * cli_stop_answering() and the end of the program the first of them only sets cli_stop:
 * the library then has 0.9 seconds to return, and 2 seconds after the time limit.
 */
extern volatile sig_atomic_t cli_stop;
void cli_stop_arm(double time_limit);
void cli_stop_answering(void);

/* The library has returned: what is left may take its time. */
void cli_stop_answered(void);

/* A file to remove when a signal ends the program; NULL: none. Not copied. */
void cli_stop_guard(const char *path);

/* ---- output.c -------------------------------------------------------------------- */

/*
 * Where a result goes: standard output, a device, or a temporary file beside its final
 * name that replaces it only when everything was written.
 */
typedef struct {
    FILE *stream;
    const char *name; /* as the user knows it */
    char *path;       /* what is replaced; NULL: nothing, the stream is written directly */
    char *temporary;
} cli_output_t;

/* Return 0, or an exit status after a message. A failed close leaves no file behind. */
int cli_output_open(cli_output_t *output, const char *path);
int cli_output_close(cli_output_t *output, int failed);

/* Instead of closing it: nothing was written, and no file appears. */
void cli_output_drop(cli_output_t *output);

/* Help and version on standard output: 0, or EXIT_SYSTEM after a message. */
int cli_output_flush(void);

/* ---- commands.c: what commands share --------------------------------------------- */

/* Reads the problem; NULL after a message, with the exit status. */
ncf_problem_t *cli_read_problem(const cli_options_t *options, int *status);

/* What reading has left of the time limit; 0 means none. */
double cli_time_left(double limit, double start);

/* Reads the list of orbits of the options, NULL without one; 0, or a status after a message. */
int cli_read_orbits(ncf_points_t **orbits, const cli_options_t *options,
                    const ncf_problem_t *problem);

/*
 * Writes the result, and its certificate where one is asked for, and frees both; returns the
 * exit status that the result stands for.
 */
int cli_finish(const cli_options_t *options, ncf_problem_t *problem, ncf_result_t *result);

/* ---- commands -------------------------------------------------------------------- */

int cli_solve(const cli_options_t *options);
int cli_certify(const cli_options_t *options);
int cli_match(const cli_options_t *options);
int cli_flow(const cli_options_t *options);
int cli_export(const cli_options_t *options);
int cli_flow_runs(const cli_options_t *options);
int cli_info(const cli_options_t *options);
int cli_plot(const cli_options_t *options);
int cli_report(const cli_options_t *options);
int cli_table(const cli_options_t *options);

#endif
