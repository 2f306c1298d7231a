/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * p-real_roots.c: seconds to isolate and refine the real roots of an integer polynomial,
 * by ncf__real_roots_init and by Arb's isolation of all complex roots. Arb is left out
 * where it takes more than some seconds: high degrees, roots spread over many scales.
 * Usage: p-real_roots [precision in bits]
 */
#include "../src/certify/real_roots.h"

#include <stdlib.h>

static void random_integer(fmpz_t out, ncf_random_t *random, slong bits)
{
    fmpz_zero(out);
    for (slong i = 0; i < bits; i += 32) {
        fmpz_mul_2exp(out, out, 32);
        fmpz_add_ui(out, out, ncf__random_bits(random) >> 32);
    }
    if (ncf__random_bits(random) & 1)
        fmpz_neg(out, out);
}

/* The characteristic polynomial of a random symmetric matrix: all roots real. */
static void symmetric_charpoly(fmpz_poly_t out, ncf_random_t *random, slong n, slong bits)
{
    fmpz_mat_t m;
    fmpz_mat_init(m, n, n);
    for (slong i = 0; i < n; i++) {
        for (slong j = 0; j <= i; j++) {
            random_integer(fmpz_mat_entry(m, i, j), random, bits);
            fmpz_set(fmpz_mat_entry(m, j, i), fmpz_mat_entry(m, i, j));
        }
    }
    fmpz_mat_charpoly(out, m);
    fmpz_mat_clear(m);
}

static void random_coefficients(fmpz_poly_t out, ncf_random_t *random, slong n, slong bits)
{
    fmpz_t c;
    fmpz_init(c);
    fmpz_poly_zero(out);
    for (slong i = 0; i <= n; i++) {
        random_integer(c, random, bits);
        fmpz_poly_set_coeff_fmpz(out, i, c);
    }
    fmpz_clear(c);
}

/* The product of x - 2^{step i} - 1, i = 1..n. */
static void spread_roots(fmpz_poly_t out, slong n, slong step)
{
    fmpz_poly_t linear;
    fmpz_poly_init(linear);
    fmpz_poly_one(out);
    fmpz_poly_set_coeff_si(linear, 1, 1);
    for (slong i = 1; i <= n; i++) {
        fmpz_t root;
        fmpz_init(root);
        fmpz_one(root);
        fmpz_mul_2exp(root, root, (ulong) (step * i));
        fmpz_add_ui(root, root, 1);
        fmpz_neg(root, root);
        fmpz_poly_set_coeff_fmpz(linear, 0, root);
        fmpz_poly_mul(out, out, linear);
        fmpz_clear(root);
    }
    fmpz_poly_clear(linear);
}

static void measure(const char *name, const fmpz_poly_t f, slong prec, int with_arb)
{
    slong n = fmpz_poly_degree(f);
    ncf_real_roots_t roots;
    double start = ncf__clock();
    ncf__real_roots_init(&roots, f, prec);
    double ours = ncf__clock() - start;
    printf("%-18s %6ld %9ld %6ld %10.4f", name, (long) n, (long) FLINT_ABS(fmpz_poly_max_bits(f)),
           (long) roots.count, ours);
    ncf__real_roots_clear(&roots);
    if (with_arb) {
        acb_ptr all = _acb_vec_init(n);
        start = ncf__clock();
        arb_fmpz_poly_complex_roots(all, f, 0, prec);
        printf(" %10.4f", ncf__clock() - start);
        _acb_vec_clear(all, n);
    }
    printf("\n");
    fflush(stdout);
}

int main(int argc, char **argv)
{
    slong prec = argc > 1 ? strtol(argv[1], NULL, 10) : 256;
    if (prec < 2)
        return 2;
    fmpz_poly_t f;
    ncf_random_t random;
    fmpz_poly_init(f);
    ncf__random_init(&random, 1, 0);
    printf("polynomial         degree      bits  roots   ours (s)    Arb (s)\n");
    static const slong sizes[] = {10, 30, 60, 100, 150, 200};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        symmetric_charpoly(f, &random, sizes[i], 32);
        measure("symmetric 32 bits", f, prec, sizes[i] <= 100);
    }
    symmetric_charpoly(f, &random, 200, 96);
    measure("symmetric 96 bits", f, prec, 0);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        random_coefficients(f, &random, sizes[i], 32);
        measure("random", f, prec, sizes[i] <= 100);
    }
    for (slong n = 4; n <= 64; n *= 2) {
        spread_roots(f, n, 100);
        measure("2^(100 i) + 1", f, prec, n <= 4);
    }
    fmpz_poly_clear(f);
    flint_cleanup();
    return 0;
}
