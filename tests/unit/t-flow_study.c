/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* t-flow_study.c: shares of basins against exact ones, runs against `match`, threads, limits. */
#include "../../src/flow/flow.h"
#include "../../src/pipeline/flow_study.h"
#include "../../src/pipeline/orbit_catalogue.h"
#include "../../src/pipeline/pipeline.h"
#include "../harness.h"

#include <math.h>
#include <string.h>

static ncf_problem_t *parse(const char *text)
{
    ncf_problem_t *problem = NULL;
    NCF_REQUIRE(ncf_problem_parse(&problem, text, strlen(text), "p", "", NULL) == NCF_OK);
    return problem;
}

static ncf_problem_t *network_of(const char *widths, int degree, const char *x, const char *y)
{
    char *text = ncf__format("{\"ncf\": 1, \"network\": {\"type\": \"feedforward\", \"widths\": %s,"
                             " \"activation\": {\"type\": \"power\", \"degree\": %d}},"
                             " \"data\": {\"x\": %s, \"y\": %s}}",
                             widths, degree, x, y);
    ncf_problem_t *problem = parse(text);
    ncf__free(text);
    return problem;
}

static ncf_problem_t *quickstart(void)
{
    return network_of("[2, 3, 1]", 2, "[[1, 2], [3, -1], [-1, 1], [2, 2]]", "[1, -1, 2, 1]");
}

static slong degree_of(const ncf_problem_t *problem)
{
    fmpz_t degree;
    fmpz_init(degree);
    NCF_REQUIRE(ncf__problem_homogeneous(degree, problem));
    slong value = fmpz_get_si(degree);
    fmpz_clear(degree);
    return value;
}

static ncf_study_plan_t plan_of(ncf_flow_kind_t kind, slong runs, double delta)
{
    return (ncf_study_plan_t) {kind, runs, 1, delta, 1e-10, 100000, 2, 64, 1024};
}

static struct ncf_flow_study *study_of(const ncf_problem_t *problem, const ncf_study_plan_t *plan,
                                       const ncf_limits_t *limits)
{
    ncf_network_t network;
    NCF_REQUIRE(ncf__network_init(network, problem));
    return ncf__flow_study(problem, network[0], degree_of(problem), plan, limits);
}

static double lambda_of(const ncf_study_orbit_t *orbit)
{
    return arf_get_d(arb_midref(ncf__point_orbit_lambda(&orbit->known->found)), ARF_RND_NEAR);
}

/* ---- Statistics -------------------------------------------------------------------- */

static void test_wilson(void)
{
    double low, high, z = 1.959963984540054;
    ncf__wilson(&low, &high, 5, 10, z);
    CHECK_MSG(fabs(low - 0.2365931) < 1e-6 && fabs(high - 0.7634069) < 1e-6, "%g %g", low, high);
    ncf__wilson(&low, &high, 0, 10, z);
    CHECK_MSG(low == 0 && fabs(high - 0.2775328) < 1e-6, "%g %g", low, high);
    ncf__wilson(&low, &high, 10, 10, z);
    CHECK(fabs(low - 0.7224672) < 1e-6 && high == 1);
    ncf__wilson(&low, &high, 0, 0, z);
    CHECK(low == 0 && high == 1);
}

/* Does the interval of 99.9 % hold the exact share? The seed is fixed. */
static void check_share(slong hits, slong total, double exact, const char *what)
{
    double low, high;
    ncf__wilson(&low, &high, hits, total, 3.29);
    CHECK_MSG(low <= exact && exact <= high, "%s: %ld of %ld, not %g", what, (long) hits,
              (long) total, exact);
}

/* ---- Basins that are known exactly ------------------------------------------------- */

/*
 * One unit, N = v T(w) with T > 0. |w|^2 - p v^2 is constant, so v < 0 stays negative, and
 * w shrinks to 0, exactly where |w|^2 < p v^2: v^2 > 1 / (p + 1), of the sphere in R^3 a share
 * of (1 - 1 / sqrt(p + 1)) / 2. All else turns to the maximum of T on the arc, between two
 * minima of T, in which w starts.
 */
static double dying_share(int p)
{
    return (1 - 1 / sqrt(p + 1.0)) / 2;
}

static void test_one_maximum(void)
{
    ncf_problem_t *problem = network_of("[2, 1, 1]", 2, "[[2, 0], [0, 1]]", "[1, 1]");
    slong runs = ncf_test_count(200);
    ncf_study_plan_t plan = plan_of(NCF_FLOW_SPHERE, runs, 1);
    struct ncf_flow_study *study = study_of(problem, &plan, NULL);
    check_share(study->words[NCF_MATCH_MATCHED], runs, 1 - dying_share(2), "escaping");
    check_share(study->reasons[NCF_RUN_DIES], runs, dying_share(2), "dying");
    CHECK(study->words[NCF_MATCH_MATCHED] + study->reasons[NCF_RUN_DIES] == runs);
    CHECK(study->orbit_count == 1);
    CHECK(study->orbit_count == 1 && fabs(lambda_of(study->orbits) - 8 / sqrt(3.0)) < 1e-12);
    CHECK(study->orbit_count == 1 && study->orbits[0].runs == study->words[NCF_MATCH_MATCHED]);
    ncf__flow_study_free(study);
    ncf_problem_free(problem);
}

/* T(cos t, sin t) of the test below, or its derivative. */
static double form(double t, int derivative)
{
    static const double x[3][2] = {{1, 2}, {3, -1}, {-1, 1}}, y[3] = {1, 0.25, 2};
    double sum = 0;
    for (int i = 0; i < 3; i++) {
        double a = x[i][0] * cos(t) + x[i][1] * sin(t);
        double b = x[i][1] * cos(t) - x[i][0] * sin(t);
        sum += y[i] * (derivative ? 4 * a * a * a * b : a * a * a * a);
    }
    return sum;
}

static double critical_angle(double low, double high)
{
    for (int k = 0; k < 60; k++) {
        double middle = (low + high) / 2;
        if (form(low, 1) * form(middle, 1) <= 0)
            high = middle;
        else
            low = middle;
    }
    return (low + high) / 2;
}

/* mu of each maximum on a half circle, and the share of the arc around it; their number. */
static int exact_arcs(double *mu, double *share)
{
    double critical[16];
    int count = 0, maxima = 0;
    for (int k = 0; k < 1000; k++) {
        double low = M_PI * (k + 0.3) / 1000, high = M_PI * (k + 1.3) / 1000;
        if (form(low, 1) * form(high, 1) < 0)
            critical[count++] = critical_angle(low, high);
    }
    for (int k = 0; k < count; k++) {
        double before = critical[(k + count - 1) % count], after = critical[(k + 1) % count];
        if (form(critical[k], 0) < form(before, 0))
            continue;
        mu[maxima] = form(critical[k], 0);
        share[maxima++] = fmod(after - before + M_PI, M_PI) / M_PI;
    }
    return maxima;
}

static void check_arcs(ncf_flow_kind_t kind, double delta, slong runs)
{
    double mu[16], share[16];
    int maxima = exact_arcs(mu, share);
    ncf_problem_t *problem =
        network_of("[2, 1, 1]", 4, "[[1, 2], [3, -1], [-1, 1]]", "[1, \"1/4\", 2]");
    ncf_study_plan_t plan = plan_of(kind, runs, delta);
    struct ncf_flow_study *study = study_of(problem, &plan, NULL);
    CHECK_MSG(maxima >= 2 && study->orbit_count == maxima, "%d %ld", maxima,
              (long) study->orbit_count);
    for (int k = 0; k < maxima; k++) {
        double lambda = 2 * pow(0.8, 1.5) * mu[k];
        slong hits = 0;
        for (slong i = 0; i < study->orbit_count; i++) {
            if (fabs(lambda_of(&study->orbits[i]) / lambda - 1) < 1e-9)
                hits += study->orbits[i].runs;
        }
        check_share(hits, runs, share[k] * (1 - dying_share(4)), "an arc");
    }
    check_share(study->reasons[NCF_RUN_DIES], runs, dying_share(4), "dying");
    CHECK(study->difference < 1e-3);
    ncf__flow_study_free(study);
    ncf_problem_free(problem);
}

static void test_arcs(void)
{
    check_arcs(NCF_FLOW_SPHERE, 1, ncf_test_count(200));
    check_arcs(NCF_FLOW_TRAINING, 1e-8, ncf_test_count(60));
}

/* ---- One run by another route ------------------------------------------------------ */

/* The early phase of a run as a trajectory for `match`. */
static void trajectory_of(struct ncf_trajectory *out, const ncf_trial_t *trial, double delta)
{
    memset(out, 0, sizeof(*out));
    out->name = ncf__strdup("run");
    out->format = "csv";
    out->count = trial->early;
    out->has_times = 1;
    out->times = _fmpq_vec_init(trial->early);
    fmpq_mat_init(out->rows, trial->early, trial->n);
    for (slong k = 0; k < trial->early; k++) {
        ncf__rational_set_double(out->times + k, trial->taus[k]);
        for (slong j = 0; j < trial->n; j++)
            ncf__rational_set_double(fmpq_mat_entry(out->rows, k, j),
                                     delta * exp(trial->log_norms[k]) *
                                         trial->directions[k * trial->n + j]);
    }
}

static void check_run(const ncf_problem_t *problem, const struct ncf_flow_study *study, slong k)
{
    ncf_network_t network;
    struct ncf_trajectory trajectory;
    ncf_trial_t trial;
    double start[9];
    ncf_match_settings_t settings = {study->plan.kind, 64, 1024, 1};
    const ncf_study_run_t *run = &study->runs[k];
    NCF_REQUIRE(ncf__network_init(network, problem) && network->unknowns == 9);
    ncf__flow_random_start(start, 9, study->plan.seed, (uint64_t) k);
    ncf__flow_trial(&trial, problem, network, 3, &study->plan, NCF_FLOW_ADAMS, start, NULL);
    trajectory_of(&trajectory, &trial, study->plan.delta);
    struct ncf_matching *m =
        ncf__match_trajectory(problem, network[0], 3, &trajectory, &settings, NULL);
    CHECK_MSG(m->word == run->word, "run %ld: %d %d", (long) k, (int) m->word, (int) run->word);
    int matched = m->word == NCF_MATCH_MATCHED && run->word == NCF_MATCH_MATCHED;
    if (matched) {
        const ncf_study_orbit_t *orbit = &study->orbits[run->orbit];
        CHECK(arb_overlaps(ncf__point_orbit_lambda(&m->found),
                           ncf__point_orbit_lambda(&orbit->known->found)));
        CHECK(m->moments[m->entry].time == run->entry_tau);
        CHECK(fabs(m->moments[m->early - 1].angle - run->end_angle) < 1e-9);
        CHECK(fabs(m->growth / run->entry_norm - 1) < 1e-12);
    }
    ncf__matching_free(m);
    _fmpq_vec_clear(trajectory.times, trajectory.count);
    fmpq_mat_clear(trajectory.rows);
    ncf__free(trajectory.name);
    ncf__flow_trial_clear(&trial);
}

static void test_against_match(void)
{
    ncf_problem_t *problem = quickstart();
    ncf_study_plan_t plan = plan_of(NCF_FLOW_TRAINING, 24, 1e-3);
    struct ncf_flow_study *study = study_of(problem, &plan, NULL);
    CHECK(study->finished == 24 && study->words[NCF_MATCH_MATCHED] >= 20);
    for (slong k = 0; k < 12; k++)
        check_run(problem, study, k);
    ncf__flow_study_free(study);
    ncf_problem_free(problem);
}

/* Small weights follow the flow of N: the same orbit run by run, for all three flows. */
static void test_flows_agree(void)
{
    enum { RUNS = 40 };
    static const ncf_flow_kind_t kinds[] = {NCF_FLOW_SPHERE, NCF_FLOW_CORRELATION,
                                            NCF_FLOW_TRAINING};
    ncf_problem_t *problem = quickstart();
    struct ncf_flow_study *studies[3];
    for (int i = 0; i < 3; i++) {
        ncf_study_plan_t plan = plan_of(kinds[i], RUNS, 1e-9);
        studies[i] = study_of(problem, &plan, NULL);
        CHECK(studies[i]->words[NCF_MATCH_MATCHED] == RUNS);
    }
    for (slong k = 0; k < RUNS; k++) {
        CHECK(studies[0]->runs[k].orbit == studies[1]->runs[k].orbit);
        CHECK(studies[0]->runs[k].orbit == studies[2]->runs[k].orbit);
    }
    for (int i = 0; i < 3; i++)
        ncf__flow_study_free(studies[i]);
    ncf_problem_free(problem);
}

/* ---- Failures of the hypothesis, limits, threads ----------------------------------- */

static void test_large_delta(void)
{
    ncf_problem_t *problem = quickstart();
    ncf_study_plan_t plan = plan_of(NCF_FLOW_TRAINING, 20, 3);
    struct ncf_flow_study *study = study_of(problem, &plan, NULL);
    CHECK(study->words[NCF_MATCH_NONE] == 20 && study->reasons[NCF_RUN_NOT_SMALL] == 20);
    CHECK(study->orbit_count == 0 && study->compared == 0);
    ncf__flow_study_free(study);
    plan = plan_of(NCF_FLOW_TRAINING, 60, 0.2);
    study = study_of(problem, &plan, NULL);
    CHECK_MSG(study->words[NCF_MATCH_MATCHED] > 0 && study->words[NCF_MATCH_MATCHED] < 60, "%ld",
              (long) study->words[NCF_MATCH_MATCHED]);
    CHECK(study->reasons[NCF_RUN_NO_REASON] == study->words[NCF_MATCH_MATCHED]);
    ncf__flow_study_free(study);
    ncf_problem_free(problem);
}

/* N = 0: nothing moves, and nothing is claimed. */
static void test_no_correlation(void)
{
    ncf_problem_t *problem = network_of("[1, 1, 1]", 2, "[[1], [1]]", "[1, -1]");
    ncf_study_plan_t plan = plan_of(NCF_FLOW_SPHERE, 3, 1);
    struct ncf_flow_study *study = study_of(problem, &plan, NULL);
    CHECK(study->finished == 3 && study->words[NCF_MATCH_MATCHED] == 0);
    CHECK(study->reasons[NCF_RUN_DIES] == 3);
    ncf__flow_study_free(study);
    ncf_problem_free(problem);
}

static void test_stop(void)
{
    static const volatile sig_atomic_t stop = 1;
    ncf_limits_t limits = {.stop = &stop};
    ncf_problem_t *problem = quickstart();
    ncf_study_plan_t plan = plan_of(NCF_FLOW_SPHERE, 10, 1);
    struct ncf_flow_study *study = study_of(problem, &plan, &limits);
    CHECK(study->limit == NCF_LIMIT_STOP && study->finished == 0);
    CHECK(study->words[NCF_MATCH_UNFINISHED] == 10 && study->orbit_count == 0);
    CHECK(isnan(study->shares[NCF_MATCH_MATCHED][0]));
    ncf__flow_study_free(study);
    ncf_problem_free(problem);
}

static int same_double(double a, double b)
{
    return memcmp(&a, &b, sizeof(a)) == 0;
}

static void test_threads(void)
{
    ncf_problem_t *problem =
        network_of("[2, 2, 1, 1]", 2, "[[1, 2], [3, -1], [-1, 1], [2, 2]]", "[1, -1, 2, 1]");
    struct ncf_flow_study *studies[2];
    for (int i = 0; i < 2; i++) {
        ncf_study_plan_t plan = plan_of(NCF_FLOW_TRAINING, 30, 0.05);
        plan.threads = i == 0 ? 1 : 3;
        studies[i] = study_of(problem, &plan, NULL);
    }
    CHECK(studies[0]->finished == 30 && studies[0]->table.count == studies[1]->table.count);
    CHECK(studies[0]->orbit_count == studies[1]->orbit_count && studies[0]->orbit_count > 0);
    for (slong k = 0; k < 30; k++) {
        const ncf_study_run_t *a = &studies[0]->runs[k], *b = &studies[1]->runs[k];
        CHECK(a->word == b->word && a->reason == b->reason && a->orbit == b->orbit);
        CHECK(same_double(a->entry_tau, b->entry_tau) && same_double(a->difference, b->difference));
    }
    ncf__flow_study_free(studies[0]);
    ncf__flow_study_free(studies[1]);
    ncf_problem_free(problem);
}

/* ---- The table of orbits ----------------------------------------------------------- */

/* Points of one orbit are known as one; a direction is attracted only where it is carried to. */
static void test_table(void)
{
    static const double point[9] = {0.35693, 0.73436, 0, 0, 0, 0, 0.57735, 0, 0};
    ncf_problem_t *problem = quickstart();
    ncf_network_t network;
    ncf_orbit_table_t table;
    ncf_orbit_guess_t guesses[4];
    ncf_random_t random;
    ncf_symmetry_element_t g;
    double wrong[9];
    NCF_REQUIRE(ncf__network_init(network, problem));
    ncf__orbit_table_init(&table, problem, network, 64, 1024);
    ncf__symmetry_element_init(&g, table.symmetry);
    ncf__random_init(&random, ncf_test_seed(), 17);
    for (int i = 0; i < 4; i++) {
        ncf__orbit_guess_init(&guesses[i], &table);
        ncf__symmetry_element_random(&g, table.symmetry, &random);
        ncf__symmetry_apply_double(guesses[i].u, table.symmetry, &g, point);
        guesses[i].lambda = 14.32088;
        ncf__orbit_table_prepare(&guesses[i], &table);
    }
    CHECK(ncf__orbit_table_look(&table, &guesses[0]) == -1);
    CHECK(ncf__orbit_table_learn(&table, guesses, 4, 2, NULL) == NCF_LIMIT_NONE);
    CHECK(table.count == 1);
    for (int i = 0; i < 4; i++) {
        slong form = ncf__orbit_table_look(&table, &guesses[i]);
        CHECK(form >= 0 && table.forms[form].orbit == 0);
        ncf__orbit_table_carry(&g, &table, FLINT_MAX(form, 0), &guesses[i]);
        CHECK(ncf__orbit_table_attracts(&table, 0, &g, guesses[i].u) == 1);
        for (int j = 0; j < 9; j++)
            wrong[j] = -guesses[i].u[j];
        CHECK(ncf__orbit_table_attracts(&table, 0, &g, wrong) == 0);
        memset(wrong, 0, sizeof(wrong));
        CHECK(ncf__orbit_table_attracts(&table, 0, &g, wrong) == 0);
        wrong[0] = NAN;
        CHECK(ncf__orbit_table_attracts(&table, 0, &g, wrong) == 0);
    }
    for (int i = 0; i < 4; i++)
        ncf__orbit_guess_clear(&guesses[i]);
    ncf__symmetry_element_clear(&g);
    ncf__orbit_table_clear(&table);
    ncf__network_clear(network);
    ncf_problem_free(problem);
}

/* ---- Lists of orbits ---------------------------------------------------------------- */

/* The number that each of the two orbits of quickstart gets from a list, in two letters. */
static void check_list(const char *list, const char *expected)
{
    ncf_problem_t *problem = quickstart();
    ncf_study_plan_t plan = plan_of(NCF_FLOW_SPHERE, 20, 1);
    struct ncf_flow_study *study = study_of(problem, &plan, NULL);
    ncf_points_t *points;
    char found[3] = "..";
    NCF_REQUIRE(ncf_points_parse(&points, list, strlen(list), "f", problem, NULL) == NCF_OK);
    ncf_catalogue_t *catalogue = ncf__catalogue_new(problem, points, 64, 1024, 1, NULL);
    CHECK(study->orbit_count == 2);
    for (slong k = 0; k < FLINT_MIN(study->orbit_count, 2); k++) {
        slong number = ncf__catalogue_number(catalogue, &study->orbits[k].known->found.point);
        found[k] = number == NCF_LISTED_UNDECIDED ? '?' : (char) ('0' + number);
    }
    CHECK_STR_EQ(found, expected);
    ncf__catalogue_free(catalogue);
    ncf_points_free(points);
    ncf__flow_study_free(study);
    ncf_problem_free(problem);
}

static void test_lists(void)
{
    /* one unit: w = sqrt(2/3) q, v = +-sqrt(1/3); the second unit, another sign, another order */
    const char *first = "[0,0, -0.356930,-0.734350, 0,0, 0,0.577350,0]";
    const char *second = "[0,0, 0,0, 0.734350,-0.356930, 0,0,-0.577350]";
    const char *third = "[0.356930,0.734350, 0,0, 0,0, -0.577350,0,0]"; /* lambda < 0 */
    const char *nothing = "[1,2,3,4,5,6,7,8,9]";
    static const struct {
        int entries[2];
        const char *expected;
    } samples[] = {{{0, 1}, "12"}, {{1, 0}, "21"}, {{0, 0}, "10"}, {{2, 2}, "00"},
                   {{1, 2}, "01"}, {{3, 1}, "?2"}, {{3, 3}, "??"}};
    const char *entries[] = {first, second, third, nothing};
    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        char *list = ncf__format("[%s, %s]", entries[samples[i].entries[0]],
                                 entries[samples[i].entries[1]]);
        check_list(list, samples[i].expected);
        ncf__free(list);
    }
}

int main(void)
{
    static const ncf_test_t tests[] = {{"wilson", test_wilson},
                                       {"one_maximum", test_one_maximum},
                                       {"arcs", test_arcs},
                                       {"against_match", test_against_match},
                                       {"flows_agree", test_flows_agree},
                                       {"large_delta", test_large_delta},
                                       {"no_correlation", test_no_correlation},
                                       {"stop", test_stop},
                                       {"threads", test_threads},
                                       {"table", test_table},
                                       {"lists", test_lists},
                                       {NULL, NULL}};
    return ncf_test_main("flow_study", tests);
}
