/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* quantity.c: the value of each quantity, taken from the records of a case. */
#include "quantity.h"

#include <string.h>

#define BALL_BITS 256
#define MAX_HISTOGRAM 100000 /* bins that are worked out from lines */

/* ---- Parts of a result document ------------------------------------------------- */

static const json_t *solved(const ncf_facts_t *facts)
{
    return facts->answers[NCF_TASK_SOLVE];
}

static int word_is(const json_t *value, const char *word)
{
    const char *text = json_string_value(value);
    return text != NULL && strcmp(text, word) == 0;
}

/* An integer that is written as a string; 0 when it is null. */
static int read_integer(fmpz_t out, const json_t *value)
{
    const char *text = json_string_value(value);
    return text != NULL && fmpz_set_str(out, text, 10) == 0;
}

/* {"mid": .., "rad": ..}; 0 when it is null. */
static int read_ball(arb_t out, const json_t *value)
{
    const char *mid = json_string_value(json_object_get(value, "mid"));
    const char *rad = json_string_value(json_object_get(value, "rad"));
    if (mid == NULL || rad == NULL)
        return 0;
    arb_t radius;
    arb_init(radius);
    int good =
        arb_set_str(out, mid, BALL_BITS) == 0 && arb_set_str(radius, rad, BALL_BITS) == 0;
    if (good)
        arb_add_error(out, radius);
    arb_clear(radius);
    return good && arb_is_finite(out);
}

static int is_exact(const json_t *result)
{
    return word_is(json_object_get(result, "counts_are"), "exact");
}

/* Does a list have an entry of positive dimension? */
static int has_set(const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (json_integer_value(json_object_get(json_array_get(list, i), "dimension")) > 0)
            return 1;
    }
    return 0;
}

static void add_counted(ncf_cell_t *cell, const json_t *result, const char *name)
{
    fmpz_t value;
    fmpz_init(value);
    if (read_integer(value, json_object_get(json_object_get(result, "counts"), name)))
        ncf__cell_add_count(cell, value, !is_exact(result));
    else if (has_set(json_object_get(result, "orbits")) ||
             has_set(json_object_get(result, "lines")))
        ncf__cell_add_infinite(cell);
    else
        ncf__cell_add_open(cell);
    fmpz_clear(value);
}

/* ---- Counts of ncf_solve -------------------------------------------------------- */

static void points(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    add_counted(cell, solved(facts), "positive");
}

static void orbits(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    add_counted(cell, solved(facts), "orbits");
}

static void second_order(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    add_counted(cell, solved(facts), "strict_second_order");
}

static void rank_one(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    add_counted(cell, solved(facts), "rank_one");
}

static void lines(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    const json_t *list = json_object_get(solved(facts), "lines");
    fmpz_t count;
    fmpz_init_set_ui(count, json_array_size(list));
    if (has_set(list))
        ncf__cell_add_infinite(cell);
    else
        ncf__cell_add_count(cell, count, !is_exact(solved(facts)));
    fmpz_clear(count);
}

static void undecided(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    fmpz_t count;
    fmpz_init_set_ui(count, json_array_size(json_object_get(solved(facts), "undecided")));
    ncf__cell_add_count(cell, count, 0);
    fmpz_clear(count);
}

/* ---- Second order and rank ------------------------------------------------------ */

typedef struct {
    fmpz_t strict, one, other; /* points in listed orbits */
    int finite;                /* every strict orbit is */
    int exact;                 /* these are all strict points, each with its rank */
} ranks_t;

/* An orbit that may be another listed one counts once, with the other one. */
static int is_counted_orbit(const json_t *orbit)
{
    return !json_is_false(json_object_get(orbit, "proved_different"));
}

static void add_orbit(ranks_t *ranks, const json_t *orbit)
{
    fmpz_t size;
    const json_t *rank = json_object_get(orbit, "rank_one");
    if (!is_counted_orbit(orbit) || !word_is(json_object_get(orbit, "second_order"), "strict"))
        return;
    fmpz_init(size);
    if (read_integer(size, json_object_get(orbit, "size"))) {
        fmpz_add(ranks->strict, ranks->strict, size);
        if (json_is_true(rank))
            fmpz_add(ranks->one, ranks->one, size);
        if (json_is_false(rank))
            fmpz_add(ranks->other, ranks->other, size);
    } else {
        ranks->finite = 0;
    }
    fmpz_clear(size);
}

/*
 * In two layers every strict point has one active unit, so that W_1 has rank one
 * (T-DECOUPLE); else the listed orbits are added up.
 */
static void ranks_init(ranks_t *ranks, const json_t *result)
{
    fmpz_t counted, sum;
    const json_t *list = json_object_get(result, "orbits");
    fmpz_init(ranks->strict);
    fmpz_init(ranks->one);
    fmpz_init(ranks->other);
    fmpz_init(counted);
    fmpz_init(sum);
    ranks->finite = 1;
    int is_counted = read_integer(
        counted, json_object_get(json_object_get(result, "counts"), "strict_second_order"));
    if (word_is(json_object_get(result, "method"), "symmetric-tensor") && is_counted) {
        fmpz_set(ranks->strict, counted);
        fmpz_set(ranks->one, counted);
    } else {
        for (size_t i = 0; i < json_array_size(list); i++)
            add_orbit(ranks, json_array_get(list, i));
    }
    fmpz_add(sum, ranks->one, ranks->other);
    ranks->exact = is_exact(result) && is_counted && fmpz_equal(sum, counted);
    fmpz_clear(counted);
    fmpz_clear(sum);
}

static void ranks_clear(ranks_t *ranks)
{
    fmpz_clear(ranks->strict);
    fmpz_clear(ranks->one);
    fmpz_clear(ranks->other);
}

static void second_order_rank_one(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    ranks_t ranks;
    ranks_init(&ranks, solved(facts));
    if (ranks.finite)
        ncf__cell_add_count(cell, ranks.one, !ranks.exact);
    else
        ncf__cell_add_infinite(cell);
    ranks_clear(&ranks);
}

static void second_order_other_rank(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    ranks_t ranks;
    ranks_init(&ranks, solved(facts));
    ncf__cell_add_count(cell, ranks.other, !ranks.exact);
    ranks_clear(&ranks);
}

/* Is there a strict second-order point that is not of rank one? */
static void other_rank_exists(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    ranks_t ranks;
    ranks_init(&ranks, solved(facts));
    ncf__cell_add_verdict(cell, !fmpz_is_zero(ranks.other) ? ncf_proved()
                                : ranks.exact              ? ncf_refuted()
                                                           : ncf_undecided());
    ranks_clear(&ranks);
}

static void rank_one_share(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    ranks_t ranks;
    ranks_init(&ranks, solved(facts));
    if (ranks.exact)
        ncf__cell_add_share(cell, ranks.one, ranks.strict, 0);
    else
        ncf__cell_add_open(cell);
    ranks_clear(&ranks);
}

/* ---- The index histogram -------------------------------------------------------- */

/*
 * Two layers, all lines isolated: with the lines' indices i(q) the points of index k are
 * the coefficient of t^(k+1) in (1 + sum over lines of 2 t^(i(q)+1))^h (T-DECOUPLE). Returns 0
 * when that does not apply.
 */
static int histogram_of_lines(fmpz_poly_t bins, const json_t *result)
{
    const json_t *list = json_object_get(result, "lines");
    const json_t *widths = json_object_get(json_object_get(result, "problem"), "widths");
    json_int_t hidden = json_integer_value(json_array_get(widths, 1)), most = 0;
    if (!word_is(json_object_get(result, "method"), "symmetric-tensor") || hidden < 1)
        return 0;
    fmpz_poly_t unit;
    fmpz_poly_init(unit);
    fmpz_poly_set_coeff_ui(unit, 0, 1);
    int good = 1;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *line = json_array_get(list, i);
        const json_t *index = json_object_get(line, "index");
        json_int_t power = json_integer_value(index) + 1;
        good = good && json_is_integer(index) && power <= MAX_HISTOGRAM &&
               json_integer_value(json_object_get(line, "dimension")) == 0;
        if (!good)
            break;
        most = FLINT_MAX(most, power);
        fmpz_poly_set_coeff_si(unit, power, fmpz_poly_get_coeff_si(unit, power) + 2);
    }
    good = good && most * hidden <= MAX_HISTOGRAM && hidden <= 2000;
    if (good) {
        fmpz_poly_pow(bins, unit, (ulong) hidden);
        fmpz_poly_set_coeff_ui(bins, 0, 0);
        fmpz_poly_shift_right(bins, bins, 1);
    }
    fmpz_poly_clear(unit);
    return good;
}

/* Of the listed orbits whose index and size are known. */
static void histogram_of_orbits(fmpz_poly_t bins, const json_t *result)
{
    const json_t *list = json_object_get(result, "orbits");
    fmpz_t size, old;
    fmpz_init(size);
    fmpz_init(old);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *orbit = json_array_get(list, i);
        const json_t *index = json_object_get(orbit, "index");
        json_int_t k = json_integer_value(index);
        if (!is_counted_orbit(orbit) || !json_is_integer(index) || k > MAX_HISTOGRAM ||
            !read_integer(size, json_object_get(orbit, "size")))
            continue;
        fmpz_poly_get_coeff_fmpz(old, bins, k);
        fmpz_add(size, size, old);
        fmpz_poly_set_coeff_fmpz(bins, k, size);
    }
    fmpz_clear(size);
    fmpz_clear(old);
}

/* Exact only if it adds up to the exact number of points. */
static void index_histogram(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    const json_t *result = solved(facts);
    fmpz_poly_t bins;
    fmpz_t sum, one, counted;
    fmpz_poly_init(bins);
    fmpz_init(sum);
    fmpz_init_set_ui(one, 1);
    fmpz_init(counted);
    int is_counted =
        read_integer(counted, json_object_get(json_object_get(result, "counts"), "positive"));
    int agrees = histogram_of_lines(bins, result);
    fmpz_poly_evaluate_fmpz(sum, bins, one);
    agrees = agrees && is_counted && fmpz_equal(sum, counted);
    if (!agrees) {
        fmpz_poly_zero(bins);
        histogram_of_orbits(bins, result);
        fmpz_poly_evaluate_fmpz(sum, bins, one);
        agrees = is_counted && fmpz_equal(sum, counted);
    }
    slong length = fmpz_poly_length(bins);
    fmpz *entries = _fmpz_vec_init(length + 1);
    for (slong i = 0; i < length; i++)
        fmpz_poly_get_coeff_fmpz(entries + i, bins, i);
    ncf__cell_add_histogram(cell, entries, length, !agrees || !is_exact(result));
    _fmpz_vec_clear(entries, length + 1);
    fmpz_clear(counted);
    fmpz_clear(one);
    fmpz_clear(sum);
    fmpz_poly_clear(bins);
}

/* ---- Values of lambda ----------------------------------------------------------- */

/* The largest one is known when the list is complete: orbits are in decreasing order. */
static void largest_lambda(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    const json_t *list = json_object_get(solved(facts), "orbits");
    arb_t value;
    arb_init(value);
    if (read_ball(value, json_object_get(json_array_get(list, 0), "lambda"))) {
        ncf__cell_add_real(cell, value);
        cell->at_least |= !is_exact(solved(facts));
    } else {
        ncf__cell_add_open(cell);
    }
    arb_clear(value);
}

/* The smallest gap of the strict orbits that are listed. */
static void gap(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    const json_t *list = json_object_get(solved(facts), "orbits");
    int found = 0;
    arb_t value, least;
    arb_init(value);
    arb_init(least);
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (!read_ball(value, json_object_get(json_array_get(list, i), "gap")))
            continue;
        if (found)
            arb_min(least, least, value, BALL_BITS);
        else
            arb_set(least, value);
        found = 1;
    }
    if (found)
        ncf__cell_add_real(cell, least);
    else
        ncf__cell_add_open(cell);
    arb_clear(value);
    arb_clear(least);
}

/* ---- Verdicts ------------------------------------------------------------------- */

static ncf_verdict_t verdict_of(const json_t *word)
{
    return word_is(word, "holds")   ? ncf_proved()
           : word_is(word, "fails") ? ncf_refuted()
                                    : ncf_undecided();
}

static void complete(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    const json_t *proved =
        json_object_get(json_object_get(solved(facts), "complete"), "proved");
    ncf__cell_add_verdict(cell, json_is_true(proved) ? ncf_proved() : ncf_undecided());
}

static void add_audit(ncf_cell_t *cell, const ncf_facts_t *facts, const char *name)
{
    const json_t *audit = json_object_get(solved(facts), "audit");
    ncf__cell_add_verdict(cell, verdict_of(json_object_get(audit, name)));
}

static void euler_identity(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    add_audit(cell, facts, "euler_identity");
}

static void layer_norms(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    add_audit(cell, facts, "layer_norms");
}

static void method(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    const char *text = json_string_value(json_object_get(solved(facts), "method"));
    ncf__cell_add_text(cell, text != NULL ? text : "?");
}

static void seconds(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    arb_t value;
    arb_init(value);
    arb_set_d(value, facts->seconds);
    ncf__cell_add_real(cell, value);
    arb_clear(value);
}

/* ---- Independent routes --------------------------------------------------------- */

/* A number of an answer that is written as a string. */
static void add_number(ncf_cell_t *cell, const json_t *answer, const char *name, int at_least)
{
    fmpz_t value;
    fmpz_init(value);
    if (read_integer(value, json_object_get(answer, name)))
        ncf__cell_add_count(cell, value, at_least);
    else
        ncf__cell_add_open(cell);
    fmpz_clear(value);
}

static void search_points(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    add_number(cell, facts->answers[NCF_TASK_SEARCH], "points", 0);
}

static void search_orbits(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    add_number(cell, facts->answers[NCF_TASK_SEARCH], "orbits", 0);
}

static void search_starts(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    add_number(cell, facts->answers[NCF_TASK_SEARCH], "starts", 0);
}

static void prune_points(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    const json_t *answer = facts->answers[NCF_TASK_PRUNE];
    add_number(cell, answer, "points", !json_is_true(json_object_get(answer, "complete")));
}

/* Do both numbers count the same points: all with lambda > 0, or those above one bound? */
static int same_scope(const json_t *result, const json_t *other)
{
    const json_t *complete = json_object_get(result, "complete");
    const char *scope = json_string_value(json_object_get(complete, "scope"));
    const char *bound = json_string_value(json_object_get(other, "lambda_min"));
    if (scope == NULL)
        return 0;
    if (bound == NULL)
        return strcmp(scope, "all KKT points with lambda != 0") == 0;
    char *expected = ncf__format("all KKT points with lambda >= %s", bound);
    int same = strcmp(scope, expected) == 0;
    ncf__free(expected);
    return same;
}

/*
 * Both numbers are of proved, pairwise different points. A complete list with fewer points
 * than the other one contradicts it; a search that finds fewer contradicts nothing.
 */
static ncf_verdict_t compare(const json_t *result, const json_t *other, int other_complete)
{
    fmpz_t all, found;
    fmpz_init(all);
    fmpz_init(found);
    ncf_verdict_t verdict = ncf_undecided();
    if (same_scope(result, other) &&
        read_integer(all, json_object_get(json_object_get(result, "counts"), "positive")) &&
        read_integer(found, json_object_get(other, "points"))) {
        int order = fmpz_cmp(found, all);
        if (order == 0 && is_exact(result))
            verdict = ncf_proved();
        else if ((order > 0 && is_exact(result)) || (order < 0 && other_complete))
            verdict = ncf_refuted();
    }
    fmpz_clear(all);
    fmpz_clear(found);
    return verdict;
}

static void search_agrees(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    ncf__cell_add_verdict(cell, compare(solved(facts), facts->answers[NCF_TASK_SEARCH], 0));
}

static void prune_agrees(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    const json_t *answer = facts->answers[NCF_TASK_PRUNE];
    int whole = json_is_true(json_object_get(answer, "complete"));
    ncf__cell_add_verdict(cell, compare(solved(facts), answer, whole));
}

static void certified(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    const json_t *answer = facts->answers[NCF_TASK_CERTIFY];
    fmpz_t part, whole;
    fmpz_init(part);
    fmpz_init(whole);
    if (read_integer(part, json_object_get(answer, "proved")) &&
        read_integer(whole, json_object_get(answer, "candidates")))
        ncf__cell_add_share(cell, part, whole, 0);
    else
        ncf__cell_add_open(cell);
    fmpz_clear(part);
    fmpz_clear(whole);
}

static void norm_error(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    arb_t value;
    arb_init(value);
    if (read_ball(value, json_object_get(facts->answers[NCF_TASK_CERTIFY], "norm_error")))
        ncf__cell_add_real(cell, value);
    else
        ncf__cell_add_open(cell);
    arb_clear(value);
}

static void rank_one_values(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    const json_t *answer = facts->answers[NCF_TASK_CERTIFY];
    fmpz_t part, whole;
    fmpz_init(part);
    fmpz_init(whole);
    if (read_integer(part, json_object_get(answer, "rank_one_matched")) &&
        read_integer(whole, json_object_get(answer, "rank_one")))
        ncf__cell_add_share(cell, part, whole, 0);
    else
        ncf__cell_add_open(cell);
    fmpz_clear(part);
    fmpz_clear(whole);
}

/* ---- Runs of flows -------------------------------------------------------------- */

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
    add_part(cell, word_is(json_object_get(flow_match(facts), "verdict"), "matched"), 1);
}

static void flow_verdict(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    const char *word = json_string_value(json_object_get(flow_match(facts), "verdict"));
    ncf__cell_add_text(cell, word != NULL ? word : "?");
}

static void final_angle(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    arb_t angle;
    arb_init(angle);
    if (read_ball(angle, json_object_get(flow_match(facts), "last_angle")))
        ncf__cell_add_real(cell, angle);
    else
        ncf__cell_add_open(cell);
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
        count += word_is(json_object_get(json_array_get(list, i), "second_order"), "strict");
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

/*
 * Is every point that runs turn to in the list of ncf_solve? One that is proved to be none of
 * a list that holds all strict orbits contradicts the list.
 */
static void limits_listed(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    const json_t *list = limits_of(facts);
    int whole =
        json_is_integer(json_object_get(facts->answers[NCF_TASK_RUNS], "strict_orbits"));
    ncf_verdict_t verdict = ncf_proved();
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *orbit = json_array_get(list, i);
        const json_t *listed = json_object_get(orbit, "listed");
        int strict = word_is(json_object_get(orbit, "second_order"), "strict");
        ncf_verdict_t one = json_is_true(listed)                       ? ncf_proved()
                            : json_is_false(listed) && whole && strict ? ncf_refuted()
                                                                       : ncf_undecided();
        verdict = ncf_verdict_and(verdict, one);
    }
    ncf__cell_add_verdict(cell, verdict);
}

/* ---- The table of quantities ---------------------------------------------------- */

#define SOLVE (1 << NCF_TASK_SOLVE)
#define CERTIFY (1 << NCF_TASK_CERTIFY)
#define SEARCH (1 << NCF_TASK_SEARCH)
#define PRUNE (1 << NCF_TASK_PRUNE)
#define FLOW (1 << NCF_TASK_FLOW)
#define RUNS (1 << NCF_TASK_RUNS)

#define NUMBER(name, heading, tasks, function)                                                \
    {                                                                                         \
        name, heading, NCF_CELL_COUNT, 1, NCF_SUMMARY_RANGE, tasks, 0, function               \
    }
#define REAL(name, heading, tasks, function)                                                  \
    {                                                                                         \
        name, heading, NCF_CELL_REAL, 1, NCF_SUMMARY_RANGE, tasks, 0, function                \
    }
#define OTHER(name, heading, type, tasks, function)                                           \
    {                                                                                         \
        name, heading, type, 0, NCF_SUMMARY_RANGE, tasks, 0, function                         \
    }
#define CHECK(name, heading, tasks, function)                                                 \
    {                                                                                         \
        name, heading, NCF_CELL_VERDICT, 0, NCF_SUMMARY_RANGE, tasks, 1, function             \
    }

static const ncf_quantity_kind_t kinds[] = {
    NUMBER("points", "KKT points", SOLVE, points),
    NUMBER("orbits", "orbits", SOLVE, orbits),
    NUMBER("second_order", "2nd order", SOLVE, second_order),
    NUMBER("rank_one", "rank one", SOLVE, rank_one),
    NUMBER("second_order_rank_one", "2nd order, rank 1", SOLVE, second_order_rank_one),
    NUMBER("second_order_other_rank", "2nd order, other rank", SOLVE, second_order_other_rank),
    OTHER("other_rank_exists", "other rank exists", NCF_CELL_VERDICT, SOLVE,
          other_rank_exists),
    OTHER("rank_one_share", "rank one of 2nd order", NCF_CELL_SHARE, SOLVE, rank_one_share),
    NUMBER("lines", "lines", SOLVE, lines),
    REAL("largest_lambda", "largest lambda", SOLVE, largest_lambda),
    REAL("gap", "smallest gap", SOLVE, gap),
    OTHER("index_histogram", "points by index", NCF_CELL_HISTOGRAM, SOLVE, index_histogram),
    OTHER("complete", "complete", NCF_CELL_VERDICT, SOLVE, complete),
    CHECK("euler_identity", "Euler identity", SOLVE, euler_identity),
    CHECK("layer_norms", "layer norms", SOLVE, layer_norms),
    NUMBER("undecided", "undecided", SOLVE, undecided),
    OTHER("method", "method", NCF_CELL_TEXT, SOLVE, method),
    NUMBER("search_points", "points by search", SEARCH, search_points),
    NUMBER("search_orbits", "orbits by search", SEARCH, search_orbits),
    NUMBER("search_starts", "starts", SEARCH, search_starts),
    CHECK("search_agrees", "search agrees", SOLVE | SEARCH, search_agrees),
    NUMBER("prune_points", "points by pruning", PRUNE, prune_points),
    CHECK("prune_agrees", "pruning agrees", SOLVE | PRUNE, prune_agrees),
    OTHER("certified", "certified again", NCF_CELL_SHARE, CERTIFY, certified),
    {"norm_error", "norm error", NCF_CELL_BOUND, 1, NCF_SUMMARY_GREATEST, CERTIFY, 0,
     norm_error},
    OTHER("rank_one_values", "rank-one values", NCF_CELL_SHARE, CERTIFY, rank_one_values),
    OTHER("flow_matched", "matched", NCF_CELL_SHARE, FLOW, flow_matched),
    OTHER("flow_verdict", "verdict", NCF_CELL_TEXT, FLOW, flow_verdict),
    REAL("final_angle", "final angle", FLOW, final_angle),
    REAL("entry_tau", "entry tau", FLOW, entry_tau),
    REAL("entry_norm", "norm ratio at entry", FLOW, entry_norm),
    OTHER("runs_matched", "runs matched", NCF_CELL_SHARE, RUNS, runs_matched),
    NUMBER("runs_zero", "runs to zero", RUNS, runs_zero),
    NUMBER("runs_unmatched", "runs unmatched", RUNS, runs_unmatched),
    NUMBER("limits", "limits", RUNS, limits),
    OTHER("limits_strict", "limits of 2nd order", NCF_CELL_SHARE, RUNS, limits_strict),
    OTHER("strict_reached", "2nd order reached", NCF_CELL_SHARE, RUNS, strict_reached),
    CHECK("limits_listed", "limits listed", RUNS, limits_listed),
    {"seconds", "seconds", NCF_CELL_REAL, 1, NCF_SUMMARY_SUM, 0, 0, seconds},
};

#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

const char *ncf__quantity_names(void)
{
    return "points, orbits, second_order, rank_one, second_order_rank_one, "
           "second_order_other_rank, other_rank_exists, rank_one_share, lines, "
           "largest_lambda, gap, index_histogram, complete, euler_identity, layer_norms, "
           "undecided, method, search_points, search_orbits, search_starts, search_agrees, "
           "prune_points, prune_agrees, certified, norm_error, rank_one_values, "
           "flow_matched, flow_verdict, final_angle, entry_tau, entry_norm, runs_matched, "
           "runs_zero, runs_unmatched, limits, limits_strict, strict_reached, limits_listed, "
           "seconds";
}

const ncf_quantity_kind_t *ncf__quantity_kind(int index)
{
    return &kinds[index];
}

void ncf__quantity_add(ncf_cell_t *cell, const ncf_quantity_kind_t *kind,
                       const ncf_facts_t *facts)
{
    for (int task = 0; task < NCF_TASK_COUNT; task++) {
        if ((kind->tasks >> task & 1) && facts->answers[task] == NULL) {
            ncf__cell_add_open(cell);
            return;
        }
    }
    kind->extract(cell, facts);
}
