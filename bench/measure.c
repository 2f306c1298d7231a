/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * measure RUNS COMMAND [ARGUMENT..]: runs a command RUNS times, output discarded, and
 * prints four tab-separated numbers: median wall seconds, median processor seconds, the
 * largest resident memory in MB, and the exit status (-1 when the runs disagree).
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_RUNS 99

typedef struct {
    double wall, processor, megabytes;
    int status;
} run_t;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

static double seconds(struct timeval t)
{
    return (double) t.tv_sec + 1e-6 * (double) t.tv_usec;
}

static void become(char **command)
{
    int null = open("/dev/null", O_RDWR);
    for (int k = 0; k < 3; k++)
        dup2(null, k);
    execvp(command[0], command);
    _exit(127);
}

static run_t run_once(char **command)
{
    double start = now();
    pid_t child = fork();
    if (child == 0)
        become(command);
    int status;
    struct rusage use;
    if (child < 0 || wait4(child, &status, 0, &use) < 0) {
        perror("measure");
        exit(5);
    }
    run_t run = {now() - start, seconds(use.ru_utime) + seconds(use.ru_stime),
                 (double) use.ru_maxrss / 1024, WIFEXITED(status) ? WEXITSTATUS(status) : 128};
    return run;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    int runs = argc > 2 ? atoi(argv[1]) : 0;
    if (runs < 1 || runs > MAX_RUNS) {
        fputs("usage: measure RUNS COMMAND [ARGUMENT..]\n", stderr);
        return 2;
    }
    double wall[MAX_RUNS], processor[MAX_RUNS], megabytes = 0;
    int status = 0;
    for (int k = 0; k < runs; k++) {
        run_t run = run_once(argv + 2);
        wall[k] = run.wall;
        processor[k] = run.processor;
        megabytes = run.megabytes > megabytes ? run.megabytes : megabytes;
        status = k == 0 || run.status == status ? run.status : -1;
    }
    qsort(wall, (size_t) runs, sizeof(double), by_value);
    qsort(processor, (size_t) runs, sizeof(double), by_value);
    printf("%.3f\t%.3f\t%.1f\t%d\n", wall[runs / 2], processor[runs / 2], megabytes, status);
    return 0;
}
