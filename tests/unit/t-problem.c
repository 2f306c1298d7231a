/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* t-problem.c: problem files, their places in messages, CSV, NPY and drawn data. */
#include <stdio.h>

#include "../harness.h"

#include "../../src/problem/reader.h"

#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD "{\"ncf\": 1, \"network\": {\"type\": \"feedforward\", \"widths\": "
#define SQUARE ", \"activation\": {\"type\": \"power\", \"degree\": 2}}, \"data\": "

/* ---- Helpers --------------------------------------------------------------------- */

/* The error line of a failure, "" if there is none; allocated. */
static char *error_line(const ncf_error_t *err)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    if (err->status != NCF_OK)
        ncf_error_print(stream, "ncf", err);
    fclose(stream);
    return text;
}

/* Parses a copy of exactly the stated length, so that reading beyond it is seen. */
static ncf_status_t parse_bytes(ncf_problem_t **out, const char *text, size_t length,
                                ncf_error_t *err)
{
    char *exact = malloc(length > 0 ? length : 1);
    memcpy(exact, text, length);
    ncf_error_init(err);
    ncf_status_t status = ncf_problem_parse(out, exact, length, "p", "", err);
    free(exact);
    return status;
}

static ncf_problem_t *parse(const char *text)
{
    ncf_problem_t *problem;
    ncf_error_t err;
    ncf_status_t status = parse_bytes(&problem, text, strlen(text), &err);
    CHECK_MSG(status == NCF_OK, "%d:%d: %s", err.line, err.column, err.text);
    return problem;
}

static void check_refused(const char *text, size_t length, const char *expected)
{
    ncf_problem_t *problem;
    ncf_error_t err;
    ncf_status_t status = parse_bytes(&problem, text, length, &err);
    CHECK(status != NCF_OK && problem == NULL && status == err.status);
    char *line = error_line(&err);
    CHECK_STR_EQ(line, expected);
    free(line);
    ncf_problem_free(problem);
}

static void check_data(const ncf_problem_t *problem, const ncf_problem_t *expected)
{
    CHECK(problem != NULL && expected != NULL);
    if (problem == NULL || expected == NULL)
        return;
    CHECK(problem->points == expected->points);
    CHECK(fmpq_mat_equal(problem->x, expected->x));
    CHECK(fmpq_mat_equal(problem->y, expected->y));
}

/* A file below the build folder. */
static void write_file(const char *name, const void *bytes, size_t length)
{
    FILE *stream = fopen(name, "wb");
    CHECK(stream != NULL);
    if (stream != NULL) {
        CHECK(fwrite(bytes, 1, length, stream) == length);
        CHECK(fclose(stream) == 0);
    }
}

/* ---- Problems -------------------------------------------------------------------- */

static void test_example(void)
{
    ncf_problem_t *p =
        parse(HEAD "[2, 3, 1]" SQUARE
                   "{\"x\": [[\"1\", \"2\"], [\"3\", \"-1\"], [\"-1\", \"1\"], [2, 2]],"
                   " \"y\": [\"1\", \"-1\", \"2\", \"1/3\"]}, \"loss\": \"logistic\"}");
    if (p == NULL)
        return;
    CHECK(p->network.depth == 2 && p->network.widths[0] == 2 && p->network.widths[1] == 3 && p->network.widths[2] == 1);
    CHECK(p->network.activations[0].kind == NCF_ACTIVATION_POWER && p->network.activations[0].degree == 2);
    CHECK(p->points == 4 && p->loss == NCF_LOSS_LOGISTIC);
    CHECK_STR_EQ(p->name, "p");
    fmpq_mat_t z;
    fmpz_t figure;
    fmpz_init(figure);
    fmpq_mat_init(z, 4, 1);
    ncf__problem_weights(z, p);
    int halves = 1;
    for (slong i = 0; i < 4; i++) {
        fmpq_add(fmpq_mat_entry(z, i, 0), fmpq_mat_entry(z, i, 0), fmpq_mat_entry(z, i, 0));
        halves = halves && fmpq_equal(fmpq_mat_entry(z, i, 0), fmpq_mat_entry(p->y, i, 0));
    }
    CHECK(halves);
    p->loss = NCF_LOSS_EXPONENTIAL;
    ncf__problem_weights(z, p);
    CHECK(fmpq_mat_equal(z, p->y));
    ncf__problem_unknowns(figure, p);
    CHECK(fmpz_equal_ui(figure, 9));
    CHECK(ncf__problem_homogeneous(figure, p));
    CHECK(fmpz_equal_ui(figure, 3));
    fmpq_mat_clear(z);
    fmpz_clear(figure);
    ncf_problem_free(p);
    ncf_problem_free(NULL);
}

/*
 * L by the forward recursion: the output of W_l has degree D_l = p_{l-1} D_{l-1} + 1.
 * The library sums e_l from the last layer down.
 */
static void check_homogeneity(const char *list, const slong *degrees, slong hidden)
{
    char *widths = ncf__strdup("[1");
    for (slong l = 0; l <= hidden; l++) {
        char *longer = ncf__format("%s, 1", widths);
        ncf__free(widths);
        widths = longer;
    }
    char *text =
        ncf__format(HEAD "%s], \"activation\": [%s]}, \"data\": {\"x\": [[1]], \"y\": [1]}}",
                    widths, list);
    ncf_problem_t *p = parse(text);
    fmpz_t expected, figure;
    fmpz_init_set_ui(expected, 1);
    fmpz_init(figure);
    for (slong l = 0; l < hidden; l++) {
        fmpz_mul_ui(expected, expected, (ulong) degrees[l]);
        fmpz_add_ui(expected, expected, 1);
    }
    if (p != NULL)
        CHECK(ncf__problem_homogeneous(figure, p));
    CHECK(fmpz_equal(figure, expected));
    fmpz_clear(expected);
    fmpz_clear(figure);
    ncf_problem_free(p);
    ncf__free(text);
    ncf__free(widths);
}

static void test_homogeneity(void)
{
#define POWER(p) "{\"type\": \"power\", \"degree\": " #p "}"
    check_homogeneity("", NULL, 0);
    check_homogeneity(POWER(1), (slong[]){1}, 1);
    check_homogeneity("{\"type\": \"linear\"}, " POWER(3), (slong[]){1, 3}, 2);
    check_homogeneity(POWER(3) ", {\"type\": \"linear\"}", (slong[]){3, 1}, 2);
    check_homogeneity(POWER(2) ", " POWER(5) ", " POWER(3), (slong[]){2, 5, 3}, 3);
    check_homogeneity(POWER(1000) ", " POWER(1000) ", " POWER(1000) ", " POWER(
                          1000) ", " POWER(1000) ", " POWER(1000) ", " POWER(1000),
                      (slong[]){1000, 1000, 1000, 1000, 1000, 1000, 1000}, 7);
    ncf_problem_t *p = parse(HEAD "[1, 1, 1], \"activation\": " POWER(
        1) "}, \"data\": {\"x\": [[1]], \"y\": [1]}}");
    CHECK(p != NULL && p->network.activations[0].kind == NCF_ACTIVATION_LINEAR);
    ncf_problem_free(p);
}

static void test_widths(void)
{
    ncf_problem_t *p =
        parse(HEAD "[1, 1000000000, 1000000000, 1]" SQUARE "{\"x\": [[1]], \"y\": [1]}}");
    fmpz_t unknowns, expected;
    fmpz_init(unknowns);
    fmpz_init(expected);
    if (p != NULL)
        ncf__problem_unknowns(unknowns, p);
    fmpz_set_str(expected, "1000000002000000000", 10);
    CHECK(fmpz_equal(unknowns, expected));
    fmpz_clear(unknowns);
    fmpz_clear(expected);
    ncf_problem_free(p);
}

/* A number as a JSON integer and as a string must be the same number. */
static void test_number_routes(void)
{
    static const char *const numbers[] = {"0",
                                          "-0",
                                          "7",
                                          "99999999999999999",
                                          "100000000000000000",
                                          "100000000000000001",
                                          "-9999999999999999",
                                          "-99999999999999999",
                                          "-100000000000000000",
                                          "9223372036854775807",
                                          "9223372036854775808",
                                          "-9223372036854775809",
                                          "18446744073709551616",
                                          "1234567890123456789012345678901234567890",
                                          "-1234567890123456789012345678901234567890"};
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        char *text =
            ncf__format(HEAD "[2, 1]}, \"data\": {\"x\": [[%s,\"%s\"]], \"y\": [%s]}}",
                        numbers[i], numbers[i], numbers[i]);
        ncf_problem_t *p = parse(text);
        fmpz_t value;
        fmpz_init(value);
        fmpz_set_str(value, numbers[i], 10);
        CHECK(p != NULL && fmpz_equal(fmpq_numref(fmpq_mat_entry(p->x, 0, 0)), value) &&
              fmpq_equal(fmpq_mat_entry(p->x, 0, 0), fmpq_mat_entry(p->x, 0, 1)) &&
              fmpq_equal(fmpq_mat_entry(p->x, 0, 0), fmpq_mat_entry(p->y, 0, 0)));
        fmpz_clear(value);
        ncf_problem_free(p);
        ncf__free(text);
    }
}

static void test_extreme_numbers(void)
{
    ncf_problem_t *p =
        parse(HEAD "[1, 1]}, \"data\": {\"x\": [[\"1e-300\"], [\"1e300\"]], \"y\":"
                   " [\"1e-20000\", \"1234567890123456789012345678901234567890/77\"]}}");
    fmpq_t product;
    fmpq_init(product);
    if (p != NULL)
        fmpq_mul(product, fmpq_mat_entry(p->x, 0, 0), fmpq_mat_entry(p->x, 1, 0));
    CHECK(fmpq_is_one(product));
    fmpq_clear(product);
    ncf_problem_free(p);
}

/*
 * Numbers that are cheap to write and dear to hold are refused by their sum: each reader
 * starts here with the budget spent but for a few bits.
 */
static void test_number_budget(void)
{
    static const char text[] = "[\"1e-20\"]", npy_number[] = "\0\0\0\0\0\0\xf0?";
    char csv[] = "a,y\n1,1e-20\n";
    ncf_problem_t *problem = parse(HEAD "[1, 1]}, \"data\": {\"x\": [[1]], \"y\": [1]}}");
    ncf_document_t document;
    ncf_error_t err;
    fmpq_t number;
    fmpq_mat_t out;
    fmpq_init(number);
    fmpq_mat_init(out, 1, 1);
    ncf_error_init(&err);
    CHECK(ncf__document_init(&document, text, strlen(text), "p", "", &err) == NCF_OK);
    ncf_node_t root = {NULL, NULL, 0, document.root}, entry = ncf__node_entry(&root, 0);
    document.bits = NCF_PROBLEM_MAX_BITS - 68; /* 10^-20 has a bit and 67 bits */
    CHECK(ncf__node_number(number, &document, &entry) == NCF_OK);
    CHECK(ncf__node_number(number, &document, &entry) == NCF_ESPEC);
    CHECK_STR_EQ(err.text, "the data have more than 2^31 bits");
    CHECK(err.column == 2);
    ncf_error_init(&err);
    document.bits = NCF_PROBLEM_MAX_BITS - 60;
    CHECK(ncf__csv_parse(problem, &document, "a.csv", csv, strlen(csv), "y") == NCF_ESPEC);
    CHECK_STR_EQ(err.text, "the data have more than 2^31 bits");
    ncf_error_init(&err);
    ncf_npy_t npy = {'f', 8, 0, 0, 1, {1, 1}, 0};
    document.bits = NCF_PROBLEM_MAX_BITS - 2; /* 1/1 has two bits */
    CHECK(ncf__npy_entries(out, &document, &npy, "a.npy", npy_number) == NCF_OK);
    CHECK(ncf__npy_entries(out, &document, &npy, "a.npy", npy_number) == NCF_ESPEC);
    ncf__document_clear(&document);
    fmpq_mat_clear(out);
    fmpq_clear(number);
    ncf_problem_free(problem);
}

static void test_long_number(void)
{
    char *digits = malloc(150000);
    memset(digits, '1', 150000);
    char *text =
        ncf__format(HEAD "[1, 1]}, \"data\": {\"x\": [[%.*s]], \"y\": [1]}}", 150000, digits);
    ncf_problem_t *problem;
    ncf_error_t err;
    CHECK(parse_bytes(&problem, text, strlen(text), &err) == NCF_ESPEC);
    CHECK_STR_EQ(err.text, "the number is too long (at most 100000 characters)");
    ncf__free(text);
    free(digits);
}

/* ---- Bytes that are not a problem ------------------------------------------------ */

static void test_raw_bytes(void)
{
    check_refused("", 0, "ncf: p:1:1: the file is empty\n");
    check_refused("{\"a\": \0}", 8, "ncf: p:1:7: a zero byte is not allowed in JSON\n");
    check_refused("{\"\0\": 1}", 8, "ncf: p:1:3: a zero byte is not allowed in JSON\n");
    check_refused("{\"\\", 3, "ncf: p:1:2: invalid escape near '\"\\'\n");
    check_refused("\n{\"a\": \"\xff\"}", 11,
                  "ncf: p:2:8: unable to decode byte 0xff near '\"'\n");
    check_refused("{\"a\": \"\xc3", 8, "ncf: p:1:8: unable to decode byte 0xc3 near '\"'\n");
    check_refused("\xef\xbb\xbf[1]", 6, "ncf: p:1:4: expected an object, found a list\n");
    size_t depth = 1000000;
    char *deep = malloc(depth);
    memset(deep, '[', depth);
    check_refused(deep, depth, "ncf: p:1:2049: maximum parsing depth reached near '['\n");
    for (size_t i = 0; i + 5 <= depth; i += 5)
        memcpy(deep + i, "{\"a\":", 5);
    check_refused(deep, depth, "ncf: p:1:10241: maximum parsing depth reached near '{'\n");
    size_t many = NCF_DOCUMENT_MAX_VALUES + 1;
    char *commas = malloc(many);
    memset(commas, ',', many);
    check_refused(commas, many, "ncf: p:1:10100000: the file has more than 10100000 values\n");
    free(commas);
    memset(deep, ',', depth);
    check_refused(deep, depth, "ncf: p:1:1: '[' or '{' expected near ','\n");
    free(deep);
}

/* Every truncation of a good file is refused, and none is read beyond its end. */
static void test_truncations(void)
{
    static const char text[] = HEAD
        "[2, 3, 1]" SQUARE
        "{\"x\": [[\"1\", -12345678901234567890]], \"y\": [\"1e-3\"]}, \"loss\": \"square\"}";
    int refused = 1;
    for (size_t length = 0; length + 1 < sizeof(text); length++) {
        ncf_problem_t *problem;
        ncf_error_t err;
        ncf_status_t status = parse_bytes(&problem, text, length, &err);
        refused = refused && status == NCF_EPARSE && problem == NULL && err.line == 1;
        ncf_problem_free(problem);
    }
    CHECK(refused);
    ncf_problem_free(parse(text));
}

/* The locator against a search for tokens that occur once, keys with escapes among them. */
static void test_locator(void)
{
    static const char text[] =
        " {\n \"a\" : 10 , \"b\\u0022c\":[11,{\"d\\\\\":12, \"e\":[[],[ 13 ]]},\n"
        "\"]},{\" ,\r\n\t 14 ] , \"\": { \"f\" :15}}";
    ncf_node_t root = {NULL, NULL, 0, NULL};
    ncf_node_t a = {&root, "a", 0, NULL}, b = {&root, "b\"c", 0, NULL};
    ncf_node_t b0 = {&b, NULL, 0, NULL}, b1 = {&b, NULL, 1, NULL}, b3 = {&b, NULL, 3, NULL};
    ncf_node_t d = {&b1, "d\\", 0, NULL}, e = {&b1, "e", 0, NULL}, e1 = {&e, NULL, 1, NULL};
    ncf_node_t e10 = {&e1, NULL, 0, NULL}, f = {&root, "", 0, NULL}, ff = {&f, "f", 0, NULL};
    const struct {
        const ncf_node_t *node;
        const char *token;
        const char *key;
    } cases[] = {{&root, "{\n", NULL}, {&a, "10", "\"a\""}, {&b, "[11", "\"b\\u"},
                 {&b0, "11", NULL},    {&b3, "14", NULL},   {&d, "12", "\"d"},
                 {&e10, "13", NULL},   {&ff, "15", "\"f"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t key, place = ncf__json_locate(&key, text, strlen(text), cases[i].node);
        CHECK_MSG(text + place == strstr(text, cases[i].token), "case %zu: %zu", i, place);
        if (cases[i].key != NULL)
            CHECK_MSG(text + key == strstr(text, cases[i].key), "case %zu: %zu", i, key);
    }
    int line, column;
    ncf__text_place(&line, &column, text, (size_t) (strstr(text, "14") - text));
    CHECK(line == 4 && column == 3);
}

/* ---- The folders of samples ------------------------------------------------------ */

static char *read_text(const char *name)
{
    char *bytes, fact[NCF_FACT_SIZE];
    size_t length;
    if (ncf__file_read(&bytes, &length, fact, name) != NCF_OK)
        return ncf__strdup("(cannot be read)");
    bytes = ncf__realloc(bytes, length + 1, 1);
    bytes[length] = '\0';
    return bytes;
}

static int is_json(const char *name)
{
    size_t n = strlen(name);
    return n > 5 && strcmp(name + n - 5, ".json") == 0;
}

/* Runs check on each JSON file of a folder of samples, from inside the folder. */
static void for_each_sample(const char *folder, void (*check)(const char *name))
{
    char *path = ncf_test_path(folder);
    int home = open(".", O_RDONLY | O_DIRECTORY);
    long count = 0;
    DIR *directory = opendir(path);
    CHECK(home >= 0 && directory != NULL && chdir(path) == 0);
    for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;) {
        if (is_json(entry->d_name)) {
            check(entry->d_name);
            count++;
        }
    }
    CHECK(count > 5);
    if (directory != NULL)
        closedir(directory);
    CHECK(fchdir(home) == 0);
    close(home);
    ncf__free(path);
}

static void check_invalid(const char *name)
{
    ncf_problem_t *problem;
    ncf_error_t err;
    ncf_error_init(&err);
    ncf_status_t status = ncf_problem_read(&problem, name, &err);
    CHECK_MSG(ncf_status_exit(status) == 3 && problem == NULL, "%s: status %d", name,
              (int) status);
    char *line = error_line(&err);
    char *expected_name = ncf__format("%.*s.error", (int) strlen(name) - 5, name);
    char *expected = read_text(expected_name);
    CHECK_STR_EQ(line, expected);
    ncf_problem_free(problem);
    free(line);
    ncf__free(expected);
    ncf__free(expected_name);
}

static void test_invalid_samples(void)
{
    for_each_sample("tests/invalid", check_invalid);
}

static void check_good(const char *name)
{
    ncf_problem_t *problem;
    ncf_error_t err;
    ncf_error_init(&err);
    ncf_status_t status = ncf_problem_read(&problem, name, &err);
    CHECK_MSG(status == NCF_OK, "%s:%d:%d: %s", name, err.line, err.column, err.text);
    CHECK(problem != NULL && problem->points >= 1);
    if (problem != NULL) {
        CHECK(fmpq_mat_nrows(problem->x) == problem->points);
        CHECK(fmpq_mat_ncols(problem->x) == problem->network.inputs);
        CHECK(fmpq_mat_nrows(problem->y) == problem->points);
        CHECK_STR_EQ(problem->name, name);
    }
    ncf_problem_free(problem);
}

static void test_good_samples(void)
{
    for_each_sample("tests/good", check_good);
}

static ncf_problem_t *read_sample(const char *name)
{
    char *path = ncf_test_path(name);
    ncf_problem_t *problem;
    ncf_error_t err;
    ncf_error_init(&err);
    ncf_status_t status = ncf_problem_read(&problem, path, &err);
    CHECK_MSG(status == NCF_OK, "%s: %s", err.source, err.text);
    ncf__free(path);
    return problem;
}

/* The same points inline, and from a CSV with a mark, quotes, spaces and CR LF. */
static void test_csv_equals_inline(void)
{
    ncf_problem_t *a = read_sample("tests/good/two-layer.json");
    ncf_problem_t *b = read_sample("tests/good/csv.json");
    check_data(b, a);
    ncf_problem_free(a);
    ncf_problem_free(b);
}

/* The manual's complete problems are valid. */
static void test_manual(void)
{
    char *path = ncf_test_path("doc/ncf-problem.5"), *page = read_text(path);
    int count = 0;
    for (char *start = page; (start = strstr(start, "\n{ \"ncf\": 1")) != NULL; count++) {
        char *end = strstr(start, "\n.Ed");
        CHECK(end != NULL);
        if (end == NULL)
            break;
        *end = '\0';
        ncf_problem_free(parse(start));
        start = end + 1;
    }
    CHECK(count == 3);
    ncf__free(page);
    ncf__free(path);
}

/* ---- Files ----------------------------------------------------------------------- */

static void check_file_refused(const char *path, const char *expected)
{
    ncf_problem_t *problem;
    ncf_error_t err;
    ncf_error_init(&err);
    ncf_status_t status = ncf_problem_read(&problem, path, &err);
    CHECK(status == NCF_EIO && problem == NULL && ncf_status_exit(status) == 5);
    char *line = error_line(&err);
    CHECK_STR_EQ(line, expected);
    free(line);
}

static void test_files(void)
{
    static const char missing[] = HEAD "[2, 1]}, \"data\": {\"csv\": \"t-problem-none.csv\","
                                       " \"label\": \"y\"}}";
    check_file_refused("t-problem-none.json",
                       "ncf: t-problem-none.json: cannot open: No such file or directory\n");
    check_file_refused("/", "ncf: /: cannot read: Is a directory\n");
    check_refused(missing, strlen(missing),
                  "ncf: p:1:82: t-problem-none.csv: cannot open:"
                  " No such file or directory\n");
    write_file("t-problem-locked.json", "{}", 2);
    CHECK(chmod("t-problem-locked.json", 0) == 0);
    if (geteuid() != 0) /* the superuser may read everything */
        check_file_refused("t-problem-locked.json",
                           "ncf: t-problem-locked.json: cannot open: Permission denied\n");
    unlink("t-problem-locked.json");
    char *resolved = ncf__file_resolve("a/b/", "c.csv"),
         *plain = ncf__file_resolve("", "c.csv");
    char *absolute = ncf__file_resolve("a", "/c.csv"),
         *joined = ncf__file_resolve("a", "c.csv");
    char *directory = ncf__file_directory("a/b/c.json"), *none = ncf__file_directory("c.json");
    CHECK_STR_EQ(resolved, "a/b/c.csv");
    CHECK_STR_EQ(plain, "c.csv");
    CHECK_STR_EQ(absolute, "/c.csv");
    CHECK_STR_EQ(joined, "a/c.csv");
    CHECK_STR_EQ(directory, "a/b/");
    CHECK_STR_EQ(none, "");
    char *all[] = {resolved, plain, absolute, joined, directory, none};
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        ncf__free(all[i]);
}

/* A problem from a pipe on standard input: data files are then in the current folder. */
static void test_standard_input(void)
{
    static const char text[] = HEAD "[1, 1]}, \"data\": {\"csv\": \"t-problem-in.csv\","
                                    " \"label\": \"y\"}}";
    write_file("t-problem-in.csv", "x,y\n1/2,3\n", 10);
    int ends[2], saved = dup(STDIN_FILENO);
    CHECK(saved >= 0 && pipe(ends) == 0);
    CHECK(write(ends[1], text, strlen(text)) == (ssize_t) strlen(text));
    close(ends[1]);
    CHECK(dup2(ends[0], STDIN_FILENO) == STDIN_FILENO);
    close(ends[0]);
    ncf_problem_t *problem,
        *expected = parse(HEAD "[1, 1]}, \"data\": {\"x\": [[\"1/2\"]], \"y\": [3]}}");
    ncf_error_t err;
    ncf_error_init(&err);
    CHECK(ncf_problem_read(&problem, "-", &err) == NCF_OK);
    dup2(saved, STDIN_FILENO);
    close(saved);
    check_data(problem, expected);
    CHECK(problem != NULL && strcmp(problem->name, "<stdin>") == 0);
    ncf_problem_free(problem);
    ncf_problem_free(expected);
    unlink("t-problem-in.csv");
}

/* ---- NPY ------------------------------------------------------------------------- */

typedef struct {
    char bytes[1024];
    size_t length;
} blob_t;

static void put(blob_t *blob, const void *bytes, size_t length)
{
    NCF_REQUIRE(blob->length + length <= sizeof(blob->bytes));
    memcpy(blob->bytes + blob->length, bytes, length);
    blob->length += length;
}

/* The size low bytes of value in the given order. */
static void put_uint(blob_t *blob, uint64_t value, int size, int big_endian)
{
    for (int k = 0; k < size; k++) {
        int shift = 8 * (big_endian ? size - 1 - k : k);
        char byte = (char) (value >> shift);
        put(blob, &byte, 1);
    }
}

static void put_header(blob_t *blob, int version, const char *descr, const char *order,
                       const char *shape)
{
    char *text = ncf__format("{'descr': '%s', 'fortran_order': %s, 'shape': %s, }%8s\n", descr,
                             order, shape, "");
    char marks[2] = {(char) version, 0};
    blob->length = 0;
    put(blob, "\x93NUMPY", 6);
    put(blob, marks, 2);
    put_uint(blob, strlen(text), version == 1 ? 2 : 4, 0);
    put(blob, text, strlen(text));
    ncf__free(text);
}

/* The bits of a small integer as an element of the type. */
static uint64_t element_bits(char kind, int size, int value)
{
    if (kind != 'f')
        return (uint64_t) (int64_t) value;
    double wide = value / 4.0;
    float narrow = (float) wide;
    uint64_t bits = 0;
    uint32_t low;
    if (size == 8)
        memcpy(&bits, &wide, 8);
    else {
        memcpy(&low, &narrow, 4);
        bits = low;
    }
    return bits;
}

/* Parses an array into out (rows x columns). */
static ncf_status_t load(fmpq_mat_t out, const blob_t *blob, ncf_error_t *err)
{
    ncf_document_t document = {0};
    ncf_npy_t npy;
    char *exact = malloc(blob->length > 0 ? blob->length : 1);
    memcpy(exact, blob->bytes, blob->length);
    ncf_error_init(err);
    document.err = err;
    ncf_status_t status = ncf__npy_header(&npy, "a.npy", exact, blob->length, err);
    int fits = status == NCF_OK && npy.shape[0] == (uint64_t) fmpq_mat_nrows(out) &&
               npy.shape[1] == (uint64_t) fmpq_mat_ncols(out);
    if (status == NCF_OK)
        status = fits ? ncf__npy_entries(out, &document, &npy, "a.npy", exact) : NCF_ESPEC;
    free(exact);
    return status;
}

/* A 3 x 2 array with entries of both signs if the type has them. */
static void check_npy(int version, const char *descr, char kind, int size, int big,
                      int fortran)
{
    static const int values[3][2] = {{1, -2}, {3, 100}, {-128, 0}};
    blob_t blob;
    put_header(&blob, version, descr, fortran ? "True" : "False", "(3, 2)");
    for (int k = 0; k < 6; k++) {
        int i = fortran ? k % 3 : k / 2, j = fortran ? k / 3 : k % 2;
        int value = kind == 'u' ? abs(values[i][j]) : values[i][j];
        put_uint(&blob, element_bits(kind, size, value), size, big);
    }
    fmpq_mat_t out;
    fmpq_t expected;
    ncf_error_t err;
    fmpq_mat_init(out, 3, 2);
    fmpq_init(expected);
    ncf_status_t status = load(out, &blob, &err);
    int same = 1;
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 2; j++) {
            int value = kind == 'u' ? abs(values[i][j]) : values[i][j];
            fmpq_set_si(expected, value, kind == 'f' ? 4 : 1);
            same = same && fmpq_equal(fmpq_mat_entry(out, i, j), expected);
        }
    }
    CHECK_MSG(status == NCF_OK && same, "%s version %d fortran %d: %s", descr, version,
              fortran, err.text);
    fmpq_clear(expected);
    fmpq_mat_clear(out);
}

static void test_npy_types(void)
{
    static const struct {
        char kind;
        int size;
    } types[] = {{'f', 8}, {'f', 4}, {'i', 1}, {'i', 2}, {'i', 4},
                 {'i', 8}, {'u', 1}, {'u', 2}, {'u', 4}, {'u', 8}};
    for (size_t t = 0; t < sizeof(types) / sizeof(types[0]); t++) {
        for (int which = 0; which < 12; which++) {
            int version = 1 + which / 4, big = which & 1, fortran = (which >> 1) & 1;
            char descr[8];
            snprintf(descr, sizeof(descr), "%c%c%d",
                     types[t].size == 1 ? '|'
                     : big              ? '>'
                                        : '<',
                     types[t].kind, types[t].size);
            check_npy(version, descr, types[t].kind, types[t].size, big, fortran);
        }
    }
}

/* Values that a conversion through another type would change. */
static void test_npy_exact(void)
{
    fmpq_mat_t out;
    ncf_error_t err;
    blob_t blob;
    fmpq_t expected;
    fmpq_mat_init(out, 2, 1);
    fmpq_init(expected);
    put_header(&blob, 1, "<u8", "False", "(2,)");
    put_uint(&blob, UINT64_MAX, 8, 0);
    put_uint(&blob, UINT64_C(9007199254740993), 8, 0);
    CHECK(load(out, &blob, &err) == NCF_OK);
    CHECK(ncf__rational_parse(expected, "18446744073709551615", 20) == NULL);
    CHECK(fmpq_equal(fmpq_mat_entry(out, 0, 0), expected));
    CHECK(fmpz_equal_si(fmpq_numref(fmpq_mat_entry(out, 1, 0)), 9007199254740993));
    put_header(&blob, 1, ">i8", "True", "(2, 1)");
    put_uint(&blob, UINT64_C(1) << 63, 8, 1);
    put_uint(&blob, UINT64_MAX, 8, 1);
    CHECK(load(out, &blob, &err) == NCF_OK);
    CHECK(ncf__rational_parse(expected, "-9223372036854775808", 20) == NULL);
    CHECK(fmpq_equal(fmpq_mat_entry(out, 0, 0), expected));
    CHECK(fmpz_equal_si(fmpq_numref(fmpq_mat_entry(out, 1, 0)), -1));
    put_header(&blob, 1, "<f8", "False", "(2, 1)");
    put_uint(&blob, 1, 8, 0); /* the least positive double */
    put_uint(&blob, UINT64_C(0x8000000000000000), 8, 0);
    CHECK(load(out, &blob, &err) == NCF_OK);
    fmpq_mul_2exp(expected, fmpq_mat_entry(out, 0, 0), 1074);
    CHECK(fmpq_is_one(expected));
    CHECK(fmpq_is_zero(fmpq_mat_entry(out, 1, 0)));
    fmpq_clear(expected);
    fmpq_mat_clear(out);
}

static void check_npy_refused(const blob_t *blob, const char *fact)
{
    fmpq_mat_t out;
    ncf_error_t err;
    fmpq_mat_init(out, 2, 2);
    CHECK(load(out, blob, &err) != NCF_OK);
    CHECK_STR_EQ(err.text, fact);
    fmpq_mat_clear(out);
}

static void check_header_refused(const char *descr, const char *order, const char *shape,
                                 const char *fact)
{
    static const char zeros[32];
    blob_t blob;
    put_header(&blob, 1, descr, order, shape);
    put(&blob, zeros, 32);
    check_npy_refused(&blob, fact);
}

static void test_npy_headers(void)
{
    static const char type[] = "the element type is not f4, f8, i1 to i8 or u1 to u8";
    static const char shape[] = "the shape is not that of one or two dimensions";
    check_header_refused("<c8", "False", "(2, 2)", type);
    check_header_refused("<f2", "False", "(2, 2)", type);
    check_header_refused("|f8", "False", "(2, 2)", type);
    check_header_refused("<f16", "False", "(2, 2)", type);
    check_header_refused("|b1", "False", "(2, 2)", type);
    check_header_refused("", "False", "(2, 2)", type);
    check_header_refused("<f8', 'descr': '<f8", "False", "(2, 2)",
                         "the header has an unknown or a repeated key");
    check_header_refused("<f8", "false", "(2, 2)", "fortran_order is not True or False");
    check_header_refused("<f8", "False", "(2, 2, 1)", shape);
    check_header_refused("<f8", "False", "()", shape);
    check_header_refused("<f8", "False", "(4)", shape);
    check_header_refused("<f8", "False", "(-2, 2)", shape);
    check_header_refused("<f8", "False", "(2, 99999999999999999999999)", shape);
    check_header_refused("<f8", "False", "(2, 2), 'x': 1",
                         "the header has an unknown or a repeated key");
    check_header_refused("<f8", "False", "(2, 2)} {", "the header is not a dictionary");
    check_header_refused("<f8", "False", "(2, 3)", "the file is shorter than its shape says");
    check_header_refused("<f8", "False", "(2, 1)", "the file is longer than its shape says");
    check_header_refused("<f8", "False", "(4294967296, 4294967296)",
                         "the file is shorter than its shape says");
    check_header_refused("<f8", "False", "(0, 2)", "the file is longer than its shape says");
}

static void test_npy_bytes(void)
{
    static const uint64_t odd[] = {UINT64_C(0x7ff8000000000000), UINT64_C(0x7ff0000000000000),
                                   UINT64_C(0xfff0000000000000)};
    blob_t blob;
    for (size_t i = 0; i < 3; i++) {
        put_header(&blob, 1, "<f8", "True", "(2, 2)");
        for (int k = 0; k < 4; k++) /* column-major: the third is in row 0, column 1 */
            put_uint(&blob, k == 2 ? odd[i] : 0, 8, 0);
        check_npy_refused(&blob, "element [0, 1] is not finite");
    }
    put_header(&blob, 1, "<f8", "True", "(2, 2)");
    put_uint(&blob, 0, 8, 0);
    for (; blob.length > 0; blob.length--) {
        fmpq_mat_t out;
        ncf_error_t err;
        fmpq_mat_init(out, 2, 2);
        CHECK(load(out, &blob, &err) == NCF_EPARSE);
        fmpq_mat_clear(out);
    }
    put_header(&blob, 1, "<f8", "True", "(2, 2)");
    blob.bytes[1] = 'n';
    check_npy_refused(&blob, "not an NPY file (the magic bytes are missing)");
    put_header(&blob, 4, "<f8", "True", "(2, 2)");
    check_npy_refused(&blob, "unknown version of the NPY format (1.0, 2.0 and 3.0 are read)");
    put_header(&blob, 2, "<f8", "True", "(2, 2)");
    blob.bytes[10] = 2; /* a header of more than 2^17 bytes */
    check_npy_refused(&blob, "the header is too large (at most 65536 bytes)");
}

/* A whole problem from two arrays of different layouts. */
static void test_npy_problem(void)
{
    static const char text[] = HEAD "[2, 1]}, \"data\": {\"npy\": {\"x\": \"t-problem-x.npy\","
                                    " \"y\": \"t-problem-y.npy\"}}}";
    blob_t blob;
    put_header(&blob, 2, ">f4", "True", "(3, 2)");
    for (int k = 0; k < 6; k++)
        put_uint(&blob, element_bits('f', 4, k), 4, 1);
    write_file("t-problem-x.npy", blob.bytes, blob.length);
    put_header(&blob, 1, "<i2", "False", "(3, 1)");
    for (int k = 0; k < 3; k++)
        put_uint(&blob, element_bits('i', 2, -k), 2, 0);
    write_file("t-problem-y.npy", blob.bytes, blob.length);
    ncf_problem_t *expected =
        parse(HEAD "[2, 1]}, \"data\": {\"x\": [[0, \"3/4\"], [\"1/4\", 1],"
                   " [\"0.5\", \"1.25\"]], \"y\": [0, -1, -2]}}");
    ncf_problem_t *problem = parse(text);
    check_data(problem, expected);
    ncf_problem_free(problem);
    put_header(&blob, 1, "|i1", "False", "(4,)");
    put(&blob, "\1\2\3\4", 4);
    write_file("t-problem-y.npy", blob.bytes, blob.length);
    check_refused(text, strlen(text),
                  "ncf: t-problem-y.npy: the labels must have shape (3,) or (3, 1)\n");
    write_file("t-problem-x.npy", blob.bytes, blob.length);
    check_refused(text, strlen(text),
                  "ncf: t-problem-x.npy: the inputs must have shape (points, 2)\n");
    ncf_problem_free(expected);
    unlink("t-problem-x.npy");
    unlink("t-problem-y.npy");
}

/* ---- Drawn data ------------------------------------------------------------------ */

static ncf_problem_t *draw(const char *section)
{
    char *text = ncf__format(
        HEAD "[3, 2, 1]" SQUARE "{\"random\": {\"points\": 40, \"inputs\": 3, %s}}}", section);
    ncf_problem_t *problem = parse(text);
    ncf__free(text);
    return problem;
}

/* Deviates by the mathematics library of the system, which is close but not exact. */
static void test_normal(void)
{
    ncf_normal_t normal;
    ncf_random_t random;
    mpfr_t x;
    mpfr_init2(x, 158);
    ncf__normal_init(&normal, 5, 9, 158);
    ncf__random_init(&random, 5, 9);
    double worst = 0, sum = 0, squares = 0;
    for (int i = 0; i < 2000; i++) {
        double u = 1 - (double) ncf__random_bits(&random) * 0x1p-64;
        double v = (double) ncf__random_bits(&random) * 0x1p-64;
        double expected[2] = {sqrt(-2 * log(u)) * cos(2 * M_PI * v),
                              sqrt(-2 * log(u)) * sin(2 * M_PI * v)};
        for (int k = 0; k < 2; k++) {
            ncf__normal_draw(x, &normal);
            double got = mpfr_get_d(x, MPFR_RNDN);
            worst = fmax(worst, fabs(got - expected[k]));
            sum += got;
            squares += got * got;
        }
    }
    CHECK_MSG(worst < 1e-7, "%g", worst);
    CHECK_MSG(fabs(sum / 4000) < 0.06 && fabs(squares / 4000 - 1) < 0.1, "%g %g", sum,
              squares);
    ncf__normal_clear(&normal);
    mpfr_clear(x);
}

static void test_scaled_round(void)
{
    static const struct {
        double x;
        slong bits, expected;
    } cases[] = {{0.5, 0, 0},   {1.5, 0, 2},  {-0.5, 0, 0},
                 {-2.5, 0, -2}, {0.75, 1, 2}, {0.3, 4, 5}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        mpfr_t x;
        fmpz_t out;
        fmpz_init(out);
        mpfr_init2(x, 100);
        mpfr_set_d(x, cases[i].x, MPFR_RNDN);
        ncf__scaled_round(out, x, cases[i].bits);
        CHECK_MSG(fmpz_equal_si(out, cases[i].expected), "case %zu", i);
        mpfr_clear(x);
        fmpz_clear(out);
    }
}

static void test_sphere(void)
{
    ncf_problem_t *p = draw("\"distribution\": \"sphere\", \"seed\": 3, \"bits\": 40");
    ncf_problem_t *q = draw("\"distribution\": \"sphere\", \"seed\": 4, \"bits\": 40");
    if (p == NULL || q == NULL)
        return;
    double worst = 0;
    int dyadic = 1;
    for (slong i = 0; i < 40; i++) {
        double norm = 0;
        for (slong j = 0; j < 3; j++) {
            const fmpq *entry = fmpq_mat_entry(p->x, i, j);
            double x = fmpq_get_d(entry);
            norm += x * x;
            dyadic = dyadic && fmpz_bits(fmpq_denref(entry)) <= 41 &&
                     fmpz_val2(fmpq_denref(entry)) + 1 == fmpz_bits(fmpq_denref(entry));
        }
        worst = fmax(worst, fabs(norm - 1));
    }
    CHECK_MSG(worst < 1e-11, "%g", worst);
    CHECK(dyadic);
    CHECK(!fmpq_mat_equal(p->x, q->x));
    ncf_problem_free(p);
    ncf_problem_free(q);
}

static void test_ranges(void)
{
    ncf_problem_t *u =
        draw("\"distribution\": \"uniform\", \"seed\": 1, \"bits\": 70, \"labels\": \"sign\"");
    ncf_problem_t *n = draw(
        "\"distribution\": \"integers\", \"bound\": 2, \"seed\": 1, \"labels\": \"uniform\"");
    if (u == NULL || n == NULL)
        return;
    int unit = 1, sign = 1, whole = 1, seen[5] = {0}, fine = 0;
    for (slong i = 0; i < 40; i++) {
        const fmpq *label = fmpq_mat_entry(u->y, i, 0);
        sign = sign && fmpz_is_pm1(fmpq_numref(label)) && fmpz_is_one(fmpq_denref(label));
        for (slong j = 0; j < 3; j++) {
            const fmpq *x = fmpq_mat_entry(u->x, i, j), *k = fmpq_mat_entry(n->x, i, j);
            unit = unit && fmpq_cmp_si(x, -1) >= 0 && fmpq_cmp_si(x, 1) < 0;
            fine = fine || fmpz_bits(fmpq_denref(x)) == 71;
            whole = whole && fmpz_is_one(fmpq_denref(k)) && fmpq_cmp_si(k, -2) >= 0 &&
                    fmpq_cmp_si(k, 2) <= 0;
            if (whole)
                seen[2 + fmpz_get_si(fmpq_numref(k))]++;
        }
    }
    CHECK(unit && fine && sign && whole);
    for (int k = 0; k < 5; k++)
        CHECK(seen[k] > 8);
    ncf_problem_free(u);
    ncf_problem_free(n);
}

/* H(x; W) of a teacher in rational arithmetic, with the weights drawn again. */
static void rational_teacher(fmpq_t out, const fmpq *x, const slong *widths,
                             const slong *degrees, slong depth, slong bits, uint64_t seed)
{
    ncf_normal_t normal;
    fmpq *values = _fmpq_vec_init(8), *next = _fmpq_vec_init(8);
    mpfr_t deviate, root;
    fmpz_t scaled;
    fmpq_t weight;
    fmpz_init(scaled);
    fmpq_init(weight);
    mpfr_inits2(bits + NCF_NORMAL_GUARD_BITS, deviate, root, (mpfr_ptr) NULL);
    ncf__normal_init(&normal, seed, NCF_STREAM_TEACHER, bits + NCF_NORMAL_GUARD_BITS);
    for (slong j = 0; j < widths[0]; j++)
        fmpq_set(values + j, x + j);
    for (slong l = 1; l <= depth; l++) {
        mpfr_sqrt_ui(root, (ulong) widths[l - 1], MPFR_RNDN);
        for (slong i = 0; i < widths[l]; i++) {
            fmpq_zero(next + i);
            for (slong j = 0; j < widths[l - 1]; j++) {
                ncf__normal_draw(deviate, &normal);
                mpfr_div(deviate, deviate, root, MPFR_RNDN);
                ncf__scaled_round(scaled, deviate, bits);
                fmpq_set_fmpz(weight, scaled);
                fmpq_div_2exp(weight, weight, (flint_bitcnt_t) bits);
                fmpq_addmul(next + i, weight, values + j);
            }
            if (l < depth)
                fmpq_pow_si(next + i, next + i, degrees[l - 1]);
        }
        for (slong i = 0; i < widths[l]; i++)
            fmpq_set(values + i, next + i);
    }
    fmpq_set(out, values);
    ncf__normal_clear(&normal);
    mpfr_clears(deviate, root, (mpfr_ptr) NULL);
    fmpq_clear(weight);
    fmpz_clear(scaled);
    _fmpq_vec_clear(values, 8);
    _fmpq_vec_clear(next, 8);
}

static void test_teacher(void)
{
    static const slong widths[] = {3, 4, 2, 1}, degrees[] = {3, 1};
    static const char *const inputs[] = {"\"distribution\": \"normal\"",
                                         "\"distribution\": \"integers\", \"bound\": 9"};
    for (int which = 0; which < 2; which++) {
        char *section = ncf__format(
            "%s, \"seed\": 7, \"bits\": 20, \"teacher\": {\"widths\": [3, 4, 2, 1], "
            "\"activation\":"
            " [{\"type\": \"power\", \"degree\": 3}, {\"type\": \"linear\"}], \"seed\": 11}",
            inputs[which]);
        ncf_problem_t *p = draw(section);
        int same = p != NULL;
        fmpq_t expected;
        fmpq_init(expected);
        for (slong i = 0; i < 40 && same; i++) {
            rational_teacher(expected, fmpq_mat_entry(p->x, i, 0), widths, degrees, 3, 20, 11);
            same = fmpq_equal(expected, fmpq_mat_entry(p->y, i, 0)) && !fmpq_is_zero(expected);
        }
        CHECK(same);
        fmpq_clear(expected);
        ncf_problem_free(p);
        ncf__free(section);
    }
}

/* A digest of all inputs and labels as text. */
static void check_drawn(const char *section, const char *expected)
{
    ncf_problem_t *p = draw(section);
    char *text = NULL, hex[65];
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    for (slong i = 0; p != NULL && i < p->points; i++) {
        for (slong j = 0; j <= 3; j++) {
            const fmpq *entry =
                j < 3 ? fmpq_mat_entry(p->x, i, j) : fmpq_mat_entry(p->y, i, 0);
            char *number = fmpq_get_str(NULL, 10, entry);
            fprintf(stream, "%s\n", number);
            flint_free(number);
        }
    }
    fclose(stream);
    ncf__sha256(hex, text, length);
    hex[16] = '\0';
    CHECK_STR_EQ(hex, expected);
    free(text);
    ncf_problem_free(p);
}

/* Data sets are named by their sections: the numbers must never change. */
static void test_drawn_is_fixed(void)
{
    check_drawn("\"distribution\": \"sphere\", \"seed\": 1", "894f3709e9d0e276");
    check_drawn(
        "\"distribution\": \"normal\", \"seed\": 2, \"bits\": 53, \"labels\": \"uniform\"",
        "e8638003b2c2e50b");
    check_drawn(
        "\"distribution\": \"uniform\", \"seed\": 18446744073709551615, \"labels\": \"sign\"",
        "948f7f2e580b7cc6");
    check_drawn("\"distribution\": \"integers\", \"seed\": 0, \"bound\": 1000000000000000000, "
                "\"teacher\":"
                " {\"widths\": [3, 2, 1], \"activation\": {\"type\": \"power\", \"degree\": "
                "2}, \"seed\": 1}",
                "c1c19607965729e4");
}

/* ---- Mutations ------------------------------------------------------------------- */

/* Changes, inserts, deletes or repeats a few bytes; text has room for 64 more. */
static size_t mutate(char *text, size_t length, ncf_random_t *random)
{
    static const char alphabet[] = "{}[]\",:.-+eE019/ \n\r\\u\xff\x80\xef'()NTF<>|ifu8";
    uint64_t edits = 1 + ncf__random_below(random, 4);
    for (uint64_t k = 0; k < edits && length > 0; k++) {
        size_t at = (size_t) ncf__random_below(random, length);
        char byte = alphabet[ncf__random_below(random, sizeof(alphabet))];
        switch (ncf__random_below(random, 4)) {
        case 0:
            text[at] = byte;
            break;
        case 1:
            memmove(text + at + 1, text + at, length - at);
            text[at] = byte;
            length++;
            break;
        case 2:
            memmove(text + at, text + at + 1, length - at - 1);
            length--;
            break;
        default:
            text[at] ^= (char) (1 << ncf__random_below(random, 8));
        }
    }
    return length;
}

/* A failure has a place in the text and no handle; a success has a consistent shape. */
static void check_mutated(const char *text, size_t length)
{
    ncf_problem_t *problem;
    ncf_error_t err;
    ncf_status_t status = parse_bytes(&problem, text, length, &err);
    int good = status == NCF_OK
                   ? problem != NULL && fmpq_mat_nrows(problem->x) == problem->points &&
                         fmpq_mat_ncols(problem->x) == problem->network.inputs
                   : problem == NULL && err.status == status && err.text[0] != '\0';
    CHECK_MSG(good, "%.*s", (int) length, text);
    ncf_problem_free(problem);
}

static void test_mutated_json(void)
{
    static const char *const seeds[] = {
        HEAD "[2, 3, 1]" SQUARE
             "{\"x\": [[\"1\", -12345678901234567890], [\"1/3\", 0.1]], \"y\": [\"1e-3\", 2]},"
             " \"loss\": \"square\"}",
        HEAD "[2, 3, 2, 1], \"activation\": [{\"type\": \"power\", \"degree\": 3}, {\"type\": "
             "\"linear\"}]},"
             " \"data\": {\"random\": {\"points\": 2, \"inputs\": 2, \"distribution\": "
             "\"sphere\", \"seed\": 1,"
             " \"teacher\": {\"widths\": [2, 1], \"seed\": 5}}}}"};
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 20);
    long count = ncf_test_count(20000);
    for (long i = 0; i < count; i++) {
        char text[600];
        const char *seed = seeds[i % 2];
        memcpy(text, seed, strlen(seed));
        check_mutated(text, mutate(text, strlen(seed), &random));
    }
}

static void test_mutated_files(void)
{
    static const char csv[] = "\xef\xbb\xbf\"a\",b , y\r\n1,\"2\",1\r\n3,-1/2,1e-1\n";
    ncf_problem_t *problem = parse(HEAD "[2, 1]}, \"data\": {\"x\": [[1, 2]], \"y\": [1]}}");
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 21);
    long count = ncf_test_count(20000);
    int good = problem != NULL;
    fmpq_mat_t out;
    fmpq_mat_init(out, 2, 2);
    for (long i = 0; i < count && good; i++) {
        char text[sizeof(csv) + 64];
        ncf_document_t document = {0};
        ncf_error_t err;
        ncf_error_init(&err);
        document.err = &err;
        memcpy(text, csv, sizeof(csv) - 1);
        size_t length = mutate(text, sizeof(csv) - 1, &random);
        char *exact = malloc(length);
        memcpy(exact, text, length);
        ncf_status_t status = ncf__csv_parse(problem, &document, "a.csv", exact, length, "y");
        free(exact);
        good = status == err.status && (status == NCF_OK || err.line >= 1);
        blob_t blob;
        put_header(&blob, 1 + (int) (i % 3), "<f8", "True", "(2, 2)");
        for (int k = 0; k < 4; k++)
            put_uint(&blob, element_bits('f', 8, k), 8, 0);
        blob.length = mutate(blob.bytes, blob.length, &random);
        status = load(out, &blob, &err);
        good = good && (status == NCF_OK || status == NCF_EPARSE || status == NCF_ESPEC);
    }
    CHECK(good);
    fmpq_mat_clear(out);
    ncf_problem_free(problem);
}

int main(void)
{
    static const ncf_test_t tests[] = {
        {"the example of the contract", test_example},
        {"homogeneity of mixed activations", test_homogeneity},
        {"widths up to 10^9", test_widths},
        {"integers and strings are the same numbers", test_number_routes},
        {"tiny, huge and long numbers", test_extreme_numbers},
        {"the sum of the bits is bounded", test_number_budget},
        {"a number that is too long", test_long_number},
        {"bytes that are not JSON", test_raw_bytes},
        {"every truncation is refused", test_truncations},
        {"places of values and keys", test_locator},
        {"invalid samples and their messages", test_invalid_samples},
        {"good samples", test_good_samples},
        {"problems in the manual", test_manual},
        {"CSV equals inline data", test_csv_equals_inline},
        {"files that cannot be read", test_files},
        {"standard input", test_standard_input},
        {"NPY types, orders and versions", test_npy_types},
        {"NPY extremes are exact", test_npy_exact},
        {"NPY headers that are refused", test_npy_headers},
        {"NPY bytes that are refused", test_npy_bytes},
        {"NPY problem", test_npy_problem},
        {"normal deviates", test_normal},
        {"rounding to dyadic numbers", test_scaled_round},
        {"points on the sphere", test_sphere},
        {"uniform and integer data", test_ranges},
        {"teacher in rational arithmetic", test_teacher},
        {"drawn data never change", test_drawn_is_fixed},
        {"mutated problems", test_mutated_json},
        {"mutated data files", test_mutated_files},
        {NULL, NULL}};
    return ncf_test_main("problem", tests);
}
