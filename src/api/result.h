/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* result.h: what ncf_solve and ncf_certify share (result.c, solve.c). */
#ifndef NCF_RESULT_H
#define NCF_RESULT_H

#include "../pipeline/pipeline.h"

/* A result that holds the problem and the options, and nothing else yet. */
struct ncf_result *ncf__result_new(const ncf_problem_t *problem,
                                   const ncf_solve_options_t *options);

/* NCF_EARG unless the text, the value of the option `name`, is an exact number above 0. */
ncf_status_t ncf__check_positive(const char *name, const char *text, ncf_error_t *err);

/* The exact value of the option `name`; NCF_EARG unless it is about from least to most. */
ncf_status_t ncf__read_number(fmpq_t out, const char *name, const char *text, double least,
                              double most, ncf_error_t *err);

/* NCF_EARG unless the bits and the number of threads are in the ranges of ncf.h. */
ncf_status_t ncf__check_effort(long precision, long max_precision, int threads, ncf_error_t *err);

/*
 * trajectory_match.c, for trajectories and runs: the degree L of the network, and the network,
 * which the caller clears; NCF_EUNSUPPORTED when it is not homogeneous or too large.
 */
ncf_status_t ncf__match_degree(slong *degree, const ncf_problem_t *problem, ncf_error_t *err);
ncf_status_t ncf__match_network(ncf_network_t network, const ncf_problem_t *problem,
                                ncf_error_t *err);

/*
 * trajectory_match.c: the list of orbits that points are numbered by, certified; *out = NULL for
 * points == NULL. NCF_EARG when it was read for another network.
 */
ncf_status_t ncf__match_catalogue(ncf_catalogue_t **out, const ncf_problem_t *problem,
                                  const ncf_points_t *points, long precision,
                                  long max_precision, int threads, const ncf_limits_t *limits,
                                  ncf_error_t *err);

#endif
