/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* json.c: the result document, ncf-result version 1 (contract of the project). */
#include "cap_report.h"
#include "certify_report.h"
#include "flow_report.h"
#include "match_report.h"
#include "proof_report.h"
#include "json_parts.h"
#include "study_report.h"

/* Above this many weights, in one point or in all, points are given by their active units. */
#define FULL_WEIGHTS_LIMIT 2000
#define ALL_WEIGHTS_LIMIT 400000

static json_t *count(const ncf_count_struct *value)
{
    return value->known ? ncf__json_integer(value->value) : json_null();
}

static json_t *line_object(const ncf_line_struct *line, slong digits)
{
    slong d = arb_mat_ncols(line->basis);
    json_t *direction;
    if (line->dimension == 0) {
        direction = ncf__json_vector(arb_mat_entry(line->basis, 0, 0), d, digits);
    } else {
        direction = json_array();
        for (slong k = 0; k <= line->dimension; k++)
            json_array_append_new(
                direction, ncf__json_vector(arb_mat_entry(line->basis, k, 0), d, digits));
    }
    json_t *object = json_object();
    json_object_set_new(object, "mu", ncf__json_ball(line->mu, digits));
    json_object_set_new(object, "direction", direction);
    json_object_set_new(object, "dimension", json_integer(line->dimension));
    json_object_set_new(object, "index",
                        line->inertia_known ? json_integer(line->index) : json_null());
    json_object_set_new(object, "nullity",
                        line->inertia_known ? json_integer(line->nullity) : json_null());
    json_object_set_new(object, "multiplicity",
                        line->multiplicity > 0 ? json_integer(line->multiplicity)
                                               : json_null());
    return object;
}

/* W_1 (h x d) and W_2 (1 x h) of the representative; all but the active units are 0. */
static json_t *full_weights(const arb_mat_t rows, arb_srcptr outgoing, slong active,
                            slong hidden, slong digits)
{
    slong d = arb_mat_ncols(rows);
    arb_ptr zeros = _arb_vec_init(d > hidden ? d : hidden);
    json_t *first = json_array(), *second = json_array();
    for (slong k = 0; k < hidden; k++)
        json_array_append_new(
            first,
            ncf__json_vector(k < active ? arb_mat_entry(rows, k, 0) : zeros, d, digits));
    json_t *row = ncf__json_vector(outgoing, active, digits);
    json_t *rest = ncf__json_vector(zeros, hidden - active, digits);
    json_array_extend(row, rest);
    json_decref(rest);
    json_array_append_new(second, row);
    _arb_vec_clear(zeros, d > hidden ? d : hidden);
    return json_pack("[o, o]", first, second);
}

static void set_weights(json_t *object, const ncf_orbit_struct *orbit,
                        const ncf_result_t *result, slong digits)
{
    slong prec = result->search.precision + 30;
    arb_mat_t rows;
    arb_mat_init(rows, orbit->active, result->inputs);
    arb_ptr outgoing = _arb_vec_init(orbit->active);
    ncf__orbit_weights(rows, outgoing, orbit, &result->search.lines, result->order, prec);
    json_t *units = json_array();
    for (slong k = 0; k < orbit->active; k++)
        json_array_append_new(
            units,
            json_pack("{s:I, s:o, s:o}", "line", (json_int_t) (orbit->members[k] + 1),
                      "incoming",
                      ncf__json_vector(arb_mat_entry(rows, k, 0), result->inputs, digits),
                      "outgoing", ncf__json_ball(outgoing + k, digits)));
    json_object_set_new(object, "units", units);
    int small = fmpz_cmp_ui(result->unknowns, FULL_WEIGHTS_LIMIT) <= 0 &&
                result->orbits.count <= ALL_WEIGHTS_LIMIT / fmpz_get_si(result->unknowns);
    json_object_set_new(object, "weights",
                        small ? full_weights(rows, outgoing, orbit->active,
                                             fmpz_get_si(result->hidden), digits)
                              : json_null());
    _arb_vec_clear(outgoing, orbit->active);
    arb_mat_clear(rows);
}

static json_t *orbit_object(const ncf_orbit_struct *orbit, const ncf_result_t *result,
                            slong digits)
{
    slong prec = result->search.precision + 30;
    arb_t value;
    arb_init(value);
    arb_div_si(value, orbit->lambda, result->order + 1, prec);
    json_t *object = json_object();
    json_object_set_new(object, "lambda", ncf__json_ball(orbit->lambda, digits));
    json_object_set_new(object, "ncf", ncf__json_ball(value, digits));
    json_object_set_new(object, "size",
                        orbit->dimension > 0 ? json_null() : ncf__json_integer(orbit->size));
    json_object_set_new(object, "dimension", json_integer(orbit->dimension));
    json_object_set_new(object, "index", ncf__json_nonnegative(orbit->index));
    json_object_set_new(object, "nullity", ncf__json_nonnegative(orbit->nullity));
    json_object_set_new(object, "second_order",
                        json_string(ncf__second_order_text(orbit->second_order)));
    json_object_set_new(object, "gap",
                        orbit->second_order == NCF_SECOND_ORDER_STRICT
                            ? ncf__json_ball(orbit->gap, digits)
                            : json_null());
    json_object_set_new(object, "ranks",
                        json_pack("[o, i]", ncf__json_nonnegative(orbit->rank), 1));
    json_object_set_new(
        object, "rank_one",
        orbit->rank < 0 && orbit->dimension > 0 ? json_null() : json_boolean(orbit->rank_one));
    json_object_set_new(object, "active_units", json_pack("[I]", (json_int_t) orbit->active));
    json_object_set_new(object, "check", json_string(ncf__check_text(orbit->check)));
    set_weights(object, orbit, result, digits);
    arb_clear(value);
    return object;
}

static json_t *undecided_array(const ncf_result_t *result, slong digits)
{
    const ncf_line_search_t *search = &result->search;
    json_t *array = json_array();
    for (int i = 0; i < search->note_count; i++)
        json_array_append_new(array, json_pack("{s:s}", "reason", search->notes[i]));
    for (int i = 0; i < search->region_count; i++)
        json_array_append_new(
            array,
            json_pack("{s:s, s:o, s:o}", "reason", "a region of the sphere", "direction",
                      ncf__json_vector(search->regions[i].direction, result->inputs, digits),
                      "mu", ncf__json_ball(search->regions[i].mu, digits)));
    if (result->deep != NULL)
        ncf__json_deep_regions(array, result->deep, digits);
    ncf__json_open_caps(array, result);
    return array;
}

static json_t *complete_object(const ncf_result_t *result)
{
    const ncf_line_search_t *search = &result->search;
    json_t *object = json_object();
    json_object_set_new(object, "proved", json_boolean(ncf_is_proved(ncf__is_complete(result))));
    json_object_set_new(object, "scope", json_string(search->scope));
    json_object_set_new(object, "argument", json_string(search->argument));
    if (result->deep != NULL)
        json_object_set_new(object, "parts", ncf__json_deep_parts(result->deep));
    return object;
}

static json_t *counts_object(const ncf_census_t *census)
{
    json_t *object = json_object();
    json_object_set_new(object, "positive", count(&census->positive));
    json_object_set_new(object, "strict_second_order", count(&census->strict_second_order));
    json_object_set_new(object, "rank_one", count(&census->rank_one));
    json_object_set_new(object, "orbits", count(&census->orbits));
    return object;
}

static const char *verdict_text(ncf_verdict_t verdict)
{
    return ncf_is_proved(verdict) ? "holds" : ncf_is_refuted(verdict) ? "fails" : "undecided";
}

static json_t *audit_object(const ncf_result_t *result)
{
    const ncf_line_list_t *lines = &result->search.lines;
    json_t *object = json_object();
    json_object_set_new(object, "orbits_checked", json_integer(result->orbits_checked));
    json_object_set_new(object, "euler_identity",
                        json_string(verdict_text(result->euler_identity)));
    json_object_set_new(object, "layer_norms", json_string(verdict_text(result->layer_norms)));
    json_object_set_new(object, "network", json_string(verdict_text(result->network_check)));
    json_object_set_new(object, "index_sum",
                        lines->euler_known ? json_integer(lines->euler_sum) : json_null());
    json_object_set_new(object, "euler_characteristic",
                        result->deep != NULL && result->deep->shape.order < 2
                            ? json_null()
                            : json_integer(lines->euler_expected));
    return object;
}

static json_t *effort_object(const ncf_result_t *result)
{
    const ncf_effort_t *effort = &result->search.effort;
    json_t *object = json_object();
    if (result->deep != NULL)
        ncf__json_deep_effort(object, result->deep);
    if (!fmpz_is_zero(effort->class_bound))
        json_object_set_new(object, "class_bound", ncf__json_integer(effort->class_bound));
    if (effort->used_homotopy || effort->used_search) {
        json_object_set_new(object, "classes_proved", json_integer(effort->classes_proved));
        json_object_set_new(object, "classes_real", json_integer(effort->classes_real));
        json_object_set_new(object, "classes_not_real", json_integer(effort->classes_nonreal));
        json_object_set_new(object, "first_pass_missing",
                            json_integer(effort->paths_first_failed));
        json_object_set_new(object, "retracking_rounds", json_integer(effort->rounds));
    }
    if (effort->used_cover) {
        json_object_set_new(object, "cover_boxes", json_integer(effort->cover_boxes));
        json_object_set_new(object, "cover_undecided", json_integer(effort->cover_undecided));
    }
    return object;
}

static json_t *software_object(void)
{
    static const char *const names[] = {"flint", "arb", "gmp", "mpfr", "jansson"};
    json_t *object = json_pack("{s:s}", "ncf", ncf_version());
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        json_object_set_new(object, names[i], json_string(ncf_library_version(names[i])));
    return object;
}

static json_t *options_object(const ncf_result_t *result)
{
    const ncf_solve_options_t *options = &result->options;
    json_t *object = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:b}", "precision",
                               (json_int_t) options->precision, "max_precision",
                               (json_int_t) options->max_precision, "seed",
                               (json_int_t) options->seed, "top", (json_int_t) options->top,
                               "threads", (json_int_t) options->threads, "max_classes",
                               (json_int_t) options->max_classes, "caps", options->caps);
    json_object_set_new(object, "lambda_min", ncf__json_text(options->lambda_min));
    return object;
}

static json_t *document(const ncf_result_t *result, slong digits)
{
    json_t *lines = json_array(), *orbits = json_array();
    for (slong i = 0; i < result->search.lines.count; i++)
        json_array_append_new(lines, line_object(&result->search.lines.lines[i], digits));
    for (slong i = 0; i < result->orbits.count; i++)
        json_array_append_new(orbits, orbit_object(&result->orbits.orbits[i], result, digits));
    if (result->deep != NULL)
        ncf__json_deep_orbits(orbits, result->deep, digits);
    ncf__json_set_caps(orbits, result, digits);
    json_t *object = json_object();
    json_object_set_new(object, "format", json_string("ncf-result"));
    json_object_set_new(object, "version", json_integer(1));
    json_t *described = ncf__json_problem(result);
    json_object_set_new(described, "essential_dimension",
                        json_integer(result->essential_dimension));
    json_object_set_new(object, "problem", described);
    json_object_set_new(object, "method",
                        json_string(result->deep != NULL ? result->deep->method
                                                         : "symmetric-tensor"));
    json_object_set_new(object, "route", json_string(result->search.route));
    json_object_set_new(object, "options", options_object(result));
    json_object_set_new(object, "limit", json_string(ncf__limit_text(result->limit)));
    json_object_set_new(object, "complete", complete_object(result));
    json_object_set_new(object, "counts", counts_object(&result->census));
    /* Without completeness the numbers are those of the points on the lines found. */
    json_object_set_new(
        object, "counts_are",
        json_string(ncf_is_proved(ncf__is_complete(result)) ? "exact" : "lower bounds"));
    json_object_set_new(object, "lines", lines);
    json_object_set_new(object, "orbits", orbits);
    if (result->deep != NULL)
        json_object_set_new(object, "components", ncf__json_deep_components(result->deep, digits));
    json_object_set_new(object, "undecided", undecided_array(result, digits));
    json_object_set_new(object, "audit", audit_object(result));
    json_object_set_new(object, "effort", effort_object(result));
    return object;
}

ncf_status_t ncf_result_write_json(FILE *stream, const ncf_result_t *result, long digits,
                                   ncf_error_t *err)
{
    if (digits < 1 || digits > 10000)
        return ncf__fail(err, NCF_EARG, "digits must be between 1 and 10000");
    json_t *object = result->certification != NULL ? ncf__certify_document(result, digits)
                     : result->matching != NULL    ? ncf__match_document(result, digits)
                     : result->flow != NULL        ? ncf__flow_document(result, digits)
                     : result->study != NULL       ? ncf__study_document(result, digits)
                     : result->proof != NULL       ? ncf__proof_document(result, digits)
                                                   : document(result, digits);
    json_object_set_new(object, "timing", json_pack("{s:f}", "seconds", result->seconds));
    json_object_set_new(object, "software", software_object());
    int failed = json_dumpf(object, stream, JSON_INDENT(1) | JSON_REAL_PRECISION(6)) != 0;
    failed = fputc('\n', stream) == EOF || failed;
    json_decref(object);
    if (failed || fflush(stream) != 0)
        return ncf__fail(err, NCF_EIO, "the result document could not be written");
    return NCF_OK;
}
