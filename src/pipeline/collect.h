/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * collect.h: KKT points with lambda > 0 of any network, found by a search from many starts,
 * certified one by one and sorted into orbits. What is listed is proved; nothing
 * is said about what is not listed.
 */
#ifndef NCF_COLLECT_H
#define NCF_COLLECT_H

#include "point_orbit.h"

typedef struct {
    uint64_t seed;
    int threads;     /* >= 1; results do not depend on it, unless a time limit ends it */
    slong precision; /* bits that enclosures should have, >= 24 */
    slong max_precision;
    slong max_starts;       /* >= 0 */
    slong min_starts;       /* before the search may end because nothing new was found */
    slong max_points;       /* candidates at most, >= 1 */
    int only_ascents;       /* local maxima alone, from starts without equal units */
    slong max_certificates; /* candidates that are certified at most: those of largest lambda */
    /*
     * Is u (rounded, |u| = 1) about a point that the caller has described already? Such a
     * candidate is counted as `known` and not certified, which claims nothing. NULL: none is.
     */
    int (*is_known)(const double *u, const void *context);
    const void *known_context;
    const fmpq *lambda_min; /* NULL: 0. Points proved to be below are not listed */
} ncf_collect_options_t;

/*
 * One thread, seed 1, 128 to 8192 bits; starts for up to some ten seconds of search. Above
 * 400 weights only ascents, and certificates for up to some twenty seconds.
 */
void ncf__collect_options_init(ncf_collect_options_t *options, const ncf_network_t network,
                               const struct ncf_problem *problem);

#define NCF_COLLECT_REASONS 8

typedef struct {
    ncf_point_orbit_list_t orbits; /* proved points with lambda > 0, one an orbit, decreasing
                                      lambda; origin NCF_ORIGIN_SEARCH, hits set */
    slong not_separated; /* listed orbits that are not proved to differ from all other ones */
    ncf_point_orbit_list_t unproved; /* candidates that were not certified, the first ones */

    /* What the search did: each start is counted once. */
    slong starts, converged, flat, lost, crowded;
    int only_ascents; /* as in the options */
    const char *end;  /* why it ended; static */
    slong candidates; /* different points that it proposed */
    slong certified;  /* of these; the orbits hold them all */
    slong uncertified;
    slong below;   /* proved to have lambda <= 0 or < lambda_min */
    slong known;   /* not examined because is_known says that it is described already */
    slong untried; /* not examined because of max_certificates */
    slong skipped; /* not examined because of a limit */
    struct {
        const char *reason; /* static */
        slong count;
    } reasons[NCF_COLLECT_REASONS]; /* why candidates were not certified, up to the first NULL
                                     */

    /*
     * Good and Turing's ESTIMATE of the chance that a further random start that converges
     * ends in an orbit that is not listed: the share of orbits met by one random start.
     * It proves nothing. -1 when no random start converged.
     */
    double unseen;
    slong singletons; /* orbits met by exactly one random start */
    ncf_limit_t limit;
} ncf_collection_t;

/*
 * Searches, certifies (ncf__certify_point) and sorts into orbits (T-ORBIT).
 *
 * Out:    out      initialised; the caller clears it
 * In:     network  of the problem
 *         limits   may be NULL. The search takes at most half of the time that is left, so
 *                  that there is time for proofs
 */
void ncf__collect_init(ncf_collection_t *out, const struct ncf_problem *problem,
                       const ncf_network_t network, const ncf_collect_options_t *options,
                       const ncf_limits_t *limits);
void ncf__collect_clear(ncf_collection_t *collection);

#endif
