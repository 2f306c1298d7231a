/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * match_json.c: the result document of `ncf match`, ncf-result version 1. What is proved is
 * an enclosure or a truth value; what is measured is a JSON real.
 */
#include "cap_report.h"
#include "certify_report.h"
#include "json_parts.h"
#include "match_report.h"
#include "study_report.h"

#include <math.h>

/* JSON has no NaN and no infinity. */
static json_t *real_or_null(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

static json_t *row_or_null(slong row)
{
    return row < 0 ? json_null() : json_integer(row);
}

static json_t *trajectory_object(const struct ncf_matching *matching)
{
    json_t *object = json_object();
    json_object_set_new(object, "name", ncf__json_text(matching->name));
    json_object_set_new(object, "sha256", json_string(matching->sha256));
    json_object_set_new(object, "format", json_string(matching->format));
    json_object_set_new(object, "rows", json_integer(matching->count));
    json_object_set_new(object, "times", json_boolean(matching->has_times));
    json_object_set_new(object, "kind", json_string(ncf__flow_kind_text(matching->kind)));
    return object;
}

/* Proved: that rows lie in the cap, and the angles. Measured: the rest. */
static json_t *match_object(const struct ncf_matching *matching, slong digits)
{
    json_t *object = json_object();
    int inside = matching->entry >= 0;
    json_object_set_new(object, "verdict", json_string(ncf__match_words[matching->word]));
    json_object_set_new(object, "reason", ncf__json_text(matching->reason));
    json_object_set_new(object, "orbit",
                        matching->word == NCF_MATCH_MATCHED ? json_integer(1) : json_null());
    json_object_set_new(object, "early_rows", json_integer(matching->early));
    json_object_set_new(object, "entry_row", row_or_null(matching->entry));
    json_object_set_new(object, "entry_time",
                        inside && matching->has_times
                            ? real_or_null(matching->moments[matching->entry].time)
                            : json_null());
    json_object_set_new(object, "entry_angle",
                        ncf__json_ball_or_null(matching->entry_angle, digits));
    json_object_set_new(object, "entry_norm_ratio", real_or_null(matching->growth));
    json_object_set_new(object, "last_angle",
                        ncf__json_ball_or_null(matching->last_angle, digits));
    json_object_set_new(object, "exit_row", row_or_null(matching->exit));
    json_object_set_new(object, "crossings", json_integer(matching->crossings));
    json_object_set_new(object, "growth_rate", real_or_null(matching->rate));
    json_object_set_new(object, "growth_rows",
                        isnan(matching->rate)
                            ? json_null()
                            : json_pack("[I, I]", (json_int_t) matching->rate_first,
                                        (json_int_t) matching->rate_last));
    json_object_set_new(object, "rises", json_integer(matching->rises));
    json_object_set_new(object, "first_rise", row_or_null(matching->first_rise));
    return object;
}

static json_t *moments_array(const struct ncf_matching *matching)
{
    json_t *array = json_array();
    for (slong k = 0; k < matching->count; k++) {
        const ncf_moment_t *m = &matching->moments[k];
        json_t *object = json_object();
        json_object_set_new(object, "time", real_or_null(m->time));
        json_object_set_new(object, "norm", real_or_null(m->norm));
        json_object_set_new(object, "loss", real_or_null(m->loss));
        json_object_set_new(object, "ncf", real_or_null(m->ncf));
        json_object_set_new(object, "multiplier", real_or_null(m->multiplier));
        json_object_set_new(object, "residual", real_or_null(m->residual));
        json_object_set_new(object, "deviation", real_or_null(m->deviation));
        json_object_set_new(object, "angle", real_or_null(m->angle));
        json_object_set_new(object, "in_cap", json_boolean(m->in_cap));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *orbits_array(const ncf_result_t *result, const struct ncf_matching *matching,
                            slong digits)
{
    json_t *array = json_array();
    if (!ncf_is_proved(matching->found.point.exists))
        return array;
    json_t *orbit = ncf__json_point_orbit(&matching->found, matching->network, 1, digits);
    json_object_set_new(orbit, "proposed_by", json_string(matching->proposal));
    json_object_set_new(orbit, "cap", ncf__json_cap(&matching->cap, digits));
    ncf__json_set_listed(orbit, result, result->listed);
    json_array_append_new(array, orbit);
    return array;
}

json_t *ncf__match_head(const ncf_result_t *result, const char *method, const char *scope)
{
    json_t *object = json_object();
    json_object_set_new(object, "format", json_string("ncf-result"));
    json_object_set_new(object, "version", json_integer(1));
    json_object_set_new(object, "problem", ncf__json_problem(result));
    json_object_set_new(object, "method", json_string(method));
    json_object_set_new(object, "options",
                        json_pack("{s:I, s:I}", "precision",
                                  (json_int_t) result->options.precision, "max_precision",
                                  (json_int_t) result->options.max_precision));
    json_object_set_new(object, "limit", json_string(ncf__limit_text(result->limit)));
    json_object_set_new(object, "complete",
                        json_pack("{s:b, s:s, s:s}", "proved", 0, "scope", scope, "argument", ""));
    json_object_set_new(object, "counts", json_pack("{s:n, s:n, s:n, s:n}", "positive",
                                                    "strict_second_order", "rank_one", "orbits"));
    return object;
}

void ncf__match_parts(json_t *object, const ncf_result_t *result,
                      const struct ncf_matching *matching, slong digits)
{
    json_t *undecided = json_array();
    json_object_set_new(object, "orbit_list", ncf__json_catalogue(result));
    json_object_set_new(object, "match", match_object(matching, digits));
    json_object_set_new(object, "moments", moments_array(matching));
    json_object_set_new(object, "orbits", orbits_array(result, matching, digits));
    if (matching->reason != NULL)
        json_array_append_new(undecided,
                              json_pack("{s:o}", "reason",
                                        ncf__json_text(matching->reason)));
    json_object_set_new(object, "undecided", undecided);
}

json_t *ncf__match_document(const ncf_result_t *result, slong digits)
{
    json_t *object = ncf__match_head(result, "match", "the trajectory that was given");
    json_object_set_new(object, "trajectory", trajectory_object(result->matching));
    ncf__match_parts(object, result, result->matching, digits);
    return object;
}
