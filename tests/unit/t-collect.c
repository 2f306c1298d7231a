/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* t-collect.c: searches with proofs, against lists that are known to be complete. */
#include "../../src/pipeline/collect.h"
#include "../harness.h"
#include "../problems.h"

#include <string.h>

static const slong sample_x[] = {1, 2, 3, -1, -1, 1, 2, 2};
static const slong sample_y[] = {1, -1, 2, 1};

typedef struct {
    struct ncf_problem problem;
    ncf_network_t network;
    ncf_collection_t found;
} run_t;

/* The sample data of four points in the plane. */
static void run_sample(run_t *run, slong depth, const slong *widths, slong degree, int threads)
{
    slong degrees[8];
    ncf_collect_options_t options;
    for (slong l = 0; l < depth; l++)
        degrees[l] = degree;
    ncf_test_problem_init(&run->problem, depth, widths, degrees, 4, sample_x, sample_y);
    NCF_REQUIRE(ncf__network_init(run->network, &run->problem));
    ncf__collect_options_init(&options, run->network, &run->problem);
    options.threads = threads;
    ncf__collect_init(&run->found, &run->problem, run->network, &options, NULL);
}

static void run_clear(run_t *run)
{
    ncf__collect_clear(&run->found);
    ncf__network_clear(run->network);
    ncf_test_problem_clear(&run->problem);
}

/* The number of points in all listed orbits, -1 when it is not proved. */
static slong total_points(const ncf_collection_t *found)
{
    slong total = 0;
    for (slong i = 0; i < found->orbits.count; i++) {
        if (!found->orbits.orbits[i].size_known)
            return -1;
        total += fmpz_get_si(found->orbits.orbits[i].size);
    }
    return found->not_separated == 0 ? total : -1;
}

/* The numbers of starts and of candidates add up. */
static int is_balanced(const ncf_collection_t *found)
{
    slong hits = 0;
    for (slong i = 0; i < found->orbits.count; i++)
        hits += found->orbits.orbits[i].hits;
    return found->starts == found->converged + found->flat + found->lost + found->crowded &&
           found->candidates ==
               found->certified + found->uncertified + found->below + found->skipped +
                   found->known + found->untried &&
           (hits == found->converged ||
            found->uncertified + found->below + found->known + found->untried > 0);
}

/* lambda of the i-th orbit, to eight digits. */
static int lambda_is(const ncf_collection_t *found, slong i, const char *expected)
{
    char *text = ncf__decimal_short(ncf__point_orbit_lambda(&found->orbits.orbits[i]), 8);
    int same = strcmp(text, expected) == 0;
    if (!same)
        ncf_test_note("orbit %ld: lambda %s, expected %s", (long) i, text, expected);
    ncf__free(text);
    return same;
}

/* Widths (2,2,1,1), square: 48 points in 5 orbits, by an exact solver (theory, section 5). */
static void test_exact_list(void)
{
    static const slong widths[] = {2, 2, 1, 1};
    static const char *lambdas[] = {"22.812018", "20.718533", "11.406009", "10.359267",
                                    "0.43655549"};
    static const slong sizes[] = {8, 8, 8, 8, 16};
    run_t run;
    run_sample(&run, 3, widths, 2, 1);
    int good = run.found.orbits.count == 5, balanced = is_balanced(&run.found);
    for (slong i = 0; good && i < 5; i++) {
        const ncf_point_orbit_t *orbit = &run.found.orbits.orbits[i];
        good = lambda_is(&run.found, i, lambdas[i]) && orbit->size_known &&
               fmpz_equal_si(orbit->size, sizes[i]) && orbit->dimension == 0 &&
               ncf_is_proved(orbit->point.inertia_known);
    }
    int inner = 0;
    if (good) {
        const ncf_certified_point_t *last = &run.found.orbits.orbits[4].point;
        inner = last->index == 1 && last->ranks[0].lower == 2 &&
                ncf_is_refuted(last->rank_one) && run.found.orbits.orbits[4].active[0] == 2;
    }
    slong count = run.found.orbits.count, total = total_points(&run.found);
    run_clear(&run);
    CHECK_MSG(good && total == 48, "%ld orbits, %ld points", (long) count, (long) total);
    CHECK(inner);
    CHECK(balanced);
}

/* Two-layer networks: (2m+1)^h - 1 points (theory, section 2). */
static void test_census(void)
{
    static const struct {
        slong widths[3], degree, points, orbits;
    } cases[] = {{{2, 1, 1}, 2, 4, 2},
                 {{2, 2, 1}, 2, 24, 5},
                 {{2, 3, 1}, 2, 124, 9},
                 {{2, 2, 1}, 3, 48, 9},
                 {{2, 2, 1}, 4, 24, 5}};
    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
        run_t run;
        run_sample(&run, 2, cases[k].widths, cases[k].degree, 1);
        slong total = total_points(&run.found), orbits = run.found.orbits.count;
        int balanced = is_balanced(&run.found);
        run_clear(&run);
        CHECK_MSG(total == cases[k].points && orbits == cases[k].orbits,
                  "case %d: %ld points in %ld orbits", (int) k, (long) total, (long) orbits);
        CHECK(balanced);
    }
}

static int same_collections(const ncf_collection_t *a, const ncf_collection_t *b)
{
    int same = a->orbits.count == b->orbits.count && a->starts == b->starts &&
               a->certified == b->certified && a->singletons == b->singletons &&
               a->unseen == b->unseen;
    for (slong i = 0; same && i < a->orbits.count; i++) {
        const ncf_point_orbit_t *p = &a->orbits.orbits[i], *q = &b->orbits.orbits[i];
        same = p->hits == q->hits && fmpz_equal(p->size, q->size) &&
               p->point.index == q->point.index;
        for (slong j = 0; same && j <= p->point.unknowns; j++)
            same = arb_equal(p->point.point + j, q->point.point + j);
    }
    return same;
}

static void test_threads(void)
{
    static const slong widths[] = {2, 2, 1, 1};
    run_t one, three;
    run_sample(&one, 3, widths, 3, 1);
    run_sample(&three, 3, widths, 3, 3);
    int same = same_collections(&one.found, &three.found);
    slong orbits = one.found.orbits.count;
    int separated = one.found.not_separated == 0;
    run_clear(&one);
    run_clear(&three);
    CHECK(same);
    CHECK(separated);
    CHECK_MSG(orbits == 9, "%ld orbits", (long) orbits);
}

/* With a bound, only what is not proved to be below it. */
static void test_bound(void)
{
    static const slong widths[] = {2, 2, 1, 1}, degrees[] = {2, 2};
    run_t run;
    ncf_collect_options_t options;
    fmpq_t bound;
    fmpq_init(bound);
    fmpq_set_si(bound, 11, 1);
    ncf_test_problem_init(&run.problem, 3, widths, degrees, 4, sample_x, sample_y);
    NCF_REQUIRE(ncf__network_init(run.network, &run.problem));
    ncf__collect_options_init(&options, run.network, &run.problem);
    options.lambda_min = bound;
    options.max_starts = 800;
    ncf__collect_init(&run.found, &run.problem, run.network, &options, NULL);
    slong count = run.found.orbits.count;
    int balanced = is_balanced(&run.found);
    run_clear(&run);
    fmpq_clear(bound);
    CHECK_MSG(count == 3, "%ld orbits above 11", (long) count);
    CHECK(balanced);
}

/*
 * x x^T and its rotation by a right angle: u^T I u, so that all unit vectors are lines: the
 * KKT points are not isolated, and none may be listed as one.
 */
static void test_not_isolated(void)
{
    static const slong widths[] = {2, 2, 1}, degrees[] = {2};
    static const slong x[] = {1, 0, 0, 1}, y[] = {1, 1};
    run_t run;
    ncf_collect_options_t options;
    ncf_test_problem_init(&run.problem, 2, widths, degrees, 2, x, y);
    NCF_REQUIRE(ncf__network_init(run.network, &run.problem));
    ncf__collect_options_init(&options, run.network, &run.problem);
    options.max_starts = 64;
    options.max_points = 5;
    options.max_precision = 256;
    ncf__collect_init(&run.found, &run.problem, run.network, &options, NULL);
    slong listed = run.found.orbits.count, unproved = run.found.unproved.count;
    slong uncertified = run.found.uncertified, crowded = run.found.crowded;
    int explained = run.found.reasons[0].reason != NULL && run.found.reasons[0].count > 0;
    run_clear(&run);
    CHECK_MSG(listed == 0, "%ld points listed", (long) listed);
    CHECK(unproved == uncertified && uncertified > 0);
    CHECK(crowded > 0 && explained);
}

/*
 * A curve of KKT points near lambda = 0.557367 among isolated ones (algorithms, section E):
 * the isolated ones are all listed, the curve is named as what was not certified.
 */
static void test_curve(void)
{
    static const slong widths[] = {2, 3, 1, 1}, degrees[] = {2, 2};
    static const slong x[] = {1, 0, 0, 1, 1, 1, 1, -1, 2, 1}, y[] = {2, 3, 1, 2, 1};
    run_t run;
    ncf_collect_options_t options;
    ncf_test_problem_init(&run.problem, 3, widths, degrees, 5, x, y);
    NCF_REQUIRE(ncf__network_init(run.network, &run.problem));
    ncf__collect_options_init(&options, run.network, &run.problem);
    ncf__collect_init(&run.found, &run.problem, run.network, &options, NULL);
    slong listed = run.found.orbits.count, unproved = run.found.unproved.count;
    int near = unproved > 0 && run.found.not_separated == 0;
    for (slong i = 0; i < unproved; i++) {
        double lambda = arf_get_d(
            arb_midref(ncf__point_orbit_lambda(&run.found.unproved.orbits[i])), ARF_RND_NEAR);
        near = near && lambda > 0.557366 && lambda < 0.557368;
    }
    run_clear(&run);
    CHECK_MSG(listed == 16, "%ld isolated orbits", (long) listed);
    CHECK(near);
}

/* Deep linear: one family, a product of spheres of dimension sum (k_l - 1) (section 4). */
static void test_linear(void)
{
    static const slong widths[] = {2, 2, 3, 1};
    run_t run;
    run_sample(&run, 3, widths, 1, 1);
    slong count = run.found.orbits.count, dimension = -1;
    if (count == 1)
        dimension = run.found.orbits.orbits[0].dimension;
    int strict = count == 1 && run.found.orbits.orbits[0].point.index == 0;
    run_clear(&run);
    CHECK_MSG(count == 1 && dimension == 3, "%ld families, dimension %ld", (long) count,
              (long) dimension);
    CHECK(strict);
}

/* N = 0: nothing; a stop request: nothing, and said. */
/* ---- Ascents --------------------------------------------------------------------- */

static int is_known(const double *u, const void *context)
{
    const ncf_network_struct *network = context;
    double norm = 0;
    for (slong i = 0; i < network->unknowns; i++)
        norm += u[i] * u[i];
    return norm > 0.999 && norm < 1.001;
}

/*
 * Ascents find the local maxima of the full search and nothing else; candidates that are
 * known, or beyond the number of certificates, are counted and not listed.
 */
static void test_ascents(void)
{
    static const slong widths[] = {2, 2, 1, 1};
    run_t run;
    ncf_collect_options_t options;
    ncf_collection_t ascents, first, known;
    run_sample(&run, 3, widths, 2, 1);
    slong maxima = 0, found = 0;
    ncf__collect_options_init(&options, run.network, &run.problem);
    CHECK(!options.only_ascents);
    options.only_ascents = 1;
    options.max_starts = options.min_starts = 100;
    ncf__collect_init(&ascents, &run.problem, run.network, &options, NULL);
    options.max_certificates = 1;
    ncf__collect_init(&first, &run.problem, run.network, &options, NULL);
    options.is_known = is_known;
    options.known_context = run.network;
    ncf__collect_init(&known, &run.problem, run.network, &options, NULL);
    for (slong i = 0; i < run.found.orbits.count; i++)
        maxima += run.found.orbits.orbits[i].point.index == 0;
    for (slong i = 0; i < ascents.orbits.count; i++)
        found += ascents.orbits.orbits[i].point.index == 0;
    CHECK_MSG(maxima > 0 && found == maxima && ascents.orbits.count == maxima,
              "%ld maxima, %ld orbits by ascents, %ld of them maxima", (long) maxima,
              (long) ascents.orbits.count, (long) found);
    CHECK(is_balanced(&ascents) && is_balanced(&first) && is_balanced(&known));
    CHECK(first.orbits.count == 1 && first.untried == first.candidates - 1);
    CHECK(arb_overlaps(ncf__point_orbit_lambda(&first.orbits.orbits[0]),
                       ncf__point_orbit_lambda(&run.found.orbits.orbits[0])));
    CHECK(known.orbits.count == 0 && known.known == known.candidates && known.known > 0);
    ncf__collect_clear(&known);
    ncf__collect_clear(&first);
    ncf__collect_clear(&ascents);
    run_clear(&run);
}

static void test_nothing(void)
{
    static const slong widths[] = {2, 2, 1, 1}, degrees[] = {2, 2};
    static const slong x[] = {1, 2, 3, 4}, y[] = {0, 0};
    run_t run;
    ncf_collect_options_t options;
    ncf_test_problem_init(&run.problem, 3, widths, degrees, 2, x, y);
    NCF_REQUIRE(ncf__network_init(run.network, &run.problem));
    ncf__collect_options_init(&options, run.network, &run.problem);
    options.max_starts = 100;
    ncf__collect_init(&run.found, &run.problem, run.network, &options, NULL);
    slong none = run.found.orbits.count + run.found.uncertified;
    int no_estimate = run.found.unseen < 0;
    ncf__collect_clear(&run.found);
    sig_atomic_t stop = 1;
    ncf_limits_t limits = {0, &stop, NULL, NULL};
    ncf__collect_init(&run.found, &run.problem, run.network, &options, &limits);
    int stopped = run.found.limit == NCF_LIMIT_STOP && run.found.starts == 0;
    run_clear(&run);
    CHECK(none == 0 && no_estimate);
    CHECK(stopped);
}

/*
 * examples/rank-two.json: two points, and a strict local maximum of N on the sphere whose W_1
 * has rank two. With the first point alone there is none: W_1 is then a column times x^T.
 */
static void test_rank_two(void)
{
    ncf_problem_t *problem = NULL;
    ncf_network_t network;
    ncf_collect_options_t options;
    char *path = ncf_test_path("examples/rank-two.json");
    int listed = 0, strict = 0;
    slong orbits[2] = {0, 0};
    if (ncf_problem_read(&problem, path, NULL) == NCF_OK) {
        NCF_REQUIRE(ncf__network_init(network, problem));
        ncf__collect_options_init(&options, network, problem);
        for (slong points = 2; points >= 1; points--) {
            ncf_collection_t found;
            /* The label of the second point becomes 0. */
            if (points == 1)
                fmpq_zero(fmpq_mat_entry(problem->y, 1, 0));
            ncf__collect_init(&found, problem, network, &options, NULL);
            for (slong i = 0; i < found.orbits.count; i++) {
                const ncf_point_orbit_t *orbit = &found.orbits.orbits[i];
                const ncf_certified_point_t *point = &orbit->point;
                listed += point->ranks[0].lower == 2;
                strict +=
                    point->ranks[0].lower == 2 && ncf_is_proved(point->exists) &&
                    ncf_is_proved(point->lambda_positive) && ncf_is_refuted(point->rank_one) &&
                    ncf_is_proved(point->inertia_known) && point->index == 0 &&
                    point->nullity == 0 && arb_is_positive(point->gap) &&
                    fmpz_equal_si(orbit->size, 16) && lambda_is(&found, i, "0.065984114");
            }
            orbits[points - 1] = found.orbits.count;
            ncf__collect_clear(&found);
        }
        ncf__network_clear(network);
        ncf_problem_free(problem);
    }
    ncf__free(path);
    CHECK_MSG(orbits[1] == 6, "%ld orbits", (long) orbits[1]);
    CHECK(orbits[0] > 0);
    CHECK_MSG(listed == 2 && strict == 1, "%d of rank two, %d strict", listed, strict);
}

int main(void)
{
    static const ncf_test_t tests[] = {
        {"the exact list of a deep network", test_exact_list},
        {"the census of two layers", test_census},
        {"threads", test_threads},
        {"a bound for lambda", test_bound},
        {"points that are not isolated", test_not_isolated},
        {"a curve among isolated points", test_curve},
        {"deep linear", test_linear},
        {"rank two", test_rank_two},
        {"ascents", test_ascents},
        {"nothing to find", test_nothing},
        {NULL, NULL},
    };
    return ncf_test_main("collect", tests);
}
