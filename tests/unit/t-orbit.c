/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * t-orbit.c: KKT points from lines. The second route is brute force: every unit is off or
 * in one of 2m signed states, and lambda, index and orbit are computed state by state.
 */
#include "../harness.h"
#include "tensor_samples.h"

#include "../../src/certify/lines.h"
#include "../../src/kkt/orbit.h"

#include <math.h>
#include <stdlib.h>

static void theory_lines(ncf_line_list_t *lines, slong order)
{
    static const ncf_proof_options_t proof = {128, 8192, 1, NULL};
    ncf_tensor_t tensor;
    sample_tensor(tensor, order, 4, 2, theory_x, theory_y, 1);
    ncf__line_list_init(lines);
    if (order == 2)
        ncf__matrix_lines(lines, tensor, &proof);
    else
        ncf__binary_lines(lines, tensor, &proof);
    ncf__tensor_clear(tensor);
}

typedef struct {
    slong positive, strict, rank_one;
    double lambdas[100000]; /* one a point */
} brute_t;

static int compare_doubles(const void *a, const void *b)
{
    double s = *(const double *) a, t = *(const double *) b;
    return s < t ? 1 : s > t ? -1 : 0;
}

/* All states of h units over m lines, base 2m+1 digits. */
static void brute_force(brute_t *out, const ncf_line_list_t *lines, slong order, slong h)
{
    slong m = lines->count, states = 1;
    *out = (brute_t) {0};
    for (slong j = 0; j < h; j++)
        states *= 2 * m + 1;
    for (slong s = 1; s < states; s++) {
        slong digits = s, active = 0, index = -1, first = -1, one_line = 1;
        double cost = 0;
        for (slong j = 0; j < h; j++, digits /= 2 * m + 1) {
            slong state = digits % (2 * m + 1);
            if (state == 0)
                continue;
            slong k = (state - 1) / 2;
            double mu = fabs(arf_get_d(arb_midref(lines->lines[k].mu), ARF_RND_NEAR));
            cost += pow(mu, -2.0 / (double) (order - 1));
            active++;
            index += 1 + lines->lines[k].index;
            one_line = one_line && (first < 0 || first == k);
            first = k;
        }
        double p = (double) order;
        out->lambdas[out->positive++] =
            sqrt(p) * pow(p / (p + 1), (p - 1) / 2) * pow(cost, -(p - 1) / 2);
        out->strict += index == 0;
        out->rank_one += one_line;
    }
    qsort(out->lambdas, (size_t) out->positive, sizeof(double), compare_doubles);
}

static slong count_value(const ncf_count_struct *count)
{
    return count->known ? fmpz_get_si(count->value) : -1;
}

static void check_against_brute_force(slong order, slong h)
{
    static brute_t brute;
    ncf_line_list_t lines;
    ncf_census_t census;
    ncf_orbit_list_t orbits;
    fmpz_t hidden, points;
    fmpz_init_set_si(hidden, h);
    fmpz_init(points);
    theory_lines(&lines, order);
    brute_force(&brute, &lines, order, h);
    ncf__census_init(&census, &lines, hidden);
    CHECK(count_value(&census.positive) == brute.positive);
    CHECK(count_value(&census.strict_second_order) == brute.strict);
    CHECK(count_value(&census.rank_one) == brute.rank_one);
    ncf__orbit_list_init(&orbits, &lines, order, hidden, 100000, 128, NULL);
    CHECK(orbits.all);
    CHECK(count_value(&census.orbits) == orbits.count);
    slong at = 0, strict = 0;
    int agree = 1;
    for (slong k = 0; k < orbits.count; k++) {
        const ncf_orbit_struct *orbit = &orbits.orbits[k];
        double lambda = arf_get_d(arb_midref(orbit->lambda), ARF_RND_NEAR);
        slong size = fmpz_get_si(orbit->size);
        for (slong i = 0; i < size && at < brute.positive; i++, at++)
            agree = agree && fabs(brute.lambdas[at] - lambda) < 1e-9 * lambda;
        if (orbit->second_order == NCF_SECOND_ORDER_STRICT)
            strict += size;
        fmpz_add(points, points, orbit->size);
    }
    CHECK_MSG(agree, "lambda by orbit differs from brute force, order %ld, h %ld", (long) order, (long) h);
    CHECK(fmpz_equal(points, census.positive.value));
    CHECK(strict == brute.strict);
    ncf__orbit_list_clear(&orbits);
    ncf__census_clear(&census);
    ncf__line_list_clear(&lines);
    fmpz_clear(points);
    fmpz_clear(hidden);
}

static void test_brute_force(void)
{
    for (slong order = 2; order <= 4; order++)
        for (slong h = 1; h <= 4; h++)
            check_against_brute_force(order, h);
}

/* The six counts of theory.md (2b). */
static void test_published_counts(void)
{
    static const slong counts[3][2] = {{4, 24}, {6, 48}, {4, 24}};
    for (slong order = 2; order <= 4; order++) {
        for (slong h = 1; h <= 2; h++) {
            ncf_line_list_t lines;
            ncf_census_t census;
            fmpz_t hidden;
            fmpz_init_set_si(hidden, h);
            theory_lines(&lines, order);
            ncf__census_init(&census, &lines, hidden);
            CHECK(count_value(&census.positive) == counts[order - 2][h - 1]);
            ncf__census_clear(&census);
            ncf__line_list_clear(&lines);
            fmpz_clear(hidden);
        }
    }
}

/* The best-first list is the head of the whole list, and ends early when asked. */
static void test_top(void)
{
    ncf_line_list_t lines;
    ncf_orbit_list_t all, top;
    fmpz_t hidden;
    fmpz_init_set_si(hidden, 6);
    theory_lines(&lines, 3);
    ncf__orbit_list_init(&all, &lines, 3, hidden, 100000, 128, NULL);
    ncf__orbit_list_init(&top, &lines, 3, hidden, 10, 128, NULL);
    CHECK(all.count == 83 && all.all); /* C(9, 3) - 1 */
    CHECK(top.count == 10 && !top.all);
    int same = 1;
    for (slong k = 0; k < top.count; k++)
        same = same && arb_equal(top.orbits[k].lambda, all.orbits[k].lambda) &&
               fmpz_equal(top.orbits[k].size, all.orbits[k].size);
    CHECK(same);
    ncf__orbit_list_clear(&top);
    ncf__orbit_list_init(&top, &lines, 3, hidden, 0, 128, NULL);
    CHECK(top.count == 0 && !top.all);
    ncf__orbit_list_clear(&top);
    ncf__orbit_list_clear(&all);
    ncf__line_list_clear(&lines);
    fmpz_clear(hidden);
}

static void test_census_above(void)
{
    static brute_t brute;
    ncf_line_list_t lines;
    ncf_census_t census;
    fmpz_t hidden;
    arb_t bound;
    fmpz_init_set_si(hidden, 4);
    arb_init(bound);
    theory_lines(&lines, 3);
    brute_force(&brute, &lines, 3, 4);
    for (double x = 1; x < 60; x *= 1.3) {
        slong expected = 0;
        while (expected < brute.positive && brute.lambdas[expected] >= x)
            expected++;
        arb_set_d(bound, x);
        ncf__census_init_above(&census, &lines, 3, hidden, bound, 128);
        CHECK_MSG(count_value(&census.positive) == expected, "bound %g", x);
        ncf__census_clear(&census);
    }
    /* A bound that is not separated from some lambda decides nothing. */
    ncf__single_unit_factor(bound, 3, 128);
    arb_abs(lines.lines[0].mu, lines.lines[0].mu);
    arb_mul(bound, bound, lines.lines[0].mu, 128);
    ncf__census_init_above(&census, &lines, 3, hidden, bound, 128);
    CHECK(count_value(&census.positive) == -1);
    ncf__census_clear(&census);
    ncf__line_list_clear(&lines);
    arb_clear(bound);
    fmpz_clear(hidden);
}

/* Sets of lines leave the counts open; the strict points among the others are counted. */
static void test_infinite(void)
{
    static const slong unit[] = {1, 0, 0, 0, 1, 0, 0, 0, 1}, twice[] = {5, 2, 2};
    static const ncf_proof_options_t proof = {128, 8192, 1, NULL};
    ncf_tensor_t tensor;
    ncf_line_list_t lines;
    ncf_census_t census;
    ncf_orbit_list_t orbits;
    fmpz_t hidden;
    fmpz_init_set_si(hidden, 2);
    sample_tensor(tensor, 2, 3, 3, unit, twice, 1);
    ncf__line_list_init(&lines);
    ncf__matrix_lines(&lines, tensor, &proof);
    ncf__census_init(&census, &lines, hidden);
    CHECK(!census.positive.known && !census.orbits.known && !census.rank_one.known);
    CHECK(count_value(&census.strict_second_order) == 4);
    ncf__orbit_list_init(&orbits, &lines, 2, hidden, 10, 128, NULL);
    CHECK(orbits.count == 5);
    CHECK(orbits.orbits[0].second_order == NCF_SECOND_ORDER_STRICT);
    int families = 0;
    for (slong k = 0; k < orbits.count; k++)
        families += orbits.orbits[k].dimension > 0 && orbits.orbits[k].nullity > 0;
    CHECK(families == 3);
    ncf__orbit_list_clear(&orbits);
    ncf__census_clear(&census);
    ncf__line_list_clear(&lines);
    ncf__tensor_clear(tensor);
    fmpz_clear(hidden);
}

/* h = 10^6 and m = 2: numbers of half a million digits, at once. */
static void test_huge_width(void)
{
    ncf_line_list_t lines;
    ncf_census_t census;
    fmpz_t hidden;
    fmpz_init_set_si(hidden, 1000000);
    theory_lines(&lines, 2);
    ncf__census_init(&census, &lines, hidden);
    CHECK(census.positive.known && fmpz_sizeinbase(census.positive.value, 10) == 698971);
    CHECK(count_value(&census.orbits) == WORD(500001500000)); /* C(10^6 + 2, 2) - 1 */
    ncf__census_clear(&census);
    ncf__line_list_clear(&lines);
    fmpz_clear(hidden);
}

int main(void)
{
    static const ncf_test_t tests[] = {{"census and orbits against brute force", test_brute_force},
                                       {"published counts", test_published_counts},
                                       {"best first", test_top},
                                       {"census above a bound", test_census_above},
                                       {"infinite sets", test_infinite},
                                       {"a million units", test_huge_width},
                                       {NULL, NULL}};
    return ncf_test_main("orbit", tests);
}
