/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * saved.h: documents that the program wrote, read again to be drawn. Nothing is proved from
 * them: numbers become doubles, and what they call proved is reported as theirs.
 */
#ifndef NCF_SAVED_H
#define NCF_SAVED_H

#include "../problem/reader.h"

/* A document in memory; immutable. */
struct ncf_saved {
    char *name;      /* of the file, as it is printed */
    char sha256[65]; /* of its bytes */
    char *text;
    size_t length;
    json_t *root;       /* an object */
    const char *method; /* its "method", or its "format" without one; within root */
};

/* What the readers below take: failures go to err with the place in the file. */
ncf_document_t ncf__saved_view(const struct ncf_saved *saved, ncf_error_t *err);
ncf_node_t ncf__saved_root(const struct ncf_saved *saved);

/*
 * An enclosure {"mid": .., "rad": ..}, or a decimal alone, whose radius is 0, as doubles;
 * mid is NAN where nothing is known.
 */
typedef struct {
    double mid, rad;
} ncf_drawn_t;

/*
 * Members of an object. One that is missing or null gives the value that stands for
 * "nothing is known": NAN, -1, NULL. A value of another type is a failure with its place.
 */
ncf_status_t ncf__saved_real(double *out, const ncf_document_t *view, const ncf_node_t *object,
                             const char *key);
ncf_status_t ncf__saved_ball(ncf_drawn_t *out, const ncf_document_t *view,
                             const ncf_node_t *object, const char *key);
ncf_status_t ncf__saved_count(slong *out, const ncf_document_t *view, const ncf_node_t *object,
                              const char *key);
ncf_status_t ncf__saved_text(const char **out, const ncf_document_t *view,
                             const ncf_node_t *object, const char *key);
ncf_status_t ncf__saved_flag(int *out, const ncf_document_t *view, const ncf_node_t *object,
                             const char *key);

/* A list of enclosures, all of them known, at most `room` of them; *length is how many. */
ncf_status_t ncf__saved_vector(ncf_drawn_t *out, size_t *length, size_t room,
                               const ncf_document_t *view, const ncf_node_t *list);

/* A member that is an object, or a list; with `must` a missing one is a failure. */
ncf_status_t ncf__saved_object(ncf_node_t *out, const ncf_document_t *view,
                               const ncf_node_t *object, const char *key);
ncf_status_t ncf__saved_list(ncf_node_t *out, size_t *length, const ncf_document_t *view,
                             const ncf_node_t *object, const char *key);

#endif
