/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * quantity_parts.h: what quantity.c and quantity_flow.c share: members of result documents,
 * and rows of the tables of quantities.
 */
#ifndef NCF_QUANTITY_PARTS_H
#define NCF_QUANTITY_PARTS_H

#include "quantity.h"

int ncf__word_is(const json_t *value, const char *word);

/* An integer that is written as a string; 0 when it is null. */
int ncf__read_integer(fmpz_t out, const json_t *value);

/* {"mid": .., "rad": ..}; 0 when it is null or not finite. */
int ncf__read_ball(arb_t out, const json_t *value);

/* The quantities of flows, and their number (quantity_flow.c). */
extern const ncf_quantity_kind_t ncf__flow_quantities[];
extern const int ncf__flow_quantity_count;

/* name, heading, tasks, function: a row of a table of quantities */
#define NCF_NUMBER(name, heading, tasks, function)                                                \
    {                                                                                         \
        name, heading, NCF_CELL_COUNT, 1, NCF_SUMMARY_RANGE, tasks, 0, function               \
    }
#define NCF_REAL(name, heading, tasks, function)                                                  \
    {                                                                                         \
        name, heading, NCF_CELL_REAL, 1, NCF_SUMMARY_RANGE, tasks, 0, function                \
    }
#define NCF_OTHER(name, heading, type, tasks, function)                                           \
    {                                                                                         \
        name, heading, type, 0, NCF_SUMMARY_RANGE, tasks, 0, function                         \
    }
#define NCF_CHECK(name, heading, tasks, function)                                                 \
    {                                                                                         \
        name, heading, NCF_CELL_VERDICT, 0, NCF_SUMMARY_RANGE, tasks, 1, function             \
    }
#define NCF_MEASURED(name, heading, tasks, function)                                              \
    {                                                                                         \
        name, heading, NCF_CELL_MEASURED, 1, NCF_SUMMARY_RANGE, tasks, 0, function            \
    }

#endif
