/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* kernel_portable.c: two paths at a time, for every machine. */
#include "path_system.h"

#define LANES 2
#define KERNEL ncf__kernel_portable
#define KERNEL_NAME "portable"
#include "kernel.inc"
