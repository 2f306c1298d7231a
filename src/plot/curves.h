/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* curves.h: a trajectory as the document of `ncf match` has it, moment by moment. */
#ifndef NCF_CURVES_H
#define NCF_CURVES_H

#include "plot.h"

#define NCF_MAX_CURVES NCF_SERIES_COUNT /* documents in one picture */

typedef struct {
    const char *name; /* of the trajectory's file, or of the document's */
    slong count;
    double *time; /* the number of the row where there are no times */
    double *norm, *loss, *angle, *deviation;
    char *in_cap; /* proved to lie in the cap */
    int has_times;
    const char *kind; /* of the flow */
    const char *verdict, *reason;
    slong early;        /* rows of the early phase, from the first one on */
    slong entry, exit;  /* rows, -1: none */
    ncf_drawn_t entry_angle, last_angle;
    ncf_drawn_t lambda; /* of the matched point, NAN: none */
    ncf_drawn_t cap;    /* angle of its certified cap */
    slong growth_end;   /* last row of those where the growth was measured, -1: none */
    int rescaled;       /* moments hold tau and w / delta */
    slong homogeneity;  /* L, -1: none */
} ncf_curve_t;

typedef struct {
    size_t count;
    ncf_curve_t curves[NCF_MAX_CURVES];
    char *provenance;
    int has_times; /* all of them have */
    int rescaled;  /* all of them are */
} ncf_curves_t;

/* Clear with ncf__curves_clear after success and failure. */
ncf_status_t ncf__curves_init(ncf_curves_t *curves, const ncf_drawing_t *drawing,
                              ncf_error_t *err);
void ncf__curves_clear(ncf_curves_t *curves);

int ncf__curve_is_matched(const ncf_curve_t *curve);

/* Is its norm to be compared with the growth at the certified lambda? */
int ncf__curve_grows(const ncf_curve_t *curve);

/*
 * Values at which the loss stays for a while before it goes on falling, in the order of time: how
 * many, at most `room`.
 */
int ncf__curve_plateaus(double *levels, int room, const ncf_curve_t *curve);

/*
 * The loss at w = 0, where the gradient of a loss of a network of degree 2 or more is zero;
 * NAN when the problem of the document cannot be read.
 */
double ncf__curve_origin(const ncf_curve_t *curve, const ncf_drawing_t *drawing);

/* The colour of a curve. */
const char *ncf__curve_colour(size_t k);

/* Makes the range hold a finite value (above 0, if `positive`); begin with HUGE_VAL, -HUGE_VAL. */
void ncf__widen(double range[2], double value, int positive);

/* The time axis, with its label or without tics, for the panel below or above. */
void ncf__curves_axis(ncf_script_t *script, const ncf_curves_t *curves, int labelled);

#endif
