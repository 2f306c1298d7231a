/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* flow_system.c: the right-hand sides of flow.h, and what is observed along a flow. */
#include "flow_internal.h"

#include <math.h>
#include <string.h>

static double dot(const double *a, const double *b, slong n)
{
    return ncf__batch_kernel()->dot(a, b, n);
}

static double norm(const double *a, slong n)
{
    double square = dot(a, a, n), largest = 0, sum = 0;
    if (square > 1e-200 && square < 1e200)
        return sqrt(square);
    for (slong i = 0; i < n; i++)
        largest = fmax(largest, fabs(a[i]));
    if (!(largest > 0) || isinf(largest))
        return largest;
    for (slong i = 0; i < n; i++)
        sum += (a[i] / largest) * (a[i] / largest);
    return largest * sqrt(sum);
}

/* ---- Losses ----------------------------------------------------------------------- */

/* r = -(d/dh) loss(h, y) */
static double residual(ncf_loss_t loss, double h, double y)
{
    switch (loss) {
    case NCF_LOSS_LOGISTIC:
        return y / (1 + exp(y * h));
    case NCF_LOSS_EXPONENTIAL:
        return y * exp(-y * h);
    default:
        return y - h;
    }
}

static double residual_slope(ncf_loss_t loss, double h, double y)
{
    double r = residual(loss, h, y);
    switch (loss) {
    case NCF_LOSS_LOGISTIC:
        return r * (r - y);
    case NCF_LOSS_EXPONENTIAL:
        return -y * r;
    default:
        return -1;
    }
}

static double loss_value(ncf_loss_t loss, double h, double y)
{
    switch (loss) {
    case NCF_LOSS_LOGISTIC:
        return y * h > 0 ? log1p(exp(-y * h)) : log1p(exp(y * h)) - y * h;
    case NCF_LOSS_EXPONENTIAL:
        return exp(-y * h);
    default:
        return (h - y) * (h - y) / 2;
    }
}

/* ---- Set-up ----------------------------------------------------------------------- */

static double *doubles(const fmpq_mat_t matrix)
{
    slong rows = fmpq_mat_nrows(matrix), columns = fmpq_mat_ncols(matrix);
    double *out = ncf__malloc((size_t) (rows * columns), sizeof(double));
    for (slong i = 0; i < rows; i++) {
        for (slong j = 0; j < columns; j++)
            out[i * columns + j] = fmpq_get_d(fmpq_mat_entry(matrix, i, j));
    }
    return out;
}

/* For the square loss z = y, and the sum of z_i H_i over rows is that over points. */
static void load_data(ncf_flow_system_t *system, const struct ncf_problem *problem)
{
    double *x = doubles(problem->x);
    int trains = system->kind == NCF_FLOW_TRAINING || system->kind == NCF_FLOW_DESCENT;
    system->y = doubles(problem->y);
    if (trains && system->loss == NCF_LOSS_SQUARE)
        system->batch = ncf__batch_new_square(system->network, x, problem->points, system->y,
                                              &system->rest);
    else
        system->batch = ncf__batch_new(system->network, x, problem->points);
    system->rows = ncf__batch_rows(system->batch);
    if (system->loss == NCF_LOSS_SQUARE) {
        system->z = ncf__malloc((size_t) system->rows, sizeof(double));
        memcpy(system->z, system->y, (size_t) system->rows * sizeof(double));
    } else {
        fmpq_mat_t z;
        fmpq_mat_init(z, problem->points, 1);
        ncf__problem_weights(z, problem);
        system->z = doubles(z);
        fmpq_mat_clear(z);
    }
    if (!trains)
        system->moments = ncf__batch_moments(system->batch, system->z);
    ncf__free(x);
}

static ncf_status_t choose_form(ncf_flow_system_t *system, const ncf_flow_settings_t *options,
                                ncf_error_t *err)
{
    int cartesian = options->coordinates == NCF_FLOW_CARTESIAN ||
                    options->kind == NCF_FLOW_DESCENT;
    if (options->coordinates == NCF_FLOW_DEFAULT_COORDINATES && !system->homogeneous)
        cartesian = 1;
    if (options->kind == NCF_FLOW_SPHERE)
        system->form = NCF_FORM_SPHERE;
    else
        system->form = cartesian ? NCF_FORM_CARTESIAN : NCF_FORM_POLAR;
    if (!system->homogeneous && system->form != NCF_FORM_CARTESIAN)
        return ncf__fail(err, NCF_ESPEC,
                         "the network is not homogeneous: its direction alone does not flow");
    return NCF_OK;
}

static void allocate(ncf_flow_system_t *system)
{
    size_t n = (size_t) system->n, rows = (size_t) system->rows;
    system->u = ncf__malloc(n, sizeof(double));
    system->g = ncf__malloc(n, sizeof(double));
    system->product = ncf__malloc(n, sizeof(double));
    system->state = ncf__malloc((size_t) system->length, sizeof(double));
    system->h = ncf__malloc(rows, sizeof(double));
    system->r = ncf__malloc(rows, sizeof(double));
    system->dh = ncf__malloc(rows, sizeof(double));
}

ncf_status_t ncf__flow_system_init(ncf_flow_system_t *system, const struct ncf_problem *problem,
                                   const ncf_flow_settings_t *options, ncf_error_t *err)
{
    memset(system, 0, sizeof(*system));
    fmpz_t degree;
    fmpz_init(degree);
    system->homogeneous = ncf__problem_homogeneous(degree, problem);
    system->degree = system->homogeneous ? fmpz_get_d(degree) : 2;
    fmpz_clear(degree);
    system->kind = options->kind;
    system->loss = problem->loss;
    system->delta = options->delta;
    system->log_delta = log(options->delta);
    system->tolerance = options->tolerance;
    ncf_status_t status = choose_form(system, options, err);
    if (status != NCF_OK)
        return status;
    if (!ncf__network_init(system->network, problem))
        return ncf__fail(err, NCF_ESPEC, "the network is too large to integrate");
    system->n = system->network->unknowns;
    system->length = system->n + (system->form == NCF_FORM_POLAR    ? 2
                                  : system->form == NCF_FORM_SPHERE ? 1
                                                                    : 0);
    load_data(system, problem);
    allocate(system);
    return NCF_OK;
}

void ncf__flow_system_clear(ncf_flow_system_t *system)
{
    if (system->batch != NULL)
        ncf__network_clear(system->network);
    ncf__batch_free(system->batch);
    ncf__free(system->y);
    ncf__free(system->z);
    ncf__free(system->moments);
    ncf__free(system->u);
    ncf__free(system->g);
    ncf__free(system->h);
    ncf__free(system->r);
    ncf__free(system->dh);
    ncf__free(system->product);
    ncf__free(system->state);
}

void ncf__flow_system_start(double *state, ncf_flow_system_t *system, const double *start)
{
    double length = norm(start, system->n);
    int cartesian = system->form == NCF_FORM_CARTESIAN;
    for (slong i = 0; i < system->n; i++)
        state[i] = cartesian ? start[i] : start[i] / length;
    for (slong i = system->n; i < system->length; i++)
        state[i] = 0;
    if (!cartesian)
        state[system->n] = log(length);
    double rate = system->form == NCF_FORM_POLAR ? exp((2 - system->degree) * log(length)) : 1;
    system->tau_scale = rate;
}

/* ---- Evaluation -------------------------------------------------------------------- */

static int follows_correlation(const ncf_flow_system_t *system)
{
    return system->kind == NCF_FLOW_CORRELATION || system->kind == NCF_FLOW_SPHERE;
}

static void set_residuals(double *r, const double *h, slong first, slong count, void *context)
{
    const ncf_flow_system_t *system = context;
    for (slong i = 0; i < count; i++)
        r[i] = residual(system->loss, system->kappa * h[i], system->y[first + i]);
}

/* Sets u, g and kappa, and h but for correlations through moments. */
static void evaluate(ncf_flow_system_t *system, const double *state)
{
    size_t size = (size_t) system->length * sizeof(double);
    if (system->fresh && memcmp(state, system->state, size) == 0)
        return;
    double inner = 1;
    if (system->form == NCF_FORM_POLAR) {
        system->kappa = exp(system->degree * (system->log_delta + state[system->n]));
    } else if (system->homogeneous) {
        system->kappa = exp(system->degree * system->log_delta);
    } else {
        system->kappa = 1;
        inner = system->delta;
    }
    ncf__batch_kernel()->combine(system->u, &inner, &state, 1, system->n);
    if (follows_correlation(system))
        system->correlation = ncf__batch_correlation(system->g, system->batch, system->u,
                                                     system->z, system->moments);
    else
        ncf__batch_gradient(system->g, system->h, system->batch, system->u, set_residuals,
                            system);
    for (slong i = 0; i < system->n && inner != 1; i++)
        system->g[i] /= inner;
    memcpy(system->state, state, size);
    system->fresh = 1;
    system->evaluations++;
}

int ncf__flow_system_rate(double *rate, ncf_flow_system_t *system, const double *state)
{
    slong n = system->n;
    evaluate(system, state);
    const double *g = system->g;
    if (system->form == NCF_FORM_CARTESIAN) {
        memcpy(rate, g, (size_t) n * sizeof(double));
        return !isfinite(norm(g, n));
    }
    /* |q|^2 is kept: the second term brings it back to 1 after an error of a step. */
    double square = dot(state, state, n), mu = dot(state, g, n) / square;
    double radial = mu - fabs(mu) * (1 - square);
    const double *terms[2] = {g, state};
    double factors[2] = {1, -radial};
    ncf__batch_kernel()->combine(rate, factors, terms, 2, n);
    rate[n] = mu;
    if (system->form == NCF_FORM_POLAR)
        rate[n + 1] = exp((2 - system->degree) * state[n]);
    return !isfinite(norm(rate, system->length));
}

/* ---- The Jacobian ------------------------------------------------------------------ */

static void copy_residuals(double *r, const double *h, slong first, slong count, void *context)
{
    const ncf_flow_system_t *system = context;
    (void) h;
    memcpy(r, system->dh + first, (size_t) count * sizeof(double));
}

/*
 * product = the change of g when u moves by v and ln kappa by `grow`:
 * sum_i r_i Hess H_i v + kappa sum_i r_i' (grad H_i . v + grow H_i) grad H_i.
 */
static void gradient_change(ncf_flow_system_t *system, const double *v, double grow)
{
    if (follows_correlation(system)) {
        ncf__batch_hvp(system->product, system->batch, system->u, v, system->z);
        return;
    }
    ncf__batch_directional(system->h, system->dh, system->batch, system->u, v);
    for (slong i = 0; i < system->rows; i++) {
        double h = system->kappa * system->h[i];
        system->r[i] = residual(system->loss, h, system->y[i]);
        system->dh[i] = residual_slope(system->loss, h, system->y[i]) * system->kappa *
                        (system->dh[i] + grow * system->h[i]);
    }
    ncf__batch_hvp(system->product, system->batch, system->u, v, system->r);
    double *second = ncf__malloc((size_t) system->n, sizeof(double));
    ncf__batch_gradient(second, NULL, system->batch, system->u, copy_residuals, system);
    for (slong i = 0; i < system->n; i++)
        system->product[i] += second[i];
    ncf__free(second);
}

int ncf__flow_system_jacobian(double *out, ncf_flow_system_t *system, const double *state,
                              const double *v)
{
    slong n = system->n;
    evaluate(system, state);
    int polar = system->form == NCF_FORM_POLAR;
    gradient_change(system, v, polar ? system->degree * v[n] : 0);
    if (system->form == NCF_FORM_CARTESIAN) {
        memcpy(out, system->product, (size_t) n * sizeof(double));
    } else {
        double mu = dot(state, system->g, n);
        double change = dot(v, system->g, n) + dot(state, system->product, n);
        for (slong i = 0; i < n; i++)
            out[i] = system->product[i] - change * state[i] - mu * v[i];
        out[n] = change;
    }
    if (polar)
        out[n + 1] = (2 - system->degree) * exp((2 - system->degree) * state[n]) * v[n];
    return !isfinite(norm(out, system->length));
}

/* ---- Observations ------------------------------------------------------------------ */

double ncf__flow_system_tau(const ncf_flow_system_t *system, double sigma, const double *state)
{
    return system->form == NCF_FORM_POLAR ? state[system->n + 1] : sigma;
}

double ncf__flow_system_log_norm(const ncf_flow_system_t *system, const double *state)
{
    return system->form == NCF_FORM_CARTESIAN ? log(norm(state, system->n)) : state[system->n];
}

/* N at the point of the last evaluation, and Loss(w). */
static double observe_outputs(double *loss, ncf_flow_system_t *system)
{
    *loss = 0;
    if (follows_correlation(system))
        return system->correlation;
    *loss = system->rest / 2;
    double value = 0;
    for (slong i = 0; i < system->rows; i++) {
        *loss += loss_value(system->loss, system->kappa * system->h[i], system->y[i]);
        value += system->z[i] * system->h[i];
    }
    return value;
}

/*
 * A corrector ends at a point where it does not evaluate. The error of this is of second order
 * in the distance, and below the tolerance for a loss whose curvature is below a hundred.
 */
double ncf__flow_system_loss(ncf_flow_system_t *system, const double *state)
{
    slong n = system->n;
    int polar = system->form == NCF_FORM_POLAR;
    double away = ncf__batch_kernel()->distance(state, system->state, system->length - polar);
    if (!(system->fresh && away <= 0.01 * system->tolerance * dot(state, state, n)))
        evaluate(system, state);
    double loss, way = dot(system->g, state, n) - dot(system->g, system->state, n);
    observe_outputs(&loss, system);
    if (polar)
        way += dot(system->g, system->state, n) * (state[n] - system->state[n]);
    double factor = system->homogeneous ? system->kappa : system->delta * system->delta;
    return loss - factor * way;
}

/* |dw/dt| from the right-hand side in the coordinates of the system. */
static double plain_speed(const ncf_flow_system_t *system, const double *state)
{
    double speed = norm(system->g, system->n), power = system->degree - 1;
    if (system->form == NCF_FORM_SPHERE) {
        double mu = dot(state, system->g, system->n), square = 0;
        for (slong i = 0; i < system->n; i++)
            square += pow(system->g[i] - mu * state[i], 2);
        return sqrt(square);
    }
    if (!system->homogeneous)
        return speed * system->delta;
    double rho = system->form == NCF_FORM_POLAR ? state[system->n] : 0;
    return speed * exp(power * (system->log_delta + rho));
}

void ncf__flow_system_observe(ncf_flow_sample_t *sample, double *q, ncf_flow_system_t *system,
                              double sigma, const double *state)
{
    slong n = system->n;
    evaluate(system, state);
    double length = norm(state, n);
    double factor = length > 0 ? 1 / length : 0;
    ncf__batch_kernel()->combine(q, &factor, &state, 1, n);
    sample->tau = ncf__flow_system_tau(system, sigma, state);
    sample->log_norm = ncf__flow_system_log_norm(system, state);
    sample->value = observe_outputs(&sample->loss, system);
    if (system->homogeneous && system->form == NCF_FORM_CARTESIAN)
        sample->value *= exp(-system->degree * sample->log_norm);
    else if (system->form != NCF_FORM_CARTESIAN) /* the integrator keeps |state| = 1 but nearly */
        sample->value *= pow(length, -system->degree);
    sample->speed = plain_speed(system, state);
}
