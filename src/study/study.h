/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * study/: many problems from one file, and the tables made of their results. It stands above
 * the public interface: a case is solved by ncf_solve and its like as a program would do it,
 * and what a table says is taken from result documents. May include: base/, problem/,
 * network/, kkt/, certify/, pipeline/.
 *
 * study.h: the study as it was read, its grid, and its cases.
 */
#ifndef NCF_STUDY_H
#define NCF_STUDY_H

#include "../problem/reader.h"

#define NCF_RECORD_VERSION 2 /* of what the tasks write */
#define NCF_DEFAULT_DELTA "1/1000" /* of ncf_flow and ncf_flow_runs */
#define NCF_STUDY_MAX_AXES 16
#define NCF_STUDY_MAX_QUANTITIES 64
#define NCF_STUDY_MAX_CASES 1000000
#define NCF_STUDY_MAX_VALUES 100000 /* of one axis */

/* What is computed for a case. Each task of a case has a record of its own in the store. */
typedef enum {
    NCF_TASK_SOLVE,   /* ncf_solve */
    NCF_TASK_CERTIFY, /* ncf_certify of the orbits that ncf_solve lists */
    NCF_TASK_SEARCH,  /* a search in the full network that knows no closed form */
    NCF_TASK_PRUNE,   /* branch and prune, likewise */
    NCF_TASK_FLOW,    /* ncf_flow: one run */
    NCF_TASK_RUNS,    /* ncf_flow_runs, with the list of ncf_solve */
    NCF_TASK_PROVE,   /* ncf_prove_flow: one start, every small delta */
    NCF_TASK_COUNT
} ncf_task_t;

/* ---- Axes (axis.c) -------------------------------------------------------------- */

/* What the values of an axis may be. */
typedef enum {
    NCF_AXIS_INTEGER,    /* a JSON integer from `least` to `most` */
    NCF_AXIS_WIDTHS,     /* a list of integers from 1 on */
    NCF_AXIS_HIDDEN,     /* the same, or one integer */
    NCF_AXIS_ACTIVATION, /* an object, or a list of objects */
    NCF_AXIS_WORD,       /* a string */
    NCF_AXIS_FILE,       /* the name of a problem file */
    NCF_AXIS_NUMBER      /* an exact number above 0 */
} ncf_axis_type_t;

typedef struct {
    const char *name;
    ncf_axis_type_t type;
    uint64_t least, most;
    const char *path;    /* the part of a problem that a value stands for: "network/widths" */
    const char *heading; /* in tables */
    const char *option;  /* the option that the values are, NULL: of the problem */
    /* Puts a value in; 0 when the problem has no place for it. NULL: not of the problem. */
    int (*apply)(json_t *problem, const json_t *value);
    const char *place; /* what the problem lacks then: "drawn data" */
} ncf_axis_kind_t;

/* NULL for a name that is not an axis; ncf__axis_names lists them, separated by ", ". */
const ncf_axis_kind_t *ncf__axis_find(const char *name);
const char *ncf__axis_names(void);

/* A value as tables show it: "2-2-1-1", "t^2", "7". Allocated. */
char *ncf__axis_label(const ncf_axis_kind_t *kind, const json_t *value);

typedef struct {
    const ncf_axis_kind_t *kind;
    json_t *values; /* a list, at least one */
    int is_range;   /* made by "from" and "to" */
} ncf_axis_t;

/* ---- Quantities (quantity.h) ---------------------------------------------------- */

struct ncf_quantity_kind;

typedef enum {
    NCF_SUMMARY_RANGE,
    NCF_SUMMARY_SUM,
    NCF_SUMMARY_MEAN,
    NCF_SUMMARY_LEAST,
    NCF_SUMMARY_GREATEST
} ncf_summary_t;

typedef struct {
    const struct ncf_quantity_kind *kind;
    ncf_summary_t summary; /* of the cases of a row */
} ncf_column_t;

/* ---- The study (study.c) -------------------------------------------------------- */

typedef struct {
    long precision, max_precision;
    size_t top, max_classes;
    long starts; /* of a search */
    uint64_t seed;
    char *lambda_min; /* exact text or NULL */
    ncf_flow_kind_t flow;
    char *delta; /* exact text or NULL */
    uint64_t flow_seed, start;
    long runs;
    double case_limit; /* seconds of a case, 0: none */
} ncf_case_options_t;

struct ncf_study {
    char *name, *directory, sha256[65];
    char *title;
    json_t *base; /* problem, long integers as strings; NULL: the axis "problem" gives it */
    ncf_axis_t axes[NCF_STUDY_MAX_AXES];
    int axis_count;
    ncf_column_t columns[NCF_STUDY_MAX_QUANTITIES];
    int column_count;
    int needs[NCF_TASK_COUNT]; /* tasks that the columns need */
    int is_grouped;
    int group[NCF_STUDY_MAX_AXES], group_count; /* axes that tell the rows apart */
    ncf_case_options_t options;
    slong cases;
};

/* The value of an axis in a case; the last axis runs fastest. */
slong ncf__study_digit(const struct ncf_study *study, slong index, int axis);

/* "widths 2-2-1, seed 7": the values of all axes that have several. Allocated. */
char *ncf__study_case_label(const struct ncf_study *study, slong index);

/* ---- Cases (case.c) ------------------------------------------------------------- */

/* One problem with its options, ready to be run. */
typedef struct {
    char *text;                 /* canonical JSON */
    char *directory;            /* of its data files */
    json_t *files;              /* their digests by name */
    ncf_case_options_t options; /* its texts are owned */
    int unfit; /* after a failure: the axis that the problem has no place for, else -1 */
} ncf_case_t;

/*
 * Builds a case. NCF_OK, or NCF_EIO, NCF_EPARSE and the like when a file that it names cannot
 * be read; then nothing is to be cleared. The problem itself is checked when it is parsed.
 */
ncf_status_t ncf__case_init(ncf_case_t *out, const struct ncf_study *study, slong index,
                            ncf_error_t *err);
void ncf__case_clear(ncf_case_t *item);

/*
 * What addresses a record: all that the answer depends on but the time limit. A new
 * reference.
 */
json_t *ncf__case_key(const ncf_case_t *item, ncf_task_t task);

/* The digest of a key: 64 hexadecimal digits. */
void ncf__case_digest(char hex[65], const json_t *key);

/* ---- Tasks (task.c and others) -------------------------------------------------- */

/* The name of a task in keys; static. */
const char *ncf__task_name(ncf_task_t task);

/*
 * Does the work of one record, on the calling thread. Sets *out to the answer (a new
 * reference), *exit_status to that of ncf_result_exit. A failure of the problem is a status
 * with one fact. *interrupted: the stop request came; then the answer must not be stored.
 */
ncf_status_t ncf__task_run(json_t **out, int *exit_status, const ncf_case_t *item,
                           ncf_task_t task, const ncf_limits_t *limits, ncf_error_t *err);

/* The parts of it that are not ncf_solve; see ncf__task_run. */
ncf_status_t ncf__task_certify(json_t **out, int *exit_status, const ncf_problem_t *problem,
                               const ncf_case_options_t *options, const ncf_limits_t *limits,
                               ncf_error_t *err);
ncf_status_t ncf__task_search(json_t **out, int *exit_status, const ncf_problem_t *problem,
                              const ncf_case_options_t *options, const ncf_limits_t *limits,
                              ncf_error_t *err);
ncf_status_t ncf__task_prune(json_t **out, int *exit_status, const ncf_problem_t *problem,
                             const ncf_case_options_t *options, const ncf_limits_t *limits,
                             ncf_error_t *err);

ncf_status_t ncf__task_flow(json_t **out, int *exit_status, const ncf_problem_t *problem,
                            const ncf_case_options_t *options, const ncf_limits_t *limits,
                            ncf_error_t *err);
ncf_status_t ncf__task_prove(json_t **out, int *exit_status, const ncf_problem_t *problem,
                             const ncf_case_options_t *options, const ncf_limits_t *limits,
                             ncf_error_t *err);
ncf_status_t ncf__task_runs(json_t **out, int *exit_status, const ncf_problem_t *problem,
                            const ncf_case_options_t *options, const ncf_limits_t *limits,
                            ncf_error_t *err);

/* The result document of ncf_result_write_json with that many digits; a new reference. */
json_t *ncf__result_json(const ncf_result_t *result, long digits);

/* The options of ncf_solve for a case. */
void ncf__case_solve_options(ncf_solve_options_t *out, const ncf_case_options_t *options,
                             const ncf_limits_t *limits);

#endif
