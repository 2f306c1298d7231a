/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* prune_portable.c: the kernel for any processor, and the choice at run time. */
#define KERNEL ncf__prune_kernel_portable
#include "prune_kernel.inc"

ncf_prune_kernel_fn ncf__prune_kernel(void)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        return ncf__prune_kernel_avx512;
    if (__builtin_cpu_supports("avx2"))
        return ncf__prune_kernel_avx2;
#endif
    return ncf__prune_kernel_portable;
}
