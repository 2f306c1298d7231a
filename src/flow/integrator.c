/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * integrator.c: SUNDIALS behind one step function. Adams and BDF methods are CVODE's, the
 * Runge-Kutta pair is Fehlberg's of order 8(7) in ARKODE, an unrelated method for comparison;
 * its dense output has order 5 only, so that events, given times and the end of the time,
 * which lie between its steps, are less exact: some 1e-10 at the tightest tolerance, and only
 * about 1e-6 at 1e-12 for a step that ends near a blow-up (SUNDIALS 7.1).
 */
#include "flow_internal.h"
#include "sundials.h"

#include <math.h>
#include <string.h>

/* After a stretch where nothing changes a step may have grown too far by many powers of 10. */
#define ERROR_TESTS 50

struct ncf_integrator {
    ncf_flow_system_t *system;
    ncf_flow_conditions_t *conditions;
    ncf_flow_method_t method;
    SUNContext context;
    N_Vector state, tangent;
    SUNMatrix matrix;
    SUNLinearSolver linear;
    SUNNonlinearSolver fixed_point;
    void *memory;
    double sigma;
    int flag;
};

/* ---- What SUNDIALS calls ----------------------------------------------------------- */

static int rate(sunrealtype sigma, N_Vector y, N_Vector ydot, void *data)
{
    (void) sigma;
    ncf_integrator_t *self = data;
    return ncf__flow_system_rate(N_VGetArrayPointer(ydot), self->system, N_VGetArrayPointer(y));
}

static int roots_of(sunrealtype sigma, N_Vector y, sunrealtype *out, void *data)
{
    ncf_integrator_t *self = data;
    ncf__flow_conditions_evaluate(out, self->conditions, sigma, N_VGetArrayPointer(y));
    return 0;
}

/*
 * Errors are measured by |s|, with the square root of the length against the mean square
 * that SUNDIALS takes: errors of a step in q, ln|s| and tau / tau are below the tolerance.
 */
static int error_weights(N_Vector y, N_Vector out, void *data)
{
    ncf_integrator_t *self = data;
    const ncf_flow_system_t *system = self->system;
    const double *state = N_VGetArrayPointer(y);
    double *weights = N_VGetArrayPointer(out), square = 0;
    double each = sqrt((double) system->length) / system->tolerance;
    for (slong i = 0; i < system->n; i++)
        square += state[i] * state[i];
    if (!(square > 0))
        return -1;
    for (slong i = 0; i < system->n; i++)
        weights[i] = each / sqrt(square);
    if (system->form != NCF_FORM_CARTESIAN)
        weights[system->n] = each / fmax(1, fabs(state[system->n]));
    if (system->form == NCF_FORM_POLAR)
        weights[system->n + 1] = each / (fabs(state[system->n + 1]) + system->tau_scale);
    return 0;
}

static int jacobian_times(N_Vector v, N_Vector out, sunrealtype sigma, N_Vector y, N_Vector fy,
                          void *data, N_Vector scratch)
{
    (void) sigma, (void) fy, (void) scratch;
    ncf_integrator_t *self = data;
    return ncf__flow_system_jacobian(N_VGetArrayPointer(out), self->system,
                                     N_VGetArrayPointer(y), N_VGetArrayPointer(v));
}

static int jacobian(sunrealtype sigma, N_Vector y, N_Vector fy, SUNMatrix matrix, void *data,
                    N_Vector a, N_Vector b, N_Vector c)
{
    (void) sigma, (void) fy, (void) b, (void) c;
    ncf_integrator_t *self = data;
    double *direction = N_VGetArrayPointer(a);
    memset(direction, 0, (size_t) self->system->length * sizeof(double));
    for (slong j = 0; j < self->system->length; j++) {
        direction[j] = 1;
        int failed = ncf__flow_system_jacobian(SUNDenseMatrix_Column(matrix, j), self->system,
                                               N_VGetArrayPointer(y), direction);
        direction[j] = 0;
        if (failed)
            return failed;
    }
    return 0;
}

/* ---- Set-up ------------------------------------------------------------------------ */

static int set_up_linear(ncf_integrator_t *self)
{
    if (self->method == NCF_FLOW_BDF) {
        sunindextype length = (sunindextype) self->system->length;
        self->matrix = SUNDenseMatrix(length, length, self->context);
        self->linear = SUNLinSol_Dense(self->state, self->matrix, self->context);
    } else {
        self->linear = SUNLinSol_SPGMR(self->state, SUN_PREC_NONE, 0, self->context);
    }
    if (self->linear == NULL || CVodeSetLinearSolver(self->memory, self->linear, self->matrix))
        return 1;
    return self->method == NCF_FLOW_BDF ? CVodeSetJacFn(self->memory, jacobian)
                                        : CVodeSetJacTimes(self->memory, NULL, jacobian_times);
}

static int set_up_cvode(ncf_integrator_t *self, int *up)
{
    int adams = self->method == NCF_FLOW_ADAMS;
    self->memory = CVodeCreate(adams ? CV_ADAMS : CV_BDF, self->context);
    if (self->memory == NULL)
        return 1;
    ncf__sun_quiet_cvode(self->memory);
    if (CVodeInit(self->memory, rate, 0, self->state) ||
        CVodeSetUserData(self->memory, self) || CVodeWFtolerances(self->memory, error_weights) ||
        CVodeSetMaxNumSteps(self->memory, 10000) ||
        CVodeSetMaxErrTestFails(self->memory, ERROR_TESTS))
        return 1;
    if (adams) {
        self->fixed_point = SUNNonlinSol_FixedPoint(self->state, 0, self->context);
        if (self->fixed_point == NULL ||
            CVodeSetNonlinearSolver(self->memory, self->fixed_point))
            return 1;
    } else if (set_up_linear(self)) {
        return 1;
    }
    return CVodeRootInit(self->memory, (int) self->conditions->count, roots_of) ||
           CVodeSetRootDirection(self->memory, up) ||
           CVodeSetNoInactiveRootWarn(self->memory);
}

static int set_up_erk(ncf_integrator_t *self, int *up)
{
    self->memory = ERKStepCreate(rate, 0, self->state, self->context);
    if (self->memory == NULL)
        return 1;
    ncf__sun_quiet_erk(self->memory);
    return ARKodeSetUserData(self->memory, self) ||
           ARKodeWFtolerances(self->memory, error_weights) ||
           ERKStepSetTableNum(self->memory, ARKODE_FEHLBERG_13_7_8) ||
           ARKodeSetMaxNumSteps(self->memory, 10000) ||
           ARKodeSetMaxErrTestFails(self->memory, ERROR_TESTS) ||
           ARKodeRootInit(self->memory, (int) self->conditions->count, roots_of) ||
           ARKodeSetRootDirection(self->memory, up) ||
           ARKodeSetNoInactiveRootWarn(self->memory);
}

ncf_integrator_t *ncf__integrator_new(ncf_flow_system_t *system,
                                      ncf_flow_conditions_t *conditions,
                                      ncf_flow_method_t method, const double *state)
{
    ncf_integrator_t *self = ncf__calloc(1, sizeof(*self));
    int *up = ncf__malloc((size_t) conditions->count, sizeof(int));
    for (slong k = 0; k < conditions->count; k++)
        up[k] = 1;
    self->system = system;
    self->conditions = conditions;
    self->method = method;
    int failed = ncf__sun_context(&self->context);
    if (!failed) {
        self->state = N_VNew_Serial((sunindextype) system->length, self->context);
        failed = self->state == NULL;
    }
    if (!failed) {
        memcpy(N_VGetArrayPointer(self->state), state,
               (size_t) system->length * sizeof(double));
        failed = method == NCF_FLOW_RUNGE_KUTTA ? set_up_erk(self, up) : set_up_cvode(self, up);
    }
    if (!failed) {
        self->tangent = N_VClone(self->state);
        failed = self->tangent == NULL;
    }
    ncf__free(up);
    if (!failed)
        return self;
    ncf__integrator_free(self);
    return NULL;
}

void ncf__integrator_free(ncf_integrator_t *self)
{
    if (self == NULL)
        return;
    if (self->memory != NULL && self->method == NCF_FLOW_RUNGE_KUTTA)
        ARKodeFree(&self->memory);
    else if (self->memory != NULL)
        CVodeFree(&self->memory);
    if (self->fixed_point != NULL)
        SUNNonlinSolFree(self->fixed_point);
    if (self->linear != NULL)
        SUNLinSolFree(self->linear);
    if (self->matrix != NULL)
        SUNMatDestroy(self->matrix);
    if (self->tangent != NULL)
        N_VDestroy(self->tangent);
    if (self->state != NULL)
        N_VDestroy(self->state);
    if (self->context != NULL)
        SUNContext_Free(&self->context);
    ncf__free(self);
}

/* ---- Steps ------------------------------------------------------------------------- */

/*
 * A time ahead by what |s| or |q| = 1 needs to change: of single steps only the first depends
 * on it, for the scale on which its length is looked for.
 */
static double ahead(ncf_integrator_t *self)
{
    ncf_flow_system_t *system = self->system;
    double *change = N_VGetArrayPointer(self->tangent), size = 0, speed = 0;
    const double *state = N_VGetArrayPointer(self->state);
    if (self->sigma > 0)
        return 2 * self->sigma;
    if (ncf__flow_system_rate(change, system, state))
        return 1;
    for (slong i = 0; i < system->n; i++) {
        size = fmax(size, fabs(state[i]));
        speed = fmax(speed, fabs(change[i]));
    }
    return speed > 0 && isfinite(size / speed) && size / speed > 0 ? size / speed : 1;
}

ncf_step_t ncf__integrator_step(ncf_integrator_t *self, double *sigma, double *state,
                                int *roots)
{
    int runge_kutta = self->method == NCF_FLOW_RUNGE_KUTTA;
    if (runge_kutta)
        self->flag = ARKodeEvolve(self->memory, ahead(self), self->state,
                                   &self->sigma, ARK_ONE_STEP);
    else
        self->flag = CVode(self->memory, ahead(self), self->state, &self->sigma,
                           CV_ONE_STEP);
    if (self->flag < 0)
        return NCF_STEP_FAILED;
    *sigma = self->sigma;
    memcpy(state, N_VGetArrayPointer(self->state),
           (size_t) self->system->length * sizeof(double));
    for (slong k = 0; k < self->conditions->count; k++)
        roots[k] = 0;
    if (self->flag != (runge_kutta ? ARK_ROOT_RETURN : CV_ROOT_RETURN))
        return NCF_STEP_DONE;
    if (runge_kutta)
        ARKodeGetRootInfo(self->memory, roots);
    else
        CVodeGetRootInfo(self->memory, roots);
    return NCF_STEP_ROOT;
}

void ncf__integrator_dense(double *state, ncf_integrator_t *self, double sigma)
{
    if (self->method == NCF_FLOW_RUNGE_KUTTA)
        ARKodeGetDky(self->memory, sigma, 0, self->tangent);
    else
        CVodeGetDky(self->memory, sigma, 0, self->tangent);
    memcpy(state, N_VGetArrayPointer(self->tangent),
           (size_t) self->system->length * sizeof(double));
}

const char *ncf__integrator_reason(const ncf_integrator_t *self)
{
    int flag = self->flag;
    if (self->method == NCF_FLOW_RUNGE_KUTTA)
        return flag == ARK_ERR_FAILURE || flag == ARK_TOO_MUCH_ACC
                   ? "the tolerance cannot be met in doubles"
               : flag == ARK_UNREC_RHSFUNC_ERR || flag == ARK_REPTD_RHSFUNC_ERR ||
                       flag == ARK_FIRST_RHSFUNC_ERR
                   ? "the gradient is not finite"
                   : "the integrator failed";
    return flag == CV_ERR_FAILURE || flag == CV_CONV_FAILURE || flag == CV_TOO_MUCH_ACC
               ? "the tolerance cannot be met in doubles"
           : flag == CV_RHSFUNC_FAIL || flag == CV_REPTD_RHSFUNC_ERR ||
                   flag == CV_FIRST_RHSFUNC_ERR
               ? "the gradient is not finite"
               : "the integrator failed";
}

const char *ncf__flow_version(void)
{
    return NCF_SUNDIALS_NAME;
}
