/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* run.c: runs what the store does not hold yet, then makes the table. */
#include "table.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

/* One record to be made. */
typedef struct {
    char digest[65];
    slong index; /* a case that needs it */
    ncf_task_t task;
    int done;
} unit_t;

typedef struct {
    const struct ncf_study *study;
    ncf_store_t *store;
    const ncf_limits_t *limits; /* of the whole run */
    double case_limit;
    unit_t *units;
    slong count, allocated;
    slong *pending;             /* units without a record */
    slong pending_count, total; /* now, and when the run began */
    atomic_long finished;
    atomic_int broken;     /* the status of what ends the run early, such as a full disk */
    pthread_mutex_t guard; /* of err */
    ncf_error_t *err;
} run_t;

/* ---- What is to be done --------------------------------------------------------- */

/*
 * A record that is not proved in all was made with a time limit; a longer one may prove
 * more. A problem that is refused is refused for ever.
 */
static int is_final(const json_t *record, double case_limit)
{
    double limit = json_number_value(json_object_get(record, "time_limit"));
    int refused = json_is_string(json_object_get(record, "error"));
    return refused || json_integer_value(json_object_get(record, "exit")) == 0 || limit <= 0 ||
           (case_limit > 0 && limit >= case_limit);
}

static int has_record(const run_t *run, const char *digest, const json_t *key)
{
    json_t *record = ncf__store_find(run->store, digest, key);
    int found = record != NULL && is_final(record, run->case_limit);
    json_decref(record);
    return found;
}

/* Adds the records of a case that nobody has added yet. A case without a problem has none. */
static void add_units(run_t *run, json_t *seen, slong index)
{
    ncf_case_t item;
    if (ncf__case_init(&item, run->study, index, NULL) != NCF_OK)
        return;
    for (int task = 0; task < NCF_TASK_COUNT; task++) {
        char digest[65];
        if (!run->study->needs[task])
            continue;
        json_t *key = ncf__case_key(&item, (ncf_task_t) task);
        ncf__case_digest(digest, key);
        if (json_object_get(seen, digest) == NULL) {
            json_object_set_new(seen, digest, json_true());
            if (run->count == run->allocated) {
                run->allocated = 2 * run->allocated + 16;
                run->units = ncf__realloc(run->units, (size_t) run->allocated, sizeof(unit_t));
            }
            unit_t *unit = &run->units[run->count++];
            memcpy(unit->digest, digest, sizeof(digest));
            unit->index = index;
            unit->task = (ncf_task_t) task;
            unit->done = has_record(run, digest, key);
        }
        json_decref(key);
    }
    ncf__case_clear(&item);
}

static void list_units(run_t *run, long shard, long shards)
{
    json_t *seen = json_object();
    for (slong k = 0; k < run->study->cases; k++) {
        if (shards > 0 && k % shards != shard - 1)
            continue;
        if (ncf__limit_reached(run->limits) != NCF_LIMIT_NONE)
            break;
        add_units(run, seen, k);
    }
    json_decref(seen);
}

static void list_pending(run_t *run)
{
    run->pending_count = 0;
    for (slong i = 0; i < run->count; i++) {
        if (!run->units[i].done)
            run->pending[run->pending_count++] = i;
    }
}

/* ---- One record ----------------------------------------------------------------- */

/* The work inside a case shows how far the study is. */
static void tick(void *context, const char *stage, double done, double total)
{
    run_t *run = context;
    (void) stage;
    (void) done;
    (void) total;
    ncf__progress(run->limits, "running the cases", (double) atomic_load(&run->finished),
                  (double) run->total);
}

static ncf_limits_t case_limits(run_t *run, int worker)
{
    ncf_limits_t limits = *run->limits;
    double now = ncf__clock();
    if (run->case_limit > 0 &&
        (limits.deadline <= 0 || now + run->case_limit < limits.deadline))
        limits.deadline = now + run->case_limit;
    limits.progress = worker == 0 ? tick : NULL;
    limits.progress_context = run;
    return limits;
}

static json_t *make_record(const json_t *key, double time_limit, double seconds,
                           int exit_status, json_t *answer, const ncf_error_t *fact)
{
    json_t *record = json_object();
    json_object_set_new(record, "format", json_string("ncf-case"));
    json_object_set_new(record, "version", json_integer(NCF_RECORD_VERSION));
    json_object_set(record, "key", (json_t *) key);
    json_object_set_new(record, "time_limit", json_real(time_limit));
    json_object_set_new(record, "seconds", json_real(seconds));
    json_object_set_new(record, "exit", json_integer(exit_status));
    json_object_set_new(record, "error",
                        answer == NULL ? json_string(fact->text) : json_null());
    json_object_set_new(record, "answer", answer != NULL ? answer : json_null());
    return record;
}

static void break_off(run_t *run, const ncf_error_t *fact)
{
    pthread_mutex_lock(&run->guard);
    if (atomic_exchange(&run->broken, (int) fact->status) == NCF_OK)
        ncf__fail_at(run->err, fact->status, fact->source, fact->line, fact->column, "%s",
                     fact->text);
    pthread_mutex_unlock(&run->guard);
}

/* Does the work and stores it, unless it was interrupted. */
static void do_unit(run_t *run, unit_t *unit, const ncf_case_t *item, const json_t *key,
                    int worker)
{
    int exit_status;
    json_t *answer;
    ncf_error_t fact;
    ncf_error_init(&fact);
    ncf_limits_t limits = case_limits(run, worker);
    double start = ncf__clock();
    double time_limit = limits.deadline > 0 ? limits.deadline - start : 0;
    ncf_status_t status =
        ncf__task_run(&answer, &exit_status, item, unit->task, &limits, &fact);
    double seconds = ncf__clock() - start;
    int stopped = ncf__limit_reached(run->limits) != NCF_LIMIT_NONE && exit_status != 0;
    int lasting = status == NCF_OK || status == NCF_ESPEC || status == NCF_EPARSE ||
                  status == NCF_EARG || status == NCF_EUNSUPPORTED;
    if (stopped || !lasting) {
        json_decref(answer);
        if (!lasting)
            break_off(run, &fact);
        return;
    }
    json_t *record = make_record(key, time_limit, seconds, exit_status, answer, &fact);
    ncf_error_init(&fact);
    if (ncf__store_put(run->store, unit->digest, record, &fact) == NCF_OK)
        unit->done = 1;
    else
        break_off(run, &fact);
    json_decref(record);
}

static void job(void *context, slong k, int worker)
{
    run_t *run = context;
    unit_t *unit = &run->units[run->pending[k]];
    ncf_case_t item;
    if (atomic_load(&run->broken) || !ncf__store_claim(run->store, unit->digest))
        return;
    if (ncf__case_init(&item, run->study, unit->index, NULL) == NCF_OK) {
        json_t *key = ncf__case_key(&item, unit->task);
        /* Another process may have finished it since the list was made. */
        unit->done = has_record(run, unit->digest, key);
        if (!unit->done)
            do_unit(run, unit, &item, key, worker);
        json_decref(key);
        ncf__case_clear(&item);
    } else {
        unit->done = 1; /* its file is gone: the table says so */
    }
    ncf__store_release(run->store, unit->digest);
    atomic_fetch_add(&run->finished, unit->done);
    if (worker == 0)
        tick(run, "", 0, 0);
}

/* ---- All records ---------------------------------------------------------------- */

static void wait_a_moment(void)
{
    struct timespec moment = {0, 100000000};
    nanosleep(&moment, NULL);
}

/* Runs until nothing is left; what other processes are at is waited for. */
static ncf_limit_t run_units(run_t *run, int threads)
{
    ncf_limit_t limit = ncf__limit_reached(run->limits);
    run->pending = ncf__malloc((size_t) run->count + 1, sizeof(*run->pending));
    list_pending(run);
    run->total = run->pending_count;
    while (run->pending_count > 0 && limit == NCF_LIMIT_NONE && !atomic_load(&run->broken)) {
        limit = ncf__parallel_for(run->pending_count, threads, job, run, run->limits, NULL);
        slong before = run->pending_count;
        list_pending(run);
        if (run->pending_count == before)
            wait_a_moment();
    }
    ncf__free(run->pending);
    return limit;
}

/* ---- The public functions ------------------------------------------------------- */

void ncf_table_options_init(ncf_table_options_t *options)
{
    *options = (ncf_table_options_t){.size = sizeof(*options), .threads = 1};
}

static ncf_status_t check_options(const ncf_table_options_t *options, ncf_error_t *err)
{
    if (options->size != sizeof(*options))
        return ncf__fail(err, NCF_EARG, "the options were not set by ncf_table_options_init");
    if (options->threads < 1 || options->threads > 1024)
        return ncf__fail(err, NCF_EARG, "threads must be between 1 and 1024");
    if (options->shards < 0 ||
        (options->shards > 0 && (options->shard < 1 || options->shard > options->shards)))
        return ncf__fail(err, NCF_EARG, "a shard is K of N with 1 <= K <= N");
    if (options->merge && options->shards > 0)
        return ncf__fail(err, NCF_EARG, "a shard is run, a merge runs nothing");
    return NCF_OK;
}

/* "census.store" for "studies/census.json", in the current folder. */
static char *default_store(const struct ncf_study *study)
{
    const char *slash = strrchr(study->name, '/');
    const char *name = slash != NULL ? slash + 1 : study->name;
    size_t length = strlen(name);
    if (length > 5 && strcmp(name + length - 5, ".json") == 0)
        length -= 5;
    return ncf__format("%.*s.store", (int) length, name);
}

/* Fills the store; NCF_OK also when a limit came first. */
static ncf_status_t fill_store(ncf_limit_t *limit, ncf_store_t *store,
                               const struct ncf_study *study,
                               const ncf_table_options_t *options, const ncf_limits_t *limits,
                               ncf_error_t *err)
{
    run_t run = {.study = study, .store = store, .limits = limits, .err = err};
    run.case_limit = options->case_limit > 0 ? options->case_limit : study->options.case_limit;
    pthread_mutex_init(&run.guard, NULL);
    list_units(&run, options->shard, options->shards);
    *limit = run_units(&run, options->threads);
    pthread_mutex_destroy(&run.guard);
    ncf__free(run.units);
    return (ncf_status_t) atomic_load(&run.broken);
}

ncf_status_t ncf_table_run(ncf_table_t **out, const ncf_study_t *study,
                           const ncf_table_options_t *options, ncf_error_t *err)
{
    ncf_table_options_t defaults;
    ncf_store_t store;
    ncf_limit_t limit = NCF_LIMIT_NONE;
    *out = NULL;
    if (options == NULL) {
        ncf_table_options_init(&defaults);
        options = &defaults;
    }
    NCF_TRY(check_options(options, err));
    NCF_TRY(ncf__arithmetic_check(err));
    char *name = default_store(study);
    const char *const own[] = {name};
    const char *const *folders = options->store_count > 0 ? options->stores : own;
    size_t count = options->store_count > 0 ? options->store_count : 1;
    ncf_status_t status = ncf__store_open(&store, folders, count, !options->merge, err);
    ncf__free(name);
    NCF_TRY(status);
    double start = ncf__clock();
    ncf_limits_t limits = {options->time_limit > 0 ? start + options->time_limit : 0,
                           options->stop, options->progress, options->progress_context};
    if (!options->merge)
        status = fill_store(&limit, &store, study, options, &limits, err);
    if (status == NCF_OK) {
        *out = ncf__table_new(study);
        (*out)->shard = options->shard;
        (*out)->shards = options->shards;
        (*out)->limit = limit;
        ncf__table_fill(*out, study, &store);
    }
    ncf__store_close(&store);
    return status;
}
