/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * point_rank.c: T-RANKS. Lower bounds by minors whose balls exclude zero, upper bounds by
 * rows and columns that are exactly zero or copies of others, and by what the KKT equations
 * say exactly.
 */
#include "point_internal.h"

#include "rank_one_proof.h"

#include <math.h>

#define NEGLIGIBLE 0x1p-40 /* of the largest entry: not worth a pivot */

int ncf__matrix_is_invertible(const arb_mat_t m, slong prec)
{
    slong size = arb_mat_nrows(m);
    if (size == 0)
        return 1;
    arb_mat_t inverse, product;
    mag_t norm;
    arb_mat_init(inverse, size, size);
    arb_mat_init(product, size, size);
    mag_init(norm);
    /* |I - Y M| < 1 in the maximum norm, Y being any matrix. */
    int invertible = arb_mat_approx_inv(inverse, m, prec);
    if (invertible) {
        arb_mat_get_mid(inverse, inverse);
        arb_mat_mul(product, inverse, m, prec);
        for (slong i = 0; i < size; i++)
            arb_sub_ui(arb_mat_entry(product, i, i), arb_mat_entry(product, i, i), 1, prec);
        arb_mat_bound_inf_norm(norm, product);
        invertible = mag_cmp_2exp_si(norm, 0) < 0;
    }
    mag_clear(norm);
    arb_mat_clear(product);
    arb_mat_clear(inverse);
    return invertible;
}

typedef struct {
    slong rows, columns;
    arb_srcptr entries;         /* row-major */
    const signed char *zero;    /* of the same entries */
} matrix_t;

static void swap_indices(slong *a, slong *b)
{
    slong t = *a;
    *a = *b;
    *b = t;
}

/* Moves the largest entry of the lower right part to (k, k); 0 when it is negligible. */
static int bring_pivot(double *a, slong *row_order, slong *column_order, slong rows,
                       slong columns, slong k, double first)
{
    slong row = k, column = k;
    for (slong i = k; i < rows; i++) {
        for (slong j = k; j < columns; j++) {
            if (fabs(a[i * columns + j]) > fabs(a[row * columns + column])) {
                row = i;
                column = j;
            }
        }
    }
    if (!(fabs(a[row * columns + column]) > NEGLIGIBLE * first))
        return 0;
    for (slong j = 0; j < columns; j++) {
        double t = a[k * columns + j];
        a[k * columns + j] = a[row * columns + j];
        a[row * columns + j] = t;
    }
    for (slong i = 0; i < rows; i++) {
        double t = a[i * columns + k];
        a[i * columns + k] = a[i * columns + column];
        a[i * columns + column] = t;
    }
    swap_indices(row_order + k, row_order + row);
    swap_indices(column_order + k, column_order + column);
    return 1;
}

/* Elimination with complete pivoting in doubles: a proposal for a regular submatrix. */
static slong propose_minor(slong *row_order, slong *column_order, const matrix_t *matrix)
{
    slong rows = matrix->rows, columns = matrix->columns, rank = 0;
    double *a = ncf__malloc((size_t) (rows * columns), sizeof(double)), first = 0;
    for (slong i = 0; i < rows; i++)
        row_order[i] = i;
    for (slong j = 0; j < columns; j++)
        column_order[j] = j;
    for (slong i = 0; i < rows * columns; i++)
        a[i] = arf_get_d(arb_midref(matrix->entries + i), ARF_RND_NEAR);
    for (slong k = 0; k < FLINT_MIN(rows, columns); k++) {
        if (!bring_pivot(a, row_order, column_order, rows, columns, k, first))
            break;
        double pivot = a[k * columns + k];
        if (k == 0)
            first = fabs(pivot);
        for (slong i = k + 1; i < rows; i++) {
            double factor = a[i * columns + k] / pivot;
            for (slong j = k; j < columns; j++)
                a[i * columns + j] -= factor * a[k * columns + j];
        }
        rank++;
    }
    ncf__free(a);
    return rank;
}

/* The largest proved minor among the leading ones of the proposal. */
static slong rank_below(const matrix_t *matrix, slong prec)
{
    slong *row_order = ncf__malloc((size_t) matrix->rows, sizeof(slong));
    slong *column_order = ncf__malloc((size_t) matrix->columns, sizeof(slong));
    slong rank = propose_minor(row_order, column_order, matrix);
    for (; rank > 0; rank--) {
        arb_mat_t minor;
        arb_mat_init(minor, rank, rank);
        for (slong i = 0; i < rank * rank; i++)
            arb_set(arb_mat_entry(minor, i / rank, i % rank),
                    matrix->entries + row_order[i / rank] * matrix->columns +
                        column_order[i % rank]);
        int regular = ncf__matrix_is_invertible(minor, prec);
        arb_mat_clear(minor);
        if (regular)
            break;
    }
    ncf__free(column_order);
    ncf__free(row_order);
    return rank;
}

/* Is the whole line, of `count` entries with that stride, exactly zero? */
static int is_zero_line(const signed char *zero, slong count, slong stride)
{
    for (slong i = 0; i < count; i++) {
        if (zero[i * stride] != 1)
            return 0;
    }
    return 1;
}

/*
 * Lines (rows or columns) that are neither zero nor, up to sign, an earlier line; line i is
 * equal to line same[i] <= i up to sign.
 */
static slong different_lines(const slong *same, const signed char *zero, slong lines,
                             slong line_stride, slong count, slong stride)
{
    slong different = 0;
    for (slong i = 0; i < lines; i++)
        different += same[i] == i && !is_zero_line(zero + i * line_stride, count, stride);
    return different;
}

/* The unit classes that have the block as their incoming, or outgoing, weights; else NULL. */
static const ncf_unit_class_t *units_of_rows(const ncf_symmetry_group_struct *sym,
                                             const ncf_network_block_t *block)
{
    for (slong c = 0; c < sym->class_count; c++) {
        const ncf_unit_class_t *class = &sym->classes[c];
        if (class->in_offset == block->offset && class->units == block->rows &&
            class->in_count == block->columns)
            return class;
    }
    return NULL;
}

static const ncf_unit_class_t *units_of_columns(const ncf_symmetry_group_struct *sym,
                                                const ncf_network_block_t *block)
{
    for (slong c = 0; c < sym->class_count; c++) {
        const ncf_unit_class_t *class = &sym->classes[c];
        if (class->out_offset == block->offset && class->out_rows == block->rows &&
            class->units * class->out_taps == block->columns)
            return class;
    }
    return NULL;
}

/* T-RANKS 2 and 3; equal[v] is the first unit that unit v is equal to. */
static slong rank_above(const matrix_t *matrix, const ncf_network_block_t *block,
                        const ncf_symmetry_group_struct *sym, const slong *equal)
{
    const ncf_unit_class_t *above = units_of_rows(sym, block),
                           *below = units_of_columns(sym, block);
    slong rows = matrix->rows, columns = matrix->columns;
    slong *same = ncf__malloc((size_t) FLINT_MAX(rows, columns), sizeof(slong));
    for (slong i = 0; i < rows; i++)
        same[i] = above != NULL ? equal[above->first + i] - above->first : i;
    slong rank = different_lines(same, matrix->zero, rows, columns, columns, 1);
    for (slong j = 0; j < columns; j++) {
        slong taps = below != NULL ? below->out_taps : 1;
        same[j] = below != NULL
                      ? (equal[below->first + j / taps] - below->first) * taps + j % taps
                      : j;
    }
    rank = FLINT_MIN(rank, different_lines(same, matrix->zero, columns, 1, rows, columns));
    ncf__free(same);
    return rank;
}

/*
 * The rank of the inputs. Rows are scaled to integers; full rank modulo a prime is full
 * rank, and only otherwise the exact computation is needed.
 */
static slong inputs_rank(const fmpq_mat_t x)
{
    slong rows = fmpq_mat_nrows(x), columns = fmpq_mat_ncols(x);
    fmpz_mat_t integers;
    fmpz *denominators = _fmpz_vec_init(rows);
    nmod_mat_t image;
    fmpz_mat_init(integers, rows, columns);
    nmod_mat_init(image, rows, columns, UWORD(1000000007));
    fmpq_mat_get_fmpz_mat_rowwise(integers, denominators, x);
    fmpz_mat_get_nmod_mat(image, integers);
    slong rank = nmod_mat_rank(image);
    if (rank < FLINT_MIN(rows, columns))
        rank = fmpz_mat_rank(integers);
    nmod_mat_clear(image);
    fmpz_mat_clear(integers);
    _fmpz_vec_clear(denominators, rows);
    return rank;
}

/* lambda != 0: the rows of W_1 lie in the span of the inputs. */
static void bound_by_inputs(ncf_rank_bounds_t *first, const struct ncf_problem *problem)
{
    first->upper = FLINT_MIN(first->upper, inputs_rank(problem->x));
}

/* lambda != 0 and an activation c t between two layers: their ranks are equal. */
static void bound_by_neighbours(ncf_rank_bounds_t *ranks, const ncf_network_struct *network)
{
    for (int pass = 0; pass < 2; pass++) {
        for (slong i = 1; i < network->depth; i++) {
            slong l = pass == 0 ? i : network->depth - i;
            if (ncf__activation_monomial(network->activations + l - 1) != 1)
                continue;
            ncf_rank_bounds_t *a = ranks + l - 1, *b = ranks + l;
            a->lower = b->lower = FLINT_MAX(a->lower, b->lower);
            a->upper = b->upper = FLINT_MIN(a->upper, b->upper);
        }
    }
}

static ncf_verdict_t rank_one_verdict(const ncf_certified_point_t *record)
{
    ncf_verdict_t verdict = ncf_proved();
    for (slong l = 0; l + 1 < record->block_count; l++) {
        const ncf_rank_bounds_t *rank = record->ranks + l;
        if (rank->lower > 1 || rank->upper < 1)
            return ncf_refuted();
        if (rank->lower != 1 || rank->upper != 1)
            verdict = ncf_undecided();
    }
    return verdict;
}

/* T-RANKONE (3): the box holds one KKT point, so the lift that lies in it is this point. */
static void lift_rank_one(ncf_certified_point_t *record, const ncf_network_struct *network,
                          const struct ncf_problem *problem, slong max_precision)
{
    if (!ncf_is_undecided(record->rank_one) || record->slice_dimension > 0)
        return;
    record->rank_one =
        ncf__rank_one_prove(record->box, record->point, problem, network, max_precision);
    for (slong l = 0; l + 1 < record->block_count && ncf_is_proved(record->rank_one); l++)
        record->ranks[l].lower = record->ranks[l].upper = 1;
}

/* What the enclosure and the units that are copies of each other say about every block. */
static void bound_by_entries(ncf_certified_point_t *record, const ncf_network_struct *network,
                             slong prec)
{
    ncf_symmetry_group_t sym;
    ncf__symmetry_init(sym, network);
    slong *equal = ncf__malloc((size_t) sym->units, sizeof(slong));
    ncf_orbit_member_t z = {record->point, record->box, record->slice_dimension};
    ncf__symmetry_equal_units(equal, sym, &z);
    for (slong l = 0; l < record->block_count; l++) {
        ncf_network_block_t block = ncf__network_block(network, l);
        matrix_t matrix = {block.rows, block.columns, record->point + block.offset,
                           record->zero + block.offset};
        record->ranks[l].lower = rank_below(&matrix, prec);
        record->ranks[l].upper = rank_above(&matrix, &block, sym, equal);
    }
    ncf__free(equal);
    ncf__symmetry_clear(sym);
}

void ncf__point_ranks(ncf_certified_point_t *record, const ncf_network_t network,
                      const struct ncf_problem *problem, slong prec, slong max_precision)
{
    bound_by_entries(record, network, prec);
    if (network->kind != NCF_NETWORK_FEEDFORWARD)
        return;
    if (!arb_contains_zero(record->point + record->unknowns)) {
        bound_by_inputs(record->ranks, problem);
        bound_by_neighbours(record->ranks, network);
    }
    record->rank_one = rank_one_verdict(record);
    lift_rank_one(record, network, problem, max_precision);
}
