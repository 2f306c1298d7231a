/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * basin.c: a cap of attraction around a strict point, from its gap and the norms of the layers
 * (T-SMALLCAP). It is smaller than that of T-CAP, and much easier to check.
 */
#include "certificate.h"

#include <math.h>

#define MAX_DEGREE 200 /* of the network */
#define MAX_HALVINGS 60

/* a b up to the degree */
static void multiply(double *out, const double *a, const double *b, slong degree)
{
    for (slong i = 0; i <= degree; i++) {
        out[i] = 0;
        for (slong k = 0; k <= i; k++)
            out[i] += a[k] * b[i - k];
    }
}

static double upper(arb_srcptr x)
{
    mag_t bound;
    mag_init(bound);
    arb_get_mag(bound, x);
    double out = mag_get_d(bound);
    mag_clear(bound);
    return out;
}

/* The 2-norm of rationals, or of the weights of a matrix; about. */
static double data_norm(const fmpq_mat_t x, slong i)
{
    double sum = 0;
    arb_t t;
    arb_init(t);
    for (slong k = 0; k < fmpq_mat_ncols(x); k++) {
        arb_set_fmpq(t, fmpq_mat_entry(x, i, k), 64);
        sum += upper(t) * upper(t);
    }
    arb_clear(t);
    return sqrt(sum);
}

static double matrix_norm(const ncf_claimed_point_t *point, ncf_network_block_t block)
{
    double sum = 0;
    for (slong k = 0; k < block.rows * block.columns; k++) {
        double size = upper(point->box + block.offset + k);
        sum += size * size;
    }
    return sqrt(sum);
}

/* Adds |z| times the majorant of one data point to nu (degree + 1). */
static void add_point(double *nu, double first, double weight, const double *norms,
                      const ncf_network_struct *network, slong degree)
{
    size_t size = (size_t) degree + 1;
    double *a = ncf__calloc(size, sizeof(*a)), *b = ncf__calloc(size, sizeof(*b)),
           *c = ncf__calloc(size, sizeof(*c));
    a[0] = first;
    for (slong l = 0; l < network->depth; l++) {
        for (slong i = 0; i <= degree; i++)
            b[i] = norms[l] * a[i] + (i > 0 ? a[i - 1] : 0);
        slong p = l + 1 < network->depth ? network->activations[l].degree : 1;
        for (slong i = 0; i <= degree; i++)
            a[i] = b[i];
        for (slong e = 1; e < p; e++) {
            multiply(c, a, b, degree);
            for (slong i = 0; i <= degree; i++)
                a[i] = c[i];
        }
    }
    for (slong i = 0; i <= degree; i++)
        nu[i] += weight * a[i];
    ncf__free(c);
    ncf__free(b);
    ncf__free(a);
}

/* (L - 2) T^2 nu_2 + sum_{j >= 3} T^{j-2} max(j, L - 2j) nu_j */
static double loss_of_gap(double t, const double *nu, slong degree)
{
    double sum = (double) (degree - 2) * t * t * nu[2], power = t;
    for (slong j = 3; j <= degree; j++, power *= t)
        sum += power * fmax((double) j, (double) (degree - 2 * j)) * nu[j];
    return sum;
}

/* The largest T of the form (1 + k/8) 2^-e, at most 1, that the gap allows; 0: none. */
static double choose_tangent(const ncf_claimed_point_t *point,
                             const ncf_certificate_t *certificate, slong degree)
{
    const ncf_network_struct *network = certificate->network;
    double *norms = ncf__calloc((size_t) network->depth, sizeof(*norms));
    double *nu = ncf__calloc((size_t) degree + 1, sizeof(*nu));
    double gap = arf_get_d(point->gap, ARF_RND_DOWN) * 0.999, t = 1;
    arb_t weight;
    arb_init(weight);
    for (slong l = 0; l < network->depth; l++)
        norms[l] = matrix_norm(point, ncf__network_block(network, l));
    for (slong i = 0; i < certificate->problem->points; i++) {
        arb_set_fmpq(weight, fmpq_mat_entry(certificate->weights, i, 0), 64);
        add_point(nu, data_norm(certificate->problem->x, i), upper(weight), norms, network,
                  degree);
    }
    for (int k = 0; k < 16 * MAX_HALVINGS && !(loss_of_gap(t, nu, degree) < gap); k++) {
        double step = exp2(floor(log2(t)) - 4);
        t -= t == exp2(floor(log2(t))) ? step / 2 : step;
    }
    int found = loss_of_gap(t, nu, degree) < gap;
    arb_clear(weight);
    ncf__free(nu);
    ncf__free(norms);
    return found ? t : 0;
}

void ncf__claim_basin(const ncf_claimed_point_t *point, ncf_certificate_t *certificate,
                      const char *name)
{
    fmpz_t degree;
    arf_t tangent;
    fmpz_init(degree);
    arf_init(tangent);
    int fits = certificate->problem->network.kind == NCF_NETWORK_FEEDFORWARD &&
               ncf__problem_homogeneous(degree, certificate->problem) &&
               fmpz_cmp_si(degree, 2) >= 0 && fmpz_cmp_si(degree, MAX_DEGREE) <= 0;
    for (slong l = 0; fits && l + 1 < certificate->network->depth; l++)
        fits = certificate->network->activations[l].kind != NCF_ACTIVATION_POLYNOMIAL;
    if (fits && point->gap_known)
        arf_set_d(tangent, choose_tangent(point, certificate, fmpz_get_si(degree)));
    if (!arf_is_zero(tangent)) {
        ncf__claim_open(certificate, "basin", "T-SMALLCAP", &point->inertia, 1);
        ncf__claim_rational(certificate, "tangent", tangent);
        ncf__claim_integer(certificate, "bits", 64 + certificate->magnitude);
        ncf__claim_close(certificate);
    }
    ncf__unproved(certificate, ncf__reason_no_claim, "%s: the cap of T-CAP%s", name,
                  arf_is_zero(tangent) ? "" : "; a smaller one is claimed");
    arf_clear(tangent);
    fmpz_clear(degree);
}
