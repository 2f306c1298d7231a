/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * eigen_distinct.c: which certified classes are different points of projective space, by
 * T-DISTINCT. Distance: the sine of the angle, sin(x, y) = |P_x - P_y|. The zero of a
 * class is within radius/|z0| of its centre.
 */
#include "eigen_internal.h"

#include <math.h>
#include <stdlib.h>

#define UNIT 0x1p-52        /* twice the unit roundoff: any rounding mode */
#define SLACK (1 + 0x1p-20) /* covers the rounding of the formulas for bounds */
#define REFINE_LEVELS 3     /* 128, 256, 512 bits, or as many doublings beyond the class's */

/* An enclosure of |a^H z|^2/|z|^2 over the zero of one class. */
typedef struct {
    double low, high;
    slong index;
} interval_t;

/* One class at a higher precision, made when it is needed. */
typedef struct {
    acb_ptr x;
    mag_t radius, isolation;
    int ready;
} refined_t;

typedef struct {
    const ncf_class_t *classes;
    const ncf_eigen_system_t *system;
    slong count, n;
    interval_t *interval; /* by class */
    refined_t **refined;  /* count x REFINE_LEVELS, NULL until needed */
} comparison_t;

/* ---- Doubles --------------------------------------------------------------------- */

static double square_norm(const double *z, slong n)
{
    double sum = 0;
    for (slong i = 0; i < 2 * n; i++)
        sum += z[i] * z[i];
    return sum;
}

/* out = a^H b */
static void hermitian_product(double out[2], const double *a, const double *b, slong n)
{
    out[0] = out[1] = 0;
    for (slong j = 0; j < n; j++) {
        out[0] += a[2 * j] * b[2 * j] + a[2 * j + 1] * b[2 * j + 1];
        out[1] += a[2 * j] * b[2 * j + 1] - a[2 * j + 1] * b[2 * j];
    }
}

/* Rounding of the quantities below, relative to |z| (T-DISTINCT, "doubles"). */
static double rounding_share(slong n)
{
    return (8 * (double) n + 32) * (UNIT * SLACK);
}

/*
 * The radius in the projective metric: radius/|z0|, and what rounding a fine centre to
 * doubles adds.
 */
static double angular_radius(const ncf_class_t *class, double square)
{
    double radius = class->radius / sqrt(square) * SLACK;
    return class->fine != NULL ? radius + 0x1p-50 : radius;
}

static void enclose(interval_t *out, const ncf_class_t *class, const double *functional,
                    slong n)
{
    double product[2], square = square_norm(class->z, n), scale = square_norm(functional, n);
    hermitian_product(product, functional, class->z, n);
    double value = (product[0] * product[0] + product[1] * product[1]) / square;
    double width = scale * (angular_radius(class, square) + 4 * rounding_share(n)) * SLACK;
    out->low = value - width;
    out->high = value + width;
    NCF_REQUIRE(out->low <= out->high); /* a NaN would pass for separated */
}

/* The sine between two double centres, minus its error, exceeds the sum of the radii. */
static int separate_doubles(const ncf_class_t *a, const ncf_class_t *b, slong n)
{
    double product[2], square_a = square_norm(a->z, n), square_b = square_norm(b->z, n);
    hermitian_product(product, a->z, b->z, n);
    product[0] /= square_a;
    product[1] /= square_a;
    double rejection = 0;
    for (slong j = 0; j < n; j++) {
        double re = b->z[2 * j] - (product[0] * a->z[2 * j] - product[1] * a->z[2 * j + 1]);
        double im =
            b->z[2 * j + 1] - (product[0] * a->z[2 * j + 1] + product[1] * a->z[2 * j]);
        rejection += re * re + im * im;
    }
    double sine = sqrt(rejection / square_b) - 2 * rounding_share(n);
    return sine > (angular_radius(a, square_a) + angular_radius(b, square_b)) * SLACK;
}

/* ---- Balls ----------------------------------------------------------------------- */

static slong level_precision(const ncf_class_t *class, int level)
{
    slong base = class->precision < 128 ? 128 : class->precision;
    return FLINT_MIN(base << level, NCF_EIGEN_MAX_PRECISION);
}

static const refined_t *refine(comparison_t *c, slong index, int level)
{
    refined_t **slot = c->refined + index * REFINE_LEVELS + level;
    if (*slot == NULL) {
        refined_t *refined = ncf__malloc(1, sizeof(*refined));
        slong prec = level_precision(c->classes + index, level);
        refined->x = _acb_vec_init(c->n + 1);
        mag_init(refined->radius);
        mag_init(refined->isolation);
        refined->ready = ncf__class_refine(refined->x, refined->radius, refined->isolation,
                                           c->classes + index, c->system, prec, prec);
        *slot = refined;
    }
    return *slot;
}

static void refined_free(refined_t *refined, slong n)
{
    if (refined == NULL)
        return;
    mag_clear(refined->isolation);
    mag_clear(refined->radius);
    _acb_vec_clear(refined->x, n + 1);
    ncf__free(refined);
}

/* |z_b - z_a (z_a^H z_b)/|z_a|^2|, from below and above. */
static void rejection(mag_t low, mag_t high, acb_srcptr a, acb_srcptr b, slong n, slong prec)
{
    acb_t product, square, term;
    arb_t sum;
    acb_init(product);
    acb_init(square);
    acb_init(term);
    arb_init(sum);
    for (slong j = 0; j < n; j++) {
        acb_conj(term, a + j);
        acb_addmul(product, term, b + j, prec);
        acb_addmul(square, term, a + j, prec);
    }
    acb_div(product, product, square, prec);
    for (slong j = 0; j < n; j++) {
        acb_mul(term, product, a + j, prec);
        acb_sub(term, b + j, term, prec);
        arb_addmul(sum, acb_realref(term), acb_realref(term), prec);
        arb_addmul(sum, acb_imagref(term), acb_imagref(term), prec);
    }
    arb_sqrtpos(sum, sum, prec);
    arb_get_mag_lower(low, sum);
    arb_get_mag(high, sum);
    arb_clear(sum);
    acb_clear(term);
    acb_clear(square);
    acb_clear(product);
}

/* out >= |z_b| (r_a/|z_a| + r_b/|z_b|) */
static void radius_sum(mag_t out, const refined_t *a, const refined_t *b, slong n, slong prec)
{
    mag_t norm_b, lower_a, part;
    arb_t square;
    mag_init(norm_b);
    mag_init(lower_a);
    mag_init(part);
    arb_init(square);
    for (slong j = 0; j < n; j++) {
        arb_addmul(square, acb_realref(a->x + j), acb_realref(a->x + j), prec);
        arb_addmul(square, acb_imagref(a->x + j), acb_imagref(a->x + j), prec);
    }
    arb_sqrt(square, square, prec);
    arb_get_mag_lower(lower_a, square);
    ncf__acb_vec_norm_mag(norm_b, b->x, n);
    mag_mul(part, norm_b, a->radius);
    mag_div(part, part, lower_a);
    mag_add(out, part, b->radius);
    arb_clear(square);
    mag_clear(part);
    mag_clear(lower_a);
    mag_clear(norm_b);
}

/* Sets *hopeless when the two look like one zero: a decision to stop, not a claim. */
static int separate_balls(comparison_t *c, slong i, slong j, int level, int *hopeless)
{
    const refined_t *a = refine(c, i, level), *b = refine(c, j, level);
    if (!a->ready || !b->ready)
        return 0;
    slong prec_a = level_precision(c->classes + i, level);
    slong prec_b = level_precision(c->classes + j, level);
    slong prec = 2 * (prec_a > prec_b ? prec_a : prec_b);
    mag_t low, high, radii;
    mag_init(low);
    mag_init(high);
    mag_init(radii);
    rejection(low, high, a->x, b->x, c->n, prec);
    radius_sum(radii, a, b, c->n, prec);
    int separate = mag_is_finite(radii) && mag_cmp(low, radii) > 0;
    mag_mul_2exp_si(high, high, 3);
    *hopeless = mag_cmp(high, a->isolation) < 0;
    mag_clear(radii);
    mag_clear(high);
    mag_clear(low);
    return separate;
}

static int proved_distinct(comparison_t *c, slong i, slong j)
{
    const ncf_class_t *a = c->classes + i, *b = c->classes + j;
    if (c->interval[i].high < c->interval[j].low || c->interval[j].high < c->interval[i].low)
        return 1;
    if (separate_doubles(a, b, c->n))
        return 1;
    int hopeless = 0;
    for (int level = 0; level < REFINE_LEVELS && !hopeless; level++) {
        if (separate_balls(c, i, j, level, &hopeless))
            return 1;
    }
    return 0;
}

/* ---- The sweep ------------------------------------------------------------------- */

static int by_low(const void *a, const void *b)
{
    const interval_t *x = a, *y = b;
    return x->low < y->low   ? -1
           : x->low > y->low ? 1
                             : (x->index > y->index) - (x->index < y->index);
}

static int by_index(const void *a, const void *b)
{
    const interval_t *x = a, *y = b;
    return (x->index > y->index) - (x->index < y->index);
}

/* Intervals that form one connected piece: only their pairs can be undecided. */
static void group_piece(slong *group, interval_t *piece, slong size, comparison_t *c)
{
    qsort(piece, (size_t) size, sizeof(*piece), by_index);
    for (slong k = 0; k < size; k++) {
        slong index = piece[k].index;
        group[index] = index;
        for (slong j = 0; j < k && group[index] == index; j++) {
            if (!proved_distinct(c, piece[j].index, index))
                group[index] = piece[j].index;
        }
    }
}

static void sweep(slong *group, interval_t *sorted, slong size, comparison_t *c)
{
    qsort(sorted, (size_t) size, sizeof(*sorted), by_low);
    slong begin = 0;
    while (begin < size) {
        double reach = sorted[begin].high;
        slong end = begin + 1;
        for (; end < size && sorted[end].low <= reach; end++)
            reach = fmax(reach, sorted[end].high);
        group_piece(group, sorted + begin, end - begin, c);
        begin = end;
    }
}

/* A functional of our own choice; distinctness does not depend on which one it is. */
static void choose_functional(double *functional, slong n)
{
    ncf_random_t random;
    ncf__random_init(&random, 1, 0);
    for (slong i = 0; i < 2 * n; i++)
        functional[i] = ncf__random_unit(&random) - 0.5;
}

slong ncf__eigen_distinct(slong *group, const ncf_class_t *classes, slong count,
                          const ncf_eigen_system_t *system)
{
    slong n = system->dimension, size = 0, distinct = 0;
    comparison_t c = {classes, system, count, n, NULL, NULL};
    double *functional = ncf__malloc((size_t) n, 2 * sizeof(double));
    interval_t *sorted = ncf__malloc((size_t) count, sizeof(*sorted));
    c.interval = ncf__calloc((size_t) count, sizeof(*c.interval));
    c.refined = ncf__calloc((size_t) count, REFINE_LEVELS * sizeof(*c.refined));
    choose_functional(functional, n);
    for (slong k = 0; k < count; k++) {
        group[k] = -1;
        if (!classes[k].certified)
            continue;
        enclose(c.interval + k, classes + k, functional, n);
        c.interval[k].index = k;
        sorted[size++] = c.interval[k];
    }
    sweep(group, sorted, size, &c);
    for (slong k = 0; k < count; k++)
        distinct += group[k] == k;
    for (slong k = 0; k < count * REFINE_LEVELS; k++)
        refined_free(c.refined[k], n);
    ncf__free(c.refined);
    ncf__free(c.interval);
    ncf__free(sorted);
    ncf__free(functional);
    return distinct;
}
