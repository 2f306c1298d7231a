/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* memory.c: allocation that ends the program when memory is exhausted. */
#include "base.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void out_of_memory(size_t count, size_t size)
{
    fprintf(stderr, "libncf: out of memory (%zu blocks of %zu bytes)\n", count, size);
    abort();
}

/* The number of bytes, at least one so that NULL always means failure. */
static size_t byte_count(size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size)
        out_of_memory(count, size);
    return count * size == 0 ? 1 : count * size;
}

void *ncf__malloc(size_t count, size_t size)
{
    void *block = malloc(byte_count(count, size));
    if (block == NULL)
        out_of_memory(count, size);
    return block;
}

void *ncf__calloc(size_t count, size_t size)
{
    void *block = calloc(1, byte_count(count, size));
    if (block == NULL)
        out_of_memory(count, size);
    return block;
}

void *ncf__realloc(void *block, size_t count, size_t size)
{
    void *moved = realloc(block, byte_count(count, size));
    if (moved == NULL)
        out_of_memory(count, size);
    return moved;
}

char *ncf__strdup(const char *text)
{
    size_t length = strlen(text) + 1;
    return memcpy(ncf__malloc(length, 1), text, length);
}

char *ncf__format(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    NCF_REQUIRE(length >= 0);
    char *text = ncf__malloc((size_t) length + 1, 1);
    va_start(arguments, format);
    vsnprintf(text, (size_t) length + 1, format, arguments);
    va_end(arguments);
    return text;
}

void ncf__free(void *block)
{
    free(block);
}
