/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* kernel_avx2.c: 4 paths at a time. */
#include "path_system.h"

#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif

#define LANES 4
#define KERNEL ncf__kernel_avx2
#define KERNEL_NAME "avx2"
#include "kernel.inc"

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
