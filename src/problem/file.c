/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* file.c: whole files and their names. */
#include "reader.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static ncf_status_t system_fact(char fact[NCF_FACT_SIZE], const char *what, int number)
{
    char buffer[NCF_FACT_SIZE];
    snprintf(fact, NCF_FACT_SIZE, "%s: %s", what, strerror_r(number, buffer, sizeof(buffer)));
    return NCF_EIO;
}

/*
 * Reads to the end in growing pieces, so that pipes work too. An interrupted call is
 * not repeated: a signal that the program catches is meant to end the work.
 */
static ncf_status_t read_all(char **bytes, size_t *length, char fact[NCF_FACT_SIZE], int file)
{
    size_t room = 1 << 16, used = 0;
    char *buffer = ncf__malloc(room, 1);
    ncf_status_t status = NCF_OK;
    for (;;) {
        ssize_t got = read(file, buffer + used, room - used);
        if (got == 0)
            break;
        if (got < 0) {
            status = system_fact(fact, "cannot read", errno);
            break;
        }
        used += (size_t) got;
        if (used > NCF_FILE_MAX_BYTES) {
            snprintf(fact, NCF_FACT_SIZE, "the file is larger than 256 MiB");
            status = NCF_ESPEC;
            break;
        }
        if (used == room) {
            room *= 2;
            buffer = ncf__realloc(buffer, room, 1);
        }
    }
    if (status != NCF_OK) {
        ncf__free(buffer);
        return status;
    }
    *bytes = buffer;
    *length = used;
    return NCF_OK;
}

ncf_status_t ncf__file_read(char **bytes, size_t *length, char fact[NCF_FACT_SIZE],
                            const char *path)
{
    int standard_input = strcmp(path, "-") == 0;
    int file = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return system_fact(fact, "cannot open", errno);
    ncf_status_t status = read_all(bytes, length, fact, file);
    if (!standard_input)
        close(file);
    return status;
}

char *ncf__file_resolve(const char *directory, const char *path)
{
    if (directory[0] == '\0' || path[0] == '/')
        return ncf__strdup(path);
    const char *slash = directory[strlen(directory) - 1] == '/' ? "" : "/";
    return ncf__format("%s%s%s", directory, slash, path);
}

char *ncf__file_directory(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *directory = ncf__strdup(path);
    directory[slash == NULL ? 0 : slash + 1 - path] = '\0';
    return directory;
}
