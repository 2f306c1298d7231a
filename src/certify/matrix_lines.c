/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * matrix_lines.c: order 2 (T-MATRIX). The eigenvalues of the pencil (A, D), D the metric,
 * are the roots of one characteristic polynomial over Q: all real, with exact
 * multiplicities. In isometric coordinates A becomes a symmetric matrix M, and for the
 * distinct eigenvalues mu_j the vector prod_{j != i} (M - mu_j I) v lies in the
 * eigenspace of mu_i whatever v is: balls enclose it, and Gram-Schmidt makes a basis.
 */
#include "lines.h"
#include "real_roots.h"

/* B = D^{-1} A, A = sum_i z_i c_i c_i^T, exactly. */
static void pencil_matrix(fmpq_mat_t b, const ncf_tensor_t tensor)
{
    fmpq_mat_t weighted, transposed;
    fmpq_mat_init(weighted, tensor->points, tensor->dimension);
    fmpq_mat_init(transposed, tensor->dimension, tensor->points);
    for (slong i = 0; i < tensor->points; i++)
        for (slong j = 0; j < tensor->dimension; j++)
            fmpq_mul(fmpq_mat_entry(weighted, i, j), fmpq_mat_entry(tensor->coords, i, j),
                     fmpq_mat_entry(tensor->weights, i, 0));
    fmpq_mat_transpose(transposed, tensor->coords);
    fmpq_mat_mul(b, transposed, weighted);
    for (slong j = 0; j < tensor->dimension; j++)
        for (slong k = 0; k < tensor->dimension; k++)
            fmpq_div(fmpq_mat_entry(b, j, k), fmpq_mat_entry(b, j, k),
                     fmpq_mat_entry(tensor->gram, j, 0));
    fmpq_mat_clear(transposed);
    fmpq_mat_clear(weighted);
}

/* shifted = x I - B modulo its prime; 0 when the prime divides a denominator. */
static int shift_modulo(nmod_mat_t shifted, const fmpq_mat_t b, ulong x)
{
    slong n = fmpq_mat_nrows(b);
    ulong p = shifted->mod.n;
    for (slong i = 0; i < n; i++) {
        for (slong j = 0; j < n; j++) {
            ulong den = fmpz_fdiv_ui(fmpq_mat_entry_den(b, i, j), p);
            if (den == 0)
                return 0;
            ulong entry =
                n_mulmod2(fmpz_fdiv_ui(fmpq_mat_entry_num(b, i, j), p), n_invmod(den, p), p);
            nmod_mat_entry(shifted, i, j) = n_submod(i == j ? x : 0, entry, p);
        }
    }
    return 1;
}

/* den * charpoly(x) = den * det(x I - B) at one x modulo a prime. */
static int agrees_modulo(const fmpq_poly_t poly, const nmod_mat_t shifted, ulong x)
{
    ulong p = shifted->mod.n;
    fmpz_poly_t numerator;
    nmod_poly_t reduced;
    fmpz_poly_init(numerator);
    nmod_poly_init(reduced, p);
    fmpq_poly_get_numerator(numerator, poly);
    fmpz_poly_get_nmod_poly(reduced, numerator);
    ulong value = nmod_poly_evaluate_nmod(reduced, x);
    ulong den = fmpz_fdiv_ui(fmpq_poly_denref(poly), p);
    int agrees = value == n_mulmod2(nmod_mat_det(shifted), den, p);
    nmod_poly_clear(reduced);
    fmpz_poly_clear(numerator);
    return agrees;
}

/* The identity at a random x modulo a random prime, another one in every run. */
static int charpoly_agrees(const fmpq_poly_t poly, const fmpq_mat_t b)
{
    ncf_random_t random;
    ncf__random_init_entropy(&random);
    for (;;) {
        ulong p = n_nextprime(
            (UINT64_C(1) << 61) + ncf__random_below(&random, UINT64_C(1) << 60), 1);
        ulong x = ncf__random_below(&random, p);
        nmod_mat_t shifted;
        nmod_mat_init(shifted, fmpq_mat_nrows(b), fmpq_mat_nrows(b), p);
        int usable = shift_modulo(shifted, b, x);
        int agrees = usable && agrees_modulo(poly, shifted, x);
        nmod_mat_clear(shifted);
        if (usable)
            return agrees;
    }
}

/* The roots of det(x I - B), verified. */
static void eigenvalues(ncf_real_roots_t *roots, const fmpq_mat_t b, slong prec)
{
    fmpq_poly_t poly;
    fmpz_poly_t numerator;
    fmpq_poly_init(poly);
    fmpz_poly_init(numerator);
    fmpq_mat_charpoly(poly, b);
    NCF_REQUIRE(charpoly_agrees(poly, b));
    fmpq_poly_get_numerator(numerator, poly);
    ncf__real_roots_init(roots, numerator, prec);
    /* B is similar to a symmetric matrix. */
    NCF_REQUIRE(roots->all_real);
    fmpz_poly_clear(numerator);
    fmpq_poly_clear(poly);
}

/* M = D^{1/2} B D^{-1/2} in balls. */
static void isometric_matrix(arb_mat_t m, const fmpq_mat_t b, const ncf_tensor_t tensor, slong prec)
{
    arb_t ratio;
    fmpq_t quotient;
    arb_init(ratio);
    fmpq_init(quotient);
    for (slong j = 0; j < tensor->dimension; j++) {
        for (slong k = 0; k < tensor->dimension; k++) {
            fmpq_div(quotient, fmpq_mat_entry(tensor->gram, j, 0),
                     fmpq_mat_entry(tensor->gram, k, 0));
            arb_set_fmpq(ratio, quotient, prec);
            arb_sqrt(ratio, ratio, prec);
            arb_set_fmpq(arb_mat_entry(m, j, k), fmpq_mat_entry(b, j, k), prec);
            if (!tensor->standard)
                arb_mul(arb_mat_entry(m, j, k), arb_mat_entry(m, j, k), ratio, prec);
        }
    }
    fmpq_clear(quotient);
    arb_clear(ratio);
}

/* V <- (M - mu I) V, scaled by a power of two against growth. */
static void apply_shifted(arb_mat_t v, const arb_mat_t m, const arb_t mu, slong prec)
{
    slong n = arb_mat_nrows(v), columns = arb_mat_ncols(v);
    arb_mat_t image;
    arb_mat_init(image, n, columns);
    arb_mat_mul(image, m, v, prec);
    for (slong j = 0; j < n; j++)
        for (slong k = 0; k < columns; k++)
            arb_submul(arb_mat_entry(image, j, k), mu, arb_mat_entry(v, j, k), prec);
    mag_t size;
    mag_init(size);
    arb_mat_bound_inf_norm(size, image);
    if (!mag_is_special(size) && fmpz_fits_si(MAG_EXPREF(size)))
        arb_mat_scalar_mul_2exp_si(image, image, -MAG_EXP(size));
    arb_mat_swap(v, image);
    mag_clear(size);
    arb_mat_clear(image);
}

typedef struct {
    const ncf_tensor_struct *tensor;
    const ncf_real_roots_t *roots;
    const ncf_proof_options_t *options;
    ncf_line_struct *lines; /* one a root, initialised with its dimension */
    int *found;
    arb_mat_t m; /* enclosed at the working precision, as the roots are */
    slong prec;  /* working precision of the roots and of the next attempt */
} eigenspaces_t;

/* The tree of products is cut into this many jobs, whatever the number of threads. */
enum { BLOCKS = 8 };

/* Orthonormalises rows[k] against the rows before it; 0 when its norm may be 0. */
static int orthonormalise_row(arb_mat_t rows, slong k, slong prec)
{
    slong n = arb_mat_ncols(rows);
    arb_ptr v = arb_mat_entry(rows, k, 0);
    arb_t s;
    arb_init(s);
    for (slong i = 0; i < k; i++) {
        arb_srcptr u = arb_mat_entry(rows, i, 0);
        arb_dot(s, NULL, 0, v, 1, u, 1, n, prec);
        for (slong j = 0; j < n; j++)
            arb_submul(v + j, s, u + j, prec);
    }
    arb_dot(s, NULL, 0, v, 1, v, 1, n, prec);
    int positive = arb_is_positive(s);
    arb_rsqrt(s, s, prec);
    for (slong j = 0; j < n; j++)
        arb_mul(v + j, v + j, s, prec);
    arb_clear(s);
    return positive;
}

/* Are all radii below 2^-prec? */
static int is_tight(const arb_mat_t rows, slong prec)
{
    for (slong i = 0; i < arb_mat_nrows(rows); i++) {
        for (slong j = 0; j < arb_mat_ncols(rows); j++) {
            arb_srcptr entry = arb_mat_entry(rows, i, j);
            if (!arb_is_finite(entry) || mag_cmp_2exp_si(arb_radref(entry), -prec) > 0)
                return 0;
        }
    }
    return 1;
}

/* The columns of V are in the eigenspace of root i: makes an orthonormal basis of them. */
static void set_eigenspace(const eigenspaces_t *job, slong i, const arb_mat_t v)
{
    ncf_line_struct *line = &job->lines[i];
    slong n = job->tensor->dimension, wanted = job->options->precision;
    arb_mat_t rows;
    arb_mat_init(rows, line->dimension + 1, n);
    int found = 1;
    for (slong k = 0; k <= line->dimension && found; k++) {
        for (slong j = 0; j < n; j++)
            arb_set(arb_mat_entry(rows, k, j), arb_mat_entry(v, j, k));
        found = orthonormalise_row(rows, k, job->prec);
    }
    job->found[i] = found && is_tight(rows, wanted);
    for (slong k = 0; k <= line->dimension && job->found[i]; k++)
        ncf__line_set_row(line, k, arb_mat_entry(rows, k, 0), job->tensor, wanted + 30);
    arb_set_round(line->mu, job->roots->roots[i].value, wanted + 30);
    /* Its sign decides the index: only a root that is exactly 0 may be enclosed with 0. */
    if (arb_contains_zero(line->mu) && !arb_is_zero(line->mu))
        job->found[i] = 0;
    arb_mat_clear(rows);
}

/* The largest multiplicity of the roots first..last-1 that are still to be found, or 0. */
static slong columns_wanted(const eigenspaces_t *job, slong first, slong last)
{
    slong columns = 0;
    for (slong i = first; i < last; i++) {
        if (!job->found[i])
            columns = FLINT_MAX(columns, job->roots->roots[i].multiplicity);
    }
    return columns;
}

/* Returns 0, with V to be thrown away, when a limit is reached. */
static int apply_factors(arb_mat_t v, const eigenspaces_t *job, slong first, slong last)
{
    for (slong j = first; j < last; j++) {
        if (ncf__limit_reached(job->options->limits) != NCF_LIMIT_NONE)
            return 0;
        apply_shifted(v, job->m, job->roots->roots[j].value, job->prec);
    }
    return 1;
}

/*
 * V holds the product of the factors of all roots outside first..last-1, applied to the
 * start vectors. Each half of the range shares the factors of the other: s log2(s)
 * products for s roots in place of s^2.
 */
static void descend(const eigenspaces_t *job, slong first, slong last, const arb_mat_t v)
{
    if (columns_wanted(job, first, last) == 0)
        return;
    if (last - first == 1) {
        set_eigenspace(job, first, v);
        return;
    }
    slong mid = first + (last - first) / 2;
    arb_mat_t half;
    arb_mat_init(half, arb_mat_nrows(v), arb_mat_ncols(v));
    arb_mat_set(half, v);
    if (apply_factors(half, job, mid, last))
        descend(job, first, mid, half);
    arb_mat_set(half, v);
    if (apply_factors(half, job, first, mid))
        descend(job, mid, last, half);
    arb_mat_clear(half);
}

/* Job b: the eigenspaces of block b of the roots, unless they are known. */
static void eigenspace_job(void *context, slong b, int worker)
{
    (void) worker;
    const eigenspaces_t *job = context;
    slong n = job->tensor->dimension, count = job->roots->count;
    slong first = b * count / BLOCKS, last = (b + 1) * count / BLOCKS;
    slong columns = columns_wanted(job, first, last);
    if (columns == 0)
        return;
    arb_mat_t v;
    arb_mat_init(v, n, columns);
    ncf_random_t random;
    ncf__random_init(&random, 1, 5);
    for (slong k = 0; k < columns; k++)
        for (slong j = 0; j < n; j++)
            arb_set_si(arb_mat_entry(v, j, k), (slong) ncf__random_below(&random, 201) - 100);
    if (apply_factors(v, job, 0, first) && apply_factors(v, job, last, count))
        descend(job, first, last, v);
    arb_mat_clear(v);
}

/* Multiplicities of the eigenvalues below and above root i. */
static void count_around(slong *below, slong *above, const ncf_real_roots_t *roots, slong i)
{
    *below = *above = 0;
    for (slong j = 0; j < roots->count; j++) {
        if (j < i)
            *below += roots->roots[j].multiplicity;
        if (j > i)
            *above += roots->roots[j].multiplicity;
    }
}

/*
 * S = A / mu_i has the eigenvalues mu_j / mu_i: more than 1 exactly for the mu_j beyond
 * mu_i on the side of its sign. The curvature is the largest of the others; with an
 * eigenvalue 0 when there are directions outside the essential subspace.
 */
static void set_inertia(ncf_line_t line, const ncf_real_roots_t *roots, slong i,
                        const ncf_tensor_t tensor, slong prec)
{
    slong below, above;
    count_around(&below, &above, roots, i);
    line->index = arb_is_positive(line->mu) ? above : below;
    line->nullity = line->dimension;
    line->inertia_known = 1;
    arb_t ratio;
    arb_init(ratio);
    arb_neg_inf(line->curvature);
    for (slong j = 0; j < roots->count; j++) {
        if (j == i)
            continue;
        arb_div(ratio, roots->roots[j].value, line->mu, prec);
        arb_max(line->curvature, line->curvature, ratio, prec);
    }
    arb_zero(ratio);
    if (tensor->dimension < tensor->ambient)
        arb_max(line->curvature, line->curvature, ratio, prec);
    arb_clear(ratio);
}

/*
 * Morse-Bott: root i of multiplicity k is a critical sphere S^{k-1} of T q^2, with as
 * many negative normal directions as there are smaller eigenvalues.
 */
static void add_euler(ncf_line_list_t *out, const ncf_real_roots_t *roots)
{
    for (slong i = 0; i < roots->count; i++) {
        slong below, above;
        count_around(&below, &above, roots, i);
        slong sign = below % 2 == 0 ? 1 : -1;
        out->euler_sum += sign * ncf__euler_sphere(roots->roots[i].multiplicity);
    }
    out->euler_known = 1;
}

static ncf_line_struct *new_lines(const ncf_real_roots_t *roots, slong ambient)
{
    ncf_line_struct *lines = ncf__malloc((size_t) roots->count, sizeof(*lines));
    for (slong i = 0; i < roots->count; i++) {
        slong multiplicity = roots->roots[i].multiplicity;
        ncf__line_init(&lines[i], multiplicity - 1, ambient);
        lines[i].multiplicity = multiplicity;
    }
    return lines;
}

/* Moves the lines with mu != 0 that were found into the list; 1 when none is missing. */
static int collect_lines(ncf_line_list_t *out, eigenspaces_t *job)
{
    int all = 1;
    for (slong i = 0; i < job->roots->count; i++) {
        ncf_line_struct *line = &job->lines[i];
        int zero = arb_is_zero(job->roots->roots[i].value);
        if (job->found[i] && !zero) {
            set_inertia(line, job->roots, i, job->tensor, job->options->precision + 30);
            ncf__line_normalise_sign(line);
            ncf_line_struct *slot =
                ncf__line_list_append(out, line->dimension, job->tensor->ambient);
            ncf_line_struct swap = *slot;
            *slot = *line;
            *line = swap;
        }
        all = all && (job->found[i] || zero);
        ncf__line_clear(line);
    }
    return all;
}

void ncf__matrix_lines(ncf_line_list_t *out, const ncf_tensor_t tensor,
                       const ncf_proof_options_t *options)
{
    slong n = tensor->dimension, prec = 2 * options->precision + 8 * n;
    fmpq_mat_t b;
    fmpq_mat_init(b, n, n);
    pencil_matrix(b, tensor);
    ncf_real_roots_t roots;
    eigenvalues(&roots, b, prec);
    slong count = roots.count;
    int *found = ncf__calloc((size_t) count, sizeof(*found));
    eigenspaces_t job = {.tensor = tensor, .roots = &roots, .options = options,
                         .lines = new_lines(&roots, tensor->ambient), .found = found, .prec = prec};
    arb_mat_init(job.m, n, n);
    for (;;) {
        isometric_matrix(job.m, b, tensor, prec);
        ncf_limit_t limit = ncf__parallel_for(BLOCKS, options->threads, eigenspace_job, &job,
                                              options->limits, "eigenspaces");
        int all = 1;
        for (slong i = 0; i < count; i++)
            all = all && found[i];
        if (all || limit != NCF_LIMIT_NONE || prec > options->max_precision)
            break;
        prec *= 2;
        job.prec = prec;
        ncf__real_roots_clear(&roots);
        eigenvalues(&roots, b, prec);
    }
    out->complete = collect_lines(out, &job) ? ncf_proved() : ncf_undecided();
    out->euler_expected = ncf__euler_sphere(n);
    add_euler(out, &roots);
    ncf__line_list_sort(out);
    arb_mat_clear(job.m);
    ncf__free(job.lines);
    ncf__free(found);
    ncf__real_roots_clear(&roots);
    fmpq_mat_clear(b);
}
