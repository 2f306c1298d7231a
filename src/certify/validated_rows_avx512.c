/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* validated_rows_avx512.c: combinations of rows for AVX-512. */
#include "validated_internal.h"

#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512vl,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512vl,fma")
#endif

#define LANES 8
#define COMBINE ncf__tube_combine_avx512
#include "validated_rows.inc"

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
