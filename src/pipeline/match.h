/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * match.h: which certified KKT point a trajectory of training turns to. What is proved: the
 * point, its cap of attraction (T-CAP), and that single rows of the trajectory lie in the
 * cap, so that the flow of N from them converges in direction to the point. What is
 * measured, in doubles: all that is said of training itself.
 */
#ifndef NCF_MATCH_H
#define NCF_MATCH_H

#include "../certify/cap.h"
#include "../problem/trajectory.h"
#include "point_orbit.h"

/* In the early phase the gradients of training and of N differ by at most this share. */
#define NCF_EARLY_DEVIATION 0.1

typedef enum {
    NCF_MATCH_MATCHED,    /* the early phase ends in the certified cap of a point, lambda > 0 */
    NCF_MATCH_ZERO,       /* the weights shrink towards zero; measured, not proved */
    NCF_MATCH_NONE,       /* neither; the reason says why */
    NCF_MATCH_AMBIGUOUS,  /* the early phase was in the cap and left it */
    NCF_MATCH_UNFINISHED, /* a limit came first */
    NCF_MATCH_WORDS
} ncf_match_word_t;

/* One row w of the trajectory, v = w / |w|. All but in_cap is measured in doubles. */
typedef struct {
    double time;       /* the row number without times */
    double norm;       /* |w|; 0: the row is exactly zero, and what follows is NAN */
    double loss;       /* of training, whatever the flow */
    double ncf;        /* N(w) */
    double multiplier; /* v . grad N(v) */
    double residual;   /* |grad N(v) - multiplier v| / |grad N(v)| */
    double deviation;  /* |grad N(w) + grad Loss(w)| / |grad N(w)|; 0 for the other flows */
    double angle;      /* from v to the point; NAN while none is proved */
    int in_cap;        /* 1: proved; 0: not proved */
} ncf_moment_t;

struct ncf_matching {
    char *name, sha256[65]; /* of the trajectory's file */
    const char *format;
    ncf_flow_kind_t kind;
    int has_times;
    double delta;
    ncf_network_t network;
    slong degree; /* L */
    slong count;
    ncf_moment_t *moments;
    slong early; /* rows 0 .. early - 1 are the early phase */

    ncf_point_orbit_t found; /* .point.exists: a KKT point was proved near its end */
    const char *proposal;    /* how it was proposed; static */
    ncf_cap_t cap;
    slong entry;           /* the first row from which on the early phase is in the cap, or -1 */
    slong exit;            /* the first row after the early phase that is not, or -1 */
    slong crossings;       /* times that the early phase left the cap */
    arb_t entry_angle;     /* enclosures of the angles of rows `entry` and early - 1 */
    arb_t last_angle;
    double rate;           /* of growth from row rate_first to row rate_last, early ones in the
                              cap: lambda on the ray of the point; NAN: not measured */
    slong rate_first, rate_last;
    double growth;         /* |w| / |w(0)| at row `entry`; NAN */
    slong rises;           /* rows at which the loss (or -N) is greater than before */
    slong first_rise;      /* the first of them; -1: none */

    ncf_match_word_t word;
    char *reason; /* why it is not matched; NULL when it is; allocated */
    ncf_limit_t limit;
};

typedef struct {
    ncf_flow_kind_t kind;
    slong precision, max_precision;
    double delta; /* > 0: the rows hold w / delta and times are rescaled; 1: plain ones */
} ncf_match_settings_t;

/*
 * Matches one trajectory. network and degree are those of the problem, which must be
 * homogeneous. Takes over the network. Owns: free with ncf__matching_free, which accepts
 * NULL. Claim: T-CAP, T-KRAWCZYK.
 */
struct ncf_matching *ncf__match_trajectory(const struct ncf_problem *problem,
                                           ncf_network_struct network, slong degree,
                                           const struct ncf_trajectory *trajectory,
                                           const ncf_match_settings_t *settings,
                                           const ncf_limits_t *limits);
void ncf__matching_free(struct ncf_matching *matching);

/* Does the loss move the weights? */
int ncf__match_is_training(ncf_flow_kind_t kind);

/* loss(h, y), and -(d/dh) loss(h, y) - z without cancellation for small h. */
double ncf__match_loss(double *shift, double h, double y, ncf_loss_t loss);

/* match_moments.c: fills the moments but for angle and in_cap, the early phase, the rises. */
void ncf__match_measure(struct ncf_matching *matching, const struct ncf_problem *problem,
                        const struct ncf_trajectory *trajectory, const ncf_limits_t *limits);

/* loss(h, y), and shift = -(d/dh) loss(h, y) - z without cancellation for small h. */
double ncf__match_loss(double *shift, double h, double y, ncf_loss_t loss);

/* v = c / |c|, n balls, and |c|; c is not zero. */
void ncf__match_direction(arb_ptr v, arb_t norm, const fmpq *c, slong n, slong prec);

#endif
