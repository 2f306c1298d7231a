/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * cap_idle.c: what idle weights can take away from Phi (T-CAP I): N(q + p) and its derivative along
 * u as polynomials in the idle weights p, with intervals over a box of q as coefficients.
 */
#include "cap_internal.h"

#include <math.h>
#include <string.h>

#define MAX_MONOMIALS 20000

/* ---- Classes of monomials --------------------------------------------------------- */

/* family[i]: the row of the matrix in which idle weight i occurs first, by number. */
static slong set_families(slong *family, const ncf_cap_idle_t *idle)
{
    const ncf_layers_t *layers = &idle->model->network->layers;
    slong count = 0;
    for (slong i = 0; i < idle->count; i++)
        family[i] = -1;
    for (slong l = 1; l <= layers->depth; l++) {
        slong rows = layers->widths[l], columns = layers->widths[l - 1];
        for (slong r = 0; r < rows; r++) {
            int found = 0;
            for (slong k = r * columns; k < (r + 1) * columns; k++) {
                slong at = layers->ties[l - 1] == NULL ? layers->offsets[l - 1] + k
                                                       : layers->ties[l - 1][k];
                if (at < 0 || idle->variable[at] == 0 || family[idle->variable[at] - 1] >= 0)
                    continue;
                family[idle->variable[at] - 1] = count;
                found = 1;
            }
            count += found;
        }
    }
    for (slong i = 0; i < idle->count; i++)
        NCF_REQUIRE(family[i] >= 0); /* each weight occurs in a matrix */
    return count;
}

/*
 * The degrees of monomial k in the families, and the share of its square: prod over the families
 * of beta! / d! over its weights, times prod (d / degree)^d.
 */
static double share_of(slong *degrees, const ncf_cap_monomials_t *set, slong k,
                       const slong *family, slong families)
{
    double share = 1;
    slong exponents[NCF_CAP_MAX_DEGREE + 1];
    NCF_REQUIRE(set->variables <= NCF_CAP_MAX_DEGREE);
    ncf__cap_monomial_exponents(exponents, set, k);
    for (slong g = 0; g < families; g++)
        degrees[g] = 0;
    for (slong i = 0; i < set->variables; i++) {
        for (slong e = 1; e <= exponents[i]; e++)
            share *= (double) e / (double) ++degrees[family[i]];
    }
    for (slong g = 0; g < families; g++) {
        for (slong e = 0; e < degrees[g]; e++)
            share *= (double) degrees[g] / (double) set->degree[k];
    }
    return share * (1 + 0x1p-40); /* 4 * 100 roundings at most */
}

static void classify(ncf_cap_idle_t *idle)
{
    const ncf_cap_monomials_t *set = &idle->set;
    slong *family = ncf__malloc(2 * (size_t) idle->count, sizeof(*family));
    slong *degrees = family + idle->count, families = set_families(family, idle);
    slong *classes = ncf__malloc((size_t) set->count, (size_t) families * sizeof(*classes));
    idle->class_of = ncf__malloc((size_t) set->count, sizeof(*idle->class_of));
    idle->share = ncf__malloc((size_t) set->count, sizeof(*idle->share));
    idle->class_count = 0;
    for (slong k = 0; k < set->count; k++) {
        slong match = idle->class_count - 1;
        idle->share[k] = share_of(degrees, set, k, family, families);
        while (match >= 0 &&
               memcmp(classes + match * families, degrees, (size_t) families * sizeof(slong)) != 0)
            match--;
        if (match < 0) {
            match = idle->class_count++;
            memcpy(classes + match * families, degrees, (size_t) families * sizeof(slong));
        }
        idle->class_of[k] = (int32_t) match;
    }
    idle->squares = ncf__malloc((size_t) idle->class_count, sizeof(*idle->squares));
    ncf__free(classes);
    ncf__free(family);
}

static void pass_init(ncf_cap_idle_t *idle)
{
    const ncf_layers_t *layers = &idle->model->network->layers;
    ncf_cap_pass_t *p = &idle->pass;
    p->widest = 1;
    for (slong l = 0; l <= layers->depth; l++)
        p->widest = FLINT_MAX(p->widest, layers->widths[l]);
    p->b = ncf__calloc(4 * (size_t) p->widest, sizeof(*p->b));
    p->db = p->b + p->widest;
    p->a = p->db + p->widest;
    p->da = p->a + p->widest;
    p->weight = ncf__malloc((size_t) idle->count + 1, sizeof(*p->weight));
    ncf__cap_poly_set(&p->one, ncf__midrad_point(1));
}

static void pass_clear(ncf_cap_pass_t *p)
{
    ncf_cap_poly_t *single[] = {&p->power, &p->one, &p->factor, &p->value, &p->slope, &p->f};
    for (slong k = 0; k < 4 * p->widest; k++)
        ncf__cap_poly_clear(p->b + k);
    for (int k = 0; k < 6; k++)
        ncf__cap_poly_clear(single[k]);
    ncf__free(p->weight);
    ncf__free(p->b);
}

int ncf__cap_idle_init(ncf_cap_idle_t *idle, const ncf_cap_model_t *model, double max_work)
{
    slong n = model->network->unknowns, count = n - model->active_count;
    memset(idle, 0, sizeof(*idle));
    if (model->network->layers.depth == 0 || count == 0 || count > NCF_CAP_MAX_DEGREE ||
        ncf__cap_monomials_count(count, model->degree, MAX_MONOMIALS) > MAX_MONOMIALS)
        return 0;
    idle->model = model;
    idle->count = count;
    idle->variable = ncf__calloc((size_t) n, sizeof(*idle->variable));
    for (slong c = 0, next = 0, k = 0; c < n; c++) {
        if (next < model->active_count && model->active[next] == c)
            next++;
        else
            idle->variable[c] = ++k;
    }
    ncf__cap_monomials_init(&idle->set, count, model->degree);
    ncf__cap_sums_init(&idle->sums, &idle->set, max_work);
    ncf__cap_sums_init(idle->total, &idle->set, INFINITY);
    ncf__cap_sums_init(idle->total + 1, &idle->set, INFINITY);
    classify(idle);
    pass_init(idle);
    return 1;
}

void ncf__cap_idle_clear(ncf_cap_idle_t *idle)
{
    pass_clear(&idle->pass);
    ncf__free(idle->squares);
    ncf__free(idle->share);
    ncf__free(idle->class_of);
    ncf__cap_sums_clear(idle->total + 1);
    ncf__cap_sums_clear(idle->total);
    ncf__cap_sums_clear(&idle->sums);
    ncf__cap_monomials_clear(&idle->set);
    ncf__free(idle->variable);
}

/* ---- Layers ----------------------------------------------------------------------- */

/* b = W a and db = W da + U a, row r of layer l; U is what u is in the place of W. */
static void apply_row(ncf_cap_idle_t *idle, const ncf_midrad_t *q, slong l, slong r)
{
    ncf_cap_pass_t *p = &idle->pass;
    const ncf_layers_t *layers = &idle->model->network->layers;
    slong columns = layers->widths[l - 1];
    for (int derivative = 0; derivative < 2; derivative++) {
        for (slong c = 0; c < columns; c++) {
            slong k = r * columns + c;
            slong at = layers->ties[l - 1] == NULL ? layers->offsets[l - 1] + k
                                                   : layers->ties[l - 1][k];
            const ncf_cap_poly_t *in = derivative ? p->da + c : p->a + c;
            if (at == NCF_TIE_ONE)
                ncf__cap_add_product(&idle->sums, &p->one, in);
            if (at < 0)
                continue;
            memset(p->weight, 0, ((size_t) idle->count + 1) * sizeof(*p->weight));
            p->weight[0] = q[at];
            if (idle->variable[at] > 0)
                p->weight[idle->variable[at]] = ncf__midrad_point(1);
            ncf__cap_add_affine(&idle->sums, p->weight, in);
            if (derivative) {
                ncf__cap_poly_set(&p->factor, idle->model->u[at]);
                ncf__cap_add_product(&idle->sums, &p->factor, p->a + c);
            }
        }
        ncf__cap_sums_get(derivative ? p->db + r : p->b + r, &idle->sums);
    }
}

/* a = c b^p and da = c p b^(p-1) db, unit r after layer l. */
static void activate(ncf_cap_idle_t *idle, slong l, slong r)
{
    ncf_cap_pass_t *p = &idle->pass;
    const ncf_layers_t *layers = &idle->model->network->layers;
    slong degree = ncf__activation_monomial(layers->activations + l - 1);
    ncf_midrad_t c = ncf__midrad_point(1);
    if (layers->constants[l - 1].count > 0)
        c = ncf__midrad_from_fmpq(layers->constants[l - 1].exact + degree, 0);
    ncf__cap_poly_set(&p->power, c);
    for (slong k = 1; k < degree; k++) {
        ncf__cap_add_product(&idle->sums, p->b + r, &p->power);
        ncf__cap_sums_get(&p->power, &idle->sums);
    }
    ncf__cap_add_product(&idle->sums, p->b + r, &p->power);
    ncf__cap_sums_get(p->a + r, &idle->sums);
    ncf__cap_add_product(&idle->sums, p->db + r, &p->power);
    ncf__cap_sums_get(p->da + r, &idle->sums);
    for (slong k = 0; k < p->da[r].count; k++)
        p->da[r].x[k] = ncf__midrad_mul(p->da[r].x[k], ncf__midrad_point((double) degree));
}

static void add_point(ncf_cap_idle_t *idle, const ncf_midrad_t *q, slong i)
{
    ncf_cap_pass_t *p = &idle->pass;
    const ncf_cap_model_t *model = idle->model;
    const ncf_layers_t *layers = &model->network->layers;
    for (slong c = 0; c < layers->widths[0]; c++) {
        ncf__cap_poly_set(p->a + c, model->x[i * layers->widths[0] + c]);
        ncf__cap_poly_set(p->da + c, ncf__midrad_zero());
    }
    for (slong l = 1; l <= layers->depth; l++) {
        for (slong r = 0; r < layers->widths[l]; r++)
            apply_row(idle, q, l, r);
        for (slong r = 0; r < layers->widths[l] && l < layers->depth; r++)
            activate(idle, l, r);
    }
    ncf__cap_poly_set(&p->factor, model->z[i]);
    ncf__cap_add_product(idle->total, &p->factor, p->b);
    ncf__cap_add_product(idle->total + 1, &p->factor, p->db);
}

/* All products were added up: none is left out before the work is above its limit. */
static int is_complete(const ncf_cap_idle_t *idle)
{
    return idle->sums.work <= idle->sums.max_work;
}

/* pass.value = N(q + p) and pass.slope = u . grad N(q + p) as polynomials in p, where it is complete. */
static void expand(ncf_cap_idle_t *idle, const ncf_midrad_t *q)
{
    for (slong i = 0; i < idle->model->points && is_complete(idle); i++)
        add_point(idle, q, i);
    ncf__cap_sums_get(&idle->pass.value, idle->total);
    ncf__cap_sums_get(&idle->pass.slope, idle->total + 1);
}

/* ---- The bound -------------------------------------------------------------------- */

/*
 * sum[k] += a bound of the part of degree k of f over |p| = 1, k = 2 .. L, for p of idle weights. Returns 0
 * where f has a part of degree 1.
 */
static int add_sizes(ncf_midrad_t *sum, const ncf_cap_idle_t *idle, const ncf_cap_poly_t *f)
{
    double error = 1 + 8 * (double) (f->count + 8) * NCF_MIDRAD_UNIT;
    for (slong k = 0; k < f->count; k++)
        idle->squares[idle->class_of[f->at[k]]] = 0;
    for (slong k = 0; k < f->count; k++) {
        slong at = f->at[k];
        double size = ncf__midrad_reach(f->x[k]);
        if (idle->set.degree[at] == 1 && !(size == 0))
            return 0;
        idle->squares[idle->class_of[at]] += size * size * idle->share[at];
    }
    for (slong k = 0; k < f->count; k++) {
        double *square = idle->squares + idle->class_of[f->at[k]];
        if (*square < 0) /* counted already; a NaN is not */
            continue;
        ncf_midrad_t size = ncf__midrad(0, sqrt(*square) * error);
        slong degree = idle->set.degree[f->at[k]];
        sum[degree] = ncf__midrad_add(sum[degree], size);
        *square = -1;
    }
    return 1;
}

/* pass.f = square slope - L along value, of which Phi(q + p) is pass.f + |p|^2 slope. */
static void combine(ncf_cap_idle_t *idle, ncf_midrad_t square, ncf_midrad_t along)
{
    ncf_cap_pass_t *p = &idle->pass;
    ncf__cap_poly_set(&p->factor, square);
    ncf__cap_add_product(&idle->sums, &p->factor, &p->slope);
    along = ncf__midrad_mul(along, ncf__midrad_point(-(double) idle->model->degree));
    ncf__cap_poly_set(&p->factor, along);
    ncf__cap_add_product(&idle->sums, &p->factor, &p->value);
    ncf__cap_sums_get(&p->f, &idle->sums);
}

double ncf__cap_idle_slope(ncf_cap_idle_t *idle, const ncf_midrad_t *q, ncf_midrad_t square,
                           ncf_midrad_t along, double reach)
{
    slong degree = idle->model->degree;
    const ncf_cap_poly_t *slope = &idle->pass.slope;
    ncf_midrad_t *sizes = ncf__calloc(2 * (size_t) degree + 2, sizeof(*sizes));
    ncf_midrad_t *slopes = sizes + degree + 1, first = ncf__midrad_zero(), loss = first;
    double out = -INFINITY;
    expand(idle, q);
    combine(idle, square, along);
    for (slong k = 0; k < slope->count; k++) {
        if (slope->at[k] == 0)
            first = slope->x[k];
    }
    if (is_complete(idle) && add_sizes(sizes, idle, &idle->pass.f) && add_sizes(slopes, idle, slope)) {
        ncf_midrad_t power = ncf__midrad_point(1), r = ncf__midrad(0, reach);
        for (slong k = 0; k <= degree; k++) { /* power: reach^k */
            if (k + 2 <= degree)
                loss = ncf__midrad_add(loss, ncf__midrad_mul(power, sizes[k + 2]));
            if (k > 0)
                loss = ncf__midrad_add(loss, ncf__midrad_mul(power, slopes[k]));
            power = ncf__midrad_mul(power, r);
        }
        double size = fabs(first.mid) + first.radius + ncf__midrad_reach(loss);
        out = first.mid - (first.radius + ncf__midrad_reach(loss)) - size * 4 * NCF_MIDRAD_UNIT;
    }
    ncf__free(sizes);
    return isfinite(out) ? out : -INFINITY;
}
