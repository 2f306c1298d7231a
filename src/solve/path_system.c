/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* path_system.c: the homotopy of a tensor, its start classes, the choice of forms. */
#include "path_system.h"

#include <math.h>
#include <string.h>

/* Rows of the random stream of a seed. */
#define PHASE_STREAM 1

static void set_phases(ncf_path_system_t *system, uint64_t seed)
{
    slong n = system->dimension, roots = system->order - 2;
    ncf_random_t random;
    ncf__random_init(&random, seed, PHASE_STREAM);
    system->phase = ncf__malloc((size_t) n, 2 * sizeof(double));
    system->roots = ncf__malloc((size_t) (n * roots), 2 * sizeof(double));
    for (slong i = 0; i < n; i++) {
        double turn = 2 * M_PI * ncf__random_unit(&random);
        system->phase[2 * i] = cos(turn);
        system->phase[2 * i + 1] = sin(turn);
        for (slong k = 0; k < roots; k++) {
            double angle = (2 * M_PI * (double) k - turn) / (double) roots;
            system->roots[2 * (i * roots + k)] = cos(angle);
            system->roots[2 * (i * roots + k) + 1] = sin(angle);
        }
    }
}

/* The cheapest pair of forms by operation count; one form for both when that is it. */
static void choose_forms(ncf_path_system_t *system, const ncf_homotopy_tensor_t *tensor)
{
    double rank = ncf__form_slope_cost(NCF_FORM_RANK, tensor);
    double monomial = ncf__form_slope_cost(NCF_FORM_MONOMIAL, tensor);
    ncf_form_kind_t slope = monomial < rank ? NCF_FORM_MONOMIAL : NCF_FORM_RANK;
    rank = ncf__form_series_cost(NCF_FORM_RANK, tensor);
    monomial = ncf__form_series_cost(NCF_FORM_MONOMIAL, tensor);
    ncf_form_kind_t series = monomial < rank ? NCF_FORM_MONOMIAL : NCF_FORM_RANK;
    system->shared = slope == series;
    ncf__form_init(&system->series, series, NCF_FORM_BOTH, tensor);
    if (system->shared)
        system->slope = system->series;
    else
        ncf__form_init(&system->slope, slope, NCF_FORM_SLOPE, tensor);
}

void ncf__path_system_init(ncf_path_system_t *system, const ncf_homotopy_tensor_t *tensor,
                           uint64_t seed)
{
    NCF_REQUIRE(tensor->order >= 3 && tensor->dimension >= 2);
    memset(system, 0, sizeof(*system));
    system->order = tensor->order;
    system->dimension = tensor->dimension;
    choose_forms(system, tensor);
    set_phases(system, seed);
}

void ncf__path_system_clear(ncf_path_system_t *system)
{
    if (!system->shared)
        ncf__form_clear(&system->slope);
    ncf__form_clear(&system->series);
    ncf__free(system->phase);
    ncf__free(system->roots);
}

/*
 * The classes with leading coordinate n-1-k come in a block of (m-1)^k, their other
 * coordinates are digits in base m - 1: 0 for an absent coordinate, d for root d - 1.
 */
double ncf__path_start(double *z, const ncf_path_system_t *system, slong index)
{
    slong n = system->dimension, base = system->order - 1, block = 1, lead = n - 1;
    while (index >= block && lead > 0) {
        index -= block;
        block *= base;
        lead--;
    }
    memset(z, 0, (size_t) n * 2 * sizeof(double));
    slong present = 0;
    for (slong i = n - 1; i >= lead; i--) {
        slong digit = i == lead ? 1 : index % base;
        index /= base;
        if (digit == 0)
            continue;
        present++;
        memcpy(z + 2 * i, system->roots + 2 * (i * (base - 1) + digit - 1),
               2 * sizeof(double));
    }
    double length = 1 / sqrt((double) present);
    for (slong i = 0; i < 2 * n; i++)
        z[i] *= length;
    return pow(length, (double) (system->order - 2));
}
