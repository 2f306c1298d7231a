/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * count_classes.c: completeness by counting (T-COUNT). The tracker proposes one end point
 * a path; certify/ decides what each of them proves. Paths whose end points are not
 * proved, or not proved different from another's, are tracked again with smaller steps.
 * Near end points that nothing proves, singular classes are looked for among the rational
 * lines; they count with their exact multiplicities (T-MULTIPLE).
 */
#include "../certify/eigen.h"
#include "../solve/homotopy.h"
#include "line_search.h"
#include "rational_classes.h"

#define MAX_ROUNDS 3
#define BLOCK_PATHS 8192   /* tracked before the first of them are certified */
#define GRACE_SECONDS 0.2  /* to save what is finished when a limit is reached */
#define MAX_PROPOSALS 100 /* end points of a round near which rational lines are sought */

typedef struct {
    const ncf_tensor_struct *tensor;
    const ncf_solve_options_t *options;
    const ncf_limits_t *limits;
    ncf_eigen_system_t *system;
    ncf_class_t *classes; /* one a path */
    slong *group;
    slong count;
    slong distinct;
    ncf_rational_list_t rational;
    slong multiple; /* multiplicities of the rational lines that are none of the classes */
    slong multiple_lines;
} classes_t;

/* ---- Certifying end points ------------------------------------------------------- */

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
                              const slong *which, const ncf_limits_t *limits)
{
    certify_job_t job = {classes, endpoints, which};
    ncf__parallel_for(endpoints->paths, classes->options->threads, certify_one, &job, limits,
                      NULL);
}

/*
 * Tells the certified classes apart. After a limit only the real ones are kept: they are
 * few, so that the lines among them can be reported at once.
 */
static void tell_apart(classes_t *classes)
{
    int partial = ncf__limit_reached(classes->limits) != NCF_LIMIT_NONE;
    for (slong k = 0; k < classes->count && partial; k++) {
        if (classes->classes[k].certified && classes->classes[k].real != 1)
            ncf__class_clear(&classes->classes[k]);
    }
    classes->distinct =
        ncf__eigen_distinct(classes->group, classes->classes, classes->count, classes->system);
}

/* ---- Rational lines -------------------------------------------------------------- */

/* Isolated, of known multiplicity, and different from every certified class. */
static int counts(const classes_t *classes, const ncf_rational_line_struct *line)
{
    return line->multiplicity > 0 &&
           ncf__rational_is_new(line, classes->classes, classes->group, classes->count,
                                classes->system, classes->tensor);
}

static void count_rational(classes_t *classes)
{
    classes->multiple = classes->multiple_lines = 0;
    for (slong i = 0; i < classes->rational.count; i++) {
        const ncf_rational_line_struct *line = &classes->rational.lines[i];
        if (counts(classes, line)) {
            classes->multiple += line->multiplicity;
            classes->multiple_lines++;
        }
    }
}

static void propose_rational(classes_t *classes, const ncf_endpoints_t *ends,
                             const slong *which)
{
    slong proposals = 0;
    fmpz_t most;
    fmpz_init_set_si(most, classes->count - classes->distinct);
    for (slong k = 0; k < ends->paths && proposals < MAX_PROPOSALS; k++) {
        if (classes->classes[which[k]].certified || ends->status[k] == NCF_PATH_UNTRACKED)
            continue;
        if (ncf__limit_reached(classes->limits) != NCF_LIMIT_NONE)
            break;
        ncf__rational_list_approach(&classes->rational, ends->z + 2 * ends->dimension * k,
                                    ends->mu + 2 * k, classes->system, classes->tensor, most);
        proposals++;
    }
    fmpz_clear(most);
}

static int all_counted(const classes_t *classes)
{
    return classes->distinct + classes->multiple == classes->count;
}

/* ---- Proposals ------------------------------------------------------------------- */

static ncf_homotopy_tensor_t approximate_tensor(const classes_t *classes)
{
    ncf_homotopy_tensor_t t = {classes->tensor->order, classes->tensor->dimension,
                               classes->tensor->points, NULL, NULL};
    ncf__eigen_system_approx(classes->system, &t.points, &t.weights);
    return t;
}

/* Progress of one block as a part of all paths of a round. */
typedef struct {
    const ncf_limits_t *limits;
    double start, total;
} block_progress_t;

static void block_progress(void *context, const char *stage, double done, double total)
{
    const block_progress_t *block = context;
    (void) total;
    ncf__progress(block->limits, stage, block->start + done, block->total);
}

/*
 * Tracks and certifies the paths numbered which[0..count-1], block by block: when a limit
 * ends the work, the blocks before it are proved, and so is what was finished of the last
 * one, in the time of grace.
 */
static void track(classes_t *classes, const slong *which, slong count, double tightness)
{
    ncf_homotopy_tensor_t tensor = approximate_tensor(classes);
    block_progress_t block = {classes->limits, 0, (double) count};
    ncf_limits_t limits = *classes->limits;
    limits.progress = block_progress;
    limits.progress_context = &block;
    ncf_homotopy_options_t options = {classes->options->seed, classes->options->threads,
                                      tightness, &limits};
    for (slong start = 0; start < count; start += BLOCK_PATHS) {
        slong size = count - start < BLOCK_PATHS ? count - start : BLOCK_PATHS;
        ncf_endpoints_t endpoints;
        block.start = (double) start;
        ncf__homotopy_track(&endpoints, &tensor, which + start, size, &options);
        ncf_limits_t grace = ncf__limits_grace(classes->limits, GRACE_SECONDS);
        certify_endpoints(classes, &endpoints, which + start, &grace);
        /* Most of what a first pass misses is not singular: retracking mends it for less. */
        if (tightness > 1)
            propose_rational(classes, &endpoints, which + start);
        ncf__endpoints_clear(&endpoints);
        if (ncf__limit_reached(classes->limits) != NCF_LIMIT_NONE)
            break;
    }
    tell_apart(classes);
    count_rational(classes);
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
    for (slong k = 0; k < classes->count; k++)
        which[k] = k;
    track(classes, which, classes->count, tightness);
    search->effort.paths_first_failed = classes->count - classes->distinct;
    while (!all_counted(classes) && search->effort.rounds < MAX_ROUNDS &&
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
    ncf_limits_t grace = ncf__limits_grace(classes->limits, GRACE_SECONDS);
    certify_endpoints(classes, &endpoints, NULL, &grace);
    tell_apart(classes);
    ncf__endpoints_clear(&endpoints);
}

/* ---- From classes to lines ------------------------------------------------------- */

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

/* A class whose mu is not separated from 0: 1 when it is proved to be exactly 0. */
static int add_zero_class(ncf_line_search_t *search, const refine_job_t *job, slong k,
                          const arb_mat_t points, slong prec)
{
    const classes_t *classes = job->classes;
    if (!arb_contains_zero(job->mu + k))
        return 0;
    ncf_rational_line_t line;
    ncf__rational_line_init(line, classes->tensor->dimension);
    int zero = ncf__rational_zero_class(line, &classes->classes[job->which[k]], job->e[k],
                                        classes->system, classes->tensor);
    if (zero)
        ncf__add_rational_line(search, line, classes->tensor, points, prec);
    ncf__rational_line_clear(line);
    return zero;
}

static void add_rational_lines(ncf_line_search_t *search, const classes_t *classes,
                               const arb_mat_t points, slong prec)
{
    for (slong i = 0; i < classes->rational.count; i++) {
        if (counts(classes, &classes->rational.lines[i]))
            ncf__add_rational_line(search, &classes->rational.lines[i], classes->tensor,
                                   points, prec);
    }
}

static void add_lines(ncf_line_search_t *search, refine_job_t *job, slong count)
{
    const ncf_tensor_struct *tensor = job->classes->tensor;
    slong prec = job->classes->options->precision + 30, lost = 0;
    arb_mat_t points;
    arb_mat_init(points, tensor->points, tensor->dimension);
    ncf__tensor_isometric(points, tensor, prec);
    for (slong k = 0; k < count; k++) {
        if (!job->refined[k])
            lost++;
        else if (!add_zero_class(search, job, k, points, prec))
            ncf__add_proved_line(search, job->e[k], job->mu + k, tensor, points, prec);
        if (job->e[k] != NULL)
            _arb_vec_clear(job->e[k], tensor->dimension);
    }
    if (lost > 0) {
        search->unresolved += lost;
        ncf__line_search_note(search,
                              ncf__format("%ld real lines were certified but not refined "
                                          "before the limit",
                                          (long) lost));
    }
    add_rational_lines(search, job->classes, points, prec);
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
    effort->classes_proved = classes->distinct + classes->multiple_lines;
    effort->classes_real += classes->multiple_lines;
    refine_job_t job = {classes, which, ncf__calloc((size_t) count, sizeof(arb_ptr)),
                        _arb_vec_init(count), ncf__calloc((size_t) count, sizeof(int))};
    ncf_limits_t grace = ncf__limits_grace(classes->limits, GRACE_SECONDS);
    ncf__parallel_for(count, classes->options->threads, refine_one, &job, &grace, "refining");
    add_lines(search, &job, count);
    ncf__line_list_sort(&search->lines);
    ncf__free(job.refined);
    _arb_vec_clear(job.mu, count);
    ncf__free(job.e);
    ncf__free(which);
}

/* The argument of a count with multiplicities; the other one is the caller's. */
static void set_argument(ncf_line_search_t *search, const classes_t *classes)
{
    search->argument = ncf__format("%ld simple complex eigenpair classes are certified; %ld "
                                   "rational one%s, isolated, with exact "
                                   "multiplicities that sum to %ld; all pairwise distinct, "
                                   "they add up to %ld, as many as there can "
                                   "be (T-COUNT, T-MULTIPLE)",
                                   (long) classes->distinct, (long) classes->multiple_lines,
                                   classes->multiple_lines == 1 ? "" : "s",
                                   (long) classes->multiple, (long) classes->count);
}

static void judge(ncf_line_search_t *search, const classes_t *classes)
{
    const ncf_effort_t *effort = &search->effort;
    if (effort->classes_unknown > 0) {
        search->unresolved += effort->classes_unknown;
        ncf__line_search_note(
            search, ncf__format("%ld certified complex classes are neither proved real nor "
                                "proved not real",
                                (long) effort->classes_unknown));
    }
    char *bound = fmpz_get_str(NULL, 10, effort->class_bound);
    if (effort->used_search) {
        ncf__line_search_note(
            search, ncf__format("there may be %s complex classes, more than "
                                "--max-classes=%zu: real lines were only searched for",
                                bound, classes->options->max_classes));
    } else if (!all_counted(classes)) {
        ncf__line_search_note(
            search, ncf__format("%ld of at most %s complex classes are certified "
                                "distinct, counted with multiplicity: the others are "
                                "multiple, infinitely many or were not reached",
                                (long) (classes->distinct + classes->multiple), bound));
    } else if (search->unresolved == 0) {
        search->lines.complete = ncf_proved();
        search->lines.euler_known = !search->euler_lost;
        if (classes->multiple_lines > 0)
            set_argument(search, classes);
    }
    flint_free(bound);
}

/* One class of each group is handed over to the search. */
static void keep_classes(ncf_line_search_t *search, classes_t *classes)
{
    if (classes->distinct == 0 || classes->distinct > NCF_MAX_KEPT_CLASSES)
        return;
    search->classes = ncf__malloc((size_t) classes->count, sizeof(*search->classes));
    for (slong k = 0; k < classes->count; k++) {
        if (classes->group[k] != k || classes->classes[k].real == 0)
            continue;
        search->classes[search->class_count++] = classes->classes[k];
        classes->classes[k] = (ncf_class_t) {0};
    }
}

static void classes_clear(classes_t *classes)
{
    for (slong k = 0; k < classes->count; k++)
        ncf__class_clear(&classes->classes[k]);
    ncf__rational_list_clear(&classes->rational);
    ncf__free(classes->classes);
    ncf__free(classes->group);
    ncf__eigen_system_free(classes->system);
}

void ncf__count_classes(ncf_line_search_t *search, const ncf_tensor_t tensor,
                        const ncf_solve_options_t *options, const ncf_limits_t *limits)
{
    classes_t classes = {.tensor = tensor,
                         .options = options,
                         .limits = limits,
                         .system = ncf__eigen_system_new(tensor)};
    search->lines.euler_expected = ncf__euler_sphere(tensor->dimension);
    if (classes.system == NULL) {
        search->unresolved++;
        ncf__line_search_note(search, ncf__strdup("the data tensor was not told from zero"));
        return;
    }
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
    keep_classes(search, &classes);
    classes_clear(&classes);
}
