/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * midrad.h: proved intervals [mid - radius, mid + radius] of doubles, T-MIDRAD. All
 * bounds hold in every rounding mode, with fused operations or without, and with
 * subnormal numbers flushed to zero or not.
 *
 * An interval is exactly zero (mid = radius = 0), or |mid| + radius >= 2^-400, or says
 * nothing (radius infinite). A radius above 2^260 becomes infinite, so that all finite
 * results are below 2^312 in modulus.
 */
#ifndef NCF_MIDRAD_H
#define NCF_MIDRAD_H

#include "base.h"

#include <math.h>

typedef struct {
    double mid, radius;
} ncf_midrad_t;

#define NCF_MIDRAD_UNIT 0x1p-52 /* twice the unit roundoff */
#define NCF_MIDRAD_TINY 0x1p-400
#define NCF_MIDRAD_HUGE 0x1p260

/* An interval from what was computed: the radius is raised by what covers its roundings. */
static inline ncf_midrad_t ncf__midrad(double mid, double radius)
{
    double raised = radius * (1 + 0x1p-20) + NCF_MIDRAD_TINY;
    ncf_midrad_t r = {mid, raised <= NCF_MIDRAD_HUGE ? raised : INFINITY};
    return r;
}

static inline ncf_midrad_t ncf__midrad_zero(void)
{
    ncf_midrad_t r = {0, 0};
    return r;
}

static inline int ncf__midrad_is_zero(ncf_midrad_t a)
{
    return a.mid == 0 && a.radius == 0;
}

/* The exact number x: no radius where the invariant allows it. */
static inline ncf_midrad_t ncf__midrad_point(double x)
{
    ncf_midrad_t r = {x, x == 0 || fabs(x) >= NCF_MIDRAD_TINY ? 0 : NCF_MIDRAD_TINY};
    if (!(fabs(x) <= NCF_MIDRAD_HUGE))
        r.radius = INFINITY;
    return r;
}

static inline ncf_midrad_t ncf__midrad_add(ncf_midrad_t a, ncf_midrad_t b)
{
    double mid = a.mid + b.mid;
    if (ncf__midrad_is_zero(b))
        return a;
    if (ncf__midrad_is_zero(a))
        return b;
    return ncf__midrad(mid, a.radius + b.radius + fabs(mid) * NCF_MIDRAD_UNIT);
}

/*
 * The end of a sum of `terms` products x y: mid the computed sum, size that of |x.mid y.mid|
 * and reach that of (|x.mid| + x.radius)(|y.mid| + y.radius).
 */
static inline ncf_midrad_t ncf__midrad_sum(double mid, double size, double reach,
                                               slong terms)
{
    if (reach == 0)
        return ncf__midrad_zero();
    double error = 4 * ((double) terms + 4) * NCF_MIDRAD_UNIT;
    return ncf__midrad(mid, reach - size + error * reach);
}

static inline double ncf__midrad_reach(ncf_midrad_t a)
{
    return fabs(a.mid) + a.radius;
}

static inline ncf_midrad_t ncf__midrad_mul(ncf_midrad_t a, ncf_midrad_t b)
{
    double mid = a.mid * b.mid;
    return ncf__midrad_sum(mid, fabs(mid), ncf__midrad_reach(a) * ncf__midrad_reach(b), 1);
}

#endif
