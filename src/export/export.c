/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* export.c: the files that are exported: a header in comments, and the system. */
#include "export.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#define LINE_WIDTH 90

/*
 * Comments begin with a mark; PHCpack takes all that follows the system as one, and msolve
 * has none. The command: FILE is the exported file, FILE.out what the program writes.
 */
typedef struct {
    const char *name, *comment, *command, *found;
} format_t;

static const format_t formats[] = {
    [NCF_FORMAT_AUTO] = {"", "", "", ""},
    [NCF_FORMAT_MSOLVE] = {"msolve", "", "msolve -f %s -o %s.out", "%s.out"},
    [NCF_FORMAT_SINGULAR] = {"singular", "// ", "Singular -q %s </dev/null >%s.out", "%s.out"},
    [NCF_FORMAT_PHCPACK] = {"phcpack", "", "phc -b %s %s.out", "%s.out"},
    [NCF_FORMAT_MACAULAY2] = {"macaulay2", "-- ", "M2 --script %s >%s.out", "%s.out"},
    [NCF_FORMAT_BERTINI] = {"bertini", "% ", "bertini %s", "nonsingular_solutions"},
    [NCF_FORMAT_JULIA] = {"julia", "# ", "julia %s %s.out", "%s.out"},
};

const char *ncf__format_name(ncf_format_t format)
{
    return formats[format].name;
}

/* ---- The header ------------------------------------------------------------------ */

typedef struct {
    FILE *stream;
    const char *comment;
    const ncf_exact_system_t *system;
} header_t;

static void line(const header_t *header, const char *format, ...) NCF_PRINTF(2, 3);

static void line(const header_t *header, const char *format, ...)
{
    va_list arguments;
    fputs(header->comment, header->stream);
    va_start(arguments, format);
    vfprintf(header->stream, format, arguments);
    va_end(arguments);
    fputc('\n', header->stream);
}

/* A file name may hold a line feed, which would end a comment. */
static char *printable(const char *name)
{
    char *text = ncf__strdup(name);
    for (char *c = text; *c != '\0'; c++) {
        if (iscntrl((unsigned char) *c))
            *c = '?';
    }
    return text;
}

static void say_system(const header_t *header)
{
    const ncf_exact_system_t *system = header->system;
    switch (system->kind) {
    case NCF_SYSTEM_FIXED_POINT:
        line(header, "system: fixed-point, grad N(z) = z; N is homogeneous of degree L = %ld",
             (long) system->degree);
        line(header, "solutions: each real z != 0 is a KKT point with lambda > 0:");
        line(header, "  u = z/|z|, grad N(u) = lambda u with lambda = |z|^(2-L) = |z|^%ld",
             2 - (long) system->degree);
        line(header, "  every KKT point with lambda > 0 is one; those with lambda < 0 solve "
                     "grad N(z) = -z;");
        line(header, "  lambda = 0 is kept out by the form: z would be infinite");
        break;
    case NCF_SYSTEM_KKT:
        line(header, "system: kkt, grad N(u) = lam u, |u|^2 = 1, saturated by s lam = 1");
        line(header, "solutions: each real one is a KKT point u with lambda = lam != 0, and "
                     "conversely;");
        line(header, "  lam = 0 is kept out by the unknown s = 1/lam");
        break;
    default:
        line(header, "system: eigen, T q^%ld = mu q, |q|^2 = 1, saturated by s mu = 1,",
             (long) system->degree - 1);
        line(header, "  T = sum_i z_i x_i^(%ld) the data tensor", (long) system->degree);
        line(header, "solutions: each real one is a unit eigenvector q with mu != 0, and "
                     "conversely;");
        line(header, "  a KKT point has each of its units off or on one of these lines;");
        line(header, "  mu = 0 is kept out by the unknown s = 1/mu");
    }
    line(header, "each equation is multiplied by a constant");
    if (system->families)
        line(header, "linear hidden units: the solutions are not isolated but form families");
}

/* "unknowns: z1 = W_1_1_1, ..", broken into lines. */
static void say_unknowns(const header_t *header)
{
    const ncf_exact_system_t *system = header->system;
    int column = fprintf(header->stream, "%sunknowns:", header->comment);
    for (slong j = 0; j < system->weights; j++) {
        int length = (int) (strlen(system->names[j]) + strlen(system->meanings[j])) + 5;
        if (column + length > LINE_WIDTH && j > 0)
            column = fprintf(header->stream, "\n%s ", header->comment) - 1;
        column += fprintf(header->stream, " %s = %s%s", system->names[j], system->meanings[j],
                          j + 1 < system->unknowns ? "," : "");
    }
    for (slong j = system->weights; j < system->unknowns; j++)
        fprintf(header->stream, " %s%s", system->names[j], j + 1 < system->unknowns ? "," : "");
    fputc('\n', header->stream);
}

/* Replaces each %s of the pattern, at most two. */
static char *fill_in(const char *pattern, const char *name)
{
    char *text = ncf__strdup("");
    for (const char *at = pattern, *next; at != NULL; at = next) {
        next = strstr(at, "%s");
        size_t length = next != NULL ? (size_t) (next - at) : strlen(at);
        char *longer =
            ncf__format("%s%.*s%s", text, (int) length, at, next != NULL ? name : "");
        ncf__free(text);
        text = longer;
        if (next != NULL)
            next += 2;
    }
    return text;
}

static void write_header(const header_t *header, const struct ncf_problem *problem,
                         const ncf_export_options_t *options)
{
    const format_t *format = &formats[options->format];
    char *problem_name = printable(problem->name);
    char *file = printable(options->file != NULL ? options->file : "FILE");
    char *command = fill_in(format->command, file), *found = fill_in(format->found, file);
    line(header, "KKT points of N(u) = sum_i z_i H(x_i; u) on the unit sphere, written by ncf %s",
         ncf_version());
    line(header, "problem: %s, SHA-256 %s", problem_name, problem->sha256);
    say_system(header);
    say_unknowns(header);
    line(header, "run: %s", command);
    line(header, "then: ncf certify %s %s", problem_name, found);
    ncf__free(problem_name);
    ncf__free(file);
    ncf__free(command);
    ncf__free(found);
}

/* ---- The file -------------------------------------------------------------------- */

ncf_status_t ncf__export_write(FILE *stream, const struct ncf_problem *problem,
                               const ncf_export_options_t *options, ncf_error_t *err)
{
    ncf_exact_system_t system;
    ncf_system_t kind = options->system;
    ncf_status_t status = ncf__system_choose(&kind, problem, err);
    if (status == NCF_OK)
        status = ncf__system_init(&system, problem, kind, err);
    if (status != NCF_OK)
        return status;
    header_t header = {stream, formats[options->format].comment, &system};
    if (*header.comment != '\0')
        write_header(&header, problem, options);
    ncf__write_system(stream, &system, options->format);
    if (options->format == NCF_FORMAT_PHCPACK) {
        fputs("\nTITLE :\n", stream);
        write_header(&header, problem, options);
    }
    header.stream = options->notes;
    if (options->format == NCF_FORMAT_MSOLVE && options->notes != NULL)
        write_header(&header, problem, options);
    ncf__system_clear(&system);
    if (fflush(stream) != 0 || ferror(stream))
        return ncf__fail(err, NCF_EIO, "the output cannot be written");
    return NCF_OK;
}
