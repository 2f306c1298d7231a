/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* script.c: canvas, caption, legend and axes of every picture. */
#include "script.h"

#include "text.h"

#include <math.h>
#include <string.h>

#define EDGE 16.0       /* empty space around everything */
#define TITLE_SIZE 15.0
#define TEXT_SIZE 11.5
#define LEGEND_SIZE 12.0
#define SMALL_SIZE 9.5
#define MAX_LINES 6 /* of one text of the caption */

const char *const ncf__series_colours[NCF_SERIES_COUNT] = {
    NCF_VERMILLION, NCF_BLUE, NCF_GREEN, NCF_ORANGE, NCF_PURPLE, NCF_SKY, NCF_BLACK};
const int ncf__series_points[NCF_SERIES_COUNT] = {7, 5, 9, 11, 13, 15, 7};

void ncf__script_quote(FILE *out, const char *text)
{
    char *clean = ncf__text_clean(text);
    fputc('\'', out);
    for (const char *c = clean; *c != '\0'; c++) {
        if (*c == '\'')
            fputc('\'', out);
        fputc(*c, out);
    }
    fputc('\'', out);
    ncf__free(clean);
}

void ncf__script_begin(ncf_script_t *script, FILE *out, ncf_picture_format_t format,
                       double width, double height)
{
    *script = (ncf_script_t) {out, width, height, EDGE, height - EDGE, 0};
    switch (format) {
    case NCF_PICTURE_PNG:
        fprintf(out,
                "set terminal pngcairo noenhanced size %.0f,%.0f font 'Arial,12' fontscale 1.5 "
                "linewidth 2 pointscale 2 background '#ffffff'\n",
                2 * width, 2 * height);
        break;
    case NCF_PICTURE_PDF:
        fprintf(out,
                "set terminal pdfcairo noenhanced size %.3fin,%.3fin font 'Arial,12' "
                "fontscale 0.6 linewidth 1.3 pointscale 0.5 background '#ffffff'\n",
                width / 96, height / 96);
        break;
    case NCF_PICTURE_SVG:
        fprintf(out,
                "set terminal svg noenhanced size %.0f,%.0f font 'Arial,12' name 'ncf' "
                "background '#ffffff'\n",
                width, height);
        break;
    }
    fputs("set encoding utf8\n"
          "set border 3 lw 0.8 lc rgb '" NCF_INK "'\n"
          "set tics nomirror out scale 0.6 textcolor rgb '" NCF_INK "'\n"
          "set grid back lt 1 lw 0.5 lc rgb '#e4e4e4'\n"
          "unset key\n",
          out);
}

void ncf__script_label(ncf_script_t *script, double x, double y, const char *align,
                       const char *font, const char *colour, const char *text)
{
    fputs("set label ", script->out);
    ncf__script_quote(script->out, text);
    fprintf(script->out, " at screen %.6f,%.6f %s front font '%s' textcolor rgb '%s'\n",
            x / script->width, 1 - y / script->height, align, font, colour);
}

/* A paragraph below script->top, wrapped; moves script->top to its end. */
static void put_paragraph(ncf_script_t *script, const char *text, double size, int bold,
                          const char *colour)
{
    char font[40];
    char *lines[MAX_LINES];
    int count = ncf__text_wrap(lines, MAX_LINES, text, size * (bold ? 1.06 : 1.0),
                               script->width - 2 * EDGE);
    snprintf(font, sizeof(font), "%s,%.1f", bold ? "Arial Bold" : "Arial", size);
    for (int k = 0; k < count; k++) {
        ncf__script_label(script, EDGE, script->top + 0.5 * size, "left", font, colour, lines[k]);
        script->top += 1.32 * size;
        ncf__free(lines[k]);
    }
}

/* The sample of an entry whose middle line is at y. */
static void put_sample(ncf_script_t *script, const ncf_legend_t *entry, double x, double y)
{
    double w = script->width, h = script->height;
    switch (entry->mark) {
    case NCF_MARK_LINE:
    case NCF_MARK_DASHES:
        fprintf(script->out,
                "set arrow from screen %.6f,%.6f to screen %.6f,%.6f nohead front lw 2 dt %d "
                "lc rgb '%s'\n",
                x / w, 1 - y / h, (x + 22) / w, 1 - y / h, entry->mark == NCF_MARK_LINE ? 1 : 2,
                entry->colour);
        break;
    case NCF_MARK_POINT:
        fprintf(script->out,
                "set label '' at screen %.6f,%.6f front point pt %d ps 1 lc rgb '%s'\n",
                (x + 11) / w, 1 - y / h, entry->point, entry->colour);
        break;
    case NCF_MARK_AREA:
        fprintf(script->out,
                "set object rectangle from screen %.6f,%.6f to screen %.6f,%.6f front "
                "fc rgb '%s' fs solid noborder\n",
                x / w, 1 - (y + 5) / h, (x + 22) / w, 1 - (y - 5) / h, entry->colour);
        break;
    }
}

/* Entries side by side, in as many rows as they need. */
static void put_legend(ncf_script_t *script, const ncf_legend_t *legend, int count)
{
    double x = EDGE, y = script->top + 10;
    for (int k = 0; k < count; k++) {
        double width = 28 + ncf__text_width(legend[k].text, LEGEND_SIZE) + 22;
        if (x > EDGE && x + width - 22 > script->width - EDGE) {
            x = EDGE;
            y += 1.5 * LEGEND_SIZE;
        }
        put_sample(script, &legend[k], x, y);
        ncf__script_label(script, x + 28, y, "left", "Arial,12", NCF_INK, legend[k].text);
        x += width;
    }
    if (count > 0)
        script->top = y + LEGEND_SIZE;
}

void ncf__script_open(ncf_script_t *script, const ncf_caption_t *caption,
                      const ncf_legend_t *legend, int count)
{
    char *provenance = ncf__text_short(
        caption->provenance, (size_t) (2.0 * (script->width - 2 * EDGE) / SMALL_SIZE));
    fputs("set multiplot\n"
          "set lmargin at screen 0\nset rmargin at screen 1\n"
          "set tmargin at screen 1\nset bmargin at screen 0\n",
          script->out);
    put_paragraph(script, caption->title, TITLE_SIZE, 1, NCF_INK);
    script->top += 3;
    if (caption->proved != NULL)
        put_paragraph(script, caption->proved, TEXT_SIZE, 0, NCF_INK);
    if (caption->measured != NULL)
        put_paragraph(script, caption->measured, TEXT_SIZE, 0, NCF_GREY);
    script->top += 6;
    put_legend(script, legend, count);
    ncf__script_label(script, EDGE, script->height - EDGE + 3, "left", "Arial,9.5", NCF_GREY,
                      provenance);
    script->base = script->height - EDGE - SMALL_SIZE - 4;
    fputs("unset border\nunset tics\nunset grid\n"
          "plot [0:1][0:1] NaN notitle\n"
          "unset label\nunset arrow\nunset object\n",
          script->out);
    ncf__free(provenance);
}

void ncf__script_close(ncf_script_t *script)
{
    fputs("unset multiplot\n", script->out);
}

void ncf__script_panel(ncf_script_t *script, double left, double right, double top,
                       double bottom)
{
    fprintf(script->out,
            "set lmargin at screen %.6f\nset rmargin at screen %.6f\n"
            "set tmargin at screen %.6f\nset bmargin at screen %.6f\n",
            left / script->width, right / script->width, 1 - top / script->height,
            1 - bottom / script->height);
    fputs("set border 3\nset tics nomirror out scale 0.6\nset xtics auto nomirror out scale 0.6\nset ytics auto nomirror out scale 0.6\nset grid back\n"
          "set autoscale\nset size noratio\n"
          "unset logscale\nset format '%g'\nset xlabel '' offset 0,0\nset ylabel ''\n"
          "unset label\nunset arrow\nunset object\nunset colorbox\n",
          script->out);
}

/* Powers of ten, as many as there is room for; gnuplot's own tics below two decades. */
static void put_powers(ncf_script_t *script, char axis, double low, double high)
{
    long first = (long) ceil(log10(low) - 1e-9), last = (long) floor(log10(high) + 1e-9);
    long step = 1 + (last - first) / 7;
    if (last - first < 1)
        return;
    fprintf(script->out, "set %ctics (", axis);
    for (long e = first; e <= last; e++) {
        char *power = ncf__text_superscript(e);
        if ((e - first) % step == 0)
            fprintf(script->out, "%s'10%s' 1e%ld", e > first ? ", " : "", power, e);
        ncf__free(power);
    }
    fputs(") nomirror\n", script->out);
}

void ncf__script_axis(ncf_script_t *script, char axis, double low, double high,
                      int logarithmic, const char *label)
{
    if (logarithmic) {
        double room = fmax(pow(high / low, 0.04), 1.05);
        low /= room;
        high *= room;
        fprintf(script->out, "set logscale %c\n", axis);
        put_powers(script, axis, low, high);
    } else {
        double room = high > low ? 0.04 * (high - low) : high != 0 ? 0.1 * fabs(high) : 1;
        low -= room;
        high += room;
    }
    fprintf(script->out, "set %crange [%.17g:%.17g]\nset %clabel ", axis, low, high, axis);
    ncf__script_quote(script->out, label);
    fprintf(script->out, " offset 0,%g textcolor rgb '%s'\n", axis == 'x' ? 0.4 : 0.0, NCF_INK);
}

int ncf__script_data(ncf_script_t *script)
{
    script->blocks++;
    fprintf(script->out, "$d%d << END\n", script->blocks);
    return script->blocks;
}

void ncf__script_data_end(ncf_script_t *script)
{
    fputs("END\n", script->out);
}
