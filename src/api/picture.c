/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* picture.c: ncf_picture_write and ncf_report_write. */
#include "../plot/gnuplot.h"
#include "../plot/plot.h"
#include "../plot/saved_table.h"
#include "../plot/report.h"

#include <string.h>

void ncf_picture_options_init(ncf_picture_options_t *options)
{
    *options = (ncf_picture_options_t) {
        .size = sizeof(*options), .kind = NCF_PICTURE_AUTO, .format = NCF_PICTURE_SVG};
}

static ncf_status_t check_options(const ncf_picture_options_t *options, size_t count,
                                  ncf_error_t *err)
{
    if (options->size != sizeof(*options))
        return ncf__fail(err, NCF_EARG, "the options were not set by ncf_picture_options_init");
    if (options->kind < NCF_PICTURE_AUTO || options->kind > NCF_PICTURE_TABLE)
        return ncf__fail(err, NCF_EARG, "there is no such kind of picture");
    if (options->format < NCF_PICTURE_SVG || options->format > NCF_PICTURE_PDF)
        return ncf__fail(err, NCF_EARG, "there is no such format of pictures");
    if (count < 1)
        return ncf__fail(err, NCF_EARG, "a document is needed");
    return NCF_OK;
}

/* The kind that is drawn; a failure when the documents do not go with it. */
static ncf_status_t choose_kind(ncf_picture_kind_t *kind, const ncf_drawing_t *drawing,
                                ncf_error_t *err)
{
    const struct ncf_saved *first = drawing->saved[0];
    *kind = drawing->options->kind;
    if (*kind == NCF_PICTURE_AUTO)
        *kind = ncf__picture_kind(first);
    if (*kind == NCF_PICTURE_AUTO)
        return ncf__fail_at(err, NCF_ESPEC, first->name, 0, 0,
                            "there is nothing in this document to be drawn");
    if (drawing->count > 1 && *kind != NCF_PICTURE_TRAINING && *kind != NCF_PICTURE_ANGLE)
        return ncf__fail(err, NCF_EARG, "a picture of this kind shows one document");
    return NCF_OK;
}

static ncf_status_t write_bytes(FILE *stream, const char *bytes, size_t length, ncf_error_t *err)
{
    if (fwrite(bytes, 1, length, stream) != length || fflush(stream) != 0)
        return ncf__fail(err, NCF_EIO, "the picture could not be written");
    return NCF_OK;
}

ncf_status_t ncf_picture_write(FILE *stream, const ncf_saved_t *const *saved, size_t count,
                               const ncf_picture_options_t *options, ncf_error_t *err)
{
    ncf_picture_options_t defaults;
    ncf_picture_kind_t kind;
    char *script, *picture;
    size_t length;
    ncf_picture_options_init(&defaults);
    ncf_drawing_t drawing = {saved, count, options != NULL ? options : &defaults};
    ncf_status_t status = check_options(drawing.options, count, err);
    if (status == NCF_OK)
        status = choose_kind(&kind, &drawing, err);
    if (status == NCF_OK)
        status = ncf__picture_script(&script, &drawing, kind, err);
    if (status != NCF_OK)
        return status;
    if (drawing.options->stop != NULL && *drawing.options->stop) {
        status = ncf__fail(err, NCF_ELIMIT, "interrupted; nothing was written");
    } else if (drawing.options->script) {
        status = write_bytes(stream, script, strlen(script), err);
    } else {
        status = ncf__gnuplot(&picture, &length, script, drawing.options->format,
                              drawing.options->stop, err);
        if (status == NCF_OK) {
            status = write_bytes(stream, picture, length, err);
            ncf__free(picture);
        }
    }
    ncf__free(script);
    return status;
}

void ncf_report_options_init(ncf_report_options_t *options)
{
    *options = (ncf_report_options_t) {.size = sizeof(*options), .pictures = 1};
}

ncf_status_t ncf_report_write(FILE *stream, const ncf_saved_t *const *saved, size_t count,
                              const ncf_report_options_t *options, ncf_error_t *err)
{
    ncf_report_options_t defaults;
    ncf_report_options_init(&defaults);
    if (options == NULL)
        options = &defaults;
    if (options->size != sizeof(*options))
        return ncf__fail(err, NCF_EARG, "the options were not set by ncf_report_options_init");
    if (count < 1)
        return ncf__fail(err, NCF_EARG, "a document is needed");
    for (size_t k = 0; k < count; k++) {
        if (ncf__is_table(saved[k]))
            return ncf__fail_at(err, NCF_ESPEC, saved[k]->name, 0, 0,
                                "a table has no report: `ncf table` writes it in five formats, "
                                "`ncf plot` draws it");
    }
    ncf_status_t status = ncf__report_page(stream, saved, count, options, err);
    if (status == NCF_OK && (fflush(stream) != 0 || ferror(stream)))
        status = ncf__fail(err, NCF_EIO, "the report could not be written");
    return status;
}
