/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * cover.c: complete-by-cover (T-CHARTCOVER): the cube of each chart is cut into boxes, each of which
 * holds no eigenline with |mu| >= mu_min, or lies in the box of a claim.
 */
#include "check.h"

#include <string.h>

enum { MAX_SPLITS = 100, MAX_MONOMIALS = 20000, MAX_DIMENSION = 16 };

/* F = sum_a F_a c^a, |a| = m */
typedef struct {
    const tensor_t *tensor;
    const claim_t *claim;
    size_t chart, count;
    int *exponents;       /* count x dimension */
    ball_t *coefficients; /* F_a / m */
    ball_t *metric, *mu_squared;
    ball_t *powers; /* dimension x (m + 1) */
    ball_t *t;      /* scratch: 8 */
} cover_t;

/* What is known of G and its derivatives over some c. */
typedef struct {
    ball_t *gradient, *hessian;
} values_t;

/* ---- The form as a sum of monomials -------------------------------------------------- */

/* The next vector of r exponents with the same sum; 0 after the last one, (0, .., 0, m). */
static int next_exponents(int *a, size_t r)
{
    size_t last = r - 1, k;
    int tail = a[last];
    for (k = last; k-- > 0 && a[k] == 0;)
        ;
    if (k >= last)
        return 0;
    a[last] = 0;
    a[k]--;
    a[k + 1] = tail + 1;
    return 1;
}

/* m!/(a_1! ... a_r!) sum_i z_i p_i^a */
static void coefficient(mpq_t out, const tensor_t *tensor, const int *a, mpq_t *t)
{
    size_t r = tensor->dimension;
    mpz_t factorial;
    mpz_init(factorial);
    mpq_set_ui(out, 0, 1);
    for (size_t i = 0; i < tensor->points; i++) {
        mpq_set(t[0], tensor->weights[i]);
        for (size_t k = 0; k < r; k++) {
            for (int e = 0; e < a[k]; e++)
                mpq_mul(t[0], t[0], tensor->forms[i * r + k]);
        }
        spend(tensor->order * (mpz_size(mpq_numref(t[0])) + 1));
        mpq_add(out, out, t[0]);
    }
    mpz_fac_ui(factorial, tensor->order);
    mpq_set_z(t[0], factorial);
    mpq_mul(out, out, t[0]);
    for (size_t k = 0; k < r; k++) {
        mpz_fac_ui(factorial, (unsigned long) a[k]);
        mpq_set_z(t[0], factorial);
        mpq_div(out, out, t[0]);
    }
    mpz_clear(factorial);
}

static void expand(cover_t *cover)
{
    const tensor_t *tensor = cover->tensor;
    size_t r = tensor->dimension, m = tensor->order;
    mpz_t count;
    mpz_init(count);
    mpz_bin_uiui(count, m + r - 1, r - 1);
    if (r > MAX_DIMENSION || mpz_cmp_ui(count, MAX_MONOMIALS) > 0)
        stop(LIMIT, "claim %zu: a cover of too many dimensions or monomials",
             cover->claim->id);
    cover->count = mpz_get_ui(count);
    cover->exponents = allocate(cover->count * r, sizeof(int));
    cover->coefficients = new_balls(cover->count);
    mpq_t *t = new_rationals(3);
    int a[MAX_DIMENSION] = {(int) m};
    mpq_set_ui(t[2], m, 1);
    for (size_t k = 0; k < cover->count; k++) {
        memcpy(cover->exponents + k * r, a, r * sizeof(int));
        coefficient(t[0], tensor, a, t + 1);
        mpq_div(t[0], t[0], t[2]);
        ball_set_rational(&cover->coefficients[k], t[0]);
        next_exponents(a, r);
    }
    cover->metric = new_balls(r);
    for (size_t k = 0; k < r; k++)
        ball_set_rational(&cover->metric[k], tensor->metric[k]);
    cover->powers = new_balls(r * (m + 1));
    cover->t = new_balls(8);
}

/* sum += c c^a a_j a_l with the exponents lowered by one in j and in l (-1: not) */
static void add_monomial(ball_t *sum, const cover_t *cover, size_t k, int j, int l)
{
    size_t r = cover->tensor->dimension, stride = cover->tensor->order + 1;
    const int *a = cover->exponents + k * r;
    ball_t *t = &cover->t[0];
    long factor = 1;
    int lowered[MAX_DIMENSION];
    memcpy(lowered, a, r * sizeof(int));
    for (int side = 0; side < 2; side++) {
        int index = side == 0 ? j : l;
        if (index >= 0)
            factor *= lowered[index]--;
    }
    if (factor == 0)
        return;
    ball_scale(t, &cover->coefficients[k], factor);
    for (size_t i = 0; i < r; i++)
        if (lowered[i] > 0)
            ball_mul(t, t, &cover->powers[i * stride + (size_t) lowered[i]]);
    ball_add(sum, sum, t);
}

/* G_j = (1/m) dF/dc_j, and its derivatives */
static void set_values(values_t *out, const cover_t *cover, const ball_t *c, int with_hessian)
{
    size_t r = cover->tensor->dimension, stride = cover->tensor->order + 1;
    for (size_t i = 0; i < r; i++) {
        ball_set_int(&cover->powers[i * stride], 1);
        for (size_t e = 1; e < stride; e++)
            ball_mul(&cover->powers[i * stride + e], &cover->powers[i * stride + e - 1],
                     &c[i]);
        ball_set_int(&out->gradient[i], 0);
        for (size_t l = 0; l < r; l++)
            ball_set_int(&out->hessian[i * r + l], 0);
    }
    for (size_t k = 0; k < cover->count; k++) {
        for (size_t j = 0; j < r; j++) {
            add_monomial(&out->gradient[j], cover, k, (int) j, -1);
            for (size_t l = 0; l <= j && with_hessian; l++)
                add_monomial(&out->hessian[j * r + l], cover, k, (int) j, (int) l);
        }
    }
    for (size_t j = 0; j < r; j++)
        for (size_t l = 0; l < j; l++)
            ball_set(&out->hessian[l * r + j], &out->hessian[j * r + l]);
}

/* ---- Tests of a box ------------------------------------------------------------------ */

/* A box of the chart: c over it, its centre, and c minus the centre. */
typedef struct {
    ball_t *c, *centre, *offset;
    values_t over, at;
} region_t;

static void set_region(region_t *region, const cover_t *cover, const box_t *box)
{
    size_t r = cover->tensor->dimension;
    for (size_t i = 0; i < r; i++) {
        ball_set_entry(&region->c[i], box, i);
        mpz_set(region->centre[i].mid, region->c[i].mid);
        mpz_set_ui(region->centre[i].rad, 0);
        mpz_set_ui(region->offset[i].mid, 0);
        mpz_set(region->offset[i].rad, region->c[i].rad);
    }
    set_values(&region->over, cover, region->c, 1);
    set_values(&region->at, cover, region->centre, 0);
}

/* D_k G_j - D_j c_j G_k */
static void equation(ball_t *out, const cover_t *cover, const values_t *values,
                     const ball_t *c, size_t j)
{
    ball_t *t = cover->t;
    ball_mul(&t[1], &cover->metric[j], &c[j]);
    ball_mul(&t[1], &t[1], &values->gradient[cover->chart]);
    ball_mul(out, &cover->metric[cover->chart], &values->gradient[j]);
    ball_sub(out, out, &t[1]);
}

/* Its derivative by c_l: D_k H_jl - D_j (delta_jl G_k + c_j H_kl), over the box. */
static void equation_slope(ball_t *out, const cover_t *cover, const region_t *region, size_t j,
                           size_t l)
{
    size_t r = cover->tensor->dimension, k = cover->chart;
    ball_t *t = cover->t;
    ball_mul(&t[1], &region->c[j], &region->over.hessian[k * r + l]);
    if (j == l)
        ball_add(&t[1], &t[1], &region->over.gradient[k]);
    ball_mul(&t[1], &t[1], &cover->metric[j]);
    ball_mul(out, &cover->metric[k], &region->over.hessian[j * r + l]);
    ball_sub(out, out, &t[1]);
}

/* By its values over the box, or by its value at the centre and its slopes. */
static int has_no_zero(const cover_t *cover, const region_t *region, size_t j)
{
    ball_t *t = cover->t;
    equation(&t[2], cover, &region->over, region->c, j);
    if (ball_sign(&t[2]) != 0)
        return 1;
    equation(&t[2], cover, &region->at, region->centre, j);
    for (size_t l = 0; l < cover->tensor->dimension; l++) {
        if (l == cover->chart)
            continue;
        equation_slope(&t[3], cover, region, j, l);
        ball_mul(&t[3], &t[3], &region->offset[l]);
        ball_add(&t[2], &t[2], &t[3]);
    }
    return ball_sign(&t[2]) != 0;
}

/* F = sum_j c_j G_j at the centre, and dF/dc_l = m G_l over the box: F^2 < mu_min^2 (c^T D c)^m */
static int is_small(const cover_t *cover, const region_t *region)
{
    ball_t *t = cover->t;
    size_t m = cover->tensor->order;
    ball_set_int(&t[2], 0);
    ball_set_int(&t[3], 0);
    for (size_t j = 0; j < cover->tensor->dimension; j++) {
        ball_mul(&t[4], &region->centre[j], &region->at.gradient[j]);
        ball_add(&t[2], &t[2], &t[4]);
        ball_scale(&t[4], &region->over.gradient[j], (long) m);
        ball_mul(&t[4], &t[4], &region->offset[j]);
        ball_add(&t[2], &t[2], &t[4]);
        ball_mul(&t[4], &region->c[j], &region->c[j]);
        ball_mul(&t[4], &t[4], &cover->metric[j]);
        ball_add(&t[3], &t[3], &t[4]);
    }
    ball_mul(&t[2], &t[2], &t[2]);
    ball_set(&t[4], cover->mu_squared);
    for (size_t e = 0; e < m; e++)
        ball_mul(&t[4], &t[4], &t[3]);
    ball_sub(&t[4], &t[4], &t[2]);
    return ball_sign(&t[4]) > 0;
}

/* D_k low <= G_k <= D_k high over the box, G_k by its value at the centre and its slopes */
static int nu_is_inside(const cover_t *cover, const region_t *region, const box_t *outer)
{
    size_t r = cover->tensor->dimension, k = cover->chart;
    ball_t *t = cover->t;
    ball_set(&t[2], &region->at.gradient[k]);
    for (size_t l = 0; l < r; l++) {
        ball_mul(&t[3], &region->over.hessian[k * r + l], &region->offset[l]);
        ball_add(&t[2], &t[2], &t[3]);
    }
    for (int side = 0; side < 2; side++) {
        ball_set_dyadic(&t[3], (side == 0 ? outer->low : outer->high)[r], outer->exponent);
        ball_mul(&t[3], &t[3], &cover->metric[k]);
        ball_sub(&t[3], &t[2], &t[3]);
        if (side == 1)
            ball_scale(&t[3], &t[3], -1);
        if (mpz_cmp(t[3].mid, t[3].rad) < 0)
            return 0;
    }
    return 1;
}

static int is_known(const cover_t *cover, const region_t *region, const box_t *box, long id)
{
    const claim_t *claim = cover->claim;
    spend(claim->premise_count);
    for (size_t i = 1; i < claim->premise_count; i++) {
        const claim_t *pair = claim->premises[i];
        if ((long) pair->id != id || pair->chart != cover->chart)
            continue;
        size_t k = 0;
        while (k < cover->tensor->dimension && entry_inside(box, k, 1, &pair->box, k))
            k++;
        return k == cover->tensor->dimension && nu_is_inside(cover, region, &pair->box);
    }
    return 0;
}

/* ---- The tree ------------------------------------------------------------------------- */

/* A number that follows a letter; -1 if there is none. */
static long word_number(const char **next)
{
    long value = -1;
    for (; **next >= '0' && **next <= '9' && value < 100000000; (*next)++)
        value = (value < 0 ? 0 : 10 * value) + (**next - '0');
    return value;
}

static void copy_box(box_t *to, const box_t *from)
{
    for (size_t k = 0; k < from->count; k++) {
        mpz_set(to->low[k], from->low[k]);
        mpz_set(to->high[k], from->high[k]);
    }
}

/* The whole cube: [-1, 1], and 1 in the chart; exponents leave room for all splits. */
static void set_cube(box_t *box, size_t chart)
{
    for (size_t k = 0; k < box->count; k++) {
        mpz_set_ui(box->high[k], 1);
        mpz_mul_2exp(box->high[k], box->high[k], (mp_bitcnt_t) -box->exponent);
        mpz_neg(box->low[k], box->high[k]);
    }
    mpz_set(box->low[chart], box->high[chart]);
}

static region_t new_region(size_t r)
{
    region_t region = {new_balls(r),
                       new_balls(r),
                       new_balls(r),
                       {new_balls(r), new_balls(r * r)},
                       {new_balls(r), new_balls(r * r)}};
    return region;
}

static int check_leaf(const cover_t *cover, region_t *region, const box_t *box, char letter,
                      long number)
{
    size_t r = cover->tensor->dimension;
    set_region(region, cover, box);
    if (letter == 'p')
        return is_known(cover, region, box, number);
    if (letter == 'z')
        return number >= 0 && (size_t) number < r && (size_t) number != cover->chart &&
               has_no_zero(cover, region, (size_t) number);
    return letter == 'm' && number < 0 && is_small(cover, region);
}

/*
 * The boxes that are left are on a stack. A box may be cut anywhere, as long as its halves share the
 * cut: so it is of no importance that a cut is rounded when a box is very small.
 */
static void check_tree(const cover_t *cover, const node_t *node)
{
    size_t r = cover->tensor->dimension, open, words = 0;
    box_t stack[MAX_SPLITS + 1];
    region_t region = new_region(r);
    const char *next = string(node);
    for (open = 0; open <= MAX_SPLITS; open++)
        stack[open] = new_box(r, -MAX_SPLITS - 2);
    set_cube(&stack[0], cover->chart);
    for (open = 1; open > 0; words++) {
        box_t *box = &stack[open - 1];
        char letter = *next != '\0' ? *next++ : '\0';
        long number = word_number(&next);
        if (letter == 's') {
            if (number < 0 || (size_t) number >= r || (size_t) number == cover->chart ||
                open > MAX_SPLITS)
                malformed(node, "word %zu is no split, or too deep", words);
            copy_box(&stack[open], box);
            mpz_add(box->low[number], box->low[number], box->high[number]);
            mpz_fdiv_q_2exp(box->low[number], box->low[number], 1);
            mpz_set(stack[open].high[number], box->low[number]);
            open++;
        } else if (check_leaf(cover, &region, box, letter, number)) {
            open--;
        } else {
            rejected(cover->claim, "word %zu of the tree of chart %zu is not proved", words,
                     cover->chart);
        }
        if (*next == ' ' && open > 0)
            next++;
        else if (*next != '\0' || open > 0)
            malformed(node, "the tree does not end after word %zu", words);
    }
}

void check_cover(const certificate_t *certificate, claim_t *claim)
{
    (void) certificate;
    const node_t *node = claim->node;
    check_keys(node, "id kind theorem premises mu_min trees bits");
    claim->tensor = premise(claim, 0, "tensor");
    for (size_t i = 1; i < claim->premise_count; i++)
        if (premise(claim, i, "line")->tensor != claim->tensor)
            rejected(claim, "claim %zu is not of this tensor", claim->premises[i]->id);
    const node_t *trees = list(member(node, "trees"));
    if (trees->length != claim->tensor->form->dimension)
        malformed(trees, "%zu trees are expected", claim->tensor->form->dimension);
    mpq_t *mu = new_rationals(1);
    read_rational(mu[0], member(node, "mu_min"));
    if (mpq_sgn(mu[0]) <= 0)
        malformed(member(node, "mu_min"), "a positive number is expected");
    mark_t mark = memory_mark();
    use_bits(claim);
    cover_t cover = {.tensor = claim->tensor->form, .claim = claim};
    cover.mu_squared = new_balls(1);
    ball_set_rational(cover.mu_squared, mu[0]);
    ball_mul(cover.mu_squared, cover.mu_squared, cover.mu_squared);
    expand(&cover);
    for (const node_t *tree = trees->first; tree != NULL; tree = tree->next, cover.chart++)
        check_tree(&cover, tree);
    memory_release(mark);
    claim->pairs = claim->premises + 1;
    claim->pair_count = claim->premise_count - 1;
}
