/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * pipeline/: runs the stages in order: problem -> tensor -> lines -> orbits -> checks.
 * The only folder that may include both solve/ and certify/: proposals go from the one
 * to the other as plain data, and only what certify/ returns reaches a result.
 */
#ifndef NCF_PIPELINE_H
#define NCF_PIPELINE_H

#include "../certify/eigen.h"
#include "../certify/lines.h"
#include "../certify/prune.h"
#include "../kkt/orbit.h"
#include "../problem/problem.h"
#include "orbit_caps.h"
#include "orbit_catalogue.h"

/* What the homotopy and the cover did, for the reader of the result. */
typedef struct {
    int used_homotopy, used_cover, used_search;
    fmpz_t class_bound;      /* D(m, n) */
    slong classes_proved;    /* pairwise distinct complex classes */
    slong classes_real, classes_nonreal, classes_unknown;
    slong paths_first_failed; /* not proved distinct after the first pass */
    slong rounds;            /* of retracking */
    slong cover_boxes, cover_undecided;
    arf_t mu_min;            /* the cover's bound for |mu| */
} ncf_effort_t;

#define NCF_MAX_NOTES 8
#define NCF_MAX_REGIONS 50
#define NCF_MAX_KEPT_CLASSES 5000

/* A part of the sphere that stayed undecided: enclosures of its unit vectors and of mu. */
typedef struct {
    arb_ptr direction; /* d balls */
    arb_t mu;
} ncf_region_t;

typedef struct {
    ncf_line_list_t lines;
    ncf_effort_t effort;
    arb_t factor;              /* lambda / |mu| of the KKT points of largest lambda on a line */
    int bounded;               /* complete only for lambda >= lambda_min */
    fmpq_t lambda_min;
    slong precision;           /* bits of the lines, at least those asked for */
    const char *route;         /* how the lines were found; static */
    char *bound_text;          /* lambda_min as the user wrote it, or a power of ten */
    char *scope, *argument;    /* allocated */
    ncf_limit_t limit;
    slong unresolved;          /* candidates or boxes that stayed undecided */
    int euler_lost;            /* a critical point was met whose index is not known */
    char *notes[NCF_MAX_NOTES]; /* what stayed undecided and why; allocated */
    int note_count;
    ncf_region_t regions[NCF_MAX_REGIONS]; /* the first ones; `unresolved` counts all */
    int region_count;
    ncf_class_t *classes;      /* the classes that were counted, pairwise distinct, for a
                                  certificate; none if they were too many */
    slong class_count;
} ncf_line_search_t;

/*
 * All real eigenlines of the tensor that can be found and proved, with the argument for
 * completeness. options is never NULL. factor: lambda / |mu| of the KKT points of largest
 * lambda on a line, positive: a line with factor |mu| < lambda_min is not asked for.
 */
void ncf__line_search_init(ncf_line_search_t *out, const ncf_tensor_t tensor, const arb_t factor,
                           const ncf_solve_options_t *options, const ncf_limits_t *limits);
void ncf__line_search_clear(ncf_line_search_t *search, slong ambient);

/* Appends a note; the text is taken over. */
void ncf__line_search_note(ncf_line_search_t *search, char *text);

/* What is known of networks that are not two layers with a power activation, deep.h. */
typedef struct ncf_deep ncf_deep_t;

struct ncf_certification; /* certify_points.h */
struct ncf_matching;      /* match.h */
struct ncf_flow_run;      /* flow_run.h */
struct ncf_flow_study;    /* flow_study.h */
struct ncf_flow_proof;    /* flow_proof.h */

/*
 * Everything that `ncf solve`, `ncf certify`, `ncf match` or `ncf flow` says. Immutable once
 * built. Of a result of the last three only the problem, their own part, limit,
 * exit_status, options and seconds mean something.
 */
struct ncf_result {
    struct ncf_certification *certification; /* of a result of `certify`, else NULL */
    struct ncf_matching *matching;           /* of a result of `match`, else NULL */
    struct ncf_flow_run *flow;               /* of a result of `flow`, else NULL */
    struct ncf_flow_study *study;            /* of a result of `flow --runs`, else NULL */
    ncf_catalogue_t *catalogue; /* the list of orbits that was given, or NULL */
    slong listed;               /* where the point of `matching` stands in it */
    struct ncf_flow_proof *proof;            /* of a result of ncf_prove_flow, else NULL */
    /* the problem */
    char *problem_name, problem_sha256[65];
    char *network_text;        /* "2-3-1, activation t^2" */
    fmpz_t unknowns;
    fmpz_t homogeneity;        /* L; 0: N is not homogeneous */
    slong inputs, points;
    slong depth, *widths;      /* of a feed-forward network, else 0 and NULL */
    fmpz_t hidden;             /* two layers, power activation: h */
    slong order;               /* p */
    slong essential_dimension;
    slong distinct_points;     /* points that are not parallel and do not cancel */
    /* the answer */
    ncf_line_search_t search;
    ncf_census_t census;
    ncf_orbit_list_t orbits;
    ncf_deep_t *deep;          /* NULL: two layers, power activation; else it takes the place
                                  of `orbits`, and `search` holds the lines of its tensor */
    ncf_cap_list_t caps;       /* of the listed orbits, where they were asked for */
    ncf_prune_search_t *resumed; /* from a checkpoint, until branch and prune takes it over */
    /* the audit: two routes to one number */
    int euler_identity_known;  /* lambda = L N(u) was compared for at least one orbit */
    ncf_verdict_t euler_identity, layer_norms, network_check;
    slong orbits_checked;
    ncf_limit_t limit;
    int exit_status;
    ncf_solve_options_t options;
    double seconds;
};

/* The parts of ncf_solve: lines, then orbits, then the check in the full network. */
void ncf__verify_orbits(struct ncf_result *result, const struct ncf_problem *problem,
                        const ncf_limits_t *limits);

#endif
