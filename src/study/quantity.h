/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * quantity.h: what a column of a table holds. A cell adds up the values of the cases of its
 * row; a quantity takes the value of one case from the records of its tasks.
 */
#ifndef NCF_QUANTITY_H
#define NCF_QUANTITY_H

#include "study.h"

#define NCF_SUMMARY_NAMES "range, sum, mean, least, greatest" /* in the order of the enum */

/* ---- Cells (cell.c) ------------------------------------------------------------- */

typedef enum {
    NCF_CELL_COUNT,   /* points, orbits: exact, a lower bound, or infinite */
    NCF_CELL_REAL,    /* an enclosure */
    NCF_CELL_BOUND,   /* an upper bound, rounded up when it is printed */
    NCF_CELL_FLOOR,   /* a lower bound, rounded down */
    NCF_CELL_MEASURED, /* a double, nothing about it is proved */
    NCF_CELL_VERDICT, /* yes, no, open */
    NCF_CELL_SHARE,   /* part of a whole */
    NCF_CELL_HISTOGRAM,
    NCF_CELL_TEXT
} ncf_cell_type_t;

typedef struct {
    ncf_cell_type_t type;
    slong cases;                 /* that were added */
    slong open;                  /* of these: the value is not known */
    int at_least;                /* some value is a lower bound */
    int infinite;                /* some count is infinite; it is in none of the sums */
    fmpz_t least, greatest, sum; /* COUNT; SHARE: sum is the part, greatest the whole */
    arb_t low, high, total;      /* REAL, BOUND, FLOOR, MEASURED */
    slong yes, no;               /* VERDICT */
    fmpz *bins;                  /* HISTOGRAM */
    slong bin_count;
    char *text; /* TEXT; "several" when they differ */
} ncf_cell_t;

void ncf__cell_init(ncf_cell_t *cell, ncf_cell_type_t type);
void ncf__cell_clear(ncf_cell_t *cell);

/* One case more. */
void ncf__cell_add_open(ncf_cell_t *cell);
void ncf__cell_add_count(ncf_cell_t *cell, const fmpz_t value, int at_least);
void ncf__cell_add_infinite(ncf_cell_t *cell);
void ncf__cell_add_real(ncf_cell_t *cell, const arb_t value);
void ncf__cell_add_verdict(ncf_cell_t *cell, ncf_verdict_t verdict);
void ncf__cell_add_share(ncf_cell_t *cell, const fmpz_t part, const fmpz_t whole,
                         int at_least);
void ncf__cell_add_histogram(ncf_cell_t *cell, const fmpz *bins, slong count, int at_least);
void ncf__cell_add_text(ncf_cell_t *cell, const char *text);

/* How a number is written: as it is, or for LaTeX's siunitx. */
typedef enum { NCF_STYLE_PLAIN, NCF_STYLE_LATEX } ncf_style_t;

/* A cell as a reader sees it: "124", ">= 32", "4..24", "19/20", "0:16 1:32". Allocated. */
char *ncf__cell_text(const ncf_cell_t *cell, ncf_summary_t summary, long digits,
                     ncf_style_t style);

/* The value alone, for programs: NULL when there is none. Allocated. */
char *ncf__cell_low(const ncf_cell_t *cell, ncf_summary_t summary, long digits);
char *ncf__cell_high(const ncf_cell_t *cell, long digits); /* the other end of a range */

/*
 * "exact", "lower bound", "upper bound", "measured", "infinite", "unknown" or "none" (no case);
 * static.
 */
const char *ncf__cell_quality(const ncf_cell_t *cell);

/* ---- Quantities (quantity.c) ---------------------------------------------------- */

/* The records of one case. */
typedef struct {
    const json_t *answers[NCF_TASK_COUNT]; /* NULL: none */
    double seconds;                        /* of all of them */
    char *delta;                           /* of its flows, exact text; NULL: the default */
} ncf_facts_t;

typedef struct ncf_quantity_kind {
    const char *name, *heading;
    ncf_cell_type_t type;
    int is_number;         /* another summary can be asked for */
    ncf_summary_t summary; /* the default */
    int tasks;             /* bits 1 << task */
    int must_hold;         /* a verdict whose refutation contradicts the theory */
    void (*extract)(ncf_cell_t *cell, const ncf_facts_t *facts);
} ncf_quantity_kind_t;

/* All names, separated by ", ", and the kind of each by its place among them. */
const char *ncf__quantity_names(void);
const ncf_quantity_kind_t *ncf__quantity_kind(int index);

/* Adds the value of one case; an open one when a task that it needs has no answer. */
void ncf__quantity_add(ncf_cell_t *cell, const ncf_quantity_kind_t *kind,
                       const ncf_facts_t *facts);

#endif
