/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * deep_families.c: the rank-one points of a deep network, from the eigenlines of one
 * tensor (T-RANKONE), or of the one vector of a linear network (T-DEEPLINEAR).
 */
#include "deep.h"

#define GRACE_SECONDS 0.1 /* to list families when a limit has been reached */

/* ---- Lines ----------------------------------------------------------------------- */

/* m = sum_i z_i x_i, exactly: d x 1 */
static void data_vector(fmpq_mat_t m, const struct ncf_problem *problem)
{
    fmpq_mat_t weights, transpose;
    fmpq_mat_init(weights, problem->points, 1);
    fmpq_mat_init(transpose, problem->network.inputs, problem->points);
    ncf__problem_weights(weights, problem);
    fmpq_mat_transpose(transpose, problem->x);
    fmpq_mat_mul(m, transpose, weights);
    fmpq_mat_clear(transpose);
    fmpq_mat_clear(weights);
}

/* The line of m, with mu = |m|; its curvature is that of a form of degree one. */
static void append_vector_line(ncf_line_search_t *search, const fmpq_mat_t m, slong prec)
{
    slong d = fmpq_mat_nrows(m);
    ncf_line_struct *line = ncf__line_list_append(&search->lines, 0, d);
    arb_ptr b = arb_mat_entry(line->basis, 0, 0);
    fmpq_t square;
    fmpq_init(square);
    for (slong i = 0; i < d; i++)
        fmpq_addmul(square, fmpq_mat_entry(m, i, 0), fmpq_mat_entry(m, i, 0));
    arb_set_fmpq(line->mu, square, prec);
    arb_sqrt(line->mu, line->mu, prec);
    for (slong i = 0; i < d; i++) {
        arb_set_fmpq(b + i, fmpq_mat_entry(m, i, 0), prec);
        arb_div(b + i, b + i, line->mu, prec);
    }
    line->multiplicity = line->inertia_known = 1;
    line->index = line->nullity = 0;
    if (d > 1)
        arb_zero(line->curvature);
    if (ncf__line_normalise_sign(line))
        arb_neg(line->mu, line->mu);
    fmpq_clear(square);
}

static void linear_lines(struct ncf_result *result, const struct ncf_problem *problem)
{
    ncf_line_search_t *search = &result->search;
    fmpq_mat_t m;
    fmpq_mat_init(m, problem->network.inputs, 1);
    data_vector(m, problem);
    int zero = fmpq_mat_is_zero(m);
    search->route = "closed form";
    search->lines.complete = ncf_proved();
    if (!zero)
        append_vector_line(search, m, search->precision + 30);
    result->essential_dimension = !zero;
    result->distinct_points = problem->points;
    fmpq_mat_clear(m);
}

/* What further units of the first layer add to the index, for each line. */
static void count_first_layer(struct ncf_result *result, slong *above, slong *equal,
                              const ncf_tensor_t tensor)
{
    const ncf_line_list_t *lines = &result->search.lines;
    const ncf_rank_one_shape_t *shape = &result->deep->shape;
    if (shape->degrees[0] == 1)
        return;
    fmpq_t bound;
    fmpq_init(bound);
    fmpq_set_si(bound, shape->order - 1, (ulong) (shape->degrees[0] - 1));
    for (slong i = 0; i < lines->count; i++)
        ncf__line_count_above(above + i, equal + i, &lines->lines[i], bound, tensor,
                              result->search.precision + 30);
    fmpq_clear(bound);
}

/* ---- Families -------------------------------------------------------------------- */

static void list_families(struct ncf_result *result, const ncf_first_layer_t *first,
                          const ncf_limits_t *limits)
{
    ncf_deep_t *deep = result->deep;
    const ncf_line_search_t *search = &result->search;
    slong prec = search->precision + 30;
    arb_t bound;
    arb_init(bound);
    if (search->bounded)
        arb_set_fmpq(bound, search->lambda_min, prec);
    const arb_struct *lambda_min = search->bounded ? bound : NULL;
    ncf__rank_one_list_init(&deep->families, &deep->shape, &search->lines, first,
                            (slong) result->options.top, lambda_min, prec, limits);
    ncf__rank_one_census_init(&deep->rank_one, &deep->shape, &search->lines, lambda_min, prec);
    arb_clear(bound);
}

static void add_rank_one_part(struct ncf_result *result)
{
    const ncf_line_search_t *search = &result->search;
    ncf_deep_t *deep = result->deep;
    char *scope = search->bounded ? ncf__format("all rank-one KKT points with lambda >= %s",
                                                search->bound_text)
                                  : ncf__strdup("all rank-one KKT points with lambda != 0");
    char *argument =
        ncf_is_proved(search->lines.complete)
            ? ncf__format("they come from the eigenlines of the tensor of order %ld of "
                          "the data (T-RANKONE): %s",
                          (long) deep->shape.order, search->argument)
            : ncf__strdup("");
    ncf__deep_add_part(deep, scope, argument, search->lines.complete);
}

/* Families from lines; the tensor is NULL for a linear network. */
static void find_families(struct ncf_result *result, const ncf_tensor_struct *tensor,
                          const ncf_limits_t *limits)
{
    slong count = result->search.lines.count;
    slong *above = ncf__calloc((size_t) count, sizeof(*above));
    slong *equal = ncf__calloc((size_t) count, sizeof(*equal));
    if (tensor != NULL)
        count_first_layer(result, above, equal, tensor);
    ncf_first_layer_t first = {above, equal};
    list_families(result, &first, limits);
    ncf__free(equal);
    ncf__free(above);
}

static void tensor_families(struct ncf_result *result, const struct ncf_problem *problem,
                            const ncf_limits_t *limits)
{
    const ncf_rank_one_shape_t *shape = &result->deep->shape;
    ncf_tensor_t tensor;
    fmpq_mat_t weights;
    arb_t factor;
    arb_init(factor);
    fmpq_mat_init(weights, problem->points, 1);
    ncf__problem_weights(weights, problem);
    ncf__progress(limits, "building the data tensor", 0, 0);
    ncf__tensor_init(tensor, shape->order, problem->x, weights);
    ncf__rank_one_top_factor(factor, shape, result->options.precision + 30);
    ncf__line_search_init(&result->search, tensor, factor, &result->options, limits);
    result->essential_dimension = tensor->dimension;
    result->distinct_points = tensor->points;
    ncf_limits_t grace = ncf__limits_grace(limits, GRACE_SECONDS);
    find_families(result, tensor, &grace);
    ncf__tensor_clear(tensor);
    fmpq_mat_clear(weights);
    arb_clear(factor);
}

void ncf__deep_families(struct ncf_result *result, const struct ncf_problem *problem,
                        const ncf_limits_t *limits)
{
    if (!ncf__rank_one_is_linear(&result->deep->shape)) {
        tensor_families(result, problem, limits);
        add_rank_one_part(result);
        return;
    }
    linear_lines(result, problem);
    find_families(result, NULL, NULL);
}
