/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* file.h: the bytes of a file. */
#ifndef NCF_FILE_H
#define NCF_FILE_H

#include "../base/base.h"

#define NCF_FILE_MAX_BYTES ((size_t) 256 << 20)
#define NCF_FACT_SIZE 160

/*
 * Reads a whole file, "-" being standard input. On failure (NCF_EIO, or NCF_ESPEC for
 * a file that is too large) fact holds one fact and nothing is allocated. Owns: the
 * caller frees *bytes.
 */
ncf_status_t ncf__file_read(char **bytes, size_t *length, char fact[NCF_FACT_SIZE],
                            const char *path);

#endif
