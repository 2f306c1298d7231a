/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* record.c: the samples of a flow, and whether its energy falls. */
#include "flow_internal.h"

#include <math.h>
#include <string.h>

static void make_room(ncf_flow_t *flow)
{
    if (flow->count < flow->capacity)
        return;
    flow->capacity = 2 * flow->capacity + 16;
    size_t capacity = (size_t) flow->capacity;
    flow->samples = ncf__realloc(flow->samples, capacity, sizeof(*flow->samples));
    NCF_REQUIRE(flow->unknowns == 0 || capacity <= SIZE_MAX / (size_t) flow->unknowns);
    flow->directions = ncf__realloc(flow->directions, capacity * (size_t) flow->unknowns,
                                    sizeof(double));
}

void ncf__flow_record(ncf_flow_t *flow, ncf_flow_system_t *system, double sigma,
                      const double *state, slong event)
{
    make_room(flow);
    ncf_flow_sample_t *sample = flow->samples + flow->count;
    ncf__flow_system_observe(sample, flow->directions + flow->count * flow->unknowns, system,
                             sigma, state);
    sample->event = event;
    flow->count++;
}

/* How far sample k is from the one before: of the direction and of the logarithm of the norm. */
static double movement(const ncf_flow_t *flow, slong k)
{
    const double *q = flow->directions + k * flow->unknowns, *before = q - flow->unknowns;
    double square = pow(flow->samples[k].log_norm - flow->samples[k - 1].log_norm, 2);
    for (slong i = 0; i < flow->unknowns; i++)
        square += (q[i] - before[i]) * (q[i] - before[i]);
    return isfinite(square) ? sqrt(square) : 0;
}

/* Equal pieces of the way keep a sample each, so that long plateaus cost no others. */
void ncf__flow_thin(ncf_flow_t *flow, slong most)
{
    if (most <= 0 || flow->count < most)
        return;
    size_t n = (size_t) flow->unknowns;
    double *steps = ncf__malloc((size_t) flow->count, sizeof(double)), way = 0, since = 0;
    for (slong k = 1; k < flow->count; k++)
        way += steps[k] = movement(flow, k);
    slong kept = 1;
    for (slong k = 1; k < flow->count; k++) {
        since += steps[k];
        if (flow->samples[k].event < 0 && !(since * (double) (most / 2) > way))
            continue;
        flow->samples[kept] = flow->samples[k];
        memmove(flow->directions + (size_t) kept * n, flow->directions + (size_t) k * n,
                n * sizeof(double));
        since = 0;
        kept++;
    }
    flow->count = kept;
    ncf__free(steps);
}

/* What falls along the flow, and the size that its rounding errors are measured by. */
static double energy(double *scale, ncf_flow_system_t *system, double sigma,
                     const double *state)
{
    if (system->kind == NCF_FLOW_TRAINING || system->kind == NCF_FLOW_DESCENT) {
        *scale = ncf__flow_system_loss(system, state);
        return *scale;
    }
    ncf_flow_sample_t sample;
    ncf__flow_system_observe(&sample, system->product, system, sigma, state);
    double growth = system->kind == NCF_FLOW_SPHERE ? 0 : system->degree * sample.log_norm;
    double value = sample.value * exp(growth);
    *scale = fabs(value);
    return -value;
}

void ncf__flow_check_energy(ncf_flow_t *flow, ncf_flow_system_t *system, double sigma,
                            const double *state)
{
    double scale, now = energy(&scale, system, sigma, state);
    int first = flow->steps == 0;
    if (first)
        flow->least_energy = now;
    flow->energy_scale = fmax(first ? 0 : flow->energy_scale, scale);
    double rise = now - flow->least_energy;
    /* Not a number, where the energy overflows, is not called a fall. */
    if (!(rise <= 10 * system->tolerance * flow->energy_scale))
        flow->energy_falls = 0;
    flow->energy_rise = fmax(flow->energy_rise, rise);
    flow->least_energy = fmin(flow->least_energy, now);
}

void ncf__flow_clear(ncf_flow_t *flow)
{
    ncf__free(flow->samples);
    ncf__free(flow->directions);
    ncf__free(flow->event_taus);
}

void ncf__flow_weights(double *out, const ncf_flow_t *flow, slong sample, int rescaled)
{
    NCF_REQUIRE(sample >= 0 && sample < flow->count);
    const double *q = flow->directions + sample * flow->unknowns;
    double scale = exp(flow->samples[sample].log_norm) * (rescaled ? 1 : flow->delta);
    for (slong i = 0; i < flow->unknowns; i++)
        out[i] = q[i] == 0 ? 0 : scale * q[i];
}
