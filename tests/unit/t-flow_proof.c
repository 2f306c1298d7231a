/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* t-flow_proof.c: the proofs for one start, from the start to the constants. */
#include "../harness.h"
#include "../problems.h"

#include "../../src/pipeline/flow_proof.h"

#include <math.h>

static const slong plane_x[] = {1, 2, 3, -1, -1, 1, 2, 2}, plane_y[] = {1, -1, 2, 1};
static const slong some[16] = {3, 4, -2, 5, 6, 7, 3, -4, 5, 2, 6, 3};

/* The proof for the plane data, from start/10; the caller frees both. */
static struct ncf_flow_proof *prove(struct ncf_problem *problem, slong depth, const slong *widths,
                                    const slong *degrees, const slong *start, double max_tangent)
{
    ncf_flow_proof_settings_t settings = {max_tangent, 0, 128, 8192, 1};
    ncf_network_t network;
    fmpz_t degree;
    fmpz_init(degree);
    ncf_test_problem_init(problem, depth, widths, degrees, 4, plane_x, plane_y);
    NCF_REQUIRE(ncf__network_init(network, problem));
    NCF_REQUIRE(ncf__problem_homogeneous(degree, problem));
    slong n = network->unknowns;
    fmpq *w = _fmpq_vec_init(n);
    for (slong j = 0; j < n; j++)
        fmpq_set_si(w + j, start[j], 10);
    struct ncf_flow_proof *proof =
        ncf__prove_flow(problem, network[0], fmpz_get_si(degree), w, &settings, NULL);
    _fmpq_vec_clear(w, n);
    fmpz_clear(degree);
    return proof;
}

static void test_both_statements(void)
{
    static const slong widths[3] = {2, 2, 1}, degrees[1] = {2};
    struct ncf_problem problem;
    struct ncf_flow_proof *proof = prove(&problem, 2, widths, degrees, some, INFINITY);
    int whole = ncf_is_proved(proof->converges) && ncf_is_proved(proof->flow.uniform) &&
                proof->reason == NULL && proof->flow.delta > 0 &&
                proof->tangent == proof->cap.tangent && proof->limit_distance < 1e-6;
    ncf__flow_proof_free(proof);
    ncf_test_problem_clear(&problem);
    CHECK(whole);
    proof = prove(&problem, 2, widths, degrees, some, 0.0625);
    int narrow = ncf_is_proved(proof->converges) && ncf_is_proved(proof->flow.uniform) &&
                 proof->tangent == 0.0625 && proof->tangent < proof->cap.tangent;
    ncf__flow_proof_free(proof);
    ncf_test_problem_clear(&problem);
    CHECK(narrow);
}

/* Two units that are equal stay equal: the limit is no maximum, so nothing converges by a cap. */
static void test_no_cap(void)
{
    static const slong widths[3] = {2, 2, 1}, degrees[1] = {2};
    static const slong equal[6] = {3, 4, 3, 4, 1, 1};
    struct ncf_problem problem;
    struct ncf_flow_proof *proof = prove(&problem, 2, widths, degrees, equal, INFINITY);
    int none = ncf_is_undecided(proof->converges) && ncf_is_undecided(proof->flow.uniform) &&
               proof->reason != NULL && proof->flow.uniform_reason != NULL;
    ncf__flow_proof_free(proof);
    ncf_test_problem_clear(&problem);
    CHECK(none);
    /* The cone that is asked for is entered all the same; that it attracts is not claimed. */
    proof = prove(&problem, 2, widths, degrees, equal, 0.125);
    int entered = ncf_is_undecided(proof->converges) && ncf_is_proved(proof->flow.enters) &&
                  proof->reason != NULL;
    ncf__flow_proof_free(proof);
    ncf_test_problem_clear(&problem);
    CHECK(entered);
}

/* atan(T) <= angle, and not by much; a right angle has no bound. */
static void test_tangent(void)
{
    static const slong parts[5] = {1, 10, 1000, 1570, 1571};
    for (int k = 0; k < 5; k++) {
        fmpq_t angle;
        arb_t exact, back;
        fmpq_init(angle);
        arb_init(exact);
        arb_init(back);
        fmpq_set_si(angle, parts[k], 1000);
        double tangent = ncf__flow_proof_tangent(angle);
        arb_set_d(back, tangent);
        arb_atan(back, back, 200);
        arb_set_fmpq(exact, angle, 200);
        int below = arb_le(back, exact);
        arb_sub(exact, exact, back, 200);
        arb_set_d(back, 1e-15);
        int near = arb_le(exact, back);
        arb_clear(back);
        arb_clear(exact);
        fmpq_clear(angle);
        CHECK(k == 4 ? isinf(tangent) : below && near);
    }
}

int main(void)
{
    static const ncf_test_t tests[] = {{"both statements", test_both_statements},
                                       {"no cap", test_no_cap},
                                       {"tangent", test_tangent},
                                       {NULL, NULL}};
    return ncf_test_main("flow_proof", tests);
}
