/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* proved_line.c: a proved eigenvector as a line of the list, with inertia and audit. */
#include "line_search.h"

/*
 * (m-1) T e^{m-2} - mu I = mu ((m-1)/mu T e^{m-2} - I): its negative eigenvalues on e^perp
 * are those of the second factor that are below 0 for mu > 0, above 0 for mu < 0.
 */
static void audit_point(ncf_line_search_t *search, const ncf_line_t line, arb_srcptr e,
                        const arb_t mu, const ncf_tensor_t tensor, const arb_mat_t points,
                        slong prec)
{
    slong negative;
    if (line->inertia_known)
        negative = arb_is_positive(mu) ? tensor->dimension - 1 - line->index : line->index;
    else
        negative = ncf__morse_index(e, mu, tensor, points, prec);
    if (negative < 0)
        search->euler_lost = 1;
    else
        ncf__euler_add(&search->lines, tensor->order, tensor->dimension, negative);
}

void ncf__add_proved_line(ncf_line_search_t *search, arb_srcptr e, const arb_t mu,
                          const ncf_tensor_t tensor, const arb_mat_t points, slong prec)
{
    if (arb_contains_zero(mu)) {
        search->unresolved++;
        search->euler_lost = 1;
        ncf__line_search_note(search,
                              ncf__strdup("an eigenline was found whose mu is not separated "
                                          "from 0"));
        return;
    }
    ncf_line_struct *line = ncf__line_list_append(&search->lines, 0, tensor->ambient);
    arb_set(line->mu, mu);
    ncf__line_set_row(line, 0, e, tensor, prec);
    line->multiplicity = 1;
    ncf__line_inertia(line, e, tensor, points, prec);
    audit_point(search, line, e, mu, tensor, points, prec);
    if (ncf__line_normalise_sign(line) && tensor->order % 2 == 1)
        arb_neg(line->mu, line->mu);
}

/* Lines with a null direction have no index to add: the audit is given up. */
static void audit_rational(ncf_line_search_t *search, const ncf_rational_line_t exact,
                           const ncf_tensor_t tensor)
{
    if (exact->nullity > 0)
        search->euler_lost = 1;
    else
        ncf__euler_add(&search->lines, tensor->order, tensor->dimension, exact->negative);
}

void ncf__add_rational_line(ncf_line_search_t *search, const ncf_rational_line_t exact,
                            const ncf_tensor_t tensor, const arb_mat_t points, slong prec)
{
    audit_rational(search, exact, tensor);
    if (fmpq_is_zero(exact->value)) {
        search->lines.zero_lines++;
        return;
    }
    ncf_line_struct *line = ncf__line_list_append(&search->lines, 0, tensor->ambient);
    arb_ptr e = _arb_vec_init(tensor->dimension);
    ncf__rational_line_enclose(e, line->mu, exact, tensor, prec);
    ncf__line_set_row(line, 0, e, tensor, prec);
    line->multiplicity = exact->multiplicity;
    ncf__line_inertia(line, e, tensor, points, prec);
    line->inertia_known = 1;
    line->index = fmpq_sgn(exact->value) > 0 ? exact->positive : exact->negative;
    line->nullity = exact->nullity;
    if (line->index == 0 && line->nullity > 0)
        arb_one(line->curvature);
    if (ncf__line_normalise_sign(line) && tensor->order % 2 == 1)
        arb_neg(line->mu, line->mu);
    _arb_vec_clear(e, tensor->dimension);
}
