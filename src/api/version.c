/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * api/: implements the handles of ncf.h; the only place where internal types turn
 * into public ones. May include: everything but cli/. version.c: versions.
 */
#include "../base/base.h"
#include "../flow/flow.h"

#include <jansson.h>
#include <string.h>

const char *ncf_version(void)
{
    return NCF_VERSION;
}

const char *ncf_library_version(const char *name)
{
    if (strcmp(name, "gmp") == 0)
        return gmp_version;
    if (strcmp(name, "mpfr") == 0)
        return mpfr_get_version();
    if (strcmp(name, "flint") == 0)
        return FLINT_VERSION;
    if (strcmp(name, "arb") == 0)
        return NCF_ARB_VERSION;
    if (strcmp(name, "sundials") == 0)
        return ncf__flow_version();
    if (strcmp(name, "jansson") == 0)
        return JANSSON_VERSION;
    return NULL;
}
