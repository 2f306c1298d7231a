/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * formula.h: what the two files of the type "polynomial" share: a formula as steps, whose
 * sizes have been predicted before anything is expanded. Private to problem/.
 */
#ifndef NCF_FORMULA_H
#define NCF_FORMULA_H

#include "reader.h"

#define NCF_FORMULA_MAX_TERMS 20000         /* of the expanded formula and on the way */
#define NCF_FORMULA_MAX_DEGREE 1000         /* in weights and inputs together */
#define NCF_FORMULA_MAX_NUMBER_BITS 1000000 /* of one number */
#define NCF_FORMULA_MAX_BITS 1e9            /* of all coefficients together */
#define NCF_FORMULA_MAX_EXPONENTS 6e7       /* of all terms together */
#define NCF_FORMULA_MAX_WORK 4e9            /* about the words that are moved */

/*
 * A step makes a polynomial from those of earlier steps, each of which is used once:
 * a number, a variable (weights first, then inputs), a + b, a - b, a * b, -a, a^exponent.
 */
typedef enum {
    NCF_STEP_NUMBER,
    NCF_STEP_VARIABLE,
    NCF_STEP_ADD,
    NCF_STEP_SUBTRACT,
    NCF_STEP_MULTIPLY,
    NCF_STEP_NEGATE,
    NCF_STEP_POWER
} ncf_step_kind_t;

typedef struct {
    ncf_step_kind_t kind;
    slong a, b; /* steps; the variable; the exponent is b */
    fmpq_t number;
} ncf_step_t;

typedef struct {
    slong count, room;
    ncf_step_t *steps;
} ncf_steps_t;

typedef struct {
    const char *name;
    slong index;
} ncf_name_t;

/* The names of weights (from 0 on) and inputs, sorted. */
typedef struct {
    slong count;
    ncf_name_t *sorted;
} ncf_names_t;

/* The variable of that name, or -1. */
slong ncf__name_find(const ncf_names_t *names, const char *text, size_t length);

/* The length of the name (a letter or _, then letters, digits and _) that starts text. */
size_t ncf__name_length(const char *text);

/*
 * formula_parse.c: the steps of a formula, the last one being its value, or a failure at
 * the place inside the string. Time and memory are linear in the length of the text;
 * nesting is limited by it alone, because nothing recurses. Clear in either case.
 */
ncf_status_t ncf__formula_parse(ncf_steps_t *steps, const ncf_document_t *document,
                                const ncf_node_t *node, const ncf_names_t *names);
void ncf__formula_clear(ncf_steps_t *steps);

#endif
