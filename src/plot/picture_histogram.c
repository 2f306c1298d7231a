/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* picture_histogram.c: the census of a table: points by index, and the largest lambda. */
#include "saved_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_BINS 61
#define WIDTH 860
#define HEIGHT 460

/* The rows that are drawn: each with its own colour, or all of them added up as one. */
typedef struct {
    slong count;
    char *names[NCF_SERIES_COUNT];
    double bins[NCF_SERIES_COUNT][MAX_BINS];
    slong top;    /* largest index that occurs */
    int is_sum;   /* the rows are added up */
    slong bounds; /* rows whose numbers are lower bounds */
    slong rows;
    char *provenance;
} histogram_t;

static ncf_status_t read_bins(histogram_t *histogram, const ncf_document_t *view,
                              const ncf_node_t *row, slong series)
{
    ncf_node_t values, cell, bins, status;
    size_t count;
    slong cases, proved;
    const char *text;
    NCF_TRY(ncf__saved_object(&values, view, row, "values"));
    NCF_TRY(ncf__saved_object(&cell, view, &values, "index_histogram"));
    NCF_TRY(ncf__saved_text(&text, view, &cell, "text"));
    NCF_TRY(ncf__saved_list(&bins, &count, view, &cell, "bins"));
    NCF_TRY(ncf__saved_object(&status, view, row, "status"));
    NCF_TRY(ncf__saved_count(&cases, view, &status, "cases"));
    NCF_TRY(ncf__saved_count(&proved, view, &status, "proved"));
    /* A case that is missing or open may add points. */
    histogram->bounds += proved < cases || text == NULL || strncmp(text, ">=", 2) == 0;
    for (size_t k = 0; k < count; k++) {
        const char *number;
        ncf_node_t entry = ncf__node_entry(&bins, k);
        NCF_TRY(ncf__node_string(&number, view, &entry));
        double points = strtod(number, NULL);
        size_t bin = k < MAX_BINS ? k : MAX_BINS - 1;
        histogram->bins[series][bin] += fmin(points, 1e300);
        if (points > 0)
            histogram->top = FLINT_MAX(histogram->top, (slong) bin);
    }
    return NCF_OK;
}

static ncf_status_t read_rows(histogram_t *histogram, const struct ncf_saved *saved,
                              ncf_error_t *err)
{
    ncf_document_t view = ncf__saved_view(saved, err);
    ncf_node_t root = ncf__saved_root(saved), rows, labels;
    size_t count, unused;
    memset(histogram, 0, sizeof(*histogram));
    NCF_TRY(ncf__saved_list(&rows, &count, &view, &root, "rows"));
    NCF_TRY(ncf__saved_list(&labels, &unused, &view, &root, "labels"));
    histogram->is_sum = count > NCF_SERIES_COUNT;
    histogram->rows = (slong) count;
    for (size_t k = 0; k < count; k++) {
        ncf_node_t row = ncf__node_entry(&rows, k);
        slong series = histogram->is_sum ? 0 : (slong) k;
        if (histogram->names[series] == NULL) {
            histogram->names[series] =
                histogram->is_sum ? ncf__format("all %zu rows", count)
                                  : ncf__table_row_label(row.value, labels.value, NULL);
            histogram->count++;
        }
        NCF_TRY(read_bins(histogram, &view, &row, series));
    }
    return ncf__table_provenance(&histogram->provenance, saved, err);
}

static void clear(histogram_t *histogram)
{
    for (slong k = 0; k < histogram->count; k++)
        ncf__free(histogram->names[k]);
    ncf__free(histogram->provenance);
}

static void plot(ncf_script_t *script, const histogram_t *histogram, const int *blocks)
{
    double range[2] = {HUGE_VAL, 1};
    double width = 0.8 / (double) histogram->count;
    for (slong s = 0; s < histogram->count; s++) {
        for (slong k = 0; k <= histogram->top; k++) {
            if (histogram->bins[s][k] > 0)
                range[0] = fmin(range[0], histogram->bins[s][k]);
            range[1] = fmax(range[1], histogram->bins[s][k]);
        }
    }
    int logarithmic = range[1] > 30 * range[0];
    ncf__script_panel(script, 84, WIDTH - 24, script->top + 14, script->base - 46);
    ncf__script_axis(script, 'x', -0.6, (double) histogram->top + 0.6, 0, "index");
    ncf__script_axis(script, 'y', logarithmic ? 0.6 * range[0] : 0, 1.12 * range[1], logarithmic,
                     "KKT points");
    fprintf(script->out, "set yrange [%.10g:*]\nset xtics 0,%ld\nset grid noxtics\n",
            logarithmic ? 0.5 * range[0] : 0.0, (long) (1 + histogram->top / 20));
    fputs("plot ", script->out);
    for (slong s = 0; s < histogram->count; s++)
        fprintf(script->out,
                "%s$d%d using ($1+%.6g):2:(%.6g) with boxes fs solid 0.85 border lc rgb '%s' "
                "lw 0.6 fc rgb '%s' notitle",
                s > 0 ? ", \\\n " : "", blocks[s],
                ((double) s - 0.5 * (double) (histogram->count - 1)) * width, 0.92 * width,
                NCF_INK, ncf__series_colours[s]);
    fputs("\n", script->out);
}

static void draw(FILE *out, const ncf_drawing_t *drawing, const histogram_t *histogram)
{
    ncf_script_t script;
    ncf_legend_t legend[NCF_SERIES_COUNT];
    int blocks[NCF_SERIES_COUNT];
    char *proved =
        histogram->bounds == 0
            ? ncf__strdup("Proved: the numbers of points of each index, which are all there are "
                          "in the scope of the table.")
            : ncf__format("Proved: that there are at least so many points of each index; in %ld "
                          "of %ld rows it is not known whether there are others.",
                          (long) histogram->bounds, (long) histogram->rows);
    const char *title = drawing->options->title != NULL ? drawing->options->title
                                                        : "KKT points by index";
    ncf_caption_t caption = {title, proved, NULL, histogram->provenance};
    ncf__script_begin(&script, out, drawing->options->format, WIDTH, HEIGHT);
    for (slong s = 0; s < histogram->count; s++) {
        legend[s] = (ncf_legend_t) {NCF_MARK_AREA, ncf__series_colours[s], 0,
                                    histogram->names[s]};
        blocks[s] = ncf__script_data(&script);
        for (slong k = 0; k <= histogram->top; k++) {
            if (histogram->bins[s][k] > 0)
                fprintf(out, "%ld %.12g\n", (long) k, histogram->bins[s][k]);
        }
        fputs("NaN NaN\n", out);
        ncf__script_data_end(&script);
    }
    ncf__script_open(&script, &caption, legend, histogram->is_sum ? 0 : (int) histogram->count);
    plot(&script, histogram, blocks);
    ncf__script_close(&script);
    ncf__free(proved);
}

ncf_status_t ncf__draw_histogram(FILE *out, const ncf_drawing_t *drawing, ncf_error_t *err)
{
    const struct ncf_saved *saved = drawing->saved[0];
    histogram_t histogram;
    ncf_status_t status = read_rows(&histogram, saved, err);
    if (status == NCF_OK)
        draw(out, drawing, &histogram);
    clear(&histogram);
    return status;
}
