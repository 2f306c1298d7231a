/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* cap_report.c: see cap_report.h. */
#include "cap_report.h"
#include "json_parts.h"

#define REASONS_SHOWN 20

/* A decimal that is not above the angle. */
static char *angle_text(const char *format, int digits, const arf_t angle)
{
    char *text = NULL;
    mpfr_t lower;
    mpfr_init2(lower, 64);
    arf_get_mpfr(lower, angle, MPFR_RNDD);
    int length = mpfr_snprintf(NULL, 0, format, digits, lower);
    text = ncf__malloc((size_t) length + 1, 1);
    mpfr_snprintf(text, (size_t) length + 1, format, digits, lower);
    mpfr_clear(lower);
    return text;
}

json_t *ncf__json_cap(const ncf_cap_t *cap, slong digits)
{
    json_t *object = json_object(), *angle = json_null();
    int proved = ncf_is_proved(cap->verdict);
    if (proved) {
        char *text = angle_text("%.*RDg", digits < 17 ? (int) digits : 17, cap->angle);
        angle = json_string(text);
        ncf__free(text);
    }
    json_object_set_new(object, "verdict", json_string(proved ? "proved" : "undecided"));
    json_object_set_new(object, "angle", angle);
    json_object_set_new(object, "reason", ncf__json_text(cap->reason));
    return object;
}

void ncf__json_set_caps(json_t *orbits, const ncf_result_t *result, slong digits)
{
    for (slong k = 0; k < result->caps.count; k++)
        json_object_set_new(json_array_get(orbits, (size_t) k), "cap",
                            ncf__json_cap(&result->caps.caps[k], digits));
}

static int is_open(const ncf_result_t *result, slong k)
{
    return ncf__orbit_is_strict(result, k) && !ncf_is_proved(result->caps.caps[k].verdict);
}

static char *open_text(const ncf_result_t *result, slong k)
{
    return ncf__format("orbit %ld has no certified cap: %s", (long) k + 1,
                       result->caps.caps[k].reason);
}

void ncf__json_open_caps(json_t *undecided, const ncf_result_t *result)
{
    for (slong k = 0; k < result->caps.count; k++) {
        if (!is_open(result, k))
            continue;
        char *text = open_text(result, k);
        json_array_append_new(undecided, json_pack("{s:s}", "reason", text));
        ncf__free(text);
    }
}

char *ncf__cap_text(const ncf_cap_t *cap)
{
    if (!ncf_is_proved(cap->verdict))
        return ncf__strdup("-");
    return arf_cmpabs_2exp_si(cap->angle, -7) < 0 ? angle_text("%.*RDe", 0, cap->angle)
                                                  : angle_text("%.*RDf", 4, cap->angle);
}

void ncf__write_open_caps(FILE *stream, const ncf_result_t *result, int verbose)
{
    slong open = 0;
    for (slong k = 0; k < result->caps.count; k++) {
        if (!is_open(result, k))
            continue;
        open++;
        if (!verbose && open > REASONS_SHOWN)
            continue;
        char *text = open_text(result, k);
        ncf__write_paragraph(stream, "Open      ", text);
        ncf__free(text);
    }
    if (!verbose && open > REASONS_SHOWN)
        fprintf(stream, "          ... %ld more (--verbose or --json lists them)\n",
                (long) (open - REASONS_SHOWN));
    if (open > 0)
        fputc('\n', stream);
}
