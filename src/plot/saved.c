/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* saved.c: reads documents of the program, with the place of what is wrong. */
#include "saved.h"

#include <math.h>
#include <string.h>

void ncf_saved_free(ncf_saved_t *saved)
{
    if (saved == NULL)
        return;
    json_decref(saved->root);
    ncf__free(saved->text);
    ncf__free(saved->name);
    ncf__free(saved);
}

ncf_document_t ncf__saved_view(const struct ncf_saved *saved, ncf_error_t *err)
{
    return (ncf_document_t) {.text = saved->text,
                             .length = saved->length,
                             .name = saved->name,
                             .directory = "",
                             .plain = saved->text,
                             .root = saved->root,
                             .err = err};
}

ncf_node_t ncf__saved_root(const struct ncf_saved *saved)
{
    return (ncf_node_t) {NULL, NULL, 0, saved->root};
}

/* The document is one of ours: its format is known and its version is 1. */
static ncf_status_t identify(struct ncf_saved *saved, ncf_error_t *err)
{
    ncf_document_t view = ncf__saved_view(saved, err);
    ncf_node_t root = ncf__saved_root(saved), format;
    const char *word;
    slong version;
    if (!json_is_object(root.value))
        return ncf__node_fail(&view, &root, NCF_ESPEC, "expected a document of ncf: an object");
    NCF_TRY(ncf__node_member(&format, &view, &root, "format"));
    NCF_TRY(ncf__node_string(&word, &view, &format));
    if (strncmp(word, "ncf-", 4) != 0)
        return ncf__node_fail(&view, &format, NCF_ESPEC,
                              "the format \"%.60s\" is not one of ncf", word);
    NCF_TRY(ncf__saved_count(&version, &view, &root, "version"));
    if (version != 1)
        return ncf__node_fail(&view, &format, NCF_EUNSUPPORTED,
                              "only version 1 of the format \"%.60s\" can be read", word);
    NCF_TRY(ncf__saved_text(&saved->method, &view, &root, "method"));
    if (saved->method == NULL)
        saved->method = word;
    return NCF_OK;
}

static ncf_status_t parse(struct ncf_saved *saved, ncf_error_t *err)
{
    json_error_t error;
    if (saved->length == 0)
        return ncf__fail_at(err, NCF_EPARSE, saved->name, 1, 1, "the file is empty");
    saved->root = json_loadb(saved->text, saved->length, JSON_REJECT_DUPLICATES, &error);
    if (saved->root == NULL) {
        int line, column;
        size_t offset = error.position > 0 ? (size_t) error.position : 0;
        ncf__text_place(&line, &column, saved->text, FLINT_MIN(offset, saved->length));
        return ncf__fail_at(err, NCF_EPARSE, saved->name, line, column, "%s", error.text);
    }
    return identify(saved, err);
}

ncf_status_t ncf_saved_parse(ncf_saved_t **out, const char *text, size_t length,
                             const char *name, ncf_error_t *err)
{
    struct ncf_saved *saved = ncf__calloc(1, sizeof(*saved));
    *out = NULL;
    saved->name = ncf__strdup(name);
    saved->text = ncf__malloc(length + 1, 1);
    memcpy(saved->text, text, length);
    saved->text[length] = '\0';
    saved->length = length;
    ncf__sha256(saved->sha256, text, length);
    ncf_status_t status = parse(saved, err);
    if (status == NCF_OK)
        *out = saved;
    else
        ncf_saved_free(saved);
    return status;
}

ncf_status_t ncf_saved_read(ncf_saved_t **out, const char *path, ncf_error_t *err)
{
    char fact[NCF_FACT_SIZE];
    char *bytes;
    size_t length;
    const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
    *out = NULL;
    ncf_status_t status = ncf__file_read(&bytes, &length, fact, path);
    if (status != NCF_OK)
        return ncf__fail_at(err, status, name, 0, 0, "%s", fact);
    status = ncf_saved_parse(out, bytes, length, name, err);
    ncf__free(bytes);
    return status;
}

/* ---- Members --------------------------------------------------------------------- */

/* 0 when the member is missing or null. */
static int find(ncf_node_t *member, const ncf_node_t *object, const char *key)
{
    *member = (ncf_node_t) {object, key, 0, json_object_get(object->value, key)};
    return member->value != NULL && !json_is_null(member->value);
}

/* A decimal of the documents: its nearest double, NAN for "nan", or a failure. */
static ncf_status_t take_decimal(double *out, const ncf_document_t *view, const ncf_node_t *node)
{
    const char *text;
    NCF_TRY(ncf__node_string(&text, view, node));
    *out = strcmp(text, "inf") == 0 ? HUGE_VAL : NAN;
    if (strcmp(text, "nan") == 0 || strcmp(text, "inf") == 0)
        return NCF_OK;
    fmpq_t exact;
    arb_t ball;
    fmpq_init(exact);
    arb_init(ball);
    const char *fact = ncf__rational_parse(exact, text, strlen(text));
    if (fact == NULL) {
        arb_set_fmpq(ball, exact, 64);
        *out = arf_get_d(arb_midref(ball), ARF_RND_NEAR);
        if (!isfinite(*out))
            fact = "the number is too large to be drawn";
    }
    arb_clear(ball);
    fmpq_clear(exact);
    return fact == NULL ? NCF_OK : ncf__node_fail(view, node, NCF_ESPEC, "%s", fact);
}

static ncf_status_t take_ball(ncf_drawn_t *out, const ncf_document_t *view,
                              const ncf_node_t *node)
{
    ncf_node_t mid, rad;
    *out = (ncf_drawn_t) {NAN, NAN};
    if (!json_is_object(node->value))
        return ncf__node_fail(view, node, NCF_ESPEC,
                              "expected an enclosure {\"mid\": .., \"rad\": ..}");
    NCF_TRY(ncf__node_member(&mid, view, node, "mid"));
    NCF_TRY(ncf__node_member(&rad, view, node, "rad"));
    NCF_TRY(take_decimal(&out->mid, view, &mid));
    NCF_TRY(take_decimal(&out->rad, view, &rad));
    if (out->rad < 0)
        return ncf__node_fail(view, &rad, NCF_ESPEC, "a radius is not negative");
    if (!isfinite(out->mid) || !isfinite(out->rad))
        *out = (ncf_drawn_t) {NAN, NAN};
    return NCF_OK;
}

ncf_status_t ncf__saved_real(double *out, const ncf_document_t *view, const ncf_node_t *object,
                             const char *key)
{
    ncf_node_t member;
    *out = NAN;
    if (!find(&member, object, key))
        return NCF_OK;
    if (!json_is_number(member.value))
        return ncf__node_fail(view, &member, NCF_ESPEC, "expected a number");
    *out = json_number_value(member.value);
    return NCF_OK;
}

ncf_status_t ncf__saved_ball(ncf_drawn_t *out, const ncf_document_t *view,
                             const ncf_node_t *object, const char *key)
{
    ncf_node_t member;
    *out = (ncf_drawn_t) {NAN, NAN};
    if (!find(&member, object, key))
        return NCF_OK;
    if (!json_is_string(member.value))
        return take_ball(out, view, &member);
    out->rad = 0;
    return take_decimal(&out->mid, view, &member);
}

ncf_status_t ncf__saved_count(slong *out, const ncf_document_t *view, const ncf_node_t *object,
                              const char *key)
{
    ncf_node_t member;
    *out = -1;
    if (!find(&member, object, key))
        return NCF_OK;
    if (!json_is_integer(member.value) || json_integer_value(member.value) < 0)
        return ncf__node_fail(view, &member, NCF_ESPEC, "expected an integer, at least 0");
    *out = (slong) json_integer_value(member.value);
    return NCF_OK;
}

ncf_status_t ncf__saved_text(const char **out, const ncf_document_t *view,
                             const ncf_node_t *object, const char *key)
{
    ncf_node_t member;
    *out = NULL;
    return find(&member, object, key) ? ncf__node_string(out, view, &member) : NCF_OK;
}

ncf_status_t ncf__saved_flag(int *out, const ncf_document_t *view, const ncf_node_t *object,
                             const char *key)
{
    ncf_node_t member;
    *out = -1;
    if (!find(&member, object, key))
        return NCF_OK;
    if (!json_is_boolean(member.value))
        return ncf__node_fail(view, &member, NCF_ESPEC, "expected true or false");
    *out = json_is_true(member.value);
    return NCF_OK;
}

ncf_status_t ncf__saved_vector(ncf_drawn_t *out, size_t *length, size_t room,
                               const ncf_document_t *view, const ncf_node_t *list)
{
    NCF_TRY(ncf__node_list(length, view, list, "a list of enclosures"));
    if (*length > room)
        return ncf__node_fail(view, list, NCF_ESPEC, "the list has more than %zu entries", room);
    for (size_t k = 0; k < *length; k++) {
        ncf_node_t entry = ncf__node_entry(list, k);
        NCF_TRY(take_ball(&out[k], view, &entry));
        if (isnan(out[k].mid))
            return ncf__node_fail(view, &entry, NCF_ESPEC, "the enclosure is not finite");
    }
    return NCF_OK;
}

ncf_status_t ncf__saved_object(ncf_node_t *out, const ncf_document_t *view,
                               const ncf_node_t *object, const char *key)
{
    NCF_TRY(ncf__node_member(out, view, object, key));
    if (!json_is_object(out->value))
        return ncf__node_fail(view, out, NCF_ESPEC, "expected an object");
    return NCF_OK;
}

ncf_status_t ncf__saved_list(ncf_node_t *out, size_t *length, const ncf_document_t *view,
                             const ncf_node_t *object, const char *key)
{
    NCF_TRY(ncf__node_member(out, view, object, key));
    return ncf__node_list(length, view, out, "a list");
}
