/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * flow_run.h: one run of a flow from small weights, matched to a certified KKT point. What is
 * proved is what match.h proves of single rows; a run that a second integrator or the energy
 * contradicts is called unmatched, whatever its rows say. No header of flow/ is needed here.
 */
#ifndef NCF_FLOW_RUN_H
#define NCF_FLOW_RUN_H

#include "match.h"

/* What can be met on the way. Values of an end that are NAN are chosen by the run. */
typedef enum {
    NCF_UNTIL_TAU,     /* tau = value */
    NCF_UNTIL_TIME,    /* t = value */
    NCF_UNTIL_NORM,    /* |w| >= value */
    NCF_UNTIL_LOSS,    /* loss <= value */
    NCF_UNTIL_ESCAPE,  /* loss <= value, a half of that at the start */
    NCF_UNTIL_PLATEAU, /* |gradient| <= value; on the sphere |dq/dt| */
    NCF_UNTIL_CAP,     /* in the certified cap: value is its angle */
    NCF_UNTIL_ZERO,    /* |w| <= value */
    NCF_UNTIL_BLOW_UP, /* |w / delta| >= value */
    NCF_UNTIL_WORDS
} ncf_until_t;

typedef struct {
    ncf_until_t condition;
    double value;
    int stops;       /* the run ends here */
    double tau;      /* rescaled time at which it was met, NAN: not met */
} ncf_run_event_t;

#define NCF_RUN_MAX_EVENTS 24

typedef struct {
    slong count;
    ncf_run_event_t events[NCF_RUN_MAX_EVENTS];
} ncf_run_events_t;

/*
 * flow_until.c: the conditions of `until` (text; NULL: those of the kind), each of which
 * stops, with the ones that always end a run of this kind. NCF_EARG: what is wrong.
 */
ncf_status_t ncf__run_events_parse(ncf_run_events_t *out, const char *text, ncf_flow_kind_t kind,
                                   ncf_error_t *err);

typedef struct {
    ncf_flow_kind_t kind;
    ncf_flow_method_t method;
    double tolerance, step;
    slong max_steps, rows;
    int rescaled, reference, threads;
    slong precision, max_precision;
    const fmpq *delta;      /* > 0, in the range of doubles */
    const double *start;    /* n, about of unit length */
    ncf_run_events_t until;
} ncf_run_plan_t;

/* One more integration of the early phase. */
typedef struct {
    int done;             /* it ran to the end of the early phase */
    ncf_flow_method_t method;
    slong steps;
    double entry_tau;     /* where its direction enters the cap for the first time; NAN */
    double difference;    /* angle between the directions of both runs at the end */
    int in_cap;           /* 1: proved of its direction at the end */
    char *failure;        /* why it is not done; allocated, NULL when it is */
} ncf_second_run_t;

struct ncf_flow_run {
    ncf_run_plan_t plan;      /* start and delta: copies, owned */
    fmpq_t delta;
    double *start;
    char *origin;             /* where the start comes from: text, allocated; set by the caller */
    slong unknowns, degree;   /* degree 0: not homogeneous */
    slong count;              /* rows */
    double *table;            /* count x (n + 4): time, weights, loss, norm, N, as written */
    double *taus;             /* count */
    slong merged_times;       /* rows whose time was moved to the next double */
    ncf_run_events_t met;     /* what was met, and when */
    char *end;                /* how the run ended; allocated */
    ncf_limit_t limit;
    slong steps, evaluations;
    double blow_up_tau;       /* flow of N: estimated, INFINITY: none */
    int energy_falls;
    double energy_rise, energy_scale;
    double entry_tau;         /* of the run itself, by root finding; NAN */
    ncf_second_run_t second;  /* method meaningful only where ran_second */
    int ran_second;
    slong reference_rows;     /* compared with the multiprecision engine */
    double reference_angle;   /* the largest difference of directions there */
    char *reference_failure;  /* allocated, or NULL */
    struct ncf_matching *matching; /* NULL: not homogeneous or too large; `unmatched` says */
    char *unmatched;          /* allocated, or NULL */
};

/*
 * Out:      out    the run, to free; also when it was interrupted
 * Returns:  NCF_OK, or the failure of the engine (options that do not fit the network), or
 *           NCF_EARG for a run that ends where it starts
 */
ncf_status_t ncf__flow_run_new(struct ncf_flow_run **out, const struct ncf_problem *problem,
                               const ncf_run_plan_t *plan, const ncf_limits_t *limits,
                               ncf_error_t *err);
void ncf__flow_run_free(struct ncf_flow_run *run);

/* The verdict, that of the matching or NCF_MATCH_NONE, and its reason or NULL. */
ncf_match_word_t ncf__flow_run_word(const struct ncf_flow_run *run);
const char *ncf__flow_run_reason(const struct ncf_flow_run *run);

#endif
