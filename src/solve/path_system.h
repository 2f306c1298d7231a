/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * path_system.h: what the path tracker and the real search share: the tensor as a
 * short program of products followed by real tables, the start classes, and the
 * choice of kernel. Nothing here is a claim.
 *
 * A *form* evaluates T z^{m-2} and T z^{m-1} through *features* of z. The first features
 * are the inputs: `linear` linear forms of z, then the n coordinates. The others are
 * products of two earlier ones, computed stage by stage. Then
 *     (m-1) T z^{m-2} = slope    * (the features from `low` on),    degree m-2,
 *     T z^{m-1}       = gradient * (the features from `high` on),   degree m-1.
 * Rank form: the linear forms are <x_i, z>, the features their powers. Monomial form:
 * no linear forms, the features are the monomials; its cost does not depend on N.
 */
#ifndef NCF_PATH_SYSTEM_H
#define NCF_PATH_SYSTEM_H

#include "path_lane.h"

#include <stdatomic.h>

#define NCF_TABLE_BLOCK 6 /* rows that are stored, and computed, together */

/* A real matrix; entry (r, c) is data[((r / B) * cols + c) * B + r % B for B =
 * NCF_TABLE_BLOCK], rows padded. */
typedef struct {
    slong rows;
    slong cols;
    double *data;
} ncf_form_table_t;

static inline slong ncf__table_padded(slong rows)
{
    return (rows + NCF_TABLE_BLOCK - 1) / NCF_TABLE_BLOCK * NCF_TABLE_BLOCK;
}

static inline double *ncf__table_entry(const ncf_form_table_t *table, slong row, slong col)
{
    slong block = row / NCF_TABLE_BLOCK * table->cols + col;
    return table->data + block * NCF_TABLE_BLOCK + row % NCF_TABLE_BLOCK;
}

typedef enum { NCF_FORM_RANK, NCF_FORM_MONOMIAL } ncf_form_kind_t;

/* What the features of a stage are needed for. */
typedef enum {
    NCF_STAGE_VALUE = 1,  /* at a point */
    NCF_STAGE_SERIES = 2, /* as power series */
    NCF_STAGE_PARENT = 4  /* the series are factors of other ones */
} ncf_stage_use_t;

/* Features first..last-1: squares of their parents, or parent times an input. */
typedef struct {
    slong first;
    slong last;
    int square;
    int nested; /* the parents are not inputs */
    int use;    /* NCF_STAGE_ values */
} ncf_stage_t;

typedef struct {
    ncf_form_kind_t kind;
    slong order;     /* m >= 3 */
    slong dimension; /* n */
    slong linear;    /* linear forms before the coordinates among the inputs */
    slong inputs;    /* linear + n */
    slong features;
    slong *parent; /* of a product */
    slong *factor; /* the input, or the parent again in a square */
    ncf_stage_t *stage;
    slong stages;
    slong low;
    slong high;
    slong *low_power;         /* the features z_i^{m-2} */
    slong *high_power;        /* the features z_i^{m-1} */
    ncf_form_table_t inputs_table; /* linear x n */
    ncf_form_table_t slope;        /* n(n+1)/2 rows, in packed lower order */
    ncf_form_table_t gradient;     /* n rows; empty when not asked for */
} ncf_form_t;

/* What a form is built for: only its slope table, or both. */
typedef enum { NCF_FORM_SLOPE, NCF_FORM_BOTH } ncf_form_use_t;

void ncf__form_init(ncf_form_t *form, ncf_form_kind_t kind, ncf_form_use_t use,
                    const ncf_homotopy_tensor_t *tensor);
void ncf__form_clear(ncf_form_t *form);

/*
 * Multiplications of complex by real or complex numbers that one evaluation takes: of
 * T z^{m-2} at a point, and of one order of the power series of T z^{m-1}.
 * Infinite when the form is out of range for doubles or memory.
 */
double ncf__form_slope_cost(ncf_form_kind_t kind, const ncf_homotopy_tensor_t *tensor);
double ncf__form_series_cost(ncf_form_kind_t kind, const ncf_homotopy_tensor_t *tensor);

/* The homotopy (1-t) sum_i a_i e_i^{(m)} + t T with |a_i| = 1, and its start classes. */
typedef struct {
    slong order;
    slong dimension;
    ncf_form_t slope;  /* used for T z^{m-2} in Newton's method */
    ncf_form_t series; /* used for power series; a copy of `slope` when of one kind */
    int shared;        /* `series` and `slope` are one form */
    double *phase;     /* n pairs a_i */
    double *roots;     /* n x (m-2) pairs: the z with a_i z^{m-2} = 1 */
} ncf_path_system_t;

void ncf__path_system_init(ncf_path_system_t *system, const ncf_homotopy_tensor_t *tensor,
                           uint64_t seed);
void ncf__path_system_clear(ncf_path_system_t *system);

/* Start class `index`: a unit vector z (n pairs) and its real mu > 0, returned. */
double ncf__path_start(double *z, const ncf_path_system_t *system, slong index);

/* Room for `paths` end points, all untracked. */
void ncf__endpoints_init(ncf_endpoints_t *out, slong dimension, slong paths);

/* Work counts of one run, for the benchmark. */
typedef struct {
    slong steps; /* accepted */
    slong rejected;
    slong rounds; /* of a whole vector of lanes */
    double flops; /* of all lanes, idle ones included */
} ncf_track_stats_t;

/* One run of the tracker, shared by its workers. */
typedef struct {
    const ncf_path_system_t *system;
    const slong *which; /* NULL: paths 0..count-1 */
    slong count;
    const ncf_homotopy_options_t *options;
    slong max_rounds;   /* of one path */
    slong check_rounds; /* between two looks at the limits */
    ncf_endpoints_t *out;
    ncf_track_stats_t *stats; /* one a worker */
    atomic_long next;         /* the first path that no lane has taken */
    atomic_long done;
} ncf_track_t;

/* A tracker compiled for one instruction set. */
typedef struct {
    const char *name;
    int lanes;
    void (*run)(ncf_track_t *track, int worker);
} ncf_kernel_t;

extern const ncf_kernel_t ncf__kernel_scalar;   /* one lane */
extern const ncf_kernel_t ncf__kernel_portable; /* two lanes, for every machine */
#if defined(__x86_64__)
extern const ncf_kernel_t ncf__kernel_avx2;
extern const ncf_kernel_t ncf__kernel_avx512;
#endif

/* The kernels that this machine can run, best first; NULL past the last one. */
const ncf_kernel_t *ncf__kernel(int index);

/* ncf__homotopy_track with a kernel of choice; stats may be NULL. */
void ncf__homotopy_track_with(ncf_endpoints_t *out, const ncf_homotopy_tensor_t *tensor,
                              const slong *which, slong count,
                              const ncf_homotopy_options_t *options,
                              const ncf_kernel_t *kernel, ncf_track_stats_t *stats);

#endif
