/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * cover_sphere.c: when the count of classes falls short and n <= 4, the real sphere is
 * covered instead (T-COVER). The lines of the cover are refined through the eigenpair
 * certificate where that succeeds; where it does not, the cover's own box is reported.
 * Exact rational lines of higher multiplicity, which no box can prove, are kept and looked
 * for in the undecided regions.
 */
#include "../certify/cover.h"
#include "../certify/eigen.h"
#include "line_search.h"
#include "rational_classes.h"

#define MAX_BOXES 20000000
#define MAX_BOXES_IN_FOUR 2000000 /* n = 4: a surface would take hours to draw finely */
#define MAX_EXACT_LINES 4 /* exact lines in undecided regions that are named */

/* About the largest |mu|: of the lines found, or else its bound sum_i |z_i| |x_i|^m. */
static void size_of_values(arb_t size, const ncf_line_search_t *search,
                           const ncf_tensor_t tensor)
{
    if (search->lines.count > 0) {
        arb_abs(size, search->lines.lines[0].mu);
        return;
    }
    slong n = tensor->dimension;
    arb_mat_t points;
    arb_t term, weight;
    arb_mat_init(points, tensor->points, n);
    arb_init(term);
    arb_init(weight);
    ncf__tensor_isometric(points, tensor, 64);
    arb_zero(size);
    for (slong i = 0; i < tensor->points; i++) {
        arb_srcptr point = arb_mat_entry(points, i, 0);
        arb_dot(term, NULL, 0, point, 1, point, 1, n, 64);
        arb_sqrtpos(term, term, 64);
        arb_pow_ui(term, term, (ulong) tensor->order, 64);
        arb_set_fmpq(weight, fmpq_mat_entry(tensor->weights, i, 0), 64);
        arb_abs(weight, weight);
        arb_addmul(size, weight, term, 64);
    }
    arb_clear(weight);
    arb_clear(term);
    arb_mat_clear(points);
}

/* The floor of log10 of a positive number, brought to what number text can say. */
slong ncf__decimal_exponent(const arb_t x)
{
    arb_t log, ten;
    fmpz_t exponent;
    arb_init(log);
    arb_init(ten);
    fmpz_init(exponent);
    arb_log(log, x, 64);
    arb_const_log10(ten, 64);
    arb_div(log, log, ten, 64);
    slong most = NCF_NUMBER_MAX_EXPONENT - 10;
    if (arb_is_finite(log))
        arf_get_fmpz(exponent, arb_midref(log), ARF_RND_FLOOR);
    slong power = fmpz_cmp_si(exponent, most) > 0    ? most
                  : fmpz_cmp_si(exponent, -most) < 0 ? -most
                                                     : fmpz_get_si(exponent);
    fmpz_clear(exponent);
    arb_clear(ten);
    arb_clear(log);
    return power;
}

/*
 * lambda_min by default: the power of ten below a thousandth of the largest lambda found,
 * or of a bound of it, so that a small tensor is not covered with a bound above all its
 * values. Any positive number would do; the choice is stated with the result.
 */
static void default_bound(ncf_line_search_t *search, const ncf_tensor_t tensor)
{
    arb_t size;
    arb_init(size);
    size_of_values(size, search, tensor);
    arb_mul(size, size, search->factor, 64);
    char *text = ncf__format("1e%ld", (long) ncf__decimal_exponent(size) - 3);
    ncf__line_search_set_bound(search, text);
    ncf__free(text);
    arb_clear(size);
}

/* mu_min <= lambda_min / factor. */
static void set_mu_min(ncf_line_search_t *search)
{
    arb_t bound;
    arb_init(bound);
    arb_set_fmpq(bound, search->lambda_min, 128);
    arb_div(bound, bound, search->factor, 128);
    arb_get_lbound_arf(search->effort.mu_min, bound, 64);
    arb_clear(bound);
}

/* Does the line through e (any scaling) certainly pass through the interior of the box? */
static int line_is_in_box(arb_srcptr e, const ncf_cover_line_t *box, slong n, slong prec)
{
    arb_t ratio;
    arb_init(ratio);
    int inside = !arb_contains_zero(e + box->chart);
    for (slong j = 0; j < n && inside; j++) {
        arb_div(ratio, e + j, e + box->chart, prec);
        inside = arb_is_finite(ratio) && arb_contains(box->e + j, ratio);
    }
    arb_clear(ratio);
    return inside;
}

/* e / |e| */
static void normalise(arb_ptr e, slong n, slong prec)
{
    arb_t s;
    arb_init(s);
    arb_dot(s, NULL, 0, e, 1, e, 1, n, prec);
    arb_rsqrt(s, s, prec);
    for (slong j = 0; j < n; j++)
        arb_mul(e + j, e + j, s, prec);
    arb_clear(s);
}

/*
 * A sharper enclosure of the line in the box: e and mu of a certified class that is
 * proved to lie in the box, hence is the one line there. 0 when that fails.
 */
static int refine_in_box(arb_ptr e, arb_t mu, const ncf_cover_line_t *box,
                         const ncf_eigen_system_t *system, slong n,
                         const ncf_solve_options_t *options)
{
    if (system == NULL)
        return 0;
    slong prec = options->precision + 30;
    double *z = ncf__calloc((size_t) (2 * n), sizeof(*z)), value[2] = {0, 0};
    arb_ptr middle = _arb_vec_init(n);
    for (slong j = 0; j < n; j++)
        arf_set(arb_midref(middle + j), arb_midref(box->e + j));
    normalise(middle, n, 64);
    for (slong j = 0; j < n; j++)
        z[2 * j] = arf_get_d(arb_midref(middle + j), ARF_RND_NEAR);
    arb_mul_2exp_si(middle, box->mu, -ncf__eigen_system_scale_exponent(system));
    value[0] = arf_get_d(arb_midref(middle), ARF_RND_NEAR);
    ncf_class_t class = {0};
    int refined =
        ncf_is_proved(ncf__eigen_certify(&class, system, z, value, options->max_precision)) &&
        class.real == 1 &&
        ncf_is_proved(
            ncf__eigen_refine_real(e, mu, &class, system, prec, options->max_precision)) &&
        line_is_in_box(e, box, n, prec);
    ncf__class_clear(&class);
    _arb_vec_clear(middle, n);
    ncf__free(z);
    return refined;
}

/* The regions that stayed undecided, in R^d. */
static void take_regions(ncf_line_search_t *search, const ncf_cover_t *cover,
                         const ncf_tensor_t tensor, slong prec)
{
    slong n = tensor->dimension;
    arb_mat_t points;
    arb_ptr e = _arb_vec_init(n);
    arb_mat_init(points, tensor->points, n);
    ncf__tensor_isometric(points, tensor, prec);
    for (slong k = 0; k < cover->undecided_count && k < NCF_MAX_REGIONS; k++) {
        ncf_region_t *region = &search->regions[search->region_count++];
        region->direction = _arb_vec_init(tensor->ambient);
        arb_init(region->mu);
        _arb_vec_set(e, cover->undecided + k * n, n);
        normalise(e, n, prec);
        ncf__tensor_eval(region->mu, NULL, NULL, e, tensor, points, prec);
        ncf__tensor_lift(region->direction, e, tensor, prec);
    }
    arb_mat_clear(points);
    _arb_vec_clear(e, n);
}

/* Is |mu| < mu_min for certain? Such lines are outside what was asked for. */
static int is_below(const arb_t mu, const arf_t mu_min)
{
    arf_t upper;
    arf_init(upper);
    arb_get_abs_ubound_arf(upper, mu, 64);
    int below = arf_cmp(upper, mu_min) < 0;
    arf_clear(upper);
    return below;
}

/*
 * The lines with a multiplicity above 1. They are none of the cover's, which are simple
 * (T-COVER, T-MULTIPLE).
 */
static void keep_multiple_lines(ncf_line_search_t *search, ncf_line_list_t *before,
                                slong ambient)
{
    for (slong i = 0; i < before->count; i++) {
        ncf_line_struct *old = &before->lines[i];
        if (old->multiplicity <= 1 || is_below(old->mu, search->effort.mu_min))
            continue;
        ncf_line_struct *line = ncf__line_list_append(&search->lines, 0, ambient),
                        swap = *line;
        *line = *old;
        *old = swap;
    }
}

/* Lines that a cover can prove. */
static slong count_simple_lines(const ncf_line_list_t *list)
{
    slong count = 0;
    for (slong i = 0; i < list->count; i++)
        count += list->lines[i].multiplicity <= 1;
    return count;
}

/* Replaces the simple lines by those of the cover: one for each proved box. */
static void take_lines(ncf_line_search_t *search, const ncf_cover_t *cover,
                       const ncf_tensor_t tensor, const ncf_solve_options_t *options)
{
    slong n = tensor->dimension, prec = options->precision + 30;
    ncf_eigen_system_t *system = ncf__eigen_system_new(tensor);
    arb_mat_t points;
    arb_mat_init(points, tensor->points, n);
    ncf__tensor_isometric(points, tensor, prec);
    ncf_line_list_t before = search->lines;
    ncf__line_list_init(&search->lines);
    search->lines.euler_expected = before.euler_expected;
    search->lines.zero_lines = before.zero_lines;
    search->euler_lost = 1;
    arb_ptr e = _arb_vec_init(n);
    arb_t mu;
    arb_init(mu);
    for (slong k = 0; k < cover->count; k++) {
        if (!refine_in_box(e, mu, &cover->lines[k], system, n, options)) {
            _arb_vec_set(e, cover->lines[k].e, n);
            normalise(e, n, prec);
            arb_set(mu, cover->lines[k].mu);
        }
        if (!is_below(mu, search->effort.mu_min))
            ncf__add_proved_line(search, e, mu, tensor, points, prec);
    }
    keep_multiple_lines(search, &before, tensor->ambient);
    ncf__line_list_clear(&before);
    arb_clear(mu);
    _arb_vec_clear(e, n);
    arb_mat_clear(points);
    ncf__eigen_system_free(system);
    ncf__line_list_sort(&search->lines);
}

/* ---- Exact lines in undecided regions -------------------------------------------- */

/* Is a line of the list, found in the same exact way, not told from this one by its balls? */
static int may_be_listed(const ncf_line_list_t *list, const ncf_rational_line_t exact,
                         arb_srcptr e, const ncf_tensor_t tensor, slong prec)
{
    slong d = tensor->ambient;
    ncf_line_t line;
    ncf__line_init(line, 0, d);
    ncf__line_set_row(line, 0, e, tensor, prec);
    ncf__line_normalise_sign(line);
    int listed = 0;
    for (slong i = 0; i < list->count && !listed; i++) {
        if (list->lines[i].multiplicity == exact->multiplicity)
            listed = arb_mat_overlaps(list->lines[i].basis, line->basis);
    }
    ncf__line_clear(line);
    return listed;
}

static void note_exact_line(ncf_line_search_t *search, const ncf_rational_line_t exact,
                            const arb_t mu, const ncf_tensor_t tensor)
{
    char *vector = ncf__rational_line_text(exact, tensor), *value = ncf__decimal_short(mu, 10);
    char *count = exact->multiplicity > 0 ? ncf__format("isolated, of multiplicity %ld",
                                                        (long) exact->multiplicity)
                                          : ncf__strdup("of undecided multiplicity");
    ncf__line_search_note(
        search, ncf__format("an undecided region contains the exact line %s: mu = %s, "
                            "nullity %ld, %s",
                            vector, value, (long) exact->nullity, count));
    ncf__free(count);
    ncf__free(value);
    ncf__free(vector);
}

/* Names the line; a multiple one that is isolated and new joins the list. */
static void take_exact_line(ncf_line_search_t *search, const ncf_rational_line_t exact,
                            const ncf_tensor_t tensor, slong prec)
{
    arb_ptr e = _arb_vec_init(tensor->dimension);
    arb_mat_t points;
    arb_t mu;
    arb_init(mu);
    arb_mat_init(points, tensor->points, tensor->dimension);
    ncf__tensor_isometric(points, tensor, prec);
    ncf__rational_line_enclose(e, mu, exact, tensor, prec);
    note_exact_line(search, exact, mu, tensor);
    if (exact->multiplicity > 1 && !is_below(mu, search->effort.mu_min) &&
        !may_be_listed(&search->lines, exact, e, tensor, prec))
        ncf__add_rational_line(search, exact, tensor, points, prec);
    arb_mat_clear(points);
    arb_clear(mu);
    _arb_vec_clear(e, tensor->dimension);
}

/* Does the line pass through an undecided region for certain? */
static int is_in_region(const ncf_rational_line_t exact, const ncf_cover_t *cover,
                        const ncf_tensor_t tensor, slong prec)
{
    slong n = tensor->dimension;
    arb_ptr e = _arb_vec_init(n);
    arb_t mu;
    arb_init(mu);
    ncf__rational_line_enclose(e, mu, exact, tensor, prec);
    int inside = 0;
    for (slong k = 0; k < cover->undecided_count && !inside; k++) {
        ncf_cover_line_t region = {.chart = cover->undecided_chart[k],
                                   .e = cover->undecided + k * n};
        inside = line_is_in_box(e, &region, n, prec);
    }
    arb_clear(mu);
    _arb_vec_clear(e, n);
    return inside;
}

static void find_exact_lines(ncf_line_search_t *search, const ncf_cover_t *cover,
                             const ncf_tensor_t tensor, slong prec)
{
    slong n = tensor->dimension, taken = 0;
    ncf_rational_list_t list = {0};
    double *z = ncf__calloc((size_t) (2 * n), sizeof(*z));
    for (slong k = 0; k < cover->undecided_count && k < NCF_MAX_REGIONS; k++) {
        for (slong j = 0; j < n; j++)
            z[2 * j] = arf_get_d(arb_midref(cover->undecided + k * n + j), ARF_RND_NEAR);
        ncf__rational_list_propose(&list, z, tensor, search->effort.class_bound);
    }
    for (slong i = 0; i < list.count && taken < MAX_EXACT_LINES; i++) {
        if (!is_in_region(&list.lines[i], cover, tensor, prec))
            continue;
        take_exact_line(search, &list.lines[i], tensor, prec);
        taken++;
    }
    ncf__line_list_sort(&search->lines);
    ncf__free(z);
    ncf__rational_list_clear(&list);
}

void ncf__cover_sphere(ncf_line_search_t *search, const ncf_tensor_t tensor,
                       const ncf_solve_options_t *options, const ncf_limits_t *limits)
{
    ncf_cover_t cover;
    if (!search->bounded)
        default_bound(search, tensor);
    set_mu_min(search);
    search->effort.used_cover = 1;
    ncf__cover_lines(&cover, tensor, search->effort.mu_min,
                     tensor->dimension < 4 ? MAX_BOXES : MAX_BOXES_IN_FOUR, options->threads,
                     limits);
    search->effort.cover_boxes = cover.boxes;
    search->effort.cover_undecided = cover.undecided_count;
    search->limit = cover.limit;
    /* A cover that did not finish may hold fewer lines than were found before. */
    if (cover.count >= count_simple_lines(&search->lines) || cover.undecided_count == 0) {
        ncf__line_search_forget_notes(search);
        take_lines(search, &cover, tensor, options);
    }
    if (cover.undecided_count == 0 && cover.limit == NCF_LIMIT_NONE && search->unresolved == 0)
        search->lines.complete = ncf_proved();
    else if (cover.undecided_count > 0) {
        search->unresolved += cover.undecided_count;
        take_regions(search, &cover, tensor, options->precision);
        ncf__line_search_note(
            search,
            ncf__format("%ld region%s of the sphere with lambda above the bound stay%s "
                        "undecided: a multiple or a non-isolated eigenline is likely",
                        (long) cover.undecided_count, cover.undecided_count == 1 ? "" : "s",
                        cover.undecided_count == 1 ? "s" : ""));
        find_exact_lines(search, &cover, tensor, options->precision + 30);
    }
    ncf__cover_clear(&cover, tensor->dimension);
}
