/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* picture_script.c: which picture, and its script. */
#include "saved_table.h"

#include "text.h"

#include <stdlib.h>

typedef ncf_status_t (*draw_fn)(FILE *out, const ncf_drawing_t *drawing, ncf_error_t *err);

ncf_picture_kind_t ncf__picture_kind(const struct ncf_saved *saved)
{
    const json_t *lines = json_object_get(saved->root, "lines");
    json_int_t inputs = json_integer_value(
        json_object_get(json_object_get(saved->root, "problem"), "inputs"));
    if (ncf__is_table(saved))
        return NCF_PICTURE_TABLE;
    if (json_is_array(json_object_get(saved->root, "moments")))
        return NCF_PICTURE_TRAINING;
    if (json_array_size(lines) > 0 && (inputs == 2 || inputs == 3))
        return NCF_PICTURE_PROFILE;
    if (json_array_size(json_object_get(saved->root, "orbits")) > 0)
        return NCF_PICTURE_CENSUS;
    return NCF_PICTURE_AUTO;
}

/* Sentences of the documents end without a full stop. */
ncf_status_t ncf__completeness_text(char **out, const ncf_document_t *view,
                                    const ncf_node_t *root)
{
    ncf_node_t complete;
    int proved;
    const char *scope;
    *out = NULL;
    NCF_TRY(ncf__saved_object(&complete, view, root, "complete"));
    NCF_TRY(ncf__saved_flag(&proved, view, &complete, "proved"));
    NCF_TRY(ncf__saved_text(&scope, view, &complete, "scope"));
    *out = proved == 1 ? ncf__format("COMPLETE: %s are known.", scope != NULL ? scope : "all")
                       : ncf__strdup("UNDECIDED: whether there are others is not known.");
    return NCF_OK;
}

ncf_status_t ncf__provenance_text(char **out, const struct ncf_saved *saved, ncf_error_t *err)
{
    ncf_document_t view = ncf__saved_view(saved, err);
    ncf_node_t root = ncf__saved_root(saved), problem, software;
    const char *name, *digest, *network, *version;
    *out = NULL;
    NCF_TRY(ncf__saved_object(&problem, &view, &root, "problem"));
    NCF_TRY(ncf__saved_object(&software, &view, &root, "software"));
    NCF_TRY(ncf__saved_text(&name, &view, &problem, "name"));
    NCF_TRY(ncf__saved_text(&digest, &view, &problem, "sha256"));
    NCF_TRY(ncf__saved_text(&network, &view, &problem, "network"));
    NCF_TRY(ncf__saved_text(&version, &view, &software, "ncf"));
    char *shown = ncf__text_short(name != NULL ? name : "a problem", 48);
    *out = ncf__format("%s%s%s; sha256 %.16s...; ncf %s", shown, network != NULL ? ", " : "",
                       network != NULL ? network : "", digest != NULL ? digest : "?",
                       version != NULL ? version : "?");
    ncf__free(shown);
    return NCF_OK;
}

ncf_status_t ncf__picture_script(char **out, const ncf_drawing_t *drawing,
                                 ncf_picture_kind_t kind, ncf_error_t *err)
{
    static const draw_fn functions[] = {
        [NCF_PICTURE_TRAINING] = ncf__draw_training, [NCF_PICTURE_ANGLE] = ncf__draw_angle,
        [NCF_PICTURE_WEIGHTS] = ncf__draw_weights,   [NCF_PICTURE_PROFILE] = ncf__draw_profile,
        [NCF_PICTURE_CENSUS] = ncf__draw_census,     [NCF_PICTURE_TABLE] = ncf__draw_table};
    size_t length;
    char *text = NULL;
    ncf_locale_t locale;
    *out = NULL;
    FILE *stream = open_memstream(&text, &length);
    NCF_REQUIRE(stream != NULL);
    ncf__locale_enter(&locale);
    ncf_status_t status = functions[kind](stream, drawing, err);
    ncf__locale_leave(&locale);
    NCF_REQUIRE(fclose(stream) == 0);
    if (status == NCF_OK)
        *out = ncf__strdup(text);
    free(text);
    return status;
}
