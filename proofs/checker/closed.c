/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * closed.c: the claim closed-form: an orbit of KKT points that eigenlines give, T-DECOUPLE for two
 * layers, T-RANKONE for more; all points of a linear network, T-DEEPLINEAR. lambda^2 is compared
 * with exact rationals.
 */
#include "check.h"

/*
 * low <= mu^2 <= high for the unit vector of a line, in units of 2^-bits: mu^2 = nu^2 / (c.Dc)^(m-2)
 * (T-CHART 5).
 */
static void square_of_mu(mpz_t low, mpz_t high, const claim_t *claim, const claim_t *line,
                         long bits)
{
    const tensor_t *tensor = line->tensor->form;
    size_t r = tensor->dimension;
    ball_t *t = new_balls(2), *square = new_balls(1), *divisor = new_balls(1);
    for (size_t j = 0; j < r; j++) {
        ball_set_entry(&t[0], &line->box, j);
        ball_mul(&t[0], &t[0], &t[0]);
        ball_set_rational(&t[1], tensor->metric[j]);
        ball_mul(&t[0], &t[0], &t[1]);
        ball_add(square, square, &t[0]);
    }
    ball_set_int(divisor, 1);
    for (size_t e = 2; e < tensor->order; e++)
        ball_mul(divisor, divisor, square);
    ball_set_entry(&t[0], &line->box, r);
    ball_mul(&t[0], &t[0], &t[0]);
    if (ball_sign(&t[0]) <= 0 || ball_sign(divisor) <= 0)
        rejected(claim, "mu may be zero for claim %zu", line->id);
    mpz_sub(low, t[0].mid, t[0].rad);
    mpz_mul_2exp(low, low, (mp_bitcnt_t) bits);
    mpz_add(t[1].mid, divisor->mid, divisor->rad);
    mpz_fdiv_q(low, low, t[1].mid);
    mpz_add(high, t[0].mid, t[0].rad);
    mpz_mul_2exp(high, high, (mp_bitcnt_t) bits);
    mpz_sub(t[1].mid, divisor->mid, divisor->rad);
    mpz_cdiv_q(high, high, t[1].mid);
    if (mpz_sgn(low) == 0)
        rejected(claim, "mu may be zero for claim %zu", line->id);
}

static void power(mpq_t out, const mpq_t base, size_t exponent)
{
    mpz_pow_ui(mpq_numref(out), mpq_numref(base), exponent);
    mpz_pow_ui(mpq_denref(out), mpq_denref(base), exponent);
    spend(mpz_size(mpq_numref(out)) + mpz_size(mpq_denref(out)));
}

/* The bounds of lambda, squared. */
static mpq_t *read_bounds(const claim_t *claim)
{
    static const char *const keys[] = {"lambda_low", "lambda_high"};
    mpq_t *out = new_rationals(2);
    for (int side = 0; side < 2; side++) {
        read_rational(out[side], member(claim->node, keys[side]));
        if (mpq_sgn(out[side]) <= 0)
            malformed(member(claim->node, keys[side]), "a positive number is expected");
        mpq_mul(out[side], out[side], out[side]);
    }
    return out;
}

/* The index of a line from a claim inertia among the premises. */
static long line_index(const claim_t *claim, const claim_t *line)
{
    spend(claim->premise_count);
    for (size_t i = 0; i < claim->premise_count; i++)
        if (is_kind(claim->premises[i], "inertia") && claim->premises[i]->premises[0] == line)
            return claim->premises[i]->index;
    rejected(claim, "the inertia of claim %zu is not known", line->id);
}

static void compare(const claim_t *claim, const mpz_t size, long index)
{
    const node_t *node = find(claim->node, "index");
    mpz_t stated;
    mpz_init(stated);
    read_integer(stated, member(claim->node, "size"));
    if (mpz_cmp(stated, size) != 0)
        rejected(claim, "the orbit has another size");
    if (node != NULL && integer(node, 0, 100000000) != index)
        rejected(claim, "the index is another one: %ld", index);
}

/* ---- Two layers ---------------------------------------------------------------------- */

/*
 * Adds count t to low and high, in units of 2^-bits, for t = (mu^2)^(-1/(p-1)): by integer roots,
 * t_low^(p-1) <= 2^(bits p) / high.
 */
static void add_root(mpz_t low, mpz_t high, size_t count, const mpz_t square_low,
                     const mpz_t square_high, size_t p, long bits)
{
    mpz_t t, power_of_two;
    mpz_init(t);
    mpz_init(power_of_two);
    mpz_set_ui(power_of_two, 1);
    mpz_mul_2exp(power_of_two, power_of_two, (mp_bitcnt_t) bits * p);
    mpz_fdiv_q(t, power_of_two, square_high);
    mpz_root(t, t, p - 1);
    mpz_addmul_ui(low, t, count);
    mpz_cdiv_q(t, power_of_two, square_low);
    mpz_root(t, t, p - 1);
    mpz_add_ui(t, t, 1);
    mpz_addmul_ui(high, t, count);
    spend(p * mpz_size(power_of_two));
}

/*
 * lambda^2 S^(p-1) = p (p/(p+1))^(p-1), S = sum of count t over the lines, low <= 2^bits S <= high.
 */
static void compare_decoupled(const claim_t *claim, mpq_t *bounds, size_t p, const mpz_t low,
                              const mpz_t high, long bits)
{
    mpq_t *t = new_rationals(3);
    mpq_set_ui(t[0], p, p + 1);
    power(t[1], t[0], p - 1);
    mpq_set_ui(t[0], p, 1);
    mpq_mul(t[1], t[1], t[0]);
    mpq_mul_2exp(t[1], t[1], (mp_bitcnt_t) bits * (p - 1));
    for (int side = 0; side < 2; side++) {
        mpq_set_z(t[0], side == 0 ? high : low);
        power(t[2], t[0], p - 1);
        mpq_mul(t[2], t[2], bounds[side]);
        if (side == 0 ? mpq_cmp(t[2], t[1]) > 0 : mpq_cmp(t[2], t[1]) < 0)
            rejected(claim, "lambda is not proved to be within these bounds");
    }
}

/* h! / ((h-k)! n_1! ... n_m!) 2^k */
static void multinomial(mpz_t out, size_t h, const size_t *units, size_t lines)
{
    mpz_t factor;
    mpz_init(factor);
    mpz_set_ui(out, 1);
    for (size_t i = 0; i < lines; i++) {
        mpz_bin_uiui(factor, h, units[i]);
        mpz_mul(out, out, factor);
        mpz_mul_2exp(out, out, units[i]);
        h -= units[i];
        spend(mpz_size(out));
    }
}

static void check_decoupled(const certificate_t *certificate, claim_t *claim, long bits)
{
    const part_t *part = feedforward(certificate->problem);
    const node_t *units_node = list(member(claim->node, "units"));
    size_t lines = units_node->length, left = part->widths[1], next = 0;
    size_t *units = allocate(lines, sizeof *units), p = claim->tensor->form->order;
    mpq_t *bounds = read_bounds(claim);
    mpz_t *t = new_integers(5);
    long index = -1;
    for (const node_t *node = units_node->first; node != NULL; node = node->next, next++) {
        const claim_t *line = claim->premises[next];
        units[next] = (size_t) integer(node, 1, (long) part->widths[1]);
        if (units[next] > left)
            rejected(claim, "there are not so many units");
        left -= units[next];
        square_of_mu(t[0], t[1], claim, line, bits);
        add_root(t[2], t[3], units[next], t[0], t[1], p, bits);
        index += (long) units[next];
        if (find(claim->node, "index") != NULL)
            index += (long) units[next] * line_index(claim, line);
    }
    compare_decoupled(claim, bounds, p, t[2], t[3], bits);
    multinomial(t[4], part->widths[1], units, lines);
    compare(claim, t[4], index);
}

/* ---- Rank one ------------------------------------------------------------------------ */

/*
 * lambda^2 / mu^2 = L^2 prod_{l<=K} (e_l / L)^{e_l} prod_{l<K} s_l^{(1-p_l) e_{l+1}}, and the size of
 * the orbit, prod C(k_l, s_l) 2^{s_l}.
 */
static void rank_one_factor(mpq_t out, mpz_t size, const claim_t *claim, const part_t *part,
                            const size_t *supports)
{
    mpq_t *t = new_rationals(2);
    mpz_t choices;
    mpz_init(choices);
    size_t e = 1, total = 1;
    for (size_t l = part->depth - 1; l > 0; l--)
        total += e *= part->activations[l - 1].degree;
    mpq_set_ui(out, total * total, 1);
    mpz_set_ui(size, 1);
    e = 1;
    for (size_t l = part->depth; l > 0; l--) {
        mpq_set_ui(t[0], e, total);
        mpq_canonicalize(t[0]);
        power(t[1], t[0], e);
        mpq_mul(out, out, t[1]);
        if (l == 1)
            break;
        size_t p = part->activations[l - 2].degree, s = supports[l - 2];
        if (p == 1 && part->widths[l - 1] > 1)
            rejected(claim, "a linear layer has more than one unit");
        mpq_set_ui(t[0], s, 1);
        power(t[1], t[0], (p - 1) * e);
        mpq_div(out, out, t[1]);
        mpz_bin_uiui(choices, part->widths[l - 1], s);
        mpz_mul(size, size, choices);
        mpz_mul_2exp(size, size, s);
        e *= p;
    }
}

static void check_rank_one(const certificate_t *certificate, claim_t *claim, long bits)
{
    const part_t *part = feedforward(certificate->problem);
    const node_t *supports_node = list(member(claim->node, "supports"));
    const claim_t *line = premise(claim, 0, "line");
    if (supports_node->length != part->depth - 1)
        malformed(supports_node, "%zu numbers are expected", part->depth - 1);
    size_t *supports = allocate(supports_node->length, sizeof *supports), l = 0, largest = 1;
    for (const node_t *node = supports_node->first; node != NULL; node = node->next, l++) {
        supports[l] = (size_t) integer(node, 1, (long) part->widths[l + 1]);
        largest = supports[l] > largest ? supports[l] : largest;
    }
    mpq_t *bounds = read_bounds(claim), *t = new_rationals(2);
    mpz_t *n = new_integers(3);
    rank_one_factor(t[0], n[2], claim, part, supports);
    square_of_mu(n[0], n[1], claim, line, bits);
    for (int side = 0; side < 2; side++) {
        mpq_set_z(t[1], n[side]);
        mpq_div_2exp(t[1], t[1], (mp_bitcnt_t) bits);
        mpq_mul(t[1], t[1], t[0]);
        if (side == 0 ? mpq_cmp(bounds[0], t[1]) > 0 : mpq_cmp(bounds[1], t[1]) < 0)
            rejected(claim, "lambda is not proved to be within these bounds");
    }
    long index = -1;
    if (find(claim->node, "index") != NULL) {
        if (largest > 1)
            rejected(claim, "an index is for one unit in each layer");
        index = line_index(claim, line);
    }
    compare(claim, n[2], index);
}

/* ---- Linear networks ------------------------------------------------------------------ */

/* lambda^2 = K^(2-K) |m|^2, m = sum_i z_i x_i != 0; the dimension is sum_l (k_l - 1). */
static void check_linear(const certificate_t *certificate, const claim_t *claim)
{
    const problem_t *problem = certificate->problem;
    const part_t *part = feedforward(problem);
    mpq_t *bounds = read_bounds(claim), *t = new_rationals(4);
    size_t dimension = 0;
    if (part == NULL || claim->premise_count != 0)
        rejected(claim, "the network is not feed-forward, or there are premises");
    for (size_t l = 0; l < part->activation_count; l++) {
        if (!part->activations[l].monomial || part->activations[l].degree != 1)
            rejected(claim, "an activation is not linear");
        dimension += part->widths[l + 1] - 1;
    }
    for (size_t j = 0; j < problem->inputs; j++) {
        mpq_set_ui(t[0], 0, 1);
        for (size_t i = 0; i < problem->points; i++) {
            mpq_mul(t[1], problem->z[i], problem->x[i * problem->inputs + j]);
            mpq_add(t[0], t[0], t[1]);
            spend(mpz_size(mpq_numref(t[0])) + mpz_size(mpq_denref(t[0])));
        }
        mpq_mul(t[0], t[0], t[0]);
        mpq_add(t[2], t[2], t[0]);
    }
    if (mpq_sgn(t[2]) == 0)
        rejected(claim, "sum_i z_i x_i is zero");
    mpq_set_ui(t[0], part->depth, 1);
    mpq_mul(t[2], t[2], t[0]);
    mpq_mul(t[2], t[2], t[0]);
    power(t[1], t[0], part->depth);
    mpq_div(t[2], t[2], t[1]);
    if (mpq_cmp(bounds[0], t[2]) > 0 || mpq_cmp(bounds[1], t[2]) < 0)
        rejected(claim, "lambda is not proved to be within these bounds");
    if ((size_t) integer(member(claim->node, "dimension"), 0, 1000000000) != dimension)
        rejected(claim, "the dimension is another one");
}

/* As many different lines of one tensor as there are numbers of units. */
static size_t check_lines_of_units(const certificate_t *certificate, const claim_t *claim)
{
    size_t lines = list(member(claim->node, "units"))->length;
    if (feedforward(certificate->problem)->depth != 2 || lines == 0)
        rejected(claim, "the network has not two layers, or there is no line");
    for (size_t i = 0; i < lines; i++)
        if (premise(claim, i, "line")->tensor != claim->tensor)
            rejected(claim, "the lines are not of one tensor");
    prove_different(claim, claim->premises, lines);
    return lines;
}

void check_closed_form(const certificate_t *certificate, claim_t *claim)
{
    int decoupled = is_string(member(claim->node, "theorem"), "T-DECOUPLE");
    if (is_string(member(claim->node, "theorem"), "T-DEEPLINEAR")) {
        check_keys(claim->node, "id kind theorem premises dimension lambda_low lambda_high");
        check_linear(certificate, claim);
        return;
    }
    check_keys(claim->node, decoupled ? "id kind theorem premises units size lambda_low "
                                        "lambda_high ?index bits"
                                      : "id kind theorem premises supports size lambda_low "
                                        "lambda_high ?index bits");
    claim->tensor = premise(claim, 0, "line")->tensor;
    size_t lines = decoupled ? check_lines_of_units(certificate, claim) : 1;
    for (size_t i = lines; i < claim->premise_count; i++)
        premise(claim, i, "inertia");
    mark_t mark = memory_mark();
    long bits = use_bits(claim);
    if (decoupled)
        check_decoupled(certificate, claim, bits);
    else
        check_rank_one(certificate, claim, bits);
    memory_release(mark);
}
