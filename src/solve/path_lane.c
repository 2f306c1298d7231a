/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * path_lane.c: step control of one path. The predictor's error is modelled as
 * |c5|^2/|c4| h^6 times a factor that is measured at every step (`drift`); the step
 * makes it a fixed fraction of the radius in which Newton's method contracts,
 * estimated by |d0|^2/|d1|. Squares are kept, so the step is a twelfth root.
 */
#include "path_lane.h"

#include <math.h>
#include <string.h>

#ifndef AIM
#define AIM 0.02
#endif
#ifndef REACH
#define REACH 0.9
#endif
#ifndef KEEP
#define KEEP 0.25
#endif
#ifndef NEWTON0
#define NEWTON0 4.0
#endif
#ifndef DRIFT0
#define DRIFT0 1.0
#endif
#ifndef DKEEP
#define DKEEP 0.25
#endif

#define SHORTEST_STEP 1e-10
#define MAX_POLISH 4

/* x^(1/12) within 1 %, by halving the exponent field: steps need no more. */
static double twelfth_root(double x)
{
    int64_t bits;
    memcpy(&bits, &x, sizeof(bits));
    int64_t one = INT64_C(0x3ff0000000000000);
    bits = one + (bits - one) / 12;
    memcpy(&x, &bits, sizeof(x));
    return x;
}

void ncf__lane_start(ncf_lane_t *lane, slong path)
{
    *lane = (ncf_lane_t) {.mode = NCF_LANE_START,
                          .path = path,
                          .newton2 = NEWTON0 * NEWTON0,
                          .drift2 = DRIFT0 * DRIFT0};
}

static void learn(ncf_lane_t *lane, const ncf_round_t *round)
{
    double first2 = round->first2, h = lane->goal - lane->t;
    if (!(first2 > 1e-18))
        return;
    double newton2 = round->second2 / (first2 * first2);
    lane->newton2 = fmax(newton2, KEEP * lane->newton2);
    double h3 = h * h * h, h6 = h3 * h3;
    double drift2 = first2 / (lane->model2 * h6 * h6);
    lane->drift2 = fmin(fmax(drift2, DKEEP * lane->drift2), 1e6);
}

int ncf__lane_judge(ncf_lane_t *lane, const ncf_round_t *round, double tightness)
{
    double first2 = round->first2, second2 = round->second2;
    switch (lane->mode) {
    case NCF_LANE_START:
        return first2 < 1e-8 && second2 < 1e-8;
    case NCF_LANE_POLISH:
        return second2 <= first2 || second2 < 1e-24;
    case NCF_LANE_TRACK:
        break;
    case NCF_LANE_IDLE:
        return 0;
    }
    double size = 0.05 / tightness, rate = 0.1 / tightness;
    int good = first2 < size * size &&
               (second2 < rate * rate * first2 || second2 < 1e-24);
    if (isfinite(first2) && isfinite(second2))
        learn(lane, round);
    return good;
}

static ncf_lane_end_t next_step(ncf_lane_t *lane, const ncf_round_t *round, double tightness)
{
    double aim = AIM / tightness;
    lane->model2 = round->last2 * (round->last2 / (round->before2 + 1e-290));
    double power12 = aim * aim / (lane->newton2 * lane->drift2 * lane->model2);
    double reach2 = REACH * REACH * (round->before2 + 1e-290) / (round->last2 + 1e-290);
    double h = twelfth_root(power12);
    if (h * h > reach2)
        h = sqrt(reach2);
    if (!(h > SHORTEST_STEP))
        return NCF_LANE_FAILED;
    lane->goal = h < 1 - lane->t ? lane->t + h : 1;
    return NCF_LANE_GOES_ON;
}

/* At t = 1: the error left is about newton * second^2. */
static ncf_lane_end_t polish(ncf_lane_t *lane, const ncf_round_t *round)
{
    double error2 = lane->newton2 * round->second2 * round->second2;
    if (error2 < 1e-36 || (lane->mode == NCF_LANE_POLISH && round->second2 < 1e-28))
        return NCF_LANE_FINISHED;
    lane->mode = NCF_LANE_POLISH;
    if (lane->polished++ < MAX_POLISH)
        return NCF_LANE_GOES_ON;
    return round->second2 < 1e-22 ? NCF_LANE_FINISHED : NCF_LANE_FAILED;
}

ncf_lane_end_t ncf__lane_settle(ncf_lane_t *lane, int accepted, const ncf_round_t *round,
                                double tightness, slong max_rounds)
{
    if (++lane->rounds > max_rounds)
        return NCF_LANE_FAILED;
    if (!accepted) {
        double h = 0.5 * (lane->goal - lane->t);
        lane->goal = lane->t + h;
        return lane->mode == NCF_LANE_TRACK && h > SHORTEST_STEP ? NCF_LANE_GOES_ON
                                                                 : NCF_LANE_FAILED;
    }
    lane->t = lane->goal;
    if (lane->t == 1)
        return polish(lane, round);
    lane->mode = NCF_LANE_TRACK;
    return next_step(lane, round, tightness);
}
