/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* batch_avx512.c: 8 points at a time. */
#include "batch.h"

#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512vl,avx2,fma")
#endif

#define LANES 8
#define KERNEL ncf__batch_avx512
#define KERNEL_NAME "avx512"
#define ROWS 6
#define VECTORS 4
#define SIDE 3
#include "batch_kernel.inc"

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
