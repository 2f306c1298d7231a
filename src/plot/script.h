/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * script.h: the parts of a gnuplot script that all pictures share: canvas, title, legend,
 * axes. The canvas is measured in pixels of 1/96 inch from its upper left corner. Text goes
 * into the script only through ncf__script_quote, and gnuplot is told to take it literally.
 */
#ifndef NCF_SCRIPT_H
#define NCF_SCRIPT_H

#include "../base/base.h"

/* The palette of Okabe and Ito, which colour-blind readers can tell apart. */
#define NCF_BLACK "#000000"
#define NCF_ORANGE "#E69F00"
#define NCF_SKY "#56B4E9"
#define NCF_GREEN "#009E73"
#define NCF_BLUE "#0072B2"
#define NCF_VERMILLION "#D55E00"
#define NCF_PURPLE "#CC79A7"
#define NCF_INK "#222222"
#define NCF_GREY "#767676"

/* Curves and classes in their order: a colour and a filled point type each. */
#define NCF_SERIES_COUNT 7
extern const char *const ncf__series_colours[NCF_SERIES_COUNT];
extern const int ncf__series_points[NCF_SERIES_COUNT];

typedef struct {
    FILE *out;
    double width, height;
    double top;  /* above it stand the title and the legend */
    double base; /* below it stands the footer */
    int blocks;  /* data blocks so far */
} ncf_script_t;

/* What stands before the data and the panels. */
typedef struct {
    const char *title;      /* a line in bold */
    const char *proved;     /* what is proved, NULL: nothing */
    const char *measured;   /* what is only measured or drawn, NULL: nothing */
    const char *provenance; /* the footer */
} ncf_caption_t;

typedef enum {
    NCF_MARK_LINE,
    NCF_MARK_DASHES,
    NCF_MARK_POINT,
    NCF_MARK_AREA
} ncf_mark_t;

typedef struct {
    ncf_mark_t mark;
    const char *colour;
    int point; /* gnuplot's type */
    const char *text;
} ncf_legend_t;

/* Terminal and settings. */
void ncf__script_begin(ncf_script_t *script, FILE *out, ncf_picture_format_t format,
                       double width, double height);

/*
 * Opens the multiplot with the caption and the legend; script->top and script->base then
 * enclose the space for panels.
 */
void ncf__script_open(ncf_script_t *script, const ncf_caption_t *caption,
                      const ncf_legend_t *legend, int count);
void ncf__script_close(ncf_script_t *script);

/*
 * The text as one word of the script: in single quotes, which keep gnuplot from reading
 * anything in it; control characters become spaces, and bytes that are not UTF-8 "?".
 */
void ncf__script_quote(FILE *out, const char *text);

/* Text at a place of the canvas; align is "left", "center" or "right". */
void ncf__script_label(ncf_script_t *script, double x, double y, const char *align,
                       const char *font, const char *colour, const char *text);

/* The next plot fills this rectangle with its axes; earlier settings of axes are undone. */
void ncf__script_panel(ncf_script_t *script, double left, double right, double top,
                       double bottom);

/*
 * The range of an axis ('x' or 'y'), with a little room at both ends, and its tics; log10
 * when `logarithmic`. Equal ends are spread.
 */
void ncf__script_axis(ncf_script_t *script, char axis, double low, double high,
                      int logarithmic, const char *label);

/* Starts a data block and returns its number; rows follow on script->out; then end it. */
int ncf__script_data(ncf_script_t *script);
void ncf__script_data_end(ncf_script_t *script);

/* About the width of a text in that size, in pixels. */
double ncf__text_width(const char *text, double size);

/* The text up to `count` characters, "..." for what is left out. Allocated. */
char *ncf__text_short(const char *text, size_t count);

/* A number for people: "14.3209", "1.2 * 10^-5" with true superscripts. Allocated. */
char *ncf__text_number(double x, int digits);

/*
 * The value of an enclosure, with at most that many digits, right up to one unit in the last
 * one: fewer where the radius is large, "?" where nothing is known. Allocated.
 */
char *ncf__text_enclosed(double mid, double rad, int digits);

/* A bound from below with two decimals, rounded down. Allocated. */
char *ncf__text_floor(double x);

/* A number in raised digits, such as "⁻¹²", and in lowered ones. Allocated. */
char *ncf__text_superscript(long number);
char *ncf__text_subscript(long number);

#endif
