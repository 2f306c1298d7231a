/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* write.h: the cells of a table as texts, for the writers. */
#ifndef NCF_WRITE_H
#define NCF_WRITE_H

#include "table.h"

/* rows x columns; the first row holds the headings. */
typedef struct {
    char **texts;
    slong rows, columns;
} ncf_texts_t;

void ncf__table_texts_init(ncf_texts_t *out, const struct ncf_table *table, long digits,
                           ncf_style_t style);
void ncf__table_texts_clear(ncf_texts_t *texts);

#endif
