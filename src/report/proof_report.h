/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * proof_report.h: the two forms of what ncf_prove_flow says. Every constant of a statement is
 * rounded so that the statement as written is the one that was proved, or a weaker one.
 */
#ifndef NCF_PROOF_REPORT_H
#define NCF_PROOF_REPORT_H

#include "../pipeline/flow_proof.h"
#include "../pipeline/pipeline.h"

#include <jansson.h>

/* The document without its last part, timing and software; a new reference. */
json_t *ncf__proof_document(const ncf_result_t *result, slong digits);

/* The table without its last line, timing and software. */
void ncf__write_proof_table(FILE *stream, const ncf_result_t *result, long digits, int verbose);

/* A bound of all of x, above it or below it, with at most 5 digits; allocated. */
char *ncf__proof_bound(const arb_t x, int above);

#endif
