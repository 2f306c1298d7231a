/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * p-rank_two: how often has a network with one output square of squares, widths
 * (d,2,1,1) and the like, a strict second-order positive KKT point whose W_1 has rank 2?
 * Random data sets with small integers; what is counted is certified (lambda > 0, index 0
 * and nullity 0 proved, a 2 x 2 minor of W_1 proved non-zero), what a search misses is not
 * counted: the shares are lower bounds for these data sets.
 *
 * usage: p-rank_two [SETS [MAGNITUDE [STARTS [WIDTH...]]]]     (200 2 400 2 2 1 1)
 * Prints one line for each number of points from 2 to 8.
 */
#include "../src/pipeline/collect.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    long sets, magnitude, starts;
    int depth;
    long widths[8];
} survey_t;

/* Uniform in -magnitude..magnitude. */
static long small_integer(ncf_random_t *random, long magnitude)
{
    return (long) ncf__random_below(random, (uint64_t) (2 * magnitude + 1)) - magnitude;
}

static char *append(char *text, char *more)
{
    char *joined = ncf__format("%s%s", text, more);
    ncf__free(text);
    ncf__free(more);
    return joined;
}

/* Non-zero points and labels. */
static char *random_problem(const survey_t *survey, long points, ncf_random_t *random)
{
    long inputs = survey->widths[0], m = survey->magnitude;
    char *x = ncf__strdup(""), *y = ncf__strdup(""), *widths = ncf__strdup("");
    for (int l = 0; l <= survey->depth; l++)
        widths = append(widths, ncf__format("%s%ld", l > 0 ? "," : "", survey->widths[l]));
    for (long i = 0; i < points; i++) {
        long label = 0, entries[8], any = 0;
        while (label == 0)
            label = small_integer(random, m);
        while (any == 0) {
            for (long j = 0; j < inputs; j++)
                any |= entries[j] = small_integer(random, m);
        }
        y = append(y, ncf__format("%s%ld", i > 0 ? "," : "", label));
        for (long j = 0; j < inputs; j++)
            x = append(x, ncf__format("%s%ld", j > 0 ? "," : i > 0 ? "],[" : "[", entries[j]));
    }
    char *text =
        ncf__format("{\"ncf\":1,\"network\":{\"type\":\"feedforward\",\"widths\":[%s],"
                    "\"activation\":{\"type\":\"power\",\"degree\":2}},"
                    "\"data\":{\"x\":[%s]],\"y\":[%s]},\"loss\":\"square\"}",
                    widths, x, y);
    ncf__free(widths);
    ncf__free(x);
    ncf__free(y);
    return text;
}

static int is_strict(const ncf_certified_point_t *point)
{
    return point->second_order == NCF_SECOND_ORDER_STRICT && ncf_is_proved(point->exists) &&
           ncf_is_proved(point->lambda_positive);
}

/* Adds the data set to the counts: those with a strict point, and with one of rank 2. */
static void examine(long *strict, long *rank_two, const survey_t *survey, const char *text)
{
    ncf_problem_t *problem;
    ncf_network_t network;
    ncf_collect_options_t options;
    ncf_collection_t found;
    if (ncf_problem_parse(&problem, text, strlen(text), "random", "", NULL) != NCF_OK ||
        !ncf__network_init(network, problem))
        abort();
    ncf__collect_options_init(&options, network, problem);
    options.max_starts = options.min_starts = survey->starts;
    ncf__collect_init(&found, problem, network, &options, NULL);
    int any = 0, two = 0;
    for (slong i = 0; i < found.orbits.count; i++) {
        const ncf_certified_point_t *point = &found.orbits.orbits[i].point;
        any |= is_strict(point);
        two |= is_strict(point) && point->ranks[0].lower >= 2;
    }
    *strict += any;
    *rank_two += two;
    ncf__collect_clear(&found);
    ncf__network_clear(network);
    ncf_problem_free(problem);
}

int main(int argc, char **argv)
{
    survey_t survey = {200, 2, 400, 3, {2, 2, 1, 1}};
    if (argc > 1)
        survey.sets = atol(argv[1]);
    if (argc > 2)
        survey.magnitude = atol(argv[2]);
    if (argc > 3)
        survey.starts = atol(argv[3]);
    for (int l = 4; l < argc && l < 12; l++) {
        survey.depth = l - 4;
        survey.widths[l - 4] = atol(argv[l]);
    }
    printf("points  data sets  with a strict point  with one of rank W_1 >= 2\n");
    for (long points = 2; points <= 8; points++) {
        long strict = 0, rank_two = 0;
        ncf_random_t random;
        ncf__random_init(&random, 1, (uint64_t) points);
        for (long k = 0; k < survey.sets; k++) {
            char *text = random_problem(&survey, points, &random);
            examine(&strict, &rank_two, &survey, text);
            ncf__free(text);
        }
        printf("%6ld  %9ld  %19ld  %25ld\n", points, survey.sets, strict, rank_two);
        fflush(stdout);
    }
    flint_cleanup();
    return 0;
}
