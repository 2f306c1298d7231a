/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * t-cap.c: caps of attraction, T-CAP. The angle up to which q . u* increases is searched for
 * numerically and never below the certified one; samples in the cap flow to the point.
 */
#include "../harness.h"
#include "../problems.h"

#include "../../src/certify/cap_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST 64 /* unknowns, and numbers of the data */

static const slong plane_x[] = {1, 2, 3, -1, -1, 1, 2, 2}, plane_y[] = {1, -1, 2, 1};
static const slong space_x[] = {1, 2, 0, 3, -1, 1, -1, 1, 2, 2, 2, -1, 0, 1, 1};
static const slong space_y[] = {1, -1, 2, 1, 2};

typedef struct {
    struct ncf_problem problem;
    ncf_network_t network;
    slong n, degree, points;
    double x[4 * MOST], y[MOST];
    ncf_certified_point_t point;
    ncf_cap_t cap;
    double u[MOST];
} model_t;

static void model_init(model_t *m, slong depth, const slong *widths, const slong *degrees,
                       slong points, const slong *x, const slong *y)
{
    fmpz_t degree;
    fmpz_init(degree);
    ncf_test_problem_init(&m->problem, depth, widths, degrees, points, x, y);
    CHECK(ncf__network_init(m->network, &m->problem));
    CHECK(ncf__problem_homogeneous(degree, &m->problem));
    m->degree = fmpz_get_si(degree);
    m->n = m->network->unknowns;
    m->points = points;
    for (slong k = 0; k < points * widths[0]; k++)
        m->x[k] = (double) x[k];
    for (slong k = 0; k < points; k++)
        m->y[k] = (double) y[k];
    ncf__certified_point_init(&m->point, m->network);
    ncf__cap_init(&m->cap);
    fmpz_clear(degree);
}

static void model_clear(model_t *m)
{
    ncf__cap_clear(&m->cap);
    ncf__certified_point_clear(&m->point);
    ncf__network_clear(m->network);
    ncf_test_problem_clear(&m->problem);
}

static double dot(const double *a, const double *b, slong n)
{
    double sum = 0;
    for (slong i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static void normalise(double *a, slong n)
{
    double norm = sqrt(dot(a, a, n));
    for (slong i = 0; i < n; i++)
        a[i] /= norm;
}

static void gradient(double *g, const double *q, const model_t *m)
{
    ncf__network_eval_double(NULL, g, NULL, q, m->network, m->x, m->y, m->points);
}

/* Euler steps of the sphere flow, which the gradient's norm scales. */
static void flow(double *q, const model_t *m, int steps, double size)
{
    double g[MOST];
    for (int k = 0; k < steps; k++) {
        gradient(g, q, m);
        double norm = sqrt(dot(g, g, m->n));
        for (slong i = 0; i < m->n; i++)
            q[i] += size * g[i] / norm;
        normalise(q, m->n);
    }
}

static void random_unit(double *q, slong n, ncf_random_t *random)
{
    for (slong i = 0; i < n; i++)
        q[i] = ncf__random_unit(random) + ncf__random_unit(random) - 1;
    normalise(q, n);
}

static void certify_from(model_t *m, const double *u)
{
    static const ncf_point_options_t options = {80, 512, NULL};
    arb_ptr candidate = _arb_vec_init(m->n);
    for (slong j = 0; j < m->n; j++)
        arb_set_d(candidate + j, u[j]);
    ncf__certify_point(&m->point, candidate, &m->problem, m->network, &options);
    ncf__certify_cap(&m->cap, &m->point, &m->problem, m->network, NULL);
    for (slong j = 0; j < m->n; j++)
        m->u[j] = arf_get_d(arb_midref(m->point.point + j), ARF_RND_NEAR);
    _arb_vec_clear(candidate, m->n);
}

/* A strict maximum with lambda > 0 to which the flow leads; 0 when none is found. */
static int find_maximum(model_t *m, ncf_random_t *random)
{
    double q[MOST], g[MOST];
    for (int trial = 0; trial < 20; trial++) {
        random_unit(q, m->n, random);
        flow(q, m, 600, 0.05);
        flow(q, m, 300, 0.005);
        gradient(g, q, m);
        if (!(dot(g, q, m->n) > 0))
            continue;
        certify_from(m, q);
        if (ncf_is_proved(m->point.exists) &&
            m->point.second_order == NCF_SECOND_ORDER_STRICT && dot(m->u, q, m->n) > 0.99)
            return 1;
    }
    return 0;
}

/* ---- The true angle, by search ---------------------------------------------------- */

/* P(t, v), and its gradient with respect to v. */
static double evaluate(double *out, const model_t *m, double t, const double *v)
{
    double w[MOST] = {0}, g[MOST], h[MOST], value;
    slong n = m->n;
    double l = (double) m->degree;
    for (slong i = 0; i < n; i++)
        w[i] = m->u[i] + t * v[i];
    ncf__network_eval_double(&value, g, NULL, w, m->network, m->x, m->y, m->points);
    ncf__network_hvp_double(h, w, v, m->network, m->x, m->y, m->points);
    for (slong i = 0; i < n; i++)
        out[i] = l * t * g[i] - (1 + t * t) * (g[i] / t + h[i]);
    return l * value - (1 + t * t) * dot(g, v, n) / t;
}

static void project(double *v, const model_t *m)
{
    double along = dot(v, m->u, m->n);
    for (slong i = 0; i < m->n; i++)
        v[i] -= along * m->u[i];
    normalise(v, m->n);
}

/* The least P(t, .) that descent from v finds; v becomes the place. */
static double descend(double *v, const model_t *m, double t)
{
    double g[MOST], trial[MOST], next[MOST], step = 0.3;
    double value = evaluate(g, m, t, v);
    for (int k = 0; k < 120 && step > 0x1p-16; k++) {
        double norm = sqrt(dot(g, g, m->n));
        for (slong i = 0; i < m->n; i++)
            trial[i] = v[i] - step * g[i] / norm;
        project(trial, m);
        double lower = evaluate(next, m, t, trial);
        if (lower < value) {
            memcpy(v, trial, sizeof(trial));
            memcpy(g, next, sizeof(next));
            value = lower;
            step *= 1.3;
        } else {
            step /= 3;
        }
    }
    return value;
}

/* The least tangent at which descent finds P <= 0, from below; tries starts of its own. */
static double monotone_tangent(const model_t *m, double from, int starts, ncf_random_t *random)
{
    double v[MOST], best = 1024;
    for (int k = 0; k < starts; k++) {
        double low = from / 4, high;
        random_unit(v, m->n, random);
        project(v, m);
        for (high = low; high < best && descend(v, m, high) > 0; high *= 1.1)
            low = high;
        for (int i = 0; i < 20 && high < best; i++) {
            double middle = (low + high) / 2;
            if (descend(v, m, middle) > 0)
                low = middle;
            else
                high = middle;
        }
        best = fmin(best, high);
    }
    return best;
}

/* ---- Tests ------------------------------------------------------------------------ */

static void measure(const char *name, slong depth, const slong *widths, const slong *degrees,
                    slong points, const slong *x, const slong *y, double wanted)
{
    model_t m;
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 77);
    model_init(&m, depth, widths, degrees, points, x, y);
    int found = find_maximum(&m, &random);
    double start = ncf__clock();
    ncf__certify_cap(&m.cap, &m.point, &m.problem, m.network, NULL);
    double seconds = ncf__clock() - start, truth = 0;
    if (ncf_is_proved(m.cap.verdict))
        truth = monotone_tangent(&m, m.cap.tangent, m.n > 14 ? 1 : m.n > 6 ? 4 : 8, &random);
    double angle = arf_get_d(m.cap.angle, ARF_RND_DOWN);
    if (getenv("NCF_CAP_VERBOSE") != NULL)
        printf("%-12s n %2ld L %ld order %ld nodes %3ld angle %.4f true %.4f ratio %.3f %.3f s %s\n",
               name, (long) m.n, (long) m.degree, (long) m.cap.order, (long) m.cap.node_count,
               angle, atan(truth), angle / atan(truth), seconds,
               m.cap.reason != NULL ? m.cap.reason : "");
    CHECK_MSG(found, "%s: no strict maximum was found", name);
    CHECK_MSG(ncf_is_proved(m.cap.verdict), "%s: %s", name, m.cap.reason);
    CHECK_MSG(m.cap.tangent < truth, "%s: %g is not below %g", name, m.cap.tangent, truth);
    CHECK_MSG(angle > wanted * atan(truth), "%s: %g of %g", name, angle, atan(truth));
    model_clear(&m);
}

static void test_angles(void)
{
    static const slong one[] = {2, 1, 1}, two[] = {2, 2, 1}, deep[] = {2, 2, 1, 1},
                       space[] = {3, 3, 1}, line[] = {2, 1, 1, 1};
    static const slong p2[] = {2, 2}, p3[] = {3, 3}, p4[] = {4};
    measure("2-1-1 p2", 2, one, p2, 4, plane_x, plane_y, 0.6);
    measure("2-1-1 p3", 2, one, p3, 4, plane_x, plane_y, 0.6);
    measure("2-1-1 p4", 2, one, p4, 4, plane_x, plane_y, 0.6);
    measure("2-2-1 p2", 2, two, p2, 4, plane_x, plane_y, 0.6);
    measure("2-2-1 p3", 2, two, p3, 4, plane_x, plane_y, 0.6);
    measure("3-3-1 p2", 2, space, p2, 5, space_x, space_y, 0.6);
    measure("3-3-1 p3", 2, space, p3, 5, space_x, space_y, 0.6);
    measure("2-1-1-1 p2", 3, line, p2, 4, plane_x, plane_y, 0.6);
    measure("2-2-1-1 p2", 3, deep, p2, 4, plane_x, plane_y, 0.6);
}

/*
 * d = 1, one unit: N = c cos^p sin of an angle, with its maximum at f = atan(1/sqrt p) and
 * critical points at pi/2 and -f: q . u* increases up to the nearer one.
 */
static void test_circle(void)
{
    static const slong widths[] = {1, 1, 1}, x[] = {2}, y[] = {1};
    for (slong p = 2; p <= 6; p++) {
        model_t m;
        double f = atan(1 / sqrt((double) p)), u[] = {cos(f), sin(f)};
        double exact = fmin(2 * f, acos(0.0) - f);
        model_init(&m, 2, widths, &p, 1, x, y);
        certify_from(&m, u);
        double angle = arf_get_d(m.cap.angle, ARF_RND_NEAR);
        CHECK_MSG(ncf_is_proved(m.cap.verdict) && angle < exact && angle > 0.9 * exact,
                  "p = %ld: %g of %g", (long) p, angle, exact);
        model_clear(&m);
    }
}

/* L = 2: N is a quadratic form, and the cap the open half sphere. */
static void test_half_sphere(void)
{
    static const slong widths[] = {2, 1, 1}, one[] = {1};
    model_t m;
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 78);
    model_init(&m, 2, widths, one, 4, plane_x, plane_y);
    CHECK(find_maximum(&m, &random));
    CHECK(ncf_is_proved(m.cap.verdict));
    CHECK(arf_cmp_d(m.cap.angle, 1.57) > 0 && arf_cmp_d(m.cap.angle, acos(0.0)) < 0);
    model_clear(&m);
}

static int refused(const ncf_cap_t *cap)
{
    return ncf_is_undecided(cap->verdict) && cap->reason != NULL && cap->tangent == 0 &&
           arf_is_zero(cap->angle) && cap->node_count == 0;
}

static void test_refusals(void)
{
    static const slong two[] = {2, 2, 1}, square[] = {2}, linear[] = {1};
    model_t m;
    ncf_random_t random;
    int saddles = 0, wrong = 0;
    double q[MOST];
    ncf__random_init(&random, ncf_test_seed(), 79);
    model_init(&m, 2, two, square, 4, plane_x, plane_y);
    CHECK(refused(&m.cap));
    ncf__certify_cap(&m.cap, &m.point, &m.problem, m.network, NULL);
    CHECK(refused(&m.cap)); /* the record was never filled */
    for (int k = 0; k < 40; k++) {
        random_unit(q, m.n, &random);
        certify_from(&m, q);
        int strict = ncf_is_proved(m.point.exists) && m.point.index == 0 && m.point.nullity == 0;
        saddles += m.point.index > 0;
        wrong += !strict && !refused(&m.cap);
    }
    model_clear(&m);
    CHECK(saddles > 0);
    CHECK(wrong == 0);
    model_init(&m, 2, two, linear, 4, plane_x, plane_y); /* a circle of points */
    random_unit(q, m.n, &random);
    flow(q, &m, 500, 0.05);
    certify_from(&m, q);
    CHECK(refused(&m.cap));
    model_clear(&m);
}

/* out = the point at tangent t in a random direction v. */
static void random_in_cap(double *out, double *v, const model_t *m, double t,
                          ncf_random_t *random)
{
    random_unit(v, m->n, random);
    project(v, m);
    for (slong i = 0; i < m->n; i++)
        out[i] = m->u[i] + t * v[i];
    normalise(out, m->n);
}

/* Samples of the cap: membership, the sign of d/ds (q . u*), the nodes, and where flows end. */
static void test_samples(void)
{
    static const slong widths[] = {2, 2, 1, 1}, p2[] = {2, 2};
    model_t m;
    ncf_random_t random;
    int outside = 0, falling = 0, lost = 0, beyond = 0;
    double q[MOST] = {0}, v[MOST], g[MOST];
    ncf__random_init(&random, ncf_test_seed(), 80);
    model_init(&m, 3, widths, p2, 4, plane_x, plane_y);
    int found = find_maximum(&m, &random) && ncf_is_proved(m.cap.verdict);
    arb_ptr ball = _arb_vec_init(m.n);
    for (int k = 0; found && k < 400; k++) {
        double t = m.cap.tangent * (k % 4 == 0 ? 0.9999 : ncf__random_unit(&random));
        random_in_cap(q, v, &m, t, &random);
        for (slong i = 0; i < m.n; i++)
            arb_set_d(ball + i, q[i]);
        outside += !ncf__cap_contains(&m.cap, &m.point, ball, 80);
        gradient(g, q, &m);
        falling += dot(g, m.u, m.n) - dot(q, g, m.n) * dot(q, m.u, m.n) <= 0;
        const ncf_cap_node_t *node = m.cap.nodes + 1 + k % (m.cap.node_count - 1);
        beyond += ldexp(evaluate(g, &m, node->t, v), (int) m.cap.exponent) < node->bound;
        if (k % 20 == 0) {
            flow(q, &m, 400, 0.02);
            flow(q, &m, 400, 0.001);
            lost += dot(q, m.u, m.n) < 0.999;
        }
    }
    CHECK(found);
    CHECK_MSG(outside == 0 && falling == 0 && lost == 0 && beyond == 0, "%d %d %d %d", outside,
              falling, lost, beyond);
    random_in_cap(q, v, &m, m.cap.tangent * 1.0001, &random);
    for (slong i = 0; i < m.n; i++)
        arb_set_d(ball + i, q[i]);
    CHECK(!ncf__cap_contains(&m.cap, &m.point, ball, 80));
    for (slong i = 0; i < m.n; i++)
        arb_set_d(ball + i, -m.u[i]);
    CHECK(!ncf__cap_contains(&m.cap, &m.point, ball, 80));
    arb_indeterminate(ball);
    CHECK(!ncf__cap_contains(&m.cap, &m.point, ball, 80));
    _arb_vec_clear(ball, m.n);
    model_clear(&m);
}

/* ---- Attack ----------------------------------------------------------------------- */

/* d/ds (q . u*) < 0 is proved in balls at q along u* + t v; data of any size. */
static int decreases(const model_t *m, double t, const double *v)
{
    slong n = m->n, prec = 320, points = m->problem.points;
    arb_ptr q = _arb_vec_init(n), g = _arb_vec_init(n);
    arb_mat_t x, z;
    arb_t along, radial;
    arb_init(along);
    arb_init(radial);
    arb_mat_init(x, points, fmpq_mat_ncols(m->problem.x));
    arb_mat_init(z, points, 1);
    arb_mat_set_fmpq_mat(x, m->problem.x, prec);
    arb_mat_set_fmpq_mat(z, m->problem.y, prec);
    for (slong i = 0; i < n; i++)
        arb_set_d(q + i, v[i]);
    arb_dot(along, NULL, 0, q, 1, m->point.point, 1, n, prec); /* v is orthogonal in doubles only */
    for (slong i = 0; i < n; i++)
        arb_submul(q + i, along, m->point.point + i, prec);
    arb_set_d(along, t);
    arb_dot(radial, NULL, 0, q, 1, q, 1, n, prec);
    arb_rsqrt(radial, radial, prec);
    arb_mul(along, along, radial, prec);
    for (slong i = 0; i < n; i++) {
        arb_mul(q + i, q + i, along, prec);
        arb_add(q + i, q + i, m->point.point + i, prec);
    }
    /* (u + t v) . (u + t v) = 1 + t^2: the sign of |q|^2 g . u - (q . g)(q . u) */
    ncf__network_eval_arb(NULL, g, NULL, q, m->network, x, z, prec);
    arb_dot(along, NULL, 0, q, 1, q, 1, n, prec);
    arb_dot(radial, NULL, 0, g, 1, m->point.point, 1, n, prec);
    arb_mul(along, along, radial, prec);
    arb_dot(radial, NULL, 0, q, 1, g, 1, n, prec);
    arb_sub(along, along, radial, prec); /* q . u = 1 */
    int negative = arb_is_negative(along);
    arb_mat_clear(z);
    arb_mat_clear(x);
    arb_clear(radial);
    arb_clear(along);
    _arb_vec_clear(q, n);
    _arb_vec_clear(g, n);
    return negative;
}

/* Places in the cap where d/ds (q . u*) < 0: by descent from random directions. */
static int attack(const model_t *m, int starts, ncf_random_t *random)
{
    int found = 0;
    double v[MOST];
    for (int k = 0; k < starts; k++) {
        double t = m->cap.tangent * (k % 2 == 0 ? 1 : ncf__random_unit(random));
        random_unit(v, m->n, random);
        project(v, m);
        if (k % 4 < 3)
            descend(v, m, t);
        found += decreases(m, t, v);
    }
    return found;
}

/* x_i *= 10^(e_i), y_i *= 10^(-D e_i), D the degree in x, and all y by 10^e: N is 10^e times what it was. */
static void scale_data(model_t *m, slong degree, slong e, int mixed)
{
    fmpq_t factor;
    fmpq_init(factor);
    for (slong i = 0; i < m->points; i++) {
        slong power = mixed && i % 2 == 0 ? 150 : -150;
        fmpq_set_si(factor, 10, 1);
        fmpq_pow_si(factor, factor, power);
        for (slong c = 0; c < fmpq_mat_ncols(m->problem.x); c++)
            fmpq_mul(fmpq_mat_entry(m->problem.x, i, c), fmpq_mat_entry(m->problem.x, i, c), factor);
        fmpq_set_si(factor, 10, 1);
        fmpq_pow_si(factor, factor, e - degree * power);
        fmpq_mul(fmpq_mat_entry(m->problem.y, i, 0), fmpq_mat_entry(m->problem.y, i, 0), factor);
    }
    fmpq_clear(factor);
}

/* Huge and tiny data, also side by side: the cap does not change. */
static void test_scales(void)
{
    static const slong two[] = {2, 2, 1}, deep[] = {2, 2, 1, 1}, p2[] = {2, 3};
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 91);
    for (int k = 0; k < 4; k++) {
        model_t m;
        int deeper = k % 2;
        model_init(&m, deeper ? 3 : 2, deeper ? deep : two, p2, 4, plane_x, plane_y);
        int found = find_maximum(&m, &random);
        double tangent = m.cap.tangent;
        scale_data(&m, deeper ? 6 : 2, k == 2 ? -200 : 90, k > 0);
        double u[MOST];
        memcpy(u, m.u, sizeof(u));
        certify_from(&m, u);
        CHECK(found && ncf_is_proved(m.point.exists));
        CHECK_MSG(ncf_is_proved(m.cap.verdict), "case %d: %s", k, m.cap.reason);
        CHECK_MSG(fabs(m.cap.tangent - tangent) < 0.02 * tangent, "case %d: %g, %g", k,
                  m.cap.tangent, tangent);
        CHECK(attack(&m, 6, &random) == 0);
        model_clear(&m);
    }
}

/*
 * T = x_1 (x) x_1 + (1 - e) x_2 (x) x_2 for the unit vectors: the gap is e times a constant. For
 * forms of higher degree two nearly equal points near one maximum.
 */
static void test_small_gaps(void)
{
    static const slong widths[] = {2, 2, 1}, deep[] = {2, 1, 1, 1}, x[] = {1, 0, 0, 1}, y[] = {1, 1};
    static const slong p2[] = {2, 1};
    static const double u2[] = {0.81649658092772603, 0, 0, 0, 0.57735026918962576, 0};
    static const double u3[] = {0.70710678118654752, 0, 0.5, 0.5};
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 92);
    for (int k = 0; k < 6; k++) {
        model_t m;
        int deeper = k % 2;
        static const slong exponents[] = {-3, -6, -12};
        model_init(&m, deeper ? 3 : 2, deeper ? deep : widths, p2, 2, x, y);
        fmpq_t part;
        fmpq_init(part);
        fmpq_set_si(part, 10, 1);
        fmpq_pow_si(part, part, exponents[k / 2]);
        fmpq_sub(fmpq_mat_entry(m.problem.y, 1, 0), fmpq_mat_entry(m.problem.y, 1, 0), part);
        m.y[1] = fmpq_get_d(fmpq_mat_entry(m.problem.y, 1, 0));
        fmpq_clear(part);
        certify_from(&m, deeper ? u3 : u2);
        double gap = arf_get_d(arb_midref(m.point.gap), ARF_RND_NEAR);
        CHECK_MSG(ncf_is_proved(m.point.exists) && gap > 0 &&
                      gap < 8 * pow(10, (double) exponents[k / 2]),
                  "case %d: gap %g", k, gap);
        if (getenv("NCF_CAP_VERBOSE") != NULL)
            printf("gap %g tangent %g nodes %ld %s\n", gap, m.cap.tangent,
                   (long) m.cap.node_count, m.cap.reason != NULL ? m.cap.reason : "");
        CHECK_MSG(ncf_is_proved(m.cap.verdict) || gap < 1e-9, "case %d: %s", k, m.cap.reason);
        if (ncf_is_proved(m.cap.verdict))
            CHECK(attack(&m, 6, &random) == 0);
        model_clear(&m);
    }
}

/* 3 C(3, 3) S T is below the gap, however small that is (T-CAP F, L = 3). */
static void test_gap_is_used(void)
{
    static const slong widths[] = {2, 2, 1}, x[] = {1, 0, 0, 1}, y[] = {1000, 999}, p2[] = {2};
    static const double u[] = {0.81649658092772603, 0, 0, 0, 0.57735026918962576, 0};
    model_t m;
    double bound;
    arb_t norm;
    arb_init(norm);
    model_init(&m, 2, widths, p2, 2, x, y);
    certify_from(&m, u);
    CHECK(ncf__cap_sphere_norm(norm, &m.problem, m.network, 3));
    double tangent = ncf__cap_tangent_by_gap(&bound, &m.point, &m.problem, m.network, 3, 1024);
    double gap = arf_get_d(arb_midref(m.point.gap), ARF_RND_NEAR);
    double size = arf_get_d(arb_midref(norm), ARF_RND_NEAR);
    CHECK_MSG(gap > 0 && gap < 0.01 * size, "gap %g", gap);
    CHECK_MSG(tangent > 0 && 3 * size * tangent < gap, "%g against %g", 3 * size * tangent, gap);
    CHECK(tangent > 0.3 * gap / size);
    arb_clear(norm);
    model_clear(&m);
}

/* Random problems of many shapes. */
static void test_attack(void)
{
    static const slong widths[][5] = {{1, 1, 1}, {2, 1, 1}, {2, 2, 1}, {3, 2, 1}, {1, 1, 1, 1},
                                      {2, 1, 1, 1}, {1, 2, 1, 1}, {2, 2, 1, 1}};
    static const slong depths[] = {2, 2, 2, 2, 3, 3, 3, 3};
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 93);
    int proved = 0, broken = 0;
    for (long round = 0; round < ncf_test_count(16); round++) {
        model_t m;
        slong shape = round % 8, x[3 * MOST], y[MOST], points = 1 + round % 6;
        slong degrees[2] = {1 + (slong) ncf__random_below(&random, shape < 4 ? 7 : 3), 2};
        for (slong k = 0; k < points * widths[shape][0]; k++)
            x[k] = (slong) ncf__random_below(&random, 9) - 4;
        for (slong k = 0; k < points; k++)
            y[k] = (slong) ncf__random_below(&random, 9) - 4;
        model_init(&m, depths[shape], widths[shape], degrees, points, x, y);
        if (find_maximum(&m, &random) && ncf_is_proved(m.cap.verdict)) {
            proved++;
            broken += attack(&m, 6, &random);
        }
        model_clear(&m);
    }
    CHECK_MSG(broken == 0, "%d places", broken);
    CHECK_MSG(proved >= 4, "%d caps", proved);
}

/* 20 and 60 unknowns. */
static void test_large(void)
{
    static const slong x[] = {1, 2, 0, 1, -1, 3, -1, 1, 2, 0, -1, 1, 2, 0, 1, 2, 2, -1, 1, 1,
                              0, 1, 1, -2, 1, 1, 0, -1, 1, 2},
                       y[] = {1, 2, -1, 1, 2, 1}, small[] = {3, 5, 1}, large[] = {5, 10, 1},
                       p2[] = {2};
    measure("3-5-1 p2", 2, small, p2, 6, x, y, 0.4);
    measure("5-10-1 p2", 2, large, p2, 6, x, y, 0.1);
}

/* ---- Caps from the gap --------------------------------------------------------------- */

static double upper(const arb_t x)
{
    arf_t end;
    arf_init(end);
    arb_get_ubound_arf(end, x, 53);
    double value = arf_get_d(end, ARF_RND_UP);
    arf_clear(end);
    return value;
}

/* sum_i z_i (x_i . p)^a (x_i . q)^b <= |M| |p|^a |q|^b, for the largest of random p and q. */
static double sampled_norm(const double *x, const double *z, slong points, slong d, slong a,
                           slong b, ncf_random_t *random)
{
    double p[8], q[8], largest = 0;
    for (int k = 0; k < 500; k++) {
        double sum = 0;
        random_unit(p, d, random);
        random_unit(q, d, random);
        for (slong i = 0; i < points; i++)
            sum += z[i] * pow(dot(x + i * d, p, d), (double) a) *
                   pow(dot(x + i * d, q, d), (double) b);
        largest = fmax(largest, fabs(sum));
    }
    return largest;
}

static void test_flattening(void)
{
    static const slong shapes[][2] = {{0, 1}, {1, 1}, {1, 2}, {2, 2}, {0, 3}, {2, 4}, {3, 3}};
    enum { POINTS = 7, INPUTS = 3 };
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 83);
    double x[POINTS * INPUTS], z[POINTS];
    arb_mat_t points, weights;
    arb_t first, second;
    arb_init(first);
    arb_init(second);
    arb_mat_init(points, POINTS, INPUTS);
    arb_mat_init(weights, POINTS, 1);
    for (slong k = 0; k < POINTS * INPUTS; k++) {
        x[k] = 2 * ncf__random_unit(&random) - 1;
        arb_set_d(arb_mat_entry(points, k / INPUTS, k % INPUTS), x[k]);
    }
    for (slong i = 0; i < POINTS; i++) {
        z[i] = 2 * ncf__random_unit(&random) - 1;
        arb_set_d(arb_mat_entry(weights, i, 0), z[i]);
    }
    for (size_t k = 0; k < sizeof(shapes) / sizeof(shapes[0]); k++) {
        slong a = shapes[k][0], b = shapes[k][1];
        ncf__cap_flattening(first, points, weights, a, b, 1);
        ncf__cap_flattening(second, points, weights, a, b, 0);
        double norm = upper(first), least = sampled_norm(x, z, POINTS, INPUTS, a, b, &random);
        CHECK_MSG(fabs(norm / upper(second) - 1) < 1e-14, "%ld, %ld: %g and %g", (long) a,
                  (long) b, norm, upper(second));
        CHECK_MSG(least <= norm && least > 0.1 * norm, "%ld, %ld: %g of %g", (long) a, (long) b,
                  least, norm);
    }
    arb_mat_clear(weights);
    arb_mat_clear(points);
    arb_clear(second);
    arb_clear(first);
}

/* c_1 t^2, then c_2 t^3: N and its bound are |c_1|^3 |c_2| times what they are without factors. */
static void test_constants(void)
{
    static const slong widths[] = {2, 2, 2, 1}, degrees[] = {2, 3};
    struct ncf_problem problem;
    ncf_network_t network;
    arb_t plain, bound;
    arb_init(plain);
    arb_init(bound);
    ncf_test_problem_init(&problem, 3, widths, degrees, 4, plane_x, plane_y);
    CHECK(ncf__network_init(network, &problem));
    CHECK(ncf__cap_sphere_norm(plain, &problem, network, 10));
    ncf__network_clear(network);
    for (int l = 0; l < 2; l++) {
        ncf_activation_t *s = problem.network.activations + l;
        s->kind = NCF_ACTIVATION_POLYNOMIAL;
        s->coefficients = _fmpq_vec_init(s->degree + 1);
        fmpq_set_si(s->coefficients + s->degree, l == 0 ? -3 : 5, 2);
    }
    CHECK(ncf__network_init(network, &problem));
    CHECK(ncf__cap_sphere_norm(bound, &problem, network, 10));
    double ratio = upper(bound) / upper(plain), wanted = 1.5 * 1.5 * 1.5 * 2.5;
    CHECK_MSG(fabs(ratio / wanted - 1) < 1e-12, "%g, not %g", ratio, wanted);
    ncf__network_clear(network);
    ncf_test_problem_clear(&problem);
    arb_clear(bound);
    arb_clear(plain);
}

/* |N| <= S at random points and at a maximum; the tangent is below the numerical one. */
static void check_gap(const char *name, slong depth, const slong *widths, const slong *degrees,
                      slong points, const slong *x, const slong *y, double loose)
{
    model_t m;
    ncf_random_t random;
    double q[MOST], v[MOST], g[MOST], bound, size, highest = 0, lowest = INFINITY;
    arb_t norm;
    arb_init(norm);
    ncf__random_init(&random, ncf_test_seed(), 84);
    model_init(&m, depth, widths, degrees, points, x, y);
    int found = find_maximum(&m, &random);
    int known = ncf__cap_sphere_norm(norm, &m.problem, m.network, m.degree);
    double tangent = ncf__cap_tangent_by_gap(&bound, &m.point, &m.problem, m.network, m.degree,
                                             1024);
    size = upper(norm);
    for (int k = 0; k < 200; k++) {
        random_unit(q, m.n, &random);
        ncf__network_eval_double(v, NULL, NULL, q, m.network, m.x, m.y, m.points);
        highest = fmax(highest, fabs(v[0]));
        random_unit(v, m.n, &random);
        project(v, &m);
        lowest = fmin(lowest, evaluate(g, &m, tangent * ncf__random_unit(&random), v));
    }
    ncf__network_eval_double(v, NULL, NULL, m.u, m.network, m.x, m.y, m.points);
    double truth = found ? monotone_tangent(&m, tangent, 2, &random) : 0;
    CHECK_MSG(found && known, "%s: no maximum, or no bound", name);
    CHECK_MSG(highest <= size && v[0] <= size && size < loose * v[0],
              "%s: %g and %g against %g", name, highest, v[0], size);
    CHECK_MSG(tangent > 0 && tangent < truth, "%s: %g of %g", name, tangent, truth);
    CHECK_MSG(bound > 0 && bound <= lowest, "%s: %g against %g", name, bound, lowest);
    arb_clear(norm);
    model_clear(&m);
}

static void test_gap(void)
{
    static const slong two[] = {2, 3, 1}, space[] = {3, 3, 1}, deep[] = {2, 2, 2, 1},
                       narrow[] = {2, 2, 1, 1}, p2[] = {2, 2}, p3[] = {3, 3},
                       mixed[] = {3, 2}, linear[] = {2, 1};
    check_gap("2-3-1 p2", 2, two, p2, 4, plane_x, plane_y, 3);
    check_gap("3-3-1 p3", 2, space, p3, 5, space_x, space_y, 3);
    check_gap("2-2-2-1 p2", 3, deep, p2, 4, plane_x, plane_y, 3);
    check_gap("2-2-2-1 p3, p2", 3, deep, mixed, 4, plane_x, plane_y, 3);
    check_gap("2-2-1-1 p2, p1", 3, narrow, linear, 4, plane_x, plane_y, 3);
}

/* ---- The expansion, for networks of every type ------------------------------------- */

static void power(ncf_activation_t *out, slong degree)
{
    out->kind = NCF_ACTIVATION_POWER;
    out->degree = degree;
}

/* Two inputs, widths 2-2-1, cubes: of degree 4. */
static void layers_spec(ncf_network_spec_t *spec)
{
    spec->inputs = 2;
    spec->depth = 2;
    spec->widths = ncf__malloc(3, sizeof(slong));
    spec->widths[0] = spec->widths[1] = 2;
    spec->widths[2] = 1;
    spec->activations = ncf__calloc(1, sizeof(*spec->activations));
    power(spec->activations, 3);
}

/* Ten inputs, two channels of five; of degree 4, with weights that occur several times. */
static void convolution_spec(ncf_network_spec_t *spec)
{
    spec->kind = NCF_NETWORK_CONVOLUTION;
    spec->inputs = 10;
    spec->channels = 2;
    spec->length = 5;
    spec->stages = 1;
    spec->convolutions = ncf__calloc(1, sizeof(*spec->convolutions));
    spec->convolutions[0] = (ncf_convolution_t) {2, 2, 1, 2};
    spec->activations = ncf__calloc(1, sizeof(*spec->activations));
    power(spec->activations, 3);
}

/* H = 2/3 w_0^3 w_1 x_0^2 + 5 w_2^4 x_0 x_1 */
static void formula_spec(ncf_network_spec_t *spec)
{
    static const slong starts[] = {0, 3, 6}, inputs[] = {2, 4};
    static const ncf_factor_t factors[] = {{0, 3}, {1, 1}, {0, 2}, {2, 4}, {0, 1}, {1, 1}};
    spec->kind = NCF_NETWORK_POLYNOMIAL;
    spec->inputs = 2;
    spec->weight_count = 3;
    spec->weight_names = ncf__calloc(3, sizeof(char *));
    spec->input_names = ncf__calloc(2, sizeof(char *));
    for (int k = 0; k < 3; k++)
        spec->weight_names[k] = ncf__strdup("w");
    for (int k = 0; k < 2; k++)
        spec->input_names[k] = ncf__strdup("x");
    spec->formula.count = 2;
    spec->formula.coefficients = _fmpq_vec_init(2);
    fmpq_set_si(spec->formula.coefficients, 2, 3);
    fmpq_set_si(spec->formula.coefficients + 1, 5, 1);
    spec->formula.starts = ncf__malloc(3, sizeof(slong));
    memcpy(spec->formula.starts, starts, sizeof(starts));
    spec->formula.inputs = ncf__malloc(2, sizeof(slong));
    memcpy(spec->formula.inputs, inputs, sizeof(inputs));
    spec->formula.factors = ncf__malloc(6, sizeof(*factors));
    memcpy(spec->formula.factors, factors, sizeof(factors));
}

static void set_spec(ncf_network_spec_t *spec, int type)
{
    memset(spec, 0, sizeof(*spec));
    if (type == 0)
        layers_spec(spec);
    else if (type == 1)
        convolution_spec(spec);
    else if (type == 2)
        formula_spec(spec);
    if (type < 3)
        return;
    spec->kind = NCF_NETWORK_SUM;
    spec->inputs = 2;
    spec->part_count = 2;
    spec->parts = ncf__calloc(2, sizeof(*spec->parts));
    layers_spec(&spec->parts[1]);
    formula_spec(&spec->parts[0]);
}

/* u + U y, U the columns but the pivot's of I - w w' / (1 + |u_p|), w = u + sign(u_p) e_p. */
static void move(double *out, const double *u, const double *y, slong n)
{
    double w[MOST], along = 0;
    slong pivot = 0;
    for (slong i = 1; i < n; i++)
        pivot = fabs(u[i]) > fabs(u[pivot]) ? i : pivot;
    memcpy(w, u, (size_t) n * sizeof(double));
    w[pivot] += u[pivot] < 0 ? -1 : 1;
    for (slong i = 0, k = 0; i < n; i++) {
        out[i] = u[i];
        if (i == pivot)
            continue;
        out[i] += y[k];
        along += w[i] * y[k++];
    }
    for (slong i = 0; i < n; i++)
        out[i] -= w[i] * along / (1 + fabs(u[pivot]));
}

/* The parts of degree 0..4 of the jet at y. */
static void forms_at(double *parts, const ncf_cap_jet_t *jet, const double *y)
{
    slong exponents[MOST];
    for (slong k = 0; k <= jet->degree; k++)
        parts[k] = 0;
    for (slong k = 0; k < jet->set.count; k++) {
        double term = jet->form[k].mid;
        ncf__cap_monomial_exponents(exponents, &jet->set, k);
        for (slong i = 0; i < jet->set.variables; i++)
            term *= pow(y[i], (double) exponents[i]);
        parts[jet->set.degree[k]] += term;
    }
}

static void check_expansion(int type, ncf_random_t *random)
{
    static const slong plane[] = {2, 1, 1}, wide[] = {10, 1, 1}, one[] = {1};
    struct ncf_problem problem;
    ncf_network_t network;
    ncf_certified_point_t point;
    ncf_cap_jet_t jet, low;
    double u[MOST] = {0}, y[MOST] = {0}, w[MOST], x[4 * MOST], z[MOST], parts[8] = {0}, value;
    int far = 0, below = 0;
    ncf_test_problem_random(&problem, 2, type == 1 ? wide : plane, one, 3, random);
    ncf__network_spec_clear(&problem.network);
    set_spec(&problem.network, type);
    CHECK(ncf__network_init(network, &problem));
    slong n = network->unknowns, d = network->inputs;
    for (slong k = 0; k < 3 * d; k++)
        x[k] = fmpq_get_d(fmpq_mat_entry(problem.x, k / d, k % d));
    for (slong k = 0; k < 3; k++)
        z[k] = fmpq_get_d(fmpq_mat_entry(problem.y, k, 0));
    ncf__certified_point_init(&point, network);
    random_unit(u, n, random);
    for (slong i = 0; i < n; i++)
        arb_set_d(point.point + i, u[i]);
    arb_one(point.point + n);
    CHECK(ncf__cap_jet_init(&jet, &point, &problem, network, 4, 4, NULL) == NULL);
    CHECK(ncf__cap_jet_init(&low, &point, &problem, network, 4, 2, NULL) == NULL);
    for (int k = 0; k < 30; k++) {
        double sum = 0;
        random_unit(y, n - 1, random);
        forms_at(parts, &jet, y);
        move(w, u, y, n);
        ncf__network_eval_double(&value, NULL, NULL, w, network, x, z, 3);
        for (slong j = 0; j <= 4; j++) {
            sum += ldexp(parts[j], (int) -jet.exponent);
            below += fabs(parts[j]) > jet.norm[j] || fabs(parts[j]) > low.norm[j];
        }
        far += !(fabs(sum - value) <= 0x1p-36 * (1 + fabs(value)));
    }
    CHECK_MSG(jet.set.order == 4 && low.set.order == 2, "type %d", type);
    CHECK_MSG(far == 0, "type %d: %d values differ", type, far);
    CHECK_MSG(below == 0, "type %d: %d forms above their norms", type, below);
    ncf__cap_jet_clear(&low);
    ncf__cap_jet_clear(&jet);
    ncf__certified_point_clear(&point);
    ncf__network_clear(network);
    ncf_test_problem_clear(&problem);
}

static void test_expansion(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 81);
    for (int type = 0; type < 4; type++)
        check_expansion(type, &random);
}

/* z' B z for part k, z at the components that the part's blocks stand for. */
static double part_at(const ncf_cap_gram_t *gram, slong k, const double *z)
{
    double form = 0;
    for (slong i = 0; i < gram->size * gram->size; i++) {
        slong row = i / gram->size, column = i % gram->size, block;
        if (gram->component[row] != gram->component[column])
            continue;
        block = gram->block[gram->component[row]];
        const ncf_interval_matrix_t *part = gram->parts + k * gram->block_count + block;
        if (part->rows > 0)
            form += z[row] * z[column] *
                    part->mid[gram->place[row] * part->rows + gram->place[column]];
    }
    return form;
}

/* z_k = sqrt(a! / beta!) y^beta for the monomials of degree a = 1 .. half */
static void monomials_at(double *z, const ncf_cap_gram_t *gram, const ncf_cap_jet_t *jet,
                         const double *y)
{
    for (slong k = 1; k <= gram->size; k++) {
        slong exponents[MOST];
        double weight = 1, run = 0;
        ncf__cap_monomial_exponents(exponents, &jet->set, k);
        for (slong i = 0; i < jet->set.variables; i++) {
            for (slong e = 1; e <= exponents[i]; e++)
                weight *= sqrt(++run / (double) e) * y[i];
        }
        z[k - 1] = weight;
    }
}

/*
 * z' B z = 0 for the free parts, and z' G z = P for unit v, with all monomials at once; squares
 * are above those of their forms.
 */
static void check_gram(slong depth, const slong *widths, const slong *degrees, slong points,
                       const slong *x, const slong *y, slong max_order, slong blocks)
{
    model_t m;
    ncf_random_t random;
    ncf_cap_jet_t jet;
    ncf_cap_gram_t gram;
    double v[MOST], parts[16], worst_free = 0, worst = 0;
    int below = 0;
    ncf__random_init(&random, ncf_test_seed(), 82);
    model_init(&m, depth, widths, degrees, points, x, y);
    CHECK(find_maximum(&m, &random));
    CHECK(ncf__cap_jet_init(&jet, &m.point, &m.problem, m.network, m.degree, max_order, NULL) == NULL);
    ncf__cap_gram_init(&gram, &jet);
    double *z = ncf__malloc((size_t) gram.size, sizeof(double));
    for (int trial = 0; trial < 10; trial++) {
        random_unit(v, m.n - 1, &random);
        forms_at(parts, &jet, v);
        monomials_at(z, &gram, &jet, v);
        for (slong k = 0; k < gram.part_count; k++) {
            double form = part_at(&gram, k, z);
            if (k >= gram.square_first) {
                slong j = gram.signed_order + 1 + k - gram.square_first;
                below += form < parts[j] * parts[j] * (1 - 0x1p-30);
            } else if (k >= gram.free_first) {
                worst_free = fmax(worst_free, fabs(form));
            } else {
                worst = fmax(worst, fabs(form - (k == 0 ? jet.lambda.mid : parts[k + 1])));
            }
        }
    }
    CHECK_MSG(worst < 0x1p-40 && worst_free < 0x1p-40 && below == 0, "%g %g %d", worst, worst_free,
              below);
    CHECK_MSG(gram.block_count >= blocks && gram.component_count >= gram.block_count, "%ld %ld",
              (long) gram.block_count, (long) gram.component_count);
    CHECK_MSG(gram.squared_order == FLINT_MIN(max_order, m.degree), "%ld", (long) gram.squared_order);
    ncf__free(z);
    ncf__cap_gram_clear(&gram);
    ncf__cap_jet_clear(&jet);
    model_clear(&m);
}

static void test_gram(void)
{
    static const slong line[] = {2, 1, 1, 1}, deep[] = {2, 2, 1, 1}, two[] = {2, 3, 1};
    static const slong p2[] = {2, 2}, p3[] = {3, 2};
    check_gram(3, line, p2, 4, plane_x, plane_y, 7, 1);
    check_gram(3, deep, p2, 4, plane_x, plane_y, 7, 2);
    check_gram(3, deep, p2, 4, plane_x, plane_y, 6, 2);
    check_gram(3, deep, p3, 4, plane_x, plane_y, 5, 2);
    check_gram(2, two, p3, 4, plane_x, plane_y, 3, 3);
    check_gram(2, two, p2, 4, plane_x, plane_y, 2, 2);
}

/* ---- Shells ------------------------------------------------------------------------- */

/* Is P > 0 for inner < t <= outer proved by boxes? */
static int shell_is_proved(const model_t *m, double inner, double outer)
{
    ncf_cap_model_t model;
    ncf_cap_idle_t idle;
    double work = 2e7;
    int proved = 0;
    ncf__cap_model_init(&model, &m->point, &m->problem, m->network, m->degree);
    int has_idle = model.active_count < m->n;
    if (!has_idle || ncf__cap_idle_init(&idle, &model, 2e7)) {
        proved = ncf__cap_shell(&model, has_idle ? &idle : NULL, inner, outer, &work, NULL);
        if (has_idle)
            ncf__cap_idle_clear(&idle);
    }
    ncf__cap_model_clear(&model);
    return proved;
}

/* What the matrices prove is proved by boxes too, and nothing where P <= 0 is found. */
static void check_shell(slong depth, const slong *widths, const slong *degrees, int all_active,
                        uint64_t stream)
{
    model_t m;
    ncf_random_t random;
    int active = 0;
    ncf__random_init(&random, ncf_test_seed(), stream);
    model_init(&m, depth, widths, degrees, 4, plane_x, plane_y);
    CHECK(find_maximum(&m, &random) && ncf_is_proved(m.cap.verdict));
    double known = m.cap.tangent, truth = monotone_tangent(&m, known, 16, &random);
    for (slong c = 0; c < m.n; c++)
        active += m.point.zero[c] != 1;
    CHECK((active == m.n) == all_active);
    CHECK(known < truth);
    CHECK(shell_is_proved(&m, known / 2, known * 0.6));
    CHECK(!shell_is_proved(&m, known / 2, truth * 1.02));
    if (shell_is_proved(&m, known / 2, known * 0.9)) {
        m.cap.tangent = known * 0.9;
        CHECK(attack(&m, 12, &random) == 0);
    }
    model_clear(&m);
}

static void test_shells(void)
{
    static const slong line[] = {2, 1, 1, 1}, deep[] = {2, 2, 1, 1}, unit[] = {2, 1, 1},
                       two[] = {2, 2, 1};
    static const slong p2[] = {2, 2}, p3[] = {3, 2};
    check_shell(2, unit, p3, 1, 101);
    check_shell(3, line, p2, 1, 102);
    check_shell(2, two, p2, 0, 103);
    check_shell(3, deep, p2, 0, 104);
}

/* Phi(q) = |q|^2 (u . grad N(q)) - L N(q) (q . u), of 2^exponent N */
static double phi(const model_t *m, const double *q)
{
    double g[MOST], value;
    ncf__network_eval_double(&value, g, NULL, q, m->network, m->x, m->y, m->points);
    value = dot(q, q, m->n) * dot(g, m->u, m->n) - (double) m->degree * value * dot(q, m->u, m->n);
    return ldexp(value, (int) ncf__cap_scale(m->point.point + m->n));
}

/* Where the matrices give half of the angle the whole is extended, and holds up to there. */
static void test_extension(void)
{
    static const slong widths[] = {2, 2, 2, 1}, degrees[] = {2, 3}, y[] = {-904, 2642, 1198, 2251},
                       x[] = {3457, 2197, 4077, -390, 4013, 818, -760, 4025};
    static const double u[] = {0, 0, 0.77293428995766089, -0.050720640844202379, 0,
                               0.54772255750516607, 0, 0, 0.31622776601683794, 0};
    model_t m;
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 109);
    model_init(&m, 3, widths, degrees, 4, x, y);
    certify_from(&m, u);
    CHECK(ncf_is_proved(m.cap.verdict) && m.cap.tangent > 1.2 * m.cap.inner);
    CHECK(m.cap.nodes[m.cap.node_count - 1].t >= m.cap.inner);
    CHECK(arf_cmp_d(m.cap.angle, atan(m.cap.tangent)) <= 0);
    double truth = atan(monotone_tangent(&m, m.cap.tangent, 6, &random));
    CHECK_MSG(atan(m.cap.tangent) < 0.7 * truth && atan(m.cap.tangent) > 0.6 * truth, "%g of %g",
              atan(m.cap.tangent), truth);
    CHECK(attack(&m, 12, &random) == 0);
    model_clear(&m);
}

/* Where the faces of the cube and the rays of the double cone of tangent t leave q. */
typedef enum { ANYWHERE, DOWN_PHI, OUT_OF_CONE, INTO_CONE } lean_t;

/* The direction in which the box around q extends: against a gradient, or random. */
static double leaning(const model_t *m, const double *q, slong c, double t, lean_t lean,
                      ncf_random_t *random)
{
    double w[MOST] = {0}, step = 0x1p-20, along, slope, factor = 1 + t * t;
    if (lean == ANYWHERE)
        return 2 * ncf__random_unit(random) - 1;
    memcpy(w, q, (size_t) m->n * sizeof(double));
    w[c] += step;
    slope = phi(m, w);
    w[c] -= 2 * step;
    slope -= phi(m, w);
    along = dot(q, m->u, m->n);
    if (lean != DOWN_PHI)
        slope = (q[c] - factor * along * m->u[c]) * (lean == OUT_OF_CONE ? 1 : -1);
    return (slope > 0 ? 0.999 : -0.999) * (0.9 + 0.1 * ncf__random_unit(random));
}

/* A box on a face of the cube of the active weights that holds their part of a multiple of q. */
static void box_around(double *box, const ncf_cap_model_t *model, const model_t *m,
                       const double *q, double t, double size, lean_t lean,
                       ncf_random_t *random)
{
    double w[MOST] = {0};
    slong face = model->active[0];
    for (slong k = 0; k < model->active_count; k++)
        face = fabs(q[model->active[k]]) > fabs(q[face]) ? model->active[k] : face;
    for (slong c = 0; c < m->n; c++)
        w[c] = q[c] / fabs(q[face]);
    for (slong k = 0; k < model->active_count; k++) {
        slong c = model->active[k];
        double r = c == face ? 0 : size * (ncf__random_below(random, 3) == 0 ? 0.01 : 1);
        box[2 * k] = w[c] + r * leaning(m, w, c, t, lean, random);
        box[2 * k + 1] = r;
    }
}

/*
 * A place with P(t, v) < 0 at the least t, up to a factor 1 + slack: that descent finds, or for a
 * random v.
 */
static double bad_place(double *v, const model_t *m, double from, double slack, int descends,
                        ncf_random_t *random)
{
    double low, high, g[MOST];
    for (;;) {
        low = from / 2;
        random_unit(v, m->n, random);
        project(v, m);
        for (high = low; high < 100 && (descends ? descend(v, m, high) : evaluate(g, m, high, v)) > 0;
             high *= 1.1)
            low = high;
        if (high >= 100)
            continue;
        while (high - low > slack * low) {
            double middle = (low + high) / 2;
            if ((descends ? descend(v, m, middle) : evaluate(g, m, middle, v)) > 0)
                low = middle;
            else
                high = middle;
        }
        if (evaluate(g, m, high, v) < 0)
            return high;
    }
}

/*
 * No box is settled that holds a place of the shell where P < 0: in its interior or next to either
 * end, the place being anywhere in the box or where the box leans away from what would show it.
 */
static void check_boxes(slong depth, const slong *widths, const slong *degrees, slong points,
                        const slong *x, const slong *y, uint64_t stream)
{
    static const double slacks[] = {1e-9, 1e-6, 1e-4, 0.02, 0.2};
    model_t m;
    ncf_random_t random;
    ncf_cap_model_t model;
    ncf_cap_idle_t idle;
    int wrong[4] = {0}, settled = 0;
    double v[MOST] = {0}, q[MOST], box[2 * MOST];
    ncf__random_init(&random, ncf_test_seed(), stream);
    model_init(&m, depth, widths, degrees, points, x, y);
    CHECK(find_maximum(&m, &random) && ncf_is_proved(m.cap.verdict));
    ncf__cap_model_init(&model, &m.point, &m.problem, m.network, m.degree);
    int has_idle = model.active_count < m.n && ncf__cap_idle_init(&idle, &model, 2e7);
    for (int k = 0; k < 30; k++) {
        double slack = slacks[k % 5];
        double t = bad_place(v, &m, m.cap.tangent, slack, k % 2, &random);
        for (int j = 0; j < 60; j++) {
            lean_t lean = (lean_t) (j % 4);
            double size = pow(2, -2 - 16 * ncf__random_unit(&random));
            double inner = lean == INTO_CONE ? t * (1 - 2 * slack) : t / 2;
            double outer = lean == OUT_OF_CONE ? t * (1 + slack * 1e-3) : t * 1.5;
            for (slong c = 0; c < m.n; c++)
                q[c] = m.u[c] + t * v[c];
            box_around(box, &model, &m, q, lean == INTO_CONE ? inner : outer, size, lean, &random);
            wrong[lean] += ncf__cap_box_is_settled(&model, has_idle ? &idle : NULL, inner, outer, box);
            for (slong c = 0; c < m.n; c++) /* well inside, where many boxes are settled */
                q[c] = m.u[c] + 0.4 * m.cap.tangent * v[c];
            box_around(box, &model, &m, q, inner, size, lean, &random);
            settled += ncf__cap_box_is_settled(&model, has_idle ? &idle : NULL,
                                               0.3 * m.cap.tangent, 0.6 * m.cap.tangent, box);
        }
    }
    CHECK_MSG(wrong[0] + wrong[1] + wrong[2] + wrong[3] == 0, "%ld unknowns: %d %d %d %d", (long) m.n,
              wrong[0], wrong[1], wrong[2], wrong[3]);
    CHECK_MSG(settled > 200, "%d", settled);
    if (has_idle)
        ncf__cap_idle_clear(&idle);
    ncf__cap_model_clear(&model);
    model_clear(&m);
}

static void test_boxes(void)
{
    static const slong line[] = {2, 1, 1, 1}, deep[] = {2, 2, 1, 1}, unit[] = {2, 1, 1},
                       two[] = {2, 2, 1};
    static const slong p2[] = {2, 2}, p3[] = {3, 2};
    static const slong circle[] = {1, 2, 1}, one[] = {1};
    check_boxes(2, unit, p3, 4, plane_x, plane_y, 111);
    check_boxes(3, line, p2, 4, plane_x, plane_y, 112);
    check_boxes(2, two, p3, 4, plane_x, plane_y, 113);
    check_boxes(3, deep, p2, 4, plane_x, plane_y, 114);
    check_boxes(2, circle, p2, 1, one, one, 115); /* where the bound of idle weights is tight */
    check_boxes(2, circle, p3, 1, one, one, 116);
}

/*
 * d = 1, one unit, power p: P vanishes first at w = 0 for p = 2, and at the mirror image of u in
 * the line of w for p = 4. By the signs of z and w that is on each of the four faces in turn.
 */
static void test_faces(void)
{
    static const slong widths[] = {1, 1, 1}, x[] = {1};
    for (int k = 0; k < 4; k++) {
        model_t m;
        slong y = k == 1 ? -1 : 1, p = k < 2 ? 2 : 4;
        double f = atan(1 / sqrt((double) p)), u[] = {k == 3 ? -cos(f) : cos(f), (double) y * sin(f)};
        double truth = tan(p == 2 ? acos(0.0) - f : 2 * f);
        model_init(&m, 2, widths, &p, 1, x, &y);
        certify_from(&m, u);
        CHECK(ncf_is_proved(m.cap.verdict) && m.cap.tangent > truth / 2 && m.cap.tangent < truth);
        CHECK_MSG(shell_is_proved(&m, truth / 2, truth * 0.999), "face %d", k);
        CHECK_MSG(!shell_is_proved(&m, truth / 2, truth * 1.001), "face %d", k);
        model_clear(&m);
    }
}


/* Phi(q + p) >= Phi(q) + |p|^2 b for samples of boxes around u and of idle weights; *found: finite b. */
static int count_below(const model_t *m, const ncf_cap_model_t *model, ncf_cap_idle_t *idle,
                       int *found, int *positive, ncf_random_t *random)
{
    ncf_midrad_t box[MOST] = {{0, 0}}, along = ncf__midrad_zero(), square = along;
    double q[MOST] = {0}, p[MOST] = {0}, reach = 0.1 + ncf__random_unit(random), norm = 0;
    double width = ncf__random_below(random, 2) ? 0.01 : 1e-6;
    for (slong c = 0; c < m->n; c++) {
        p[c] = idle->variable[c] > 0 ? ncf__random_unit(random) - 0.5 : 0;
        norm += p[c] * p[c];
        if (idle->variable[c] > 0)
            continue;
        q[c] = m->u[c] + 0.3 * (ncf__random_unit(random) - 0.5);
        box[c] = ncf__midrad(q[c] + width * (ncf__random_unit(random) - 0.5), width);
        along = ncf__midrad_add(along, ncf__midrad_mul(box[c], model->u[c]));
        square = ncf__midrad_add(square, ncf__midrad_mul(box[c], box[c]));
    }
    /* what holds for all |q|^2 and q . u in intervals holds at their upper ends */
    double top[] = {1.5 * square.mid, along.mid + 0.5}, wide[2], narrow[2];
    for (int k = 0; k < 2; k++) {
        ncf_midrad_t end = ncf__midrad_point(top[k]), all = ncf__midrad(top[k] - 0.25, 0.25);
        narrow[k] = ncf__cap_idle_slope(idle, box, k ? square : end, k ? end : along, reach);
        wide[k] = ncf__cap_idle_slope(idle, box, k ? square : all, k ? all : along, reach);
    }
    double b = ncf__cap_idle_slope(idle, box, square, along, reach);
    double scale = reach / sqrt(norm), before = phi(m, q);
    if (ncf__random_below(random, 2))
        scale *= ncf__random_unit(random);
    for (slong c = 0; c < m->n; c++)
        q[c] += scale * p[c];
    *found += isfinite(b);
    *positive += b > 0;
    if (isfinite(b) && !(wide[0] <= narrow[0] && wide[1] <= narrow[1]))
        return 1;
    return isfinite(b) &&
           !(phi(m, q) >= before + scale * scale * norm * b - 0x1p-30 * (1 + fabs(b)));
}

static void check_idle(slong depth, const slong *widths, const slong *degrees)
{
    model_t m;
    ncf_random_t random;
    ncf_cap_model_t model;
    ncf_cap_idle_t idle;
    int below = 0, found = 0, positive = 0;
    ncf__random_init(&random, ncf_test_seed(), 105);
    model_init(&m, depth, widths, degrees, 4, plane_x, plane_y);
    CHECK(find_maximum(&m, &random));
    ncf__cap_model_init(&model, &m.point, &m.problem, m.network, m.degree);
    CHECK(model.active_count < m.n && ncf__cap_idle_init(&idle, &model, 2e7));
    for (int k = 0; k < 40; k++)
        below += count_below(&m, &model, &idle, &found, &positive, &random);
    CHECK_MSG(below == 0, "%d bounds", below);
    CHECK_MSG(positive > 4, "%d", positive);
    ncf__cap_idle_clear(&idle);
    ncf__cap_model_clear(&model);
    model_clear(&m);
}

/*
 * The inequality holds for every u with zeros at the idle weights, a KKT point or not: random ones,
 * and random sets of idle weights, without parts of first order or refused.
 */
static void check_idle_sets(slong depth, const slong *widths, const slong *degrees, int fewest)
{
    model_t m;
    ncf_random_t random;
    int below = 0, found = 0, positive = 0;
    ncf__random_init(&random, ncf_test_seed(), 108);
    model_init(&m, depth, widths, degrees, 4, plane_x, plane_y);
    for (int k = 0; k < 400; k++) {
        ncf_cap_model_t model;
        ncf_cap_idle_t idle;
        slong active = (slong) ncf__random_below(&random, (ulong) m.n); /* one at least */
        random_unit(m.u, m.n, &random);
        for (slong c = 0; c < m.n; c++) {
            m.point.zero[c] = (signed char) (c != active && ncf__random_below(&random, 3) == 0);
            m.u[c] *= m.point.zero[c] != 1;
            arb_set_d(m.point.point + c, m.u[c]);
        }
        arb_one(m.point.point + m.n);
        ncf__cap_model_init(&model, &m.point, &m.problem, m.network, m.degree);
        if (model.active_count < m.n && ncf__cap_idle_init(&idle, &model, 2e7)) {
            below += count_below(&m, &model, &idle, &found, &positive, &random);
            ncf__cap_idle_clear(&idle);
        }
        ncf__cap_model_clear(&model);
    }
    CHECK_MSG(below == 0 && found > fewest, "%ld unknowns: %d of %d", (long) m.n, below, found);
    model_clear(&m);
}

static void test_idle(void)
{
    static const slong deep[] = {2, 2, 1, 1}, deeper[] = {2, 2, 2, 1}, two[] = {2, 2, 1};
    static const slong p2[] = {2, 2}, p3[] = {3, 2}, mixed[] = {2, 3};
    check_idle(2, two, p3);
    check_idle(3, deep, p2);
    check_idle(3, deep, p3);
    check_idle(3, deeper, mixed);
    static const slong narrow[] = {2, 1, 2, 1}, linear[] = {1, 3}, last[] = {3, 1};
    check_idle_sets(2, two, p3, 4);
    check_idle_sets(3, deep, linear, 10);
    check_idle_sets(3, narrow, last, 10);
    check_idle_sets(3, deeper, p2, 4);
}

/*
 * The product of powers of linear forms (a_g . p_g)^(d_g), |a_g| = 1, has the maximum
 * prod (d_g / k)^(d_g / 2) on |p| = 1: the bound of its class is that number exactly. Families are the rows.
 */
static void check_shares(const ncf_cap_idle_t *idle, const slong *family, slong families,
                         ncf_random_t *random)
{
    const ncf_cap_monomials_t *set = &idle->set;
    double *square = ncf__calloc((size_t) idle->class_count, sizeof(double)), *wanted = ncf__calloc(
        (size_t) idle->class_count, sizeof(double)), a[MOST], norm[MOST] = {0}, worst = 0;
    for (slong i = 0; i < idle->count; i++) {
        a[i] = 2 * ncf__random_unit(random) - 1;
        norm[family[i]] += a[i] * a[i];
    }
    for (slong i = 0; i < idle->count; i++)
        a[i] /= sqrt(norm[family[i]]);
    for (slong k = 1; k < set->count; k++) {
        slong exponents[MOST], degrees[MOST] = {0};
        double f = 1, most = 1;
        ncf__cap_monomial_exponents(exponents, set, k);
        for (slong i = 0; i < idle->count; i++) {
            for (slong e = 1; e <= exponents[i]; e++)
                f *= a[i] * (double) ++degrees[family[i]] / (double) e;
        }
        for (slong g = 0; g < families; g++)
            most *= degrees[g] == 0 ? 1
                                    : pow((double) degrees[g] / set->degree[k], (double) degrees[g]);
        square[idle->class_of[k]] += f * f * idle->share[k];
        wanted[idle->class_of[k]] = most;
    }
    for (slong k = 0; k < idle->class_count; k++) {
        if (wanted[k] > 0)
            worst = fmax(worst, fabs(square[k] / wanted[k] - 1 - 0x1p-40));
    }
    CHECK_MSG(worst < 0x1p-44, "%g", worst);
    ncf__free(wanted);
    ncf__free(square);
}

static void test_shares(void)
{
    static const slong widths[] = {2, 3, 1}, degree = 3;
    static const slong family[] = {0, 0, 1, 1, 2, 2};
    model_t m;
    ncf_random_t random;
    ncf_cap_model_t model;
    ncf_cap_idle_t idle;
    ncf__random_init(&random, ncf_test_seed(), 106);
    model_init(&m, 2, widths, &degree, 4, plane_x, plane_y);
    CHECK(find_maximum(&m, &random));
    ncf__cap_model_init(&model, &m.point, &m.problem, m.network, m.degree);
    /* two units are idle: their rows of W_1, and their two weights in the row of W_2 */
    CHECK(model.active_count == 3 && ncf__cap_idle_init(&idle, &model, 2e7) && idle.count == 6);
    check_shares(&idle, family, 3, &random);
    ncf__cap_idle_clear(&idle);
    ncf__cap_model_clear(&model);
    model_clear(&m);
}

/* A weight that N depends on to first order is not idle, whatever the record says: no bound. */
static void test_first_order(void)
{
    static const slong widths[] = {2, 1, 1}, degree = 2;
    model_t m;
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 107);
    model_init(&m, 2, widths, &degree, 4, plane_x, plane_y);
    CHECK(find_maximum(&m, &random));
    for (slong c = 0; c < m.n; c++) {
        ncf_cap_model_t model;
        ncf_cap_idle_t idle;
        ncf_midrad_t one = ncf__midrad_point(1);
        m.point.zero[c] = 1;
        ncf__cap_model_init(&model, &m.point, &m.problem, m.network, m.degree);
        CHECK(ncf__cap_idle_init(&idle, &model, 2e7) && idle.count == 1);
        CHECK(ncf__cap_idle_slope(&idle, model.u, one, one, 0x1p-30) == -INFINITY);
        m.point.zero[c] = -1;
        ncf__cap_idle_clear(&idle);
        ncf__cap_model_clear(&model);
    }
    model_clear(&m);
}

/*
 * One input and one point: each class has one monomial, and b is the least value of
 * (Phi(q + p) - Phi(q)) / |p|^2 for two layers, where no two classes have one degree.
 */
static void test_idle_tight(void)
{
    int wrong = 0, refused_count = 0;
    static const slong widths[] = {1, 2, 1}, x[] = {1}, y[] = {1};
    for (slong degree = 2; degree <= 4; degree++) {
        model_t m;
        ncf_cap_model_t model;
        ncf_cap_idle_t idle;
        ncf_midrad_t along = {0, 0}, square = along;
        double f = atan(1 / sqrt((double) degree)), u[4] = {cos(f), 0, sin(f), 0}, least = INFINITY;
        double q[MOST] = {0};
        model_init(&m, 2, widths, &degree, 1, x, y);
        certify_from(&m, u);
        ncf__cap_model_init(&model, &m.point, &m.problem, m.network, m.degree);
        CHECK(model.active_count == 2 && ncf__cap_idle_init(&idle, &model, 2e7));
        for (slong c = 0; c < 4; c++) {
            along = ncf__midrad_add(along, ncf__midrad_mul(model.u[c], model.u[c]));
            square = along;
        }
        double b = ncf__cap_idle_slope(&idle, model.u, square, along, 0.5), start = phi(&m, m.u);
        for (int k = 0; k < 2000; k++) {
            memcpy(q, m.u, sizeof(u));
            q[1] += 0.5 * cos(0.0031416 * k);
            q[3] += 0.5 * sin(0.0031416 * k);
            least = fmin(least, (phi(&m, q) - start) / 0.25);
        }
        CHECK_MSG(b <= least && b > least - 1e-4, "p = %ld: %.9f of %.9f", (long) degree, b, least);
        ncf__cap_idle_clear(&idle);
        for (double work = 1; work < 1000; work *= 1.2) { /* all products were made, or no bound */
            CHECK(ncf__cap_idle_init(&idle, &model, work));
            double part = ncf__cap_idle_slope(&idle, model.u, square, along, 0.5);
            wrong += part != b && part != -INFINITY;
            refused_count += part == -INFINITY;
            ncf__cap_idle_clear(&idle);
        }
        ncf__cap_model_clear(&model);
        model_clear(&m);
    }
    CHECK_MSG(wrong == 0 && refused_count > 6, "%d, %d", wrong, refused_count);
}

int main(void)
{
    static const ncf_test_t tests[] = {
        {"the circle", test_circle},     {"degree two", test_half_sphere},
        {"refusals", test_refusals},     {"expansion", test_expansion},
        {"matrices", test_gram},         {"samples", test_samples},
        {"scales", test_scales},         {"small gaps", test_small_gaps},
        {"attack", test_attack},
        {"shells", test_shells},         {"extension", test_extension},
        {"idle weights", test_idle},
        {"idle weights, tight", test_idle_tight},
        {"idle weights, first order", test_first_order},
        {"boxes", test_boxes},           {"faces", test_faces},
        {"shares", test_shares},
        {"angles", test_angles},         {"large", test_large},
        {"flattenings", test_flattening}, {"the gap alone", test_gap},
        {"small gaps are used", test_gap_is_used}, {"factors of activations", test_constants},
        {NULL, NULL}};
    return ncf_test_main("cap", tests);
}
