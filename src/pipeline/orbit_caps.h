/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * orbit_caps.h: certified caps of attraction (T-CAP) around the points that a result lists.
 */
#ifndef NCF_ORBIT_CAPS_H
#define NCF_ORBIT_CAPS_H

#include "../certify/cap.h"
#include "../problem/problem.h"

/* Beyond that many weights a cap takes long or is small: none is tried. */
#define NCF_CAP_MAX_UNKNOWNS 60

/* caps[k] is around the listed point of orbit k, in the order of the result. */
typedef struct {
    slong count; /* 0 where caps were not asked for, or no orbit is listed */
    ncf_cap_t *caps;
} ncf_cap_list_t;

struct ncf_result; /* pipeline.h */

/*
 * Fills result->caps: for each listed orbit that is a strict maximum of N to second order the
 * largest cap that can be proved, in parallel; the others stay UNDECIDED with a reason. The
 * result is complete but for its caps, and options.threads is read. Sets result->limit when a
 * limit comes first. The caps do not depend on the number of threads.
 * Claim: T-CAP, T-KRAWCZYK
 */
void ncf__orbit_caps(struct ncf_result *result, const struct ncf_problem *problem,
                     const ncf_limits_t *limits);
void ncf__cap_list_clear(ncf_cap_list_t *list);

/* Is orbit k one that asks for a cap: a strict maximum to second order? */
int ncf__orbit_is_strict(const struct ncf_result *result, slong k);

/* Has every orbit that asks for a cap a proved one? 1 where none were asked for. */
int ncf__caps_are_proved(const struct ncf_result *result);

#endif
