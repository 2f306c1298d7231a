/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * essential.c: the essential subspace W of T (T-ESSENTIAL), exactly. W is spanned by
 * the gradients of T. A rank modulo a prime never exceeds the rank over Q, so that
 * sampled gradients of full rank modulo a prime prove that W is everything. When W is
 * smaller than the span of the points, the claim "nothing else is in W" is verified by
 * expanding the derivative of T in each direction orthogonal to the sampled span.
 */
#include "tensor_internal.h"

/* A derivative is expanded only when it has at most this many monomials. */
#define EXPANSION_LIMIT 200000
/* The same for T itself, which is expanded only when it seems to be zero. */
#define ZERO_LIMIT 2000000

/* A random prime of 62 bits; the choice affects speed only. */
static ulong random_prime(ncf_random_t *random)
{
    return n_nextprime((UINT64_C(1) << 61) + ncf__random_below(random, UINT64_C(1) << 60), 1);
}

/* Reduces a rational matrix modulo p; returns 0 when p divides a denominator. */
static int reduce_matrix(nmod_mat_t out, const fmpq_mat_t a)
{
    for (slong i = 0; i < fmpq_mat_nrows(a); i++) {
        for (slong j = 0; j < fmpq_mat_ncols(a); j++) {
            ulong q = fmpz_fdiv_ui(fmpq_mat_entry_den(a, i, j), out->mod.n);
            ulong p = fmpz_fdiv_ui(fmpq_mat_entry_num(a, i, j), out->mod.n);
            if (q == 0)
                return 0;
            nmod_mat_entry(out, i, j) =
                n_mulmod2_preinv(p, n_invmod(q, out->mod.n), out->mod.n, out->mod.ninv);
        }
    }
    return 1;
}

/* Rows: the gradients sum_i z_i (x_i . r)^{m-1} x_i at random r, modulo the prime. */
static void sample_gradients(nmod_mat_t out, slong order, const nmod_mat_t x, const nmod_mat_t z,
                             ncf_random_t *random)
{
    slong points = nmod_mat_nrows(x), d = nmod_mat_ncols(x);
    nmod_mat_t r, s, scaled;
    nmod_mat_init(r, d, nmod_mat_nrows(out), x->mod.n);
    nmod_mat_init(s, points, nmod_mat_nrows(out), x->mod.n);
    nmod_mat_init(scaled, nmod_mat_nrows(out), points, x->mod.n);
    for (slong i = 0; i < d; i++)
        for (slong k = 0; k < nmod_mat_nrows(out); k++)
            nmod_mat_entry(r, i, k) = ncf__random_below(random, x->mod.n);
    nmod_mat_mul(s, x, r);
    for (slong i = 0; i < points; i++) {
        for (slong k = 0; k < nmod_mat_nrows(out); k++) {
            ulong power = n_powmod2_preinv(nmod_mat_entry(s, i, k), order - 1, x->mod.n, x->mod.ninv);
            nmod_mat_entry(scaled, k, i) =
                n_mulmod2_preinv(power, nmod_mat_entry(z, i, 0), x->mod.n, x->mod.ninv);
        }
    }
    nmod_mat_mul(out, scaled, x);
    nmod_mat_clear(scaled);
    nmod_mat_clear(s);
    nmod_mat_clear(r);
}

/*
 * Lower bounds, proved, of the ranks of the points and of the gradients; `pivots` gets
 * indices of independent points (rank_points of them).
 */
static void modular_ranks(slong *rank_points, slong *rank_gradients, slong *pivots, slong order,
                          const fmpq_mat_t x, const fmpq_mat_t weights, ncf_random_t *random)
{
    slong points = fmpq_mat_nrows(x), d = fmpq_mat_ncols(x);
    nmod_mat_t xp, zp, gradients, transposed;
    for (;;) {
        ulong p = random_prime(random);
        nmod_mat_init(xp, points, d, p);
        nmod_mat_init(zp, points, 1, p);
        if (reduce_matrix(xp, x) && reduce_matrix(zp, weights))
            break;
        nmod_mat_clear(xp);
        nmod_mat_clear(zp);
    }
    nmod_mat_init(gradients, d, d, xp->mod.n);
    sample_gradients(gradients, order, xp, zp, random);
    *rank_gradients = nmod_mat_rank(gradients);
    nmod_mat_init(transposed, d, points, xp->mod.n);
    nmod_mat_transpose(transposed, xp);
    *rank_points = nmod_mat_rref(transposed);
    for (slong i = 0, j = 0; i < *rank_points; i++, j++) {
        while (nmod_mat_entry(transposed, i, j) == 0)
            j++;
        pivots[i] = j;
    }
    nmod_mat_clear(transposed);
    nmod_mat_clear(gradients);
    nmod_mat_clear(zp);
    nmod_mat_clear(xp);
}

/* Multiplies a vector by a positive rational that makes it integral and primitive. */
static void make_primitive(fmpq *v, slong length)
{
    fmpz_t lcm, gcd;
    fmpz_init_set_ui(lcm, 1);
    fmpz_init(gcd);
    for (slong i = 0; i < length; i++)
        fmpz_lcm(lcm, lcm, fmpq_denref(v + i));
    for (slong i = 0; i < length; i++) {
        fmpq_mul_fmpz(v + i, v + i, lcm);
        fmpz_gcd(gcd, gcd, fmpq_numref(v + i));
    }
    if (!fmpz_is_zero(gcd)) {
        for (slong i = 0; i < length; i++)
            fmpz_divexact(fmpq_numref(v + i), fmpq_numref(v + i), gcd);
    }
    fmpz_clear(gcd);
    fmpz_clear(lcm);
}

static int is_zero_vector(const fmpq *v, slong length)
{
    for (slong i = 0; i < length; i++) {
        if (!fmpq_is_zero(v + i))
            return 0;
    }
    return 1;
}

static void dot(fmpq_t out, const fmpq *a, const fmpq *b, slong length)
{
    fmpq_zero(out);
    for (slong i = 0; i < length; i++)
        fmpq_addmul(out, a + i, b + i);
}

/*
 * Gram-Schmidt without normalisation on the rows, zero rows dropped; the rows that are
 * kept move to the front. Returns their number, the exact rank.
 */
static slong orthogonalise_rows(fmpq_mat_t rows)
{
    slong d = fmpq_mat_ncols(rows), kept = 0;
    fmpq_t a, b;
    fmpq_init(a);
    fmpq_init(b);
    for (slong i = 0; i < fmpq_mat_nrows(rows); i++) {
        fmpq *v = fmpq_mat_entry(rows, i, 0);
        for (slong k = 0; k < kept; k++) {
            const fmpq *u = fmpq_mat_entry(rows, k, 0);
            dot(a, v, u, d);
            dot(b, u, u, d);
            fmpq_div(a, a, b);
            for (slong j = 0; j < d; j++)
                fmpq_submul(v + j, a, u + j);
        }
        if (is_zero_vector(v, d))
            continue;
        make_primitive(v, d);
        for (slong j = 0; j < d; j++)
            fmpq_swap(fmpq_mat_entry(rows, kept, j), v + j);
        kept++;
    }
    fmpq_clear(b);
    fmpq_clear(a);
    return kept;
}

/* Exact gradients at `count` random small integer vectors, as rows. */
static void exact_gradients(fmpq_mat_t out, slong order, const fmpq_mat_t x,
                            const fmpq_mat_t weights, ncf_random_t *random)
{
    slong d = fmpq_mat_ncols(x);
    fmpq *r = _fmpq_vec_init(d);
    fmpq_t s;
    fmpq_init(s);
    for (slong k = 0; k < fmpq_mat_nrows(out); k++) {
        for (slong j = 0; j < d; j++)
            fmpq_set_si(r + j, (slong) ncf__random_below(random, 201) - 100, 1);
        for (slong i = 0; i < fmpq_mat_nrows(x); i++) {
            dot(s, fmpq_mat_entry(x, i, 0), r, d);
            fmpq_pow_si(s, s, order - 1);
            fmpq_mul(s, s, fmpq_mat_entry(weights, i, 0));
            for (slong j = 0; j < d; j++)
                fmpq_addmul(fmpq_mat_entry(out, k, j), s, fmpq_mat_entry(x, i, j));
        }
    }
    fmpq_clear(s);
    _fmpq_vec_clear(r, d);
}

/*
 * Advances a multi-index of the given total degree in d places; 0 after the last one.
 * Starts at (degree, 0, .., 0).
 */
static int next_multi_index(slong *index, slong d)
{
    slong last = index[d - 1];
    index[d - 1] = 0;
    slong j = d - 2;
    while (j >= 0 && index[j] == 0)
        j--;
    if (j < 0)
        return 0;
    index[j]--;
    index[j + 1] = last + 1;
    return 1;
}

/* Is sum_i z_i x_i^a = 0 for every multi-index a of the degree? */
static int moments_vanish(const fmpq *z, slong degree, const fmpq_mat_t x)
{
    slong points = fmpq_mat_nrows(x), d = fmpq_mat_ncols(x);
    slong *index = ncf__calloc((size_t) d, sizeof(*index));
    fmpq_t sum, term, power;
    fmpq_init(sum);
    fmpq_init(term);
    fmpq_init(power);
    int vanish = 1;
    index[0] = degree;
    do {
        fmpq_zero(sum);
        for (slong i = 0; i < points; i++) {
            fmpq_set(term, z + i);
            for (slong j = 0; j < d && !fmpq_is_zero(term); j++) {
                if (index[j] == 0)
                    continue;
                fmpq_pow_si(power, fmpq_mat_entry(x, i, j), index[j]);
                fmpq_mul(term, term, power);
            }
            fmpq_add(sum, sum, term);
        }
        vanish = fmpq_is_zero(sum);
    } while (vanish && next_multi_index(index, d));
    fmpq_clear(power);
    fmpq_clear(term);
    fmpq_clear(sum);
    ncf__free(index);
    return vanish;
}

/* Is sum_i z_i (x_i . v) x_i^{(m-1)} = 0? Each monomial's coefficient is checked. */
static int derivative_vanishes(const fmpq *v, slong order, const fmpq_mat_t x,
                               const fmpq_mat_t weights)
{
    slong points = fmpq_mat_nrows(x), d = fmpq_mat_ncols(x);
    fmpq *scaled = _fmpq_vec_init(points);
    for (slong i = 0; i < points; i++) {
        dot(scaled + i, fmpq_mat_entry(x, i, 0), v, d);
        fmpq_mul(scaled + i, scaled + i, fmpq_mat_entry(weights, i, 0));
    }
    int vanishes = moments_vanish(scaled, order - 1, x);
    _fmpq_vec_clear(scaled, points);
    return vanishes;
}

/* Is (number of monomials of the degree in d variables) * points at most the limit? */
static int expansion_is_small(slong degree, const fmpq_mat_t x, ulong limit)
{
    fmpz_t monomials;
    fmpz_init(monomials);
    fmpz_bin_uiui(monomials, (ulong) (fmpq_mat_ncols(x) + degree - 1), (ulong) degree);
    fmpz_mul_si(monomials, monomials, fmpq_mat_nrows(x));
    int small = fmpz_cmp_ui(monomials, limit) <= 0;
    fmpz_clear(monomials);
    return small;
}

/*
 * Rows 0..rank-1 of `span` are orthogonal and lie in W. Verifies that they span W: a
 * basis of the complement comes from the projections of the unit vectors.
 */
static int complement_is_annihilated(const fmpq_mat_t span, slong rank, slong order,
                                     const fmpq_mat_t x, const fmpq_mat_t weights)
{
    slong d = fmpq_mat_ncols(x);
    fmpq_mat_t all;
    fmpq_mat_init(all, rank + d, d);
    for (slong i = 0; i < rank; i++)
        for (slong j = 0; j < d; j++)
            fmpq_set(fmpq_mat_entry(all, i, j), fmpq_mat_entry(span, i, j));
    for (slong j = 0; j < d; j++)
        fmpq_one(fmpq_mat_entry(all, rank + j, j));
    slong total = orthogonalise_rows(all);
    NCF_REQUIRE(total == d);
    int vanishes = 1;
    for (slong i = rank; i < d && vanishes; i++)
        vanishes = derivative_vanishes(fmpq_mat_entry(all, i, 0), order, x, weights);
    fmpq_mat_clear(all);
    return vanishes;
}

/* basis = transpose of the first `rank` rows, or the identity when they span all. */
static void set_basis(fmpq_mat_t basis, const fmpq_mat_t rows, slong rank)
{
    slong d = fmpq_mat_ncols(rows);
    fmpq_mat_init(basis, d, rank);
    if (rank == d) {
        fmpq_mat_one(basis);
        return;
    }
    for (slong i = 0; i < d; i++)
        for (slong j = 0; j < rank; j++)
            fmpq_set(fmpq_mat_entry(basis, i, j), fmpq_mat_entry(rows, j, i));
}

/* The span of the points: rows listed in pivots first, so that the numbers stay small. */
static void span_of_points(fmpq_mat_t basis, const fmpq_mat_t x, const slong *pivots, slong count)
{
    slong d = fmpq_mat_ncols(x), points = fmpq_mat_nrows(x);
    fmpq_mat_t rows;
    fmpq_mat_init(rows, count + points, d);
    for (slong i = 0; i < count + points; i++) {
        slong source = i < count ? pivots[i] : i - count;
        for (slong j = 0; j < d; j++)
            fmpq_set(fmpq_mat_entry(rows, i, j), fmpq_mat_entry(x, source, j));
    }
    slong rank = orthogonalise_rows(rows);
    set_basis(basis, rows, rank);
    fmpq_mat_clear(rows);
}

/* The sampled gradients span W properly inside the span of the points: try to prove it. */
static int span_of_gradients(fmpq_mat_t basis, slong order, const fmpq_mat_t x,
                             const fmpq_mat_t weights, slong rank, ncf_random_t *random)
{
    fmpq_mat_t rows;
    fmpq_mat_init(rows, rank + 3, fmpq_mat_ncols(x));
    exact_gradients(rows, order, x, weights, random);
    slong exact_rank = orthogonalise_rows(rows);
    int proved = complement_is_annihilated(rows, exact_rank, order, x, weights);
    if (proved)
        set_basis(basis, rows, exact_rank);
    fmpq_mat_clear(rows);
    return proved;
}

/*
 * T in the coordinates of the span of the points is usually small enough to be expanded:
 * when every coefficient is 0, T = 0 and the basis becomes empty.
 */
static void drop_zero_form(fmpq_mat_t basis, slong order, const fmpq_mat_t x,
                           const fmpq_mat_t weights)
{
    fmpq_mat_t coords;
    fmpq_mat_init(coords, fmpq_mat_nrows(x), fmpq_mat_ncols(basis));
    fmpq_mat_mul(coords, x, basis);
    fmpq *z = _fmpq_vec_init(fmpq_mat_nrows(x));
    for (slong i = 0; i < fmpq_mat_nrows(x); i++)
        fmpq_set(z + i, fmpq_mat_entry(weights, i, 0));
    if (expansion_is_small(order, coords, ZERO_LIMIT) && moments_vanish(z, order, coords)) {
        fmpq_mat_clear(basis);
        fmpq_mat_init(basis, fmpq_mat_ncols(x), 0);
    }
    _fmpq_vec_clear(z, fmpq_mat_nrows(x));
    fmpq_mat_clear(coords);
}

void ncf__essential_basis(fmpq_mat_t basis, slong order, const fmpq_mat_t x,
                          const fmpq_mat_t weights)
{
    slong d = fmpq_mat_ncols(x), rank_points, rank_gradients;
    if (fmpq_mat_nrows(x) == 0) {
        fmpq_mat_init(basis, d, 0);
        return;
    }
    ncf_random_t random;
    ncf__random_init(&random, 1, 0);
    slong *pivots = ncf__malloc((size_t) d, sizeof(*pivots));
    modular_ranks(&rank_points, &rank_gradients, pivots, order, x, weights, &random);
    if (rank_gradients == d) {
        fmpq_mat_init(basis, d, d);
        fmpq_mat_one(basis);
    } else if (rank_gradients == rank_points ||
               !expansion_is_small(order - 1, x, EXPANSION_LIMIT) ||
               !span_of_gradients(basis, order, x, weights, rank_gradients, &random)) {
        span_of_points(basis, x, pivots, rank_points);
        if (rank_gradients == 0)
            drop_zero_form(basis, order, x, weights);
    }
    ncf__free(pivots);
}
