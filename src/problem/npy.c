/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * npy.c: NumPy arrays, format versions 1 to 3 (NumPy Enhancement Proposal 1): magic,
 * version, the length of the header (2 bytes, from version 2 on 4, little endian), the
 * header (a Python dict literal), the elements. Floats are taken as their exact values.
 */
#include "reader.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#define MAX_HEADER 65536

typedef struct {
    const char *text;
    size_t length, at;
} scanner_t;

static void skip_space(scanner_t *s)
{
    while (s->at < s->length && isspace((unsigned char) s->text[s->at]))
        s->at++;
}

/* Accepts a character after spaces. */
static int accept(scanner_t *s, char c)
{
    skip_space(s);
    if (s->at >= s->length || s->text[s->at] != c)
        return 0;
    s->at++;
    return 1;
}

static int accept_word(scanner_t *s, const char *word)
{
    size_t n = strlen(word);
    skip_space(s);
    if (s->length - s->at < n || memcmp(s->text + s->at, word, n) != 0)
        return 0;
    s->at += n;
    return 1;
}

/* A Python string without escapes of at most 15 characters. */
static int scan_string(char out[16], scanner_t *s)
{
    char quote = accept(s, '\'') ? '\'' : '"';
    if (quote == '"' && !accept(s, '"'))
        return 0;
    size_t n = 0;
    while (s->at < s->length && s->text[s->at] != quote && n < 15)
        out[n++] = s->text[s->at++];
    out[n] = '\0';
    return s->at < s->length && s->text[s->at++] == quote;
}

static int scan_size(uint64_t *out, scanner_t *s)
{
    skip_space(s);
    size_t start = s->at;
    for (*out = 0; s->at < s->length && isdigit((unsigned char) s->text[s->at]); s->at++) {
        if (*out > UINT64_MAX / 16)
            return 0;
        *out = 10 * *out + (uint64_t) (s->text[s->at] - '0');
    }
    return s->at > start;
}

static const char *scan_descr(ncf_npy_t *npy, scanner_t *s)
{
    char type[16];
    if (!scan_string(type, s))
        return "the element type is not a simple one";
    size_t size = strlen(type) == 3 ? (size_t) (type[2] - '0') : 0;
    int known = (type[1] == 'f' && (size == 4 || size == 8)) ||
                ((type[1] == 'i' || type[1] == 'u') &&
                 (size == 1 || size == 2 || size == 4 || size == 8));
    int order = type[0] == '<' || type[0] == '>' || (type[0] == '|' && size == 1);
    if (!known || !order)
        return "the element type is not f4, f8, i1 to i8 or u1 to u8";
    npy->kind = type[1];
    npy->size = (int) size;
    npy->big_endian = type[0] == '>';
    return NULL;
}

static const char *scan_order(ncf_npy_t *npy, scanner_t *s)
{
    npy->fortran = accept_word(s, "True");
    return npy->fortran || accept_word(s, "False") ? NULL
                                                   : "fortran_order is not True or False";
}

static const char *scan_shape(ncf_npy_t *npy, scanner_t *s)
{
    npy->dimensions = 0;
    npy->shape[1] = 1;
    int good = accept(s, '(');
    while (good && !accept(s, ')')) {
        good = npy->dimensions < 2 && scan_size(&npy->shape[npy->dimensions], s);
        npy->dimensions++;
        if (good && !accept(s, ',')) {
            good = npy->dimensions > 1 && accept(s, ')');
            break;
        }
    }
    return good && npy->dimensions > 0 ? NULL
                                       : "the shape is not that of one or two dimensions";
}

/* {'descr': ..., 'fortran_order': ..., 'shape': ...}, in any order, each once. */
static const char *scan_header(ncf_npy_t *npy, scanner_t *s)
{
    int seen = 0;
    if (!accept(s, '{'))
        return "the header is not a dictionary";
    while (!accept(s, '}')) {
        char key[16];
        if (!scan_string(key, s) || !accept(s, ':'))
            return "the header is not a dictionary";
        int which = strcmp(key, "descr") == 0           ? 1
                    : strcmp(key, "fortran_order") == 0 ? 2
                    : strcmp(key, "shape") == 0         ? 4
                                                        : 0;
        if (which == 0 || (seen & which) != 0)
            return "the header has an unknown or a repeated key";
        seen |= which;
        const char *fact = which == 1   ? scan_descr(npy, s)
                           : which == 2 ? scan_order(npy, s)
                                        : scan_shape(npy, s);
        if (fact != NULL)
            return fact;
        if (!accept(s, ',')) {
            if (!accept(s, '}'))
                return "the header is not a dictionary";
            break;
        }
    }
    skip_space(s);
    if (s->at != s->length)
        return "the header is not a dictionary";
    return seen == 7 ? NULL : "the header lacks descr, fortran_order or shape";
}

static uint64_t load_bytes(const char *bytes, int size, int big_endian)
{
    uint64_t value = 0;
    for (int k = 0; k < size; k++) {
        int place = big_endian ? size - 1 - k : k;
        value |= (uint64_t) (unsigned char) bytes[k] << (8 * place);
    }
    return value;
}

/* The header's scanner, and the place of the first element: NULL, or one fact. */
static const char *find_header(scanner_t *s, size_t *offset, const char *bytes, size_t length)
{
    if (length < 8 || memcmp(bytes, "\x93NUMPY", 6) != 0)
        return "not an NPY file (the magic bytes are missing)";
    int major = bytes[6], minor = bytes[7];
    if (major < 1 || major > 3 || minor != 0)
        return "unknown version of the NPY format (1.0, 2.0 and 3.0 are read)";
    int digits = major == 1 ? 2 : 4;
    if (length < 8 + (size_t) digits)
        return "the file is truncated in its header";
    uint64_t header = load_bytes(bytes + 8, digits, 0);
    if (header > MAX_HEADER)
        return "the header is too large (at most 65536 bytes)";
    *offset = 8 + (size_t) digits + (size_t) header;
    if (*offset > length)
        return "the file is truncated in its header";
    *s = (scanner_t){bytes + 8 + digits, (size_t) header, 0};
    return NULL;
}

ncf_status_t ncf__npy_header(ncf_npy_t *npy, const char *name, const char *bytes,
                             size_t length, ncf_error_t *err)
{
    scanner_t scanner;
    memset(npy, 0, sizeof(*npy));
    const char *fact = find_header(&scanner, &npy->offset, bytes, length);
    if (fact == NULL)
        fact = scan_header(npy, &scanner);
    if (fact != NULL)
        return ncf__fail_at(err, NCF_EPARSE, name, 0, 0, "%s", fact);
    uint64_t room = (length - npy->offset) / (uint64_t) npy->size;
    uint64_t rows = npy->shape[0], columns = npy->shape[1];
    int fits = rows == 0 || columns <= room / rows;
    uint64_t wanted = fits ? rows * columns * (uint64_t) npy->size : 0;
    if (!fits || wanted != length - npy->offset)
        return ncf__fail_at(err, NCF_EPARSE, name, 0, 0, "the file is %s than its shape says",
                            fits ? "longer" : "shorter");
    return NCF_OK;
}

/* Returns 0 for an infinity or a NaN. */
static int set_float(fmpq_t out, uint64_t bits, int size)
{
    double value;
    if (size == 8) {
        memcpy(&value, &bits, sizeof(value));
    } else {
        uint32_t low = (uint32_t) bits;
        float narrow;
        memcpy(&narrow, &low, sizeof(narrow));
        value = narrow;
    }
    if (!isfinite(value))
        return 0;
    ncf__rational_set_double(out, value);
    return 1;
}

/* The exact value of one element; 0 if it has none. */
static int set_element(fmpq_t out, const ncf_npy_t *npy, const char *bytes)
{
    uint64_t bits = load_bytes(bytes, npy->size, npy->big_endian);
    if (npy->kind == 'f')
        return set_float(out, bits, npy->size);
    fmpz_set_ui(fmpq_numref(out), bits);
    fmpz_one(fmpq_denref(out));
    if (npy->kind == 'i' && bits >> (8 * npy->size - 1) != 0) {
        fmpz_t modulus; /* two's complement */
        fmpz_init_set_ui(modulus, 1);
        fmpz_mul_2exp(modulus, modulus, (ulong) (8 * npy->size));
        fmpz_sub(fmpq_numref(out), fmpq_numref(out), modulus);
        fmpz_clear(modulus);
    }
    return 1;
}

ncf_status_t ncf__npy_entries(fmpq_mat_t out, ncf_document_t *document, const ncf_npy_t *npy,
                              const char *name, const char *bytes)
{
    slong rows = (slong) npy->shape[0], columns = (slong) npy->shape[1];
    for (slong i = 0; i < rows; i++) {
        for (slong j = 0; j < columns; j++) {
            slong index = npy->fortran ? j * rows + i : i * columns + j;
            fmpq *entry = fmpq_mat_entry(out, i, j);
            if (!set_element(entry, npy, bytes + npy->offset + index * npy->size))
                return ncf__fail_at(document->err, NCF_ESPEC, name, 0, 0,
                                    "element [%ld, %ld] is not finite", (long) i, (long) j);
            const char *fact = ncf__document_charge(document, entry);
            if (fact != NULL)
                return ncf__fail_at(document->err, NCF_ESPEC, name, 0, 0, "%s", fact);
        }
    }
    return NCF_OK;
}
