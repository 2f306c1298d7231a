/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* t-match.c: trajectories read from bytes, measured against closed forms, and matched. */
#include "../../src/pipeline/match.h"
#include "../../src/pipeline/pipeline.h"
#include "../harness.h"

#include <math.h>
#include <string.h>

/* N(u) = 5 v w^2: KKT at w^2 = 2/3, v^2 = 1/3 with lambda = 10 / sqrt(3). */
static const char problem_text[] =
    "{\"ncf\": 1, \"network\": {\"type\": \"feedforward\", \"widths\": [1, 1, 1],"
    " \"activation\": {\"type\": \"power\", \"degree\": 2}},"
    " \"data\": {\"x\": [[1], [2]], \"y\": [1, 1]}}";

static ncf_problem_t *problem;

static void setup(void)
{
    if (problem == NULL &&
        ncf_problem_parse(&problem, problem_text, strlen(problem_text), "p", "", NULL) != NCF_OK)
        problem = NULL;
    NCF_REQUIRE(problem != NULL);
}

/* "times 0 1/2 rows 1 2; 3 4", or the place and the message. Allocated. */
static char *read_text(const char *bytes, size_t length)
{
    ncf_trajectory_t *trajectory;
    ncf_error_t err;
    ncf_error_init(&err);
    if (ncf_trajectory_parse(&trajectory, bytes, length, "f", problem, &err) != NCF_OK)
        return ncf__format("%d:%d %s", err.line, err.column, err.text);
    char *text = ncf__strdup(trajectory->has_times ? "times" : "rows");
    for (slong i = 0; i < 3 * trajectory->count; i++) {
        slong k = i % trajectory->count, j = i / trajectory->count;
        if (j == 0 && !trajectory->has_times)
            continue;
        const fmpq *number = j == 0 ? trajectory->times + k
                                    : fmpq_mat_entry(trajectory->rows, k, j - 1);
        char *shown = fmpq_get_str(NULL, 10, number);
        char *longer = ncf__format("%s %s", text, shown);
        flint_free(shown);
        ncf__free(text);
        text = longer;
    }
    ncf_trajectory_free(trajectory);
    return text;
}

static void test_read_csv(void)
{
    static const struct {
        const char *bytes, *expected;
    } samples[] = {
        {"1,2\n3,4\n", "rows 1 3 2 4"},
        {"# by numpy\na,b\n# more\n1,2\n0.5,4\n", "rows 1 1/2 2 4"},
        {"0,1,2\n1/2,3,4\n", "times 0 1/2 1 3 2 4"},
        {"t,w,v,loss,norm,N\n0,1,2,9,9,9\n1,3,4,nan,9,9\n", "times 0 1 1 3 2 4"},
        {"1,2\n0,0\n", "rows 1 0 2 0"},
        {"1,2\n", "1:1 the trajectory is too short"},
        {"a,b\n", "1:1 the trajectory is too short"},
        {"1,2,3,4\n1,2,3,4\n", "1:1 there are 4 columns: the network has 2 weights"},
        {"1\n2\n", "1:1 there are 1 columns"},
        {"1,2\nnan,2\n", "2:1 not a number"},
        {"nan,2\n1,2\n", "1:1 not a number"},
        {"1,2\n1\n", "2:1 the row has fewer numbers"},
        {"1,2\n1,2,3\n", "2:3 the row has more numbers"},
        {"0,1,2\n0,1,2\n", "2:1 the time is not greater"},
        {"0,1,2\n1,1,2\n1/2,1,2\n", "3:1 the time is not greater"},
        {"0,0\n1,2\n", "1:1 the first row is zero"},
        {"", "1:1 the file is empty"},
        {"PK\3\4", "0:0 this is an archive"},
    };
    setup();
    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        char *text = read_text(samples[i].bytes, strlen(samples[i].bytes));
        CHECK_MSG(strncmp(text, samples[i].expected, strlen(samples[i].expected)) == 0, "%s gives %s",
                  samples[i].bytes, text);
        ncf__free(text);
    }
}

/* An NPY file of doubles; returns its length. */
static size_t write_npy(char *out, const char *shape, const double *values, size_t count)
{
    char header[128];
    int length = snprintf(header, sizeof(header),
                          "{'descr': '<f8', 'fortran_order': False, 'shape': %s, }\n", shape);
    memcpy(out, "\x93NUMPY\1\0", 8);
    out[8] = (char) length;
    out[9] = 0;
    memcpy(out + 10, header, (size_t) length);
    memcpy(out + 10 + length, values, count * sizeof(double));
    return 10 + (size_t) length + count * sizeof(double);
}

static void test_read_npy(void)
{
    static const struct {
        const char *shape, *expected;
        double values[6];
        size_t count;
    } samples[] = {
        {"(2, 2)", "rows 1 3 2 1/4", {1, 2, 3, 0.25}, 4},
        {"(2, 3)", "times 0 1 1 3 2 4", {0, 1, 2, 1, 3, 4}, 6},
        {"(2, 3)", "0:0 row 1: the time is not greater", {1, 1, 2, 1, 3, 4}, 6},
        {"(2, 2)", "0:0 element [1, 0] is not finite", {1, 2, NAN, 4}, 4},
        {"(4,)", "0:0 a trajectory is an array of two dimensions", {1, 2, 3, 4}, 4},
        {"(1, 2)", "0:0 the trajectory is too short", {1, 2}, 2},
        {"(1, 4)", "0:0 there are 4 columns", {1, 2, 3, 4}, 4},
    };
    setup();
    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        char bytes[512];
        size_t length = write_npy(bytes, samples[i].shape, samples[i].values, samples[i].count);
        char *text = read_text(bytes, length);
        CHECK_MSG(strncmp(text, samples[i].expected, strlen(samples[i].expected)) == 0, "%s gives %s",
                  samples[i].shape, text);
        ncf__free(text);
    }
}

/* The result for a trajectory in CSV; NULL after a failure. */
static ncf_result_t *match_text(const char *bytes, ncf_flow_kind_t kind)
{
    ncf_trajectory_t *trajectory;
    ncf_result_t *result;
    ncf_match_options_t options;
    ncf_match_options_init(&options);
    options.kind = kind;
    if (ncf_trajectory_parse(&trajectory, bytes, strlen(bytes), "f", problem, NULL) != NCF_OK)
        return NULL;
    if (ncf_match(&result, problem, trajectory, &options, NULL) != NCF_OK)
        result = NULL;
    ncf_trajectory_free(trajectory);
    return result;
}

/* On the ray of the point |w|^-1 falls at the rate lambda. */
static void test_ray(void)
{
    char bytes[1024];
    size_t used = 0;
    double lambda = 10 / sqrt(3.0);
    setup();
    for (int k = 0; k < 4; k++) {
        double r = 1 / (100 - lambda * k);
        used += (size_t) snprintf(bytes + used, sizeof(bytes) - used, "%d,%.17g,%.17g\n", k,
                                  r * sqrt(2.0 / 3), r * sqrt(1.0 / 3));
    }
    ncf_result_t *result = match_text(bytes, NCF_FLOW_TRAINING);
    CHECK(result != NULL);
    if (result == NULL)
        return;
    const struct ncf_matching *m = result->matching;
    int has_cap = ncf_is_proved(m->cap.verdict);
    CHECK(ncf_is_proved(m->found.point.exists) && ncf_is_proved(m->found.point.lambda_positive));
    CHECK(m->word == (has_cap ? NCF_MATCH_MATCHED : NCF_MATCH_NONE));
    CHECK(ncf_result_exit(result) == (has_cap ? 0 : 1));
    CHECK(m->early == 4 && m->rises == 0 && m->moments[3].angle < 1e-14);
    CHECK(m->entry == (has_cap ? 0 : -1));
    CHECK(has_cap ? fabs(m->rate / lambda - 1) < 1e-9 && m->growth == 1 : isnan(m->rate));
    /* sum H grad H = 17 v w^2 g and grad N = 5 g. */
    CHECK(fabs(m->moments[0].deviation / (3.4 * 1e-6 * 2 / (3 * sqrt(3.0))) - 1) < 1e-9);
    CHECK(fabs(m->moments[0].loss - 1) < 1e-5 && fabs(m->moments[0].norm - 0.01) < 1e-15);
    ncf_result_free(result);
}

static void check_word(const char *bytes, ncf_flow_kind_t kind, ncf_match_word_t word,
                       const char *reason)
{
    ncf_result_t *result = match_text(bytes, kind);
    CHECK(result != NULL);
    if (result == NULL)
        return;
    const struct ncf_matching *m = result->matching;
    CHECK_MSG(m->word == word, "%s gives %d, %s", bytes, (int) m->word,
              m->reason != NULL ? m->reason : "");
    CHECK_MSG(m->reason != NULL && strstr(m->reason, reason) != NULL, "%s", m->reason);
    CHECK(ncf_result_exit(result) == 1);
    ncf_result_free(result);
}

static void test_not_matched(void)
{
    setup();
    /* At the point, but in weights that are not small: training does not follow N there. */
    check_word("1,0.7\n1.1,0.77\n", NCF_FLOW_TRAINING, NCF_MATCH_NONE, "the start is not small");
    /* The mirror image, lambda < 0: a minimum of N. */
    check_word("0.0141421356,-0.01\n0.01414,-0.0099\n", NCF_FLOW_TRAINING, NCF_MATCH_NONE,
               "certified cap");
    /* Along it the weights shrink. */
    check_word("0.0141421356,-0.01\n0.0011,-0.0008\n0.001,-0.0007\n", NCF_FLOW_TRAINING,
               NCF_MATCH_ZERO, "the norm falls");
    check_word("1,-1\n0,0\n", NCF_FLOW_CORRELATION, NCF_MATCH_ZERO, "the norm falls");
    /* w = 0: grad N = 0. */
    check_word("0,1\n0,1\n", NCF_FLOW_TRAINING, NCF_MATCH_NONE, "vanishes");
}

/* N falls from the first row to the second. */
static void test_rises(void)
{
    setup();
    ncf_result_t *result = match_text("1.4,1\n1.3,0.5\n", NCF_FLOW_CORRELATION);
    CHECK(result != NULL && result->matching->rises == 1 && result->matching->first_rise == 1);
    CHECK(result != NULL && result->matching->early == 2);
    ncf_result_free(result);
}

int main(void)
{
    static const ncf_test_t tests[] = {{"CSV", test_read_csv},
                                       {"NPY", test_read_npy},
                                       {"on the ray of a point", test_ray},
                                       {"not matched", test_not_matched},
                                       {"rises", test_rises},
                                       {NULL, NULL}};
    int status = ncf_test_main("match", tests);
    ncf_problem_free(problem);
    return status;
}
