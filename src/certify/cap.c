/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* cap.c: the largest cap of attraction around one certified KKT point, T-CAP. */
#include "cap_internal.h"

#include <math.h>

void ncf__cap_init(ncf_cap_t *cap)
{
    arf_init(cap->angle);
    cap->nodes = NULL;
    cap->verdict = ncf_undecided();
    cap->reason = "not examined";
    cap->tangent = cap->inner = 0;
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

/* What stands in the way of a cap around this point, or NULL; then degree is L. */
static const char *obstacle(slong *degree, const ncf_certified_point_t *point,
                            const struct ncf_problem *problem)
{
    const char *reason = NULL;
    fmpz_t homogeneity;
    fmpz_init(homogeneity);
    if (!ncf_is_proved(point->exists))
        reason = "the point is not proved";
    else if (point->slice_dimension > 0)
        reason = "the point lies in a continuous family";
    else if (!ncf_is_proved(point->inertia_known))
        reason = "the inertia is not known";
    else if (point->index > 0)
        reason = "there is an ascent direction";
    else if (point->nullity > 0)
        reason = "the point is degenerate";
    else if (point->unknowns < 2)
        reason = "the sphere has two points only";
    else if (!ncf__problem_homogeneous(homogeneity, problem))
        reason = "the network is not homogeneous";
    else if (fmpz_cmp_ui(homogeneity, 1) < 0 || !fmpz_fits_si(homogeneity))
        reason = "the degree is zero or too high";
    else
        *degree = fmpz_get_si(homogeneity);
    fmpz_clear(homogeneity);
    return reason;
}

/* ---- The march in t --------------------------------------------------------------- */

#define MAX_TANGENT 0x1p20   /* 89.9999 degrees */
#define MAX_NODES 400
#define FINEST 0x1p-6        /* of t: the last step */
#define SHORTEST 0x1p-32      /* of the first one */

typedef struct {
    ncf_cap_t *cap;
    const ncf_cap_jet_t *jet;
    ncf_cap_gram_t *gram;
    const ncf_limits_t *limits;
    slong room;
} march_t;

/*
 * A bound of d^2 P / dt^2 on [0, t]: c_j'' = j (j-2)(j-3) t^{j-4} - (L-j) j (j-1) t^{j-2} is a
 * difference of terms that are not negative and increase, so the larger one bounds it.
 */
static double bend(const ncf_cap_jet_t *jet, double t)
{
    ncf_midrad_t sum = ncf__midrad_zero(), x = ncf__midrad_point(t);
    ncf_midrad_t power[2] = {ncf__midrad_point(1), ncf__midrad_point(1)}; /* t^{j-4}, t^{j-2} */
    for (slong j = 2; j <= jet->degree; j++) {
        double first = (double) (j * (j - 2) * (j - 3)) * ncf__midrad_reach(power[0]);
        double second = (double) ((jet->degree - j) * j * (j - 1)) * ncf__midrad_reach(power[1]);
        ncf_midrad_t size = ncf__midrad(0, fmax(first, second));
        sum = ncf__midrad_add(sum, ncf__midrad_mul(size, ncf__midrad(0, jet->norm[j])));
        power[1] = ncf__midrad_mul(power[1], x);
        if (j >= 4)
            power[0] = ncf__midrad_mul(power[0], x);
    }
    return ncf__midrad_reach(sum);
}

static void append(march_t *m, double t, double bound)
{
    ncf_cap_t *cap = m->cap;
    if (cap->node_count == m->room) {
        m->room = 2 * m->room + 16;
        cap->nodes = ncf__realloc(cap->nodes, (size_t) m->room, sizeof(*cap->nodes));
    }
    cap->nodes[cap->node_count].t = t;
    cap->nodes[cap->node_count++].bound = bound;
}

/* T-CAP B: P > 0 between two nodes; `step` is at least their distance. */
static int is_positive_between(const ncf_cap_jet_t *jet, double a, double b, double t,
                               double step)
{
    double sag = bend(jet, t) * step * step / 8 * (1 + 16 * NCF_MIDRAD_UNIT);
    return sag < fmin(a, b); /* false for a NaN */
}

/* A step from t after which the loss between nodes is about half of the bound at t. */
static double first_step(const ncf_cap_jet_t *jet, double t, double bound)
{
    double step = MAX_TANGENT;
    while (step > FINEST * t && step > SHORTEST &&
           !(bend(jet, t + step) * step * step < 4 * bound))
        step /= 2;
    return step;
}

/* From node to node, until no step of FINEST times t is proved; returns the last t. */
static double march(march_t *m, double last)
{
    double t = 0, bound = ncf__cap_bound(m->gram, m->jet, 0), slope = 0;
    if (!(bound > 0))
        return 0;
    append(m, 0, bound);
    while (t < last && m->cap->node_count < MAX_NODES) {
        double step = first_step(m->jet, t, bound);
        if (slope < 0) /* where the bound would be left at a quarter, going on like this */
            step = fmin(step, fmax(-0.75 * bound / slope, 2 * FINEST * t));
        for (;; step /= 2) {
            if (!(step > fmax(FINEST * t, SHORTEST)) || ncf__limit_reached(m->limits) != NCF_LIMIT_NONE)
                return t;
            double next = fmin(t + step, last);
            double there = ncf__cap_bound(m->gram, m->jet, next);
            if (there > 0 && is_positive_between(m->jet, bound, there, next,
                                                 (next - t) * (1 + 4 * NCF_MIDRAD_UNIT))) {
                append(m, next, there);
                slope = (there - bound) / (next - t);
                t = next;
                bound = there;
                break;
            }
        }
    }
    return t;
}

/* A lower bound of atan(tangent), below pi/2. */
static void set_angle(arf_t angle, double tangent)
{
    arb_t x;
    arb_init(x);
    arb_set_d(x, tangent);
    arb_atan(x, x, 64);
    arb_get_lbound_arf(angle, x, 53);
    arb_clear(x);
}

static void conclude(ncf_cap_t *cap, const ncf_cap_jet_t *jet, const ncf_cap_gram_t *gram,
                     double tangent, const ncf_limits_t *limits)
{
    if (!(tangent > 0)) {
        int stopped = ncf__limit_reached(limits) != NCF_LIMIT_NONE;
        cap_reset(cap, stopped ? "a limit was reached" : "the bounds are too wide for any cap");
        return;
    }
    cap->verdict = ncf_proved();
    cap->reason = NULL;
    cap->tangent = cap->inner = tangent;
    cap->order = gram->signed_order;
    cap->exponent = jet->exponent;
    set_angle(cap->angle, tangent);
}

/* The cap that the gap gives, where it is the larger one; T-CAP F. */
static void widen_by_gap(ncf_cap_t *cap, double tangent, double bound)
{
    if (!(tangent > cap->tangent))
        return;
    cap_reset(cap, NULL);
    cap->verdict = ncf_proved();
    cap->tangent = cap->inner = tangent;
    cap->order = 2;
    cap->node_count = 2;
    cap->nodes = ncf__malloc(2, sizeof(*cap->nodes));
    cap->nodes[0] = (ncf_cap_node_t){0, bound};
    cap->nodes[1] = (ncf_cap_node_t){tangent, bound};
    set_angle(cap->angle, tangent);
}

static void certify(ncf_cap_t *cap, const ncf_cap_jet_t *jet, const ncf_cap_options_t *options,
                    double last)
{
    ncf_cap_gram_t gram;
    ncf__cap_gram_init(&gram, jet);
    march_t m = {cap, jet, &gram, options != NULL ? options->limits : NULL, 0};
    double tangent = march(&m, last);
    conclude(cap, jet, &gram, tangent, m.limits);
    ncf__cap_gram_clear(&gram);
}

/* ---- Shells ----------------------------------------------------------------------- */

#define MAX_ACTIVE 6       /* each further active weight takes several times as many boxes */
#define MIN_DEGREE 6       /* below it the first cap is large enough */
#define SHELL_WORK 2e7     /* about a second */
#define WANTED_SHARE 0.62  /* of the angle that descent finds */

/* The cap extended to a share of the numerically monotone angle where it is smaller; T-CAP H, I. */
static void extend(ncf_cap_t *cap, const ncf_certified_point_t *point,
                   const struct ncf_problem *problem, const ncf_network_struct *network,
                   slong degree, double last, const ncf_limits_t *limits)
{
    ncf_cap_model_t model;
    ncf_cap_idle_t idle;
    double work = SHELL_WORK;
    ncf__cap_model_init(&model, point, problem, network, degree);
    int has_idle = model.active_count < network->unknowns;
    if (model.active_count <= MAX_ACTIVE && (!has_idle || ncf__cap_idle_init(&idle, &model, work))) {
        double angle = atan(ncf__cap_search(&model, cap->tangent, last, limits));
        double goal = fmin(tan(WANTED_SHARE * angle), last);
        if (goal > cap->tangent && ncf__cap_shell(&model, has_idle ? &idle : NULL, cap->tangent,
                                                  goal, &work, limits)) {
            cap->tangent = goal;
            set_angle(cap->angle, goal);
        }
        if (has_idle)
            ncf__cap_idle_clear(&idle);
    }
    ncf__cap_model_clear(&model);
}

void ncf__certify_cap(ncf_cap_t *cap, const ncf_certified_point_t *point,
                      const struct ncf_problem *problem, const ncf_network_t network,
                      const ncf_cap_options_t *options)
{
    NCF_REQUIRE(network->unknowns == point->unknowns);
    slong degree = 0;
    const char *reason = obstacle(&degree, point, problem);
    cap_reset(cap, reason);
    if (reason != NULL)
        return;
    double bound, last = options != NULL && options->max_tangent > 0
                             ? fmin(options->max_tangent, MAX_TANGENT)
                             : MAX_TANGENT;
    double tangent = ncf__cap_tangent_by_gap(&bound, point, problem, network, degree, last);
    ncf_cap_jet_t jet;
    cap->reason = ncf__cap_jet_init(&jet, point, problem, network, degree, FLINT_MAX(degree, 2),
                                    options != NULL ? options->limits : NULL);
    if (cap->reason == NULL)
        certify(cap, &jet, options, last);
    ncf__cap_jet_clear(&jet);
    widen_by_gap(cap, tangent, bound);
    if (ncf_is_proved(cap->verdict) && degree >= MIN_DEGREE)
        extend(cap, point, problem, network, degree, last,
               options != NULL ? options->limits : NULL);
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
