/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* rank.c: how many dimensions the data span. */
#include "info.h"

/* Elimination over Z takes about (side)^3 products of entries of the Gram matrix. */
#define MAX_ELIMINATION_BITS 2147483648.0

/* A rank modulo a prime never exceeds the rank over Q. */
static slong modular_rank(const fmpz_mat_t m)
{
    nmod_mat_t reduced;
    /* The prime affects only how often the bound is not sharp. */
    nmod_mat_init(reduced, fmpz_mat_nrows(m), fmpz_mat_ncols(m),
                  n_nextprime(UINT64_C(0x2f0b4c47a3d1e965), 1));
    fmpz_mat_get_nmod_mat(reduced, m);
    slong rank = nmod_mat_rank(reduced);
    nmod_mat_clear(reduced);
    return rank;
}

/* The rank of m is that of its Gram matrices, since m is real; -1 when it is too much. */
static slong elimination_rank(const fmpz_mat_t m)
{
    slong rows = fmpz_mat_nrows(m), columns = fmpz_mat_ncols(m);
    slong side = rows < columns ? rows : columns;
    double entry_bits = 64 + 2.0 * (double) FLINT_ABS(fmpz_mat_max_bits(m));
    if ((double) side * (double) side * (double) side * entry_bits > MAX_ELIMINATION_BITS)
        return -1;
    fmpz_mat_t transpose, gram;
    fmpz_mat_init(transpose, columns, rows);
    fmpz_mat_init(gram, side, side);
    fmpz_mat_transpose(transpose, m);
    if (rows < columns)
        fmpz_mat_mul(gram, m, transpose);
    else
        fmpz_mat_mul(gram, transpose, m);
    slong rank = fmpz_mat_rank(gram);
    fmpz_mat_clear(transpose);
    fmpz_mat_clear(gram);
    return rank;
}

slong ncf__rational_rank(int *exact, const fmpq_mat_t m)
{
    slong rows = fmpq_mat_nrows(m), columns = fmpq_mat_ncols(m);
    fmpz_mat_t integer;
    fmpz *scales = _fmpz_vec_init(rows);
    fmpz_mat_init(integer, rows, columns);
    fmpq_mat_get_fmpz_mat_rowwise(integer, scales, m);
    slong rank = modular_rank(integer);
    *exact = rank == FLINT_MIN(rows, columns);
    if (!*exact) {
        slong eliminated = elimination_rank(integer);
        *exact = eliminated >= 0;
        rank = *exact ? eliminated : rank;
    }
    _fmpz_vec_clear(scales, rows);
    fmpz_mat_clear(integer);
    return rank;
}
