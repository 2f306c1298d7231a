/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* claims.c: the certificate as a whole. */
#include "check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MAX_CLAIMS = 1000000, MIN_BITS = 16, MAX_BITS = 100000 };

/* proofs/theorems/README.md holds the same table; tests/structure compares. */
static const kind_t kinds[] = {
    {"exists-unique", "T-KRAWCZYK", check_exists},
    {"refine", "T-KRAWCZYK", check_refine},
    {"zero-pattern", "T-ZEROS", check_zero_pattern},
    {"extend", "T-ZEROS", check_extend},
    {"lambda-sign", "T-KRAWCZYK", check_lambda_sign},
    {"inertia", "T-CONGRUENCE", check_inertia},
    {"tensor", "T-ESSENTIAL", check_tensor},
    {"real", "T-CHART", check_real},
    {"distinct", "T-CHART T-ORBIT", check_distinct},
    {"complete-by-count", "T-COUNT", check_count},
    {"complete-by-cover", "T-CHARTCOVER", check_cover},
    {"lines", "T-CHART", check_lines},
    {"census", "T-DECOUPLE T-RANKONE", check_census},
    {"closed-form", "T-DECOUPLE T-DEEPLINEAR T-RANKONE", check_closed_form},
    {"equal-units", "T-RANKS", check_equal_units},
    {"rank", "T-RANKS", check_rank},
    {"orbit", "T-ORBIT", check_orbit},
    {"basin", "T-SMALLCAP", check_basin},
    {NULL, NULL, NULL},
};

void rejected(const claim_t *claim, const char *format, ...)
{
    char fact[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(fact, sizeof fact, format, arguments);
    va_end(arguments);
    stop(REJECTED, "claim %zu (%s): %s", claim->id, claim->kind->name, fact);
}

int is_kind(const claim_t *claim, const char *name)
{
    return strcmp(claim->kind->name, name) == 0;
}

const claim_t *premise(const claim_t *claim, size_t i, const char *kind)
{
    if (i >= claim->premise_count)
        rejected(claim, "a premise is missing (%s)", kind);
    const claim_t *other = claim->premises[i];
    int fits = strcmp(kind, "point") == 0       ? other->is_point
               : strcmp(kind, "eigenpair") == 0 ? other->system == SYSTEM_EIGENPAIR
               : strcmp(kind, "line") == 0 ? other->system == SYSTEM_EIGENPAIR && other->real
                                           : is_kind(other, kind);
    if (!fits)
        rejected(claim, "claim %zu is not what is needed here (%s)", other->id, kind);
    return other;
}

long use_bits(const claim_t *claim)
{
    long bits = integer(member(claim->node, "bits"), MIN_BITS, MAX_BITS);
    if (bits > bits_limit())
        stop(LIMIT, "claim %zu: %ld bits are more than %ld (--limit-bits)", claim->id, bits,
             bits_limit());
    set_bits(bits);
    return bits;
}

/* Is the text one of the words? */
static int is_word(const char *words, const char *text)
{
    size_t length = strlen(text);
    const char *found = strstr(words, text);
    return found != NULL && (found == words || found[-1] == ' ') &&
           (found[length] == ' ' || found[length] == '\0') && length > 0;
}

static void read_claim(claim_t *claim, const node_t *node, claim_t *claims, size_t id)
{
    if (node->type != NODE_OBJECT)
        malformed(node, "a claim is expected");
    integer(member(node, "id"), (long) id, (long) id);
    claim->id = id;
    claim->node = node;
    const char *name = string(member(node, "kind"));
    for (claim->kind = kinds; claim->kind->name != NULL; claim->kind++)
        if (strcmp(claim->kind->name, name) == 0)
            break;
    if (claim->kind->name == NULL)
        stop(REJECTED, "claim %zu: unsupported claim \"%.60s\"", id, name);
    if (!is_word(claim->kind->theorems, string(member(node, "theorem"))))
        rejected(claim, "the theorem is not %s", claim->kind->theorems);
    const node_t *premises = list(member(node, "premises"));
    claim->premises = allocate(premises->length, sizeof *claim->premises);
    for (const node_t *entry = premises->first; entry != NULL; entry = entry->next) {
        long other = integer(entry, 1, (long) MAX_CLAIMS);
        if ((size_t) other >= id)
            malformed(entry, "a premise comes before its claim");
        claim->premises[claim->premise_count++] = &claims[other - 1];
    }
}

static size_t check_unproved(const node_t *node)
{
    for (const node_t *entry = list(node)->first; entry != NULL; entry = entry->next) {
        check_keys(entry, "statement reason");
        string(member(entry, "statement"));
        string(member(entry, "reason"));
    }
    return node->length;
}

/* The problem of the certificate, or that of a file with the same digest. */
static void choose_problem(problem_t *out, const node_t *root, const node_t *file)
{
    const node_t *node = member(root, "problem"), *digest = member(root, "problem_sha256");
    int by_digest = node->type == NODE_OBJECT && find(node, "sha256") != NULL;
    if (by_digest) {
        check_keys(node, "sha256");
        if (!is_string(member(node, "sha256"), string(digest)))
            malformed(node, "the two digests differ");
        if (file == NULL)
            stop(USAGE, "the certificate gives the digest of its problem only: use --problem");
        problem_read(out, file);
    } else {
        problem_read(out, node);
    }
    if (!is_string(digest, out->digest))
        stop(REJECTED, "the digest of the problem is %s, not problem_sha256", out->digest);
    if (file != NULL && !by_digest) {
        problem_t other = {0};
        problem_read(&other, file);
        if (strcmp(other.digest, out->digest) != 0)
            stop(REJECTED, "the problem is not that of the file");
    }
}

void check_certificate(const node_t *root, const node_t *file, size_t *claims,
                       size_t *unproved)
{
    certificate_t certificate;
    problem_t problem = {0};
    check_keys(root, "format version problem problem_sha256 claims unproved ?producer");
    if (!is_string(member(root, "format"), "ncf-certificate"))
        malformed(member(root, "format"), "this is no certificate");
    integer(member(root, "version"), 1, 1);
    if (find(root, "producer") != NULL)
        string(find(root, "producer"));
    *unproved = check_unproved(member(root, "unproved"));
    choose_problem(&problem, root, file);
    const node_t *list_node = list(member(root, "claims"));
    if (list_node->length > MAX_CLAIMS)
        stop(LIMIT, "more than %d claims", MAX_CLAIMS);
    certificate.problem = &problem;
    certificate.tape = tape_new(&problem);
    certificate.count = list_node->length;
    certificate.claims = allocate(certificate.count, sizeof(claim_t));
    size_t next = 0;
    for (const node_t *node = list_node->first; node != NULL; node = node->next, next++) {
        claim_t *claim = &certificate.claims[next];
        read_claim(claim, node, certificate.claims, next + 1);
        claim->kind->check(&certificate, claim);
    }
    *claims = certificate.count;
}
