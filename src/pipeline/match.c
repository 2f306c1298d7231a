/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * match.c: from the end of the early phase to a proved point with a cap, and the verdict.
 * Two proposals are made from there: the KKT point to which Newton's method leads, which is
 * near when the phase ends near one, and the maximum to which an ascent leads. Only what
 * ncf__certify_point and ncf__certify_cap prove of them counts.
 */
#include "match.h"

#include "../solve/sphere_search.h"
#include "objective.h"
#include "polish.h"

#include <math.h>
#include <string.h>

#define RATE_SLACK 1e-3       /* relative: rows that are so much worse are averaged over too */
#define TIME_RESOLUTION 1e-9  /* of the time: a difference that is smaller has few digits */
#define SHRINK_FACTOR 0.1 /* of the norm, before a trajectory is said to go to zero */

typedef struct {
    struct ncf_matching *out;
    const struct ncf_problem *problem;
    const struct ncf_trajectory *trajectory;
    const ncf_match_settings_t *settings;
    const ncf_limits_t *limits;
    slong n, prec;
} match_t;

static const fmpq *row_of(const match_t *match, slong k)
{
    return fmpq_mat_entry(match->trajectory->rows, k, 0);
}

/* ---- Proposals ------------------------------------------------------------------- */

static void propose_newton(double *u, const match_t *match)
{
    ncf_polisher_t polisher;
    fmpq_mat_t weights;
    fmpq_mat_init(weights, match->problem->points, 1);
    ncf__problem_weights(weights, match->problem);
    ncf__polisher_init(&polisher, match->out->network, match->problem->x, weights,
                       match->limits);
    ncf__polish(u, &polisher);
    ncf__polisher_clear(&polisher);
    fmpq_mat_clear(weights);
}

static void propose_ascent(double *u, const match_t *match)
{
    ncf_network_objective_t objective;
    ncf_sphere_search_t search;
    ncf__network_objective_init(&objective, match->problem, match->out->network);
    ncf__sphere_search_init(&search, &objective.objective, match->limits);
    memcpy(search.u, u, (size_t) match->n * sizeof(double));
    if (ncf__sphere_search_evaluate(&search) && ncf__sphere_ascend(&search) != NCF_START_LOST)
        memcpy(u, search.u, (size_t) match->n * sizeof(double));
    ncf__sphere_search_clear(&search);
    ncf__network_objective_clear(&objective);
}

/* ---- Angles and caps ------------------------------------------------------------- */

/* The angle between the unit vectors v and u, by the tangent: accurate for small ones. */
static void set_angle(arb_t angle, arb_srcptr v, arb_srcptr u, slong n, slong prec)
{
    arb_t along, across, part;
    arb_init(along);
    arb_init(across);
    arb_init(part);
    arb_dot(along, NULL, 0, v, 1, u, 1, n, prec);
    for (slong j = 0; j < n; j++) {
        arb_mul(part, along, u + j, prec);
        arb_sub(part, v + j, part, prec);
        arb_addmul(across, part, part, prec);
    }
    arb_sqrtpos(across, across, prec);
    arb_atan2(angle, across, along, prec);
    arb_clear(part);
    arb_clear(across);
    arb_clear(along);
}

/* The angle of row k, and whether it is proved to lie in the cap; 0 for the zero row. */
static int row_in_cap(arb_t angle, const match_t *match, slong k)
{
    const struct ncf_matching *out = match->out;
    if (out->moments[k].norm == 0) {
        arb_indeterminate(angle);
        return 0;
    }
    arb_ptr v = _arb_vec_init(match->n);
    arb_t norm;
    arb_init(norm);
    ncf__match_direction(v, norm, row_of(match, k), match->n, match->prec);
    set_angle(angle, v, out->found.point.point, match->n, match->prec);
    int inside = ncf__cap_contains(&out->cap, &out->found.point, v, match->prec);
    arb_clear(norm);
    _arb_vec_clear(v, match->n);
    return inside;
}

/* ---- The point ------------------------------------------------------------------- */

typedef void (*propose_fn)(double *u, const match_t *match);

/*
 * Certifies what the proposal leads to from the end of the early phase, with its cap.
 * Returns 1 when that end is proved to lie in the cap.
 */
static int try_proposal(match_t *match, propose_fn propose, const char *name)
{
    struct ncf_matching *out = match->out;
    slong n = match->n, last = out->early - 1;
    ncf_point_options_t options = {match->settings->precision, match->settings->max_precision,
                                   match->limits};
    ncf_cap_options_t cap_options = {0, match->limits};
    double *u = ncf__malloc((size_t) n, sizeof(double));
    arb_ptr v = _arb_vec_init(n);
    arb_t angle;
    arb_init(angle);
    ncf__match_direction(v, angle, row_of(match, last), n, match->prec);
    for (slong j = 0; j < n; j++)
        u[j] = arf_get_d(arb_midref(v + j), ARF_RND_NEAR);
    propose(u, match);
    for (slong j = 0; j < n; j++)
        arb_set_d(v + j, u[j]);
    ncf__certify_point(&out->found.point, v, match->problem, out->network, &options);
    ncf__certify_cap(&out->cap, &out->found.point, match->problem, out->network, &cap_options);
    out->proposal = name;
    int inside = ncf_is_proved(out->found.point.exists) && row_in_cap(angle, match, last);
    arb_clear(angle);
    _arb_vec_clear(v, n);
    ncf__free(u);
    return inside;
}

/* Where neither is matched, the nearer point, that of Newton's method, stays. */
static void find_point(match_t *match)
{
    ncf__progress(match->limits, "certifying the point", 0, 0);
    if (!try_proposal(match, propose_ascent, "ascent") &&
        ncf__limit_reached(match->limits) == NCF_LIMIT_NONE)
        try_proposal(match, propose_newton, "Newton's method");
    match->out->limit = ncf__limit_reached(match->limits);
}

/* ---- The rows against the point -------------------------------------------------- */

static void follow_rows(match_t *match)
{
    struct ncf_matching *out = match->out;
    arb_t angle;
    arb_init(angle);
    for (slong k = 0; k < out->count && out->limit == NCF_LIMIT_NONE; k++) {
        ncf_moment_t *moment = &out->moments[k];
        int before = k > 0 && out->moments[k - 1].in_cap;
        moment->in_cap = row_in_cap(angle, match, k);
        moment->angle = arf_get_d(arb_midref(angle), ARF_RND_NEAR);
        out->crossings += k < out->early && before && !moment->in_cap;
        if (k < out->early)
            out->entry = !moment->in_cap ? -1 : before ? out->entry : k;
        else if (out->exit < 0 && before && !moment->in_cap)
            out->exit = k;
        if (k == out->entry)
            arb_set(out->entry_angle, angle);
        if (k == out->early - 1)
            arb_set(out->last_angle, angle);
        out->limit = ncf__limit_reached(match->limits);
    }
    arb_clear(angle);
}

/* How far N and training are from the ray of the point at a row: 0 on it. */
static double strangeness(const struct ncf_matching *out, slong k, double lambda)
{
    return fabs(out->moments[k].multiplier / lambda - 1) + out->moments[k].deviation;
}

/*
 * (|w|^(2-L) at row a less at b) / (L - 2) over the time, log for L = 2: lambda on the ray.
 * With s = w / delta, whose powers do not overflow. NAN where the time is not resolved.
 */
static double rate_between(const struct ncf_matching *out, slong a, slong b)
{
    const ncf_moment_t *from = &out->moments[a], *to = &out->moments[b];
    double power = (double) (2 - out->degree), time = to->time - from->time;
    double ratio = log(to->norm / from->norm), size = log(from->norm / out->delta);
    if (!(time > TIME_RESOLUTION * fabs(to->time)))
        return NAN;
    double change = power == 0 ? ratio : expm1(power * ratio) / power;
    double rate = change * exp(power * size - log(time));
    return isfinite(rate) ? rate : NAN;
}

/*
 * Where the rows are nearest to the ray, over as many of them as are hardly farther: near the
 * entry N is still below lambda, and at the end training has left the flow of N.
 */
static void measure_growth(struct ncf_matching *out)
{
    double lambda = arf_get_d(arb_midref(ncf__point_orbit_lambda(&out->found)), ARF_RND_NEAR);
    if (out->entry < 0)
        return;
    out->growth = out->moments[out->entry].norm / out->moments[0].norm;
    if (!out->has_times || out->entry == out->early - 1 || out->kind == NCF_FLOW_SPHERE)
        return;
    slong best = -1;
    double least = INFINITY;
    for (slong k = out->entry; k + 1 < out->early; k++) {
        double score = strangeness(out, k, lambda) + strangeness(out, k + 1, lambda);
        if (score < least && !isnan(rate_between(out, k, k + 1))) {
            least = score;
            best = k;
        }
    }
    if (best < 0)
        return;
    double most = least + RATE_SLACK;
    slong a = best, b = best + 1;
    while (a > out->entry && strangeness(out, a - 1, lambda) <= most)
        a--;
    while (b + 1 < out->early && strangeness(out, b + 1, lambda) <= most)
        b++;
    out->rate = rate_between(out, a, b);
    out->rate_first = a;
    out->rate_last = b;
}

/* ---- The verdict ----------------------------------------------------------------- */

static void conclude(struct ncf_matching *out, ncf_match_word_t word, char *reason)
{
    out->word = word;
    out->reason = reason;
}

/* Has the norm fallen to a tenth, and is it still falling? Or is a row exactly zero? */
static int shrinks_to_zero(const struct ncf_matching *out)
{
    const ncf_moment_t *last = &out->moments[out->count - 1];
    if (out->kind == NCF_FLOW_SPHERE)
        return 0;
    for (slong k = 1; k < out->count; k++) {
        if (out->moments[k].norm == 0)
            return 1;
    }
    return last->norm <= SHRINK_FACTOR * out->moments[0].norm && last[0].norm < last[-1].norm &&
           last->multiplier <= 0;
}

/* How the early phase came to its end, to go before the reason. */
static char *phase_text(const struct ncf_matching *out)
{
    if (out->early == out->count)
        return ncf__strdup("the trajectory ends");
    return ncf__format("the early phase ends (from row %ld on the gradients of training and of "
                       "N differ by %.2g %% and more)",
                       (long) out->early, 100 * out->moments[out->early].deviation);
}

/* Why the end of the early phase is not in a certified cap of a point with lambda > 0. */
static char *missing(const struct ncf_matching *out)
{
    const ncf_certified_point_t *point = &out->found.point;
    if (!ncf_is_proved(point->exists))
        return ncf__format("before a KKT point is near enough to be proved: %s",
                           point->reason != NULL ? point->reason : "nothing is proved");
    double angle = out->moments[out->early - 1].angle;
    if (!ncf_is_proved(out->cap.verdict))
        return ncf__format("%.3g away from the nearest KKT point that is proved, which has no "
                           "certified cap: %s",
                           angle, out->cap.reason != NULL ? out->cap.reason : "not proved");
    if (out->moments[out->early - 1].in_cap)
        return ncf__strdup("in the cap of a point whose lambda is not proved positive");
    return ncf__format("%.3g away from the nearest point that is proved, outside of its "
                       "certified cap of %.3g",
                       angle, arf_get_d(out->cap.angle, ARF_RND_DOWN));
}

static void judge(struct ncf_matching *out)
{
    const ncf_moment_t *first = &out->moments[0];
    if (out->limit != NCF_LIMIT_NONE) {
        conclude(out, NCF_MATCH_UNFINISHED, ncf__strdup("a limit was reached"));
    } else if (out->entry >= 0 && ncf_is_proved(out->found.point.lambda_positive)) {
        conclude(out, NCF_MATCH_MATCHED, NULL);
    } else if (shrinks_to_zero(out)) {
        conclude(out, NCF_MATCH_ZERO,
                 ncf__format("the norm falls to %.3g of that at the start and goes on falling",
                             out->moments[out->count - 1].norm / first->norm));
    } else if (out->early == 0) {
        conclude(out, NCF_MATCH_NONE,
                 isfinite(first->deviation)
                     ? ncf__format("the start is not small: at the first row the gradients of "
                                   "training and of N differ by %.2g %%, more than 10 %%",
                                   100 * first->deviation)
                     : ncf__strdup("the gradient of N vanishes or overflows at the first row"));
    } else {
        char *phase = phase_text(out), *rest = missing(out);
        ncf_match_word_t word = out->crossings > 0 ? NCF_MATCH_AMBIGUOUS : NCF_MATCH_NONE;
        conclude(out, word,
                 ncf__format("%s %s%s", phase, rest,
                             out->crossings > 0 ? "; earlier rows were in the cap" : ""));
        ncf__free(rest);
        ncf__free(phase);
    }
}

/* ---- The whole ------------------------------------------------------------------- */

static struct ncf_matching *matching_new(ncf_network_struct network, slong degree,
                                         const struct ncf_trajectory *trajectory,
                                         const ncf_match_settings_t *settings)
{
    struct ncf_matching *out = ncf__calloc(1, sizeof(*out));
    out->name = ncf__strdup(trajectory->name);
    memcpy(out->sha256, trajectory->sha256, sizeof(out->sha256));
    out->format = trajectory->format;
    out->kind = settings->kind;
    out->delta = settings->delta;
    out->has_times = trajectory->has_times;
    out->network[0] = network;
    out->degree = degree;
    out->count = trajectory->count;
    out->moments = ncf__calloc((size_t) out->count, sizeof(*out->moments));
    out->entry = out->exit = -1;
    out->rate = out->growth = NAN;
    out->proposal = "none";
    arb_init(out->entry_angle);
    arb_init(out->last_angle);
    arb_indeterminate(out->entry_angle);
    arb_indeterminate(out->last_angle);
    ncf__point_orbit_init(&out->found, out->network);
    out->found.origin = NCF_ORIGIN_CANDIDATE;
    ncf__cap_init(&out->cap);
    return out;
}

struct ncf_matching *ncf__match_trajectory(const struct ncf_problem *problem,
                                           ncf_network_struct network, slong degree,
                                           const struct ncf_trajectory *trajectory,
                                           const ncf_match_settings_t *settings,
                                           const ncf_limits_t *limits)
{
    struct ncf_matching *out = matching_new(network, degree, trajectory, settings);
    match_t match = {out,    problem, trajectory, settings, limits, out->network->unknowns,
                     settings->precision + 30};
    ncf__match_measure(out, problem, trajectory, limits);
    if (out->early > 0 && out->limit == NCF_LIMIT_NONE) {
        find_point(&match);
        if (ncf_is_proved(out->found.point.exists)) {
            ncf__point_orbit_describe(&out->found, out->network);
            follow_rows(&match);
            measure_growth(out);
        }
    }
    judge(out);
    return out;
}

void ncf__matching_free(struct ncf_matching *matching)
{
    if (matching == NULL)
        return;
    ncf__cap_clear(&matching->cap);
    ncf__point_orbit_clear(&matching->found);
    arb_clear(matching->last_angle);
    arb_clear(matching->entry_angle);
    ncf__free(matching->reason);
    ncf__free(matching->moments);
    ncf__free(matching->name);
    ncf__network_clear(matching->network);
    ncf__free(matching);
}
