/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* node.c: values of a problem file, each checked for its type, with the place on failure. */
#include "reader.h"

#include <inttypes.h>
#include <string.h>

static const char *type_name(const json_t *value)
{
    static const char *const names[] = {"an object", "a list", "a string", "an integer",
                                        "a real",    "true",   "false",    "null"};
    return names[json_typeof(value)];
}

/* The index of a word in a list "a, b, c", or -1. */
static int word_index(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (int index = 0; *words != '\0'; index++) {
        size_t n = strcspn(words, ",");
        if (n == length && memcmp(words, word, n) == 0)
            return index;
        words += n;
        words += strspn(words, ", ");
    }
    return -1;
}

int ncf__node_has(const ncf_node_t *object, const char *key)
{
    return json_object_get(object->value, key) != NULL;
}

ncf_status_t ncf__node_member(ncf_node_t *member, const ncf_document_t *document,
                              const ncf_node_t *object, const char *key)
{
    *member = (ncf_node_t){object, key, 0, json_object_get(object->value, key)};
    if (member->value == NULL)
        return ncf__node_fail(document, object, NCF_ESPEC, "the key \"%s\" is missing", key);
    return NCF_OK;
}

ncf_node_t ncf__node_entry(const ncf_node_t *list, size_t index)
{
    return (ncf_node_t){list, NULL, index, json_array_get(list->value, index)};
}

ncf_status_t ncf__node_object(const ncf_document_t *document, const ncf_node_t *node,
                              const char *allowed)
{
    if (!json_is_object(node->value))
        return ncf__node_fail(document, node, NCF_ESPEC, "expected an object, found %s",
                              type_name(node->value));
    const char *key;
    json_t *value;
    json_object_foreach((json_t *) node->value, key, value)
    {
        ncf_node_t member = {node, key, 0, value};
        if (word_index(allowed, key) < 0 || strchr(key, ',') != NULL)
            return ncf__key_fail(document, &member, NCF_ESPEC,
                                 "unknown key \"%.60s\" (allowed here: %s)", key, allowed);
    }
    return NCF_OK;
}

ncf_status_t ncf__node_list(size_t *length, const ncf_document_t *document,
                            const ncf_node_t *node, const char *what)
{
    if (!json_is_array(node->value))
        return ncf__node_fail(document, node, NCF_ESPEC, "expected %s, found %s", what,
                              type_name(node->value));
    *length = json_array_size(node->value);
    return NCF_OK;
}

ncf_status_t ncf__node_string(const char **out, const ncf_document_t *document,
                              const ncf_node_t *node)
{
    if (!json_is_string(node->value))
        return ncf__node_fail(document, node, NCF_ESPEC, "expected a string, found %s",
                              type_name(node->value));
    *out = json_string_value(node->value);
    return NCF_OK;
}

ncf_status_t ncf__node_choice(int *out, const ncf_document_t *document, const ncf_node_t *node,
                              const char *words)
{
    const char *word = "";
    NCF_TRY(ncf__node_string(&word, document, node));
    *out = strchr(word, ',') == NULL ? word_index(words, word) : -1;
    if (*out < 0)
        return ncf__node_fail(document, node, NCF_ESPEC,
                              "unknown \"%.60s\" (expected one of: %s)", word, words);
    return NCF_OK;
}

/* The exact value of a JSON integer: NULL, or one fact. */
static const char *integer_value(fmpq_t out, const ncf_document_t *document,
                                 const ncf_node_t *node)
{
    json_int_t value = json_integer_value(node->value);
    if (value < NCF_LONG_INTEGER_BASE) {
        fmpq_set_si(out, (slong) value, 1);
        return NULL;
    }
    const char *token = document->text + (value - NCF_LONG_INTEGER_BASE);
    int real;
    size_t length = document->length - (size_t) (value - NCF_LONG_INTEGER_BASE);
    return ncf__rational_parse(out, token, ncf__json_number(&real, token, length));
}

ncf_status_t ncf__node_integer(uint64_t *out, const ncf_document_t *document,
                               const ncf_node_t *node, uint64_t least, uint64_t most)
{
    int right = 0;
    if (json_is_integer(node->value)) {
        fmpq_t value;
        fmpq_init(value);
        right = integer_value(value, document, node) == NULL &&
                fmpz_sgn(fmpq_numref(value)) >= 0 && fmpz_abs_fits_ui(fmpq_numref(value));
        *out = right ? fmpz_get_ui(fmpq_numref(value)) : 0;
        right = right && *out >= least && *out <= most;
        fmpq_clear(value);
    }
    if (!right)
        return ncf__node_fail(document, node, NCF_ESPEC,
                              "expected an integer from %" PRIu64 " to %" PRIu64, least, most);
    return NCF_OK;
}

/* A JSON real names the place and the token, so that it can be corrected at once. */
static ncf_status_t real_fail(const ncf_document_t *document, const ncf_node_t *node)
{
    size_t offset = ncf__json_locate(NULL, document->plain, document->length, node);
    int real;
    const char *token = document->text + offset;
    size_t length = ncf__json_number(&real, token, document->length - offset);
    int shown = length <= 60 ? (int) length : 60;
    return ncf__node_fail(document, node, NCF_ESPEC,
                          "a JSON real is not exact: write \"%.*s\" in quotes", shown, token);
}

ncf_status_t ncf__node_number(fmpq_t out, ncf_document_t *document, const ncf_node_t *node)
{
    const char *fact;
    if (json_is_real(node->value))
        return real_fail(document, node);
    if (json_is_integer(node->value))
        fact = integer_value(out, document, node);
    else if (json_is_string(node->value))
        fact = ncf__rational_parse(out, json_string_value(node->value),
                                   json_string_length(node->value));
    else
        return ncf__node_fail(document, node, NCF_ESPEC,
                              "expected a number (an integer or a string), found %s",
                              type_name(node->value));
    if (fact == NULL)
        fact = ncf__document_charge(document, out);
    return fact == NULL ? NCF_OK : ncf__node_fail(document, node, NCF_ESPEC, "%s", fact);
}
