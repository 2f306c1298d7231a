/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* progress.c: one line on a terminal that is rewritten at most ten times a second. */
#include "cli.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

/* With a stage of 24 letters and the estimate, the line has at most 78 columns. */
#define BAR_WIDTH 24

static struct {
    int active;
    volatile sig_atomic_t shown;
    double start, last, stage_start;
    const char *stage;
} state;

double cli_clock(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double) time.tv_sec + 1e-9 * (double) time.tv_nsec;
}

void cli_progress_start(const cli_options_t *options)
{
    memset(&state, 0, sizeof(state));
    state.active = !options->quiet && isatty(STDERR_FILENO);
    state.start = state.last = cli_clock();
}

/* The rest of this stage at the speed so far; honest only once some of it is done. */
static void write_estimate(double time, double share)
{
    double spent = time - state.stage_start;
    if (share > 0.02 && spent > 1)
        fprintf(stderr, " about %.0f s left", spent * (1 - share) / share);
}

void cli_progress(void *context, const char *stage, double done, double total)
{
    (void) context;
    double time = cli_clock();
    if (stage != state.stage) {
        state.stage = stage;
        state.stage_start = time;
    }
    /* Short runs show nothing at all. */
    if (!state.active || time - state.start < 0.3 || time - state.last < 0.1)
        return;
    state.last = time;
    state.shown = 1;
    double share = total > 0 ? done / total : 0;
    if (share > 1)
        share = 1;
    fprintf(stderr, "\r\033[K%-24s ", stage);
    if (total > 0) {
        int filled = (int) (share * BAR_WIDTH);
        fputc('[', stderr);
        for (int i = 0; i < BAR_WIDTH; i++)
            fputc(i < filled ? '#' : ' ', stderr);
        fprintf(stderr, "] %3.0f %%", 100 * share);
        write_estimate(time, share);
    } else {
        fprintf(stderr, "%.0f s", time - state.stage_start);
    }
    fflush(stderr);
}

void cli_progress_end(void)
{
    if (state.shown)
        fputs("\r\033[K", stderr);
    state.shown = state.active = 0;
}

int cli_progress_is_shown(void)
{
    return state.shown;
}
