/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* report.h: one HTML file for documents: tables, pictures, where everything comes from. */
#ifndef NCF_PLOT_REPORT_H
#define NCF_PLOT_REPORT_H

#include "html.h"
#include "plot.h"

/* Writes the whole page. Fails as ncf_report_write. */
ncf_status_t ncf__report_page(FILE *out, const ncf_saved_t *const *saved, size_t count,
                              const ncf_report_options_t *options, ncf_error_t *err);

/* report_parts.c: the tables of one document. */
void ncf__report_verdict(FILE *out, const struct ncf_saved *saved);
void ncf__report_tables(FILE *out, const struct ncf_saved *saved);

/*
 * report_command.c: the command that makes the document again; NULL when the document does not
 * record enough of it. Allocated.
 */
char *ncf__report_command(const struct ncf_saved *saved);

#endif
