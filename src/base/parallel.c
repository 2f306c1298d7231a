/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* parallel.c: independent jobs on a few threads, taken from one shared counter. */
#include "base.h"

#include <pthread.h>
#include <stdatomic.h>

typedef struct {
    slong count;
    ncf_job_fn job;
    void *context;
    const ncf_limits_t *limits;
    const char *stage;
    atomic_long next;
    atomic_long done;
    atomic_int limit;
} pool_t;

typedef struct {
    pool_t *pool;
    int worker;
} worker_t;

static void run_worker(pool_t *pool, int worker)
{
    while (atomic_load(&pool->limit) == NCF_LIMIT_NONE) {
        ncf_limit_t limit = ncf__limit_reached(pool->limits);
        if (limit != NCF_LIMIT_NONE) {
            atomic_store(&pool->limit, (int) limit);
            break;
        }
        slong index = atomic_fetch_add(&pool->next, 1);
        if (index >= pool->count)
            break;
        pool->job(pool->context, index, worker);
        slong done = atomic_fetch_add(&pool->done, 1) + 1;
        if (worker == 0 && pool->stage != NULL)
            ncf__progress(pool->limits, pool->stage, (double) done, (double) pool->count);
    }
}

static void *thread_main(void *argument)
{
    worker_t *self = argument;
    run_worker(self->pool, self->worker);
    flint_cleanup();
    return NULL;
}

ncf_limit_t ncf__parallel_for(slong count, int threads, ncf_job_fn job, void *context,
                              const ncf_limits_t *limits, const char *stage)
{
    pool_t pool = {count, job, context, limits, stage, 0, 0, NCF_LIMIT_NONE};
    int extra = threads - 1;
    if (extra > count - 1)
        extra = (int) (count - 1);
    if (extra < 0)
        extra = 0;
    pthread_t *ids = ncf__malloc((size_t) extra, sizeof(*ids));
    worker_t *workers = ncf__malloc((size_t) extra, sizeof(*workers));
    int started = 0;
    for (; started < extra; started++) {
        workers[started] = (worker_t) {&pool, started + 1};
        /* Fewer threads only make it slower. */
        if (pthread_create(&ids[started], NULL, thread_main, &workers[started]) != 0)
            break;
    }
    run_worker(&pool, 0);
    for (int i = 0; i < started; i++)
        pthread_join(ids[i], NULL);
    ncf__free(workers);
    ncf__free(ids);
    return (ncf_limit_t) atomic_load(&pool.limit);
}
