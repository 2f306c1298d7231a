/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * exist.c: exactly one zero of a system in a box (T-KRAWCZYK A, A'), the same zero in two boxes
 * (T-KRAWCZYK C), weights that are exactly zero (T-ZEROS), and the sign of lambda.
 */
#include "check.h"

/* What a claim exists-unique gives, read before any proof. */
typedef struct {
    size_t count; /* unknowns */
    int is_complex;
    vector_t centre, radius, inverse;
} witness_t;

static witness_t read_witness(const claim_t *claim, size_t count, int is_complex)
{
    size_t parts = is_complex ? 2 : 1;
    const node_t *node = claim->node, *radius = member(node, "radius");
    witness_t out = {count, is_complex, read_vector(member(node, "centre"), parts * count),
                     read_vector(radius, count),
                     read_vector(member(node, "inverse"), parts * count * count)};
    for (size_t i = 0; i < count; i++)
        if (mpz_sgn(out.radius.mantissas[i]) <= 0)
            malformed(radius, "radius %zu is not positive", i);
    return out;
}

/* Entry i of the box is centre_c +- radius_r. */
static void set_entry(box_t *box, size_t i, const witness_t *witness, size_t c, size_t r)
{
    mpz_t radius;
    mpz_init(radius);
    mpz_mul_2exp(box->low[i], witness->centre.mantissas[c],
                 (mp_bitcnt_t) (witness->centre.exponent - box->exponent));
    mpz_mul_2exp(radius, witness->radius.mantissas[r],
                 (mp_bitcnt_t) (witness->radius.exponent - box->exponent));
    mpz_add(box->high[i], box->low[i], radius);
    mpz_sub(box->low[i], box->low[i], radius);
    mpz_clear(radius);
}

static long box_exponent(const witness_t *witness)
{
    long c = witness->centre.exponent, r = witness->radius.exponent;
    long least = c < r ? c : r;
    return least < 0 ? least : 0;
}

static complex_t *get_complexes(const vector_t *vector, size_t count, int is_complex)
{
    complex_t *out = new_complexes(count);
    for (size_t i = 0; i < count; i++) {
        const mpz_t *entry = &vector->mantissas[is_complex ? 2 * i : i];
        ball_set_dyadic(&out[i].re, entry[0], vector->exponent);
        if (is_complex)
            ball_set_dyadic(&out[i].im, entry[1], vector->exponent);
    }
    return out;
}

/* An upper bound of |re| + |im|, or of the larger one, in units of 2^-bits. */
static void upper(mpz_t out, const complex_t *a, int add, mpz_t scratch)
{
    ball_upper(out, &a->re);
    ball_upper(scratch, &a->im);
    if (add)
        mpz_add(out, out, scratch);
    else if (mpz_cmp(scratch, out) > 0)
        mpz_set(out, scratch);
}

/* In exact integers: residual 2^-bits + 2^-bits row 2^e < radius 2^e */
static int contracts(const mpz_t residual, const mpz_t row, const mpz_t radius, long e,
                     long bits, mpz_t left, mpz_t right)
{
    mpz_mul_2exp(left, residual, (mp_bitcnt_t) (e < 0 ? -e : 0));
    mpz_mul_2exp(right, row, (mp_bitcnt_t) (e > 0 ? e : 0));
    mpz_add(left, left, right);
    mpz_mul_2exp(right, radius, (mp_bitcnt_t) (bits + (e > 0 ? e : 0)));
    return mpz_cmp(left, right) < 0;
}

/*
 * |Y F(m)|_j + sum_k |I - Y J(B)|_jk radius_k < radius_j for all j. For complex unknowns the parts of
 * |(I - Y J) d| are at most sum_k (|Re| + |Im|) radius_k, as those of d_k are at most radius_k.
 */
static void prove(const claim_t *claim, const witness_t *witness, const complex_t *f,
                  const complex_t *jacobian, long bits)
{
    size_t n = witness->count;
    const complex_t *y = get_complexes(&witness->inverse, n * n, witness->is_complex);
    complex_t *sum = new_complexes(1), *entry = new_complexes(1), *one = new_complexes(1);
    mpz_t *t = new_integers(5);
    ball_set_int(&one->re, 1);
    for (size_t j = 0; j < n; j++) {
        ball_set_int(&sum->re, 0);
        ball_set_int(&sum->im, 0);
        for (size_t k = 0; k < n; k++)
            complex_accumulate(sum, &y[j * n + k], &f[k]);
        complex_round(entry, sum);
        upper(t[0], entry, 0, t[4]);
        mpz_set_ui(t[1], 0);
        for (size_t k = 0; k < n; k++) {
            ball_set_int(&sum->re, 0);
            ball_set_int(&sum->im, 0);
            for (size_t i = 0; i < n; i++)
                complex_accumulate(sum, &y[j * n + i], &jacobian[i * n + k]);
            complex_round(entry, sum);
            if (j == k)
                complex_sub(entry, entry, one);
            upper(t[2], entry, 1, t[4]);
            mpz_addmul(t[1], t[2], witness->radius.mantissas[k]);
        }
        if (!contracts(t[0], t[1], witness->radius.mantissas[j], witness->radius.exponent,
                       bits, t[2], t[3]))
            rejected(claim, "the test of Krawczyk fails for unknown %zu", j);
    }
}

/* ---- The KKT system --------------------------------------------------------------- */

/* The n weights and lambda: those of the witness, in order, between zeros. */
static ball_t *place_unknowns(const complex_t *unknowns, const size_t *free_weights,
                              size_t free, size_t n)
{
    ball_t *out = new_balls(n + 1);
    for (size_t k = 0; k < free; k++)
        ball_set(&out[free_weights[k]], &unknowns[k].re);
    ball_set(&out[n], &unknowns[free].re);
    return out;
}

/* (grad N - lambda u, (|u|^2 - 1)/2), the weights that are not free left out */
static complex_t *kkt_function(const certificate_t *certificate, const ball_t *point,
                               const size_t *free_weights, size_t free)
{
    size_t n = certificate->problem->weights;
    ball_t *gradient = new_balls(n), *t = new_balls(2);
    complex_t *f = new_complexes(free + 1);
    evaluate(NULL, gradient, NULL, certificate->tape, certificate->problem, point);
    for (size_t k = 0; k < free; k++) {
        const ball_t *u = &point[free_weights[k]];
        ball_mul(&t[0], &point[n], u);
        ball_sub(&f[k].re, &gradient[free_weights[k]], &t[0]);
        ball_mul(&t[0], u, u);
        ball_add(&t[1], &t[1], &t[0]);
    }
    ball_set_int(&t[0], 1);
    ball_sub(&t[1], &t[1], &t[0]);
    /* a product with 1/2, which is exact as a ball for bits >= 1 */
    mpq_t half;
    mpq_init(half);
    mpq_set_ui(half, 1, 2);
    ball_set_rational(&t[0], half);
    ball_mul(&f[free].re, &t[1], &t[0]);
    return f;
}

static complex_t *kkt_jacobian(const certificate_t *certificate, const ball_t *point,
                               const size_t *free_weights, size_t free)
{
    size_t n = certificate->problem->weights, m = free + 1;
    ball_t *hessian = new_balls(n * n);
    complex_t *jacobian = new_complexes(m * m);
    evaluate(NULL, NULL, hessian, certificate->tape, certificate->problem, point);
    for (size_t k = 0; k < free; k++) {
        size_t row = free_weights[k];
        for (size_t l = 0; l < free; l++)
            ball_set(&jacobian[k * m + l].re, &hessian[row * n + free_weights[l]]);
        ball_sub(&jacobian[k * m + k].re, &jacobian[k * m + k].re, &point[n]);
        ball_set(&jacobian[free * m + k].re, &point[row]);
        ball_scale(&jacobian[k * m + free].re, &point[row], -1);
    }
    return jacobian;
}

static void prove_kkt(const certificate_t *certificate, const claim_t *claim,
                      const witness_t *witness, const size_t *free_weights, size_t free)
{
    size_t n = certificate->problem->weights;
    mark_t mark = memory_mark();
    long bits = use_bits(claim);
    complex_t *centre = get_complexes(&witness->centre, free + 1, 0);
    ball_t *point = place_unknowns(centre, free_weights, free, n), *box = new_balls(n + 1);
    for (size_t k = 0; k <= n; k++)
        ball_set_entry(&box[k], &claim->box, k);
    prove(claim, witness, kkt_function(certificate, point, free_weights, free),
          kkt_jacobian(certificate, box, free_weights, free), bits);
    memory_release(mark);
}

static void check_kkt(const certificate_t *certificate, claim_t *claim)
{
    size_t n = certificate->problem->weights, free = 0, next = 0;
    check_keys(claim->node,
               "id kind theorem premises system ?zeros centre radius inverse bits");
    if (claim->premise_count != 0)
        rejected(claim, "there are premises");
    const node_t *zeros = find(claim->node, "zeros");
    if (zeros != NULL) {
        claim->zeros = index_list(&claim->zero_count, zeros, n - 1);
        if (claim->zero_count == 0 || claim->zero_count == n)
            malformed(zeros, "some weights are expected, and not all");
    }
    size_t *free_weights = allocate(n, sizeof *free_weights);
    for (size_t k = 0; k < n; k++) {
        if (next < claim->zero_count && claim->zeros[next] == k)
            next++;
        else
            free_weights[free++] = k;
    }
    witness_t witness = read_witness(claim, free + 1, 0);
    claim->box = new_box(n + 1, box_exponent(&witness));
    for (size_t k = 0; k < free; k++)
        set_entry(&claim->box, free_weights[k], &witness, k, k);
    set_entry(&claim->box, n, &witness, free, free);
    prove_kkt(certificate, claim, &witness, free_weights, free);
    claim->system = SYSTEM_KKT;
    claim->outer = claim->box;
    claim->is_point = claim->zero_count == 0;
}

/* ---- The eigenpair system ---------------------------------------------------------- */

/* G_j(c) - nu D_j c_j, with the unknowns c_j, j != chart, then nu */
static complex_t *eigen_function(const tensor_t *tensor, const complex_t *c,
                                 const complex_t *nu)
{
    size_t r = tensor->dimension;
    complex_t *f = new_complexes(r), *t = new_complexes(2);
    tensor_evaluate(f, NULL, tensor, c);
    for (size_t j = 0; j < r; j++) {
        ball_set_rational(&t[0].re, tensor->metric[j]);
        complex_mul(&t[1], nu, &c[j]);
        complex_mul(&t[1], &t[1], &t[0]);
        complex_sub(&f[j], &f[j], &t[1]);
    }
    return f;
}

static complex_t *eigen_jacobian(const tensor_t *tensor, const complex_t *c,
                                 const complex_t *nu, size_t chart)
{
    size_t r = tensor->dimension;
    complex_t *hessian = new_complexes(r * r), *jacobian = new_complexes(r * r);
    complex_t *t = new_complexes(3);
    tensor_evaluate(NULL, hessian, tensor, c);
    for (size_t j = 0; j < r; j++) {
        ball_set_rational(&t[0].re, tensor->metric[j]);
        complex_mul(&t[1], nu, &t[0]);
        complex_sub(&hessian[j * r + j], &hessian[j * r + j], &t[1]);
        complex_mul(&t[1], &c[j], &t[0]);
        complex_sub(&jacobian[j * r + r - 1], &t[2], &t[1]);
        size_t column = 0;
        for (size_t l = 0; l < r; l++)
            if (l != chart)
                complex_set(&jacobian[j * r + column++], &hessian[j * r + l]);
    }
    return jacobian;
}

static void prove_eigenpair(const claim_t *claim, const witness_t *witness)
{
    const tensor_t *tensor = claim->tensor->form;
    size_t r = tensor->dimension;
    mark_t mark = memory_mark();
    long bits = use_bits(claim);
    complex_t *centre = get_complexes(&witness->centre, r, witness->is_complex);
    complex_t *c = new_complexes(r), *box = new_complexes(r + 1);
    for (size_t j = 0, next = 0; j < r; j++) {
        if (j != claim->chart)
            complex_set(&c[j], &centre[next++]);
        else
            ball_set_int(&c[j].re, 1);
    }
    for (size_t j = 0; j <= r; j++) {
        ball_set_entry(&box[j].re, &claim->box, j);
        ball_set_entry(&box[j].im, &claim->box, r + 1 + j);
    }
    prove(claim, witness, eigen_function(tensor, c, &centre[r - 1]),
          eigen_jacobian(tensor, box, &box[r], claim->chart), bits);
    memory_release(mark);
}

static void check_eigenpair(claim_t *claim)
{
    const node_t *node = claim->node;
    check_keys(node, "id kind theorem premises system field chart centre radius inverse bits");
    claim->tensor = premise(claim, 0, "tensor");
    if (claim->premise_count != 1)
        rejected(claim, "there is more than one premise");
    size_t r = claim->tensor->form->dimension;
    claim->chart = (size_t) integer(member(node, "chart"), 0, (long) r - 1);
    claim->real = is_string(member(node, "field"), "real");
    if (!claim->real && !is_string(member(node, "field"), "complex"))
        malformed(member(node, "field"), "\"real\" or \"complex\" is expected");
    witness_t witness = read_witness(claim, r, !claim->real);
    claim->box = new_box(2 * (r + 1), box_exponent(&witness));
    for (size_t j = 0, next = 0; j <= r; j++) {
        if (j == claim->chart) {
            mpz_set_ui(claim->box.low[j], 1);
            mpz_mul_2exp(claim->box.low[j], claim->box.low[j],
                         (mp_bitcnt_t) -claim->box.exponent);
            mpz_set(claim->box.high[j], claim->box.low[j]);
            continue;
        }
        set_entry(&claim->box, j, &witness, claim->real ? next : 2 * next, next);
        if (!claim->real)
            set_entry(&claim->box, r + 1 + j, &witness, 2 * next + 1, next);
        next++;
    }
    prove_eigenpair(claim, &witness);
    claim->system = SYSTEM_EIGENPAIR;
}

void check_exists(const certificate_t *certificate, claim_t *claim)
{
    const node_t *system = member(claim->node, "system");
    if (is_string(system, "kkt"))
        check_kkt(certificate, claim);
    else if (is_string(system, "eigenpair"))
        check_eigenpair(claim);
    else
        rejected(claim, "the system is not supported");
}

/* ---- The same zero ------------------------------------------------------------------ */

static const claim_t *kkt_premise(const claim_t *claim, size_t i, int with_zeros)
{
    const claim_t *other = premise(claim, i, "exists-unique");
    if (other->system != SYSTEM_KKT || (other->zero_count > 0) != with_zeros)
        rejected(claim, "claim %zu is not of the kind that is needed", other->id);
    return other;
}

static void take_point(claim_t *claim, const claim_t *outer, const claim_t *inner)
{
    if (claim->premise_count != 2)
        rejected(claim, "there are not two premises");
    for (size_t k = 0; k < outer->box.count; k++)
        if (!entry_inside(&inner->box, k, 1, &outer->box, k))
            rejected(claim, "coordinate %zu of claim %zu is not inside of claim %zu", k,
                     inner->id, outer->id);
    claim->box = inner->box;
    claim->outer = outer->box;
    claim->is_point = 1;
}

void check_refine(const certificate_t *certificate, claim_t *claim)
{
    (void) certificate;
    check_keys(claim->node, "id kind theorem premises");
    take_point(claim, kkt_premise(claim, 0, 0), kkt_premise(claim, 1, 0));
}

/* The components in zeros of grad N over the box are exactly 0. */
static void prove_zeros(const certificate_t *certificate, const claim_t *claim,
                        const claim_t *inner)
{
    size_t n = certificate->problem->weights;
    mark_t mark = memory_mark();
    set_bits(64);
    ball_t *u = new_balls(n), *gradient = new_balls(n);
    for (size_t k = 0; k < n; k++)
        ball_set_entry(&u[k], &inner->box, k);
    evaluate(NULL, gradient, NULL, certificate->tape, certificate->problem, u);
    for (size_t k = 0; k < inner->zero_count; k++)
        if (!ball_is_zero(&gradient[inner->zeros[k]]))
            rejected(claim, "the derivative of weight %zu is not exactly zero",
                     inner->zeros[k]);
    memory_release(mark);
}

void check_zero_pattern(const certificate_t *certificate, claim_t *claim)
{
    check_keys(claim->node, "id kind theorem premises");
    take_point(claim, kkt_premise(claim, 0, 0), kkt_premise(claim, 1, 1));
    prove_zeros(certificate, claim, claim->premises[1]);
}

void check_extend(const certificate_t *certificate, claim_t *claim)
{
    check_keys(claim->node, "id kind theorem premises");
    const claim_t *inner = kkt_premise(claim, 0, 1);
    if (claim->premise_count != 1)
        rejected(claim, "there is not one premise");
    prove_zeros(certificate, claim, inner);
    claim->box = inner->box;
    claim->is_point = 1;
}

void check_lambda_sign(const certificate_t *certificate, claim_t *claim)
{
    check_keys(claim->node, "id kind theorem premises sign");
    long sign = integer(member(claim->node, "sign"), -1, 1);
    if (claim->premise_count == 0 || sign == 0)
        rejected(claim, "there is no premise, or the sign is 0");
    for (size_t i = 0; i < claim->premise_count; i++) {
        const claim_t *other = claim->premises[i];
        size_t entry = certificate->problem->weights;
        if (!other->is_point)
            entry = premise(claim, i, "line")->tensor->form->dimension;
        if (entry_sign(&other->box, entry) != sign)
            rejected(claim, "the sign of claim %zu is not proved", other->id);
    }
}
