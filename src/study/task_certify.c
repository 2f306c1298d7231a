/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * task_certify.c: the orbits that ncf_solve lists, certified again by ncf_certify, which is
 * given their weights as decimals and nothing else. The identities of the theory are then
 * compared with the enclosures that it returns.
 */
#include "study.h"

#include "../kkt/rank_one.h"

#include <string.h>

#define CANDIDATE_DIGITS 20
#define CERTIFIED_DIGITS 40
#define BALL_BITS 256

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
    return good;
}

/* ---- Norms (T-EULER) ------------------------------------------------------------ */

/* The sum of squares of row `row`, or of column `column` (the other one is -1; both: all). */
static void square_sum(arb_t out, const json_t *matrix, slong row, slong column)
{
    arb_t entry;
    arb_init(entry);
    arb_zero(out);
    for (slong i = 0; i < (slong) json_array_size(matrix); i++) {
        const json_t *entries = json_array_get(matrix, (size_t) i);
        for (slong j = 0; j < (slong) json_array_size(entries); j++) {
            if ((row >= 0 && i != row) || (column >= 0 && j != column))
                continue;
            if (!read_ball(entry, json_array_get(entries, (size_t) j)))
                arb_indeterminate(entry);
            arb_addmul(out, entry, entry, BALL_BITS);
        }
    }
    arb_clear(entry);
}

/* error becomes the larger one of it and |value|. */
static void widen(arb_t error, arb_t value)
{
    arb_abs(value, value);
    arb_max(error, error, value, BALL_BITS);
}

/* |W_l|^2 against e_l / L, and each unit's row of W_l against p_l times its column. */
static void add_norm_errors(arb_t error, const json_t *weights,
                            const ncf_rank_one_shape_t *shape)
{
    arb_t left, right;
    arb_init(left);
    arb_init(right);
    for (slong l = 0; l < shape->depth; l++) {
        const json_t *matrix = json_array_get(weights, (size_t) l);
        square_sum(left, matrix, -1, -1);
        arb_set_si(right, shape->exponents[l]);
        arb_div_si(right, right, shape->homogeneity, BALL_BITS);
        arb_sub(left, left, right, BALL_BITS);
        widen(error, left);
        for (slong j = 0; l + 1 < shape->depth && j < shape->widths[l + 1]; j++) {
            square_sum(left, matrix, j, -1);
            square_sum(right, json_array_get(weights, (size_t) l + 1), -1, j);
            arb_submul_si(left, right, shape->degrees[l], BALL_BITS);
            widen(error, left);
        }
    }
    arb_clear(left);
    arb_clear(right);
}

/* ---- The values of rank-one points (T-RANKONE) ---------------------------------- */

/* The supports of a candidate; 0 when they are not known. */
static int read_supports(slong *supports, const json_t *candidate,
                         const ncf_rank_one_shape_t *shape)
{
    const json_t *active = json_object_get(candidate, "active_units");
    for (slong l = 0; l + 1 < shape->depth; l++) {
        const json_t *count = json_array_get(active, (size_t) l);
        supports[l] = shape->degrees[l] == 1 ? 1 : (slong) json_integer_value(count);
        if (supports[l] < 1)
            return 0;
    }
    return 1;
}

/* Does the value of the closed form on some line agree with lambda? */
static int matches_line(const arb_t lambda, const slong *supports, const json_t *lines,
                        const ncf_rank_one_shape_t *shape)
{
    arb_t mu, value;
    int found = 0;
    arb_init(mu);
    arb_init(value);
    for (size_t i = 0; i < json_array_size(lines) && !found; i++) {
        if (!read_ball(mu, json_object_get(json_array_get(lines, i), "mu")))
            continue;
        ncf__rank_one_lambda(value, shape, mu, supports, BALL_BITS);
        found = arb_is_finite(value) && arb_overlaps(value, lambda);
    }
    arb_clear(mu);
    arb_clear(value);
    return found;
}

/* ---- One case ------------------------------------------------------------------- */

typedef struct {
    slong candidates, proved, rank_one, matched;
    arb_t norm_error;
} tally_t;

static void add_candidate(tally_t *tally, const json_t *candidate, const json_t *lines,
                          const ncf_rank_one_shape_t *shape)
{
    const char *verdict = json_string_value(json_object_get(candidate, "verdict"));
    tally->candidates++;
    if (verdict == NULL || strcmp(verdict, "proved") != 0)
        return;
    tally->proved++;
    add_norm_errors(tally->norm_error, json_object_get(candidate, "weights"), shape);
    if (!json_is_true(json_object_get(candidate, "rank_one")))
        return;
    arb_t lambda;
    arb_init(lambda);
    slong *supports = ncf__calloc((size_t) shape->depth, sizeof(*supports));
    if (read_ball(lambda, json_object_get(candidate, "lambda")) &&
        read_supports(supports, candidate, shape)) {
        tally->rank_one++;
        tally->matched += matches_line(lambda, supports, lines, shape);
    }
    ncf__free(supports);
    arb_clear(lambda);
}

static void set_long(json_t *object, const char *key, slong value)
{
    char *text = ncf__format("%ld", (long) value);
    json_object_set_new(object, key, json_string(text));
    ncf__free(text);
}

static json_t *answer_of(const tally_t *tally)
{
    char *mid, *rad;
    json_t *answer = json_object(), *error = json_object();
    set_long(answer, "candidates", tally->candidates);
    set_long(answer, "proved", tally->proved);
    set_long(answer, "rank_one", tally->rank_one);
    set_long(answer, "rank_one_matched", tally->matched);
    ncf__decimal_enclosure(&mid, &rad, tally->norm_error, CANDIDATE_DIGITS);
    json_object_set_new(error, "mid", json_string(mid));
    json_object_set_new(error, "rad", json_string(rad));
    json_object_set_new(answer, "norm_error",
                        tally->proved > 0 ? json_incref(error) : json_null());
    json_decref(error);
    ncf__free(mid);
    ncf__free(rad);
    return answer;
}

/* The weights of the orbits as candidates; *out is NULL when none has any. */
static void read_candidates(ncf_points_t **out, json_t *solved, const ncf_problem_t *problem)
{
    char *text = json_dumps(solved, JSON_COMPACT);
    if (ncf_points_parse(out, text, strlen(text), "the orbits", problem, NULL) != NCF_OK)
        *out = NULL;
    free(text);
}

static ncf_status_t certify(json_t **document, int *exit_status, const ncf_problem_t *problem,
                            const ncf_points_t *points, const ncf_case_options_t *case_options,
                            const ncf_limits_t *limits, ncf_error_t *err)
{
    ncf_result_t *result;
    ncf_certify_options_t options;
    ncf_certify_options_init(&options);
    options.precision = case_options->precision;
    options.max_precision = case_options->max_precision;
    options.stop = limits->stop;
    if (limits->deadline > 0)
        options.time_limit = FLINT_MAX(limits->deadline - ncf__clock(), 1e-3);
    NCF_TRY(ncf_certify(&result, problem, points, &options, err));
    *exit_status = ncf_result_exit(result);
    *document = ncf__result_json(result, CERTIFIED_DIGITS);
    ncf_result_free(result);
    return NCF_OK;
}

static void tally_document(tally_t *tally, const json_t *document, const json_t *lines,
                           const ncf_rank_one_shape_t *shape)
{
    const json_t *list = json_object_get(document, "candidates");
    for (size_t i = 0; i < json_array_size(list); i++)
        add_candidate(tally, json_array_get(list, i), lines, shape);
}

ncf_status_t ncf__task_certify(json_t **out, int *exit_status, const ncf_problem_t *problem,
                               const ncf_case_options_t *options, const ncf_limits_t *limits,
                               ncf_error_t *err)
{
    ncf_result_t *result;
    ncf_points_t *points;
    ncf_solve_options_t solve_options;
    ncf_rank_one_shape_t shape;
    if (!ncf__rank_one_shape_init(&shape, problem))
        return ncf__fail(err, NCF_EUNSUPPORTED,
                         "the identities are checked for feed-forward networks of powers");
    ncf__case_solve_options(&solve_options, options, limits);
    ncf_status_t status = ncf_solve(&result, problem, &solve_options, err);
    if (status == NCF_OK) {
        tally_t tally = {.candidates = 0};
        arb_init(tally.norm_error);
        json_t *solved = ncf__result_json(result, CERTIFIED_DIGITS), *document = NULL;
        *exit_status = ncf_result_exit(result);
        ncf_result_free(result);
        read_candidates(&points, solved, problem);
        if (points != NULL && *exit_status != 4)
            status = certify(&document, exit_status, problem, points, options, limits, err);
        tally_document(&tally, document, json_object_get(solved, "lines"), &shape);
        *out = status == NCF_OK ? answer_of(&tally) : NULL;
        ncf_points_free(points);
        json_decref(document);
        json_decref(solved);
        arb_clear(tally.norm_error);
    }
    ncf__rank_one_shape_clear(&shape);
    return status;
}
