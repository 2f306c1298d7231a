/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* product_portable.c: matrix products for every machine. */
#include "interval_matrix.h"

#define LANES 2
#define PRODUCT ncf__product_portable
#include "product.inc"
