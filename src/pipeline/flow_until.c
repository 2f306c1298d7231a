/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* flow_until.c: the conditions that end a run, from text. */
#include "flow_run.h"

#include <math.h>
#include <string.h>

typedef enum { VALUE_NONE, VALUE_OPTIONAL, VALUE_NEEDED } value_need_t;

typedef struct {
    const char *name;
    ncf_until_t condition;
    value_need_t value;
    int training; /* only where the loss moves the weights */
    int sphere;   /* on the sphere as well */
} word_t;

static const word_t words[] = {
    {"tau", NCF_UNTIL_TAU, VALUE_NEEDED, 0, 1},
    {"time", NCF_UNTIL_TIME, VALUE_NEEDED, 0, 1},
    {"norm", NCF_UNTIL_NORM, VALUE_NEEDED, 0, 0},
    {"loss", NCF_UNTIL_LOSS, VALUE_NEEDED, 1, 0},
    {"escape", NCF_UNTIL_ESCAPE, VALUE_NONE, 1, 0},
    {"plateau", NCF_UNTIL_PLATEAU, VALUE_OPTIONAL, 0, 1},
    {"cap", NCF_UNTIL_CAP, VALUE_NONE, 0, 1},
};

static const word_t *find_word(const char *text, size_t length)
{
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strlen(words[i].name) == length && memcmp(words[i].name, text, length) == 0)
            return &words[i];
    }
    return NULL;
}

static ncf_status_t read_value(double *out, const char *name, const char *text, size_t length,
                               ncf_error_t *err)
{
    fmpq_t exact;
    fmpq_init(exact);
    const char *fact = ncf__rational_parse(exact, text, length);
    *out = fact == NULL ? fmpq_get_d(exact) : 0;
    fmpq_clear(exact);
    if (fact != NULL)
        return ncf__fail(err, NCF_EARG, "until: %s=%.*s: %s", name, (int) length, text, fact);
    if (!(*out > 0) || !isfinite(*out))
        return ncf__fail(err, NCF_EARG, "until: %s must be a positive number", name);
    return NCF_OK;
}

static void add_event(ncf_run_events_t *out, ncf_until_t condition, double value)
{
    out->events[out->count++] = (ncf_run_event_t) {condition, value, 1, NAN};
}

static ncf_status_t read_condition(ncf_run_events_t *out, const char *text, size_t length,
                                   ncf_flow_kind_t kind, ncf_error_t *err)
{
    const char *equals = memchr(text, '=', length);
    size_t name = equals != NULL ? (size_t) (equals - text) : length;
    const word_t *word = find_word(text, name);
    double value = NAN;
    if (word == NULL)
        return ncf__fail(err, NCF_EARG,
                         "until: \"%.*s\" is no condition: tau=X, time=X, norm=X, loss=X, escape, "
                         "plateau, plateau=X and cap are",
                         (int) (length < 60 ? length : 60), text);
    if (word->training && !ncf__match_is_training(kind))
        return ncf__fail(err, NCF_EARG, "until: %s needs a flow of the loss", word->name);
    if (!word->sphere && kind == NCF_FLOW_SPHERE)
        return ncf__fail(err, NCF_EARG, "until: on the sphere there is no %s", word->name);
    if ((equals != NULL && word->value == VALUE_NONE) ||
        (equals == NULL && word->value == VALUE_NEEDED))
        return ncf__fail(err, NCF_EARG, "until: %s takes %s number", word->name,
                         equals != NULL ? "no" : "a");
    if (equals != NULL) {
        ncf_status_t status = read_value(&value, word->name, equals + 1, length - name - 1, err);
        if (status != NCF_OK)
            return status;
    }
    add_event(out, word->condition, value);
    return NCF_OK;
}

static ncf_status_t read_list(ncf_run_events_t *out, const char *text, ncf_flow_kind_t kind,
                              ncf_error_t *err)
{
    while (*text != '\0') {
        size_t length = strcspn(text, ",");
        if (out->count == NCF_RUN_MAX_EVENTS - 8)
            return ncf__fail(err, NCF_EARG, "until: too many conditions");
        ncf_status_t status = read_condition(out, text, length, kind, err);
        if (status != NCF_OK)
            return status;
        text += length + (text[length] == ',');
    }
    return NCF_OK;
}

ncf_status_t ncf__run_events_parse(ncf_run_events_t *out, const char *text, ncf_flow_kind_t kind,
                                   ncf_error_t *err)
{
    static const char *const defaults[] = {"escape,plateau", "", "plateau", "escape,plateau"};
    ncf_status_t status = NCF_OK;
    out->count = 0;
    if (text != NULL)
        status = read_list(out, text, kind, err);
    /* The cap is known only when a run has come to an end without it. */
    int looking = text == NULL;
    for (slong k = 0; k < out->count; k++)
        looking = looking || out->events[k].condition == NCF_UNTIL_CAP;
    if (status == NCF_OK && looking)
        status = read_list(out, defaults[kind], kind, err);
    if (kind != NCF_FLOW_SPHERE)
        add_event(out, NCF_UNTIL_ZERO, NAN);
    if (kind == NCF_FLOW_CORRELATION)
        add_event(out, NCF_UNTIL_BLOW_UP, NAN);
    return status;
}
