/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* cap_gram.c: the parts of the matrix G with z' G z = P(t, v) (T-CAP C, D). */
#include "cap_internal.h"

#include <math.h>

#define MAX_SIZE 120 /* of G: an eigenvalue problem in some milliseconds */

/* x, computed with at most 1024 roundings: factorials up to that of NCF_CAP_MAX_DEGREE. */
static ncf_midrad_t rounded(double x)
{
    return ncf__midrad(x, fabs(x) * 1024 * NCF_MIDRAD_UNIT);
}

/* The product of the factorials of the exponents. */
static double factorials(const ncf_cap_monomials_t *set, slong k)
{
    double product = 1, run = 0;
    for (slong last = -1; k > 0; k = set->parent[k]) {
        run = set->last[k] == last ? run + 1 : 1;
        last = set->last[k];
        product *= run;
    }
    return product;
}

static double factorial(slong a)
{
    double product = 1;
    for (slong k = 2; k <= a; k++)
        product *= (double) k;
    return product;
}

/*
 * The entry for monomials k and l, of degrees a and b, of the flattening of N_{a+b}: the
 * entry of the symmetric tensor of the form, times the norms of both basis monomials.
 */
static ncf_midrad_t flattening(const ncf_cap_jet_t *jet, slong k, slong l, slong a, slong b)
{
    const ncf_cap_monomials_t *set = &jet->set;
    slong at = ncf__cap_monomial_product(set, k, l);
    double weight = factorials(set, at) / factorial(a + b);
    weight *= sqrt(factorial(a) / factorials(set, k)) * sqrt(factorial(b) / factorials(set, l));
    return ncf__midrad_mul(jet->form[at], rounded(weight));
}

static void set_entry(ncf_interval_matrix_t *matrix, slong i, slong j, ncf_midrad_t x)
{
    matrix->mid[i * matrix->columns + j] = matrix->mid[j * matrix->columns + i] = x.mid;
    matrix->radius[i * matrix->columns + j] = matrix->radius[j * matrix->columns + i] = x.radius;
}

static void add_entry(ncf_interval_matrix_t *matrix, slong i, slong j, ncf_midrad_t x)
{
    ncf_midrad_t old = {matrix->mid[i * matrix->columns + j],
                        matrix->radius[i * matrix->columns + j]};
    set_entry(matrix, i, j, ncf__midrad_add(old, x));
}

/* N_j: on the block of degree j / 2, or halved beside the diagonal. */
static void set_form(ncf_interval_matrix_t *part, const ncf_cap_jet_t *jet, slong j)
{
    const slong *first = jet->set.first;
    slong a = j / 2, b = j - a;
    ncf_midrad_t scale = ncf__midrad_point(a == b ? 1 : 0.5);
    for (slong k = first[a]; k < first[a + 1]; k++) {
        for (slong l = first[b]; l < first[b + 1]; l++)
            set_entry(part, k - 1, l - 1,
                      ncf__midrad_mul(scale, flattening(jet, k, l, a, b)));
    }
}

/* part += x |v|^{2a} on the block of degree a. */
static void add_power(ncf_interval_matrix_t *part, const ncf_cap_jet_t *jet, slong a,
                      ncf_midrad_t x)
{
    for (slong k = jet->set.first[a]; k < jet->set.first[a + 1]; k++)
        add_entry(part, k - 1, k - 1, x);
}

/*
 * part += sign N_2(v) |v|^{2a-2} on the block of degree a: N_2 = v' F v acts on one of the a
 * legs, so monomial b goes to b - e_i + e_j with F_ij sqrt(b_i (b_j + 1)) / a.
 */
static void add_lifted(ncf_interval_matrix_t *part, const ncf_cap_jet_t *jet, slong a,
                       double sign)
{
    const ncf_cap_monomials_t *set = &jet->set;
    slong m = set->variables;
    slong *exponents = ncf__malloc((size_t) m, sizeof(*exponents));
    /* k = base y_i, l = base y_j */
    for (slong base = set->first[a - 1]; base < set->first[a]; base++) {
        ncf__cap_monomial_exponents(exponents, set, base);
        for (slong i = 0; i < m; i++) {
            for (slong j = 0; j <= i; j++) {
                double weight = sqrt((double) ((exponents[i] + 1) * (exponents[j] + 1)));
                ncf_midrad_t entry = flattening(jet, i + 1, j + 1, 1, 1);
                entry = ncf__midrad_mul(entry, rounded(sign * weight / (double) a));
                add_entry(part, set->next[base * m + i] - 1, set->next[base * m + j] - 1, entry);
            }
        }
    }
    ncf__free(exponents);
}

/* part += sign |v|^4 as the square of |v|^2 = e . z_2, or sign N_2 |v|^2 as a product with it. */
static void add_trace(ncf_interval_matrix_t *part, const ncf_cap_jet_t *jet, double sign,
                      int with_form)
{
    const ncf_cap_monomials_t *set = &jet->set;
    slong m = set->variables;
    for (slong i = 0; i < m; i++) {
        slong square = set->next[(i + 1) * m + i] - 1;
        for (slong k = 0; k < m; k++) {
            slong other = set->next[(k + 1) * m + k] - 1;
            if (!with_form && k <= i)
                add_entry(part, square, other, ncf__midrad_point(sign));
            /* N_2 = f . z_2; f e' + e f', halved; on the diagonal both meet */
            for (slong l = 0; with_form && l <= k; l++) {
                slong at = set->next[(k + 1) * m + l] - 1;
                double weight = (k == l ? 1 : sqrt(2.0)) * (at == square ? 1 : 0.5) * sign;
                add_entry(part, square, at,
                          ncf__midrad_mul(flattening(jet, k + 1, l + 1, 1, 1), rounded(weight)));
            }
        }
    }
}

/* Matrices B with z' B z = 0 on |v| = 1. */
static void set_free(ncf_cap_gram_t *gram, const ncf_cap_jet_t *jet)
{
    ncf_interval_matrix_t *part = gram->parts + gram->free_first;
    for (slong a = 2; a <= gram->half; a++, part += 2) {
        add_power(part, jet, a, ncf__midrad_point(1));
        add_power(part, jet, 1, ncf__midrad_point(-1));
        add_lifted(part + 1, jet, a, 1);
        add_lifted(part + 1, jet, 1, -1);
    }
    if (gram->half < 2)
        return;
    add_power(part, jet, 2, ncf__midrad_point(1));
    add_trace(part, jet, -1, 0);
    add_lifted(part + 1, jet, 2, 1);
    add_trace(part + 1, jet, -1, 1);
}

/* M M' for N_3(v) = v' M z_2, whose rows are those of the flattening. */
static void set_square(ncf_cap_gram_t *gram, const ncf_cap_jet_t *jet)
{
    const slong *first = jet->set.first;
    slong m = jet->set.variables, columns = first[3] - first[2];
    ncf_midrad_t *rows = ncf__malloc((size_t) (m * columns), sizeof(*rows));
    for (slong k = 0; k < m * columns; k++)
        rows[k] = flattening(jet, 1 + k / columns, first[2] + k % columns, 1, 2);
    for (slong i = 0; i < m; i++) {
        for (slong j = 0; j <= i; j++) {
            double mid = 0, size = 0, reach = 0;
            for (slong c = 0; c < columns; c++) {
                ncf_midrad_t a = rows[i * columns + c], b = rows[j * columns + c];
                mid += a.mid * b.mid;
                size += fabs(a.mid * b.mid);
                reach += ncf__midrad_reach(a) * ncf__midrad_reach(b);
            }
            set_entry(&gram->square, i, j, ncf__midrad_sum(mid, size, reach, columns));
        }
    }
    ncf__free(rows);
}

void ncf__cap_gram_init(ncf_cap_gram_t *gram, const ncf_cap_jet_t *jet)
{
    slong m = jet->set.variables, top = FLINT_MIN(jet->set.order, FLINT_MAX(jet->degree, 2));
    gram->half = (top + 1) / 2;
    while (gram->half > 1 && ncf__cap_monomials_count(m, gram->half, MAX_SIZE + 1) > MAX_SIZE + 1)
        gram->half--;
    gram->size = ncf__cap_monomials_count(m, gram->half, MAX_SIZE + m + 1) - 1;
    if (gram->half == 1)
        gram->size = m;
    gram->signed_order = FLINT_MIN(2 * gram->half, top);
    gram->free_first = gram->signed_order;
    gram->part_count = gram->free_first + (gram->half > 1 ? 2 * gram->half : 0);
    gram->parts = ncf__malloc((size_t) gram->part_count, sizeof(*gram->parts));
    for (slong k = 0; k < gram->part_count; k++)
        ncf__interval_matrix_init(gram->parts + k, gram->size, gram->size);
    add_power(gram->parts, jet, 1, jet->lambda);
    for (slong j = 2; j <= gram->signed_order; j++)
        set_form(gram->parts + j - 1, jet, j);
    set_free(gram, jet);
    gram->free = ncf__calloc((size_t) gram->part_count + 1, sizeof(double));
    /* P(0, .) = lambda - 2 N_2 in equal shares on the blocks */
    for (slong a = 2; a <= gram->half; a++) {
        gram->free[2 * (a - 2)] = jet->lambda.mid / (double) gram->half;
        gram->free[2 * (a - 2) + 1] = -2.0 / (double) gram->half;
    }
    int squares = gram->half == 1 && top >= 3;
    ncf__interval_matrix_init(&gram->square, squares ? m : 0, squares ? m : 0);
    if (squares) {
        set_square(gram, jet);
        gram->signed_order = 3;
    }
}

void ncf__cap_gram_clear(ncf_cap_gram_t *gram)
{
    for (slong k = 0; k < gram->part_count; k++)
        ncf__interval_matrix_clear(gram->parts + k);
    ncf__interval_matrix_clear(&gram->square);
    ncf__free(gram->parts);
    ncf__free(gram->free);
}
