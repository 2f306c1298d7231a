/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* levels.c: at which values the loss stays for a while, and that of the critical point w = 0. */
#include "curves.h"

#include <math.h>
#include <string.h>

#define FLAT 0.003     /* of the range of the loss */
#define DIFFERENT 0.03 /* likewise: from the next level, and from the end */
#define LASTING (1.0 / 30) /* of the whole time */

static double range_of(const double *values, slong first, slong last)
{
    double low = HUGE_VAL, high = -HUGE_VAL;
    for (slong k = first; k <= last; k++) {
        low = fmin(low, values[k]);
        high = fmax(high, values[k]);
    }
    return high - low;
}

/* The last row to which the loss stays within `room`, from row `first` on. */
static slong flat_until(const ncf_curve_t *curve, slong first, double room)
{
    double low = curve->loss[first], high = low;
    slong last = first;
    while (last + 1 < curve->count) {
        low = fmin(low, curve->loss[last + 1]);
        high = fmax(high, curve->loss[last + 1]);
        if (!(high - low <= room))
            break;
        last++;
    }
    return last;
}

int ncf__curve_plateaus(double *levels, int room, const ncf_curve_t *curve)
{
    int count = 0;
    double whole = range_of(curve->loss, 0, curve->count - 1);
    double time = curve->time[curve->count - 1] - curve->time[0];
    if (!curve->has_times || !(whole > 0) || !(time > 0))
        return 0;
    for (slong k = 0; k < curve->count && count < room;) {
        slong last = flat_until(curve, k, FLAT * whole);
        double level = curve->loss[(k + last) / 2];
        int lasting = curve->time[last] - curve->time[k] >= LASTING * time;
        int left = level - curve->loss[curve->count - 1] > DIFFERENT * whole;
        int another = count == 0 || fabs(level - levels[count - 1]) > DIFFERENT * whole;
        if (lasting && left && another)
            levels[count++] = level;
        k = lasting ? last + 1 : k + 1;
    }
    return count;
}

/* The loss at H = 0, as far as doubles go. */
static double loss_at_zero(const struct ncf_problem *problem)
{
    double sum = 0;
    for (slong i = 0; i < problem->points; i++) {
        double y = fmpq_get_d(fmpq_mat_entry(problem->y, i, 0));
        sum += problem->loss == NCF_LOSS_SQUARE     ? 0.5 * y * y
               : problem->loss == NCF_LOSS_LOGISTIC ? log(2)
                                                    : 1;
    }
    return sum;
}

double ncf__curve_origin(const ncf_curve_t *curve, const ncf_drawing_t *drawing)
{
    const json_t *described = json_object_get(drawing->saved[0]->root, "problem");
    const char *name = json_string_value(json_object_get(described, "name"));
    const char *digest = json_string_value(json_object_get(described, "sha256"));
    const struct ncf_problem *given = drawing->options->problem;
    struct ncf_problem *read = NULL;
    double level = NAN;
    if (curve->homogeneity < 2 || digest == NULL)
        return NAN;
    if (given == NULL && (name == NULL || ncf_problem_read(&read, name, NULL) != NCF_OK))
        return NAN;
    const struct ncf_problem *problem = given != NULL ? given : read;
    if (strcmp(problem->sha256, digest) == 0)
        level = loss_at_zero(problem);
    ncf_problem_free(read);
    return level;
}
