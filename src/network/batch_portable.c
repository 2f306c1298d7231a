/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* batch_portable.c: two points at a time, for every machine; and the choice of a set. */
#include "batch.h"

#define LANES 2
#define KERNEL ncf__batch_portable
#define KERNEL_NAME "portable"
#define ROWS 4
#define VECTORS 2
#define SIDE 3
#include "batch_kernel.inc"

const ncf_batch_kernel_t *ncf__batch_kernel(void)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        return &ncf__batch_avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return &ncf__batch_avx2;
#endif
    return &ncf__batch_portable;
}
