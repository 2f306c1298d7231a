/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * mutate.c: changes the good sample certificates one field at a time. The checker must reject each
 * change, or a rule must say why the changed certificate is still true.
 */
#include "../../proofs/checker/check.h"

#include <glob.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_FIELDS = 100000 };

/* A field: its container, and where it is in there. */
typedef struct {
    json_t *container;
    char *key;        /* of an object; owned */
    size_t index;     /* of a list */
    const char *name; /* the nearest key */
} field_t;

/*
 * Fields whose change can leave a certificate true. A change of any other field that is not
 * rejected is an error.
 */
static const struct {
    const char *name, *reason;
} rules[] = {
    {"centre", "another box with a proof of its own"},
    {"radius", "another box with a proof of its own"},
    {"inverse", "another matrix that proves the same"},
    {"mantissas", "a part of a centre, radius, inverse or transform"},
    {"exponent", "a part of a centre, radius, inverse or transform"},
    {"transform", "another matrix that proves the same"},
    {"pivot", "another basis that proves the same"},
    {"bits", "another precision that proves the same"},
    {"trees", "another test that discards the same box"},
    {"premises", "the claim is proved for the other premises"},
    {"claims", "a claim less, on which no other one rests"},
    {"orbits", "less is claimed: points instead of orbits, or one number less"},
    {"positive", "one number less is claimed"},
    {"rank_one", "one number less is claimed"},
    {"strict_second_order", "one number less is claimed"},
    {"layer", "the rank of another matrix, with a proof of its own"},
    {"rows", "another submatrix that proves the same"},
    {"columns", "another submatrix that proves the same"},
    {"x", "another spelling of the same number: the digest is the same"},
    {"y", "another spelling of the same number: the digest is the same"},
    {"coefficients", "another spelling of the same number: the digest is the same"},
    {"shift", "another bound with a proof of its own"},
    {"tangent", "a smaller cap"},
    {"mu_min", "a larger bound"},
    {"lambda_low", "another bound with a proof of its own"},
    {"lambda_high", "another bound with a proof of its own"},
    {"problem", "a default that may be left out"},
    {"unproved", "text that claims nothing"},
    {"statement", "text that claims nothing"},
    {"reason", "text that claims nothing"},
    {"producer", "text that claims nothing"},
};

/* Of these only the absence, and no other value, can be true. */
static const char *const removable[] = {
    "orbits",   "positive", "rank_one", "strict_second_order",
    "index",    "loss",     "pooling",  "stride",
    "channels", "head"};

static uint64_t random_state;

/* splitmix64 */
static uint64_t random_below(uint64_t bound)
{
    uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (z ^ z >> 31) % bound;
}

/* ---- The fields of a document -------------------------------------------------------- */

static json_t *get(const field_t *field)
{
    return field->key != NULL ? json_object_get(field->container, field->key)
                              : json_array_get(field->container, field->index);
}

/* Takes over the value; NULL removes the field. */
static void put(const field_t *field, json_t *value)
{
    if (field->key != NULL && value == NULL)
        json_object_del(field->container, field->key);
    else if (field->key != NULL)
        json_object_set_new(field->container, field->key, value);
    else if (value == NULL)
        json_array_remove(field->container, field->index);
    else
        json_array_set_new(field->container, field->index, value);
}

static size_t list_fields(field_t *fields, json_t *root)
{
    size_t count = 0;
    for (size_t next = 0; next <= count; next++) {
        json_t *value = next == 0 ? root : get(&fields[next - 1]);
        const char *name = next == 0 ? "" : fields[next - 1].name, *key;
        json_t *child;
        size_t index;
        json_object_foreach(value, key, child)
        {
            if (count < MAX_FIELDS) {
                char *copy = strdup(key);
                fields[count++] = (field_t){value, copy, 0, copy};
            }
        }
        json_array_foreach(value, index, child) if (count < MAX_FIELDS) fields[count++] =
            (field_t){value, NULL, index, name};
    }
    return count;
}

/* ---- Changes ------------------------------------------------------------------------- */

/* A digit, a sign or a letter of a text is another one. */
static json_t *change_text(const char *text)
{
    size_t length = strlen(text);
    char *copy = malloc(length + 2);
    if (copy == NULL)
        abort();
    memcpy(copy, text, length + 1);
    if (length == 0 || random_below(8) == 0) {
        copy[length] = "1x0 "[random_below(4)];
        copy[length + 1] = '\0';
    } else {
        size_t at = random_below(length);
        char old = copy[at];
        if (old >= '0' && old <= '9')
            copy[at] = (char) ('0' + (old - '0' + 1 + (int) random_below(9)) % 10);
        else if (old == '-' || old == ' ')
            memmove(copy + at, copy + at + 1, length - at);
        else
            copy[at] = (char) (old == 'z' ? 'y' : old + 1);
    }
    json_t *result = json_string(copy);
    free(copy);
    return result;
}

static json_t *change_list(json_t *list)
{
    json_t *copy = json_copy(list);
    size_t count = json_array_size(copy);
    if (count == 0) {
        json_array_append_new(copy, json_integer(1));
    } else if (random_below(2) == 0) {
        json_array_remove(copy, random_below(count));
    } else {
        size_t i = random_below(count), j = random_below(count);
        json_t *first = json_deep_copy(json_array_get(copy, i));
        json_array_set_new(copy, i, json_deep_copy(json_array_get(copy, j)));
        if (random_below(2) == 0)
            json_array_set(copy, j, first);
        json_decref(first);
    }
    return copy;
}

/* Another value, or NULL: the field is removed. */
static json_t *change(json_t *value)
{
    static const json_int_t steps[] = {1, -1, 2, -2, 10, -10};
    if (random_below(10) == 0 || json_is_object(value))
        return NULL;
    if (json_is_boolean(value))
        return json_boolean(!json_is_true(value));
    if (json_is_string(value))
        return change_text(json_string_value(value));
    if (json_is_array(value))
        return change_list(value);
    json_int_t old = json_integer_value(value);
    return json_integer(random_below(8) == 0 ? (old == 0 ? 7 : -old)
                                             : old + steps[random_below(6)]);
}

/* ---- Checking ------------------------------------------------------------------------ */

typedef struct {
    char *text;
} job_t;

static void check(void *argument)
{
    job_t *job = argument;
    size_t claims, unproved, length = strlen(job->text);
    char *copy = allocate(length + 1, 1);
    memcpy(copy, job->text, length);
    check_certificate(json_read("mutated", copy, length), NULL, &claims, &unproved);
}

static status_t check_document(json_t *document, char *message, size_t size)
{
    static const limits_t limits = {(size_t) 256 << 20, UINT64_C(2000000000), 1000};
    job_t job = {json_dumps(document, JSON_COMPACT | JSON_SORT_KEYS)};
    status_t status = run(check, &job, &limits, message, size);
    free(job.text);
    return status;
}

/* The rule by which the change of this field may leave the certificate true; NULL: none. */
static const char *find_rule(const char *name, int removed)
{
    for (size_t i = 0; i < sizeof removable / sizeof *removable; i++)
        if (strcmp(removable[i], name) == 0)
            return removed ? "less is claimed, or it is the default" : NULL;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (strcmp(rules[i].name, name) == 0)
            return rules[i].reason;
    return NULL;
}

typedef struct {
    long tried, rejected, malformed, limit, kept, broken;
} count_t;

static void try_field(json_t *document, const field_t *field, count_t *count, const char *file)
{
    char message[512];
    json_t *old = json_incref(get(field)), *new = change(old);
    int removed = new == NULL;
    if (new != NULL && json_equal(old, new)) {
        json_decref(new);
        json_decref(old);
        return;
    }
    char *text = removed ? NULL : json_dumps(new, JSON_ENCODE_ANY | JSON_COMPACT);
    put(field, new);
    status_t status = check_document(document, message, sizeof message);
    count->tried++;
    count->rejected += status == REJECTED;
    count->malformed += status == MALFORMED || status == USAGE;
    count->limit += status == LIMIT;
    count->kept += status == VERIFIED;
    if (status == VERIFIED && find_rule(field->name, removed) == NULL) {
        printf("not ok %s: the change of \"%s\" to %.200s is accepted\n", file, field->name,
               removed ? "nothing" : text);
        count->broken++;
    } else if (status == SYSTEM) {
        printf("not ok %s: %s\n", file, message);
        count->broken++;
    }
    free(text);
    if (removed && field->key == NULL)
        json_array_insert(field->container, field->index, old);
    else
        put(field, json_incref(old));
    json_decref(old);
}

/* About `wanted` changes of fields in turn, beginning at a random one. */
static void mutate(const char *file, size_t wanted, count_t *count)
{
    static field_t fields[MAX_FIELDS];
    char message[512];
    json_t *document = json_load_file(file, 0, NULL);
    if (document == NULL || check_document(document, message, sizeof message) != VERIFIED) {
        if (document == NULL || strstr(file, "digest") == NULL) {
            printf("not ok %s is not accepted as it is\n", file);
            count->broken++;
        }
        json_decref(document);
        return;
    }
    size_t total = list_fields(fields, document);
    for (size_t k = 0; k < wanted; k++) {
        field_t field = fields[wanted >= total ? k % total : random_below(total)];
        try_field(document, &field, count, file);
    }
    for (size_t k = 0; k < total; k++)
        free(fields[k].key);
    json_t *again = json_load_file(file, 0, NULL);
    if (!json_equal(document, again)) {
        printf("not ok %s: a change was not undone\n", file);
        count->broken++;
    }
    json_decref(again);
    json_decref(document);
}

static double factor(void)
{
    const char *text = getenv("NCF_TEST_MULT");
    double value = text != NULL ? strtod(text, NULL) : 1;
    return value > 0 ? value : 1;
}

int main(void)
{
    const char *top = getenv("srcdir"), *seed = getenv("NCF_TEST_SEED");
    char pattern[4096];
    glob_t files;
    count_t count = {0};
    random_state = seed != NULL ? strtoull(seed, NULL, 10) : 1;
    snprintf(pattern, sizeof pattern, "%s/proofs/checker/samples/good-*.json",
             top != NULL ? top : ".");
    if (glob(pattern, 0, NULL, &files) != 0) {
        printf("not ok there is no sample\n");
        return 1;
    }
    for (size_t k = 0; k < files.gl_pathc; k++)
        mutate(files.gl_pathv[k], (size_t) (200 * factor()), &count);
    globfree(&files);
    printf("%s %ld changes: %ld rejected, %ld malformed, %ld over a limit, %ld still true\n",
           count.broken == 0 && count.tried > 0 ? "ok" : "not ok", count.tried, count.rejected,
           count.malformed, count.limit, count.kept);
    return count.broken != 0 || count.tried == 0;
}
