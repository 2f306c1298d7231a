/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* report.c: the page of a report. It needs no network, no script, and no other file. */
#include "report.h"

#include "gnuplot.h"
#include "text.h"

#include <string.h>

static const char style[] =
    ":root{color-scheme:light}\n"
    "body{font:15px/1.5 system-ui,'Helvetica Neue',Arial,sans-serif;color:#222;background:#fff;"
    "margin:0}\n"
    "main{max-width:68rem;margin:0 auto;padding:1.5rem}\n"
    "h1{font-size:1.7rem;line-height:1.2;margin:0 0 .3rem}\n"
    "h2{font-size:1.3rem;margin:2.2rem 0 .6rem;border-bottom:2px solid #0072B2;"
    "padding-bottom:.2rem;overflow-wrap:anywhere}\n"
    "h3{font-size:1.05rem;margin:1.6rem 0 .4rem}\n"
    "p{margin:.4rem 0}\n"
    ".verdict{padding:.5rem .8rem;border-left:6px solid;background:#f6f6f6}\n"
    ".verdict.proved{border-color:#009E73}.verdict.open{border-color:#E69F00}\n"
    ".proof,.note,.rad{color:#666}.rad{font-size:.85em;white-space:nowrap}\n"
    ".wide{overflow-x:auto}\n"
    "table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums}\n"
    "th,td{padding:.2rem .5rem;text-align:left;vertical-align:top;border-bottom:1px solid #ddd}\n"
    ".list thead th{border-bottom:2px solid #888;white-space:nowrap}\n"
    ".list tbody tr:nth-child(even){background:#f8f8f8}\n"
    ".list td{white-space:nowrap}.list td.text{white-space:normal;min-width:14rem}\n"
    ".members th{font-weight:600;white-space:nowrap}.members td{overflow-wrap:anywhere}\n"
    ".members .members{font-size:1em}.members .members td,.members .members th{border:0;"
    "padding:0 .5rem 0 0}\n"
    "figure{margin:1rem 0}figure img{max-width:100%;height:auto}\n"
    "figcaption{color:#666;font-size:.85rem}\n"
    "code{font:.85rem/1.4 ui-monospace,Consolas,monospace;overflow-wrap:anywhere}\n"
    "footer{margin-top:2.5rem;color:#666;font-size:.85rem;border-top:1px solid #ddd}\n"
    "@page{margin:16mm}\n"
    "@media print{body{font-size:10pt}main{max-width:none;padding:0}.wide{overflow:visible}"
    "table{font-size:8pt}.list td{white-space:normal}.list td.text{min-width:0}"
    "section{break-before:page}section:first-of-type{break-before:auto}"
    "h2,h3{break-after:avoid}tr,figure,.verdict{break-inside:avoid}"
    "thead{display:table-header-group}th,td{padding:.1rem .35rem}}\n";

static void put_head(FILE *out, const char *title)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
          "img-src data:; style-src 'unsafe-inline'\"/>\n<title>",
          out);
    ncf__html_text(out, title);
    fprintf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<main>\n<h1>", style);
    ncf__html_text(out, title);
    fputs("</h1>\n<p class=\"note\">KKT points of neural correlation functions. Enclosures "
          "<q>mid ± rad</q> are valid as written; what is called proved rests on the theorems "
          "named, what is measured says so.</p>\n",
          out);
}

/* ---- Pictures -------------------------------------------------------------------- */

/* One picture, as an image in the page. */
static ncf_status_t put_picture(FILE *out, const ncf_saved_t *saved, ncf_picture_kind_t kind,
                                const char *caption, const ncf_report_options_t *options,
                                ncf_error_t *err)
{
    ncf_picture_options_t picture = {.size = sizeof(picture),
                                     .kind = kind,
                                     .format = NCF_PICTURE_SVG,
                                     .problem = options->problem};
    ncf_drawing_t drawing = {&saved, 1, &picture};
    char *script, *bytes;
    size_t length;
    ncf_error_t unfit;
    ncf_error_init(&unfit);
    /* A document without what this picture needs has the other ones. */
    if (ncf__picture_script(&script, &drawing, kind, &unfit) != NCF_OK)
        return NCF_OK;
    ncf_status_t status = ncf__gnuplot(&bytes, &length, script, NCF_PICTURE_SVG, options->stop, err);
    ncf__free(script);
    if (status != NCF_OK)
        return status;
    fprintf(out, "<figure><img alt=\"%s\" src=\"data:image/svg+xml;base64,", caption);
    ncf__html_base64(out, bytes, length);
    fprintf(out, "\"/><figcaption>%s</figcaption></figure>\n", caption);
    ncf__free(bytes);
    return NCF_OK;
}

static ncf_status_t put_pictures(FILE *out, const ncf_saved_t *saved,
                                 const ncf_report_options_t *options, ncf_error_t *err)
{
    static const struct {
        ncf_picture_kind_t kind;
        const char *needs, *caption;
    } pictures[] = {
        {NCF_PICTURE_TRAINING, "moments", "Loss and norm against time."},
        {NCF_PICTURE_ANGLE, "moments", "The angle to the KKT point, and the deviation."},
        {NCF_PICTURE_PROFILE, "lines", "N of one unit, with its critical lines."},
        {NCF_PICTURE_CENSUS, "counts_are", "The KKT points of the listed orbits."},
        {NCF_PICTURE_WEIGHTS, "orbits", "Weights of KKT points."},
    };
    int before = 0;
    for (size_t k = 0; k < sizeof(pictures) / sizeof(pictures[0]); k++) {
        if (json_object_get(saved->root, pictures[k].needs) == NULL)
            continue;
        if (!before)
            fputs("<h3>Pictures</h3>\n", out);
        before = 1;
        ncf_status_t status =
            put_picture(out, saved, pictures[k].kind, pictures[k].caption, options, err);
        if (status != NCF_OK)
            return status;
    }
    return NCF_OK;
}

/* ---- Provenance ------------------------------------------------------------------ */

static void put_fact(FILE *out, const char *name, const char *text, const char *element)
{
    if (text == NULL)
        return;
    fprintf(out, "<tr><th scope=\"row\">%s</th><td><%s>", name, element);
    ncf__html_text(out, text);
    fprintf(out, "</%s></td></tr>\n", element);
}

static void put_value_fact(FILE *out, const char *name, const json_t *value)
{
    if (value == NULL)
        return;
    fprintf(out, "<tr><th scope=\"row\">%s</th><td>", name);
    ncf__html_value(out, value);
    fputs("</td></tr>\n", out);
}

static const char *digest_of(const struct ncf_saved *saved, const char *file)
{
    return json_string_value(json_object_get(json_object_get(saved->root, file), "sha256"));
}

static void put_provenance(FILE *out, const struct ncf_saved *saved)
{
    char *command = ncf__report_command(saved);
    fputs("<h3>Where it comes from</h3>\n<table class=\"members\"><tbody>\n", out);
    put_fact(out, "document", saved->name, "span");
    put_fact(out, "its sha256", saved->sha256, "code");
    put_fact(out, "problem sha256", digest_of(saved, "problem"), "code");
    put_fact(out, "trajectory sha256", digest_of(saved, "trajectory"), "code");
    put_fact(out, "candidates sha256", digest_of(saved, "candidates_file"), "code");
    put_value_fact(out, "method", json_object_get(saved->root, "method"));
    put_value_fact(out, "route", json_object_get(saved->root, "route"));
    put_value_fact(out, "effort", json_object_get(saved->root, "effort"));
    put_value_fact(out, "seconds", json_object_get(json_object_get(saved->root, "timing"), "seconds"));
    put_value_fact(out, "software", json_object_get(saved->root, "software"));
    /* Only `ncf solve` records all options. */
    int partly = strcmp(saved->method, "match") == 0 || strcmp(saved->method, "certify") == 0;
    put_fact(out, partly ? "command, as far as recorded" : "command", command, "code");
    fputs("</tbody></table>\n", out);
    ncf__free(command);
}

static ncf_status_t put_document(FILE *out, const ncf_saved_t *saved,
                                 const ncf_report_options_t *options, ncf_error_t *err)
{
    fputs("<section>\n<h2>", out);
    ncf__html_text(out, saved->name);
    fputs("</h2>\n", out);
    ncf__report_verdict(out, saved);
    fputs("<div class=\"wide\">\n", out);
    ncf__report_tables(out, saved);
    fputs("</div>\n", out);
    ncf_status_t status = options->pictures ? put_pictures(out, saved, options, err) : NCF_OK;
    fputs("<div class=\"wide\">\n", out);
    put_provenance(out, saved);
    fputs("</div>\n</section>\n", out);
    return status;
}

ncf_status_t ncf__report_page(FILE *out, const ncf_saved_t *const *saved, size_t count,
                              const ncf_report_options_t *options, ncf_error_t *err)
{
    ncf_locale_t locale;
    ncf_status_t status = NCF_OK;
    ncf__locale_enter(&locale);
    put_head(out, options->title != NULL ? options->title : "Report of ncf");
    for (size_t k = 0; k < count && status == NCF_OK; k++)
        status = put_document(out, saved[k], options, err);
    fprintf(out, "<footer><p>Written by ncf %s.</p></footer>\n</main>\n</body>\n</html>\n",
            ncf_version());
    ncf__locale_leave(&locale);
    return status;
}
