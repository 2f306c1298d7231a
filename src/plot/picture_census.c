/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* picture_census.c: how many KKT points there are of each index, and at which lambda. */
#include "saved_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_INDEX 60   /* bars; what is above goes to the last one */
#define MAX_STEMS 60  /* orbits that are drawn one by one */
#define MAX_LABELS 24 /* of them with their index */
#define BINS 48        /* of the histogram of more */

typedef struct {
    ncf_drawn_t lambda;
    double size; /* points of the orbit; 1 where orbits are counted */
    slong index;
    int strict;
} drawn_orbit_t;

typedef struct {
    slong count;
    drawn_orbit_t *orbits;
    int by_points; /* sizes are known for all: points are counted, else orbits */
    slong unknown; /* orbits without an index or a lambda: not drawn */
    double low, high; /* range of lambda */
} census_t;

/* The class of an orbit in the legend. */
enum { CLASS_STRICT, CLASS_OTHER, CLASS_COUNT };
static const char *const class_colours[CLASS_COUNT] = {NCF_VERMILLION, NCF_BLUE};

static ncf_status_t read_orbit(census_t *census, const ncf_document_t *view,
                               const ncf_node_t *node)
{
    drawn_orbit_t *orbit = &census->orbits[census->count];
    const char *size, *second_order;
    slong dimension;
    NCF_TRY(ncf__saved_ball(&orbit->lambda, view, node, "lambda"));
    NCF_TRY(ncf__saved_count(&orbit->index, view, node, "index"));
    NCF_TRY(ncf__saved_count(&dimension, view, node, "dimension"));
    NCF_TRY(ncf__saved_text(&size, view, node, "size"));
    NCF_TRY(ncf__saved_text(&second_order, view, node, "second_order"));
    orbit->strict = second_order != NULL && strcmp(second_order, "strict") == 0;
    orbit->size = size != NULL ? fmin(strtod(size, NULL), 1e300) : 0;
    if (!(orbit->size > 0) || dimension > 0)
        census->by_points = 0;
    if (orbit->index < 0 || isnan(orbit->lambda.mid)) {
        census->unknown++;
        return NCF_OK;
    }
    census->low = fmin(census->low, orbit->lambda.mid - orbit->lambda.rad);
    census->high = fmax(census->high, orbit->lambda.mid + orbit->lambda.rad);
    census->count++;
    return NCF_OK;
}

static ncf_status_t read_census(census_t *census, const ncf_document_t *view,
                                const ncf_node_t *root)
{
    ncf_node_t list;
    size_t count;
    memset(census, 0, sizeof(*census));
    census->by_points = 1;
    census->low = HUGE_VAL;
    census->high = -HUGE_VAL;
    NCF_TRY(ncf__saved_list(&list, &count, view, root, "orbits"));
    census->orbits = ncf__calloc(count + 1, sizeof(*census->orbits));
    for (size_t k = 0; k < count; k++) {
        ncf_node_t entry = ncf__node_entry(&list, k);
        NCF_TRY(read_orbit(census, view, &entry));
    }
    if (census->count == 0)
        return ncf__node_fail(view, &list, NCF_ESPEC, "no orbit has a known lambda and index");
    for (slong k = 0; k < census->count && !census->by_points; k++)
        census->orbits[k].size = 1;
    return NCF_OK;
}

/* ---- Captions -------------------------------------------------------------------- */

/* A count as it is written, or about it when it is long. */
static char *count_text(const char *count)
{
    if (count == NULL)
        return ncf__strdup("?");
    if (strlen(count) <= 12)
        return ncf__strdup(count);
    char *power = ncf__text_superscript((long) strlen(count) - 1);
    char *text = ncf__format("about %.1s.%.2s × 10%s", count, count + 1, power);
    ncf__free(power);
    return text;
}

static ncf_status_t proved_text(char **out, const census_t *census, const ncf_document_t *view,
                                const ncf_node_t *root)
{
    ncf_node_t counts;
    const char *positive, *strict, *orbits, *counted;
    char *complete;
    *out = NULL;
    NCF_TRY(ncf__saved_object(&counts, view, root, "counts"));
    NCF_TRY(ncf__saved_text(&positive, view, &counts, "positive"));
    NCF_TRY(ncf__saved_text(&strict, view, &counts, "strict_second_order"));
    NCF_TRY(ncf__saved_text(&orbits, view, &counts, "orbits"));
    NCF_TRY(ncf__saved_text(&counted, view, root, "counts_are"));
    NCF_TRY(ncf__completeness_text(&complete, view, root));
    long drawn = (long) census->count;
    int all = orbits != NULL && strtod(orbits, NULL) <= (double) (census->count + census->unknown);
    int exact = counted != NULL && strcmp(counted, "exact") == 0;
    char *shown[] = {count_text(orbits), count_text(positive), count_text(strict)};
    if (orbits != NULL && positive != NULL)
        *out = ncf__format("Proved: λ and index of the %ld orbit%s drawn%s. There are %s%s orbits "
                           "with λ > 0, of %s points, %s of them strict. %s",
                           drawn, drawn == 1 ? "" : "s", all ? "" : ", those of largest λ",
                           exact ? "" : "at least ", shown[0], shown[1], shown[2], complete);
    else
        *out = ncf__format("Proved: λ and index of the %ld orbit%s drawn. %s", drawn,
                           drawn == 1 ? "" : "s", complete);
    for (int k = 0; k < 3; k++)
        ncf__free(shown[k]);
    ncf__free(complete);
    return NCF_OK;
}

/* ---- Panels ---------------------------------------------------------------------- */

/* low, high, count of one bar a line; returns the largest count and the smallest above 0. */
static int put_bars(ncf_script_t *script, const double *counts, slong bars, double low,
                    double width, double range[2])
{
    int block = ncf__script_data(script);
    for (slong k = 0; k < bars; k++) {
        if (counts[k] <= 0)
            continue;
        range[0] = fmin(range[0], counts[k]);
        range[1] = fmax(range[1], counts[k]);
        fprintf(script->out, "%.10g %.10g %.10g\n", low + (double) k * width,
                low + (double) (k + 1) * width, counts[k]);
    }
    fputs("NaN NaN NaN\n", script->out);
    ncf__script_data_end(script);
    return block;
}

/* Counts that differ by a factor of more than 30 want a logarithmic axis. */
static void count_axis(ncf_script_t *script, const double range[2], int by_points)
{
    int logarithmic = range[1] > 30 * range[0];
    ncf__script_axis(script, 'y', logarithmic ? 0.6 * range[0] : 0, 1.12 * range[1], logarithmic,
                     by_points ? "KKT points" : "orbits");
    fprintf(script->out, "set yrange [%.10g:*]\n", logarithmic ? 0.5 * range[0] : 0);
}

static void plot_index(ncf_script_t *script, const census_t *census, double right)
{
    double counts[CLASS_COUNT][MAX_INDEX + 1] = {{0}};
    double range[2] = {HUGE_VAL, 0};
    slong top = 0;
    int blocks[CLASS_COUNT];
    for (slong k = 0; k < census->count; k++) {
        const drawn_orbit_t *orbit = &census->orbits[k];
        slong index = FLINT_MIN(orbit->index, MAX_INDEX);
        counts[orbit->strict ? CLASS_STRICT : CLASS_OTHER][index] += orbit->size;
        top = FLINT_MAX(top, index);
    }
    /* A strict bar and another one of the same index stand side by side. */
    for (int c = 0; c < CLASS_COUNT; c++)
        blocks[c] = put_bars(script, counts[c], top + 1, -0.5, 1, range);
    int shared = 0;
    for (slong k = 0; k <= top; k++)
        shared = shared || (counts[CLASS_STRICT][k] > 0 && counts[CLASS_OTHER][k] > 0);
    ncf__script_panel(script, 78, right, script->top + 12, script->base - 46);
    ncf__script_axis(script, 'x', -0.6, (double) top + 0.6, 0, "index");
    count_axis(script, range, census->by_points);
    fprintf(script->out, "set xtics 0,%ld\nset grid noxtics\n", (long) (1 + top / 12));
    fputs("plot ", script->out);
    for (int c = 0; c < CLASS_COUNT; c++)
        fprintf(script->out,
                "$d%d using (0.5*($1+$2)+%g):3:(%g) with boxes fs solid 0.85 border lc rgb '%s' "
                "lw 0.6 fc rgb '%s' notitle%s",
                blocks[c], shared ? (c == CLASS_STRICT ? -0.19 : 0.19) : 0.0, shared ? 0.36 : 0.7,
                NCF_INK, class_colours[c], c + 1 < CLASS_COUNT ? ", \\\n " : "\n");
}

static void plot_stems(ncf_script_t *script, const census_t *census)
{
    double range[2] = {HUGE_VAL, 0};
    int blocks[CLASS_COUNT + 1];
    /* The last block has all orbits: gnuplot 5.4 crashes on labels of a block without any. */
    for (int c = 0; c <= CLASS_COUNT; c++) {
        blocks[c] = ncf__script_data(script);
        for (slong k = 0; k < census->count; k++) {
            const drawn_orbit_t *orbit = &census->orbits[k];
            range[0] = fmin(range[0], orbit->size);
            range[1] = fmax(range[1], orbit->size);
            if (c == CLASS_COUNT || orbit->strict == (c == CLASS_STRICT))
                fprintf(script->out, "%.12g %.10g %.3g %ld\n", orbit->lambda.mid, orbit->size,
                        orbit->lambda.rad, (long) orbit->index);
        }
        if (c < CLASS_COUNT)
            fputs("NaN NaN NaN NaN\n", script->out);
        ncf__script_data_end(script);
    }
    count_axis(script, range, census->by_points);
    fputs("plot ", script->out);
    for (int c = CLASS_COUNT - 1; c >= 0; c--)
        fprintf(script->out,
                "$d%d using 1:2 with impulses lw 1.5 lc rgb '%s' notitle, \\\n"
                " $d%d using 1:2:3 with xerrorbars pt %d ps 0.9 lw 1 lc rgb '%s' notitle%s",
                blocks[c], class_colours[c], blocks[c], ncf__series_points[c], class_colours[c],
                c > 0 ? ", \\\n " : "");
    if (census->count <= MAX_LABELS)
        fprintf(script->out,
                ", \\\n $d%d using 1:2:(sprintf('%%d', $4)) with labels font 'Arial,9.5' "
                "offset 0,0.75 textcolor rgb '%s' notitle",
                blocks[CLASS_COUNT], NCF_INK);
    fputs("\n", script->out);
}

static void plot_bins(ncf_script_t *script, const census_t *census)
{
    double counts[CLASS_COUNT][BINS] = {{0}};
    double range[2] = {HUGE_VAL, 0};
    double width = fmax((census->high - census->low) / BINS, 1e-300);
    int blocks[CLASS_COUNT];
    for (slong k = 0; k < census->count; k++) {
        const drawn_orbit_t *orbit = &census->orbits[k];
        double bin = floor((orbit->lambda.mid - census->low) / width);
        counts[orbit->strict ? CLASS_STRICT : CLASS_OTHER][(int) fmax(0, fmin(BINS - 1, bin))] +=
            orbit->size;
    }
    for (int c = 0; c < CLASS_COUNT; c++)
        blocks[c] = put_bars(script, counts[c], BINS, census->low, width, range);
    count_axis(script, range, census->by_points);
    fputs("plot ", script->out);
    for (int c = CLASS_COUNT - 1; c >= 0; c--)
        fprintf(script->out,
                "$d%d using (0.5*($1+$2)):3:(%.10g) with boxes fs solid 0.85 noborder fc rgb '%s' "
                "notitle%s",
                blocks[c], (c == CLASS_STRICT ? 0.5 : 0.94) * width, class_colours[c],
                c > 0 ? ", \\\n " : "\n");
}

static void draw(FILE *out, const ncf_drawing_t *drawing, const census_t *census,
                 const char *proved, const char *provenance)
{
    ncf_script_t script;
    int stems = census->count <= MAX_STEMS;
    ncf_legend_t legend[CLASS_COUNT] = {
        {stems ? NCF_MARK_POINT : NCF_MARK_AREA, class_colours[CLASS_STRICT],
         ncf__series_points[CLASS_STRICT], "strict second order: attracts training"},
        {stems ? NCF_MARK_POINT : NCF_MARK_AREA, class_colours[CLASS_OTHER],
         ncf__series_points[CLASS_OTHER], "not strict"}};
    char *unknown = census->unknown > 0
                        ? ncf__format("Not drawn: %ld orbits whose index or lambda is not known.",
                                      (long) census->unknown)
                        : NULL;
    const char *title = drawing->options->title != NULL ? drawing->options->title
                        : census->by_points ? "KKT points by index and by λ"
                                            : "Orbits of KKT points by index and by λ";
    ncf_caption_t caption = {title, proved, unknown, provenance};
    ncf__script_begin(&script, out, drawing->options->format, 860, 440);
    ncf__script_open(&script, &caption, legend, CLASS_COUNT);
    plot_index(&script, census, 318);
    ncf__script_panel(&script, 400, 838, script.top + 12, script.base - 46);
    ncf__script_axis(&script, 'x', census->low, census->high, 0,
                     census->count <= MAX_LABELS ? "λ (number above: index)" : "λ");
    if (stems)
        plot_stems(&script, census);
    else
        plot_bins(&script, census);
    ncf__script_close(&script);
    ncf__free(unknown);
}

ncf_status_t ncf__draw_census(FILE *out, const ncf_drawing_t *drawing, ncf_error_t *err)
{
    const struct ncf_saved *saved = drawing->saved[0];
    if (ncf__is_table(saved))
        return ncf__draw_histogram(out, drawing, err);
    ncf_document_t view = ncf__saved_view(saved, err);
    ncf_node_t root = ncf__saved_root(saved);
    char *proved = NULL, *provenance = NULL;
    census_t census;
    ncf_status_t status = read_census(&census, &view, &root);
    if (status == NCF_OK)
        status = proved_text(&proved, &census, &view, &root);
    if (status == NCF_OK)
        status = ncf__provenance_text(&provenance, saved, err);
    if (status == NCF_OK)
        draw(out, drawing, &census, proved, provenance);
    ncf__free(provenance);
    ncf__free(proved);
    ncf__free(census.orbits);
    return status;
}
