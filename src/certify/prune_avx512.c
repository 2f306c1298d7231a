/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* prune_avx512.c: the kernel for AVX-512. */
#include "prune_internal.h"

#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512vl,avx2"))),       \
                             apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512vl,avx2")
#endif

#define KERNEL ncf__prune_kernel_avx512
#include "prune_kernel.inc"

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
