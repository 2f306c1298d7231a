/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * t-checker.c: the arithmetic and the networks of ncf-check against exact results: balls contain
 * what GMP computes with rationals (T-DYADIC), and N, its gradient and its Hessian contain what the
 * library computes exactly for networks of every type, with the same numbering of the weights.
 */
#include "../harness.h"

#include "../../proofs/checker/check.h"
#include "../../src/network/network.h"

#include <stdlib.h>
#include <string.h>

static const limits_t no_limits = {SIZE_MAX / 2, UINT64_MAX / 2, 100000};

/* ---- Balls --------------------------------------------------------------------------- */

typedef struct {
    ncf_random_t random;
    long bits, cases, wrong, loose;
} ball_job_t;

/* |x 2^bits - mid| <= rad */
static int contains(const ball_t *ball, const mpq_t x, long bits)
{
    mpq_t *t = new_rationals(2);
    mpq_mul_2exp(t[0], x, (mp_bitcnt_t) bits);
    mpq_set_z(t[1], ball->mid);
    mpq_sub(t[0], t[0], t[1]);
    mpq_abs(t[0], t[0]);
    mpq_set_z(t[1], ball->rad);
    return mpq_cmp(t[0], t[1]) <= 0;
}

static long small(ball_job_t *job, long bound)
{
    return (long) ncf__random_below(&job->random, 2 * (uint64_t) bound + 1) - bound;
}

/* A rational, and a ball around it: exact, rounded, or wide. */
static void draw(ball_job_t *job, mpq_t x, ball_t *ball)
{
    mpq_set_si(x, small(job, 1000), 1 + (unsigned long) ncf__random_below(&job->random, 50));
    mpq_canonicalize(x);
    if (ncf__random_below(&job->random, 3) == 0)
        mpq_set_ui(x, ncf__random_below(&job->random, 2), 1);
    if (ncf__random_below(&job->random, 4) == 0)
        mpq_div_2exp(x, x, (mp_bitcnt_t) ncf__random_below(&job->random, 200));
    ball_set_rational(ball, x);
    if (ncf__random_below(&job->random, 3) == 0) {
        long move = small(job, 1000000);
        if (move >= 0)
            mpz_add_ui(ball->mid, ball->mid, (unsigned long) move);
        else
            mpz_sub_ui(ball->mid, ball->mid, (unsigned long) -move);
        mpz_add_ui(ball->rad, ball->rad, (unsigned long) labs(move));
    }
}

static void ball_cases(void *argument)
{
    ball_job_t *job = argument;
    for (; job->cases > 0; job->cases--) {
        mark_t mark = memory_mark();
        set_bits(job->bits);
        mpq_t *x = new_rationals(4);
        ball_t *b = new_balls(4);
        draw(job, x[0], &b[0]);
        draw(job, x[1], &b[1]);
        draw(job, x[2], &b[2]);
        mpq_mul(x[3], x[0], x[1]);
        ball_mul(&b[3], &b[0], &b[1]);
        job->wrong += !contains(&b[3], x[3], job->bits);
        ball_set_int(&b[3], 0);
        ball_accumulate(&b[3], &b[0], &b[1], 1);
        ball_accumulate(&b[3], &b[2], &b[1], -1);
        ball_round(&b[3], &b[3]);
        mpq_sub(x[3], x[0], x[2]);
        mpq_mul(x[3], x[3], x[1]);
        job->wrong += !contains(&b[3], x[3], job->bits);
        job->wrong += ball_is_zero(&b[3]) && mpq_sgn(x[3]) != 0;
        ball_sub(&b[3], &b[0], &b[1]);
        ball_scale(&b[3], &b[3], -3);
        mpq_sub(x[3], x[1], x[0]);
        mpq_set_ui(x[1], 3, 1);
        mpq_mul(x[3], x[3], x[1]);
        job->wrong += !contains(&b[3], x[3], job->bits);
        job->wrong += ball_sign(&b[3]) != 0 && ball_sign(&b[3]) != mpq_sgn(x[3]);
        job->loose += ball_sign(&b[0]) == 0 && mpz_cmp_ui(b[0].rad, 1) <= 0 &&
                      mpz_sizeinbase(b[0].mid, 2) > 2;
        memory_release(mark);
    }
}

static void test_balls(void)
{
    static const long bits[] = {16, 17, 63, 64, 65, 128};
    for (int k = 0; k < 6; k++) {
        char message[256];
        ball_job_t job = {.bits = bits[k], .cases = ncf_test_count(2000)};
        ncf__random_init(&job.random, ncf_test_seed(), (uint64_t) k);
        CHECK(run(ball_cases, &job, &no_limits, message, sizeof message) == VERIFIED);
        CHECK_MSG(job.wrong == 0, "%ld with %ld bits", job.wrong, bits[k]);
        CHECK(job.loose == 0);
    }
}

/* ---- Networks ------------------------------------------------------------------------ */

#define DATA                                                                                  \
    "\"data\":{\"x\":[[\"1\",\"2/3\"],[\"-3\",\"1/"                                           \
    "7\"],[\"0\",\"1\"]],\"y\":[\"1\",\"-2\",\"1/3\"]}"

/* What the library reads, and what the checker reads where that is another text. */
static const char *const problems[][2] = {
    {"{\"ncf\":1," DATA ",\"network\":{\"type\":\"feedforward\",\"widths\":[2,2,1],"
     "\"activation\":{\"type\":\"power\",\"degree\":3}}}",
     NULL},
    {"{\"ncf\":1," DATA ",\"loss\":\"logistic\",\"network\":{\"type\":\"feedforward\","
     "\"widths\":[2,2,3,1],\"activation\":[{\"type\":\"power\",\"degree\":2},"
     "{\"type\":\"polynomial\",\"coefficients\":[\"1/2\",\"0\",\"-1\",\"2\"]}]}}",
     NULL},
    {"{\"ncf\":1," DATA ",\"loss\":\"exponential\",\"network\":{\"type\":\"feedforward\","
     "\"widths\":[2,1]}}",
     NULL},
    {"{\"ncf\":1,\"network\":{\"type\":\"convolution\",\"length\":4,\"channels\":2,\"layers\":"
     "["
     "{\"channels\":2,\"kernel\":2},{\"channels\":1,\"kernel\":2,\"stride\":1,\"pooling\":2}],"
     "\"activation\":[{\"type\":\"power\",\"degree\":2},{\"type\":\"linear\"}],\"head\":"
     "\"sum\"},"
     "\"data\":{\"x\":[[1,2,3,4,5,-6,7,8],[\"1/2\",0,0,1,1,1,-1,2]],\"y\":[1,-1]}}",
     NULL},
    {"{\"ncf\":1,\"network\":{\"type\":\"convolution\",\"length\":7,\"layers\":["
     "{\"channels\":2,\"kernel\":3,\"stride\":2,\"pooling\":1}],"
     "\"activation\":{\"type\":\"power\",\"degree\":3}},"
     "\"data\":{\"x\":[[1,2,3,4,5,-6,7],[\"1/2\",0,0,1,1,1,-1]],\"y\":[1,-1]}}",
     NULL},
    {"{\"ncf\":1," DATA
     ",\"network\":{\"type\":\"polynomial\",\"weights\":[\"a\",\"b\",\"c\"],"
     "\"inputs\":[\"x\",\"y\"],\"output\":\"c*(a*x+b*y)^2 - a^3*x*y/3 + b\"}}",
     "{" DATA ",\"network\":{\"type\":\"terms\",\"inputs\":2,\"weights\":3,\"terms\":["
     "[\"1\",[[0,2],[2,1]],[[0,2]]],[\"2\",[[0,1],[1,1],[2,1]],[[0,1],[1,1]]],"
     "[\"1\",[[1,2],[2,1]],[[1,2]]],[\"-1/3\",[[0,3]],[[0,1],[1,1]]],[\"1\",[[1,1]],[]]]}}"},
    {"{\"ncf\":1," DATA ",\"network\":{\"type\":\"sum\",\"parts\":[{\"type\":\"feedforward\","
     "\"widths\":[2,2,1],\"activation\":{\"type\":\"power\",\"degree\":2}},"
     "{\"type\":\"polynomial\",\"weights\":[\"p\"],\"inputs\":[\"x\",\"y\"],"
     "\"output\":\"p^5*x*y^2\"}]}}",
     "{" DATA ",\"network\":{\"type\":\"sum\",\"parts\":[{\"type\":\"feedforward\","
     "\"widths\":[2,2,1],\"activation\":{\"type\":\"power\",\"degree\":2}},"
     "{\"type\":\"terms\",\"inputs\":2,\"weights\":1,\"terms\":["
     "[\"1\",[[0,5]],[[0,1],[1,2]]]]}]}}"},
};

/* All numbers as text: GMP has other memory during a run. */
typedef struct {
    const char *text;
    size_t n;
    char **u, **exact; /* n weights; 1 + n + n^2 results */
    long wrong, wide;
    size_t weights;
} network_job_t;

static char **exact_results(const struct ncf_problem *problem, const ncf_network_t network,
                            const fmpq *u)
{
    size_t n = (size_t) network->unknowns;
    char **out = malloc((1 + n + n * n) * sizeof *out);
    fmpq_mat_t z, hessian;
    fmpq_t value;
    fmpq *gradient = _fmpq_vec_init((slong) n);
    fmpq_init(value);
    fmpq_mat_init(z, problem->points, 1);
    fmpq_mat_init(hessian, (slong) n, (slong) n);
    ncf__problem_weights(z, problem);
    ncf__network_eval_fmpq(value, gradient, hessian, u, network, problem->x, z);
    out[0] = fmpq_get_str(NULL, 10, value);
    for (size_t k = 0; k < n; k++) {
        out[1 + k] = fmpq_get_str(NULL, 10, gradient + k);
        for (size_t l = 0; l < n; l++)
            out[1 + n + k * n + l] =
                fmpq_get_str(NULL, 10, fmpq_mat_entry(hessian, (slong) k, (slong) l));
    }
    fmpq_mat_clear(hessian);
    fmpq_mat_clear(z);
    fmpq_clear(value);
    _fmpq_vec_clear(gradient, (slong) n);
    return out;
}

static void compare(network_job_t *job, const ball_t *ball, const char *text, mpq_t exact)
{
    mpq_set_str(exact, text, 10);
    job->wrong += !contains(ball, exact, 64);
    job->wide += mpz_sizeinbase(ball->rad, 2) > 40;
}

static void network_case(void *argument)
{
    network_job_t *job = argument;
    problem_t problem = {0};
    char *copy = allocate(strlen(job->text) + 1, 1);
    memcpy(copy, job->text, strlen(job->text));
    problem_read(&problem, json_read("test", copy, strlen(copy)));
    job->weights = problem.weights;
    size_t n = job->n;
    if (n != job->weights)
        return;
    set_bits(64);
    mpq_t *t = new_rationals(1);
    ball_t *u = new_balls(n), *value = new_balls(1), *gradient = new_balls(n);
    ball_t *hessian = new_balls(n * n);
    for (size_t k = 0; k < n; k++) {
        mpq_set_str(t[0], job->u[k], 10);
        ball_set_rational(&u[k], t[0]);
    }
    evaluate(value, gradient, hessian, tape_new(&problem), &problem, u);
    compare(job, value, job->exact[0], t[0]);
    for (size_t k = 0; k < n; k++)
        compare(job, &gradient[k], job->exact[1 + k], t[0]);
    for (size_t k = 0; k < n * n; k++)
        compare(job, &hessian[k], job->exact[1 + n + k], t[0]);
}

static void check_problem(const char *text, const char *other, ncf_random_t *random)
{
    ncf_problem_t *problem = NULL;
    ncf_network_t network;
    ncf_error_t err;
    char message[256];
    ncf_error_init(&err);
    ncf_status_t status = ncf_problem_parse(&problem, text, strlen(text), "test", "", &err);
    CHECK_MSG(status == NCF_OK, "%s", text);
    if (status != NCF_OK)
        return;
    CHECK(ncf__network_init(network, problem));
    size_t n = (size_t) network->unknowns;
    network_job_t job = {.text = other != NULL ? other : text, .n = n};
    fmpq *u = _fmpq_vec_init((slong) n);
    job.u = malloc(n * sizeof *job.u);
    for (size_t k = 0; k < n; k++) {
        fmpq_set_si(u + k, (slong) ncf__random_below(random, 21) - 10,
                    1 + ncf__random_below(random, 9));
        job.u[k] = fmpq_get_str(NULL, 10, u + k);
    }
    job.exact = exact_results(problem, network, u);
    status_t ran = run(network_case, &job, &no_limits, message, sizeof message);
    for (size_t k = 0; k < n; k++)
        flint_free(job.u[k]);
    for (size_t k = 0; k < 1 + n + n * n; k++)
        flint_free(job.exact[k]);
    free(job.u);
    free(job.exact);
    _fmpq_vec_clear(u, (slong) n);
    ncf__network_clear(network);
    ncf_problem_free(problem);
    CHECK_MSG(ran == VERIFIED, "%s", message);
    CHECK(job.weights == n);
    CHECK_MSG(job.wrong == 0 && job.wide == 0, "%ld wrong, %ld wide: %s", job.wrong, job.wide,
              text);
}

static void test_networks(void)
{
    ncf_random_t random;
    ncf__random_init(&random, ncf_test_seed(), 100);
    for (size_t k = 0; k < sizeof problems / sizeof *problems; k++)
        for (long turn = ncf_test_count(10); turn > 0; turn--)
            check_problem(problems[k][0], problems[k][1], &random);
}

/* ---- SHA-256 ------------------------------------------------------------------------- */

static void test_sha256(void)
{
    char text[201] = "", expected[65], computed[65];
    int wrong = 0;
    for (size_t length = 0; length < 200; length++) {
        sha256_t hash;
        sha256_start(&hash);
        sha256_add(&hash, text);
        sha256_finish(&hash, computed);
        ncf__sha256(expected, text, length);
        wrong += strcmp(computed, expected) != 0;
        text[length] = (char) ('a' + length % 26);
    }
    CHECK(wrong == 0);
}

int main(void)
{
    static const ncf_test_t tests[] = {
        {"balls contain exact results", test_balls},
        {"networks contain exact results", test_networks},
        {"SHA-256 agrees with libmd", test_sha256},
        {NULL, NULL},
    };
    return ncf_test_main("checker", tests);
}
