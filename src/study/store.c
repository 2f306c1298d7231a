/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* store.c: the folder of records. */
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- Opening -------------------------------------------------------------------- */

static ncf_status_t system_fail(ncf_error_t *err, const char *path, int cause)
{
    return ncf__fail_at(err, NCF_EIO, path, 0, 0, "%s", strerror(cause));
}

static ncf_status_t check_folder(const char *path, ncf_error_t *err)
{
    struct stat found;
    if (stat(path, &found) != 0)
        return system_fail(err, path, errno);
    return S_ISDIR(found.st_mode) ? NCF_OK : system_fail(err, path, ENOTDIR);
}

ncf_status_t ncf__store_open(ncf_store_t *store, const char *const *folders, size_t count,
                             int writable, ncf_error_t *err)
{
    memset(store, 0, sizeof(*store));
    store->lock_file = -1;
    if (writable && mkdir(folders[0], 0777) != 0 && errno != EEXIST)
        return system_fail(err, folders[0], errno);
    for (size_t i = 0; i < count; i++)
        NCF_TRY(check_folder(folders[i], err));
    if (writable) {
        char *path = ncf__format("%s/lock", folders[0]);
        store->lock_file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        int cause = errno;
        ncf_status_t status = store->lock_file < 0 ? system_fail(err, path, cause) : NCF_OK;
        ncf__free(path);
        NCF_TRY(status);
        store->can_lock = 1;
    }
    store->count = count;
    store->folders = ncf__calloc(count, sizeof(*store->folders));
    for (size_t i = 0; i < count; i++)
        store->folders[i] = ncf__strdup(folders[i]);
    return NCF_OK;
}

void ncf__store_close(ncf_store_t *store)
{
    if (store->lock_file >= 0)
        close(store->lock_file);
    for (size_t i = 0; i < store->count; i++)
        ncf__free(store->folders[i]);
    ncf__free(store->folders);
}

/* ---- Reading -------------------------------------------------------------------- */

static int is_record(const json_t *record, const json_t *key)
{
    const char *format = json_string_value(json_object_get(record, "format"));
    return format != NULL && strcmp(format, "ncf-case") == 0 &&
           json_equal(json_object_get(record, "key"), key);
}

json_t *ncf__store_find(const ncf_store_t *store, const char *digest, const json_t *key)
{
    for (size_t i = 0; i < store->count; i++) {
        char *path = ncf__format("%s/%s.json", store->folders[i], digest);
        json_t *record = json_load_file(path, 0, NULL);
        ncf__free(path);
        if (record != NULL && is_record(record, key))
            return record;
        json_decref(record);
    }
    return NULL;
}

/* ---- Claims --------------------------------------------------------------------- */

/*
 * One byte of the lock file stands for a record. Such a lock ends with its process, however
 * that ends, so that no claim outlives a run that was killed.
 */
static int set_lock(const ncf_store_t *store, const char *digest, short type)
{
    char place[16];
    struct flock lock;
    memcpy(place, digest, 15);
    place[15] = '\0';
    memset(&lock, 0, sizeof(lock));
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    lock.l_start = (off_t) strtoll(place, NULL, 16);
    lock.l_len = 1;
    return fcntl(store->lock_file, F_SETLK, &lock);
}

int ncf__store_claim(ncf_store_t *store, const char *digest)
{
    if (set_lock(store, digest, F_WRLCK) == 0)
        return 1;
    if (errno == EACCES || errno == EAGAIN)
        return 0;
    store->can_lock = 0;
    return 1;
}

void ncf__store_release(ncf_store_t *store, const char *digest)
{
    set_lock(store, digest, F_UNLCK);
}

/* ---- Writing -------------------------------------------------------------------- */

static int write_file(const char *path, const json_t *record)
{
    FILE *stream = fopen(path, "we");
    if (stream == NULL)
        return errno;
    errno = 0;
    int failed = json_dumpf(record, stream, JSON_INDENT(1)) != 0 ||
                 fputc('\n', stream) == EOF || fflush(stream) != 0 ||
                 fsync(fileno(stream)) != 0;
    int cause = failed ? (errno != 0 ? errno : EIO) : 0;
    if (fclose(stream) != 0 && cause == 0)
        cause = errno;
    return cause;
}

/*
 * The temporary name is that of the record, so that what a killed run leaves is overwritten by
 * the one that does its work; without locks it holds the number of the process besides.
 */
ncf_status_t ncf__store_put(const ncf_store_t *store, const char *digest, const json_t *record,
                            ncf_error_t *err)
{
    char *path = ncf__format("%s/%s.json", store->folders[0], digest);
    char *temporary = store->can_lock ? ncf__format("%s.new", path)
                                      : ncf__format("%s.%ld.new", path, (long) getpid());
    int cause = write_file(temporary, record);
    if (cause == 0 && rename(temporary, path) != 0)
        cause = errno;
    if (cause != 0)
        unlink(temporary);
    ncf_status_t status = cause == 0 ? NCF_OK : system_fail(err, path, cause);
    ncf__free(temporary);
    ncf__free(path);
    return status;
}
