/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* json.c: the part of JSON that certificates use, read without recursion. */
#include "check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MAX_NESTED = 32, MAX_KEYS = 32 };

typedef struct {
    const char *file;
    char *next, *end, *line_start;
    size_t line;
} reader_t;

static void fail(const reader_t *reader, const char *fact)
{
    stop(MALFORMED, "%s:%zu:%zu: %s", reader->file, reader->line,
         (size_t) (reader->next - reader->line_start) + 1, fact);
}

void malformed(const node_t *node, const char *format, ...)
{
    char fact[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(fact, sizeof fact, format, arguments);
    va_end(arguments);
    stop(MALFORMED, "%s:%zu:%zu: %s", node->file, node->line, node->column, fact);
}

static void skip_blanks(reader_t *reader)
{
    for (; reader->next < reader->end; reader->next++) {
        if (*reader->next == '\n') {
            reader->line++;
            reader->line_start = reader->next + 1;
        } else if (*reader->next != ' ' && *reader->next != '\t' && *reader->next != '\r') {
            return;
        }
    }
}

/* The next byte after blanks; the bytes end with a zero, which is in no JSON text. */
static char peek(reader_t *reader)
{
    skip_blanks(reader);
    return reader->next < reader->end ? *reader->next : '\0';
}

static void expect(reader_t *reader, char wanted, const char *fact)
{
    if (peek(reader) != wanted)
        fail(reader, fact);
    reader->next++;
}

/* A string; its closing quote is replaced by a zero byte. */
static char *read_text(reader_t *reader, size_t *length)
{
    expect(reader, '"', "a string is expected");
    char *start = reader->next;
    for (; reader->next < reader->end && *reader->next != '"'; reader->next++)
        if (*reader->next < ' ' || *reader->next > '~' || *reader->next == '\\')
            fail(reader, "strings hold printable ASCII characters without escapes");
    if (reader->next == reader->end)
        fail(reader, "the string does not end");
    *length = (size_t) (reader->next - start);
    *reader->next++ = '\0';
    return start;
}

static void read_digits(node_t *node, reader_t *reader)
{
    const char *start = reader->next;
    reader->next += *start == '-';
    const char *digits = reader->next;
    while (reader->next < reader->end && *reader->next >= '0' && *reader->next <= '9')
        reader->next++;
    size_t count = (size_t) (reader->next - digits);
    if (count == 0 || (*digits == '0' && count > 1)) {
        reader->next -= count;
        fail(reader, "an integer without leading zeros is expected");
    }
    if (reader->next < reader->end && strchr(".eE", *reader->next) != NULL)
        fail(reader, "numbers that are not integers are written in quotes");
    node->type = NODE_INTEGER;
    node->length = (size_t) (reader->next - start);
    char *copy = allocate(node->length + 1, 1);
    node->text = memcpy(copy, start, node->length);
}

static int read_word(reader_t *reader, const char *word)
{
    size_t length = strlen(word);
    if ((size_t) (reader->end - reader->next) < length ||
        memcmp(reader->next, word, length) != 0)
        return 0;
    reader->next += length;
    return 1;
}

/* A value; of an object or a list only the opening bracket. */
static node_t *read_value(reader_t *reader)
{
    char byte = peek(reader);
    node_t *node = allocate(1, sizeof *node);
    node->file = reader->file;
    node->line = reader->line;
    node->column = (size_t) (reader->next - reader->line_start) + 1;
    if (byte == '{' || byte == '[') {
        reader->next++;
        node->type = byte == '{' ? NODE_OBJECT : NODE_LIST;
    } else if (byte == '"') {
        node->type = NODE_STRING;
        node->text = read_text(reader, &node->length);
    } else if (read_word(reader, "true")) {
        node->type = NODE_TRUE;
    } else if (read_word(reader, "false")) {
        node->type = NODE_FALSE;
    } else if (byte == '-' || (byte >= '0' && byte <= '9')) {
        read_digits(node, reader);
    } else {
        fail(reader, "a value is expected: an object, list, string, integer, true or false");
    }
    return node;
}

static void append(node_t *parent, node_t **last, node_t *node, const char *key,
                   const reader_t *reader)
{
    if (key != NULL) {
        for (const node_t *other = parent->first; other != NULL; other = other->next)
            if (strcmp(other->key, key) == 0)
                malformed(node, "the key \"%s\" appears twice", key);
        if (parent->length == MAX_KEYS)
            fail(reader, "too many keys in one object");
    }
    node->key = key;
    if (*last == NULL)
        parent->first = node;
    else
        (*last)->next = node;
    *last = node;
    parent->length++;
}

node_t *json_read(const char *file, char *bytes, size_t length)
{
    reader_t reader = {file, bytes, bytes + length, bytes, 1};
    node_t *open[MAX_NESTED], *last[MAX_NESTED], *root = read_value(&reader);
    size_t depth = 0;
    if (root->type == NODE_OBJECT || root->type == NODE_LIST) {
        open[0] = root;
        last[0] = NULL;
        depth = 1;
    }
    while (depth > 0) {
        node_t *parent = open[depth - 1];
        int is_object = parent->type == NODE_OBJECT;
        if (peek(&reader) == (is_object ? '}' : ']')) {
            reader.next++;
            depth--;
            continue;
        }
        if (parent->first != NULL)
            expect(&reader, ',', "a comma or a closing bracket is expected");
        const char *key = NULL;
        if (is_object) {
            size_t key_length;
            key = read_text(&reader, &key_length);
            expect(&reader, ':', "a colon is expected");
        }
        node_t *node = read_value(&reader);
        append(parent, &last[depth - 1], node, key, &reader);
        if (node->type == NODE_OBJECT || node->type == NODE_LIST) {
            if (depth == MAX_NESTED)
                malformed(node, "more than %d nested objects and lists", MAX_NESTED);
            open[depth] = node;
            last[depth++] = NULL;
        }
    }
    if (peek(&reader) != '\0' || reader.next < reader.end)
        fail(&reader, "there is text after the end");
    return root;
}

const node_t *find(const node_t *object, const char *key)
{
    for (const node_t *node = object->first; node != NULL; node = node->next)
        if (strcmp(node->key, key) == 0)
            return node;
    return NULL;
}

const node_t *member(const node_t *object, const char *key)
{
    const node_t *node = find(object, key);
    if (node == NULL)
        malformed(object, "the key \"%s\" is missing", key);
    return node;
}

/* Is the key one of the words? */
static int is_listed(const char *keys, const char *key)
{
    size_t length = strlen(key);
    for (const char *word = keys; *word != '\0'; word += strspn(word, " ")) {
        word += *word == '?';
        size_t size = strcspn(word, " ");
        if (size == length && memcmp(word, key, length) == 0)
            return 1;
        word += size;
    }
    return 0;
}

void check_keys(const node_t *node, const char *keys)
{
    if (node->type != NODE_OBJECT)
        malformed(node, "an object is expected");
    for (const node_t *child = node->first; child != NULL; child = child->next)
        if (!is_listed(keys, child->key))
            malformed(child, "the key \"%.60s\" is not known here", child->key);
    for (const char *word = keys; *word != '\0'; word += strspn(word, " ")) {
        size_t size = strcspn(word, " ");
        char key[32];
        snprintf(key, sizeof key, "%.*s", (int) size, word);
        if (*word != '?')
            member(node, key);
        word += size;
    }
}

const node_t *list(const node_t *node)
{
    if (node->type != NODE_LIST)
        malformed(node, "a list is expected");
    return node;
}

const char *string(const node_t *node)
{
    if (node->type != NODE_STRING)
        malformed(node, "a string is expected");
    return node->text;
}

int is_string(const node_t *node, const char *text)
{
    return strcmp(string(node), text) == 0;
}

long integer(const node_t *node, long least, long most)
{
    long value = 0;
    if (node->type != NODE_INTEGER)
        malformed(node, "an integer is expected");
    if (node->length > 16)
        malformed(node, "the integer is out of range");
    for (const char *digit = node->text; *digit != '\0'; digit++)
        value = *digit == '-' ? 0 : 10 * value + (*digit - '0');
    if (*node->text == '-')
        value = -value;
    if (value < least || value > most)
        malformed(node, "an integer from %ld to %ld is expected", least, most);
    return value;
}

size_t *index_list(size_t *count, const node_t *node, size_t most)
{
    *count = list(node)->length;
    size_t *out = allocate(*count, sizeof *out), i = 0;
    for (const node_t *entry = node->first; entry != NULL; entry = entry->next, i++) {
        out[i] = (size_t) integer(entry, 0, (long) most);
        if (i > 0 && out[i] <= out[i - 1])
            malformed(entry, "the indices must increase");
    }
    return out;
}
