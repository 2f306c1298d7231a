/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* certify_json.c: the result document of `ncf certify`, ncf-result version 1. */
#include "cap_report.h"
#include "certify_report.h"
#include "json_parts.h"

#include <string.h>

/* Above this many weights of all candidates together, weights are left out. */
#define ALL_WEIGHTS_LIMIT 400000

static json_t *file_object(const struct ncf_certification *certification)
{
    json_t *object = json_object();
    json_object_set_new(object, "name", ncf__json_text(certification->name));
    json_object_set_new(object, "sha256", json_string(certification->sha256));
    json_object_set_new(object, "format", json_string(certification->format));
    const ncf_solution_counts_t *counts = &certification->solutions;
    if (counts->listed > 0) {
        json_object_set_new(object, "solutions", json_integer(counts->listed));
        json_object_set_new(object, "not_real", json_integer(counts->complex));
        json_object_set_new(object, "at_the_origin", json_integer(counts->origin));
        json_object_set_new(object, "failed", json_integer(counts->failed));
    }
    return object;
}

/* One letter for each weight: 0 exactly zero, x not zero, ? undecided. */
static json_t *zero_pattern(const ncf_certified_point_t *point)
{
    char *text = ncf__malloc((size_t) point->unknowns + 1, 1);
    for (slong j = 0; j < point->unknowns; j++)
        text[j] = point->zero[j] > 0 ? '0' : point->zero[j] < 0 ? 'x' : '?';
    text[point->unknowns] = '\0';
    json_t *string = json_string(text);
    ncf__free(text);
    return string;
}

static json_t *index_or_null(slong index)
{
    return index < 0 ? json_null() : json_integer(index + 1);
}

static json_t *candidate_object(const struct ncf_certification *certification, slong k,
                                int weights, slong digits)
{
    const ncf_candidate_t *candidate = &certification->candidates[k];
    const ncf_certified_point_t *point = &candidate->found.point;
    json_t *object = json_object();
    json_object_set_new(object, "candidate", json_integer(k + 1));
    json_object_set_new(object, "verdict", json_string(ncf__candidate_word(candidate)));
    json_object_set_new(object, "reason", ncf__json_text(ncf__candidate_reason(candidate)));
    json_object_set_new(object, "residual", ncf__json_ball_or_null(candidate->residual, digits));
    json_object_set_new(object, "multiplier",
                        ncf__json_ball_or_null(candidate->multiplier, digits));
    json_object_set_new(object, "distance", ncf__json_ball_or_null(candidate->distance, digits));
    json_object_set_new(object, "orbit", index_or_null(candidate->orbit));
    json_object_set_new(object, "same_orbit_as",
                        index_or_null(candidate->first == k ? -1 : candidate->first));
    if (!ncf_is_proved(point->exists))
        return object;
    json_object_set_new(object, "orbit_decided", json_boolean(!candidate->orbit_open));
    json_t *found = ncf__json_point_orbit(&candidate->found, certification->network, weights, digits);
    json_object_update(object, found);
    json_decref(found);
    json_object_set_new(object, "zero_pattern", zero_pattern(point));
    return object;
}

/* An orbit is that of the candidate that stands for it. */
static json_t *orbit_array(const struct ncf_certification *certification, int weights, slong digits)
{
    json_t *array = json_array();
    for (slong i = 0; i < certification->orbit_count; i++) {
        json_t *members = json_array();
        const ncf_candidate_t *first = &certification->candidates[certification->orbits[i]];
        json_t *object = ncf__json_point_orbit(&first->found, certification->network, weights, digits);
        for (slong k = 0; k < certification->count; k++) {
            if (certification->candidates[k].orbit == i)
                json_array_append_new(members, json_integer(k + 1));
        }
        json_object_set_new(object, "candidates", members);
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *undecided_array(const struct ncf_certification *certification)
{
    json_t *array = json_array();
    for (slong k = 0; k < certification->count; k++) {
        const char *reason = ncf__candidate_reason(&certification->candidates[k]);
        if (reason != NULL)
            json_array_append_new(array, json_pack("{s:I, s:s}", "candidate", (json_int_t) k + 1,
                                                   "reason", reason));
    }
    return array;
}

static json_t *certified_object(const struct ncf_certification *certification)
{
    slong counts[NCF_CANDIDATE_WORDS];
    json_t *object = json_object();
    ncf__count_candidates(counts, certification);
    json_object_set_new(object, "candidates", json_integer(certification->count));
    for (int i = 0; i < NCF_CANDIDATE_WORDS; i++)
        json_object_set_new(object, ncf__candidate_words[i], json_integer(counts[i]));
    json_object_set_new(object, "orbits", json_integer(certification->orbit_count));
    json_object_set_new(object, "distance", json_string(certification->threshold_text));
    return object;
}

/* What is given is certified; nothing is said about points that are not. */
static void set_contract(json_t *object)
{
    json_object_set_new(object, "complete", json_pack("{s:b, s:s, s:s}", "proved", 0, "scope",
                                                      "the candidates that were given",
                                                      "argument", ""));
    json_object_set_new(object, "counts", json_pack("{s:n, s:n, s:n, s:n}", "positive",
                                                    "strict_second_order", "rank_one", "orbits"));
}

json_t *ncf__certify_document(const ncf_result_t *result, slong digits)
{
    const struct ncf_certification *certification = result->certification;
    int weights = certification->count <= ALL_WEIGHTS_LIMIT / certification->network->unknowns;
    json_t *candidates = json_array(), *object = json_object();
    for (slong k = 0; k < certification->count; k++)
        json_array_append_new(candidates, candidate_object(certification, k, weights, digits));
    json_object_set_new(object, "format", json_string("ncf-result"));
    json_object_set_new(object, "version", json_integer(1));
    json_object_set_new(object, "problem", ncf__json_problem(result));
    json_object_set_new(object, "candidates_file", file_object(certification));
    json_object_set_new(object, "method", json_string("certify"));
    json_object_set_new(object, "options",
                        json_pack("{s:I, s:I, s:I}", "precision",
                                  (json_int_t) result->options.precision, "max_precision",
                                  (json_int_t) result->options.max_precision, "threads",
                                  (json_int_t) result->options.threads));
    json_object_set_new(object, "limit", json_string(ncf__limit_text(result->limit)));
    set_contract(object);
    json_object_set_new(object, "certified", certified_object(certification));
    json_object_set_new(object, "candidates", candidates);
    json_t *orbits = orbit_array(certification, weights, digits);
    json_t *undecided = undecided_array(certification);
    ncf__json_set_caps(orbits, result, digits);
    ncf__json_open_caps(undecided, result);
    json_object_set_new(object, "orbits", orbits);
    json_object_set_new(object, "undecided", undecided);
    return object;
}
