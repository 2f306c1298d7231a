/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* solutions.c: which solutions are real weights, and what weights they are. */
#include "solutions.h"

#include "../network/network.h"
#include "export.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A solution whose imaginary parts are smaller than that, relatively, is tried as real. */
#define REAL_RATIO 1000000

/* z near 0 solves grad N(z) = z only as 0: there |grad N(z)| is much smaller than |z|. */
#define ORIGIN_RATIO 1e-3

typedef struct {
    const struct ncf_problem *problem;
    const ncf_solution_list_t *list;
    ncf_system_t kind;
    slong n;       /* weights of the network */
    slong weights; /* unknowns that are weights: n, or the inputs */
    slong *columns; /* where each weight stands in the list, then the multiplier */
    ncf_network_t network;
    double *x, *z; /* data in doubles */
} reading_t;

/* ---- Which system ---------------------------------------------------------------- */

static slong system_unknowns(ncf_system_t kind, slong weights)
{
    return weights + (kind == NCF_SYSTEM_FIXED_POINT ? 0 : 2);
}

/* The unknowns of a system of this kind are exactly those of the list; sets the columns. */
static int names_match(reading_t *reading, ncf_system_t kind, slong weights)
{
    const ncf_solution_list_t *list = reading->list;
    const char *multiplier = ncf__system_multiplier(kind);
    slong found = 0;
    for (slong c = 0; c < list->dimension; c++) {
        const char *name = list->names[c];
        char *end = NULL;
        slong j = -1;
        if (multiplier != NULL && strcmp(name, multiplier) == 0)
            j = weights;
        else if (multiplier != NULL && strcmp(name, "s") == 0)
            j = weights + 1;
        else if (name[0] == ncf__system_letter(kind) && name[1] >= '1' && name[1] <= '9')
            j = (slong) strtoul(name + 1, &end, 10) - 1;
        if (j < 0 || (end != NULL && (*end != '\0' || j >= weights)) || reading->columns[j] >= 0)
            return 0;
        reading->columns[j] = c;
        found++;
    }
    return found == system_unknowns(kind, weights);
}

static int try_system(reading_t *reading, ncf_system_t kind, slong weights)
{
    const ncf_solution_list_t *list = reading->list;
    slong unknowns = system_unknowns(kind, weights);
    if (list->dimension != unknowns)
        return 0;
    reading->kind = kind;
    reading->weights = weights;
    reading->columns = ncf__realloc(reading->columns, (size_t) unknowns, sizeof(slong));
    for (slong j = 0; j < unknowns; j++)
        reading->columns[j] = list->names != NULL ? -1 : j;
    return list->names == NULL || names_match(reading, kind, weights);
}

/* The three systems differ in the number of their unknowns. */
static ncf_status_t find_system(reading_t *reading, const char *name, ncf_error_t *err)
{
    const ncf_network_spec_t *network = &reading->problem->network;
    int layered = network->depth == 2 && network->activations[0].kind == NCF_ACTIVATION_POWER;
    if (try_system(reading, NCF_SYSTEM_FIXED_POINT, reading->n) ||
        try_system(reading, NCF_SYSTEM_KKT, reading->n) ||
        (layered && try_system(reading, NCF_SYSTEM_EIGEN, network->inputs)))
        return NCF_OK;
    char *eigen = layered ? ncf__format(", q1 to q%ld, mu, s", (long) network->inputs)
                          : ncf__strdup("");
    ncf_status_t status = ncf__fail_at(
        err, NCF_ESPEC, name, 0, 0,
        "the solutions have %ld coordinates: those of no system that is exported for this "
        "problem (z1 to z%ld; u1 to u%ld, lam, s%s)",
        (long) reading->list->dimension, (long) reading->n, (long) reading->n, eigen);
    ncf__free(eigen);
    return status;
}

/* ---- One solution ---------------------------------------------------------------- */

static void largest_part(fmpq_t out, const reading_t *reading, const fmpq *numbers)
{
    fmpq_t size;
    fmpq_init(size);
    fmpq_zero(out);
    for (slong j = 0; j < reading->weights; j++) {
        fmpq_abs(size, numbers + reading->columns[j]);
        if (fmpq_cmp(size, out) > 0)
            fmpq_set(out, size);
    }
    fmpq_clear(size);
}

static int is_real(const reading_t *reading, slong k)
{
    fmpq_t real, imaginary;
    slong first = k * reading->list->dimension;
    fmpq_init(real);
    fmpq_init(imaginary);
    largest_part(real, reading, reading->list->real + first);
    largest_part(imaginary, reading, reading->list->imaginary + first);
    fmpz_mul_ui(fmpq_numref(imaginary), fmpq_numref(imaginary), REAL_RATIO);
    fmpq_canonicalise(imaginary);
    int is = fmpq_cmp(imaginary, real) <= 0;
    fmpq_clear(real);
    fmpq_clear(imaginary);
    return is;
}

static double approximately(const fmpq_t x)
{
    arf_t rounded;
    arf_init(rounded);
    arf_set_fmpq(rounded, x, 53, ARF_RND_NEAR);
    double value = arf_get_d(rounded, ARF_RND_NEAR);
    arf_clear(rounded);
    return value;
}

/* |grad N(p)| is far below |p|, or p = 0. */
static int vanishes(const reading_t *reading, const fmpq *part)
{
    double *u = ncf__malloc((size_t) reading->n, sizeof(double));
    double *gradient = ncf__malloc((size_t) reading->n, sizeof(double));
    double length = 0, slope = 0;
    for (slong j = 0; j < reading->n; j++) {
        u[j] = approximately(part + reading->columns[j]);
        length = fmax(length, fabs(u[j]));
    }
    ncf__network_eval_double(NULL, gradient, NULL, u, reading->network, reading->x, reading->z,
                             reading->problem->points);
    for (slong j = 0; j < reading->n; j++)
        slope = fabs(gradient[j]) > slope || isnan(gradient[j]) ? fabs(gradient[j]) : slope;
    ncf__free(u);
    ncf__free(gradient);
    return slope <= ORIGIN_RATIO * length;
}

static int is_origin(const reading_t *reading, slong k)
{
    slong first = k * reading->list->dimension;
    const fmpq *real = reading->list->real + first, *imaginary = reading->list->imaginary + first;
    if (reading->kind == NCF_SYSTEM_FIXED_POINT)
        return vanishes(reading, real) && vanishes(reading, imaginary);
    for (slong j = 0; j < reading->weights; j++) {
        if (!fmpq_is_zero(real + reading->columns[j]))
            return 0;
    }
    return 1;
}

/*
 * An eigenvector q with T q^p = mu is the direction of one active unit: (w, v) is
 * proportional to (sqrt(p) q, sign(mu)) at the point with lambda > 0 (T-DECOUPLE).
 */
static void set_unit(fmpq *row, const reading_t *reading, const fmpq *numbers)
{
    slong d = reading->weights, hidden = reading->problem->network.widths[1];
    fmpq_t root;
    fmpq_init(root);
    ncf__rational_set_double(root, sqrt((double) reading->problem->network.activations[0].degree));
    for (slong j = 0; j < d; j++)
        fmpq_mul(row + j, numbers + reading->columns[j], root);
    fmpq_set_si(row + hidden * d, fmpq_sgn(numbers + reading->columns[d]) < 0 ? -1 : 1, 1);
    fmpq_clear(root);
}

static void set_row(fmpq *row, const reading_t *reading, slong k)
{
    const fmpq *numbers = reading->list->real + k * reading->list->dimension;
    if (reading->kind == NCF_SYSTEM_EIGEN) {
        set_unit(row, reading, numbers);
        return;
    }
    for (slong j = 0; j < reading->n; j++)
        fmpq_set(row + j, numbers + reading->columns[j]);
}

/* ---- The whole ------------------------------------------------------------------- */

static void data_init(reading_t *reading)
{
    const struct ncf_problem *problem = reading->problem;
    slong d = problem->network.inputs;
    fmpq_mat_t weights;
    fmpq_mat_init(weights, problem->points, 1);
    ncf__problem_weights(weights, problem);
    reading->x = ncf__malloc((size_t) (problem->points * d), sizeof(double));
    reading->z = ncf__malloc((size_t) problem->points, sizeof(double));
    for (slong i = 0; i < problem->points; i++) {
        reading->z[i] = approximately(fmpq_mat_entry(weights, i, 0));
        for (slong j = 0; j < d; j++)
            reading->x[i * d + j] = approximately(fmpq_mat_entry(problem->x, i, j));
    }
    fmpq_mat_clear(weights);
}

/* Whether solution k is a candidate, else which count it adds to. */
static int is_candidate(ncf_solution_counts_t *counts, const reading_t *reading, slong k)
{
    if (is_origin(reading, k))
        counts->origin++;
    else if (!is_real(reading, k))
        counts->complex++;
    else
        return 1;
    return 0;
}

static ncf_status_t fill(struct ncf_points *points, const reading_t *reading, ncf_error_t *err)
{
    const ncf_solution_list_t *list = reading->list;
    ncf_solution_counts_t *counts = &points->solutions;
    slong *kept = ncf__malloc((size_t) FLINT_MAX(list->count, 1), sizeof(slong)), rows = 0;
    *counts = (ncf_solution_counts_t) {.listed = list->count + list->failed, .failed = list->failed};
    for (slong k = 0; k < list->count; k++) {
        if (is_candidate(counts, reading, k))
            kept[rows++] = k;
    }
    ncf_status_t status = NCF_OK;
    if (rows == 0)
        status = ncf__fail_at(err, NCF_ESPEC, points->name, 0, 0,
                              "none of the %ld solutions is a candidate: %ld not real, %ld at "
                              "the origin, %ld failed or at infinity",
                              (long) counts->listed, (long) counts->complex,
                              (long) counts->origin, (long) counts->failed);
    else if (rows > NCF_POINTS_MAX_COUNT || rows > NCF_POINTS_MAX_NUMBERS / reading->n)
        status = ncf__fail_at(err, NCF_ESPEC, points->name, 0, 0,
                              "too many numbers: candidates times weights must be at most "
                              "10000000");
    if (status == NCF_OK) {
        fmpq_mat_clear(points->rows);
        fmpq_mat_init(points->rows, rows, reading->n);
        for (slong k = 0; k < rows; k++)
            set_row(fmpq_mat_entry(points->rows, k, 0), reading, kept[k]);
    }
    ncf__free(kept);
    return status;
}

ncf_status_t ncf__solutions_to_points(struct ncf_points *points, const ncf_solution_list_t *list,
                                      const struct ncf_problem *problem, ncf_error_t *err)
{
    reading_t reading = {.problem = problem, .list = list};
    points->format = ncf__format_name(list->format);
    if (list->count + list->failed == 0)
        return ncf__fail_at(err, NCF_ESPEC, points->name, 0, 0, "the list holds no solution");
    if (!ncf__network_init(reading.network, problem))
        return ncf__fail_at(err, NCF_EUNSUPPORTED, problem->name, 0, 0,
                            "the network has too many weights");
    reading.n = reading.network->unknowns;
    data_init(&reading);
    ncf_status_t status = find_system(&reading, points->name, err);
    if (status == NCF_OK)
        status = fill(points, &reading, err);
    ncf__network_clear(reading.network);
    ncf__free(reading.columns);
    ncf__free(reading.x);
    ncf__free(reading.z);
    return status;
}
