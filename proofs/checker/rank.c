/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * rank.c: the rank of a weight matrix, from a submatrix that is regular and from rows or columns
 * that are zero or equal to others (T-RANKS).
 */
#include "check.h"

typedef struct {
    size_t layer, rows, columns, offset;
    const box_t *box;
} matrix_t;

static size_t entry(const matrix_t *matrix, size_t row, size_t column)
{
    return matrix->offset + row * matrix->columns + column;
}

/* A premise says that the unit equals an earlier one of the layer, up to sign. */
static int is_copy(const claim_t *claim, size_t layer, size_t unit)
{
    spend(claim->premise_count);
    for (size_t i = 1; i < claim->premise_count; i++)
        if (claim->premises[i]->layer == layer && claim->premises[i]->unit == unit)
            return 1;
    return 0;
}

/* Rows that are neither zero nor copies; with transpose, columns. */
static size_t count_left(const claim_t *claim, const matrix_t *matrix, int transpose)
{
    size_t lines = transpose ? matrix->columns : matrix->rows;
    size_t others = transpose ? matrix->rows : matrix->columns, left = 0;
    for (size_t j = 0; j < lines; j++) {
        size_t k = 0;
        while (k < others && entry_is_zero(matrix->box, transpose ? entry(matrix, k, j)
                                                                  : entry(matrix, j, k)))
            k++;
        left += k < others && !is_copy(claim, matrix->layer - (transpose ? 1 : 0), j);
    }
    return left;
}

/* Every row of |I - Y M| has a sum below 1. */
static void prove_regular(const claim_t *claim, const matrix_t *matrix, const size_t *rows,
                          const size_t *columns, size_t rank, const vector_t *inverse)
{
    ball_t *y = new_balls(1), *m = new_balls(rank * rank), *sum = new_balls(2);
    mpz_t *t = new_integers(3);
    for (size_t i = 0; i < rank; i++)
        for (size_t j = 0; j < rank; j++)
            ball_set_entry(&m[i * rank + j], matrix->box, entry(matrix, rows[i], columns[j]));
    ball_set_int(&sum[1], 1);
    ball_upper(t[2], &sum[1]);
    for (size_t i = 0; i < rank; i++) {
        mpz_set_ui(t[0], 0);
        for (size_t j = 0; j < rank; j++) {
            ball_set_int(&sum[0], 0);
            for (size_t k = 0; k < rank; k++) {
                ball_set_dyadic(y, inverse->mantissas[i * rank + k], inverse->exponent);
                ball_accumulate(&sum[0], y, &m[k * rank + j], 1);
            }
            ball_round(&sum[0], &sum[0]);
            if (i == j)
                ball_sub(&sum[0], &sum[0], &sum[1]);
            ball_upper(t[1], &sum[0]);
            mpz_add(t[0], t[0], t[1]);
        }
        if (mpz_cmp(t[0], t[2]) >= 0)
            rejected(claim, "the submatrix is not proved to be regular (row %zu)", i);
    }
}

void check_rank(const certificate_t *certificate, claim_t *claim)
{
    const part_t *part = feedforward(certificate->problem);
    const node_t *node = claim->node;
    check_keys(node, "id kind theorem premises layer rank rows columns inverse bits");
    const claim_t *point = premise(claim, 0, "point");
    for (size_t i = 1; i < claim->premise_count; i++)
        if (premise(claim, i, "equal-units")->premises[0] != point)
            rejected(claim, "claim %zu is not about this point", claim->premises[i]->id);
    if (part == NULL)
        rejected(claim, "the network is not feed-forward");
    size_t l = (size_t) integer(member(node, "layer"), 1, (long) part->depth), counts[2];
    matrix_t matrix = {l, part->widths[l], part->widths[l - 1], layer_offset(part, l),
                       &point->box};
    size_t rank = (size_t) integer(member(node, "rank"), 1, (long) matrix.rows);
    size_t *rows = index_list(&counts[0], member(node, "rows"), matrix.rows - 1);
    size_t *columns = index_list(&counts[1], member(node, "columns"), matrix.columns - 1);
    if (counts[0] != rank || counts[1] != rank)
        malformed(node, "%zu rows and columns are expected", rank);
    vector_t inverse = read_vector(member(node, "inverse"), rank * rank);
    if (count_left(claim, &matrix, 0) != rank && count_left(claim, &matrix, 1) != rank)
        rejected(claim, "the rank is not proved to be at most %zu", rank);
    mark_t mark = memory_mark();
    use_bits(claim);
    prove_regular(claim, &matrix, rows, columns, rank, &inverse);
    memory_release(mark);
}
