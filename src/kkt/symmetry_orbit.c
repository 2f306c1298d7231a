/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* symmetry_orbit.c: what is proved about orbits of certified points (T-ORBIT). */
#include "symmetry_internal.h"

#include <math.h>
#include <stdlib.h>

/* The search has a table of units times images: beyond, nothing is decided. */
#define MAX_UNITS 2048

/* A ball that is not finite proves nothing. */
static int member_is_finite(const ncf_symmetry_group_struct *sym, const ncf_orbit_member_t *z)
{
    return _arb_vec_is_finite(z->point, sym->unknowns + 1) &&
           _arb_vec_is_finite(z->box, sym->unknowns + 1);
}

/* g(point of a) inside the box of b: the proof, by another route than the search. */
static int maps_inside(const ncf_symmetry_group_struct *sym, const ncf_symmetry_element_t *g,
                       arb_srcptr point, arb_srcptr box)
{
    slong n = sym->unknowns;
    arb_ptr image = _arb_vec_init(n);
    ncf__symmetry_apply_arb(image, sym, g, point);
    int inside = arb_contains(box + n, point + n);
    for (slong w = 0; inside && w < n; w++)
        inside = arb_contains(box + w, image + w);
    _arb_vec_clear(image, n);
    return inside;
}

/* ---- Invariants ------------------------------------------------------------------ */

#define INVARIANT_PREC 128

/*
 * Sum over the classes of (c + 1) sum_j |incoming weights of unit j|^4; for a linear class
 * (c + 1) (sum_j |incoming weights of unit j|^2)^2, which rotations leave alone as well.
 */
static void norm_invariant(arb_t out, const ncf_symmetry_group_struct *sym, arb_srcptr u)
{
    arb_t norm, sum;
    arb_init(norm);
    arb_init(sum);
    arb_zero(out);
    for (slong c = 0; c < sym->class_count; c++) {
        const ncf_unit_class_t *class = &sym->classes[c];
        arb_zero(sum);
        for (slong j = 0; j < class->units; j++) {
            arb_srcptr row = u + class->in_offset + j * class->in_count;
            arb_dot(norm, NULL, 0, row, 1, row, 1, class->in_count, INVARIANT_PREC);
            if (!class->linear)
                arb_sqr(norm, norm, INVARIANT_PREC);
            arb_add(sum, sum, norm, INVARIANT_PREC);
        }
        if (class->linear)
            arb_sqr(sum, sum, INVARIANT_PREC);
        arb_addmul_ui(out, sum, (ulong) c + 1, INVARIANT_PREC);
    }
    arb_clear(sum);
    arb_clear(norm);
}

static int norms_differ(const ncf_symmetry_group_struct *sym, const ncf_orbit_member_t *a,
                        const ncf_orbit_member_t *b)
{
    arb_t x, y;
    arb_init(x);
    arb_init(y);
    norm_invariant(x, sym, a->point);
    norm_invariant(y, sym, b->point);
    int differ = !arb_overlaps(x, y);
    arb_clear(y);
    arb_clear(x);
    return differ;
}

/* ---- Same orbit ------------------------------------------------------------------ */

/* Deep linear networks: KKT points with lambda of one sign form one orbit. */
static int one_linear_orbit(const ncf_symmetry_group_struct *sym, const ncf_orbit_member_t *a,
                            const ncf_orbit_member_t *b)
{
    arb_srcptr x = a->point + sym->unknowns, y = b->point + sym->unknowns;
    return sym->all_linear && ((arb_is_positive(x) && arb_is_positive(y)) ||
                               (arb_is_negative(x) && arb_is_negative(y)));
}

static ncf_verdict_t compare_isolated(ncf_symmetry_element_t *g,
                                      const ncf_symmetry_group_struct *sym,
                                      const ncf_orbit_member_t *a, const ncf_orbit_member_t *b)
{
    ncf_verdict_t verdict = ncf_undecided();
    ncf_symmetry_element_t found;
    ncf__symmetry_element_init(&found, sym);
    ncf_match_t *inside = ncf__match_new(sym, a->point, b->box, NCF_MATCH_INSIDE);
    if (ncf__match_search(&found, inside, 0, -1) == NCF_MATCH_FOUND &&
        maps_inside(sym, &found, a->point, b->box)) {
        verdict = ncf_proved();
        if (g != NULL)
            ncf__symmetry_element_set(g, &found, sym);
    } else {
        ncf_match_t *overlap = ncf__match_new(sym, a->point, b->point, NCF_MATCH_OVERLAP);
        if (ncf__match_search(&found, overlap, 0, -1) == NCF_MATCH_NONE)
            verdict = ncf_refuted();
        ncf__match_free(overlap);
    }
    ncf__match_free(inside);
    ncf__symmetry_element_clear(&found);
    return verdict;
}

ncf_verdict_t ncf__symmetry_same_orbit(ncf_symmetry_element_t *g,
                                       const ncf_symmetry_group_t sym,
                                       const ncf_orbit_member_t *a,
                                       const ncf_orbit_member_t *b)
{
    int finite = a->box == NULL ? _arb_vec_is_finite(a->point, sym->unknowns + 1)
                                : member_is_finite(sym, a);
    if (!finite || !member_is_finite(sym, b))
        return ncf_undecided();
    if (!arb_overlaps(a->point + sym->unknowns, b->point + sym->unknowns) ||
        norms_differ(sym, a, b))
        return ncf_refuted();
    if (one_linear_orbit(sym, a, b))
        return ncf_proved();
    if (a->slice_dimension > 0 || b->slice_dimension > 0 || sym->units > MAX_UNITS)
        return ncf_undecided();
    return compare_isolated(g, sym, a, b);
}

/* ---- The stabiliser, level by level ---------------------------------------------- */

/*
 * Level v of the chain: elements of the stabiliser that map unit w to +w for all w < v.
 * Generators are found from the last level up, so those known generate a subgroup of
 * every earlier level.
 */
typedef struct {
    const ncf_symmetry_group_struct *sym;
    const ncf_orbit_member_t *z;
    ncf_match_t *inside, *overlap;
    ncf_symmetry_element_t *generators;
    slong count, room;
    signed char *state; /* of a signed unit: 1 in the orbit, -1 proved outside, 0 open */
    slong *queue;
} chain_t;

static void chain_init(chain_t *chain, const ncf_symmetry_group_struct *sym,
                       const ncf_orbit_member_t *z)
{
    *chain = (chain_t){.sym = sym, .z = z};
    chain->inside = ncf__match_new(sym, z->point, z->box, NCF_MATCH_INSIDE);
    chain->overlap = ncf__match_new(sym, z->point, z->point, NCF_MATCH_OVERLAP);
    chain->state = ncf__malloc((size_t) (2 * sym->units), 1);
    chain->queue = ncf__malloc((size_t) (2 * sym->units), sizeof(*chain->queue));
}

static void chain_clear(chain_t *chain)
{
    for (slong i = 0; i < chain->count; i++)
        ncf__symmetry_element_clear(&chain->generators[i]);
    ncf__free(chain->generators);
    ncf__match_free(chain->inside);
    ncf__match_free(chain->overlap);
    ncf__free(chain->state);
    ncf__free(chain->queue);
}

/* Adds g, which the chain takes over. */
static void add_generator(chain_t *chain, ncf_symmetry_element_t g)
{
    if (chain->count == chain->room) {
        chain->room = 2 * chain->room + 8;
        chain->generators =
            ncf__realloc(chain->generators, (size_t) chain->room, sizeof(*chain->generators));
    }
    chain->generators[chain->count++] = g;
}

/* Marks all that the generators reach from signed units marked with `value`; returns
   how many are marked with it then. */
static slong spread(chain_t *chain, signed char value)
{
    slong length = 0;
    for (slong s = 0; s < 2 * chain->sym->units; s++) {
        if (chain->state[s] == value)
            chain->queue[length++] = s;
    }
    for (slong i = 0; i < length; i++) {
        slong from = chain->queue[i];
        for (slong k = 0; k < chain->count; k++) {
            const ncf_symmetry_element_t *g = &chain->generators[k];
            slong to = 2 * g->image[from / 2] + (from % 2 ^ (g->sign[from / 2] < 0));
            if (chain->state[to] == value)
                continue;
            chain->state[to] = value;
            chain->queue[length++] = to;
        }
    }
    return length;
}

/* Does an element of level v map unit v to the signed unit `image`? Keeps one that does. */
static ncf_verdict_t reaches(chain_t *chain, slong v, slong image)
{
    ncf_symmetry_element_t g;
    ncf__symmetry_element_init(&g, chain->sym);
    if (ncf__match_search(&g, chain->inside, v, image) == NCF_MATCH_FOUND &&
        maps_inside(chain->sym, &g, chain->z->point, chain->z->box)) {
        add_generator(chain, g);
        return ncf_proved();
    }
    ncf_match_result_t found = ncf__match_search(&g, chain->overlap, v, image);
    ncf__symmetry_element_clear(&g);
    return found == NCF_MATCH_NONE ? ncf_refuted() : ncf_undecided();
}

/* The number of images of unit v under level v; 0 when it is not decided. */
static slong level_orbit(chain_t *chain, slong v, const ncf_unit_class_t *class)
{
    for (slong s = 0; s < 2 * chain->sym->units; s++)
        chain->state[s] = 0;
    chain->state[2 * v] = 1;
    slong reached = spread(chain, 1);
    for (slong s = 2 * v + 1; s < 2 * (class->first + class->units); s++) {
        if (chain->state[s] != 0 || !ncf__match_allows(chain->overlap, v, s))
            continue;
        ncf_verdict_t verdict = reaches(chain, v, s);
        if (ncf_is_undecided(verdict))
            return 0;
        chain->state[s] = ncf_is_proved(verdict) ? 1 : -1;
        slong marked = spread(chain, chain->state[s]);
        reached = ncf_is_proved(verdict) ? marked : reached;
    }
    return reached;
}

/* The order of the stabiliser of z; returns 0 when it is not decided. */
static int stabiliser_order(fmpz_t order, const ncf_symmetry_group_struct *sym,
                            const ncf_orbit_member_t *z)
{
    chain_t chain;
    chain_init(&chain, sym, z);
    fmpz_one(order);
    for (slong c = sym->class_count - 1; c >= 0 && !fmpz_is_zero(order); c--) {
        const ncf_unit_class_t *class = &sym->classes[c];
        for (slong j = class->units - 1; j >= 0 && !fmpz_is_zero(order); j--)
            fmpz_mul_si(order, order, level_orbit(&chain, class->first + j, class));
    }
    chain_clear(&chain);
    return !fmpz_is_zero(order);
}

ncf_verdict_t ncf__symmetry_orbit_size(fmpz_t size, const ncf_symmetry_group_t sym,
                                       const ncf_orbit_member_t *z)
{
    if (z->slice_dimension > 0 || sym->units > MAX_UNITS || !member_is_finite(sym, z))
        return ncf_undecided();
    fmpz_t stabiliser, order;
    fmpz_init(stabiliser);
    fmpz_init(order);
    int decided = stabiliser_order(stabiliser, sym, z);
    if (decided) {
        ncf__symmetry_order(order, sym);
        NCF_REQUIRE(fmpz_divisible(order, stabiliser));
        fmpz_divexact(size, order, stabiliser);
    }
    fmpz_clear(order);
    fmpz_clear(stabiliser);
    return decided ? ncf_proved() : ncf_undecided();
}

/* ---- Partition into orbits ------------------------------------------------------- */

typedef struct {
    arf_t lower, upper;
    slong index;
} span_entry_t;

static int compare_entries(const void *a, const void *b)
{
    const span_entry_t *x = a, *y = b;
    int order = arf_cmp(x->lower, y->lower);
    return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
}

/*
 * Reorders indices[0..count-1] by lower ends and sets piece[i] to the number of the
 * connected piece of the union of all balls that value[indices[i]] is in: balls of
 * different pieces are disjoint.
 */
static void find_pieces(slong *piece, slong *indices, slong count, arb_srcptr value)
{
    span_entry_t *entries = ncf__malloc((size_t) count, sizeof(*entries));
    for (slong i = 0; i < count; i++) {
        arf_init(entries[i].lower);
        arf_init(entries[i].upper);
        entries[i].index = indices[i];
        arb_get_lbound_arf(entries[i].lower, value + indices[i], INVARIANT_PREC);
        arb_get_ubound_arf(entries[i].upper, value + indices[i], INVARIANT_PREC);
    }
    qsort(entries, (size_t) count, sizeof(*entries), compare_entries);
    slong pieces = 0, highest = 0;
    for (slong i = 0; i < count; i++) {
        if (i == 0 || arf_cmp(entries[i].lower, entries[highest].upper) > 0) {
            pieces++;
            highest = i;
        } else if (arf_cmp(entries[i].upper, entries[highest].upper) > 0) {
            highest = i;
        }
        indices[i] = entries[i].index;
        piece[i] = pieces - 1;
    }
    for (slong i = 0; i < count; i++) {
        arf_clear(entries[i].lower);
        arf_clear(entries[i].upper);
    }
    ncf__free(entries);
}

static int compare_slongs(const void *a, const void *b)
{
    slong x = *(const slong *) a, y = *(const slong *) b;
    return (x > y) - (x < y);
}

/* The first points of the orbits in a piece, with numbers to guess by. */
typedef struct {
    slong *indices;
    double *invariants;
    slong count;
} heads_t;

/* A functional of the vector that nearly always represents the orbit. */
static double guess_invariant(const ncf_symmetry_group_struct *sym, const ncf_orbit_member_t *z)
{
    slong n = sym->unknowns;
    double *u = ncf__malloc(2 * (size_t) n, sizeof(*u)), *canonical = u + n, sum = 0;
    for (slong w = 0; w < n; w++)
        u[w] = arf_get_d(arb_midref(z->point + w), ARF_RND_NEAR);
    ncf__symmetry_canonical(canonical, NULL, sym, u);
    for (slong w = 0; w < n; w++)
        sum += cos((double) w) * canonical[w];
    ncf__free(u);
    return sum;
}

/* Brings the head whose invariant is nearest to the front: most points meet only theirs. */
static void bring_nearest(heads_t *heads, double invariant)
{
    slong best = 0;
    for (slong h = 1; h < heads->count; h++) {
        if (fabs(heads->invariants[h] - invariant) < fabs(heads->invariants[best] - invariant))
            best = h;
    }
    slong index = heads->indices[best];
    double kept = heads->invariants[best];
    heads->indices[best] = heads->indices[0];
    heads->invariants[best] = heads->invariants[0];
    heads->indices[0] = index;
    heads->invariants[0] = kept;
}

/* Compares the points of one piece with the orbits found before them. */
static void partition_piece(slong *orbit, ncf_verdict_t *different,
                            const ncf_symmetry_group_struct *sym,
                            const ncf_orbit_member_t *points, slong *indices, slong count)
{
    heads_t heads = {ncf__malloc((size_t) count, sizeof(slong)),
                     ncf__malloc((size_t) count, sizeof(double)), 0};
    slong *open = ncf__malloc((size_t) count, sizeof(*open));
    qsort(indices, (size_t) count, sizeof(*indices), compare_slongs);
    for (slong i = 0; i < count; i++) {
        slong index = indices[i], open_count = 0;
        double invariant = count > 1 ? guess_invariant(sym, &points[index]) : 0;
        orbit[index] = index;
        if (heads.count > 0)
            bring_nearest(&heads, invariant);
        for (slong h = 0; h < heads.count && orbit[index] == index; h++) {
            ncf_verdict_t same =
                ncf__symmetry_same_orbit(NULL, sym, &points[index], &points[heads.indices[h]]);
            if (ncf_is_proved(same))
                orbit[index] = heads.indices[h];
            else if (ncf_is_undecided(same))
                open[open_count++] = heads.indices[h];
        }
        if (orbit[index] != index)
            continue;
        heads.indices[heads.count] = index;
        heads.invariants[heads.count++] = invariant;
        different[index] = open_count == 0 ? ncf_proved() : ncf_undecided();
        for (slong h = 0; h < open_count; h++)
            different[open[h]] = ncf_undecided();
    }
    ncf__free(open);
    ncf__free(heads.invariants);
    ncf__free(heads.indices);
}

/* The points that lambda does not separate: by the norms, then one by one. */
static void partition_by_norms(slong *orbit, ncf_verdict_t *different,
                               const ncf_symmetry_group_struct *sym,
                               const ncf_orbit_member_t *points, slong *indices, slong count,
                               arb_srcptr norms)
{
    slong *piece = ncf__malloc((size_t) count, sizeof(*piece));
    find_pieces(piece, indices, count, norms);
    for (slong first = 0, last; first < count; first = last) {
        for (last = first; last < count && piece[last] == piece[first];)
            last++;
        partition_piece(orbit, different, sym, points, indices + first, last - first);
    }
    ncf__free(piece);
}

/* All lambdas and norms are finite here. */
static void partition_finite(slong *orbit, ncf_verdict_t *different,
                             const ncf_symmetry_group_struct *sym,
                             const ncf_orbit_member_t *points, slong *indices, slong count,
                             slong all)
{
    arb_ptr lambda = _arb_vec_init(all), norms = _arb_vec_init(all);
    slong *piece = ncf__malloc((size_t) count, sizeof(*piece));
    for (slong i = 0; i < count; i++) {
        arb_set(lambda + indices[i], points[indices[i]].point + sym->unknowns);
        norm_invariant(norms + indices[i], sym, points[indices[i]].point);
    }
    find_pieces(piece, indices, count, lambda);
    for (slong first = 0, last; first < count; first = last) {
        for (last = first; last < count && piece[last] == piece[first];)
            last++;
        partition_by_norms(orbit, different, sym, points, indices + first, last - first,
                           norms);
    }
    ncf__free(piece);
    _arb_vec_clear(norms, all);
    _arb_vec_clear(lambda, all);
}

slong ncf__orbits_partition(slong *orbit, ncf_verdict_t *different,
                            const ncf_symmetry_group_t sym, const ncf_orbit_member_t *points,
                            slong count)
{
    slong *indices = ncf__malloc((size_t) count, sizeof(*indices));
    slong finite = 0, orbits = 0;
    for (slong i = 0; i < count; i++) {
        orbit[i] = i;
        if (member_is_finite(sym, &points[i]))
            indices[finite++] = i;
    }
    partition_finite(orbit, different, sym, points, indices, finite, count);
    for (slong i = 0; i < count; i++) {
        /* A point that is not known to be anywhere may be on any orbit. */
        if (finite < count)
            different[i] = ncf_undecided();
        different[i] = different[orbit[i]];
        orbits += orbit[i] == i;
    }
    ncf__free(indices);
    return orbits;
}
