/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* rational_classes.c: collects exact rational eigenlines and tells them from certified
 * classes. */
#include "rational_classes.h"

#define MAX_LOCATE_PRECISION 4096
#define FINEST_BITS 64 /* of what Newton's method reaches near a singular zero */

void ncf__rational_list_clear(ncf_rational_list_t *list)
{
    for (slong i = 0; i < list->count; i++)
        ncf__rational_line_clear(&list->lines[i]);
    ncf__free(list->lines);
    *list = (ncf_rational_list_t){0};
}

static int is_listed(const ncf_rational_list_t *list, const ncf_rational_line_t line)
{
    for (slong i = 0; i < list->count; i++) {
        if (ncf__rational_line_equal(&list->lines[i], line))
            return 1;
    }
    return 0;
}

static void add_new(ncf_rational_list_t *list, ncf_rational_line_t line,
                    const ncf_tensor_t tensor, const fmpz_t most)
{
    if (is_listed(list, line))
        return;
    if (list->count == list->allocated) {
        list->allocated = 2 * list->allocated + 4;
        list->lines =
            ncf__realloc(list->lines, (size_t) list->allocated, sizeof(*list->lines));
    }
    ncf__rational_line_multiplicity(line, tensor, most);
    ncf__rational_line_init(&list->lines[list->count], tensor->dimension);
    ncf__rational_line_swap(&list->lines[list->count++], line);
}

void ncf__rational_list_propose(ncf_rational_list_t *list, const double *z,
                                const ncf_tensor_t tensor, const fmpz_t most)
{
    ncf_rational_line_t line;
    ncf__rational_line_init(line, tensor->dimension);
    if (ncf__rational_line_guess(line, z, tensor))
        add_new(list, line, tensor, most);
    ncf__rational_line_clear(line);
}

void ncf__rational_list_approach(ncf_rational_list_t *list, const double *z, const double *mu,
                                 const ncf_eigen_system_t *system, const ncf_tensor_t tensor,
                                 const fmpz_t most)
{
    ncf_rational_line_t line;
    arb_ptr e = _arb_vec_init(tensor->dimension);
    ncf__rational_line_init(line, tensor->dimension);
    if (ncf__eigen_approx_real(e, z, mu, system) &&
        ncf__rational_line_near(line, e, FINEST_BITS, tensor))
        add_new(list, line, tensor, most);
    ncf__rational_line_clear(line);
    _arb_vec_clear(e, tensor->dimension);
}

/* Doubles the precision until the class is proved to be on the line or not on it. */
static ncf_verdict_t locate(const ncf_rational_line_t line, const ncf_class_t *class,
                            const ncf_eigen_system_t *system, const ncf_tensor_t tensor)
{
    arb_ptr e = _arb_vec_init(tensor->dimension);
    arb_t mu;
    arb_init(mu);
    ncf_verdict_t verdict = ncf_undecided();
    for (slong prec = 64; prec <= MAX_LOCATE_PRECISION && ncf_is_undecided(verdict);
         prec *= 2) {
        ncf__rational_line_enclose(e, mu, line, tensor, prec);
        verdict = ncf__eigen_locate(class, e, mu, system, prec);
    }
    arb_clear(mu);
    _arb_vec_clear(e, tensor->dimension);
    return verdict;
}

int ncf__rational_is_new(const ncf_rational_line_t line, const ncf_class_t *classes,
                         const slong *group, slong count, const ncf_eigen_system_t *system,
                         const ncf_tensor_t tensor)
{
    for (slong k = 0; k < count; k++) {
        if (group[k] == k && !ncf_is_refuted(locate(line, &classes[k], system, tensor)))
            return 0;
    }
    return 1;
}

int ncf__rational_zero_class(ncf_rational_line_t out, const ncf_class_t *class, arb_srcptr e,
                             const ncf_eigen_system_t *system, const ncf_tensor_t tensor)
{
    return ncf__rational_line_find(out, e, tensor) && fmpq_is_zero(out->value) &&
           ncf_is_proved(locate(out, class, system, tensor));
}

char *ncf__rational_line_text(const ncf_rational_line_t line, const ncf_tensor_t tensor)
{
    slong n = tensor->dimension;
    fmpq_t x;
    fmpq_init(x);
    char *text = ncf__strdup("(");
    for (slong i = 0; i < tensor->ambient; i++) {
        fmpq_zero(x);
        for (slong j = 0; j < n; j++)
            fmpq_addmul(x, fmpq_mat_entry(tensor->basis, i, j), line->c + j);
        char *number = fmpq_get_str(NULL, 10, x);
        char *longer = ncf__format("%s%s%s", text, i > 0 ? ", " : "", number);
        flint_free(number);
        ncf__free(text);
        text = longer;
    }
    char *closed = ncf__format("%s)", text);
    ncf__free(text);
    fmpq_clear(x);
    return closed;
}
