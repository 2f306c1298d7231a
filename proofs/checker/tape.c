/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * tape.c: H(x; u) as a list of sums and products, and N(u) = sum_i z_i H(x_i; u) with its
 * gradient (adjoints) and its Hessian (adjoints of tangents) over balls.
 */
#include "check.h"

#include <string.h>

typedef enum { INPUT, WEIGHT, CONSTANT, SUM, PRODUCT } operation_t;

typedef struct {
    operation_t operation;
    int active;  /* it depends on a weight */
    size_t a, b; /* nodes; of an input, a weight or a constant its number */
} entry_t;

enum { NONE = -1 }; /* stands for 0 */
typedef ptrdiff_t place_t;

/* Entries begin with all inputs, then all weights. */
struct tape {
    size_t count, room;
    entry_t *entries;
    size_t constant_count, constant_room;
    mpq_t *constants;
    size_t inputs, weights;
    place_t output;
};

/* ---- Building --------------------------------------------------------------------- */

static void *grow(void *old, size_t *room, size_t size)
{
    size_t wanted = *room == 0 ? 64 : 2 * *room;
    void *new = allocate(wanted, size);
    if (old != NULL) {
        memcpy(new, old, *room * size);
        discard(old);
    }
    *room = wanted;
    return new;
}

static place_t add_entry(tape_t *tape, operation_t operation, size_t a, size_t b)
{
    if (tape->count == tape->room)
        tape->entries = grow(tape->entries, &tape->room, sizeof *tape->entries);
    entry_t *entry = &tape->entries[tape->count];
    entry->operation = operation;
    entry->a = a;
    entry->b = b;
    entry->active = operation == WEIGHT ||
                    (operation >= SUM && (tape->entries[a].active || tape->entries[b].active));
    spend(1);
    return (place_t) tape->count++;
}

static place_t sum(tape_t *tape, place_t a, place_t b)
{
    if (a == NONE || b == NONE)
        return a == NONE ? b : a;
    return add_entry(tape, SUM, (size_t) a, (size_t) b);
}

static place_t product(tape_t *tape, place_t a, place_t b)
{
    if (a == NONE || b == NONE)
        return NONE;
    return add_entry(tape, PRODUCT, (size_t) a, (size_t) b);
}

/* c != 0 times a; a = NONE: the constant c itself */
static place_t multiple(tape_t *tape, const mpq_t c, place_t a)
{
    if (a != NONE && mpq_cmp_ui(c, 1, 1) == 0)
        return a;
    if (tape->constant_count == tape->constant_room)
        tape->constants = grow(tape->constants, &tape->constant_room, sizeof *tape->constants);
    mpq_init(tape->constants[tape->constant_count]);
    mpq_set(tape->constants[tape->constant_count], c);
    place_t constant = add_entry(tape, CONSTANT, tape->constant_count++, 0);
    return a == NONE ? constant : product(tape, constant, a);
}

/* a^exponent, exponent >= 1, by repeated squares */
static place_t power(tape_t *tape, place_t a, size_t exponent)
{
    place_t result = NONE;
    for (;;) {
        if (exponent & 1)
            result = result == NONE ? a : product(tape, result, a);
        exponent >>= 1;
        if (exponent == 0)
            return result;
        a = product(tape, a, a);
    }
}

/* s(a) by Horner's scheme, or a power */
static place_t activate(tape_t *tape, const activation_t *activation, place_t a)
{
    size_t k = activation->degree;
    if (activation->monomial)
        return a == NONE ? NONE : power(tape, a, k);
    place_t result = multiple(tape, activation->coefficients[k], NONE);
    while (k-- > 0) {
        result = product(tape, result, a);
        if (mpq_sgn(activation->coefficients[k]) != 0)
            result = sum(tape, result, multiple(tape, activation->coefficients[k], NONE));
    }
    return result;
}

static place_t *new_places(size_t count)
{
    place_t *out = allocate(count, sizeof *out);
    for (size_t i = 0; i < count; i++)
        out[i] = NONE;
    return out;
}

static place_t *input_places(const tape_t *tape)
{
    place_t *out = new_places(tape->inputs);
    for (size_t i = 0; i < tape->inputs; i++)
        out[i] = (place_t) i;
    return out;
}

static place_t build_feedforward(tape_t *tape, const part_t *part, place_t weight)
{
    place_t *layer = input_places(tape);
    for (size_t l = 1; l <= part->depth; l++) {
        size_t columns = part->widths[l - 1], rows = part->widths[l];
        place_t *next = new_places(rows);
        for (size_t j = 0; j < rows; j++) {
            for (size_t c = 0; c < columns; c++)
                next[j] = sum(tape, next[j], product(tape, weight++, layer[c]));
            if (l < part->depth)
                next[j] = activate(tape, &part->activations[l - 1], next[j]);
        }
        layer = next;
    }
    return layer[0];
}

/* One unit of a convolution: channel o, the window that begins at `start`. */
static place_t build_unit(tape_t *tape, const stage_t *stage, const place_t *layer,
                          size_t channels, size_t length, place_t weight, size_t start)
{
    place_t result = NONE;
    for (size_t i = 0; i < channels; i++)
        for (size_t r = 0; r < stage->kernel; r++)
            result = sum(tape, result, product(tape, weight++, layer[i * length + start + r]));
    return result;
}

static place_t build_convolution(tape_t *tape, const part_t *part, place_t weight)
{
    place_t *layer = input_places(tape), result = NONE;
    size_t length = part->length, channels = part->channels;
    for (size_t l = 0; l < part->activation_count; l++) {
        const stage_t *stage = &part->stages[l];
        size_t windows = ((length - stage->kernel) / stage->stride + 1) / stage->pooling;
        place_t *next = new_places(stage->channels * windows);
        for (size_t o = 0; o < stage->channels; o++) {
            for (size_t t = 0; t < windows * stage->pooling; t++) {
                place_t unit = build_unit(tape, stage, layer, channels, length, weight,
                                          t * stage->stride);
                place_t *window = &next[o * windows + t / stage->pooling];
                *window = sum(tape, *window, activate(tape, &part->activations[l], unit));
            }
            weight += (place_t) (channels * stage->kernel);
        }
        layer = next;
        length = windows;
        channels = stage->channels;
    }
    for (size_t i = 0; i < length * channels; i++)
        result = sum(tape, result, part->dense ? product(tape, weight++, layer[i]) : layer[i]);
    return result;
}

static place_t build_terms(tape_t *tape, const part_t *part, place_t weight)
{
    place_t result = NONE;
    for (size_t t = 0; t < part->term_count; t++) {
        const term_t *term = &part->terms[t];
        if (mpq_sgn(term->coefficient) == 0)
            continue;
        place_t value = NONE;
        for (size_t k = 0; k < term->weight_factors + term->input_factors; k++) {
            int is_weight = k < term->weight_factors;
            const size_t *factor =
                is_weight ? term->weights[k] : term->inputs[k - term->weight_factors];
            place_t base = (place_t) factor[0] + (is_weight ? weight : 0);
            place_t one = power(tape, base, factor[1]);
            value = value == NONE ? one : product(tape, value, one);
        }
        result = sum(tape, result, multiple(tape, term->coefficient, value));
    }
    return result;
}

tape_t *tape_new(const problem_t *problem)
{
    tape_t *tape = allocate(1, sizeof *tape);
    tape->inputs = problem->inputs;
    tape->weights = problem->weights;
    tape->output = NONE;
    for (size_t i = 0; i < tape->inputs; i++)
        add_entry(tape, INPUT, i, 0);
    for (size_t j = 0; j < tape->weights; j++)
        add_entry(tape, WEIGHT, j, 0);
    place_t weight = (place_t) tape->inputs;
    for (size_t k = 0; k < problem->part_count; k++) {
        const part_t *part = &problem->parts[k];
        place_t output = part->type == FEEDFORWARD   ? build_feedforward(tape, part, weight)
                         : part->type == CONVOLUTION ? build_convolution(tape, part, weight)
                                                     : build_terms(tape, part, weight);
        tape->output = sum(tape, tape->output, output);
        weight += (place_t) part->weights;
    }
    return tape;
}

/* ---- Evaluating ------------------------------------------------------------------- */

/* One ball for every entry: value, tangent, adjoint, and the tangent of the adjoint. */
typedef struct {
    const tape_t *tape;
    ball_t *value, *tangent, *adjoint, *second;
    ball_t term;
} workspace_t;

static void add_product(ball_t *out, const ball_t *a, const ball_t *b, workspace_t *work)
{
    if (ball_is_zero(a) || ball_is_zero(b))
        return;
    ball_mul(&work->term, a, b);
    ball_add(out, out, &work->term);
}

static void clear_balls(ball_t *balls, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        mpz_set_ui(balls[i].mid, 0);
        mpz_set_ui(balls[i].rad, 0);
    }
}

static void set_values(workspace_t *work, const mpq_t *x, const ball_t *u)
{
    const tape_t *tape = work->tape;
    for (size_t k = 0; k < tape->count; k++) {
        const entry_t *entry = &tape->entries[k];
        ball_t *value = &work->value[k];
        if (entry->operation == INPUT)
            ball_set_rational(value, x[entry->a]);
        else if (entry->operation == WEIGHT)
            ball_set(value, &u[entry->a]);
        else if (entry->operation == CONSTANT)
            ball_set_rational(value, tape->constants[entry->a]);
        else if (entry->operation == SUM)
            ball_add(value, &work->value[entry->a], &work->value[entry->b]);
        else
            ball_mul(value, &work->value[entry->a], &work->value[entry->b]);
    }
}

/* The derivatives of all entries in the direction of one weight. */
static void set_tangents(workspace_t *work, size_t weight)
{
    const tape_t *tape = work->tape;
    clear_balls(work->tangent, tape->count);
    ball_set_int(&work->tangent[tape->inputs + weight], 1);
    for (size_t k = tape->inputs + tape->weights; k < tape->count; k++) {
        const entry_t *entry = &tape->entries[k];
        ball_t *tangent = &work->tangent[k];
        if (!entry->active)
            continue;
        if (entry->operation == SUM) {
            ball_add(tangent, &work->tangent[entry->a], &work->tangent[entry->b]);
        } else {
            add_product(tangent, &work->tangent[entry->a], &work->value[entry->b], work);
            add_product(tangent, &work->value[entry->a], &work->tangent[entry->b], work);
        }
    }
}

/* The derivative of z times the output by each entry. */
static void set_adjoints(workspace_t *work, const ball_t *z)
{
    const tape_t *tape = work->tape;
    clear_balls(work->adjoint, tape->count);
    ball_set(&work->adjoint[tape->output], z);
    for (size_t k = tape->count; k-- > tape->inputs + tape->weights;) {
        const entry_t *entry = &tape->entries[k];
        ball_t *adjoint = &work->adjoint[k];
        if (!entry->active)
            continue;
        size_t operands[2] = {entry->a, entry->b};
        for (int side = 0; side < 2; side++) {
            size_t to = operands[side], other = operands[1 - side];
            if (entry->operation == SUM)
                ball_add(&work->adjoint[to], &work->adjoint[to], adjoint);
            else if (tape->entries[to].active)
                add_product(&work->adjoint[to], adjoint, &work->value[other], work);
        }
    }
}

/* The derivative of the adjoints in the direction of the tangents. */
static void set_second(workspace_t *work)
{
    const tape_t *tape = work->tape;
    clear_balls(work->second, tape->count);
    for (size_t k = tape->count; k-- > tape->inputs + tape->weights;) {
        const entry_t *entry = &tape->entries[k];
        if (!entry->active)
            continue;
        size_t operands[2] = {entry->a, entry->b};
        for (int side = 0; side < 2; side++) {
            size_t to = operands[side], other = operands[1 - side];
            if (!tape->entries[to].active)
                continue;
            if (entry->operation == SUM) {
                ball_add(&work->second[to], &work->second[to], &work->second[k]);
            } else {
                add_product(&work->second[to], &work->second[k], &work->value[other], work);
                add_product(&work->second[to], &work->adjoint[k], &work->tangent[other], work);
            }
        }
    }
}

static void add_hessian(ball_t *hessian, workspace_t *work)
{
    size_t n = work->tape->weights;
    const ball_t *second = work->second + work->tape->inputs;
    for (size_t j = 0; j < n; j++) {
        set_tangents(work, j);
        set_second(work);
        spend(work->tape->count);
        for (size_t k = 0; k <= j; k++)
            ball_add(&hessian[j * n + k], &hessian[j * n + k], &second[k]);
    }
}

void evaluate(ball_t *value, ball_t *gradient, ball_t *hessian, const tape_t *tape,
              const problem_t *problem, const ball_t *u)
{
    size_t n = tape->weights;
    workspace_t work = {.tape = tape,
                        .value = new_balls(tape->count),
                        .tangent = new_balls(tape->count),
                        .adjoint = new_balls(tape->count),
                        .second = new_balls(tape->count)};
    ball_t *z = new_balls(1);
    mpz_inits(work.term.mid, work.term.rad, NULL);
    clear_balls(gradient, gradient != NULL ? n : 0);
    clear_balls(hessian, hessian != NULL ? n * n : 0);
    clear_balls(value, value != NULL);
    for (size_t i = 0; i < problem->points && tape->output != NONE; i++) {
        ball_set_rational(z, problem->z[i]);
        set_values(&work, problem->x + i * problem->inputs, u);
        if (value != NULL)
            add_product(value, z, &work.value[tape->output], &work);
        set_adjoints(&work, z);
        for (size_t j = 0; j < n && gradient != NULL; j++)
            ball_add(&gradient[j], &gradient[j], &work.adjoint[tape->inputs + j]);
        if (hessian != NULL)
            add_hessian(hessian, &work);
        spend(tape->count);
    }
    for (size_t j = 0; j < n && hessian != NULL; j++)
        for (size_t k = 0; k < j; k++)
            ball_set(&hessian[k * n + j], &hessian[j * n + k]);
}
