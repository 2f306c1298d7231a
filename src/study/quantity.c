/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* quantity.c: the value of each quantity, taken from the records of a case. */
#include "quantity_parts.h"

#include <string.h>

#define SOLVE (1 << NCF_TASK_SOLVE)
#define CERTIFY (1 << NCF_TASK_CERTIFY)
#define SEARCH (1 << NCF_TASK_SEARCH)
#define PRUNE (1 << NCF_TASK_PRUNE)
#define BALL_BITS 256
#define MAX_HISTOGRAM 100000 /* bins that are worked out from lines */

/* ---- Parts of a result document ------------------------------------------------- */

int ncf__word_is(const json_t *value, const char *word)
{
    const char *text = json_string_value(value);
    return text != NULL && strcmp(text, word) == 0;
}

int ncf__read_integer(fmpz_t out, const json_t *value)
{
    const char *text = json_string_value(value);
    return text != NULL && fmpz_set_str(out, text, 10) == 0;
}

int ncf__read_ball(arb_t out, const json_t *value)
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

static const json_t *solved(const ncf_facts_t *facts)
{
    return facts->answers[NCF_TASK_SOLVE];
}

static int is_exact(const json_t *result)
{
    return ncf__word_is(json_object_get(result, "counts_are"), "exact");
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
    if (ncf__read_integer(value, json_object_get(json_object_get(result, "counts"), name)))
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
    if (!is_counted_orbit(orbit) || !ncf__word_is(json_object_get(orbit, "second_order"), "strict"))
        return;
    fmpz_init(size);
    if (ncf__read_integer(size, json_object_get(orbit, "size"))) {
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
    int is_counted = ncf__read_integer(
        counted, json_object_get(json_object_get(result, "counts"), "strict_second_order"));
    if (ncf__word_is(json_object_get(result, "method"), "symmetric-tensor") && is_counted) {
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
    if (!ncf__word_is(json_object_get(result, "method"), "symmetric-tensor") || hidden < 1)
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
            !ncf__read_integer(size, json_object_get(orbit, "size")))
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
        ncf__read_integer(counted, json_object_get(json_object_get(result, "counts"), "positive"));
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
    if (ncf__read_ball(value, json_object_get(json_array_get(list, 0), "lambda"))) {
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
        if (!ncf__read_ball(value, json_object_get(json_array_get(list, i), "gap")))
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
    return ncf__word_is(word, "holds")   ? ncf_proved()
           : ncf__word_is(word, "fails") ? ncf_refuted()
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

/* More than three digits would be noise. */
static void seconds(ncf_cell_t *cell, const ncf_facts_t *facts)
{
    char text[40];
    arb_t value;
    arb_init(value);
    snprintf(text, sizeof(text), "%.2e", facts->seconds);
    arb_set_d(value, strtod(text, NULL));
    ncf__cell_add_real(cell, value);
    arb_clear(value);
}

/* ---- Independent routes --------------------------------------------------------- */

/* A number of an answer that is written as a string. */
static void add_number(ncf_cell_t *cell, const json_t *answer, const char *name, int at_least)
{
    fmpz_t value;
    fmpz_init(value);
    if (ncf__read_integer(value, json_object_get(answer, name)))
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
        ncf__read_integer(all, json_object_get(json_object_get(result, "counts"), "positive")) &&
        ncf__read_integer(found, json_object_get(other, "points"))) {
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
    if (ncf__read_integer(part, json_object_get(answer, "proved")) &&
        ncf__read_integer(whole, json_object_get(answer, "candidates")))
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
    if (ncf__read_ball(value, json_object_get(facts->answers[NCF_TASK_CERTIFY], "norm_error")))
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
    if (ncf__read_integer(part, json_object_get(answer, "rank_one_matched")) &&
        ncf__read_integer(whole, json_object_get(answer, "rank_one")))
        ncf__cell_add_share(cell, part, whole, 0);
    else
        ncf__cell_add_open(cell);
    fmpz_clear(part);
    fmpz_clear(whole);
}

/* ---- The table of quantities ---------------------------------------------------- */

static const ncf_quantity_kind_t kinds[] = {
    NCF_NUMBER("points", "KKT points", SOLVE, points),
    NCF_NUMBER("orbits", "orbits", SOLVE, orbits),
    NCF_NUMBER("second_order", "2nd order", SOLVE, second_order),
    NCF_NUMBER("rank_one", "rank one", SOLVE, rank_one),
    NCF_NUMBER("second_order_rank_one", "2nd order, rank 1", SOLVE, second_order_rank_one),
    NCF_NUMBER("second_order_other_rank", "2nd order, other rank", SOLVE, second_order_other_rank),
    NCF_OTHER("other_rank_exists", "other rank exists", NCF_CELL_VERDICT, SOLVE,
          other_rank_exists),
    NCF_OTHER("rank_one_share", "rank one of 2nd order", NCF_CELL_SHARE, SOLVE, rank_one_share),
    NCF_NUMBER("lines", "lines", SOLVE, lines),
    NCF_REAL("largest_lambda", "largest lambda", SOLVE, largest_lambda),
    NCF_REAL("gap", "smallest gap", SOLVE, gap),
    NCF_OTHER("index_histogram", "points by index", NCF_CELL_HISTOGRAM, SOLVE, index_histogram),
    NCF_OTHER("complete", "complete", NCF_CELL_VERDICT, SOLVE, complete),
    NCF_CHECK("euler_identity", "Euler identity", SOLVE, euler_identity),
    NCF_CHECK("layer_norms", "layer norms", SOLVE, layer_norms),
    NCF_NUMBER("undecided", "undecided", SOLVE, undecided),
    NCF_OTHER("method", "method", NCF_CELL_TEXT, SOLVE, method),
    NCF_NUMBER("search_points", "points by search", SEARCH, search_points),
    NCF_NUMBER("search_orbits", "orbits by search", SEARCH, search_orbits),
    NCF_NUMBER("search_starts", "starts", SEARCH, search_starts),
    NCF_CHECK("search_agrees", "search agrees", SOLVE | SEARCH, search_agrees),
    NCF_NUMBER("prune_points", "points by pruning", PRUNE, prune_points),
    NCF_CHECK("prune_agrees", "pruning agrees", SOLVE | PRUNE, prune_agrees),
    NCF_OTHER("certified", "certified again", NCF_CELL_SHARE, CERTIFY, certified),
    {"norm_error", "norm error", NCF_CELL_BOUND, 1, NCF_SUMMARY_GREATEST, CERTIFY, 0,
     norm_error},
    NCF_OTHER("rank_one_values", "rank-one values", NCF_CELL_SHARE, CERTIFY, rank_one_values),
    {"seconds", "seconds", NCF_CELL_MEASURED, 1, NCF_SUMMARY_SUM, 0, 0, seconds},
};

#define KIND_COUNT ((int) (sizeof(kinds) / sizeof(kinds[0])))

const char *ncf__quantity_names(void)
{
    return "points, orbits, second_order, rank_one, second_order_rank_one, "
           "second_order_other_rank, other_rank_exists, rank_one_share, lines, "
           "largest_lambda, gap, index_histogram, complete, euler_identity, layer_norms, "
           "undecided, method, search_points, search_orbits, search_starts, search_agrees, "
           "prune_points, prune_agrees, certified, norm_error, rank_one_values, seconds, "
           "flow_matched, flow_verdict, final_angle, entry_tau, entry_norm, flow_proved, "
           "proved_delta, delta_limit, proved_angle, flow_agrees, runs_matched, runs_zero, "
           "runs_unmatched, limits, limits_strict, strict_reached, limits_listed";
}

const ncf_quantity_kind_t *ncf__quantity_kind(int index)
{
    return index < KIND_COUNT ? &kinds[index] : &ncf__flow_quantities[index - KIND_COUNT];
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
