/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * prune_stratum.c: the strata of a network (which units are active), their directions,
 * charts and data (T-PRUNE, "Strata" and "Charts").
 */
#include "prune_strata.h"

#include <math.h>
#include <string.h>

#define PRUNE_BITS 128 /* of the balls from which the doubles come */

/* The head of the stratum and the rows of every layer; 0 when it is too large. */
static int set_layers(ncf_prune_stratum_t *s, const struct ncf_problem *problem)
{
    slong depth = problem->network.depth, power = 1;
    s->layers = 1;
    for (slong l = 2; l <= depth; l++)
        if (s->active[l - 2] > 1)
            s->layers = l;
    if (s->layers > PRUNE_LAYERS)
        return 0;
    for (slong l = s->layers; l < depth; l++) {
        power *= problem->network.activations[l - 1].degree;
        if (power > PRUNE_HEAD_DEGREE)
            return 0;
    }
    s->head_power = power;
    s->width[0] = problem->network.widths[0];
    for (slong l = 1; l <= s->layers; l++) {
        s->width[l] = l == s->layers ? 1 : s->active[l - 1];
        s->degree[l] = l == s->layers ? 0 : problem->network.activations[l - 1].degree;
    }
    return 1;
}

static int set_rows(ncf_prune_stratum_t *s)
{
    s->rows = s->variables = 0;
    s->first_row[0] = 0;
    for (slong l = 1; l <= s->layers; l++) {
        s->first_row[l] = s->rows;
        if (s->width[l - 1] > PRUNE_WIDTH || s->width[l] > PRUNE_ROWS - s->rows)
            return 0;
        for (slong k = 0; k < s->width[l]; k++) {
            s->dimension[s->rows] = s->width[l - 1];
            s->first_variable[s->rows++] = s->variables;
            s->variables += s->width[l - 1] - 1;
        }
    }
    return s->variables <= PRUNE_VARIABLES;
}

/*
 * Is the row sorted by the symmetry: |e_0| >= |e_1| >= ...? The head sorts the units of the
 * layer below, the first row of a layer those of the layer below it.
 */
int ncf__prune_sorted(const ncf_prune_stratum_t *s, slong row)
{
    for (slong l = 2; l <= s->layers; l++)
        if (row == s->first_row[l])
            return 1;
    return 0;
}

static slong chart_choices(const ncf_prune_stratum_t *s, slong row)
{
    return ncf__prune_sorted(s, row) ? 1 : s->dimension[row];
}

/* Partitions of `units` things when `classes` classes are begun already. */
static slong count_partitions(slong units, slong classes)
{
    slong count[PRUNE_WIDTH + 2];
    for (slong c = 0; c <= classes + units; c++)
        count[c] = 1;
    for (slong k = 1; k <= units; k++)
        for (slong c = 0; c <= classes + units - k; c++)
            count[c] = c * count[c] + count[c + 1];
    return count[classes];
}

/* Partition number `index`: unit a is in a class that was begun, or begins the next one. */
static void set_classes(unsigned char *class_of, slong units, slong index)
{
    slong classes = 0;
    for (slong a = 0; a < units; a++) {
        slong each = count_partitions(units - a - 1, classes);
        slong choice = index / each;
        choice = choice < classes ? choice : classes;
        index -= choice * each;
        class_of[a] = (unsigned char) choice;
        classes += choice == classes;
    }
}

void ncf__prune_chart(ncf_prune_chart_t *chart, const ncf_prune_stratum_t *s, slong index)
{
    memset(chart, 0, sizeof(*chart));
    if (s->has_classes)
        set_classes(chart->class_of, s->width[s->layers - 1], index % s->class_choices);
    index /= s->class_choices;
    for (slong row = 0; row < s->rows; row++) {
        chart->fixed[row] = (unsigned char) (index % chart_choices(s, row));
        index /= chart_choices(s, row);
    }
}

static int set_charts(ncf_prune_stratum_t *s)
{
    s->has_classes = s->layers > 1 && s->degree[s->layers - 1] == 2;
    s->class_choices = s->has_classes ? count_partitions(s->width[s->layers - 1], 0) : 1;
    slong d = s->width[0], equations = d * (d + 1) / 2 - 1;
    int fits = s->has_classes && s->layers == 2 && d > 1 &&
               equations < s->width[1] * (d - 1) && equations <= PRUNE_VARIABLES;
    s->matrix_equations = fits ? equations : 0;
    s->charts = s->class_choices;
    for (slong row = 0; row < s->rows; row++) {
        s->charts *= chart_choices(s, row);
        if (s->charts > PRUNE_CHARTS)
            return 0;
    }
    return 1;
}

/* kappa of T-PRUNE, or a number that is too large. */
static void set_mu_power(ncf_prune_stratum_t *s)
{
    slong degree = 0;
    for (slong l = 1; l < s->layers && degree < PRUNE_CHARTS; l++)
        degree = s->degree[l] * (1 + degree);
    s->twice_mu_power = (1 + degree) * s->head_power - 2;
}

/* ---- Data and bound -------------------------------------------------------------- */

/* The smallest e with |entries| <= 2^e; 0 for a zero matrix. */
static slong matrix_exponent(const fmpq_mat_t a)
{
    slong exponent = WORD_MIN;
    for (slong i = 0; i < fmpq_mat_nrows(a); i++) {
        for (slong j = 0; j < fmpq_mat_ncols(a); j++) {
            const fmpq *q = fmpq_mat_entry(a, i, j);
            if (fmpq_is_zero(q))
                continue;
            slong e =
                (slong) fmpz_bits(fmpq_numref(q)) - (slong) fmpz_bits(fmpq_denref(q)) + 1;
            exponent = e > exponent ? e : exponent;
        }
    }
    return exponent == WORD_MIN ? 0 : exponent;
}

/* An interval that holds q 2^-shift, |q| <= 2^shift. */
static ncf_interval_t rational_interval(const fmpq_t q, slong shift)
{
    arb_t ball, rest;
    mag_t size;
    ncf_interval_t out;
    arb_init(ball);
    arb_init(rest);
    mag_init(size);
    arb_set_fmpq(ball, q, PRUNE_BITS);
    arb_mul_2exp_si(ball, ball, -shift);
    out.m = arf_get_d(arb_midref(ball), ARF_RND_NEAR);
    arb_set_d(rest, out.m);
    arb_sub(rest, ball, rest, PRUNE_BITS);
    arb_get_mag(size, rest);
    out.r = mag_is_zero(size) ? 0 : mag_get_d(size) + 0x1p-300;
    mag_clear(size);
    arb_clear(rest);
    arb_clear(ball);
    return out;
}

/* lambda = factor mu for points of the whole network: L rho C_K of T-PRUNE. */
static void lambda_factor(arb_t out, const struct ncf_problem *problem)
{
    fmpz_t degree, total;
    arb_t rho, norm;
    fmpz *e = _fmpz_vec_init(problem->network.depth);
    fmpz_init(degree);
    fmpz_init(total);
    arb_init(rho);
    arb_init(norm);
    ncf__layer_degrees(e, problem);
    NCF_REQUIRE(ncf__problem_homogeneous(total, problem));
    arb_set_fmpz(rho, total);
    arb_rsqrt(rho, rho, PRUNE_BITS);
    arb_one(out);
    for (slong l = 0; l + 1 < problem->network.depth; l++) {
        arb_sqrt_fmpz(norm, e + l, PRUNE_BITS);
        arb_mul(norm, norm, rho, PRUNE_BITS);
        arb_mul(out, out, norm, PRUNE_BITS);
        arb_pow_ui(out, out, (ulong) problem->network.activations[l].degree, PRUNE_BITS);
    }
    arb_mul(out, out, rho, PRUNE_BITS);
    arb_mul_fmpz(out, out, total, PRUNE_BITS);
    arb_clear(norm);
    arb_clear(rho);
    fmpz_clear(total);
    fmpz_clear(degree);
    _fmpz_vec_clear(e, problem->network.depth);
}

/* lambda_min / (factor 2^(x_shift D + y_shift)), rounded down; D the degree in x. */
static double scaled_bound(const struct ncf_problem *problem, const fmpq_t lambda_min,
                           slong x_shift, slong y_shift)
{
    arb_t bound, factor;
    fmpz_t shift;
    arf_t low;
    arb_init(bound);
    arb_init(factor);
    fmpz_init(shift);
    arf_init(low);
    fmpz_one(shift);
    for (slong l = 0; l + 1 < problem->network.depth; l++)
        fmpz_mul_si(shift, shift, problem->network.activations[l].degree);
    fmpz_mul_si(shift, shift, x_shift);
    fmpz_add_si(shift, shift, y_shift);
    fmpz_neg(shift, shift);
    lambda_factor(factor, problem);
    arb_set_fmpq(bound, lambda_min, PRUNE_BITS);
    arb_div(bound, bound, factor, PRUNE_BITS);
    arb_mul_2exp_fmpz(bound, bound, shift);
    arb_get_lbound_arf(low, bound, 53);
    double out = arf_is_finite(low) && arf_cmpabs_2exp_si(low, 1000) < 0
                     ? arf_get_d(low, ARF_RND_DOWN)
                     : 0x1p1000;
    int positive = arf_sgn(low) > 0;
    arf_clear(low);
    fmpz_clear(shift);
    arb_clear(factor);
    arb_clear(bound);
    return positive ? out : 0;
}

/* log10 of the sum of |z_i| |x_i|^D, which bounds |n|; doubles are enough for a choice. */
static double approx_size(const struct ncf_problem *problem, double degree)
{
    fmpq_mat_t weights;
    double most = -INFINITY;
    fmpq_mat_init(weights, problem->points, 1);
    ncf__problem_weights(weights, problem);
    for (slong i = 0; i < problem->points; i++) {
        double square = 0, z = fabs(fmpq_get_d(fmpq_mat_entry(weights, i, 0)));
        for (slong j = 0; j < problem->network.inputs; j++) {
            double x = fmpq_get_d(fmpq_mat_entry(problem->x, i, j));
            square += x * x;
        }
        double size = log10(z) + degree / 2 * log10(square);
        most = size > most ? size : most;
    }
    fmpq_mat_clear(weights);
    return most + log10((double) problem->points);
}

slong ncf__prune_default_exponent(const struct ncf_problem *problem)
{
    double degree = 1;
    arb_t factor;
    arb_init(factor);
    for (slong l = 0; l + 1 < problem->network.depth; l++)
        degree *= (double) problem->network.activations[l].degree;
    lambda_factor(factor, problem);
    double size =
        log10(arf_get_d(arb_midref(factor), ARF_RND_NEAR)) + approx_size(problem, degree);
    arb_clear(factor);
    size = floor(size - 4);
    return size > -1000 && size < 1000 ? (slong) size : -6;
}

static void set_data(ncf_prune_strata_t *out, const struct ncf_problem *problem,
                     const fmpq_t lambda_min)
{
    slong points = problem->points, d = problem->network.widths[0];
    fmpq_mat_t weights;
    fmpq_mat_init(weights, points, 1);
    ncf__problem_weights(weights, problem);
    slong x_shift = matrix_exponent(problem->x), y_shift = matrix_exponent(weights);
    out->x = ncf__malloc((size_t) (points * d), sizeof(*out->x));
    out->y = ncf__malloc((size_t) points, sizeof(*out->y));
    for (slong i = 0; i < points; i++) {
        for (slong j = 0; j < d; j++)
            out->x[i * d + j] = rational_interval(fmpq_mat_entry(problem->x, i, j), x_shift);
        out->y[i] = rational_interval(fmpq_mat_entry(weights, i, 0), y_shift);
    }
    double bound = scaled_bound(problem, lambda_min, x_shift, y_shift);
    for (slong k = 0; k < out->count; k++) {
        out->strata[k].points = points;
        out->strata[k].x = out->x;
        out->strata[k].y = out->y;
        out->strata[k].mu_min = bound;
    }
    fmpq_mat_clear(weights);
}

/* ---- All strata ------------------------------------------------------------------ */

static int stratum_init(ncf_prune_stratum_t *s, const slong *active,
                        const struct ncf_problem *problem)
{
    memset(s, 0, sizeof(*s));
    memcpy(s->active, active, (size_t) (problem->network.depth - 1) * sizeof(*active));
    if (!set_layers(s, problem) || !set_rows(s) || !set_charts(s))
        return 0;
    set_mu_power(s);
    return 1;
}

/* The next vector of numbers of active units, or 0 after the last one. */
static int next_active(slong *active, const struct ncf_problem *problem)
{
    for (slong l = 0; l + 1 < problem->network.depth; l++) {
        if (++active[l] <= problem->network.widths[l + 1])
            return 1;
        active[l] = 1;
    }
    return 0;
}

const char *ncf__prune_unsupported(const struct ncf_problem *problem)
{
    if (problem->network.kind != NCF_NETWORK_FEEDFORWARD)
        return "a complete search needs a feed-forward network";
    if (problem->network.depth < 2)
        return "the network has no hidden layer";
    if (problem->network.depth > PRUNE_LAYERS)
        return "the network has too many layers for a complete search";
    slong active[PRUNE_LAYERS], single[PRUNE_LAYERS];
    for (slong l = 0; l + 1 < problem->network.depth; l++) {
        const ncf_activation_t *activation = &problem->network.activations[l];
        if (activation->kind != NCF_ACTIVATION_POWER || activation->degree < 2)
            return "a complete search needs power activations in every hidden layer";
        if (activation->degree > PRUNE_DEGREE)
            return "the degree of an activation is too large for a complete search";
        active[l] = problem->network.widths[l + 1];
        single[l] = 1;
    }
    ncf_prune_stratum_t s;
    if (!stratum_init(&s, active, problem))
        return "the network has too many unknown directions for a complete search";
    /* The lower the head, the higher its power: no stratum has more than this one. */
    if (!stratum_init(&s, single, problem))
        return "the degree of the network is too large for a complete search";
    return NULL;
}

void ncf__prune_strata_init(ncf_prune_strata_t *out, const struct ncf_problem *problem,
                            const fmpq_t lambda_min)
{
    slong active[PRUNE_LAYERS], total = 1;
    for (slong l = 0; l + 1 < problem->network.depth; l++) {
        active[l] = 1;
        total *= problem->network.widths[l + 1];
    }
    out->strata = ncf__malloc((size_t) total, sizeof(*out->strata));
    out->count = 0;
    do {
        NCF_REQUIRE(stratum_init(&out->strata[out->count], active, problem));
        out->count++;
    } while (next_active(active, problem));
    set_data(out, problem, lambda_min);
}

void ncf__prune_strata_clear(ncf_prune_strata_t *strata)
{
    ncf__free(strata->strata);
    ncf__free(strata->x);
    ncf__free(strata->y);
}
