/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* table.h: a finished table, and what its writers share. */
#ifndef NCF_TABLE_H
#define NCF_TABLE_H

#include "quantity.h"
#include "store.h"

/* What became of a case, the worst of its tasks. */
typedef enum {
    NCF_CASE_PROVED,       /* all that its tasks were asked is proved */
    NCF_CASE_MATCHED,      /* likewise, but for flows, which are matched: that is measured */
    NCF_CASE_UNDECIDED,    /* something is not */
    NCF_CASE_LIMIT,        /* the time limit of a case was reached */
    NCF_CASE_FAILED,       /* the problem is refused */
    NCF_CASE_MISSING,      /* not run yet */
    NCF_CASE_CONTRADICTED, /* two routes to one number differ */
    NCF_CASE_STATUS_COUNT
} ncf_case_status_t;

/* As tables show it, and as a key of documents; static. */
const char *ncf__case_status_text(ncf_case_status_t status);
const char *ncf__case_status_key(ncf_case_status_t status);

/* Texts with the number of times that each was met, in the order of their first one. */
typedef struct {
    char **texts;
    slong *times;
    slong count;
} ncf_tally_t;

void ncf__tally_add(ncf_tally_t *tally, const char *text);
void ncf__tally_clear(ncf_tally_t *tally);

typedef struct {
    char **labels; /* of the label columns */
    ncf_cell_t *cells;
    slong tallies[NCF_CASE_STATUS_COUNT]; /* its cases by status */
    slong cases;
} ncf_row_t;

#define NCF_MAX_REASONS 5 /* cases whose reason is shown */

struct ncf_table {
    char *title, *study_name, *study_sha256, *command;
    ncf_column_t columns[NCF_STUDY_MAX_QUANTITIES];
    int column_count;
    const char *label_names[NCF_STUDY_MAX_AXES], *label_headings[NCF_STUDY_MAX_AXES];
    int label_count;
    int is_grouped;
    ncf_row_t *rows;
    slong row_count;
    slong tallies[NCF_CASE_STATUS_COUNT];
    slong cases;
    long shard, shards;   /* 0: all cases */
    ncf_tally_t scopes;   /* what was proved complete */
    ncf_tally_t theorems; /* by which theorems */
    ncf_tally_t searches; /* what was searched */
    ncf_tally_t measured; /* what was only measured */
    ncf_tally_t reasons;  /* of cases that are not proved: "LABEL: reason" */
    slong more_reasons;   /* that are not shown */
    ncf_limit_t limit;    /* why the run ended early */
};

/* An empty table of the study with its columns (build.c). */
struct ncf_table *ncf__table_new(const struct ncf_study *study);

/* Fills the rows from the records of the cases k with k mod shards = shard - 1 (build.c). */
void ncf__table_fill(struct ncf_table *table, const struct ncf_study *study,
                     const ncf_store_t *store);

/* ---- Writers -------------------------------------------------------------------- */

/* A row's last columns: "proved"; in grouped tables the numbers of cases and open ones. */
#define NCF_TAIL_COLUMNS 2
int ncf__table_tail_count(const struct ncf_table *table);
const char *ncf__table_tail_heading(const struct ncf_table *table, int index);
char *ncf__table_tail_text(const struct ncf_table *table, const ncf_row_t *row, int index);

/* Cases that are not proved. */
slong ncf__row_open(const ncf_row_t *row);

/* The notes under a table, one paragraph each: lead and text, both allocated. */
typedef struct {
    char *lead, *text;
} ncf_note_t;
ncf_note_t *ncf__table_notes(slong *count, const struct ncf_table *table);
void ncf__table_notes_free(ncf_note_t *notes, slong count);

void ncf__table_write_text(FILE *stream, const struct ncf_table *table, long digits);
void ncf__table_write_csv(FILE *stream, const struct ncf_table *table, long digits);
void ncf__table_write_markdown(FILE *stream, const struct ncf_table *table, long digits);
void ncf__table_write_latex(FILE *stream, const struct ncf_table *table, long digits);
void ncf__table_write_json(FILE *stream, const struct ncf_table *table, long digits);

#endif
