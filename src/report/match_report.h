/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* match_report.h: the two forms of what `ncf match` says, and the words they share. */
#ifndef NCF_MATCH_REPORT_H
#define NCF_MATCH_REPORT_H

#include "../pipeline/match.h"
#include "../pipeline/pipeline.h"

#include <jansson.h>

/* "matched", "zero", "unmatched", "ambiguous", "unfinished"; static. */
extern const char *const ncf__match_words[NCF_MATCH_WORDS];

/* "training", "ncf", "sphere", "descent"; static. */
const char *ncf__flow_kind_text(ncf_flow_kind_t kind);

/* The document without its last part, timing and software; a new reference. */
json_t *ncf__match_document(const ncf_result_t *result, slong digits);

/* The table without its last line, timing and software. */
void ncf__write_match_table(FILE *stream, const ncf_result_t *result, long digits, int verbose);

#endif
