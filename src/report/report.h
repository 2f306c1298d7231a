/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * report/: writes results. Takes a finished result, gives text and JSON; decides
 * nothing, and rounds every digit outward. May include: everything but api/ and cli/.
 */
#ifndef NCF_REPORT_H
#define NCF_REPORT_H

#include "../pipeline/deep.h"

/* The word for a second-order class in tables and documents; static. */
const char *ncf__second_order_text(ncf_second_order_t value);

/* The word for how an orbit was checked in the full network; static. */
const char *ncf__check_text(ncf_check_t value);

/* A network in a few words: "2-3-1, activation t^2"; allocated. */
char *ncf__network_text(const ncf_network_spec_t *network);

/* Is the whole scope proved complete? */
ncf_verdict_t ncf__is_complete(const ncf_result_t *result);

/* The word for a limit: "none", "time" or "interrupted"; static. */
const char *ncf__limit_text(ncf_limit_t value);

/* A count as decimal text, or NULL when it is not known; allocated. */
char *ncf__count_text(const ncf_count_struct *count);

/*
 * point_table.c: the first `shown` orbits, one a line under a heading. caps is NULL, or those of
 * the orbits: then a column with them takes the place of the origin when there are any.
 */
void ncf__write_point_orbits(FILE *stream, const ncf_point_orbit_list_t *list,
                             const ncf_cap_list_t *caps, slong shown, long digits);

/* The weight matrices of the representative, by rows; nothing when it has none. */
void ncf__write_point_weights(FILE *stream, const ncf_point_orbit_t *orbit,
                              const ncf_network_t network, long digits);

/* table.c: wraps a sentence at 78 columns behind an indent of its own. */
void ncf__write_paragraph(FILE *stream, const char *lead, const char *text);

/* deep_table.c: what the table of a deep network has besides. */
void ncf__write_deep_parts(FILE *stream, const ncf_deep_t *deep);
void ncf__write_deep_orbits(FILE *stream, const ncf_deep_t *deep, const ncf_cap_list_t *caps,
                            long digits, int verbose);
void ncf__write_deep_effort(FILE *stream, const ncf_deep_t *deep);

#endif
