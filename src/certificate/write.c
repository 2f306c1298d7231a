/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* write.c: claims and their keys, in the order in which they come, and what is not proved. */
#include "certificate.h"

#include <stdarg.h>
#include <string.h>

const char ncf__reason_no_claim[] =
    "ncf proves it in floating-point intervals or balls; the format has no claim for it";
const char ncf__reason_not_passed[] =
    "ncf proves it; no data were found with which the check of the claim passes";

static void write_list(FILE *stream, const slong *list, slong count)
{
    fputc('[', stream);
    for (slong i = 0; i < count; i++)
        fprintf(stream, i == 0 ? "%ld" : ", %ld", (long) list[i]);
    fputc(']', stream);
}

slong ncf__claim_open(ncf_certificate_t *certificate, const char *kind, const char *theorem,
                      const slong *premises, slong count)
{
    FILE *stream = certificate->stream;
    certificate->claims++;
    fprintf(stream,
            "%s\n    { \"id\": %ld, \"kind\": \"%s\", \"theorem\": \"%s\", \"premises\": ",
            certificate->claims == 1 ? "" : ",", (long) certificate->claims, kind, theorem);
    write_list(stream, premises, count);
    return certificate->claims;
}

void ncf__claim_integer(ncf_certificate_t *certificate, const char *key, slong value)
{
    fprintf(certificate->stream, ", \"%s\": %ld", key, (long) value);
}

void ncf__claim_text(ncf_certificate_t *certificate, const char *key, const char *text)
{
    fprintf(certificate->stream, ", \"%s\": \"%s\"", key, text);
}

void ncf__claim_word(ncf_certificate_t *certificate, const char *key, const char *word)
{
    fprintf(certificate->stream, ", \"%s\": %s", key, word);
}

void ncf__claim_number(ncf_certificate_t *certificate, const char *key, const fmpz_t value)
{
    char *text = fmpz_get_str(NULL, 10, value);
    ncf__claim_text(certificate, key, text);
    flint_free(text);
}

void ncf__claim_rational(ncf_certificate_t *certificate, const char *key, const arf_t dyadic)
{
    fmpz_t mantissa, exponent;
    fmpz_init(mantissa);
    fmpz_init(exponent);
    arf_get_fmpz_2exp(mantissa, exponent, dyadic);
    slong shift = fmpz_get_si(exponent);
    if (shift >= 0) {
        fmpz_mul_2exp(mantissa, mantissa, (ulong) shift);
        ncf__claim_number(certificate, key, mantissa);
    } else {
        char *text = fmpz_get_str(NULL, 10, mantissa);
        fprintf(certificate->stream, ", \"%s\": \"%s*2^%ld\"", key, text, (long) shift);
        flint_free(text);
    }
    fmpz_clear(exponent);
    fmpz_clear(mantissa);
}

void ncf__claim_indices(ncf_certificate_t *certificate, const char *key, const slong *list,
                        slong count)
{
    fprintf(certificate->stream, ", \"%s\": ", key);
    write_list(certificate->stream, list, count);
}

void ncf__claim_vector(ncf_certificate_t *certificate, const char *key, const ncf_dyadic_t *v)
{
    FILE *stream = certificate->stream;
    fprintf(stream, ",\n      \"%s\": { \"exponent\": %ld, \"mantissas\": \"", key,
            (long) v->exponent);
    for (slong i = 0; i < v->count; i++) {
        if (i > 0)
            fputc(' ', stream);
        char *text = fmpz_get_str(NULL, 10, v->mantissas + i);
        fputs(text, stream);
        flint_free(text);
    }
    fputs("\" }", stream);
}

void ncf__claim_close(ncf_certificate_t *certificate)
{
    fputs(" }", certificate->stream);
}

/* Printable characters of ASCII without quote and backslash: what strings of the format hold.
 */
static char *plain_text(const char *text)
{
    char *out = ncf__strdup(text);
    for (char *c = out; *c != '\0'; c++)
        if (*c < ' ' || *c > '~' || *c == '"' || *c == '\\')
            *c = '?';
    return out;
}

void ncf__unproved(ncf_certificate_t *certificate, const char *reason, const char *statement,
                   ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, statement);
    vsnprintf(text, sizeof(text), statement, arguments);
    va_end(arguments);
    if (certificate->unproved == certificate->allocated) {
        certificate->allocated = 2 * certificate->allocated + 16;
        size_t size = (size_t) certificate->allocated;
        certificate->statements =
            ncf__realloc(certificate->statements, size, sizeof(*certificate->statements));
        certificate->reasons =
            ncf__realloc(certificate->reasons, size, sizeof(*certificate->reasons));
    }
    certificate->statements[certificate->unproved] = plain_text(text);
    certificate->reasons[certificate->unproved++] =
        plain_text(reason != NULL ? reason : "it was not decided");
}
