/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * candidates.c: proposals for all eigenpairs of the tensor: the lines of the result, the
 * classes that were counted, and for forms in two variables the roots of a polynomial. They
 * prove nothing.
 */
#include "certificate.h"

#include <math.h>

#define PREC 192
#define IMAGINARY 1e-9 /* of a number of about 1 that is not real */

/* c = D^{-1} B^T q for the unit vector q of a line. */
static void add_line(ncf_claimed_tensor_t *tensor, const ncf_line_struct *line, slong number)
{
    const ncf_tensor_struct *t = tensor->tensor;
    acb_ptr c = _acb_vec_init(tensor->dimension);
    arb_t entry;
    arb_init(entry);
    for (slong k = 0; k < tensor->dimension; k++) {
        for (slong j = 0; j < t->ambient; j++) {
            arb_set_fmpq(entry, fmpq_mat_entry(t->basis, j, k), PREC);
            arb_addmul(acb_realref(c + k), entry, arb_mat_entry(line->basis, 0, j), PREC);
        }
        arb_set_fmpq(entry, fmpq_mat_entry(t->gram, k, 0), PREC);
        arb_div(acb_realref(c + k), acb_realref(c + k), entry, PREC);
        acb_get_mid(c + k, c + k);
    }
    ncf__add_pair(tensor, c, 1, number);
    arb_clear(entry);
    _acb_vec_clear(c, tensor->dimension);
}

/*
 * Of a class and its conjugate one is enough: with its largest coordinate made 1, the
 * imaginary part that comes first is positive.
 */
static int is_second_of_two(const ncf_class_t *class, slong r)
{
    double best = 0;
    slong largest = 0;
    if (class->real == 1)
        return 0;
    for (slong k = 0; k < r; k++)
        best = fmax(best, hypot(class->z[2 * k], class->z[2 * k + 1]));
    while (hypot(class->z[2 * largest], class->z[2 * largest + 1]) < 0.9 * best)
        largest++;
    double a = class->z[2 * largest], b = class->z[2 * largest + 1];
    for (slong k = 0; k < r; k++) {
        double imaginary = (class->z[2 * k + 1] * a - class->z[2 * k] * b) / (best * best);
        if (fabs(imaginary) > 1e-7)
            return imaginary < 0;
    }
    return 0;
}

/* c = D^{-1/2} e for a class in isometric coordinates. */
static void add_class(ncf_claimed_tensor_t *tensor, const ncf_class_t *class)
{
    slong r = tensor->dimension;
    acb_ptr c = _acb_vec_init(r);
    acb_t phase;
    acb_init(phase);
    double best = -1;
    for (slong k = 0; k < r; k++) {
        double size = hypot(class->z[2 * k], class->z[2 * k + 1]);
        double length = sqrt(fmpq_get_d(fmpq_mat_entry(tensor->tensor->gram, k, 0)));
        acb_set_d_d(c + k, class->z[2 * k] / length, class->z[2 * k + 1] / length);
        if (size > best) {
            best = size;
            acb_set(phase, c + k);
        }
    }
    /* A real class is a multiple of a real vector. */
    for (slong k = 0; k < r && class->real == 1; k++)
        acb_div(c + k, c + k, phase, PREC);
    ncf__add_pair(tensor, c, class->real == 1, -1);
    acb_clear(phase);
    _acb_vec_clear(c, r);
}

/* P(t) = D_0 G_1(1, t) - D_1 t G_0(1, t), whose roots are the classes (1, t). */
static void critical_polynomial(fmpq_poly_t out, const ncf_tensor_struct *t)
{
    fmpq_poly_t form, term, shifted;
    fmpq_t factor;
    fmpq_poly_init(form);
    fmpq_poly_init(term);
    fmpq_poly_init(shifted);
    fmpq_init(factor);
    fmpq_poly_zero(out);
    for (slong i = 0; i < t->points; i++) {
        const fmpq *p = fmpq_mat_entry(t->coords, i, 0), *q = fmpq_mat_entry(t->coords, i, 1);
        fmpq_poly_zero(form);
        fmpq_poly_set_coeff_fmpq(form, 0, p);
        fmpq_poly_set_coeff_fmpq(form, 1, q);
        fmpq_poly_pow(form, form, (ulong) t->order - 1);
        fmpq_poly_scalar_mul_fmpq(form, form, fmpq_mat_entry(t->weights, i, 0));
        fmpq_mul(factor, q, fmpq_mat_entry(t->gram, 0, 0));
        fmpq_poly_scalar_mul_fmpq(term, form, factor);
        fmpq_poly_add(out, out, term);
        fmpq_mul(factor, p, fmpq_mat_entry(t->gram, 1, 0));
        fmpq_poly_scalar_mul_fmpq(term, form, factor);
        fmpq_poly_shift_left(shifted, term, 1);
        fmpq_poly_sub(out, out, shifted);
    }
    fmpq_clear(factor);
    fmpq_poly_clear(shifted);
    fmpq_poly_clear(term);
    fmpq_poly_clear(form);
}

static void add_root(ncf_claimed_tensor_t *tensor, const acb_t t)
{
    double imaginary = arf_get_d(arb_midref(acb_imagref(t)), ARF_RND_NEAR);
    double real = arf_get_d(arb_midref(acb_realref(t)), ARF_RND_NEAR);
    int is_real = fabs(imaginary) < IMAGINARY * (1 + fabs(real));
    if (!is_real && imaginary < 0)
        return;
    acb_ptr c = _acb_vec_init(2);
    acb_one(c);
    acb_get_mid(c + 1, t);
    ncf__add_pair(tensor, c, is_real, -1);
    _acb_vec_clear(c, 2);
}

static void add_roots(ncf_claimed_tensor_t *tensor)
{
    fmpq_poly_t exact;
    acb_poly_t polynomial;
    fmpq_poly_init(exact);
    acb_poly_init(polynomial);
    critical_polynomial(exact, tensor->tensor);
    slong degree = fmpq_poly_degree(exact);
    if (degree == tensor->order - 1) {
        acb_ptr c = _acb_vec_init(2);
        acb_one(c + 1);
        ncf__add_pair(tensor, c, 1, -1);
        _acb_vec_clear(c, 2);
    }
    if (degree > 0) {
        acb_ptr roots = _acb_vec_init(degree);
        acb_poly_set_fmpq_poly(polynomial, exact, PREC);
        acb_poly_find_roots(roots, polynomial, NULL, 0, PREC);
        for (slong i = 0; i < degree; i++)
            add_root(tensor, roots + i);
        _acb_vec_clear(roots, degree);
    }
    acb_poly_clear(polynomial);
    fmpq_poly_clear(exact);
}

void ncf__collect_pairs(ncf_claimed_tensor_t *tensor, const ncf_certificate_t *certificate)
{
    const ncf_line_search_t *search = &certificate->result->search;
    for (slong i = 0; i < search->lines.count; i++)
        if (search->lines.lines[i].dimension == 0)
            add_line(tensor, &search->lines.lines[i], i);
    if (tensor->order > 2 && tensor->dimension == 2)
        add_roots(tensor);
    if (search->class_count > NCF_CERTIFICATE_MAX_CLASSES)
        return;
    for (slong k = 0; k < search->class_count; k++)
        if (!is_second_of_two(&search->classes[k], tensor->dimension))
            add_class(tensor, &search->classes[k]);
}
