/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* features.c: two layers with square activation through x x^T, see features.h. */
#include "features.h"

#include <math.h>
#include <string.h>

#define GRAIN NCF_BATCH_GRAIN
#define LEAST 1e-150 /* of a coordinate that is not zero: its square is a normal number */
#define LARGEST 1e150
#define SPREAD 1e4 /* of the columns of Phi, for the rows of R */
#define GRADIENTS 200 /* that a factorisation has to be worth */
#define MOST_NUMBERS 10000000
#define NEAR_NUMBERS 60000 /* that stay in a near cache */

struct ncf_features {
    const ncf_batch_kernel_t *kernel;
    slong d, units, row; /* row: d, rounded up to the grain */
    slong count, width;  /* m, rounded up */
    slong rows;          /* of Phi or R */
    int triangle;        /* rows of R */
    double *panels;      /* eight rows each, for R from the column of the diagonal on; of
                            blocks of 8 x 8, so that they are read in one stream */
    double *w, *scaled;  /* units x row: w_s, v_s w_s */
    double *product, *second; /* units x row */
    double *form;        /* d x row: Q, then S */
    double *q, *g;       /* width */
    double *change;      /* width: of q */
    void *memory;
};

static slong grains(slong count)
{
    return (count + GRAIN - 1) / GRAIN * GRAIN;
}

static int has_features(const ncf_network_struct *network)
{
    const ncf_layers_t *layers = &network->layers;
    return network->part_count == 0 && layers->depth == 2 && layers->widths[2] == 1 &&
           layers->activations[0].kind == NCF_ACTIVATION_POWER &&
           layers->activations[0].degree == 2 && layers->ties[0] == NULL && layers->ties[1] == NULL;
}

/*
 * Operations of a gradient. Products with Phi use a number twice only after it was fetched:
 * half as fast from a near cache, a fifth from a far one.
 */
static double product_cost(double numbers)
{
    return (numbers <= NEAR_NUMBERS ? 2 : 5) * 4 * numbers;
}

ncf_features_gain_t ncf__features_gain(const ncf_network_struct *network, slong points,
                                       int square_loss)
{
    if (!has_features(network))
        return NCF_FEATURES_NONE;
    double d = (double) network->layers.widths[0], h = (double) network->layers.widths[1];
    double n = (double) points, m = d * (d + 1) / 2, forms = 4 * h * d * d;
    double direct = 4 * n * d * h, through_points = product_cost(n * m) + forms;
    double through_triangle = product_cost(m * m / 2) + forms;
    if (square_loss && n > m && m * m < MOST_NUMBERS && n * m < MOST_NUMBERS) {
        double gain = fmin(direct, through_points) - through_triangle;
        if (gain > 0 && 2 * n * m * m < GRADIENTS * gain)
            return NCF_FEATURES_TRIANGLE;
    }
    return through_points < direct && n * m < MOST_NUMBERS ? NCF_FEATURES_POINTS
                                                           : NCF_FEATURES_NONE;
}

/* ---- Set-up ----------------------------------------------------------------------- */

static int data_are_fit(const double *x, slong count)
{
    for (slong k = 0; k < count; k++) {
        double size = fabs(x[k]);
        if (size != 0 && !(size >= LEAST && size <= LARGEST))
            return 0;
    }
    return 1;
}

/* out[k stride]: the m entries of x x^T. */
static void fill_products(double *out, slong stride, const double *x, slong d)
{
    for (slong r = 0; r < d; r++) {
        for (slong c = r; c < d; c++, out += stride)
            *out = (c == r ? 1 : 2) * x[r] * x[c];
    }
}

/* The columns of the m + 1 columns of a, zeros left out, are of about one size. */
static int columns_are_even(const double *a, slong rows, slong columns)
{
    double least = INFINITY, largest = 0;
    for (slong c = 0; c < columns; c++) {
        double square = 0;
        for (slong i = 0; i < rows; i++)
            square += a[c * rows + i] * a[c * rows + i];
        double size = sqrt(square);
        largest = fmax(largest, size);
        if (size > 0)
            least = fmin(least, size);
    }
    return largest <= SPREAD * least && isfinite(largest);
}

static double *panel_of(const ncf_features_t *features, slong first)
{
    slong skipped = features->triangle ? first / GRAIN * (first / GRAIN - 1) / 2 * GRAIN : 0;
    return features->panels + first * features->width - GRAIN * skipped;
}

static void set_entry(ncf_features_t *features, slong r, slong c, double value)
{
    slong first = r / GRAIN * GRAIN, column = c - (features->triangle ? first : 0);
    panel_of(features, first)[column / GRAIN * (GRAIN * GRAIN) + (r - first) * GRAIN +
                              column % GRAIN] = value;
}

static void load_points(ncf_features_t *features, const double *x)
{
    for (slong i = 0; i < features->rows; i++) {
        fill_products(features->q, 1, x + i * features->d, features->d);
        for (slong c = 0; c < features->count; c++)
            set_entry(features, i, c, features->q[c]);
    }
}

/* Returns 0 when the columns are not even; c takes the place of the labels. */
static int load_triangle(ncf_features_t *features, const double *x, slong points,
                         double *labels, double *rest)
{
    slong m = features->count;
    double *a = ncf__malloc((size_t) (points * (m + 1)), sizeof(double));
    for (slong i = 0; i < points; i++)
        fill_products(a + i, points, x + i * features->d, features->d);
    memcpy(a + m * points, labels, (size_t) points * sizeof(double));
    int loaded = columns_are_even(a, points, m) && ncf__dense_triangle(a, points, m + 1);
    for (slong r = 0; loaded && r < m; r++) {
        for (slong c = r; c < m; c++)
            set_entry(features, r, c, a[c * points + r]);
        labels[r] = a[m * points + r];
    }
    if (loaded)
        *rest = a[m * points + m] * a[m * points + m];
    ncf__free(a);
    return loaded;
}

/* The next `count` numbers, or only their number while the memory is NULL. */
static double *take(const ncf_features_t *features, slong *used, slong count)
{
    double *block = NULL;
    if (features->memory != NULL)
        block = (double *) (((uintptr_t) features->memory + 63) / 64 * 64) + *used;
    *used += grains(count);
    return block;
}

static slong lay_out(ncf_features_t *features)
{
    slong used = 0, sides = features->units * features->row;
    features->w = take(features, &used, sides);
    features->scaled = take(features, &used, sides);
    features->product = take(features, &used, sides);
    features->second = take(features, &used, sides);
    features->form = take(features, &used, features->d * features->row);
    features->q = take(features, &used, features->width);
    features->g = take(features, &used, features->width);
    features->change = take(features, &used, features->width);
    features->panels = take(features, &used, grains(features->rows) * features->width);
    return used;
}

ncf_features_t *ncf__features_new(const ncf_network_struct *network, const double *x,
                                  slong points, ncf_features_gain_t gain, double *labels,
                                  double *rest)
{
    slong d = network->inputs;
    if (!has_features(network) || (gain != NCF_FEATURES_NONE && !data_are_fit(x, points * d)))
        return NULL;
    ncf_features_t *features = ncf__calloc(1, sizeof(*features));
    features->kernel = ncf__batch_kernel();
    features->d = d;
    features->row = grains(d);
    features->units = network->layers.widths[1];
    features->triangle = gain == NCF_FEATURES_TRIANGLE;
    if (gain != NCF_FEATURES_NONE) {
        features->count = d * (d + 1) / 2;
        features->width = grains(features->count);
        features->rows = features->triangle ? features->count : points;
    }
    features->memory = ncf__calloc((size_t) lay_out(features) + GRAIN, sizeof(double));
    lay_out(features);
    if (gain == NCF_FEATURES_POINTS) {
        load_points(features, x);
    } else if (features->triangle && !load_triangle(features, x, points, labels, rest)) {
        ncf__features_free(features);
        return NULL;
    }
    return features;
}

void ncf__features_free(ncf_features_t *features)
{
    if (features != NULL)
        ncf__free(features->memory);
    ncf__free(features);
}

slong ncf__features_rows(const ncf_features_t *features)
{
    return features->rows;
}

double ncf__features_operations(const ncf_features_t *f)
{
    double sides = (double) f->units * (double) (f->d * f->d);
    double numbers = (double) f->rows * (double) f->count;
    return 4 * sides + (f->triangle ? 2 : 4) * numbers;
}

/* ---- Between the weights and Q ------------------------------------------------------ */

/* q = the entries of sum_s v_s w_s w_s^T from the diagonal on; sets w and scaled. */
static void load_form(ncf_features_t *f, const double *u)
{
    f->kernel->scale_rows(f->w, f->scaled, u, u + f->units * f->d, f->units, f->d, f->row);
    for (slong r = 0; r < f->d; r += GRAIN)
        f->kernel->mix(f->form + r * f->row + r, NULL, u + r, 1, f->d, f->scaled + r,
                       FLINT_MIN(GRAIN, f->d - r), f->units, f->row, f->row - r);
    double *q = f->q;
    for (slong r = 0; r < f->d; q += f->d - r, r++)
        memcpy(q, f->form + r * f->row + r, (size_t) (f->d - r) * sizeof(double));
}

/* The same of its change when u moves by v: of sum_s (v'_s w_s + 2 v_s w'_s) w_s^T. */
static void load_change(ncf_features_t *f, const double *u, const double *v)
{
    slong d = f->d, row = f->row;
    const double *top = u + f->units * d, *moves = v + f->units * d;
    for (slong s = 0; s < f->units; s++) {
        for (slong c = 0; c < d; c++)
            f->product[s * row + c] = moves[s] * u[s * d + c] + 2 * top[s] * v[s * d + c];
    }
    f->kernel->mix(f->form, NULL, u, 1, d, f->product, d, f->units, row, row);
    double *change = f->change;
    for (slong r = 0; r < d; r++) {
        for (slong c = r; c < d; c++)
            *change++ = (f->form[r * row + c] + f->form[c * row + r]) / 2;
    }
}

/* S from the derivatives g by the entries of q. */
static void spread(ncf_features_t *f)
{
    const double *g = f->g;
    for (slong r = 0; r < f->d; r++) {
        f->form[r * f->row + r] = 2 * *g++;
        for (slong c = r + 1; c < f->d; c++) {
            f->form[r * f->row + c] = *g;
            f->form[c * f->row + r] = *g++;
        }
    }
}

/* The gradients are v_s S w_s and w_s S w_s / 2; w is that of u. */
static void contract(double *gradient, ncf_features_t *f, const double *u, const double *form)
{
    slong sides = f->units * f->d;
    f->kernel->mix(f->product, NULL, u, f->d, 1, form, f->units, f->d, f->row, f->row);
    f->kernel->contract(gradient, gradient + sides, u + sides, f->w, f->product, f->units, f->d,
                        f->row);
}

/* ---- Rows ------------------------------------------------------------------------- */

static slong panel_start(const ncf_features_t *f, slong first)
{
    return f->triangle ? first : 0;
}

/* h = the rows times q; both have room for whole panels. */
static void multiply_panel(double *h, const ncf_features_t *f, const double *q, slong first)
{
    slong start = panel_start(f, first);
    f->kernel->panel_dot(h, panel_of(f, first), q + start, f->width - start);
}

/* out += the transposed rows times r */
static void add_panel(double *out, const ncf_features_t *f, const double *r, slong first)
{
    slong start = panel_start(f, first);
    f->kernel->panel_add(out + start, r, panel_of(f, first), f->width - start);
}

static void multiply_rows(double *h, const ncf_features_t *f, const double *q)
{
    for (slong first = 0; first < f->rows; first += GRAIN) {
        double block[GRAIN];
        multiply_panel(block, f, q, first);
        memcpy(h + first, block,
               (size_t) FLINT_MIN(GRAIN, f->rows - first) * sizeof(double));
    }
}

void ncf__features_outputs(double *h, ncf_features_t *f, const double *u)
{
    load_form(f, u);
    multiply_rows(h, f, f->q);
}

void ncf__features_directional(double *h, double *slope, ncf_features_t *f, const double *u,
                               const double *v)
{
    load_form(f, u);
    multiply_rows(h, f, f->q);
    load_change(f, u, v);
    multiply_rows(slope, f, f->change);
}

void ncf__features_gradient(double *gradient, double *h, ncf_features_t *f, const double *u,
                            ncf_residual_fn residual, void *context)
{
    load_form(f, u);
    memset(f->g, 0, (size_t) f->width * sizeof(double));
    for (slong first = 0; first < f->rows; first += GRAIN) {
        double outputs[GRAIN], r[GRAIN] = {0};
        slong count = FLINT_MIN(GRAIN, f->rows - first);
        multiply_panel(outputs, f, f->q, first);
        if (h != NULL)
            memcpy(h + first, outputs, (size_t) count * sizeof(double));
        residual(r, outputs, first, count, context);
        add_panel(f->g, f, r, first);
    }
    spread(f);
    contract(gradient, f, u, f->form);
}

/* By w_s: v'_s S w_s + v_s S w'_s; by v_s: w_s S w'_s. */
void ncf__features_hvp(double *out, ncf_features_t *f, const double *u, const double *v,
                       const double *r)
{
    slong d = f->d, row = f->row, sides = f->units * d;
    memset(f->g, 0, (size_t) f->width * sizeof(double));
    for (slong first = 0; first < f->rows; first += GRAIN) {
        double block[GRAIN] = {0};
        memcpy(block, r + first, (size_t) FLINT_MIN(GRAIN, f->rows - first) * sizeof(double));
        add_panel(f->g, f, block, first);
    }
    spread(f);
    f->kernel->mix(f->product, NULL, u, d, 1, f->form, f->units, d, row, row);
    f->kernel->mix(f->second, NULL, v, d, 1, f->form, f->units, d, row, row);
    for (slong s = 0; s < f->units; s++) {
        for (slong c = 0; c < d; c++)
            out[s * d + c] = v[sides + s] * f->product[s * row + c] +
                             u[sides + s] * f->second[s * row + c];
        out[sides + s] = f->kernel->dot(u + s * d, f->second + s * row, d);
    }
}

/* ---- A fixed form ------------------------------------------------------------------- */

double *ncf__features_form(const ncf_features_t *f, const double *x, const double *z,
                           slong points)
{
    double *form = ncf__calloc((size_t) (f->d * f->row), sizeof(double));
    for (slong i = 0; i < points; i++) {
        for (slong r = 0; r < f->d; r++) {
            for (slong c = 0; c < f->d; c++)
                form[r * f->row + c] += 2 * z[i] * x[i * f->d + r] * x[i * f->d + c];
        }
    }
    return form;
}

double ncf__features_correlation(double *gradient, ncf_features_t *f, const double *u,
                                 const double *form)
{
    slong sides = f->units * f->d;
    f->kernel->scale_rows(f->w, f->scaled, u, u + sides, f->units, f->d, f->row);
    contract(gradient, f, u, form);
    return f->kernel->dot(u + sides, gradient + sides, f->units);
}
