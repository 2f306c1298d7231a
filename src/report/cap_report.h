/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* cap_report.h: certified caps in tables and documents; angles are rounded down. */
#ifndef NCF_CAP_REPORT_H
#define NCF_CAP_REPORT_H

#include "../pipeline/pipeline.h"

#include <jansson.h>

/* {"verdict", "angle", "reason"}: the angle is a decimal that is proved, or null. */
json_t *ncf__json_cap(const ncf_cap_t *cap, slong digits);

/* Gives object k of the array `orbits` the cap of orbit k; nothing where none was asked for. */
void ncf__json_set_caps(json_t *orbits, const ncf_result_t *result, slong digits);

/* Appends to the array `undecided` what is open about caps that were asked for. */
void ncf__json_open_caps(json_t *undecided, const ncf_result_t *result);

/* "0.4512", or "-" where no cap is proved; allocated. */
char *ncf__cap_text(const ncf_cap_t *cap);

/* A line for each strict point without a cap; nothing where none was asked for. */
void ncf__write_open_caps(FILE *stream, const ncf_result_t *result, int verbose);

#endif
