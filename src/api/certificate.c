/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* certificate.c: ncf_result_write_certificate. */
#include "result.h"

#include "../certificate/certificate.h"

#include <errno.h>
#include <string.h>

ncf_status_t ncf_result_write_certificate(FILE *stream, const ncf_result_t *result,
                                          const ncf_problem_t *problem, ncf_error_t *err)
{
    ncf_status_t status = ncf__arithmetic_check(err);
    if (status != NCF_OK)
        return status;
    if (strcmp(result->problem_sha256, problem->sha256) != 0)
        return ncf__fail(err, NCF_EARG, "the result is about another problem");
    ncf__certificate_write(stream, result, problem);
    if (fflush(stream) != 0 || ferror(stream))
        return ncf__fail(err, NCF_EIO, "the certificate could not be written: %s",
                         strerror(errno));
    return NCF_OK;
}
