/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* census.c: exact numbers of KKT points, T-DECOUPLE (2b) to (2e). */
#include "orbit_internal.h"

#define ENUMERATION_LIMIT 1000000

static void census_start(ncf_census_t *out)
{
    ncf_count_struct *counts[] = {&out->positive, &out->strict_second_order, &out->rank_one,
                                  &out->orbits};
    for (int i = 0; i < 4; i++) {
        fmpz_init(counts[i]->value);
        counts[i]->known = 1;
    }
}

void ncf__census_clear(ncf_census_t *census)
{
    fmpz_clear(census->orbits.value);
    fmpz_clear(census->rank_one.value);
    fmpz_clear(census->strict_second_order.value);
    fmpz_clear(census->positive.value);
}

/* base^h - 1; h beyond what can be written down leaves the count unknown. */
static void power_less_one(ncf_count_struct *out, slong base, const fmpz_t hidden)
{
    out->known = fmpz_cmp_ui(hidden, 10000000) <= 0;
    if (!out->known)
        return;
    fmpz_set_si(out->value, base);
    fmpz_pow_ui(out->value, out->value, fmpz_get_ui(hidden));
    fmpz_sub_ui(out->value, out->value, 1);
}

/* C(h + m, m) - 1 */
static void count_orbits(fmpz_t out, const fmpz_t hidden, slong lines)
{
    fmpz_t factor;
    fmpz_init(factor);
    fmpz_one(out);
    for (slong i = 1; i <= lines; i++) {
        fmpz_add_si(factor, hidden, i);
        fmpz_mul(out, out, factor);
        fmpz_divexact_si(out, out, i);
    }
    fmpz_sub_ui(out, out, 1);
    fmpz_clear(factor);
}

/* 2h times the number of strict lines. */
static void count_strict(ncf_count_struct *out, const ncf_line_list_t *lines, const fmpz_t hidden)
{
    slong strict = 0;
    for (slong i = 0; i < lines->count; i++) {
        const ncf_line_struct *line = &lines->lines[i];
        out->known = out->known && line->inertia_known;
        strict += line->index == 0 && line->nullity == 0;
    }
    fmpz_mul_si(out->value, hidden, 2 * strict);
}

static int has_infinite_set(const ncf_line_list_t *lines)
{
    for (slong i = 0; i < lines->count; i++) {
        if (lines->lines[i].dimension > 0)
            return 1;
    }
    return 0;
}

void ncf__census_init(ncf_census_t *out, const ncf_line_list_t *lines, const fmpz_t hidden)
{
    slong m = lines->count;
    census_start(out);
    count_strict(&out->strict_second_order, lines, hidden);
    if (has_infinite_set(lines)) {
        out->positive.known = out->rank_one.known = out->orbits.known = 0;
        return;
    }
    power_less_one(&out->positive, 2 * m + 1, hidden);
    power_less_one(&out->rank_one, 3, hidden);
    fmpz_mul_si(out->rank_one.value, out->rank_one.value, m);
    count_orbits(out->orbits.value, hidden, m);
}

/* ---- Points above a bound: depth-first over multisets ---------------------------- */

typedef struct {
    ncf_census_t *census;
    const ncf_line_list_t *lines;
    arb_srcptr costs;
    slong order, prec;
    const fmpz *hidden;
    const arb_struct *bound;
    slong visited;
    int decided;
} enumeration_t;

/* 1 lambda >= bound, 0 lambda < bound, -1 not separated. */
static int is_above(const enumeration_t *walk, const arb_t cost)
{
    arb_t lambda;
    arb_init(lambda);
    ncf__lambda_of_cost(lambda, cost, walk->order, walk->prec);
    int above = arb_ge(lambda, walk->bound) ? 1 : arb_lt(lambda, walk->bound) ? 0 : -1;
    arb_clear(lambda);
    return above;
}

static void count_multiset(enumeration_t *walk, const slong *members, slong active)
{
    ncf_census_t *census = walk->census;
    fmpz_t size;
    fmpz_init(size);
    ncf__orbit_size(size, members, active, walk->hidden);
    fmpz_add(census->positive.value, census->positive.value, size);
    fmpz_add_ui(census->orbits.value, census->orbits.value, 1);
    if (members[0] == members[active - 1])
        fmpz_add(census->rank_one.value, census->rank_one.value, size);
    const ncf_line_struct *line = &walk->lines->lines[members[0]];
    if (active == 1 && !line->inertia_known)
        census->strict_second_order.known = 0;
    if (active == 1 && line->inertia_known && line->index == 0 && line->nullity == 0)
        fmpz_add(census->strict_second_order.value, census->strict_second_order.value, size);
    fmpz_clear(size);
}

/* The cost of a sequence; each prefix and each lowering of an entry costs less. */
static int visit(enumeration_t *walk, const slong *members, slong active)
{
    arb_t cost;
    arb_init(cost);
    for (slong i = 0; i < active; i++)
        arb_add(cost, cost, walk->costs + members[i], walk->prec);
    int above = is_above(walk, cost);
    arb_clear(cost);
    if (above < 0 || ++walk->visited > ENUMERATION_LIMIT)
        walk->decided = 0;
    if (above == 1)
        count_multiset(walk, members, active);
    return above == 1 && walk->decided;
}

/* All non-decreasing sequences above the bound, without recursion. */
static void enumerate(enumeration_t *walk)
{
    slong allocated = 16, active = 1;
    slong *members = ncf__malloc((size_t) allocated, sizeof(*members));
    members[0] = 0;
    while (active > 0 && walk->decided) {
        if (visit(walk, members, active) && fmpz_cmp_si(walk->hidden, active) > 0) {
            if (active == allocated) {
                allocated *= 2;
                members = ncf__realloc(members, (size_t) allocated, sizeof(*members));
            }
            members[active] = members[active - 1];
            active++;
            continue;
        }
        /* Costs are sorted up to ball width: every later line is tried, none is skipped. */
        while (active > 0 && ++members[active - 1] >= walk->lines->count)
            active--;
    }
    ncf__free(members);
}

void ncf__census_init_above(ncf_census_t *out, const ncf_line_list_t *lines, slong order,
                            const fmpz_t hidden, const arb_t lambda_min, slong prec)
{
    census_start(out);
    enumeration_t walk = {out, lines, ncf__line_costs(lines, order, prec), order, prec, hidden,
                          lambda_min, 0, 1};
    if (has_infinite_set(lines))
        walk.decided = 0;
    else if (lines->count > 0)
        enumerate(&walk);
    if (!walk.decided) {
        out->positive.known = out->rank_one.known = out->orbits.known = 0;
        out->strict_second_order.known = 0;
    }
    _arb_vec_clear((arb_ptr) walk.costs, lines->count);
}
