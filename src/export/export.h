/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* export.h: a system as an input file of another program. */
#ifndef NCF_EXPORT_H
#define NCF_EXPORT_H

#include "system.h"

/* The files of ncf_export_write; the options are in range. */
ncf_status_t ncf__export_write(FILE *stream, const struct ncf_problem *problem,
                               const ncf_export_options_t *options, ncf_error_t *err);

/* "msolve", "singular", .. */
const char *ncf__format_name(ncf_format_t format);

/* The system in the syntax of a program, without the header. */
void ncf__write_system(FILE *stream, const ncf_exact_system_t *system, ncf_format_t format);

#endif
