/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* options.c: one table of options makes the parser and the help. */
#include "cli.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef enum {
    OPTION_HELP = 1000,
    OPTION_VERSION,
    OPTION_JSON,
    OPTION_OUTPUT,
    OPTION_CERTIFICATE,
    OPTION_DIGITS,
    OPTION_PRECISION,
    OPTION_MAX_PRECISION,
    OPTION_THREADS,
    OPTION_SEED,
    OPTION_TIME_LIMIT,
    OPTION_TOP,
    OPTION_CAPS,
    OPTION_LAMBDA_MIN,
    OPTION_CHECKPOINT,
    OPTION_DISTANCE,
    OPTION_SOLUTIONS,
    OPTION_PROGRAM,
    OPTION_SYSTEM,
    OPTION_KIND,
    OPTION_DELTA,
    OPTION_INITIAL,
    OPTION_UNTIL,
    OPTION_METHOD,
    OPTION_TOLERANCE,
    OPTION_STEP,
    OPTION_MAX_STEPS,
    OPTION_ROWS,
    OPTION_RUN,
    OPTION_RUNS,
    OPTION_RUNS_CSV,
    OPTION_ORBITS,
    OPTION_RESCALED,
    OPTION_REFERENCE,
    OPTION_PROVE,
    OPTION_ANGLE,
    OPTION_TRAJECTORY,
    OPTION_MAX_CLASSES,
    OPTION_PICTURE,
    OPTION_QUANTITY,
    OPTION_AGAINST,
    OPTION_FORMAT,
    OPTION_PROBLEM,
    OPTION_TITLE,
    OPTION_SCRIPT,
    OPTION_NO_PICTURES,
    OPTION_TABLE_FORMAT,
    OPTION_STORE,
    OPTION_SHARD,
    OPTION_MERGE,
    OPTION_CASE_LIMIT,
    OPTION_QUIET,
    OPTION_VERBOSE
} option_id_t;

typedef struct {
    option_id_t id;
    const char *name;
    const char *argument; /* NULL: none */
    const char *commands; /* the commands that take it */
    const char *help;
} option_entry_t;

static const option_entry_t table[] = {
    {OPTION_JSON, "json", NULL, "solve certify match flow info table", "write a JSON document instead of a table"},
    {OPTION_OUTPUT, "output", "FILE", "solve certify match flow export info table plot report",
     "write to FILE instead of standard output"},
    {OPTION_CERTIFICATE, "certificate", "FILE", "solve certify match flow",
     "write the proofs to FILE, for ncf-check"},
    {OPTION_DIGITS, "digits", "N", "solve certify match flow table", "significant decimals (default 10)"},
    {OPTION_TOP, "top", "N", "solve", "orbits listed and checked (default 100)"},
    {OPTION_CAPS, "caps", NULL, "solve certify",
     "prove caps of attraction around strict points"},
    {OPTION_LAMBDA_MIN, "lambda-min", "X", "solve", "ask only for lambda >= X, such as 0.1 or 1/3"},
    {OPTION_CHECKPOINT, "checkpoint", "FILE", "solve",
     "keep the state of branch and prune, go on from it"},
    {OPTION_DISTANCE, "distance", "X", "certify",
     "how far a point may be from a candidate (0.01)"},
    {OPTION_SOLUTIONS, "solutions", "PROGRAM", "certify",
     "POINTS is a list of solutions of that program"},
    {OPTION_PROGRAM, "format", "PROGRAM", "export",
     "what reads it: msolve, singular, phcpack, ..."},
    {OPTION_SYSTEM, "system", "NAME", "export", "fixed-point, kkt or eigen, see below"},
    {OPTION_KIND, "kind", "FLOW", "match flow",
     "training (default), ncf, sphere or descent"},
    {OPTION_DELTA, "delta", "X", "match",
     "the rows are w / X, their times rescaled (default 1)"},
    {OPTION_DELTA, "delta", "X", "flow", "length of the initial weights (default 0.001)"},
    {OPTION_INITIAL, "initial", "FILE", "flow",
     "initial weights, one row, scaled to length delta"},
    {OPTION_UNTIL, "until", "CONDITIONS", "flow", "what ends the run, see below"},
    {OPTION_TRAJECTORY, "trajectory", "PREFIX", "flow",
     "writes PREFIX.npy and PREFIX.csv, or none"},
    {OPTION_RESCALED, "rescaled", NULL, "flow", "the files hold w / delta and tau"},
    {OPTION_RUNS, "runs", "N", "flow", "N random starts: which points attract, how much"},
    {OPTION_RUNS_CSV, "runs-csv", "FILE", "flow", "writes a row for each of the runs"},
    {OPTION_RUN, "run", "K", "flow", "the start that --runs gives to run K (default 0)"},
    {OPTION_ORBITS, "orbits", "FILE", "match flow",
     "numbers orbits by this list, such as a result of solve"},
    {OPTION_ROWS, "rows", "N", "flow", "rows of the trajectory at most (default 2000)"},
    {OPTION_METHOD, "method", "NAME", "flow", "adams (default), rk, bdf or krylov"},
    {OPTION_TOLERANCE, "tolerance", "X", "flow", "of a step, relative to |w| (default 1e-10)"},
    {OPTION_STEP, "step", "X", "flow", "step of gradient descent (default 0.1)"},
    {OPTION_MAX_STEPS, "max-steps", "N", "flow", "steps at most (default 1000000)"},
    {OPTION_REFERENCE, "reference", NULL, "flow",
     "check the early phase in multiprecision"},
    {OPTION_PROVE, "prove", NULL, "flow", "prove where training goes for all small delta"},
    {OPTION_ANGLE, "angle", "X", "flow", "with --prove: into the cone of angle X (the cap)"},
    {OPTION_PRECISION, "precision", "BITS", "solve certify match flow",
     "bits of the enclosures (default 128)"},
    {OPTION_MAX_PRECISION, "max-precision", "BITS", "solve certify match flow",
     "bits at which a proof gives up (default 8192)"},
    {OPTION_MAX_CLASSES, "max-classes", "N", "solve",
     "complex classes tracked at most (default 2000000)"},
    {OPTION_THREADS, "threads", "N", "solve certify flow table",
     "worker threads (default: one for each processor)"},
    {OPTION_SEED, "seed", "N", "solve", "seed of the solver's random choices (default 1)"},
    {OPTION_SEED, "seed", "N", "flow", "seed of a random start (default 1)"},
    {OPTION_TIME_LIMIT, "time-limit", "SECONDS", "solve certify match flow table",
     "stop after that, with what is proved until then"},
    {OPTION_PICTURE, "kind", "KIND", "plot",
     "training, angle, weights, profile or census"},
    {OPTION_FORMAT, "format", "FORMAT", "plot", "svg, png or pdf (as --output ends)"},
    {OPTION_QUANTITY, "quantity", "NAME", "plot", "of a table: what is drawn"},
    {OPTION_AGAINST, "against", "AXIS", "plot", "of a table: against which axis of its grid"},
    {OPTION_PROBLEM, "problem", "FILE", "plot report", "the problem of a trajectory or a profile"},
    {OPTION_TITLE, "title", "TEXT", "plot report", "another title"},
    {OPTION_SCRIPT, "script", NULL, "plot", "write the script for gnuplot, not the picture"},
    {OPTION_NO_PICTURES, "no-pictures", NULL, "report", "tables alone; gnuplot is not needed"},
    {OPTION_CASE_LIMIT, "case-limit", "SECONDS", "table", "stop each case after that"},
    {OPTION_TABLE_FORMAT, "format", "FORMAT", "table", "text, csv, markdown, latex or json"},
    {OPTION_STORE, "store", "FOLDER", "table", "where finished cases are kept (STUDY.store)"},
    {OPTION_SHARD, "shard", "PART", "table", "run only one part: K/N is the K-th of N"},
    {OPTION_MERGE, "merge", NULL, "table", "run nothing, join what the stores hold"},
    {OPTION_QUIET, "quiet", NULL, "solve certify match flow info table plot report", "no progress line"},
    {OPTION_QUIET, "quiet", NULL, "export", "no header on standard error"},
    {OPTION_VERBOSE, "verbose", NULL, "solve certify match flow info", "shorten nothing"},
    {OPTION_HELP, "help", NULL, "solve certify match flow export info table plot report", "show this help"},
    {OPTION_VERSION, "version", NULL, "solve certify match flow export info table plot report", "show the versions of ncf and its libraries"},
};

#define TABLE_COUNT (sizeof(table) / sizeof(table[0]))

static int applies(const option_entry_t *entry, const cli_command_t *command)
{
    const char *found = strstr(entry->commands, command->name);
    return found != NULL;
}

void cli_print_command_help(FILE *stream, const cli_command_t *command)
{
    fprintf(stream, "Usage: ncf %s [OPTION]... %s\n\n%s\nOptions:\n", command->name,
            command->files, command->purpose);
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        char left[40];
        if (!applies(&table[i], command))
            continue;
        snprintf(left, sizeof(left), "--%s%s%s", table[i].name, table[i].argument != NULL ? "=" : "",
                 table[i].argument != NULL ? table[i].argument : "");
        fprintf(stream, "  %-22s %s\n", left, table[i].help);
    }
    fprintf(stream, "\n%s", command->notes);
}

/* A whole number in [low, high]; 0 after a message. */
static int read_long(long *out, const char *name, const char *text, long low, long high)
{
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || isspace((unsigned char) text[0]) ||
        value < low || value > high) {
        cli_fail(EXIT_USAGE, "--%s takes a whole number from %ld to %ld", name, low, high);
        return 0;
    }
    *out = value;
    return 1;
}

static int read_seed(uint64_t *out, const char *text)
{
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno != 0 || !isdigit((unsigned char) text[0]) || *end != '\0') {
        cli_fail(EXIT_USAGE, "--seed takes a whole number from 0 to 18446744073709551615");
        return 0;
    }
    *out = value;
    return 1;
}

static int read_seconds(double *out, const char *name, const char *text)
{
    char *end;
    double value = strtod(text, &end);
    if (isspace((unsigned char) text[0]) || end == text || *end != '\0' || !isfinite(value) || value <= 0 || value > 1e9) {
        cli_fail(EXIT_USAGE, "--%s takes a positive number of seconds", name);
        return 0;
    }
    *out = value;
    return 1;
}

static int read_kind(ncf_flow_kind_t *out, const char *text)
{
    static const char *const names[] = {"training", "ncf", "sphere", "descent"};
    for (int i = 0; i < 4; i++) {
        if (strcmp(text, names[i]) == 0) {
            *out = (ncf_flow_kind_t) i;
            return 1;
        }
    }
    cli_fail(EXIT_USAGE, "--kind takes training, ncf, sphere or descent");
    return 0;
}

static int read_method(ncf_flow_method_t *out, const char *text)
{
    static const char *const names[] = {"adams", "rk", "bdf", "krylov"};
    for (int i = 0; i < 4; i++) {
        if (strcmp(text, names[i]) == 0) {
            *out = (ncf_flow_method_t) i;
            return 1;
        }
    }
    cli_fail(EXIT_USAGE, "--method takes adams, rk, bdf or krylov");
    return 0;
}

static int read_tolerance(double *out, const char *text)
{
    char *end;
    double value = strtod(text, &end);
    if (isspace((unsigned char) text[0]) || end == text || *end != '\0' ||
        !(value >= 1e-14 && value <= 0.1)) {
        cli_fail(EXIT_USAGE, "--tolerance takes a number from 1e-14 to 0.1");
        return 0;
    }
    *out = value;
    return 1;
}

/* An option that only `flow` has, or -1. */
static int set_flow_option(cli_options_t *options, int id, const char *text)
{
    ncf_flow_options_t *flow = &options->flow;
    switch (id) {
    case OPTION_INITIAL:
        options->initial = text;
        return 1;
    case OPTION_UNTIL:
        flow->until = text;
        return 1;
    case OPTION_TRAJECTORY:
        options->trajectory_prefix = text;
        return 1;
    case OPTION_STEP:
        flow->step = text;
        return 1;
    case OPTION_RESCALED:
        flow->rescaled = 1;
        return 1;
    case OPTION_REFERENCE:
        flow->reference = 1;
        return 1;
    case OPTION_PROVE:
        options->prove = 1;
        return 1;
    case OPTION_ANGLE:
        options->angle = text;
        return 1;
    case OPTION_METHOD:
        return read_method(&flow->method, text);
    case OPTION_TOLERANCE:
        return read_tolerance(&flow->tolerance, text);
    case OPTION_MAX_STEPS:
        return read_long(&flow->max_steps, "max-steps", text, 1, 1000000000);
    case OPTION_RUNS:
        return read_long(&options->runs, "runs", text, 1, 1000000);
    case OPTION_RUNS_CSV:
        options->runs_csv = text;
        return 1;
    case OPTION_ORBITS:
        options->orbits = text;
        return 1;
    case OPTION_RUN: {
        long run = 0;
        int good = read_long(&run, "run", text, 0, 1000000);
        flow->run = (uint64_t) run;
        return good;
    }
    case OPTION_ROWS:
        return read_long(&flow->rows, "rows", text, 16, 1000000);
    default:
        return -1;
    }
}

static int read_word(int *out, const char *name, const char *text, const char *const *words)
{
    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(text, words[i]) == 0) {
            *out = i;
            return 1;
        }
    }
    cli_fail(EXIT_USAGE, "--%s cannot be '%s'; see --help", name, text);
    return 0;
}

static int read_program(ncf_format_t *out, const char *name, const char *text)
{
    static const char *const names[] = {"msolve",  "singular", "phcpack", "macaulay2",
                                        "bertini", "julia",    NULL};
    int index = 0, good = read_word(&index, name, text, names);
    *out = (ncf_format_t) (NCF_FORMAT_MSOLVE + index);
    return good;
}

static int read_system(ncf_system_t *out, const char *text)
{
    static const char *const names[] = {"fixed-point", "kkt", "eigen", NULL};
    int index = 0, good = read_word(&index, "system", text, names);
    *out = (ncf_system_t) (NCF_SYSTEM_FIXED_POINT + index);
    return good;
}

/* An option of `plot`; 0 after a message. */
static int set_picture_option(cli_options_t *options, int id, const char *text)
{
    static const char *const kinds[] = {"auto", "training", "angle", "weights", "profile",
                                        "census", "table", NULL};
    static const char *const formats[] = {"svg", "png", "pdf", NULL};
    int kind = 0, good = 1;
    switch (id) {
    case OPTION_PICTURE:
        good = read_word(&kind, "kind", text, kinds);
        options->picture = (ncf_picture_kind_t) kind;
        break;
    case OPTION_FORMAT:
        good = read_word(&options->picture_format, "format", text, formats);
        break;
    case OPTION_PROBLEM:
        options->of_problem = text;
        break;
    case OPTION_QUANTITY:
        options->quantity = text;
        break;
    case OPTION_AGAINST:
        options->against = text;
        break;
    case OPTION_TITLE:
        options->title = text;
        break;
    case OPTION_SCRIPT:
        options->script = 1;
        break;
    case OPTION_NO_PICTURES:
        options->no_pictures = 1;
        break;
    default:
        good = 0;
    }
    return good;
}

static int read_format(cli_options_t *options, const char *text)
{
    static const char *const names[] = {"text", "csv", "markdown", "latex", "json"};
    for (int i = 0; i < 5; i++) {
        if (strcmp(text, names[i]) == 0) {
            options->format = i;
            return 1;
        }
    }
    cli_fail(EXIT_USAGE, "--format takes text, csv, markdown, latex or json");
    return 0;
}

/* "K/N" */
static int read_shard(cli_options_t *options, const char *text)
{
    char *end;
    const char *slash = strchr(text, '/');
    long shard = strtol(text, &end, 10);
    if (slash != NULL && isdigit((unsigned char) text[0]) && end == slash &&
        isdigit((unsigned char) slash[1])) {
        long shards = strtol(slash + 1, &end, 10);
        if (*end == '\0' && shard >= 1 && shard <= shards && shards <= 1000000) {
            options->shard = shard;
            options->shards = shards;
            return 1;
        }
    }
    cli_fail(EXIT_USAGE, "--shard takes K/N with 1 <= K <= N <= 1000000");
    return 0;
}

/* Appends to a list of file names. */
static int add_name(const char **list, size_t *count, const char *name, const char *text)
{
    if (*count == CLI_MAX_NAMES || *text == '\0') {
        cli_fail(EXIT_USAGE, "--%s takes a name, at most %d times", name, CLI_MAX_NAMES);
        return 0;
    }
    list[(*count)++] = text;
    return 1;
}

/* The options of `table` alone; -1 for another one. */
static int set_table_option(cli_options_t *options, int id, const char *text)
{
    switch (id) {
    case OPTION_MERGE:
        options->merge = 1;
        return 1;
    case OPTION_TABLE_FORMAT:
        return read_format(options, text);
    case OPTION_SHARD:
        return read_shard(options, text);
    case OPTION_STORE:
        return add_name(options->stores, &options->store_count, "store", text);
    case OPTION_CASE_LIMIT:
        return read_seconds(&options->case_limit, "case-limit", text);
    default:
        return -1;
    }
}

/* One option; 0 after a message. */
static int set_option(cli_options_t *options, int id, const char *text)
{
    ncf_solve_options_t *solve = &options->solve;
    long value = 0;
    int good = 1;
    switch (id) {
    case OPTION_JSON:
        options->json = 1;
        break;
    case OPTION_OUTPUT:
        options->output = text;
        return add_name(options->outputs, &options->output_count, "output", text);
    case OPTION_QUIET:
        options->quiet = 1;
        break;
    case OPTION_VERBOSE:
        options->verbose = 1;
        break;
    case OPTION_CAPS:
        solve->caps = 1;
        break;
    case OPTION_LAMBDA_MIN:
        solve->lambda_min = text;
        break;
    case OPTION_CHECKPOINT:
        solve->checkpoint = text;
        break;
    case OPTION_CERTIFICATE:
        options->certificate = text;
        break;
    case OPTION_DISTANCE:
        options->distance = text;
        break;
    case OPTION_DELTA:
        options->delta = text;
        break;
    case OPTION_SOLUTIONS:
        return read_program(&options->program, "solutions", text);
    case OPTION_PROGRAM:
        return read_program(&options->program, "format", text);
    case OPTION_SYSTEM:
        return read_system(&options->system, text);
    case OPTION_KIND:
        return read_kind(&options->kind, text);
    case OPTION_DIGITS:
        return read_long(&options->digits, "digits", text, 1, 10000);
    case OPTION_PRECISION:
        return read_long(&solve->precision, "precision", text, 53, 100000);
    case OPTION_MAX_PRECISION:
        return read_long(&solve->max_precision, "max-precision", text, 53, 1000000);
    case OPTION_SEED:
        return read_seed(&solve->seed, text);
    case OPTION_TIME_LIMIT:
        return read_seconds(&solve->time_limit, "time-limit", text);
    case OPTION_THREADS:
        good = read_long(&value, "threads", text, 1, 1024);
        solve->threads = (int) value;
        break;
    case OPTION_TOP:
        good = read_long(&value, "top", text, 0, 10000000);
        solve->top = (size_t) value;
        break;
    case OPTION_MAX_CLASSES:
        good = read_long(&value, "max-classes", text, 0, 1000000000);
        solve->max_classes = (size_t) value;
        break;
    default:
        good = set_flow_option(options, id, text);
        if (good < 0)
            good = set_table_option(options, id, text);
        return good < 0 ? set_picture_option(options, id, text) : good;
    }
    return good;
}

static void set_defaults(cli_options_t *options)
{
    memset(options, 0, sizeof(*options));
    options->digits = 10;
    options->picture_format = -1;
    options->format = -1;
    ncf_solve_options_init(&options->solve);
    ncf_flow_options_init(&options->flow);
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    options->solve.threads = processors < 1 ? 1 : processors > 64 ? 64 : (int) processors;
}

static void build_long_options(struct option *long_options, const cli_command_t *command)
{
    size_t count = 0;
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        if (!applies(&table[i], command))
            continue;
        long_options[count++] =
            (struct option) {table[i].name, table[i].argument != NULL ? required_argument : no_argument,
                             NULL, (int) table[i].id};
    }
    memset(&long_options[count], 0, sizeof(long_options[count]));
}

/* Help and version go to standard output, which may be full. */
static int print_checked(int id, const cli_command_t *command)
{
    if (id == OPTION_HELP)
        cli_print_command_help(stdout, command);
    else
        cli_print_version(stdout);
    return cli_output_flush();
}

/* getopt_long names the culprit in optopt: a letter, an option with a value too many, or 0. */
static int unknown_option(const cli_command_t *command, const char *word)
{
    char letter[3] = {'-', (char) optopt, '\0'};
    if (optopt >= OPTION_HELP)
        return cli_fail(EXIT_USAGE, "'%s': this option takes no value", word);
    return cli_fail(EXIT_USAGE, "'%s' is not an option of ncf %s; see ncf %s --help",
                    optopt != 0 ? letter : word, command->name, command->name);
}

/* The file names that are left; -1, or the exit status of a wrong number of them. */
static int take_files(cli_options_t *options, const cli_command_t *command, int count, char **names)
{
    int two = strchr(command->files, ' ') != NULL;
    options->files = names;
    options->file_count = count;
    if (strstr(command->files, "...") != NULL && count > 0)
        return -1;
    if (count != 1 + two)
        return cli_fail(EXIT_USAGE, "ncf %s takes %s; see ncf %s --help", command->name,
                        command->files_text, command->name);
    options->problem = names[0];
    options->points = two ? names[1] : NULL;
    options->trajectory = options->points;
    if (two && strcmp(names[0], "-") == 0 && strcmp(names[1], "-") == 0)
        return cli_fail(EXIT_USAGE, "only one of the two files can be standard input");
    return -1;
}

int cli_parse_options(cli_options_t *options, const cli_command_t *command, int argc, char **argv)
{
    struct option long_options[TABLE_COUNT + 1];
    set_defaults(options);
    build_long_options(long_options, command);
    opterr = 0;
    for (;;) {
        int id = getopt_long(argc, argv, ":", long_options, NULL);
        if (id == -1)
            break;
        if (id == OPTION_HELP || id == OPTION_VERSION)
            return print_checked(id, command);
        if (id == ':')
            return cli_fail(EXIT_USAGE, "the option '%s' needs a value", argv[optind - 1]);
        if (id == '?')
            return unknown_option(command, argv[optind - 1]);
        if (!set_option(options, id, optarg))
            return EXIT_USAGE;
    }
    if (options->solve.max_precision < options->solve.precision)
        options->solve.max_precision = options->solve.precision;
    return take_files(options, command, argc - optind, argv + optind);
}
