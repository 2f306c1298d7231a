/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * stiffness.c: is the step of an explicit method held down by stability? On a plateau of the
 * loss a flow hardly moves, but its fast modes have not become slower: then steps do not
 * grow although the rate of change stays the same from each to the next, or although errors
 * of the fast modes are all that moves and come to nothing in the end. Where the tolerance is
 * tight, rates stay the same for another reason, that steps are short: so the fast modes are
 * looked for, and have to be as fast as the method can follow.
 */
#include "flow_internal.h"

#include <math.h>
#include <string.h>

#define STEADY 0.03     /* change of the rate over a step, relative: of no account */
#define STILL 1e-4      /* way over the window, relative: of no account */
#define GROWTH 2        /* of the step over the window, at most */
#define WINDOW 60       /* steps in a row */
#define PATIENCE 30     /* steps of an implicit method that an explicit one could have made */
#define HEAD_START 150  /* steps after which these count in any case */
#define TURNS 6         /* products with the Jacobian, to find a fast mode */
#define PAUSE 4         /* rows, when there was none */
#define ADAMS_REACH 0.25 /* step times rate of a mode, about a third of what is stable */
#define RUNGE_KUTTA_REACH 1.5

int ncf__flow_is_explicit(ncf_flow_method_t method)
{
    return method == NCF_FLOW_ADAMS || method == NCF_FLOW_RUNGE_KUTTA;
}

void ncf__stiffness_init(ncf_stiffness_t *stiffness, const ncf_flow_system_t *system)
{
    memset(stiffness, 0, sizeof(*stiffness));
    slong count = system->n + (system->form != NCF_FORM_CARTESIAN);
    stiffness->count = count;
    stiffness->unknowns = system->n;
    stiffness->state = ncf__calloc((size_t) (4 * count + 2 * system->length), sizeof(double));
    stiffness->memory = stiffness->state;
    stiffness->rate = stiffness->state + count;
    stiffness->first = stiffness->rate + count;
    stiffness->change = stiffness->first + count;
    stiffness->fast = stiffness->change + count;
    stiffness->moved = stiffness->fast + system->length;
    for (slong i = 0; i < count; i++)
        stiffness->fast[i] = i % 2 == 0 ? 1 : 0.5;
}

void ncf__stiffness_clear(ncf_stiffness_t *stiffness)
{
    ncf__free(stiffness->memory);
}

void ncf__stiffness_restart(ncf_stiffness_t *stiffness)
{
    stiffness->steps = stiffness->row = 0;
    stiffness->grown = 0;
}

/* Takes in a step: whether the rate is what it was before. */
static int is_steady(ncf_stiffness_t *s, double step, const double *state)
{
    const ncf_batch_kernel_t *kernel = ncf__batch_kernel();
    const double *terms[2] = {state, s->state};
    double factors[2] = {1 / step, -1 / step}, *before = s->rate;
    kernel->combine(s->change, factors, terms, 2, s->count);
    double change = kernel->distance(s->change, before, s->count);
    s->rate = s->change;
    s->change = before;
    memcpy(s->state, state, (size_t) s->count * sizeof(double));
    return change < STEADY * STEADY * kernel->dot(s->rate, s->rate, s->count);
}

static int stands_still(const ncf_stiffness_t *s)
{
    const ncf_batch_kernel_t *kernel = ncf__batch_kernel();
    return kernel->distance(s->state, s->first, s->count) <
           STILL * STILL * kernel->dot(s->state, s->state, s->unknowns);
}

static void begin_row(ncf_stiffness_t *s, double step)
{
    s->row = s->steady = 0;
    s->first_step = step;
    memcpy(s->first, s->state, (size_t) s->count * sizeof(double));
}

/*
 * Is there a mode as fast as an explicit method can follow with this step? By a few turns of
 * the power method from where the last ones ended: never more than the fastest.
 */
static int has_fast_mode(ncf_stiffness_t *s, ncf_flow_system_t *system,
                         ncf_flow_method_t method, double step, const double *state)
{
    const ncf_batch_kernel_t *kernel = ncf__batch_kernel();
    slong n = s->count;
    double reach = method == NCF_FLOW_ADAMS ? ADAMS_REACH : RUNGE_KUTTA_REACH, fastest = 0;
    for (int turn = 0; turn < TURNS && step * fastest < reach; turn++) {
        double size = sqrt(kernel->dot(s->fast, s->fast, n));
        if (ncf__flow_system_jacobian(s->moved, system, state, s->fast))
            return 0;
        double image = sqrt(kernel->dot(s->moved, s->moved, n)), factor = 1 / image;
        if (!(image > 0 && isfinite(factor)))
            return 0;
        fastest = image / size;
        const double *moved = s->moved;
        kernel->combine(s->fast, &factor, &moved, 1, n);
    }
    return step * fastest >= reach;
}

/* The end of a row, or a step that shows that nothing holds it down. */
static int observe_explicit(ncf_stiffness_t *s, ncf_flow_system_t *system,
                            ncf_flow_method_t method, double step, const double *state)
{
    if (s->row < WINDOW && !(step > GROWTH * s->first_step))
        return 0;
    int stiff = s->row >= WINDOW && (s->steady == s->row || stands_still(s));
    if (stiff && s->rows_to_wait == 0) {
        if (has_fast_mode(s, system, method, step, state))
            return 1;
        s->rows_to_wait = PAUSE;
    } else if (s->rows_to_wait > 0) {
        s->rows_to_wait--;
    }
    begin_row(s, step);
    return 0;
}

int ncf__stiffness_observe(ncf_stiffness_t *s, ncf_flow_system_t *system,
                           ncf_flow_method_t method, double sigma, const double *state)
{
    double step = sigma - s->sigma;
    int steady = is_steady(s, step, state);
    s->sigma = sigma;
    if (++s->steps < 3) { /* the first rates are those of another step */
        begin_row(s, step);
        return 0;
    }
    s->row++;
    if (ncf__flow_is_explicit(method)) {
        s->steady += steady;
        s->limit = step;
        return observe_explicit(s, system, method, step, state);
    }
    if (step > 4 * s->limit)
        s->grown = 1;
    if (!(step < 2 * s->limit && (s->grown || s->steps > HEAD_START)))
        s->row = 0;
    return s->row > PATIENCE;
}
