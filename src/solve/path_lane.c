/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * path_lane.c: step control of one path. With the last coefficients c4, c5 of its power
 * series, the error of the predictor is modelled as drift |c5|^2/|c4| h^6; `drift` is
 * measured at every step. The step makes it a fixed fraction of the radius in which
 * Newton's method contracts, estimated by |d0|^2/|d1|. Only squares are kept, so the
 * step is a twelfth root. The constants were tuned on random tensors of orders 3 to 6;
 * the number of rounds hardly depends on them, the number of path jumps does.
 */
#include "path_lane.h"

#include <math.h>
#include <string.h>

#define FIRST_NEWTON 4.0 /* Newton constant before one was measured */
#define AIM 0.015        /* wanted ratio |d1|/|d0| */
#define REACH 0.8        /* longest step over the estimate |c4|/|c5| of the radius */
#define MEMORY2 0.5      /* what is kept of the square of a larger old measurement */
#define LARGEST 0.05     /* largest accepted |d0| */
#define SLOWEST 0.1      /* largest accepted |d1|/|d0| */
#define MAX_DRIFT2 1e6
#define NOISE2 1e-18    /* no estimate is drawn from a smaller |d0|^2 */
#define STAGNANT2 1e-24 /* a |d1|^2 that needs no comparison with |d0|^2 */
#define TINY 1e-290     /* keeps quotients of zero coefficients finite */

#define SHORTEST_STEP 1e-10
#define MAX_POLISH 4
#define POLISHED2 1e-28  /* |d1|^2 that ends the polishing */
#define TOLERATED2 1e-22 /* |d1|^2 that is good enough after MAX_POLISH rounds */
#define FORESEEN2 1e-36  /* (square of) the error left by a Newton step, enough at once */

/* x^(1/12) within some percent, by scaling the bits of the exponent and mantissa. */
static double twelfth_root(double x)
{
    int64_t bits, one = INT64_C(0x3ff0000000000000);
    memcpy(&bits, &x, sizeof(bits));
    bits = one + (bits - one) / 12;
    memcpy(&x, &bits, sizeof(x));
    return x;
}

void ncf__lane_start(ncf_lane_t *lane, slong path)
{
    *lane = (ncf_lane_t) {.mode = NCF_LANE_START,
                         .path = path,
                         .newton2 = FIRST_NEWTON * FIRST_NEWTON,
                         .drift2 = 1};
}

/* Updates both measurements from a round, accepted or not. */
static void learn(ncf_lane_t *lane, const ncf_round_t *round)
{
    double first2 = round->first2, h = lane->goal - lane->t, h2 = h * h, h6 = h2 * h2 * h2;
    if (!(first2 > NOISE2) || !isfinite(first2) || !isfinite(round->second2))
        return;
    double newton2 = round->second2 / (first2 * first2);
    double drift2 = first2 / (lane->model2 * h6 * h6);
    lane->newton2 = fmax(newton2, MEMORY2 * lane->newton2);
    lane->drift2 = fmin(fmax(drift2, MEMORY2 * lane->drift2), MAX_DRIFT2);
}

static int judge_step(const ncf_round_t *round, double tightness)
{
    double largest = LARGEST / tightness, slowest = SLOWEST / tightness;
    if (!(round->first2 < largest * largest))
        return 0;
    return round->second2 < slowest * slowest * round->first2 || round->second2 < STAGNANT2;
}

int ncf__lane_judge(ncf_lane_t *lane, const ncf_round_t *round, double tightness)
{
    switch (lane->mode) {
    case NCF_LANE_START:
        return round->first2 < LARGEST * LARGEST && round->second2 < STAGNANT2;
    case NCF_LANE_POLISH:
        return round->second2 <= round->first2 || round->second2 < STAGNANT2;
    case NCF_LANE_TRACK:
        learn(lane, round);
        return judge_step(round, tightness);
    default:
        return 0;
    }
}

static ncf_lane_end_t next_step(ncf_lane_t *lane, const ncf_round_t *round, double tightness)
{
    double aim = AIM / tightness;
    double radius2 = (round->before2 + TINY) / (round->last2 + TINY);
    lane->model2 = round->last2 / radius2;
    if (!isfinite(lane->model2))
        return NCF_LANE_FAILED;
    double h = twelfth_root(aim * aim / (lane->newton2 * lane->drift2 * lane->model2));
    if (h * h > REACH * REACH * radius2)
        h = REACH * sqrt(radius2);
    if (!(h > SHORTEST_STEP))
        return NCF_LANE_FAILED;
    lane->goal = h < 1 - lane->t ? lane->t + h : 1;
    return NCF_LANE_GOES_ON;
}

/* At t = 1: the error that the last Newton step left is about newton |d1|^2. */
static ncf_lane_end_t polish(ncf_lane_t *lane, const ncf_round_t *round)
{
    if (lane->newton2 * round->second2 * round->second2 < FORESEEN2)
        return NCF_LANE_FINISHED;
    if (lane->mode == NCF_LANE_POLISH && round->second2 < POLISHED2)
        return NCF_LANE_FINISHED;
    lane->mode = NCF_LANE_POLISH;
    if (lane->polished++ < MAX_POLISH)
        return NCF_LANE_GOES_ON;
    return round->second2 < TOLERATED2 ? NCF_LANE_FINISHED : NCF_LANE_FAILED;
}

static ncf_lane_end_t shorten_step(ncf_lane_t *lane)
{
    double h = 0.5 * (lane->goal - lane->t);
    lane->goal = lane->t + h;
    return lane->mode == NCF_LANE_TRACK && h > SHORTEST_STEP ? NCF_LANE_GOES_ON
                                                             : NCF_LANE_FAILED;
}

ncf_lane_end_t ncf__lane_settle(ncf_lane_t *lane, int accepted, const ncf_round_t *round,
                                double tightness, slong max_rounds)
{
    if (++lane->rounds > max_rounds)
        return NCF_LANE_FAILED;
    if (!accepted)
        return shorten_step(lane);
    lane->t = lane->goal;
    if (lane->t == 1)
        return polish(lane, round);
    lane->mode = NCF_LANE_TRACK;
    return next_step(lane, round, tightness);
}
