/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * study_json.c: the result document of `ncf flow --runs`, ncf-result version 1. Enclosures and caps
 * are proved; JSON reals are measured or, where they say so, estimated.
 */
#include "cap_report.h"
#include "json_parts.h"
#include "match_report.h"
#include "study_report.h"

#include <math.h>

static json_t *real_or_null(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

/* ---- The list of orbits ------------------------------------------------------------- */

json_t *ncf__json_catalogue(const ncf_result_t *result)
{
    const ncf_catalogue_t *catalogue = result->catalogue;
    json_t *object = json_object();
    if (catalogue == NULL) {
        json_decref(object);
        return json_null();
    }
    json_object_set_new(object, "name", ncf__json_text(catalogue->certification->name));
    json_object_set_new(object, "sha256", json_string(catalogue->certification->sha256));
    json_object_set_new(object, "orbits", json_integer(catalogue->count));
    json_object_set_new(object, "certified", json_integer(catalogue->certified));
    return object;
}

void ncf__json_set_listed(json_t *object, const ncf_result_t *result, slong listed)
{
    if (result->catalogue == NULL)
        return;
    json_object_set_new(object, "listed",
                        listed == NCF_LISTED_UNDECIDED ? json_null()
                                                       : json_boolean(listed != NCF_LISTED_NOWHERE));
    json_object_set_new(object, "listed_as", listed > 0 ? json_integer(listed) : json_null());
}

/* ---- The study ---------------------------------------------------------------------- */

static json_t *flow_object(const struct ncf_flow_study *study)
{
    const ncf_study_plan_t *plan = &study->plan;
    json_t *object = json_object();
    json_object_set_new(object, "kind", json_string(ncf__flow_kind_text(plan->kind)));
    json_object_set_new(object, "delta", json_string(study->delta_text));
    json_object_set_new(object, "seed", json_integer((json_int_t) plan->seed));
    json_object_set_new(object, "tolerance", json_real(plan->tolerance));
    json_object_set_new(object, "max_steps", json_integer(plan->max_steps));
    return object;
}

static json_t *runs_object(const struct ncf_flow_study *study)
{
    json_t *object = json_object();
    json_object_set_new(object, "asked", json_integer(study->plan.runs));
    json_object_set_new(object, "finished", json_integer(study->finished));
    for (int w = 0; w < NCF_MATCH_WORDS; w++)
        json_object_set_new(object, ncf__match_words[w], json_integer(study->words[w]));
    return object;
}

static json_t *share_object(double estimate, double low, double high)
{
    json_t *object = json_object();
    json_object_set_new(object, "estimate", real_or_null(estimate));
    json_object_set_new(object, "low", json_real(low));
    json_object_set_new(object, "high", json_real(high));
    return object;
}

static json_t *shares_object(const struct ncf_flow_study *study)
{
    json_t *object = json_object();
    json_object_set_new(object, "interval", json_string("Wilson, 95 %"));
    for (int w = 0; w < NCF_MATCH_UNFINISHED; w++)
        json_object_set_new(object, ncf__match_words[w],
                            share_object(study->shares[w][0], study->shares[w][1],
                                         study->shares[w][2]));
    return object;
}

static json_t *reasons_array(const struct ncf_flow_study *study)
{
    json_t *array = json_array();
    for (int r = NCF_RUN_NO_REASON + 1; r < NCF_RUN_REASONS; r++) {
        if (study->reasons[r] > 0)
            json_array_append_new(array, json_pack("{s:s, s:I}", "reason",
                                                   ncf__run_reason_text((ncf_run_reason_t) r),
                                                   "runs", (json_int_t) study->reasons[r]));
    }
    return array;
}

static json_t *entry_object(const struct ncf_flow_study *study, const ncf_study_orbit_t *orbit)
{
    json_t *object = json_object();
    json_object_set_new(object, "mean_tau", real_or_null(orbit->entry_mean));
    json_object_set_new(object, "least_tau", real_or_null(orbit->entry_least));
    json_object_set_new(object, "largest_tau", real_or_null(orbit->entry_most));
    json_object_set_new(object, "mean_time",
                        real_or_null(ncf__study_plain_time(study, orbit->entry_mean)));
    return object;
}

static json_t *orbits_array(const ncf_result_t *result, slong digits)
{
    const struct ncf_flow_study *study = result->study;
    json_t *array = json_array();
    for (slong k = 0; k < study->orbit_count; k++) {
        const ncf_study_orbit_t *orbit = &study->orbits[k];
        json_t *object = ncf__json_point_orbit(&orbit->known->found, study->network, 1, digits);
        json_object_set_new(object, "cap", ncf__json_cap(&orbit->known->cap, digits));
        json_object_set_new(object, "runs", json_integer(orbit->runs));
        json_object_set_new(object, "share",
                            share_object(orbit->share, orbit->share_low, orbit->share_high));
        json_object_set_new(object, "entry", entry_object(study, orbit));
        ncf__json_set_listed(object, result, orbit->listed);
        json_array_append_new(array, object);
    }
    return array;
}

json_t *ncf__study_document(const ncf_result_t *result, slong digits)
{
    const struct ncf_flow_study *study = result->study;
    json_t *object = json_object();
    json_object_set_new(object, "format", json_string("ncf-result"));
    json_object_set_new(object, "version", json_integer(1));
    json_object_set_new(object, "problem", ncf__json_problem(result));
    json_object_set_new(object, "method", json_string("flow-runs"));
    json_object_set_new(object, "flow", flow_object(study));
    json_object_set_new(object, "options",
                        json_pack("{s:I, s:I, s:I}", "precision",
                                  (json_int_t) result->options.precision, "max_precision",
                                  (json_int_t) result->options.max_precision, "threads",
                                  (json_int_t) result->options.threads));
    json_object_set_new(object, "limit", json_string(ncf__limit_text(result->limit)));
    json_object_set_new(object, "complete",
                        json_pack("{s:b, s:s, s:s}", "proved", 0, "scope",
                                  "the runs that were made", "argument", ""));
    json_object_set_new(object, "counts", json_pack("{s:n, s:n, s:n, s:n}", "positive",
                                                    "strict_second_order", "rank_one", "orbits"));
    json_object_set_new(object, "orbit_list", ncf__json_catalogue(result));
    json_object_set_new(object, "runs", runs_object(study));
    json_object_set_new(object, "shares", shares_object(study));
    json_object_set_new(object, "integrators",
                        json_pack("{s:s, s:s, s:I}", "first", "adams", "second", "rk", "compared",
                                  (json_int_t) study->compared));
    json_object_set_new(json_object_get(object, "integrators"), "largest_difference",
                        json_real(study->difference));
    json_object_set_new(object, "orbits", orbits_array(result, digits));
    json_object_set_new(object, "undecided", reasons_array(study));
    return object;
}
