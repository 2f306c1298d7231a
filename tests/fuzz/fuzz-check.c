/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * fuzz-check.c: the reader and the checks of ncf-check for libFuzzer. `make fuzz-check` builds it
 * with clang and the sanitizers; then
 *     ./fuzz-check -max_total_time=600 -max_len=20000 corpus SOURCE/proofs/checker/samples
 * with an empty folder `corpus`.
 */
#include "../../proofs/checker/check.h"

#include <string.h>

typedef struct {
    const uint8_t *bytes;
    size_t length;
} job_t;

static void check(void *argument)
{
    const job_t *job = argument;
    size_t claims, unproved;
    char *copy = allocate(job->length + 1, 1);
    memcpy(copy, job->bytes, job->length);
    const node_t *root = json_read("fuzz", copy, job->length);
    /* half of the inputs are read as a problem file as well */
    const node_t *problem =
        job->length % 2 == 0 && root->type == NODE_OBJECT ? find(root, "problem") : NULL;
    check_certificate(root, problem, &claims, &unproved);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* Small limits keep the runs short. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const limits_t limits = {(size_t) 64 << 20, UINT64_C(3000000), 512};
    char message[512];
    job_t job = {bytes, length};
    run(check, &job, &limits, message, sizeof message);
    return 0;
}
