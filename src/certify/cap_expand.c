/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * cap_expand.c: N(u + y) for y in the complement of u, through the layers: each weight is
 * an affine form in the coordinates of y. Degrees above the order of the jet are bounded by norms
 * (T-CAP E).
 */
#include "cap_internal.h"

#include <math.h>
#include <string.h>

#define MAX_MONOMIALS 600000 /* of a jet, so that it takes megabytes */
#define MAX_WORK 1e8         /* products of intervals above degree 2: about a second */
#define MAX_UNKNOWNS 300     /* beyond, T-CAP F is as good and faster */

typedef struct {
    const struct ncf_problem *problem;
    const ncf_network_struct *network;
    ncf_cap_jet_t *jet;
    const ncf_limits_t *limits;
    ncf_midrad_t *weights; /* n x (m + 1): weight c is weights[c][0] + sum_i weights[c][i] y_i */
    ncf_cap_sums_t sums;
    double max_work;
    arb_ptr total;         /* L + 1: bounds of the norms of N_j, j above the order */
} expansion_t;

/*
 * The columns of the reflection I - w w^T / (1 + |u_p|), w = u + sign(u_p) e_p, other than p are
 * an orthonormal basis of the complement of u.
 */
static void set_weights(ncf_midrad_t *weights, const ncf_certified_point_t *point)
{
    slong pivot = 0, prec = 128, n = point->unknowns;
    arb_ptr u = _arb_vec_init(n), w = _arb_vec_init(n);
    arb_t scale, entry;
    arb_init(scale);
    arb_init(entry);
    for (slong c = 0; c < n; c++) {
        if (point->zero[c] != 1) /* T-ZEROS; exact zeros make the forms sparse */
            arb_set(u + c, point->point + c);
        if (arf_cmpabs(arb_midref(u + c), arb_midref(u + pivot)) > 0)
            pivot = c;
    }
    int negative = arf_sgn(arb_midref(u + pivot)) < 0;
    _arb_vec_set(w, u, n);
    if (negative)
        arb_sub_ui(w + pivot, w + pivot, 1, prec);
    else
        arb_add_ui(w + pivot, w + pivot, 1, prec);
    arb_abs(scale, w + pivot);
    arb_inv(scale, scale, prec);
    for (slong c = 0; c < n; c++) {
        ncf_midrad_t *row = weights + c * n;
        *row++ = ncf__midrad_from_arb(u + c, 0);
        for (slong i = 0; i < n; i++) {
            if (i == pivot)
                continue;
            arb_mul(entry, w + c, w + i, prec);
            arb_mul(entry, entry, scale, prec);
            arb_neg(entry, entry);
            if (i == c)
                arb_add_ui(entry, entry, 1, prec);
            *row++ = ncf__midrad_from_arb(entry, 0);
        }
    }
    arb_clear(entry);
    arb_clear(scale);
    _arb_vec_clear(w, n);
    _arb_vec_clear(u, n);
}

/* ---- Norms ----------------------------------------------------------------------- */

/* An upper bound of |x| as a ball without a radius. */
static void set_upper(arb_t out, ncf_midrad_t x)
{
    arb_set_d(out, fabs(x.mid));
    mag_t radius;
    mag_init(radius);
    mag_set_d(radius, x.radius);
    mag_add(arb_radref(out), arb_radref(out), radius);
    arb_get_ubound_arf(arb_midref(out), out, 64);
    mag_zero(arb_radref(out));
    mag_clear(radius);
}

/*
 * norms[j] = a bound of the 2-norm of the vector of the parts of degree j of the units'
 * polynomials on |y| = 1, for j up to the order.
 */
static void exact_norms(arb_ptr norms, const ncf_cap_poly_t *units, slong count,
                        const ncf_cap_monomials_t *set)
{
    arb_t term;
    arb_init(term);
    for (slong j = 0; j <= set->order; j++) {
        arb_zero(norms + j);
        for (slong k = 0; k < count; k++) {
            set_upper(term, ncf__cap_square_norm(units + k, set, j));
            arb_add(norms + j, norms + j, term, 64);
        }
        arb_sqrt(norms + j, norms + j, 64);
    }
    arb_clear(term);
}

/* How often the most frequent weight of W_l occurs in it. */
static slong most_repeats(const ncf_network_struct *part, slong l)
{
    const slong *ties = part->layers.ties[l - 1];
    slong most = 1, entries = part->layers.widths[l] * part->layers.widths[l - 1];
    if (ties == NULL)
        return 1;
    slong *uses = ncf__calloc((size_t) part->unknowns, sizeof(*uses));
    for (slong k = 0; k < entries; k++) {
        if (ties[k] >= 0)
            most = FLINT_MAX(most, ++uses[ties[k]]);
    }
    ncf__free(uses);
    return most;
}

/* A bound of the Frobenius norm of W_l at u. */
static void matrix_norm(arb_t norm, const expansion_t *e, const ncf_network_struct *part, slong l)
{
    const slong *ties = part->layers.ties[l - 1];
    slong n = e->network->unknowns;
    arb_t entry;
    arb_init(entry);
    arb_zero(norm);
    for (slong k = 0; k < part->layers.widths[l] * part->layers.widths[l - 1]; k++) {
        slong at = ties == NULL ? part->layers.offsets[l - 1] + k : ties[k];
        if (at == NCF_TIE_ZERO)
            continue;
        arb_one(entry);
        if (at >= 0)
            set_upper(entry, e->weights[(part->first + at) * n]);
        arb_addmul(norm, entry, entry, 64);
    }
    arb_sqrt(norm, norm, 64);
    arb_clear(entry);
}

/* out[j] = |W_l| in[j] + sqrt(repeats) in[j - 1] for j above the order. */
static void majorise_matrix(arb_ptr out, arb_srcptr in, const expansion_t *e,
                            const ncf_network_struct *part, slong l)
{
    arb_t norm, root;
    arb_init(norm);
    arb_init(root);
    matrix_norm(norm, e, part, l);
    arb_sqrt_ui(root, (ulong) most_repeats(part, l), 64);
    for (slong j = e->jet->set.order + 1; j <= e->jet->degree; j++) {
        arb_mul(out + j, norm, in + j, 64);
        arb_addmul(out + j, root, in + j - 1, 64);
    }
    arb_clear(root);
    arb_clear(norm);
}

/* in is the majorant of b; out[j] is that of c b^p for j above the order. */
static void majorise_power(arb_ptr out, arb_srcptr in, const expansion_t *e, slong p,
                           ncf_midrad_t constant)
{
    slong length = e->jet->degree + 1;
    arb_t c;
    arb_init(c);
    set_upper(c, constant);
    arb_ptr power = _arb_vec_init(length);
    _arb_poly_pow_ui_trunc_binexp(power, in, length, (ulong) p, length, 64);
    for (slong j = e->jet->set.order + 1; j < length; j++)
        arb_mul(out + j, power + j, c, 64);
    _arb_vec_clear(power, length);
    arb_clear(c);
}

/* ---- Layers ---------------------------------------------------------------------- */

typedef struct {
    ncf_cap_poly_t *b, *a;  /* widest */
    ncf_cap_poly_t one;
    arb_ptr b_norm, a_norm; /* L + 1 */
} layer_state_t;

/* b = W_l a. */
static void apply_matrix(layer_state_t *s, expansion_t *e, const ncf_network_struct *part,
                         slong l)
{
    const ncf_layers_t *layers = &part->layers;
    slong rows = layers->widths[l], columns = layers->widths[l - 1], n = e->network->unknowns;
    const slong *ties = layers->ties[l - 1];
    for (slong r = 0; r < rows; r++) {
        for (slong c = 0; c < columns; c++) {
            slong k = r * columns + c;
            slong at = ties == NULL ? layers->offsets[l - 1] + k : ties[k];
            if (at >= 0)
                ncf__cap_add_affine(&e->sums, e->weights + (part->first + at) * n, s->a + c);
            else if (at == NCF_TIE_ONE)
                ncf__cap_add_product(&e->sums, &s->one, s->a + c);
        }
        ncf__cap_sums_get(s->b + r, &e->sums);
    }
    if (e->jet->set.order < e->jet->degree) {
        exact_norms(s->b_norm, s->b, rows, &e->jet->set);
        majorise_matrix(s->b_norm, s->a_norm, e, part, l);
    }
}

/* a = c b^p, entry by entry. */
static void apply_activation(layer_state_t *s, expansion_t *e, const ncf_layers_t *layers,
                             slong l)
{
    slong p = ncf__activation_monomial(layers->activations + l - 1);
    ncf_midrad_t c = ncf__midrad_point(1);
    if (layers->constants[l - 1].count > 0)
        c = ncf__midrad_from_fmpq(layers->constants[l - 1].exact + p, 0);
    for (slong r = 0; r < layers->widths[l]; r++) {
        ncf__cap_poly_set(s->a + r, c);
        for (slong k = 0; k < p; k++) {
            ncf__cap_add_product(&e->sums, s->b + r, s->a + r);
            ncf__cap_sums_get(s->a + r, &e->sums);
        }
    }
    if (e->jet->set.order < e->jet->degree) {
        exact_norms(s->a_norm, s->a, layers->widths[l], &e->jet->set);
        majorise_power(s->a_norm, s->b_norm, e, p, c);
    }
}

/* form += z b, and the norms above the order. */
static void add_point(expansion_t *e, const layer_state_t *s, ncf_midrad_t z)
{
    ncf_cap_jet_t *jet = e->jet;
    for (slong k = 0; k < s->b->count; k++) {
        ncf_midrad_t *at = jet->form + s->b->at[k];
        *at = ncf__midrad_add(*at, ncf__midrad_mul(z, s->b->x[k]));
    }
    arb_t size;
    arb_init(size);
    set_upper(size, z);
    for (slong j = jet->set.order + 1; j <= jet->degree; j++)
        arb_addmul(e->total + j, size, s->b_norm + j, 64);
    arb_clear(size);
}

slong ncf__cap_point_exponent(const struct ncf_problem *problem, slong i)
{
    slong exponent = WORD_MIN, d = fmpq_mat_ncols(problem->x);
    arb_t x;
    mag_t size;
    arb_init(x);
    mag_init(size);
    for (slong c = 0; c < d; c++) {
        arb_set_fmpq(x, fmpq_mat_entry(problem->x, i, c), 64);
        arb_get_mag(size, x);
        if (!mag_is_special(size) && !COEFF_IS_MPZ(MAG_EXP(size)))
            exponent = FLINT_MAX(exponent, MAG_EXP(size));
    }
    mag_clear(size);
    arb_clear(x);
    return exponent == WORD_MIN ? 0 : exponent;
}

slong ncf__cap_input_degree(const ncf_layers_t *layers)
{
    slong degree = 1;
    for (slong l = 1; l < layers->depth; l++)
        degree *= ncf__activation_monomial(layers->activations + l - 1);
    return degree;
}

/*
 * The inputs of point i divided by a power of two 2^s, and its weight times 2^(D s): as all
 * activations are monomials, H is of a degree D in x, which is the product of their degrees.
 */
static ncf_midrad_t set_inputs(layer_state_t *s, const expansion_t *e, const ncf_layers_t *layers,
                               slong i, const fmpq_t weight)
{
    slong degree = ncf__cap_input_degree(layers), exponent = ncf__cap_point_exponent(e->problem, i);
    for (slong c = 0; c < layers->widths[0]; c++)
        ncf__cap_poly_set(s->a + c, ncf__midrad_from_fmpq(fmpq_mat_entry(e->problem->x, i, c),
                                                          -exponent));
    return ncf__midrad_from_fmpq(weight, e->jet->exponent + degree * exponent);
}

static int is_interrupted(const expansion_t *e)
{
    return ncf__limit_reached(e->limits) != NCF_LIMIT_NONE || e->sums.work > e->sums.max_work;
}

static int expand_layers(expansion_t *e, const ncf_network_struct *part, const fmpq_mat_t z)
{
    const ncf_layers_t *layers = &part->layers;
    slong widest = 1, length = e->jet->degree + 1, i, done = 0;
    for (slong l = 0; l <= layers->depth; l++)
        widest = FLINT_MAX(widest, layers->widths[l]);
    layer_state_t s = {.b = ncf__calloc(2 * (size_t) widest, sizeof(*s.b))};
    s.a = s.b + widest;
    s.b_norm = _arb_vec_init(2 * length);
    s.a_norm = s.b_norm + length;
    ncf__cap_poly_set(&s.one, ncf__midrad_point(1));
    for (i = 0; i < e->problem->points && !is_interrupted(e); i++) {
        _arb_vec_zero(s.b_norm, 2 * length);
        ncf_midrad_t weight = set_inputs(&s, e, layers, i, fmpq_mat_entry(z, i, 0));
        if (e->jet->set.order < e->jet->degree)
            exact_norms(s.a_norm, s.a, layers->widths[0], &e->jet->set);
        for (slong l = 1; l <= layers->depth && !is_interrupted(e); l++) {
            apply_matrix(&s, e, part, l);
            if (l < layers->depth)
                apply_activation(&s, e, layers, l);
            done += l == layers->depth;
        }
        if (done == i + 1)
            add_point(e, &s, weight);
    }
    for (slong k = 0; k < 2 * widest; k++)
        ncf__cap_poly_clear(s.b + k);
    ncf__cap_poly_clear(&s.one);
    _arb_vec_clear(s.b_norm, 2 * length);
    ncf__free(s.b);
    return done == e->problem->points && e->sums.work <= e->sums.max_work;
}

/* ---- Formulas -------------------------------------------------------------------- */

/* out += c times the sum over the data of z_i x_i^beta, beta the given product. */
static void add_moment(fmpq_t out, const expansion_t *e, const ncf_terms_t *terms, slong product,
                       const fmpq_t c, const fmpq_mat_t z)
{
    fmpq_t term;
    fmpq_init(term);
    for (slong i = 0; i < e->problem->points; i++) {
        fmpq_mul(term, c, fmpq_mat_entry(z, i, 0));
        for (slong f = terms->product_starts[product]; f < terms->product_starts[product + 1];
             f++) {
            const ncf_factor_t *factor = terms->product_factors + f;
            for (ulong k = 0; k < factor->exponent; k++)
                fmpq_mul(term, term, fmpq_mat_entry(e->problem->x, i, factor->variable));
        }
        fmpq_add(out, out, term);
    }
    fmpq_clear(term);
}

/* work = coefficient times the monomial k; norms is its majorant for all degrees. */
static void expand_monomial(ncf_cap_poly_t *work, arb_ptr norms, expansion_t *e,
                            const ncf_network_struct *part, slong k)
{
    const ncf_terms_t *terms = &part->terms;
    slong degree = 0, n = e->network->unknowns;
    arb_t size;
    arb_init(size);
    for (slong f = terms->monomial_starts[k]; f < terms->monomial_starts[k + 1]; f++) {
        const ncf_midrad_t *weight =
            e->weights + (part->first + terms->monomial_factors[f].variable) * n;
        set_upper(size, weight[0]);
        for (ulong i = 0; i < terms->monomial_factors[f].exponent; i++) {
            ncf__cap_add_affine(&e->sums, weight, work);
            ncf__cap_sums_get(work, &e->sums);
            degree++;
            for (slong j = degree; j >= 0; j--) {
                arb_mul(norms + j, norms + j, size, 64);
                if (j > 0)
                    arb_add(norms + j, norms + j, norms + j - 1, 64);
            }
        }
    }
    arb_clear(size);
}

static int expand_terms(expansion_t *e, const ncf_network_struct *part, const fmpq_mat_t z)
{
    const ncf_terms_t *terms = &part->terms;
    ncf_cap_jet_t *jet = e->jet;
    slong k;
    ncf_cap_poly_t work = {0};
    arb_ptr norms = _arb_vec_init(jet->degree + 1);
    fmpq_t c;
    fmpq_init(c);
    for (k = 0; k < terms->monomials && !is_interrupted(e); k++) {
        fmpq_zero(c);
        for (slong j = terms->monomial_terms[k]; j < terms->monomial_terms[k + 1]; j++)
            add_moment(c, e, terms, terms->term_products[j], terms->coefficients.exact + j, z);
        ncf_midrad_t factor = ncf__midrad_from_fmpq(c, jet->exponent);
        ncf__cap_poly_set(&work, factor);
        _arb_vec_zero(norms, jet->degree + 1);
        set_upper(norms, factor);
        expand_monomial(&work, norms, e, part, k);
        for (slong i = 0; i < work.count; i++) {
            ncf_midrad_t *at = jet->form + work.at[i];
            *at = ncf__midrad_add(*at, work.x[i]);
        }
        _arb_vec_add(e->total, e->total, norms, jet->degree + 1, 64);
    }
    fmpq_clear(c);
    _arb_vec_clear(norms, jet->degree + 1);
    ncf__cap_poly_clear(&work);
    return k == terms->monomials && e->sums.work <= e->sums.max_work;
}

/* ---- The jet --------------------------------------------------------------------- */

/* The largest degree whose monomials are few enough; 0: not even 2. */
static slong affordable_order(slong variables, slong degree)
{
    slong order = 0;
    for (slong j = 2; j <= FLINT_MAX(degree, 2); j++) {
        if (ncf__cap_monomials_count(variables, j, MAX_MONOMIALS) > MAX_MONOMIALS)
            break;
        order = j;
    }
    return order;
}

/* Norms of all degrees, rounded up; infinite where nothing is known. */
static void set_norms(ncf_cap_jet_t *jet, const expansion_t *e)
{
    arb_t bound;
    arf_t upper;
    arb_init(bound);
    arf_init(upper);
    for (slong j = 0; j <= jet->degree; j++) {
        arb_set(bound, e->total + j);
        if (j <= jet->set.order) {
            set_upper(bound, ncf__cap_square_norm(&jet->sum, &jet->set, j));
            arb_sqrt(bound, bound, 64);
        }
        arb_get_ubound_arf(upper, bound, 64);
        jet->norm[j] = arb_is_finite(bound) ? arf_get_d(upper, ARF_RND_UP) : INFINITY;
    }
    arf_clear(upper);
    arb_clear(bound);
}

/* |N_j(v)| <= C(L, j) S for |N| <= S on the sphere: T-CAP F, G. */
static void lower_norms(ncf_cap_jet_t *jet, const expansion_t *e)
{
    arb_t sphere, bound;
    arf_t upper;
    arb_init(sphere);
    arb_init(bound);
    arf_init(upper);
    if (jet->degree > 2 &&
        ncf__cap_sphere_norm(sphere, e->problem, e->network, jet->degree)) {
        arb_mul_2exp_si(sphere, sphere, jet->exponent);
        for (slong j = 2; j <= jet->degree; j++) {
            arb_bin_uiui(bound, (ulong) jet->degree, (ulong) j, 64);
            arb_mul(bound, bound, sphere, 64);
            arb_get_ubound_arf(upper, bound, 64);
            if (arb_is_finite(bound))
                jet->norm[j] = fmin(jet->norm[j], arf_get_d(upper, ARF_RND_UP));
        }
    }
    arf_clear(upper);
    arb_clear(bound);
    arb_clear(sphere);
}

/* The coefficients that are not zero once more, as a polynomial. */
static void collect(ncf_cap_jet_t *jet)
{
    ncf_cap_poly_t *f = &jet->sum;
    for (slong k = 0; k < jet->set.count; k++)
        f->room += !ncf__midrad_is_zero(jet->form[k]);
    f->at = ncf__malloc((size_t) f->room + 1, sizeof(*f->at));
    f->x = ncf__malloc((size_t) f->room + 1, sizeof(*f->x));
    for (slong k = 0; k < jet->set.count; k++) {
        if (ncf__midrad_is_zero(jet->form[k]))
            continue;
        f->at[f->count] = (int32_t) k;
        f->x[f->count++] = jet->form[k];
    }
}

/* 0: interrupted. */
static int expand(expansion_t *e, const ncf_certified_point_t *point)
{
    ncf_cap_jet_t *jet = e->jet;
    const ncf_network_struct *network = e->network;
    slong n = network->unknowns;
    fmpq_mat_t z;
    fmpq_mat_init(z, e->problem->points, 1);
    ncf__problem_weights(z, e->problem);
    e->weights = ncf__malloc((size_t) n * (size_t) n, sizeof(*e->weights));
    set_weights(e->weights, point);
    ncf__cap_sums_init(&e->sums, &jet->set, e->max_work);
    e->total = _arb_vec_init(jet->degree + 1);
    const ncf_network_struct *parts = network->part_count > 0 ? network->parts : network;
    int finished = 1;
    for (slong i = 0; i < FLINT_MAX(network->part_count, 1) && finished; i++)
        finished = parts[i].layers.depth > 0 ? expand_layers(e, parts + i, z)
                                             : expand_terms(e, parts + i, z);
    if (finished) {
        collect(jet);
        set_norms(jet, e);
        lower_norms(jet, e);
    }
    _arb_vec_clear(e->total, jet->degree + 1);
    ncf__cap_sums_clear(&e->sums);
    ncf__free(e->weights);
    fmpq_mat_clear(z);
    return finished;
}

slong ncf__cap_scale(const arb_t lambda)
{
    slong scale = 0;
    mag_t size;
    mag_init(size);
    arb_get_mag(size, lambda);
    if (!mag_is_special(size) && !COEFF_IS_MPZ(MAG_EXP(size)))
        scale = -MAG_EXP(size);
    mag_clear(size);
    return scale;
}

const char *ncf__cap_jet_init(ncf_cap_jet_t *jet, const ncf_certified_point_t *point,
                              const struct ncf_problem *problem,
                              const ncf_network_struct *network, slong degree,
                              slong max_order, const ncf_limits_t *limits)
{
    slong n = network->unknowns;
    memset(jet, 0, sizeof(*jet));
    jet->degree = degree;
    if (n > MAX_UNKNOWNS || degree > NCF_CAP_MAX_DEGREE)
        return "too many unknowns, or too high a degree";
    slong order = FLINT_MIN(affordable_order(n - 1, degree), max_order);
    for (; order >= 2; order--) {
        expansion_t e = {.problem = problem, .network = network, .jet = jet, .limits = limits};
        e.max_work = order > 2 ? MAX_WORK : 4 * MAX_WORK;
        ncf__cap_jet_clear(jet);
        ncf__cap_monomials_init(&jet->set, n - 1, order);
        jet->degree = degree;
        jet->exponent = ncf__cap_scale(point->point + n);
        jet->lambda = ncf__midrad_from_arb(point->point + n, jet->exponent);
        jet->form = ncf__calloc((size_t) jet->set.count, sizeof(*jet->form));
        jet->norm = ncf__calloc((size_t) degree + 1, sizeof(*jet->norm));
        if (expand(&e, point))
            return NULL;
        if (ncf__limit_reached(limits) != NCF_LIMIT_NONE)
            return "a limit was reached";
    }
    return "the second derivatives take too long";
}

void ncf__cap_jet_clear(ncf_cap_jet_t *jet)
{
    if (jet->form != NULL)
        ncf__cap_monomials_clear(&jet->set);
    ncf__cap_poly_clear(&jet->sum);
    ncf__free(jet->form);
    ncf__free(jet->norm);
    memset(jet, 0, sizeof(*jet));
}
