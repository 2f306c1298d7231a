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

/*
 * The parts that a run of `ncf flow` has too: what every document begins with, and what is
 * said of the match: "match", "moments", "orbits" and "undecided".
 */
json_t *ncf__match_head(const ncf_result_t *result, const char *method, const char *scope);
void ncf__match_parts(json_t *object, const ncf_result_t *result,
                      const struct ncf_matching *matching, slong digits);

/* The table without its last line, timing and software. */
void ncf__write_match_table(FILE *stream, const ncf_result_t *result, long digits, int verbose);

/*
 * Its parts: the lines Problem, Network (degree 0: not homogeneous) and Data; the verdict, the
 * point and the entry into its cap; the rows.
 */
void ncf__write_problem_lines(FILE *stream, const ncf_result_t *result, slong degree);
void ncf__write_match_verdict(FILE *stream, const ncf_result_t *result,
                              const struct ncf_matching *matching, long digits, int verbose);
void ncf__write_match_rows(FILE *stream, const struct ncf_matching *matching, int verbose);

#endif
