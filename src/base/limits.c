/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* limits.c: deadlines, stop requests and progress. */
#include "base.h"

#include <time.h>

double ncf__clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double) now.tv_sec + 1e-9 * (double) now.tv_nsec;
}

ncf_limit_t ncf__limit_reached(const ncf_limits_t *limits)
{
    if (limits == NULL)
        return NCF_LIMIT_NONE;
    if (limits->stop != NULL && *limits->stop != 0)
        return NCF_LIMIT_STOP;
    if (limits->deadline > 0 && ncf__clock() >= limits->deadline)
        return NCF_LIMIT_TIME;
    return NCF_LIMIT_NONE;
}

ncf_limits_t ncf__limits_grace(const ncf_limits_t *limits, double seconds)
{
    ncf_limits_t none = {0, NULL, NULL, NULL};
    if (limits == NULL)
        return none;
    if (ncf__limit_reached(limits) == NCF_LIMIT_NONE)
        return *limits;
    none.deadline = ncf__clock() + seconds;
    return none;
}

void ncf__progress(const ncf_limits_t *limits, const char *stage, double done, double total)
{
    if (limits != NULL && limits->progress != NULL)
        limits->progress(limits->progress_context, stage, done, total);
}
