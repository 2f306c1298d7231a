/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * integrator.c: SUNDIALS behind one step function. Adams and BDF methods are CVODE's, the
 * Runge-Kutta pair is one of Verner's in ARKODE, an unrelated method for comparison. Its
 * dense output has order 5 only: states within a step, at events and at given times, are
 * integrated again from the beginning of the step. Adams and Runge-Kutta methods, which are
 * explicit, leave the work to BDF with GMRES where the flow is stiff.
 */
#include "flow_internal.h"
#include "sundials.h"

#include <math.h>
#include <string.h>

/* After a stretch where nothing changes a step may have grown too far by many powers of 10. */
#define ERROR_TESTS 50

/*
 * A corrector that stops early leaves an error that is taken for one of the step. At high
 * orders, which tight tolerances lead to, it keeps steps from growing.
 */
#define TIGHT 2e-8
#define CONVERGENCE 0.01

struct ncf_integrator {
    ncf_flow_system_t *system;
    ncf_flow_conditions_t *conditions;
    ncf_flow_method_t chosen, method; /* by the caller; at work */
    SUNContext context;
    N_Vector state, tangent;
    SUNMatrix matrix;
    SUNLinearSolver linear;
    SUNNonlinearSolver fixed_point;
    void *memory;
    void *probe;    /* of Runge-Kutta methods: from the beginning of a step to within it */
    N_Vector begin; /* where that is: at sigma_begin */
    double sigma, sigma_begin;
    double *values; /* of the conditions */
    ncf_stiffness_t stiffness;
    slong switches; /* of the method */
    int turns, within; /* another method begins; the last call ended at a root */
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
    double *weights = N_VGetArrayPointer(out);
    double square = ncf__batch_kernel()->dot(state, state, system->n);
    double each = sqrt((double) system->length) / system->tolerance;
    if (!(square > 0))
        return -1;
    double weight = each / sqrt(square);
    for (slong i = 0; i < system->n; i++)
        weights[i] = weight;
    if (system->form != NCF_FORM_CARTESIAN)
        weights[system->n] = each / fmax(1, fabs(state[system->n]));
    if (system->form == NCF_FORM_POLAR)
        weights[system->n + 1] = each / (fabs(state[system->n + 1]) + system->tau_scale);
    return 0;
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
    /* Products with the Jacobian by differences: one gradient each. */
    return self->method == NCF_FLOW_BDF ? CVodeSetJacFn(self->memory, jacobian) : 0;
}

static int set_up_cvode(ncf_integrator_t *self, int *up)
{
    int adams = self->method == NCF_FLOW_ADAMS;
    self->memory = CVodeCreate(adams ? CV_ADAMS : CV_BDF, self->context);
    if (self->memory == NULL)
        return 1;
    ncf__sun_quiet_cvode(self->memory);
    if (CVodeInit(self->memory, rate, self->sigma, self->state) ||
        CVodeSetUserData(self->memory, self) || CVodeWFtolerances(self->memory, error_weights) ||
        CVodeSetMaxNumSteps(self->memory, 10000) ||
        CVodeSetMaxErrTestFails(self->memory, ERROR_TESTS))
        return 1;
    if (adams) {
        self->fixed_point = SUNNonlinSol_FixedPoint(self->state, 0, self->context);
        if (self->fixed_point == NULL ||
            CVodeSetNonlinearSolver(self->memory, self->fixed_point) ||
            (self->system->tolerance < TIGHT &&
             CVodeSetNonlinConvCoef(self->memory, CONVERGENCE)))
            return 1;
    } else if (set_up_linear(self)) {
        return 1;
    }
    return CVodeRootInit(self->memory, (int) self->conditions->count, roots_of) ||
           CVodeSetRootDirection(self->memory, up) ||
           CVodeSetNoInactiveRootWarn(self->memory);
}

/* A Runge-Kutta stepper from the state; without conditions when `up` is NULL. */
static void *new_erk(ncf_integrator_t *self, int *up)
{
    void *memory = ERKStepCreate(rate, self->sigma, self->state, self->context);
    if (memory == NULL)
        return NULL;
    ncf__sun_quiet_erk(memory);
    int failed = ARKodeSetUserData(memory, self) ||
                 ARKodeWFtolerances(memory, error_weights) ||
                 ncf__sun_set_table(memory) ||
                 ARKodeSetMaxNumSteps(memory, 10000) ||
                 ARKodeSetMaxErrTestFails(memory, ERROR_TESTS);
    if (!failed && up != NULL)
        failed = ARKodeRootInit(memory, (int) self->conditions->count, roots_of) ||
                 ARKodeSetRootDirection(memory, up) || ARKodeSetNoInactiveRootWarn(memory);
    if (failed)
        ARKodeFree(&memory);
    return failed ? NULL : memory;
}

static int set_up_erk(ncf_integrator_t *self, int *up)
{
    self->memory = new_erk(self, up);
    self->probe = self->memory == NULL ? NULL : new_erk(self, NULL);
    return self->probe == NULL;
}

/* The method begins at the state and its time; returns non-zero for want of memory. */
static int begin_method(ncf_integrator_t *self)
{
    int *up = ncf__malloc((size_t) self->conditions->count, sizeof(int));
    for (slong k = 0; k < self->conditions->count; k++)
        up[k] = 1;
    int failed = self->method == NCF_FLOW_RUNGE_KUTTA ? set_up_erk(self, up)
                                                      : set_up_cvode(self, up);
    ncf__free(up);
    ncf__stiffness_restart(&self->stiffness);
    return failed;
}

static void end_method(ncf_integrator_t *self)
{
    if (self->memory != NULL && self->method == NCF_FLOW_RUNGE_KUTTA)
        ARKodeFree(&self->memory);
    else if (self->memory != NULL)
        CVodeFree(&self->memory);
    if (self->probe != NULL)
        ARKodeFree(&self->probe);
    if (self->fixed_point != NULL)
        SUNNonlinSolFree(self->fixed_point);
    if (self->linear != NULL)
        SUNLinSolFree(self->linear);
    if (self->matrix != NULL)
        SUNMatDestroy(self->matrix);
    self->memory = self->probe = NULL;
    self->fixed_point = NULL;
    self->linear = NULL;
    self->matrix = NULL;
}

ncf_integrator_t *ncf__integrator_new(ncf_flow_system_t *system,
                                      ncf_flow_conditions_t *conditions,
                                      ncf_flow_method_t method, const double *state)
{
    ncf_integrator_t *self = ncf__calloc(1, sizeof(*self));
    self->system = system;
    self->conditions = conditions;
    self->chosen = self->method = method;
    self->values = ncf__malloc((size_t) conditions->count, sizeof(double));
    ncf__stiffness_init(&self->stiffness, system);
    int failed = ncf__sun_context(&self->context);
    if (!failed) {
        self->state = N_VNew_Serial((sunindextype) system->length, self->context);
        failed = self->state == NULL;
    }
    if (!failed) {
        memcpy(N_VGetArrayPointer(self->state), state,
               (size_t) system->length * sizeof(double));
        ncf__flow_vector_kernels(self->state);
        self->tangent = N_VClone(self->state);
        self->begin = N_VClone(self->state);
        failed = self->tangent == NULL || self->begin == NULL || begin_method(self);
    }
    if (!failed)
        return self;
    ncf__integrator_free(self);
    return NULL;
}

void ncf__integrator_free(ncf_integrator_t *self)
{
    if (self == NULL)
        return;
    end_method(self);
    if (self->tangent != NULL)
        N_VDestroy(self->tangent);
    if (self->begin != NULL)
        N_VDestroy(self->begin);
    if (self->state != NULL)
        N_VDestroy(self->state);
    if (self->context != NULL)
        SUNContext_Free(&self->context);
    ncf__stiffness_clear(&self->stiffness);
    ncf__free(self->values);
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

static void copy_state(double *out, ncf_integrator_t *self, N_Vector v)
{
    memcpy(out, N_VGetArrayPointer(v), (size_t) self->system->length * sizeof(double));
}

void ncf__integrator_dense(double *state, ncf_integrator_t *self, double sigma)
{
    if (self->method == NCF_FLOW_RUNGE_KUTTA)
        ARKodeGetDky(self->memory, sigma, 0, self->tangent);
    else
        CVodeGetDky(self->memory, sigma, 0, self->tangent);
    copy_state(state, self, self->tangent);
}

void ncf__integrator_state(double *state, ncf_integrator_t *self, double sigma)
{
    double reached, step = sigma - self->sigma_begin;
    ncf__integrator_dense(state, self, sigma);
    if (self->method != NCF_FLOW_RUNGE_KUTTA || !(step > 0))
        return;
    N_VScale(1, self->begin, self->tangent);
    if (ARKodeReset(self->probe, self->sigma_begin, self->tangent) == ARK_SUCCESS &&
        ARKodeSetInitStep(self->probe, step) == ARK_SUCCESS &&
        ARKodeSetStopTime(self->probe, sigma) == ARK_SUCCESS &&
        ARKodeEvolve(self->probe, sigma, self->tangent, &reached, ARK_NORMAL) >= 0)
        copy_state(state, self, self->tangent);
}

static double value_at(ncf_integrator_t *self, double *state, int k, double sigma)
{
    ncf__integrator_state(state, self, sigma);
    ncf__flow_conditions_evaluate(self->values, self->conditions, sigma, state);
    return self->values[k];
}

#define CORRECTIONS 3

/*
 * The dense output of a Runge-Kutta method has found a root: brings it to the trajectory, by
 * secants of the first condition that is met.
 */
static void correct_root(ncf_integrator_t *self, double *sigma, double *state, const int *roots)
{
    int k = 0;
    while (k < self->conditions->count && roots[k] <= 0)
        k++;
    double step = *sigma - self->sigma_begin;
    if (k == self->conditions->count || !(step > 0))
        return;
    double near = 1e-3 * step, before = value_at(self, state, k, *sigma - near);
    double value = value_at(self, state, k, *sigma), slope = (value - before) / near;
    for (int turn = 0; turn < CORRECTIONS && value != 0 && slope > 0; turn++) {
        double move = -value / slope;
        if (!(fabs(move) < 0.1 * step))
            break;
        *sigma += move;
        value = value_at(self, state, k, *sigma);
    }
    self->sigma = *sigma;
}

/* From a method to the one that is better where the flow goes on. */
static int turn(ncf_integrator_t *self)
{
    end_method(self);
    self->method = self->method == self->chosen ? NCF_FLOW_KRYLOV : self->chosen;
    self->turns = 0;
    self->switches++;
    return begin_method(self);
}

static int evolve(ncf_integrator_t *self)
{
    if (self->method == NCF_FLOW_RUNGE_KUTTA)
        return ARKodeEvolve(self->memory, ahead(self), self->state, &self->sigma, ARK_ONE_STEP);
    return CVode(self->memory, ahead(self), self->state, &self->sigma, CV_ONE_STEP);
}

ncf_step_t ncf__integrator_step(ncf_integrator_t *self, double *sigma, double *state,
                                int *roots)
{
    if (self->turns && turn(self)) {
        self->flag = CV_MEM_FAIL;
        return NCF_STEP_FAILED;
    }
    int runge_kutta = self->method == NCF_FLOW_RUNGE_KUTTA;
    if (!self->within) {
        self->sigma_begin = self->sigma;
        if (runge_kutta)
            N_VScale(1, self->state, self->begin);
    }
    self->flag = evolve(self);
    if (self->flag < 0)
        return NCF_STEP_FAILED;
    *sigma = self->sigma;
    copy_state(state, self, self->state);
    for (slong k = 0; k < self->conditions->count; k++)
        roots[k] = 0;
    self->within = self->flag == (runge_kutta ? ARK_ROOT_RETURN : CV_ROOT_RETURN);
    if (self->within) {
        if (runge_kutta)
            ARKodeGetRootInfo(self->memory, roots);
        else
            CVodeGetRootInfo(self->memory, roots);
        if (runge_kutta)
            correct_root(self, sigma, state, roots);
        return NCF_STEP_ROOT;
    }
    int turns = ncf__stiffness_observe(&self->stiffness, self->system, self->method, *sigma,
                                       state);
    self->turns = turns && ncf__flow_is_explicit(self->chosen);
    return NCF_STEP_DONE;
}

slong ncf__integrator_switches(const ncf_integrator_t *self)
{
    return self->switches;
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
    return NCF_SUN_RELEASE;
}
