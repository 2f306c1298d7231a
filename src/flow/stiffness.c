/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * stiffness.c: is the step of an explicit method held down by stability? On a plateau of the
 * loss a flow hardly moves, but its fast modes have not become slower: then steps do not
 * grow although the rate of change stays the same from each to the next, or although errors
 * of the fast modes are all that moves and come to nothing in the end.
 */
#include "flow_internal.h"

#include <math.h>
#include <string.h>

#define STEADY 0.03     /* change of the rate over a step, relative: of no account */
#define STILL 1e-4      /* way over the window, relative: of no account */
#define GROWTH 2        /* of the step over the window, at most */
#define WINDOW 60       /* steps in a row */
#define PATIENCE 30     /* steps of an implicit method that an explicit one could have made */
#define HEAD_START 300  /* steps after which these count in any case */

void ncf__stiffness_init(ncf_stiffness_t *stiffness, const ncf_flow_system_t *system)
{
    memset(stiffness, 0, sizeof(*stiffness));
    stiffness->count = system->n + (system->form != NCF_FORM_CARTESIAN);
    stiffness->unknowns = system->n;
    stiffness->state = ncf__calloc(3 * (size_t) stiffness->count, sizeof(double));
    stiffness->rate = stiffness->state + stiffness->count;
    stiffness->first = stiffness->rate + stiffness->count;
}

void ncf__stiffness_clear(ncf_stiffness_t *stiffness)
{
    ncf__free(stiffness->state);
}

void ncf__stiffness_restart(ncf_stiffness_t *stiffness)
{
    stiffness->steps = stiffness->row = 0;
    stiffness->grown = 0;
}

static double square_norm(const double *v, slong n)
{
    double square = 0;
    for (slong i = 0; i < n; i++)
        square += v[i] * v[i];
    return square;
}

/* Takes in a step: whether the rate is what it was before. */
static int is_steady(ncf_stiffness_t *s, double step, const double *state)
{
    double change = 0, size = 0;
    for (slong i = 0; i < s->count; i++) {
        double now = (state[i] - s->state[i]) / step;
        change += (now - s->rate[i]) * (now - s->rate[i]);
        size += now * now;
        s->rate[i] = now;
        s->state[i] = state[i];
    }
    return change < STEADY * STEADY * size;
}

static int stands_still(const ncf_stiffness_t *s)
{
    double way = 0;
    for (slong i = 0; i < s->count; i++)
        way += (s->state[i] - s->first[i]) * (s->state[i] - s->first[i]);
    return way < STILL * STILL * square_norm(s->state, s->unknowns);
}

static void begin_row(ncf_stiffness_t *s, double step)
{
    s->row = s->steady = 0;
    s->first_step = step;
    memcpy(s->first, s->state, (size_t) s->count * sizeof(double));
}

int ncf__stiffness_observe(ncf_stiffness_t *s, int is_explicit, double sigma,
                           const double *state)
{
    double step = sigma - s->sigma;
    int steady = is_steady(s, step, state);
    s->sigma = sigma;
    if (++s->steps < 3) { /* the first rates are those of another step */
        begin_row(s, step);
        return 0;
    }
    s->row++;
    if (is_explicit) {
        s->steady += steady;
        s->limit = step;
        int stiff = s->row >= WINDOW && (s->steady == s->row || stands_still(s));
        if (!stiff && (s->row >= WINDOW || step > GROWTH * s->first_step))
            begin_row(s, step);
        return stiff;
    }
    if (step > 4 * s->limit)
        s->grown = 1;
    if (!(step < 2 * s->limit && (s->grown || s->steps > HEAD_START)))
        s->row = 0;
    return s->row > PATIENCE;
}
