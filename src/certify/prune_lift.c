/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* prune_lift.c: the weights that belong to directions (T-PRUNE, lemma 1). */
#include "prune_lift.h"

void ncf__prune_lift_init(ncf_prune_lift_t *lift, const struct ncf_problem *problem,
                          slong prec)
{
    fmpq_mat_t weights;
    lift->problem = problem;
    lift->prec = prec;
    NCF_REQUIRE(ncf__network_init(lift->network, problem));
    arb_mat_init(lift->x, problem->points, problem->network.inputs);
    arb_mat_init(lift->weights, problem->points, 1);
    arb_mat_set_fmpq_mat(lift->x, problem->x, prec);
    fmpq_mat_init(weights, problem->points, 1);
    ncf__problem_weights(weights, problem);
    arb_mat_set_fmpq_mat(lift->weights, weights, prec);
    fmpq_mat_clear(weights);
    lift->degrees = _fmpz_vec_init(problem->network.depth);
    ncf__layer_degrees(lift->degrees, problem);
    fmpz_init(lift->degree);
    NCF_REQUIRE(ncf__problem_homogeneous(lift->degree, problem));
}

void ncf__prune_lift_clear(ncf_prune_lift_t *lift)
{
    fmpz_clear(lift->degree);
    _fmpz_vec_clear(lift->degrees, lift->problem->network.depth);
    arb_mat_clear(lift->weights);
    arb_mat_clear(lift->x);
    ncf__network_clear(lift->network);
}

/* The unit vector of a row. */
static void set_direction(arb_ptr c, slong row, const ncf_prune_box_t *box,
                          const ncf_prune_stratum_t *s, const ncf_prune_chart_t *chart,
                          slong prec)
{
    arf_t low, high;
    arb_t norm;
    arf_init(low);
    arf_init(high);
    arb_init(norm);
    for (slong j = 0; j < s->dimension[row]; j++) {
        slong v = ncf__prune_variable(s, chart, row, j);
        if (v < 0) {
            arb_one(c + j);
        } else {
            arf_set_d(low, box->low[v]);
            arf_set_d(high, box->high[v]);
            arb_set_interval_arf(c + j, low, high, prec);
        }
        arb_addmul(norm, c + j, c + j, prec);
    }
    arb_rsqrt(norm, norm, prec);
    for (slong j = 0; j < s->dimension[row]; j++)
        arb_mul(c + j, c + j, norm, prec);
    arb_clear(norm);
    arf_clear(high);
    arf_clear(low);
}

/* sizes[row] = S of every unit, from the head down; the head's own is 1. */
static void set_sizes(arb_ptr sizes, arb_srcptr c, const ncf_prune_stratum_t *s, slong prec)
{
    arb_t square;
    arb_init(square);
    arb_one(sizes + s->rows - 1);
    for (slong l = s->layers; l >= 2; l--) {
        for (slong k = s->first_row[l]; k < s->first_row[l] + s->width[l]; k++) {
            for (slong j = 0; j < s->width[l - 1]; j++) {
                arb_sqr(square, c + k * PRUNE_WIDTH + j, prec);
                arb_addmul(sizes + s->first_row[l - 1] + j, sizes + k, square, prec);
            }
        }
    }
    arb_clear(square);
}

/* sqrt(e_l S / L), the norm of a row of W_l. */
static void row_norm(arb_t out, slong layer, const arb_t size, const ncf_prune_lift_t *lift)
{
    arb_mul_fmpz(out, size, lift->degrees + layer - 1, lift->prec);
    arb_div_fmpz(out, out, lift->degree, lift->prec);
    arb_sqrtpos(out, out, lift->prec);
}

static void set_weights(arb_ptr u, arb_srcptr c, arb_srcptr sizes,
                        const ncf_prune_stratum_t *s, const ncf_prune_lift_t *lift)
{
    slong depth = lift->problem->network.depth;
    arb_t norm, whole;
    arb_init(norm);
    arb_init(whole);
    arb_one(whole);
    for (slong l = 1; l <= depth; l++) {
        ncf_network_block_t block = ncf__network_block(lift->network, l - 1);
        if (l > s->layers) {
            row_norm(u + block.offset, l, whole, lift);
            continue;
        }
        for (slong k = 0; k < s->width[l]; k++) {
            slong row = s->first_row[l] + k;
            row_norm(norm, l, sizes + row, lift);
            for (slong j = 0; j < s->dimension[row]; j++)
                arb_mul(u + block.offset + k * block.columns + j, norm,
                        c + row * PRUNE_WIDTH + j, lift->prec);
        }
    }
    arb_clear(whole);
    arb_clear(norm);
}

/* lambda = L N(u), and the last layer with the sign that makes it positive. */
static int set_lambda(arb_ptr out, const ncf_prune_lift_t *lift)
{
    slong n = lift->network->unknowns;
    ncf_network_block_t last =
        ncf__network_block(lift->network, lift->problem->network.depth - 1);
    ncf__network_eval_arb(out + n, NULL, NULL, out, lift->network, lift->x, lift->weights,
                          lift->prec);
    arb_mul_fmpz(out + n, out + n, lift->degree, lift->prec);
    if (arb_is_negative(out + n)) {
        arb_neg(out + n, out + n);
        for (slong j = 0; j < last.columns; j++)
            arb_neg(out + last.offset + j, out + last.offset + j);
    }
    return arb_is_finite(out + n) && arb_is_positive(out + n);
}

int ncf__prune_lift(arb_ptr out, const ncf_prune_box_t *box, const ncf_prune_stratum_t *s,
                    const ncf_prune_chart_t *chart, const ncf_prune_lift_t *lift)
{
    arb_ptr c = _arb_vec_init(PRUNE_ROWS * PRUNE_WIDTH), sizes = _arb_vec_init(PRUNE_ROWS);
    _arb_vec_zero(out, lift->network->unknowns + 1);
    for (slong row = 0; row < s->rows; row++)
        set_direction(c + row * PRUNE_WIDTH, row, box, s, chart, lift->prec);
    set_sizes(sizes, c, s, lift->prec);
    set_weights(out, c, sizes, s, lift);
    int sign = set_lambda(out, lift);
    _arb_vec_clear(sizes, PRUNE_ROWS);
    _arb_vec_clear(c, PRUNE_ROWS * PRUNE_WIDTH);
    return sign;
}
