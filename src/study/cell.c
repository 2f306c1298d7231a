/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* cell.c: the cells of a table: adding up cases, and writing what came of it. */
#include "quantity.h"

#include <string.h>

#define SUM_BITS 256

void ncf__cell_init(ncf_cell_t *cell, ncf_cell_type_t type)
{
    memset(cell, 0, sizeof(*cell));
    cell->type = type;
    fmpz_init(cell->least);
    fmpz_init(cell->greatest);
    fmpz_init(cell->sum);
    arb_init(cell->low);
    arb_init(cell->high);
    arb_init(cell->total);
}

void ncf__cell_clear(ncf_cell_t *cell)
{
    fmpz_clear(cell->least);
    fmpz_clear(cell->greatest);
    fmpz_clear(cell->sum);
    arb_clear(cell->low);
    arb_clear(cell->high);
    arb_clear(cell->total);
    if (cell->bins != NULL)
        _fmpz_vec_clear(cell->bins, cell->bin_count);
    ncf__free(cell->text);
}

/* ---- Adding --------------------------------------------------------------------- */

/* Finite values that have been added. */
static slong known(const ncf_cell_t *cell)
{
    return cell->cases - cell->open - cell->infinite;
}

void ncf__cell_add_open(ncf_cell_t *cell)
{
    cell->cases++;
    cell->open++;
}

void ncf__cell_add_count(ncf_cell_t *cell, const fmpz_t value, int at_least)
{
    int first = known(cell) == 0;
    cell->cases++;
    cell->at_least |= at_least;
    fmpz_add(cell->sum, cell->sum, value);
    if (first || fmpz_cmp(value, cell->least) < 0)
        fmpz_set(cell->least, value);
    if (first || fmpz_cmp(value, cell->greatest) > 0)
        fmpz_set(cell->greatest, value);
}

void ncf__cell_add_infinite(ncf_cell_t *cell)
{
    cell->cases++;
    cell->infinite++;
}

void ncf__cell_add_real(ncf_cell_t *cell, const arb_t value)
{
    if (!arb_is_finite(value)) {
        ncf__cell_add_open(cell);
        return;
    }
    int first = known(cell) == 0;
    cell->cases++;
    arb_add(cell->total, cell->total, value, SUM_BITS);
    if (first) {
        arb_set(cell->low, value);
        arb_set(cell->high, value);
        return;
    }
    arb_min(cell->low, cell->low, value, SUM_BITS);
    arb_max(cell->high, cell->high, value, SUM_BITS);
}

void ncf__cell_add_verdict(ncf_cell_t *cell, ncf_verdict_t verdict)
{
    cell->cases++;
    cell->open += ncf_is_undecided(verdict);
    cell->yes += ncf_is_proved(verdict);
    cell->no += ncf_is_refuted(verdict);
}

void ncf__cell_add_share(ncf_cell_t *cell, const fmpz_t part, const fmpz_t whole, int at_least)
{
    cell->cases++;
    cell->at_least |= at_least;
    fmpz_add(cell->sum, cell->sum, part);
    fmpz_add(cell->greatest, cell->greatest, whole);
}

void ncf__cell_add_histogram(ncf_cell_t *cell, const fmpz *bins, slong count, int at_least)
{
    cell->cases++;
    cell->at_least |= at_least;
    if (count > cell->bin_count) {
        fmpz *longer = _fmpz_vec_init(count);
        _fmpz_vec_set(longer, cell->bins, cell->bin_count);
        if (cell->bins != NULL)
            _fmpz_vec_clear(cell->bins, cell->bin_count);
        cell->bins = longer;
        cell->bin_count = count;
    }
    _fmpz_vec_add(cell->bins, cell->bins, bins, count);
}

void ncf__cell_add_text(ncf_cell_t *cell, const char *text)
{
    int same = cell->text == NULL || strcmp(cell->text, text) == 0;
    char *copy = ncf__strdup(same ? text : "several");
    cell->cases++;
    ncf__free(cell->text);
    cell->text = copy;
}

/* ---- Numbers as text ------------------------------------------------------------ */

static char *integer_text(const fmpz_t value)
{
    char *digits = fmpz_get_str(NULL, 10, value);
    char *text = ncf__strdup(digits);
    flint_free(digits);
    return text;
}

/* A bound from above with two digits, from below with four: rounded to its own side. */
static char *bound_text(const arb_t value, int above)
{
    char text[80];
    arf_t end;
    mpfr_t number;
    arf_init(end);
    mpfr_init2(number, SUM_BITS);
    if (above)
        arb_get_ubound_arf(end, value, SUM_BITS);
    else
        arb_get_lbound_arf(end, value, SUM_BITS);
    arf_get_mpfr(number, end, above ? MPFR_RNDU : MPFR_RNDD);
    mpfr_snprintf(text, sizeof(text), above ? "%.2RUg" : "%.4RDg", number);
    mpfr_clear(number);
    arf_clear(end);
    return ncf__strdup(text);
}

/* Six digits are as many as a measurement is worth. */
static char *measured_text(const arb_t value, long digits)
{
    return ncf__format("%.*g", (int) FLINT_MIN(digits, 6),
                       arf_get_d(arb_midref(value), ARF_RND_NEAR));
}

static char *real_text(const ncf_cell_t *cell, const arb_t value, long digits)
{
    if (cell->type == NCF_CELL_BOUND || cell->type == NCF_CELL_FLOOR)
        return bound_text(value, cell->type == NCF_CELL_BOUND);
    return cell->type == NCF_CELL_MEASURED ? measured_text(value, digits)
                                           : ncf__decimal_short(value, digits);
}

static char *mean_text(const ncf_cell_t *cell, long digits)
{
    arb_t mean;
    arb_init(mean);
    if (cell->type == NCF_CELL_COUNT)
        arb_set_fmpz(mean, cell->sum);
    else
        arb_set(mean, cell->total);
    arb_div_si(mean, mean, known(cell), SUM_BITS);
    char *text = real_text(cell, mean, digits);
    arb_clear(mean);
    return text;
}

static int is_number(const ncf_cell_t *cell)
{
    return cell->type == NCF_CELL_COUNT || cell->type == NCF_CELL_REAL ||
           cell->type == NCF_CELL_BOUND || cell->type == NCF_CELL_FLOOR ||
           cell->type == NCF_CELL_MEASURED;
}

char *ncf__cell_low(const ncf_cell_t *cell, ncf_summary_t summary, long digits)
{
    int count = cell->type == NCF_CELL_COUNT;
    if (!is_number(cell) || known(cell) == 0)
        return NULL;
    switch (summary) {
    case NCF_SUMMARY_MEAN:
        return mean_text(cell, digits);
    case NCF_SUMMARY_SUM:
        return count ? integer_text(cell->sum) : real_text(cell, cell->total, digits);
    case NCF_SUMMARY_GREATEST:
        return ncf__cell_high(cell, digits);
    case NCF_SUMMARY_RANGE:
    case NCF_SUMMARY_LEAST:
        break;
    }
    return count ? integer_text(cell->least) : real_text(cell, cell->low, digits);
}

char *ncf__cell_high(const ncf_cell_t *cell, long digits)
{
    if (!is_number(cell) || known(cell) == 0)
        return NULL;
    return cell->type == NCF_CELL_COUNT ? integer_text(cell->greatest)
                                        : real_text(cell, cell->high, digits);
}

const char *ncf__cell_quality(const ncf_cell_t *cell)
{
    if (cell->cases == 0)
        return "none";
    if (cell->infinite > 0)
        return "infinite";
    if (cell->open > 0)
        return "unknown";
    if (cell->type == NCF_CELL_BOUND)
        return "upper bound";
    if (cell->type == NCF_CELL_MEASURED)
        return "measured";
    return cell->at_least || cell->type == NCF_CELL_FLOOR ? "lower bound" : "exact";
}

/* ---- Cells as text -------------------------------------------------------------- */

/* A number that may be "?" in the style; it is freed. */
static char *styled(char *number, ncf_style_t style)
{
    if (style == NCF_STYLE_PLAIN || number[0] == '?')
        return number;
    char *text = ncf__format("\\num{%s}", number);
    ncf__free(number);
    return text;
}

static char *number_text(const ncf_cell_t *cell, ncf_summary_t summary, long digits,
                         ncf_style_t style)
{
    const char *infinite = style == NCF_STYLE_LATEX ? "$\\infty$" : "infinite";
    const char *at_least = style == NCF_STYLE_LATEX ? "$\\ge$\\," : ">= ";
    const char *between = style == NCF_STYLE_LATEX ? "--" : "..";
    if (known(cell) == 0)
        return ncf__strdup(cell->infinite > 0 ? infinite : "?");
    char *low = styled(ncf__cell_low(cell, summary, digits), style), *text;
    if (cell->infinite > 0 && summary != NCF_SUMMARY_LEAST) {
        text = summary == NCF_SUMMARY_RANGE ? ncf__format("%s%s%s", low, between, infinite)
                                            : ncf__strdup(infinite);
        ncf__free(low);
        return text;
    }
    char *high = styled(ncf__cell_high(cell, digits), style);
    int range = summary == NCF_SUMMARY_RANGE && strcmp(low, high) != 0;
    text = ncf__format("%s%s%s%s", cell->at_least ? at_least : "", low, range ? between : "",
                       range ? high : "");
    ncf__free(high);
    ncf__free(low);
    return text;
}

static char *histogram_text(const ncf_cell_t *cell, ncf_style_t style)
{
    if (cell->cases == cell->open)
        return ncf__strdup("?");
    char *text = ncf__strdup(!cell->at_least            ? ""
                             : style == NCF_STYLE_LATEX ? "$\\ge$"
                                                        : ">=");
    for (slong i = 0; i < cell->bin_count; i++) {
        if (fmpz_is_zero(cell->bins + i))
            continue;
        char *value = styled(integer_text(cell->bins + i), style);
        char *longer =
            ncf__format("%s%s%ld:%s", text, *text != '\0' ? " " : "", (long) i, value);
        ncf__free(value);
        ncf__free(text);
        text = longer;
    }
    if (*text == '\0') {
        ncf__free(text);
        text = ncf__strdup("none");
    }
    return text;
}

static char *verdict_text(const ncf_cell_t *cell)
{
    if (cell->cases == 1)
        return ncf__strdup(cell->yes ? "yes" : cell->no ? "no" : "open");
    return ncf__format("%ld/%ld", (long) cell->yes, (long) cell->cases);
}

static char *share_text(const ncf_cell_t *cell)
{
    if (cell->cases == cell->open)
        return ncf__strdup("?");
    char *part = integer_text(cell->sum), *whole = integer_text(cell->greatest);
    char *text = ncf__format("%s/%s", part, whole);
    ncf__free(part);
    ncf__free(whole);
    return text;
}

static char *plain_text(const ncf_cell_t *cell, ncf_summary_t summary, long digits,
                        ncf_style_t style)
{
    switch (cell->type) {
    case NCF_CELL_COUNT:
    case NCF_CELL_REAL:
    case NCF_CELL_BOUND:
    case NCF_CELL_FLOOR:
    case NCF_CELL_MEASURED:
        return number_text(cell, summary, digits, style);
    case NCF_CELL_VERDICT:
        return verdict_text(cell);
    case NCF_CELL_SHARE:
        return share_text(cell);
    case NCF_CELL_HISTOGRAM:
        return histogram_text(cell, style);
    case NCF_CELL_TEXT:
        break;
    }
    return ncf__strdup(cell->text != NULL ? cell->text : "?");
}

char *ncf__cell_text(const ncf_cell_t *cell, ncf_summary_t summary, long digits,
                     ncf_style_t style)
{
    if (cell->cases == 0)
        return ncf__strdup("-");
    char *text = plain_text(cell, summary, digits, style);
    if (cell->open == 0 || cell->cases == 1)
        return text;
    char *longer = ncf__format("%s (%ld open)", text, (long) cell->open);
    ncf__free(text);
    return longer;
}
