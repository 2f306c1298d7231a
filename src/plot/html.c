/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* html.c: text, values and tables of a report. */
#include "html.h"

#include "text.h"

#include <string.h>

#define MAX_LIST 64 /* values of a list in one cell */

void ncf__html_text(FILE *out, const char *text)
{
    char *clean = ncf__text_clean(text);
    for (const char *c = clean; *c != '\0'; c++) {
        switch (*c) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        case '\'':
            fputs("&#39;", out);
            break;
        default:
            fputc(*c, out);
        }
    }
    ncf__free(clean);
}

/* As it is written, so that it stays valid. */
static int put_enclosure(FILE *out, const json_t *value)
{
    const char *mid = json_string_value(json_object_get(value, "mid"));
    const char *rad = json_string_value(json_object_get(value, "rad"));
    if (mid == NULL || rad == NULL)
        return 0;
    ncf__html_text(out, mid);
    if (strcmp(rad, "0") != 0) {
        fputs(" <span class=\"rad\">± ", out);
        ncf__html_text(out, rad);
        fputs("</span>", out);
    }
    return 1;
}

/* A cap of attraction in a word: its angle when it is proved, else the verdict. */
static int put_cap(FILE *out, const json_t *value)
{
    const char *angle = json_string_value(json_object_get(value, "angle"));
    const char *verdict = json_string_value(json_object_get(value, "verdict"));
    if (verdict == NULL || (angle == NULL && json_object_get(value, "angle") == NULL))
        return 0;
    fputs(angle != NULL ? "angle " : "", out);
    ncf__html_text(out, angle != NULL ? angle : verdict);
    return 1;
}

static void put_list(FILE *out, const json_t *list, int depth);

static void put_value(FILE *out, const json_t *value, int depth)
{
    if (value == NULL || json_is_null(value))
        fputs("–", out);
    else if (json_is_string(value))
        ncf__html_text(out, json_string_value(value));
    else if (json_is_boolean(value))
        fputs(json_is_true(value) ? "yes" : "no", out);
    else if (json_is_integer(value))
        fprintf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_real(value))
        fprintf(out, "%.6g", json_real_value(value));
    else if (json_is_array(value))
        put_list(out, value, depth);
    else if (!put_enclosure(out, value) && !put_cap(out, value))
        ncf__html_members(out, value, NULL);
}

static void put_list(FILE *out, const json_t *list, int depth)
{
    size_t count = json_array_size(list);
    if (depth > 0)
        fputs("(", out);
    for (size_t k = 0; k < count && k < MAX_LIST; k++) {
        fputs(k > 0 ? ", " : "", out);
        put_value(out, json_array_get(list, k), depth + 1);
    }
    if (count > MAX_LIST)
        fprintf(out, ", and %zu more", count - MAX_LIST);
    if (count == 0)
        fputs("none", out);
    if (depth > 0)
        fputs(")", out);
}

void ncf__html_value(FILE *out, const json_t *value)
{
    put_value(out, value, 0);
}

/* Does the key stand among the words? */
static int is_among(const char *words, const char *key)
{
    size_t length = strlen(key);
    for (const char *at = words; at != NULL && (at = strstr(at, key)) != NULL; at += length) {
        int begins = at == words || at[-1] == ' ';
        if (begins && (at[length] == ' ' || at[length] == '\0'))
            return 1;
    }
    return 0;
}

static void put_name(FILE *out, const char *key)
{
    char *name = ncf__strdup(key);
    for (char *c = name; *c != '\0'; c++)
        *c = *c == '_' ? ' ' : *c;
    ncf__html_text(out, name);
    ncf__free(name);
}

void ncf__html_members(FILE *out, const json_t *object, const char *without)
{
    const char *key;
    json_t *value;
    int rows = 0;
    fputs("<table class=\"members\"><tbody>\n", out);
    json_object_foreach((json_t *) object, key, value)
    {
        if (is_among(without, key) ||
            (json_is_array(value) && json_is_object(json_array_get(value, 0)) &&
             json_object_get(json_array_get(value, 0), "mid") == NULL))
            continue;
        fputs("<tr><th scope=\"row\">", out);
        put_name(out, key);
        fputs("</th><td>", out);
        put_value(out, value, 0);
        fputs("</td></tr>\n", out);
        rows++;
    }
    if (rows == 0)
        fputs("<tr><td>none</td></tr>\n", out);
    fputs("</tbody></table>\n", out);
}

/* Has any of the objects this member? A dimension of 0 is that of a point: nothing to say. */
static int is_used(const json_t *list, const char *key)
{
    size_t k;
    json_t *object;
    json_array_foreach(list, k, object)
    {
        const json_t *value = json_object_get(object, key);
        int says = value != NULL && !json_is_null(value);
        if (says && (strcmp(key, "dimension") != 0 || json_integer_value(value) != 0))
            return 1;
    }
    return 0;
}

static void put_row(FILE *out, const json_t *object, const ncf_html_column_t *columns,
                    const char *used, size_t count)
{
    for (size_t c = 0; c < count; c++) {
        const json_t *value = json_object_get(object, columns[c].key);
        if (!used[c])
            continue;
        fputs(json_is_string(value) && strlen(json_string_value(value)) > 24 ? "<td class=\"text\">"
                                                                            : "<td>", out);
        ncf__html_value(out, value);
        fputs("</td>", out);
    }
    fputs("</tr>\n", out);
}

void ncf__html_table(FILE *out, const json_t *list, const ncf_html_column_t *columns,
                     size_t count, size_t most, int first)
{
    size_t size = json_array_size(list);
    char *used = ncf__calloc(count + 1, 1);
    fputs("<table class=\"list\"><thead><tr>", out);
    if (first >= 0)
        fputs("<th scope=\"col\">#</th>", out);
    for (size_t c = 0; c < count; c++) {
        used[c] = (char) is_used(list, columns[c].key);
        if (!used[c])
            continue;
        fputs("<th scope=\"col\">", out);
        ncf__html_text(out, columns[c].heading);
        fputs("</th>", out);
    }
    fputs("</tr></thead><tbody>\n", out);
    for (size_t k = 0; k < size && k < most; k++) {
        fputs("<tr>", out);
        if (first >= 0)
            fprintf(out, "<th scope=\"row\">%zu</th>", k + (size_t) first);
        put_row(out, json_array_get(list, k), columns, used, count);
    }
    fputs("</tbody></table>\n", out);
    if (size > most)
        fprintf(out, "<p class=\"note\">%zu of %zu rows; the document has all.</p>\n", most, size);
    ncf__free(used);
}

void ncf__html_base64(FILE *out, const char *bytes, size_t length)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *in = (const unsigned char *) bytes;
    for (size_t k = 0; k < length; k += 3) {
        size_t left = length - k;
        unsigned long group = (unsigned long) in[k] << 16 |
                              (left > 1 ? (unsigned long) in[k + 1] << 8 : 0) |
                              (left > 2 ? (unsigned long) in[k + 2] : 0);
        fputc(digits[group >> 18], out);
        fputc(digits[group >> 12 & 63], out);
        fputc(left > 1 ? digits[group >> 6 & 63] : '=', out);
        fputc(left > 2 ? digits[group & 63] : '=', out);
    }
}
