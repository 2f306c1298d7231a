/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* point.c: the record of verdicts of one point. */
#include "point.h"

void ncf__certified_point_init(ncf_certified_point_t *record, const ncf_network_t network)
{
    slong n = network->unknowns, blocks = network->depth;
    record->unknowns = n;
    record->box = _arb_vec_init(n + 1);
    record->point = _arb_vec_init(n + 1);
    record->slice_normals = record->slice_origin = NULL;
    arb_init(record->ncf);
    arf_init(record->residual);
    arb_init(record->gap);
    record->block_count = blocks;
    record->ranks = ncf__malloc((size_t) blocks, sizeof(*record->ranks));
    record->zero = ncf__malloc((size_t) n, sizeof(*record->zero));
    ncf__certified_point_reset(record, network);
}

void ncf__certified_point_clear(ncf_certified_point_t *record)
{
    _arb_vec_clear(record->box, record->unknowns + 1);
    _arb_vec_clear(record->point, record->unknowns + 1);
    ncf__free(record->slice_normals);
    ncf__free(record->slice_origin);
    arb_clear(record->ncf);
    arf_clear(record->residual);
    arb_clear(record->gap);
    ncf__free(record->ranks);
    ncf__free(record->zero);
}

void ncf__certified_point_reset(ncf_certified_point_t *record, const ncf_network_t network)
{
    slong n = record->unknowns;
    record->exists = record->inertia_known = record->rank_one = ncf_undecided();
    record->lambda_positive = record->lambda_negative = ncf_undecided();
    record->reason = record->lambda_reason = record->inertia_reason = "not examined";
    _arb_vec_indeterminate(record->box, n + 1);
    _arb_vec_indeterminate(record->point, n + 1);
    record->slice_dimension = 0;
    ncf__free(record->slice_normals);
    ncf__free(record->slice_origin);
    record->slice_normals = record->slice_origin = NULL;
    arb_indeterminate(record->ncf);
    arf_pos_inf(record->residual);
    record->index = record->nullity = -1;
    arb_indeterminate(record->gap);
    record->second_order = NCF_SECOND_ORDER_UNDECIDED;
    for (slong l = 0; l < record->block_count; l++) {
        record->ranks[l].lower = 0;
        record->ranks[l].upper = FLINT_MIN(network->widths[l], network->widths[l + 1]);
    }
    for (slong j = 0; j < n; j++)
        record->zero[j] = 0;
}

void ncf__certify_point(ncf_certified_point_t *record, arb_srcptr candidate,
                        const struct ncf_problem *problem, const ncf_network_t network,
                        const ncf_point_options_t *options)
{
    NCF_REQUIRE(record->unknowns == network->unknowns && problem->points >= 1);
    NCF_REQUIRE(options->precision >= 24 && options->max_precision >= options->precision);
    ncf__certified_point_reset(record, network);
    if (!_arb_vec_is_finite(candidate, record->unknowns))
        record->reason = "not finite";
}
