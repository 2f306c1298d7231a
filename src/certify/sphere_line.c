/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * sphere_line.c: tensors that are constant on the sphere of their essential subspace.
 * T-SPHERE: this is so exactly when the equations P_j of one patch vanish identically.
 */
#include "patch.h"
#include "rational_line.h"

#define MAX_MONOMIALS 3000
#define MAX_WORK 1000000 /* points times monomials */

/* Are (1, 0, .., 0) and (n, n-1, .., 1) eigenvectors? A quick test that most tensors fail. */
static int trial_lines_hold(const ncf_tensor_t tensor)
{
    slong n = tensor->dimension;
    ncf_rational_line_t line;
    arb_ptr e = _arb_vec_init(n);
    ncf__rational_line_init(line, n);
    arb_one(e);
    int hold = ncf__rational_line_find(line, e, tensor);
    arb_t scale;
    arb_init(scale);
    for (slong j = 0; j < n; j++) {
        arb_set_fmpq(scale, fmpq_mat_entry(tensor->gram, j, 0), 128);
        arb_sqrt(scale, scale, 128);
        arb_mul_si(e + j, scale, n - j, 128);
        arb_add_error_2exp_si(e + j, -60);
    }
    hold = hold && ncf__rational_line_find(line, e, tensor);
    arb_clear(scale);
    ncf__rational_line_clear(line);
    _arb_vec_clear(e, n);
    return hold;
}

static int equations_vanish(const ncf_tensor_t tensor)
{
    slong n = tensor->dimension, most = FLINT_MIN(MAX_MONOMIALS, MAX_WORK / tensor->points);
    slong count = ncf__monomials_count(n - 1, tensor->order, most);
    if (count == WORD_MAX)
        return 0;
    ncf_monomials_t monomials;
    fmpz_mat_t equations;
    fmpq *c = _fmpq_vec_init(n);
    fmpq_one(c);
    ncf__monomials_init(&monomials, n - 1, tensor->order);
    fmpz_mat_init(equations, n - 1, count);
    ncf__patch_expand(equations, c, 0, tensor, &monomials);
    int vanish = fmpz_mat_is_zero(equations);
    fmpz_mat_clear(equations);
    ncf__monomials_clear(&monomials);
    _fmpq_vec_clear(c, n);
    return vanish;
}

/*
 * The constant: T e_1^m of the unit vector of the first coordinate. Returns whether it is
 * different from 0, exactly.
 */
static int set_constant(arb_t mu, const ncf_tensor_t tensor, slong prec)
{
    slong n = tensor->dimension;
    arb_ptr e = _arb_vec_init(n);
    ncf_rational_line_t line;
    ncf__rational_line_init(line, n);
    arb_one(e);
    int found = ncf__rational_line_find(line, e, tensor);
    NCF_REQUIRE(found);
    ncf__rational_line_enclose(e, mu, line, tensor, prec);
    int nonzero = !fmpq_is_zero(line->value);
    ncf__rational_line_clear(line);
    _arb_vec_clear(e, n);
    return nonzero;
}

static void append_sphere(ncf_line_list_t *out, const arb_t mu, const ncf_tensor_t tensor,
                          slong prec)
{
    slong n = tensor->dimension;
    ncf_line_struct *line = ncf__line_list_append(out, n - 1, tensor->ambient);
    arb_ptr e = _arb_vec_init(n);
    arb_set(line->mu, mu);
    for (slong row = 0; row < n; row++) {
        _arb_vec_zero(e, n);
        arb_one(e + row);
        ncf__line_set_row(line, row, e, tensor, prec);
    }
    ncf__line_normalise_sign(line);
    line->multiplicity = n;
    line->inertia_known = 1;
    line->nullity = n - 1;
    arb_one(line->curvature);
    /* One critical manifold, the sphere itself, without normal directions. */
    out->euler_sum = out->euler_expected;
    out->euler_known = 1;
    _arb_vec_clear(e, n);
}

int ncf__sphere_line(ncf_line_list_t *out, const ncf_tensor_t tensor, slong prec)
{
    slong n = tensor->dimension;
    if (tensor->order % 2 == 1 || !trial_lines_hold(tensor) || !equations_vanish(tensor))
        return 0;
    arb_t mu;
    arb_init(mu);
    out->complete = ncf_proved();
    out->euler_expected = ncf__euler_sphere(n);
    /* C = 0 is T = 0: there is no line with mu != 0, and every point is critical. */
    if (set_constant(mu, tensor, prec))
        append_sphere(out, mu, tensor, prec);
    arb_clear(mu);
    return 1;
}
