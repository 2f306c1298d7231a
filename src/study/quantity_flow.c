/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* quantity_flow.c: the quantities of runs of flows, and of the theorems about them. */
#include "quantity_parts.h"

#include <string.h>

#define FLOW (1 << NCF_TASK_FLOW)
#define RUNS (1 << NCF_TASK_RUNS)
#define PROVE (1 << NCF_TASK_PROVE)
#define BALL_BITS 256

/* ---- One run -------------------------------------------------------------------- */

static const json_t *flow_match(const ncf_facts_t *facts)
{
    return json_object_get(facts->answers[NCF_TASK_FLOW], "match");
}

/* A measured number; what there is none of is open. */
static void add_measured(ncf_cell_t *cell, const json_t *value)
{
    arb_t number;
    arb_init(number);
    if (json_is_number(value)) {
        arb_set_d(number, json_number_value(value));
        ncf__cell_add_real(cell, number);
    } else {
        ncf__cell_add_open(cell);
    }
    arb_clear(number);
}

static void add_part(ncf_cell_t *cell, json_int_t part, json_int_t whole)
{
    fmpz_t a, b;
    fmpz_init_set_si(a, (slong) part);
    fmpz_init_set_si(b, (slong) whole);
    ncf__cell_add_share(cell, a, b, 0);
    fmpz_clear(a);
    fmpz_clear(b);
}

static void flow_matched(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    add_part(cell, ncf__word_is(json_object_get(flow_match(facts), "verdict"), "matched"), 1);
}

static void flow_verdict(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    const char *word = json_string_value(json_object_get(flow_match(facts), "verdict"));
    ncf__cell_add_text(cell, word != NULL ? word : "?");
}

/* The direction is measured, whatever is known of its angle: its middle stands for it. */
static void final_angle(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    arb_t angle;
    arb_init(angle);
    if (ncf__read_ball(angle, json_object_get(flow_match(facts), "last_angle"))) {
        double middle = arf_get_d(arb_midref(angle), ARF_RND_NEAR);
        arb_set_d(angle, middle);
        ncf__cell_add_real(cell, angle);
    } else {
        ncf__cell_add_open(cell);
    }
    arb_clear(angle);
}

static void entry_tau(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    const json_t *flow = json_object_get(facts->answers[NCF_TASK_FLOW], "flow");
    add_measured(cell, json_object_get(flow, "entry_tau"));
}

static void entry_norm(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    add_measured(cell, json_object_get(flow_match(facts), "entry_norm_ratio"));
}

/* ---- Proofs for one start ------------------------------------------------------- */

static const json_t *uniform(const ncf_facts_t *facts)
{
    const json_t *validated = json_object_get(facts->answers[NCF_TASK_PROVE], "validated");
    return json_object_get(validated, "uniform");
}

/* delta_0 of the theorem; 0 when it is not proved. */
static int read_proved_delta(fmpq_t out, const ncf_facts_t *facts)
{
    const json_t *theorem = uniform(facts);
    const char *text = json_string_value(json_object_get(theorem, "delta"));
    return json_is_true(json_object_get(theorem, "proved")) && text != NULL &&
           ncf__rational_parse(out, text, strlen(text)) == NULL && fmpq_sgn(out) > 0;
}

/* The theorem is about every delta in (0, delta_0]: is that of the case one of them? */
static void flow_proved(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    const char *text = facts->delta != NULL ? facts->delta : NCF_DEFAULT_DELTA;
    fmpq_t most, delta;
    fmpq_init(most);
    fmpq_init(delta);
    int proved = read_proved_delta(most, facts) &&
                 ncf__rational_parse(delta, text, strlen(text)) == NULL &&
                 fmpq_sgn(delta) > 0 && fmpq_cmp(delta, most) <= 0;
    fmpq_clear(delta);
    fmpq_clear(most);
    ncf__cell_add_verdict(cell, proved ? ncf_proved() : ncf_undecided());
}

static void proved_delta(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    fmpq_t most;
    arb_t value;
    fmpq_init(most);
    arb_init(value);
    if (read_proved_delta(most, facts)) {
        arb_set_fmpq(value, most, BALL_BITS);
        ncf__cell_add_real(cell, value);
    } else {
        ncf__cell_add_open(cell);
    }
    arb_clear(value);
    fmpq_clear(most);
}

/* 1 is as far as it is looked for: no limit. */
static void delta_limit(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    const json_t *limit = json_object_get(uniform(facts), "delta_limit");
    add_measured(cell, json_number_value(limit) < 1 ? limit : NULL);
}

static void proved_angle(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    const json_t *validated = json_object_get(facts->answers[NCF_TASK_PROVE], "validated");
    arb_t angle;
    arb_init(angle);
    if (json_is_true(json_object_get(uniform(facts), "proved")) &&
        ncf__read_ball(angle, json_object_get(validated, "angle")))
        ncf__cell_add_real(cell, angle);
    else
        ncf__cell_add_open(cell);
    arb_clear(angle);
}

/* Do two lists of enclosures, nested alike, meet in each entry? */
static int balls_meet(const json_t *a, const json_t *b)
{
    int meet = json_array_size(a) == json_array_size(b);
    if (json_is_array(a) && json_is_array(b)) {
        for (size_t i = 0; i < json_array_size(a) && meet; i++)
            meet = balls_meet(json_array_get(a, i), json_array_get(b, i));
        return meet;
    }
    arb_t x, y;
    arb_init(x);
    arb_init(y);
    meet = ncf__read_ball(x, a) && ncf__read_ball(y, b) && arb_overlaps(x, y);
    arb_clear(x);
    arb_clear(y);
    return meet;
}

static const json_t *first_orbit(const json_t *answer)
{
    return json_array_get(json_object_get(answer, "orbits"), 0);
}

/*
 * Is the point of the run that of the theorem? Where their lambda differ it is not; where all
 * enclosures of lambda and weights meet they are the same to 20 decimals.
 */
static void flow_agrees(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    const json_t *run = first_orbit(facts->answers[NCF_TASK_FLOW]);
    const json_t *theorem = first_orbit(facts->answers[NCF_TASK_PROVE]);
    ncf_verdict_t verdict = ncf_undecided();
    int matched = ncf__word_is(json_object_get(flow_match(facts), "verdict"), "matched");
    if (matched && json_is_true(json_object_get(uniform(facts), "proved"))) {
        if (!balls_meet(json_object_get(run, "lambda"), json_object_get(theorem, "lambda")))
            verdict = ncf_refuted();
        else if (balls_meet(json_object_get(run, "weights"),
                            json_object_get(theorem, "weights")))
            verdict = ncf_proved();
    }
    ncf__cell_add_verdict(cell, verdict);
}

/* ---- Many runs ------------------------------------------------------------------- */

/* The number of runs that a result counts under a word. */
static json_int_t run_count(const ncf_facts_t *facts, const char *word)
{
    const json_t *runs = json_object_get(facts->answers[NCF_TASK_RUNS], "runs");
    return json_integer_value(json_object_get(runs, word));
}

static const json_t *limits_of(const ncf_facts_t *facts)
{
    return json_object_get(facts->answers[NCF_TASK_RUNS], "orbits");
}

static void add_number_of(ncf_cell_t *cell, json_int_t value)
{
    fmpz_t count;
    fmpz_init_set_si(count, (slong) value);
    ncf__cell_add_count(cell, count, 0);
    fmpz_clear(count);
}

static void runs_matched(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    add_part(cell, run_count(facts, "matched"), run_count(facts, "finished"));
}

static void runs_zero(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    add_number_of(cell, run_count(facts, "zero"));
}

static void runs_unmatched(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    add_number_of(cell, run_count(facts, "unmatched") + run_count(facts, "ambiguous"));
}

static void limits(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    add_number_of(cell, (json_int_t) json_array_size(limits_of(facts)));
}

static json_int_t strict_limits(const ncf_facts_t *facts)
{
    const json_t *list = limits_of(facts);
    json_int_t count = 0;
    for (size_t i = 0; i < json_array_size(list); i++)
        count += ncf__word_is(json_object_get(json_array_get(list, i), "second_order"), "strict");
    return count;
}

static void limits_strict(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    add_part(cell, strict_limits(facts), (json_int_t) json_array_size(limits_of(facts)));
}

/* Of a list that is proved complete and has finitely many orbits. */
static void strict_reached(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    const json_t *strict = json_object_get(facts->answers[NCF_TASK_RUNS], "strict_orbits");
    if (json_is_integer(strict))
        add_part(cell, strict_limits(facts), json_integer_value(strict));
    else
        ncf__cell_add_open(cell);
}

/* Is lambda of the orbit proved to be in the scope of a list that is complete? */
static int in_scope(const json_t *orbit, const char *scope)
{
    static const char *const bounded = "all KKT points with lambda >= ";
    int inside = scope != NULL && strcmp(scope, "all KKT points with lambda != 0") == 0;
    if (scope == NULL || strncmp(scope, bounded, strlen(bounded)) != 0)
        return inside;
    fmpq_t bound;
    arb_t lambda, least;
    fmpq_init(bound);
    arb_init(lambda);
    arb_init(least);
    const char *text = scope + strlen(bounded);
    if (ncf__rational_parse(bound, text, strlen(text)) == NULL &&
        ncf__read_ball(lambda, json_object_get(orbit, "lambda"))) {
        arb_set_fmpq(least, bound, BALL_BITS);
        inside = arb_gt(lambda, least);
    }
    arb_clear(least);
    arb_clear(lambda);
    fmpq_clear(bound);
    return inside;
}

/*
 * Is every point that runs turn to in the list of ncf_solve? One that is proved to be none of
 * a list that holds all strict orbits of its scope contradicts the list.
 */
static void limits_listed(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    const json_t *runs = facts->answers[NCF_TASK_RUNS], *list = limits_of(facts);
    const char *scope = json_string_value(json_object_get(runs, "list_scope"));
    int whole = json_is_integer(json_object_get(runs, "strict_orbits"));
    ncf_verdict_t verdict = json_array_size(list) > 0 ? ncf_proved() : ncf_undecided();
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *orbit = json_array_get(list, i);
        const json_t *listed = json_object_get(orbit, "listed");
        int strict = ncf__word_is(json_object_get(orbit, "second_order"), "strict");
        int missing = json_is_false(listed) && whole && strict && in_scope(orbit, scope);
        ncf_verdict_t one = json_is_true(listed) ? ncf_proved()
                            : missing            ? ncf_refuted()
                                                 : ncf_undecided();
        verdict = ncf_verdict_and(verdict, one);
    }
    ncf__cell_add_verdict(cell, verdict);
}

/* ---- The table ------------------------------------------------------------------- */

const ncf_quantity_kind_t ncf__flow_quantities[] = {
    NCF_OTHER("flow_matched", "matched", NCF_CELL_SHARE, FLOW, flow_matched),
    NCF_OTHER("flow_verdict", "verdict", NCF_CELL_TEXT, FLOW, flow_verdict),
    NCF_MEASURED("final_angle", "final angle", FLOW, final_angle),
    NCF_MEASURED("entry_tau", "entry tau", FLOW, entry_tau),
    NCF_MEASURED("entry_norm", "norm ratio at entry", FLOW, entry_norm),
    NCF_OTHER("flow_proved", "theorem proved", NCF_CELL_VERDICT, PROVE, flow_proved),
    {"proved_delta", "proved up to delta", NCF_CELL_FLOOR, 1, NCF_SUMMARY_RANGE, PROVE, 0,
     proved_delta},
    NCF_MEASURED("delta_limit", "limit of delta", PROVE, delta_limit),
    {"proved_angle", "proved angle", NCF_CELL_BOUND, 1, NCF_SUMMARY_RANGE, PROVE, 0,
     proved_angle},
    NCF_OTHER("flow_agrees", "same point", NCF_CELL_VERDICT, FLOW | PROVE, flow_agrees),
    NCF_OTHER("runs_matched", "runs matched", NCF_CELL_SHARE, RUNS, runs_matched),
    NCF_NUMBER("runs_zero", "runs to zero", RUNS, runs_zero),
    NCF_NUMBER("runs_unmatched", "runs unmatched", RUNS, runs_unmatched),
    NCF_NUMBER("limits", "limits", RUNS, limits),
    NCF_OTHER("limits_strict", "strict limits", NCF_CELL_SHARE, RUNS, limits_strict),
    NCF_OTHER("strict_reached", "strict orbits reached", NCF_CELL_SHARE, RUNS, strict_reached),
    NCF_CHECK("limits_listed", "limits listed", RUNS, limits_listed),
};

const int ncf__flow_quantity_count =
    (int) (sizeof(ncf__flow_quantities) / sizeof(ncf__flow_quantities[0]));
