/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* output.c: files appear whole or not at all. */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* path + ".XXXXXX", created; NULL after a message. */
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
    mode_t mask = umask(0);
    umask(mask);
    fchmod(descriptor, 0666 & ~mask);
    return fdopen(descriptor, "w");
}

int cli_output_open(cli_output_t *output, const char *path)
{
    *output = (cli_output_t) {stdout, path, NULL};
    if (path == NULL)
        return 0;
    if (strcmp(path, "-") == 0) {
        output->path = NULL;
        return 0;
    }
    output->stream = open_temporary(&output->temporary, path);
    if (output->stream == NULL) {
        int status = cli_fail(EXIT_SYSTEM, "%s: %s", path, strerror(errno));
        free(output->temporary);
        return status;
    }
    return 0;
}

int cli_output_close(cli_output_t *output, int failed)
{
    const char *name = output->path != NULL ? output->path : "standard output";
    failed = failed || ferror(output->stream);
    /* Full disks show up here at the latest. */
    if (output->path == NULL)
        failed = fflush(output->stream) != 0 || failed;
    else
        failed = (fsync(fileno(output->stream)) != 0) | (fclose(output->stream) != 0) | failed;
    int status = 0;
    if (failed)
        status = cli_fail(EXIT_SYSTEM, "%s could not be written: %s", name, strerror(errno));
    else if (output->path != NULL && rename(output->temporary, output->path) != 0)
        status = cli_fail(EXIT_SYSTEM, "%s: %s", name, strerror(errno));
    if (status != 0 && output->path != NULL)
        unlink(output->temporary);
    free(output->temporary);
    return status;
}
