/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * json_parts.h: the values that every document is made of. Each function returns a new
 * reference; enclosures are valid as written.
 */
#ifndef NCF_JSON_PARTS_H
#define NCF_JSON_PARTS_H

#include "report.h"

#include <jansson.h>

/* {"mid": "..", "rad": ".."} with that many significant digits in the midpoint. */
json_t *ncf__json_ball(const arb_t x, slong digits);

/* The same, null when x is not finite: nothing is known. */
json_t *ncf__json_ball_or_null(const arb_t x, slong digits);

/* An integer of any size as a decimal string. */
json_t *ncf__json_integer(const fmpz_t x);

/* A vector of balls. */
json_t *ncf__json_vector(arb_srcptr v, slong length, slong digits);

/* null for negative numbers, which stand for "not known". */
json_t *ncf__json_nonnegative(slong value);

/* null for NULL and for text that is not UTF-8, such as a file name may be. */
json_t *ncf__json_text(const char *text);

/* What every result document says of its problem. */
json_t *ncf__json_problem(const ncf_result_t *result);

/* true, false or null: proved, refuted, undecided. */
json_t *ncf__json_verdict(ncf_verdict_t verdict);

/*
 * One orbit of points in the network (shapes of the weight matrices). Weights are left
 * out (null) when `weights` is 0 or the orbit has none.
 */
json_t *ncf__json_point_orbit(const ncf_point_orbit_t *orbit, const ncf_network_t network,
                              int weights, slong digits);

/* deep_json.c: the parts of a deep result that a two-layer one does not have. */
json_t *ncf__json_deep_parts(const ncf_deep_t *deep);
void ncf__json_deep_effort(json_t *object, const ncf_deep_t *deep);
json_t *ncf__json_deep_components(const ncf_deep_t *deep, slong digits);
void ncf__json_deep_regions(json_t *undecided, const ncf_deep_t *deep, slong digits);
void ncf__json_deep_orbits(json_t *orbits, const ncf_deep_t *deep, slong digits);

#endif
