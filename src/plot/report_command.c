/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* report_command.c: the command of a document, from the options that it records. */
#include "report.h"

#include <stdlib.h>
#include <string.h>

/* One word of a shell command. */
static void put_word(FILE *out, const char *word)
{
    static const char safe[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789%+,-./:=@_";
    if (word[0] != '\0' && word[strspn(word, safe)] == '\0') {
        fputs(word, out);
        return;
    }
    fputc('\'', out);
    for (const char *c = word; *c != '\0'; c++) {
        if (*c == '\'')
            fputs("'\\'", out);
        fputc(*c, out);
    }
    fputc('\'', out);
}

/* " --name=value" for an option that is recorded. */
static void put_option(FILE *out, const char *name, const json_t *value)
{
    if (json_is_integer(value))
        fprintf(out, " --%s=%" JSON_INTEGER_FORMAT, name, json_integer_value(value));
    else if (json_is_string(value)) {
        fprintf(out, " --%s=", name);
        put_word(out, json_string_value(value));
    } else if (json_is_true(value))
        fprintf(out, " --%s", name);
}

static void put_options(FILE *out, const json_t *options)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *) options, key, value)
    {
        char *name = ncf__strdup(key);
        for (char *c = name; *c != '\0'; c++)
            *c = *c == '_' ? '-' : *c;
        put_option(out, name, value);
        ncf__free(name);
    }
}

/* " NAME" of a file that the document describes. */
static void put_file(FILE *out, const json_t *file)
{
    const char *name = json_string_value(json_object_get(file, "name"));
    fputc(' ', out);
    put_word(out, name != NULL ? name : "FILE");
}

/* The methods of `ncf solve`, whose documents record all that the answer depends on. */
static int is_solved(const char *method)
{
    static const char *const methods[] = {"symmetric-tensor", "closed-form", "rank-one",
                                          "rank-one+branch-and-prune", "rank-one+search",
                                          "search", "none"};
    for (size_t k = 0; k < sizeof(methods) / sizeof(methods[0]); k++) {
        if (strcmp(method, methods[k]) == 0)
            return 1;
    }
    return 0;
}

char *ncf__report_command(const struct ncf_saved *saved)
{
    char *text = NULL;
    size_t length;
    const json_t *root = saved->root;
    int matches = strcmp(saved->method, "match") == 0;
    int certifies = strcmp(saved->method, "certify") == 0;
    if (!matches && !certifies && !is_solved(saved->method))
        return NULL;
    FILE *out = open_memstream(&text, &length);
    NCF_REQUIRE(out != NULL);
    fprintf(out, "ncf %s --json", matches ? "match" : certifies ? "certify" : "solve");
    put_options(out, json_object_get(root, "options"));
    if (matches)
        put_option(out, "kind", json_object_get(json_object_get(root, "trajectory"), "kind"));
    if (certifies)
        put_option(out, "distance", json_object_get(json_object_get(root, "certified"), "distance"));
    put_file(out, json_object_get(root, "problem"));
    if (matches)
        put_file(out, json_object_get(root, "trajectory"));
    if (certifies)
        put_file(out, json_object_get(root, "candidates_file"));
    NCF_REQUIRE(fclose(out) == 0);
    char *command = ncf__strdup(text);
    free(text);
    return command;
}
