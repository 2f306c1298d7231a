/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* flow_events.c: events as functions that change sign where they are met. */
#include "flow_internal.h"

#include <math.h>
#include <string.h>

static void unit_vector(double *out, const double *v, slong n)
{
    double largest = 0, sum = 0, square = ncf__batch_kernel()->dot(v, v, n);
    if (square > 1e-200 && square < 1e200) {
        double factor = 1 / sqrt(square);
        ncf__batch_kernel()->combine(out, &factor, &v, 1, n);
        return;
    }
    for (slong i = 0; i < n; i++)
        largest = fmax(largest, fabs(v[i]));
    for (slong i = 0; i < n; i++) {
        out[i] = v[i] / largest;
        sum += out[i] * out[i];
    }
    for (slong i = 0; i < n; i++)
        out[i] /= sqrt(sum);
}

void ncf__flow_conditions_init(ncf_flow_conditions_t *conditions, ncf_flow_system_t *system,
                               const ncf_flow_settings_t *options)
{
    slong n = system->n;
    conditions->system = system;
    conditions->options = options;
    conditions->count = options->event_count + 2;
    conditions->targets = ncf__calloc((size_t) (options->event_count * n) + 1, sizeof(double));
    conditions->q = ncf__malloc((size_t) n, sizeof(double));
    for (slong k = 0; k < options->event_count; k++) {
        if (options->events[k].kind == NCF_EVENT_CAP)
            unit_vector(conditions->targets + k * n, options->events[k].point, n);
    }
}

void ncf__flow_conditions_clear(ncf_flow_conditions_t *conditions)
{
    ncf__free(conditions->targets);
    ncf__free(conditions->q);
}

/* |q - p| = 2 sin(angle / 2): no digits are lost for small angles. */
static double inside_cap(const double *q, const double *p, slong n, double angle)
{
    double chord = 2 * sin(fmin(fabs(angle), M_PI) / 2), square = 0;
    for (slong i = 0; i < n; i++)
        square += (q[i] - p[i]) * (q[i] - p[i]);
    return chord - sqrt(square);
}

static double condition(ncf_flow_conditions_t *conditions, slong k,
                        const ncf_flow_sample_t *sample)
{
    const ncf_event_t *event = conditions->options->events + k;
    ncf_flow_system_t *system = conditions->system;
    switch (event->kind) {
    case NCF_EVENT_NORM_ABOVE:
        return sample->log_norm + system->log_delta - log(event->value);
    case NCF_EVENT_NORM_BELOW:
        return log(event->value) - system->log_delta - sample->log_norm;
    case NCF_EVENT_LOSS_BELOW:
        return event->value - sample->loss;
    case NCF_EVENT_PLATEAU:
        return event->value - sample->speed;
    case NCF_EVENT_CAP:
        return inside_cap(conditions->q, conditions->targets + k * system->n, system->n,
                          event->value);
    default:
        return event->function(event->context, conditions->q);
    }
}

/* Only what looks at the direction costs a pass over it. */
static int needs_direction(const ncf_flow_settings_t *options)
{
    for (slong k = 0; k < options->event_count; k++) {
        if (options->events[k].kind == NCF_EVENT_CAP ||
            options->events[k].kind == NCF_EVENT_CALLBACK)
            return 1;
    }
    return 0;
}

/* Only what needs the loss or the gradient costs an evaluation. */
static int needs_evaluation(const ncf_flow_settings_t *options)
{
    for (slong k = 0; k < options->event_count; k++) {
        if (options->events[k].kind == NCF_EVENT_LOSS_BELOW ||
            options->events[k].kind == NCF_EVENT_PLATEAU)
            return 1;
    }
    return 0;
}

void ncf__flow_conditions_evaluate(double *out, ncf_flow_conditions_t *conditions, double sigma,
                                   const double *state)
{
    const ncf_flow_settings_t *options = conditions->options;
    ncf_flow_system_t *system = conditions->system;
    ncf_flow_sample_t sample = {0};
    if (needs_evaluation(options)) {
        ncf__flow_system_observe(&sample, conditions->q, system, sigma, state);
    } else {
        if (needs_direction(options))
            unit_vector(conditions->q, state, system->n);
        sample.log_norm = ncf__flow_system_log_norm(system, state);
    }
    for (slong k = 0; k < options->event_count; k++)
        out[k] = condition(conditions, k, &sample);
    double limit = options->blow_up > 0 ? options->blow_up : 1e30;
    int grows = options->kind == NCF_FLOW_CORRELATION;
    out[options->event_count] = grows ? sample.log_norm - log(limit) : -1;
    double left = ncf__flow_system_tau(system, sigma, state) - options->until;
    out[options->event_count + 1] = isfinite(options->until) ? left : -1;
}
