/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * path_lane.h: the decisions about one path: accept a step or not, the next step
 * length, when the path has ended. Plain doubles, shared by all kernels. All sizes are
 * squares of norms.
 */
#ifndef NCF_PATH_LANE_H
#define NCF_PATH_LANE_H

#include "homotopy.h"

typedef enum {
    NCF_LANE_IDLE,
    NCF_LANE_START, /* at t = 0, the series is not known yet */
    NCF_LANE_TRACK,
    NCF_LANE_POLISH /* at t = 1, Newton's method until it stagnates */
} ncf_lane_mode_t;

typedef struct {
    ncf_lane_mode_t mode;
    slong path;     /* position among the paths of the run */
    slong rounds;   /* predictor-corrector rounds spent on this path */
    slong polished; /* rounds spent at t = 1 */
    double t;       /* of the last accepted point */
    double goal;    /* t of the candidate */
    double newton2; /* estimate of the Newton constant |d1| / |d0|^2 */
    double drift2;  /* measured error of the predictor over its model */
    double model2;  /* of the model of that error at step 1 */
} ncf_lane_t;

/* What one round measured. */
typedef struct {
    double first2;  /* |d0|^2 of the first Newton step */
    double second2; /* |d1|^2 */
    double before2; /* coefficients of the series at the last accepted point: */
    double last2;   /* the last but one and the last */
} ncf_round_t;

typedef enum { NCF_LANE_GOES_ON, NCF_LANE_FINISHED, NCF_LANE_FAILED } ncf_lane_end_t;

/* A path at its start; its first round has the step 0. */
void ncf__lane_start(ncf_lane_t *lane, slong path);

/* Is the candidate accepted? first2 and second2 are read. */
int ncf__lane_judge(ncf_lane_t *lane, const ncf_round_t *round, double tightness);

/*
 * After the series of an accepted candidate is known (or the candidate was rejected):
 * sets the goal of the next round, or says how the path ended.
 */
ncf_lane_end_t ncf__lane_settle(ncf_lane_t *lane, int accepted, const ncf_round_t *round,
                                double tightness, slong max_rounds);

#endif
