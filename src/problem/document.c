/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * document.c: JSON in which integers of any size are exact. jansson refuses integers
 * beyond 64 bits and reads reals as doubles. It is therefore given a copy of the text,
 * of the same length, in which
 *  - an integer of at most 17 characters stands unchanged (it is below 10^17);
 *  - a longer one is replaced by 10^17 plus its offset, from which it is read exactly;
 *  - a real is replaced by 0.0: it is refused anyway, with its place;
 *  - a byte order mark is replaced by spaces.
 * Replacements are filled up with spaces, so every offset holds for both texts.
 */
#include "reader.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#define LONG_INTEGER 18 /* characters, from which an integer is replaced */

_Static_assert(NCF_DOCUMENT_MAX_VALUES == 10100000, "the message in parse states it");

static size_t count_digits(const char *text, size_t length)
{
    size_t n = 0;
    while (n < length && isdigit((unsigned char) text[n]))
        n++;
    return n;
}

/* The length of "e", "e+" or "e-" at text, or 0. */
static size_t exponent_mark(const char *text, size_t length)
{
    if (length == 0 || (text[0] != 'e' && text[0] != 'E'))
        return 0;
    return length > 1 && (text[1] == '+' || text[1] == '-') ? 2 : 1;
}

size_t ncf__json_number(int *real, const char *text, size_t length)
{
    size_t i = length > 0 && text[0] == '-';
    size_t digits = count_digits(text + i, length - i);
    *real = 0;
    if (digits == 0 || (digits > 1 && text[i] == '0'))
        return 0;
    i += digits;
    if (i < length && text[i] == '.') {
        digits = count_digits(text + i + 1, length - i - 1);
        if (digits == 0)
            return 0;
        i += 1 + digits;
        *real = 1;
    }
    size_t mark = exponent_mark(text + i, length - i);
    if (mark > 0) {
        digits = count_digits(text + i + mark, length - i - mark);
        if (digits == 0)
            return 0;
        i += mark + digits;
        *real = 1;
    }
    return i;
}

/*
 * May a number stand between the bytes before and after it? Otherwise it is left alone:
 * a replacement must never turn text that is not JSON ("--1") into text that is.
 */
static int is_separated(const char *plain, size_t offset, size_t end, size_t length)
{
    int before = offset == 0 || strchr(" \t\r\n,:[", plain[offset - 1]) != NULL;
    int after = end == length || strchr(" \t\r\n,]}", plain[end]) != NULL;
    return before && after;
}

/* Replaces the number of the given length at an offset, see the head. */
static void replace_number(char *plain, size_t offset, size_t length, int real)
{
    char digits[32] = "0.0";
    if (!real && length < LONG_INTEGER)
        return;
    if (!real)
        snprintf(digits, sizeof(digits), "%lld",
                 (long long) (NCF_LONG_INTEGER_BASE + (int64_t) offset));
    size_t used = strlen(digits);
    NCF_REQUIRE(used <= length);
    memcpy(plain + offset, digits, used);
    memset(plain + offset + used, ' ', length - used);
}

/*
 * Makes the copy for jansson. Returns the offset of the first byte that stands for a
 * fact of its own (a zero byte, or one value too many), or length.
 */
static size_t simplify(char *plain, size_t length)
{
    size_t values = 1, i = 0;
    if (length >= 3 && memcmp(plain, "\xEF\xBB\xBF", 3) == 0) {
        memset(plain, ' ', 3);
        i = 3;
    }
    for (int quoted = 0; i < length; i++) {
        char c = plain[i];
        if (c == '\0' || (c == ',' && !quoted && ++values > NCF_DOCUMENT_MAX_VALUES))
            return i;
        if (c == '"')
            quoted = !quoted;
        else if (quoted && c == '\\' && i + 1 < length && plain[i + 1] != '\0')
            i++;
        if (quoted || (c != '-' && !isdigit((unsigned char) c)))
            continue;
        int real;
        size_t used = ncf__json_number(&real, plain + i, length - i);
        if (used > 0 && is_separated(plain, i, i + used, length)) {
            replace_number(plain, i, used, real);
            i += used - 1;
        }
    }
    return length;
}

/*
 * jansson's place is after the token that it names: go back to where it starts. A byte
 * that is not UTF-8 is the place itself.
 */
static size_t token_start(const ncf_document_t *document, const json_error_t *error)
{
    size_t end = error->position > 0 ? (size_t) error->position : 0;
    if (end > document->length)
        end = document->length;
    const char *near = strstr(error->text, " near '");
    size_t token = near != NULL ? strlen(near + 7) : 0;
    if (token < 2 || token - 1 > end || strncmp(error->text, "unable to decode", 16) == 0)
        return end;
    size_t start = end - (token - 1);
    int same = memcmp(document->plain + start, near + 7, token - 1) == 0;
    return same ? start : end;
}

static ncf_status_t syntax_fail(const ncf_document_t *document, size_t offset,
                                const char *fact)
{
    int line, column;
    ncf__text_place(&line, &column, document->text, offset);
    return ncf__fail_at(document->err, NCF_EPARSE, document->name, line, column, "%s", fact);
}

static ncf_status_t parse(ncf_document_t *document)
{
    if (document->length > NCF_FILE_MAX_BYTES)
        return syntax_fail(document, 0, "the file is larger than 256 MiB");
    if (document->length == 0)
        return syntax_fail(document, 0, "the file is empty");
    memcpy(document->plain, document->text, document->length);
    size_t odd = simplify(document->plain, document->length);
    if (odd < document->length && document->plain[odd] == '\0')
        return syntax_fail(document, odd, "a zero byte is not allowed in JSON");
    if (odd < document->length)
        return syntax_fail(document, odd, "the file has more than 10100000 values");
    json_error_t error;
    document->root =
        json_loadb(document->plain, document->length, JSON_REJECT_DUPLICATES, &error);
    if (document->root == NULL)
        return syntax_fail(document, token_start(document, &error), error.text);
    return NCF_OK;
}

ncf_status_t ncf__document_init(ncf_document_t *document, const char *text, size_t length,
                                const char *name, const char *directory, ncf_error_t *err)
{
    memset(document, 0, sizeof(*document));
    document->text = text;
    document->length = length;
    document->name = name;
    document->directory = directory;
    document->err = err;
    document->plain = ncf__malloc(length, 1);
    ncf_status_t status = parse(document);
    if (status != NCF_OK)
        ncf__document_clear(document);
    return status;
}

void ncf__document_clear(ncf_document_t *document)
{
    json_decref(document->root);
    ncf__free(document->plain);
}

const char *ncf__document_charge(ncf_document_t *document, const fmpq_t number)
{
    document->bits +=
        (slong) (fmpz_bits(fmpq_numref(number)) + fmpz_bits(fmpq_denref(number)));
    return document->bits <= NCF_PROBLEM_MAX_BITS ? NULL : "the data have more than 2^31 bits";
}

static ncf_status_t fail_at_offset(const ncf_document_t *document, size_t offset,
                                   ncf_status_t status, const char *format, va_list arguments)
{
    char fact[sizeof(document->err->text)];
    int line, column;
    vsnprintf(fact, sizeof(fact), format, arguments);
    ncf__text_place(&line, &column, document->plain, offset);
    return ncf__fail_at(document->err, status, document->name, line, column, "%s", fact);
}

ncf_status_t ncf__node_fail(const ncf_document_t *document, const ncf_node_t *node,
                            ncf_status_t status, const char *format, ...)
{
    va_list arguments;
    size_t offset = ncf__json_locate(NULL, document->plain, document->length, node);
    va_start(arguments, format);
    fail_at_offset(document, offset, status, format, arguments);
    va_end(arguments);
    return status;
}

ncf_status_t ncf__key_fail(const ncf_document_t *document, const ncf_node_t *node,
                           ncf_status_t status, const char *format, ...)
{
    va_list arguments;
    size_t offset;
    ncf__json_locate(&offset, document->plain, document->length, node);
    va_start(arguments, format);
    fail_at_offset(document, offset, status, format, arguments);
    va_end(arguments);
    return status;
}

/* The raw offset of a byte of a string, from its opening quote on; escapes are one byte. */
static size_t string_offset(const ncf_document_t *document, size_t offset, size_t index)
{
    for (offset++; index > 0 && offset < document->length; index--) {
        if (document->plain[offset] == '\\')
            offset += document->plain[offset + 1] == 'u' ? 6 : 2;
        else
            offset++;
    }
    return FLINT_MIN(offset, document->length);
}

ncf_status_t ncf__string_fail(const ncf_document_t *document, const ncf_node_t *node,
                              size_t index, ncf_status_t status, const char *format, ...)
{
    va_list arguments;
    size_t offset = ncf__json_locate(NULL, document->plain, document->length, node);
    va_start(arguments, format);
    fail_at_offset(document, string_offset(document, offset, index), status, format, arguments);
    va_end(arguments);
    return status;
}
