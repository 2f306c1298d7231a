/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* digest.c: SHA-256 through libmd. */
#include "base.h"

#include <sha2.h>

void ncf__sha256(char hex[65], const void *bytes, size_t length)
{
    SHA2_CTX context;
    uint8_t digest[SHA256_DIGEST_LENGTH];
    SHA256Init(&context);
    SHA256Update(&context, bytes, length);
    SHA256Final(digest, &context);
    for (int i = 0; i < SHA256_DIGEST_LENGTH; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}
