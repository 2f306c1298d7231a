/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * flow_study.c: the runs in blocks, so that nothing depends on the threads. In each block all
 * runs are integrated, then the points that they lead to and that are not known are certified,
 * then each run is judged; the judging reads the table of orbits only.
 */
#include "flow_study.h"

#include "../flow/flow.h"
#include "../solve/sphere_search.h"
#include "objective.h"
#include "polish.h"

#include <math.h>
#include <string.h>

#define FIRST_BLOCK 8
#define LAST_BLOCK 64
#define NEAR 0.1 /* radians: so near to a point without a cap, that is the reason */

/* One run of a block, between its integration and its judgement. */
typedef struct {
    ncf_trial_t first;
    ncf_trial_end_t second_end;
    int second_falls;
    double *second;           /* n: the end of the second integration; NULL without one */
    ncf_orbit_guess_t guess;  /* of the point, from the end of the first one */
    slong form;               /* of the guess; -1 */
    ncf_symmetry_element_t carry; /* what carries the run to the known point */
} trial_pair_t;

typedef struct {
    struct ncf_flow_study *study;
    const struct ncf_problem *problem;
    ncf_network_objective_t objective;
    ncf_polisher_t polisher;
    ncf_limits_t limits; /* progress counts all runs */
    const ncf_limits_t *outer;
    slong base, count;   /* the block */
    trial_pair_t *pairs;
} block_t;

static const double *last_row(const ncf_trial_t *trial)
{
    return trial->directions + (trial->early - 1) * trial->n;
}

/* ---- Integration ------------------------------------------------------------------- */

static void integrate_second(trial_pair_t *pair, const block_t *block, const double *start)
{
    const struct ncf_flow_study *study = block->study;
    size_t size = (size_t) study->network->unknowns * sizeof(double);
    ncf_trial_t trial;
    ncf__flow_trial(&trial, block->problem, study->network, study->degree, &study->plan,
                    NCF_FLOW_RUNGE_KUTTA, start, &block->limits);
    pair->second_end = trial.end;
    pair->second_falls = trial.energy_falls;
    if (trial.early > 0) {
        pair->second = ncf__malloc(size, 1);
        memcpy(pair->second, last_row(&trial), size);
    }
    ncf__flow_trial_clear(&trial);
}

/* The maximum to which an ascent leads from the end of the run, or the KKT point to which
   Newton's method does. */
static void make_guess(trial_pair_t *pair, const block_t *block, int newton)
{
    const ncf_orbit_table_t *table = &block->study->table;
    ncf_orbit_guess_t *guess = &pair->guess;
    size_t size = (size_t) table->network->unknowns * sizeof(double);
    ncf_sphere_search_t search;
    guess->made = 0;
    ncf__sphere_search_init(&search, &block->objective.objective, &block->limits);
    memcpy(search.u, last_row(&pair->first), size);
    if (newton)
        ncf__polish(search.u, &block->polisher);
    if (ncf__sphere_search_evaluate(&search) &&
        (newton || ncf__sphere_ascend(&search) != NCF_START_LOST)) {
        memcpy(guess->u, search.u, size);
        guess->lambda = block->objective.scale * search.lambda;
        ncf__orbit_table_prepare(guess, table);
    }
    ncf__sphere_search_clear(&search);
}

/* Can the end of the run be near a point that attracts? */
static int has_goal(const trial_pair_t *pair)
{
    ncf_trial_end_t end = pair->first.end;
    return pair->first.early > 0 && (end == NCF_TRIAL_PHASE_OVER || end == NCF_TRIAL_REST ||
                                     end == NCF_TRIAL_STEPS);
}

static void integrate_one(void *context, slong k, int worker)
{
    (void) worker;
    block_t *block = context;
    const struct ncf_flow_study *study = block->study;
    trial_pair_t *pair = &block->pairs[k];
    double *start = ncf__malloc((size_t) study->network->unknowns, sizeof(double));
    ncf__flow_random_start(start, study->network->unknowns, study->plan.seed,
                           (uint64_t) (block->base + k));
    ncf__flow_trial(&pair->first, block->problem, study->network, study->degree, &study->plan,
                    NCF_FLOW_ADAMS, start, &block->limits);
    integrate_second(pair, block, start);
    if (has_goal(pair))
        make_guess(pair, block, 0);
    ncf__free(start);
}

/* ---- The point --------------------------------------------------------------------- */

static slong orbit_of(const block_t *block, const trial_pair_t *pair)
{
    return pair->form >= 0 ? block->study->table.forms[pair->form].orbit : -1;
}

static int is_attracted(const block_t *block, const trial_pair_t *pair, const double *q)
{
    slong orbit = orbit_of(block, pair);
    return orbit >= 0 && q != NULL &&
           ncf__orbit_table_attracts(&block->study->table, orbit, &pair->carry, q);
}

static void place(block_t *block, trial_pair_t *pair)
{
    const ncf_orbit_table_t *table = &block->study->table;
    pair->form = pair->guess.made ? ncf__orbit_table_look(table, &pair->guess) : -1;
    if (pair->form >= 0)
        ncf__orbit_table_carry(&pair->carry, table, pair->form, &pair->guess);
}

/* Learns the guesses of the marked runs and places these. */
static ncf_limit_t learn(block_t *block, const int *marked)
{
    struct ncf_flow_study *study = block->study;
    slong count = 0;
    ncf_orbit_guess_t *guesses = ncf__malloc((size_t) block->count, sizeof(*guesses));
    for (slong k = 0; k < block->count; k++) {
        if (marked[k] && block->pairs[k].guess.made)
            guesses[count++] = block->pairs[k].guess; /* borrowed */
    }
    ncf_limit_t limit = ncf__orbit_table_learn(&study->table, guesses, count,
                                               study->plan.threads, block->outer);
    ncf__free(guesses);
    for (slong k = 0; k < block->count && limit == NCF_LIMIT_NONE; k++) {
        if (marked[k])
            place(block, &block->pairs[k]);
    }
    return limit;
}

typedef struct {
    block_t *block;
    const int *marked;
} second_guess_t;

static void guess_again(void *context, slong k, int worker)
{
    (void) worker;
    second_guess_t *job = context;
    if (job->marked[k])
        make_guess(&job->block->pairs[k], job->block, 1);
}

/* The first guess that a cap confirms stays; else the second one, of the nearer point. */
static ncf_limit_t find_points(block_t *block)
{
    int *marked = ncf__malloc((size_t) block->count, sizeof(*marked));
    for (slong k = 0; k < block->count; k++)
        marked[k] = has_goal(&block->pairs[k]);
    ncf_limit_t limit = learn(block, marked);
    for (slong k = 0; k < block->count; k++)
        marked[k] = marked[k] && !is_attracted(block, &block->pairs[k],
                                               last_row(&block->pairs[k].first));
    second_guess_t again = {block, marked};
    if (limit == NCF_LIMIT_NONE)
        limit = ncf__parallel_for(block->count, block->study->plan.threads, guess_again, &again,
                                  block->outer, NULL);
    if (limit == NCF_LIMIT_NONE)
        limit = learn(block, marked);
    ncf__free(marked);
    return limit;
}

/* ---- Measurements ------------------------------------------------------------------- */

/* The angle between unit vectors, accurate for small ones. */
static double angle_between(const double *a, const double *b, slong n)
{
    double square = 0;
    for (slong j = 0; j < n; j++)
        square += (a[j] - b[j]) * (a[j] - b[j]);
    return 2 * asin(fmin(sqrt(square) / 2, 1));
}

/* lambda for an exact solution on the ray of the point: see match.c. */
static double growth_rate(const ncf_trial_t *trial, slong entry, double degree)
{
    slong last = trial->early - 1;
    double time = trial->taus[last] - trial->taus[entry];
    double a = trial->log_norms[entry], b = trial->log_norms[last], power = 2 - degree;
    double change = power == 0 ? b - a : (exp(power * a) - exp(power * b)) / -power;
    return time > 0 && isfinite(change / time) ? change / time : NAN;
}

/*
 * Entry and angles of the early phase against the point that the run was carried to; returns
 * how often the phase left its cap.
 */
static slong follow(ncf_study_run_t *run, const block_t *block, const trial_pair_t *pair)
{
    const struct ncf_flow_study *study = block->study;
    const ncf_orbit_table_t *table = &study->table;
    const ncf_known_orbit_t *known = &table->orbits[run->orbit];
    const ncf_trial_t *trial = &pair->first;
    ncf_symmetry_element_t back;
    slong n = trial->n, entry = -1, crossings = 0;
    double *point = ncf__malloc((size_t) n, sizeof(double)), cap = atan(known->cap.tangent);
    ncf__symmetry_element_init(&back, table->symmetry);
    ncf__symmetry_inverse(&back, &pair->carry, table->symmetry);
    ncf__symmetry_apply_double(point, table->symmetry, &back, known->centre);
    for (slong k = 0; k < trial->early; k++) {
        run->end_angle = angle_between(trial->directions + k * n, point, n);
        int inside = run->end_angle <= cap;
        crossings += entry >= 0 && !inside;
        entry = !inside ? -1 : entry >= 0 ? entry : k;
    }
    if (run->in_cap && entry >= 0) {
        double lambda = arf_get_d(arb_midref(ncf__point_orbit_lambda(&known->found)), ARF_RND_NEAR);
        run->entry_tau = trial->taus[entry];
        run->entry_norm = exp(trial->log_norms[entry]);
        run->rate = growth_rate(trial, entry, (double) study->degree) / lambda;
    }
    ncf__symmetry_element_clear(&back);
    ncf__free(point);
    return crossings;
}

/* ---- The verdict -------------------------------------------------------------------- */

static void conclude(ncf_study_run_t *run, ncf_match_word_t word, ncf_run_reason_t reason)
{
    run->word = word;
    run->reason = reason;
}

/* The run ends in the cap. */
static void judge_inside(ncf_study_run_t *run, const block_t *block, const trial_pair_t *pair)
{
    const ncf_known_orbit_t *known = &block->study->table.orbits[run->orbit];
    if (!ncf_is_proved(known->found.point.lambda_positive))
        conclude(run, NCF_MATCH_NONE, NCF_RUN_NOT_POSITIVE);
    else if (!pair->first.energy_falls || !pair->second_falls)
        conclude(run, NCF_MATCH_NONE, NCF_RUN_ENERGY);
    else if (!is_attracted(block, pair, pair->second))
        conclude(run, NCF_MATCH_NONE, NCF_RUN_SECOND);
    else
        conclude(run, NCF_MATCH_MATCHED, NCF_RUN_NO_REASON);
}

static void judge_outside(ncf_study_run_t *run, const block_t *block, const trial_pair_t *pair,
                          slong crossings)
{
    const ncf_known_orbit_t *known =
        run->orbit >= 0 ? &block->study->table.orbits[run->orbit] : NULL;
    ncf_match_word_t word = crossings > 0 ? NCF_MATCH_AMBIGUOUS : NCF_MATCH_NONE;
    if (known == NULL || !ncf_is_proved(known->found.point.exists))
        conclude(run, word, NCF_RUN_NO_POINT);
    else if (!ncf_is_proved(known->cap.verdict) &&
             (pair->first.end != NCF_TRIAL_PHASE_OVER || run->end_angle <= NEAR ||
              known->found.point.slice_dimension > 0))
        conclude(run, word, NCF_RUN_NO_CAP);
    else if (pair->first.end == NCF_TRIAL_PHASE_OVER)
        conclude(run, word, NCF_RUN_PHASE_ENDS);
    else
        conclude(run, word,
                 pair->first.end == NCF_TRIAL_STEPS ? NCF_RUN_STEPS : NCF_RUN_OUTSIDE);
}

/* What is told without a point; returns 0 when it needs one. */
static int judge_alone(ncf_study_run_t *run, const trial_pair_t *pair)
{
    ncf_trial_end_t end = pair->first.end, other = pair->second_end;
    if (end == NCF_TRIAL_LIMIT || other == NCF_TRIAL_LIMIT)
        conclude(run, NCF_MATCH_UNFINISHED, NCF_RUN_LIMIT);
    else if (end == NCF_TRIAL_FAILED || other == NCF_TRIAL_FAILED)
        conclude(run, NCF_MATCH_NONE, NCF_RUN_FAILED);
    else if (pair->first.early == 0)
        conclude(run, NCF_MATCH_NONE, NCF_RUN_NOT_SMALL);
    else if (end == NCF_TRIAL_ZERO)
        conclude(run, other == NCF_TRIAL_ZERO ? NCF_MATCH_ZERO : NCF_MATCH_NONE,
                 other == NCF_TRIAL_ZERO ? NCF_RUN_NO_REASON : NCF_RUN_SECOND);
    else if (end == NCF_TRIAL_DIES)
        conclude(run, NCF_MATCH_NONE, NCF_RUN_DIES);
    else
        return 0;
    return 1;
}

static void judge_one(void *context, slong k, int worker)
{
    (void) worker;
    block_t *block = context;
    const trial_pair_t *pair = &block->pairs[k];
    ncf_study_run_t *run = &block->study->runs[block->base + k];
    run->steps = pair->first.steps;
    if (pair->first.early > 0) {
        int moves = block->study->plan.kind != NCF_FLOW_SPHERE;
        run->end_norm = moves ? exp(pair->first.log_norms[pair->first.early - 1]) : NAN;
        if (pair->second != NULL)
            run->difference = angle_between(last_row(&pair->first), pair->second, pair->first.n);
    }
    if (judge_alone(run, pair))
        return;
    run->orbit = orbit_of(block, pair);
    run->in_cap = is_attracted(block, pair, last_row(&pair->first));
    slong crossings = run->orbit >= 0 ? follow(run, block, pair) : 0;
    if (block->study->plan.kind == NCF_FLOW_SPHERE)
        run->entry_norm = run->rate = NAN;
    if (run->in_cap)
        judge_inside(run, block, pair);
    else
        judge_outside(run, block, pair, crossings);
}

/* ---- Blocks ------------------------------------------------------------------------- */

static void forward_progress(void *context, const char *stage, double done, double total)
{
    const block_t *block = context;
    (void) stage;
    (void) total;
    ncf__progress(block->outer, "runs", (double) block->base + done,
                  (double) block->study->plan.runs);
}

static ncf_limit_t run_block(block_t *block)
{
    struct ncf_flow_study *study = block->study;
    const ncf_symmetry_group_struct *symmetry = study->table.symmetry;
    int threads = study->plan.threads;
    block->pairs = ncf__calloc((size_t) block->count, sizeof(*block->pairs));
    for (slong k = 0; k < block->count; k++) {
        block->pairs[k].form = -1;
        ncf__orbit_guess_init(&block->pairs[k].guess, &study->table);
        ncf__symmetry_element_init(&block->pairs[k].carry, symmetry);
    }
    ncf_limit_t limit = ncf__parallel_for(block->count, threads, integrate_one, block,
                                          &block->limits, "runs");
    if (limit == NCF_LIMIT_NONE)
        limit = ncf__limit_reached(block->outer);
    if (limit == NCF_LIMIT_NONE)
        limit = find_points(block);
    /* A block is judged as a whole: what a limit lets through is no fair sample. */
    if (limit == NCF_LIMIT_NONE)
        ncf__parallel_for(block->count, threads, judge_one, block, NULL, NULL);
    for (slong k = 0; k < block->count; k++) {
        ncf__symmetry_element_clear(&block->pairs[k].carry);
        ncf__orbit_guess_clear(&block->pairs[k].guess);
        ncf__flow_trial_clear(&block->pairs[k].first);
        ncf__free(block->pairs[k].second);
    }
    ncf__free(block->pairs);
    return limit;
}

static void run_blocks(struct ncf_flow_study *study, const struct ncf_problem *problem,
                       const ncf_limits_t *limits)
{
    static const ncf_limits_t none;
    block_t block = {.study = study, .problem = problem, .outer = limits};
    fmpq_mat_t weights;
    fmpq_mat_init(weights, problem->points, 1);
    ncf__problem_weights(weights, problem);
    block.limits = limits != NULL ? *limits : none;
    block.limits.progress = forward_progress;
    block.limits.progress_context = &block;
    ncf__network_objective_init(&block.objective, problem, study->network);
    ncf__polisher_init(&block.polisher, study->network, problem->x, weights, limits);
    for (slong size = FIRST_BLOCK; block.base < study->plan.runs && study->limit == NCF_LIMIT_NONE;
         size = FLINT_MIN(2 * size, LAST_BLOCK)) {
        block.count = FLINT_MIN(size, study->plan.runs - block.base);
        study->limit = run_block(&block);
        if (study->limit == NCF_LIMIT_NONE)
            study->finished = block.base += block.count;
    }
    ncf__polisher_clear(&block.polisher);
    ncf__network_objective_clear(&block.objective);
    fmpq_mat_clear(weights);
}

/* ---- Conclusions --------------------------------------------------------------------- */

void ncf__wilson(double *low, double *high, slong hits, slong total, double z)
{
    *low = 0;
    *high = 1;
    if (total <= 0)
        return;
    double n = (double) total, p = (double) hits / n, square = z * z;
    double centre = (p + square / (2 * n)) / (1 + square / n);
    double half = z / (1 + square / n) * sqrt(p * (1 - p) / n + square / (4 * n * n));
    if (hits > 0)
        *low = fmax(centre - half, 0);
    if (hits < total)
        *high = fmin(centre + half, 1);
}

static void add_entry(ncf_study_orbit_t *orbit, double tau)
{
    orbit->runs++;
    if (isnan(tau))
        return;
    orbit->entry_mean = (isnan(orbit->entry_mean) ? 0 : orbit->entry_mean) + tau;
    orbit->entry_least = isnan(orbit->entry_least) ? tau : fmin(orbit->entry_least, tau);
    orbit->entry_most = isnan(orbit->entry_most) ? tau : fmax(orbit->entry_most, tau);
}

static int is_above(const ncf_study_orbit_t *a, const ncf_study_orbit_t *b)
{
    return arf_cmp(arb_midref(ncf__point_orbit_lambda(&a->known->found)),
                   arb_midref(ncf__point_orbit_lambda(&b->known->found))) > 0;
}

/* Orbits that were matched, largest lambda first; the runs get their numbers in this order. */
static void number_orbits(struct ncf_flow_study *study)
{
    slong known = study->table.count;
    slong *place = ncf__malloc((size_t) known, sizeof(*place));
    ncf_study_orbit_t *all = ncf__malloc((size_t) known, sizeof(*all));
    for (slong k = 0; k < known; k++)
        all[k] = (ncf_study_orbit_t) {.known = &study->table.orbits[k], .listed = -1,
                                      .entry_mean = NAN, .entry_least = NAN, .entry_most = NAN};
    for (slong k = 0; k < study->finished; k++) {
        if (study->runs[k].word == NCF_MATCH_MATCHED)
            add_entry(&all[study->runs[k].orbit], study->runs[k].entry_tau);
    }
    study->orbits = ncf__malloc((size_t) known, sizeof(*study->orbits));
    for (slong k = 0; k < known; k++) {
        slong at = study->orbit_count;
        if (all[k].runs == 0)
            continue;
        for (; at > 0 && is_above(&all[k], &study->orbits[at - 1]); at--)
            study->orbits[at] = study->orbits[at - 1];
        study->orbits[at] = all[k];
        study->orbit_count++;
    }
    for (slong k = 0; k < known; k++)
        place[k] = -1;
    for (slong i = 0; i < study->orbit_count; i++) {
        ncf_study_orbit_t *orbit = &study->orbits[i];
        place[orbit->known - study->table.orbits] = i;
        orbit->entry_mean /= (double) orbit->runs;
        orbit->share = (double) orbit->runs / (double) study->finished;
        ncf__wilson(&orbit->share_low, &orbit->share_high, orbit->runs, study->finished, NCF_STUDY_QUANTILE);
    }
    for (slong k = 0; k < study->finished; k++) {
        if (study->runs[k].orbit >= 0)
            study->runs[k].orbit = place[study->runs[k].orbit];
    }
    ncf__free(all);
    ncf__free(place);
}

static void count_words(struct ncf_flow_study *study)
{
    for (slong k = 0; k < study->plan.runs; k++) {
        const ncf_study_run_t *run = &study->runs[k];
        study->words[run->word]++;
        study->reasons[run->reason]++;
        if (k < study->finished && !isnan(run->difference)) {
            study->compared++;
            if (run->word == NCF_MATCH_MATCHED)
                study->difference = fmax(study->difference, run->difference);
        }
    }
    for (int w = 0; w < NCF_MATCH_WORDS; w++) {
        double *share = study->shares[w];
        slong hits = w == NCF_MATCH_UNFINISHED ? 0 : study->words[w];
        share[0] = study->finished > 0 ? (double) hits / (double) study->finished : NAN;
        ncf__wilson(&share[1], &share[2], hits, study->finished, NCF_STUDY_QUANTILE);
    }
}

struct ncf_flow_study *ncf__flow_study(const struct ncf_problem *problem,
                                       ncf_network_struct network, slong degree,
                                       const ncf_study_plan_t *plan, const ncf_limits_t *limits)
{
    struct ncf_flow_study *study = ncf__calloc(1, sizeof(*study));
    study->plan = *plan;
    study->network[0] = network;
    study->degree = degree;
    ncf__orbit_table_init(&study->table, problem, study->network, plan->precision,
                          plan->max_precision);
    study->runs = ncf__malloc((size_t) plan->runs, sizeof(*study->runs));
    for (slong k = 0; k < plan->runs; k++)
        study->runs[k] = (ncf_study_run_t) {NCF_MATCH_UNFINISHED, NCF_RUN_LIMIT, -1, 0, NAN, NAN,
                                            NAN, NAN, NAN, NAN, 0};
    run_blocks(study, problem, limits);
    number_orbits(study);
    count_words(study);
    return study;
}

void ncf__flow_study_free(struct ncf_flow_study *study)
{
    if (study == NULL)
        return;
    ncf__free(study->delta_text);
    ncf__free(study->runs);
    ncf__free(study->orbits);
    ncf__orbit_table_clear(&study->table);
    ncf__network_clear(study->network);
    ncf__free(study);
}

const char *ncf__run_reason_text(ncf_run_reason_t reason)
{
    static const char *const texts[NCF_RUN_REASONS] = {
        "",
        "the start is not small: there the gradients of training and of N differ by more than "
        "10 %",
        "the early phase ends before a certified cap is reached",
        "the direction tends to a point with lambda = 0",
        "no KKT point is proved where the early phase ends",
        "the KKT point where the early phase ends has no certified cap",
        "the direction comes to rest outside of the certified cap of the nearest point",
        "the early phase ends in the cap of a point whose lambda is not proved positive",
        "the second integrator does not end in the same certified cap",
        "the energy does not fall along the run",
        "too many steps before a certified cap is reached",
        "an integrator failed",
        "a limit was reached"};
    return texts[reason];
}
