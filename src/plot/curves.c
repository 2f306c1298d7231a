/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* curves.c: trajectories from documents of `ncf match`. */
#include "curves.h"

#include <math.h>
#include <string.h>

static ncf_status_t read_moment(ncf_curve_t *curve, slong k, const ncf_document_t *view,
                                const ncf_node_t *moment)
{
    int inside;
    double time;
    NCF_TRY(ncf__saved_real(&time, view, moment, "time"));
    NCF_TRY(ncf__saved_real(&curve->norm[k], view, moment, "norm"));
    NCF_TRY(ncf__saved_real(&curve->loss[k], view, moment, "loss"));
    NCF_TRY(ncf__saved_real(&curve->angle[k], view, moment, "angle"));
    NCF_TRY(ncf__saved_real(&curve->deviation[k], view, moment, "deviation"));
    NCF_TRY(ncf__saved_flag(&inside, view, moment, "in_cap"));
    curve->has_times = curve->has_times && isfinite(time);
    curve->time[k] = curve->has_times ? time : (double) k;
    curve->angle[k] *= 180 / M_PI;
    curve->in_cap[k] = inside == 1;
    return NCF_OK;
}

static ncf_status_t read_moments(ncf_curve_t *curve, const ncf_document_t *view,
                                 const ncf_node_t *root)
{
    ncf_node_t list;
    size_t count;
    NCF_TRY(ncf__saved_list(&list, &count, view, root, "moments"));
    if (count < 2)
        return ncf__node_fail(view, &list, NCF_ESPEC, "at least two moments are needed");
    double **arrays[] = {&curve->time, &curve->norm, &curve->loss, &curve->angle,
                         &curve->deviation};
    for (size_t i = 0; i < sizeof(arrays) / sizeof(arrays[0]); i++)
        *arrays[i] = ncf__calloc(count, sizeof(double));
    curve->in_cap = ncf__calloc(count, 1);
    curve->count = (slong) count;
    curve->has_times = 1;
    for (size_t k = 0; k < count; k++) {
        ncf_node_t entry = ncf__node_entry(&list, k);
        NCF_TRY(read_moment(curve, (slong) k, view, &entry));
    }
    for (size_t k = 0; k < count && !curve->has_times; k++)
        curve->time[k] = (double) k;
    return NCF_OK;
}

static ncf_status_t read_point(ncf_curve_t *curve, const ncf_document_t *view,
                               const ncf_node_t *root)
{
    ncf_node_t list;
    size_t count;
    NCF_TRY(ncf__saved_list(&list, &count, view, root, "orbits"));
    if (count == 0)
        return NCF_OK;
    ncf_node_t orbit = ncf__node_entry(&list, 0), cap;
    NCF_TRY(ncf__saved_ball(&curve->lambda, view, &orbit, "lambda"));
    if (!ncf__node_has(&orbit, "cap"))
        return NCF_OK;
    NCF_TRY(ncf__saved_object(&cap, view, &orbit, "cap"));
    NCF_TRY(ncf__saved_ball(&curve->cap, view, &cap, "angle"));
    curve->cap.mid *= 180 / M_PI;
    curve->cap.rad *= 180 / M_PI;
    return NCF_OK;
}

/* [first, last], or null. */
static ncf_status_t read_growth_rows(ncf_curve_t *curve, const ncf_document_t *view,
                                     const ncf_node_t *match)
{
    const json_t *rows = json_object_get(match->value, "growth_rows");
    const json_t *last = json_array_get(rows, 1);
    curve->growth_end = json_is_integer(last) ? (slong) json_integer_value(last) : -1;
    if (curve->growth_end < -1 || curve->growth_end >= curve->count)
        return ncf__node_fail(view, match, NCF_ESPEC, "rows that the moments do not have");
    return NCF_OK;
}

static ncf_status_t read_match(ncf_curve_t *curve, const ncf_document_t *view,
                               const ncf_node_t *root)
{
    ncf_node_t match, problem, trajectory;
    NCF_TRY(ncf__saved_object(&match, view, root, "match"));
    NCF_TRY(ncf__saved_object(&problem, view, root, "problem"));
    NCF_TRY(ncf__saved_object(&trajectory, view, root, "trajectory"));
    NCF_TRY(ncf__saved_text(&curve->name, view, &trajectory, "name"));
    NCF_TRY(ncf__saved_text(&curve->kind, view, &trajectory, "kind"));
    NCF_TRY(ncf__saved_count(&curve->homogeneity, view, &problem, "homogeneity"));
    NCF_TRY(ncf__saved_text(&curve->verdict, view, &match, "verdict"));
    NCF_TRY(ncf__saved_text(&curve->reason, view, &match, "reason"));
    NCF_TRY(ncf__saved_count(&curve->early, view, &match, "early_rows"));
    NCF_TRY(ncf__saved_count(&curve->entry, view, &match, "entry_row"));
    NCF_TRY(ncf__saved_count(&curve->exit, view, &match, "exit_row"));
    NCF_TRY(ncf__saved_ball(&curve->entry_angle, view, &match, "entry_angle"));
    NCF_TRY(ncf__saved_ball(&curve->last_angle, view, &match, "last_angle"));
    NCF_TRY(read_growth_rows(curve, view, &match));
    if (curve->early > curve->count || curve->entry >= curve->early)
        return ncf__node_fail(view, &match, NCF_ESPEC, "rows that the moments do not have");
    return NCF_OK;
}

static ncf_status_t read_curve(ncf_curve_t *curve, const struct ncf_saved *saved,
                               ncf_error_t *err)
{
    ncf_document_t view = ncf__saved_view(saved, err);
    ncf_node_t root = ncf__saved_root(saved);
    curve->lambda = curve->cap = (ncf_drawn_t) {NAN, NAN};
    NCF_TRY(read_moments(curve, &view, &root));
    NCF_TRY(read_match(curve, &view, &root));
    NCF_TRY(read_point(curve, &view, &root));
    ncf_node_t trajectory;
    int rescaled;
    NCF_TRY(ncf__saved_object(&trajectory, &view, &root, "trajectory"));
    NCF_TRY(ncf__saved_flag(&rescaled, &view, &trajectory, "rescaled"));
    curve->rescaled = rescaled == 1;
    if (curve->name == NULL)
        curve->name = saved->name;
    return NCF_OK;
}

ncf_status_t ncf__curves_init(ncf_curves_t *curves, const ncf_drawing_t *drawing,
                              ncf_error_t *err)
{
    memset(curves, 0, sizeof(*curves));
    if (drawing->count > NCF_MAX_CURVES)
        return ncf__fail(err, NCF_EARG, "at most %d documents fit in one picture",
                         NCF_MAX_CURVES);
    curves->has_times = curves->rescaled = 1;
    for (size_t k = 0; k < drawing->count; k++) {
        curves->count = k + 1;
        NCF_TRY(read_curve(&curves->curves[k], drawing->saved[k], err));
        curves->has_times = curves->has_times && curves->curves[k].has_times;
        curves->rescaled = curves->rescaled && curves->curves[k].rescaled;
    }
    return ncf__provenance_text(&curves->provenance, drawing->saved[0], err);
}

void ncf__curves_clear(ncf_curves_t *curves)
{
    for (size_t k = 0; k < curves->count; k++) {
        ncf_curve_t *curve = &curves->curves[k];
        ncf__free(curve->time);
        ncf__free(curve->norm);
        ncf__free(curve->loss);
        ncf__free(curve->angle);
        ncf__free(curve->deviation);
        ncf__free(curve->in_cap);
    }
    ncf__free(curves->provenance);
}

int ncf__curve_is_matched(const ncf_curve_t *curve)
{
    return curve->verdict != NULL && strcmp(curve->verdict, "matched") == 0 &&
           curve->entry >= 0 && !isnan(curve->lambda.mid);
}

int ncf__curve_grows(const ncf_curve_t *curve)
{
    return ncf__curve_is_matched(curve) && curve->homogeneity >= 2 && curve->lambda.mid > 0 &&
           (curve->kind == NULL || strcmp(curve->kind, "sphere") != 0);
}

const char *ncf__curve_colour(size_t k)
{
    static const char *const colours[NCF_MAX_CURVES] = {
        NCF_BLUE, NCF_ORANGE, NCF_GREEN, NCF_PURPLE, NCF_SKY, NCF_BLACK, NCF_VERMILLION};
    return colours[k % NCF_MAX_CURVES];
}

void ncf__widen(double range[2], double value, int positive)
{
    if (!isfinite(value) || (positive && value <= 0))
        return;
    range[0] = fmin(range[0], value);
    range[1] = fmax(range[1], value);
}

void ncf__curves_axis(ncf_script_t *script, const ncf_curves_t *curves, int labelled)
{
    double range[2] = {HUGE_VAL, -HUGE_VAL};
    for (size_t k = 0; k < curves->count; k++) {
        ncf__widen(range, curves->curves[k].time[0], 0);
        ncf__widen(range, curves->curves[k].time[curves->curves[k].count - 1], 0);
    }
    ncf__script_axis(script, 'x', range[0], range[1], 0,
                     !labelled             ? ""
                     : !curves->has_times ? "row of the trajectory"
                     : curves->rescaled   ? "rescaled time"
                                           : "time t of the gradient flow");
    fprintf(script->out, "set xrange [%.17g:%.17g]\n", range[0], range[1]);
    if (!labelled)
        fputs("set format x ''\n", script->out);
}
