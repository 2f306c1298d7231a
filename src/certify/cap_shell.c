/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * cap_shell.c: a cap that is proved is extended outwards (T-CAP H, I): the directions of the active
 * weights are covered by boxes on the faces of a cube, on which Phi is bounded with the network's
 * own gradients in intervals, without any expansion at u.
 */
#include "cap_internal.h"

#include <math.h>
#include <string.h>

#define FINEST 0x1p-24 /* half a side of a box */

/* ---- The model -------------------------------------------------------------------- */

void ncf__cap_model_init(ncf_cap_model_t *model, const ncf_certified_point_t *point,
                         const struct ncf_problem *problem,
                         const ncf_network_struct *network, slong degree)
{
    slong n = network->unknowns, d = network->inputs, points = problem->points, exponent = 0, s = 0;
    fmpq_mat_t z;
    fmpq_mat_init(z, points, 1);
    ncf__problem_weights(z, problem);
    model->network = network;
    model->degree = degree;
    model->points = points;
    model->x = ncf__malloc((size_t) (points * d) + 1, sizeof(*model->x));
    model->z = ncf__malloc((size_t) points + 1, sizeof(*model->z));
    model->u = ncf__malloc((size_t) n, sizeof(*model->u));
    model->active = ncf__malloc((size_t) n, sizeof(*model->active));
    model->active_count = 0;
    exponent = ncf__cap_scale(point->point + n);
    for (slong i = 0; i < points; i++) {
        if (network->layers.depth > 0)
            s = ncf__cap_point_exponent(problem, i);
        slong shift = s == 0 ? 0 : s * ncf__cap_input_degree(&network->layers);
        for (slong c = 0; c < d; c++)
            model->x[i * d + c] = ncf__midrad_from_fmpq(fmpq_mat_entry(problem->x, i, c), -s);
        model->z[i] = ncf__midrad_from_fmpq(fmpq_mat_entry(z, i, 0), exponent + shift);
    }
    for (slong c = 0; c < n; c++) {
        int idle = point->zero[c] == 1; /* T-ZEROS */
        model->u[c] = idle ? ncf__midrad_zero() : ncf__midrad_from_arb(point->point + c, 0);
        if (!idle)
            model->active[model->active_count++] = c;
    }
    fmpq_mat_clear(z);
}

void ncf__cap_model_clear(ncf_cap_model_t *model)
{
    ncf__free(model->active);
    ncf__free(model->u);
    ncf__free(model->z);
    ncf__free(model->x);
}

/* ---- Boxes ------------------------------------------------------------------------ */

/* Sides of a box are powers of two, and its corners multiples of them: exact doubles. */
typedef struct {
    const ncf_cap_model_t *m;
    ncf_cap_idle_t *idle;            /* NULL: there are no idle weights */
    const ncf_limits_t *limits;
    ncf_midrad_t inner, outer;       /* 1 + t^2 at both tangents */
    double *stack;                   /* depth boxes of 2 k doubles, k = active_count */
    slong depth, room;
    double *c, *r;                   /* k: the box that is looked at, midpoint and radii */
    ncf_midrad_t *q, *centre;        /* n: the box, its midpoint */
    ncf_midrad_t *g, *h;             /* n: gradient, Hessian times u */
    double *spread;                  /* k: how much a side adds to the width of Phi */
    double work;
} shell_t;

static double low_end(ncf_midrad_t a)
{
    return a.mid - a.radius - ncf__midrad_reach(a) * 4 * NCF_MIDRAD_UNIT; /* NaN: nothing */
}

static ncf_midrad_t dot(const ncf_midrad_t *a, const ncf_midrad_t *b, const ncf_cap_model_t *m)
{
    double mid = 0, size = 0, reach = 0;
    for (slong j = 0; j < m->active_count; j++) {
        ncf_midrad_t x = a[m->active[j]], y = b[m->active[j]];
        double product = x.mid * y.mid;
        mid += product;
        size += fabs(product);
        reach += ncf__midrad_reach(x) * ncf__midrad_reach(y);
    }
    return ncf__midrad_sum(mid, size, reach, m->active_count);
}

static ncf_midrad_t times(double factor, ncf_midrad_t a)
{
    return ncf__midrad_mul(ncf__midrad_point(factor), a);
}

/*
 * A lower bound of |q|^2 - factor (q . u)^2 on the box (sign 1) or of factor (q . u)^2 - |q|^2 (sign -1).
 */
static double excess(const shell_t *s, ncf_midrad_t factor, double sign)
{
    const ncf_cap_model_t *m = s->m;
    ncf_midrad_t along = dot(s->centre, m->u, m), square = dot(s->centre, s->centre, m);
    ncf_midrad_t scaled = ncf__midrad_mul(factor, along), slopes = ncf__midrad_zero();
    ncf_midrad_t reach = ncf__midrad_zero(), radii = ncf__midrad_zero();
    for (slong j = 0; j < m->active_count; j++) {
        ncf_midrad_t u = m->u[m->active[j]], r = ncf__midrad(0, s->r[j]);
        ncf_midrad_t slope = ncf__midrad_add(s->centre[m->active[j]],
                                             times(-1, ncf__midrad_mul(scaled, u)));
        slopes = ncf__midrad_add(slopes, ncf__midrad_mul(r, times(2, slope)));
        reach = ncf__midrad_add(reach, ncf__midrad_mul(r, u));
        radii = ncf__midrad_add(radii, ncf__midrad_mul(r, r));
    }
    ncf_midrad_t value = ncf__midrad_add(square, times(-1, ncf__midrad_mul(scaled, along)));
    ncf_midrad_t second = sign > 0 ? ncf__midrad_mul(factor, ncf__midrad_mul(reach, reach)) : radii;
    ncf_midrad_t loss = ncf__midrad_add(slopes, ncf__midrad(0, ncf__midrad_reach(second)));
    return low_end(ncf__midrad_add(times(sign, value), ncf__midrad(0, ncf__midrad_reach(loss))));
}

/* A lower bound of Phi for the active weights on the box by the mean value form. */
static double bound_active(shell_t *s)
{
    const ncf_cap_model_t *m = s->m;
    const ncf_network_struct *network = m->network;
    double degree = (double) m->degree;
    ncf_midrad_t value, square = dot(s->q, s->q, m), along = dot(s->q, m->u, m), at, sum;
    ncf__network_eval_midrad(&value, s->g, NULL, s->q, network, m->x, m->z, m->points);
    ncf__network_hvp_midrad(s->h, s->q, m->u, network, m->x, m->z, m->points);
    ncf_midrad_t climb = dot(s->g, m->u, m);
    sum = ncf__midrad_zero();
    for (slong j = 0; j < m->active_count; j++) {
        slong c = m->active[j];
        ncf_midrad_t slope = ncf__midrad_mul(times(2, s->q[c]), climb);
        slope = ncf__midrad_add(slope, ncf__midrad_mul(square, s->h[c]));
        slope = ncf__midrad_add(slope, times(-degree, ncf__midrad_mul(s->g[c], along)));
        slope = ncf__midrad_add(slope, times(-degree, ncf__midrad_mul(value, m->u[c])));
        s->spread[j] = slope.radius * s->r[j];
        sum = ncf__midrad_add(sum, ncf__midrad_mul(ncf__midrad(0, s->r[j]), slope));
    }
    ncf__network_eval_midrad(&value, s->g, NULL, s->centre, network, m->x, m->z, m->points);
    at = ncf__midrad_mul(dot(s->centre, s->centre, m), dot(s->g, m->u, m));
    at = ncf__midrad_add(at, times(-degree, ncf__midrad_mul(value, dot(s->centre, m->u, m))));
    return low_end(ncf__midrad_add(at, ncf__midrad(0, ncf__midrad_reach(sum))));
}

static void load(shell_t *s, const double *box)
{
    const ncf_cap_model_t *m = s->m;
    for (slong j = 0; j < m->active_count; j++) {
        slong c = m->active[j];
        s->c[j] = box[2 * j];
        s->r[j] = box[2 * j + 1];
        s->centre[c] = ncf__midrad_point(s->c[j]);
        s->q[c] = s->r[j] == 0 ? s->centre[c] : ncf__midrad(s->c[j], s->r[j]);
    }
}

/* Phi > 0 on the part of the shell over the box; else `active` says what fell short. */
static int is_settled(shell_t *s, int *active)
{
    const ncf_cap_model_t *m = s->m;
    double work = (double) (m->network->unknowns * m->points), low = 0;
    *active = 0;
    if (excess(s, s->outer, 1) > 0)
        return 1; /* beyond the cap */
    ncf_midrad_t along = dot(s->q, m->u, m);
    if (along.mid + along.radius < 0)
        return 1;
    int inside = low_end(along) > 0 && excess(s, s->inner, -1) > 0;
    if (inside && s->idle == NULL)
        return 1;
    if (!inside) {
        s->work -= 3 * work;
        low = bound_active(s);
        *active = 1;
        if (!(low > 0))
            return 0;
    }
    if (s->idle == NULL)
        return 1;
    double most = -excess(s, s->outer, 1), before = s->idle->sums.work; /* of |p|^2 */
    double slope = ncf__cap_idle_slope(s->idle, s->q, dot(s->q, s->q, m), along,
                                       sqrt(most) * (1 + 4 * NCF_MIDRAD_UNIT));
    s->work -= s->idle->sums.work - before + work;
    *active = 0;
    return slope > 0 || (!inside && low + slope * most * (1 + 8 * NCF_MIDRAD_UNIT) > 0);
}

/* Phi < 0 at the midpoint, seen in the last evaluation: no refinement helps. */
static int is_hopeless(const shell_t *s)
{
    const ncf_cap_model_t *m = s->m;
    double square = 0, along = 0, climb = 0, value = 0;
    for (slong j = 0; j < m->active_count; j++) {
        slong c = m->active[j];
        square += s->c[j] * s->c[j];
        along += s->c[j] * m->u[c].mid;
        climb += s->g[c].mid * m->u[c].mid;
        value += s->g[c].mid * s->c[j]; /* L N, Euler */
    }
    return along > 0 && square < s->outer.mid * along * along &&
           square * climb - value * along < 0;
}

static void push(shell_t *s, const double *box)
{
    slong k = 2 * s->m->active_count;
    if (s->depth == s->room) {
        s->room = 2 * s->room + 64;
        s->stack = ncf__realloc(s->stack, (size_t) s->room, (size_t) k * sizeof(double));
    }
    memcpy(s->stack + s->depth++ * k, box, (size_t) k * sizeof(double));
}

/* The side whose bisection helps most; -1 when the box is too small for more. */
static slong side_to_split(const shell_t *s, int active)
{
    slong best = -1;
    double most = 0;
    for (slong j = 0; j < s->m->active_count; j++) {
        double size = active ? s->spread[j] : s->r[j];
        if (s->r[j] > FINEST && size > most) {
            best = j;
            most = size;
        }
    }
    for (slong j = 0; j < s->m->active_count && best < 0; j++) {
        if (s->r[j] > FINEST)
            best = j;
    }
    return best;
}

static int settle_all(shell_t *s)
{
    slong k = s->m->active_count;
    double *box = ncf__malloc(2 * (size_t) k, sizeof(double));
    int proved = 1, active;
    while (proved && s->depth > 0) {
        memcpy(box, s->stack + --s->depth * 2 * k, 2 * (size_t) k * sizeof(double));
        load(s, box);
        s->work -= 16 * (double) k;
        if (is_settled(s, &active))
            continue;
        slong j = side_to_split(s, active);
        proved = j >= 0 && s->work > 0 && !(active && is_hopeless(s)) &&
                 ncf__limit_reached(s->limits) == NCF_LIMIT_NONE;
        if (!proved)
            break;
        box[2 * j + 1] /= 2;
        box[2 * j] -= box[2 * j + 1];
        push(s, box);
        box[2 * j] += 2 * box[2 * j + 1];
        push(s, box);
    }
    ncf__free(box);
    return proved;
}

/* The faces of the cube: every direction meets one of them. */
static void push_faces(shell_t *s)
{
    slong k = s->m->active_count;
    double *box = ncf__malloc(2 * (size_t) k, sizeof(double));
    for (slong face = 0; face < 2 * k; face++) {
        for (slong j = 0; j < k; j++) {
            box[2 * j] = 0;
            box[2 * j + 1] = 1;
        }
        box[face / 2 * 2] = face % 2 == 0 ? 1 : -1;
        box[face / 2 * 2 + 1] = 0;
        push(s, box);
    }
    ncf__free(box);
}

/* 1 + t^2 */
static ncf_midrad_t secant_square(double t)
{
    ncf_midrad_t x = ncf__midrad_point(t);
    return ncf__midrad_add(ncf__midrad_point(1), ncf__midrad_mul(x, x));
}

/* idle weights are exact zeros in q and centre */
static void shell_init(shell_t *s, const ncf_cap_model_t *model, ncf_cap_idle_t *idle,
                       double inner, double outer, const ncf_limits_t *limits)
{
    slong n = model->network->unknowns, k = model->active_count;
    NCF_REQUIRE(idle != NULL || k == n);
    *s = (shell_t){.m = model, .idle = idle, .limits = limits};
    s->inner = secant_square(inner);
    s->outer = secant_square(outer);
    s->c = ncf__malloc(3 * (size_t) k, sizeof(double));
    s->r = s->c + k;
    s->spread = s->r + k;
    s->q = ncf__calloc(4 * (size_t) n, sizeof(*s->q));
    s->centre = s->q + n;
    s->g = s->centre + n;
    s->h = s->g + n;
}

static void shell_clear(shell_t *s)
{
    ncf__free(s->q);
    ncf__free(s->c);
    ncf__free(s->stack);
}

int ncf__cap_shell(const ncf_cap_model_t *model, ncf_cap_idle_t *idle, double inner,
                   double outer, double *work, const ncf_limits_t *limits)
{
    shell_t s;
    shell_init(&s, model, idle, inner, outer, limits);
    s.work = *work;
    push_faces(&s);
    int proved = settle_all(&s);
    *work = s.work;
    shell_clear(&s);
    return proved;
}

int ncf__cap_box_is_settled(const ncf_cap_model_t *model, ncf_cap_idle_t *idle, double inner,
                            double outer, const double *box)
{
    shell_t s;
    int active;
    shell_init(&s, model, idle, inner, outer, NULL);
    load(&s, box);
    int settled = is_settled(&s, &active);
    shell_clear(&s);
    return settled;
}
