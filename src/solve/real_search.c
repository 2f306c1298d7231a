/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * real_search.c: real eigenpairs T x^{m-1} = mu x, |x| = 1, from random starts: shifted
 * symmetric power iteration in both directions (Kolda and Mayo, 2011) for extrema,
 * Newton's method and its damped least-squares form for the others. Proposals only.
 */
#include "path_system.h"

#include <math.h>
#include <string.h>

#define SEARCH_STREAM 1000 /* the first random stream of the starts */
#define POWER_STEPS 200
#define NEWTON_STEPS 40
#define DAMPED_STEPS 100
#define SAME_LINE 1e-7

/* How a start is driven near an eigenpair before Newton's method finishes it. */
typedef enum {
    SEARCH_ASCENT,
    SEARCH_DESCENT,
    SEARCH_NEWTON,
    SEARCH_DAMPED,
    SEARCH_WAYS
} way_t;

typedef struct {
    const ncf_homotopy_tensor_t *tensor;
    const ncf_form_t *form; /* monomial form, NULL: sum over the points */
    const ncf_homotopy_options_t *options;
    ncf_endpoints_t *found; /* one place a start */
} search_t;

/* One start: the point, and scratch for the bordered system of size n + 1. */
typedef struct {
    const search_t *search;
    slong n;
    double *x;        /* n entries, then mu */
    double *gradient; /* T x^{m-1} */
    double *hessian;  /* (m-1) T x^{m-2}, n x n, lower half set */
    double *residual; /* n + 1 */
    double *matrix;   /* (n+1)^2 */
    double *normal;   /* (n+1)^2 */
    double *update;   /* n + 1 */
    double *trial;    /* n + 1 */
    double *features; /* of the monomial form */
    double *packed;   /* its slope, padded */
} point_t;

/* ---- Evaluation ------------------------------------------------------------------ */

static double dot(const double *a, const double *b, slong n)
{
    double sum = 0;
    for (slong i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static double power(double x, slong e)
{
    double result = 1;
    for (; e > 0; e >>= 1, x *= x) {
        if (e & 1)
            result *= x;
    }
    return result;
}

static void table_times(double *out, const ncf_form_table_t *table, const double *in)
{
    const double *entry = table->data;
    memset(out, 0, (size_t) ncf__table_padded(table->rows) * sizeof(double));
    for (slong row = 0; row < table->rows; row += NCF_TABLE_BLOCK) {
        for (slong col = 0; col < table->cols; col++, entry += NCF_TABLE_BLOCK) {
            for (int r = 0; r < NCF_TABLE_BLOCK; r++)
                out[row + r] += entry[r] * in[col];
        }
    }
}

static void monomial_hessian(point_t *p)
{
    const ncf_form_t *form = p->search->form;
    slong n = p->n;
    memcpy(p->features, p->x, (size_t) n * sizeof(double));
    for (slong k = n; k < form->high; k++)
        p->features[k] = p->features[form->parent[k]] * p->x[form->factor[k]];
    table_times(p->packed, &form->slope, p->features + form->low);
    for (slong a = 0, k = 0; a < n; a++) {
        for (slong b = 0; b <= a; b++, k++)
            p->hessian[a * n + b] = p->packed[k];
    }
}

static void rank_hessian(point_t *p)
{
    const ncf_homotopy_tensor_t *tensor = p->search->tensor;
    slong n = p->n, m = tensor->order;
    memset(p->hessian, 0, (size_t) (n * n) * sizeof(double));
    for (slong k = 0; k < tensor->count; k++) {
        const double *y = tensor->points + k * n;
        double weight = (double) (m - 1) * tensor->weights[k] * power(dot(y, p->x, n), m - 2);
        for (slong a = 0; a < n; a++) {
            double factor = weight * y[a];
            for (slong b = 0; b <= a; b++)
                p->hessian[a * n + b] += factor * y[b];
        }
    }
}

static void rank_gradient(point_t *p)
{
    const ncf_homotopy_tensor_t *tensor = p->search->tensor;
    slong n = p->n;
    memset(p->gradient, 0, (size_t) n * sizeof(double));
    for (slong k = 0; k < tensor->count; k++) {
        const double *y = tensor->points + k * n;
        double weight = tensor->weights[k] * power(dot(y, p->x, n), tensor->order - 1);
        for (slong a = 0; a < n; a++)
            p->gradient[a] += weight * y[a];
    }
}

/* hessian at x, and gradient = hessian x / (m - 1) */
static void set_hessian(point_t *p)
{
    slong n = p->n;
    if (p->search->form != NULL)
        monomial_hessian(p);
    else
        rank_hessian(p);
    for (slong a = 0; a < n; a++) {
        for (slong b = 0; b < a; b++)
            p->hessian[b * n + a] = p->hessian[a * n + b];
    }
    double scale = 1 / (double) (p->search->tensor->order - 1);
    for (slong a = 0; a < n; a++)
        p->gradient[a] = scale * dot(p->hessian + a * n, p->x, n);
}

static void set_gradient(point_t *p)
{
    if (p->search->form != NULL)
        set_hessian(p);
    else
        rank_gradient(p);
}

/* (T x^{m-1} - mu x, (|x|^2 - 1) / 2) and its Jacobian; returns the squared residual. */
static double set_system(point_t *p)
{
    slong n = p->n, size = n + 1;
    double mu = p->x[n];
    set_hessian(p);
    for (slong a = 0; a < n; a++) {
        p->residual[a] = p->gradient[a] - mu * p->x[a];
        memcpy(p->matrix + a * size, p->hessian + a * n, (size_t) n * sizeof(double));
        p->matrix[a * size + a] -= mu;
        p->matrix[a * size + n] = -p->x[a];
        p->matrix[n * size + a] = p->x[a];
    }
    p->matrix[n * size + n] = 0;
    p->residual[n] = 0.5 * (dot(p->x, p->x, n) - 1);
    return dot(p->residual, p->residual, size);
}

/* ---- Steps ----------------------------------------------------------------------- */

static void swap_rows(double *matrix, double *x, slong size, slong a, slong b)
{
    for (slong k = 0; k < size; k++) {
        double entry = matrix[a * size + k];
        matrix[a * size + k] = matrix[b * size + k];
        matrix[b * size + k] = entry;
    }
    double entry = x[a];
    x[a] = x[b];
    x[b] = entry;
}

/* Solves in place by elimination with row pivoting; overwrites the matrix. */
static void solve(double *matrix, double *x, slong size)
{
    for (slong k = 0; k < size; k++) {
        slong best = k;
        for (slong i = k + 1; i < size; i++) {
            if (fabs(matrix[i * size + k]) > fabs(matrix[best * size + k]))
                best = i;
        }
        if (best != k)
            swap_rows(matrix, x, size, k, best);
        for (slong i = k + 1; i < size; i++) {
            double factor = matrix[i * size + k] / matrix[k * size + k];
            for (slong j = k + 1; j < size; j++)
                matrix[i * size + j] -= factor * matrix[k * size + j];
            x[i] -= factor * x[k];
        }
    }
    for (slong k = size - 1; k >= 0; k--) {
        x[k] -= dot(matrix + k * size + k + 1, x + k + 1, size - k - 1);
        x[k] /= matrix[k * size + k];
    }
}

static void normalise(double *x, slong n)
{
    double scale = 1 / sqrt(dot(x, x, n));
    for (slong i = 0; i < n; i++)
        x[i] *= scale;
}

static int stopped(const point_t *p)
{
    return ncf__limit_reached(p->search->options->limits) != NCF_LIMIT_NONE;
}

/* Newton's method until it stagnates; returns whether it found an eigenpair. */
static int finish(point_t *p)
{
    slong size = p->n + 1;
    double last = HUGE_VAL;
    for (int step = 0; step < NEWTON_STEPS && !stopped(p); step++) {
        set_system(p);
        memcpy(p->update, p->residual, (size_t) size * sizeof(double));
        solve(p->matrix, p->update, size);
        double moved = sqrt(dot(p->update, p->update, size));
        if (!isfinite(moved))
            return 0;
        for (slong i = 0; i < size; i++)
            p->x[i] -= p->update[i];
        normalise(p->x, p->n);
        if (moved < 1e-15 || (moved < 1e-12 && moved >= 0.5 * last))
            return sqrt(set_system(p)) < 1e-12;
        last = moved;
    }
    return 0;
}

/*
 * x <- direction (T x^{m-1} + shift x), normalised: the value T x^m grows in the
 * direction once the shift is large enough; it is doubled whenever it was not.
 */
static void power_iteration(point_t *p, double direction)
{
    slong n = p->n;
    double shift = 0, value = -HUGE_VAL;
    set_gradient(p);
    for (int step = 0; step < POWER_STEPS && !stopped(p); step++) {
        memcpy(p->trial, p->x, (size_t) n * sizeof(double));
        memcpy(p->update, p->gradient, (size_t) n * sizeof(double));
        value = direction * dot(p->gradient, p->x, n);
        for (slong i = 0; i < n; i++)
            p->x[i] = direction * p->update[i] + shift * p->trial[i];
        normalise(p->x, n);
        set_gradient(p);
        double change = direction * dot(p->gradient, p->x, n) - value;
        if (change >= 0 && change < 1e-9 * fabs(value))
            break;
        if (!(change >= 0)) {
            shift = 2 * shift + fabs(value) + 1e-3;
            memcpy(p->x, p->trial, (size_t) n * sizeof(double));
            memcpy(p->gradient, p->update, (size_t) n * sizeof(double));
        }
    }
}

/* matrix^T matrix + damping I and matrix^T residual */
static void set_normal(point_t *p, double damping)
{
    slong size = p->n + 1;
    memset(p->normal, 0, (size_t) (size * size) * sizeof(double));
    memset(p->update, 0, (size_t) size * sizeof(double));
    for (slong k = 0; k < size; k++) {
        const double *row = p->matrix + k * size;
        for (slong i = 0; i < size; i++) {
            p->update[i] += row[i] * p->residual[k];
            for (slong j = 0; j < size; j++)
                p->normal[i * size + j] += row[i] * row[j];
        }
    }
    for (slong i = 0; i < size; i++)
        p->normal[i * size + i] += damping;
}

/* Levenberg and Marquardt's method on the squared residual: it is not repelled by saddles. */
static void damped_iteration(point_t *p)
{
    slong size = p->n + 1;
    double damping = 1e-2, value = set_system(p);
    for (int step = 0; step < DAMPED_STEPS && value > 1e-12 && !stopped(p); step++) {
        set_normal(p, damping);
        solve(p->normal, p->update, size);
        memcpy(p->trial, p->x, (size_t) size * sizeof(double));
        for (slong i = 0; i < size; i++)
            p->x[i] -= p->update[i];
        double next = set_system(p);
        damping *= next < value ? 0.2 : 4;
        if (!(next < value)) {
            memcpy(p->x, p->trial, (size_t) size * sizeof(double));
            next = set_system(p);
        }
        value = next;
    }
}

/* ---- Starts ---------------------------------------------------------------------- */

static void random_point(point_t *p, slong index)
{
    slong n = p->n;
    ncf_random_t random;
    ncf__random_init(&random, p->search->options->seed, SEARCH_STREAM + (uint64_t) index);
    for (slong i = 0; i < n; i++) {
        /* A sum of uniform numbers is close enough to a normal one for a direction. */
        double sum = -3;
        for (int k = 0; k < 6; k++)
            sum += ncf__random_unit(&random);
        p->x[i] = sum;
    }
    normalise(p->x, n);
}

static void point_init(point_t *p, const search_t *search)
{
    slong n = search->tensor->dimension, size = n + 1;
    const ncf_form_t *form = search->form;
    slong features = form != NULL ? form->high : 0;
    slong packed = form != NULL ? ncf__table_padded(n * (n + 1) / 2) : 0;
    double *memory = ncf__calloc(
        (size_t) (n + 4 * size + n * n + 2 * size * size + features + packed), sizeof(double));
    p->search = search;
    p->n = n;
    p->x = memory;
    p->gradient = p->x + size;
    p->residual = p->gradient + n;
    p->update = p->residual + size;
    p->trial = p->update + size;
    p->hessian = p->trial + size;
    p->matrix = p->hessian + n * n;
    p->normal = p->matrix + size * size;
    p->features = p->normal + size * size;
    p->packed = p->features + features;
}

/* The sign is fixed by the largest coordinate; T (-x)^{m-1} = (-1)^{m-1} T x^{m-1}. */
static void store(const point_t *p, slong index)
{
    ncf_endpoints_t *found = p->search->found;
    slong n = p->n, top = 0;
    for (slong i = 1; i < n; i++) {
        if (fabs(p->x[i]) > fabs(p->x[top]))
            top = i;
    }
    double sign = p->x[top] < 0 ? -1 : 1;
    for (slong i = 0; i < n; i++)
        found->z[2 * (index * n + i)] = sign * p->x[i];
    found->mu[2 * index] = p->search->tensor->order % 2 == 0 ? p->x[n] : sign * p->x[n];
    found->status[index] = NCF_PATH_FINISHED;
}

static void search_job(void *context, slong index, int worker)
{
    (void) worker;
    search_t *search = context;
    point_t point;
    point_init(&point, search);
    random_point(&point, index);
    way_t way = (way_t) (index % SEARCH_WAYS);
    if (way == SEARCH_ASCENT || way == SEARCH_DESCENT)
        power_iteration(&point, way == SEARCH_ASCENT ? 1 : -1);
    set_hessian(&point);
    point.x[point.n] = dot(point.gradient, point.x, point.n);
    if (way == SEARCH_DAMPED)
        damped_iteration(&point);
    search->found->status[index] = NCF_PATH_FAILED;
    if (finish(&point))
        store(&point, index);
    ncf__free(point.x);
}

static int same_line(const ncf_endpoints_t *found, slong a, slong b)
{
    slong n = found->dimension;
    if (fabs(fabs(found->mu[2 * a]) - fabs(found->mu[2 * b])) > SAME_LINE)
        return 0;
    double minus = 0, plus = 0;
    for (slong i = 0; i < n; i++) {
        double x = found->z[2 * (a * n + i)], y = found->z[2 * (b * n + i)];
        minus = fmax(minus, fabs(x - y));
        plus = fmax(plus, fabs(x + y));
    }
    return fmin(minus, plus) < SAME_LINE;
}

/* Moves the distinct lines to the front, in the order of their starts. */
static void keep_distinct(ncf_endpoints_t *found)
{
    slong n = found->dimension, kept = 0;
    for (slong k = 0; k < found->paths; k++) {
        int fresh = found->status[k] == NCF_PATH_FINISHED;
        for (slong j = 0; j < kept && fresh; j++)
            fresh = !same_line(found, j, k);
        if (!fresh)
            continue;
        memmove(found->z + 2 * kept * n, found->z + 2 * k * n,
                (size_t) n * 2 * sizeof(double));
        memmove(found->mu + 2 * kept, found->mu + 2 * k, 2 * sizeof(double));
        found->status[kept++] = NCF_PATH_FINISHED;
    }
    found->paths = kept;
}

void ncf__real_search(ncf_endpoints_t *out, const ncf_homotopy_tensor_t *tensor, slong starts,
                      const ncf_homotopy_options_t *options)
{
    NCF_REQUIRE(tensor->order >= 3 && tensor->dimension >= 2 && starts >= 0);
    ncf_form_t form;
    double pairs = 0.5 * (double) tensor->dimension * (double) (tensor->dimension + 1);
    double direct = (double) tensor->count * (2 * (double) tensor->dimension + 2 * pairs);
    int monomial = ncf__form_slope_cost(NCF_FORM_MONOMIAL, tensor) < direct;
    if (monomial)
        ncf__form_init(&form, NCF_FORM_MONOMIAL, NCF_FORM_SLOPE, tensor);
    ncf__endpoints_init(out, tensor->dimension, starts);
    search_t search = {tensor, monomial ? &form : NULL, options, out};
    ncf__parallel_for(starts, options->threads, search_job, &search, options->limits,
                      "searching real eigenvectors");
    keep_distinct(out);
    if (monomial)
        ncf__form_clear(&form);
}
