/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* validated_rows_avx2.c: combinations of rows for AVX2. */
#include "validated_internal.h"

#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif

#define LANES 4
#define COMBINE ncf__tube_combine_avx2
#include "validated_rows.inc"

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
