/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * p-certify: how long does one certificate of a class of eigenpairs take, in doubles and
 * in balls, with the distinctness of all? Diagonal tensors rotated by a random reflection
 * give dense tensors whose classes are known.
 *
 * Usage: p-certify. Writes TSV: order, dimension, classes, share proved in
 * doubles, microseconds a class (doubles, median of five), microseconds a class (balls of
 * 128 bits, the first 200 classes), microseconds a class (distinctness), distinct classes.
 */
#include "../src/certify/eigen_internal.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

static double user_seconds(void)
{
    return (double) clock() / CLOCKS_PER_SEC;
}

/* An exact rational reflection I - 2 v v^T / v^T v. */
static void reflection(fmpq_mat_t out, slong n, ncf_random_t *random)
{
    fmpz *v = _fmpz_vec_init(n);
    fmpz_t square, product;
    fmpz_init(square);
    fmpz_init(product);
    for (slong j = 0; j < n; j++) {
        fmpz_set_si(v + j, 1 + (slong) ncf__random_below(random, 9));
        fmpz_addmul(square, v + j, v + j);
    }
    for (slong i = 0; i < n; i++) {
        for (slong j = 0; j < n; j++) {
            fmpz_mul(product, v + i, v + j);
            fmpz_mul_si(product, product, -2);
            if (i == j)
                fmpz_add(product, product, square);
            fmpq_set_fmpz_frac(fmpq_mat_entry(out, i, j), product, square);
        }
    }
    fmpz_clear(product);
    fmpz_clear(square);
    _fmpz_vec_clear(v, n);
}

/* Points q_i (rows of the reflection) with weights a_i: class sum of c_i q_i, c_i^{m-2} =
 * 1/a_i. */
static slong list_classes(double *z, slong order, slong n, const double *q, const double *a)
{
    slong codes = 1, count = 0;
    for (slong j = 0; j < n; j++)
        codes *= order - 1;
    for (slong code = 1; code < codes; code++) {
        double *out = z + count * 2 * n;
        int started = 0, wanted = 1;
        for (slong k = 0; k < 2 * n; k++)
            out[k] = 0;
        for (slong j = 0, rest = code; j < n && wanted; j++, rest /= order - 1) {
            slong digit = rest % (order - 1);
            if (digit == 0)
                continue;
            wanted = started || digit == 1;
            started = 1;
            double size = pow(a[j], -1.0 / (double) (order - 2));
            double angle = 2 * acos(-1.0) * (double) (digit - 1) / (double) (order - 2);
            for (slong k = 0; k < n; k++) {
                out[2 * k] += q[j * n + k] * size * cos(angle);
                out[2 * k + 1] += q[j * n + k] * size * sin(angle);
            }
        }
        count += wanted;
    }
    return count;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

static slong certify_all(ncf_class_t *classes, const ncf_eigen_system_t *system,
                         const double *z, slong count, slong max_precision)
{
    double mu[2] = {1, 0};
    slong proved = 0;
    for (slong k = 0; k < count; k++)
        proved += ncf_is_proved(ncf__eigen_certify(
            classes + k, system, z + k * 2 * system->dimension, mu, max_precision));
    return proved;
}

static void clear_all(ncf_class_t *classes, slong count)
{
    for (slong k = 0; k < count; k++)
        ncf__class_clear(classes + k);
}

static void measure(ncf_eigen_system_t *system, const double *z, slong count)
{
    ncf_class_t *classes = ncf__calloc((size_t) count, sizeof(*classes));
    slong *group = ncf__malloc((size_t) count, sizeof(slong));
    double fast[5], start;
    slong proved = 0;
    for (int run = 0; run < 5; run++) {
        clear_all(classes, count);
        start = user_seconds();
        proved = certify_all(classes, system, z, count, 0);
        fast[run] = user_seconds() - start;
    }
    qsort(fast, 5, sizeof(double), compare);
    clear_all(classes, count);
    certify_all(classes, system, z, count, 1024);
    start = user_seconds();
    slong distinct = ncf__eigen_distinct(group, classes, count, system);
    double separation = user_seconds() - start;
    clear_all(classes, count);
    slong sample = count < 200 ? count : 200;
    double *table = system->table;
    system->table = NULL;
    start = user_seconds();
    certify_all(classes, system, z, sample, 128);
    double balls = user_seconds() - start;
    system->table = table;
    clear_all(classes, sample);
    printf("%ld\t%ld\t%ld\t%.5f\t%.2f\t%.1f\t%.2f\t%ld\n", (long) system->order,
           (long) system->dimension, (long) count, (double) proved / (double) count,
           1e6 * fast[2] / (double) count, 1e6 * balls / (double) sample,
           1e6 * separation / (double) count, (long) distinct);
    fflush(stdout);
    ncf__free(group);
    ncf__free(classes);
}

static void run(slong order, slong n)
{
    ncf_random_t random;
    ncf__random_init(&random, 1, (uint64_t) n);
    fmpq_mat_t rows, weights;
    fmpq_mat_init(rows, n, n);
    fmpq_mat_init(weights, n, 1);
    reflection(rows, n, &random);
    double *q = ncf__malloc((size_t) (n * n), sizeof(double));
    double *a = ncf__malloc((size_t) n, sizeof(double));
    for (slong i = 0; i < n; i++) {
        fmpq_set_si(fmpq_mat_entry(weights, i, 0), 20 + (slong) ncf__random_below(&random, 20),
                    30);
        a[i] = fmpq_get_d(fmpq_mat_entry(weights, i, 0));
        for (slong j = 0; j < n; j++)
            q[i * n + j] = fmpq_get_d(fmpq_mat_entry(rows, i, j));
    }
    ncf_tensor_t tensor;
    ncf__tensor_init(tensor, order, rows, weights);
    ncf_eigen_system_t *system = ncf__eigen_system_new(tensor);
    for (slong i = 0; i < n; i++)
        a[i] = ldexp(a[i], -(int) ncf__eigen_system_scale_exponent(system));
    double codes = pow((double) order - 1, (double) n);
    double *z = ncf__malloc((size_t) codes, (size_t) (2 * n) * sizeof(double));
    slong count = list_classes(z, order, n, q, a);
    measure(system, z, count);
    ncf__free(z);
    ncf__eigen_system_free(system);
    ncf__tensor_clear(tensor);
    ncf__free(a);
    ncf__free(q);
    fmpq_mat_clear(weights);
    fmpq_mat_clear(rows);
}

int main(void)
{
    static const slong shape[][2] = {{3, 3},  {3, 5},  {3, 8}, {3, 10}, {3, 12},
                                     {3, 14}, {3, 16}, {4, 4}, {4, 6},  {4, 8},
                                     {5, 4},  {5, 6},  {6, 5}};
    printf("# ncf %s, %s\norder\tn\tclasses\tfast\tfast_us\tball_us\tdistinct_us\tdistinct\n",
           ncf_version(), ncf_library_version("flint"));
    for (size_t i = 0; i < sizeof(shape) / sizeof(shape[0]); i++)
        run(shape[i][0], shape[i][1]);
    flint_cleanup_master();
    return 0;
}
