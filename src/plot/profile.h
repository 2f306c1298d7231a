/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * profile.h: N of one unit as a function on the unit sphere of the inputs,
 * g(q) = sum_i z_i (x_i . q)^m, with its critical lines from a document.
 */
#ifndef NCF_PROFILE_H
#define NCF_PROFILE_H

#include "plot.h"

#define NCF_PROFILE_MAX_INPUTS 3

/* A critical line, or with dimension > 0 a space of them, of which basis is orthonormal. */
typedef struct {
    ncf_drawn_t mu;
    slong index, nullity; /* -1: not known */
    slong dimension;
    ncf_drawn_t basis[NCF_PROFILE_MAX_INPUTS][NCF_PROFILE_MAX_INPUTS];
} ncf_drawn_line_t;

typedef struct {
    slong inputs; /* 2 or 3 */
    slong order;  /* m */
    slong depth;  /* K: for more than 2 layers the profile is that of the rank-one points */
    slong points;
    double *x, *z; /* points x inputs; points */
    slong line_count;
    ncf_drawn_line_t *lines;
    double scale; /* an upper bound of |g| on the sphere, about: the largest value met */
    int complete; /* what the document says of its list */
    char *caption_proved, *provenance;
} ncf_profile_t;

/*
 * Clear with ncf__profile_clear after success and failure. Fails when the lines do not lie
 * on the profile of the problem.
 */
ncf_status_t ncf__profile_init(ncf_profile_t *profile, const ncf_drawing_t *drawing,
                               ncf_error_t *err);
void ncf__profile_clear(ncf_profile_t *profile);

/* The title of its pictures. Allocated. */
char *ncf__profile_title(const ncf_profile_t *profile);

double ncf__profile_value(const ncf_profile_t *profile, const double *q);

/* The value at -q for the value at q. */
double ncf__profile_opposite(const ncf_profile_t *profile, double value);

/* The class of a line in the legend: its colour and point type. */
enum { NCF_CLASS_ATTRACTS, NCF_CLASS_ONE, NCF_CLASS_MORE, NCF_CLASS_FLAT, NCF_CLASS_COUNT };
int ncf__line_class(const ncf_drawn_line_t *line);
extern const char *const ncf__class_colours[NCF_CLASS_COUNT];
extern const int ncf__class_points[NCF_CLASS_COUNT];
int ncf__class_legend(ncf_legend_t *legend, const ncf_profile_t *profile);

/* profile_sphere.c: for three inputs. */
void ncf__draw_sphere(FILE *out, const ncf_drawing_t *drawing,
                      const ncf_profile_t *profile);

#endif
