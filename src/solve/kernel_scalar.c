/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* kernel_scalar.c: one path at a time, to compare the others with. */
#include "path_system.h"

#define LANES 1
#define KERNEL ncf__kernel_scalar
#define KERNEL_NAME "scalar"
#include "kernel.inc"
