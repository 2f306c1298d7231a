/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * point_units.c: hidden units that are copies of others, ranks of the weight matrices
 * (T-RANKS), and the size of the orbit (T-ORBIT), for feed-forward networks.
 */
#include "certificate.h"

#include "../kkt/symmetry.h"

#include <stdlib.h>

#define MAX_RANK 100
#define RANK_PREC 128
#define MAX_STABILISER 20000 /* elements that a checker lists one by one */

/* What is said about the point here. */
typedef struct {
    const ncf_claimed_point_t *point;
    ncf_certificate_t *certificate;
    const ncf_point_orbit_t *orbit;
    const char *name;
    ncf_symmetry_group_t group;
    slong *first;  /* of ncf__symmetry_equal_units */
    slong *copies; /* for each unit the claim that it is a copy, or 0 */
} units_t;

/* ---- Equal units --------------------------------------------------------------------- */

/* The sign with which the incoming weights of two units agree. */
static int relative_sign(const units_t *units, const ncf_unit_class_t *layer, slong j, slong k)
{
    arb_srcptr a = units->point->box + layer->in_offset + j * layer->in_count;
    arb_srcptr b = units->point->box + layer->in_offset + k * layer->in_count;
    for (slong s = 0; s < layer->in_count; s++)
        if (!arb_contains_zero(a + s) && !arb_contains_zero(b + s))
            return arb_is_positive(a + s) == arb_is_positive(b + s) ? 1 : -1;
    return 1;
}

static int unit_is_zero(const units_t *units, const ncf_unit_class_t *layer, slong j)
{
    arb_srcptr a = units->point->box + layer->in_offset + j * layer->in_count;
    for (slong s = 0; s < layer->in_count; s++)
        if (!arb_is_zero(a + s))
            return 0;
    return 1;
}

static void claim_equal_units(units_t *units)
{
    for (slong l = 0; l < units->group->class_count; l++) {
        const ncf_unit_class_t *layer = &units->group->classes[l];
        for (slong k = 0; k < layer->units; k++) {
            slong j = units->first[layer->first + k] - layer->first;
            if (j == k || unit_is_zero(units, layer, k))
                continue;
            slong pair[2] = {j, k};
            units->copies[layer->first + k] = ncf__claim_open(
                units->certificate, "equal-units", "T-RANKS", &units->point->id, 1);
            ncf__claim_integer(units->certificate, "layer", l + 1);
            ncf__claim_indices(units->certificate, "units", pair, 2);
            ncf__claim_integer(units->certificate, "sign", relative_sign(units, layer, j, k));
            ncf__claim_close(units->certificate);
        }
    }
}

/* ---- Ranks ----------------------------------------------------------------------------- */

/* Lines (rows, or columns) of W_l that are not exactly zero and not copies. */
static slong list_lines(slong *out, const units_t *units, slong block, int columns)
{
    ncf_network_block_t b = ncf__network_block(units->certificate->network, block);
    slong lines = columns ? b.columns : b.rows, others = columns ? b.rows : b.columns,
          count = 0;
    slong layer = block - (columns ? 1 : 0);
    for (slong j = 0; j < lines; j++) {
        int zero = 1;
        for (slong k = 0; k < others && zero; k++)
            zero = arb_is_zero(units->point->box + b.offset +
                               (columns ? k * b.columns + j : j * b.columns + k));
        int copy = layer >= 0 && layer < units->group->class_count &&
                   units->copies[units->group->classes[layer].first + j] != 0;
        if (!zero && !copy)
            out[count++] = j;
    }
    return count;
}

/* The `rank` lines of the other kind that give the best pivots, by elimination on midpoints.
 */
static void choose_others(slong *out, const arb_mat_t matrix, slong rank)
{
    slong others = arb_mat_ncols(matrix);
    double *a = ncf__malloc((size_t) (rank * others), sizeof(*a));
    for (slong k = 0; k < rank * others; k++)
        a[k] =
            arf_get_d(arb_midref(arb_mat_entry(matrix, k / others, k % others)), ARF_RND_NEAR);
    for (slong step = 0; step < rank; step++) {
        slong row = step, column = 0;
        double best = -1;
        for (slong k = step * others; k < rank * others; k++) {
            double size = a[k] < 0 ? -a[k] : a[k];
            if (size > best) {
                best = size;
                row = k / others;
                column = k % others;
            }
        }
        out[step] = column;
        for (slong k = 0; k < others; k++) {
            double t = a[step * others + k];
            a[step * others + k] = a[row * others + k];
            a[row * others + k] = t;
        }
        for (slong i = step + 1; i < rank && best > 0; i++) {
            double factor = a[i * others + column] / a[step * others + column];
            for (slong k = 0; k < others; k++)
                a[i * others + k] -= factor * a[step * others + k];
            a[i * others + column] = 0;
        }
        /* a column is used once */
        for (slong i = 0; i < rank; i++)
            if (i <= step)
                a[i * others + column] = 0;
    }
    ncf__free(a);
}

static int compare_indices(const void *a, const void *b)
{
    slong x = *(const slong *) a, y = *(const slong *) b;
    return (x > y) - (x < y);
}

/* The submatrix of W_l of these rows and columns. */
static void set_submatrix(arb_mat_t out, const units_t *units, ncf_network_block_t b,
                          const slong *rows, const slong *columns)
{
    for (slong i = 0; i < arb_mat_nrows(out); i++)
        for (slong j = 0; j < arb_mat_ncols(out); j++) {
            slong row = rows != NULL ? rows[i] : i, column = columns != NULL ? columns[j] : j;
            arb_set(arb_mat_entry(out, i, j),
                    units->point->box + b.offset + row * b.columns + column);
        }
}

/* A short Y with row sums of |I - Y M| below 1/2; 0 if none was found. */
static int find_inverse(ncf_dyadic_t *out, const arb_mat_t m)
{
    slong rank = arb_mat_nrows(m);
    arb_mat_t inverse, product;
    arb_mat_init(inverse, rank, rank);
    arb_mat_init(product, rank, rank);
    acb_ptr entries = _acb_vec_init(rank * rank);
    mag_t norm;
    mag_init(norm);
    arb_mat_get_mid(product, m);
    int found = 0, regular = arb_mat_approx_inv(inverse, product, RANK_PREC);
    for (slong k = 0; k < rank * rank; k++)
        arb_set(acb_realref(entries + k), arb_mat_entry(inverse, k / rank, k % rank));
    for (slong bits = 10; bits <= 80 && regular && !found; bits += 10) {
        ncf__dyadic_set_acb(out, entries, 1, bits);
        for (slong k = 0; k < rank * rank; k++)
            ncf__dyadic_get(arb_mat_entry(inverse, k / rank, k % rank), out, k);
        arb_mat_mul(product, inverse, m, RANK_PREC);
        for (slong i = 0; i < rank; i++)
            arb_sub_ui(arb_mat_entry(product, i, i), arb_mat_entry(product, i, i), 1,
                       RANK_PREC);
        arb_mat_bound_inf_norm(norm, product);
        found = mag_cmp_2exp_si(norm, -1) < 0;
    }
    mag_clear(norm);
    _acb_vec_clear(entries, rank * rank);
    arb_mat_clear(product);
    arb_mat_clear(inverse);
    return found;
}

/* The claims that units of the layers on both sides of W_l are copies. */
static slong list_premises(slong *out, const units_t *units, slong block)
{
    slong count = 0;
    out[count++] = units->point->id;
    for (slong l = block - 1; l <= block; l++) {
        if (l < 0 || l >= units->group->class_count)
            continue;
        const ncf_unit_class_t *layer = &units->group->classes[l];
        for (slong j = 0; j < layer->units; j++)
            if (units->copies[layer->first + j] != 0)
                out[count++] = units->copies[layer->first + j];
    }
    return count;
}

static void write_rank(units_t *units, slong block, const slong *rows, const slong *columns,
                       slong rank, const ncf_dyadic_t *inverse)
{
    ncf_certificate_t *certificate = units->certificate;
    slong *premises = ncf__malloc((size_t) units->group->units + 1, sizeof(*premises));
    slong count = list_premises(premises, units, block), size = ncf__dyadic_log2(inverse);
    ncf__claim_open(certificate, "rank", "T-RANKS", premises, count);
    ncf__claim_integer(certificate, "layer", block + 1);
    ncf__claim_integer(certificate, "rank", rank);
    ncf__claim_indices(certificate, "rows", rows, rank);
    ncf__claim_indices(certificate, "columns", columns, rank);
    ncf__claim_integer(certificate, "bits", 80 + (size > 0 ? size : 0));
    ncf__claim_vector(certificate, "inverse", inverse);
    ncf__claim_close(certificate);
    ncf__free(premises);
}

/* The rank by its rows, or by its columns; 1 when the claim was written. */
static int claim_rank_by(units_t *units, slong block, slong rank, int columns)
{
    ncf_network_block_t b = ncf__network_block(units->certificate->network, block);
    slong size = b.rows > b.columns ? b.rows : b.columns;
    slong *lines = ncf__malloc((size_t) size, sizeof(*lines));
    slong *others = ncf__malloc((size_t) size, sizeof(*others));
    int found = list_lines(lines, units, block, columns) == rank;
    if (found) {
        arb_mat_t strip, square;
        ncf_dyadic_t inverse;
        arb_mat_init(strip, rank, columns ? b.rows : b.columns);
        arb_mat_init(square, rank, rank);
        ncf__dyadic_init(&inverse, rank * rank);
        for (slong i = 0; i < rank; i++)
            for (slong k = 0; k < arb_mat_ncols(strip); k++)
                arb_set(arb_mat_entry(strip, i, k),
                        units->point->box + b.offset +
                            (columns ? k * b.columns + lines[i] : lines[i] * b.columns + k));
        choose_others(others, strip, rank);
        qsort(others, (size_t) rank, sizeof(*others), compare_indices);
        const slong *rows = columns ? others : lines, *chosen = columns ? lines : others;
        set_submatrix(square, units, b, rows, chosen);
        found = find_inverse(&inverse, square);
        if (found)
            write_rank(units, block, rows, chosen, rank, &inverse);
        ncf__dyadic_clear(&inverse);
        arb_mat_clear(square);
        arb_mat_clear(strip);
    }
    ncf__free(others);
    ncf__free(lines);
    return found;
}

static void claim_ranks(units_t *units)
{
    const ncf_certified_point_t *record = &units->orbit->point;
    for (slong l = 0; l < record->block_count; l++) {
        slong rank = record->ranks[l].lower;
        int exact = rank == record->ranks[l].upper, small = rank >= 1 && rank <= MAX_RANK;
        if (exact && small &&
            (claim_rank_by(units, l, rank, 0) || claim_rank_by(units, l, rank, 1)))
            continue;
        if (exact)
            ncf__unproved(units->certificate, ncf__reason_not_passed, "%s: W_%ld has rank %ld",
                          units->name, (long) l + 1, (long) rank);
        else
            ncf__unproved(units->certificate, "only bounds of it are known",
                          "%s: the rank of W_%ld", units->name, (long) l + 1);
    }
}

/* ---- The orbit -------------------------------------------------------------------------- */

/* The order of the stabiliser without what units that are zero add to it. */
static void stabiliser_order(fmpz_t out, const units_t *units)
{
    fmpz_t t;
    fmpz_init(t);
    ncf__symmetry_order(out, units->group);
    fmpz_divexact(out, out, units->orbit->size);
    for (slong l = 0; l < units->group->class_count; l++) {
        const ncf_unit_class_t *layer = &units->group->classes[l];
        slong zeros = 0;
        for (slong j = 0; j < layer->units; j++)
            zeros += unit_is_zero(units, layer, j);
        fmpz_fac_ui(t, (ulong) zeros);
        if (layer->sign != NCF_SIGN_NONE)
            fmpz_mul_2exp(t, t, (ulong) zeros);
        fmpz_fdiv_q(out, out, t);
    }
    fmpz_clear(t);
}

/* Is each unit zero in all its weights, or not zero in an incoming one? */
static int units_are_decided(const units_t *units)
{
    arb_srcptr box = units->point->box;
    for (slong l = 0; l < units->group->class_count; l++) {
        const ncf_unit_class_t *layer = &units->group->classes[l];
        for (slong j = 0; j < layer->units; j++) {
            int zero = unit_is_zero(units, layer, j), active = 0;
            for (slong o = 0; o < layer->out_rows && zero; o++)
                zero = arb_is_zero(box + layer->out_offset + o * layer->units + j);
            for (slong s = 0; s < layer->in_count; s++)
                active = active ||
                         !arb_contains_zero(box + layer->in_offset + j * layer->in_count + s);
            if (!zero && !active)
                return 0;
        }
    }
    return 1;
}

static void claim_orbit(units_t *units)
{
    if (!units->orbit->size_known) {
        ncf__unproved(units->certificate, "the size is not known, or not finite",
                      "%s: the number of points in the orbit", units->name);
        return;
    }
    fmpz_t order;
    fmpz_init(order);
    stabiliser_order(order, units);
    if (!units->point->is_unique || !units_are_decided(units) ||
        fmpz_cmp_si(order, MAX_STABILISER) > 0) {
        ncf__unproved(units->certificate, ncf__reason_not_passed,
                      "%s: the number of points in the orbit", units->name);
    } else {
        ncf__claim_open(units->certificate, "orbit", "T-ORBIT", &units->point->id, 1);
        ncf__claim_number(units->certificate, "size", units->orbit->size);
        ncf__claim_close(units->certificate);
    }
    fmpz_clear(order);
}

void ncf__claim_units(const ncf_claimed_point_t *point, ncf_certificate_t *certificate,
                      const ncf_point_orbit_t *orbit, const char *name)
{
    const ncf_certified_point_t *record = &orbit->point;
    if (certificate->problem->network.kind != NCF_NETWORK_FEEDFORWARD) {
        ncf__unproved(certificate,
                      "the format has these claims for feed-forward networks only",
                      "%s: ranks, and the number of points in the orbit", name);
        return;
    }
    units_t units = {.point = point, .certificate = certificate, .orbit = orbit, .name = name};
    ncf__symmetry_init(units.group, certificate->network);
    units.first = ncf__calloc((size_t) units.group->units + 1, sizeof(slong));
    units.copies = ncf__calloc((size_t) units.group->units + 1, sizeof(slong));
    ncf_orbit_member_t member = {record->point, record->box, record->slice_dimension};
    ncf__symmetry_equal_units(units.first, units.group, &member);
    if (point->is_unique)
        claim_equal_units(&units);
    claim_ranks(&units);
    claim_orbit(&units);
    ncf__free(units.copies);
    ncf__free(units.first);
    ncf__symmetry_clear(units.group);
}

void ncf__claim_point_orbit(ncf_claimed_point_t *out, ncf_certificate_t *certificate,
                            const ncf_point_orbit_t *orbit, const char *name, int basin)
{
    ncf__claim_point(out, certificate, &orbit->point, name);
    if (out->id == 0)
        return;
    ncf__claim_inertia(out, certificate, &orbit->point, name);
    ncf__claim_units(out, certificate, orbit, name);
    if (basin)
        ncf__claim_basin(out, certificate, name);
}
