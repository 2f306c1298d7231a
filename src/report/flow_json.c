/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* flow_json.c: the result document of `ncf flow`, ncf-result version 1. */
#include "flow_report.h"
#include "json_parts.h"
#include "match_report.h"

#include <math.h>

/* JSON has no NaN and no infinity. */
static json_t *real_or_null(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

static json_t *events_array(const struct ncf_flow_run *run)
{
    json_t *array = json_array();
    for (slong k = 0; k < run->met.count; k++) {
        const ncf_run_event_t *event = &run->met.events[k];
        json_t *object = json_object();
        json_object_set_new(object, "condition", json_string(ncf__until_words[event->condition]));
        json_object_set_new(object, "value", real_or_null(event->value));
        json_object_set_new(object, "ends_the_run", json_boolean(event->stops));
        json_object_set_new(object, "met", json_boolean(!isnan(event->tau)));
        json_object_set_new(object, "tau", real_or_null(event->tau));
        json_object_set_new(object, "time",
                            real_or_null(ncf__flow_plain_time(run, event->tau)));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *second_object(const struct ncf_flow_run *run)
{
    const ncf_second_run_t *second = &run->second;
    if (!run->ran_second)
        return json_null();
    json_t *object = json_object();
    json_object_set_new(object, "method", json_string(ncf__flow_method_text(second->method)));
    json_object_set_new(object, "steps", json_integer(second->steps));
    json_object_set_new(object, "in_cap", json_boolean(second->in_cap));
    json_object_set_new(object, "entry_tau", real_or_null(second->entry_tau));
    json_object_set_new(object, "difference",
                        second->done ? real_or_null(second->difference) : json_null());
    json_object_set_new(object, "failure", ncf__json_text(second->failure));
    return object;
}

static json_t *reference_object(const struct ncf_flow_run *run)
{
    if (run->reference_rows == 0 && run->reference_failure == NULL)
        return json_null();
    json_t *object = json_object();
    json_object_set_new(object, "rows", json_integer(run->reference_rows));
    json_object_set_new(object, "largest_difference", real_or_null(run->reference_angle));
    json_object_set_new(object, "failure", ncf__json_text(run->reference_failure));
    return object;
}

static json_t *flow_object(const struct ncf_flow_run *run)
{
    json_t *object = json_object();
    char *delta = fmpq_get_str(NULL, 10, run->delta);
    json_object_set_new(object, "kind", json_string(ncf__flow_kind_text(run->plan.kind)));
    json_object_set_new(object, "delta", json_string(delta));
    json_object_set_new(object, "start", ncf__json_text(run->origin));
    json_object_set_new(object, "method",
                        run->plan.kind == NCF_FLOW_DESCENT
                            ? json_string("descent")
                            : json_string(ncf__flow_method_text(run->plan.method)));
    json_object_set_new(object, "tolerance", json_real(run->plan.tolerance));
    json_object_set_new(object, "step",
                        run->plan.kind == NCF_FLOW_DESCENT ? json_real(run->plan.step)
                                                           : json_null());
    json_object_set_new(object, "steps", json_integer(run->steps));
    json_object_set_new(object, "gradients", json_integer(run->evaluations));
    json_object_set_new(object, "end", ncf__json_text(run->end));
    json_object_set_new(object, "blow_up_tau", real_or_null(run->blow_up_tau));
    json_object_set_new(object, "energy_falls", json_boolean(run->energy_falls));
    json_object_set_new(object, "energy_rise", real_or_null(run->energy_rise));
    json_object_set_new(object, "entry_tau", real_or_null(run->entry_tau));
    json_object_set_new(object, "second", second_object(run));
    json_object_set_new(object, "reference", reference_object(run));
    json_object_set_new(object, "events", events_array(run));
    flint_free(delta);
    return object;
}

static json_t *trajectory_object(const struct ncf_flow_run *run)
{
    json_t *object = json_object();
    json_object_set_new(object, "rows", json_integer(run->count));
    json_object_set_new(object, "columns", json_integer(run->unknowns + 4));
    json_object_set_new(object, "rescaled", json_boolean(run->plan.rescaled));
    json_object_set_new(object, "times_moved", json_integer(run->merged_times));
    json_object_set_new(object, "kind", json_string(ncf__flow_kind_text(run->plan.kind)));
    return object;
}

/* What is said of a run that cannot be matched. */
static void set_unmatched(json_t *object, const char *reason)
{
    json_object_set_new(object, "match",
                        json_pack("{s:s, s:o, s:n}", "verdict", "unmatched", "reason",
                                  ncf__json_text(reason), "orbit"));
    json_object_set_new(object, "moments", json_array());
    json_object_set_new(object, "orbits", json_array());
    json_object_set_new(object, "undecided",
                        json_pack("[{s:o}]", "reason", ncf__json_text(reason)));
}

json_t *ncf__flow_document(const ncf_result_t *result, slong digits)
{
    const struct ncf_flow_run *run = result->flow;
    json_t *object = ncf__match_head(result, "flow", "the run that was integrated");
    json_object_set_new(object, "trajectory", trajectory_object(run));
    json_object_set_new(object, "flow", flow_object(run));
    if (run->matching != NULL)
        ncf__match_parts(object, result, run->matching, digits);
    else
        set_unmatched(object, run->unmatched);
    return object;
}
