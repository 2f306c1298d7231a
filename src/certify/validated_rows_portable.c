/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* validated_rows_portable.c: combinations of rows for every machine. */
#include "validated_internal.h"

#define LANES 2
#define COMBINE ncf__tube_combine_portable
#include "validated_rows.inc"
