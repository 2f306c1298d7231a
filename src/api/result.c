/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* result.c: the checks of options that ncf_solve and ncf_certify share. */
#include "result.h"

#include <string.h>

ncf_status_t ncf__check_positive(const char *name, const char *text, ncf_error_t *err)
{
    fmpq_t value;
    fmpq_init(value);
    const char *fact = ncf__rational_parse(value, text, strlen(text));
    int positive = fact == NULL && fmpq_sgn(value) > 0;
    fmpq_clear(value);
    if (fact != NULL)
        return ncf__fail(err, NCF_EARG, "%s \"%s\": %s", name, text, fact);
    if (!positive)
        return ncf__fail(err, NCF_EARG, "%s must be greater than 0", name);
    return NCF_OK;
}

ncf_status_t ncf__read_number(fmpq_t out, const char *name, const char *text, double least,
                              double most, ncf_error_t *err)
{
    const char *fact = ncf__rational_parse(out, text, strlen(text));
    if (fact != NULL)
        return ncf__fail(err, NCF_EARG, "%s \"%s\": %s", name, text, fact);
    double value = fmpq_get_d(out);
    if (!(value >= least * (1 - 1e-9) && value <= most * (1 + 1e-9)))
        return ncf__fail(err, NCF_EARG, "%s must be between %g and %g", name, least, most);
    return NCF_OK;
}

ncf_status_t ncf__check_effort(long precision, long max_precision, int threads, ncf_error_t *err)
{
    if (precision < 53 || precision > 100000)
        return ncf__fail(err, NCF_EARG, "precision must be between 53 and 100000 bits");
    if (max_precision < precision || max_precision > 1000000)
        return ncf__fail(err, NCF_EARG,
                         "max-precision must be between the precision and 1000000 bits");
    if (threads < 1 || threads > 1024)
        return ncf__fail(err, NCF_EARG, "threads must be between 1 and 1024");
    return NCF_OK;
}
