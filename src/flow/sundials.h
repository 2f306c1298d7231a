/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * sundials.h: the only file that knows which SUNDIALS is installed. Supported are 6.x
 * (Debian 12) and 7.x (Debian 13), whose contexts take a communicator and report errors
 * through handlers of their own, and whose ARKODE has one set of functions for all steppers:
 * those names are used.
 */
#ifndef NCF_SUNDIALS_H
#define NCF_SUNDIALS_H

#include <arkode/arkode_erkstep.h>
#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>
#include <sundials/sundials_version.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunlinsol/sunlinsol_spgmr.h>
#include <sunmatrix/sunmatrix_dense.h>
#include <sunnonlinsol/sunnonlinsol_fixedpoint.h>

#define NCF_SUN_RELEASE SUNDIALS_VERSION

/*
 * Verner's pairs. The error estimate of Fehlberg's pair of order 8(7), which is there in both,
 * is zero for an integral such as tau, however wrong that is.
 */
#if SUNDIALS_VERSION_MAJOR >= 7

static inline int ncf__sun_set_table(void *memory)
{
    return ERKStepSetTableNum(memory, ARKODE_VERNER_13_7_8);
}

static inline int ncf__sun_context(SUNContext *context)
{
    int failed = SUNContext_Create(SUN_COMM_NULL, context) != 0;
    if (!failed)
        SUNContext_ClearErrHandlers(*context); /* nothing is printed */
    return failed;
}

#define ncf__sun_quiet_cvode(memory) ((void) (memory))
#define ncf__sun_quiet_erk(memory) ((void) (memory))

#else

/*
 * ARKODE 5.4 takes the last stage of a table that ends at time 1 for the first of the next
 * step, which it is in some methods but not in this one: order and accuracy are lost. The time
 * of a stage is of no account here, since no right-hand side depends on it.
 */
static inline int ncf__sun_set_table(void *memory)
{
    ARKodeButcherTable table = ARKodeButcherTable_LoadERK(ARKODE_VERNER_8_5_6);
    if (table == NULL)
        return 1;
    table->c[table->stages - 1] = 0.5;
    int failed = ERKStepSetTable(memory, table) != 0;
    ARKodeButcherTable_Free(table);
    return failed;
}

static inline int ncf__sun_context(SUNContext *context)
{
    return SUNContext_Create(NULL, context) != 0;
}

static inline void ncf__sun_no_message(int code, const char *module, const char *function,
                                       char *message, void *data)
{
    (void) code, (void) module, (void) function, (void) message, (void) data;
}

#define ncf__sun_quiet_cvode(memory) \
    ((void) CVodeSetErrHandlerFn((memory), ncf__sun_no_message, NULL))
#define ncf__sun_quiet_erk(memory) \
    ((void) ERKStepSetErrHandlerFn((memory), ncf__sun_no_message, NULL))

/* The names of 7.x for the functions of the explicit stepper. */
#define ARKodeEvolve ERKStepEvolve
#define ARKodeFree ERKStepFree
#define ARKodeGetDky ERKStepGetDky
#define ARKodeGetRootInfo ERKStepGetRootInfo
#define ARKodeReset ERKStepReset
#define ARKodeRootInit ERKStepRootInit
#define ARKodeSetInitStep ERKStepSetInitStep
#define ARKodeSetMaxErrTestFails ERKStepSetMaxErrTestFails
#define ARKodeSetMaxNumSteps ERKStepSetMaxNumSteps
#define ARKodeSetNoInactiveRootWarn ERKStepSetNoInactiveRootWarn
#define ARKodeSetRootDirection ERKStepSetRootDirection
#define ARKodeSetStopTime ERKStepSetStopTime
#define ARKodeSetUserData ERKStepSetUserData
#define ARKodeWFtolerances ERKStepWFtolerances

#endif

#endif
