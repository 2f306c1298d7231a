/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* training.c: loss and norm of the weights against time, with the certified growth. */
#include "curves.h"

#include <math.h>
#include <string.h>

#define GROWTH_POINTS 200
#define MAX_LEVELS 4
#define BAND "#dff0ea" /* a light tint of the green of what is proved */

/* Levels of the loss of a single curve. */
typedef struct {
    double origin; /* of the critical point w = 0, NAN: not known */
    double plateaus[MAX_LEVELS];
    int count;
} levels_t;

static levels_t levels_of(const ncf_curves_t *curves, const ncf_drawing_t *drawing)
{
    levels_t levels = {.origin = NAN, .count = 0};
    if (curves->count != 1)
        return levels;
    double found[MAX_LEVELS];
    int count = ncf__curve_plateaus(found, MAX_LEVELS, &curves->curves[0]);
    levels.origin = ncf__curve_origin(&curves->curves[0], drawing);
    for (int k = 0; k < count; k++) {
        /* The stay near w = 0 has its line already. */
        if (!(fabs(found[k] - levels.origin) <= 0.02 * levels.origin))
            levels.plateaus[levels.count++] = found[k];
    }
    return levels;
}

static void put_level(ncf_script_t *script, double level, int dashes, const char *colour)
{
    fprintf(script->out,
            "set arrow from graph 0,first %.12g to graph 1,first %.12g nohead back lw 1.4 dt %d "
            "lc rgb '%s'\n",
            level, level, dashes, colour);
}

/* The line of a level, with its value at the right edge, above it. */
static void put_levels(ncf_script_t *script, const levels_t *levels, int logarithmic)
{
    if (isfinite(levels->origin) && (levels->origin > 0 || !logarithmic))
        put_level(script, levels->origin, 1, NCF_GREEN);
    for (int k = 0; k < levels->count; k++) {
        char *number = ncf__text_number(levels->plateaus[k], 4);
        put_level(script, levels->plateaus[k], 2, NCF_GREY);
        fputs("set label ", script->out);
        ncf__script_quote(script->out, number);
        fprintf(script->out,
                " at graph 1,first %.12g right offset -0.3,0.55 font 'Arial,10' textcolor rgb "
                "'%s'\n",
                levels->plateaus[k], NCF_GREY);
        ncf__free(number);
    }
}

/* time, loss, norm: one block for each curve. */
static void put_curves(ncf_script_t *script, const ncf_curves_t *curves, int *blocks)
{
    for (size_t i = 0; i < curves->count; i++) {
        const ncf_curve_t *curve = &curves->curves[i];
        blocks[i] = ncf__script_data(script);
        for (slong k = 0; k < curve->count; k++)
            fprintf(script->out, "%.10g %.10g %.10g\n", curve->time[k], curve->loss[k],
                    curve->norm[k]);
        ncf__script_data_end(script);
    }
}

/*
 * |w| of the flow of N along a KKT point, through the last moment at which it was measured:
 * d|w|/dt = lambda |w|^(L-1), so |w|^(2-L) decreases at the rate (L-2) lambda.
 */
static double growth(const ncf_curve_t *curve, double time)
{
    slong last = curve->growth_end >= 0 ? curve->growth_end : curve->early - 1;
    double passed = time - curve->time[last], norm = curve->norm[last];
    double power = (double) (curve->homogeneity - 2);
    if (curve->homogeneity == 2)
        return norm * exp(curve->lambda.mid * passed);
    double left = pow(norm, -power) - power * curve->lambda.mid * passed;
    return left > 0 ? pow(left, -1 / power) : HUGE_VAL;
}

static int put_growth(ncf_script_t *script, const ncf_curve_t *curve, double largest)
{
    double first = curve->time[curve->entry], end = curve->time[curve->count - 1];
    int block = ncf__script_data(script);
    for (int k = 0; k <= GROWTH_POINTS; k++) {
        double time = first + (end - first) * k / GROWTH_POINTS, norm = growth(curve, time);
        if (norm > largest)
            break;
        fprintf(script->out, "%.10g %.10g\n", time, norm);
    }
    fputs("NaN NaN\n", script->out);
    ncf__script_data_end(script);
    return block;
}

/* The rows in the cap during the early phase, as a band behind the curves. */
static void put_band(ncf_script_t *script, const ncf_curves_t *curves)
{
    const ncf_curve_t *curve = &curves->curves[0];
    if (curves->count > 1 || !ncf__curve_is_matched(curve))
        return;
    fprintf(script->out,
            "set object rectangle from %.10g,graph 0 to %.10g,graph 1 behind fc rgb '%s' fs solid "
            "noborder\n",
            curve->time[curve->entry], curve->time[curve->early - 1], BAND);
}

static void plot_loss(ncf_script_t *script, const ncf_curves_t *curves, const int *blocks,
                      const levels_t *levels, double bottom)
{
    double range[2] = {HUGE_VAL, -HUGE_VAL};
    for (size_t i = 0; i < curves->count; i++) {
        for (slong k = 0; k < curves->curves[i].count; k++)
            ncf__widen(range, curves->curves[i].loss[k], 0);
    }
    ncf__widen(range, levels->origin, 0);
    int logarithmic = range[0] > 0 && range[1] > 1e3 * range[0];
    ncf__script_panel(script, 84, script->width - 24, script->top + 12, bottom);
    ncf__curves_axis(script, curves, 0);
    ncf__script_axis(script, 'y', logarithmic ? range[0] : fmin(range[0], 0), range[1],
                     logarithmic, "loss");
    if (!logarithmic && range[0] >= 0)
        fputs("set yrange [0:*]\n", script->out);
    put_band(script, curves);
    put_levels(script, levels, logarithmic);
    fputs("plot ", script->out);
    for (size_t i = 0; i < curves->count; i++)
        fprintf(script->out, "%s$d%d using 1:2 with lines lw 2 lc rgb '%s' notitle",
                i > 0 ? ", \\\n " : "", blocks[i], ncf__curve_colour(i));
    fputs("\n", script->out);
}

static void plot_norm(ncf_script_t *script, const ncf_curves_t *curves, const int *blocks,
                      double top)
{
    double range[2] = {HUGE_VAL, -HUGE_VAL};
    int growths[NCF_MAX_CURVES];
    for (size_t i = 0; i < curves->count; i++) {
        for (slong k = 0; k < curves->curves[i].count; k++)
            ncf__widen(range, curves->curves[i].norm[k], 1);
    }
    if (range[0] > range[1])
        range[0] = range[1] = 1;
    for (size_t i = 0; i < curves->count; i++) {
        const ncf_curve_t *curve = &curves->curves[i];
        growths[i] = ncf__curve_grows(curve) ? put_growth(script, curve, 1.5 * range[1]) : 0;
        if (growths[i] > 0)
            ncf__widen(range, growth(curve, curve->time[curve->entry]), 1);
    }
    ncf__script_panel(script, 84, script->width - 24, top, script->base - 46);
    ncf__curves_axis(script, curves, 1);
    ncf__script_axis(script, 'y', range[0], 1.3 * range[1], 1,
                     curves->rescaled ? "norm |w| / delta" : "norm |w|");
    put_band(script, curves);
    fputs("plot ", script->out);
    for (size_t i = 0; i < curves->count; i++) {
        fprintf(script->out, "%s$d%d using 1:3 with lines lw 2 lc rgb '%s' notitle",
                i > 0 ? ", \\\n " : "", blocks[i], ncf__curve_colour(i));
        if (growths[i] > 0)
            fprintf(script->out, ", \\\n $d%d using 1:2 with lines lw 1.8 dt 2 lc rgb '%s' notitle",
                    growths[i], NCF_VERMILLION);
    }
    fputs("\n", script->out);
}

/* ---- Captions -------------------------------------------------------------------- */

/* "training turns to the KKT point ...", or the verdict with its reason. Allocated. */
static char *proved_text(const ncf_curves_t *curves)
{
    const ncf_curve_t *curve = &curves->curves[0];
    if (curves->count > 1)
        return NULL;
    if (!ncf__curve_is_matched(curve))
        return ncf__format("Not matched: %s.",
                           curve->reason != NULL ? curve->reason : "the reason is not given");
    char *lambda = ncf__text_enclosed(curve->lambda.mid, curve->lambda.rad, 6);
    char *text = ncf__format("Proved: a KKT point with λ = %s, and that the flow of the neural "
                             "correlation function converges in direction to it from each moment "
                             "in the band.",
                             lambda);
    ncf__free(lambda);
    return text;
}

static int make_legend(ncf_legend_t *legend, const ncf_curves_t *curves,
                       const levels_t *levels, char **growth_entry)
{
    int count = 0, any = 0;
    for (size_t i = 0; i < curves->count; i++) {
        legend[count++] = (ncf_legend_t) {
            NCF_MARK_LINE, ncf__curve_colour(i), 0,
            curves->count == 1 ? "measured" : curves->curves[i].name};
        any = any || ncf__curve_grows(&curves->curves[i]);
    }
    *growth_entry = NULL;
    if (any) {
        char *power = ncf__text_superscript(curves->curves[0].homogeneity - 1);
        *growth_entry = curves->curves[0].homogeneity == 2
                            ? ncf__strdup("growth with the certified λ: d|w|/dt = λ|w|")
                            : ncf__format("growth with the certified λ: d|w|/dt = λ|w|%s", power);
        ncf__free(power);
        legend[count++] =
            (ncf_legend_t) {NCF_MARK_DASHES, NCF_VERMILLION, 0, *growth_entry};
    }
    if (curves->count == 1 && ncf__curve_is_matched(&curves->curves[0]))
        legend[count++] =
            (ncf_legend_t) {NCF_MARK_AREA, BAND, 0, "early phase, in the certified cap"};
    if (isfinite(levels->origin))
        legend[count++] = (ncf_legend_t) {NCF_MARK_LINE, NCF_GREEN, 0,
                                          "loss of the critical point w = 0 (exact)"};
    if (levels->count > 0)
        legend[count++] = (ncf_legend_t) {NCF_MARK_DASHES, NCF_GREY, 0,
                                          "loss of a plateau that training leaves (measured)"};
    return count;
}

static void draw(FILE *out, const ncf_drawing_t *drawing, const ncf_curves_t *curves)
{
    ncf_script_t script;
    ncf_legend_t legend[NCF_MAX_CURVES + 4];
    levels_t levels = levels_of(curves, drawing);
    int blocks[NCF_MAX_CURVES];
    char *growth_entry, *proved = proved_text(curves);
    int count = make_legend(legend, curves, &levels, &growth_entry);
    ncf_caption_t caption = {
        drawing->options->title != NULL ? drawing->options->title
                                        : "Training from small weights: loss and norm",
        proved, "Measured: loss and norm, and that training follows this flow while |w| is small.",
        curves->provenance};
    ncf__script_begin(&script, out, drawing->options->format, 820, 560);
    put_curves(&script, curves, blocks);
    ncf__script_open(&script, &caption, legend, count);
    double middle = 0.47 * (script.top + 12) + 0.53 * (script.base - 46);
    plot_loss(&script, curves, blocks, &levels, middle - 26);
    plot_norm(&script, curves, blocks, middle);
    ncf__script_close(&script);
    ncf__free(growth_entry);
    ncf__free(proved);
}

ncf_status_t ncf__draw_training(FILE *out, const ncf_drawing_t *drawing, ncf_error_t *err)
{
    ncf_curves_t curves;
    ncf_status_t status = ncf__curves_init(&curves, drawing, err);
    if (status == NCF_OK)
        draw(out, drawing, &curves);
    ncf__curves_clear(&curves);
    return status;
}
