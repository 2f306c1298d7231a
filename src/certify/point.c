/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * point.c: the record of verdicts of one point. Order: a candidate in doubles; the slice
 * (T-SLICE); the largest box that Krawczyk's test proves, a tight enclosure in it; the exact
 * zeros (T-ZEROS), which make it tighter; then what follows from the enclosure.
 */
#include "point_internal.h"

#include "kkt_inertia.h"
#include "kkt_point.h"

#include <math.h>
#include <string.h>

#define NEAR_ZERO 0x1p-36 /* a weight of the candidate that may be meant to be zero */

void ncf__certified_point_init(ncf_certified_point_t *record, const ncf_network_t network)
{
    slong n = network->unknowns, blocks = ncf__network_block_count(network);
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
    record->unfinished = 0;
    arb_indeterminate(record->gap);
    record->second_order = NCF_SECOND_ORDER_UNDECIDED;
    for (slong l = 0; l < record->block_count; l++) {
        ncf_network_block_t block = ncf__network_block(network, l);
        record->ranks[l].lower = 0;
        record->ranks[l].upper = FLINT_MIN(block.rows, block.columns);
    }
    for (slong j = 0; j < n; j++)
        record->zero[j] = 0;
}

/* ---- The candidate --------------------------------------------------------------- */

typedef struct {
    ncf_certified_point_t *record;
    const struct ncf_problem *problem;
    const ncf_network_struct *network;
    const ncf_point_options_t *options;
    fmpq_mat_t weights; /* z */
    slong scale;        /* N and lambda are divided by 2^scale in the systems */
    arb_ptr start;      /* n + 1: exact u, |u| about 1, and its Rayleigh quotient / 2^scale */
    int converged;      /* start is where Newton's method in doubles came to rest */
    ncf_slice_t slice;
    double *origin;     /* n: start in doubles, small weights replaced by 0 */
} certify_t;

static void certify_init(certify_t *t, ncf_certified_point_t *record,
                         const struct ncf_problem *problem, const ncf_network_struct *network,
                         const ncf_point_options_t *options)
{
    slong n = record->unknowns;
    memset(t, 0, sizeof(*t));
    t->record = record;
    t->problem = problem;
    t->network = network;
    t->options = options;
    fmpq_mat_init(t->weights, problem->points, 1);
    ncf__problem_weights(t->weights, problem);
    t->start = _arb_vec_init(n + 1);
    t->origin = ncf__calloc((size_t) n, sizeof(double));
    ncf__slice_init(&t->slice, network);
}

static void certify_clear(certify_t *t)
{
    fmpq_mat_clear(t->weights);
    _arb_vec_clear(t->start, t->record->unknowns + 1);
    ncf__free(t->origin);
    ncf__slice_clear(&t->slice);
}

static int is_stopped(const certify_t *t)
{
    return ncf__limit_reached(t->options->limits) != NCF_LIMIT_NONE;
}

/* start = the unit vector along the candidate; returns NULL or why there is none. */
static const char *normalise(certify_t *t, arb_srcptr candidate)
{
    slong n = t->record->unknowns;
    const char *reason = NULL;
    arb_t norm;
    arb_init(norm);
    for (slong j = 0; j < n; j++) {
        if (!arf_is_finite(arb_midref(candidate + j)))
            reason = "the candidate is not finite";
        arb_set_arf(t->start + j, arb_midref(candidate + j));
    }
    if (reason == NULL) {
        arb_dot(norm, NULL, 0, t->start, 1, t->start, 1, n, 64);
        arb_rsqrt(norm, norm, 64);
        if (!arb_is_finite(norm))
            reason = "the candidate is zero";
    }
    for (slong j = 0; j < n && reason == NULL; j++) {
        arb_mul(t->start + j, t->start + j, norm, 64);
        mag_zero(arb_radref(t->start + j));
    }
    arb_clear(norm);
    return reason;
}

/* A power of two near the largest entry, 0 when there is none. */
static slong scale_of(arb_srcptr v, slong count)
{
    slong scale = 0;
    mag_t size, entry;
    mag_init(size);
    mag_init(entry);
    for (slong j = 0; j < count; j++) {
        arb_get_mag(entry, v + j);
        mag_max(size, size, entry);
    }
    if (!mag_is_special(size) && !COEFF_IS_MPZ(MAG_EXP(size)))
        scale = MAG_EXP(size);
    mag_clear(entry);
    mag_clear(size);
    return scale;
}

/* The Rayleigh quotient u . grad N(u), and the scale. */
static void first_multiplier(certify_t *t)
{
    slong n = t->record->unknowns, prec = 64;
    arb_ptr gradient = _arb_vec_init(n);
    arb_mat_t x, z;
    arb_mat_init(x, t->problem->points, fmpq_mat_ncols(t->problem->x));
    arb_mat_init(z, t->problem->points, 1);
    arb_mat_set_fmpq_mat(x, t->problem->x, prec);
    arb_mat_set_fmpq_mat(z, t->weights, prec);
    ncf__network_eval_arb(NULL, gradient, NULL, t->start, t->network, x, z, prec);
    t->scale = scale_of(gradient, n);
    arb_dot(t->start + n, NULL, 0, t->start, 1, gradient, 1, n, prec);
    mag_zero(arb_radref(t->start + n));
    arb_mul_2exp_si(t->start + n, t->start + n, -t->scale);
    arb_mat_clear(z);
    arb_mat_clear(x);
    _arb_vec_clear(gradient, n);
}

/* Newton's method in doubles; what it finds replaces the start. */
static void improve_start(certify_t *t, const ncf_point_system_t *system)
{
    slong n = t->record->unknowns;
    double *u = ncf__malloc((size_t) n, sizeof(double)), lambda = 0;
    for (slong j = 0; j < n; j++)
        u[j] = arf_get_d(arb_midref(t->start + j), ARF_RND_NEAR);
    t->converged = ncf__point_propose(u, &lambda, system, ncf__symmetry_is_infinite(t->slice.group));
    if (t->converged) {
        for (slong j = 0; j < n; j++)
            arb_set_d(t->start + j, u[j]);
        arb_set_d(t->start + n, lambda);
    }
    for (slong j = 0; j < n; j++) {
        double v = arf_get_d(arb_midref(t->start + j), ARF_RND_NEAR);
        t->origin[j] = fabs(v) < NEAR_ZERO ? 0 : v;
    }
    ncf__free(u);
}

/* ---- Existence ------------------------------------------------------------------- */

/* out (n + 1) = the parts u and lambda of v, in the units of N. */
static void read_point(arb_ptr out, const certify_t *t, const ncf_point_system_t *system,
                       arb_srcptr v)
{
    ncf__point_system_weights(out, system, v);
    arb_mul_2exp_si(out + t->record->unknowns, v + system->count, t->scale);
}

static void keep_slice(certify_t *t)
{
    ncf_certified_point_t *record = t->record;
    size_t n = (size_t) record->unknowns, count = (size_t) t->slice.count;
    record->slice_dimension = t->slice.count;
    if (count == 0)
        return;
    record->slice_normals = ncf__malloc(count * n, sizeof(double));
    record->slice_origin = ncf__malloc(n, sizeof(double));
    memcpy(record->slice_normals, t->slice.normals, count * n * sizeof(double));
    memcpy(record->slice_origin, t->origin, n * sizeof(double));
}

static int contains_all(arb_srcptr outer, arb_srcptr inner, slong count)
{
    for (slong j = 0; j < count; j++) {
        if (!arb_contains(outer + j, inner + j))
            return 0;
    }
    return 1;
}

/*
 * T-SLICE: all of t = 0 is in the box, and the slice is transverse on it. A box that is too
 * wide for that is cut down around its centre as long as it holds the tight enclosure.
 */
static int cut_to_transverse(arb_ptr box, const certify_t *t, const ncf_point_system_t *system,
                             const ncf_point_proof_t *proof, arb_srcptr tight)
{
    ncf__point_proof_box(box, proof);
    for (slong k = 0; k < t->slice.count; k++) {
        if (!arb_contains_zero(box + system->count + 1 + k))
            return 0;
    }
    while (contains_all(box, tight, system->size)) {
        if (ncf_is_proved(ncf__slice_is_transverse(&t->slice, box, 64)))
            return 1;
        for (slong j = 0; j < system->size; j++)
            mag_mul_2exp_si(arb_radref(box + j), arb_radref(box + j), -3);
    }
    return 0;
}

/* Proves the full system and fills in box and point; NULL or the reason. */
static const char *prove_existence(certify_t *t, ncf_point_system_t *system)
{
    ncf_certified_point_t *record = t->record;
    slong size = system->size;
    ncf_point_proof_t proof;
    arb_ptr box = _arb_vec_init(size), tight = _arb_vec_init(size);
    ncf__point_proof_init(&proof, size);
    _arb_vec_set(tight, t->start, record->unknowns + 1);
    const char *reason = ncf__point_prove(&proof, system, tight, 1, t->options->max_precision);
    if (reason == NULL) {
        ncf__point_refine(tight, &proof, system, t->options->precision,
                          t->options->max_precision);
        if (!cut_to_transverse(box, t, system, &proof, tight))
            reason = "the slice is not proved to be transverse";
    }
    if (reason == NULL) {
        read_point(record->box, t, system, box);
        read_point(record->point, t, system, tight);
        keep_slice(t);
        record->exists = ncf_proved();
    } else {
        read_point(record->point, t, system, proof.centre);
    }
    ncf__point_proof_clear(&proof);
    _arb_vec_clear(tight, size);
    _arb_vec_clear(box, size);
    return reason;
}

/* ---- Exact zeros ----------------------------------------------------------------- */

/*
 * The normals that vanish on S, moved to the front of `normals`, and their number; -1 when
 * another one does not vanish on all of the rest, or the origin not on it, T-ZEROS (ii).
 */
static slong restrict_normals(double *normals, const certify_t *t, const signed char *zero)
{
    slong n = t->record->unknowns, kept = 0;
    for (slong k = 0; k < t->slice.count; k++) {
        const double *c = t->slice.normals + k * n;
        int on_zeros = 0, on_rest = 0, shifted = 0;
        for (slong j = 0; j < n; j++) {
            on_zeros = on_zeros || (zero[j] == 1 && c[j] != 0);
            shifted = shifted || (zero[j] == 1 && c[j] != 0 && t->origin[j] != 0);
            on_rest = on_rest || (zero[j] != 1 && c[j] != 0);
        }
        if (on_zeros && (on_rest || shifted))
            return -1;
        if (!on_zeros)
            memcpy(normals + kept++ * n, c, (size_t) n * sizeof(double));
    }
    return kept;
}

/*
 * The restricted system has a zero in the box: T-ZEROS. On success the enclosure with exact
 * zeros replaces the point.
 */
static int prove_restricted(certify_t *t, ncf_point_system_t *system)
{
    ncf_certified_point_t *record = t->record;
    slong n = record->unknowns, size = system->size;
    ncf_point_proof_t proof;
    arb_ptr tight = _arb_vec_init(size), point = _arb_vec_init(n + 1);
    ncf__point_proof_init(&proof, size);
    for (slong j = 0; j < system->count; j++)
        arb_set(tight + j, record->point + system->free[j]);
    arb_mul_2exp_si(tight + system->count, record->point + n, -t->scale);
    int proved = ncf__point_prove(&proof, system, tight, 0, t->options->max_precision) == NULL;
    if (proved) {
        ncf__point_refine(tight, &proof, system, t->options->precision,
                          t->options->max_precision);
        read_point(point, t, system, tight);
        proved = contains_all(record->box, point, n + 1);
    }
    if (proved)
        _arb_vec_swap(record->point, point, n + 1);
    ncf__point_proof_clear(&proof);
    _arb_vec_clear(point, n + 1);
    _arb_vec_clear(tight, size);
    return proved;
}

static void find_zeros(certify_t *t)
{
    ncf_certified_point_t *record = t->record;
    slong n = record->unknowns;
    signed char *zero = record->zero;
    for (slong j = 0; j < n; j++)
        zero[j] = arb_contains_zero(record->point + j) ? 1 : -1;
    /* Over the box, because the zero of the restricted system is only known to be there. */
    ncf__zero_invariant(zero, record->box, t->network, t->problem, t->weights, 64);
    if (ncf__zero_count(zero, n) == 0)
        return;
    double *normals = ncf__malloc((size_t) (t->slice.count * n), sizeof(double));
    slong kept = restrict_normals(normals, t, zero);
    int proved = 0;
    if (kept >= 0) {
        ncf_point_system_t system;
        ncf__point_system_init(&system, t->network, t->problem->x, t->weights, t->scale);
        system.limits = t->options->limits;
        ncf__point_system_slice(&system, kept, normals, t->origin);
        ncf__point_system_restrict(&system, zero);
        proved = prove_restricted(t, &system);
        ncf__point_system_clear(&system);
    }
    for (slong j = 0; j < n && !proved; j++)
        zero[j] = zero[j] == 1 ? 0 : zero[j];
    ncf__free(normals);
}

/* ---- What follows ---------------------------------------------------------------- */

/* N, by evaluation at the point. */
static void evaluate_ncf(arb_t value, const certify_t *t, slong prec)
{
    arb_mat_t x, z;
    arb_mat_init(x, t->problem->points, fmpq_mat_ncols(t->problem->x));
    arb_mat_init(z, t->problem->points, 1);
    arb_mat_set_fmpq_mat(x, t->problem->x, prec);
    arb_mat_set_fmpq_mat(z, t->weights, prec);
    ncf__network_eval_arb(value, NULL, NULL, t->record->point, t->network, x, z, prec);
    arb_mat_clear(z);
    arb_mat_clear(x);
}

/*
 * Where N is homogeneous, lambda = L N (T-EULER): two enclosures of one number, and N = 0
 * exactly makes lambda 0 exactly (T-ZEROS). Returns 0 when they contradict each other.
 */
static int bound_ncf(certify_t *t, slong prec)
{
    ncf_certified_point_t *record = t->record;
    arb_ptr lambda = record->point + record->unknowns;
    fmpz_t degree;
    arb_t other;
    int consistent = 1;
    fmpz_init(degree);
    arb_init(other);
    evaluate_ncf(record->ncf, t, prec);
    if (ncf__problem_homogeneous(degree, t->problem) && fmpz_sgn(degree) > 0) {
        arb_div_fmpz(other, lambda, degree, prec);
        consistent = arb_overlaps(record->ncf, other);
        if (arb_is_zero(record->ncf))
            arb_zero(lambda);
        else if (consistent && arb_is_finite(record->ncf))
            arb_intersection(record->ncf, record->ncf, other, prec);
    }
    arb_clear(other);
    fmpz_clear(degree);
    return consistent;
}

static void decide_sign(ncf_certified_point_t *record)
{
    arb_srcptr lambda = record->point + record->unknowns;
    record->lambda_reason = NULL;
    if (arb_is_positive(lambda) || arb_is_nonpositive(lambda))
        record->lambda_positive = arb_is_positive(lambda) ? ncf_proved() : ncf_refuted();
    if (arb_is_negative(lambda) || arb_is_nonnegative(lambda))
        record->lambda_negative = arb_is_negative(lambda) ? ncf_proved() : ncf_refuted();
    if (ncf_is_undecided(record->lambda_positive) || ncf_is_undecided(record->lambda_negative))
        record->lambda_reason = "lambda is not separated from zero";
}

/* T-INERTIA; the number of zero eigenvalues is known from the regular Jacobian (T-SLICE). */
static void decide_inertia(certify_t *t)
{
    ncf_certified_point_t *record = t->record;
    if (is_stopped(t)) {
        record->inertia_reason = NCF_POINT_UNFINISHED;
        return;
    }
    slong nullity = -1, s = record->slice_dimension;
    record->inertia_known =
        ncf__kkt_inertia(&record->index, &nullity, record->gap, record->point, t->network,
                         t->problem->x, t->weights, s, 64, t->options->max_precision);
    if (!ncf_is_proved(record->inertia_known)) {
        record->index = -1;
        record->inertia_reason = "an eigenvalue is not separated from zero";
        return;
    }
    NCF_REQUIRE(nullity == s);
    record->inertia_reason = NULL;
    if (record->index > 0)
        record->second_order = NCF_SECOND_ORDER_NO;
    else
        record->second_order = s == 0 ? NCF_SECOND_ORDER_STRICT : NCF_SECOND_ORDER_DEGENERATE;
    if (record->index > 0)
        arb_indeterminate(record->gap);
}

static void conclude(certify_t *t)
{
    ncf_certified_point_t *record = t->record;
    slong prec = FLINT_MIN(t->options->precision + 40, t->options->max_precision);
    slong n = record->unknowns;
    record->reason = NULL;
    record->nullity = record->slice_dimension;
    find_zeros(t);
    if (!bound_ncf(t, prec) ||
        !ncf__kkt_residual(record->residual, record->point, record->point + n, t->network,
                           t->problem->x, t->weights, prec)) {
        ncf__certified_point_reset(record, t->network);
        record->reason = "two evaluations disagree: a defect of the program";
        return;
    }
    decide_sign(record);
    ncf__point_ranks(record, t->network, t->problem, prec, t->options->max_precision);
    decide_inertia(t);
}

/* Words for the user, by guesses in doubles. */
static const char *why_not(const certify_t *t, const ncf_point_system_t *system,
                           const char *reason)
{
    slong n = t->record->unknowns;
    arb_srcptr lambda = t->record->point + n;
    if (is_stopped(t))
        return NCF_POINT_UNFINISHED;
    if (!t->converged)
        return "did not converge";
    /* Which of the two it is depends on how the last bits of the guesses were rounded. */
    if (strcmp(reason, "apparently singular") != 0 && strcmp(reason, "precision limit") != 0)
        return reason;
    if (arf_cmpabs_2exp_si(arb_midref(lambda), t->scale - 24) < 0)
        return "apparently singular; lambda may be zero";
    double *u = ncf__malloc((size_t) n, sizeof(double));
    for (slong j = 0; j < n; j++)
        u[j] = arf_get_d(arb_midref(t->start + j), ARF_RND_NEAR);
    int family =
        ncf__point_guess_family(u, system, ncf__symmetry_is_infinite(t->slice.group));
    ncf__free(u);
    return family ? "apparently singular, on a set of positive dimension" : reason;
}

void ncf__certify_point(ncf_certified_point_t *record, arb_srcptr candidate,
                        const struct ncf_problem *problem, const ncf_network_t network,
                        const ncf_point_options_t *options)
{
    NCF_REQUIRE(record->unknowns == network->unknowns && problem->points >= 1);
    NCF_REQUIRE(options->precision >= 24 && options->max_precision >= options->precision);
    ncf__certified_point_reset(record, network);
    certify_t t;
    certify_init(&t, record, problem, network, options);
    const char *reason = is_stopped(&t) ? NCF_POINT_UNFINISHED : normalise(&t, candidate);
    if (reason == NULL) {
        ncf_point_system_t system;
        first_multiplier(&t);
        ncf__point_system_init(&system, network, problem->x, t.weights, t.scale);
        system.limits = options->limits;
        ncf__point_system_precision(&system, 64);
        improve_start(&t, &system);
        ncf__slice_propose(&t.slice, t.origin);
        ncf__point_system_slice(&system, t.slice.count, t.slice.normals, t.origin);
        reason = prove_existence(&t, &system);
        if (reason == NULL)
            conclude(&t);
        else
            reason = why_not(&t, &system, reason);
        ncf__point_system_clear(&system);
    }
    if (reason != NULL)
        record->reason = reason;
    record->unfinished = is_stopped(&t);
    certify_clear(&t);
}
