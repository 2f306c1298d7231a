/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * line_search.c: chooses the route to the eigenlines: exact algebra for order 2 and for
 * essential dimension <= 2, else counting complex classes, else covering the sphere.
 */
#include "line_search.h"

void ncf__line_search_note(ncf_line_search_t *search, char *text)
{
    if (search->note_count < NCF_MAX_NOTES)
        search->notes[search->note_count++] = text;
    else
        ncf__free(text);
}

void ncf__line_search_forget_notes(ncf_line_search_t *search)
{
    while (search->note_count > 0)
        ncf__free(search->notes[--search->note_count]);
    search->unresolved = 0;
}

static void set_scope(ncf_line_search_t *search)
{
    ncf__free(search->scope);
    if (!search->bounded) {
        search->scope = ncf__strdup("all KKT points with lambda != 0");
        return;
    }
    search->scope = ncf__format("all KKT points with lambda >= %s", search->bound_text);
}

static void set_argument(ncf_line_search_t *search, char *text)
{
    ncf__free(search->argument);
    search->argument = text;
}

/* T = 0: N vanishes identically. */
static void nothing_to_find(ncf_line_search_t *search)
{
    search->route = "nothing (it is zero)";
    search->lines.complete = ncf_proved();
    set_argument(search, ncf__strdup("the data tensor is exactly zero, so that N = 0 and every "
                                     "point of the sphere is a KKT point with lambda = 0"));
}

/*
 * How many bits the largest |mu| is above the smallest: a point on the smallest line has
 * a gradient that cancels by as much, so that its enclosures need these bits on top.
 */
static slong spread_of_values(const ncf_line_list_t *lines)
{
    slong lowest = 0, highest = 0;
    for (slong i = 0; i < lines->count; i++) {
        slong exponent = arf_abs_bound_lt_2exp_si(arb_midref(lines->lines[i].mu));
        lowest = i == 0 || exponent < lowest ? exponent : lowest;
        highest = i == 0 || exponent > highest ? exponent : highest;
    }
    return highest - lowest;
}

/* An exact route: complete by itself unless a limit stops it. */
typedef struct {
    void (*run)(ncf_line_list_t *, const ncf_tensor_t, const ncf_proof_options_t *);
    const char *name, *argument, *unfinished;
} exact_route_t;

static const exact_route_t matrix_route = {
    ncf__matrix_lines, "characteristic polynomial",
    "all eigenvalues with exact multiplicities from the characteristic polynomial over Q "
    "(T-MATRIX)",
    "some eigenspaces were not enclosed before the limit"};

static const exact_route_t binary_route = {
    ncf__binary_lines, "real root isolation",
    "all critical lines of a form in at most two variables by exact real root isolation "
    "(T-BINARY)",
    "some roots were not decided before the limit"};

/* Runs it again with more bits when the values are far apart. */
static void enclose_exactly(ncf_line_search_t *search, const exact_route_t *route,
                            const ncf_tensor_t tensor, ncf_proof_options_t options)
{
    route->run(&search->lines, tensor, &options);
    slong spread = spread_of_values(&search->lines);
    if (spread <= 16 || !ncf_is_proved(search->lines.complete))
        return;
    search->precision += 2 * spread;
    options.precision = search->precision;
    if (options.max_precision < options.precision)
        options.max_precision = options.precision;
    ncf__line_list_clear(&search->lines);
    route->run(&search->lines, tensor, &options);
}

static void run_exact(ncf_line_search_t *search, const exact_route_t *route,
                      const ncf_tensor_t tensor, const ncf_proof_options_t *options)
{
    search->route = route->name;
    enclose_exactly(search, route, tensor, *options);
    if (ncf_is_proved(search->lines.complete))
        set_argument(search, ncf__strdup(route->argument));
    else
        ncf__line_search_note(search, ncf__strdup(route->unfinished));
}

void ncf__line_search_set_bound(ncf_line_search_t *search, const char *text)
{
    fmpq_t exact;
    fmpq_init(exact);
    NCF_REQUIRE(ncf__rational_parse(exact, text, strlen(text)) == NULL);
    fmpq_swap(search->lambda_min, exact);
    fmpq_clear(exact);
    search->bounded = 1;
    search->bound_text = ncf__strdup(text);
}

static void general_tensor(ncf_line_search_t *search, const ncf_tensor_t tensor,
                           const ncf_solve_options_t *options, const ncf_limits_t *limits)
{
    if (ncf__sphere_line(&search->lines, tensor, options->precision + 30)) {
        search->route = "exact comparison with a power of |x|^2";
        set_argument(search, ncf__strdup("the data tensor is exactly a multiple of |x|^m on its "
                                         "essential subspace, where every line is an eigenline "
                                         "(T-SPHERE)"));
        return;
    }
    search->route = "homotopy";
    ncf__count_classes(search, tensor, options, limits);
    if (search->effort.used_search)
        search->route = "multi-start search";
    if (ncf_is_proved(search->lines.complete)) {
        if (search->argument != NULL)
            return;
        char *bound = fmpz_get_str(NULL, 10, search->effort.class_bound);
        set_argument(search, ncf__format("all %s complex eigenpair classes are certified and pairwise "
                                         "distinct, as many as there can be (T-COUNT)",
                                         bound));
        flint_free(bound);
        return;
    }
    search->limit = ncf__limit_reached(limits);
    if (search->limit != NCF_LIMIT_NONE || tensor->dimension > 4)
        return;
    search->route = "homotopy, then a cover of the sphere";
    ncf__cover_sphere(search, tensor, options, limits);
    if (ncf_is_proved(search->lines.complete))
        set_argument(search, ncf__format("the real sphere is covered by %ld boxes: one line in each of "
                                         "the proved ones, none elsewhere (T-COVER)",
                                         (long) search->effort.cover_boxes));
}

void ncf__line_search_init(ncf_line_search_t *out, const ncf_tensor_t tensor, const arb_t factor,
                           const ncf_solve_options_t *options, const ncf_limits_t *limits)
{
    ncf_proof_options_t proof = {options->precision, options->max_precision, options->threads, limits};
    *out = (ncf_line_search_t) {.route = "", .precision = options->precision};
    ncf__line_list_init(&out->lines);
    fmpz_init(out->effort.class_bound);
    arf_init(out->effort.mu_min);
    fmpq_init(out->lambda_min);
    arb_init(out->factor);
    arb_set(out->factor, factor);
    if (options->lambda_min != NULL)
        ncf__line_search_set_bound(out, options->lambda_min);
    ncf__eigen_class_bound(out->effort.class_bound, tensor->order, tensor->dimension);
    if (tensor->dimension == 0)
        nothing_to_find(out);
    else if (tensor->order == 2)
        run_exact(out, &matrix_route, tensor, &proof);
    else if (tensor->dimension <= 2)
        run_exact(out, &binary_route, tensor, &proof);
    else
        general_tensor(out, tensor, options, limits);
    if (out->limit == NCF_LIMIT_NONE && !ncf_is_proved(out->lines.complete))
        out->limit = ncf__limit_reached(limits);
    if (!ncf_is_proved(out->lines.complete))
        set_argument(out, ncf__strdup(""));
    set_scope(out);
}

void ncf__line_search_clear(ncf_line_search_t *search, slong ambient)
{
    for (int i = 0; i < search->region_count; i++) {
        _arb_vec_clear(search->regions[i].direction, ambient);
        arb_clear(search->regions[i].mu);
    }
    for (slong k = 0; k < search->class_count; k++)
        ncf__class_clear(&search->classes[k]);
    ncf__free(search->classes);
    ncf__line_search_forget_notes(search);
    ncf__free(search->argument);
    ncf__free(search->scope);
    ncf__free(search->bound_text);
    arb_clear(search->factor);
    fmpq_clear(search->lambda_min);
    arf_clear(search->effort.mu_min);
    fmpz_clear(search->effort.class_bound);
    ncf__line_list_clear(&search->lines);
}
