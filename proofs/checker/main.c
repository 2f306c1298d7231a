/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* main.c: ncf-check CERTIFICATE. */
#include "check.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef NCF_CHECK_VERSION
#define NCF_CHECK_VERSION "unknown"
#endif

typedef struct {
    const char *certificate, *problem;
    size_t claims, unproved;
} job_t;

/* The bytes of a file, followed by a zero. */
static char *read_file(const char *name, size_t *length)
{
    FILE *file = strcmp(name, "-") == 0 ? stdin : fopen(name, "rb");
    if (file == NULL)
        stop(SYSTEM, "%s: %s", name, strerror(errno));
    size_t room = 65536, count = 0, got;
    char *bytes = allocate(room + 1, 1);
    while ((got = fread(bytes + count, 1, room - count, file)) > 0) {
        count += got;
        if (count == room) {
            char *more = allocate(2 * room + 1, 1);
            memcpy(more, bytes, count);
            discard(bytes);
            bytes = more;
            room *= 2;
        }
    }
    if (ferror(file))
        stop(SYSTEM, "%s: %s", name, strerror(errno));
    if (file != stdin)
        fclose(file);
    bytes[count] = '\0';
    *length = count;
    return bytes;
}

static node_t *read_document(const char *name)
{
    size_t length;
    char *bytes = read_file(name, &length);
    return json_read(name, bytes, length);
}

static void check(void *argument)
{
    job_t *job = argument;
    node_t *problem = job->problem != NULL ? read_document(job->problem) : NULL;
    check_certificate(read_document(job->certificate), problem, &job->claims, &job->unproved);
}

static void print_help(void)
{
    puts("Usage: ncf-check [OPTION]... CERTIFICATE\n"
         "Proves every claim of a certificate of ncf again, in exact integer arithmetic.\n"
         "\n"
         "  --problem=FILE       compare the problem of the certificate with this problem "
         "file\n"
         "  --limit-memory=MIB   memory (default 2048)\n"
         "  --limit-work=N       million products of machine words (default 1000000)\n"
         "  --limit-bits=N       bits of a claim (default 10000)\n"
         "  --quiet              print nothing but errors\n"
         "  --help               print this help\n"
         "  --version            print the version\n"
         "\n"
         "Exit status: 0 every claim verified, 1 rejected, 2 usage, 3 malformed, 4 a limit "
         "was\n"
         "reached, 5 system failure.");
}

static int usage(const char *fact, const char *what)
{
    fprintf(stderr, "ncf-check: %s%s; try --help\n", fact, what);
    return USAGE;
}

/* A number from 1 to most; 0 if it is none. */
static uint64_t read_limit(const char *text, uint64_t most)
{
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    int valid = errno == 0 && *end == '\0' && *text >= '0' && *text <= '9' && value <= most;
    return valid ? value : 0;
}

static int report(const job_t *job, status_t status, const char *message, int quiet)
{
    if (status != VERIFIED) {
        const char *word = status == REJECTED ? "REJECTED " : "";
        const char *name = status == REJECTED ? job->certificate : "ncf-check";
        fprintf(status == REJECTED && !quiet ? stdout : stderr, "%s%s: %s\n", word, name,
                message);
    } else if (!quiet) {
        printf("VERIFIED %s (%zu claim%s", job->certificate, job->claims,
               job->claims == 1 ? "" : "s");
        if (job->unproved > 0)
            printf("; %zu statement%s listed as unproved", job->unproved,
                   job->unproved == 1 ? " is" : "s are");
        puts(")");
    }
    if (fflush(stdout) != 0) {
        fprintf(stderr, "ncf-check: standard output: %s\n", strerror(errno));
        return SYSTEM;
    }
    return (int) status;
}

int main(int count, char **words)
{
    enum { HELP = 256, VERSION, PROBLEM, MEMORY, WORK, BITS, QUIET };
    static const struct option options[] = {
        {"help", no_argument, NULL, HELP},
        {"version", no_argument, NULL, VERSION},
        {"problem", required_argument, NULL, PROBLEM},
        {"limit-memory", required_argument, NULL, MEMORY},
        {"limit-work", required_argument, NULL, WORK},
        {"limit-bits", required_argument, NULL, BITS},
        {"quiet", no_argument, NULL, QUIET},
        {NULL, 0, NULL, 0},
    };
    limits_t limits = {(size_t) 2048 << 20, UINT64_C(1000000000000), 10000};
    job_t job = {NULL, NULL, 0, 0};
    int quiet = 0, option;
    uint64_t value = 1;
    opterr = 0;
    while ((option = getopt_long(count, words, "", options, NULL)) != -1) {
        if (option == HELP) {
            print_help();
            return fflush(stdout) != 0 ? SYSTEM : VERIFIED;
        } else if (option == VERSION) {
            printf("ncf-check (ncf) %s, GMP %s\n", NCF_CHECK_VERSION, gmp_version);
            return fflush(stdout) != 0 ? SYSTEM : VERIFIED;
        } else if (option == PROBLEM) {
            job.problem = optarg;
        } else if (option == MEMORY) {
            limits.memory = (value = read_limit(optarg, SIZE_MAX >> 21)) << 20;
        } else if (option == WORK) {
            limits.work = (value = read_limit(optarg, 1000000000)) * 1000000;
        } else if (option == BITS) {
            limits.bits = (long) (value = read_limit(optarg, 100000));
        } else if (option == QUIET) {
            quiet = 1;
        } else {
            return usage("option not known, or without its argument: ", words[optind - 1]);
        }
        if (value == 0)
            return usage("the limit is not a positive number: ", optarg);
    }
    if (optind + 1 != count)
        return usage("one certificate is expected", "");
    job.certificate = words[optind];
    char message[512];
    status_t status = run(check, &job, &limits, message, sizeof message);
    return report(&job, status, message, quiet);
}
