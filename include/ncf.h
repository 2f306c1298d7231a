/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * ncf.h: the public interface of libncf.
 *
 * General contract, not repeated below:
 *  - A pointer argument must not be NULL unless its comment says so. `err` may
 *    always be NULL; if it is not, the first message written to it is kept.
 *  - Outputs come first, then inputs, then options; `err` is last.
 *  - A type with a star is a handle: free it with its `_free` function, which
 *    accepts NULL. After a failure every output handle is NULL.
 *  - A *status* says whether a call worked; a *verdict* says what was proved.
 *    Failing to prove something is NCF_OK with the verdict NCF_UNDECIDED.
 *  - Numbers enter and leave as text: exact decimals or fractions on the way in,
 *    enclosures (midpoint and radius, rounded outward) on the way out.
 *  - Handles are immutable once built; different threads may read the same one.
 *  - Memory exhaustion ends the program: the arithmetic libraries underneath do
 *    the same, so no function pretends to return it as a status.
 */
#ifndef NCF_H
#define NCF_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define NCF_API __attribute__((visibility("default")))
#define NCF_MUST_USE __attribute__((warn_unused_result))
#define NCF_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define NCF_API
#define NCF_MUST_USE
#define NCF_PRINTF(f, a)
#endif

/* ---- Version --------------------------------------------------------------------- */

#define NCF_VERSION_MAJOR 0
#define NCF_VERSION_MINOR 1
#define NCF_VERSION_PATCH 0
#define NCF_VERSION "0.1.0"

/** ncf_version(): the version of the library that is linked, as "0.1.0". */
NCF_API const char *ncf_version(void);

/**
 * ncf_library_version(name):
 * The version of a library that libncf runs on.
 *
 * In:       name   "gmp", "mpfr", "flint", "arb", "sundials" or "jansson"
 * Returns:  static text, or NULL for another name
 */
NCF_API const char *ncf_library_version(const char *name);

/* ---- Status: did the call work? -------------------------------------------------- */

/* name, exit status of the programs, text */
#define NCF_STATUS_LIST(X)                                                     \
    X(NCF_OK, 0, "success")                                                    \
    X(NCF_EARG, 2, "invalid argument")                                         \
    X(NCF_EPARSE, 3, "malformed input")                                        \
    X(NCF_ESPEC, 3, "invalid problem")                                         \
    X(NCF_EUNSUPPORTED, 3, "not supported yet")                                \
    X(NCF_ELIMIT, 4, "limit reached")                                          \
    X(NCF_EIO, 5, "system call failed")                                        \
    X(NCF_EHELPER, 5, "helper program failed")                                 \
    X(NCF_EBUG, 5, "internal error")

#define NCF_STATUS_ENUM(name, exit_status, text) name,
typedef enum { NCF_STATUS_LIST(NCF_STATUS_ENUM) NCF_STATUS_COUNT } ncf_status_t;
#undef NCF_STATUS_ENUM

/** ncf_status_text(status): static text, "unknown status" out of range. */
NCF_API const char *ncf_status_text(ncf_status_t status);

/** ncf_status_exit(status): the exit status (0 to 5) that the programs use. */
NCF_API int ncf_status_exit(ncf_status_t status);

/* The first failure: where it is and one fact about it, without a full stop. */
typedef struct {
    ncf_status_t status;
    char source[256]; /* file name, "" if none */
    int line;         /* 1-based, 0 if none */
    int column;       /* 1-based, in bytes, 0 if none */
    char text[512];
} ncf_error_t;

/** ncf_error_init(err): no error recorded. Must precede every other use. */
NCF_API void ncf_error_init(ncf_error_t *err);

/**
 * ncf_error_print(stream, program, err):
 * Writes `PROGRAM: FILE:LINE:COLUMN: fact` and a line feed, leaving out the
 * parts of the place that are not known.
 */
NCF_API void ncf_error_print(FILE *stream, const char *program, const ncf_error_t *err);

/* ---- Verdict: what is proved? ---------------------------------------------------- */

/*
 * A one-member struct, so that `if (verdict)` does not compile: an undecided
 * statement is neither true nor false.
 */
typedef struct {
    int value; /* 1 proved, 0 undecided, -1 refuted */
} ncf_verdict_t;

static inline ncf_verdict_t ncf_proved(void) { ncf_verdict_t v = {1}; return v; }
static inline ncf_verdict_t ncf_undecided(void) { ncf_verdict_t v = {0}; return v; }
static inline ncf_verdict_t ncf_refuted(void) { ncf_verdict_t v = {-1}; return v; }
static inline int ncf_is_proved(ncf_verdict_t v) { return v.value == 1; }
static inline int ncf_is_refuted(ncf_verdict_t v) { return v.value == -1; }
static inline int ncf_is_undecided(ncf_verdict_t v) { return v.value == 0; }

/* Kleene's three-valued connectives: unknown is not false. */
static inline ncf_verdict_t ncf_verdict_and(ncf_verdict_t a, ncf_verdict_t b)
{
    return a.value < b.value ? a : b;
}
static inline ncf_verdict_t ncf_verdict_or(ncf_verdict_t a, ncf_verdict_t b)
{
    return a.value > b.value ? a : b;
}
static inline ncf_verdict_t ncf_verdict_not(ncf_verdict_t a)
{
    a.value = -a.value;
    return a;
}

/* ---- Problems -------------------------------------------------------------------- */

typedef struct ncf_problem ncf_problem_t;

/**
 * ncf_problem_read(out, path, err):
 * Reads and validates a problem file (ncf-problem version 1) with the data
 * files that it names; every number is kept exactly.
 *
 * Out:      out    the problem
 * In:       path   a file name, or "-" for standard input
 * Returns:  NCF_OK, or NCF_EPARSE, NCF_ESPEC, NCF_EUNSUPPORTED, NCF_EIO with
 *           the place and one fact in err
 * Owns:     the caller frees *out with ncf_problem_free
 * Threads:  reentrant
 */
NCF_API NCF_MUST_USE ncf_status_t ncf_problem_read(ncf_problem_t **out, const char *path,
                                                   ncf_error_t *err);

/**
 * ncf_problem_parse(out, text, length, name, directory, err):
 * The same for a problem in memory.
 *
 * In:       text       length bytes, need not end in a zero byte
 *           name       stands for the file name in messages
 *           directory  against which data files are resolved, "" for the current one
 */
NCF_API NCF_MUST_USE ncf_status_t ncf_problem_parse(ncf_problem_t **out, const char *text,
                                                    size_t length, const char *name,
                                                    const char *directory, ncf_error_t *err);

NCF_API void ncf_problem_free(ncf_problem_t *problem);

/* ---- Solving --------------------------------------------------------------------- */

typedef struct ncf_result ncf_result_t;

/*
 * Called from the thread that called the library, never from a worker.
 * `done` counts to `total`; total <= 0 when it is not known.
 */
typedef void (*ncf_progress_fn)(void *context, const char *stage, double done, double total);

typedef struct {
    size_t size;            /* sizeof(ncf_solve_options_t), set by the initialiser */
    long precision;         /* bits of the printed enclosures, 53 to 100000; 128 */
    long max_precision;     /* bits at which a proof attempt gives up; 8192 */
    int threads;            /* worker threads, 1 to 1024; results do not depend on it; 1 */
    uint64_t seed;          /* of the random choices of the solvers; 1 */
    double time_limit;      /* seconds of wall time, <= 0: none; 0 */
    size_t top;             /* orbits listed, largest lambda first; 100 */
    int caps;               /* 1: a cap of attraction (T-CAP) is proved around each listed point
                               that is a strict maximum, of networks of at most 60 weights; 0 */
    const char *lambda_min; /* exact text of the bound for searches, NULL: automatic */
    size_t max_classes;     /* complex eigenpair classes tracked at most; 2000000 */
    const char *checkpoint; /* file that keeps the state of branch and prune, which then runs
                               however long it takes; needs lambda_min; NULL: none */
    ncf_progress_fn progress; /* NULL: none */
    void *progress_context;
    const volatile sig_atomic_t *stop; /* non-zero asks for a stop; NULL: never */
} ncf_solve_options_t;

/** ncf_solve_options_init(options): the defaults given above. */
NCF_API void ncf_solve_options_init(ncf_solve_options_t *options);

/**
 * ncf_solve(out, problem, options, err):
 * Finds and certifies the KKT points of the constrained NCF, and says what is
 * proved complete. A time limit or a stop request ends the work early; the
 * result then holds what was proved until then and is labelled as partial.
 *
 * Out:      out      the result, also when nothing could be proved
 * In:       options  NULL for the defaults
 * Returns:  NCF_OK, NCF_EARG (an option out of range), NCF_EUNSUPPORTED (also when the
 *           calling thread does not round to nearest, or flushes subnormal numbers to zero)
 * Owns:     the caller frees *out with ncf_result_free; the problem may be
 *           freed before the result
 * Threads:  reentrant; starts options->threads - 1 threads and joins them
 */
NCF_API NCF_MUST_USE ncf_status_t ncf_solve(ncf_result_t **out, const ncf_problem_t *problem,
                                            const ncf_solve_options_t *options,
                                            ncf_error_t *err);

NCF_API void ncf_result_free(ncf_result_t *result);

/**
 * ncf_result_complete(result): is the list proved complete in its stated scope? Never
 * proved for a result of ncf_certify or ncf_match, which speak of what they were given.
 */
NCF_API ncf_verdict_t ncf_result_complete(const ncf_result_t *result);

/**
 * ncf_result_exit(result): the exit status of `ncf solve`, `ncf certify`, `ncf match` or
 * `ncf flow` for this result: 0 all that was asked is proved or matched, 1 something is refuted,
 * undecided or unmatched, 4 a limit was reached.
 */
NCF_API int ncf_result_exit(const ncf_result_t *result);

/**
 * ncf_result_write_json(stream, result, digits, err):
 * Writes the result document (ncf-result version 1).
 *
 * In:       digits  significant decimals of the midpoints, 1 to 10000; every
 *                   enclosure is valid as written whatever the number
 * Returns:  NCF_OK, or NCF_EIO if the stream fails
 */
NCF_API NCF_MUST_USE ncf_status_t ncf_result_write_json(FILE *stream,
                                                        const ncf_result_t *result,
                                                        long digits, ncf_error_t *err);

/**
 * ncf_result_write_table(stream, result, digits, verbose, err):
 * Writes the result as text for people, at most 80 columns wide when
 * digits <= 12. A printed value differs from the true one by less than one
 * unit in its last digit.
 */
NCF_API NCF_MUST_USE ncf_status_t ncf_result_write_table(FILE *stream,
                                                         const ncf_result_t *result,
                                                         long digits, int verbose,
                                                         ncf_error_t *err);

/**
 * ncf_result_write_certificate(stream, result, problem, err):
 * Writes what the result proves as claims that the program ncf-check proves again with code of
 * its own, in the format of ncf-certificate(5), and a list of what the result says beyond them,
 * with reasons. Every claim was tried in ball arithmetic, as its check is described there.
 *
 * In:       result   of ncf_solve, ncf_certify, ncf_match or ncf_flow, also a partial one
 *           problem  the one that the result is about
 * Returns:  NCF_OK, NCF_EARG (another problem), NCF_EUNSUPPORTED (as for ncf_solve, or another
 *           kind of result), or NCF_EIO if the stream fails
 * Cost:     for n weights about n^3 operations a point, and 8 n^2 bytes in the file
 * Threads:  reentrant
 */
NCF_API NCF_MUST_USE ncf_status_t ncf_result_write_certificate(FILE *stream,
                                                               const ncf_result_t *result,
                                                               const ncf_problem_t *problem,
                                                               ncf_error_t *err);

/* ---- Candidates: weights of the user's own --------------------------------------- */

typedef struct ncf_points ncf_points_t;

/**
 * ncf_points_read(out, path, problem, err):
 * Reads candidate weight vectors for the network of a problem. The bytes tell the format:
 * a NumPy array (NPY) of shape (unknowns) or (candidates, unknowns); a JSON document that
 * is a list of candidates, one candidate, {"points": [...]}, or a result document, whose
 * orbits are the candidates; else CSV, one row a candidate. Weights are in the order of
 * PyTorch's parameters: layer by layer, each matrix (out x in) row-major. Every number is
 * taken exactly as it is written or stored.
 *
 * Out:      out    the candidates; at least one, and none of them is zero
 * In:       path   a file name, or "-" for standard input
 * Returns:  NCF_OK, or NCF_EPARSE, NCF_ESPEC (a wrong number of weights, a weight that is
 *           not finite, a candidate that is zero, too many numbers), NCF_EIO with the place
 *           and one fact in err
 * Owns:     the caller frees *out with ncf_points_free; the problem may be freed before
 * Threads:  reentrant
 */
NCF_API NCF_MUST_USE ncf_status_t ncf_points_read(ncf_points_t **out, const char *path,
                                                  const ncf_problem_t *problem,
                                                  ncf_error_t *err);

/**
 * ncf_points_parse(out, bytes, length, name, problem, err):
 * The same for a file in memory; name stands for the file name in messages.
 */
NCF_API NCF_MUST_USE ncf_status_t ncf_points_parse(ncf_points_t **out, const char *bytes,
                                                   size_t length, const char *name,
                                                   const ncf_problem_t *problem,
                                                   ncf_error_t *err);

NCF_API void ncf_points_free(ncf_points_t *points);

/** ncf_points_count(points): the number of candidates, at least 1. */
NCF_API size_t ncf_points_count(const ncf_points_t *points);

typedef struct {
    size_t size;            /* sizeof(ncf_certify_options_t), set by the initialiser */
    long precision;         /* bits of the printed enclosures, 53 to 100000; 128 */
    long max_precision;     /* bits at which a proof attempt gives up; 8192 */
    int threads;            /* worker threads, 1 to 1024; results do not depend on it; 1 */
    double time_limit;      /* seconds of wall time, <= 0: none; 0 */
    const char *distance;   /* exact text: how far a candidate may be from the point that is
                               proved for it, on the unit sphere; NULL: "1/100" */
    int caps;               /* as for ncf_solve; 0 */
    ncf_progress_fn progress; /* NULL: none */
    void *progress_context;
    const volatile sig_atomic_t *stop; /* non-zero asks for a stop; NULL: never */
} ncf_certify_options_t;

/** ncf_certify_options_init(options): the defaults given above. */
NCF_API void ncf_certify_options_init(ncf_certify_options_t *options);

/**
 * ncf_certify(out, problem, points, options, err):
 * Looks for a KKT point near each candidate, scaled to length 1, and proves what it can:
 * that the point exists and is the only one in a box, how far the candidate is from it,
 * the sign of lambda, the second order, ranks, exact zeros, and which of the points lie in
 * one orbit of the symmetry group. A candidate for which nothing is proved is no error. A
 * time limit or a stop request ends the work early; the result then holds what was
 * finished and is labelled as partial.
 *
 * Out:      out      the result: candidates in their order, and the orbits of their points
 * In:       options  NULL for the defaults
 * Returns:  NCF_OK, NCF_EARG (an option out of range, or candidates of another length),
 *           NCF_EUNSUPPORTED (as for ncf_solve)
 * Owns:     the caller frees *out with ncf_result_free; problem and points may be freed
 *           before
 * Threads:  reentrant; starts options->threads - 1 threads and joins them
 */
NCF_API NCF_MUST_USE ncf_status_t ncf_certify(ncf_result_t **out, const ncf_problem_t *problem,
                                              const ncf_points_t *points,
                                              const ncf_certify_options_t *options,
                                              ncf_error_t *err);

/* ---- Flows ------------------------------------------------------------------------ */

/* What moves the weights. */
typedef enum {
    NCF_FLOW_TRAINING,    /* dw/dt = -grad Loss(w) */
    NCF_FLOW_CORRELATION, /* du/dt = grad N(u) */
    NCF_FLOW_SPHERE,      /* dq/dt = grad N(q) - (q . grad N(q)) q, |q| = 1 */
    NCF_FLOW_DESCENT      /* w <- w - step grad Loss(w); t grows by the step */
} ncf_flow_kind_t;

/*
 * Not used by gradient descent. Adams and Runge-Kutta methods are explicit; where the flow is
 * stiff, as on a plateau of the loss, they leave the work to BDF with GMRES (Krylov), for
 * as long as that lasts. Runge-Kutta: a second opinion. BDF: with the whole Jacobian, for few
 * weights.
 */
typedef enum {
    NCF_FLOW_ADAMS,
    NCF_FLOW_RUNGE_KUTTA,
    NCF_FLOW_BDF,
    NCF_FLOW_KRYLOV
} ncf_flow_method_t;

/* ---- Trajectories: training of the user's own ------------------------------------- */

typedef struct ncf_trajectory ncf_trajectory_t;

/**
 * ncf_trajectory_read(out, path, problem, err):
 * Reads the weights of a network at successive moments of its training: a NumPy array (NPY)
 * of two dimensions or CSV, one row a moment. A row holds the n weights in the order of
 * ncf_points_read; or the time and the weights, n + 1 columns; or the time, the weights,
 * loss, norm and N(w), n + 4 columns, of which the last three are not read. Every number is
 * taken exactly as it is written or stored.
 *
 * Out:      out    the trajectory
 * In:       path   a file name, or "-" for standard input
 * Returns:  NCF_OK, or NCF_EPARSE, NCF_ESPEC (another number of columns, a number that is
 *           not finite, fewer than two rows, times that do not increase, a first row that is
 *           zero, too many numbers), NCF_EIO with the place and one fact in err
 * Owns:     the caller frees *out with ncf_trajectory_free; the problem may be freed before
 * Threads:  reentrant
 */
NCF_API NCF_MUST_USE ncf_status_t ncf_trajectory_read(ncf_trajectory_t **out, const char *path,
                                                      const ncf_problem_t *problem,
                                                      ncf_error_t *err);

/**
 * ncf_trajectory_parse(out, bytes, length, name, problem, err):
 * The same for a file in memory; name stands for the file name in messages.
 */
NCF_API NCF_MUST_USE ncf_status_t ncf_trajectory_parse(ncf_trajectory_t **out,
                                                       const char *bytes, size_t length,
                                                       const char *name,
                                                       const ncf_problem_t *problem,
                                                       ncf_error_t *err);

NCF_API void ncf_trajectory_free(ncf_trajectory_t *trajectory);

/** ncf_trajectory_count(trajectory): the number of rows, at least 2. */
NCF_API size_t ncf_trajectory_count(const ncf_trajectory_t *trajectory);

typedef struct {
    size_t size;            /* sizeof(ncf_match_options_t), set by the initialiser */
    ncf_flow_kind_t kind;   /* NCF_FLOW_TRAINING */
    long precision;         /* bits of the printed enclosures, 53 to 100000; 128 */
    long max_precision;     /* bits at which a proof attempt gives up; 8192 */
    const char *delta;      /* exact text: the rows hold w / delta, and their times are
                               t delta^(L-2); NULL: "1" */
    const ncf_points_t *orbits; /* a list of KKT points, such as a result of ncf_solve: the
                               result says on which of their orbits the point lies; NULL */
    double time_limit;      /* seconds of wall time, <= 0: none; 0 */
    ncf_progress_fn progress; /* NULL: none */
    void *progress_context;
    const volatile sig_atomic_t *stop; /* non-zero asks for a stop; NULL: never */
} ncf_match_options_t;

/** ncf_match_options_init(options): the defaults given above. */
NCF_API void ncf_match_options_init(ncf_match_options_t *options);

/**
 * ncf_match(out, problem, trajectory, options, err):
 * Looks for the KKT point towards which the weights turn while they are small. The early
 * phase is the rows from the first one on at which the gradient of training differs from
 * that of N by at most a tenth (all rows, for the other two flows). A KKT point is proved
 * near the end of it, with a cap of attraction around it (T-CAP), and the trajectory is
 * matched when the early phase ends in that cap. Proved is then, for each row that is said to
 * be in the cap: the flow of N from this row converges in direction to the point. That
 * training follows it is measured, not proved.
 *
 * Out:      out      the result
 * In:       options  NULL for the defaults
 * Returns:  NCF_OK, NCF_EARG (an option out of range, or a trajectory of another length),
 *           NCF_EUNSUPPORTED (as for ncf_solve; a network that is not homogeneous or has too
 *           many weights)
 * Owns:     the caller frees *out with ncf_result_free; problem and trajectory may be freed
 *           before
 * Threads:  reentrant
 */
NCF_API NCF_MUST_USE ncf_status_t ncf_match(ncf_result_t **out, const ncf_problem_t *problem,
                                            const ncf_trajectory_t *trajectory,
                                            const ncf_match_options_t *options,
                                            ncf_error_t *err);

/* ---- Runs of a flow ---------------------------------------------------------------- */

typedef struct {
    size_t size;               /* sizeof(ncf_flow_options_t), set by the initialiser */
    ncf_flow_kind_t kind;      /* NCF_FLOW_TRAINING */
    ncf_flow_method_t method;  /* NCF_FLOW_ADAMS */
    const char *delta;         /* exact text of |w(0)|, 1e-100 to 1e10; "initial": that of
                                  `initial`; NULL: "1/1000", on the sphere always "1" */
    const ncf_points_t *initial; /* one candidate, scaled to length delta; NULL: random */
    uint64_t seed;             /* of a random start, uniform on the sphere; 1 */
    uint64_t run;              /* number of the start for this seed, as in ncf_flow_runs; 0 */
    const char *until;         /* what ends the run, see ncf_flow; NULL: a choice by the kind */
    const char *step;          /* exact text: of gradient descent, in plain time; NULL: "1/10" */
    double tolerance;          /* of the local error relative to |w|, 1e-14 to 0.1; 1e-10 */
    long max_steps;            /* 1 to 1000000000; 1000000 */
    long rows;                 /* of the trajectory at most, 16 to 1000000; 2000 */
    int rescaled;              /* non-zero: the trajectory holds tau and w / delta; 0 */
    int reference;             /* non-zero: the early phase is integrated again in
                                  multiprecision; 0 */
    const ncf_points_t *orbits; /* as for ncf_match; NULL */
    int threads;               /* worker threads, 1 to 1024; results do not depend on it; 1 */
    long precision;            /* bits of the printed enclosures, 53 to 100000; 128 */
    long max_precision;        /* bits at which a proof attempt gives up; 8192 */
    double time_limit;         /* seconds of wall time, <= 0: none; 0 */
    ncf_progress_fn progress;  /* NULL: none */
    void *progress_context;
    const volatile sig_atomic_t *stop; /* non-zero asks for a stop; NULL: never */
} ncf_flow_options_t;

/** ncf_flow_options_init(options): the defaults given above. */
NCF_API void ncf_flow_options_init(ncf_flow_options_t *options);

/**
 * ncf_flow(out, problem, options, err):
 * Integrates one run of a flow from w(0) = delta w_0, |w_0| = 1, in doubles, and matches the
 * trajectory as ncf_match does. A second integrator runs the early phase again: unless it
 * ends in the same certified cap, and unless the energy (the loss; -N) falls all the time,
 * the run is unmatched. The rescaled time is tau = t delta^(L-2), and t for a network that
 * is not homogeneous, whose runs are never matched.
 *
 * `until` is a list of conditions, separated by commas, of which the first one to be met
 * ends the run:
 *   tau=X, time=X   the rescaled or the plain time is X
 *   norm=X          |w| >= X
 *   loss=X          the loss is at most X
 *   escape          the loss is at most half of that at the start
 *   plateau[=X]     the gradient falls to X; without X to a thousandth of |grad N(w_0)|, for
 *                   the flow on the sphere to 1e-9 of what it was at the start
 *   cap             the direction is in the certified cap of the point that it turns to
 * Default: "escape,plateau" for training and descent, "plateau" for the flow on the sphere,
 * and for the flow of N |w / delta| >= 1e30 (less where N would overflow), which always ends
 * it. A run whose norm falls to delta / 1000 ends always.
 *
 * Out:      out      the result
 * In:       options  NULL for the defaults
 * Returns:  NCF_OK, NCF_EARG (an option out of range, conditions that do not fit the flow or
 *           that hold at the start), NCF_ESPEC, NCF_EUNSUPPORTED (as for ncf_solve; a flow
 *           that the network does not have)
 * Owns:     the caller frees *out with ncf_result_free; problem and initial points may be
 *           freed before
 * Threads:  reentrant; starts options->threads - 1 threads and joins them
 */
NCF_API NCF_MUST_USE ncf_status_t ncf_flow(ncf_result_t **out, const ncf_problem_t *problem,
                                           const ncf_flow_options_t *options,
                                           ncf_error_t *err);

/* The files of a trajectory. */
typedef enum { NCF_TRAJECTORY_CSV, NCF_TRAJECTORY_NPY } ncf_trajectory_format_t;

/** ncf_result_rows(result): the rows of the trajectory of ncf_flow; 0 for other results. */
NCF_API size_t ncf_result_rows(const ncf_result_t *result);

/**
 * ncf_result_write_trajectory(stream, result, format, err):
 * Writes the trajectory of a result of ncf_flow as ncf_trajectory_read reads it: n + 4
 * columns, time, weights, loss, norm and N(w). In CSV every double has as many digits as it
 * needs to be read back as it is.
 *
 * Returns:  NCF_OK, NCF_EARG (no trajectory of two rows or more), or NCF_EIO if the stream
 *           fails
 */
NCF_API NCF_MUST_USE ncf_status_t ncf_result_write_trajectory(FILE *stream,
                                                              const ncf_result_t *result,
                                                              ncf_trajectory_format_t format,
                                                              ncf_error_t *err);

/* ---- Many runs of a flow ------------------------------------------------------------ */

typedef struct {
    size_t size;            /* sizeof(ncf_flow_runs_options_t), set by the initialiser */
    ncf_flow_kind_t kind;   /* NCF_FLOW_TRAINING; not NCF_FLOW_DESCENT */
    const char *delta;      /* exact text of |w(0)|, 1e-100 to 1e10; NULL: "1/1000" */
    size_t runs;            /* 1 to 1000000; 1000 */
    uint64_t seed;          /* of the random starts; 1 */
    double tolerance;       /* of the local error relative to |w|, 1e-14 to 0.1; 1e-10 */
    long max_steps;         /* of one integration, 1 to 1000000; 100000 */
    const ncf_points_t *orbits; /* a list of KKT points to number the orbits by; NULL: none */
    int threads;            /* worker threads, 1 to 1024; results do not depend on it; 1 */
    long precision;         /* bits of the printed enclosures, 53 to 100000; 128 */
    long max_precision;     /* bits at which a proof attempt gives up; 8192 */
    double time_limit;      /* seconds of wall time, <= 0: none; 0 */
    ncf_progress_fn progress; /* NULL: none */
    void *progress_context;
    const volatile sig_atomic_t *stop; /* non-zero asks for a stop; NULL: never */
} ncf_flow_runs_options_t;

/** ncf_flow_runs_options_init(options): the defaults given above. */
NCF_API void ncf_flow_runs_options_init(ncf_flow_runs_options_t *options);

/**
 * ncf_flow_runs(out, problem, options, err):
 * Integrates runs from w(0) = delta w_0 with w_0 uniform on the unit sphere, as far as the
 * early phase of ncf_match goes, each of them by two integrators, and says to which KKT points
 * they turn and what share of the sphere that is. The early phase ends where the gradients of
 * training and of N differ by more than a tenth, or where the direction comes to rest. A run is
 * matched to an orbit when it is proved that its direction there lies in the certified cap of
 * a point of the orbit, for both integrators: then the flow of N from there converges to the
 * point in direction. That training goes there is measured, and shares are estimates with
 * Wilson's interval of 95 %. Limits end the work between blocks of runs; the result is then
 * about those that are finished and is labelled as partial.
 *
 * Out:      out      the result: orbits that runs were matched to, largest lambda first
 * In:       options  NULL for the defaults
 * Returns:  NCF_OK, NCF_EARG (an option out of range, a list for another network),
 *           NCF_EUNSUPPORTED (as for ncf_match)
 * Owns:     the caller frees *out with ncf_result_free; problem and orbits may be freed before
 * Threads:  reentrant; starts options->threads - 1 threads and joins them
 */
NCF_API NCF_MUST_USE ncf_status_t ncf_flow_runs(ncf_result_t **out,
                                                const ncf_problem_t *problem,
                                                const ncf_flow_runs_options_t *options,
                                                ncf_error_t *err);

/**
 * ncf_result_write_runs(stream, result, err):
 * Writes a row for each run of a result of ncf_flow_runs as CSV with a header. Run k starts
 * where ncf_flow does for the same seed and run k.
 *
 * Returns:  NCF_OK, NCF_EARG (another result), or NCF_EIO if the stream fails
 */
NCF_API NCF_MUST_USE ncf_status_t ncf_result_write_runs(FILE *stream,
                                                        const ncf_result_t *result,
                                                        ncf_error_t *err);

/* ---- Saved results: pictures and reports ------------------------------------------ */

/* A document that ncf wrote with --json, read again. */
typedef struct ncf_saved ncf_saved_t;

/**
 * ncf_saved_read(out, path, err):
 * Reads a result document, or a table in JSON. What is proved in it stands on the word of who
 * wrote it.
 *
 * Out:      out    the document
 * In:       path   a file name, or "-" for standard input
 * Returns:  NCF_OK, or NCF_EPARSE (not JSON), NCF_ESPEC (not a document of ncf),
 *           NCF_EUNSUPPORTED (of another version), NCF_EIO, with the place and one fact in err
 * Owns:     the caller frees *out with ncf_saved_free
 * Threads:  reentrant
 */
NCF_API NCF_MUST_USE ncf_status_t ncf_saved_read(ncf_saved_t **out, const char *path,
                                                 ncf_error_t *err);

/**
 * ncf_saved_parse(out, text, length, name, err):
 * The same for a document in memory; name stands for the file name in messages.
 */
NCF_API NCF_MUST_USE ncf_status_t ncf_saved_parse(ncf_saved_t **out, const char *text,
                                                  size_t length, const char *name,
                                                  ncf_error_t *err);

NCF_API void ncf_saved_free(ncf_saved_t *saved);

/* What a picture shows, see ncf(1). */
typedef enum {
    NCF_PICTURE_AUTO,     /* the first of the next ones that the documents have data for */
    NCF_PICTURE_TRAINING, /* loss and norm of the weights against time */
    NCF_PICTURE_ANGLE,    /* angle to the matched point against time */
    NCF_PICTURE_WEIGHTS,  /* |W_l| as heat maps */
    NCF_PICTURE_PROFILE,  /* N of one unit on the circle or on the sphere of inputs */
    NCF_PICTURE_CENSUS,   /* histograms of index and lambda; of a table: of the index */
    NCF_PICTURE_TABLE     /* a quantity of a table against an axis of its grid */
} ncf_picture_kind_t;

typedef enum { NCF_PICTURE_SVG, NCF_PICTURE_PNG, NCF_PICTURE_PDF } ncf_picture_format_t;

typedef struct {
    size_t size; /* sizeof(ncf_picture_options_t), set by the initialiser */
    ncf_picture_kind_t kind;     /* NCF_PICTURE_AUTO */
    ncf_picture_format_t format; /* NCF_PICTURE_SVG */
    int script;        /* non-zero: the script that makes gnuplot draw the picture; 0 */
    const char *title; /* in the place of the title that says what is drawn; NULL */
    const ncf_problem_t *problem; /* of the profile; NULL: the file that the document names,
                                     if it is still the same */
    const ncf_trajectory_t *trajectory; /* for the weights at the moments of training; NULL */
    const char *quantity; /* of a table: what is drawn; NULL: its first number */
    const char *axis;     /* against which label; NULL: the numbers with the most values */
    const volatile sig_atomic_t *stop;  /* non-zero asks for a stop; NULL: never */
} ncf_picture_options_t;

/** ncf_picture_options_init(options): the defaults given above. */
NCF_API void ncf_picture_options_init(ncf_picture_options_t *options);

/**
 * ncf_picture_write(stream, saved, count, options, err):
 * Draws documents by the program gnuplot. A picture says which of its marks are proved and
 * which are measured. Nothing is written to the stream after a failure but one of it.
 *
 * In:       saved    count >= 1 documents; several of them only for the training and the angle
 *           options  NULL for the defaults
 * Returns:  NCF_OK, NCF_EARG (an option out of range, documents that do not belong
 *           together), NCF_ESPEC (a document without what the picture needs, a problem or a
 *           trajectory of another digest), NCF_EHELPER (gnuplot is not there or failed),
 *           NCF_ELIMIT (stopped), NCF_EIO
 * Threads:  reentrant; starts gnuplot as a child process and waits for it
 */
NCF_API NCF_MUST_USE ncf_status_t ncf_picture_write(FILE *stream, const ncf_saved_t *const *saved,
                                                    size_t count,
                                                    const ncf_picture_options_t *options,
                                                    ncf_error_t *err);

typedef struct {
    size_t size;       /* sizeof(ncf_report_options_t), set by the initialiser */
    int pictures;      /* non-zero: with pictures, which need gnuplot; 1 */
    const char *title; /* NULL: "Report of ncf" */
    const ncf_problem_t *problem;      /* as for pictures; NULL */
    const volatile sig_atomic_t *stop; /* non-zero asks for a stop; NULL: never */
} ncf_report_options_t;

/** ncf_report_options_init(options): the defaults given above. */
NCF_API void ncf_report_options_init(ncf_report_options_t *options);

/**
 * ncf_report_write(stream, saved, count, options, err):
 * Writes one HTML file that needs no other file, no network and no scripts: what the documents
 * say, in tables, the pictures that they have data for, and where everything comes from.
 *
 * In:       saved    count >= 1 documents
 *           options  NULL for the defaults
 * Returns:  NCF_OK, NCF_EARG (an option out of range), NCF_EHELPER (gnuplot is not there or
 *           failed), NCF_ELIMIT (stopped), NCF_EIO; the stream then holds a part of the page
 * Threads:  as ncf_picture_write
 */
NCF_API NCF_MUST_USE ncf_status_t ncf_report_write(FILE *stream, const ncf_saved_t *const *saved,
                                                   size_t count,
                                                   const ncf_report_options_t *options,
                                                   ncf_error_t *err);

/* ---- Proofs for one start --------------------------------------------------------- */

typedef struct {
    size_t size;            /* sizeof(ncf_prove_options_t), set by the initialiser */
    const ncf_points_t *initial; /* one candidate, w_0 exactly; NULL: random */
    uint64_t seed;          /* of a random start, exact binary fractions; 1 */
    uint64_t run;           /* number of the start for this seed, as in ncf_flow_runs; 0 */
    const char *angle;      /* exact text, > 0: theta at most, in radians; NULL: that of the cap */
    long precision;         /* bits of the printed enclosures, 53 to 100000; 128 */
    long max_precision;     /* bits at which a proof attempt gives up; 8192 */
    int threads;            /* worker threads, 1 to 1024; results do not depend on it; 1 */
    double time_limit;      /* seconds of wall time, <= 0: none; 0 */
    ncf_progress_fn progress; /* NULL: none */
    void *progress_context;
    const volatile sig_atomic_t *stop; /* non-zero asks for a stop; NULL: never */
} ncf_prove_options_t;

/** ncf_prove_options_init(options): the defaults given above. */
NCF_API void ncf_prove_options_init(ncf_prove_options_t *options);

/**
 * ncf_prove_flow(out, problem, options, err):
 * Two theorems on the flow from w_0, each proved with all its constants or undecided with
 * the reason (T-VALIDATEDFLOW, T-CAP). First: the flow of N from w_0 converges in direction
 * to a certified KKT point u*. Second: for EVERY delta in (0, delta_0] the training flow of
 * the square loss from delta w_0/|w_0| is in the cone of angle theta around u* at a moment
 * with t delta^(L-2) in a known interval, and |w| <= M delta there. delta_0 is as large as
 * can be proved, at most 1.
 *
 * Out:      out      the result; its exit status is 0 when both are proved
 * In:       options  NULL for the defaults
 * Returns:  NCF_OK, NCF_EARG (an option out of range, initial weights that are not one
 *           candidate of this problem), NCF_EUNSUPPORTED (as for ncf_solve; a network with
 *           too many weights, or whose H is not homogeneous)
 * Owns:     the caller frees *out with ncf_result_free; problem and initial may be freed
 *           before
 * Threads:  reentrant
 */
NCF_API NCF_MUST_USE ncf_status_t ncf_prove_flow(ncf_result_t **out,
                                                 const ncf_problem_t *problem,
                                                 const ncf_prove_options_t *options,
                                                 ncf_error_t *err);

/* ---- Studies: tables of many problems ---------------------------------------------- */

typedef struct ncf_study ncf_study_t;

/**
 * ncf_study_read(out, path, err):
 * Reads a study file (ncf-study version 1): a problem, a grid of what is varied, and the
 * quantities wanted. Each value of the grid is tried in a problem, with all others at their
 * first value, so that a mistake is found before anything is run.
 *
 * Out:      out    the study
 * In:       path   a file name, or "-" for standard input
 * Returns:  NCF_OK, or NCF_EPARSE, NCF_ESPEC, NCF_EUNSUPPORTED, NCF_EIO with the place and
 *           one fact in err
 * Owns:     the caller frees *out with ncf_study_free
 * Threads:  reentrant
 */
NCF_API NCF_MUST_USE ncf_status_t ncf_study_read(ncf_study_t **out, const char *path,
                                                 ncf_error_t *err);

/**
 * ncf_study_parse(out, text, length, name, directory, err):
 * The same for a study in memory, as ncf_problem_parse.
 */
NCF_API NCF_MUST_USE ncf_status_t ncf_study_parse(ncf_study_t **out, const char *text,
                                                  size_t length, const char *name,
                                                  const char *directory, ncf_error_t *err);

NCF_API void ncf_study_free(ncf_study_t *study);

/** ncf_study_case_count(study): the number of cases of the grid, 1 to 1000000. */
NCF_API size_t ncf_study_case_count(const ncf_study_t *study);

typedef struct {
    size_t size;       /* sizeof(ncf_table_options_t), set by the initialiser */
    int threads;       /* cases that are run at a time, each on one thread; 1 */
    double time_limit; /* seconds of wall time of the run, <= 0: none; 0 */
    double case_limit; /* seconds of a record, <= 0: what the study says; 0 */
    const char *const *stores; /* folders of records: written to the first, read from all;
                                  NULL: NAME.store in the current folder */
    size_t store_count;        /* 0 */
    long shard, shards; /* only the cases k (from 1 on) with k = shard modulo shards; 0, 0: all */
    int merge;          /* non-zero: run nothing, only read the stores; 0 */
    ncf_progress_fn progress; /* NULL: none */
    void *progress_context;
    const volatile sig_atomic_t *stop; /* non-zero asks for a stop; NULL: never */
} ncf_table_options_t;

/** ncf_table_options_init(options): the defaults given above. */
NCF_API void ncf_table_options_init(ncf_table_options_t *options);

typedef struct ncf_table ncf_table_t;

/**
 * ncf_table_run(out, study, options, err):
 * Runs the cases of a study that the store holds no record of, and makes the table. Each
 * record is written as soon as it is finished; several processes may use one store. A case
 * that fails, stays undecided or is not run is a row all the same. Two routes to one number
 * that differ are a contradiction, which the table names.
 *
 * Out:      out      the table
 * In:       options  NULL for the defaults
 * Returns:  NCF_OK, NCF_EARG (an option out of range), NCF_EUNSUPPORTED (as for ncf_solve),
 *           NCF_EIO (the store cannot be used; records that were written stay)
 * Owns:     the caller frees *out with ncf_table_free; the study may be freed before
 * Threads:  reentrant; starts options->threads - 1 threads and joins them. Two calls in one
 *           process must not write to one store at the same time
 */
NCF_API NCF_MUST_USE ncf_status_t ncf_table_run(ncf_table_t **out, const ncf_study_t *study,
                                                const ncf_table_options_t *options,
                                                ncf_error_t *err);

NCF_API void ncf_table_free(ncf_table_t *table);

/**
 * ncf_table_exit(table): the exit status of `ncf table`: 0 every case is proved, 1 some case
 * is undecided, failed, missing or contradicted, 4 the run was ended by a limit.
 */
NCF_API int ncf_table_exit(const ncf_table_t *table);

typedef enum {
    NCF_TABLE_TEXT,
    NCF_TABLE_CSV,      /* RFC 4180 with a header */
    NCF_TABLE_MARKDOWN,
    NCF_TABLE_LATEX,    /* for \input; needs the packages booktabs and siunitx */
    NCF_TABLE_JSON      /* ncf-table version 1 */
} ncf_table_format_t;

/**
 * ncf_table_write(stream, table, format, digits, err):
 * Writes a table with what was proved, what was searched, what is open, and the command that
 * makes it again.
 *
 * In:       digits  significant decimals of real quantities, 1 to 10000
 * Returns:  NCF_OK, NCF_EARG, or NCF_EIO if the stream fails
 */
NCF_API NCF_MUST_USE ncf_status_t ncf_table_write(FILE *stream, const ncf_table_t *table,
                                                  ncf_table_format_t format, long digits,
                                                  ncf_error_t *err);

/* ---- Export: the system for other programs ---------------------------------------- */

typedef enum {
    NCF_FORMAT_AUTO, /* of a list of solutions only: its bytes tell */
    NCF_FORMAT_MSOLVE,
    NCF_FORMAT_SINGULAR,
    NCF_FORMAT_PHCPACK,
    NCF_FORMAT_MACAULAY2,
    NCF_FORMAT_BERTINI,
    NCF_FORMAT_JULIA /* HomotopyContinuation.jl */
} ncf_format_t;

/*
 * Which square polynomial system. None has solutions that stand for lambda = 0.
 *  fixed-point  grad N(z) = z, for H homogeneous of degree L >= 3. Its real solutions
 *               z != 0 are the KKT points with lambda > 0: u = z/|z|, lambda = |z|^(2-L).
 *  kkt          grad N(u) = lam u, |u|^2 = 1, s lam = 1. Its real solutions are the KKT
 *               points with lambda != 0.
 *  eigen        T q^(p-1) = mu q, |q|^2 = 1, s mu = 1, for two layers with activation t^p:
 *               unit eigenvectors of the data tensor T = sum_i z_i x_i^(p), of which all KKT
 *               points with lambda != 0 are made (T-DECOUPLE).
 */
typedef enum {
    NCF_SYSTEM_AUTO, /* fixed-point where that is possible, else kkt */
    NCF_SYSTEM_FIXED_POINT,
    NCF_SYSTEM_KKT,
    NCF_SYSTEM_EIGEN
} ncf_system_t;

typedef struct {
    size_t size;         /* sizeof(ncf_export_options_t), set by the initialiser */
    ncf_format_t format; /* NCF_FORMAT_MSOLVE */
    ncf_system_t system; /* NCF_SYSTEM_AUTO */
    const char *file;    /* the name of the file that is written, for the command in its
                            header; NULL: FILE */
    FILE *notes;         /* where the header goes for msolve, whose files hold no comments;
                            NULL: nowhere */
} ncf_export_options_t;

/** ncf_export_options_init(options): the defaults given above. */
NCF_API void ncf_export_options_init(ncf_export_options_t *options);

/**
 * ncf_export_write(stream, problem, options, err):
 * Writes an exact polynomial system as an input file of another program. Each equation is
 * multiplied by a number that makes its coefficients integers without a common factor; for
 * PHCpack and Bertini an equation with a coefficient of more than 15 digits is then divided
 * by a power of ten, and holds exact decimals. The header, in comments, says what the unknowns
 * and the solutions mean and which command solves the system.
 *
 * In:       options  NULL for the defaults
 * Returns:  NCF_OK, NCF_EARG (an option out of range), NCF_EUNSUPPORTED (the polynomial N
 *           is too large; a system that the network does not have), NCF_EIO if the stream
 *           fails; nothing is written before the first two are ruled out
 * Threads:  reentrant
 */
NCF_API NCF_MUST_USE ncf_status_t ncf_export_write(FILE *stream, const ncf_problem_t *problem,
                                                   const ncf_export_options_t *options,
                                                   ncf_error_t *err);

/**
 * ncf_solutions_read(out, path, problem, format, err):
 * Reads what another program found for a system of ncf_export_write as candidates. Formats:
 * the output file of phc -b, or of msolve; what the exported files of Singular, Macaulay2
 * and Julia write; a file of solutions of Bertini. Which system it was shows in the number
 * of coordinates, or in their names. A solution is taken as real, without its imaginary
 * part, when that of no weight is above a millionth of the largest weight; others, the
 * solution z = 0 of the fixed-point form, and those that the program marks as failed or at
 * infinity, are counted and left out. An eigenvector becomes a point with one active unit.
 *
 * Out:      out     the candidates
 * In:       format  NCF_FORMAT_AUTO: the bytes tell, and a file that is no list of solutions
 *                   is read as ncf_points_read does
 * Returns:  as ncf_points_read; NCF_ESPEC also when no solution is left
 * Owns:     the caller frees *out with ncf_points_free; the problem may be freed before
 * Threads:  reentrant
 */
NCF_API NCF_MUST_USE ncf_status_t ncf_solutions_read(ncf_points_t **out, const char *path,
                                                     const ncf_problem_t *problem,
                                                     ncf_format_t format, ncf_error_t *err);

/**
 * ncf_solutions_parse(out, bytes, length, name, problem, format, err):
 * The same for a file in memory; name stands for the file name in messages.
 */
NCF_API NCF_MUST_USE ncf_status_t ncf_solutions_parse(ncf_points_t **out, const char *bytes,
                                                      size_t length, const char *name,
                                                      const ncf_problem_t *problem,
                                                      ncf_format_t format, ncf_error_t *err);

/* ---- Information ----------------------------------------------------------------- */

/**
 * ncf_info_write(stream, problem, json, err):
 * Writes degrees, unknowns, the symmetry group and, when its predicted size
 * is small, the exact polynomial N(u) of a problem.
 *
 * In:       json    non-zero: a JSON document; zero: text
 * Returns:  NCF_OK, or NCF_EIO if the stream fails
 */
NCF_API NCF_MUST_USE ncf_status_t ncf_info_write(FILE *stream, const ncf_problem_t *problem,
                                                 int json, ncf_error_t *err);

#ifdef __cplusplus
}
#endif
#endif
