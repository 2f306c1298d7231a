/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * points_json.c: candidates in a JSON document. A candidate is a list of its weights,
 * nested in any way (by layers and rows, for one); a weight is a number, exactly as it is
 * written, a string with an exact number, or an enclosure {"mid": ..., "rad": ...}, whose
 * midpoint it is. The document is a list of candidates, one candidate, {"points": [...]},
 * or a result document, whose orbits hold the candidates as "weights".
 *
 * The structure is validated by the document; the numbers are then read in one pass over
 * its text, because the tree has no exact reals and no places.
 */
#include "reader.h"

#include <stdarg.h>
#include <string.h>

typedef struct {
    ncf_document_t *document;
    size_t at;
    slong index; /* of the candidate, from 0 */
    fmpq *row;
    slong unknowns, used;
} cursor_t;

static ncf_status_t fail_at(const cursor_t *cursor, size_t offset, const char *format, ...)
    NCF_PRINTF(3, 4);

static ncf_status_t fail_at(const cursor_t *cursor, size_t offset, const char *format, ...)
{
    char fact[200];
    int line, column;
    va_list arguments;
    const ncf_document_t *document = cursor->document;
    va_start(arguments, format);
    vsnprintf(fact, sizeof(fact), format, arguments);
    va_end(arguments);
    ncf__text_place(&line, &column, document->text, offset);
    return ncf__fail_at(document->err, NCF_ESPEC, document->name, line, column, "%s", fact);
}

/* To the next byte that is neither a space nor a comma. */
static char next_byte(cursor_t *cursor)
{
    const ncf_document_t *document = cursor->document;
    cursor->at = ncf__json_skip_space(document->text, document->length, cursor->at);
    while (cursor->at < document->length && document->text[cursor->at] == ',')
        cursor->at = ncf__json_skip_space(document->text, document->length, cursor->at + 1);
    return cursor->at < document->length ? document->text[cursor->at] : '\0';
}

static void skip_value(cursor_t *cursor)
{
    cursor->at = ncf__json_skip_value(cursor->document->text, cursor->document->length, cursor->at);
}

/*
 * From a key to its value; returns whether the key is spelt like that. An escaped key is
 * another key.
 */
static int enter_member(cursor_t *cursor, const char *key)
{
    const ncf_document_t *document = cursor->document;
    const char *text = document->text + cursor->at + 1;
    size_t length = strlen(key), i = cursor->at + 1;
    int same = document->length - cursor->at > length + 1 && memcmp(text, key, length) == 0 &&
               text[length] == '"';
    while (i < document->length && document->text[i] != '"')
        i += document->text[i] == '\\' ? 2 : 1;
    i = ncf__json_skip_space(document->text, document->length, i + 1); /* to the colon */
    cursor->at = ncf__json_skip_space(document->text, document->length, i + 1);
    return same;
}

/* A number token, or the text of a string. */
static ncf_status_t read_token(fmpq_t out, cursor_t *cursor)
{
    const ncf_document_t *document = cursor->document;
    const char *token = document->text + cursor->at;
    size_t start = cursor->at, length = document->length - cursor->at;
    int real;
    NCF_REQUIRE(start < document->length);
    if (*token == '"') {
        token++;
        const char *end = memchr(token, '"', length - 1);
        length = end != NULL ? (size_t) (end - token) : 0;
        cursor->at += length + 2;
    } else {
        length = ncf__json_number(&real, token, length);
        if (length == 0)
            return fail_at(cursor, start, "expected a number");
        cursor->at += length;
    }
    const char *fact = ncf__rational_parse(out, token, length);
    if (fact == NULL)
        fact = ncf__document_charge(cursor->document, out);
    return fact == NULL ? NCF_OK : fail_at(cursor, start, "%s", fact);
}

/* {"mid": ..., "rad": ...}: the radius plays no part, for a candidate is a guess. */
static ncf_status_t read_enclosure(fmpq_t out, cursor_t *cursor)
{
    size_t start = cursor->at++;
    int found = 0;
    while (next_byte(cursor) != '}') {
        if (enter_member(cursor, "mid")) {
            NCF_TRY(read_token(out, cursor));
            found = 1;
        } else {
            skip_value(cursor);
        }
    }
    cursor->at++;
    return found ? NCF_OK : fail_at(cursor, start, "expected a number, found an object");
}

static ncf_status_t read_weight(cursor_t *cursor)
{
    if (cursor->used == cursor->unknowns)
        return fail_at(cursor, cursor->at, "candidate %ld has more than the %ld weight%s of the network",
                       (long) cursor->index + 1, (long) cursor->unknowns,
                       cursor->unknowns == 1 ? "" : "s");
    fmpq *out = cursor->row + cursor->used++;
    return cursor->document->text[cursor->at] == '{' ? read_enclosure(out, cursor)
                                                     : read_token(out, cursor);
}

/* The list that starts here, with all lists in it, is one candidate. */
static ncf_status_t read_candidate(cursor_t *cursor, struct ncf_points *points)
{
    size_t start = cursor->at;
    slong depth = 0;
    cursor->row = fmpq_mat_entry(points->rows, cursor->index, 0);
    cursor->used = 0;
    if (next_byte(cursor) != '[')
        return fail_at(cursor, start, "expected a list of weights");
    do {
        char c = next_byte(cursor);
        if (c == '[' || c == ']') {
            depth += c == '[' ? 1 : -1;
            cursor->at++;
        } else {
            NCF_TRY(read_weight(cursor));
        }
    } while (depth > 0);
    if (cursor->used < cursor->unknowns)
        return fail_at(cursor, start, "candidate %ld has %ld weight%s, the network %ld",
                       (long) cursor->index + 1, (long) cursor->used, cursor->used == 1 ? "" : "s",
                       (long) cursor->unknowns);
    if (ncf__candidate_is_zero(cursor->row, cursor->unknowns))
        return fail_at(cursor, start, "candidate %ld is zero: a direction needs a weight that is not",
                       (long) cursor->index + 1);
    cursor->index++;
    return NCF_OK;
}

/* An orbit of a result document: its member "weights". */
static ncf_status_t read_orbit(cursor_t *cursor, struct ncf_points *points)
{
    size_t start = cursor->at;
    int found = 0;
    if (next_byte(cursor) != '{')
        return fail_at(cursor, start, "expected an orbit");
    cursor->at++;
    while (next_byte(cursor) != '}') {
        if (!enter_member(cursor, "weights")) {
            skip_value(cursor);
            continue;
        }
        if (next_byte(cursor) != '[')
            return fail_at(cursor, cursor->at,
                           "orbit %ld has no weights: a document with fewer orbits holds them",
                           (long) cursor->index + 1);
        NCF_TRY(read_candidate(cursor, points));
        found = 1;
    }
    cursor->at++;
    return found ? NCF_OK : fail_at(cursor, start, "the key \"weights\" is missing");
}

typedef ncf_status_t (*read_entry_fn)(cursor_t *cursor, struct ncf_points *points);

static ncf_status_t read_list(struct ncf_points *points, ncf_document_t *document,
                              const ncf_node_t *list, read_entry_fn read_entry, slong unknowns)
{
    size_t count;
    NCF_TRY(ncf__node_list(&count, document, list, "a list of candidates"));
    const char *fact = ncf__points_shape(points, count, unknowns);
    if (fact != NULL)
        return ncf__node_fail(document, list, NCF_ESPEC, "%s", fact);
    size_t start = ncf__json_locate(NULL, document->plain, document->length, list);
    cursor_t cursor = {document, start + 1, 0, NULL, unknowns, 0};
    for (size_t k = 0; k < count; k++) {
        next_byte(&cursor);
        NCF_TRY(read_entry(&cursor, points));
    }
    return NCF_OK;
}

/* The list is one candidate when it begins with a weight. */
static ncf_status_t read_one(struct ncf_points *points, ncf_document_t *document,
                             const ncf_node_t *list, slong unknowns)
{
    const char *fact = ncf__points_shape(points, 1, unknowns);
    if (fact != NULL)
        return ncf__node_fail(document, list, NCF_ESPEC, "%s", fact);
    cursor_t cursor = {document, 0, 0, NULL, unknowns, 0};
    cursor.at = ncf__json_locate(NULL, document->plain, document->length, list);
    return read_candidate(&cursor, points);
}

static ncf_status_t read_points(struct ncf_points *points, ncf_document_t *document,
                                const ncf_node_t *list, slong unknowns)
{
    const json_t *first = json_array_get(list->value, 0);
    if (first != NULL && !json_is_array(first))
        return read_one(points, document, list, unknowns);
    return read_list(points, document, list, read_candidate, unknowns);
}

ncf_status_t ncf__points_json(struct ncf_points *points, ncf_document_t *document,
                              slong unknowns)
{
    ncf_node_t root = {NULL, NULL, 0, document->root}, list;
    if (json_is_array(root.value))
        return read_points(points, document, &root, unknowns);
    if (ncf__node_has(&root, "orbits")) {
        NCF_TRY(ncf__node_member(&list, document, &root, "orbits"));
        return read_list(points, document, &list, read_orbit, unknowns);
    }
    NCF_TRY(ncf__node_object(document, &root, "points"));
    NCF_TRY(ncf__node_member(&list, document, &root, "points"));
    return read_points(points, document, &list, unknowns);
}
