/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * cover_line.c: the proof of one line in balls. Newton's method from a double point,
 * then Krawczyk's test (T-KRAWCZYK) for G_j = g_j - e_j g_k, j != k, in chart k.
 */
#include "cover_internal.h"

#include <math.h>

void ncf__cover_record_init(ncf_cover_record_t *record, slong dimension)
{
    record->chart = 0;
    record->e = _arb_vec_init(dimension);
    arb_init(record->mu);
}

void ncf__cover_record_clear(ncf_cover_record_t *record, slong dimension)
{
    arb_clear(record->mu);
    _arb_vec_clear(record->e, dimension);
}

typedef struct {
    const ncf_tensor_struct *tensor;
    const arb_mat_struct *points;
    slong chart, variables, prec;
    arb_ptr e;          /* the point or box, e_chart = 1 */
    arb_ptr gradient;   /* g */
    arb_mat_t second;   /* T e^{m-2} */
    arb_mat_t residual; /* G, v x 1 */
    arb_mat_t jacobian; /* v x v */
    arb_mat_t inverse;  /* Y, exact */
    arb_mat_t step;     /* v x 1 */
} chart_system_t;

static void system_init(chart_system_t *s, slong chart, const ncf_tensor_t tensor,
                        const arb_mat_t points, slong prec)
{
    slong n = tensor->dimension, v = n - 1;
    s->tensor = tensor;
    s->points = points;
    s->chart = chart;
    s->variables = v;
    s->prec = prec;
    s->e = _arb_vec_init(n);
    s->gradient = _arb_vec_init(n);
    arb_mat_init(s->second, n, n);
    arb_mat_init(s->residual, v, 1);
    arb_mat_init(s->jacobian, v, v);
    arb_mat_init(s->inverse, v, v);
    arb_mat_init(s->step, v, 1);
}

static void system_clear(chart_system_t *s)
{
    arb_mat_clear(s->step);
    arb_mat_clear(s->inverse);
    arb_mat_clear(s->jacobian);
    arb_mat_clear(s->residual);
    arb_mat_clear(s->second);
    _arb_vec_clear(s->gradient, s->variables + 1);
    _arb_vec_clear(s->e, s->variables + 1);
}

static slong coordinate(const chart_system_t *s, slong l)
{
    return l + (l >= s->chart);
}

/* dG_j/dx_l = (m-1) (T_jl - e_j T_kl) - delta_jl g_k with T_jl of T e^{m-2}. */
static void evaluate(chart_system_t *s)
{
    slong k = s->chart;
    arb_t product;
    arb_init(product);
    ncf__tensor_eval(NULL, s->gradient, s->second, s->e, s->tensor, s->points, s->prec);
    for (slong j = 0; j < s->variables; j++) {
        slong cj = coordinate(s, j);
        arb_mul(product, s->e + cj, s->gradient + k, s->prec);
        arb_sub(arb_mat_entry(s->residual, j, 0), s->gradient + cj, product, s->prec);
        for (slong l = 0; l < s->variables; l++) {
            slong cl = coordinate(s, l);
            arb_ptr entry = arb_mat_entry(s->jacobian, j, l);
            arb_mul(product, s->e + cj, arb_mat_entry(s->second, k, cl), s->prec);
            arb_sub(entry, arb_mat_entry(s->second, cj, cl), product, s->prec);
            arb_mul_si(entry, entry, s->tensor->order - 1, s->prec);
            if (j == l)
                arb_sub(entry, entry, s->gradient + k, s->prec);
        }
    }
    arb_clear(product);
}

/* e -= Y G at the exact point e with Y the rounded inverse; 0 when that fails. */
static int newton_step(chart_system_t *s)
{
    evaluate(s);
    if (!arb_mat_inv(s->inverse, s->jacobian, s->prec))
        return 0;
    arb_mat_get_mid(s->inverse, s->inverse);
    arb_mat_mul(s->step, s->inverse, s->residual, s->prec);
    int finite = 1;
    for (slong j = 0; j < s->variables; j++) {
        arb_ptr x = s->e + coordinate(s, j);
        arb_sub(x, x, arb_mat_entry(s->step, j, 0), s->prec);
        arb_get_mid_arb(x, x);
        finite = finite && arb_is_finite(x);
    }
    return finite;
}

/* Y and Y G at the exact point e; 0 when the Jacobian is not regular there. */
static int prepare_test(chart_system_t *s)
{
    evaluate(s);
    if (!arb_mat_inv(s->inverse, s->jacobian, s->prec))
        return 0;
    arb_mat_get_mid(s->inverse, s->inverse);
    arb_mat_mul(s->step, s->inverse, s->residual, s->prec);
    return 1;
}

/*
 * B = p + [-r, r]^v, K = p - Y G(p) + (I - Y G'(B)) [-r, r]^v. When every component of
 * K lies in the interior of that of B, exactly one zero is in B, and it is in K.
 * On success e holds K.
 */
static int krawczyk(chart_system_t *s)
{
    slong v = s->variables, r = -s->prec / 2;
    if (!prepare_test(s))
        return 0;
    arb_ptr p = _arb_vec_init(v);
    arb_mat_t contraction, radius;
    arb_mat_init(contraction, v, v);
    arb_mat_init(radius, v, 1);
    for (slong j = 0; j < v; j++) {
        arb_ptr x = s->e + coordinate(s, j);
        arb_set(p + j, x);
        mag_set_ui_2exp_si(arb_radref(arb_mat_entry(radius, j, 0)), 1, r);
        mag_set_ui_2exp_si(arb_radref(x), 1, r);
    }
    evaluate(s);
    arb_mat_mul(contraction, s->inverse, s->jacobian, s->prec);
    arb_mat_neg(contraction, contraction);
    for (slong j = 0; j < v; j++)
        arb_add_si(arb_mat_entry(contraction, j, j), arb_mat_entry(contraction, j, j), 1,
                   s->prec);
    arb_mat_mul(radius, contraction, radius, s->prec);
    int inside = 1;
    for (slong j = 0; j < v; j++) {
        arb_ptr k = arb_mat_entry(radius, j, 0), x = s->e + coordinate(s, j);
        arb_sub(k, k, arb_mat_entry(s->step, j, 0), s->prec);
        arb_add(k, k, p + j, s->prec);
        inside = inside && arb_is_finite(k) && arb_contains_interior(x, k);
        arb_set(x, k);
    }
    arb_mat_clear(radius);
    arb_mat_clear(contraction);
    _arb_vec_clear(p, v);
    return inside;
}

/* mu = T q^m with q = e/|e|. */
static void eigenvalue(arb_t mu, const chart_system_t *s)
{
    arb_t norm;
    arb_init(norm);
    ncf__tensor_eval(mu, NULL, NULL, s->e, s->tensor, s->points, s->prec);
    arb_dot(norm, NULL, 0, s->e, 1, s->e, 1, s->variables + 1, s->prec);
    arb_sqrt(norm, norm, s->prec);
    arb_pow_ui(norm, norm, (ulong) s->tensor->order, s->prec);
    arb_div(mu, mu, norm, s->prec);
    arb_clear(norm);
}

/* A box of doubles around the coordinates of a record other than that of the chart. */
static void outward(ncf_cover_box_t *box, const chart_system_t *s)
{
    arf_t bound;
    arf_init(bound);
    for (slong j = 0; j < COVER_VARIABLES; j++) {
        box->low[j] = box->high[j] = 0;
        if (j >= s->variables)
            continue;
        arb_get_lbound_arf(bound, s->e + coordinate(s, j), s->prec);
        box->low[j] = arf_get_d(bound, ARF_RND_FLOOR);
        arb_get_ubound_arf(bound, s->e + coordinate(s, j), s->prec);
        box->high[j] = arf_get_d(bound, ARF_RND_CEIL);
    }
    arf_clear(bound);
}

int ncf__cover_prove(ncf_cover_record_t *record, const double *x, slong chart,
                     const ncf_tensor_t tensor, const arb_mat_t points, slong prec)
{
    enum { NEWTON_STEPS = 8 }; /* from about 20 bits to several hundred */
    chart_system_t s;
    system_init(&s, chart, tensor, points, prec);
    arb_one(s.e + chart);
    int good = 1;
    for (slong j = 0; j < s.variables; j++) {
        arb_set_d(s.e + coordinate(&s, j), x[j]);
        good = good && isfinite(x[j]);
    }
    for (int i = 0; good && i < NEWTON_STEPS; i++)
        good = newton_step(&s);
    good = good && krawczyk(&s);
    if (good) {
        record->chart = chart;
        _arb_vec_set(record->e, s.e, tensor->dimension);
        eigenvalue(record->mu, &s);
        outward(&record->x, &s);
    }
    system_clear(&s);
    return good;
}
