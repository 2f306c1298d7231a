/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * taylor_program.c: the right-hand side of a training flow as a list of operations on power
 * series: sums of multiples, sums of products, and exp-like functions through the differential
 * equations that they satisfy. Coefficient k of every series needs coefficients up to k of
 * those before it, and up to k - 1 where a chain looks ahead.
 */
#include "taylor.h"

#include <string.h>

/* ---- Growing a program ------------------------------------------------------------- */

static void *grow(void *array, slong count, slong *room, size_t size)
{
    if (count < *room)
        return array;
    *room = 2 * *room + 64;
    return ncf__realloc(array, (size_t) *room, size);
}

static slong new_series(ncf_program_t *program)
{
    return program->series_count++;
}

static slong new_constant(ncf_program_t *program, const fmpq_t value)
{
    program->constants = grow(program->constants, program->constant_count,
                              &program->constant_room, sizeof(arb_struct));
    arb_ptr c = program->constants + program->constant_count;
    arb_init(c);
    arb_set_fmpq(c, value, program->prec);
    mag_zero(arb_radref(c));
    return program->constant_count++;
}

static slong integer_constant(ncf_program_t *program, slong value)
{
    fmpq_t q;
    fmpq_init(q);
    fmpq_set_si(q, value, 1);
    slong c = new_constant(program, q);
    fmpq_clear(q);
    return c;
}

/* Begins an operation; the terms that are added next are its own. */
static slong begin(ncf_program_t *program, ncf_series_kind_t kind)
{
    program->ops = grow(program->ops, program->op_count, &program->op_room,
                        sizeof(ncf_series_op_t));
    slong out = new_series(program);
    program->ops[program->op_count++] =
        (ncf_series_op_t){kind, out, program->term_count, 0};
    return out;
}

/* A linear term c x (x < 0: the constant c), a product x y, or the data of a chain. */
static void add_term(ncf_program_t *program, slong x, slong y, slong c)
{
    program->terms = grow(program->terms, program->term_count, &program->term_room,
                          sizeof(ncf_series_term_t));
    program->terms[program->term_count++] = (ncf_series_term_t){x, y, c};
    program->ops[program->op_count - 1].count++;
}

static slong product(ncf_program_t *program, slong x, slong y)
{
    slong out = begin(program, NCF_SERIES_PRODUCTS);
    add_term(program, x, y, 0);
    return out;
}

static slong multiple(ncf_program_t *program, slong x, slong c)
{
    slong out = begin(program, NCF_SERIES_LINEAR);
    add_term(program, x, 0, c);
    return out;
}

/* x^e, e >= 1, by the powers below it. */
static slong raise_series(ncf_program_t *program, slong x, ulong e)
{
    slong out = x;
    for (ulong k = 1; k < e; k++)
        out = product(program, out, x);
    return out;
}

/* ---- Layers ------------------------------------------------------------------------ */

/* The series of one part; unit (l, j) of point i is at [starts[l] + j] of its own block. */
typedef struct {
    const ncf_network_struct *network;
    slong units;     /* of all layers of one point, and a 1 */
    slong *a, *slope, *delta; /* points x units */
    slong *starts;   /* K + 1 */
} grid_t;

static void grid_init(grid_t *grid, const ncf_network_struct *network, slong points)
{
    const ncf_layers_t *layers = &network->layers;
    memset(grid, 0, sizeof(*grid));
    grid->network = network;
    grid->starts = ncf__calloc((size_t) layers->depth + 1, sizeof(slong));
    for (slong l = 0; l <= layers->depth; l++) {
        grid->starts[l] = grid->units;
        grid->units += layers->widths[l];
    }
    size_t count = (size_t) (points * grid->units);
    grid->a = ncf__calloc(count, sizeof(slong));
    grid->slope = ncf__calloc(count, sizeof(slong));
    grid->delta = ncf__calloc(count, sizeof(slong));
}

static void grid_clear(grid_t *grid)
{
    ncf__free(grid->starts);
    ncf__free(grid->a);
    ncf__free(grid->slope);
    ncf__free(grid->delta);
}

/* The weight at entry (r, c) of W_l, or one of the two ties. */
static slong entry_of(const ncf_network_struct *network, slong l, slong r, slong c)
{
    const ncf_layers_t *layers = &network->layers;
    slong k = r * layers->widths[l - 1] + c;
    slong tie = layers->ties[l - 1] == NULL ? layers->offsets[l - 1] + k : layers->ties[l - 1][k];
    return tie >= 0 ? tie + network->first : tie;
}

/* Sets a = s(b) and the slope s'(b). */
static void activate(ncf_program_t *program, grid_t *grid, slong l, slong at, slong b)
{
    const ncf_constants_t *c = grid->network->layers.constants + l - 1;
    slong p = grid->network->layers.activations[l - 1].degree;
    slong *powers = ncf__malloc((size_t) p + 1, sizeof(slong));
    powers[1] = b;
    for (slong k = 2; k <= p; k++)
        powers[k] = product(program, powers[k - 1], b);
    grid->a[at] = powers[p];
    if (c->count > 0) {
        grid->a[at] = begin(program, NCF_SERIES_LINEAR);
        add_term(program, -1, 0, new_constant(program, c->exact));
        for (slong k = 1; k <= p; k++)
            add_term(program, powers[k], 0, new_constant(program, c->exact + k));
    }
    fmpq_t slope;
    fmpq_init(slope);
    grid->slope[at] = begin(program, NCF_SERIES_LINEAR);
    for (slong k = c->count > 0 ? 1 : p; k <= p; k++) {
        fmpq_set_si(slope, k, 1);
        if (c->count > 0)
            fmpq_mul(slope, slope, c->exact + k);
        add_term(program, k == 1 ? -1 : powers[k - 1], 0, new_constant(program, slope));
    }
    fmpq_clear(slope);
    ncf__free(powers);
}

/* inputs: constants x_ij of the point. weights: the series of all weights. */
static slong weighted_sum(ncf_program_t *program, const grid_t *grid, slong point, slong l,
                          slong row, const slong *inputs, const slong *weights)
{
    slong columns = grid->network->layers.widths[l - 1], one = integer_constant(program, 1);
    const slong *a = grid->a + point * grid->units + grid->starts[l - 1];
    slong products = begin(program, l == 1 ? NCF_SERIES_LINEAR : NCF_SERIES_PRODUCTS);
    for (slong c = 0; c < columns; c++) {
        slong w = entry_of(grid->network, l, row, c);
        if (w >= 0)
            add_term(program, weights[w], l == 1 ? 0 : a[c], l == 1 ? inputs[c] : 0);
    }
    slong out = begin(program, NCF_SERIES_LINEAR);
    add_term(program, products, 0, one);
    for (slong c = 0; c < columns; c++) {
        if (entry_of(grid->network, l, row, c) == NCF_TIE_ONE)
            add_term(program, l == 1 ? -1 : a[c], 0, l == 1 ? inputs[c] : one);
    }
    return out;
}

/* Returns H at the point. */
static slong forward_layers(ncf_program_t *program, grid_t *grid, slong point,
                            const slong *inputs, const slong *weights)
{
    const ncf_layers_t *layers = &grid->network->layers;
    slong b = -1;
    for (slong l = 1; l <= layers->depth; l++) {
        for (slong j = 0; j < layers->widths[l]; j++) {
            b = weighted_sum(program, grid, point, l, j, inputs, weights);
            if (l < layers->depth)
                activate(program, grid, l, point * grid->units + grid->starts[l] + j, b);
        }
    }
    return b;
}

static void reverse_layers(ncf_program_t *program, grid_t *grid, slong point, slong residual,
                           const slong *weights)
{
    const ncf_layers_t *layers = &grid->network->layers;
    slong *delta = grid->delta + point * grid->units, *slope = grid->slope + point * grid->units;
    delta[grid->starts[layers->depth]] = residual;
    for (slong l = layers->depth - 1; l >= 1; l--) {
        for (slong j = 0; j < layers->widths[l]; j++) {
            slong back = begin(program, NCF_SERIES_PRODUCTS), above = grid->starts[l + 1];
            for (slong r = 0; r < layers->widths[l + 1]; r++) {
                slong w = entry_of(grid->network, l + 1, r, j);
                if (w >= 0)
                    add_term(program, weights[w], delta[above + r], 0);
            }
            slong sum = begin(program, NCF_SERIES_LINEAR), one = integer_constant(program, 1);
            add_term(program, back, 0, one);
            for (slong r = 0; r < layers->widths[l + 1]; r++) {
                if (entry_of(grid->network, l + 1, r, j) == NCF_TIE_ONE)
                    add_term(program, delta[above + r], 0, one);
            }
            delta[grid->starts[l] + j] = product(program, sum, slope[grid->starts[l] + j]);
        }
    }
}

/* The derivative by a weight: the sum over points and over the entries that are the weight. */
static void gradient_layers(ncf_program_t *program, const grid_t *grid, slong points,
                            const slong *inputs, slong *rates)
{
    const ncf_layers_t *layers = &grid->network->layers;
    for (slong l = 1; l <= layers->depth; l++) {
        for (slong k = 0; k < layers->widths[l] * layers->widths[l - 1]; k++) {
            slong row = k / layers->widths[l - 1], column = k % layers->widths[l - 1];
            slong w = entry_of(grid->network, l, row, column);
            if (w < 0)
                continue;
            slong sum = begin(program, l == 1 ? NCF_SERIES_LINEAR : NCF_SERIES_PRODUCTS);
            for (slong i = 0; i < points; i++) {
                slong delta = grid->delta[i * grid->units + grid->starts[l] + row];
                if (l == 1)
                    add_term(program, delta, 0, inputs[i * layers->widths[0] + column]);
                else
                    add_term(program, delta,
                             grid->a[i * grid->units + grid->starts[l - 1] + column], 0);
            }
            if (rates[w] >= 0) {
                slong one = integer_constant(program, 1), before = rates[w], now = sum;
                sum = begin(program, NCF_SERIES_LINEAR);
                add_term(program, before, 0, one);
                add_term(program, now, 0, one);
            }
            rates[w] = sum;
        }
    }
}

/* ---- Formulas ---------------------------------------------------------------------- */

/* sum of c_j x^beta(m_j) of monomial k at a point, exactly. */
static void formula_coefficient(fmpq_t out, const ncf_terms_t *terms, slong k,
                                const fmpq_mat_t x, slong point)
{
    fmpq_t value, power;
    fmpq_init(value);
    fmpq_init(power);
    fmpq_zero(out);
    for (slong j = terms->monomial_terms[k]; j < terms->monomial_terms[k + 1]; j++) {
        slong m = terms->term_products[j];
        fmpq_set(value, terms->coefficients.exact + j);
        for (slong f = terms->product_starts[m]; f < terms->product_starts[m + 1]; f++) {
            ncf_factor_t factor = terms->product_factors[f];
            fmpq_pow_si(power, fmpq_mat_entry(x, point, factor.variable),
                        (slong) factor.exponent);
            fmpq_mul(value, value, power);
        }
        fmpq_add(out, out, value);
    }
    fmpq_clear(value);
    fmpq_clear(power);
}

/* The series of a monomial, or of its derivative by factor `skip`; 1 has no series: -1. */
static slong monomial(ncf_program_t *program, const ncf_network_struct *network, slong k,
                      slong skip, const slong *weights)
{
    const ncf_terms_t *terms = &network->terms;
    slong out = -1, scale = 1;
    for (slong f = terms->monomial_starts[k]; f < terms->monomial_starts[k + 1]; f++) {
        ncf_factor_t factor = terms->monomial_factors[f];
        ulong e = factor.exponent - (f == skip);
        if (f == skip)
            scale = (slong) factor.exponent;
        if (e == 0)
            continue;
        slong power = raise_series(program, weights[network->first + factor.variable], e);
        out = out < 0 ? power : product(program, out, power);
    }
    slong c = integer_constant(program, scale);
    return scale == 1 && out >= 0 ? out : multiple(program, out, c);
}

static slong forward_terms(ncf_program_t *program, const ncf_network_struct *network,
                           const fmpq_mat_t x, slong point, const slong *monomials)
{
    fmpq_t c;
    fmpq_init(c);
    slong out = begin(program, NCF_SERIES_LINEAR);
    for (slong k = 0; k < network->terms.monomials; k++) {
        formula_coefficient(c, &network->terms, k, x, point);
        add_term(program, monomials[k], 0, new_constant(program, c));
    }
    fmpq_clear(c);
    return out;
}

static void gradient_terms(ncf_program_t *program, const ncf_network_struct *network,
                           const fmpq_mat_t x, const slong *residuals, const slong *weights,
                           slong *rates)
{
    const ncf_terms_t *terms = &network->terms;
    fmpq_t c;
    fmpq_init(c);
    for (slong k = 0; k < terms->monomials; k++) {
        slong factor = begin(program, NCF_SERIES_LINEAR);
        for (slong i = 0; i < fmpq_mat_nrows(x); i++) {
            formula_coefficient(c, terms, k, x, i);
            add_term(program, residuals[i], 0, new_constant(program, c));
        }
        for (slong f = terms->monomial_starts[k]; f < terms->monomial_starts[k + 1]; f++) {
            slong w = network->first + terms->monomial_factors[f].variable;
            slong slope = monomial(program, network, k, f, weights);
            slong part = product(program, factor, slope), before = rates[w];
            if (before >= 0) {
                slong one = integer_constant(program, 1), now = part;
                part = begin(program, NCF_SERIES_LINEAR);
                add_term(program, before, 0, one);
                add_term(program, now, 0, one);
            }
            rates[w] = part;
        }
    }
    fmpq_clear(c);
}

/* ---- The whole ---------------------------------------------------------------------- */

/* r_i from the series of H(w): y - h, y e^{-y h}, y / (1 + e^{y h}). */
static slong residual(ncf_program_t *program, slong h, const fmpq_t y)
{
    slong label = new_constant(program, y), one = integer_constant(program, 1);
    slong minus = integer_constant(program, -1);
    if (program->loss == NCF_LOSS_SQUARE) {
        slong out = begin(program, NCF_SERIES_LINEAR);
        add_term(program, -1, 0, label);
        add_term(program, h, 0, minus);
        return out;
    }
    slong value = begin(program, NCF_SERIES_CHAIN);
    slong drive = value;
    add_term(program, h, drive, label);
    if (program->loss == NCF_LOSS_LOGISTIC) {
        slong op = program->op_count - 1, square = product(program, value, value);
        drive = begin(program, NCF_SERIES_LINEAR); /* v (1 - v) */
        add_term(program, value, 0, one);
        add_term(program, square, 0, minus);
        program->terms[program->ops[op].first].y = drive;
    }
    return multiple(program, value, label);
}

typedef struct {
    grid_t *grids;     /* a part */
    slong *inputs;     /* constants, points x d */
    slong *weights;    /* series of the weights, n */
    slong *outputs, *residuals; /* points */
    slong **monomials; /* a part */
    slong parts;
} build_t;

static const ncf_network_struct *part_of(const ncf_network_struct *network, slong i)
{
    return network->part_count > 0 ? network->parts + i : network;
}

static void build_outputs(ncf_program_t *program, build_t *build,
                          const ncf_network_struct *network, const struct ncf_problem *problem)
{
    slong one = integer_constant(program, 1), d = network->inputs;
    for (slong p = 0; p < build->parts; p++) {
        const ncf_network_struct *part = part_of(network, p);
        for (slong k = 0; k < part->terms.monomials; k++)
            build->monomials[p][k] = monomial(program, part, k, -1, build->weights);
        for (slong i = 0; i < problem->points; i++) {
            slong h = part->layers.depth > 0
                          ? forward_layers(program, build->grids + p, i, build->inputs + i * d,
                                           build->weights)
                          : forward_terms(program, part, problem->x, i, build->monomials[p]);
            slong before = build->outputs[i];
            build->outputs[i] = h;
            if (p == 0)
                continue;
            build->outputs[i] = begin(program, NCF_SERIES_LINEAR);
            add_term(program, before, 0, one);
            add_term(program, h, 0, one);
        }
    }
}

static void build_residuals(ncf_program_t *program, build_t *build,
                            const struct ncf_problem *problem, ncf_flow_kind_t kind,
                            const fmpq_t kappa)
{
    slong scale = new_constant(program, kappa);
    fmpq_mat_t z;
    fmpq_mat_init(z, problem->points, 1);
    ncf__problem_weights(z, problem);
    for (slong i = 0; i < problem->points; i++) {
        if (kind == NCF_FLOW_CORRELATION) {
            slong c = new_constant(program, fmpq_mat_entry(z, i, 0));
            build->residuals[i] = multiple(program, -1, c);
        } else {
            slong h = multiple(program, build->outputs[i], scale);
            build->residuals[i] = residual(program, h, fmpq_mat_entry(problem->y, i, 0));
        }
    }
    fmpq_mat_clear(z);
}

static void build_gradient(ncf_program_t *program, build_t *build,
                           const ncf_network_struct *network, const struct ncf_problem *problem)
{
    for (slong p = 0; p < build->parts; p++) {
        const ncf_network_struct *part = part_of(network, p);
        if (part->layers.depth == 0) {
            gradient_terms(program, part, problem->x, build->residuals, build->weights,
                           program->rates);
            continue;
        }
        for (slong i = 0; i < problem->points; i++)
            reverse_layers(program, build->grids + p, i, build->residuals[i], build->weights);
        gradient_layers(program, build->grids + p, problem->points, build->inputs,
                        program->rates);
    }
}

static void build_init(build_t *build, ncf_program_t *program,
                       const ncf_network_struct *network, const struct ncf_problem *problem)
{
    slong points = problem->points, d = network->inputs;
    build->parts = FLINT_MAX(network->part_count, 1);
    build->grids = ncf__calloc((size_t) build->parts, sizeof(grid_t));
    build->monomials = ncf__calloc((size_t) build->parts, sizeof(slong *));
    for (slong p = 0; p < build->parts; p++) {
        const ncf_network_struct *part = part_of(network, p);
        if (part->layers.depth > 0)
            grid_init(build->grids + p, part, points);
        build->monomials[p] = ncf__calloc((size_t) part->terms.monomials + 1, sizeof(slong));
    }
    build->weights = ncf__malloc((size_t) network->unknowns, sizeof(slong));
    build->outputs = ncf__calloc((size_t) points, sizeof(slong));
    build->residuals = ncf__calloc((size_t) points, sizeof(slong));
    build->inputs = ncf__malloc((size_t) (points * d), sizeof(slong));
    for (slong k = 0; k < points * d; k++)
        build->inputs[k] = new_constant(program, fmpq_mat_entry(problem->x, k / d, k % d));
}

static void build_clear(build_t *build)
{
    for (slong p = 0; p < build->parts; p++) {
        grid_clear(build->grids + p);
        ncf__free(build->monomials[p]);
    }
    ncf__free(build->grids);
    ncf__free(build->monomials);
    ncf__free(build->weights);
    ncf__free(build->outputs);
    ncf__free(build->residuals);
    ncf__free(build->inputs);
}

void ncf__program_init(ncf_program_t *program, const ncf_network_struct *network,
                       const struct ncf_problem *problem, ncf_flow_kind_t kind,
                       const fmpq *delta, int homogeneous, ulong degree, slong order,
                       slong prec)
{
    slong n = network->unknowns;
    build_t build;
    fmpq_t kappa, inverse;
    fmpq_init(kappa);
    fmpq_init(inverse);
    memset(program, 0, sizeof(*program));
    program->order = order;
    program->prec = prec;
    program->loss = problem->loss;
    program->series_count = n;
    program->rates = ncf__malloc((size_t) n, sizeof(slong));
    build_init(&build, program, network, problem);
    slong scale = new_constant(program, delta);
    for (slong k = 0; k < n; k++) {
        program->rates[k] = -1;
        build.weights[k] = homogeneous ? k : multiple(program, k, scale);
    }
    fmpq_one(kappa);
    if (homogeneous)
        fmpq_pow_si(kappa, delta, (slong) degree);
    build_outputs(program, &build, network, problem);
    build_residuals(program, &build, problem, kind, kappa);
    build_gradient(program, &build, network, problem);
    fmpq_inv(inverse, delta);
    slong back = new_constant(program, inverse);
    for (slong k = 0; k < n; k++) {
        if (program->rates[k] < 0) /* not in H at all: an empty sum */
            program->rates[k] = begin(program, NCF_SERIES_LINEAR);
        if (!homogeneous)
            program->rates[k] = multiple(program, program->rates[k], back);
    }
    build_clear(&build);
    fmpq_clear(kappa);
    fmpq_clear(inverse);
    program->coefficients = _arb_vec_init(program->series_count * (order + 1));
}

void ncf__program_clear(ncf_program_t *program)
{
    for (slong k = 0; k < program->constant_count; k++)
        arb_clear(program->constants + k);
    _arb_vec_clear(program->coefficients, program->series_count * (program->order + 1));
    ncf__free(program->constants);
    ncf__free(program->ops);
    ncf__free(program->terms);
    ncf__free(program->rates);
}

/* ---- Expansion ---------------------------------------------------------------------- */

static arb_ptr series(const ncf_program_t *program, slong index)
{
    return program->coefficients + index * (program->order + 1);
}

/* Coefficient k of e^{-c h}, of 1 / (1 + e^{c h}): out' = -c h' y. */
static void chain(arb_ptr out, ncf_program_t *program, const ncf_series_op_t *op, slong k)
{
    ncf_series_term_t term = program->terms[op->first];
    arb_srcptr h = series(program, term.x), y = series(program, term.y);
    arb_srcptr c = program->constants + term.c;
    slong prec = program->prec;
    arb_t part;
    arb_init(part);
    if (k == 0) {
        arb_mul(part, c, h, prec);
        if (program->loss == NCF_LOSS_EXPONENTIAL)
            arb_neg(part, part);
        arb_exp(out, part, prec);
        if (program->loss == NCF_LOSS_LOGISTIC) {
            arb_add_ui(out, out, 1, prec);
            arb_inv(out, out, prec);
        }
    } else {
        arb_zero(out);
        for (slong j = 1; j <= k; j++) {
            arb_mul_si(part, h + j, j, prec);
            arb_addmul(out, part, y + k - j, prec);
        }
        arb_mul(out, out, c, prec);
        arb_div_si(out, out, -k, prec);
    }
    mag_zero(arb_radref(out));
    arb_clear(part);
}

static void linear(arb_ptr out, const ncf_program_t *program, const ncf_series_op_t *op, slong k)
{
    arf_zero(arb_midref(out));
    for (slong t = op->first; t < op->first + op->count; t++) {
        ncf_series_term_t term = program->terms[t];
        arf_srcptr c = arb_midref(program->constants + term.c);
        if (term.x >= 0)
            arf_addmul(arb_midref(out), c, arb_midref(series(program, term.x) + k),
                       program->prec, ARF_RND_NEAR);
        else if (k == 0)
            arf_add(arb_midref(out), arb_midref(out), c, program->prec, ARF_RND_NEAR);
    }
}

static void expand_order(ncf_program_t *program, slong k)
{
    for (slong o = 0; o < program->op_count; o++) {
        const ncf_series_op_t *op = program->ops + o;
        arb_ptr out = series(program, op->out) + k;
        if (op->kind == NCF_SERIES_LINEAR) {
            linear(out, program, op, k);
        } else if (op->kind == NCF_SERIES_CHAIN) {
            chain(out, program, op, k);
        } else {
            arb_zero(out);
            for (slong t = op->first; t < op->first + op->count; t++)
                arb_approx_dot(out, out, 0, series(program, program->terms[t].x), 1,
                               series(program, program->terms[t].y) + k, -1, k + 1,
                               program->prec);
        }
    }
}

void ncf__program_expand(ncf_program_t *program, slong n)
{
    for (slong k = 0; k < program->order; k++) {
        expand_order(program, k);
        for (slong i = 0; i < n; i++) {
            arb_ptr next = series(program, i) + k + 1;
            arb_div_si(next, series(program, program->rates[i]) + k, k + 1, program->prec);
            mag_zero(arb_radref(next));
        }
    }
}
