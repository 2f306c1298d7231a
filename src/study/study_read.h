/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* study_read.h: what the readers of a study file share (study.c, place.c). */
#ifndef NCF_STUDY_READ_H
#define NCF_STUDY_READ_H

#include "study.h"

/*
 * A copy of a value that keeps every number: long integers become strings, a real is an
 * error with its place. A new reference.
 */
ncf_status_t ncf__study_copy(json_t **out, ncf_document_t *document, const ncf_node_t *node);

/*
 * Tries each value of each axis, the others at their first value: an invalid problem is
 * reported at the place in the study that makes it one. Combinations that are not tried
 * here and turn out to be invalid become rows of the table.
 */
ncf_status_t ncf__study_check_cases(const struct ncf_study *study, ncf_document_t *document,
                                    const ncf_node_t *root);

#endif
