/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * inertia.c: T-INERTIA. The operator (m-1) T e^{m-2} on e^perp in an orthonormal basis
 * that nearly diagonalises it: Gershgorin intervals then enclose its eigenvalues. The
 * basis starts from eigenvectors in doubles, which are candidates only: Gram-Schmidt in
 * balls makes enclosures of an exactly orthonormal basis from them.
 */
#include "lines.h"

/*
 * rows 1..n-1 of frame: an orthonormal basis of e^perp (row 0 is e), started from the
 * approximate eigenvectors `vectors` (n x n doubles by rows); returns 0 on failure.
 */
static int orthonormal_frame(arb_mat_t frame, arb_srcptr e, const double *vectors, slong prec)
{
    slong n = arb_mat_nrows(frame), rows = 1;
    arb_t s;
    arb_init(s);
    for (slong j = 0; j < n; j++)
        arb_set(arb_mat_entry(frame, 0, j), e + j);
    for (slong k = 0; k < n && rows < n; k++) {
        arb_ptr v = arb_mat_entry(frame, rows, 0);
        for (slong j = 0; j < n; j++)
            arb_set_d(v + j, vectors[k * n + j]);
        for (slong i = 0; i < rows; i++) {
            arb_dot(s, NULL, 0, v, 1, arb_mat_entry(frame, i, 0), 1, n, prec);
            for (slong j = 0; j < n; j++)
                arb_submul(v + j, s, arb_mat_entry(frame, i, j), prec);
        }
        arb_dot(s, NULL, 0, v, 1, v, 1, n, prec);
        /* The eigenvector along e is nearly in the span: it is left out. */
        if (arf_cmp_d(arb_midref(s), 0.01) < 0 || !arb_is_positive(s))
            continue;
        arb_rsqrt(s, s, prec);
        for (slong j = 0; j < n; j++)
            arb_mul(v + j, v + j, s, prec);
        rows++;
    }
    arb_clear(s);
    return rows == n;
}

/* Approximate eigenvectors of the midpoint of P h P, P = I - e e^T, by rows. */
static int approx_eigenvectors(double *vectors, const arb_mat_t h, arb_srcptr e)
{
    slong n = arb_mat_nrows(h);
    double *a = ncf__malloc((size_t) (n * n), sizeof(*a));
    double *x = ncf__malloc((size_t) n, sizeof(*x));
    double *hx = ncf__calloc((size_t) n, sizeof(*hx));
    double xhx = 0;
    for (slong i = 0; i < n; i++)
        x[i] = arf_get_d(arb_midref(e + i), ARF_RND_NEAR);
    for (slong i = 0; i < n; i++) {
        for (slong j = 0; j < n; j++) {
            a[i * n + j] = arf_get_d(arb_midref(arb_mat_entry(h, i, j)), ARF_RND_NEAR);
            hx[i] += a[i * n + j] * x[j];
        }
        xhx += x[i] * hx[i];
    }
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            a[i * n + j] += xhx * x[i] * x[j] - x[i] * hx[j] - hx[i] * x[j];
    int found = ncf__dense_eigenvectors(vectors, a, n);
    ncf__free(hx);
    ncf__free(x);
    ncf__free(a);
    return found;
}

/*
 * diagonal (n-1) and radius (n-1): Gershgorin intervals of h on e^perp. Returns 0 when
 * no frame was found.
 */
static int tangent_gershgorin(arb_ptr diagonal, arb_ptr radius, const arb_mat_t h, arb_srcptr e,
                              slong prec)
{
    slong n = arb_mat_nrows(h);
    double *vectors = ncf__malloc((size_t) (n * n), sizeof(*vectors));
    arb_mat_t frame, transposed, image, c;
    arb_mat_init(frame, n, n);
    arb_mat_init(transposed, n, n);
    arb_mat_init(image, n, n);
    arb_mat_init(c, n, n);
    int found = approx_eigenvectors(vectors, h, e) && orthonormal_frame(frame, e, vectors, prec);
    if (found) {
        arb_mat_transpose(transposed, frame);
        arb_mat_mul(image, h, transposed, prec);
        arb_mat_mul(c, frame, image, prec);
    }
    arb_t size;
    arb_init(size);
    for (slong i = 1; i < n && found; i++) {
        arb_set(diagonal + i - 1, arb_mat_entry(c, i, i));
        arb_zero(radius + i - 1);
        for (slong j = 1; j < n; j++) {
            if (j == i)
                continue;
            arb_abs(size, arb_mat_entry(c, i, j));
            arb_add(radius + i - 1, radius + i - 1, size, prec);
        }
        found = arb_is_finite(diagonal + i - 1) && arb_is_finite(radius + i - 1);
    }
    arb_clear(size);
    arb_mat_clear(c);
    arb_mat_clear(image);
    arb_mat_clear(transposed);
    arb_mat_clear(frame);
    ncf__free(vectors);
    return found;
}

/*
 * Counts the intervals above and below the bound; 0 when one meets it. Intervals on one
 * side hold as many eigenvalues as there are intervals (Gershgorin, by continuity).
 */
static int count_sides(slong *above, slong *below, arb_srcptr diagonal, arb_srcptr radius,
                       slong count, const arb_t bound, slong prec)
{
    arb_t low, high;
    arb_init(low);
    arb_init(high);
    *above = *below = 0;
    for (slong i = 0; i < count; i++) {
        arb_sub(low, diagonal + i, radius + i, prec);
        arb_add(high, diagonal + i, radius + i, prec);
        *above += arb_gt(low, bound);
        *below += arb_lt(high, bound);
    }
    arb_clear(high);
    arb_clear(low);
    return *above + *below == count;
}

/* The largest eigenvalue: at least every diagonal entry, at most every upper end. */
static void largest_eigenvalue(arb_t out, arb_srcptr diagonal, arb_srcptr radius, slong count,
                               slong prec)
{
    arb_t low, high, end;
    arb_init(low);
    arb_init(high);
    arb_init(end);
    arb_neg_inf(low);
    arb_neg_inf(high);
    for (slong i = 0; i < count; i++) {
        arb_max(low, low, diagonal + i, prec);
        arb_add(end, diagonal + i, radius + i, prec);
        arb_max(high, high, end, prec);
    }
    if (count > 0)
        arb_union(out, low, high, prec);
    else
        arb_neg_inf(out);
    arb_clear(end);
    arb_clear(high);
    arb_clear(low);
}

void ncf__line_inertia(ncf_line_t line, arb_srcptr e, const ncf_tensor_t tensor,
                       const arb_mat_t points, slong prec)
{
    slong n = tensor->dimension, below;
    arb_mat_t h;
    arb_mat_init(h, n, n);
    arb_ptr diagonal = _arb_vec_init(n), radius = _arb_vec_init(n);
    arb_t factor, zero;
    arb_init(factor);
    arb_init(zero);
    ncf__tensor_eval(NULL, NULL, h, e, tensor, points, prec);
    arb_set_si(factor, tensor->order - 1);
    arb_div(factor, factor, line->mu, prec);
    arb_mat_scalar_mul_arb(h, h, factor, prec);
    arb_one(factor);
    int enclosed = tangent_gershgorin(diagonal, radius, h, e, prec);
    line->inertia_known = enclosed && count_sides(&line->index, &below, diagonal, radius, n - 1,
                                                  factor, prec);
    line->nullity = 0;
    if (enclosed)
        largest_eigenvalue(line->curvature, diagonal, radius, n - 1, prec);
    else
        arb_indeterminate(line->curvature);
    if (n < tensor->ambient)
        arb_max(line->curvature, line->curvature, zero, prec);
    arb_clear(zero);
    arb_clear(factor);
    _arb_vec_clear(radius, n);
    _arb_vec_clear(diagonal, n);
    arb_mat_clear(h);
}

/* e_j = (basis^T q)_j / |basis_j|, for q in the essential subspace */
static void isometric_vector(arb_ptr e, arb_srcptr q, const ncf_tensor_t tensor, slong prec)
{
    arb_t t;
    arb_init(t);
    for (slong j = 0; j < tensor->dimension; j++) {
        arb_zero(e + j);
        for (slong i = 0; i < tensor->ambient; i++) {
            arb_set_fmpq(t, fmpq_mat_entry(tensor->basis, i, j), prec);
            arb_addmul(e + j, t, q + i, prec);
        }
        arb_set_fmpq(t, fmpq_mat_entry(tensor->gram, j, 0), prec);
        arb_rsqrt(t, t, prec);
        arb_mul(e + j, e + j, t, prec);
    }
    arb_clear(t);
}

/* The eigenvalues on the essential subspace; off it they are 0, below the bound. */
static slong count_above(const ncf_line_t line, const arb_t bound, const ncf_tensor_t tensor,
                         slong prec)
{
    slong n = tensor->dimension, above = 0, below = 0;
    arb_mat_t h, points;
    arb_t factor;
    arb_mat_init(h, n, n);
    arb_mat_init(points, tensor->points, n);
    arb_init(factor);
    arb_ptr diagonal = _arb_vec_init(n), radius = _arb_vec_init(n), e = _arb_vec_init(n);
    isometric_vector(e, arb_mat_entry(line->basis, 0, 0), tensor, prec);
    ncf__tensor_isometric(points, tensor, prec);
    ncf__tensor_eval(NULL, NULL, h, e, tensor, points, prec);
    arb_set_si(factor, tensor->order - 1);
    arb_div(factor, factor, line->mu, prec);
    arb_mat_scalar_mul_arb(h, h, factor, prec);
    int known = tangent_gershgorin(diagonal, radius, h, e, prec) &&
                count_sides(&above, &below, diagonal, radius, n - 1, bound, prec);
    _arb_vec_clear(e, n);
    _arb_vec_clear(radius, n);
    _arb_vec_clear(diagonal, n);
    arb_clear(factor);
    arb_mat_clear(points);
    arb_mat_clear(h);
    return known ? above : -1;
}

void ncf__line_count_above(slong *above, slong *equal, const ncf_line_t line, const fmpq_t bound,
                           const ncf_tensor_t tensor, slong prec)
{
    *equal = 0;
    if (fmpq_is_one(bound)) {
        *above = line->inertia_known ? line->index : -1;
        *equal = line->inertia_known ? line->nullity : 0;
        return;
    }
    arb_t limit;
    arb_init(limit);
    arb_set_fmpq(limit, bound, prec);
    if (arb_lt(line->curvature, limit))
        *above = 0;
    else
        *above = count_above(line, limit, tensor, prec);
    arb_clear(limit);
}

slong ncf__morse_index(arb_srcptr e, const arb_t mu, const ncf_tensor_t tensor,
                       const arb_mat_t points, slong prec)
{
    slong n = tensor->dimension, above = 0, below = 0;
    arb_mat_t h;
    arb_mat_init(h, n, n);
    arb_ptr diagonal = _arb_vec_init(n), radius = _arb_vec_init(n);
    ncf__tensor_eval(NULL, NULL, h, e, tensor, points, prec);
    arb_mat_scalar_mul_si(h, h, tensor->order - 1, prec);
    /* An exact power of two brings the entries into the range of doubles. */
    mag_t size;
    arb_t bound;
    mag_init(size);
    arb_init(bound);
    arb_mat_bound_inf_norm(size, h);
    slong exponent = mag_is_special(size) ? 0 : -MAG_EXP(size);
    arb_mat_scalar_mul_2exp_si(h, h, exponent);
    arb_mul_2exp_si(bound, mu, exponent);
    int known = tangent_gershgorin(diagonal, radius, h, e, prec) &&
                count_sides(&above, &below, diagonal, radius, n - 1, bound, prec);
    arb_clear(bound);
    mag_clear(size);
    _arb_vec_clear(radius, n);
    _arb_vec_clear(diagonal, n);
    arb_mat_clear(h);
    return known ? below : -1;
}

slong ncf__euler_sphere(slong dimension)
{
    return dimension % 2 == 0 ? 0 : 2;
}

void ncf__euler_add(ncf_line_list_t *list, slong order, slong dimension, slong negative)
{
    slong opposite = order % 2 == 0 ? negative : dimension - 1 - negative;
    list->euler_sum += (negative % 2 == 0 ? 1 : -1) + (opposite % 2 == 0 ? 1 : -1);
}

void ncf__line_set_row(ncf_line_t line, slong row, arb_srcptr e, const ncf_tensor_t tensor,
                       slong prec)
{
    ncf__tensor_lift(arb_mat_entry(line->basis, row, 0), e, tensor, prec);
}
