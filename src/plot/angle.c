/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* angle.c: the angle to the matched point against time, with its certified cap. */
#include "curves.h"

#include <math.h>
#include <string.h>

#define CAP_TINT "#dff0ea"
#define THRESHOLD 0.1 /* of the deviation, where the early phase ends */

/* time, angle; one block for rows before, in, and after: the rows first to last - 1. */
static int put_rows(ncf_script_t *script, const ncf_curve_t *curve, slong first, slong last)
{
    int block = ncf__script_data(script);
    for (slong k = first < 0 ? 0 : first; k < last; k++)
        fprintf(script->out, "%.10g %.10g %.10g\n", curve->time[k], curve->angle[k],
                curve->deviation[k] > 0 ? curve->deviation[k] : NAN);
    fputs("NaN NaN NaN\n", script->out);
    ncf__script_data_end(script);
    return block;
}

/* Angles that are enclosed: at the entry into the cap and at the end of the early phase. */
static int put_enclosed(ncf_script_t *script, const ncf_curve_t *curve)
{
    const double degrees = 180 / M_PI;
    int block = ncf__script_data(script);
    if (ncf__curve_is_matched(curve)) {
        fprintf(script->out, "%.10g %.10g %.3g\n", curve->time[curve->entry],
                curve->entry_angle.mid * degrees, curve->entry_angle.rad * degrees);
        fprintf(script->out, "%.10g %.10g %.3g\n", curve->time[curve->early - 1],
                curve->last_angle.mid * degrees, curve->last_angle.rad * degrees);
    }
    fputs("NaN NaN NaN\n", script->out);
    ncf__script_data_end(script);
    return block;
}

typedef struct {
    int early, later, enclosed;
} blocks_t;

static void put_end_of_early(ncf_script_t *script, const ncf_curves_t *curves)
{
    const ncf_curve_t *curve = &curves->curves[0];
    if (curves->count == 1 && curve->early > 0 && curve->early < curve->count)
        fprintf(script->out,
                "set arrow from %.10g,graph 0 to %.10g,graph 1 nohead back lw 1 dt 3 lc rgb '%s'\n",
                curve->time[curve->early - 1], curve->time[curve->early - 1], NCF_INK);
}

static void plot_angle(ncf_script_t *script, const ncf_curves_t *curves, const blocks_t *blocks,
                       double bottom)
{
    double range[2] = {0, 0};
    const ncf_curve_t *curve = &curves->curves[0];
    for (size_t i = 0; i < curves->count; i++) {
        ncf__widen(range, curves->curves[i].cap.mid, 0);
        for (slong k = 0; k < curves->curves[i].count; k++)
            ncf__widen(range, curves->curves[i].angle[k], 0);
    }
    ncf__script_panel(script, 84, script->width - 24, script->top + 12, bottom);
    ncf__curves_axis(script, curves, 0);
    ncf__script_axis(script, 'y', 0, range[1], 0, "angle to the KKT point (degrees)");
    fputs("set yrange [0:*]\n", script->out);
    if (curves->count == 1 && !isnan(curve->cap.mid))
        fprintf(script->out,
                "set object rectangle from graph 0,first 0 to graph 1,first %.10g behind fc rgb "
                "'%s' fs solid noborder\n"
                "set arrow from graph 0,first %.10g to graph 1,first %.10g nohead back lw 1.5 dt 2 "
                "lc rgb '%s'\n",
                curve->cap.mid, CAP_TINT, curve->cap.mid, curve->cap.mid, NCF_GREEN);
    put_end_of_early(script, curves);
    fputs("plot ", script->out);
    for (size_t i = 0; i < curves->count; i++)
        fprintf(script->out,
                "%s$d%d using 1:2 with lines lw 1.5 lc rgb '#b0b0b0' notitle, \\\n"
                " $d%d using 1:2 with lines lw 2.2 lc rgb '%s' notitle, \\\n"
                " $d%d using 1:2:3 with yerrorbars pt 7 ps 0.8 lw 1.2 lc rgb '%s' notitle",
                i > 0 ? ", \\\n " : "", blocks[i].later, blocks[i].early, ncf__curve_colour(i),
                blocks[i].enclosed, curves->count == 1 ? NCF_GREEN : ncf__curve_colour(i));
    fputs("\n", script->out);
}

static void plot_deviation(ncf_script_t *script, const ncf_curves_t *curves,
                           const blocks_t *blocks, double top)
{
    double range[2] = {THRESHOLD, 1};
    for (size_t i = 0; i < curves->count; i++) {
        for (slong k = 0; k < curves->curves[i].count; k++)
            ncf__widen(range, curves->curves[i].deviation[k], 1);
    }
    ncf__script_panel(script, 84, script->width - 24, top, script->base - 46);
    ncf__curves_axis(script, curves, 1);
    ncf__script_axis(script, 'y', range[0], range[1], 1, "deviation");
    fprintf(script->out,
            "set arrow from graph 0,first %g to graph 1,first %g nohead back lw 1 dt 3 lc rgb "
            "'%s'\n",
            THRESHOLD, THRESHOLD, NCF_INK);
    put_end_of_early(script, curves);
    fputs("plot ", script->out);
    for (size_t i = 0; i < curves->count; i++)
        fprintf(script->out,
                "%s$d%d using 1:3 with lines lw 1.5 lc rgb '#b0b0b0' notitle, \\\n"
                " $d%d using 1:3 with lines lw 2 lc rgb '%s' notitle",
                i > 0 ? ", \\\n " : "", blocks[i].later, blocks[i].early, ncf__curve_colour(i));
    fputs("\n", script->out);
}

/* ---- Captions -------------------------------------------------------------------- */

static char *proved_text(const ncf_curves_t *curves)
{
    const ncf_curve_t *curve = &curves->curves[0];
    if (curves->count > 1)
        return ncf__strdup("Proved: the points drawn at the entry into the certified cap of each "
                           "KKT point and at the end of the early phase, with the angles there.");
    if (!ncf__curve_is_matched(curve))
        return ncf__format("Not matched: %s.",
                           curve->reason != NULL ? curve->reason : "the reason is not given");
    char *lambda = ncf__text_enclosed(curve->lambda.mid, curve->lambda.rad, 6);
    char *cap = ncf__text_floor(curve->cap.mid - curve->cap.rad);
    char *text = ncf__format("Proved: a KKT point with λ = %s; from every direction within %s° of "
                             "it the flow of the neural correlation function converges in "
                             "direction to it; the two angles marked.", lambda, cap);
    ncf__free(cap);
    ncf__free(lambda);
    return text;
}

static int make_legend(ncf_legend_t *legend, const ncf_curves_t *curves)
{
    int count = 0;
    const ncf_curve_t *first = &curves->curves[0];
    for (size_t i = 0; i < curves->count; i++)
        legend[count++] = (ncf_legend_t) {
            NCF_MARK_LINE, ncf__curve_colour(i), 0,
            curves->count == 1 ? "measured, early phase" : curves->curves[i].name};
    legend[count++] = (ncf_legend_t) {NCF_MARK_LINE, "#b0b0b0", 0, "after the early phase"};
    if (curves->count == 1 && ncf__curve_is_matched(first))
        legend[count++] = (ncf_legend_t) {NCF_MARK_POINT, NCF_GREEN, 7, "proved angle"};
    if (curves->count == 1 && !isnan(first->cap.mid))
        legend[count++] = (ncf_legend_t) {NCF_MARK_AREA, CAP_TINT, 0, "certified cap"};
    return count;
}

static void draw(FILE *out, const ncf_drawing_t *drawing, const ncf_curves_t *curves)
{
    ncf_script_t script;
    ncf_legend_t legend[NCF_MAX_CURVES + 3];
    blocks_t blocks[NCF_MAX_CURVES];
    char *proved = proved_text(curves);
    int count = make_legend(legend, curves);
    ncf_caption_t caption = {
        drawing->options->title != NULL ? drawing->options->title
                                        : "Direction of the weights during training",
        proved,
        "Measured: all other angles, and the deviation |grad N + grad Loss| / |grad N| of "
        "training from the flow of N, at most 0.1 in the early phase.",
        curves->provenance};
    ncf__script_begin(&script, out, drawing->options->format, 820, 560);
    for (size_t i = 0; i < curves->count; i++) {
        const ncf_curve_t *curve = &curves->curves[i];
        blocks[i].early = put_rows(&script, curve, 0, curve->early);
        blocks[i].later = put_rows(&script, curve, curve->early - 1, curve->count);
        blocks[i].enclosed = put_enclosed(&script, curve);
    }
    ncf__script_open(&script, &caption, legend, count);
    double middle = 0.36 * (script.top + 12) + 0.64 * (script.base - 46);
    plot_angle(&script, curves, blocks, middle - 26);
    plot_deviation(&script, curves, blocks, middle);
    ncf__script_close(&script);
    ncf__free(proved);
}

ncf_status_t ncf__draw_angle(FILE *out, const ncf_drawing_t *drawing, ncf_error_t *err)
{
    ncf_curves_t curves;
    ncf_status_t status = ncf__curves_init(&curves, drawing, err);
    if (status == NCF_OK)
        draw(out, drawing, &curves);
    ncf__curves_clear(&curves);
    return status;
}
