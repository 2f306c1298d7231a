/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* cap.c: the largest cap of attraction around one certified KKT point, T-CAP. */
#include "cap.h"

void ncf__cap_init(ncf_cap_t *cap)
{
    arf_init(cap->angle);
    cap->nodes = NULL;
    cap->verdict = ncf_undecided();
    cap->reason = "not examined";
    cap->tangent = 0;
    cap->order = cap->node_count = cap->exponent = 0;
}

void ncf__cap_clear(ncf_cap_t *cap)
{
    arf_clear(cap->angle);
    ncf__free(cap->nodes);
}

static void cap_reset(ncf_cap_t *cap, const char *reason)
{
    ncf__cap_clear(cap);
    ncf__cap_init(cap);
    cap->reason = reason;
}

/* What stands in the way of a cap around this point, or NULL. */
static const char *obstacle(const ncf_certified_point_t *point,
                            const struct ncf_problem *problem)
{
    const char *reason = NULL;
    fmpz_t degree;
    fmpz_init(degree);
    if (!ncf_is_proved(point->exists))
        reason = "the point is not proved";
    else if (point->slice_dimension > 0)
        reason = "the point lies in a continuous family";
    else if (!ncf_is_proved(point->inertia_known))
        reason = "the inertia is not known";
    else if (point->index > 0)
        reason = "the point is no maximum: there is an ascent direction";
    else if (point->nullity > 0)
        reason = "the point is degenerate";
    else if (!ncf__problem_homogeneous(degree, problem))
        reason = "the network is not homogeneous";
    else if (fmpz_cmp_ui(degree, 1) < 0)
        reason = "the network does not depend on its weights";
    fmpz_clear(degree);
    return reason;
}

void ncf__certify_cap(ncf_cap_t *cap, const ncf_certified_point_t *point,
                      const struct ncf_problem *problem, const ncf_network_t network,
                      const ncf_cap_options_t *options)
{
    (void) options;
    NCF_REQUIRE(network->unknowns == point->unknowns);
    const char *reason = obstacle(point, problem);
    cap_reset(cap, reason != NULL ? reason : "caps are not computed for this network");
}

/* |q|^2 - (q . u)^2 <= T^2 (q . u)^2 and q . u > 0, that is |q|^2 <= (1 + T^2)(q . u)^2. */
int ncf__cap_contains(const ncf_cap_t *cap, const ncf_certified_point_t *point, arb_srcptr q,
                      slong prec)
{
    slong n = point->unknowns;
    if (!ncf_is_proved(cap->verdict) || !_arb_vec_is_finite(q, n))
        return 0;
    arb_t along, norm, factor;
    arb_init(along);
    arb_init(norm);
    arb_init(factor);
    arb_dot(along, NULL, 0, q, 1, point->point, 1, n, prec);
    arb_dot(norm, NULL, 0, q, 1, q, 1, n, prec);
    arb_set_d(factor, cap->tangent);
    arb_mul(factor, factor, factor, prec);
    arb_add_ui(factor, factor, 1, prec);
    int inside = arb_is_positive(along);
    arb_mul(along, along, along, prec);
    arb_mul(factor, factor, along, prec);
    inside = inside && arb_is_finite(factor) && arb_is_finite(norm) && arb_le(norm, factor);
    arb_clear(factor);
    arb_clear(norm);
    arb_clear(along);
    return inside;
}
