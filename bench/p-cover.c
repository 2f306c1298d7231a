/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * p-cover.c: how many boxes and seconds does the real cover take, against order and
 * dimension? Random tensors of 20 points, |mu| >= 1e-6. Usage: p-cover [repeats]
 */
#include "../src/certify/cover.h"

#include <stdlib.h>

static void random_tensor(ncf_tensor_t tensor, slong order, slong dimension, uint64_t seed)
{
    enum { POINTS = 20 };
    fmpq_mat_t x, z;
    ncf_random_t random;
    ncf__random_init(&random, seed, (uint64_t) (100 * dimension + order));
    fmpq_mat_init(x, POINTS, dimension);
    fmpq_mat_init(z, POINTS, 1);
    for (slong i = 0; i < POINTS; i++) {
        fmpq_set_si(fmpq_mat_entry(z, i, 0), (slong) ncf__random_below(&random, 2001) - 1000,
                    1000);
        for (slong j = 0; j < dimension; j++)
            fmpq_set_si(fmpq_mat_entry(x, i, j),
                        (slong) ncf__random_below(&random, 2001) - 1000, 1000);
    }
    ncf__tensor_init(tensor, order, x, z);
    fmpq_mat_clear(z);
    fmpq_mat_clear(x);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

static void measure(slong order, slong dimension, long repeats)
{
    double *seconds = ncf__malloc((size_t) repeats, sizeof(*seconds));
    double boxes = 0, lines = 0;
    long complete = 0;
    arf_t mu_min;
    arf_init(mu_min);
    arf_set_d(mu_min, 1e-6);
    for (long i = 0; i < repeats; i++) {
        ncf_tensor_t tensor;
        ncf_cover_t cover;
        random_tensor(tensor, order, dimension, (uint64_t) i + 1);
        double start = ncf__clock();
        ncf__cover_lines(&cover, tensor, mu_min, 10000000, 1, NULL);
        seconds[i] = ncf__clock() - start;
        boxes += (double) cover.boxes / (double) repeats;
        lines += (double) cover.count / (double) repeats;
        complete += cover.undecided_count == 0;
        ncf__cover_clear(&cover, tensor->dimension);
        ncf__tensor_clear(tensor);
    }
    qsort(seconds, (size_t) repeats, sizeof(*seconds), compare);
    printf("%5ld %9ld %9.1f %10.0f %12.4f %12.4f  %ld/%ld\n", (long) order, (long) dimension,
           lines, boxes, seconds[repeats / 2], seconds[repeats - 1], complete, repeats);
    arf_clear(mu_min);
    ncf__free(seconds);
}

int main(int argc, char **argv)
{
    long repeats = argc > 1 ? strtol(argv[1], NULL, 10) : 5;
    if (repeats < 1)
        return 2;
    printf("order dimension     lines      boxes   median (s)      max (s)  complete\n");
    for (slong n = 2; n <= 4; n++)
        for (slong m = 2; m <= (n == 4 ? 6 : 8); m++)
            measure(m, n, repeats);
    flint_cleanup();
    return 0;
}
