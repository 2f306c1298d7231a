/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * reader.h: what the files of problem/ share: the JSON document with its places,
 * accessors that fail with a place, and one reader for each section and data file.
 * Private to problem/ and its tests, and to plot/, which reads documents with it.
 */
#ifndef NCF_READER_H
#define NCF_READER_H

#include "file.h"
#include "points.h"
#include "problem.h"

#include <jansson.h>

#if FLINT_BITS != 64
#error "problem/ takes a ulong to hold 64 bits"
#endif

/* Returns from the enclosing function, which holds nothing to clear, on a failure. */
#define NCF_TRY(call)                                                                         \
    do {                                                                                      \
        ncf_status_t status_ = call;                                                          \
        if (status_ != NCF_OK)                                                                \
            return status_;                                                                   \
    } while (0)

/* ---- Files (file.c) -------------------------------------------------------------- */

/* path as seen from directory ("" is the current one). Allocated text. */
char *ncf__file_resolve(const char *directory, const char *path);

/* The directory part of path, "" if it has none. Allocated text. */
char *ncf__file_directory(const char *path);

/* ---- The document and its places (document.c, locate.c) -------------------------- */

/* Integers from here on stand for the place of a longer one, see document.c. */
#define NCF_LONG_INTEGER_BASE INT64_C(100000000000000000)

#define NCF_DOCUMENT_MAX_VALUES (NCF_PROBLEM_MAX_NUMBERS + 100000)

/*
 * A parsed problem file. `plain` has the length of `text` and the same structure, but
 * jansson can read each number in it: see document.c.
 */
typedef struct {
    const char *text;
    size_t length;
    const char *name;      /* stands for the file in messages */
    const char *directory; /* against which data files are resolved */
    char *plain;
    json_t *root;
    slong bits; /* of the numbers stored so far */
    ncf_error_t *err;
} ncf_document_t;

/*
 * A value with the way to it from the root; key is NULL for a list entry. Nodes live on
 * the stack of the readers, so that only a failure pays for finding its place.
 */
typedef struct ncf_node {
    const struct ncf_node *parent; /* NULL for the root */
    const char *key;
    size_t index;
    const json_t *value;
} ncf_node_t;

/* Clear after NCF_OK with ncf__document_clear. The text must outlive the document. */
ncf_status_t ncf__document_init(ncf_document_t *document, const char *text, size_t length,
                                const char *name, const char *directory, ncf_error_t *err);
void ncf__document_clear(ncf_document_t *document);

/* Records a failure at the value of a node, or at its key. */
ncf_status_t ncf__node_fail(const ncf_document_t *document, const ncf_node_t *node,
                            ncf_status_t status, const char *format, ...) NCF_PRINTF(4, 5);
ncf_status_t ncf__key_fail(const ncf_document_t *document, const ncf_node_t *node,
                           ncf_status_t status, const char *format, ...) NCF_PRINTF(4, 5);

/* The same at a byte of the value of a node that is a string, counted without escapes. */
ncf_status_t ncf__string_fail(const ncf_document_t *document, const ncf_node_t *node,
                              size_t index, ncf_status_t status, const char *format, ...)
    NCF_PRINTF(5, 6);

/*
 * The offset of the value (or, if key is not NULL, also of the key) of a node in a text
 * that is known to be valid JSON.
 */
size_t ncf__json_locate(size_t *key, const char *text, size_t length, const ncf_node_t *node);

/* The 1-based line and column (in bytes) of an offset. */
void ncf__text_place(int *line, int *column, const char *text, size_t offset);

/*
 * The length of the JSON number that starts text, 0 if there is none; *real is set if it
 * has a fraction or an exponent.
 */
size_t ncf__json_number(int *real, const char *text, size_t length);

/*
 * From the first byte of a value (or of what follows it) to after its last one, in a text
 * that is known to be valid JSON; and over spaces.
 */
size_t ncf__json_skip_value(const char *text, size_t length, size_t i);
size_t ncf__json_skip_space(const char *text, size_t length, size_t i);

/* ---- Accessors (node.c) ---------------------------------------------------------- */

/* The member of an object; a missing one is a failure. */
ncf_status_t ncf__node_member(ncf_node_t *member, const ncf_document_t *document,
                              const ncf_node_t *object, const char *key);
int ncf__node_has(const ncf_node_t *object, const char *key);

/* The index-th entry of a list. */
ncf_node_t ncf__node_entry(const ncf_node_t *list, size_t index);

/* The node is an object, and all its keys stand in `allowed`, words separated by ", ". */
ncf_status_t ncf__node_object(const ncf_document_t *document, const ncf_node_t *node,
                              const char *allowed);
ncf_status_t ncf__node_list(size_t *length, const ncf_document_t *document,
                            const ncf_node_t *node, const char *what);
ncf_status_t ncf__node_string(const char **out, const ncf_document_t *document,
                              const ncf_node_t *node);
ncf_status_t ncf__node_integer(uint64_t *out, const ncf_document_t *document,
                               const ncf_node_t *node, uint64_t least, uint64_t most);

/* An exact number: a JSON integer or a string; charged to the budget of the document. */
ncf_status_t ncf__node_number(fmpq_t out, ncf_document_t *document, const ncf_node_t *node);

/* The index of a string in `words` (separated by ", "); another string is a failure. */
ncf_status_t ncf__node_choice(int *out, const ncf_document_t *document, const ncf_node_t *node,
                              const char *words);

/* ---- Data files, from their bytes ------------------------------------------------ */

/* csv.c: fills x and y. Unquoting overwrites the bytes. */
ncf_status_t ncf__csv_parse(struct ncf_problem *problem, ncf_document_t *document,
                            const char *name, char *bytes, size_t length, const char *label);

/* A file of comma-separated values that is being read. */
typedef struct {
    const char *name;
    char *bytes;
    size_t length;
    size_t at; /* the next byte */
    size_t line_start;
    int line;
    ncf_error_t *err;
} ncf_csv_t;

typedef struct {
    const char *text; /* inside the bytes */
    size_t length;
    int line, column;
    int is_last; /* of its row */
} ncf_csv_cell_t;

/* Starts before the first cell, after a byte order mark. */
void ncf__csv_init(ncf_csv_t *csv, const char *name, char *bytes, size_t length, ncf_error_t *err);

/* Reads a cell, and the comma or the line end after it. Unquoting overwrites the bytes. */
ncf_status_t ncf__csv_cell(ncf_csv_cell_t *cell, ncf_csv_t *csv);

/* points_csv.c: moves past lines that start with #, and past a first line without numbers. */
void ncf__csv_skip_comments(ncf_csv_t *csv);
ncf_status_t ncf__csv_skip_header(ncf_csv_t *csv);

/* The lines that are not comments, from here on. */
uint64_t ncf__csv_count_rows(ncf_csv_t csv);

typedef struct {
    char kind; /* 'f', 'i' or 'u' */
    int size;  /* bytes of an element: 1, 2, 4 or 8 */
    int big_endian;
    int fortran;       /* column-major */
    int dimensions;    /* 1 or 2 */
    uint64_t shape[2]; /* rows, columns (1 if there is one dimension) */
    size_t offset;     /* of the first element */
} ncf_npy_t;

/* npy.c: the header, checked against the length of the file. */
ncf_status_t ncf__npy_header(ncf_npy_t *npy, const char *name, const char *bytes,
                             size_t length, ncf_error_t *err);

/* Fills out, which has the shape of the array (or its transpose, if that has one row). */
ncf_status_t ncf__npy_entries(fmpq_mat_t out, ncf_document_t *document, const ncf_npy_t *npy,
                              const char *name, const char *bytes);

/* ---- Candidates (points.c, points_csv.c, points_json.c) -------------------------- */

/*
 * Makes room for candidates: sets rows to count x unknowns. Returns NULL, or one fact if
 * there is none or there are too many.
 */
const char *ncf__points_shape(struct ncf_points *points, uint64_t count, slong unknowns);

int ncf__candidate_is_zero(const fmpq *row, slong unknowns);

/*
 * Candidates from the bytes of a file; they set rows. The charge for the numbers and the
 * errors go to the document. CSV: a first line without any number is a header, lines that
 * start with # are skipped; unquoting overwrites the bytes. JSON: see points_json.c.
 */
ncf_status_t ncf__points_csv(struct ncf_points *points, ncf_document_t *document, char *bytes,
                             size_t length, slong unknowns);
ncf_status_t ncf__points_json(struct ncf_points *points, ncf_document_t *document,
                              slong unknowns);

/* ---- Sections -------------------------------------------------------------------- */

/*
 * The keys "widths" and "activation" of a feed-forward network or a teacher (layers.c),
 * into an empty description. Owns: the caller clears it, after a failure too.
 */
ncf_status_t ncf__read_layers(ncf_network_spec_t *layers, ncf_document_t *document,
                              const ncf_node_t *node);

/* The keys of a convolution (convolution.c) and of a formula (formula.c), likewise. */
ncf_status_t ncf__read_convolution(ncf_network_spec_t *network, ncf_document_t *document,
                                   const ncf_node_t *node);
ncf_status_t ncf__read_formula(ncf_network_spec_t *network, const ncf_document_t *document,
                               const ncf_node_t *node);

/* A network of any type (network_type.c), likewise. */
ncf_status_t ncf__read_network(ncf_network_spec_t *network, ncf_document_t *document,
                               const ncf_node_t *node);

/* A kind of object that is told apart by its key "type". */
typedef struct {
    const char *name;
    const char *keys; /* all that are allowed */
    int supported;
} ncf_kind_t;

/* Reads "type", checks the keys, and refuses what is known but not supported yet. */
ncf_status_t ncf__read_kind(int *kind, const ncf_document_t *document, const ncf_node_t *node,
                            const ncf_kind_t *kinds, const char *types, const char *what);

/* One activation for all layers, or a list of `count` (layers.c); out has `count` entries. */
ncf_status_t ncf__read_activations(ncf_activation_t *out, slong count,
                                   ncf_document_t *document, const ncf_node_t *node);

/* The section "data" (data.c); the network must have been read. */
ncf_status_t ncf__read_data(struct ncf_problem *problem, ncf_document_t *document,
                            const ncf_node_t *node);

/* The section "random" of the data (draw.c). */
ncf_status_t ncf__read_random(struct ncf_problem *problem, ncf_document_t *document,
                              const ncf_node_t *node);

/*
 * Sets the number of points and makes room for the data. Returns NULL, or one fact if
 * there is no point, or there are too many numbers.
 */
const char *ncf__problem_shape(struct ncf_problem *problem, uint64_t points);

/* Charges a stored number to the budget. Returns NULL, or one fact if it is exhausted. */
const char *ncf__document_charge(ncf_document_t *document, const fmpq_t number);

/* ---- Drawn data (normal.c, teacher.c) -------------------------------------------- */

/*
 * Independent normal deviates that are the same on every machine: the Box-Muller
 * transform with every elementary function correctly rounded to `prec` bits.
 */
typedef struct {
    ncf_random_t random;
    mpfr_t radius, angle, spare, two_pi;
    int has_spare;
} ncf_normal_t;

void ncf__normal_init(ncf_normal_t *normal, uint64_t seed, uint64_t stream, slong prec);
void ncf__normal_clear(ncf_normal_t *normal);
void ncf__normal_draw(mpfr_t out, ncf_normal_t *normal);

/* The nearest integer to x 2^bits, ties to even. */
void ncf__scaled_round(fmpz_t out, const mpfr_t x, slong bits);

#define NCF_NORMAL_GUARD_BITS 128 /* of the working precision, beyond the rounding */

/* Streams of a seed. Changing one changes the data sets that a seed names. */
enum { NCF_STREAM_INPUTS = 1, NCF_STREAM_LABELS = 2, NCF_STREAM_TEACHER = 3 };

/*
 * The outputs of a network with drawn dyadic weights: y_i is exactly
 * labels_i 2^-(*scale) for the inputs x_i 2^-input_scale (rows of x). labels has N
 * entries. Returns NULL, or one fact if the predicted cost is too high.
 */
const char *ncf__teacher_labels(fmpz *labels, slong *scale, const ncf_network_spec_t *layers,
                                const fmpz_mat_t x, slong input_scale, slong bits,
                                uint64_t seed);

#endif
