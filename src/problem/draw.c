/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * draw.c: the section "random": data drawn reproducibly as exact dyadic rationals. The
 * numbers depend on the section only, never on the machine or the library versions;
 * ncf-problem(5) defines them, and a change of them would be a change of the format.
 */
#include "reader.h"

#define RANDOM_KEYS "points, inputs, distribution, bound, seed, bits, labels, teacher"
#define DEFAULT_BITS 30
#define MAX_BITS 1000
#define MAX_BOUND UINT64_C(1000000000000000000)
#define MAX_DRAWN 2000000 /* numbers of one section, some seconds */

typedef enum { SPHERE, NORMAL, UNIFORM, INTEGERS } distribution_t;
#define DISTRIBUTIONS "sphere, normal, uniform, integers"
typedef enum { LABELS_NORMAL, LABELS_SIGN, LABELS_UNIFORM, LABELS_TEACHER } labels_t;
#define LABELS "normal, sign, uniform"

typedef struct {
    uint64_t points, inputs, seed, bits, bound;
    int distribution, labels;
    ncf_network_spec_t teacher; /* empty if there is none */
    uint64_t teacher_seed;
} section_t;

/* An optional integer. */
static ncf_status_t optional_integer(uint64_t *out, uint64_t otherwise,
                                     const ncf_document_t *document, const ncf_node_t *node,
                                     const char *key, uint64_t least, uint64_t most)
{
    ncf_node_t member;
    *out = otherwise;
    if (!ncf__node_has(node, key))
        return NCF_OK;
    NCF_TRY(ncf__node_member(&member, document, node, key));
    return ncf__node_integer(out, document, &member, least, most);
}

static ncf_status_t required_integer(uint64_t *out, const ncf_document_t *document,
                                     const ncf_node_t *node, const char *key, uint64_t least,
                                     uint64_t most)
{
    ncf_node_t member;
    NCF_TRY(ncf__node_member(&member, document, node, key));
    return ncf__node_integer(out, document, &member, least, most);
}

/* The distribution of the inputs, with its bound if it is that of the integers. */
static ncf_status_t read_distribution(section_t *section, const ncf_document_t *document,
                                      const ncf_node_t *node)
{
    ncf_node_t member;
    NCF_TRY(ncf__node_member(&member, document, node, "distribution"));
    NCF_TRY(ncf__node_choice(&section->distribution, document, &member, DISTRIBUTIONS));
    if (section->distribution == INTEGERS)
        return required_integer(&section->bound, document, node, "bound", 1, MAX_BOUND);
    if (ncf__node_has(node, "bound")) {
        NCF_TRY(ncf__node_member(&member, document, node, "bound"));
        return ncf__key_fail(document, &member, NCF_ESPEC,
                             "\"bound\" needs the distribution \"integers\"");
    }
    return NCF_OK;
}

static ncf_status_t read_teacher(section_t *section, ncf_document_t *document,
                                 const ncf_node_t *node)
{
    ncf_node_t widths;
    NCF_TRY(ncf__node_object(document, node, "widths, activation, seed"));
    NCF_TRY(required_integer(&section->teacher_seed, document, node, "seed", 0, UINT64_MAX));
    NCF_TRY(ncf__read_layers(&section->teacher, document, node));
    for (slong l = 0; l + 1 < section->teacher.depth; l++) {
        if (section->teacher.activations[l].kind == NCF_ACTIVATION_POLYNOMIAL)
            return ncf__node_fail(document, node, NCF_ESPEC,
                                  "a teacher's activations are linear or powers");
    }
    if ((uint64_t) section->teacher.inputs == section->inputs)
        return NCF_OK;
    NCF_TRY(ncf__node_member(&widths, document, node, "widths"));
    return ncf__node_fail(document, &widths, NCF_ESPEC,
                          "the teacher's first width must be the number of inputs");
}

/* Labels are those of a teacher or drawn, not both. */
static ncf_status_t read_labels(section_t *section, ncf_document_t *document,
                                const ncf_node_t *node)
{
    ncf_node_t labels, teacher;
    section->labels = LABELS_NORMAL;
    int drawn = ncf__node_has(node, "labels");
    if (drawn) {
        NCF_TRY(ncf__node_member(&labels, document, node, "labels"));
        NCF_TRY(ncf__node_choice(&section->labels, document, &labels, LABELS));
    }
    if (!ncf__node_has(node, "teacher"))
        return NCF_OK;
    if (drawn)
        return ncf__key_fail(document, &labels, NCF_ESPEC,
                             "\"labels\" and \"teacher\" exclude each other");
    section->labels = LABELS_TEACHER;
    NCF_TRY(ncf__node_member(&teacher, document, node, "teacher"));
    return read_teacher(section, document, &teacher);
}

static ncf_status_t read_section(section_t *section, slong inputs,
                                 ncf_document_t *document, const ncf_node_t *node)
{
    ncf_node_t member;
    NCF_TRY(ncf__node_object(document, node, RANDOM_KEYS));
    NCF_TRY(required_integer(&section->points, document, node, "points", 1, MAX_DRAWN));
    NCF_TRY(required_integer(&section->inputs, document, node, "inputs", 1, MAX_DRAWN));
    NCF_TRY(ncf__node_member(&member, document, node, "inputs"));
    if (section->inputs != (uint64_t) inputs)
        return ncf__node_fail(document, &member, NCF_ESPEC, "the network has %ld inputs",
                              (long) inputs);
    if (section->points > MAX_DRAWN / section->inputs)
        return ncf__node_fail(document, node, NCF_ESPEC,
                              "points times inputs must be at most %d", MAX_DRAWN);
    NCF_TRY(required_integer(&section->seed, document, node, "seed", 0, UINT64_MAX));
    NCF_TRY(
        optional_integer(&section->bits, DEFAULT_BITS, document, node, "bits", 1, MAX_BITS));
    NCF_TRY(read_distribution(section, document, node));
    return read_labels(section, document, node);
}

/* A uniform integer in -2^bits .. 2^bits - 1: words, most significant first. */
static void draw_uniform(fmpz_t out, ncf_random_t *random, slong bits)
{
    slong words = (bits + 1 + 31) / 32;
    fmpz_zero(out);
    for (slong k = 0; k < words; k++) {
        fmpz_mul_2exp(out, out, 32);
        fmpz_add_ui(out, out, (ulong) (ncf__random_bits(random) >> 32));
    }
    fmpz_fdiv_q_2exp(out, out, (ulong) (32 * words - bits - 1));
    fmpz_t half;
    fmpz_init_set_ui(half, 1);
    fmpz_mul_2exp(half, half, (ulong) bits);
    fmpz_sub(out, out, half);
    fmpz_clear(half);
}

/* A uniform integer in -bound .. bound. */
static void draw_integer(fmpz_t out, ncf_random_t *random, uint64_t bound)
{
    uint64_t shifted = ncf__random_below(random, 2 * bound + 1);
    fmpz_set_si(out, (slong) shifted - (slong) bound);
}

static void draw_normal(fmpz_t out, ncf_normal_t *normal, slong bits)
{
    mpfr_t deviate;
    mpfr_init2(deviate, mpfr_get_prec(normal->radius));
    ncf__normal_draw(deviate, normal);
    ncf__scaled_round(out, deviate, bits);
    mpfr_clear(deviate);
}

/* deviates become deviates / |deviates|; returns 0 if they are all zero. */
static int normalise(mpfr_t *deviates, slong length)
{
    mpfr_t sum, square;
    mpfr_inits2(mpfr_get_prec(deviates[0]), sum, square, (mpfr_ptr) NULL);
    mpfr_set_zero(sum, 1);
    for (slong j = 0; j < length; j++) {
        mpfr_sqr(square, deviates[j], MPFR_RNDN);
        mpfr_add(sum, sum, square, MPFR_RNDN);
    }
    mpfr_sqrt(sum, sum, MPFR_RNDN);
    int positive = mpfr_sgn(sum) > 0;
    for (slong j = 0; j < length && positive; j++)
        mpfr_div(deviates[j], deviates[j], sum, MPFR_RNDN);
    mpfr_clears(sum, square, (mpfr_ptr) NULL);
    return positive;
}

/* Rows uniform on the unit sphere, each coordinate rounded to a multiple of 2^-bits. */
static void draw_sphere(fmpz_mat_t x, ncf_normal_t *normal, slong bits)
{
    slong inputs = fmpz_mat_ncols(x);
    mpfr_t *deviates = ncf__malloc((size_t) inputs, sizeof(*deviates));
    for (slong j = 0; j < inputs; j++)
        mpfr_init2(deviates[j], mpfr_get_prec(normal->radius));
    for (slong i = 0; i < fmpz_mat_nrows(x); i++) {
        do {
            for (slong j = 0; j < inputs; j++)
                ncf__normal_draw(deviates[j], normal);
        } while (!normalise(deviates, inputs));
        for (slong j = 0; j < inputs; j++)
            ncf__scaled_round(fmpz_mat_entry(x, i, j), deviates[j], bits);
    }
    for (slong j = 0; j < inputs; j++)
        mpfr_clear(deviates[j]);
    ncf__free(deviates);
}

static void draw_inputs(fmpz_mat_t x, const section_t *section)
{
    slong bits = (slong) section->bits;
    ncf_normal_t normal;
    ncf__normal_init(&normal, section->seed, NCF_STREAM_INPUTS, bits + NCF_NORMAL_GUARD_BITS);
    if (section->distribution == SPHERE)
        draw_sphere(x, &normal, bits);
    for (slong i = 0; i < fmpz_mat_nrows(x) && section->distribution != SPHERE; i++) {
        for (slong j = 0; j < fmpz_mat_ncols(x); j++) {
            fmpz *entry = fmpz_mat_entry(x, i, j);
            if (section->distribution == NORMAL)
                draw_normal(entry, &normal, bits);
            else if (section->distribution == UNIFORM)
                draw_uniform(entry, &normal.random, bits);
            else
                draw_integer(entry, &normal.random, section->bound);
        }
    }
    ncf__normal_clear(&normal);
}

/* Labels in units of 2^-(*scale) without a teacher. */
static void draw_labels(fmpz *labels, slong *scale, const section_t *section)
{
    slong bits = (slong) section->bits;
    ncf_normal_t normal;
    ncf__normal_init(&normal, section->seed, NCF_STREAM_LABELS, bits + NCF_NORMAL_GUARD_BITS);
    *scale = section->labels == LABELS_SIGN ? 0 : bits;
    for (uint64_t i = 0; i < section->points; i++) {
        if (section->labels == LABELS_NORMAL)
            draw_normal(labels + i, &normal, bits);
        else if (section->labels == LABELS_UNIFORM)
            draw_uniform(labels + i, &normal.random, bits);
        else
            fmpz_set_si(labels + i, ncf__random_bits(&normal.random) >> 63 != 0 ? -1 : 1);
    }
    ncf__normal_clear(&normal);
}

/* number becomes mantissa 2^-scale; returns a fact if the budget is exhausted. */
static const char *store(fmpq_t number, ncf_document_t *document, const fmpz_t mantissa,
                         slong scale)
{
    fmpq_set_fmpz(number, mantissa);
    fmpq_div_2exp(number, number, (flint_bitcnt_t) scale);
    return ncf__document_charge(document, number);
}

/* Draws the data of a section into a problem: NULL, or one fact. */
static const char *draw_data(struct ncf_problem *problem, ncf_document_t *document,
                             const section_t *section)
{
    const char *fact = ncf__problem_shape(problem, section->points);
    if (fact != NULL)
        return fact;
    slong points = problem->points, bits = (slong) section->bits;
    slong scale = section->distribution == INTEGERS ? 0 : bits, label_scale = 0;
    fmpz_mat_t x;
    fmpz *labels = _fmpz_vec_init(points);
    fmpz_mat_init(x, points, (slong) section->inputs);
    draw_inputs(x, section);
    if (section->labels == LABELS_TEACHER)
        fact = ncf__teacher_labels(labels, &label_scale, &section->teacher, x, scale, bits,
                                   section->teacher_seed);
    else
        draw_labels(labels, &label_scale, section);
    for (slong i = 0; i < points && fact == NULL; i++) {
        for (slong j = 0; j < fmpz_mat_ncols(x) && fact == NULL; j++)
            fact = store(fmpq_mat_entry(problem->x, i, j), document, fmpz_mat_entry(x, i, j),
                         scale);
        if (fact == NULL)
            fact = store(fmpq_mat_entry(problem->y, i, 0), document, labels + i, label_scale);
    }
    fmpz_mat_clear(x);
    _fmpz_vec_clear(labels, points);
    return fact;
}

ncf_status_t ncf__read_random(struct ncf_problem *problem, ncf_document_t *document,
                              const ncf_node_t *node)
{
    section_t section = {0};
    ncf_status_t status = read_section(&section, problem->network.inputs, document, node);
    if (status == NCF_OK) {
        const char *fact = draw_data(problem, document, &section);
        if (fact != NULL)
            status = ncf__node_fail(document, node, NCF_ESPEC, "%s", fact);
    }
    ncf__network_spec_clear(&section.teacher);
    return status;
}
