/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* cover_shape.c: monomial tables of the charts and their coefficients (T-COVER). */
#include "cover_internal.h"

#include <math.h>

#define COVER_MAX_TERMS 20000

/* C(m + v, v), or more than COVER_MAX_TERMS. */
static slong term_count(slong variables, slong degree)
{
    if (degree > COVER_MAX_TERMS)
        return COVER_MAX_TERMS + 1;
    double count = 1;
    for (slong l = 1; l <= variables; l++)
        count *= (double) (degree + l) / (double) l;
    return count > COVER_MAX_TERMS ? COVER_MAX_TERMS + 1 : lround(count);
}

static slong power_key(const ncf_cover_shape_t *shape, const slong *exponents)
{
    slong key = 0;
    for (slong l = shape->variables - 1; l >= 0; l--)
        key = key * (shape->degree + 1) + exponents[l];
    return key;
}

slong ncf__cover_term(const ncf_cover_shape_t *shape, const slong *exponents)
{
    return shape->index[power_key(shape, exponents)];
}

/* Children of each term in turn: variable l only from the parent's last variable on. */
static void enumerate_terms(ncf_cover_shape_t *shape)
{
    slong count = 1;
    for (slong i = 0; i < count; i++) {
        const slong *a = shape->exponents[i];
        shape->even[i] = 1;
        for (slong l = 0; l < shape->variables; l++)
            shape->even[i] = shape->even[i] && a[l] % 2 == 0;
        shape->index[power_key(shape, a)] = i;
        if (shape->total[i] == shape->degree)
            continue;
        for (slong l = shape->parent_variable[i]; l < shape->variables; l++, count++) {
            for (slong k = 0; k < COVER_VARIABLES; k++)
                shape->exponents[count][k] = a[k] + (k == l);
            shape->total[count] = shape->total[i] + 1;
            shape->parent[count] = i;
            shape->parent_variable[count] = l;
        }
    }
    NCF_REQUIRE(count == shape->terms);
}

static void collect_rows(ncf_cover_shape_t *shape, slong l)
{
    slong filled = 0, rows = 0;
    for (slong i = 0; i < shape->terms; i++) {
        slong a[COVER_VARIABLES];
        for (slong k = 0; k < COVER_VARIABLES; k++)
            a[k] = shape->exponents[i][k];
        if (a[l] != 0)
            continue;
        slong degree = shape->degree - shape->total[i];
        shape->row_degree[l][rows++] = degree;
        for (a[l] = 0; a[l] <= degree; a[l]++)
            shape->row[l][filled++] = ncf__cover_term(shape, a);
    }
    shape->rows = rows;
    NCF_REQUIRE(filled == shape->terms);
}

int ncf__cover_shape_init(ncf_cover_shape_t *shape, slong variables, slong degree)
{
    slong terms = term_count(variables, degree), keys = 1;
    if (terms > COVER_MAX_TERMS)
        return 0;
    for (slong l = 0; l < variables; l++)
        keys *= degree + 1;
    shape->variables = variables;
    shape->degree = degree;
    shape->terms = terms;
    size_t size = (size_t) terms;
    shape->exponents = ncf__calloc(size, sizeof(*shape->exponents));
    shape->total = ncf__calloc(size, sizeof(slong));
    shape->parent = ncf__calloc(size, sizeof(slong));
    shape->parent_variable = ncf__calloc(size, sizeof(slong));
    shape->even = ncf__calloc(size, 1);
    shape->index = ncf__calloc((size_t) keys, sizeof(slong));
    enumerate_terms(shape);
    for (slong l = 0; l < variables; l++) {
        shape->row[l] = ncf__calloc(size, sizeof(slong));
        shape->row_degree[l] = ncf__calloc(size, sizeof(slong));
        collect_rows(shape, l);
    }
    shape->rounding =
        (double) (2 * (3 * degree * variables + 2 * terms + degree + 32)) * 0x1p-53;
    return 1;
}

void ncf__cover_shape_clear(ncf_cover_shape_t *shape)
{
    for (slong l = 0; l < shape->variables; l++) {
        ncf__free(shape->row_degree[l]);
        ncf__free(shape->row[l]);
    }
    ncf__free(shape->index);
    ncf__free(shape->even);
    ncf__free(shape->parent_variable);
    ncf__free(shape->parent);
    ncf__free(shape->total);
    ncf__free(shape->exponents);
}

/* multinomial(m; a) of the homogeneous monomial whose exponent of e_0 is m - |a|. */
static void multinomial(fmpz_t out, const ncf_cover_shape_t *shape, slong i)
{
    fmpz_t factor;
    fmpz_init(factor);
    fmpz_one(out);
    slong rest = shape->degree;
    for (slong l = 0; l < shape->variables; l++) {
        fmpz_bin_uiui(factor, (ulong) rest, (ulong) shape->exponents[i][l]);
        fmpz_mul(out, out, factor);
        rest -= shape->exponents[i][l];
    }
    fmpz_clear(factor);
}

/* out_i += weight * (point monomial i); the monomials come from their parents. */
static void add_point(arb_ptr out, arb_ptr monomial, arb_srcptr point, const fmpq_t weight,
                      const ncf_cover_shape_t *shape, slong prec)
{
    arb_ptr power = _arb_vec_init(shape->degree + 1);
    arb_t term;
    arb_init(term);
    _arb_vec_set_powers(power, point, shape->degree + 1, prec);
    arb_set_fmpq(monomial, weight, prec);
    for (slong i = 0; i < shape->terms; i++) {
        if (i > 0)
            arb_mul(monomial + i, monomial + shape->parent[i],
                    point + 1 + shape->parent_variable[i], prec);
        arb_mul(term, monomial + i, power + shape->degree - shape->total[i], prec);
        arb_add(out + i, out + i, term, prec);
    }
    arb_clear(term);
    _arb_vec_clear(power, shape->degree + 1);
}

/* T e^m = sum_a multinomial(m; a) out_a e^{(m - |a|, a)}; 0: a limit was reached. */
static int form_coefficients(arb_ptr out, const ncf_cover_shape_t *shape,
                             const ncf_tensor_t tensor, const arb_mat_t points,
                             const ncf_limits_t *limits, slong prec)
{
    arb_ptr monomial = _arb_vec_init(shape->terms);
    slong i = 0;
    for (; i < tensor->points && ncf__limit_reached(limits) == NCF_LIMIT_NONE; i++)
        add_point(out, monomial, arb_mat_entry(points, i, 0),
                  fmpq_mat_entry(tensor->weights, i, 0), shape, prec);
    _arb_vec_clear(monomial, shape->terms);
    return i == tensor->points;
}

/*
 * Applies the multinomial factors, and divides by 2^exponent, a power of two that is at
 * least the Bombieri norm, sqrt(sum_a multinomial(m; a) out_a^2).
 */
static void normalise(arb_ptr out, fmpz_t exponent, const ncf_cover_shape_t *shape, slong prec)
{
    arb_t norm, term;
    fmpz_t count, shift;
    mag_t bound;
    arb_init(norm);
    arb_init(term);
    fmpz_init(count);
    fmpz_init(shift);
    mag_init(bound);
    for (slong i = 0; i < shape->terms; i++) {
        multinomial(count, shape, i);
        arb_mul(term, out + i, out + i, prec);
        arb_addmul_fmpz(norm, term, count, prec);
        arb_mul_fmpz(out + i, out + i, count, prec);
    }
    arb_get_mag(bound, norm);
    mag_sqrt(bound, bound);
    if (mag_is_special(bound))
        fmpz_zero(exponent);
    else
        fmpz_set(exponent, MAG_EXPREF(bound));
    fmpz_neg(shift, exponent);
    for (slong i = 0; i < shape->terms; i++)
        arb_mul_2exp_fmpz(out + i, out + i, shift);
    mag_clear(bound);
    fmpz_clear(shift);
    fmpz_clear(count);
    arb_clear(term);
    arb_clear(norm);
}

/* Rounds a ball to a lane with its majorant; not finite stays so and proves nothing. */
static void set_lane(double *term, int lane, const arb_t x)
{
    arf_t value;
    arb_t error;
    mag_t bound;
    arf_init(value);
    arb_init(error);
    mag_init(bound);
    double d = arf_get_d(arb_midref(x), ARF_RND_NEAR);
    double majorant = HUGE_VAL;
    if (arb_is_finite(x) && isfinite(d)) {
        arf_set_d(value, d);
        arb_sub_arf(error, x, value, ARF_PREC_EXACT);
        arb_get_mag(bound, error);
        mag_mul_2exp_si(bound, bound, 53);
        majorant = fmax(fabs(d), 0x1p-900);
        if (mag_cmp_2exp_si(bound, 1000) > 0)
            majorant = HUGE_VAL;
        else if (mag_cmp_2exp_si(bound, -950) > 0)
            majorant = fmax(majorant, mag_get_d(bound));
    }
    term[lane] = d;
    term[COVER_MAJORANT + lane] = majorant;
    mag_clear(bound);
    arb_clear(error);
    arf_clear(value);
}

/* The coefficient of T e^m at x^a (e_chart has the rest), or 0 if a is no exponent. */
static void chart_coefficient(arb_t out, arb_srcptr form, const ncf_cover_shape_t *shape,
                              const slong *a, slong chart)
{
    slong full[COVER_VARIABLES + 1], total = 0;
    arb_zero(out);
    for (slong l = 0; l < shape->variables; l++) {
        if (a[l] < 0)
            return;
        full[l + (l >= chart)] = a[l];
        total += a[l];
    }
    if (total > shape->degree)
        return;
    full[chart] = shape->degree - total;
    arb_set(out, form + ncf__cover_term(shape, full + 1));
}

/*
 * With c_a the coefficients of phi: m g_j has (a_j + 1) c_{a + e_j} at x^a, and m g_k
 * has (m - |a|) c_a, so m x_j g_k has (m - |a| + 1) c_{a - e_j}.
 */
static void fill_chart(ncf_cover_term_t *table, arb_srcptr form,
                       const ncf_cover_shape_t *shape, slong chart, slong prec)
{
    arb_t up, down;
    arb_init(up);
    arb_init(down);
    for (slong i = 0; i < shape->terms; i++) {
        slong a[COVER_VARIABLES];
        for (slong l = 0; l < COVER_VARIABLES; l++)
            a[l] = shape->exponents[i][l];
        for (int lane = 0; lane < COVER_LANES; lane++)
            table[i][lane] = lane < COVER_MAJORANT ? 0 : 0x1p-900;
        chart_coefficient(up, form, shape, a, chart);
        set_lane(table[i], COVER_FORM, up);
        for (slong j = 0; j < shape->variables; j++) {
            a[j]++;
            chart_coefficient(up, form, shape, a, chart);
            arb_mul_si(up, up, a[j], prec);
            a[j] -= 2;
            chart_coefficient(down, form, shape, a, chart);
            arb_mul_si(down, down, shape->degree - shape->total[i] + 1, prec);
            a[j]++;
            arb_sub(up, up, down, prec);
            set_lane(table[i], (int) j, up);
        }
    }
    arb_clear(down);
    arb_clear(up);
}

ncf_cover_term_t *ncf__cover_tables(fmpz_t exponent, const ncf_cover_shape_t *shape,
                                    const ncf_tensor_t tensor, const arb_mat_t points,
                                    const ncf_limits_t *limits, slong prec)
{
    slong n = shape->variables + 1;
    arb_ptr form = _arb_vec_init(shape->terms);
    ncf_cover_term_t *tables = NULL;
    if (form_coefficients(form, shape, tensor, points, limits, prec)) {
        normalise(form, exponent, shape, prec);
        tables = ncf__malloc((size_t) (n * shape->terms), sizeof(ncf_cover_term_t));
        for (slong k = 0; k < n; k++)
            fill_chart(tables + k * shape->terms, form, shape, k, prec);
    }
    _arb_vec_clear(form, shape->terms);
    return tables;
}
