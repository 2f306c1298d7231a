/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * certificate/: writes what a result proves as claims that ncf-check proves again, in the
 * format of ncf-certificate(5). Nothing is proved here: a claim is tried as its check is
 * described there, with a margin, and one that would fail is listed as unproved in its place.
 * Boxes, inverses and congruences are chosen anew, as short dyadic numbers. May include:
 * base/, problem/, network/, corr/, kkt/, certify/, pipeline/.
 */
#ifndef NCF_CERTIFICATE_H
#define NCF_CERTIFICATE_H

#include "../corr/tensor.h"
#include "../network/network.h"
#include "../pipeline/pipeline.h"
#include "../pipeline/point_orbit.h"

#include <stdio.h>

/* ---- Dyadic vectors (dyadic.c) ----------------------------------------------------- */

/* mantissas[i] 2^exponent */
typedef struct {
    slong count;
    fmpz *mantissas;
    slong exponent;
} ncf_dyadic_t;

void ncf__dyadic_init(ncf_dyadic_t *v, slong count); /* zeros */
void ncf__dyadic_clear(ncf_dyadic_t *v);
/* The midpoints, rounded to multiples of 2^exponent. */
void ncf__dyadic_set_mid(ncf_dyadic_t *v, arb_srcptr x, slong exponent);
/* The midpoints of re + i im, in turn if `parts` is 2, to `bits` bits of the largest one. */
void ncf__dyadic_set_acb(ncf_dyadic_t *v, acb_srcptr x, int parts, slong bits);
void ncf__dyadic_set_double(ncf_dyadic_t *v, const double *x, slong bits);
/* The exact value of an entry. */
void ncf__dyadic_get(arb_t out, const ncf_dyadic_t *v, slong i);
void ncf__dyadic_get_acb(acb_ptr out, const ncf_dyadic_t *v, int parts);
/* About log2 of the largest entry; 0 for a vector of zeros. */
slong ncf__dyadic_log2(const ncf_dyadic_t *v);

/* ---- The certificate (write.c) ------------------------------------------------------ */

typedef struct {
    FILE *stream;
    const struct ncf_result *result;
    const struct ncf_problem *problem;
    ncf_network_t network;
    int has_network;    /* its weights can be numbered */
    fmpq_mat_t weights; /* z_i */
    slong magnitude;    /* of what an evaluation of N and its derivatives meets: about log2 */
    slong claims;       /* written so far: the number of the last one */
    slong unproved, allocated;
    char **statements, **reasons;
} ncf_certificate_t;

/* Begins the next claim; its number is returned. */
slong ncf__claim_open(ncf_certificate_t *certificate, const char *kind, const char *theorem,
                      const slong *premises, slong count);
/* Keys of the claim that is open. */
void ncf__claim_integer(ncf_certificate_t *certificate, const char *key, slong value);
void ncf__claim_text(ncf_certificate_t *certificate, const char *key, const char *text);
void ncf__claim_number(ncf_certificate_t *certificate, const char *key, const fmpz_t value);
void ncf__claim_rational(ncf_certificate_t *certificate, const char *key, const arf_t dyadic);
void ncf__claim_indices(ncf_certificate_t *certificate, const char *key, const slong *list,
                        slong count);
void ncf__claim_vector(ncf_certificate_t *certificate, const char *key, const ncf_dyadic_t *v);
void ncf__claim_word(ncf_certificate_t *certificate, const char *key, const char *word);
void ncf__claim_close(ncf_certificate_t *certificate);

/* Adds to the list of what is not proved; `statement` is a format. */
void ncf__unproved(ncf_certificate_t *certificate, const char *reason, const char *statement,
                   ...) NCF_PRINTF(3, 4);

/*
 * The reason where ncf itself has a proof, by a theorem that the format has no claim for, and
 * where a claim was tried and its check would not have passed.
 */
extern const char ncf__reason_no_claim[], ncf__reason_not_passed[];

/* ---- The problem (problem_text.c) --------------------------------------------------- */

/* Its canonical form, allocated. */
char *ncf__problem_canonical(const struct ncf_problem *problem);

/* ---- One zero of a system (witness.c) ------------------------------------------------ */

/* A square system over complex numbers: f (size), jacobian (size x size), each may be NULL. */
typedef struct ncf_witness_system {
    slong size;
    int is_complex;
    void (*evaluate)(acb_ptr f, acb_mat_struct *jacobian, acb_srcptr point,
                     const struct ncf_witness_system *system, slong prec);
    const slong *scales; /* unknown j is measured in units of 2^scales[j] */
    slong magnitude;     /* as for the certificate */
} ncf_witness_system_t;

/* What a claim exists-unique holds. */
typedef struct {
    ncf_dyadic_t centre, radius, inverse;
    slong bits;
} ncf_witness_t;

/* An approximate inverse of the Jacobian at a point; 0 if none was found. */
int ncf__witness_inverse(acb_mat_t inverse, const ncf_witness_system_t *system,
                         acb_srcptr point);

/*
 * Looks for data with the radii 2^(scales[j] - tightness) around the point whose check passes;
 * 0 if there are none, and then `out` holds nothing. The caller clears it otherwise.
 */
int ncf__witness_init(ncf_witness_t *out, const ncf_witness_system_t *system, acb_srcptr point,
                      const acb_mat_t inverse, slong tightness);
void ncf__witness_clear(ncf_witness_t *witness);
/* The keys centre, radius, inverse and bits. */
void ncf__witness_write(ncf_certificate_t *certificate, const ncf_witness_t *witness);

/* ---- Signs of a quadratic form (congruence.c) ------------------------------------------ */

/*
 * Looks for a short matrix V such that V C V^T is strictly diagonally dominant, with a margin,
 * for the symmetric C (m x m): the number of its positive eigenvalues, or -1. transform (m m)
 * and bits are set unless it is -1.
 */
slong ncf__congruence(ncf_dyadic_t *transform, slong *bits, const arb_mat_t c, slong magnitude,
                      slong prec);
/* f_i . A f_j for f_j = p e_j - g_j e_k, j != k; out is (n - 1) x (n - 1). */
void ncf__restrict_form(arb_mat_t out, const arb_mat_t form, const arb_t p, arb_srcptr g,
                        slong k, slong prec);

/* ---- Points -------------------------------------------------------------------------- */

/* A KKT point about which claims are written. */
typedef struct {
    slong id;      /* the claim that is the point; 0: none */
    int is_unique; /* it has an outer box */
    arb_ptr box;   /* n + 1: what the claim says of (u, lambda) */
    slong n;
    slong inertia; /* the claim, with shift -gap if gap_known; 0: none */
    int gap_known;
    arf_t gap;
} ncf_claimed_point_t;

/*
 * Writes all claims about the point of an orbit that the format has, and lists the others;
 * `name` is how it is called there. basin: with a cap. Clear with ncf__claimed_point_clear.
 */
void ncf__claim_point_orbit(ncf_claimed_point_t *out, ncf_certificate_t *certificate,
                            const ncf_point_orbit_t *orbit, const char *name, int basin);
void ncf__claimed_point_clear(ncf_claimed_point_t *point);

/* point_exists.c: exists-unique, refine, zero-pattern, extend, lambda-sign; sets id and box.
 */
void ncf__claim_point(ncf_claimed_point_t *out, ncf_certificate_t *certificate,
                      const ncf_certified_point_t *record, const char *name);
/* point_inertia.c: inertia, with the gap where there is one; sets its fields. */
void ncf__claim_inertia(ncf_claimed_point_t *point, ncf_certificate_t *certificate,
                        const ncf_certified_point_t *record, const char *name);
/* point_units.c: equal-units, rank, orbit. */
void ncf__claim_units(const ncf_claimed_point_t *point, ncf_certificate_t *certificate,
                      const ncf_point_orbit_t *orbit, const char *name);
/* basin.c: a cap from the gap; after ncf__claim_inertia. */
void ncf__claim_basin(const ncf_claimed_point_t *point, ncf_certificate_t *certificate,
                      const char *name);

/* ---- Eigenpairs of the tensor --------------------------------------------------------------
 */

/* A class T q^{m-1} = mu q as c with c_chart = 1, q = B c (T-CHART). */
typedef struct {
    slong id; /* the claim exists-unique; 0: not written */
    slong chart;
    int real;
    slong line; /* the number of the line of the result; -1: none */
    acb_ptr c;  /* r, about */
    ncf_witness_t witness;
    int has_witness;
    double radius; /* of the box of c */
    arb_ptr box;   /* r + 1, of a real one that was written: c, then nu */
    slong inertia; /* the claim; 0: none */
    slong index;
} ncf_pair_t;

typedef struct {
    ncf_tensor_t tensor;
    arb_mat_t forms; /* points x (r + 1): c-coordinates, and the weight */
    slong id;        /* the claim tensor; 0: none */
    slong order, dimension, magnitude;
    slong count, allocated;
    ncf_pair_t *pairs;
    slong lines;    /* the claim that gives all lines, by a count; 0: none */
    slong *of_line; /* for each line of the result the number of its pair, or -1 */
    slong line_count;
} ncf_claimed_tensor_t;

/* pairs.c: the claim tensor; 0, with nothing to clear, where the format cannot say it. */
int ncf__claim_tensor(ncf_claimed_tensor_t *out, ncf_certificate_t *certificate, slong order);
void ncf__claimed_tensor_clear(ncf_claimed_tensor_t *tensor);
/* Adds a class near c (r numbers), if it is not one of the list already; refines it. */
void ncf__add_pair(ncf_claimed_tensor_t *tensor, acb_srcptr c, int real, slong line);
/* G_j(c) and (m - 1) G c^{m-2}; each may be NULL. */
void ncf__tensor_forms(acb_ptr gradient, acb_mat_struct *hessian, acb_srcptr c,
                       const ncf_claimed_tensor_t *tensor, slong prec);
/* Looks for a witness of each pair, for complex ones with radii of at most 2^-tightness. */
void ncf__witness_pairs(ncf_claimed_tensor_t *tensor, slong tightness);
/* Writes the claims exists-unique of the pairs that have a witness. */
void ncf__claim_pairs(ncf_claimed_tensor_t *tensor, ncf_certificate_t *certificate);

/*
 * The isolated lines of the result in boxes as large as can be, in each chart in which they
 * are on or near the boundary too, with their claims; `twice` counts the second ones.
 */
ncf_pair_t *ncf__claim_wide_pairs(slong *count, slong *twice,
                                  const ncf_claimed_tensor_t *tensor,
                                  ncf_certificate_t *certificate);
void ncf__free_pairs(ncf_pair_t *pairs, slong count, slong dimension);

/* cover_tree.c: complete-by-cover, and lines; 1 if the first one was written. */
int ncf__claim_cover(ncf_claimed_tensor_t *tensor, ncf_certificate_t *certificate);

#define NCF_CERTIFICATE_MAX_CLASSES 2000 /* more are not written: it would take minutes */

/* candidates.c: all classes that the result knows, and those of forms in two variables. */
void ncf__collect_pairs(ncf_claimed_tensor_t *tensor, const ncf_certificate_t *certificate);

/*
 * classes.c: the eigenpairs of the tensor with signs, indices, and that they are distinct and
 * all; `missing` is set to what is not claimed of this: static text, NULL if nothing is.
 */
void ncf__claim_classes(ncf_claimed_tensor_t *tensor, ncf_certificate_t *certificate,
                        const char **missing);

/* closed_form.c: orbits that lines give. */
void ncf__claim_decoupled(const ncf_claimed_tensor_t *tensor, ncf_certificate_t *certificate);
void ncf__claim_families(const ncf_claimed_tensor_t *tensor, ncf_certificate_t *certificate);
void ncf__claim_deep_linear(ncf_certificate_t *certificate);

/* ---- Results of ncf_solve (solution.c)
 * ------------------------------------------------------- */

void ncf__claim_solution(ncf_certificate_t *certificate);

/*
 * The claim that points are different, and on different orbits where the format has that;
 * nothing for fewer than two.
 */
void ncf__claim_distinct_points(ncf_certificate_t *certificate, const slong *ids, slong count);

/* ---- All of it (assemble.c) ------------------------------------------------------------ */

/* Writes the certificate of a result of ncf_solve, ncf_certify, ncf_match or ncf_flow. */
void ncf__certificate_write(FILE *stream, const struct ncf_result *result,
                            const struct ncf_problem *problem);

#endif
