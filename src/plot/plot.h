/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * plot/: pictures and reports of saved documents. Takes documents, gives gnuplot scripts,
 * pictures and HTML. Claims nothing of its own.
 * May include: base/, problem/, jansson.
 */
#ifndef NCF_PLOT_H
#define NCF_PLOT_H

#include "../problem/trajectory.h"
#include "saved.h"
#include "script.h"

/* What is to be drawn. */
typedef struct {
    const ncf_saved_t *const *saved;
    size_t count;
    const ncf_picture_options_t *options;
} ncf_drawing_t;

/* The first kind that a document has data for; NCF_PICTURE_AUTO when there is none. */
ncf_picture_kind_t ncf__picture_kind(const struct ncf_saved *saved);

/*
 * The script of a picture, of a kind that is not NCF_PICTURE_AUTO. Owns: the caller frees
 * *out. Fails as ncf_picture_write.
 */
ncf_status_t ncf__picture_script(char **out, const ncf_drawing_t *drawing,
                                 ncf_picture_kind_t kind, ncf_error_t *err);

/* One function for each kind: writes the whole script. */
ncf_status_t ncf__draw_training(FILE *out, const ncf_drawing_t *drawing, ncf_error_t *err);
ncf_status_t ncf__draw_angle(FILE *out, const ncf_drawing_t *drawing, ncf_error_t *err);
ncf_status_t ncf__draw_weights(FILE *out, const ncf_drawing_t *drawing, ncf_error_t *err);
ncf_status_t ncf__draw_profile(FILE *out, const ncf_drawing_t *drawing, ncf_error_t *err);
ncf_status_t ncf__draw_table(FILE *out, const ncf_drawing_t *drawing, ncf_error_t *err);
/* The census of a table. */
ncf_status_t ncf__draw_histogram(FILE *out, const ncf_drawing_t *drawing, ncf_error_t *err);
ncf_status_t ncf__draw_census(FILE *out, const ncf_drawing_t *drawing, ncf_error_t *err);

/* ---- What several kinds need ----------------------------------------------------- */

/* "COMPLETE: all KKT ..." or what is undecided, from complete. Allocated. */
ncf_status_t ncf__completeness_text(char **out, const ncf_document_t *view,
                                    const ncf_node_t *root);

/* The footer: the file, its problem with its digest, the version. Allocated. */
ncf_status_t ncf__provenance_text(char **out, const struct ncf_saved *saved, ncf_error_t *err);

#endif
