/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * cap.c: a small cap around a strict KKT point in which the sphere flow converges to it
 * (T-SMALLCAP), from the gap and majorants of the layers.
 */
#include "check.h"

enum { MAX_DEGREE = 200 };

/* Polynomials in t of degree <= degree, coefficients in units of 2^-bits, rounded upward. */
typedef struct {
    size_t degree;
    long bits;
    const part_t *part;
    mpz_t *norms; /* K: bounds of the Frobenius norms of the W_l */
    mpz_t t;
} majorant_t;

/* out = a b up to the degree */
static void multiply(mpz_t *out, mpz_t *a, mpz_t *b, majorant_t *m)
{
    for (size_t i = 0; i <= m->degree; i++) {
        mpz_set_ui(m->t, 0);
        for (size_t k = 0; k <= i; k++)
            mpz_addmul(m->t, a[k], b[i - k]);
        spend(i * mpz_size(m->t));
        mpz_cdiv_q_2exp(out[i], m->t, (mp_bitcnt_t) m->bits);
    }
}

/* The square root of an upper bound, rounded up. */
static void root_up(mpz_t out, const mpz_t square, long bits)
{
    mpz_mul_2exp(out, square, (mp_bitcnt_t) bits);
    mpz_sqrt(out, out);
    mpz_add_ui(out, out, 1);
}

static void set_norms(majorant_t *m, const box_t *box)
{
    size_t next = 0;
    ball_t *t = new_balls(2);
    for (size_t l = 0; l < m->part->depth; l++) {
        ball_set_int(&t[0], 0);
        for (size_t k = 0; k < m->part->widths[l] * m->part->widths[l + 1]; k++) {
            ball_set_entry(&t[1], box, next++);
            ball_accumulate(&t[0], &t[1], &t[1], 1);
        }
        ball_round(&t[0], &t[0]);
        ball_upper(m->norms[l], &t[0]);
        root_up(m->norms[l], m->norms[l], m->bits);
    }
}

/*
 * Adds |z| times the last layer for one point with |x| <= first: b_l = (|W_l| + t) a_{l-1},
 * a_l = b_l^p. The coefficient of t^j bounds the parts of degree j in v, |v| = 1, of N(u + t v).
 */
static void add_point(mpz_t *nu, const mpz_t first, const mpz_t weight, majorant_t *m,
                      mpz_t **scratch)
{
    mpz_t *a = scratch[0], *b = scratch[1], *c = scratch[2];
    for (size_t i = 0; i <= m->degree; i++)
        mpz_set_ui(a[i], 0);
    mpz_set(a[0], first);
    for (size_t l = 0; l < m->part->depth; l++) {
        for (size_t i = 0; i <= m->degree; i++) {
            mpz_mul(b[i], m->norms[l], a[i]);
            mpz_cdiv_q_2exp(b[i], b[i], (mp_bitcnt_t) m->bits);
            if (i > 0)
                mpz_add(b[i], b[i], a[i - 1]);
        }
        size_t p = l + 1 < m->part->depth ? m->part->activations[l].degree : 1;
        for (size_t i = 0; i <= m->degree; i++)
            mpz_set(a[i], b[i]);
        for (size_t e = 1; e < p; e++) {
            multiply(c, a, b, m);
            for (size_t i = 0; i <= m->degree; i++)
                mpz_set(a[i], c[i]);
        }
    }
    for (size_t i = 0; i <= m->degree; i++)
        mpz_addmul(nu[i], a[i], weight);
}

/* nu_j in units of 2^(-2 bits) */
static mpz_t *bounds(majorant_t *m, const problem_t *problem)
{
    mpz_t *nu = new_integers(m->degree + 1), *t = new_integers(2);
    mpz_t *scratch[3] = {new_integers(m->degree + 1), new_integers(m->degree + 1),
                         new_integers(m->degree + 1)};
    ball_t *ball = new_balls(2);
    for (size_t i = 0; i < problem->points; i++) {
        ball_set_int(&ball[0], 0);
        for (size_t k = 0; k < problem->inputs; k++) {
            ball_set_rational(&ball[1], problem->x[i * problem->inputs + k]);
            ball_accumulate(&ball[0], &ball[1], &ball[1], 1);
        }
        ball_round(&ball[0], &ball[0]);
        ball_upper(t[0], &ball[0]);
        root_up(t[0], t[0], m->bits);
        ball_set_rational(&ball[1], problem->z[i]);
        ball_upper(t[1], &ball[1]);
        add_point(nu, t[0], t[1], m, scratch);
    }
    return nu;
}

/* L = sum_l e_l, e_K = 1, e_l = p_l e_{l+1} */
static size_t homogeneity(const part_t *part, const claim_t *claim)
{
    size_t degree = 1, total = 1;
    for (size_t l = part->activation_count; l-- > 0;) {
        if (!part->activations[l].monomial)
            rejected(claim, "the network is not homogeneous");
        degree *= part->activations[l].degree;
        total += degree;
        if (total > MAX_DEGREE)
            stop(LIMIT, "claim %zu: a cap for a degree above %d", claim->id, MAX_DEGREE);
    }
    return total;
}

/*
 * gap > (L - 2) T^2 nu_2 + sum_{j >= 3} T^{j-2} max(j, L - 2j) nu_j, in rationals.
 */
static int is_monotone(mpq_t gap, mpq_t tangent, mpz_t *nu, size_t degree, long bits)
{
    mpq_t *t = new_rationals(3);
    mpq_set_ui(t[0], 1, 1); /* T^{j-2} */
    for (size_t j = 2; j <= degree; j++) {
        size_t factor = j == 2 ? degree - 2 : 2 * j + j < degree ? degree - 2 * j : j;
        mpz_mul_ui(mpq_numref(t[1]), nu[j], factor);
        mpz_set_ui(mpq_denref(t[1]), 1);
        mpq_div_2exp(t[1], t[1], (mp_bitcnt_t) (2 * bits));
        mpq_mul(t[1], t[1], t[0]);
        if (j == 2) {
            mpq_mul(t[1], t[1], tangent);
            mpq_mul(t[1], t[1], tangent);
        }
        mpq_add(t[2], t[2], t[1]);
        mpq_mul(t[0], t[0], tangent);
        spend(mpz_size(mpq_numref(t[2])) + mpz_size(mpq_denref(t[2])));
    }
    return mpq_cmp(gap, t[2]) > 0;
}

void check_basin(const certificate_t *certificate, claim_t *claim)
{
    const part_t *part = feedforward(certificate->problem);
    check_keys(claim->node, "id kind theorem premises tangent bits");
    const claim_t *inertia = premise(claim, 0, "inertia");
    if (claim->premise_count != 1 || !inertia->premises[0]->is_point || inertia->index != 0 ||
        mpq_sgn(inertia->shift) >= 0)
        rejected(claim, "the premise does not give a gap");
    if (part == NULL)
        rejected(claim, "caps are supported for feed-forward networks only");
    mpq_t *t = new_rationals(2);
    read_rational(t[0], member(claim->node, "tangent"));
    if (mpq_sgn(t[0]) <= 0 || mpq_cmp_ui(t[0], 1, 1) > 0)
        rejected(claim, "the tangent is not in (0, 1]");
    majorant_t m = {.degree = homogeneity(part, claim), .part = part};
    if (m.degree < 2)
        rejected(claim, "the degree is below 2");
    mark_t mark = memory_mark();
    m.bits = use_bits(claim);
    m.norms = new_integers(part->depth);
    mpz_init(m.t);
    mpq_t *gap = new_rationals(2);
    mpq_neg(gap[0], inertia->shift);
    mpq_set(gap[1], t[0]);
    set_norms(&m, &inertia->premises[0]->box);
    mpz_t *nu = bounds(&m, certificate->problem);
    if (!is_monotone(gap[0], gap[1], nu, m.degree, m.bits))
        rejected(claim, "the cap is too large for this bound");
    memory_release(mark);
}
