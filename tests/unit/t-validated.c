/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* t-validated.c: proved integration of the flow, T-VALIDATEDFLOW. */
#include "../harness.h"
#include "../problems.h"

#include "../../src/certify/point.h"
#include "../../src/certify/validated_internal.h"

#include <string.h>

static const slong plane_x[] = {1, 2, 3, -1, -1, 1, 2, 2}, plane_y[] = {1, -1, 2, 1};

/* A problem with a start and the KKT point to which the sphere flow goes. */
typedef struct {
    struct ncf_problem problem;
    ncf_network_t network;
    slong n;
    fmpq *start;
    ncf_certified_point_t point;
} model_t;

/* Ascends on the sphere from the start: a candidate for the point. */
static void ascend(double *q, const model_t *m)
{
    slong n = m->n, points = m->problem.points, d = m->network->inputs;
    double *x = ncf__malloc((size_t) (points * d), sizeof(double));
    double *z = ncf__malloc((size_t) points, sizeof(double));
    double *g = ncf__malloc((size_t) n, sizeof(double));
    for (slong i = 0; i < points; i++) {
        z[i] = fmpq_get_d(fmpq_mat_entry(m->problem.y, i, 0));
        for (slong j = 0; j < d; j++)
            x[i * d + j] = fmpq_get_d(fmpq_mat_entry(m->problem.x, i, j));
    }
    for (slong j = 0; j < n; j++)
        q[j] = fmpq_get_d(m->start + j);
    for (int k = 0; k < 20000; k++) {
        double norm = 0, size = 0;
        for (slong j = 0; j < n; j++)
            norm += q[j] * q[j];
        for (slong j = 0; j < n; j++)
            q[j] /= sqrt(norm);
        ncf__network_eval_double(NULL, g, NULL, q, m->network, x, z, points);
        for (slong j = 0; j < n; j++)
            size += g[j] * g[j];
        for (slong j = 0; j < n; j++)
            q[j] += 0.05 / (0.1 + sqrt(size)) * g[j];
    }
    ncf__free(g);
    ncf__free(z);
    ncf__free(x);
}

static void model_init(model_t *m, slong depth, const slong *widths, const slong *degrees,
                       const slong *start, slong denominator)
{
    static const ncf_point_options_t options = {80, 1024, NULL};
    ncf_test_problem_init(&m->problem, depth, widths, degrees, 4, plane_x, plane_y);
    CHECK(ncf__network_init(m->network, &m->problem));
    m->n = m->network->unknowns;
    m->start = _fmpq_vec_init(m->n);
    for (slong j = 0; j < m->n; j++)
        fmpq_set_si(m->start + j, start[j], (ulong) denominator);
    double *q = ncf__malloc((size_t) m->n, sizeof(double));
    arb_ptr candidate = _arb_vec_init(m->n);
    ascend(q, m);
    for (slong j = 0; j < m->n; j++)
        arb_set_d(candidate + j, q[j]);
    ncf__certified_point_init(&m->point, m->network);
    ncf__certify_point(&m->point, candidate, &m->problem, m->network, &options);
    _arb_vec_clear(candidate, m->n);
    ncf__free(q);
    CHECK(ncf_is_proved(m->point.exists));
}

static void model_clear(model_t *m)
{
    ncf__certified_point_clear(&m->point);
    _fmpq_vec_clear(m->start, m->n);
    ncf__network_clear(m->network);
    ncf_test_problem_clear(&m->problem);
}

/* ---- The system against the other evaluators -------------------------------------- */

/* g = sum_i (y_i - kappa H_i(q)) grad H_i(q), without kappa: y_i alone; in balls. */
static void reference_field(arb_ptr g, arb_srcptr q, const arb_t kappa, const model_t *m,
                            slong prec)
{
    slong points = m->problem.points;
    arb_mat_t x, r, unit;
    arb_t h;
    arb_mat_init(x, points, m->network->inputs);
    arb_mat_init(r, points, 1);
    arb_mat_init(unit, points, 1);
    arb_init(h);
    arb_mat_set_fmpq_mat(x, m->problem.x, prec);
    for (slong i = 0; i < points; i++) {
        arb_mat_zero(unit);
        arb_one(arb_mat_entry(unit, i, 0));
        ncf__network_eval_arb(h, NULL, NULL, q, m->network, x, unit, prec);
        arb_set_fmpq(arb_mat_entry(r, i, 0), fmpq_mat_entry(m->problem.y, i, 0), prec);
        arb_submul(arb_mat_entry(r, i, 0), h, kappa, prec);
    }
    ncf__network_eval_arb(NULL, g, NULL, q, m->network, x, r, prec);
    arb_clear(h);
    arb_mat_clear(unit);
    arb_mat_clear(r);
    arb_mat_clear(x);
}

/* The rates of (q, kappa, rho, s), rho the integral of mu and s that of exp(-(L-2) rho). */
static void reference_rates(arb_ptr out, arb_srcptr x, const model_t *m, slong degree,
                            slong prec)
{
    slong n = m->n;
    arb_t mu;
    arb_init(mu);
    reference_field(out, x, x + n, m, prec);
    arb_dot(mu, NULL, 0, out, 1, x, 1, n, prec);
    for (slong j = 0; j < n; j++)
        arb_submul(out + j, mu, x + j, prec);
    arb_mul(out + n, x + n, mu, prec);
    arb_mul_si(out + n, out + n, degree, prec);
    arb_set(out + n + 1, mu);
    arb_mul_si(mu, x + n + 1, 2 - degree, prec);
    arb_exp(out + n + 2, mu, prec);
    arb_clear(mu);
}

static int meets(ncf_midrad_t a, const arb_t b, slong exponent)
{
    arb_t scaled, error;
    arb_init(scaled);
    arb_init(error);
    arb_mul_2exp_si(scaled, b, -exponent);
    arb_set_d(error, a.mid);
    arb_sub(scaled, scaled, error, 200);
    arb_abs(scaled, scaled);
    arb_set_d(error, a.radius);
    int inside = arb_le(scaled, error);
    arb_clear(error);
    arb_clear(scaled);
    return inside;
}

/* Does each rate lie in the interval of the tape, and is that narrow? */
static int rates_agree(const model_t *m, int scaled, slong exponent)
{
    slong n = m->n;
    ncf_tube_t flow;
    ncf_tube_series_t series;
    ncf_random_t random;
    if (ncf__tube_init(&flow, &m->problem, m->network, scaled, exponent) != NULL)
        return 0;
    int agree = 1;
    arb_ptr q = _arb_vec_init(n + 3), rate = _arb_vec_init(n + 3);
    ncf_midrad_t *x = ncf__calloc((size_t) n + 1, sizeof(*x));
    ncf__random_init(&random, ncf_test_seed(), 77);
    ncf__tube_series_init(&series, &flow, 0, 0);
    for (slong j = 0; j <= n; j++) {
        x[j] = ncf__midrad_point(j < n ? ncf__random_unit(&random) - 0.3 : 0.375);
        arb_set_d(q + j, j < n || scaled ? x[j].mid : 0);
    }
    arb_mul_2exp_si(q + n, q + n, exponent);
    reference_rates(rate, q, m, flow.degree, 200);
    ncf__tube_expand(&series, &flow, x, 0);
    for (slong j = 0; j < flow.state; j++) {
        ncf_midrad_t value = ncf__tube_value(&series, flow.rates[j])[0];
        agree = agree && meets(value, rate + j, j < n ? 0 : exponent) && value.radius < 1e-9;
    }
    ncf__tube_series_clear(&series);
    ncf__free(x);
    _arb_vec_clear(rate, n + 3);
    _arb_vec_clear(q, n + 3);
    ncf__tube_clear(&flow);
    return agree;
}

static const slong some[16] = {3, 4, -2, 5, 6, 7, 3, -4, 5, 2, 6, 3};

static void test_rates(void)
{
    static const slong widths[4][5] = {{2, 1, 1}, {2, 3, 1}, {2, 2, 1, 1}, {2, 2, 2, 1}};
    static const slong degrees[4][2] = {{2}, {3}, {2, 2}, {1, 3}};
    for (int k = 0; k < 4; k++) {
        model_t m;
        model_init(&m, k < 2 ? 2 : 3, widths[k], degrees[k], some, 10);
        CHECK_MSG(rates_agree(&m, 0, 0), "sphere flow of network %d", k);
        CHECK_MSG(rates_agree(&m, 1, -5), "training flow of network %d", k);
        CHECK_MSG(rates_agree(&m, 1, 3), "training flow of network %d", k);
        model_clear(&m);
    }
}

/* Tied weights, entries that are 1, and activations with a factor. */
static void test_other_networks(void)
{
    static const char *const networks[3] = {
        "{\"type\":\"convolution\",\"length\":5,\"layers\":[{\"channels\":2,\"kernel\":2,"
        "\"pooling\":2}],\"activation\":{\"type\":\"power\",\"degree\":2}}",
        "{\"type\":\"feedforward\",\"widths\":[5,2,2,1],\"activation\":"
        "{\"type\":\"polynomial\",\"coefficients\":[\"0\",\"0\",\"3/7\"]}}",
        "{\"type\":\"feedforward\",\"widths\":[5,2,1],\"activation\":"
        "{\"type\":\"polynomial\",\"coefficients\":[\"0\",\"1\",\"1\"]}}"};
    for (int k = 0; k < 3; k++) {
        model_t m;
        ncf_problem_t *problem = NULL;
        char *text =
            ncf__format("{\"ncf\":1,\"network\":%s,\"data\":{\"x\":[[1,2,-1,3,1],"
                        "[2,0,1,\"1/3\",-2]],\"y\":[1,\"-2/3\"]},\"loss\":\"square\"}",
                        networks[k]);
        int parsed = ncf_problem_parse(&problem, text, strlen(text), "p", "", NULL) == NCF_OK;
        ncf__free(text);
        CHECK(parsed);
        if (!parsed)
            continue;
        m.problem = *problem;
        CHECK(ncf__network_init(m.network, problem));
        m.n = m.network->unknowns;
        int sphere = rates_agree(&m, 0, 0), training = rates_agree(&m, 1, -3);
        ncf__network_clear(m.network);
        ncf_problem_free(problem);
        CHECK_MSG(sphere == (k < 2) && training == (k < 2), "network %d", k);
    }
}

/* ---- Derivatives as linear forms -------------------------------------------------- */

/* row . e, in long double: its own rounding is far below the bounds that are tested. */
static double form(const ncf_tube_series_t *series, slong node, slong k, const double *e,
                   slong m)
{
    long double sum = 0;
    for (slong i = 0; i < m && k <= FLOW_LINEAR; i++)
        sum += (long double) series->rows[(node * (FLOW_LINEAR + 1) + k) * series->width + i] *
               e[i];
    return (double) sum;
}

/*
 * Derivatives at random points y of a box in random directions e of the weights, which are the
 * coefficients of s from y + s e, against the linear forms of the box; counts what is outside
 * of them. rest becomes the largest rest over its norm.
 */
static int forms_stray(const model_t *m, double radius, double *share)
{
    ncf_tube_t flow;
    ncf_tube_series_t wide, thin;
    ncf_random_t random;
    int out = ncf__tube_init(&flow, &m->problem, m->network, 1, -2) != NULL;
    slong size = flow.state;
    ncf_midrad_t *x = ncf__calloc((FLOW_TURNS + 3) * (size_t) size, sizeof(*x));
    ncf_midrad_t *box = x + size, *y = box + size;
    double *e = ncf__calloc((size_t) size, sizeof(double));
    ncf__random_init(&random, ncf_test_seed(), 78);
    ncf__tube_series_init(&wide, &flow, 1, 0);
    ncf__tube_series_init(&thin, &flow, 0, FLOW_TURNS);
    for (slong j = 0; j < size; j++) {
        x[j] = ncf__midrad(ncf__random_unit(&random) - 0.3, radius);
        box[j] = ncf__midrad(0, ncf__random_unit(&random));
    }
    ncf__tube_set_weights(&wide, box, size);
    ncf__tube_expand(&wide, &flow, x, FLOW_DEGREE - 1);
    for (int sample = 0; sample < 6; sample++) {
        for (slong j = 0; j < size; j++) {
            double sign = sample % 2 == 0 ? 1 - 2 * (double) ncf__random_below(&random, 2)
                                          : 2 * ncf__random_unit(&random) - 1;
            y[j] = ncf__midrad_point(x[j].mid + sign * radius);
            e[j] = (sample < 3 ? sign : -sign) * box[j].radius;
            y[size + j] = ncf__midrad_point(e[j]);
        }
        ncf__tube_expand(&thin, &flow, y, FLOW_DEGREE - 1);
        for (slong node = 1; node < flow.count; node++) {
            slong last = node <= size ? FLOW_DEGREE : FLOW_DEGREE - 1;
            for (slong k = 0; k <= last; k++) {
                ncf_midrad_t exact = ncf__tube_turn(&thin, node, 1)[k];
                double rest = wide.rest[node * FLOW_STRIDE + k];
                double far = fabs(exact.mid - form(&wide, node, k, e, size));
                out += !(far <= rest + exact.radius + 1e-15 * fabs(exact.mid));
                if (k > 0 && k <= FLOW_LINEAR && node <= size)
                    *share = fmax(*share, rest / wide.norm[node * FLOW_STRIDE + k]);
            }
        }
    }
    ncf__tube_series_clear(&thin);
    ncf__tube_series_clear(&wide);
    ncf__free(e);
    ncf__free(x);
    ncf__tube_clear(&flow);
    return out;
}

static void test_forms(void)
{
    static const slong widths[3][4] = {{2, 3, 1}, {2, 2, 1, 1}, {2, 2, 2, 1}};
    static const slong degrees[3][2] = {{2}, {2, 2}, {1, 3}};
    for (int k = 0; k < 3; k++) {
        model_t m;
        double narrow = 0, wide = 0;
        model_init(&m, k < 1 ? 2 : 3, widths[k], degrees[k], some, 10);
        CHECK(forms_stray(&m, 0x1p-30, &narrow) == 0);
        CHECK_MSG(narrow < 1e-2, "rest is %g of the norm", narrow);
        CHECK(forms_stray(&m, 0x1p-5, &wide) == 0);
        model_clear(&m);
    }
}

/*
 * The intervals of the step for the coefficients of a^r of gamma(s + a), from those of gamma
 * in `thin`: counts the s in [-1, 1] at which one is outside.
 */
static int shifts_stray(const ncf_tube_work_t *work, slong size)
{
    int out = 0;
    for (int sample = 0; sample <= 8; sample++) {
        double s = 0.25 * sample - 1;
        for (slong j = 0; j < size; j++) {
            double shifted[FLOW_TURNS + 2] = {0};
            for (int r = FLOW_TURNS; r >= 0; r--) {
                for (int k = FLOW_TURNS + 1; k > 0; k--)
                    shifted[k] = shifted[k - 1] + s * shifted[k];
                shifted[0] = s * shifted[0] + ncf__tube_turn(&work->thin, 1 + j, r)[0].mid;
            }
            for (int r = 0; r <= FLOW_TURNS + 1; r++) {
                ncf_midrad_t bound = work->hull[r * size + j];
                out +=
                    !(fabs(shifted[r] - bound.mid) <= bound.radius + 1e-15 * fabs(bound.mid));
            }
        }
    }
    return out;
}

/*
 * Taylor's theorem in the parameter: the coefficients of t at gamma(s), gamma a polynomial,
 * are those of the powers of s at 0 up to FLOW_TURNS, and a multiple of s^(FLOW_TURNS + 1) in
 * the last one over all of gamma. Counts what is not so.
 */
static int turns_stray(const model_t *m, double length, double *share)
{
    ncf_tube_t flow;
    ncf_tube_set_t set;
    ncf_tube_work_t work;
    ncf_random_t random;
    int out = ncf__tube_init(&flow, &m->problem, m->network, 1, -2) != NULL;
    slong size = flow.state;
    ncf__random_init(&random, ncf_test_seed(), 81);
    ncf__tube_set_init(&set, &flow);
    ncf__tube_work_init(&work, &flow);
    for (slong j = 0; j < size; j++) {
        set.centre[j] = ncf__random_unit(&random) - 0.3;
        for (int r = 0; r < FLOW_TURNS; r++)
            set.column[r * size + j] = length * (ncf__random_unit(&random) - 0.5);
    }
    ncf__tube_step(&set, &work, &flow, 1); /* fills thin and wide; both are of the start */
    out += shifts_stray(&work, size);
    ncf_tube_series_t *at = &work.remainder;
    for (int sample = 0; sample <= 8; sample++) {
        double s = 0.25 * sample - 1;
        for (slong j = 0; j < size; j++) {
            double sum = 0;
            for (int r = FLOW_TURNS; r >= 0; r--)
                sum = sum * s + ncf__tube_turn(&work.thin, 1 + j, r)[0].mid;
            work.point[j] = ncf__midrad(sum, 0x1p-50);
        }
        ncf__tube_expand(at, &flow, work.point, FLOW_DEGREE - 1);
        for (slong place = 0; place < flow.count * FLOW_STRIDE; place++) {
            slong node = place / FLOW_STRIDE, k = place % FLOW_STRIDE;
            if (k > FLOW_DEGREE - (node > size))
                continue;
            ncf_midrad_t powers[FLOW_TURNS + 2], terms[FLOW_TURNS + 2];
            for (int r = 0; r <= FLOW_TURNS + 1; r++) {
                powers[r] = ncf__midrad_point(pow(s, r));
                terms[r] =
                    ncf__tube_turn(r > FLOW_TURNS ? &work.wide : &work.thin, node, r)[k];
            }
            ncf_midrad_t sum = ncf__tube_dot(powers, 1, terms, 1, FLOW_TURNS + 2);
            ncf_midrad_t value = ncf__tube_value(at, node)[k];
            out += !(fabs(sum.mid - value.mid) <= sum.radius + value.radius);
            if (k == 1 && node <= size)
                *share = fmax(*share, ncf__midrad_reach(terms[FLOW_TURNS + 1]) /
                                          fabs(ncf__tube_turn(&work.wide, node, 0)[k].mid));
        }
    }
    ncf__tube_work_clear(&work);
    ncf__tube_set_clear(&set);
    ncf__tube_clear(&flow);
    return out;
}

static void test_turns(void)
{
    static const slong widths[2][4] = {{2, 2, 1}, {2, 2, 1, 1}}, degrees[2][2] = {{3}, {2, 2}};
    for (int k = 0; k < 2; k++) {
        model_t m;
        double narrow = 0, wide = 0;
        model_init(&m, 2 + k, widths[k], degrees[k], some, 10);
        CHECK(turns_stray(&m, 0x1p-20, &narrow) == 0);
        CHECK_MSG(narrow < 1e-6, "the last terms are %g of the values", narrow);
        CHECK(turns_stray(&m, 0x1p-5, &wide) == 0);
        model_clear(&m);
    }
}

/* Every function of this machine against sums in another order and precision. */
static void test_combine(void)
{
    enum { TERMS = 37, WIDTH = 40 };
    double store[TERMS][WIDTH], factors[TERMS], weights[WIDTH], out[WIDTH];
    const double *rows[TERMS];
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 79);
    for (int t = 0; t < TERMS; t++) {
        rows[t] = store[t];
        factors[t] = ncf__random_unit(&random) - 0.5;
        for (int i = 0; i < WIDTH; i++)
            store[t][i] = ncf__random_unit(&random) - 0.5;
    }
    for (int i = 0; i < WIDTH; i++)
        weights[i] = ncf__random_unit(&random);
    for (int index = 0; ncf__tube_combine(index) != NULL; index++) {
        for (slong width = 8; width <= WIDTH; width += 8) {
            long double norm = 0;
            double got = ncf__tube_combine(index)(out, weights, factors, rows, TERMS, width);
            int wrong = 0;
            for (slong i = 0; i < width; i++) {
                long double sum = 0;
                for (int t = TERMS - 1; t >= 0; t--)
                    sum += (long double) factors[t] * store[t][i];
                norm += fabsl(sum) * weights[i];
                wrong += !(fabsl(sum - out[i]) < 1e-14L);
            }
            CHECK_MSG(wrong == 0 && fabsl(norm - got) < 1e-13L, "function %d, width %ld",
                      index, (long) width);
        }
    }
}

/* ---- Steps against a solution with more precision -------------------------------- */

/* One step of the classical method of order 4 with `parts` parts, 192 bits; n + 3 numbers. */
static void reference_step(arb_ptr x, const model_t *m, slong degree, double h, int parts)
{
    const slong prec = 192;
    slong size = m->n + 3;
    arb_ptr slope[4], at = _arb_vec_init(size);
    arb_t length, part;
    arb_init(length);
    arb_init(part);
    for (int k = 0; k < 4; k++)
        slope[k] = _arb_vec_init(size);
    arb_set_d(length, h);
    arb_div_si(length, length, parts, prec);
    for (int step = 0; step < parts; step++) {
        for (int k = 0; k < 4; k++) {
            _arb_vec_set(at, x, size);
            arb_mul_2exp_si(part, length, k == 3 ? 0 : -1);
            if (k > 0)
                _arb_vec_scalar_addmul(at, slope[k - 1], size, part, prec);
            reference_rates(slope[k], at, m, degree, prec);
        }
        for (int k = 0; k < 4; k++) {
            arb_div_si(part, length, k == 0 || k == 3 ? 6 : 3, prec);
            _arb_vec_scalar_addmul(x, slope[k], size, part, prec);
        }
        for (slong j = 0; j < size; j++)
            mag_zero(arb_radref(x + j));
    }
    for (int k = 0; k < 4; k++)
        _arb_vec_clear(slope[k], size);
    _arb_vec_clear(at, size);
    arb_clear(part);
    arb_clear(length);
}

/* Is x in ball + s slope, but for what the reference may be wrong by? */
static int line_holds(const arb_t ball, const arb_t slope, double s, const arb_t x)
{
    arb_t sum;
    arb_init(sum);
    arb_set_d(sum, s);
    arb_mul(sum, sum, slope, 200);
    arb_add(sum, sum, ball, 200);
    arb_sub(sum, sum, x, 200);
    arb_abs(sum, sum);
    arf_t least;
    arf_init(least);
    arb_get_lbound_arf(least, sum, 53);
    int holds = arf_cmp_d(least, 1e-12) < 0;
    arf_clear(least);
    arb_clear(sum);
    return holds;
}

/*
 * Is x a state of the set for the parameter s: beside the polynomial by no more than the box
 * and, turned, than the tilted box? The hull must hold it too, and the lines its rho and time.
 */
static int state_holds(const ncf_tube_set_t *set, arb_srcptr x, double s,
                       const ncf_tube_t *flow)
{
    slong m = set->m;
    int holds = 1;
    ncf_midrad_t *hull = ncf__calloc((size_t) m, sizeof(*hull));
    arb_ptr e = _arb_vec_init(m);
    arb_t sum, term;
    arb_init(sum);
    arb_init(term);
    ncf__tube_set_hull(hull, set);
    for (slong j = 0; j < m; j++) {
        slong exponent = j < flow->unknowns ? 0 : flow->exponent;
        arb_zero(sum);
        for (int r = FLOW_TURNS; r >= 0; r--) {
            arb_set_d(term, s);
            arb_mul(sum, sum, term, 200);
            arb_set_d(term, r == 0 ? set->centre[j] : set->column[(r - 1) * m + j]);
            arb_add(sum, sum, term, 200);
        }
        arb_mul_2exp_si(term, x + j, -exponent);
        arb_sub(e + j, term, sum, 200);
        holds = holds && meets(hull[j], x + j, exponent) && meets(set->box[j], e + j, 0);
    }
    for (slong i = 0; i < m; i++) {
        arb_zero(sum);
        for (slong j = 0; j < m; j++) {
            arb_set_d(term, set->frame[i * m + j]);
            arb_addmul(sum, term, e + j, 200);
        }
        holds = holds && meets(set->tilted[i], sum, 0);
    }
    holds = holds && line_holds(set->log_growth, set->growth_slope, s, x + flow->unknowns + 1);
    holds = holds && line_holds(set->rescaled, set->rescaled_slope, s, x + flow->unknowns + 2);
    arb_clear(term);
    arb_clear(sum);
    _arb_vec_clear(e, m);
    ncf__free(hull);
    return holds;
}

/*
 * Follows `samples` values of k in [0, 2 middle] beside the set; counts what leaves the set.
 * With `spoil` the boxes are made smaller than they are, which must be seen.
 */
static int strays(const model_t *m, double middle, int samples, int spoil, double *width)
{
    ncf_tube_t flow;
    ncf_tube_set_t set;
    ncf_tube_work_t work;
    slong n = m->n;
    int out = ncf__tube_init(&flow, &m->problem, m->network, 1, -4) != NULL, steps = 0;
    arb_ptr x = _arb_vec_init((n + 3) * samples);
    double norm = 0;
    ncf__tube_set_init(&set, &flow);
    ncf__tube_work_init(&work, &flow);
    for (slong j = 0; j < n; j++)
        norm += fmpq_get_d(m->start + j) * fmpq_get_d(m->start + j);
    for (slong j = 0; j <= n; j++) {
        set.centre[j] = j < n ? fmpq_get_d(m->start + j) / sqrt(norm) : middle;
        for (int k = 0; k < samples; k++)
            arb_set_d(x + k * (n + 3) + j, set.centre[j]);
    }
    set.column[n] = middle;
    for (int k = 0; k < samples; k++) {
        arb_set_d(x + k * (n + 3) + n, samples == 1 ? middle : 2 * middle * k / (samples - 1));
        arb_mul_2exp_si(x + k * (n + 3) + n, x + k * (n + 3) + n, -4);
    }
    for (; steps < 6 && out == 0; steps++) {
        double before = set.time;
        out += !ncf__tube_step(&set, &work, &flow, 1);
        for (slong j = 0; j < set.m && spoil; j++)
            set.box[j].radius = set.tilted[j].radius = 0x1p-70;
        for (int k = 0; k < samples; k++) {
            reference_step(x + k * (n + 3), m, flow.degree, set.time - before, 200);
            out += !state_holds(&set, x + k * (n + 3),
                                samples == 1 ? 0 : 2.0 * k / (samples - 1) - 1, &flow);
        }
    }
    for (slong j = 0; j < n; j++)
        *width = fmax(*width, set.box[j].radius);
    ncf__tube_work_clear(&work);
    ncf__tube_set_clear(&set);
    _arb_vec_clear(x, (n + 3) * samples);
    ncf__tube_clear(&flow);
    return out;
}

static void test_steps(void)
{
    static const slong widths[3][4] = {{2, 1, 1}, {2, 2, 1}, {2, 2, 1, 1}};
    static const slong degrees[3][2] = {{2}, {3}, {2, 2}};
    for (int k = 0; k < 3; k++) {
        model_t m;
        double thin = 0, wide = 0, spoilt = 0;
        model_init(&m, k < 2 ? 2 : 3, widths[k], degrees[k], some, 10);
        CHECK(strays(&m, 0, 1, 0, &thin) == 0);
        CHECK_MSG(thin < 1e-12, "the box has a radius of %g", thin);
        CHECK(strays(&m, 0.0625, 3, 0, &wide) == 0);
        CHECK_MSG(strays(&m, 0.0625, 3, 1, &spoilt) > 0,
                  "boxes that are too small are not seen");
        model_clear(&m);
    }
}

/*
 * Is a new box below the remainder of the series and the radii of its coefficients, or rho
 * narrower than its remainder?
 */
static int boxes_short(const ncf_tube_set_t *set, const ncf_tube_work_t *work,
                       const ncf_tube_t *flow)
{
    double rho = ncf__tube_value(&work->remainder, flow->mu)[FLOW_DEGREE].radius *
                 pow(set->time, FLOW_DEGREE + 1) / (FLOW_DEGREE + 1);
    int out = !(mag_get_d(arb_radref(set->log_growth)) >= rho * (1 - 1e-9));
    for (slong j = 0; j < set->m; j++) {
        double last = ncf__tube_value(&work->remainder, 1 + j)[FLOW_DEGREE + 1].radius;
        double least = pow(set->time, FLOW_DEGREE + 1) * last;
        for (int r = 0; r <= FLOW_TURNS; r++)
            least += ncf__tube_dot(work->powers, 1, ncf__tube_turn(&work->thin, 1 + j, r), 1,
                                   FLOW_DEGREE + 1)
                         .radius;
        out += !(set->box[j].radius >= least * (1 - 1e-9));
    }
    return out;
}

/*
 * One step from sets without a box, centre + s column, for some s: counts the states that are
 * not in the new set. The columns and the centre are as long as said; before the step rho is
 * s slope.
 */
static int line_strays(const model_t *m, double centre, double length, double longest,
                       slong slope)
{
    static const double places[5] = {-1, -0.5, 0, 0.75, 1};
    ncf_tube_t flow;
    ncf_tube_set_t set;
    ncf_tube_work_t work;
    ncf_random_t random;
    int out = ncf__tube_init(&flow, &m->problem, m->network, 1, 0) != NULL;
    slong size = flow.state;
    arb_ptr x = _arb_vec_init(5 * (size + 2));
    arb_t term;
    arb_init(term);
    ncf__random_init(&random, ncf_test_seed(), 82);
    ncf__tube_set_init(&set, &flow);
    ncf__tube_work_init(&work, &flow);
    arb_set_si(set.growth_slope, slope);
    for (slong j = 0; j < size; j++) {
        set.centre[j] = centre * (ncf__random_unit(&random) - 0.3);
        set.column[j] = length * (ncf__random_unit(&random) - 0.5);
    }
    for (int k = 0; k < 5; k++) {
        for (slong j = 0; j <= size; j++) {
            arb_ptr number = x + k * (size + 2) + j;
            arb_set_d(number, j < size ? set.column[j] : (double) slope);
            arb_set_d(term, places[k]);
            arb_mul(number, number, term, 200);
            arb_set_d(term, j < size ? set.centre[j] : 0);
            arb_add(number, number, term, 200);
        }
    }
    out += !ncf__tube_step(&set, &work, &flow, longest);
    out += boxes_short(&set, &work, &flow);
    for (int k = 0; k < 5; k++) {
        reference_step(x + k * (size + 2), m, flow.degree, set.time, 200);
        out += !state_holds(&set, x + k * (size + 2), places[k], &flow);
    }
    ncf__tube_work_clear(&work);
    ncf__tube_set_clear(&set);
    arb_clear(term);
    _arb_vec_clear(x, 5 * (size + 2));
    ncf__tube_clear(&flow);
    return out;
}

/*
 * What is in the boxes after the step, one thing at a time: columns of 2^-12 allow a long step
 * whose Taylor remainder is far above the roundings; those of 2^-5 make rho a curve in s; near
 * the state 0 nothing is left but roundings of the columns; and slopes of rho before a short
 * step are in the rescaled time alone.
 */
static void test_lines(void)
{
    static const slong widths[2][4] = {{2, 2, 1}, {2, 2, 1, 1}}, degrees[2][2] = {{2}, {2, 2}};
    for (int k = 0; k < 2; k++) {
        model_t m;
        model_init(&m, 2 + k, widths[k], degrees[k], some, 10);
        CHECK(line_strays(&m, 1, 0x1p-12, 1, 0) == 0);
        CHECK(line_strays(&m, 1, 0x1p-5, 1, 0) == 0);
        CHECK(line_strays(&m, 0, 0x1p-40, 1, 0) == 0);
        CHECK(line_strays(&m, 1, 0, 0x1p-8, 0) == 0);
        CHECK(line_strays(&m, 1, 0, 0x1p-8, 1) == 0);
        model_clear(&m);
    }
}

/*
 * q . u over a set with columns and boxes: random states and those that are farthest; with one
 * part of the set alone its bound is reached.
 */
static void test_along(void)
{
    enum { N = 4, M = 5 };
    static const double places[3] = {-1, 0.5, 1};
    ncf_tube_set_t set;
    ncf_tube_t flow = {.state = M};
    ncf_random_t random;
    double u[N];
    int out = 0, loose = 0;
    arb_ptr centre = _arb_vec_init(N);
    arb_t along, rho, time;
    arb_init(along);
    arb_init(rho);
    arb_init(time);
    ncf__random_init(&random, ncf_test_seed(), 83);
    for (int part = 0; part <= FLOW_TURNS + 1; part++) { /* a column, the box, everything */
        ncf__tube_set_init(&set, &flow);
        for (slong j = 0; j < M; j++) {
            set.centre[j] = ncf__random_unit(&random) - 0.5;
            for (int r = 0; r < FLOW_TURNS; r++)
                if (part == r || part > FLOW_TURNS)
                    set.column[r * M + j] = ncf__random_unit(&random) - 0.5;
            if (part >= FLOW_TURNS)
                set.box[j].radius = ncf__random_unit(&random);
            if (j < N)
                arb_set_d(centre + j, u[j] = ncf__random_unit(&random) - 0.5);
        }
        ncf__tube_set_along(along, &set, centre, N, 128);
        double low = INFINITY, high = -INFINITY;
        for (int sample = 0; sample < 6; sample++) {
            double s = places[sample % 3], sum = 0;
            for (slong j = 0; j < N; j++) {
                double sign = (sample < 3) == (u[j] > 0) ? 1 : -1;
                double q = set.centre[j] + sign * set.box[j].radius;
                for (int r = 0; r < FLOW_TURNS; r++)
                    q += pow(s, r + 1) * set.column[r * M + j];
                sum += q * u[j];
            }
            low = fmin(low, sum);
            high = fmax(high, sum);
        }
        double middle = arf_get_d(arb_midref(along), ARF_RND_NEAR);
        double reach = mag_get_d(arb_radref(along));
        out +=
            !(fabs(low - middle) <= reach + 1e-14) || !(fabs(high - middle) <= reach + 1e-14);
        loose += part <= FLOW_TURNS &&
                 fmax(fabs(low - middle), fabs(high - middle)) < reach * (1 - 1e-6);
        arb_set_d(set.growth_slope, -0.25);
        arb_set_d(set.rescaled_slope, 0.5);
        ncf__tube_set_growth(rho, time, &set);
        out += fabs(mag_get_d(arb_radref(rho)) - 0.25) > 1e-6;
        out += fabs(mag_get_d(arb_radref(time)) - 0.5) > 1e-6;
        ncf__tube_set_clear(&set);
    }
    arb_clear(time);
    arb_clear(rho);
    arb_clear(along);
    _arb_vec_clear(centre, N);
    CHECK(out == 0);
    CHECK(loose == 0);
}

/* The states of a piece of scales: both ends, exactly, at s = -1 and s = 1. */
static void test_scales(void)
{
    model_t m;
    ncf_tube_t flow;
    ncf_tube_set_t set;
    ncf_random_t random;
    static const slong widths[3] = {2, 1, 1}, degrees[1] = {2};
    int out = 0;
    model_init(&m, 2, widths, degrees, some, 10);
    CHECK(ncf__tube_init(&flow, &m.problem, m.network, 1, -4) == NULL);
    ncf__tube_set_init(&set, &flow);
    ncf__random_init(&random, ncf_test_seed(), 80);
    for (int k = 0; k < 200; k++) {
        double ends[2], part = ncf__random_unit(&random);
        ends[1] = ldexp(1 + ncf__random_unit(&random), -(int) ncf__random_below(&random, 300));
        ends[0] = k % 3 == 0   ? 0
                  : k % 3 == 1 ? ends[1] * part
                               : ends[1] * (1 - 0x1p-30 * part);
        ncf__tube_set_scales(&set, ends[0], ends[1]);
        for (int side = 0; side < 2; side++) {
            long double far = (long double) set.centre[3] - ends[side];
            far += side == 0 ? -(long double) set.column[3] : (long double) set.column[3];
            out += !(fabsl(far) <= set.box[3].radius) ||
                   !(set.tilted[3].radius >= set.box[3].radius);
        }
    }
    ncf__tube_set_clear(&set);
    ncf__tube_clear(&flow);
    model_clear(&m);
    CHECK(out == 0);
}

/*
 * Steps from a box: the flow from each of its corners is in the new hull, and the new box is
 * not below the remainder of the series. Counts what is not so.
 */
static int corner_strays(const model_t *m, double radius)
{
    ncf_tube_t flow;
    ncf_tube_set_t set;
    ncf_tube_work_t work;
    slong size = m->n + 1;
    int out = ncf__tube_init(&flow, &m->problem, m->network, 1, 0) != NULL;
    arb_ptr x = _arb_vec_init(size + 2);
    double norm = 0, centre[8];
    for (slong j = 0; j < m->n; j++)
        norm += fmpq_get_d(m->start + j) * fmpq_get_d(m->start + j);
    for (slong j = 0; j < size; j++)
        centre[j] = j < m->n ? fmpq_get_d(m->start + j) / sqrt(norm) : 0.25;
    for (int corner = -1; corner < 1 << size; corner++) {
        ncf__tube_set_init(&set, &flow);
        ncf__tube_work_init(&work, &flow);
        _arb_vec_zero(x + size, 2);
        for (slong j = 0; j < size; j++) {
            double sign = corner < 0 ? 0 : corner >> j & 1 ? 1 : -1;
            set.centre[j] = centre[j];
            set.box[j] = set.tilted[j] = ncf__midrad(0, radius);
            arb_set_d(x + j, centre[j] + sign * radius);
        }
        out += !ncf__tube_step(&set, &work, &flow, 1);
        reference_step(x, m, flow.degree, set.time, 200);
        out += !state_holds(&set, x, 0, &flow);
        for (slong j = 0; j < size; j++) {
            double last = ncf__tube_value(&work.remainder, 1 + j)[FLOW_DEGREE + 1].radius;
            out += !(set.box[j].radius >= pow(set.time, FLOW_DEGREE + 1) * last * (1 - 1e-9));
        }
        ncf__tube_work_clear(&work);
        ncf__tube_set_clear(&set);
    }
    _arb_vec_clear(x, size + 2);
    ncf__tube_clear(&flow);
    return out;
}

static void test_corners(void)
{
    static const slong widths[3] = {2, 1, 1}, degrees[2] = {2, 3};
    for (int k = 0; k < 2; k++) {
        model_t m;
        model_init(&m, 2, widths, degrees + k, some, 10);
        CHECK(corner_strays(&m, 0) == 0);
        CHECK(corner_strays(&m, 0x1p-7) == 0);
        model_clear(&m);
    }
}

/*
 * The box that is not left: a remainder that is wider than the box is refused, and so is a
 * piece of k so wide that the flow leaves; a step that is taken from the same set passes.
 */
static void test_inclusion(void)
{
    static const slong widths[3] = {2, 2, 1}, degrees[1] = {2};
    model_t m;
    ncf_tube_t flow;
    ncf_tube_set_t set;
    ncf_tube_work_t work;
    double excess[5];
    int inside[5];
    model_init(&m, 2, widths, degrees, some, 10);
    CHECK(ncf__tube_init(&flow, &m.problem, m.network, 1, 0) == NULL);
    ncf__tube_set_init(&set, &flow);
    ncf__tube_work_init(&work, &flow);
    for (slong j = 0; j < m.n; j++)
        set.centre[j] = fmpq_get_d(m.start + j);
    for (int k = 0; k < 5; k++) {
        const double steps[5] = {0x1p-10, 0x1p-3, 1, 0x1p-10, 0x1p-10};
        const double sizes[5] = {0x1p-20, 0x1p-300, 0x1p-20, 0x1p-20, 0x1p-20};
        ncf__tube_set_scales(&set, 0, k == 3 ? 0x1p12 : k == 4 ? INFINITY : 0x1p-10);
        ncf__tube_set_hull(work.hull, &set);
        memset(work.hull + flow.state, 0,
               (FLOW_TURNS + 1) * (size_t) flow.state * sizeof(*work.hull));
        ncf__tube_expand(&work.wide, &flow, work.hull, FLOW_DEGREE - 1);
        inside[k] = ncf__tube_encloses(&excess[k], &work, &flow, steps[k], sizes[k]);
    }
    ncf__tube_work_clear(&work);
    ncf__tube_set_clear(&set);
    ncf__tube_clear(&flow);
    model_clear(&m);
    CHECK(inside[0] && excess[0] <= 1);
    CHECK(!inside[1] && excess[1] > 1);
    CHECK(!inside[2] && !inside[3] && !inside[4]);
}

/*
 * Longer and longer steps: where the remainder on the box that is not to be left is finite
 * and reaches beyond it, the step is refused; such steps there are.
 */
static void test_reach(void)
{
    static const slong widths[3] = {2, 2, 1}, degrees[1] = {2};
    model_t m;
    ncf_tube_t flow;
    ncf_tube_set_t set;
    ncf_tube_work_t work;
    int proved = 0, beyond = 0, wrong = 0;
    model_init(&m, 2, widths, degrees, some, 10);
    CHECK(ncf__tube_init(&flow, &m.problem, m.network, 1, 0) == NULL);
    ncf__tube_set_init(&set, &flow);
    ncf__tube_work_init(&work, &flow);
    for (slong j = 0; j < m.n; j++)
        set.centre[j] = fmpq_get_d(m.start + j);
    ncf__tube_set_scales(&set, 0, 0x1p-20);
    ncf__tube_set_hull(work.hull, &set);
    ncf__tube_expand(&work.wide, &flow, work.hull, FLOW_DEGREE - 1);
    for (double h = 0x1p-12; h < 1; h *= 1.03) {
        double excess;
        int inside = ncf__tube_encloses(&excess, &work, &flow, h, 0x1p-30), far = 0;
        for (slong j = 0; j < flow.state; j++) {
            ncf_midrad_t last = ncf__tube_value(&work.remainder, 1 + j)[FLOW_DEGREE + 1];
            double reach = 0.5 * pow(h, FLOW_DEGREE + 1) * ncf__midrad_reach(last);
            double room = work.around[j].radius - work.range[j].radius;
            far += isfinite(reach) && isfinite(room) && reach > 1.01 * room;
        }
        proved += inside;
        beyond += far > 0;
        wrong += inside && far > 0;
    }
    ncf__tube_work_clear(&work);
    ncf__tube_set_clear(&set);
    ncf__tube_clear(&flow);
    model_clear(&m);
    CHECK(wrong == 0);
    CHECK_MSG(proved > 0 && beyond > 0, "%d steps are proved, %d reach beyond", proved,
              beyond);
}

/* ---- The statements --------------------------------------------------------------- */

static double angle_to(const double *w, const model_t *m, double *norm)
{
    double along = 0, square = 0;
    for (slong j = 0; j < m->n; j++) {
        along += w[j] * arf_get_d(arb_midref(m->point.point + j), ARF_RND_NEAR);
        square += w[j] * w[j];
    }
    *norm = sqrt(square);
    return acos(fmin(along / *norm, 1));
}

static void loss_descent(double *out, const double *w, const model_t *m)
{
    slong points = m->problem.points, d = m->network->inputs;
    double x[32], r[16], h;
    for (slong i = 0; i < points; i++) {
        for (slong j = 0; j < d; j++)
            x[i * d + j] = fmpq_get_d(fmpq_mat_entry(m->problem.x, i, j));
    }
    for (slong i = 0; i < points; i++) {
        double one = 1;
        ncf__network_eval_double(&h, NULL, NULL, w, m->network, x + i * d, &one, 1);
        r[i] = fmpq_get_d(fmpq_mat_entry(m->problem.y, i, 0)) - h;
    }
    ncf__network_eval_double(NULL, out, NULL, w, m->network, x, r, points);
}

/*
 * The training flow of the loss itself in the weights themselves, by the classical method: is
 * there a moment in the ranges of rescaled time and growth at which the angle is that of the
 * cap?
 */
static int training_enters(const model_t *m, const ncf_validated_flow_t *flow, double delta,
                           double tangent, slong degree)
{
    double w[16], at[16], slope[4][16], norm, time = 0, end;
    int enters = 0;
    arb_t late;
    arb_init(late);
    arb_get_ubound_arf(arb_midref(late), flow->uniform_time, 53);
    end = arf_get_d(arb_midref(late), ARF_RND_UP);
    arb_clear(late);
    for (slong j = 0; j < m->n; j++)
        w[j] = fmpq_get_d(m->start + j);
    angle_to(w, m, &norm);
    for (slong j = 0; j < m->n; j++)
        w[j] *= delta / norm;
    double h = end / 2000, scale = pow(delta, (double) (2 - degree));
    for (; time <= end * 1.001; time += h) {
        arb_t ratio, now;
        arb_init(ratio);
        arb_init(now);
        double angle = angle_to(w, m, &norm);
        arb_set_d(ratio, norm / delta);
        arb_set_d(now, time);
        arb_add_error_2exp_si(ratio, -20);
        mag_set_d(arb_radref(now), 2 * h);
        enters = enters || (tan(angle) <= tangent * 1.0001 &&
                            arb_overlaps(flow->uniform_growth, ratio) &&
                            arb_overlaps(flow->uniform_time, now));
        arb_clear(now);
        arb_clear(ratio);
        for (int k = 0; k < 4; k++) {
            for (slong j = 0; j < m->n; j++)
                at[j] = w[j] + (k == 0 ? 0 : (k == 3 ? 1 : 0.5) * h * scale * slope[k - 1][j]);
            loss_descent(slope[k], at, m);
        }
        for (slong j = 0; j < m->n; j++)
            w[j] += h * scale / 6 *
                    (slope[0][j] + 2 * slope[1][j] + 2 * slope[2][j] + slope[3][j]);
    }
    return enters;
}

static void test_statements(void)
{
    static const slong widths[3][4] = {{2, 1, 1}, {2, 2, 1}, {2, 1, 1, 1}};
    static const slong degrees[3][2] = {{2}, {3}, {2, 2}}, homogeneity[3] = {3, 4, 7};
    static const double parts[4] = {1, 0.7, 0.1, 0.01};
    for (int k = 0; k < 3; k++) {
        model_t m;
        ncf_validated_flow_t flow;
        ncf_validated_options_t options = {.uniform = 1, .max_pieces = 8};
        int enter = 0;
        model_init(&m, k < 2 ? 2 : 3, widths[k], degrees[k], some, 10);
        ncf__validated_flow_init(&flow);
        ncf__validated_flow(&flow, &m.problem, m.network, m.start, m.point.point, 0.25,
                            &options);
        int proved = ncf_is_proved(flow.enters), uniform = ncf_is_proved(flow.uniform);
        int above = flow.delta >= 0.3 * flow.delta_guess && flow.delta <= flow.delta_guess;
        for (int i = 0; i < 4 && uniform; i++)
            enter += training_enters(&m, &flow, parts[i] * flow.delta, 0.25, homogeneity[k]);
        ncf__validated_flow_clear(&flow);
        model_clear(&m);
        CHECK(proved);
        CHECK(uniform);
        CHECK(above);
        CHECK_MSG(enter == 4, "only %d of 4 scales are seen to enter, case %d", enter, k);
    }
}

/*
 * Pieces that are not proved do not count: with no more steps than the sphere flow takes, the
 * scales that are proved end where the first piece with so few steps does.
 */
static void test_failed_pieces(void)
{
    static const slong widths[3] = {2, 2, 1}, degrees[1] = {2};
    model_t m;
    ncf_validated_flow_t flow;
    ncf_validated_options_t options = {.uniform = 1, .max_pieces = 1};
    model_init(&m, 2, widths, degrees, some, 10);
    ncf__validated_flow_init(&flow);
    ncf__validated_flow(&flow, &m.problem, m.network, m.start, m.point.point, 0.25, NULL);
    options.max_steps = flow.steps;
    ncf__validated_flow(&flow, &m.problem, m.network, m.start, m.point.point, 0.25, &options);
    slong failed = flow.attempts - flow.pieces, pieces = flow.pieces,
          steps = flow.uniform_steps;
    double delta = flow.delta, guess = flow.delta_guess;
    int uniform = ncf_is_proved(flow.uniform);
    ncf__validated_flow_clear(&flow);
    model_clear(&m);
    CHECK_MSG(failed > 0 && pieces <= 1, "%ld failed, %ld pieces", (long) failed,
              (long) pieces);
    CHECK(steps <= (failed + pieces) * options.max_steps);
    CHECK(uniform == (pieces == 1) && (delta > 0) == uniform);
    /* each failure halves the piece, which is an interval of delta^3 */
    CHECK_MSG(fabs(pow(delta / guess, 3) * pow(2, (double) failed) - uniform) < 1e-6,
              "%g of %g after %ld failures", delta, guess, (long) failed);
}

/*
 * A centre that is known badly: that the middle of a ball is in the cap proves nothing, at the
 * start or later.
 */
static void test_centre(void)
{
    static const slong widths[3] = {2, 2, 1}, degrees[1] = {2};
    model_t m;
    ncf_validated_flow_t flow;
    double q[8], norm, angle;
    model_init(&m, 2, widths, degrees, some, 10);
    for (slong j = 0; j < m.n; j++) {
        q[j] = fmpq_get_d(m.start + j);
        arb_add_error_2exp_si(m.point.point + j, -10);
    }
    angle = angle_to(q, &m, &norm);
    ncf__validated_flow_init(&flow);
    ncf__validated_flow(&flow, &m.problem, m.network, m.start, m.point.point,
                        tan(angle) * (1 + 1e-6), NULL);
    int proved = ncf_is_proved(flow.enters), later = flow.sphere_time > 0;
    double least =
        arf_get_d(arb_midref(flow.along), ARF_RND_DOWN) - mag_get_d(arb_radref(flow.along));
    ncf__validated_flow_clear(&flow);
    model_clear(&m);
    CHECK(proved && later);
    CHECK_MSG(least >= cos(angle) - 1e-6, "%g, but the edge is %g", least, cos(angle));
}

/* Nothing is claimed for the opposite point, a cap without angle, no start, an unknown centre.
 */
static void test_refusals(void)
{
    static const slong widths[3] = {2, 2, 1}, degrees[1] = {2};
    model_t m;
    ncf_validated_flow_t flow;
    ncf_validated_options_t options = {.uniform = 1, .max_pieces = 1};
    int claims = 0, kept = 0;
    model_init(&m, 2, widths, degrees, some, 10);
    ncf__validated_flow_init(&flow);
    arb_ptr centre = _arb_vec_init(m.n);
    fmpq *zero = _fmpq_vec_init(m.n);
    const fmpq *starts[4] = {m.start, m.start, zero, m.start};
    const double tangents[4] = {0.1, -1, 0.1, 0.1};
    for (int k = 0; k < 4; k++) {
        for (slong j = 0; j < m.n; j++) {
            arb_set(centre + j, m.point.point + j);
            if (k == 0)
                arb_neg(centre + j, centre + j);
            if (k == 3)
                arb_indeterminate(centre + j);
        }
        ncf__validated_flow(&flow, &m.problem, m.network, starts[k], centre, tangents[k],
                            &options);
        claims += ncf_is_proved(flow.enters) || ncf_is_proved(flow.uniform) ||
                  flow.delta > 0 || flow.reason == NULL || flow.uniform_reason == NULL;
    }
    /* The weights of the NCF are y / 2 for the logistic loss: its sphere flow is treated. */
    m.problem.loss = NCF_LOSS_LOGISTIC;
    ncf__validated_flow(&flow, &m.problem, m.network, m.start, m.point.point, 0.1, &options);
    kept = ncf_is_proved(flow.enters) && ncf_is_undecided(flow.uniform);
    _fmpq_vec_clear(zero, m.n);
    _arb_vec_clear(centre, m.n);
    ncf__validated_flow_clear(&flow);
    model_clear(&m);
    CHECK(claims == 0);
    CHECK(kept);
}

int main(void)
{
    static const ncf_test_t tests[] = {{"rates", test_rates},
                                       {"other networks", test_other_networks},
                                       {"linear forms", test_forms},
                                       {"turns", test_turns},
                                       {"rows", test_combine},
                                       {"steps", test_steps},
                                       {"lines", test_lines},
                                       {"along", test_along},
                                       {"scales", test_scales},
                                       {"corners", test_corners},
                                       {"inclusion", test_inclusion},
                                       {"reach", test_reach},
                                       {"centre", test_centre},
                                       {"failed pieces", test_failed_pieces},
                                       {"statements", test_statements},
                                       {"refusals", test_refusals},
                                       {NULL, NULL}};
    return ncf_test_main("validated", tests);
}
