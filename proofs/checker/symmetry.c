/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * symmetry.c: the group of permutations and signs of hidden units of a feed-forward network
 * (T-SYMMETRY), acting on certified points (T-ORBIT).
 */
#include "check.h"

/*
 * An element of the group: unit j of layer l goes to target[l][j] with sign[l][j]. Layers 0 and K
 * stay as they are.
 */
typedef struct {
    const part_t *part;
    size_t **target;
    int **sign;
    int *parity; /* of the activations, by layer */
} element_t;

/* Parity of the activation after layer l, 1 <= l < K: 1 odd, 0 even, -1 neither. */
static int parity(const part_t *part, size_t l)
{
    const activation_t *activation = &part->activations[l - 1];
    int has[2] = {0, 0};
    for (size_t k = 0; k <= activation->degree; k++)
        has[k % 2] |= mpq_sgn(activation->coefficients[k]) != 0;
    return has[0] && has[1] ? -1 : has[1];
}

size_t layer_offset(const part_t *part, size_t layer)
{
    size_t offset = 0;
    for (size_t l = 1; l < layer; l++)
        offset += part->widths[l - 1] * part->widths[l];
    return offset;
}

static element_t new_element(const part_t *part)
{
    element_t out = {part, allocate(part->depth + 1, sizeof(size_t *)),
                     allocate(part->depth + 1, sizeof(int *)),
                     allocate(part->depth + 1, sizeof(int))};
    for (size_t l = 0; l <= part->depth; l++) {
        out.parity[l] = l > 0 && l < part->depth ? parity(part, l) : 0;
        out.target[l] = allocate(part->widths[l], sizeof(size_t));
        out.sign[l] = allocate(part->widths[l], sizeof(int));
        for (size_t j = 0; j < part->widths[l]; j++) {
            out.target[l][j] = j;
            out.sign[l][j] = 1;
        }
    }
    return out;
}

/* The sign by which the outgoing weights of a unit are multiplied. */
static int outgoing_sign(const element_t *g, size_t l, size_t j)
{
    return g->parity[l] == 1 ? g->sign[l][j] : 1;
}

/* Where the weight (j, c) of W_l goes, and its sign. */
static size_t image(const element_t *g, size_t l, size_t j, size_t c, int *sign)
{
    *sign = g->sign[l][j] * outgoing_sign(g, l - 1, c);
    return layer_offset(g->part, l) + g->target[l][j] * g->part->widths[l - 1] +
           g->target[l - 1][c];
}

/* g maps `inner` into `outer`. */
static int maps_inside(const element_t *g, const box_t *inner, const box_t *outer)
{
    const part_t *part = g->part;
    size_t next = 0;
    for (size_t l = 1; l <= part->depth; l++) {
        for (size_t j = 0; j < part->widths[l]; j++) {
            for (size_t c = 0; c < part->widths[l - 1]; c++, next++) {
                int sign;
                size_t to = image(g, l, j, c, &sign);
                if (!entry_inside(inner, next, sign, outer, to))
                    return 0;
            }
        }
    }
    return entry_inside(inner, part->weights, 1, outer, part->weights);
}

void check_equal_units(const certificate_t *certificate, claim_t *claim)
{
    const part_t *part = feedforward(certificate->problem);
    const node_t *node = claim->node;
    check_keys(node, "id kind theorem premises layer units sign");
    const claim_t *point = premise(claim, 0, "point");
    if (part == NULL || part->depth < 2 || claim->premise_count != 1)
        rejected(claim, "the network has no hidden units, or there is not one premise");
    if (point->outer.count == 0)
        rejected(claim, "the point is not known to be unique");
    size_t l = (size_t) integer(member(node, "layer"), 1, (long) part->depth - 1), count;
    size_t *units = index_list(&count, member(node, "units"), part->widths[l] - 1);
    long sign = integer(member(node, "sign"), -1, 1);
    if (count != 2 || sign == 0)
        malformed(node, "two units and a sign are expected");
    if (sign < 0 && parity(part, l) < 0)
        rejected(claim, "the activation is neither even nor odd");
    element_t g = new_element(part);
    for (size_t side = 0; side < 2; side++) {
        g.target[l][units[side]] = units[1 - side];
        g.sign[l][units[side]] = (int) sign;
    }
    if (!maps_inside(&g, &point->box, &point->outer))
        rejected(claim, "the exchange of the units moves the box out of the outer box");
    claim->layer = l;
    claim->unit = units[1];
}

/* ---- All elements that may map one point to another ---------------------------------- */

/* A search that assigns images to the units that are not zero, layer by layer. */
typedef struct {
    element_t g;
    const box_t *from, *to;
    size_t count;           /* units to be assigned */
    size_t *layer, *unit;   /* of each */
    char **is_zero, **used; /* by layer and unit */
    long *choice;           /* 2 target + (sign < 0), -1: none */
    int same;               /* the points are the same: zero units stay among themselves */
} search_t;

static int unit_is_zero(const part_t *part, const box_t *box, size_t l, size_t j)
{
    size_t d = part->widths[l - 1], row = layer_offset(part, l) + j * d;
    size_t column = layer_offset(part, l + 1) + j;
    for (size_t c = 0; c < d; c++)
        if (!entry_is_zero(box, row + c))
            return 0;
    for (size_t i = 0; i < part->widths[l + 1]; i++)
        if (!entry_is_zero(box, column + i * part->widths[l]))
            return 0;
    return 1;
}

/* Some incoming weight is proved not to be zero. */
static int unit_is_active(const part_t *part, const box_t *box, size_t l, size_t j)
{
    size_t d = part->widths[l - 1], row = layer_offset(part, l) + j * d, c = 0;
    while (c < d && entry_sign(box, row + c) == 0)
        c++;
    return c < d;
}

static search_t new_search(const part_t *part, const box_t *from, const box_t *to)
{
    search_t s = {.g = new_element(part), .from = from, .to = to};
    size_t units = 0;
    s.is_zero = allocate(part->depth + 1, sizeof(char *));
    s.used = allocate(part->depth + 1, sizeof(char *));
    for (size_t l = 0; l <= part->depth; l++) {
        s.is_zero[l] = allocate(part->widths[l], 1);
        s.used[l] = allocate(part->widths[l], 1);
        units += part->widths[l];
    }
    s.layer = allocate(units, sizeof(size_t));
    s.unit = allocate(units, sizeof(size_t));
    s.choice = allocate(units, sizeof(long));
    for (size_t l = 1; l < part->depth; l++) {
        for (size_t j = 0; j < part->widths[l]; j++) {
            s.is_zero[l][j] = (char) unit_is_zero(part, from, l, j);
            if (s.is_zero[l][j])
                continue;
            s.layer[s.count] = l;
            s.unit[s.count++] = j;
        }
    }
    return s;
}

/*
 * No incoming weight of unit j of layer l is moved to one that is disjoint from it. Weights from
 * units that are zero are left out, since these have no image yet.
 */
static int row_may_fit(const search_t *s, size_t l, size_t j)
{
    const part_t *part = s->g.part;
    size_t d = part->widths[l - 1], row = layer_offset(part, l) + j * d;
    for (size_t c = 0; c < d; c++) {
        int sign;
        size_t to = image(&s->g, l, j, c, &sign);
        spend(4);
        if (!s->is_zero[l - 1][c] && entry_disjoint(s->from, row + c, sign, s->to, to))
            return 0;
    }
    return 1;
}

/* The next image of unit number p; 0 if there is none. */
static int next_image(search_t *s, size_t p)
{
    const part_t *part = s->g.part;
    size_t l = s->layer[p], j = s->unit[p];
    int signs = s->g.parity[l] >= 0;
    if (s->choice[p] >= 0)
        s->used[l][s->g.target[l][j]] = 0;
    while (++s->choice[p] < 2 * (long) part->widths[l]) {
        size_t target = (size_t) s->choice[p] / 2;
        int sign = s->choice[p] % 2 == 0 ? 1 : -1;
        if (s->used[l][target] || (sign < 0 && !signs) || (s->same && s->is_zero[l][target]))
            continue;
        s->g.target[l][j] = target;
        s->g.sign[l][j] = sign;
        if (row_may_fit(s, l, j)) {
            s->used[l][target] = 1;
            return 1;
        }
    }
    return 0;
}

/* Goes on to the next assignment of all units; *p is the number of assigned ones. */
static int next_assignment(search_t *s, size_t *p)
{
    if (s->count == 0)
        return (*p)++ == 0;
    if (*p == 0)
        s->choice[0] = -1;
    else
        --*p;
    for (;;) {
        if (next_image(s, *p)) {
            if (++*p == s->count)
                return 1;
            s->choice[*p] = -1;
        } else if ((*p)-- == 0) {
            return 0;
        }
    }
}

int orbits_differ(const certificate_t *certificate, const claim_t *claim, const claim_t *a,
                  const claim_t *b)
{
    const part_t *part = feedforward(certificate->problem);
    if (part == NULL)
        rejected(claim, "orbits are supported for feed-forward networks only");
    if (entry_disjoint(&a->box, part->weights, 1, &b->box, part->weights))
        return 1;
    mark_t mark = memory_mark();
    search_t s = new_search(part, &a->box, &b->box);
    size_t p = 0;
    int differ = 1;
    while (differ && next_assignment(&s, &p))
        differ = !row_may_fit(&s, part->depth, 0);
    memory_release(mark);
    return differ;
}

/* Units of the layer that are zero go, in order, to the zero units. */
static void complete_element(search_t *s)
{
    for (size_t l = 1; l < s->g.part->depth; l++)
        for (size_t j = 0; j < s->g.part->widths[l]; j++)
            if (s->is_zero[l][j])
                s->g.target[l][j] = j;
}

/* k! 2^k, or k! if there are no signs */
static void multiply_order(mpz_t out, const element_t *g, size_t l, size_t k)
{
    mpz_t factorial;
    mpz_init(factorial);
    mpz_fac_ui(factorial, k);
    mpz_mul(out, out, factorial);
    if (g->parity[l] >= 0)
        mpz_mul_2exp(out, out, k);
    mpz_clear(factorial);
}

/* The elements that fix the point, but for those of the zero units; all others are excluded. */
static void count_stabiliser(mpz_t out, const claim_t *claim, search_t *s, const box_t *outer)
{
    size_t p = 0;
    mpz_set_ui(out, 0);
    while (next_assignment(s, &p)) {
        if (!row_may_fit(s, s->g.part->depth, 0))
            continue;
        complete_element(s);
        if (!maps_inside(&s->g, s->from, outer))
            rejected(claim,
                     "an element of the group neither fixes the point nor moves it away");
        mpz_add_ui(out, out, 1);
    }
}

void check_orbit(const certificate_t *certificate, claim_t *claim)
{
    const part_t *part = feedforward(certificate->problem);
    check_keys(claim->node, "id kind theorem premises size");
    const claim_t *point = premise(claim, 0, "point");
    if (part == NULL || claim->premise_count != 1)
        rejected(claim, "the network is not feed-forward, or there is not one premise");
    if (point->outer.count == 0)
        rejected(claim, "the point is not known to be unique");
    search_t s = new_search(part, &point->box, &point->box);
    s.same = 1;
    for (size_t k = 0; k < s.count; k++)
        if (!unit_is_active(part, &point->box, s.layer[k], s.unit[k]))
            rejected(claim, "unit %zu of layer %zu is neither zero nor active", s.unit[k],
                     s.layer[k]);
    mpz_t *t = new_integers(3);
    count_stabiliser(t[0], claim, &s, &point->outer);
    mpz_set_ui(t[1], 1);
    for (size_t l = 1; l < part->depth; l++) {
        size_t zeros = 0;
        for (size_t j = 0; j < part->widths[l]; j++)
            zeros += (size_t) s.is_zero[l][j];
        multiply_order(t[0], &s.g, l, zeros);
        multiply_order(t[1], &s.g, l, part->widths[l]);
    }
    read_integer(t[2], member(claim->node, "size"));
    mpz_mul(t[2], t[2], t[0]);
    if (mpz_cmp(t[1], t[2]) != 0)
        rejected(claim, "the orbit has another size");
}
