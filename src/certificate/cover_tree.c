/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * cover_tree.c: a cover of the charts by boxes (T-CHARTCOVER), found by bisection with the
 * tests of ncf-certificate(5) in ball arithmetic, where the classes cannot be counted.
 */
#include "certificate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PREC 128
#define MAX_DEPTH 90
#define MAX_NODES 60000 /* of all charts */
#define MAX_DIMENSION 4
#define MAX_MONOMIALS 400
#define MAX_LINES 200
#define BITS 160    /* of the claim, beyond what the coefficients need */
#define SHARE (-10) /* log2 of mu_min / max |mu| where the result has no bound */

typedef struct {
    ncf_claimed_tensor_t *tensor;
    slong chart, count;
    slong *exponents;       /* count x r */
    arb_ptr coefficients;   /* F_a / m */
    arb_ptr metric, powers; /* r; r x (m + 1) */
    arb_t mu_squared;
    slong pair_count;
    ncf_pair_t *pairs; /* with large boxes, that were written */
    slong nodes;
    FILE *words;
    int first;
} cover_t;

/* A box of a chart with its centre and G, H over it and at the centre. */
typedef struct {
    arb_ptr c, centre, offset, gradient, at;
    arb_mat_t hessian;
} region_t;

/* ---- The form as a sum of monomials ------------------------------------------------------
 */

static int next_exponents(slong *a, slong r)
{
    slong tail = a[r - 1], k = r - 2;
    while (k >= 0 && a[k] == 0)
        k--;
    if (k < 0)
        return 0;
    a[r - 1] = 0;
    a[k]--;
    a[k + 1] = tail + 1;
    return 1;
}

/* (m-1)! / (a_1! ... a_r!) sum_i w_i p_i^a, which is F_a / m */
static void set_coefficient(arb_t out, const ncf_claimed_tensor_t *tensor, const slong *a)
{
    const ncf_tensor_struct *t = tensor->tensor;
    fmpq_t sum, term, power;
    fmpz_t factorial;
    fmpq_init(sum);
    fmpq_init(term);
    fmpq_init(power);
    fmpz_init(factorial);
    for (slong i = 0; i < t->points; i++) {
        fmpq_set(term, fmpq_mat_entry(t->weights, i, 0));
        for (slong k = 0; k < tensor->dimension; k++) {
            fmpq_pow_si(power, fmpq_mat_entry(t->coords, i, k), a[k]);
            fmpq_mul(term, term, power);
        }
        fmpq_add(sum, sum, term);
    }
    fmpz_fac_ui(factorial, (ulong) tensor->order - 1);
    fmpq_mul_fmpz(sum, sum, factorial);
    for (slong k = 0; k < tensor->dimension; k++) {
        fmpz_fac_ui(factorial, (ulong) a[k]);
        fmpq_div_fmpz(sum, sum, factorial);
    }
    arb_set_fmpq(out, sum, 2 * PREC);
    fmpz_clear(factorial);
    fmpq_clear(power);
    fmpq_clear(term);
    fmpq_clear(sum);
}

/* sum += c_a times c^a with the exponents lowered by one in j and l (-1: not), times these */
static void add_monomial(arb_t sum, const cover_t *cover, slong k, slong j, slong l)
{
    slong r = cover->tensor->dimension, stride = cover->tensor->order + 1, factor = 1;
    slong lowered[MAX_DIMENSION];
    arb_t t;
    memcpy(lowered, cover->exponents + k * r, (size_t) r * sizeof(slong));
    factor *= lowered[j]--;
    if (l >= 0)
        factor *= lowered[l]--;
    if (factor == 0)
        return;
    arb_init(t);
    arb_mul_si(t, cover->coefficients + k, factor, PREC);
    for (slong i = 0; i < r; i++)
        if (lowered[i] > 0)
            arb_mul(t, t, cover->powers + i * stride + lowered[i], PREC);
    arb_add(sum, sum, t, PREC);
    arb_clear(t);
}

static void set_values(arb_ptr gradient, arb_mat_struct *hessian, const cover_t *cover,
                       arb_srcptr c)
{
    slong r = cover->tensor->dimension, stride = cover->tensor->order + 1;
    for (slong i = 0; i < r; i++) {
        arb_one(cover->powers + i * stride);
        for (slong e = 1; e < stride; e++)
            arb_mul(cover->powers + i * stride + e, cover->powers + i * stride + e - 1, c + i,
                    PREC);
    }
    _arb_vec_zero(gradient, r);
    if (hessian != NULL)
        arb_mat_zero(hessian);
    for (slong k = 0; k < cover->count; k++) {
        for (slong j = 0; j < r; j++) {
            add_monomial(gradient + j, cover, k, j, -1);
            for (slong l = 0; l <= j && hessian != NULL; l++)
                add_monomial(arb_mat_entry(hessian, j, l), cover, k, j, l);
        }
    }
    for (slong j = 0; j < r && hessian != NULL; j++)
        for (slong l = 0; l < j; l++)
            arb_set(arb_mat_entry(hessian, l, j), arb_mat_entry(hessian, j, l));
}

/* ---- Tests of a box ----------------------------------------------------------------------
 */

static void set_region(region_t *region, const cover_t *cover)
{
    for (slong i = 0; i < cover->tensor->dimension; i++) {
        arb_get_mid_arb(region->centre + i, region->c + i);
        arb_zero(region->offset + i);
        arb_set(region->offset + i, region->c + i);
        arf_zero(arb_midref(region->offset + i));
    }
    set_values(region->gradient, region->hessian, cover, region->c);
    set_values(region->at, NULL, cover, region->centre);
}

/* Is x away from 0 by more than a little? */
static int is_clear(const arb_t x)
{
    arb_t wide;
    mag_t room;
    arb_init(wide);
    mag_init(room);
    arb_set(wide, x);
    mag_mul_2exp_si(room, arb_radref(x), -6);
    arb_add_error_mag(wide, room);
    int clear = arb_is_finite(wide) && !arb_contains_zero(wide);
    mag_clear(room);
    arb_clear(wide);
    return clear;
}

/* D_k G_j - D_j c_j G_k has no zero, by its value at the centre and its slopes. */
static int has_no_zero(const cover_t *cover, const region_t *region, slong j)
{
    slong k = cover->chart;
    arb_t value, slope, t;
    arb_init(value);
    arb_init(slope);
    arb_init(t);
    arb_mul(t, cover->metric + j, region->centre + j, PREC);
    arb_mul(t, t, region->at + k, PREC);
    arb_mul(value, cover->metric + k, region->at + j, PREC);
    arb_sub(value, value, t, PREC);
    for (slong l = 0; l < cover->tensor->dimension; l++) {
        if (l == k)
            continue;
        arb_mul(t, region->c + j, arb_mat_entry(region->hessian, k, l), PREC);
        if (j == l)
            arb_add(t, t, region->gradient + k, PREC);
        arb_mul(t, t, cover->metric + j, PREC);
        arb_mul(slope, cover->metric + k, arb_mat_entry(region->hessian, j, l), PREC);
        arb_sub(slope, slope, t, PREC);
        arb_addmul(value, slope, region->offset + l, PREC);
    }
    int clear = is_clear(value);
    arb_clear(t);
    arb_clear(slope);
    arb_clear(value);
    return clear;
}

/* G^2 < mu_min^2 (c . D c)^m */
static int is_small(const cover_t *cover, const region_t *region)
{
    arb_t value, square, t;
    slong m = cover->tensor->order;
    arb_init(value);
    arb_init(square);
    arb_init(t);
    for (slong j = 0; j < cover->tensor->dimension; j++) {
        arb_addmul(value, region->centre + j, region->at + j, PREC);
        arb_mul_si(t, region->gradient + j, m, PREC);
        arb_addmul(value, t, region->offset + j, PREC);
        arb_mul(t, region->c + j, region->c + j, PREC);
        arb_addmul(square, t, cover->metric + j, PREC);
    }
    arb_mul(value, value, value, PREC);
    arb_set(t, cover->mu_squared);
    for (slong e = 0; e < m; e++)
        arb_mul(t, t, square, PREC);
    arb_sub(t, t, value, PREC);
    int small = is_clear(t) && arb_is_positive(t);
    arb_clear(t);
    arb_clear(square);
    arb_clear(value);
    return small;
}

/* The claim in whose box this one lies, with G_k / D_k in its side for nu; 0: none. */
static slong known_pair(const cover_t *cover, const region_t *region)
{
    slong r = cover->tensor->dimension, k = cover->chart, id = 0;
    arb_t nu;
    arb_init(nu);
    arb_set(nu, region->at + k);
    for (slong l = 0; l < r; l++)
        arb_addmul(nu, arb_mat_entry(region->hessian, k, l), region->offset + l, PREC);
    arb_div(nu, nu, cover->metric + k, PREC);
    for (slong i = 0; i < cover->pair_count && id == 0; i++) {
        const ncf_pair_t *pair = &cover->pairs[i];
        int inside = pair->chart == k && arb_contains_interior(pair->box + r, nu);
        for (slong j = 0; j < r && inside; j++)
            inside = arb_contains(pair->box + j, region->c + j);
        id = inside ? pair->id : 0;
    }
    arb_clear(nu);
    return id;
}

/* ---- The tree ------------------------------------------------------------------------------
 */

static void write_word(cover_t *cover, char letter, slong number)
{
    fprintf(cover->words, cover->first ? "%c" : " %c", letter);
    if (letter != 'm')
        fprintf(cover->words, "%ld", (long) number);
    cover->first = 0;
}

static int write_leaf(cover_t *cover, region_t *region)
{
    set_region(region, cover);
    slong known = known_pair(cover, region);
    if (known != 0) {
        write_word(cover, 'p', known);
        return 1;
    }
    if (is_small(cover, region)) {
        write_word(cover, 'm', 0);
        return 1;
    }
    for (slong j = 0; j < cover->tensor->dimension; j++) {
        if (j != cover->chart && has_no_zero(cover, region, j)) {
            write_word(cover, 'z', j);
            return 1;
        }
    }
    return 0;
}

/* Bisects the box with these ends (r each) until every part is decided; 0: given up. */
static int write_tree(cover_t *cover, region_t *region, const double *low, const double *high,
                      int depth)
{
    slong r = cover->tensor->dimension, widest = cover->chart == 0;
    if (++cover->nodes > MAX_NODES)
        return 0;
    for (slong j = 0; j < r; j++) {
        arb_set_d(region->c + j, (low[j] + high[j]) / 2);
        mag_set_d(arb_radref(region->c + j), (high[j] - low[j]) / 2);
        if (j != cover->chart && high[j] - low[j] > high[widest] - low[widest])
            widest = j;
    }
    if (write_leaf(cover, region))
        return 1;
    double half[MAX_DIMENSION], cut = (low[widest] + high[widest]) / 2;
    if (depth == MAX_DEPTH || high[widest] - low[widest] < 0x1p-30)
        return 0;
    write_word(cover, 's', widest);
    memcpy(half, high, (size_t) r * sizeof(double));
    half[widest] = cut;
    if (!write_tree(cover, region, low, half, depth + 1))
        return 0;
    memcpy(half, low, (size_t) r * sizeof(double));
    half[widest] = cut;
    return write_tree(cover, region, half, high, depth + 1);
}

/* The trees of all charts as a list of strings, allocated; NULL: given up. */
static char *find_trees(cover_t *cover)
{
    slong r = cover->tensor->dimension;
    double low[MAX_DIMENSION], high[MAX_DIMENSION];
    char *text = NULL;
    size_t size = 0;
    int found = 1;
    region_t region = {_arb_vec_init(r), _arb_vec_init(r), _arb_vec_init(r),
                       _arb_vec_init(r), _arb_vec_init(r), {{0}}};
    arb_mat_init(region.hessian, r, r);
    cover->words = open_memstream(&text, &size);
    NCF_REQUIRE(cover->words != NULL);
    for (cover->chart = 0; cover->chart < r && found; cover->chart++) {
        for (slong j = 0; j < r; j++) {
            low[j] = j == cover->chart ? 1 : -1;
            high[j] = 1;
        }
        fputs(cover->chart == 0 ? "[\"" : "\", \"", cover->words);
        cover->first = 1;
        found = write_tree(cover, &region, low, high, 0);
    }
    fputs("\"]", cover->words);
    NCF_REQUIRE(fclose(cover->words) == 0);
    char *out = found ? ncf__strdup(text) : NULL;
    free(text);
    arb_mat_clear(region.hessian);
    _arb_vec_clear(region.at, r);
    _arb_vec_clear(region.gradient, r);
    _arb_vec_clear(region.offset, r);
    _arb_vec_clear(region.centre, r);
    _arb_vec_clear(region.c, r);
    return out;
}

/* ---- The claim
 * ------------------------------------------------------------------------------ */

static void cover_init(cover_t *cover, ncf_claimed_tensor_t *tensor, slong count)
{
    slong r = tensor->dimension, a[MAX_DIMENSION] = {tensor->order};
    *cover = (cover_t){.tensor = tensor,
                       .count = count,
                       .exponents = ncf__malloc((size_t) (count * r), sizeof(slong)),
                       .coefficients = _arb_vec_init(count),
                       .metric = _arb_vec_init(r),
                       .powers = _arb_vec_init(r * (tensor->order + 1))};
    arb_init(cover->mu_squared);
    for (slong k = 0; k < count; k++) {
        memcpy(cover->exponents + k * r, a, (size_t) r * sizeof(slong));
        set_coefficient(cover->coefficients + k, tensor, a);
        next_exponents(a, r);
    }
    for (slong k = 0; k < r; k++)
        arb_set_fmpq(cover->metric + k, fmpq_mat_entry(tensor->tensor->gram, k, 0), PREC);
}

static void cover_clear(cover_t *cover)
{
    slong r = cover->tensor->dimension;
    arb_clear(cover->mu_squared);
    _arb_vec_clear(cover->powers, r * (cover->tensor->order + 1));
    _arb_vec_clear(cover->metric, r);
    _arb_vec_clear(cover->coefficients, cover->count);
    ncf__free(cover->exponents);
}

/* Below lambda_min / factor, or a small share of the largest |mu|. */
static void choose_mu_min(arf_t out, const ncf_line_search_t *search)
{
    arb_t bound, size;
    arb_init(bound);
    arb_init(size);
    if (search->bounded) {
        arb_set_fmpq(bound, search->lambda_min, PREC);
        arb_div(bound, bound, search->factor, PREC);
    } else {
        for (slong i = 0; i < search->lines.count; i++) {
            arb_abs(size, search->lines.lines[i].mu);
            arb_mul_2exp_si(size, size, SHARE);
            if (i == 0 || arb_gt(size, bound))
                arb_set(bound, size);
        }
    }
    arb_get_lbound_arf(out, bound, 20);
    arb_clear(size);
    arb_clear(bound);
}

static slong monomial_count(slong order, slong dimension)
{
    fmpz_t count;
    fmpz_init(count);
    fmpz_bin_uiui(count, (ulong) (order + dimension - 1), (ulong) dimension - 1);
    slong out = fmpz_cmp_si(count, MAX_MONOMIALS) > 0 ? -1 : fmpz_get_si(count);
    fmpz_clear(count);
    return out;
}

/* sign claims and the claim lines, if no line is there twice */
static void claim_lines(const cover_t *cover, ncf_certificate_t *certificate, slong complete)
{
    slong *premises = ncf__malloc((size_t) cover->pair_count + 1, sizeof(*premises));
    slong r = cover->tensor->dimension;
    for (slong i = 0; i < cover->pair_count; i++) {
        premises[i + 1] =
            ncf__claim_open(certificate, "lambda-sign", "T-KRAWCZYK", &cover->pairs[i].id, 1);
        ncf__claim_integer(certificate, "sign",
                           arb_is_positive(cover->pairs[i].box + r) ? 1 : -1);
        ncf__claim_close(certificate);
    }
    premises[0] = complete;
    ncf__claim_open(certificate, "lines", "T-CHART", premises, cover->pair_count + 1);
    fprintf(certificate->stream, ", \"count\": \"%ld\"", (long) cover->pair_count);
    ncf__claim_close(certificate);
    ncf__free(premises);
}

int ncf__claim_cover(ncf_claimed_tensor_t *tensor, ncf_certificate_t *certificate)
{
    const ncf_line_search_t *search = &certificate->result->search;
    slong r = tensor->dimension, count = monomial_count(tensor->order, r), twice;
    if (r < 2 || r > MAX_DIMENSION || count < 0 || search->lines.count == 0 ||
        search->lines.count > MAX_LINES || !ncf_is_proved(search->lines.complete))
        return 0;
    for (slong i = 0; i < search->lines.count; i++)
        if (search->lines.lines[i].dimension > 0)
            return 0;
    cover_t cover;
    arf_t mu_min;
    arf_init(mu_min);
    cover_init(&cover, tensor, count);
    choose_mu_min(mu_min, search);
    arb_set_arf(cover.mu_squared, mu_min);
    arb_sqr(cover.mu_squared, cover.mu_squared, PREC);
    cover.pairs = ncf__claim_wide_pairs(&cover.pair_count, &twice, tensor, certificate);
    char *trees = arf_sgn(mu_min) > 0 ? find_trees(&cover) : NULL;
    if (trees != NULL) {
        slong *premises = ncf__malloc((size_t) cover.pair_count + 1, sizeof(*premises));
        premises[0] = tensor->id;
        int signs = 1;
        for (slong i = 0; i < cover.pair_count; i++) {
            premises[i + 1] = cover.pairs[i].id;
            signs = signs && !arb_contains_zero(cover.pairs[i].box + r);
        }
        slong complete = ncf__claim_open(certificate, "complete-by-cover", "T-CHARTCOVER",
                                         premises, cover.pair_count + 1);
        ncf__claim_rational(certificate, "mu_min", mu_min);
        ncf__claim_integer(certificate, "bits", BITS + tensor->magnitude);
        ncf__claim_word(certificate, "trees", trees);
        ncf__claim_close(certificate);
        if (twice == 0 && signs)
            claim_lines(&cover, certificate, complete);
        ncf__free(premises);
    }
    int found = trees != NULL;
    ncf__free(trees);
    ncf__free_pairs(cover.pairs, cover.pair_count, r);
    cover_clear(&cover);
    arf_clear(mu_min);
    return found;
}
