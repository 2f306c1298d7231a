/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * base/: what every stage uses. Takes nothing, gives errors, allocation, random
 * streams, limits, worker threads, exact number text, digests and decimals.
 * May include: libc, GMP, FLINT through compat.h, libmd.
 */
#ifndef NCF_BASE_H
#define NCF_BASE_H

#include "compat.h"
#include "ncf.h"

/* ---- Errors and allocation (error.c, memory.c) ----------------------------------- */

/* Records the first failure in err (which may be NULL) and returns status. */
ncf_status_t ncf__fail(ncf_error_t *err, ncf_status_t status, const char *format, ...)
    NCF_PRINTF(3, 4);

/* The same with a place; line and column are 1-based, 0 where not known. */
ncf_status_t ncf__fail_at(ncf_error_t *err, ncf_status_t status, const char *source,
                          int line, int column, const char *format, ...) NCF_PRINTF(6, 7);

/* A soundness guard that stays in every build: reports and aborts. */
#define NCF_REQUIRE(condition) \
    ((condition) ? (void) 0 : ncf__require_failed(#condition, __FILE__, __LINE__))
_Noreturn void ncf__require_failed(const char *condition, const char *file, int line);

/*
 * Allocation that reports and aborts when memory is exhausted, as FLINT does.
 * Sizes are count * size with an overflow check. Free with ncf__free.
 */
void *ncf__malloc(size_t count, size_t size);
void *ncf__calloc(size_t count, size_t size);
void *ncf__realloc(void *block, size_t count, size_t size);
char *ncf__strdup(const char *text);
char *ncf__format(const char *format, ...) NCF_PRINTF(1, 2); /* allocated text */
void ncf__free(void *block);

/* ---- Arithmetic (arithmetic.c) ---------------------------------------------------- */

/*
 * NCF_OK when doubles of this thread are rounded to nearest and subnormal numbers are kept,
 * which the proofs in doubles assume (T-INTERVAL, T-FASTCERT); else NCF_EUNSUPPORTED. Every
 * public function that proves something asks first. Threads that it starts inherit the
 * environment.
 */
ncf_status_t ncf__arithmetic_check(ncf_error_t *err);

/* ---- Random streams (random.c) --------------------------------------------------- */

/*
 * xoshiro256** seeded through splitmix64 (Blackman and Vigna): our own, because
 * the streams of FLINT differ between its versions and data sets are named by
 * their seed. The stream of a (seed, stream) pair never changes.
 */
typedef struct {
    uint64_t state[4];
} ncf_random_t;

void ncf__random_init(ncf_random_t *random, uint64_t seed, uint64_t stream);

/*
 * A seed from the system, different in every run: only for checks whose answer does not
 * depend on the numbers drawn, so that no input can be made to pass them by chance.
 */
void ncf__random_init_entropy(ncf_random_t *random);
uint64_t ncf__random_bits(ncf_random_t *random);             /* 64 uniform bits */
uint64_t ncf__random_below(ncf_random_t *random, uint64_t n); /* uniform in 0..n-1 */
double ncf__random_unit(ncf_random_t *random);               /* uniform in [0, 1) */

/* ---- Limits (limits.c) ----------------------------------------------------------- */

typedef enum { NCF_LIMIT_NONE, NCF_LIMIT_TIME, NCF_LIMIT_STOP } ncf_limit_t;

typedef struct {
    double deadline;                   /* on the clock of ncf__clock, <= 0: none */
    const volatile sig_atomic_t *stop; /* may be NULL */
    ncf_progress_fn progress;          /* may be NULL */
    void *progress_context;
} ncf_limits_t;

/* Seconds on a monotonic clock. */
double ncf__clock(void);

/* Which limit is reached now; limits may be NULL. Cheap: call it every millisecond. */
ncf_limit_t ncf__limit_reached(const ncf_limits_t *limits);

/*
 * Limits for saving what is finished: the same ones while none of them is reached, else
 * that many seconds from now, without progress. limits may be NULL.
 */
ncf_limits_t ncf__limits_grace(const ncf_limits_t *limits, double seconds);

/* Reports progress; only from the thread that called the library. NULL is fine. */
void ncf__progress(const ncf_limits_t *limits, const char *stage, double done, double total);

/* ---- Worker threads (parallel.c) ------------------------------------------------- */

/*
 * Runs job(context, index, worker) once for each index in 0..count-1, in order of
 * start, on at most `threads` threads; worker is 0 on the calling thread. After a
 * limit is reached no further job starts. Jobs must write to places of their own
 * index, so that results do not depend on the number of threads. Returns the limit
 * that stopped it. Each started thread frees the caches of the arithmetic libraries.
 */
typedef void (*ncf_job_fn)(void *context, slong index, int worker);
ncf_limit_t ncf__parallel_for(slong count, int threads, ncf_job_fn job, void *context,
                              const ncf_limits_t *limits, const char *stage);

/* ---- Dense algebra in doubles through LAPACK, for proposals (dense.c) ------------ */

/*
 * In place, a (n x n, row-major) becomes about its inverse; returns 0 for a pivot that is
 * zero and for entries that are not numbers. Between blocks that are exactly decoupled the
 * zeros are expected to stay exact; nothing but speed rests on it.
 */
int ncf__dense_invert(double *a, slong n);

/*
 * The rows of v become about orthonormal eigenvectors of the symmetric a (n x n), in no
 * particular order; a is overwritten. Returns 0 when an entry is not finite.
 */
int ncf__dense_eigenvectors(double *v, double *a, slong n);

/* The same with the eigenvalues, in increasing order. */
int ncf__dense_spectrum(double *values, double *v, double *a, slong n);

/*
 * The symmetric a (n x n, of which the part below the diagonal is read) becomes about the lower
 * triangular L with a = L L^T, zero above the diagonal; returns 0 when a is not positive
 * definite or an entry is not a number. Such an L becomes about the inverse of a.
 */
int ncf__dense_factor(double *a, slong n);
int ncf__dense_factor_inverse(double *l, slong n);

/*
 * b (n entries) becomes about the solution of a x = b; a (n x n, row-major) is overwritten.
 * Returns 0 for a pivot that is zero; entries must be finite. ncf__dense_solve_shortest
 * takes a singular a too: then x is the shortest vector that solves the system best, where
 * directions that a shrinks by more than 1e-11 count as singular.
 */
int ncf__dense_solve(double *b, double *a, slong n);
int ncf__dense_solve_shortest(double *b, double *a, slong n);

/*
 * The upper triangle of a (rows x columns, column-major, rows >= columns) becomes about the R
 * of a = Q R, with Q^T Q = I, so that |a q| = |R q|; what is below it is overwritten. Errors of
 * a column are small against that column. Returns 0 when an entry is not finite.
 */
int ncf__dense_triangle(double *a, slong rows, slong columns);

/* ---- Exact numbers as text (rational.c) ------------------------------------------ */

#define NCF_NUMBER_MAX_DIGITS 100000  /* characters of one number */
#define NCF_NUMBER_MAX_EXPONENT 20000 /* |e| of a decimal exponent */

/*
 * Reads an integer "-12", a fraction "p/q" or a decimal "1.5e-3" (as exactly that
 * decimal). Surrounding spaces, a bare "." and a zero denominator are refused.
 * Returns NULL, or one fact about what is wrong (static text).
 */
const char *ncf__rational_parse(fmpq_t out, const char *text, size_t length);

/* The exact value of a finite double. */
void ncf__rational_set_double(fmpq_t out, double x);

/* ---- Digest (digest.c) ----------------------------------------------------------- */

/* Writes the SHA-256 of the bytes as 64 lower-case hexadecimal digits and a zero. */
void ncf__sha256(char hex[65], const void *bytes, size_t length);

/* The digest of the sources of this library, put in when it was built (src/local.mk). */
const char *ncf__source_digest(void);

/* ---- Decimals (decimal.c) -------------------------------------------------------- */

/*
 * An enclosure as two decimals: |true value - mid| <= rad holds for the decimals as
 * written, for every value in x. Non-finite x gives "nan" and "inf".
 * Both strings are the caller's to free.
 */
void ncf__decimal_enclosure(char **mid, char **rad, const arb_t x, slong digits);

/*
 * For tables: at most `digits` significant digits, all of which are right up to one
 * unit in the last place. Allocated text; "?" when no digit is known.
 */
char *ncf__decimal_short(const arb_t x, slong digits);

/*
 * For vectors of unit length: exactly `places` >= 1 decimals, right up to one unit in the
 * last place, so that a coordinate that may be 0 reads 0.0000. "?" when x is wider.
 */
char *ncf__decimal_fixed(const arb_t x, slong places);

#endif
