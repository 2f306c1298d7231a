/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* profile.c: the profile of one unit, and its picture on the circle. */
#include "profile.h"

#include <math.h>
#include <string.h>

#define MAX_LINES 200      /* that a picture can hold */
#define CURVE_POINTS 721   /* every half degree */
#define AGREEMENT 1e-6     /* of lines and curve, relative: nothing is proved by it */

const char *const ncf__class_colours[NCF_CLASS_COUNT] = {NCF_VERMILLION, NCF_BLUE, NCF_PURPLE,
                                                         NCF_BLACK};
const int ncf__class_points[NCF_CLASS_COUNT] = {7, 5, 9, 13};

double ncf__profile_value(const ncf_profile_t *profile, const double *q)
{
    double sum = 0;
    for (slong i = 0; i < profile->points; i++) {
        double dot = 0;
        for (slong j = 0; j < profile->inputs; j++)
            dot += profile->x[i * profile->inputs + j] * q[j];
        sum += profile->z[i] * pow(dot, (double) profile->order);
    }
    return sum;
}

double ncf__profile_opposite(const ncf_profile_t *profile, double value)
{
    return profile->order % 2 == 0 ? value : -value;
}

int ncf__line_class(const ncf_drawn_line_t *line)
{
    if (line->dimension > 0 || line->index < 0 || line->nullity != 0)
        return NCF_CLASS_FLAT;
    return line->index == 0   ? NCF_CLASS_ATTRACTS
           : line->index == 1 ? NCF_CLASS_ONE
                              : NCF_CLASS_MORE;
}

int ncf__class_legend(ncf_legend_t *legend, const ncf_profile_t *profile)
{
    static const char *const texts[NCF_CLASS_COUNT] = {
        "index 0 (attracts training)", "index 1", "index 2", "not isolated, or of unknown index"};
    int count = 0;
    for (int c = 0; c < NCF_CLASS_COUNT; c++) {
        int seen = 0;
        for (slong k = 0; k < profile->line_count; k++)
            seen = seen || ncf__line_class(&profile->lines[k]) == c;
        if (seen)
            legend[count++] = (ncf_legend_t) {NCF_MARK_POINT, ncf__class_colours[c],
                                              ncf__class_points[c], texts[c]};
    }
    return count;
}

char *ncf__profile_title(const ncf_profile_t *profile)
{
    char *power = ncf__text_superscript(profile->order);
    char *title = ncf__format("%s, g(q) = Σ zᵢ (xᵢ·q)%s, |q| = 1",
                              profile->depth == 2 ? "Neural correlation function of one unit"
                                                  : "The form of the data behind rank-one points",
                              power);
    ncf__free(power);
    return title;
}

/* ---- Reading --------------------------------------------------------------------- */

/* The order of the tensor of the data: the product of the degrees of all activations. */
static slong tensor_order(const struct ncf_problem *problem)
{
    slong order = 1;
    for (slong l = 0; l + 1 < problem->network.depth; l++) {
        const ncf_activation_t *activation = &problem->network.activations[l];
        if (activation->kind == NCF_ACTIVATION_POLYNOMIAL || order > 1000)
            return 0;
        order *= activation->degree;
    }
    return problem->network.depth > 1 ? order : 0;
}

static void take_data(ncf_profile_t *profile, const struct ncf_problem *problem)
{
    fmpq_mat_t z;
    arb_t ball;
    profile->points = problem->points;
    profile->x = ncf__malloc((size_t) (problem->points * profile->inputs) + 1, sizeof(double));
    profile->z = ncf__malloc((size_t) problem->points + 1, sizeof(double));
    fmpq_mat_init(z, problem->points, 1);
    arb_init(ball);
    ncf__problem_weights(z, problem);
    for (slong i = 0; i < problem->points; i++) {
        arb_set_fmpq(ball, fmpq_mat_entry(z, i, 0), 64);
        profile->z[i] = arf_get_d(arb_midref(ball), ARF_RND_NEAR);
        for (slong j = 0; j < profile->inputs; j++) {
            arb_set_fmpq(ball, fmpq_mat_entry(problem->x, i, j), 64);
            profile->x[i * profile->inputs + j] = arf_get_d(arb_midref(ball), ARF_RND_NEAR);
        }
    }
    arb_clear(ball);
    fmpq_mat_clear(z);
}

/* The problem of the document: the caller's, or the file that it names. */
static ncf_status_t with_problem(ncf_profile_t *profile, const struct ncf_problem *given,
                                 const ncf_document_t *view, const ncf_node_t *described,
                                 ncf_error_t *err)
{
    const char *name, *digest;
    struct ncf_problem *read = NULL;
    NCF_TRY(ncf__saved_text(&name, view, described, "name"));
    NCF_TRY(ncf__saved_text(&digest, view, described, "sha256"));
    if (given == NULL && (name == NULL || ncf_problem_read(&read, name, NULL) != NCF_OK))
        return ncf__node_fail(view, described, NCF_ESPEC,
                              "the curve needs the problem, and \"%.200s\" cannot be read: give "
                              "--problem", name != NULL ? name : "its file");
    const struct ncf_problem *problem = given != NULL ? given : read;
    int same = digest != NULL && strcmp(problem->sha256, digest) == 0;
    profile->order = tensor_order(problem);
    profile->depth = problem->network.depth;
    if (same && profile->order > 0 && problem->network.inputs == profile->inputs)
        take_data(profile, problem);
    else if (same)
        profile->order = 0;
    ncf_status_t status = NCF_OK;
    if (!same)
        status = ncf__fail(err, NCF_ESPEC,
                           "%.200s is not the problem of this document: its digest is another",
                           problem->name);
    else if (profile->order == 0)
        status = ncf__fail(err, NCF_ESPEC, "the network has no profile: it is not of layers "
                                           "with power activations");
    ncf_problem_free(read);
    return status;
}

static ncf_status_t read_line(ncf_drawn_line_t *line, slong inputs, const ncf_document_t *view,
                              const ncf_node_t *node)
{
    ncf_node_t direction;
    size_t length, entries;
    NCF_TRY(ncf__saved_ball(&line->mu, view, node, "mu"));
    NCF_TRY(ncf__saved_count(&line->index, view, node, "index"));
    NCF_TRY(ncf__saved_count(&line->nullity, view, node, "nullity"));
    NCF_TRY(ncf__saved_count(&line->dimension, view, node, "dimension"));
    NCF_TRY(ncf__saved_list(&direction, &length, view, node, "direction"));
    size_t rows = line->dimension > 0 ? (size_t) line->dimension + 1 : 1;
    if (rows > (size_t) inputs || (rows > 1 && rows != length) || isnan(line->mu.mid))
        return ncf__node_fail(view, node, NCF_ESPEC, "this is not a line of the profile");
    for (size_t k = 0; k < rows; k++) {
        ncf_node_t row = rows > 1 ? ncf__node_entry(&direction, k) : direction;
        NCF_TRY(ncf__saved_vector(line->basis[k], &entries, (size_t) inputs, view, &row));
        if (entries != (size_t) inputs)
            return ncf__node_fail(view, &row, NCF_ESPEC, "a direction has %ld coordinates",
                                  (long) inputs);
    }
    return NCF_OK;
}

/* The document and the data must tell the same story. */
static ncf_status_t check_line(const ncf_profile_t *profile, slong k, const ncf_document_t *view,
                               const ncf_node_t *node)
{
    const ncf_drawn_line_t *line = &profile->lines[k];
    double q[NCF_PROFILE_MAX_INPUTS], radius = 0;
    for (slong j = 0; j < profile->inputs; j++) {
        q[j] = line->basis[0][j].mid;
        radius += line->basis[0][j].rad;
    }
    double slack = line->mu.rad + (AGREEMENT + 2 * radius * (double) profile->order) * profile->scale;
    double value = ncf__profile_value(profile, q);
    if (!(fabs(value - line->mu.mid) <= slack))
        return ncf__node_fail(view, node, NCF_ESPEC,
                              "line %ld does not lie on the profile of the problem", (long) k + 1);
    return NCF_OK;
}

/* |g| <= sum |z_i| |x_i|^m on the sphere. */
static double largest_value(const ncf_profile_t *profile)
{
    double sum = 0;
    for (slong i = 0; i < profile->points; i++) {
        double norm = 0;
        for (slong j = 0; j < profile->inputs; j++)
            norm = hypot(norm, profile->x[i * profile->inputs + j]);
        sum += fabs(profile->z[i]) * pow(norm, (double) profile->order);
    }
    return sum;
}

static ncf_status_t read_lines(ncf_profile_t *profile, const ncf_document_t *view,
                               const ncf_node_t *root)
{
    ncf_node_t list;
    size_t count;
    NCF_TRY(ncf__saved_list(&list, &count, view, root, "lines"));
    if (count > MAX_LINES)
        return ncf__node_fail(view, &list, NCF_ESPEC, "more than %d lines cannot be told apart",
                              MAX_LINES);
    profile->lines = ncf__calloc(count + 1, sizeof(*profile->lines));
    profile->scale = largest_value(profile);
    if (!isfinite(profile->scale))
        return ncf__node_fail(view, &list, NCF_ESPEC, "the values are too large to be drawn");
    for (size_t k = 0; k < count; k++) {
        ncf_node_t entry = ncf__node_entry(&list, k);
        NCF_TRY(read_line(&profile->lines[k], profile->inputs, view, &entry));
        NCF_TRY(check_line(profile, (slong) k, view, &entry));
    }
    profile->line_count = (slong) count;
    return NCF_OK;
}

static ncf_status_t make_captions(ncf_profile_t *profile, const struct ncf_saved *saved,
                                  const ncf_document_t *view, const ncf_node_t *root)
{
    char *complete;
    NCF_TRY(ncf__completeness_text(&complete, view, root));
    profile->caption_proved = ncf__format(
        "Proved: the %ld critical line%s marked, with values and indices. %s",
        (long) profile->line_count, profile->line_count == 1 ? "" : "s", complete);
    ncf__free(complete);
    return ncf__provenance_text(&profile->provenance, saved, view->err);
}

ncf_status_t ncf__profile_init(ncf_profile_t *profile, const ncf_drawing_t *drawing,
                               ncf_error_t *err)
{
    const struct ncf_saved *saved = drawing->saved[0];
    ncf_document_t view = ncf__saved_view(saved, err);
    ncf_node_t root = ncf__saved_root(saved), described;
    memset(profile, 0, sizeof(*profile));
    NCF_TRY(ncf__saved_object(&described, &view, &root, "problem"));
    NCF_TRY(ncf__saved_count(&profile->inputs, &view, &described, "inputs"));
    if (profile->inputs < 2 || profile->inputs > NCF_PROFILE_MAX_INPUTS)
        return ncf__node_fail(&view, &described, NCF_ESPEC,
                              "a profile can be drawn for 2 and for 3 inputs");
    NCF_TRY(with_problem(profile, drawing->options->problem, &view, &described, err));
    NCF_TRY(read_lines(profile, &view, &root));
    return make_captions(profile, saved, &view, &root);
}

void ncf__profile_clear(ncf_profile_t *profile)
{
    ncf__free(profile->x);
    ncf__free(profile->z);
    ncf__free(profile->lines);
    ncf__free(profile->caption_proved);
    ncf__free(profile->provenance);
}

/* ---- On the circle --------------------------------------------------------------- */

/* Degrees from 0 up to 360. */
static double angle_of(const ncf_drawn_line_t *line, int opposite)
{
    double degrees = atan2(line->basis[0][1].mid, line->basis[0][0].mid) * 180 / M_PI;
    degrees += opposite ? 180 : 0;
    return degrees < 0 ? degrees + 360 : degrees >= 360 ? degrees - 360 : degrees;
}

/* theta in degrees, g; returns the range of g. */
static int put_curve(ncf_script_t *script, const ncf_profile_t *profile, double range[2])
{
    int block = ncf__script_data(script);
    range[0] = range[1] = 0;
    for (int k = 0; k < CURVE_POINTS; k++) {
        double theta = 2 * M_PI * k / (CURVE_POINTS - 1);
        double value = ncf__profile_value(profile, (double[]) {cos(theta), sin(theta)});
        range[0] = fmin(range[0], value);
        range[1] = fmax(range[1], value);
        fprintf(script->out, "%.10g %.10g\n", theta * 180 / M_PI, value);
    }
    ncf__script_data_end(script);
    return block;
}

/* Both ends of the lines of a class: theta, g, radius of mu. Empty classes too. */
static int put_class(ncf_script_t *script, const ncf_profile_t *profile, int class)
{
    int block = ncf__script_data(script), any = 0;
    for (slong k = 0; k < profile->line_count; k++) {
        const ncf_drawn_line_t *line = &profile->lines[k];
        if (ncf__line_class(line) != class || line->dimension > 0)
            continue;
        for (int end = 0; end < 2; end++)
            fprintf(script->out, "%.10g %.10g %.3g\n", angle_of(line, end),
                    end ? ncf__profile_opposite(profile, line->mu.mid) : line->mu.mid,
                    line->mu.rad);
        any = 1;
    }
    if (!any)
        fputs("NaN NaN NaN\n", script->out);
    ncf__script_data_end(script);
    return block;
}

/* "line 1: 12.4" beside its points, above maxima and below minima. */
static void label_lines(ncf_script_t *script, const ncf_profile_t *profile, const double range[2])
{
    for (slong k = 0; k < profile->line_count && profile->line_count <= 12; k++) {
        const ncf_drawn_line_t *line = &profile->lines[k];
        for (int end = 0; end < 2 && line->dimension == 0; end++) {
            double value = end ? ncf__profile_opposite(profile, line->mu.mid) : line->mu.mid;
            /* Away from zero stands a maximum of |g|; a minimum of it is labelled inside. */
            int above = (value > 0) == (line->index <= 0);
            char *mu = ncf__text_enclosed(value, line->mu.rad, 5);
            char *text = ncf__format("%s%ld: %s", end ? "−" : "", (long) k + 1, mu);
            fputs("set label ", script->out);
            ncf__script_quote(script->out, text);
            fprintf(script->out,
                    " at %.10g,%.10g center front font 'Arial,10.5' textcolor rgb '%s'\n",
                    angle_of(line, end), value + (above ? 1 : -1) * 0.055 * (range[1] - range[0]),
                    NCF_INK);
            ncf__free(text);
            ncf__free(mu);
        }
    }
}

/* The unit circle with r = 1 + 0.5 g / max |g|. */
static void plot_circle(ncf_script_t *script, int curve, const int *classes, double scale)
{
    double side = script->base - 8 - (script->top + 8);
    double left = 24, right = left + side * 0.98;
    ncf__script_panel(script, left, right, script->top + 8, script->base - 8);
    fprintf(script->out,
            "unset border\nunset tics\nunset grid\nset size ratio -1\n"
            "set xrange [-1.62:1.62]\nset yrange [-1.62:1.62]\n"
            "set arrow from -1.55,0 to 1.55,0 nohead back lw 0.5 lc rgb '#cccccc'\n"
            "set arrow from 0,-1.55 to 0,1.55 nohead back lw 0.5 lc rgb '#cccccc'\n"
            "set label 'q₁' at 1.57,0.09 center textcolor rgb '%s'\n"
            "set label 'q₂' at 0.1,1.55 center textcolor rgb '%s'\n"
            "r(g) = 1 + 0.5 * g / %.10g\n"
            "c(t) = cos(t * pi / 180)\ns(t) = sin(t * pi / 180)\n",
            NCF_GREY, NCF_GREY, scale);
    fprintf(script->out,
            "plot $d%d using (c($1)):(s($1)) with lines lw 1 dt 2 lc rgb '%s' notitle, \\\n"
            " $d%d using (r($2)*c($1)):(r($2)*s($1)) with lines lw 2 lc rgb '%s' notitle",
            curve, NCF_GREY, curve, NCF_INK);
    for (int c = 0; c < NCF_CLASS_COUNT; c++)
        fprintf(script->out,
                ", \\\n $d%d using (r($2)*c($1)):(r($2)*s($1)) with points pt %d ps 1.1 lc rgb "
                "'%s' notitle",
                classes[c], ncf__class_points[c], ncf__class_colours[c]);
    fputs("\n", script->out);
}

static void plot_unrolled(ncf_script_t *script, const ncf_profile_t *profile, int curve,
                          const int *classes, const double range[2], const char *label)
{
    double left = 24 + (script->base - script->top - 16) * 0.98 + 84;
    double room = 0.07 * (range[1] - range[0]);
    ncf__script_panel(script, left, script->width - 22, script->top + 12, script->base - 46);
    ncf__script_axis(script, 'x', 0, 360, 0, "angle of q (degrees)");
    ncf__script_axis(script, 'y', range[0] - room, range[1] + room, 0, label);
    fputs("set xrange [0:360]\nset xtics 0,45,360\n"
          "set arrow from 0,0 to 360,0 nohead back lw 1 dt 2 lc rgb '" NCF_GREY "'\n",
          script->out);
    label_lines(script, profile, range);
    fprintf(script->out, "plot $d%d using 1:2 with lines lw 2 lc rgb '%s' notitle", curve,
            NCF_INK);
    for (int c = 0; c < NCF_CLASS_COUNT; c++)
        fprintf(script->out,
                ", \\\n $d%d using 1:2:3 with yerrorbars pt %d ps 1.1 lw 1 lc rgb '%s' notitle",
                classes[c], ncf__class_points[c], ncf__class_colours[c]);
    fputs("\n", script->out);
}

static void draw_circle(FILE *out, const ncf_drawing_t *drawing, const ncf_profile_t *profile)
{
    ncf_script_t script;
    ncf_legend_t legend[NCF_CLASS_COUNT + 2];
    double range[2];
    int classes[NCF_CLASS_COUNT];
    char *power = ncf__text_superscript(profile->order);
    char *title = ncf__profile_title(profile);
    char *label = ncf__format("g(q) = Σ zᵢ (xᵢ·q)%s", power);
    int count = ncf__class_legend(legend, profile);
    legend[count++] = (ncf_legend_t) {NCF_MARK_LINE, NCF_INK, 0, "g; on the left r = 1 + g / (2 max |g|)"};
    legend[count++] = (ncf_legend_t) {NCF_MARK_DASHES, NCF_GREY, 0, "g = 0"};
    ncf_caption_t caption = {drawing->options->title != NULL ? drawing->options->title : title,
                             profile->caption_proved,
                             "Drawn, in floating point: the curve. −k is the point opposite to k.",
                             profile->provenance};
    ncf__script_begin(&script, out, drawing->options->format, 860, 480);
    int curve = put_curve(&script, profile, range);
    for (int c = 0; c < NCF_CLASS_COUNT; c++)
        classes[c] = put_class(&script, profile, c);
    double scale = fmax(fmax(range[1], -range[0]), 1e-300);
    ncf__script_open(&script, &caption, legend, count);
    plot_circle(&script, curve, classes, scale);
    plot_unrolled(&script, profile, curve, classes, range, label);
    ncf__script_close(&script);
    ncf__free(label);
    ncf__free(title);
    ncf__free(power);
}

ncf_status_t ncf__draw_profile(FILE *out, const ncf_drawing_t *drawing, ncf_error_t *err)
{
    ncf_profile_t profile;
    ncf_status_t status = ncf__profile_init(&profile, drawing, err);
    if (status == NCF_OK && profile.inputs == 2)
        draw_circle(out, drawing, &profile);
    else if (status == NCF_OK)
        ncf__draw_sphere(out, drawing, &profile);
    ncf__profile_clear(&profile);
    return status;
}
