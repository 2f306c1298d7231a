/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * weights.c: |W_l| as heat maps: at the moments of a training and at its KKT point, or at
 * the KKT points of a result. All weights of a column are divided by their norm.
 */
#include "plot.h"

#include <math.h>
#include <string.h>

#define MAX_COLUMNS 4
#define MAX_LAYERS 12
#define MAX_SIDE 240    /* cells along a side of a map; larger matrices are pooled */
#define PIXEL_CELLS 4000 /* cells of a picture that are drawn as rectangles one by one */

typedef struct {
    slong rows, columns, offset;
} shape_t;

typedef struct {
    char *heading[2];
    double *values; /* |weights| / norm, all layers */
} column_t;

typedef struct {
    slong layers;
    shape_t shapes[MAX_LAYERS];
    slong unknowns;
    int count;
    column_t columns[MAX_COLUMNS];
    double largest;
    char *proved, *measured, *provenance;
} maps_t;

/* ---- Reading --------------------------------------------------------------------- */

/* W_1 .. W_K from the widths of the problem. */
static ncf_status_t read_shapes(maps_t *maps, const ncf_document_t *view, const ncf_node_t *root)
{
    ncf_node_t problem, widths;
    size_t count;
    uint64_t before, after;
    NCF_TRY(ncf__saved_object(&problem, view, root, "problem"));
    if (!json_is_array(json_object_get(problem.value, "widths")))
        return ncf__node_fail(view, &problem, NCF_ESPEC,
                              "weights are drawn for feed-forward networks only");
    NCF_TRY(ncf__saved_list(&widths, &count, view, &problem, "widths"));
    if (count < 2 || count > MAX_LAYERS + 1)
        return ncf__node_fail(view, &widths, NCF_ESPEC, "weights are drawn for 1 to %d layers",
                              MAX_LAYERS);
    for (size_t l = 0; l + 1 < count; l++) {
        ncf_node_t first = ncf__node_entry(&widths, l), second = ncf__node_entry(&widths, l + 1);
        NCF_TRY(ncf__node_integer(&before, view, &first, 1, 1000000));
        NCF_TRY(ncf__node_integer(&after, view, &second, 1, 1000000));
        maps->shapes[l] = (shape_t) {(slong) after, (slong) before, maps->unknowns};
        maps->unknowns += (slong) (after * before);
        if (maps->unknowns > 10000000)
            return ncf__node_fail(view, &widths, NCF_ESPEC, "too many weights to be drawn");
    }
    maps->layers = (slong) count - 1;
    return NCF_OK;
}

/* A new column for values that follow; they are divided by their norm at the end. */
static double *add_column(maps_t *maps, char *first, char *second)
{
    column_t *column = &maps->columns[maps->count++];
    column->heading[0] = first;
    column->heading[1] = second;
    column->values = ncf__calloc((size_t) maps->unknowns, sizeof(double));
    return column->values;
}

static ncf_status_t read_layer(double *values, const shape_t *shape, const ncf_document_t *view,
                               const ncf_node_t *matrix)
{
    size_t rows, entries;
    ncf_drawn_t *row = ncf__malloc((size_t) shape->columns, sizeof(*row));
    ncf_status_t status = ncf__node_list(&rows, view, matrix, "a matrix");
    if (status == NCF_OK && rows != (size_t) shape->rows)
        status = ncf__node_fail(view, matrix, NCF_ESPEC, "expected %ld rows", (long) shape->rows);
    for (size_t i = 0; i < rows && status == NCF_OK; i++) {
        ncf_node_t list = ncf__node_entry(matrix, i);
        status = ncf__saved_vector(row, &entries, (size_t) shape->columns, view, &list);
        if (status == NCF_OK && entries != (size_t) shape->columns)
            status = ncf__node_fail(view, &list, NCF_ESPEC, "expected %ld entries",
                                    (long) shape->columns);
        for (slong j = 0; j < shape->columns && status == NCF_OK; j++)
            values[shape->offset + (slong) i * shape->columns + j] = row[j].mid;
    }
    ncf__free(row);
    return status;
}

/* The point of an orbit, if the document has its weights. */
static ncf_status_t read_orbit(maps_t *maps, slong number, int of_training,
                               const ncf_document_t *view, const ncf_node_t *orbit)
{
    ncf_node_t weights;
    ncf_drawn_t lambda;
    const char *order;
    size_t count;
    if (!json_is_array(json_object_get(orbit->value, "weights")))
        return NCF_OK;
    NCF_TRY(ncf__saved_list(&weights, &count, view, orbit, "weights"));
    NCF_TRY(ncf__saved_ball(&lambda, view, orbit, "lambda"));
    NCF_TRY(ncf__saved_text(&order, view, orbit, "second_order"));
    if (count != (size_t) maps->layers)
        return ncf__node_fail(view, &weights, NCF_ESPEC, "expected %ld matrices",
                              (long) maps->layers);
    char *value = ncf__text_enclosed(lambda.mid, lambda.rad, 5);
    char *heading = of_training ? ncf__strdup("KKT point (proved)")
                                : ncf__format("KKT point %ld", (long) number);
    double *values = add_column(
        maps, heading,
        ncf__format("λ = %s%s", value,
                    order != NULL && strcmp(order, "strict") == 0 ? ", strict" : ""));
    ncf__free(value);
    for (slong l = 0; l < maps->layers; l++) {
        ncf_node_t matrix = ncf__node_entry(&weights, (size_t) l);
        NCF_TRY(read_layer(values, &maps->shapes[l], view, &matrix));
    }
    return NCF_OK;
}

static ncf_status_t read_orbits(maps_t *maps, int most, int of_training,
                                const ncf_document_t *view, const ncf_node_t *root)
{
    ncf_node_t list;
    size_t count;
    NCF_TRY(ncf__saved_list(&list, &count, view, root, "orbits"));
    for (size_t k = 0; k < count && most > 0 && maps->count < MAX_COLUMNS; k++, most--) {
        ncf_node_t orbit = ncf__node_entry(&list, k);
        NCF_TRY(read_orbit(maps, (slong) k + 1, of_training, view, &orbit));
    }
    return NCF_OK;
}

/* One row of the trajectory. */
static void add_moment(maps_t *maps, const struct ncf_trajectory *trajectory, slong row,
                       const char *what)
{
    arb_t entry;
    arb_init(entry);
    double norm = 0, *values;
    values = add_column(maps, ncf__strdup(what), NULL);
    for (slong j = 0; j < maps->unknowns; j++) {
        arb_set_fmpq(entry, fmpq_mat_entry(trajectory->rows, row, j), 64);
        values[j] = arf_get_d(arb_midref(entry), ARF_RND_NEAR);
        norm = hypot(norm, values[j]);
    }
    double time = (double) row;
    if (trajectory->has_times) {
        arb_set_fmpq(entry, trajectory->times + row, 64);
        time = arf_get_d(arb_midref(entry), ARF_RND_NEAR);
    }
    arb_clear(entry);
    char *at = ncf__text_number(time, 4), *length = ncf__text_number(norm, 3);
    maps->columns[maps->count - 1].heading[1] =
        ncf__format(trajectory->has_times ? "t = %s, |w| = %s" : "row %s, |w| = %s", at, length);
    ncf__free(length);
    ncf__free(at);
}

static ncf_status_t read_moments(maps_t *maps, const struct ncf_trajectory *trajectory,
                                 const ncf_document_t *view, const ncf_node_t *root,
                                 ncf_error_t *err)
{
    ncf_node_t file, match;
    const char *digest;
    slong early, rows;
    NCF_TRY(ncf__saved_object(&file, view, root, "trajectory"));
    NCF_TRY(ncf__saved_object(&match, view, root, "match"));
    NCF_TRY(ncf__saved_text(&digest, view, &file, "sha256"));
    NCF_TRY(ncf__saved_count(&early, view, &match, "early_rows"));
    NCF_TRY(ncf__saved_count(&rows, view, &file, "rows"));
    /* The document of `ncf flow` is older than its trajectory, and has no digest of it. */
    if ((digest != NULL && strcmp(digest, trajectory->sha256) != 0) || rows != trajectory->count ||
        fmpq_mat_ncols(trajectory->rows) != maps->unknowns)
        return ncf__fail(err, NCF_ESPEC,
                         "%.200s is not the trajectory of this document: its digest or its size is another",
                         trajectory->name);
    add_moment(maps, trajectory, 0, "start");
    if (early > 1 && early < trajectory->count)
        add_moment(maps, trajectory, early - 1, "before the escape");
    add_moment(maps, trajectory, trajectory->count - 1,
               early > 1 && early < trajectory->count ? "after the escape" : "end");
    return NCF_OK;
}

static void scale_columns(maps_t *maps)
{
    for (int c = 0; c < maps->count; c++) {
        double norm = 0, *values = maps->columns[c].values;
        for (slong j = 0; j < maps->unknowns; j++)
            norm = hypot(norm, values[j]);
        for (slong j = 0; j < maps->unknowns; j++) {
            values[j] = norm > 0 ? fabs(values[j]) / norm : 0;
            maps->largest = fmax(maps->largest, values[j]);
        }
    }
}

static ncf_status_t read_maps(maps_t *maps, const ncf_drawing_t *drawing, ncf_error_t *err)
{
    const struct ncf_saved *saved = drawing->saved[0];
    const struct ncf_trajectory *trajectory = drawing->options->trajectory;
    ncf_document_t view = ncf__saved_view(saved, err);
    ncf_node_t root = ncf__saved_root(saved);
    memset(maps, 0, sizeof(*maps));
    NCF_TRY(read_shapes(maps, &view, &root));
    if (trajectory != NULL)
        NCF_TRY(read_moments(maps, trajectory, &view, &root, err));
    int moments = maps->count;
    NCF_TRY(read_orbits(maps, trajectory != NULL ? 1 : MAX_COLUMNS, trajectory != NULL, &view,
                        &root));
    if (maps->count == 0)
        return ncf__node_fail(&view, &root, NCF_ESPEC,
                              "the document has no weights: give the trajectory too");
    maps->proved = maps->count > moments
                       ? ncf__format("Proved: the KKT point%s, with each weight; drawn in "
                                     "floating point.", maps->count - moments == 1 ? "" : "s")
                       : NULL;
    maps->measured =
        moments > 0 ? ncf__strdup("Measured: the weights at the moments of training.") : NULL;
    scale_columns(maps);
    return ncf__provenance_text(&maps->provenance, saved, err);
}

static void clear_maps(maps_t *maps)
{
    for (int c = 0; c < maps->count; c++) {
        ncf__free(maps->columns[c].heading[0]);
        ncf__free(maps->columns[c].heading[1]);
        ncf__free(maps->columns[c].values);
    }
    ncf__free(maps->proved);
    ncf__free(maps->measured);
    ncf__free(maps->provenance);
}

/* ---- Drawing --------------------------------------------------------------------- */

/* Cells of at most MAX_SIDE a side: column, row, the largest entry of what falls together. */
static int put_map(ncf_script_t *script, const double *values, const shape_t *shape,
                   slong *rows, slong *columns)
{
    slong down = 1 + (shape->rows - 1) / MAX_SIDE, right = 1 + (shape->columns - 1) / MAX_SIDE;
    *rows = (shape->rows + down - 1) / down;
    *columns = (shape->columns + right - 1) / right;
    double *cells = ncf__calloc((size_t) (*rows * *columns), sizeof(double));
    for (slong i = 0; i < shape->rows; i++) {
        for (slong j = 0; j < shape->columns; j++) {
            double *cell = &cells[i / down * *columns + j / right];
            *cell = fmax(*cell, values[shape->offset + i * shape->columns + j]);
        }
    }
    int block = ncf__script_data(script);
    for (slong i = 0; i < *rows; i++) {
        for (slong j = 0; j < *columns; j++)
            fprintf(script->out, "%ld %ld %.5g\n", (long) j, (long) i, cells[i * *columns + j]);
    }
    ncf__script_data_end(script);
    ncf__free(cells);
    return block;
}

typedef struct {
    double left, right, top, bottom;
} place_t;

static void plot_map(ncf_script_t *script, const maps_t *maps, int column, slong layer)
{
    slong rows, columns;
    int block = put_map(script, maps->columns[column].values, &maps->shapes[layer], &rows,
                        &columns);
    int one_by_one = maps->unknowns * maps->count <= PIXEL_CELLS;
    fprintf(script->out,
            "set border 15\nunset xtics\nunset ytics\nunset grid\n"
            "set xrange [-0.5:%.1f]\nset yrange [%.1f:-0.5]\nset cbrange [0:%.6g]\n",
            (double) columns - 0.5, (double) rows - 0.5, maps->largest > 0 ? maps->largest : 1);
    /* gnuplot needs two points along each side of an image. */
    if (rows > 1 && columns > 1 && !one_by_one)
        fprintf(script->out, "plot $d%d using 1:2:3 with image notitle\n", block);
    else
        fprintf(script->out,
                "plot $d%d using 1:2:($1-0.5):($1+0.5):($2-0.5):($2+0.5):3 with boxxyerror "
                "fs solid border lc rgb '#ffffff' lw 0.4 fc palette notitle\n",
                block);
}

/* Heights by the number of rows, none too flat; fills heights[layers]. */
static void share_height(double *heights, const maps_t *maps, double height)
{
    double sum = 0;
    for (slong l = 0; l < maps->layers; l++) {
        heights[l] = sqrt((double) maps->shapes[l].rows);
        sum += heights[l];
    }
    for (slong l = 0; l < maps->layers; l++)
        heights[l] *= height / sum;
}

static void plot_headings(ncf_script_t *script, const maps_t *maps, double left, double pitch,
                          double width)
{
    for (int c = 0; c < maps->count; c++) {
        double x = left + c * pitch + width / 2;
        ncf__script_label(script, x, script->top + 12, "center", "Arial Bold,12", NCF_INK,
                          maps->columns[c].heading[0]);
        ncf__script_label(script, x, script->top + 28, "center", "Arial,11", NCF_INK,
                          maps->columns[c].heading[1]);
    }
}

/* What each row of maps is: "W₁" and its shape. */
static void plot_names(ncf_script_t *script, const maps_t *maps, const double *heights,
                       double gap, double top)
{
    for (slong l = 0; l < maps->layers; l++) {
        double y = top + heights[l] / 2;
        char *number = ncf__text_subscript((long) l + 1);
        char *name = ncf__format("|W%s|", number);
        char *shape = ncf__format("%ld × %ld", (long) maps->shapes[l].rows,
                                  (long) maps->shapes[l].columns);
        ncf__script_label(script, 16, y - 7, "left", "Arial Bold,13", NCF_INK, name);
        ncf__script_label(script, 16, y + 10, "left", "Arial,10.5", NCF_GREY, shape);
        ncf__free(shape);
        ncf__free(name);
        ncf__free(number);
        top += heights[l] + gap;
    }
}

/* The scale of the colours, once for all maps. */
static void plot_bar(ncf_script_t *script, double top, double bottom)
{
    double height = fmin(bottom - top, 260);
    fprintf(script->out,
            "set colorbox user origin %.6f,%.6f size %.6f,%.6f\n"
            "set cbtics font 'Arial,11' scale 0.5\n",
            (script->width - 86) / script->width, 1 - (top + height) / script->height,
            14 / script->width, height / script->height);
}

static void draw(FILE *out, const ncf_drawing_t *drawing, const maps_t *maps)
{
    const double left = 78, gap = 14, bar = 96;
    double heights[MAX_LAYERS];
    ncf_script_t script;
    ncf_caption_t caption = {drawing->options->title != NULL ? drawing->options->title
                             : drawing->options->trajectory != NULL
                                 ? "Weights during training, |entries of W| / |w|"
                                 : "Weights of KKT points, |entries of W|",
                             maps->proved, maps->measured, maps->provenance};
    ncf__script_begin(&script, out, drawing->options->format, 860,
                      300 + 60 * (double) FLINT_MIN(maps->layers, 6));
    ncf__script_open(&script, &caption, NULL, 0);
    double pitch = (script.width - left - bar) / maps->count, width = pitch - 18;
    double top = script.top + 42;
    double height = script.base - 6 - top - gap * (double) (maps->layers - 1);
    share_height(heights, maps, height);
    fprintf(out,
            "set palette defined (0 '#ffffff', 0.15 '#deebf7', 0.4 '#6baed6', 0.7 '#2171b5', "
            "1 '#08306b')\n");
    for (slong l = 0; l < maps->layers; l++) {
        for (int c = 0; c < maps->count; c++) {
            place_t place = {left + c * pitch, left + c * pitch + width, top, top + heights[l]};
            ncf__script_panel(&script, place.left, place.right, place.top, place.bottom);
            if (l == 0 && c == 0) {
                plot_headings(&script, maps, left, pitch, width);
                plot_names(&script, maps, heights, gap, top);
                plot_bar(&script, top, top + height);
            }
            plot_map(&script, maps, c, l);
        }
        top += heights[l] + gap;
    }
    ncf__script_close(&script);
}

ncf_status_t ncf__draw_weights(FILE *out, const ncf_drawing_t *drawing, ncf_error_t *err)
{
    maps_t maps;
    ncf_status_t status = read_maps(&maps, drawing, err);
    if (status == NCF_OK)
        draw(out, drawing, &maps);
    clear_maps(&maps);
    return status;
}
