/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * store.h: records of finished cases, one file each, in a folder. A file appears whole or not
 * at all; a record is believed only when it holds the very key that it is asked for. Several
 * processes, on one machine or on a shared disk, may use one store at the same time.
 */
#ifndef NCF_STORE_H
#define NCF_STORE_H

#include "study.h"

typedef struct {
    char **folders; /* records are written to the first one, and looked for in all */
    size_t count;
    int lock_file; /* -1: records are only read */
    int can_lock;  /* 0: the file system has no locks; work may then be done twice */
} ncf_store_t;

/*
 * Opens a store; the first folder is made if it is to be written and does not exist. The
 * caller closes it. NCF_EIO with one fact, and nothing to close, when a folder cannot be used.
 */
ncf_status_t ncf__store_open(ncf_store_t *store, const char *const *folders, size_t count,
                             int writable, ncf_error_t *err);
void ncf__store_close(ncf_store_t *store);

/* The record of a key, or NULL: missing, damaged, or of another key. A new reference. */
json_t *ncf__store_find(const ncf_store_t *store, const char *digest, const json_t *key);

/*
 * Claims a record for this process until it is released or the process ends. Returns 0 when
 * another process holds it. Threads of one process are not told apart.
 */
int ncf__store_claim(ncf_store_t *store, const char *digest);
void ncf__store_release(ncf_store_t *store, const char *digest);

/* Writes a record: NCF_OK, or NCF_EIO with the file and the reason; then no file is left. */
ncf_status_t ncf__store_put(const ncf_store_t *store, const char *digest, const json_t *record,
                            ncf_error_t *err);

#endif
