/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * prune.h: completeness for small deep power networks by branch and prune (T-PRUNE): ALL
 * KKT points with lambda >= lambda_min, up to the symmetries of the network. The search
 * runs in proved double intervals (T-INTERVAL); what is reported is proved in balls, in
 * the full network. No candidate from elsewhere is used.
 */
#ifndef NCF_PRUNE_H
#define NCF_PRUNE_H

#include "point.h"

typedef struct ncf_prune_search ncf_prune_search_t; /* a search that can go on */

/* One orbit of isolated KKT points, through one of its points. */
typedef struct {
    ncf_certified_point_t point; /* exists and lambda_positive are proved */
    fmpz_t orbit_size;           /* points in the orbit, T-ORBIT */
    int size_known;              /* the stabiliser was decided */
    slong *active;               /* depth - 1: units of each hidden layer that are not zero */
} ncf_prune_point_t;

/*
 * KKT points that are not isolated: all that were found with one value of lambda and the
 * same active units (lemma 10 of T-PRUNE). Each piece is a smooth graph of `dimension`
 * parameters, proved to hold KKT points for all values of the parameters; lambda is
 * constant on it. Pieces of one component need not be connected.
 */
typedef struct {
    slong dimension;
    ncf_verdict_t holds, dimension_proved; /* that it has points; of all of them */
    const char *reason;                    /* what it is; static */
    arb_ptr point; /* n + 1: contains one of the points and its lambda */
    arb_ptr hull;  /* n: contains a point of the orbit of each of them */
    arb_t lambda;  /* contains lambda of all of them */
    slong boxes;   /* pieces */
    slong *active;
} ncf_prune_component_t;

/*
 * A part of the search space that is undecided: for every KKT point in it, some point of
 * its orbit, or of the orbit with the last layer negated, has its weights in the hull.
 */
typedef struct {
    arb_ptr hull; /* n */
    arb_t lambda;
    slong boxes;
    slong *active;
    const char *reason; /* static */
} ncf_prune_region_t;

typedef struct {
    slong unknowns, depth;
    fmpq_t lambda_min;
    ncf_prune_point_t *points; /* one an orbit, decreasing lambda (midpoints) */
    slong count;
    ncf_verdict_t distinct; /* the orbits of the points are pairwise different */
    ncf_prune_component_t *components;
    slong component_count;
    ncf_prune_region_t *regions;
    slong region_count;
    slong strata;         /* numbers of active units that were searched */
    slong boxes;          /* examined in all */
    slong open_boxes;     /* neither excluded nor settled, components included */
    double share_decided; /* of the volume of all charts, for information */
    double seconds;       /* of the search, all runs together */
    ncf_limit_t limit;    /* why it ended early, if it did */
    /*
     * PROVED: every KKT point with lambda >= lambda_min is, up to the symmetries, one of
     * `points` or lies in the hull of one of `components`. (Points whose lambda is just
     * below the bound may be listed as well; those proved below are not.)
     */
    ncf_verdict_t complete;
} ncf_prune_t;

/*
 * NULL when the search can treat the problem: a feed-forward network with power
 * activations of degree 2 to 16, at least one hidden layer, and at most 7 unknown directions
 * in the largest stratum. Otherwise one fact about why not; static text.
 */
const char *ncf__prune_unsupported(const struct ncf_problem *problem);

/*
 * A new search for lambda >= lambda_min > 0; the problem must outlive it. NULL when
 * ncf__prune_unsupported says so.
 */
ncf_prune_search_t *ncf__prune_new(const struct ncf_problem *problem, const fmpq_t lambda_min);
void ncf__prune_free(ncf_prune_search_t *search);

/*
 * Goes on until nothing is open, at least max_boxes more boxes were examined (0: no
 * bound; a round of the search is finished), or a limit is reached; returns that limit.
 * May be called again. Which boxes are examined does not depend on `threads`, unless a
 * limit ends the run.
 */
ncf_limit_t ncf__prune_run(ncf_prune_search_t *search, slong max_boxes, int threads,
                           const ncf_limits_t *limits);

/*
 * What is proved so far. Balls have about prec bits; proofs in the full network use up
 * to max_precision. Clear with ncf__prune_clear.
 */
void ncf__prune_conclude(ncf_prune_t *out, const ncf_prune_search_t *search, slong prec,
                         slong max_precision);
void ncf__prune_clear(ncf_prune_t *result);

/*
 * Writes the state as text, doubles in hexadecimal, so that nothing is rounded; and reads it
 * again for the same problem (digest of its data and widths) and lambda_min. The reader trusts
 * the text as it trusts the program: a state is a proof only for someone who wrote it. NCF_EIO
 * when the stream fails, NCF_EPARSE when the text is malformed, NCF_EARG when it belongs to
 * another problem or bound; then *out is NULL.
 */
ncf_status_t ncf__prune_save(FILE *stream, const ncf_prune_search_t *search, ncf_error_t *err);
ncf_status_t ncf__prune_load(ncf_prune_search_t **out, FILE *stream,
                             const struct ncf_problem *problem, const fmpq_t lambda_min,
                             ncf_error_t *err);

/* For searches whose bound is not given: lambda_min = 10^k, a ten-thousandth or so of what
 * |lambda| can be at most. */
slong ncf__prune_default_exponent(const struct ncf_problem *problem);

/*
 * A guess of the seconds that the rest of a search takes, when `spent` seconds were spent so
 * far: the volume that is decided grows about evenly. Claims nothing.
 */
double ncf__prune_remaining(const ncf_prune_search_t *search, double spent);

/*
 * A guess of the seconds that the whole search takes on `threads` threads, from a pilot
 * run of at most `seconds`; 0 when the pilot finished it. Claims nothing.
 */
double ncf__prune_estimate(const struct ncf_problem *problem, const fmpq_t lambda_min,
                           double seconds, int threads, const ncf_limits_t *limits);

#endif
