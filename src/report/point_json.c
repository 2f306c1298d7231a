/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* point_json.c: orbits of points that were found one by one, in the result document. */
#include "json_parts.h"

static const char *sign_text(const ncf_certified_point_t *point)
{
    if (ncf_is_proved(point->lambda_positive))
        return "positive";
    if (ncf_is_proved(point->lambda_negative))
        return "negative";
    if (ncf_is_refuted(point->lambda_positive) && ncf_is_refuted(point->lambda_negative))
        return "zero";
    return NULL;
}

/* The rank of each weight matrix, null where it is not known. */
static json_t *ranks_array(const ncf_certified_point_t *point)
{
    json_t *array = json_array();
    for (slong l = 0; l < point->block_count; l++) {
        const ncf_rank_bounds_t *rank = &point->ranks[l];
        json_array_append_new(array, rank->lower == rank->upper ? json_integer(rank->lower)
                                                                : json_null());
    }
    return array;
}

/* [lower, upper] for each weight matrix. */
static json_t *rank_bounds_array(const ncf_certified_point_t *point)
{
    json_t *array = json_array();
    for (slong l = 0; l < point->block_count; l++)
        json_array_append_new(array, json_pack("[I, I]", (json_int_t) point->ranks[l].lower,
                                               (json_int_t) point->ranks[l].upper));
    return array;
}

static json_t *active_array(const ncf_point_orbit_t *orbit)
{
    json_t *array = json_array();
    for (slong l = 0; l < orbit->hidden_layers; l++)
        json_array_append_new(array, ncf__json_nonnegative(orbit->active[l]));
    return array;
}

/* W_1 .. W_K, each by rows. */
static json_t *weights_array(arb_srcptr u, const ncf_network_t network, slong digits)
{
    json_t *matrices = json_array();
    for (slong l = 0; l < ncf__network_block_count(network); l++) {
        ncf_network_block_t block = ncf__network_block(network, l);
        json_t *matrix = json_array();
        for (slong j = 0; j < block.rows; j++)
            json_array_append_new(matrix, ncf__json_vector(u + block.offset + j * block.columns,
                                                           block.columns, digits));
        json_array_append_new(matrices, matrix);
    }
    return matrices;
}

static void set_second_order(json_t *object, const ncf_certified_point_t *point, slong digits)
{
    json_object_set_new(object, "index", ncf__json_nonnegative(point->index));
    json_object_set_new(object, "nullity", ncf__json_nonnegative(point->nullity));
    json_object_set_new(object, "second_order",
                        json_string(ncf__second_order_text(point->second_order)));
    json_object_set_new(object, "gap", ncf__json_ball_or_null(point->gap, digits));
    if (!ncf_is_proved(point->inertia_known) && point->inertia_reason != NULL)
        json_object_set_new(object, "inertia_reason", json_string(point->inertia_reason));
}

json_t *ncf__json_point_orbit(const ncf_point_orbit_t *orbit, const ncf_network_t network,
                              int weights, slong digits)
{
    const ncf_certified_point_t *point = &orbit->point;
    const char *sign = sign_text(point);
    json_t *object = json_object();
    json_object_set_new(object, "lambda",
                        ncf__json_ball_or_null(ncf__point_orbit_lambda(orbit), digits));
    json_object_set_new(object, "lambda_sign", sign != NULL ? json_string(sign) : json_null());
    json_object_set_new(object, "ncf", ncf__json_ball_or_null(point->ncf, digits));
    json_object_set_new(object, "size",
                        orbit->size_known ? ncf__json_integer(orbit->size) : json_null());
    json_object_set_new(object, "dimension", ncf__json_nonnegative(orbit->dimension));
    set_second_order(object, point, digits);
    json_object_set_new(object, "ranks", ranks_array(point));
    json_object_set_new(object, "rank_bounds", rank_bounds_array(point));
    json_object_set_new(object, "rank_one", ncf__json_verdict(point->rank_one));
    json_object_set_new(object, "active_units", active_array(orbit));
    json_object_set_new(object, "origin", json_string(orbit->origin));
    if (orbit->line >= 0)
        json_object_set_new(object, "line", json_integer(orbit->line + 1));
    if (orbit->not_separated)
        json_object_set_new(object, "proved_different", json_false());
    if (orbit->hits > 0)
        json_object_set_new(object, "hits", json_integer(orbit->hits));
    if (orbit->check != NCF_CHECK_NONE)
        json_object_set_new(object, "check", json_string(ncf__check_text(orbit->check)));
    json_object_set_new(object, "weights",
                        weights && orbit->has_weights
                            ? weights_array(point->point, network, digits)
                            : json_null());
    return object;
}
