/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * fuzz-read.c: the readers of ncf for libFuzzer: problems, studies, points, trajectories, lists
 * of solutions, result documents. The first byte of an input picks the reader, the rest is the
 * file. With clang, in a build folder of its own (CONTRIBUTING.md has the commands):
 *     make fuzz-read && ./fuzz-read -max_total_time=600 -max_len=20000 corpus
 * A corpus to start from: tests/fuzz/seed-read.sh CORPUS.
 */
#include "../../include/ncf.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* What points, trajectories and solutions belong to: nine weights. */
static const char quickstart[] =
    "{\"ncf\": 1,"
    " \"network\": {\"type\": \"feedforward\", \"widths\": [2, 3, 1],"
    "  \"activation\": {\"type\": \"power\", \"degree\": 2}},"
    " \"data\": {\"x\": [[1, 2], [3, -1], [-1, 1], [2, 2]], \"y\": [1, -1, 2, 1]},"
    " \"loss\": \"square\"}";

static void read_study(const char *text, size_t length)
{
    ncf_study_t *study = NULL;
    ncf_error_t err;
    if (ncf_study_parse(&study, text, length, "fuzz", "", &err) == NCF_OK)
        ncf_study_free(study);
}

static void read_saved(const char *text, size_t length)
{
    ncf_saved_t *saved = NULL;
    ncf_error_t err;
    if (ncf_saved_parse(&saved, text, length, "fuzz", &err) == NCF_OK)
        ncf_saved_free(saved);
}

/* The readers of what belongs to a problem. */
static void read_beside(int reader, const char *text, size_t length,
                        const ncf_problem_t *problem)
{
    ncf_points_t *points = NULL;
    ncf_trajectory_t *trajectory = NULL;
    ncf_error_t err;
    if (reader == 0 && ncf_points_parse(&points, text, length, "fuzz", problem, &err) == NCF_OK)
        ncf_points_free(points);
    if (reader == 1 &&
        ncf_trajectory_parse(&trajectory, text, length, "fuzz", problem, &err) == NCF_OK)
        ncf_trajectory_free(trajectory);
    if (reader == 2 && ncf_solutions_parse(&points, text, length, "fuzz", problem,
                                           NCF_FORMAT_AUTO, &err) == NCF_OK)
        ncf_points_free(points);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    ncf_problem_t *problem = NULL;
    ncf_error_t err;
    if (length == 0)
        return 0;
    int reader = (char) bytes[0] - '0';
    /* a copy without a zero byte behind it: the sanitizer sees each byte read too far */
    char *text = malloc(length > 1 ? length - 1 : 1);
    if (text == NULL)
        abort();
    memcpy(text, bytes + 1, length - 1);
    if (reader == 3)
        read_study(text, length - 1);
    else if (reader == 4)
        read_saved(text, length - 1);
    else if (reader < 0 || reader > 4) {
        if (ncf_problem_parse(&problem, text, length - 1, "fuzz", "", &err) == NCF_OK)
            ncf_problem_free(problem);
    } else {
        if (ncf_problem_parse(&problem, quickstart, strlen(quickstart), "quickstart", "",
                              &err) != NCF_OK)
            abort();
        read_beside(reader, text, length - 1, problem);
        ncf_problem_free(problem);
    }
    free(text);
    return 0;
}
