/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* error.c: the status list and the caller-supplied error record. */
#include "base.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATUS_TEXT(name, exit_status, text) text,
static const char *const status_texts[] = {NCF_STATUS_LIST(STATUS_TEXT)};
#define STATUS_EXIT(name, exit_status, text) exit_status,
static const int status_exits[] = {NCF_STATUS_LIST(STATUS_EXIT)};

const char *ncf_status_text(ncf_status_t status)
{
    if ((int) status < 0 || status >= NCF_STATUS_COUNT)
        return "unknown status";
    return status_texts[status];
}

int ncf_status_exit(ncf_status_t status)
{
    if ((int) status < 0 || status >= NCF_STATUS_COUNT)
        return status_exits[NCF_EBUG];
    return status_exits[status];
}

void ncf_error_init(ncf_error_t *err)
{
    memset(err, 0, sizeof(*err));
}

void ncf_error_print(FILE *stream, const char *program, const ncf_error_t *err)
{
    fprintf(stream, "%s: ", program);
    if (err->source[0] != '\0') {
        fprintf(stream, "%s:", err->source);
        if (err->line > 0) {
            fprintf(stream, "%d:", err->line);
            if (err->column > 0)
                fprintf(stream, "%d:", err->column);
        }
        fputc(' ', stream);
    }
    fprintf(stream, "%s\n", err->text[0] != '\0' ? err->text : ncf_status_text(err->status));
}

/* One line for a terminal: control characters could hide or forge output. */
static void make_printable(char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char) *text < 32 || *text == 127)
            *text = '?';
    }
}

static void record(ncf_error_t *err, ncf_status_t status, const char *source, int line,
                   int column, const char *format, va_list arguments)
{
    if (err == NULL || err->status != NCF_OK)
        return;
    err->status = status;
    snprintf(err->source, sizeof(err->source), "%s", source);
    err->line = line;
    err->column = column;
    vsnprintf(err->text, sizeof(err->text), format, arguments);
    make_printable(err->source);
    make_printable(err->text);
}

ncf_status_t ncf__fail(ncf_error_t *err, ncf_status_t status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    record(err, status, "", 0, 0, format, arguments);
    va_end(arguments);
    return status;
}

ncf_status_t ncf__fail_at(ncf_error_t *err, ncf_status_t status, const char *source,
                          int line, int column, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    record(err, status, source, line, column, format, arguments);
    va_end(arguments);
    return status;
}

_Noreturn void ncf__require_failed(const char *condition, const char *file, int line)
{
    fprintf(stderr, "libncf: %s:%d: internal check failed: %s\n", file, line, condition);
    abort();
}
