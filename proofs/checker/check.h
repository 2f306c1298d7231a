/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * check.h: the whole of ncf-check, which proves the claims of a certificate again. It shares no
 * source with the library and needs GMP only. Read the files in this order:
 *
 *   run.c      limits, memory, and how a run ends
 *   json.c     bytes -> tree of nodes with places
 *   number.c   strings -> exact integers, rationals, dyadic vectors; boxes
 *   ball.c     fixed-point balls, rounded outward (T-DYADIC)
 *   sha256.c   digest
 *   problem.c  the exact problem, and its canonical form
 *   tape.c     N(u), its gradient and Hessian as a list of sums and products
 *   tensor.c   the tensor of a monomial network, and its eigenpair system
 *   exist.c    exists-unique, refine, zero-pattern, lambda-sign (T-KRAWCZYK, T-ZEROS)
 *   inertia.c  inertia (T-CONGRUENCE)
 *   classes.c  real, distinct, complete-by-count, lines, census (T-CHART, T-COUNT)
 *   closed.c   closed-form (T-DECOUPLE, T-DEEPLINEAR, T-RANKONE)
 *   cover.c    complete-by-cover (T-CHARTCOVER)
 *   symmetry.c equal-units, orbit, distinct orbits (T-ORBIT)
 *   rank.c     rank (T-RANKS)
 *   cap.c      basin (T-SMALLCAP)
 *   claims.c   the list of claims
 *   main.c     options
 *
 * There is no floating-point arithmetic, and no recursion. A function that meets something wrong
 * does not return: it calls stop().
 */
#ifndef NCF_CHECK_H
#define NCF_CHECK_H

#include <gmp.h>
#include <stddef.h>
#include <stdint.h>

/* ---- run.c ------------------------------------------------------------------------ */

typedef enum { VERIFIED, REJECTED, USAGE, MALFORMED, LIMIT, SYSTEM } status_t;

typedef struct {
    size_t memory; /* bytes */
    uint64_t work; /* products of two words, roughly */
    long bits;     /* of the balls */
} limits_t;

/* Ends the run with a status and a message. */
void stop(status_t status, const char *format, ...)
    __attribute__((noreturn, format(printf, 2, 3)));

/* Counts work; stops when there was too much. */
void spend(uint64_t work);
long bits_limit(void);

/*
 * Zeroed memory for `count` objects. All memory, that of GMP included, is counted, and belongs to
 * the run: nobody frees. What was allocated after a mark goes when the mark is released, so no
 * number that is older may be changed in between (GMP may give it new memory), and set_bits must
 * be called after the mark before balls are used.
 */
void *allocate(size_t count, size_t size);
typedef struct block *mark_t;
mark_t memory_mark(void);
void memory_release(mark_t mark);

void discard(void *bytes); /* one object of allocate, before its time */

mpz_t *new_integers(size_t count); /* zeros */
mpq_t *new_rationals(size_t count);

/* Runs a function under limits; returns the status, and the message of stop(). */
status_t run(void (*function)(void *argument), void *argument, const limits_t *limits,
             char *message, size_t size);

/* ---- json.c ----------------------------------------------------------------------- */

typedef enum {
    NODE_OBJECT,
    NODE_LIST,
    NODE_STRING,
    NODE_INTEGER,
    NODE_TRUE,
    NODE_FALSE
} type_t;

typedef struct node {
    type_t type;
    const char *file;
    size_t line, column;
    const char *key;    /* of a member of an object; terminated */
    const char *text;   /* of a string or an integer; terminated */
    size_t length;      /* of the text; the number of members or entries */
    struct node *first; /* member or entry */
    struct node *next;
} node_t;

/* The text is kept, and changed; it is followed by a zero byte. */
node_t *json_read(const char *file, char *bytes, size_t length);

void malformed(const node_t *node, const char *format, ...)
    __attribute__((noreturn, format(printf, 2, 3)));

/*
 * The object has exactly these keys, which are separated by blanks; those that begin with a
 * question mark may be missing.
 */
void check_keys(const node_t *node, const char *keys);
const node_t *find(const node_t *object, const char *key); /* NULL if it is missing */
const node_t *member(const node_t *object, const char *key);
const node_t *list(const node_t *node);
const char *string(const node_t *node);
long integer(const node_t *node, long least, long most);
int is_string(const node_t *node, const char *text);
/* A list of integers that increase, from least to most. */
size_t *index_list(size_t *count, const node_t *node, size_t most);

/* ---- number.c --------------------------------------------------------------------- */

/* An integer of any size; an integer, a reduced fraction or a dyadic; a number of a problem. */
void read_integer(mpz_t out, const node_t *node);
void read_rational(mpq_t out, const node_t *node);
void read_decimal(mpq_t out, const node_t *node);

/* mantissas[i] 2^exponent */
typedef struct {
    size_t count;
    mpz_t *mantissas;
    long exponent;
} vector_t;
vector_t read_vector(const node_t *node, size_t count);

/* [low[i], high[i]] 2^exponent, exactly */
typedef struct {
    size_t count;
    mpz_t *low, *high;
    long exponent;
} box_t;
box_t new_box(size_t count, long exponent);
/* Sign of a 2^e - b 2^f. */
int compare_dyadic(const mpz_t a, long e, const mpz_t b, long f);
/* Is entry i of inner, times the sign, contained in entry j of outer; are they disjoint? */
int entry_inside(const box_t *inner, size_t i, int sign, const box_t *outer, size_t j);
int entry_disjoint(const box_t *a, size_t i, int sign, const box_t *b, size_t j);
int entry_sign(const box_t *box, size_t i); /* 0: contains 0 */
int entry_is_zero(const box_t *box, size_t i);

/* ---- ball.c ----------------------------------------------------------------------- */

/*
 * All numbers x with |x 2^bits - mid| <= rad, where bits is that of set_bits (T-DYADIC): every
 * operation encloses all results; what is exact stays exact.
 */
typedef struct {
    mpz_t mid, rad;
} ball_t;

void set_bits(long bits);
ball_t *new_balls(size_t count); /* zeros */
void ball_set(ball_t *out, const ball_t *a);
void ball_set_int(ball_t *out, long value);
void ball_set_rational(ball_t *out, const mpq_t value);
void ball_set_dyadic(ball_t *out, const mpz_t mantissa, long exponent);
void ball_set_entry(ball_t *out, const box_t *box, size_t i);
void ball_add(ball_t *out, const ball_t *a, const ball_t *b);
void ball_sub(ball_t *out, const ball_t *a, const ball_t *b);
void ball_mul(ball_t *out, const ball_t *a, const ball_t *b);
void ball_scale(ball_t *out, const ball_t *a, long factor);
int ball_is_zero(const ball_t *a); /* exactly */
int ball_sign(const ball_t *a);    /* 1, -1, or 0: it contains 0 */
/* An upper bound of |a|, and a lower bound (0 if it contains 0), times 2^bits. */
void ball_upper(mpz_t out, const ball_t *a);
void ball_lower(mpz_t out, const ball_t *a);
/* out += a b without rounding, out being in units of 2^(-2 bits); and back. */
void ball_accumulate(ball_t *out, const ball_t *a, const ball_t *b, int sign);
void ball_round(ball_t *out, const ball_t *sum);

typedef struct {
    ball_t re, im;
} complex_t;
complex_t *new_complexes(size_t count);
void complex_set(complex_t *out, const complex_t *a);
void complex_add(complex_t *out, const complex_t *a, const complex_t *b);
void complex_sub(complex_t *out, const complex_t *a, const complex_t *b);
void complex_mul(complex_t *out, const complex_t *a, const complex_t *b);
void complex_accumulate(complex_t *sum, const complex_t *a, const complex_t *b);
void complex_round(complex_t *out, const complex_t *sum);
int complex_is_zero(const complex_t *a);

/* ---- sha256.c --------------------------------------------------------------------- */

typedef struct {
    uint32_t state[8];
    uint64_t length;
    unsigned char block[64];
} sha256_t;
void sha256_start(sha256_t *hash);
void sha256_add(sha256_t *hash, const char *text);
void sha256_finish(sha256_t *hash, char hex[65]);

/* ---- problem.c -------------------------------------------------------------------- */

/* s(t) = sum_k coefficients[k] t^k; a power has one term. */
typedef struct {
    size_t degree;
    int monomial; /* t^degree */
    mpq_t *coefficients;
} activation_t;

typedef struct {
    size_t channels, kernel, stride, pooling;
} stage_t;

typedef struct {
    size_t weight_factors, input_factors;
    mpq_t coefficient;
    size_t (*weights)[2], (*inputs)[2]; /* index, exponent */
} term_t;

enum { FEEDFORWARD, CONVOLUTION, TERMS };

typedef struct {
    int type;
    size_t inputs, weights;
    size_t depth, *widths; /* feed-forward: K, and K + 1 numbers */
    size_t activation_count;
    activation_t *activations; /* also of a convolution */
    size_t length, channels;   /* convolution */
    stage_t *stages;           /* activation_count */
    int dense;
    size_t term_count;
    term_t *terms;
} part_t;

typedef struct {
    size_t inputs, weights, points;
    int is_sum;
    size_t part_count;
    part_t *parts;
    mpq_t *x; /* points x inputs */
    mpq_t *z; /* the weights of the data */
    char digest[65];
} problem_t;

void problem_read(problem_t *out, const node_t *node);

/* The only part, if it is feed-forward; else NULL. */
const part_t *feedforward(const problem_t *problem);

/* ---- tape.c ----------------------------------------------------------------------- */

typedef struct tape tape_t;
tape_t *tape_new(const problem_t *problem);

/*
 * N(u) over balls; gradient: n, hessian: n x n; NULL where it is not wanted.
 */
void evaluate(ball_t *value, ball_t *gradient, ball_t *hessian, const tape_t *tape,
              const problem_t *problem, const ball_t *u);

/* ---- claims ----------------------------------------------------------------------- */

typedef enum { SYSTEM_NONE, SYSTEM_KKT, SYSTEM_EIGENPAIR } system_t;

/* The form G of a claim tensor, and the metric D. */
typedef struct {
    size_t order, dimension, points;
    mpq_t *forms;   /* points x dimension: B^T x_i */
    mpq_t *weights; /* points */
    mpq_t *metric;  /* dimension */
} tensor_t;

typedef struct claim {
    size_t id;
    const node_t *node;
    const struct kind *kind;
    size_t premise_count;
    struct claim **premises;
    system_t system;
    box_t box;   /* of the KKT point (n + 1), or of the real parts, then the imaginary ones,
                     of c with c_chart = 1 (dimension each), and then of nu */
    box_t outer; /* of a point: the only zero in this box is that in `box`; empty: not known */
    int is_point;
    size_t zero_count, *zeros; /* exists-unique with zeros */
    const struct claim *tensor;
    tensor_t *form; /* of a claim tensor */
    int real;       /* field of an eigenpair */
    size_t chart;
    long index;        /* inertia */
    mpq_t shift;       /* inertia */
    mpz_t count;       /* lines */
    size_t pair_count; /* complete-by-..., lines: eigenpairs */
    struct claim **pairs;
    int by_count;       /* lines: they rest on complete-by-count */
    size_t layer, unit; /* equal-units: the later one of the two */
} claim_t;

typedef struct {
    const problem_t *problem;
    const tape_t *tape;
    size_t count;
    claim_t *claims;
} certificate_t;

typedef struct kind {
    const char *name;
    const char *theorems; /* those that may be named, separated by blanks */
    void (*check)(const certificate_t *certificate, claim_t *claim);
} kind_t;

void rejected(const claim_t *claim, const char *format, ...)
    __attribute__((noreturn, format(printf, 2, 3)));
int is_kind(const claim_t *claim, const char *name);
/* The premise number i must be of this kind, or a point ("point"), or a real eigenpair ("line"). */
const claim_t *premise(const claim_t *claim, size_t i, const char *kind);
/* Sets and returns the bits of the claim; call it after a mark. */
long use_bits(const claim_t *claim);

void check_exists(const certificate_t *certificate, claim_t *claim);
void check_refine(const certificate_t *certificate, claim_t *claim);
void check_zero_pattern(const certificate_t *certificate, claim_t *claim);
void check_lambda_sign(const certificate_t *certificate, claim_t *claim);
void check_inertia(const certificate_t *certificate, claim_t *claim);
void check_tensor(const certificate_t *certificate, claim_t *claim);
void check_real(const certificate_t *certificate, claim_t *claim);
void check_distinct(const certificate_t *certificate, claim_t *claim);
void check_count(const certificate_t *certificate, claim_t *claim);
void check_cover(const certificate_t *certificate, claim_t *claim);
void check_lines(const certificate_t *certificate, claim_t *claim);
void check_census(const certificate_t *certificate, claim_t *claim);
void check_equal_units(const certificate_t *certificate, claim_t *claim);
void check_rank(const certificate_t *certificate, claim_t *claim);
void check_orbit(const certificate_t *certificate, claim_t *claim);
void check_closed_form(const certificate_t *certificate, claim_t *claim);
void check_extend(const certificate_t *certificate, claim_t *claim);
void check_basin(const certificate_t *certificate, claim_t *claim);

/* Parts of a check that other files use. */
/* (1/m) grad G(c), and (m - 1) G c^(m-2) row by row; either may be NULL. */
void tensor_evaluate(complex_t *gradient, complex_t *hessian, const tensor_t *tensor,
                     const complex_t *c);
/* The eigenpairs span pairwise different lines, and none that of another one's conjugate; sets its
   own bits. */
void prove_different(const claim_t *claim, claim_t **pairs, size_t count);
/* Are two points proved to be on different orbits? */
int orbits_differ(const certificate_t *certificate, const claim_t *claim, const claim_t *a,
                  const claim_t *b);
/* First weight of W_l, 1 <= l <= K. */
size_t layer_offset(const part_t *part, size_t layer);

/* Reads and checks everything; returns the number of claims, and that of unproved statements. */
void check_certificate(const node_t *root, const node_t *problem, size_t *claims,
                       size_t *unproved);

#endif
