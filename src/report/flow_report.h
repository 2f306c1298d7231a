/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* flow_report.h: what `ncf flow` says, and the files of its trajectory. */
#ifndef NCF_FLOW_REPORT_H
#define NCF_FLOW_REPORT_H

#include "../pipeline/flow_run.h"
#include "../pipeline/pipeline.h"

#include <jansson.h>

/* "adams", "rk", "bdf", "krylov"; static. */
const char *ncf__flow_method_text(ncf_flow_method_t method);

/* "tau", "time", "norm", "loss", "escape", "plateau", "cap", "zero", "blow-up"; static. */
extern const char *const ncf__until_words[NCF_UNTIL_WORDS];

/* Plain time of a rescaled one; may overflow. */
double ncf__flow_plain_time(const struct ncf_flow_run *run, double tau);

/* The document without its last part, timing and software; a new reference. */
json_t *ncf__flow_document(const ncf_result_t *result, slong digits);

/* The table without its last line. */
void ncf__write_flow_table(FILE *stream, const ncf_result_t *result, long digits, int verbose);

/* flow_rows.c: n + 4 columns: time, weights, loss, norm, N; errors stay in the stream. */
void ncf__write_flow_csv(FILE *stream, const struct ncf_flow_run *run);
void ncf__write_flow_npy(FILE *stream, const struct ncf_flow_run *run);

#endif
