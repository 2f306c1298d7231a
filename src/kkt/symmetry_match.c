/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * symmetry_match.c: the search for a group element that maps one enclosure of weights into
 * or onto another (T-ORBIT). A weight between two units of neighbouring classes is a
 * condition on the images of both; all other weights of a unit, and the norms of its
 * incoming and outgoing weights, are conditions on its image alone. Images are assigned
 * unit by unit, fewest choices first, striking out what the weights and the permutation
 * rule out, with a trail to undo.
 */
#include "symmetry_internal.h"

/* Assignments tried, beyond one for each unit, before a search is given up. */
#define NODE_LIMIT 20000

/* [lower, upper] encloses the ball: to see quickly that two balls are disjoint. */
typedef struct {
    double lower, upper;
} span_t;

typedef struct {
    slong unit, image;
} choice_t;

struct ncf_match {
    const ncf_symmetry_group_struct *sym;
    ncf_match_mode_t mode;
    arb_srcptr source, target;
    arb_ptr negated; /* -source */
    span_t *source_span, *target_span;
    int possible;           /* the entries that nothing moves agree */
    slong stride;           /* 2 x units of the largest class */
    unsigned char *allowed; /* units x stride: image 2 (v - first) + s of a unit */
    slong *count;           /* allowed images of a unit */
    slong *chosen;          /* its image 2 v + s, or -1 */
    choice_t *trail;        /* struck out, in order; units x stride */
    slong trail_length;
    slong nodes;
};

static const ncf_unit_class_t *class_of(const ncf_symmetry_group_struct *sym, slong unit)
{
    const ncf_unit_class_t *class = sym->classes;
    while (unit >= class->first + class->units)
        class ++;
    return class;
}

/* ---- One entry ------------------------------------------------------------------- */

static span_t span_of(const arb_t x)
{
    arf_t end;
    arf_init(end);
    span_t span;
    arb_get_lbound_arf(end, x, 53);
    span.lower = arf_get_d(end, ARF_RND_FLOOR);
    arb_get_ubound_arf(end, x, 53);
    span.upper = arf_get_d(end, ARF_RND_CEIL);
    arf_clear(end);
    return span;
}

static int spans_are_disjoint(span_t a, span_t b)
{
    return a.upper < b.lower || b.upper < a.lower;
}

/* May weight `from` go to weight `to` with that sign? */
static int entry_fits(const ncf_match_t *m, slong from, slong to, int sign)
{
    span_t span = m->source_span[from];
    if (sign < 0)
        span = (span_t){-span.upper, -span.lower};
    if (spans_are_disjoint(span, m->target_span[to]))
        return 0;
    arb_srcptr value = sign < 0 ? m->negated + from : m->source + from;
    return m->mode == NCF_MATCH_INSIDE ? arb_contains(m->target + to, value)
                                       : arb_overlaps(m->target + to, value);
}

/* ---- Conditions on one unit ------------------------------------------------------ */

/* Sum of squares of the incoming (outgoing) weights of unit j. */
static void unit_norm(arb_t out, arb_srcptr u, const ncf_unit_class_t *class, slong j,
                      int incoming)
{
    arb_zero(out);
    if (incoming) {
        arb_srcptr row = u + class->in_offset + j * class->in_count;
        arb_dot(out, NULL, 0, row, 1, row, 1, class->in_count, 64);
        return;
    }
    for (slong o = 0; o < class->out_rows; o++) {
        arb_srcptr taps = u + ncf__unit_out(class, j, o, 0);
        arb_dot(out, out, 0, taps, 1, taps, 1, class->out_taps, 64);
    }
}

static void fill_norms(span_t *out, arb_srcptr u, const ncf_symmetry_group_struct *sym)
{
    arb_t norm;
    arb_init(norm);
    for (slong c = 0; c < sym->class_count; c++) {
        const ncf_unit_class_t *class = &sym->classes[c];
        for (slong j = 0; j < class->units; j++) {
            for (int incoming = 0; incoming < 2; incoming++) {
                unit_norm(norm, u, class, j, incoming);
                out[2 * (class->first + j) + incoming] = span_of(norm);
            }
        }
    }
    arb_clear(norm);
}

/* The weights of unit j of a class that do not meet another class. */
static int own_weights_fit(const ncf_match_t *m, const ncf_unit_class_t *class, slong j,
                           slong image, int sign)
{
    slong row = class->in_offset + j * class->in_count;
    slong to = class->in_offset + image * class->in_count;
    for (slong s = 0; class->below < 0 && s < class->in_count; s++) {
        if (!entry_fits(m, row + s, to + s, sign))
            return 0;
    }
    int out_sign = class->sign == NCF_SIGN_BOTH ? sign : 1;
    for (slong i = 0; class->above < 0 && i < class->out_rows * class->out_taps; i++) {
        slong o = i / class->out_taps, t = i % class->out_taps;
        if (!entry_fits(m, ncf__unit_out(class, j, o, t), ncf__unit_out(class, image, o, t),
                        out_sign))
            return 0;
    }
    return 1;
}

static void find_allowed(ncf_match_t *m, const span_t *from, const span_t *to)
{
    for (slong c = 0; c < m->sym->class_count; c++) {
        const ncf_unit_class_t *class = &m->sym->classes[c];
        int signs = class->sign == NCF_SIGN_NONE ? 1 : 2;
        for (slong i = 0; i < class->units * class->units * signs; i++) {
            slong j = i / (class->units * signs), image = i / signs % class->units;
            int negative = (int) (i % signs);
            slong v = class->first + j, w = class->first + image;
            if (spans_are_disjoint(from[2 * v], to[2 * w]) ||
                spans_are_disjoint(from[2 * v + 1], to[2 * w + 1]) ||
                !own_weights_fit(m, class, j, image, negative ? -1 : 1))
                continue;
            m->allowed[v * m->stride + 2 * image + negative] = 1;
            m->count[v]++;
        }
    }
}

/* The weights of no class, and lambda: nothing moves them. */
static int fixed_entries_fit(const ncf_match_t *m)
{
    const ncf_symmetry_group_struct *sym = m->sym;
    unsigned char *moved = ncf__calloc((size_t) sym->unknowns + 1, 1);
    for (slong c = 0; c < sym->class_count; c++) {
        const ncf_unit_class_t *class = &sym->classes[c];
        for (slong i = 0; i < class->units * class->in_count; i++)
            moved[class->in_offset + i] = 1;
        for (slong i = 0; i < class->units * class->out_rows * class->out_taps; i++)
            moved[class->out_offset + i] = 1;
    }
    int fit = 1;
    for (slong w = 0; fit && w <= sym->unknowns; w++)
        fit = moved[w] || entry_fits(m, w, w, 1);
    ncf__free(moved);
    return fit;
}

/* ---- Set-up ---------------------------------------------------------------------- */

ncf_match_t *ncf__match_new(const ncf_symmetry_group_t sym, arb_srcptr source,
                            arb_srcptr target, ncf_match_mode_t mode)
{
    slong size = sym->unknowns + 1, units = sym->units;
    ncf_match_t *m = ncf__calloc(1, sizeof(*m));
    *m = (ncf_match_t){.sym = sym, .mode = mode, .source = source, .target = target};
    m->negated = _arb_vec_init(size);
    _arb_vec_neg(m->negated, source, size);
    m->source_span = ncf__malloc((size_t) size, sizeof(*m->source_span));
    m->target_span = ncf__malloc((size_t) size, sizeof(*m->target_span));
    for (slong w = 0; w < size; w++) {
        m->source_span[w] = span_of(source + w);
        m->target_span[w] = span_of(target + w);
    }
    for (slong c = 0; c < sym->class_count; c++)
        m->stride = FLINT_MAX(m->stride, 2 * sym->classes[c].units);
    m->allowed = ncf__calloc((size_t) (units * m->stride), 1);
    m->trail = ncf__malloc((size_t) (units * m->stride), sizeof(*m->trail));
    m->count = ncf__calloc((size_t) units, sizeof(*m->count));
    m->chosen = ncf__malloc((size_t) units, sizeof(*m->chosen));
    span_t *from = ncf__malloc((size_t) (2 * units), sizeof(*from));
    span_t *to = ncf__malloc((size_t) (2 * units), sizeof(*to));
    m->possible = fixed_entries_fit(m);
    if (m->possible) {
        fill_norms(from, source, sym);
        fill_norms(to, target, sym);
        find_allowed(m, from, to);
    }
    ncf__free(to);
    ncf__free(from);
    return m;
}

void ncf__match_free(ncf_match_t *m)
{
    _arb_vec_clear(m->negated, m->sym->unknowns + 1);
    ncf__free(m->source_span);
    ncf__free(m->target_span);
    ncf__free(m->allowed);
    ncf__free(m->trail);
    ncf__free(m->count);
    ncf__free(m->chosen);
    ncf__free(m);
}

int ncf__match_allows(const ncf_match_t *m, slong unit, slong image)
{
    return m->allowed[unit * m->stride + image - 2 * class_of(m->sym, unit)->first];
}

/* ---- Striking out ---------------------------------------------------------------- */

static void strike(ncf_match_t *m, slong unit, slong image)
{
    m->allowed[unit * m->stride + image] = 0;
    m->count[unit]--;
    m->trail[m->trail_length++] = (choice_t){unit, image};
}

static void undo(ncf_match_t *m, slong length)
{
    while (m->trail_length > length) {
        choice_t last = m->trail[--m->trail_length];
        m->allowed[last.unit * m->stride + last.image] = 1;
        m->count[last.unit]++;
    }
}

/* The weights from unit i (below) to unit j (above) fit for these images, 2 k + s. */
static int link_fits(const ncf_match_t *m, const ncf_unit_class_t *below, slong i,
                     slong i_image, slong j, slong j_image)
{
    int sign = j_image % 2 != 0 ? -1 : 1;
    if (below->sign == NCF_SIGN_BOTH && i_image % 2 != 0)
        sign = -sign;
    for (slong t = 0; t < below->out_taps; t++) {
        if (!entry_fits(m, ncf__unit_out(below, i, j, t),
                        ncf__unit_out(below, i_image / 2, j_image / 2, t), sign))
            return 0;
    }
    return 1;
}

/* Strikes out the images of the units of a neighbouring class that do not fit v's. */
static int restrict_neighbours(ncf_match_t *m, const ncf_unit_class_t *class, slong v,
                               const ncf_unit_class_t *other)
{
    slong j = v - class->first, image = m->chosen[v] - 2 * class->first;
    int other_is_above = class->above >= 0 && other == &m->sym->classes[class->above];
    for (slong i = 0; i < other->units; i++) {
        slong unit = other->first + i;
        for (slong k = 0; m->chosen[unit] < 0 && k < 2 * other->units; k++) {
            if (!m->allowed[unit * m->stride + k])
                continue;
            int fits = other_is_above ? link_fits(m, class, j, image, i, k)
                                      : link_fits(m, other, i, k, j, image);
            if (!fits)
                strike(m, unit, k);
        }
        if (m->count[unit] == 0)
            return 0;
    }
    return 1;
}

/* Gives unit v the image 2 k + s of its class; returns 0 when some unit has none left. */
static int assign(ncf_match_t *m, const ncf_unit_class_t *class, slong v, slong image)
{
    m->chosen[v] = image + 2 * class->first;
    m->nodes++;
    for (slong k = 0; k < 2 * class->units; k++) {
        if (k != image && m->allowed[v * m->stride + k])
            strike(m, v, k);
    }
    for (slong unit = class->first; unit < class->first + class->units; unit++) {
        for (slong k = image & ~WORD(1); unit != v && k <= (image | 1); k++) {
            if (m->allowed[unit * m->stride + k])
                strike(m, unit, k);
        }
        if (m->count[unit] == 0)
            return 0;
    }
    const ncf_unit_class_t *classes = m->sym->classes;
    return (class->below < 0 || restrict_neighbours(m, class, v, &classes[class->below])) &&
           (class->above < 0 || restrict_neighbours(m, class, v, &classes[class->above]));
}

/* ---- A permutation must exist ---------------------------------------------------- */

/* Kuhn's augmenting path: a place for unit j, moving others; seen marks places tried. */
static int find_place(const ncf_match_t *m, const ncf_unit_class_t *class, slong j,
                      slong *owner, unsigned char *seen)
{
    const unsigned char *allowed = m->allowed + (class->first + j) * m->stride;
    for (slong k = 0; k < class->units; k++) {
        if (seen[k] || (!allowed[2 * k] && !allowed[2 * k + 1]))
            continue;
        seen[k] = 1;
        if (owner[k] < 0 || find_place(m, class, owner[k], owner, seen)) {
            owner[k] = j;
            return 1;
        }
    }
    return 0;
}

/* Does each class have a permutation within what is allowed? If not, no element has. */
static int permutations_exist(const ncf_match_t *m)
{
    int exist = 1;
    for (slong c = 0; exist && c < m->sym->class_count; c++) {
        const ncf_unit_class_t *class = &m->sym->classes[c];
        slong *owner = ncf__malloc((size_t) class->units, sizeof(*owner));
        unsigned char *seen = ncf__malloc((size_t) class->units, 1);
        for (slong k = 0; k < class->units; k++)
            owner[k] = -1;
        for (slong j = 0; exist && j < class->units; j++) {
            for (slong k = 0; k < class->units; k++)
                seen[k] = 0;
            exist = find_place(m, class, j, owner, seen);
        }
        ncf__free(seen);
        ncf__free(owner);
    }
    return exist;
}

/* ---- The search ------------------------------------------------------------------ */

/* The unit without image that has the fewest choices; -1 when all have one. */
static slong next_unit(const ncf_match_t *m)
{
    slong best = -1;
    for (slong v = 0; v < m->sym->units; v++) {
        if (m->chosen[v] < 0 && (best < 0 || m->count[v] < m->count[best]))
            best = v;
    }
    return best;
}

/* Assigns every unit, or returns with the trail as it was. */
static ncf_match_result_t extend(ncf_match_t *m)
{
    slong v = next_unit(m);
    if (v < 0)
        return NCF_MATCH_FOUND;
    const ncf_unit_class_t *class = class_of(m->sym, v);
    ncf_match_result_t result = NCF_MATCH_NONE;
    slong start = m->trail_length;
    for (slong k = 0; result == NCF_MATCH_NONE && k < 2 * class->units; k++) {
        if (!m->allowed[v * m->stride + k])
            continue;
        if (m->nodes >= NODE_LIMIT + m->sym->units)
            result = NCF_MATCH_GAVE_UP;
        else if (assign(m, class, v, k))
            result = extend(m);
        if (result == NCF_MATCH_FOUND)
            break;
        m->chosen[v] = -1;
        undo(m, start);
    }
    return result;
}

static int assign_fixed(ncf_match_t *m, slong fixed, slong image)
{
    for (slong v = 0; v < fixed + (image >= 0); v++) {
        slong to = v < fixed ? 2 * v : image;
        const ncf_unit_class_t *class = class_of(m->sym, v);
        if (!ncf__match_allows(m, v, to) || !assign(m, class, v, to - 2 * class->first))
            return 0;
    }
    return permutations_exist(m);
}

ncf_match_result_t ncf__match_search(ncf_symmetry_element_t *g, ncf_match_t *m, slong fixed,
                                     slong image)
{
    if (!m->possible)
        return NCF_MATCH_NONE;
    for (slong v = 0; v < m->sym->units; v++)
        m->chosen[v] = -1;
    ncf_match_result_t result = NCF_MATCH_NONE;
    int possible = assign_fixed(m, fixed, image);
    m->nodes = 0;
    if (possible)
        result = extend(m);
    for (slong v = 0; result == NCF_MATCH_FOUND && v < m->sym->units; v++) {
        g->image[v] = m->chosen[v] / 2;
        g->sign[v] = m->chosen[v] % 2 != 0 ? -1 : 1;
    }
    undo(m, 0);
    return result;
}
