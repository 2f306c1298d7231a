/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * flow_study.h: many runs of a flow from random starts: to which KKT points they turn, and what
 * share of the sphere that is. Proved of a run that is called matched: the KKT point exists
 * (T-KRAWCZYK) with its cap, and the direction at the end of the early phase, as both
 * integrators computed it, lies in the cap, so that the flow of N from there converges in
 * direction to the point (T-CAP). Measured: that the flow came there; all times, angles and norms.
 * Estimated: shares of the sphere.
 */
#ifndef NCF_FLOW_STUDY_H
#define NCF_FLOW_STUDY_H

#include "match.h"
#include "orbit_table.h"

/* Why a run is not matched. */
typedef enum {
    NCF_RUN_NO_REASON,      /* matched, or shrinking to zero */
    NCF_RUN_NOT_SMALL,      /* at the start the gradients of training and of N differ */
    NCF_RUN_PHASE_ENDS,     /* the early phase ends before a certified cap is reached */
    NCF_RUN_DIES,           /* the direction tends to a point with lambda = 0 */
    NCF_RUN_NO_POINT,       /* no KKT point is proved where it ends */
    NCF_RUN_NO_CAP,         /* the point where it ends has no certified cap */
    NCF_RUN_OUTSIDE,        /* it ends outside of the certified cap of the nearest point */
    NCF_RUN_NOT_POSITIVE,   /* in the cap of a point whose lambda is not proved positive */
    NCF_RUN_SECOND,         /* the second integrator does not end in the same cap */
    NCF_RUN_ENERGY,         /* the loss rises, or N falls, along the run */
    NCF_RUN_STEPS,          /* too many steps */
    NCF_RUN_FAILED,         /* the integrator failed */
    NCF_RUN_LIMIT,          /* a limit was reached */
    NCF_RUN_REASONS
} ncf_run_reason_t;

/* A sentence without a full stop; static. */
const char *ncf__run_reason_text(ncf_run_reason_t reason);

/* All but word, orbit and in_cap is measured; NAN where there is nothing to measure. */
typedef struct {
    ncf_match_word_t word;
    ncf_run_reason_t reason;
    slong orbit;        /* of the study, where it ends in a cap or is nearest; -1: none */
    int in_cap;         /* 1: proved, at the end of the early phase */
    double entry_tau;   /* rescaled time from which on it is in the cap */
    double entry_norm;  /* |w| / |w(0)| then */
    double end_norm;    /* |w| / |w(0)| at the end of the early phase */
    double end_angle;   /* from the point, there */
    double difference;  /* angle between the ends of both integrators */
    double rate;        /* of growth in the cap, over lambda */
    slong steps;        /* of the first integrator */
} ncf_study_run_t;

typedef struct {
    const ncf_known_orbit_t *known; /* in the table */
    slong listed;                   /* number in the list that was given, from 1; 0: proved to be
                                       none of it; -1: not decided, or no list was given */
    slong runs;                     /* matched to it */
    double share, share_low, share_high; /* of the sphere: estimate with a 95 % interval */
    double entry_mean, entry_least, entry_most; /* rescaled times; NAN */
} ncf_study_orbit_t;

typedef struct {
    ncf_flow_kind_t kind;  /* not descent */
    slong runs;            /* 1 to NCF_STUDY_MAX_RUNS */
    uint64_t seed;
    double delta;          /* |w(0)|, > 0 */
    double tolerance;      /* of the integrators */
    slong max_steps;       /* of one integration */
    int threads;           /* no result depends on it */
    slong precision, max_precision;
} ncf_study_plan_t;

#define NCF_STUDY_MAX_RUNS 1000000
#define NCF_STUDY_QUANTILE 1.959963984540054 /* of the normal distribution: 95 % on both sides */

struct ncf_flow_study {
    ncf_study_plan_t plan;
    char *delta_text;          /* as the user wrote it; set by the caller, allocated */
    ncf_network_t network;
    slong degree;              /* L */
    ncf_orbit_table_t table;
    ncf_study_orbit_t *orbits; /* that runs were matched to, largest lambda first */
    slong orbit_count;
    ncf_study_run_t *runs;     /* plan.runs; those that are not finished say so */
    slong finished;
    slong words[NCF_MATCH_WORDS], reasons[NCF_RUN_REASONS]; /* of all runs */
    double shares[NCF_MATCH_WORDS][3]; /* among the finished ones: estimate, low, high */
    slong compared;            /* runs that both integrators finished */
    double difference;         /* the largest angle between their ends; 0 without any */
    ncf_limit_t limit;
};

/*
 * Takes over the network, which is that of the problem and homogeneous of that degree. Run k
 * starts at delta times ncf__flow_random_start(seed, k). Deterministic. Never NULL. Owns: free
 * with ncf__flow_study_free, which accepts NULL.
 */
struct ncf_flow_study *ncf__flow_study(const struct ncf_problem *problem,
                                       ncf_network_struct network, slong degree,
                                       const ncf_study_plan_t *plan,
                                       const ncf_limits_t *limits);
void ncf__flow_study_free(struct ncf_flow_study *study);

/*
 * Wilson's interval of the given confidence quantile z (1.96: 95 %) for a probability, of which
 * `hits` of `total` trials are known; [0, 1] for total = 0.
 */
void ncf__wilson(double *low, double *high, slong hits, slong total, double z);

/* ---- flow_trial.c: the integrations of one run ------------------------------------- */

typedef enum {
    NCF_TRIAL_PHASE_OVER, /* the gradients of training and of N differ by more than a tenth */
    NCF_TRIAL_REST,       /* the direction does not move any more */
    NCF_TRIAL_ZERO,       /* the norm shrinks, lambda < 0 */
    NCF_TRIAL_DIES,       /* grad N vanishes along the direction */
    NCF_TRIAL_STEPS,
    NCF_TRIAL_FAILED,
    NCF_TRIAL_LIMIT
} ncf_trial_end_t;

/* One integration of the early phase: `early` rows of directions, all of it measured. */
typedef struct {
    ncf_trial_end_t end;
    slong early, n;
    double *directions; /* early x n */
    double *taus, *log_norms; /* early; ln(|w| / delta) */
    slong steps;
    int energy_falls;
} ncf_trial_t;

/* start: n numbers of unit norm. Storage: clear. Threads: reentrant. */
void ncf__flow_trial(ncf_trial_t *trial, const struct ncf_problem *problem,
                     const ncf_network_struct *network, slong degree,
                     const ncf_study_plan_t *plan, ncf_flow_method_t method,
                     const double *start, const ncf_limits_t *limits);
void ncf__flow_trial_clear(ncf_trial_t *trial);

#endif
