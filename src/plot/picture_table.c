/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* picture_table.c: a quantity of a table against an axis of its grid. */
#include "saved_table.h"

#include <math.h>
#include <string.h>

#define WIDTH 820
#define HEIGHT 480
#define UNKNOWN NCF_MARKED_COUNT       /* after the kinds of marks with a value */
#define KINDS (NCF_MARKED_COUNT + 1)
#define MAX_WORDS 40 /* of an axis that has no numbers */

static const char *colour_of(slong series)
{
    return ncf__series_colours[series % NCF_SERIES_COUNT];
}

/* Filled where all cases are proved, the outline of the same shape where not. */
static int point_of(slong series, ncf_marked_t marked)
{
    int filled = ncf__series_points[series % NCF_SERIES_COUNT];
    return marked == NCF_MARKED_ALL ? filled : filled - 1;
}

typedef struct {
    double x[2], y[2];
    int log_x, log_y;
    double spread; /* between two series at one value of the axis */
} frame_t;

static void widen(double range[2], double value)
{
    range[0] = fmin(range[0], value);
    range[1] = fmax(range[1], value);
}

static frame_t frame_of(const ncf_drawn_table_t *table)
{
    frame_t frame = {{HUGE_VAL, -HUGE_VAL}, {HUGE_VAL, -HUGE_VAL}, 0, 0, 0};
    for (slong k = 0; k < table->count; k++) {
        widen(frame.x, table->marks[k].x);
        widen(frame.y, table->marks[k].low); /* fmin and fmax leave a NaN out */
        widen(frame.y, table->marks[k].high);
    }
    int share = strcmp(table->type, "share") == 0 || strcmp(table->type, "verdict") == 0;
    frame.log_x = table->is_numeric && frame.x[0] > 0 && frame.x[1] > 30 * frame.x[0];
    frame.log_y = !share && frame.y[0] > 0 && frame.y[1] > 30 * frame.y[0];
    if (!frame.log_y && frame.y[0] > 0)
        frame.y[0] = 0;
    if (share)
        frame.y[1] = 1;
    if (frame.log_x)
        frame.spread = pow(frame.x[1] / frame.x[0], 0.012);
    else
        frame.spread = 0.012 * fmax(frame.x[1] - frame.x[0], table->is_numeric ? 1e-300 : 1);
    return frame;
}

/* Series stand side by side, so that none hides another one. */
static double place_of(const frame_t *frame, const ncf_drawn_table_t *table,
                       const ncf_table_mark_t *mark)
{
    double steps = (double) mark->series - 0.5 * (double) (table->series_count - 1);
    return frame->log_x ? mark->x * pow(frame->spread, steps) : mark->x + steps * frame->spread;
}

/* x, low, high of the marks of one series and one kind; of UNKNOWN the place alone. */
static int put_marks(ncf_script_t *script, const ncf_drawn_table_t *table,
                     const frame_t *frame, slong series, int marked)
{
    int block = ncf__script_data(script);
    for (slong k = 0; k < table->count; k++) {
        const ncf_table_mark_t *mark = &table->marks[k];
        int kind = isnan(mark->low) ? UNKNOWN : (int) mark->marked;
        if (mark->series != series || kind != marked)
            continue;
        if (kind == UNKNOWN)
            fprintf(script->out, "%.12g 1 1\n", place_of(frame, table, mark));
        else
            fprintf(script->out, "%.12g %.12g %.12g\n", place_of(frame, table, mark), mark->low,
                    mark->high);
    }
    fputs("NaN NaN NaN\n", script->out);
    ncf__script_data_end(script);
    return block;
}

static void put_words(ncf_script_t *script, const ncf_drawn_table_t *table)
{
    slong step = 1 + table->word_count / MAX_WORDS;
    fputs("set xtics (", script->out);
    for (slong k = 0; k < table->word_count; k += step) {
        fputs(k > 0 ? ", " : "", script->out);
        ncf__script_quote(script->out, table->words[k]);
        fprintf(script->out, " %ld", (long) k);
    }
    fputs(") nomirror\n", script->out);
}

static int are_integers(const ncf_drawn_table_t *table)
{
    for (slong k = 0; k < table->count; k++) {
        if (table->marks[k].x != floor(table->marks[k].x))
            return 0;
    }
    return 1;
}

static void plot(ncf_script_t *script, const ncf_drawn_table_t *table, const frame_t *frame,
                 const int *blocks)
{
    const char *separator = "plot ";
    double top = frame->log_y ? frame->y[1] * pow(frame->y[1] / frame->y[0], 0.08)
                              : frame->y[1] + 0.08 * fmax(frame->y[1] - frame->y[0], 1e-300);
    double highest = table->unknown > 0 ? top : frame->y[1];
    ncf__script_panel(script, 84, WIDTH - 24, script->top + 14, script->base - 46);
    ncf__script_axis(script, 'x', frame->x[0], frame->x[1], frame->log_x, table->axis);
    if (!table->is_numeric)
        put_words(script, table);
    else if (are_integers(table) && frame->x[1] - frame->x[0] <= 20)
        fputs("set xtics 1\n", script->out);
    ncf__script_axis(script, 'y', frame->y[0], highest, frame->log_y, table->heading);
    for (slong s = 0; s < table->series_count; s++) {
        for (int marked = 0; marked < NCF_MARKED_COUNT; marked++) {
            int block = blocks[s * KINDS + marked];
            fprintf(script->out,
                    "%s$d%d using 1:2:(0):($3-$2) with vectors nohead lw 1.6 lc rgb '%s' "
                    "notitle, \\\n",
                    separator, block, colour_of(s));
            for (int end = 2; end <= 3; end++)
                fprintf(script->out,
                        " $d%d using 1:%d with points pt %d ps 1 lw 1.6 lc rgb '%s' notitle%s",
                        block, end, point_of(s, (ncf_marked_t) marked), colour_of(s),
                        end == 2 ? ", \\\n" : "");
            separator = ", \\\n ";
        }
        fprintf(script->out, "%s$d%d using 1:(%.12g) with points pt 2 ps 0.9 lw 1.6 lc rgb '%s' "
                "notitle", separator, blocks[s * KINDS + UNKNOWN], top, colour_of(s));
    }
    fputs("\n", script->out);
}

/* ---- Captions -------------------------------------------------------------------- */

static char *proved_text(const ncf_drawn_table_t *table)
{
    if (table->marker == NULL)
        return ncf__format("Filled marks: all cases are proved or matched. Outlines: some are "
                           "not. In all %ld of %ld cases are open.",
                           (long) table->open, (long) table->cases);
    const char *what = strcmp(table->marker, "flow_proved") == 0
                           ? ": training from this delta, and from every smaller one, is proved "
                             "to come within the proved angle of a certified KKT point"
                           : "";
    return ncf__format("Filled marks: \"%s\" is proved in all cases%s. Outlines: in some case it "
                       "is not.",
                       table->marker_heading, what);
}

static char *measured_text(const ncf_drawn_table_t *table)
{
    int measured = strcmp(table->type, "measured") == 0;
    char *missing = table->unknown > 0
                        ? ncf__format("Crosses at the upper edge: %ld row%s without a value.",
                                      (long) table->unknown, table->unknown == 1 ? "" : "s")
                        : ncf__strdup("");
    char *text = ncf__format("%s%s%s%s", measured ? "Measured: " : "",
                             measured ? table->heading : "", measured ? ". " : "", missing);
    ncf__free(missing);
    return text;
}

static int make_legend(ncf_legend_t *legend, const ncf_drawn_table_t *table)
{
    int count = 0;
    if (table->series_count < 2)
        return 0;
    for (slong s = 0; s < table->series_count; s++)
        legend[count++] = (ncf_legend_t) {NCF_MARK_POINT, colour_of(s),
                                          point_of(s, NCF_MARKED_ALL), table->series[s]};
    return count;
}

static void draw(FILE *out, const ncf_drawing_t *drawing, const ncf_drawn_table_t *table)
{
    ncf_script_t script;
    ncf_legend_t legend[NCF_SERIES_COUNT];
    int blocks[NCF_SERIES_COUNT * KINDS];
    frame_t frame = frame_of(table);
    char *proved = proved_text(table), *measured = measured_text(table);
    char *title = ncf__format("%s \u2014 %s against %s",
                              table->title != NULL ? table->title : "A table", table->heading,
                              table->axis);
    ncf_caption_t caption = {drawing->options->title != NULL ? drawing->options->title : title,
                             proved, *measured != '\0' ? measured : NULL, table->provenance};
    ncf__script_begin(&script, out, drawing->options->format, WIDTH, HEIGHT);
    for (slong s = 0; s < table->series_count; s++) {
        for (int marked = 0; marked < KINDS; marked++)
            blocks[s * KINDS + marked] = put_marks(&script, table, &frame, s, marked);
    }
    ncf__script_open(&script, &caption, legend, make_legend(legend, table));
    plot(&script, table, &frame, blocks);
    ncf__script_close(&script);
    ncf__free(title);
    ncf__free(measured);
    ncf__free(proved);
}

ncf_status_t ncf__draw_table(FILE *out, const ncf_drawing_t *drawing, ncf_error_t *err)
{
    const struct ncf_saved *saved = drawing->saved[0];
    ncf_drawn_table_t table;
    if (!ncf__is_table(saved))
        return ncf__fail_at(err, NCF_ESPEC, saved->name, 0, 0,
                            "this is no document of `ncf table`");
    ncf_status_t status = ncf__drawn_table_init(&table, saved, drawing->options->quantity,
                                                drawing->options->axis, err);
    if (status == NCF_OK)
        draw(out, drawing, &table);
    ncf__drawn_table_clear(&table);
    return status;
}
