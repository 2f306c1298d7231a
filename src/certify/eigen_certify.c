/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * eigen_certify.c: from a candidate to a certified class: which certificate is tried, at
 * which precision, and whether the class is real (T-REAL).
 */
#include "eigen_internal.h"

#include <math.h>
#include <string.h>

#define BALL_PRECISION 128  /* where the ball certificates begin */
#define NEARLY_REAL 0x1p-20 /* imaginary part below which a real centre is tried first */
#define DRIFT (-3)          /* a candidate may be moved by 2^-3 */

/* A proposal: a unit vector whose phase makes it as real as it can be. */
typedef struct {
    double *z; /* n pairs */
    double mu[2];
    double imaginary; /* |Im z| */
    slong n;
} candidate_t;

/* (z, mu) -> (t z, t^{m-2} mu) for complex t = a + bi. */
static void scale_candidate(candidate_t *candidate, double a, double b, slong order)
{
    for (slong j = 0; j < candidate->n; j++) {
        double re = candidate->z[2 * j], im = candidate->z[2 * j + 1];
        candidate->z[2 * j] = a * re - b * im;
        candidate->z[2 * j + 1] = a * im + b * re;
    }
    for (slong i = 0; i < order - 2; i++) {
        double re = candidate->mu[0], im = candidate->mu[1];
        candidate->mu[0] = a * re - b * im;
        candidate->mu[1] = a * im + b * re;
    }
}

/* Returns 0 when the proposal is zero or not finite. */
static int candidate_init(candidate_t *candidate, const ncf_eigen_system_t *system,
                          const double *z, const double *mu)
{
    slong n = system->dimension;
    candidate->n = n;
    candidate->z = ncf__malloc((size_t) n, 2 * sizeof(double));
    memcpy(candidate->z, z, (size_t) n * 2 * sizeof(double));
    memcpy(candidate->mu, mu, sizeof(candidate->mu));
    double largest = 0, square = 0;
    for (slong i = 0; i < 2 * n; i++)
        largest = fmax(largest, fabs(z[i]));
    if (!(largest > 0x1p-400 && largest < 0x1p400) || !isfinite(mu[0]) || !isfinite(mu[1]))
        return 0;
    scale_candidate(candidate, 1 / largest, 0, system->order);
    double re = 0, im = 0;
    for (slong j = 0; j < n; j++) {
        double a = candidate->z[2 * j], b = candidate->z[2 * j + 1];
        square += a * a + b * b;
        re += a * a - b * b;
        im += 2 * a * b;
    }
    double half = re == 0 && im == 0 ? 0 : -atan2(im, re) / 2, scale = 1 / sqrt(square);
    scale_candidate(candidate, scale * cos(half), scale * sin(half), system->order);
    candidate->imaginary = 0;
    for (slong j = 0; j < n; j++)
        candidate->imaginary = hypot(candidate->imaginary, candidate->z[2 * j + 1]);
    return isfinite(candidate->imaginary) && isfinite(candidate->mu[0]) &&
           isfinite(candidate->mu[1]);
}

/* ---- Floating point -------------------------------------------------------------- */

/*
 * T-REAL: not real up to scaling when |Im(conj(z_j) z_k)| > r |z| + r^2 / 2 for some k; j is
 * the largest coordinate. The margin covers the rounding of these few operations.
 */
static int fast_is_not_real(const ncf_fast_t *fast)
{
    slong n = fast->size - 1, j = 0;
    double largest = 0, minor = 0;
    for (slong k = 0; k < n; k++) {
        double size = fabs(fast->z_re[k]) + fabs(fast->z_im[k]);
        if (size > largest) {
            largest = size;
            j = k;
        }
    }
    for (slong k = 0; k < n; k++)
        minor =
            fmax(minor, fabs(fast->z_re[j] * fast->z_im[k] - fast->z_im[j] * fast->z_re[k]));
    return minor > fast->radius * 2 + 0x1p-47;
}

static void fast_load(ncf_fast_t *fast, const candidate_t *candidate, int real)
{
    for (slong j = 0; j < candidate->n; j++) {
        fast->z_re[j] = candidate->z[2 * j];
        fast->z_im[j] = real ? 0 : candidate->z[2 * j + 1];
    }
    fast->mu[0] = candidate->mu[0];
    fast->mu[1] = real ? 0 : candidate->mu[1];
}

/* T-REAL: an exactly real centre. */
static int fast_is_real(const ncf_fast_t *fast)
{
    for (slong j = 0; j < fast->size - 1; j++) {
        if (fast->z_im[j] != 0)
            return 0;
    }
    return fast->mu[1] == 0;
}

static void fast_store(ncf_class_t *out, const ncf_fast_t *fast)
{
    slong n = fast->size - 1;
    if (out->z == NULL)
        out->z = ncf__malloc((size_t) n, 2 * sizeof(double));
    for (slong j = 0; j < n; j++) {
        out->z[2 * j] = fast->z_re[j];
        out->z[2 * j + 1] = fast->z_im[j];
    }
    out->mu[0] = fast->mu[0];
    out->mu[1] = fast->mu[1];
    out->radius = fast->radius;
    out->certified = 1;
    out->real = fast_is_real(fast) ? 1 : fast_is_not_real(fast) ? -1 : 0;
    out->precision = 53;
}

/* The distance from the candidate, a guard against leaving it for another zero. */
static int fast_stayed(const ncf_fast_t *fast, const candidate_t *candidate)
{
    double distance = 0;
    for (slong j = 0; j < candidate->n; j++) {
        distance = hypot(distance, fast->z_re[j] - candidate->z[2 * j]);
        distance = hypot(distance, fast->z_im[j] - candidate->z[2 * j + 1]);
    }
    return distance <= 8 * NEARLY_REAL;
}

static void certify_fast(ncf_class_t *out, const ncf_eigen_system_t *system,
                         const candidate_t *candidate)
{
    ncf_fast_t fast;
    ncf__fast_init(&fast, system);
    if (candidate->imaginary <= NEARLY_REAL) {
        fast_load(&fast, candidate, 1);
        if (ncf__fast_prove(&fast) && fast_stayed(&fast, candidate))
            fast_store(out, &fast);
    }
    if (!out->certified) {
        fast_load(&fast, candidate, 0);
        if (ncf__fast_prove(&fast))
            fast_store(out, &fast);
    }
    ncf__fast_clear(&fast);
}

/* ---- Balls ----------------------------------------------------------------------- */

/* x becomes (t z, t^{m-2} mu) with the phase t that makes z^T z positive; exact again. */
static void rotate_to_real(acb_ptr x, const ncf_eigen_system_t *system, slong prec)
{
    slong n = system->dimension;
    acb_t phase, square;
    acb_init(phase);
    acb_init(square);
    for (slong j = 0; j < n; j++)
        acb_addmul(square, x + j, x + j, prec);
    acb_conj(phase, square);
    acb_sgn(phase, phase, prec);
    acb_get_mid(phase, phase);
    acb_sqrt(phase, phase, prec);
    acb_get_mid(phase, phase);
    for (slong j = 0; j < n; j++)
        acb_mul(x + j, x + j, phase, prec);
    acb_pow_ui(phase, phase, (ulong) (system->order - 2), prec);
    acb_mul(x + n, x + n, phase, prec);
    for (slong j = 0; j <= n; j++)
        acb_get_mid(x + j, x + j);
    acb_clear(square);
    acb_clear(phase);
}

static void imaginary_size(mag_t out, acb_srcptr x, slong n)
{
    mag_t part;
    mag_init(part);
    mag_zero(out);
    for (slong j = 0; j < n; j++) {
        arb_get_mag(part, acb_imagref(x + j));
        mag_max(out, out, part);
    }
    mag_clear(part);
}

/* r |z| + r^2/2 of T-REAL, bounded from above. */
static void realness_bound(mag_t out, acb_srcptr x, slong n, const mag_t radius)
{
    mag_t square;
    mag_init(square);
    ncf__acb_vec_norm_mag(out, x, n);
    mag_mul(out, out, radius);
    mag_mul(square, radius, radius);
    mag_add(out, out, square);
    mag_clear(square);
}

/* The pivot coordinate is any one, the largest is the best. */
int ncf__ball_is_not_real(acb_srcptr x, slong n, const mag_t radius, slong prec)
{
    slong pivot = 0;
    mag_t bound, minor, largest;
    acb_t product;
    mag_init(bound);
    mag_init(minor);
    mag_init(largest);
    acb_init(product);
    for (slong j = 0; j < n; j++) {
        acb_get_mag(minor, x + j);
        if (mag_cmp(minor, largest) > 0) {
            mag_set(largest, minor);
            pivot = j;
        }
    }
    realness_bound(bound, x, n, radius);
    int separated = 0;
    for (slong k = 0; k < n && !separated; k++) {
        acb_conj(product, x + pivot);
        acb_mul(product, product, x + k, prec);
        arb_get_mag_lower(minor, acb_imagref(product));
        separated = mag_cmp(minor, bound) > 0;
    }
    acb_clear(product);
    mag_clear(largest);
    mag_clear(minor);
    mag_clear(bound);
    return separated;
}

static void ball_store(ncf_class_t *out, acb_srcptr x, const mag_t radius, int real, slong n,
                       slong prec)
{
    if (out->z == NULL)
        out->z = ncf__malloc((size_t) n, 2 * sizeof(double));
    if (out->fine == NULL)
        out->fine = _acb_vec_init(n + 1);
    _acb_vec_set(out->fine, x, n + 1);
    for (slong j = 0; j <= n; j++) {
        double *pair = j < n ? out->z + 2 * j : out->mu;
        pair[0] = arf_get_d(arb_midref(acb_realref(x + j)), ARF_RND_NEAR);
        pair[1] = arf_get_d(arb_midref(acb_imagref(x + j)), ARF_RND_NEAR);
    }
    out->radius = ncf__mag_double(radius);
    out->certified = 1;
    out->real = real;
    out->precision = prec;
}

/* The proof at one centre; `real` says that the centre is exactly real. */
static int prove_centre(ncf_class_t *out, acb_srcptr x, int real,
                        const ncf_eigen_system_t *system, slong prec)
{
    slong n = system->dimension;
    mag_t radius, isolation;
    mag_init(radius);
    mag_init(isolation);
    mag_set_ui_2exp_si(radius, 1, NCF_EIGEN_MIN_RADIUS_EXP);
    int proved = ncf__ball_test(radius, isolation, x, x, system, prec, prec);
    if (proved)
        ball_store(out, x, radius, real ? 1 : -ncf__ball_is_not_real(x, n, radius, prec), n,
                   prec);
    mag_clear(isolation);
    mag_clear(radius);
    return proved;
}

/* A nearly real x is rounded to a real one, which must converge close to it. */
static int prove_real(ncf_class_t *out, acb_srcptr x, const ncf_eigen_system_t *system,
                      slong prec)
{
    slong n = system->dimension;
    mag_t imaginary;
    mag_init(imaginary);
    acb_ptr y = _acb_vec_init(n + 1);
    _acb_vec_set(y, x, n + 1);
    rotate_to_real(y, system, prec);
    imaginary_size(imaginary, y, n);
    int proved = 0;
    if (mag_cmp_2exp_si(imaginary, -prec / 3) <= 0) {
        for (slong j = 0; j <= n; j++)
            arb_zero(acb_imagref(y + j));
        proved =
            ncf__ball_polish(y, NULL, 1, -prec / 4, system, prec) == NCF_POLISH_CONVERGED &&
            prove_centre(out, y, 1, system, prec);
    }
    _acb_vec_clear(y, n + 1);
    mag_clear(imaginary);
    return proved;
}

/* Doubling precision until the class is proved and its realness decided. */
static void certify_balls(ncf_class_t *out, const ncf_eigen_system_t *system,
                          const candidate_t *candidate, slong max_precision)
{
    slong n = system->dimension;
    max_precision = FLINT_MIN(max_precision, NCF_EIGEN_MAX_PRECISION);
    acb_ptr x = _acb_vec_init(n + 1);
    for (slong j = 0; j <= n; j++) {
        const double *pair = j < n ? candidate->z + 2 * j : candidate->mu;
        acb_set_d_d(x + j, pair[0], pair[1]);
    }
    for (slong prec = BALL_PRECISION; prec <= max_precision; prec *= 2) {
        ncf_polish_t end = ncf__ball_polish(x, NULL, 0, DRIFT, system, prec);
        if (end == NCF_POLISH_LOST)
            break;
        if (end == NCF_POLISH_SLOW)
            continue;
        if (prove_real(out, x, system, prec))
            break;
        if (prove_centre(out, x, 0, system, prec) && out->real != 0)
            break;
    }
    _acb_vec_clear(x, n + 1);
}

/* ---- Policy ---------------------------------------------------------------------- */

ncf_verdict_t ncf__eigen_certify(ncf_class_t *out, const ncf_eigen_system_t *system,
                                 const double *z, const double *mu, slong max_precision)
{
    candidate_t candidate;
    memset(out, 0, sizeof(*out));
    out->dimension = system->dimension;
    if (candidate_init(&candidate, system, z, mu)) {
        if (system->table != NULL)
            certify_fast(out, system, &candidate);
        if (!out->certified || out->real == 0)
            certify_balls(out, system, &candidate, max_precision);
    }
    ncf__free(candidate.z);
    return out->certified ? ncf_proved() : ncf_undecided();
}

void ncf__class_clear(ncf_class_t *class)
{
    if (class->fine != NULL)
        _acb_vec_clear(class->fine, class->dimension + 1);
    ncf__free(class->z);
    memset(class, 0, sizeof(*class));
}
