/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* cap_bound.c: lower bounds of P(t, v) over all unit v at one t (T-CAP C, D). */
#include "cap_internal.h"

#include <math.h>
#include <string.h>

ncf_midrad_t ncf__cap_coefficient(slong degree, slong j, double t)
{
    ncf_midrad_t x = ncf__midrad_point(t), power = ncf__midrad_point(1);
    for (slong k = 2; k < j; k++)
        power = ncf__midrad_mul(power, x);
    ncf_midrad_t bracket = ncf__midrad_mul(ncf__midrad_mul(x, x),
                                           ncf__midrad_point(-(double) (degree - j)));
    return ncf__midrad_mul(power, ncf__midrad_add(ncf__midrad_point((double) j), bracket));
}

/* a - b rounded down, for finite a; -inf otherwise. */
static double below(double a, double b)
{
    double difference = a - b - (fabs(a) + fabs(b)) * 4 * NCF_MIDRAD_UNIT;
    return isfinite(a) && isfinite(difference) ? difference : -INFINITY;
}

/* An upper bound of sum over j > squared_order of |c_j(t)| norm[j]. */
static double tail(const ncf_cap_gram_t *gram, const ncf_cap_jet_t *jet, double t)
{
    ncf_midrad_t sum = ncf__midrad_zero();
    for (slong j = gram->squared_order + 1; j <= jet->degree; j++) {
        ncf_midrad_t c = ncf__cap_coefficient(jet->degree, j, t);
        ncf_midrad_t size = ncf__midrad(0, ncf__midrad_reach(c));
        sum = ncf__midrad_add(sum, ncf__midrad_mul(size, ncf__midrad(0, jet->norm[j])));
    }
    return ncf__midrad_reach(sum) * (1 + 4 * NCF_MIDRAD_UNIT);
}

/* ---- Coefficients ----------------------------------------------------------------- */

typedef struct {
    ncf_cap_gram_t *gram;
    const ncf_cap_jet_t *jet;
    double t, losses;  /* losses: an upper bound of the sum of what the squares cost */
    ncf_midrad_t *c;   /* part_count */
} bound_t;

#define LEAST_KAPPA 0x1p-80

/* The share of a square in the loss when its variable is 1: half of |c_j| |M_j|. */
static double usual_kappa(const bound_t *b, slong part)
{
    slong j = b->gram->signed_order + 1 + part - b->gram->square_first;
    ncf_midrad_t c = ncf__cap_coefficient(b->jet->degree, j, b->t);
    return ncf__midrad_reach(c) * b->gram->norm[part] / 2;
}

/* The form of a square is bounded by its norm instead. */
static int is_left_out(const bound_t *b, slong part)
{
    slong j = b->gram->signed_order + 1 + part - b->gram->square_first;
    return b->jet->norm[j] < 0.75 * b->gram->norm[part];
}

/* -c_j^2 / (4 kappa), for an exact kappa that is added to the loss. */
static ncf_midrad_t square_coefficient(bound_t *b, slong part)
{
    slong j = b->gram->signed_order + 1 + part - b->gram->square_first;
    ncf_midrad_t c = ncf__cap_coefficient(b->jet->degree, j, b->t);
    if (ncf__midrad_is_zero(c))
        return c;
    if (is_left_out(b, part)) {
        b->losses = (b->losses + ncf__midrad_reach(c) * b->jet->norm[j]) * (1 + 8 * NCF_MIDRAD_UNIT);
        return ncf__midrad_zero();
    }
    double kappa = usual_kappa(b, part) / b->gram->free[part - b->gram->free_first];
    if (!(kappa > LEAST_KAPPA))
        kappa = LEAST_KAPPA;
    double inverse = -0.25 / kappa;
    ncf_midrad_t factor = ncf__midrad(inverse, fabs(inverse) * NCF_MIDRAD_UNIT);
    b->losses = (b->losses + kappa) * (1 + 4 * NCF_MIDRAD_UNIT);
    return ncf__midrad_mul(factor, ncf__midrad_mul(c, c));
}

static void set_coefficients(bound_t *b)
{
    const ncf_cap_gram_t *gram = b->gram;
    b->losses = 0;
    for (slong k = 0; k < gram->part_count; k++) {
        if (k == 0)
            b->c[k] = ncf__midrad_point(1);
        else if (k < gram->free_first)
            b->c[k] = ncf__midrad_mul(ncf__midrad_point(-1),
                                      ncf__cap_coefficient(b->jet->degree, k + 1, b->t));
        else if (k < gram->square_first)
            b->c[k] = ncf__midrad_point(gram->free[k - gram->free_first]);
        else
            b->c[k] = square_coefficient(b, k);
    }
}

/* ---- Proposal --------------------------------------------------------------------- */

/* About the least eigenvalue of G for the best free coefficients that are found. */
static double propose(bound_t *b)
{
    ncf_cap_gram_t *gram = b->gram;
    double shift = 0;
    double *scale = ncf__calloc(2 * (size_t) gram->part_count, sizeof(double));
    ncf_cap_proposal_t proposal = {gram, NULL, scale, scale + gram->part_count, 0};
    if (b->t > 0)
        proposal.accuracy = gram->accuracy;
    proposal.base = ncf__malloc((size_t) gram->block_count, sizeof(*proposal.base));
    set_coefficients(b);
    for (slong k = gram->free_first; k < gram->part_count; k++) {
        scale[k] = 1;
        if (k < gram->square_first)
            continue;
        double kappa = is_left_out(b, k) ? 0 : usual_kappa(b, k);
        scale[k] = kappa > 0 ? -kappa / (gram->norm[k] * gram->norm[k]) : 0;
        proposal.penalty[k] = kappa;
    }
    for (slong i = 0; i < gram->block_count; i++) {
        slong entries = gram->block_size[i] * gram->block_size[i];
        proposal.base[i] = ncf__calloc((size_t) entries, sizeof(double));
        for (slong k = 0; k < gram->free_first; k++) {
            const double *part = gram->parts[k * gram->block_count + i].mid;
            for (slong e = 0; part != NULL && e < entries; e++)
                proposal.base[i][e] += b->c[k].mid * part[e];
        }
    }
    ncf__cap_propose_free(gram->free, &shift, &proposal);
    for (slong i = 0; i < gram->block_count; i++)
        ncf__free(proposal.base[i]);
    ncf__free(proposal.base);
    ncf__free(scale);
    return shift;
}

/* ---- Proof ------------------------------------------------------------------------ */

/* out = a block of G. */
static void combine(ncf_interval_matrix_t *out, const bound_t *b, slong block)
{
    const ncf_cap_gram_t *gram = b->gram;
    slong entries = out->rows * out->rows;
    double *size = ncf__calloc(2 * (size_t) entries, sizeof(double)), *reach = size + entries;
    for (slong k = 0; k < gram->part_count; k++) {
        const ncf_interval_matrix_t *part = gram->parts + k * gram->block_count + block;
        if (part->rows == 0 || ncf__midrad_is_zero(b->c[k]))
            continue;
        double mid = b->c[k].mid, most = ncf__midrad_reach(b->c[k]);
        for (slong i = 0; i < entries; i++) {
            double product = mid * part->mid[i];
            out->mid[i] += product;
            size[i] += fabs(product);
            reach[i] += most * (fabs(part->mid[i]) + part->radius[i]);
        }
    }
    for (slong i = 0; i < entries; i++) {
        ncf_midrad_t sum = ncf__midrad_sum(out->mid[i], size[i], reach[i], gram->part_count);
        out->mid[i] = sum.mid;
        out->radius[i] = sum.radius;
    }
    ncf__free(size);
}

/* A lower bound of the eigenvalues of a block of G near `shift`, or -inf. */
static double least_eigenvalue(const bound_t *b, slong block, double shift)
{
    slong n = b->gram->block_size[block];
    double low = -INFINITY;
    ncf_interval_matrix_t g;
    ncf__interval_matrix_init(&g, n, n);
    double *factor = ncf__malloc((size_t) (n * n), sizeof(double));
    combine(&g, b, block);
    memcpy(factor, g.mid, (size_t) (n * n) * sizeof(double));
    for (slong i = 0; i < n; i++)
        factor[i * n + i] -= shift;
    if (ncf__dense_factor(factor, n))
        low = below(shift, ncf__interval_factor_defect(factor, &g, shift));
    ncf__free(factor);
    ncf__interval_matrix_clear(&g);
    return low;
}

double ncf__cap_bound(ncf_cap_gram_t *gram, const ncf_cap_jet_t *jet, double t)
{
    bound_t b = {gram, jet, t, 0, ncf__malloc((size_t) gram->part_count, sizeof(ncf_midrad_t))};
    double shift = propose(&b), low = INFINITY;
    set_coefficients(&b);
    for (slong i = 0; i < gram->block_count && shift > 0 && low > 0; i++)
        low = fmin(low, least_eigenvalue(&b, i, shift));
    ncf__free(b.c);
    if (!(shift > 0) || !(low > 0))
        return -INFINITY;
    double bound = below(low * (double) gram->half * (1 - 4 * NCF_MIDRAD_UNIT), b.losses);
    bound = below(bound, tail(gram, jet, t));
    if (t == 0)
        gram->accuracy = fmin(0x1p-7, bound / 16);
    return bound;
}
