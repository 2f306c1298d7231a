/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * html.h: HTML that is well-formed XML too. Every text goes through ncf__html_text, which
 * escapes what has a meaning.
 */
#ifndef NCF_HTML_H
#define NCF_HTML_H

#include "saved.h"

void ncf__html_text(FILE *out, const char *text);

/* A value in a cell: an enclosure as "mid ± rad", a list with commas, null as a dash. */
void ncf__html_value(FILE *out, const json_t *value);

/* A column of a table: the key of a member, and what stands above it. */
typedef struct {
    const char *key, *heading;
} ncf_html_column_t;

/*
 * The members of an object in a table of two columns; lists of objects and members whose
 * keys stand in `without` (words between spaces, or NULL) are left out.
 */
void ncf__html_members(FILE *out, const json_t *object, const char *without);

/*
 * One row for each object of a list, at most `most` of them, numbered from 1 (from 0, if
 * `first` is 0; no numbers if it is negative); columns that no object has are left out.
 */
void ncf__html_table(FILE *out, const json_t *list, const ncf_html_column_t *columns,
                     size_t count, size_t most, int first);

/* The bytes in base64. */
void ncf__html_base64(FILE *out, const char *bytes, size_t length);

#endif
