/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* words.c: enum values as words, shared by the table and the document. */
#include "report.h"

const char *ncf__second_order_text(ncf_second_order_t value)
{
    switch (value) {
    case NCF_SECOND_ORDER_STRICT:
        return "strict";
    case NCF_SECOND_ORDER_DEGENERATE:
        return "degenerate";
    case NCF_SECOND_ORDER_NO:
        return "no";
    default:
        return "undecided";
    }
}

const char *ncf__check_text(ncf_check_t value)
{
    switch (value) {
    case NCF_CHECK_KRAWCZYK:
        return "krawczyk";
    case NCF_CHECK_ACTIVE:
        return "krawczyk-active-units";
    case NCF_CHECK_RESIDUAL:
        return "residual";
    case NCF_CHECK_LIFT:
        return "lift";
    case NCF_CHECK_FAILED:
        return "undecided";
    case NCF_CHECK_REFUTED:
        return "refuted";
    default:
        return "none";
    }
}

const char *ncf__limit_text(ncf_limit_t value)
{
    return value == NCF_LIMIT_TIME ? "time" : value == NCF_LIMIT_STOP ? "interrupted" : "none";
}

char *ncf__count_text(const ncf_count_struct *count)
{
    if (!count->known)
        return NULL;
    char *digits = fmpz_get_str(NULL, 10, count->value);
    char *text = ncf__strdup(digits);
    flint_free(digits);
    return text;
}

ncf_verdict_t ncf__is_complete(const ncf_result_t *result)
{
    return result->deep != NULL ? result->deep->complete : result->search.lines.complete;
}
