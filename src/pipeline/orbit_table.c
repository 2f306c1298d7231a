/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* orbit_table.c: see orbit_table.h. */
#include "orbit_table.h"

#include <math.h>
#include <string.h>

#define SAME_FORM 1e-6   /* largest difference of entries: a proposal of equality */
#define SAME_LAMBDA 1e-6 /* relative */
#define CONTAINS_PRECISION 128

void ncf__orbit_table_init(ncf_orbit_table_t *table, const struct ncf_problem *problem,
                           const ncf_network_struct *network, slong precision,
                           slong max_precision)
{
    *table = (ncf_orbit_table_t) {.problem = problem,
                                  .network = network,
                                  .precision = precision,
                                  .max_precision = max_precision};
    ncf__symmetry_init(table->symmetry, network);
}

static void known_orbit_clear(ncf_known_orbit_t *known)
{
    ncf__point_orbit_clear(&known->found);
    ncf__cap_clear(&known->cap);
    ncf__free(known->centre);
}

void ncf__orbit_table_clear(ncf_orbit_table_t *table)
{
    for (slong k = 0; k < table->count; k++)
        known_orbit_clear(&table->orbits[k]);
    for (slong k = 0; k < table->form_count; k++) {
        ncf__free(table->forms[k].form);
        ncf__symmetry_element_clear(&table->forms[k].to_point);
    }
    ncf__free(table->orbits);
    ncf__free(table->forms);
    ncf__symmetry_clear(table->symmetry);
}

void ncf__orbit_guess_init(ncf_orbit_guess_t *guess, const ncf_orbit_table_t *table)
{
    size_t n = (size_t) table->network->unknowns;
    guess->made = 0;
    guess->lambda = NAN;
    guess->u = ncf__calloc(n, sizeof(double));
    guess->form = ncf__calloc(n, sizeof(double));
    ncf__symmetry_element_init(&guess->to_form, table->symmetry);
}

void ncf__orbit_guess_clear(ncf_orbit_guess_t *guess)
{
    ncf__free(guess->u);
    ncf__free(guess->form);
    ncf__symmetry_element_clear(&guess->to_form);
}

void ncf__orbit_table_prepare(ncf_orbit_guess_t *guess, const ncf_orbit_table_t *table)
{
    ncf__symmetry_canonical(guess->form, &guess->to_form, table->symmetry, guess->u);
    guess->made = 1;
}

/* ---- What is known ---------------------------------------------------------------- */

static int same_lambda(double a, double b)
{
    return fabs(a - b) <= SAME_LAMBDA * fmax(fabs(a), fabs(b));
}

static int same_form(const double *a, const double *b, slong n)
{
    for (slong j = 0; j < n; j++) {
        if (!(fabs(a[j] - b[j]) <= SAME_FORM))
            return 0;
    }
    return 1;
}

/* Points of a continuous family differ, and none of them has a cap: their lambda is enough. */
static int in_family(const ncf_orbit_table_t *table, const ncf_known_form_t *form)
{
    return table->orbits[form->orbit].found.point.slice_dimension > 0;
}

slong ncf__orbit_table_look(const ncf_orbit_table_t *table, const ncf_orbit_guess_t *guess)
{
    for (slong k = 0; k < table->form_count; k++) {
        const ncf_known_form_t *form = &table->forms[k];
        if (same_lambda(form->lambda, guess->lambda) &&
            (in_family(table, form) ||
             same_form(form->form, guess->form, table->network->unknowns)))
            return k;
    }
    return -1;
}

void ncf__orbit_table_carry(ncf_symmetry_element_t *out, const ncf_orbit_table_t *table,
                            slong form, const ncf_orbit_guess_t *guess)
{
    ncf__symmetry_compose(out, &table->forms[form].to_point, &guess->to_form, table->symmetry);
}

int ncf__orbit_table_attracts(const ncf_orbit_table_t *table, slong orbit,
                              const ncf_symmetry_element_t *g, const double *q)
{
    slong n = table->network->unknowns;
    const ncf_known_orbit_t *known = &table->orbits[orbit];
    if (!ncf_is_proved(known->cap.verdict))
        return 0;
    double *moved = ncf__malloc((size_t) n, sizeof(double));
    arb_ptr v = _arb_vec_init(n);
    ncf__symmetry_apply_double(moved, table->symmetry, g, q);
    for (slong j = 0; j < n; j++)
        arb_set_d(v + j, moved[j]);
    int inside = ncf__cap_contains(&known->cap, &known->found.point, v, CONTAINS_PRECISION);
    _arb_vec_clear(v, n);
    ncf__free(moved);
    return inside;
}

/* ---- Learning ----------------------------------------------------------------------- */

typedef struct {
    const ncf_orbit_table_t *table;
    const ncf_orbit_guess_t *guesses;
    const slong *chosen;
    ncf_known_orbit_t *fresh; /* one for each chosen guess */
    const ncf_limits_t *limits;
} learning_t;

static void certify_one(void *context, slong k, int worker)
{
    (void) worker;
    learning_t *job = context;
    const ncf_orbit_table_t *table = job->table;
    ncf_known_orbit_t *fresh = &job->fresh[k];
    const double *form = job->guesses[job->chosen[k]].form;
    slong n = table->network->unknowns;
    ncf_point_options_t options = {table->precision, table->max_precision, job->limits};
    ncf_cap_options_t cap_options = {0, job->limits};
    arb_ptr v = _arb_vec_init(n);
    for (slong j = 0; j < n; j++)
        arb_set_d(v + j, form[j]);
    ncf__certify_point(&fresh->found.point, v, table->problem, table->network, &options);
    ncf__certify_cap(&fresh->cap, &fresh->found.point, table->problem, table->network,
                     &cap_options);
    for (slong j = 0; j < n; j++)
        fresh->centre[j] =
            ncf_is_proved(fresh->found.point.exists)
                ? arf_get_d(arb_midref(fresh->found.point.point + j), ARF_RND_NEAR)
                : form[j];
    _arb_vec_clear(v, n);
}

static void *grown(void *block, slong count, slong *room, size_t size)
{
    if (count < *room)
        return block;
    *room = 2 * *room + 8;
    return ncf__realloc(block, (size_t) *room, size);
}

/*
 * The known orbit to which the proved point belongs, with g fresh = known; else -1, and `open`
 * says that one of them may be the same all the same.
 */
static slong find_same(ncf_symmetry_element_t *g, int *open, const ncf_orbit_table_t *table,
                       const ncf_certified_point_t *point)
{
    *open = 0;
    ncf_orbit_member_t a = {point->point, point->box, point->slice_dimension};
    if (!ncf_is_proved(point->exists))
        return -1;
    for (slong k = 0; k < table->count; k++) {
        const ncf_certified_point_t *other = &table->orbits[k].found.point;
        ncf_orbit_member_t b = {other->point, other->box, other->slice_dimension};
        if (!ncf_is_proved(other->exists))
            continue;
        ncf_verdict_t same = ncf__symmetry_same_orbit(g, table->symmetry, &a, &b);
        if (ncf_is_proved(same))
            return k;
        *open = *open || !ncf_is_refuted(same);
    }
    return -1;
}

static void describe(ncf_known_orbit_t *known, const ncf_orbit_table_t *table)
{
    if (ncf_is_proved(known->found.point.exists))
        ncf__point_orbit_describe(&known->found, table->network);
}

/* Takes over what was certified: a new orbit, or a new form of a known one. */
static void take(ncf_orbit_table_t *table, const ncf_orbit_guess_t *guess, ncf_known_orbit_t *fresh)
{
    slong n = table->network->unknowns;
    table->forms = grown(table->forms, table->form_count, &table->form_room, sizeof(*table->forms));
    ncf_known_form_t *form = &table->forms[table->form_count++];
    form->lambda = guess->lambda;
    form->form = ncf__malloc((size_t) n, sizeof(double));
    memcpy(form->form, guess->form, (size_t) n * sizeof(double));
    ncf__symmetry_element_init(&form->to_point, table->symmetry);
    form->orbit = find_same(&form->to_point, &fresh->found.not_separated, table,
                            &fresh->found.point);
    if (form->orbit >= 0) {
        known_orbit_clear(fresh);
        return;
    }
    form->orbit = table->count;
    describe(fresh, table);
    table->orbits = grown(table->orbits, table->count, &table->room, sizeof(*table->orbits));
    table->orbits[table->count++] = *fresh;
}

/* The first guess of each group of equal ones that is not known. */
static slong choose(slong *chosen, const ncf_orbit_table_t *table,
                    const ncf_orbit_guess_t *guesses, slong count)
{
    slong found = 0;
    for (slong k = 0; k < count; k++) {
        int known = !guesses[k].made || ncf__orbit_table_look(table, &guesses[k]) >= 0;
        for (slong i = 0; i < found && !known; i++)
            known = same_lambda(guesses[chosen[i]].lambda, guesses[k].lambda) &&
                    same_form(guesses[chosen[i]].form, guesses[k].form, table->network->unknowns);
        if (!known)
            chosen[found++] = k;
    }
    return found;
}

ncf_limit_t ncf__orbit_table_learn(ncf_orbit_table_t *table, const ncf_orbit_guess_t *guesses,
                                   slong count, int threads, const ncf_limits_t *limits)
{
    slong n = table->network->unknowns;
    slong *chosen = ncf__malloc((size_t) count, sizeof(*chosen));
    slong found = choose(chosen, table, guesses, count);
    ncf_known_orbit_t *fresh = ncf__malloc((size_t) found, sizeof(*fresh));
    for (slong k = 0; k < found; k++) {
        ncf__point_orbit_init(&fresh[k].found, table->network);
        fresh[k].found.origin = NCF_ORIGIN_CANDIDATE;
        ncf__cap_init(&fresh[k].cap);
        fresh[k].centre = ncf__malloc((size_t) n, sizeof(double));
    }
    learning_t job = {table, guesses, chosen, fresh, limits};
    ncf_limit_t limit = ncf__parallel_for(found, threads, certify_one, &job, limits, NULL);
    if (limit == NCF_LIMIT_NONE)
        limit = ncf__limit_reached(limits);
    for (slong k = 0; k < found; k++) {
        if (limit == NCF_LIMIT_NONE)
            take(table, &guesses[chosen[k]], &fresh[k]);
        else
            known_orbit_clear(&fresh[k]);
    }
    ncf__free(fresh);
    ncf__free(chosen);
    return limit;
}
