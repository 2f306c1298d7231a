/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * eigen_system.c: a data tensor prepared for certificates: exact scaling by a power of
 * two, the double table with proved distances (T-FASTCERT), the double model for proposals.
 */
#include "eigen_internal.h"

#define MAX_TABLE (WORD(1) << 18)      /* numbers in the dense table */
#define MAX_TABLE_WORK (WORD(1) << 24) /* entries times points */
#define MAX_FAST_ORDER 32              /* T-FASTCERT assumes these limits */
#define MAX_FAST_DIMENSION 64
#define NORM_BITS 64 /* relative accuracy wanted of |T|_F */
#define MAX_NORM_PRECISION 16384

double ncf__mag_double(const mag_t x)
{
    arf_t upper;
    arf_init_set_mag_shallow(upper, x);
    return arf_get_d(upper, ARF_RND_UP);
}

/* C(n + k - 1, k) when it is at most limit, else limit + 1. */
static slong bounded_multisets(slong n, slong k, slong limit)
{
    fmpz_t count;
    fmpz_init_set_ui(count, 1);
    for (slong i = 1; i <= k && fmpz_cmp_si(count, limit) <= 0; i++) {
        fmpz_mul_si(count, count, n + i - 1);
        fmpz_divexact_si(count, count, i);
    }
    slong out = fmpz_cmp_si(count, limit) <= 0 ? fmpz_get_si(count) : limit + 1;
    fmpz_clear(count);
    return out;
}

static int table_is_affordable(const ncf_eigen_system_t *system)
{
    slong n = system->dimension;
    if (n > MAX_TABLE || n * (n + 1) / 2 > MAX_TABLE)
        return 0;
    slong monomials = bounded_multisets(n, system->order - 2, MAX_TABLE);
    slong entries = bounded_multisets(n, system->order, MAX_TABLE);
    return monomials <= MAX_TABLE / (n * (n + 1) / 2) && entries <= MAX_TABLE &&
           system->points <= MAX_TABLE_WORK / entries;
}

/* |T|_F^2 = sum over alpha and ordered (j, k) of (c T)^2 / c. */
static void table_norm_squared(arb_t out, const ncf_eigen_system_t *system,
                               const ncf_eigen_level_t *level, slong prec)
{
    const ncf_eigen_index_t *index = &system->index;
    slong n = system->dimension;
    arb_t term;
    arb_init(term);
    arb_zero(out);
    arb_srcptr entry = level->table;
    for (slong j = 0; j < n; j++) {
        for (slong k = j; k < n; k++) {
            for (slong a = 0; a < index->count; a++, entry++) {
                arb_sqr(term, entry, prec);
                arb_div_fmpz(term, term, index->orderings + a, prec);
                arb_mul_2exp_si(term, term, j < k);
                arb_add(out, out, term, prec);
            }
        }
    }
    arb_clear(term);
}

/* sum_i |w_i| |y_i|^m, an upper bound of |T|_F. */
static void rank_norm_bound(arb_t out, const ncf_eigen_system_t *system,
                            const ncf_eigen_level_t *level, slong prec)
{
    arb_t term, weight;
    arb_init(term);
    arb_init(weight);
    arb_zero(out);
    for (slong i = 0; i < system->points; i++) {
        arb_srcptr point = level->columns + i;
        arb_dot(term, NULL, 0, point, system->points, point, system->points, system->dimension,
                prec);
        arb_sqrt(term, term, prec);
        arb_pow_ui(term, term, (ulong) system->order, prec);
        arb_abs(weight, level->weights + i);
        arb_addmul(out, weight, term, prec);
    }
    arb_clear(weight);
    arb_clear(term);
}

/*
 * Encloses |T|_F of the unscaled tensor. The precision grows until cancellation between
 * the points is overcome; what it took is the guard. Returns 0 when T may be zero.
 */
static int measure_norm(arb_t norm, ncf_eigen_system_t *system)
{
    slong prec = 128, accurate;
    do {
        prec *= 2;
        ncf_eigen_level_t *level = ncf__eigen_level_new(system, 0, prec);
        if (system->has_table) {
            table_norm_squared(norm, system, level, prec);
            arb_sqrt(norm, norm, prec);
        } else {
            rank_norm_bound(norm, system, level, prec);
        }
        ncf__eigen_level_free(level, system);
        accurate = arb_is_positive(norm) ? arb_rel_accuracy_bits(norm) : 0;
    } while (accurate < NORM_BITS && prec < MAX_NORM_PRECISION);
    if (accurate < prec)
        system->guard = prec - accurate;
    return accurate >= NORM_BITS;
}

static int set_scale(ncf_eigen_system_t *system)
{
    arb_t norm;
    arb_init(norm);
    int measured = measure_norm(norm, system);
    if (measured) {
        system->scale_exponent = arf_abs_bound_lt_2exp_si(arb_midref(norm));
        arb_mul_2exp_si(norm, norm, -system->scale_exponent);
        arb_get_mag(system->norm, norm);
        system->norm_bound = ncf__mag_double(system->norm);
    }
    arb_clear(norm);
    return measured;
}

/* One table entry as a double; adds its share to the squares of the two norms. */
static double round_entry(mag_t norm, mag_t error, arb_srcptr entry, const fmpz_t orderings,
                          int off_diagonal)
{
    arb_t difference;
    mag_t square, share;
    arb_init(difference);
    mag_init(square);
    mag_init(share);
    double rounded = arf_get_d(arb_midref(entry), ARF_RND_NEAR);
    mag_set_fmpz_lower(share, orderings);
    mag_set_d(square, rounded);
    mag_mul(square, square, square);
    mag_div(square, square, share);
    mag_mul_2exp_si(square, square, off_diagonal);
    mag_add(norm, norm, square);
    arb_set_d(difference, rounded);
    arb_sub(difference, entry, difference, 64);
    arb_get_mag(square, difference);
    mag_mul(square, square, square);
    mag_div(square, square, share);
    mag_mul_2exp_si(square, square, off_diagonal);
    mag_add(error, error, square);
    mag_clear(share);
    mag_clear(square);
    arb_clear(difference);
    return rounded;
}

/* The double table with its norm and its distance from T (T-FASTCERT, table). */
static void build_double_table(ncf_eigen_system_t *system)
{
    const ncf_eigen_index_t *index = &system->index;
    const ncf_eigen_level_t *level = ncf__eigen_level(system, 128);
    slong n = system->dimension;
    system->stride = (index->pairs + 3) / 4 * 4;
    system->table_block = ncf__calloc(
        (size_t) (index->count * system->stride) + NCF_ALIGN_SPARE, sizeof(double));
    system->table = ncf__align(system->table_block);
    mag_t norm, error;
    mag_init(norm);
    mag_init(error);
    for (slong j = 0, pair = 0; j < n; j++)
        for (slong k = j; k < n; k++, pair++)
            for (slong a = 0; a < index->count; a++)
                system->table[a * system->stride + pair] =
                    round_entry(norm, error, level->table + pair * index->count + a,
                                index->orderings + a, j < k);
    mag_sqrt(norm, norm);
    mag_sqrt(error, error);
    system->table_norm = ncf__mag_double(norm);
    system->table_error = ncf__mag_double(error);
    mag_clear(error);
    mag_clear(norm);
}

/* Points with |.| <= 1 by powers of two of their own, which go into the weights. */
static void build_approx(ncf_eigen_system_t *system)
{
    const ncf_eigen_level_t *level = ncf__eigen_level(system, 128);
    slong n = system->dimension, count = system->points;
    system->approx_points = ncf__malloc((size_t) count, (size_t) n * sizeof(double));
    system->approx_weights = ncf__malloc((size_t) count, sizeof(double));
    arb_t x;
    arb_init(x);
    for (slong i = 0; i < count; i++) {
        arb_srcptr point = level->columns + i;
        arb_dot(x, NULL, 0, point, count, point, count, n, 64);
        arb_sqrt(x, x, 64);
        slong exponent = arf_abs_bound_lt_2exp_si(arb_midref(x));
        for (slong j = 0; j < n; j++) {
            arb_mul_2exp_si(x, point + j * count, -exponent);
            system->approx_points[i * n + j] = arf_get_d(arb_midref(x), ARF_RND_DOWN);
        }
        arb_mul_2exp_si(x, level->weights + i, system->order * exponent);
        system->approx_weights[i] = arf_get_d(arb_midref(x), ARF_RND_NEAR);
    }
    arb_clear(x);
}

ncf_eigen_system_t *ncf__eigen_system_new(const ncf_tensor_t tensor)
{
    NCF_REQUIRE(tensor->dimension >= 1 && tensor->order >= 2);
    ncf_eigen_system_t *system = ncf__calloc(1, sizeof(*system));
    system->tensor = tensor;
    system->order = tensor->order;
    system->dimension = tensor->dimension;
    system->points = tensor->points;
    mag_init(system->norm);
    system->cache = ncf__calloc(1, sizeof(*system->cache));
    pthread_mutex_init(&system->cache->lock, NULL);
    system->has_table = table_is_affordable(system);
    if (system->has_table)
        ncf__eigen_index_init(&system->index, system->order, system->dimension);
    if (!set_scale(system)) {
        ncf__eigen_system_free(system);
        return NULL;
    }
    if (system->has_table && system->order <= MAX_FAST_ORDER &&
        system->dimension <= MAX_FAST_DIMENSION)
        build_double_table(system);
    build_approx(system);
    return system;
}

void ncf__eigen_system_free(ncf_eigen_system_t *system)
{
    if (system == NULL)
        return;
    ncf__free(system->approx_weights);
    ncf__free(system->approx_points);
    ncf__free(system->table_block);
    for (slong k = 0; k < NCF_EIGEN_LEVELS; k++)
        ncf__eigen_level_free(system->cache->level[k], system);
    pthread_mutex_destroy(&system->cache->lock);
    ncf__free(system->cache);
    if (system->has_table)
        ncf__eigen_index_clear(&system->index);
    mag_clear(system->norm);
    ncf__free(system);
}

slong ncf__eigen_system_scale_exponent(const ncf_eigen_system_t *system)
{
    return system->scale_exponent;
}

void ncf__eigen_system_approx(const ncf_eigen_system_t *system, const double **points,
                              const double **weights)
{
    *points = system->approx_points;
    *weights = system->approx_weights;
}
