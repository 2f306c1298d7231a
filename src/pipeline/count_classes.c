/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * count_classes.c: completeness by counting (T-COUNT). The tracker proposes one end point
 * a path; certify/ decides what each of them proves. Paths whose end points are not
 * proved, or not proved different from another's, are tracked again with smaller steps.
 */
#include "../certify/eigen.h"
#include "../solve/homotopy.h"
#include "line_search.h"

#define MAX_ROUNDS 3

typedef struct {
    const ncf_tensor_struct *tensor;
    const ncf_solve_options_t *options;
    const ncf_limits_t *limits;
    ncf_eigen_system_t *system;
    ncf_class_t *classes; /* one a path */
    slong *group;
    slong count;
    slong distinct;
} classes_t;

/* ---- Certifying end points ------------------------------------------------------------ */

typedef struct {
    classes_t *classes;
    const ncf_endpoints_t *endpoints;
    const slong *which; /* NULL: all */
} certify_job_t;

static void certify_one(void *context, slong k, int worker)
{
    (void) worker;
    certify_job_t *job = context;
    const ncf_endpoints_t *ends = job->endpoints;
    if (ends->status[k] != NCF_PATH_FINISHED)
        return;
    ncf_class_t *slot = &job->classes->classes[job->which == NULL ? k : job->which[k]];
    ncf_class_t fresh = {0};
    ncf_verdict_t verdict =
        ncf__eigen_certify(&fresh, job->classes->system, ends->z + 2 * ends->dimension * k,
                           ends->mu + 2 * k, job->classes->options->max_precision);
    if (ncf_is_proved(verdict)) {
        ncf__class_clear(slot);
        *slot = fresh;
    } else {
        ncf__class_clear(&fresh);
    }
}

static void certify_endpoints(classes_t *classes, const ncf_endpoints_t *endpoints,
                              const slong *which)
{
    certify_job_t job = {classes, endpoints, which};
    ncf__parallel_for(endpoints->paths, classes->options->threads, certify_one, &job,
                      classes->limits, "certifying");
    classes->distinct =
        ncf__eigen_distinct(classes->group, classes->classes, classes->count, classes->system);
}

/* ---- Proposals --------------------------------------------------------------------------- */

static ncf_homotopy_tensor_t approximate_tensor(const classes_t *classes)
{
    ncf_homotopy_tensor_t t = {classes->tensor->order, classes->tensor->dimension,
                               classes->tensor->points, NULL, NULL};
    ncf__eigen_system_approx(classes->system, &t.points, &t.weights);
    return t;
}

static void track(classes_t *classes, const slong *which, slong count, double tightness)
{
    ncf_homotopy_tensor_t tensor = approximate_tensor(classes);
    ncf_homotopy_options_t options = {classes->options->seed, classes->options->threads, tightness,
                                      classes->limits};
    ncf_endpoints_t endpoints;
    ncf__homotopy_track(&endpoints, &tensor, which, count, &options);
    certify_endpoints(classes, &endpoints, which);
    ncf__endpoints_clear(&endpoints);
}

/* Paths without a class of their own: not proved, or in one group with another path. */
static slong missing_paths(slong *which, const classes_t *classes)
{
    unsigned char *shared = ncf__calloc((size_t) classes->count, 1);
    slong count = 0;
    for (slong k = 0; k < classes->count; k++) {
        if (classes->group[k] >= 0 && classes->group[k] != k)
            shared[k] = shared[classes->group[k]] = 1;
    }
    for (slong k = 0; k < classes->count; k++) {
        if (classes->group[k] < 0 || shared[k])
            which[count++] = k;
    }
    ncf__free(shared);
    return count;
}

static void track_all(ncf_line_search_t *search, classes_t *classes)
{
    slong *which = ncf__malloc((size_t) classes->count, sizeof(*which));
    double tightness = 1;
    track(classes, NULL, classes->count, tightness);
    search->effort.paths_first_failed = classes->count - classes->distinct;
    while (classes->distinct < classes->count && search->effort.rounds < MAX_ROUNDS &&
           ncf__limit_reached(classes->limits) == NCF_LIMIT_NONE) {
        slong before = classes->distinct, missing = missing_paths(which, classes);
        tightness *= 30;
        search->effort.rounds++;
        track(classes, which, missing, tightness);
        /* Nothing gained twice: the missing classes are singular, not lost. */
        if (classes->distinct == before && search->effort.rounds > 1)
            break;
    }
    ncf__free(which);
}

/* Real proposals only, for tensors with too many classes. */
static void search_real(ncf_line_search_t *search, classes_t *classes)
{
    ncf_homotopy_tensor_t tensor = approximate_tensor(classes);
    ncf_homotopy_options_t options = {classes->options->seed, classes->options->threads, 1,
                                      classes->limits};
    ncf_endpoints_t endpoints;
    search->effort.used_search = 1;
    ncf__real_search(&endpoints, &tensor, 200 * tensor.dimension, &options);
    classes->count = endpoints.paths;
    classes->classes = ncf__calloc((size_t) classes->count, sizeof(*classes->classes));
    classes->group = ncf__calloc((size_t) classes->count, sizeof(*classes->group));
    certify_endpoints(classes, &endpoints, NULL);
    ncf__endpoints_clear(&endpoints);
}

/* ---- From classes to lines ------------------------------------------------------------------ */

typedef struct {
    classes_t *classes;
    slong *which;
    arb_ptr *e;
    arb_ptr mu;
    int *refined;
} refine_job_t;

static void refine_one(void *context, slong k, int worker)
{
    (void) worker;
    refine_job_t *job = context;
    classes_t *classes = job->classes;
    job->e[k] = _arb_vec_init(classes->tensor->dimension);
    job->refined[k] = ncf_is_proved(ncf__eigen_refine_real(
        job->e[k], job->mu + k, &classes->classes[job->which[k]], classes->system,
        classes->options->precision + 30, classes->options->max_precision));
}

static void add_lines(ncf_line_search_t *search, refine_job_t *job, slong count)
{
    const ncf_tensor_struct *tensor = job->classes->tensor;
    slong prec = job->classes->options->precision + 30, lost = 0;
    arb_mat_t points;
    arb_mat_init(points, tensor->points, tensor->dimension);
    ncf__tensor_isometric(points, tensor, prec);
    for (slong k = 0; k < count; k++) {
        if (job->refined[k])
            ncf__add_proved_line(search, job->e[k], job->mu + k, tensor, points, prec);
        else
            lost++;
        if (job->e[k] != NULL)
            _arb_vec_clear(job->e[k], tensor->dimension);
    }
    if (lost > 0) {
        search->unresolved += lost;
        ncf__line_search_note(search, ncf__format("%ld real lines were certified but not refined "
                                                  "before the limit", (long) lost));
    }
    arb_mat_clear(points);
}

/* The real classes, one of each group, as lines; the tallies of the others. */
static void collect_lines(ncf_line_search_t *search, classes_t *classes)
{
    ncf_effort_t *effort = &search->effort;
    slong *which = ncf__malloc((size_t) classes->count, sizeof(*which)), count = 0;
    for (slong k = 0; k < classes->count; k++) {
        if (classes->group[k] != k)
            continue;
        int real = classes->classes[k].real;
        effort->classes_real += real == 1;
        effort->classes_nonreal += real == -1;
        effort->classes_unknown += real == 0;
        if (real == 1)
            which[count++] = k;
    }
    effort->classes_proved = classes->distinct;
    refine_job_t job = {classes, which, ncf__calloc((size_t) count, sizeof(arb_ptr)),
                        _arb_vec_init(count), ncf__calloc((size_t) count, sizeof(int))};
    ncf__parallel_for(count, classes->options->threads, refine_one, &job, classes->limits,
                      "refining");
    add_lines(search, &job, count);
    ncf__line_list_sort(&search->lines);
    ncf__free(job.refined);
    _arb_vec_clear(job.mu, count);
    ncf__free(job.e);
    ncf__free(which);
}

static void judge(ncf_line_search_t *search, const classes_t *classes)
{
    const ncf_effort_t *effort = &search->effort;
    if (effort->classes_unknown > 0) {
        search->unresolved += effort->classes_unknown;
        ncf__line_search_note(search,
                              ncf__format("%ld certified complex classes are neither proved real nor "
                                          "proved not real", (long) effort->classes_unknown));
    }
    char *bound = fmpz_get_str(NULL, 10, effort->class_bound);
    if (effort->used_search) {
        ncf__line_search_note(search, ncf__format("there may be %s complex classes, more than "
                                                  "--max-classes=%zu: real lines were only searched for",
                                                  bound, classes->options->max_classes));
    } else if (fmpz_cmp_si(effort->class_bound, classes->distinct) != 0) {
        ncf__line_search_note(search, ncf__format("%ld of at most %s complex classes are certified "
                                                  "distinct: the others are multiple, infinitely many "
                                                  "or were not reached",
                                                  (long) classes->distinct, bound));
    } else if (search->unresolved == 0) {
        search->lines.complete = ncf_proved();
        search->lines.euler_known = !search->euler_lost;
    }
    flint_free(bound);
}

static void classes_clear(classes_t *classes)
{
    for (slong k = 0; k < classes->count; k++)
        ncf__class_clear(&classes->classes[k]);
    ncf__free(classes->classes);
    ncf__free(classes->group);
    ncf__eigen_system_free(classes->system);
}

void ncf__count_classes(ncf_line_search_t *search, const ncf_tensor_t tensor,
                        const ncf_solve_options_t *options, const ncf_limits_t *limits)
{
    classes_t classes = {tensor, options, limits, ncf__eigen_system_new(tensor), NULL, NULL, 0, 0};
    search->lines.euler_expected = ncf__euler_sphere(tensor->dimension);
    slong most = options->max_classes > WORD_MAX ? WORD_MAX : (slong) options->max_classes;
    if (fmpz_cmp_si(search->effort.class_bound, most) > 0) {
        search_real(search, &classes);
    } else {
        search->effort.used_homotopy = 1;
        classes.count = fmpz_get_si(search->effort.class_bound);
        classes.classes = ncf__calloc((size_t) classes.count, sizeof(*classes.classes));
        classes.group = ncf__calloc((size_t) classes.count, sizeof(*classes.group));
        track_all(search, &classes);
    }
    collect_lines(search, &classes);
    judge(search, &classes);
    classes_clear(&classes);
}
