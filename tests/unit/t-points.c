/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* t-points.c: candidate weights from JSON, CSV and NPY; the same numbers by every way. */
#include "../../src/problem/points.h"
#include "../harness.h"

#include <string.h>

/* Widths (2, 1, 1): three weights. */
static const char problem_text[] =
    "{\"ncf\": 1, \"network\": {\"type\": \"feedforward\", \"widths\": [2, 1, 1],"
    " \"activation\": {\"type\": \"power\", \"degree\": 2}},"
    " \"data\": {\"x\": [[1, 2]], \"y\": [1]}}";

static ncf_problem_t *problem;

static ncf_problem_t *make_problem(void)
{
    ncf_problem_t *out;
    if (ncf_problem_parse(&out, problem_text, strlen(problem_text), "p.json", "", NULL) != NCF_OK)
        return NULL;
    return out;
}

/* "1 1/2 -3; 0 1 0": the rows, or the message with its place. Allocated. */
static char *read_text(const char *bytes, size_t length)
{
    ncf_points_t *points;
    ncf_error_t err;
    ncf_error_init(&err);
    ncf_status_t status = ncf_points_parse(&points, bytes, length, "f", problem, &err);
    if (status != NCF_OK) {
        CHECK(points == NULL && err.status == status);
        return ncf__format("%s:%d:%d %s", ncf_status_text(status), err.line, err.column, err.text);
    }
    char *text = ncf__strdup("");
    CHECK(ncf_points_count(points) == (size_t) fmpq_mat_nrows(points->rows));
    for (slong k = 0; k < fmpq_mat_nrows(points->rows); k++) {
        for (slong j = 0; j < 3; j++) {
            char *number = fmpq_get_str(NULL, 10, fmpq_mat_entry(points->rows, k, j));
            char *longer = ncf__format("%s%s%s", text, j > 0 ? " " : k > 0 ? "; " : "", number);
            flint_free(number);
            ncf__free(text);
            text = longer;
        }
    }
    ncf_points_free(points);
    return text;
}

typedef struct {
    const char *bytes, *expected;
} sample_t;

static void check_samples(const sample_t *samples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *text = read_text(samples[i].bytes, strlen(samples[i].bytes));
        /* A message is compared by its start. */
        size_t length = strlen(samples[i].expected);
        CHECK_MSG(strncmp(text, samples[i].expected, length) == 0, "%s gives %s", samples[i].bytes, text);
        ncf__free(text);
    }
}

#define INVALID "invalid problem:"
#define MALFORMED "malformed input:"

static void test_json(void)
{
    static const sample_t samples[] = {
        {"[[1, 0.5, -3], [0, 1, 0]]", "1 1/2 -3; 0 1 0"},
        {"[1, 0.5, -3]", "1 1/2 -3"},
        {"[\"1/3\", 2, 1e-2]", "1/3 2 1/100"},
        {" {\"points\": [[1, 0.1, -3]]}", "1 1/10 -3"},
        {"{\"points\": [1, 0, 0]}", "1 0 0"},
        {"\xEF\xBB\xBF[[0.125, 0, 0]]", "1/8 0 0"},
        /* By layers and rows, with enclosures, as a result document has them. */
        {"[[[[1, 2]], [[3]]]]", "1 2 3"},
        {"[[[[{\"mid\": \"1.5\", \"rad\": \"0\"}, {\"rad\": \"1e-9\", \"mid\": \"-0.25\"}]], [[3]]]]",
         "3/2 -1/4 3"},
        {"{\"format\": \"ncf-result\", \"lines\": [{\"x]\": \"\\\"[\"}], \"orbits\": [{\"units\": "
         "{\"weights\": 1}, \"weights\": [[[1, 2]], [[3]]], \"size\": \"2\"}, {\"weights\": [[[4, 5]], "
         "[[6]]]}]}",
         "1 2 3; 4 5 6"},
        {"[[123456789012345678901234567890, 0.1234567890123456789, 0]]",
         "123456789012345678901234567890 1234567890123456789/10000000000000000000 0"},
        {"[]", INVALID "1:1 there is no candidate"},
        {"{\"points\": []}", INVALID "1:12 there is no candidate"},
        {"{\"orbits\": []}", INVALID "1:12 there is no candidate"},
        {"[[1, 2, 3],\n [1, 2]]", INVALID "2:2 candidate 2 has 2 weights, the network 3"},
        {"[[1, 2, 3, 4]]", INVALID "1:12 candidate 1 has more than the 3 weights"},
        {"[[1, 2, 3], []]", INVALID "1:13 candidate 2 has 0 weights"},
        {"[[1, 2, 3], 4]", INVALID "1:13 expected a list of weights"},
        {"[[0, 0.0, \"0/7\"]]", INVALID "1:2 candidate 1 is zero"},
        {"[[1, \"nan\", 2]]", INVALID "1:6 not a number"},
        {"[[1, \"\", 2]]", INVALID "1:6 a number is missing"},
        {"[[1, true, 2]]", INVALID "1:6 expected a number"},
        {"[[1, {}, 2]]", INVALID "1:6 expected a number, found an object"},
        {"[[1, 1e99999, 2]]", INVALID "1:6 the exponent is too large"},
        {"[[1, NaN, 2]]", MALFORMED "1:6 invalid token"},
        {"[[1, Infinity, 2]]", MALFORMED "1:6 invalid token"},
        {"[[1, 2, 3]", MALFORMED "1:"},
        {"{\"point\": [[1, 2, 3]]}", INVALID "1:2 unknown key"},
        {"{\"orbits\": [{\"weights\": null}]}", INVALID "1:25 orbit 1 has no weights"},
        {"{\"orbits\": [{\"size\": \"1\"}]}", INVALID "1:13 the key \"weights\" is missing"},
        {"{\"orbits\": [3]}", INVALID "1:13 expected an orbit"},
        {"{\"points\": 3}", INVALID "1:12 expected a list"},
        {"{}", INVALID "1:1 the key \"points\" is missing"},
    };
    check_samples(samples, sizeof(samples) / sizeof(samples[0]));
}

static void test_csv(void)
{
    static const sample_t samples[] = {
        {"1,0.5,-3\n0,1,0\n", "1 1/2 -3; 0 1 0"},
        {"1,0.5,-3", "1 1/2 -3"},
        {"a,b,c\r\n1e-2, 1/3 ,\"+4\"\r\n", "1/100 1/3 4"},
        {"# saved\n#\nw1,w2,v\n# again\n1,2,3\n# end", "1 2 3"},
        {"\xEF\xBB\xBF\"1\",\"2\",3\n", "1 2 3"},
        {"1.000000000000000000e+00,-2.5e-01,0\n", "1 -1/4 0"},
        {"", MALFORMED "1:1 the file is empty"},
        {"# nothing\n", INVALID "1:1 there is no candidate"},
        {"a,b,c\n", INVALID "1:1 there is no candidate"},
        {"1,2,3\n1,2\n", INVALID "2:3 the row has fewer numbers, the network has 3 weights"},
        {"1,2,3,4\n", INVALID "1:5 the row has more numbers"},
        {"1,2,nan\n", INVALID "1:5 not a number"},
        /* The first row is no header when one cell looks like a number. */
        {"nan,inf,-Infinity\n1,2,3\n", INVALID "1:1 not a number"},
        {"x,2,3\n1,2,3\n", INVALID "1:1 not a number"},
        {"1,,3\n", INVALID "1:3 a number is missing"},
        {"1,2,3\n\n", INVALID "2:1 the row is empty"},
        {"a,b,c\n0,0,0.0\n", INVALID "2:1 the row is zero"},
        {"1,\"2,3\n", MALFORMED "1:3 the quote is not closed"},
        {"1 2 3\n", INVALID "1:1 not a number"},
        {"1/0,2,3\n", INVALID "1:1 the denominator is zero"},
    };
    check_samples(samples, sizeof(samples) / sizeof(samples[0]));
}

/* An NPY file of version 1 with the given header fields. */
static size_t make_npy(char *out, const char *descr, int fortran, const char *shape,
                       const void *data, size_t size)
{
    char header[128];
    int length = snprintf(header, sizeof(header), "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }\n",
                          descr, fortran ? "True" : "False", shape);
    memcpy(out, "\x93NUMPY\x01\x00", 8);
    out[8] = (char) length;
    out[9] = 0;
    memcpy(out + 10, header, (size_t) length);
    memcpy(out + 10 + length, data, size);
    return 10 + (size_t) length + size;
}

static void check_npy(const char *descr, int fortran, const char *shape, const void *data,
                      size_t size, const char *expected)
{
    char file[400];
    char *text = read_text(file, make_npy(file, descr, fortran, shape, data, size));
    CHECK_MSG(strncmp(text, expected, strlen(expected)) == 0, "%s %s gives %s", descr, shape, text);
    ncf__free(text);
}

static void test_npy(void)
{
    static const double eight[] = {1, 0.5, -3, 0, 0.1, 2}, infinite[] = {1, 2, 3, 4, 1e308 * 10, 6};
    static const double zero[] = {1, 2, 3, 0, -0.0, 0};
    static const float four[] = {1, 0.5f, -3};
    static const int8_t one[] = {-1, 0, 7};
    static const char rows[] = "1 1/2 -3; 0 3602879701896397/36028797018963968 2";
    check_npy("<f8", 0, "(2, 3)", eight, 48, rows);
    check_npy("<f8", 1, "(2, 3)", eight, 48, "1 -3 3602879701896397/36028797018963968; 1/2 0 2");
    check_npy("<f8", 0, "(3,)", eight, 24, "1 1/2 -3");
    check_npy("<f8", 1, "(3,)", eight, 24, "1 1/2 -3");
    check_npy("<f4", 0, "(1, 3)", four, 12, "1 1/2 -3");
    check_npy("|i1", 0, "(3,)", one, 3, "-1 0 7");
    check_npy("<f8", 0, "(3, 2)", eight, 48, INVALID "0:0 the array must have shape (3,) or (candidates, 3)");
    check_npy("<f8", 0, "(2,)", eight, 16, INVALID "0:0 the array must have shape");
    check_npy("<f8", 0, "(0, 3)", eight, 0, INVALID "0:0 there is no candidate");
    check_npy("<f8", 0, "(2, 3)", infinite, 48, INVALID "0:0 element [1, 1] is not finite");
    check_npy("<f8", 0, "(2, 3)", zero, 48, INVALID "0:0 row 1 is zero");
    check_npy("<f8", 0, "(1, 1, 3)", eight, 24, MALFORMED "0:0 the shape is not");
    check_npy("<c8", 0, "(3,)", eight, 24, MALFORMED "0:0 the element type");
    check_npy("<f8", 0, "(2, 3)", eight, 40, MALFORMED "0:0 the file is shorter");
    char *text = read_text("PK\x03\x04zip", 7);
    CHECK_MSG(strstr(text, "this is an archive") != NULL, "%s", text);
    ncf__free(text);
}

/*
 * Cut short anywhere, and with any byte changed, a file is read or refused with a message;
 * the copy has exactly the stated length, so that reading beyond it is seen.
 */
static void damage(const char *bytes, size_t length, ncf_random_t *random)
{
    for (size_t cut = 0; cut < length; cut++) {
        char *copy = ncf__malloc(cut, 1);
        memcpy(copy, bytes, cut);
        ncf__free(read_text(copy, cut));
        ncf__free(copy);
    }
    for (long k = ncf_test_count(400); k > 0; k--) {
        char *copy = ncf__malloc(length, 1);
        memcpy(copy, bytes, length);
        for (uint64_t changes = 1 + ncf__random_below(random, 3); changes > 0; changes--)
            copy[ncf__random_below(random, length)] = (char) ncf__random_below(random, 256);
        char *text = read_text(copy, length);
        CHECK(text[0] != '\0');
        ncf__free(text);
        ncf__free(copy);
    }
}

static void test_damaged(void)
{
    static const char json[] = "{\"format\": \"ncf-result\", \"x\": [{\"a\\\"\": null}], \"orbits\": [{\"s\": "
                               "\"12\", \"weights\": [[[{\"mid\": \"1.5\", \"rad\": \"1e-9\"}, 2e-1]], "
                               "[[\"1/3\"]]]}]}";
    static const char csv[] = "# head\na,\"b\"\"c\",d\r\n1,0.5,\"-1/3\"\r\n2,3e2,+4\n";
    static const double data[] = {1, 0.5, -3, 0, 0.1, 2};
    char npy[400];
    size_t length = make_npy(npy, "<f8", 0, "(2, 3)", data, sizeof(data));
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 77);
    damage(json, sizeof(json) - 1, &random);
    damage(csv, sizeof(csv) - 1, &random);
    damage(npy, length, &random);
}

/* A million reals are read in one pass: with a search for each place this takes hours. */
static void test_long(void)
{
    slong rows = 100000;
    char *text = ncf__malloc((size_t) rows * 20 + 10, 1);
    size_t length = 0;
    text[length++] = '[';
    for (slong k = 0; k < rows; k++)
        length += (size_t) sprintf(text + length, "%s[0.5,%ld.25,1]", k > 0 ? "," : "", (long) k);
    text[length++] = ']';
    ncf_points_t *points;
    double start = ncf__clock();
    ncf_status_t status = ncf_points_parse(&points, text, length, "f", problem, NULL);
    CHECK(status == NCF_OK && ncf_points_count(points) == (size_t) rows);
    CHECK(ncf__clock() - start < 60);
    if (status == NCF_OK)
        CHECK(fmpq_equal_si(fmpq_mat_entry(points->rows, 0, 2), 1));
    ncf_points_free(points);
    ncf__free(text);
}

static void test_limits(void)
{
    static const char wide[] =
        "{\"ncf\": 1, \"network\": {\"type\": \"feedforward\", \"widths\": [2, 10000000, 1],"
        " \"activation\": {\"type\": \"power\", \"degree\": 2}}, \"data\": {\"x\": [[1, 2]], \"y\": [1]}}";
    ncf_problem_t *large;
    ncf_points_t *points;
    ncf_error_t err;
    ncf_error_init(&err);
    CHECK(ncf_problem_parse(&large, wide, strlen(wide), "p.json", "", NULL) == NCF_OK);
    CHECK(ncf_points_parse(&points, "1,2,3", 5, "f", large, &err) == NCF_ESPEC && points == NULL);
    CHECK(strstr(err.text, "more than 10000000 weights") != NULL);
    ncf_problem_free(large);
    ncf_points_free(NULL);
    CHECK(ncf_points_read(&points, "no-such-file.csv", problem, NULL) == NCF_EIO && points == NULL);
}

int main(void)
{
    static const ncf_test_t tests[] = {{"JSON", test_json},       {"CSV", test_csv},
                                       {"NPY", test_npy},         {"damaged files", test_damaged},
                                       {"long files", test_long}, {"limits", test_limits},
                                       {NULL, NULL}};
    problem = make_problem();
    if (problem == NULL)
        return 99;
    int status = ncf_test_main("points", tests);
    ncf_problem_free(problem);
    return status;
}
