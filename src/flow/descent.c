/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* descent.c: plain gradient descent with a fixed step, as experiments use it. */
#include "flow_internal.h"

#include <math.h>
#include <string.h>

/* met[k] = 1 where a condition was negative and is not any more. */
static void crossed(int *met, double *before, const double *now, slong count)
{
    for (slong k = 0; k < count; k++) {
        met[k] = before[k] < 0 && now[k] >= 0;
        before[k] = now[k];
    }
}

static int record_due(const ncf_flow_t *flow, const ncf_flow_settings_t *options, slong *next,
                      double tau)
{
    int due = options->every > 0 && flow->steps % options->every == 0;
    while (*next < options->time_count && options->times[*next] <= tau) {
        due = 1;
        ++*next;
    }
    return due;
}

void ncf__flow_descend(ncf_flow_t *flow, ncf_flow_system_t *system,
                       ncf_flow_conditions_t *conditions, double *state,
                       const ncf_flow_settings_t *options, const ncf_limits_t *limits)
{
    size_t count = (size_t) conditions->count;
    double *rate = ncf__malloc((size_t) system->n, sizeof(double));
    double *before = ncf__malloc(count, sizeof(double));
    double *now = ncf__malloc(count, sizeof(double));
    int *met = ncf__malloc(count, sizeof(int));
    /* A step of t in w is this step of tau in s. */
    double step = options->step * exp((system->degree - 2) * system->log_delta);
    slong next = 0, most = ncf__flow_step_limit(options);
    ncf__flow_conditions_evaluate(before, conditions, 0, state);
    while (flow->steps < most && ncf__limit_reached(limits) == NCF_LIMIT_NONE) {
        if (ncf__flow_system_rate(rate, system, state)) {
            flow->end = NCF_FLOW_END_FAILED;
            snprintf(flow->message, sizeof(flow->message), "the gradient is not finite");
            break;
        }
        for (slong i = 0; i < system->n; i++)
            state[i] += step * rate[i];
        double tau = (double) ++flow->steps * step;
        ncf__flow_conditions_evaluate(now, conditions, tau, state);
        ncf__flow_check_energy(flow, system, tau, state);
        crossed(met, before, now, conditions->count);
        if (ncf__flow_meets(flow, conditions, met, tau, state))
            break;
        if (record_due(flow, options, &next, tau)) {
            ncf__flow_record(flow, system, tau, state, -1);
            ncf__flow_thin(flow, options->most_rows);
        }
    }
    if (flow->end == NCF_FLOW_END_STEPS && flow->steps < most)
        flow->end = NCF_FLOW_END_LIMIT;
    ncf__free(rate);
    ncf__free(before);
    ncf__free(now);
    ncf__free(met);
}
