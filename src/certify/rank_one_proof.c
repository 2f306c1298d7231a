/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * rank_one_proof.c: rank one is not visible from an enclosure. The pattern that the point
 * seems to have is read off its doubles; the KKT point of the reduced network that belongs to
 * it is certified and lifted; when the lift lies in the uniqueness box, it IS the one KKT
 * point there, and it has rank one exactly (T-RANKONE (3)).
 */
#include "rank_one_proof.h"

#include "../kkt/rank_one.h"
#include "point_internal.h"

/* ---- Refutation by a minor ------------------------------------------------------- */

/* Row and column of the entry of largest midpoint. */
static void find_pivot(slong *row, slong *column, arb_srcptr w, slong rows, slong columns)
{
    *row = *column = 0;
    for (slong k = 1; k < rows * columns; k++) {
        if (arf_cmpabs(arb_midref(w + k), arb_midref(w + *row * columns + *column)) > 0) {
            *row = k / columns;
            *column = k % columns;
        }
    }
}

static int has_nonzero_minor(arb_srcptr w, slong rows, slong columns, slong prec)
{
    slong row, column;
    int found = 0;
    arb_t minor;
    arb_init(minor);
    find_pivot(&row, &column, w, rows, columns);
    for (slong j = 0; j < rows && !found; j++) {
        for (slong i = 0; i < columns && !found; i++) {
            arb_mul(minor, w + row * columns + column, w + j * columns + i, prec);
            arb_submul(minor, w + row * columns + i, w + j * columns + column, prec);
            found = arb_is_finite(minor) && !arb_contains_zero(minor);
        }
    }
    arb_clear(minor);
    return found;
}

static int is_refuted(arb_srcptr point, const ncf_rank_one_shape_t *shape, slong prec)
{
    int found = 0;
    for (slong l = 0; l + 1 < shape->depth && !found; l++) {
        slong rows = shape->widths[l + 1], columns = shape->widths[l];
        found = has_nonzero_minor(point, rows, columns, prec);
        point += rows * columns;
    }
    return found;
}

/* ---- Proof by lift and uniqueness ------------------------------------------------ */

typedef struct {
    const struct ncf_problem *problem;
    const ncf_rank_one_shape_t *shape;
    slong unknowns; /* n */
    slong reduced;  /* d + K - 1 */
    slong *supports;
    signed char *signs; /* the pattern */
} lift_t;

static int propose_pattern(lift_t *lift, arb_srcptr point)
{
    double *u = ncf__malloc((size_t) lift->unknowns, sizeof(*u));
    for (slong j = 0; j < lift->unknowns; j++)
        u[j] = arf_get_d(arb_midref(point + j), ARF_RND_NEAR);
    int found = ncf__rank_one_propose(lift->signs, lift->supports, lift->shape, u);
    ncf__free(u);
    return found;
}

/* The candidate in the reduced network: the projection of the point, and lambda'. */
static void reduced_candidate(arb_ptr candidate, const lift_t *lift, arb_srcptr point,
                              const arb_t factor, slong prec)
{
    ncf__rank_one_project(candidate, lift->shape, point, lift->signs, prec);
    arb_div(candidate + lift->reduced, point + lift->unknowns, factor, prec);
}

/*
 * Does the uniqueness box hold the lift of the reduced point (enclosed, with lambda')? -1: it
 * does not; 0: it is open.
 */
static int box_holds_lift(arb_srcptr box, const lift_t *lift, arb_srcptr reduced,
                          const arb_t factor, slong prec)
{
    slong n = lift->unknowns;
    arb_ptr u = _arb_vec_init(n + 1);
    ncf__rank_one_lift(u, lift->shape, reduced, lift->signs, prec);
    arb_mul(u + n, reduced + lift->reduced, factor, prec);
    int inside = _arb_vec_is_finite(box, n + 1) && _arb_vec_is_finite(u, n + 1), outside = 0;
    for (slong j = 0; j <= n && inside && !outside; j++)
        outside = !arb_overlaps(box + j, u + j);
    for (slong j = 0; j <= n && inside; j++)
        inside = arb_contains(box + j, u + j);
    _arb_vec_clear(u, n + 1);
    return outside ? -1 : inside;
}

/* A power of two that brings lambda near 1, 0 when there is none that is sensible. */
static slong scale_of(const arb_t lambda)
{
    slong bound = arf_abs_bound_lt_2exp_si(arb_midref(lambda));
    return bound > -(WORD(1) << 40) && bound < (WORD(1) << 40) ? bound : 0;
}

/* out = the KKT point near the candidate, enclosed with about `goal` bits: T-KRAWCZYK. */
static ncf_verdict_t enclose(arb_ptr out, arb_srcptr candidate, const ncf_network_t network,
                             const struct ncf_problem *problem, const fmpq_mat_t weights,
                             slong goal, slong max_precision)
{
    slong n = network->unknowns, scale = scale_of(candidate + n);
    ncf_point_system_t system;
    ncf_point_proof_t proof;
    arb_ptr tight = _arb_vec_init(n + 1);
    ncf__point_system_init(&system, network, problem->x, weights, scale);
    ncf__point_proof_init(&proof, system.size);
    _arb_vec_set(tight, candidate, n);
    arb_mul_2exp_si(tight + n, candidate + n, -scale);
    int proved = ncf__point_prove(&proof, &system, tight, 0, max_precision) == NULL;
    if (proved) {
        ncf__point_refine(tight, &proof, &system, goal, max_precision);
        _arb_vec_set(out, tight, n);
        arb_mul_2exp_si(out + n, tight + n, scale);
    }
    ncf__point_proof_clear(&proof);
    ncf__point_system_clear(&system);
    _arb_vec_clear(tight, n + 1);
    return proved ? ncf_proved() : ncf_undecided();
}

/* Certifies in the network with all hidden widths 1. */
static ncf_verdict_t certify_reduced(arb_ptr out, const lift_t *lift, arb_srcptr candidate,
                                     slong goal, slong max_precision)
{
    struct ncf_problem narrow = *lift->problem;
    slong *widths = ncf__malloc((size_t) lift->shape->depth + 1, sizeof(*widths));
    for (slong l = 0; l <= lift->shape->depth; l++)
        widths[l] = l == 0 ? lift->shape->widths[0] : 1;
    narrow.network.widths = widths;
    ncf_network_t network;
    ncf_verdict_t verdict = ncf_undecided();
    fmpq_mat_t weights;
    fmpq_mat_init(weights, narrow.points, 1);
    ncf__problem_weights(weights, &narrow);
    if (ncf__network_init(network, &narrow)) {
        verdict = enclose(out, candidate, network, &narrow, weights, goal, max_precision);
        ncf__network_clear(network);
    }
    fmpq_mat_clear(weights);
    ncf__free(widths);
    return verdict;
}

/* The bits of the narrowest component of the box, and some more. */
static slong goal_bits(arb_srcptr box, slong count)
{
    slong bits = 0;
    for (slong j = 0; j < count; j++) {
        if (!mag_is_special(arb_radref(box + j)) &&
            MAG_EXP(arb_radref(box + j)) > -(WORD(1) << 30))
            bits = FLINT_MAX(bits, -(slong) MAG_EXP(arb_radref(box + j)));
    }
    return bits + 32;
}

/* One attempt: 1 proved, 0 open, -1 no KKT point of the reduced network has its lift there. */
static int try_lift(arb_srcptr box, arb_srcptr point, const lift_t *lift, slong goal,
                    slong max_precision)
{
    slong prec = goal + 64;
    arb_t factor;
    arb_init(factor);
    arb_ptr reduced = _arb_vec_init(lift->reduced + 1);
    ncf__rank_one_factor(factor, lift->shape, lift->supports, prec);
    reduced_candidate(reduced, lift, point, factor, prec);
    ncf_verdict_t exists = certify_reduced(reduced, lift, reduced, goal, max_precision);
    int proved = -1;
    if (ncf_is_proved(exists) && !arb_contains_zero(reduced + lift->reduced))
        proved = box_holds_lift(box, lift, reduced, factor, prec);
    _arb_vec_clear(reduced, lift->reduced + 1);
    arb_clear(factor);
    return proved;
}

/* The tighter the lift, the better it fits into the box: precision doubles. */
static ncf_verdict_t prove_by_lift(arb_srcptr box, arb_srcptr point, lift_t *lift,
                                   slong max_precision)
{
    if (!propose_pattern(lift, point))
        return ncf_undecided();
    slong goal = FLINT_MIN(goal_bits(box, lift->unknowns + 1), max_precision);
    int proved = try_lift(box, point, lift, goal, max_precision);
    while (proved != 1 && goal < max_precision) {
        goal = FLINT_MIN(2 * goal, max_precision);
        proved = try_lift(box, point, lift, goal, max_precision);
    }
    return proved == 1 ? ncf_proved() : ncf_undecided();
}

/* Linear layers of several units have no isolated points. */
static int is_isolated_shape(const ncf_rank_one_shape_t *shape)
{
    for (slong l = 0; l + 1 < shape->depth; l++) {
        if (shape->degrees[l] == 1 && shape->widths[l + 1] > 1)
            return 0;
    }
    return 1;
}

static ncf_verdict_t decide(arb_srcptr box, arb_srcptr point,
                            const ncf_rank_one_shape_t *shape,
                            const struct ncf_problem *problem, slong unknowns,
                            slong max_precision)
{
    slong units = 0;
    int away = arb_is_finite(point + unknowns) && !arb_contains_zero(point + unknowns);
    if (shape->depth == 1 || (ncf__rank_one_is_linear(shape) && away))
        return ncf_proved();
    if (is_refuted(point, shape, max_precision))
        return ncf_refuted();
    if (!away || !is_isolated_shape(shape))
        return ncf_undecided();
    for (slong l = 0; l + 1 < shape->depth; l++)
        units += shape->widths[l + 1];
    lift_t lift = {problem,
                   shape,
                   unknowns,
                   shape->widths[0] + shape->depth - 1,
                   ncf__malloc((size_t) shape->depth, sizeof(slong)),
                   ncf__malloc((size_t) units, 1)};
    ncf_verdict_t verdict = prove_by_lift(box, point, &lift, max_precision);
    ncf__free(lift.signs);
    ncf__free(lift.supports);
    return verdict;
}

ncf_verdict_t ncf__rank_one_prove(arb_srcptr box, arb_srcptr point,
                                  const struct ncf_problem *problem,
                                  const ncf_network_t network, slong max_precision)
{
    ncf_rank_one_shape_t shape;
    if (!ncf__rank_one_shape_init(&shape, problem))
        return ncf_undecided();
    ncf_verdict_t verdict =
        decide(box, point, &shape, problem, network->unknowns, max_precision);
    ncf__rank_one_shape_clear(&shape);
    return verdict;
}
