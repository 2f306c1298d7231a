/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* solutions.h: solutions of exported systems as candidates. */
#ifndef NCF_SOLUTIONS_H
#define NCF_SOLUTIONS_H

#include "../problem/points.h"
#include "../problem/solution_list.h"

/*
 * Fills rows, format and counts of points from a list that another program found for a
 * system of this problem; see ncf_solutions_read for what is left out. Returns NCF_OK, or
 * NCF_ESPEC when the list belongs to no system of the problem, no solution is left, or the
 * candidates have too many numbers; the place is the file `points->name`.
 */
ncf_status_t ncf__solutions_to_points(struct ncf_points *points, const ncf_solution_list_t *list,
                                      const struct ncf_problem *problem, ncf_error_t *err);

#endif
