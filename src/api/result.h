/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* result.h: what ncf_solve and ncf_certify share. */
#ifndef NCF_RESULT_H
#define NCF_RESULT_H

#include "../pipeline/pipeline.h"

/* A result that holds the problem and the options, and nothing else yet. */
struct ncf_result *ncf__result_new(const ncf_problem_t *problem,
                                   const ncf_solve_options_t *options);

#endif
