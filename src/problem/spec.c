/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* spec.c: network descriptions: freeing them, and their exact figures. */
#include "problem.h"

#include <string.h>

void ncf__network_spec_clear(ncf_network_spec_t *spec)
{
    for (slong l = 0; spec->activations != NULL && l + 1 < spec->depth; l++) {
        if (spec->activations[l].coefficients != NULL)
            _fmpq_vec_clear(spec->activations[l].coefficients,
                            spec->activations[l].degree + 1);
    }
    ncf__free(spec->activations);
    ncf__free(spec->widths);
    memset(spec, 0, sizeof(*spec));
}

slong ncf__activation_monomial(const ncf_activation_t *activation)
{
    for (slong k = 0; activation->coefficients != NULL && k < activation->degree; k++) {
        if (!fmpq_is_zero(activation->coefficients + k))
            return -1;
    }
    return activation->degree;
}

void ncf__problem_unknowns(fmpz_t out, const struct ncf_problem *problem)
{
    fmpz_zero(out);
    for (slong l = 1; l <= problem->network.depth; l++) {
        fmpz_t inputs;
        fmpz_init_set_si(inputs, problem->network.widths[l - 1]);
        fmpz_addmul_ui(out, inputs, (ulong) problem->network.widths[l]);
        fmpz_clear(inputs);
    }
}

int ncf__problem_homogeneous(fmpz_t degree, const struct ncf_problem *problem)
{
    const ncf_network_spec_t *spec = &problem->network;
    int homogeneous = 1;
    fmpz_t block; /* e_l, from the last layer down */
    fmpz_init_set_ui(block, 1);
    fmpz_one(degree);
    for (slong l = spec->depth - 2; l >= 0 && homogeneous; l--) {
        slong p = ncf__activation_monomial(spec->activations + l);
        homogeneous = p >= 0;
        fmpz_mul_si(block, block, p);
        fmpz_add(degree, degree, block);
    }
    fmpz_clear(block);
    return homogeneous;
}
