/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * stop.c: signals. The library looks at cli_stop between its steps; a single step of the
 * exact arithmetic can be long, so that an alarm ends the program when it does not
 * answer. Nothing is open for writing while the alarm is armed.
 */
#include "cli.h"

#include <math.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

volatile sig_atomic_t cli_stop;

static void set_alarm(double seconds)
{
    struct itimerval timer;
    memset(&timer, 0, sizeof(timer));
    timer.it_value.tv_sec = (time_t) floor(seconds);
    timer.it_value.tv_usec = (suseconds_t) ((seconds - floor(seconds)) * 1e6);
    setitimer(ITIMER_REAL, &timer, NULL);
}

static void on_stop(int number)
{
    (void) number;
    cli_stop = 1;
    set_alarm(0.9);
}

static void on_alarm(int number)
{
    static const char text[] = "\nncf: stopped in the middle of a step; nothing was written\n";
    (void) number;
    ssize_t ignored = write(STDERR_FILENO, text, sizeof(text) - 1);
    (void) ignored;
    _exit(EXIT_LIMIT);
}

static void handle(int number, void (*handler)(int))
{
    struct sigaction action;
    memset(&action, 0, sizeof(action));
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    sigaction(number, &action, NULL);
}

void cli_stop_arm(double time_limit)
{
    handle(SIGINT, on_stop);
    handle(SIGTERM, on_stop);
    handle(SIGALRM, on_alarm);
    if (time_limit > 0)
        set_alarm(time_limit + 2);
}

/* From here on the result is written; a second Ctrl-C ends the program at once. */
void cli_stop_disarm(void)
{
    set_alarm(0);
    handle(SIGINT, SIG_DFL);
    handle(SIGTERM, SIG_DFL);
}
