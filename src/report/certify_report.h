/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* certify_report.h: the two forms of what `ncf certify` says, and the words they share. */
#ifndef NCF_CERTIFY_REPORT_H
#define NCF_CERTIFY_REPORT_H

#include "../pipeline/certify_points.h"
#include "../pipeline/pipeline.h"

#include <jansson.h>

/* What became of a candidate. */
enum {
    NCF_CANDIDATE_PROVED,     /* a KKT point is proved, not farther than was asked */
    NCF_CANDIDATE_ELSEWHERE,  /* a KKT point is proved, farther away */
    NCF_CANDIDATE_UNDECIDED,  /* neither */
    NCF_CANDIDATE_UNFINISHED, /* a limit came first */
    NCF_CANDIDATE_WORDS
};

extern const char *const ncf__candidate_words[NCF_CANDIDATE_WORDS];

/* The word for a candidate; static. */
const char *ncf__candidate_word(const ncf_candidate_t *candidate);

/* counts[w]: the candidates with the word w. */
void ncf__count_candidates(slong counts[NCF_CANDIDATE_WORDS],
                           const struct ncf_certification *certification);

/* What is open about a candidate and why, NULL when nothing is; static. */
const char *ncf__candidate_reason(const ncf_candidate_t *candidate);

/* certify_table.c: an upper bound with two digits, rounded up: "1.3e-09"; "-" when there is
   none. Allocated. */
char *ncf__bound_text(const arb_t x);

/* The document without its last part, timing and software; a new reference. */
json_t *ncf__certify_document(const ncf_result_t *result, slong digits);

/* The table without its last line, timing and software. */
void ncf__write_certify_table(FILE *stream, const ncf_result_t *result, long digits, int verbose);

#endif
