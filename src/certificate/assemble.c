/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* assemble.c: the certificate as a whole. */
#include "certificate.h"

#include "../pipeline/certify_points.h"
#include "../pipeline/flow_proof.h"
#include "../pipeline/flow_run.h"
#include "../pipeline/flow_study.h"

#include <math.h>
#include <string.h>

#define NAME_SIZE 64

/* ---- The frame ------------------------------------------------------------------------ */

/* About log2 of a bound of |x_i|, z_i and their products: |W a| <= |a| for |u| = 1. */
static slong evaluation_magnitude(const ncf_certificate_t *certificate)
{
    const struct ncf_problem *problem = certificate->problem;
    double x = 1, z = 0, degree = 1;
    arb_t t;
    arb_init(t);
    for (slong i = 0; i < problem->points; i++) {
        double sum = 0;
        for (slong k = 0; k < problem->network.inputs; k++) {
            arb_set_fmpq(t, fmpq_mat_entry(problem->x, i, k), 53);
            sum += fabs(arf_get_d(arb_midref(t), ARF_RND_NEAR));
        }
        x = fmax(x, sum);
        arb_set_fmpq(t, fmpq_mat_entry(certificate->weights, i, 0), 53);
        z += fabs(arf_get_d(arb_midref(t), ARF_RND_NEAR));
    }
    arb_clear(t);
    const ncf_network_spec_t *spec = &problem->network;
    slong layers = spec->kind == NCF_NETWORK_FEEDFORWARD ? spec->depth - 1 : spec->stages;
    for (slong l = 0; l < layers; l++)
        degree *= (double) spec->activations[l].degree;
    if (spec->kind == NCF_NETWORK_POLYNOMIAL || spec->kind == NCF_NETWORK_SUM)
        degree = 8;
    double bits = degree * log2(2 * x) + log2(1 + z) + 2 * degree;
    return bits < 2000 ? (slong) bits + 8 : 2000;
}

static void certificate_init(ncf_certificate_t *certificate, FILE *stream,
                             const struct ncf_result *result,
                             const struct ncf_problem *problem)
{
    *certificate = (ncf_certificate_t){.stream = stream, .result = result, .problem = problem};
    certificate->has_network = ncf__network_init(certificate->network, problem);
    fmpq_mat_init(certificate->weights, problem->points, 1);
    ncf__problem_weights(certificate->weights, problem);
    certificate->magnitude = evaluation_magnitude(certificate);
}

static void certificate_clear(ncf_certificate_t *certificate)
{
    for (slong i = 0; i < certificate->unproved; i++) {
        ncf__free(certificate->statements[i]);
        ncf__free(certificate->reasons[i]);
    }
    ncf__free(certificate->statements);
    ncf__free(certificate->reasons);
    fmpq_mat_clear(certificate->weights);
    if (certificate->has_network)
        ncf__network_clear(certificate->network);
}

static void write_head(ncf_certificate_t *certificate)
{
    char hex[65], *problem = ncf__problem_canonical(certificate->problem);
    ncf__sha256(hex, problem, strlen(problem));
    fprintf(certificate->stream,
            "{ \"format\": \"ncf-certificate\", \"version\": 1, \"producer\": \"ncf %s\",\n"
            "  \"problem\": %s,\n  \"problem_sha256\": \"%s\",\n  \"claims\": [",
            NCF_VERSION, problem, hex);
    ncf__free(problem);
}

static void write_tail(ncf_certificate_t *certificate)
{
    FILE *stream = certificate->stream;
    fputs(" ],\n  \"unproved\": [", stream);
    for (slong i = 0; i < certificate->unproved; i++)
        fprintf(stream, "%s\n    { \"statement\": \"%s\",\n      \"reason\": \"%s\" }",
                i == 0 ? "" : ",", certificate->statements[i], certificate->reasons[i]);
    fputs(" ] }\n", stream);
}

/* ---- Candidates --------------------------------------------------------------------------
 */

void ncf__claim_distinct_points(ncf_certificate_t *certificate, const slong *ids, slong count)
{
    if (count < 2)
        return;
    int orbits = certificate->problem->network.kind == NCF_NETWORK_FEEDFORWARD;
    ncf__claim_open(certificate, "distinct", "T-ORBIT", ids, count);
    if (orbits)
        ncf__claim_word(certificate, "orbits", "true");
    ncf__claim_close(certificate);
}

static void claim_candidates(ncf_certificate_t *certificate)
{
    const struct ncf_certification *certification = certificate->result->certification;
    slong *ids = ncf__malloc((size_t) certification->count, sizeof(*ids)), count = 0;
    for (slong k = 0; k < certification->count; k++) {
        const ncf_candidate_t *candidate = &certification->candidates[k];
        ncf_claimed_point_t point;
        char name[NAME_SIZE];
        snprintf(name, sizeof(name), "candidate %ld", (long) k + 1);
        if (!candidate->finished) {
            ncf__unproved(certificate, "a limit was reached before it was certified",
                          "%s: a KKT point near it", name);
            continue;
        }
        ncf__claim_point_orbit(&point, certificate, &candidate->found, name,
                               certificate->result->caps.count > 0);
        if (point.id != 0 && candidate->first == k && !candidate->orbit_open)
            ids[count++] = point.id;
        ncf__claimed_point_clear(&point);
    }
    ncf__claim_distinct_points(certificate, ids, count);
    ncf__unproved(certificate,
                  "candidates are no part of a certificate: compare them with the boxes",
                  "how far each candidate is from its point");
    ncf__free(ids);
}

/* ---- Trajectories ------------------------------------------------------------------------
 */

/* The point at the end of one run, or of a proof. */
static void claim_end(ncf_certificate_t *certificate, const ncf_point_orbit_t *found,
                      ncf_verdict_t cap)
{
    ncf_claimed_point_t point;
    if (found == NULL || !ncf_is_proved(found->point.exists)) {
        ncf__unproved(certificate, "no KKT point was proved near the end", "a KKT point");
        return;
    }
    ncf__claim_point_orbit(&point, certificate, found, "the point", ncf_is_proved(cap));
    ncf__claimed_point_clear(&point);
}

static void claim_match(ncf_certificate_t *certificate, const struct ncf_matching *matching)
{
    claim_end(certificate, matching != NULL ? &matching->found : NULL,
              matching != NULL ? matching->cap.verdict : ncf_undecided());
    ncf__unproved(certificate,
                  "what a trajectory does is measured, or is no part of a certificate",
                  "that the trajectory turns to the point, and is in its cap");
}

static void claim_proof(ncf_certificate_t *certificate, const struct ncf_flow_proof *proof)
{
    claim_end(certificate, &proof->found, proof->cap.verdict);
    ncf__unproved(certificate,
                  ncf_is_proved(proof->converges) ? ncf__reason_no_claim : proof->reason,
                  "that the flow of N from w_0 converges to the point in direction");
    ncf__unproved(certificate, ncf__reason_no_claim,
                  "where training goes for all small delta, as far as it is proved");
}

/* The orbits to which runs were matched. */
static void claim_study(ncf_certificate_t *certificate, const struct ncf_flow_study *study)
{
    slong *ids = ncf__malloc((size_t) study->orbit_count + 1, sizeof(*ids)), count = 0;
    for (slong k = 0; k < study->orbit_count; k++) {
        ncf_claimed_point_t point;
        char name[NAME_SIZE];
        snprintf(name, sizeof(name), "orbit %ld", (long) k + 1);
        ncf__claim_point_orbit(&point, certificate, &study->orbits[k].known->found, name, 1);
        if (point.id != 0 && !study->orbits[k].known->found.not_separated)
            ids[count++] = point.id;
        ncf__claimed_point_clear(&point);
    }
    ncf__claim_distinct_points(certificate, ids, count);
    ncf__unproved(certificate, "what runs do is measured, or is no part of a certificate",
                  "which runs turn to these points, and shares of the sphere");
    ncf__free(ids);
}

void ncf__certificate_write(FILE *stream, const struct ncf_result *result,
                            const struct ncf_problem *problem)
{
    ncf_certificate_t certificate;
    certificate_init(&certificate, stream, result, problem);
    write_head(&certificate);
    if (result->certification != NULL)
        claim_candidates(&certificate);
    else if (result->flow != NULL || result->matching != NULL)
        claim_match(&certificate,
                    result->flow != NULL ? result->flow->matching : result->matching);
    else if (result->proof != NULL)
        claim_proof(&certificate, result->proof);
    else if (result->study != NULL)
        claim_study(&certificate, result->study);
    else
        ncf__claim_solution(&certificate);
    write_tail(&certificate);
    certificate_clear(&certificate);
}
