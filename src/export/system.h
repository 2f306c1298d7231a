/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * export/: exact polynomial systems for other programs, and their lists of solutions as
 * candidates. Takes a problem, gives text; takes lists, gives points. It proves nothing.
 * system.h: the square systems of ncf.h, in integers. May include: base/, problem/,
 * network/, corr/.
 */
#ifndef NCF_SYSTEM_H
#define NCF_SYSTEM_H

#include "../problem/problem.h"

/*
 * `unknowns` equations in as many unknowns. The first `weights` unknowns are all n weights
 * of the network in their order (fixed-point: z1, .., zn; kkt: u1, .., un), or the d
 * coordinates of an eigenvector (q1, .., qd). kkt and eigen have two more: lam or mu, and s
 * with s lam = 1, which keeps lam = 0 out. Every equation is primitive: integers without
 * a common factor.
 */
typedef struct {
    ncf_system_t kind; /* never NCF_SYSTEM_AUTO */
    slong unknowns, weights;
    slong degree;      /* fixed-point: L; eigen: p; else 0 */
    int families;      /* linear hidden units turn solutions into families of them */
    char **names;      /* of the unknowns */
    char **meanings;   /* of the first `weights`: a weight, or an input */
    fmpz_mpoly_ctx_t context;
    fmpz_mpoly_struct *equations;
} ncf_exact_system_t;

/*
 * Decides which system is meant: NCF_SYSTEM_AUTO becomes fixed-point for a homogeneous
 * network of degree L >= 3, else kkt. NCF_EUNSUPPORTED when the network has no such system.
 */
ncf_status_t ncf__system_choose(ncf_system_t *kind, const struct ncf_problem *problem,
                                ncf_error_t *err);

/*
 * Builds the system, which ncf__system_choose has chosen; NCF_EUNSUPPORTED, with nothing to
 * clear, when the polynomial N is too large (ncf__polynomial_is_small).
 */
ncf_status_t ncf__system_init(ncf_exact_system_t *system, const struct ncf_problem *problem,
                              ncf_system_t kind, ncf_error_t *err);
void ncf__system_clear(ncf_exact_system_t *system);

/* The letter of its weights, z, u or q, and the name of the multiplier, NULL for z. */
char ncf__system_letter(ncf_system_t kind);
const char *ncf__system_multiplier(ncf_system_t kind);

/* "fixed-point", "kkt" or "eigen". */
const char *ncf__system_name(ncf_system_t kind);

#endif
