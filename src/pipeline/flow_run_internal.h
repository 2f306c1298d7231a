/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* flow_run_internal.h: what flow_run.c and flow_second.c share. */
#ifndef NCF_FLOW_RUN_INTERNAL_H
#define NCF_FLOW_RUN_INTERNAL_H

#include "../flow/flow.h"
#include "flow_run.h"

/* The options of the engine for this run with that method, without events and ends. */
void ncf__flow_run_settings(ncf_flow_settings_t *settings, const struct ncf_flow_run *run,
                            ncf_flow_method_t method);

/* The point that was proved, n doubles near it; allocated. */
double *ncf__flow_run_centre(const struct ncf_flow_run *run);

/* Takes MATCHED, ZERO and AMBIGUOUS back, for the reason, which is taken over. */
void ncf__flow_run_withdraw(struct ncf_flow_run *run, char *reason);

/*
 * flow_second.c: the early phase again, by the same method for the moment of entry, by a
 * second one, and in multiprecision where that was asked for; withdraws the match when the
 * second one does not end in the cap.
 */
void ncf__flow_run_judge(struct ncf_flow_run *run, const struct ncf_problem *problem,
                         const ncf_limits_t *limits);

#endif
