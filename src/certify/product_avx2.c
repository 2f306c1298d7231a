/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* product_avx2.c: matrix products in vectors of 4 doubles. */
#include "interval_matrix.h"

#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif

#define LANES 4
#define PRODUCT ncf__product_avx2
#include "product.inc"

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
