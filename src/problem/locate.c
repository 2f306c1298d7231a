/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * locate.c: the place of a value in a JSON text. jansson keeps no places, so a failure
 * walks the text again along the path of the value. The text has been accepted by
 * jansson; the scan is iterative and stays inside the text whatever it holds.
 */
#include "reader.h"

#include <string.h>

size_t ncf__json_skip_space(const char *text, size_t length, size_t i)
{
    while (i < length && strchr(" \t\r\n", text[i]) != NULL && text[i] != '\0')
        i++;
    return i;
}

/* From the opening quote to after the closing one. */
static size_t skip_string(const char *text, size_t length, size_t i)
{
    for (i++; i < length && text[i] != '"'; i++) {
        if (text[i] == '\\')
            i++;
    }
    return i < length ? i + 1 : length;
}

size_t ncf__json_skip_value(const char *text, size_t length, size_t i)
{
    size_t open = 0;
    while (i < length) {
        char c = text[i];
        if (open == 0 && (c == ',' || c == ']' || c == '}'))
            break;
        if (c == '"') {
            i = skip_string(text, length, i);
            continue;
        }
        if (c == '[' || c == '{')
            open++;
        if (c == ']' || c == '}')
            open--;
        i++;
    }
    return i;
}

/* Does the quoted text at i, with its escapes, spell the key? */
static int spells(const char *text, size_t i, size_t end, const char *key)
{
    json_t *string = json_loadb(text + i, end - i, JSON_DECODE_ANY, NULL);
    const char *value = json_string_value(string);
    int same = value != NULL && strcmp(value, key) == 0;
    json_decref(string);
    return same;
}

/* From the opening bracket at i to the value of one step of the path. */
static size_t enter(size_t *key, const char *text, size_t length, size_t i,
                    const ncf_node_t *step)
{
    i = ncf__json_skip_space(text, length, i + 1);
    for (size_t index = 0; i < length; index++) {
        *key = i;
        int found = index == step->index;
        if (step->key != NULL) {
            size_t end = skip_string(text, length, i);
            found = spells(text, i, end, step->key);
            i = ncf__json_skip_space(text, length, end);                    /* to the colon */
            i = ncf__json_skip_space(text, length, i < length ? i + 1 : i); /* to the value */
        }
        if (found)
            return i;
        i = ncf__json_skip_value(text, length, i); /* to the comma */
        i = ncf__json_skip_space(text, length, i < length ? i + 1 : i);
    }
    return i;
}

size_t ncf__json_locate(size_t *key, const char *text, size_t length, const ncf_node_t *node)
{
    const ncf_node_t *path[16];
    size_t steps = 0, key_place = 0;
    for (; node->parent != NULL; node = node->parent) {
        NCF_REQUIRE(steps < sizeof(path) / sizeof(path[0]));
        path[steps++] = node;
    }
    size_t i = ncf__json_skip_space(text, length, 0);
    while (steps > 0)
        i = enter(&key_place, text, length, i, path[--steps]);
    if (key != NULL)
        *key = key_place;
    return i;
}

void ncf__text_place(int *line, int *column, const char *text, size_t offset)
{
    *line = 1;
    size_t start = 0;
    for (size_t i = 0; i < offset; i++) {
        if (text[i] == '\n') {
            (*line)++;
            start = i + 1;
        }
    }
    *column = (int) (offset - start) + 1;
}
