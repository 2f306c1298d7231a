/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * validated_step.c: one step of the integration, T-VALIDATEDFLOW: a box that the flow does not
 * leave, the Taylor remainder on it, and the mean-value form with two boxes for the rest.
 */
#include "validated_internal.h"

#include <string.h>

#define ATTEMPTS 30 /* shorter and shorter steps */
#define STRIDE FLOW_STRIDE

static ncf_midrad_t symmetric(double radius)
{
    return ncf__midrad(0, radius);
}

/* At least the exact value of what was computed as x from numbers that are not negative. */
static double raised(double x)
{
    return ncf__midrad(0, x).radius;
}

static ncf_midrad_t magnitude(ncf_midrad_t a)
{
    return symmetric(ncf__midrad_reach(a));
}

void ncf__tube_set_init(ncf_tube_set_t *set, const ncf_tube_t *flow)
{
    slong m = flow->state;
    set->m = m;
    set->centre = ncf__calloc((size_t) ((1 + FLOW_TURNS) * m + m * m), sizeof(double));
    set->column = set->centre + m;
    set->frame = set->column + FLOW_TURNS * m;
    set->box = ncf__calloc((size_t) (2 * m), sizeof(*set->box));
    set->tilted = set->box + m;
    set->time = set->quantum = 0;
    arb_init(set->log_growth);
    arb_init(set->growth_slope);
    arb_init(set->rescaled);
    arb_init(set->rescaled_slope);
    for (slong j = 0; j < m; j++)
        set->frame[j * m + j] = 1;
}

void ncf__tube_set_clear(ncf_tube_set_t *set)
{
    ncf__free(set->centre);
    ncf__free(set->box);
    arb_clear(set->log_growth);
    arb_clear(set->growth_slope);
    arb_clear(set->rescaled);
    arb_clear(set->rescaled_slope);
}

void ncf__tube_set_scales(ncf_tube_set_t *set, double low, double high)
{
    /* The roundings of both halves are at most 2^-52 (low + high). */
    slong n = set->m - 1;
    set->centre[n] = 0.5 * low + 0.5 * high;
    set->column[n] = 0.5 * high - 0.5 * low;
    set->box[n] = set->tilted[n] = ncf__midrad(0, 0x1p-50 * (low + high));
}

void ncf__tube_set_growth(arb_t log_growth, arb_t rescaled, const ncf_tube_set_t *set)
{
    arb_set(log_growth, set->log_growth);
    arb_add_error(log_growth, set->growth_slope);
    arb_set(rescaled, set->rescaled);
    arb_add_error(rescaled, set->rescaled_slope);
}

void ncf__tube_set_hull(ncf_midrad_t *hull, const ncf_tube_set_t *set)
{
    for (slong j = 0; j < set->m; j++) {
        ncf_midrad_t rest = set->box[j];
        for (int r = 0; r < FLOW_TURNS; r++)
            rest = ncf__midrad_add(rest, symmetric(fabs(set->column[r * set->m + j])));
        hull[j] = ncf__midrad_add(ncf__midrad_point(set->centre[j]), rest);
    }
}

void ncf__tube_set_along(arb_t along, const ncf_tube_set_t *set, arb_srcptr u, slong n,
                         slong prec)
{
    arb_t term, number;
    arb_init(term);
    arb_init(number);
    arb_zero(along);
    for (slong j = 0; j < n; j++) {
        arb_set_d(number, set->centre[j]);
        arb_addmul(along, number, u + j, prec);
        arb_set_d(number, set->box[j].radius);
        arb_mul(term, number, u + j, prec);
        arb_add_error(along, term);
    }
    for (int r = 0; r < FLOW_TURNS; r++) {
        arb_zero(term);
        for (slong j = 0; j < n; j++) {
            arb_set_d(number, set->column[r * set->m + j]);
            arb_addmul(term, number, u + j, prec);
        }
        arb_add_error(along, term);
    }
    arb_clear(number);
    arb_clear(term);
}

/* The coefficients of s^r, r >= 1, of the set's polynomial at s + a for all a in [-1, 1]. */
static void set_turns(ncf_midrad_t *x, const ncf_tube_set_t *set, slong turns)
{
    for (slong r = 1; r <= turns; r++) {
        for (slong j = 0; j < set->m; j++) {
            double far = 0, binomial = 1;
            for (slong k = r + 1; k <= FLOW_TURNS; k++) {
                binomial = binomial * (double) k / (double) (k - r);
                far += binomial * fabs(set->column[(k - 1) * set->m + j]);
            }
            x[r * set->m + j] = r > FLOW_TURNS ? ncf__midrad_zero()
                                : far == 0
                                    ? ncf__midrad_point(set->column[(r - 1) * set->m + j])
                                    : ncf__midrad(set->column[(r - 1) * set->m + j], far);
        }
    }
}

void ncf__tube_work_init(ncf_tube_work_t *work, const ncf_tube_t *flow)
{
    const size_t m = (size_t) flow->state, values = (FLOW_TURNS + 2) * m;
    slong turns = flow->scaled ? FLOW_TURNS : 0;
    double **matrices[6] = {&work->jacobian, &work->frame,        &work->moved_frame,
                            &work->turned,   &work->turned_frame, &work->gram};
    double **bounds[8] = {&work->rest,   &work->offset, &work->box,   &work->straight,
                          &work->across, &work->defect, &work->bound, &work->part};
    ncf__tube_series_init(&work->thin, flow, 0, turns);
    ncf__tube_series_init(&work->wide, flow, 1, turns > 0 ? turns + 1 : 0);
    ncf__tube_series_init(&work->remainder, flow, 0, 0);
    work->success = 1;
    work->product = ncf__product(0);
    work->hull = ncf__calloc(2 * values + 2 * m, sizeof(*work->hull));
    work->point = work->hull + values;
    work->range = work->point + values;
    work->around = work->range + m;
    double *number = ncf__calloc(6 * m * m + 8 * m, sizeof(*number));
    for (int k = 0; k < 6; k++, number += m * m)
        *matrices[k] = number;
    for (int k = 0; k < 8; k++, number += m)
        *bounds[k] = number;
}

void ncf__tube_work_clear(ncf_tube_work_t *work)
{
    ncf__tube_series_clear(&work->thin);
    ncf__tube_series_clear(&work->wide);
    ncf__tube_series_clear(&work->remainder);
    ncf__free(work->hull);
    ncf__free(work->jacobian);
}

/* ---- The length of a step, and the box that the flow does not leave -------------- */

static double largest(const ncf_tube_series_t *series, const ncf_tube_t *flow, slong order)
{
    double most = 0;
    for (slong j = 0; j < flow->state; j++) {
        double size = ncf__midrad_reach(ncf__tube_value(series, 1 + j)[order]);
        most = size <= most ? most : size;
    }
    return most;
}

/* The length at which the last term is about `size`, at most `longest`. */
static double length_guess(const ncf_tube_series_t *series, const ncf_tube_t *flow,
                           double size, double longest)
{
    double last = largest(series, flow, FLOW_DEGREE);
    double before = largest(series, flow, FLOW_DEGREE - 1);
    double h =
        fmin(pow(size / last, 1.0 / FLOW_DEGREE), pow(size / before, 1.0 / (FLOW_DEGREE - 1)));
    return h <= longest ? h : longest;
}

/* h becomes a multiple of the quantum, which the first step chooses; 0 where none is left. */
static double exact_length(const ncf_tube_set_t *set, double h, double *quantum)
{
    int exponent;
    frexp(h, &exponent);
    *quantum = set->quantum > 0 ? set->quantum : ldexp(1, exponent - 30);
    double steps = floor(h / *quantum);
    if (!(h > 0) || !isfinite(h) || !(steps >= 1) || !(set->time / *quantum + steps < 0x1p52))
        return 0;
    return steps * *quantum;
}

static void set_powers(ncf_tube_work_t *work, double h)
{
    ncf_midrad_t step = ncf__midrad_point(h);
    work->powers[0] = ncf__midrad_point(1);
    for (int k = 1; k < STRIDE; k++)
        work->powers[k] = ncf__midrad_mul(work->powers[k - 1], step);
}

/* [0, a] for a >= 0 */
static ncf_midrad_t from_zero(ncf_midrad_t a)
{
    double half = 0.5 * ncf__midrad_reach(a);
    return ncf__midrad(half, half + half * NCF_MIDRAD_UNIT);
}

/* Is a inside the interior of b? */
static int strictly_inside(ncf_midrad_t a, ncf_midrad_t b)
{
    ncf_midrad_t between =
        ncf__midrad_add(ncf__midrad_point(a.mid), ncf__midrad_point(-b.mid));
    double far = ncf__midrad_add(magnitude(between), symmetric(a.radius)).radius;
    return isfinite(b.radius) && far < b.radius;
}

/* The Taylor polynomials over the whole step and all initial values. */
static void set_range(ncf_tube_work_t *work, const ncf_tube_t *flow)
{
    ncf_midrad_t times[FLOW_DEGREE + 1];
    times[0] = work->powers[0];
    for (int k = 1; k <= FLOW_DEGREE; k++)
        times[k] = from_zero(work->powers[k]);
    for (slong j = 0; j < flow->state; j++)
        work->range[j] =
            ncf__tube_dot(times, 1, ncf__tube_value(&work->wide, 1 + j), 1, FLOW_DEGREE + 1);
}

/* Part A of T-VALIDATEDFLOW. */
int ncf__tube_encloses(double *excess, ncf_tube_work_t *work, const ncf_tube_t *flow, double h,
                       double size)
{
    int inside = 1;
    set_powers(work, h);
    set_range(work, flow);
    for (slong j = 0; j < flow->state; j++) {
        ncf_midrad_t range = work->range[j];
        double wider = 2 * size + 0x1p-16 * range.radius;
        work->around[j] = ncf__midrad(range.mid, range.radius + wider);
    }
    ncf__tube_expand(&work->remainder, flow, work->around, FLOW_DEGREE);
    ncf_midrad_t time = from_zero(work->powers[FLOW_DEGREE + 1]);
    *excess = 0;
    for (slong j = 0; j < flow->state; j++) {
        ncf_midrad_t last = ncf__tube_value(&work->remainder, 1 + j)[FLOW_DEGREE + 1];
        ncf_midrad_t all = ncf__midrad_add(work->range[j], ncf__midrad_mul(time, last));
        double ratio =
            ncf__midrad_reach(ncf__midrad_mul(work->powers[FLOW_DEGREE + 1], last)) / size;
        inside = inside && strictly_inside(all, work->around[j]);
        *excess = ratio <= *excess ? *excess : ratio;
    }
    return inside;
}

/* A length for which `encloses` holds with a small remainder, or 0. */
static double choose_length(double *quantum, ncf_tube_work_t *work, const ncf_tube_set_t *set,
                            const ncf_tube_t *flow, double longest)
{
    double width = 0, excess;
    for (slong j = 0; j < flow->unknowns; j++)
        width = fmax(width, work->hull[j].radius);
    double size = 0x1p-50 + 0x1p-13 * width;
    double guess = length_guess(&work->wide, flow, size, longest);
    double h = guess * fmin(1, 1.15 * work->success);
    for (int k = 0; k < ATTEMPTS; k++) {
        h = exact_length(set, h, quantum);
        if (h == 0)
            return 0;
        if (ncf__tube_encloses(&excess, work, flow, h, size) && excess <= 1) {
            work->success = h / guess;
            return h;
        }
        double shorter = 0.9 * pow(excess, -1.0 / (FLOW_DEGREE + 1));
        h *= shorter <= 0.8 && shorter >= 0.4 ? shorter : shorter > 0.8 ? 0.8 : 0.4;
    }
    return 0;
}

/* ---- The mean-value form ---------------------------------------------------------- */

/*
 * The end points of the states with e = 0, as the polynomial in the parameter that becomes
 * the centre and the columns; offset bounds what is beside it, parts B and C of
 * T-VALIDATEDFLOW.
 */
static void move_polynomial(ncf_tube_set_t *set, ncf_tube_work_t *work, const ncf_tube_t *flow)
{
    slong turns = work->thin.turns;
    for (slong j = 0; j < flow->state; j++) {
        ncf_midrad_t last = ncf__tube_value(&work->remainder, 1 + j)[FLOW_DEGREE + 1];
        double far = 0;
        for (slong r = 0; r <= turns; r++) {
            ncf_midrad_t image = ncf__tube_dot(
                work->powers, 1, ncf__tube_turn(&work->thin, 1 + j, r), 1, FLOW_DEGREE + 1);
            if (r == 0)
                image = ncf__midrad_add(image,
                                        ncf__midrad_mul(work->powers[FLOW_DEGREE + 1], last));
            *(r == 0 ? set->centre + j : set->column + (r - 1) * flow->state + j) = image.mid;
            far = raised(far + image.radius);
        }
        if (turns > 0)
            far = raised(far + ncf__midrad_reach(
                                   ncf__tube_dot(work->powers, 1,
                                                 ncf__tube_turn(&work->wide, 1 + j, turns + 1),
                                                 1, FLOW_DEGREE + 1)));
        work->offset[j] = raised(far);
    }
}

/* The derivative of the Taylor polynomials over the hull, as linear forms. */
static void set_jacobian(ncf_tube_work_t *work, const ncf_tube_t *flow)
{
    slong m = flow->state;
    double *row = ncf__malloc((size_t) work->wide.width, sizeof(double)), norm;
    for (slong j = 0; j < m; j++) {
        ncf_tube_linear_t sum = {0, 0, 0};
        for (slong k = 0; k <= FLOW_DEGREE; k++)
            ncf__tube_linear_add(&sum, &work->wide, work->powers[k], (1 + j) * STRIDE + k,
                                 k <= FLOW_LINEAR);
        ncf__tube_linear_end(row, &norm, work->rest + j, &sum, &work->wide);
        memcpy(work->jacobian + j * m, row, (size_t) m * sizeof(double));
    }
    ncf__free(row);
}

/* out >= |A| v for v >= 0; of the transpose of A where `transposed`. out is not v. */
static void absolute(double *out, const double *a, const double *v, int transposed, slong m)
{
    memset(out, 0, (size_t) m * sizeof(double));
    for (slong i = 0; i < m; i++) {
        for (slong j = 0; j < m && !transposed; j++)
            out[i] += fabs(a[i * m + j]) * v[j];
        for (slong j = 0; j < m && transposed; j++)
            out[j] += fabs(a[i * m + j]) * v[i];
    }
    for (slong i = 0; i < m; i++)
        out[i] = raised(out[i]);
}

/* gamma of T-INTERVALMATRIX for products with m terms */
static double product_error(slong m)
{
    return raised((double) (m + m / 256 + 2) * NCF_MIDRAD_UNIT);
}

/* Are these operands of a product in the sense of T-INTERVALMATRIX? */
static int bounded(const double *a, slong m)
{
    int fits = 1;
    for (slong k = 0; k < m * m; k++)
        fits &= fabs(a[k]) <= 0x1p100;
    return fits;
}

/* row -= (row . unit) unit, twice */
static void orthogonalise(double *row, const double *unit, slong m)
{
    for (int pass = 0; pass < 2; pass++) {
        double along = 0;
        for (slong j = 0; j < m; j++)
            along += unit[j] * row[j];
        for (slong j = 0; j < m; j++)
            row[j] -= along * unit[j];
    }
}

/* Moves the longest of the rows i, .., m - 1 to row i and makes it a unit vector. */
static void pivot(double *rows, slong i, slong m)
{
    slong best = i;
    double most = -1;
    for (slong k = i; k < m; k++) {
        double norm = 0;
        for (slong j = 0; j < m; j++)
            norm += rows[k * m + j] * rows[k * m + j];
        if (norm > most) {
            most = norm;
            best = k;
        }
    }
    double scale = most > 0 ? 1 / sqrt(most) : 0;
    for (slong j = 0; j < m; j++) {
        double entry = rows[best * m + j];
        rows[best * m + j] = rows[i * m + j];
        rows[i * m + j] = entry * scale;
    }
}

/*
 * The rows of frame become about orthonormal: from the columns of a, the one with the largest
 * image of the tilted box first. The identity where that fails. A guess.
 */
static void propose_frame(double *frame, const double *a, const ncf_midrad_t *tilted, slong m)
{
    double most = 0;
    for (slong i = 0; i < m; i++)
        most = fmax(most, tilted[i].radius);
    for (slong i = 0; i < m; i++) {
        double weight = most > 0 ? tilted[i].radius / most + 0x1p-10 : 1;
        for (slong j = 0; j < m; j++)
            frame[i * m + j] = a[j * m + i] * weight;
    }
    for (slong i = 0; i < m; i++) {
        pivot(frame, i, m);
        for (slong k = i + 1; k < m; k++)
            orthogonalise(frame + k * m, frame + i * m, m);
    }
    if (bounded(frame, m))
        return;
    memset(frame, 0, (size_t) (m * m) * sizeof(*frame));
    for (slong j = 0; j < m; j++)
        frame[j * m + j] = 1;
}

/*
 * defect >= |I - F^T F| box, with F the frame of the set: e - F^T (F e); and across >= |F^T|
 * tilted.
 */
static void set_defect(ncf_tube_work_t *work, const ncf_tube_set_t *set)
{
    slong m = set->m;
    double *gram = work->gram, error = product_error(m);
    double *transposed = work->turned; /* not yet used */
    for (slong i = 0; i < m; i++) {
        for (slong j = 0; j < m; j++)
            transposed[j * m + i] = set->frame[i * m + j];
    }
    work->product(gram, transposed, set->frame, m, 1, m, m, m);
    for (slong i = 0; i < m; i++)
        gram[i * m + i] -= 1;
    for (slong i = 0; i < m; i++)
        work->part[i] = set->box[i].radius;
    absolute(work->defect, gram, work->part, 0, m);
    absolute(work->bound, set->frame, work->part, 0, m);
    absolute(work->across, set->frame, work->bound, 1, m);
    for (slong i = 0; i < m; i++) {
        work->defect[i] = raised(work->defect[i] + error * work->across[i]);
        work->part[i] = set->tilted[i].radius;
    }
    absolute(work->across, set->frame, work->part, 1, m);
}

/* The smaller of two bounds of the same number; what is not a number is no bound. */
static double smaller(double a, double b)
{
    return a <= b ? a : b <= a ? b : isnan(a) ? b : a;
}

/*
 * work->box >= |J e| for all e of the set, J e the derivative: the smaller one of |J| box and
 * |J F^T| tilted + |J| defect, and the rest.
 */
static void bound_straight(ncf_tube_work_t *work, const ncf_tube_set_t *set)
{
    slong m = set->m;
    double error = product_error(m);
    for (slong i = 0; i < m; i++)
        work->part[i] = set->box[i].radius;
    absolute(work->straight, work->jacobian, work->part, 0, m);
    for (slong i = 0; i < m; i++)
        work->part[i] = set->tilted[i].radius;
    absolute(work->bound, work->moved_frame, work->part, 0, m);
    for (slong i = 0; i < m; i++)
        work->part[i] = raised(work->defect[i] + error * work->across[i]);
    absolute(work->box, work->jacobian, work->part, 0, m);
    for (slong i = 0; i < m; i++)
        work->box[i] = raised(
            work->rest[i] + smaller(work->straight[i], raised(work->bound[i] + work->box[i])));
}
/* tilted[i] = a bound of |(F' e')_i|, e' = offset + D P e, F' the new frame. */
static void set_tilted(ncf_tube_set_t *set, ncf_tube_work_t *work)
{
    slong m = set->m;
    double error = product_error(m);
    for (slong i = 0; i < m; i++)
        work->part[i] = raised(work->defect[i] + work->across[i]);
    absolute(work->bound, work->jacobian, work->part, 0, m);
    /* what |F'| multiplies: offset, rest, the roundings of F' J in the two forms */
    for (slong i = 0; i < m; i++) {
        double still = raised(work->offset[i] + work->rest[i]);
        work->straight[i] = raised(still + error * work->straight[i]);
        work->bound[i] = raised(still + error * work->bound[i]);
        work->part[i] = set->box[i].radius;
    }
    double *first = work->rest, *second = work->offset; /* not used any more */
    absolute(first, work->frame, work->straight, 0, m);
    absolute(second, work->frame, work->bound, 0, m);
    absolute(work->straight, work->turned, work->part, 0, m);
    for (slong i = 0; i < m; i++)
        work->part[i] = raised(work->defect[i] + error * work->across[i]);
    absolute(work->bound, work->turned, work->part, 0, m);
    for (slong i = 0; i < m; i++)
        work->part[i] = set->tilted[i].radius;
    absolute(work->across, work->turned_frame, work->part, 0, m);
    for (slong i = 0; i < m; i++)
        set->tilted[i] =
            symmetric(smaller(raised(first[i] + work->straight[i]),
                              raised(second[i] + work->bound[i] + work->across[i])));
}

/* Both boxes of the new e = offset + D P e, part C of T-VALIDATEDFLOW. */
static void move_boxes(ncf_tube_set_t *set, ncf_tube_work_t *work)
{
    slong m = set->m;
    if (!bounded(work->jacobian, m)) { /* no product of it is a bound */
        for (slong j = 0; j < m; j++)
            set->box[j] = set->tilted[j] = symmetric(INFINITY);
        return;
    }
    set_defect(work, set);
    work->product(work->moved_frame, work->jacobian, set->frame, 1, m, m, m, m);
    propose_frame(work->frame, work->moved_frame, set->tilted, m);
    work->product(work->turned, work->frame, work->jacobian, m, 1, m, m, m);
    work->product(work->turned_frame, work->turned, set->frame, 1, m, m, m, m);
    int turns = bounded(work->turned, m);
    bound_straight(work, set);
    for (slong j = 0; j < m; j++)
        work->box[j] = raised(work->offset[j] + work->box[j]);
    set_tilted(set, work);
    for (slong j = 0; j < m; j++) {
        set->box[j] = symmetric(work->box[j]);
        if (!turns)
            set->tilted[j] = symmetric(INFINITY);
    }
    memcpy(set->frame, work->frame, (size_t) (m * m) * sizeof(*set->frame));
}

/* ---- rho and the rescaled time ---------------------------------------------------- */

static void to_arb(arb_t out, ncf_midrad_t a)
{
    mag_t radius;
    mag_init(radius);
    mag_set_d(radius, a.radius);
    arb_set_d(out, a.mid);
    arb_add_error_mag(out, radius);
    mag_clear(radius);
}

/*
 * The integral of mu, part D of T-VALIDATEDFLOW: for the states of s it is in centre + s
 * slope; both are intervals.
 */
static void integral(ncf_midrad_t *centre, ncf_midrad_t *slope, ncf_tube_work_t *work,
                     const ncf_tube_t *flow)
{
    ncf_midrad_t weights[FLOW_DEGREE + 1];
    ncf_tube_linear_t sum = {0, 0, 0};
    double norm, rest;
    for (int k = 0; k <= FLOW_DEGREE; k++) {
        double inverse = 1.0 / (double) (k + 1);
        weights[k] = ncf__midrad_mul(ncf__midrad(inverse, inverse * NCF_MIDRAD_UNIT),
                                     work->powers[k + 1]);
        if (k < FLOW_DEGREE)
            ncf__tube_linear_add(&sum, &work->wide, weights[k], flow->mu * STRIDE + k, 0);
    }
    ncf__tube_linear_end(NULL, &norm, &rest, &sum, &work->wide);
    *centre =
        ncf__tube_dot(weights, 1, ncf__tube_value(&work->thin, flow->mu), 1, FLOW_DEGREE);
    ncf_midrad_t last = ncf__tube_value(&work->remainder, flow->mu)[FLOW_DEGREE];
    *centre = ncf__midrad_add(*centre, ncf__midrad_mul(weights[FLOW_DEGREE], last));
    *centre = ncf__midrad_add(*centre, symmetric(rest));
    *slope = ncf__midrad_zero();
    if (work->wide.turns > 0)
        *slope = ncf__tube_dot(weights, 1, ncf__tube_turn(&work->wide, flow->mu, 1), 1,
                               FLOW_DEGREE);
}

/* The rescaled time, with rho before the step and its slope. */
static void integrate_time(ncf_tube_set_t *set, const ncf_tube_work_t *work,
                           const ncf_tube_t *flow, double h)
{
    const slong prec = 64;
    arb_t rate, change, step;
    arb_init(rate);
    arb_init(change);
    arb_init(step);
    to_arb(rate, ncf__midrad_mul(ncf__tube_value(&work->remainder, flow->mu)[0],
                                 from_zero(work->powers[1])));
    arb_add(rate, rate, set->log_growth, prec);
    arb_mul_si(rate, rate, 2 - flow->degree, prec);
    arb_mul_si(change, set->growth_slope, 2 - flow->degree, prec);
    arb_set(step, rate);
    arb_add_error(step, change);
    arb_exp(step, step, prec);
    arb_mul(change, change, step, prec);
    arb_exp(rate, rate, prec);
    arb_set_d(step, h);
    arb_addmul(set->rescaled, rate, step, prec);
    arb_addmul(set->rescaled_slope, change, step, prec);
    arb_clear(step);
    arb_clear(change);
    arb_clear(rate);
}

/* Part D of T-VALIDATEDFLOW. */
static void integrate(ncf_tube_set_t *set, ncf_tube_work_t *work, const ncf_tube_t *flow,
                      double h)
{
    ncf_midrad_t centre, slope;
    arb_t change;
    arb_init(change);
    integrate_time(set, work, flow, h);
    integral(&centre, &slope, work, flow);
    to_arb(change, centre);
    arb_add(set->log_growth, set->log_growth, change, 64);
    to_arb(change, slope);
    arb_add(set->growth_slope, set->growth_slope, change, 64);
    arb_clear(change);
}

int ncf__tube_step(ncf_tube_set_t *set, ncf_tube_work_t *work, const ncf_tube_t *flow,
                   double longest)
{
    double quantum;
    slong m = flow->state, turns = work->thin.turns;
    ncf__tube_set_hull(work->hull, set);
    set_turns(work->hull, set, work->wide.turns);
    ncf__tube_set_weights(&work->wide, set->box, m);
    ncf__tube_expand(&work->wide, flow, work->hull, FLOW_DEGREE - 1);
    double h = choose_length(&quantum, work, set, flow, longest);
    if (h == 0)
        return 0;
    for (slong j = 0; j < m; j++)
        work->point[j] = ncf__midrad_point(set->centre[j]);
    for (slong k = 0; k < turns * m; k++)
        work->point[m + k] = ncf__midrad_point(set->column[k]);
    ncf__tube_expand(&work->thin, flow, work->point, FLOW_DEGREE - 1);
    integrate(set, work, flow, h);
    move_polynomial(set, work, flow);
    set_jacobian(work, flow);
    move_boxes(set, work);
    set->time += h;
    set->quantum = quantum;
    return 1;
}

double ncf__tube_approx_step(double *x, ncf_tube_work_t *work, const ncf_tube_t *flow,
                             double longest)
{
    ncf_tube_series_t *series = &work->remainder;
    for (slong j = 0; j < flow->state; j++)
        work->point[j] = ncf__midrad_point(x[j]);
    ncf__tube_expand(series, flow, work->point, FLOW_DEGREE - 1);
    double h = length_guess(series, flow, 0x1p-46, longest);
    for (slong j = 0; j < flow->state; j++) {
        const ncf_midrad_t *terms = ncf__tube_value(series, 1 + j);
        double sum = 0;
        for (slong k = FLOW_DEGREE; k >= 0; k--)
            sum = sum * h + terms[k].mid;
        x[j] = sum;
    }
    return h;
}
