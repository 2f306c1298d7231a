/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * classes.c: eigenpairs as points of projective space: realness and difference (T-CHART), the count
 * of all of them (T-COUNT), and what follows for KKT points (T-DECOUPLE, T-RANKONE).
 */
#include "check.h"

void check_real(const certificate_t *certificate, claim_t *claim)
{
    (void) certificate;
    check_keys(claim->node, "id kind theorem premises real");
    if (member(claim->node, "real")->type != NODE_FALSE)
        malformed(member(claim->node, "real"), "false is expected");
    for (size_t i = 0; i < claim->premise_count; i++) {
        const claim_t *pair = premise(claim, i, "eigenpair");
        size_t r = pair->tensor->form->dimension, j = 0;
        while (j < r && entry_sign(&pair->box, r + 1 + j) == 0)
            j++;
        if (j == r)
            rejected(claim, "claim %zu may be real", pair->id);
    }
}

/* ---- Difference -------------------------------------------------------------------- */

/* Both with c_k = 1, k the same: b and its conjugate have other coordinates than a. */
static int differ_in_chart(const claim_t *a, const claim_t *b)
{
    size_t r = a->tensor->form->dimension;
    int from_b = 0, from_conjugate = 0;
    for (size_t j = 0; j < r; j++) {
        if (entry_disjoint(&a->box, j, 1, &b->box, j))
            return 1;
        from_b |= entry_disjoint(&a->box, r + 1 + j, 1, &b->box, r + 1 + j);
        from_conjugate |= entry_disjoint(&a->box, r + 1 + j, -1, &b->box, r + 1 + j);
    }
    return from_b && from_conjugate;
}

/* Is a_k b_j - a_j not 0, k the chart of b, for b or its conjugate? */
static int minor_is_not_zero(const claim_t *a, const claim_t *b, size_t j, int conjugate,
                             complex_t *t)
{
    size_t r = a->tensor->form->dimension, k = b->chart;
    ball_set_entry(&t[0].re, &a->box, k);
    ball_set_entry(&t[0].im, &a->box, r + 1 + k);
    ball_set_entry(&t[1].re, &b->box, j);
    ball_set_entry(&t[1].im, &b->box, r + 1 + j);
    if (conjugate)
        ball_scale(&t[1].im, &t[1].im, -1);
    complex_mul(&t[1], &t[0], &t[1]);
    ball_set_entry(&t[0].re, &a->box, j);
    ball_set_entry(&t[0].im, &a->box, r + 1 + j);
    complex_sub(&t[1], &t[1], &t[0]);
    return ball_sign(&t[1].re) != 0 || ball_sign(&t[1].im) != 0;
}

static int differ_between_charts(const claim_t *a, const claim_t *b, complex_t *t)
{
    size_t r = a->tensor->form->dimension;
    int different[2] = {0, a->real || b->real};
    for (size_t j = 0; j < r && !(different[0] && different[1]); j++)
        for (int conjugate = 0; conjugate < 2; conjugate++)
            different[conjugate] =
                different[conjugate] || minor_is_not_zero(a, b, j, conjugate, t);
    return different[0] && different[1];
}

/*
 * A real pair is its own conjugate, so
 * differing from b is differing from the conjugate of b.
 */
void prove_different(const claim_t *claim, claim_t **pairs, size_t count)
{
    mark_t mark = memory_mark();
    set_bits(128);
    complex_t *t = new_complexes(2);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            const claim_t *a = pairs[i], *b = pairs[j];
            spend(1);
            if (!(a->chart == b->chart ? differ_in_chart(a, b)
                                       : differ_between_charts(a, b, t)))
                rejected(claim, "the claims %zu and %zu are not proved different", b->id,
                         a->id);
        }
    }
    memory_release(mark);
}

static void prove_points_different(const certificate_t *certificate, const claim_t *claim,
                                   int orbits)
{
    for (size_t i = 0; i < claim->premise_count; i++) {
        for (size_t j = 0; j < i; j++) {
            const claim_t *a = premise(claim, i, "point"), *b = premise(claim, j, "point");
            size_t k = 0;
            while (k < a->box.count && !entry_disjoint(&a->box, k, 1, &b->box, k))
                k++;
            if (orbits ? !orbits_differ(certificate, claim, a, b) : k == a->box.count)
                rejected(claim, "the claims %zu and %zu are not proved different", b->id,
                         a->id);
        }
    }
}

void check_distinct(const certificate_t *certificate, claim_t *claim)
{
    check_keys(claim->node, "id kind theorem premises ?orbits");
    const node_t *orbits = find(claim->node, "orbits");
    if (orbits != NULL && orbits->type != NODE_TRUE)
        malformed(orbits, "true is expected");
    if (claim->premise_count == 0)
        rejected(claim, "there is no premise");
    if (claim->premises[0]->is_point) {
        if (!is_string(member(claim->node, "theorem"), "T-ORBIT"))
            rejected(claim, "the theorem is T-ORBIT");
        prove_points_different(certificate, claim, orbits != NULL);
        return;
    }
    if (orbits != NULL || !is_string(member(claim->node, "theorem"), "T-CHART"))
        rejected(claim, "eigenpairs have no orbits, and the theorem is T-CHART");
    claim->tensor = premise(claim, 0, "eigenpair")->tensor;
    for (size_t i = 0; i < claim->premise_count; i++)
        if (premise(claim, i, "eigenpair")->tensor != claim->tensor)
            rejected(claim, "the eigenpairs are not of one tensor");
    prove_different(claim, claim->premises, claim->premise_count);
}

/* ---- All of them ------------------------------------------------------------------- */

/* D(m, r) = 1 + (m-1) + ... + (m-1)^(r-1), which is r for m = 2 */
static void class_bound(mpz_t out, const tensor_t *tensor)
{
    mpz_set_ui(out, 0);
    for (size_t k = 0; k < tensor->dimension; k++) {
        mpz_mul_ui(out, out, tensor->order - 1);
        mpz_add_ui(out, out, 1);
        spend(mpz_size(out));
    }
}

static const claim_t *find_premise(const claim_t *claim, const char *kind)
{
    const claim_t *found = NULL;
    for (size_t i = 0; i < claim->premise_count; i++) {
        if (!is_kind(claim->premises[i], kind))
            continue;
        if (found != NULL)
            rejected(claim, "there are two premises of the kind %s", kind);
        found = claim->premises[i];
    }
    return found;
}

/* Marks, by the numbers of claims, the premises of those premises that are of a kind. */
static char *mark_covered(const certificate_t *certificate, const claim_t *claim,
                          const char *kind)
{
    char *marks = allocate(certificate->count + 1, 1);
    for (size_t i = 0; i < claim->premise_count; i++) {
        const claim_t *other = claim->premises[i];
        if (!is_kind(other, kind))
            continue;
        spend(other->premise_count);
        for (size_t k = 0; k < other->premise_count; k++)
            marks[other->premises[k]->id] = 1;
    }
    return marks;
}

void check_count(const certificate_t *certificate, claim_t *claim)
{
    check_keys(claim->node, "id kind theorem premises");
    const claim_t *distinct = find_premise(claim, "distinct");
    if (distinct == NULL || distinct->tensor == NULL)
        rejected(claim, "no premise says that eigenpairs are distinct");
    for (size_t i = 0; i < claim->premise_count; i++)
        if (claim->premises[i] != distinct)
            premise(claim, i, "real");
    char *not_real = mark_covered(certificate, claim, "real");
    unsigned long count = 0;
    for (size_t i = 0; i < distinct->premise_count; i++) {
        const claim_t *pair = distinct->premises[i];
        if (!pair->real && !not_real[pair->id])
            rejected(claim, "claim %zu may be real, so that its conjugate is the same",
                     pair->id);
        count += pair->real ? 1 : 2;
    }
    mpz_t bound;
    mpz_init(bound);
    class_bound(bound, distinct->tensor->form);
    if (mpz_cmp_ui(bound, count) != 0)
        rejected(claim, "there are %lu classes, which is not as many as there can be", count);
    claim->tensor = distinct->tensor;
    claim->pairs = distinct->premises;
    claim->pair_count = distinct->premise_count;
}

void check_lines(const certificate_t *certificate, claim_t *claim)
{
    check_keys(claim->node, "id kind theorem premises count");
    const claim_t *count = find_premise(claim, "complete-by-count");
    const claim_t *cover = find_premise(claim, "complete-by-cover");
    if ((count == NULL) == (cover == NULL))
        rejected(claim, "one premise says that the list is complete");
    for (size_t i = 0; i < claim->premise_count; i++)
        if (claim->premises[i] != count && claim->premises[i] != cover)
            premise(claim, i, "lambda-sign");
    const claim_t *complete = count != NULL ? count : cover;
    if (cover != NULL)
        prove_different(claim, cover->pairs, cover->pair_count);
    char *has_sign = mark_covered(certificate, claim, "lambda-sign");
    claim->pairs = allocate(complete->pair_count, sizeof *claim->pairs);
    for (size_t i = 0; i < complete->pair_count; i++) {
        claim_t *pair = complete->pairs[i];
        if (pair->real && !has_sign[pair->id])
            rejected(claim, "the sign of claim %zu is not known", pair->id);
        if (pair->real)
            claim->pairs[claim->pair_count++] = pair;
    }
    mpz_init(claim->count);
    read_integer(claim->count, member(claim->node, "count"));
    if (mpz_cmp_ui(claim->count, claim->pair_count) != 0)
        rejected(claim, "there are %zu real lines", claim->pair_count);
    claim->tensor = complete->tensor;
    claim->by_count = count != NULL;
}

/* ---- Numbers of KKT points --------------------------------------------------------- */

static void power(mpz_t out, unsigned long base, size_t exponent)
{
    spend(exponent / 8 * sizeof base);
    mpz_ui_pow_ui(out, base, exponent);
}

/* (2m + 1)^h - 1 */
static void count_positive(mpz_t out, const part_t *part, const claim_t *lines)
{
    power(out, 2 * lines->pair_count + 1, part->widths[1]);
    mpz_sub_ui(out, out, 1);
}

/* C(h + m, m) - 1 */
static void count_orbits(mpz_t out, const part_t *part, const claim_t *lines)
{
    size_t m = lines->pair_count;
    spend((uint64_t) m * m);
    mpz_bin_uiui(out, part->widths[1] + m, m);
    mpz_sub_ui(out, out, 1);
}

/* m times the product of 3^k - 1, or 2 for a linear layer of one unit */
static void count_rank_one(mpz_t out, const claim_t *claim, const part_t *part,
                           const claim_t *lines)
{
    mpz_t factor;
    mpz_init(factor);
    mpz_set_ui(out, lines->pair_count);
    for (size_t l = 0; l < part->activation_count; l++) {
        if (part->activations[l].degree > 1) {
            power(factor, 3, part->widths[l + 1]);
            mpz_sub_ui(factor, factor, 1);
        } else if (part->widths[l + 1] == 1) {
            mpz_set_ui(factor, 2);
        } else {
            rejected(claim, "a linear layer has more than one unit");
        }
        mpz_mul(out, out, factor);
    }
}

/* 2h times the number of lines with index 0, all of which must be known */
static void count_strict(mpz_t out, const claim_t *claim, const part_t *part,
                         const claim_t *lines)
{
    mpz_set_ui(out, 0);
    for (size_t i = 0; i < lines->pair_count; i++) {
        const claim_t *found = NULL;
        spend(claim->premise_count);
        for (size_t k = 0; k < claim->premise_count; k++)
            if (is_kind(claim->premises[k], "inertia") &&
                claim->premises[k]->premises[0] == lines->pairs[i])
                found = claim->premises[k];
        if (found == NULL)
            rejected(claim, "the inertia of claim %zu is not known", lines->pairs[i]->id);
        if (found->index == 0)
            mpz_add_ui(out, out, 2 * part->widths[1]);
    }
}

static int compare_number(const claim_t *claim, const char *key, const mpz_t value)
{
    const node_t *node = find(claim->node, key);
    if (node == NULL)
        return 0;
    mpz_t stated;
    mpz_init(stated);
    read_integer(stated, node);
    if (mpz_cmp(stated, value) != 0)
        rejected(claim, "\"%s\" is another number", key);
    return 1;
}

void check_census(const certificate_t *certificate, claim_t *claim)
{
    check_keys(claim->node, "id kind theorem premises ?positive ?orbits ?strict_second_order "
                            "?rank_one");
    const claim_t *lines = find_premise(claim, "lines");
    const part_t *part = feedforward(certificate->problem);
    if (lines == NULL || !lines->by_count)
        rejected(claim, "no premise gives all lines by a count");
    for (size_t i = 0; i < claim->premise_count; i++)
        if (claim->premises[i] != lines)
            premise(claim, i, "inertia");
    int stated = 0;
    mpz_t value;
    mpz_init(value);
    if (is_string(member(claim->node, "theorem"), "T-DECOUPLE")) {
        if (part->depth != 2)
            rejected(claim, "the network has more than one hidden layer");
        count_positive(value, part, lines);
        stated += compare_number(claim, "positive", value);
        count_orbits(value, part, lines);
        stated += compare_number(claim, "orbits", value);
        if (find(claim->node, "strict_second_order") != NULL) {
            count_strict(value, claim, part, lines);
            stated += compare_number(claim, "strict_second_order", value);
        }
    } else if (find(claim->node, "positive") != NULL || find(claim->node, "orbits") != NULL ||
               find(claim->node, "strict_second_order") != NULL) {
        rejected(claim, "T-RANKONE gives the number of rank-one points only");
    }
    count_rank_one(value, claim, part, lines);
    stated += compare_number(claim, "rank_one", value);
    if (stated == 0)
        rejected(claim, "no number is stated");
}
