/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* gnuplot.c: runs gnuplot on a script. */
#include "gnuplot.h"

#include <ctype.h>
#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE 300 /* seconds that a picture may take */

extern char **environ;

/* Its standard streams: files without a name. */
typedef struct {
    FILE *input, *output, *errors;
} streams_t;

static void close_streams(streams_t *streams)
{
    FILE *files[] = {streams->input, streams->output, streams->errors};
    for (int i = 0; i < 3; i++) {
        if (files[i] != NULL)
            fclose(files[i]);
    }
}

static ncf_status_t system_fail(ncf_error_t *err, const char *what, int number)
{
    char buffer[160];
    return ncf__fail(err, NCF_EIO, "%s: %s", what, strerror_r(number, buffer, sizeof(buffer)));
}

static ncf_status_t open_streams(streams_t *streams, const char *script, ncf_error_t *err)
{
    size_t length = strlen(script);
    *streams = (streams_t) {tmpfile(), tmpfile(), tmpfile()};
    if (streams->input == NULL || streams->output == NULL || streams->errors == NULL ||
        fwrite(script, 1, length, streams->input) != length || fflush(streams->input) != 0 ||
        fseek(streams->input, 0, SEEK_SET) != 0) {
        ncf_status_t status = system_fail(err, "a temporary file for gnuplot", errno);
        close_streams(streams);
        return status;
    }
    return NCF_OK;
}

/*
 * The environment without what would change the picture: texts are UTF-8, numbers have a
 * point. The entries belong to the process, the list to the caller.
 */
static char **make_environment(void)
{
    static char locale[] = "LC_ALL=C.UTF-8";
    size_t count = 0, used = 0;
    while (environ != NULL && environ[count] != NULL)
        count++;
    char **list = ncf__malloc(count + 2, sizeof(char *));
    for (size_t k = 0; k < count; k++) {
        if (strncmp(environ[k], "LC_ALL=", 7) != 0 && strncmp(environ[k], "GNUTERM=", 8) != 0 &&
            strncmp(environ[k], "GNUPLOT_", 8) != 0)
            list[used++] = environ[k];
    }
    list[used++] = locale;
    list[used] = NULL;
    return list;
}

/* 0, or the number of the error. -d: no settings of the user's. */
static int start(pid_t *child, const streams_t *streams)
{
    static char name[] = "gnuplot", defaults[] = "-d", from_input[] = "-";
    char *arguments[] = {name, defaults, from_input, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t signals;
    char **environment = make_environment();
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, fileno(streams->input), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fileno(streams->output), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fileno(streams->errors), STDERR_FILENO);
    posix_spawnattr_init(&attributes);
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes, &signals);
    sigaddset(&signals, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &signals);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int number = posix_spawnp(child, name, &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    ncf__free(environment);
    return number;
}

/* Waits for its end; 0 when it was killed because of a limit. */
static int wait_for(int *result, pid_t child, const volatile sig_atomic_t *stop)
{
    double end = ncf__clock() + PATIENCE;
    int killed = 0;
    *result = 0;
    for (;;) {
        pid_t ended = waitpid(child, result, killed ? 0 : WNOHANG);
        /* ECHILD: the host ignores SIGCHLD; what was drawn tells the rest. */
        if (ended == child || (ended < 0 && errno != EINTR))
            return !killed;
        if (!killed && ((stop != NULL && *stop) || ncf__clock() > end)) {
            kill(child, SIGKILL);
            killed = 1;
        }
        nanosleep(&(struct timespec) {0, 2000000}, NULL);
    }
}

static ncf_status_t read_back(char **bytes, size_t *length, FILE *file, ncf_error_t *err)
{
    long end = -1;
    *bytes = NULL;
    *length = 0;
    if (fseek(file, 0, SEEK_END) == 0)
        end = ftell(file);
    if (end < 0 || fseek(file, 0, SEEK_SET) != 0)
        return system_fail(err, "what gnuplot wrote cannot be read", errno);
    *bytes = ncf__calloc((size_t) end + 1, 1);
    *length = fread(*bytes, 1, (size_t) end, file);
    if (*length != (size_t) end) {
        ncf__free(*bytes);
        *bytes = NULL;
        return system_fail(err, "what gnuplot wrote cannot be read", errno);
    }
    return NCF_OK;
}

/* Does it begin and end as a picture of this format does? Disks can be full. */
static int is_whole(const char *bytes, size_t length, ncf_picture_format_t format)
{
    static const struct {
        const char *first, *last;
    } marks[] = {{"<?xml", "</svg>"}, {"\x89PNG", "IEND"}, {"%PDF", "%%EOF"}};
    const char *first = marks[format].first, *last = marks[format].last;
    size_t tail = length < 32 ? length : 32;
    return length > 32 && memcmp(bytes, first, strlen(first)) == 0 &&
           memmem(bytes + length - tail, tail, last, strlen(last)) != NULL;
}

/*
 * The fact of "  line 12: fact" in its errors, which begin with an echo of the command, or
 * their first words where there is no such line; in printable characters.
 */
static void find_complaint(char *out, size_t room, const char *errors)
{
    size_t used = 0;
    const char *from = errors + strspn(errors, " \n\t");
    for (const char *line = errors; (line = strstr(line, "line ")) != NULL; line++) {
        size_t digits = strspn(line + 5, "0123456789");
        if (digits > 0 && line[5 + digits] == ':') {
            from = line + 6 + digits + strspn(line + 6 + digits, " ");
            break;
        }
    }
    for (; *from != '\0' && *from != '\n' && used + 1 < room; from++)
        out[used++] = isprint((unsigned char) *from) ? *from : '?';
    out[used] = '\0';
}

static ncf_status_t conclude(char **bytes, size_t *length, const streams_t *streams, int result,
                             ncf_picture_format_t format, ncf_error_t *err)
{
    char complaint[200];
    char *errors;
    size_t error_length;
    ncf_status_t status = read_back(&errors, &error_length, streams->errors, err);
    if (status != NCF_OK)
        return status;
    find_complaint(complaint, sizeof(complaint), errors);
    ncf__free(errors);
    status = read_back(bytes, length, streams->output, err);
    if (status != NCF_OK)
        return status;
    if (result == 0 && is_whole(*bytes, *length, format))
        return NCF_OK;
    ncf__free(*bytes);
    *bytes = NULL;
    return ncf__fail(err, NCF_EHELPER, "gnuplot could not draw the picture%s%s",
                     complaint[0] != '\0' ? ": " : "", complaint);
}

ncf_status_t ncf__gnuplot(char **bytes, size_t *length, const char *script,
                          ncf_picture_format_t format, const volatile sig_atomic_t *stop,
                          ncf_error_t *err)
{
    streams_t streams;
    pid_t child;
    int result;
    *bytes = NULL;
    *length = 0;
    ncf_status_t status = open_streams(&streams, script, err);
    if (status != NCF_OK)
        return status;
    int number = start(&child, &streams);
    if (number == ENOENT)
        status = ncf__fail(err, NCF_EHELPER,
                           "gnuplot is not installed (Debian: gnuplot-nox); its script can be "
                           "written without it");
    else if (number != 0)
        status = system_fail(err, "gnuplot cannot be started", number);
    else if (wait_for(&result, child, stop))
        status = conclude(bytes, length, &streams, result, format, err);
    else if (stop != NULL && *stop)
        status = ncf__fail(err, NCF_ELIMIT, "interrupted; nothing was written");
    else
        status = ncf__fail(err, NCF_EHELPER, "gnuplot did not finish within %d seconds", PATIENCE);
    close_streams(&streams);
    return status;
}
