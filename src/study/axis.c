/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* axis.c: the axes of a grid: what their values are, where they go, how they are shown. */
#include "study.h"

#include <string.h>

/* ---- Where values go ------------------------------------------------------------ */

static json_t *member(json_t *problem, const char *first, const char *second)
{
    return json_object_get(json_object_get(problem, first), second);
}

/* The inputs of drawn data, and of their teacher, follow the first width. */
static void set_inputs(json_t *problem, json_t *inputs)
{
    json_t *random = member(problem, "data", "random");
    if (!json_is_object(random))
        return;
    json_object_set(random, "inputs", inputs);
    json_t *teacher = json_object_get(json_object_get(random, "teacher"), "widths");
    if (json_array_size(teacher) > 0)
        json_array_set(teacher, 0, inputs);
}

static int set_widths(json_t *problem, const json_t *value)
{
    json_t *network = json_object_get(problem, "network");
    set_inputs(problem, json_array_get(value, 0));
    return json_object_set_new(network, "widths", json_deep_copy(value)) == 0;
}

static int set_dimension(json_t *problem, const json_t *value)
{
    json_t *inputs = json_deep_copy(value);
    int good = json_array_set(member(problem, "network", "widths"), 0, inputs) == 0;
    set_inputs(problem, inputs);
    json_decref(inputs);
    return good;
}

static int set_hidden(json_t *problem, const json_t *value)
{
    json_t *network = json_object_get(problem, "network");
    json_t *old = json_object_get(network, "widths"), *widths = json_array();
    if (json_array_size(old) < 2) {
        json_decref(widths);
        return 0;
    }
    json_array_append(widths, json_array_get(old, 0));
    if (json_is_array(value)) {
        json_t *copy = json_deep_copy(value);
        json_array_extend(widths, copy);
        json_decref(copy);
    } else {
        json_array_append_new(widths, json_deep_copy(value));
    }
    json_array_append(widths, json_array_get(old, json_array_size(old) - 1));
    return json_object_set_new(network, "widths", widths) == 0;
}

static int set_activation(json_t *problem, const json_t *value)
{
    return json_object_set_new(json_object_get(problem, "network"), "activation",
                               json_deep_copy(value)) == 0;
}

static int set_degree(json_t *problem, const json_t *value)
{
    json_t *activation = json_object();
    json_object_set_new(activation, "type", json_string("power"));
    json_object_set_new(activation, "degree", json_deep_copy(value));
    return json_object_set_new(json_object_get(problem, "network"), "activation",
                               activation) == 0;
}

static int set_loss(json_t *problem, const json_t *value)
{
    return json_object_set_new(problem, "loss", json_deep_copy(value)) == 0;
}

static int set_random(json_t *problem, const char *key, const json_t *value)
{
    return json_object_set_new(member(problem, "data", "random"), key,
                               json_deep_copy(value)) == 0;
}

static int set_points(json_t *problem, const json_t *value)
{
    return set_random(problem, "points", value);
}

static int set_seed(json_t *problem, const json_t *value)
{
    return set_random(problem, "seed", value);
}

static int set_distribution(json_t *problem, const json_t *value)
{
    return set_random(problem, "distribution", value);
}

static int set_labels(json_t *problem, const json_t *value)
{
    return set_random(problem, "labels", value);
}

static int set_bound(json_t *problem, const json_t *value)
{
    return set_random(problem, "bound", value);
}

static int set_teacher_seed(json_t *problem, const json_t *value)
{
    json_t *teacher = json_object_get(member(problem, "data", "random"), "teacher");
    return json_object_set_new(teacher, "seed", json_deep_copy(value)) == 0;
}

/* ---- The table of axes ---------------------------------------------------------- */

static const ncf_axis_kind_t kinds[] = {
    {"problem", NCF_AXIS_FILE, 0, 0, "", "problem", NULL, NULL, NULL},
    {"widths", NCF_AXIS_WIDTHS, 1, NCF_PROBLEM_MAX_WIDTH, "network/widths", "widths", NULL,
     set_widths, "a network"},
    {"dimension", NCF_AXIS_INTEGER, 1, NCF_PROBLEM_MAX_WIDTH, "network/widths/0", "d", NULL,
     set_dimension, "a network with widths"},
    {"hidden", NCF_AXIS_HIDDEN, 1, NCF_PROBLEM_MAX_WIDTH, "network/widths", "hidden", NULL,
     set_hidden, "a network with widths"},
    {"activation", NCF_AXIS_ACTIVATION, 0, 0, "network/activation", "activation", NULL,
     set_activation, "a network"},
    {"degree", NCF_AXIS_INTEGER, 1, NCF_PROBLEM_MAX_DEGREE, "network/activation", "p", NULL,
     set_degree, "a network"},
    {"loss", NCF_AXIS_WORD, 0, 0, "loss", "loss", NULL, set_loss, ""},
    {"points", NCF_AXIS_INTEGER, 1, NCF_PROBLEM_MAX_NUMBERS, "data/random/points", "N", NULL,
     set_points, "drawn data"},
    {"distribution", NCF_AXIS_WORD, 0, 0, "data/random/distribution", "distribution", NULL,
     set_distribution, "drawn data"},
    {"labels", NCF_AXIS_WORD, 0, 0, "data/random/labels", "labels", NULL, set_labels,
     "drawn data"},
    {"bound", NCF_AXIS_INTEGER, 1, UINT64_C(1000000000000000000), "data/random/bound", "bound",
     NULL, set_bound, "drawn data"},
    {"seed", NCF_AXIS_INTEGER, 0, INT64_MAX, "data/random/seed", "seed", NULL, set_seed,
     "drawn data"},
    {"teacher-seed", NCF_AXIS_INTEGER, 0, INT64_MAX, "data/random/teacher/seed",
     "teacher seed", NULL, set_teacher_seed, "drawn data with a teacher"},
    {"lambda-min", NCF_AXIS_NUMBER, 0, 0, "", "lambda-min", "lambda-min", NULL, NULL},
    {"delta", NCF_AXIS_NUMBER, 0, 0, "", "delta", "delta", NULL, NULL},
    {"start", NCF_AXIS_INTEGER, 0, INT64_MAX, "", "start", "start", NULL, NULL},
};

#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

const ncf_axis_kind_t *ncf__axis_find(const char *name)
{
    for (size_t i = 0; i < KIND_COUNT; i++) {
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    }
    return NULL;
}

const char *ncf__axis_names(void)
{
    return "problem, widths, dimension, hidden, activation, degree, loss, points, "
           "distribution, labels, bound, seed, teacher-seed, lambda-min, delta, "
           "start";
}

/* ---- Labels --------------------------------------------------------------------- */

/* Both texts become one; they are freed. */
static char *join(char *left, const char *separator, char *right)
{
    char *text = ncf__format("%s%s%s", left, *left != '\0' ? separator : "", right);
    ncf__free(left);
    ncf__free(right);
    return text;
}

static char *list_label(const json_t *list)
{
    char *text = ncf__strdup("");
    for (size_t i = 0; i < json_array_size(list); i++)
        text =
            join(text, "-",
                 ncf__format("%lld", (long long) json_integer_value(json_array_get(list, i))));
    return text;
}

/* "t", "t^2", or the JSON of anything else. */
static char *activation_label(const json_t *value)
{
    const char *type = json_string_value(json_object_get(value, "type"));
    const json_t *degree = json_object_get(value, "degree");
    if (json_is_array(value)) {
        char *text = ncf__strdup("");
        for (size_t i = 0; i < json_array_size(value); i++)
            text = join(text, ",", activation_label(json_array_get(value, i)));
        return text;
    }
    if (type != NULL && strcmp(type, "linear") == 0)
        return ncf__strdup("t");
    if (type != NULL && strcmp(type, "power") == 0 && json_is_integer(degree))
        return ncf__format("t^%lld", (long long) json_integer_value(degree));
    char *dumped = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    char *text = ncf__strdup(dumped != NULL ? dumped : "?");
    free(dumped);
    return text;
}

/* "../rank-two.json" is shown as "rank-two". */
static char *file_label(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    size_t length = strlen(name);
    if (length > 5 && strcmp(name + length - 5, ".json") == 0)
        length -= 5;
    return ncf__format("%.*s", (int) length, name);
}

char *ncf__axis_label(const ncf_axis_kind_t *kind, const json_t *value)
{
    if (kind->type == NCF_AXIS_ACTIVATION)
        return activation_label(value);
    if (kind->type == NCF_AXIS_FILE)
        return file_label(json_string_value(value));
    if (json_is_array(value))
        return list_label(value);
    if (json_is_integer(value))
        return ncf__format("%lld", (long long) json_integer_value(value));
    return ncf__strdup(json_string_value(value));
}
