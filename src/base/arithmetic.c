/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * arithmetic.c: is the floating-point environment of this thread the one that proofs in
 * doubles assume? The rounding mode is the caller's, and a library that was linked with
 * -ffast-math makes the processor flush subnormal numbers to zero for the whole program.
 */
#include "base.h"

#include <float.h>

/* Operands that the compiler must not know: volatile. */
static const char *arithmetic_fault(void)
{
    volatile double one = 1, less = 0x1p-54, more = 0x1.8p-53, least = DBL_MIN, half = 0.5;
    volatile double subnormal = 0x1p-1074, large = 0x1p1000;
    volatile double up = one + less, down = -one - less, nearest = one + more;
    if (up != 1 || down != -1 || nearest != 1 + DBL_EPSILON)
        return "numbers are not rounded to nearest";
    volatile double halved = least * half, enlarged = subnormal * large;
    if (halved != 0x1p-1023 || enlarged != 0x1p-74)
        return "subnormal numbers are replaced by zero";
    return NULL;
}

ncf_status_t ncf__arithmetic_check(ncf_error_t *err)
{
    const char *fault = arithmetic_fault();
    if (fault == NULL)
        return NCF_OK;
    return ncf__fail(err, NCF_EUNSUPPORTED,
                     "the floating-point environment of this thread was changed: %s; proofs need "
                     "the default one",
                     fault);
}
