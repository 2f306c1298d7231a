/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * pairs.c: the claim tensor (T-ESSENTIAL), and claims that eigenpairs of it exist
 * (T-KRAWCZYK), in rational coordinates c of the essential subspace, q = B c, with one
 * coordinate equal to 1.
 */
#include "certificate.h"

#include <math.h>

#define PREC 256
#define FORM_PREC 320
#define REAL_TIGHTNESS 56
#define LAST_TIGHTNESS 100
#define WIDEST 3 /* the largest box that is tried has the radius 2^-3 */
#define BOUNDARY                                                                              \
    0.999 /* a coordinate that is nearly the largest: in the cubes of two charts */
#define NEWTON_STEPS 12
#define SAME 1e-6 /* proposals nearer than this are one class */

/* ---- The tensor ---------------------------------------------------------------------- */

/* Is every data point with a weight in the span of the basis? */
static int spans_data(const ncf_tensor_t tensor, const ncf_certificate_t *certificate)
{
    const struct ncf_problem *problem = certificate->problem;
    fmpq_mat_t transpose, forms, back;
    int spans = 1;
    if (tensor->standard)
        return 1;
    fmpq_mat_init(forms, problem->points, tensor->dimension);
    fmpq_mat_init(transpose, tensor->dimension, tensor->ambient);
    fmpq_mat_init(back, problem->points, tensor->ambient);
    fmpq_mat_mul(forms, problem->x, tensor->basis);
    for (slong i = 0; i < problem->points; i++)
        for (slong k = 0; k < tensor->dimension; k++)
            fmpq_div(fmpq_mat_entry(forms, i, k), fmpq_mat_entry(forms, i, k),
                     fmpq_mat_entry(tensor->gram, k, 0));
    fmpq_mat_transpose(transpose, tensor->basis);
    fmpq_mat_mul(back, forms, transpose);
    for (slong i = 0; i < problem->points; i++)
        for (slong j = 0; j < tensor->ambient; j++)
            spans = spans &&
                    (fmpq_is_zero(fmpq_mat_entry(certificate->weights, i, 0)) ||
                     fmpq_equal(fmpq_mat_entry(back, i, j), fmpq_mat_entry(problem->x, i, j)));
    fmpq_mat_clear(back);
    fmpq_mat_clear(transpose);
    fmpq_mat_clear(forms);
    return spans;
}

static void write_basis(FILE *stream, const ncf_tensor_t tensor)
{
    fputs(", \"basis\": [", stream);
    for (slong k = 0; k < tensor->dimension; k++) {
        for (slong j = 0; j < tensor->ambient; j++) {
            char *text = fmpq_get_str(NULL, 10, fmpq_mat_entry(tensor->basis, j, k));
            fprintf(stream, "%s\"%s\"", j > 0 ? ", " : k > 0 ? ", [" : "[", text);
            flint_free(text);
        }
        fputc(']', stream);
    }
    fputc(']', stream);
}

/* About log2 of what an evaluation of G meets. */
static slong tensor_magnitude(const ncf_tensor_t tensor)
{
    double x = 1, z = 1;
    for (slong i = 0; i < tensor->points; i++) {
        double sum = 0;
        for (slong k = 0; k < tensor->dimension; k++)
            sum += fabs(fmpq_get_d(fmpq_mat_entry(tensor->coords, i, k)));
        x = fmax(x, sum);
        z += fabs(fmpq_get_d(fmpq_mat_entry(tensor->weights, i, 0)));
    }
    double bits = (double) tensor->order * (log2(2 * x) + 2) + log2(z);
    return bits < 3000 ? (slong) bits + 8 : 3000;
}

/* The points in the coordinates c, and their weights, at the precision of all attempts. */
static void set_forms(ncf_claimed_tensor_t *out)
{
    const ncf_tensor_struct *t = out->tensor;
    arb_mat_init(out->forms, t->points, out->dimension + 1);
    for (slong i = 0; i < t->points; i++) {
        for (slong k = 0; k < out->dimension; k++)
            arb_set_fmpq(arb_mat_entry(out->forms, i, k), fmpq_mat_entry(t->coords, i, k),
                         FORM_PREC);
        arb_set_fmpq(arb_mat_entry(out->forms, i, out->dimension),
                     fmpq_mat_entry(t->weights, i, 0), FORM_PREC);
    }
}

int ncf__claim_tensor(ncf_claimed_tensor_t *out, ncf_certificate_t *certificate, slong order)
{
    *out = (ncf_claimed_tensor_t){.order = order};
    ncf__tensor_init(out->tensor, order, certificate->problem->x, certificate->weights);
    out->dimension = out->tensor->dimension;
    if (out->dimension == 0 || !spans_data(out->tensor, certificate)) {
        ncf__tensor_clear(out->tensor);
        return 0;
    }
    out->magnitude = tensor_magnitude(out->tensor);
    set_forms(out);
    out->id = ncf__claim_open(certificate, "tensor", "T-ESSENTIAL", NULL, 0);
    ncf__claim_integer(certificate, "order", order);
    if (!out->tensor->standard)
        write_basis(certificate->stream, out->tensor);
    ncf__claim_close(certificate);
    out->line_count = certificate->result->search.lines.count;
    out->of_line = ncf__malloc((size_t) out->line_count + 1, sizeof(slong));
    for (slong i = 0; i < out->line_count; i++)
        out->of_line[i] = -1;
    return 1;
}

void ncf__free_pairs(ncf_pair_t *pairs, slong count, slong dimension)
{
    for (slong i = 0; i < count; i++) {
        if (pairs[i].has_witness)
            ncf__witness_clear(&pairs[i].witness);
        _arb_vec_clear(pairs[i].box, dimension + 1);
        _acb_vec_clear(pairs[i].c, dimension);
    }
    ncf__free(pairs);
}

void ncf__claimed_tensor_clear(ncf_claimed_tensor_t *tensor)
{
    ncf__free_pairs(tensor->pairs, tensor->count, tensor->dimension);
    ncf__free(tensor->of_line);
    arb_mat_clear(tensor->forms);
    ncf__tensor_clear(tensor->tensor);
}

/* ---- The system ------------------------------------------------------------------------ */

void ncf__tensor_forms(acb_ptr gradient, acb_mat_struct *hessian, acb_srcptr c,
                       const ncf_claimed_tensor_t *tensor, slong prec)
{
    const ncf_tensor_struct *t = tensor->tensor;
    slong r = tensor->dimension;
    acb_t inner, factor, term;
    acb_init(inner);
    acb_init(factor);
    acb_init(term);
    if (gradient != NULL)
        _acb_vec_zero(gradient, r);
    if (hessian != NULL)
        acb_mat_zero(hessian);
    for (slong i = 0; i < t->points; i++) {
        arb_srcptr form = arb_mat_entry(tensor->forms, i, 0);
        acb_zero(inner);
        for (slong k = 0; k < r; k++)
            acb_addmul_arb(inner, c + k, form + k, prec);
        acb_pow_ui(factor, inner, (ulong) tensor->order - 2, prec);
        acb_mul_arb(factor, factor, form + r, prec);
        for (slong k = 0; k < r && hessian != NULL; k++) {
            acb_mul_arb(term, factor, form + k, prec);
            for (slong j = 0; j <= k; j++)
                acb_addmul_arb(acb_mat_entry(hessian, k, j), term, form + j, prec);
        }
        acb_mul(factor, factor, inner, prec);
        for (slong k = 0; k < r && gradient != NULL; k++)
            acb_addmul_arb(gradient + k, factor, form + k, prec);
    }
    for (slong k = 0; k < r && hessian != NULL; k++)
        for (slong j = 0; j < k; j++)
            acb_set(acb_mat_entry(hessian, j, k), acb_mat_entry(hessian, k, j));
    if (hessian != NULL)
        acb_mat_scalar_mul_si(hessian, hessian, tensor->order - 1, prec);
    acb_clear(term);
    acb_clear(factor);
    acb_clear(inner);
}

/* G_j(c) = nu D_j c_j for the unknowns c_j, j != chart, and then nu. */
typedef struct {
    ncf_witness_system_t base;
    const ncf_claimed_tensor_t *tensor;
    slong chart;
} eigen_t;

/* c (r) from the unknowns. */
static void insert_one(acb_ptr c, acb_srcptr unknowns, const eigen_t *eigen)
{
    for (slong j = 0, next = 0; j < eigen->base.size; j++) {
        if (j == eigen->chart)
            acb_one(c + j);
        else
            acb_set(c + j, unknowns + next++);
    }
}

static void evaluate_eigen(acb_ptr f, acb_mat_struct *jacobian, acb_srcptr unknowns,
                           const ncf_witness_system_t *system, slong prec)
{
    const eigen_t *eigen = (const eigen_t *) system;
    slong r = system->size;
    acb_srcptr nu = unknowns + r - 1;
    acb_ptr c = _acb_vec_init(r), gradient = _acb_vec_init(r);
    acb_mat_t hessian;
    acb_t t;
    arb_t metric;
    acb_mat_init(hessian, r, r);
    acb_init(t);
    arb_init(metric);
    insert_one(c, unknowns, eigen);
    ncf__tensor_forms(f != NULL ? gradient : NULL, jacobian != NULL ? hessian : NULL, c,
                      eigen->tensor, prec);
    for (slong j = 0; j < r; j++) {
        arb_set_fmpq(metric, fmpq_mat_entry(eigen->tensor->tensor->gram, j, 0), prec);
        acb_mul_arb(t, c + j, metric, prec);
        if (f != NULL) {
            acb_mul(f + j, t, nu, prec);
            acb_sub(f + j, gradient + j, f + j, prec);
        }
        if (jacobian == NULL)
            continue;
        acb_neg(acb_mat_entry(jacobian, j, r - 1), t);
        acb_mul_arb(t, nu, metric, prec);
        acb_sub(acb_mat_entry(hessian, j, j), acb_mat_entry(hessian, j, j), t, prec);
        for (slong l = 0, column = 0; l < r; l++)
            if (l != eigen->chart)
                acb_set(acb_mat_entry(jacobian, j, column++), acb_mat_entry(hessian, j, l));
    }
    arb_clear(metric);
    acb_clear(t);
    acb_mat_clear(hessian);
    _acb_vec_clear(gradient, r);
    _acb_vec_clear(c, r);
}

/* ---- Proposals ---------------------------------------------------------------------------
 */

static double modulus(const acb_t x)
{
    return hypot(arf_get_d(arb_midref(acb_realref(x)), ARF_RND_NEAR),
                 arf_get_d(arb_midref(acb_imagref(x)), ARF_RND_NEAR));
}

/* The first coordinate that is nearly the largest: the same for a vector and its conjugate. */
static slong choose_chart(acb_srcptr c, slong r)
{
    double largest = 0;
    slong chart = 0;
    for (slong j = 0; j < r; j++)
        largest = fmax(largest, modulus(c + j));
    while (chart < r - 1 && modulus(c + chart) < 0.9 * largest)
        chart++;
    return chart;
}

/* nu = G_k(c) / D_k, after the unknowns c_j. */
static void set_unknowns(acb_ptr unknowns, acb_srcptr c, const eigen_t *eigen)
{
    slong r = eigen->base.size, next = 0;
    acb_ptr gradient = _acb_vec_init(r);
    arb_t metric;
    arb_init(metric);
    ncf__tensor_forms(gradient, NULL, c, eigen->tensor, PREC);
    arb_set_fmpq(metric, fmpq_mat_entry(eigen->tensor->tensor->gram, eigen->chart, 0), PREC);
    for (slong j = 0; j < r; j++)
        if (j != eigen->chart)
            acb_get_mid(unknowns + next++, c + j);
    acb_div_arb(unknowns + r - 1, gradient + eigen->chart, metric, PREC);
    acb_get_mid(unknowns + r - 1, unknowns + r - 1);
    arb_clear(metric);
    _acb_vec_clear(gradient, r);
}

/* Newton's method, at full precision. */
static void improve(acb_ptr unknowns, const eigen_t *eigen)
{
    slong r = eigen->base.size;
    acb_mat_t inverse, f, step;
    acb_mat_init(inverse, r, r);
    acb_mat_init(f, r, 1);
    acb_mat_init(step, r, 1);
    acb_ptr value = _acb_vec_init(r);
    for (int k = 0; k < NEWTON_STEPS; k++) {
        if (!ncf__witness_inverse(inverse, &eigen->base, unknowns))
            break;
        evaluate_eigen(value, NULL, unknowns, &eigen->base, PREC);
        for (slong j = 0; j < r; j++)
            acb_get_mid(acb_mat_entry(f, j, 0), value + j);
        acb_mat_mul(step, inverse, f, PREC);
        double largest = 0;
        for (slong j = 0; j < r; j++) {
            acb_sub(unknowns + j, unknowns + j, acb_mat_entry(step, j, 0), PREC);
            acb_get_mid(unknowns + j, unknowns + j);
            largest = fmax(largest,
                           modulus(acb_mat_entry(step, j, 0)) / (1 + modulus(unknowns + j)));
        }
        /* Steps square the error; boxes of classes that are not real are larger. */
        if (largest < (eigen->base.is_complex ? 0x1p-35 : 0x1p-150))
            break;
    }
    _acb_vec_clear(value, r);
    acb_mat_clear(step);
    acb_mat_clear(f);
    acb_mat_clear(inverse);
}

static eigen_t make_system(const ncf_claimed_tensor_t *tensor, const ncf_pair_t *pair,
                           const slong *scales)
{
    return (eigen_t){{.size = tensor->dimension,
                      .is_complex = !pair->real,
                      .evaluate = evaluate_eigen,
                      .scales = scales,
                      .magnitude = tensor->magnitude},
                     tensor,
                     pair->chart};
}

/* Are two classes about the same, or one about the conjugate of the other? */
static int is_same(const ncf_pair_t *a, const ncf_pair_t *b, slong r)
{
    double same = 0, conjugate = 0;
    if (a->chart != b->chart)
        return 0;
    for (slong j = 0; j < r && (same < SAME || conjugate < SAME); j++) {
        acb_t t;
        acb_init(t);
        acb_sub(t, a->c + j, b->c + j, 64);
        same = fmax(same, modulus(t));
        acb_conj(t, b->c + j);
        acb_sub(t, a->c + j, t, 64);
        conjugate = fmax(conjugate, modulus(t));
        acb_clear(t);
    }
    return same < SAME || conjugate < SAME;
}

static void append_pair(ncf_claimed_tensor_t *tensor, const ncf_pair_t *pair)
{
    if (tensor->count == tensor->allocated) {
        tensor->allocated = 2 * tensor->allocated + 16;
        tensor->pairs =
            ncf__realloc(tensor->pairs, (size_t) tensor->allocated, sizeof(*tensor->pairs));
    }
    if (pair->line >= 0)
        tensor->of_line[pair->line] = tensor->count;
    tensor->pairs[tensor->count++] = *pair;
}

void ncf__add_pair(ncf_claimed_tensor_t *tensor, acb_srcptr c, int real, slong line)
{
    slong r = tensor->dimension, *scales = ncf__calloc((size_t) r, sizeof(*scales));
    ncf_pair_t pair = {.chart = choose_chart(c, r),
                       .real = real,
                       .line = line,
                       .c = _acb_vec_init(r),
                       .box = _arb_vec_init(r + 1)};
    acb_ptr unknowns = _acb_vec_init(r);
    for (slong j = 0; j < r; j++)
        acb_div(pair.c + j, c + j, c + pair.chart, PREC);
    for (slong j = 0; j < r && real; j++)
        arb_zero(acb_imagref(pair.c + j));
    eigen_t eigen = make_system(tensor, &pair, scales);
    set_unknowns(unknowns, pair.c, &eigen);
    improve(unknowns, &eigen);
    insert_one(pair.c, unknowns, &eigen);
    int known = 0;
    for (slong i = 0; i < tensor->count && !known; i++)
        known = is_same(&pair, &tensor->pairs[i], r);
    if (known) {
        _arb_vec_clear(pair.box, r + 1);
        _acb_vec_clear(pair.c, r);
    } else {
        append_pair(tensor, &pair);
    }
    _acb_vec_clear(unknowns, r);
    ncf__free(scales);
}

/* ---- Claims --------------------------------------------------------------------------------
 */

/* nu is measured by the size of the matrix of which it is an eigenvalue. */
static slong nu_scale(const ncf_claimed_tensor_t *tensor, const ncf_pair_t *pair)
{
    slong r = tensor->dimension;
    double largest = 0;
    acb_mat_t hessian;
    acb_mat_init(hessian, r, r);
    ncf__tensor_forms(NULL, hessian, pair->c, tensor, 64);
    for (slong j = 0; j < r; j++)
        largest = fmax(largest, modulus(acb_mat_entry(hessian, pair->chart, j)));
    largest /= fmpq_get_d(fmpq_mat_entry(tensor->tensor->gram, pair->chart, 0));
    acb_mat_clear(hessian);
    return largest > 0x1p-900 && largest < 0x1p900 ? (slong) floor(log2(largest)) : 0;
}

/* The first tightness from `first` on, in steps, for which there is a witness. */
static void witness_pair(const ncf_claimed_tensor_t *tensor, ncf_pair_t *pair, slong first,
                         slong step)
{
    slong r = tensor->dimension, *scales = ncf__calloc((size_t) r, sizeof(*scales));
    acb_mat_t inverse;
    acb_ptr unknowns = _acb_vec_init(r);
    acb_mat_init(inverse, r, r);
    scales[r - 1] = nu_scale(tensor, pair);
    eigen_t eigen = make_system(tensor, pair, scales);
    set_unknowns(unknowns, pair->c, &eigen);
    if (pair->has_witness)
        ncf__witness_clear(&pair->witness);
    pair->has_witness = 0;
    int regular = ncf__witness_inverse(inverse, &eigen.base, unknowns);
    for (slong t = first; regular && !pair->has_witness && t <= LAST_TIGHTNESS; t += step) {
        pair->has_witness =
            ncf__witness_init(&pair->witness, &eigen.base, unknowns, inverse, t);
        pair->radius = ldexp(1, (int) -t);
    }
    acb_mat_clear(inverse);
    _acb_vec_clear(unknowns, r);
    ncf__free(scales);
}

void ncf__witness_pairs(ncf_claimed_tensor_t *tensor, slong tightness)
{
    for (slong i = 0; i < tensor->count; i++)
        witness_pair(tensor, &tensor->pairs[i],
                     tensor->pairs[i].real ? REAL_TIGHTNESS : tightness, 8);
}

/* c and nu as the claim has them. */
static void set_box(ncf_pair_t *pair, slong r)
{
    arb_t radius;
    arb_init(radius);
    for (slong j = 0, next = 0; j <= r; j++) {
        if (j == pair->chart) {
            arb_one(pair->box + j);
            continue;
        }
        ncf__dyadic_get(pair->box + j, &pair->witness.centre, next);
        ncf__dyadic_get(radius, &pair->witness.radius, next);
        arb_add_error(pair->box + j, radius);
        next++;
    }
    arb_clear(radius);
}

static void write_pair(const ncf_claimed_tensor_t *tensor, ncf_pair_t *pair,
                       ncf_certificate_t *certificate)
{
    pair->id = ncf__claim_open(certificate, "exists-unique", "T-KRAWCZYK", &tensor->id, 1);
    ncf__claim_text(certificate, "system", "eigenpair");
    ncf__claim_text(certificate, "field", pair->real ? "real" : "complex");
    ncf__claim_integer(certificate, "chart", pair->chart);
    ncf__witness_write(certificate, &pair->witness);
    ncf__claim_close(certificate);
    if (pair->real)
        set_box(pair, tensor->dimension);
}

void ncf__claim_pairs(ncf_claimed_tensor_t *tensor, ncf_certificate_t *certificate)
{
    for (slong i = 0; i < tensor->count; i++)
        if (tensor->pairs[i].has_witness)
            write_pair(tensor, &tensor->pairs[i], certificate);
}

ncf_pair_t *ncf__claim_wide_pairs(slong *count, slong *twice,
                                  const ncf_claimed_tensor_t *tensor,
                                  ncf_certificate_t *certificate)
{
    slong r = tensor->dimension;
    ncf_pair_t *out = ncf__calloc((size_t) (tensor->count * r) + 1, sizeof(*out));
    *count = *twice = 0;
    for (slong i = 0; i < tensor->count; i++) {
        const ncf_pair_t *line = &tensor->pairs[i];
        double largest = 0;
        slong first = *count;
        for (slong k = 0; k < r; k++)
            largest = fmax(largest, modulus(line->c + k));
        for (slong k = 0; k < r && line->line >= 0; k++) {
            ncf_pair_t *pair = &out[*count];
            if (modulus(line->c + k) < BOUNDARY * largest)
                continue;
            *pair = (ncf_pair_t){.chart = k,
                                 .real = 1,
                                 .line = line->line,
                                 .c = _acb_vec_init(r),
                                 .box = _arb_vec_init(r + 1)};
            for (slong j = 0; j < r; j++)
                acb_div(pair->c + j, line->c + j, line->c + k, PREC);
            witness_pair(tensor, pair, WIDEST, 1);
            if (!pair->has_witness) {
                _arb_vec_clear(pair->box, r + 1);
                _acb_vec_clear(pair->c, r);
                continue;
            }
            write_pair(tensor, pair, certificate);
            *twice += *count > first;
            ++*count;
        }
    }
    return out;
}
