/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * prune_internal.h: shared by the files of the search of deep networks (T-PRUNE,
 * proofs/theorems/prune.md, which has the notation and the formulas).
 */
#ifndef NCF_PRUNE_INTERNAL_H
#define NCF_PRUNE_INTERNAL_H

#include "prune.h"

enum {
    PRUNE_LANES = 8,                   /* lane 0: the centre; lane j + 1: variable j */
    PRUNE_VARIABLES = PRUNE_LANES - 1, /* unknown directions at most */
    PRUNE_LAYERS = 16,                 /* layers with directions at most */
    PRUNE_ROWS = 16,                   /* directions at most, constant ones included */
    PRUNE_WIDTH = 8,                   /* coordinates of one direction at most */
    PRUNE_DEGREE = 16,                 /* of one activation */
    PRUNE_HEAD_DEGREE = 256,           /* P of T-PRUNE */
    PRUNE_CHARTS = 1 << 20
};

/* A proved interval m + [-r, r] of doubles; r infinite or NaN: nothing is known (T-INTERVAL).
 */
typedef struct {
    double m, r;
} ncf_interval_t;

/*
 * One stratum: the network of the active units, from its first layer to the head, the
 * last layer whose row has more than one coordinate (layer 1 if there is none).
 */
typedef struct {
    slong active[PRUNE_LAYERS];        /* units of hidden layers 1.. of the whole network */
    slong variables;                   /* n */
    slong layers;                      /* the head is layer `layers` and has one row */
    slong head_power;                  /* P */
    slong degree[PRUNE_LAYERS + 1];    /* p_l of hidden layer l < layers */
    slong width[PRUNE_LAYERS + 1];     /* k_0 = d, .., k_layers = 1 */
    slong first_row[PRUNE_LAYERS + 1]; /* of layer l */
    slong rows;
    slong dimension[PRUNE_ROWS];      /* coordinates of the row */
    slong first_variable[PRUNE_ROWS]; /* the others than the chart's, in order */
    slong points;
    ncf_interval_t *x;      /* points x d, scaled by a power of two */
    ncf_interval_t *y;      /* points, scaled by a power of two */
    double mu_min;          /* of the scaled data: |mu| >= mu_min where lambda >= lambda_min */
    slong twice_mu_power;   /* kappa - 2 */
    slong charts;           /* choices of fixed coordinates, times classes */
    slong class_choices;    /* partitions of the units below the head (lemma 3); 1: not used */
    int has_classes;        /* those units have degree 2 */
    slong matrix_equations; /* of lemma 10, for charts with one class; 0: not used */
} ncf_prune_stratum_t;

/*
 * The coordinate that is fixed to 1 in each row; and, when the stratum has classes, the
 * class of each unit below the head: the weights e of one class are equal, the directions
 * of units of different classes are orthogonal (lemma 3).
 */
typedef struct {
    unsigned char fixed[PRUNE_ROWS];
    unsigned char class_of[PRUNE_WIDTH];
} ncf_prune_chart_t;

/* Chart number `index` of a stratum, 0 <= index < stratum->charts. */
void ncf__prune_chart(ncf_prune_chart_t *chart, const ncf_prune_stratum_t *stratum,
                      slong index);

/* The variable of coordinate j of the row, or -1 for the fixed one. */
static inline slong ncf__prune_variable(const ncf_prune_stratum_t *s,
                                        const ncf_prune_chart_t *chart, slong row, slong j)
{
    slong fixed = chart->fixed[row];
    return j == fixed ? -1 : s->first_variable[row] + j - (j > fixed);
}

/*
 * A function of the variables on a box: lanes of the value (lane 0 at the centre, lane 7
 * over the box, lane j + 1 over the part where variables after j are at the centre) and
 * of the slopes (lane j + 1: of variable j).
 */
typedef struct {
    double value_m[PRUNE_LANES], value_r[PRUNE_LANES];
    double slope_m[PRUNE_LANES], slope_r[PRUNE_LANES];
} __attribute__((aligned(64))) ncf_prune_jet_t;

typedef struct {
    ncf_prune_jet_t f[PRUNE_VARIABLES]; /* the equations */
    ncf_prune_jet_t mu[PRUNE_ROWS];     /* each one equals mu where all equations hold */
    slong mu_count;
    ncf_prune_jet_t g[PRUNE_VARIABLES]; /* the equations of lemma 10, if asked for */
} ncf_prune_values_t;

enum {
    PRUNE_DERIVATIVE = 1, /* derivatives instead of slopes */
    PRUNE_MATRIX = 2      /* g too */
};

/*
 * The equations over the box center + [-radius, radius]. Slopes of Hansen:
 * f(x) - f(center) in sum_j slope_j (x_j - center_j) for all x in the box; with
 * PRUNE_DERIVATIVE every slope contains the partial derivative at every point of the box,
 * and lanes 1.. are all over the box.
 */
typedef void (*ncf_prune_kernel_fn)(ncf_prune_values_t *out, const ncf_prune_stratum_t *s,
                                    const ncf_prune_chart_t *chart, const double *center,
                                    const double *radius, int flags);
void ncf__prune_kernel_portable(ncf_prune_values_t *out, const ncf_prune_stratum_t *s,
                                const ncf_prune_chart_t *chart, const double *center,
                                const double *radius, int flags);
void ncf__prune_kernel_avx2(ncf_prune_values_t *out, const ncf_prune_stratum_t *s,
                            const ncf_prune_chart_t *chart, const double *center,
                            const double *radius, int flags);
void ncf__prune_kernel_avx512(ncf_prune_values_t *out, const ncf_prune_stratum_t *s,
                              const ncf_prune_chart_t *chart, const double *center,
                              const double *radius, int flags);

/* The fastest one that the processor has; all give the same bits. */
ncf_prune_kernel_fn ncf__prune_kernel(void);

/* A closed box of the variables; entries beyond n are zero. */
typedef struct {
    double low[PRUNE_VARIABLES], high[PRUNE_VARIABLES];
} ncf_prune_box_t;

/* A zero of the equations: it lies in `at`, and it is the only one in `unique`. */
typedef struct {
    ncf_prune_box_t unique, at;
} ncf_prune_zero_t;

typedef struct {
    const ncf_prune_stratum_t *stratum;
    ncf_prune_chart_t chart;
    ncf_prune_kernel_fn kernel;
    ncf_prune_values_t *values; /* scratch */
} ncf_prune_view_t;

/*
 * A piece of a set of zeros that are not isolated (lemma 10): for all values of the other
 * variables in the box, exactly one value of the `solved` ones in the box gives a zero, and
 * `at` contains one of these zeros.
 */
typedef struct {
    ncf_prune_box_t box, at;
    unsigned char solved[PRUNE_VARIABLES + 1];
} ncf_prune_tube_t;

typedef enum { PRUNE_EMPTY, PRUNE_ISOLATED, PRUNE_TUBE, PRUNE_OPEN } ncf_prune_state_t;

/*
 * Works on one box. EMPTY: it holds no zero with |mu| >= mu_min (up to symmetry).
 * ISOLATED: every zero in the box is the one of *zero, which is set. TUBE: every zero in the
 * box is one of *tube, which is set. OPEN: all zeros of the box are in the box as it is
 * returned, perhaps smaller; *split is the variable to halve.
 */
ncf_prune_state_t ncf__prune_examine(ncf_prune_box_t *box, ncf_prune_zero_t *zero,
                                     ncf_prune_tube_t *tube, slong *split, slong *effort,
                                     const ncf_prune_view_t *view);

/* 1: *tube holds every zero of the box. The box is one that ncf__prune_examine left open. */
int ncf__prune_find_tube(ncf_prune_tube_t *tube, const ncf_prune_box_t *box, slong *effort,
                         const ncf_prune_view_t *view);

/* Cuts the box down by the conditions on the classes of the chart; 0: it is empty (lemma 3).
 */
int ncf__prune_contract_classes(ncf_prune_box_t *box, const ncf_prune_stratum_t *s,
                                const ncf_prune_chart_t *chart);

int ncf__prune_inside(const ncf_prune_box_t *inner, const ncf_prune_box_t *outer, slong n);

#endif
