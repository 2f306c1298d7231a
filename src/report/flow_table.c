/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* flow_table.c: what `ncf flow` says, as text for people, in 80 columns. */
#include "flow_report.h"
#include "match_report.h"
#include "report.h"

#include <math.h>

const char *const ncf__until_words[NCF_UNTIL_WORDS] = {"tau",     "time", "norm", "loss",   "escape",
                                                       "plateau", "cap",  "zero", "blow-up"};

const char *ncf__flow_method_text(ncf_flow_method_t method)
{
    static const char *const texts[] = {"adams", "rk", "bdf", "krylov"};
    return texts[method];
}

static const char *method_name(ncf_flow_method_t method)
{
    static const char *const names[] = {"Adams", "Runge-Kutta", "BDF", "Krylov"};
    return names[method];
}

double ncf__flow_plain_time(const struct ncf_flow_run *run, double tau)
{
    double power = run->degree > 0 ? (double) (2 - run->degree) : 0;
    return tau * exp(power * log(fmpq_get_d(run->delta)));
}

/* ---- What was done ------------------------------------------------------------------ */

static void write_settings(FILE *stream, const struct ncf_flow_run *run)
{
    static const char *const flows[] = {
        "dw/dt = -grad Loss(w)", "du/dt = grad N(u)", "dq/dt = the part of grad N(q) along the sphere",
        "w <- w - step grad Loss(w)"};
    char *text = ncf__format("%s, |w(0)| = delta = %.6g, %s", flows[run->plan.kind],
                             fmpq_get_d(run->delta), run->origin);
    ncf__write_paragraph(stream, "Flow        ", text);
    ncf__free(text);
    if (run->degree > 2 && run->plan.kind != NCF_FLOW_SPHERE)
        fprintf(stream, "Time        rescaled: tau = t delta^%ld = %.6g t\n", (long) run->degree - 2,
                1 / ncf__flow_plain_time(run, 1));
    else
        fputs("Time        the rescaled time tau is t itself\n", stream);
    if (run->plan.kind == NCF_FLOW_DESCENT)
        fprintf(stream, "Method      %ld steps of %.6g\n", (long) run->steps, run->plan.step);
    else
        fprintf(stream, "Method      %s, tolerance %.3g: %ld steps, %ld gradients\n",
                method_name(run->plan.method), run->plan.tolerance, (long) run->steps,
                (long) run->evaluations);
    text = ncf__format("%ld rows, %s; it ends %s", (long) run->count,
                       run->plan.rescaled ? "w / delta and tau" : "weights and plain time",
                       run->end);
    ncf__write_paragraph(stream, "Trajectory  ", text);
    ncf__free(text);
    fputc('\n', stream);
}

/* ---- Events ------------------------------------------------------------------------- */

static char *event_text(const struct ncf_flow_run *run, const ncf_run_event_t *event)
{
    switch (event->condition) {
    case NCF_UNTIL_NORM:
        return ncf__format("norm: |w| reaches %.4g", event->value);
    case NCF_UNTIL_LOSS:
        return ncf__format("loss: it falls to %.4g", event->value);
    case NCF_UNTIL_ESCAPE:
        return ncf__format("escape: half the loss at the start, %.4g", event->value);
    case NCF_UNTIL_PLATEAU:
        return ncf__format("plateau: the gradient falls to %.3g", event->value);
    case NCF_UNTIL_CAP:
        return ncf__format("cap: %.3g from the point", event->value);
    case NCF_UNTIL_ZERO:
        return ncf__format("zero: |w| falls to %.3g", event->value);
    case NCF_UNTIL_BLOW_UP:
        return ncf__format("blow-up: |w| reaches %.3g", event->value * fmpq_get_d(run->delta));
    default:
        return ncf__format("%s: the end that was asked for", ncf__until_words[event->condition]);
    }
}

static void write_event(FILE *stream, const struct ncf_flow_run *run, double tau, const char *text)
{
    fprintf(stream, "  %-12.7g %-12.7g %s\n", tau, ncf__flow_plain_time(run, tau), text);
}

/* In the order of time; conditions that were not met come last, in a line. */
static void write_events(FILE *stream, const struct ncf_flow_run *run)
{
    double done = -INFINITY;
    fprintf(stream, "Events\n  %-12s %s\n", "tau", "t");
    for (;;) {
        const ncf_run_event_t *next = NULL;
        double at = run->entry_tau > done ? run->entry_tau : INFINITY;
        for (slong k = 0; k < run->met.count; k++) {
            const ncf_run_event_t *event = &run->met.events[k];
            if (event->tau > done && event->tau < at) {
                at = event->tau;
                next = event;
            }
        }
        if (isinf(at))
            break;
        if (at == run->entry_tau)
            write_event(stream, run, at, "entry: into the certified cap");
        for (slong k = 0; next != NULL && k < run->met.count; k++) {
            if (run->met.events[k].tau != at)
                continue;
            char *text = event_text(run, &run->met.events[k]);
            write_event(stream, run, at, text);
            ncf__free(text);
        }
        done = at;
    }
    if (isfinite(run->blow_up_tau))
        fprintf(stream, "  %-12.7g %-12.7g blow-up: estimated, where |w| is infinite\n",
                run->blow_up_tau, ncf__flow_plain_time(run, run->blow_up_tau));
    fputc('\n', stream);
}

/* ---- What may contradict the run ---------------------------------------------------- */

static void write_second(FILE *stream, const struct ncf_flow_run *run)
{
    const ncf_second_run_t *second = &run->second;
    char *text = NULL;
    if (run->plan.kind == NCF_FLOW_DESCENT)
        text = ncf__strdup("gradient descent has no other integrator: its steps are what they are");
    else if (!run->ran_second)
        text = ncf__strdup("not run: there is no match to confirm");
    else if (!second->done)
        text = ncf__format("%s does not reach the end of the early phase: %s",
                           method_name(second->method), second->failure);
    else if (isnan(second->entry_tau))
        text = ncf__format("%s (%ld steps) does not enter the cap", method_name(second->method),
                           (long) second->steps);
    else
        text = ncf__format("%s enters the cap at tau = %.7g, %s at %.7g; at the end of the early "
                           "phase they are %.2g apart%s",
                           method_name(run->plan.method), run->entry_tau,
                           method_name(second->method), second->entry_tau, second->difference,
                           second->in_cap ? ", both in the cap" : "");
    ncf__write_paragraph(stream, "Integrators ", text);
    ncf__free(text);
}

static void write_checks(FILE *stream, const struct ncf_flow_run *run)
{
    write_second(stream, run);
    if (run->reference_failure != NULL)
        fprintf(stream, "Reference   the multiprecision run fails: %s\n", run->reference_failure);
    if (run->reference_rows > 0)
        fprintf(stream,
                "Reference   the multiprecision run differs by at most %.2g in direction (%ld rows)\n",
                run->reference_angle, (long) run->reference_rows);
    fprintf(stream, "Energy      %s\n\n",
            run->energy_falls                       ? "falls all the time"
            : ncf__match_is_training(run->plan.kind) ? "the loss RISES on the way"
                                                    : "N FALLS on the way");
}

void ncf__write_flow_table(FILE *stream, const ncf_result_t *result, long digits, int verbose)
{
    const struct ncf_flow_run *run = result->flow;
    ncf__write_problem_lines(stream, result, run->degree);
    write_settings(stream, run);
    if (result->limit != NCF_LIMIT_NONE)
        fprintf(stream, "PARTIAL RESULT: stopped early (%s).\n", ncf__limit_text(result->limit));
    if (run->matching != NULL) {
        ncf__write_match_verdict(stream, result, run->matching, digits, verbose);
    } else {
        char *text = ncf__format("%s.", run->unmatched);
        ncf__write_paragraph(stream, "UNMATCHED   ", text);
        fputc('\n', stream);
        ncf__free(text);
    }
    write_events(stream, run);
    write_checks(stream, run);
    if (run->matching != NULL)
        ncf__write_match_rows(stream, run->matching, verbose);
}
