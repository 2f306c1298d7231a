/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* run.c: limits, memory, and how a run ends. */
#include "check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every block of memory is in one list, the newest first. */
struct block {
    struct block *older, *newer;
    size_t size;
    uint64_t padding; /* keeps what follows aligned to 16 bytes */
};

static struct {
    jmp_buf end;
    status_t status;
    char *message;
    size_t message_size;
    limits_t limits;
    size_t memory;
    uint64_t work;
    struct block *newest;
    struct block oldest;
} state;

void stop(status_t status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(state.message, state.message_size, format, arguments);
    va_end(arguments);
    state.status = status;
    longjmp(state.end, 1);
}

void spend(uint64_t work)
{
    state.work += work;
    if (state.work > state.limits.work)
        stop(LIMIT, "more than %llu million products (--limit-work)",
             (unsigned long long) (state.limits.work / 1000000));
}

long bits_limit(void)
{
    return state.limits.bits;
}

static void count_memory(size_t size)
{
    if (size > state.limits.memory - state.memory)
        stop(LIMIT, "more than %zu MiB of memory (--limit-memory)", state.limits.memory >> 20);
    state.memory += size;
}

static void unlink_block(struct block *block)
{
    block->older->newer = block->newer;
    if (block->newer != NULL)
        block->newer->older = block->older;
    else
        state.newest = block->older;
}

/* Puts a block that realloc has moved back to its place, or a new one at the end. */
static void link_block(struct block *block)
{
    block->older->newer = block;
    if (block->newer != NULL)
        block->newer->older = block;
    else
        state.newest = block;
}

static void *get_bytes(size_t size)
{
    if (size > SIZE_MAX - sizeof(struct block))
        stop(LIMIT, "more memory than there can be");
    count_memory(size + sizeof(struct block));
    struct block *block = malloc(size + sizeof(struct block));
    if (block == NULL)
        stop(LIMIT, "out of memory");
    block->size = size;
    block->older = state.newest;
    block->newer = NULL;
    link_block(block);
    return block + 1;
}

static void put_bytes(void *bytes, size_t size)
{
    (void) size;
    struct block *block = (struct block *) bytes - 1;
    state.memory -= block->size + sizeof(struct block);
    unlink_block(block);
    free(block);
}

static void *change_bytes(void *bytes, size_t old_size, size_t size)
{
    (void) old_size;
    struct block *block = (struct block *) bytes - 1;
    if (size > block->size)
        count_memory(size - block->size);
    else
        state.memory -= block->size - size;
    block->size = size;
    struct block *moved = realloc(block, size + sizeof(struct block));
    if (moved == NULL)
        stop(LIMIT, "out of memory");
    link_block(moved);
    return moved + 1;
}

void *allocate(size_t count, size_t size)
{
    if (size != 0 && count > (SIZE_MAX / 2) / size)
        stop(LIMIT, "more memory than there can be");
    size_t bytes = count * size;
    return memset(get_bytes(bytes != 0 ? bytes : 1), 0, bytes);
}

void discard(void *bytes)
{
    put_bytes(bytes, 0);
}

/* A block of its own: others may move. */
mark_t memory_mark(void)
{
    return (struct block *) allocate(1, 1) - 1;
}

void memory_release(mark_t mark)
{
    struct block *last = mark->older;
    while (state.newest != last)
        put_bytes(state.newest + 1, 0);
}

mpz_t *new_integers(size_t count)
{
    mpz_t *out = allocate(count, sizeof *out);
    for (size_t i = 0; i < count; i++)
        mpz_init(out[i]);
    return out;
}

mpq_t *new_rationals(size_t count)
{
    mpq_t *out = allocate(count, sizeof *out);
    for (size_t i = 0; i < count; i++)
        mpq_init(out[i]);
    return out;
}

status_t run(void (*function)(void *argument), void *argument, const limits_t *limits,
             char *message, size_t size)
{
    memset(&state, 0, sizeof state);
    state.limits = *limits;
    state.message = message;
    state.message_size = size;
    state.newest = &state.oldest;
    message[0] = '\0';
    void *(*old_get)(size_t), *(*old_change)(void *, size_t, size_t),
        (*old_put)(void *, size_t);
    mp_get_memory_functions(&old_get, &old_change, &old_put);
    mp_set_memory_functions(get_bytes, change_bytes, put_bytes);
    if (setjmp(state.end) == 0)
        function(argument);
    while (state.newest != &state.oldest)
        put_bytes(state.newest + 1, 0);
    mp_set_memory_functions(old_get, old_change, old_put);
    return state.status;
}
