/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* study_report.h: what `ncf flow --runs` says, and the file with one row a run. */
#ifndef NCF_STUDY_REPORT_H
#define NCF_STUDY_REPORT_H

#include "../pipeline/flow_study.h"
#include "../pipeline/pipeline.h"

#include <jansson.h>

/* The document without its last part, timing and software; a new reference. */
json_t *ncf__study_document(const ncf_result_t *result, slong digits);

/* The table without its last line. */
void ncf__write_study_table(FILE *stream, const ncf_result_t *result, long digits, int verbose);

/* CSV with a header, one row a run; errors stay in the stream. */
void ncf__write_study_runs(FILE *stream, const struct ncf_flow_study *study);

/* {"name", "sha256", "orbits", "certified"} of the list that was given; null without one. */
json_t *ncf__json_catalogue(const ncf_result_t *result);

/* Sets "listed" (true, false, null) and "listed_as" (a number or null); nothing without a list. */
void ncf__json_set_listed(json_t *object, const ncf_result_t *result, slong listed);

/* "orbit 2 of FILE", "not in FILE", "perhaps in FILE"; NULL without a list; allocated. */
char *ncf__listed_text(const ncf_result_t *result, slong listed);

/* Plain time of a rescaled one; may overflow. */
double ncf__study_plain_time(const struct ncf_flow_study *study, double tau);

#endif
