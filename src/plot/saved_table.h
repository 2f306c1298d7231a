/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* saved_table.h: a document of `ncf table`, read for a picture. */
#ifndef NCF_SAVED_TABLE_H
#define NCF_SAVED_TABLE_H

#include "plot.h"

/* How much of a row is proved, by the column that marks it. */
typedef enum { NCF_MARKED_ALL, NCF_MARKED_SOME, NCF_MARKED_NONE, NCF_MARKED_COUNT } ncf_marked_t;

typedef struct {
    double x;         /* value on the axis, or its place among the words */
    double low, high; /* of the quantity; both are NAN: not known */
    slong series;
    ncf_marked_t marked;
} ncf_table_mark_t;

typedef struct {
    const char *title;
    const char *axis;                       /* name of a label */
    const char *quantity, *heading, *type;  /* of the column that is drawn */
    const char *marker, *marker_heading;    /* the question that tells marks apart; NULL: status */
    int is_numeric;                         /* the axis has numbers */
    char **words;                           /* else its words */
    slong word_count;
    char **series; /* what the rows of one colour have in common */
    slong series_count;
    ncf_table_mark_t *marks;
    slong count; /* one a row */
    slong cases, open; /* of the whole table: those that are neither proved nor matched */
    slong unknown;     /* marks without a value */
    char *provenance;
} ncf_drawn_table_t;

/* Is it a document of `ncf table`? */
int ncf__is_table(const struct ncf_saved *saved);

/*
 * The marks of a quantity against an axis; NULL stands for the first of each that can be drawn.
 * Clear after success and failure.
 */
ncf_status_t ncf__drawn_table_init(ncf_drawn_table_t *table, const struct ncf_saved *saved,
                                   const char *quantity, const char *axis, ncf_error_t *err);
void ncf__drawn_table_clear(ncf_drawn_table_t *table);

/* The footer: the study with its digest, the version. Allocated. */
ncf_status_t ncf__table_provenance(char **out, const struct ncf_saved *saved,
                                   ncf_error_t *err);

/* "p = 2, hidden 2-1": labels of a row but that of the axis, NULL: all. Allocated. */
char *ncf__table_row_label(const json_t *row, const json_t *labels, const char *axis);

#endif
