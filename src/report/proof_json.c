/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * proof_json.c: the result document of `ncf flow --prove`, ncf-result version 1. What is proved
 * is an enclosure, an exact decimal or a truth value; what is measured is a JSON real.
 */
#include "cap_report.h"
#include "json_parts.h"
#include "proof_report.h"

#include <math.h>

static json_t *rationals(const fmpq *x, slong count)
{
    json_t *array = json_array();
    for (slong j = 0; j < count; j++) {
        char *text = fmpq_get_str(NULL, 10, x + j);
        json_array_append_new(array, json_string(text));
        flint_free(text);
    }
    return array;
}

/* The exact value of a double as a fraction, null for 0: nothing is proved. */
static json_t *exact_or_null(double x)
{
    if (!(x > 0) || !isfinite(x))
        return json_null();
    fmpq_t exact;
    fmpq_init(exact);
    ncf__rational_set_double(exact, x);
    char *text = fmpq_get_str(NULL, 10, exact);
    json_t *string = json_string(text);
    flint_free(text);
    fmpq_clear(exact);
    return string;
}

static json_t *convergence_object(const struct ncf_flow_proof *proof, slong digits)
{
    const ncf_validated_flow_t *flow = &proof->flow;
    json_t *object = json_object();
    json_object_set_new(object, "proved", ncf__json_verdict(proof->converges));
    json_object_set_new(object, "reason", ncf__json_text(proof->reason));
    json_object_set_new(object, "enters", ncf__json_verdict(flow->enters));
    json_object_set_new(object, "time", ncf__json_ball_or_null(flow->time, digits));
    json_object_set_new(object, "growth", ncf__json_ball_or_null(flow->growth, digits));
    json_object_set_new(object, "cosine", ncf__json_ball_or_null(flow->along, digits));
    json_object_set_new(object, "steps", json_integer(flow->steps));
    return object;
}

static json_t *uniform_object(const struct ncf_flow_proof *proof, slong digits)
{
    const ncf_validated_flow_t *flow = &proof->flow;
    json_t *object = json_object();
    json_object_set_new(object, "proved", ncf__json_verdict(flow->uniform));
    json_object_set_new(object, "reason", ncf__json_text(flow->uniform_reason));
    json_object_set_new(object, "delta", exact_or_null(flow->delta));
    json_object_set_new(object, "delta_limit",
                        flow->delta_guess > 0 ? json_real(flow->delta_guess) : json_null());
    json_object_set_new(object, "rescaled_time",
                        ncf__json_ball_or_null(flow->uniform_time, digits));
    json_object_set_new(object, "growth", ncf__json_ball_or_null(flow->uniform_growth, digits));
    json_object_set_new(object, "pieces", json_integer(flow->pieces));
    json_object_set_new(object, "attempts", json_integer(flow->attempts));
    json_object_set_new(object, "steps", json_integer(flow->uniform_steps));
    return object;
}

static json_t *validated_object(const struct ncf_flow_proof *proof, slong digits)
{
    json_t *object = json_object();
    json_object_set_new(object, "start", rationals(proof->start, proof->network->unknowns));
    json_object_set_new(object, "angle", ncf__json_ball_or_null(proof->angle, digits));
    json_object_set_new(object, "tangent", exact_or_null(proof->tangent));
    json_object_set_new(object, "convergence", convergence_object(proof, digits));
    json_object_set_new(object, "uniform", uniform_object(proof, digits));
    return object;
}

static json_t *orbits_array(const struct ncf_flow_proof *proof, slong digits)
{
    json_t *array = json_array();
    if (!ncf_is_proved(proof->found.point.exists))
        return array;
    json_t *orbit = ncf__json_point_orbit(&proof->found, proof->network, 1, digits);
    json_object_set_new(orbit, "cap", ncf__json_cap(&proof->cap, digits));
    json_array_append_new(array, orbit);
    return array;
}

static json_t *undecided_array(const struct ncf_flow_proof *proof)
{
    json_t *array = json_array();
    if (!ncf_is_proved(proof->converges))
        json_array_append_new(array, json_pack("{s:o}", "reason", ncf__json_text(proof->reason)));
    if (!ncf_is_proved(proof->flow.uniform))
        json_array_append_new(
            array, json_pack("{s:o}", "reason", ncf__json_text(proof->flow.uniform_reason)));
    return array;
}

json_t *ncf__proof_document(const ncf_result_t *result, slong digits)
{
    const struct ncf_flow_proof *proof = result->proof;
    json_t *object = json_object();
    json_object_set_new(object, "format", json_string("ncf-result"));
    json_object_set_new(object, "version", json_integer(1));
    json_object_set_new(object, "problem", ncf__json_problem(result));
    json_object_set_new(object, "method", json_string("validated flow"));
    json_object_set_new(object, "options",
                        json_pack("{s:I, s:I}", "precision",
                                  (json_int_t) result->options.precision, "max_precision",
                                  (json_int_t) result->options.max_precision));
    json_object_set_new(object, "limit", json_string(ncf__limit_text(result->limit)));
    json_object_set_new(object, "complete",
                        json_pack("{s:b, s:s, s:s}", "proved", 0, "scope",
                                  "the flow from one start", "argument", ""));
    json_object_set_new(object, "counts", json_pack("{s:n, s:n, s:n, s:n}", "positive",
                                                    "strict_second_order", "rank_one", "orbits"));
    json_object_set_new(object, "validated", validated_object(proof, digits));
    json_object_set_new(object, "orbits", orbits_array(proof, digits));
    json_object_set_new(object, "undecided", undecided_array(proof));
    return object;
}
