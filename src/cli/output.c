/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* output.c: files appear whole or not at all. */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* path + ".XXXXXX", created with the permissions of a new file; NULL on failure. */
static FILE *open_temporary(char **name, const char *path)
{
    size_t length = strlen(path) + 8;
    *name = malloc(length);
    if (*name == NULL)
        return NULL;
    snprintf(*name, length, "%s.XXXXXX", path);
    int descriptor = mkstemp(*name);
    if (descriptor < 0)
        return NULL;
    cli_stop_guard(*name);
    mode_t mask = umask(0);
    umask(mask);
    fchmod(descriptor, 0666 & ~mask);
    return fdopen(descriptor, "w");
}

/* A device or a pipe is written to, never replaced; a link leads to what is replaced. */
int cli_output_open(cli_output_t *output, const char *path)
{
    struct stat found;
    *output = (cli_output_t) {.stream = stdout, .name = "standard output"};
    if (path == NULL || strcmp(path, "-") == 0)
        return 0;
    output->name = path;
    if (stat(path, &found) == 0 && !S_ISREG(found.st_mode)) {
        output->stream = fopen(path, "w");
    } else {
        output->path = realpath(path, NULL);
        if (output->path == NULL)
            output->path = strdup(path);
        output->stream = output->path == NULL ? NULL : open_temporary(&output->temporary, output->path);
    }
    if (output->stream != NULL)
        return 0;
    int status = cli_fail(EXIT_SYSTEM, "%s: %s", path, strerror(errno));
    free(output->temporary);
    free(output->path);
    return status;
}

/* A reader that has left a pipe, as head(1) does, knows; the status tells the rest. */
static int fail_write(const char *name, int cause)
{
    if (cause == EPIPE)
        return EXIT_SYSTEM;
    return cli_fail(EXIT_SYSTEM, "%s could not be written: %s", name, strerror(cause));
}

int cli_output_flush(void)
{
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : fail_write("standard output", errno);
}

int cli_output_close(cli_output_t *output, int failed)
{
    int cause = failed ? errno : 0;
    /* Full disks show up here at the latest. */
    if (fflush(output->stream) != 0 || ferror(output->stream))
        failed = 1;
    if (output->path != NULL && fsync(fileno(output->stream)) != 0)
        failed = 1;
    cause = cause != 0 ? cause : errno;
    if (output->stream != stdout && fclose(output->stream) != 0) {
        failed = 1;
        cause = errno;
    }
    int status = 0;
    if (failed)
        status = fail_write(output->name, cause);
    else if (output->path != NULL && rename(output->temporary, output->path) != 0)
        status = cli_fail(EXIT_SYSTEM, "%s: %s", output->name, strerror(errno));
    if (status != 0 && output->path != NULL)
        unlink(output->temporary);
    cli_stop_guard(NULL);
    free(output->temporary);
    free(output->path);
    return status;
}

void cli_output_drop(cli_output_t *output)
{
    if (output->stream != stdout)
        fclose(output->stream);
    if (output->path != NULL)
        unlink(output->temporary);
    cli_stop_guard(NULL);
    free(output->temporary);
    free(output->path);
}
