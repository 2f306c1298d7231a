/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * profile_sphere.c: the profile of one unit on the sphere, as an equal-area map (Lambert) of
 * the hemisphere around line 1. As g(-q) = +-g(q), and lines have two ends, it shows all.
 */
#include "profile.h"

#include <math.h>
#include <string.h>

#define GRID 181        /* points along each side of the map */
#define RIM M_SQRT2     /* radius of the map of a hemisphere */
#define HALF_SIDE 1.48  /* of the square around it */
#define LISTED 18       /* lines in the list beside the map */

/* An orthonormal frame: the line of sight, what points right, and what points up. */
typedef struct {
    double centre[3], right[3], up[3];
} frame_t;

static double dot(const double *a, const double *b)
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void scale_to_unit(double *a)
{
    double norm = sqrt(dot(a, a));
    for (int j = 0; j < 3; j++)
        a[j] /= norm;
}

/* Up is e_3, or e_2 when the centre is near e_3. */
static void find_frame(frame_t *frame, const ncf_profile_t *profile)
{
    double up[3] = {0, 0, 1};
    for (int j = 0; j < 3; j++)
        frame->centre[j] = profile->line_count > 0 ? profile->lines[0].basis[0][j].mid : up[j];
    scale_to_unit(frame->centre);
    if (fabs(frame->centre[2]) > 0.9) {
        up[1] = 1;
        up[2] = 0;
    }
    double along = dot(up, frame->centre);
    for (int j = 0; j < 3; j++)
        frame->up[j] = up[j] - along * frame->centre[j];
    scale_to_unit(frame->up);
    for (int j = 0; j < 3; j++) {
        int k = (j + 1) % 3, l = (j + 2) % 3;
        frame->right[j] = frame->up[k] * frame->centre[l] - frame->up[l] * frame->centre[k];
    }
}

/* The point of the sphere at a point of the map, |(x, y)| < 2. */
static void from_map(double *q, const frame_t *frame, double x, double y)
{
    double square = (x * x + y * y) / 4, factor = sqrt(1 - square);
    for (int j = 0; j < 3; j++)
        q[j] = (1 - 2 * square) * frame->centre[j] +
               factor * (x * frame->right[j] + y * frame->up[j]);
}

/* The end of a line that lies on the map; returns 1 when it is -q. */
static int to_map(double place[2], const frame_t *frame, const double *q)
{
    double height = dot(q, frame->centre);
    int opposite = height < 0;
    double sign = opposite ? -1 : 1, factor = sqrt(2 / (1 + fabs(height)));
    place[0] = sign * factor * dot(q, frame->right);
    place[1] = sign * factor * dot(q, frame->up);
    return opposite;
}

/* x, y, g on a grid that reaches beyond the rim; returns max |g|. */
static int put_grid(ncf_script_t *script, const ncf_profile_t *profile, const frame_t *frame,
                    double *largest)
{
    int block = ncf__script_data(script);
    *largest = 1e-300;
    for (int i = 0; i < GRID; i++) {
        for (int k = 0; k < GRID; k++) {
            double q[3], x = HALF_SIDE * (2.0 * k / (GRID - 1) - 1);
            double y = HALF_SIDE * (2.0 * i / (GRID - 1) - 1);
            if (x * x + y * y > 0.97 * HALF_SIDE * HALF_SIDE) {
                fprintf(script->out, "%.5g %.5g NaN\n", x, y);
                continue;
            }
            from_map(q, frame, x, y);
            double value = ncf__profile_value(profile, q);
            *largest = fmax(*largest, fabs(value));
            fprintf(script->out, "%.5g %.5g %.6g\n", x, y, value);
        }
        fputs("\n", script->out);
    }
    ncf__script_data_end(script);
    return block;
}

/* What hides the map beyond its rim: the square without the disc, as one closed path. */
static int put_mask(ncf_script_t *script)
{
    static const double corners[5][2] = {{1, 0}, {1, 1}, {-1, 1}, {-1, -1}, {1, -1}};
    int block = ncf__script_data(script);
    double side = 1.06 * HALF_SIDE;
    for (int k = 0; k <= 5; k++)
        fprintf(script->out, "%.6g %.6g\n", side * corners[k % 5][0], side * corners[k % 5][1]);
    for (int k = 0; k <= 180; k++)
        fprintf(script->out, "%.6g %.6g\n", RIM * cos(k * M_PI / 90), -RIM * sin(k * M_PI / 90));
    ncf__script_data_end(script);
    return block;
}

static int put_class(ncf_script_t *script, const ncf_profile_t *profile, const frame_t *frame,
                     int class)
{
    int block = ncf__script_data(script), any = 0;
    for (slong k = 0; k < profile->line_count; k++) {
        const ncf_drawn_line_t *line = &profile->lines[k];
        if (ncf__line_class(line) != class || line->dimension > 0)
            continue;
        double place[2], q[3] = {line->basis[0][0].mid, line->basis[0][1].mid,
                                 line->basis[0][2].mid};
        to_map(place, frame, q);
        fprintf(script->out, "%.8g %.8g\n", place[0], place[1]);
        any = 1;
    }
    if (!any)
        fputs("NaN NaN\n", script->out);
    ncf__script_data_end(script);
    return block;
}

/* Great circles of lines that fill a plane; jumps from rim to rim are left out. */
static int put_circles(ncf_script_t *script, const ncf_profile_t *profile, const frame_t *frame)
{
    int block = ncf__script_data(script);
    for (slong k = 0; k < profile->line_count; k++) {
        const ncf_drawn_line_t *line = &profile->lines[k];
        int before = -1;
        for (int step = 0; step <= 360 && line->dimension == 1; step++) {
            double place[2], q[3], t = step * M_PI / 360;
            for (int j = 0; j < 3; j++)
                q[j] = cos(t) * line->basis[0][j].mid + sin(t) * line->basis[1][j].mid;
            int opposite = to_map(place, frame, q);
            if (before >= 0 && opposite != before)
                fputs("\n", script->out);
            before = opposite;
            fprintf(script->out, "%.8g %.8g\n", place[0], place[1]);
        }
        fputs("\n", script->out);
    }
    fputs("NaN NaN\n", script->out);
    ncf__script_data_end(script);
    return block;
}

static void label_map(ncf_script_t *script, const ncf_profile_t *profile, const frame_t *frame)
{
    for (int j = 0; j < 3; j++) {
        double place[2], axis[3] = {j == 0, j == 1, j == 2};
        static const char *const names[] = {"₁", "₂", "₃"};
        int opposite = to_map(place, frame, axis);
        fprintf(script->out,
                "set label '%se%s' at %.6g,%.6g left front offset 0.5,0.3 point pt 2 ps 0.7 lc rgb "
                "'%s' font 'Arial,10' textcolor rgb '%s'\n",
                opposite ? "−" : "", names[j], place[0], place[1], NCF_INK, NCF_INK);
    }
    for (slong k = 0; k < profile->line_count; k++) {
        const ncf_drawn_line_t *line = &profile->lines[k];
        double place[2], q[3] = {line->basis[0][0].mid, line->basis[0][1].mid,
                                 line->basis[0][2].mid};
        to_map(place, frame, q);
        if (line->dimension == 0)
            fprintf(script->out,
                    "set label '%ld' at %.6g,%.6g left front offset 1.2,0 font 'Arial Bold,11' "
                    "textcolor rgb '%s'\n",
                    (long) k + 1, place[0], place[1], NCF_INK);
    }
}

/* "1  mu = 12.4, index 0" for each line, beside the map. */
static void list_lines(ncf_script_t *script, const ncf_profile_t *profile, double x)
{
    double y = script->top + 34;
    ncf__script_label(script, x, y, "left", "Arial Bold,12", NCF_INK, "line      value of g at q");
    for (slong k = 0; k < profile->line_count && k < LISTED; k++) {
        const ncf_drawn_line_t *line = &profile->lines[k];
        char number[24];
        int class = ncf__line_class(line);
        y += 19;
        fprintf(script->out,
                "set label '' at screen %.6f,%.6f front point pt %d ps 1 lc rgb '%s'\n",
                (x + 5) / script->width, 1 - y / script->height, ncf__class_points[class],
                ncf__class_colours[class]);
        snprintf(number, sizeof(number), "%ld", (long) k + 1);
        ncf__script_label(script, x + 18, y, "left", "Arial,12", NCF_INK, number);
        char *mu = ncf__text_enclosed(line->mu.mid, line->mu.rad, 6);
        ncf__script_label(script, x + 52, y, "left", "Arial,12", NCF_INK, mu);
        ncf__free(mu);
    }
    if (profile->line_count > LISTED) {
        char *rest = ncf__format("and %ld more", (long) (profile->line_count - LISTED));
        ncf__script_label(script, x + 18, y + 19, "left", "Arial,12", NCF_GREY, rest);
        ncf__free(rest);
    }
}

static void plot_map(ncf_script_t *script, const ncf_profile_t *profile, const frame_t *frame,
                     int grid, int mask, int circles, const int *classes, double largest)
{
    double side = script->base - 6 - (script->top + 6), left = 20;
    ncf__script_panel(script, left, left + side, script->top + 6, script->base - 6);
    fprintf(script->out,
            "unset border\nunset tics\nunset grid\nset size ratio -1\n"
            "set xrange [%.6g:%.6g]\nset yrange [%.6g:%.6g]\n"
            "set palette defined (-1 '#2166ac', -0.5 '#92c5de', 0 '#f7f7f7', 0.5 '#f4a582', "
            "1 '#b2182b')\n"
            "set cbrange [%.8g:%.8g]\n"
            "set colorbox user origin %.6f,%.6f size %.6f,%.6f\n"
            "set cbtics font 'Arial,11' scale 0.5\nset cblabel 'g(q)' textcolor rgb '%s'\n",
            -HALF_SIDE, HALF_SIDE, -HALF_SIDE, HALF_SIDE, -largest, largest,
            (left + side + 16) / script->width, 1 - (script->base - 30) / script->height,
            14 / script->width, (side - 60) / script->height, NCF_INK);
    label_map(script, profile, frame);
    list_lines(script, profile, left + side + 130);
    fprintf(script->out,
            "plot $d%d using 1:2:3 with image notitle, \\\n"
            " $contours using 1:2 with lines lw 0.7 lc rgb '#555555' notitle, \\\n"
            " $d%d using 1:2 with filledcurves closed fc rgb '#ffffff' fs solid noborder notitle, "
            "\\\n"
            " $d%d every ::6 using 1:2 with lines lw 1.2 lc rgb '%s' notitle, \\\n"
            " $d%d using 1:2 with lines lw 3 lc rgb '%s' notitle",
            grid, mask, mask, NCF_INK, circles, ncf__class_colours[NCF_CLASS_FLAT]);
    for (int c = 0; c < NCF_CLASS_COUNT; c++)
        fprintf(script->out,
                ", \\\n $d%d using 1:2 with points pt %d ps 1.5 lc rgb '#ffffff' notitle, \\\n"
                " $d%d using 1:2 with points pt %d ps 1.15 lc rgb '%s' notitle",
                classes[c], ncf__class_points[c], classes[c], ncf__class_points[c],
                ncf__class_colours[c]);
    fputs("\n", script->out);
}

void ncf__draw_sphere(FILE *out, const ncf_drawing_t *drawing, const ncf_profile_t *profile)
{
    ncf_script_t script;
    ncf_legend_t legend[NCF_CLASS_COUNT + 2];
    frame_t frame;
    double largest;
    int classes[NCF_CLASS_COUNT];
    char *title = ncf__profile_title(profile);
    int count = ncf__class_legend(legend, profile);
    legend[count++] = (ncf_legend_t) {NCF_MARK_LINE, "#555555", 0, "levels of g"};
    ncf_caption_t caption = {
        drawing->options->title != NULL ? drawing->options->title : title,
        profile->caption_proved,
        profile->order % 2 == 0
            ? "Drawn, in floating point: the colours. Equal-area map of the hemisphere around "
              "line 1; g(−q) = g(q)."
            : "Drawn, in floating point: the colours. Equal-area map of the hemisphere around "
              "line 1; g(−q) = −g(q).",
        profile->provenance};
    ncf__script_begin(&script, out, drawing->options->format, 780, 600);
    find_frame(&frame, profile);
    int grid = put_grid(&script, profile, &frame, &largest);
    int mask = put_mask(&script), circles = put_circles(&script, profile, &frame);
    for (int c = 0; c < NCF_CLASS_COUNT; c++)
        classes[c] = put_class(&script, profile, &frame, c);
    fprintf(out,
            "set contour base\nunset surface\nset cntrparam levels incremental %.8g,%.8g,%.8g\n"
            "set table $contours\nsplot $d%d using 1:2:3\nunset table\nunset contour\n",
            -largest, largest / 5, largest, grid);
    ncf__script_open(&script, &caption, legend, count);
    plot_map(&script, profile, &frame, grid, mask, circles, classes, largest);
    ncf__script_close(&script);
    ncf__free(title);
}
