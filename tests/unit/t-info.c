/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* t-info.c: what `ncf info` says about problems, as text and as JSON. */
#include "../harness.h"

#include "../../src/report/info.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* The document for a problem text; NULL when something fails. Free with free. */
static char *info_of(const char *problem_text, int json)
{
    ncf_problem_t *problem;
    char *text = NULL;
    size_t size;
    if (ncf_problem_parse(&problem, problem_text, strlen(problem_text), "p.json", "", NULL) !=
        NCF_OK)
        return NULL;
    FILE *stream = open_memstream(&text, &size);
    ncf_status_t status = ncf_info_write(stream, problem, json, NULL);
    fclose(stream);
    ncf_problem_free(problem);
    if (status != NCF_OK) {
        free(text);
        return NULL;
    }
    return text;
}

/* The text after the two lines that hold the name and the digest. */
static void check_text(const char *problem_text, const char *expected)
{
    char *text = info_of(problem_text, 0);
    char *line = text != NULL ? strstr(text, "\ntype") : NULL;
    CHECK_STR_EQ(line != NULL ? line + 1 : "(no text)", expected);
    size_t longest = 0;
    for (const char *at = text; at != NULL && *at != '\0'; at += strspn(at, "\n")) {
        size_t length = strcspn(at, "\n");
        longest = length > longest ? length : longest;
        at += length;
    }
    free(text);
    CHECK_MSG(longest <= 80, "%zu columns", longest);
}

/* The member at a path such as "symmetry/order", as compact JSON. */
static void check_json(const char *problem_text, const char *path, const char *expected)
{
    char *text = info_of(problem_text, 1);
    json_t *root = text != NULL ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
    json_t *at = root;
    for (const char *key = path; *key != '\0'; key += key[strcspn(key, "/")] == '/') {
        size_t length = strcspn(key, "/");
        char *name = ncf__format("%.*s", (int) length, key);
        at = json_is_array(at) ? json_array_get(at, (size_t) atoi(name))
                               : json_object_get(at, name);
        ncf__free(name);
        key += length;
        if (*key == '\0')
            break;
    }
    char *got = at != NULL ? json_dumps(at, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    CHECK_STR_EQ(got != NULL ? got : "(absent)", expected);
    free(got);
    json_decref(root);
    free(text);
}

#define DATA                                                                                  \
    "\"data\":{\"x\":[[\"1\",\"2\"],[\"3\",\"-1\"],[\"-1\",\"1\"],[\"2\",\"2\"]],"            \
    "\"y\":[\"1\",\"-1\",\"2\",\"1\"]}"
#define PROBLEM(widths, activation, data, rest)                                               \
    "{\"ncf\":1,\"network\":{\"type\":\"feedforward\",\"widths\":[" widths "],"               \
    "\"activation\":" activation "}," data rest "}"
#define POWER(p) "{\"type\":\"power\",\"degree\":" p "}"
#define LINEAR "{\"type\":\"linear\"}"

static const char two_layer[] = PROBLEM("2,3,1", POWER("2"), DATA, "");

static void test_two_layer_text(void)
{
    check_text(two_layer,
               "type          feedforward\n"
               "widths        2 3 1\n"
               "activations   t^2\n"
               "loss          square: z_i = y_i\n"
               "data          4 points, 2 inputs\n"
               "essential     4 points with z_i != 0 span 2 of 2 dimensions\n"
               "unknowns      9\n"
               "homogeneity   L = 3\n"
               "by layer      e_1=2 e_2=1\n"
               "symmetries    group of order 48 = 2^3 3!\n"
               "              layer 1: permutations of 3 units; sign of each row of W_1\n"
               "method        symmetric-tensor\n"
               "polynomial    N(u) has 9 terms\n"
               "              N = -2*W_1_1_1^2*W_2_1_1 + 14*W_1_1_1*W_1_1_2*W_2_1_1\n"
               "              + 9*W_1_1_2^2*W_2_1_1 - 2*W_1_2_1^2*W_2_1_2\n"
               "              + 14*W_1_2_1*W_1_2_2*W_2_1_2 + 9*W_1_2_2^2*W_2_1_2\n"
               "              - 2*W_1_3_1^2*W_2_1_3 + 14*W_1_3_1*W_1_3_2*W_2_1_3\n"
               "              + 9*W_1_3_2^2*W_2_1_3\n");
}

static void test_deep_text(void)
{
    check_text(
        PROBLEM("2,2,4,1", "[" LINEAR "," POWER("3") "]", DATA, ",\"loss\":\"logistic\""),
        "type          feedforward\n"
        "widths        2 2 4 1\n"
        "activations   linear, t^3\n"
        "loss          logistic: z_i = y_i/2\n"
        "data          4 points, 2 inputs\n"
        "essential     4 points with z_i != 0 span 2 of 2 dimensions\n"
        "unknowns      16\n"
        "homogeneity   L = 7\n"
        "by layer      e_1=3 e_2=3 e_3=1\n"
        "symmetries    infinite group\n"
        "              layer 1: orthogonal maps O(2) of the units\n"
        "              layer 2: permutations of 4 units; sign of each row of W_2 with\n"
        "              that of the column of W_3\n"
        "method        rank-one+search\n"
        "polynomial    N(u) has 80 terms\n");
}

#define NETWORK(network) "{\"ncf\":1,\"network\":" network "," DATA "}"
#define POLYNOMIAL(c) "{\"type\":\"polynomial\",\"coefficients\":[" c "]}"
#define FORMULA                                                                               \
    "{\"type\":\"polynomial\",\"weights\":[\"a\"],\"inputs\":[\"x\",\"y\"],\"output\":\"a*x+a^2*y\"}"
#define CONVOLUTION(activation, head)                                                         \
    "{\"type\":\"convolution\",\"length\":2,\"layers\":[{\"channels\":3,\"kernel\":1}],"          \
    "\"activation\":" activation ",\"head\":\"" head "\"}"

static void test_other_types_text(void)
{
    check_text(NETWORK("{\"type\":\"sum\",\"parts\":[" FORMULA
                       "," CONVOLUTION(POWER("3"), "dense") "]}"),
               "type          sum\n"
               "              part 1:\n"
               "type          polynomial\n"
               "formula       1 weight, 2 inputs, 2 terms\n"
               "              part 2:\n"
               "type          convolution\n"
               "input         1 channel of length 2\n"
               "layer 1       kernel 1, stride 1, pooling 1: 3 channels of length 2\n"
               "head          dense\n"
               "activations   t^3\n"
               "loss          square: z_i = y_i\n"
               "data          4 points, 2 inputs\n"
               "essential     4 points with z_i != 0 span 2 of 2 dimensions\n"
               "unknowns      10\n"
               "blocks        1x1 3x1 1x6\n"
               "homogeneity   not homogeneous: the homogeneous theory (lambda = L N, flows from\n"
               "              the origin) does not apply\n"
               "by layer      e_1=none e_2=3 e_3=1\n"
               "symmetries    group of order 48 = 2^3 3!\n"
               "              part 2, layer 1: permutations of 3 channels; sign of each row of\n"
               "              W_1 with that of the columns of W_2\n"
               "              not looked for in parts that are formulas\n"
               "method        search\n"
               "polynomial    N(u) has 8 terms\n"
               "              N = 7*p1_a^2 - 2*p1_a - 20*p2_W_1_1_1^3*p2_W_2_1_1\n"
               "              + 19*p2_W_1_1_1^3*p2_W_2_1_2 - 20*p2_W_1_2_1^3*p2_W_2_1_3\n"
               "              + 19*p2_W_1_2_1^3*p2_W_2_1_4 - 20*p2_W_1_3_1^3*p2_W_2_1_5\n"
               "              + 19*p2_W_1_3_1^3*p2_W_2_1_6\n");
}

/* The group of a layer depends on the parity of its activation, and on what follows. */
static void test_symmetries(void)
{
    static const struct {
        const char *problem, *order, *group;
    } layers[] = {
        {PROBLEM("2,3,1", POLYNOMIAL("0,0,1,0,1"), DATA, ""), "\"48\"",
         "\"signed permutations, row signs\""},
        {PROBLEM("2,3,1", POLYNOMIAL("7,0,1"), DATA, ""), "\"48\"",
         "\"signed permutations, row signs\""},
        {PROBLEM("2,3,1", POLYNOMIAL("0,1,0,1"), DATA, ""), "\"48\"",
         "\"signed permutations, row and column signs\""},
        {PROBLEM("2,3,1", POLYNOMIAL("0,1,1"), DATA, ""), "\"6\"", "\"permutations\""},
        {PROBLEM("2,3,1", POLYNOMIAL("1,0,0,1"), DATA, ""), "\"6\"", "\"permutations\""},
        {PROBLEM("2,3,1", POLYNOMIAL("0,2"), DATA, ""), "\"infinite\"", "\"orthogonal\""},
        {PROBLEM("2,2,1", POLYNOMIAL("1,2"), DATA, ""), "\"2\"",
         "\"orthogonal, (1, ..., 1) fixed\""},
        {NETWORK(CONVOLUTION(POWER("3"), "sum")), "\"6\"", "\"permutations\""},
        {NETWORK(CONVOLUTION(POWER("2"), "sum")), "\"48\"",
         "\"signed permutations, row signs\""},
        {NETWORK(CONVOLUTION(LINEAR, "sum")), "\"infinite\"",
         "\"orthogonal, (1, ..., 1) fixed\""},
        {NETWORK(CONVOLUTION(LINEAR, "dense")), "\"infinite\"", "\"orthogonal\""},
    };
    for (size_t k = 0; k < sizeof(layers) / sizeof(layers[0]); k++) {
        check_json(layers[k].problem, "symmetry/order", layers[k].order);
        check_json(layers[k].problem, "symmetry/layers/0/group", layers[k].group);
    }
}

static void test_other_types_json(void)
{
    check_json(NETWORK(FORMULA), "homogeneity", "null");
    check_json(NETWORK(FORMULA), "layer_degrees", "[null]");
    check_json(NETWORK(FORMULA), "symmetry/order", "null");
    check_json(NETWORK(FORMULA), "network",
               "{\"type\":\"polynomial\",\"weights\":[\"a\"],\"inputs\":[\"x\",\"y\"],\"terms\":2}");
    check_json(NETWORK(CONVOLUTION(POLYNOMIAL("0,0,\"3/2\""), "sum")), "homogeneity", "\"2\"");
    check_json(NETWORK(CONVOLUTION(POLYNOMIAL("0,0,\"3/2\""), "sum")), "network/activations",
               "[{\"type\":\"polynomial\",\"degree\":2,\"coefficients\":[\"0\",\"0\",\"3/2\"]}]");
    check_json(NETWORK(CONVOLUTION(POWER("2"), "sum")), "blocks",
               "[{\"rows\":3,\"columns\":1}]");
}

static void test_degenerate_data(void)
{
    check_text(PROBLEM("1,1", LINEAR, "\"data\":{\"x\":[[\"1/2\"]],\"y\":[\"0\"]}", ""),
               "type          feedforward\n"
               "widths        1 1\n"
               "loss          square: z_i = y_i\n"
               "data          1 point, 1 input\n"
               "essential     every weight z_i is 0, so N = 0\n"
               "unknowns      1\n"
               "homogeneity   L = 1\n"
               "by layer      e_1=1\n"
               "symmetries    group of order 1\n"
               "method        closed-form\n"
               "polynomial    N(u) has 0 terms\n"
               "              N = 0\n");
    check_json(
        PROBLEM("2,1,1", POWER("3"),
                "\"data\":{\"x\":[[\"0\",\"0\"],[\"1\",\"1\"],[\"2\",\"2\"],[\"5\",\"1\"]],"
                "\"y\":[\"1\",\"1\",\"1\",\"0\"]}",
                ""),
        "data",
        "{\"points\":4,\"inputs\":2,\"weighted_points\":3,\"span\":1,"
        "\"span_at_least\":1}");
}

static void test_json_fields(void)
{
    check_json(two_layer, "format", "\"ncf-info\"");
    check_json(two_layer, "version", "1");
    check_json(two_layer, "unknowns", "\"9\"");
    check_json(two_layer, "homogeneity", "\"3\"");
    check_json(two_layer, "layer_degrees", "[\"2\",\"1\"]");
    check_json(two_layer, "network/widths", "[2,3,1]");
    check_json(two_layer, "network/activations", "[{\"type\":\"power\",\"degree\":2}]");
    check_json(two_layer, "symmetry/order", "\"48\"");
    check_json(two_layer, "symmetry/formula", "\"2^3 3!\"");
    check_json(two_layer, "method", "\"symmetric-tensor\"");
    check_json(two_layer, "method_otherwise", "null");
    check_json(PROBLEM("2,2,1,1", POWER("2"), DATA, ""), "method",
               "\"rank-one+branch-and-prune\"");
    check_json(PROBLEM("2,2,1,1", POWER("2"), DATA, ""), "method_otherwise",
               "\"rank-one+search\"");
    check_json(PROBLEM("2,1,1,1", POWER("2"), DATA, ""), "method", "\"rank-one\"");
    check_json(PROBLEM("2,40,40,1", POWER("2"), DATA, ""), "method", "\"rank-one\"");
    check_json(PROBLEM("2,3,3,1", LINEAR, DATA, ""), "method", "\"closed-form\"");
    check_json(two_layer, "polynomial/terms", "\"9\"");
    check_json(PROBLEM("2,1,1", POWER("2"), DATA, ""), "polynomial/text",
               "\"-2*W_1_1_1^2*W_2_1_1 + 14*W_1_1_1*W_1_1_2*W_2_1_1 + 9*W_1_1_2^2*W_2_1_1\"");
    check_json(PROBLEM("2,3,1", LINEAR, DATA, ""), "symmetry/order", "\"infinite\"");
    check_json(PROBLEM("2,1,1", LINEAR, DATA, ""), "symmetry/order", "\"2\"");
    check_json(PROBLEM("2,2,2,1", POWER("3"), DATA, ""), "symmetry/formula",
               "\"2^2 2! * 2^2 2!\"");
    check_json(PROBLEM("2,2,2,1", POWER("3"), DATA, ""), "symmetry/order", "\"64\"");
}

/* Products of random (n x r) and (r x d) have rank r; large ones are bounded only. */
static int rank_is(slong n, slong r, slong d, int exactly)
{
    ncf_random_t random;
    fmpq_mat_t a, b, product;
    ncf__random_init(&random, ncf_test_seed(), 40);
    fmpq_mat_init(a, n, r);
    fmpq_mat_init(b, r, d);
    fmpq_mat_init(product, n, d);
    for (slong k = 0; k < (n + d) * r; k++) {
        fmpq *entry = k < n * r ? fmpq_mat_entry(a, k / r, k % r)
                                : fmpq_mat_entry(b, (k - n * r) / d, (k - n * r) % d);
        slong numerator = (slong) ncf__random_below(&random, 20001) - 10000;
        fmpq_set_si(entry, numerator, 1 + ncf__random_below(&random, 7));
    }
    fmpq_mat_mul(product, a, b);
    int exact;
    slong rank = ncf__rational_rank(&exact, product);
    fmpq_mat_clear(a);
    fmpq_mat_clear(b);
    fmpq_mat_clear(product);
    return rank == r && exact == exactly;
}

static void test_rank(void)
{
    CHECK(rank_is(5, 3, 4, 1));
    CHECK(rank_is(3, 1, 9, 1));
    CHECK(rank_is(7, 7, 7, 1));
    CHECK(rank_is(40, 2, 3, 1));
    CHECK(rank_is(150, 150, 150, 1));
    CHECK(rank_is(400, 3, 300, 0));
}

/* 2^50 50! = 34243224702511976248246432895208185975118675053719198827915654463488 10^12 */
static void test_large_numbers(void)
{
    const char *fifty = PROBLEM("2,50,1", POWER("2"), DATA, "");
    check_json(fifty, "symmetry/order",
               "\"34243224702511976248246432895208185975118675053719198827915654463488"
               "000000000000\"");
    check_json(fifty, "polynomial/text", "null");
    check_json(fifty, "polynomial/terms", "\"150\"");
    const char *huge = PROBLEM("2,1000000,1000000,1", POWER("1000"), DATA, "");
    check_json(huge, "unknowns", "\"1000003000000\"");
    check_json(huge, "symmetry/order", "null");
    check_json(huge, "symmetry/formula", "\"2^1000000 1000000! * 2^1000000 1000000!\"");
    check_json(huge, "polynomial/terms", "null");
    check_json(huge, "polynomial/terms_at_most", "null");
    check_json(PROBLEM("2,1000000,1", POWER("2"), DATA, ""), "polynomial/terms_at_most",
               "\"3000000\"");
}

static void test_full_device(void)
{
    ncf_problem_t *problem;
    ncf_error_t err;
    FILE *full = fopen("/dev/full", "w");
    if (full == NULL)
        return;
    int parsed =
        ncf_problem_parse(&problem, two_layer, strlen(two_layer), "p", "", NULL) == NCF_OK;
    for (int json = 0; json < 2; json++) {
        ncf_error_init(&err);
        ncf_status_t status = ncf_info_write(full, problem, json, &err);
        CHECK(status == NCF_EIO && err.text[0] != '\0');
        clearerr(full);
    }
    fclose(full);
    ncf_problem_free(problem);
    CHECK(parsed);
}

int main(void)
{
    static const ncf_test_t tests[] = {
        {"a two-layer problem as text", test_two_layer_text},
        {"a deep problem as text", test_deep_text},
        {"text of other types", test_other_types_text},
        {"symmetries of activations and heads", test_symmetries},
        {"JSON of other types", test_other_types_json},
        {"data without content", test_degenerate_data},
        {"members of the JSON document", test_json_fields},
        {"the rank of the data", test_rank},
        {"numbers of any size", test_large_numbers},
        {"a full device is an error", test_full_device},
        {NULL, NULL},
    };
    return ncf_test_main("info", tests);
}
