/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * stop.c: signals and the time limit. While the library solves it looks at cli_stop
 * between its steps, and gets a moment to answer, a longer one where other programs keep
 * the processor; at other times, or when a single step is long, the program ends at once. A temporary file that is
 * open then is removed.
 */
#include "cli.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* From a signal to the end of a program that does not answer, in seconds. */
#define PATIENCE 0.9

/* The same on a busy machine, where so much of the processor's time takes longer. */
#define BUSY_PATIENCE 4

/* The same after the time limit, which the library watches itself. */
#define OVERTIME 2

/* Signals closer than this are one request: timeout(1) sends each of them twice. */
#define ONE_REQUEST 0.5

volatile sig_atomic_t cli_stop;

/* When it was set, on the clock and in the processor's time of this program. */
static double stop_time, stop_work;

/* The library looks at cli_stop, or what it returned is being written. */
static volatile sig_atomic_t answering;

static const char *volatile temporary;

static void set_alarm(double seconds)
{
    struct itimerval timer;
    memset(&timer, 0, sizeof(timer));
    timer.it_value.tv_sec = (time_t) floor(seconds);
    timer.it_value.tv_usec = (suseconds_t) ((seconds - floor(seconds)) * 1e6);
    setitimer(ITIMER_REAL, &timer, NULL);
}

static void write_text(const char *text)
{
    ssize_t ignored = write(STDERR_FILENO, text, strlen(text));
    (void) ignored;
}

/*
 * Only calls that are safe in a signal handler. Two signals can arrive on two threads (a
 * BLAS library has some of its own): the first one speaks and ends the program.
 */
static void end_now(const char *text)
{
    static atomic_flag ending = ATOMIC_FLAG_INIT;
    if (atomic_flag_test_and_set(&ending))
        return;
    if (temporary != NULL)
        unlink(temporary);
    if (cli_progress_is_shown())
        write_text("\r\033[K");
    write_text(text);
    _exit(EXIT_LIMIT);
}

static double work_time(void)
{
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (double) used.tv_sec + 1e-9 * (double) used.tv_nsec;
}

static void on_stop(int number)
{
    (void) number;
    if (!answering || (cli_stop && cli_clock() - stop_time > ONE_REQUEST))
        end_now("ncf: interrupted; nothing was written\n");
    if (cli_stop)
        return;
    stop_time = cli_clock();
    stop_work = work_time();
    cli_stop = 1;
    set_alarm(PATIENCE);
}

static void on_alarm(int number)
{
    (void) number;
    if (cli_stop && cli_clock() - stop_time < BUSY_PATIENCE &&
        work_time() - stop_work < PATIENCE) {
        set_alarm(0.1);
        return;
    }
    end_now("ncf: stopped in the middle of a step; nothing was written\n");
}

static void handle(int number, void (*handler)(int))
{
    struct sigaction action;
    memset(&action, 0, sizeof(action));
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    sigfillset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

void cli_stop_arm(double time_limit)
{
    struct sigaction hangup;
    handle(SIGINT, on_stop);
    handle(SIGTERM, on_stop);
    handle(SIGALRM, on_alarm);
    /* nohup(1) ignores it on purpose. */
    if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN)
        handle(SIGHUP, on_stop);
    if (time_limit > 0)
        set_alarm(time_limit + OVERTIME);
}

void cli_stop_answering(void)
{
    answering = 1;
}

void cli_stop_answered(void)
{
    set_alarm(0);
}

void cli_stop_guard(const char *path)
{
    temporary = path;
}
