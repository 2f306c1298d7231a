/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* problems.c: see problems.h. */
#include "problems.h"

#include <string.h>

static void init_shape(struct ncf_problem *problem, slong depth, const slong *widths,
                       const slong *degrees, slong points)
{
    memset(problem, 0, sizeof(*problem));
    problem->network.inputs = widths[0];
    problem->name = ncf__strdup("test");
    ncf__sha256(problem->sha256, "test", 4);
    problem->network.depth = depth;
    problem->network.widths = ncf__malloc((size_t) depth + 1, sizeof(slong));
    memcpy(problem->network.widths, widths, ((size_t) depth + 1) * sizeof(slong));
    problem->network.activations = ncf__calloc((size_t) depth, sizeof(ncf_activation_t));
    for (slong l = 0; l + 1 < depth; l++) {
        problem->network.activations[l].kind =
            degrees[l] == 1 ? NCF_ACTIVATION_LINEAR : NCF_ACTIVATION_POWER;
        problem->network.activations[l].degree = degrees[l];
    }
    problem->points = points;
    problem->loss = NCF_LOSS_SQUARE;
    fmpq_mat_init(problem->x, points, widths[0]);
    fmpq_mat_init(problem->y, points, 1);
}

void ncf_test_problem_init(struct ncf_problem *problem, slong depth, const slong *widths,
                           const slong *degrees, slong points, const slong *x, const slong *y)
{
    init_shape(problem, depth, widths, degrees, points);
    for (slong i = 0; i < points; i++) {
        for (slong j = 0; j < widths[0]; j++)
            fmpq_set_si(fmpq_mat_entry(problem->x, i, j), x[i * widths[0] + j], 1);
        fmpq_set_si(fmpq_mat_entry(problem->y, i, 0), y[i], 1);
    }
}

void ncf_test_problem_random(struct ncf_problem *problem, slong depth, const slong *widths,
                             const slong *degrees, slong points, ncf_random_t *random)
{
    init_shape(problem, depth, widths, degrees, points);
    for (slong i = 0; i < points; i++) {
        for (slong j = 0; j < widths[0]; j++)
            ncf_test_random_fmpq(fmpq_mat_entry(problem->x, i, j), random);
        ncf_test_random_fmpq(fmpq_mat_entry(problem->y, i, 0), random);
    }
}

void ncf_test_problem_clear(struct ncf_problem *problem)
{
    ncf__free(problem->name);
    ncf__network_spec_clear(&problem->network);
    fmpq_mat_clear(problem->x);
    fmpq_mat_clear(problem->y);
}

void ncf_test_random_fmpq(fmpq_t out, ncf_random_t *random)
{
    if (ncf__random_below(random, 4) == 0) {
        fmpq_zero(out);
        return;
    }
    slong numerator = (slong) ncf__random_below(random, 19) - 9;
    ulong denominator = 1 + ncf__random_below(random, 5);
    fmpq_set_si(out, numerator, denominator);
}
